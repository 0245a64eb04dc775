(** T10: what the programme reaches without the recommendations that are never given, mechanisms come
    as close to as one likes. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare T10 T10_duality.
Import ListNotations.
Local Open Scope number_scope.

Section Blend.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E}.
  Context (m : Budget) (l : option K) (o : option (agent E -> K)).
  Add Ring K_ring : (@ring_laws K).

  (** One of two points, with probability [k] the second. *)
  Definition blend (k : K) (p q : Point I L) : Point I L := {|
    chances := fun x a => (1 - k) * chances p x a + k * chances q x a;
    payment := fun x a i y => (1 - k) * payment p x a i y + k * payment q x a i y |}.

  Lemma blend_expects k p q i x d w :
    expects lam I (blend k p q) i x d w = (1 - k) * expects lam I p i x d w + k * expects lam I q i x d w.
  Proof. unfold expects. rewrite <- !total_mul, <- total_add. apply total_ext. intros a _. cbn. ring. Qed.

  Lemma blend_total {X} (k : K) (z : list X) (f g h : X -> K) : (forall x, h x = (1 - k) * f x + k * g x) ->
    total z h = (1 - k) * total z f + k * total z g.
  Proof. intro e. rewrite <- !total_mul, <- total_add. apply total_ext. intros x _. apply e. Qed.

  Lemma blend_le (k u v u' v' : K) : 0 <= k -> k <= 1 -> u <= v -> u' <= v' ->
    (1 - k) * u + k * u' <= (1 - k) * v + k * v'.
  Proof.
    intros p q a b. assert (0 <= 1 - k) as r by olra.
    pose proof (le_mul _ _ _ r (proj2 (sub_nonneg _ _) a)). pose proof (le_mul _ _ _ p (proj2 (sub_nonneg _ _) b)). olra.
  Qed.

  Lemma le_equal (u v u' v' : K) : u = u' -> v = v' -> u <= v -> u' <= v'.
  Proof. now intros -> ->. Qed.

  Lemma blend_feasible k p q : 0 <= k -> k <= 1 -> feasible lam I m l o p -> feasible lam I m l o q ->
    feasible lam I m l o (blend k p q).
  Proof.
    intros low high [draws [budget [loyal_p join]]] [draws' [budget' [loyal_q join']]]. split; [|split; [|split]].
    - intro x. destruct (draws x) as [nonneg one], (draws' x) as [nonneg' one']. split.
      + intro a. cbn. pose proof (blend_le k 0 _ 0 _ low high (nonneg a) (nonneg' a)). olra.
      + rewrite (blend_total k _ (fun a => chances p x a) (fun a => chances q x a)) by reflexivity. rewrite one, one'. ring.
    - intros x a. destruct (budget x a) as [spent bounded], (budget' x a) as [spent' bounded']. split.
      + destruct m; cbn in spent, spent' |- *; [intro y|intro y|exact Logic.I].
        * rewrite (blend_total k _ (fun i => payment p x a i y) (fun i => payment q x a i y)) by reflexivity.
          rewrite spent, spent'. ring.
        * rewrite (blend_total k _ (fun i => payment p x a i y) (fun i => payment q x a i y)) by reflexivity.
          pose proof (blend_le k _ 0 _ 0 low high (spent y) (spent' y)). olra.
      + destruct l as [B|]; [|exact Logic.I]. intros i y. cbn.
        pose proof (blend_le k _ _ _ _ low high (bounded i y) (bounded' i y)). olra.
    - intros i x y d. specialize (loyal_p i x y d). specialize (loyal_q i x y d).
      refine (le_equal _ _ _ _ _ _ (blend_le k _ _ _ _ low high loyal_p loyal_q)); symmetry; apply blend_total;
        intro w; rewrite blend_expects; ring.
    - revert join join'. generalize o. intros [u|] join join'; [|exact Logic.I]. intros i x. cbn in join, join'.
      refine (le_equal _ _ _ _ _ _ (blend_le k 0 _ 0 _ low high (join i x) (join' i x))); [ring|].
      symmetry. apply blend_total. intro w. rewrite blend_expects. ring.
  Qed.

  Lemma blend_avoids excluded k p q : avoids I excluded p -> avoids I excluded q -> avoids I excluded (blend k p q).
  Proof.
    intros h h' x a e. destruct (h x a e) as [z z'], (h' x a e) as [y y']. split.
    - cbn. rewrite z, y. ring.
    - intros i r. cbn. rewrite z', y'. ring.
  Qed.

  Lemma blend_expected k p q : expected (fun w a => chances (blend k p q) (honest I w) a) =
    (1 - k) * expected (fun w a => chances p (honest I w) a) + k * expected (fun w a => chances q (honest I w) a).
  Proof.
    unfold expected. apply blend_total. intro w.
    cbn beta. rewrite (blend_total k _ (fun a => chances p (honest I w) a * W a w) (fun a => chances q (honest I w) a * W a w))
      by (intro a; cbn; ring). ring.
  Qed.

  Lemma some_half : exists k : K, 0 < k /\ k < 1.
  Proof.
    pose proof (@lt_zero_one K) as p. assert ((0 : K) < 1 + 1) as two by olra.
    assert ((1 + 1 : K) <> 0) as n by (intro e; rewrite e in two; olra).
    exists (inv (1 + 1)). pose proof (inv_pos _ two) as q. split; [exact q|]. pose proof (mul_inv K _ n). olra.
  Qed.

  Context (excluded : reports I -> profile E -> bool).
  Context (given : forall x a, excluded x a = false ->
    exists q : Point I L, feasible lam I m l o q /\ avoids I excluded q /\ 0 < chances q x a).
  Context (p : Point I L) (ok : feasible lam I m l o p) (clean : avoids I excluded p).

  (** A point that gives all that can be given. *)
  Lemma everything (draws : list (reports I * profile E)) : exists q : Point I L, feasible lam I m l o q /\ avoids I excluded q /\
    forall x a, In (x, a) draws -> excluded x a = false -> 0 < chances q x a.
  Proof.
    induction draws as [|[x a] draws [q [f [c h]]]].
    { exists p. split; [exact ok|]. split; [exact clean|]. intros ? ? []. }
    destruct (excluded x a) eqn:e.
    - exists q. split; [exact f|]. split; [exact c|]. intros y b [r|i] e'; [congruence|now apply h].
    - destruct (given x a e) as [r [f' [c' pos]]]. destruct some_half as [k [low high]].
      exists (blend k q r). split; [apply blend_feasible; try assumption; olra|]. split; [now apply blend_avoids|].
      intros y b i e'. cbn. destruct f as [draw _], f' as [draw' _]. destruct (draw y) as [nonneg _], (draw' y) as [nonneg' _].
      assert (0 < 1 - k) as rest by olra.
      pose proof (le_mul _ _ _ (lt_le _ _ rest) (nonneg b)) as u. pose proof (le_mul _ _ _ (lt_le _ _ low) (nonneg' b)) as u'.
      destruct i as [r'|i].
      + inversion r'; subst. pose proof (lt_mul _ _ low pos). olra.
      + pose proof (lt_mul _ _ rest (h y b i e')). olra.
  Qed.

  Lemma approached e : 0 < e -> exists mu, mediated lam I L m l o mu /\
    expected (fun w a => chances p (honest I w) a) - e < expected mu.
  Proof.
    intro pos. destruct (everything (list_prod (listed (reports I)) (listed (profile E)))) as [q [f [c h]]].
    set (d := expected (fun w a => chances p (honest I w) a) - expected (fun w a => chances q (honest I w) a)).
    assert (exists k, 0 < k /\ k < 1 /\ k * d < e) as [k [low [high small]]].
    { destruct (lt_or_le 0 d) as [dp|dn].
      - assert (0 < e + d) as s by olra. assert (e + d <> 0) as n by (intro z; rewrite z in s; olra).
        pose proof (inv_pos _ s) as i. exists (e * inv (e + d)). pose proof (mul_inv K _ n) as one.
        pose proof (lt_mul _ _ pos i). pose proof (lt_mul _ _ dp i). pose proof (lt_mul _ _ pos (lt_mul _ _ pos i)).
        split; [assumption|]. split; [olra|].
        assert (e * inv (e + d) * d = e * (inv (e + d) * (e + d)) - e * (e * inv (e + d))) as -> by ring.
        rewrite one. olra.
      - destruct some_half as [k [low high]]. exists k. split; [exact low|]. split; [exact high|].
        assert (0 <= - d) as n by olra. pose proof (le_mul _ _ _ (lt_le _ _ low) n). olra. }
    exists (fun w a => chances (blend k p q) (honest I w) a). split.
    - apply T10_direct; [apply blend_feasible; try assumption; olra|]. intros x a z i y.
      destruct (excluded x a) eqn:ex.
      + now destruct (blend_avoids excluded k p q clean c x a ex).
      + exfalso. cbn in z. destruct ok as [draw _]. destruct (draw x) as [nonneg _].
        assert (0 <= 1 - k) as rest by olra. pose proof (le_mul _ _ _ rest (nonneg a)).
        assert (0 < chances q x a) as g by (apply h; [apply in_prod; apply all_listed|exact ex]).
        pose proof (lt_mul _ _ low g). olra.
    - rewrite blend_expected. unfold d in small. olra.
  Qed.
End Blend.

Theorem T10_approached : T10_approached_statement.
Proof.
  intros K E lam I L m l o excluded never. split.
  - intros mu h. destruct (T10_revelation K E lam I L m l o mu h) as [p [ok [ground e]]]. exists p.
    split; [exact ok|]. split; [|exact e].
    induction never as [|excluded x a never IH none]; [discriminate|].
    intros y b out. apply orb_prop in out. destruct out as [out|out]; [now apply IH|].
    destruct (same x y) as [<-|]; [|discriminate]. destruct (same a b) as [<-|]; [|discriminate].
    pose proof (none p ok IH) as z. split; [exact z|]. exact (ground x a z).
  - intros given p ok clean. now apply approached with (excluded := excluded).
Qed.
