(** T3: with free money, contracts are potentials, and what excludes them are cycles of positive weight. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare Farkas.
Import ListNotations.
Local Open Scope number_scope.

Section Potential.
  Context {K : OrderedField} {N : Type} (same_node : forall x y : N, {x = y} + {x <> y}).
  Notation Edge := (N * N * K)%type.

  Inductive path (edges : list Edge) : N -> N -> K -> Prop :=
  | one_edge x y c : In (x, y, c) edges -> path edges x y c
  | two_paths x y z c d : path edges x y c -> path edges y z d -> path edges x z (c + d).

  Definition is_node (v x : N) : bool := if same_node x v then true else false.

  (** Edges that avoid a node, and the ways through it. *)
  Definition bypass (v : N) (edges : list Edge) : list Edge :=
    filter (fun '(x, y, _) => negb (is_node v x) && negb (is_node v y)) edges ++
    flat_map (fun '(x, _, c) => map (fun '(_, z, d) => (x, z, c + d))
        (filter (fun '(y, z, _) => is_node v y && negb (is_node v z)) edges))
      (filter (fun '(x, y, _) => negb (is_node v x) && is_node v y) edges).

  Lemma bypass_spec (v : N) (edges : list Edge) x z c : In (x, z, c) (bypass v edges) ->
    x <> v /\ z <> v /\ path edges x z c /\
    (exists y d, In (x, y, d) edges) /\ exists y d, In (y, z, d) edges.
  Proof.
    intro i. unfold bypass in i. apply in_app_iff in i. destruct i as [i|i].
    - apply filter_In in i. destruct i as [i e]. unfold is_node in e.
      destruct (same_node x v), (same_node z v); try discriminate. repeat split; auto.
      + now apply one_edge.
      + now exists z, c.
      + now exists x, c.
    - apply in_flat_map in i. destruct i as [[[x' y] c1] [i1 i]]. apply filter_In in i1. destruct i1 as [i1 e1].
      apply in_map_iff in i. destruct i as [[[y' z'] c2] [e i2]]. inversion e; subst; clear e.
      apply filter_In in i2. destruct i2 as [i2 e2]. unfold is_node in e1, e2.
      destruct (same_node x v), (same_node y v), (same_node y' v), (same_node z v); try discriminate; subst.
      repeat split; auto.
      + eapply two_paths; apply one_edge; eassumption.
      + now exists v, c1.
      + now exists v, c2.
  Qed.

  Lemma bypass_path (v : N) (edges : list Edge) x y c : path (bypass v edges) x y c -> path edges x y c.
  Proof.
    induction 1 as [x y c i|x y z c d _ h _ g]; [|eapply two_paths; eassumption].
    apply bypass_spec in i. tauto.
  Qed.

  Definition potential (edges : list Edge) (t : N -> K) : Prop :=
    forall x y c, In (x, y, c) edges -> c <= t x - t y.

  Lemma positive_loop (v : N) (edges : list Edge) :
    (exists c, In (v, v, c) edges /\ 0 < c) \/ forall c, In (v, v, c) edges -> c <= 0.
  Proof.
    induction edges as [|[[x y] c] edges IH]; [right; intros ? []|].
    destruct IH as [[d [i p]]|h]; [left; exists d; cbn; auto|].
    destruct (same_node x v) as [->|n].
    - destruct (same_node y v) as [->|n].
      + destruct (lt_or_le 0 c) as [p|p]; [left; exists c; cbn; auto|].
        right. intros d [e|i]; [inversion e; subst; exact p|auto].
      + right. intros d [e|i]; [inversion e; congruence|auto].
    - right. intros d [e|i]; [inversion e; congruence|auto].
  Qed.

  Lemma potential_dec (nodes : list N) : forall edges : list Edge,
    (forall x y c, In (x, y, c) edges -> In x nodes /\ In y nodes) ->
    (exists t, potential edges t) \/ exists x c, path edges x x c /\ 0 < c.
  Proof.
    induction nodes as [|v nodes IH]; intros edges ends.
    - left. exists (fun _ => 0). intros x y c i. destruct (ends x y c i) as [[] _].
    - destruct (positive_loop v edges) as [[c [i p]]|loops].
      { right. exists v, c. split; [now apply one_edge|exact p]. }
      destruct (IH (bypass v edges)) as [[t h]|[x [c [w p]]]].
      + intros x z c i. apply bypass_spec in i. destruct i as [nx [nz [_ [[y [d iy]] [y' [d' iy']]]]]].
        destruct (ends _ _ _ iy) as [[e|a] _]; [congruence|]. destruct (ends _ _ _ iy') as [_ [e|b]]; [congruence|].
        split; assumption.
      + left.
        set (into := filter (fun '(x, y, _) => negb (is_node v x) && is_node v y) edges).
        set (out := filter (fun '(y, z, _) => is_node v y && negb (is_node v z)) edges).
        destruct (between (map (fun '(_, z, d) => t z + d) out) (map (fun '(x, _, c) => t x - c) into)) as [k [low high]].
        { intros l g il ig. apply in_map_iff in il, ig. destruct il as [[[y z] d] [<- il]], ig as [[[x y'] c] [<- ig]].
          assert (c + d <= t x - t z); [|olra]. apply h. unfold bypass. apply in_app_iff. right.
          apply in_flat_map. exists (x, y', c). split; [exact ig|]. apply in_map_iff. now exists (y, z, d). }
        exists (put same_node t v k). intros x y c i. unfold put.
        destruct (same_node x v) as [ex|nx], (same_node y v) as [ey|ny]; subst.
        * specialize (loops c i). olra.
        * assert (t y + c <= k); [|olra]. apply low. apply in_map_iff. exists (v, y, c). split; [reflexivity|].
          apply filter_In. split; [exact i|]. unfold is_node.
          destruct (same_node v v), (same_node y v); try congruence; reflexivity.
        * assert (k <= t x - c); [|olra]. apply high. apply in_map_iff. exists (x, v, c). split; [reflexivity|].
          apply filter_In. split; [exact i|]. unfold is_node.
          destruct (same_node x v), (same_node v v); try congruence; reflexivity.
        * apply h. unfold bypass. apply in_app_iff. left. apply filter_In. split; [exact i|]. unfold is_node.
          destruct (same_node x v), (same_node y v); try congruence; reflexivity.
      + right. exists x, c. split; [eapply bypass_path; eassumption|exact p].
  Qed.
End Potential.

Lemma finite_choice {X Y : Type} (same_x : forall x y : X, {x = y} + {x <> y}) (some_y : Y) (P : X -> Y -> Prop) l :
  (forall x, In x l -> exists y, P x y) -> exists f, forall x, In x l -> P x (f x).
Proof.
  induction l as [|x l IH]; intro h; [exists (fun _ => some_y); intros ? []|].
  destruct IH as [f g]; [intros; apply h; cbn; auto|]. destruct (h x (or_introl eq_refl)) as [y p].
  exists (fun z => if same_x z x then y else f z). intros z i. destruct (same_x z x) as [->|n]; [exact p|].
  destruct i; [congruence|auto].
Qed.

Theorem T3_cycles : T3_cycles_statement.
Proof.
  intros K E lam L s. split.
  - intros [t [_ h]] i.
    assert (forall x y c, walk lam L s i x y c -> c <= t i x - t i y) as along.
    { induction 1 as [w b p|x y z c d _ g _ g']; [|olra].
      specialize (h w p i b). unfold utility in h. unfold gain. olra. }
    intros y c w. specialize (along y y c w). olra.
  - intro h.
    destruct (finite_choice (X := agent E) same (fun _ : record L => 0 : K)
      (fun i t => forall w b, likely w -> gain lam s i w b <= t (leaves L w (s w)) - t (leaves L w (change (s w) i b)))
      (listed (agent E))) as [t g].
    { intros i _.
      set (edges := flat_map (fun w => if likely_dec w then map (fun b => (leaves L w (s w),
          leaves L w (change (s w) i b), gain lam s i w b)) (listed (action E i)) else []) (listed (state E))).
      destruct (potential_dec same (listed (record L)) edges) as [[t g]|[x [c [w p]]]].
      - intros. split; apply all_listed.
      - exists t. intros w b p. apply g. apply in_flat_map. exists w. split; [apply all_listed|].
        destruct (likely_dec w); [|tauto]. apply in_map_iff. exists b. split; [reflexivity|apply all_listed].
      - exfalso. assert (forall x y c, path edges x y c -> walk lam L s i x y c) as v.
        2:{ specialize (h i x c (v x x c w)). olra. }
        clear. induction 1 as [x y c e|x y z c d _ g _ g']; [|exact (join lam L s i x y z c d g g')].
        apply in_flat_map in e. destruct e as [w [_ e]]. destruct (likely_dec w) as [p|p]; [|destruct e].
        apply in_map_iff in e. destruct e as [b [e _]]. inversion e; subst. now constructor. }
    exists t. split; [split; exact I|]. intros w p i b. specialize (g i (all_listed _ i) w b p).
    unfold gain, utility in *. olra.
Qed.

(** Constants added to an agent's transfers change no incentive. *)
Lemma shifted {K : OrderedField} {E : Environment K} lam (L : Language E) (t : Transfers L) (k : agent E -> K) s :
  implements lam t s -> implements lam (fun i y => t i y + k i) s.
Proof. intros h w p i b. specialize (h w p i b). unfold utility in *. olra. Qed.

Lemma bounded {K : OrderedField} {X : Finite} (f : X -> K) : exists k, forall x, f x <= k.
Proof.

  assert (exists k, forall x, In x (listed X) -> f x <= k) as [k h].
  { induction (listed X) as [|x l [k h]]; [exists 0; intros ? []|].
    destruct (le_dec (f x) k) as [q|q]; [exists k|exists (f x)]; intros y [<-|i]; auto; [apply le_refl|].
    pose proof (h y i). olra. }
  exists k. intro x. apply h, all_listed.
Qed.

Theorem T3_burnt : T3_burnt_statement.
Proof.
  intros K E lam L s. split; intros [t [ok h]].
  - exists t. split; [split; exact I|exact h].
  - destruct (finite_choice (X := agent E) same (0 : K) (fun i k => forall y, t i y <= k) (listed (agent E))) as [k g].
    { intros i _. apply (bounded (t i)). }
    exists (fun i y => t i y + - k i). split; [split; [|exact I]|now apply (shifted lam L t (fun i => - k i))].
    intro y. rewrite <- (total_zero (listed (agent E)) (fun _ => 0 : K)) by reflexivity. apply total_le.
    intros i _. specialize (g i (all_listed _ i) y). olra.
Qed.

Theorem T3_liability_free : T3_liability_free_statement.
Proof.
  intros K E lam L B s B0. split; intros [t [ok h]].
  - exists t. split; [split; exact I|exact h].
  - destruct (finite_choice (X := agent E) same (0 : K) (fun i k => forall y, - t i y <= k) (listed (agent E))) as [k g].
    { intros i _. apply (bounded (fun y => - t i y)). }
    exists (fun i y => t i y + k i). split; [split; [exact I|]|now apply (shifted lam L t k)].
    intros i y. specialize (g i (all_listed _ i) y). olra.
Qed.
