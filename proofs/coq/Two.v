(** Games of two agents, given by their payoffs. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare T3_complete.
Import ListNotations.
Local Open Scope number_scope.

Definition booleans : Finite.
Proof.
  refine {| element := bool; listed := [true; false]; same := bool_dec |}.
  - intros []; cbn; auto.
  - repeat constructor; cbn; intuition discriminate.
Defined.

Definition single_state : Finite.
Proof.
  refine {| element := unit; listed := [tt] |}.
  - intros []; cbn; auto.
  - repeat constructor; cbn; tauto.
  - intros [] []. now left.
Defined.

Definition pairs (A B : Finite) : Finite.
Proof.
  refine {| element := A * B; listed := list_prod (listed A) (listed B) |}.
  - intros [a b]. apply in_prod; apply all_listed.
  - apply NoDup_prod; apply once.
  - intros [a b] [c d]. destruct (same a c), (same b d); [left; congruence|right; congruence..].
Defined.

Section Two.
  Context {K : OrderedField} (A B S : Finite) (a0 : A) (b0 : B).
  Context (p : S -> K) (p_nonneg : forall w, 0 <= p w) (p_one : (Σ w ∈ S, p w) = 1).
  Context (u v : A -> B -> S -> K).

  Definition actions_of (i : booleans) : Finite := if i then A else B.

  Definition does (x : A * B) (i : booleans) : actions_of i :=
    match i with true => fst x | false => snd x end.

  Definition changes (x : A * B) (i : booleans) : actions_of i -> A * B :=
    match i with true => fun a => (a, snd x) | false => fun b => (fst x, b) end.

  (** The first agent is [true], the second [false]; [u] and [v] are their payoffs. *)
  Definition two : Environment K.
  Proof.
    refine {| agent := booleans; state := S; action := actions_of; profile := pairs A B;
      play := does; change := changes; some_profile := (a0, b0); prior := p;
      prior_nonneg := p_nonneg; prior_one := p_one;
      payoff := fun (i : booleans) (x : pairs A B) w => if i then u (fst x) (snd x) w else v (fst x) (snd x) w |}.
    - intros [a b] []; reflexivity.
    - intros [a b] [] c []; cbn; congruence.
    - intros [a b] [c d] h. pose proof (h true) as h1. pose proof (h false) as h2. cbn in h1, h2. congruence.
  Defined.
End Two.

Definition certain {K : OrderedField} : single_state -> K := fun _ => 1.
Lemma certain_nonneg {K : OrderedField} w : (0 : K) <= certain w.
Proof. unfold certain. pose proof (@lt_zero_one K). olra. Qed.
Lemma certain_one {K : OrderedField} : (Σ w ∈ single_state, certain w) = (1 : K).
Proof. unfold certain. cbn. olra. Qed.

Definition half {K : OrderedField} : K := inv (1 + 1).
Lemma half_half {K : OrderedField} : half + half = (1 : K).
Proof.
  pose proof (@lt_zero_one K). unfold half.
  assert ((1 + 1 : K) <> 0) as n by (intro e; olra). pose proof (mul_inv K _ n). olra.
Qed.
Lemma half_pos {K : OrderedField} : (0 : K) < half.
Proof. pose proof (@half_half K). pose proof (@lt_zero_one K). olra. Qed.

Definition even_odds {K : OrderedField} : booleans -> K := fun _ => half.
Lemma even_odds_nonneg {K : OrderedField} w : (0 : K) <= even_odds w.
Proof. unfold even_odds. pose proof (@half_pos K). olra. Qed.
Lemma even_odds_one {K : OrderedField} : (Σ w ∈ booleans, even_odds w) = (1 : K).
Proof. unfold even_odds. cbn. pose proof (@half_half K). olra. Qed.

(** A game without uncertainty. *)
Definition matrix {K : OrderedField} (A B : Finite) a0 b0 (u v : A -> B -> K) : Environment K :=
  two A B single_state a0 b0 certain certain_nonneg certain_one (fun a b _ => u a b) (fun a b _ => v a b).

(** A game of two states, equally likely. *)
Definition two_states {K : OrderedField} (A B : Finite) a0 b0 (u v : A -> B -> bool -> K) : Environment K :=
  two A B booleans a0 b0 even_odds even_odds_nonneg even_odds_one u v.

(** The language that tells actions apart and no states. *)
Definition state_blind {K : OrderedField} (E : Environment K) : Language E :=
  {| record := profile E; leaves := fun _ a => a |}.

Lemma optimum_at {K : OrderedField} {E : Environment K} (s : selection E) :
  first_best_selection s -> optimum E = welfare s.
Proof. intro h. symmetry. now apply optimal. Qed.

Lemma gap_of {K : OrderedField} {E : Environment K} (class : selection E -> Prop) (s best : selection E) (d : K) :
  first_best_selection best -> class s -> welfare s + d = welfare best ->
  (forall s', class s' -> welfare s' + d <= welfare best) -> is_gap class d.
Proof.
  intros fb c e h. unfold is_gap. rewrite (optimum_at best fb). split.
  - exists s. split; [exact c|]. olra.
  - intros s' c'. pose proof (h s' c'). olra.
Qed.

Global Arguments of_Z {K} _ : simpl never.
