(** Certificates about mechanisms: what they claim, and that accepted ones claim what is so.

    V is a supremum over mechanisms and their equilibria. That it is at least a number is claimed,
    and shown, by an equilibrium that reaches the number; a bound that is strict is claimed with some
    room, for all of them at once. *)

From Coq Require Import List Bool PeanoNat Lia ZArith QArith.
From coopgap Require Export Mediated Reading.
From coopgap Require Import Welfare Checker Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

(** [information] is for each player and state the cell that it sees. *)
Record Problem := {
  data : Data; budget : Budget; liability : option Q; levels : list Z; scale_of_levels : positive;
  information : list (list nat); options : option (list Q)
}.

(** [None] is an infinite number. *)
Inductive Name :=
| mechanism_gap_positive | mechanism_gap_zero | mechanism_gap_at_least (x : Q) | mechanism_gap_at_most (x : Q)
| mechanism_gap (x : option Q) | mechanism_value (x : option Q) | mechanism_attains (x : Q).

Record Claim := { name : Name; holds : bool }.

(** A point: after reports, profiles that are recommended, with weights over [sum] and payments times these. *)
Record Drawn := { recommended : nat; weighing : Z; paid_at : list (nat * list Z) }.
Record Pointed := { sum : positive; over : positive; replies : list (list nat * list Drawn) }.

(** A step: numbers of players, types, reports, recommendations and actions, with multipliers. *)
Inductive Aimed := for_welfare | for_nothing | for_draws (l : list (list nat * nat)).
Record Stepped := {
  aim : Aimed; under : positive; incentives : list (nat * nat * nat * nat * nat * Z);
  participation : list (nat * nat * Z); floor : Z
}.
Record Witness := { reached : option Pointed; bound : option (list Stepped) }.

Section Information.
  Variables (d : Data) (cells : list (list nat)).
  Hypothesis ok : good d = true.

  Let E : Environment rationals := game d ok.

  Definition last_cell : nat := pred (length (weights d)).
  Definition report_sizes : list nat := map (fun _ => S last_cell) (sizes d).
  Definition cell_seen (k w : nat) : nat := value (capped last_cell (nth w (nth k cells []) 0)).

  Lemma report_size (i : agent E) : nth (value i) report_sizes 0 = S last_cell.
  Proof.
    unfold report_sizes. rewrite nth_indep with (d' := S last_cell); [|rewrite map_length; apply Nat.ltb_lt, (proj2_sig i)].
    exact (map_nth (fun _ => S last_cell) (sizes d) 0 (value i)).
  Qed.

  Lemma valid_cells w : forall (l : list nat) k,
    valid (map (fun _ => S last_cell) l) (map (fun k => cell_seen k w) (seq k (length l))) = true.
  Proof.
    induction l as [|n l IH]; intro k; [reflexivity|]. cbn [length seq map valid]. apply andb_true_iff. split; [|apply IH].
    exact (proj2_sig (capped last_cell (nth w (nth k cells []) 0))).
  Qed.

  Lemma nth_seen (g : nat -> nat) n k : k < n -> nth k (map g (seq 0 n)) 0 = g k.
  Proof.
    intro h. rewrite nth_indep with (d' := g 0); [|now rewrite map_length, seq_length].
    rewrite (map_nth g). now rewrite seq_nth.
  Qed.

  Definition reports_ : Finite := Profiles report_sizes.

  Definition reported_by (x : reports_) (i : agent E) : Fin (S last_cell).
  Proof.
    refine (exist _ (nth (value i) (proj1_sig x) 0) _). rewrite <- (report_size i).
    apply valid_nth; [exact (proj2_sig x)|]. unfold report_sizes. rewrite map_length. apply Nat.ltb_lt, (proj2_sig i).
  Defined.

  Definition honest_ (w : state E) : reports_ := exist _ _ (valid_cells (value w) (sizes d) 0).

  Definition lie_ (x : reports_) (i : agent E) (y : Fin (S last_cell)) : reports_.
  Proof.
    refine (exist _ (put_at (value i) (value y) (proj1_sig x)) _). apply valid_put; [exact (proj2_sig x)|].
    rewrite (report_size i). exact (proj2_sig y).
  Defined.

  Definition seen_by : Information (E := E).
  Proof.
    refine {|
      type := fun _ : agent E => Fin (S last_cell);
      sees := fun (w : state E) (i : agent E) => capped last_cell (nth (value w) (nth (value i) cells []) 0);
      reports := reports_; report := reported_by; honest := honest_; lie := lie_ |}.
    - intros w i. apply equal. cbn. apply (nth_seen (fun k => cell_seen k (value w))). apply Nat.ltb_lt, (proj2_sig i).
    - intros x i y. apply equal. cbn. apply nth_put_same. rewrite (valid_length _ _ (proj2_sig x)). unfold report_sizes.
      rewrite map_length. apply Nat.ltb_lt, (proj2_sig i).
    - intros x i y j n. apply equal. cbn. apply nth_put_other. intro e. apply n, equal. exact e.
    - intros x y h. apply equal. apply nth_ext with (d := 0) (d' := 0).
      + now rewrite (valid_length _ _ (proj2_sig x)), (valid_length _ _ (proj2_sig y)).
      + intros k less. rewrite (valid_length _ _ (proj2_sig x)) in less. unfold report_sizes in less. rewrite map_length in less.
        specialize (h (exist _ k (proj2 (Nat.ltb_lt _ _) less))). apply (f_equal value) in h. exact h.
  Defined.
End Information.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.
  Let L : Language E := language (data p) ok.
  Let I : Information (E := E) := seen_by (data p) (information p) ok.
  Let bounded : option (number rationals) := option_map rational (liability p).

  Definition lambda (i : agent E) : number rationals :=
    rational (nth (proj1_sig i) (levels p) 0%Z # scale_of_levels p).

  Definition outside : option (agent E -> number rationals) :=
    option_map (fun l (i : agent E) => rational (nth (proj1_sig i) l 0%Q)) (options p).

  Definition can_mediate : Play E -> Prop := mediated lambda I L (budget p) bounded outside.

  (** What agents reach who pool what they see. *)
  Definition best_pooled : number rationals := pooled I.

  Definition loses_at_least (x : number rationals) : Prop := forall mu, can_mediate mu -> (expected mu + x <= best_pooled)%K.
  Definition loses_more (x : number rationals) : Prop :=
    exists d : number rationals, (0 < d)%K /\ forall mu, can_mediate mu -> (expected mu + x + d <= best_pooled)%K.
  Definition loses_at_most (x : number rationals) : Prop := exists mu, can_mediate mu /\ (best_pooled <= expected mu + x)%K.
  Definition loses_less (x : number rationals) : Prop := exists mu, can_mediate mu /\ (best_pooled < expected mu + x)%K.

  Definition meaning (a : Claim) : Prop :=
    match name a, holds a with
    | mechanism_gap_positive, true | mechanism_gap_zero, false => loses_more 0%K
    | mechanism_gap_positive, false | mechanism_gap_zero, true => loses_at_most 0%K
    | mechanism_gap_at_least x, true => loses_at_least (rational x)
    | mechanism_gap_at_least x, false => loses_less (rational x)
    | mechanism_gap_at_most x, true => loses_at_most (rational x)
    | mechanism_gap_at_most x, false => loses_more (rational x)
    | mechanism_gap (Some x), true => loses_at_least (rational x) /\ loses_at_most (rational x)
    | mechanism_value (Some x), true => (forall mu, can_mediate mu -> (expected mu <= rational x)%K) /\
        exists mu, can_mediate mu /\ (rational x <= expected mu)%K
    | mechanism_gap None, true | mechanism_value None, true => forall mu, ~ can_mediate mu
    | mechanism_attains x, true => exists mu, can_mediate mu /\ (rational x <= expected mu)%K
    | mechanism_attains x, false => forall mu, can_mediate mu -> (expected mu < rational x)%K
    | mechanism_gap _, false | mechanism_value _, false => False
    end.

  (** *** From numbers to the checker *)

  Let players : nat := length (sizes (data p)).

  Definition well_formed : bool :=
    (length (information p) =? players) &&
    forallb (fun own => (length own =? length (weights (data p))) && forallb (fun k => k <? length (weights (data p))) own) (information p) &&
    match options p with Some l => length l =? players | None => true end.

  Definition likely_states : list nat :=
    filter (fun w => (0 <? nth w (weights (data p)) 0)%Z) (seq 0 (length (weights (data p)))).
  Definition cells_of (k : nat) : list nat := nodup Nat.eq_dec (map (fun w => nth w (nth k (information p) []) 0) likely_states).
  Definition is_type (k c : nat) : bool := existsb (fun c' => c' =? c) (cells_of k).

  (** A report that no state of positive probability calls for is heard as another one. *)
  Definition heard (x : list nat) : list nat :=
    map (fun e => if is_type (fst e) (snd e) then snd e else hd 0 (cells_of (fst e))) (combine (seq 0 players) x).

  Definition entries_of (unit : positive) (paid : list (nat * list Z)) : list (Entry L) :=
    flat_map (fun e => if fst e <=? last_record (data p) then
      map (fun i : agent E => {| payee := i; entered := capped (last_record (data p)) (fst e) : record L;
        times := rational (nth (proj1_sig i) (snd e) 0%Z # unit) |}) (listed (agent E)) else nil) paid.

  (** Each row is held to the budget and the liability bound, at records that no play leaves too. *)
  Definition row_ok (unit : positive) (chance : number rationals) (e : nat * list Z) : bool :=
    let paid := map (fun z => rational (z # unit)) (snd e) in
    (fst e <? length (weights (data p)) * count (data p)) && (length (snd e) =? players) &&
    match budget p with
    | balanced => yes (eq_dec (total paid (fun x => x)) 0%K)
    | burnt => yes (le_dec (total paid (fun x => x)) 0%K)
    | free => true
    end && match bounded with Some B => forallb (fun x => yes (le_dec (- (B * chance))%K x)) paid | None => true end.

  Definition draw_of (x : Pointed) (e : Drawn) : option (Draw (L := L)) :=
    let unit := (over x * sum x)%positive in
    let chance := rational (weighing e # sum x) in
    match pick (X := profile E) (recommended e) with
    | Some a => if (0 <=? weighing e)%Z && match paid_at e with nil => true | _ => (0 <? weighing e)%Z end &&
          once_each (map fst (paid_at e)) && forallb (row_ok unit chance) (paid_at e)
        then Some {| drawn := a; chance_of := chance; pays_at := entries_of unit (paid_at e) |} else None
    | None => None
    end.

  Definition reply_of (x : Pointed) (e : list nat * list Drawn) : option (list nat * list (Draw (L := L))) :=
    if valid (report_sizes (data p)) (fst e) && once_each (map recommended (snd e)) &&
       (fold_right Z.add 0 (map weighing (snd e)) =? Zpos (sum x))%Z
    then option_map (fun l => (fst e, l)) (sequence (draw_of x) (snd e)) else None.

  Fixpoint lists_once (l : list (list nat)) : bool :=
    match l with nil => true | x :: rest => negb (existsb (fun y => if list_eq_dec Nat.eq_dec x y then true else false) rest) && lists_once rest end.

  Definition reply {X} (table : list (list nat * X)) (x : list nat) : option X :=
    option_map snd (find (fun e => if list_eq_dec Nat.eq_dec (fst e) x then true else false) table).

  Definition all_answered {X} (table : list (list nat * X)) : bool :=
    forallb (fun w => let x := map (fun k => nth w (nth k (information p) []) 0) (seq 0 players) in
      forallb (fun k => forallb (fun c => match reply table (put_at k c x) with Some _ => true | None => false end) (cells_of k))
        (seq 0 players)) likely_states.

  Definition answers_of (x : Pointed) : option (reports I -> list (Draw (L := L))) :=
    match sequence (reply_of x) (replies x) with
    | Some table => if lists_once (map fst table) && all_answered table
        then Some (fun r : reports I => match reply table (heard (proj1_sig r)) with
          | Some l => l
          | None => [{| drawn := some_profile; chance_of := 1%K; pays_at := nil |}]
          end)
        else None
    | None => None
    end.

  Definition reached_by (x : Pointed) : option (reports I -> list (Draw (L := L))) :=
    match answers_of x with
    | Some answers => if answers_ok lambda I (budget p) bounded outside answers then Some answers else None
    | None => None
    end.

  Lemma reached_by_true x answers : reached_by x = Some answers -> can_mediate (outcome_of I answers).
  Proof.
    unfold reached_by. destruct (answers_of x) as [a|]; [|discriminate].
    destruct (answers_ok lambda I (budget p) bounded outside a) eqn:e; [|discriminate].
    intro h. inversion h; subst. exact (answers_mediated lambda I (budget p) bounded outside answers e).
  Qed.

  (** Weights on actions by what is told, all of one sum, as a mixture of maps. *)
  Fixpoint maps_of (fuel : nat) (rows : list (list (nat * Z))) : option (list (list nat * Z)) :=
    let empty := fun row : list (nat * Z) => match row with nil => true | _ => false end in
    if forallb empty rows then Some nil else
    match fuel with
    | O => None
    | S fuel => if existsb empty rows then None else
        let heads := map (hd (0, 0%Z)) rows in
        let least := fold_right Z.min (snd (hd (0, 0%Z) heads)) (map snd heads) in
        let rest := map (fun row => match row with
          | (b, n) :: more => if (n =? least)%Z then more else (b, (n - least)%Z) :: more
          | nil => nil
          end) rows in
        option_map (cons (map fst heads, least)) (maps_of fuel rest)
    end.

  Definition lie_of (unit : positive) (i x y : nat) (f : list nat) (k : Z) : option (Lie I) :=
    match pick (X := agent E) i with
    | Some i => match pick (X := type I i) x, pick (X := type I i) y with
        | Some x, Some y => Some {| liar := i; truth := x; said := y; force := rational (k # unit);
            Statements.does := fun c : action E i => match pick (X := action E i) (nth (proj1_sig c) f 0) with Some b => b | None => c end |}
        | _, _ => None
        end
    | None => None
    end.

  Definition move : Type := nat * nat * nat * nat * nat * Z.

  Definition move_ok (e : move) : bool :=
    let '(i, x, y, c, b, k) := e in
    let size := nth i (sizes (data p)) 0 in
    (i <? players) && is_type i x && is_type i y && (c <? size) && (b <? size) && negb ((x =? y) && (c =? b)) && (0 <? k)%Z.

  Definition same_five (e f : move) : bool :=
    let '(i, x, y, c, b, _) := e in let '(i', x', y', c', b', _) := f in
    (i =? i') && (x =? x') && (y =? y') && (c =? c') && (b =? b').

  Fixpoint five_once (l : list move) : bool :=
    match l with nil => true | e :: rest => negb (existsb (same_five e) rest) && five_once rest end.

  Definition same_lie (e f : move) : bool :=
    let '(i, x, y, _, _, _) := e in let '(i', x', y', _, _, _) := f in (i =? i') && (x =? x') && (y =? y').

  (** Moves of one player, type and report: disobedience one by one, false reports as mixtures of maps. *)
  Definition lies_of (unit : positive) (all_moves : list move) (e : move) : option (list (Lie I)) :=
    let '(i, x, y, c, b, k) := e in
    let size := nth i (sizes (data p)) 0 in
    if x =? y then
      option_map (fun l => [l]) (lie_of unit i x y (put_at c b (seq 0 size)) k)
    else
      let own := filter (same_lie e) all_moves in
      match own with
      | first :: _ => if same_five first e then
          match maps_of (S (length own)) (map (fun c => flat_map (fun f => let '(_, _, _, c', b', k') := f in
              if c' =? c then [(b', k')] else nil) own) (seq 0 size)) with
          | Some l => sequence (fun f => lie_of unit i x y (fst f) (snd f)) l
          | None => None
          end
          else Some nil
      | nil => Some nil
      end.

  Definition joining_of (unit : positive) (e : nat * nat * Z) : option (Joining I) :=
    let '(i, x, k) := e in
    match pick (X := agent E) i with
    | Some i' => match pick (X := type I i') x with
        | Some x' => if is_type i x && (0 <? k)%Z
            then Some {| member := i' : agent E; own_type := x'; push := rational (k # unit) |} else None
        | None => None
        end
    | None => None
    end.

  Definition reports_of (l : list nat) : option (reports I) :=
    match bool_dec (valid (report_sizes (data p)) l) true with left h => Some (exist _ l h) | right _ => None end.

  Definition aim_of (t : Aimed) : option (Aim I) :=
    match t with
    | for_welfare => Some (at_welfare I)
    | for_nothing => Some (at_nothing I)
    | for_draws l => option_map (at_draws I) (sequence (fun e => match reports_of (fst e), pick (X := profile E) (snd e) with
        | Some x, Some a => Some (x, a) | _, _ => None end) l)
    end.

  (** Multipliers of a step about draws, whose aim is 1 for each, are on weights and payoffs as they are
      listed, not over what they are over. *)
  Definition unit_of (t : Aimed) : Z :=
    match t with
    | for_draws _ => total_weight (data p) * (Zpos (unit (data p)) * Zpos (scale_of_levels p))
    | _ => 1
    end.

  Definition step_of (s : Stepped) : option (Step I) :=
    let f := unit_of (aim s) in
    let moves := map (fun e : move => let '(i, x, y, c, b, k) := e in (i, x, y, c, b, (k * f)%Z)) (incentives s) in
    let joining := map (fun e : nat * nat * Z => let '(i, x, k) := e in (i, x, (k * f)%Z)) (participation s) in
    if forallb move_ok moves && five_once moves && (0 <=? floor s)%Z &&
       lists_once (map (fun e => let '(i, x, _) := e in [i; x]) joining)
    then match aim_of (aim s), sequence (lies_of (under s) moves) moves, sequence (joining_of (under s)) joining with
      | Some t, Some ls, Some js =>
          Some {| target := t; on_lies := concat ls; on_joining := js; floor_times := rational (floor s * f # under s) |}
      | _, _, _ => None
      end
    else None.

  (** A bound on mechanisms of at least the welfare [v]; [Some None] if there are none. *)
  Definition bound_of (v : number rationals) (l : list Stepped) : option (option (number rationals)) :=
    match sequence step_of l with
    | Some ss => match rev ss with
        | last :: before => mechanisms_bound lambda I (L := L) (budget p) bounded outside v (rev before) last
        | nil => None
        end
    | None => None
    end.

  Definition no_floors (l : list Stepped) : bool :=
    match sequence step_of l with Some ss => forallb (fun s => yes (eq_dec (floor_times s) 0%K)) ss | None => false end.

  Lemma bound_of_true v l found : bound_of v l = Some found -> forall mu, can_mediate mu ->
    (v <= expected mu)%K \/ no_floors l = true ->
    match found with Some u => (expected mu <= u)%K | None => False end.
  Proof.
    unfold bound_of, no_floors. destruct (sequence step_of l) as [ss|]; [|discriminate].
    destruct (rev ss) as [|last before] eqn:e; [discriminate|]. intros h mu med high.
    apply (mechanisms_bound_true lambda I (L := L) (budget p) bounded outside v (rev before) last found h mu med).
    destruct high as [high|z]; [now left|right]. rewrite forallb_forall in z. intros s i.
    assert (In s ss) as j; [|exact (yes_true _ (z s j))].
    apply in_rev. rewrite e. destruct i as [->|i]; [now left|right]. now apply in_rev.
  Qed.

  (** What bounds all mechanisms; where nothing is given, what agents reach who pool what they see. *)
  Definition found (b : option (list Stepped)) : option (option (number rationals)) :=
    match b with
    | None => Some (Some best_pooled)
    | Some l => if no_floors l then bound_of 0%K l else None
    end.

  Lemma found_true b u mu : found b = Some u -> can_mediate mu ->
    match u with Some v => (expected mu <= v)%K | None => False end.
  Proof.
    unfold found. destruct b as [l|]; intros h med.
    - destruct (no_floors l) eqn:e; [|discriminate]. exact (bound_of_true 0%K l u h mu med (or_intror e)).
    - inversion h; subst. exact (pooled_most lambda I (L := L) (budget p) bounded outside mu med).
  Qed.

  Definition shows_most (b : option (list Stepped)) (strict : bool) (v : number rationals) : bool :=
    match found b with
    | Some (Some u) => if strict then yes (lt_or_le u v) else yes (le_dec u v)
    | Some None => true
    | None => false
    end.
  Definition finite_bound (b : option (list Stepped)) : bool := match found b with Some (Some _) => true | _ => false end.
  Definition shows_none (b : option (list Stepped)) : bool := match found b with Some None => true | _ => false end.
  Definition shows_reached (r : option Pointed) (more : bool) (v : number rationals) : bool :=
    match r with
    | Some r => match reached_by r with
        | Some answers => let u := welfare_of I answers in if more then yes (lt_or_le v u) else yes (le_dec v u)
        | None => false
        end
    | None => false
    end.

  Definition check (a : Claim) (w : Witness) : bool :=
    let loss x := (best_pooled - x)%K in
    match name a, holds a, reached w, bound w with
    | mechanism_gap_positive, true, None, b | mechanism_gap_zero, false, None, b => shows_most b true (loss 0%K)
    | mechanism_gap_positive, false, Some r, None | mechanism_gap_zero, true, Some r, None => shows_reached (Some r) false (loss 0%K)
    | mechanism_gap_at_least x, true, None, b => shows_most b false (loss (rational x))
    | mechanism_gap_at_least x, false, Some r, None => shows_reached (Some r) true (loss (rational x))
    | mechanism_gap_at_most x, true, Some r, None => shows_reached (Some r) false (loss (rational x))
    | mechanism_gap_at_most x, false, None, b => shows_most b true (loss (rational x))
    | mechanism_gap (Some x), true, Some r, b =>
        finite_bound b && shows_most b false (loss (rational x)) && shows_reached (Some r) false (loss (rational x))
    | mechanism_value (Some x), true, Some r, b =>
        finite_bound b && shows_most b false (rational x) && shows_reached (Some r) false (rational x)
    | mechanism_gap None, true, None, b | mechanism_value None, true, None, b => shows_none b
    | mechanism_attains x, true, Some r, None => shows_reached (Some r) false (rational x)
    | mechanism_attains x, false, None, Some l => match bound_of (rational x) l with Some None => true | _ => false end
    | _, _, _, _ => false
    end.

  Lemma most_true b v mu : shows_most b false v = true -> can_mediate mu -> (expected mu <= v)%K.
  Proof.
    unfold shows_most. destruct (found b) as [[u|]|] eqn:e; [| |discriminate]; intros h s; pose proof (found_true b _ mu e s) as q.
    - apply yes_true in h. exact (le_trans _ _ _ _ q h).
    - destruct q.
  Qed.

  Lemma most_least b x : shows_most b false (best_pooled - x)%K = true -> loses_at_least x.
  Proof. intros h mu s. pose proof (most_true b _ mu h s) as q. revert q. generalize best_pooled. intros. olra. Qed.

  Lemma most_more b x : shows_most b true (best_pooled - x)%K = true -> loses_more x.
  Proof.
    unfold shows_most, loses_more. destruct (found b) as [[u|]|] eqn:e; [| |discriminate]; intro h.
    - apply yes_true in h. exists (best_pooled - x - u)%K. revert h. generalize best_pooled as B. intros B h. split; [olra|].
      intros mu s. pose proof (found_true b _ mu e s) as q. cbv iota in q. olra.
    - exists 1%K. split; [apply lt_zero_one|]. intros mu s. destruct (found_true b _ mu e s).
  Qed.

  Lemma none_true b : shows_none b = true -> forall mu, ~ can_mediate mu.
  Proof.
    unfold shows_none. destruct (found b) as [[u|]|] eqn:e; try discriminate. intros _ mu s. exact (found_true b _ mu e s).
  Qed.

  Lemma reached_true r more v : shows_reached r more v = true ->
    exists mu, can_mediate mu /\ if more then (v < expected mu)%K else (v <= expected mu)%K.
  Proof.
    unfold shows_reached. destruct r as [r|]; [|discriminate]. destruct (reached_by r) as [a|] eqn:e; [|discriminate].
    intro h. exists (outcome_of I a). split; [exact (reached_by_true r a e)|].
    rewrite <- welfare_of_expected. destruct more; exact (yes_true _ h).
  Qed.

  Lemma reached_most r x : shows_reached r false (best_pooled - x)%K = true -> loses_at_most x.
  Proof.
    intro h. destruct (reached_true r _ _ h) as [mu [s q]]. exists mu. split; [exact s|]. cbv iota in q.
    revert q. generalize best_pooled. intros. olra.
  Qed.

  Lemma reached_less r x : shows_reached r true (best_pooled - x)%K = true -> loses_less x.
  Proof.
    intro h. destruct (reached_true r _ _ h) as [mu [s q]]. exists mu. split; [exact s|]. cbv iota in q.
    revert q. generalize best_pooled. intros. olra.
  Qed.

  Lemma accepted a w : check a w = true -> meaning a.
  Proof.
    destruct a as [n h], w as [r b]. unfold check, meaning. cbn [name holds reached bound].
    destruct n as [| |x|x|[x|]|[x|]|x], h, r as [r|], b as [b|]; intro a; try (exact (False_ind _ (diff_false_true a)));
      try (apply most_more in a; exact a); try (apply most_least in a; exact a);
      try (apply reached_most in a; exact a); try (apply reached_less in a; exact a);
      try (exact (none_true _ a)); try (exact (reached_true _ _ _ a)).
    - apply split_up in a. destruct a as [a c]. apply split_up in a. destruct a as [_ a].
      split; [exact (most_least _ _ a)|exact (reached_most _ _ c)].
    - apply split_up in a. destruct a as [a c]. apply split_up in a. destruct a as [_ a].
      split; [exact (most_least _ _ a)|exact (reached_most _ _ c)].
    - apply split_up in a. destruct a as [a c]. apply split_up in a. destruct a as [_ a].
      split; [intros mu s; exact (most_true _ _ mu a s)|exact (reached_true _ _ _ c)].
    - apply split_up in a. destruct a as [a c]. apply split_up in a. destruct a as [_ a].
      split; [intros mu s; exact (most_true _ _ mu a s)|exact (reached_true _ _ _ c)].
    - destruct (bound_of (rational x) b) as [[u|]|] eqn:e; try exact (False_ind _ (diff_false_true a)).
      intros mu s q. exact (bound_of_true (rational x) b None e mu s (or_introl q)).
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (sensible (data p) (transfers (budget p) (liability p)) && well_formed p &&
    (length (levels p) =? length (sizes (data p))) && forallb (Z.leb 0) (levels p)) (fun ok => check p ok c w).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
