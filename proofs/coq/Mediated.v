(** Mechanisms: points of T10's programme that are reached, and sums of its rows that bound it. *)

From Coq Require Import List Bool.
From coopgap Require Import Welfare T3_sound T10 T10_duality Checker.
Import ListNotations.
Local Open Scope number_scope.

Section Mediated.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (I : Information (E := E)) {L : Language E}.
  Context (m : Budget) (l : option K) (o : option (agent E -> K)).
  Add Ring K_ring : (@ring_laws K).

  (** *** What mechanisms reach: for all reports draws, with their chances and payments times these *)

  Record Draw := { drawn : profile E; chance_of : K; pays_at : list (Entry L) }.

  Section Reached.
    Variable answers : reports I -> list Draw.

    Definition point : Point I L := {|
      chances := fun x a => total (answers x) (fun e => only (drawn e) a * chance_of e);
      payment := fun x a i y => total (answers x) (fun e => only (drawn e) a * net (pays_at e) i y) |}.

    Definition draw_ok (e : Draw) : bool :=
      yes (le_dec 0 (chance_of e)) &&
      match pays_at e with nil => true | _ => yes (lt_or_le 0 (chance_of e)) end &&
      match l with Some B => yes (le_dec 0 B) | None => true end &&
      forallb (fun y =>
        match m with
        | balanced => yes (eq_dec (Σ i ∈ agent E, net (pays_at e) i y) 0)
        | burnt => yes (le_dec (Σ i ∈ agent E, net (pays_at e) i y) 0)
        | free => true
        end &&
        match l with
        | Some B => all (agent E) (fun i => yes (le_dec (- (B * chance_of e)) (net (pays_at e) i y)))
        | None => true
        end) (touched (pays_at e)).

    Definition answer_ok (x : reports I) : bool :=
      forallb draw_ok (answers x) && yes (eq_dec (total (answers x) chance_of) 1).

    (** Of type [x], to report [y] and to do [b] when told [c]. *)
    Definition worth_at (i : agent E) (x y : type I i) (c b : action E i) : K :=
      Σ w ∈ state E, (if same x (sees I w i) then if unlikely_ w then 0 else
        prior w * total (filter (fun e => yes (same (play (drawn e) i) c)) (answers (lie I (honest I w) i y)))
          (fun e => let a := change (drawn e) i b in chance_of e * material lam i a w + net (pays_at e) i (leaves L w a))
        else 0).

    Definition honest_at (i : agent E) (x : type I i) : K := Σ c ∈ action E i, worth_at i x x c c.

    Definition loyal_ok : bool :=
      all (agent E) (fun i => all (type I i) (fun x =>
        let fair := honest_at i x in
        all (type I i) (fun y => yes (le_dec
          (Σ c ∈ action E i, greatest_of (map (fun b => worth_at i x y c b) (listed (action E i)))) fair)) &&
        match o with
        | None => true
        | Some q => yes (le_dec (Σ w ∈ state E, (if same x (sees I w i) then prior w * option_worth lam q i else 0)) fair)
        end)).

    Definition answers_ok : bool := all (reports I) answer_ok && loyal_ok.

    Lemma expects_answers i M d w : expects lam I point i M d w = total (answers M) (fun e =>
      let a := change (drawn e) i (d (play (drawn e) i)) in chance_of e * material lam i a w + net (pays_at e) i (leaves L w a)).
    Proof.
      unfold expects, point. cbn [chances payment].
      rewrite (total_ext _ _ (fun a => total (answers M) (fun e => only (drawn e) a *
        (chance_of e * material lam i (change a i (d (play a i))) w +
         net (pays_at e) i (leaves L w (change a i (d (play a i)))))))).
      - rewrite total_swap. apply total_ext. intros e _.
        apply (total_only (drawn e) (fun a => chance_of e * material lam i (change a i (d (play a i))) w +
          net (pays_at e) i (leaves L w (change a i (d (play a i)))))).
      - intros a _. cbv zeta. rewrite <- total_mul_r, <- total_add. apply total_ext. intros. ring.
    Qed.

    Lemma worth_told i x y d :
      (Σ w ∈ state E, (only x (sees I w i) * (prior w * expects lam I point i (lie I (honest I w) i y) d w))) =
      Σ c ∈ action E i, worth_at i x y c (d c).
    Proof.
      unfold worth_at. rewrite total_swap. apply total_ext. intros w _. unfold only.
      destruct (same x (sees I w i)) as [e|n]; [|rewrite total_zero by reflexivity; ring].
      unfold unlikely_. destruct (le_dec (prior w) 0) as [q|q]; cbn [yes].
      - pose proof (prior_nonneg K E w). assert (prior w = 0) as -> by (apply le_antisym; assumption).
        rewrite total_zero by reflexivity. ring.
      - rewrite total_mul. rewrite expects_answers, (total_by (fun e => play (drawn e) i)).
        assert (forall u v : K, u = v -> 1 * (prior w * u) = prior w * v) as t by (intros u v ->; ring). apply t.
        apply total_ext. intros c _. apply total_ext. intros f j. cbv zeta.
        apply filter_In in j. destruct j as [_ j]. apply yes_true in j. now rewrite j.
    Qed.

    Lemma worth_honest i x :
      (Σ w ∈ state E, (only x (sees I w i) * (prior w * expects lam I point i (honest I w) (fun c => c) w))) = honest_at i x.
    Proof.
      unfold honest_at. rewrite <- (worth_told i x x (fun c => c)). apply total_ext. intros w _. unfold only.
      destruct (same x (sees I w i)) as [e|n]; [|ring]. rewrite e, honest_lie. reflexivity.
    Qed.

    Lemma draw_within e : draw_ok e = true ->
      within_budget m (net (pays_at e)) /\
      match l with Some B => forall i y, - (B * chance_of e) <= net (pays_at e) i y | None => True end.
    Proof.
      intro h. unfold draw_ok in h. rewrite !andb_true_iff in h. destruct h as [[[pos _] bounded] h].
      apply yes_true in pos. rewrite forallb_forall in h.
      assert (forall y, In y (touched (pays_at e)) \/ forall i, net (pays_at e) i y = 0) as each.
      { intro y. destruct (in_dec same y (touched (pays_at e))) as [i|n]; [now left|right]. exact (untouched _ _ n). }
      split.
      - destruct m; cbn; [| |exact Logic.I]; intro y; (destruct (each y) as [i|z];
          [specialize (h y i); apply andb_true_iff in h; destruct h as [h _]; exact (yes_true _ h)|
           rewrite total_zero by (intros j _; apply z)]); [reflexivity|apply le_refl].
      - destruct l as [B|]; [|exact Logic.I]. intros i y. destruct (each y) as [j|z].
        + specialize (h y j). apply andb_true_iff in h. destruct h as [_ h]. apply all_true with (x := i) in h. exact (yes_true _ h).
        + rewrite z. apply yes_true in bounded. pose proof (le_mul _ _ _ bounded pos). olra.
    Qed.

    Lemma answers_feasible : answers_ok = true -> feasible lam I m l o point /\ grounded I point.
    Proof.
      intro h. unfold answers_ok in h. apply andb_true_iff in h. destruct h as [h loyal_].
      assert (forall x e, In e (answers x) -> draw_ok e = true) as each.
      { intros x e i. apply all_true with (x := x) in h. apply andb_true_iff in h. destruct h as [h _].
        rewrite forallb_forall in h. exact (h e i). }
      assert (forall x e, In e (answers x) -> 0 <= chance_of e) as pos.
      { intros x e i. specialize (each x e i). unfold draw_ok in each. rewrite !andb_true_iff in each.
        exact (yes_true _ (proj1 (proj1 (proj1 each)))). }
      assert (forall x a e, In e (answers x) -> 0 <= only (drawn e) a * chance_of e) as term.
      { intros x a e i. specialize (pos x e i). unfold only. destruct (same (drawn e) a).
        - assert (1 * chance_of e = chance_of e) as -> by ring. exact pos.
        - assert (0 * chance_of e = 0) as -> by ring. apply le_refl. }
      split; [split; [|split; [|split]]|].
      - intro x. split; [intro a; apply total_nonneg; exact (term x a)|]. cbn [chances point].
        rewrite total_swap. apply all_true with (x := x) in h. apply andb_true_iff in h. destruct h as [_ h]. apply yes_true in h.
        transitivity (total (answers x) chance_of); [|exact h]. apply total_ext. intros e _.
        exact (total_only (drawn e) (fun _ => chance_of e)).
      - intros x a. cbn [payment chances point]. split.
        + assert (forall y, (Σ i ∈ agent E, total (answers x) (fun e => only (drawn e) a * net (pays_at e) i y)) =
            total (answers x) (fun e => only (drawn e) a * Σ i ∈ agent E, net (pays_at e) i y)) as swap.
          { intro y. rewrite total_swap. apply total_ext. intros. apply total_mul. }
          pose proof (fun e i => proj1 (draw_within e (each x e i))) as inside.
          destruct m; cbn [within_budget] in *; [| |exact Logic.I]; intro y; rewrite swap.
          * apply total_zero. intros e i. rewrite (inside e i y). ring.
          * rewrite <- (total_zero (answers x) (fun _ => 0)) by reflexivity. apply total_le. intros e i.
            specialize (inside e i y). unfold only. destruct (same (drawn e) a).
            -- assert (forall u : K, 1 * u = u) as one by (intro; ring). rewrite one. exact inside.
            -- assert (forall u : K, 0 * u = 0) as z by (intro; ring). rewrite z. apply le_refl.
        + pose proof (fun e i => proj2 (draw_within e (each x e i))) as inside.
          destruct l as [B|]; [|exact Logic.I]. intros i y.
          assert (- (B * total (answers x) (fun e => only (drawn e) a * chance_of e)) =
            total (answers x) (fun e => only (drawn e) a * - (B * chance_of e))) as ->.
          { rewrite <- total_mul, <- total_opp. apply total_ext. intros. ring. }
          apply total_le. intros e j. specialize (inside e j i y). unfold only. destruct (same (drawn e) a).
          * assert (forall u : K, 1 * u = u) as one by (intro; ring). rewrite !one. exact inside.
          * assert (forall u : K, 0 * u = 0) as z by (intro; ring). rewrite !z. apply le_refl.
      - intros i x y d. rewrite worth_told, worth_honest. unfold loyal_ok in loyal_.
        apply all_true with (x := i) in loyal_. apply all_true with (x := x) in loyal_. cbv zeta in loyal_.
        apply andb_true_iff in loyal_. destruct loyal_ as [loyal_ _]. apply all_true with (x := y) in loyal_. apply yes_true in loyal_.
        refine (le_trans _ _ _ _ _ loyal_). apply total_le. intros c _. apply greatest_of_max.
        exact (in_map (fun b => worth_at i x y c b) _ _ (all_listed _ (d c))).
      - unfold joined. destruct o as [q|] eqn:oq; [|exact Logic.I]. intros i x.
        unfold loyal_ok in loyal_. rewrite oq in loyal_. apply all_true with (x := i) in loyal_. apply all_true with (x := x) in loyal_.
        cbv zeta in loyal_. apply andb_true_iff in loyal_. destruct loyal_ as [_ loyal_]. apply yes_true in loyal_.
        rewrite <- worth_honest in loyal_. apply sub_nonneg in loyal_. rewrite <- total_sub in loyal_.
        erewrite total_ext; [exact loyal_|]. intros w _. cbv beta. unfold only. destruct (same x (sees I w i)); ring.
      - intros x a zero i y. cbn [chances payment point] in *. apply total_zero. intros e j. unfold only.
        destruct (same (drawn e) a) as [q|n]; [|ring].
        pose proof (total_member (answers x) (fun e => only (drawn e) a * chance_of e) e (term x a) j) as le. cbv beta in le.
        rewrite zero, q, only_same in le. specialize (each x e j). unfold draw_ok in each. rewrite !andb_true_iff in each.
        destruct each as [[[_ idle] _] _]. destruct (pays_at e) as [|f k]; [cbn; ring|]. apply yes_true in idle.
        exfalso. apply idle. assert (1 * chance_of e = chance_of e) as <- by ring. exact le.
    Qed.

    Definition outcome_of : Play E := fun w a => chances point (honest I w) a.

    Definition welfare_of : K :=
      Σ w ∈ state E, (if unlikely_ w then 0 else prior w * total (answers (honest I w)) (fun e => chance_of e * W (drawn e) w)).

    Lemma welfare_of_expected : welfare_of = expected outcome_of.
    Proof.
      apply total_ext. intros w _. unfold unlikely_. destruct (le_dec (prior w) 0) as [q|q]; cbn [yes].
      - pose proof (prior_nonneg K E w). assert (prior w = 0) as -> by (apply le_antisym; assumption). ring.
      - f_equal. unfold outcome_of. cbn [chances point].
        rewrite (total_ext (listed (profile E)) _ (fun a => total (answers (honest I w)) (fun e => only (drawn e) a * (chance_of e * W a w))))
          by (intros a _; rewrite <- total_mul_r; apply total_ext; intros; ring).
        rewrite total_swap. apply total_ext. intros e _. symmetry. apply (total_only (drawn e) (fun a => chance_of e * W a w)).
    Qed.

    Lemma answers_mediated : answers_ok = true -> mediated lam I L m l o outcome_of.
    Proof. intro h. destruct (answers_feasible h) as [f g]. exact (T10_direct K E lam I L m l o point f g). Qed.
  End Reached.

  (** *** What they do not: sums of rows, each of which is nowhere negative *)

  (** What an agent expects in a state after reports, by a map from what it is told to what it does. *)
  Record Row := { after : reports I; whose : agent E; in_state : state E; doing : action E whose -> action E whose; much : K }.

  Record Joining := { member : agent E; own_type : type I member; push : K }.

  Definition rows_of_lie (k : Lie I) : list Row :=
    flat_map (fun w => if same (truth k) (sees I w (liar k)) then if unlikely_ w then nil else
      [{| after := honest I w; whose := liar k; in_state := w; doing := fun c => c; much := force k * prior w |};
       {| after := lie I (honest I w) (liar k) (said k); whose := liar k; in_state := w; doing := does k; much := - (force k * prior w) |}]
      else nil) (listed (state E)).

  Definition rows_of_joining (j : Joining) : list Row :=
    flat_map (fun w => if same (own_type j) (sees I w (member j)) then if unlikely_ w then nil else
      [{| after := honest I w; whose := member j; in_state := w; doing := fun c => c; much := push j * prior w |}]
      else nil) (listed (state E)).

  (** What those get who refuse. *)
  Definition outside_of (q : agent E -> K) (j : Joining) : K :=
    Σ w ∈ state E, (if same (own_type j) (sees I w (member j)) then push j * (prior w * option_worth lam q (member j)) else 0).

  Definition play_after (r : Row) (a : profile E) : profile E := change a (whose r) (doing r (play a (whose r))).

  Definition chance_sum (rs : list Row) (a : profile E) : K :=
    total rs (fun r => much r * material lam (whose r) (play_after r a) (in_state r)).
  Definition payment_sum (rs : list Row) (a : profile E) : list (Entry L) :=
    map (fun r => {| payee := whose r; entered := leaves L (in_state r) (play_after r a); times := much r |}) rs.

  Definition rows_after (rs : list Row) (x : reports I) : list Row := filter (fun r => yes (same (after r) x)) rs.

  Definition row_sum (p : Point I L) (rs : list Row) : K :=
    total rs (fun r => much r * expects lam I p (whose r) (after r) (doing r) (in_state r)).

  Lemma row_sum_draws p rs : row_sum p rs = Σ x ∈ reports I, Σ a ∈ profile E,
    (chances p x a * chance_sum (rows_after rs x) a + payments (payment p x a) (payment_sum (rows_after rs x) a)).
  Proof.
    unfold row_sum. rewrite (total_by after). apply total_ext. intros x _.
    rewrite (total_ext (listed (profile E)) _ (fun a => total (rows_after rs x) (fun r => much r *
      (chances p x a * material lam (whose r) (play_after r a) (in_state r) +
       payment p x a (whose r) (leaves L (in_state r) (play_after r a)))))).
    - rewrite total_swap. apply total_ext. intros r i. apply filter_In in i. destruct i as [_ i]. apply yes_true in i.
      unfold expects. rewrite i, <- total_mul. reflexivity.
    - intros a _. unfold chance_sum, payments, payment_sum. rewrite total_map, <- total_mul, <- total_add. apply total_ext.
      intros r _. cbn [payee entered times]. ring.
  Qed.

  Section Sum.
    Variables (ls : list (Lie I)) (js : list Joining).

    Definition rows : list Row := flat_map rows_of_lie ls ++ flat_map rows_of_joining js.

    Definition constant : K := match o with None => 0 | Some q => total js (outside_of q) end.

    Definition signs_ok : bool :=
      forallb (fun k => yes (le_dec 0 (force k))) ls && forallb (fun j => yes (le_dec 0 (push j))) js &&
      match o, js with None, _ :: _ => false | _, _ => true end.

    Lemma rows_least p : signs_ok = true -> feasible lam I m l o p -> constant <= row_sum p rows.
    Proof.
      intros h [_ [_ [loyal_ join]]]. unfold signs_ok in h. rewrite !andb_true_iff in h. destruct h as [[f g] none].
      rewrite forallb_forall in f, g. unfold row_sum, rows. rewrite total_app, !total_flat_map.
      assert (0 <= total ls (fun k => total (rows_of_lie k)
        (fun r => much r * expects lam I p (whose r) (after r) (doing r) (in_state r)))) as first.
      { apply total_nonneg. intros k i. specialize (f k i). apply yes_true in f. unfold rows_of_lie. rewrite total_flat_map.
        specialize (loyal_ (liar k) (truth k) (said k) (does k)).
        pose proof (le_mul _ _ _ f (proj2 (sub_nonneg _ _) loyal_)) as q. rewrite <- total_sub, <- total_mul in q.
        erewrite total_ext; [exact q|]. intros w _. cbv beta. unfold only, unlikely_.
        destruct (same (truth k) (sees I w (liar k))); [|cbn [total]; ring].
        destruct (le_dec (prior w) 0) as [z|z]; cbn [yes total much whose after doing in_state]; [|ring].
        pose proof (prior_nonneg K E w). assert (prior w = 0) as -> by (apply le_antisym; assumption). ring. }
      assert (constant <= total js (fun j => total (rows_of_joining j)
        (fun r => much r * expects lam I p (whose r) (after r) (doing r) (in_state r)))) as second; [|olra].
      unfold constant, joined in *. destruct o as [q|].
      - apply total_le. intros j i. specialize (g j i). apply yes_true in g. unfold rows_of_joining, outside_of. rewrite total_flat_map.
        pose proof (le_mul _ _ _ g (join (member j) (own_type j))) as n. rewrite <- total_mul in n. apply sub_nonneg.
        rewrite <- total_sub. erewrite total_ext; [exact n|]. intros w _. cbv beta. unfold only, unlikely_.
        destruct (same (own_type j) (sees I w (member j))); [|cbn [total]; ring].
        destruct (le_dec (prior w) 0) as [z|z]; cbn [yes total much whose after doing in_state]; [|ring].
        pose proof (prior_nonneg K E w). assert (prior w = 0) as -> by (apply le_antisym; assumption). ring.
      - destruct js as [|j js']; [apply le_refl|discriminate].
    Qed.

    Variables (excluded : reports I -> profile E -> bool) (aim : reports I -> profile E -> K).

    Definition live (x : reports I) : list (profile E) := filter (fun a => negb (excluded x a)) (listed (profile E)).

    Definition payments_ok : bool :=
      all (reports I) (fun x => let rs := rows_after rows x in
        match rs with nil => true | _ => forallb (fun a => cancels m l (payment_sum rs a)) (live x) end).

    Definition step_value : K :=
      (Σ x ∈ reports I, (let rs := rows_after rows x in
        greatest_of (map (fun a => aim x a + chance_sum rs a + made_good m l (payment_sum rs a)) (live x)))) - constant.

    Lemma step_most (p : Point I L) : signs_ok = true -> payments_ok = true -> feasible lam I m l o p ->
      (forall x a, excluded x a = true -> chances p x a = 0 /\ forall i y, payment p x a i y = 0) ->
      (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * aim x a)) <= step_value.
    Proof.
      intros signs cancel ok idle. pose proof (rows_least p signs ok) as least. destruct ok as [draws [inside _]].
      assert ((Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * aim x a)) + row_sum p rows <=
        Σ x ∈ reports I, (let rs := rows_after rows x in
          greatest_of (map (fun a => aim x a + chance_sum rs a + made_good m l (payment_sum rs a)) (live x)))) as most;
        [|assert (forall u v t c : K, u + v <= t -> c <= v -> u <= t - c) as arith by (intros; olra); exact (arith _ _ _ _ most least)].
      rewrite row_sum_draws, <- total_add. apply total_le. intros x _. cbv zeta. rewrite <- total_add.
      set (rs := rows_after rows x) in *.
      set (U := greatest_of (map (fun a => aim x a + chance_sum rs a + made_good m l (payment_sum rs a)) (live x))).
      destruct (draws x) as [nonneg one].
      assert (U = Σ a ∈ profile E, (chances p x a * U)) as -> by (rewrite (total_mul_r _ U (fun a => chances p x a)), one; ring).
      apply total_le. intros a _. destruct (excluded x a) eqn:ex.
      - destruct (idle x a ex) as [-> z]. unfold payments. rewrite total_zero; [|intros e _; rewrite z; ring].
        assert (forall u v w : K, 0 * u + (0 * v + 0) <= 0 * w) as t; [|apply t].
        intros u v w. assert (0 * u + (0 * v + 0) = 0 * w) as -> by ring. apply le_refl.
      - assert (In a (live x)) as i by (apply filter_In; split; [apply all_listed|now rewrite ex]).
        assert (aim x a + chance_sum rs a + made_good m l (payment_sum rs a) <= U) as top
          by (apply greatest_of_max, (in_map (fun a => aim x a + chance_sum rs a + made_good m l (payment_sum rs a))), i).
        assert (payments (payment p x a) (payment_sum rs a) <= chances p x a * made_good m l (payment_sum rs a)) as spent.
        { apply all_true with (x := x) in cancel. cbv zeta in cancel. fold rs in cancel.
          assert (cancels m (option_map (fun B => B * chances p x a) l) (payment_sum rs a) = true) as c.
          { assert (cancels m l (payment_sum rs a) = true) as c.
            { destruct rs as [|r rs']; [reflexivity|]. rewrite forallb_forall in cancel. exact (cancel a i). }
            destruct l; exact c. }
          destruct (inside x a) as [budget bounded].
          pose proof (cancelled m (option_map (fun B => B * chances p x a) l) (payment p x a) _ c) as q.
          assert (made_good m (option_map (fun B => B * chances p x a) l) (payment_sum rs a) =
            chances p x a * made_good m l (payment_sum rs a)) as e by (unfold made_good; destruct l; cbn [option_map]; ring).
          rewrite <- e. apply q. split; [exact budget|]. destruct l; [exact bounded|exact Logic.I]. }
        pose proof (le_mul _ _ _ (nonneg a) (proj2 (sub_nonneg _ _) top)) as k. olra.
    Qed.
  End Sum.

  (** Honest welfare, computed in likely states alone; what agents reach who pool what they see. *)
  Definition honest_sum (x : reports I) (a : profile E) : K :=
    total (filter (fun w => negb (unlikely_ w) && yes (same x (honest I w))) (listed (state E))) (fun w => prior w * W a w).

  Lemma honest_sum_welfare x a : honest_sum x a = honest_welfare I x a.
  Proof.
    unfold honest_sum, honest_welfare. rewrite total_filter. apply total_ext. intros w _. unfold only, unlikely_.
    destruct (le_dec (prior w) 0) as [z|z], (same x (honest I w)); cbn [yes negb andb]; try ring.
    pose proof (prior_nonneg K E w). assert (prior w = 0) as -> by (apply le_antisym; assumption). ring.
  Qed.

  Definition pooled : K := Σ x ∈ reports I, greatest_of (map (fun a => honest_sum x a) (listed (profile E))).

  Lemma mediated_point (mu : Play E) : mediated lam I L m l o mu ->
    exists p : Point I L, feasible lam I m l o p /\ grounded I p /\
      expected mu = Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * honest_sum x a).
  Proof.
    intro h. destruct (T10_revelation K E lam I L m l o mu h) as [p [ok [g e]]]. exists p. split; [exact ok|]. split; [exact g|].
    transitivity (expected (fun w a => chances p (honest I w) a)).
    - apply total_ext. intros w _. f_equal. apply total_ext. intros a _. now rewrite e.
    - rewrite expected_honest. apply total_ext. intros x _. apply total_ext. intros a _. now rewrite honest_sum_welfare.
  Qed.

  Lemma pooled_most (mu : Play E) : mediated lam I L m l o mu -> expected mu <= pooled.
  Proof.
    intro h. destruct (mediated_point mu h) as [p [[draws _] [_ ->]]]. apply total_le. intros x _.
    destruct (draws x) as [nonneg one]. set (U := greatest_of _).
    assert (U = Σ a ∈ profile E, (chances p x a * U)) as -> by (rewrite (total_mul_r _ U (fun a => chances p x a)), one; ring).
    apply total_le. intros a _.
    assert (honest_sum x a <= U) as q by (apply greatest_of_max, (in_map (fun a => honest_sum x a)), all_listed).
    pose proof (le_mul _ _ _ (nonneg a) (proj2 (sub_nonneg _ _) q)). olra.
  Qed.

  (** *** Steps: draws that have probability 0 in all mechanisms, one after the other *)

  Inductive Aim := at_welfare | at_nothing | at_draws (ds : list (reports I * profile E)).

  Record Step := { target : Aim; on_lies : list (Lie I); on_joining : list Joining; floor_times : K }.

  Definition among_draws (ds : list (reports I * profile E)) (x : reports I) (a : profile E) : bool :=
    existsb (fun e => yes (same (fst e) x) && yes (same (snd e) a)) ds.

  Definition aimed_at (t : Aim) (x : reports I) (a : profile E) : K :=
    match t with
    | at_welfare => honest_sum x a
    | at_nothing => 0
    | at_draws ds => if among_draws ds x a then 1 else 0
    end.

  (** The value of a step for mechanisms of at least the welfare [floor], [None] if it is not one. *)
  Definition value_of (unused : list (reports I * profile E)) (floor : K) (s : Step) : option K :=
    let excluded := among_draws unused in
    if signs_ok (on_lies s) (on_joining s) && yes (le_dec 0 (floor_times s)) &&
       payments_ok (on_lies s) (on_joining s) excluded
    then Some (step_value (on_lies s) (on_joining s) excluded
      (fun x a => aimed_at (target s) x a + floor_times s * honest_sum x a) - floor_times s * floor)
    else None.

  (** Nothing is given or paid after these draws. *)
  Definition idle (p : Point I L) (unused : list (reports I * profile E)) : Prop :=
    forall x a, among_draws unused x a = true -> chances p x a = 0 /\ forall i y, payment p x a i y = 0.

  Lemma value_of_true p unused floor s v : value_of unused floor s = Some v -> feasible lam I m l o p -> idle p unused ->
    floor <= (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * honest_sum x a)) \/ floor_times s = 0 ->
    (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * aimed_at (target s) x a)) <= v.
  Proof.
    unfold value_of. cbv zeta.
    match goal with |- context [if ?t then _ else _] => destruct t eqn:e end; [|discriminate].
    rewrite !andb_true_iff in e. destruct e as [[signs nonneg] cancel]. apply yes_true in nonneg.
    intros h ok none high. inversion h; subst. clear h.
    pose proof (step_most _ _ (among_draws unused) (fun x a => aimed_at (target s) x a + floor_times s * honest_sum x a) p
      signs cancel ok none) as q. set (H := Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * honest_sum x a)) in *.
    assert ((Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * (aimed_at (target s) x a + floor_times s * honest_sum x a))) =
      (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * aimed_at (target s) x a)) + floor_times s * H) as e.
    { unfold H. rewrite <- total_mul, <- total_add. apply total_ext. intros x _. rewrite <- total_mul, <- total_add.
      apply total_ext. intros. ring. }
    cbv beta in q. rewrite e in q. clearbody H. destruct high as [high|z].
    - pose proof (le_mul _ _ _ nonneg (proj2 (sub_nonneg _ _) high)). olra.
    - rewrite z in *. olra.
  Qed.

  Fixpoint run (unused : list (reports I * profile E)) (floor : K) (ss : list Step) : option (list (reports I * profile E)) :=
    match ss with
    | nil => Some unused
    | s :: rest => match target s, value_of unused floor s with
        | at_draws (d :: ds), Some v => if yes (le_dec v 0) then run ((d :: ds) ++ unused) floor rest else None
        | _, _ => None
        end
    end.

  Lemma among_app ds es x a : among_draws (ds ++ es) x a = among_draws ds x a || among_draws es x a.
  Proof. apply existsb_app. Qed.

  Lemma run_true p floor ss : feasible lam I m l o p -> grounded I p ->
    floor <= (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * honest_sum x a)) \/ (forall s, In s ss -> floor_times s = 0) ->
    forall unused found, idle p unused -> run unused floor ss = Some found -> idle p found.
  Proof.
    intros ok ground. induction ss as [|s rest IH]; cbn [run]; intros high unused found none h; [inversion h; now subst|].
    destruct (target s) as [| |[|d ds]] eqn:t; try discriminate.
    destruct (value_of unused floor s) as [v|] eqn:e; [|discriminate].
    destruct (yes (le_dec v 0)) eqn:z; [|discriminate]. apply yes_true in z.
    refine (IH _ _ _ _ h); [destruct high as [high|high]; [now left|right; intros s' i; apply high; now right]|].
    assert (floor <= (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * honest_sum x a)) \/ floor_times s = 0) as high'
      by (destruct high as [high|high]; [now left|right; apply high; now left]).
    pose proof (value_of_true p unused floor s v e ok none high') as most. rewrite t in most.
    intros x a i. rewrite among_app in i. apply orb_true_iff in i. destruct i as [i|i]; [|exact (none x a i)].
    destruct ok as [draws _].
    assert (chances p x a = 0) as zero; [|split; [exact zero|intros; now apply ground]].
    assert (forall y b, 0 <= chances p y b * aimed_at (at_draws (d :: ds)) y b) as pos.
    { intros y b. apply le_mul; [apply draws|]. cbn [aimed_at]. destruct (among_draws (d :: ds) y b); [|apply le_refl].
      apply lt_le, lt_zero_one. }
    pose proof (total_member (listed (reports I)) (fun y => Σ b ∈ profile E, (chances p y b * aimed_at (at_draws (d :: ds)) y b)) x
      (fun y _ => total_nonneg _ _ (fun b _ => pos y b)) (all_listed _ x)) as one. cbv beta in one.
    pose proof (total_member (listed (profile E)) (fun b => chances p x b * aimed_at (at_draws (d :: ds)) x b) a
      (fun b _ => pos x b) (all_listed _ a)) as two. cbv beta in two.
    assert (aimed_at (at_draws (d :: ds)) x a = 1) as hit by (cbn [aimed_at]; now rewrite i). rewrite hit in two.
    apply le_antisym; [|apply draws]. assert (chances p x a * 1 = chances p x a) as e' by ring. rewrite e' in two. olra.
  Qed.

  (** A bound on the welfare of all mechanisms of at least [floor]: [Some None] if there is none. *)
  Definition mechanisms_bound (floor : K) (before : list Step) (last : Step) : option (option K) :=
    match run nil floor before with
    | Some unused => match target last, value_of unused floor last with
        | at_welfare, Some v => Some (Some v)
        | at_nothing, Some v => if yes (lt_or_le v 0) then Some None else None
        | _, _ => None
        end
    | None => None
    end.

  Lemma mechanisms_bound_true floor before last found : mechanisms_bound floor before last = Some found ->
    forall mu : Play E, mediated lam I L m l o mu ->
    floor <= expected mu \/ (forall s, In s (last :: before) -> floor_times s = 0) ->
    match found with Some v => expected mu <= v | None => False end.
  Proof.
    unfold mechanisms_bound. destruct (run nil floor before) as [unused|] eqn:r; [|discriminate]. intros h mu med high.
    destruct (mediated_point mu med) as [p [ok [ground e]]]. rewrite e in high |- *.
    assert (idle p unused) as none.
    { refine (run_true p floor before ok ground _ nil unused _ r).
      - destruct high as [high|high]; [now left|right; intros s i; apply high; now right].
      - intros x a i. discriminate. }
    assert (floor <= (Σ x ∈ reports I, Σ a ∈ profile E, (chances p x a * honest_sum x a)) \/ floor_times last = 0) as high'
      by (destruct high as [high|high]; [now left|right; apply high; now left]).
    destruct (target last) as [| |ds] eqn:t; [| |discriminate];
      (destruct (value_of unused floor last) as [v|] eqn:q; [|discriminate]);
      pose proof (value_of_true p unused floor last v q ok none high') as most; rewrite t in most; cbn [aimed_at] in most.
    - inversion h; subst. exact most.
    - destruct (yes (lt_or_le v 0)) eqn:z; [|discriminate]. inversion h; subst. apply yes_true in z. apply z.
      refine (le_trans _ _ _ _ _ most). rewrite total_zero; [apply le_refl|]. intros x _. apply total_zero. intros. ring.
  Qed.
End Mediated.

Arguments target {K E I}. Arguments on_lies {K E I}. Arguments on_joining {K E I}. Arguments floor_times {K E I}.
