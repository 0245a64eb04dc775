(** Axioms, who gains by the first best, each agent's own threshold, and incontractible cells: what
    trying everything decides of numbers that depend on parameters, and that what is decided is so at
    every point where the signs that were asked for are as answered. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From Coq.micromega Require EnvRing.
From coopgap Require Import Welfare T6_T9 Rationals Games.
From coopgap Require Export Accepted Deciding.
Import ListNotations.
Local Open Scope nat_scope.

(** For each state what is listed for it, if that is known. *)
Definition table {X Y} (g : X -> option (list Y)) (l : list X) : option (list (X * list Y)) :=
  sequence (fun x => option_map (pair x) (g x)) l.

Section Explored.
  Variables (p : Problem) (ok : good (shape (family p)) = true) (t : Tables) (o : Signed) (hint : Valuation).

  Let f : Family := family p.
  Let E0 : Environment rationals := game (shape f) ok.
  Let P0 : Product E0 := product (shape f) ok.

  Variable support : list (state E0).

  Definition class_p (kind : state E0 -> profile E0 -> option bool) : option (list (state E0 * list (profile E0))) :=
    table (fun w => those (kind w) (listed (profile E0))) support.
  Definition first_bests_p := class_p (first_best_p p ok t o hint).

  (** *** Who gains *)

  Definition expected_p (s : state E0 -> profile E0) (i : agent E0) : Poly :=
    sum support (fun w => mult (chance_p f ok t w) (pay_p f ok t i (s w) w)).
  Definition expected_all (s : state E0 -> profile E0) : list Poly := map (expected_p s) (listed (agent E0)).

  Definition exceeds (good bad : list Poly) : option bool := all_of (fun e => o (minus (fst e) (snd e)) above) (combine good bad).

  Definition gain_p : option bool :=
    match first_bests_p, class_p (stable_p p ok t o) with
    | Some best, Some calm =>
        let goods := map expected_all (ways (E := E0) best) in
        match hd_error goods with
        | Some first =>
            let most := sum first (fun x => x) in
            match those (fun bad => o (minus most (sum bad (fun x => x))) above) (map expected_all (ways (E := E0) calm)) with
            | Some worse => all_of (fun bad => any_of (fun good => exceeds good bad) goods) worse
            | None => None
            end
        | None => None
        end
    | _, _ => None
    end.

  (** *** Each agent's own λ *)

  (** What a deviation wins the agent, and what it loses all. *)
  Definition move_p (s : state E0 -> profile E0) (i : agent E0) (w : state E0) (b : action E0 i) : Poly * Poly :=
    let there := change (s w) i b in
    (minus (pay_p f ok t i there w) (pay_p f ok t i (s w) w), minus (welfare_p f ok t (s w) w) (welfare_p f ok t there w)).
  Definition moves_p (s : state E0 -> profile E0) (i : agent E0) : list (Poly * Poly) :=
    flat_map (fun w => map (move_p s i w) (listed (action E0 i))) support.

  Definition room_p (x : Fraction) (m : Poly * Poly) : Poly := minus (mult (poly (fst x)) (snd m)) (mult (fst m) (poly (snd x))).

  Definition least_p (s : state E0 -> profile E0) (i : agent E0) (x : option Fraction) : bool :=
    let moves := moves_p s i in
    match x with
    | Some x => forallb (fun m => knows o (room_p x m) at_least) moves && knows o (poly (fst x)) at_least &&
        match o (poly (fst x)) equal with
        | Some true => true
        | Some false => is_yes (any_of (fun m => and_then (o (snd m) above) (o (negated (room_p x m)) at_least)) moves)
        | None => false
        end
    | None => is_yes (any_of (fun m => and_then (o (snd m) equal) (o (fst m) above)) moves)
    end.

  Fixpoint thresholds_p (ss : list (state E0 -> profile E0)) (l : list (list nat * list (option Fraction))) : bool :=
    match ss, l with
    | nil, nil => true
    | s :: ss, e :: l =>
        match selection_p f ok support (fst e) with
        | Some s' => forallb (fun w => yes (same (s w) (s' w))) support && (length (snd e) =? length (actions f)) &&
            all (agent E0) (fun i => match nth_error (snd e) (proj1_sig i) with Some x => least_p s' i x | None => false end) &&
            thresholds_p ss l
        | None => false
        end
    | _, _ => false
    end.

  (** *** Axioms *)

  Let cooperating_ (i : agent E0) : list nat := cooperating (shape f) ok (cooperative p) i.
  Let coop_ (i : agent E0) (c : action E0 i) : bool := coop (shape f) ok (cooperative p) i c.

  (** In the order in which they are listed. *)
  Definition coops (i : agent E0) : list (action E0 i) :=
    flat_map (fun k => filter (fun c => proj1_sig c =? k) (listed (action E0 i))) (cooperating_ i).
  Definition defects (i : agent E0) : list (action E0 i) := filter (fun d => negb (coop_ i d)) (listed (action E0 i)).

  Definition always_p (i : agent E0) (d : profile E0 -> profile E0 -> option bool) : option bool :=
    all_of (fun a => all_of (fun c => let x := change a i c in all_of (fun e => d x (change a i e)) (defects i)) (coops i)) (listed (profile E0)).
  Definition sometimes_p (i : agent E0) (d : profile E0 -> profile E0 -> option bool) : option bool :=
    any_of (fun a => any_of (fun c => let x := change a i c in any_of (fun e => d x (change a i e)) (defects i)) (coops i)) (listed (profile E0)).

  Definition everybody (b : forall i : agent E0, action E0 i -> bool) : list (profile E0) :=
    filter (fun a => all (agent E0) (fun i => b i (play a i))) (listed (profile E0)).

  Definition axiom_p (n : Dilemma_axiom) (w : state E0) : option bool :=
    let more x y := o (minus x y) above in
    let less i x y := more (pay_p f ok t i y w) (pay_p f ok t i x w) in
    match n with
    | axiom_i => all_of (fun i => always_p i (fun x y => more (welfare_p f ok t x w) (welfare_p f ok t y w))) (listed (agent E0))
    | axiom_ii => let kind := first_best_p p ok t o hint w in
        all_known (fun a => option_map (Bool.eqb (all (agent E0) (fun i => proj1_sig (play a i) =? hd 0 (cooperating_ i)))) (kind a)) (listed (profile E0))
    | axiom_iii =>
        let all_apart := everybody (fun i c => negb (coop_ i c)) in
        let all_together := everybody coop_ in
        all_of (fun i => all_of (fun a => all_of (fun b => less i b a) all_apart) all_together) (listed (agent E0))
    | axiom_iv_strict => all_of (fun i => always_p i (less i)) (listed (agent E0))
    | axiom_iv_partial => all_of (fun i => sometimes_p i (less i)) (listed (agent E0))
    end.

  (** *** Cells *)

  (** Some profile is first best in all states of a cell. *)
  Definition contracted (best : list (state E0 * list (profile E0))) (x : cell P0) : bool :=
    let inside := filter (fun e => yes (same (cell_of P0 (fst e)) x)) best in
    existsb (fun a => forallb (fun e => existsb (fun b => yes (same b a)) (snd e)) inside) (listed (profile E0)).

  Definition names (l : list nat) (x : cell P0) : bool := existsb (fun k => match pick k with Some y => yes (same y x) | None => false end) l.
  Definition is_cell (k : nat) : bool := match pick (X := cell P0) k with Some _ => true | None => false end.

  (** *** Claims *)

  Definition decide_tried (x : Tried) : option bool :=
    match x with
    | axiom n => all_of (axiom_p n) support
    | beneficial => gain_p
    | beneficial_with_side_payments => Some true
    | agent_thresholds l => match first_bests_p with
        | Some best => if thresholds_p (ways (E := E0) best) l then Some true else None
        | None => None
        end
    | incontractible_some => option_map (fun best => existsb (fun x => negb (contracted best x)) (listed (cell P0))) first_bests_p
    | incontractible_are l => option_map (fun best => forallb is_cell l &&
        all (cell P0) (fun x => Bool.eqb (negb (contracted best x)) (names l x))) first_bests_p
    end.

  Definition well_put (x : Tried) : bool :=
    match x with
    | axiom _ => two_sided (shape f) (cooperative p)
    | beneficial | beneficial_with_side_payments =>
        match levels p with Some (l, _) => forallb (fun x => EnvRing.Peq Qeq_bool (poly x) zero_poly) l | None => false end
    | agent_thresholds _ => negb (has_levels p)
    | incontractible_some => has_classes (shape f)
    | incontractible_are l => has_classes (shape f) && ascending l && forallb (fun k => k <? length (chances f)) l
    end.

  Definition shows_tried (x : Tried) (holds : bool) (w : Shown) : bool :=
    data_known p ok t o support && forallb (fun x => knows o (poly (snd x)) above) (numbers_of (tried x)) &&
    well_put x && only_bound w && only_reached w && match decide_tried x with Some b => Bool.eqb b holds | None => false end.
End Explored.

Local Open Scope number_scope.

Lemma table_true {X Y} (g : X -> option (list Y)) l r : table g l = Some r ->
  map fst r = l /\ forall x y, In (x, y) r -> g x = Some y.
Proof.
  revert r. induction l as [|x l IH]; cbn; intros r e; [injection e as <-; split; [reflexivity|intros ? ? []]|].
  destruct (g x) as [y|] eqn:k; [|discriminate]. cbn [option_map] in e. unfold table in IH.
  destruct (sequence _ l) as [s|]; [|discriminate]. injection e as <-. destruct (IH s eq_refl) as [a b]. cbn [map fst].
  split; [now rewrite a|]. intros u v [i|i]; [injection i as <- <-; exact k|exact (b u v i)].
Qed.

Lemma same_truth (b c : bool) : (b = true <-> c = true) <-> Bool.eqb c b = true.
Proof. destruct b, c; cbn; intuition congruence. Qed.

Lemma some_each (X : Finite) (b : X -> bool) (P : X -> Prop) : (forall x, b x = true <-> P x) -> existsb b (listed X) = true <-> exists x, P x.
Proof.
  intro e. rewrite existsb_exists. split; [intros [x [_ g]]; exists x; now apply e|].
  intros [x g]. exists x. split; [apply all_listed|now apply e].
Qed.

Lemma combine_maps {X Y Z} (g : X -> Y) (k : X -> Z) l : combine (map g l) (map k l) = map (fun x => (g x, k x)) l.
Proof. induction l as [|x l IH]; [reflexivity|cbn; now rewrite IH]. Qed.

Lemma all_known_tells {X} (d : X -> option bool) (P : X -> Prop) l : (forall x, In x l -> tells (d x) (P x)) ->
  tells (all_known d l) (forall x, In x l -> P x).
Proof.
  intros h b e. apply all_known_true in e. destruct e as [e n]. rewrite e. split; intros g x i.
  - specialize (n x i). destruct (d x) as [v|] eqn:k; [|destruct (n eq_refl)]. f_equal. apply (h x i v k), g, i.
  - exact (proj2 (h x i true (g x i)) eq_refl).
Qed.

Section Sound.
  Variables (p : Problem) (ok : good (shape (family p)) = true) (o : Signed) (hint q : Valuation).
  Hypothesis right : right_at q o.
  Add Ring Q_ring : (@ring_laws rationals).

  Let f : Family := family p.
  Let t : Tables := tables f.
  Let E0 : Environment rationals := game (shape f) ok.
  Let support : list (state E0) := with_chance f ok t o.

  Hypothesis known : data_known p ok t o support = true.

  Let h : proper f ok q := data_proper p ok o q right known.
  Let E : Environment rationals := game_at f ok q h.
  Let M : Value := mass f ok q.
  Let U : Value := value_at q (over f).

  Lemma asked x r (P : Prop) : (stands r (ev q x) <-> P) -> tells (o x r) P.
  Proof.
    intros e b g. rewrite <- e. pose proof (right x r) as k. rewrite g in k. destruct b; split; try tauto; try discriminate.
  Qed.

  Lemma scaled_above (k x : Value) : 0 < k -> (0 < x * k <-> 0 < x).
  Proof. intro pos. split; intro g; [apply (lt_scaled k _ _ pos); assert (0 * k = 0) as -> by ring; exact g|exact (lt_mul _ _ g pos)]. Qed.

  Lemma below_mass : 0 < M * U.
  Proof. exact (scale_positive f ok q h). Qed.

  Lemma in_support_likely (w : state E) : In w support <-> likely w.
  Proof. symmetry. exact (likely_support f ok o q h right support (states p ok o q right known) eq_refl w). Qed.

  (** *** Selections of a kind *)

  Section Kinds.
    Variables (kind : state E0 -> profile E0 -> option bool) (K : profile E -> state E -> Prop) (found : list (state E0 * list (profile E0))).
    Hypotheses (kinds : forall (w : state E) (a : profile E), tells (kind w a) (K a w)) (is_found : class_p p ok support kind = Some found).

    Lemma in_class (w : state E) options : In (w : state E0, options) found -> likely w /\ forall a : profile E, In a options <-> K a w.
    Proof.
      intro i. destruct (table_true _ _ _ is_found) as [domain each]. split.
      - apply in_support_likely. exact (eq_ind _ (fun l => In (w : state E0) l) (in_map fst _ _ i) _ domain).
      - intro a. pose proof (those_true (kind w) (fun a : profile E0 => K a w) _ _ (fun a _ => kinds w a) (each w options i) a) as k.
        split; intro j; [exact (proj2 (proj1 k j))|exact (proj2 k (conj (all_listed (profile E0) a) j))].
    Qed.

    Lemma ways_kind (s : selection E) : In s (ways (E := E0) found) -> forall w, likely w -> K (s w) w.
    Proof.
      intros i w l. destruct (table_true _ _ _ is_found) as [domain _]. apply in_support_likely in l. rewrite <- domain in l.
      destruct (ways_sound (E := E0) found s i w l) as [options [j k]]. now apply (in_class w options j).
    Qed.

    Lemma kind_ways (s : selection E) : (forall w, likely w -> K (s w) w) ->
      exists s' : selection E, In s' (ways (E := E0) found) /\ forall w, likely w -> s' w = s w.
    Proof.
      intro k. destruct (ways_whole (E := E0) found s) as [s' [i e]].
      - intros w options j. destruct (in_class w options j) as [l c]. now apply c, k.
      - exists s'. split; [exact i|]. intros w l. apply e. destruct (table_true _ _ _ is_found) as [domain _].
        exact (eq_ind_r (fun l => In (w : state E0) l) (proj2 (in_support_likely w) l) domain).
    Qed.
  End Kinds.

  Lemma first_best_tells (w : state E) (a : profile E) : tells (first_best_p p ok t o hint w a) (first_best a w).
  Proof. intros b e. exact (first_best_known p ok o hint q right known w a b e). Qed.

  Lemma stable_tells (w : state E) (a : profile E) : tells (stable_p p ok t o w a) (stable p q ok h a w).
  Proof. intros b e. exact (stable_known p ok o q right known w a b e). Qed.

  (** *** Who gains *)

  Lemma ev_expected (s : selection E) (i : agent E) : ev q (expected_p p ok t support s i) = expected_payoff i s * (M * U).
  Proof.
    transitivity (total (X := state E) support (fun w : state E => prior w * payoff i (s w) w) * (M * U)).
    - unfold expected_p. rewrite ev_sum, <- total_mul_r. apply total_ext. intros w _. rewrite ev_mult.
      transitivity (prior (w : state E) * M * (payoff (i : agent E) (s w) w * U)); [|ring].
      f_equal; [exact (ev_chance f ok q h w)|exact (ev_pay f ok q h i (s w) w)].
    - f_equal. exact (total_support f ok o q h right support (states p ok o q right known) eq_refl (fun w : state E => payoff i (s w) w)).
  Qed.

  Lemma ev_expected_sum (s : selection E) : ev q (sum (expected_all p ok t support s) (fun x => x)) = welfare s * (M * U).
  Proof.
    rewrite ev_sum. unfold expected_all. rewrite total_map, <- total_payoffs, <- total_mul_r. apply total_ext. intros i _. apply ev_expected.
  Qed.

  Lemma payoff_ext (s s' : selection E) i : (forall w, likely w -> s w = s' w) -> expected_payoff i s = expected_payoff i s'.
  Proof.
    intro e. apply total_ext. intros w _. destruct (likely_dec w) as [l|l]; [now rewrite e|]. rewrite (unlikely w l). ring.
  Qed.

  Definition all_more (good bad : list Poly) : Prop := forall e, In e (combine good bad) -> 0 < ev q (minus (fst e) (snd e)).

  Lemma exceeds_tells good bad : tells (exceeds o good bad) (all_more good bad).
  Proof. apply all_of_tells. intros e _. apply asked, iff_refl. Qed.

  Lemma all_more_iff (g s : selection E) :
    all_more (expected_all p ok t support g) (expected_all p ok t support s) <-> forall i, expected_payoff i s < expected_payoff i g.
  Proof.
    unfold all_more, expected_all. rewrite combine_maps.
    assert (forall i : agent E, 0 < ev q (minus (expected_p p ok t support g i) (expected_p p ok t support s i)) <-> expected_payoff i s < expected_payoff i g) as each.
    { intro i. rewrite ev_minus, !ev_expected.
      assert (expected_payoff i g * (M * U) - expected_payoff i s * (M * U) = (expected_payoff i g - expected_payoff i s) * (M * U)) as -> by ring.
      rewrite (scaled_above _ _ below_mass). split; intro z; olra. }
    split.
    - intros k i. apply each. refine (k (_, _) _). exact (in_map (fun i => (expected_p p ok t support g i, expected_p p ok t support s i)) _ i (all_listed (agent E0) i)).
    - intros k e i. apply in_map_iff in i. destruct i as [i [<- _]]. apply each, k.
  Qed.

  Definition all_zero : Prop := forall i : agent E, lambda p q ok h i = 0.

  Lemma selfish_stable : all_zero -> forall (a : profile E) w, stable p q ok h a w <-> nash (material selfish) a w.
  Proof.
    intros z a w. unfold stable, nash. assert (forall i (b : profile E), material (lambda p q ok h) i b w = material selfish i b w) as e
      by (intros i b; unfold material, selfish; now rewrite z). split; intros k i b; specialize (k i b); rewrite !e in *; exact k.
  Qed.

  Lemma gain_tells : all_zero -> tells (gain_p p ok t o hint support) (all_gain (E := E)).
  Proof.
    intros zero b. unfold gain_p.
    destruct (first_bests_p p ok t o hint support) as [best|] eqn:best_found; [|discriminate].
    destruct (class_p p ok support (stable_p p ok t o)) as [calm|] eqn:calm_found; [|discriminate].
    cbv zeta. match goal with |- match hd_error ?r with Some _ => _ | None => _ end = _ -> _ => set (goods := r) end.
    destruct (hd_error goods) as [first|] eqn:head; [|discriminate].
    set (worth v := ev q (sum v (fun x => x))).
    match goal with |- match ?r with Some _ => _ | None => _ end = _ -> _ => destruct r as [worse|] eqn:w; [|discriminate] end. revert b.
    fold (tells (all_of (fun bad => any_of (fun good => exceeds o good bad) goods) worse) (all_gain (E := E))).
    pose proof (those_true _ (fun bad => 0 < worth first - worth bad) _ _ (fun bad _ => asked _ above _ ltac:(rewrite ev_minus; apply iff_refl)) w) as is_worse. clear w.
    assert (worth first = optimum E * (M * U)) as top_worth.
    { assert (In first goods) as i by (destruct goods; [discriminate|injection head as ->; now left]).
      apply in_map_iff in i. destruct i as [s [<- i]]. unfold worth.
      rewrite (ev_expected_sum s). f_equal. apply optimal. exact (ways_kind _ first_best best first_best_tells best_found s i). }
    assert (forall s : selection E, In s (ways (E := E0) calm) -> (In (expected_all p ok t support s) worse <-> welfare s < optimum E)) as wastes.
    { intros s i. rewrite is_worse, top_worth. unfold worth. rewrite (ev_expected_sum s).
      assert (optimum E * (M * U) - welfare s * (M * U) = (optimum E - welfare s) * (M * U)) as -> by ring.
      rewrite (scaled_above _ _ below_mass). split; [intros [_ z]; olra|]. intro z. split; [exact (in_map _ _ s i)|olra]. }
    refine (tells_iff _ _ _ _ (all_of_tells _ (fun bad => exists good, In good goods /\ all_more good bad) worse
      (fun bad _ => any_of_tells _ (fun good => all_more good bad) _ (fun good _ => exceeds_tells good bad)))).
    split.
    - intros k s [eq less]. destruct (kind_ways _ (stable p q ok h) calm stable_tells calm_found s) as [s' [i same_]].
      { intros v l. exact (proj2 (selfish_stable zero (s v) v) (eq v l)). }
      destruct (k (expected_all p ok t support s')) as [good [j more]].
      { apply (wastes s' i). now rewrite (welfare_ext s' s same_). }
      apply in_map_iff in j. destruct j as [g [<- j]]. exists g.
      split; [exact (ways_kind _ first_best best first_best_tells best_found g j)|]. intro a.
      rewrite <- (payoff_ext s' s a same_). now apply all_more_iff.
    - intros k bad i. pose proof i as j. apply is_worse in j. destruct j as [j _]. apply in_map_iff in j. destruct j as [s [<- j]].
      destruct (k s) as [g [fb more]].
      { split; [|exact (proj1 (wastes s j) i)]. intros v l.
        exact (proj1 (selfish_stable zero (s v) v) (ways_kind _ (stable p q ok h) calm stable_tells calm_found s j v l)). }
      destruct (kind_ways _ first_best best first_best_tells best_found g fb) as [g' [m same_]].
      exists (expected_all p ok t support g'). split; [exact (in_map _ _ g' m)|]. apply all_more_iff. intro a.
      rewrite (payoff_ext g' g a same_). apply more.
  Qed.

  (** *** Each agent's own λ *)

  Lemma ev_move (s : selection E) (i : agent E) (w : state E) (b : action E i) :
    ev q (fst (move_p p ok t s i w b)) = (payoff i (change (s w) i b) w - payoff i (s w) w) * U /\
    ev q (snd (move_p p ok t s i w b)) = (W (s w) w - W (change (s w) i b) w) * U.
  Proof.
    unfold move_p. cbv zeta. cbn [fst snd]. rewrite !ev_minus.
    pose proof (fun a => ev_pay f ok q h i a w) as pay. pose proof (fun a => ev_welfare f ok q h a w) as wel.
    split.
    - transitivity (payoff i (change (s w) i b) w * U - payoff i (s w) w * U); [|ring]. f_equal; [|f_equal]; apply pay.
    - transitivity (W (s w) w * U - W (change (s w) i b) w * U); [|ring]. f_equal; [|f_equal]; apply wel.
  Qed.

  Lemma in_moves (s : selection E) (i : agent E) m : In m (moves_p p ok t support s i) <->
    exists (w : state E) (b : action E i), likely w /\ m = move_p p ok t s i w b.
  Proof.
    unfold moves_p. rewrite in_flat_map. split.
    - intros [w [l j]]. apply in_map_iff in j. destruct j as [b [<- _]]. exists w, b. split; [now apply in_support_likely|reflexivity].
    - intros [w [b [l ->]]]. exists w. split; [now apply in_support_likely|]. exact (in_map (move_p p ok t s i w) _ b (all_listed (action E0 i) b)).
  Qed.

  Lemma content_iff (s : selection E) i y : content s i y <-> forall w, likely w -> forall b,
    payoff i (change (s w) i b) w - payoff i (s w) w <= y * (W (s w) w - W (change (s w) i b) w).
  Proof. split; intros c w l b; specialize (c w l b); olra. Qed.

  Lemma least_true (s : selection E) (i : agent E) x : match x with Some x => 0 < value_at q (snd x) | None => True end ->
    first_best_selection s -> least_p p ok t o support s i x = true -> least_content s i (option_map (ratio q) x).
  Proof.
    intros pos best e. pose proof (unit_positive f ok q h) as u. fold U in u. destruct x as [x|]; cbn [least_p option_map] in *.
    - rewrite !andb_true_iff in e. destruct e as [[rooms low] tight]. apply (knows_true q _ _ _ right) in low. cbn [stands] in low. rewrite ev_poly in low.
      set (r := ratio q x). assert (value_at q (fst x) = r * value_at q (snd x)) as above_ by exact (ratio_times q x pos).
      assert (0 <= r) as nonneg by (apply (le_scaled _ _ _ pos); assert (0 * value_at q (snd x) = 0) as -> by ring; rewrite <- above_; exact low).
      pose proof (lt_mul _ _ u pos) as up.
      assert (forall (w : state E) (b : action E i), ev q (room_p x (move_p p ok t s i w b)) =
        (r * (W (s w) w - W (change (s w) i b) w) - (payoff i (change (s w) i b) w - payoff i (s w) w)) * (U * value_at q (snd x))) as ev_room.
      { intros w b. destruct (ev_move s i w b) as [won lost]. unfold room_p. rewrite ev_minus, !ev_mult, won, lost, !ev_poly, above_. ring. }
      assert (content s i r) as calm.
      { apply content_iff. intros w l b. assert (In (move_p p ok t s i w b) (moves_p p ok t support s i)) as j by (apply in_moves; exists w, b; now split).
        apply (forallb_in _ _ _ rooms) in j. apply (knows_true q _ _ _ right) in j. cbn [stands] in j. rewrite ev_room in j.
        apply sub_nonneg. apply (le_scaled _ _ _ up). assert (0 * (U * value_at q (snd x)) = 0) as -> by ring. exact j. }
      split; [exact nonneg|]. intros y y0. split.
      + intro c. pose proof (right (poly (fst x)) equal) as z. destruct (o (poly (fst x)) equal) as [[]|]; [| |discriminate].
        * cbn [stands] in z. rewrite ev_poly, above_ in z. refine (le_trans _ _ _ _ _ y0). apply (le_scaled _ _ _ pos). rewrite z. assert (0 * value_at q (snd x) = 0) as -> by ring. apply le_refl.
        * apply (is_yes_true _ _ (any_of_tells _ (fun m => 0 < ev q (snd m) /\ 0 <= ev q (negated (room_p x m))) _
            (fun m _ => and_then_tells _ _ _ _ (asked _ above _ (iff_refl _)) (asked _ at_least _ (iff_refl _))))) in tight.
          destruct tight as [m [j [more tight]]]. apply in_moves in j. destruct j as [w [b [l ->]]].
          rewrite (proj2 (ev_move s i w b)), (scaled_above _ _ u) in more. rewrite ev_negated, ev_room in tight.
          pose proof (proj1 (content_iff s i y) c w l b) as cb.
          set (gains := payoff i (change (s w) i b) w - payoff i (s w) w) in *. set (loss := W (s w) w - W (change (s w) i b) w) in *.
          assert (r * loss <= gains) as rl.
          { apply (le_scaled _ _ _ up). set (k := U * value_at q (snd x)) in *. olra. }
          apply not_lt. intro less. assert (0 < r - y) as g by olra. pose proof (lt_mul _ _ g more). olra.
      + intros le. apply content_iff. intros w l b. refine (le_trans _ _ _ _ (proj1 (content_iff s i r) calm w l b) _).
        assert (0 <= W (s w) w - W (change (s w) i b) w) as loss by (pose proof (best w l (change (s w) i b)); olra).
        pose proof (le_mul _ _ _ loss (proj2 (sub_nonneg _ _) le)). olra.
    - apply (is_yes_true _ _ (any_of_tells _ (fun m => ev q (snd m) = 0 /\ 0 < ev q (fst m)) _
        (fun m _ => and_then_tells _ _ _ _ (asked _ equal _ (iff_refl _)) (asked _ above _ (iff_refl _))))) in e.
      destruct e as [m [j [none more]]]. apply in_moves in j. destruct j as [w [b [l ->]]]. destruct (ev_move s i w b) as [won lost].
      rewrite won, (scaled_above _ _ u) in more. rewrite lost in none. intros y y0 c. pose proof (proj1 (content_iff s i y) c w l b) as cb.
      set (gains := payoff i (change (s w) i b) w - payoff i (s w) w) in *. set (loss := W (s w) w - W (change (s w) i b) w) in *.
      assert (loss = 0) as zero.
      { apply le_antisym; apply (le_scaled _ _ _ u); rewrite none; assert (0 * U = 0) as -> by ring; apply le_refl. }
      rewrite zero in cb. olra.
  Qed.

  Lemma thresholds_true ss l : thresholds_p p ok t o support ss l = true ->
    (forall e x, In e l -> In (Some x) (snd e) -> 0 < value_at q (snd x)) -> (forall s : selection E, In s ss -> first_best_selection s) ->
    (forall s : selection E, In s ss -> exists e s', In e l /\ selection_of p q ok h (fst e) = Some s' /\ forall w, likely w -> s' w = s w) /\
    forall e, In e l -> exists s, selection_of p q ok h (fst e) = Some s /\ first_best_selection s /\
      forall i : agent E, exists x, nth_error (snd e) (proj1_sig i) = Some x /\ least_content s i (option_map (ratio q) x).
  Proof.
    revert l. induction ss as [|s ss IH]; intros [|e l] g pos best; cbn [thresholds_p] in g; try discriminate; [split; intros ? []|].
    match type of g with match ?r with Some _ => _ | None => _ end = _ => destruct r as [s'|] eqn:is_s; [|discriminate] end. rewrite !andb_true_iff in g.
    destruct g as [[[agree _] each] more].
    destruct (IH l more (fun e x i => pos e x (or_intror i)) (fun s i => best s (or_intror i))) as [a b].
    assert (selection_of p q ok h (fst e) = Some s') as chosen.
    { pose proof (support_states p ok o q right known : likely_states p q ok h = support) as them. unfold selection_of. rewrite them. exact is_s. }
    assert (forall w : state E, likely w -> s' w = s w) as same_.
    { intros w l'. apply in_support_likely in l'. apply (forallb_in _ _ _ agree) in l'. symmetry. exact (yes_true _ l'). }
    split.
    - intros u [<-|i]; [exists e, s'; split; [now left|now split]|].
      destruct (a u i) as [e' [u' [j r]]]. exists e', u'. split; [now right|exact r].
    - intros e' [<-|i]; [|exact (b e' i)]. exists s'. split; [exact chosen|].
      assert (first_best_selection (s' : selection E)) as fb by (intros w l'; rewrite (same_ w l'); exact (best s (or_introl eq_refl) w l')).
      split; [exact fb|]. intro i. apply (all_true (agent E0) _) with (x := i) in each.
      match type of each with match ?r with Some _ => _ | None => _ end = _ => destruct r as [x|] eqn:at_; [|discriminate] end. exists x. split; [exact at_|].
      apply least_true; [|exact fb|exact each]. destruct x as [x|]; [|exact I]. exact (pos e x (or_introl eq_refl) (nth_error_In _ _ at_)).
  Qed.

  (** *** Axioms *)

  Lemma in_coops (i : agent E0) (c : action E0 i) : In c (coops p ok i) <-> cooperates (shape f) ok (cooperative p) i c.
  Proof.
    split; intro j.
    - destruct (proj1 (in_flat_map _ _ _) j) as [k [m g]]. apply filter_In in g. destruct g as [_ g]. apply Nat.eqb_eq in g. subst k. exact m.
    - refine (proj2 (in_flat_map _ _ _) _). exists (proj1_sig c). split; [exact j|].
      exact (proj2 (filter_In _ _ _) (conj (all_listed (action E0 i) c) (Nat.eqb_refl _))).
  Qed.

  Lemma not_coop (i : agent E0) (c : action E0 i) : negb (coop (shape f) ok (cooperative p) i c) = true <-> ~ cooperates (shape f) ok (cooperative p) i c.
  Proof. rewrite negb_true_iff, <- not_true_iff_false, coop_iff. reflexivity. Qed.

  Lemma in_defects (i : agent E0) (c : action E0 i) : In c (defects p ok i) <-> ~ cooperates (shape f) ok (cooperative p) i c.
  Proof.
    rewrite <- not_coop. split; intro g; [exact (proj2 (proj1 (filter_In _ _ _) g))|].
    exact (proj2 (filter_In _ _ _) (conj (all_listed (action E0 i) c) g)).
  Qed.

  Section Quantified.
    Variables (i : agent E) (d : profile E0 -> profile E0 -> option bool) (r : profile E -> profile E -> Prop).
    Hypothesis each : forall x y, tells (d x y) (r x y).

    Lemma always_tells : tells (always_p p ok i d) (always (cooperates_at p q ok h) i r).
    Proof.
      refine (tells_iff _ _ _ _ (all_tells (profile E0) _ _ (fun a => all_of_tells _ _ _ (fun c _ => all_of_tells _ _ _ (fun e _ => each (change a i c) (change a i e)))))).
      split.
      - intros g a c e cc ce. exact (g a c (proj2 (in_coops i c) cc) e (proj2 (in_defects i e) ce)).
      - intros g a c cc e ce. exact (g a c e (proj1 (in_coops i c) cc) (proj1 (in_defects i e) ce)).
    Qed.

    Lemma sometimes_tells : tells (sometimes_p p ok i d) (sometimes (cooperates_at p q ok h) i r).
    Proof.
      refine (tells_iff _ _ _ _ (any_tells (profile E0) _ _ (fun a => any_of_tells _ _ _ (fun c _ => any_of_tells _ _ _ (fun e _ => each (change a i c) (change a i e)))))).
      split.
      - intros [a [c [cc [e [ce g]]]]]. exact (ex_intro _ a (ex_intro _ c (ex_intro _ e (conj (proj1 (in_coops i c) cc) (conj (proj1 (in_defects i e) ce) g))))).
      - intros [a [c [e [cc [ce g]]]]]. exists a, c. split; [exact (proj2 (in_coops i c) cc)|]. exists e. split; [exact (proj2 (in_defects i e) ce)|exact g].
    Qed.
  End Quantified.

  Lemma in_everybody (b : forall i : agent E0, action E0 i -> bool) (P : forall i : agent E0, action E0 i -> Prop) (a : profile E0) :
    (forall (i : agent E0) c, b i c = true <-> P i c) -> (In a (everybody p ok b) <-> forall i : agent E0, P i (play a i)).
  Proof.
    intro e. transitivity (all (agent E0) (fun i => b i (play a i)) = true).
    - split; intro g; [exact (proj2 (proj1 (filter_In _ _ _) g))|exact (proj2 (filter_In _ _ _) (conj (all_listed (profile E0) a) g))].
    - exact (all_each (agent E0) _ (fun i : agent E0 => P i (play a i)) (fun i => e i (play a i))).
  Qed.

  Lemma less_tells x y (u v : Value) : ev q x = u * U -> ev q y = v * U -> tells (o (minus x y) above) (v < u).
  Proof.
    intros ex ey. apply asked. cbn [stands]. rewrite ev_minus, ex, ey. assert (u * U - v * U = (u - v) * U) as -> by ring.
    rewrite (scaled_above U (u - v) (unit_positive f ok q h)). split; intro; olra.
  Qed.

  Lemma welfare_tells (x y : profile E) (w : state E) : tells (o (minus (welfare_p f ok t x w) (welfare_p f ok t y w)) above) (W y w < W x w).
  Proof. apply less_tells; [exact (ev_welfare f ok q h x w)|exact (ev_welfare f ok q h y w)]. Qed.

  Lemma payoff_tells (i : agent E) (x y : profile E) (w : state E) :
    tells (o (minus (pay_p f ok t i y w) (pay_p f ok t i x w)) above) (payoff i x w < payoff i y w).
  Proof. apply less_tells; [exact (ev_pay f ok q h i y w)|exact (ev_pay f ok q h i x w)]. Qed.

  Lemma axiom_tells n : tells (all_of (axiom_p p ok t o hint n) support) (satisfied (cooperates_at p q ok h) (exemplary_at p q ok h) n).
  Proof.
    assert (forall (w : state E), tells (axiom_p p ok t o hint n w) (match n with
      | axiom_i => forall i : agent E, always (cooperates_at p q ok h) i (fun x y => W y w < W x w)
      | axiom_ii => forall a : profile E, first_best a w <-> forall i, exemplary_at p q ok h i (play a i)
      | axiom_iii => forall (i : agent E) a b, together (cooperates_at p q ok h) a -> apart (cooperates_at p q ok h) b -> payoff i b w < payoff i a w
      | axiom_iv_strict => forall i : agent E, always (cooperates_at p q ok h) i (fun x y => payoff i x w < payoff i y w)
      | axiom_iv_partial => forall i : agent E, sometimes (cooperates_at p q ok h) i (fun x y => payoff i x w < payoff i y w)
      end)) as each.
    { intro w. destruct n; cbn [axiom_p].
      - refine (all_tells (agent E0) _ _ (fun i => always_tells i _ _ (fun x y => welfare_tells x y w))).
      - cbv zeta. refine (tells_iff _ _ _ _ (all_known_tells _ (fun a : profile E => first_best a w <-> forall i, exemplary_at p q ok h i (play a i)) _ _)).
        + split; intros g a; [apply g, (all_listed (profile E0))|intros _; apply g].
        + intros a _ b e. destruct (first_best_p p ok t o hint w a) as [v|] eqn:k; [|discriminate]. injection e as <-.
          rewrite (first_best_tells w a v k).
          assert (all (agent E0) (fun i => proj1_sig (play (a : profile E0) i) =? hd 0%nat (cooperating (shape f) ok (cooperative p) i))%nat = true <->
            forall i, exemplary_at p q ok h i (play (a : profile E) i)) as <-
            by exact (all_each (agent E0) _ (fun i : agent E => exemplary_at p q ok h i (play (a : profile E) i)) (fun i => Nat.eqb_eq _ _)).
          apply same_truth.
      - cbv zeta. refine (tells_iff _ _ _ _ (all_tells (agent E0) _ _ (fun i => all_of_tells _ _ _ (fun a _ => all_of_tells _ _ _ (fun b _ => payoff_tells i b a w))))).
        pose proof (fun a => in_everybody _ (cooperates (shape f) ok (cooperative p)) a (fun i c => coop_iff (shape f) ok (cooperative p) i c)) as tog.
        pose proof (fun a => in_everybody _ (fun i c => ~ cooperates (shape f) ok (cooperative p) i c) a (fun i c => not_coop i c)) as ap.
        split; intros g i a.
        + intros b ta ab. exact (g i a (proj2 (tog a) ta) b (proj2 (ap b) ab)).
        + intros ta b ab. exact (g i a b (proj1 (tog a) ta) (proj1 (ap b) ab)).
      - refine (all_tells (agent E0) _ _ (fun i => always_tells i _ _ (fun x y => payoff_tells i x y w))).
      - refine (all_tells (agent E0) _ _ (fun i => sometimes_tells i _ _ (fun x y => payoff_tells i x y w))). }
    refine (tells_iff _ _ _ _ (all_of_tells _ _ _ (fun w _ => each w))). split.
    - intros g w l. exact (g w (proj2 (in_support_likely w) l)).
    - intros g w i. exact (g w (proj1 (in_support_likely w) i)).
  Qed.

  (** *** Cells *)

  Lemma contracted_iff best (x : cell (product_at f ok q h)) : first_bests_p p ok t o hint support = Some best ->
    (negb (contracted p ok best x) = true <-> incontractible (cell_of (product_at f ok q h)) x).
  Proof.
    intro found. unfold incontractible. rewrite negb_true_iff, <- not_true_iff_false. apply not_iff_compat.
    unfold contracted. rewrite existsb_exists. destruct (table_true _ _ _ found) as [domain _]. split.
    - intros [a [_ g]]. exists a. intros w l e. apply in_support_likely in l.
      assert (In (w : state E0) (map fst best)) as i by exact (eq_ind_r (fun l => In (w : state E0) l) l domain).
      apply in_map_iff in i. destruct i as [[v options] [same_ i]]. cbn [fst] in same_. subst v.
      rewrite forallb_forall in g.
      pose proof (g (w, options) (proj2 (filter_In _ _ _) (conj i (yes_of (same (cell_of (product (shape f) ok) w) x) e (fun n => n))))) as m.
      apply existsb_exists in m. destruct m as [b [m k]]. apply yes_true in k. subst b.
      exact (proj1 (proj2 (in_class _ first_best best first_best_tells found w options i) a) m).
    - intros [a g]. exists a. split; [apply (all_listed (profile E0))|]. apply forallb_forall. intros [w options] i.
      apply filter_In in i. destruct i as [i e]. apply yes_true in e.
      destruct (in_class _ first_best best first_best_tells found w options i) as [l c].
      apply existsb_exists. exists a. split; [apply c, g; [exact l|exact e]|apply yes_of; [reflexivity|tauto]].
  Qed.

  Lemma names_iff l (x : cell (product (shape f) ok)) : names p ok l x = true <-> exists k, In k l /\ pick k = Some x.
  Proof.
    unfold names. rewrite existsb_exists. fold f. split; intros [k [i e]]; exists k; (split; [exact i|]); destruct (pick k) as [y|]; try discriminate.
    - apply yes_true in e. now rewrite e.
    - injection e as ->. apply yes_of; [reflexivity|tauto].
  Qed.

  Lemma is_cell_iff k : is_cell p ok k = true <-> exists x, pick (X := cell (product (shape f) ok)) k = Some x.
  Proof. unfold is_cell. fold f. destruct (pick k) as [x|]; split; try discriminate; [now exists x|reflexivity|intros [x e]; discriminate]. Qed.

  (** *** Claims *)

  Lemma well_put_zero l scale : levels p = Some (l, scale) -> forallb (fun x => EnvRing.Peq Qeq_bool (poly x) zero_poly) l = true -> all_zero.
  Proof.
    intros e z i. assert (forall k, value_at q (nth k l []) = 0) as none.
    { intro k. destruct (nth_in_or_default k l []) as [j|j]; [|now rewrite j].
      apply (forallb_in _ _ _ z) in j. rewrite <- ev_poly, (ev_same q _ _ j). unfold zero_poly. rewrite ev_constant. exact of_Q_zero. }
    unfold lambda. rewrite e. unfold ratio, div. cbn [fst snd]. rewrite none. ring.
  Qed.

  Lemma decide_tried_tells x : (forall y, In y (numbers_of (tried x)) -> 0 < value_at q (snd y)) -> well_put p x = true ->
    tells (decide_tried p ok t o hint support x) (is_tried p q ok h x).
  Proof.
    intros pos put. destruct x as [n| | |l| |l]; cbn [decide_tried is_tried well_put] in *.
    - apply axiom_tells.
    - destruct (levels p) as [[l scale]|] eqn:e; [|discriminate]. apply gain_tells. exact (well_put_zero l scale e put).
    - intros b g. injection g as <-. split; [reflexivity|]. intros _ s [_ less]. exists (fun w => top w). split; [apply some_first_best|].
      apply (T8_side_payments rationals E (fun w => top w) (fun i => expected_payoff i s) some_first_best). now rewrite total_payoffs.
    - intros b. destruct (first_bests_p p ok t o hint support) as [best|] eqn:found; [|discriminate].
      match goal with |- (if ?r then _ else _) = _ -> _ => destruct r eqn:g; [|discriminate] end. intro z. injection z as <-. split; [reflexivity|]. intros _.
      destruct (thresholds_true _ l g) as [whole each].
      + intros e x i j. apply pos. cbn [numbers_of]. apply in_flat_map. exists e. split; [exact i|]. apply in_flat_map. exists (Some x). split; [exact j|now left].
      + intros s i. exact (ways_kind _ first_best best first_best_tells found s i).
      + split; [|exact each]. intros s fb. destruct (kind_ways _ first_best best first_best_tells found s fb) as [s' [i same_]].
        destruct (whole s' i) as [e [u [j [k r]]]]. exists e, u. split; [exact j|]. split; [exact k|]. intros w l'. rewrite (r w l'). exact (same_ w l').
    - intros b. destruct (first_bests_p p ok t o hint support) as [best|] eqn:found; [|discriminate]. intro g. injection g as <-.
      symmetry. exact (some_each (cell (product (shape f) ok)) _ (fun x => incontractible (cell_of (product_at f ok q h)) x) (fun x => contracted_iff best x found)).
    - intros b. destruct (first_bests_p p ok t o hint support) as [best|] eqn:found; [|discriminate]. intro g. injection g as <-.
      rewrite andb_true_iff. assert (forall A B C D : Prop, (A <-> C) -> (B <-> D) -> (A /\ B <-> C /\ D)) as join by tauto. apply join.
      + rewrite forallb_forall. split; intros g k i; apply (is_cell_iff k), g, i.
      + transitivity (forall x : cell (product (shape f) ok), Bool.eqb (negb (contracted p ok best x)) (names p ok l x) = true); [|symmetry; apply all_iff].
        assert (forall x, (incontractible (cell_of (product_at f ok q h)) x <-> exists k, In k l /\ pick k = Some x) <->
          Bool.eqb (negb (contracted p ok best x)) (names p ok l x) = true) as each.
        { intro x. rewrite <- (contracted_iff best x found), <- names_iff, <- same_truth. split; intros [a b]; split; assumption. }
        split; intros g x; apply each, g.
  Qed.

  Lemma accepted_tried x holds w : shows_tried p ok t o hint support x holds w = true -> meaning p q ok h (tried x) holds.
  Proof.
    unfold shows_tried. rewrite !andb_true_iff. intros [[[[[_ numbers] put] _] _] e]. split; [exact (data_sound p ok o q right known)|].
    assert (forall y, In y (numbers_of (tried x)) -> 0 < value_at q (snd y)) as pos.
    { intros y i. apply (forallb_in _ _ _ numbers) in i. apply (knows_true q _ _ _ right) in i. cbn [stands] in i. now rewrite ev_poly in i. }
    split; [exact pos|]. pose proof (decide_tried_tells x pos put) as d. destruct (decide_tried p ok t o hint support x) as [b|]; [|discriminate].
    apply eqb_prop in e. subst b. destruct holds; cbn [is_so is_not]; [now apply (d true eq_refl)|].
    intro z. apply (d false eq_refl) in z. discriminate.
  Qed.
End Sound.
