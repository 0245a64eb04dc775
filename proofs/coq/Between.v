(** What is excluded at both ends of an interval of λ is excluded between them. *)

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
End Between.
