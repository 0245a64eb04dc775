(** T10: weak duality, for feasible points and so for all mechanisms. *)

From Coq Require Import List.
From coopgap Require Import Welfare T3_sound T10.
Import ListNotations.
Local Open Scope number_scope.

Section Duality.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E}.
  Context (p : Point I L).
  Add Ring K_ring : (@ring_laws K).

  Notation OnChance := (reports I -> profile E -> K).
  Notation OnPayment := (reports I -> profile E -> agent E -> record L -> K).

  (** A linear function of chances and payments. *)
  Definition pair (f : OnChance) (g : OnPayment) : K :=
    Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * f x a +
      Σ i ∈ agent E, Σ y ∈ record L, (g x a i y * payment p x a i y)).

  Lemma pair_ext f f' g g' : (forall x a, f x a = f' x a) -> (forall x a i y, g x a i y = g' x a i y) -> pair f g = pair f' g'.
  Proof.
    intros e h. apply total_ext. intros x _. apply total_ext. intros a _. rewrite e. f_equal.
    apply total_ext. intros i _. apply total_ext. intros y _. now rewrite h.
  Qed.

  Lemma pair_add f f' g g' : pair f g + pair f' g' = pair (fun x a => f x a + f' x a) (fun x a i y => g x a i y + g' x a i y).
  Proof.
    unfold pair. rewrite <- total_add. apply total_ext. intros x _. rewrite <- total_add. apply total_ext. intros a _.
    rewrite (total_ext (listed (agent E)) (fun i => Σ y ∈ record L, ((g x a i y + g' x a i y) * payment p x a i y))
      (fun i => (Σ y ∈ record L, (g x a i y * payment p x a i y)) + Σ y ∈ record L, (g' x a i y * payment p x a i y))).
    - rewrite total_add. ring.
    - intros i _. rewrite <- total_add. apply total_ext. intros. ring.
  Qed.

  Lemma pair_mul k f g : k * pair f g = pair (fun x a => k * f x a) (fun x a i y => k * g x a i y).
  Proof.
    unfold pair. rewrite <- total_mul. apply total_ext. intros x _. rewrite <- total_mul. apply total_ext. intros a _.
    rewrite (total_ext (listed (agent E)) (fun i => Σ y ∈ record L, (k * g x a i y * payment p x a i y))
      (fun i => k * Σ y ∈ record L, (g x a i y * payment p x a i y))).
    - rewrite total_mul. ring.
    - intros i _. rewrite <- total_mul. apply total_ext. intros. ring.
  Qed.

  Lemma pair_sub f f' g g' : pair f g - pair f' g' = pair (fun x a => f x a - f' x a) (fun x a i y => g x a i y - g' x a i y).
  Proof.
    assert (pair f g - pair f' g' = pair f g + (- (1)) * pair f' g') as -> by ring.
    rewrite pair_mul, pair_add. apply pair_ext; intros; ring.
  Qed.

  Lemma pair_zero : pair (fun _ _ => 0) (fun _ _ _ _ => 0) = 0.
  Proof.
    apply total_zero. intros x _. apply total_zero. intros a _. rewrite total_zero; [ring|].
    intros i _. apply total_zero. intros. ring.
  Qed.

  Lemma pair_total {X} (l : list X) (f : X -> OnChance) (g : X -> OnPayment) :
    total l (fun k => pair (f k) (g k)) = pair (fun x a => total l (fun k => f k x a)) (fun x a i y => total l (fun k => g k x a i y)).
  Proof.
    induction l as [|k l IH]; cbn [total]; [now rewrite pair_zero|]. now rewrite IH, pair_add.
  Qed.

  Definition at_chance i (m : reports I) (d : action E i -> action E i) (w : state E) : OnChance :=
    fun x a => only x m * material lam i (change a i (d (play a i))) w.
  Definition at_payment i (m : reports I) (d : action E i -> action E i) (w : state E) : OnPayment :=
    fun x a j y => only i j * (only x m * only y (leaves L w (change a i (d (play a i))))).

  Lemma expects_pair i m d w : expects lam I p i m d w = pair (at_chance i m d w) (at_payment i m d w).
  Proof.
    unfold pair, at_chance, at_payment.
    rewrite (total_ext _ _ (fun x => only m x * Σ a ∈ profile E, (chances p x a * material lam i (change a i (d (play a i))) w +
      payment p x a i (leaves L w (change a i (d (play a i))))))).
    - rewrite (total_only m (fun x => Σ a ∈ profile E, (chances p x a * material lam i (change a i (d (play a i))) w +
        payment p x a i (leaves L w (change a i (d (play a i))))))). reflexivity.
    - intros x _. rewrite <- total_mul. apply total_ext. intros a _. rewrite (only_sym x m).
      rewrite (total_ext (listed (agent E)) _ (fun j => only i j * (only m x *
        payment p x a j (leaves L w (change a i (d (play a i))))))).
      + rewrite total_only. ring.
      + intros j _. rewrite (at_record L (payment p x a j)), <- !total_mul. apply total_ext. intros. ring.
  Qed.

  Context (m : Budget) (l : option K) (o : option (agent E -> K)) (D : Dual I L).
  Context (excluded : reports I -> profile E -> bool) (aim : reports I -> profile E -> K) (U : reports I -> K).
  Context (dual : dual_solution lam I m l o D excluded aim U) (ok : feasible lam I m l o p).
  Context (idle : forall x a, excluded x a = true -> chances p x a = 0 /\ forall i y, payment p x a i y = 0).

  Definition outside : K :=
    match o with
    | None => 0
    | Some o => Σ i ∈ agent E, Σ w ∈ state E, (joining D i (sees I w i) * (prior w * option_worth lam o i))
    end.

  Definition from_lies : K := total (lies D) (fun k => force k * Σ w ∈ state E,
    (only (truth k) (sees I w (liar k)) * (prior w * (
      expects lam I p (liar k) (honest I w) (fun c => c) w -
      expects lam I p (liar k) (lie I (honest I w) (liar k) (said k)) (does k) w)))).

  Definition from_joining : K := Σ i ∈ agent E, Σ w ∈ state E,
    (joining D i (sees I w i) * (prior w * expects lam I p i (honest I w) (fun c => c) w)).

  Lemma from_lies_nonneg : 0 <= from_lies.
  Proof.
    destruct dual as [force_nonneg _], ok as [_ [_ [loyal _]]]. apply total_nonneg. intros k i.
    apply le_mul; [now apply force_nonneg|].
    specialize (loyal (liar k) (truth k) (said k) (does k)). apply sub_nonneg in loyal. rewrite <- total_sub in loyal.
    erewrite total_ext; [exact loyal|]. intros w _. cbn beta. ring.
  Qed.

  Lemma outside_least : outside <= from_joining.
  Proof.
    destruct dual as [_ [nonneg [none _]]], ok as [_ [_ [_ join]]]. unfold outside, from_joining. destruct o as [q|].
    - apply sub_nonneg. rewrite <- total_sub. apply total_nonneg. intros i _. rewrite <- total_sub.
      assert (forall f : state E -> K, (Σ w ∈ state E, (joining D i (sees I w i) * f w)) =
        Σ x ∈ type I i, (joining D i x * Σ w ∈ state E, (only x (sees I w i) * f w))) as by_type.
      { intro f. rewrite (total_ext (listed (type I i)) _ (fun x => Σ w ∈ state E, (joining D i x * (only x (sees I w i) * f w))))
          by (intros; now rewrite total_mul).
        rewrite total_swap. apply total_ext. intros w _.
        rewrite (total_ext _ _ (fun x => only (sees I w i) x * (joining D i x * f w)))
          by (intros; rewrite (only_sym x); ring).
        now rewrite total_only. }
      rewrite (total_ext _ _ (fun w => joining D i (sees I w i) * (prior w *
        (expects lam I p i (honest I w) (fun c => c) w - option_worth lam q i)))) by (intros; ring).
      rewrite by_type. apply total_nonneg. intros x _. apply le_mul; [apply nonneg|apply (join i x)].
    - rewrite total_zero; [apply le_refl|]. intros i _. apply total_zero. intros w _. rewrite none by reflexivity. ring.
  Qed.

  Lemma multipliers_pair : from_lies + from_joining = pair (on_chance lam I D) (on_payment I D).
  Proof.
    unfold from_lies, from_joining.
    rewrite (total_ext (lies D) _ (fun k => pair
      (fun x a => force k * Σ w ∈ state E, (only (truth k) (sees I w (liar k)) * (prior w *
        (at_chance (liar k) (honest I w) (fun c => c) w x a -
         at_chance (liar k) (lie I (honest I w) (liar k) (said k)) (does k) w x a))))
      (fun x a i y => force k * Σ w ∈ state E, (only (truth k) (sees I w (liar k)) * (prior w *
        (at_payment (liar k) (honest I w) (fun c => c) w x a i y -
         at_payment (liar k) (lie I (honest I w) (liar k) (said k)) (does k) w x a i y)))))).
    2:{ intros k _. rewrite <- pair_mul, <- pair_total. f_equal. apply total_ext. intros w _.
        rewrite <- !pair_mul, <- pair_sub, !expects_pair. reflexivity. }
    rewrite pair_total.
    rewrite (total_ext (listed (agent E)) _ (fun i => pair
      (fun x a => Σ w ∈ state E, (joining D i (sees I w i) * (prior w * at_chance i (honest I w) (fun c => c) w x a)))
      (fun x a j y => Σ w ∈ state E, (joining D i (sees I w i) * (prior w * at_payment i (honest I w) (fun c => c) w x a j y))))).
    2:{ intros i _. rewrite <- pair_total. apply total_ext. intros w _. rewrite <- !pair_mul, expects_pair. reflexivity. }
    rewrite pair_total, pair_add. apply pair_ext.
    - intros x a. unfold on_chance, at_chance. f_equal.
      + apply total_ext. intros k _. f_equal. apply total_ext. intros w _. now rewrite change_play.
      + apply total_ext. intros i _. apply total_ext. intros w _. now rewrite change_play.
    - intros x a i y. unfold on_payment, at_payment. f_equal.
      + apply total_ext. intros k _. rewrite <- !total_mul. apply total_ext. intros w _. rewrite change_play. ring.
      + rewrite total_swap. apply total_ext. intros w _.
        rewrite (total_ext _ _ (fun j => only i j * (joining D j (sees I w j) * (prior w * (only x (honest I w) * only y (leaves L w a)))))).
        * apply (total_only i (fun j => joining D j (sees I w j) * (prior w * (only x (honest I w) * only y (leaves L w a))))).
        * intros j _. rewrite change_play, (only_sym j i). ring.
  Qed.

  Lemma payments_spent x a : excluded x a = false ->
    (Σ i ∈ agent E, Σ y ∈ record L, (on_payment I D x a i y * payment p x a i y)) <=
    chances p x a * match l with
      | Some B => B * Σ i ∈ agent E, Σ y ∈ record L, (spread D x a y - on_payment I D x a i y)
      | None => 0
      end.
  Proof.
    intro live. destruct dual as [_ [_ [_ h]]]. destruct (h x a live) as [allowed [under _]].
    destruct ok as [_ [budget _]]. destruct (budget x a) as [spent bounded].
    pose proof (budget_paid (E := E) L m (spread D x a) (payment p x a) allowed spent) as q.
    refine (le_trans _ _ (_ + (Σ i ∈ agent E, Σ y ∈ record L, (spread D x a y * payment p x a i y))) _ _ _); [|].
    2:{ assert (forall u v : K, v <= 0 -> u + v <= u) as t by (intros; olra). apply (t _ _ q). }
    destruct l as [B|].
    - rewrite <- total_mul, <- total_mul, <- total_add. apply total_le. intros i _.
      rewrite <- total_mul, <- total_mul, <- total_add. apply total_le. intros y _.
      specialize (bounded i y). specialize (under i y).
      pose proof (le_mul _ _ _ (proj2 (sub_nonneg _ _) under) (proj2 (sub_nonneg _ _) bounded)) as z. olra.
    - assert (chances p x a * 0 = 0) as -> by ring. rewrite add_zero. apply total_le. intros i _. apply total_le. intros y _.
      rewrite (under i y). apply le_refl.
  Qed.

  Lemma dual_bound : (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * aim x a)) <= (Σ x ∈ reports I, U x) - outside.
  Proof.
    pose proof from_lies_nonneg as f. pose proof outside_least as j. pose proof multipliers_pair as e.
    set (S := Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * aim x a)).
    assert (S + pair (on_chance lam I D) (on_payment I D) <= Σ x ∈ reports I, U x) as most.
    { unfold S, pair. rewrite <- total_add. apply total_le. intros x _. rewrite <- total_add.
      destruct ok as [draws _]. destruct (draws x) as [nonneg one].
      assert (U x = Σ a ∈ profile E, (chances p x a * U x)) as ->
        by (rewrite (total_mul_r _ _ (fun a => chances p x a)), one; ring).
      apply total_le. intros a _. destruct (excluded x a) eqn:ex.
      - destruct (idle x a ex) as [-> z]. rewrite total_zero.
        + assert (forall u v w : K, 0 * u + (0 * v + 0) = 0 * w) as t by (intros; ring). rewrite (t _ _ (U x)). apply le_refl.
        + intros i _. apply total_zero. intros y _. rewrite z. ring.
      - pose proof (payments_spent x a ex) as spent. destruct dual as [_ [_ [_ h]]]. destruct (h x a ex) as [_ [_ top]].
        pose proof (le_mul _ _ _ (nonneg a) (proj2 (sub_nonneg _ _) top)) as q. olra. }
    clearbody S. revert f j e most. generalize from_lies, from_joining, outside, (pair (on_chance lam I D) (on_payment I D)). intros. olra.
  Qed.
End Duality.

Theorem T10_duality : T10_duality_statement.
Proof. intros K E lam I L m l o D excluded aim U p dual ok idle. exact (dual_bound lam I p m l o D excluded aim U dual ok idle). Qed.

(** What is expected of a point is a sum over reports. *)
Lemma expected_honest {K : OrderedField} {E : Environment K} (I : Information (E := E)) {L : Language E} (p : Point I L) :
  expected (fun w a => chances p (honest I w) a) = Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * honest_welfare I x a).
Proof.
  unfold expected, honest_welfare.
  rewrite (total_ext (listed (reports I)) _ (fun x => Σ w ∈ state E, (only (honest I w) x * (prior w * Σ a ∈ profile E, (chances p x a * W a w))))).
  - rewrite total_swap. apply total_ext. intros w _.
    symmetry. apply (total_only (honest I w) (fun x => prior w * Σ a ∈ profile E, (chances p x a * W a w))).
  - intros x _. rewrite (total_ext (listed (profile E)) _ (fun a => Σ w ∈ state E, (only (honest I w) x * (prior w * (chances p x a * W a w))))).
    + rewrite total_swap. apply total_ext. intros w _. now rewrite !total_mul.
    + intros a _. rewrite <- total_mul. apply total_ext. intros w _. rewrite (only_sym x). apply le_antisym; olra.
Qed.

Theorem T10_bound : T10_bound_statement.
Proof.
  intros K E lam I L m l o D U dual mu h. destruct (T10_revelation K E lam I L m l o mu h) as [p [ok [_ e]]].
  assert (expected mu = expected (fun w a => chances p (honest I w) a)) as ->.
  { apply total_ext. intros w _. f_equal. apply total_ext. intros a _. now rewrite e. }
  rewrite expected_honest. apply (T10_duality K E lam I L m l o D _ _ U p dual ok). discriminate.
Qed.
