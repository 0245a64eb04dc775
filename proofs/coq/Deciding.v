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

  (** All selections from what is listed for states, up to what they do elsewhere; the last state
      varies fastest. *)
  Fixpoint ways (l : list (state E * list (profile E))) : list (selection E) :=
    match l with
    | nil => [fun _ => some_profile]
    | (w, options) :: rest => let others := ways rest in flat_map (fun a => map (fun s => update s w a) others) options
    end.

  Lemma ways_sound l s : In s (ways l) -> forall w, In w (map fst l) -> exists options, In (w, options) l /\ In (s w) options.
  Proof.
    revert s. induction l as [|[v options] l IH]; cbn; intros s h w i; [destruct i|].
    apply in_flat_map in h. destruct h as [a [ia h]]. apply in_map_iff in h. destruct h as [s' [<- h]]. unfold update.
    destruct (same w v) as [->|n]; [exists options; auto|]. destruct i as [e|i]; [congruence|].
    destruct (IH s' h w i) as [o [j k]]. exists o. auto.
  Qed.

  Lemma ways_whole l s : (forall w options, In (w, options) l -> In (s w) options) ->
    exists s', In s' (ways l) /\ forall w, In w (map fst l) -> s' w = s w.
  Proof.
    induction l as [|[v options] l IH]; cbn; intro h; [exists (fun _ => some_profile); split; [now left|intros ? []]|].
    destruct IH as [s' [i e]]; [auto|]. exists (update s' v (s v)). split.
    - apply in_flat_map. exists (s v). split; [apply (h v options); now left|]. now apply (in_map (fun s' => update s' v (s v))).
    - intros w j. unfold update. destruct (same w v) as [->|n]; [reflexivity|]. destruct j as [<-|j]; [congruence|auto].
  Qed.
End Deciding.

(** *** Where an answer may not be known: from left to right, until it is decided *)

Definition tells (d : option bool) (P : Prop) : Prop := forall b, d = Some b -> (P <-> b = true).

Definition and_then (d e : option bool) : option bool := match d with Some true => e | r => r end.

Fixpoint all_of {X} (d : X -> option bool) (l : list X) : option bool :=
  match l with nil => Some true | x :: l => match d x with Some true => all_of d l | r => r end end.

Fixpoint any_of {X} (d : X -> option bool) (l : list X) : option bool :=
  match l with nil => Some false | x :: l => match d x with Some false => any_of d l | r => r end end.

(** Those of a kind, if all answers are known. *)
Fixpoint those {X} (d : X -> option bool) (l : list X) : option (list X) :=
  match l with
  | nil => Some nil
  | x :: l => match d x, those d l with Some b, Some r => Some (if b then x :: r else r) | _, _ => None end
  end.

Definition is_yes (d : option bool) : bool := match d with Some b => b | None => false end.

Lemma tells_iff d (P Q : Prop) : (P <-> Q) -> tells d P -> tells d Q.
Proof. intros e h b g. rewrite <- e. exact (h b g). Qed.

Lemma is_yes_true d P : tells d P -> is_yes d = true -> P.
Proof. unfold is_yes. destruct d as [b|]; [|discriminate]. intros h e. now apply (h b). Qed.

Lemma and_then_tells d e P Q : tells d P -> tells e Q -> tells (and_then d e) (P /\ Q).
Proof.
  intros h g b. unfold and_then. destruct d as [[]|]; [|intros [= <-]|discriminate]; intros.
  - rewrite (h true eq_refl), (g b) by assumption. tauto.
  - rewrite (h false eq_refl). split; [intros [x _]; discriminate x|discriminate].
Qed.

Lemma all_of_tells {X} d (P : X -> Prop) l : (forall x, In x l -> tells (d x) (P x)) -> tells (all_of d l) (forall x, In x l -> P x).
Proof.
  induction l as [|x l IH]; cbn [all_of]; intros h b e; [injection e as <-; split; [reflexivity|intros _ ? []]|].
  pose proof (h x (or_introl eq_refl)) as here. specialize (IH (fun y i => h y (or_intror i))).
  destruct (d x) as [[]|]; [|injection e as <-|discriminate].
  - rewrite <- (IH b e). split; [intros g y i; apply g; now right|intros g y [<-|i]; [now apply (here true)|exact (g y i)]].
  - split; [intro g; exact (proj1 (here false eq_refl) (g x (or_introl eq_refl)))|discriminate].
Qed.

Lemma any_of_tells {X} d (P : X -> Prop) l : (forall x, In x l -> tells (d x) (P x)) -> tells (any_of d l) (exists x, In x l /\ P x).
Proof.
  induction l as [|x l IH]; cbn [any_of]; intros h b e; [injection e as <-; split; [intros [? [[] _]]|discriminate]|].
  pose proof (h x (or_introl eq_refl)) as here. specialize (IH (fun y i => h y (or_intror i))).
  destruct (d x) as [[]|]; [injection e as <-| |discriminate].
  - split; [reflexivity|]. intros _. exists x. split; [now left|now apply (here true)].
  - rewrite <- (IH b e). split; intros [y [i g]]; [|exists y; auto with datatypes].
    destruct i as [<-|i]; [|exists y; auto]. apply (here false eq_refl) in g. discriminate g.
Qed.

Lemma those_true {X} d (P : X -> Prop) l r : (forall x, In x l -> tells (d x) (P x)) -> those d l = Some r ->
  forall x, In x r <-> In x l /\ P x.
Proof.
  revert r. induction l as [|y l IH]; cbn [those]; intros r h e x; [injection e as <-; cbn; tauto|].
  pose proof (h y (or_introl eq_refl)) as here. destruct (d y) as [b|]; [|discriminate].
  destruct (those d l) as [s|]; [|discriminate]. injection e as <-. specialize (here b eq_refl).
  specialize (IH s (fun z i => h z (or_intror i)) eq_refl x).
  destruct b; cbn [In]; rewrite IH; split; try tauto.
  - intros [<-|g]; [split; [now left|now apply here]|tauto].
  - intros [[<-|i] g]; [apply here in g; discriminate g|tauto].
Qed.

Lemma all_tells (X : Finite) d (P : X -> Prop) : (forall x, tells (d x) (P x)) -> tells (all_of d (listed X)) (forall x, P x).
Proof.
  intro h. refine (tells_iff _ _ _ _ (all_of_tells d P (listed X) (fun x _ => h x))).
  split; intros g x; [apply g, all_listed|intros _; apply g].
Qed.

Lemma any_tells (X : Finite) d (P : X -> Prop) : (forall x, tells (d x) (P x)) -> tells (any_of d (listed X)) (exists x, P x).
Proof.
  intro h. refine (tells_iff _ _ _ _ (any_of_tells d P (listed X) (fun x _ => h x))).
  split; [intros [x [_ g]]; now exists x|intros [x g]; exists x; split; [apply all_listed|exact g]].
Qed.
