(** Families: games whose numbers depend on parameters, and what is claimed of them at all points
    that satisfy the assumptions.

    Nothing is decided here. At a point a family is a game ([game_at]) in the sense of
    [Definitions.v], and a claim says of that game what it says of a single one. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Checker Reading Polynomials Dilemmas.
From coopgap Require Import Welfare Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

(** A fraction, above and below the line. *)
Definition Fraction : Type := Number * Number.
Definition ratio (q : Valuation) (x : Fraction) : Value := (value_at q (fst x) / value_at q (snd x))%K.

(** Numbers as in a certificate: weights of states, payoffs over [over]. *)
Record Family := {
  actions : list nat;
  chances : list Number;
  over : Number;
  utilities : list (list (list Number));
  recorded : Records
}.

Inductive Class := no_contract | transfers (m : Budget) (liability : option Fraction) | directives (complete : bool).

(** What is assumed of the parameters, so many; λ of each agent, over their scale, unless the claim
    itself names λ; and the cooperating actions of each agent, if these are given. *)
Record Problem := {
  parameters : nat;
  assumptions : list (Number * Relation);
  family : Family;
  class : Class;
  levels : option (list Number * Number);
  cooperative : list (list nat)
}.

(** Claims that trying everything decides: first-best selections, each with the thresholds of the
    agents; cells. *)
Inductive Tried :=
| axiom (n : Dilemma_axiom) | beneficial | beneficial_with_side_payments
| agent_thresholds (l : list (list nat * list (option Fraction)))
| incontractible_some | incontractible_are (cells : list nat).

(** Claims as in docs/claims.md; [None] is an infinite number, or a list that a state has not. *)
Inductive Name :=
| gap_positive | gap_zero | closes
| gap_at_least (x : Fraction) | gap_at_most (x : Fraction) | gap (x : option Fraction) | value_is (x : option Fraction)
| implementable (profiles : list nat)
| threshold (x : option Fraction) | threshold_at_most (x : Fraction)
| optimum_is (x : Fraction)
| first_best_are (in_state : nat) (l : option (list nat)) | equilibria_are (in_state : nat) (l : option (list nat))
| nash_are (l : list (list nat)) | unique_nash (l : option (list (list nat)))
| tried (x : Tried).

(** The shape of the games of a family: the same sets, with other numbers. *)
Definition shape (f : Family) : Data := {|
  sizes := actions f;
  weights := map (fun _ => 1%Z) (chances f);
  unit := 1;
  payoffs := map (map (map (fun _ => 0%Z))) (utilities f);
  records := recorded f |}.

Section Family.
  Variable f : Family.
  Hypothesis ok : good (shape f) = true.

  Let E0 : Environment rationals := game (shape f) ok.

  Section At.
    Variable q : Valuation.

    Definition chance (w : state E0) : Value := value_at q (nth (proj1_sig w) (chances f) []).
    Definition mass : Value := Σ w ∈ state E0, chance w.

    (** Weights are not negative and add up to something, and payoffs are over a positive number. *)
    Definition proper : Prop := (forall w, (0 <= chance w)%K) /\ (0 < mass)%K /\ (0 < value_at q (over f))%K.

    Hypothesis h : proper.

    Definition prior_at (w : state E0) : Value := (chance w / mass)%K.
    Definition payoff_at (i : agent E0) (a : profile E0) (w : state E0) : Value :=
      (value_at q (nth (number_of (actions f) (proj1_sig a) 0) (nth (proj1_sig w) (nth (proj1_sig i) (utilities f) []) []) [])
        / value_at q (over f))%K.

    Lemma prior_at_nonneg w : (0 <= prior_at w)%K.
    Proof.
      destruct h as [p [m _]]. apply le_mul; [apply p|]. apply lt_le, inv_pos, m.
    Qed.

    Lemma prior_at_one : (Σ w ∈ state E0, prior_at w) = (1 : Value)%K.
    Proof.
      destruct h as [_ [m _]]. unfold prior_at, div. rewrite total_mul_r, mul_comm. apply (mul_inv _ mass).
      intro e. rewrite e in m. exact (m (le_refl _ _)).
    Qed.

    Definition game_at : Environment rationals := {|
      agent := agent E0;
      state := state E0;
      action := action E0;
      profile := profile E0;
      play := @play _ E0;
      change := @change _ E0;
      change_same := change_same _ E0;
      change_other := change_other _ E0;
      only_play := only_play _ E0;
      some_profile := @some_profile _ E0;
      prior := prior_at;
      prior_nonneg := prior_at_nonneg;
      prior_one := prior_at_one;
      payoff := payoff_at |}.

    Definition language_at : Language game_at :=
      let L := language (shape f) ok in
      {| record := record L; leaves := fun (w : state game_at) (a : profile game_at) => leaves L w a |}.

    Definition product_at : Product game_at :=
      let P := product (shape f) ok in
      {| cell := cell P; cell_of := fun w : state game_at => cell_of P w;
         Definitions.class := nat; class_of := fun (i : agent game_at) (b : action game_at i) => class_of P i b |}.

    Definition contracts_at (c : Class) : Contracts game_at :=
      match c with
      | no_contract => alone
      | transfers m l => paid m (option_map (ratio q) l)
      | directives complete => told product_at Nat.eq_dec complete
      end.
  End At.
End Family.

(** *** What is claimed at a point *)

Section Meaning.
  Variables (p : Problem) (q : Valuation).
  Hypotheses (ok : good (shape (family p)) = true) (h : proper (family p) ok q).

  Let E : Environment rationals := game_at (family p) ok q h.
  Let L : Language E := language_at (family p) ok q h.
  Let c : Contracts E := contracts_at (family p) ok q h (class p).

  Definition lambda (i : agent E) : Value :=
    match levels p with
    | Some (l, scale) => ratio q (nth (proj1_sig i) l [], scale)
    | None => 0%K
    end.

  (** What numbers are over is positive, and λ and liability bounds are not negative. *)
  Definition nonnegative (x : Fraction) : Prop := (0 <= value_at q (fst x))%K /\ (0 < value_at q (snd x))%K.
  Definition sound_data : Prop :=
    match class p with transfers _ (Some B) => nonnegative B | _ => True end /\
    match levels p with Some (l, scale) => forall x, In x l -> nonnegative (x, scale) | None => True end.
  Definition finite_number (x : Fraction) : Prop := (0 < value_at q (snd x))%K.

  Definition can_reach : selection E -> Prop := reachable lambda L c.
  Definition loses_more (x : Value) : Prop := forall s, can_reach s -> (welfare s + x < optimum E)%K.
  Definition loses_at_most (x : Value) : Prop := exists s, can_reach s /\ (optimum E <= welfare s + x)%K.
  Definition loses_less (x : Value) : Prop := exists s, can_reach s /\ (optimum E < welfare s + x)%K.

  (** At the common λ = [x] some contract makes a first best an equilibrium. *)
  Definition closes_at (x : Value) : Prop := exists s, first_best_selection s /\ reachable (common x) L c s.

  (** Selections are listed by the states of positive probability, in order. *)
  Definition likely_states : list (state E) := filter (fun w => yes (lt_or_le 0%K (prior w))) (listed (state E)).
  Definition selection_of (l : list nat) : option (selection E) :=
    match picked (X := profile E) l with
    | Some a => if length l =? length likely_states then Some (extend (combine likely_states a)) else None
    | None => None
    end.

  Definition stable (a : profile E) (w : state E) : Prop := nash (material lambda) a w.
  Definition listed_in (l : list nat) (a : profile E) : bool :=
    existsb (fun k => match pick (X := profile E) k with Some b => yes (same b a) | None => false end) l.
  Definition are_in (kind : profile E -> state E -> Prop) (k : nat) (l : option (list nat)) : Prop :=
    exists w : state E, pick k = Some w /\
      match l with
      | Some l => likely w /\ forall a, kind a w <-> listed_in l a = true
      | None => ~ likely w
      end.
  Definition are_by_state (l : list (list nat)) : Prop :=
    Forall2 (fun w l => forall a, stable a w <-> listed_in l a = true) likely_states l.
  Definition single : Prop := forall w, likely w -> exists a, stable a w /\ forall b, stable b w -> b = a.

  Definition cooperates_at (i : agent E) (c : action E i) : Prop := cooperates (shape (family p)) ok (cooperative p) i c.
  Definition exemplary_at (i : agent E) (c : action E i) : Prop := exemplary (shape (family p)) ok (cooperative p) i c.
  Definition cells_at : Product E := product_at (family p) ok q h.

  Definition is_tried (x : Tried) : Prop :=
    match x with
    | axiom n => satisfied cooperates_at exemplary_at n
    | beneficial => all_gain (E := E)
    | beneficial_with_side_payments => all_gain_by_side_payments (E := E)
    | agent_thresholds l =>
        (forall s, first_best_selection s -> exists e s', In e l /\ selection_of (fst e) = Some s' /\ forall w, likely w -> s' w = s w) /\
        forall e, In e l -> exists s, selection_of (fst e) = Some s /\ first_best_selection s /\
          forall i, exists x, nth_error (snd e) (proj1_sig i) = Some x /\ least_content s i (option_map (ratio q) x)
    | incontractible_some => exists x, incontractible (cell_of cells_at) x
    | incontractible_are l =>
        (forall k, In k l -> exists x : cell cells_at, pick k = Some x) /\
        forall x, incontractible (cell_of cells_at) x <-> exists k, In k l /\ pick k = Some x
    end.

  Definition is_so (n : Name) : Prop :=
    match n with
    | gap_positive => loses_more 0%K
    | gap_zero | closes => loses_at_most 0%K
    | gap_at_least x => loses can_reach (ratio q x)
    | gap_at_most x => loses_at_most (ratio q x)
    | gap (Some x) => is_gap can_reach (ratio q x)
    | value_is (Some x) => is_value can_reach (ratio q x)
    | gap None | value_is None => forall s, ~ can_reach s
    | implementable l => exists s, selection_of l = Some s /\ can_reach s
    | threshold (Some x) => (0 <= ratio q x)%K /\ closes_at (ratio q x) /\ forall y, (0 <= y)%K -> (y < ratio q x)%K -> ~ closes_at y
    | threshold None => forall y, (0 <= y)%K -> ~ closes_at y
    | threshold_at_most x => (0 <= ratio q x)%K /\ closes_at (ratio q x)
    | optimum_is x => optimum E = ratio q x
    | first_best_are k l => are_in first_best k l
    | equilibria_are k l => are_in stable k l
    | nash_are l => are_by_state l
    | unique_nash l => match l with Some l => are_by_state l | None => True end /\ single
    | tried x => is_tried x
    end.

  (** The contrary, in words of its own where these say more. *)
  Definition is_not (n : Name) : Prop :=
    match n with
    | gap_positive => loses_at_most 0%K
    | gap_zero | closes => loses_more 0%K
    | gap_at_least x => loses_less (ratio q x)
    | gap_at_most x => loses_more (ratio q x)
    | implementable l => forall s, selection_of l = Some s -> ~ can_reach s
    | threshold_at_most x => (0 <= ratio q x)%K /\ ~ closes_at (ratio q x)
    | n => ~ is_so n
    end.

  Definition numbers_of (n : Name) : list Fraction :=
    match n with
    | gap_at_least x | gap_at_most x | gap (Some x) | value_is (Some x) | optimum_is x
    | threshold (Some x) | threshold_at_most x => [x]
    | tried (agent_thresholds l) => flat_map (fun e => flat_map (fun x => match x with Some x => [x] | None => [] end) (snd e)) l
    | _ => []
    end.

  Definition meaning (n : Name) (holds : bool) : Prop :=
    sound_data /\ (forall x, In x (numbers_of n) -> finite_number x) /\ if holds then is_so n else is_not n.
End Meaning.

(** At one point: its numbers describe a game, and the claim is so of it. *)
Definition so_at (p : Problem) (n : Name) (holds : bool) (q : Valuation) : Prop :=
  exists (ok : good (shape (family p)) = true) (h : proper (family p) ok q), meaning p q ok h n holds.

(** A claim in pieces, each under conditions of its own; or at one point. *)
Record Claim := { at_point : option (list Q); pieces : list (list (Number * Relation) * Name); holds : bool }.

Definition shown (p : Problem) (a : Claim) : Prop :=
  let so n q := so_at p n (holds a) q in
  match at_point a with
  | Some q => so_here (assumptions p) (pieces a) so (map rational q)
  | None => so_everywhere (assumptions p) (pieces a) so
  end.
