(** The rationals, as an ordered field that computes. *)

From Coq Require Import QArith Qcanon.
From coopgap Require Import OrderedField.

Definition decided (x y : Qc) : {Qcle x y} + {~ Qcle x y}.
Proof.
  unfold Qcle. destruct (Qle_bool (this x) (this y)) eqn:e.
  - left. now apply Qle_bool_imp_le.
  - right. intro h. apply Qle_bool_iff in h. congruence.
Defined.

Definition rationals : OrderedField.
Proof.
  refine {|
    number := Qc; zero := Q2Qc 0; one := Q2Qc 1; add := Qcplus; mul := Qcmult; opp := Qcopp;
    inv := Qcinv; le := Qcle; le_dec := decided |}.
  - exact Qcplus_comm.
  - exact Qcplus_assoc.
  - exact Qcplus_0_l.
  - exact Qcplus_opp_r.
  - exact Qcmult_comm.
  - exact Qcmult_assoc.
  - exact Qcmult_1_l.
  - exact Qcmult_plus_distr_l.
  - exact Qcmult_inv_l.
  - discriminate.
  - exact Qcle_refl.
  - exact Qcle_antisym.
  - exact Qcle_trans.
  - intros x y z h. now apply Qcplus_le_compat; [apply Qcle_refl|].
  - intros x y hx hy. pose proof (Qcmult_le_compat_r (Q2Qc 0) x y hx hy) as h. now rewrite Qcmult_0_l in h.
  - intros x y h. apply Qcnot_le_lt in h. now apply Qclt_le_weak.
Defined.

Definition rational (q : Q) : number rationals := Q2Qc q.
