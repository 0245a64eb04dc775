(** T12: what mechanisms reach in bilateral trade. N10: what they do not restore. N11: what they do. *)

From Coq Require Import List Bool ZArith.
From coopgap Require Import Welfare T10 Two N_counterexamples T11_balanced T12.
Import ListNotations.
Local Open Scope number_scope.

(** *** What is reached *)

Section Reached.
  Context (K : OrderedField).

  (** A point of two agents from the payments to the first, balanced. *)
  Definition balanced_point (chances : bool * bool -> bool -> K) (paid : bool * bool -> bool -> bool -> K) : Point (types K) (delivery K) :=
    @Build_Point K (trade K) (types K) (delivery K)
      (fun m (a : pairs booleans single_state) => chances m (fst a))
      (fun m (a : pairs booleans single_state) (i : booleans) (y : pairs booleans single_state) =>
        if i then paid m (fst a) (fst y) else - paid m (fst a) (fst y)).

  Definition sixth : K := inv (of_Z 6).
  Lemma sixth_six : of_Z 6 * sixth = 1.
  Proof.
    unfold sixth. assert (of_Z 6 <> (0 : K)) as n by (intro z; pose proof (@lt_zero_one K); olra).
    pose proof (mul_inv K _ n). olra.
  Qed.

  (** Efficient trade at a price when the buyer's value is 5 and the seller's cost 4, and so on. *)
  Definition fair : Point (types K) (delivery K) := balanced_point
    (fun m a => if eqb a (negb (fst m) || snd m) then 1 else 0)
    (fun m a y => if eqb a (negb (fst m) || snd m) then sixth * of_Z match m, y with
      | (false, false), true => 6 | (false, true), true => 16 | (true, false), false => 1
      | (true, true), true => 22 | (true, true), false => -1 | _, _ => 0 end else 0).

  Definition often : Point (types K) (delivery K) := balanced_point
    (fun m a => sixth * of_Z match m, a with
      | (false, true), true | (true, false), false => 6
      | (false, false), true | (true, true), true => 5
      | (false, false), false | (true, true), false => 1
      | _, _ => 0 end)
    (fun m a y => sixth * of_Z match m, a, y with
      | (false, false), true, true | (true, true), true, true => 20
      | (true, false), false, false => -15 | (true, true), false, false => 15 | _, _, _ => 0 end).

  Ltac decide_point :=
    pose proof sixth_six; pose proof (@quarter_four K); pose proof (@lt_zero_one K);
    unfold expects, option_worth, no_trade, material, common, selfish, W; cbn; unfold only, likewise; cbn.

  Lemma products : of_Z 24 * (sixth * quarter) = 1.
  Proof.
    pose proof sixth_six as s. pose proof (@quarter_four K) as q.
    assert (of_Z 24 * (sixth * quarter) = (of_Z 6 * sixth) * (of_Z 4 * quarter)) as -> by olra. rewrite s, q. olra.
  Qed.

  Lemma fair_feasible x : 1 <= of_Z 6 * x -> feasible (common x) (types K) balanced None no_trade fair.
  Proof.
    intro big. pose proof products as sq. pose proof (@quarter_four K) as q4. pose proof (@lt_zero_one K) as one_pos.
    assert ((0 : K) < quarter) as qp by olra.
    pose proof (le_mul _ _ _ (lt_le _ _ qp) (proj2 (sub_nonneg _ _) big)) as qx.
    split; [|split; [|split]].
    - intros [[] []]; (split; [intros [[] []]|]); cbn; olra.
    - intros [[] []] [[] []]; (split; [intros [[] []]|exact Logic.I]); cbn; decide_point; olra.
    - intros [] [] [] d; decide_point; try destruct (d true); try destruct (d false); try destruct (d tt); cbn; decide_point; olra.
    - intros [] []; decide_point; olra.
  Qed.

  Lemma often_feasible : feasible selfish (types K) balanced None no_trade often.
  Proof.
    pose proof products as sq. pose proof (@quarter_four K) as q4. pose proof (@lt_zero_one K) as one_pos. pose proof sixth_six as s6.
    split; [|split; [|split]].
    - intros [[] []]; (split; [intros [[] []]|]); cbn; olra.
    - intros [[] []] [[] []]; (split; [intros [[] []]|exact Logic.I]); cbn; olra.
    - intros [] [] [] d; decide_point; try destruct (d true); try destruct (d false); try destruct (d tt); cbn; decide_point; olra.
    - intros [] []; decide_point; olra.
  Qed.

  Lemma fair_grounded : grounded (types K) fair.
  Proof.
    intros [[] []] [[] []] z [] [[] []]; cbn in z |- *; pose proof sixth_six; pose proof (@lt_zero_one K); olra.
  Qed.

  Lemma often_grounded : grounded (types K) often.
  Proof.
    intros [[] []] [[] []] z [] [[] []]; cbn in z |- *; pose proof sixth_six; pose proof (@lt_zero_one K); olra.
  Qed.
End Reached.

Theorem T12_trade_selfish : forall K : OrderedField, exists mu,
  mediated selfish (types K) (delivery K) balanced None no_trade mu /\
  of_Z 12 * (optimum (trade K) - expected mu) = 1.
Proof.
  intro K. exists (fun w a => chances (often K) (honest (types K) w) a). split.
  - apply T10_direct; [apply often_feasible|]. apply often_grounded.
  - pose proof (trade_optimum K) as o. revert o. generalize (optimum (trade K)). intros w o.
    pose proof (products K). pose proof (sixth_six K). pose proof (@quarter_four K).
    unfold expected, W. cbn. unfold likewise. olra.
Qed.

Theorem T12_trade_prosocial : forall (K : OrderedField) (x : K), 1 <= of_Z 6 * x -> exists mu,
  mediated (common x) (types K) (delivery K) balanced None no_trade mu /\ expected mu = optimum (trade K).
Proof.
  intros K x big. exists (fun w a => chances (fair K) (honest (types K) w) a). split.
  - apply T10_direct; [now apply fair_feasible|]. apply fair_grounded.
  - pose proof (trade_optimum K) as o. revert o. generalize (optimum (trade K)). intros w o.
    pose proof (@quarter_four K). unfold expected, W. cbn. unfold likewise. olra.
Qed.

(** ** N10 Balance, consent and private information together exclude the first best *)

Theorem N10_consent_and_balance : forall K : OrderedField, exists (E : Environment K) (I : Information (E := E)) (L : Language E),
  forall mu, mediated selfish I L balanced None (Some (fun _ => 0)) mu -> expected mu < optimum E.
Proof.
  intro K. exists (trade K), (types K), (delivery K). intros mu h. pose proof (@lt_zero_one K) as p.
  pose proof (T12_trade_loses K 0 mu ltac:(olra) ltac:(olra) h) as q. olra.
Qed.

(** ** N11 An incontractible cell does not leave a gap under every mechanism *)

Definition both_see (K : OrderedField) : Information (E := n4 K) :=
  two_see (A := booleans) (B := booleans) booleans booleans (fun w : booleans => w) (fun w : booleans => w).

Lemma both_see_all K : complete_information (both_see K).
Proof. now intros [] [] [] e. Qed.

Theorem N11_incontractible_without_gap : forall K : OrderedField,
  incontractible (E := n4 K) (C := single_state) (fun _ => tt) tt /\
  exists mu, mediated selfish (both_see K) (state_blind (n4 K)) balanced None None mu /\ expected mu = optimum (n4 K).
Proof.
  intro K. split; [apply N4_incontractible_without_gap|]. exists (certainly n4_best).
  assert (expected (certainly n4_best) = optimum (n4 K)) as e by (rewrite certainly_expected; apply optimal, n4_first_best).
  split; [|exact e].
  apply (T11_balanced_best K (n4 K) selfish (both_see K) every_action (state_blind (n4 K))); try apply nothing_hidden.
  - apply both_see_all.
  - apply every_action_named.
  - exists true, false. discriminate.
  - intro. apply le_refl.
  - apply certainly_play.
  - intros nu h _. rewrite e. now apply expected_optimum.
Qed.
