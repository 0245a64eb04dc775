"""T3 and T4 of theory.md for all payoffs: obstructions, and the gap that they cause.

The docstring of each set of goals says what is shown by formula and what by construction. By
construction throughout: that there are no other situations (``situations``), and that a real number
lies between finitely many lower bounds and finitely many upper bounds if no lower bound exceeds an
upper bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.elimination import incentive, transfer_obstructions
from coopgap.proofs.algebra.polynomials import ZERO, Polynomial, number
from coopgap.proofs.parameters.goals import Goal
from coopgap.proofs.theorems.situations import Situation
from coopgap.proofs.theorems.symbols import (
    Shape,
    Symbols,
    above,
    at_least,
    at_most,
    equal,
    gain,
    goal,
    total,
    welfare,
)
from coopgap.proofs.theorems.theorem import Goals
from coopgap.proofs.theorems.transfers import (
    BOUND,
    RULES,
    Rule,
    cancelling,
    liability,
    payoff_names,
    steps,
    strengths,
    symbols_of,
    system,
    transfers_in,
)

FREE = Rule("free", False)
BALANCED = Rule("balanced", False)
BURNT = Rule("burnt", False)

# --- T3: obstructions -----------------------------------------------------------------------------


def implementation(situations: Iterable[Situation]) -> Goals:
    """A contract implements the selection iff no obstruction has positive strength (T3).

    By formula, for every class of transfers: if a contract (one symbol per agent and record)
    implements the selection, no obstruction is positive; each step of the elimination that chooses
    amounts if none is; that the obstructions in the checker and in the engines are equivalent to
    these. By construction: the systems, written in full; the order in which amounts are chosen.
    """
    for situation in situations:
        symbols, bare = symbols_of(situation), _without_transfers(situation)
        for rule in RULES:
            told, given = f"{situation}; {rule}", liability(rule, symbols)
            here = strengths(situation, rule, symbols)
            rows = [row.condition(symbols) for row in system(situation, rule, symbols)]
            yield f"{told}: contracts leave no obstruction", goal(symbols, [*given, *rows], *here)
            for step in steps(situation, rule, symbols):
                found = goal(symbols, [*given, *step.after], *step.before)
                yield f"{told}: an amount for {step.transfer} is left", found
            used = _as_used(situation, rule, symbols)
            yield f"{told}: what is used is enough", goal(bare, [*given, *used], *here)
            yield f"{told}: what is used is needed", goal(bare, [*given, *here], *used)


def forms(situations: Iterable[Situation]) -> Goals:
    """The shapes of obstructions (T3 a, b and d), and where a bound does not bind (c).

    All of it by formula. By construction: the simple cycles, which are enumerated here, and the
    divergences of the obstructions, which are numbers.
    """
    for situation in situations:
        symbols, bare = symbols_of(situation), _without_transfers(situation)
        free = strengths(situation, FREE, symbols)
        same = (
            ("(a) simple cycles", _cycles(situation, symbols)),
            ("(c) free money with a bound", strengths(situation, Rule("free", True), symbols)),
            ("(d) burnt money without a bound", strengths(situation, BURNT, symbols)),
        )
        bound = at_least(symbols[BOUND])
        for what, conditions in same:
            if conditions or free:
                yield f"{situation}: {what} are enough", goal(bare, [bound, *conditions], *free)
                yield f"{situation}: {what} are needed", goal(bare, [bound, *free], *conditions)
        yield f"{situation}: (b) every obstruction is a flow", _are_flows(situation)
        yield f"{situation}: (b) every flow is an obstruction", _flows_exclude(situation)


def bound_binds() -> Goals:
    """With a liability bound burnt money implements less than free money (T3 d).

    By formula, to be refuted: in the situation of N4, where two states share the records of their
    deviations, if no obstruction to free money is positive, then none to burnt money is.
    """
    situation = Situation(Shape(2, 2, 2), ((0, 1, 2), (3, 2, 1)))
    symbols, rule = _without_transfers(situation), Rule("burnt", True)
    known = [*liability(rule, symbols), *strengths(situation, FREE, symbols)]
    yield str(situation), goal(symbols, known, *strengths(situation, rule, symbols))


def _without_transfers(situation: Situation) -> Symbols:
    return Symbols((*payoff_names(situation), BOUND))


def _as_used(situation: Situation, rule: Rule, symbols: Symbols) -> list[Condition]:
    """The conditions of ``transfer_obstructions``: Σ weight × gain ≤ B × weight of the bound."""
    arcs = situation.arcs
    incentives = [incentive((i, source, target)) for i, _, _, source, target in arcs]
    found = transfer_obstructions(situation.shape.agents, incentives, rule.budget, rule.liable)
    return [
        at_least(symbols[BOUND] * (fines), _strength(situation, weights.items(), symbols))
        for weights, fines in found
    ]


def _strength(
    situation: Situation, weights: Iterable[tuple[int, int]], symbols: Symbols
) -> Polynomial:
    """Σ weight × gain over deviations."""
    arcs = situation.arcs
    return total(gain(symbols, *arcs[k][:3]) * (weight) for k, weight in weights)


def _cycles(situation: Situation, symbols: Symbols) -> list[Condition]:
    """No simple cycle of an agent's contract graph has a positive gain."""
    found = []
    for agent in range(situation.shape.agents):
        own = [(k, *arc[3:]) for k, arc in enumerate(situation.arcs) if arc[0] == agent]
        for cycle in simple_cycles(own):
            found.append(at_most(_strength(situation, ((k, 1) for k in cycle), symbols)))
    return found


def simple_cycles(arcs: Sequence[tuple[int, int, int]]) -> list[tuple[int, ...]]:
    """The simple cycles among arcs (number, from, to), as the numbers of their arcs.

    Each starts at its least node. Parallel arcs make different cycles.
    """
    found = []
    stack: list[tuple[int, int, tuple[int, ...], frozenset[int]]] = [
        (source, target, (k,), frozenset({source, target}))
        for k, source, target in arcs
        if target >= source
    ]
    while stack:
        start, at, path, seen = stack.pop()
        if at == start:
            found.append(path)
            continue
        for k, source, target in arcs:
            if source == at and target >= start and (target == start or target not in seen):
                stack.append((start, target, (*path, k), seen | {target}))
    return found


def _are_flows(situation: Situation) -> Goal:
    """The divergence of each balanced obstruction is the same for all agents, at every record."""
    agents = range(situation.shape.agents)
    rows = system(situation, BALANCED, symbols_of(situation))
    same = []
    for ray in cancelling(rows, transfers_in(rows)):
        weights = [number(ray.get(k, 0)) for k in range(len(situation.arcs))]
        for record in situation.numbers:
            first, *others = (_divergence(situation, i, record, weights) for i in agents)
            same += [equal(first, other) for other in others]
    return goal(_without_transfers(situation), [], *dict.fromkeys(same))


def _flows_exclude(situation: Situation) -> Goal:
    """Common-divergence flows have no positive weight where a balanced contract implements σ.

    A flow is nonnegative, one per agent on its own graph, all with the same divergence at every
    record. σ is the selection of the situation.
    """
    agents, arcs = range(situation.shape.agents), situation.arcs
    names = tuple(f"f{k + 1}" for k in range(len(arcs)))
    known = symbols_of(situation)
    symbols = Symbols((*known.names, *names))
    flows = [symbols[name] for name in names]
    common = []
    for record in situation.numbers:
        first, *others = (_divergence(situation, i, record, flows) for i in agents)
        common += [equal(first, other) for other in others]
    rows = [row.condition(symbols) for row in system(situation, BALANCED, symbols)]
    weight = total(flow * gain(symbols, *arc[:3]) for flow, arc in zip(flows, arcs, strict=True))
    return goal(symbols, [*rows, *map(at_least, flows), *common], at_most(weight))


def _divergence(
    situation: Situation, agent: int, record: int, flows: Sequence[Polynomial]
) -> Polynomial:
    """The outflow of a record on an agent's graph, minus the inflow."""
    net = ZERO
    for flow, (i, _, _, source, target) in zip(flows, situation.arcs, strict=True):
        if i == agent:
            net += flow * ((source == record) - (target == record))
    return net


# --- T4: the gap where every first best is obstructed ---------------------------------------------


def lossless(situations: Iterable[Situation]) -> Goals:
    """A selection implementable without loss is first best in every state (T4).

    By formula: if no obstruction of the selection is positive and its expected welfare is at least
    W*, then it is first best. So if every first-best selection has a positive obstruction, every
    implementable one loses something, and the least of these finitely many losses bounds the gap
    for all contracts. ``m1``, ``m2``, … are at least the welfare of each profile in each state. By
    construction: this contraposition, and that free money implements whatever any class of
    transfers does.
    """
    for situation in situations:
        shape, start = situation.shape, (0,) * situation.shape.agents
        most = tuple(f"m{s + 1}" for s in range(shape.states))
        symbols = Symbols((*shape.payoffs, *shape.prior, *most))
        worlds = [(symbols[p], symbols[m]) for p, m in zip(shape.prior, most, strict=True)]
        got = {play: welfare(symbols, shape, play) for play in shape.plays}
        known = [above(p) for p, _ in worlds]
        known += [at_least(worlds[s][1], got[s, a]) for s, a in shape.plays]
        known += strengths(situation, FREE, symbols)
        loss = total(p * (m - got[s, start]) for s, (p, m) in enumerate(worlds))
        best = [at_least(got[s, start], got[s, a]) for s, a in shape.plays if a != start]
        yield str(situation), goal(symbols, [*known, at_most(loss)], *best)
