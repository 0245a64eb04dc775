(** Farkas' lemma over any ordered field, by elimination of one variable after the other. *)

From Coq Require Import List.
From coopgap Require Import Sums.
Import ListNotations.
Local Open Scope number_scope.

Section Farkas.
  Context {K : OrderedField} {V : Type} (same_variable : forall x y : V, {x = y} + {x <> y}).
  Add Ring K_ring : (@ring_laws K).
  Add Field K_field : (@field_laws K).

  (** A row says [bound <= Σ coefficient x]. *)
  Record Row := { coefficient : V -> K; bound : K }.

  Definition satisfied (vars : list V) (x : V -> K) (r : Row) : Prop :=
    bound r <= total vars (fun v => coefficient r v * x v).

  Definition plus (r q : Row) : Row :=
    {| coefficient := fun v => coefficient r v + coefficient q v; bound := bound r + bound q |}.
  Definition times (k : K) (r : Row) : Row :=
    {| coefficient := fun v => k * coefficient r v; bound := k * bound r |}.

  (** What follows from rows by adding them with positive weights. *)
  Inductive follows (rows : list Row) : Row -> Prop :=
  | given r : In r rows -> follows rows r
  | sum r q : follows rows r -> follows rows q -> follows rows (plus r q)
  | scaled k r : 0 < k -> follows rows r -> follows rows (times k r).

  Definition contradiction_of (vars : list V) (rows : list Row) : Prop :=
    exists r, follows rows r /\ (forall v, In v vars -> coefficient r v = 0) /\ 0 < bound r.

  Definition sign (v : V) (r : Row) : comparison :=
    if lt_or_le 0 (coefficient r v) then Gt else if lt_or_le (coefficient r v) 0 then Lt else Eq.

  Definition of_sign (v : V) (c : comparison) (rows : list Row) : list Row :=
    filter (fun r => match c, sign v r with Gt, Gt | Lt, Lt | Eq, Eq => true | _, _ => false end) rows.

  Lemma of_sign_spec v c rows r : In r (of_sign v c rows) ->
    In r rows /\ match c with Gt => 0 < coefficient r v | Lt => coefficient r v < 0 | Eq => coefficient r v = 0 end.
  Proof.
    intro h. apply filter_In in h. destruct h as [i e]. split; [exact i|]. unfold sign in e.
    destruct (lt_or_le 0 (coefficient r v)), (lt_or_le (coefficient r v) 0), c; try discriminate; try assumption; olra.
  Qed.

  Lemma some_sign v rows r : In r rows ->
    In r (of_sign v Gt rows) \/ In r (of_sign v Lt rows) \/ In r (of_sign v Eq rows).
  Proof.
    intro i. unfold of_sign. rewrite !filter_In.
    destruct (sign v r); [right; right|right; left|left]; auto.
  Qed.

  Definition eliminated (v : V) (p n : Row) : Row :=
    plus (times (- coefficient n v) p) (times (coefficient p v) n).

  Definition eliminate (v : V) (rows : list Row) : list Row :=
    of_sign v Eq rows ++
    flat_map (fun p => map (eliminated v p) (of_sign v Lt rows)) (of_sign v Gt rows).

  Lemma eliminate_follows v rows r : follows (eliminate v rows) r -> follows rows r /\ coefficient r v = 0.
  Proof.
    induction 1 as [r i|r q _ [hr zr] _ [hq zq]|k r p _ [hr zr]].
    - unfold eliminate in i. apply in_app_iff in i. destruct i as [i|i].
      + apply of_sign_spec in i. destruct i as [i z]. split; [now apply given|exact z].
      + apply in_flat_map in i. destruct i as [p [ip i]]. apply in_map_iff in i. destruct i as [n [<- i]].
        apply of_sign_spec in ip, i. destruct ip as [ip pp], i as [i pn]. split.
        * apply sum; apply scaled; try (now apply given); olra.
        * cbn. ring.
    - split; [now apply sum|]. cbn. rewrite zr, zq. ring.
    - split; [now apply scaled|]. cbn. rewrite zr. ring.
  Qed.

  Definition put (x : V -> K) (v : V) (k : K) (u : V) : K := if same_variable u v then k else x u.

  Lemma put_other vars x v k r : ~ In v vars ->
    total vars (fun u => coefficient r u * put x v k u) = total vars (fun u => coefficient r u * x u).
  Proof.
    intro n. apply total_ext. intros u i. unfold put. destruct (same_variable u v); [congruence|reflexivity].
  Qed.

  Definition rest (vars : list V) (x : V -> K) (r : Row) : K := total vars (fun u => coefficient r u * x u).

  (** What a row says of [v], when the other variables are fixed. *)
  Definition edge (vars : list V) x v r : K := (bound r - rest vars x r) / coefficient r v.

  Lemma between (low high : list K) : (forall l h, In l low -> In h high -> l <= h) ->
    exists k, (forall l, In l low -> l <= k) /\ forall h, In h high -> k <= h.
  Proof.
    induction low as [|l low IH]; intro ok.
    - induction high as [|h high IH'].
      + exists 0. split; intros ? [].
      + destruct IH' as [k [_ b]]; [intros ? ? []|]. destruct (le_dec k h) as [q|q].
        * exists k. split; [intros ? []|]. intros g [<-|i]; auto.
        * exists h. split; [intros ? []|]. intros g [<-|i]; [apply le_refl|]. pose proof (b g i). olra.
    - destruct IH as [k [a b]]; [intros; apply ok; cbn; auto|].
      destruct (le_dec l k) as [q|q].
      + exists k. split; [intros g [<-|i]; auto|exact b].
      + exists l. split; [|intros h i; apply ok; cbn; auto].
        intros g [<-|i]; [apply le_refl|]. pose proof (a g i). olra.
  Qed.

  Lemma cancel (x y : K) : y <> 0 -> x / y * y = x.
  Proof. intro n. field. exact n. Qed.

  (** What satisfies the rows from which [v] is eliminated does so, for some value of [v], all rows. *)
  Lemma restored vars v rows x : ~ In v vars -> (forall r, In r (eliminate v rows) -> satisfied vars x r) ->
    exists k, forall r, In r rows -> satisfied (v :: vars) (put x v k) r.
  Proof.
    intros fresh h.
    destruct (between (map (edge vars x v) (of_sign v Gt rows)) (map (edge vars x v) (of_sign v Lt rows)))
      as [k [low high]].
    { intros l g il ig. apply in_map_iff in il, ig. destruct il as [p [<- ip]], ig as [n [<- i]].
      assert (satisfied vars x (eliminated v p n)) as s.
      { apply h. unfold eliminate. apply in_app_iff. right. apply in_flat_map. exists p. split; [exact ip|].
        now apply in_map. }
      apply of_sign_spec in ip, i. destruct ip as [_ pp], i as [_ pn].
      unfold satisfied in s. cbn in s.
      rewrite (total_ext _ _ (fun u => - coefficient n v * (coefficient p u * x u) + coefficient p v * (coefficient n u * x u))) in s
        by (intros; ring).
      rewrite total_add, !total_mul in s. fold (rest vars x p) (rest vars x n) in s.
      unfold edge. set (P := bound p - rest vars x p). set (N := bound n - rest vars x n).
      assert (- coefficient n v * P + coefficient p v * N <= 0) as s' by (unfold P, N; olra).
      apply not_lt. intro bad.
      assert (0 < P / coefficient p v - N / coefficient n v) as room by olra.
      assert (0 < coefficient p v * - coefficient n v) as signs by (apply lt_mul; olra).
      pose proof (lt_mul _ _ signs room) as q.
      assert (coefficient p v <> 0) as np by (intro e; rewrite e in pp; olra).
      assert (coefficient n v <> 0) as nn by (intro e; rewrite e in pn; olra).
      pose proof (cancel P _ np). pose proof (cancel N _ nn).
      replace (coefficient p v * - coefficient n v * (P / coefficient p v - N / coefficient n v))
        with (- coefficient n v * (P / coefficient p v * coefficient p v) + coefficient p v * (N / coefficient n v * coefficient n v)) in q by ring.
      rewrite H, H0 in q. olra. }
    exists k. intros r i. unfold satisfied. cbn [total]. rewrite put_other by exact fresh.
    unfold put at 1. destruct (same_variable v v) as [_|no]; [|congruence].
    fold (rest vars x r).
    destruct (some_sign v rows r i) as [g|[g|g]].
    * specialize (low (edge vars x v r) (in_map _ _ _ g)). apply of_sign_spec in g. destruct g as [_ g].
      assert (coefficient r v <> 0) as n by (intro e; rewrite e in g; olra).
      pose proof (cancel (bound r - rest vars x r) _ n) as c. unfold edge in low.
      pose proof (le_mul _ _ _ (lt_le _ _ g) (proj2 (sub_nonneg _ _) low)) as q.
      replace (coefficient r v * (k - (bound r - rest vars x r) / coefficient r v))
        with (coefficient r v * k - (bound r - rest vars x r) / coefficient r v * coefficient r v) in q by ring.
      rewrite c in q. olra.
    * specialize (high (edge vars x v r) (in_map _ _ _ g)). apply of_sign_spec in g. destruct g as [_ g].
      assert (coefficient r v <> 0) as n by (intro e; rewrite e in g; olra).
      pose proof (cancel (bound r - rest vars x r) _ n) as c. unfold edge in high.
      pose proof (le_mul (* the coefficient is negative *) _ (- coefficient r v) _ ltac:(olra) (proj2 (sub_nonneg _ _) high)) as q.
      replace (- coefficient r v * ((bound r - rest vars x r) / coefficient r v - k))
        with (coefficient r v * k - (bound r - rest vars x r) / coefficient r v * coefficient r v) in q by ring.
      rewrite c in q. olra.
    * assert (satisfied vars x r) as s by (apply h; unfold eliminate; apply in_app_iff; now left).
      apply of_sign_spec in g. destruct g as [_ g]. rewrite g. unfold satisfied in s. fold (rest vars x r) in s. olra.
  Qed.

  Lemma farkas_dec vars : NoDup vars -> forall rows,
    (exists x, forall r, In r rows -> satisfied vars x r) \/ contradiction_of vars rows.
  Proof.
    induction vars as [|v vars IH]; intros once rows.
    - assert ({r | In r rows /\ 0 < bound r} + {forall r, In r rows -> bound r <= 0}) as [[r [i p]]|h].
      { induction rows as [|r rows IHr]; [right; intros ? []|].
        destruct (lt_or_le 0 (bound r)) as [p|p]; [left; exists r; cbn; auto|].
        destruct IHr as [[q [i p']]|h]; [left; exists q; cbn; auto|].
        right. intros q [<-|i]; auto. }
      + right. exists r. split; [now apply given|]. split; [intros ? []|exact p].
      + left. exists (fun _ => 0). intros r i. unfold satisfied. cbn. exact (h r i).
    - inversion once as [|? ? fresh once']; subst.
      destruct (IH once' (eliminate v rows)) as [[x h]|[r [f [z p]]]].
      + left. destruct (restored vars v rows x fresh h) as [k s]. now exists (put x v k).
      + right. apply eliminate_follows in f. destruct f as [f z']. exists r. split; [exact f|]. split; [|exact p].
        intros u [<-|i]; auto.
  Qed.
End Farkas.
