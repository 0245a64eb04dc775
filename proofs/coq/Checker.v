(** A checker of certificates, and that what it accepts is so.

    It runs on any environment whose field computes; [Reading.v] feeds it the numbers of a
    certificate. A play with a contract shows what contracts reach; obstructions, and a tree that
    sorts all selections by them, show what they do not. *)

From Coq Require Import List Bool.
From coopgap Require Export Cancelling.
From coopgap Require Import Welfare.
Import ListNotations.
Local Open Scope number_scope.

Section Classes.
  Context {K : OrderedField} {E : Environment K}.

  (** The class of contracts: none, transfers, or directives, complete ones or permissive. *)
  Inductive Contracts :=
  | alone
  | paid (m : Budget) (l : option K)
  | told (P : Product E) (same_class : forall x y : class P, {x = y} + {x <> y}) (complete : bool).

  (** A complete directive allows an agent one class in each cell. *)
  Definition one_class {P : Product E} (D : Directive P) : Prop :=
    forall c i a b, D c i a -> D c i b -> class_of P i a = class_of P i b.

  Definition reachable (lam : agent E -> K) (L : Language E) (c : Contracts) (s : selection E) : Prop :=
    match c with
    | alone => forall w, likely w -> nash (material lam) (s w) w
    | paid m l => implementable lam L m l s
    | told P _ false => permissive lam P s
    | told P _ true => exists D : Directive P, of_classes D /\ one_class D /\ directed lam D s
    end.
End Classes.
Arguments Contracts {K} E.

Section Checker.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (L : Language E).
  Add Ring K_ring : (@ring_laws K).

  (** *** What contracts reach *)

  Definition unlikely_ (w : state E) : bool := yes (le_dec (prior w) 0).

  Definition at_ease (v : agent E -> profile E -> state E -> K) (s : selection E) : bool :=
    all (state E) (fun w => unlikely_ w || all (agent E) (fun i =>
      let here := v i (s w) w in
      all (action E i) (fun b => yes (le_dec (v i (change (s w) i b) w) here)))).

  Lemma at_ease_true v s : at_ease v s = true -> forall w, likely w -> nash v (s w) w.
  Proof.
    intros h w p i b. apply all_true with (x := w) in h. apply orb_true_iff in h. destruct h as [h|h].
    - apply yes_true in h. destruct (p h).
    - apply all_true with (x := i) in h. cbn in h. apply all_true with (x := b) in h. now apply yes_true in h.
  Qed.

  Definition lawful (m : Budget) (l : option K) (t : Transfers L) : bool :=
    match m with
    | balanced => all (record L) (fun y => yes (eq_dec (Σ i ∈ agent E, t i y) 0))
    | burnt => all (record L) (fun y => yes (le_dec (Σ i ∈ agent E, t i y) 0))
    | free => true
    end &&
    match l with
    | Some B => all (agent E) (fun i => all (record L) (fun y => yes (le_dec (- B) (t i y))))
    | None => true
    end.

  Lemma lawful_true m l t : lawful m l t = true -> admissible m l t.
  Proof.
    intro h. apply andb_true_iff in h. destruct h as [h g]. split.
    - destruct m; cbn; [intro y..|exact I]; apply all_true with (x := y) in h; exact (yes_true _ h).
    - destruct l as [B|]; cbn; [|exact I]. intros i y.
      apply all_true with (x := i) in g. apply all_true with (x := y) in g. exact (yes_true _ g).
  Qed.

  Section Directing.
    Variables (P : Product E) (same_class : forall x y : class P, {x = y} + {x <> y}).

    (** In each cell the directive allows the classes that are played there, and no others. *)
    Definition allows (plays : list (state E * profile E)) (c : cell P) (i : agent E) (b : action E i) : bool :=
      existsb (fun e => yes (same (cell_of P (fst e)) c) && yes (same_class (class_of P i (play (snd e) i)) (class_of P i b))) plays.

    Definition plays_of (s : selection E) : list (state E * profile E) :=
      map (fun w => (w, s w)) (filter (fun w => negb (unlikely_ w)) (listed (state E))).

    (** In some cell an agent plays two classes. *)
    Definition conflicting (plays : list (state E * profile E)) : bool :=
      existsb (fun e => existsb (fun f => yes (same (cell_of P (fst e)) (cell_of P (fst f))) &&
        negb (all (agent E) (fun i => yes (same_class (class_of P i (play (snd e) i)) (class_of P i (play (snd f) i)))))) plays) plays.

    Definition obeyed (s : selection E) : bool :=
      all (state E) (fun w => unlikely_ w || all (agent E) (fun i =>
        let here := material lam i (s w) w in
        all (action E i) (fun b => negb (allows (plays_of s) (cell_of P w) i b) ||
          yes (le_dec (material lam i (change (s w) i b) w) here)))).

    Lemma allows_own s w i : likely w -> allows (plays_of s) (cell_of P w) i (play (s w) i) = true.
    Proof.
      intro p. apply existsb_exists. exists (w, s w). split.
      - apply in_map_iff. exists w. split; [reflexivity|]. apply filter_In. split; [apply all_listed|].
        unfold unlikely_, yes. destruct (le_dec (prior w) 0); [destruct (p l)|reflexivity].
      - cbn. unfold yes. destruct (same _ _), (same_class _ _); cbn; congruence.
    Qed.

    Definition directive_of (plays : list (state E * profile E)) : Directive P := fun c i b => allows plays c i b = true.

    Lemma directive_of_classes plays : of_classes (directive_of plays).
    Proof.
      intros c i a b e h. unfold directive_of, allows in *. apply existsb_exists in h. apply existsb_exists.
      destruct h as [f [j h]]. exists f. split; [exact j|]. now rewrite <- e.
    Qed.

    Lemma obeyed_true s : obeyed s = true -> directed lam (directive_of (plays_of s)) s.
    Proof.
      intros h w p. split; [intro i; now apply allows_own|]. intros i b d.
      apply all_true with (x := w) in h. apply orb_true_iff in h. destruct h as [h|h]; [apply yes_true in h; destruct (p h)|].
      apply all_true with (x := i) in h. cbv zeta in h. apply all_true with (x := b) in h. apply orb_true_iff in h.
      destruct h as [h|h]; [|exact (yes_true _ h)]. unfold directive_of in d. rewrite d in h. discriminate.
    Qed.

    Lemma consistent_one_class plays : conflicting plays = false -> one_class (directive_of plays).
    Proof.
      intros n c i a b ha hb. unfold directive_of, allows in ha, hb. apply existsb_exists in ha, hb.
      destruct ha as [e [j ha]], hb as [f [k hb]]. apply andb_true_iff in ha, hb. destruct ha as [ha ha'], hb as [hb hb'].
      apply yes_true in ha, ha', hb, hb'. rewrite <- ha', <- hb'.
      destruct (same_class (class_of P i (play (snd e) i)) (class_of P i (play (snd f) i))) as [q|q]; [exact q|].
      exfalso. assert (conflicting plays = true) as t; [|congruence]. apply existsb_exists. exists e. split; [exact j|].
      apply existsb_exists. exists f. split; [exact k|]. apply andb_true_iff. split.
      - unfold yes. rewrite ha, hb. destruct (same c c); congruence.
      - apply negb_true_iff. destruct (all (agent E) _) eqn:g; [|reflexivity]. apply all_true with (x := i) in g.
        apply yes_true in g. destruct (q g).
    Qed.
  End Directing.

  Definition reaches (c : Contracts E) (s : selection E) (t : Transfers L) : bool :=
    match c with
    | alone => at_ease (material lam) s
    | paid m l => lawful m l t && at_ease (utility lam t) s
    | told P same_class complete => (negb complete || negb (conflicting P same_class (plays_of s))) && obeyed P same_class s
    end.

  Lemma reaches_true c s t : reaches c s t = true -> reachable lam L c s.
  Proof.
    destruct c as [|m l|P same_class complete]; cbn; intro h; [exact (at_ease_true _ _ h)| |];
      apply andb_true_iff in h; destruct h as [h g].
    - exists t. split; [now apply lawful_true|]. exact (at_ease_true _ _ g).
    - pose proof (obeyed_true P same_class s g) as o. pose proof (directive_of_classes P same_class (plays_of s)) as k.
      destruct complete; exists (directive_of P same_class (plays_of s)); [|tauto].
      split; [exact k|]. split; [|exact o]. apply consistent_one_class. cbn in h. now apply negb_true_iff.
  Qed.

  (** *** What they do not: obstructions *)

  Definition part : Type := list (state E * profile E).

  Definition extend (p : part) (w : state E) : profile E :=
    match find (fun e => yes (same (fst e) w)) p with
    | Some e => snd e
    | None => some_profile
    end.

  Definition agrees (p : part) (s : selection E) : Prop := forall w a, In (w, a) p -> s w = a.

  (** The deviations of an obstruction, with their weights. *)
  Record Deviation := { who : agent E; where_ : state E; to : action E who; weight : K }.

  Definition in_part (p : part) (w : state E) : bool := existsb (fun e => yes (same (fst e) w)) p.

  Definition flow_ok (p : part) (es : list Deviation) : bool :=
    forallb (fun e => yes (lt_or_le 0 (weight e)) && yes (lt_or_le 0 (prior (where_ e))) && in_part p (where_ e)) es.

  Definition total_worth (s : selection E) (es : list Deviation) : K :=
    total es (fun e => weight e * gain lam s (who e) (where_ e) (to e)).

  (** Where the deviations leave records, and where they enter others. *)
  Definition crossed (s : selection E) (es : list Deviation) : list (Entry L) :=
    flat_map (fun e =>
      [{| payee := who e; entered := leaves L (where_ e) (s (where_ e)); times := weight e |};
       {| payee := who e; entered := leaves L (where_ e) (change (s (where_ e)) (who e) (to e)); times := - weight e |}]) es.

  Lemma payments_crossed t s es : payments t (crossed s es) = total es (fun e => weight e *
    (t (who e) (leaves L (where_ e) (s (where_ e))) - t (who e) (leaves L (where_ e) (change (s (where_ e)) (who e) (to e))))).
  Proof.
    unfold crossed, payments. induction es as [|e es IH]; cbn [flat_map app total]; [reflexivity|].
    rewrite IH. cbn [payee entered times]. ring.
  Qed.

  (** Whether all that contracts could pay cancels; of directives, whether they must allow the deviation. *)
  Definition binds (c : Contracts E) (p : part) (es : list Deviation) : bool :=
    match c with
    | alone => true
    | paid m l => cancels m l (crossed (extend p) es)
    | told P same_class complete =>
        if complete && conflicting P same_class p then match es with nil => true | _ => false end
        else match es with
          | [e] => allows P same_class p (cell_of P (where_ e)) (who e) (to e)
          | _ => false
          end
    end.

  (** What is left to gain, [strength] above 0 being a contradiction. *)
  Definition strength (c : Contracts E) (p : part) (es : list Deviation) : K :=
    match c with
    | alone => total_worth (extend p) es
    | paid m l => total_worth (extend p) es - made_good m l (crossed (extend p) es)
    | told P same_class complete =>
        if complete && conflicting P same_class p then 1 else total_worth (extend p) es
    end.

  Definition obstructs (c : Contracts E) (p : part) (es : list Deviation) : bool :=
    forallb (fun e => negb (unlikely_ (fst e))) p && flow_ok p es && binds c p es && yes (lt_or_le 0 (strength c p es)).

  Lemma extend_agrees p s : agrees p s -> forall w a, In (w, a) p -> extend p w = s w.
  Proof.
    intros h w a i. unfold extend.
    destruct (find (fun e => yes (same (fst e) w)) p) as [[v b]|] eqn:e.
    - apply find_some in e. destruct e as [j e]. cbn in e. apply yes_true in e. subst. symmetry. exact (h w b j).
    - pose proof (find_none _ _ e _ i) as n. cbn in n. unfold yes in n. destruct (same w w); congruence.
  Qed.

  Lemma gains_nothing (v : agent E -> profile E -> state E -> K) s es :
    (forall e, In e es -> 0 <= weight e /\ v (who e) (change (s (where_ e)) (who e) (to e)) (where_ e) <= v (who e) (s (where_ e)) (where_ e)) ->
    total es (fun e => weight e * (v (who e) (change (s (where_ e)) (who e) (to e)) (where_ e) - v (who e) (s (where_ e)) (where_ e))) <= 0.
  Proof.
    intro h. rewrite <- (total_zero es (fun _ => 0)) by reflexivity. apply total_le. intros e i.
    destruct (h e i) as [pos le]. pose proof (le_mul _ _ _ pos (proj2 (sub_nonneg _ _) le)). olra.
  Qed.

  Lemma permitted_directed P (D : Directive P) same_class p s w i b : of_classes D -> directed lam D s ->
    forallb (fun e => negb (unlikely_ (fst e))) p = true -> agrees p s ->
    allows P same_class p (cell_of P w) i b = true -> D (cell_of P w) i b.
  Proof.
    intros whole ob live ag h. apply existsb_exists in h. destruct h as [[v a] [j h]]. apply andb_true_iff in h.
    destruct h as [h g]. apply yes_true in h, g. cbn [fst snd] in h, g.
    rewrite forallb_forall in live. specialize (live _ j). apply negb_true_iff in live. cbn in live.
    assert (likely v) as q by (intro z; unfold unlikely_, yes in live; destruct (le_dec (prior v) 0); [discriminate|exact (n z)]).
    apply (whole _ _ _ _ g). rewrite <- h, <- (ag v a j). exact (proj1 (ob v q) i).
  Qed.

  Lemma obstructs_true c p es : obstructs c p es = true ->
    forall s, agrees p s -> ~ reachable lam L c s.
  Proof.
    intros h s ag. unfold obstructs in h. rewrite !andb_true_iff in h. destruct h as [[[live flow] bind] more].
    apply yes_true in more. unfold flow_ok in flow. rewrite forallb_forall in flow.
    assert (forall e, In e es -> 0 < weight e /\ likely (where_ e) /\ extend p (where_ e) = s (where_ e)) as each.
    { intros e i. specialize (flow e i). rewrite !andb_true_iff in flow. destruct flow as [[pos q] inside].
      split; [exact (yes_true _ pos)|]. split; [exact (yes_true _ q)|].
      apply existsb_exists in inside. destruct inside as [[v a] [j g]]. cbn in g. apply yes_true in g. subst v.
      exact (extend_agrees p s ag _ a j). }
    assert (total_worth (extend p) es = total_worth s es) as same_worth.
    { apply total_ext. intros e i. destruct (each e i) as [_ [_ q]]. unfold gain. now rewrite q. }
    assert (crossed (extend p) es = crossed s es) as same_crossed.
    { unfold crossed. clear - each. induction es as [|e es IH]; cbn; [reflexivity|].
      destruct (each e (or_introl eq_refl)) as [_ [_ q]]. rewrite q, IH; [reflexivity|]. intros f i. apply each. now right. }
    destruct c as [|m l|P same_class complete]; cbn [reachable binds strength] in *.
    - intro r. rewrite same_worth in more.
      apply more. unfold total_worth, gain. apply (gains_nothing (material lam)). intros e i.
      destruct (each e i) as [pos [q _]]. split; [exact (lt_le _ _ pos)|exact (r _ q _ _)].
    - intros [t [ok r]]. rewrite same_worth, same_crossed in more. rewrite same_crossed in bind.
      pose proof (cancelled m l t _ bind ok) as good. rewrite payments_crossed in good.
      assert (total es (fun e => weight e * (utility lam t (who e) (change (s (where_ e)) (who e) (to e)) (where_ e) -
        utility lam t (who e) (s (where_ e)) (where_ e))) <= 0) as none.
      { apply gains_nothing. intros e i. destruct (each e i) as [pos [q _]]. split; [exact (lt_le _ _ pos)|exact (r _ q _ _)]. }
      rewrite (total_ext es _ (fun e => weight e * gain lam s (who e) (where_ e) (to e) - weight e *
        (t (who e) (leaves L (where_ e) (s (where_ e))) - t (who e) (leaves L (where_ e) (change (s (where_ e)) (who e) (to e)))))) in none
        by (intros; unfold gain, utility; ring).
      rewrite total_sub in none. fold (total_worth s es) in none. olra.
    - destruct (complete && conflicting P same_class p) eqn:k.
      + apply andb_true_iff in k. destruct k as [-> k]. intros [D [whole [one ob]]].
        apply existsb_exists in k. destruct k as [[v a] [j k]]. apply existsb_exists in k. destruct k as [[u b] [j' k]].
        apply andb_true_iff in k. destruct k as [k n]. apply yes_true in k. cbn [fst snd] in k, n. apply negb_true_iff in n.
        assert (all (agent E) (fun i => yes (same_class (class_of P i (play a i)) (class_of P i (play b i)))) = true) as t; [|congruence].
        apply forallb_forall. intros i _.
        rewrite forallb_forall in live. pose proof (live _ j) as lv. pose proof (live _ j') as lu.
        apply negb_true_iff in lv, lu. cbn in lv, lu. unfold unlikely_, yes in lv, lu.
        destruct (le_dec (prior v) 0) as [|lv']; [discriminate|]. destruct (le_dec (prior u) 0) as [|lu']; [discriminate|].
        pose proof (proj1 (ob v lv') i) as dv. pose proof (proj1 (ob u lu') i) as du.
        rewrite (ag v a j) in dv. rewrite (ag u b j'), <- k in du.
        pose proof (one _ _ _ _ dv du) as q. unfold yes. destruct (same_class _ _); congruence.
      + assert (forall D : Directive P, of_classes D -> ~ directed lam D s) as no.
        { intros D whole ob. destruct es as [|e [|]]; try discriminate. destruct (each e (or_introl eq_refl)) as [pos [q _]].
          pose proof (permitted_directed P D same_class p s _ _ _ whole ob live ag bind) as d.
          pose proof (proj2 (ob _ q) _ _ d) as g. rewrite same_worth in more. unfold total_worth, gain in more. cbn [total] in more.
          pose proof (le_mul _ _ _ (lt_le _ _ pos) (proj2 (sub_nonneg _ _) g)). olra. }
        destruct complete; [intros [D [whole [_ ob]]]|intros [D [whole ob]]]; exact (no D whole ob).
  Qed.

  (** *** Trees that sort all selections *)

  Inductive Tree := cut (k : nat) | node (branches : list (profile E * Tree)).

  Definition branch (l : list (profile E * Tree)) (a : profile E) : option Tree :=
    match find (fun e => yes (same (fst e) a)) l with Some e => Some (snd e) | None => None end.

  Definition included (p path : part) : bool :=
    forallb (fun e => existsb (fun q => yes (same (fst q) (fst e)) && yes (same (snd q) (snd e))) path) p.

  Lemma included_agrees p path s : included p path = true -> agrees path s -> agrees p s.
  Proof.
    intros h ag w a i. unfold included in h. rewrite forallb_forall in h. specialize (h _ i).
    apply existsb_exists in h. destruct h as [[v b] [j e]]. apply andb_true_iff in e. destruct e as [e g].
    apply yes_true in e, g. cbn in e, g. subst. exact (ag w a j).
  Qed.

  Definition adds (w : state E) (a : profile E) : K := prior w * W a w.

  (** The bound to be kept, [None] if nothing is reachable; whether it is strict. *)
  Definition keeps (bound : option K) (strict : bool) (x : K) : bool :=
    match bound with
    | None => false
    | Some v => if strict then yes (lt_or_le x v) else yes (le_dec x v)
    end.
  Definition kept (bound : option K) (strict : bool) (x : K) : Prop :=
    match bound with None => False | Some v => if strict then x < v else x <= v end.

  Lemma keeps_true bound strict x : keeps bound strict x = true -> kept bound strict x.
  Proof. destruct bound as [v|], strict; cbn; try discriminate; apply yes_true. Qed.

  Lemma kept_below bound strict x y : x <= y -> kept bound strict y -> kept bound strict x.
  Proof. destruct bound as [v|], strict; cbn; intros; try tauto; olra. Qed.

  Section Search.
    Variables (reached : selection E -> Prop) (parts : list part) (bound : option K) (strict : bool).

    Definition cut_off (k : nat) (path : part) : bool :=
      match nth_error parts k with Some p => included p path | None => false end.

    Fixpoint search (states : list (state E * K)) (path : part) (acc : K) (t : Tree) : bool :=
      match states, t with
      | (w, _) :: rest, node l =>
          let ahead := total rest snd in
          all (profile E) (fun a =>
            match branch l a with
            | None => keeps bound strict (acc + adds w a + ahead)
            | Some (cut k) => cut_off k ((w, a) :: path)
            | Some (node l') => search rest ((w, a) :: path) (acc + adds w a) (node l')
            end)
      | _, _ => false
      end.

    Hypothesis excluded : forall p, In p parts -> forall s, agrees p s -> ~ reached s.

    Lemma cut_off_true k path s : cut_off k path = true -> agrees path s -> ~ reached s.
    Proof.
      unfold cut_off. destruct (nth_error parts k) as [p|] eqn:e; [|discriminate]. intros h ag.
      apply (excluded p (nth_error_In _ _ e)). exact (included_agrees p path s h ag).
    Qed.

    Lemma search_true states : (forall w v, In (w, v) states -> forall a, adds w a <= v) ->
      forall path acc t, search states path acc t = true ->
      forall s, reached s -> agrees path s ->
      kept bound strict (acc + total states (fun e => adds (fst e) (s (fst e)))).
    Proof.
      induction states as [|[w v] rest IH]; intros tops path acc t h s r ag; [destruct t; discriminate|].
      cbn in h. destruct t as [k|l]; [discriminate|]. apply all_true with (x := s w) in h.
      assert (agrees ((w, s w) :: path) s) as ag' by (intros u a [e|i]; [inversion e; reflexivity|exact (ag u a i)]).
      destruct (branch l (s w)) as [[k|l']|].
      - destruct (cut_off_true k _ s h ag' r).
      - apply IH with (s := s) in h; [|intros; eapply tops; cbn; eauto|exact r|exact ag'].
        eapply kept_below; [|exact h]. cbn. olra.
      - apply keeps_true in h. eapply kept_below; [|exact h]. cbn.
        assert (total rest (fun e => adds (fst e) (s (fst e))) <= total rest snd); [|olra].
        apply total_le. intros [u x] i. cbn. exact (tops u x (or_intror i) (s u)).
    Qed.
  End Search.

  (** *** Bounds: blocks of states, searched apart *)

  Record Block := { states : list (state E); limit : option K; strictly : bool; tree : Tree }.

  Fixpoint distinct {X : Finite} (l : list X) : bool :=
    match l with
    | nil => true
    | x :: rest => negb (existsb (fun y => yes (same y x)) rest) && distinct rest
    end.

  Lemma distinct_true {X : Finite} (l : list X) : distinct l = true -> NoDup l.
  Proof.
    induction l as [|x l IH]; cbn; intro h; [constructor|]. apply andb_true_iff in h. destruct h as [h g].
    constructor; [|auto]. intro i. apply negb_true_iff in h.
    assert (existsb (fun y => yes (same y x)) l = true) as e; [|congruence].
    apply existsb_exists. exists x. split; [exact i|]. unfold yes. destruct (same x x); congruence.
  Qed.

  Definition parted (blocks : list Block) : bool :=
    let l := flat_map states blocks in
    distinct l && all (state E) (fun w => unlikely_ w || existsb (fun v => yes (same v w)) l).

  Definition obstacle : Type := part * list Deviation.

  Definition block_ok (parts : list part) (b : Block) : bool :=
    search parts (limit b) (strictly b) (map (fun w => (w, adds w (top w))) (states b)) nil 0 (tree b).

  (** All selections are sorted: each has an obstacle, or no more than the blocks' welfare. *)
  Definition sorts (obstacles : list obstacle) (blocks : list Block) : bool :=
    parted blocks && forallb (block_ok (map fst obstacles)) blocks.

  Fixpoint ceiling (blocks : list Block) : option K :=
    match blocks with
    | nil => Some 0
    | b :: rest => match limit b, ceiling rest with Some v, Some u => Some (v + u) | _, _ => None end
    end.

  Lemma adds_top w a : adds w a <= adds w (top w).
  Proof.
    unfold adds. pose proof (le_mul _ _ _ (prior_nonneg K E w) (proj2 (sub_nonneg _ _) (top_max w a))). olra.
  Qed.

  Lemma sorts_true (reached : selection E -> Prop) obstacles blocks :
    (forall o, In o obstacles -> forall s, agrees (fst o) s -> ~ reached s) -> sorts obstacles blocks = true ->
    forall s, reached s -> kept (ceiling blocks) (existsb strictly blocks) (welfare s).
  Proof.
    intros excluded h s r. unfold sorts in h. apply andb_true_iff in h. destruct h as [split_up searched].
    unfold parted in split_up. apply andb_true_iff in split_up. destruct split_up as [once cover].
    assert (welfare s = total (flat_map states blocks) (fun w => adds w (s w))) as e.
    { symmetry. apply (total_part (flat_map states blocks) (fun w => adds w (s w))); [now apply distinct_true|].
      intro w. apply all_true with (x := w) in cover. apply orb_true_iff in cover. destruct cover as [q|q].
      - right. apply yes_true in q. unfold adds. pose proof (prior_nonneg K E w).
        assert (prior w = 0) as -> by olra. ring.
      - left. apply existsb_exists in q. destruct q as [v [i q]]. apply yes_true in q. now subst. }
    rewrite e. clear e once cover.
    rewrite forallb_forall in searched.
    assert (forall b, In b blocks -> kept (limit b) (strictly b) (total (states b) (fun w => adds w (s w)))) as each.
    { intros b i. specialize (searched b i). unfold block_ok in searched.
      eapply search_true with (reached := reached) (s := s) in searched.
      - rewrite total_map in searched. cbn in searched. rewrite add_zero in searched. exact searched.
      - intros p j s' ag. apply in_map_iff in j. destruct j as [o [<- j]]. exact (excluded o j s' ag).
      - intros w v j a. apply in_map_iff in j. destruct j as [u [q _]]. inversion q; subst. apply adds_top.
      - exact r.
      - intros w a []. }
    clear searched excluded. induction blocks as [|b rest IH]; cbn; [apply le_refl|].
    rewrite total_app. pose proof (each b (or_introl eq_refl)) as hb.
    pose proof (IH (fun b i => each b (or_intror i))) as hr.
    destruct (limit b) as [v|]; cbn in hb |- *; [|destruct hb].
    destruct (ceiling rest) as [u|]; cbn in hr |- *; [|destruct hr].
    destruct (strictly b), (existsb strictly rest); cbn in *; olra.
  Qed.
End Checker.
