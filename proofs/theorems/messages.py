"""T11 of theory.md for all payoffs and priors: messages make unverifiable states cost nothing.

Two agents or more, balanced money, actions verifiable and states not at all. Where reports agree on
a state a first best of it is recommended, else the profile of the first state's. Every agent but
the last is paid such that it has what that fixed profile would give it in the true state, whatever
it reports and does; the last has all that remains, which is least where it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import product

from coopgap.proofs.algebra.polynomials import ZERO, Polynomial, plain
from coopgap.proofs.parameters.goals import Goal
from coopgap.proofs.parameters.regions import Finding, Recorder
from coopgap.proofs.theorems.symbols import (
    Profile,
    Shape,
    Symbols,
    at_least,
    digits,
    gain,
    partitions,
    payoff,
    positive,
    replaced,
    total,
    welfare,
)
from coopgap.proofs.theorems.theorem import Goals, Means, Theorem, on_paper
from coopgap.proofs.trusted.problems import (
    Contracts,
    Game,
    Mechanism,
    Problem,
    Prosociality,
    Records,
)
from coopgap.theory.json_values import Json

Choice = tuple[Profile, ...]
"""A first-best profile for each state."""


def efficient(shape: Shape) -> Goals:
    """Some balanced mechanism reaches the first best (T11), with one goal for each choice of it.

    Actions are numbered by their first appearance in the choice. By construction: that this is no
    loss of generality. Finer languages allow more (T1), and so does burnt or free money.
    """
    for chosen in _choices(shape):
        profiles = ", ".join(map(digits, chosen))
        yield f"first best {profiles}", _goal(shape, chosen)


def _efficient(shape: Shape, _means: Means) -> Goals:
    return efficient(shape)


def _choices(shape: Shape) -> Sequence[Choice]:
    """First bests by state, up to the names of actions."""
    numberings = [part for part in partitions(shape.states) if max(part) < shape.actions]
    return [tuple(zip(*acts, strict=True)) for acts in product(numberings, repeat=shape.agents)]


def _goal(shape: Shape, chosen: Choice) -> Goal:
    symbols = Symbols((*shape.prior, *shape.payoffs))
    known = [positive(symbols[name]) for name in shape.prior]
    for state, best in enumerate(chosen):
        # Multiplied by p(ω) > 0, as it occurs in the proof.
        weight, top = symbols[shape.prior[state]], welfare(symbols, shape, (state, best))
        rest = (profile for profile in shape.profiles if profile != best)
        worse = (welfare(symbols, shape, (state, profile)) for profile in rest)
        known += [at_least(weight * top, weight * lesser) for lesser in worse]
    states, actions = range(shape.states), range(shape.actions)
    game = Game(
        players=tuple(f"agent {i + 1}" for i in range(shape.agents)),
        actions=(tuple(map(str, actions)),) * shape.agents,
        states=tuple(f"state {s + 1}" for s in states),
        prior=[symbols[name] for name in shape.prior],
        denominator=1,
        payoffs=tuple(
            tuple([symbols[payoff(i, (s, a))] for a in shape.profiles] for s in states)
            for i in range(shape.agents)
        ),
    )
    problem = Problem(
        symbols.names,
        tuple(known),
        game,
        Records((0,) * shape.states, (tuple(actions),) * shape.agents),
        Contracts("mechanism", "balanced"),
        Prosociality([0] * shape.agents, 1),
        Mechanism((tuple(states),) * shape.agents, None),
    )
    claim = {"id": "mechanism-gap-zero", "holds": True}
    witness = {"reached": {"points": [_mechanism(shape, symbols, chosen)]}}
    return Goal(problem, claim, partial(_finding, witness), language="actions")


def _finding(witness: Mapping[str, Json], _recorder: Recorder) -> Finding:
    return Finding(True, {}, witness)


def _mechanism(shape: Shape, symbols: Symbols, chosen: Choice) -> dict[str, Json]:
    listed: list[Json] = []
    for reports in product(range(shape.states), repeat=shape.agents):
        # Who may be the only one to lie, and in which state.
        liars = {
            i: others.pop()
            for i in range(shape.agents)
            if len(others := {*reports[:i], *reports[i + 1 :]}) == 1
        }
        if liars:
            honest = len(set(reports)) == 1
            recommended = chosen[reports[0]] if honest else chosen[0]
            payments = _payments(shape, symbols, chosen, recommended, liars)
            draw: list[Json] = [shape.profiles.index(recommended), 1, payments]
            listed.append([list(reports), [draw]])
    return {"total": 1, "denominator": 1, "reports": listed}


def _payments(
    shape: Shape, symbols: Symbols, chosen: Choice, recommended: Profile, liars: Mapping[int, int]
) -> list[Json]:
    """What is paid after the recommendation: at it, and where a liar or an honest agent leaves."""
    last, payments = shape.agents - 1, list[tuple[int, list[Polynomial]]]()
    entitlement = _entitlement(symbols, chosen)

    def due(agent: int, state: int, play: Profile) -> Polynomial:
        """The payment by which an agent has what is meant for it in a state, at a play."""
        own = symbols[payoff(agent, (state, play))]
        if agent < last:
            return entitlement(agent, state) - own
        worth = welfare(symbols, shape, (state, recommended))
        return worth - total(entitlement(i, state) for i in range(last)) - own

    agreed = len(liars) == shape.agents and len(set(liars.values())) == 1
    if agreed:
        (state,) = set(liars.values())
        row = [due(i, state, recommended) for i in range(last)]
        payments.append((shape.profiles.index(recommended), [*row, -total(row)]))
    for agent, state in liars.items():
        for action in range(shape.actions):
            play = replaced(recommended, agent, action)
            if play != recommended:
                own = due(agent, state, play)
                if not agreed and agent == last:
                    own = gain(symbols, agent, (state, play), (state, recommended))
                row = [ZERO] * shape.agents
                row[agent], row[(agent + 1) % shape.agents] = own, -own
                payments.append((shape.profiles.index(play), row))
    return [[record, [plain(amount, symbols.names) for amount in row]] for record, row in payments]


def _entitlement(symbols: Symbols, chosen: Choice) -> Callable[[int, int], Polynomial]:
    """What each agent but the last has in a state: what the first state's profile would give it."""
    return lambda agent, state: symbols[payoff(agent, (state, chosen[0]))]


def theorems() -> Iterable[Theorem]:
    """Messages between two agents, of two or three actions each, about two states."""
    return [
        Theorem(
            f"t11-{shape}",
            f"In {shape} games whose actions are verifiable and whose states are not, agents who "
            "see the state reach the first best under balanced money once they may report it.",
            ("p(ω) > 0 in every state",),
            "theory.md T11",
            partial(_efficient, shape),
            rests_on=on_paper(
                "that actions may be numbered by their first appearance in the first bests, which "
                "leaves as many goals as are shown"
            ),
        )
        for shape in (Shape(2, 2, 2), Shape(2, 3, 2))
    ]
