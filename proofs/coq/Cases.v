(** Certificates of families: a case distinction over the parameters, and that accepted ones claim
    what is so at every point that satisfies the assumptions. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Accepted.
Import ListNotations.
Local Open Scope nat_scope.

(** A distinction by a strict or weak inequality, or by an equation; a case that is impossible; or
    one that is decided, with what follows from its conditions, and where maxima are guessed. *)
Inductive Cases :=
| Distinguish (c : Number * Relation) (holding failing : Cases)
| Distinguish_sign (n : Number) (zero positive negative : Cases)
| Refuted (r : Refutation)
| Decided (facts : list ((Number * Relation) * list Refutation)) (piece : nat) (hint : list Q) (w : Shown).

(** Everywhere, with why no two pieces meet; or at one point, by another number of the quantity. *)
Inductive Witness :=
| Everywhere (apart : list Refutation) (cases : Cases)
| Here (instead : option (option Fraction)) (w : Shown).

Fixpoint pairs {X} (l : list X) : list (X * X) :=
  match l with x :: rest => map (pair x) rest ++ pairs rest | nil => nil end.

Lemma pairs_in {X} (l : list X) : forall i j x y, i < j -> nth_error l i = Some x -> nth_error l j = Some y -> In (x, y) (pairs l).
Proof.
  induction l as [|z l IH]; intros i j x y less a b; [destruct i; discriminate|]. cbn [pairs]. apply in_or_app.
  destruct j as [|j]; [now apply Nat.nlt_0_r in less|]. destruct i as [|i]; cbn [nth_error] in a, b.
  - left. injection a as ->. apply in_map. exact (nth_error_In _ _ b).
  - right. apply (IH i j x y); [now apply Nat.succ_lt_mono|exact a|exact b].
Qed.

(** Another number of the same quantity. *)
Definition renamed (n : Name) (x : option Fraction) : option Name :=
  match n with
  | gap _ => Some (gap x)
  | value_is _ => Some (value_is x)
  | threshold _ => Some (threshold x)
  | optimum_is _ => option_map optimum_is x
  | _ => None
  end.
Definition number_of_name (n : Name) : option Fraction :=
  match n with gap x | value_is x | threshold x => x | optimum_is x => Some x | _ => None end.
Definition other_number (q : Valuation) (n m : Name) : bool :=
  match number_of_name n, number_of_name m with
  | Some x, Some y => negb (yes (eq_dec (ratio q x) (ratio q y)))
  | None, None => false
  | _, _ => true
  end.

Lemma another p q ok h n x m : renamed n x = Some m -> other_number q n m = true -> is_so p q ok h m -> ~ is_so p q ok h n.
Proof.
  intros e other is_m is_n.
  assert (forall a b : Fraction, number_of_name n = Some a -> number_of_name m = Some b -> ratio q a <> ratio q b) as differ.
  { intros a b ea eb eq. unfold other_number in other. rewrite ea, eb in other. unfold yes in other.
    destruct (eq_dec (ratio q a) (ratio q b)); [discriminate|tauto]. }
  destruct n as [| | |?|?|[a|]|[a|]|?|[a|]|?|a|?|?|?|?], x as [b|]; try discriminate; injection e as <-; cbn [is_so number_of_name] in *;
    try (specialize (differ a b eq_refl eq_refl)); try discriminate.
  - apply differ. pose proof (value_unique _ _ _ is_m is_n). olra.
  - destruct is_n as [[s [k _]] _]. exact (is_m s k).
  - destruct is_m as [[s [k _]] _]. exact (is_n s k).
  - apply differ. symmetry. exact (value_unique _ _ _ is_m is_n).
  - destruct is_n as [[s [k _]] _]. exact (is_m s k).
  - destruct is_m as [[s [k _]] _]. exact (is_n s k).
  - destruct is_n as [n0 [nc nb]], is_m as [m0 [mc mb]]. destruct (lt_eq_lt (ratio q a) (ratio q b)) as [l|[l|l]]; [exact (mb _ n0 l nc)|exact (differ l)|exact (nb _ m0 l mc)].
  - destruct is_n as [n0 [nc _]]. exact (is_m _ n0 nc).
  - destruct is_m as [m0 [mc _]]. exact (is_n _ m0 mc).
  - apply differ. congruence.
Qed.

Section Cases.
  Variables (p : Problem) (a : Claim) (ok : good (shape (family p)) = true) (t : Tables).
  Hypothesis whole_table : t = tables (family p).

  (** What is known once these conditions are. *)
  Definition learned (l : list Condition) : Known := map (fun c => (fst c, of_relation (snd c))) l.

  Definition follows (path : list Condition) (fact : (Number * Relation) * list Refutation) : bool :=
    let contrary := negations (condition (fst fact)) in
    (length contrary =? length (snd fact)) &&
    forallb (fun e => refutes (path ++ [fst e]) (snd e)) (combine contrary (snd fact)).

  (** The case lies in the piece, and is shown what this says. *)
  Definition decided (o : Signed) (hint : Valuation) (piece : nat) (w : Shown) : bool :=
    match nth_error (pieces a) piece with
    | Some (when, n) => forallb (fun c => knows o (fst (condition c)) (snd c)) when &&
        (let support := with_chance (family p) ok t o in shows p ok t o hint support n (holds a) w)
    | None => false
    end.

  (** The pieces in which cases are decided, if all are. *)
  Fixpoint walk (x : Cases) (path : list Condition) : option (list nat) :=
    match x with
    | Distinguish c holding failing =>
        match negations (condition c) with
        | [contrary] => match walk holding (path ++ [condition c]), walk failing (path ++ [contrary]) with
            | Some l, Some r => Some (l ++ r)
            | _, _ => None
            end
        | _ => None
        end
    | Distinguish_sign n zero positive negative =>
        match walk zero (path ++ [(poly n, equal)]), walk positive (path ++ [(poly n, above)]),
          walk negative (path ++ [(negated (poly n), above)]) with
        | Some l, Some r, Some s => Some (l ++ r ++ s)
        | _, _, _ => None
        end
    | Refuted r => if refutes path r then Some [] else None
    | Decided facts piece hint w =>
        let known := learned (path ++ map (fun e => condition (fst e)) facts) in
        if forallb (follows path) facts && (length hint =? parameters p) && decided (from_known known) (map rational hint) piece w
        then Some [piece] else None
    end.

  Definition applies (q : Valuation) (k : nat) (n : Name) : Prop :=
    exists when, nth_error (pieces a) k = Some (when, n) /\ forall c, In c when -> satisfies q c.

  Lemma decided_true o hint piece w q : right_at q o -> decided o hint piece w = true ->
    exists k n, applies q k n /\ so_at p n (holds a) q.
  Proof.
    intros r e. unfold decided in e. destruct (nth_error (pieces a) piece) as [[when n]|] eqn:g; [|discriminate].
    apply andb_true_iff in e. destruct e as [inside e]. exists piece, n. split.
    - exists when. split; [exact g|]. intros c i. apply (forallb_in _ _ _ inside) in i. apply (knows_true q _ _ _ r) in i. now apply condition_true.
    - rewrite whole_table in e. cbv zeta in e. pose proof e as e'. unfold shows in e'. rewrite !andb_true_iff in e'. destruct e' as [[known _] _].
      exists ok, (data_proper p ok o q r known). exact (accepted p ok o hint q r known n (holds a) w e).
  Qed.

  Lemma extended q path c : (forall d, In d path -> true_at q d) -> true_at q c -> forall d, In d (path ++ [c]) -> true_at q d.
  Proof. intros h g d i. apply in_app_or in i. destruct i as [i|[<-|[]]]; [exact (h d i)|exact g]. Qed.

  Lemma follows_true q path fact : (forall d, In d path -> true_at q d) -> follows path fact = true -> true_at q (condition (fst fact)).
  Proof.
    intros h e. unfold follows in e. apply andb_true_iff in e. destruct e as [same_ e]. apply Nat.eqb_eq in same_.
    destruct (fails q (condition (fst fact))) as [g|[n [i g]]]; [exact g|exfalso].
    destruct (In_nth _ _ n i) as [k [less at_]].
    assert (exists r, In (n, r) (combine (negations (condition (fst fact))) (snd fact))) as [r j].
    { exists (nth k (snd fact) {| products := []; multipliers := [] |}). rewrite <- at_ at 1. rewrite <- combine_nth by exact same_.
      apply nth_In. rewrite combine_length, <- same_, Nat.min_id. exact less. }
    apply (forallb_in _ _ _ e) in j. cbn [fst snd] in j. exact (refutes_true _ q (extended q path n h g) r j).
  Qed.

  Lemma walk_true q x : forall path used, walk x path = Some used -> (forall d, In d path -> true_at q d) ->
    exists k n, applies q k n /\ so_at p n (holds a) q.
  Proof.
    induction x as [c x IHx y IHy|m x IHx y IHy z IHz|r|facts piece hint w]; intros path used e h; cbn [walk] in e.
    - destruct (fails q (condition c)) as [g|[n [i g]]]; destruct (negations (condition c)) as [|n' [|]]; try discriminate;
        destruct (walk x _) as [l|] eqn:ex; try discriminate; destruct (walk y _) as [l'|] eqn:ey; try discriminate.
      + exact (IHx _ _ ex (extended q path _ h g)).
      + destruct i as [<-|[]]. exact (IHy _ _ ey (extended q path _ h g)).
    - destruct (walk x _) as [l|] eqn:ex; [|discriminate]. destruct (walk y _) as [l'|] eqn:ey; [|discriminate].
      destruct (walk z _) as [l''|] eqn:ez; [|discriminate].
      destruct (fails q (poly m, equal)) as [g|[n [[<-|[<-|[]]] g]]].
      + exact (IHx _ _ ex (extended q path _ h g)).
      + exact (IHy _ _ ey (extended q path _ h g)).
      + exact (IHz _ _ ez (extended q path _ h g)).
    - destruct (refutes path r) eqn:g; [|discriminate]. destruct (refutes_true path q h r g).
    - destruct (_ && _) eqn:g in e; [|discriminate]. rewrite !andb_true_iff in g. destruct g as [[each _] g].
      refine (decided_true _ _ piece w q (from_known_right q _ _) g). intros d s i. unfold learned in i. apply in_map_iff in i.
      destruct i as [c [k i]]. injection k as <- <-. apply has_relation. apply in_app_or in i. destruct i as [i|i]; [exact (h c i)|].
      apply in_map_iff in i. destruct i as [fact [<- i]]. exact (follows_true q path fact h (forallb_in _ _ _ each i)).
  Qed.

  (** No two pieces meet. *)
  Definition parted (refutations : list Refutation) : bool :=
    let all := pairs (map (fun e => map condition (fst e)) (pieces a)) in
    (length all =? length refutations) &&
    forallb (fun e => refutes (map condition (assumptions p) ++ fst (fst e) ++ snd (fst e)) (snd e)) (combine all refutations).

  Lemma assumed q : (forall c, In c (assumptions p) -> satisfies q c) -> forall d, In d (map condition (assumptions p)) -> true_at q d.
  Proof. intros h d i. apply in_map_iff in i. destruct i as [c [<- i]]. apply condition_true, h, i. Qed.

  Lemma parted_less refutations q : parted refutations = true -> (forall c, In c (assumptions p) -> satisfies q c) ->
    forall k n k' n', k < k' -> applies q k n -> applies q k' n' -> False.
  Proof.
    intros e h k n k' n' less [when [at_ is_]] [when' [at' is']]. unfold parted in e. apply andb_true_iff in e. destruct e as [same_ e].
    apply Nat.eqb_eq in same_.
    pose proof (pairs_in (map (fun e => map condition (fst e)) (pieces a)) k k' (map condition when) (map condition when') less
      (map_nth_error (fun e => map condition (fst e)) _ _ at_) (map_nth_error (fun e => map condition (fst e)) _ _ at')) as i.
    destruct (In_nth _ _ (map condition when, map condition when') i) as [j [lj ej]].
    assert (exists r, In ((map condition when, map condition when'), r) (combine (pairs (map (fun e => map condition (fst e)) (pieces a))) refutations)) as [r m].
    { exists (nth j refutations {| products := []; multipliers := [] |}). rewrite <- ej at 1. rewrite <- combine_nth by exact same_.
      apply nth_In. rewrite combine_length, <- same_, Nat.min_id. exact lj. }
    apply (forallb_in _ _ _ e) in m. cbn [fst snd] in m. refine (refutes_true _ q _ r m). intros d x.
    apply in_app_or in x. destruct x as [x|x]; [exact (assumed q h d x)|]. apply in_app_or in x.
    destruct x as [x|x]; apply in_map_iff in x; destruct x as [c [<- x]]; apply condition_true; auto.
  Qed.

  (** *** At a point *)

  Definition here (q : Valuation) (instead : option (option Fraction)) (w : Shown) : bool :=
    match pieces a with
    | [([], n)] =>
        let o := from_point q in
        let support := with_chance (family p) ok t o in
        forallb (fun c => knows o (fst (condition c)) (snd c)) (assumptions p) &&
        match instead with
        | None => shows p ok t o q support n (holds a) w
        | Some x => match renamed n x with
            | Some m => negb (holds a) && other_number q n m && forallb (fun x => knows o (poly (snd x)) above) (numbers_of n) &&
                shows p ok t o q support m true w
            | None => false
            end
        end
    | _ => false
    end.

  Lemma here_true q instead w : here q instead w = true ->
    (forall c, In c (assumptions p) -> satisfies q c) /\ exists n, pieces a = [([], n)] /\ so_at p n (holds a) q.
  Proof.
    unfold here. destruct (pieces a) as [|[[|] n] [|]]; try discriminate. cbv zeta. intro e. apply andb_true_iff in e. destruct e as [as_ e].
    pose proof (from_point_right q) as r. split.
    - intros c i. apply (forallb_in _ _ _ as_) in i. apply (knows_true q _ _ _ r) in i. now apply condition_true.
    - exists n. split; [reflexivity|]. rewrite whole_table in e. destruct instead as [x|].
      + destruct (renamed n x) as [m|] eqn:g; [|discriminate]. rewrite !andb_true_iff in e. destruct e as [[[no other] numbers] e].
        pose proof e as e'. unfold shows in e'. rewrite !andb_true_iff in e'. destruct e' as [[known _] _].
        exists ok, (data_proper p ok _ q r known). destruct (accepted p ok _ q q r known m true w e) as [sound_ [_ so]].
        apply negb_true_iff in no. rewrite no. split; [exact sound_|]. split.
        * intros y i. apply (forallb_in _ _ _ numbers) in i. apply (knows_true q _ _ _ r) in i. cbn [stands] in i. unfold finite_number. now rewrite ev_poly in i.
        * pose proof (another p q ok (data_proper p ok _ q r known) n x m g other so) as not_. destruct n; try discriminate; exact not_.
      + pose proof e as e'. unfold shows in e'. rewrite !andb_true_iff in e'. destruct e' as [[known _] _].
        exists ok, (data_proper p ok _ q r known). exact (accepted p ok _ q q r known n (holds a) w e).
  Qed.
End Cases.

(** The whole check, data included. *)
Definition accepts (p : Problem) (a : Claim) (w : Witness) : bool :=
  match bool_dec (good (shape (family p))) true with
  | left ok => let t := tables (family p) in
      match at_point a, w with
      | None, Everywhere refutations cases =>
          match walk p a ok t cases (map condition (assumptions p)) with
          | Some used => parted p a refutations && forallb (fun k => existsb (Nat.eqb k) used) (seq 0 (length (pieces a)))
          | None => false
          end
      | Some q, Here instead w => (length q =? parameters p) && here p a ok t (map rational q) instead w
      | _, _ => false
      end
  | right _ => false
  end.

Lemma accepted_shows p a w : accepts p a w = true -> shown p a.
Proof.
  unfold accepts, shown. destruct (bool_dec (good (shape (family p))) true) as [ok|]; [|intro h; exact (False_ind _ (diff_false_true h))].
  destruct (at_point a) as [q|], w as [refutations cases|instead w]; try (intro h; exact (False_ind _ (diff_false_true h))).
  - intro e. apply andb_true_iff in e. destruct e as [_ e]. exact (here_true p a ok _ eq_refl _ instead w e).
  - cbv zeta. destruct (walk _ _ _ _ _ _) as [used|] eqn:e; [|intro h; exact (False_ind _ (diff_false_true h))].
    intros g q h. apply andb_true_iff in g. destruct g as [apart _]. split.
    + exact (walk_true p a ok _ eq_refl q cases _ used e (assumed p q h)).
    + intros k n k' n' here_ there. destruct (Nat.lt_trichotomy k k') as [l|[l|l]]; [|exact l|]; exfalso.
      * exact (parted_less p a refutations q apart h k n k' n' l here_ there).
      * exact (parted_less p a refutations q apart h k' n' k n l there here_).
Qed.
