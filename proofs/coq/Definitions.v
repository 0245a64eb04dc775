(** The objects of theory.md, section 1, for arbitrary finite sets and over any ordered field.

    Nothing is proved here. [Statements.v] says what is claimed of these objects, each claim under
    its id; the other files prove it. *)

From Coq Require Import List.
From coopgap Require Export Sums.
Local Open Scope number_scope.

(** ** Environments

    [profile] is the product of the agents' sets of actions: [play a i] is what [i] does in [a],
    [change a i b] is [a] with [i] doing [b] instead, and a profile is nothing but what the agents
    do. Agents observe the state. *)

Record Environment (K : OrderedField) := {
  agent : Finite;
  state : Finite;
  action : agent -> Finite;
  profile : Finite;
  play : profile -> forall i : agent, action i;
  change : profile -> forall i : agent, action i -> profile;
  change_same : forall a i b, play (change a i b) i = b;
  change_other : forall a i b j, j <> i -> play (change a i b) j = play a j;
  only_play : forall a b, (forall i, play a i = play b i) -> a = b;
  some_profile : profile;
  prior : state -> K;
  prior_nonneg : forall w, 0 <= prior w;
  prior_one : (Σ w ∈ state, prior w) = 1;
  payoff : agent -> profile -> state -> K
}.

Arguments agent {K}. Arguments state {K}. Arguments action {K}. Arguments profile {K}.
Arguments play {K e}. Arguments change {K e}. Arguments prior {K e}. Arguments payoff {K e}.
Arguments some_profile {K e}.

Section Objects.
  Context {K : OrderedField} {E : Environment K}.

  (** States of probability 0 never matter. *)
  Definition likely (w : state E) : Prop := 0 < prior w.

  Definition selection : Type := state E -> profile E.

  (** *** Welfare and the first best *)

  Definition W (a : profile E) (w : state E) : K := Σ i ∈ agent E, payoff i a w.

  Definition welfare (s : selection) : K := Σ w ∈ state E, (prior w * W (s w) w).

  Definition first_best (a : profile E) (w : state E) : Prop := forall b, W b w <= W a w.

  Definition first_best_selection (s : selection) : Prop :=
    forall w, likely w -> first_best (s w) w.

  (** A profile of greatest welfare in a state, and the optimum W*. *)
  Definition top (w : state E) : profile E := best some_profile (listed (profile E)) (fun a => W a w).

  Definition optimum : K := Σ w ∈ state E, (prior w * W (top w) w).

  (** *** Contract languages: what a contract can tell apart *)

  Record Language := {
    record : Finite;
    leaves : state E -> profile E -> record
  }.

  Definition refines (L L' : Language) : Prop :=
    exists f : record L -> record L', forall w a, leaves L' w a = f (leaves L w a).

  (** *** Transfers *)

  Inductive Budget := balanced | burnt | free.

  Definition Transfers (L : Language) : Type := agent E -> record L -> K.

  Definition within_budget {L} (m : Budget) (t : Transfers L) : Prop :=
    match m with
    | balanced => forall y, (Σ i ∈ agent E, t i y) = 0
    | burnt => forall y, (Σ i ∈ agent E, t i y) <= 0
    | free => True
    end.

  (** A liability bound [Some B], or none. *)
  Definition within_liability {L} (l : option K) (t : Transfers L) : Prop :=
    match l with
    | Some B => forall i y, - B <= t i y
    | None => True
    end.

  Definition admissible {L} (m : Budget) (l : option K) (t : Transfers L) : Prop :=
    within_budget m t /\ within_liability l t.

  Definition no_transfers {L : Language} : Transfers L := fun _ _ => 0.

  (** *** Prosocial utilities u + t + λ W *)

  Definition material (lam : agent E -> K) (i : agent E) (a : profile E) (w : state E) : K :=
    payoff i a w + lam i * W a w.

  Definition utility {L : Language} (lam : agent E -> K) (t : Transfers L)
    (i : agent E) (a : profile E) (w : state E) : K :=
    material lam i a w + t i (leaves L w a).

  Definition selfish : agent E -> K := fun _ => 0.
  Definition common (x : K) : agent E -> K := fun _ => x.

  (** *** Implementation in pure Nash equilibrium *)

  Definition nash (v : agent E -> profile E -> state E -> K) (a : profile E) (w : state E) : Prop :=
    forall i b, v i (change a i b) w <= v i a w.

  Definition implements {L : Language} lam (t : Transfers L) (s : selection) : Prop :=
    forall w, likely w -> nash (utility lam t) (s w) w.

  Definition implementable lam (L : Language) (m : Budget) (l : option K) (s : selection) : Prop :=
    exists t : Transfers L, admissible m l t /\ implements lam t s.

  (** *** Values and gaps, of a class of selections that contracts can reach *)

  Definition is_value (class : selection -> Prop) (v : K) : Prop :=
    (exists s, class s /\ welfare s = v) /\ forall s, class s -> welfare s <= v.

  Definition is_gap (class : selection -> Prop) (d : K) : Prop := is_value class (optimum - d).

  (** Every selection that can be reached loses at least [d]. *)
  Definition loses (class : selection -> Prop) (d : K) : Prop :=
    forall s, class s -> welfare s + d <= optimum.

  (** *** Contract graphs and their flows

      The edge of [i] at [w] to [b] leads from the record of the selection to that of the
      deviation. A flow puts a weight on each edge, none in states of probability 0. *)

  Definition Flow : Type := forall i : agent E, state E -> action E i -> K.

  Definition is_flow (f : Flow) : Prop :=
    (forall i w b, 0 <= f i w b) /\ forall i w b, prior w = 0 -> f i w b = 0.

  (** What [i] gains by deviating, transfers apart. *)
  Definition gain lam (s : selection) (i : agent E) (w : state E) (b : action E i) : K :=
    material lam i (change (s w) i b) w - material lam i (s w) w.

  Definition worth lam (s : selection) (f : Flow) : K :=
    Σ i ∈ agent E, Σ w ∈ state E, Σ b ∈ action E i, (f i w b * gain lam s i w b).

  (** Outflow less inflow of an agent at a record. *)
  Definition divergence (L : Language) (s : selection) (f : Flow) (i : agent E) (y : record L) : K :=
    Σ w ∈ state E, Σ b ∈ action E i,
      (f i w b * (only y (leaves L w (s w)) - only y (leaves L w (change (s w) i b)))).

  (** What the budget takes from the divergence: the same of every agent. *)
  Definition allowed_divergence {L : Language} (m : Budget) (d : record L -> K) : Prop :=
    match m with
    | balanced => True
    | burnt => forall y, 0 <= d y
    | free => forall y, d y = 0
    end.

  (** An obstruction is a flow of positive worth in which all transfers cancel; with a liability
      bound what is left over counts against it. *)
  Definition obstruction lam (L : Language) (m : Budget) (l : option K) (s : selection) (f : Flow) : Prop :=
    is_flow f /\ exists d : record L -> K, allowed_divergence m d /\
    match l with
    | None => (forall i y, divergence L s f i y = d y) /\ 0 < worth lam s f
    | Some B => (forall i y, divergence L s f i y <= d y) /\
        B * (Σ i ∈ agent E, Σ y ∈ record L, (d y - divergence L s f i y)) < worth lam s f
    end.

  (** *** Directives

      A contract names cells of states; what it verifies of an action is its class. *)

  Record Product := {
    cell : Finite;
    cell_of : state E -> cell;
    class : Type;
    class_of : forall i : agent E, action E i -> class
  }.

  Definition refines_product (P P' : Product) : Prop :=
    (exists f : cell P -> cell P', forall w, cell_of P' w = f (cell_of P w)) /\
    exists g : agent E -> class P -> class P', forall i b, class_of P' i b = g i (class_of P i b).

  (** For each cell and agent the allowed classes, as a set of actions. *)
  Definition Directive (P : Product) : Type := cell P -> forall i : agent E, action E i -> Prop.

  Definition of_classes {P : Product} (D : Directive P) : Prop :=
    forall c i a b, class_of P i a = class_of P i b -> D c i a -> D c i b.

  Definition directed lam {P : Product} (D : Directive P) (s : selection) : Prop :=
    forall w, likely w ->
      (forall i, D (cell_of P w) i (play (s w) i)) /\
      forall i b, D (cell_of P w) i b -> material lam i (change (s w) i b) w <= material lam i (s w) w.

  Definition permissive lam (P : Product) (s : selection) : Prop :=
    exists D : Directive P, of_classes D /\ directed lam D s.

  (** Complete directives where actions are verifiable: one profile for each cell. *)
  Definition complete {C : Finite} (c : state E -> C) (s : selection) : Prop :=
    exists f : C -> profile E, forall w, likely w -> s w = f (c w).

  Definition incontractible {C : Finite} (c : state E -> C) (x : C) : Prop :=
    ~ exists a, forall w, likely w -> c w = x -> first_best a w.

  (** *** Distributions over profiles *)

  Definition Play : Type := state E -> profile E -> K.

  Definition is_play (mu : Play) : Prop :=
    forall w, (forall a, 0 <= mu w a) /\ (Σ a ∈ profile E, mu w a) = 1.

  (** Correlated equilibrium: who is told [c] does not gain by doing [b]. *)
  Definition obedient (v : agent E -> profile E -> state E -> K) (mu : Play) (w : state E)
    (i : agent E) (c b : action E i) : Prop :=
    (Σ a ∈ profile E, (only c (play a i) * mu w a * (v i (change a i b) w - v i a w))) <= 0.

  Definition correlated (v : agent E -> profile E -> state E -> K) (mu : Play) : Prop :=
    forall w, likely w -> forall i c b, obedient v mu w i c b.

  Definition expected (mu : Play) : K :=
    Σ w ∈ state E, (prior w * (Σ a ∈ profile E, (mu w a * W a w))).

  Definition expected_payoff (i : agent E) (s : selection) : K :=
    Σ w ∈ state E, (prior w * payoff i (s w) w).
  (** *** Mechanisms

      [sees w i] is what [i] sees of the state; profiles of reports are to it what profiles are to actions. *)
  Record Information := {
    type : agent E -> Finite; sees : state E -> forall i : agent E, type i;
    reports : Finite; report : reports -> forall i : agent E, type i;
    honest : state E -> reports;
    lie : reports -> forall i : agent E, type i -> reports;
    report_honest : forall w i, report (honest w) i = sees w i; report_lie : forall m i x, report (lie m i x) i = x;
    report_other : forall m i x j, j <> i -> report (lie m i x) j = report m j;
    only_report : forall m n, (forall i, report m i = report n i) -> m = n
  }.
  (** A mediator receives messages of any kind, draws a lot, tells each agent a word in private,
      and pays by messages, lot and record. *)
  Record Mechanism (L : Language) := {
    message : agent E -> Type; mail : Type;
    received : (forall i : agent E, message i) -> mail;
    received_same : forall f g, (forall i, f i = g i) -> received f = received g;
    lot : Finite; odds : mail -> lot -> K;
    odds_nonneg : forall x r, 0 <= odds x r; odds_one : forall x, (Σ r ∈ lot, odds x r) = 1;
    word : agent E -> Type; tells : mail -> lot -> forall i : agent E, word i;
    pays : mail -> lot -> Transfers L
  }.
  (** Mixed play: agents consult private coins, which may even be correlated. *)
  Record Coins := {
    chance : Finite; fall : chance -> K;
    fall_nonneg : forall c, 0 <= fall c; fall_one : (Σ c ∈ chance, fall c) = 1;
    coin : agent E -> Type; flip : chance -> forall i : agent E, coin i
  }.

  Definition profile_of (f : forall i : agent E, action E i) : profile E :=
    fold_right (fun i a => change a i (f i)) some_profile (listed (agent E)).

  Section Playing.
    Context {L : Language} (I : Information) (M : Mechanism L) (C : Coins) (lam : agent E -> K).

    (** What to say, and what to do with what one is told. *)
    Definition Strategy (i : agent E) : Type :=
      (type I i -> coin C i -> message L M i) * (type I i -> coin C i -> word L M i -> action E i).

    Definition sent (σ : forall i, Strategy i) w c : mail L M :=
      received L M (fun i => fst (σ i) (sees I w i) (flip C c i)).
    Definition acted (σ : forall i, Strategy i) w c r : profile E :=
      profile_of (fun i => snd (σ i) (sees I w i) (flip C c i) (tells L M (sent σ w c) r i)).

    Definition average (σ : forall i, Strategy i) w (f : mail L M -> lot L M -> profile E -> K) : K :=
      Σ c ∈ chance C, (fall C c * Σ r ∈ lot L M, (odds L M (sent σ w c) r * f (sent σ w c) r (acted σ w c r))).
    Definition prospect (σ : forall i, Strategy i) i w : K :=
      average σ w (fun x r a => utility lam (pays L M x r) i a w).
    Definition outcome (σ : forall i, Strategy i) : Play := fun w a => average σ w (fun _ _ b => only a b).

    (** Bayes-Nash equilibrium. *)
    Definition bayes_nash (σ : forall i, Strategy i) : Prop :=
      forall i σ', (forall j, j <> i -> σ' j = σ j) ->
      (Σ w ∈ state E, (prior w * prospect σ' i w)) <= Σ w ∈ state E, (prior w * prospect σ i w).

    (** With outside options [Some o] each agent, knowing what it sees, prefers to take part; if one
        refuses all get theirs. *)
    Definition option_worth (o : agent E -> K) i : K := o i + lam i * Σ j ∈ agent E, o j.
    Definition willing (o : option (agent E -> K)) (σ : forall i, Strategy i) : Prop :=
      match o with
      | None => True
      | Some o => forall i x, 0 <= Σ w ∈ state E,
          (only x (sees I w i) * (prior w * (prospect σ i w - option_worth o i)))
      end.
  End Playing.

  (** An equilibrium of a mechanism within budget and liability, which all join, plays [mu]. *)
  Definition mediated lam I L m l o (mu : Play) : Prop :=
    exists (M : Mechanism L) C σ, (forall x r, admissible m l (pays L M x r)) /\
      bayes_nash I M C lam σ /\ willing I M C lam o σ /\ forall w a, mu w a = outcome I M C σ w a.
End Objects.

Arguments selection {K} E. Arguments Language {K} E. Arguments Product {K} E.
Arguments Flow {K} E. Arguments Play {K} E. Arguments optimum {K} E.
