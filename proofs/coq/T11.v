(** T11: with complete information mechanisms lose what hidden effort loses, and with outside money no more. *)

From Coq Require Import List.
From coopgap Require Import Welfare T1_T2 T3_sound T5 T10 T10_duality.
Import ListNotations.
Local Open Scope number_scope.

Section Hidden.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E}.
  Context (known : complete_information I).
  Add Ring K_ring : (@ring_laws K).

  (** Of the states that a type sees there is one. *)
  Lemma at_state i w (f : state E -> K) :
    (Σ v ∈ state E, (only (sees I w i) (sees I v i) * f v)) = f w.
  Proof.
    rewrite (total_ext _ _ (fun v => only w v * f v)); [apply total_only|]. intros v _. f_equal. unfold only.
    destruct (same (sees I w i) (sees I v i)) as [e|n], (same w v) as [e'|n']; try reflexivity.
    - destruct n'. exact (known i w v e).
    - congruence.
  Qed.

  Lemma loyal_at (p : Point I L) : loyal lam I p -> forall w, likely w -> forall i y d,
    expects lam I p i (lie I (honest I w) i y) d w <= expects lam I p i (honest I w) (fun c => c) w.
  Proof.
    intros h w pos i y d. specialize (h i (sees I w i) y d).
    rewrite (at_state i w (fun v => prior v * expects lam I p i (lie I (honest I v) i y) d v)) in h.
    rewrite (at_state i w (fun v => prior v * expects lam I p i (honest I v) (fun c => c) v)) in h.
    revert h. generalize (expects lam I p i (lie I (honest I w) i y) d w), (expects lam I p i (honest I w) (fun c => c) w).
    intros u v h. apply not_lt. intro less. assert (0 < u - v) as g by olra. pose proof (lt_mul _ _ pos g). olra.
  Qed.

  Lemma hidden_obeyed (p : Point I L) : loyal lam I p -> forall w, likely w -> forall i c b, hidden L w i c b ->
    obedient (material lam) (fun w a => chances p (honest I w) a) w i c b.
  Proof.
    intros h w pos i c b hid.
    pose proof (loyal_at p h w pos i (sees I w i) (fun c' => if same c' c then b else c')) as q.
    rewrite honest_lie in q. unfold obedient. apply sub_nonneg in q. unfold expects in q. rewrite <- total_sub in q.
    assert (forall x : K, 0 <= - x -> x <= 0) as t by (intros; olra). apply t. rewrite <- total_opp.
    erewrite total_ext; [exact q|]. intros a _. cbv zeta beta. rewrite change_play. unfold only.
    destruct (same (play a i) c) as [e|n], (same c (play a i)) as [e'|n']; try congruence.
    - rewrite (hid a e). ring.
    - rewrite change_play. ring.
  Qed.
End Hidden.

Lemma mediated_play {K : OrderedField} {E : Environment K} lam (I : Information (E := E)) (L : Language E) m l o mu :
  mediated lam I L m l o mu -> is_play mu.
Proof.
  intro h. destruct (T10_revelation K E lam I L m l o mu h) as [p [[draws _] [_ e]]]. intro w.
  destruct (draws (honest I w)) as [nonneg one]. split.
  - intro a. rewrite e. apply nonneg.
  - rewrite <- one. apply total_ext. intros a _. apply e.
Qed.

Theorem T11_raw_incentives : T11_raw_incentives_statement.
Proof.
  intros K E lam I L m l o mu known h w pos i c b hid.
  destruct (T10_revelation K E lam I L m l o mu h) as [p [[_ [_ [loyal_p _]]] [_ e]]].
  pose proof (hidden_obeyed lam I known p loyal_p w pos i c b hid) as q. unfold obedient in *.
  erewrite total_ext; [exact q|]. intros a _. cbn beta. now rewrite e.
Qed.

Theorem T11_bound : T11_bound_statement.
Proof.
  intros K E lam I L y U nonneg only_hidden dual known m l o mu h.
  apply (hidden_bound K E lam L y U nonneg only_hidden dual mu (mediated_play lam I L m l o mu h)).
  exact (T11_raw_incentives K E lam I L m l o mu known h).
Qed.

(** *** Attained with outside money: reports that disagree, and deviations that show, are fined. *)

Section Attained.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E}.
  Context (mu : Play E) (known : complete_information I) (two : exists i j : agent E, i <> j).
  Context (sharp : forall w i c b, hidden L w i c b \/ forall a, play a i = c -> leaves L w (change a i b) <> leaves L w a).
  Context (play_mu : is_play mu) (raw : forall w i c b, likely w -> hidden L w i c b -> obedient (material lam) mu w i c b).
  Context (G : K) (large : forall i a w, - G <= material lam i a w <= G).
  Add Ring K_ring' : (@ring_laws K).

  Definition reported_state (x : reports I) : option (state E) :=
    find (fun w => if same (honest I w) x then true else false) (listed (state E)).

  Lemma reported_state_some x w : reported_state x = Some w -> honest I w = x.
  Proof.
    intro e. apply find_some in e. destruct e as [_ e]. destruct (same (honest I w) x); [assumption|discriminate].
  Qed.

  Lemma reported_state_honest w : reported_state (honest I w) = Some w.
  Proof.
    destruct (reported_state (honest I w)) as [v|] eqn:e.
    - apply reported_state_some in e. destruct two as [i _]. f_equal. apply (known i).
      now rewrite <- !report_honest, e.
    - pose proof (find_none _ _ e w (all_listed _ w)) as n. cbn in n. destruct (same (honest I w) (honest I w)); congruence.
  Qed.

  Lemma reported_state_lie w i y v : reported_state (lie I (honest I w) i y) = Some v -> v = w.
  Proof.
    intro e. apply reported_state_some in e. destruct two as [j [k n]].
    assert (exists j, j <> i) as [j' n'] by (destruct (same j i) as [->|]; [exists k; congruence|now exists j]).
    apply (known j'). rewrite <- !report_honest, e. now rewrite report_other.
  Qed.

  Definition fining : Point I L := {|
    chances := fun x a => match reported_state x with Some w => mu w a | None => only some_profile a end;
    payment := fun x a i y => match reported_state x with
      | Some w => mu w a * - ((1 - only y (leaves L w a)) * (G + G))
      | None => only some_profile a * - (G + G)
      end |}.

  Lemma agreed_expects i x w d : reported_state x = Some w ->
    expects lam I fining i x d w = Σ a ∈ profile E, let b := change a i (d (play a i)) in
      (mu w a * (material lam i b w - (1 - only (leaves L w b) (leaves L w a)) * (G + G))).
  Proof.
    intro e. unfold expects. apply total_ext. intros a _. cbn. rewrite e. ring.
  Qed.

  Lemma honest_expects i w : expects lam I fining i (honest I w) (fun c => c) w = Σ a ∈ profile E, (mu w a * material lam i a w).
  Proof.
    rewrite (agreed_expects i _ w _ (reported_state_honest w)). apply total_ext. intros a _. cbv zeta beta.
    rewrite change_play, only_same. ring.
  Qed.

  Lemma obeyed i w d : likely w -> (Σ a ∈ profile E, (mu w a * (let b := change a i (d (play a i)) in
      material lam i b w - (1 - only (leaves L w b) (leaves L w a)) * (G + G) - material lam i a w))) <= 0.
  Proof.
    intro pos.
    set (f := fun a => mu w a * (let b := change a i (d (play a i)) in
      material lam i b w - (1 - only (leaves L w b) (leaves L w a)) * (G + G) - material lam i a w)).
    change ((Σ a ∈ profile E, f a) <= 0).
    assert ((Σ a ∈ profile E, f a) = Σ c ∈ action E i, Σ a ∈ profile E, (only c (play a i) * f a)) as ->.
    { rewrite total_swap. apply total_ext. intros a _. symmetry.
      rewrite (total_ext _ _ (fun c => only (play a i) c * f a)) by (intros; now rewrite only_sym).
      apply (total_only (play a i) (fun _ => f a)). }
    rewrite <- (total_zero (listed (action E i)) (fun _ => 0)) by reflexivity. apply total_le. intros c _.
    destruct (play_mu w) as [nonneg _].
    destruct (sharp w i c (d c)) as [hid|seen].
    - pose proof (raw w i c (d c) pos hid) as ob. unfold obedient in ob.
      erewrite total_ext; [exact ob|]. intros a _. unfold f, only at 1 3. destruct (same c (play a i)) as [e|n]; [|ring].
      cbv zeta. rewrite <- e, (hid a (eq_sym e)), only_same. ring.
    - rewrite <- (total_zero (listed (profile E)) (fun _ => 0)) by reflexivity. apply total_le. intros a _.
      unfold only at 1. destruct (same c (play a i)) as [e|n]; [|olra]. unfold f. cbv zeta. rewrite <- e.
      rewrite only_other by exact (seen a (eq_sym e)).
      destruct (large i (change a i (d c)) w), (large i a w).
      assert (0 <= - (material lam i (change a i (d c)) w - (1 - 0) * (G + G) - material lam i a w)) as q by olra.
      pose proof (le_mul _ _ _ (nonneg a) q). olra.
  Qed.

  Lemma fining_loyal : loyal lam I fining.
  Proof.
    intros i x y d. apply total_le. intros w _. unfold only. destruct (same x (sees I w i)) as [->|n]; [|olra].
    destruct (likely_dec w) as [pos|no]; [|rewrite (unlikely w no); olra].
    assert (expects lam I fining i (lie I (honest I w) i y) d w <= expects lam I fining i (honest I w) (fun c => c) w) as q.
    2:{ pose proof (le_mul _ _ _ (prior_nonneg K E w) (proj2 (sub_nonneg _ _) q)). olra. }
    rewrite honest_expects. destruct (reported_state (lie I (honest I w) i y)) as [v|] eqn:e.
    - pose proof (reported_state_lie w i y v e). subst v. rewrite (agreed_expects i _ w d e).
      pose proof (obeyed i w d pos) as q. cbv zeta in q |- *.
      rewrite (total_ext _ _ (fun a => mu w a * (material lam i (change a i (d (play a i))) w -
        (1 - only (leaves L w (change a i (d (play a i)))) (leaves L w a)) * (G + G)) - mu w a * material lam i a w)) in q
        by (intros; ring).
      rewrite total_sub in q. olra.
    - destruct (play_mu w) as [nonneg one].
      assert (expects lam I fining i (lie I (honest I w) i y) d w =
        material lam i (change some_profile i (d (play some_profile i))) w - (G + G)) as ->.
      { unfold expects. cbn. rewrite e. 
        rewrite (total_ext _ _ (fun a => only some_profile a * (material lam i (change a i (d (play a i))) w - (G + G))))
          by (intros; ring).
        apply (total_only some_profile (fun a => material lam i (change a i (d (play a i))) w - (G + G))). }
      destruct (large i (change some_profile i (d (play some_profile i))) w) as [_ high].
      refine (le_trans _ _ (- G) _ _ _); [olra|].
      assert (- G = Σ a ∈ profile E, (mu w a * - G)) as -> by (rewrite (total_mul_r _ _ (fun a => mu w a)), one; ring).
      apply total_le. intros a _. destruct (large i a w) as [low _].
      pose proof (le_mul _ _ _ (nonneg a) (proj2 (sub_nonneg _ _) low)). olra.
  Qed.

  Lemma fining_feasible : feasible lam I free None None fining.
  Proof.
    split; [|split; [|split; [exact fining_loyal|exact Logic.I]]].
    - intro x. cbn. destruct (reported_state x) as [w|]; [apply play_mu|]. pose proof (@lt_zero_one K). split.
      + intro a. unfold only. destruct (same some_profile a); olra.
      + rewrite (total_ext _ _ (fun a => only some_profile a * 1)) by (intros; ring). apply (total_only some_profile (fun _ => 1)).
    - intros x a. split; exact Logic.I.
  Qed.

  Lemma fining_grounded : grounded I fining.
  Proof. intros x a z i y. cbn in *. destruct (reported_state x); rewrite z; ring. Qed.

  Lemma attained : mediated lam I L free None None mu.
  Proof.
    destruct (T10_direct K E lam I L free None None fining fining_feasible fining_grounded) as [M [C [σ [a [b [c e]]]]]].
    exists M, C, σ. repeat split; try assumption. intros w x. rewrite <- e. cbn. now rewrite reported_state_honest.
  Qed.
End Attained.

Theorem T11_attained : T11_attained_statement.
Proof.
  intros K E lam I L mu known two sharp play_mu raw.
  assert (exists G : K, forall i a w, - G <= material lam i a w <= G) as [G large].
  { assert (forall (l : list (agent E * (profile E * state E))), exists G : K, forall i a w, In (i, (a, w)) l -> - G <= material lam i a w <= G) as h.
    { induction l as [|[j [b v]] l [G h]]; [exists 0; intros ? ? ? []|].
      destruct (le_dec 0 (material lam j b v)) as [q|q].
      - destruct (le_dec (material lam j b v) G) as [r|r].
        + exists G. intros i a w [e|m]; [inversion e; subst; olra|auto].
        + exists (material lam j b v). intros i a w [e|m]; [inversion e; subst; olra|destruct (h i a w m); olra].
      - destruct (le_dec (- material lam j b v) G) as [r|r].
        + exists G. intros i a w [e|m]; [inversion e; subst; olra|auto].
        + exists (- material lam j b v). intros i a w [e|m]; [inversion e; subst; olra|destruct (h i a w m); olra]. }
    destruct (h (list_prod (listed (agent E)) (list_prod (listed (profile E)) (listed (state E))))) as [G g].
    exists G. intros i a w. apply g. apply in_prod; [apply all_listed|apply in_prod; apply all_listed]. }
  exact (attained lam I mu known two sharp play_mu raw G large).
Qed.
