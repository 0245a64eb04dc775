(** Whether a witness shows a claim where signs are known, and that the claim is then so at every
    point where they are as known. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Bounding.
Import ListNotations.
Local Open Scope nat_scope.

(** A play that is reached, why no more is, and why a selection is not. *)
Record Shown := { reached : option Reached; bound : option Bound; excluded : option Part }.

Fixpoint ascending (l : list nat) : bool :=
  match l with a :: (b :: _) as rest => (a <? b) && ascending rest | _ => true end.

(** True if all are; unknown if one is. *)
Definition all_known {X} (p : X -> option bool) (l : list X) : option bool :=
  option_map (forallb (fun b => b)) (sequence p l).

(** True if one is, looking at them in order. *)
Fixpoint one_known (l : list (option bool)) : option bool :=
  match l with
  | nil => Some false
  | Some true :: _ => Some true
  | Some false :: rest => one_known rest
  | None :: _ => None
  end.

Section Claims.
  Variables (p : Problem) (ok : good (shape (family p)) = true) (t : Tables) (o : Signed) (hint : Valuation).

  Let f : Family := family p.
  Let c : Class := class p.
  Let E0 : Environment rationals := game (shape f) ok.

  Variable support : list (state E0).

  (** *** The data in a case *)

  Definition known_nonneg (x : Fraction) : bool := knows o (poly (snd x)) above && knows o (poly (fst x)) at_least.

  Definition data_known : bool :=
    knows o (unit_poly t) above && states_known f ok t o && negb (length support =? 0) &&
    match c with
    | transfers _ (Some B) => known_nonneg B
    | directives _ => has_classes (shape f)
    | _ => true
    end &&
    match levels p with
    | Some (l, scale) => (length l =? length (actions f)) && knows o (poly scale) above && forallb (fun x => knows o (poly x) at_least) l
    | None => true
    end.

  Definition level (i : agent E0) : Poly := match levels p with Some (l, _) => poly (nth (proj1_sig i) l []) | None => zero_poly end.
  Definition scale : Poly := match levels p with Some (_, scale) => poly scale | None => one_poly end.
  Definition has_levels : bool := match levels p with Some _ => true | None => false end.

  (** *** Welfare, over that of payoffs and over mass *)

  (** A number of utils, above and below the line. *)
  Definition over_mass (x : Poly) : Poly := mult x (mult (sum support (chance_p f ok t)) (unit_poly t)).
  Definition target (x : Fraction) : Poly * Poly := (over_mass (poly (fst x)), poly (snd x)).
  Definition target_less (best : Poly) (x : Fraction) : Poly * Poly :=
    (minus (mult best (poly (snd x))) (over_mass (poly (fst x))), poly (snd x)).
  Definition nothing_lost : Fraction := ([], [(1%Z, [])]).

  Definition best : option Poly := optimum_p f ok t o hint support.

  Definition room (found : option (option Poly * bool)) (x : Poly * Poly) (strict : bool) : bool :=
    match found with
    | Some (None, _) => true
    | Some (Some u, below) => knows o (minus (fst x) (mult u (snd x))) (if strict && negb below then above else at_least)
    | None => false
    end.
  Definition is_finite (found : option (option Poly * bool)) : bool := match found with Some (Some _, _) => true | _ => false end.
  Definition is_nothing (found : option (option Poly * bool)) : bool := match found with Some (None, _) => true | _ => false end.

  Definition reaches_p (s : option (state E0 -> profile E0)) (x : Poly * Poly) (strict : bool) : bool :=
    match s with
    | Some s => knows o (minus (mult (total_p f ok t support s) (snd x)) (fst x)) (if strict then above else at_least)
    | None => false
    end.

  (** At the λ of the data, at a common λ, or below it. *)
  Definition found : option Bound -> option (option Poly * bool) :=
    found_p f ok t o hint support (excludes_p f c ok t o support level scale).
  Definition found_at (x : Fraction) : option Bound -> option (option Poly * bool) :=
    found_p f ok t o hint support (excludes_p f c ok t o support (fun _ => poly (fst x)) (poly (snd x))).
  Definition found_below (x : option Fraction) : option Bound -> option (option Poly * bool) :=
    found_p f ok t o hint support (excludes_below_p f c ok t o support
      match x with Some x => (poly (fst x), poly (snd x)) | None => (one_poly, zero_poly) end).

  Definition selected (r : Reached) : option (state E0 -> profile E0) := reached_p f c ok t o support level scale r.
  Definition selected_at (x : Fraction) (r : Reached) : option (state E0 -> profile E0) :=
    reached_p f c ok t o support (fun _ => poly (fst x)) (poly (snd x)) r.

  (** *** What trying everything decides *)

  Definition first_best_p (w : state E0) : profile E0 -> option bool :=
    match top_of o hint (map (fun a => welfare_p f ok t a w) (listed (profile E0))) with
    | Some g => fun a => o (minus g (welfare_p f ok t a w)) equal
    | None => fun _ => None
    end.

  Definition stable_p (w : state E0) (a : profile E0) : option bool :=
    if has_levels then option_map negb (one_known (flat_map (fun i =>
      let here := material_p f ok t level scale i a w in
      map (fun b => o (minus (material_p f ok t level scale i (change a i b) w) here) above) (listed (action E0 i))) (listed (agent E0))))
    else None.

  Definition listed_0 (l : list nat) (a : profile E0) : bool :=
    existsb (fun k => match pick (X := profile E0) k with Some b => yes (same b a) | None => false end) l.

  Definition are_p (kind : profile E0 -> option bool) (l : list nat) : option bool :=
    all_known (fun a => option_map (Bool.eqb (listed_0 l a)) (kind a)) (listed (profile E0)).

  Definition are_in_p (kind : state E0 -> profile E0 -> option bool) (k : nat) (l : option (list nat)) : option bool :=
    match pick (X := state E0) k with
    | Some w => if supported f ok support w
        then match l with
          | Some l => are_p (kind w) l
          | None => option_map (fun _ => false) (sequence (kind w) (listed (profile E0)))
          end
        else Some (match l with None => true | Some _ => false end)
    | None => None
    end.

  Definition by_state_p (l : list (list nat)) : option bool :=
    if length l =? length support then all_known (fun e => are_p (stable_p (fst e)) (snd e)) (combine support l) else None.

  Definition one_p (w : state E0) : option bool :=
    option_map (fun l => length (filter (fun b => b) l) =? 1) (sequence (stable_p w) (listed (profile E0))).
  Definition single_p : option bool := option_map negb (one_known (map (fun w => option_map negb (one_p w)) support)).

  Definition decide_p (n : Name) : option bool :=
    match n with
    | optimum_is x => match best with
        | Some v => o (minus (mult v (poly (snd x))) (over_mass (poly (fst x)))) equal
        | None => None
        end
    | first_best_are k l => are_in_p first_best_p k l
    | equilibria_are k l => are_in_p stable_p k l
    | nash_are l => by_state_p l
    | unique_nash (Some l) => match by_state_p l with Some true => single_p | x => x end
    | unique_nash None => single_p
    | _ => None
    end.

  Definition well_listed (n : Name) : bool :=
    let fine l := ascending l && forallb (fun k => k <? count (shape f)) l in
    match n with
    | first_best_are _ (Some l) | equilibria_are _ (Some l) => fine l
    | nash_are l | unique_nash (Some l) => forallb fine l
    | _ => true
    end.

  (** *** Claims *)

  Definition only_bound (w : Shown) : bool := match reached w, excluded w with None, None => true | _, _ => false end.
  Definition only_reached (w : Shown) : bool := match bound w, excluded w with None, None => true | _, _ => false end.
  Definition no_part (w : Shown) : bool := match excluded w with None => true | _ => false end.

  Definition less_than (found : option (option Poly * bool)) (x : Fraction) (strict : bool) : bool :=
    match best with Some v => room found (target_less v x) strict | None => false end.
  Definition comes_to (w : Shown) (x : Fraction) (strict : bool) : bool :=
    match best, reached w with Some v, Some r => reaches_p (selected r) (target_less v x) strict | _, _ => false end.
  Definition closes_at_p (w : Shown) (x : Fraction) : bool :=
    knows o (poly (fst x)) at_least &&
    match best, reached w with Some v, Some r => reaches_p (selected_at x r) (target_less v nothing_lost) false | _, _ => false end.

  Definition check (n : Name) (holds : bool) (w : Shown) : bool :=
    match n, holds with
    | gap_positive, true | gap_zero, false | closes, false => has_levels && only_bound w && less_than (found (bound w)) nothing_lost true
    | gap_positive, false | gap_zero, true | closes, true => has_levels && only_reached w && comes_to w nothing_lost false
    | gap_at_least x, true => has_levels && only_bound w && less_than (found (bound w)) x false
    | gap_at_least x, false => has_levels && only_reached w && comes_to w x true
    | gap_at_most x, true => has_levels && only_reached w && comes_to w x false
    | gap_at_most x, false => has_levels && only_bound w && less_than (found (bound w)) x true
    | gap (Some x), true => has_levels && no_part w && is_finite (found (bound w)) && less_than (found (bound w)) x false && comes_to w x false
    | value_is (Some x), true => has_levels && no_part w && is_finite (found (bound w)) && room (found (bound w)) (target x) false &&
        match reached w with Some r => reaches_p (selected r) (target x) false | None => false end
    | gap None, true | value_is None, true => has_levels && only_bound w && is_nothing (found (bound w))
    | implementable l, true => has_levels && only_reached w && match reached w with
        | Some r => (if list_eq_dec Nat.eq_dec (played r) l then true else false) && match selected r with Some _ => true | None => false end
        | None => false
        end
    | implementable l, false => has_levels && match reached w, bound w, excluded w, selection_p f ok support l with
        | None, None, Some x, Some s => match obstacle_of (shape f) ok x with
            | Some x => excludes_p f c ok t o support level scale x && forallb (fun e => yes (same (s (fst e)) (snd e))) (fst x)
            | None => false
            end
        | _, _, _, _ => false
        end
    | threshold (Some x), true => negb has_levels && no_part w && closes_at_p w x &&
        match o (poly (fst x)) equal, bound w with
        | Some true, None => true
        | Some false, Some b => less_than (found_below (Some x) (Some b)) nothing_lost true
        | _, _ => false
        end
    | threshold None, true => negb has_levels && only_bound w && match bound w with
        | Some b => less_than (found_below None (Some b)) nothing_lost true
        | None => false
        end
    | threshold_at_most x, true => negb has_levels && only_reached w && closes_at_p w x
    | threshold_at_most x, false => negb has_levels && only_bound w && knows o (poly (fst x)) at_least &&
        less_than (found_at x (bound w)) nothing_lost true
    | gap _, false | value_is _, false | threshold _, false => false
    | n, holds => well_listed n && only_bound w && only_reached w && match decide_p n with Some b => Bool.eqb b holds | None => false end
    end.

  (** The whole rule in a case, the states apart. *)
  Definition shows (n : Name) (holds : bool) (w : Shown) : bool :=
    data_known && forallb (fun x => knows o (poly (snd x)) above) (numbers_of n) && check n holds w.
End Claims.
