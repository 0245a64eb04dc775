(** Certificates of the axioms of a social dilemma: what they claim, and that accepted ones claim what
    is so. *)

From Coq Require Import List Bool PeanoNat ZArith.
From coopgap Require Export Checker Reading Deciding.
From coopgap Require Import Welfare Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

(** λ does not matter, but is well formed where it is given; the cooperating actions of each agent. *)
Record Problem := { data : Data; kind : Kind; levels : option (list Z); cooperative : list (list nat) }.

Inductive Name := axiom_i | axiom_ii | axiom_iii | axiom_iv_strict | axiom_iv_partial.

Record Claim := { name : Name; holds : bool }.

(** Nothing needs to be shown. *)
Inductive Witness := nothing_to_show.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.

  Definition cooperating (i : agent E) : list nat := nth (proj1_sig i) (cooperative p) [].
  Definition cooperates (i : agent E) (c : action E i) : Prop := In (proj1_sig c) (cooperating i).

  (** Whatever the others do, or for something they do, between cooperating and defecting. *)
  Definition always (i : agent E) (r : profile E -> profile E -> Prop) : Prop :=
    forall a c d, cooperates i c -> ~ cooperates i d -> r (change a i c) (change a i d).
  Definition sometimes (i : agent E) (r : profile E -> profile E -> Prop) : Prop :=
    exists a c d, cooperates i c /\ ~ cooperates i d /\ r (change a i c) (change a i d).

  Definition together (a : profile E) : Prop := forall i, cooperates i (play a i).
  Definition apart (a : profile E) : Prop := forall i, ~ cooperates i (play a i).

  Definition is_so (n : Name) : Prop := forall w : state E, likely w ->
    match n with
    | axiom_i => forall i, always i (fun x y => (W y w < W x w)%K)
    | axiom_ii => forall a, first_best a w <-> forall i, proj1_sig (play a i) = hd 0 (cooperating i)
    | axiom_iii => forall i a b, together a -> apart b -> (payoff i b w < payoff i a w)%K
    | axiom_iv_strict => forall i, always i (fun x y => (payoff i x w < payoff i y w)%K)
    | axiom_iv_partial => forall i, sometimes i (fun x y => (payoff i x w < payoff i y w)%K)
    end.

  Definition meaning (a : Claim) : Prop := if holds a then is_so (name a) else ~ is_so (name a).

  (** *** Deciding *)

  Definition coop (i : agent E) (c : action E i) : bool := if in_dec Nat.eq_dec (proj1_sig c) (cooperating i) then true else false.

  Lemma coop_iff i c : coop i c = true <-> cooperates i c.
  Proof. unfold coop, cooperates. destruct (in_dec _ _ _); split; congruence || tauto. Qed.

  Lemma defect_iff i c : negb (coop i c) = true <-> ~ cooperates i c.
  Proof. rewrite negb_true_iff, <- not_true_iff_false, coop_iff. tauto. Qed.

  Definition sides (i : agent E) (a : profile E) (r : profile E -> profile E -> bool) (quantify : list bool -> bool) : bool :=
    let defecting := filter (fun d => negb (coop i d)) (listed (action E i)) in
    quantify (flat_map (fun c => let x := change a i c in map (fun d => r x (change a i d)) defecting)
      (filter (coop i) (listed (action E i)))).

  Definition always_here i r : bool := all (profile E) (fun a => sides i a r (forallb (fun x => x))).
  Definition sometimes_here i r : bool := existsb (fun a => sides i a r (existsb (fun x => x))) (listed (profile E)).

  Lemma in_sides i a (r : profile E -> profile E -> bool) x : In x (flat_map (fun c => let x := change a i c in
      map (fun d => r x (change a i d)) (filter (fun d => negb (coop i d)) (listed (action E i)))) (filter (coop i) (listed (action E i)))) <->
    exists c d, cooperates i c /\ ~ cooperates i d /\ r (change a i c) (change a i d) = x.
  Proof.
    rewrite in_flat_map. split.
    - intros [c [hc h]]. apply in_map_iff in h. destruct h as [d [e hd]]. apply filter_In in hc, hd.
      exists c, d. split; [now apply coop_iff|]. split; [now apply defect_iff|exact e].
    - intros [c [d [hc [hd e]]]]. exists c. split; [apply filter_In; split; [apply all_listed|now apply coop_iff]|].
      apply in_map_iff. exists d. split; [exact e|]. apply filter_In. split; [apply all_listed|now apply defect_iff].
  Qed.

  Lemma always_here_iff i (b : profile E -> profile E -> bool) r : (forall x y, b x y = true <-> r x y) -> always_here i b = true <-> always i r.
  Proof.
    intro h. unfold always_here, sides, always. rewrite all_iff. split.
    - intros g a c d hc hd. apply h. specialize (g a). rewrite forallb_forall in g. apply g, in_sides. now exists c, d.
    - intros g a. apply forallb_forall. intros x i'. apply in_sides in i'. destruct i' as [c [d [hc [hd <-]]]]. now apply h, g.
  Qed.

  Lemma sometimes_here_iff i (b : profile E -> profile E -> bool) r : (forall x y, b x y = true <-> r x y) ->
    sometimes_here i b = true <-> sometimes i r.
  Proof.
    intro h. unfold sometimes_here, sides, sometimes. rewrite existsb_exists. split.
    - intros [a [_ g]]. apply existsb_exists in g. destruct g as [x [g e]]. apply in_sides in g.
      destruct g as [c [d [hc [hd q]]]]. exists a, c, d. split; [exact hc|]. split; [exact hd|]. apply h. congruence.
    - intros [a [c [d [hc [hd q]]]]]. exists a. split; [apply all_listed|]. apply existsb_exists. exists true.
      split; [|reflexivity]. apply in_sides. exists c, d. split; [exact hc|]. split; [exact hd|now apply h].
  Qed.

  Definition everybody (b : forall i : agent E, action E i -> bool) (a : profile E) : bool := all (agent E) (fun i => b i (play a i)).

  Lemma together_iff a : everybody coop a = true <-> together a.
  Proof. apply all_each. intro i. apply coop_iff. Qed.
  Lemma apart_iff a : everybody (fun i c => negb (coop i c)) a = true <-> apart a.
  Proof. apply all_each. intro i. apply defect_iff. Qed.

  Definition decide_in (n : Name) (w : state E) : bool :=
    let less i x y := yes (lt_or_le (payoff i x w) (payoff i y w)) in
    match n with
    | axiom_i => all (agent E) (fun i => always_here i (fun x y => yes (lt_or_le (W y w) (W x w))))
    | axiom_ii => all (profile E) (fun a => eqb (best_here a w) (all (agent E) (fun i => proj1_sig (play a i) =? hd 0 (cooperating i))))
    | axiom_iii =>
        let apart := filter (everybody (fun i c => negb (coop i c))) (listed (profile E)) in
        let together := filter (everybody coop) (listed (profile E)) in
        all (agent E) (fun i => forallb (fun a => forallb (fun b => less i b a) apart) together)
    | axiom_iv_strict => all (agent E) (fun i => always_here i (less i))
    | axiom_iv_partial => all (agent E) (fun i => sometimes_here i (less i))
    end.

  Lemma decide_iff n : each_state (decide_in n) = true <-> is_so n.
  Proof.
    apply (each_state_iff (E := E)). intro w. destruct n; apply all_each.
    - intro i. apply always_here_iff. intros. apply lt_iff.
    - intro a. rewrite <- (best_here_iff a w).
      assert (all (agent E) (fun i => proj1_sig (play a i) =? hd 0 (cooperating i)) = true <-> forall i, proj1_sig (play a i) = hd 0 (cooperating i)) as <-
        by (apply all_each; intro i; apply Nat.eqb_eq).
      rewrite eqb_true_iff. destruct (best_here a w), (all (agent E) _); split; try tauto; try congruence; intros [h g]; symmetry; auto.
    - intro i. rewrite forallb_forall. split.
      + intros h a b ta ab. specialize (h a). rewrite forallb_forall in h.
        apply lt_iff, h; apply filter_In; (split; [apply all_listed|]); [now apply together_iff|now apply apart_iff].
      + intros h a ia. apply forallb_forall. intros b ib. apply filter_In in ia, ib.
        apply lt_iff, h; [now apply together_iff|now apply apart_iff].
    - intro i. apply always_here_iff. intros. apply lt_iff.
    - intro i. apply sometimes_here_iff. intros. apply lt_iff.
  Qed.

  Definition check (a : Claim) : bool := eqb (each_state (decide_in (name a))) (holds a).

  Lemma accepted a : check a = true -> meaning a.
  Proof.
    unfold check, meaning. intro h. apply eqb_prop in h.
    destruct (holds a); rewrite <- decide_iff; [exact h|]. rewrite h. discriminate.
  Qed.
End Meaning.

(** Each agent has actions of both sides. *)
Definition two_sided (p : Problem) : bool :=
  (length (cooperative p) =? length (sizes (data p))) &&
  forallb (fun e => negb (length (snd e) =? 0) && forallb (fun c => c <? fst e) (snd e) &&
    existsb (fun c => negb (existsb (Nat.eqb c) (snd e))) (seq 0 (fst e))) (combine (sizes (data p)) (cooperative p)).

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (sensible (data p) (kind p) && two_sided p &&
    match levels p with Some l => (length l =? length (sizes (data p))) && forallb (Z.leb 0) l | None => true end) (fun ok => check p ok c).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
