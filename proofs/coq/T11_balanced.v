(** T11 attained with balanced money: who disagrees, or leaves a recommended class, pays another agent. *)

From Coq Require Import List FinFun.
From coopgap Require Import Welfare T3_sound T3_complete T3_cycles Farkas T7_least Two T10 T11 Equilibria.
Import ListNotations.
Local Open Scope number_scope.

Section Product.
  Context {K : OrderedField} {E : Environment K} (lam : agent E -> K) (P : Product E) {L : Language E}.
  Context (product : product_language P L).
  Add Ring K_ring : (@ring_laws K).

  Lemma hidden_class w i c b : hidden L w i c b <-> class_of P i c = class_of P i b.
  Proof.
    split.
    - intro h. specialize (h (change some_profile i c) (change_same _ E _ _ _)). apply product in h. destruct h as [_ h].
      specialize (h i). now rewrite !change_same in h.
    - intros e a <-. apply product. split; [reflexivity|]. intro j.
      destruct (same j i) as [->|n]; [now rewrite change_same|now rewrite change_other].
  Qed.

  Lemma same_class (w : state E) i c b : {class_of P i c = class_of P i b} + {class_of P i c <> class_of P i b}.
  Proof.
    destruct (same (leaves L w (change some_profile i b)) (leaves L w (change some_profile i c))) as [e|n]; [left|right].
    - apply product in e. destruct e as [_ e]. specialize (e i). now rewrite !change_same in e.
    - intro e. apply n, product. split; [reflexivity|]. intro j.
      destruct (same j i) as [->|d]; [now rewrite !change_same|now rewrite !change_other].
  Qed.

  Lemma hidden_or_seen w i c b : hidden L w i c b \/ forall a, play a i = c -> leaves L w (change a i b) <> leaves L w a.
  Proof.
    destruct (same_class w i c b) as [e|n]; [left; now apply hidden_class|right].
    intros a <- h. apply product in h. destruct h as [_ h]. specialize (h i). rewrite change_same in h. congruence.
  Qed.

  (** Who alone left the classes of [a], if the record [y] says so. *)
  Definition left_by (a : profile E) (y : record L) (i : agent E) : bool :=
    existsb (fun w => existsb (fun b => if same (leaves L w (change a i b)) y then if same (leaves L w a) y then false else true else false)
      (listed (action E i))) (listed (state E)).
  Definition leaver (a : profile E) (y : record L) : option (agent E) := find (left_by a y) (listed (agent E)).

  Lemma left_by_true a y i : left_by a y i = true -> exists w b, leaves L w (change a i b) = y /\ leaves L w a <> y.
  Proof.
    intro h. apply existsb_exists in h. destruct h as [w [_ h]]. apply existsb_exists in h. destruct h as [b [_ h]].
    exists w, b. destruct (same (leaves L w (change a i b)) y), (same (leaves L w a) y); try discriminate. now split.
  Qed.

  Lemma no_leaver w a : leaver a (leaves L w a) = None.
  Proof.
    destruct (leaver a (leaves L w a)) as [i|] eqn:e; [|reflexivity]. exfalso. apply find_some in e. destruct e as [_ e].
    apply left_by_true in e. destruct e as [v [b [e n]]]. apply n. apply product in e. apply product. split; [apply e|reflexivity].
  Qed.

  Lemma leaver_found w a i b : leaves L w (change a i b) <> leaves L w a -> leaver a (leaves L w (change a i b)) = Some i.
  Proof.
    intro n. destruct (leaver a (leaves L w (change a i b))) as [j|] eqn:e.
    - apply find_some in e. destruct e as [_ e]. apply left_by_true in e. destruct e as [v [c [e _]]].
      destruct (same j i) as [->|d]; [reflexivity|]. exfalso. apply n. apply product in e. destruct e as [_ e]. apply product.
      split; [reflexivity|]. intro k. destruct (same k i) as [->|d']; [|now rewrite change_other].
      rewrite <- e, change_other by congruence. reflexivity.
    - exfalso. pose proof (find_none _ _ e i (all_listed _ i)) as none. unfold left_by in none.
      assert (left_by a (leaves L w (change a i b)) i = true) as t; [|unfold left_by in t; congruence].
      apply existsb_exists. exists w. split; [apply all_listed|]. apply existsb_exists. exists b. split; [apply all_listed|].
      destruct (same (leaves L w (change a i b)) (leaves L w (change a i b))) as [_|d]; [|congruence].
      destruct (same (leaves L w a) (leaves L w (change a i b))); congruence.
  Qed.

  (** Fines are paid to another agent. *)
  Section Fining.
    Context (p q : agent E) (apart : p <> q) (G : K).

    Definition payee (i : agent E) : agent E := if same i p then q else p.
    Definition fined (c : option (agent E)) (i : agent E) : K :=
      match c with Some j => (G + G) * (only (payee j) i - only j i) | None => 0 end.

    Lemma fined_balanced c : (Σ i ∈ agent E, fined c i) = 0.
    Proof.
      destruct c as [j|]; cbn; [|now apply total_zero].
      rewrite (total_ext _ _ (fun i => only (payee j) i * (G + G) - only j i * (G + G))) by (intros; ring).
      rewrite total_sub, (total_only (payee j) (fun _ => G + G)), (total_only j (fun _ => G + G)). ring.
    Qed.

    Lemma fined_self i : fined (Some i) i = - (G + G).
    Proof.
      cbn. rewrite only_same, only_other; [ring|]. unfold payee. destruct (same i p); congruence.
    Qed.

    Context (share : state E -> agent E -> K) (shared : forall w, (Σ i ∈ agent E, share w i) = 0).

    Definition owing (w : state E) (a : profile E) : Transfers L := fun i y => share w i + fined (leaver a y) i.

    Lemma owing_balanced w a : within_budget balanced (owing w a).
    Proof. intro y. unfold owing. rewrite total_add, shared, fined_balanced. ring. Qed.

    Lemma owing_there w a i : owing w a i (leaves L w a) = share w i.
    Proof. unfold owing. rewrite no_leaver. cbn. ring. Qed.

    Lemma owing_else (large : within_bound lam G) w a i b : leaves L w (change a i b) <> leaves L w a ->
      material lam i (change a i b) w + owing w a i (leaves L w (change a i b)) <= material lam i a w + share w i.
    Proof.
      intro n. unfold owing. rewrite (leaver_found w a i b n), fined_self.
      destruct (large i (change a i b) w), (large i a w). olra.
    Qed.
  End Fining.

  Context (I : Information (E := E)) (known : complete_information I).

  (** *** Three agents: a lone dissenter is found, and pays. *)

  Section Three.
    Context (three : exists i j k : agent E, i <> j /\ i <> k /\ j <> k).
    Let two : exists i j : agent E, i <> j.
    Proof. destruct three as [i [j [_ [n _]]]]. now exists i, j. Qed.

    Definition dissents (x : reports I) (i : agent E) : bool :=
      existsb (fun w => forallb (fun j => if same j i then true else if same (report I x j) (sees I w j) then true else false)
        (listed (agent E))) (listed (state E)).
    Definition dissenter (x : reports I) : option (agent E) := find (dissents x) (listed (agent E)).

    Lemma dissents_true x i : dissents x i = true <-> exists w, forall j, j <> i -> report I x j = sees I w j.
    Proof.
      unfold dissents. rewrite existsb_exists. split.
      - intros [w [_ h]]. exists w. intros j n. rewrite forallb_forall in h. specialize (h j (all_listed _ j)).
        destruct (same j i); [congruence|]. destruct (same (report I x j) (sees I w j)); congruence.
      - intros [w h]. exists w. split; [apply all_listed|]. apply forallb_forall. intros j _.
        destruct (same j i) as [|n]; [reflexivity|]. destruct (same (report I x j) (sees I w j)) as [|d]; [reflexivity|]. destruct (d (h j n)).
    Qed.

    Lemma dissenter_found w i y : reported_state I (lie I (honest I w) i y) = None -> dissenter (lie I (honest I w) i y) = Some i.
    Proof.
      set (x := lie I (honest I w) i y). intro none.
      assert (forall j, j <> i -> report I x j = sees I w j) as true_else by (intros j n; unfold x; now rewrite report_other, report_honest).
      destruct (dissenter x) as [j|] eqn:e.
      - apply find_some in e. destruct e as [_ e]. apply dissents_true in e. destruct e as [v h].
        destruct (same j i) as [->|n]; [reflexivity|]. exfalso.
        assert (exists k, k <> i /\ k <> j) as [k [ki kj]].
        { destruct three as [a [b [c [ab [ac bc]]]]].
          destruct (same a i), (same a j), (same b i), (same b j);
            first [exists a; split; congruence|exists b; split; congruence|exists c; split; congruence]. }
        assert (w = v) as <- by (apply (known k); now rewrite <- (h k kj), true_else).
        assert (x = honest I w) as q.
        { apply only_report. intro a. rewrite report_honest. destruct (same a i) as [->|d]; [apply h; congruence|now apply true_else]. }
        rewrite q, (reported_state_honest I known two) in none. discriminate.
      - exfalso. pose proof (find_none _ _ e i (all_listed _ i)) as f.
        assert (dissents x i = true) as t by (apply dissents_true; now exists w). congruence.
    Qed.

    Lemma three_attained mu : is_play mu -> obeys_hidden lam L mu -> mediated lam I L balanced None None mu.
    Proof.
      intros play_mu raw. destruct (some_bound lam) as [G large]. destruct two as [p [q apart]].
      apply (attained lam I balanced mu known two hidden_or_seen play_mu raw (fun _ => flat)
        (fun x _ i _ => fined p q G (dissenter x) i) (owing p q G (fun _ _ => 0)) (fun _ _ => 0)).
      - intro. apply flat_draws.
      - intros x a y. apply fined_balanced.
      - intros. apply owing_balanced. intro. now apply total_zero.
      - intros. apply owing_there.
      - intros. now apply owing_else.
      - intros w i y d _ none. apply (flat_fine lam G mu (fun _ => fined p q G (dissenter (lie I (honest I w) i y)) i)); auto.
        intro. rewrite (dissenter_found w i y none). now apply fined_self.
    Qed.
  End Three.

  (** *** Play of greatest welfare *)

  Definition draws_in (w : state E) (c : profile E -> K) : Prop :=
    (forall a, 0 <= c a) /\ (Σ a ∈ profile E, c a) = 1 /\
    forall i d b, class_of P i d = class_of P i b ->
      (Σ a ∈ profile E, (only d (play a i) * c a * (material lam i (change a i b) w - material lam i a w))) <= 0.

  Definition in_class (i : agent E) (c : action E i) (w : state E) : bool :=
    if same_class w i (play some_profile i) c then true else false.

  (** Play of one class profile that obeys the hidden incentives of a state, and no agent gains there by any one action. *)
  Lemma threat w : exists c, draws_in w c /\ (forall a, c a <> 0 -> forall i, class_of P i (play some_profile i) = class_of P i (play a i)) /\
    forall i b, class_of P i (play some_profile i) = class_of P i b ->
      (Σ a ∈ profile E, (c a * material lam i (change a i b) w)) <= Σ a ∈ profile E, (c a * material lam i a w).
  Proof.
    destruct (equilibrium_exists (fun i a => material lam i a w) (fun i c => in_class i c w) some_profile) as [c [pos [one [out obey]]]].
    { intro i. unfold in_class. destruct (same_class w i (play some_profile i) (play some_profile i)); congruence. }
    assert (forall a, c a <> 0 -> forall i, class_of P i (play some_profile i) = class_of P i (play a i)) as inside.
    { intros a n i. destruct (all_inside (fun i c => in_class i c w) a) eqn:e; [|destruct (n (out a e))].
      rewrite all_inside_true in e. specialize (e i). unfold in_class in e.
      destruct (same_class w i (play some_profile i) (play a i)); [assumption|discriminate]. }
    assert (forall i d b, class_of P i d = class_of P i b -> (Σ a ∈ profile E,
      (only d (play a i) * c a * (material lam i (change a i b) w - material lam i a w))) <= 0) as raw.
    { intros i d b e. destruct (in_class i b w) eqn:j; [apply obey, j|].
      rewrite total_zero; [apply le_refl|]. intros a _. unfold only. destruct (same d (play a i)) as [->|n]; [|ring].
      destruct (eq_dec (c a) 0) as [->|n]; [ring|]. unfold in_class in j. destruct (same_class w i (play some_profile i) b); [discriminate|].
      destruct n0. now rewrite (inside a n i). }
    exists c. split; [now repeat split|]. split; [exact inside|]. intros i b e.
    apply sub_nonneg. rewrite <- total_sub. assert (forall z : K, - z <= 0 -> 0 <= z) as t by (intros; olra). apply t. rewrite <- total_opp.
    rewrite (total_ext _ _ (fun a => Σ d ∈ action E i, (only (play a i) d * (c a * (material lam i (change a i b) w - material lam i a w)))))
      by (intros a _; rewrite (total_only (play a i) (fun _ => c a * (material lam i (change a i b) w - material lam i a w))); ring).
    rewrite total_swap. rewrite <- (total_zero (listed (action E i)) (fun _ => 0)) by reflexivity. apply total_le. intros d _.
    destruct (in_class i d w) eqn:j; unfold in_class in j; destruct (same_class w i (play some_profile i) d) as [q|q]; try discriminate.
    - erewrite total_ext; [apply (raw i d b); congruence|]. intros a _. cbv beta. rewrite only_sym. ring.
    - rewrite total_zero; [apply le_refl|]. intros a _. unfold only. destruct (same (play a i) d) as [<-|n]; [|ring].
      destruct (eq_dec (c a) 0) as [->|n]; [ring|]. destruct (q (inside a n i)).
  Qed.

  (** *** Two agents: after reports that disagree each plays what punishes the other in the state that it reports. *)

  Section Two.
    Context (p q : agent E) (apart : p <> q) (all_agents : forall k, k = p \/ k = q).
    Let two : exists i j : agent E, i <> j.
    Proof. now exists p, q. Qed.
    Context (mu : Play E) (play_mu : is_play mu) (raw : obeys_hidden lam L mu).
    Context (C : state E -> profile E -> K) (G : K) (large : within_bound lam G).
    Context (drawn : forall w, draws_in w (C w)).
    Context (inside : forall w a, C w a <> 0 -> forall i, class_of P i (play some_profile i) = class_of P i (play a i)).
    Context (coarse : forall w i b, class_of P i (play some_profile i) = class_of P i b ->
      (Σ a ∈ profile E, (C w a * material lam i (change a i b) w)) <= Σ a ∈ profile E, (C w a * material lam i a w)).
    Context (enough : forall w, likely w -> worth_to lam C p w + worth_to lam C q w <= worth_to lam mu p w + worth_to lam mu q w).

    Definition named (i : agent E) (x : reports I) : option (state E) :=
      find (fun w => if same (sees I w i) (report I x i) then true else false) (listed (state E)).

    Lemma named_true i x w : report I x i = sees I w i -> named i x = Some w.
    Proof.
      intro e. unfold named. destruct (find _ _) as [v|] eqn:f.
      - apply find_some in f. destruct f as [_ f]. destruct (same (sees I v i) (report I x i)) as [g|]; [|discriminate].
        f_equal. apply (known i). congruence.
      - pose proof (find_none _ _ f w (all_listed _ w)) as n. cbv beta in n.
        destruct (same (sees I w i) (report I x i)); congruence.
    Qed.

    (** What an agent does on average in a threat. *)
    Definition part_of (i : agent E) (o : option (state E)) (b : action E i) : K :=
      match o with
      | Some w => Σ a ∈ profile E, (C w a * only (play a i) b)
      | None => only (play some_profile i) b
      end.

    Lemma part_average i w (f : action E i -> K) :
      (Σ b ∈ action E i, (part_of i (Some w) b * f b)) = Σ a ∈ profile E, (C w a * f (play a i)).
    Proof.
      cbn. rewrite (total_ext _ _ (fun b => Σ a ∈ profile E, (only (play a i) b * (C w a * f b)))).
      - rewrite total_swap. apply total_ext. intros a _. apply (total_only (play a i) (fun b => C w a * f b)).
      - intros b _. rewrite <- total_mul_r. apply total_ext. intros. ring.
    Qed.

    Lemma part_draws i o : (forall b, 0 <= part_of i o b) /\ (Σ b ∈ action E i, part_of i o b) = 1 /\
      forall b, part_of i o b <> 0 -> class_of P i (play some_profile i) = class_of P i b.
    Proof.
      pose proof (@lt_zero_one K). rewrite (total_ext _ _ (fun b => part_of i o b * 1)) by (intros; ring).
      destruct o as [w|]; [rewrite (part_average i w (fun _ => 1)); destruct (drawn w) as [pos [one _]]|cbn]; repeat split.
      - intro b. apply total_nonneg. intros a _. apply le_mul; [apply pos|]. unfold only. destruct (same (play a i) b); olra.
      - transitivity (Σ a ∈ profile E, C w a); [apply total_ext; intros; ring|exact one].
      - intros b n. destruct (same_class w i (play some_profile i) b) as [e|d]; [exact e|]. destruct n. cbn.
        apply total_zero. intros a _. unfold only. destruct (same (play a i) b) as [<-|]; [|ring].
        destruct (eq_dec (C w a) 0) as [->|n]; [ring|]. destruct (d (inside w a n i)).
      - intro b. unfold only. destruct (same _ b); olra.
      - apply (total_only (play some_profile i) (fun _ => 1)).
      - intros b n. unfold only in n. destruct (same (play some_profile i) b) as [<-|]; congruence.
    Qed.

    Definition both (i j : agent E) (c : action E i) (e : action E j) : profile E := change (change some_profile i c) j e.

    Lemma over_pairs i j (f : profile E -> K) : i <> j -> (forall k, k = i \/ k = j) ->
      (Σ a ∈ profile E, f a) = Σ c ∈ action E i, Σ e ∈ action E j, f (both i j c e).
    Proof.
      intros n each. rewrite <- (total_prod _ _ (fun z => f (both i j (fst z) (snd z)))). symmetry.
      assert (forall c e, play (both i j c e) i = c) as at_i by (intros; unfold both; rewrite change_other by exact n; apply change_same).
      assert (forall c e, play (both i j c e) j = e) as at_j by (intros; apply change_same).
      apply (total_onto (fun z => both i j (fst z) (snd z)) _ _ f).
      - apply NoDup_prod; apply once.
      - apply once.
      - intros [c e] [c' e'] z. cbn in z. f_equal; [rewrite <- (at_i c e), z; apply at_i|rewrite <- (at_j c e), z; apply at_j].
      - intro a. split; [intros _|intros _; apply all_listed]. exists (play a i, play a j). split; [apply in_prod; apply all_listed|].
        apply only_play. intro k. destruct (each k) as [->| ->]; [apply at_i|apply at_j].
    Qed.

    Definition punishing (x : reports I) (a : profile E) : K :=
      part_of p (named p x) (play a p) * part_of q (named q x) (play a q).

    Lemma punishing_draws x : (forall a, 0 <= punishing x a) /\ (Σ a ∈ profile E, punishing x a) = 1.
    Proof.
      destruct (part_draws p (named p x)) as [pos [one _]], (part_draws q (named q x)) as [pos' [one' _]]. split.
      - intro a. apply le_mul; auto.
      - rewrite (over_pairs p q _ apart all_agents), <- one. apply total_ext. intros c _.
        rewrite (total_ext _ _ (fun e => part_of p (named p x) c * part_of q (named q x) e)).
        + rewrite total_mul, (total_ext _ _ (fun e => part_of q (named q x) e)), one' by reflexivity. ring.
        + intros e _. unfold punishing, both. rewrite change_same, change_other, change_same by exact apart. reflexivity.
    Qed.

    Definition penalty : Transfers L := fun i y => fined p q G (leaver some_profile y) i.

    Lemma penalty_in w a i b : (forall j, j <> i -> class_of P j (play some_profile j) = class_of P j (play a j)) ->
      class_of P i (play some_profile i) = class_of P i b -> penalty i (leaves L w (change a i b)) = 0.
    Proof.
      intros e e'. unfold penalty. assert (leaves L w (change a i b) = leaves L w some_profile) as ->; [|now rewrite no_leaver].
      apply product. split; [reflexivity|]. intro j. destruct (same j i) as [->|n]; [now rewrite change_same|].
      rewrite change_other by exact n. symmetry. now apply e.
    Qed.

    Lemma penalty_out w a i b : (forall j, j <> i -> class_of P j (play some_profile j) = class_of P j (play a j)) ->
      class_of P i (play some_profile i) <> class_of P i b -> penalty i (leaves L w (change a i b)) = - (G + G).
    Proof.
      intros e n. unfold penalty. assert (leaves L w (change a i b) = leaves L w (change some_profile i b)) as ->.
      { apply product. split; [reflexivity|]. intro j. destruct (same j i) as [->|d]; [now rewrite !change_same|].
        rewrite !change_other by exact d. symmetry. now apply e. }
      rewrite leaver_found; [now apply fined_self|]. intro z. apply product in z. destruct z as [_ z]. specialize (z i).
      rewrite change_same in z. congruence.
    Qed.

    (** A liar gets no more than in the threat. *)
    Lemma threatened i j o w d : i <> j -> (forall k, k = i \/ k = j) ->
      (Σ a ∈ profile E, (part_of i o (play a i) * (part_of j (Some w) (play a j) *
        (material lam i (change a i (d (play a i))) w + penalty i (leaves L w (change a i (d (play a i)))))))) <= worth_to lam C i w.
    Proof.
      intros n each. rewrite (over_pairs i j _ n each). destruct (part_draws i o) as [pos [one at_class]].
      assert (worth_to lam C i w = Σ c ∈ action E i, (part_of i o c * worth_to lam C i w)) as same_worth
        by (rewrite total_mul_r, (total_ext _ _ (fun c => part_of i o c)), one by reflexivity; ring).
      rewrite same_worth. apply total_le. intros c _.
      destruct (eq_dec (part_of i o c) 0) as [z|z].
      - rewrite total_zero; [rewrite z; olra|]. intros e _. unfold both. rewrite change_other by exact n. rewrite change_same, z. ring.
      - rewrite (total_ext _ _ (fun e => part_of i o c * (part_of j (Some w) e *
          (material lam i (change (both i j c e) i (d c)) w + penalty i (leaves L w (change (both i j c e) i (d c))))))).
        2:{ intros e _. unfold both. rewrite change_other by exact n. now rewrite !change_same. }
        rewrite total_mul. apply sub_nonneg. assert (forall x u v : K, x * u - x * v = x * (u - v)) as k by (intros; ring). rewrite k. clear k.
        apply le_mul; [apply pos|]. apply sub_nonneg.
        rewrite (part_average j w (fun e => material lam i (change (both i j c e) i (d c)) w + penalty i (leaves L w (change (both i j c e) i (d c))))).
        assert (forall a, change (both i j c (play a j)) i (d c) = change a i (d c)) as e.
        { intro a. apply only_play. intro k. destruct (same k i) as [->|m]; [now rewrite !change_same|].
          rewrite !change_other by exact m. destruct (each k) as [->| ->]; [congruence|apply change_same]. }
        rewrite (total_ext _ _ (fun a => C w a * (material lam i (change a i (d c)) w + penalty i (leaves L w (change a i (d c))))))
          by (intros a _; now rewrite e).
        destruct (drawn w) as [posC [oneC _]].
        destruct (same_class w i (play some_profile i) (d c)) as [within|without].
        + refine (le_trans _ _ _ _ _ (coarse w i (d c) within)). apply total_le. intros a _.
          destruct (eq_dec (C w a) 0) as [->|m]; [olra|]. rewrite (penalty_in w a i (d c)); [olra| |exact within]. intros k _. now apply inside with (w := w).
        + refine (le_trans _ _ (- G) _ _ _).
          * rewrite (total_ext _ _ (fun a => C w a * (material lam i (change a i (d c)) w - (G + G)))).
            -- apply average_most; auto. intros a _. destruct (large i (change a i (d c)) w). olra.
            -- intros a _. destruct (eq_dec (C w a) 0) as [->|m]; [ring|]. rewrite (penalty_out w a i (d c)); [ring| |exact without].
               intros k _. now apply inside with (w := w).
          * apply average_least; auto. intro a. apply large.
    Qed.

    Definition settled (w : state E) (i : agent E) : K := (worth_to lam C p w - worth_to lam mu p w) * (only p i - only q i).

    Lemma two_attained : mediated lam I L balanced None None mu.
    Proof.
      apply (attained lam I balanced mu known two hidden_or_seen play_mu raw punishing (fun _ _ => penalty) (owing p q G settled) settled).
      - apply punishing_draws.
      - intros x a y. apply fined_balanced.
      - intros. apply owing_balanced. intro v. unfold settled. rewrite total_mul, total_sub.
        rewrite (total_ext _ (only p) (fun i => only p i * 1)), (total_ext _ (only q) (fun i => only q i * 1)) by (intros; ring).
        rewrite (total_only p (fun _ => 1)), (total_only q (fun _ => 1)). ring.
      - intros. apply owing_there.
      - intros. now apply owing_else.
      - intros w i y d pos _. cbv zeta. destruct (all_agents i) as [->| ->].
        + assert (named q (lie I (honest I w) p y) = Some w) as e by (apply named_true; rewrite report_other, report_honest; congruence).
          unfold punishing. rewrite e. unfold settled. rewrite only_same, only_other by congruence.
          pose proof (threatened p q (named p (lie I (honest I w) p y)) w d apart all_agents) as t.
          refine (le_trans _ _ (worth_to lam C p w) _ _ _); [|olra].
          refine (le_trans _ _ _ _ _ t). apply total_le. intros. olra.
        + assert (named p (lie I (honest I w) q y) = Some w) as e by (apply named_true; rewrite report_other, report_honest; congruence).
          unfold punishing. rewrite e. unfold settled. rewrite only_same, only_other by congruence.
          pose proof (threatened q p (named q (lie I (honest I w) q y)) w d (not_eq_sym apart) (fun k => proj1 (or_comm _ _) (all_agents k))) as t.
          pose proof (enough w pos).
          refine (le_trans _ _ (worth_to lam C q w) _ _ _); [|olra].
          refine (le_trans _ _ _ _ _ t). apply total_le. intros. olra.
    Qed.
  End Two.

  (** *** There is play of greatest welfare in a state: a linear programme that is bounded attains its value. *)

  Section Best.
    Context (w : state E).

    Definition unknown_draws : list (option (profile E)) := map Some (listed (profile E)) ++ [None].
    Definition row_of (k : K) (f : profile E -> K) (b : K) : Row (V := option (profile E)) :=
      {| coefficient := fun v => match v with Some a => f a | None => k end; bound := b |}.
    Definition kept (i : agent E) (d b : action E i) : Row :=
      row_of 0 (fun a => only d (play a i) * (material lam i a w - material lam i (change a i b) w)) 0.
    (** The last unknown is how much less than the first best is reached. *)
    Definition draw_rows : list Row :=
      row_of 1 (fun a => W a w) (W (top w) w) :: row_of 0 (fun _ => 1) 1 :: row_of 0 (fun _ => opp 1) (opp 1) ::
      map (fun a => row_of 0 (only a) 0) (listed (profile E)) ++
      flat_map (fun i => flat_map (fun d => map (kept i d) (filter (fun b => if same_class w i d b then true else false)
        (listed (action E i)))) (listed (action E i))) (listed (agent E)).

    Lemma row_of_true y k f b : satisfied unknown_draws y (row_of k f b) <-> b <= (Σ a ∈ profile E, (f a * y (Some a))) + k * y None.
    Proof. unfold satisfied, unknown_draws. rewrite total_app, total_map. cbn. split; intro; olra. Qed.

    Lemma rows_true y : (forall r, In r draw_rows -> satisfied unknown_draws y r) <->
      draws_in w (fun a => y (Some a)) /\ W (top w) w <= (Σ a ∈ profile E, (y (Some a) * W a w)) + y None.
    Proof.
      assert (forall i d b, satisfied unknown_draws y (kept i d b) <->
        (Σ a ∈ profile E, (only d (play a i) * y (Some a) * (material lam i (change a i b) w - material lam i a w))) <= 0) as keeps.
      { intros i d b. unfold kept. rewrite row_of_true.
        rewrite (total_ext _ (fun a => only d (play a i) * y (Some a) * (material lam i (change a i b) w - material lam i a w))
          (fun a => - (only d (play a i) * (material lam i a w - material lam i (change a i b) w) * y (Some a)))) by (intros; ring).
        rewrite total_opp. split; intro; olra. }
      assert (satisfied unknown_draws y (row_of 1 (fun a => W a w) (W (top w) w)) <->
        W (top w) w <= (Σ a ∈ profile E, (y (Some a) * W a w)) + y None) as short.
      { rewrite row_of_true, (total_ext _ (fun a => W a w * y (Some a)) (fun a => y (Some a) * W a w)) by (intros; ring). split; intro; olra. }
      assert (forall a, satisfied unknown_draws y (row_of 0 (only a) 0) <-> 0 <= y (Some a)) as pos.
      { intro a. rewrite row_of_true, (total_only a (fun a => y (Some a))). split; intro; olra. }
      assert (forall k, satisfied unknown_draws y (row_of 0 (fun _ => k) k) <-> k <= k * Σ a ∈ profile E, y (Some a)) as sum.
      { intro k. rewrite row_of_true, (total_mul _ k (fun a => y (Some a))). split; intro; olra. }
      unfold draw_rows. split.
      - intro h. split; [|apply short, h; now left]. split; [|split].
        + intro a. apply pos, h. do 3 right. apply in_app_iff. left. now apply (in_map (fun a => row_of 0 (only a) 0)), all_listed.
        + pose proof (proj1 (sum 1) (h _ (or_intror (or_introl eq_refl)))).
          pose proof (proj1 (sum (opp 1)) (h _ (or_intror (or_intror (or_introl eq_refl))))). olra.
        + intros i d b e. apply keeps, h. do 3 right. apply in_app_iff. right. apply in_flat_map. exists i. split; [apply all_listed|].
          apply in_flat_map. exists d. split; [apply all_listed|]. apply in_map, filter_In. split; [apply all_listed|].
          destruct (same_class w i d b); [reflexivity|congruence].
      - intros [[nonneg [one obey]] most] r [<-|[<-|[<-|i]]].
        + now apply short.
        + apply sum. rewrite one. olra.
        + apply sum. rewrite one. olra.
        + apply in_app_iff in i. destruct i as [i|i].
          * apply in_map_iff in i. destruct i as [a [<- _]]. apply pos, nonneg.
          * apply in_flat_map in i. destruct i as [i [_ h]]. apply in_flat_map in h. destruct h as [d [_ h]].
            apply in_map_iff in h. destruct h as [b [<- h]]. apply filter_In in h. destruct h as [_ h]. apply keeps, obey.
            destruct (same_class w i d b); [assumption|discriminate].
    Qed.

    Lemma best_draws : exists c, draws_in w c /\
      forall c', draws_in w c' -> (Σ a ∈ profile E, (c' a * W a w)) <= Σ a ∈ profile E, (c a * W a w).
    Proof.
      set (pack := fun (c : profile E -> K) (v : option (profile E)) =>
        match v with Some a => c a | None => W (top w) w - Σ a ∈ profile E, (c a * W a w) end).
      assert (forall c, draws_in w c -> 0 <= pack c None /\ forall r, In r draw_rows -> satisfied unknown_draws (pack c) r) as packed.
      { intros c h. split.
        - destruct h as [pos [one _]]. pose proof (average_most c (fun a => W a w) (W (top w) w) pos one (fun a _ => top_max w a)). cbn. olra.
        - apply rows_true. split; [exact h|]. cbn. olra. }
      destruct (threat w) as [c0 [h0 _]].
      assert (forall x y : option (profile E), {x = y} + {x <> y}) as same_unknown.
      { intros [a|] [b|]; try (right; discriminate); [|now left]. destruct (same a b); [left; congruence|right; congruence]. }
      destruct (least_last same_unknown (map Some (listed (profile E))) None draw_rows) with (y0 := pack c0) as [y [[_ h] least]].
      - apply NoDup_app; [apply Injective_map_NoDup; [intros a b e; congruence|apply once]|constructor; [intros []|constructor]|].
        intros v i [<-|[]]. apply in_map_iff in i. destruct i as [a [e _]]. discriminate.
      - exact (packed c0 h0).
      - apply rows_true in h. destruct h as [h short]. exists (fun a => y (Some a)). split; [exact h|]. intros c' h'.
        pose proof (least (pack c') (packed c' h')) as e. cbn in e. olra.
    Qed.
  End Best.

  Definition average_welfare (mu : Play E) (w : state E) : K := Σ a ∈ profile E, (mu w a * W a w).

  Lemma obeys_draws mu w : is_play mu -> obeys_hidden lam L mu -> likely w -> draws_in w (mu w).
  Proof.
    intros play_mu raw pos. destruct (play_mu w) as [nonneg one]. split; [exact nonneg|]. split; [exact one|].
    intros i d b e. exact (raw w i d b pos (proj2 (hidden_class w i d b) e)).
  Qed.

  Lemma draws_obey mu : (forall w, draws_in w (mu w)) -> is_play mu /\ obeys_hidden lam L mu.
  Proof.
    intro h. split; [intro w; destruct (h w) as [pos [one _]]; now split|]. intros w i c b _ hid.
    destruct (h w) as [_ [_ obey]]. apply (obey i c b). now apply (hidden_class w).
  Qed.

  Lemma greatest_play : exists mu, is_play mu /\ obeys_hidden lam L mu /\
    forall nu, is_play nu -> obeys_hidden lam L nu -> expected nu <= expected mu.
  Proof.
    destruct (finite_choice (X := state E) same (fun _ : profile E => 0 : K) (fun w c => draws_in w c /\
      forall c', draws_in w c' -> (Σ a ∈ profile E, (c' a * W a w)) <= Σ a ∈ profile E, (c a * W a w)) (listed (state E))) as [mu h].
    { intros w _. apply best_draws. }
    exists mu. destruct (draws_obey mu (fun w => proj1 (h w (all_listed _ w)))) as [play_mu raw]. split; [exact play_mu|].
    split; [exact raw|]. intros nu play_nu raw_nu. apply total_le. intros w _.
    destruct (likely_dec w) as [pos|no]; [|rewrite (unlikely w no); olra].
    pose proof (proj2 (h w (all_listed _ w)) (nu w) (obeys_draws nu w play_nu raw_nu pos)) as q.
    pose proof (le_mul _ _ _ (lt_le _ _ pos) (proj2 (sub_nonneg _ _) q)). olra.
  Qed.

  (** Play of greatest welfare has it in each state. *)
  Lemma greatest_in_state mu c w : is_play mu -> obeys_hidden lam L mu ->
    (forall nu, is_play nu -> obeys_hidden lam L nu -> expected nu <= expected mu) -> likely w -> draws_in w c ->
    (Σ a ∈ profile E, (c a * W a w)) <= average_welfare mu w.
  Proof.
    intros play_mu raw most pos h. destruct h as [nonneg [one obey]].
    set (nu := fun v => if same w v then c else mu v).
    assert (is_play nu) as play_nu by (intro v; unfold nu; destruct (same w v); [now split|apply play_mu]).
    assert (obeys_hidden lam L nu) as raw_nu.
    { intros v i d b p hid. unfold nu, obedient. destruct (same w v) as [<-|n]; [|now apply raw]. apply (obey i d b). now apply (hidden_class w). }
    pose proof (most nu play_nu raw_nu) as q. apply sub_nonneg in q. unfold expected in q. rewrite <- total_sub in q.
    rewrite (total_ext _ _ (fun v => only w v * (prior v * (average_welfare mu v - Σ a ∈ profile E, (c a * W a v))))) in q.
    - rewrite (total_only w (fun v => prior v * (average_welfare mu v - Σ a ∈ profile E, (c a * W a v)))) in q.
      apply not_lt. intro bad. assert (0 < (Σ a ∈ profile E, (c a * W a w)) - average_welfare mu w) as g by olra.
      pose proof (lt_mul _ _ pos g). olra.
    - intros v _. unfold nu, only, average_welfare. destruct (same w v); ring.
  Qed.

  Lemma total_worth mu w : (Σ i ∈ agent E, worth_to lam mu i w) = (1 + Σ i ∈ agent E, lam i) * average_welfare mu w.
  Proof.
    unfold worth_to. rewrite total_swap. unfold average_welfare. rewrite <- total_mul. apply total_ext. intros a _.
    rewrite (total_mul _ _ (fun i => material lam i a w)).
    assert ((Σ i ∈ agent E, material lam i a w) = (1 + Σ i ∈ agent E, lam i) * W a w) as ->; [|ring].
    unfold material. rewrite total_add, (total_mul_r _ (W a w) (fun i => lam i)). unfold W. ring.
  Qed.

  Lemma greatest_attained mu : (exists i j : agent E, i <> j) -> (forall i, 0 <= lam i) -> is_play mu -> obeys_hidden lam L mu ->
    (forall nu, is_play nu -> obeys_hidden lam L nu -> expected nu <= expected mu) -> mediated lam I L balanced None None mu.
  Proof.
    intros [p [q apart]] prosocial play_mu raw most.
    destruct (find (fun k => if same k p then false else if same k q then false else true) (listed (agent E))) as [k|] eqn:e.
    - apply find_some in e. destruct e as [_ e]. apply three_attained; auto. exists p, q, k.
      destruct (same k p), (same k q); try discriminate. repeat split; congruence.
    - assert (forall k, k = p \/ k = q) as all_agents.
      { intro k. pose proof (find_none _ _ e k (all_listed _ k)) as n. cbv beta in n.
        destruct (same k p); [now left|]. destruct (same k q); [now right|discriminate]. }
      destruct (some_bound lam) as [G large].
      destruct (finite_choice (X := state E) same (fun _ : profile E => 0 : K) (fun w c => draws_in w c /\
        (forall a, c a <> 0 -> forall i, class_of P i (play some_profile i) = class_of P i (play a i)) /\
        forall i b, class_of P i (play some_profile i) = class_of P i b ->
          (Σ a ∈ profile E, (c a * material lam i (change a i b) w)) <= Σ a ∈ profile E, (c a * material lam i a w)) (listed (state E))) as [C h].
      { intros w _. apply threat. }
      apply (two_attained p q apart all_agents mu play_mu raw C G large); try (intro w; apply (h w), all_listed).
      intros w pos.
      assert (forall f : agent E -> K, f p + f q = Σ i ∈ agent E, f i) as pair.
      { intro f. rewrite <- (total_only p f), <- (total_only q f), <- total_add. apply total_ext. intros i _.
        destruct (all_agents i) as [->| ->]; rewrite only_same, only_other by congruence; ring. }
      rewrite !(pair (fun i => worth_to lam _ i w)), !total_worth.
      assert (0 <= 1 + Σ i ∈ agent E, lam i) as scale.
      { pose proof (@lt_zero_one K). pose proof (total_nonneg (listed (agent E)) (fun i => lam i) (fun i _ => prosocial i)). olra. }
      pose proof (greatest_in_state mu (C w) w play_mu raw most pos (proj1 (h w (all_listed _ w)))) as q'.
      change (average_welfare C w <= average_welfare mu w) in q'. revert scale q'.
      generalize (1 + Σ i ∈ agent E, lam i), (average_welfare C w), (average_welfare mu w). intros k x y scale le.
      pose proof (le_mul _ _ _ scale (proj2 (sub_nonneg _ _) le)). olra.
  Qed.
End Product.

(** *** Verifiable actions: nothing is hidden. *)

Section Verifiable.
  Context {K : OrderedField} {E : Environment K}.
  Add Ring K_ring' : (@ring_laws K).

  Definition every_action : Product E :=
    {| cell := single_state; cell_of := fun _ => tt; class := profile E; class_of := fun i b => change some_profile i b |}.

  Lemma every_action_named : product_language every_action (state_blind E).
  Proof.
    intros w a v b. cbn. split; [intros ->; split; reflexivity|]. intros [_ h]. apply only_play. intro i.
    specialize (h i). apply (f_equal (fun c => play c i)) in h. now rewrite !change_same in h.
  Qed.

  Lemma nothing_hidden lam mu : obeys_hidden lam (state_blind E) mu.
  Proof.
    intros w i c b _ hid. apply (hidden_class every_action every_action_named) in hid. cbn in hid.
    apply (f_equal (fun a => play a i)) in hid. rewrite !change_same in hid. subst b. unfold obedient.
    rewrite total_zero; [apply le_refl|]. intros a _. unfold only. destruct (same c (play a i)) as [->|n]; [rewrite change_play|]; ring.
  Qed.
End Verifiable.

Theorem T11_balanced : T11_balanced_statement.
Proof.
  intros K E lam I P L mu known product three play_mu raw. exact (three_attained lam P product I known three mu play_mu raw).
Qed.

Theorem T11_balanced_best : T11_balanced_best_statement.
Proof.
  intros K E lam I P L mu known product two prosocial play_mu raw most.
  exact (greatest_attained lam P product I known mu two prosocial play_mu raw most).
Qed.

Theorem T11_value : T11_value_statement.
Proof.
  intros K E lam I P L known product two prosocial. destruct (greatest_play lam P product) as [mu [play_mu [raw most]]].
  exists mu. split.
  - destruct (greatest_attained lam P product I known mu two prosocial play_mu raw most) as [M [C [σ [ok rest]]]].
    intro m. exists M, C, σ. split; [|exact rest]. intros x r. destruct (ok x r) as [budget _]. split; [|exact Logic.I].
    destruct m; cbn in *; [exact budget|intro y; rewrite budget; apply le_refl|exact Logic.I].
  - intros m l o nu h. apply most; [exact (mediated_play lam I L m l o nu h)|].
    intros w i c b pos hid. exact (T11_raw_incentives K E lam I L m l o nu known h w pos i c b hid).
Qed.
