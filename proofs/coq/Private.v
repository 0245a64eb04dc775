(** Families of agents who do not all see the state and say nothing: what is claimed of their
    strategies under contracts, and whether a witness shows it where signs are known. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Accepted.
Import ListNotations.
Local Open Scope nat_scope.

(** For each agent and state the number of the cell that it sees; contracts are none or transfers. *)
Record Problem_private := { base : Problem; seen : list (list nat) }.

(** A part of strategies: an action of an agent where it sees a cell; deviations, weighed. *)
Record Hindrance := { fixed : list (nat * nat * nat); moves : list (nat * nat * nat * Number) }.

(** A branch for each action of the types in order; or a hindrance; or no more than the best. *)
Inductive Branching := Hindered (k : nat) | Enough | Each (l : list Branching).
Record Limit := { hindrances : list Hindrance; finest : option (list nat); under : bool; parting : Branching }.
Record Shown_private := { gets : option Reached; limit : option Limit }.

(** *** What is claimed at a point *)

Section Meaning.
  Variables (p : Problem_private) (q : Valuation).
  Let b : Problem := base p.
  Hypotheses (ok : good (shape (family b)) = true) (h : proper (family b) ok q).

  Let E : Environment rationals := game_at (family b) ok q h.
  Let L : Language E := language_at (family b) ok q h.

  Definition sees_at (i : agent E) (w : state E) : nat := nth (proj1_sig w) (nth (proj1_sig i) (seen p) []) 0.

  (** Strategies: an agent does the same wherever it sees the same. *)
  Definition measurable (s : selection E) : Prop := forall i w w', likely w -> likely w' -> sees_at i w = sees_at i w' ->
    play (s w) i = play (s w') i.

  (** No type gains by another action, in expectation over what it cannot tell apart. *)
  Definition no_type_gains (lam : agent E -> Value) (t : Transfers L) (s : selection E) : Prop := forall i k c,
    ((Σ w ∈ state E, if sees_at i w =? k then prior w * (utility lam t i (change (s w) i c) w - utility lam t i (s w) w) else 0) <= 0)%K.

  Definition reach (lam : agent E -> Value) (s : selection E) : Prop := measurable s /\
    exists t : Transfers L, match class b with
      | transfers m l => admissible m (option_map (ratio q) l) t
      | _ => forall i y, t i y = 0%K
      end /\ no_type_gains lam t s.

  (** What agents reach who pool what they see. *)
  Definition alike (w w' : state E) : Prop := forall i : agent E, sees_at i w = sees_at i w'.
  Definition shared (s : selection E) : Prop := forall w w', likely w -> likely w' -> alike w w' -> s w = s w'.
  Definition is_pooled (v : Value) : Prop := (exists s, shared s /\ welfare s = v) /\ forall s, shared s -> (welfare s <= v)%K.

  Section At.
    Variables (can : selection E -> Prop) (best : Value).
    Definition under_ (x : Value) : Prop := forall s, can s -> (welfare s + x < best)%K.
    Definition not_above (x : Value) : Prop := forall s, can s -> (welfare s + x <= best)%K.
    Definition not_under (x : Value) : Prop := exists s, can s /\ (best <= welfare s + x)%K.
    Definition above_ (x : Value) : Prop := exists s, can s /\ (best < welfare s + x)%K.
  End At.

  Definition is_private (n : Name) (holds : bool) (best : Value) : Prop :=
    let can := reach (lambda b q ok h) in
    let closes y := not_under (reach (common y)) best 0%K in
    match n, holds with
    | gap_positive, true | gap_zero, false | closes, false => under_ can best 0%K
    | gap_positive, false | gap_zero, true | closes, true => not_under can best 0%K
    | gap_at_least x, true => not_above can best (ratio q x)
    | gap_at_least x, false => above_ can best (ratio q x)
    | gap_at_most x, true => not_under can best (ratio q x)
    | gap_at_most x, false => under_ can best (ratio q x)
    | gap (Some x), true => is_value can (best - ratio q x)%K
    | value_is (Some x), true => is_value can (ratio q x)
    | gap None, true | value_is None, true => forall s, ~ can s
    | threshold (Some x), true => (0 <= ratio q x)%K /\ closes (ratio q x) /\ forall y, (0 <= y)%K -> (y < ratio q x)%K -> ~ closes y
    | threshold None, true => forall y, (0 <= y)%K -> ~ closes y
    | threshold_at_most x, true => (0 <= ratio q x)%K /\ closes (ratio q x)
    | threshold_at_most x, false => (0 <= ratio q x)%K /\ ~ closes (ratio q x)
    | _, _ => False
    end.

  Definition meaning_private (n : Name) (holds : bool) : Prop :=
    sound_data b q /\ (forall x, In x (numbers_of n) -> finite_number q x) /\ exists best, is_pooled best /\ is_private n holds best.
End Meaning.

Definition so_private (p : Problem_private) (n : Name) (holds : bool) (q : Valuation) : Prop :=
  exists (ok : good (shape (family (base p))) = true) (h : proper (family (base p)) ok q), meaning_private p q ok h n holds.

(** *** Deciding *)

Section Deciding.
  Variables (p : Problem_private) (ok : good (shape (family (base p))) = true) (t : Tables) (o : Signed) (hint : Valuation).

  Let f : Family := family (base p).
  Let c : Class := class (base p).
  Let E0 : Environment rationals := game (shape f) ok.
  Let L0 : Language E0 := language (shape f) ok.

  Variable support : list (state E0).

  Definition cell_in (i : agent E0) (w : state E0) : nat := nth (proj1_sig w) (nth (proj1_sig i) (seen p) []) 0.
  Definition states_of (i : agent E0) (k : nat) : list (state E0) := filter (fun w => cell_in i w =? k) support.

  (** Agents with the cells that they may see, in order. *)
  Definition types : list (agent E0 * nat) := flat_map (fun i =>
    map (pair i) (filter (fun k => match states_of i k with nil => false | _ => true end) (seq 0 (length (chances f))))) (listed (agent E0)).

  (** Actions of types, by number. *)
  Definition Strategies : Type := list (agent E0 * nat * nat).
  Definition same_type (i : agent E0) (k : nat) (e : agent E0 * nat * nat) : bool := yes (same (fst (fst e)) i) && (snd (fst e) =? k).
  Definition does_type (s : Strategies) (i : agent E0) (k : nat) : option nat := option_map snd (find (same_type i k) s).

  (** What is played in a state, if all who are there have an action; or what may be. *)
  Definition agreeing (whole : bool) (s : Strategies) (w : state E0) (a : profile E0) : bool :=
    all (agent E0) (fun i => match does_type s i (cell_in i w) with Some x => proj1_sig (play a i) =? x | None => negb whole end).
  Definition played_in (s : Strategies) (w : state E0) : option (profile E0) := find (agreeing true s w) (listed (profile E0)).

  Definition strategies_of (l : list nat) : option Strategies :=
    if length l =? length types then Some (combine types l) else None.
  Definition selection_by (s : Strategies) : option (state E0 -> profile E0) :=
    option_map (fun a => extend (E := E0) (combine support a)) (sequence (played_in s) support).

  (** *** What is reached *)

  Section Levels.
    Variables (level : agent E0 -> Poly) (scale : Poly).

    Definition content_p (unit : Poly) (rows : Rows) (s : state E0 -> profile E0) : bool :=
      forallb (fun e => all (action E0 (fst e)) (fun b => knows o (sum (states_of (fst e) (snd e)) (fun w => mult (chance_p f ok t w)
        (minus (utility_p f ok t level scale unit rows (fst e) (s w) w) (utility_p f ok t level scale unit rows (fst e) (change (s w) (fst e) b) w)))) at_least)) types.

    Definition gets_p (r : Reached) : option (state E0 -> profile E0) :=
      match strategies_of (played r) with
      | Some l => match selection_by l with
          | Some s =>
              let unit := poly (denominator r) in
              let rows := map (fun e => (fst e, map poly (snd e))) (amounts r) in
              if knows o unit above && lawful_p f c ok o unit rows && content_p unit rows s then Some s else None
          | None => None
          end
      | None => None
      end.
  End Levels.

  (** *** Hindrances *)

  (** A deviation of an agent in a state, from what is played there, with its force. *)
  Record Move := { in_state : state E0; mover : agent E0; playing : profile E0; instead : action E0 mover; force : Poly }.

  Definition part_p (l : list (nat * nat * nat)) : option Strategies :=
    sequence (fun e => let '(i, k, a) := e in match pick (X := agent E0) i with
      | Some i => match pick (X := action E0 i) a with
          | Some _ => if existsb (fun e => yes (same (fst e) i) && (snd e =? k)) types then Some (i, k, a) else None
          | None => None
          end
      | None => None
      end) l.

  Definition moves_of (s : Strategies) (e : nat * nat * nat * Number) : option (list Move) :=
    let '(i, k, b, weight) := e in
    match pick (X := agent E0) i with
    | Some i => match pick (X := action E0 i) b with
        | Some b => if knows o (poly weight) above && negb (length (states_of i k) =? 0) then
            sequence (fun w => match played_in s w with
              | Some a => if yes (same (play a i) b) then None else
                  Some {| in_state := w; mover := i; playing := a; instead := b; force := mult (poly weight) (chance_p f ok t w) |}
              | None => None
              end) (states_of i k) else None
        | None => None
        end
    | None => None
    end.

  Definition entries (l : list Move) : list (agent E0 * record L0 * Poly) := flat_map (fun m =>
    [(mover m, leaves L0 (in_state m) (playing m), force m);
     (mover m, leaves L0 (in_state m) (change (playing m) (mover m) (instead m)), negated (force m))]) l.
  Definition net_p (es : list (agent E0 * record L0 * Poly)) (i : agent E0) (y : record L0) : Poly :=
    sum es (fun e => if same (fst (fst e)) i then if same (snd (fst e)) y then snd e else zero_poly else zero_poly).

  Definition taken_p (m : Budget) (nets : list Poly) : option Poly :=
    match m with balanced => top_of o hint nets | burnt => top_of o hint (nets ++ [zero_poly]) | free => Some zero_poly end.

  (** By how often the liability bound is used, at a record and in all, if transfers cancel. *)
  Definition spare_p (m : Budget) (es : list (agent E0 * record L0 * Poly)) (y : record L0) : option Poly :=
    let nets := map (fun i => net_p es i y) (listed (agent E0)) in
    match taken_p m nets with
    | Some d => if forallb (fun x => knows o (minus d x) at_least) nets then Some (sum nets (fun x => minus d x)) else None
    | None => None
    end.
  Definition slack_p (m : Budget) (bounded : bool) (l : list Move) : option Poly :=
    let es := entries l in
    match sequence (spare_p m es) (nodup same (map (fun e => snd (fst e)) es)) with
    | Some l => let all_of_it := sum l (fun x => x) in if bounded || knows o all_of_it equal then Some all_of_it else None
    | None => None
    end.

  Definition gain_of (level : agent E0 -> Poly) (scale : Poly) (l : list Move) : Poly := sum l (fun m => mult (force m)
    (minus (material_p f ok t level scale (mover m) (change (playing m) (mover m) (instead m)) (in_state m))
      (material_p f ok t level scale (mover m) (playing m) (in_state m)))).

  (** The strength, of moves with so much slack. *)
  Definition force_of_all (level : agent E0 -> Poly) (scale : Poly) (l : list Move) (slack : Poly) : Poly :=
    match c with
    | transfers _ (Some B) => minus (mult (poly (snd B)) (gain_of level scale l)) (mult slack (mult (poly (fst B)) (mult (unit_poly t) scale)))
    | _ => gain_of level scale l
    end.

  Fixpoint once_moved (l : list (nat * nat * nat * Number)) : bool :=
    match l with
    | nil => true
    | (x, _) :: rest => let '(i, k, b) := x in
        negb (existsb (fun e => let '(j, l, d, _) := e in (i =? j) && (k =? l) && (b =? d)) rest) && once_moved rest
    end.
  Fixpoint once_fixed (l : list (nat * nat * nat)) : bool :=
    match l with
    | nil => true
    | (i, k, _) :: rest => negb (existsb (fun e => let '(j, l, _) := e in (i =? j) && (k =? l)) rest) && once_fixed rest
    end.

  (** The part, its moves and their slack. *)
  Definition hindered (x : Hindrance) : option (Strategies * (list Move * Poly)) :=
    if once_fixed (fixed x) && once_moved (moves x) then
      match part_p (fixed x) with
      | Some s => match sequence (moves_of s) (moves x) with
          | Some l => option_map (fun slack => (s, (concat l, slack))) match c with
              | transfers m B => slack_p m (match B with Some _ => true | None => false end) (concat l)
              | _ => Some zero_poly
              end
          | None => None
          end
      | None => None
      end
    else None.

  Definition strong (level : agent E0 -> Poly) (scale : Poly) (x : Strategies * (list Move * Poly)) : bool :=
    knows o (force_of_all level scale (fst (snd x)) (snd (snd x))) above.

  (** At each common λ from 0 to below the last, which may be infinite. *)
  Definition strong_below (last : Poly * Poly) (x : Strategies * (list Move * Poly)) : bool :=
    match o (force_of_all (fun _ => zero_poly) one_poly (fst (snd x)) (snd (snd x))) above,
      o (force_of_all (fun _ => fst last) (snd last) (fst (snd x)) (snd (snd x))) above with
    | Some true, Some positive => positive || knows o (force_of_all (fun _ => fst last) (snd last) (fst (snd x)) (snd (snd x))) at_least
    | _, _ => false
    end.

  (** *** Bounds *)

  Definition most (path : Strategies) : option Poly :=
    option_map (fun l => sum l (fun x => x)) (sequence (fun w => option_map (mult (chance_p f ok t w))
      (top_of o hint (map (fun a => welfare_p f ok t a w) (filter (agreeing false path w) (listed (profile E0)))))) support).

  Definition within (part path : Strategies) : bool :=
    forallb (fun e => existsb (fun d => yes (same (fst (fst d)) (fst (fst e))) && (snd (fst d) =? snd (fst e)) && (snd d =? snd e)) path) part.

  Fixpoint parts_all (parts : list Strategies) (bound : option Poly) (strict : bool) (order : list (agent E0 * nat)) (path : Strategies)
    (x : Branching) {struct order} : bool :=
    match x, order with
    | Hindered k, _ => match nth_error parts k with Some part => within part path | None => false end
    | Enough, _ => match bound, most path with
        | Some v, Some u => knows o (minus v u) (if strict then above else at_least)
        | _, _ => false
        end
    | Each l, (i, k) :: rest => (length l =? length (listed (action E0 i))) &&
        forallb (fun e => parts_all parts bound strict rest ((i, k, proj1_sig (fst e)) :: path) (snd e)) (combine (listed (action E0 i)) l)
    | Each _, nil => false
    end.

  Definition limit_p (strong : Strategies * (list Move * Poly) -> bool) (x : Limit) : option (option Poly * bool) :=
    match sequence hindered (hindrances x) with
    | Some hs => if forallb strong hs then
        let bound := match finest x with
          | Some l => match strategies_of l with
              | Some s => option_map (fun s => Some (total_p f ok t support s)) (selection_by s)
              | None => None
              end
          | None => Some None
          end in
        match bound with
        | Some v => if parts_all (map fst hs) v (under x) types nil (parting x) then Some (v, under x) else None
        | None => None
        end else None
    | None => None
    end.

  (** *** W*, of agents who pool what they see *)

  Definition alike_p (w v : state E0) : bool := all (agent E0) (fun i => cell_in i w =? cell_in i v).
  Definition first_alike (w : state E0) : state E0 := match find (alike_p w) support with Some v => v | None => w end.
  Definition group (y : state E0) : list (state E0) := filter (fun w => yes (same (first_alike w) y)) support.
  Definition pooled_p : option Poly :=
    option_map (fun l => sum l (fun x => x)) (sequence (fun y =>
      top_of o hint (map (fun a => sum (group y) (fun w => adds_p f ok t w a)) (listed (profile E0)))) (listed (state E0))).

  (** *** Claims *)

  Definition limited (strong : Strategies * (list Move * Poly) -> bool) (best : Poly) (x : option Limit) : option (option Poly * bool) :=
    match x with Some x => limit_p strong x | None => Some (Some best, false) end.

  Let data := base p.
  Definition within_here best := limited (strong (level data ok) (scale data)) best.
  Definition within_at (x : Fraction) best := limited (strong (fun _ => poly (fst x)) (poly (snd x))) best.
  Definition within_below (x : option Fraction) best := limited (strong_below
    match x with Some x => (poly (fst x), poly (snd x)) | None => (one_poly, zero_poly) end) best.

  Definition few (found : option (option Poly * bool)) best (x : Fraction) (strict : bool) : bool :=
    room o found (target_less data ok t support best x) strict.
  Definition got (s : option Reached) level scale (x : Poly * Poly) (strict : bool) : bool :=
    match s with Some r => reaches_p data ok t o support (gets_p level scale r) x strict | None => false end.

  Definition none_of (w : Shown_private) : bool := match gets w with None => true | Some _ => false end.
  Definition no_limit (w : Shown_private) : bool := match limit w with None => true | Some _ => false end.

  Definition check_private (n : Name) (holds : bool) (w : Shown_private) (best : Poly) : bool :=
    let here := within_here best (limit w) in
    let less x strict := has_levels data && none_of w && few here best x strict in
    let comes x strict := got (gets w) (level data ok) (scale data) (target_less data ok t support best x) strict in
    let more x strict := has_levels data && no_limit w && comes x strict in
    let closes x := knows o (poly (fst x)) at_least && got (gets w) (fun _ => poly (fst x)) (poly (snd x)) (target_less data ok t support best nothing_lost) false in
    match n, holds with
    | gap_positive, true | gap_zero, false | closes, false => less nothing_lost true
    | gap_positive, false | gap_zero, true | closes, true => more nothing_lost false
    | gap_at_least x, true => less x false
    | gap_at_least x, false => more x true
    | gap_at_most x, true => more x false
    | gap_at_most x, false => less x true
    | gap (Some x), true => has_levels data && is_finite here && few here best x false && comes x false
    | value_is (Some x), true => has_levels data && is_finite here && room o here (target data ok t support x) false &&
        got (gets w) (level data ok) (scale data) (target data ok t support x) false
    | gap None, true | value_is None, true => has_levels data && none_of w && is_nothing here
    | threshold (Some x), true => negb (has_levels data) && closes x &&
        match o (poly (fst x)) equal, limit w with
        | Some true, None => true
        | Some false, Some b => few (within_below (Some x) best (Some b)) best nothing_lost true
        | _, _ => false
        end
    | threshold None, true => negb (has_levels data) && none_of w && match limit w with
        | Some b => few (within_below None best (Some b)) best nothing_lost true
        | None => false
        end
    | threshold_at_most x, true => negb (has_levels data) && no_limit w && closes x
    | threshold_at_most x, false => negb (has_levels data) && none_of w && knows o (poly (fst x)) at_least &&
        few (within_at x best (limit w)) best nothing_lost true
    | _, _ => false
    end.

  Definition seen_ok : bool :=
    (length (seen p) =? length (actions f)) &&
    forallb (fun l => (length l =? length (chances f)) && forallb (fun k => k <? length (chances f)) l) (seen p) &&
    match c with directives _ => false | _ => true end.

  Definition shows_private (n : Name) (holds : bool) (w : Shown_private) : bool :=
    data_known data ok t o support && forallb (fun x => knows o (poly (snd x)) above) (numbers_of n) && seen_ok &&
    match pooled_p with Some best => check_private n holds w best | None => false end.
End Deciding.
