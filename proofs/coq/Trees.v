(** Case distinctions over parameters: every point that satisfies the assumptions lies in a case, and
    what is shown in the cases is so there. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals.
From coopgap Require Export Polynomials.
Import ListNotations.
Local Open Scope nat_scope.

(** A distinction by a strict or weak inequality, or by an equation; a case that is impossible; or
    one that is decided, with what follows from its conditions, and where maxima are guessed. *)
Inductive Cases (W : Type) :=
| Distinguish (c : Number * Relation) (holding failing : Cases W)
| Distinguish_sign (n : Number) (zero positive negative : Cases W)
| Refuted (r : Refutation)
| Decided (facts : list ((Number * Relation) * list Refutation)) (piece : nat) (hint : list Q) (w : W).
Arguments Distinguish {W}. Arguments Distinguish_sign {W}. Arguments Refuted {W}. Arguments Decided {W}.

Fixpoint pairs {X} (l : list X) : list (X * X) :=
  match l with x :: rest => map (pair x) rest ++ pairs rest | nil => nil end.

Lemma pairs_in {X} (l : list X) : forall i j x y, i < j -> nth_error l i = Some x -> nth_error l j = Some y -> In (x, y) (pairs l).
Proof.
  induction l as [|z l IH]; intros i j x y less a b; [destruct i; discriminate|]. cbn [pairs]. apply in_or_app.
  destruct j as [|j]; [now apply Nat.nlt_0_r in less|]. destruct i as [|i]; cbn [nth_error] in a, b.
  - left. injection a as ->. apply in_map. exact (nth_error_In _ _ b).
  - right. apply (IH i j x y); [now apply Nat.succ_lt_mono|exact a|exact b].
Qed.

Lemma combined {Y Z} (l : list Y) (m : list Z) y : length l = length m -> In y l -> exists z, In (y, z) (combine l m).
Proof.
  revert m. induction l as [|x l IH]; intros [|z m] e i; try discriminate; [destruct i|].
  destruct i as [->|i]; [exists z; now left|]. destruct (IH m ltac:(now injection e) i) as [u j]. exists u. now right.
Qed.

Section Trees.
  Context {X W : Type}.
  Variables (parameters : nat) (assumptions : list (Number * Relation)) (pieces : list (list (Number * Relation) * X)).
  (** Whether a witness shows something, where signs are known. *)
  Variable leaf : Signed -> Valuation -> X -> W -> bool.

  (** What is known once these conditions are. *)
  Definition learned (l : list Condition) : Known := map (fun c => (fst c, of_relation (snd c))) l.

  Definition follows (path : list Condition) (fact : (Number * Relation) * list Refutation) : bool :=
    let contrary := negations (condition (fst fact)) in
    (length contrary =? length (snd fact)) &&
    forallb (fun e => refutes (path ++ [fst e]) (snd e)) (combine contrary (snd fact)).

  (** The case lies in the piece, and what this says is shown. *)
  Definition decided (o : Signed) (hint : Valuation) (piece : nat) (w : W) : bool :=
    match nth_error pieces piece with
    | Some (when, x) => forallb (fun c => knows o (fst (condition c)) (snd c)) when && leaf o hint x w
    | None => false
    end.

  (** The pieces in which cases are decided, if all are. *)
  Fixpoint walk (x : Cases W) (path : list Condition) : option (list nat) :=
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
        if forallb (follows path) facts && (length hint =? parameters) && decided (from_known known) (map rational hint) piece w
        then Some [piece] else None
    end.

  (** No two pieces meet. *)
  Definition parted (refutations : list Refutation) : bool :=
    let all := pairs (map (fun e => map condition (fst e)) pieces) in
    (length all =? length refutations) &&
    forallb (fun e => refutes (map condition assumptions ++ fst (fst e) ++ snd (fst e)) (snd e)) (combine all refutations).

  (** All cases are shown, in each piece there is one, and no two pieces meet. *)
  Definition covers (refutations : list Refutation) (cases : Cases W) : bool :=
    match walk cases (map condition assumptions) with
    | Some used => parted refutations && forallb (fun k => existsb (Nat.eqb k) used) (seq 0 (length pieces))
    | None => false
    end.

  Variable so : X -> Valuation -> Prop.
  Hypothesis leaf_true : forall q o hint x w, right_at q o -> leaf o hint x w = true -> so x q.

  Lemma decided_true o hint piece w q : right_at q o -> decided o hint piece w = true ->
    exists k x, applies pieces q k x /\ so x q.
  Proof.
    intros r e. unfold decided in e. destruct (nth_error pieces piece) as [[when x]|] eqn:g; [|discriminate].
    apply andb_true_iff in e. destruct e as [inside e]. exists piece, x. split; [|exact (leaf_true q o hint x w r e)].
    exists when. split; [exact g|]. intros c i. apply (forallb_in _ _ _ inside) in i. apply (knows_true q _ _ _ r) in i. now apply condition_true.
  Qed.

  Lemma extended q path c : (forall d, In d path -> true_at q d) -> true_at q c -> forall d, In d (path ++ [c]) -> true_at q d.
  Proof. intros h g d i. apply in_app_or in i. destruct i as [i|[<-|[]]]; [exact (h d i)|exact g]. Qed.

  Lemma follows_true q path fact : (forall d, In d path -> true_at q d) -> follows path fact = true -> true_at q (condition (fst fact)).
  Proof.
    intros h e. unfold follows in e. apply andb_true_iff in e. destruct e as [same_ e]. apply Nat.eqb_eq in same_.
    destruct (fails q (condition (fst fact))) as [g|[n [i g]]]; [exact g|exfalso].
    destruct (combined _ _ n same_ i) as [r j].
    apply (forallb_in _ _ _ e) in j. cbn [fst snd] in j. exact (refutes_true _ q (extended q path n h g) r j).
  Qed.

  Lemma walk_true q x : forall path used, walk x path = Some used -> (forall d, In d path -> true_at q d) ->
    exists k n, applies pieces q k n /\ so n q.
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

  Lemma conditions_true q l : (forall c, In c l -> satisfies q c) -> forall d, In d (map condition l) -> true_at q d.
  Proof. intros h d i. apply in_map_iff in i. destruct i as [c [<- i]]. apply condition_true, h, i. Qed.

  Lemma parted_less refutations q : parted refutations = true -> assumed assumptions q ->
    forall k n k' n', k < k' -> applies pieces q k n -> applies pieces q k' n' -> False.
  Proof.
    intros e h k n k' n' less [when [at_ is_]] [when' [at' is']]. unfold parted in e. apply andb_true_iff in e. destruct e as [same_ e].
    apply Nat.eqb_eq in same_.
    pose proof (pairs_in (map (fun e => map condition (fst e)) pieces) k k' (map condition when) (map condition when') less
      (map_nth_error (fun e => map condition (fst e)) _ _ at_) (map_nth_error (fun e => map condition (fst e)) _ _ at')) as i.
    destruct (combined _ _ _ same_ i) as [r m]. apply (forallb_in _ _ _ e) in m. cbn [fst snd] in m.
    refine (refutes_true _ q _ r m). intros d x.
    apply in_app_or in x. destruct x as [x|x]; [exact (conditions_true q _ h d x)|]. apply in_app_or in x.
    destruct x as [x|x]; [exact (conditions_true q _ is_ d x)|exact (conditions_true q _ is' d x)].
  Qed.

  Lemma covers_true refutations cases : covers refutations cases = true -> so_everywhere assumptions pieces so.
  Proof.
    unfold covers. destruct (walk cases (map condition assumptions)) as [used|] eqn:e; [|discriminate].
    intros g q h. apply andb_true_iff in g. destruct g as [apart _]. split.
    - exact (walk_true q cases _ used e (conditions_true q _ h)).
    - intros k n k' n' here_ there. destruct (Nat.lt_trichotomy k k') as [l|[l|l]]; [|exact l|]; exfalso.
      + exact (parted_less refutations q apart h k n k' n' l here_ there).
      + exact (parted_less refutations q apart h k' n' k n l there here_).
  Qed.
End Trees.
