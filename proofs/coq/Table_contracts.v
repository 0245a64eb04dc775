(** The paper's table games under contracts: what is lost and from which λ on nothing is, for all parameters. *)

From Coq Require Import List Bool ZArith.
From coopgap Require Import Welfare T5 T6_T9 Two N_counterexamples Table_games.
Import ListNotations.
Local Open Scope number_scope.

Section Table.
  Context {K : OrderedField} (R S T P : K).

  (** Payoffs times 12, as in [Table_games.v]. *)
  Definition table_game : Environment K :=
    matrix efforts efforts CH CH (twelvefold R S T P) (fun a b => twelvefold R S T P b a).

  (** A court sees who cooperates and who defects, and nobody's effort. *)
  Definition effort_blind : Language table_game :=
    @Build_Language K table_game (pairs booleans booleans)
      (fun _ (a : pairs efforts efforts) => (cooperative (fst a), cooperative (snd a))).

  (** What is needed of the parameters: that (CH, CH) is best and (CH, CL) second best, defecting
      raises no welfare, and temptation is bounded by a fine. *)
  Definition ordered : Prop :=
    P < R /\ S < P /\ P < T /\ R + of_Z 3 * P < of_Z 2 * (S + T) /\ of_Z 3 * (S + T) < of_Z 5 * R + P.

  (** A fine that deters all defecting, paid to the other agent. *)
  Definition deterring : Transfers effort_blind := fun (i : booleans) (y : pairs booleans booleans) =>
    let fine := of_Z 12 * (T - S) + of_Z 24 * (R - P) in
    match y, i with
    | (false, true), true | (true, false), false => - fine
    | (false, true), false | (true, false), true => fine
    | _, _ => 0
    end.

  Hypothesis ok : ordered.

  Lemma best_profile (w : state table_game) : first_best (E := table_game) (CH, CH) w.
  Proof. destruct ok as [o1 [o2 [o3 [o4 o5]]]]. numbers K. intros [[] []]; compute_game; unfold twelvefold; olra. Qed.

  Lemma only_best (a : profile table_game) w : first_best a w -> a = (CH, CH).
  Proof.
    destruct ok as [o1 [o2 [o3 [o4 o5]]]]. numbers K. intro h. specialize (h (CH, CH)).
    destruct a as [[] []]; try reflexivity; exfalso; compute_game; unfold twelvefold in h; olra.
  Qed.

  Lemma deterring_balanced : admissible balanced None deterring.
  Proof. split; [|exact I]. intros [[] []]; cbn; olra. Qed.
End Table.

(** In pure equilibrium exactly (R - P)/12 is lost. *)
Theorem PD_SH_gap : forall (K : OrderedField) (R S T P : K), ordered R S T P ->
  is_gap (implementable selfish (effort_blind R S T P) balanced None) (R - P).
Proof.
  intros K R S T P ok. pose proof ok as [o1 [o2 [o3 [o4 o5]]]]. numbers K.
  apply (gap_of (E := table_game R S T P) _ (fun _ => (CH, CL)) (fun _ => (CH, CH))).
  - intros w _. now apply best_profile.
  - exists (deterring R S T P). split; [apply deterring_balanced|].
    intros [] _ [] []; unfold deterring; compute_game; unfold twelvefold; olra.
  - compute_game. unfold twelvefold. olra.
  - intros s [t [_ h]]. specialize (h tt lt_zero_one).
    pose proof (h true CL) as h1. clear h. compute_game. unfold twelvefold in *.
    destruct (s tt) as [[] []]; cbn in *; olra.
Qed.

(** In correlated equilibrium (R - P)/15 is lost under every contract, *)
Theorem PD_SH_correlated_loss : forall (K : OrderedField) (R S T P : K), ordered R S T P ->
  forall (t : Transfers (effort_blind R S T P)) mu, is_play mu -> correlated (utility selfish t) mu ->
  of_Z 4 * (R - P) <= of_Z 5 * (optimum (table_game R S T P) - expected mu).
Proof.
  intros K R S T P ok t mu play_mu h. pose proof ok as [o1 [o2 [o3 [o4 o5]]]]. numbers K.
  assert (forall i : agent (table_game R S T P), hidden (effort_blind R S T P) tt i
    (match i as j return actions_of efforts efforts j with true => CH | false => CH end)
    (match i as j return actions_of efforts efforts j with true => CL | false => CL end)) as hid.
  { intros [] [[] []] e; cbn in *; congruence. }
  set (fifth := inv (of_Z 5 : K)).
  assert (of_Z 5 * fifth = 1) as f.
  { assert (of_Z 5 <> (0 : K)) as n by (intro z; olra). pose proof (mul_inv K _ n). unfold fifth. olra. }
  pose proof (T5_bound K (table_game R S T P) selfish (effort_blind R S T P)
    (fun _ (i : booleans) => match i as j return actions_of efforts efforts j -> actions_of efforts efforts j -> K with
      | true => fun c b => match c, b with CH, CL => fifth | _, _ => 0 end
      | false => fun c b => match c, b with CH, CL => fifth | _, _ => 0 end end)
    (fun _ => W (E := table_game R S T P) (CH, CH) tt - of_Z 4 * (fifth * (R - P)))) as bound.
  assert (0 < fifth * (R - P)) as fp by (apply lt_mul; olra).
  assert (of_Z 5 * (fifth * (R - P)) = R - P) as f5 by (assert (of_Z 5 * fifth * (R - P) = 1 * (R - P)) as q by (now rewrite f); olra).
  rewrite (optimum_at (E := table_game R S T P) (fun _ => (CH, CH))) by (intros w _; now apply best_profile).
  specialize (bound ltac:(intros w [] [] []; cbn; olra)).
  assert (expected mu <= total (listed (state (table_game R S T P))) (fun w => prior w *
    (W (E := table_game R S T P) (CH, CH) tt - of_Z 4 * (fifth * (R - P))))) as b.
  { apply bound with (t := t); try assumption.
    - intros [] [] [] [] no; try reflexivity; [destruct (no (hid true))|destruct (no (hid false))].
    - assert (fifth * R = fifth * P + fifth * (R - P)) as fr by olra.
      intros [] [[] []] _; unfold weighed; compute_game; unfold twelvefold; olra. }
  revert b. generalize (expected mu). intros v b. compute_game. olra.
Qed.

(** and no more: (CH, CH) with probability 1/5, (CH, CL) and (CL, CH) with 2/5 each. *)
Definition mostly {K : OrderedField} (R S T P : K) : Play (table_game R S T P) := fun _ (a : pairs efforts efforts) =>
  inv (of_Z 5) * of_Z match a with (CH, CH) => 1 | (CH, CL) | (CL, CH) => 2 | _ => 0 end.

Theorem PD_SH_correlated_attained : forall (K : OrderedField) (R S T P : K), ordered R S T P ->
  admissible balanced None (deterring R S T P) /\ is_play (mostly R S T P) /\
  correlated (utility selfish (deterring R S T P)) (mostly R S T P) /\
  of_Z 5 * (optimum (table_game R S T P) - expected (mostly R S T P)) = of_Z 4 * (R - P).
Proof.
  intros K R S T P ok. pose proof ok as [o1 [o2 [o3 [o4 o5]]]]. numbers K.
  assert (of_Z 5 <> (0 : K)) as n by (intro z; olra). pose proof (mul_inv K _ n) as f.
  unfold mostly. set (fifth := inv (of_Z 5 : K)) in *. clearbody fifth.
  assert (0 < fifth) as f_pos by (apply not_le; intro bad; olra).
  split; [apply deterring_balanced|]. split; [|split].
  - intros []. split; [intros [[] []]; cbn; olra|cbn; olra].
  - assert (0 < fifth * (R - P)) as f1 by (apply lt_mul; olra). assert (0 < fifth * (P - S)) as f2 by (apply lt_mul; olra).
    assert (0 < fifth * (T - P)) as f3 by (apply lt_mul; olra).
    assert (0 < fifth * (of_Z 2 * (S + T) - R - of_Z 3 * P)) as f4 by (apply lt_mul; olra).
    intros [] _ [] [] []; unfold obedient, deterring; compute_game; unfold only; cbn; unfold twelvefold; olra.
  - rewrite (optimum_at (E := table_game R S T P) (fun _ => (CH, CH))) by (intros w _; now apply best_profile).
    assert (of_Z 5 * (fifth * R) = R) as fr by (assert (fifth * of_Z 5 * R = 1 * R) as q by (now rewrite f); olra).
    assert (of_Z 5 * (fifth * P) = P) as fq by (assert (fifth * of_Z 5 * P = 1 * P) as q by (now rewrite f); olra).
    unfold expected. compute_game. unfold twelvefold. olra.
Qed.

(** With such a contract the threshold is 2; without one it is the greater of 2 and (T - R)/(2R - S - T). *)
Theorem PD_SH_threshold_with_contract : forall (K : OrderedField) (R S T P x : K), ordered R S T P ->
  closes (effort_blind R S T P) balanced None x <-> of_Z 2 <= x.
Proof.
  intros K R S T P x ok. pose proof ok as [o1 [o2 [o3 [o4 o5]]]]. numbers K. split.
  - intros [s [fb [t [_ h]]]]. specialize (h tt lt_zero_one true CL).
    pose proof (only_best R S T P ok (s tt) tt (fb tt lt_zero_one)) as e. rewrite e in h.
    compute_game. unfold twelvefold in h. apply not_lt. intro low.
    assert (0 < (of_Z 2 - x) * (R - P)) as q by (apply lt_mul; olra). olra.
  - intro big. apply (T7_upward K (table_game R S T P) (effort_blind R S T P) balanced None (of_Z 2) x big).
    exists (fun _ => (CH, CH)). split; [intros w _; now apply best_profile|].
    exists (deterring R S T P). split; [apply deterring_balanced|].
    intros [] _ [] []; unfold deterring; compute_game; unfold twelvefold; olra.
Qed.

Theorem PD_SH_threshold : forall (K : OrderedField) (R S T P x : K), ordered R S T P -> S + T < of_Z 2 * R ->
  (exists s : selection (table_game R S T P), first_best_selection s /\ forall w, likely w -> nash (material (common x)) (s w) w) <->
  of_Z 2 <= x /\ T - R <= x * (of_Z 2 * R - S - T).
Proof.
  intros K R S T P x ok more. pose proof ok as [o1 [o2 [o3 [o4 o5]]]]. numbers K. split.
  - intros [s [fb h]]. specialize (h tt lt_zero_one). 
    pose proof (only_best R S T P ok (s tt) tt (fb tt lt_zero_one)) as e. rewrite e in h.
    pose proof (h true CL) as h1. pose proof (h true DH) as h2. clear h. compute_game. unfold twelvefold in *. split.
    + apply not_lt. intro low. assert (0 < (of_Z 2 - x) * (R - P)) as q by (apply lt_mul; olra). olra.
    + olra.
  - intros [big tempted]. exists (fun _ => (CH, CH)). split; [intros w _; now apply best_profile|].
    assert (0 <= (x - of_Z 2) * (R - P)) as q by (apply le_mul; olra).
    intros [] _ [] []; compute_game; unfold twelvefold; olra.
Qed.

(** The conditions of both games imply what is needed, but for S + T < 2R, which P5 and S4 give. *)
Lemma dilemma_ordered {K : OrderedField} (R S T P : K) : dilemma_conditions R S T P -> ordered R S T P.
Proof. intros [P2 [P3 [P4 P5]]]. repeat split; olra. Qed.
Lemma hunt_ordered {K : OrderedField} (R S T P : K) : hunt_conditions R S T P -> ordered R S T P.
Proof. intros [S1 [S1' [S1'' S3]]]. repeat split; olra. Qed.
