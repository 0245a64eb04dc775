"""What contracts without messages implement among agents who do not all see the state.

An agent's *types* are the cells that it may see, and a strategy has an action for each type. No
contract asks for more than that no type gains by another action, in expectation over what it
cannot tell apart (theory.md §1, Information). These rows are sums of those of play in each state,
so the two rules of ``contracts`` remain: a profile of strategies with transfers, and multipliers in
which all transfers cancel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coopgap.proofs.trusted import contracts
from coopgap.proofs.trusted.documents import LARGE, fields, integer, listing, require, truth_of
from coopgap.proofs.trusted.polynomials import Number, Ratio
from coopgap.proofs.trusted.problems import Case, Deviation

Type = tuple[int, int]
"""An agent and the number of a cell."""

Strategies = Mapping[Type, int]
"""The action of each type, or of some."""


def types_of(case: Case) -> dict[Type, list[int]]:
    """The types with their states of positive probability, by agent and cell in order."""
    assert case.plays.problem.mechanism is not None
    cells = case.plays.problem.mechanism.information
    case.budget.spend(len(cells) * (len(case.support) + 2))
    found: dict[Type, list[int]] = {}
    for agent, own in enumerate(cells):
        for state in case.support:
            found.setdefault((agent, own[state]), []).append(state)
    return dict(sorted(found.items()))


def pooled(case: Case) -> Number:
    """W* of agents who pool what they see, over mass × denominator."""
    assert case.plays.problem.mechanism is not None
    groups: dict[tuple[int, ...], list[int]] = {}
    for state in case.support:
        seen = tuple(own[state] for own in case.plays.problem.mechanism.information)
        groups.setdefault(seen, []).append(state)
    every = range(case.plays.profiles)
    case.budget.spend(len(case.support) * len(every))
    return sum(
        case.known.top([sum(_worth(case, s, a) for s in states) for a in every])
        for states in groups.values()
    )


def _worth(case: Case, state: int, profile: int) -> Number:
    return case.plays.game.prior[state] * case.plays.welfare(state, profile)


def _played(case: Case, strategies: Strategies, state: int) -> int | None:
    """The profile of a state, None if some type that is there has no action."""
    assert case.plays.problem.mechanism is not None
    case.budget.spend(len(case.plays.agents))
    profile = 0
    for agent, own in enumerate(case.plays.problem.mechanism.information):
        action = strategies.get((agent, own[state]))
        if action is None:
            return None
        profile += action * case.plays.strides[agent]
    return profile


def _strategies(case: Case, value: Any) -> Strategies:
    """An action for each type, in order."""
    types = types_of(case)
    pairs = zip(types, listing(value, len(types)), strict=True)
    return {each: integer(action, 0, case.plays.sizes[each[0]]) for each, action in pairs}


def _selection(case: Case, strategies: Strategies) -> dict[int, int]:
    """What is played in each state."""
    played = ((state, _played(case, strategies, state)) for state in case.support)
    return {state: profile for state, profile in played if profile is not None}


# --- existence ------------------------------------------------------------------------------------


def attained(case: Case) -> Ratio:
    """The welfare over mass of the strategies in the witness.

    Raises Rejected unless contracts make them an equilibrium at the ends of the claim's λ.
    """
    chosen, transfers = fields(case.witness, "the witness", "strategies", "transfers")
    play = _selection(case, _strategies(case, chosen))
    paying = case.plays.problem.contracts.budget != ""
    listed = listing(transfers, len(case.ends) if paying else 0)
    for k, end in enumerate(case.ends):
        contract = contracts.transfers_of(case, listed[k], end) if paying else contracts.NOTHING
        for states in types_of(case).items():
            rows: dict[int, Number] = {}
            for state, move in _moves(case, play, states):
                here = case.plays.record(state, play[state])
                gain = contracts.gain(case, end, contract, here, move)
                rows[move[1]] = rows.get(move[1], 0) + case.plays.game.prior[state] * gain
            gaining = any(not case.known.holds(-row, ">=") for row in rows.values())
            require(not gaining, "an agent gains by another strategy")
    return sum(_worth(case, state, profile) for state, profile in play.items()), 1


def _moves(
    case: Case, play: Mapping[int, int], type_: tuple[Type, Sequence[int]]
) -> Iterator[tuple[int, Deviation]]:
    """The deviations of a type, in each of its states."""
    (agent, _), states = type_
    for state in states:
        for move in case.plays.deviations(state, play[state]):
            if move[0] == agent:
                yield state, move


# --- impossibility --------------------------------------------------------------------------------


def _obstruction(case: Case, value: Any) -> Strategies:
    """The part of strategies that multipliers exclude at all λ of the claim."""
    chosen, deviations = fields(value, "an obstruction", "strategies", "deviations")
    types, part = types_of(case), dict[Type, int]()
    for entry in listing(chosen):
        agent, cell, action = listing(entry, 3)
        key = integer(agent, 0, len(case.plays.sizes)), integer(cell, 0, case.plays.states)
        require(key in types and key not in part, "an obstruction names a type twice, or none")
        part[key] = integer(action, 0, case.plays.sizes[key[0]])
    play, rows, seen = _selection(case, part), [], set[tuple[int, ...]]()
    for entry in listing(deviations):
        agent, cell, action, weight = (integer(each, 0, LARGE) for each in listing(entry, 4))
        known = (agent, cell) in part and (agent, cell, action) not in seen
        require(known and weight > 0, "a deviation is listed twice, or of no type of the part")
        seen.add((agent, cell, action))
        states = types[agent, cell]
        require(all(state in play for state in states), "what is played is left open")
        moves = [
            each for each in _moves(case, play, ((agent, cell), states)) if each[1][1] == action
        ]
        require(len(moves) == len(states), "a deviation is to the same action")
        for state, move in moves:
            rows.append((weight * case.plays.game.prior[state], (state, play[state]), move))
    strengths = contracts.strengths(case, rows)
    require(case.excluded(strengths), "an obstruction does not add up to a contradiction")
    return part


def ceiling(case: Case) -> tuple[Ratio | None, bool]:
    """An upper bound on the welfare over mass of strategies that are implementable.

    None if there are none. Also whether the bound is strict. The tree has a branch for each action
    of the types in order. It ends in an obstruction that is part of the way to it, or in null where
    no completion has more welfare than ``best`` (strict: as much).
    """
    names = "obstructions", "best", "strict", "tree"
    obstructions, best, below, tree = fields(case.witness, "the bound", *names)
    parts = [_obstruction(case, value) for value in listing(obstructions)]
    strict, bound = truth_of(below), None
    if best is not None:
        play = _selection(case, _strategies(case, best))
        bound = sum(_worth(case, state, profile) for state, profile in play.items())
    order, stack = list(types_of(case)), [(tree, dict[Type, int]())]
    while stack:
        node, path = stack.pop()
        case.budget.spend(2 + len(path))
        if node is None:
            require(bound is not None, "a strategy is not excluded")
            room = (0 if bound is None else bound) - _most(case, path)
            require(case.known.holds(room, ">" if strict else ">="), "a better one is not excluded")
        elif isinstance(node, int):
            found = parts[integer(node, 0, len(parts))]
            require(found.items() <= path.items(), "an obstruction is not part of the way to it")
        else:
            require(len(path) < len(order), "the types are at an end")
            branches = listing(node, case.plays.sizes[order[len(path)][0]])
            here = order[len(path)]
            stack += [(branch, {**path, here: a}) for a, branch in enumerate(branches)]
    return (None if bound is None else (bound, 1)), strict


def _most(case: Case, path: Strategies) -> Number:
    """The sum of the largest welfare in each state of what agrees with the path."""
    assert case.plays.problem.mechanism is not None
    cells, plays, total = case.plays.problem.mechanism.information, case.plays, 0
    for state in case.support:
        asked = {i: path[i, own[state]] for i, own in enumerate(cells) if (i, own[state]) in path}
        case.budget.spend(plays.profiles * (1 + len(asked)))
        open_ = [
            profile
            for profile in range(plays.profiles)
            if all(plays.action(profile, i) == action for i, action in asked.items())
        ]
        total = total + case.known.top([_worth(case, state, profile) for profile in open_])
    return total
