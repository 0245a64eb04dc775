(** Certificates about one λ of each agent: what they claim, and that accepted ones claim what is so.

    Everything that is claimed is said in the terms of [Definitions.v] about [game], the environment
    of the certificate's data. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Checker Reading.
From coopgap Require Import Welfare Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

Record Problem := { data : Data; kind : Kind; levels : list Z; scale_of_levels : positive }.

(** Names of claims as in docs/claims.md; [None] is an infinite number. *)
Inductive Name :=
| gap_positive | gap_zero | closes
| gap_at_least (x : Q) | gap_at_most (x : Q) | gap (x : option Q) | value (x : option Q)
| implementable (profiles : list nat).

Record Claim := { name : Name; holds : bool }.

Record Witness := { reached : option Reached; bound : option Bound; excluded : option Part }.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.
  Let L : Language E := language (data p) ok.
  Let c : Contracts E := contracts (data p) (kind p) ok.

  Definition lambda (i : agent E) : number rationals :=
    rational (nth (proj1_sig i) (levels p) 0%Z # scale_of_levels p).

  Definition can_reach : selection E -> Prop := reachable lambda L c.

  Definition loses_more (x : number rationals) : Prop := forall s, can_reach s -> (welfare s + x < optimum E)%K.
  Definition loses_at_most (x : number rationals) : Prop := exists s, can_reach s /\ (optimum E <= welfare s + x)%K.
  Definition loses_less (x : number rationals) : Prop := exists s, can_reach s /\ (optimum E < welfare s + x)%K.

  Definition meaning (a : Claim) : Prop :=
    match name a, holds a with
    | gap_positive, true => loses_more 0%K
    | gap_positive, false | gap_zero, true | closes, true => loses_at_most 0%K
    | gap_zero, false | closes, false => loses_more 0%K
    | gap_at_least x, true => loses can_reach (rational x)
    | gap_at_least x, false => loses_less (rational x)
    | gap_at_most x, true => loses_at_most (rational x)
    | gap_at_most x, false => loses_more (rational x)
    | gap (Some x), true => is_gap can_reach (rational x)
    | value (Some x), true => is_value can_reach (rational x)
    | gap None, true | value None, true => forall s, ~ can_reach s
    | implementable l, true => exists s, selected (data p) ok l = Some s /\ can_reach s
    | implementable l, false => forall s, selected (data p) ok l = Some s -> ~ can_reach s
    | gap _, false | value _, false => False
    end.

  Definition excludes (o : obstacle (E := E)) : bool := obstructs lambda L c (fst o) (snd o).

  Lemma excludes_true o : excludes o = true -> forall s, agrees (fst o) s -> ~ can_reach s.
  Proof. apply obstructs_true. Qed.

  Definition found (w : Witness) : option (option (number rationals) * bool) :=
    bound_or_optimum (data p) ok excludes (bound w).

  (** Some selection that can be reached has welfare at least [v]; more than [v]. *)
  Definition shows_reached (w : Witness) (more : bool) (v : number rationals) : bool :=
    match reached w with
    | Some r => match reached_by (data p) (kind p) ok lambda r with
        | Some s => if more then yes (lt_or_le v (welfare s)) else yes (le_dec v (welfare s))
        | None => false
        end
    | None => false
    end.

  (** What a claim does not need is not in its witness. *)
  Definition only_bound (w : Witness) : bool :=
    match reached w, excluded w with None, None => true | _, _ => false end.
  Definition only_reached (w : Witness) : bool :=
    match bound w, excluded w with None, None => true | _, _ => false end.

  Definition check (a : Claim) (w : Witness) : bool :=
    let loss x := (optimum E - x)%K in
    match name a, holds a with
    | gap_positive, true | gap_zero, false | closes, false => only_bound w && less (found w) (loss 0%K)
    | gap_positive, false | gap_zero, true | closes, true => only_reached w && shows_reached w false (loss 0%K)
    | gap_at_least x, true => only_bound w && at_most (found w) (loss (rational x))
    | gap_at_least x, false => only_reached w && shows_reached w true (loss (rational x))
    | gap_at_most x, true => only_reached w && shows_reached w false (loss (rational x))
    | gap_at_most x, false => only_bound w && less (found w) (loss (rational x))
    | gap (Some x), true =>
        finite (found w) && at_most (found w) (loss (rational x)) && shows_reached w false (loss (rational x))
    | value (Some x), true =>
        finite (found w) && at_most (found w) (rational x) && shows_reached w false (rational x)
    | gap None, true | value None, true => only_bound w && nothing (found w)
    | implementable l, true => only_reached w && match reached w, selected (data p) ok l with
        | Some r, Some s => match reached_by (data p) (kind p) ok lambda r with
            | Some s' => all (state E) (fun w => yes (le_dec (prior w) 0%K) || yes (same (s' w) (s w))) &&
                reaches lambda L c s (contract_of (data p) ok (paying r))
            | None => false
            end
        | _, _ => false
        end
    | implementable l, false => match excluded w, selected (data p) ok l with
        | Some o, Some s => match obstacle_of (data p) ok o with
            | Some (part, es) => obstructs lambda L c part es &&
                forallb (fun e => yes (same (s (fst e)) (snd e))) part
            | None => false
            end
        | _, _ => false
        end
    | gap _, false | value _, false => false
    end.

  Lemma reached_true w more v : shows_reached w more v = true ->
    exists s, can_reach s /\ if more then (v < welfare s)%K else (v <= welfare s)%K.
  Proof.
    unfold shows_reached. destruct (reached w) as [r|]; [|discriminate].
    destruct (reached_by _ _ ok lambda r) as [s|] eqn:e; [|discriminate]. intro h. exists s.
    split; [exact (reached_by_true _ _ ok _ r s e)|]. destruct more; exact (yes_true _ h).
  Qed.

  Lemma most_true w v : at_most (found w) v = true -> forall s, can_reach s -> (welfare s <= v)%K.
  Proof. exact (at_most_true (data p) ok can_reach excludes (bound w) excludes_true v). Qed.

  Lemma below_true w v : less (found w) v = true -> forall s, can_reach s -> (welfare s < v)%K.
  Proof. exact (less_true (data p) ok can_reach excludes (bound w) excludes_true v). Qed.

  Lemma none_true w : nothing (found w) = true -> forall s, ~ can_reach s.
  Proof. exact (nothing_true (data p) ok can_reach excludes (bound w) excludes_true). Qed.

  Lemma loss_more w x : less (found w) (optimum E - x)%K = true -> loses_more x.
  Proof. intros h s r. pose proof (below_true w _ h s r). olra. Qed.

  Lemma loss_at_most w x : shows_reached w false (optimum E - x)%K = true -> loses_at_most x.
  Proof.
    intro h. destruct (reached_true w _ _ h) as [s [r k]]. exists s. split; [exact r|]. cbv iota in k. olra.
  Qed.

  Lemma loss_less w x : shows_reached w true (optimum E - x)%K = true -> loses_less x.
  Proof.
    intro h. destruct (reached_true w _ _ h) as [s [r k]]. exists s. split; [exact r|]. cbv iota in k. olra.
  Qed.

  Lemma value_shown w v : at_most (found w) v = true -> shows_reached w false v = true -> is_value can_reach v.
  Proof.
    intros h g. pose proof (most_true w v h) as most. split; [|exact most].
    destruct (reached_true w _ _ g) as [s [r k]]. exists s. split; [exact r|]. cbv iota in k.
    specialize (most s r). olra.
  Qed.

  Lemma accepted a w : check a w = true -> meaning a.
  Proof.
    destruct a as [n h]. unfold check, meaning. cbn [name holds].
    destruct n as [| | |x|x|[x|]|[x|]|l], h; intro a; try (exact (False_ind _ (diff_false_true a))).
    all: try (apply split_up in a; destruct a as [a a']).
    - exact (loss_more w _ a').
    - exact (loss_at_most w _ a').
    - exact (loss_at_most w _ a').
    - exact (loss_more w _ a').
    - exact (loss_at_most w _ a').
    - exact (loss_more w _ a').
    - intros s r. pose proof (most_true w _ a' s r). olra.
    - exact (loss_less w _ a').
    - exact (loss_at_most w _ a').
    - exact (loss_more w _ a').
    - apply split_up in a. destruct a as [_ a]. exact (value_shown w _ a a').
    - exact (none_true w a').
    - apply split_up in a. destruct a as [_ a]. exact (value_shown w _ a a').
    - exact (none_true w a').
    - destruct (reached w) as [r|]; [|exact (False_ind _ (diff_false_true a'))].
      destruct (selected (data p) ok l) as [s|] eqn:e; [|exact (False_ind _ (diff_false_true a'))].
      destruct (reached_by _ _ ok lambda r) as [s'|]; [|exact (False_ind _ (diff_false_true a'))].
      apply split_up in a'. destruct a' as [_ a']. exists s. split; [reflexivity|].
      exact (reaches_true _ _ _ _ _ a').
    - destruct (excluded w) as [o|]; [|exact (False_ind _ (diff_false_true a))].
      destruct (selected (data p) ok l) as [s|] eqn:e; [|exact (False_ind _ (diff_false_true a))].
      destruct (obstacle_of _ ok o) as [[part es]|]; [|exact (False_ind _ (diff_false_true a))].
      apply split_up in a. destruct a as [a a']. intros s' e'. inversion e'; subst.
      apply (obstructs_true _ _ _ _ _ a). intros v b i. rewrite forallb_forall in a'. exact (yes_true _ (a' _ i)).
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (sensible (data p) (kind p) &&
    (length (levels p) =? length (sizes (data p))) && forallb (Z.leb 0) (levels p)) (fun ok => check p ok c w).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
