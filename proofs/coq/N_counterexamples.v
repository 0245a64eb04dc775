(** N3 to N8: what is false, by games over any ordered field. *)

From Coq Require Import List Bool ZArith.
From coopgap Require Import Welfare T1_T2 T3_sound T6_T9 Two.
Import ListNotations.
Local Open Scope number_scope.

Ltac numbers K := pose proof (@lt_zero_one K); pose proof (@half_half K); pose proof (@half_pos K).
Ltac compute_game := unfold welfare, utility, material, selfish, common, W in *; cbn in *; unfold even_odds, certain in *.

(** ** N4 Incontractible does not imply a gap of transfers *)

Definition n4 (K : OrderedField) : Environment K :=
  two_states booleans booleans true true
    (fun a b w => of_Z match w, a, b with
      | true, true, true => 3 | true, true, false => -2 | true, false, true => 4 | true, false, false => 2
      | false, true, true => 2 | false, true, false => 4 | false, false, true => -2 | false, false, false => 3 end)
    (fun a b w => of_Z match w, a, b with
      | true, true, true => 3 | true, true, false => 4 | true, false, true => -2 | true, false, false => 2
      | false, true, true => 2 | false, true, false => -2 | false, false, true => 4 | false, false, false => 3 end).

Definition n4_best {K : OrderedField} : selection (n4 K) := fun w : bool => (w, w).

Lemma n4_first_best K : first_best_selection (@n4_best K).
Proof.
  intros [] _ [[] []]; compute_game; numbers K; olra.
Qed.

Theorem N4_incontractible_without_gap : forall K : OrderedField,
  incontractible (E := n4 K) (C := single_state) (fun _ => tt) tt /\
  is_gap (complete (E := n4 K) (C := single_state) (fun _ => tt)) 1 /\
  is_gap (implementable selfish (state_blind (n4 K)) free None) 0 /\
  is_gap (implementable selfish (state_blind (n4 K)) balanced None) 1.
Proof.
  intro K. numbers K. split; [|split; [|split]].
  - intros [[[] []] h]; [pose proof (h false)|pose proof (h true)|pose proof (h true)|pose proof (h true)];
      (assert (likely (E := n4 K) true /\ likely (E := n4 K) false) as [l1 l2] by (split; exact half_pos));
      pose proof (h true l1 eq_refl (true, true)); pose proof (h false l2 eq_refl (false, false)); compute_game; olra.
  - apply (gap_of (E := n4 K) _ (fun _ : bool => (true, true)) n4_best); [apply n4_first_best| | |].
    + exists (fun _ => (true, true)). reflexivity.
    + compute_game. olra.
    + intros s [f h].
      pose proof (h true half_pos) as e1. pose proof (h false half_pos) as e2. cbn in e1, e2.
      compute_game. rewrite e1, e2. destruct (f tt) as [[] []]; cbn; olra.
  - apply (gap_of (E := n4 K) _ n4_best n4_best); [apply n4_first_best| |olra|].
    + exists (fun i y => match y with (true, false) | (false, true) => - (1) | _ => 0 end). split; [split; exact I|].
      intros [] _ [] []; compute_game; olra.
    + intros s _. pose proof (welfare_le s). rewrite (optimum_at _ (n4_first_best K)) in *. olra.
  - apply (gap_of (E := n4 K) _ (fun _ : bool => (true, true)) n4_best); [apply n4_first_best| | |].
    + exists (fun (i : bool) y => match y, i with
        | (true, false), true | (false, true), false => 1
        | (true, false), false | (false, true), true => - (1)
        | _, _ => 0 end). split; [split; [|exact I]|].
      * intros [[] []]; cbn; olra.
      * intros [] _ [] []; compute_game; olra.
    + compute_game. olra.
    + intros s [t [[budget _] h]]. cbn in budget.
      pose proof (h true half_pos) as h1. pose proof (h false half_pos) as h2.
      pose proof (h1 true true) as A1. pose proof (h1 true false) as A2. pose proof (h1 false true) as A3. pose proof (h1 false false) as A4.
      pose proof (h2 true true) as B1. pose proof (h2 true false) as B2. pose proof (h2 false true) as B3. pose proof (h2 false false) as B4.
      clear h h1 h2.
      pose proof (budget (true, false)) as C1. pose proof (budget (false, true)) as C2.
      pose proof (budget (true, true)) as C3. pose proof (budget (false, false)) as C4. clear budget.
      compute_game. destruct (s true) as [[] []], (s false) as [[] []]; cbn in *; olra.
Qed.

(** ** T1 is false of complete directives in product languages

    States blind, unverifiable actions reach 2, verifiable ones 1: finer classes force narrower
    prescriptions. *)

Definition narrow {K : OrderedField} {E : Environment K} lam (P : Product E) (s : selection E) : Prop :=
  exists D : Directive P, of_classes D /\
    (forall c i a b, D c i a -> D c i b -> class_of P i a = class_of P i b) /\ directed lam D s.

Definition matching (K : OrderedField) : Environment K :=
  two_states booleans booleans true true
    (fun a b w => of_Z (if eqb a w then if eqb b w then 1 else 0 else 0))
    (fun a b w => of_Z (if eqb a w then if eqb b w then 1 else 0 else 0)).

Definition blind_to_states (K : OrderedField) (verifiable : bool) : Product (matching K) :=
  @Build_Product K (matching K) single_state (fun _ => tt) bool
    (fun i : booleans => match i as j return actions_of booleans booleans j -> bool with
     | true => fun a => if verifiable then a else true
     | false => fun a => if verifiable then a else true end).

Theorem T1_fails_for_narrow : forall K : OrderedField,
  refines_product (blind_to_states K true) (blind_to_states K false) /\
  is_value (narrow selfish (blind_to_states K false)) (1 + 1) /\
  is_value (narrow selfish (blind_to_states K true)) 1.
Proof.
  intro K. numbers K. split; [|split].
  - split; [exists (fun x => x); reflexivity|]. exists (fun _ _ => true). intros [] []; reflexivity.
  - split.
    + exists (fun w : bool => (w, w)). split.
      * exists (fun _ _ _ => True). split; [repeat intro; exact I|]. split; [intros [] [] [] [] _ _; reflexivity|].
        intros w _. split; [intros; exact I|]. destruct w; intros [] [] _; compute_game; olra.
      * compute_game. olra.
    + intros s _. compute_game. destruct (s true) as [[] []], (s false) as [[] []]; cbn; olra.
  - split.
    + exists (fun w : bool => (true, true)). split.
      * exists (fun (c : single_state) (i : booleans) => match i as j return actions_of booleans booleans j -> Prop with
          | true => fun a => a = true | false => fun a => a = true end).
        split; [intros c [] a b e d; cbn in *; congruence|]. split; [intros c [] a b d d'; cbn in *; congruence|].
        intros w _. split; [intros []; reflexivity|]. destruct w; intros [] b e; cbn in e; subst b; compute_game; olra.
      * compute_game. olra.
    + intros s [D [_ [one h]]].
      destruct (h true half_pos) as [in1 _]. destruct (h false half_pos) as [in2 _].
      pose proof (one tt true _ _ (in1 true) (in2 true)) as e1.
      pose proof (one tt false _ _ (in1 false) (in2 false)) as e2.
      compute_game. destruct (s true) as [[] []], (s false) as [[] []]; cbn in *; try discriminate; olra.
Qed.

(** ** N3 A little prosociality can hurt *)

Definition n3 (K : OrderedField) : Environment K :=
  matrix booleans booleans true true
    (fun a b => of_Z match a, b with true, true => 0 | true, false => 5 | false, true => -1 | false, false => 6 end)
    (fun a b => of_Z match a, b with true, true => 7 | true, false => 4 | false, true => 0 | false, false => 2 end).

Definition equilibria {K : OrderedField} {E : Environment K} (x : K) (s : selection E) : Prop :=
  forall w, likely w -> nash (material (common x)) (s w) w.

Theorem N3_a_little_can_hurt : forall (K : OrderedField) (x : K),
  (0 <= x -> x <= 1 -> is_value (equilibria (E := n3 K) x) (of_Z 8)) /\
  (1 < x -> (1 + 1) * x < of_Z 3 -> is_value (equilibria (E := n3 K) x) (of_Z 7)) /\
  (of_Z 3 <= (1 + 1) * x -> is_value (equilibria (E := n3 K) x) (of_Z 9)).
Proof.
  intros K x. numbers K.
  assert (forall s : selection (n3 K), equilibria x s <-> nash (material (common x)) (s tt) tt) as one_state.
  { intro s. split; [intro h; apply h; exact lt_zero_one|intros h [] _; exact h]. }
  split; [|split]; intros.
  all: split.
  - exists (fun _ => (false, false)). split; [apply one_state; intros [] []; compute_game; olra|compute_game; olra].
  - intros s h. apply (proj1 (one_state s)) in h.
    pose proof (h true true). pose proof (h true false). pose proof (h false true). pose proof (h false false).
    compute_game. destruct (s tt) as [[] []]; cbn in *; olra.
  - exists (fun _ => (true, true)). split; [apply one_state; intros [] []; compute_game; olra|compute_game; olra].
  - intros s h. apply (proj1 (one_state s)) in h.
    pose proof (h true true). pose proof (h true false). pose proof (h false true). pose proof (h false false).
    compute_game. destruct (s tt) as [[] []]; cbn in *; olra.
  - exists (fun _ => (true, false)). split; [apply one_state; intros [] []; compute_game; olra|compute_game; olra].
  - intros s h. compute_game. destruct (s tt) as [[] []]; cbn in *; olra.
Qed.

(** ** N5 Budget balance matters: Holmström's team *)

Definition n5 (K : OrderedField) : Environment K :=
  matrix booleans booleans true true
    (fun a b => of_Z match a, b with true, true => 1 | true, false => -1 | false, true => 2 | false, false => 0 end)
    (fun a b => of_Z match a, b with true, true => 1 | true, false => 2 | false, true => -1 | false, false => 0 end).

(** Only total output is verifiable: whether both work, one does, or none. *)
Definition total_output (K : OrderedField) : Language (n5 K) :=
  @Build_Language K (n5 K) (pairs booleans booleans)
    (fun _ (a : pairs booleans booleans) => match a with (false, true) => (true, false) | _ => a end).

Theorem N5_budget_balance_matters : forall K : OrderedField,
  is_gap (implementable selfish (total_output K) free None) 0 /\
  is_gap (implementable selfish (total_output K) balanced None) 1.
Proof.
  intro K. numbers K.
  assert (first_best_selection (E := n5 K) (fun _ => (true, true))) as fb
    by (intros [] _ [[] []]; compute_game; olra).
  split.
  - apply (gap_of (E := n5 K) _ (fun _ => (true, true)) (fun _ => (true, true))); [exact fb| |olra|].
    + exists (fun i y => match y with (true, false) => - (1) | _ => 0 end). split; [split; exact I|].
      intros [] _ [] []; compute_game; olra.
    + intros s _. pose proof (welfare_le s). rewrite (optimum_at _ fb) in *. olra.
  - apply (gap_of (E := n5 K) _ (fun _ => (true, false)) (fun _ => (true, true))); [exact fb| |compute_game; olra|].
    + exists (fun (i : bool) y => match y with (true, false) => if i then 1 else - (1) | _ => 0 end).
      split; [split; [|exact I]|].
      * intros [[] []]; cbn; olra.
      * intros [] _ [] []; compute_game; olra.
    + intros s [t [[budget _] h]]. cbn in budget.
      pose proof (budget (true, true)) as C1. pose proof (budget (true, false)) as C2.
      pose proof (budget (false, false)) as C3. clear budget.
      specialize (h tt lt_zero_one).
      pose proof (h true true). pose proof (h true false). pose proof (h false true). pose proof (h false false). clear h.
      compute_game. destruct (s tt) as [[] []]; cbn in *; olra.
Qed.

(** ** N6 Prosocial does not mean coordinated *)

Theorem N6_local_maxima_stay : forall (K : OrderedField) (E : Environment K) (s : selection E),
  (forall w i b, likely w -> change (s w) i b <> s w -> W (change (s w) i b) w < W (s w) w) ->
  exists x, forall lam, (forall i, x <= lam i) -> forall w, likely w -> nash (material lam) (s w) w.
Proof. intros K E s. apply strict_maxima. Qed.

Definition n6 (K : OrderedField) : Environment K :=
  matrix booleans booleans true true
    (fun a b => of_Z match a, b with true, true => 2 | false, false => 1 | _, _ => 0 end)
    (fun a b => of_Z match a, b with true, true => 2 | false, false => 1 | _, _ => 0 end).

Theorem N6_uncoordinated : forall (K : OrderedField) (lam : agent (n6 K) -> K), (forall i, 0 <= lam i) ->
  nash (E := n6 K) (material lam) (false, false) tt /\ ~ first_best (E := n6 K) (false, false) tt.
Proof.
  intros K lam nonneg. numbers K. pose proof (nonneg true) as p. pose proof (nonneg false) as q. split.
  - intros [] []; compute_game; olra.
  - intro h. specialize (h (true, true)). compute_game. olra.
Qed.

(** ** N7 A prosocial agent can end below its selfish payoff *)

Definition n7 (K : OrderedField) : Environment K :=
  matrix booleans booleans true true
    (fun a b => of_Z match a, b with true, true => 3 | true, false => 0 | false, true => 4 | false, false => 1 end)
    (fun a b => of_Z match a, b with true, true => 3 | true, false => 4 | false, true => 0 | false, false => 1 end).

Definition first_prosocial {K : OrderedField} (x : K) : agent (n7 K) -> K := fun i : bool => if i then x else 0.

Theorem N7_exploitable : forall (K : OrderedField) (x : K), 1 < x ->
  (forall a, nash (E := n7 K) (material (first_prosocial 0)) a tt -> payoff (e := n7 K) true a tt = 1) /\
  nash (E := n7 K) (material (first_prosocial x)) (true, false) tt /\
  (forall a, nash (E := n7 K) (material (first_prosocial x)) a tt -> payoff (e := n7 K) true a tt = 0).
Proof.
  intros K x big. numbers K. unfold first_prosocial. split; [|split].
  - intros [[] []] h; pose proof (h true true); pose proof (h true false); pose proof (h false true);
      pose proof (h false false); compute_game; olra.
  - intros [] []; compute_game; olra.
  - intros [[] []] h; pose proof (h true true); pose proof (h true false); pose proof (h false true);
      pose proof (h false false); compute_game; olra.
Qed.

(** ** N8 Contracts and prosociality are substitutes between the endpoints *)

Theorem N8_substitutes : forall (K : OrderedField) (E : Environment K) (L : Language E) m l x
  (s : selection E) v0 v0L vx vxL,
  (forall B, l = Some B -> 0 <= B) ->
  first_best_selection s -> (forall w, likely w -> nash (material (common x)) (s w) w) ->
  is_value (fun s : selection E => forall w, likely w -> nash (material selfish) (s w) w) v0 ->
  is_value (implementable selfish L m l) v0L ->
  is_value (fun s : selection E => forall w, likely w -> nash (material (common x)) (s w) w) vx ->
  is_value (implementable (common x) L m l) vxL ->
  (vxL - vx) - (v0L - v0) = - (v0L - v0) /\ - (v0L - v0) <= 0.
Proof.
  intros K E L m l x s v0 v0L vx vxL bound fb h [[s0 [h0 <-]] _] [_ most] [[sx [_ <-]] mostx] [[sL [_ <-]] mostL].
  assert (forall lam (s : selection E), (forall w, likely w -> nash (material lam) (s w) w) -> implementable lam L m l s) as none.
  { intros lam s' g. exists no_transfers. split; [split|].
    - destruct m; cbn; [intro y|intro y|exact I]; unfold no_transfers; [|rewrite total_zero by reflexivity; apply le_refl].
      now apply total_zero.
    - destruct l as [B|]; cbn; [|exact I]. intros i y. unfold no_transfers. pose proof (bound B eq_refl). olra.
    - intros w p i b. specialize (g w p i b). unfold utility, no_transfers. olra. }
  pose proof (mostx s h). pose proof (mostL s (none _ _ h)). pose proof (most s0 (none _ _ h0)).
  pose proof (welfare_le sx). pose proof (welfare_le sL). pose proof (proj1 (optimal s) fb). split; olra.
Qed.
