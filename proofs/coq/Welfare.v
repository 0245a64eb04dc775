(** What all proofs use of welfare and the first best. *)

From coopgap Require Export Statements.
Local Open Scope number_scope.

Section Facts.
  Context {K : OrderedField} {E : Environment K}.
  Add Ring K_ring : (@ring_laws K).
  Implicit Types (w : state E) (a b : profile E) (s : selection E).

  Lemma unlikely w : ~ likely w -> prior w = 0.
  Proof. intro h. pose proof (prior_nonneg K E w). unfold likely in h. olra. Qed.

  Lemma likely_dec w : {likely w} + {~ likely w}.
  Proof.
    unfold likely. destruct (lt_or_le 0 (prior w)) as [h|h]; [now left|right].
    intro g. exact (g h).
  Qed.

  Lemma some_likely : exists w, likely w.
  Proof.
    assert (forall l : list (state E), 0 < total l prior -> exists w, likely w) as h.
    { induction l as [|w l IH]; cbn; intro p; [exfalso; olra|].
      destruct (likely_dec w) as [q|q]; [now exists w|]. apply IH. rewrite (unlikely _ q) in p. olra. }
    apply (h (listed (state E))). rewrite prior_one. apply lt_zero_one.
  Qed.

  Lemma top_max w a : W a w <= W (top w) w.
  Proof. unfold top. apply best_max with (f := fun a => W a w), all_listed. Qed.

  Lemma top_first_best w : first_best (top w) w.
  Proof. intro b. apply top_max. Qed.

  Lemma first_best_top w a : first_best a w <-> W a w = W (top w) w.
  Proof.
    split; intro h.
    - pose proof (h (top w)). pose proof (top_max w a). olra.
    - intro b. rewrite h. apply top_max.
  Qed.

  Lemma welfare_le s : welfare s <= optimum E.
  Proof.
    apply total_le. intros w _. pose proof (top_max w (s w)). pose proof (prior_nonneg K E w) as p.
    apply sub_nonneg.
    replace (prior w * W (top w) w - prior w * W (s w) w) with (prior w * (W (top w) w - W (s w) w)) by ring.
    apply le_mul; olra.
  Qed.

  Lemma optimal s : first_best_selection s <-> welfare s = optimum E.
  Proof.
    split; intro h.
    - apply total_ext. intros w _. destruct (likely_dec w) as [p|p].
      + now rewrite (proj1 (first_best_top w (s w)) (h w p)).
      + rewrite (unlikely w p). ring.
    - intros w p. apply first_best_top.
      assert (prior w * W (s w) w = prior w * W (top w) w) as e.
      { apply (total_tight (listed (state E)) (fun w => prior w * W (s w) w) (fun w => prior w * W (top w) w)).
        - intros v _. pose proof (top_max v (s v)). pose proof (prior_nonneg K E v) as q. apply sub_nonneg.
          replace (prior v * W (top v) v - prior v * W (s v) v) with (prior v * (W (top v) v - W (s v) v)) by ring.
          apply le_mul; olra.
        - change (optimum E <= welfare s). rewrite h. apply le_refl.
        - apply all_listed. }
      assert (prior w * (W (top w) w - W (s w) w) = 0) as z.
      { replace (prior w * (W (top w) w - W (s w) w)) with (prior w * W (top w) w - prior w * W (s w) w) by ring.
        rewrite e. ring. }
      destruct (mul_cancel _ _ z) as [z'|z']; [unfold likely in p; exfalso; olra|olra].
  Qed.

  Lemma some_first_best : first_best_selection (fun w => top (E := E) w).
  Proof. intros w _. apply top_first_best. Qed.

  Lemma welfare_ext s s' : (forall w, likely w -> s w = s' w) -> welfare s = welfare s'.
  Proof.
    intro h. apply total_ext. intros w _. destruct (likely_dec w) as [p|p]; [now rewrite h|].
    rewrite (unlikely w p). ring.
  Qed.

  (** There are finitely many selections: short of the optimum, welfare is bounded away from it. *)
  Lemma shortfall : exists d : K, 0 < d /\ forall s, welfare s < optimum E -> welfare s + d <= optimum E.
  Proof.
    destruct (positive_below (functions some_profile (listed (state E)))
      (fun s => optimum E - welfare s)) as [d [p h]].
    exists d. split; [exact p|]. intros s q.
    destruct (functions_complete some_profile s (listed (state E))) as [s' [i e]].
    assert (welfare s' = welfare s) as e' by (apply welfare_ext; intros w _; apply e, all_listed).
    specialize (h s' i). rewrite e' in h. assert (0 < optimum E - welfare s) as r by olra.
    specialize (h r). olra.
  Qed.

  Lemma total_payoffs s : (Σ i ∈ agent E, expected_payoff i s) = welfare s.
  Proof.
    unfold expected_payoff, welfare, W. rewrite total_swap. apply total_ext. intros w _. apply total_mul.
  Qed.

  Lemma value_unique (class : selection E -> Prop) u v : is_value class u -> is_value class v -> u = v.
  Proof.
    intros [[s [c <-]] h] [[s' [c' <-]] h']. pose proof (h s' c'). pose proof (h' s c). olra.
  Qed.

  (** An average is between bounds. *)
  Lemma average_most (p f : profile E -> K) k : (forall a, 0 <= p a) -> (Σ a ∈ profile E, p a) = 1 ->
    (forall a, 0 < p a -> f a <= k) -> (Σ a ∈ profile E, (p a * f a)) <= k.
  Proof.
    intros pos one h. assert (k = Σ a ∈ profile E, (p a * k)) as e by (rewrite (total_mul_r _ k (fun a => p a)), one; ring).
    rewrite e. apply total_le. intros a _. destruct (lt_or_le 0 (p a)) as [q|q].
    - pose proof (le_mul _ _ _ (pos a) (proj2 (sub_nonneg _ _) (h a q))). olra.
    - assert (p a = 0) as -> by (apply le_antisym; [exact q|apply pos]). olra.
  Qed.

  Lemma average_least (p f : profile E -> K) k : (forall a, 0 <= p a) -> (Σ a ∈ profile E, p a) = 1 -> (forall a, k <= f a) ->
    k <= Σ a ∈ profile E, (p a * f a).
  Proof.
    intros pos one h. assert ((Σ a ∈ profile E, (p a * - f a)) <= - k) as q by (apply average_most; auto; intros a _; specialize (h a); olra).
    rewrite (total_ext _ _ (fun a => - (p a * f a))) in q by (intros; ring). rewrite total_opp in q. olra.
  Qed.

  Lemma expected_optimum (mu : Play E) : is_play mu -> expected mu <= optimum E.
  Proof.
    intro h. apply total_le. intros w _. destruct (h w) as [pos one].
    pose proof (average_most (mu w) (fun a => W a w) (W (top w) w) pos one (fun a _ => top_max w a)) as q.
    pose proof (le_mul _ _ _ (prior_nonneg K E w) (proj2 (sub_nonneg _ _) q)). olra.
  Qed.

  (** A play without lots. *)
  Definition certainly (s : selection E) : Play E := fun w => only (s w).

  Lemma certainly_play s : is_play (certainly s).
  Proof.
    intro w. unfold certainly. pose proof (@lt_zero_one K). split.
    - intro a. unfold only. destruct (same (s w) a); olra.
    - rewrite (total_ext _ _ (fun a => only (s w) a * 1)) by (intros; ring). apply (total_only (s w) (fun _ => 1)).
  Qed.

  Lemma certainly_expected s : expected (certainly s) = welfare s.
  Proof. apply total_ext. intros w _. unfold certainly. now rewrite (total_only (s w) (fun a => W a w)). Qed.
End Facts.
