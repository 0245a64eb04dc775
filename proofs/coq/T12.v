(** T12: what every mechanism loses in bilateral trade, at each common λ. *)

From Coq Require Import List Bool ZArith.
From coopgap Require Import Welfare T10_duality T11 Two N_counterexamples.
From coopgap Require Import T10.
Import ListNotations.
Local Open Scope number_scope.

(** What two agents see of the state. *)
Definition two_see {K : OrderedField} {A B S : Finite} {a0 b0} {p : S -> K} {n o} {u v} (T T' : Finite) (f : S -> T) (g : S -> T') :
  Information (E := two A B S a0 b0 p n o u v).
Proof.
  refine (@Build_Information K (two A B S a0 b0 p n o u v)
    (fun i : booleans => if i then T else T')
    (fun w (i : booleans) => match i with true => f w | false => g w end)
    (pairs T T')
    (fun (m : pairs T T') (i : booleans) => match i with true => fst m | false => snd m end)
    (fun w => (f w, g w))
    (fun (m : pairs T T') (i : booleans) => match i return (if i then T else T') -> pairs T T' with
      | true => fun x => (x, snd m) | false => fun x => (fst m, x) end) _ _ _ _).
  - intros w []; reflexivity.
  - intros [x y] [] z; reflexivity.
  - intros [x y] [] z [] h; cbn; congruence.
  - intros [x y] [x' y'] h. pose proof (h true) as h1. pose proof (h false) as h2. cbn in h1, h2. congruence.
Defined.

(** *** Bilateral trade with two types each (Myerson and Satterthwaite 1983)

    The seller's cost is 4 in states [(true, _)], else 0; the buyer's value is 5 in states [(_, true)],
    else 1. All four are equally likely. *)

Definition quarter {K : OrderedField} : K := half * half.
Lemma quarter_four {K : OrderedField} : of_Z 4 * quarter = (1 : K).
Proof.
  unfold quarter. pose proof (@half_half K) as h. assert (half * (half + half) = half * 1 :> K) as g by (now rewrite h).
  olra.
Qed.
Definition likewise {K : OrderedField} : pairs booleans booleans -> K := fun _ => quarter.
Lemma likewise_nonneg {K : OrderedField} w : (0 : K) <= likewise w.
Proof. unfold likewise. pose proof (@quarter_four K). pose proof (@lt_zero_one K). olra. Qed.
Lemma likewise_one {K : OrderedField} : (Σ w ∈ pairs booleans booleans, likewise w) = (1 : K).
Proof. cbn. unfold likewise. pose proof (@quarter_four K). olra. Qed.

Definition cost (w : bool * bool) : Z := if fst w then 4%Z else 0%Z.
Definition worth_to (w : bool * bool) : Z := if snd w then 5%Z else 1%Z.

Definition trade (K : OrderedField) : Environment K :=
  two booleans single_state (pairs booleans booleans) true tt likewise likewise_nonneg likewise_one
    (fun deliver _ w => if deliver then of_Z (- cost w) else 0)
    (fun deliver _ w => if deliver then of_Z (worth_to w) else 0).

Definition types (K : OrderedField) : Information (E := trade K) :=
  two_see (A := booleans) (B := single_state) booleans booleans
    (fun w : pairs booleans booleans => fst w) (fun w : pairs booleans booleans => snd w).

(** Only delivery is verifiable. *)
Definition delivery (K : OrderedField) : Language (trade K) := state_blind (trade K).

Definition no_trade {K : OrderedField} : option (agent (trade K) -> K) := Some (fun _ => 0).

Definition efficient {K : OrderedField} : selection (trade K) := fun w : bool * bool => (negb (fst w) || snd w, tt).

Lemma efficient_first_best K : first_best_selection (@efficient K).
Proof. intros [[] []] _ [[] []]; compute_game; numbers K; olra. Qed.

Lemma trade_optimum K : of_Z 4 * optimum (trade K) = of_Z 7.
Proof.
  rewrite (optimum_at _ (efficient_first_best K)). compute_game. unfold likewise. pose proof (@quarter_four K). cbn. olra.
Qed.

(** The multipliers: each type that could gain is kept from posing as the other, and the other takes part. *)
Section Loses.
  Context (K : OrderedField) (x f : K) (nonneg : 0 <= x) (less : of_Z 6 * x <= 1) (force_f : f * (of_Z 3 + of_Z 2 * x) = 1).

  Definition posers : Dual (types K) (delivery K) :=
    @Build_Dual K (trade K) (types K) (delivery K)
      [@Build_Lie K (trade K) (types K) true (false : booleans) (true : booleans) (fun c => c) f;
       @Build_Lie K (trade K) (types K) false (true : booleans) (false : booleans) (fun c => c) f]
      (fun (i : booleans) => match i return element (if i then booleans else booleans) -> K with
        | true => fun t : bool => if t then f + f else 0 | false => fun t : bool => if t then 0 else f + f end)
      (fun _ (a y : pairs booleans single_state) => f * quarter * only y a).

  Definition keys (m : bool * bool) : K := if negb (fst m) && snd m then of_Z 20 * (1 + x) * (f * quarter) else 0.

  Lemma posers_solve : dual_solution (common x) (types K) balanced None no_trade posers (fun _ _ => false)
    (honest_welfare (types K)) keys.
  Proof.
    pose proof (@quarter_four K) as q4. pose proof (@lt_zero_one K) as one_pos.
    assert ((0 : K) < quarter) as q_pos by olra.
    assert (0 < f) as f_pos.
    { apply not_le. intro bad. pose proof (le_mul _ (- f) (of_Z 3 + of_Z 2 * x) ltac:(olra) ltac:(olra)) as b. olra. }
    pose proof (lt_mul _ _ f_pos q_pos) as fq.
    pose proof (le_mul _ _ _ (lt_le _ _ fq) nonneg) as fqx.
    assert (of_Z 3 * (f * quarter) + of_Z 2 * (f * quarter * x) = quarter) as e
      by (assert (quarter * (f * (of_Z 3 + of_Z 2 * x)) = quarter * 1 :> K) as g by (now rewrite force_f); olra).
    split; [|split; [|split]].
    - intros k [<-|[<-|[]]]; apply lt_le; exact f_pos.
    - intros [] []; cbn; olra.
    - discriminate.
    - intros [[] []] [[] []] _; (split; [exact Logic.I|split]);
        try (intros [] [[] []]); unfold keys, honest_welfare, on_chance, on_payment, material, common, W; cbn;
        unfold only, likewise; cbn; olra.
  Qed.
End Loses.

Theorem T12_trade_loses : forall (K : OrderedField) (x : K) mu, 0 <= x -> of_Z 6 * x <= 1 ->
  mediated (common x) (types K) (delivery K) balanced None no_trade mu ->
  1 - of_Z 6 * x <= (of_Z 12 + of_Z 8 * x) * (optimum (trade K) - expected mu).
Proof.
  intros K x mu nonneg less h. pose proof (@lt_zero_one K) as one_pos.
  set (d := of_Z 3 + of_Z 2 * x). assert (0 < d) as d_pos by (unfold d; olra).
  assert (inv d * d = 1) as e by (apply mul_inv; intro z; rewrite z in d_pos; olra).
  pose proof (T10_bound K (trade K) (common x) (types K) (delivery K) balanced None no_trade (posers K (inv d)) (keys K x (inv d))
    (posers_solve K x (inv d) nonneg less e) mu h) as b.
  assert (dual_value (common x) (types K) no_trade (posers K (inv d)) (keys K x (inv d)) = of_Z 20 * (1 + x) * (inv d * quarter)) as v.
  { unfold dual_value, no_trade, option_worth, keys. cbn. olra. }
  rewrite v in b. pose proof (trade_optimum K) as o. pose proof (@quarter_four K) as q4.
  assert (0 <= of_Z 4 * d) as d4 by olra.
  pose proof (le_mul _ _ _ d4 (proj2 (sub_nonneg _ _) b)) as m.
  assert (of_Z 4 * d * (of_Z 20 * (1 + x) * (inv d * quarter)) = of_Z 20 * (1 + x)) as e'.
  { transitivity (of_Z 20 * (1 + x) * (inv d * d) * (of_Z 4 * quarter)); [olra|]. rewrite e, q4. olra. }
  assert (forall k u v : K, k * (u - v) = k * u - k * v) as distribute by (intros; olra). rewrite distribute, e' in m.
  revert m o. generalize (optimum (trade K)), (expected mu). clear - one_pos. unfold d. intros o' v m o.
  assert ((of_Z 12 + of_Z 8 * x) * o' = (of_Z 3 + of_Z 2 * x) * (of_Z 4 * o')) as w by olra. rewrite o in w. olra.
Qed.
