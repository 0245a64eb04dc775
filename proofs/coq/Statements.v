(** What is claimed of the objects in [Definitions.v], each claim under its id in theory.md.

    Every statement is for all ordered fields and all environments unless it says otherwise. The
    theorem that proves [T1_transfers] has the same name, and so on. *)

From coopgap Require Export Definitions.
Local Open Scope number_scope.

(** ** T1 Refinement helps *)

Definition T1_transfers_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L L' : Language E) m l,
  refines L L' ->
  (forall s, implementable lam L' m l s -> implementable lam L m l s) /\
  forall v v', is_value (implementable lam L m l) v -> is_value (implementable lam L' m l) v' -> v' <= v.

Definition T1_permissive_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (P P' : Product E),
  refines_product P P' -> forall s, permissive lam P' s -> permissive lam P s.

Definition T1_complete_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (C C' : Finite) (c : state E -> C) (f : C -> C') s,
  complete (fun w => f (c w)) s -> complete c s.

(** ** T2 Incontractible cells and the gap of directives *)

Definition cell_loss {K : OrderedField} {E : Environment K} {C : Finite} (c : state E -> C) (x : C)
  (a : profile E) : K :=
  Σ w ∈ state E, (only x (c w) * (prior w * (W (top w) w - W a w))).

(** δ_c, the least loss of one profile for the whole cell. *)
Definition least_loss {K : OrderedField} {E : Environment K} {C : Finite} (c : state E -> C) (x : C) : K :=
  cell_loss c x (best some_profile (listed (profile E)) (fun a => - cell_loss c x a)).

Definition T2_exact_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (C : Finite) (c : state E -> C),
  is_gap (complete c) (Σ x ∈ C, least_loss c x).

Definition T2_incontractible_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (C : Finite) (c : state E -> C) x,
  0 < least_loss c x <-> incontractible c x.

(** One incontractible cell bounds all complete directives away from the first best. *)
Definition T2_uniform_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (C : Finite) (c : state E -> C) x,
  incontractible c x -> exists d, 0 < d /\ loses (complete c) d.

(** ** T3 Obstructions *)

Definition T3_sound_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) m l s f,
  obstruction lam L m l s f -> ~ implementable lam L m l s.

Definition T3_complete_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) m l s,
  implementable lam L m l s \/ exists f, obstruction lam L m l s f.

Definition T3_burnt_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) s,
  implementable lam L burnt None s <-> implementable lam L free None s.

Definition T3_liability_free_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) B s, 0 <= B ->
  (implementable lam L free (Some B) s <-> implementable lam L free None s).

(** A closed walk in an agent's contract graph, with its weight. *)
Inductive walk {K : OrderedField} {E : Environment K} lam (L : Language E) (s : selection E) (i : agent E) :
  record L -> record L -> K -> Prop :=
| edge w b : likely w ->
    walk lam L s i (leaves L w (s w)) (leaves L w (change (s w) i b)) (gain lam s i w b)
| join x y z c d : walk lam L s i x y c -> walk lam L s i y z d -> walk lam L s i x z (c + d).

Definition T3_cycles_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) s,
  implementable lam L free None s <-> forall i y c, walk lam L s i y y c -> c <= 0.

(** ** T4 An obstruction everywhere bounds the gap away from 0 *)

Definition T4_gap_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) m l,
  (forall s, first_best_selection s -> exists f, obstruction lam L m l s f) ->
  exists d, 0 < d /\
    forall (t : Transfers L), admissible m l t -> forall s, implements lam t s -> welfare s + d <= optimum E.

(** In the paper's words: where a state of positive probability is strictly incontractible. *)
Definition strictly_incontractible {K : OrderedField} {E : Environment K} lam (L : Language E) m l
  (w : state E) : Prop :=
  forall (t : Transfers L), admissible m l t -> forall a, first_best a w -> ~ nash (utility lam t) a w.

Definition T4_strict_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) m l w,
  likely w -> strictly_incontractible lam L m l w ->
  exists d, 0 < d /\
    forall (t : Transfers L), admissible m l t -> forall s, implements lam t s -> welfare s + d <= optimum E.

(** Strict incontractibility implies the hypothesis of T4. *)
Definition T4_strict_obstructs_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) m l w,
  likely w -> strictly_incontractible lam L m l w ->
  forall s, first_best_selection s -> exists f, obstruction lam L m l s f.

(** ** T5 Never-verifiable effort *)

(** A deviation from [c] to [b] that no record shows. *)
Definition hidden {K : OrderedField} {E : Environment K} (L : Language E) (w : state E) (i : agent E)
  (c b : action E i) : Prop :=
  forall a, play a i = c -> leaves L w (change a i b) = leaves L w a.

Definition T5_raw_incentives_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) (t : Transfers L) mu,
  correlated (utility lam t) mu ->
  forall w, likely w -> forall i c b, hidden L w i c b -> obedient (material lam) mu w i c b.

(** Multipliers on hidden deviations bound every correlated equilibrium, whatever the transfers. *)
Definition weighed {K : OrderedField} {E : Environment K} lam
  (y : state E -> forall i : agent E, action E i -> action E i -> K) (w : state E) (a : profile E) : K :=
  Σ i ∈ agent E, Σ b ∈ action E i, (y w i (play a i) b * (material lam i (change a i b) w - material lam i a w)).

Definition T5_bound_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E)
    (y : state E -> forall i : agent E, action E i -> action E i -> K) (U : state E -> K),
  (forall w i c b, 0 <= y w i c b) ->
  (forall w i c b, ~ hidden L w i c b -> y w i c b = 0) ->
  (forall w a, likely w -> W a w - weighed lam y w a <= U w) ->
  forall (t : Transfers L) mu, is_play mu -> correlated (utility lam t) mu ->
  expected mu <= Σ w ∈ state E, (prior w * U w).

(** ** T6 The prosocial threshold *)

(** λ_i is at least the threshold of [i] at [a], finite where no deviation gains at no loss of W. *)
Definition beyond_threshold {K : OrderedField} {E : Environment K} (x : K) (i : agent E) (a : profile E)
  (w : state E) : Prop :=
  forall b, let lost := W a w - W (change a i b) w in
            let gained := payoff i (change a i b) w - payoff i a w in
  (0 < lost -> gained / lost <= x) /\ (lost = 0 -> gained <= 0).

Definition T6_threshold_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (s : selection E),
  first_best_selection s ->
  ((forall w, likely w -> nash (material lam) (s w) w) <->
   forall w i, likely w -> beyond_threshold (lam i) i (s w) w).

Definition T6_finite_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (s : selection E),
  first_best_selection s ->
  (forall w i b, likely w -> change (s w) i b <> s w -> W (change (s w) i b) w < W (s w) w) ->
  exists x, forall lam, (forall i, x <= lam i) -> forall w, likely w -> nash (material lam) (s w) w.

(** ** T7 The frontier of contracts and prosociality *)

Definition closes {K : OrderedField} {E : Environment K} (L : Language E) m l (x : K) : Prop :=
  exists s, first_best_selection s /\ implementable (common x) L m l s.

Definition T7_monotone_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (L L' : Language E) m l x,
  refines L L' -> closes L' m l x -> closes L m l x.

Definition T7_upward_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (L : Language E) m l x x',
  x <= x' -> closes L m l x -> closes L m l x'.

Definition T7_zero_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (L : Language E) m l,
  closes L m l 0 <-> is_gap (implementable selfish L m l) 0.

(** ** T8 Individually beneficial *)

Definition T8_side_payments_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (s : selection E) (v : agent E -> K),
  first_best_selection s -> (Σ i ∈ agent E, v i) < optimum E ->
  exists pay : agent E -> K, (Σ i ∈ agent E, pay i) = 0 /\
    forall i, v i < expected_payoff i s + pay i.

(** ** T9 All equilibria cooperative *)

Definition T9_cooperative_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (cooperates : forall i : agent E, action E i -> Prop) (x : K),
  (forall i, x < lam i) ->
  (forall w i (d : action E i), likely w -> ~ cooperates i d -> exists c : action E i,
    forall a, play a i = d ->
      W a w < W (change a i c) w /\
      payoff i a w - payoff i (change a i c) w <= x * (W (change a i c) w - W a w)) ->
  forall mu, is_play mu -> correlated (material lam) mu ->
  forall w a, likely w -> 0 < mu w a -> forall i, ~ ~ cooperates i (play a i).

(** ** T13 Limited liability: what can be implemented grows with the bound *)

Definition T13_monotone_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (L : Language E) m B B' s, B <= B' ->
  (implementable lam L m (Some B) s -> implementable lam L m (Some B') s) /\
  (implementable lam L m (Some B') s -> implementable lam L m None s).
