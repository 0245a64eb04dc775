(** The environment and the language that the numbers of a certificate describe. *)

From Coq Require Import List Bool PeanoNat Lia ZArith QArith Qcanon FinFun Eqdep_dec.
From coopgap Require Import Welfare T3_complete Rationals.
Import ListNotations.
Local Open Scope nat_scope.

(** *** Finite sets of numbers and of lists *)

Section Subset.
  Context {X : Type} (same_x : forall x y : X, {x = y} + {x <> y}) (p : X -> bool) (l : list X).
  Hypotheses (whole : forall x, p x = true -> In x l) (single : NoDup l).

  Definition members : list {x | p x = true} :=
    flat_map (fun x => match bool_dec (p x) true with left h => [exist _ x h] | right _ => [] end) l.

  Lemma equal (x y : {x | p x = true}) : proj1_sig x = proj1_sig y -> x = y.
  Proof. destruct x as [x h], y as [y g]; cbn. intros ->. f_equal. apply UIP_dec, bool_dec. Qed.

  Lemma members_all x : In x members.
  Proof.
    unfold members. apply in_flat_map. exists (proj1_sig x). split; [apply whole, proj2_sig|].
    destruct (bool_dec (p (proj1_sig x)) true) as [h|n].
    - left. apply equal. reflexivity.
    - destruct (n (proj2_sig x)).
  Qed.

  Lemma members_once : NoDup members.
  Proof.
    unfold members. clear whole. induction single as [|x k out n IH]; cbn; [constructor|].
    destruct (bool_dec (p x) true) as [h|_]; cbn; [|apply IH; exact n]. constructor; [|apply IH; exact n].
    intro i. apply in_flat_map in i. destruct i as [y [j i]].
    destruct (bool_dec (p y) true) as [g|]; [|destruct i]. destruct i as [q|[]]. apply (f_equal (@proj1_sig _ _)) in q.
    cbn in q. congruence.
  Qed.

  Definition same_member (x y : {x | p x = true}) : {x = y} + {x <> y}.
  Proof.
    destruct (same_x (proj1_sig x) (proj1_sig y)) as [e|n]; [left; exact (equal _ _ e)|right; congruence].
  Defined.

  Definition subset : Finite :=
    {| element := {x | p x = true}; listed := members; all_listed := members_all; once := members_once;
       same := same_member |}.
End Subset.

(** The numbers below [n]. *)
Lemma below_whole n k : (k <? n) = true -> In k (seq 0 n).
Proof. intro h. apply Nat.ltb_lt in h. apply in_seq. lia. Qed.

Definition Fin (n : nat) : Finite := subset Nat.eq_dec (fun k => k <? n) (seq 0 n) (below_whole n) (seq_NoDup n 0).

Definition value {n} (k : Fin n) : nat := proj1_sig k.

(** Lists of numbers, each below the size at its place; the last varies fastest. *)
Fixpoint valid (sizes l : list nat) : bool :=
  match sizes, l with
  | nil, nil => true
  | n :: sizes, k :: l => (k <? n) && valid sizes l
  | _, _ => false
  end.

Fixpoint enumerated (sizes : list nat) : list (list nat) :=
  match sizes with
  | nil => [[]]
  | n :: rest => map (fun e => fst e :: snd e) (list_prod (seq 0 n) (enumerated rest))
  end.

Lemma enumerated_whole sizes : forall l, valid sizes l = true -> In l (enumerated sizes).
Proof.
  induction sizes as [|n sizes IH]; intros [|k l]; cbn; try discriminate; [auto|].
  intro h. apply andb_true_iff in h. destruct h as [h g]. apply in_map_iff. exists (k, l).
  split; [reflexivity|]. apply in_prod; [now apply below_whole|auto].
Qed.

Lemma enumerated_once sizes : NoDup (enumerated sizes).
Proof.
  induction sizes as [|n sizes IH]; cbn; [repeat constructor; intros []|].
  apply Injective_map_NoDup; [|apply NoDup_prod; [apply seq_NoDup|exact IH]].
  intros [a b] [c d] e. cbn in e. congruence.
Qed.

Definition Profiles (sizes : list nat) : Finite :=
  subset (list_eq_dec Nat.eq_dec) (valid sizes) (enumerated sizes) (enumerated_whole sizes) (enumerated_once sizes).

Lemma valid_nth sizes : forall l, valid sizes l = true -> forall i, i < length sizes ->
  (nth i l 0 <? nth i sizes 0) = true.
Proof.
  induction sizes as [|n sizes IH]; intros [|k l] h i less; cbn in *; try discriminate; [lia|].
  apply andb_true_iff in h. destruct h as [h g]. destruct i as [|i]; [exact h|]. apply IH; [exact g|lia].
Qed.

Fixpoint put_at (i b : nat) (l : list nat) {struct l} : list nat :=
  match l, i with
  | nil, _ => nil
  | _ :: l, O => b :: l
  | a :: l, S i => a :: put_at i b l
  end.

Lemma valid_put sizes : forall l i b, valid sizes l = true -> (b <? nth i sizes 0) = true ->
  valid sizes (put_at i b l) = true.
Proof.
  induction sizes as [|n sizes IH]; intros [|k l] i b h less; cbn in *; try discriminate; [reflexivity|].
  apply andb_true_iff in h. destruct h as [h g]. destruct i as [|i]; cbn; apply andb_true_iff; auto.
Qed.

Lemma valid_length sizes : forall l, valid sizes l = true -> length l = length sizes.
Proof.
  induction sizes as [|n sizes IH]; intros [|k l] h; cbn in *; try discriminate; [reflexivity|].
  apply andb_true_iff in h. f_equal. now apply IH.
Qed.

Lemma nth_put_same l : forall i b, i < length l -> nth i (put_at i b l) 0 = b.
Proof. induction l as [|a l IH]; intros [|i] b h; cbn in *; try lia. apply IH. lia. Qed.

Lemma nth_put_other l : forall i j b, j <> i -> nth j (put_at i b l) 0 = nth j l 0.
Proof. induction l as [|a l IH]; intros [|i] [|j] b n; cbn; try congruence. apply IH. congruence. Qed.

(** *** The data of a certificate *)

Inductive Records :=
| own
| by_classes (cells : list nat) (classes : list (list nat))
| by_table (table : list (list nat)).

Record Data := {
  sizes : list nat;
  weights : list Z;
  unit : positive;
  payoffs : list (list (list Z));
  records : Records
}.

Section Game.
  Variable d : Data.

  Definition count : nat := fold_right Nat.mul 1 (sizes d).

  (** The number of a profile: its actions read as digits. *)
  Fixpoint number_of (sizes l : list nat) (so_far : nat) {struct sizes} : nat :=
    match sizes, l with
    | n :: sizes, k :: l => number_of sizes l (so_far * n + k)
    | _, _ => so_far
    end.

  Definition total_weight : Z := fold_right Z.add 0%Z (weights d).

  Definition of_length {X} (n : nat) (l : list X) : bool := length l =? n.

  Definition good : bool :=
    negb (of_length 0 (sizes d)) && forallb (fun n => 0 <? n) (sizes d) &&
    forallb (fun x => (0 <=? x)%Z) (weights d) && (0 <? total_weight)%Z &&
    of_length (length (sizes d)) (payoffs d) &&
    forallb (fun own => of_length (length (weights d)) own && forallb (of_length count) own) (payoffs d) &&
    match records d with
    | own => true
    | by_classes cells classes => of_length (length (weights d)) cells &&
        forallb (fun c => c <? length (weights d)) cells && of_length (length (sizes d)) classes &&
        forallb (fun e => of_length (fst e) (snd e) && forallb (fun c => c <? fst e) (snd e))
          (combine (sizes d) classes)
    | by_table table => of_length (length (weights d)) table &&
        forallb (fun row => of_length count row && forallb (fun y => y <? length (weights d) * count) row) table
    end.

  Definition greatest (l : list nat) : nat := fold_right Nat.max 0 l.

  (** Cell, then classes, read as digits; the base of a digit is the largest class plus 1. *)
  Fixpoint coded (classes : list (list nat)) (l : list nat) (so_far : nat) : nat :=
    match classes, l with
    | c :: classes, k :: l => coded classes l (so_far * S (greatest c) + nth k c 0)
    | _, _ => so_far
    end.

  Definition record_number (w : nat) (l : list nat) : nat :=
    match records d with
    | own => w * count + number_of (sizes d) l 0
    | by_classes cells classes => coded classes l (nth w cells 0)
    | by_table table => nth (number_of (sizes d) l 0) (nth w table []) 0
    end.

  Definition last_record : nat :=
    greatest (flat_map (fun w => map (record_number w) (enumerated (sizes d))) (seq 0 (length (weights d)))).

  Definition capped (m k : nat) : Fin (S m).
  Proof.
    refine (exist _ (if k <=? m then k else 0) _).
    destruct (k <=? m) eqn:e; [apply Nat.ltb_lt, le_n_S, Nat.leb_le, e|reflexivity].
  Defined.

  Hypothesis ok : good = true.

  Lemma parts : forallb (fun n => 0 <? n) (sizes d) = true /\
    forallb (fun x => (0 <=? x)%Z) (weights d) = true /\ (0 <? total_weight)%Z = true.
  Proof. unfold good in ok. rewrite !andb_true_iff in ok. tauto. Qed.

  Definition first_profile : Profiles (sizes d).
  Proof.
    refine (exist _ (map (fun _ => 0) (sizes d)) _).
    destruct parts as [h _]. clear ok. induction (sizes d) as [|n l IH]; cbn in *; [reflexivity|].
    apply andb_true_iff in h. destruct h as [h g]. rewrite h. exact (IH g).
  Defined.

  Definition does (a : Profiles (sizes d)) (i : Fin (length (sizes d))) : Fin (nth (value i) (sizes d) 0) :=
    exist _ (nth (value i) (proj1_sig a) 0)
      (valid_nth _ _ (proj2_sig a) _ (proj1 (Nat.ltb_lt _ _) (proj2_sig i))).

  Definition moves (a : Profiles (sizes d)) (i : Fin (length (sizes d))) (b : Fin (nth (value i) (sizes d) 0)) :
    Profiles (sizes d) :=
    exist _ (put_at (value i) (value b) (proj1_sig a)) (valid_put _ _ _ _ (proj2_sig a) (proj2_sig b)).

  Definition prior_of (w : Fin (length (weights d))) : number rationals :=
    rational (nth (value w) (weights d) 0%Z # Z.to_pos total_weight).

  Lemma weight_nonneg k : (0 <= nth k (weights d) 0)%Z.
  Proof.
    destruct parts as [_ [h _]]. rewrite forallb_forall in h.
    destruct (nth_in_or_default k (weights d) 0%Z) as [i|e]; [|rewrite e; lia].
    apply h in i. now apply Z.leb_le.
  Qed.

  Lemma prior_of_nonneg w : (0 <= prior_of w)%K.
  Proof.
    unfold prior_of, rational. cbn. unfold Qcle. cbn [this Q2Qc]. rewrite !Qred_correct.
    unfold Qle. cbn. pose proof (weight_nonneg (value w)). lia.
  Qed.

  Lemma total_fin {K : OrderedField} n (f : nat -> K) : (Σ k ∈ Fin n, f (value k)) = total (seq 0 n) f.
  Proof.
    unfold Fin, subset, value; cbn [listed]. unfold members. assert (forall l, (forall k, In k l -> k < n) ->
      total (flat_map (fun x => match bool_dec (x <? n) true with left h => [exist _ x h] | right _ => [] end) l)
        (fun k : {k | (k <? n) = true} => f (proj1_sig k)) = total l f) as h.
    { induction l as [|k l IH]; cbn [flat_map total]; intro h; [reflexivity|].
      assert (forall j, In j l -> j < n) as h' by (intros j i; apply h; now right).
      destruct (bool_dec (k <? n) true) as [e|e].
      - cbn [app total proj1_sig]. now rewrite (IH h').
      - destruct e. apply Nat.ltb_lt, h. now left. }
    apply h. intros k i. apply in_seq in i. lia.
  Qed.

  Lemma prior_of_one : (Σ w ∈ Fin (length (weights d)), prior_of w) = (1 : number rationals)%K.
  Proof.
    unfold prior_of. rewrite (total_fin _ (fun k => rational (nth k (weights d) 0%Z # Z.to_pos total_weight))).
    assert (forall l : list Z, total (seq 0 (length l)) (fun k => rational (nth k l 0%Z # Z.to_pos total_weight)) =
      rational (fold_right Z.add 0%Z l # Z.to_pos total_weight)) as h.
    { induction l as [|x l IH]; cbn [length seq total fold_right nth].
      - change (Q2Qc 0 = Q2Qc (0 # Z.to_pos total_weight)). now apply Q2Qc_eq_iff.
      - rewrite <- seq_shift, total_map. cbn [nth]. rewrite IH.
        set (p := Z.to_pos total_weight). set (y := fold_right Z.add 0%Z l).
        change (Q2Qc (Qred (x # p) + Qred (y # p)) = Q2Qc ((x + y)%Z # p)). apply Q2Qc_eq_iff.
        rewrite !Qred_correct. unfold Qeq, Qplus. cbn [Qnum Qden]. rewrite Pos2Z.inj_mul. ring. }
    rewrite h. fold total_weight. destruct parts as [_ [_ p]]. apply Z.ltb_lt in p.
    change (Q2Qc (total_weight # Z.to_pos total_weight) = Q2Qc 1). apply Q2Qc_eq_iff.
    unfold Qeq. cbn [Qnum Qden]. rewrite Z2Pos.id by exact p. ring.
  Qed.

  Lemma does_moves a i b : does (moves a i b) i = b.
  Proof.
    apply equal. cbn. apply nth_put_same. rewrite (valid_length _ _ (proj2_sig a)).
    apply Nat.ltb_lt, (proj2_sig i).
  Qed.

  Lemma does_others a i b j : j <> i -> does (moves a i b) j = does a j.
  Proof.
    intro n. apply equal. cbn. apply nth_put_other. intro e. apply n, equal. exact e.
  Qed.

  Lemma only_deeds a b : (forall i, does a i = does b i) -> a = b.
  Proof.
    intro h. apply equal. apply nth_ext with (d := 0) (d' := 0).
    - now rewrite (valid_length _ _ (proj2_sig a)), (valid_length _ _ (proj2_sig b)).
    - intros k less. rewrite (valid_length _ _ (proj2_sig a)) in less.
      specialize (h (exist _ k (proj2 (Nat.ltb_lt _ _) less))). apply (f_equal value) in h. exact h.
  Qed.

  Definition game : Environment rationals :=
    let table := map (map (map (fun z => rational (z # unit d)))) (payoffs d) in
    {|
      agent := Fin (length (sizes d));
      state := Fin (length (weights d));
      action := fun i => Fin (nth (value i) (sizes d) 0);
      profile := Profiles (sizes d);
      play := does;
      change := moves;
      change_same := does_moves;
      change_other := does_others;
      only_play := only_deeds;
      some_profile := first_profile;
      prior := prior_of;
      prior_nonneg := prior_of_nonneg;
      prior_one := prior_of_one;
      payoff := fun i a w => nth (number_of (sizes d) (proj1_sig a) 0)
        (nth (value w) (nth (value i) table []) []) 0%K
    |}.

  Definition language : Language game :=
    let m := last_record in
    {| record := Fin (S m);
       leaves := fun (w : state game) (a : profile game) => capped m (record_number (value w) (proj1_sig a)) : Fin (S m) |}.
End Game.

(** *** What is accepted: sensible data that pass a check, which shows what the claim means there. *)

Definition accepting (d : Data) (sense : bool) (check : good d = true -> bool) : bool :=
  match bool_dec (good d) true with left ok => sense && check ok | right _ => false end.

Lemma accepted_means (d : Data) sense check (meaning : good d = true -> Prop) :
  (forall ok, check ok = true -> meaning ok) -> accepting d sense check = true -> exists ok, meaning ok.
Proof.
  intro sound. unfold accepting. destruct (bool_dec (good d) true) as [ok|_]; [|discriminate].
  intro h. exists ok. apply andb_true_iff in h. now apply sound.
Qed.
