(** What [Symbolic.v] finds is so at every point where the signs are as answered. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Symbolic.
Import ListNotations.
Local Open Scope number_scope.

Lemma le_scaled (k a b : Value) : 0 < k -> a * k <= b * k -> a <= b.
Proof. intros p h. apply not_lt. intro g. assert (0 < a - b) as d by olra. pose proof (lt_mul _ _ d p). olra. Qed.

Lemma lt_scaled (k a b : Value) : 0 < k -> a * k < b * k -> a < b.
Proof. intros p h g. assert (0 <= a - b) as d by olra. pose proof (le_mul _ _ _ d (lt_le _ _ p)). olra. Qed.

Lemma divided (x y : Value) : 0 < y -> x / y * y = x.
Proof.
  intro p. assert (y <> 0) as n by (intro e; rewrite e in p; exact (p (le_refl _ _))).
  unfold div. rewrite <- mul_assoc, (mul_inv _ _ n), mul_comm. apply mul_one.
Qed.

Lemma forallb_same {X} (p r : X -> bool) l : (forall x, p x = r x) -> forallb p l = forallb r l.
Proof. intro h. induction l as [|x l IH]; [reflexivity|]. cbn. now rewrite h, IH. Qed.

Section Evaluated.
  Variables (f : Family) (c : Class) (ok : good (shape f) = true) (o : Signed) (q : Valuation).
  Hypotheses (h : proper f ok q) (right : right_at q o).
  Add Ring Q_ring : (@ring_laws rationals).

  Let t : Tables := tables f.
  Let E0 : Environment rationals := game (shape f) ok.
  Let E : Environment rationals := game_at f ok q h.
  Let L : Language E := language_at f ok q h.
  Let C : Contracts E := contracts_at f ok q h c.
  Let M : Value := mass f ok q.
  Let U : Value := value_at q (over f).

  Variable support : list (state E0).
  Hypotheses (known : states_known f ok t o = true) (supports : support = with_chance f ok t o).

  Lemma mass_positive : 0 < M.
  Proof. exact (proj1 (proj2 h)). Qed.
  Lemma unit_positive : 0 < U.
  Proof. exact (proj2 (proj2 h)). Qed.

  Lemma ev_nth l k : ev q (nth k (map poly l) zero_poly) = value_at q (nth k l []).
  Proof. change zero_poly with (poly []). rewrite map_nth. apply ev_poly. Qed.

  Lemma ev_unit : ev q (unit_poly t) = U.
  Proof. apply ev_poly. Qed.

  Lemma ev_chance (w : state E) : ev q (chance_p f ok t w) = prior w * M.
  Proof.
    unfold chance_p. cbn [t tables chance_table]. rewrite ev_nth. symmetry.
    exact (divided (chance f ok q w) M mass_positive).
  Qed.

  Lemma ev_pay (i : agent E) (a : profile E) (w : state E) : ev q (pay_p f ok t i a w) = payoff i a w * U.
  Proof.
    unfold pay_p. cbn [t tables pay_table].
    change (@nil (list Poly)) with (map (map poly) (@nil (list Number))). rewrite map_nth.
    change (@nil Poly) with (map poly (@nil Number)). rewrite map_nth, ev_nth. symmetry.
    apply (divided (value_at q (nth (number_of (actions f) (proj1_sig a) 0) (nth (proj1_sig w) (nth (proj1_sig i) (utilities f) []) []) [])) U unit_positive).
  Qed.

  Lemma ev_welfare (a : profile E) (w : state E) : ev q (welfare_p f ok t a w) = W a w * U.
  Proof.
    unfold welfare_p. rewrite ev_sum. unfold W. rewrite <- total_mul_r. apply total_ext. intros i _. apply ev_pay.
  Qed.

  Lemma chance_sign (w : state E) : if knows o (chance_p f ok t w) above then likely w else ~ likely w.
  Proof.
    pose proof mass_positive as m. unfold states_known in known. pose proof (all_true _ _ known w) as k. cbv beta in k.
    apply andb_true_iff in k. destruct k as [_ k]. unfold knows. pose proof (right (chance_p f ok t w) above) as r.
    pose proof (ev_chance w) as e. unfold likely.
    destruct (o (chance_p f ok t w) above) as [[]|]; [| |discriminate]; cbn [stands] in r; rewrite e in r.
    - apply (lt_scaled M _ _ m). assert (0 * M = 0) as -> by ring. exact r.
    - intro p. apply r. exact (lt_mul _ _ p m).
  Qed.

  Lemma likely_support (w : state E) : likely w <-> In w support.
  Proof.
    rewrite supports. unfold with_chance. pose proof (chance_sign w) as s. split; intro i.
    - apply filter_In. split; [apply (all_listed (state E))|].
      destruct (knows o (chance_p f ok t w) above); [reflexivity|destruct (s i)].
    - apply filter_In in i. destruct i as [_ i]. rewrite i in s. exact s.
  Qed.

  Lemma supported_likely (w : state E) : supported f ok support w = true -> likely w.
  Proof.
    intro i. apply existsb_exists in i. destruct i as [v [i e]]. apply yes_true in e. destruct e. now apply likely_support.
  Qed.

  Lemma filtered (p : state E -> bool) : (forall w, p w = true <-> likely w) -> filter p (listed (state E)) = support.
  Proof.
    intro e. rewrite supports. unfold with_chance. apply filter_ext. intro w. pose proof (chance_sign w) as s.
    specialize (e w). destruct (knows o (chance_p f ok t w) above), (p w); try reflexivity.
    - destruct e as [_ e]. specialize (e s). discriminate.
    - destruct e as [e _]. destruct (s (e eq_refl)).
  Qed.

  Lemma plays_same (s : selection E) : plays_of s = plays f ok support s.
  Proof.
    unfold plays_of, plays. f_equal. apply (filtered (fun w => negb (unlikely_ w))). intro w. unfold unlikely_, likely, lt.
    destruct (le_dec (prior w) 0) as [g|g]; cbn; split; intro i; try reflexivity; try discriminate; [destruct (i g)|exact g].
  Qed.

  (** *** Sums over the states with a chance *)

  Lemma outside (w : state E) : In w support \/ prior w = 0.
  Proof.
    destruct (likely_dec w) as [p|p]; [left; now apply likely_support|right; now apply unlikely].
  Qed.

  Lemma support_once : NoDup support.
  Proof. rewrite supports. apply NoDup_filter, once. Qed.

  Lemma total_support (x : state E -> Value) : total (X := state E) support (fun w : state E => prior w * x w) = Σ w ∈ state E, (prior w * x w).
  Proof.
    apply (total_part (X := state E) support (fun w : state E => prior w * x w) support_once). intro w.
    destruct (outside w) as [i|z]; [now left|right]. rewrite z. ring.
  Qed.

  Lemma ev_adds (w : state E) (a : profile E) : ev q (adds_p f ok t w a) = adds w a * (M * U).
  Proof. unfold adds_p. rewrite ev_mult, ev_chance, ev_welfare. unfold adds. ring. Qed.

  Lemma ev_total (s : selection E) : ev q (total_p f ok t support s) = welfare s * (M * U).
  Proof.
    unfold total_p. rewrite ev_sum. unfold welfare. rewrite <- (total_support (fun w : state E => W (s w) w)), <- total_mul_r.
    apply total_ext. intros w _. apply ev_adds.
  Qed.

  (** *** Equilibria *)

  (** *** What does not depend on numbers is the same at each point *)

  Definition as_deviation (e : Deviation (E := E0)) : Deviation (E := E) :=
    {| who := who e : agent E; where_ := where_ e; to := to e; weight := weight e |}.
  Definition as_entry (x : Entry (language (shape f) ok)) : Entry L :=
    {| payee := payee x : agent E; entered := entered x : record L; times := times x |}.

  Lemma crossed_same (s : selection E) es :
    map as_entry (crossed (language (shape f) ok) s es) = crossed L s (map as_deviation es).
  Proof. induction es as [|e es IH]; [reflexivity|exact (f_equal (fun l => _ :: _ :: l) IH)]. Qed.

  Lemma nets_same es (y : record L) : nets (map as_entry es) y = nets (L := language (shape f) ok) es y.
  Proof. unfold nets, net. apply map_ext. intro i. now rewrite total_map. Qed.

  Lemma touched_same es : touched (map as_entry es) = touched (L := language (shape f) ok) es.
  Proof. unfold touched. now rewrite map_map. Qed.

  Lemma slack_same m es : slack m (map as_entry es) = slack (L := language (shape f) ok) m es.
  Proof.
    unfold slack. rewrite touched_same. apply total_ext. intros y _. cbv zeta. now rewrite nets_same.
  Qed.

  Lemma cancels_same m (l : option Value) es :
    cancels m l (map as_entry es) = cancels (L := language (shape f) ok) m (option_map (fun _ => 0) l) es.
  Proof.
    unfold cancels. rewrite touched_same. apply forallb_same. intro y. cbv zeta. rewrite nets_same. now destruct l.
  Qed.

  Lemma yes_of {A B : Prop} (d : {A} + {B}) : A -> (B -> ~ A) -> yes d = true.
  Proof. intros a n. destruct d as [|b]; [reflexivity|destruct (n b a)]. Qed.

  Lemma binds_true x : binds_p f c ok support x = true ->
    let es := map as_deviation (snd x) in
    forallb (fun e => negb (unlikely_ (fst e))) (fst x : part (E := E)) = true /\ flow_ok (E := E) (fst x) es = true /\ binds L C (fst x) es = true.
  Proof.
    intros e. cbv zeta. unfold binds_p in e. rewrite !andb_true_iff in e. destruct e as [[live flow] bind].
    assert (forall w : state E, supported f ok support w = true -> unlikely_ w = false) as alive.
    { intros w i. apply supported_likely in i. unfold unlikely_, yes. destruct (le_dec (prior w) 0) as [g|g]; [destruct (i g)|reflexivity]. }
    split; [|split].
    - apply forallb_forall. intros e i. apply (forallb_in _ _ _ live) in i. cbv beta in i. now rewrite alive.
    - apply forallb_forall. intros e' i. apply in_map_iff in i. destruct i as [e [<- i]].
      apply (forallb_in _ _ _ flow) in i. rewrite !andb_true_iff in i. destruct i as [[pos i] inside].
      apply supported_likely in i. rewrite !andb_true_iff. split; [split; [exact pos|]|exact inside].
      apply yes_of; [exact i|intros n g; exact (g n)].
    - unfold C, contracts_at. unfold class_0 in bind. destruct c as [|m l|complete]; cbn [binds] in *.
      + reflexivity.
      + rewrite <- crossed_same, cancels_same. destruct l; exact bind.
      + destruct (snd x) as [|e [|e' es]]; exact bind.
  Qed.

  Section Levels.
    Variables (level : agent E0 -> Poly) (scale : Poly) (lam : agent E -> Value) (S : Value).
    Hypotheses (ev_scale : ev q scale = S) (scaled : 0 < S) (ev_level : forall i : agent E, ev q (level i) = lam i * S).

    Lemma ev_material (i : agent E) (a : profile E) (w : state E) :
      ev q (material_p f ok t level scale i a w) = material lam i a w * (U * S).
    Proof.
      unfold material_p. rewrite ev_plus, !ev_mult, ev_pay, ev_welfare, ev_level, ev_scale. unfold material. ring.
    Qed.

    Section Paid.
      Variables (unit : Poly) (rows : Rows).
      Hypothesis unit_known : 0 < ev q unit.

      Definition contract_at : Transfers L := fun (i : agent E) (y : record L) => ev q (amount f ok rows i (proj1_sig y)) / ev q unit.

      Lemma ev_utility (i : agent E) (a : profile E) (w : state E) :
        ev q (utility_p f ok t level scale unit rows i a w) = utility lam contract_at i a w * (U * S * ev q unit).
      Proof.
        unfold utility_p. rewrite ev_plus, !ev_mult, ev_material, ev_unit, ev_scale. unfold utility.
        assert (ev q (amount f ok rows i (proj1_sig (leaves (language (shape f) ok) w a))) = contract_at i (leaves L w a) * ev q unit) as ->
          by (symmetry; exact (divided _ _ unit_known)).
        ring.
      Qed.

      Lemma weight_positive : 0 < U * S * ev q unit.
      Proof. apply lt_mul; [apply lt_mul; [exact unit_positive|exact scaled]|exact unit_known]. Qed.

      (** No deviation that counts gains. *)
      Lemma at_ease_true (s : selection E) : at_ease_p f c ok t o support level scale unit rows s = true ->
        forall w, likely w -> forall i b,
        match c with
        | directives _ => allows (product_at f ok q h) Nat.eq_dec (plays_of s) (cell_of (product_at f ok q h) w) i b = true
        | _ => True
        end -> utility lam contract_at i (change (s w) i b) w <= utility lam contract_at i (s w) w.
      Proof.
        intros ease w p i b d. unfold at_ease_p in ease. apply likely_support in p.
        pose proof (forallb_in _ _ _ ease p) as e. cbv beta in e. apply (all_true (agent E) _) with (x := i) in e. cbv zeta in e.
        apply (all_true (action E i) _) with (x := b) in e. apply orb_true_iff in e. destruct e as [e|e].
        - exfalso. apply negb_true_iff in e. destruct c as [|m l|complete]; try discriminate.
          rewrite plays_same in d. exact (eq_true_false_abs _ d e).
        - apply (knows_true q _ _ _ right) in e. cbn [stands] in e. rewrite ev_minus in e.
          apply (le_scaled _ _ _ weight_positive). rewrite <- !ev_utility. apply sub_nonneg. exact e.
      Qed.

      Lemma lawful_true : lawful_p f c ok o unit rows = true ->
        match c with
        | transfers m l => match l with Some B => 0 <= ratio q B /\ 0 < value_at q (snd B) | None => True end ->
            admissible m (option_map (ratio q) l) contract_at
        | _ => rows = nil
        end.
      Proof.
        unfold lawful_p. destruct c as [|m l|complete]; [destruct rows; [reflexivity|discriminate]| |destruct rows; [reflexivity|discriminate]].
        intros law bound. apply andb_true_iff in law. destruct law as [_ law].
        assert (forall y : record L, (forall i : agent E, contract_at i y = 0) \/
          exists e, In e rows /\ forall i : agent E, contract_at i y * ev q unit = ev q (nth (proj1_sig i) (snd e) zero_poly)) as each.
        { intro y. unfold contract_at, amount. destruct (find _ rows) as [e|] eqn:g.
          - right. exists e. apply find_some in g. split; [exact (proj1 g)|]. intro i. exact (divided _ _ unit_known).
          - left. intro i. unfold zero_poly. rewrite ev_constant, of_Q_zero. unfold div. ring. }
        split.
        - assert (forall y : record L, match m with
            | balanced => (Σ i ∈ agent E, contract_at i y) = 0
            | burnt => (Σ i ∈ agent E, contract_at i y) <= 0
            | free => True end) as budget; [|destruct m; [exact budget|exact budget|exact I]].
          intro y. destruct (each y) as [z|[e [i paid]]].
          + assert ((Σ i ∈ agent E, contract_at i y) = 0) as -> by (apply total_zero; intros i _; apply z).
            destruct m; [reflexivity|apply le_refl|exact I].
          + pose proof (forallb_in _ _ _ law i) as g. cbv beta zeta in g. rewrite !andb_true_iff in g. destruct g as [[_ g] _].
            set (all_paid := ev q (sum (listed (agent E)) (fun i : agent E => nth (proj1_sig i) (snd e) zero_poly))).
            assert (all_paid = (Σ i ∈ agent E, contract_at i y) * ev q unit) as sums.
            { unfold all_paid. rewrite ev_sum, <- total_mul_r. apply total_ext. intros j _. symmetry. apply paid. }
            destruct m; [| |exact I]; apply (knows_true q _ _ _ right) in g; cbn [stands] in g.
            * assert (all_paid = 0) as z by exact g. clearbody all_paid.
              apply le_antisym; apply (le_scaled _ _ _ unit_known); rewrite <- sums, z; olra.
            * rewrite ev_negated in g. assert (0 <= - all_paid) as z by exact g. clearbody all_paid.
              apply (le_scaled _ _ _ unit_known). rewrite <- sums. olra.
        - destruct l as [B|]; [|exact I]. cbn [option_map within_liability]. destruct bound as [nonneg pos]. intros i y.
          destruct (each y) as [z|[e [j paid]]]; [rewrite z; olra|].
          pose proof (forallb_in _ _ _ law j) as g. cbv beta zeta in g. rewrite !andb_true_iff in g. destruct g as [_ g].
          apply (all_true (agent E) _) with (x := i) in g. apply (knows_true q _ _ _ right) in g. cbn [stands] in g.
          rewrite ev_plus, !ev_mult, !ev_poly in g.
          assert (0 <= value_at q (snd B) * (contract_at i y * ev q unit) + value_at q (fst B) * ev q unit) as k
            by (rewrite (paid i); exact g). clear g.
          apply (le_scaled (value_at q (snd B) * ev q unit)); [exact (lt_mul _ _ pos unit_known)|].
          assert (ratio q B * value_at q (snd B) = value_at q (fst B)) as e1 by exact (divided _ _ pos).
          rewrite <- e1 in k. olra.
      Qed.
    End Paid.

    Hypothesis bounded : match c with transfers _ (Some B) => 0 <= ratio q B /\ 0 < value_at q (snd B) | _ => True end.

    Lemma reached_true r (s : selection E) : reached_p f c ok t o support level scale r = Some s -> reachable lam L C s.
    Proof.
      unfold reached_p. destruct (selection_p f ok support (played r)) as [s'|]; [|discriminate].
      set (unit := poly (denominator r)). set (rows := map (fun e => (fst e, map poly (snd e))) (amounts r)).
      destruct (_ && _) eqn:e; [|discriminate]. intro g. injection g as ->.
      rewrite !andb_true_iff in e. destruct e as [[[pos law] one] ease]. apply (knows_true q _ _ _ right) in pos. cbn [stands] in pos.
      pose proof (at_ease_true unit rows pos s ease) as best. apply (lawful_true unit rows pos) in law.
      unfold C, contracts_at. destruct c as [|m l|complete]; cbn [reachable].
      - intros w p i b. specialize (best w p i b I). unfold utility in best.
        assert (forall y, contract_at unit rows i y = 0) as z
          by (intro y; rewrite law; unfold contract_at, amount, zero_poly; cbn [find]; rewrite ev_constant, of_Q_zero; unfold div; ring).
        rewrite !z in best. olra.
      - exists (contract_at unit rows). split; [apply law; exact bounded|]. intros w p i b. exact (best w p i b I).
      - apply (obeyed_reachable lam L (product_at f ok q h) Nat.eq_dec complete s).
        + rewrite plays_same. exact one.
        + intros w p i b d. specialize (best w p i b d). unfold utility in best.
          assert (forall y, contract_at unit rows i y = 0) as z
            by (intro y; rewrite law; unfold contract_at, amount, zero_poly; cbn [find]; rewrite ev_constant, of_Q_zero; unfold div; ring).
          rewrite !z in best. olra.
    Qed.

    (** *** Obstructions *)

    Lemma ev_worth (s : selection E) es : ev q (worth_p f ok t level scale s es) = total_worth lam s (map as_deviation es) * (U * S).
    Proof.
      unfold worth_p, total_worth. rewrite ev_sum, total_map, <- total_mul_r. apply total_ext. intros e _.
      rewrite ev_mult, ev_constant, of_Q_this, ev_minus.
      pose proof (ev_material (who e) (change (s (where_ e)) (who e) (to e)) (where_ e)) as there.
      pose proof (ev_material (who e) (s (where_ e)) (where_ e)) as here.
      transitivity (weight e * (material lam (who e : agent E) (change (s (where_ e)) (who e) (to e)) (where_ e) * (U * S) -
        material lam (who e : agent E) (s (where_ e)) (where_ e) * (U * S))).
      - rewrite <- there, <- here. reflexivity.
      - unfold gain. cbn [as_deviation who where_ to weight]. unfold E0. ring.
    Qed.

    Lemma ev_strength x : exists k, 0 < k /\
      ev q (strength_p f c ok t level scale x) = strength lam L C (fst x) (map as_deviation (snd x)) * k.
    Proof.
      pose proof (lt_mul _ _ unit_positive scaled) as us. unfold strength_p, settled, C, contracts_at.
      pose proof (ev_worth (extend (E := E) (fst x)) (snd x)) as w.
      destruct c as [|m [B|]|complete]; cbn [strength option_map].
      - exists (U * S). split; [exact us|exact w].
      - destruct bounded as [_ pos]. exists (U * S * value_at q (snd B)). split; [exact (lt_mul _ _ us pos)|].
        assert (ratio q B * value_at q (snd B) = value_at q (fst B)) as e1 by exact (divided _ _ pos).
        rewrite ev_minus, !ev_mult, ev_constant, of_Q_this, !ev_poly, ev_unit, ev_scale.
        cbn [made_good]. rewrite <- crossed_same, slack_same, <- e1.
        set (spare := slack m (crossed (language (shape f) ok) (extend (fst x)) (snd x))).
        set (gains := total_worth lam (extend (E := E) (fst x)) (map as_deviation (snd x))) in *.
        transitivity (value_at q (snd B) * (gains * (U * S)) - spare * (ratio q B * value_at q (snd B) * (U * S))).
        + rewrite <- w. reflexivity.
        + change (value_at q (snd B) * (gains * (U * S)) - spare * (ratio q B * value_at q (snd B) * (U * S)) =
            (gains - ratio q B * spare) * (U * S * value_at q (snd B))). ring.
      - exists (U * S). split; [exact us|]. cbn [made_good].
        transitivity (total_worth lam (extend (E := E) (fst x)) (map as_deviation (snd x)) * (U * S)); [exact w|ring].
      - change (conflicting (product_at f ok q h) Nat.eq_dec (fst x)) with (conflicting (product (shape f) ok) Nat.eq_dec (fst x)).
        destruct (complete && conflicting (product (shape f) ok) Nat.eq_dec (fst x)).
        + exists 1. split; [exact lt_zero_one|]. unfold one_poly. rewrite ev_constant, of_Q_one. ring.
        + exists (U * S). split; [exact us|exact w].
    Qed.

    Lemma excludes_true x : excludes_p f c ok t o support level scale x = true ->
      forall s : selection E, agrees (fst x) s -> ~ reachable lam L C s.
    Proof.
      intro e. apply andb_true_iff in e. destruct e as [b e]. apply (knows_true q _ _ _ right) in e. cbn [stands] in e.
      destruct (ev_strength x) as [k [p g]]. rewrite g in e. apply (obstructs_true lam L C (fst x) (map as_deviation (snd x))).
      destruct (binds_true x b) as [live [flow bind]]. unfold obstructs. rewrite live, flow, bind. cbn [andb]. apply yes_of.
      - apply (lt_scaled k _ _ p). assert (0 * k = 0) as -> by ring. exact e.
      - intros n r. exact (r n).
    Qed.
  End Levels.

  (** *** Below a threshold *)

  Hypothesis bounded : match c with transfers _ (Some B) => 0 <= ratio q B /\ 0 < value_at q (snd B) | _ => True end.

  Lemma ev_slope x : exists k, 0 < k /\ (settled f c ok x = true \/
    ev q (strength_p f c ok t (fun _ => one_poly) zero_poly x) = slope C (fst x) (map as_deviation (snd x)) * k).
  Proof.
    pose proof unit_positive as u.
    assert (forall i (a : profile E) (w : state E), ev q (material_p f ok t (fun _ => one_poly) zero_poly i a w) = W a w * U) as each.
    { intros i a w. unfold material_p, one_poly, zero_poly.
      rewrite ev_plus, !ev_mult, !ev_constant, of_Q_one, of_Q_zero, ev_welfare. ring. }
    assert (ev q (worth_p f ok t (fun _ => one_poly) zero_poly (extend (E := E) (fst x)) (snd x)) =
      total (map as_deviation (snd x)) (fun e => weight e * (W (change (extend (E := E) (fst x) (where_ e)) (who e) (to e)) (where_ e) -
        W (extend (E := E) (fst x) (where_ e)) (where_ e))) * U) as w.
    { unfold worth_p. rewrite ev_sum, total_map, <- total_mul_r. apply total_ext. intros e _.
      rewrite ev_mult, ev_constant, of_Q_this, ev_minus.
      pose proof (each (who e) (change (e := E) (extend (E := E) (fst x) (where_ e)) (who e) (to e)) (where_ e)) as there.
      pose proof (each (who e) (extend (E := E) (fst x) (where_ e)) (where_ e)) as here.
      transitivity (weight e * (W (E := E) (change (e := E) (extend (E := E) (fst x) (where_ e)) (who e) (to e)) (where_ e) * U -
        W (E := E) (extend (E := E) (fst x) (where_ e)) (where_ e) * U)).
      - rewrite <- there, <- here. reflexivity.
      - cbn [as_deviation who where_ to weight]. unfold E0. ring. }
    unfold strength_p, C, contracts_at, slope. destruct (settled f c ok x) eqn:g; [exists 1; split; [exact lt_zero_one|now left]|].
    revert g. unfold settled. destruct c as [|m [B|]|complete]; cbn [option_map]; intro g.
    - exists U. split; [exact u|right; exact w].
    - destruct bounded as [_ pos]. exists (U * value_at q (snd B)). split; [exact (lt_mul _ _ u pos)|right].
      rewrite ev_minus, !ev_mult, ev_constant, of_Q_this, !ev_poly, ev_unit. unfold zero_poly at 2. rewrite ev_constant, of_Q_zero.
      set (gains := total (map as_deviation (snd x)) _) in *.
      transitivity (value_at q (snd B) * (gains * U)); [|ring].
      rewrite <- w. change (worth_p f ok t (fun _ => one_poly) zero_poly (extend (fst x)) (snd x))
        with (worth_p f ok t (fun _ => one_poly) zero_poly (extend (E := E) (fst x)) (snd x)). ring.
    - exists U. split; [exact u|right; exact w].
    - change (conflicting (product_at f ok q h) Nat.eq_dec (fst x)) with (conflicting (product (shape f) ok) Nat.eq_dec (fst x)).
      rewrite g. exists U. split; [exact u|right; exact w].
  Qed.

  Lemma settled_strength lam x : settled f c ok x = true -> strength lam L C (fst x) (map as_deviation (snd x)) = 1.
  Proof.
    unfold settled, C, contracts_at. destruct c; try discriminate. intro g. cbn [strength].
    change (conflicting (product_at f ok q h) Nat.eq_dec (fst x)) with (conflicting (product (shape f) ok) Nat.eq_dec (fst x)).
    now rewrite g.
  Qed.

  Lemma settled_slope x : settled f c ok x = true -> slope C (fst x) (map as_deviation (snd x)) = 0.
  Proof.
    unfold settled, C, contracts_at. destruct c; try discriminate. intro g. unfold slope.
    change (conflicting (product_at f ok q h) Nat.eq_dec (fst x)) with (conflicting (product (shape f) ok) Nat.eq_dec (fst x)).
    now rewrite g.
  Qed.

  (** λ from 0 to below [z], or all λ. *)
  Definition below_of (z : option Value) : Range := {| from := 0; upto := z; from_in := true; upto_in := false |}.

  Lemma excludes_below_true last z x :
    match z with
    | Some z => 0 < ev q (snd last) /\ ev q (fst last) = z * ev q (snd last)
    | None => last = (one_poly, zero_poly)
    end -> excludes_below_p f c ok t o support last x = true ->
    forall y, inside (below_of z) y -> forall s : selection E, agrees (fst x) s -> ~ reachable (common y) L C s.
  Proof.
    intros ends e y i. apply andb_true_iff in e. destruct e as [b e]. destruct (binds_true x b) as [live [flow bind]].
    apply (obstructs_between_true L (below_of z) C (fst x) (map as_deviation (snd x))); [|exact i].
    unfold obstructs_between. rewrite live, flow, bind. cbn [andb].
    assert (forall k u v : Value, 0 < k -> u = v * k -> (0 < u -> 0 < v) /\ (0 <= u -> 0 <= v)) as scaled.
    { intros k u v p ->. split; intro g; [apply (lt_scaled k _ _ p)|apply (le_scaled k _ _ p)]; (assert (0 * k = 0) as -> by ring); exact g. }
    destruct (o (strength_p f c ok t (fun _ => zero_poly) one_poly x) above) as [[]|] eqn:g; try discriminate.
    pose proof (right (strength_p f c ok t (fun _ => zero_poly) one_poly x) above) as first. rewrite g in first. cbn [stands] in first.
    assert (0 < strength (common 0) L C (fst x) (map as_deviation (snd x))) as pos.
    { destruct (ev_strength (fun _ => zero_poly) one_poly (common 0) 1) with (x := x) as [k [p r]];
        [unfold one_poly; rewrite ev_constant; exact of_Q_one|exact lt_zero_one| |exact bounded|exact (proj1 (scaled _ _ _ p r) first)].
      intro j. unfold zero_poly, common. rewrite ev_constant, of_Q_zero. ring. }
    clear g first.
    assert (0 <= match z with Some z => strength (common z) L C (fst x) (map as_deviation (snd x))
      | None => slope C (fst x) (map as_deviation (snd x)) end) as end_.
    { assert (0 <= ev q (strength_p f c ok t (fun _ => fst last) (snd last) x)) as nonneg.
      { pose proof (right (strength_p f c ok t (fun _ => fst last) (snd last) x) above) as second.
        destruct (o _ above) as [[]|]; [exact (lt_le _ _ second)| |discriminate]. cbn [orb] in e.
        exact (knows_true q _ _ _ right e). }
      destruct z as [z|].
      - destruct ends as [sc lv]. destruct (ev_strength (fun _ => fst last) (snd last) (common z) (ev q (snd last))) with (x := x) as [k [p r]];
          [reflexivity|exact sc|intro j; exact lv|exact bounded|exact (proj2 (scaled _ _ _ p r) nonneg)].
      - subst last. cbn [fst snd] in nonneg. destruct (ev_slope x) as [k [p [r|r]]].
        + rewrite (settled_slope x r). apply le_refl.
        + exact (proj2 (scaled _ _ _ p r) nonneg). }
    unfold positive_between. cbn [below_of from upto from_in upto_in].
    assert (yes (lt_or_le 0 (strength (common 0) L C (fst x) (map as_deviation (snd x)))) = true) as -> by (apply yes_of; [exact pos|intros n r; exact (r n)]).
    assert (yes (le_dec 0 (strength (common 0) L C (fst x) (map as_deviation (snd x)))) = true) as -> by (apply yes_of; [exact (lt_le _ _ pos)|tauto]).
    destruct z as [z|]; (rewrite (yes_of _ end_) by tauto); cbn; apply orb_true_r.
  Qed.
End Evaluated.
