"""What contracts implement, and what they do not: the two rules on which most claims rest.

* Existence: a play (a distribution over profiles in each state; a point mass in pure strategies)
  and transfers. No agent gains by any deviation, row by row.
* Impossibility: multipliers on rows of incentives, budget and liability, in which all transfers
  cancel, and which add up to 0 ≥ a positive number.

Incentives are linear in transfers and λ together. So what is excluded at both ends of an interval
of λ is excluded between them; and a play that contracts support at both ends is supported between
them by their mixtures, or beyond the first by adding the second in proportion to λ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from coopgap.proofs.trusted.documents import (
    LARGE,
    Rejected,
    fields,
    integer,
    listing,
    require,
    truth_of,
)
from coopgap.proofs.trusted.polynomials import Number, Ratio
from coopgap.proofs.trusted.problems import Case, Deviation, Prosociality

Play = Mapping[int, Sequence[tuple[int, Number]]]
"""For each state profiles with weights, relative to their sum."""

Transfers = tuple[Number, Mapping[int, Sequence[Number]]]
"""A denominator, and for each record the amounts of the agents; other records pay nothing."""

NOTHING: Transfers = (1, {})

SHIFT = 16
"""Products of numbers whose bits multiply to 2 to this power, or less, are as fast as a step."""

# --- existence ------------------------------------------------------------------------------------


def attained(case: Case, pure: bool = True) -> Ratio:
    """The welfare over mass of the play in the witness.

    Raises Rejected unless contracts of the class make the play an equilibrium at the ends of the
    claim's λ. If the play depends on an ε > 0, the welfare is its limit at 0.
    """
    way = "selection" if pure or "selection" in case.witness else "distributions"
    played, transfers = fields(case.witness, "the witness", way, "transfers")
    rows = listing(played, len(case.support))
    if way == "selection":
        rows = [[[profile, 1]] for profile in rows]
    play = {s: distribution(case, row) for s, row in zip(case.support, rows, strict=True)}
    for end, contract in contracts_of(case, transfers):
        require_equilibrium(case, play, end, contract)
    return _expected(case, play)


def contracts_of(case: Case, value: Any) -> Iterator[tuple[Prosociality, Transfers]]:
    """Each end of λ with the transfers that are listed for it, none where nothing can be paid."""
    paying = case.plays.problem.contracts.budget != ""
    listed = listing(value, len(case.ends) if paying else 0)
    for k, end in enumerate(case.ends):
        yield end, transfers_of(case, listed[k], end) if paying else NOTHING


def distribution(case: Case, value: Any) -> Sequence[tuple[int, Number]]:
    """A distribution from a list of [profile, positive weight]."""
    pairs = [listing(entry, 2) for entry in listing(value)]
    play = [(integer(a, 0, case.plays.profiles), case.positive(weight)) for a, weight in pairs]
    require(0 < len(play) == len({a for a, _ in play}), "a profile is listed twice, or none is")
    return play


def transfers_of(case: Case, value: Any, end: Prosociality) -> Transfers:
    """The listed transfers; raises Rejected if they break the budget or the liability bound."""
    denominator, amounts = fields(value, "transfers", "denominator", "amounts")
    scale = case.positive(denominator)
    # What grows with λ leaves no room for fines.
    return scale, payments_of(case, amounts, 0 if end.scale == 0 else scale, case.number)


def payments_of(
    case: Case, value: Any, scale: Number, read: Callable[[Any], Number]
) -> Mapping[int, Sequence[Number]]:
    """The listed payments by record, within the budget and the liability bound × scale."""
    contracts = case.plays.problem.contracts
    above, below = contracts.liability or (0, 0)
    paid: dict[int, Sequence[Number]] = {}
    for entry in listing(value):
        record, listed = listing(entry, 2)
        require(record not in paid, "a record is listed twice")
        row = [read(amount) for amount in listing(listed, len(case.plays.agents))]
        paid[integer(record, 0, case.plays.profiles * case.plays.states)] = row
        budget = {"balanced": "==", "burnt": ">=", "free": None}[contracts.budget]
        if budget is not None:
            require(case.known.holds(-sum(row), budget), "transfers break the budget")
        bounded = all(case.known.holds(below * amount + above * scale, ">=") for amount in row)
        require(bounded, "a fine is above the liability bound")
    return paid


def require_equilibrium(case: Case, play: Play, end: Prosociality, contract: Transfers) -> None:
    """Raises Rejected unless no agent gains by deviating from any action recommended to it."""
    counts = counting(case, _used(case, play))
    if counts is None:
        raise Rejected("a complete directive allows one class in each cell")
    for state, profiles in play.items():
        rows: dict[tuple[int, int, int], Number] = {}
        for profile, weight in profiles:
            start = case.plays.record(state, profile)
            for move in case.plays.deviations(state, profile):
                agent, action, *_ = move
                if counts(state, agent, action):
                    case.budget.spend()
                    key = agent, case.plays.action(profile, agent), action
                    rows[key] = rows.get(key, 0) + weight * gain(case, end, contract, start, move)
        gaining = any(not case.known.holds(-row, ">=") for row in rows.values())
        require(not gaining, f"in state {state} an agent gains by a deviation")


def gain(case: Case, end: Prosociality, contract: Transfers, start: int, move: Deviation) -> Number:
    """The gain of a deviation in u_i + λ_i W + t_i, over the scales of payoffs, λ and transfers."""
    agent, _, record, gain, lost = move
    scale, paid = contract
    pull = end.pull(agent, gain, lost) * scale
    if not paid or start == record:
        return pull
    before, after = (paid[place][agent] if place in paid else 0 for place in (start, record))
    return pull + (after - before) * unit_of(case, end)


def unit_of(case: Case, end: Prosociality) -> Number:
    """The denominator of utilities at an end of λ."""
    return case.plays.unit if end.scale == 0 else case.plays.unit * end.scale


def _expected(case: Case, play: Play) -> Ratio:
    """Σ p W over mass × denominator of payoffs, in the limit of ε to 0."""
    above: Number = 0
    below: Number = 1
    for state, profiles in play.items():
        limits = [(profile, case.limit(weight)) for profile, weight in profiles]
        mass = sum(weight for _, weight in limits)
        require(case.known.holds(mass, ">"), "nothing is played in the limit")
        worth = sum(weight * case.plays.welfare(state, a) for a, weight in limits)
        spend_product(case, below, mass)
        above = above * mass + case.plays.game.prior[state] * worth * below
        below = below * mass
    return above, below


def spend_product(case: Case, left: Number, right: Number, times: int = 1) -> None:
    """Charges a product of integers by their length; polynomials charge their own."""
    if type(left) is int is type(right):
        case.budget.spend(times * (left.bit_length() * right.bit_length() >> SHIFT))


Counts = Callable[[int, int, int], bool]
"""Whether a deviation counts: in a state, of an agent, to an action."""


def counting(case: Case, used: Iterable[tuple[int, int, int]]) -> Counts | None:
    """Which deviations count: all or, under directives, those to allowed actions.

    used: actions of agents in states, whose classes the directive must allow in the cells of these
    states, and is assumed to allow no others. None if a complete one, which allows one class per
    agent, would have to allow two.
    """
    contracts = case.plays.problem.contracts
    if contracts.kind != "directive":
        return lambda state, agent, action: True
    cells, classes = case.plays.problem.product()
    allowed = {(cells[state], agent, classes[agent][action]) for state, agent, action in used}
    if not contracts.permissive and len(allowed) > len({choice[:2] for choice in allowed}):
        return None
    return lambda state, agent, action: (cells[state], agent, classes[agent][action]) in allowed


def _used(case: Case, play: Play) -> Iterator[tuple[int, int, int]]:
    """The actions of all agents in the states of a play."""
    for state, profiles in play.items():
        for agent, (profile, _) in product(case.plays.agents, profiles):
            yield state, agent, case.plays.action(profile, agent)


# --- impossibility --------------------------------------------------------------------------------


def obstruction(case: Case, value: Any) -> tuple[dict[int, int], list[Number]]:
    """The part of a selection in an obstruction, and the sum of its rows at each end of λ.

    The sums are less what contracts can make good; if they are positive, the part is excluded.
    """
    selection, deviations = fields(value, "an obstruction", "selection", "deviations")
    part: dict[int, int] = {}
    for entry in listing(selection):
        state, profile = listing(entry, 2)
        known = integer(state, 0, case.plays.states) in case.likely and state not in part
        require(known, "an obstruction names a state twice, or one without probability")
        part[state] = integer(profile, 0, case.plays.profiles)
    weights: dict[tuple[int, ...], int] = {}
    for entry in listing(deviations):
        *move, weight = (integer(number, 0, LARGE) for number in listing(entry, 4))
        require(tuple(move) not in weights and weight > 0, "a deviation is listed twice, or not")
        weights[tuple(move)] = weight
    rows = [
        (weights.pop((state, *move[:2])), (state, profile), move)
        for state, profile in part.items()
        for move in case.plays.deviations(state, profile)
        if (state, *move[:2]) in weights
    ]
    require(not weights, "a deviation is not from the selection")
    if case.plays.problem.contracts.kind == "directive":
        return part, _directed(case, part, rows)
    return part, strengths(case, rows)


Rows = Sequence[tuple[Number, tuple[int, int], Deviation]]
"""Positive weights, plays and deviations from them."""


def strengths(case: Case, rows: Rows) -> list[Number]:
    """The sums of the rows, less what the liability bound makes good."""
    arcs = [(weight, move[0], case.plays.record(*play), move[2]) for weight, play, move in rows]
    slack, (above, below) = _slack(case, arcs), liability(case)
    sums = []
    for end in case.ends:
        total = sum(weight * end.pull(move[0], *move[3:]) for weight, _, move in rows)
        fines = 0 if end.scale == 0 else slack * above * unit_of(case, end)
        sums.append(below * total - fines)
    return sums


def liability(case: Case) -> Ratio:
    """The liability bound; 0, which no rule uses, where there is none."""
    return case.plays.problem.contracts.liability or (0, 1)


Arc = tuple[Number, int, int, int]
"""A weight on t_i(record) − t_i(other record): the weight, the agent i, and the two records."""


def _slack(case: Case, arcs: Iterable[Arc]) -> Number:
    """The number of times that the liability bound is used to cancel transfers.

    The divergence of an agent at a record is its outflow minus its inflow. Rows of the budget
    subtract the same from it for all agents (0 for free money, nothing negative for burnt), and
    rows of the liability bound make up the rest.
    """
    contracts = case.plays.problem.contracts
    if contracts.budget == "":
        return 0
    divergence: dict[int, list[Number]] = {}
    for weight, agent, tail, head in arcs:
        case.budget.spend(len(case.plays.agents))
        for place, sign in ((tail, weight), (head, -weight)):
            own = divergence.setdefault(place, [0] * len(case.plays.agents))
            own[agent] = own[agent] + sign
    slack = sum(fines_needed(case, own) for own in divergence.values())
    bounded = contracts.liability is not None
    require(bounded or case.known.holds(slack, "=="), "transfers do not cancel")
    return slack


def fines_needed(case: Case, own: Sequence[Number], relation: str = ">=") -> Number:
    """What rows of the liability bound make up of the agents' divergences at one record."""
    budget = case.plays.problem.contracts.budget
    common = case.known.top({"balanced": own, "burnt": [*own, 0], "free": [0]}[budget])
    shares = [common - amount for amount in own]
    known = all(case.known.holds(share, relation) for share in shares)
    require(known, "fines break the budget, or do not cancel")
    return sum(shares)


def _directed(case: Case, part: Mapping[int, int], rows: Rows) -> list[Number]:
    """The gain of the deviation that excludes the part under directives.

    A directive that allows the part allows the classes that it uses in a cell: a deviation among
    these excludes it. If it must be complete, two classes of an agent exclude it without a
    deviation.
    """
    play = {state: [(profile, 1)] for state, profile in part.items()}
    counts = counting(case, _used(case, play))
    if counts is None:
        require(not rows, "two classes need no deviation")
        return [1] * len(case.ends)
    ((_, (state, _), move),) = rows
    require(counts(state, *move[:2]), "the deviation is not allowed")
    return [end.pull(move[0], *move[3:]) for end in case.ends]


def selection_bound(case: Case) -> tuple[Ratio | None, bool]:
    """An upper bound on the welfare over mass of all implementable selections.

    None if there are none. Also whether the bound is strict. The blocks partition the states, and
    are searched separately.
    """
    if "contracts" in case.witness:
        return _bound_by_contracts(case), False
    obstructions, blocks = fields(case.witness, "the bound", "obstructions", "blocks")
    parts = [case.excluded(obstruction(case, value)) for value in listing(obstructions)]
    total: Number = 0
    bounded, strict = True, False
    for states, (best, below, tree) in _blocks(case, blocks, "best", "strict", "tree"):
        bounded, strict = bounded and best is not None, truth_of(below) or strict
        bound = None if best is None else sum(_worth(case, states, listing(best, len(states))))
        total = total + (bound or 0)
        _search(case, states, tree, parts, (bound, ">" if below else ">="))
    return ((total, 1) if bounded else None), strict


def _blocks(case: Case, value: Any, *names: str) -> Iterator[tuple[list[int], list[Any]]]:
    """The states and the other fields of blocks, which together have each state once."""
    searched: list[int] = []
    for block in listing(value):
        listed, *rest = fields(block, "a block", "states", *names)
        states = [integer(state, 0, case.plays.states) for state in listing(listed)]
        require(set(states) <= case.likely and states != [], "a block names other states, or none")
        searched += states
        yield states, rest
    require(sorted(searched) == case.support, "the blocks do not part the states")


def _worth(case: Case, states: Sequence[int], profiles: Sequence[Any]) -> list[Number]:
    """The welfare p W in each state."""
    case.budget.spend(len(states))
    return [
        case.plays.game.prior[state] * case.plays.welfare(state, integer(a, 0, case.plays.profiles))
        for state, a in zip(states, profiles, strict=True)
    ]


def _search(
    case: Case,
    states: Sequence[int],
    tree: Any,
    parts: Sequence[Mapping[int, int]],
    bound: tuple[Number | None, str],
) -> None:
    """Raises Rejected unless the tree lists all profiles that could lead to more than the bound.

    It lists them state by state; each branch ends in an obstruction that is part of the path to it.
    """
    every, (best, relation) = range(case.plays.profiles), bound
    worth = [_worth(case, [state] * len(every), every) for state in states]
    tops = [case.known.top(row) if best is not None else 0 for row in worth]
    stack: list[tuple[Any, dict[int, int], Number]] = [(tree, {}, 0)]
    while stack:
        node, path, total = stack.pop()
        depth = len(path)
        require(depth < len(states), "a selection is not excluded")
        listed: dict[Any, Any] = dict(tuple(listing(entry, 2)) for entry in listing(node))
        require(len(listed) == len(node), "a profile is listed twice")
        case.budget.spend(len(every) + len(node) + len(states))
        ahead = sum(tops[depth + 1 :])
        for profile in every:
            if profile not in listed:
                require(best is not None, "a profile is missing")
                room = best - total - worth[depth][profile] - ahead
                require(case.known.holds(room, relation), "a profile could lead to more")
        for profile, branch in listed.items():
            longer = {**path, states[depth]: integer(profile, 0, len(every))}
            case.budget.spend(len(longer))
            if type(branch) is int:
                part = parts[integer(branch, 0, len(parts))]
                case.budget.spend(len(part))
                require(part.items() <= longer.items(), "an obstruction is not in the path")
            else:
                stack.append((branch, longer, total + worth[depth][profile]))


# --- impossibility, by cases of contracts ---------------------------------------------------------

Demands = Sequence[tuple[int, Mapping[tuple[int, int, int], int]]]
"""Profiles that may be played in a state, the best first: p W, and what each needs of transfers.

By agent, record and other record: the least t_i(record) − t_i(other record), over ``unit_of`` and
the block's denominator.
"""


def _bound_by_contracts(case: Case) -> Ratio | None:
    """As ``selection_bound``, by a tree for each block, whose branches part all contracts."""
    kind, total, bounded = case.plays.problem.contracts.kind, 0, True
    require(kind == "transfers" and len(case.ends) == 1, "contracts are parted at one λ")
    require(not case.plays.problem.parameters, "contracts are parted for numbers only")
    (listed,) = fields(case.witness, "the bound", "contracts")
    names = "most", "denominator", "cases"
    for states, (most, scale, tree) in _blocks(case, listed, *names):
        bounded = bounded and most is not None
        bound = None if most is None else integer(most, -LARGE, LARGE)
        total += bound or 0
        options = [_demands(case, state, integer(scale, 1, LARGE)) for state in states]
        _part(case, options, tree, (bound, scale))
    return (total, 1) if bounded else None


def _demands(case: Case, state: int, scale: int) -> Demands:
    """What the profiles of a state need, without those that no transfers make equilibria."""
    (end,), demands = case.ends, []
    for profile in range(case.plays.profiles):
        start = case.plays.record(state, profile)
        needs: dict[tuple[int, int, int], int] = {}
        for agent, _, record, gain, lost in case.plays.deviations(state, profile):
            pull = end.pull(agent, gain, lost) * scale
            spend_product(case, pull, scale)
            needs[agent, start, record] = max(needs.get((agent, start, record), pull), pull)
        if all(needs.get((agent, start, start), 0) <= 0 for agent in case.plays.agents):
            (worth,) = _worth(case, [state], [profile])
            demands.append((worth, needs))
    return sorted(demands, key=lambda entry: -entry[0])


def _part(case: Case, options: Sequence[Demands], tree: Any, bound: tuple[int | None, int]) -> None:
    """Raises Rejected unless each leaf has no contracts, or leaves no more than the bound.

    A branch says that an agent is paid at most some amount more at the first of two records (then
    no profile is played that needs more), or at least that amount.
    """
    (most, scale), unit = bound, unit_of(case, case.ends[0])
    records = case.plays.profiles * case.plays.states
    stack: list[tuple[Any, Sequence[Demands], list[Row]]] = [(tree, options, [])]
    while stack:
        node, alive, path = stack.pop()
        case.budget.spend(sum(map(len, alive)) + len(alive) + len(path) + 1)
        if node is None and all(alive):
            enough = most is not None and sum(own[0][0] for own in alive) <= most
            require(enough, "contracts of a leaf could lead to more")
        elif type(node) is dict:
            _require_no_contract(case, path, fields(node, "a leaf", "refuted"), scale)
        elif node is not None:
            *numbers, low, high = listing(node, 6)
            agent = integer(numbers[0], 0, len(case.plays.agents))
            first, second = (integer(number, 0, records) for number in numbers[1:3])
            amount = integer(numbers[3], -LARGE, LARGE)
            require(first != second, "a record is compared with itself")
            for branch, key, top in (
                (low, (agent, first, second), amount),
                (high, (agent, second, first), -amount),
            ):
                room = top * unit
                rest = [[play for play in own if play[1].get(key, room) <= room] for own in alive]
                stack.append((branch, rest, [*path, (agent, key[2], key[1], -top)]))


Row = tuple[int, int, int, int]
"""t_i(record) − t_i(other record) ≥ amount: the agent, the records, the amount."""


def _require_no_contract(case: Case, path: Sequence[Row], value: Any, scale: int) -> None:
    """Raises Rejected unless multiplied rows of the path add up to a contradiction."""
    arcs, total = [], 0
    for entry in listing(value[0]):
        place, weight = listing(entry, 2)
        agent, first, second, amount = path[integer(place, 0, len(path))]
        arcs.append((integer(weight, 1, LARGE), agent, first, second))
        spend_product(case, weight, amount)
        total += weight * amount
    above, below = liability(case)
    room = total * below - _slack(case, arcs) * above * scale
    require(case.known.holds(room, ">"), "rows on contracts do not add up to a contradiction")


# --- multipliers on what agents are told ----------------------------------------------------------


def weighted(
    case: Case, state: int, multipliers: Any, contract: Transfers = NOTHING
) -> list[Number]:
    """Σ multiplier × gain at each profile, from listed [agent, recommended, taken, multiplier].

    Its expectation is at most 0 in each correlated equilibrium under the contract; without one,
    under all of the class: then it is less what fines can make good at each profile, and over the
    denominator of the liability bound.
    """
    (end,), plays = case.ends, case.plays
    weights: dict[tuple[int, int, int], Number] = {}
    for entry in listing(multipliers):
        agent, recommended, action, multiplier = listing(entry, 4)
        size = plays.sizes[integer(agent, 0, len(plays.sizes))]
        move = agent, integer(recommended, 0, size), integer(action, 0, size)
        known = move not in weights and recommended != action
        require(known, "a multiplier is on no deviation, or twice")
        weights[move] = case.positive(multiplier)
    totals: list[Number] = []
    for profile in range(plays.profiles):
        start = plays.record(state, profile)
        rows = [
            (weights[move], (state, profile), deviation)
            for deviation in plays.deviations(state, profile)
            if (move := (deviation[0], plays.action(profile, deviation[0]), deviation[1]))
            in weights
        ]
        if contract is NOTHING:
            totals += strengths(case, rows)
        else:
            gains = (weight * gain(case, end, contract, start, move) for weight, _, move in rows)
            totals.append(sum(gains))
    return totals
