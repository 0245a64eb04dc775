(** Correlated equilibria exist, over any ordered field: Hart and Schmeidler (1989), by Farkas' lemma. *)

From Coq Require Import List Eqdep_dec Permutation FinFun.
From coopgap Require Import Welfare T3_complete T3_cycles Cancelling Farkas T10.
Import ListNotations.
Local Open Scope number_scope.

Section Alternatives.
  Context {K : OrderedField} {X : Finite} (inside : X -> bool).
  Add Ring K_ring : (@ring_laws K).

  (** A distribution gives all of [gs] an expectation of at least 0, or something in a cone that has them
      all is negative everywhere (Gordan 1873). *)
  Lemma gordan (gs : list (X -> K)) (cone : (X -> K) -> Prop) :
    cone (fun _ => 0) -> (forall f g, cone f -> cone g -> cone (fun x => f x + g x)) ->
    (forall k f, 0 < k -> cone f -> cone (fun x => k * f x)) -> (forall g, In g gs -> cone g) ->
    (exists p : X -> K, (forall x, 0 <= p x) /\ (Σ x ∈ X, p x) = 1 /\ (forall x, inside x = false -> p x = 0) /\
      forall g, In g gs -> 0 <= Σ x ∈ X, (p x * g x)) \/
    exists f, cone f /\ forall x, inside x = true -> f x < 0.
  Proof.
    intros none add mul each.
    set (rows := map (fun x => {| coefficient := only x; bound := (0 : K) |}) (listed X) ++
      {| coefficient := fun _ => 1; bound := 1 |} :: map (fun g => {| coefficient := g; bound := 0 |}) gs).
    destruct (farkas_dec same (filter inside (listed X)) (NoDup_filter inside (once X)) rows) as [[x h]|[r [f [z pos]]]].
    - left. pose proof (@lt_zero_one K) as zero_one.
      assert (forall c : X -> K, total (filter inside (listed X)) (fun v => c v * x v) = Σ v ∈ X, (if inside v then c v * x v else 0)) as over
        by (intro; apply total_filter).
      assert (forall v, inside v = true -> 0 <= x v) as nonneg.
      { intros v i. assert (satisfied (filter inside (listed X)) x {| coefficient := only v; bound := 0 |}) as s
          by (apply h, in_app_iff; left; now apply (in_map (fun x => {| coefficient := only x; bound := 0 |})), all_listed).
        unfold satisfied in s. cbn [bound coefficient] in s. rewrite over in s.
        rewrite (total_ext _ _ (fun u => only v u * (if inside u then x u else 0))) in s by (intros u _; destruct (inside u); ring).
        rewrite (total_only v (fun u => if inside u then x u else 0)), i in s. exact s. }
      set (t := Σ v ∈ X, (if inside v then x v else 0)).
      assert (1 <= t) as large.
      { assert (satisfied (filter inside (listed X)) x {| coefficient := fun _ => 1; bound := 1 |}) as s
          by (apply h, in_app_iff; right; now left).
        unfold satisfied in s. cbn [bound coefficient] in s. rewrite over in s. refine (le_trans _ _ _ _ s _).
        unfold t. apply total_le. intros v _. destruct (inside v); olra. }
      assert (0 < t) as pos by olra. pose proof (inv_pos t pos) as ipos.
      assert (inv t * t = 1) as cancels by (pose proof (mul_inv K t) as e; assert (t <> 0) as n by (intro; olra); specialize (e n); olra).
      exists (fun v => inv t * (if inside v then x v else 0)). repeat split.
      + intro v. destruct (inside v) eqn:i; [|olra]. apply le_mul; [olra|now apply nonneg].
      + rewrite total_mul. exact cancels.
      + intros v i. rewrite i. ring.
      + intros g i. rewrite (total_ext _ _ (fun v => inv t * (if inside v then g v * x v else 0))) by (intros v _; destruct (inside v); ring).
        rewrite total_mul. apply le_mul; [olra|]. rewrite <- over.
        assert (satisfied (filter inside (listed X)) x {| coefficient := g; bound := 0 |}) as s; [|exact s].
        apply h, in_app_iff. right; right. now apply (in_map (fun g => {| coefficient := g; bound := 0 |})).
    - right. assert (exists g, cone g /\ forall x, bound r + g x <= coefficient r x) as [g [c below]].
      { clear z pos. induction f as [r i|r q _ [g [c e]] _ [g' [c' e']]|k r p _ [g [c e]]].
        - apply in_app_iff in i. pose proof (@lt_zero_one K). destruct i as [i|[<-|i]].
          + apply in_map_iff in i. destruct i as [v [<- _]]. exists (fun _ => 0). split; [exact none|]. intro y. cbn.
            unfold only. destruct (same v y); olra.
          + exists (fun _ => 0). split; [exact none|]. intro y. cbn. olra.
          + apply in_map_iff in i. destruct i as [g [<- i]]. exists g. split; [auto|]. intro y. cbn. olra.
        - exists (fun x => g x + g' x). split; [auto|]. intro y. specialize (e y). specialize (e' y). cbn. olra.
        - exists (fun x => k * g x). split; [auto|]. intro y. cbn.
          pose proof (le_mul _ _ _ (lt_le _ _ p) (proj2 (sub_nonneg _ _) (e y))). olra. }
      exists g. split; [exact c|]. intros y i. specialize (below y). rewrite z in below; [olra|].
      apply filter_In. split; [apply all_listed|exact i].
  Qed.

  (** Where nothing leads outside, some distribution stays as it is. *)
  Lemma stationary (start : X) (y : X -> X -> K) : inside start = true -> (forall c b, 0 <= y c b) ->
    (forall c b, inside c = true -> inside b = false -> y c b = 0) ->
    exists p : X -> K, (forall x, 0 <= p x) /\ (Σ x ∈ X, p x) = 1 /\ (forall x, inside x = false -> p x = 0) /\
      forall b, (Σ c ∈ X, (p c * y c b)) = p b * Σ c ∈ X, y b c.
  Proof.
    intros within pos stays. set (flow := fun b c => y c b - only b c * Σ e ∈ X, y c e).
    destruct (gordan (flat_map (fun b => [flow b; fun c => - flow b c]) (listed X))
      (fun h => exists z : X -> K, forall c, h c = Σ b ∈ X, (y c b * (z b - z c)))) as [[p [nonneg [one [out h]]]]|[f [[z e] negative]]].
    - exists (fun _ => 0). intro c. symmetry. apply total_zero. intros. ring.
    - intros f g [z e] [z' e']. exists (fun b => z b + z' b). intro c. rewrite e, e', <- total_add. apply total_ext. intros. ring.
    - intros k f _ [z e]. exists (fun b => k * z b). intro c. rewrite e, <- total_mul. apply total_ext. intros. ring.
    - assert (forall s b c, s * flow b c = Σ d ∈ X, (y c d * (s * only b d - s * only b c))) as k.
      { intros s b c. rewrite (total_ext _ _ (fun d => s * (only b d * y c d) - s * only b c * y c d)) by (intros; ring).
        rewrite total_sub, total_mul, (total_mul _ _ (fun d => y c d)), (total_only b (fun d => y c d)). unfold flow. ring. }
      intros g i. apply in_flat_map in i. destruct i as [b [_ [<-|[<-|[]]]]].
      + exists (fun d => 1 * only b d). intro c. rewrite <- (k 1). ring.
      + exists (fun d => opp 1 * only b d). intro c. rewrite <- (k (opp 1)). ring.
    - exists p. repeat split; auto. intro b.
      assert ((Σ c ∈ X, (p c * flow b c)) = (Σ c ∈ X, (p c * y c b)) - p b * Σ c ∈ X, y b c) as e.
      { rewrite (total_ext _ _ (fun c => p c * y c b - only b c * (p c * Σ e ∈ X, y c e))) by (intros; unfold flow; ring).
        now rewrite total_sub, (total_only b (fun c => p c * Σ e ∈ X, y c e)). }
      assert (forall g, g = flow b \/ g = (fun c => - flow b c) -> 0 <= Σ c ∈ X, (p c * g c)) as q.
      { intros g i. apply h, in_flat_map. exists b. split; [apply all_listed|]. cbn. destruct i as [<-|<-]; auto. }
      pose proof (q _ (or_introl eq_refl)) as low. pose proof (q _ (or_intror eq_refl)) as high. cbv beta in high.
      rewrite (total_ext _ _ (fun c => - (p c * flow b c))) in high by (intros; ring). rewrite total_opp in high. rewrite e in low, high. olra.
    - exfalso. set (c := best start (filter inside (listed X)) (fun b => - z b)).
      assert (inside c = true) as i.
      { unfold c. destruct (best_in start (filter inside (listed X)) (fun b => - z b)) as [->|i]; [exact within|]. now apply filter_In in i. }
      specialize (negative c i). rewrite e in negative. apply negative. apply total_nonneg. intros b _.
      destruct (inside b) eqn:j; [|rewrite (stays c b i j); olra].
      assert (- z b <= - z c) as q by (apply (best_max start _ (fun b => - z b)), filter_In; split; [apply all_listed|exact j]).
      apply le_mul; [apply pos|olra].
  Qed.
End Alternatives.

Section Sums.
  Context {K : OrderedField}.

  Lemma total_permutation {X} (k k' : list X) (f : X -> K) : Permutation k k' -> total k f = total k' f.
  Proof. induction 1; cbn; [reflexivity|congruence|apply le_antisym; olra|congruence]. Qed.

  (** A sum over another list of the same elements, each of them once. *)
  Lemma total_onto {X Y} (g : X -> Y) (k : list X) (k' : list Y) (f : Y -> K) : NoDup k -> NoDup k' ->
    (forall x y, g x = g y -> x = y) -> (forall y, In y k' <-> exists x, In x k /\ g x = y) ->
    total k (fun x => f (g x)) = total k' f.
  Proof.
    intros n n' injective onto. rewrite <- total_map. apply total_permutation, NoDup_Permutation; auto.
    - now apply Injective_map_NoDup.
    - intro y. rewrite in_map_iff, onto. split; intros [x [a b]]; exists x; now split.
  Qed.
End Sums.

Section Equilibrium.
  Context {K : OrderedField} {E : Environment K} (v : agent E -> profile E -> K).
  Context (inside : forall i : agent E, action E i -> bool) (start : profile E) (within : forall i, inside i (play start i) = true).
  Add Ring K_ring' : (@ring_laws K).

  Definition all_inside (a : profile E) : bool := forallb (fun i => inside i (play a i)) (listed (agent E)).

  Lemma all_inside_true a : all_inside a = true <-> forall i, inside i (play a i) = true.
  Proof.
    unfold all_inside. rewrite forallb_forall. split; intros h i; [apply h, all_listed|intros _; apply h].
  Qed.

  (** Deviations there and back. *)
  Lemma swapped i (f : profile E -> action E i -> K) :
    (Σ a ∈ profile E, Σ b ∈ action E i, f (change a i b) (play a i)) = Σ a ∈ profile E, Σ b ∈ action E i, f a b.
  Proof.
    set (turn := fun z : profile E * action E i => (change (fst z) i (snd z), play (fst z) i)).
    assert (forall z, turn (turn z) = z) as back.
    { intros [a b]. unfold turn. cbn [fst snd]. rewrite change_same. f_equal. apply only_play. intro j.
      destruct (same j i) as [->|n]; [apply change_same|now rewrite !change_other]. }
    rewrite <- (total_prod _ _ (fun z => f (change (fst z) i (snd z)) (play (fst z) i))).
    rewrite <- (total_prod _ _ (fun z => f (fst z) (snd z))).
    apply (total_onto turn _ _ (fun z => f (fst z) (snd z))); try (apply NoDup_prod; apply once).
    - intros x y e. now rewrite <- (back x), e, back.
    - intro z. split; [intros _; exists (turn z); split; [|apply back]|intros _; destruct z];
        [destruct (turn z)|]; apply in_prod; apply all_listed.
  Qed.

  Section Independent.
    Context (p : forall i : agent E, action E i -> K).

    Fixpoint odds_of (l : list (agent E)) (a : profile E) : K :=
      match l with nil => 1 | i :: l => p i (play a i) * odds_of l a end.
    Fixpoint others (i : agent E) (l : list (agent E)) (a : profile E) : K :=
      match l with nil => 1 | j :: l => (if same j i then 1 else p j (play a j)) * others i l a end.

    Lemma others_change i l a b : others i l (change a i b) = others i l a.
    Proof.
      induction l as [|j l IH]; cbn; [reflexivity|]. rewrite IH. destruct (same j i) as [->|n]; [reflexivity|]. now rewrite change_other.
    Qed.

    Lemma odds_split i l a : NoDup l -> In i l -> odds_of l a = p i (play a i) * others i l a.
    Proof.
      induction 1 as [|j l out n IH]; cbn; intro h; [destruct h|].
      destruct (same j i) as [->|d].
      - assert (others i l a = odds_of l a) as ->; [|ring]. clear - out. induction l as [|j l IH]; cbn in *; [reflexivity|].
        destruct (same j i) as [->|d]; [tauto|]. rewrite IH by tauto. reflexivity.
      - rewrite IH by (destruct h; congruence). ring.
    Qed.

    Lemma odds_nonneg_of l a : (forall i c, 0 <= p i c) -> 0 <= odds_of l a.
    Proof. intro h. induction l as [|i l IH]; cbn; [apply lt_le, lt_zero_one|now apply le_mul]. Qed.

    Lemma odds_positive l a : (forall i, 0 < p i (play a i)) -> 0 < odds_of l a.
    Proof. intro h. induction l as [|i l IH]; cbn; [apply lt_zero_one|apply lt_mul; auto]. Qed.

    Lemma odds_outside a : (forall i c, inside i c = false -> p i c = 0) -> all_inside a = false -> odds_of (listed (agent E)) a = 0.
    Proof.
      intros out h. unfold all_inside in h. induction (listed (agent E)) as [|i l IH]; cbn in *; [discriminate|].
      destruct (inside i (play a i)) eqn:e; cbn in h; [rewrite IH by exact h; ring|rewrite out by exact e; ring].
    Qed.

    (** Against independent play that stays as it is, moving by [y] changes nothing on average. *)
    Lemma balanced_moves i (y : action E i -> action E i -> K) :
      (forall b, (Σ c ∈ action E i, (p i c * y c b)) = p i b * Σ c ∈ action E i, y b c) ->
      (Σ a ∈ profile E, (odds_of (listed (agent E)) a * Σ b ∈ action E i, (y (play a i) b * (v i a - v i (change a i b))))) = 0.
    Proof.
      intro stays. set (rest := others i (listed (agent E))).
      assert (forall a, odds_of (listed (agent E)) a = p i (play a i) * rest a) as e by (intro; apply odds_split; [apply once|apply all_listed]).
      rewrite (total_ext _ _ (fun a => (Σ b ∈ action E i, (p i (play a i) * y (play a i) b * (rest a * v i a))) -
        Σ b ∈ action E i, (rest (change a i b) * p i (play a i) * y (play a i) (play (change a i b) i) * v i (change a i b)))).
      2:{ intros a _. rewrite e, <- total_mul, <- total_sub. apply total_ext. intros b _. unfold rest. rewrite others_change, change_same. ring. }
      rewrite total_sub, (swapped i (fun a b => rest a * p i b * y b (play a i) * v i a)), <- total_sub.
      apply total_zero. intros a _.
      rewrite (total_ext (listed (action E i)) (fun b => rest a * p i b * y b (play a i) * v i a) (fun b => p i b * y b (play a i) * (rest a * v i a)))
        by (intros; ring).
      rewrite !total_mul_r, stays, (total_mul _ _ (fun b => y (play a i) b)). ring.
    Qed.
  End Independent.

  (** What an agent gains by keeping to [d] instead of [b], when it is told so. *)
  Definition keeping (i : agent E) (d b : action E i) (a : profile E) : K := only d (play a i) * (v i a - v i (change a i b)).

  Lemma equilibrium_exists : exists c : profile E -> K, (forall a, 0 <= c a) /\ (Σ a ∈ profile E, c a) = 1 /\
    (forall a, all_inside a = false -> c a = 0) /\
    forall i d b, inside i b = true -> (Σ a ∈ profile E, (only d (play a i) * c a * (v i (change a i b) - v i a))) <= 0.
  Proof.
    set (gs := flat_map (fun i => flat_map (fun d => map (keeping i d) (filter (inside i) (listed (action E i))))
      (filter (inside i) (listed (action E i)))) (listed (agent E))).
    destruct (gordan all_inside gs (fun h => exists y : forall i : agent E, action E i -> action E i -> K, (forall i d b, 0 <= y i d b) /\
      (forall i d b, inside i d = true -> inside i b = false -> y i d b = 0) /\
      forall a, h a = Σ i ∈ agent E, Σ b ∈ action E i, (y i (play a i) b * (v i a - v i (change a i b)))))
      as [[c [nonneg [one [out h]]]]|[f [[y [pos [stays e]]] negative]]].
    - exists (fun _ _ _ => 0). split; [intros; apply le_refl|]. split; [reflexivity|]. intro a. symmetry.
      apply total_zero. intros i _. apply total_zero. intros. ring.
    - intros f g [y [pos [stays e]]] [y' [pos' [stays' e']]]. exists (fun i d b => y i d b + y' i d b). repeat split.
      + intros i d b. specialize (pos i d b). specialize (pos' i d b). olra.
      + intros i d b p q. rewrite stays, stays' by assumption. ring.
      + intro a. rewrite e, e', <- total_add. apply total_ext. intros i _. rewrite <- total_add. apply total_ext. intros. ring.
    - intros k f p [y [pos [stays e]]]. exists (fun i d b => k * y i d b). repeat split.
      + intros i d b. apply le_mul; [olra|apply pos].
      + intros i d b q q'. rewrite stays by assumption. ring.
      + intro a. rewrite e, <- total_mul. apply total_ext. intros i _. rewrite <- total_mul. apply total_ext. intros. ring.
    - intros g j. apply in_flat_map in j. destruct j as [i [_ j]]. apply in_flat_map in j. destruct j as [d [_ j]].
      apply in_map_iff in j. destruct j as [b [<- j]]. apply filter_In in j. destruct j as [_ ib].
      exists (fun j d' b' => match same i j with
        | left q => only (eq_rect i (action E) d j q) d' * only (eq_rect i (action E) b j q) b' | right _ => 0 end). repeat split.
      + intros j d' b'. pose proof (@lt_zero_one K). destruct (same i j) as [q|n]; [|olra]. unfold only.
        destruct (same _ d'), (same _ b'); olra.
      + intros j d' b' _ o. destruct (same i j) as [q|n]; [|reflexivity]. destruct q. cbn. rewrite (only_other b b') by congruence. ring.
      + intro a. rewrite (total_at i).
        * destruct (same i i) as [q|n]; [|congruence]. rewrite (UIP_dec same q eq_refl). cbn.
          rewrite (total_ext _ _ (fun b' => only b b' * (only d (play a i) * (v i a - v i (change a i b'))))) by (intros; ring).
          now rewrite (total_only b (fun b' => only d (play a i) * (v i a - v i (change a i b')))).
        * intros j n. destruct (same i j); [congruence|]. apply total_zero. intros. ring.
    - exists c. repeat split; auto. intros i d b ib.
      assert (0 <= Σ a ∈ profile E, (c a * keeping i d b a)) as q.
      { destruct (inside i d) eqn:id.
        - apply h, in_flat_map. exists i. split; [apply all_listed|]. apply in_flat_map. exists d.
          split; [apply filter_In; split; [apply all_listed|exact id]|]. apply in_map, filter_In. split; [apply all_listed|exact ib].
        - rewrite total_zero; [apply le_refl|]. intros a _. unfold keeping, only. destruct (same d (play a i)) as [->|n]; [|ring].
          rewrite out; [ring|]. destruct (all_inside a) eqn:j; [|reflexivity]. rewrite all_inside_true in j. rewrite j in id. discriminate. }
      rewrite (total_ext _ _ (fun a => - (c a * keeping i d b a))) by (intros; unfold keeping; ring). rewrite total_opp. olra.
    - exfalso.
      destruct (finite_choice (X := agent E) same (fun (j : agent E) (_ : action E j) => 0 : K) (fun i q => (forall x, 0 <= q i x) /\
        (Σ x ∈ action E i, q i x) = 1 /\ (forall x, inside i x = false -> q i x = 0) /\
        forall b, (Σ c ∈ action E i, (q i c * y i c b)) = q i b * Σ c ∈ action E i, y i b c) (listed (agent E))) as [q each].
      { intros i _. destruct (stationary (inside i) (play start i) (y i) (within i) (pos i) (stays i)) as [r ok].
        exists (fun j => match same i j with left z => eq_rect i (fun j => action E j -> K) r j z | right _ => fun _ => 0 end).
        destruct (same i i) as [z|n]; [|congruence]. rewrite (UIP_dec same z eq_refl). exact ok. }
      set (p := fun i => q i i).
      assert (forall i, (forall x, 0 <= p i x) /\ (Σ x ∈ action E i, p i x) = 1 /\ (forall x, inside i x = false -> p i x = 0) /\
        forall b, (Σ c ∈ action E i, (p i c * y i c b)) = p i b * Σ c ∈ action E i, y i b c) as ok by (intro i; apply each, all_listed).
      clearbody p. clear each q. set (m := odds_of p (listed (agent E))).
      assert ((Σ a ∈ profile E, (m a * f a)) = 0) as zero.
      { rewrite (total_ext _ _ (fun a => Σ i ∈ agent E, (m a * Σ b ∈ action E i, (y i (play a i) b * (v i a - v i (change a i b))))))
          by (intros a _; now rewrite e, <- total_mul).
        rewrite total_swap. apply total_zero. intros i _. apply balanced_moves. apply ok. }
      set (a := profile_of (fun i => best (play start i) (listed (action E i)) (p i))).
      assert (0 < m a) as here.
      { apply odds_positive. intro i. unfold a. rewrite play_profile_of. destruct (ok i) as [_ [one _]]. apply not_le. intro z.
        pose proof (@lt_zero_one K) as o. rewrite <- one in o. apply o. rewrite <- (total_zero (listed (action E i)) (fun _ => 0)) by reflexivity.
        apply total_le. intros x j. exact (le_trans _ _ _ _ (best_max (play start i) _ (p i) x j) z). }
      assert (forall x, 0 <= - (m x * f x)) as below.
      { intro x. destruct (all_inside x) eqn:i.
        - assert (0 <= m x) as n by (apply odds_nonneg_of; apply ok). assert (0 <= - f x) as g by (specialize (negative x i); olra).
          pose proof (le_mul _ _ _ n g). olra.
        - unfold m. rewrite (odds_outside p x); [olra|apply ok|exact i]. }
      assert (all_inside a = true) as i.
      { destruct (all_inside a) eqn:i; [reflexivity|]. unfold m in here. rewrite (odds_outside p a) in here; [olra|apply ok|exact i]. }
      assert (0 < - f a) as g by (specialize (negative a i); olra). pose proof (lt_mul _ _ here g) as less.
      pose proof (total_member (listed (profile E)) (fun x => - (m x * f x)) a (fun x _ => below x) (all_listed _ a)) as t.
      cbv beta in t. rewrite total_opp, zero in t. olra.
  Qed.
End Equilibrium.
