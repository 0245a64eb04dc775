(** Correlated play: what transfers support, and multipliers on deviations that bound it. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare Checker.
Import ListNotations.
Local Open Scope number_scope.

Section Multipliers.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (L : Language E) (m : Budget) (l : option K).
  Add Ring K_ring : (@ring_laws K).

  (** A correlated equilibrium under some transfers of the class. *)
  Definition supported (mu : Play E) : Prop :=
    is_play mu /\ exists t : Transfers L, admissible m l t /\ correlated (utility lam t) mu.


  (** *** Distributions as lists *)

  Definition Mix : Type := list (profile E * K).

  Definition mixed (d : state E -> Mix) : Play E := fun w a => total (d w) (fun e => only (fst e) a * snd e).

  Lemma mixed_total d w (f : profile E -> K) :
    (Σ a ∈ profile E, (mixed d w a * f a)) = total (d w) (fun e => snd e * f (fst e)).
  Proof.
    unfold mixed. rewrite (total_ext _ _ (fun a => total (d w) (fun e => only (fst e) a * (snd e * f a)))).
    - rewrite total_swap. apply total_ext. intros e _. apply (total_only (fst e) (fun a => snd e * f a)).
    - intros a _. rewrite <- total_mul_r. apply total_ext. intros. ring.
  Qed.

  Definition proper (d : Mix) : bool :=
    forallb (fun e => yes (le_dec 0 (snd e))) d && yes (eq_dec (total d snd) 1).

  Definition told_to (d : Mix) (i : agent E) (c : action E i) : Mix := filter (fun e => yes (same (play (fst e) i) c)) d.

  Definition obeys_in (v : agent E -> profile E -> state E -> K) (d : Mix) (w : state E) : bool :=
    all (agent E) (fun i => all (action E i) (fun c =>
      let here := told_to d i c in
      match here with
      | nil => true
      | _ => all (action E i) (fun b => yes (le_dec (total here (fun e => snd e * (v i (change (fst e) i b) w - v i (fst e) w))) 0))
      end)).

  Lemma obeys_in_true v d w : obeys_in v (d w) w = true -> forall i c b, obedient v (mixed d) w i c b.
  Proof.
    intros h i c b. apply all_true with (x := i) in h. apply all_true with (x := c) in h. cbv zeta in h.
    assert (total (told_to (d w) i c) (fun e => snd e * (v i (change (fst e) i b) w - v i (fst e) w)) <= 0) as q.
    { destruct (told_to (d w) i c) as [|e k]; [apply le_refl|]. apply all_true with (x := b) in h. exact (yes_true _ h). }
    unfold obedient. unfold told_to in q. rewrite total_filter in q.
    rewrite (total_ext _ _ (fun a => mixed d w a * (only c (play a i) * (v i (change a i b) w - v i a w)))) by (intros; ring).
    rewrite mixed_total. erewrite total_ext; [exact q|]. intros e _. cbv beta. unfold only, yes.
    destruct (same c (play (fst e) i)), (same (play (fst e) i) c); try congruence; ring.
  Qed.

  Lemma proper_true d w : proper (d w) = true -> (forall a, 0 <= mixed d w a) /\ (Σ a ∈ profile E, mixed d w a) = 1.
  Proof.
    intro h. apply andb_true_iff in h. destruct h as [h one]. apply yes_true in one. rewrite forallb_forall in h. split.
    - intro a. apply total_nonneg. intros e i. specialize (h e i). apply yes_true in h. unfold only.
      destruct (same (fst e) a); [assert (1 * snd e = snd e) as -> by ring; exact h|].
      assert (0 * snd e = 0) as -> by ring. apply le_refl.
    - rewrite (total_ext _ _ (fun a => mixed d w a * 1)) by (intros; ring).
      rewrite (mixed_total d w (fun _ => 1)). transitivity (total (d w) snd); [apply total_ext; intros; ring|exact one].
  Qed.

  Definition obeys (v : agent E -> profile E -> state E -> K) (d : state E -> Mix) : bool :=
    all (state E) (fun w => unlikely_ w || obeys_in v (d w) w).

  Lemma obeys_true v d : obeys v d = true -> correlated v (mixed d).
  Proof.
    intros h w p. apply obeys_in_true. apply all_true with (x := w) in h. apply orb_true_iff in h.
    destruct h as [h|h]; [apply yes_true in h; destruct (p h)|exact h].
  Qed.

  (** A mix for each state, and the transfers. *)
  Definition supports (d : state E -> Mix) (t : Transfers L) : bool :=
    all (state E) (fun w => proper (d w)) && lawful L m l t && obeys (utility lam t) d.

  Definition worth_of (d : state E -> Mix) : K :=
    Σ w ∈ state E, (prior w * total (d w) (fun e => snd e * W (fst e) w)).

  Lemma worth_of_expected d : worth_of d = expected (mixed d).
  Proof. apply total_ext. intros w _. f_equal. symmetry. apply (mixed_total d w (fun a => W a w)). Qed.

  Lemma supports_true d t : supports d t = true -> supported (mixed d).
  Proof.
    intro h. unfold supports in h. rewrite !andb_true_iff in h. destruct h as [[h g] o]. split.
    - intro w. apply all_true with (x := w) in h. now apply proper_true.
    - exists t. split; [now apply lawful_true|now apply obeys_true].
  Qed.

  (** *** Multipliers *)

  Record Multiplier := { of : agent E; told_what : action E of; doing : action E of; force_of : K }.

  (** At a profile, the weighed deviations from what the agents do there. *)
  Definition deviating (w : state E) (ys : list Multiplier) (a : profile E) : list Deviation :=
    map (fun y => {| who := of y; where_ := w; to := doing y; weight := force_of y |})
      (filter (fun y => yes (same (play a (of y)) (told_what y))) ys).

  (** What they gain, less what fines can make good. *)
  Definition excess (w : state E) (ys : list Multiplier) (a : profile E) : K :=
    let es := deviating w ys a in
    total_worth lam (fun _ => a) es - made_good m l (crossed L (fun _ => a) es).

  Definition usable (w : state E) (ys : list Multiplier) : bool :=
    forallb (fun y => yes (le_dec 0 (force_of y))) ys &&
    all (profile E) (fun a => cancels m l (crossed L (fun _ => a) (deviating w ys a))).

  Lemma expected_excess w ys mu : usable w ys = true -> likely w -> supported mu ->
    (Σ a ∈ profile E, (mu w a * excess w ys a)) <= 0.
  Proof.
    intros h p [play_mu [t [ok obey]]]. unfold usable in h. apply andb_true_iff in h. destruct h as [pos cancel].
    rewrite forallb_forall in pos. destruct (play_mu w) as [nonneg _].
    assert ((Σ a ∈ profile E, (mu w a * excess w ys a)) <=
      Σ a ∈ profile E, (mu w a * total ys (fun y => force_of y * (only (told_what y) (play a (of y)) *
        (utility lam t (of y) (change a (of y) (doing y)) w - utility lam t (of y) a w))))) as below.
    { apply total_le. intros a _. apply all_true with (x := a) in cancel.
      pose proof (cancelled m l t _ cancel ok) as good. rewrite payments_crossed in good.
      assert (excess w ys a <= total ys (fun y => force_of y * (only (told_what y) (play a (of y)) *
        (utility lam t (of y) (change a (of y) (doing y)) w - utility lam t (of y) a w)))) as q.
      2:{ pose proof (le_mul _ _ _ (nonneg a) (proj2 (sub_nonneg _ _) q)). olra. }
      unfold excess. cbv zeta. set (g := made_good m l _) in *. clearbody g.
      unfold total_worth in *. unfold deviating in *. rewrite total_map in *. cbn [who where_ to weight] in *.
      rewrite total_filter in *.
      rewrite (total_ext ys (fun y => force_of y * (only (told_what y) (play a (of y)) *
        (utility lam t (of y) (change a (of y) (doing y)) w - utility lam t (of y) a w)))
        (fun y => (if yes (same (play a (of y)) (told_what y)) then force_of y * gain lam (fun _ => a) (of y) w (doing y) else 0) -
          (if yes (same (play a (of y)) (told_what y)) then force_of y * (t (of y) (leaves L w a) - t (of y) (leaves L w (change a (of y) (doing y)))) else 0))).
      - rewrite total_sub. olra.
      - intros y _. unfold only, yes, gain, utility.
        destruct (same (told_what y) (play a (of y))), (same (play a (of y)) (told_what y)); try congruence; ring. }
    refine (le_trans _ _ _ _ below _).
    rewrite (total_ext (listed (profile E)) _ (fun a => total ys (fun y => force_of y * (only (told_what y) (play a (of y)) * mu w a *
        (utility lam t (of y) (change a (of y) (doing y)) w - utility lam t (of y) a w)))))
      by (intros a _; rewrite <- total_mul; apply total_ext; intros; ring).
    rewrite total_swap. rewrite <- (total_zero ys (fun _ => 0)) by reflexivity. apply total_le. intros y i.
    rewrite total_mul. specialize (pos y i). apply yes_true in pos.
    pose proof (obey w p (of y) (told_what y) (doing y)) as ob. unfold obedient in ob.
    pose proof (le_mul _ _ _ pos (proj2 (sub_nonneg _ _) ob)). olra.
  Qed.

  Definition highest (f : profile E -> K) : K := greatest_of (map f (listed (profile E))).

  Lemma highest_max f a : f a <= highest f.
  Proof. apply greatest_of_max, in_map, all_listed. Qed.

  Definition usable_all (y : state E -> list Multiplier) : bool :=
    all (state E) (fun w => unlikely_ w || usable w (y w)).

  Definition ceiling_of (y : state E -> list Multiplier) : K :=
    Σ w ∈ state E, (if unlikely_ w then 0 else prior w * highest (fun a => W a w - excess w (y w) a)).

  Lemma ceiling_of_true y mu : usable_all y = true -> supported mu -> expected mu <= ceiling_of y.
  Proof.
    intros h s. unfold expected, ceiling_of. apply total_le. intros w _. apply all_true with (x := w) in h.
    unfold unlikely_ at 1. unfold unlikely_ in h. destruct (le_dec (prior w) 0) as [q|q]; cbn [yes] in *.
    - pose proof (prior_nonneg K E w) as n. assert (prior w = 0) as -> by (apply le_antisym; assumption).
      set (z := Σ a ∈ profile E, (mu w a * W a w)). clearbody z. assert (0 * z = 0) as -> by ring. apply le_refl.
    - cbn [orb] in h. pose proof (expected_excess w (y w) mu h q s) as e. set (U := highest _).
      assert ((Σ a ∈ profile E, (mu w a * (W a w - excess w (y w) a))) <= U) as most.
      { destruct (proj1 s w). apply average_most; auto. intros a _. exact (highest_max (fun a => W a w - excess w (y w) a) a). }
      rewrite (total_ext _ _ (fun a => mu w a * W a w - mu w a * excess w (y w) a)) in most by (intros; ring).
      rewrite total_sub in most. set (z := Σ a ∈ profile E, (mu w a * W a w)) in *.
      set (x := Σ a ∈ profile E, (mu w a * excess w (y w) a)) in *. clearbody z x U.
      assert (z <= U) as zu by olra. pose proof (le_mul _ _ _ (prior_nonneg K E w) (proj2 (sub_nonneg _ _) zu)). olra.
  Qed.

  (** In a state a profile has at most so much probability, where only those [within] are played. *)
  Definition played_at_most (w : state E) (ys : list Multiplier) (within : profile E -> bool) (b : profile E) (v : K) : bool :=
    usable w ys && all (profile E) (fun a => negb (within a) || yes (le_dec (only b a - excess w ys a) v)).

  Lemma played_at_most_true w ys within b v mu : played_at_most w ys within b v = true -> likely w -> supported mu ->
    (forall a, within a = false -> mu w a = 0) -> mu w b <= v.
  Proof.
    intros h p s inside. unfold played_at_most in h. apply andb_true_iff in h. destruct h as [h g].
    pose proof (expected_excess w ys mu h p s) as e.
    assert ((Σ a ∈ profile E, (mu w a * (only b a - excess w ys a))) <= v) as most.
    { destruct (proj1 s w). apply average_most; auto. intros a pos. apply all_true with (x := a) in g.
      apply orb_true_iff in g. destruct g as [g|g]; [|exact (yes_true _ g)].
      apply negb_true_iff in g. rewrite (inside a g) in pos. destruct (pos (le_refl _ _)). }
    rewrite (total_ext _ _ (fun a => only b a * mu w a - mu w a * excess w ys a)) in most by (intros; ring).
    rewrite total_sub, (total_only b (fun a => mu w a)) in most. set (x := Σ a ∈ profile E, (mu w a * excess w ys a)) in *.
    clearbody x. olra.
  Qed.
End Multipliers.
