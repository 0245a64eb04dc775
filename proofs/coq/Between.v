(** What is excluded at both ends of an interval of λ is excluded between them, and what contracts
    reach at both ends a mixture of them reaches there. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare Checker.
Import ListNotations.
Local Open Scope number_scope.

Section Between.
  Context {K : OrderedField} {E : Environment K} (L : Language E).
  Add Ring K_ring : (@ring_laws K).

  (** All common λ between two ends; [None] is infinity, and not included. *)
  Record Range := { from : K; upto : option K; from_in : bool; upto_in : bool }.

  Definition inside (r : Range) (x : K) : Prop :=
    (if from_in r then from r <= x else from r < x) /\
    match upto r with None => True | Some z => if upto_in r then x <= z else x < z end.

  (** What the strength of an obstruction grows by with each unit of λ. *)
  Definition slope (c : Contracts E) (p : part) (es : list Deviation) : K :=
    let lost := total es (fun e => weight e * (W (change (extend p (where_ e)) (who e) (to e)) (where_ e) -
      W (extend p (where_ e)) (where_ e))) in
    match c with
    | alone | paid _ _ => lost
    | told P same_class complete => if complete && conflicting P same_class p then 0 else lost
    end.

  Lemma strength_line c p es x :
    strength (common x) L c p es = strength selfish L c p es + x * slope c p es.
  Proof.
    assert (total_worth (common x) (extend p) es = total_worth selfish (extend p) es +
      x * total es (fun e => weight e * (W (change (extend p (where_ e)) (who e) (to e)) (where_ e) -
        W (extend p (where_ e)) (where_ e)))) as e.
    { unfold total_worth. rewrite <- total_mul, <- total_add. apply total_ext. intros d _.
      unfold gain, material, common, selfish. ring. }
    destruct c as [|m l|P same_class complete]; cbn [strength slope]; rewrite ?e; [reflexivity|ring|].
    destruct (complete && conflicting P same_class p); rewrite ?e; ring.
  Qed.

  Definition positive_between (r : Range) (c : Contracts E) (p : part) (es : list Deviation) : bool :=
    let first := strength (common (from r)) L c p es in
    let last := match upto r with Some z => strength (common z) L c p es | None => slope c p es end in
    yes (le_dec 0 first) && yes (le_dec 0 last) &&
    (yes (lt_or_le 0 first) || negb (from_in r) && yes (lt_or_le 0 last)) &&
    (yes (lt_or_le 0 last) || negb (upto_in r) && yes (lt_or_le 0 first)).

  Lemma positive_line (a b x y z : K) : x <= y <= z -> 0 <= a + x * b -> 0 <= a + z * b ->
    0 < a + x * b \/ (x < y /\ 0 < a + z * b) -> 0 < a + z * b \/ (y < z /\ 0 < a + x * b) -> 0 < a + y * b.
  Proof.
    intros [xy yz] first last h g. destruct (le_dec 0 b) as [p|p].
    - pose proof (le_mul _ _ _ (proj2 (sub_nonneg _ _) xy) p) as q. destruct h as [h|[xy' h]]; [olra|].
      destruct (lt_or_le 0 b) as [p'|p'].
      + assert (0 < y - x) as d by olra. pose proof (lt_mul _ _ d p'). olra.
      + assert (b = 0) as e by (apply le_antisym; assumption). rewrite e in *.
        assert (a + y * 0 = a + z * 0) as -> by ring. exact h.
    - assert (0 < - b) as p' by olra. pose proof (le_mul _ _ _ (proj2 (sub_nonneg _ _) yz) (lt_le _ _ p')) as q.
      destruct g as [g|[yz' g]]; [olra|].
      assert (0 < z - y) as d by olra. pose proof (lt_mul _ _ d p'). olra.
  Qed.

  Lemma positive_ray (a b x y : K) : x <= y -> 0 <= a + x * b -> 0 <= b ->
    0 < a + x * b \/ (x < y /\ 0 < b) -> 0 < a + y * b.
  Proof.
    intros xy first last h. pose proof (le_mul _ _ _ (proj2 (sub_nonneg _ _) xy) last) as q.
    destruct h as [h|[xy' h]]; [olra|]. assert (0 < y - x) as d by olra. pose proof (lt_mul _ _ d h). olra.
  Qed.

  Lemma positive_between_true r c p es x : positive_between r c p es = true -> inside r x ->
    0 < strength (common x) L c p es.
  Proof.
    intros h [low high]. unfold positive_between in h. cbv zeta in h. rewrite !andb_true_iff in h.
    destruct h as [[[first last] lower] upper]. apply yes_true in first, last.
    rewrite strength_line in *. apply orb_true_iff in lower, upper.
    assert (from r <= x) as low' by (destruct (from_in r); [exact low|exact (lt_le _ _ low)]).
    assert (forall u v : K, negb (from_in r) && yes (lt_or_le u v) = true -> from r < x /\ u < v) as below.
    { intros u v q. apply andb_true_iff in q. destruct q as [n q]. apply negb_true_iff in n. rewrite n in low.
      split; [exact low|exact (yes_true _ q)]. }
    destruct (upto r) as [z|].
    - rewrite strength_line in *.
      assert (x <= z) as high' by (destruct (upto_in r); [exact high|exact (lt_le _ _ high)]).
      apply (positive_line _ _ (from r) x z); try assumption; [now split| |].
      + destruct lower as [q|q]; [left; exact (yes_true _ q)|right; exact (below _ _ q)].
      + destruct upper as [q|q]; [left; exact (yes_true _ q)|right]. apply andb_true_iff in q. destruct q as [n q].
        apply negb_true_iff in n. rewrite n in high. split; [exact high|exact (yes_true _ q)].
    - apply (positive_ray _ _ (from r)); try assumption.
      destruct lower as [q|q]; [left; exact (yes_true _ q)|right; exact (below _ _ q)].
  Qed.

  (** Excluded at all λ of a range. *)
  Definition obstructs_between (r : Range) (c : Contracts E) (p : part) (es : list Deviation) : bool :=
    forallb (fun e => negb (unlikely_ (fst e))) p && flow_ok p es && binds L c p es && positive_between r c p es.

  Lemma obstructs_between_true r c p es : obstructs_between r c p es = true ->
    forall x, inside r x -> forall s, agrees p s -> ~ reachable (common x) L c s.
  Proof.
    intros h x i. apply (obstructs_true (common x) L c p es). unfold obstructs_between in h. unfold obstructs.
    rewrite !andb_true_iff in *. destruct h as [h q]. split; [exact h|].
    pose proof (positive_between_true r c p es x q i) as pos. unfold yes.
    destruct (lt_or_le 0 (strength (common x) L c p es)) as [|n]; [reflexivity|destruct (pos n)].
  Qed.

  (** *** What is reached at both ends *)

  (** What grows with λ: deviations are paid the welfare that they add, and nobody is fined. *)
  Definition eases (c : Contracts E) (s : selection E) (t : Transfers L) : bool :=
    match c with
    | alone => at_ease (fun _ a w => W a w) s
    | paid m l => lawful L m (option_map (fun _ => 0) l) t && at_ease (fun i a w => W a w + t i (leaves L w a)) s
    | told P same_class complete =>
        (negb complete || negb (conflicting P same_class (plays_of s))) && obeyed P same_class (fun _ a w => W a w) s
    end.

  Definition reaches_between (r : Range) (c : Contracts E) (s : selection E) (t u : Transfers L) : bool :=
    reaches (common (from r)) L c s t &&
    match upto r with Some z => yes (le_dec (from r) z) && reaches (common z) L c s u | None => eases c s u end.

  Lemma mixed_le (a b x y x' y' : K) : 0 <= a -> 0 <= b -> x <= y -> x' <= y' -> a * x + b * x' <= a * y + b * y'.
  Proof.
    intros p q h g. pose proof (le_mul _ _ _ p (proj2 (sub_nonneg _ _) h)). pose proof (le_mul _ _ _ q (proj2 (sub_nonneg _ _) g)). olra.
  Qed.

  (** [a] and [b] are the weights of both ends, and [x] is λ; [B] and [C] what fines are at most there. *)
  Lemma mixture (m : Budget) (l : option K) (t u : Transfers L) a b (v v' : agent E -> profile E -> state E -> K) x s :
    0 <= a -> 0 <= b -> within_budget m t -> within_budget m u ->
    match l with Some B => forall i y, - B <= a * t i y + b * u i y | None => True end ->
    (forall i c w, utility (common x) (fun i y => a * t i y + b * u i y) i c w = a * v i c w + b * v' i c w) ->
    (forall w, likely w -> nash v (s w) w) -> (forall w, likely w -> nash v' (s w) w) ->
    implementable (common x) L m l s.
  Proof.
    intros p q budget budget' bounded sum h g. exists (fun i y => a * t i y + b * u i y). split; [split|].
    - destruct m; cbn in *; [| |exact I]; intro y; rewrite total_add, !total_mul.
      + rewrite budget, budget'. ring.
      + pose proof (mixed_le a b _ 0 _ 0 p q (budget y) (budget' y)) as k.
        assert (a * 0 + b * 0 = 0) as e by ring. now rewrite e in k.
    - destruct l; exact bounded.
    - intros w lw i c. rewrite !sum. apply mixed_le; [exact p|exact q|apply h, lw|apply g, lw].
  Qed.

  Lemma weights_between (f x z : K) : f <= x <= z -> f < z ->
    exists a b, 0 <= a /\ 0 <= b /\ a + b = 1 /\ a * f + b * z = x.
  Proof.
    intros [fx xz] fz. assert (0 < z - f) as d by olra. pose proof (inv_pos _ d) as p.
    assert (z - f <> 0) as n by (intro e; rewrite e in d; exact (d (le_refl _ _))). pose proof (mul_inv _ _ n) as one.
    exists ((z - x) * inv (z - f)), ((x - f) * inv (z - f)).
    split; [apply le_mul; [olra|exact (lt_le _ _ p)]|]. split; [apply le_mul; [olra|exact (lt_le _ _ p)]|]. split.
    - transitivity (inv (z - f) * (z - f)); [ring|exact one].
    - transitivity (x * (inv (z - f) * (z - f))); [ring|rewrite one; ring].
  Qed.

  Lemma reaches_between_true r c s t u x : reaches_between r c s t u = true -> inside r x -> reachable (common x) L c s.
  Proof.
    intros h [low high]. unfold reaches_between in h. apply andb_true_iff in h. destruct h as [first last].
    assert (from r <= x) as low' by (destruct (from_in r); [exact low|exact (lt_le _ _ low)]).
    destruct (upto r) as [z|].
    - assert (x <= z) as high' by (destruct (upto_in r); [exact high|exact (lt_le _ _ high)]).
      apply andb_true_iff in last. destruct last as [_ last].
      destruct (lt_or_le (from r) z) as [fz|zf].
      2:{ assert (x = from r) as -> by (apply le_antisym; [exact (le_trans _ _ _ _ high' zf)|exact low']).
          exact (reaches_true _ _ _ _ _ first). }
      destruct (weights_between (from r) x z (conj low' high') fz) as [a [b [p [q [one e]]]]].
      assert (forall i (k : profile E) w, material (common x) i k w = a * material (common (from r)) i k w + b * material (common z) i k w) as sum.
      { intros i k w. unfold material, common. rewrite <- e. transitivity ((a + b) * payoff i k w + (a * from r + b * z) * W k w); [rewrite one|]; ring. }
      destruct c as [|m l|P same_class complete]; cbn [reaches reachable] in *.
      + intros w lw i k. rewrite !sum. apply mixed_le; [exact p|exact q| |].
        * exact (at_ease_true _ s first w lw i k).
        * exact (at_ease_true _ s last w lw i k).
      + apply andb_true_iff in first, last. destruct first as [law ease], last as [law' ease'].
        apply lawful_true in law, law'. destruct law as [budget bounded], law' as [budget' bounded'].
        apply (mixture m l t u a b (utility (common (from r)) t) (utility (common z) u) x s p q budget budget').
        * destruct l as [B|]; [|exact I]. intros i y.
          assert (- B = a * - B + b * - B) as -> by (transitivity ((a + b) * - B); [rewrite one|]; ring).
          apply mixed_le; [exact p|exact q|apply bounded|apply bounded'].
        * intros i k w. unfold utility. rewrite sum. ring.
        * exact (at_ease_true _ s ease).
        * exact (at_ease_true _ s ease').
      + apply andb_true_iff in first, last. destruct first as [one_class ob], last as [_ ob'].
        apply (obeyed_reachable (common x) L P same_class complete s one_class). intros w lw i k d. rewrite !sum.
        apply mixed_le; [exact p|exact q| |].
        * exact (obeyed_best P same_class _ s ob w lw i k d).
        * exact (obeyed_best P same_class _ s ob' w lw i k d).
    - assert (0 <= x - from r) as q by olra. assert ((0 : K) <= 1) as p by exact (lt_le _ _ lt_zero_one).
      assert (forall i (k : profile E) w, material (common x) i k w = 1 * material (common (from r)) i k w + (x - from r) * W k w) as sum
        by (intros; unfold material, common; ring).
      destruct c as [|m l|P same_class complete]; cbn [reaches eases reachable] in *.
      + intros w lw i k. rewrite !sum. apply mixed_le; [exact p|exact q| |].
        * exact (at_ease_true _ s first w lw i k).
        * exact (at_ease_true _ s last w lw i k).
      + apply andb_true_iff in first, last. destruct first as [law ease], last as [law' ease'].
        apply lawful_true in law, law'. destruct law as [budget bounded], law' as [budget' bounded'].
        apply (mixture m l t u 1 (x - from r) (utility (common (from r)) t) (fun i k w => W k w + u i (leaves L w k)) x s p q budget budget').
        * destruct l as [B|]; [|exact I]. intros i y. cbn in bounded'. specialize (bounded i y). specialize (bounded' i y).
          pose proof (le_mul _ (x - from r) (u i y) q ltac:(olra)). olra.
        * intros i k w. unfold utility. rewrite sum. ring.
        * exact (at_ease_true _ s ease).
        * exact (at_ease_true _ s ease').
      + apply andb_true_iff in first, last. destruct first as [one_class ob], last as [_ ob'].
        apply (obeyed_reachable (common x) L P same_class complete s one_class). intros w lw i k d. rewrite !sum.
        apply mixed_le; [exact p|exact q| |].
        * exact (obeyed_best P same_class _ s ob w lw i k d).
        * exact (obeyed_best P same_class (fun _ a w => W a w) s ob' w lw i k d).
  Qed.
End Between.
