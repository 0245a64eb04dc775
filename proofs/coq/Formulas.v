(** Certificates about parameters alone: formulas that hold, and assumptions that contradict each
    other; and that accepted ones claim what is so. *)

From Coq Require Import List Bool PeanoNat ZArith QArith Qcanon.
From coopgap Require Import Welfare Rationals.
From coopgap Require Export Trees.
Import ListNotations.
Local Open Scope nat_scope.

Inductive Formula := Truth (b : bool) | Holds (c : Number * Relation) | And (f g : Formula) | Or (f g : Formula) | Not (f : Formula).

(** A formula in pieces, each under conditions of its own, or at one point. Without a piece it is
    claimed that no point satisfies the assumptions. *)
Record Problem := { parameters : nat; assumptions : list (Number * Relation) }.
Record Claim := { at_point : option (list Q); pieces : list (list (Number * Relation) * Formula); holds : bool }.
Inductive Witness := Everywhere (apart : list Refutation) (cases : Cases unit) | Here.

Fixpoint truth (q : Valuation) (f : Formula) : Prop :=
  match f with
  | Truth b => b = true
  | Holds c => satisfies q c
  | And f g => truth q f /\ truth q g
  | Or f g => truth q f \/ truth q g
  | Not f => ~ truth q f
  end.

Definition so (holds : bool) (f : Formula) (q : Valuation) : Prop := if holds then truth q f else ~ truth q f.

Definition shown (p : Problem) (a : Claim) : Prop :=
  match at_point a with
  | Some q => so_here (assumptions p) (pieces a) (so (holds a)) (map rational q)
  | None => so_everywhere (assumptions p) (pieces a) (so (holds a))
  end.

(** From left to right, until it is decided. *)
Fixpoint decide (o : Signed) (f : Formula) : option bool :=
  match f with
  | Truth b => Some b
  | Holds c => o (poly (fst c)) (snd c)
  | And f g => match decide o f with Some true => decide o g | x => x end
  | Or f g => match decide o f with Some false => decide o g | x => x end
  | Not f => option_map negb (decide o f)
  end.

Lemma decide_true q o f : right_at q o -> forall b, decide o f = Some b -> (truth q f <-> b = true).
Proof.
  intro r. induction f as [b|c|f IHf g IHg|f IHf g IHg|f IHf]; cbn [decide truth]; intros v e.
  - injection e as ->. tauto.
  - pose proof (r (poly (fst c)) (snd c)) as k. rewrite e, ev_poly in k. unfold satisfies.
    destruct v; split; intro z; try reflexivity; try discriminate; [exact k|destruct (k z)].
  - destruct (decide o f) as [[]|]; [| |discriminate].
    + rewrite (IHf true eq_refl), (IHg v e). tauto.
    + injection e as <-. rewrite (IHf false eq_refl). split; [intros [z _]; discriminate z|discriminate].
  - destruct (decide o f) as [[]|]; [| |discriminate].
    + injection e as <-. rewrite (IHf true eq_refl). tauto.
    + rewrite (IHf false eq_refl), (IHg v e). split; [intros [z|z]; [discriminate|exact z]|tauto].
  - destruct (decide o f) as [[]|]; [| |discriminate]; injection e as <-; rewrite (IHf _ eq_refl); cbn; split; congruence.
Qed.

Definition leaf (holds : bool) (o : Signed) (hint : Valuation) (f : Formula) (w : unit) : bool :=
  match decide o f with Some b => Bool.eqb b holds | None => false end.

Lemma leaf_true h q o hint f w : right_at q o -> leaf h o hint f w = true -> so h f q.
Proof.
  unfold leaf, so. intro r. destruct (decide o f) as [b|] eqn:e; [|discriminate]. intro k. apply eqb_prop in k. subst.
  pose proof (decide_true q o f r h e) as t. destruct h; [now apply t|]. intro z. apply t in z. discriminate.
Qed.

Definition accepts (p : Problem) (a : Claim) (w : Witness) : bool :=
  match at_point a, w with
  | None, Everywhere refutations cases =>
      (match pieces a with nil => holds a | _ => true end) &&
      covers (parameters p) (assumptions p) (pieces a) (leaf (holds a)) refutations cases
  | Some q, Here => (length q =? parameters p) &&
      let o := from_point (map rational q) in
      forallb (fun c => knows o (fst (condition c)) (snd c)) (assumptions p) &&
      match pieces a with [([], f)] => leaf (holds a) o [] f tt | _ => false end
  | _, _ => false
  end.

Lemma accepted_shows p a w : accepts p a w = true -> shown p a.
Proof.
  unfold accepts, shown. destruct (at_point a) as [q|], w as [refutations cases|]; try (intro h; exact (False_ind _ (diff_false_true h))).
  - cbv zeta. rewrite !andb_true_iff. intros [_ [as_ e]]. pose proof (from_point_right (map rational q)) as r. split.
    + intros c i. apply (forallb_in _ _ _ as_) in i. apply (knows_true _ _ _ _ r) in i. now apply condition_true.
    + destruct (pieces a) as [|[[|] f] [|]]; try discriminate. exists f. split; [reflexivity|exact (leaf_true _ _ _ [] f tt r e)].
  - intro e. apply andb_true_iff in e.
    exact (covers_true (parameters p) (assumptions p) (pieces a) (leaf (holds a)) (so (holds a)) (leaf_true (holds a)) refutations cases (proj2 e)).
Qed.
