(** Certificates as numbers, what they claim, and that accepted ones claim what is so.

    Everything that is claimed is said in the terms of [Definitions.v] about [game], the environment
    of the certificate's data. *)

From Coq Require Import List Bool PeanoNat ZArith QArith FMapPositive.
From coopgap Require Import Welfare Checker Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

Inductive Kind := no_contract | transfers (m : Budget) (liability : option Q).

Record Problem := { data : Data; kind : Kind; levels : list Z; scale_of_levels : positive }.

(** Names of claims as in docs/claims.md; [None] is an infinite number. *)
Inductive Name :=
| gap_positive | gap_zero | closes
| gap_at_least (x : Q) | gap_at_most (x : Q) | gap (x : option Q) | value (x : option Q)
| implementable (profiles : list nat).

Record Claim := { name : Name; holds : bool }.

(** The witness: a play with transfers, a bound by obstructions, or one obstruction. *)
Record Reached := { played : list nat; denominator : positive; amounts : list (nat * list Z) }.
Inductive Branches := Cut (k : nat) | Node (branches : list (nat * Branches)).
Record Part := { chosen : list (nat * nat); deviations : list (nat * nat * nat * Z) }.
Record Searched := { among : list nat; reference : option (list nat); below : bool; sorted : Branches }.
Record Bound := { obstructions : list Part; blocks : list Searched }.
Record Witness := { reached : option Reached; bound : option Bound; excluded : option Part }.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.
  Let L : Language E := language (data p) ok.

  Definition lambda (i : agent E) : number rationals :=
    rational (nth (proj1_sig i) (levels p) 0%Z # scale_of_levels p).

  Definition contracts : Contracts :=
    match kind p with
    | no_contract => alone
    | transfers m l => paid m (option_map rational l)
    end.

  Definition can_reach : selection E -> Prop := reachable lambda L contracts.

  (** A selection is listed by the states of positive probability, in order. *)
  Definition support : list (state E) := filter (fun w => yes (lt_or_le 0%K (prior w))) (listed (state E)).

  Definition pick {X : Finite} (k : nat) : option X := nth_error (listed X) k.

  Fixpoint picked {X : Finite} (l : list nat) : option (list X) :=
    match l with
    | nil => Some nil
    | k :: rest => match pick k, picked rest with Some x, Some r => Some (x :: r) | _, _ => None end
    end.

  Definition selected (l : list nat) : option (selection E) :=
    match picked l with
    | Some a => if length l =? length support then Some (extend (combine support a)) else None
    | None => None
    end.

  Definition loses_more (x : number rationals) : Prop := forall s, can_reach s -> (welfare s + x < optimum E)%K.
  Definition loses_at_most (x : number rationals) : Prop := exists s, can_reach s /\ (optimum E <= welfare s + x)%K.
  Definition loses_less (x : number rationals) : Prop := exists s, can_reach s /\ (optimum E < welfare s + x)%K.

  Definition meaning (c : Claim) : Prop :=
    match name c, holds c with
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
    | implementable l, true => exists s, selected l = Some s /\ can_reach s
    | implementable l, false => forall s, selected l = Some s -> ~ can_reach s
    | gap _, false | value _, false => False
    end.

  (** *** From numbers to the checker *)

  Definition contract_of (r : Reached) : Transfers L :=
    let table := fold_right (fun e => PositiveMap.add (Pos.of_succ_nat (fst e))
      (map (fun z => rational (z # denominator r)) (snd e))) (PositiveMap.empty _) (amounts r) in
    fun (i : agent E) (y : record L) => match PositiveMap.find (Pos.of_succ_nat (proj1_sig y)) table with
      | Some row => nth (proj1_sig i) row 0%K
      | None => 0%K
      end.

  (** The numbers of a list, [None] if one is there twice. *)
  Fixpoint distinct_numbers (l : list nat) : option (PositiveMap.t bool) :=
    match l with
    | nil => Some (PositiveMap.empty _)
    | k :: rest => match distinct_numbers rest with
        | Some seen => if PositiveMap.mem (Pos.of_succ_nat k) seen then None else Some (PositiveMap.add (Pos.of_succ_nat k) true seen)
        | None => None
        end
    end.

  Definition once_each (l : list nat) : bool := match distinct_numbers l with Some _ => true | None => false end.

  (** Amounts are for records that there can be, each listed once, for all agents. *)
  Definition amounts_ok (r : Reached) : bool :=
    let last := last_record (data p) in
    let limit := length (weights (data p)) * count (data p) in
    once_each (map fst (amounts r)) &&
    forallb (fun e => (fst e <? limit) &&
      (length (snd e) =? length (sizes (data p)))) (amounts r) &&
    (* an amount at a record that no play leaves is held to the same rules *)
    forallb (fun e => (fst e <=? last) ||
      let paid := map (fun z => rational (z # denominator r)) (snd e) in
      match kind p with
      | no_contract => true
      | transfers m l =>
          match m with
          | balanced => yes (eq_dec (total paid (fun x => x)) 0%K)
          | burnt => yes (le_dec (total paid (fun x => x)) 0%K)
          | free => true
          end && match l with Some B => forallb (fun x => yes (le_dec (- rational B)%K x)) paid | None => true end
      end) (amounts r) &&
    match kind p with no_contract => match amounts r with nil => true | _ => false end | _ => true end.

  Definition reached_by (r : Reached) : option (selection E) :=
    match selected (played r) with
    | Some s => if amounts_ok r && reaches lambda L contracts s (contract_of r) then Some s else None
    | None => None
    end.

  Lemma reached_by_true r s : reached_by r = Some s -> can_reach s.
  Proof.
    unfold reached_by. destruct (selected (played r)) as [s'|]; [|discriminate].
    destruct (amounts_ok r); [|discriminate]. cbn [andb].
    destruct (reaches lambda L contracts s' (contract_of r)) eqn:e; [|discriminate].
    intro h. inversion h; subst. exact (reaches_true _ _ _ _ _ e).
  Qed.

  Fixpoint part_of (l : list (nat * nat)) : option (part (E := E)) :=
    match l with
    | nil => Some nil
    | (w, a) :: rest =>
        match pick w, pick a, part_of rest with
        | Some w, Some a, Some r =>
            if yes (lt_or_le 0%K (prior w)) && negb (in_part r w) then Some ((w, a) :: r) else None
        | _, _, _ => None
        end
    end.

  Definition deviation_of (s : part (E := E)) (e : nat * nat * nat * Z) : option (Deviation (E := E)) :=
    let '(w, i, b, k) := e in
    match pick (X := state E) w, pick (X := agent E) i with
    | Some w, Some i => match pick (X := action E i) b with
        | Some b => if yes (same (play (extend s w) i) b) then None
            else Some {| who := i; where_ := w; to := b; weight := rational (k # 1) |}
        | None => None
        end
    | _, _ => None
    end.

  Fixpoint sequence {X Y} (f : X -> option Y) (l : list X) : option (list Y) :=
    match l with
    | nil => Some nil
    | x :: rest => match f x, sequence f rest with Some y, Some r => Some (y :: r) | _, _ => None end
    end.

  Definition same_move (x y : nat * nat * nat * Z) : bool :=
    let '(w, i, b, _) := x in let '(w', i', b', _) := y in (w =? w') && (i =? i') && (b =? b').

  Fixpoint moves_once (l : list (nat * nat * nat * Z)) : bool :=
    match l with nil => true | x :: rest => negb (existsb (same_move x) rest) && moves_once rest end.

  Definition obstacle_of (o : Part) : option (obstacle (E := E)) :=
    match part_of (chosen o) with
    | Some s => match sequence (deviation_of s) (deviations o) with
        | Some es => if moves_once (deviations o) then Some (s, es) else None
        | None => None
        end
    | None => None
    end.

  Fixpoint tree_of (t : Branches) : option (Tree (E := E)) :=
    match t with
    | Cut k => Some (cut k)
    | Node l => option_map node ((fix go l := match l with
        | nil => Some nil
        | (k, t) :: rest => match pick k, tree_of t, go rest with
            | Some a, Some t, Some r => if existsb (fun e => yes (same (fst e) a)) r then None else Some ((a, t) :: r)
            | _, _, _ => None
            end
        end) l)
    end.

  Definition block_of (b : Searched) : option (Block (E := E)) :=
    match picked (among b), tree_of (sorted b) with
    | Some ws, Some t =>
        match reference b with
        | None => Some {| states := ws; limit := None; strictly := below b; tree := t |}
        | Some l => match picked l with
            | Some a => if length l =? length ws then
                Some {| states := ws; limit := Some (total (combine ws a) (fun e => adds (fst e) (snd e)));
                        strictly := below b; tree := t |} else None
            | None => None
            end
        end
    | _, _ => None
    end.

  (** A bound on the welfare of all that can be reached, [None] if nothing can, and whether it is strict. *)
  Definition bound_of (b : Bound) : option (option (number rationals) * bool) :=
    match sequence obstacle_of (obstructions b), sequence block_of (blocks b) with
    | Some os, Some bs =>
        if bounds lambda L contracts os bs &&
           forallb (fun b => forallb (fun w => yes (lt_or_le 0%K (prior w))) (states b)) bs &&
           negb (existsb (fun b => match states b with nil => true | _ => false end) bs)
        then Some (ceiling bs, existsb strictly bs) else None
    | _, _ => None
    end.

  Lemma bound_of_true b c strict : bound_of b = Some (c, strict) ->
    forall s, can_reach s -> kept c strict (welfare s).
  Proof.
    unfold bound_of. destruct (sequence obstacle_of (obstructions b)) as [os|]; [|discriminate].
    destruct (sequence block_of (blocks b)) as [bs|]; [|discriminate].
    destruct (bounds lambda L contracts os bs) eqn:e; [|discriminate].
    destruct (_ && _); [|discriminate]. intros h s r. inversion h; subst.
    exact (bounds_true _ _ _ _ _ e s r).
  Qed.

  Definition bound_or_optimum (w : Witness) : option (option (number rationals) * bool) :=
    match bound w with
    | Some b => bound_of b
    | None => Some (Some (optimum E), false)
    end.

  Lemma bound_or_optimum_true w c strict : bound_or_optimum w = Some (c, strict) ->
    forall s, can_reach s -> kept c strict (welfare s).
  Proof.
    unfold bound_or_optimum. destruct (bound w) as [b|]; [apply bound_of_true|].
    intros h s _. inversion h; subst. apply welfare_le.
  Qed.

  (** All that can be reached has welfare at most [v]; less than [v]; there is nothing. *)
  Definition shows_at_most (w : Witness) (v : number rationals) : bool :=
    match bound_or_optimum w with
    | Some (None, _) => true
    | Some (Some u, _) => yes (le_dec u v)
    | None => false
    end.
  Definition shows_below (w : Witness) (v : number rationals) : bool :=
    match bound_or_optimum w with
    | Some (None, _) => true
    | Some (Some u, strict) => if strict then yes (le_dec u v) else yes (lt_or_le u v)
    | None => false
    end.
  Definition shows_nothing (w : Witness) : bool :=
    match bound_or_optimum w with Some (None, _) => true | _ => false end.
  (** Some selection that can be reached has welfare at least [v]; more than [v]. *)
  Definition shows_reached (w : Witness) (more : bool) (v : number rationals) : bool :=
    match reached w with
    | Some r => match reached_by r with
        | Some s => if more then yes (lt_or_le v (welfare s)) else yes (le_dec v (welfare s))
        | None => false
        end
    | None => false
    end.

  Definition finite_bound (w : Witness) : bool :=
    match bound_or_optimum w with Some (Some _, _) => true | _ => false end.

  (** What a claim does not need is not in its witness. *)
  Definition only_bound (w : Witness) : bool :=
    match reached w, excluded w with None, None => true | _, _ => false end.
  Definition only_reached (w : Witness) : bool :=
    match bound w, excluded w with None, None => true | _, _ => false end.

  Definition check (c : Claim) (w : Witness) : bool :=
    let loss x := (optimum E - x)%K in
    match name c, holds c with
    | gap_positive, true | gap_zero, false | closes, false => only_bound w && shows_below w (loss 0%K)
    | gap_positive, false | gap_zero, true | closes, true => only_reached w && shows_reached w false (loss 0%K)
    | gap_at_least x, true => only_bound w && shows_at_most w (loss (rational x))
    | gap_at_least x, false => only_reached w && shows_reached w true (loss (rational x))
    | gap_at_most x, true => only_reached w && shows_reached w false (loss (rational x))
    | gap_at_most x, false => only_bound w && shows_below w (loss (rational x))
    | gap (Some x), true =>
        finite_bound w && shows_at_most w (loss (rational x)) && shows_reached w false (loss (rational x))
    | value (Some x), true =>
        finite_bound w && shows_at_most w (rational x) && shows_reached w false (rational x)
    | gap None, true | value None, true => only_bound w && shows_nothing w
    | implementable l, true => only_reached w && match reached w, selected l with
        | Some r, Some s => match reached_by r with
            | Some s' => all (state E) (fun w => yes (le_dec (prior w) 0%K) || yes (same (s' w) (s w))) &&
                reaches lambda L contracts s (contract_of r)
            | None => false
            end
        | _, _ => false
        end
    | implementable l, false => match excluded w, selected l with
        | Some o, Some s => match obstacle_of o with
            | Some (part, es) => obstructs lambda L contracts part es &&
                forallb (fun e => yes (same (s (fst e)) (snd e))) part
            | None => false
            end
        | _, _ => false
        end
    | gap _, false | value _, false => false
    end.

  Lemma at_most_true w v : shows_at_most w v = true -> forall s, can_reach s -> (welfare s <= v)%K.
  Proof.
    unfold shows_at_most. destruct (bound_or_optimum w) as [[[u|] strict]|] eqn:e; [| |discriminate]; intros h s r;
      pose proof (bound_or_optimum_true w _ _ e s r) as k; unfold kept in k; [|destruct k].
    apply yes_true in h. destruct strict; olra.
  Qed.

  Lemma below_true w v : shows_below w v = true -> forall s, can_reach s -> (welfare s < v)%K.
  Proof.
    unfold shows_below. destruct (bound_or_optimum w) as [[[u|] strict]|] eqn:e; [| |discriminate]; intros h s r;
      pose proof (bound_or_optimum_true w _ _ e s r) as k; unfold kept in k; [|destruct k].
    destruct strict; apply yes_true in h; olra.
  Qed.

  Lemma nothing_true w : shows_nothing w = true -> forall s, ~ can_reach s.
  Proof.
    unfold shows_nothing. destruct (bound_or_optimum w) as [[[u|] strict]|] eqn:e; try discriminate.
    intros _ s r. exact (bound_or_optimum_true w _ _ e s r).
  Qed.

  Lemma reached_true w more v : shows_reached w more v = true ->
    exists s, can_reach s /\ if more then (v < welfare s)%K else (v <= welfare s)%K.
  Proof.
    unfold shows_reached. destruct (reached w) as [r|]; [|discriminate].
    destruct (reached_by r) as [s|] eqn:e; [|discriminate]. intro h. exists s.
    split; [exact (reached_by_true r s e)|]. destruct more; exact (yes_true _ h).
  Qed.

  Lemma split_up x y : (x && y)%bool = true -> x = true /\ y = true.
  Proof. apply andb_true_iff. Qed.

  Lemma loss_more w x : shows_below w (optimum E - x)%K = true -> loses_more x.
  Proof. intros h s r. pose proof (below_true w _ h s r). olra. Qed.

  Lemma loss_at_most w x : shows_reached w false (optimum E - x)%K = true -> loses_at_most x.
  Proof.
    intro h. destruct (reached_true w _ _ h) as [s [r k]]. exists s. split; [exact r|]. cbv iota in k. olra.
  Qed.

  Lemma loss_less w x : shows_reached w true (optimum E - x)%K = true -> loses_less x.
  Proof.
    intro h. destruct (reached_true w _ _ h) as [s [r k]]. exists s. split; [exact r|]. cbv iota in k. olra.
  Qed.

  Lemma value_shown w v : shows_at_most w v = true -> shows_reached w false v = true -> is_value can_reach v.
  Proof.
    intros h g. pose proof (at_most_true w v h) as most. split; [|exact most].
    destruct (reached_true w _ _ g) as [s [r k]]. exists s. split; [exact r|]. cbv iota in k.
    specialize (most s r). olra.
  Qed.

  Lemma accepted c w : check c w = true -> meaning c.
  Proof.
    destruct c as [n h]. unfold check, meaning. cbn [name holds].
    destruct n as [| | |x|x|[x|]|[x|]|l], h; intro a; try (exact (False_ind _ (diff_false_true a))).
    all: try (apply split_up in a; destruct a as [a a']).
    - exact (loss_more w _ a').
    - exact (loss_at_most w _ a').
    - exact (loss_at_most w _ a').
    - exact (loss_more w _ a').
    - exact (loss_at_most w _ a').
    - exact (loss_more w _ a').
    - intros s r. pose proof (at_most_true w _ a' s r). olra.
    - exact (loss_less w _ a').
    - exact (loss_at_most w _ a').
    - exact (loss_more w _ a').
    - apply split_up in a. destruct a as [_ a]. exact (value_shown w _ a a').
    - exact (nothing_true w a').
    - apply split_up in a. destruct a as [_ a]. exact (value_shown w _ a a').
    - exact (nothing_true w a').
    - destruct (reached w) as [r|]; [|exact (False_ind _ (diff_false_true a'))].
      destruct (selected l) as [s|] eqn:e; [|exact (False_ind _ (diff_false_true a'))].
      destruct (reached_by r) as [s'|]; [|exact (False_ind _ (diff_false_true a'))].
      apply split_up in a'. destruct a' as [_ a']. exists s. split; [reflexivity|].
      exact (reaches_true _ _ _ _ _ a').
    - destruct (excluded w) as [o|]; [|exact (False_ind _ (diff_false_true a))].
      destruct (selected l) as [s|] eqn:e; [|exact (False_ind _ (diff_false_true a))].
      destruct (obstacle_of o) as [[part es]|]; [|exact (False_ind _ (diff_false_true a))].
      apply split_up in a. destruct a as [a a']. intros s' e'. inversion e'; subst.
      apply (obstructs_true _ _ _ _ _ a). intros v b i. rewrite forallb_forall in a'. exact (yes_true _ (a' _ i)).
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  match bool_dec (good (data p)) true with
  | left ok => match kind p with transfers _ (Some B) => Qle_bool 0 B | _ => true end &&
      (length (levels p) =? length (sizes (data p))) && forallb (Z.leb 0) (levels p) && check p ok c w
  | right _ => false
  end.

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof.
  unfold accepts, shown. destruct (bool_dec (good (data p)) true) as [ok|]; [|intro h; exact (False_ind _ (diff_false_true h))].
  intro h. exists ok. apply andb_true_iff in h. destruct h as [_ h]. exact (accepted p ok c w h).
Qed.
