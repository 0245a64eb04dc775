(** Polynomials in parameters with rational coefficients: their values, and what is known of their
    signs where conditions hold.

    What is claimed is said of [Number]s, as a certificate writes them; the checker computes with
    normal forms ([Poly]). *)

From Coq Require Import List Bool PeanoNat Lia ZArith QArith Qcanon.
From Coq.micromega Require Import OrderedRing RingMicromega EnvRing.
From coopgap Require Import Welfare Cancelling Rationals Reading.
Import ListNotations.
Local Open Scope number_scope.

Notation Value := (number rationals).

Local Arguments zero {_} : simpl never. Local Arguments one {_} : simpl never. Local Arguments add {_} _ _ : simpl never.
Local Arguments mul {_} _ _ : simpl never. Local Arguments opp {_} _ : simpl never. Local Arguments sub {_} _ _ : simpl never.
Local Arguments le {_} _ _ : simpl never. Local Arguments lt {_} _ _ : simpl never.

(** *** Numbers that depend on parameters *)

(** Integers, each times the parameters with these indices. *)
Definition Number : Type := list (Z * list nat).

(** A point: the values of the parameters. *)
Definition Valuation : Type := list Value.

Definition monomial_at (q : Valuation) (m : list nat) : Value := fold_right (fun k v => nth k q 0 * v) 1 m.
Definition value_at (q : Valuation) (n : Number) : Value := total n (fun e => of_Z (fst e) * monomial_at q (snd e)).

(** Relations to 0. *)
Inductive Relation := above | at_least | equal.

Definition stands (r : Relation) (x : Value) : Prop :=
  match r with above => 0 < x | at_least => 0 <= x | equal => x = 0 end.

Definition satisfies (q : Valuation) (c : Number * Relation) : Prop := stands (snd c) (value_at q (fst c)).

Lemma forallb_in {X} (p : X -> bool) l x : forallb p l = true -> In x l -> p x = true.
Proof. intros h i. rewrite forallb_forall in h. exact (h x i). Qed.

(** *** Claims about parameters: at one point, or in pieces, each under conditions of its own *)

Section Claimed.
  Context {X : Type}.
  Variables (assumptions : list (Number * Relation)) (pieces : list (list (Number * Relation) * X)) (so : X -> Valuation -> Prop).

  Definition assumed (q : Valuation) : Prop := forall c, In c assumptions -> satisfies q c.

  (** The piece of this number says this, and its conditions are satisfied. *)
  Definition applies (q : Valuation) (k : nat) (x : X) : Prop :=
    exists when, nth_error pieces k = Some (when, x) /\ forall c, In c when -> satisfies q c.

  (** At every point that satisfies the assumptions one piece applies, no other does, and what it
      says is so. *)
  Definition so_everywhere : Prop := forall q, assumed q ->
    (exists k x, applies q k x /\ so x q) /\ forall k x k' x', applies q k x -> applies q k' x' -> k = k'.

  Definition so_here (q : Valuation) : Prop := assumed q /\ exists x, pieces = [([], x)] /\ so x q.
End Claimed.

(** *** Normal forms *)

Notation Poly := (Pol Q).

Definition plus : Poly -> Poly -> Poly := padd 0%Q Qplus Qeq_bool.
Definition minus : Poly -> Poly -> Poly := psub 0%Q Qplus Qminus Qopp Qeq_bool.
Definition mult : Poly -> Poly -> Poly := pmul 0%Q 1%Q Qplus Qmult Qeq_bool.
Definition negated : Poly -> Poly := popp Qopp.
Definition sum {X} (l : list X) (f : X -> Poly) : Poly := fold_right (fun x p => plus (f x) p) (Pc 0%Q) l.
Definition constant (c : Q) : Poly := Pc c.
Definition whole (z : Z) : Poly := Pc (z # 1)%Q.

Definition monomial (m : list nat) : PExpr Q := fold_right (fun k e => PEmul (PEX (Pos.of_succ_nat k)) e) (PEc 1%Q) m.
Definition expression (n : Number) : PExpr Q :=
  fold_right (fun e p => PEadd (PEmul (PEc (fst e # 1)%Q) (monomial (snd e))) p) (PEc 0%Q) n.
Definition poly (n : Number) : Poly := norm 0%Q 1%Q Qplus Qmult Qminus Qopp Qeq_bool (expression n).

Definition environment (q : Valuation) : PolEnv Value := fun k => nth (pred (Pos.to_nat k)) q 0.
Definition ev (q : Valuation) : Poly -> Value := eval_pol add mul of_Q (environment q).

Section Values.
  Variable q : Valuation.

  Lemma ev_plus p r : ev q (plus p r) = ev q p + ev q r.
  Proof. exact (eval_pol_add ordered_ring constants _ p r). Qed.
  Lemma ev_minus p r : ev q (minus p r) = ev q p - ev q r.
  Proof. exact (eval_pol_sub ordered_ring constants _ p r). Qed.
  Lemma ev_mult p r : ev q (mult p r) = ev q p * ev q r.
  Proof. exact (eval_pol_mul ordered_ring constants _ p r). Qed.
  Lemma ev_negated p : ev q (negated p) = - ev q p.
  Proof. exact (eval_pol_opp ordered_ring constants _ p). Qed.
  Lemma ev_constant c : ev q (constant c) = of_Q c.
  Proof. reflexivity. Qed.
  Lemma ev_whole z : ev q (whole z) = of_Z z.
  Proof. exact (of_Q_Z z). Qed.

  Lemma ev_sum {X} (l : list X) f : ev q (sum l f) = total l (fun x => ev q (f x)).
  Proof.
    induction l as [|x l IH]; [exact of_Q_zero|]. cbn [total]. rewrite <- IH. apply ev_plus.
  Qed.

  Lemma ev_poly n : ev q (poly n) = value_at q n.
  Proof.
    set (at_q := eval_pexpr add mul sub opp of_Q (fun n : N => n) (pow_N 1 mul) (environment q)).
    assert (forall m, at_q (monomial m) = monomial_at q m) as h.
    { induction m as [|k m IH]; [exact of_Q_one|].
      change (environment q (Pos.of_succ_nat k) * at_q (monomial m) = nth k q 0 * monomial_at q m). rewrite IH.
      unfold environment. now rewrite SuccNat2Pos.id_succ. }
    unfold ev, poly. rewrite <- (eval_pol_norm ordered_ring constants (environment q)).
    induction n as [|e n IH]; [exact of_Q_zero|].
    change (of_Q (fst e # 1) * at_q (monomial (snd e)) + at_q (expression n) = of_Z (fst e) * monomial_at q (snd e) + value_at q n).
    now rewrite h, of_Q_Z, <- IH.
  Qed.

  Lemma ev_same p r : Peq Qeq_bool p r = true -> ev q p = ev q r.
  Proof.
    intro h. exact (Peq_ok (SORsetoid ordered_ring) (Rops_wd ordered_ring) (SORrm constants) p r h (environment q)).
  Qed.
End Values.

(** Rationals as coefficients. *)
Lemma of_Z_rational z : of_Z (K := rationals) z = rational (z # 1).
Proof.
  assert (forall p, of_Z (K := rationals) (Zpos p) = rational (Zpos p # 1)) as h.
  { induction p as [|p IH] using Pos.peano_ind; [reflexivity|].
    rewrite Pos2Z.inj_succ. unfold Z.succ. rewrite of_Z_add, IH.
    change (Q2Qc (Qred (Zpos p # 1) + Qred 1) = Q2Qc (Zpos p + 1 # 1)). apply Q2Qc_eq_iff.
    rewrite !Qred_correct. unfold Qeq, Qplus. cbn [Qnum Qden]. lia. }
  destruct z as [|p|p]; [reflexivity|apply h|].
  change (Z.neg p) with (- Zpos p)%Z. rewrite of_Z_opp, h.
  change (Q2Qc (- Qred (Zpos p # 1)) = Q2Qc (- Zpos p # 1)). apply Q2Qc_eq_iff. rewrite Qred_correct. reflexivity.
Qed.

Lemma of_Q_this (x : Value) : of_Q (this x) = x.
Proof.
  unfold of_Q. rewrite !of_Z_rational. destruct x as [[n d] h]. cbn [this Qnum Qden].
  change (Q2Qc (Qred (n # 1) * Qred (/ Qred (Zpos d # 1))) = Qcmake (n # d) h). apply Qc_is_canon. cbn [this Q2Qc].
  rewrite !Qred_correct. change (/ (Zpos d # 1))%Q with (1 # d)%Q. unfold Qeq, Qmult. cbn. now rewrite Z.mul_1_r.
Qed.

(** *** Conditions and refutations *)

Definition Condition : Type := Poly * Relation.
Definition condition (c : Number * Relation) : Condition := (poly (fst c), snd c).
Definition true_at (q : Valuation) (c : Condition) : Prop := stands (snd c) (ev q (fst c)).

Lemma condition_true q c : true_at q (condition c) <-> satisfies q c.
Proof. unfold true_at, condition, satisfies. cbn. now rewrite ev_poly. Qed.

(** One of them holds where the condition fails. *)
Definition negations (c : Condition) : list Condition :=
  match snd c with
  | equal => [(fst c, above); (negated (fst c), above)]
  | above => [(negated (fst c), at_least)]
  | at_least => [(negated (fst c), above)]
  end.

Lemma fails q c : true_at q c \/ exists n, In n (negations c) /\ true_at q n.
Proof.
  destruct c as [p r]. unfold true_at, negations. cbn. destruct (lt_eq_lt 0 (ev q p)) as [h|[h|h]].
  - destruct r; [left; exact h|left; exact (lt_le _ _ h)|]. right. exists (p, above). split; [now left|exact h].
  - destruct r; cbn; [|left; rewrite <- h; apply le_refl|left; now symmetry]. right. exists (negated p, at_least).
    split; [now left|]. cbn. rewrite ev_negated, <- h. apply not_lt. intro g. olra.
  - right. destruct r; [exists (negated p, at_least)|exists (negated p, above)|exists (negated p, above)];
      (split; [cbn; tauto|]); cbn; rewrite ev_negated; olra.
Qed.

(** Products of conditions, by index, with squares of these bases; and equations times polynomials. *)
Record Refutation := {
  products : list (positive * list nat * list Number);
  multipliers : list (nat * Number)
}.

Lemma sequence_in {X Y} (f : X -> option Y) l r : sequence f l = Some r -> forall y, In y r -> exists x, f x = Some y.
Proof.
  revert r. induction l as [|x l IH]; cbn; intros r h; [inversion h; intros y []|].
  destruct (f x) as [y|] eqn:e; [|discriminate]. destruct (sequence f l) as [s|]; [|discriminate]. inversion h; subst.
  intros z [<-|i]; [now exists x|exact (IH s eq_refl z i)].
Qed.

Section Refuting.
  Variable conditions : list Condition.

  Definition factors : list nat -> option (list Condition) := sequence (nth_error conditions).

  Definition is_strict (c : Condition) : bool := match snd c with above => true | _ => false end.

  (** The polynomial of a product, and whether it is positive. *)
  Definition product_of (e : positive * list nat * list Number) : option (Poly * bool) :=
    let '(c, l, bases) := e in
    match factors l with
    | Some cs => Some (fold_right (fun b p => let r := poly b in mult (mult r r) p)
          (fold_right (fun c p => mult (fst c) p) (whole (Zpos c)) cs) bases,
        match bases with nil => forallb is_strict cs | _ => false end)
    | None => None
    end.

  Definition equation_of (e : nat * Number) : option Poly :=
    match nth_error conditions (fst e) with
    | Some (p, equal) => Some (mult p (poly (snd e)))
    | _ => None
    end.

  (** They add up to 0 > 0. *)
  Definition refutes (r : Refutation) : bool :=
    match sequence product_of (products r), sequence equation_of (multipliers r) with
    | Some ps, Some es => existsb snd ps && Peq Qeq_bool (plus (sum ps fst) (sum es (fun p => p))) (Pc 0%Q)
    | _, _ => false
    end.

  Variable q : Valuation.
  Hypothesis hold : forall c, In c conditions -> true_at q c.

  Lemma factors_in l cs : factors l = Some cs -> forall c, In c cs -> true_at q c.
  Proof. intros h c i. destruct (sequence_in _ _ _ h c i) as [k e]. exact (hold _ (nth_error_In _ _ e)). Qed.

  Lemma square_nonneg (x : Value) : 0 <= x * x.
  Proof.
    destruct (le_dec 0 x) as [h|h]; [now apply le_mul|]. assert (0 <= - x) as g by olra.
    pose proof (le_mul _ _ _ g g) as k. olra.
  Qed.

  Lemma product_nonneg e p s : product_of e = Some (p, s) -> if s then 0 < ev q p else 0 <= ev q p.
  Proof.
    destruct e as [[c l] bases]. cbn. destruct (factors l) as [cs|] eqn:e; [|discriminate]. intro h. inversion h; subst. clear h.
    pose proof (factors_in l cs e) as each. clear e.
    assert (let x := ev q (fold_right (fun c p => mult (fst c) p) (whole (Zpos c)) cs) in
      0 <= x /\ (forallb is_strict cs = true -> 0 < x)) as [lo hi].
    { induction cs as [|d cs IH]; cbn [fold_right forallb].
      - rewrite ev_whole. pose proof (of_Z_pos (K := rationals) c). split; [exact (lt_le _ _ H)|intros _; exact H].
      - rewrite ev_mult. destruct (IH (fun c i => each c (or_intror i))) as [lo hi].
        pose proof (each d (or_introl eq_refl)) as t. destruct d as [p r]. unfold true_at in t. cbn in t |- *.
        assert (0 <= ev q p) as n by (destruct r; cbn in t; [exact (lt_le _ _ t)|exact t|rewrite t; apply le_refl]).
        split; [now apply le_mul|]. destruct r; cbn; intro h; try discriminate. exact (lt_mul _ _ t (hi h)). }
    destruct bases as [|b bases].
    - destruct (forallb is_strict cs); [exact (hi eq_refl)|exact lo].
    - induction (b :: bases) as [|d r IH]; cbn [fold_right]; [exact lo|]. rewrite !ev_mult.
      apply le_mul; [apply square_nonneg|exact IH].
  Qed.

  Lemma refutes_true r : refutes r = true -> False.
  Proof.
    unfold refutes. destruct (sequence product_of (products r)) as [ps|] eqn:e; [|discriminate].
    destruct (sequence equation_of (multipliers r)) as [es|] eqn:g; [|discriminate]. intro h. apply andb_true_iff in h.
    destruct h as [strict zero]. apply (ev_same q) in zero. change (Pc 0%Q) with (constant 0) in zero. rewrite ev_plus, !ev_sum, ev_constant, of_Q_zero in zero.
    assert (total es (fun p => ev q p) = 0) as z.
    { apply total_zero. intros p i. destruct (sequence_in _ _ _ g p i) as [[k m] h]. unfold equation_of in h. cbn [fst snd] in h.
      destruct (nth_error conditions k) as [[c []]|] eqn:w; try discriminate. inversion h; subst. rewrite ev_mult.
      pose proof (hold _ (nth_error_In _ _ w)) as t. unfold true_at in t. cbn in t. rewrite t. olra. }
    rewrite z in zero.
    assert (forall p, In p ps -> if snd p then 0 < ev q (fst p) else 0 <= ev q (fst p)) as each.
    { intros [p s] i. destruct (sequence_in _ _ _ e _ i) as [x h]. exact (product_nonneg x p s h). }
    assert (0 < total ps (fun p => ev q (fst p))) as pos; [|olra].
    clear - strict each. induction ps as [|[p s] ps IH]; cbn in *; [discriminate|].
    assert (0 <= total ps (fun p => ev q (fst p))) as lo.
    { rewrite <- (total_zero ps (fun _ => 0)) by reflexivity. apply total_le. intros x i. specialize (each x (or_intror i)).
      destruct (snd x); [exact (lt_le _ _ each)|exact each]. }
    pose proof (each _ (or_introl eq_refl)) as t. cbn in t. destruct s; cbn in strict; [olra|].
    pose proof (IH strict (fun x i => each x (or_intror i))). olra.
  Qed.
End Refuting.

(** *** What is known of signs *)

Record Signs := { may_be_positive : bool; may_be_zero : bool; may_be_negative : bool }.

Definition of_relation (r : Relation) : Signs :=
  match r with
  | above => {| may_be_positive := true; may_be_zero := false; may_be_negative := false |}
  | at_least => {| may_be_positive := true; may_be_zero := true; may_be_negative := false |}
  | equal => {| may_be_positive := false; may_be_zero := true; may_be_negative := false |}
  end.

Definition both (s t : Signs) : Signs :=
  {| may_be_positive := may_be_positive s && may_be_positive t; may_be_zero := may_be_zero s && may_be_zero t;
     may_be_negative := may_be_negative s && may_be_negative t |}.
Definition flipped (s : Signs) : Signs :=
  {| may_be_positive := may_be_negative s; may_be_zero := may_be_zero s; may_be_negative := may_be_positive s |}.
Definition any_sign : Signs := {| may_be_positive := true; may_be_zero := true; may_be_negative := true |}.
Definition none (s : Signs) : bool := negb (may_be_positive s) && negb (may_be_zero s) && negb (may_be_negative s).
Definition implied (s t : Signs) : bool :=
  implb (may_be_positive s) (may_be_positive t) && implb (may_be_zero s) (may_be_zero t) && implb (may_be_negative s) (may_be_negative t).

Definition has (s : Signs) (x : Value) : Prop :=
  (0 < x /\ may_be_positive s = true) \/ (x = 0 /\ may_be_zero s = true) \/ (x < 0 /\ may_be_negative s = true).

Lemma has_relation r x : has (of_relation r) x <-> stands r x.
Proof.
  unfold has. destruct r; cbn; split.
  - intros [[h _]|[[_ h]|[_ h]]]; [exact h|discriminate|discriminate].
  - tauto.
  - intros [[h _]|[[h _]|[_ h]]]; [exact (lt_le _ _ h)|rewrite h; apply le_refl|discriminate].
  - intro h. destruct (lt_eq_lt 0 x) as [g|[g|g]]; [tauto|symmetry in g; tauto|destruct (g h)].
  - intros [[_ h]|[[h _]|[_ h]]]; [discriminate|exact h|discriminate].
  - tauto.
Qed.

Lemma has_both s t x : has s x -> has t x -> has (both s t) x.
Proof.
  unfold has, both. cbn.
  intros [[h a]|[[h a]|[h a]]] [[g b]|[[g b]|[g b]]]; try (exfalso; subst; olra); rewrite a, b; tauto.
Qed.

Lemma has_implied s t x : has s x -> implied s t = true -> has t x.
Proof.
  unfold has, implied. destruct s as [[] [] []], t as [[] [] []]; cbn; intuition congruence.
Qed.

Lemma has_none s x : has s x -> none s = true -> False.
Proof. unfold has, none. destruct s as [[] [] []]; cbn; intuition congruence. Qed.

Fixpoint leading (p : Poly) : Q := match p with Pc c => c | Pinj _ p | PX p _ _ => leading p end.

(** Whether [r] is a multiple of [p], and of which sign the factor is. *)
Definition multiple (p r : Poly) : option bool :=
  let a := leading p in let b := leading r in
  if Qeq_bool a 0 || Qeq_bool b 0 then None
  else if Peq Qeq_bool (mult p (constant b)) (mult r (constant a)) then Some (Bool.eqb (Qle_bool 0 a) (Qle_bool 0 b)) else None.

Definition Known : Type := list (Poly * Signs).
Definition known_at (q : Valuation) (k : Known) : Prop := forall p s, In (p, s) k -> has s (ev q p).

Definition possible (k : Known) (p : Poly) : Signs :=
  fold_right (fun e s => match multiple p (fst e) with
    | Some true => both (snd e) s
    | Some false => both (flipped (snd e)) s
    | None => s
    end) any_sign k.

Lemma signed q c : Qeq_bool c 0 = false ->
  if Qle_bool 0 c then 0 < ev q (constant c) else ev q (constant c) < 0.
Proof.
  intro n. rewrite ev_constant. destruct (Qle_bool 0 c) eqn:e.
  - apply Qle_bool_iff in e. rewrite <- of_Q_zero. apply of_Q_lt. destruct (Qlt_le_dec 0 c) as [h|h]; [exact h|].
    exfalso. apply Qeq_bool_neq in n. apply n. now apply Qle_antisym.
  - rewrite <- of_Q_zero. apply of_Q_lt. apply Qnot_le_lt. intro h. apply Qle_bool_iff in h. congruence.
Qed.

Lemma same_signs (x y u v : Value) : 0 < u -> 0 < v -> x * v = y * u -> forall s, has s y -> has s x.
Proof.
  intros pu pv e s h. unfold has in *. destruct (lt_eq_lt 0 x) as [g|[g|g]].
  - left. split; [exact g|]. pose proof (lt_mul _ _ g pv). destruct h as [[h t]|[[h t]|[h t]]]; [exact t| |]; exfalso.
    + rewrite h in e. olra.
    + assert (0 < - y) as n by olra. pose proof (lt_mul _ _ n pu). olra.
  - right; left. split; [now symmetry|]. rewrite <- g in e. destruct h as [[h t]|[[h t]|[h t]]]; [|exact t|]; exfalso.
    + pose proof (lt_mul _ _ h pu). olra.
    + assert (0 < - y) as n by olra. pose proof (lt_mul _ _ n pu). olra.
  - right; right. split; [exact g|]. assert (0 < - x) as m by olra. pose proof (lt_mul _ _ m pv).
    destruct h as [[h t]|[[h t]|[h t]]]; [| |exact t]; exfalso.
    + pose proof (lt_mul _ _ h pu). olra.
    + rewrite h in e. olra.
Qed.

Lemma has_flipped s x : has s x -> has (flipped s) (- x).
Proof.
  unfold has, flipped. cbn [may_be_positive may_be_zero may_be_negative].
  intros [[h t]|[[h t]|[h t]]]; [right; right|right; left|left]; (split; [|exact t]); clear t; [|rewrite h|]; olra.
Qed.

Lemma sign_of_multiple q p r same s : multiple p r = Some same -> has s (ev q r) -> has (if same then s else flipped s) (ev q p).
Proof.
  unfold multiple. destruct (Qeq_bool (leading p) 0) eqn:a; [discriminate|]. destruct (Qeq_bool (leading r) 0) eqn:b; [discriminate|].
  cbn [orb]. destruct (Peq Qeq_bool _ _) eqn:e; [|discriminate]. intro h. inversion h; subst. clear h.
  apply (ev_same q) in e. rewrite !ev_mult in e. pose proof (signed q _ a) as sa. pose proof (signed q _ b) as sb.
  set (x := ev q p) in *. set (y := ev q r) in *. set (u := ev q (constant (leading p))) in *. set (v := ev q (constant (leading r))) in *.
  clearbody x y u v.
  destruct (Qle_bool 0 (leading p)), (Qle_bool 0 (leading r)); cbn [Bool.eqb]; intro h.
  - exact (same_signs x y u v sa sb e s h).
  - apply (same_signs x (- y) u (- v)); [olra|olra|olra|now apply has_flipped].
  - apply (same_signs x (- y) (- u) v); [olra|olra|olra|now apply has_flipped].
  - apply (same_signs x y (- u) (- v)); [olra|olra|olra|exact h].
Qed.

Lemma possible_true q k p : known_at q k -> has (possible k p) (ev q p).
Proof.
  induction k as [|[r s] k IH]; cbn [possible fold_right fst snd]; intro h.
  - destruct (lt_eq_lt 0 (ev q p)) as [g|[g|g]]; unfold has; cbn; [tauto|symmetry in g; tauto|tauto].
  - assert (has (possible k p) (ev q p)) as rest by (apply IH; intros r' s' i; apply h; now right).
    pose proof (h r s (or_introl eq_refl)) as here. fold (possible k p).
    destruct (multiple p r) as [[]|] eqn:e; [| |exact rest]; pose proof (sign_of_multiple q p r _ s e here);
      now apply has_both.
Qed.

(** *** Answers about signs, where they are known *)

Definition Signed : Type := Poly -> Relation -> option bool.

Definition right_at (q : Valuation) (o : Signed) : Prop := forall p r,
  match o p r with Some true => stands r (ev q p) | Some false => ~ stands r (ev q p) | None => True end.

Definition stands_dec (r : Relation) (x : Value) : {stands r x} + {~ stands r x}.
Proof.
  destruct r; cbn.
  - destruct (lt_or_le 0 x) as [h|h]; [left; exact h|right; intro g; exact (g h)].
  - exact (le_dec 0 x).
  - exact (eq_dec x 0).
Defined.

(** From what is known in a case. *)
Definition from_known (k : Known) : Signed := fun p r =>
  match p with
  | Pc c => Some (yes (stands_dec r (of_Q c)))
  | _ => let s := possible k p in
      if implied s (of_relation r) then Some true
      else if none (both s (of_relation r)) then Some false else None
  end.

(** At a point. *)
Definition from_point (q : Valuation) : Signed := fun p r => Some (yes (stands_dec r (ev q p))).

Lemma decided_right r x : if yes (stands_dec r x) then stands r x else ~ stands r x.
Proof. unfold yes. destruct (stands_dec r x); assumption. Qed.

Lemma from_known_right q k : known_at q k -> right_at q (from_known k).
Proof.
  intros h p r. pose proof (possible_true q k p h) as here. unfold from_known.
  assert (match (let s := possible k p in if implied s (of_relation r) then Some true
      else if none (both s (of_relation r)) then Some false else None)
    with Some true => stands r (ev q p) | Some false => ~ stands r (ev q p) | None => True end) as general.
  { cbv zeta. destruct (implied _ _) eqn:e; [apply has_relation; exact (has_implied _ _ _ here e)|].
    destruct (none _) eqn:g; [|exact I]. intro t. apply has_relation in t. exact (has_none _ _ (has_both _ _ _ here t) g). }
  destruct p as [c| |]; [|exact general|exact general]. pose proof (decided_right r (of_Q c)) as t.
  destruct (yes (stands_dec r (of_Q c))); exact t.
Qed.

Lemma from_point_right q : right_at q (from_point q).
Proof.
  intros p r. unfold from_point. pose proof (decided_right r (ev q p)) as t.
  destruct (yes (stands_dec r (ev q p))); exact t.
Qed.

Definition knows (o : Signed) (p : Poly) (r : Relation) : bool := match o p r with Some b => b | None => false end.
Definition denies (o : Signed) (p : Poly) (r : Relation) : bool := match o p r with Some b => negb b | None => false end.

Lemma knows_true q o p r : right_at q o -> knows o p r = true -> stands r (ev q p).
Proof. intro h. unfold knows. specialize (h p r). destruct (o p r) as [[]|]; [auto|discriminate|discriminate]. Qed.

Lemma denies_true q o p r : right_at q o -> denies o p r = true -> ~ stands r (ev q p).
Proof. intro h. unfold denies. specialize (h p r). destruct (o p r) as [[]|]; [discriminate|auto|discriminate]. Qed.
