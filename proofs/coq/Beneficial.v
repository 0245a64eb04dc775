(** Certificates of what agents gain by the first best: what they claim, and that accepted ones claim
    what is so. *)

From Coq Require Import List Bool PeanoNat ZArith.
From coopgap Require Export Checker Reading Deciding.
From coopgap Require Import Welfare T6_T9 Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

(** λ of each agent, which must be 0. *)
Record Problem := { data : Data; kind : Kind; levels : list Z }.

Inductive Name := beneficial | beneficial_with_side_payments.

Record Claim := { name : Name; holds : bool }.

(** Nothing needs to be shown. *)
Inductive Witness := nothing_to_show.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.

  Definition stable (a : profile E) (w : state E) : Prop := nash (material selfish) a w.

  (** A selection of selfish equilibria, of less welfare than can be had. *)
  Definition wasteful (s : selection E) : Prop := (forall w, likely w -> stable (s w) w) /\ (welfare s < optimum E)%K.

  Definition is_so (n : Name) : Prop := forall s, wasteful s ->
    match n with
    | beneficial => exists f, first_best_selection f /\ forall i, (expected_payoff i s < expected_payoff i f)%K
    | beneficial_with_side_payments => exists f, first_best_selection f /\ exists pay : agent E -> number rationals,
        (Σ i ∈ agent E, pay i) = 0%K /\ forall i, (expected_payoff i s < expected_payoff i f + pay i)%K
    end.

  Definition meaning (a : Claim) : Prop := if holds a then is_so (name a) else ~ is_so (name a).

  (** *** Deciding *)

  Definition gains (s : selection E) : list (number rationals) := map (fun i => expected_payoff i s) (listed (agent E)).

  Definition selections (class : profile E -> state E -> bool) : list (selection E) :=
    choices (fun w => filter (fun a => class a w) (listed (profile E))) (support (data p) ok).

  Definition exceeded (bad good : list (number rationals)) : bool := forallb (fun e => yes (lt_or_le (fst e) (snd e))) (combine bad good).

  Definition decide : bool :=
    let goods := map gains (selections best_here) in
    let best := optimum E in
    forallb (fun bad => existsb (exceeded bad) goods)
      (filter (fun bad => yes (lt_or_le (total bad (fun x => x)) best)) (map gains (selections (stable_here (material selfish))))).

  Lemma payoff_ext (s s' : selection E) i : (forall w, likely w -> s w = s' w) -> expected_payoff i s = expected_payoff i s'.
  Proof.
    intro e. apply total_ext. intros w _. destruct (likely_dec w) as [q|q]; [now rewrite e|].
    rewrite (unlikely w q). apply le_antisym; olra.
  Qed.

  Lemma exceeded_iff s f : exceeded (gains s) (gains f) = true <-> forall i, (expected_payoff i s < expected_payoff i f)%K.
  Proof.
    unfold exceeded, gains. assert (forall l : list (agent E), forallb (fun e => yes (lt_or_le (fst e) (snd e)))
      (combine (map (fun i => expected_payoff i s) l) (map (fun i => expected_payoff i f) l)) = true <->
      forall i, In i l -> (expected_payoff i s < expected_payoff i f)%K) as h.
    { induction l as [|j l IH]; cbn [map combine forallb]; [split; [intros _ i []|reflexivity]|].
      rewrite andb_true_iff, IH, (lt_iff (expected_payoff j s)). split; [intros [a b] i [<-|k]; auto|intro a; split; [|intros i k]; apply a; cbn; auto]. }
    rewrite h. split; intros g i; [apply g, all_listed|intros _; apply g].
  Qed.

  Lemma in_selections (class : profile E -> state E -> bool) (P : profile E -> state E -> Prop) s :
    (forall a w, class a w = true <-> P a w) -> (forall w, likely w -> P (s w) w) ->
    exists s', In s' (selections class) /\ forall w, likely w -> s' w = s w.
  Proof.
    intros h g. destruct (choices_whole (E := E) (fun w => filter (fun a => class a w) (listed (profile E))) (support (data p) ok) s) as [s' [i e]].
    - intros w i. apply filter_In. split; [apply all_listed|]. now apply h, g, (in_support (data p) ok).
    - exists s'. split; [exact i|]. intros w q. now apply e, in_support.
  Qed.

  Lemma of_selections (class : profile E -> state E -> bool) (P : profile E -> state E -> Prop) s :
    (forall a w, class a w = true <-> P a w) -> In s (selections class) -> forall w, likely w -> P (s w) w.
  Proof.
    intros h i w q. apply h. pose proof (choices_sound _ _ _ i w (proj2 (in_support (data p) ok w) q)) as j. now apply filter_In in j.
  Qed.

  Lemma total_gains s : total (gains s) (fun x => x) = welfare s.
  Proof. unfold gains. rewrite total_map. apply total_payoffs. Qed.

  Lemma decide_iff : decide = true <-> is_so beneficial.
  Proof.
    unfold decide, is_so. cbv zeta. rewrite forallb_forall. split.
    - intros h s [calm less].
      destruct (in_selections _ _ s (stable_here_iff (material selfish)) calm) as [s' [i e]].
      assert (gains s' = gains s) as same_gains by (apply map_ext; intro j; now apply payoff_ext).
      specialize (h (gains s')). rewrite filter_In, total_gains, (welfare_ext s' s e), (lt_iff (welfare s)) in h.
      specialize (h (conj (in_map gains _ _ i) less)). apply existsb_exists in h. destruct h as [g [j h]].
      apply in_map_iff in j. destruct j as [f [<- j]]. exists f. split.
      + intros w q. exact (of_selections _ _ f best_here_iff j w q).
      + apply exceeded_iff. now rewrite <- same_gains.
    - intros h b i. apply filter_In in i. destruct i as [i less]. apply in_map_iff in i. destruct i as [s [<- i]].
      rewrite total_gains, (lt_iff (welfare s)) in less.
      destruct (h s) as [f [best more]]; [split; [exact (of_selections _ _ s (stable_here_iff (material selfish)) i)|exact less]|].
      destruct (in_selections _ _ f best_here_iff best) as [f' [j e]]. apply existsb_exists. exists (gains f').
      split; [now apply in_map|]. apply exceeded_iff. intro k. rewrite (payoff_ext f' f k e). apply more.
  Qed.

  Definition check (a : Claim) : bool :=
    match name a with
    | beneficial => eqb decide (holds a)
    | beneficial_with_side_payments => holds a
    end.

  Lemma accepted a : check a = true -> meaning a.
  Proof.
    unfold check, meaning. destruct a as [[] h]; cbn [name holds].
    - intro e. apply eqb_prop in e. destruct h; rewrite <- decide_iff; [exact e|]. rewrite e. discriminate.
    - intros ->. intros s [_ less]. exists (fun w => top w). split; [apply some_first_best|].
      apply (T8_side_payments rationals E (fun w => top w) (fun i => expected_payoff i s) some_first_best). now rewrite total_payoffs.
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (sensible (data p) (kind p) && (length (levels p) =? length (sizes (data p))) && forallb (Z.eqb 0) (levels p))
    (fun ok => check p ok c).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
