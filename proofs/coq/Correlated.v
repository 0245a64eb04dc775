(** Certificates about correlated play: what they claim, and that accepted ones claim what is so.

    V is a supremum over contracts. That it is at least a number is claimed, and shown, by play that
    reaches the number; a bound that is strict is claimed with some room, for all play at once. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Multipliers Reading.
From coopgap Require Import Welfare Checker Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

Record Problem := { data : Data; budget : Budget; liability : option Q; levels : list Z; scale_of_levels : positive }.

(** [within]: only these profiles are played. *)
Inductive Name :=
| correlated_gap_positive | correlated_gap_at_least (x : Q) | correlated_gap_at_most (x : Q) | correlated_gap (x : Q)
| play_at_most (in_state profile : nat) (within : option (list nat)) (x : Q).

Record Claim := { name : Name; holds : bool }.

(** For each state of positive probability weighed profiles; or weighed deviations, of a player,
    from an action, to an action. *)
Record Mixed := { mixes : list (list (nat * Z)); paying : Payments }.
Record Weighed := { over : positive; multipliers : list (list (nat * nat * nat * Z)) }.
Record Witness := { reached : option Mixed; bound : option Weighed }.

Fixpoint ascending (l : list nat) : bool :=
  match l with
  | a :: (b :: _) as rest => (a <? b) && ascending rest
  | _ => true
  end.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.
  Let L : Language E := language (data p) ok.
  Let kind : Kind := transfers (budget p) (liability p).
  Let bounded : option (number rationals) := option_map rational (liability p).

  Definition lambda (i : agent E) : number rationals :=
    rational (nth (proj1_sig i) (levels p) 0%Z # scale_of_levels p).

  Definition can_play : Play E -> Prop := supported lambda L (budget p) bounded.

  Definition loses_at_least (x : number rationals) : Prop := forall mu, can_play mu -> (expected mu + x <= optimum E)%K.
  Definition loses_more (x : number rationals) : Prop :=
    exists d : number rationals, (0 < d)%K /\ forall mu, can_play mu -> (expected mu + x + d <= optimum E)%K.
  Definition loses_at_most (x : number rationals) : Prop := exists mu, can_play mu /\ (optimum E <= expected mu + x)%K.
  Definition loses_less (x : number rationals) : Prop := exists mu, can_play mu /\ (optimum E < expected mu + x)%K.

  Definition listed_in (l : option (list nat)) (a : profile E) : bool :=
    match l with
    | None => true
    | Some l => existsb (fun k => match pick k with Some b => yes (same b a) | None => false end) l
    end.

  Definition meaning (a : Claim) : Prop :=
    match name a, holds a with
    | correlated_gap_positive, true => loses_more 0%K
    | correlated_gap_positive, false => loses_at_most 0%K
    | correlated_gap_at_least x, true => loses_at_least (rational x)
    | correlated_gap_at_least x, false => loses_less (rational x)
    | correlated_gap_at_most x, true => loses_at_most (rational x)
    | correlated_gap_at_most x, false => loses_more (rational x)
    | correlated_gap x, true => loses_at_least (rational x) /\ loses_at_most (rational x)
    | play_at_most w b within x, true => exists w' b', pick (X := state E) w = Some w' /\ pick (X := profile E) b = Some b' /\
        likely w' /\ forall mu, can_play mu -> (forall a, listed_in within a = false -> mu w' a = 0%K) -> (mu w' b' <= rational x)%K
    | correlated_gap _, false | play_at_most _ _ _ _, false => False
    end.

  (** *** From numbers to the checker *)

  (** A list for each state of positive probability, in order. *)
  Definition by_state {X} (none : X) (l : list X) (w : state E) : X :=
    match find (fun e => yes (same (fst e) w)) (combine (support (data p) ok) l) with Some e => snd e | None => none end.

  Definition whole_list {X} (l : list X) : bool := length l =? length (support (data p) ok).

  Definition mix_of (l : list (nat * Z)) : option (Mix (E := E)) :=
    let sum := Z.to_pos (fold_right Z.add 0%Z (map snd l)) in
    if negb (length l =? 0) && once_each (map fst l) && forallb (fun e => (0 <? snd e)%Z) l
    then sequence (fun e => option_map (fun a => (a, rational (snd e # sum))) (pick (X := profile E) (fst e))) l
    else None.

  Definition play_of (r : Mixed) : option (state E -> Mix (E := E)) :=
    match sequence mix_of (mixes r) with
    | Some l => if whole_list l then Some (by_state [(some_profile, 1%K)] l) else None
    | None => None
    end.

  Definition reached_by (r : Mixed) : option (state E -> Mix (E := E)) :=
    match play_of r with
    | Some d => if amounts_ok (data p) kind (paying r) &&
          supports lambda L (budget p) bounded d (contract_of (data p) ok (paying r)) then Some d else None
    | None => None
    end.

  Lemma reached_by_true r d : reached_by r = Some d -> can_play (mixed d).
  Proof.
    unfold reached_by. destruct (play_of r) as [d'|]; [|discriminate].
    destruct (amounts_ok (data p) kind (paying r)); [|discriminate]. cbn [andb].
    destruct (supports lambda L (budget p) bounded d' _) eqn:e; [|discriminate].
    intro h. inversion h; subst. exact (supports_true _ _ _ _ _ _ e).
  Qed.

  Definition multiplier_of (over : positive) (e : nat * nat * nat * Z) : option (Multiplier (E := E)) :=
    let '(i, a, b, k) := e in
    match pick (X := agent E) i with
    | Some i => match pick (X := action E i) a, pick (X := action E i) b with
        | Some a, Some b => if yes (same a b) || (k <=? 0)%Z then None
            else Some {| of := i; told_what := a; doing := b; force_of := rational (k # over) |}
        | _, _ => None
        end
    | None => None
    end.

  Definition multipliers_of (over : positive) (l : list (nat * nat * nat * Z)) : option (list (Multiplier (E := E))) :=
    if moves_once l then sequence (multiplier_of over) l else None.

  Definition weighed_by (b : Weighed) : option (state E -> list (Multiplier (E := E))) :=
    match sequence (multipliers_of (over b)) (multipliers b) with
    | Some l => if whole_list l then Some (by_state nil l) else None
    | None => None
    end.

  (** A bound on the welfare of all play; where none is given, W*. *)
  Definition ceiling_by (b : option Weighed) : option (number rationals) :=
    match b with
    | None => Some (optimum E)
    | Some b => match weighed_by b with
        | Some y => if usable_all L (budget p) bounded y then Some (ceiling_of lambda L (budget p) bounded y) else None
        | None => None
        end
    end.

  Lemma ceiling_by_true b v (mu : Play E) : ceiling_by b = Some v -> can_play mu -> (expected mu <= v)%K.
  Proof.
    intros h s. unfold ceiling_by in h. destruct b as [b|].
    - destruct (weighed_by b) as [y|]; [|discriminate].
      destruct (usable_all L (budget p) bounded y) eqn:e; [|discriminate]. inversion h; subst.
      exact (ceiling_of_true lambda L (budget p) bounded y mu e s).
    - inversion h; subst. exact (expected_optimum mu (proj1 s)).
  Qed.

  (** All play has welfare at most [v]; some has at least [v], or more. *)
  Definition shows_most (b : option Weighed) (strict : bool) (v : number rationals) : bool :=
    match ceiling_by b with
    | Some u => if strict then yes (lt_or_le u v) else yes (le_dec u v)
    | None => false
    end.
  Definition shows_reached (r : option Mixed) (more : bool) (v : number rationals) : bool :=
    match r with
    | Some r => match reached_by r with
        | Some d => if more then yes (lt_or_le v (worth_of d)) else yes (le_dec v (worth_of d))
        | None => false
        end
    | None => false
    end.

  Definition shows_bounded (w b : nat) (within : option (list nat)) (x : Q) (y : Weighed) : bool :=
    match pick (X := state E) w, pick (X := profile E) b, multipliers y with
    | Some w', Some b', [l] => match multipliers_of (over y) l with
        | Some ys => yes (lt_or_le 0%K (prior w')) &&
            match within with None => true | Some k => forallb (fun n => n <? count (data p)) k && ascending k end &&
            played_at_most lambda L (budget p) bounded w' ys (listed_in within) b' (rational x)
        | None => false
        end
    | _, _, _ => false
    end.

  Definition check (a : Claim) (w : Witness) : bool :=
    let loss x := (optimum E - x)%K in
    match name a, holds a, reached w, bound w with
    | correlated_gap_positive, true, None, b => shows_most b true (loss 0%K)
    | correlated_gap_positive, false, Some r, None => shows_reached (Some r) false (loss 0%K)
    | correlated_gap_at_least x, true, None, b => shows_most b false (loss (rational x))
    | correlated_gap_at_least x, false, Some r, None => shows_reached (Some r) true (loss (rational x))
    | correlated_gap_at_most x, true, Some r, None => shows_reached (Some r) false (loss (rational x))
    | correlated_gap_at_most x, false, None, b => shows_most b true (loss (rational x))
    | correlated_gap x, true, Some r, b => shows_most b false (loss (rational x)) && shows_reached (Some r) false (loss (rational x))
    | play_at_most v b within x, true, None, Some y => shows_bounded v b within x y
    | _, _, _, _ => false
    end.

  Lemma most_least b x : shows_most b false (optimum E - x)%K = true -> loses_at_least x.
  Proof.
    unfold shows_most. destruct (ceiling_by b) as [u|] eqn:e; [|discriminate]. intros h mu s. apply yes_true in h.
    pose proof (ceiling_by_true b u mu e s). olra.
  Qed.

  Lemma most_more b x : shows_most b true (optimum E - x)%K = true -> loses_more x.
  Proof.
    unfold shows_most. destruct (ceiling_by b) as [u|] eqn:e; [|discriminate]. intro h. apply yes_true in h.
    exists (optimum E - x - u)%K. split; [olra|]. intros mu s. pose proof (ceiling_by_true b u mu e s). olra.
  Qed.

  Lemma reached_most r x : shows_reached r false (optimum E - x)%K = true -> loses_at_most x.
  Proof.
    unfold shows_reached. destruct r as [r|]; [|discriminate]. destruct (reached_by r) as [d|] eqn:e; [|discriminate].
    intro h. apply yes_true in h. exists (mixed d). split; [exact (reached_by_true r d e)|].
    rewrite worth_of_expected in h. olra.
  Qed.

  Lemma reached_less r x : shows_reached r true (optimum E - x)%K = true -> loses_less x.
  Proof.
    unfold shows_reached. destruct r as [r|]; [|discriminate]. destruct (reached_by r) as [d|] eqn:e; [|discriminate].
    intro h. apply yes_true in h. exists (mixed d). split; [exact (reached_by_true r d e)|].
    rewrite worth_of_expected in h. olra.
  Qed.

  Lemma accepted a w : check a w = true -> meaning a.
  Proof.
    destruct a as [n h], w as [r b]. unfold check, meaning. cbn [name holds reached bound].
    destruct n as [|x|x|x|v k within x], h, r as [r|], b as [b|]; intro a; try (exact (False_ind _ (diff_false_true a)));
      try (apply most_more in a; exact a); try (apply most_least in a; exact a);
      try (apply reached_most in a; exact a); try (apply reached_less in a; exact a).
    - apply split_up in a. destruct a as [a c]. split; [exact (most_least _ _ a)|exact (reached_most _ _ c)].
    - apply split_up in a. destruct a as [a c]. split; [exact (most_least _ _ a)|exact (reached_most _ _ c)].
    - unfold shows_bounded in a. destruct (pick v) as [v'|]; [|exact (False_ind _ (diff_false_true a))].
      destruct (pick k) as [k'|]; [|exact (False_ind _ (diff_false_true a))].
      destruct (multipliers b) as [|m [|]]; try exact (False_ind _ (diff_false_true a)).
      destruct (multipliers_of (over b) m) as [ys|]; [|exact (False_ind _ (diff_false_true a))].
      apply split_up in a. destruct a as [a c]. apply split_up in a. destruct a as [a _]. apply yes_true in a.
      exists v', k'. split; [reflexivity|]. split; [reflexivity|]. split; [exact a|]. intros mu s inside.
      exact (played_at_most_true lambda L (budget p) bounded v' ys (listed_in within) k' (rational x) mu c a s inside).
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (sensible (data p) (transfers (budget p) (liability p)) &&
    (length (levels p) =? length (sizes (data p))) && forallb (Z.leb 0) (levels p)) (fun ok => check p ok c w).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
