(** Payments that cancel within a budget: what a sum of transfers at records is at most, whatever
    the contract. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare T3_sound.
Import ListNotations.
Local Open Scope number_scope.

(** *** Deciding by trying all *)

Definition yes {A B : Prop} (d : {A} + {B}) : bool := if d then true else false.

Lemma yes_true {A B : Prop} (d : {A} + {B}) : yes d = true -> A.
Proof. destruct d; [auto|discriminate]. Qed.

Definition all (X : Finite) (p : X -> bool) : bool := forallb p (listed X).

Lemma all_true (X : Finite) (p : X -> bool) : all X p = true -> forall x, p x = true.
Proof. intros h x. exact (proj1 (forallb_forall p (listed X)) h x (all_listed X x)). Qed.

(** *** Sums over lists *)

Section Lists.
  Context {K : OrderedField}.
  Add Ring K_ring : (@ring_laws K).

  (** A sum over some members of a set, each once, outside of which nothing is added. *)
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

  Lemma total_filter {X} (p : X -> bool) (k : list X) (f : X -> K) :
    total (filter p k) f = total k (fun x => if p x then f x else 0).
  Proof. induction k as [|x k IH]; cbn; [reflexivity|]. destruct (p x); cbn; rewrite IH; ring. Qed.

  Lemma total_flat_map {X Y} (g : X -> list Y) (k : list X) (f : Y -> K) :
    total (flat_map g k) f = total k (fun x => total (g x) f).
  Proof. induction k as [|x k IH]; cbn; [reflexivity|]. now rewrite total_app, IH. Qed.

  (** The greatest of numbers, 0 of none. *)
  Definition greatest_of (k : list K) : K := match k with nil => 0 | v :: vs => best v vs (fun x => x) end.

  Lemma greatest_of_max k v : In v k -> v <= greatest_of k.
  Proof.
    destruct k as [|u k]; [intros []|]. intros [<-|i]; [exact (best_first u k (fun x => x))|exact (best_max u k (fun x => x) v i)].
  Qed.

  (** A sum over a list, by what the members are sent to. *)
  Lemma total_by {X} {Y : Finite} (g : X -> Y) (k : list X) (f : X -> K) :
    total k f = Σ y ∈ Y, total (filter (fun x => yes (same (g x) y)) k) f.
  Proof.
    rewrite (total_ext (listed Y) _ (fun y => total k (fun x => only (g x) y * f x))).
    - rewrite total_swap. apply total_ext. intros x _. symmetry. apply (total_only (g x) (fun _ => f x)).
    - intros y _. rewrite total_filter. apply total_ext. intros x _. unfold only, yes. destruct (same (g x) y); ring.
  Qed.
End Lists.

Section Cancelling.
  Context {K : OrderedField} {E : Environment K} {L : Language E}.
  Add Ring K_ring' : (@ring_laws K).

  (** So many times what an agent is paid at a record. *)
  Record Entry := { payee : agent E; entered : record L; times : K }.

  Definition payments (t : Transfers L) (es : list Entry) : K :=
    total es (fun e => times e * t (payee e) (entered e)).

  Definition net (es : list Entry) (i : agent E) (y : record L) : K :=
    total es (fun e => if same (payee e) i then if same (entered e) y then times e else 0 else 0).

  Definition nets (es : list Entry) (y : record L) : list K := map (fun i => net es i y) (listed (agent E)).

  Definition touched (es : list Entry) : list (record L) := nodup same (map entered es).

  (** What the budget takes, of the agents' numbers at a record: the same of all. *)
  Definition taken (m : Budget) (nets : list K) : K :=
    match m, nets with
    | free, _ => 0
    | burnt, k => best 0 k (fun x => x)
    | balanced, x :: k => best x k (fun x => x)
    | balanced, nil => 0
    end.

  Definition spread_of (m : Budget) (es : list Entry) (y : record L) : K := taken m (nets es y).

  Definition cancels (m : Budget) (l : option K) (es : list Entry) : bool :=
    forallb (fun y =>
      let k := nets es y in
      let d := taken m k in
      match m with
      | balanced => true
      | burnt => yes (le_dec 0 d)
      | free => yes (eq_dec d 0)
      end && forallb (fun x => match l with None => yes (eq_dec x d) | Some _ => yes (le_dec x d) end) k) (touched es).

  Definition slack (m : Budget) (es : list Entry) : K :=
    total (touched es) (fun y => let k := nets es y in let d := taken m k in total k (fun x => d - x)).

  (** What fines up to the liability bound make good. *)
  Definition made_good (m : Budget) (l : option K) (es : list Entry) : K :=
    match l with None => 0 | Some B => B * slack m es end.

  Lemma untouched es y : ~ In y (touched es) -> forall i, net es i y = 0.
  Proof.
    intros n i. apply total_zero. intros e j. destruct (same (payee e) i); [|reflexivity].
    destruct (same (entered e) y) as [q|]; [|reflexivity]. exfalso. apply n. unfold touched. apply nodup_In.
    rewrite <- q. now apply in_map.
  Qed.

  Lemma taken_nothing m k : (forall x, In x k -> x = 0) -> taken m k = 0.
  Proof.
    intro h. destruct m; cbn.
    - destruct k as [|x k]; [reflexivity|].
      destruct (best_in x k (fun x => x)) as [e|i]; [rewrite e; apply h; now left|apply h; now right].
    - destruct (best_in 0 k (fun x => x)) as [e|i]; [exact e|apply h; exact i].
    - reflexivity.
  Qed.

  Lemma spread_untouched m es y : ~ In y (touched es) -> spread_of m es y = 0.
  Proof.
    intro n. apply taken_nothing. intros x i. apply in_map_iff in i. destruct i as [j [<- _]].
    now apply untouched.
  Qed.

  Lemma cancels_true m l es : cancels m l es = true ->
    allowed_divergence m (spread_of m es) /\
    forall i y, match l with Some _ => net es i y <= spread_of m es y | None => net es i y = spread_of m es y end.
  Proof.
    intro h. unfold cancels in h. rewrite forallb_forall in h.
    assert (forall y, (match m with balanced => True | burnt => 0 <= spread_of m es y | free => spread_of m es y = 0 end) /\
      forall i, match l with Some _ => net es i y <= spread_of m es y | None => net es i y = spread_of m es y end) as each.
    { intro y. destruct (in_dec same y (touched es)) as [i|n].
      - specialize (h y i). cbv zeta in h. apply andb_true_iff in h. destruct h as [a g]. split.
        + destruct m; [exact I|exact (yes_true _ a)|exact (yes_true _ a)].
        + intro j. rewrite forallb_forall in g.
          specialize (g (net es j y) (in_map (fun i => net es i y) _ _ (all_listed _ j))).
          destruct l; exact (yes_true _ g).
      - rewrite (spread_untouched m es y n). split.
        + destruct m; [exact I|apply le_refl|reflexivity].
        + intro j. rewrite (untouched es y n). destruct l; [apply le_refl|reflexivity]. }
    split; [|intros i y; apply each].
    destruct m; cbn; [exact I| |]; intro y; exact (proj1 (each y)).
  Qed.

  Lemma slack_total m es : slack m es = Σ i ∈ agent E, Σ y ∈ record L, (spread_of m es y - net es i y).
  Proof.
    rewrite total_swap. rewrite <- (total_part (touched es) (fun y => Σ i ∈ agent E, (spread_of m es y - net es i y))).
    - apply total_ext. intros y _.
      change (total (map (fun i => net es i y) (listed (agent E))) (fun x => spread_of m es y - x) =
        Σ i ∈ agent E, (spread_of m es y - net es i y)). now rewrite total_map.
    - apply NoDup_nodup.
    - intro y. destruct (in_dec same y (touched es)) as [i|n]; [now left|right]. apply total_zero. intros i _.
      rewrite (spread_untouched m es y n), (untouched es y n). ring.
  Qed.

  Lemma payments_net t es : payments t es = Σ i ∈ agent E, Σ y ∈ record L, (net es i y * t i y).
  Proof.
    induction es as [|e es IH].
    - symmetry. apply total_zero. intros i _. apply total_zero. intros y _. cbn. ring.
    - change (payments t (e :: es)) with (times e * t (payee e) (entered e) + payments t es). rewrite IH.
      transitivity ((Σ i ∈ agent E, (only (payee e) i * Σ y ∈ record L, (only (entered e) y * (times e * t i y)))) +
        Σ i ∈ agent E, Σ y ∈ record L, (net es i y * t i y)).
      + f_equal. rewrite (total_only (payee e) (fun i => Σ y ∈ record L, (only (entered e) y * (times e * t i y)))).
        symmetry. exact (total_only (entered e) (fun y => times e * t (payee e) y)).
      + rewrite <- total_add. apply total_ext. intros i _. rewrite <- total_mul, <- total_add. apply total_ext. intros y _.
        change (net (e :: es) i y) with
          ((if same (payee e) i then if same (entered e) y then times e else 0 else 0) + net es i y).
        unfold only. destruct (same (payee e) i), (same (entered e) y); ring.
  Qed.

  Lemma cancelled m l t es : cancels m l es = true -> admissible m l t -> payments t es <= made_good m l es.
  Proof.
    intros h [budget liability]. rewrite payments_net. destruct (cancels_true m l es h) as [allowed under].
    pose proof (budget_paid L m (spread_of m es) t allowed budget) as spent. unfold made_good.
    destruct l as [B|]; cbn in liability.
    - rewrite slack_total.
      assert ((Σ i ∈ agent E, Σ y ∈ record L, (net es i y * t i y)) <=
        (Σ i ∈ agent E, Σ y ∈ record L, (spread_of m es y * t i y)) +
        B * (Σ i ∈ agent E, Σ y ∈ record L, (spread_of m es y - net es i y))) as q; [|olra].
      rewrite <- total_mul, <- total_add. apply total_le. intros i _.
      rewrite <- total_mul, <- total_add. apply total_le. intros y _.
      pose proof (le_mul _ (spread_of m es y - net es i y) (t i y + B)) as q.
      specialize (under i y). specialize (liability i y). specialize (q ltac:(olra) ltac:(olra)). olra.
    - rewrite (total_ext _ _ (fun i => Σ y ∈ record L, (spread_of m es y * t i y))); [exact spent|].
      intros i _. apply total_ext. intros y _. now rewrite under.
  Qed.

  Lemma payments_app t es fs : payments t (es ++ fs) = payments t es + payments t fs.
  Proof. apply total_app. Qed.
End Cancelling.

Arguments Entry {K E} L.
