(** What [Private.v] finds is so at every point where the signs are as answered; certificates about
    agents who do not all see the state, and that accepted ones claim what is so. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Private Trees.
Import ListNotations.
Local Open Scope number_scope.

Lemma extended_by {E : Environment rationals} (g : state E -> option (profile E)) (l : list (state E)) r :
  sequence g l = Some r -> forall w, In w l -> g w = Some (extend (E := E) (combine l r) w).
Proof.
  revert r. induction l as [|v l IH]; intros r e w i; [destruct i|]. cbn [sequence] in e.
  destruct (g v) as [a|] eqn:k; [|discriminate]. destruct (sequence g l) as [s|]; [|discriminate]. injection e as <-.
  unfold extend. cbn [combine find fst]. unfold yes at 1. destruct (same v w) as [<-|n]; [exact k|].
  destruct i as [->|i]; [congruence|]. exact (IH s eq_refl w i).
Qed.

Lemma nth_below (l : list (list nat)) n j k : forallb (fun l => (length l =? n) && forallb (fun k => k <? n) l)%nat l = true -> (0 < n)%nat ->
  (nth k (nth j l []) 0 < n)%nat.
Proof.
  intros e pos. destruct (nth_in_or_default j l []) as [m|m]; [|rewrite m; destruct k; exact pos].
  apply (forallb_in _ _ _ e) in m. apply andb_true_iff in m. destruct m as [_ m].
  destruct (nth_in_or_default k (nth j l []) 0%nat) as [u|u]; [|rewrite u; exact pos].
  apply (forallb_in _ _ _ m) in u. now apply Nat.ltb_lt in u.
Qed.

Add Ring Q_ring : (@ring_laws rationals).

Lemma gain_scaled (pr m k a a' x y z : Value) : z = pr * m -> x = a * k -> y = a' * k -> pr * (a' - a) * (m * k) = - (z * (x - y)).
Proof. intros -> -> ->. ring. Qed.

Lemma moved_scaled (v z pr m a a' x x' : Value) : z = v * (pr * m) -> z * (a' - a) - z * (x - x') = v * m * (pr * (a' + x' - (a + x))).
Proof. intros ->. ring. Qed.

Lemma gained_scaled (z x y k : Value) : z * (x * k - y * k) = z * (x - y) * k.
Proof. ring. Qed.

Lemma no_ray (a d c y : Value) : 0 <= y -> 0 < a - c -> 0 <= d -> a + y * d <= c -> False.
Proof. intros y0 low high le. pose proof (le_mul _ _ _ y0 high). olra. Qed.

Lemma no_room (a d c y z : Value) : 0 <= y -> y < z -> 0 < a - c -> 0 <= a + z * d - c -> a + y * d <= c -> False.
Proof.
  intros y0 yz low high le. destruct (le_dec 0 d) as [n|n]; [exact (no_ray a d c y y0 low n le)|].
  assert (0 < z - y) as p by olra. assert (0 < - d) as n' by olra. pose proof (lt_mul _ _ p n'). olra.
Qed.

Lemma mul_most (z x y : Value) : 0 <= z -> x <= y -> z * x <= z * y.
Proof. intros pos le. pose proof (le_mul _ _ _ pos (proj2 (sub_nonneg _ _) le)). olra. Qed.

Lemma scaled_most (z x y : Value) : 0 <= z -> x <= y -> x * z <= y * z.
Proof. intros pos le. pose proof (mul_most z x y pos le). olra. Qed.

Lemma last_only (x y : Value) : 0 * x + 1 * y = y.
Proof. ring. Qed.

Lemma sequence_le {X Y} (g : X -> option Y) (v : Y -> Value) (w : X -> Value) l r : sequence g l = Some r ->
  (forall x y, In x l -> g x = Some y -> w x <= v y) -> total l w <= total r v.
Proof.
  revert r. induction l as [|x l IH]; cbn [sequence total]; intros r h e; [injection h as <-; exact (le_refl rationals 0)|].
  destruct (g x) as [y|] eqn:k; [|discriminate]. destruct (sequence g l) as [s|]; [|discriminate]. injection h as <-. cbn [total].
  pose proof (e x y (or_introl eq_refl) k). pose proof (IH s eq_refl (fun z u i => e z u (or_intror i))). olra.
Qed.

Lemma find_same {X} (p r : X -> bool) l : (forall x, p x = r x) -> find p l = find r l.
Proof. intro e. induction l as [|x l IH]; [reflexivity|]. cbn. now rewrite e, IH. Qed.

Section Sound.
  Variables (p : Problem_private).
  Let b : Problem := base p.
  Variables (ok : good (shape (family b)) = true) (o : Signed) (hint q : Valuation).
  Hypothesis right : right_at q o.

  Let f : Family := family b.
  Let t : Tables := tables f.
  Let E0 : Environment rationals := game (shape f) ok.
  Let L0 : Language E0 := language (shape f) ok.
  Let support : list (state E0) := with_chance f ok t o.

  Hypothesis known : data_known b ok t o support = true.
  Hypothesis seen_known : seen_ok p = true.

  Let h : proper f ok q := data_proper b ok o q right known.
  Let E : Environment rationals := game_at f ok q h.
  Let L : Language E := language_at f ok q h.
  Let M : Value := mass f ok q.
  Let U : Value := value_at q (over f).
  Let N : Value := M * U.

  Lemma likely_in (w : state E) : likely w <-> In w support.
  Proof. exact (likely_support f ok o q h right support (states b ok o q right known) eq_refl w). Qed.

  (** *** Strategies *)

  Definition follows_path (s : selection E) (path : Strategies p ok) : Prop :=
    forall (i : agent E) k a, In (i : agent E0, k, a) path -> forall w : state E, likely w -> sees_at p q ok h i w = k -> proj1_sig (play (s w) i) = a.

  Lemma does_in (path : Strategies p ok) i k x : does_type p ok path i k = Some x -> In (i, k, x) path.
  Proof.
    unfold does_type. destruct (find _ path) as [[[j l] y]|] eqn:e; [|discriminate]. cbn. intro g. injection g as <-.
    apply find_some in e. destruct e as [i' e]. unfold same_type in e. cbn [fst snd] in e. apply andb_true_iff in e.
    destruct e as [e1 e2]. apply yes_true in e1. apply Nat.eqb_eq in e2. now subst.
  Qed.

  Lemma path_agrees (s : selection E) path (w : state E) : follows_path s path -> likely w -> agreeing p ok false path w (s w) = true.
  Proof.
    intros g l. apply forallb_forall. intros i _. destruct (does_type p ok path i _) as [x|] eqn:e; [|reflexivity].
    apply Nat.eqb_eq. apply (g i _ x (does_in _ _ _ _ e) w l). reflexivity.
  Qed.

  Lemma played_is (s : selection E) path (w : state E) a : follows_path s path -> likely w -> played_in p ok path w = Some a -> a = s w.
  Proof.
    intros g l e. apply find_some in e. destruct e as [_ e]. apply (only_play _ E0). intro i.
    apply (all_true (agent E0) _) with (x := i) in e. cbv beta in e.
    destruct (does_type p ok path i _) as [x|] eqn:k; [|discriminate]. apply Nat.eqb_eq in e. apply Games.equal.
    exact (eq_trans e (eq_sym (g i _ x (does_in _ _ _ _ k) w l eq_refl))).
  Qed.

  Lemma selection_plays path (s : selection E) : selection_by p ok support path = Some s -> forall w : state E, likely w -> played_in p ok path w = Some (s w).
  Proof.
    unfold selection_by. destruct (sequence (played_in p ok path) support) as [r|] eqn:e; [|discriminate]. cbn [option_map]. intro g. injection g as <-.
    intros w l. apply likely_in in l. exact (extended_by (E := E0) _ support r e w l).
  Qed.

  Lemma selection_measurable path (s : selection E) : selection_by p ok support path = Some s -> measurable p q ok h s.
  Proof.
    intros e i w w' l l' same_. pose proof (selection_plays path s e w l) as k. pose proof (selection_plays path s e w' l') as k'.
    apply find_some in k, k'. destruct k as [_ k], k' as [_ k'].
    apply (all_true (agent E0) _) with (x := i) in k. apply (all_true (agent E0) _) with (x := i) in k'. cbv beta in k, k'.
    change (cell_in p ok i w) with (sees_at p q ok h i w) in k. change (cell_in p ok i w') with (sees_at p q ok h i w') in k'. rewrite same_ in k.
    destruct (does_type p ok path i _) as [x|]; [|discriminate]. apply Nat.eqb_eq in k, k'. apply Games.equal. exact (eq_trans k (eq_sym k')).
  Qed.

  (** *** Sums over what a type cannot tell apart *)

  Lemma type_sum (i : agent E) k (x : state E -> Value) :
    total (X := state E) (states_of p ok support i k) (fun w : state E => prior w * x w) = Σ w ∈ state E, if (sees_at p q ok h i w =? k)%nat then prior w * x w else 0.
  Proof.
    unfold states_of. rewrite total_filter.
    transitivity (total (X := state E) support (fun w : state E => prior w * if (sees_at p q ok h i w =? k)%nat then x w else 0)).
    - apply total_ext. intros w _. change (cell_in p ok i w) with (sees_at p q ok h i w). destruct (sees_at p q ok h i w =? k)%nat; ring.
    - etransitivity; [exact (total_support f ok o q h right support (states b ok o q right known) eq_refl (fun w : state E => if (sees_at p q ok h i w =? k)%nat then x w else 0))|].
      apply total_ext. intros w _. cbv beta. destruct (sees_at p q ok h i w =? k)%nat; [reflexivity|ring].
  Qed.

  Lemma in_types (i : agent E0) k : states_of p ok support i k <> nil -> In (i, k) (types p ok support).
  Proof.
    intro n. unfold types. apply in_flat_map. exists i. split; [apply (all_listed (agent E0))|]. apply in_map. apply filter_In. split.
    - destruct (states_of p ok support i k) as [|w l] eqn:e; [destruct (n eq_refl)|].
      assert (In w (states_of p ok support i k)) as j by (rewrite e; now left). apply filter_In in j. destruct j as [_ j]. apply Nat.eqb_eq in j.
      apply in_seq. split; [apply Nat.le_0_l|]. rewrite <- j. unfold cell_in.
      pose proof seen_known as k'. unfold seen_ok in k'. rewrite !andb_true_iff in k'. destruct k' as [[_ k'] _].
      assert (0 < length (chances f))%nat as pos.
      { pose proof (proj2_sig w) as z. cbn in z. apply Nat.ltb_lt in z. rewrite map_length in z. exact (Nat.le_lt_trans _ _ _ (Nat.le_0_l _) z). }
      exact (nth_below _ _ _ _ k' pos).
    - destruct (states_of p ok support i k); [destruct (n eq_refl)|reflexivity].
  Qed.

  Section Levels.
    Variables (level : agent E0 -> Poly) (scale : Poly) (lam : agent E -> Value) (S : Value).
    Hypotheses (ev_scale : ev q scale = S) (scaled : 0 < S) (ev_level : forall i : agent E, ev q (level i) = lam i * S).

    Lemma gets_true r (s : selection E) : gets_p p ok t o support level scale r = Some s -> reach p q ok h lam s.
    Proof.
      unfold gets_p. destruct (strategies_of p ok support (played r)) as [path|]; [|discriminate].
      destruct (selection_by p ok support path) as [s'|] eqn:is_s; [|discriminate].
      set (unit := poly (denominator r)). set (rows := map (fun e => (fst e, map poly (snd e))) (amounts r)).
      match goal with |- (if ?r then _ else _) = _ -> _ => destruct r eqn:e; [|discriminate] end. intro g. injection g as ->.
      rewrite !andb_true_iff in e. destruct e as [[pos law] ease]. apply (knows_true q _ _ _ right) in pos. cbn [stands] in pos.
      split; [exact (selection_measurable path s is_s)|].
      set (paid := contract_at f ok q h unit rows). exists paid. split.
      - pose proof (lawful_true f (class (base p)) ok o q h right scale S ev_scale scaled unit rows pos law) as lawful_.
        destruct (class (base p)) as [|m l|complete] eqn:cl.
        + intros i y. unfold paid. rewrite lawful_. unfold contract_at, amount, zero_poly. cbn [find]. rewrite ev_constant, of_Q_zero. unfold div. ring.
        + apply lawful_. pose proof (data_bounded b ok o q right known) as bd. unfold b in bd. rewrite cl in bd. exact bd.
        + intros i y. unfold paid. rewrite lawful_. unfold contract_at, amount, zero_poly. cbn [find]. rewrite ev_constant, of_Q_zero. unfold div. ring.
      - intros i k x.
        refine (eq_ind _ (fun z : Value => z <= 0) _ _ (type_sum i k (fun w => utility lam paid i (change (s w) i x) w - utility lam paid i (s w) w))).
        assert (forall ws, ws = states_of p ok support i k -> total (X := state E) ws (fun w : state E => prior w *
          (utility lam paid i (change (s w) i x) w - utility lam paid i (s w) w)) <= 0) as each; [|exact (each _ eq_refl)].
        intros [|w0 ws] none; [apply le_refl|].
        assert (In (i : agent E0, k) (types p ok support)) as j by (apply in_types; rewrite <- none; discriminate).
        apply (forallb_in _ _ _ ease) in j. cbv beta in j. cbn [fst snd] in j. apply (all_true (action E0 i) _) with (x := x) in j.
        apply (knows_true q _ _ _ right) in j. cbn [stands] in j. rewrite ev_sum, <- none in j.
        set (K := M * (U * S * ev q unit)).
        assert (0 < K) as kpos by (apply lt_mul; [exact (mass_positive f ok q h)|exact (weight_positive f ok q h S scaled unit pos)]).
        apply (le_scaled K _ _ kpos). assert (0 * K = 0) as -> by ring.
        assert (total (X := state E) (w0 :: ws) (fun w : state E => prior w * (utility lam paid i (change (s w) i x) w - utility lam paid i (s w) w)) * K =
          - total (X := state E) (w0 :: ws) (fun w : state E => ev q (mult (chance_p f ok t w) (minus (utility_p f ok t level scale unit rows i (s w) w)
            (utility_p f ok t level scale unit rows i (change (e := E0) (s w) i x) w))))) as ->.
        { rewrite <- total_mul_r, <- total_opp. apply total_ext. intros w _. rewrite ev_mult, ev_minus.
          pose proof (ev_utility f ok q h level scale lam S ev_scale ev_level unit rows pos i (s w) w) as u1.
          pose proof (ev_utility f ok q h level scale lam S ev_scale ev_level unit rows pos i (change (e := E) (s w) i x) w) as u2.
          pose proof (ev_chance f ok q h w) as c1. 
          exact (gain_scaled _ _ _ _ _ _ _ _ c1 u1 u2). }
        set (z := total _ _) in j. assert (0 <= z) as j' by exact j. set (z' := total _ _). assert (z' = z) as -> by reflexivity. clearbody z. olra.
    Qed.
  End Levels.
  (** *** Hindrances *)

  Definition changed (m : Move p ok) : profile E := change (e := E) (playing p ok m) (mover p ok m) (instead p ok m).
  Definition force_at (m : Move p ok) : Value := ev q (force p ok m).
  Definition gains_at (lam : agent E -> Value) (l : list (Move p ok)) : Value := total l (fun m => force_at m *
    (material lam (mover p ok m : agent E) (changed m) (in_state p ok m) - material lam (mover p ok m : agent E) (playing p ok m) (in_state p ok m))).
  Definition paid_at_most (t' : Transfers L) (l : list (Move p ok)) : Value := total l (fun m => force_at m *
    (t' (mover p ok m) (leaves L (in_state p ok m) (playing p ok m)) - t' (mover p ok m) (leaves L (in_state p ok m) (changed m)))).

  Lemma moves_true (s : selection E) path e l : follows_path s path -> moves_of p ok t o support path e = Some l ->
    forall lam t', no_type_gains p q ok h lam t' s -> gains_at lam l <= paid_at_most t' l.
  Proof.
    intros g found lam t' calm. destruct e as [[[i k] x] weight]. unfold moves_of in found.
    match type of found with match ?r with Some _ => _ | None => _ end = _ => destruct r as [j|]; [|discriminate] end.
    match type of found with match ?r with Some _ => _ | None => _ end = _ => destruct r as [y|]; [|discriminate] end.
    match type of found with (if ?r then _ else _) = _ => destruct r eqn:pos; [|discriminate] end.
    apply andb_true_iff in pos. destruct pos as [pos _]. apply (knows_true q _ _ _ right) in pos. cbn [stands] in pos.
    set (more (w : state E) := utility lam t' (j : agent E) (change (e := E) (s w) j y) w - utility lam t' (j : agent E) (s w) w).
    assert (gains_at lam l - paid_at_most t' l = ev q (poly weight) * M * total (X := state E) (states_of p ok support j k) (fun w : state E => prior w * more w)) as e.
    { unfold gains_at, paid_at_most. rewrite <- total_sub.
      etransitivity; [refine (sequence_total _ (fun m : Move p ok => _) (fun w : state E => ev q (poly weight) * M * (prior w * more w)) _ _ found _)|apply total_mul].
      intros w m iw em. assert (likely (w : state E)) as lw.
      { apply likely_in. unfold states_of in iw. exact (proj1 (proj1 (filter_In _ _ _) iw)). }
      destruct (played_in p ok path w) as [a|] eqn:ea; [|discriminate].
      match type of em with (if ?r then _ else _) = _ => destruct r; [discriminate|] end. injection em as <-.
      pose proof (played_is s path w a g lw ea) as same_. unfold force_at, changed. cbn [mover in_state playing instead force].
      subst a. assert (ev q (mult (poly weight) (chance_p f ok t w)) = ev q (poly weight) * (prior (w : state E) * M)) as c
        by (rewrite ev_mult; exact (f_equal (fun z : Value => ev q (poly weight) * z) (ev_chance f ok q h w))).
      exact (moved_scaled _ _ _ _ _ _ _ _ c). }
    pose proof (eq_ind_r (fun z : Value => z <= 0) (calm j k y) (type_sum j k more)) as most_.
    pose proof (lt_mul _ _ pos (mass_positive f ok q h)) as vm. fold M in vm.
    assert (gains_at lam l - paid_at_most t' l <= 0) as le.
    { rewrite e. set (z := total _ _) in *. pose proof (le_mul _ _ _ (lt_le _ _ vm) (proj2 (sub_nonneg z 0) most_)). olra. }
    olra.
  Qed.

  (** *** What transfers come to *)

  Definition entry_at (e : agent E0 * record L0 * Poly) : Entry L := {| payee := fst (fst e) : agent E; entered := snd (fst e) : record L; times := ev q (snd e) |}.

  Lemma payments_at t' l : payments t' (map entry_at (entries p ok l)) = paid_at_most t' l.
  Proof.
    unfold payments, paid_at_most, entries. rewrite total_map, total_flat_map. apply total_ext. intros m _. cbn [total entry_at payee entered times fst snd].
    rewrite ev_negated. unfold force_at. set (a := t' _ _). set (a' := t' _ _). set (z := ev q _). 
    match goal with |- z * ?u + (- z * ?v + 0) = z * (?u' - ?v') => change u' with u; change v' with v; ring end.
  Qed.

  Lemma net_at l (i : agent E) (y : record L) : net (map entry_at (entries p ok l)) i y = ev q (net_p p ok (entries p ok l) i y).
  Proof.
    unfold net, net_p. rewrite total_map, ev_sum. apply total_ext. intros e _. cbn [entry_at payee entered times].
    assert (ev q zero_poly = 0) as z by (unfold zero_poly; rewrite ev_constant; exact of_Q_zero).
    change (same (fst (fst e) : agent E) i) with (same (fst (fst e)) (i : agent E0)).
    destruct (same (fst (fst e)) (i : agent E0)); [|symmetry; exact z].
    change (same (snd (fst e) : record L) y) with (same (snd (fst e)) (y : record L0)). destruct (same (snd (fst e)) (y : record L0)); [reflexivity|symmetry; exact z].
  Qed.

  Lemma taken_at m (l : list Poly) d : taken_p o hint m l = Some d -> taken m (map (ev q) l) = ev q d.
  Proof.
    assert (ev q zero_poly = 0) as z by (unfold zero_poly; rewrite ev_constant; exact of_Q_zero).
    assert (forall x (r : list Poly) (g : Poly), In g (x :: r) -> (forall y, In y (x :: r) -> ev q y <= ev q g) -> Sums.best (ev q x) (map (ev q) r) (fun x => x) = ev q g) as top_.
    { intros x r g i most_. apply le_antisym.
      - destruct (best_in (ev q x) (map (ev q) r) (fun x => x)) as [e|e]; [rewrite e; apply most_; now left|].
        apply in_map_iff in e. destruct e as [y [e j]]. rewrite <- e. apply most_. now right.
      - destruct i as [<-|i]; [exact (best_first (ev q x) (map (ev q) r) (fun x => x))|].
        exact (best_max (ev q x) (map (ev q) r) (fun x => x) (ev q g) (in_map (ev q) _ _ i)). }
    destruct m; cbn [taken_p taken]; intro e.
    - apply (top_of_true o hint q right) in e. destruct l as [|x r]; [destruct (proj1 e)|]. cbn [map]. apply top_; apply e.
    - apply (top_of_true o hint q right) in e. destruct e as [i most_]. rewrite <- z. apply top_.
      + apply in_app_or in i. destruct i as [i|[<-|[]]]; [now right|now left].
      + intros y j. apply most_, in_or_app. destruct j as [<-|j]; [right; now left|now left].
    - injection e as <-. symmetry. exact z.
  Qed.

  Lemma spared m (all_ : list Poly) x :
    match taken_p o hint m all_ with
    | Some d => if forallb (fun x => knows o (minus d x) at_least) all_ then Some (sum all_ (fun x => minus d x)) else None
    | None => None
    end = Some x ->
    ev q x = total (map (ev q) all_) (fun x => taken m (map (ev q) all_) - x) /\ forall z, In z (map (ev q) all_) -> z <= taken m (map (ev q) all_).
  Proof.
    intro e. destruct (taken_p o hint m all_) as [d|] eqn:top_; [|discriminate]. apply taken_at in top_. rewrite top_.
    destruct (forallb _ all_) eqn:under_; [|discriminate]. injection e as <-. split.
    - rewrite ev_sum, total_map. apply total_ext. intros z _. apply ev_minus.
    - intros z k. apply in_map_iff in k. destruct k as [u [<- k]]. apply (forallb_in _ _ _ under_) in k. apply (knows_true q _ _ _ right) in k.
      cbn [stands] in k. rewrite ev_minus in k. now apply sub_nonneg.
  Qed.

  Lemma spare_true m l (y : record L) x : spare_p p ok o hint m (entries p ok l) y = Some x ->
    let all_ := nets (map entry_at (entries p ok l)) y in
    ev q x = total all_ (fun x => taken m all_ - x) /\ forall z, In z all_ -> z <= taken m all_.
  Proof.
    intro e. assert (nets (map entry_at (entries p ok l)) y = map (ev q) (map (fun i => net_p p ok (entries p ok l) i y) (listed (agent E0)))) as ->
      by (rewrite map_map; apply map_ext; intro i; apply net_at). exact (spared m _ x e).
  Qed.

  Lemma slack_true m (B : option Value) l sl : slack_p p ok o hint m (match B with Some _ => true | None => false end) l = Some sl ->
    forall t' : Transfers L, admissible m B t' -> paid_at_most t' l <= match B with Some B => B * ev q sl | None => 0 end.
  Proof.
    intros found t' adm. rewrite <- payments_at. set (es := map entry_at (entries p ok l)). unfold slack_p in found.
    match type of found with match ?r with Some _ => _ | None => _ end = _ => destruct r as [ls|] eqn:each; [|discriminate] end.
    match type of found with (if ?r then _ else _) = _ => destruct r eqn:whole; [|discriminate] end. injection found as <-.
    assert (touched es = nodup same (map (fun e => snd (fst e)) (entries p ok l))) as domain by (unfold touched, es; now rewrite map_map).
    assert (total ls (ev q) = slack m es) as sum_.
    { unfold slack. rewrite domain. apply (sequence_total _ _ _ _ _ each). intros y x _ e. exact (proj1 (spare_true m l y x e)). }
    assert (cancels m B es = true) as cancel.
    { apply forallb_forall. intros y i. assert (In y (nodup same (map (fun e => snd (fst e)) (entries p ok l)))) as i' by (rewrite <- domain; exact i).
      destruct (sequence_each _ _ _ each y i') as [x [e j]]. destruct (spare_true m l y x e) as [is_x below]. fold es in is_x, below.
      cbv zeta. apply andb_true_iff. split.
      - destruct m; [reflexivity|apply yes_of; [exact (best_first 0 (nets es y) (fun x => x))|tauto]|apply yes_of; [reflexivity|tauto]].
      - apply forallb_forall. intros z k. destruct B as [B|]; [apply yes_of; [exact (below z k)|tauto]|]. apply yes_of; [|tauto].
        apply le_antisym; [exact (below z k)|]. cbn [orb] in whole. apply (knows_true q _ _ _ right) in whole. cbn [stands] in whole. rewrite ev_sum in whole.
        assert (forall v, In v ls -> 0 <= ev q v) as nonneg.
        { intros v iv. destruct (sequence_in _ _ _ each v iv) as [u eu]. destruct (spare_true m l u v eu) as [-> low].
          apply total_nonneg. intros r ir. apply sub_nonneg. exact (low r ir). }
        pose proof (total_member (nets es y) (fun x => taken m (nets es y) - x) z (fun u iu => proj2 (sub_nonneg _ _) (below u iu)) k) as one.
        pose proof (total_member ls (fun x => ev q x) x nonneg j) as two. cbv beta in one, two. rewrite is_x in two. rewrite whole in two. 
        set (d := taken m (nets es y)) in *. set (all_ := total (nets es y) _) in *. olra. }
    pose proof (cancelled m B t' es cancel adm) as le. unfold made_good in le. rewrite <- sum_ in le. destruct B; [|exact le]. rewrite ev_sum. exact le.
  Qed.

  (** *** What a hindrance excludes *)

  Definition good_at (sl : Poly) : Value := match class b with transfers _ (Some B) => ratio q B * ev q sl | _ => 0 end.

  Lemma hindered_true x part l sl : hindered p ok t o hint support x = Some (part, (l, sl)) ->
    forall s : selection E, follows_path s part -> forall lam, reach p q ok h lam s -> gains_at lam l <= good_at sl.
  Proof.
    unfold hindered. destruct (once_fixed (fixed x) && once_moved (moves x)); [|discriminate].
    destruct (part_p p ok support (fixed x)) as [s0|]; [|discriminate].
    destruct (sequence (moves_of p ok t o support s0) (moves x)) as [ls|] eqn:each; [|discriminate].
    match goal with |- option_map _ ?r = _ -> _ => destruct r as [sl'|] eqn:slacks; [|discriminate] end. cbn [option_map]. intro g. injection g as -> <- ->.
    intros s fol lam [_ [t' [adm calm]]].
    assert (gains_at lam (concat ls) <= paid_at_most t' (concat ls)) as le.
    { assert (forall m, In m ls -> gains_at lam m <= paid_at_most t' m) as one.
      { intros m i. destruct (sequence_in _ _ _ each m i) as [e k]. exact (moves_true s part e m fol k lam t' calm). }
      clear each slacks. induction ls as [|m ls IH]; [apply le_refl|]. cbn [concat]. unfold gains_at, paid_at_most. rewrite !total_app.
      pose proof (one m (or_introl eq_refl)) as a. pose proof (IH (fun m i => one m (or_intror i))) as a'. unfold gains_at, paid_at_most in a, a'. olra. }
    refine (le_trans _ _ _ _ le _). unfold good_at. unfold b. destruct (class (base p)) as [|m l|complete].
    - unfold paid_at_most. rewrite total_zero; [apply le_refl|]. intros m _. rewrite !adm. ring.
    - destruct l as [B|].
      + exact (slack_true m (Some (ratio q B)) _ _ slacks t' adm).
      + exact (slack_true m None _ _ slacks t' adm).
    - unfold paid_at_most. rewrite total_zero; [apply le_refl|]. intros m _. rewrite !adm. ring.
  Qed.
  Section Strong.
    Variables (level : agent E0 -> Poly) (scale : Poly) (lam : agent E -> Value) (S : Value).
    Hypotheses (ev_scale : ev q scale = S) (scaled : 0 < S) (ev_level : forall i : agent E, ev q (level i) = lam i * S).

    Lemma ev_gains l : ev q (gain_of p ok t level scale l) = gains_at lam l * (U * S).
    Proof.
      unfold gain_of, gains_at. rewrite ev_sum, <- total_mul_r. apply total_ext. intros m _. rewrite ev_mult, ev_minus.
      pose proof (ev_material f ok q h level scale lam S ev_scale ev_level (mover p ok m) (changed m) (in_state p ok m)) as a.
      pose proof (ev_material f ok q h level scale lam S ev_scale ev_level (mover p ok m) (playing p ok m) (in_state p ok m)) as a'.
      etransitivity; [exact (f_equal2 (fun x y : Value => force_at m * (x - y)) a a')|]. apply gained_scaled.
    Qed.

    Lemma ev_force_all l sl : exists k, 0 < k /\ ev q (force_of_all p ok t level scale l sl) = (gains_at lam l - good_at sl) * k.
    Proof.
      pose proof (lt_mul _ _ (unit_positive f ok q h) scaled) as us. fold U in us. pose proof (data_bounded b ok o q right known) as bd.
      unfold force_of_all, good_at. unfold b in *. destruct (class (base p)) as [|m [B|]|complete]; try (exists (U * S); split; [exact us|]; rewrite ev_gains; ring).
      destruct bd as [_ pos]. exists (U * S * value_at q (snd B)). split; [exact (lt_mul _ _ us pos)|].
      assert (ratio q B * value_at q (snd B) = value_at q (fst B)) as e1 by exact (divided _ _ pos).
      rewrite ev_minus, !ev_mult, ev_gains, !ev_poly, ev_scale, <- e1. assert (ev q (unit_poly t) = U) as -> by apply ev_poly. ring.
    Qed.

    Lemma strong_true x hx : hindered p ok t o hint support x = Some hx -> strong p ok t o level scale hx = true ->
      forall s : selection E, follows_path s (fst hx) -> ~ reach p q ok h lam s.
    Proof.
      destruct hx as [part [l sl]]. intros found e s fol r. unfold strong in e. cbn [fst snd] in e. apply (knows_true q _ _ _ right) in e. cbn [stands] in e.
      pose proof (hindered_true x part l sl found s fol lam r) as le. destruct (ev_force_all l sl) as [k [pos g]]. rewrite g in e.
      assert (0 < gains_at lam l - good_at sl) as more by (apply (lt_scaled k _ _ pos); assert (0 * k = 0) as -> by ring; exact e). olra.
    Qed.
  End Strong.

  Definition slope_at (l : list (Move p ok)) : Value := total l (fun m => force_at m *
    (W (E := E) (changed m) (in_state p ok m) - W (E := E) (playing p ok m) (in_state p ok m))).

  Lemma gains_line l y : gains_at (common y) l = gains_at (common 0) l + y * slope_at l.
  Proof.
    unfold gains_at, slope_at. rewrite <- total_mul, <- total_add. apply total_ext. intros m _. unfold material, common. ring.
  Qed.

  Lemma ev_slope_all l sl : exists k, 0 < k /\ ev q (force_of_all p ok t (fun _ => one_poly) zero_poly l sl) = slope_at l * k.
  Proof.
    pose proof (unit_positive f ok q h) as u. fold U in u. pose proof (data_bounded b ok o q right known) as bd.
    assert (ev q zero_poly = 0) as z by (unfold zero_poly; rewrite ev_constant; exact of_Q_zero).
    assert (ev q one_poly = 1) as one by (unfold one_poly; rewrite ev_constant; exact of_Q_one).
    assert (ev q (gain_of p ok t (fun _ => one_poly) zero_poly l) = slope_at l * U) as e.
    { unfold gain_of, slope_at. rewrite ev_sum, <- total_mul_r. apply total_ext. intros m _. rewrite ev_mult, ev_minus.
      assert (forall (i : agent E0) (a : profile E) (w : state E), ev q (material_p f ok t (fun _ => one_poly) zero_poly i a w) = W a w * U) as each.
      { intros i a w. unfold material_p. rewrite ev_plus, !ev_mult, z, one. exact (eq_trans (last_only _ _) (ev_welfare f ok q h a w)). }
      etransitivity; [exact (f_equal2 (fun x y : Value => force_at m * (x - y)) (each (mover p ok m) (changed m) (in_state p ok m)) (each (mover p ok m) (playing p ok m) (in_state p ok m)))|].
      apply gained_scaled. }
    unfold force_of_all. unfold b in *. destruct (class (base p)) as [|m [B|]|complete]; try (exists U; split; [exact u|exact e]).
    destruct bd as [_ pos]. exists (U * value_at q (snd B)). split; [exact (lt_mul _ _ u pos)|].
    rewrite ev_minus, !ev_mult, e, !ev_poly, z. ring.
  Qed.

  Lemma strong_below_true last z x hx :
    match z with Some z => 0 < ev q (snd last) /\ ev q (fst last) = z * ev q (snd last) | None => last = (one_poly, zero_poly) end ->
    hindered p ok t o hint support x = Some hx -> strong_below p ok t o last hx = true ->
    forall y, 0 <= y -> match z with Some z => y < z | None => True end -> forall s : selection E, follows_path s (fst hx) -> ~ reach p q ok h (common y) s.
  Proof.
    intros ends found e y y0 yz s fol r. destruct hx as [part [l sl]]. unfold strong_below in e. cbn [fst snd] in *.
    pose proof (hindered_true x part l sl found s fol (common y) r) as le.
    pose proof (right (force_of_all p ok t (fun _ => zero_poly) one_poly l sl) above) as first.
    destruct (o (force_of_all p ok t (fun _ => zero_poly) one_poly l sl) above) as [[]|]; try discriminate. cbn [stands] in first.
    assert (ev q zero_poly = 0) as zero by (unfold zero_poly; rewrite ev_constant; exact of_Q_zero).
    destruct (ev_force_all (fun _ => zero_poly) one_poly (common 0) 1) with (l := l) (sl := sl) as [k [pos g]];
      [unfold one_poly; rewrite ev_constant; exact of_Q_one|exact lt_zero_one|intro i; rewrite zero; unfold common; ring|].
    apply (eq_ind _ (fun z : Value => 0 < z)) with (y := (gains_at (common 0) l - good_at sl) * k) in first; [|exact g]. assert (0 < gains_at (common 0) l - good_at sl) as low by (apply (lt_scaled k _ _ pos); assert (0 * k = 0) as -> by ring; exact first).
    clear g first k pos. rewrite gains_line in le.
    assert (0 <= ev q (force_of_all p ok t (fun _ => fst last) (snd last) l sl)) as end_.
    { pose proof (right (force_of_all p ok t (fun _ => fst last) (snd last) l sl) above) as second.
      destruct (o _ above) as [[]|]; [exact (lt_le _ _ second)| |discriminate]. cbn [orb] in e. exact (knows_true q _ _ _ right e). }
    destruct z as [z|].
    - destruct ends as [sc lv]. destruct (ev_force_all (fun _ => fst last) (snd last) (common z) (ev q (snd last))) with (l := l) (sl := sl) as [k [pos g]];
        [reflexivity|exact sc|intro i; exact lv|].
      apply (eq_ind _ (fun z : Value => 0 <= z)) with (y := (gains_at (common z) l - good_at sl) * k) in end_; [|exact g].
      assert (0 <= gains_at (common z) l - good_at sl) as high by (apply (le_scaled k _ _ pos); assert (0 * k = 0) as -> by ring; exact end_).
      rewrite gains_line in high. exact (no_room _ _ _ _ _ y0 yz low high le).
    - subst last. cbn [fst snd] in end_. destruct (ev_slope_all l sl) as [k [pos g]].
      apply (eq_ind _ (fun z : Value => 0 <= z)) with (y := slope_at l * k) in end_; [|exact g].
      assert (0 <= slope_at l) as high by (apply (le_scaled k _ _ pos); assert (0 * k = 0) as -> by ring; exact end_).
      exact (no_ray _ _ _ _ y0 low high le).
  Qed.

  (** *** Trees *)

  Lemma within_follows (s : selection E) part path : within p ok part path = true -> follows_path s path -> follows_path s part.
  Proof.
    intros g fol i k a j. apply (forallb_in _ _ _ g) in j. apply existsb_exists in j. destruct j as [[[i' k'] a'] [j e]]. cbn [fst snd] in e.
    rewrite !andb_true_iff in e. destruct e as [[e1 e2] e3]. apply yes_true in e1. apply Nat.eqb_eq in e2, e3. subst. exact (fol i k a j).
  Qed.

  Lemma welfare_total (s : selection E) : total support (fun w => ev q (adds_p f ok t w (s w))) = welfare s * N.
  Proof. rewrite <- (ev_sum q). exact (ev_total f ok o q h right support (states b ok o q right known) eq_refl s). Qed.

  Lemma most_true (s : selection E) path u : most p ok t o hint support path = Some u -> follows_path s path -> welfare s * N <= ev q u.
  Proof.
    unfold most. match goal with |- option_map _ ?r = _ -> _ => destruct r as [l|] eqn:e; [|discriminate] end. intros g fol. injection g as <-.
    rewrite ev_sum, <- welfare_total. refine (sequence_le _ (fun x => ev q x) _ _ _ e _). intros w y i k.
    match type of k with option_map _ ?r = _ => destruct r as [g|] eqn:top_; [|discriminate] end. injection k as <-.
    apply (top_of_true o hint q right) in top_. destruct top_ as [_ most_]. unfold adds_p. rewrite !ev_mult.
    assert (0 <= ev q (chance_p f ok t w)) as pos.
    { pose proof (all_true _ _ (states b ok o q right known) w) as k. cbv beta in k. apply andb_true_iff in k. destruct k as [k _].
      exact (knows_true q _ _ _ right k). }
    assert (ev q (welfare_p f ok t (s w) w) <= ev q g) as le.
    { apply most_. apply (in_map (fun a => welfare_p f ok t a w)). apply filter_In. split; [apply (all_listed (profile E0))|].
      apply path_agrees; [exact fol|]. apply likely_in. exact i. }
    exact (mul_most _ _ _ pos le).
  Qed.

  Section Parts.
    Variables (can : selection E -> Prop) (parts : list (Strategies p ok)) (bound : option Poly) (strict : bool).
    Hypotheses (able : forall s, can s -> measurable p q ok h s)
      (excluded_ : forall part, In part parts -> forall s, can s -> follows_path s part -> False).

    Lemma parts_true order : (forall i k, In (i, k) order -> states_of p ok support i k <> nil) ->
      forall path x, parts_all p ok t o hint support parts bound strict order path x = true ->
      forall s, can s -> follows_path s path -> kept (option_map (ev q) bound) strict (welfare s * N).
    Proof.
      induction order as [|[i k] order IH]; intros some_ path x e s c fol.
      - destruct x as [n| |l]; cbn [parts_all] in e; [| |discriminate].
        + destruct (nth_error parts n) as [part|] eqn:at_; [|discriminate].
          destruct (excluded_ part (nth_error_In _ _ at_) s c (within_follows s part path e fol)).
        + destruct bound as [v|]; [|discriminate]. destruct (most _ _ _ _ _ _ path) as [u|] eqn:m; [|discriminate].
          pose proof (most_true s path u m fol) as le. apply (knows_true q _ _ _ right) in e. cbn [option_map kept].
          destruct strict; cbn [stands] in e; rewrite ev_minus in e; [olra|exact (le_trans _ _ _ _ le (proj1 (sub_nonneg _ _) e))].
      - destruct x as [n| |l]; cbn [parts_all] in e.
        + destruct (nth_error parts n) as [part|] eqn:at_; [|discriminate].
          destruct (excluded_ part (nth_error_In _ _ at_) s c (within_follows s part path e fol)).
        + destruct bound as [v|]; [|discriminate]. destruct (most _ _ _ _ _ _ path) as [u|] eqn:m; [|discriminate].
          pose proof (most_true s path u m fol) as le. apply (knows_true q _ _ _ right) in e. cbn [option_map kept].
          destruct strict; cbn [stands] in e; rewrite ev_minus in e; [olra|exact (le_trans _ _ _ _ le (proj1 (sub_nonneg _ _) e))].
        + apply andb_true_iff in e. destruct e as [len e]. apply Nat.eqb_eq in len.
          pose proof (some_ i k (or_introl eq_refl)) as one. destruct (states_of p ok support i k) as [|w ws] eqn:here_; [destruct (one eq_refl)|].
          assert (In w (states_of p ok support i k)) as iw by (rewrite here_; now left). unfold states_of in iw.
          pose proof (proj1 (filter_In _ _ _) iw) as [iw' cw]. apply Nat.eqb_eq in cw.
          destruct (combined (listed (action E0 i)) l (play (e := E0) (s w) i) (eq_sym len) (all_listed (action E0 i) _)) as [y j].
          apply (forallb_in _ _ _ e) in j. cbn [fst snd] in j.
          refine (IH (fun i k m => some_ i k (or_intror m)) _ y j s c _). intros i' k' a [m|m]; [|exact (fol i' k' a m)].
          injection m as <- <- <-. intros v lv sv. exact (f_equal (@proj1_sig _ _) (able s c i v w lv (proj2 (likely_in w) iw') (eq_trans sv (eq_sym cw)))).
    Qed.
  End Parts.

  Lemma types_some i k : In (i, k) (types p ok support) -> states_of p ok support i k <> nil.
  Proof.
    intro j. unfold types in j. apply in_flat_map in j. destruct j as [i' [_ j]]. apply in_map_iff in j. destruct j as [k' [e j]]. injection e as -> ->.
    apply filter_In in j. destruct j as [_ j]. intro n. rewrite n in j. discriminate.
  Qed.

  Lemma limit_true (can : selection E -> Prop) (strong_ : Strategies p ok * (list (Move p ok) * Poly) -> bool) x v strict :
    (forall s, can s -> measurable p q ok h s) ->
    (forall y hy, hindered p ok t o hint support y = Some hy -> strong_ hy = true -> forall s : selection E, follows_path s (fst hy) -> ~ can s) ->
    limit_p p ok t o hint support strong_ x = Some (v, strict) -> forall s, can s -> kept (option_map (ev q) v) strict (welfare s * N).
  Proof.
    intros able sound e. unfold limit_p in e.
    destruct (sequence (hindered p ok t o hint support) (hindrances x)) as [hs|] eqn:each; [|discriminate].
    destruct (forallb strong_ hs) eqn:force_; [|discriminate].
    match type of e with match ?r with Some _ => _ | None => _ end = _ => destruct r as [v'|]; [|discriminate] end.
    match type of e with (if ?r then _ else _) = _ => destruct r eqn:tree_; [|discriminate] end. injection e as -> <-.
    intros s c. refine (parts_true can (map fst hs) v (under x) able _ (types p ok support) types_some nil (parting x) tree_ s c _).
    - intros part j s' c' fol. apply in_map_iff in j. destruct j as [hy [<- j]]. destruct (sequence_in _ _ _ each hy j) as [y k].
      exact (sound y hy k (forallb_in _ _ _ force_ j) s' fol c').
    - intros i k a [].
  Qed.
  (** *** W* *)

  Lemma alike_iff (w v : state E) : alike_p p ok w v = true <-> alike p q ok h w v.
  Proof.
    unfold alike_p, alike. split.
    - intros e i. apply (all_true (agent E0) _) with (x := i) in e. exact (proj1 (Nat.eqb_eq _ _) e).
    - intro e. apply forallb_forall. intros i _. exact (proj2 (Nat.eqb_eq _ _) (e i)).
  Qed.

  Lemma first_is (w : state E) : In w support -> alike p q ok h w (first_alike p ok support w).
  Proof.
    intro i. unfold first_alike. destruct (find (alike_p p ok w) support) as [v|] eqn:e.
    - apply find_some in e. now apply alike_iff.
    - intro j. reflexivity.
  Qed.

  Lemma first_same (w v : state E) : In w support -> In v support -> alike p q ok h w v -> first_alike p ok support w = first_alike p ok support v.
  Proof.
    intros iw iv e. unfold first_alike.
    rewrite (find_same (alike_p p ok w) (alike_p p ok v)).
    - destruct (find (alike_p p ok v) support) as [u|] eqn:none; [reflexivity|]. exfalso.
      assert (alike_p p ok v v = true) as k by (apply (alike_iff v v); intro j; reflexivity). rewrite (find_none _ _ none v iv) in k. discriminate.
    - intro x. apply eq_true_iff_eq. rewrite (alike_iff w x), (alike_iff v x). split; intros k j; [rewrite <- (e j)|rewrite (e j)]; apply k.
  Qed.

  Lemma in_group (y w : state E0) : In w (group p ok support y) <-> In w support /\ first_alike p ok support w = y.
  Proof.
    split; intro i.
    - pose proof (proj1 (filter_In _ _ _) i) as [j e]. split; [exact j|exact (yes_true _ e)].
    - refine (proj2 (filter_In _ _ _) (conj (proj1 i) _)). apply yes_of; [exact (proj2 i)|tauto].
  Qed.

  Lemma by_group (s : selection E) : welfare s * N = total (listed (state E0)) (fun y => total (group p ok support y) (fun w => ev q (adds_p f ok t w (s w)))).
  Proof.
    rewrite <- welfare_total. exact (total_by (Y := state E0) (first_alike p ok support) support (fun w => ev q (adds_p f ok t w (s w)))).
  Qed.

  Definition worth_in (y : state E0) (a : profile E0) : Value := total (group p ok support y) (fun w => ev q (adds_p f ok t w a)).

  Lemma pooled_true v : pooled_p p ok t o hint support = Some v -> exists x, is_pooled p q ok h x /\ ev q v = x * N.
  Proof.
    unfold pooled_p. match goal with |- option_map _ ?r = _ -> _ => destruct r as [l|] eqn:each; [|discriminate] end. intro g. injection g as <-.
    assert (forall y x, In y (listed (state E0)) -> top_of o hint (map (fun a => sum (group p ok support y) (fun w => adds_p f ok t w a)) (listed (profile E0))) = Some x ->
      (forall a, worth_in y a <= ev q x) /\ exists a, ev q x = worth_in y a) as tops.
    { intros y x _ e. apply (top_of_true o hint q right) in e. destruct e as [i most_]. split.
      - intro a. unfold worth_in. rewrite <- (ev_sum q). apply most_. exact (in_map (fun a => sum (group p ok support y) (fun w => adds_p f ok t w a)) _ a (all_listed (profile E0) a)).
      - apply in_map_iff in i. destruct i as [a [<- _]]. exists a. apply ev_sum. }
    set (choice (y : state E0) := Sums.best (some_profile (e := E0)) (listed (profile E0)) (worth_in y)).
    set (s := (fun w => choice (first_alike p ok support w)) : selection E).
    assert (forall y x, In y (listed (state E0)) -> top_of o hint (map (fun a => sum (group p ok support y) (fun w => adds_p f ok t w a)) (listed (profile E0))) = Some x ->
      ev q x = total (group p ok support y) (fun w => ev q (adds_p f ok t w (s w)))) as reached_.
    { intros y x i e. destruct (tops y x i e) as [most_ [a e']].
      assert (ev q x = worth_in y (choice y)) as k.
      { apply le_antisym; [|apply most_]. rewrite e'. exact (best_max (some_profile (e := E0)) (listed (profile E0)) (worth_in y) a (all_listed (profile E0) a)). }
      rewrite k. apply total_ext. intros w j. apply in_group in j. unfold s. now rewrite (proj2 j). }
    assert (ev q (sum l (fun x => x)) = welfare s * N) as value_.
    { rewrite ev_sum, by_group. exact (sequence_total _ (fun x => ev q x) _ _ _ each reached_). }
    exists (welfare s). split; [split|exact value_].
    - exists s. split; [|reflexivity]. intros w w' lw lw' al. unfold s. f_equal. apply first_same; [apply likely_in; exact lw|apply likely_in; exact lw'|exact al].
    - intros s' sh. assert (0 < N) as n by exact (scale_positive f ok q h). apply (le_scaled N _ _ n). rewrite ev_sum in value_.
      refine (eq_ind _ (fun z : Value => welfare s' * N <= z) _ _ value_). refine (eq_ind _ (fun z : Value => z <= _) _ _ (eq_sym (by_group s'))).
      refine (sequence_le _ (fun x => ev q x) _ _ _ each _). intros y x i e. destruct (tops y x i e) as [most_ [a ea]]. clear e.
      destruct (group p ok support y) as [|w0 ws] eqn:here_.
      + rewrite ea. unfold worth_in. rewrite here_. apply le_refl.
      + refine (le_trans _ _ _ _ _ (most_ (s' w0))). unfold worth_in. rewrite here_.
        assert (In w0 (group p ok support y)) as i0 by (rewrite here_; now left). apply in_group in i0.
        assert (total (w0 :: ws) (fun w => ev q (adds_p f ok t w (s' w))) = total (w0 :: ws) (fun w => ev q (adds_p f ok t w (s' w0)))) as ->; [|apply le_refl].
        apply total_ext. intros w j. assert (In w (group p ok support y)) as iw by (rewrite here_; exact j). apply in_group in iw.
        assert ((s' (w : state E)) = s' w0) as ->; [|reflexivity]. apply sh; [apply likely_in; exact (proj1 iw)|apply likely_in; exact (proj1 i0)|].
        intro k. rewrite (first_is w (proj1 iw) k), (first_is w0 (proj1 i0) k). f_equal. exact (eq_trans (proj2 iw) (eq_sym (proj2 i0))).
  Qed.

  (** *** Claims *)

  Section Claims.
    Variables (best_p : Poly) (best_ : Value).
    Hypotheses (best_is : ev q best_p = best_ * N) (best_pooled : is_pooled p q ok h best_).

    Lemma measurable_shared s : measurable p q ok h s -> shared p q ok h s.
    Proof. intros m w w' l l' al. apply (only_play _ E). intro i. exact (m i w w' l l' (al i)). Qed.

    Lemma limited_true (can : selection E -> Prop) (strong_ : Strategies p ok * (list (Move p ok) * Poly) -> bool) x limit strict :
      (forall s, can s -> measurable p q ok h s) ->
      (forall y hy, hindered p ok t o hint support y = Some hy -> strong_ hy = true -> forall s : selection E, follows_path s (fst hy) -> ~ can s) ->
      limited p ok t o hint support strong_ best_p x = Some (limit, strict) -> forall s, can s -> kept (option_map (ev q) limit) strict (welfare s * N).
    Proof.
      intros able sound e. destruct x as [x|]; [exact (limit_true can strong_ x limit strict able sound e)|]. injection e as <- <-. intros s c. cbn [option_map kept].
      rewrite best_is. pose proof (proj2 best_pooled s (measurable_shared s (able s c))) as le.
      exact (scaled_most N _ _ (lt_le _ _ (scale_positive f ok q h)) le).
    Qed.

    Lemma able lam s : reach p q ok h lam s -> measurable p q ok h s.
    Proof. intros [m _]. exact m. Qed.

    Lemma stands_less x : 0 < value_at q (snd x) -> stands_for b ok q (target_less b ok t support best_p x) (best_ - ratio q x).
    Proof.
      intro pos. unfold stands_for, target_less. cbn [fst snd]. split; [now rewrite ev_poly|].
      rewrite ev_minus, ev_mult, (ev_over_mass b ok o q right known), !ev_poly, best_is, (ratio_times q x pos). fold f M U N. ring.
    Qed.
    Lemma few_true (can : selection E -> Prop) found x strict : 0 < value_at q (snd x) ->
      (forall limit st, found = Some (limit, st) -> forall s, can s -> kept (option_map (ev q) limit) st (welfare s * N)) ->
      few p ok t o support found best_p x strict = true ->
      forall s, can s -> if strict then welfare s < best_ - ratio q x else welfare s <= best_ - ratio q x.
    Proof. intros pos sound e. exact (room_true b ok o q right known can found sound _ _ strict (stands_less x pos) e). Qed.

    Let lam : agent E -> Value := lambda b q ok h.

    Lemma here_sound x limit st : within_here p ok t o hint support best_p x = Some (limit, st) ->
      forall s, reach p q ok h lam s -> kept (option_map (ev q) limit) st (welfare s * N).
    Proof.
      refine (limited_true (reach p q ok h lam) _ x limit st (able lam) _). intros y hy found e.
      destruct (ev_scale_of b ok o q right known) as [pos lv]. exact (strong_true (level b ok) (Claims.scale b) lam _ eq_refl pos lv y hy found e).
    Qed.

    Lemma at_sound x l limit st : 0 < value_at q (snd x) -> within_at p ok t o hint support x best_p l = Some (limit, st) ->
      forall s, reach p q ok h (common (ratio q x)) s -> kept (option_map (ev q) limit) st (welfare s * N).
    Proof.
      intro pos. refine (limited_true (reach p q ok h (common (ratio q x))) _ l limit st (able _) _). intros y hy found e.
      refine (strong_true (fun _ => poly (fst x)) (poly (snd x)) (common (ratio q x)) _ eq_refl _ _ y hy found e).
      - rewrite ev_poly. exact pos.
      - intro i. rewrite !ev_poly. exact (ratio_times q x pos).
    Qed.

    Lemma below_sound x l limit st : match x with Some x => 0 < value_at q (snd x) | None => True end ->
      within_below p ok t o hint support x best_p l = Some (limit, st) ->
      forall y, 0 <= y -> match x with Some x => y < ratio q x | None => True end ->
      forall s, reach p q ok h (common y) s -> kept (option_map (ev q) limit) st (welfare s * N).
    Proof.
      intros pos e y y0 yx. refine (limited_true (reach p q ok h (common y)) _ l limit st (able _) _ e). intros z hz found g.
      refine (strong_below_true _ (option_map (ratio q) x) z hz _ found g y y0 _).
      - destruct x as [x|]; [|reflexivity]. cbn [option_map fst snd]. rewrite !ev_poly. split; [exact pos|exact (ratio_times q x pos)].
      - destruct x; exact yx.
    Qed.

    Lemma got_here r x v strict : stands_for b ok q x v -> got p ok t o support r (level b ok) (Claims.scale b) x strict = true ->
      exists s, reach p q ok h lam s /\ if strict then v < welfare s else v <= welfare s.
    Proof.
      intros st e. destruct r as [r|]; [|discriminate]. destruct (reaches_p_true b ok o q right known _ x v strict st e) as [s [k le]].
      destruct (ev_scale_of b ok o q right known) as [pos lv]. exists s. split; [|exact le].
      exact (gets_true (level b ok) (Claims.scale b) lam _ eq_refl pos lv r s k).
    Qed.

    Lemma got_at r (x : Fraction) : 0 < value_at q (snd x) ->
      got p ok t o support r (fun _ => poly (fst x)) (poly (snd x)) (target_less b ok t support best_p nothing_lost) false = true ->
      not_under p q ok h (reach p q ok h (common (ratio q x))) best_ 0.
    Proof.
      intros pos e. destruct r as [r|]; [|discriminate]. destruct (no_loss q) as [one none].
      destruct (reaches_p_true b ok o q right known _ _ _ false (stands_less nothing_lost one) e) as [s [k le]]. cbv iota in le. rewrite none in le.
      assert (forall y z : Value, y - 0 <= z -> y <= z + 0) as z1 by (intros; olra).
      exists s. split; [|exact (z1 _ _ le)]. refine (gets_true (fun _ => poly (fst x)) (poly (snd x)) (common (ratio q x)) _ eq_refl _ _ r s k).
      - rewrite ev_poly. exact pos.
      - intro i. rewrite !ev_poly. exact (ratio_times q x pos).
    Qed.

    Lemma accepted_claim n holds w : (forall x, In x (numbers_of n) -> 0 < value_at q (snd x)) ->
      check_private p ok t o hint support n holds w best_p = true -> is_private p q ok h n holds best_.
    Proof.
      intros pos e. destruct (no_loss q) as [one none]. unfold check_private in e. cbv zeta in e. unfold is_private. cbv zeta. fold b lam.
      pose proof (fun x strict => few_true (reach p q ok h lam) (within_here p ok t o hint support best_p (limit w)) x strict) as few_.
      pose proof (fun x strict (k : 0 < value_at q (snd x)) => few_ x strict k (here_sound (limit w))) as less_. clear few_.
      pose proof (fun x strict (k : 0 < value_at q (snd x)) => got_here (gets w) _ _ strict (stands_less x k)) as comes_.
      assert (forall y z : Value, y - 0 <= z -> y <= z + 0) as z1 by (intros; olra). assert (forall y z : Value, z < y - 0 -> z + 0 < y) as z2 by (intros; olra).
      assert (forall x y z : Value, y - x <= z -> y <= z + x) as k1 by (intros; olra). assert (forall x y z : Value, y - x < z -> y < z + x) as k2 by (intros; olra).
      assert (forall x y z : Value, z <= y - x -> z + x <= y) as k3 by (intros; olra). assert (forall x y z : Value, z < y - x -> z + x < y) as k4 by (intros; olra).
      assert (few p ok t o support (within_here p ok t o hint support best_p (limit w)) best_p nothing_lost true = true -> under_ p q ok h (reach p q ok h lam) best_ 0) as u0.
      { intros g s r. pose proof (less_ nothing_lost true one g s r) as k. cbv iota in k. rewrite none in k. exact (z2 _ _ k). }
      assert (got p ok t o support (gets w) (level b ok) (Claims.scale b) (target_less b ok t support best_p nothing_lost) false = true -> not_under p q ok h (reach p q ok h lam) best_ 0) as n0.
      { intro g. destruct (comes_ nothing_lost false one g) as [s [r k]]. cbv iota in k. rewrite none in k. exists s. split; [exact r|exact (z1 _ _ k)]. }
      assert (forall y l x, match x with Some x => 0 < value_at q (snd x) /\ y < ratio q x | None => True end -> 0 <= y ->
        few p ok t o support (within_below p ok t o hint support x best_p (Some l)) best_p nothing_lost true = true ->
        ~ not_under p q ok h (reach p q ok h (common y)) best_ 0) as open_.
      { intros y l x k y0 g [s [r le]].
        assert (match x with Some x => 0 < value_at q (snd x) | None => True end /\ match x with Some x => y < ratio q x | None => True end) as [kp ky] by (destruct x; tauto).
        pose proof (few_true (reach p q ok h (common y)) _ nothing_lost true one (fun limit st f' => below_sound x (Some l) limit st kp f' y y0 ky) g s r) as m.
        cbv iota in m. rewrite none in m. pose proof (z2 _ _ m) as m'. exact (m' le). }
      assert (forall x, 0 < value_at q (snd x) -> knows o (poly (fst x)) at_least = true -> 0 <= ratio q x) as nonneg.
      { intros x k g. apply (knows_true q _ _ _ right) in g. cbn [stands] in g. rewrite ev_poly in g. unfold ratio, div.
        apply le_mul; [exact g|exact (lt_le _ _ (inv_pos _ k))]. }
      destruct n as [| | |x|x|[x|]|[x|]|l|[x|]|x|x|k l|k l|l|l|x], holds; try discriminate; rewrite ?andb_true_iff in e;
        try (specialize (pos x (or_introl eq_refl))).
      - exact (u0 (proj2 e)).
      - exact (n0 (proj2 e)).
      - exact (n0 (proj2 e)).
      - exact (u0 (proj2 e)).
      - exact (n0 (proj2 e)).
      - exact (u0 (proj2 e)).
      - intros s r. apply k3. exact (less_ x false pos (proj2 e) s r).
      - destruct (comes_ x true pos (proj2 e)) as [s [r k]]. exists s. split; [exact r|exact (k2 _ _ _ k)].
      - destruct (comes_ x false pos (proj2 e)) as [s [r k]]. exists s. split; [exact r|exact (k1 _ _ _ k)].
      - intros s r. apply k4. exact (less_ x true pos (proj2 e) s r).
      - destruct e as [[[_ _] most_] some_]. pose proof (less_ x false pos most_) as le. destruct (comes_ x false pos some_) as [s [r k]]. cbv iota in le, k.
        split; [|exact le]. exists s. split; [exact r|]. apply le_antisym; [exact (le s r)|exact k].
      - exact (nothing_true b ok o q right known (reach p q ok h lam) _ (here_sound (limit w)) (proj2 e)).
      - destruct e as [[[_ _] most_] some_]. pose proof (target_stands b ok o q right known x pos) as st.
        pose proof (room_true b ok o q right known (reach p q ok h lam) _ (here_sound (limit w)) _ _ false st most_) as le.
        destruct (got_here (gets w) _ _ false st some_) as [s [r k]]. cbv iota in le, k.
        split; [|exact le]. exists s. split; [exact r|]. apply le_antisym; [exact (le s r)|exact k].
      - exact (nothing_true b ok o q right known (reach p q ok h lam) _ (here_sound (limit w)) (proj2 e)).
      - destruct e as [[_ [low closed]] e]. split; [exact (nonneg x pos low)|]. split; [exact (got_at (gets w) x pos closed)|].
        intros y y0 yx. pose proof (right (poly (fst x)) equal) as z. destruct (o (poly (fst x)) equal) as [[]|], (limit w) as [l|]; try discriminate.
        + exfalso. cbn [stands] in z. rewrite ev_poly in z. unfold ratio, div in yx. rewrite z in yx.
          assert (forall u v : Value, 0 <= u -> u < 0 * v -> False) as no by (intros; olra). exact (no _ _ y0 yx).
        + exact (open_ y l (Some x) (conj pos yx) y0 e).
      - destruct e as [_ e]. destruct (limit w) as [l|]; [|discriminate]. intros y y0. exact (open_ y l None I y0 e).
      - destruct e as [_ [low closed]]. split; [exact (nonneg x pos low)|exact (got_at (gets w) x pos closed)].
      - destruct e as [[_ low] e]. split; [exact (nonneg x pos low)|]. intros [s [r le]].
        pose proof (few_true (reach p q ok h (common (ratio q x))) _ nothing_lost true one (fun limit st => at_sound x _ limit st pos) e s r) as m.
        cbv iota in m. rewrite none in m. pose proof (z2 _ _ m) as m'. exact (m' le).
    Qed.
  End Claims.
End Sound.

(** *** Certificates *)

Lemma accepted_private p ok o hint q n holds w : right_at q o ->
  shows_private p ok (tables (family (base p))) o hint (with_chance (family (base p)) ok (tables (family (base p))) o) n holds w = true -> so_private p n holds q.
Proof.
  intros right e. unfold shows_private in e. rewrite !andb_true_iff in e. destruct e as [[[known numbers] seen_] e].
  exists ok, (data_proper (base p) ok o q right known).
  match type of e with match ?r with Some _ => _ | None => _ end = _ => destruct r as [best|] eqn:is_best; [|discriminate] end.
  destruct (pooled_true p ok o hint q right known best is_best) as [v [pooled best_v]].
  assert (forall x, In x (numbers_of n) -> 0 < value_at q (snd x)) as pos.
  { intros x i. apply (forallb_in _ _ _ numbers) in i. apply (knows_true q _ _ _ right) in i. cbn [stands] in i. now rewrite ev_poly in i. }
  split; [exact (data_sound (base p) ok o q right known)|]. split; [exact pos|]. exists v. split; [exact pooled|].
  exact (accepted_claim p ok o hint q right known seen_ best v best_v pooled n holds w pos e).
Qed.

Definition Problem : Type := Problem_private.

(** Everywhere, with why no two pieces meet; or at one point. *)
Inductive Witness := Everywhere (apart : list Refutation) (cases : Cases Shown_private) | Here (w : Shown_private).

Definition shown (p : Problem) (a : Claim) : Prop :=
  let so n q := so_private p n (holds a) q in
  match at_point a with
  | Some q => so_here (assumptions (base p)) (pieces a) so (map rational q)
  | None => so_everywhere (assumptions (base p)) (pieces a) so
  end.

Definition leaf (p : Problem) (a : Claim) ok (t : Tables) (o : Signed) (hint : Valuation) (n : Name) (w : Shown_private) : bool :=
  shows_private p ok t o hint (with_chance (family (base p)) ok t o) n (holds a) w.

(** The whole check, data included. *)
Definition accepts (p : Problem) (a : Claim) (w : Witness) : bool :=
  match bool_dec (Games.good (shape (family (base p)))) true with
  | left ok => let t := tables (family (base p)) in
      match at_point a, w with
      | None, Everywhere refutations cases => covers (parameters (base p)) (assumptions (base p)) (pieces a) (leaf p a ok t) refutations cases
      | Some q, Here w => (length q =? parameters (base p))%nat && let q := map rational q in
          forallb (fun c => knows (from_point q) (fst (condition c)) (snd c)) (assumptions (base p)) &&
          match pieces a with [([], n)] => leaf p a ok t (from_point q) q n w | _ => false end
      | _, _ => false
      end
  | right _ => false
  end.

Lemma accepted_shows p a w : accepts p a w = true -> shown p a.
Proof.
  unfold accepts, shown. destruct (bool_dec _ true) as [ok|]; [|intro h; exact (False_ind _ (diff_false_true h))].
  destruct (at_point a) as [q|], w as [refutations cases|w]; try (intro h; exact (False_ind _ (diff_false_true h))).
  - cbv zeta. rewrite !andb_true_iff. intros [_ [as_ e]]. pose proof (from_point_right (map rational q)) as r. split.
    + intros c i. apply (forallb_in _ _ _ as_) in i. apply (knows_true _ _ _ _ r) in i. now apply condition_true.
    + destruct (pieces a) as [|[[|] n] [|]]; try discriminate. exists n. split; [reflexivity|]. exact (accepted_private p ok _ _ _ n _ w r e).
  - exact (covers_true (parameters (base p)) (assumptions (base p)) (pieces a) (leaf p a ok _) _ (fun q o hint n w r e => accepted_private p ok o hint q n (holds a) w r e) refutations cases).
Qed.
