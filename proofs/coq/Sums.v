(** Finite sets, finite sums and greatest elements. *)

From Coq Require Import List ZArith Bool.
From coopgap Require Export OrderedField.
Import ListNotations.
Local Open Scope number_scope.

(** A finite set: its elements are listed, each once. *)
Record Finite := {
  element :> Type;
  listed : list element;
  all_listed : forall x, In x listed;
  once : NoDup listed;
  same : forall x y : element, {x = y} + {x <> y}
}.
Arguments same {f}.

Fixpoint total {K : OrderedField} {X : Type} (l : list X) (f : X -> K) : K :=
  match l with
  | nil => 0
  | x :: rest => f x + total rest f
  end.

Notation "'Σ' x ∈ X , f" := (total (listed X) (fun x => f))
  (at level 200, x name, X at level 100, f at level 40, format "'Σ'  x  ∈  X ,  f").

(** The first element of greatest [f] among [x] and the listed ones. *)
Fixpoint best {K : OrderedField} {X : Type} (x : X) (l : list X) (f : X -> K) : X :=
  match l with
  | nil => x
  | y :: rest => let z := best x rest f in if le_dec (f y) (f z) then z else y
  end.

Section Facts.
  Context {K : OrderedField}.
  Add Ring K_ring : (@ring_laws K).

  Lemma total_ext {X} (l : list X) (f g : X -> K) :
    (forall x, In x l -> f x = g x) -> total l f = total l g.
  Proof.
    induction l as [|x l IH]; cbn; intro h; [reflexivity|].
    rewrite (h x), IH; auto.
  Qed.

  Lemma total_add {X} (l : list X) (f g : X -> K) :
    total l (fun x => f x + g x) = total l f + total l g.
  Proof. induction l as [|x l IH]; cbn; [ring|rewrite IH; ring]. Qed.

  Lemma total_opp {X} (l : list X) (f : X -> K) : total l (fun x => - f x) = - total l f.
  Proof. induction l as [|x l IH]; cbn; [ring|rewrite IH; ring]. Qed.

  Lemma total_sub {X} (l : list X) (f g : X -> K) :
    total l (fun x => f x - g x) = total l f - total l g.
  Proof. induction l as [|x l IH]; cbn; [ring|rewrite IH; ring]. Qed.

  Lemma total_mul {X} (l : list X) c (f : X -> K) :
    total l (fun x => c * f x) = c * total l f.
  Proof. induction l as [|x l IH]; cbn; [ring|rewrite IH; ring]. Qed.

  Lemma total_mul_r {X} (l : list X) c (f : X -> K) :
    total l (fun x => f x * c) = total l f * c.
  Proof. induction l as [|x l IH]; cbn; [ring|rewrite IH; ring]. Qed.

  Lemma total_zero {X} (l : list X) (f : X -> K) :
    (forall x, In x l -> f x = 0) -> total l f = 0.
  Proof.
    induction l as [|x l IH]; cbn; intro h; [reflexivity|].
    rewrite (h x), IH; auto. ring.
  Qed.

  Lemma total_le {X} (l : list X) (f g : X -> K) :
    (forall x, In x l -> f x <= g x) -> total l f <= total l g.
  Proof.
    induction l as [|x l IH]; cbn; intro h; [apply le_refl|].
    pose proof (h x (or_introl eq_refl)). pose proof (IH (fun y i => h y (or_intror i))). olra.
  Qed.

  Lemma total_nonneg {X} (l : list X) (f : X -> K) :
    (forall x, In x l -> 0 <= f x) -> 0 <= total l f.
  Proof.
    intro h. rewrite <- (total_zero l (fun _ => 0)) by reflexivity. now apply total_le.
  Qed.

  Lemma total_swap {X Y} (l : list X) (m : list Y) (f : X -> Y -> K) :
    total l (fun x => total m (fun y => f x y)) = total m (fun y => total l (fun x => f x y)).
  Proof.
    induction l as [|x l IH]; cbn.
    - symmetry. apply total_zero. reflexivity.
    - rewrite IH, total_add. reflexivity.
  Qed.

  Lemma total_app {X} (l m : list X) (f : X -> K) : total (l ++ m) f = total l f + total m f.
  Proof. induction l as [|x l IH]; cbn; [ring|rewrite IH; ring]. Qed.

  Lemma total_map {X Y} (g : X -> Y) (l : list X) (f : Y -> K) :
    total (map g l) f = total l (fun x => f (g x)).
  Proof. induction l as [|x l IH]; cbn; [ring|rewrite IH; ring]. Qed.

  (** A sum of terms that are nowhere negative is positive if one term is. *)
  Lemma total_member {X} (l : list X) (f : X -> K) x :
    (forall y, In y l -> 0 <= f y) -> In x l -> f x <= total l f.
  Proof.
    induction l as [|y l IH]; cbn; intros h i; [destruct i|].
    pose proof (total_nonneg l f (fun z j => h z (or_intror j))).
    destruct i as [<-|i]; [olra|].
    pose proof (h y (or_introl eq_refl)). pose proof (IH (fun z j => h z (or_intror j)) i). olra.
  Qed.

  (** Where a sum is reached term by term, each term is. *)
  Lemma total_tight {X} (l : list X) (f g : X -> K) x :
    (forall y, In y l -> f y <= g y) -> total l g <= total l f -> In x l -> f x = g x.
  Proof.
    intros h s i.
    pose proof (total_member l (fun y => g y - f y) x) as m. cbn in m. rewrite total_sub in m.
    assert (g x - f x <= total l g - total l f) as m'.
    { apply m; [|exact i]. intros y j. pose proof (h y j). olra. }
    pose proof (h x i). olra.
  Qed.

  Lemma best_in {X} (x : X) l (f : X -> K) : best x l f = x \/ In (best x l f) l.
  Proof.
    induction l as [|y l IH]; cbn; [now left|].
    destruct (le_dec (f y) (f (best x l f))); [destruct IH; auto|auto].
  Qed.

  Lemma best_first {X} (x : X) l (f : X -> K) : f x <= f (best x l f).
  Proof.
    induction l as [|y l IH]; cbn; [apply le_refl|].
    destruct (le_dec (f y) (f (best x l f))); [exact IH|olra].
  Qed.

  Lemma best_max {X} (x : X) l (f : X -> K) y : In y l -> f y <= f (best x l f).
  Proof.
    induction l as [|z l IH]; cbn; intros i; [destruct i|].
    destruct (le_dec (f z) (f (best x l f))) as [h|h]; destruct i as [<-|i]; try assumption.
    - exact (IH i).
    - apply le_refl.
    - pose proof (IH i). olra.
  Qed.

  (** Below any finite number of positive numbers there is a positive one. *)
  Lemma positive_below {X} (l : list X) (f : X -> K) :
    exists d : K, 0 < d /\ forall x, In x l -> 0 < f x -> d <= f x.
  Proof.
    induction l as [|x l IH]; cbn.
    - exists 1. split; [apply lt_zero_one|intros ? []].
    - destruct IH as [d [p h]]. destruct (lt_or_le 0 (f x)) as [q|q].
      + destruct (le_dec d (f x)) as [e|e].
        * exists d. split; [exact p|]. intros y [<-|i] r; auto.
        * exists (f x). split; [exact q|]. intros y [<-|i] r; [apply le_refl|].
          pose proof (h y i r). olra.
      + exists d. split; [exact p|]. intros y [<-|i] r; [olra|auto].
  Qed.

  (** Indicator functions. *)
  Definition only {X : Finite} (x y : X) : K := if same x y then 1 else 0.

  Lemma only_other {X : Finite} (x y : X) : x <> y -> only x y = 0.
  Proof. unfold only. destruct (same x y); tauto. Qed.

  Lemma only_same {X : Finite} (x : X) : only x x = 1.
  Proof. unfold only. destruct (same x x); tauto. Qed.

  Lemma total_only {X : Finite} (x : X) (f : X -> K) : (Σ y ∈ X, (only x y * f y)) = f x.
  Proof.
    pose proof (all_listed X x) as i. pose proof (once X) as n. revert i n.
    generalize (listed X). intros l. induction l as [|y l IH]; cbn; intros i n; [destruct i|].
    inversion n as [|? ? out n']; subst. destruct i as [->|i].
    - rewrite only_same, total_zero; [ring|]. intros z j. rewrite only_other; [ring|]. intros ->. tauto.
    - rewrite IH by assumption. rewrite only_other; [ring|]. intros ->. tauto.
  Qed.

  (** All functions from a finite set, up to their values. *)
  Definition update {X : Finite} {Y} (f : X -> Y) (x : X) (y : Y) (z : X) : Y :=
    if same z x then y else f z.

  Fixpoint functions {X : Finite} {Y : Finite} (y : Y) (l : list X) : list (X -> Y) :=
    match l with
    | nil => [fun _ => y]
    | x :: rest => flat_map (fun f => map (update f x) (listed Y)) (functions y rest)
    end.

  Lemma functions_complete {X : Finite} {Y : Finite} (y : Y) (f : X -> Y) l :
    exists g, In g (functions y l) /\ forall x, In x l -> g x = f x.
  Proof.
    induction l as [|x l [g [i h]]]; cbn.
    - exists (fun _ => y). split; [now left|]. intros ? [].
    - exists (update g x (f x)). split.
      + apply in_flat_map. exists g. split; [exact i|]. apply in_map, all_listed.
      + intros z j. unfold update. destruct (same z x) as [->|n]; [reflexivity|].
        destruct j; [congruence|auto].
  Qed.
End Facts.

Global Arguments only {K X} x y.
