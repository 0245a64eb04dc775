(** Certificates about thresholds in λ: what they claim, and that accepted ones claim what is so. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Between Reading.
From coopgap Require Import Welfare Checker Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

Record Problem := { data : Data; kind : Kind }.

(** [None] is an infinite threshold. *)
Inductive Name := threshold (x : option Q) | threshold_at_most (x : Q).

Record Claim := { name : Name; holds : bool }.

(** The play at the threshold, and why there is none below it; or why there is none at all. *)
Record Witness := { reached : option Reached; under : option Bound; bound : option Bound }.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.
  Let L : Language E := language (data p) ok.
  Let c : Contracts E := contracts (data p) (kind p) ok.

  (** At the common λ = [x] some contract makes a first best an equilibrium. *)
  Definition closes_at (x : number rationals) : Prop :=
    exists s, first_best_selection s /\ reachable (common x) L c s.

  Definition meaning (a : Claim) : Prop :=
    match name a, holds a with
    | threshold (Some x), true => (0 <= rational x)%K /\ closes_at (rational x) /\
        forall y : number rationals, (0 <= y)%K -> (y < rational x)%K -> ~ closes_at y
    | threshold None, true => forall y : number rationals, (0 <= y)%K -> ~ closes_at y
    | threshold_at_most x, true => (0 <= rational x)%K /\ closes_at (rational x)
    | threshold_at_most x, false => (0 <= rational x)%K /\ ~ closes_at (rational x)
    | threshold _, false => False
    end.

  (** A first best is reached at the common λ = [x]. *)
  Definition shows_closed (r : option Reached) (x : number rationals) : bool :=
    match r with
    | Some r => match reached_by (data p) (kind p) ok (common x) r with
        | Some s => yes (le_dec (optimum E) (welfare s))
        | None => false
        end
    | None => false
    end.

  Lemma shows_closed_true r x : shows_closed r x = true -> closes_at x.
  Proof.
    unfold shows_closed. destruct r as [r|]; [|discriminate].
    destruct (reached_by _ _ ok (common x) r) as [s|] eqn:e; [|discriminate]. intro h. apply yes_true in h.
    exists s. split; [|exact (reached_by_true _ _ ok _ r s e)]. apply optimal.
    pose proof (welfare_le s). apply le_antisym; assumption.
  Qed.

  (** Nothing that is reached at some λ of a range is first best. *)
  Definition shows_open (b : option Bound) (r : Range) : bool :=
    less (bound_or_optimum (data p) ok (fun o => obstructs_between L r c (fst o) (snd o)) b) (optimum E).

  Lemma shows_open_true b r x : shows_open b r = true -> inside r x -> ~ closes_at x.
  Proof.
    intros h i [s [best k]].
    assert ((welfare s < optimum E)%K) as q.
    { refine (less_true (data p) ok (reachable (common x) L c) _ b _ _ h s k).
      intros o g s' ag. exact (obstructs_between_true L r c (fst o) (snd o) g x i s' ag). }
    apply optimal in best. rewrite best in q. exact (q (le_refl _ _)).
  Qed.

  Definition short_of (x : option Q) : Range (K := rationals) :=
    {| from := 0%K; upto := option_map rational x; from_in := true; upto_in := false |}.
  Definition only_at (x : Q) : Range (K := rationals) :=
    {| from := rational x; upto := Some (rational x); from_in := true; upto_in := true |}.

  Definition check (a : Claim) (w : Witness) : bool :=
    match name a, holds a, reached w, under w, bound w with
    | threshold (Some x), true, Some r, b, None => Qle_bool 0 x && shows_closed (Some r) (rational x) &&
        match b with
        | Some _ => negb (Qeq_bool x 0) && shows_open b (short_of (Some x))
        | None => Qeq_bool x 0
        end
    | threshold None, true, None, Some b, None => shows_open (Some b) (short_of None)
    | threshold_at_most x, true, Some r, None, None => Qle_bool 0 x && shows_closed (Some r) (rational x)
    | threshold_at_most x, false, None, None, b => Qle_bool 0 x && shows_open b (only_at x)
    | _, _, _, _, _ => false
    end.

  Lemma nonneg x : Qle_bool 0 x = true -> (0 <= rational x)%K.
  Proof.
    intro h. apply Qle_bool_iff in h. change (Qcanon.Qcle (Qcanon.Q2Qc 0) (Qcanon.Q2Qc x)). unfold Qcanon.Qcle.
    cbn [Qcanon.this Qcanon.Q2Qc]. rewrite !Qred_correct. exact h.
  Qed.

  Lemma none_below x (y : number rationals) : Qeq_bool x 0 = true -> (0 <= y)%K -> (y < rational x)%K -> False.
  Proof.
    intros z n q. apply Qeq_bool_eq in z. apply q.
    assert (rational x = (0 : number rationals)%K) as ->; [|exact n]. now apply Qcanon.Q2Qc_eq_iff.
  Qed.

  Lemma accepted a w : check a w = true -> meaning a.
  Proof.
    destruct a as [n h], w as [r u b]. unfold check, meaning. cbn [name holds reached under bound].
    destruct n as [[x|]|x], h, r as [r|], u as [u|], b as [b|];
      intro a; try (exact (False_ind _ (diff_false_true a))).
    - apply split_up in a. destruct a as [a a']. apply split_up in a, a'. destruct a as [a c'], a' as [_ a'].
      split; [exact (nonneg x a)|]. split; [exact (shows_closed_true _ _ c')|]. intros y lo hi.
      apply (shows_open_true _ _ y a'). split; [exact lo|exact hi].
    - apply split_up in a. destruct a as [a z]. apply split_up in a. destruct a as [a c'].
      split; [exact (nonneg x a)|]. split; [exact (shows_closed_true _ _ c')|]. intros y lo hi.
      destruct (none_below x y z lo hi).
    - intros y lo. apply (shows_open_true _ _ y a). split; [exact lo|exact I].
    - apply split_up in a. destruct a as [a c']. split; [exact (nonneg x a)|exact (shows_closed_true _ _ c')].
    - apply split_up in a. destruct a as [a o]. split; [exact (nonneg x a)|].
      apply (shows_open_true _ _ _ o). split; apply le_refl.
    - apply split_up in a. destruct a as [a o]. split; [exact (nonneg x a)|].
      apply (shows_open_true _ _ _ o). split; apply le_refl.
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  match bool_dec (good (data p)) true with
  | left ok => sensible (data p) (kind p) && check p ok c w
  | right _ => false
  end.

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof.
  unfold accepts, shown. destruct (bool_dec (good (data p)) true) as [ok|]; [|intro h; exact (False_ind _ (diff_false_true h))].
  intro h. exists ok. apply andb_true_iff in h. destruct h as [_ h]. exact (accepted p ok c w h).
Qed.
