(** Certificates of thresholds of each agent's own λ: what they claim, and that accepted ones claim what
    is so. *)

From Coq Require Import List Bool PeanoNat ZArith QArith.
From coopgap Require Export Checker Reading Deciding.
From coopgap Require Import Welfare Rationals Games.
Import ListNotations.
Local Open Scope nat_scope.

Record Problem := { data : Data; kind : Kind }.

(** First-best selections, and for each the thresholds of the agents; [None] is infinite. *)
Inductive Name := agent_thresholds (l : list (list nat * list (option Q))).

Record Claim := { name : Name; holds : bool }.

(** Nothing needs to be shown. *)
Inductive Witness := nothing_to_show.

Section Meaning.
  Variable p : Problem.
  Hypothesis ok : good (data p) = true.

  Let E : Environment rationals := game (data p) ok.

  (** Of an agent of λ_i = [y] no deviation pays. *)
  Definition content (s : selection E) (i : agent E) (y : number rationals) : Prop := forall w, likely w -> forall b,
    (payoff i (change (s w) i b) w + y * W (change (s w) i b) w <= payoff i (s w) w + y * W (s w) w)%K.

  Definition is_threshold (s : selection E) (i : agent E) (x : option Q) : Prop :=
    match x with
    | Some x => (0 <= rational x)%K /\ forall y : number rationals, (0 <= y)%K -> content s i y <-> (rational x <= y)%K
    | None => forall y : number rationals, (0 <= y)%K -> ~ content s i y
    end.

  (** What is listed are the first-best selections, all of them, each with its thresholds. *)
  Definition meaning (a : Claim) : Prop := let (l) := name a in
    (forall s, first_best_selection s -> exists e s', In e l /\ selected (data p) ok (fst e) = Some s' /\ forall w, likely w -> s' w = s w) /\
    forall e, In e l -> exists s, selected (data p) ok (fst e) = Some s /\ first_best_selection s /\
      forall i, exists x, nth_error (snd e) (proj1_sig i) = Some x /\ is_threshold s i x.

  Definition lost (s : selection E) i w (b : action E i) : number rationals := (W (s w) w - W (change (s w) i b) w)%K.
  Definition won (s : selection E) i w (b : action E i) : number rationals := (payoff i (change (s w) i b) w - payoff i (s w) w)%K.

  Definition some_move (i : agent E) (b : state E -> action E i -> bool) : bool :=
    existsb (fun w => existsb (b w) (listed (action E i))) (support (data p) ok).

  Definition shows_threshold (s : selection E) (i : agent E) (x : option Q) : bool :=
    match x with
    | Some x => let y := rational x in yes (le_dec 0%K y) &&
        each_state (fun w => all (action E i) (fun b => yes (le_dec (won s i w b) (y * lost s i w b)%K))) &&
        (yes (eq_dec y 0%K) || some_move i (fun w b => yes (lt_or_le 0%K (lost s i w b)) && yes (le_dec (y * lost s i w b)%K (won s i w b))))
    | None => some_move i (fun w b => yes (eq_dec (lost s i w b) 0%K) && yes (lt_or_le 0%K (won s i w b)))
    end.

  Lemma some_move_true i b : some_move i b = true -> exists w c, likely w /\ b w c = true.
  Proof.
    intro h. apply existsb_exists in h. destruct h as [w [i' h]]. apply existsb_exists in h. destruct h as [c [_ h]].
    exists w, c. split; [|exact h]. exact (proj1 (in_support (data p) ok w) i').
  Qed.

  Lemma content_iff s i y : content s i y <-> forall w, likely w -> forall b, (won s i w b <= y * lost s i w b)%K.
  Proof. unfold won, lost. split; intros h w q b; specialize (h w q b); olra. Qed.

  Lemma shows_threshold_true s i x : first_best_selection s -> shows_threshold s i x = true -> is_threshold s i x.
  Proof.
    intros best h. destruct x as [x|]; unfold shows_threshold in h; unfold is_threshold; cbv zeta in h.
    - rewrite !andb_true_iff in h. destruct h as [[pos enough] least]. apply yes_true in pos. split; [exact pos|].
      assert (forall w, likely w -> forall b, (won s i w b <= rational x * lost s i w b)%K) as calm.
      { refine (proj1 (each_state_iff (E := E) _ (fun w => forall b, (won s i w b <= rational x * lost s i w b)%K) _) enough).
        intro w. apply all_each. intro b. apply le_iff. }
      intros y py. rewrite content_iff. split.
      + intro c. apply orb_true_iff in least. destruct least as [z|m]; [apply yes_true in z; now rewrite z|].
        apply some_move_true in m. destruct m as [w [b [q m]]]. apply andb_true_iff in m. destruct m as [more tight].
        apply yes_true in more, tight. pose proof (c w q b) as cb. apply not_lt. intro less.
        assert (0 < rational x - y)%K as g by olra. pose proof (lt_mul _ _ g more). olra.
      + intros le w q b. refine (le_trans _ _ _ _ (calm w q b) _).
        assert (0 <= lost s i w b)%K as l by (unfold lost; pose proof (best w q (change (s w) i b)); olra).
        pose proof (le_mul _ _ _ l (proj2 (sub_nonneg _ _) le)). olra.
    - apply some_move_true in h. destruct h as [w [b [q m]]]. apply andb_true_iff in m. destruct m as [none more].
      apply yes_true in none, more. intros y _ c. pose proof (proj1 (content_iff s i y) c w q b) as cb. rewrite none in cb. olra.
  Qed.

  Definition firsts : list (selection E) :=
    choices (fun w => filter (fun a => best_here a w) (listed (profile E))) (support (data p) ok).

  Definition same_choice (s s' : selection E) : bool := forallb (fun w => yes (same (s w) (s' w))) (support (data p) ok).

  Fixpoint all_shown (ss : list (selection E)) (l : list (list nat * list (option Q))) : bool :=
    match ss, l with
    | nil, nil => true
    | s :: ss, e :: l =>
        match selected (data p) ok (fst e) with
        | Some s' => same_choice s s' && (length (snd e) =? length (sizes (data p))) &&
            all (agent E) (fun i => match nth_error (snd e) (proj1_sig i) with Some x => shows_threshold s' i x | None => false end) && all_shown ss l
        | None => false
        end
    | _, _ => false
    end.

  Definition check (a : Claim) : bool := let (l) := name a in holds a && all_shown firsts l.

  Lemma same_choice_true s s' : same_choice s s' = true -> forall w, likely w -> s w = s' w.
  Proof.
    unfold same_choice. rewrite forallb_forall. intros h w q. exact (yes_true _ (h w (proj2 (in_support (data p) ok w) q))).
  Qed.

  Lemma all_shown_true ss l : all_shown ss l = true ->
    (forall s, In s ss -> exists e s', In e l /\ selected (data p) ok (fst e) = Some s' /\ forall w, likely w -> s' w = s w) /\
    forall e, In e l -> exists s s', In s ss /\ selected (data p) ok (fst e) = Some s' /\ (forall w, likely w -> s w = s' w) /\
      forall i : agent E, exists x, nth_error (snd e) (proj1_sig i) = Some x /\ shows_threshold s' i x = true.
  Proof.
    revert l. induction ss as [|s ss IH]; intros [|e l] h; cbn [all_shown] in h; try discriminate; [split; intros ? []|].
    destruct (selected (data p) ok (fst e)) as [s'|] eqn:q; [|discriminate]. rewrite !andb_true_iff in h.
    destruct h as [[[agree _] each] more]. destruct (IH l more) as [a b]. pose proof (same_choice_true s s' agree) as eq. split.
    - intros t [<-|i].
      + exists e, s'. split; [now left|]. split; [exact q|]. intros w z. symmetry. now apply eq.
      + destruct (a t i) as [e' [t' [j r]]]. exists e', t'. split; [now right|exact r].
    - intros e' [<-|i].
      + exists s, s'. split; [now left|]. split; [exact q|]. split; [exact eq|]. intro i. apply all_true with (x := i) in each.
        destruct (nth_error (snd e) (proj1_sig i)) as [x|]; [|discriminate]. now exists x.
      + destruct (b e' i) as [t [t' [j r]]]. exists t, t'. split; [now right|exact r].
  Qed.

  Lemma accepted a : check a = true -> meaning a.
  Proof.
    destruct a as [[l] h]. unfold check, meaning. cbn [name holds]. intro c. apply andb_true_iff in c. destruct c as [_ c].
    apply all_shown_true in c. destruct c as [whole each]. split.
    - intros s best. destruct (choices_whole (E := E) (fun w => filter (fun a => best_here a w) (listed (profile E))) (support (data p) ok) s) as [f [i e]].
      + intros w i. apply filter_In. split; [apply all_listed|]. now apply best_here_iff, best, (in_support (data p) ok).
      + destruct (whole f i) as [x [s' [j [q r]]]]. exists x, s'. split; [exact j|]. split; [exact q|].
        intros w z. rewrite r by exact z. apply e. now apply in_support.
    - intros e i. destruct (each e i) as [s [s' [j [q [r t]]]]]. exists s'. split; [exact q|].
      assert (first_best_selection s') as best.
      { intros w z. rewrite <- r by exact z. pose proof (choices_sound _ _ _ j w (proj2 (in_support (data p) ok w) z)) as m.
        apply filter_In in m. now apply best_here_iff. }
      split; [exact best|]. intro k. destruct (t k) as [x [m n]]. exists x. split; [exact m|]. now apply shows_threshold_true.
  Qed.
End Meaning.

(** The whole check, data included, and what it shows. *)
Definition accepts (p : Problem) (c : Claim) (w : Witness) : bool :=
  accepting (data p) (sensible (data p) (kind p)) (fun ok => check p ok c).

Definition shown (p : Problem) (c : Claim) : Prop := exists ok : good (data p) = true, meaning p ok c.

Lemma accepted_shows p c w : accepts p c w = true -> shown p c.
Proof. apply accepted_means. intro ok. apply accepted. Qed.
