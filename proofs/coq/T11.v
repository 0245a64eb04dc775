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

(** *** Attained: reports that disagree, and deviations that show, are fined. *)

Section Attained.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E} (m : Budget).
  Context (mu : Play E) (known : complete_information I) (two : exists i j : agent E, i <> j).
  Context (sharp : forall w i c b, hidden L w i c b \/ forall a, play a i = c -> leaves L w (change a i b) <> leaves L w a).
  Context (play_mu : is_play mu) (raw : forall w i c b, likely w -> hidden L w i c b -> obedient (material lam) mu w i c b).
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

  (** What is drawn and paid after reports that disagree, and paid after those that agree on a state. *)
  Context (nu : reports I -> profile E -> K) (amends : reports I -> profile E -> Transfers L).
  Context (owed : state E -> profile E -> Transfers L) (share : state E -> agent E -> K).
  Context (draws : forall x, (forall a, 0 <= nu x a) /\ (Σ a ∈ profile E, nu x a) = 1).
  Context (amends_within : forall x a, within_budget m (amends x a)) (owed_within : forall w a, within_budget m (owed w a)).
  Context (owed_there : forall w a i, owed w a i (leaves L w a) = share w i).
  Context (owed_else : forall w a i b, leaves L w (change a i b) <> leaves L w a ->
    material lam i (change a i b) w + owed w a i (leaves L w (change a i b)) <= material lam i a w + share w i).

  Definition worth_to (i : agent E) (w : state E) : K := Σ a ∈ profile E, (mu w a * material lam i a w).

  Context (deterred : forall w i y (d : action E i -> action E i), likely w -> reported_state (lie I (honest I w) i y) = None ->
    (Σ a ∈ profile E, let b := change a i (d (play a i)) in
      (nu (lie I (honest I w) i y) a * (material lam i b w + amends (lie I (honest I w) i y) a i (leaves L w b)))) <=
    worth_to i w + share w i).

  Definition fining : Point I L := {|
    chances := fun x a => match reported_state x with Some w => mu w a | None => nu x a end;
    payment := fun x a i y => match reported_state x with
      | Some w => mu w a * owed w a i y
      | None => nu x a * amends x a i y
      end |}.

  Lemma agreed_expects i x w d : reported_state x = Some w ->
    expects lam I fining i x d w = Σ a ∈ profile E, let b := change a i (d (play a i)) in
      (mu w a * (material lam i b w + owed w a i (leaves L w b))).
  Proof.
    intro e. unfold expects. apply total_ext. intros a _. cbn. rewrite e. ring.
  Qed.

  Lemma honest_expects i w : expects lam I fining i (honest I w) (fun c => c) w = worth_to i w + share w i.
  Proof.
    rewrite (agreed_expects i _ w _ (reported_state_honest w)). destruct (play_mu w) as [_ one].
    rewrite (total_ext _ _ (fun a => mu w a * material lam i a w + mu w a * share w i)).
    - rewrite total_add, (total_mul_r _ _ (fun a => mu w a)), one. unfold worth_to. ring.
    - intros a _. cbv zeta beta. rewrite change_play, owed_there. ring.
  Qed.

  Lemma obeyed i w d : likely w -> (Σ a ∈ profile E, (mu w a * (let b := change a i (d (play a i)) in
      material lam i b w + owed w a i (leaves L w b) - (material lam i a w + share w i)))) <= 0.
  Proof.
    intro pos.
    set (f := fun a => mu w a * (let b := change a i (d (play a i)) in
      material lam i b w + owed w a i (leaves L w b) - (material lam i a w + share w i))).
    change ((Σ a ∈ profile E, f a) <= 0).
    assert ((Σ a ∈ profile E, f a) = Σ c ∈ action E i, Σ a ∈ profile E, (only c (play a i) * f a)) as ->.
    { rewrite total_swap. apply total_ext. intros a _. symmetry.
      rewrite (total_ext _ _ (fun c => only (play a i) c * f a)) by (intros; now rewrite only_sym).
      apply (total_only (play a i) (fun _ => f a)). }
    rewrite <- (total_zero (listed (action E i)) (fun _ => 0)) by reflexivity. apply total_le. intros c _.
    destruct (play_mu w) as [nonneg _].
    destruct (sharp w i c (d c)) as [hid|seen].
    - pose proof (raw w i c (d c) pos hid) as ob. unfold obedient in ob.
      erewrite total_ext; [exact ob|]. intros a _. unfold f, only. destruct (same c (play a i)) as [e|n]; [|ring].
      cbv zeta. rewrite <- e, (hid a (eq_sym e)), owed_there. ring.
    - rewrite <- (total_zero (listed (profile E)) (fun _ => 0)) by reflexivity. apply total_le. intros a _.
      unfold only. destruct (same c (play a i)) as [e|n]; [|olra]. unfold f. cbv zeta. rewrite <- e.
      pose proof (le_mul _ _ _ (nonneg a) (proj2 (sub_nonneg _ _) (owed_else w a i (d c) (seen a (eq_sym e))))). olra.
  Qed.

  Lemma fining_loyal : loyal lam I fining.
  Proof.
    intros i x y d. apply total_le. intros w _. unfold only. destruct (same x (sees I w i)) as [->|n]; [|olra].
    destruct (likely_dec w) as [pos|no]; [|rewrite (unlikely w no); olra].
    assert (expects lam I fining i (lie I (honest I w) i y) d w <= expects lam I fining i (honest I w) (fun c => c) w) as q.
    2:{ pose proof (le_mul _ _ _ (prior_nonneg K E w) (proj2 (sub_nonneg _ _) q)). olra. }
    rewrite honest_expects. destruct (reported_state (lie I (honest I w) i y)) as [v|] eqn:e.
    - pose proof (reported_state_lie w i y v e). subst v. rewrite <- honest_expects, !(agreed_expects i _ w _ e),
        (agreed_expects i _ w _ (reported_state_honest w)).
      apply sub_nonneg. rewrite <- total_sub. assert (forall z : K, - z <= 0 -> 0 <= z) as t by (intros; olra). apply t.
      rewrite <- total_opp. erewrite total_ext; [exact (obeyed i w d pos)|]. intros a _. cbv zeta beta.
      rewrite change_play, owed_there. ring.
    - refine (le_trans _ _ _ _ _ (deterred w i y d pos e)). unfold expects. cbn. rewrite e. apply total_le. intros a _. olra.
  Qed.

  Lemma scaled_within (t : Transfers L) k : 0 <= k -> within_budget m t -> within_budget m (fun i y => k * t i y).
  Proof.
    intros pos h. destruct m; cbn in *; try exact h; intro y; specialize (h y); rewrite total_mul.
    - rewrite h. ring.
    - assert (0 <= - Σ i ∈ agent E, t i y) as q by olra. pose proof (le_mul _ _ _ pos q). olra.
  Qed.

  Lemma fining_feasible : feasible lam I m None None fining.
  Proof.
    split; [|split; [|split; [exact fining_loyal|exact Logic.I]]]; cbn.
    - intro x. destruct (reported_state x) as [w|]; [apply play_mu|apply draws].
    - intros x a. split; [|exact Logic.I]. cbn.
      destruct (reported_state x) as [w|]; apply scaled_within; auto; [apply play_mu|apply draws].
  Qed.

  Lemma fining_grounded : grounded I fining.
  Proof. intros x a z i y. cbn in *. destruct (reported_state x); rewrite z; ring. Qed.

  Lemma attained : mediated lam I L m None None mu.
  Proof.
    destruct (T10_direct K E lam I L m None None fining fining_feasible fining_grounded) as [M [C [σ [a [b [c e]]]]]].
    exists M, C, σ. split; [exact a|]. split; [exact b|]. split; [exact c|]. intros w z. rewrite <- e. cbn.
    now rewrite reported_state_honest.
  Qed.
End Attained.

Section Fines.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K).
  Add Ring K_ring'' : (@ring_laws K).

  Definition within_bound (G : K) : Prop := forall i a w, - G <= material lam i a w <= G.

  Lemma some_bound : exists G, within_bound G.
  Proof.
    assert (forall (l : list (agent E * (profile E * state E))), exists G : K, forall i a w, In (i, (a, w)) l -> - G <= material lam i a w <= G) as h.
    { induction l as [|[j [b v]] l [G h]]; [exists 0; intros ? ? ? []|].
      destruct (le_dec 0 (material lam j b v)) as [q|q].
      - destruct (le_dec (material lam j b v) G) as [r|r].
        + exists G. intros i a w [e|k]; [inversion e; subst; olra|auto].
        + exists (material lam j b v). intros i a w [e|k]; [inversion e; subst; olra|destruct (h i a w k); olra].
      - destruct (le_dec (- material lam j b v) G) as [r|r].
        + exists G. intros i a w [e|k]; [inversion e; subst; olra|auto].
        + exists (- material lam j b v). intros i a w [e|k]; [inversion e; subst; olra|destruct (h i a w k); olra]. }
    destruct (h (list_prod (listed (agent E)) (list_prod (listed (profile E)) (listed (state E))))) as [G g].
    exists G. intros i a w. apply g. apply in_prod; [apply all_listed|apply in_prod; apply all_listed].
  Qed.

  Definition flat : profile E -> K := only some_profile.

  Lemma flat_draws : (forall a, 0 <= flat a) /\ (Σ a ∈ profile E, flat a) = 1.
  Proof. destruct (@some_likely K E) as [w _]. exact (certainly_play (fun _ => some_profile) w). Qed.

  (** A fine of twice the bound leaves nothing to gain. *)
  Lemma flat_fine G (mu : Play E) (amends : profile E -> K) i w d : within_bound G -> is_play mu -> (forall a, amends a = - (G + G)) ->
    (Σ a ∈ profile E, (flat a * (material lam i (change a i (d (play a i))) w + amends a))) <= worth_to lam mu i w + 0.
  Proof.
    intros large play_mu fine. destruct (play_mu w) as [pos one], flat_draws as [pos' one'].
    refine (le_trans _ _ (- G) _ _ _).
    - apply average_most; auto. intros a _. rewrite fine. destruct (large i (change a i (d (play a i))) w). olra.
    - assert (- G <= worth_to lam mu i w) as q; [|olra]. apply average_least; auto. intro a. apply large.
  Qed.
End Fines.

Theorem T11_attained : T11_attained_statement.
Proof.
  intros K E lam I L mu known two sharp play_mu raw. destruct (some_bound lam) as [G large].
  apply (attained lam I free mu known two sharp play_mu raw (fun _ => flat) (fun _ _ _ _ => - (G + G))
    (fun w a _ y => - ((1 - only y (leaves L w a)) * (G + G))) (fun _ _ => 0)); try (intros; exact Logic.I).
  - intro. apply flat_draws.
  - intros. rewrite only_same. olra.
  - intros w a i b n. rewrite only_other by exact n. destruct (large i (change a i b) w), (large i a w). olra.
  - intros. now apply (flat_fine lam G mu (fun _ => - (G + G))).
Qed.
