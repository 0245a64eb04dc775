(** A checker of certificates, and that what it accepts is so.

    It runs on any environment whose field computes; [Certificates.v] feeds it the numbers of a
    certificate. A play with transfers shows what contracts reach; obstructions, and a tree that
    sorts all selections by them, show what they do not. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare T3_sound T3_complete.
Import ListNotations.
Local Open Scope number_scope.

Section Checker.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (L : Language E).
  Add Ring K_ring : (@ring_laws K).

  (** The class of contracts: none, or transfers. *)
  Inductive Contracts := alone | paid (m : Budget) (l : option K).

  Definition reachable (c : Contracts) (s : selection E) : Prop :=
    match c with
    | alone => forall w, likely w -> nash (material lam) (s w) w
    | paid m l => implementable lam L m l s
    end.

  (** *** Deciding by trying all *)

  Definition yes {A B : Prop} (d : {A} + {B}) : bool := if d then true else false.

  Lemma yes_true {A B : Prop} (d : {A} + {B}) : yes d = true -> A.
  Proof. destruct d; [auto|discriminate]. Qed.

  Definition all (X : Finite) (p : X -> bool) : bool := forallb p (listed X).

  Lemma all_true (X : Finite) (p : X -> bool) : all X p = true -> forall x, p x = true.
  Proof. intros h x. exact (proj1 (forallb_forall p (listed X)) h x (all_listed X x)). Qed.

  (** *** What contracts reach *)

  Definition at_ease (v : agent E -> profile E -> state E -> K) (s : selection E) : bool :=
    all (state E) (fun w => yes (le_dec (prior w) 0) || all (agent E) (fun i =>
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

  Definition reaches (c : Contracts) (s : selection E) (t : Transfers L) : bool :=
    match c with
    | alone => at_ease (material lam) s
    | paid m l => lawful m l t && at_ease (utility lam t) s
    end.

  Lemma reaches_true c s t : reaches c s t = true -> reachable c s.
  Proof.
    destruct c as [|m l]; cbn; intro h; [exact (at_ease_true _ _ h)|].
    apply andb_true_iff in h. destruct h as [h g]. exists t. split; [now apply lawful_true|].
    exact (at_ease_true _ _ g).
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

  Definition flow_of (es : list Deviation) : Flow E :=
    fold_right (fun e f => add_flows (scale (weight e) (single (who e) (where_ e) (to e))) f) (fun _ _ _ => 0) es.

  Definition in_part (p : part) (w : state E) : bool := existsb (fun e => yes (same (fst e) w)) p.

  Definition flow_ok (p : part) (es : list Deviation) : bool :=
    forallb (fun e => yes (lt_or_le 0 (weight e)) && yes (lt_or_le 0 (prior (where_ e))) && in_part p (where_ e)) es.

  Lemma single_idle (i : agent E) (w : state E) (b : action E i) (j : agent E) (v : state E) (c : action E j) :
    single i w b j v c <> 0 :> K -> v = w.
  Proof.
    unfold single. destruct (same i j) as [e|n]; [|congruence]. unfold only at 1.
    destruct (same w v) as [->|n]; [reflexivity|]. intro h. exfalso. apply h. ring.
  Qed.

  Lemma single_nonneg (i : agent E) (w : state E) (b : action E i) (j : agent E) (v : state E) (c : action E j) :
    (0 : K) <= single i w b j v c.
  Proof.
    unfold single, only. pose proof (@lt_zero_one K).
    destruct (same i j) as [e|]; [destruct (same w v), (same (eq_rect i (action E) b j e) c)|]; olra.
  Qed.

  Lemma flow_ok_true p es : flow_ok p es = true ->
    is_flow (flow_of es) /\ forall i w b, flow_of es i w b <> 0 -> exists a, In (w, a) p.
  Proof.
    intro h. unfold flow_ok in h. rewrite forallb_forall in h.
    assert (forall i w b, 0 <= flow_of es i w b /\
      (flow_of es i w b <> 0 -> 0 < prior w /\ in_part p w = true)) as g.
    { intros i w b. induction es as [|e es IH]; [cbn; split; [apply le_refl|congruence]|].
      change (flow_of (e :: es)) with
        (add_flows (scale (weight e) (single (who e) (where_ e) (to e))) (flow_of es)).
      destruct IH as [nonneg nonzero]; [intros; apply h; now right|].
      specialize (h e (or_introl eq_refl)). rewrite !andb_true_iff in h. destruct h as [[pos likely_e] inside].
      apply yes_true in pos, likely_e. unfold add_flows, scale.
      pose proof (le_mul _ _ _ (lt_le _ _ pos) (single_nonneg (who e) (where_ e) (to e) i w b)) as q.
      split; [olra|]. intro n.
      destruct (eq_dec (single (who e) (where_ e) (to e) i w b) 0) as [z|n'].
      - apply nonzero. intro z'. apply n. rewrite z, z'. ring.
      - apply single_idle in n'. subst. split; [exact likely_e|exact inside]. }
    split; [split|].
    - intros i w b. apply g.
    - intros i w b z. destruct (eq_dec (flow_of es i w b) 0) as [e|n]; [exact e|].
      destruct (g i w b) as [_ q]. destruct (q n) as [pos _]. rewrite z in pos. exfalso. olra.
    - intros i w b n. destruct (g i w b) as [_ q]. destruct (q n) as [_ e]. unfold in_part in e.
      apply existsb_exists in e. destruct e as [[v a] [j e]]. cbn in e. apply yes_true in e. subst. now exists a.
  Qed.

  (** The worth and the divergences of the flow, by its deviations alone. *)
  Definition total_worth (s : selection E) (es : list Deviation) : K :=
    total es (fun e => weight e * gain lam s (who e) (where_ e) (to e)).

  Lemma total_worth_flow s es : total_worth s es = worth lam s (flow_of es).
  Proof.
    unfold total_worth. induction es as [|e es IH]; cbn [total].
    - symmetry. apply no_flow_worth.
    - change (flow_of (e :: es)) with
        (add_flows (scale (weight e) (single (who e) (where_ e) (to e))) (flow_of es)).
      rewrite worth_add, worth_scale, single_worth. now rewrite IH.
  Qed.

  Definition net (s : selection E) (es : list Deviation) (i : agent E) (y : record L) : K :=
    total es (fun e => if same (who e) i then
      let here := leaves L (where_ e) (s (where_ e)) in
      let there := leaves L (where_ e) (change (s (where_ e)) (who e) (to e)) in
      weight e * (only y here - only y there) else 0).

  Lemma net_flow s es i y : net s es i y = divergence L s (flow_of es) i y.
  Proof.
    unfold net. induction es as [|e es IH]; cbn [total].
    - symmetry. apply no_flow_divergence.
    - change (flow_of (e :: es)) with
        (add_flows (scale (weight e) (single (who e) (where_ e) (to e))) (flow_of es)).
      rewrite divergence_add, divergence_scale, single_divergence, IH.
      unfold only at 3. destruct (same (who e) i); ring.
  Qed.

  (** The divergence that the budget takes, of the agents' divergences at a record. *)
  Definition taken (m : Budget) (nets : list K) : K :=
    match m, nets with
    | free, _ => 0
    | burnt, k => best 0 k (fun x => x)
    | balanced, x :: k => best x k (fun x => x)
    | balanced, nil => 0
    end.

  Definition nets (s : selection E) (es : list Deviation) (y : record L) : list K :=
    map (fun i => net s es i y) (listed (agent E)).

  Definition obstructs (c : Contracts) (p : part) (es : list Deviation) : bool :=
    let s := extend p in
    flow_ok p es &&
    match c with
    | alone => yes (lt_or_le 0 (total_worth s es))
    | paid m l =>
        all (record L) (fun y =>
          let k := nets s es y in
          let d := taken m k in
          match m with
          | balanced => true
          | burnt => yes (le_dec 0 d)
          | free => yes (eq_dec d 0)
          end && forallb (fun x => match l with None => yes (eq_dec x d) | Some _ => yes (le_dec x d) end) k) &&
        match l with
        | None => yes (lt_or_le 0 (total_worth s es))
        | Some B => yes (lt_or_le (B * Σ y ∈ record L, (let k := nets s es y in let d := taken m k in total k (fun x => d - x)))
            (total_worth s es))
        end
    end.

  Lemma extend_agrees p s : agrees p s -> forall w a, In (w, a) p -> extend p w = s w.
  Proof.
    intros h w a i. unfold extend.
    destruct (find (fun e => yes (same (fst e) w)) p) as [[v b]|] eqn:e.
    - apply find_some in e. destruct e as [j e]. cbn in e. apply yes_true in e. subst. symmetry. exact (h w b j).
    - pose proof (find_none _ _ e _ i) as n. cbn in n. unfold yes in n. destruct (same w w); congruence.
  Qed.

  Lemma obstructs_true c p es : obstructs c p es = true ->
    forall s, agrees p s -> ~ reachable c s.
  Proof.
    intros h s ag. unfold obstructs in h. apply andb_true_iff in h. destruct h as [h g].
    apply flow_ok_true in h. destruct h as [flow support]. set (f := flow_of es) in *.
    assert (forall i w b, f i w b <> 0 -> extend p w = s w) as alike.
    { intros i w b n. destruct (support i w b n) as [a j]. exact (extend_agrees p s ag w a j). }
    assert (worth lam (extend p) f = worth lam s f) as same_worth.
    { apply total_ext; intros i _. apply total_ext; intros w _. apply total_ext; intros b _.
      destruct (eq_dec (f i w b) 0) as [->|n]; [ring|]. unfold gain. now rewrite (alike i w b n). }
    assert (forall i y, divergence L (extend p) f i y = divergence L s f i y) as same_divergence.
    { intros i y. apply total_ext; intros w _. apply total_ext; intros b _.
      destruct (eq_dec (f i w b) 0) as [->|n]; [ring|]. now rewrite (alike i w b n). }
    destruct c as [|m l]; cbn [reachable].
    - intro r. apply yes_true in g. rewrite total_worth_flow in g. fold f in g. rewrite same_worth in g.
      assert (worth lam s f <= 0); [|olra].
      rewrite <- (total_zero (listed (agent E)) (fun _ => 0)) by reflexivity. apply total_le; intros i _.
      rewrite <- (total_zero (listed (state E)) (fun _ => 0)) by reflexivity. apply total_le; intros w _.
      rewrite <- (total_zero (listed (action E i)) (fun _ => 0)) by reflexivity. apply total_le; intros b _.
      destruct flow as [nonneg zero]. destruct (likely_dec w) as [q|q]; [|rewrite (zero i w b (unlikely w q)); olra].
      specialize (r w q i b). unfold gain.
      assert (0 <= material lam i (s w) w - material lam i (change (s w) i b) w) as k by olra.
      pose proof (le_mul _ _ _ (nonneg i w b) k). olra.
    - apply (T3_sound K E lam L m l s f). split; [exact flow|].
      apply andb_true_iff in g. destruct g as [each more].
      set (d := fun y => taken m (nets (extend p) es y)).
      assert (forall i y, In (net (extend p) es i y) (nets (extend p) es y)) as there.
      { intros i y. apply in_map_iff. exists i. split; [reflexivity|apply all_listed]. }
      assert (forall i y, net (extend p) es i y = divergence L s f i y) as known.
      { intros i y. rewrite net_flow. apply same_divergence. }
      exists d. split.
      + destruct m; cbn; [exact I| |]; intro y; apply all_true with (x := y) in each; apply andb_true_iff in each;
          destruct each as [each _]; exact (yes_true _ each).
      + destruct l as [B|]; apply yes_true in more; rewrite total_worth_flow in more; fold f in more; rewrite same_worth in more; split.
        * intros i y. apply all_true with (x := y) in each. apply andb_true_iff in each. destruct each as [_ each].
          rewrite forallb_forall in each. specialize (each _ (there i y)). rewrite known in each. exact (yes_true _ each).
        * assert ((Σ y ∈ record L, (let k := nets (extend p) es y in let v := taken m k in total k (fun x => v - x))) =
            Σ i ∈ agent E, Σ y ∈ record L, (d y - divergence L s f i y)) as e; [|exact (eq_ind _ (fun z => B * z < worth lam s f) more _ e)].
          rewrite total_swap. apply total_ext. intros y _.
          change (total (map (fun i => net (extend p) es i y) (listed (agent E))) (fun x => d y - x) =
            Σ i ∈ agent E, (d y - divergence L s f i y)). rewrite total_map.
          apply total_ext. intros i _. now rewrite known.
        * intros i y. apply all_true with (x := y) in each. apply andb_true_iff in each. destruct each as [_ each].
          rewrite forallb_forall in each. specialize (each _ (there i y)). rewrite known in each. exact (yes_true _ each).
        * exact more.
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
    Variables (c : Contracts) (parts : list part) (bound : option K) (strict : bool).

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

    Hypothesis excluded : forall p, In p parts -> forall s, agrees p s -> ~ reachable c s.

    Lemma cut_off_true k path s : cut_off k path = true -> agrees path s -> ~ reachable c s.
    Proof.
      unfold cut_off. destruct (nth_error parts k) as [p|] eqn:e; [|discriminate]. intros h ag.
      apply (excluded p (nth_error_In _ _ e)). exact (included_agrees p path s h ag).
    Qed.

    Lemma search_true states : (forall w v, In (w, v) states -> forall a, adds w a <= v) ->
      forall path acc t, search states path acc t = true ->
      forall s, reachable c s -> agrees path s ->
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
    distinct l && all (state E) (fun w => yes (le_dec (prior w) 0) || existsb (fun v => yes (same v w)) l).

  Lemma total_part {X : Finite} (l : list X) (f : X -> K) : NoDup l ->
    (forall x, In x l \/ f x = 0) -> total l f = Σ x ∈ X, f x.
  Proof.
    intros n h.
    assert (total l f = Σ x ∈ X, total l (fun y => only y x * f x)) as e.
    { rewrite total_swap. apply total_ext. intros x _. symmetry. apply total_only. }
    rewrite e. apply total_ext. intros x _. destruct (h x) as [i|z]; [|rewrite z; apply total_zero; intros; ring].
    clear - n i. induction l as [|y l IH]; cbn; [destruct i|]. inversion n; subst. destruct i as [->|i].
    - rewrite only_same, total_zero; [ring|]. intros z j. rewrite only_other; [ring|congruence].
    - rewrite IH by assumption. rewrite only_other; [ring|congruence].
  Qed.

  Definition obstacle : Type := part * list Deviation.

  Definition block_ok (parts : list part) (b : Block) : bool :=
    search parts (limit b) (strictly b) (map (fun w => (w, adds w (top w))) (states b)) nil 0 (tree b).

  Definition bounds (c : Contracts) (obstacles : list obstacle) (blocks : list Block) : bool :=
    forallb (fun o => obstructs c (fst o) (snd o)) obstacles && parted blocks &&
    forallb (block_ok (map fst obstacles)) blocks.

  Fixpoint ceiling (blocks : list Block) : option K :=
    match blocks with
    | nil => Some 0
    | b :: rest => match limit b, ceiling rest with Some v, Some u => Some (v + u) | _, _ => None end
    end.

  Lemma adds_top w a : adds w a <= adds w (top w).
  Proof.
    unfold adds. pose proof (le_mul _ _ _ (prior_nonneg K E w) (proj2 (sub_nonneg _ _) (top_max w a))). olra.
  Qed.

  Lemma bounds_true c obstacles blocks : bounds c obstacles blocks = true ->
    forall s, reachable c s -> kept (ceiling blocks) (existsb strictly blocks) (welfare s).
  Proof.
    intros h s r. unfold bounds in h. apply andb_true_iff in h. destruct h as [h searched].
    apply andb_true_iff in h. destruct h as [excluded split_up].
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
      eapply search_true with (c := c) (s := s) in searched.
      - rewrite total_map in searched. cbn in searched. rewrite add_zero in searched. exact searched.
      - intros p j s' ag. apply in_map_iff in j. destruct j as [o [<- j]]. rewrite forallb_forall in excluded.
        exact (obstructs_true c _ _ (excluded o j) s' ag).
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
