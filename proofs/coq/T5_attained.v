(** T5's constraints are attained within one class profile: who leaves it alone pays another agent. *)

From Coq Require Import List.
From coopgap Require Import Welfare T11 T11_balanced.
Local Open Scope number_scope.

Theorem T5_attained : T5_attained_statement.
Proof.
  intros K E lam P L product [p [q apart]] a0 mu play_mu raw inside. destruct (some_bound lam) as [G large].
  exists (fun i y => fined p q G (leaver a0 y) i). split; [intro y; now apply fined_balanced|].
  intros w pos i c b. unfold obedient, utility.
  assert (forall a, 0 < mu w a -> leaves L w a = leaves L w a0) as there.
  { intros a z. apply product. split; [reflexivity|]. intro j. now apply (inside w a pos). }
  assert (forall a, 0 < mu w a -> leaves L w (change a i b) = leaves L w (change a0 i b)) as after.
  { intros a z. apply product. split; [reflexivity|]. intro j.
    destruct (same j i) as [->|n]; [now rewrite !change_same|rewrite !change_other by exact n; now apply (inside w a pos)]. }
  destruct (play_mu w) as [nonneg _].
  destruct (same (leaves L w (change a0 i b)) (leaves L w a0)) as [e|n].
  - destruct (hidden_or_seen P product w i c b) as [hid|seen].
    + refine (le_trans _ _ _ _ _ (raw w i c b pos hid)). apply total_le. intros a _. unfold only.
      destruct (same c (play a i)) as [->|d]; [|olra]. rewrite (hid a eq_refl). olra.
    + rewrite total_zero; [apply le_refl|]. intros a _. unfold only. destruct (same c (play a i)) as [->|d]; [|olra].
      destruct (eq_dec (mu w a) 0) as [->|z]; [olra|]. exfalso. apply (seen a eq_refl).
      assert (0 < mu w a) as m by (specialize (nonneg a); apply not_le; intro f; apply z, le_antisym; assumption).
      now rewrite (after a m), (there a m).
  - rewrite <- (total_zero (listed (profile E)) (fun _ => 0)) by reflexivity. apply total_le. intros a _.
    unfold only. destruct (same c (play a i)) as [->|d]; [|olra].
    destruct (eq_dec (mu w a) 0) as [->|z]; [olra|].
    assert (0 < mu w a) as m by (specialize (nonneg a); apply not_le; intro f; apply z, le_antisym; assumption).
    rewrite (after a m), (there a m), (leaver_found P product w a0 i b n), (no_leaver P product w a0), (fined_self p q apart G i).
    destruct (large i (change a i b) w), (large i a w). cbn.
    assert (0 <= mu w a * (material lam i a w + 0 - (material lam i (change a i b) w - (G + G)))) as g by (apply le_mul; olra).
    olra.
Qed.
