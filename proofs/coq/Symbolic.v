(** Plays, obstructions and bounds on numbers that depend on parameters, and that what is found of
    them is so at every point where the signs that were asked for are as answered.

    Each number is a polynomial over a positive one: payoffs and welfare over that of payoffs,
    probabilities over the mass, λ and transfers over theirs. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Between Families.
Import ListNotations.
Local Open Scope nat_scope.

(** A play with a contract: amounts over their denominator. *)
Record Reached := { played : list nat; denominator : Number; amounts : list (nat * list Number) }.

(** The numbers of a family as polynomials. *)
Record Tables := { chance_table : list Poly; unit_poly : Poly; pay_table : list (list (list Poly)) }.
Definition tables (f : Family) : Tables := {|
  chance_table := map poly (chances f);
  unit_poly := poly (over f);
  pay_table := map (map (map poly)) (utilities f) |}.

Definition zero_poly : Poly := constant 0.
Definition one_poly : Poly := constant 1.

Section Symbolic.
  Variables (f : Family) (c : Class).
  Hypothesis ok : good (shape f) = true.
  (** What is known of signs, and where the greatest of numbers is guessed. *)
  Variables (t : Tables) (o : Signed) (hint : Valuation).

  Let E0 : Environment rationals := game (shape f) ok.
  Let L0 : Language E0 := language (shape f) ok.
  Let P0 : Product E0 := product (shape f) ok.

  Definition chance_p (w : state E0) : Poly := nth (proj1_sig w) (chance_table t) zero_poly.
  Definition pay_p (i : agent E0) (a : profile E0) (w : state E0) : Poly :=
    nth (number_of (actions f) (proj1_sig a) 0) (nth (proj1_sig w) (nth (proj1_sig i) (pay_table t) []) []) zero_poly.
  Definition welfare_p (a : profile E0) (w : state E0) : Poly := sum (listed (agent E0)) (fun i => pay_p i a w).

  (** Each state is known to have a probability, or none. *)
  Definition states_known : bool := all (state E0) (fun w =>
    knows o (chance_p w) at_least && match o (chance_p w) above with Some _ => true | None => false end).
  Definition with_chance : list (state E0) := filter (fun w => knows o (chance_p w) above) (listed (state E0)).

  (** The states with a probability, in order. *)
  Variable support : list (state E0).

  Definition supported (w : state E0) : bool := existsb (fun v => yes (same v w)) support.

  (** *** Equilibria *)

  (** λ: a level for each agent, over a scale; a scale of 0 is infinity. *)
  Variables (level : agent E0 -> Poly) (scale : Poly).

  Definition material_p (i : agent E0) (a : profile E0) (w : state E0) : Poly :=
    plus (mult scale (pay_p i a w)) (mult (level i) (welfare_p a w)).

  Definition Rows : Type := list (nat * list Poly).
  Definition amount (rows : Rows) (i : agent E0) (y : nat) : Poly :=
    match find (fun e => fst e =? y) rows with Some e => nth (proj1_sig i) (snd e) zero_poly | None => zero_poly end.

  Definition utility_p (unit : Poly) (rows : Rows) (i : agent E0) (a : profile E0) (w : state E0) : Poly :=
    plus (mult unit (material_p i a w)) (mult (mult (unit_poly t) scale) (amount rows i (proj1_sig (leaves L0 w a)))).

  Definition lawful_p (unit : Poly) (rows : Rows) : bool :=
    let limit := length (chances f) * count (shape f) in
    match c with
    | transfers m l => once_each (map fst rows) && forallb (fun e =>
        let each (p : Poly -> bool) := all (agent E0) (fun i => p (nth (proj1_sig i) (snd e) zero_poly)) in
        let sum := sum (listed (agent E0)) (fun i => nth (proj1_sig i) (snd e) zero_poly) in
        (fst e <? limit) && (length (snd e) =? length (actions f)) &&
        match m with
        | balanced => knows o sum equal
        | burnt => knows o (negated sum) at_least
        | free => true
        end &&
        match l with
        | Some B => each (fun x => knows o (plus (mult (poly (snd B)) x) (mult (poly (fst B)) unit)) at_least)
        | None => true
        end) rows
    | _ => match rows with nil => true | _ => false end
    end.

  Definition plays (s : state E0 -> profile E0) : list (state E0 * profile E0) := map (fun w => (w, s w)) support.

  (** Nobody gains by a deviation, under directives by one that is allowed. *)
  Definition at_ease_p (unit : Poly) (rows : Rows) (s : state E0 -> profile E0) : bool :=
    let allowed := match c with
      | directives _ => fun w i b => allows P0 Nat.eq_dec (plays s) (cell_of P0 w) i b
      | _ => fun _ _ _ => true
      end in
    forallb (fun w => all (agent E0) (fun i =>
      let here := utility_p unit rows i (s w) w in
      all (action E0 i) (fun b => negb (allowed w i b) ||
        knows o (minus here (utility_p unit rows i (change (s w) i b) w)) at_least))) support.

  Definition consistent_p (s : state E0 -> profile E0) : bool :=
    match c with directives complete => negb complete || negb (conflicting P0 Nat.eq_dec (plays s)) | _ => true end.

  Definition selection_p (l : list nat) : option (state E0 -> profile E0) :=
    match picked (X := profile E0) l with
    | Some a => if length l =? length support then Some (extend (E := E0) (combine support a)) else None
    | None => None
    end.

  Definition reached_p (r : Reached) : option (state E0 -> profile E0) :=
    match selection_p (played r) with
    | Some s =>
        let unit := poly (denominator r) in
        let rows := map (fun e => (fst e, map poly (snd e))) (amounts r) in
        if knows o unit above && lawful_p unit rows && consistent_p s && at_ease_p unit rows s then Some s else None
    | None => None
    end.

  (** *** Obstructions *)

  Definition worth_p (s : state E0 -> profile E0) (es : list (Deviation (E := E0))) : Poly :=
    sum es (fun e => mult (constant (this (weight e)))
      (minus (material_p (who e) (change (s (where_ e)) (who e) (to e)) (where_ e)) (material_p (who e) (s (where_ e)) (where_ e)))).

  Definition class_0 : Contracts E0 :=
    match c with
    | no_contract => alone
    | transfers m l => paid m (option_map (fun _ => 0%K) l)
    | directives complete => told P0 Nat.eq_dec complete
    end.

  Definition binds_p (x : obstacle (E := E0)) : bool :=
    forallb (fun e => supported (fst e)) (fst x) &&
    forallb (fun e => yes (lt_or_le 0%K (weight e)) && supported (where_ e) && in_part (fst x) (where_ e)) (snd x) &&
    binds L0 class_0 (fst x) (snd x).

  (** Two classes of an agent in one cell need no deviation. *)
  Definition settled (x : obstacle (E := E0)) : bool :=
    match c with directives complete => complete && conflicting P0 Nat.eq_dec (fst x) | _ => false end.

  Definition strength_p (x : obstacle (E := E0)) : Poly :=
    let worth := worth_p (extend (fst x)) (snd x) in
    if settled x then one_poly else match c with
    | transfers m (Some B) => minus (mult (poly (snd B)) worth)
        (mult (constant (this (slack m (crossed L0 (extend (fst x)) (snd x))))) (mult (poly (fst B)) (mult (unit_poly t) scale)))
    | _ => worth
    end.

  Definition excludes_p (x : obstacle (E := E0)) : bool := binds_p x && knows o (strength_p x) above.
End Symbolic.

(** Excluded at each common λ from 0 to below the last, which may be infinite. *)
Definition excludes_below_p f c ok t o support (last : Poly * Poly) (x : obstacle (E := game (shape f) ok)) : bool :=
  let first := strength_p f c ok t (fun _ => zero_poly) one_poly x in
  let second := strength_p f c ok t (fun _ => fst last) (snd last) x in
  binds_p f c ok support x &&
  match o first above, o second above with
  | Some true, Some positive => positive || knows o second at_least
  | _, _ => false
  end.

(** *** Bounds *)

Section Bounds.
  Variables (f : Family) (ok : good (shape f) = true) (t : Tables) (o : Signed) (hint : Valuation).

  Let E0 : Environment rationals := game (shape f) ok.

  Variable support : list (state E0).

  (** The first of greatest value at the hint, if it is known to be the greatest. *)
  Definition guess (x : Poly) (l : list Poly) : Poly :=
    fst (fold_left (fun best y => let v := ev hint y in if le_dec v (snd best) then best else (y, v)) l (x, ev hint x)).
  Definition top_of (l : list Poly) : option Poly :=
    match l with
    | nil => None
    | x :: l => let g := guess x l in if forallb (fun y => knows o (minus g y) at_least) (x :: l) then Some g else None
    end.

  Definition adds_p (w : state E0) (a : profile E0) : Poly := mult (chance_p f ok t w) (welfare_p f ok t a w).

  Definition keeps_p (bound : option Poly) (strict : bool) (x : Poly) : bool :=
    match bound with Some v => knows o (minus v x) (if strict then above else at_least) | None => false end.

  Fixpoint search_p (parts : list (part (E := E0))) (bound : option Poly) (strict : bool)
    (states : list (state E0 * Poly)) (path : part (E := E0)) (so_far : Poly) (x : Tree (E := E0)) {struct states} : bool :=
    match states, x with
    | (w, _) :: rest, node l =>
        let ahead := sum rest snd in
        all (profile E0) (fun a =>
          match branch l a with
          | None => keeps_p bound strict (plus (plus so_far (adds_p w a)) ahead)
          | Some (cut k) => cut_off parts k ((w, a) :: path)
          | Some (node l') => search_p parts bound strict rest ((w, a) :: path) (plus so_far (adds_p w a)) (node l')
          end)
    | _, _ => false
    end.

  Record Block_p := { states_p : list (state E0); limit_p : option Poly; strict_p : bool }.

  Definition limit_of (b : Searched) (ws : list (state E0)) : option (option Poly) :=
    match reference b with
    | None => Some None
    | Some l => match picked (X := profile E0) l with
        | Some a => if length l =? length ws then Some (Some (sum (combine ws a) (fun e => adds_p (fst e) (snd e)))) else None
        | None => None
        end
    end.

  Definition tops_of (limit : option Poly) (ws : list (state E0)) : option (list (state E0 * Poly)) :=
    sequence (fun w => match limit with
      | Some _ => option_map (pair w) (top_of (map (adds_p w) (listed (profile E0))))
      | None => Some (w, zero_poly)
      end) ws.

  Definition block_p (parts : list (part (E := E0))) (b : Searched) : option Block_p :=
    match picked (X := state E0) (among b), tree_of (shape f) ok (sorted b) with
    | Some ((_ :: _) as ws), Some x =>
        match limit_of b ws with
        | Some limit => match tops_of limit ws with
            | Some tops => if search_p parts limit (below b) tops nil zero_poly x
                then Some {| states_p := ws; limit_p := limit; strict_p := below b |} else None
            | None => None
            end
        | None => None
        end
    | _, _ => None
    end.

  Definition parted_p (l : list (state E0)) : bool :=
    distinct l && forallb (fun w => existsb (fun v => yes (same v w)) l) support &&
    forallb (fun w => existsb (fun v => yes (same v w)) support) l.

  Definition ceiling_p (blocks : list Block_p) : option Poly :=
    option_map (fun l => sum l (fun x => x)) (sequence limit_p blocks).

  (** A bound on the welfare of all that can be reached, [None] if nothing can, and whether it is strict. *)
  Definition bound_p (excludes : obstacle (E := E0) -> bool) (b : Bound) : option (option Poly * bool) :=
    match sequence (obstacle_of (shape f) ok) (obstructions b) with
    | Some os => if forallb excludes os then
        match sequence (block_p (map fst os)) (blocks b) with
        | Some bs => if parted_p (flat_map states_p bs) then Some (ceiling_p bs, existsb strict_p bs) else None
        | None => None
        end else None
    | None => None
    end.

  (** W*, over mass and the unit of payoffs. *)
  Definition optimum_p : option Poly :=
    option_map (fun l => sum l (fun x => x)) (sequence (fun w =>
      option_map (mult (chance_p f ok t w)) (top_of (map (fun a => welfare_p f ok t a w) (listed (profile E0))))) support).

  Definition found_p (excludes : obstacle (E := E0) -> bool) (b : option Bound) : option (option Poly * bool) :=
    match optimum_p, b with
    | Some _, Some b => bound_p excludes b
    | Some v, None => Some (Some v, false)
    | None, _ => None
    end.

  Definition total_p (s : state E0 -> profile E0) : Poly := sum support (fun w => adds_p w (s w)).
End Bounds.
