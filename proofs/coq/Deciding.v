(** What trying everything decides, one way and the other. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare Checker.
Import ListNotations.
Local Open Scope number_scope.

Lemma all_iff (X : Finite) (b : X -> bool) : all X b = true <-> forall x, b x = true.
Proof. split; [apply all_true|]. intro h. apply forallb_forall. intros x _. apply h. Qed.

Lemma all_each (X : Finite) (b : X -> bool) (P : X -> Prop) : (forall x, b x = true <-> P x) -> all X b = true <-> forall x, P x.
Proof. intro h. rewrite all_iff. split; intros g x; apply h, g. Qed.

Lemma yes_iff {A B : Prop} (d : {A} + {B}) : (B -> ~ A) -> yes d = true <-> A.
Proof.
  intro n. destruct d as [a|b]; cbn; [split; [intros _; exact a|reflexivity]|split; [discriminate|intro a; destruct (n b a)]].
Qed.

Section Deciding.
  Context {K : OrderedField} {E : Environment K}.

  Lemma le_iff (x y : K) : yes (le_dec x y) = true <-> x <= y.
  Proof. apply yes_iff. tauto. Qed.

  Lemma lt_iff (x y : K) : yes (lt_or_le x y) = true <-> x < y.
  Proof. apply yes_iff. intros h n. exact (n h). Qed.

  Lemma unlikely_iff (w : state E) : unlikely_ w = true <-> ~ likely w.
  Proof. unfold unlikely_. rewrite le_iff. split; [intros h q; exact (q h)|exact (not_lt _ _)]. Qed.

  Lemma likely_iff (w : state E) : negb (unlikely_ w) = true <-> likely w.
  Proof.
    unfold unlikely_, likely, lt. destruct (le_dec (prior w) 0) as [h|h]; cbn.
    - split; [discriminate|intro n; destruct (n h)].
    - split; [intros _; exact h|reflexivity].
  Qed.

  (** In each state of positive probability. *)
  Definition each_state (b : state E -> bool) : bool := all (state E) (fun w => unlikely_ w || b w).

  Lemma each_state_iff b (P : state E -> Prop) : (forall w, b w = true <-> P w) ->
    each_state b = true <-> forall w, likely w -> P w.
  Proof.
    intro h. unfold each_state. rewrite all_iff. split.
    - intros g w q. specialize (g w). apply orb_true_iff in g. destruct g as [g|g]; [destruct (proj1 (unlikely_iff w) g q)|now apply h].
    - intros g w. apply orb_true_iff. destruct (unlikely_ w) eqn:e; [now left|right]. apply h, g, likely_iff. now rewrite e.
  Qed.

  Definition best_here (a : profile E) (w : state E) : bool :=
    let here := W a w in all (profile E) (fun b => yes (le_dec (W b w) here)).
  Definition stable_here (v : agent E -> profile E -> state E -> K) (a : profile E) (w : state E) : bool :=
    all (agent E) (fun i => let here := v i a w in all (action E i) (fun b => yes (le_dec (v i (change a i b) w) here))).

  Lemma best_here_iff a w : best_here a w = true <-> first_best a w.
  Proof. apply all_each. intro b. apply le_iff. Qed.

  Lemma stable_here_iff v a w : stable_here v a w = true <-> nash v a w.
  Proof. apply all_each. intro i. apply all_each. intro b. apply le_iff. Qed.

  (** All selections from options, up to what they do elsewhere; the last state varies fastest. *)
  Fixpoint choices (options : state E -> list (profile E)) (ws : list (state E)) : list (selection E) :=
    match ws with
    | nil => [fun _ => some_profile]
    | w :: ws => flat_map (fun a => map (fun s => update s w a) (choices options ws)) (options w)
    end.

  Lemma choices_sound options ws s : In s (choices options ws) -> forall w, In w ws -> In (s w) (options w).
  Proof.
    revert s. induction ws as [|v ws IH]; cbn; intros s h w i; [destruct i|].
    apply in_flat_map in h. destruct h as [a [ia h]]. apply in_map_iff in h. destruct h as [s' [<- h]]. unfold update.
    destruct (same w v) as [->|n]; [exact ia|]. destruct i as [<-|i]; [congruence|]. exact (IH s' h w i).
  Qed.

  Lemma choices_whole options ws s : (forall w, In w ws -> In (s w) (options w)) ->
    exists s', In s' (choices options ws) /\ forall w, In w ws -> s' w = s w.
  Proof.
    induction ws as [|v ws IH]; cbn; intro h; [exists (fun _ => some_profile); split; [now left|intros ? []]|].
    destruct IH as [s' [i e]]; [auto|]. exists (update s' v (s v)). split.
    - apply in_flat_map. exists (s v). split; [apply h; now left|]. now apply (in_map (fun s' => update s' v (s v))).
    - intros w j. unfold update. destruct (same w v) as [->|n]; [reflexivity|]. destruct j as [<-|j]; [congruence|auto].
  Qed.
End Deciding.
