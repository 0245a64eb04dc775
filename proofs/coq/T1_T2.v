(** T1: refinement helps. T2: incontractible cells are the gap of complete directives. *)

From coopgap Require Import Welfare.
Local Open Scope number_scope.

Theorem T1_transfers : T1_transfers_statement.
Proof.
  intros K E lam L L' m l [f h].
  assert (forall s, implementable lam L' m l s -> implementable lam L m l s) as implied.
  { intros s [t [[budget liability] incentives]].
    exists (fun i y => t i (f y)). split; [split|].
    - destruct m; cbn in *; auto.
    - destruct l; cbn in *; auto.
    - intros w p i b. specialize (incentives w p i b). unfold utility in *. now rewrite !h in incentives. }
  split; [exact implied|]. intros v v' [_ most] [[s [c <-]] _]. apply most, implied, c.
Qed.

Theorem T1_permissive : T1_permissive_statement.
Proof.
  intros K E lam P P' [[f hf] [g hg]] s [D [classes plays]].
  exists (fun c i b => D (f c) i b). split.
  - intros c i a b e. apply classes. now rewrite !hg, e.
  - intros w p. rewrite <- hf. exact (plays w p).
Qed.

Theorem T1_complete : T1_complete_statement.
Proof. intros K E C C' c f s [g h]. exists (fun x => g (f x)). exact h. Qed.

Section Cells.
  Context {K : OrderedField} {E : Environment K} {C : Finite} (c : state E -> C).
  Add Ring K_ring : (@ring_laws K).

  Lemma by_cells (f : state E -> K) : (Σ w ∈ state E, f w) = Σ x ∈ C, Σ w ∈ state E, (only x (c w) * f w).
  Proof.
    rewrite total_swap. apply total_ext. intros w _. symmetry.
    rewrite (total_ext _ _ (fun x => only (c w) x * f w)); [apply (total_only (c w) (fun _ => f w))|].
    intros x _. unfold only. destruct (same x (c w)), (same (c w) x); congruence.
  Qed.

  Lemma term_nonneg x a w : 0 <= only x (c w) * (prior w * (W (top w) w - W a w)).
  Proof.
    pose proof (top_max w a). pose proof (prior_nonneg K E w). apply le_mul.
    - unfold only. pose proof (@lt_zero_one K). destruct (same x (c w)); olra.
    - apply le_mul; olra.
  Qed.

  Lemma least x a : least_loss c x <= cell_loss c x a.
  Proof.
    unfold least_loss.
    pose proof (best_max some_profile (listed (profile E)) (fun a => - cell_loss c x a) a (all_listed _ a)) as h.
    cbn in h. olra.
  Qed.

  Definition kindest (x : C) : profile E :=
    best some_profile (listed (profile E)) (fun a => - cell_loss c x a).

  Lemma loss_by_cells (f : C -> profile E) s : (forall w, likely w -> s w = f (c w)) ->
    optimum E - welfare s = Σ x ∈ C, cell_loss c x (f x).
  Proof.
    intro h. unfold optimum, welfare. rewrite <- total_sub, by_cells. apply total_ext. intros x _.
    apply total_ext. intros w _. unfold only. destruct (same x (c w)) as [->|n]; [|ring].
    destruct (likely_dec w) as [p|p]; [rewrite (h w p); ring|rewrite (unlikely w p); ring].
  Qed.

  Lemma no_loss x a : cell_loss c x a = 0 <-> forall w, likely w -> c w = x -> first_best a w.
  Proof.
    split; intro h.
    - intros w p e. apply first_best_top.
      assert (only x (c w) * (prior w * (W (top w) w - W a w)) <= 0) as z.
      { rewrite <- h. apply (total_member (listed (state E)) (fun w => only x (c w) * (prior w * (W (top w) w - W a w)))).
        - intros v _. apply term_nonneg.
        - apply all_listed. }
      rewrite e, only_same in z. pose proof (top_max w a).
      destruct (lt_or_le (W a w) (W (top w) w)) as [q|q]; [|olra].
      assert (0 < prior w * (W (top w) w - W a w)) by (apply lt_mul; [exact p|olra]). exfalso. olra.
    - apply total_zero. intros w _. unfold only. destruct (same x (c w)) as [->|n]; [|ring].
      destruct (likely_dec w) as [p|p]; [|rewrite (unlikely w p); ring].
      rewrite (proj1 (first_best_top w a) (h w p eq_refl)). ring.
  Qed.

  Lemma least_nonneg x : 0 <= least_loss c x.
  Proof. apply total_nonneg. intros w _. apply term_nonneg. Qed.
End Cells.

Theorem T2_exact : T2_exact_statement.
Proof.
  intros K E C c. split.
  - exists (fun w => kindest c (c w)). split; [exists (kindest c); reflexivity|].
    pose proof (loss_by_cells c (kindest c) (fun w => kindest c (c w)) (fun _ _ => eq_refl)) as h.
    change (optimum E - welfare (fun w => kindest c (c w)) = total (listed C) (fun x => least_loss c x)) in h. olra.
  - intros s [f h].
    pose proof (loss_by_cells c f s h).
    pose proof (total_le (listed C) (fun x => least_loss c x) (fun x => cell_loss c x (f x)) (fun x _ => least c x (f x))).
    cbn in *. olra.
Qed.

Theorem T2_incontractible : T2_incontractible_statement.
Proof.
  intros K E C c x. split.
  - intros h [a fb]. apply (no_loss c x a) in fb. pose proof (least c x a). olra.
  - intros h. apply lt_le_neq. split; [apply least_nonneg|]. intro e. apply h.
    exists (kindest c x). apply no_loss. symmetry. exact e.
Qed.

Theorem T2_uniform : T2_uniform_statement.
Proof.
  intros K E C c x h. apply T2_incontractible in h. exists (least_loss c x). split; [exact h|].
  intros s r. destruct (T2_exact K E C c) as [_ most]. specialize (most s r).
  pose proof (total_member (listed C) (fun x => least_loss c x) x (fun y _ => least_nonneg c y) (all_listed _ x)) as q.
  cbn in *. olra.
Qed.
