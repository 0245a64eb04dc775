(** N9: on finer grids ever more prosociality is needed, in Cournot's duopoly of every grid. *)

From Coq Require Import List Bool ZArith Arith Lia Psatz.
From coopgap Require Import Welfare Two N_counterexamples Games.
Import ListNotations.
Local Open Scope number_scope.

(** Each firm sells a number from 0 to 2k of units; the price of a unit is 2k less the total. The
    best total is k. (Over 4k² these are the payoffs of the grid with step 1 / (2k).) *)
Section Duopoly.
  Context (K : OrderedField) (k : nat).

  Definition outputs : Finite := Fin (S (k + k)).
  Definition units (a : outputs) : Z := Z.of_nat (proj1_sig a).
  Definition output (n : nat) : outputs := capped (k + k) n.

  Lemma units_output n : (n <= k + k)%nat -> units (output n) = Z.of_nat n.
  Proof. intro h. unfold units, output. cbn. apply Nat.leb_le in h. now rewrite h. Qed.

  Lemma units_range a : (0 <= units a <= 2 * Z.of_nat k)%Z.
  Proof. unfold units. pose proof (proj1 (Nat.ltb_lt _ _) (proj2_sig a)) as h. lia. Qed.

  Definition revenue (a b : Z) : Z := (a * (2 * Z.of_nat k - a - b))%Z.

  Definition duopoly : Environment K :=
    matrix outputs outputs (output 0) (output 0)
      (fun a b => of_Z (revenue (units a) (units b))) (fun a b => of_Z (revenue (units b) (units a))).

  Lemma duopoly_welfare (a b : outputs) : W (E := duopoly) (a, b) tt =
    of_Z ((units a + units b) * (2 * Z.of_nat k - (units a + units b)))%Z.
  Proof.
    unfold W. cbn -[Z.mul Z.add Z.sub].
    match goal with |- ?l = _ => assert (l = of_Z (revenue (units a) (units b)) + of_Z (revenue (units b) (units a))) as -> by olra end.
    rewrite <- of_Z_add. f_equal. unfold revenue. ring.
  Qed.

  Lemma of_Z_reflects (a b : Z) : of_Z a <= of_Z (K := K) b -> (a <= b)%Z.
  Proof. intro h. apply Z.nlt_ge. intro l. apply (of_Z_lt (K := K)) in l. exact (l h). Qed.

  Lemma best_total (a b : outputs) : first_best (E := duopoly) (a, b) tt <-> (units a + units b = Z.of_nat k)%Z.
  Proof.
    split; intro h.
    - specialize (h (output k, output 0)). rewrite !duopoly_welfare, !units_output in h by lia.
      apply of_Z_reflects in h. change (Z.of_nat 0) with 0%Z in h. revert h. generalize (Z.of_nat k), (units a + units b)%Z.
      intros n t h. assert ((t - n) * (t - n) <= 0)%Z by lia. nia.
    - intros [c d]. rewrite !duopoly_welfare. apply of_Z_le. rewrite h. generalize (Z.of_nat k), (units c + units d)%Z.
      intros n t. pose proof (Z.square_nonneg (n - t)). lia.
  Qed.

  Definition closes_alone (x : K) : Prop :=
    exists s : selection duopoly, first_best_selection s /\ forall w, likely w -> nash (material (common x)) (s w) w.

  Lemma step (x : K) (a b c : outputs) : (units a + units b = Z.of_nat k)%Z ->
    (of_Z (revenue (units c) (units b)) + x * W (E := duopoly) (c, b) tt <=
     of_Z (revenue (units a) (units b)) + x * W (E := duopoly) (a, b) tt <->
     of_Z ((units c - units a) * (units b - (units c - units a)))%Z <= x * of_Z ((units c - units a) * (units c - units a))%Z).
  Proof.
    intro e. rewrite !duopoly_welfare.
    assert ((units c - units a) * (units b - (units c - units a)) = revenue (units c) (units b) - revenue (units a) (units b))%Z as ->
      by (unfold revenue; nia).
    assert ((units c - units a) * (units c - units a) = (units a + units b) * (2 * Z.of_nat k - (units a + units b)) -
      (units c + units b) * (2 * Z.of_nat k - (units c + units b)))%Z as -> by nia.
    rewrite !of_Z_sub. split; intro; olra.
  Qed.

  Lemma step' (x : K) (a b c : outputs) : (units a + units b = Z.of_nat k)%Z ->
    (of_Z (revenue (units c) (units a)) + x * W (E := duopoly) (a, c) tt <=
     of_Z (revenue (units b) (units a)) + x * W (E := duopoly) (a, b) tt <->
     of_Z ((units c - units b) * (units a - (units c - units b)))%Z <= x * of_Z ((units c - units b) * (units c - units b))%Z).
  Proof.
    intro e. assert (units b + units a = Z.of_nat k)%Z as e' by lia.
    assert (forall c d : outputs, W (E := duopoly) (c, d) tt = W (E := duopoly) (d, c) tt) as swap
      by (intros; rewrite !duopoly_welfare; f_equal; lia).
    rewrite (swap a c), (swap a b). exact (step x b a c e').
  Qed.

  Lemma nash_steps (x : K) (a b : outputs) : (units a + units b = Z.of_nat k)%Z ->
    (nash (E := duopoly) (material (common x)) (a, b) tt <->
     (forall c, of_Z ((units c - units a) * (units b - (units c - units a)))%Z <= x * of_Z ((units c - units a) * (units c - units a))%Z) /\
     (forall c, of_Z ((units c - units b) * (units a - (units c - units b)))%Z <= x * of_Z ((units c - units b) * (units c - units b))%Z)).
  Proof.
    intro e. split.
    - intro h. split; intro c; [apply (step x a b c e); exact (h true c)|apply (step' x a b c e); exact (h false c)].
    - intros [h g] [] c; [apply (step x a b c e); exact (h c)|apply (step' x a b c e); exact (g c)].
  Qed.

  Definition enough : Z := (Z.of_nat k - Z.of_nat k / 2 - 1)%Z.

  Lemma enough_for (x : K) (t D : Z) : (0 <= enough)%Z -> (t - 1 <= enough)%Z -> (0 <= t)%Z -> of_Z enough <= x ->
    of_Z (D * (t - D))%Z <= x * of_Z (D * D)%Z.
  Proof.
    intros h0 h t0 big. assert (0 <= D * D)%Z as sq by nia.
    apply (of_Z_le (K := K)) in sq. pose proof (le_mul _ _ _ sq (proj2 (sub_nonneg _ _) big)) as m.
    assert (D * (t - D) <= enough * (D * D))%Z as i.
    { destruct (Z.le_gt_cases D 0); [nia|]. assert (D * (t - D) <= (t - 1) * (D * D))%Z by nia. nia. }
    apply (of_Z_le (K := K)) in i. rewrite (of_Z_mul enough) in i. change (of_Z (K := K) 0) with (@zero K) in m. olra.
  Qed.
End Duopoly.

(** The threshold is k - ⌊k/2⌋ - 1: k/2 - 1 for even k, (k - 1)/2 for odd k. It grows without bound. *)
Theorem N9_cournot : forall (K : OrderedField) (k : nat) (x : K), (1 <= k)%nat ->
  closes_alone K k x <-> of_Z (Z.of_nat k - Z.of_nat k / 2 - 1)%Z <= x.
Proof.
  intros K k x pos. assert (2 * (Z.of_nat k / 2) <= Z.of_nat k < 2 * (Z.of_nat k / 2) + 2)%Z as half_k.
  { pose proof (Z.div_mod (Z.of_nat k) 2 ltac:(lia)). pose proof (Z.mod_pos_bound (Z.of_nat k) 2 ltac:(lia)). lia. }
  split.
  - intros [s [fb h]]. specialize (fb tt lt_zero_one). specialize (h tt lt_zero_one). destruct (s tt) as [a b].
    apply best_total in fb. apply (nash_steps K k x a b fb) in h. destruct h as [h g].
    pose proof (units_range k a). pose proof (units_range k b).
    assert (forall t : Z, (Z.of_nat k - Z.of_nat k / 2 <= t)%Z -> of_Z (1 * (t - 1))%Z <= x * of_Z (1 * 1)%Z ->
      of_Z (Z.of_nat k - Z.of_nat k / 2 - 1)%Z <= x) as least.
    { intros t big i. assert (Z.of_nat k - Z.of_nat k / 2 - 1 <= 1 * (t - 1))%Z as j by lia.
      apply (of_Z_le (K := K)) in j. change (of_Z (K := K) (1 * 1)) with (@one K) in i. olra. }
    destruct (Z.le_gt_cases (units k a) (units k b)) as [small|small].
    + apply (least (units k b)); [lia|]. assert (exists c, units k c = units k a + 1)%Z as [c e]
        by (exists (output k (S (proj1_sig a))); rewrite units_output; unfold units in *; lia).
      specialize (h c). rewrite e in h. replace (units k a + 1 - units k a)%Z with 1%Z in h by lia. exact h.
    + apply (least (units k a)); [lia|]. assert (exists c, units k c = units k b + 1)%Z as [c e]
        by (exists (output k (S (proj1_sig b))); rewrite units_output; unfold units in *; lia).
      specialize (g c). rewrite e in g. replace (units k b + 1 - units k b)%Z with 1%Z in g by lia. exact g.
  - intro big. set (a := output k (Nat.div2 k)). set (b := output k (k - Nat.div2 k)).
    assert (Nat.div2 k <= k)%nat as le_k by (apply Nat.div2_decr; lia).
    assert (Z.of_nat (Nat.div2 k) = Z.of_nat k / 2)%Z as d by (rewrite Nat.div2_div, Nat2Z.inj_div; reflexivity).
    assert (units k a = Z.of_nat k / 2)%Z as ua by (unfold a; rewrite units_output by lia; exact d).
    assert (units k b = Z.of_nat k - Z.of_nat k / 2)%Z as ub by (unfold b; rewrite units_output by lia; lia).
    exists (fun _ => (a, b)). split.
    + intros [] _. apply best_total. lia.
    + intros [] _. apply nash_steps; [lia|]. split; intro c; apply (enough_for K k); unfold enough; try lia; assumption.
Qed.
