"""What the benchmarks share: games with planted answers, a clock, and the lines of a table."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgap.proofs.certificates import witnesses
from coopgap.proofs.deciding.decide import Certified, ask, certify
from coopgap.proofs.questions.obligations import (
    Excluded,
    Implementability,
    Reached,
    Setting,
    flat_profile,
)
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import IntArray
from coopgap.theory.languages import ProductLanguage

TOP = 10
"""Payoffs and transfers are drawn from −TOP … TOP."""


class Disagreement(SystemExit):
    """Two sides give different answers: the one thing a benchmark fails on."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"DISAGREEMENT: {problem}")


@dataclass(frozen=True, eq=False)
class Instance:
    """A selection of a game whose implementability is known by construction.

    plant: ``feasible`` or the obstruction that was planted. payoffs: of shape (agents, states,
    actions…), in utils. selection: of shape (states, agents).
    """

    plant: str
    budget: Budget
    payoffs: IntArray
    language: ProductLanguage
    selection: IntArray

    @property
    def implementable(self) -> bool:
        """The answer, by construction."""
        return self.plant == "feasible"


@dataclass(frozen=True, eq=False)
class Rows:
    """t_agent(source) − t_agent(target) ≥ gain, one row per deviation."""

    agent: IntArray
    source: IntArray
    target: IntArray
    gain: IntArray


def planted(
    seed: int, plant: str, budget: Budget, agents: int, actions: int, states: int, cells: int
) -> Instance:
    """A random game with a selection that is implementable unless an obstruction is planted.

    Random transfers of the budget implement the selection, and on about half of the deviations the
    incentive constraint binds. Unless ``plant`` is ``feasible``, one obstruction of weight 1 is
    then planted in one random cell: a ``cycle`` of two states, a ``flow`` over all agents that only
    a balanced budget forbids, or an ``alias`` (there the last two actions leave the same record).

    The selections of a cell are corners of one random cube of actions, so that deviations from one
    often lead to the record of another. All actions are verifiable, but for ``alias``.
    """
    rng = np.random.default_rng(seed)
    classes = np.arange(actions)
    classes[-1] -= plant == "alias"
    cell = np.arange(states) % cells
    cube = np.argsort(rng.random((cells, agents, actions)), axis=-1)[..., :2]
    corner = rng.integers(2, size=(states, agents))
    bad = rng.integers(cells)
    members = np.flatnonzero(cell == bad)
    if plant == "alias":
        cube[bad, 0] = actions - 2, actions - 1
        arcs = [(members[0], 0)]
    elif plant == "cycle":
        corner[members[1]] = corner[members[0]]
        corner[members[1], 0] ^= 1
        arcs = [(state, 0) for state in members[:2]]
    elif plant == "flow":
        # From the even corners of the cube every agent deviates to every odd one, once.
        even = [bits for bits in np.ndindex(*(2,) * agents) if sum(bits) % 2 == 0]
        corner[members[: len(even)]] = even
        arcs = [(state, agent) for state in members[: len(even)] for agent in range(agents)]
    else:
        arcs = []
    selection = np.take_along_axis(cube[cell], corner[..., None], axis=-1)[..., 0]

    payoffs = rng.integers(-TOP, TOP + 1, (agents, states) + (actions,) * agents)
    paid = rng.integers(-TOP, TOP + 1, (agents, cells) + (actions,) * agents)
    if budget is Budget.BALANCED:
        paid[-1] = -paid[:-1].sum(axis=0)
    for agent, payoff in enumerate(payoffs):
        state, *moved = _moves(selection, agent, actions)
        amount = paid[(agent, cell[state], *(classes[part] for part in moved))]
        worth = payoff[(state, *moved)] + amount
        stays = np.take_along_axis(worth, selection[:, [agent]], axis=1)
        payoff[(state, *moved)] = np.minimum(worth, stays) - amount

    places = []
    for state, agent in arcs:
        play = selection[state].copy()
        play[agent] = cube[bad, agent, 1 - corner[state, agent]]
        places.append(((agent, state, *play), (agent, state, *selection[state])))
    if places:
        payoffs[places[0][0]] += 1 - sum(
            payoffs[deviation] - payoffs[play] for deviation, play in places
        )
    language = ProductLanguage(tuple(cell.tolist()), (tuple(classes.tolist()),) * agents)
    return Instance(plant, budget, payoffs, language, selection)


def incentive_rows(instance: Instance) -> Rows:
    """All incentive constraints, derived here once more for the other side of a comparison."""
    actions = instance.payoffs.shape[-1]
    classes, cell = np.array(instance.language.classes[0]), np.array(instance.language.cells)
    columns = []
    for agent, payoff in enumerate(instance.payoffs):
        state, *moved = _moves(instance.selection, agent, actions)
        record = cell[state]
        for part in moved:
            record = record * (classes[-1] + 1) + classes[part]
        chosen = instance.selection[:, [agent]]
        leaves = np.arange(actions) != chosen
        worth = payoff[(state, *moved)]
        gain = worth - np.take_along_axis(worth, chosen, axis=1)
        source = np.broadcast_to(np.take_along_axis(record, chosen, axis=1), record.shape)
        deviator = np.full(record.shape, agent)
        columns.append([column[leaves] for column in (deviator, source, record, gain)])
    return Rows(*(np.concatenate(parts) for parts in zip(*columns, strict=True)))


def _moves(selection: IntArray, agent: int, actions: int) -> tuple[IntArray, ...]:
    """Index arrays that broadcast to (states, actions): the agent's moves from the selection."""
    moved = [selection[:, [j]] for j in range(selection.shape[1])]
    moved[agent] = np.arange(actions)[None, :]
    return np.arange(len(selection))[:, None], *moved


def setting_of(instance: Instance) -> Setting:
    """The instance in the project's own terms, all states equally likely."""
    agents, states, *shape = instance.payoffs.shape
    environment = Environment(
        players=tuple(f"player {i}" for i in range(agents)),
        actions=tuple(tuple(f"action {a}" for a in range(size)) for size in shape),
        states=tuple(f"state {s}" for s in range(states)),
        prior=(Fraction(1, states),) * states,
        payoffs=instance.payoffs,
    )
    return Setting(environment, instance.language, Transfers(instance.budget))


def decided(instance: Instance) -> bool:
    """Whether the selection is implementable, by a certificate that the checker accepted."""
    holds, _ = certified(instance)
    return holds


def certified(instance: Instance) -> tuple[bool, Certified]:
    """Whether the selection is implementable, and the certificate that the checker accepted."""
    setting = setting_of(instance)
    selection = dict(enumerate(map(tuple, instance.selection.tolist())))
    answer = ask(Implementability(setting, setting.selfish, selection))
    if isinstance(answer, Reached):
        witness = witnesses.reached(setting, answer.selection, answer.contract)
    elif isinstance(answer, Excluded):
        witness = witnesses.obstruction(setting, answer.obstructions[0])
    else:
        raise Disagreement(f"coopgap does not answer: {answer}")
    profiles = [flat_profile(setting.environment, profile) for profile in selection.values()]
    holds = isinstance(answer, Reached)
    claim = {"id": "implementable", "holds": holds, "selection": profiles}
    certificate = certify(setting, setting.selfish, claim, lambda: witness)
    if not isinstance(certificate, Certified) or not certificate.accepted:
        raise Disagreement(f"the checker rejects coopgap's certificate: {certificate.reason}")
    return holds, certificate


def clocked(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """A result, and the seconds it took."""
    start = time.perf_counter()
    result = function(*arguments)
    return result, time.perf_counter() - start


def options(description: str | None) -> argparse.Namespace:
    """The command line: ``--quick`` for small sizes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    return parser.parse_args()


def line(cells: Sequence[object], widths: Sequence[int]) -> None:
    """One line of a table, aligned to the right, or to the left where the width is negative."""
    pairs = zip(map(str, cells), widths, strict=True)
    print("  ".join(c.rjust(w) if w > 0 else c.ljust(-w) for c, w in pairs).rstrip(), flush=True)


def target(quantity: str, sign: str, bound: float, measured: float, unit: str = "×") -> None:
    """The verdict on a target: ``sign`` is ≥ or ≤."""
    attained = measured >= bound if sign == "≥" else measured <= bound
    digits = ",.0f" if measured >= 100 else ".2g" if unit == "×" else ".2f"
    measurement = f"measured {measured:{digits}}{unit} — {'met' if attained else 'MISSED'}"
    print(f"{quantity}: target {sign} {bound:g}{unit}: {measurement}")
