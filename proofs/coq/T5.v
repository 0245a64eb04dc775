(** T5: never-verifiable effort bounds every correlated equilibrium. *)

From coopgap Require Import Welfare.
Local Open Scope number_scope.

Theorem T5_raw_incentives : T5_raw_incentives_statement.
Proof.
  intros K E lam L t mu h w p i c b hid. specialize (h w p i c b). unfold obedient in *.
  rewrite (total_ext _ _ (fun a => only c (play a i) * mu w a *
    (utility lam t i (change a i b) w - utility lam t i a w))); [exact h|].
  intros a _. unfold only. destruct (same c (play a i)) as [->|n].
  - unfold utility. rewrite (hid a eq_refl). f_equal. unfold sub. apply le_antisym; olra.
  - apply le_antisym; olra.
Qed.

Section Bound.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K).
  Add Ring K_ring : (@ring_laws K).
  Variable y : state E -> forall i : agent E, action E i -> action E i -> K.

  (** The expectation of the weighed gains, by who is told what. *)
  Lemma weighed_expectation mu w :
    (Σ a ∈ profile E, (mu w a * weighed lam y w a)) =
    Σ i ∈ agent E, Σ b ∈ action E i, Σ c ∈ action E i, (y w i c b *
      Σ a ∈ profile E, (only c (play a i) * mu w a * (material lam i (change a i b) w - material lam i a w))).
  Proof.
    unfold weighed.
    rewrite (total_ext _ _ (fun a => Σ i ∈ agent E, Σ b ∈ action E i, Σ c ∈ action E i,
      (only (play a i) c * (y w i c b * (mu w a * (material lam i (change a i b) w - material lam i a w)))))).
    2:{ intros a _. rewrite <- total_mul. apply total_ext. intros i _. rewrite <- total_mul. apply total_ext.
        intros b _. rewrite total_only. ring. }
    rewrite total_swap. apply total_ext. intros i _. rewrite total_swap. apply total_ext. intros b _.
    rewrite total_swap. apply total_ext. intros c _. rewrite <- total_mul. apply total_ext. intros a _.
    unfold only. destruct (same (play a i) c), (same c (play a i)); try congruence; ring.
  Qed.
End Bound.

(** All play that obeys the hidden incentives of the raw game is bounded. *)
Lemma hidden_bound (K : OrderedField) (E : Environment K) lam (L : Language E)
  (y : state E -> forall i : agent E, action E i -> action E i -> K) (U : state E -> K) :
  (forall w i c b, 0 <= y w i c b) ->
  (forall w i c b, ~ hidden L w i c b -> y w i c b = 0) ->
  (forall w a, likely w -> W a w - weighed lam y w a <= U w) ->
  forall mu, is_play mu ->
  (forall w, likely w -> forall i c b, hidden L w i c b -> obedient (material lam) mu w i c b) ->
  expected mu <= Σ w ∈ state E, (prior w * U w).
Proof.
  intros nonneg only_hidden dual mu play_mu h.
  unfold expected. apply total_le. intros w _.
  destruct (likely_dec w) as [p|p]; [|rewrite (unlikely w p); olra].
  assert ((Σ a ∈ profile E, (mu w a * W a w)) <= U w) as b; [|pose proof (le_mul _ _ _ (prior_nonneg K E w) (proj2 (sub_nonneg _ _) b)); olra].
  destruct (play_mu w) as [mu_nonneg mu_one].
  assert ((Σ a ∈ profile E, (mu w a * weighed lam y w a)) <= 0) as cut.
  { rewrite weighed_expectation. rewrite <- (total_zero (listed (agent E)) (fun _ => 0)) by reflexivity.
    apply total_le. intros i _. rewrite <- (total_zero (listed (action E i)) (fun _ => 0)) by reflexivity.
    apply total_le. intros b _. rewrite <- (total_zero (listed (action E i)) (fun _ => 0)) by reflexivity.
    apply total_le. intros c _.
    destruct (eq_dec (y w i c b) 0) as [->|n]; [olra|].
    assert (~ ~ hidden L w i c b) as hid by (intro nh; apply n, only_hidden, nh).
    apply not_lt. intro bad. apply hid. intro yes.
    pose proof (h w p i c b yes) as ob. unfold obedient in ob.
    pose proof (le_mul _ _ _ (nonneg w i c b) (proj2 (sub_nonneg _ _) ob)). olra. }
  assert ((Σ a ∈ profile E, (mu w a * (W a w - weighed lam y w a))) <= U w) as under.
  { rewrite <- (add_zero K (U w)). replace (0 + U w)%K with ((Σ a ∈ profile E, mu w a) * U w)%K.
    - rewrite <- total_mul_r. apply total_le. intros a _.
      pose proof (le_mul _ _ _ (mu_nonneg a) (proj2 (sub_nonneg _ _) (dual w a p))). olra.
    - rewrite mu_one. apply le_antisym; olra. }
  rewrite (total_ext _ _ (fun a => mu w a * W a w - mu w a * weighed lam y w a)) in under
    by (intros; apply le_antisym; olra).
  rewrite total_sub in under. olra.
Qed.

Theorem T5_bound : T5_bound_statement.
Proof.
  intros K E lam L y U nonneg only_hidden dual t mu play_mu h.
  apply (hidden_bound K E lam L y U nonneg only_hidden dual mu play_mu).
  exact (T5_raw_incentives K E lam L t mu h).
Qed.
