(** The paper's Prisoner's Dilemma with effort (theory.md, section 3), for all its parameters. *)

From Coq Require Import List Bool ZArith.
From coopgap Require Import Welfare Two.
Import ListNotations.
Local Open Scope number_scope.

Inductive effort := CH | CL | DH | DL.

Definition efforts : Finite.
Proof.
  refine {| element := effort; listed := [CH; CL; DH; DL] |}.
  - intros []; cbn; auto.
  - repeat constructor; cbn; intuition discriminate.
  - decide equality.
Defined.

Definition cooperative (a : effort) : bool := match a with CH | CL => true | _ => false end.

Section Table.
  Context {K : OrderedField} (R S T P : K).

  (** The row agent's payoff, times 12: no fractions are left of ε = (R - P)/6 and η = (R - P)/12. *)
  Definition twelvefold (a b : effort) : K :=
    match a, b with
    | CH, CH => of_Z 12 * R - of_Z 2 * (R - P)
    | CH, CL => of_Z 12 * R - of_Z 5 * (R - P)
    | CH, _ => of_Z 12 * S - of_Z 2 * (R - P)
    | CL, CH => of_Z 12 * R
    | CL, CL => of_Z 6 * (R + P)
    | CL, _ => of_Z 12 * S - of_Z 6 * (R - P)
    | DH, CH | DH, CL => of_Z 12 * T - of_Z 2 * (R - P)
    | DH, DH => of_Z 12 * P - of_Z 2 * (R - P)
    | DH, DL => of_Z 12 * P
    | DL, CH | DL, CL => of_Z 12 * T - of_Z 4 * (R - P)
    | DL, DH => of_Z 12 * P - of_Z 4 * (R - P)
    | DL, DL => of_Z 12 * P - of_Z 6 * (R - P)
    end.

  Definition table_welfare (a b : effort) : K := twelvefold a b + twelvefold b a.

  Definition table_nash (a b : effort) : Prop :=
    (forall a', twelvefold a' b <= twelvefold a b) /\ forall b', twelvefold b' a <= twelvefold b a.
End Table.

(** P2 to P5; P1 follows from them. *)
Definition dilemma_conditions {K : OrderedField} (R S T P : K) : Prop :=
  R - P < of_Z 3 * (T - R) /\ R - P < of_Z 3 * (P - S) /\ R + of_Z 3 * P < of_Z 2 * (S + T) /\
  of_Z 3 * (S + T) < of_Z 5 * R + P.

Theorem PD_axioms : forall (K : OrderedField) (R S T P : K), dilemma_conditions R S T P ->
  (forall c d b, cooperative c = true -> cooperative d = false ->
    table_welfare R S T P d b < table_welfare R S T P c b) /\
  (forall a b, (a, b) <> (CH, CH) -> table_welfare R S T P a b < table_welfare R S T P CH CH) /\
  (forall c c' d d', cooperative c = true -> cooperative c' = true -> cooperative d = false -> cooperative d' = false ->
    twelvefold R S T P d d' < twelvefold R S T P c c') /\
  forall c d b, cooperative c = true -> cooperative d = false -> twelvefold R S T P c b < twelvefold R S T P d b.
Proof.
  intros K R S T P [P2 [P3 [P4 P5]]]. split; [|split; [|split]].
  - intros [] [] [] h h'; try discriminate; unfold table_welfare, twelvefold; olra.
  - intros [] [] n; try congruence; unfold table_welfare, twelvefold; olra.
  - intros [] [] [] [] h1 h2 h3 h4; try discriminate; unfold twelvefold; olra.
  - intros [] [] [] h h'; try discriminate; unfold twelvefold; olra.
Qed.

Theorem PD_equilibrium : forall (K : OrderedField) (R S T P : K), dilemma_conditions R S T P ->
  (forall a b, table_nash R S T P a b <-> (a, b) = (DH, DH)) /\
  table_welfare R S T P CH CH - table_welfare R S T P DH DH = of_Z 12 * (of_Z 2 * (R - P)).
Proof.
  intros K R S T P [P2 [P3 [P4 P5]]]. split; [|unfold table_welfare, twelvefold; olra].
  intros a b. split.
  - intros [h h']. pose proof (h DH) as h1. pose proof (h' DH) as h1'. pose proof (h DL) as h2. pose proof (h' DL) as h2'.
    clear h h'. destruct a, b; try reflexivity; exfalso; unfold twelvefold in *; olra.
  - intro e. inversion e; subst. split; intros []; unfold twelvefold; olra.
Qed.

(** The conditions are those of some game, in every field: (R, S, T, P) = (12, -5, 18, 0). *)
Lemma dilemma_exists (K : OrderedField) : dilemma_conditions (K := K) (of_Z 12) (of_Z (-5)) (of_Z 18) 0.
Proof. unfold dilemma_conditions. pose proof (@lt_zero_one K). repeat split; olra. Qed.

(** S1 to S4; S2 and S4 follow from S1. *)
Definition hunt_conditions {K : OrderedField} (R S T P : K) : Prop :=
  T < R /\ P < T /\ S < P /\ R + of_Z 3 * P < of_Z 2 * (S + T).

Theorem SH_axioms : forall (K : OrderedField) (R S T P : K), hunt_conditions R S T P ->
  (forall c d b, cooperative c = true -> cooperative d = false ->
    table_welfare R S T P d b < table_welfare R S T P c b) /\
  (forall a b, (a, b) <> (CH, CH) -> table_welfare R S T P a b < table_welfare R S T P CH CH) /\
  (forall c c' d d', cooperative c = true -> cooperative c' = true -> cooperative d = false -> cooperative d' = false ->
    twelvefold R S T P d d' < twelvefold R S T P c c') /\
  (exists c d b, cooperative c = true /\ cooperative d = false /\ twelvefold R S T P c b < twelvefold R S T P d b) /\
  table_nash R S T P DH DH.
Proof.
  intros K R S T P [S1 [S1' [S1'' S3]]]. split; [|split; [|split; [|split]]].
  - intros [] [] [] h h'; try discriminate; unfold table_welfare, twelvefold; olra.
  - intros [] [] n; try congruence; unfold table_welfare, twelvefold; olra.
  - intros [] [] [] [] h1 h2 h3 h4; try discriminate; unfold twelvefold; olra.
  - exists CH, DH, DH. split; [reflexivity|]. split; [reflexivity|]. unfold twelvefold. olra.
  - split; intros []; unfold twelvefold; olra.
Qed.

(** S5 with equality allowed is what the three equilibria need. *)
Theorem SH_equilibria : forall (K : OrderedField) (R S T P : K), hunt_conditions R S T P ->
  of_Z 4 * T <= of_Z 3 * R + P ->
  forall a b, table_nash R S T P a b <-> (a, b) = (DH, DH) \/ (a, b) = (CH, CL) \/ (a, b) = (CL, CH).
Proof.
  intros K R S T P [S1 [S1' [S1'' S3]]] S5 a b. split.
  - intros [h h'].
    pose proof (h CH) as h1. pose proof (h CL) as h2. pose proof (h DH) as h3.
    pose proof (h' CH) as k1. pose proof (h' CL) as k2. pose proof (h' DH) as k3. clear h h'.
    destruct a, b; auto; exfalso; unfold twelvefold in *; olra.
  - intros [e|[e|e]]; inversion e; subst; split; intros []; unfold twelvefold; olra.
Qed.

Lemma hunt_exists (K : OrderedField) : hunt_conditions (K := K) (of_Z 12) (of_Z (-1)) (of_Z 8) 0 /\
  of_Z 4 * of_Z 8 <= of_Z 3 * of_Z 12 + (0 : K).
Proof. unfold hunt_conditions. pose proof (@lt_zero_one K). repeat split; olra. Qed.
