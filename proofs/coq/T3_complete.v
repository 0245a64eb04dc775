(** T3: what no obstruction excludes is implemented by a contract, by Farkas' lemma. *)

From Coq Require Import List Eqdep_dec.
From coopgap Require Import Welfare T3_sound Farkas.
Import ListNotations.
Local Open Scope number_scope.

Section Complete.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (L : Language E).
  Context (m : Budget) (l : option K) (s : selection E).
  Add Ring K_ring : (@ring_laws K).

  Lemma total_at {X : Finite} (x : X) (f : X -> K) : (forall y, y <> x -> f y = 0) -> (Σ y ∈ X, f y) = f x.
  Proof.
    intro z. rewrite <- (total_only x f). apply total_ext. intros y _.
    unfold only. destruct (same x y) as [->|n]; [ring|]. rewrite z by congruence. ring.
  Qed.

  Lemma total_prod {X Y} (k : list X) (k' : list Y) (f : X * Y -> K) :
    total (list_prod k k') f = total k (fun x => total k' (fun y => f (x, y))).
  Proof.
    induction k as [|x k IH]; cbn; [reflexivity|]. now rewrite total_app, total_map, IH.
  Qed.

  Lemma NoDup_app {X} (k k' : list X) : NoDup k -> NoDup k' -> (forall x, In x k -> ~ In x k') -> NoDup (k ++ k').
  Proof.
    induction k as [|x k IH]; cbn; intros n n' apart; [exact n'|].
    inversion n; subst. constructor.
    - intro i. apply in_app_iff in i. destruct i; [tauto|]. exact (apart x (or_introl eq_refl) H).
    - apply IH; auto.
  Qed.

  Lemma NoDup_prod {X Y} (k : list X) (k' : list Y) : NoDup k -> NoDup k' -> NoDup (list_prod k k').
  Proof.
    intros n n'. induction n as [|x k out n IH]; cbn; [constructor|].
    apply NoDup_app; [|exact IH|].
    - clear - n'. induction n' as [|y k' out n' IH]; cbn; constructor; [|exact IH].
      intro i. apply in_map_iff in i. destruct i as [z [e i]]. inversion e; subst. tauto.
    - intros [a b] i j. apply in_map_iff in i. destruct i as [z [e i]]. inversion e; subst.
      apply in_prod_iff in j. tauto.
  Qed.

  Notation V := (element (agent E) * element (record L))%type.
  Let vars : list V := list_prod (listed (agent E)) (listed (record L)).
  Let transfers (x : V -> K) : Transfers L := fun i y => x (i, y).

  Definition incentive (i : agent E) (w : state E) (b : action E i) : Row (V := V) :=
    {| coefficient := fun v => only i (fst v) *
         (only (snd v) (leaves L w (s w)) - only (snd v) (leaves L w (change (s w) i b)));
       bound := gain lam s i w b |}.
  Definition spends (k : K) (y : record L) : Row (V := V) :=
    {| coefficient := fun v => k * only y (snd v); bound := 0 |}.
  Definition limits (B : K) (i : agent E) (y : record L) : Row (V := V) :=
    {| coefficient := fun v => only i (fst v) * only y (snd v); bound := - B |}.

  Definition incentives : list Row :=
    flat_map (fun i => flat_map (fun w => if likely_dec w then map (incentive i w) (listed (action E i)) else [])
      (listed (state E))) (listed (agent E)).
  Definition budget_rows : list Row :=
    match m with
    | balanced => map (spends 1) (listed (record L)) ++ map (spends (- (1))) (listed (record L))
    | burnt => map (spends (- (1))) (listed (record L))
    | free => []
    end.
  Definition liability_rows : list Row :=
    match l with
    | Some B => flat_map (fun i => map (limits B i) (listed (record L))) (listed (agent E))
    | None => []
    end.
  Definition rows : list Row := incentives ++ budget_rows ++ liability_rows.

  Lemma evaluated x (c : agent E -> K) (d : record L -> K) i :
    (forall j, j <> i -> c j = 0) -> c i = 1 ->
    total vars (fun v => c (fst v) * d (snd v) * x v) = Σ y ∈ record L, (d y * transfers x i y).
  Proof.
    intros z o. unfold vars. rewrite total_prod. cbn.
    rewrite (total_at i). 
    - apply total_ext. intros y _. rewrite o. unfold transfers. ring.
    - intros j n. apply total_zero. intros y _. rewrite z by exact n. ring.
  Qed.

  Lemma picks i : (forall j : agent E, j <> i -> only i j = 0 :> K) /\ only i i = 1 :> K.
  Proof. split; [intros j n; apply only_other; congruence|apply only_same]. Qed.

  Lemma incentive_row x i w b : satisfied vars x (incentive i w b) <->
    gain lam s i w b <= transfers x i (leaves L w (s w)) - transfers x i (leaves L w (change (s w) i b)).
  Proof.
    unfold satisfied. cbn [incentive coefficient bound]. destruct (picks i) as [z o].
    rewrite (evaluated x (only i) (fun y => only y (leaves L w (s w)) - only y (leaves L w (change (s w) i b))) i z o).
    rewrite (total_ext _ _ (fun y => only y (leaves L w (s w)) * transfers x i y -
      only y (leaves L w (change (s w) i b)) * transfers x i y)) by (intros; ring).
    rewrite total_sub, <- !at_record. reflexivity.
  Qed.

  Lemma spends_row x k y : satisfied vars x (spends k y) <-> 0 <= k * Σ i ∈ agent E, transfers x i y.
  Proof.
    unfold satisfied, vars. cbn [spends coefficient bound]. rewrite total_prod. cbn.
    rewrite (total_ext _ _ (fun i => k * transfers x i y)); [rewrite total_mul; reflexivity|].
    intros i _. rewrite (total_ext _ _ (fun z => k * (only y z * x (i, z)))) by (intros; ring).
    rewrite total_mul. f_equal. apply (total_only y (fun z => x (i, z))).
  Qed.

  Lemma limits_row x B i y : satisfied vars x (limits B i y) <-> - B <= transfers x i y.
  Proof.
    unfold satisfied. cbn [limits coefficient bound]. destruct (picks i) as [z o].
    rewrite (evaluated x (only i) (only y) i z o), total_only. reflexivity.
  Qed.

  Lemma contract x : (forall r, In r rows -> satisfied vars x r) ->
    admissible m l (transfers x) /\ implements lam (transfers x) s.
  Proof.
    intro h. unfold rows in h. split; [split|].
    - unfold budget_rows in h. destruct m; cbn; [| |exact I].
      + intro y.
        assert (satisfied vars x (spends 1 y)) as a by (apply h; rewrite !in_app_iff; right; left; left; apply in_map, all_listed).
        assert (satisfied vars x (spends (- (1)) y)) as b by (apply h; rewrite !in_app_iff; right; left; right; apply in_map, all_listed).
        apply spends_row in a, b. olra.
      + intro y.
        assert (satisfied vars x (spends (- (1)) y)) as b by (apply h; rewrite !in_app_iff; right; left; apply in_map, all_listed).
        apply spends_row in b. olra.
    - unfold liability_rows in h. destruct l as [B|]; cbn; [|exact I]. intros i y. apply limits_row. apply h.
      rewrite !in_app_iff. right; right. apply in_flat_map. exists i. split; [apply all_listed|apply in_map, all_listed].
    - intros w p i b. assert (satisfied vars x (incentive i w b)) as r.
      { apply h. rewrite in_app_iff. left. unfold incentives. apply in_flat_map. exists i. split; [apply all_listed|].
        apply in_flat_map. exists w. split; [apply all_listed|]. destruct (likely_dec w); [|tauto]. apply in_map, all_listed. }
      apply incentive_row in r. unfold utility, gain in *. olra.
  Qed.

  (** *** From multipliers to flows *)

  Definition single (i : agent E) (w : state E) (b : action E i) : Flow E := fun j v c =>
    match same i j with
    | left e => only w v * only (eq_rect i (action E) b j e) c
    | right _ => 0
    end.

  Lemma single_sum i w b (g : forall j, state E -> action E j -> K) j :
    (Σ v ∈ state E, Σ c ∈ action E j, (single i w b j v c * g j v c)) =
    match same i j with left e => g j w (eq_rect i (action E) b j e) | right _ => 0 end.
  Proof.
    unfold single. destruct (same i j) as [e|n].
    - rewrite (total_ext _ _ (fun v => only w v * g j v (eq_rect i (action E) b j e)));
      [apply (total_only w (fun v => g j v (eq_rect i (action E) b j e)))|].
      intros v _. rewrite <- (total_only (eq_rect i (action E) b j e) (fun c => g j v c)), <- total_mul.
      apply total_ext. intros c _. ring.
    - apply total_zero. intros v _. apply total_zero. intros c _. ring.
  Qed.

  Lemma single_worth i w b : worth lam s (single i w b) = gain lam s i w b.
  Proof.
    unfold worth.
    rewrite (total_ext _ _ _ (fun j _ => single_sum i w b (gain lam s) j)).
    rewrite (total_at i).
    - destruct (same i i) as [e|n]; [|congruence]. now rewrite (UIP_dec same e eq_refl).
    - intros j n. destruct (same i j); [congruence|reflexivity].
  Qed.

  Lemma single_divergence i w b j y : divergence L s (single i w b) j y =
    only i j * (only y (leaves L w (s w)) - only y (leaves L w (change (s w) i b))).
  Proof.
    unfold divergence.
    rewrite (single_sum i w b (fun j v c => only y (leaves L v (s v)) - only y (leaves L v (change (s v) j c))) j).
    unfold only at 3. destruct (same i j) as [e|n]; [destruct e; cbn|]; ring.
  Qed.

  Definition add_flows (f g : Flow E) : Flow E := fun i w b => f i w b + g i w b.
  Definition scale (k : K) (f : Flow E) : Flow E := fun i w b => k * f i w b.

  Lemma worth_add f g : worth lam s (add_flows f g) = worth lam s f + worth lam s g.
  Proof.
    unfold worth, add_flows. rewrite <- total_add. apply total_ext. intros i _. rewrite <- total_add.
    apply total_ext. intros w _. rewrite <- total_add. apply total_ext. intros b _. ring.
  Qed.
  Lemma worth_scale k f : worth lam s (scale k f) = k * worth lam s f.
  Proof.
    unfold worth, scale. rewrite <- total_mul. apply total_ext. intros i _. rewrite <- total_mul.
    apply total_ext. intros w _. rewrite <- total_mul. apply total_ext. intros b _. ring.
  Qed.
  Lemma divergence_add f g i y : divergence L s (add_flows f g) i y = divergence L s f i y + divergence L s g i y.
  Proof.
    unfold divergence, add_flows. rewrite <- total_add. apply total_ext. intros w _. rewrite <- total_add.
    apply total_ext. intros b _. ring.
  Qed.
  Lemma divergence_scale k f i y : divergence L s (scale k f) i y = k * divergence L s f i y.
  Proof.
    unfold divergence, scale. rewrite <- total_mul. apply total_ext. intros w _. rewrite <- total_mul.
    apply total_ext. intros b _. ring.
  Qed.

  Lemma no_flow_worth : worth lam s (fun _ _ _ => 0) = 0.
  Proof. apply total_zero. intros i _. apply total_zero. intros w _. apply total_zero. intros b _. ring. Qed.
  Lemma no_flow_divergence i y : divergence L s (fun _ _ _ => 0) i y = 0.
  Proof. apply total_zero. intros w _. apply total_zero. intros b _. ring. Qed.
  Lemma no_flow : is_flow (E := E) (fun _ _ _ => 0).
  Proof. split; intros; [apply le_refl|reflexivity]. Qed.

  Definition fines : K := match l with Some B => B | None => 0 end.

  (** A row that follows is a flow, a divergence that the budget takes, and slack of the liability bound. *)
  Definition explained (r : Row (V := V)) : Prop :=
    exists (f : Flow E) (d : record L -> K) (e : agent E -> record L -> K),
      is_flow f /\ allowed_divergence m d /\ (forall i y, 0 <= e i y) /\
      (l = None -> forall i y, e i y = 0) /\
      (forall i y, coefficient r (i, y) = divergence L s f i y - d y + e i y) /\
      bound r = worth lam s f - fines * (Σ i ∈ agent E, Σ y ∈ record L, e i y).

  Lemma no_slack : (Σ i ∈ agent E, Σ y ∈ record L, (0 : K)) = 0.
  Proof. apply total_zero. intros. apply total_zero. reflexivity. Qed.

  Lemma allowed_zero : allowed_divergence (L := L) m (fun _ => (0 : K)).
  Proof. destruct m; cbn; auto. intros. apply le_refl. Qed.

  Lemma spends_explained k y : allowed_divergence m (fun z : record L => - (k * only y z)) -> explained (spends k y).
  Proof.
    intro ok. exists (fun _ _ _ => 0), (fun z => - (k * only y z)), (fun _ _ => 0).
    split; [exact no_flow|]. split; [exact ok|]. split; [intros; apply le_refl|]. split; [reflexivity|]. split.
    - intros i z. rewrite no_flow_divergence. cbn. ring.
    - cbn. rewrite no_flow_worth, no_slack. ring.
  Qed.

  Lemma rows_explained r : In r rows -> explained r.
  Proof.
    intro i. unfold rows in i. rewrite !in_app_iff in i. destruct i as [i|[i|i]].
    - unfold incentives in i. apply in_flat_map in i. destruct i as [a [_ i]]. apply in_flat_map in i.
      destruct i as [w [_ i]]. destruct (likely_dec w) as [p|p]; [|destruct i]. apply in_map_iff in i.
      destruct i as [b [<- _]]. exists (single a w b), (fun _ => 0), (fun _ _ => 0).
      split; [|split; [exact allowed_zero|split; [intros; apply le_refl|split; [reflexivity|split]]]].
      + split.
        * intros j v c. unfold single, only. pose proof (@lt_zero_one K).
          destruct (same a j) as [e|]; [destruct (same w v), (same (eq_rect a (action E) b j e) c)|]; olra.
        * intros j v c z. unfold single, only. destruct (same a j) as [e|]; [|reflexivity].
          destruct (same w v) as [->|n]; [|ring]. unfold likely in p. rewrite z in p. exfalso. olra.
      + intros j y. rewrite single_divergence. cbn. ring.
      + cbn. rewrite single_worth, no_slack. ring.
    - unfold budget_rows in i. pose proof (@lt_zero_one K) as one_pos. destruct m eqn:e.
      + apply in_app_iff in i. destruct i as [i|i]; apply in_map_iff in i; destruct i as [y [<- _]];
          apply spends_explained; rewrite e; exact I.
      + apply in_map_iff in i. destruct i as [y [<- _]]. apply spends_explained. rewrite e. cbn.
        intro z. unfold only. destruct (same y z); olra.
      + destruct i.
    - unfold liability_rows in i. destruct l as [B|] eqn:e; [|destruct i].
      apply in_flat_map in i. destruct i as [a [_ i]]. apply in_map_iff in i. destruct i as [y [<- _]].
      exists (fun _ _ _ => 0), (fun _ => 0), (fun j z => only a j * only y z).
      split; [exact no_flow|]. split; [exact allowed_zero|]. split; [|split; [rewrite e; discriminate|split]].
      + intros j z. unfold only. pose proof (@lt_zero_one K). destruct (same a j), (same y z); olra.
      + intros j z. rewrite no_flow_divergence. cbn. ring.
      + cbn. rewrite no_flow_worth. unfold fines. rewrite e.
        rewrite (total_ext _ _ (fun j => only a j * 1)).
        * rewrite (total_only a (fun _ => 1)). ring.
        * intros j _. rewrite total_mul. f_equal. rewrite (total_ext _ _ (fun z => only y z * 1)) by (intros; ring).
          apply (total_only y (fun _ => 1)).
  Qed.

  Lemma allowed_add d d' : allowed_divergence (L := L) m d -> allowed_divergence m d' ->
    allowed_divergence (L := L) m (fun y => d y + d' y).
  Proof.
    destruct m; cbn; auto.
    - intros h h' y. specialize (h y). specialize (h' y). olra.
    - intros h h' y. rewrite h, h'. ring.
  Qed.
  Lemma allowed_scale k d : 0 < k -> allowed_divergence (L := L) m d -> allowed_divergence (L := L) m (fun y => k * d y).
  Proof.
    intro p. destruct m; cbn; auto.
    - intros h y. apply le_mul; [now apply lt_le|apply h].
    - intros h y. rewrite h. ring.
  Qed.

  Lemma follows_explained r : follows rows r -> explained r.
  Proof.
    induction 1 as [r i|r q _ [f [d [e [hf [hd [he [hn [hc hb]]]]]]]] _ [f' [d' [e' [hf' [hd' [he' [hn' [hc' hb']]]]]]]]|k r p _ [f [d [e [hf [hd [he [hn [hc hb]]]]]]]]].
    - now apply rows_explained.
    - exists (add_flows f f'), (fun y => d y + d' y), (fun i y => e i y + e' i y). repeat split.
      + intros i w b. destruct hf as [u _], hf' as [u' _]. specialize (u i w b). specialize (u' i w b). unfold add_flows. olra.
      + intros i w b z. destruct hf as [_ u], hf' as [_ u']. unfold add_flows. rewrite (u i w b z), (u' i w b z). ring.
      + now apply allowed_add.
      + intros i y. specialize (he i y). specialize (he' i y). olra.
      + intros n i y. rewrite (hn n), (hn' n). ring.
      + intros i y. cbn. rewrite hc, hc', divergence_add. ring.
      + cbn. rewrite hb, hb', worth_add.
        rewrite (total_ext (listed (agent E)) (fun i => Σ y ∈ record L, (e i y + e' i y)) (fun i => (Σ y ∈ record L, e i y) + (Σ y ∈ record L, e' i y))).
        * rewrite total_add. ring.
        * intros i _. now rewrite <- total_add.
    - exists (scale k f), (fun y => k * d y), (fun i y => k * e i y). repeat split.
      + intros i w b. destruct hf as [u _]. apply le_mul; [now apply lt_le|apply u].
      + intros i w b z. destruct hf as [_ u]. unfold scale. rewrite (u i w b z). ring.
      + now apply allowed_scale.
      + intros i y. apply le_mul; [now apply lt_le|apply he].
      + intros n i y. rewrite (hn n). ring.
      + intros i y. cbn. rewrite hc, divergence_scale. ring.
      + cbn. rewrite hb, worth_scale.
        rewrite (total_ext (listed (agent E)) (fun i => Σ y ∈ record L, (k * e i y)) (fun i => k * (Σ y ∈ record L, e i y))).
        * rewrite total_mul. ring.
        * intros i _. now rewrite <- total_mul.
  Qed.

  Lemma same_variable (x y : V) : {x = y} + {x <> y}.
  Proof. destruct x as [i a], y as [j b]. destruct (same i j), (same a b); [left; congruence|right; congruence..]. Qed.

  Lemma alternative : implementable lam L m l s \/ exists f, obstruction lam L m l s f.
  Proof.
    destruct (farkas_dec same_variable vars (NoDup_prod _ _ (once _) (once _)) rows) as [[x h]|[r [f [z p]]]].
    - left. exists (transfers x). exact (contract x h).
    - right. apply follows_explained in f. destruct f as [f [d [e [hf [hd [he [hn [hc hb]]]]]]]].
      assert (forall i y, divergence L s f i y = d y - e i y) as div.
      { intros i y. specialize (hc i y). rewrite (z (i, y)) in hc by (apply in_prod; apply all_listed). olra. }
      exists f. split; [exact hf|]. exists d. split; [exact hd|]. unfold fines in hb. destruct l as [B|].
      + split; [intros i y; rewrite div; specialize (he i y); olra|].
        rewrite (total_ext _ _ (fun i => Σ y ∈ record L, e i y)); [olra|].
        intros i _. apply total_ext. intros y _. rewrite div. ring.
      + split; [intros i y; rewrite div, (hn eq_refl); ring|olra].
  Qed.
End Complete.

Theorem T3_complete : T3_complete_statement.
Proof. intros K E lam L m l s. apply alternative. Qed.

Theorem T4_strict_obstructs : T4_strict_obstructs_statement.
Proof.
  intros K E lam L m l w p h s fb. destruct (T3_complete K E lam L m l s) as [[t [ok i]]|o]; [|exact o].
  destruct (h t ok (s w) (fb w p) (i w p)).
Qed.
