(** Certificates about thresholds and intervals of λ: what they claim, and that accepted ones claim
    what is so. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Between Reading.
From coopgap Require Import Welfare Checker Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

Record Problem := { data : Data; kind : Kind }.

(** [None] is an infinite number; whether the ends of an interval are included. *)
Inductive Name :=
| threshold (x : option Q) | threshold_at_most (x : Q)
| value_between (x : option Q) (low : Q) (high : option Q) (low_in high_in : bool).

Record Claim := { name : Name; holds : bool }.

(** The play at the threshold, and why there is none below it; or why there is none at all. On an
    interval the transfers at its other end as well, if that is infinite for each unit of λ. *)
Record Witness := { reached : option Reached; later : option Payments; under : option Bound; bound : option Bound }.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.
  Let L : Language E := language (data p) ok.
  Let c : Contracts E := contracts (data p) (kind p) ok.

  (** At the common λ = [x] some contract makes a first best an equilibrium. *)
  Definition closes_at (x : number rationals) : Prop :=
    exists s, first_best_selection s /\ reachable (common x) L c s.

  Definition interval (low : Q) (high : option Q) (low_in high_in : bool) : Range (K := rationals) :=
    {| from := rational low; upto := option_map rational high; from_in := low_in; upto_in := high_in |}.

  Definition meaning (a : Claim) : Prop :=
    match name a, holds a with
    | threshold (Some x), true => (0 <= rational x)%K /\ closes_at (rational x) /\
        forall y : number rationals, (0 <= y)%K -> (y < rational x)%K -> ~ closes_at y
    | threshold None, true => forall y : number rationals, (0 <= y)%K -> ~ closes_at y
    | threshold_at_most x, true => (0 <= rational x)%K /\ closes_at (rational x)
    | threshold_at_most x, false => (0 <= rational x)%K /\ ~ closes_at (rational x)
    | value_between v low high low_in high_in, true => forall y, inside (interval low high low_in high_in) y ->
        match v with
        | Some v => is_value (reachable (common y) L c) (rational v)
        | None => forall s, ~ reachable (common y) L c s
        end
    | threshold _, false | value_between _ _ _ _ _, false => False
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

  Definition short_of (x : option Q) : Range (K := rationals) := interval 0 x true false.
  Definition only_at (x : Q) : Range (K := rationals) := interval x (Some x) true true.

  (** *** Values on an interval *)

  Definition found (b : option Bound) (r : Range) : option (option (number rationals) * bool) :=
    bound_or_optimum (data p) ok (fun o => obstructs_between L r c (fst o) (snd o)) b.

  (** At infinity nobody is fined. *)
  Definition at_infinity : Kind :=
    match kind p with transfers m l => transfers m (option_map (fun _ => 0%Q) l) | k => k end.

  Definition spans (r : Reached) (t : Payments) (x : Range (K := rationals)) : option (selection E) :=
    match selected (data p) ok (played r) with
    | Some s =>
        if amounts_ok (data p) (kind p) (paying r) &&
           amounts_ok (data p) (match upto x with Some _ => kind p | None => at_infinity end) t &&
           reaches_between L x c s (contract_of (data p) ok (paying r)) (contract_of (data p) ok t) then Some s else None
    | None => None
    end.

  Definition shows_value (v : number rationals) (r : Reached) (t : Payments) (b : option Bound) (x : Range (K := rationals)) : bool :=
    finite (found b x) && at_most (found b x) v &&
    match spans r t x with Some s => yes (le_dec v (welfare s)) | None => false end.

  Lemma found_sound x y : inside x y -> forall o, obstructs_between L x c (fst o) (snd o) = true ->
    forall s, agrees (fst o) s -> ~ reachable (common y) L c s.
  Proof. intros i o h s ag. exact (obstructs_between_true L x c (fst o) (snd o) h y i s ag). Qed.

  Lemma shows_value_true v r t b x y : shows_value v r t b x = true -> inside x y -> is_value (reachable (common y) L c) v.
  Proof.
    intros h i. unfold shows_value in h. apply split_up in h. destruct h as [h g]. apply split_up in h. destruct h as [_ h].
    assert (forall s, reachable (common y) L c s -> (welfare s <= v)%K) as most
      by exact (at_most_true (data p) ok (reachable (common y) L c) _ b (found_sound x y i) v h).
    destruct (spans r t x) as [s|] eqn:e; [|exact (False_ind _ (diff_false_true g))]. apply yes_true in g.
    assert (reachable (common y) L c s) as k.
    { unfold spans in e. destruct (selected (data p) ok (played r)) as [s'|]; [|discriminate].
      match type of e with context [if ?t then _ else _] => destruct t eqn:q end; [|discriminate].
      inversion e; subst. apply split_up in q. destruct q as [_ q]. exact (reaches_between_true L x c s _ _ y q i). }
    split; [exists s; split; [exact k|]|exact most]. apply le_antisym; [exact (most s k)|exact g].
  Qed.

  Definition proper_interval (low : Q) (high : option Q) (low_in high_in : bool) : bool :=
    Qle_bool 0 low &&
    match high with
    | Some z => Qle_bool low z && (low_in && high_in || negb (Qeq_bool low z))
    | None => negb high_in
    end.

  Definition check (a : Claim) (w : Witness) : bool :=
    match name a, holds a, reached w, later w, under w, bound w with
    | threshold (Some x), true, Some r, None, b, None => Qle_bool 0 x && shows_closed (Some r) (rational x) &&
        match b with
        | Some _ => negb (Qeq_bool x 0) && shows_open b (short_of (Some x))
        | None => Qeq_bool x 0
        end
    | threshold None, true, None, None, Some b, None => shows_open (Some b) (short_of None)
    | threshold_at_most x, true, Some r, None, None, None => Qle_bool 0 x && shows_closed (Some r) (rational x)
    | threshold_at_most x, false, None, None, None, b => Qle_bool 0 x && shows_open b (only_at x)
    | value_between (Some v) low high low_in high_in, true, Some r, Some t, None, b =>
        proper_interval low high low_in high_in && shows_value (rational v) r t b (interval low high low_in high_in)
    | value_between None low high low_in high_in, true, None, None, None, b =>
        proper_interval low high low_in high_in && nothing (found b (interval low high low_in high_in))
    | _, _, _, _, _, _ => false
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

  Lemma zero : rational 0 = (0 : number rationals)%K.
  Proof. now apply Qcanon.Q2Qc_eq_iff. Qed.

  Lemma accepted a w : check a w = true -> meaning a.
  Proof.
    destruct a as [n h], w as [r t u b]. unfold check, meaning. cbn [name holds reached later under bound].
    destruct n as [[x|]|x|[v|] low high li hi], h, r as [r|], t as [t|], u as [u|];
      intro a; try (exact (False_ind _ (diff_false_true a)));
      try (destruct b as [b|]; [exact (False_ind _ (diff_false_true a))|]).
    - apply split_up in a. destruct a as [a a']. apply split_up in a, a'. destruct a as [a c'], a' as [_ a'].
      split; [exact (nonneg x a)|]. split; [exact (shows_closed_true _ _ c')|]. intros y lo hi.
      apply (shows_open_true _ _ y a'). split; [cbn [from short_of interval]; rewrite zero; exact lo|exact hi].
    - apply split_up in a. destruct a as [a z]. apply split_up in a. destruct a as [a c'].
      split; [exact (nonneg x a)|]. split; [exact (shows_closed_true _ _ c')|]. intros y lo hi.
      destruct (none_below x y z lo hi).
    - intros y lo. apply (shows_open_true _ _ y a). split; [cbn [from short_of interval]; rewrite zero; exact lo|exact I].
    - apply split_up in a. destruct a as [a c']. split; [exact (nonneg x a)|exact (shows_closed_true _ _ c')].
    - apply split_up in a. destruct a as [a o]. split; [exact (nonneg x a)|].
      apply (shows_open_true _ _ _ o). split; apply le_refl.
    - apply split_up in a. destruct a as [_ a]. intros y i. exact (shows_value_true _ _ _ _ _ y a i).
    - apply split_up in a. destruct a as [_ a]. intros y i.
      exact (nothing_true (data p) ok (reachable (common y) L c) _ b (found_sound _ y i) a).
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (sensible (data p) (kind p)) (fun ok => check p ok c w).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
