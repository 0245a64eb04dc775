(** What is said of games that trying everything decides: the axioms of a social dilemma, who gains by
    the first best, and the least λ of each agent. Nothing is decided here. *)

From coopgap Require Export Definitions.
Local Open Scope number_scope.

Inductive Dilemma_axiom := axiom_i | axiom_ii | axiom_iii | axiom_iv_strict | axiom_iv_partial.

Section Dilemmas.
  Context {K : OrderedField} {E : Environment K}.

  (** *** The axioms; [exemplary] are the actions of axiom ii *)

  Variables cooperates exemplary : forall i : agent E, action E i -> Prop.

  (** Whatever the others do, or for something they do, between cooperating and defecting. *)
  Definition always (i : agent E) (r : profile E -> profile E -> Prop) : Prop :=
    forall a c d, cooperates i c -> ~ cooperates i d -> r (change a i c) (change a i d).
  Definition sometimes (i : agent E) (r : profile E -> profile E -> Prop) : Prop :=
    exists a c d, cooperates i c /\ ~ cooperates i d /\ r (change a i c) (change a i d).

  Definition together (a : profile E) : Prop := forall i, cooperates i (play a i).
  Definition apart (a : profile E) : Prop := forall i, ~ cooperates i (play a i).

  Definition satisfied (n : Dilemma_axiom) : Prop := forall w : state E, likely w ->
    match n with
    | axiom_i => forall i, always i (fun x y => W y w < W x w)
    | axiom_ii => forall a, first_best a w <-> forall i, exemplary i (play a i)
    | axiom_iii => forall i a b, together a -> apart b -> payoff i b w < payoff i a w
    | axiom_iv_strict => forall i, always i (fun x y => payoff i x w < payoff i y w)
    | axiom_iv_partial => forall i, sometimes i (fun x y => payoff i x w < payoff i y w)
    end.

  (** *** Who gains *)

  (** A selection of selfish equilibria, of less welfare than can be had. *)
  Definition wasteful (s : selection E) : Prop :=
    (forall w, likely w -> nash (material selfish) (s w) w) /\ welfare s < optimum E.

  Definition all_gain : Prop := forall s, wasteful s ->
    exists f, first_best_selection f /\ forall i, expected_payoff i s < expected_payoff i f.
  Definition all_gain_by_side_payments : Prop := forall s, wasteful s ->
    exists f, first_best_selection f /\ exists pay : agent E -> K,
      (Σ i ∈ agent E, pay i) = 0 /\ forall i, expected_payoff i s < expected_payoff i f + pay i.

  (** *** Each agent's own λ *)

  (** Of an agent of λ_i = [y] no deviation pays. *)
  Definition content (s : selection E) (i : agent E) (y : K) : Prop := forall w, likely w -> forall b,
    payoff i (change (s w) i b) w + y * W (change (s w) i b) w <= payoff i (s w) w + y * W (s w) w.

  (** The least such λ_i; [None] is infinite. *)
  Definition least_content (s : selection E) (i : agent E) (x : option K) : Prop :=
    match x with
    | Some x => 0 <= x /\ forall y, 0 <= y -> content s i y <-> x <= y
    | None => forall y, 0 <= y -> ~ content s i y
    end.
End Dilemmas.
