(** What [Claims.v] accepts is so at every point where signs are as known. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Claims.
Import ListNotations.
Local Open Scope number_scope.

Lemma all_known_true {X} (p : X -> option bool) l b : all_known p l = Some b ->
  (b = true <-> forall x, In x l -> p x = Some true) /\ forall x, In x l -> p x <> None.
Proof.
  unfold all_known. revert b. induction l as [|x l IH]; cbn [sequence]; intros b h.
  - injection h as <-. split; [split; [intros _ x []|reflexivity]|intros x []].
  - destruct (p x) as [v|] eqn:e; [|discriminate]. destruct (sequence p l) as [r|]; [|discriminate]. cbn [option_map] in *.
    injection h as <-. destruct (IH _ eq_refl) as [a n]. cbn [forallb]. split.
    + rewrite andb_true_iff, a. split; [intros [-> g] y [<-|i]; [exact e|exact (g y i)]|].
      intro g. split; [|intros y i; apply g; now right]. specialize (g x (or_introl eq_refl)). congruence.
    + intros y [<-|i]; [congruence|exact (n y i)].
Qed.

Lemma one_known_true l b : one_known l = Some b -> (b = true <-> In (Some true) l).
Proof.
  revert b. induction l as [|[[]|] l IH]; cbn; intros b h; try discriminate.
  - injection h as <-. split; [discriminate|intros []].
  - injection h as <-. split; [now left|reflexivity].
  - rewrite (IH b h). split; [now right|intros [g|g]; [discriminate|exact g]].
Qed.

Lemma none_known l : one_known l = Some false -> forall x, In x l -> x = Some false.
Proof.
  induction l as [|[[]|] l IH]; cbn; intros e x i; try discriminate; [destruct i|].
  destruct i as [<-|i]; [reflexivity|exact (IH e x i)].
Qed.

(** Exactly one of a list is of a kind. *)
Lemma count_one {X : Finite} (kind : X -> option bool) (K : X -> Prop) bs :
  (forall a v, kind a = Some v -> (K a <-> v = true)) -> sequence kind (listed X) = Some bs ->
  (length (filter (fun b => b) bs) =? 1)%nat = true <-> exists a, K a /\ forall b, K b -> b = a.
Proof.
  intros right e. set (is a := match kind a with Some true => true | _ => false end).
  assert (forall a, is a = true <-> K a) as isK.
  { intro a. destruct (sequence_each _ _ _ e a (all_listed X a)) as [v [k _]]. unfold is. rewrite k. rewrite (right a v k).
    destruct v; split; congruence. }
  assert (length (filter (fun b => b) bs) = length (filter is (listed X))) as ->.
  { clear - e. revert bs e. induction (listed X) as [|a l IH]; cbn [sequence filter]; intros bs e; [injection e as <-; reflexivity|].
    unfold is at 1. destruct (kind a) as [v|]; [|discriminate]. destruct (sequence kind l) as [r|]; [|discriminate]. injection e as <-.
    specialize (IH r eq_refl). cbn [filter]. destruct v; cbn [length]; now rewrite IH. }
  assert (forall a, In a (filter is (listed X)) <-> K a) as k by (intro a; rewrite filter_In, isK; split; [tauto|intro g; split; [apply all_listed|exact g]]).
  assert (NoDup (filter is (listed X))) as n by (apply NoDup_filter, once).
  rewrite Nat.eqb_eq. destruct (filter is (listed X)) as [|a [|b r]]; cbn [length].
  - split; [discriminate|]. intros [a [g _]]. apply k in g. destruct g.
  - split; [intros _|reflexivity]. exists a. split; [apply k; now left|]. intros b g. apply k in g. destruct g as [g|[]]. now symmetry.
  - split; [discriminate|]. intros [d [_ g]]. inversion n as [|? ? out _]; subst. exfalso. apply out.
    assert (a = d) as -> by (apply g, k; now left). assert (b = d) as -> by (apply g, k; right; now left). now left.
Qed.

Lemma same_scaled (k x y : Value) : 0 < k -> x * k - y * k = 0 -> y = x.
Proof. intros p e. apply le_antisym; apply (le_scaled _ _ _ p); olra. Qed.

Section Accepted.
  Variables (p : Problem) (ok : good (shape (family p)) = true) (o : Signed) (hint q : Valuation).
  Hypothesis right : right_at q o.
  Add Ring Q_ring : (@ring_laws rationals).

  Let f : Family := family p.
  Let c : Class := class p.
  Let t : Tables := tables f.
  Let E0 : Environment rationals := game (shape f) ok.
  Let support : list (state E0) := with_chance f ok t o.

  Hypothesis known : data_known p ok t o support = true.

  Lemma data_parts : 0 < value_at q (over f) /\ states_known f ok t o = true /\ support <> nil /\
    match c with transfers _ (Some B) => nonnegative q B | _ => True end /\
    match levels p with Some (l, scale) => 0 < value_at q scale /\ forall x, In x l -> 0 <= value_at q x | None => True end.
  Proof.
    pose proof known as k. unfold data_known in k. rewrite !andb_true_iff in k. destruct k as [[[[unit states] some_] cl] lv].
    assert (forall x, knows o (poly x) above = true -> 0 < value_at q x) as pos
      by (intros x g; apply (knows_true q _ _ _ right) in g; cbn [stands] in g; now rewrite ev_poly in g).
    assert (forall x, knows o (poly x) at_least = true -> 0 <= value_at q x) as nonneg
      by (intros x g; apply (knows_true q _ _ _ right) in g; cbn [stands] in g; now rewrite ev_poly in g).
    repeat split.
    - exact (pos _ unit).
    - exact states.
    - intro e. rewrite e in some_. discriminate.
    - fold c in cl. destruct c as [|m [B|]|]; try exact I. unfold known_nonneg in cl. apply andb_true_iff in cl.
      split; [exact (nonneg _ (proj2 cl))|exact (pos _ (proj1 cl))].
    - destruct (levels p) as [[l scale]|]; [|exact I]. rewrite !andb_true_iff in lv. destruct lv as [[_ sc] lv].
      split; [exact (pos _ sc)|]. intros x i. refine (nonneg _ _). rewrite forallb_forall in lv. exact (lv x i).
  Qed.

  Lemma data_proper : proper f ok q.
  Proof.
    destruct data_parts as [unit [states [some_ _]]].
    assert (forall w, ev q (chance_p f ok t w) = chance f ok q w) as e.
    { intro w. unfold chance_p. cbn [t tables chance_table]. apply ev_nth. }
    assert (forall w, 0 <= chance f ok q w) as nonneg.
    { intro w. unfold states_known in states. pose proof (all_true _ _ states w) as k. cbv beta in k. apply andb_true_iff in k.
      destruct k as [k _]. apply (knows_true q _ _ _ right) in k. cbn [stands] in k. now rewrite e in k. }
    split; [exact nonneg|]. split; [|exact unit]. unfold mass.
    destruct support as [|w rest] eqn:s; [destruct (some_ eq_refl)|]. assert (In w support) as i by (rewrite s; now left).
    unfold support, with_chance in i. apply filter_In in i. destruct i as [_ i]. apply (knows_true q _ _ _ right) in i.
    cbn [stands] in i. rewrite e in i.
    assert (forall l, In w l -> 0 < total l (fun w => chance f ok q w)) as k; [|exact (k _ (all_listed (state E0) w))].
    clear - nonneg i. induction l as [|v l IH]; [intros []|]. cbn [total]. intro j.
    assert (0 <= total l (fun w => chance f ok q w)) as lo.
    { rewrite <- (total_zero l (fun _ => 0)) by reflexivity. apply total_le. intros x _. apply nonneg. }
    destruct j as [->|j]; [olra|]. specialize (IH j). pose proof (nonneg v). olra.
  Qed.

  Let h : proper f ok q := data_proper.
  Let E : Environment rationals := game_at f ok q h.
  Let L : Language E := language_at f ok q h.
  Let C : Contracts E := contracts_at f ok q h c.
  Let N : Value := mass f ok q * value_at q (over f).

  Lemma states : states_known f ok t o = true.
  Proof. exact (proj1 (proj2 data_parts)). Qed.

  Lemma data_sound : sound_data p q.
  Proof.
    pose proof data_parts as parts. destruct parts as [_ [_ [_ [cl lv]]]]. split; [exact cl|].
    destruct (levels p) as [[l scale]|]; [|exact I]. intros x i. split; [exact (proj2 lv x i)|exact (proj1 lv)].
  Qed.

  Lemma data_bounded : match c with transfers _ (Some B) => 0 <= ratio q B /\ 0 < value_at q (snd B) | _ => True end.
  Proof.
    pose proof data_parts as parts. destruct parts as [_ [_ [_ [cl _]]]]. destruct c as [|m [B|]|]; try exact I. destruct cl as [n pos].
    split; [|exact pos]. unfold ratio, div. apply le_mul; [exact n|exact (lt_le _ _ (inv_pos _ pos))].
  Qed.

  Lemma ev_scale_of : 0 < ev q (scale p) /\ forall i : agent E, ev q (level p ok i) = lambda p q ok h i * ev q (scale p).
  Proof.
    pose proof data_parts as parts. destruct parts as [_ [_ [_ [_ lv]]]]. unfold scale, level, lambda. destruct (levels p) as [[l s]|].
    - rewrite ev_poly. split; [exact (proj1 lv)|]. intro i. rewrite ev_poly. symmetry. apply divided. exact (proj1 lv).
    - assert (ev q one_poly = 1) as -> by exact of_Q_one. split; [exact lt_zero_one|]. intro i.
      assert (ev q zero_poly = 0) as -> by exact of_Q_zero. ring.
  Qed.

  (** *** Welfare *)

  Lemma ev_over_mass x : ev q (over_mass p ok t support x) = ev q x * N.
  Proof.
    assert (ev q (sum support (chance_p f ok t)) = mass f ok q) as e.
    { rewrite ev_sum. transitivity (total (X := state E) support (fun w : state E => prior w * mass f ok q)).
      - apply total_ext. intros w _. exact (ev_chance f ok q h w).
      - etransitivity; [exact (total_support f ok o q h right support states eq_refl (fun _ => mass f ok q))|]. cbv beta. rewrite total_mul_r.
        transitivity (1 * mass f ok q); [|ring]. f_equal. exact (prior_one rationals E). }
    change (ev q (mult x (mult (sum support (chance_p f ok t)) (unit_poly t))) = ev q x * N).
    rewrite !ev_mult, e. unfold N. f_equal. f_equal. apply ev_poly.
  Qed.

  Lemma ratio_times (x : Fraction) : 0 < value_at q (snd x) -> value_at q (fst x) = ratio q x * value_at q (snd x).
  Proof. intro g. symmetry. exact (divided _ _ g). Qed.

  Lemma best_at v : best p ok t o hint support = Some v -> ev q v = optimum E * N.
  Proof. exact (optimum_true f ok o hint q h right support states eq_refl v). Qed.

  (** A target says that welfare is [v]. *)
  Definition stands_for (x : Poly * Poly) (v : Value) : Prop := 0 < ev q (snd x) /\ ev q (fst x) = v * N * ev q (snd x).

  Lemma target_stands x : 0 < value_at q (snd x) -> stands_for (target p ok t support x) (ratio q x).
  Proof.
    intro g. unfold stands_for, target. cbn [fst snd]. rewrite ev_over_mass, !ev_poly. split; [exact g|].
    rewrite (ratio_times x g). ring.
  Qed.

  Lemma target_less_stands v x : best p ok t o hint support = Some v -> 0 < value_at q (snd x) ->
    stands_for (target_less p ok t support v x) (optimum E - ratio q x).
  Proof.
    intros b g. unfold stands_for, target_less. cbn [fst snd].
    rewrite ev_minus, ev_mult, ev_over_mass, !ev_poly, (best_at v b). split; [exact g|]. rewrite (ratio_times x g). ring.
  Qed.

  Lemma no_loss : 0 < value_at q (snd nothing_lost) /\ ratio q nothing_lost = 0.
  Proof.
    assert (value_at q (snd nothing_lost) = 1) as e by (unfold value_at; cbn [nothing_lost snd total fst monomial_at fold_right]; change (of_Z 1) with (1 : Value); ring).
    rewrite e. split; [exact lt_zero_one|]. unfold ratio. change (value_at q (fst nothing_lost)) with (0 : Value). unfold div. ring.
  Qed.

  Section Bounds.
    Variables (can : selection E -> Prop) (found : option (option Poly * bool)).
    Hypothesis sound : forall limit strict, found = Some (limit, strict) -> forall s, can s -> kept (option_map (ev q) limit) strict (welfare s * N).

    Lemma room_true x v strict : stands_for x v -> room o found x strict = true ->
      forall s, can s -> if strict then welfare s < v else welfare s <= v.
    Proof.
      intros [pos e] r s k. pose proof (scale_positive f ok q h) as n. unfold room in r.
      destruct found as [[[u|] below]|]; [| |discriminate]; pose proof (sound _ _ eq_refl s k) as le; [|destruct le].
      apply (knows_true q _ _ _ right) in r. cbn [option_map kept] in le.
      assert (if strict && negb below then 0 < v * N * ev q (snd x) - ev q u * ev q (snd x) else 0 <= v * N * ev q (snd x) - ev q u * ev q (snd x)) as g.
      { destruct (strict && negb below); cbn [stands] in r; rewrite ev_minus, ev_mult, e in r; exact r. }
      clear r. assert ((v * N * ev q (snd x) - ev q u * ev q (snd x)) = (v * N - ev q u) * ev q (snd x)) as q1 by ring.
      assert (if strict && negb below then ev q u < v * N else ev q u <= v * N) as g'.
      { rewrite q1 in g. destruct (strict && negb below).
        - assert (0 < v * N - ev q u); [|olra]. apply (lt_scaled _ _ _ pos). assert (0 * ev q (snd x) = 0) as -> by ring. exact g.
        - assert (0 <= v * N - ev q u); [|olra]. apply (le_scaled _ _ _ pos). assert (0 * ev q (snd x) = 0) as -> by ring. exact g. }
      clear g q1. destruct strict, below; cbn [andb negb] in g'.
      - apply (lt_scaled N _ _ n). olra.
      - apply (lt_scaled N _ _ n). olra.
      - apply (le_scaled N _ _ n). olra.
      - apply (le_scaled N _ _ n). olra.
    Qed.

    Lemma nothing_true : is_nothing found = true -> forall s, ~ can s.
    Proof. unfold is_nothing. destruct found as [[[u|] below]|]; try discriminate. intros _ s k. exact (sound _ _ eq_refl s k). Qed.
  End Bounds.

  Lemma reaches_p_true s x v strict : stands_for x v -> reaches_p p ok t o support s x strict = true ->
    exists s' : selection E, s = Some s' /\ if strict then v < welfare s' else v <= welfare s'.
  Proof.
    intros [pos e] r. pose proof (scale_positive f ok q h) as n. unfold reaches_p in r. destruct s as [s|]; [|discriminate].
    exists s. split; [reflexivity|]. apply (knows_true q _ _ _ right) in r.
    assert (ev q (total_p f ok t support s) = welfare (s : selection E) * N) as w
      by exact (ev_total f ok o q h right support states eq_refl s).
    assert (if strict then 0 < welfare (s : selection E) * N * ev q (snd x) - v * N * ev q (snd x)
      else 0 <= welfare (s : selection E) * N * ev q (snd x) - v * N * ev q (snd x)) as g.
    { rewrite <- w, <- e. destruct strict; cbn [stands] in r; rewrite ev_minus, ev_mult in r; exact r. }
    pose proof (lt_mul _ _ n pos) as np. fold N in np. clear - g np. generalize dependent (ev q (snd x)).
    generalize (welfare (s : selection E)). generalize N. intros m u b g np.
    destruct strict; [apply (lt_scaled _ _ _ np)|apply (le_scaled _ _ _ np)]; olra.
  Qed.

  Definition lam : agent E -> Value := lambda p q ok h.

  Lemma selected_true r (s : selection E) : selected p ok t o support r = Some s -> can_reach p q ok h s.
  Proof.
    destruct ev_scale_of as [pos lv].
    exact (reached_true f c ok o q h right support states eq_refl (level p ok) (scale p) lam _ eq_refl pos lv data_bounded r s).
  Qed.

  Lemma selected_at_true x r (s : selection E) : 0 < value_at q (snd x) -> selected_at p ok t o support x r = Some s -> reachable (common (ratio q x)) L C s.
  Proof.
    intros pos.
    refine (reached_true f c ok o q h right support states eq_refl (fun _ => poly (fst x)) (poly (snd x)) (common (ratio q x)) _ eq_refl _ _ data_bounded r s).
    - rewrite ev_poly. exact pos.
    - intro i. rewrite !ev_poly. exact (ratio_times x pos).
  Qed.

  Lemma found_sound b limit strict : found p ok t o hint support b = Some (limit, strict) ->
    forall s, can_reach p q ok h s -> kept (option_map (ev q) limit) strict (welfare s * N).
  Proof.
    destruct ev_scale_of as [pos lv].
    refine (found_p_true f ok o hint q h right support states eq_refl (can_reach p q ok h) _ _ b limit strict).
    exact (excludes_true f c ok o q h right support states eq_refl (level p ok) (scale p) lam _ eq_refl pos lv data_bounded).
  Qed.

  Lemma found_at_sound x b limit strict : 0 < value_at q (snd x) -> found_at p ok t o hint support x b = Some (limit, strict) ->
    forall s, reachable (common (ratio q x)) L C s -> kept (option_map (ev q) limit) strict (welfare s * N).
  Proof.
    intro pos. refine (found_p_true f ok o hint q h right support states eq_refl (reachable (common (ratio q x)) L C) _ _ b limit strict).
    refine (excludes_true f c ok o q h right support states eq_refl (fun _ => poly (fst x)) (poly (snd x)) (common (ratio q x)) _ eq_refl _ _ data_bounded).
    - rewrite ev_poly. exact pos.
    - intro i. rewrite !ev_poly. exact (ratio_times x pos).
  Qed.

  Lemma found_below_sound x b limit strict : match x with Some x => 0 < value_at q (snd x) | None => True end ->
    found_below p ok t o hint support x b = Some (limit, strict) ->
    forall y, inside (below_of (option_map (ratio q) x)) y -> forall s, reachable (common y) L C s ->
    kept (option_map (ev q) limit) strict (welfare s * N).
  Proof.
    intros pos e y i. refine (found_p_true f ok o hint q h right support states eq_refl (reachable (common y) L C) _ _ b limit strict e).
    intros z g. refine (excludes_below_true f c ok o q h right support states eq_refl data_bounded _ (option_map (ratio q) x) z _ g y i).
    destruct x as [x|]; [|reflexivity]. cbn [option_map fst snd]. rewrite !ev_poly. split; [exact pos|exact (ratio_times x pos)].
  Qed.

  Lemma support_states : likely_states p q ok h = support.
  Proof.
    apply (filtered f ok o q h right support states eq_refl). intro w. split; intro k.
    - exact (yes_true _ k).
    - apply yes_of; [exact k|intros n g; exact (g n)].
  Qed.

  (** *** What trying everything decides *)

  Lemma first_best_known (w : state E) (a : profile E) b : first_best_p p ok t o hint w a = Some b -> (first_best a w <-> b = true).
  Proof.
    unfold first_best_p. fold f. match goal with |- (match ?r with Some _ => _ | None => _ end) _ = _ -> _ => destruct r as [g|] eqn:k; [|discriminate] end.
    intro e. pose proof (right (minus g (welfare_p f ok t a w)) equal) as r. rewrite e in r. cbn [stands] in r. rewrite ev_minus in r.
    rewrite (top_welfare f ok o hint q h right w g k) in r.
    assert (ev q (welfare_p f ok t a w) = W a w * value_at q (over f)) as ea by exact (ev_welfare f ok q h a w).
    rewrite ea in r. pose proof (unit_positive f ok q h) as u. rewrite first_best_top. destruct b; split; intro z; try reflexivity; try discriminate.
    - exact (same_scaled _ _ _ u r).
    - exfalso. apply r. transitivity (W (E := E) (top w) w * value_at q (over f) - W (E := E) (top w) w * value_at q (over f)); [|ring].
      exact (f_equal (fun y => W (E := E) (top w) w * value_at q (over f) - y * value_at q (over f)) z).
  Qed.

  Lemma stable_known (w : state E) (a : profile E) b : stable_p p ok t o w a = Some b -> (stable p q ok h a w <-> b = true).
  Proof.
    unfold stable_p. destruct (has_levels p); [|discriminate].
    match goal with |- option_map negb (one_known ?r) = _ -> _ => set (asked := r) end.
    destruct (one_known asked) as [v|] eqn:e; [|discriminate]. intro k. injection k as <-.
    destruct ev_scale_of as [pos lv]. pose proof (lt_mul _ _ (unit_positive f ok q h) pos) as us.
    assert (forall (i : agent E) (b : action E i), ev q (minus (material_p f ok t (level p ok) (scale p) i (change a i b) w)
      (material_p f ok t (level p ok) (scale p) i a w)) = (material lam i (change a i b) w - material lam i a w) * (value_at q (over f) * ev q (scale p))) as each.
    { intros i b. rewrite ev_minus.
      transitivity (material lam i (change a i b) w * (value_at q (over f) * ev q (scale p)) - material lam i a w * (value_at q (over f) * ev q (scale p))); [|ring].
      f_equal; [|f_equal]; exact (ev_material f ok q h (level p ok) (scale p) lam _ eq_refl lv i _ w). }
    assert (forall (i : agent E) (b : action E i), In (o (minus (material_p f ok t (level p ok) (scale p) i (change a i b) w)
      (material_p f ok t (level p ok) (scale p) i a w)) above) asked) as listed_.
    { intros i b. unfold asked. apply in_flat_map. exists i. split; [apply (all_listed (agent E))|]. cbv zeta.
      exact (in_map (fun b => o (minus (material_p f ok t (level p ok) (scale p) i (change (e := E) a i b) w)
        (material_p f ok t (level p ok) (scale p) i a w)) above) _ b (all_listed (action E i) b)). }
    destruct v; cbn [negb]; split; intro g; try discriminate; try reflexivity.
    - exfalso. pose proof (proj1 (one_known_true _ _ e) eq_refl) as j. apply in_flat_map in j. destruct j as [i [_ j]]. cbv zeta in j.
      apply in_map_iff in j. destruct j as [b [k _]].
      pose proof (right (minus (material_p f ok t (level p ok) (scale p) i (change (e := E) a i b) w)
        (material_p f ok t (level p ok) (scale p) i a w)) above) as r.
      assert (0 < (material lam i (change (e := E) a i b) w - material lam i a w) * (value_at q (over f) * ev q (scale p))) as r'.
      { rewrite <- each. destruct (o _ above) as [[]|]; [exact r|discriminate k|discriminate k]. }
      assert (material lam i (change (e := E) a i b) w <= material lam i a w) as le by exact (g i b).
      apply (lt_scaled _ 0 (material lam i (change (e := E) a i b) w - material lam i a w)) in us; [clear - us le; olra|].
      assert (0 * (value_at q (over f) * ev q (scale p)) = 0) as -> by ring. exact r'.
    - intros i b. pose proof (none_known _ e _ (listed_ i b)) as k.
      pose proof (right (minus (material_p f ok t (level p ok) (scale p) i (change (e := E) a i b) w)
        (material_p f ok t (level p ok) (scale p) i a w)) above) as r. rewrite k in r. cbn [stands] in r. rewrite each in r.
      assert (material lam i (change (e := E) a i b) w <= material lam i a w) as le; [|exact le].
      apply not_lt. intro n. apply r. apply lt_mul; [|exact us]. clear - n. olra.
  Qed.

  Lemma are_known (kind : profile E0 -> option bool) (K : profile E -> Prop) l b :
    (forall a v, kind a = Some v -> (K a <-> v = true)) -> are_p p ok kind l = Some b ->
    ((forall a : profile E, K a <-> listed_in p q ok h l a = true) <-> b = true).
  Proof.
    intros kinds e. unfold are_p in e. apply all_known_true in e. destruct e as [e n]. rewrite e. split.
    - intros g a i. specialize (n a i). destruct (kind a) as [v|] eqn:k; [|destruct (n eq_refl)]. cbn [option_map]. f_equal.
      specialize (g a). rewrite (kinds a v k) in g. change (listed_0 p ok l a) with (listed_in p q ok h l a).
      apply eqb_true_iff. destruct (listed_in p q ok h l a), v; try reflexivity; [destruct g as [_ g]|destruct g as [g _]]; now rewrite g.
    - intros g a. specialize (g a (all_listed (profile E0) a)). destruct (kind a) as [v|] eqn:k; [|discriminate]. cbn [option_map] in g.
      injection g as g. apply eqb_prop in g. rewrite (kinds a v k). change (listed_in p q ok h l a) with (listed_0 p ok l a). now rewrite g.
  Qed.

  Lemma unsupported (w : state E) : supported f ok support w = false -> ~ likely w.
  Proof.
    intros n g. apply (likely_support f ok o q h right support states eq_refl) in g.
    assert (supported f ok support w = true) as e; [|congruence]. apply existsb_exists. exists w. split; [exact g|].
    apply yes_of; [reflexivity|tauto].
  Qed.

  Lemma are_in_known (kind : state E0 -> profile E0 -> option bool) (K : profile E -> state E -> Prop) k l b :
    (forall (w : state E) a v, kind w a = Some v -> (K a w <-> v = true)) -> are_in_p p ok support kind k l = Some b ->
    (are_in p q ok h K k l <-> b = true).
  Proof.
    intros kinds e. unfold are_in_p in e. unfold are_in.
    change (pick (X := state (game (shape (family p)) ok)) k) with (pick (X := state E) k) in e.
    destruct (pick (X := state E) k) as [w|] eqn:at_; [|discriminate]. fold f in e.
    assert (forall Q : state E -> Prop, (exists v, Some w = Some v /\ Q v) <-> Q w) as only_w.
    { intro Q. split; [intros [v [g x]]; injection g as <-; exact x|intro x; now exists w]. }
    assert (are_in p q ok h K k l <-> match l with
      | Some l => likely w /\ forall a, K a w <-> listed_in p q ok h l a = true
      | None => ~ likely w end) as ->.
    { unfold are_in. change (@pick (state (game_at (family p) ok q h)) k) with (@pick (state E) k). rewrite at_. apply only_w. }
    destruct (supported f ok support w) eqn:g.
    - apply (supported_likely f ok o q h right support states eq_refl) in g. destruct l as [l|].
      + rewrite <- (are_known (kind w) (fun a => K a w) l b (kinds w) e). tauto.
      + match type of e with option_map _ ?r = _ => revert e; destruct r; [|discriminate] end. intro e. injection e as <-. split; [tauto|discriminate].
    - apply unsupported in g. injection e as <-. destruct l as [l|]; split; try reflexivity; try discriminate; tauto.
  Qed.

  Lemma by_state_known l b : by_state_p p ok t o support l = Some b -> (are_by_state p q ok h l <-> b = true).
  Proof.
    unfold by_state_p. match goal with |- (if ?r then _ else _) = _ -> _ => destruct r eqn:e; [|discriminate] end. apply Nat.eqb_eq in e. intro k.
    apply all_known_true in k. destruct k as [k n]. rewrite k. clear k b. unfold are_by_state.
    change (likely_states p q ok h) with (likely_states p q ok h : list (state E0)). rewrite support_states.
    revert l e n. generalize support. induction support0 as [|w ws IH]; intros [|x l] e n; try discriminate.
    - split; [intros _ y []|constructor].
    - cbn [combine]. assert (forall b, are_p p ok (stable_p p ok t o w) x = Some b ->
        ((forall a : profile E, stable p q ok h a w <-> listed_in p q ok h x a = true) <-> b = true)) as here
        by (intro b; exact (are_known (stable_p p ok t o w) (fun a => stable p q ok h a w) x b (fun a v => stable_known w a v))).
      pose proof (n (w, x) (or_introl eq_refl)) as some_. cbn [fst snd] in some_.
      assert (length l = length ws) as e' by (now injection e).
      pose proof (IH l e' (fun y i => n y (or_intror i))) as rest.
      destruct (are_p p ok (stable_p p ok t o w) x) as [v|] eqn:g; [|destruct (some_ eq_refl)]. specialize (here v eq_refl). split.
      + intro all2. inversion all2 as [|? ? ? ? one more]; subst. intros y [<-|i].
        * cbn [fst snd]. rewrite g. f_equal. now apply here.
        * exact (proj1 rest more y i).
      + intro each. constructor.
        * apply here. specialize (each (w, x) (or_introl eq_refl)). cbn [fst snd] in each. congruence.
        * apply rest. intros y i. exact (each y (or_intror i)).
  Qed.

  Lemma one_known_state (w : state E) v : one_p p ok t o w = Some v ->
    ((exists a, stable p q ok h a w /\ forall b, stable p q ok h b w -> b = a) <-> v = true).
  Proof.
    unfold one_p. match goal with |- option_map _ ?r = _ -> _ => destruct r as [bs|] eqn:e; [|discriminate] end. intro g. injection g as <-.
    rewrite (count_one (X := profile E) (stable_p p ok t o w) (fun a => stable p q ok h a w) bs (stable_known w) e). tauto.
  Qed.

  Lemma single_known b : single_p p ok t o support = Some b -> (single p q ok h <-> b = true).
  Proof.
    unfold single_p. match goal with |- option_map _ ?r = _ -> _ => destruct r as [v|] eqn:e; [|discriminate] end. intro g. injection g as <-. unfold single. split.
    - intro each. destruct v; [|reflexivity]. exfalso. pose proof (proj1 (one_known_true _ _ e) eq_refl) as i.
      apply in_map_iff in i. destruct i as [w [k i]]. destruct (one_p p ok t o w) as [[]|] eqn:g; try discriminate.
      apply (likely_support f ok o q h right support states eq_refl) in i.
      pose proof (proj1 (one_known_state w false g) (each w i)). discriminate.
    - intros n w i. destruct v; [discriminate|]. apply (likely_support f ok o q h right support states eq_refl) in i.
      pose proof (none_known _ e _ (in_map (fun w => option_map negb (one_p p ok t o w)) support w i)) as k.
      destruct (one_p p ok t o w) as [[]|] eqn:g; try discriminate. now apply (one_known_state w true g).
  Qed.

  Lemma decide_known n b : (forall x, In x (numbers_of n) -> 0 < value_at q (snd x)) ->
    decide_p p ok t o hint support n = Some b -> (is_so p q ok h n <-> b = true).
  Proof.
    intros pos e. destruct n as [| | |x|x|x|x|l|x|x|x|k l|k l|l|[l|]|x]; try discriminate; cbn [decide_p is_so] in *.
    - specialize (pos x (or_introl eq_refl)). destruct (best p ok t o hint support) as [v|] eqn:g; [|discriminate].
      pose proof (right (minus (mult v (poly (snd x))) (over_mass p ok t support (poly (fst x)))) equal) as r. rewrite e in r. cbn [stands] in r.
      rewrite ev_minus, ev_mult, ev_over_mass, !ev_poly, (best_at v g), (ratio_times x pos) in r.
      pose proof (lt_mul _ _ (scale_positive f ok q h) pos) as m. fold N in m.
      assert (optimum E * N * value_at q (snd x) - ratio q x * value_at q (snd x) * N =
        optimum E * (N * value_at q (snd x)) - ratio q x * (N * value_at q (snd x))) as eq by ring. rewrite eq in r.
      destruct b; split; intro z; try reflexivity; try discriminate.
      + symmetry. exact (same_scaled _ _ _ m r).
      + exfalso. apply r. transitivity (ratio q x * (N * value_at q (snd x)) - ratio q x * (N * value_at q (snd x))); [|ring].
        exact (f_equal (fun y => y * (N * value_at q (snd x)) - ratio q x * (N * value_at q (snd x))) z).
    - exact (are_in_known _ first_best k l b first_best_known e).
    - exact (are_in_known _ (stable p q ok h) k l b stable_known e).
    - exact (by_state_known l b e).
    - destruct (by_state_p p ok t o support l) as [[]|] eqn:g; [| |discriminate].
      + rewrite (single_known b e), (by_state_known l true g). tauto.
      + injection e as <-. rewrite (by_state_known l false g). split; [intros [z _]; discriminate z|discriminate].
    - rewrite (single_known b e). tauto.
  Qed.

  (** *** Claims *)

  Lemma less_than_true b x strict : 0 < value_at q (snd x) -> less_than p ok t o hint support (found p ok t o hint support b) x strict = true ->
    forall s, can_reach p q ok h s -> if strict then welfare s < optimum E - ratio q x else welfare s <= optimum E - ratio q x.
  Proof.
    intros pos e. unfold less_than in e. destruct (best p ok t o hint support) as [v|] eqn:g; [|discriminate].
    exact (room_true (can_reach p q ok h) _ (found_sound b) _ _ strict (target_less_stands v x g pos) e).
  Qed.

  Lemma comes_to_true w x strict : 0 < value_at q (snd x) -> comes_to p ok t o hint support w x strict = true ->
    exists s, can_reach p q ok h s /\ if strict then optimum E - ratio q x < welfare s else optimum E - ratio q x <= welfare s.
  Proof.
    intros pos e. unfold comes_to in e. destruct (best p ok t o hint support) as [v|] eqn:g; [|discriminate].
    destruct (reached w) as [r|]; [|discriminate].
    destruct (reaches_p_true _ _ _ strict (target_less_stands v x g pos) e) as [s [k le]]. exists s. split; [exact (selected_true r s k)|exact le].
  Qed.

  Lemma best_closes x (s : selection E) : optimum E <= welfare s -> reachable (common x) L C s -> closes_at p q ok h x.
  Proof.
    intros le k. exists s. split; [|exact k]. apply optimal. pose proof (welfare_le s). apply le_antisym; assumption.
  Qed.

  Lemma closes_at_true w x : 0 < value_at q (snd x) -> closes_at_p p ok t o hint support w x = true ->
    0 <= ratio q x /\ closes_at p q ok h (ratio q x).
  Proof.
    intros pos e. unfold closes_at_p in e. apply andb_true_iff in e. destruct e as [lo e]. split.
    - apply (knows_true q _ _ _ right) in lo. cbn [stands] in lo. rewrite ev_poly in lo. unfold ratio, div.
      apply le_mul; [exact lo|exact (lt_le _ _ (inv_pos _ pos))].
    - destruct (best p ok t o hint support) as [v|] eqn:g; [|discriminate]. destruct (reached w) as [r|]; [|discriminate].
      destruct no_loss as [one none].
      destruct (reaches_p_true _ _ _ false (target_less_stands v nothing_lost g one) e) as [s [k le]]. cbv iota in le.
      apply (best_closes _ s); [rewrite none in le; assert (forall y z : Value, y - 0 <= z -> y <= z) as y by (intros; olra); exact (y _ _ le)|exact (selected_at_true x r s pos k)].
  Qed.

  (** No first best where all that is reached has less welfare. *)
  Lemma open_true y : (forall s : selection E, reachable (common y) L C s -> welfare s < optimum E - ratio q nothing_lost) -> ~ closes_at p q ok h y.
  Proof.
    intros less [s [best_ k]]. specialize (less s k). apply optimal in best_. rewrite (proj2 no_loss) in less.
    assert (welfare (s : selection E) = optimum E) as e by exact best_. rewrite e in less.
    assert (forall z : Value, z < z - 0 -> False) as z by (intros; olra). exact (z _ less).
  Qed.

  Lemma below_true x b strict : match x with Some x => 0 < value_at q (snd x) | None => True end ->
    less_than p ok t o hint support (found_below p ok t o hint support x b) nothing_lost strict = true ->
    forall y, inside (below_of (option_map (ratio q) x)) y -> forall s : selection E, reachable (common y) L C s ->
    if strict then welfare s < optimum E - ratio q nothing_lost else welfare s <= optimum E - ratio q nothing_lost.
  Proof.
    intros pos e y i. unfold less_than in e. destruct (best p ok t o hint support) as [v|] eqn:g; [|discriminate].
    refine (room_true (reachable (common y) L C) _ _ _ _ strict (target_less_stands v nothing_lost g (proj1 no_loss)) e).
    intros limit st k. exact (found_below_sound x b limit st pos k y i).
  Qed.

  Lemma at_true x b strict : 0 < value_at q (snd x) ->
    less_than p ok t o hint support (found_at p ok t o hint support x b) nothing_lost strict = true ->
    forall s : selection E, reachable (common (ratio q x)) L C s ->
    if strict then welfare s < optimum E - ratio q nothing_lost else welfare s <= optimum E - ratio q nothing_lost.
  Proof.
    intros pos e. unfold less_than in e. destruct (best p ok t o hint support) as [v|] eqn:g; [|discriminate].
    refine (room_true (reachable (common (ratio q x)) L C) _ _ _ _ strict (target_less_stands v nothing_lost g (proj1 no_loss)) e).
    intros limit st k. exact (found_at_sound x b limit st pos k).
  Qed.

  Lemma lost x (can : selection E -> Prop) :
    ((forall s, can s -> welfare s < optimum E - x) -> forall s, can s -> welfare s + x < optimum E) /\
    ((forall s, can s -> welfare s <= optimum E - x) -> forall s, can s -> welfare s + x <= optimum E) /\
    ((exists s, can s /\ optimum E - x < welfare s) -> exists s, can s /\ optimum E < welfare s + x) /\
    ((exists s, can s /\ optimum E - x <= welfare s) -> exists s, can s /\ optimum E <= welfare s + x).
  Proof.
    assert (forall a b c : Value, a < b - c -> a + c < b) as k1 by (intros; olra).
    assert (forall a b c : Value, a <= b - c -> a + c <= b) as k2 by (intros; olra).
    assert (forall a b c : Value, b - c < a -> b < a + c) as k3 by (intros; olra).
    assert (forall a b c : Value, b - c <= a -> b <= a + c) as k4 by (intros; olra).
    repeat split.
    - intros g s r. apply k1, g, r.
    - intros g s r. apply k2, g, r.
    - intros [s [r g]]. exists s. split; [exact r|apply k3, g].
    - intros [s [r g]]. exists s. split; [exact r|apply k4, g].
  Qed.

  Lemma value_known (can : selection E -> Prop) v : (forall s, can s -> welfare s <= v) -> (exists s, can s /\ v <= welfare s) -> is_value can v.
  Proof.
    intros most [s [k le]]. split; [|exact most]. exists s. split; [exact k|]. apply le_antisym; [exact (most s k)|exact le].
  Qed.

  Lemma accepted n holds w : shows p ok t o hint support n holds w = true -> meaning p q ok h n holds.
  Proof.
    unfold shows. rewrite !andb_true_iff. intros [[_ numbers] e]. split; [exact data_sound|].
    assert (forall x, In x (numbers_of n) -> 0 < value_at q (snd x)) as pos.
    { intros x i. apply (forallb_in _ _ _ numbers) in i. apply (knows_true q _ _ _ right) in i. cbn [stands] in i. now rewrite ev_poly in i. }
    split; [exact pos|]. pose proof pos as every. destruct no_loss as [one none]. unfold check in e.
    pose proof (lost (ratio q nothing_lost) (can_reach p q ok h)) as [l1 [_ [_ l4]]].
    assert (loses_more p q ok h (ratio q nothing_lost) = loses_more p q ok h 0) as z1 by now rewrite none.
    assert (loses_at_most p q ok h (ratio q nothing_lost) = loses_at_most p q ok h 0) as z4 by now rewrite none.
    destruct n as [| | |x|x|[x|]|[x|]|l|[x|]|x|x|k l|k l|l|l|x], holds; cbn [is_so is_not]; try discriminate;
      try (specialize (pos x (or_introl eq_refl)); pose proof (lost (ratio q x) (can_reach p q ok h)) as [x1 [x2 [x3 x4]]]);
      rewrite ?andb_true_iff in e.
    all: try (solve [destruct e as [_ e]; destruct (decide_p p ok t o hint support _) as [b|] eqn:g; [|discriminate];
      apply eqb_prop in e; subst b; first [apply (decide_known _ true every g); reflexivity|
        intro z; apply (decide_known _ false every g) in z; discriminate]]).
    - rewrite <- z1. exact (l1 (less_than_true _ _ true one (proj2 e))).
    - rewrite <- z4. exact (l4 (comes_to_true w _ false one (proj2 e))).
    - rewrite <- z4. exact (l4 (comes_to_true w _ false one (proj2 e))).
    - rewrite <- z1. exact (l1 (less_than_true _ _ true one (proj2 e))).
    - rewrite <- z4. exact (l4 (comes_to_true w _ false one (proj2 e))).
    - rewrite <- z1. exact (l1 (less_than_true _ _ true one (proj2 e))).
    - exact (x2 (less_than_true _ _ false pos (proj2 e))).
    - exact (x3 (comes_to_true w _ true pos (proj2 e))).
    - exact (x4 (comes_to_true w _ false pos (proj2 e))).
    - exact (x1 (less_than_true _ _ true pos (proj2 e))).
    - destruct e as [[_ most] some_]. apply (value_known (can_reach p q ok h)); [exact (less_than_true _ _ false pos most)|exact (comes_to_true w x false pos some_)].
    - exact (nothing_true (can_reach p q ok h) _ (found_sound _) (proj2 e)).
    - destruct e as [[_ most] some_]. destruct (reached w) as [r|]; [|discriminate].
      pose proof (target_stands x pos) as st. apply (value_known (can_reach p q ok h)).
      + exact (room_true (can_reach p q ok h) _ (found_sound _) _ _ false st most).
      + destruct (reaches_p_true _ _ _ false st some_) as [s [k le]]. exists s. split; [exact (selected_true r s k)|exact le].
    - exact (nothing_true (can_reach p q ok h) _ (found_sound _) (proj2 e)).
    - destruct e as [_ e]. destruct (reached w) as [r|]; [|discriminate]. apply andb_true_iff in e. destruct e as [same_ e].
      destruct (list_eq_dec Nat.eq_dec (played r) l) as [<-|]; [|discriminate].
      destruct (selected p ok t o support r) as [s|] eqn:g; [|discriminate]. exists s. split; [|exact (selected_true r s g)].
      revert g. unfold selected, reached_p.
      match goal with |- match ?r with Some _ => _ | None => _ end = _ -> _ => destruct r as [s'|] eqn:g; [|discriminate] end.
      match goal with |- (if ?r then _ else _) = _ -> _ => destruct r; [|discriminate] end. intro k. injection k as ->.
      unfold selection_of. rewrite support_states. exact g.
    - destruct e as [_ e]. destruct (reached w), (bound w), (excluded w) as [x|]; try discriminate.
      destruct (selection_p (family p) ok support l) as [s|] eqn:g; [|discriminate].
      destruct (obstacle_of (shape (family p)) ok x) as [y|]; [|discriminate]. apply andb_true_iff in e. destruct e as [ex inside_].
      intros s' g'. unfold selection_of in g'. rewrite support_states in g'. unfold selection_p in g.
      assert (Some s = Some s') as same_ by (rewrite <- g; exact g'). injection same_ as <-.
      destruct ev_scale_of as [sc lv].
      apply (excludes_true f c ok o q h right support states eq_refl (level p ok) (scale p) lam _ eq_refl sc lv data_bounded y ex).
      intros v b i. apply (forallb_in _ _ _ inside_) in i. exact (yes_true _ i).
    - destruct e as [[_ closed] e]. destruct (closes_at_true w x pos closed) as [lo cl]. split; [exact lo|]. split; [exact cl|].
      intros y y0 yx. pose proof (right (poly (fst x)) equal) as z. destruct (o (poly (fst x)) equal) as [[]|], (bound w) as [b|]; try discriminate.
      + exfalso. cbn [stands] in z. rewrite ev_poly in z. unfold ratio, div in yx. rewrite z in yx.
        assert (forall u v : Value, 0 <= u -> u < 0 * v -> False) as no by (intros; olra). exact (no _ _ y0 yx).
      + apply open_true. exact (below_true (Some x) (Some b) true pos e y (conj y0 yx)).
    - destruct e as [_ e]. destruct (bound w) as [b|]; [|discriminate]. intros y y0. apply open_true.
      exact (below_true None (Some b) true I e y (conj y0 I)).
    - exact (closes_at_true w x pos (proj2 e)).
    - destruct e as [[_ lo] e]. split.
      + apply (knows_true q _ _ _ right) in lo. cbn [stands] in lo. rewrite ev_poly in lo. unfold ratio, div.
        apply le_mul; [exact lo|exact (lt_le _ _ (inv_pos _ pos))].
      + apply open_true. exact (at_true x (bound w) true pos e).
  Qed.
End Accepted.
