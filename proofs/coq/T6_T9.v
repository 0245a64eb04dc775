(** T6 to T9: prosocial thresholds, the frontier, side payments, and strict dominance. *)

From Coq Require Import List.
From coopgap Require Import Welfare T1_T2.
Import ListNotations.
Local Open Scope number_scope.

Section Thresholds.
  Context {K : OrderedField} {E : Environment K}.
  Add Ring K_ring : (@ring_laws K).
  Add Field K_field : (@field_laws K).

  Lemma div_le (x y z : K) : 0 < y -> (x / y <= z <-> x <= z * y).
  Proof.
    intro p. assert (y <> 0) as n by (intros ->; olra).
    assert (x = x / y * y) as e by (field; exact n). split; intro h.
    - rewrite e. pose proof (le_mul _ _ _ (proj2 (sub_nonneg _ _) h) (lt_le _ _ p)). olra.
    - apply not_lt. intro g. assert (0 < (x / y - z) * y) as q by (apply lt_mul; olra). rewrite e in h. olra.
  Qed.

  Lemma no_welfare_gain (s : selection E) w : first_best_selection s -> likely w ->
    forall i b, 0 <= W (s w) w - W (change (s w) i b) w.
  Proof. intros fb p i b. pose proof (fb w p (change (s w) i b)). olra. Qed.

  Lemma nash_row (lam : agent E -> K) i b a w :
    material lam i (change a i b) w <= material lam i a w <->
    payoff i (change a i b) w - payoff i a w <= lam i * (W a w - W (change a i b) w).
  Proof. unfold material. split; intro; olra. Qed.

  (** A number above finitely many. *)
  Lemma above {X} (l : list X) (f : X -> K) : exists x, 0 <= x /\ forall y, In y l -> f y <= x.
  Proof.
    induction l as [|y l [x [p h]]].
    - exists 0. split; [apply le_refl|intros ? []].
    - destruct (le_dec (f y) x) as [q|q].
      + exists x. split; [exact p|]. intros z [<-|i]; auto.
      + exists (f y). split; [olra|]. intros z [<-|i]; [apply le_refl|]. pose proof (h z i). olra.
  Qed.
End Thresholds.

Theorem T6_threshold : T6_threshold_statement.
Proof.
  intros K E lam s fb. split.
  - intros h w i p b lost gained. pose proof (proj1 (nash_row lam i b (s w) w) (h w p i b)) as r.
    fold lost gained in r. split.
    + intro q. now apply div_le.
    + intro z. rewrite z in r. olra.
  - intros h w p i b. apply nash_row. destruct (h w i p b) as [pos zero].
    pose proof (no_welfare_gain s w fb p i b) as q.
    destruct (lt_or_le 0 (W (s w) w - W (change (s w) i b) w)) as [r|r].
    + apply div_le; [exact r|exact (pos r)].
    + assert (W (s w) w - W (change (s w) i b) w = 0) as z by olra.
      rewrite z. specialize (zero z). cbn in zero. olra.
Qed.

(** Where each profile is a strict unilateral maximiser of W, enough prosociality makes it an equilibrium. *)
Lemma strict_maxima (K : OrderedField) (E : Environment K) (s : selection E) :
  (forall w i b, likely w -> change (s w) i b <> s w -> W (change (s w) i b) w < W (s w) w) ->
  exists x, forall lam, (forall i, x <= lam i) -> forall w, likely w -> nash (material lam) (s w) w.
Proof.
  intro strict.
  set (ratio := fun w i b => (payoff i (change (s w) i b) w - payoff i (s w) w) /
    (W (s w) w - W (change (s w) i b) w)).
  set (ratios := flat_map (fun w => flat_map (fun i => map (ratio w i) (listed (action E i))) (listed (agent E)))
    (listed (state E))).
  destruct (above ratios (fun r => r)) as [x [nonneg h]].
  assert (forall w i b, ratio w i b <= x) as h'.
  { intros w i b. apply h. apply in_flat_map. exists w. split; [apply all_listed|].
    apply in_flat_map. exists i. split; [apply all_listed|]. apply in_map, all_listed. }
  exists x. intros lam big w p i b. apply nash_row.
  destruct (same (change (s w) i b) (s w)) as [e|n].
  - rewrite e. assert (W (s w) w - W (s w) w = 0) as z by olra. rewrite z. olra.
  - pose proof (strict w i b p n) as lost. assert (0 < W (s w) w - W (change (s w) i b) w) as q by olra.
    apply (div_le _ _ (lam i) q). specialize (h' w i b). specialize (big i). unfold ratio in h'. olra.
Qed.

Theorem T6_finite : T6_finite_statement.
Proof. intros K E s _. apply strict_maxima. Qed.

Theorem T7_monotone : T7_monotone_statement.
Proof.
  intros K E L L' m l x finer [s [fb h]]. exists s. split; [exact fb|].
  destruct (T1_transfers K E (common x) L L' m l finer) as [sub _]. exact (sub s h).
Qed.

Theorem T7_upward : T7_upward_statement.
Proof.
  intros K E L m l x x' up [s [fb [t [ok h]]]]. exists s. split; [exact fb|]. exists t. split; [exact ok|].
  intros w p i b. specialize (h w p i b). unfold utility, material, common in *.
  pose proof (no_welfare_gain s w fb p i b) as q.
  pose proof (le_mul _ _ _ (proj2 (sub_nonneg _ _) up) q). olra.
Qed.

Theorem T7_zero : T7_zero_statement.
Proof.
  intros K E L m l. split.
  - intros [s [fb h]]. split.
    + exists s. split; [exact h|]. apply optimal in fb. olra.
    + intros s' _. pose proof (welfare_le s'). olra.
  - intros [[s [h v]] _]. exists s. split; [|exact h]. apply optimal. olra.
Qed.

Theorem T8_side_payments : T8_side_payments_statement.
Proof.
  intros K E s v fb less. apply optimal in fb. rewrite <- fb, <- total_payoffs in less.
  set (n := Σ i ∈ agent E, (1 : K)).
  set (better := Σ i ∈ agent E, expected_payoff i s) in *.
  set (worse := Σ i ∈ agent E, v i) in *.
  set (surplus := better - worse).
  assert (0 < n) as pos.
  { unfold n, better, worse in *. destruct (listed (agent E)) as [|i rest]; cbn in *; [olra|].
    pose proof (total_nonneg rest (fun _ => 1 : K) (fun _ _ => lt_le _ _ lt_zero_one)).
    pose proof (@lt_zero_one K). olra. }
  pose proof (inv_pos n pos) as ipos. assert (n <> 0) as n0 by (intro e; rewrite e in pos; olra).
  assert (0 < surplus / n) as share by (apply lt_mul; unfold surplus; olra).
  exists (fun i => v i - expected_payoff i s + surplus / n). split.
  - rewrite total_add, total_sub.
    rewrite (total_ext _ (fun _ => surplus / n) (fun _ => surplus / n * 1)) by (intros; apply le_antisym; olra).
    rewrite total_mul. fold n. unfold div.
    pose proof (mul_inv K n n0) as e.
    replace (surplus * inv n * n) with (surplus * (inv n * n)) by (apply le_antisym; olra).
    rewrite e. change (worse - better + surplus * 1 = 0). unfold surplus. olra.
  - intro i. olra.
Qed.

Theorem T8_one_payment : T8_one_payment_statement.
Proof.
  intros K E O s v o0 i0 fb. split.
  - intros [pay [balance better]] liked. change (total (listed (agent E)) pay = 0) in balance. apply optimal in fb. rewrite <- fb, <- total_payoffs.
    assert ((Σ i ∈ agent E, (expected_payoff i s + pay i)) = Σ i ∈ agent E, expected_payoff i s) as e
      by (rewrite total_add, balance; olra).
    rewrite <- e. apply not_le. intro le. pose proof (better (liked i0) i0) as less.
    pose proof (total_tight (listed (agent E)) (fun i => v (liked i) i) (fun i => expected_payoff i s + pay i) i0) as t.
    cbv beta in t. rewrite t in less; [|intros i _; apply lt_le, better|exact le|apply all_listed].
    olra.
  - intro less. set (liked := fun i => best o0 (listed O) (fun o => v o i)).
    destruct (T8_side_payments K E s (fun i => v (liked i) i) fb (less liked)) as [pay [balance better]].
    exists pay. split; [exact balance|]. intros o i.
    pose proof (best_max o0 (listed O) (fun o => v o i) o (all_listed O o)) as m. specialize (better i).
    unfold liked in better. cbv beta in m. olra.
Qed.

Theorem T9_cooperative : T9_cooperative_statement.
Proof.
  intros K E lam cooperates x big dominated mu play_mu h w a p pos i no.
  destruct (dominated w i (play a i) p no) as [c better].
  specialize (h w p i (play a i) c). unfold obedient in h.
  assert (forall a', play a' i = play a i ->
    0 < material lam i (change a' i c) w - material lam i a' w) as gains.
  { intros a' e. destruct (better a' e) as [up bound]. unfold material. specialize (big i).
    assert (0 < (lam i - x) * (W (change a' i c) w - W a' w)) by (apply lt_mul; olra). olra. }
  assert (only (play a i) (play a i) * mu w a * (material lam i (change a i c) w - material lam i a w) <= 0) as small.
  { refine (le_trans _ _ _ _ _ h).
    apply (total_member (listed (profile E)) (fun a' => only (play a i) (play a' i) * mu w a' *
      (material lam i (change a' i c) w - material lam i a' w))).
    - intros a' _. unfold only. destruct (same (play a i) (play a' i)) as [e|n]; [|olra].
      destruct (play_mu w) as [nonneg _]. specialize (gains a' (eq_sym e)). specialize (nonneg a').
      pose proof (le_mul _ _ _ nonneg (lt_le _ _ gains)). olra.
    - apply all_listed. }
  rewrite only_same in small. pose proof (lt_mul _ _ pos (gains a eq_refl)). olra.
Qed.

Theorem T13_monotone : T13_monotone_statement.
Proof.
  intros K E lam L m B B' s more. split; intros [t [[budget liability] h]]; exists t; (split; [split|]); auto; cbn in *; auto.
  intros i y. specialize (liability i y). olra.
Qed.
