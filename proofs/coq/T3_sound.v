(** T3: obstructions exclude selections. T4: an obstruction everywhere bounds the gap away from 0. *)

From coopgap Require Import Welfare.
Local Open Scope number_scope.

Section Sound.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (L : Language E).
  Add Ring K_ring : (@ring_laws K).

  Lemma only_sym {X : Finite} (x y : X) : only x y = only y x :> K.
  Proof. unfold only. destruct (same x y), (same y x); congruence. Qed.

  Lemma at_record (t : record L -> K) z : t z = Σ y ∈ record L, (only y z * t y).
  Proof.
    rewrite (total_ext _ _ (fun y => only z y * t y)); [symmetry; apply total_only|].
    intros y _. now rewrite only_sym.
  Qed.

  (** Transfers along a flow are divergences times transfers. *)
  Lemma along_flow (s : selection E) f (t : Transfers L) i :
    (Σ w ∈ state E, Σ b ∈ action E i,
      (f i w b * (t i (leaves L w (s w)) - t i (leaves L w (change (s w) i b))))) =
    Σ y ∈ record L, (divergence L s f i y * t i y).
  Proof.
    unfold divergence.
    rewrite (total_ext (listed (record L)) _ (fun y => Σ w ∈ state E, Σ b ∈ action E i,
      (f i w b * ((only y (leaves L w (s w)) - only y (leaves L w (change (s w) i b))) * t i y)))).
    2:{ intros y _. rewrite <- total_mul_r. apply total_ext. intros w _. rewrite <- total_mul_r.
        apply total_ext. intros b _. ring. }
    symmetry. rewrite total_swap. apply total_ext. intros w _. rewrite total_swap. apply total_ext. intros b _.
    transitivity (f i w b * (Σ y ∈ record L, ((only y (leaves L w (s w)) - only y (leaves L w (change (s w) i b))) * t i y)));
      [rewrite <- total_mul; apply total_ext; intros; ring|f_equal; symmetry].
    rewrite (at_record (t i) (leaves L w (s w))), (at_record (t i) (leaves L w (change (s w) i b))).
    rewrite <- total_sub. apply total_ext. intros y _. ring.
  Qed.

  Lemma worth_paid (s : selection E) f (t : Transfers L) :
    is_flow f -> implements lam t s ->
    worth lam s f <= Σ i ∈ agent E, Σ y ∈ record L, (divergence L s f i y * t i y).
  Proof.
    intros [nonneg unlikely_zero] h. unfold worth.
    rewrite (total_ext (listed (agent E)) (fun i => Σ y ∈ record L, (divergence L s f i y * t i y)) _
      (fun i _ => eq_sym (along_flow s f t i))).
    apply total_le. intros i _. apply total_le. intros w _. apply total_le. intros b _.
    destruct (likely_dec w) as [p|p].
    - specialize (h w p i b). unfold utility in h. unfold gain. pose proof (nonneg i w b) as q. apply sub_nonneg.
      match goal with |- 0 <= ?x => replace x with (f i w b *
        ((t i (leaves L w (s w)) - t i (leaves L w (change (s w) i b))) -
         (material lam i (change (s w) i b) w - material lam i (s w) w))) by ring end.
      apply le_mul; [exact q|olra].
    - rewrite (unlikely_zero i w b (unlikely w p)). olra.
  Qed.

  Lemma budget_paid m (d : record L -> K) (t : Transfers L) :
    allowed_divergence m d -> within_budget m t ->
    (Σ i ∈ agent E, Σ y ∈ record L, (d y * t i y)) <= 0.
  Proof.
    intros hd ht. rewrite total_swap.
    rewrite (total_ext _ _ (fun y => d y * Σ i ∈ agent E, t i y)) by (intros; apply total_mul).
    rewrite <- (total_zero (listed (record L)) (fun _ => 0)) by reflexivity.
    apply total_le. intros y _. destruct m; cbn in hd, ht.
    - rewrite ht. olra.
    - specialize (hd y). specialize (ht y).
      pose proof (le_mul _ (d y) (- (Σ i ∈ agent E, t i y)) hd ltac:(olra)). olra.
    - rewrite hd. olra.
  Qed.
End Sound.

Theorem T3_sound : T3_sound_statement.
Proof.
  intros K E lam L m l s f [flow [d [allowed cancels]]] [t [[budget liability] h]].
  pose proof (worth_paid lam L s f t flow h) as paid.
  pose proof (budget_paid L m d t allowed budget) as spent.
  destruct l as [B|].
  - destruct cancels as [under more]. cbn in liability.
    assert ((Σ i ∈ agent E, Σ y ∈ record L, (divergence L s f i y * t i y)) <=
      (Σ i ∈ agent E, Σ y ∈ record L, (d y * t i y)) +
      B * (Σ i ∈ agent E, Σ y ∈ record L, (d y - divergence L s f i y))) as slack; [|olra].
    rewrite <- total_mul, <- total_add. apply total_le. intros i _.
    rewrite <- total_mul, <- total_add. apply total_le. intros y _.
    pose proof (le_mul _ (d y - divergence L s f i y) (t i y + B)) as q.
    specialize (under i y). specialize (liability i y). specialize (q ltac:(olra) ltac:(olra)). olra.
  - destruct cancels as [equal more].
    rewrite (total_ext _ _ (fun i => Σ y ∈ record L, (d y * t i y))) in paid.
    + olra.
    + intros i _. apply total_ext. intros y _. now rewrite equal.
Qed.

Theorem T4_gap : T4_gap_statement.
Proof.
  intros K E lam L m l h. destruct (shortfall (E := E)) as [d [p short]].
  exists d. split; [exact p|]. intros t ok s incentives. apply short.
  destruct (lt_or_le (welfare s) (optimum E)) as [q|q]; [exact q|exfalso].
  assert (first_best_selection s) as fb by (apply optimal; pose proof (welfare_le s); olra).
  destruct (h s fb) as [f o]. apply (T3_sound K E lam L m l s f o). now exists t.
Qed.

Theorem T4_strict : T4_strict_statement.
Proof.
  intros K E lam L m l w p h. destruct (shortfall (E := E)) as [d [pos short]].
  exists d. split; [exact pos|]. intros t ok s incentives. apply short.
  destruct (lt_or_le (welfare s) (optimum E)) as [q|q]; [exact q|exfalso].
  assert (first_best_selection s) as fb by (apply optimal; pose proof (welfare_le s); olra).
  exact (h t ok (s w) (fb w p) (incentives w p)).
Qed.
