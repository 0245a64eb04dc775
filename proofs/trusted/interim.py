"""What contracts without messages implement among agents who do not all see the state.

An agent's *types* are the cells that it may see, and a strategy has an action for each type. No
contract asks for more than that no type gains by another action, in expectation over what it
cannot tell apart (theory.md §1, Information). These rows are sums of those of play in each state,
so the two rules of ``contracts`` remain: a profile of strategies with transfers, and multipliers in
which all transfers cancel. A directive allows classes of actions by cells that all agents see, and
leaves the rows of what it allows.

In correlated play a mediator who knows no state tells each agent a strategy (Forges 1993,
strategic form): a row is then about a type that was told a strategy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from coopgap.proofs.trusted import contracts
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

Type = tuple[int, int]
"""An agent and the number of a cell."""

Strategies = Mapping[Type, int]
"""The action of each type, or of some."""


def types_of(case: Case) -> dict[Type, list[int]]:
    """The types with their states of positive probability, by agent and cell in order."""
    cells = case.plays.problem.information
    case.budget.spend(len(cells) * (len(case.support) + 2))
    types: dict[Type, list[int]] = {}
    for agent, own in enumerate(cells):
        for state in case.support:
            types.setdefault((agent, own[state]), []).append(state)
    return dict(sorted(types.items()))


def pooled(case: Case) -> Number:
    """W* of agents who pool what they see, over mass × denominator."""
    return sum(case.known.top(_welfare(case, states)) for states in _pooled_cells(case))


def _pooled_cells(case: Case) -> list[list[int]]:
    """The sets of states that agents who pool what they see cannot tell apart."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for state in case.support:
        cell = tuple(own[state] for own in case.plays.problem.information)
        groups.setdefault(cell, []).append(state)
    return list(groups.values())


def _welfare(case: Case, states: Sequence[int]) -> list[Number]:
    """The welfare p W of each profile, in sum over the states."""
    every = range(case.plays.profiles)
    case.budget.spend(len(states) * len(every))
    return [sum(_worth(case, state, profile) for state in states) for profile in every]


def first_best(case: Case) -> dict[int, list[int]]:
    """For each state the profiles that agents who pool what they see would play."""
    by_state: dict[int, list[int]] = {}
    for states in _pooled_cells(case):
        worth = _welfare(case, states)
        top = case.known.top(worth)
        best = [a for a, value in enumerate(worth) if case.known.holds(top - value, "==")]
        by_state |= dict.fromkeys(states, best)
    return by_state


def _worth(case: Case, state: int, profile: int) -> Number:
    return case.plays.game.prior[state] * case.plays.welfare(state, profile)


def _strategies(case: Case, value: Any) -> Strategies:
    """An action for each type, in order."""
    types = types_of(case)
    pairs = zip(types, listing(value, len(types)), strict=True)
    return {type_: integer(action, 0, case.plays.sizes[type_[0]]) for type_, action in pairs}


def selection(case: Case, strategies: Strategies) -> dict[int, int]:
    """The profile of each state, but of those where some type has no action."""
    cells, played = list(enumerate(case.plays.problem.information)), {}
    for state in case.support:
        case.budget.spend(len(cells))
        if all((agent, own[state]) in strategies for agent, own in cells):
            actions = [strategies[agent, own[state]] for agent, own in cells]
            played[state] = sum(map(int.__mul__, actions, case.plays.strides))
    return played


def _all_strategies(case: Case) -> Iterator[Strategies]:
    """All profiles of strategies, in ascending order."""
    types = list(types_of(case))
    for chosen in product(*(range(case.plays.sizes[agent]) for agent, _ in types)):
        case.budget.spend(len(types))
        yield dict(zip(types, chosen, strict=True))


# --- existence ------------------------------------------------------------------------------------


def attained(case: Case, pure: bool = True) -> Ratio:
    """The welfare over mass of the strategies in the witness, or of a mediator's draw of some.

    Raises Rejected unless contracts make them an equilibrium at the ends of the claim's λ. If the
    draw depends on an ε > 0, the welfare is its limit at 0.
    """
    way = "strategies" if pure or "strategies" in case.witness else "distribution"
    played, transfers = fields(case.witness, "the witness", way, "transfers")
    entries = [[played, 1]] if way == "strategies" else listing(played)
    pairs = [listing(entry, 2) for entry in entries]
    draws = [(_strategies(case, chosen), case.positive(weight)) for chosen, weight in pairs]
    different = {tuple(chosen.values()) for chosen, _ in draws}
    require(0 < len(draws) == len(different), "strategies are listed twice, or none are")
    for end, contract in contracts.contracts_of(case, transfers):
        rows: dict[Any, Number] = {}
        for chosen, weight in draws:
            for row, gain in _gains(case, chosen, end, contract).items():
                rows[row] = rows.get(row, 0) + weight * gain
        gaining = any(not case.known.holds(-row, ">=") for row in rows.values())
        require(not gaining, "an agent gains by another strategy")
    limits = [(chosen, case.limit(weight)) for chosen, weight in draws]
    mass = sum(weight for _, weight in limits)
    require(case.known.holds(mass, ">"), "nothing is played in the limit")
    return sum(weight * _reached(case, chosen) for chosen, weight in limits), mass


def _reached(case: Case, chosen: Strategies) -> Number:
    """The welfare of strategies, over mass × denominator."""
    return sum(_worth(case, *played) for played in selection(case, chosen).items())


def _gains(
    case: Case, chosen: Strategies, end: Prosociality, contract: contracts.Transfers
) -> dict[tuple[Type, Sequence[int], int], Number]:
    """What types gain by other actions: by type, the strategy of its agent, and the action."""
    play, allowed = selection(case, chosen), _allowed(case, chosen)
    if allowed is None:
        raise Rejected("a complete directive allows one class in each cell")
    rows: dict[tuple[Type, Sequence[int], int], Number] = {}
    for type_, states in types_of(case).items():
        strategy = _own(case, chosen, type_[0])
        for state, move in moves(case, play, (type_, states)):
            if allowed(state, *move[:2]):
                start = case.plays.record(state, play[state])
                gain = contracts.gain(case, end, contract, start, move)
                key = type_, strategy, move[1]
                rows[key] = rows.get(key, 0) + case.plays.game.prior[state] * gain
    return rows


def _own(case: Case, chosen: Strategies, agent: int) -> tuple[int, ...]:
    """An agent's strategy: the actions of its types in order."""
    case.budget.spend(len(chosen))
    return tuple(action for (own, _), action in chosen.items() if own == agent)


def _allowed(case: Case, part: Strategies) -> contracts.Counts | None:
    """Which deviations count if a directive allows no more than the part, as ``counting`` says."""
    types = types_of(case)
    used = ((types[type_][0], type_[0], action) for type_, action in part.items())
    return contracts.counting(case, used)


def listed(case: Case, value: Any) -> list[Strategies]:
    """The listed profiles of strategies."""
    return [_strategies(case, entry) for entry in listing(value)]


def equilibria(case: Case) -> list[Strategies]:
    """The strategies that are an equilibrium without a contract, in ascending order."""
    plain = case.plays.problem.contracts.kind == "interim"
    require(plain, "the claim is about play without a directive")
    return [chosen for chosen in _all_strategies(case) if _stable(case, chosen)]


def _stable(case: Case, chosen: Strategies) -> bool:
    (end,) = case.ends
    gains = _gains(case, chosen, end, contracts.NOTHING).values()
    return not any(case.known.holds(gain, ">") for gain in gains)


def moves(
    case: Case, play: Mapping[int, int], type_: tuple[Type, Sequence[int]]
) -> Iterator[tuple[int, Deviation]]:
    """The deviations of a type, in each of its states."""
    (agent, _), states = type_
    for state in states:
        for move in case.plays.deviations(state, play[state]):
            if move[0] == agent:
                yield state, move


# --- impossibility --------------------------------------------------------------------------------


def obstruction(case: Case, value: Any) -> tuple[Strategies, list[Number]]:
    """The part of strategies in an obstruction, and the sum of its rows at each end of λ.

    The sums are less what contracts can make good; if they are positive, the part is excluded.
    """
    chosen, deviations = fields(value, "an obstruction", "strategies", "deviations")
    types, part = types_of(case), dict[Type, int]()
    for entry in listing(chosen):
        agent, cell, action = listing(entry, 3)
        key = integer(agent, 0, len(case.plays.sizes)), integer(cell, 0, case.plays.states)
        require(key in types and key not in part, "an obstruction names a type twice, or none")
        part[key] = integer(action, 0, case.plays.sizes[key[0]])
    allowed = _allowed(case, part)
    if allowed is None:
        require(deviations == [], "two classes need no deviation")
        return part, [1] * len(case.ends)
    play, rows, seen = selection(case, part), [], set[tuple[int, ...]]()
    for entry in listing(deviations):
        *changed, multiplier = listing(entry, 4)
        agent, cell, action = (integer(number, 0, LARGE) for number in changed)
        known = (agent, cell) in part and (agent, cell, action) not in seen
        require(known, "a deviation is listed twice, or of no type of the part")
        weight = case.positive(multiplier)
        seen.add((agent, cell, action))
        states = types[agent, cell]
        require(all(state in play for state in states), "what is played is left open")
        pairs = moves(case, play, ((agent, cell), states))
        changes = [(state, move) for state, move in pairs if move[1] == action]
        require(len(changes) == len(states), "a deviation is to the same action")
        require(allowed(states[0], agent, action), "the deviation is not allowed")
        for state, move in changes:
            rows.append((weight * case.plays.game.prior[state], (state, play[state]), move))
    return part, contracts.strengths(case, rows)


def strategy_bound(case: Case) -> tuple[Ratio | None, bool]:
    """An upper bound on the welfare over mass of strategies that are implementable.

    None if there are none. Also whether the bound is strict. The tree has a branch for each action
    of the types in order. It ends in an obstruction that is part of the way to it, or in null where
    no completion has more welfare than ``best`` (strict: as much).
    """
    names = "obstructions", "best", "strict", "tree"
    obstructions, best, below, tree = fields(case.witness, "the bound", *names)
    parts = [case.excluded(obstruction(case, value)) for value in listing(obstructions)]
    strict, bound = truth_of(below), None
    if best is not None:
        bound = _reached(case, _strategies(case, best))
    order, stack = list(types_of(case)), [(tree, dict[Type, int]())]
    while stack:
        node, path = stack.pop()
        case.budget.spend(2 + len(path))
        if node is None:
            require(bound is not None, "a strategy is not excluded")
            room = (0 if bound is None else bound) - _most(case, path)
            require(case.known.holds(room, ">" if strict else ">="), "a better one is not excluded")
        elif isinstance(node, int):
            part = parts[integer(node, 0, len(parts))]
            require(part.items() <= path.items(), "an obstruction is not part of the way to it")
        else:
            require(len(path) < len(order), "the types are at an end")
            branches = listing(node, case.plays.sizes[order[len(path)][0]])
            type_ = order[len(path)]
            stack += [(branch, {**path, type_: a}) for a, branch in enumerate(branches)]
    return (None if bound is None else (bound, 1)), strict


def dual_bound(case: Case) -> Ratio:
    """The largest W − Σ y · gain of strategies, which bounds the welfare of correlated play.

    Deviations are those of types that were told a strategy. Under any transfers those by which they
    change the record cancel at all strategies (theory.md T5, with sums over cells).
    """
    denominator, multipliers = fields(case.witness, "the bound", "denominator", "multipliers")
    (end,), weights = case.ends, dict[tuple[Type, Sequence[int], int], Number]()
    scale = case.positive(denominator) * end.scale * contracts.liability(case)[1]
    types, sizes = types_of(case), case.plays.sizes
    for entry in listing(multipliers):
        agent, recommended, cell, action, multiplier = listing(entry, 5)
        case.budget.spend(len(types))
        size = sizes[integer(agent, 0, len(sizes))]
        own = [type_ for type_ in types if type_[0] == agent]
        strategy = tuple(integer(number, 0, size) for number in listing(recommended, len(own)))
        key = (agent, integer(cell, 0, case.plays.states)), strategy, integer(action, 0, size)
        moved = key[0] in own and strategy[own.index(key[0])] != action
        require(moved and key not in weights, "a multiplier is on no deviation, or twice")
        weights[key] = case.positive(multiplier)
    values: list[Number] = []
    for chosen in _all_strategies(case):
        play, rows = selection(case, chosen), []
        for type_, states in types.items():
            strategy = _own(case, chosen, type_[0])
            for state, move in moves(case, play, (type_, states)):
                weight = weights.get((type_, strategy, move[1]))
                if weight is not None:
                    rows.append((weight * case.plays.game.prior[state], (state, play[state]), move))
        (cut,) = contracts.strengths(case, rows)
        values.append(_reached(case, chosen) * scale - cut)
    return case.known.top(values), scale


def _most(case: Case, path: Strategies) -> Number:
    """The sum of the largest welfare in each state of what agrees with the path."""
    cells, plays, total = case.plays.problem.information, case.plays, 0
    for state in case.support:
        fixed = {i: path[i, own[state]] for i, own in enumerate(cells) if (i, own[state]) in path}
        case.budget.spend(plays.profiles * (1 + len(fixed)))
        open_ = [
            profile
            for profile in range(plays.profiles)
            if all(plays.action(profile, i) == action for i, action in fixed.items())
        ]
        best = case.known.top([plays.welfare(state, profile) for profile in open_])
        total = total + plays.game.prior[state] * best
    return total
