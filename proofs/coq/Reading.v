(** The numbers of a certificate, read as objects of the checker.

    Nothing is claimed here: an environment, its contracts, plays, obstructions and trees, as numbers. *)

From Coq Require Import List Bool PeanoNat ZArith QArith FMapPositive.
From coopgap Require Import Welfare Checker Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

Inductive Kind := no_contract | transfers (m : Budget) (liability : option Q) | directives (complete : bool).

(** The witness: a play with transfers, a bound by obstructions, or one obstruction. *)
Record Payments := { denominator : positive; amounts : list (nat * list Z) }.
Record Reached := { played : list nat; paying : Payments }.
Inductive Branches := Cut (k : nat) | Node (branches : list (nat * Branches)).
Record Part := { chosen : list (nat * nat); deviations : list (nat * nat * nat * Z) }.
Record Searched := { among : list nat; reference : option (list nat); below : bool; sorted : Branches }.
Record Bound := { obstructions : list Part; blocks : list Searched }.

Fixpoint sequence {X Y} (f : X -> option Y) (l : list X) : option (list Y) :=
  match l with
  | nil => Some nil
  | x :: rest => match f x, sequence f rest with Some y, Some r => Some (y :: r) | _, _ => None end
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

Lemma split_up x y : (x && y)%bool = true -> x = true /\ y = true.
Proof. apply andb_true_iff. Qed.

Section Reading.
  Variables (d : Data) (k : Kind).
  Hypothesis ok : good d = true.

  Let E : Environment rationals := game d ok.
  Let L : Language E := language d ok.

  (** Cells and classes are numbers; they are given where there are directives. *)
  Definition product : Product E :=
    let cells := match records d with by_classes cells _ => cells | _ => nil end in
    let classes := match records d with by_classes _ classes => classes | _ => nil end in
    let own (i : agent E) : list nat := nth (proj1_sig i) classes nil in
    {| cell := Fin (S (greatest cells));
       cell_of := fun w : state E => capped (greatest cells) (nth (proj1_sig w) cells 0);
       class := nat;
       class_of := fun (i : agent E) (b : action E i) => nth (proj1_sig b) (own i) 0 |}.

  Definition has_classes : bool := match records d with by_classes _ _ => true | _ => false end.

  Definition contracts : Contracts E :=
    match k with
    | no_contract => alone
    | transfers m l => paid m (option_map rational l)
    | directives complete => told product Nat.eq_dec complete
    end.

  (** Liability bounds are not negative, and directives need cells and classes. *)
  Definition sensible : bool :=
    match k with
    | no_contract => true
    | transfers _ l => match l with Some B => Qle_bool 0 B | None => true end
    | directives _ => has_classes
    end.

  (** Cooperating actions are listed for each agent; the first that is listed is the exemplary one. *)
  Definition cooperating (l : list (list nat)) (i : agent E) : list nat := nth (proj1_sig i) l [].
  Definition cooperates l (i : agent E) (c : action E i) : Prop := In (proj1_sig c) (cooperating l i).
  Definition exemplary l (i : agent E) (c : action E i) : Prop := proj1_sig c = hd 0 (cooperating l i).

  Definition coop l (i : agent E) (c : action E i) : bool := existsb (Nat.eqb (proj1_sig c)) (cooperating l i).

  Lemma coop_iff l i c : coop l i c = true <-> cooperates l i c.
  Proof.
    unfold coop. rewrite existsb_exists. split; [|intro h; exists (proj1_sig c); split; [exact h|apply Nat.eqb_refl]].
    intros [n [h e]]. apply Nat.eqb_eq in e. unfold cooperates. now rewrite e.
  Qed.

  (** Each agent has actions of both sides. *)
  Definition two_sided (l : list (list nat)) : bool :=
    (length l =? length (sizes d)) &&
    forallb (fun e => negb (length (snd e) =? 0) && forallb (fun c => c <? fst e) (snd e) &&
      existsb (fun c => negb (existsb (Nat.eqb c) (snd e))) (seq 0 (fst e))) (combine (sizes d) l).

  (** A selection is listed by the states of positive probability, in order. *)
  Definition support : list (state E) := filter (fun w => yes (lt_or_le 0%K (prior w))) (listed (state E)).

  Lemma in_support (w : state E) : In w support <-> likely w.
  Proof.
    split; intro h.
    - apply filter_In in h. exact (yes_true _ (proj2 h)).
    - apply filter_In. split; [apply all_listed|]. unfold yes. destruct (lt_or_le 0%K (prior w)) as [_|n]; [reflexivity|destruct (h n)].
  Qed.

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

  Definition contract_of (r : Payments) : Transfers L :=
    let table := fold_right (fun e => PositiveMap.add (Pos.of_succ_nat (fst e))
      (map (fun z => rational (z # denominator r)) (snd e))) (PositiveMap.empty _) (amounts r) in
    fun (i : agent E) (y : record L) => match PositiveMap.find (Pos.of_succ_nat (proj1_sig y)) table with
      | Some row => nth (proj1_sig i) row 0%K
      | None => 0%K
      end.

  (** Amounts are for records that there can be, each listed once, for all agents. *)
  Definition amounts_ok (r : Payments) : bool :=
    let last := last_record d in
    let limit := length (weights d) * count d in
    once_each (map fst (amounts r)) &&
    forallb (fun e => (fst e <? limit) &&
      (length (snd e) =? length (sizes d))) (amounts r) &&
    (* an amount at a record that no play leaves is held to the same rules *)
    forallb (fun e => (fst e <=? last) ||
      let paid := map (fun z => rational (z # denominator r)) (snd e) in
      match k with
      | transfers m l =>
          match m with
          | balanced => yes (eq_dec (total paid (fun x => x)) 0%K)
          | burnt => yes (le_dec (total paid (fun x => x)) 0%K)
          | free => true
          end && match l with Some B => forallb (fun x => yes (le_dec (- rational B)%K x)) paid | None => true end
      | _ => true
      end) (amounts r) &&
    match k with transfers _ _ => true | _ => match amounts r with nil => true | _ => false end end.

  (** What a play with a contract reaches at given λ, if it is an equilibrium. *)
  Definition reached_by (lam : agent E -> number rationals) (r : Reached) : option (selection E) :=
    match selected (played r) with
    | Some s => if amounts_ok (paying r) && reaches lam L contracts s (contract_of (paying r)) then Some s else None
    | None => None
    end.

  Lemma reached_by_true lam r s : reached_by lam r = Some s -> reachable lam L contracts s.
  Proof.
    unfold reached_by. destruct (selected (played r)) as [s'|]; [|discriminate].
    destruct (amounts_ok (paying r)); [|discriminate]. cbn [andb].
    destruct (reaches lam L contracts s' (contract_of (paying r))) eqn:e; [|discriminate].
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

  (** A bound on the welfare of all that can be reached, [None] if nothing can, and whether it is
      strict; [excludes] says what an obstacle needs. *)
  Definition bound_of (excludes : obstacle (E := E) -> bool) (b : Bound) : option (option (number rationals) * bool) :=
    match sequence obstacle_of (obstructions b), sequence block_of (blocks b) with
    | Some os, Some bs =>
        if forallb excludes os && sorts os bs &&
           forallb (fun b => forallb (fun w => yes (lt_or_le 0%K (prior w))) (states b)) bs &&
           negb (existsb (fun b => match states b with nil => true | _ => false end) bs)
        then Some (ceiling bs, existsb strictly bs) else None
    | _, _ => None
    end.

  Lemma bound_of_true (can_reach : selection E -> Prop) excludes b c strict :
    (forall o, excludes o = true -> forall s, agrees (fst o) s -> ~ can_reach s) ->
    bound_of excludes b = Some (c, strict) -> forall s, can_reach s -> kept c strict (welfare s).
  Proof.
    intro sound. unfold bound_of. destruct (sequence obstacle_of (obstructions b)) as [os|]; [|discriminate].
    destruct (sequence block_of (blocks b)) as [bs|]; [|discriminate].
    match goal with |- context [if ?t then _ else _] => destruct t eqn:e end; [|discriminate].
    apply split_up in e. destruct e as [e _]. apply split_up in e. destruct e as [e _].
    apply split_up in e. destruct e as [each split]. rewrite forallb_forall in each.
    intros h s r. inversion h; subst.
    apply (sorts_true can_reach os bs); [|exact split|exact r]. intros o i. exact (sound o (each o i)).
  Qed.

  (** Welfare of at most [v]; less than [v]; nothing at all; of a bound that may be left out. *)
  Definition bound_or_optimum excludes (b : option Bound) : option (option (number rationals) * bool) :=
    match b with
    | Some b => bound_of excludes b
    | None => Some (Some (optimum E), false)
    end.

  Definition at_most (found : option (option (number rationals) * bool)) (v : number rationals) : bool :=
    match found with
    | Some (None, _) => true
    | Some (Some u, _) => yes (le_dec u v)
    | None => false
    end.
  Definition less (found : option (option (number rationals) * bool)) (v : number rationals) : bool :=
    match found with
    | Some (None, _) => true
    | Some (Some u, strict) => if strict then yes (le_dec u v) else yes (lt_or_le u v)
    | None => false
    end.
  Definition nothing (found : option (option (number rationals) * bool)) : bool :=
    match found with Some (None, _) => true | _ => false end.
  Definition finite (found : option (option (number rationals) * bool)) : bool :=
    match found with Some (Some _, _) => true | _ => false end.

  Section Found.
    Variables (can_reach : selection E -> Prop) (excludes : obstacle (E := E) -> bool) (b : option Bound).
    Hypothesis sound : forall o, excludes o = true -> forall s, agrees (fst o) s -> ~ can_reach s.

    Lemma found_true c strict : bound_or_optimum excludes b = Some (c, strict) ->
      forall s, can_reach s -> kept c strict (welfare s).
    Proof.
      unfold bound_or_optimum. destruct b as [b'|]; [exact (bound_of_true can_reach excludes b' c strict sound)|].
      intros h s _. inversion h; subst. apply welfare_le.
    Qed.

    Lemma at_most_true v : at_most (bound_or_optimum excludes b) v = true ->
      forall s, can_reach s -> (welfare s <= v)%K.
    Proof.
      unfold at_most. destruct (bound_or_optimum excludes b) as [[[u|] strict]|] eqn:e; [| |discriminate]; intros h s r;
        pose proof (found_true _ _ e s r) as kp; unfold kept in kp; [|destruct kp].
      apply yes_true in h. destruct strict; olra.
    Qed.

    Lemma less_true v : less (bound_or_optimum excludes b) v = true ->
      forall s, can_reach s -> (welfare s < v)%K.
    Proof.
      unfold less. destruct (bound_or_optimum excludes b) as [[[u|] strict]|] eqn:e; [| |discriminate]; intros h s r;
        pose proof (found_true _ _ e s r) as kp; unfold kept in kp; [|destruct kp].
      destruct strict; apply yes_true in h; olra.
    Qed.

    Lemma nothing_true : nothing (bound_or_optimum excludes b) = true -> forall s, ~ can_reach s.
    Proof.
      unfold nothing. destruct (bound_or_optimum excludes b) as [[[u|] strict]|] eqn:e; try discriminate.
      intros _ s r. exact (found_true _ _ e s r).
    Qed.
  End Found.
End Reading.
