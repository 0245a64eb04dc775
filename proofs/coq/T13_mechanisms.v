(** T13 in the terms of [Definitions.v]: Holmström's team is an environment, and what [T13.v] says of
    recommendations holds of the equilibria of every mechanism. *)

From Coq Require Import List ZArith Bool Lia.
From coopgap Require Import Welfare T3_complete T10.
From coopgap Require T13.
Import ListNotations.
Local Open Scope number_scope.

(** How many work at a profile. *)
Definition workforce {K : OrderedField} {E : Environment K} (works : forall i : agent E, action E i -> bool)
  (a : profile E) : nat := T13.workers (agent E) (fun i => works i (play a i)).

(** One state; each agent can work or not; each who works makes [share] for everybody, at a cost [c] of
    its own; only the number of those who work is verified. *)
Definition is_team {K : OrderedField} {E : Environment K} (works : forall i : agent E, action E i -> bool)
  (L : Language E) (share c : K) : Prop :=
  (forall w w' : state E, w = w') /\
  (forall i b, exists x : action E i, works i x = b) /\
  (forall i a w, payoff i a w = T13.pay share c (workforce works a) (works i (play a i))) /\
  (forall w a b, leaves L w a = leaves L w b <-> workforce works a = workforce works b).

Section Counting.
  Context {K : OrderedField} {N : Finite}.
  Add Ring K_ring : (@ring_laws K).

  Lemma counted (r : N -> bool) (x : K) : (Σ i ∈ N, (if r i then x else 0)) = x * T13.natural (T13.workers N r).
  Proof.
    unfold T13.workers. induction (listed N) as [|i k IH]; [change ((0 : K) = x * 0); ring|cbn].
    rewrite IH. destruct (r i); cbn [length]; rewrite ?T13.natural_S; ring.
  Qed.

  Lemma one_more (r r' : N -> bool) i : (forall j, j <> i -> r' j = r j) -> r i = false -> r' i = true ->
    T13.workers N r' = S (T13.workers N r).
  Proof.
    intros other no yes. unfold T13.workers. pose proof (all_listed N i) as j. pose proof (once N) as d. revert j d.
    induction (listed N) as [|k z IH]; intros j d; [destruct j|]. inversion d as [|? ? out d']; subst. cbn.
    destruct (same k i) as [->|n].
    - rewrite no, yes. cbn. f_equal. clear - other out. induction z as [|k z IH]; cbn; [reflexivity|].
      rewrite other by (intros ->; apply out; now left).
      destruct (r k); cbn; [f_equal|]; apply IH; intro h; apply out; now right.
    - rewrite other by exact n. destruct j as [j|j]; [congruence|]. destruct (r k); cbn; [f_equal|]; now apply IH.
  Qed.

  Lemma as_many (r r' : N -> bool) : (forall j, r' j = r j) -> T13.workers N r' = T13.workers N r.
  Proof. intro e. unfold T13.workers. f_equal. apply filter_ext. exact e. Qed.

  Lemma at_most_all (r : N -> bool) : (T13.workers N r <= length (listed N))%nat.
  Proof. unfold T13.workers. induction (listed N) as [|i k IH]; cbn; [lia|]. destruct (r i); cbn; lia. Qed.

  Lemma all_of_them (r : N -> bool) : (forall i, r i = true) -> T13.workers N r = length (listed N).
  Proof. intro e. unfold T13.workers. induction (listed N) as [|i k IH]; cbn; [reflexivity|]. rewrite e. cbn. now f_equal. Qed.

  Lemma natural_le (j k : nat) : (j <= k)%nat -> T13.natural j <= T13.natural (K := K) k.
  Proof. intro h. unfold T13.natural. apply of_Z_le. lia. Qed.
End Counting.

Section Team.
  Context {K : OrderedField} {E : Environment K} (works : forall i : agent E, action E i -> bool).
  Context (L : Language E) (share c B : K) (team : is_team works L share c) (I : Information (E := E)) (w0 : state E).
  Add Ring K_ring' : (@ring_laws K).

  Notation N := (agent E).
  Notation n := (T13.n (K := K) N).
  Notation q := (T13.q N share).
  Notation working a := (fun i => works i (play a i)).

  Lemma the_state w : w = w0.
  Proof. destruct team as [one _]. apply one. Qed.

  Lemma over_state (f : state E -> K) : (Σ w ∈ state E, f w) = f w0.
  Proof. apply total_at. intros w no. destruct (no (the_state w)). Qed.

  Lemma prior_is : prior w0 = 1.
  Proof. rewrite <- (prior_one K E). symmetry. apply over_state. Qed.

  Lemma material_is i a w : material selfish i a w = T13.pay share c (workforce works a) (works i (play a i)).
  Proof. destruct team as [_ [_ [pays _]]]. unfold material, selfish. rewrite pays. ring. Qed.

  Lemma welfare_is a w : W a w = T13.welfare_of N share c (workforce works a).
  Proof.
    destruct team as [_ [_ [pays _]]]. unfold W, T13.welfare_of, T13.q, T13.n.
    rewrite (total_ext _ _ (fun i => (if (fun _ : N => true) i then share * T13.natural (workforce works a) else 0) -
      (if works i (play a i) then c else 0))) by (intros i _; rewrite pays; reflexivity).
    rewrite total_sub, (counted (fun _ => true)), (counted (fun i => works i (play a i))), (all_of_them (fun _ => true)) by reflexivity.
    fold (workforce works a). ring.
  Qed.

  Definition chosen (i : N) (b : bool) : action E i :=
    match find (fun x => Bool.eqb (works i x) b) (listed (action E i)) with Some x => x | None => play some_profile i end.
  Lemma chosen_works i b : works i (chosen i b) = b.
  Proof.
    destruct team as [_ [both _]]. destruct (both i b) as [x e]. unfold chosen. destruct (find _ _) as [y|] eqn:f.
    - apply find_some in f. now apply eqb_prop.
    - pose proof (find_none _ _ f x (all_listed _ x)) as no. cbn in no. rewrite e, eqb_reflx in no. discriminate.
  Qed.

  Definition told_profile (r : N -> bool) : profile E := profile_of (fun i => chosen i (r i)).
  Lemma told_works r i : works i (play (told_profile r) i) = r i.
  Proof. unfold told_profile. rewrite play_profile_of. apply chosen_works. Qed.
  Lemma told_workforce r : workforce works (told_profile r) = T13.workers N r.
  Proof. apply as_many. intro i. apply told_works. Qed.

  (** One agent more or less, or the same. *)
  Lemma joins a i x : works i (play a i) = false -> works i x = true -> workforce works (change a i x) = S (workforce works a).
  Proof.
    intros no yes. apply (one_more _ _ i); [|exact no|now rewrite change_same]. intros j d. now rewrite change_other.
  Qed.
  Lemma leaves_work a i x : works i (play a i) = true -> works i x = false -> workforce works (change a i x) = pred (workforce works a).
  Proof.
    intros yes no. assert (workforce works a = S (workforce works (change a i x))) as ->; [|reflexivity].
    apply (one_more _ _ i); [|now rewrite change_same|exact yes]. intros j d. now rewrite change_other.
  Qed.
  Lemma stays a i x : works i (play a i) = works i x -> workforce works (change a i x) = workforce works a.
  Proof.
    intro e. apply as_many. intro j. destruct (same j i) as [->|d]; [now rewrite change_same|now rewrite change_other].
  Qed.

  Lemma optimum_is : c <= q -> optimum E = T13.welfare_of N share c (length (listed N)).
  Proof.
    intro gain. unfold optimum. rewrite over_state, prior_is. apply le_antisym.
    - rewrite welfare_is. unfold T13.welfare_of. assert (0 <= q - c) as p by olra.
      pose proof (natural_le (K := K) _ _ (at_most_all (working (top w0)))) as h.
      pose proof (le_mul _ _ _ p (proj2 (sub_nonneg _ _) h)). unfold workforce. olra.
    - pose proof (top_max w0 (told_profile (fun _ => true))) as h. rewrite (welfare_is (told_profile _)), told_workforce in h.
      rewrite all_of_them in h by reflexivity. olra.
  Qed.

  (** *** From points to recommendations *)

  Definition record_of (y : nat) : record L :=
    match find (fun b => Nat.eqb (workforce works b) y) (listed (profile E)) with
    | Some b => leaves L w0 b | None => leaves L w0 some_profile end.
  Lemma record_of_workforce w a : record_of (workforce works a) = leaves L w a.
  Proof.
    rewrite (the_state w). unfold record_of. destruct (find _ _) as [b|] eqn:f.
    - apply find_some in f. destruct f as [_ f]. apply Nat.eqb_eq in f. destruct team as [_ [_ [_ verified]]]. now apply verified.
    - pose proof (find_none _ _ f a (all_listed _ a)) as no. cbn in no. now rewrite Nat.eqb_refl in no.
  Qed.

  Section FromPoint.
    Context (o : option (N -> K)) (p : Point I L) (ok : feasible selfish I balanced (Some B) o p).

    Notation x0 := (honest I w0).

    Lemma obeyed i (d : action E i -> action E i) : 0 <= Σ a ∈ profile E,
      ((chances p x0 a * T13.pay share c (workforce works a) (works i (play a i)) + payment p x0 a i (record_of (workforce works a))) -
       (let b := change a i (d (play a i)) in
        chances p x0 a * T13.pay share c (workforce works b) (works i (d (play a i))) + payment p x0 a i (record_of (workforce works b)))).
    Proof.
      destruct ok as [_ [_ [loyal _]]]. specialize (loyal i (sees I w0 i) (sees I w0 i) d).
      rewrite !over_state, honest_lie, only_same, prior_is in loyal.
      assert (expects selfish I p i x0 d w0 <= expects selfish I p i x0 (fun z => z) w0) as h by olra.
      apply sub_nonneg in h. unfold expects in h. rewrite <- total_sub in h. erewrite total_ext; [exact h|].
      intros a _. cbv zeta beta. rewrite !material_is, !(record_of_workforce w0), change_play, change_same. reflexivity.
    Qed.

    Definition recommended : T13.Mechanism N share c B.
    Proof.
      refine {| T13.told := profile E; T13.work := fun a i => works i (play a i); T13.mu := chances p x0;
        T13.t := fun a y i => payment p x0 a i (record_of y) |}.
      - intro a. destruct ok as [draws _]. now destruct (draws x0).
      - destruct ok as [draws _]. now destruct (draws x0).
      - intros a y. destruct ok as [_ [budget _]]. destruct (budget x0 a) as [spent _]. exact (spent (record_of y)).
      - intros a y i. destruct ok as [_ [budget _]]. destruct (budget x0 a) as [_ bounded]. exact (bounded i (record_of y)).
      - intro i. pose proof (obeyed i (fun z => if works i z then chosen i false else z)) as h.
        erewrite total_ext; [exact h|]. intros a _. cbv zeta beta. fold (workforce works a).
        destruct (works i (play a i)) eqn:e.
        + rewrite (leaves_work a i _ e (chosen_works i false)), chosen_works. reflexivity.
        + rewrite change_play, e. ring.
      - intro i. pose proof (obeyed i (fun z => if works i z then z else chosen i true)) as h.
        erewrite total_ext; [exact h|]. intros a _. cbv zeta beta. fold (workforce works a).
        destruct (works i (play a i)) eqn:e.
        + rewrite change_play, e. ring.
        + rewrite (joins a i _ e (chosen_works i true)), chosen_works. reflexivity.
    Defined.

    Lemma recommended_loss : c <= q ->
      T13.loss N share c B recommended = optimum E - expected (fun w a => chances p (honest I w) a).
    Proof.
      intro gain. unfold T13.loss, expected. rewrite (optimum_is gain), over_state, prior_is. cbn.
      rewrite (total_ext (listed (profile E)) (fun a => chances p x0 a * W a w0)
        (fun a => chances p x0 a * T13.welfare_of N share c (T13.workers N (working a)))) by (intros; now rewrite welfare_is).
      ring.
    Qed.
  End FromPoint.

  (** *** From recommendations to points *)

  Definition number (y : record L) : nat :=
    match find (fun b => if same (leaves L w0 b) y then true else false) (listed (profile E)) with
    | Some b => workforce works b | None => O end.
  Lemma number_leaves w a : number (leaves L w a) = workforce works a.
  Proof.
    rewrite (the_state w). unfold number. destruct (find _ _) as [b|] eqn:f.
    - apply find_some in f. destruct f as [_ f]. destruct (same (leaves L w0 b) (leaves L w0 a)) as [e|]; [|discriminate].
      destruct team as [_ [_ [_ verified]]]. now apply (verified w0).
    - pose proof (find_none _ _ f a (all_listed _ a)) as no. cbn in no.
      destruct (same (leaves L w0 a) (leaves L w0 a)); [discriminate|congruence].
  Qed.

  Context (m : T13.Mechanism N share c B).
  Notation R := (T13.told N share c B m).
  Notation mu := (T13.mu N share c B m).
  Notation t := (T13.t N share c B m).
  Notation work := (T13.work N share c B m).

  Definition mediating : Point I L := {|
    chances := fun _ a => Σ r ∈ R, (only (told_profile (work r)) a * mu r);
    payment := fun _ a i y => Σ r ∈ R, (only (told_profile (work r)) a * t r (number y) i) |}.

  Lemma mediating_expects i x d w : expects selfish I mediating i x d w = Σ r ∈ R,
    (let b := change (told_profile (work r)) i (d (play (told_profile (work r)) i)) in
     mu r * T13.pay share c (workforce works b) (works i (play b i)) + t r (workforce works b) i).
  Proof.
    unfold expects. cbn [chances payment mediating].
    rewrite (total_ext _ _ (fun a => Σ r ∈ R, (only (told_profile (work r)) a *
      (let b := change a i (d (play a i)) in
       mu r * T13.pay share c (workforce works b) (works i (play b i)) + t r (workforce works b) i)))).
    - rewrite total_swap. apply total_ext. intros r _.
      apply (total_only (told_profile (work r)) (fun a => let b := change a i (d (play a i)) in
        mu r * T13.pay share c (workforce works b) (works i (play b i)) + t r (workforce works b) i)).
    - intros a _. cbv zeta. rewrite <- total_mul_r, <- total_add. apply total_ext. intros r _.
      rewrite material_is, number_leaves. ring.
  Qed.

  Lemma mediating_loyal : loyal selfish I mediating.
  Proof.
    intros i x y d. apply total_le. intros w _. pose proof (prior_nonneg K E w) as pn.
    assert (expects selfish I mediating i (lie I (honest I w) i y) d w <=
      expects selfish I mediating i (honest I w) (fun z => z) w) as h.
    2:{ unfold only. destruct (same x (sees I w i)); [|olra].
        pose proof (le_mul _ _ _ pn (proj2 (sub_nonneg _ _) h)). olra. }
    rewrite !mediating_expects. apply sub_nonneg. rewrite <- total_sub.
    pose proof (T13.workers_obey N share c B m i) as ws. pose proof (T13.others_obey N share c B m i) as os.
    pose proof (chosen_works i true) as ct. pose proof (chosen_works i false) as cf.
    assert (forall r, play (told_profile (work r)) i = chosen i (work r i)) as plays
      by (intro r; unfold told_profile; now rewrite play_profile_of).
    set (A := fun r => (mu r * T13.pay share c (T13.workers N (work r)) true + t r (T13.workers N (work r)) i) -
      (mu r * T13.pay share c (pred (T13.workers N (work r))) false + t r (pred (T13.workers N (work r))) i)).
    set (O := fun r => (mu r * T13.pay share c (T13.workers N (work r)) false + t r (T13.workers N (work r)) i) -
      (mu r * T13.pay share c (S (T13.workers N (work r))) true + t r (S (T13.workers N (work r))) i)).
    rewrite (total_ext _ _ (fun r =>
      (if work r i then if works i (d (chosen i true)) then 0 else A r else 0) +
      (if work r i then 0 else if works i (d (chosen i false)) then O r else 0))).
    - rewrite total_add. assert (forall u v : K, 0 <= u -> 0 <= v -> 0 <= u + v) as both by (intros; olra). apply both.
      + destruct (works i (d (chosen i true))).
        * rewrite total_zero; [apply le_refl|]. intros r _. now destruct (work r i).
        * exact ws.
      + destruct (works i (d (chosen i false))).
        * exact os.
        * rewrite total_zero; [apply le_refl|]. intros r _. now destruct (work r i).
    - intros r _. cbv zeta. rewrite change_play, change_same, told_workforce, told_works, plays.
      pose proof (told_works (work r) i) as e. destruct (work r i) eqn:z.
      + destruct (works i (d (chosen i true))) eqn:f.
        * rewrite (stays (told_profile (work r)) i) by congruence. rewrite told_workforce. ring.
        * rewrite (leaves_work (told_profile (work r)) i _ e f), told_workforce. unfold A. ring.
      + destruct (works i (d (chosen i false))) eqn:f.
        * rewrite (joins (told_profile (work r)) i _ e f), told_workforce. unfold O. ring.
        * rewrite (stays (told_profile (work r)) i) by congruence. rewrite told_workforce. ring.
  Qed.

  Lemma indicator_nonneg {X : Finite} (x y : X) : 0 <= only (K := K) x y.
  Proof. unfold only. pose proof (@lt_zero_one K). destruct (same x y); olra. Qed.

  Lemma mediating_feasible : feasible selfish I balanced (Some B) None mediating.
  Proof.
    split; [|split; [|split; [exact mediating_loyal|exact Logic.I]]].
    - intro x. split.
      + intro a. apply total_nonneg. intros r _. apply le_mul; [apply indicator_nonneg|apply (T13.mu_nonneg N share c B m)].
      + cbn. rewrite total_swap. rewrite <- (T13.mu_one N share c B m). apply total_ext. intros r _.
        apply (total_only (told_profile (work r)) (fun _ => mu r)).
    - intros x a. split.
      + intro y. cbn. rewrite total_swap. apply total_zero. intros r _. rewrite total_mul, (T13.balanced N share c B m). ring.
      + intros i y. cbn. rewrite <- total_mul, <- total_opp. apply total_le. intros r _.
        pose proof (T13.liability N share c B m r (number y) i) as h.
        pose proof (indicator_nonneg (told_profile (work r)) a) as f. revert h f.
        generalize (t r (number y) i), (mu r), (only (K := K) (told_profile (work r)) a). intros u v k h f.
        pose proof (le_mul _ _ _ f (proj2 (sub_nonneg _ _) h)). olra.
  Qed.

  Lemma mediating_grounded : grounded I mediating.
  Proof.
    intros x a z i y. cbn in z |- *. apply total_zero. intros r _. unfold only. destruct (same (told_profile (work r)) a) as [e|d]; [|ring].
    assert (mu r = 0) as zero.
    { apply le_antisym; [|apply (T13.mu_nonneg N share c B m)].
      pose proof (total_member (listed R) (fun r => only (told_profile (work r)) a * mu r) r) as h. rewrite z in h.
      cbv beta in h. rewrite e, only_same in h. assert (1 * mu r <= 0) as h'; [|revert h'; generalize (mu r); clear; intros; olra]. apply h; [|apply all_listed].
      intros k _. apply le_mul; [apply indicator_nonneg|apply (T13.mu_nonneg N share c B m)]. }
    assert (forall j, 0 <= t r (number y) j) as nonneg.
    { intro j. pose proof (T13.liability N share c B m r (number y) j) as h. rewrite zero in h.
      assert (- (B * 0) = 0) as e' by ring. now rewrite e' in h. }
    assert (t r (number y) i = 0) as ->; [|ring]. apply le_antisym; [|apply nonneg].
    rewrite <- (T13.balanced N share c B m r (number y)).
    apply (total_member (listed N) (fun j => t r (number y) j)); [auto|apply all_listed].
  Qed.

  Lemma mediating_loss : c <= q ->
    T13.loss N share c B m = optimum E - expected (fun w a => chances mediating (honest I w) a).
  Proof.
    intro gain. unfold T13.loss, expected. rewrite (optimum_is gain), over_state, prior_is. cbn [chances mediating].
    rewrite (total_ext (listed (profile E)) _ (fun a => Σ r ∈ R, (only (told_profile (work r)) a * (mu r * W a w0))))
      by (intros; rewrite <- total_mul_r; apply total_ext; intros; ring).
    rewrite total_swap.
    rewrite (total_ext (listed R) (fun r => Σ a ∈ profile E, (only (told_profile (work r)) a * (mu r * W a w0)))
      (fun r => mu r * T13.welfare_of N share c (T13.workers N (work r)))); [ring|].
    intros r _. rewrite (total_only (told_profile (work r)) (fun a => mu r * W a w0)), welfare_is, told_workforce. reflexivity.
  Qed.
End Team.

(** *** The claims, of every environment that is such a team and of all equilibria of all mechanisms *)

Section Claims.
Context (K : OrderedField) (E : Environment K) (works : forall i : agent E, action E i -> bool) (L : Language E) (share c B : K).
Context (team : is_team works L share c) (I : Information (E := E)).
Context (bound : 0 <= B) (costly : 0 < T13.g share c) (gain : c <= T13.q (agent E) share).
Notation n := (T13.n (K := K) (agent E)).
Notation g := (T13.g share c).
Notation q := (T13.q (agent E) share).

Lemma as_recommended o mu : mediated selfish I L balanced (Some B) o mu ->
  exists m : T13.Mechanism (agent E) share c B, T13.loss (agent E) share c B m = optimum E - expected mu.
Proof.
  intro h. destruct (some_likely (E := E)) as [w0 _].
  destruct (T10_revelation K E selfish I L balanced (Some B) o mu h) as [p [ok [_ e]]].
  exists (recommended works L share c B team I w0 o p ok). rewrite recommended_loss by exact gain. f_equal.
  apply total_ext. intros w _. f_equal. apply total_ext. intros a _. now rewrite e.
Qed.

Theorem T13_mediated_loses o mu : mediated selfish I L balanced (Some B) o mu ->
  n * g * (q - c) <= (n * B + g) * (optimum E - expected mu).
Proof. intro h. destruct (as_recommended o mu h) as [m <-]. now apply T13.T13_every_mechanism. Qed.

Theorem T13_mediated_small_bound o mu : mediated selfish I L balanced (Some B) o mu ->
  n * (g - B) * (q - c) <= g * (optimum E - expected mu).
Proof. intro h. destruct (as_recommended o mu h) as [m <-]. now apply T13.T13_small_bound. Qed.

Theorem T13_mediated_idle o mu : mediated selfish I L balanced (Some B) o mu ->
  n * B < g -> optimum E - expected mu = n * (q - c).
Proof. intros h low. destruct (as_recommended o mu h) as [m <-]. now apply T13.T13_nobody_works. Qed.

Theorem T13_mediated_below o mu : mediated selfish I L balanced (Some B) o mu ->
  c < q -> (1 <= length (listed (agent E)))%nat -> expected mu < optimum E.
Proof.
  intros h strict one. destruct (as_recommended o mu h) as [m e].
  pose proof (T13.T13_no_finite_fine K (agent E) share c B m bound costly strict one) as p. rewrite e in p. clear e m. olra.
Qed.

Theorem T13_mediated_attained : (2 <= length (listed (agent E)))%nat -> n * g <= n * B + g ->
  exists mu, mediated selfish I L balanced (Some B) None mu /\ (n * B + g) * (optimum E - expected mu) = n * g * (q - c).
Proof.
  intros several large. destruct (some_likely (E := E)) as [w0 _].
  destruct (T13.T13_attained K (agent E) share c B bound costly several large) as [m e].
  exists (fun w a => chances (mediating works L share c B I w0 m) (honest I w) a). split.
  - apply T10_direct; [now apply mediating_feasible|apply mediating_grounded].
  - rewrite <- (mediating_loss works L share c B team I w0 m gain). exact e.
Qed.
End Claims.
