(** N1: random audits close what no contract closes. N2: in Shapley's game no prosociality does. *)

From Coq Require Import List Bool ZArith.
From coopgap Require Import Welfare Two N_counterexamples.
Import ListNotations.
Local Open Scope number_scope.

(** Mixed equilibria: correlated equilibria in which all choose independently. *)
Section Mixed.
  Context {K : OrderedField} {E : Environment K}.

  Definition distribution {X : Finite} (p : X -> K) : Prop := (forall x, 0 <= p x) /\ (Σ x ∈ X, p x) = 1.

  Definition independent (p : forall i : agent E, action E i -> K) : Play E :=
    fun _ a => fold_right (fun i k => p i (play a i) * k) 1 (listed (agent E)).

  Definition mixed_equilibrium (pay : agent E -> profile E -> state E -> K) (p : forall i : agent E, action E i -> K) : Prop :=
    (forall i, distribution (p i)) /\ correlated pay (independent p).
End Mixed.

(** ** N1 Random audits

    The inspector looks (y) or not (x). Only where it looks a record shows what the inspectee did. *)

Definition n1 (K : OrderedField) : Environment K :=
  matrix booleans booleans true true
    (fun a x => of_Z match a, x with true, true => 2 | false, true => 3 | _, _ => 0 end)
    (fun a x => of_Z match a, x with true, true => 2 | _, _ => 0 end).

Definition audit (K : OrderedField) : Language (n1 K) :=
  @Build_Language K (n1 K) (pairs booleans booleans)
    (fun _ (a : pairs booleans booleans) => match a with (_, true) => (true, true) | _ => a end).

(** The inspector looks with probability [e]; fines grow as 1 / e. *)
Definition fines_for {K : OrderedField} (e : K) : Transfers (audit K) := fun (i : booleans) y =>
  let paid := match y with (true, false) => 1 + 1 | (false, false) => 1 + inv e | _ => 0 end in
  if i then - paid else paid.

Definition looks {K : OrderedField} (e : K) : forall i : agent (n1 K), action (n1 K) i -> K := fun i : booleans =>
  match i return actions_of booleans booleans i -> K with
  | true => fun a : bool => if a then 1 else 0
  | false => fun x : bool => if x then 1 - e else e
  end.

Theorem N1_random_audits : forall (K : OrderedField) (e : K), 0 < e -> e < 1 ->
  admissible balanced None (fines_for e) /\
  mixed_equilibrium (utility selfish (fines_for e)) (looks e) /\
  optimum (n1 K) = of_Z 4 /\ expected (independent (looks e)) = of_Z 4 * (1 - e).
Proof.
  intros K e pos less. numbers K.
  assert (inv e * e = 1) as i by (apply mul_inv; intros ->; olra).
  split; [|split; [|split]].
  - split; [|exact I]. intros [[] []]; cbn; olra.
  - split; [intros []; (split; [intros []; cbn; olra|cbn; olra])|].
    intros [] _ [] [] []; unfold obedient, independent, fines_for; compute_game; unfold only; cbn; olra.
  - rewrite (optimum_at (E := n1 K) (fun _ => (true, true))); [compute_game; olra|].
    intros [] _ [[] []]; compute_game; olra.
  - unfold expected, independent. compute_game. olra.
Qed.

(** And no contract of any budget reaches 4, in any correlated equilibrium. *)
Theorem N1_unattained : forall (K : OrderedField) (t : Transfers (audit K)) mu,
  is_play mu -> correlated (utility selfish t) mu -> expected mu < of_Z 4.
Proof.
  intros K t mu play_mu h. numbers K. destruct (play_mu tt) as [nonneg one].
  pose proof (nonneg (true, true)) as n1'. pose proof (nonneg (true, false)) as n2'.
  pose proof (nonneg (false, true)) as n3'. pose proof (nonneg (false, false)) as n4'. clear nonneg play_mu.
  specialize (h tt lt_zero_one true true false). unfold obedient in h. unfold expected.
  compute_game. apply not_le. intro big.
  assert (mu tt (true, false) = 0) as z by olra.
  unfold only in h. cbn in h. rewrite z in h. assert (mu tt (true, true) = 1) as o by olra. rewrite o in h. olra.
Qed.

(** ** N2 Shapley's game *)

Inductive corner := C0 | C1 | C2.
Definition corners : Finite.
Proof.
  refine {| element := corner; listed := [C0; C1; C2] |}.
  - intros []; cbn; auto.
  - repeat constructor; cbn; intuition discriminate.
  - decide equality.
Defined.

Definition n2 (K : OrderedField) : Environment K :=
  matrix corners corners C0 C0
    (fun a b => match a, b with C0, C0 | C1, C1 | C2, C2 => 1 | _, _ => 0 end)
    (fun a b => match a, b with C0, C1 | C1, C2 | C2, C0 => 1 | _, _ => 0 end).

(** No prosociality makes a first best an equilibrium, *)
Theorem N2_no_prosociality_suffices : forall (K : OrderedField) lam a,
  first_best (E := n2 K) a tt -> ~ nash (E := n2 K) (material lam) a tt.
Proof.
  intros K lam a fb h. numbers K. pose proof (fb (C0, C0)) as f.
  pose proof (h true C0) as r0. pose proof (h true C1) as r1. pose proof (h true C2) as r2.
  pose proof (h false C0) as c0. pose proof (h false C1) as c1. pose proof (h false C2) as c2. clear h fb.
  compute_game. destruct a as [[] []]; cbn in *; olra.
Qed.

(** What keeps the agents indifferent, and who deviates where one action is not played. *)
Section Shapley.
  Context {K : OrderedField} (x y : K) (x_nonneg : 0 <= x) (y_nonneg : 0 <= y).

  (** Of actions played with probability [p] none is worse than another that is worth [x] more. *)
  Definition content (p gain : K) : Prop := p * gain <= 0.

  Lemma content_least p gain : 0 < p -> content p gain -> gain <= 0.
  Proof. intros pos c. apply not_lt. intro more. pose proof (lt_mul _ _ pos more). unfold content in c. olra. Qed.

  Definition row_worth (q q' : K) : K := (1 + x) * q + x * q'.
  Definition col_worth (p p' : K) : K := (1 + y) * p + y * p'.

  (** The conditions of an equilibrium, in cyclical order. *)
  Definition stable (p0 p1 p2 q0 q1 q2 : K) : Prop :=
    let r0 := row_worth q0 q1 in let r1 := row_worth q1 q2 in let r2 := row_worth q2 q0 in
    let c0 := col_worth p2 p0 in let c1 := col_worth p0 p1 in let c2 := col_worth p1 p2 in
    ((0 <= p0 /\ 0 <= p1 /\ 0 <= p2 /\ p0 + p1 + p2 = 1) /\ (0 <= q0 /\ 0 <= q1 /\ 0 <= q2 /\ q0 + q1 + q2 = 1)) /\
    ((content p0 (r1 - r0) /\ content p0 (r2 - r0)) /\ (content p1 (r0 - r1) /\ content p1 (r2 - r1)) /\
     (content p2 (r0 - r2) /\ content p2 (r1 - r2))) /\
    ((content q0 (c1 - c0) /\ content q0 (c2 - c0)) /\ (content q1 (c0 - c1) /\ content q1 (c2 - c1)) /\
     (content q2 (c0 - c2) /\ content q2 (c1 - c2))).

  Lemma turned p0 p1 p2 q0 q1 q2 : stable p0 p1 p2 q0 q1 q2 -> stable p1 p2 p0 q1 q2 q0.
  Proof. unfold stable. cbv zeta. intros [[[? [? [? ?]]] [? [? [? ?]]]] [[[? ?] [[? ?] [? ?]]] [[? ?] [[? ?] [? ?]]]]].
    repeat split; try assumption; olra. Qed.

  Lemma not_positive (p : K) : 0 <= p -> ~ 0 < p -> p = 0.
  Proof. intros n h. apply not_lt in h. olra. Qed.

  Lemma all_rows p0 p1 p2 q0 q1 q2 : stable p0 p1 p2 q0 q1 q2 -> 0 < p0.
  Proof.
    unfold stable. cbv zeta. intros [[[P0 [P1 [P2 P]]] [Q0 [Q1 [Q2 Q]]]] [[[A B] [[C D] [F G]]] [[A' B'] [[C' D'] [F' G']]]]].
    pose proof (@lt_zero_one K) as one_pos.
    destruct (lt_or_le 0 p0) as [pos|no]; [exact pos|exfalso]. assert (p0 = 0) as z by olra. subst p0.
    destruct (lt_or_le 0 p1) as [p1_pos|no1].
    - (* the column does not play 1, so the row does not *)
      destruct (lt_or_le 0 q1) as [q1_pos|no2].
      + pose proof (content_least _ _ q1_pos D') as d. unfold col_worth in d.
        pose proof (le_mul _ _ _ y_nonneg P2). olra.
      + assert (q1 = 0) as z by olra. subst q1.
        pose proof (content_least _ _ p1_pos C) as c. pose proof (content_least _ _ p1_pos D) as d. unfold row_worth in c, d.
        pose proof (le_mul _ _ _ x_nonneg Q0). pose proof (le_mul _ _ _ x_nonneg Q2).
        assert (q2 = 0) as z by olra. subst q2. olra.
    - assert (p1 = 0) as z by olra. subst p1. assert (p2 = 1) as z by olra. subst p2.
      destruct (lt_or_le 0 q1) as [q1_pos|no2].
      { pose proof (content_least _ _ q1_pos C') as c. unfold col_worth in c. olra. }
      assert (q1 = 0) as z by olra. subst q1.
      destruct (lt_or_le 0 q2) as [q2_pos|no3].
      { pose proof (content_least _ _ q2_pos F') as c. unfold col_worth in c. olra. }
      assert (q2 = 0) as z by olra. subst q2. assert (q0 = 1) as z by olra. subst q0.
      unfold content, row_worth in F. olra.
  Qed.

  Lemma all_columns p0 p1 p2 q0 q1 q2 : stable p0 p1 p2 q0 q1 q2 -> 0 < q0.
  Proof.
    intro h. pose proof (all_rows _ _ _ _ _ _ h) as p0_pos. pose proof (all_rows _ _ _ _ _ _ (turned _ _ _ _ _ _ h)) as p1_pos.
    pose proof (all_rows _ _ _ _ _ _ (turned _ _ _ _ _ _ (turned _ _ _ _ _ _ h))) as p2_pos.
    unfold stable in h. cbv zeta in h.
    destruct h as [[[P0 [P1 [P2 P]]] [Q0 [Q1 [Q2 Q]]]] [[[A B] [[C D] [F G]]] _]].
    destruct (lt_or_le 0 q0) as [pos|no]; [exact pos|exfalso]. assert (q0 = 0) as z by olra. subst q0.
    pose proof (content_least _ _ p0_pos A) as a. pose proof (content_least _ _ p0_pos B) as b.
    unfold row_worth in a, b. pose proof (le_mul _ _ _ x_nonneg Q1). pose proof (le_mul _ _ _ x_nonneg Q2).
    pose proof (@lt_zero_one K). assert (q1 = 0) as z by olra. subst q1. olra.
  Qed.

  (** A cycle of equal weighted sums is constant. *)
  Lemma level (z a b c : K) : 0 <= z -> (1 + z) * a + z * b = (1 + z) * b + z * c -> (1 + z) * b + z * c = (1 + z) * c + z * a -> a = b.
  Proof.
    intros zn e e'. pose proof (@lt_zero_one K).
    assert ((1 + z + z * z) * (a - b) = 0) as m.
    { assert (b - c = z * (a - b)) as d by olra.
      assert ((1 + z) * (a - b) + z * (b - c) = 0) as k by olra. rewrite d in k. olra. }
    destruct (mul_cancel _ _ m) as [n|n]; [|olra]. pose proof (le_mul _ _ _ zn zn). exfalso. olra.
  Qed.

  Lemma uniform p0 p1 p2 q0 q1 q2 : stable p0 p1 p2 q0 q1 q2 ->
    p0 = p1 /\ p1 = p2 /\ q0 = q1 /\ q1 = q2.
  Proof.
    intro h. pose proof (turned _ _ _ _ _ _ h) as h1. pose proof (turned _ _ _ _ _ _ h1) as h2.
    pose proof (all_rows _ _ _ _ _ _ h) as p0_pos. pose proof (all_rows _ _ _ _ _ _ h1) as p1_pos.
    pose proof (all_rows _ _ _ _ _ _ h2) as p2_pos. pose proof (all_columns _ _ _ _ _ _ h) as q0_pos.
    pose proof (all_columns _ _ _ _ _ _ h1) as q1_pos. pose proof (all_columns _ _ _ _ _ _ h2) as q2_pos.
    unfold stable in h. cbv zeta in h. clear h1 h2.
    destruct h as [_ [[[A B] [[C D] [F G]]] [[A' B'] [[C' D'] [F' G']]]]].
    apply content_least in A, B, C, D, F, G, A', B', C', D', F', G'; try assumption. unfold row_worth, col_worth in *.
    assert (p2 = p0) by (apply (level y p2 p0 p1 y_nonneg); olra). assert (p0 = p1) by (apply (level y p0 p1 p2 y_nonneg); olra).
    assert (q0 = q1) by (apply (level x q0 q1 q2 x_nonneg); olra). assert (q1 = q2) by (apply (level x q1 q2 q0 x_nonneg); olra).
    repeat split; congruence.
  Qed.
End Shapley.

(** and whatever it is, each agent's own, all play each action with probability 1/3, in every mixed equilibrium. *)
Theorem N2_uniform_play : forall (K : OrderedField) (lam : agent (n2 K) -> K) (p : forall i : agent (n2 K), action (n2 K) i -> K),
  (forall i, 0 <= lam i) ->
  (mixed_equilibrium (material lam) p <-> forall i a, of_Z 3 * p i a = 1).
Proof.
  intros K lam both nonneg. numbers K. set (p := both true : corner -> K). set (q := both false : corner -> K).
  pose proof (nonneg true) as xn. pose proof (nonneg false) as yn. split.
  - intros [each h]. destruct (each true) as [pn po], (each false) as [qn qo]. change (both true) with p in pn, po. change (both false) with q in qn, qo. clear each.
    assert (stable (lam true) (lam false) (p C0) (p C1) (p C2) (q C0) (q C1) (q C2)) as st.
    { cbn in po, qo. specialize (h tt lt_zero_one).
      assert (forall a b, p a * ((Σ c ∈ corners, (q c * (material (E := n2 K) lam true (b, c) tt - material (E := n2 K) lam true (a, c) tt)))) <= 0) as rows.
      { intros a b. specialize (h true a b). refine (le_trans _ _ _ _ _ h). unfold obedient, independent. cbn. fold p q.
        unfold only. destruct a; cbn; olra. }
      assert (forall a b, q a * ((Σ c ∈ corners, (p c * (material (E := n2 K) lam false (c, b) tt - material (E := n2 K) lam false (c, a) tt)))) <= 0) as columns.
      { intros a b. specialize (h false a b). refine (le_trans _ _ _ _ _ h). unfold obedient, independent. cbn. fold p q.
        unfold only. destruct a; cbn; olra. }
      clear h. clearbody p q. unfold stable, content, row_worth, col_worth. cbv zeta.
      split; [split; repeat split; try apply pn; try apply qn; olra|].
      split; (split; [|split]); split.
      all: first
        [ refine (le_trans _ _ _ _ _ (rows C0 C1)); compute_game; olra | refine (le_trans _ _ _ _ _ (rows C0 C2)); compute_game; olra
        | refine (le_trans _ _ _ _ _ (rows C1 C0)); compute_game; olra | refine (le_trans _ _ _ _ _ (rows C1 C2)); compute_game; olra
        | refine (le_trans _ _ _ _ _ (rows C2 C0)); compute_game; olra | refine (le_trans _ _ _ _ _ (rows C2 C1)); compute_game; olra
        | refine (le_trans _ _ _ _ _ (columns C0 C1)); compute_game; olra | refine (le_trans _ _ _ _ _ (columns C0 C2)); compute_game; olra
        | refine (le_trans _ _ _ _ _ (columns C1 C0)); compute_game; olra | refine (le_trans _ _ _ _ _ (columns C1 C2)); compute_game; olra
        | refine (le_trans _ _ _ _ _ (columns C2 C0)); compute_game; olra | refine (le_trans _ _ _ _ _ (columns C2 C1)); compute_game; olra ]. }
    destruct (uniform _ _ xn yn _ _ _ _ _ _ st) as [e1 [e2 [e3 e4]]]. cbn in po, qo. clear st h.
    assert (forall a : corner, of_Z 3 * p a = 1 /\ of_Z 3 * q a = 1) as thirds by (intros []; split; olra).
    intros [] a; apply (thirds a).
  - intro h.
    pose proof (h true C0 : of_Z 3 * p C0 = 1) as p0. pose proof (h true C1 : of_Z 3 * p C1 = 1) as p1.
    pose proof (h true C2 : of_Z 3 * p C2 = 1) as p2. pose proof (h false C0 : of_Z 3 * q C0 = 1) as q0.
    pose proof (h false C1 : of_Z 3 * q C1 = 1) as q1. pose proof (h false C2 : of_Z 3 * q C2 = 1) as q2. clear h.
    assert (forall k k' : K, of_Z 3 * k = 1 -> of_Z 3 * k' = 1 -> k = k') as e by (intros; olra).
    split.
    + intros []; (split; [intros []|]); cbn; fold p q; olra.
    + intros [] _ i c b. unfold obedient, independent. destruct i, c, b; compute_game; unfold only; cbn; fold p q;
        rewrite ?(e _ _ p1 p0), ?(e _ _ p2 p0), ?(e _ _ q1 q0), ?(e _ _ q2 q0); olra.
Qed.
