(** The bounds of [Symbolic.v] hold at every point where the signs are as answered. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Evaluated.
Import ListNotations.
Local Open Scope number_scope.

Lemma sequence_each {X Y} (g : X -> option Y) l r : sequence g l = Some r -> forall x, In x l -> exists y, g x = Some y /\ In y r.
Proof.
  revert r. induction l as [|x l IH]; cbn; intros r h z i; [destruct i|].
  destruct (g x) as [y|] eqn:e; [|discriminate]. destruct (sequence g l) as [s|]; [|discriminate]. injection h as <-.
  destruct i as [<-|i]; [exists y; split; [exact e|now left]|]. destruct (IH s eq_refl z i) as [u [a b]]. exists u. split; [exact a|now right].
Qed.

Lemma sequence_total {X Y} (g : X -> option Y) (v : Y -> Value) (w : X -> Value) l r : sequence g l = Some r ->
  (forall x y, In x l -> g x = Some y -> v y = w x) -> total r v = total l w.
Proof.
  revert r. induction l as [|x l IH]; cbn; intros r h e; [injection h as <-; reflexivity|].
  destruct (g x) as [y|] eqn:k; [|discriminate]. destruct (sequence g l) as [s|]; [|discriminate]. injection h as <-.
  cbn [total]. rewrite (e x y (or_introl eq_refl) k), (IH s eq_refl); [reflexivity|]. intros z u i. apply e. now right.
Qed.

Section Bounding.
  Variables (f : Family) (ok : good (shape f) = true) (o : Signed) (hint q : Valuation).
  Hypotheses (h : proper f ok q) (right : right_at q o).
  Add Ring Q_ring : (@ring_laws rationals).

  Let t : Tables := tables f.
  Let E0 : Environment rationals := game (shape f) ok.
  Let E : Environment rationals := game_at f ok q h.
  Let N : Value := mass f ok q * value_at q (over f).

  Variable support : list (state E0).
  Hypotheses (known : states_known f ok t o = true) (supports : support = with_chance f ok t o).

  Lemma scale_positive : 0 < N.
  Proof. apply lt_mul; [apply (mass_positive f ok q h)|apply (unit_positive f ok q h)]. Qed.

  Lemma adds_at (w : state E) (a : profile E) : ev q (adds_p f ok t w a) = adds w a * N.
  Proof. exact (ev_adds f ok q h w a). Qed.

  (** *** Greatest numbers *)

  Lemma guess_in x l : guess hint x l = x \/ In (guess hint x l) l.
  Proof.
    unfold guess. assert (forall b : Poly * Value, let g := fold_left (fun best y =>
      let v := ev hint y in if le_dec v (snd best) then best else (y, v)) l b in fst g = fst b \/ In (fst g) l) as k;
      [|exact (k (x, ev hint x))].
    induction l as [|y l IH]; intro b; [now left|]. cbn [fold_left]. cbv zeta.
    destruct (le_dec (ev hint y) (snd b)); [destruct (IH b) as [e|i]|destruct (IH (y, ev hint y)) as [e|i]].
    - now left.
    - right; right; exact i.
    - right; left. now symmetry.
    - right; right; exact i.
  Qed.

  Lemma top_of_true l g : top_of o hint l = Some g -> In g l /\ forall y, In y l -> ev q y <= ev q g.
  Proof.
    unfold top_of. destruct l as [|x l]; [discriminate|]. destruct (forallb _ _) eqn:e; [|discriminate]. intro r. injection r as <-.
    split; [destruct (guess_in x l) as [r|r]; [rewrite r; now left|now right]|].
    intros y i. apply (forallb_in _ _ _ e) in i. apply (knows_true q _ _ _ right) in i. cbn [stands] in i.
    rewrite ev_minus in i. now apply sub_nonneg.
  Qed.

  Lemma top_welfare (w : state E) g : top_of o hint (map (fun a => welfare_p f ok t a w) (listed (profile E0))) = Some g ->
    ev q g = W (E := E) (top w) w * value_at q (over f).
  Proof.
    intro k. apply top_of_true in k. destruct k as [inside most]. apply in_map_iff in inside. destruct inside as [a [<- _]].
    transitivity (W (a : profile E) w * value_at q (over f)); [exact (ev_welfare f ok q h a w)|]. f_equal.
    apply le_antisym; [apply top_max|]. apply (le_scaled (value_at q (over f)) _ _ (unit_positive f ok q h)).
    rewrite <- !(ev_welfare f ok q h). apply most. apply (in_map (fun a => welfare_p f ok t a w)). apply (all_listed (profile E0)).
  Qed.

  Lemma optimum_true v : optimum_p f ok t o hint support = Some v -> ev q v = optimum E * N.
  Proof.
    unfold optimum_p. match goal with |- option_map _ ?r = _ -> _ => destruct r as [l|] eqn:e; [|discriminate] end. intro r. injection r as <-.
    rewrite ev_sum. cbv beta. rewrite (sequence_total _ (fun x => ev q x) (fun w : state E => prior w * W (top w) w * N) support l e).
    - rewrite total_mul_r. f_equal.
      exact (total_support f ok o q h right support known supports (fun w : state E => W (top w) w)).
    - intros w y i g. match type of g with option_map _ ?r = _ => destruct r as [x|] eqn:k; [|discriminate] end. injection g as <-.
      rewrite ev_mult, (top_welfare w x k).
      transitivity (prior (w : state E) * mass f ok q * (W (E := E) (top (w : state E)) w * value_at q (over f))); [|unfold N; ring].
      f_equal. exact (ev_chance f ok q h w).
  Qed.

  (** *** Trees *)

  Section Searched.
    Variables (reached : selection E -> Prop) (parts : list (part (E := E0))) (bound : option Poly) (strict : bool).
    Hypothesis excluded : forall p : part (E := E0), In p parts -> forall s : selection E, agrees p s -> ~ reached s.

    Lemma keeps_p_true x : keeps_p o bound strict x = true -> kept (option_map (ev q) bound) strict (ev q x).
    Proof.
      unfold keeps_p. destruct bound as [v|]; [|discriminate]. intro e. apply (knows_true q _ _ _ right) in e.
      destruct strict; cbn [stands option_map kept] in *; rewrite ev_minus in e; [|now apply sub_nonneg].
      olra.
    Qed.

    Lemma search_p_true states :
      (bound <> None -> forall (w : state E) v, In (w : state E0, v) states -> forall a : profile E, ev q (adds_p f ok t w a) <= ev q v) ->
      forall path so_far x, search_p f ok t o parts bound strict states path so_far x = true ->
      forall s : selection E, reached s -> agrees path s ->
      kept (option_map (ev q) bound) strict (ev q so_far + total states (fun e => ev q (adds_p f ok t (fst e) (s (fst e))))).
    Proof.
      induction states as [|[w v] rest IH]; intros tops path so_far x found s r ag; [destruct x; discriminate|].
      cbn [search_p] in found. destruct x as [k|l]; [discriminate|]. apply (all_true (profile E0) _) with (x := s w) in found.
      assert (agrees (((w, s w) : state E * profile E) :: path) s) as ag'
        by (intros u a [e|i]; [inversion e; reflexivity|exact (ag u a i)]).
      destruct (branch l (s w)) as [[k|l']|].
      - destruct (cut_off_true (E := E) reached parts excluded k (((w, s w) : state E * profile E) :: path) s found ag' r).
      - apply IH with (s := s) in found; [|intros n u y i; exact (tops n u y (or_intror i))|exact r|exact ag'].
        rewrite ev_plus in found. eapply kept_below; [|exact found]. cbn [total fst]. olra.
      - apply keeps_p_true in found. rewrite !ev_plus, ev_sum in found. eapply kept_below; [|exact found].
        destruct bound as [b|]; [|destruct found]. cbn [total fst].
        match goal with |- _ <= _ + ?ahead => assert (total rest (fun e => ev q (adds_p f ok t (fst e) (s (fst e)))) <= ahead); [|olra] end.
        apply total_le. intros [u y] i. cbn [fst snd]. exact (tops ltac:(discriminate) u y (or_intror i) (s u)).
    Qed.

  End Searched.

  Section Blocks.
    Variables (reached : selection E -> Prop) (parts : list (part (E := E0))).
    Hypothesis excluded : forall p : part (E := E0), In p parts -> forall s : selection E, agrees p s -> ~ reached s.

    Definition block_worth (s : selection E) (B : Block_p f ok) : Value := total (states_p f ok B) (fun w => ev q (adds_p f ok t w (s w))).

    Lemma block_true b B : block_p f ok t o hint parts b = Some B -> forall s : selection E, reached s ->
      kept (option_map (ev q) (limit_p f ok B)) (strict_p f ok B) (block_worth s B).
    Proof.
      unfold block_p. destruct (picked (among b)) as [[|w0 rest]|], (tree_of (shape f) ok (sorted b)) as [x|]; try discriminate.
      generalize (w0 :: rest). intro ws.
      destruct (limit_of f ok t b ws) as [limit|]; [|discriminate].
      destruct (tops_of f ok t o hint limit ws) as [tops|] eqn:e; [|discriminate].
      destruct (search_p f ok t o parts limit (below b) tops nil zero_poly x) eqn:g; [|discriminate].
      intro k. injection k as <-. intros s r. unfold block_worth. cbn [limit_p strict_p states_p].
      assert (limit <> None -> forall (w : state E) v, In (w : state E0, v) tops -> forall a : profile E, ev q (adds_p f ok t w a) <= ev q v) as most.
      { intros n w v i a. unfold tops_of in e. destruct limit as [u|]; [|destruct (n eq_refl)].
        destruct (sequence_in _ _ _ e _ i) as [w' k]. destruct (top_of o hint _) as [y|] eqn:m; [|discriminate].
        injection k as -> ->. apply top_of_true in m. apply (proj2 m), in_map. apply (all_listed (profile E0)). }
      pose proof (search_p_true reached parts limit (below b) excluded tops most nil zero_poly x g s r (fun _ _ i => match i with end)) as k.
      unfold zero_poly in k at 1. rewrite ev_constant, of_Q_zero, add_zero in k.
      assert (total ws (fun w => ev q (adds_p f ok t w (s w))) = total tops (fun e => ev q (adds_p f ok t (fst e) (s (fst e))))) as ->; [|exact k].
      symmetry. unfold tops_of in e. apply (sequence_total _ _ (fun w => ev q (adds_p f ok t w (s w))) _ _ e). intros w y _ m.
      destruct limit; [destruct (top_of o hint _); [|discriminate]|]; injection m as <-; reflexivity.
    Qed.
  End Blocks.

  Lemma ceiling_true (s : selection E) blocks :
    (forall B, In B blocks -> kept (option_map (ev q) (limit_p f ok B)) (strict_p f ok B) (block_worth s B)) ->
    kept (option_map (ev q) (ceiling_p f ok blocks)) (existsb (strict_p f ok) blocks) (total blocks (block_worth s)).
  Proof.
    unfold ceiling_p. induction blocks as [|B blocks IH]; intro each.
    - cbn. change (0 <= ev q (constant 0)). rewrite ev_constant, of_Q_zero. apply le_refl.
    - pose proof (each B (or_introl eq_refl)) as here. specialize (IH (fun b i => each b (or_intror i))).
      cbn [sequence existsb total]. destruct (limit_p f ok B) as [v|]; [|destruct here].
      destruct (sequence (limit_p f ok) blocks) as [l|]; [|destruct IH]. cbn [option_map] in *.
      change (sum (v :: l) (fun x => x)) with (plus v (sum l (fun x => x))). 
      destruct (strict_p f ok B), (existsb (strict_p f ok) blocks); cbn [kept orb] in *; rewrite ev_plus; olra.
  Qed.

  Lemma parted_total l (s : selection E) : parted_p f ok support l = true ->
    total l (fun w => ev q (adds_p f ok t w (s w))) = welfare s * N.
  Proof.
    unfold parted_p. rewrite !andb_true_iff. intros [[once all_] only_].
    transitivity (total (X := state E) l (fun w : state E => adds w (s w) * N)).
    { apply total_ext. intros w _. exact (adds_at w (s w)). }
    rewrite total_mul_r. f_equal. unfold welfare.
    apply (total_part (X := state E) l (fun w : state E => adds w (s w))); [exact (distinct_true (X := state E) l once)|].
    intro w. destruct (outside f ok o q h right support known supports w) as [i|z].
    - left. apply (forallb_in _ _ _ all_) in i. apply existsb_exists in i. destruct i as [v [i e]]. apply yes_true in e. now destruct e.
    - right. unfold adds. rewrite (z : prior (w : state E) = 0). ring.
  Qed.

  Section Found.
    Variables (reached : selection E -> Prop) (excludes : obstacle (E := E0) -> bool).
    Hypothesis sound : forall x, excludes x = true -> forall s : selection E, agrees (fst x) s -> ~ reached s.

    Lemma found_p_true b limit strict : found_p f ok t o hint support excludes b = Some (limit, strict) ->
      forall s, reached s -> kept (option_map (ev q) limit) strict (welfare s * N).
    Proof.
      unfold found_p. destruct (optimum_p f ok t o hint support) as [v|] eqn:best; [|discriminate]. destruct b as [b|].
      - clear best v. unfold bound_p. destruct (sequence (obstacle_of (shape f) ok) (obstructions b)) as [os|]; [|discriminate].
        match goal with |- (if ?r then _ else _) = _ -> _ => destruct r eqn:each; [|discriminate] end.
        match goal with |- match ?r with Some _ => _ | None => _ end = _ -> _ => destruct r as [bs|] eqn:e; [|discriminate] end.
        destruct (parted_p f ok support (flat_map (states_p f ok) bs)) eqn:p; [|discriminate].
        intro g. injection g as <- <-. intros s r. rewrite <- (parted_total _ s p), total_flat_map.
        apply (ceiling_true s bs). intros B i. destruct (sequence_in _ _ _ e B i) as [x k].
        refine (block_true reached (map fst os) _ x B k s r). intros y j s' ag. apply in_map_iff in j. destruct j as [z [<- j]].
        exact (sound z (forallb_in _ _ _ each j) s' ag).
      - intro g. injection g as <- <-. intros s _. cbn [option_map kept]. rewrite (optimum_true v best).
        pose proof (le_mul _ _ _ (proj2 (sub_nonneg _ _) (welfare_le s)) (lt_le _ _ scale_positive)). olra.
    Qed.
  End Found.
End Bounding.
