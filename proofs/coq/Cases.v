(** Certificates of families, and that accepted ones claim what is so at every point that satisfies
    the assumptions. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals Games.
From coopgap Require Export Explored Trees.
Import ListNotations.
Local Open Scope nat_scope.

(** Everywhere, with why no two pieces meet; or at one point, by another number of the quantity. *)
Inductive Witness :=
| Everywhere (apart : list Refutation) (cases : Cases Shown)
| Here (instead : option (option Fraction)) (w : Shown).

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
  destruct n as [| | |?|?|[a|]|[a|]|?|[a|]|?|a|?|?|?|?|?], x as [b|]; try discriminate; injection e as <-; cbn [is_so number_of_name] in *;
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

  Definition so (n : Name) (q : Valuation) : Prop := so_at p n (holds a) q.

  (** A case is shown what its piece says. *)
  Definition leaf (o : Signed) (hint : Valuation) (n : Name) (w : Shown) : bool :=
    let support := with_chance (family p) ok t o in
    match n with
    | tried x => shows_tried p ok t o hint support x (holds a) w
    | n => shows p ok t o hint support n (holds a) w
    end.

  Lemma leaf_true q o hint n w : right_at q o -> leaf o hint n w = true -> so n q.
  Proof.
    intros r e. unfold leaf in e. rewrite whole_table in e. cbv zeta in e.
    assert (data_known p ok (tables (family p)) o (with_chance (family p) ok (tables (family p)) o) = true) as known
      by (destruct n; unfold shows, shows_tried in e; rewrite !andb_true_iff in e; tauto).
    exists ok, (data_proper p ok o q r known).
    destruct n; try exact (accepted p ok o hint q r known _ (holds a) w e). exact (accepted_tried p ok o hint q r known x (holds a) w e).
  Qed.

  (** *** At a point *)

  Definition here (q : Valuation) (instead : option (option Fraction)) (w : Shown) : bool :=
    match pieces a with
    | [([], n)] =>
        let o := from_point q in
        let support := with_chance (family p) ok t o in
        forallb (fun c => knows o (fst (condition c)) (snd c)) (assumptions p) &&
        match instead with
        | None => leaf o q n w
        | Some x => match renamed n x with
            | Some m => negb (holds a) && other_number q n m && forallb (fun x => knows o (poly (snd x)) above) (numbers_of n) &&
                shows p ok t o q support m true w
            | None => false
            end
        end
    | _ => false
    end.

  Lemma here_true q instead w : here q instead w = true -> so_here (assumptions p) (pieces a) so q.
  Proof.
    unfold here. destruct (pieces a) as [|[[|] n] [|]]; try discriminate. cbv zeta. intro e. apply andb_true_iff in e. destruct e as [as_ e].
    pose proof (from_point_right q) as r. split.
    - intros c i. apply (forallb_in _ _ _ as_) in i. apply (knows_true q _ _ _ r) in i. now apply condition_true.
    - exists n. split; [reflexivity|]. destruct instead as [x|]; [|exact (leaf_true q _ q n w r e)].
      rewrite whole_table in e. destruct (renamed n x) as [m|] eqn:g; [|discriminate]. rewrite !andb_true_iff in e. destruct e as [[[no other] numbers] e].
        pose proof e as e'. unfold shows in e'. rewrite !andb_true_iff in e'. destruct e' as [[known _] _].
        exists ok, (data_proper p ok _ q r known). destruct (accepted p ok _ q q r known m true w e) as [sound_ [_ so_m]].
        apply negb_true_iff in no. rewrite no. split; [exact sound_|]. split.
        * intros y i. apply (forallb_in _ _ _ numbers) in i. apply (knows_true q _ _ _ r) in i. cbn [stands] in i. unfold finite_number. now rewrite ev_poly in i.
        * pose proof (another p q ok (data_proper p ok _ q r known) n x m g other so_m) as not_. destruct n; try discriminate; exact not_.
  Qed.
End Cases.

(** The whole check, data included. *)
Definition accepts (p : Problem) (a : Claim) (w : Witness) : bool :=
  match bool_dec (good (shape (family p))) true with
  | left ok => let t := tables (family p) in
      match at_point a, w with
      | None, Everywhere refutations cases => covers (parameters p) (assumptions p) (pieces a) (leaf p a ok t) refutations cases
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
  - exact (covers_true (parameters p) (assumptions p) (pieces a) (leaf p a ok _) _ (leaf_true p a ok _ eq_refl) refutations cases).
Qed.
