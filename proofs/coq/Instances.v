(** Each theorem on a game that satisfies its hypotheses: none of them is about nothing. The games are
    those of the gallery: N4, Holmström's team (N5), a Prisoner's Dilemma (N7) and bilateral trade. *)

From Coq Require Import List Bool ZArith.
From coopgap Require Import Welfare T1_T2 T3_sound T3_complete T3_cycles T5 T6_T9 T7_least Two N_counterexamples.
From coopgap Require Import T10 T10_duality T10_approached T11 T11_balanced T5_attained T12 T12_reached T13_mechanisms.
From coopgap Require Import Rationals Games.
From coopgap Require T13.
Import ListNotations.
Local Open Scope number_scope.

Section Instances.
  Context (K : OrderedField).

  (** N4: the state-blind language, and the one that names states as well. *)
  Definition blind : Language (n4 K) := state_blind (n4 K).
  Definition complete_language : Language (n4 K) :=
    @Build_Language K (n4 K) (pairs booleans (profile (n4 K))) (fun (w : booleans) a => (w, a)).

  Lemma finer : refines complete_language blind.
  Proof. exists snd. reflexivity. Qed.

  Lemma n4_free : implementable selfish blind free None n4_best.
  Proof.
    exists (fun i y => match y with (true, false) | (false, true) => - (1) | _ => 0 end). split; [split; exact I|].
    intros [] _ [] []; compute_game; numbers K; olra.
  Qed.

  Lemma n4_not_balanced s : first_best_selection s -> ~ implementable selfish blind balanced None s.
  Proof.
    intros fb r. destruct (N4_incontractible_without_gap K) as [_ [_ [_ [_ most]]]].
    pose proof (most s r). apply optimal in fb. numbers K. olra.
  Qed.

  Lemma n4_incontractible : incontractible (E := n4 K) (C := single_state) (fun _ => tt) tt.
  Proof. apply N4_incontractible_without_gap. Qed.

  Example on_T1_transfers : implementable selfish complete_language free None n4_best.
  Proof. apply (T1_transfers K (n4 K) selfish complete_language blind free None finer), n4_free. Qed.

  Example on_T1_complete : complete (E := n4 K) (C := booleans) (fun w : booleans => w) (fun _ : booleans => (true, true)).
  Proof.
    apply (T1_complete K (n4 K) booleans single_state (fun w : booleans => w) (fun _ => tt)).
    exists (fun _ => (true, true)). reflexivity.
  Qed.

  Example on_T1_permissive s : permissive selfish (blind_to_states K false) s -> permissive selfish (blind_to_states K true) s.
  Proof. apply T1_permissive, T1_fails_for_narrow. Qed.

  Example on_T2_exact : (Σ x ∈ single_state, least_loss (E := n4 K) (C := single_state) (fun _ => tt) x) = 1.
  Proof.
    destruct (N4_incontractible_without_gap K) as [_ [g _]].
    pose proof (value_unique _ _ _ g (T2_exact K (n4 K) single_state (fun _ => tt))) as e. olra.
  Qed.

  Example on_T2_incontractible : 0 < least_loss (E := n4 K) (C := single_state) (fun _ => tt) tt.
  Proof. apply T2_incontractible, n4_incontractible. Qed.

  Example on_T2_uniform : exists d, 0 < d /\ loses (complete (E := n4 K) (C := single_state) (fun _ => tt)) d.
  Proof. exact (T2_uniform K (n4 K) single_state (fun _ => tt) tt n4_incontractible). Qed.

  Example on_T3_complete : exists f, obstruction selfish blind balanced None n4_best f.
  Proof.
    destruct (T3_complete K (n4 K) selfish blind balanced None n4_best) as [r|o]; [|exact o].
    destruct (n4_not_balanced _ (n4_first_best K) r).
  Qed.

  Example on_T3_sound : ~ implementable selfish blind balanced None n4_best.
  Proof. destruct on_T3_complete as [f o]. exact (T3_sound K (n4 K) selfish blind balanced None n4_best f o). Qed.

  Example on_T3_cycles : forall i y c, walk selfish blind n4_best i y y c -> c <= 0.
  Proof. apply T3_cycles, n4_free. Qed.

  Example on_T3_burnt : implementable selfish blind burnt None n4_best.
  Proof. apply T3_burnt, n4_free. Qed.

  Example on_T3_liability_free : implementable selfish blind free (Some half) n4_best.
  Proof. apply T3_liability_free; [numbers K; olra|apply n4_free]. Qed.

  Example on_T4_gap : exists d, 0 < d /\ forall (t : Transfers blind), admissible balanced None t ->
    forall s, implements selfish t s -> welfare s + d <= optimum (n4 K).
  Proof.
    apply T4_gap. intros s fb. destruct (T3_complete K (n4 K) selfish blind balanced None s) as [r|o]; [|exact o].
    destruct (n4_not_balanced s fb r).
  Qed.

  (** Holmström's team is strictly incontractible with balanced money. *)
  Lemma team : strictly_incontractible selfish (total_output K) balanced None tt.
  Proof.
    intros t [budget _] a fb h. cbn in budget.
    pose proof (fb (true, true)) as top.
    pose proof (budget (true, true)). pose proof (budget (true, false)). clear budget.
    pose proof (h true false). pose proof (h false false). numbers K.
    compute_game. destruct a as [[] []]; cbn in *; olra.
  Qed.

  Example on_T4_strict : exists d, 0 < d /\ forall (t : Transfers (total_output K)), admissible balanced None t ->
    forall s, implements selfish t s -> welfare s + d <= optimum (n5 K).
  Proof. exact (T4_strict K (n5 K) selfish (total_output K) balanced None tt lt_zero_one team). Qed.

  Example on_T4_strict_obstructs : exists f, obstruction selfish (total_output K) balanced None (fun _ => (true, true)) f.
  Proof.
    apply (T4_strict_obstructs K (n5 K) selfish (total_output K) balanced None tt lt_zero_one team).
    intros [] _ [[] []]; compute_game; numbers K; olra.
  Qed.

  (** The dilemma, where no record shows anything. *)
  Definition dilemma : Environment K := n7 K.
  Definition nothing : Language dilemma := @Build_Language K dilemma single_state (fun _ _ => tt).

  Lemma all_hidden (w : state dilemma) (i : agent dilemma) (c b : action dilemma i) : hidden nothing w i c b.
  Proof. intros a _. reflexivity. Qed.

  Example on_T5_raw_incentives (t : Transfers nothing) mu : correlated (utility selfish t) mu ->
    correlated (material selfish) mu.
  Proof.
    intros h w p i c b.
    exact (T5_raw_incentives K dilemma selfish nothing t mu h w p i c b (all_hidden w i c b)).
  Qed.

  Example on_T5_bound (t : Transfers nothing) mu : is_play mu -> correlated (utility selfish t) mu ->
    expected mu <= 1 * (1 + 1) + 0.
  Proof.
    numbers K. intros play_mu h.
    apply (T5_bound K dilemma selfish nothing
      (fun _ (i : booleans) => match i as j return actions_of booleans booleans j -> actions_of booleans booleans j -> K with
        | true => fun c b => if c then if b then 0 else 1 + 1 else 0
        | false => fun c b => if c then if b then 0 else 1 + 1 else 0 end)
      (fun _ => 1 + 1)) with (t := t); try assumption.
    - intros w [] [] []; cbn; olra.
    - intros w i c b no. destruct (no (all_hidden w i c b)).
    - intros [] [[] []] _; unfold weighed; compute_game; olra.
  Qed.

  Lemma both_cooperate : first_best_selection (E := dilemma) (fun _ => (true, true)).
  Proof. intros [] _ [[] []]; compute_game; numbers K; olra. Qed.

  Lemma strictly_best (w : state dilemma) (i : agent dilemma) (b : action dilemma i) : likely w ->
    change (e := dilemma) (true, true) i b <> (true, true) ->
    W (change (e := dilemma) (true, true) i b) w < W (E := dilemma) (true, true) w.
  Proof. intros _ n. destruct i, b; cbn in n; try congruence; compute_game; numbers K; olra. Qed.

  Example on_T6_threshold lam : (forall w, likely w -> nash (E := dilemma) (material lam) (true, true) w) <->
    forall w i, likely w -> beyond_threshold (E := dilemma) (lam i) i (true, true) w.
  Proof. exact (T6_threshold K dilemma lam (fun _ => (true, true)) both_cooperate). Qed.

  Example on_T6_finite : exists x, forall lam, (forall i, x <= lam i) -> forall w, likely w ->
    nash (E := dilemma) (material lam) (true, true) w.
  Proof. exact (T6_finite K dilemma (fun _ => (true, true)) both_cooperate strictly_best). Qed.

  (** No record tells what is done, so all play is within one class profile. *)
  Example on_T5_attained mu : is_play mu -> correlated (E := dilemma) (material selfish) mu ->
    exists t : Transfers nothing, within_budget balanced t /\ correlated (utility selfish t) mu.
  Proof.
    intros play_mu h.
    apply (T5_attained K dilemma selfish (@Build_Product K dilemma single_state (fun _ => tt) bool (fun _ _ => true)) nothing)
      with (a0 := (true, true)); auto.
    - intros w a v b. now repeat split.
    - now exists true, false.
    - intros w i c b likely_w _. exact (h w likely_w i c b).
  Qed.

  Lemma n4_closed : closes blind free None 0.
  Proof. exists n4_best. split; [apply n4_first_best|exact n4_free]. Qed.

  Example on_T7_monotone : closes complete_language free None 0.
  Proof. exact (T7_monotone K (n4 K) complete_language blind free None 0 finer n4_closed). Qed.

  Example on_T7_upward x : 0 <= x -> closes blind free None x.
  Proof. intro p. exact (T7_upward K (n4 K) blind free None 0 x p n4_closed). Qed.

  Example on_T7_zero : is_gap (implementable selfish blind free None) 0.
  Proof. apply T7_zero, n4_closed. Qed.

  Example on_T7_attained : exists least, 0 <= least /\ forall x, 0 <= x -> (closes blind free None x <-> least <= x).
  Proof.
    destruct (T7_attained K (n4 K) blind free None) as [none|h]; [|exact h].
    destruct (none 0 (le_refl _ _) n4_closed).
  Qed.

  Example on_T8_side_payments : exists pay : agent dilemma -> K, (Σ i ∈ agent dilemma, pay i) = 0 /\
    forall i, 1 < expected_payoff (E := dilemma) i (fun _ => (true, true)) + pay i.
  Proof.
    apply (T8_side_payments K dilemma (fun _ => (true, true)) (fun _ => 1) both_cooperate).
    rewrite (optimum_at _ both_cooperate). compute_game. numbers K. olra.
  Qed.

  (** No payment makes up for either lone defection. *)
  Example on_T8_one_payment : ~ exists pay : agent dilemma -> K, (Σ i ∈ agent dilemma, pay i) = 0 /\
    forall (o i : booleans), (if eqb o i then of_Z 4 else 0) < expected_payoff (E := dilemma) i (fun _ => (true, true)) + pay i.
  Proof.
    rewrite (T8_one_payment K dilemma booleans (fun _ => (true, true)) (fun o i => if eqb o i then of_Z 4 else 0) true true both_cooperate).
    intro h. specialize (h (fun i => i)). rewrite (optimum_at _ both_cooperate) in h. compute_game. numbers K. olra.
  Qed.

  Definition cooperates : forall i : agent dilemma, action dilemma i -> Prop :=
    fun i : booleans => match i as j return actions_of booleans booleans j -> Prop with
      | true => fun c => c = true | false => fun c => c = true end.

  Example on_T9_cooperative mu : is_play mu -> correlated (E := dilemma) (material (common 1)) mu ->
    forall w a, likely w -> 0 < mu w a -> forall i, ~ ~ cooperates i (play (e := dilemma) a i).
  Proof.
    numbers K. apply (T9_cooperative K dilemma (common 1) cooperates half).
    - intro i. unfold common. olra.
    - intros [] [] [] _ n; try (exfalso; now apply n); exists true; intros [a b] e; cbn in e; subst;
        [destruct b|destruct a]; compute_game; olra.
  Qed.

  (** Bilateral trade. *)
  Example on_T10_direct : mediated (common 1) (types K) (delivery K) balanced None no_trade
    (fun w a => chances (fair K) (honest (types K) w) a).
  Proof. apply T10_direct; [apply fair_feasible|apply fair_grounded]. numbers K. olra. Qed.

  Example on_T10_revelation : exists p : Point (types K) (delivery K), feasible (common 1) (types K) balanced None no_trade p /\
    grounded (types K) p /\ forall w a, chances (fair K) (honest (types K) w) a = chances p (honest (types K) w) a.
  Proof. exact (T10_revelation K (trade K) (common 1) (types K) (delivery K) balanced None no_trade _ on_T10_direct). Qed.

  Definition third : K := inv (of_Z 3).
  Lemma third_three : third * (of_Z 3 + of_Z 2 * 0) = 1.
  Proof.
    numbers K. assert (of_Z 3 <> (0 : K)) as n by (intro z; olra). pose proof (mul_inv K _ n) as e. unfold third. olra.
  Qed.

  Lemma multipliers : dual_solution (common 0) (types K) balanced None no_trade (posers K third) (fun _ _ => false)
    (honest_welfare (types K)) (keys K 0 third).
  Proof. numbers K. apply posers_solve; [olra|olra|exact third_three]. Qed.

  Example on_T10_bound mu : mediated (common 0) (types K) (delivery K) balanced None no_trade mu ->
    expected mu <= dual_value (common 0) (types K) no_trade (posers K third) (keys K 0 third).
  Proof. exact (T10_bound K (trade K) (common 0) (types K) (delivery K) balanced None no_trade _ _ multipliers mu). Qed.

  Example on_T10_duality (p : Point (types K) (delivery K)) : feasible (common 0) (types K) balanced None no_trade p ->
    (Σ x ∈ reports (types K), Σ a ∈ profile (trade K), (chances p x a * honest_welfare (types K) x a)) <=
    dual_value (common 0) (types K) no_trade (posers K third) (keys K 0 third).
  Proof.
    intro ok. apply (T10_duality K (trade K) (common 0) (types K) (delivery K) balanced None no_trade _ _ _ _ p multipliers ok).
    discriminate.
  Qed.

  (** The dilemma, whose one state both see. *)
  Definition one_state : Information (E := dilemma) :=
    two_see (A := booleans) (B := booleans) single_state single_state (fun _ : single_state => tt) (fun _ : single_state => tt).
  Lemma one_state_known : complete_information one_state.
  Proof. intros i [] [] _. reflexivity. Qed.

  Example on_T11_raw_incentives m l o mu : mediated selfish one_state nothing m l o mu -> correlated (material selfish) mu.
  Proof.
    intros h w p i c b.
    exact (T11_raw_incentives K dilemma selfish one_state nothing m l o mu one_state_known h w p i c b (all_hidden w i c b)).
  Qed.

  Example on_T11_bound m l o mu : mediated selfish one_state nothing m l o mu -> expected mu <= 1 * (1 + 1) + 0.
  Proof.
    numbers K. intro h.
    apply (T11_bound K dilemma selfish one_state nothing
      (fun _ (i : booleans) => match i as j return actions_of booleans booleans j -> actions_of booleans booleans j -> K with
        | true => fun c b => if c then if b then 0 else 1 + 1 else 0
        | false => fun c b => if c then if b then 0 else 1 + 1 else 0 end)
      (fun _ => 1 + 1)) with (m := m) (l := l) (o := o); try assumption; try exact one_state_known.
    - intros w [] [] []; cbn; olra.
    - intros w i c b no. destruct (no (all_hidden w i c b)).
    - intros [] [[] []] _; unfold weighed; compute_game; olra.
  Qed.

  Example on_T11_attained : mediated selfish one_state nothing free None None (fun _ (a : pairs booleans booleans) => only (X := pairs booleans booleans) (false, false) a).
  Proof.
    numbers K. apply (T11_attained K dilemma selfish one_state nothing); [exact one_state_known| | | |].
    - exists true, false. discriminate.
    - intros w i c b. left. apply all_hidden.
    - intros []. split; [intros [[] []]; cbn; olra|cbn; olra].
    - intros [] i c b _ _. destruct i, c, b; unfold obedient; compute_game; olra.
  Qed.

  (** Where every action is seen, free money makes the agents do anything. *)
  Definition all_seen : Language dilemma := state_blind dilemma.

  Lemma forced (a : profile dilemma) : exists p : Point one_state all_seen,
    feasible selfish one_state free None None p /\ chances p (honest one_state tt) a = 1.
  Proof.
    assert (mediated selfish one_state all_seen free None None (certainly (fun _ => a))) as h.
    { apply (T11_attained K dilemma selfish one_state all_seen); [exact one_state_known| | | |].
      - exists true, false. discriminate.
      - apply (hidden_or_seen every_action every_action_named).
      - apply certainly_play.
      - apply nothing_hidden. }
    destruct (T10_revelation K dilemma selfish one_state all_seen free None None _ h) as [p [ok [_ e]]].
    exists p. split; [exact ok|]. rewrite <- (e tt a). apply only_same.
  Qed.

  Example on_T10_approached (p : Point one_state all_seen) e : feasible selfish one_state free None None p -> 0 < e ->
    exists mu, mediated selfish one_state all_seen free None None mu /\
      expected (fun w a => chances p (honest one_state w) a) - e < expected mu.
  Proof.
    intro ok.
    destruct (T10_approached K dilemma selfish one_state all_seen free None None (fun _ _ => false)) as [_ h];
      [apply nothing_yet|]. apply h; [|exact ok|discriminate].
    intros [[] []] a _. destruct (forced a) as [q [ok' one]]. exists q. split; [exact ok'|]. split; [discriminate|].
    change (0 < chances q (honest one_state tt) a). rewrite one. apply lt_zero_one.
  Qed.

  Example on_T11_balanced_best : mediated selfish (both_see K) blind balanced None None (certainly n4_best).
  Proof.
    apply (T11_balanced_best K (n4 K) selfish (both_see K) every_action blind); try apply nothing_hidden.
    - apply both_see_all.
    - apply every_action_named.
    - exists true, false. discriminate.
    - intro. apply le_refl.
    - apply certainly_play.
    - intros nu h _. rewrite certainly_expected, <- (optimum_at _ (n4_first_best K)). now apply expected_optimum.
  Qed.

  (** The dilemma's effort is never seen. *)
  Example on_T11_value : exists mu, (forall m, mediated selfish one_state nothing m None None mu) /\
    forall m l o nu, mediated selfish one_state nothing m l o nu -> expected nu <= expected mu.
  Proof.
    apply (T11_value K dilemma selfish one_state {| cell := single_state; cell_of := fun _ => tt; class := single_state; class_of := fun _ _ => tt |} nothing).
    - exact one_state_known.
    - intros w a v b. split; [now split|reflexivity].
    - exists true, false. discriminate.
    - intro. apply le_refl.
  Qed.

  (** N5 is a team of two: 4 for each who works, shared equally, at a cost of 3. *)
  Definition at_work : forall i : agent (n5 K), action (n5 K) i -> bool :=
    fun i : booleans => match i as j return actions_of booleans booleans j -> bool with
      | true => fun c => c | false => fun c => c end.

  Lemma n5_team : is_team at_work (total_output K) (of_Z 2) (of_Z 3).
  Proof.
    split; [intros [] []; reflexivity|]. split; [intros [] b; exists b; reflexivity|]. split.
    - intros [] [[] []] []; unfold T13.pay, T13.natural, workforce, T13.workers; cbn -[of_Z]; numbers K; olra.
    - intros [] [[] []] [[] []]; cbn; split; intro; reflexivity || discriminate.
  Qed.

  Example n5_mediated I B o mu : 0 <= B -> mediated selfish I (total_output K) balanced (Some B) o mu ->
    of_Z 2 <= (of_Z 2 * B + 1) * (optimum (n5 K) - expected mu).
  Proof.
    intros bound h.
    assert (T13.n (K := K) (agent (n5 K)) = of_Z 2) as two by reflexivity.
    assert (0 < T13.g (K := K) (of_Z 2) (of_Z 3)) as costly by (unfold T13.g; pose proof (@lt_zero_one K); olra).
    assert (of_Z 3 <= T13.q (K := K) (agent (n5 K)) (of_Z 2)) as gain by (unfold T13.q; rewrite two; pose proof (@lt_zero_one K); olra).
    pose proof (T13_mediated_loses K (n5 K) at_work (total_output K) (of_Z 2) (of_Z 3) B n5_team I bound costly gain o mu h) as l.
    unfold T13.g, T13.q in l. rewrite two in l. revert l. generalize (optimum (n5 K) - expected mu). clear. intros; olra.
  Qed.

  Example on_T13_monotone : implementable selfish blind free (Some 1) n4_best.
  Proof.
    apply (T13_monotone K (n4 K) selfish blind free half 1 n4_best); [numbers K; olra|].
    exact on_T3_liability_free.
  Qed.
End Instances.

Section Workers.
  (** Three workers: output x (x + 3)/2 of x who work, shared equally, working costs 2, in sixths. *)
  Definition workers : Environment rationals := game
    {| sizes := [2; 2; 2]%nat; weights := [1%Z]; unit := 6%positive; records := own; payoffs := [
      [[6; -2; -2; -8; 10; 4; 4; 0]]; [[6; -2; 10; 4; -2; -8; 4; 0]]; [[6; 10; -2; 4; -2; 4; -8; 0]]]%Z |} eq_refl.

  Definition one_report : Information (E := workers).
  Proof.
    refine {| type := fun _ => single_state; sees := fun _ _ => tt; reports := single_state; report := fun _ _ => tt;
      honest := fun _ => tt; lie := fun _ _ _ => tt |}; try (now intros); [now intros m i []|now intros [] []].
  Defined.

  Example on_T11_balanced : mediated selfish one_report (state_blind workers) balanced None None (certainly (fun _ => some_profile)).
  Proof.
    apply (T11_balanced rationals workers selfish one_report every_action (state_blind workers)).
    - intros i [k h] [k' h'] _. apply equal. cbn in *. apply PeanoNat.Nat.leb_le in h, h'. Lia.lia.
    - apply every_action_named.
    - exists (capped 2 0), (capped 2 1), (capped 2 2). repeat split; intro e; apply (f_equal (@proj1_sig _ _)) in e; discriminate.
    - apply certainly_play.
    - apply nothing_hidden.
  Qed.
End Workers.
