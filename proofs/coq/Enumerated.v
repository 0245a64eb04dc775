(** Certificates of what trying everything decides: what they claim, and that accepted ones claim
    what is so. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Checker Reading Deciding.
From coopgap Require Import Welfare Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

(** λ of each agent, which some claims do not need. *)
Record Problem := { data : Data; kind : Kind; levels : option (list Z * positive) }.

(** Profiles and cells are listed; [None] where a state has no probability, or nothing is listed. *)
Inductive Name :=
| optimum_is (x : Q) | first_best_are (in_state : nat) (l : option (list nat))
| equilibria_are (in_state : nat) (l : option (list nat)) | nash_are (l : list (list nat))
| unique_nash (l : option (list (list nat)))
| incontractible_some | incontractible_are (cells : list nat).

Record Claim := { name : Name; holds : bool }.

(** Nothing needs to be shown. *)
Inductive Witness := nothing_to_show.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.
  Let P : Product E := product (data p) ok.

  Definition lambda (i : agent E) : number rationals :=
    match levels p with
    | Some (l, scale) => rational (nth (proj1_sig i) l 0%Z # scale)
    | None => 0%K
    end.

  Definition stable (a : profile E) (w : state E) : Prop := nash (material lambda) a w.

  Definition listed_in {X : Finite} (l : list nat) (x : X) : bool :=
    existsb (fun k => match pick k with Some y => yes (same y x) | None => false end) l.

  Definition are_in (class : profile E -> state E -> Prop) (k : nat) (l : option (list nat)) : Prop :=
    exists w : state E, pick k = Some w /\
      match l with
      | Some l => likely w /\ forall a, class a w <-> listed_in l a = true
      | None => ~ likely w
      end.

  (** By state of positive probability, in order. *)
  Definition are_by_state (l : list (list nat)) : Prop :=
    Forall2 (fun w l => forall a, stable a w <-> listed_in l a = true) (support (data p) ok) l.

  Definition is_so (n : Name) : Prop :=
    match n with
    | optimum_is x => optimum E = rational x
    | first_best_are k l => are_in first_best k l
    | equilibria_are k l => are_in stable k l
    | nash_are l => are_by_state l
    | unique_nash l => match l with Some l => are_by_state l | None => True end /\
        forall w, likely w -> exists a, stable a w /\ forall b, stable b w -> b = a
    | incontractible_some => exists x, incontractible (cell_of P) x
    | incontractible_are l => forall x, incontractible (cell_of P) x <-> listed_in l x = true
    end.

  Definition meaning (a : Claim) : Prop := if holds a then is_so (name a) else ~ is_so (name a).

  (** *** Deciding *)

  Definition stable_now (a : profile E) (w : state E) : bool := stable_here (material lambda) a w.

  Lemma stable_now_iff a w : stable_now a w = true <-> stable a w.
  Proof. apply stable_here_iff. Qed.

  Definition same_set (here : profile E -> bool) (l : list nat) : bool := all (profile E) (fun a => eqb (here a) (listed_in l a)).

  Lemma same_set_iff here (class : profile E -> Prop) l : (forall a, here a = true <-> class a) ->
    same_set here l = true <-> forall a, class a <-> listed_in l a = true.
  Proof.
    intro h. unfold same_set. rewrite all_iff. split; intros g a; specialize (g a); rewrite <- (h a) in *.
    - apply eqb_prop in g. now rewrite g.
    - destruct (here a), (listed_in l a); try reflexivity; destruct g as [g g']; [now rewrite g|now rewrite g'].
  Qed.

  Definition decided_in (here : profile E -> state E -> bool) (k : nat) (l : option (list nat)) : bool :=
    match pick (X := state E) k with
    | Some w => match l with
        | Some l => negb (unlikely_ w) && same_set (fun a => here a w) l
        | None => unlikely_ w
        end
    | None => false
    end.

  Lemma decided_in_iff here class k l : (forall a w, here a w = true <-> class a w) ->
    decided_in here k l = true <-> are_in class k l.
  Proof.
    intro h. unfold decided_in, are_in. destruct (pick k) as [w|].
    2:{ split; [discriminate|intros [v [e _]]; discriminate]. }
    assert ((match l with
      | Some l => negb (unlikely_ w) && same_set (fun a => here a w) l
      | None => unlikely_ w end) = true <-> match l with
      | Some l => likely w /\ forall a, class a w <-> listed_in l a = true
      | None => ~ likely w end) as g.
    { destruct l as [l|]; [|apply unlikely_iff].
      rewrite andb_true_iff, likely_iff, (same_set_iff (fun a => here a w) (fun a => class a w) l (fun a => h a w)). tauto. }
    rewrite g. split; [intro q; now exists w|intros [v [e q]]; inversion e; now subst].
  Qed.

  Fixpoint decided_by (ws : list (state E)) (l : list (list nat)) : bool :=
    match ws, l with
    | nil, nil => true
    | w :: ws, x :: l => same_set (fun a => stable_now a w) x && decided_by ws l
    | _, _ => false
    end.

  Lemma decided_by_iff ws l : decided_by ws l = true <->
    Forall2 (fun w l => forall a, stable a w <-> listed_in l a = true) ws l.
  Proof.
    revert l. induction ws as [|w ws IH]; intros [|x l]; cbn [decided_by].
    - split; [intros _; constructor|reflexivity].
    - split; [discriminate|intro h; inversion h].
    - split; [discriminate|intro h; inversion h].
    - rewrite andb_true_iff, (same_set_iff (fun a => stable_now a w) (fun a => stable a w) x (fun a => stable_now_iff a w)), IH.
      split; [intros [h g]; now constructor|intro h; inversion h; now subst].
  Qed.

  Definition single : bool := each_state (fun w =>
    match filter (fun a => stable_now a w) (listed (profile E)) with [_] => true | _ => false end).

  Lemma one_iff w : (match filter (fun a => stable_now a w) (listed (profile E)) with [_] => true | _ => false end) = true <->
    exists a, stable a w /\ forall b, stable b w -> b = a.
  Proof.
    assert (forall a, In a (filter (fun a => stable_now a w) (listed (profile E))) <-> stable a w) as k.
    { intro a. rewrite filter_In, stable_now_iff. split; [tauto|]. intro h. split; [apply all_listed|exact h]. }
    assert (NoDup (filter (fun a => stable_now a w) (listed (profile E)))) as n by (apply NoDup_filter, once).
    destruct (filter (fun a => stable_now a w) (listed (profile E))) as [|a [|b r]].
    - split; [discriminate|]. intros [a [h _]]. apply k in h. destruct h.
    - split; [intros _|reflexivity]. exists a. split; [apply k; now left|]. intros b h. apply k in h. destruct h as [h|[]]. now symmetry.
    - split; [discriminate|]. intros [c [_ h]]. inversion n as [|? ? out _]; subst. exfalso. apply out.
      assert (a = c) as -> by (apply h, k; now left). assert (b = c) as -> by (apply h, k; right; now left). now left.
  Qed.

  Lemma single_iff : single = true <-> forall w, likely w -> exists a, stable a w /\ forall b, stable b w -> b = a.
  Proof. apply each_state_iff, one_iff. Qed.

  Definition contracted (x : cell P) : bool :=
    existsb (fun a => all (state E) (fun w => unlikely_ w || negb (yes (same (cell_of P w) x)) || best_here a w)) (listed (profile E)).

  Lemma contracted_iff x : negb (contracted x) = true <-> incontractible (cell_of P) x.
  Proof.
    unfold incontractible. rewrite negb_true_iff, <- not_true_iff_false.
    assert (contracted x = true <-> exists a, forall w, likely w -> cell_of P w = x -> first_best a w) as k; [|now rewrite k].
    unfold contracted. rewrite existsb_exists. split.
    - intros [a [_ h]]. exists a. intros w q e. rewrite all_iff in h. specialize (h w). rewrite !orb_true_iff in h.
      destruct h as [[h|h]|h]; [destruct (proj1 (unlikely_iff w) h q)| |now apply best_here_iff].
      apply negb_true_iff in h. unfold yes in h. destruct (same (cell_of P w) x); [discriminate|congruence].
    - intros [a h]. exists a. split; [apply all_listed|]. rewrite all_iff. intro w. rewrite !orb_true_iff.
      destruct (unlikely_ w) eqn:e; [now left; left|]. unfold yes. destruct (same (cell_of P w) x) as [q|q]; [right|now left; right].
      apply best_here_iff, h; [apply likely_iff; now rewrite e|exact q].
  Qed.

  Definition decide (n : Name) : bool :=
    match n with
    | optimum_is x => yes (eq_dec (optimum E) (rational x))
    | first_best_are k l => decided_in best_here k l
    | equilibria_are k l => decided_in stable_now k l
    | nash_are l => decided_by (support (data p) ok) l
    | unique_nash l => match l with Some l => decided_by (support (data p) ok) l | None => true end && single
    | incontractible_some => existsb (fun x => negb (contracted x)) (listed (cell P))
    | incontractible_are l => all (cell P) (fun x => eqb (negb (contracted x)) (listed_in l x))
    end.

  Lemma decide_iff n : decide n = true <-> is_so n.
  Proof.
    destruct n as [x|k l|k l|l|l| |l]; cbn [decide is_so].
    - apply yes_iff. tauto.
    - apply decided_in_iff, best_here_iff.
    - apply decided_in_iff, stable_now_iff.
    - apply decided_by_iff.
    - rewrite andb_true_iff, single_iff. destruct l as [l|]; [now rewrite decided_by_iff|tauto].
    - rewrite existsb_exists. split.
      + intros [x [_ h]]. exists x. now apply contracted_iff.
      + intros [x h]. exists x. split; [apply all_listed|now apply contracted_iff].
    - rewrite all_iff. split; intros h x; specialize (h x); rewrite <- (contracted_iff x) in *.
      + apply eqb_prop in h. now rewrite h.
      + destruct (negb (contracted x)), (listed_in l x); try reflexivity; destruct h as [h g]; [now rewrite h|now rewrite g].
  Qed.

  (** *** What a claim must be like to be one *)

  Fixpoint ascending (l : list nat) : bool :=
    match l with
    | a :: (b :: _) as rest => (a <? b) && ascending rest
    | _ => true
    end.

  Definition profiles_ok (l : list nat) : bool := ascending l && forallb (fun k => k <? count (data p)) l.

  Definition well_put (n : Name) : bool :=
    let states := length (weights (data p)) in
    let has_levels := match levels p with Some _ => true | None => false end in
    match n with
    | optimum_is _ => true
    | first_best_are k l => (k <? states) && match l with Some l => profiles_ok l | None => true end
    | equilibria_are k l => (k <? states) && match l with Some l => profiles_ok l && has_levels | None => true end
    | nash_are l => has_levels && (length l =? length (support (data p) ok)) && forallb profiles_ok l
    | unique_nash l => has_levels && match l with
        | Some l => (length l =? length (support (data p) ok)) && forallb profiles_ok l
        | None => true
        end
    | incontractible_some => has_classes (data p)
    | incontractible_are l => has_classes (data p) && ascending l && forallb (fun k => k <? states) l
    end.

  Definition check (a : Claim) : bool := well_put (name a) && eqb (decide (name a)) (holds a).

  Lemma accepted a : check a = true -> meaning a.
  Proof.
    unfold check, meaning. intro h. apply split_up in h. destruct h as [_ h]. apply eqb_prop in h.
    destruct (holds a); rewrite <- decide_iff; [exact h|]. rewrite h. discriminate.
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (sensible (data p) (kind p) &&
    match levels p with Some (l, _) => (length l =? length (sizes (data p))) && forallb (Z.leb 0) l | None => true end) (fun ok => check p ok c).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
