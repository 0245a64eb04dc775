(** Certificates of mixed equilibria: what they claim, and that accepted ones claim what is so. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Checker Reading Deciding.
From coopgap Require Import Welfare Equilibria Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

Record Problem := { data : Data; kind : Kind; levels : list Z; scale_of_levels : positive }.

(** Plays of a state: for each agent weighed actions. *)
Inductive Name := mixed_equilibria (in_state : nat) (plays : list (list (list (nat * Z)))).

Record Claim := { name : Name; holds : bool }.

(** Nothing needs to be shown. *)
Inductive Witness := nothing_to_show.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.

  Definition lambda (i : agent E) : number rationals := rational (nth (proj1_sig i) (levels p) 0%Z # scale_of_levels p).

  (** Independent play: for each agent a distribution over its actions. *)
  Definition Mix : Type := forall i : agent E, action E i -> number rationals.

  (** Welfare and payoffs are weighed by the products of probabilities. *)
  Definition mean (σ : Mix) (f : profile E -> number rationals) : number rationals :=
    (Σ a ∈ profile E, (odds_of (E := E) σ (listed (agent E)) a * f a))%K.

  Definition mixed_nash (σ : Mix) (w : state E) : Prop :=
    (forall i, (forall c, (0 <= σ i c)%K) /\ (Σ c ∈ action E i, σ i c)%K = 1%K) /\
    forall i b, (mean σ (fun a => material lambda i (change a i b) w) <= mean σ (fun a => material lambda i a w))%K.

  (** An action is played by its weight, of the sum of all. *)
  Definition sum_of (l : list (nat * Z)) : Z := fold_right Z.add 0%Z (map snd l).
  Definition mix_of (play : list (list (nat * Z))) : Mix := fun i c =>
    let own := nth (proj1_sig i) play [] in
    match find (fun e => fst e =? proj1_sig c) own with
    | Some e => rational (snd e # Z.to_pos (sum_of own))
    | None => 0%K
    end.

  Definition meaning (a : Claim) : Prop := let (k, plays) := name a in
    exists w : state E, pick k = Some w /\ likely w /\ plays <> [] /\ forall play, In play plays -> mixed_nash (mix_of play) w.

  Definition is_mixed_nash (σ : Mix) (w : state E) : bool :=
    all (agent E) (fun i => all (action E i) (fun c => yes (le_dec 0%K (σ i c))) && yes (eq_dec (Σ c ∈ action E i, σ i c)%K 1%K)) &&
    all (agent E) (fun i => let here := mean σ (fun a => material lambda i a w) in
      all (action E i) (fun b => yes (le_dec (mean σ (fun a => material lambda i (change a i b) w)) here))).

  Lemma is_mixed_nash_true σ w : is_mixed_nash σ w = true -> mixed_nash σ w.
  Proof.
    intro h. apply andb_true_iff in h. destruct h as [d n]. split.
    - intro i. apply all_true with (x := i) in d. apply andb_true_iff in d. destruct d as [pos one].
      split; [intro c; exact (yes_true _ (all_true _ _ pos c))|exact (yes_true _ one)].
    - intros i b. apply all_true with (x := i) in n. cbv zeta in n. exact (yes_true _ (all_true _ _ n b)).
  Qed.

  (** Each agent plays some actions, each listed once, with positive weights. *)
  Definition play_ok (play : list (list (nat * Z))) : bool :=
    (length play =? length (sizes (data p))) &&
    forallb (fun e => negb (length (snd e) =? 0) && forallb (fun x => (fst x <? fst e) && (0 <? snd x)%Z) (snd e) &&
      once_each (map fst (snd e))) (combine (sizes (data p)) play).

  Definition check (a : Claim) : bool := let (k, plays) := name a in holds a &&
    match pick (X := state E) k with
    | Some w => negb (unlikely_ w) && negb (length plays =? 0) && forallb play_ok plays &&
        forallb (fun play => is_mixed_nash (mix_of play) w) plays
    | None => false
    end.

  Lemma accepted a : check a = true -> meaning a.
  Proof.
    destruct a as [[k plays] h]. unfold check, meaning. cbn [name holds]. intro c. apply andb_true_iff in c. destruct c as [_ c].
    destruct (pick k) as [w|]; [|discriminate]. rewrite !andb_true_iff in c. destruct c as [[[q some] _] each].
    exists w. split; [reflexivity|]. split; [now apply likely_iff|]. split; [intros ->; discriminate|].
    intros play i. apply is_mixed_nash_true. rewrite forallb_forall in each. exact (each play i).
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (match kind p with no_contract => true | _ => false end &&
    (length (levels p) =? length (sizes (data p))) && forallb (Z.leb 0) (levels p)) (fun ok => check p ok c).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
