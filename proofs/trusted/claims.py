"""The rules: what the witness of each claim must show.

One module, though over 400 lines, because whoever audits the core reads every rule for games here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from coopgap.proofs.trusted import contracts, interim, mechanisms
from coopgap.proofs.trusted.documents import fields, integer, listing, require, truth_of
from coopgap.proofs.trusted.polynomials import Number, Ratio, lifted
from coopgap.proofs.trusted.problems import Case

# --- welfare: values, gaps and thresholds ---------------------------------------------------------

NEGATED = {">": "<=", ">=": "<", "<=": ">", "<": ">="}

PURE, CORRELATED, MECHANISMS = "", "correlated-", "mechanism-"

GAPS = {"gap-positive": ">", "gap-zero": "<=", "closes": "<="}
GAPS |= {"gap-at-least": ">=", "gap-at-most": "<=", "gap": "=="}
"""The relation of the gap to the claim's value (or 0).

The gap is in pure strategies or, with a prefix before the id, in correlated equilibria or under
mechanisms, where it is an infimum.
"""


def _gap(case: Case, stated: Any = "0") -> None:
    notion, _ = _notion(case), case.ends
    kinds = case.plays.problem.contracts
    paying = kinds.kind in ("transfers", "interim") and kinds.budget != ""
    require(notion != CORRELATED or paying, "correlated gaps are about transfers")
    target = None
    if stated != "inf":
        above, below = _welfare(case, stated)
        target = best(case) * below - above, below
    _show(case, _relation(case, GAPS[case.id.removeprefix(notion)]), target)


def _notion(case: Case) -> str:
    return next(notion for notion in (CORRELATED, MECHANISMS, PURE) if case.id.startswith(notion))


def best(case: Case) -> Number:
    """W*, the first-best expected welfare over mass × denominator."""
    return interim.pooled(case) if case.plays.problem.mechanism else optimum(case)


def _private(case: Case) -> bool:
    """Whether the claim is about agents who do not all see the state, without messages."""
    return case.plays.problem.private


def _attained(case: Case, pure: bool = True) -> Ratio:
    if case.plays.problem.contracts.kind == "mechanism":
        return mechanisms.reached(case)
    return interim.attained(case, pure) if _private(case) else contracts.attained(case, pure)


def _pure_bound(case: Case) -> tuple[Ratio | None, bool]:
    return interim.strategy_bound(case) if _private(case) else contracts.selection_bound(case)


def _relation(case: Case, relation: str) -> str:
    require(case.holds or relation in NEGATED, "a number is shown, not denied")
    return relation if case.holds else NEGATED[relation]


def _show(case: Case, relation: str, target: Ratio | None) -> None:
    """Shows that the gap stands in the relation to the gap that welfare ``target`` leaves.

    ``target`` None is −∞. Parts of the witness: ``reached``, a play of that welfare or more;
    ``bound``, why there is none of more (without it, V ≤ W*). All welfare here is over mass ×
    denominator.
    """
    above, below = relation in (">", ">=", "=="), relation in ("<", "<=", "==")
    notion = _notion(case)
    require(target is not None or relation == "==", "expected an exact number")
    parts = ["bound"] * (above and "bound" in case.witness) + ["reached"] * (below and bool(target))
    fields(case.witness, "the witness", *parts)
    if above:
        plain: tuple[Ratio, bool] = (best(case), 1), False
        bound, strict = _bound(case, notion) if "bound" in parts else plain
        if target is None or bound is None:
            require(bound is None and (target is None or relation != "=="), "V is another number")
        else:
            _require_room(case, target, bound, ">" if relation == ">" and not strict else ">=")
    if below and target is not None:
        inside = case.part("reached")
        reached = _attained(inside, notion == PURE)
        _require_room(case, reached, target, ">" if relation == "<" else ">=")


def _require_room(case: Case, high: Ratio, low: Ratio, relation: str) -> None:
    room = high[0] * low[1] - low[0] * high[1]
    require(case.known.holds(room, relation), "the witness is about another welfare")


def optimum(case: Case) -> Number:
    """W*, the first-best expected welfare, over mass × denominator."""
    return sum(case.plays.game.prior[s] * _top(case, s) for s in case.support)


def _top(case: Case, state: int) -> Number:
    plays = case.plays
    return case.known.top([plays.welfare(state, a) for a in range(plays.profiles)])


def _bound(case: Case, notion: str) -> tuple[Ratio | None, bool]:
    inside = case.part("bound")
    if notion == PURE:
        return _pure_bound(inside)
    if notion == MECHANISMS:
        return mechanisms.bound(inside), False
    return interim.dual_bound(inside) if _private(case) else dual_bound(inside), False


def dual_bound(case: Case) -> Ratio:
    """Σ p max (W − Σ y · gain), an upper bound on the welfare of correlated equilibria.

    It holds under any transfers: those by which the deviations change the record cancel at each
    profile (theory.md T5 and T10).
    """
    denominator, lists = fields(case.witness, "the bound", "denominator", "multipliers")
    scale = case.positive(denominator) * case.ends[0].scale * contracts.liability(case)[1]
    total: Number = 0
    for state, listed in zip(case.support, listing(lists, len(case.support)), strict=True):
        cuts = contracts.weighted(case, state, listed)
        worth = [case.plays.welfare(state, a) * scale - cut for a, cut in enumerate(cuts)]
        total = total + case.plays.game.prior[state] * case.known.top(worth)
    return total, scale


def _value(case: Case, stated: Any) -> None:
    """V is the stated number."""
    relation = _relation(case, "==")
    _show(case, relation, None if stated == "-inf" else _welfare(case, stated))


def _welfare(case: Case, stated: Any) -> Ratio:
    """A number of the claim in utils, over mass × denominator."""
    above, below = case.ratio(stated)
    return above * (case.mass * case.plays.unit), below


def _attains(case: Case, stated: Any) -> None:
    """Some mechanism has an equilibrium of the stated welfare or more; or none has."""
    target = _welfare(case, stated)
    fields(case.witness, "the witness", "reached" if case.holds else "bound")
    if case.holds:
        reached = mechanisms.reached(case.part("reached"), alone=True)
        _require_room(case, reached, target, ">=")
    else:
        bound = mechanisms.bound(case.part("bound"), target)
        require(bound is None, "the multipliers leave room for a mechanism")


def _threshold(case: Case, stated: Any) -> None:
    """The stated number is the least common λ at which a first best is implementable.

    ``reached`` shows that it is implementable there, ``below`` that it is not at any smaller λ. At
    a first best no deviation raises W, so it stays implementable above.
    """
    require(case.holds, "a number is shown, not denied")
    level = None if stated == "inf" else case.ratio(stated)
    positive = level is None or not case.known.holds(level[0], "==")
    fields(case.witness, "the witness", *["reached"] * (level is not None), *["below"] * positive)
    target = best(case), 1
    if level is not None:
        _require_room(case, _attained(case.part("reached").between(level)), target, ">=")
    if positive:
        bound, strict = _pure_bound(case.part("below").between((0, 1), level, last=False))
        if bound is not None:
            _require_room(case, target, bound, ">=" if strict else ">")


def _threshold_at_most(case: Case, stated: Any) -> None:
    _show(case.between(case.ratio(stated)), _relation(case, "<="), (best(case), 1))


def _value_between(case: Case, value: Any, low: Any, high: Any, first: Any, last: Any) -> None:
    """V is one number at every common λ of an interval."""
    start, end = case.ratio(low), None if high == "inf" else case.ratio(high)
    closed = min(truth_of(first), truth_of(last))
    require(end is not None or not last, "∞ is no λ")
    if end is not None:
        _require_room(case, end, start, ">=" if closed else ">")
    _value(case.between(start, end, first=first, last=last), value)


def _implementable(case: Case, listed: Any) -> None:
    """A contract makes a selection an equilibrium, or an obstruction is part of the selection."""
    wanted = _selection(case, listed)
    if case.holds:
        contracts.attained(case)
        same = _selection(case, case.witness["selection"]) == wanted
        require(same, "the contract implements another selection")
    else:
        part = case.excluded(contracts.obstruction(case, case.witness))
        require(part.items() <= wanted.items(), "the obstruction is about another selection")


def _selection(case: Case, value: Any) -> dict[int, int]:
    rows = listing(value, len(case.support))
    profiles = [integer(profile, 0, case.plays.profiles) for profile in rows]
    return dict(zip(case.support, profiles, strict=True))


def _play_at_most(case: Case, state: Any, profile: Any, within: Any, stated: Any) -> None:
    """No correlated equilibrium under transfers plays a profile with more probability.

    The dual of theory.md T5. ``within``, if not null: among equilibria that play only these
    profiles.
    """
    require(case.plays.problem.contracts.kind == "transfers", "the claim is about transfers")
    require(case.holds and _likely(case, state), "a bound is shown, in a state of probability")
    every = range(case.plays.profiles)
    played = every if within is None else _ascending(within, len(every))
    target = integer(profile, 0, len(every))
    denominator, multipliers = fields(case.witness, "the witness", "denominator", "multipliers")
    scale = case.positive(denominator) * contracts.liability(case)[1]
    (above, below), totals = case.ratio(stated), contracts.weighted(case, state, multipliers)
    rooms = [scale * (above - below * (a == target)) + below * totals[a] for a in played]
    shown = all(case.known.holds(room, ">=") for room in rooms)
    require(shown, "the multipliers leave room for more")


# --- play alone: what enumeration decides ---------------------------------------------------------


def _ascending(value: Any, below: int) -> list[int]:
    """The listed profiles or cells, which must be in ascending order."""
    listed = [integer(entry, 0, below) for entry in listing(value)]
    require(listed == sorted(set(listed)), "profiles and cells are listed in ascending order")
    return listed


def _likely(case: Case, state: Any) -> bool:
    """Whether a state has positive probability."""
    return integer(state, 0, case.plays.states) in case.likely


def _optimum_is(case: Case, stated: Any) -> bool:
    above, below = _welfare(case, stated)
    return case.known.holds(best(case) * below - above, "==")


def first_best(case: Case, state: int) -> list[int]:
    """The first-best profiles of a state, by index."""
    top, worth = _top(case, state), case.plays.welfare
    return [a for a in range(case.plays.profiles) if case.known.holds(top - worth(state, a), "==")]


def nash(case: Case, state: int) -> list[int]:
    """The pure equilibria of a state without a contract, by index."""
    (end,) = case.ends
    return [
        profile
        for profile in range(case.plays.profiles)
        if not any(
            case.known.holds(end.pull(agent, gain, lost), ">")
            for agent, _, _, gain, lost in case.plays.deviations(state, profile)
        )
    ]


def _are_in_state(case: Case, state: Any, listed: Any) -> bool:
    """The first-best profiles of a state, or its pure equilibria, are exactly those listed.

    For a state of probability 0 the list is null.
    """
    profiles = None if listed is None else _ascending(listed, case.plays.profiles)
    find = first_best if case.id == "first-best" else nash
    return profiles == (find(case, state) if _likely(case, state) else None)


def _are_nash(case: Case, lists: Any) -> bool:
    """The pure equilibria are those listed, in each state of positive probability.

    Of agents who do not all see it, the strategies that are one.
    """
    if _private(case):
        return interim.listed(case, lists) == interim.equilibria(case)
    listed = [_ascending(row, case.plays.profiles) for row in listing(lists, len(case.support))]
    return [nash(case, state) for state in case.support] == listed


def _unique_nash(case: Case, *lists: Any) -> bool:
    """Each state has one pure equilibrium; it is the listed one, if the claim lists any."""
    same = all(_are_nash(case, listed) for listed in lists)
    if _private(case):
        return same and len(interim.equilibria(case)) == 1
    return same and all(len(nash(case, state)) == 1 for state in case.support)


def _are_agent_thresholds(case: Case, listed: Any) -> bool:
    """For each first best and agent, the least λ_i at which no deviation pays (theory.md T6).

    There is no contract. First-best selections are listed in ascending order.
    """
    require(
        case.holds and case.plays.problem.prosociality is None, "thresholds are shown, for all λ"
    )
    best = [first_best(case, state) for state in case.support]
    require(len(listing(listed)) == math.prod(map(len, best)), "a first-best selection is missing")
    for entry, chosen in zip(listed, product(*best), strict=True):
        selection, levels = listing(entry, 2)
        require(
            tuple(_selection(case, selection).values()) == chosen, "a selection is out of place"
        )
        moves = [
            move
            for state, profile in zip(case.support, chosen, strict=True)
            for move in case.plays.deviations(state, profile)
        ]
        case.budget.spend(len(moves) * len(case.plays.agents))
        for agent, level in enumerate(listing(levels, len(case.plays.agents))):
            if not _is_threshold(case, [move[3:] for move in moves if move[0] == agent], level):
                return False
    return True


def _is_threshold(case: Case, moves: Sequence[tuple[Number, Number]], stated: Any) -> bool:
    """λ_i · lost ≥ gain for all deviations, with equality for one unless λ_i = 0."""
    holds = case.known.holds
    if stated == "inf":
        return any(holds(lost, "==") and holds(gain, ">") for gain, lost in moves)
    above, below = case.ratio(stated)
    rooms = [(above * lost - gain * below, lost) for gain, lost in moves]
    if not all(holds(room, ">=") for room, _ in rooms) or not holds(above, ">="):
        return False
    return holds(above, "==") or any(
        holds(lost, ">") and holds(-room, ">=") for room, lost in rooms
    )


def _are_incontractible(case: Case, listed: Any) -> bool:
    """Exactly the listed cells are incontractible."""
    return incontractible_cells(case) == _ascending(listed, case.plays.states)


def incontractible_cells(case: Case) -> list[int]:
    """The cells of states, by number, without a profile that is first best in all their states.

    First best is what agents would play who pool what they see.
    """
    cells, _ = case.plays.problem.product()
    pooled = interim.first_best(case) if _private(case) else {}
    common: dict[int, set[int]] = {}
    for state in case.support:
        best = set(pooled[state] if pooled else first_best(case, state))
        common[cells[state]] = common.get(cells[state], best) & best
    return [cell for cell in sorted(common) if not common[cell]]


def _beneficial(case: Case) -> bool:
    """Some first-best selection gives each agent strictly more than it gets in selfish play.

    For each selection of selfish pure equilibria of less welfare.
    """
    holds = case.known.holds
    require(all(level == 0 for level in case.ends[0].levels), "the claim is about selfish play")
    first = _payoffs(case, [first_best(case, state) for state in case.support])
    selfish = _payoffs(case, [nash(case, state) for state in case.support])
    worse = [bad for bad in selfish if holds(sum(first[0]) - sum(bad), ">")]
    case.budget.spend(len(first) * len(worse) * len(case.plays.agents))
    return all(
        any(all(holds(f - v, ">") for f, v in zip(good, bad, strict=True)) for good in first)
        for bad in worse
    )


def _payoffs(case: Case, options: Sequence[Sequence[int]]) -> list[tuple[Number, ...]]:
    """All expected payoffs, over mass × denominator, of selections from the options."""
    vectors: dict[str, tuple[Number, ...]] = {"": (0,) * len(case.plays.agents)}
    for state, profiles in zip(case.support, options, strict=True):
        case.budget.spend(40 * len(vectors) * len(profiles) * len(case.plays.agents))
        weight, tables = case.plays.game.prior[state], case.plays.game.payoffs
        longer = [
            tuple(v + weight * own[state][profile] for v, own in zip(vector, tables, strict=True))
            for vector in vectors.values()
            for profile in profiles
        ]
        vectors = {str([sorted(lifted(v).terms.items()) for v in row]): row for row in longer}
    return list(vectors.values())


def _side_payments(case: Case) -> bool:
    """After constant balanced payments a first best gives each agent more than selfish play.

    For each selection of selfish pure equilibria of less welfare. Always so: with first best f and
    selfish v, pay v_i − f_i + (Σ f − Σ v) / n.
    """
    require(all(level == 0 for level in case.ends[0].levels), "the claim is about selfish play")
    return True


# --- axioms of a social dilemma (theory.md §3) ----------------------------------------------------


def _sides(case: Case) -> tuple[list[list[int]], list[list[int]]]:
    """The cooperating and the defecting actions of each agent."""
    coop = [list(own) for own in case.plays.game.cooperative or ()]
    require(len(coop) == len(case.plays.sizes), "cooperation is not defined")
    sizes = zip(coop, case.plays.sizes, strict=True)
    defecting = [sorted(set(range(size)) - set(own)) for own, size in sizes]
    require(all([*coop, *defecting]), "an agent lacks a side")
    return coop, defecting


def _profiles(case: Case, actions: Sequence[Sequence[int]]) -> list[int]:
    """The profiles of these actions, by index."""
    case.budget.spend(math.prod(map(len, actions)) * len(actions))
    return [sum(map(int.__mul__, play, case.plays.strides)) for play in product(*actions)]


def _temptations(
    case: Case, state: int, agent: int, worth: Callable[[int], Number]
) -> Iterator[Number]:
    """The excess of defecting d over cooperating c, for all c, d and plays of the others."""
    plays, (coop, defecting) = case.plays, _sides(case)
    others = [list(range(size)) if i != agent else [0] for i, size in enumerate(plays.sizes)]
    for first, c, d in product(_profiles(case, others), coop[agent], defecting[agent]):
        case.budget.spend()
        yield worth(plays.moved(first, agent, d)) - worth(plays.moved(first, agent, c))


def _axiom(case: Case) -> bool:
    return all(_axiom_in(case, state) for state in case.support)


def _axiom_in(case: Case, state: int) -> bool:
    plays, holds = case.plays, case.known.holds
    together, apart = (_profiles(case, side) for side in _sides(case))
    payoffs = [own[state] for own in plays.game.payoffs]
    if case.id == "axiom-i":
        tempted = (
            _temptations(case, state, i, lambda a: plays.welfare(state, a)) for i in plays.agents
        )
        return all(holds(-excess, ">") for own in tempted for excess in own)
    if case.id == "axiom-ii":
        return first_best(case, state) == _profiles(case, [own[:1] for own in _sides(case)[0]])
    if case.id == "axiom-iii":
        case.budget.spend(len(together) * len(apart) * len(payoffs))
        pairs = product(payoffs, together, apart)
        return all(holds(own[a] - own[b], ">") for own, a, b in pairs)
    every = all if case.id == "axiom-iv-strict" else any
    return all(
        every(holds(excess, ">") for excess in _temptations(case, state, i, payoffs[i].__getitem__))
        for i in plays.agents
    )


# --- claims about all equilibria ------------------------------------------------------------------


def _all_equilibria(case: Case) -> None:
    """No equilibrium plays a forbidden profile; with transfers, under some contract.

    Equilibria are correlated ones for ``all-cooperative``, mixed ones for ``full-implementation``.
    """
    kind, mixed = case.plays.problem.contracts.kind, case.id == "full-implementation"
    require(kind == "none" or (kind == "transfers" and mixed), "the claim is about play alone")
    if kind == "transfers" and not case.holds:
        _show_no_contract(case)
    elif not case.holds:
        _show_equilibrium(case, mixed)
    elif mixed and "supports" in case.witness:
        _show_supports(case)
    else:
        _show_exclusion(case, kind == "transfers")


def _are_mixed(case: Case, state: Any, listed: Any) -> None:
    """Each play that is listed, of one mix for each agent, is an equilibrium of the state."""
    fields(case.witness, "the witness")
    require(case.plays.problem.contracts.kind == "none", "the claim is about play alone")
    require(case.holds, "equilibria are shown, not denied")
    require(_likely(case, state), "the state has no probability")
    plays = [_independent(case, mixes) for mixes in listing(listed)]
    require(bool(plays), "no equilibrium is listed")
    exact = all(weight == case.limit(weight) for play in plays for _, weight in play)
    require(exact, "a claim is about no ε")
    for play in plays:
        contracts.require_equilibrium(case, {state: play}, case.ends[0], contracts.NOTHING)


def _forbidden(case: Case, state: int) -> set[int]:
    """The profiles that a claim about all equilibria rules out.

    They are those in which some agent defects, or those that are not first best.
    """
    every = set(range(case.plays.profiles))
    if case.id == "all-cooperative":
        return every - set(_profiles(case, _sides(case)[0]))
    return every - set(first_best(case, state))


def _show_exclusion(case: Case, paying: bool) -> None:
    """Forbidden profiles have probability 0 in every correlated equilibrium.

    The expectation of Σ multiplier × gain is at most 0 there, while it must be positive on
    forbidden profiles and nowhere negative.
    """
    lists, *rest = fields(case.witness, "the witness", "multipliers", *["transfers"] * paying)
    contract = contracts.NOTHING
    if paying:
        contract = contracts.transfers_of(case, rest[0], case.ends[0])
    for state, listed in zip(case.support, listing(lists, len(case.support)), strict=True):
        forbidden = _forbidden(case, state)
        for profile, total in enumerate(contracts.weighted(case, state, listed, contract)):
            shown = case.known.holds(total, ">" if profile in forbidden else ">=")
            require(shown, "the multipliers leave room for an equilibrium")


def _show_no_contract(case: Case) -> None:
    """No contract makes a first best a pure equilibrium, nor some first bests a mixed one.

    No two first-best profiles may differ in the action of one agent alone: then an equilibrium
    among them cannot mix.
    """
    _show(case, ">", (optimum(case), 1))
    for state in case.support:
        best = set(first_best(case, state))
        for profile, agent in product(best, case.plays.agents):
            row = {case.plays.moved(profile, agent, a) for a in range(case.plays.sizes[agent])}
            require(len(row & best) == 1, "first-best profiles leave room for mixing")


def _show_equilibrium(case: Case, mixed: bool) -> None:
    """An equilibrium of one state plays a forbidden profile.

    If mixed, the agents play independently, by the weights of their actions.
    """
    part = "mixes" if mixed else "distribution"
    state, listed = fields(case.witness, "the witness", "state", part)
    require(_likely(case, state), "the state has no probability")
    play = _independent(case, listed) if mixed else contracts.distribution(case, listed)
    contracts.require_equilibrium(case, {state: play}, case.ends[0], contracts.NOTHING)
    played = {profile for profile, _ in play}
    require(not _forbidden(case, state).isdisjoint(played), "nothing that is ruled out is played")


def _independent(case: Case, value: Any) -> list[tuple[int, Number]]:
    """The profiles, with products of weights, of [action, positive weight] listed by agent."""
    play: list[tuple[int, Number]] = [(0, 1)]
    for agent, mix in zip(case.plays.agents, listing(value, len(case.plays.agents)), strict=True):
        pairs = [listing(entry, 2) for entry in listing(mix)]
        weights = {integer(a, 0, case.plays.sizes[agent]): case.positive(w) for a, w in pairs}
        require(0 < len(weights) == len(pairs), "an action is listed twice, or none is")
        case.budget.spend(len(play) * len(weights))
        stride = case.plays.strides[agent]
        play = [(a + b * stride, x * y) for a, x in play for b, y in weights.items()]
    return play


Actions = frozenset[tuple[int, int]]
"""Pairs of an agent and its action."""


def _show_supports(case: Case) -> None:
    """No two supports that reach a forbidden profile are those of an equilibrium of two agents.

    A tree decides action by action whether it is played. A branch ends (null) where no forbidden
    profile may be played, or in a shift of weight that pays.
    """
    (trees,) = fields(case.witness, "the witness", "supports")
    require(len(case.plays.sizes) == 2, "supports are for two agents")
    none: Actions = frozenset()
    for state, tree in zip(case.support, listing(trees, len(case.support)), strict=True):
        pairs = [[(i, case.plays.action(a, i)) for i in (0, 1)] for a in _forbidden(case, state)]
        stack: list[tuple[Any, Actions, Actions]] = [(tree, none, none)]
        while stack:
            node, played, idle = stack.pop()
            case.budget.spend(sum(case.plays.sizes) + len(pairs))
            if node is None:
                reached = any(idle.isdisjoint(pair) for pair in pairs)
                require(not reached, "a forbidden profile may be played")
            elif isinstance(node, dict):
                _require_shift(case, state, node, played, idle)
            else:
                agent, action, with_it, without = listing(node, 4)
                key = integer(agent, 0, 2), integer(action, 0, case.plays.sizes[agent])
                stack += [(with_it, played | {key}, idle), (without, played, idle | {key})]


def _require_shift(case: Case, state: int, value: Any, played: Actions, idle: Actions) -> None:
    """Raises Rejected unless the agent gains by shifting weight (Motzkin 1936).

    The shift v (Σ v = 0) takes weight from actions that the agent plays, loses against no action
    that the other may play, and gains against some action that the other plays.
    """
    agent, weights = fields(value, "a shift", "agent", "weights")
    plays, holds, (end,) = case.plays, case.known.holds, case.ends
    own, other = plays.game.payoffs[integer(agent, 0, 2)][state], 1 - agent
    case.budget.spend(plays.profiles)
    shift = [case.number(v) for v in listing(weights, plays.sizes[agent])]
    require(holds(sum(shift), "=="), "a shift does not sum to 0")
    allowed = all((agent, b) in played or holds(v, ">=") for b, v in enumerate(shift))
    require(allowed, "a shift takes weight from an action that may be idle")
    gains = False
    for j in range(plays.sizes[other]):
        if (other, j) not in idle:
            profiles = [
                b * plays.strides[agent] + j * plays.strides[other] for b in range(len(shift))
            ]
            utilities = (end.pull(agent, own[a], -plays.welfare(state, a)) for a in profiles)
            total = sum(v * u for v, u in zip(shift, utilities, strict=True))
            require(holds(total, ">="), "a shift may lose")
            gains = gains or ((other, j) in played and holds(total, ">"))
    require(gains, "a shift does not gain")


# --- the table ------------------------------------------------------------------------------------

CLAIMS: Mapping[str, tuple[Callable[..., bool | None], tuple[str, ...]]] = {
    **dict.fromkeys(("gap-positive", "gap-zero", "closes", "correlated-gap-positive"), (_gap, ())),
    **dict.fromkeys(("mechanism-gap-positive", "mechanism-gap-zero"), (_gap, ())),
    **{
        f"{notion}gap{relation}": (_gap, ("value",))
        for notion in (PURE, CORRELATED, MECHANISMS)
        for relation in ("", "-at-least", "-at-most")
    },
    "mechanism-attains": (_attains, ("value",)),
    **dict.fromkeys(("value", "mechanism-value"), (_value, ("value",))),
    "value-between": (_value_between, ("value", "from", "to", "from_included", "to_included")),
    "threshold": (_threshold, ("value",)),
    "threshold-at-most": (_threshold_at_most, ("value",)),
    "implementable": (_implementable, ("selection",)),
    "play-at-most": (_play_at_most, ("state", "profile", "within", "value")),
    **dict.fromkeys(("all-cooperative", "full-implementation"), (_all_equilibria, ())),
    "optimum": (_optimum_is, ("value",)),
    **dict.fromkeys(("first-best", "equilibria"), (_are_in_state, ("state", "profiles"))),
    "mixed-equilibria": (_are_mixed, ("state", "plays")),
    "nash": (_are_nash, ("profiles",)),
    "unique-nash": (_unique_nash, ("profiles",)),
    "agent-thresholds": (_are_agent_thresholds, ("thresholds",)),
    "incontractible": (lambda case: bool(incontractible_cells(case)), ()),
    "incontractible-cells": (_are_incontractible, ("cells",)),
    "beneficial": (_beneficial, ()),
    "beneficial-with-side-payments": (_side_payments, ()),
    **dict.fromkeys(("axiom-i", "axiom-ii", "axiom-iii"), (_axiom, ())),
    **dict.fromkeys(("axiom-iv-strict", "axiom-iv-partial"), (_axiom, ())),
}
"""For each claim its rule, and the fields that it has."""


PRIVATE = {name for name in CLAIMS if name.removeprefix(CORRELATED) in GAPS} | {
    *("value", "threshold", "threshold-at-most", "nash", "unique-nash"),
    *("optimum", "incontractible", "incontractible-cells"),
}
"""The claims that mean something where agents do not all see the state and say nothing."""


def show(case: Case) -> None:
    """Raises Rejected unless the witness shows the claim.

    Rules that return whether the claim is true need no witness.
    """
    rule, names = CLAIMS[case.id]
    kind = case.plays.problem.contracts.kind
    fits = case.id.startswith(MECHANISMS) == (kind == "mechanism")
    require(fits, "what agents see matters for claims about mechanisms, and only for these")
    sensible = case.id in PRIVATE or not _private(case)
    require(sensible, "the claim is about agents who see the state")
    if case.id == "unique-nash" and not case.fields:
        names = ()
    truth = rule(case, *fields(case.fields, "the claim", *names))
    if truth is not None:
        fields(case.witness, "the witness")
        require(truth == case.holds, "the payoffs say the opposite")
