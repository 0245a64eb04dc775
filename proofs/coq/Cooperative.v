(** Certificates that all correlated equilibria are cooperative: what they claim, and that accepted ones
    claim what is so. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Checker Multipliers Reading Deciding.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Correlated.
Import ListNotations.
Local Open Scope nat_scope.

(** The cooperating actions of each agent. *)
Record Problem := { data : Data; kind : Kind; levels : list Z; scale_of_levels : positive; cooperative : list (list nat) }.

Inductive Name := all_cooperative.

Record Claim := { name : Name; holds : bool }.

(** Multipliers on deviations by state; or a state and an equilibrium there, weighed profiles. *)
Record Witness := { multipliers : option (list (list (nat * nat * nat * Z))); distribution : option (nat * list (nat * Z)) }.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.

  Definition played : Correlated.Problem := {| Correlated.data := data p; Correlated.budget := free; Correlated.liability := None;
    Correlated.levels := levels p; Correlated.scale_of_levels := scale_of_levels p |}.

  Definition lambda : agent E -> number rationals := Correlated.lambda played ok.
  Definition together (a : profile E) : Prop := forall i, cooperates (data p) ok (cooperative p) i (play a i).

  (** A correlated equilibrium of one state, without a contract. *)
  Definition equilibrium_in (w : state E) (c : profile E -> number rationals) : Prop :=
    (forall a, (0 <= c a)%K) /\ (Σ a ∈ profile E, c a)%K = 1%K /\ forall i d b, obedient (material lambda) (fun _ => c) w i d b.

  Definition meaning (a : Claim) : Prop :=
    if holds a then forall w : state E, likely w -> forall c, equilibrium_in w c -> forall x, (0 < c x)%K -> together x
    else exists w c x, likely w /\ equilibrium_in w c /\ (0 < c x)%K /\ ~ together x.

  Definition all_together (a : profile E) : bool := all (agent E) (fun i => coop (data p) ok (cooperative p) i (play a i)).

  Lemma all_together_iff a : all_together a = true <-> together a.
  Proof. apply all_each. intro i. apply coop_iff. Qed.

  (** *** What multipliers exclude *)

  Definition gained (w : state E) (ys : list (Multiplier (E := E))) (a : profile E) : number rationals :=
    total_worth lambda (fun _ => a) (deviating w ys a).

  Lemma gained_at_most w ys c : (forall y, In y ys -> (0 <= force_of y)%K) -> equilibrium_in w c ->
    (Σ a ∈ profile E, (c a * gained w ys a) <= 0)%K.
  Proof.
    intros pos [_ [_ obey]].
    rewrite (total_ext (listed (profile E)) _ (fun a => total ys (fun y => (force_of y * (only (told_what y) (play a (of y)) * c a *
      (material lambda (of y) (change a (of y) (doing y)) w - material lambda (of y) a w)))%K))).
    - rewrite total_swap. rewrite <- (total_zero ys (fun _ => 0%K)) by reflexivity. apply total_le. intros y i.
      rewrite total_mul. pose proof (le_mul _ _ _ (pos y i) (proj2 (sub_nonneg _ _) (obey (of y) (told_what y) (doing y)))). olra.
    - intros a _. unfold gained, total_worth, deviating. rewrite total_map, total_filter, <- total_mul. apply total_ext. intros y _.
      cbn [who where_ to weight]. unfold gain, only, yes.
      destruct (same (told_what y) (play a (of y))), (same (play a (of y)) (told_what y)); try congruence; apply le_antisym; olra.
  Qed.

  Definition excludes (w : state E) (ys : list (Multiplier (E := E))) : bool :=
    forallb (fun y => yes (le_dec 0%K (force_of y))) ys &&
    all (profile E) (fun a => let x := gained w ys a in if all_together a then yes (le_dec 0%K x) else yes (lt_or_le 0%K x)).

  Lemma excludes_true w ys c x : excludes w ys = true -> equilibrium_in w c -> (0 < c x)%K -> together x.
  Proof.
    intros h eq pos. apply andb_true_iff in h. destruct h as [force each]. rewrite forallb_forall in force.
    pose proof (gained_at_most w ys c (fun y i => yes_true _ (force y i)) eq) as most. destruct eq as [nonneg _].
    assert (forall a, (0 <= gained w ys a)%K) as above.
    { intro a. apply all_true with (x := a) in each. cbv zeta in each. destruct (all_together a); [exact (yes_true _ each)|].
      exact (lt_le _ _ (yes_true _ each)). }
    apply all_together_iff. destruct (all_together x) eqn:e; [reflexivity|]. exfalso.
    apply all_true with (x := x) in each. cbv zeta in each. rewrite e in each. pose proof (lt_mul _ _ pos (yes_true _ each)) as less.
    pose proof (total_member (listed (profile E)) (fun a => c a * gained w ys a)%K x (fun a _ => le_mul _ _ _ (nonneg a) (above a)) (all_listed _ x)) as m.
    cbv beta in m. exact (less (le_trans _ _ _ _ m most)).
  Qed.

  Definition shows_all (l : list (list (nat * nat * nat * Z))) : bool :=
    match Correlated.weighed_by played ok {| Correlated.over := 1; Correlated.multipliers := l |} with
    | Some y => each_state (fun w : state E => excludes w (y w))
    | None => false
    end.

  Definition shows_some (e : nat * list (nat * Z)) : bool :=
    match pick (X := state E) (fst e), Correlated.mix_of played ok (snd e) with
    | Some w, Some d => negb (unlikely_ w) && proper d && obeys_in (material lambda) d w &&
        existsb (fun a => negb (all_together a) && yes (lt_or_le 0%K (mixed (fun _ => d) w a))) (listed (profile E))
    | _, _ => false
    end.

  Definition check (a : Claim) (w : Witness) : bool :=
    match holds a, multipliers w, distribution w with
    | true, Some l, None => shows_all l
    | false, None, Some e => shows_some e
    | _, _, _ => false
    end.

  Lemma accepted a w : check a w = true -> meaning a.
  Proof.
    unfold check, meaning. destruct (holds a), (multipliers w) as [l|], (distribution w) as [e|]; try discriminate; intro h.
    - unfold shows_all in h. destruct (Correlated.weighed_by played ok _) as [y|]; [|discriminate].
      intros v q c eq x pos.
      pose proof (proj1 (each_state_iff (E := E) _ (fun v => excludes v (y v) = true) (fun v => iff_refl _)) h v q) as g.
      exact (excludes_true v (y v) c x g eq pos).
    - unfold shows_some in h. destruct (pick (fst e)) as [v|]; [|discriminate].
      destruct (Correlated.mix_of played ok (snd e)) as [d|]; [|discriminate]. rewrite !andb_true_iff in h.
      destruct h as [[[q prop] obey] some]. apply existsb_exists in some. destruct some as [x [_ some]].
      apply andb_true_iff in some. destruct some as [out pos].
      destruct (proper_true (fun _ => d) v prop) as [nonneg one].
      exists v, (mixed (fun _ => d) v), x. split; [now apply likely_iff|]. split; [|split].
      + split; [exact nonneg|]. split; [exact one|]. intros i c b. exact (obeys_in_true (material lambda) (fun _ => d) v obey i c b).
      + exact (yes_true _ pos).
      + rewrite <- all_together_iff. apply negb_true_iff in out. congruence.
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (match kind p with no_contract => true | _ => false end && two_sided (data p) (cooperative p) &&
    (length (levels p) =? length (sizes (data p))) && forallb (Z.leb 0) (levels p)) (fun ok => check p ok c w).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
