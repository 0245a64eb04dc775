(** T7: the least λ that closes the gap is attained. Contracts and λ together obey linear rows; when
    the contracts are eliminated, a closed half-line of λ is left. *)

From Coq Require Import List FinFun.
From coopgap Require Import Welfare T3_sound T3_complete Farkas T6_T9.
Import ListNotations.
Local Open Scope number_scope.

Section Projection.
  Context {K : OrderedField} {V : Type} (same_variable : forall x y : V, {x = y} + {x <> y}).
  Add Ring K_ring : (@ring_laws K).

  Fixpoint project (vars : list V) (rows : list (Row (K := K) (V := V))) : list Row :=
    match vars with
    | [] => rows
    | v :: rest => project rest (eliminate v rows)
    end.

  Lemma follows_satisfied vars x rows (r : Row (K := K) (V := V)) :
    (forall q, In q rows -> satisfied vars x q) -> follows rows r -> satisfied vars x r.
  Proof.
    intro h. induction 1 as [r i|r q _ a _ b|k r p _ a]; [auto|..]; unfold satisfied in *; cbn.
    - rewrite (total_ext _ _ (fun v => coefficient r v * x v + coefficient q v * x v)) by (intros; ring).
      rewrite total_add. olra.
    - rewrite (total_ext _ _ (fun v => k * (coefficient r v * x v))) by (intros; ring). rewrite total_mul.
      pose proof (le_mul _ _ _ (lt_le _ _ p) (proj2 (sub_nonneg _ _) a)). olra.
  Qed.

  Lemma projected vars : forall rest rows x, NoDup (vars ++ rest) ->
    ((forall r, In r (project vars rows) -> satisfied rest x r) <->
     exists y, (forall v, In v rest -> y v = x v) /\ forall r, In r rows -> satisfied (vars ++ rest) y r).
  Proof.
    induction vars as [|v vars IH]; intros rest rows x once; cbn [project app].
    - split; [intro h; exists x; auto|]. intros [y [e h]] r i. specialize (h r i). unfold satisfied in *.
      erewrite total_ext; [exact h|]. intros v j. cbn beta. now rewrite e.
    - inversion once as [|? ? fresh once']; subst. rewrite (IH rest (eliminate v rows) x once'). split; intros [y [e h]].
      + destruct (restored same_variable (vars ++ rest) v rows y fresh h) as [k s].
        exists (put same_variable y v k). split; [|exact s]. intros u i. unfold put.
        destruct (same_variable u v) as [->|n]; [|auto]. destruct fresh. apply in_app_iff. now right.
      + exists y. split; [exact e|]. intros r i.
        assert (follows (eliminate v rows) r) as f by now apply given.
        apply eliminate_follows in f. destruct f as [f z].
        pose proof (follows_satisfied (v :: vars ++ rest) y rows r h f) as s.
        unfold satisfied in *. cbn in s. rewrite z in s. olra.
  Qed.

  (** Of what rows leave of one variable, from 0 on, there is a least, if there is any. *)
  Lemma half_line v (rows : list (Row (K := K) (V := V))) :
    let ok x := 0 <= x /\ forall r, In r rows -> bound r <= coefficient r v * x in
    forall x0, ok x0 -> exists least, ok least /\ forall x, ok x -> least <= x.
  Proof.
    intros ok x0 ok0.
    assert (exists least, 0 <= least /\ (forall r, In r rows -> 0 < coefficient r v -> bound r <= least * coefficient r v) /\
      forall x, ok x -> least <= x) as [least [nonneg [steep below]]].
    { assert (forall k : list (Row (K := K) (V := V)), exists least, 0 <= least /\
        (forall r, In r k -> 0 < coefficient r v -> bound r <= least * coefficient r v) /\
        forall x, 0 <= x -> (forall r, In r k -> bound r <= coefficient r v * x) -> least <= x) as h.
      { induction k as [|r k [least [nonneg [steep below]]]].
        - exists 0. split; [apply le_refl|]. split; [intros ? []|auto].
        - destruct (lt_or_le 0 (coefficient r v)) as [p|p]; [destruct (le_dec (bound r / coefficient r v) least) as [q|q]|].
          + exists least. split; [exact nonneg|]. split.
            * intros r' [<-|i] p'; [now apply div_le|auto].
            * intros x px h. apply below; [exact px|]. intros r' i. apply h. now right.
          + exists (bound r / coefficient r v). change (least < bound r / coefficient r v) in q. split; [olra|]. split.
            * intros r' [<-|i] p'; [apply div_le; [exact p|apply le_refl]|].
              pose proof (steep r' i p') as a.
              pose proof (le_mul _ _ _ (lt_le _ _ p') (proj2 (sub_nonneg _ _) (lt_le _ _ q))). olra.
            * intros x px h. apply div_le; [exact p|]. specialize (h r (or_introl eq_refl)). olra.
          + exists least. split; [exact nonneg|]. split.
            * intros r' [<-|i] p'; [exfalso; olra|auto].
            * intros x px h. apply below; [exact px|]. intros r' i. apply h. now right. }
      destruct (h rows) as [least [nonneg [steep below]]]. exists least. split; [exact nonneg|]. split; [exact steep|].
      intros x [px hx]. now apply below. }
    exists least. split; [|exact below]. split; [exact nonneg|]. intros r i.
    destruct (lt_or_le 0 (coefficient r v)) as [p|p]; [specialize (steep r i p); olra|].
    specialize (below x0 ok0). destruct ok0 as [_ h]. specialize (h r i).
    assert (0 <= - coefficient r v) as p' by olra.
    pose proof (le_mul _ _ _ p' (proj2 (sub_nonneg _ _) below)). olra.
  Qed.

  (** What satisfies rows and gives the last variable the least number from 0 on. *)
  Lemma least_last vars v (rows : list (Row (K := K) (V := V))) (once : NoDup (vars ++ [v])) :
    let ok y := 0 <= y v /\ forall r, In r rows -> satisfied (vars ++ [v]) y r in
    forall y0, ok y0 -> exists y, ok y /\ forall y', ok y' -> y v <= y' v.
  Proof.
    intros ok y0 ok0.
    assert (forall x, (0 <= x /\ forall r, In r (project vars rows) -> bound r <= coefficient r v * x) <-> exists y, ok y /\ y v = x) as e.
    { intro x. pose proof (projected vars [v] rows (fun _ => x) once) as q. unfold satisfied at 1 in q. cbn [total] in q. split.
      - intros [p h]. destruct (proj1 q) as [y [a b]].
        + intros r i. specialize (h r i). olra.
        + exists y. assert (y v = x) as z by (apply a; now left). split; [split; [now rewrite z|exact b]|exact z].
      - intros [y [[p b] <-]]. split; [exact p|]. intros r i.
        assert (bound r <= coefficient r v * y v + 0) as g; [|olra]. apply q; [|exact i].
        exists y. split; [intros u [<-|[]]; reflexivity|exact b]. }
    destruct (half_line v (project vars rows) (y0 v)) as [least [a below]].
    - apply e. now exists y0.
    - apply e in a. destruct a as [y [oky <-]]. exists y. split; [exact oky|]. intros y' oky'. apply below, e. now exists y'.
  Qed.
End Projection.

Section Selection.
  Context {K : OrderedField} {E : Environment K} (L : Language E) (m : Budget) (l : option K) (s : selection E).
  Add Ring K_ring' : (@ring_laws K).

  Notation V := (element (agent E) * element (record L))%type.
  Definition payments : list V := list_prod (listed (agent E)) (listed (record L)).
  Definition unknowns : list (option V) := map Some payments ++ [None].

  (** Rows in the payments and, as [None], in λ. *)
  Definition without_level (r : Row (K := K) (V := V)) : Row (V := option V) :=
    {| coefficient := fun v => match v with Some v => coefficient r v | None => 0 end; bound := bound r |}.
  Definition at_levels (i : agent E) (w : state E) (b : action E i) : Row (V := option V) :=
    {| coefficient := fun v => match v with
         | Some v => coefficient (incentive selfish L s i w b) v
         | None => W (s w) w - W (change (s w) i b) w end;
       bound := payoff i (change (s w) i b) w - payoff i (s w) w |}.
  Definition level_nonneg : Row (V := option V) :=
    {| coefficient := fun v => match v with Some _ => 0 | None => 1 end; bound := (0 : K) |}.
  Definition all_rows : list Row :=
    level_nonneg ::
    flat_map (fun i => flat_map (fun w => if likely_dec w then map (at_levels i w) (listed (action E i)) else [])
      (listed (state E))) (listed (agent E)) ++
    map without_level (budget_rows L m ++ liability_rows L l).

  Lemma over_unknowns (f : option V -> K) : total unknowns f = total payments (fun v => f (Some v)) + f None.
  Proof. unfold unknowns. rewrite total_app, total_map. cbn. ring. Qed.

  Lemma without_level_row y r : satisfied unknowns y (without_level r) <-> satisfied payments (fun v => y (Some v)) r.
  Proof. unfold satisfied. rewrite over_unknowns. cbn. split; intro; olra. Qed.

  Lemma at_levels_row y i w b : satisfied unknowns y (at_levels i w b) <->
    satisfied payments (fun v => y (Some v)) (incentive (common (y None)) L s i w b).
  Proof.
    unfold satisfied. rewrite over_unknowns. cbn [at_levels incentive coefficient bound].
    unfold gain, material, common. split; intro; olra.
  Qed.

  Lemma level_row y : satisfied unknowns y level_nonneg <-> 0 <= y None.
  Proof.
    unfold satisfied. rewrite over_unknowns. cbn. rewrite (total_zero payments) by (intros; ring). split; intro; olra.
  Qed.

  Lemma reached x : (exists y, y None = x /\ forall r, In r all_rows -> satisfied unknowns y r) <->
    0 <= x /\ implementable (common x) L m l s.
  Proof.
    split.
    - intros [y [<- h]]. split; [apply level_row, h; now left|]. exists (fun i z => y (Some (i, z))).
      apply (contract (common (y None)) L m l s (fun v => y (Some v))).
      intros r i. unfold rows in i. rewrite in_app_iff in i. destruct i as [i|i].
      + unfold incentives in i. apply in_flat_map in i. destruct i as [j [ij i]]. apply in_flat_map in i.
        destruct i as [w [iw i]]. destruct (likely_dec w) as [p|p] eqn:e; [|destruct i]. apply in_map_iff in i.
        destruct i as [b [<- i]]. apply at_levels_row, h. right. apply in_app_iff. left. apply in_flat_map.
        exists j. split; [exact ij|]. apply in_flat_map. exists w. split; [exact iw|]. rewrite e. now apply in_map.
      + apply without_level_row, h. right. apply in_app_iff. right. now apply in_map.
    - intros [nonneg [t [[budget liability] h]]].
      exists (fun v => match v with Some (i, z) => t i z | None => x end). split; [reflexivity|].
      intros r [<-|i]; [now apply level_row|]. apply in_app_iff in i. destruct i as [i|i].
      + apply in_flat_map in i. destruct i as [j [_ i]]. apply in_flat_map in i. destruct i as [w [_ i]].
        destruct (likely_dec w) as [p|p]; [|destruct i]. apply in_map_iff in i. destruct i as [b [<- _]].
        apply at_levels_row. apply incentive_row. specialize (h w p j b). unfold utility, gain in *. cbn. olra.
      + apply in_map_iff in i. destruct i as [q [<- i]]. apply without_level_row. apply in_app_iff in i. destruct i as [i|i].
        * unfold budget_rows in i. destruct m; cbn in budget.
          -- apply in_app_iff in i. destruct i as [i|i]; apply in_map_iff in i; destruct i as [z [<- _]];
               apply spends_row; cbn; rewrite budget; olra.
          -- apply in_map_iff in i. destruct i as [z [<- _]]. apply spends_row. cbn. specialize (budget z). olra.
          -- destruct i.
        * unfold liability_rows in i. destruct l as [B|]; [|destruct i]. apply in_flat_map in i. destruct i as [j [_ i]].
          apply in_map_iff in i. destruct i as [z [<- _]]. apply limits_row. exact (liability j z).
  Qed.

  Lemma same_unknown (x y : option V) : {x = y} + {x <> y}.
  Proof.
    destruct x as [[i a]|], y as [[j b]|]; [|right; discriminate..|now left].
    destruct (same i j), (same a b); [left; congruence|right; congruence..].
  Qed.

  Lemma unknowns_once : NoDup unknowns.
  Proof.
    apply NoDup_app.
    - apply Injective_map_NoDup; [intros x y e; congruence|apply NoDup_prod; apply once].
    - constructor; [intros []|constructor].
    - intros v i [<-|[]]. apply in_map_iff in i. destruct i as [x [e _]]. discriminate.
  Qed.

  Lemma least_level : (forall x, 0 <= x -> ~ implementable (common x) L m l s) \/
    exists least, 0 <= least /\ implementable (common least) L m l s /\
      forall x, 0 <= x -> implementable (common x) L m l s -> least <= x.
  Proof.
    destruct (farkas_dec same_unknown unknowns unknowns_once all_rows) as [[y h]|[r [f [z p]]]].
    - right. assert (forall y, (forall r, In r all_rows -> satisfied unknowns y r) -> 0 <= y None) as nonneg
        by (intros y' h'; apply level_row, h'; now left).
      destruct (least_last same_unknown (map Some payments) None all_rows unknowns_once y (conj (nonneg y h) h)) as [x [[_ a] b]].
      destruct (proj1 (reached (x None))) as [p i]; [now exists x|].
      exists (x None). split; [exact p|]. split; [exact i|]. intros x' p' i'. destruct (proj2 (reached x')) as [y' [<- h']]; [now split|].
      apply b. split; [exact (nonneg y' h')|exact h'].
    - left. intros x g i. assert (0 <= x /\ implementable (common x) L m l s) as q by now split.
      apply reached in q. destruct q as [y [_ h]]. pose proof (follows_satisfied unknowns y all_rows r h f) as u.
      unfold satisfied in u. rewrite total_zero in u; [olra|]. intros v j. rewrite (z v j). ring.
  Qed.
End Selection.

Lemma implementable_ext {K : OrderedField} {E : Environment K} lam (L : Language E) m l (s s' : selection E) :
  (forall w, s w = s' w) -> implementable lam L m l s -> implementable lam L m l s'.
Proof. intros e [t [ok h]]. exists t. split; [exact ok|]. intros w p. rewrite <- e. now apply h. Qed.

Theorem T7_attained : T7_attained_statement.
Proof.
  intros K E L m l.
  assert (forall k : list (selection E),
    (forall x s, 0 <= x -> In s k -> first_best_selection s -> ~ implementable (common x) L m l s) \/
    exists least, 0 <= least /\ closes L m l least /\
      forall x s, 0 <= x -> In s k -> first_best_selection s -> implementable (common x) L m l s -> least <= x) as h.
  { induction k as [|s k IH]; [left; intros ? ? ? []|].
    destruct (eq_dec (welfare s) (optimum E)) as [fb|no].
    - apply optimal in fb. destruct (least_level L m l s) as [none|[least [nonneg [i below]]]], IH as [none'|[least' [nonneg' [i' below']]]].
      + left. intros x q p [<-|j] fb'; [now apply none|now apply none'].
      + right. exists least'. repeat split; try assumption. intros x q p [<-|j] fb' r; [destruct (none x p r)|exact (below' x q p j fb' r)].
      + right. exists least. split; [exact nonneg|]. split; [exists s; now split|].
        intros x q p [<-|j] fb' r; [now apply below|destruct (none' x q p j fb' r)].
      + right. destruct (le_dec least least') as [c|c].
        * exists least. split; [exact nonneg|]. split; [exists s; now split|].
          intros x q p [<-|j] fb' r; [now apply below|]. pose proof (below' x q p j fb' r). olra.
        * exists least'. repeat split; try assumption.
          intros x q p [<-|j] fb' r; [pose proof (below x p r); olra|exact (below' x q p j fb' r)].
    - destruct IH as [none|[least [nonneg [i below]]]].
      + left. intros x q p [<-|j] fb'; [destruct (no (proj1 (optimal s) fb'))|now apply none].
      + right. exists least. repeat split; try assumption.
        intros x q p [<-|j] fb' r; [destruct (no (proj1 (optimal s) fb'))|exact (below x q p j fb' r)]. }
  assert (forall s : selection E, exists g, In g (functions some_profile (listed (state E))) /\ forall w, s w = g w) as every.
  { intro s. destruct (functions_complete some_profile s (listed (state E))) as [g [i e]]. exists g. split; [exact i|].
    intro w. symmetry. apply e, all_listed. }
  destruct (h (functions some_profile (listed (state E)))) as [none|[least [nonneg [c below]]]].
  - left. intros x p [s [fb i]]. destruct (every s) as [g [j e]]. apply (none x g p j).
    + intros w q. rewrite <- e. now apply fb.
    + exact (implementable_ext _ _ _ _ _ _ e i).
  - right. exists least. split; [exact nonneg|]. intros x p. split.
    + intros [s [fb i]]. destruct (every s) as [g [j e]]. apply (below x g p j).
      * intros w q. rewrite <- e. now apply fb.
      * exact (implementable_ext _ _ _ _ _ _ e i).
    + intro q. exact (T7_upward K E L m l least x q c).
Qed.
