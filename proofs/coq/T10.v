(** T10: the point of any equilibrium of any mechanism is feasible, feasible points are equilibria, and
    dual solutions bound them all. *)

From Coq Require Import List Eqdep_dec.
From coopgap Require Import Welfare T1_T2 T3_sound Two.
Import ListNotations.
Local Open Scope number_scope.

Section Profiles.
  Context {K : OrderedField} {E : Environment K}.

  Lemma play_profile_of (f : forall i : agent E, action E i) i : play (profile_of f) i = f i.
  Proof.
    unfold profile_of. pose proof (all_listed _ i) as j. revert j.
    induction (listed (agent E)) as [|k l IH]; cbn; intro j; [destruct j|].
    destruct (same i k) as [->|n]; [apply change_same|].
    rewrite change_other by exact n. destruct j; [congruence|auto].
  Qed.

  Lemma profile_of_same (f g : forall i : agent E, action E i) : (forall i, f i = g i) -> profile_of f = profile_of g.
  Proof. intro h. apply only_play. intro i. rewrite !play_profile_of. apply h. Qed.

  Lemma change_play (a : profile E) i : change a i (play a i) = a.
  Proof.
    apply only_play. intro j. destruct (same j i) as [->|n]; [apply change_same|now apply change_other].
  Qed.

  Lemma honest_lie (I : Information (E := E)) w i : lie I (honest I w) i (sees I w i) = honest I w.
  Proof.
    apply only_report. intro j. destruct (same j i) as [->|n].
    - now rewrite report_lie, report_honest.
    - now rewrite report_other.
  Qed.
End Profiles.

Section Revelation.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E}.
  Context (M : Mechanism L) (C : Coins) (σ : forall i, Strategy I M C i).
  Add Ring K_ring : (@ring_laws K).

  (** What follows if the agents play as if they saw what they report. *)
  Definition sent_by (x : reports I) c : mail L M := received L M (fun i => fst (σ i) (report I x i) (flip C c i)).
  Definition acted_by (x : reports I) c r : profile E :=
    profile_of (fun i => snd (σ i) (report I x i) (flip C c i) (tells L M (sent_by x c) r i)).
  Definition mean (x : reports I) (f : mail L M -> lot L M -> profile E -> K) : K :=
    Σ c ∈ chance C, (fall C c * Σ r ∈ lot L M, (odds L M (sent_by x c) r * f (sent_by x c) r (acted_by x c r))).

  Lemma mean_le x f g : (forall z r b, f z r b <= g z r b) -> mean x f <= mean x g.
  Proof.
    intro h. apply total_le. intros c _.
    assert ((Σ r ∈ lot L M, (odds L M (sent_by x c) r * f (sent_by x c) r (acted_by x c r))) <=
      Σ r ∈ lot L M, (odds L M (sent_by x c) r * g (sent_by x c) r (acted_by x c r))) as q.
    { apply total_le. intros r _.
      pose proof (le_mul _ _ _ (odds_nonneg L M (sent_by x c) r) (proj2 (sub_nonneg _ _) (h (sent_by x c) r (acted_by x c r)))). olra. }
    pose proof (le_mul _ _ _ (fall_nonneg C c) (proj2 (sub_nonneg _ _) q)). olra.
  Qed.

  Lemma mean_ext x f g : (forall z r b, f z r b = g z r b) -> mean x f = mean x g.
  Proof. intro h. apply le_antisym; apply mean_le; intros; rewrite h; apply le_refl. Qed.

  Lemma mean_total {X} (l : list X) x (f : X -> mail L M -> lot L M -> profile E -> K) :
    total l (fun k => mean x (f k)) = mean x (fun z r b => total l (fun k => f k z r b)).
  Proof.
    unfold mean. rewrite total_swap. apply total_ext. intros c _. rewrite total_mul. f_equal.
    rewrite total_swap. apply total_ext. intros r _. apply total_mul.
  Qed.

  Lemma mean_mul x k f : mean x (fun z r b => k * f z r b) = k * mean x f.
  Proof.
    unfold mean. rewrite <- total_mul. apply total_ext. intros c _.
    rewrite (total_ext _ _ (fun r => k * (odds L M (sent_by x c) r * f (sent_by x c) r (acted_by x c r)))) by (intros; ring).
    rewrite total_mul. ring.
  Qed.

  Lemma mean_add x f g : mean x (fun z r b => f z r b + g z r b) = mean x f + mean x g.
  Proof.
    unfold mean. rewrite <- total_add. apply total_ext. intros c _.
    rewrite (total_ext _ _ (fun r => odds L M (sent_by x c) r * f (sent_by x c) r (acted_by x c r) +
      odds L M (sent_by x c) r * g (sent_by x c) r (acted_by x c r))) by (intros; ring).
    rewrite total_add. ring.
  Qed.

  Lemma mean_constant x k : mean x (fun _ _ _ => k) = k.
  Proof.
    unfold mean. rewrite (total_ext _ _ (fun c => fall C c * k)).
    - rewrite total_mul_r, fall_one. ring.
    - intros c _. rewrite total_mul_r, odds_one. ring.
  Qed.

  Lemma mean_honest w f : average I M C σ w f = mean (honest I w) f.
  Proof.
    unfold average, mean. apply total_ext. intros c _.
    assert (sent I M C σ w c = sent_by (honest I w) c) as e.
    { apply received_same. intro i. now rewrite report_honest. }
    f_equal. rewrite e. apply total_ext. intros r _.
    assert (acted I M C σ w c r = acted_by (honest I w) c r) as ->; [|reflexivity].
    unfold acted. rewrite e. apply profile_of_same. intro i. now rewrite report_honest.
  Qed.

  Definition revealed : Point I L := {|
    chances := fun x a => mean x (fun _ _ b => only a b);
    payment := fun x a i y => mean x (fun z r b => only a b * pays L M z r i y) |}.

  Lemma revealed_expects i x d w : expects lam I revealed i x d w =
    mean x (fun z r b => utility lam (pays L M z r) i (change b i (d (play b i))) w).
  Proof.
    unfold expects. cbn [chances payment revealed].
    rewrite (total_ext _ _ (fun a => mean x (fun z r b => only a b *
      utility lam (pays L M z r) i (change a i (d (play a i))) w))).
    - rewrite mean_total. apply mean_ext. intros z r b.
      rewrite (total_ext _ _ (fun a => only b a * utility lam (pays L M z r) i (change a i (d (play a i))) w))
        by (intros; now rewrite only_sym).
      apply (total_only b (fun a => utility lam (pays L M z r) i (change a i (d (play a i))) w)).
    - intros a _. unfold utility. cbn. 
      match goal with |- ?f * ?m + _ = _ => assert (f * m = m * f) as -> by ring end.
      rewrite <- mean_mul, <- mean_add. apply mean_ext. intros. ring.
  Qed.

  (** *** A deviation of one type: to play another type, and then to do something else *)

  Definition replaced {i} (τ : Strategy I M C i) (j : agent E) : Strategy I M C j :=
    match same i j with left e => eq_rect i (Strategy I M C) τ j e | right _ => σ j end.

  Lemma replaced_same {i} (τ : Strategy I M C i) : replaced τ i = τ.
  Proof. unfold replaced. destruct (same i i) as [e|n]; [|congruence]. now rewrite (UIP_dec same e eq_refl). Qed.

  Lemma replaced_other {i} (τ : Strategy I M C i) j : j <> i -> replaced τ j = σ j.
  Proof. intro n. unfold replaced. destruct (same i j); [congruence|reflexivity]. Qed.

  Definition posing i (x y : type I i) (d : action E i -> action E i) : Strategy I M C i :=
    (fun x' c => fst (σ i) (if same x' x then y else x') c,
     fun x' c v => if same x' x then d (snd (σ i) y c v) else snd (σ i) x' c v).

  Lemma posing_sent i x y d w c : sees I w i = x ->
    sent I M C (replaced (posing i x y d)) w c = sent_by (lie I (honest I w) i y) c.
  Proof.
    intro e. apply received_same. intro j. destruct (same j i) as [->|n].
    - rewrite replaced_same, report_lie. cbn. rewrite e. destruct (same x x); [reflexivity|congruence].
    - now rewrite replaced_other, report_other, report_honest by exact n.
  Qed.

  Lemma posing_acted i x y d w c r : sees I w i = x ->
    acted I M C (replaced (posing i x y d)) w c r =
    let b := acted_by (lie I (honest I w) i y) c r in change b i (d (play b i)).
  Proof.
    intro e. unfold acted. rewrite (posing_sent i x y d w c e). apply only_play. intro j. rewrite play_profile_of.
    destruct (same j i) as [->|n].
    - rewrite replaced_same, change_same. cbn. rewrite e. unfold acted_by. rewrite play_profile_of, report_lie.
      destruct (same x x); [reflexivity|congruence].
    - rewrite replaced_other, change_other by exact n. unfold acted_by. now rewrite play_profile_of, report_other, report_honest by exact n.
  Qed.

  Lemma posing_idle i x y d w : sees I w i <> x -> prospect I M C lam (replaced (posing i x y d)) i w = prospect I M C lam σ i w.
  Proof.
    intro n. assert (forall c, sent I M C (replaced (posing i x y d)) w c = sent I M C σ w c) as e.
    { intro c. apply received_same. intro j. destruct (same j i) as [->|m]; [|now rewrite replaced_other].
      rewrite replaced_same. cbn. destruct (same (sees I w i) x); [congruence|reflexivity]. }
    unfold prospect, average. apply total_ext. intros c _. f_equal. rewrite e. apply total_ext. intros r _.
    assert (acted I M C (replaced (posing i x y d)) w c r = acted I M C σ w c r) as ->; [|reflexivity].
    unfold acted. rewrite e. apply profile_of_same. intro j. destruct (same j i) as [->|m]; [|now rewrite replaced_other].
    rewrite replaced_same. cbn. destruct (same (sees I w i) x); [congruence|reflexivity].
  Qed.

  Lemma posing_worth i x y d w : sees I w i = x -> prospect I M C lam (replaced (posing i x y d)) i w =
    expects lam I revealed i (lie I (honest I w) i y) d w.
  Proof.
    intro e. rewrite revealed_expects. unfold prospect, average, mean. apply total_ext. intros c _. f_equal.
    rewrite (posing_sent i x y d w c e). apply total_ext. intros r _. rewrite (posing_acted i x y d w c r e). reflexivity.
  Qed.

  Lemma honest_worth i w : prospect I M C lam σ i w = expects lam I revealed i (honest I w) (fun c => c) w.
  Proof.
    rewrite revealed_expects. unfold prospect. rewrite mean_honest. apply mean_ext. intros. now rewrite change_play.
  Qed.

  Lemma revealed_loyal : bayes_nash I M C lam σ -> loyal lam I revealed.
  Proof.
    intros h i x y d. specialize (h i (replaced (posing i x y d)) (fun j n => replaced_other _ j n)).
    apply sub_nonneg. rewrite <- total_sub. apply sub_nonneg in h. rewrite <- total_sub in h.
    rewrite (total_ext _ _ (fun w => prior w * prospect I M C lam σ i w -
      prior w * prospect I M C lam (replaced (posing i x y d)) i w)); [exact h|].
    intros w _. unfold only. destruct (same x (sees I w i)) as [e|n].
    - rewrite (posing_worth i x y d w (eq_sym e)), honest_worth. ring.
    - rewrite posing_idle by congruence. ring.
  Qed.

  Lemma revealed_within m l : (forall z r, admissible m l (pays L M z r)) -> within I m l revealed.
  Proof.
    intros ok x a. pose proof (@lt_zero_one K) as pos.
    assert (forall b, (0 : K) <= only a b) as nonneg by (intro b; unfold only; destruct (same a b); olra). split.
    - destruct m; cbn; [intro y|intro y|exact Logic.I]; rewrite mean_total, <- (mean_constant x 0).
      + apply mean_ext. intros z r b. rewrite total_mul. destruct (ok z r) as [h _]. cbn in h. rewrite h. ring.
      + apply mean_le. intros z r b. rewrite total_mul. destruct (ok z r) as [h _]. cbn in h.
        pose proof (le_mul _ _ _ (nonneg b) (proj2 (sub_nonneg _ _) (h y))). olra.
    - destruct l as [B|]; [|exact Logic.I]. intros i y. cbn.
      assert (- (B * mean x (fun _ _ b => only a b)) = (- B) * mean x (fun _ _ b => only a b)) as -> by ring.
      rewrite <- mean_mul. apply mean_le. intros z r b. destruct (ok z r) as [_ h]. cbn in h.
      pose proof (le_mul _ _ _ (nonneg b) (proj2 (sub_nonneg _ _) (h i y))). olra.
  Qed.

  Lemma revealed_grounded : grounded I revealed.
  Proof.
    intros x a z i y. cbn in z |- *. pose proof (@lt_zero_one K) as pos.
    assert (forall b, (0 : K) <= only a b) as nonneg by (intro b; unfold only; destruct (same a b); olra).
    assert (forall c r, 0 <= fall C c * (odds L M (sent_by x c) r * only a (acted_by x c r))) as terms.
    { intros c r. apply le_mul; [apply fall_nonneg|]. apply le_mul; [apply odds_nonneg|apply nonneg]. }
    assert (mean x (fun _ _ b => only a b) =
      Σ c ∈ chance C, Σ r ∈ lot L M, (fall C c * (odds L M (sent_by x c) r * only a (acted_by x c r)))) as e
      by (apply total_ext; intros; now rewrite total_mul).
    assert (forall c r, fall C c * (odds L M (sent_by x c) r * only a (acted_by x c r)) = 0) as zero.
    { intros c r. apply le_antisym; [|apply terms]. rewrite <- z, e.
      refine (le_trans _ _ _ _ (total_member _ (fun r => fall C c * (odds L M (sent_by x c) r * only a (acted_by x c r))) r _ (all_listed _ r)) _).
      - intros; apply terms.
      - apply (total_member _ (fun c => Σ r ∈ lot L M, (fall C c * (odds L M (sent_by x c) r * only a (acted_by x c r))))).
        + intros; apply total_nonneg; intros; apply terms.
        + apply all_listed. }
    unfold mean. apply total_zero. intros c _. rewrite <- total_mul. apply total_zero. intros r _.
    assert (forall f o k t : K, f * (o * (k * t)) = f * (o * k) * t) as -> by (intros; ring).
    rewrite zero. ring.
  Qed.

  Lemma revealed_draws x : (forall a, 0 <= chances revealed x a) /\ (Σ a ∈ profile E, chances revealed x a) = 1.
  Proof.
    split.
    - intro a. cbn. rewrite <- (mean_constant x 0). apply mean_le. intros _ _ b. unfold only.
      pose proof (@lt_zero_one K). destruct (same a b); olra.
    - cbn. rewrite mean_total, <- (mean_constant x 1). apply mean_ext. intros _ _ b.
      rewrite (total_ext _ _ (fun a => only b a * 1)) by (intros; rewrite only_sym; ring). apply (total_only b (fun _ => 1)).
  Qed.
End Revelation.

Theorem T10_revelation : T10_revelation_statement.
Proof.
  intros K E lam I L m l o mu [M [C [σ [ok [h [will out]]]]]]. exists (revealed I M C σ). split; [split; [|split; [|split]]|split].
  - apply revealed_draws.
  - now apply revealed_within.
  - now apply revealed_loyal.
  - destruct o as [o|]; [|exact Logic.I]. cbn in will |- *. intros i x. specialize (will i x).
    erewrite total_ext; [exact will|]. intros w _. cbn beta. now rewrite honest_worth.
  - apply revealed_grounded.
  - intros w a. rewrite out. apply mean_honest.
Qed.

(** *** Feasible points are mechanisms *)

Section Direct.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E}.
  Context (m : Budget) (l : option K) (o : option (agent E -> K)) (p : Point I L).
  Context (ok : feasible lam I m l o p) (ground : grounded I p) (w0 : state E).
  Add Ring K_ring' : (@ring_laws K).

  Definition share (x : reports I) (a : profile E) : Transfers L := fun i y => inv (chances p x a) * payment p x a i y.

  Lemma share_admissible x a : chances p x a <> 0 -> admissible m l (share x a).
  Proof.
    intro n. destruct ok as [draws [budget _]]. destruct (draws x) as [nonneg _]. destruct (budget x a) as [spent bounded].
    assert (0 < chances p x a) as pos by (apply lt_le_neq; split; [apply nonneg|congruence]).
    pose proof (inv_pos _ pos) as ipos. unfold share. split.
    - destruct m; cbn in spent |- *; [intro y|intro y|exact Logic.I]; rewrite total_mul.
      + rewrite spent. ring.
      + pose proof (le_mul _ (inv (chances p x a)) (- (Σ i ∈ agent E, payment p x a i y)) (lt_le _ _ ipos)) as q.
        specialize (spent y). specialize (q ltac:(olra)). olra.
    - destruct l as [B|]; cbn; [|exact Logic.I]. intros i y. specialize (bounded i y).
      pose proof (le_mul _ _ _ (lt_le _ _ ipos) (proj2 (sub_nonneg _ _) bounded)) as q.
      assert (inv (chances p x a) * (payment p x a i y - - (B * chances p x a)) =
        inv (chances p x a) * payment p x a i y + B * (inv (chances p x a) * chances p x a)) as e by ring.
      rewrite e, mul_inv in q by exact n. olra.
  Qed.

  Context (spare : Transfers L) (spare_ok : admissible m l spare).

  Definition reported (f : forall i : agent E, type I i) : reports I :=
    fold_right (fun i x => lie I x i (f i)) (honest I w0) (listed (agent E)).

  Lemma report_reported f i : report I (reported f) i = f i.
  Proof.
    unfold reported. pose proof (all_listed _ i) as j. revert j.
    induction (listed (agent E)) as [|k q IH]; cbn; intro j; [destruct j|].
    destruct (same i k) as [->|n]; [apply report_lie|].
    rewrite report_other by exact n. destruct j; [congruence|auto].
  Qed.

  Lemma reported_same f g : (forall i, f i = g i) -> reported f = reported g.
  Proof. intro h. apply only_report. intro i. rewrite !report_reported. apply h. Qed.

  Definition paid_after (x : reports I) (a : profile E) : Transfers L :=
    if eq_dec (chances p x a) 0 then spare else share x a.

  Lemma paid_times x a i y : chances p x a * paid_after x a i y = payment p x a i y.
  Proof.
    unfold paid_after, share. destruct (eq_dec (chances p x a) 0) as [e|n].
    - rewrite e, (ground x a e). ring.
    - assert (chances p x a * (inv (chances p x a) * payment p x a i y) = inv (chances p x a) * chances p x a * payment p x a i y) as -> by ring.
      rewrite mul_inv by exact n. ring.
  Qed.

  Lemma paid_admissible x a : admissible m l (paid_after x a).
  Proof.
    unfold paid_after. destruct (eq_dec (chances p x a) 0) as [e|n]; [exact spare_ok|]. now apply share_admissible.
  Qed.

  Definition direct : Mechanism L.
  Proof.
    refine {| message := fun i => type I i; mail := reports I; received := reported; received_same := reported_same;
      lot := profile E; odds := chances p; word := fun i => action E i; tells := fun _ a i => play a i; pays := paid_after |}.
    - intros x a. now destruct ok as [h _]; destruct (h x).
    - intro x. now destruct ok as [h _]; destruct (h x).
  Defined.

  Definition no_coins : Coins (E := E) :=
    Build_Coins single_state certain certain_nonneg certain_one (fun _ => unit) (fun _ _ => tt).

  Definition candid (i : agent E) : Strategy I direct no_coins i := (fun x _ => x, fun _ _ c => c).

  (** What follows if all are candid but one. *)
  Lemma average_deviant i (σ : forall j, Strategy I direct no_coins j) w f : (forall j, j <> i -> σ j = candid j) ->
    average I direct no_coins σ w f =
    let x := lie I (honest I w) i (fst (σ i) (sees I w i) tt) in
    Σ a ∈ profile E, (chances p x a * f x a (change a i (snd (σ i) (sees I w i) tt (play a i)))).
  Proof.
    intro others. cbv zeta. set (x := lie I (honest I w) i (fst (σ i) (sees I w i) tt)). unfold average. cbn [chance no_coins single_state listed total fall certain].
    assert (forall k : K, certain tt * k + 0 = k) as -> by (intro; unfold certain; ring).
    assert (sent I direct no_coins σ w tt = x) as e.
    { apply only_report. intro j. unfold sent. cbn [received direct]. rewrite report_reported.
      destruct (same j i) as [->|n]; [unfold x; now rewrite report_lie|].
      rewrite others by exact n. cbn. unfold x. now rewrite report_other, report_honest by exact n. }
    apply total_ext. intros a _. unfold acted. cbn [lot direct odds tells] in *. rewrite e. do 2 f_equal.
    apply only_play. intro j. rewrite play_profile_of. destruct (same j i) as [->|n].
    - now rewrite change_same.
    - rewrite others by exact n. now rewrite change_other by exact n.
  Qed.

  Lemma prospect_deviant i (σ : forall j, Strategy I direct no_coins j) w : (forall j, j <> i -> σ j = candid j) ->
    prospect I direct no_coins lam σ i w =
    expects lam I p i (lie I (honest I w) i (fst (σ i) (sees I w i) tt)) (fun c => snd (σ i) (sees I w i) tt c) w.
  Proof.
    intro others. unfold prospect. rewrite (average_deviant i σ w _ others). unfold expects. apply total_ext. intros a _. cbn.
    unfold utility. rewrite <- paid_times. ring.
  Qed.

  Lemma prospect_candid i w : prospect I direct no_coins lam candid i w = expects lam I p i (honest I w) (fun c => c) w.
  Proof.
    rewrite (prospect_deviant i candid w) by reflexivity. cbn. now rewrite honest_lie.
  Qed.

  Lemma candid_equilibrium : bayes_nash I direct no_coins lam candid.
  Proof.
    intros i σ others. pose proof ok as [_ [_ [h _]]].
    rewrite (by_cells (fun w => sees I w i) (fun w => prior w * prospect I direct no_coins lam σ i w)).
    rewrite (by_cells (fun w => sees I w i) (fun w => prior w * prospect I direct no_coins lam candid i w)).
    apply total_le. intros x _.
    refine (le_trans _ _ _ _ _ (le_trans _ _ _ _ (h i x (fst (σ i) x tt) (fun c => snd (σ i) x tt c)) _)).
    - apply total_le. intros w _. unfold only. destruct (same x (sees I w i)) as [->|n].
      + rewrite (prospect_deviant i σ w others). apply le_refl.
      + assert (forall k : K, 0 * k = 0) as z by (intro; ring). rewrite !z. apply le_refl.
    - apply total_le. intros w _. rewrite prospect_candid. apply le_refl.
  Qed.

  Lemma mediates : mediated lam I L m l o (fun w a => chances p (honest I w) a).
  Proof.
    exists direct, no_coins, candid. split; [intros; apply paid_admissible|]. split; [exact candid_equilibrium|]. split.
    - pose proof ok as [_ [_ [_ h]]].
      assert (forall q, joined lam I q p -> willing I direct no_coins lam q candid) as t; [|exact (t o h)].
      clear h. intros [q|] j; [|exact Logic.I]. intros i x. specialize (j i x).
      erewrite total_ext; [exact j|]. intros w _. cbn beta. now rewrite prospect_candid.
    - intros w a. unfold outcome.
      assert ((exists i : agent E, True) \/ forall i : agent E, False) as [[i _]|none].
      { destruct (listed (agent E)) as [|i r] eqn:e; [right|left; now exists i].
        intro i. pose proof (all_listed _ i) as j. rewrite e in j. exact j. }
      + rewrite (average_deviant i candid w) by reflexivity. cbn. rewrite honest_lie.
        rewrite (total_ext _ _ (fun b => only a b * chances p (honest I w) b)); [symmetry; apply total_only|].
        intros b _. rewrite change_play. ring.
      + assert (forall x y : profile E, x = y) as one by (intros; apply only_play; intro i; destruct (none i)).
        assert (forall x y : reports I, x = y) as same_x by (intros; apply only_report; intro i; destruct (none i)).
        unfold average. cbn [chance no_coins single_state listed total fall certain].
        assert (forall k : K, certain tt * k + 0 = k) as -> by (intro; unfold certain; ring).
        rewrite (total_ext _ _ (fun b => only a b * chances p (honest I w) b)); [symmetry; apply total_only|].
        intros b _. rewrite (one (acted I direct no_coins candid w tt b) b).
        assert (odds L direct (sent I direct no_coins candid w tt) b = chances p (honest I w) b) as ->; [|ring].
        cbn [odds direct]. f_equal. apply same_x.
  Qed.
End Direct.

Theorem T10_direct : T10_direct_statement.
Proof.
  intros K E lam I L m l o p ok ground. destruct (some_likely (E := E)) as [w _].
  assert (exists a, chances p (honest I w) a <> 0) as [a n].
  { assert (forall k : list (profile E), total k (chances p (honest I w)) <> 0 -> exists a, chances p (honest I w) a <> 0) as h.
    { induction k as [|a k IH]; cbn; intro s; [congruence|].
      destruct (eq_dec (chances p (honest I w) a) 0) as [z|z]; [|now exists a]. apply IH. intro z'. apply s. rewrite z, z'.
      apply add_zero. }
    destruct ok as [draws _]. destruct (draws (honest I w)) as [_ one]. apply (h (listed (profile E))).
    intro z. apply (zero_one K). rewrite <- one. symmetry. exact z. }
  exact (mediates lam I m l o p ok ground w _ (share_admissible lam I m l o p ok (honest I w) a n)).
Qed.
