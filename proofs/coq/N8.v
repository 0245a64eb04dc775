(** N8: between the endpoints contracts and prosociality can be complements. *)

From Coq Require Import List Bool ZArith.
From coopgap Require Import Welfare T6_T9 Two N_counterexamples Table_games Table_contracts.
Import ListNotations.
Local Open Scope number_scope.

(** The Prisoner's Dilemma with effort and (R, S, T, P) = (2, -3, 6, 0), payoffs times 12. *)
Definition n8 (K : OrderedField) : Environment K := table_game (of_Z 2) (of_Z (-3)) (of_Z 6) (0 : K).
Definition n8_blind (K : OrderedField) : Language (n8 K) := effort_blind (of_Z 2) (of_Z (-3)) (of_Z 6) (0 : K).

Lemma n8_ordered (K : OrderedField) : ordered (of_Z 2) (of_Z (-3)) (of_Z 6) (0 : K).
Proof. pose proof (@lt_zero_one K). repeat split; olra. Qed.

Lemma n8_alone (K : OrderedField) (x : K) : x = 1 \/ x = 1 + 1 -> is_gap (equilibria (E := n8 K) x) (of_Z 12).
Proof.
  intro levels. numbers K.
  apply (gap_of (E := n8 K) _ (fun _ => (CH, DH)) (fun _ => (CH, CH))).
  - intros w _. apply best_profile, n8_ordered.
  - destruct levels as [->| ->]; intros [] _ [] []; compute_game; olra.
  - compute_game. olra.
  - intros s h. specialize (h tt lt_zero_one).
    pose proof (h true CL) as r1. pose proof (h true DH) as r2. pose proof (h false CL) as c1. pose proof (h false DH) as c2. clear h.
    destruct levels as [->| ->]; compute_game; destruct (s tt) as [[] []]; cbn in *; olra.
Qed.

Lemma n8_contract (K : OrderedField) : is_gap (implementable (common 1) (n8_blind K) balanced None) (of_Z 2).
Proof.
  numbers K.
  apply (gap_of (E := n8 K) _ (fun _ => (CH, CL)) (fun _ => (CH, CH))).
  - intros w _. apply best_profile, n8_ordered.
  - exists (deterring (of_Z 2) (of_Z (-3)) (of_Z 6) (0 : K)). split; [apply deterring_balanced|].
    intros [] _ [] []; unfold deterring; compute_game; olra.
  - compute_game. olra.
  - intros s [t [_ h]]. specialize (h tt lt_zero_one true CL).
    compute_game. destruct (s tt) as [[] []]; cbn in *; olra.
Qed.

(** The contract is worth 10 at λ = 1 and 12 at λ = 2: more prosociality makes it worth more. *)
Theorem N8_reversal : forall K : OrderedField,
  is_gap (equilibria (E := n8 K) 1) (of_Z 12) /\ is_gap (implementable (common 1) (n8_blind K) balanced None) (of_Z 2) /\
  is_gap (equilibria (E := n8 K) (1 + 1)) (of_Z 12) /\ is_gap (implementable (common (1 + 1)) (n8_blind K) balanced None) 0.
Proof.
  intro K. split; [apply n8_alone; now left|]. split; [apply n8_contract|]. split; [apply n8_alone; now right|].
  destruct (proj2 (PD_SH_threshold_with_contract K (of_Z 2) (of_Z (-3)) (of_Z 6) 0 (1 + 1) (n8_ordered K))) as [s [fb h]].
  { pose proof (@lt_zero_one K). olra. }
  split.
  - exists s. split; [exact h|]. apply optimal in fb. refine (eq_trans fb _).
    change (optimum (n8 K) = optimum (n8 K) - 0). olra.
  - intros s' _. pose proof (welfare_le s'). olra.
Qed.
