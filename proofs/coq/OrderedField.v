(** Ordered fields, and linear arithmetic over them.

    Everything is proved for any ordered field [K] whose order is decidable: the rationals, the real
    algebraic numbers, with the usual axioms the reals. [K] is a record that theorems quantify over,
    so there is no axiom. The tactic [olra] decides linear arithmetic over [K]: the search is that of
    Coq's [lra], what it finds is checked by Coq's own checker over [K]. *)

From Coq Require Export Ring Field.
From Coq Require Import List ZArith QArith_base Setoid Bool.
From Coq.micromega Require Import Refl OrderedRing RingMicromega EnvRing Tauto VarMap.
From Coq.micromega Require Lqa.
Import ListNotations.
Declare ML Module "micromega_plugin:coq-core.plugins.micromega".

Record OrderedField := {
  number :> Type;
  zero : number;
  one : number;
  add : number -> number -> number;
  mul : number -> number -> number;
  opp : number -> number;
  inv : number -> number;
  le : number -> number -> Prop;
  add_comm : forall x y, add x y = add y x;
  add_assoc : forall x y z, add x (add y z) = add (add x y) z;
  add_zero : forall x, add zero x = x;
  add_opp : forall x, add x (opp x) = zero;
  mul_comm : forall x y, mul x y = mul y x;
  mul_assoc : forall x y z, mul x (mul y z) = mul (mul x y) z;
  mul_one : forall x, mul one x = x;
  mul_add : forall x y z, mul (add x y) z = add (mul x z) (mul y z);
  mul_inv : forall x, x <> zero -> mul (inv x) x = one;
  zero_one : zero <> one;
  le_refl : forall x, le x x;
  le_antisym : forall x y, le x y -> le y x -> x = y;
  le_trans : forall x y z, le x y -> le y z -> le x z;
  le_add : forall x y z, le x y -> le (add z x) (add z y);
  le_mul : forall x y, le zero x -> le zero y -> le zero (mul x y);
  le_dec : forall x y, {le x y} + {~ le x y};
  le_total : forall x y, ~ le x y -> le y x
}.

Arguments zero {o}. Arguments one {o}. Arguments add {o}. Arguments mul {o}.
Arguments opp {o}. Arguments inv {o}. Arguments le {o}. Arguments le_dec {o}.

Definition lt {K : OrderedField} (x y : K) := ~ le y x.
Definition sub {K : OrderedField} (x y : K) := add x (opp y).
Definition div {K : OrderedField} (x y : K) := mul x (inv y).

Declare Scope number_scope.
Delimit Scope number_scope with K.
Bind Scope number_scope with number.
Notation "0" := zero : number_scope.
Notation "1" := one : number_scope.
Notation "x + y" := (add x y) : number_scope.
Notation "x - y" := (sub x y) : number_scope.
Notation "x * y" := (mul x y) : number_scope.
Notation "x / y" := (div x y) : number_scope.
Notation "- x" := (opp x) : number_scope.
Notation "x <= y" := (le x y) : number_scope.
Notation "x < y" := (lt x y) : number_scope.
Notation "x >= y" := (le y x) (only parsing) : number_scope.
Notation "x > y" := (lt y x) (only parsing) : number_scope.
Notation "x <= y <= z" := (le x y /\ le y z) : number_scope.
Local Open Scope number_scope.

Section Facts.
  Context {K : OrderedField}.
  Implicit Types x y z : K.

  Lemma ring_laws : ring_theory (R := K) 0 1 add mul sub opp eq.
  Proof.
    constructor; intros; unfold sub.
    - apply add_zero.
    - apply add_comm.
    - apply add_assoc.
    - apply mul_one.
    - apply mul_comm.
    - apply mul_assoc.
    - apply mul_add.
    - reflexivity.
    - apply add_opp.
  Qed.

  Add Ring ring_of_K : ring_laws.

  Lemma lt_le x y : x < y -> x <= y.
  Proof. apply le_total. Qed.

  Lemma lt_le_neq x y : x < y <-> x <= y /\ x <> y.
  Proof.
    split.
    - intro H. split; [exact (lt_le _ _ H)|]. intros ->. exact (H (le_refl _ y)).
    - intros [H n] h. exact (n (le_antisym _ _ _ H h)).
  Qed.

  Lemma lt_eq_lt x y : x < y \/ x = y \/ y < x.
  Proof.
    destruct (le_dec x y) as [h|h].
    - destruct (le_dec y x) as [g|g].
      + right; left. now apply le_antisym.
      + now left.
    - right; right. exact h.
  Qed.

  Lemma eq_dec x y : {x = y} + {x <> y}.
  Proof.
    destruct (le_dec x y) as [h|h].
    - destruct (le_dec y x) as [g|g].
      + left. now apply le_antisym.
      + right. intros ->. exact (g (le_refl _ y)).
    - right. intros ->. exact (h (le_refl _ y)).
  Defined.

  Lemma le_or_lt x y : {x <= y} + {y < x}.
  Proof. exact (le_dec x y). Defined.

  Lemma lt_or_le x y : {x < y} + {y <= x}.
  Proof. destruct (le_dec y x) as [h|h]; [right|left]; exact h. Defined.

  Lemma not_lt x y : ~ x < y -> y <= x.
  Proof. unfold lt. destruct (le_dec y x); tauto. Qed.

  Lemma not_le x y : ~ x <= y -> y < x.
  Proof. exact (fun h => h). Qed.

  Lemma mul_zero x : x * 0 = 0.
  Proof. ring. Qed.

  Lemma mul_cancel x y : x * y = 0 -> x = 0 \/ y = 0.
  Proof.
    intro h. destruct (eq_dec x 0) as [e|n]; [now left|right].
    replace y with (inv x * x * y) by (rewrite (mul_inv _ _ n); ring).
    rewrite <- mul_assoc, h. ring.
  Qed.

  Lemma lt_mul x y : 0 < x -> 0 < y -> 0 < x * y.
  Proof.
    intros hx hy. apply lt_le_neq in hx, hy. destruct hx as [hx nx], hy as [hy ny].
    apply lt_le_neq. split; [now apply le_mul|].
    intro e. symmetry in e. destruct (mul_cancel _ _ e); subst; tauto.
  Qed.

  Lemma ordered_ring : SOR (R := K) 0 1 add mul sub opp eq le lt.
  Proof.
    constructor; intros; subst; try reflexivity; try tauto.
    - constructor; congruence.
    - exact ring_laws.
    - apply le_refl.
    - now apply le_antisym.
    - eapply le_trans; eassumption.
    - apply lt_le_neq.
    - apply lt_eq_lt.
    - now apply le_add.
    - now apply lt_mul.
    - apply zero_one.
  Qed.

  (** Integers and rational constants in [K]. *)
  Definition of_Z : Z -> K := gen_phiZ 0 1 add mul opp.
  Definition of_Q (q : Q) : K := of_Z (Qnum q) / of_Z (Zpos (Qden q)).

  Lemma eq_ext : ring_eq_ext (R := K) add mul opp eq.
  Proof. constructor; repeat intro; congruence. Qed.

  Lemma of_Z_morphism :
    ring_morph (R := K) 0 1 add mul sub opp eq 0%Z 1%Z Z.add Z.mul Z.sub Z.opp Zeq_bool of_Z.
  Proof. apply gen_phiZ_morph; [apply Eqsth|exact eq_ext|exact ring_laws]. Qed.

  Lemma of_Z_add a b : of_Z (a + b)%Z = of_Z a + of_Z b.
  Proof. apply (morph_add of_Z_morphism). Qed.
  Lemma of_Z_sub a b : of_Z (a - b)%Z = of_Z a - of_Z b.
  Proof. apply (morph_sub of_Z_morphism). Qed.
  Lemma of_Z_mul a b : of_Z (a * b)%Z = of_Z a * of_Z b.
  Proof. apply (morph_mul of_Z_morphism). Qed.
  Lemma of_Z_opp a : of_Z (- a)%Z = - of_Z a.
  Proof. apply (morph_opp of_Z_morphism). Qed.

  Lemma lt_zero_one : (0 : K) < 1.
  Proof. exact (Rlt_0_1 ordered_ring). Qed.

  Lemma lt_add x y : 0 < x -> 0 < y -> 0 < x + y.
  Proof. exact (Rplus_pos_pos ordered_ring x y). Qed.

  Lemma of_Z_pos p : 0 < of_Z (Zpos p).
  Proof.
    induction p as [|p IH] using Pos.peano_ind; [exact lt_zero_one|].
    rewrite Pos2Z.inj_succ. unfold Z.succ. rewrite of_Z_add. apply lt_add; [exact IH|exact lt_zero_one].
  Qed.

  Lemma of_Z_nonneg a : (0 <= a)%Z -> 0 <= of_Z a.
  Proof.
    destruct a; intro h; [apply le_refl|apply lt_le, of_Z_pos|now destruct h].
  Qed.

  Lemma sub_nonneg x y : 0 <= y - x <-> x <= y.
  Proof.
    split; intro h.
    - apply (le_add _ _ _ x) in h. now replace (x + 0) with x in h by ring; replace (x + (y - x)) with y in h by ring.
    - apply (le_add _ _ _ (- x)) in h. now replace (- x + x) with (0 : K) in h by ring; replace (- x + y) with (y - x) in h by ring.
  Qed.

  Lemma of_Z_le a b : (a <= b)%Z -> of_Z a <= of_Z b.
  Proof.
    intro h. apply sub_nonneg. rewrite <- of_Z_sub. apply of_Z_nonneg, Z.le_0_sub, h.
  Qed.

  Lemma of_Z_lt a b : (a < b)%Z -> of_Z a < of_Z b.
  Proof.
    intros h g.
    assert (k : (a + 1 <= b)%Z) by (now apply Z.le_succ_l).
    apply of_Z_le in k. rewrite of_Z_add in k.
    assert (e : of_Z a + 1 <= of_Z a) by (exact (le_trans _ _ _ _ k g)).
    apply (le_add _ _ _ (- of_Z a)) in e.
    replace (- of_Z a + (of_Z a + 1)) with (1 : K) in e by ring.
    replace (- of_Z a + of_Z a) with (0 : K) in e by ring.
    exact (lt_zero_one e).
  Qed.

  Lemma of_Z_inj a b : of_Z a = of_Z b -> a = b.
  Proof.
    intro e. destruct (Z.lt_trichotomy a b) as [h|[h|h]]; [|exact h|];
      apply of_Z_lt in h; rewrite e in h; destruct (h (le_refl _ _)).
  Qed.

  Lemma pos_neq p : of_Z (Zpos p) <> 0.
  Proof. intro e. apply (of_Z_pos p). rewrite e. apply le_refl. Qed.

  Lemma field_laws : field_theory (R := K) 0 1 add mul sub opp div inv eq.
  Proof.
    constructor; [exact ring_laws|intro e; symmetry in e; exact (zero_one _ e)|reflexivity|exact (mul_inv K)].
  Qed.

  Add Field field_of_K : field_laws.

  Lemma of_Q_eq a b : Qeq a b -> of_Q a = of_Q b.
  Proof.
    unfold Qeq, of_Q. intro h. apply (f_equal of_Z) in h. rewrite !of_Z_mul in h.
    pose proof (pos_neq (Qden a)). pose proof (pos_neq (Qden b)). 
    field_simplify_eq; [|tauto]. rewrite h. ring.
  Qed.

  Lemma inv_pos x : 0 < x -> 0 < inv x.
  Proof.
    intros h g. assert (n : x <> 0) by (intros ->; exact (h (le_refl _ _))).
    pose proof (le_mul _ x (- inv x) (lt_le _ _ h)) as k.
    assert (0 <= - inv x) as k' by (apply (le_add _ _ _ (- inv x)) in g;
      replace (- inv x + inv x) with (0 : K) in g by ring; now replace (- inv x + 0) with (- inv x) in g by ring).
    specialize (k k'). replace (x * - inv x) with (- (inv x * x)) in k by ring.
    rewrite (mul_inv _ _ n) in k. apply (le_add _ _ _ 1) in k.
    replace (1 + - (1)) with (0 : K) in k by ring. replace (1 + 0) with (1 : K) in k by ring.
    exact (lt_zero_one k).
  Qed.

  Lemma of_Q_le a b : (a <= b)%Q -> of_Q a <= of_Q b.
  Proof.
    unfold Qle, of_Q. intro h. apply of_Z_le in h. rewrite !of_Z_mul in h.
    pose proof (pos_neq (Qden a)). pose proof (pos_neq (Qden b)).
    apply sub_nonneg in h. apply sub_nonneg.
    pose proof (inv_pos _ (of_Z_pos (Qden a))) as pa. pose proof (inv_pos _ (of_Z_pos (Qden b))) as pb.
    pose proof (le_mul _ _ _ h (lt_le _ _ (lt_mul _ _ pa pb))) as k.
    eapply eq_ind_r with (P := fun z => 0 <= z); [exact k|]. field; tauto.
  Qed.

  Lemma of_Q_add a b : of_Q (Qplus a b) = of_Q a + of_Q b.
  Proof.
    unfold of_Q, Qplus; cbn [Qnum Qden].
    change (Z.pos (Qden a * Qden b)) with (Z.pos (Qden a) * Z.pos (Qden b))%Z.
    rewrite of_Z_add, !of_Z_mul. field. split; apply pos_neq.
  Qed.

  Lemma of_Q_mul a b : of_Q (Qmult a b) = of_Q a * of_Q b.
  Proof.
    unfold of_Q, Qmult; cbn [Qnum Qden].
    change (Z.pos (Qden a * Qden b)) with (Z.pos (Qden a) * Z.pos (Qden b))%Z.
    rewrite !of_Z_mul. field. split; apply pos_neq.
  Qed.

  Lemma of_Q_opp a : of_Q (Qopp a) = - of_Q a.
  Proof. unfold of_Q, Qopp; cbn [Qnum Qden]. rewrite of_Z_opp. field. apply pos_neq. Qed.

  Lemma of_Q_sub a b : of_Q (Qminus a b) = of_Q a - of_Q b.
  Proof. unfold Qminus, sub. now rewrite of_Q_add, of_Q_opp. Qed.

  Lemma of_Q_zero : of_Q 0 = 0.
  Proof. unfold of_Q. cbn. field. exact (fun e => zero_one K (eq_sym e)). Qed.
  Lemma of_Q_one : of_Q 1 = 1.
  Proof. unfold of_Q. cbn. field. exact (fun e => zero_one K (eq_sym e)). Qed.

  Lemma of_Q_lt a b : (a < b)%Q -> of_Q a < of_Q b.
  Proof.
    intro h. apply lt_le_neq. split; [apply of_Q_le, Qlt_le_weak, h|].
    unfold of_Q. intro e. pose proof (pos_neq (Qden a)). pose proof (pos_neq (Qden b)).
    assert (of_Z (Qnum a) * of_Z (Zpos (Qden b)) = of_Z (Qnum b) * of_Z (Zpos (Qden a))) as g.
    { apply (f_equal (fun z => z * of_Z (Zpos (Qden a)) * of_Z (Zpos (Qden b)))) in e.
      field_simplify in e; auto. rewrite e. ring. }
    rewrite <- !of_Z_mul in g. apply of_Z_inj in g. unfold Qlt in h. rewrite g in h.
    exact (Z.lt_irrefl _ h).
  Qed.

  Lemma constants : SORaddon (R := K) 0 1 add mul sub opp eq le
    0%Q 1%Q Qplus Qmult Qminus Qopp Qeq_bool Qle_bool of_Q (fun n : N => n) (pow_N 1 mul).
  Proof.
    constructor.
    - constructor; [exact of_Q_zero|exact of_Q_one|exact of_Q_add|exact of_Q_sub|exact of_Q_mul|exact of_Q_opp|].
      intros x y h. apply of_Q_eq, Qeq_bool_eq, h.
    - constructor. reflexivity.
    - intros x y h e. apply Qeq_bool_neq in h. apply h.
      destruct (Q_dec x y) as [[g|g]|g]; [| |exact g]; apply of_Q_lt in g; rewrite e in g; destruct (g (le_refl _ _)).
    - intros x y h. apply of_Q_le, Qle_bool_imp_le, h.
  Qed.

  (** ** Linear arithmetic, by reflection *)

  Definition eval : PolEnv K -> Formula Q -> Prop :=
    eval_formula add mul sub opp eq le lt of_Q (fun n : N => n) (pow_N 1 mul).

  Definition to_bool {A B : Prop} (d : {A} + {B}) : bool := if d then true else false.

  Definition eval_op (o : Op2) (x y : K) : bool :=
    match o with
    | OpEq => to_bool (eq_dec x y)
    | OpNEq => negb (to_bool (eq_dec x y))
    | OpLe => to_bool (le_dec x y)
    | OpGe => to_bool (le_dec y x)
    | OpLt => to_bool (lt_or_le x y)
    | OpGt => to_bool (lt_or_le y x)
    end.

  Definition eval_kind (env : PolEnv K) (k : kind) (f : Formula Q) : rtyp k :=
    match k return rtyp k with
    | isProp => eval env f
    | isBool => eval_op (Fop f) (eval_pexpr add mul sub opp of_Q (fun n : N => n) (pow_N 1 mul) env (Flhs f))
                                (eval_pexpr add mul sub opp of_Q (fun n : N => n) (pow_N 1 mul) env (Frhs f))
    end.

  Lemma hold_kind env k f : hold k (eval_kind env k f) <-> eval env f.
  Proof.
    destruct k; cbn; [tauto|]. destruct f as [l o r]. unfold eval, eval_formula, is_true. cbn.
    destruct o; cbn; unfold lt, to_bool;
      match goal with |- context [if ?d then _ else _] => destruct d as [h|h]; cbn end;
      try (intuition congruence); unfold lt in h; intuition congruence.
  Qed.

  Fixpoint holds (env : PolEnv K) (hyps : list (Formula Q)) : Prop :=
    match hyps with
    | nil => False
    | h :: rest => eval env h -> holds env rest
    end.

  Fixpoint formula (hyps : list (Formula Q)) : BFormula (Formula Q) isProp :=
    match hyps with
    | nil => FF isProp
    | h :: rest => IMPL (A isProp h tt) None (formula rest)
    end.

  Lemma checked hyps w : QMicromega.QTautoChecker (formula hyps) w = true -> forall env, holds env hyps.
  Proof.
    intros h env.
    assert (eval_bf (eval_kind env) (formula hyps)) as H.
    { revert env. unfold QMicromega.QTautoChecker in h. revert h.
      apply tauto_checker_sound with (eval := eval_kind) (eval' := eval_nformula 0 add mul eq le lt of_Q).
      - exact (eval_nformula_dec ordered_ring of_Q).
      - intros until env. unfold eval_nformula. destruct t.
        apply (check_inconsistent_sound ordered_ring constants); auto.
      - unfold QMicromega.qdeduce. unfold QMicromega.qdeduce. intros t t' u H env h1 h2.
        exact (nformula_plus_nformula_correct ordered_ring constants env t t' h1 h2 H).
      - intros. rewrite hold_kind. eapply (cnf_normalise_correct ordered_ring constants); eauto.
      - intros. rewrite hold_eNOT, hold_kind. now eapply (cnf_negate_correct ordered_ring constants); eauto.
      - intros t w0. unfold eval_tt. intros h env.
        rewrite make_impl_map with (eval := eval_nformula 0 add mul eq le lt of_Q env) by (intros; tauto).
        apply (checker_nf_sound ordered_ring constants (List.map fst t) w0). exact h. }
    clear h; induction hyps as [|f rest IH]; cbn in *; [exact H|]. intro e. apply IH, H, e.
  Qed.
End Facts.

Ltac position_in x l :=
  lazymatch l with
  | cons x _ => constr:(1%positive)
  | cons _ ?rest => let p := position_in x rest in let q := eval compute in (Pos.succ p) in constr:(q)
  end.
Ltac add_atom x l :=
  lazymatch l with
  | context [cons x _] => l
  | nil => constr:(cons x nil)
  | cons ?y ?rest => let r := add_atom x rest in constr:(cons y r)
  end.
Ltac is_Z_constant z := lazymatch isZcst z with true => constr:(true) | _ => constr:(false) end.
Ltac atoms l e :=
  lazymatch e with
  | add ?a ?b => let l := atoms l a in atoms l b
  | sub ?a ?b => let l := atoms l a in atoms l b
  | mul ?a ?b => let l := atoms l a in atoms l b
  | opp ?a => atoms l a
  | zero => l
  | one => l
  | of_Z ?z => lazymatch isZcst z with true => l | _ => add_atom e l end
  | _ => add_atom e l
  end.
Ltac expression l e :=
  lazymatch e with
  | add ?a ?b => let x := expression l a in let y := expression l b in constr:(PEadd x y)
  | sub ?a ?b => let x := expression l a in let y := expression l b in constr:(PEsub x y)
  | mul ?a ?b => let x := expression l a in let y := expression l b in constr:(PEmul x y)
  | opp ?a => let x := expression l a in constr:(PEopp x)
  | zero => constr:(PEc 0%Q)
  | one => constr:(PEc 1%Q)
  | of_Z ?z => lazymatch isZcst z with
               | true => constr:(PEc (Qmake z 1))
               | _ => let p := position_in e l in constr:(@PEX Q p)
               end
  | _ => let p := position_in e l in constr:(@PEX Q p)
  end.
Ltac gather l :=
  lazymatch goal with
  | |- @eq (number _) ?a ?b -> ?rest => let l := atoms l a in let l := atoms l b in gather_rest l rest
  | |- le ?a ?b -> ?rest => let l := atoms l a in let l := atoms l b in gather_rest l rest
  | |- lt ?a ?b -> ?rest => let l := atoms l a in let l := atoms l b in gather_rest l rest
  | |- False => l
  end
with gather_rest l rest :=
  lazymatch rest with
  | (@eq (number _) ?a ?b -> ?more) => let l := atoms l a in let l := atoms l b in gather_rest l more
  | (le ?a ?b -> ?more) => let l := atoms l a in let l := atoms l b in gather_rest l more
  | (lt ?a ?b -> ?more) => let l := atoms l a in let l := atoms l b in gather_rest l more
  | False => l
  end.
Ltac formulas l g :=
  lazymatch g with
  | (@eq (number _) ?a ?b -> ?rest) => let x := expression l a in let y := expression l b in
      let r := formulas l rest in constr:(cons (Build_Formula x OpEq y) r)
  | (le ?a ?b -> ?rest) => let x := expression l a in let y := expression l b in
      let r := formulas l rest in constr:(cons (Build_Formula x OpLe y) r)
  | (lt ?a ?b -> ?rest) => let x := expression l a in let y := expression l b in
      let r := formulas l rest in constr:(cons (Build_Formula x OpLt y) r)
  | False => constr:(@nil (Formula Q))
  end.

Definition environment {K : OrderedField} (l : list K) (p : positive) : K :=
  nth (Pos.to_nat p - 1) l zero.

Lemma of_Q_Z {K : OrderedField} z : of_Q (K := K) (Qmake z 1) = of_Z z.
Proof.
  unfold of_Q, div; cbn [Qnum Qden].
  transitivity (mul (inv (of_Z (K := K) 1)) (of_Z z)); [apply mul_comm|].
  change (of_Z (K := K) 1) with (@one K).
  assert (inv (@one K) = one) as ->.
  { rewrite <- (mul_inv K one) at 2; [rewrite mul_comm; symmetry; apply mul_one|].
    intro e. symmetry in e. exact (zero_one K e). }
  apply mul_one.
Qed.

Ltac orderly :=
  repeat match goal with
  | H : @eq (number _) _ _ |- _ => revert H
  | H : le _ _ |- _ => revert H
  | H : lt _ _ |- _ => revert H
  end.
(** Atoms become variables, and so does the field, lest it be computed with. *)
Ltac generalize_each l :=
  lazymatch l with
  | nil => idtac
  | cons ?x ?rest => generalize x; generalize_each rest
  end.
Ltac introduce_numbers :=
  lazymatch goal with
  | |- forall _ : number _, _ => intro; introduce_numbers
  | |- _ => idtac
  end.
Ltac field_of_goal :=
  lazymatch goal with
  | |- @eq (number ?K) _ _ -> _ => K | |- @le ?K _ _ -> _ => K | |- @lt ?K _ _ -> _ => K
  end.
(** Closes [h1 -> .. -> hn -> False] for linear [h]s that contradict each other. *)
Ltac refute_linear :=
  orderly;
  let K := field_of_goal in
  let l := gather (@nil (number K)) in
  generalize_each l;
  tryif is_var K then idtac else (generalize K; intro);
  introduce_numbers;
  let K := field_of_goal in
  let l := gather (@nil (number K)) in
  let g := lazymatch goal with |- ?g => g end in
  let hyps := formulas l g in
  let ff := eval cbv [formula] in (formula hyps) in
  let w := fresh "__wit" in
  wlra_Q w ff;
  let h := fresh in
  assert (h := checked (K := K) hyps w);
  specialize (h (eq_refl true) (environment l));
  cbv -[number add mul sub opp le lt zero one of_Q of_Z] in h;
  rewrite ?of_Q_zero, ?of_Q_one, ?of_Q_Z in h;
  exact h.
Ltac olra :=
  intros; 
  repeat match goal with H : _ /\ _ |- _ => destruct H end;
  repeat match goal with
  | H : ~ le ?a ?b |- _ => change (lt b a) in H
  | H : ~ lt ?a ?b |- _ => apply not_lt in H
  end;
  lazymatch goal with
  | |- _ /\ _ => split; olra
  | |- le ?a ?b => apply not_lt; intro; refute_linear
  | |- lt ?a ?b => apply not_le; intro; refute_linear
  | |- ~ _ => intro; olra
  | |- @eq (number _) ?a ?b => apply le_antisym; apply not_lt; intro; refute_linear
  | |- _ => exfalso; refute_linear
  end.

Example olra_1 (K : OrderedField) (x y z : K) : x < y -> y <= z * 1 -> x + x < (1 + 1) * z.
Proof. olra. Qed.
Example olra_2 (K : OrderedField) (x y z : K) : x * y <= z -> z <= y * x -> x * y + of_Z 3 * x = z + x * of_Z 3.
Proof. olra. Qed.
