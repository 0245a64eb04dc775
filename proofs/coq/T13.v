(** T13: what limited liability costs Holmström's team under every mechanism, for every number of
    agents and every bound.

    [n] agents work or not; output is [share * n] for each who works, shared equally, and only the
    number of those who work is verified. Working costs [c], so that an agent who stops gains
    [g = c - share]. By T10 it is enough to look at obedient recommendations. *)

From Coq Require Import List ZArith Bool Lia FinFun.
From coopgap Require Export Sums.
Import ListNotations.
Local Open Scope number_scope.

Section Team.
  Context {K : OrderedField} (N : Finite) (share c B : K).
  Add Ring K_ring : (@ring_laws K).

  Definition natural (k : nat) : K := of_Z (Z.of_nat k).
  Arguments natural : simpl never.
  Definition n : K := natural (length (listed N)).
  Definition g : K := c - share.
  Definition q : K := n * share.

  (** How many work, of those who do as they are told. *)
  Definition workers (r : N -> bool) : nat := length (filter r (listed N)).

  (** The payoff of an agent when [y] work, itself or not. *)
  Definition pay (y : nat) (itself : bool) : K := share * natural y - (if itself then c else 0).

  (** Recommendations with their probabilities [mu], and transfers [t] times [mu] at the number of
      those who work: balanced, no fine above [B], and obeyed. *)
  Record Mechanism := {
    told : Finite;
    work : told -> N -> bool;
    mu : told -> K;
    t : told -> nat -> N -> K;
    mu_nonneg : forall r, 0 <= mu r;
    mu_one : (Σ r ∈ told, mu r) = 1;
    balanced : forall r y, (Σ i ∈ N, t r y i) = 0;
    liability : forall r y i, - (B * mu r) <= t r y i;
    workers_obey : forall i, 0 <= Σ r ∈ told, (if work r i then
      (mu r * pay (workers (work r)) true + t r (workers (work r)) i) -
      (mu r * pay (pred (workers (work r))) false + t r (pred (workers (work r))) i) else 0);
    others_obey : forall i, 0 <= Σ r ∈ told, (if work r i then 0 else
      (mu r * pay (workers (work r)) false + t r (workers (work r)) i) -
      (mu r * pay (S (workers (work r))) true + t r (S (workers (work r))) i))
  }.

  (** Output less costs; the optimum is that all work. *)
  Definition welfare_of (k : nat) : K := (q - c) * natural k.
  Definition loss (m : Mechanism) : K :=
    welfare_of (length (listed N)) - Σ r ∈ told m, (mu m r * welfare_of (workers (work m r))).

  Lemma mul_one_left (x : K) : 1 * x = x.
  Proof. ring. Qed.

  Lemma natural_S k : natural (S k) = natural k + 1.
  Proof. unfold natural. rewrite Nat2Z.inj_succ. unfold Z.succ. rewrite of_Z_add. reflexivity. Qed.

  Lemma natural_nonneg k : 0 <= natural k.
  Proof. unfold natural. apply of_Z_nonneg. lia. Qed.

  Lemma natural_positive k : k <> O -> 1 <= natural k.
  Proof.
    destruct k; [tauto|]. intros _. rewrite natural_S. pose proof (natural_nonneg k). olra.
  Qed.

  (** Sums over those who work, and over the others. *)
  Definition shirkers (r : N -> bool) : nat := length (filter (fun i => negb (r i)) (listed N)).

  Lemma all_count (r : N -> bool) : n = natural (workers r) + natural (shirkers r).
  Proof.
    unfold n, workers, shirkers. induction (listed N) as [|i l IH]; cbn.
    - unfold natural. cbn. ring.
    - destruct (r i); cbn; rewrite !natural_S, IH; ring.
  Qed.

  Lemma split_total (r : N -> bool) (f : N -> K) :
    (Σ i ∈ N, f i) = (Σ i ∈ N, (if r i then f i else 0)) + (Σ i ∈ N, (if r i then 0 else f i)).
  Proof. rewrite <- total_add. apply total_ext. intros i _. destruct (r i); ring. Qed.

  Lemma least (r : N -> bool) (f : N -> K) (b : K) : (forall i, - b <= f i) ->
    - (natural (workers r) * b) <= Σ i ∈ N, (if r i then f i else 0).
  Proof.
    intro h. unfold workers. induction (listed N) as [|i l IH]; cbn.
    - unfold natural. cbn. assert (- (0 * b) = 0 :> K) as -> by ring. apply le_refl.
    - pose proof (h i). destruct (r i); cbn [length].
      + rewrite natural_S.
        assert (- ((natural (length (filter r l)) + 1) * b) = - (natural (length (filter r l)) * b) - b)
          as -> by ring. olra.
      + olra.
  Qed.

  Lemma none_left (r : N -> bool) (f : N -> K) : shirkers r = O ->
    (Σ i ∈ N, (if r i then 0 else f i)) = 0.
  Proof.
    unfold shirkers. induction (listed N) as [|i l IH]; cbn; [reflexivity|].
    destruct (r i); cbn; [|discriminate]. intro e. rewrite IH by exact e. ring.
  Qed.

  Variable m : Mechanism.
  Variable bound_nonneg : 0 <= B.

  (** What those who work would lose by shirking, summed, at a recommendation. *)
  Definition stake (r : told m) : K := Σ i ∈ N, (if work m r i then
      t m r (workers (work m r)) i - t m r (pred (workers (work m r))) i else 0).

  Lemma stake_split r : stake r =
    (Σ i ∈ N, (if work m r i then t m r (workers (work m r)) i else 0)) -
    (Σ i ∈ N, (if work m r i then t m r (pred (workers (work m r))) i else 0)).
  Proof. unfold stake. rewrite <- total_sub. apply total_ext. intros i _. destruct work; ring. Qed.

  (** Fines of those who work, and what the others pay them, are at most [B] a head. *)
  Lemma stake_most r : stake r <= n * (B * mu m r).
  Proof.
    rewrite stake_split. set (k := workers (work m r)). set (p := pred k).
    pose proof (balanced m r k) as e. rewrite (split_total (work m r)) in e.
    pose proof (least (fun i => negb (work m r i)) (t m r k) (B * mu m r) (liability m r k)) as h.
    pose proof (least (work m r) (t m r p) (B * mu m r) (liability m r p)) as h'.
    change (workers (fun i => negb (work m r i))) with (shirkers (work m r)) in h.
    rewrite (total_ext _ (fun i => if negb (work m r i) then t m r k i else 0)
      (fun i => if work m r i then 0 else t m r k i)) in h
      by (intros i _; destruct (work m r i); reflexivity).
    rewrite (all_count (work m r)). fold k in h'. fold k.
    assert ((natural k + natural (shirkers (work m r))) * (B * mu m r) =
      natural k * (B * mu m r) + natural (shirkers (work m r)) * (B * mu m r)) as -> by ring.
    olra.
  Qed.

  (** Where all work nobody's fine can be told apart: balance leaves nothing. *)
  Lemma stake_all r : shirkers (work m r) = O -> stake r = 0.
  Proof.
    intro e. rewrite stake_split.
    pose proof (balanced m r (workers (work m r))) as one.
    pose proof (balanced m r (pred (workers (work m r)))) as two.
    rewrite (split_total (work m r)) in one, two. rewrite none_left in one, two by exact e. olra.
  Qed.

  Lemma stake_none r : workers (work m r) = O -> stake r = 0.
  Proof.
    intro e. unfold stake. apply total_zero. intros i _. destruct (work m r i) eqn:h; [|reflexivity].
    exfalso. revert e. unfold workers. pose proof (all_listed N i) as j.
    assert (In i (filter (work m r) (listed N))) as k by (apply filter_In; auto).
    destruct (filter (work m r) (listed N)); [destruct k|discriminate].
  Qed.

  (** Obedience of all who are told to work, added up. *)
  Lemma stakes_pay :
    0 <= Σ r ∈ told m, (stake r - mu m r * (g * natural (workers (work m r)))).
  Proof.
    assert (0 <= Σ i ∈ N, Σ r ∈ told m, (if work m r i then
      (mu m r * pay (workers (work m r)) true + t m r (workers (work m r)) i) -
      (mu m r * pay (pred (workers (work m r))) false + t m r (pred (workers (work m r))) i) else 0))
      as h by (apply total_nonneg; intros i _; apply (workers_obey m)).
    rewrite total_swap in h.
    rewrite (total_ext _ _ (fun r => stake r - mu m r * (g * natural (workers (work m r))))) in h;
      [exact h|].
    intros r _. unfold stake.
    assert (natural (workers (work m r)) = Σ i ∈ N, (if work m r i then 1 else 0)) as count.
    { unfold workers. clear. induction (listed N) as [|i l IH]; cbn; [reflexivity|].
      destruct (work m r i); cbn [length]; rewrite ?natural_S, IH; ring. }
    rewrite count. rewrite <- (total_mul _ g), <- (total_mul _ (mu m r)), <- total_sub.
    apply total_ext. intros i _. destruct (work m r i) eqn:e; [|ring].
    assert (workers (work m r) = S (pred (workers (work m r)))) as s.
    { unfold workers. assert (In i (filter (work m r) (listed N))) as k
        by (apply filter_In; split; [apply all_listed|exact e]).
      destruct (filter (work m r) (listed N)); [destruct k|reflexivity]. }
    unfold pay, g. rewrite s at 1. rewrite natural_S. ring.
  Qed.

  Lemma constant x : (Σ r ∈ told m, (mu m r * x)) = x.
  Proof.
    rewrite total_mul_r. etransitivity; [|apply mul_one_left].
    f_equal. exact (mu_one m).
  Qed.

  (** The expected number of those who do not work. *)
  Definition idle : K := Σ r ∈ told m, (mu m r * natural (shirkers (work m r))).

  Lemma loss_idle : loss m = (q - c) * idle.
  Proof.
    unfold loss, idle, welfare_of. change (natural (length (listed N))) with n.
    rewrite <- (total_mul _ (q - c)).
    rewrite <- (constant ((q - c) * n)).
    rewrite <- total_sub. apply total_ext. intros r _. rewrite (all_count (work m r)). ring.
  Qed.

  (** A bound for each recommendation on what its workers stake gives one on idleness. *)
  Lemma idle_least (x y : K) :
    (forall r, stake r - mu m r * (g * natural (workers (work m r))) <=
               mu m r * (x * natural (shirkers (work m r)) - y)) ->
    y <= x * idle.
  Proof.
    intro h. pose proof stakes_pay as p.
    pose proof (total_le (listed (told m)) _ _ (fun r _ => h r)) as s. cbv beta in s.
    assert ((Σ r ∈ told m, (mu m r * (x * natural (shirkers (work m r)) - y))) = x * idle - y) as e.
    { rewrite <- (constant y) at 1. unfold idle. rewrite <- total_mul, <- total_sub.
      apply total_ext. intros r _. ring. }
    rewrite e in s. olra.
  Qed.

  Variable gain : 0 < g.

  Lemma n_nonneg : 0 <= n.
  Proof. apply natural_nonneg. Qed.

  (** However large the bound, some agents idle. *)
  Lemma idle_large : n * g <= (n * B + g) * idle.
  Proof.
    apply idle_least. intro r. pose proof (stake_most r) as a. pose proof (all_count (work m r)) as e.
    pose proof (mu_nonneg m r) as p.
    destruct (shirkers (work m r)) as [|s] eqn:z.
    - rewrite (stake_all r z). assert (natural 0 = 0 :> K) as o by reflexivity.
      rewrite o in *. rewrite e.
      assert (0 - mu m r * (g * natural (workers (work m r))) =
        mu m r * ((((natural (workers (work m r)) + 0) * B + g) * 0 -
        (natural (workers (work m r)) + 0) * g))) as <- by ring. apply le_refl.
    - assert (natural (workers (work m r)) = n - natural (S s)) as -> by (rewrite e; ring).
      rewrite natural_S. pose proof (natural_nonneg s) as f.
      pose proof (le_mul _ _ _ p (le_mul _ _ _ f (le_mul _ _ _ n_nonneg bound_nonneg))) as b.
      assert (mu m r * ((n * B + g) * (natural s + 1) - n * g) =
        mu m r * (natural s * (n * B)) + n * (B * mu m r) - mu m r * (g * (n - (natural s + 1))))
        as -> by ring.
      olra.
  Qed.

  (** With a small bound at least the others' number counts too. *)
  Lemma idle_small : n * (g - B) <= g * idle.
  Proof.
    apply idle_least. intro r. pose proof (stake_most r) as a. pose proof (all_count (work m r)) as e.
    assert (natural (workers (work m r)) = n - natural (shirkers (work m r))) as -> by (rewrite e; ring).
    assert (mu m r * (g * natural (shirkers (work m r)) - n * (g - B)) =
      n * (B * mu m r) - mu m r * (g * (n - natural (shirkers (work m r))))) as -> by ring.
    olra.
  Qed.

  (** With a bound below [g / n] nobody works. *)
  Lemma idle_all : n * B < g -> idle = n.
  Proof.
    intro low. apply le_antisym.
    - unfold idle. rewrite <- (constant n). apply total_le. intros r _.
      rewrite (all_count (work m r)).
      pose proof (le_mul _ _ _ (mu_nonneg m r) (natural_nonneg (workers (work m r)))) as p.
      assert (mu m r * (natural (workers (work m r)) + natural (shirkers (work m r))) =
        mu m r * natural (workers (work m r)) + mu m r * natural (shirkers (work m r))) as -> by ring.
      olra.
    - assert ((g - n * B) * n <= (g - n * B) * idle) as h.
      { apply idle_least. intro r. pose proof (mu_nonneg m r) as p. pose proof (stake_most r) as a.
        pose proof (all_count (work m r)) as e.
        assert (natural (shirkers (work m r)) = n - natural (workers (work m r))) as ->
          by (rewrite e; ring).
        destruct (workers (work m r)) as [|k] eqn:z.
        - rewrite (stake_none r z). assert (natural 0 = 0 :> K) as -> by reflexivity.
          assert (0 - mu m r * (g * 0) = mu m r * ((g - n * B) * (n - 0) - (g - n * B) * n)) as <- by ring.
          apply le_refl.
        - rewrite natural_S. pose proof (natural_nonneg k) as f.
          pose proof (le_mul _ _ _ p (le_mul _ _ _ f (le_mul _ _ _ n_nonneg bound_nonneg))) as b.
          assert (mu m r * ((g - n * B) * (n - (natural k + 1)) - (g - n * B) * n) =
            mu m r * (natural k * (n * B)) + n * (B * mu m r) - mu m r * (g * (natural k + 1)))
            as -> by ring.
          olra. }
      apply not_lt. intro l.
      assert (0 < (g - n * B) * (n - idle)) as c' by (apply lt_mul; olra).
      assert ((g - n * B) * (n - idle) = (g - n * B) * n - (g - n * B) * idle) as d by ring.
      rewrite d in c'. olra.
  Qed.
End Team.

Arguments natural {K} k : simpl never.

(** *** A mechanism that attains the bound

    With probability [1 - idleness] all are told to work, else one agent, each equally likely, is
    told not to. If one more shirks, all who were told to work are fined [B] and the idle agent
    receives the fines; otherwise it pays [B] to the others. *)
Section Attained.
  Context {K : OrderedField} (N : Finite) (share c B : K).
  Add Ring K_ring' : (@ring_laws K).
  Add Field K_field' : (@field_laws K).

  Notation n := (@n K N).
  Notation g := (g share c).
  Variable bound_nonneg : 0 <= B.
  Variable gain : 0 < g.
  Variable several : (2 <= length (listed N))%nat.
  Variable large : n * g <= n * B + g.

  Definition maybe : Finite.
  Proof.
    refine {| element := option N; listed := None :: map Some (listed N) |}.
    - intros [x|]; cbn; [right; apply in_map, all_listed|auto].
    - constructor.
      + intro h. apply in_map_iff in h as [x [e _]]. discriminate.
      + apply FinFun.Injective_map_NoDup; [intros x y e; congruence|apply once].
    - intros [x|] [y|]; try (right; discriminate); [|left; reflexivity].
      destruct (same x y) as [->|d]; [left; reflexivity|right; congruence].
  Defined.

  Definition fraction : K := g / (n * B + g).
  Definition others : K := n - 1.

  Definition told_work (r : maybe) (i : N) : bool :=
    match r with None => true | Some j => if same j i then false else true end.

  Definition weight (r : maybe) : K :=
    match r with None => 1 - n * fraction | Some _ => fraction end.

  Definition transfer (r : maybe) (y : nat) (i : N) : K :=
    match r with
    | None => 0
    | Some j => if Nat.ltb y (pred (length (listed N)))
        then fraction * B * (n * only j i - 1)
        else fraction * B * (1 - n * only j i) / others
    end.

  Lemma below : 0 < n * B + g.
  Proof. pose proof (le_mul _ _ _ (natural_nonneg (K := K) (length (listed N))) bound_nonneg). unfold n in *. olra. Qed.

  Lemma not_zero (x : K) : 0 < x -> x <> 0.
  Proof. intros h ->. exact (h (le_refl _ _)). Qed.

  Lemma others_positive : 0 < others.
  Proof.
    unfold others, n, natural. assert (of_Z 1 < of_Z (K := K) (Z.of_nat (length (listed N)))) as h
      by (apply of_Z_lt; lia).
    change (of_Z (K := K) 1) with (@one K) in h. olra.
  Qed.

  Lemma fraction_nonneg : 0 <= fraction.
  Proof. unfold fraction, div. apply le_mul; [apply lt_le, gain|apply lt_le, inv_pos, below]. Qed.

  Lemma fraction_is : fraction * (n * B + g) = g.
  Proof. unfold fraction. field. apply not_zero, below. Qed.

  Lemma fractions_fit : n * fraction <= 1.
  Proof.
    apply not_lt. intro h.
    assert (0 < (n * fraction - 1) * (n * B + g)) as p by (apply lt_mul; [olra|apply below]).
    assert ((n * fraction - 1) * (n * B + g) = n * (fraction * (n * B + g)) - (n * B + g)) as e by ring.
    rewrite e, fraction_is in p. olra.
  Qed.

  Lemma total_one : (Σ i ∈ N, (1 : K)) = n.
  Proof.
    clear several large. unfold n.
    induction (listed N) as [|i l IH]; cbn; [reflexivity|]. rewrite natural_S, IH. ring.
  Qed.

  Lemma total_all (x : K) : (Σ i ∈ N, x) = n * x.
  Proof.
    rewrite <- total_one, <- total_mul_r. apply total_ext. intros. symmetry. apply mul_one.
  Qed.

  Lemma all_but_one j : S (workers N (told_work (Some j))) = length (listed N).
  Proof.
    clear several large. unfold workers. pose proof (all_listed N j) as i. pose proof (once N) as d. revert i d.
    cbn [told_work]. induction (listed N) as [|k l IH]; cbn; intros i d; [destruct i|].
    inversion d as [|? ? out d']; subst. destruct (same j k) as [<-|e].
    - f_equal. clear IH i d. induction l as [|k l IH]; cbn; [reflexivity|].
      destruct (same j k) as [<-|e]; [destruct out; cbn; auto|]. cbn. f_equal. apply IH.
      + intro i. apply out. right. exact i.
      + inversion d'; assumption.
    - cbn. f_equal. apply IH; [destruct i; [congruence|assumption]|assumption].
  Qed.

  Lemma everybody : workers N (told_work None) = length (listed N).
  Proof.
    clear several large. unfold workers. cbn [told_work]. induction (listed N) as [|k l IH]; cbn; [reflexivity|].
    f_equal. exact IH.
  Qed.

  Lemma over_maybe (f : maybe -> K) : (Σ r ∈ maybe, f r) = f None + Σ j ∈ N, f (Some j).
  Proof. cbn. rewrite total_map. reflexivity. Qed.

  Lemma only_nonneg (j i : N) : 0 <= only (K := K) j i.
  Proof. unfold only. destruct (same j i); [apply lt_le, lt_zero_one|apply le_refl]. Qed.

  Lemma pred_all : length (listed N) = S (pred (length (listed N))).
  Proof. lia. Qed.

  Lemma pred_twice : pred (length (listed N)) = S (pred (pred (length (listed N)))).
  Proof. lia. Qed.

  Lemma workers_but_one j : workers N (told_work (Some j)) = pred (length (listed N)).
  Proof. pose proof (all_but_one j). lia. Qed.

  Definition audits : Mechanism (K := K) N share c B.
  Proof.
    refine {| told := maybe; work := told_work; mu := weight; t := transfer |}.
    - intros [j|]; cbn [weight]; [apply fraction_nonneg|]. pose proof fractions_fit. olra.
    - rewrite over_maybe. cbn [weight]. rewrite total_all. ring.
    - intros [j|] y; cbn [transfer]; [|apply total_zero; reflexivity]. destruct (Nat.ltb y (pred (length (listed N)))).
      + rewrite (total_ext _ _ (fun i => only j i * (fraction * B * n) - fraction * B))
          by (intros; ring).
        rewrite total_sub, total_only, total_all. cbv beta. ring.
      + rewrite (total_ext _ _ (fun i => fraction * B / others - only j i * (fraction * B * n / others)))
          by (intros; unfold div; ring).
        rewrite total_sub, total_only, total_all. cbv beta. unfold div. ring.
    - pose proof (le_mul _ _ _ fraction_nonneg bound_nonneg) as p. intros [j|] y i; cbn [transfer weight].
      + destruct (Nat.ltb y (pred (length (listed N)))).
        * pose proof (le_mul _ _ _ p (le_mul _ _ _ (natural_nonneg (K := K) (length (listed N))) (only_nonneg j i))) as h.
          fold n in h. assert (fraction * B * (n * only j i - 1) =
            fraction * B * (n * only j i) - fraction * B) as -> by ring.
          assert (B * fraction = fraction * B) as -> by ring. olra.
        * unfold only. destruct (same j i) as [e|e].
          -- assert (fraction * B * (1 - n * 1) / others = - (fraction * B)) as ->
               by (unfold others; field; apply not_zero, others_positive).
             assert (B * fraction = fraction * B) as -> by ring. apply le_refl.
          -- assert (fraction * B * (1 - n * 0) / others = fraction * B * inv others) as ->
               by (unfold div; ring).
             pose proof (le_mul _ _ _ p (lt_le _ _ (inv_pos _ others_positive))).
             assert (B * fraction = fraction * B) as -> by ring. olra.
      + pose proof fractions_fit as f.
        assert (0 <= 1 - n * fraction) as f' by olra.
        pose proof (le_mul _ _ _ bound_nonneg f'). olra.
    - intro i. rewrite over_maybe, everybody. cbn [told_work weight transfer].
      rewrite (total_ext _ _ (fun j => (fraction * (B - g) + fraction * B / others) -
        only i j * (fraction * (B - g) + fraction * B / others))).
      + rewrite total_sub, total_only, total_all.
        pose proof (pred_all) as e. rewrite e at 1. unfold pay. cbn [pred]. rewrite natural_S.
        assert (n * (fraction * (B - g) + fraction * B / others) -
          (fraction * (B - g) + fraction * B / others) =
          fraction * (n * B + g) - fraction * n * g) as v.
        { unfold others. field. apply not_zero, others_positive. }
        rewrite v, fraction_is. unfold g.
        match goal with |- 0 <= ?x => assert (x = 0) as -> by ring end. apply le_refl.
      + intros j _. rewrite workers_but_one. destruct (same j i) as [<-|e].
        * rewrite only_same. ring.
        * rewrite !only_other by congruence. rewrite Nat.ltb_irrefl.
          assert (Nat.ltb (pred (pred (length (listed N)))) (pred (length (listed N))) = true) as ->
            by (apply Nat.ltb_lt; lia).
          unfold pay. rewrite pred_twice. cbn [Init.Nat.pred]. unfold g, div. rewrite natural_S. ring.
    - intro i. rewrite over_maybe. cbn [told_work].
      assert (0 <= fraction * g) as f by (apply le_mul; [apply fraction_nonneg|apply lt_le, gain]).
      match goal with |- 0 <= 0 + ?x => assert (0 <= x); [|olra] end.
      apply total_nonneg. intros j _. destruct (same j i); [|apply le_refl].
      rewrite workers_but_one. cbn [weight transfer]. rewrite Nat.ltb_irrefl.
      assert (Nat.ltb (S (pred (length (listed N)))) (pred (length (listed N))) = false) as ->
        by (apply Nat.ltb_ge; lia).
      unfold pay. rewrite natural_S.
      match goal with |- 0 <= ?x => assert (x = fraction * g) as -> by (unfold g; ring) end. exact f.
  Defined.

  (** The expected number of those who do not work is the least possible. *)
  Theorem idle_attained : (n * B + g) * idle N share c B audits = n * g.
  Proof.
    unfold idle. rewrite over_maybe. cbn [told work mu audits weight].
    assert (natural (shirkers N (told_work None)) = 0 :> K) as ->.
    { pose proof (all_count (K := K) N (told_work None)) as e. rewrite everybody in e. unfold n in e. olra. }
    rewrite (total_ext _ _ (fun _ => fraction)).
    - rewrite total_all. assert ((n * B + g) * ((1 - n * fraction) * 0 + n * fraction) =
        n * (fraction * (n * B + g))) as -> by ring. rewrite fraction_is. reflexivity.
    - intros j _. pose proof (all_count (K := K) N (told_work (Some j))) as e.
      rewrite workers_but_one in e. assert (natural (shirkers N (told_work (Some j))) = 1 :> K) as ->.
      { unfold n in e. rewrite pred_all, natural_S in e. cbn [Init.Nat.pred] in e. olra. }
      ring.
  Qed.
End Attained.

(** *** The claim: with W* = n (q - c), Δ^M(B) = n g (q - c) / (n B + g) for B >= (n - 1) g / n *)
Section Claim.
Context (K : OrderedField) (N : Finite) (share c B : K).
Add Ring K_ring'' : (@ring_laws K).
Notation n := (@n K N).
Notation g := (g share c).
Notation q := (q N share).

Theorem T13_every_mechanism (m : Mechanism N share c B) :
  0 <= B -> 0 < g -> c <= q -> n * g * (q - c) <= (n * B + g) * loss N share c B m.
Proof.
  intros b p w. pose proof (idle_large N share c B m b p) as i. rewrite loss_idle.
  revert i. generalize (idle N share c B m). clear m. intros x i.
  assert (0 <= q - c) as w' by olra. assert (0 <= (n * B + g) * x - n * g) as h by olra.
  pose proof (le_mul _ _ _ h w') as k.
  assert (((n * B + g) * x - n * g) * (q - c) = (n * B + g) * ((q - c) * x) - n * g * (q - c)) as e by ring.
  rewrite e in k. olra.
Qed.

(** A bound below that: Δ^M(B) >= n (q - c) (1 - B / g), *)
Theorem T13_small_bound (m : Mechanism N share c B) :
  0 <= B -> 0 < g -> c <= q -> n * (g - B) * (q - c) <= g * loss N share c B m.
Proof.
  intros b p w. pose proof (idle_small N share c B m b p) as i. rewrite loss_idle.
  revert i. generalize (idle N share c B m). clear m. intros x i.
  assert (0 <= q - c) as w' by olra. assert (0 <= g * x - n * (g - B)) as h by olra.
  pose proof (le_mul _ _ _ h w') as k.
  assert ((g * x - n * (g - B)) * (q - c) = g * ((q - c) * x) - n * (g - B) * (q - c)) as e by ring.
  rewrite e in k. olra.
Qed.

(** and below g / n nobody works. *)
Theorem T13_nobody_works (m : Mechanism N share c B) :
  0 <= B -> 0 < g -> n * B < g -> loss N share c B m = n * (q - c).
Proof. intros b p l. rewrite loss_idle, (idle_all N share c B m b p l). ring. Qed.

Theorem T13_attained :
  0 <= B -> 0 < g -> (2 <= length (listed N))%nat -> n * g <= n * B + g ->
  exists m : Mechanism N share c B, (n * B + g) * loss N share c B m = n * g * (q - c).
Proof.
  intros b p s l. exists (audits N share c B b p s l). rewrite loss_idle.
  pose proof (idle_attained N share c B b p s l) as e.
  match goal with |- ?x = _ => assert (x =
    (n * B + g) * idle N share c B (audits N share c B b p s l) * (q - c)) as -> by ring end.
  rewrite e. reflexivity.
Qed.

(** No finite fine suffices. *)
Theorem T13_no_finite_fine (m : Mechanism N share c B) :
  0 <= B -> 0 < g -> c < q -> (1 <= length (listed N))%nat -> 0 < loss N share c B m.
Proof.
  intros b p w s.
  assert (0 < n) as z by (unfold n; pose proof (natural_positive (K := K) (length (listed N)));
    assert (1 <= natural (K := K) (length (listed N))) by (apply H; lia);
    pose proof (lt_zero_one (K := K)); olra).
  pose proof (T13_every_mechanism m b p (lt_le _ _ w)) as h. revert h.
  generalize (loss N share c B m). clear m. intros x h l.
  assert (0 < n * g * (q - c)) as v by (apply lt_mul; [apply lt_mul; assumption|olra]).
  assert (0 <= n * B) as u by (apply le_mul; [apply lt_le, z|exact b]).
  assert (0 <= n * B + g) as u' by olra.
  assert (0 <= - x) as l' by olra.
  pose proof (le_mul _ _ _ u' l') as k.
  assert ((n * B + g) * - x = - ((n * B + g) * x)) as e by ring.
  rewrite e in k. olra.
Qed.
End Claim.
