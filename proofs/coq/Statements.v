(** What is claimed of the objects in [Definitions.v], each claim under its id in theory.md.

    Every statement is for all ordered fields and all environments unless it says otherwise. The
    theorem that proves [T1_transfers] has the same name, and so on. *)

From Coq Require Import List Bool.
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

(** The least λ is attained, if any closes the gap. *)
Definition T7_attained_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (L : Language E) m l,
  (forall x, 0 <= x -> ~ closes L m l x) \/
  exists least, 0 <= least /\ forall x, 0 <= x -> (closes L m l x <-> least <= x).

(** ** T8 Individually beneficial *)

Definition T8_side_payments_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (s : selection E) (v : agent E -> K),
  first_best_selection s -> (Σ i ∈ agent E, v i) < optimum E ->
  exists pay : agent E -> K, (Σ i ∈ agent E, pay i) = 0 /\
    forall i, v i < expected_payoff i s + pay i.

(** One payment serves several outcomes exactly if whichever each agent likes best sum to less. *)
Definition T8_one_payment_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) (O : Finite) (s : selection E) (v : O -> agent E -> K),
  O -> agent E -> first_best_selection s ->
  ((exists pay : agent E -> K, (Σ i ∈ agent E, pay i) = 0 /\ forall o i, v o i < expected_payoff i s + pay i) <->
   forall liked : agent E -> O, (Σ i ∈ agent E, v (liked i) i) < optimum E).

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

(** ** T10 Every mechanism *)

(** Probabilities of recommendations after reports, and payments times these. *)
Record Point {K : OrderedField} {E : Environment K} (I : Information (E := E)) (L : Language E) := {
  chances : reports I -> profile E -> K;
  payment : reports I -> profile E -> Transfers L
}.
Arguments chances {K E I L}. Arguments payment {K E I L}.

Section Programme.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E}.

  (** What [i] expects in [w] after the reports [m], if it does [d c] when it is told [c]. *)
  Definition expects (p : Point I L) i (m : reports I) (d : action E i -> action E i) (w : state E) : K :=
    Σ a ∈ profile E, let b := change a i (d (play a i)) in
      (chances p m a * material lam i b w + payment p m a i (leaves L w b)).

  Definition within (m : Budget) (l : option K) (p : Point I L) : Prop :=
    forall x a, within_budget m (payment p x a) /\
      match l with Some B => forall i y, - (B * chances p x a) <= payment p x a i y | None => True end.

  (** Of type [x], to report [y] and to do [d c] when told [c] does not pay. *)
  Definition loyal (p : Point I L) : Prop := forall i x y (d : action E i -> action E i),
    (Σ w ∈ state E, (only x (sees I w i) * (prior w * expects p i (lie I (honest I w) i y) d w))) <=
    Σ w ∈ state E, (only x (sees I w i) * (prior w * expects p i (honest I w) (fun c => c) w)).

  Definition joined (o : option (agent E -> K)) (p : Point I L) : Prop :=
    match o with
    | None => True
    | Some o => forall i x, 0 <= Σ w ∈ state E, (only x (sees I w i) * (prior w *
        (expects p i (honest I w) (fun c => c) w - option_worth lam o i)))
    end.

  Definition feasible m l o (p : Point I L) : Prop :=
    (forall x, (forall a, 0 <= chances p x a) /\ (Σ a ∈ profile E, chances p x a) = 1) /\
    within m l p /\ loyal p /\ joined o p.

  (** No payment follows what is never recommended. *)
  Definition grounded (p : Point I L) : Prop :=
    forall x a, chances p x a = 0 -> forall i y, payment p x a i y = 0.

  (** Multipliers: on false reports and disobedience, with [lied] the type, the report and the
      deviation, and on participation. *)
  Record Lie := { liar : agent E; truth : type I liar; said : type I liar; does : action E liar -> action E liar; force : K }.
  Record Dual := { lies : list Lie; joining : forall i : agent E, type I i -> K; spread : reports I -> profile E -> record L -> K }.

  (** What the multipliers put on the chance of [a] after [x], and on the payment of [i] at [y]. *)
  Definition on_chance (D : Dual) (x : reports I) (a : profile E) : K :=
    total (lies D) (fun k => force k * Σ w ∈ state E, (only (truth k) (sees I w (liar k)) * (prior w *
      (only x (honest I w) * material lam (liar k) a w -
       only x (lie I (honest I w) (liar k) (said k)) * material lam (liar k) (change a (liar k) (does k (play a (liar k)))) w)))) +
    Σ i ∈ agent E, Σ w ∈ state E, (joining D i (sees I w i) * (prior w * (only x (honest I w) * material lam i a w))).
  Definition on_payment (D : Dual) (x : reports I) (a : profile E) (i : agent E) (y : record L) : K :=
    total (lies D) (fun k => only (liar k) i * (force k * Σ w ∈ state E, (only (truth k) (sees I w (liar k)) * (prior w *
      (only x (honest I w) * only y (leaves L w a) -
       only x (lie I (honest I w) (liar k) (said k)) * only y (leaves L w (change a (liar k) (does k (play a (liar k)))))))))) +
    Σ w ∈ state E, (joining D i (sees I w i) * (prior w * (only x (honest I w) * only y (leaves L w a)))).

  (** On the draws that are not [excluded] all payments cancel, and [aim] plus what the multipliers add is at most [U]. *)
  Definition dual_solution m l (o : option (agent E -> K)) (D : Dual) (excluded : reports I -> profile E -> bool)
    (aim : reports I -> profile E -> K) (U : reports I -> K) : Prop :=
    (forall k, In k (lies D) -> 0 <= force k) /\ (forall i x, 0 <= joining D i x) /\
    (o = None -> forall i x, joining D i x = 0) /\
    forall x a, excluded x a = false ->
      allowed_divergence m (spread D x a) /\
      (forall i y, match l with Some _ => on_payment D x a i y <= spread D x a y | None => on_payment D x a i y = spread D x a y end) /\
      aim x a + on_chance D x a +
        match l with Some B => B * Σ i ∈ agent E, Σ y ∈ record L, (spread D x a y - on_payment D x a i y) | None => 0 end <= U x.

  Definition dual_value (o : option (agent E -> K)) (D : Dual) (U : reports I -> K) : K :=
    (Σ x ∈ reports I, U x) -
    match o with
    | None => 0
    | Some o => Σ i ∈ agent E, Σ w ∈ state E, (joining D i (sees I w i) * (prior w * option_worth lam o i))
    end.

  (** Welfare after honest reports. *)
  Definition honest_welfare (x : reports I) (a : profile E) : K :=
    Σ w ∈ state E, (only x (honest I w) * (prior w * W a w)).
End Programme.
Arguments Dual {K E} I L. Arguments lies {K E I L}. Arguments joining {K E I L}. Arguments spread {K E I L}.
Arguments liar {K E I}. Arguments truth {K E I}. Arguments said {K E I}. Arguments does {K E I}. Arguments force {K E I}.

(** Honest reports and obeyed recommendations lose nothing: the point of any equilibrium is feasible. *)
Definition T10_revelation_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (L : Language E) m l o mu,
  mediated lam I L m l o mu ->
  exists p : Point I L, feasible lam I m l o p /\ grounded I p /\ forall w a, mu w a = chances p (honest I w) a.

(** And every feasible point without payments after what is never recommended is an equilibrium. *)
Definition T10_direct_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (L : Language E) m l o (p : Point I L),
  feasible lam I m l o p -> grounded I p -> mediated lam I L m l o (fun w a => chances p (honest I w) a).

(** Weak duality, for any aim; [excluded] are draws that have probability 0 at the point. *)
Definition T10_duality_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (L : Language E) m l o (D : Dual I L) excluded aim U
    (p : Point I L),
  dual_solution lam I m l o D excluded aim U -> feasible lam I m l o p ->
  (forall x a, excluded x a = true -> chances p x a = 0 /\ forall i y, payment p x a i y = 0) ->
  (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * aim x a)) <= dual_value lam I o D U.

(** So a dual solution bounds all equilibria of all mechanisms. *)
Definition T10_bound_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (L : Language E) m l o (D : Dual I L) U,
  dual_solution lam I m l o D (fun _ _ => false) (honest_welfare I) U ->
  forall mu, mediated lam I L m l o mu -> expected mu <= dual_value lam I o D U.

(** Nothing has probability or payments after the draws that are [excluded]. *)
Definition avoids {K : OrderedField} {E : Environment K} (I : Information (E := E)) {L : Language E}
  (excluded : reports I -> profile E -> bool) (p : Point I L) : Prop :=
  forall x a, excluded x a = true -> chances p x a = 0 /\ forall i y, payment p x a i y = 0.

(** Draws that are never given, found one after the other: no point that avoids the earlier ones gives them. *)
Inductive never_given {K : OrderedField} {E : Environment K} lam (I : Information (E := E)) (L : Language E) m l o :
  (reports I -> profile E -> bool) -> Prop :=
| nothing_yet : never_given lam I L m l o (fun _ _ => false)
| and_also excluded x a : never_given lam I L m l o excluded ->
    (forall p : Point I L, feasible lam I m l o p -> avoids I excluded p -> chances p x a = 0) ->
    never_given lam I L m l o (fun y b => excluded y b || (if same x y then if same a b then true else false else false)).

(** V^M: every mechanism is a point that avoids what is never given, and if all else is given by some such
    point, mechanisms come as close as one likes to every such point. *)
Definition T10_approached_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (L : Language E) m l o excluded,
  never_given lam I L m l o excluded ->
  (forall mu, mediated lam I L m l o mu ->
    exists p : Point I L, feasible lam I m l o p /\ avoids I excluded p /\ forall w a, mu w a = chances p (honest I w) a) /\
  ((forall x a, excluded x a = false ->
      exists p : Point I L, feasible lam I m l o p /\ avoids I excluded p /\ 0 < chances p x a) ->
   forall p : Point I L, feasible lam I m l o p -> avoids I excluded p -> forall e, 0 < e ->
   exists mu, mediated lam I L m l o mu /\ expected (fun w a => chances p (honest I w) a) - e < expected mu).

(** ** T11 What messages restore *)

Definition complete_information {K : OrderedField} {E : Environment K} (I : Information (E := E)) : Prop :=
  forall i w w', sees I w i = sees I w' i -> w = w'.

(** Never-verifiable effort costs the same under every mechanism: what holds of T5's equilibria. *)
Definition T11_raw_incentives_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (L : Language E) m l o mu,
  complete_information I -> mediated lam I L m l o mu ->
  forall w, likely w -> forall i c b, hidden L w i c b -> obedient (material lam) mu w i c b.

(** V^M <= Σ p U, with T5's bound of each state alone. *)
Definition T11_bound_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (L : Language E)
    (y : state E -> forall i : agent E, action E i -> action E i -> K) (U : state E -> K),
  (forall w i c b, 0 <= y w i c b) ->
  (forall w i c b, ~ hidden L w i c b -> y w i c b = 0) ->
  (forall w a, likely w -> W a w - weighed lam y w a <= U w) ->
  complete_information I ->
  forall m l o mu, mediated lam I L m l o mu -> expected mu <= Σ w ∈ state E, (prior w * U w).

(** The play obeys the incentives of the raw game that no record shows. *)
Definition obeys_hidden {K : OrderedField} {E : Environment K} lam (L : Language E) (mu : Play E) : Prop :=
  forall w i c b, likely w -> hidden L w i c b -> obedient (material lam) mu w i c b.

(** And with outside money nothing else is lost: each play that obeys the raw incentives is reached.
    Every deviation is hidden or seen, as in product languages. *)
Definition T11_attained_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (L : Language E) mu,
  complete_information I -> (exists i j : agent E, i <> j) ->
  (forall w i c b, hidden L w i c b \/ forall a, play a i = c -> leaves L w (change a i b) <> leaves L w a) ->
  is_play mu -> obeys_hidden lam L mu -> mediated lam I L free None None mu.

(** A product language: its records are the cell of the state and the classes of the actions. *)
Definition product_language {K : OrderedField} {E : Environment K} (P : Product E) (L : Language E) : Prop :=
  forall w a v b, leaves L w a = leaves L v b <->
    cell_of P w = cell_of P v /\ forall i, class_of P i (play a i) = class_of P i (play b i).

(** Within one class profile such play needs no messages: balanced fines make it an equilibrium (T5). *)
Definition T5_attained_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (P : Product E) (L : Language E),
  product_language P L -> (exists i j : agent E, i <> j) ->
  forall (a0 : profile E) mu, is_play mu -> obeys_hidden lam L mu ->
  (forall w a, likely w -> 0 < mu w a -> forall i, class_of P i (play a i) = class_of P i (play a0 i)) ->
  exists t : Transfers L, within_budget balanced t /\ correlated (utility lam t) mu.

(** With balanced money three agents reach each such play as well. *)
Definition T11_balanced_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (P : Product E) (L : Language E) mu,
  complete_information I -> product_language P L -> (exists i j k : agent E, i <> j /\ i <> k /\ j <> k) ->
  is_play mu -> obeys_hidden lam L mu -> mediated lam I L balanced None None mu.

(** And two agents each one of greatest welfare. *)
Definition T11_balanced_best_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (P : Product E) (L : Language E) mu,
  complete_information I -> product_language P L -> (exists i j : agent E, i <> j) -> (forall i, 0 <= lam i) ->
  is_play mu -> obeys_hidden lam L mu ->
  (forall nu, is_play nu -> obeys_hidden lam L nu -> expected nu <= expected mu) ->
  mediated lam I L balanced None None mu.

(** There is one: V^M is attained, with every budget, by the same play, which no mechanism exceeds. *)
Definition T11_value_statement : Prop :=
  forall (K : OrderedField) (E : Environment K) lam (I : Information (E := E)) (P : Product E) (L : Language E),
  complete_information I -> product_language P L -> (exists i j : agent E, i <> j) -> (forall i, 0 <= lam i) ->
  exists mu, (forall m, mediated lam I L m None None mu) /\
    forall m l o nu, mediated lam I L m l o nu -> expected nu <= expected mu.
