"""The independent checker: accepts a certificate only if its witness shows its claim.

It trusts nothing but the data in the certificate: every incentive constraint, record, budget row
and welfare is derived here again, in integers. It imports no engine and no library, is total
(bad input is rejected with a reason) and stops after a bounded number of steps.

Units: payoffs are integers over ``game.denominator`` utils; λ = numerator / ``scale``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from proofs.certificates import (
    Certificate,
    Malformed,
    Problem,
    common_denominator,
    decode,
    fields,
    integer,
    listing,
    rational,
    text_of,
)
from proofs.elimination import Incentive, incentive, transfer_obstructions

STEP_LIMIT = 30_000_000
"""Elementary steps (deviations looked at, nodes of a search) after which a check is given up. A
step costs one for each agent, and more where λ or the prior have long denominators."""

AGENT_LIMIT = 100
VECTOR_LIMIT = 200_000

Selection = Mapping[int, int]
"""For each state (by index) the index of a profile, the last agent's action varying fastest."""

Deviation = tuple[int, int, int, int, int]
"""Agent, its new action, the record it leaves, its material gain, and the welfare it destroys."""


class Rejected(Exception):
    """The certificate does not show its claim; the message says why."""


class Exact:
    """The numbers of a concrete instance: integers, and fractions of them.

    ``proofs.cases`` has another kind, which depends on parameters; the rules below are the same."""

    sorts = True
    """Whether ``descending`` is to be believed."""

    def scaled(self, values: Sequence[Fraction]) -> tuple[list[int], int]:
        """The values times a common denominator, and it."""
        scale = common_denominator(values)
        return [int(value * scale) for value in values], scale

    def cost(self, values: Sequence[int]) -> int:
        """The steps that arithmetic with such values takes."""
        return 1 + sum(value.bit_length() for value in values) // 512

    def length(self, value: int | Fraction) -> int:
        """The bits of a number."""
        return value.numerator.bit_length() + value.denominator.bit_length()

    def spend(self, steps: int) -> None:
        """Counts steps beside those of the instance."""

    def key(self, value: int) -> Any:
        """What only equal values share; no two can be made to collide in a dictionary."""
        return hex(value)

    def amount(self, value: Any) -> int:
        """A number of the witness."""
        return integer(value)

    def positive(self, value: Any) -> int:
        """A number of the witness that must be positive."""
        return integer(value, 1)

    def stated(self, value: Any) -> Fraction:
        """A number of the claim."""
        return rational(value)

    def over(self, value: int | Fraction, unit: int) -> Fraction:
        """value / unit."""
        return Fraction(value) / unit

    def top(self, values: Iterable[Any]) -> Any:
        """The largest of the values."""
        return max(values)

    def descending(self, options: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """(value, name) pairs, the best first."""
        return sorted(options, reverse=True)

    def all_above(self, high: Sequence[int], low: Sequence[int]) -> bool:
        """Whether each of the first is greater than each of the second."""
        return min(high) > max(low)


EXACT = Exact()


@dataclass(frozen=True)
class Verdict:
    """Whether a certificate was accepted, and if not, why."""

    accepted: bool
    reason: str = ""


def verify(text: str) -> tuple[Verdict, Certificate | None]:
    """Decodes and checks the text of a certificate; never raises."""
    try:
        certificate = decode(text)
    except Malformed as error:
        return Verdict(False, str(error)), None
    except Exception as error:
        return broken(error), None
    return check(certificate), certificate


def check(certificate: Certificate) -> Verdict:
    """Checks a certificate; never raises."""
    try:
        claim = dict(certificate.claim)
        rule = RULES.get(text_of(claim.pop("id", None)))
        holds = claim.pop("holds", None)
        if rule is None or type(holds) is not bool:
            raise Rejected("there is no such claim")
        if certificate.kind != (kind := kind_of(certificate.problem, certificate.witness)):
            raise Rejected(f"a witness of this form has the kind {kind!r}")
        rule(Case(Instance(certificate.problem), claim, certificate.witness, holds))
    except (Rejected, Malformed) as error:
        return Verdict(False, str(error))
    except Exception as error:
        return broken(error)
    return Verdict(True)


def broken(error: Exception) -> Verdict:
    """What breaks a rule shows nothing: rejecting it keeps the checker total."""
    large = isinstance(error, (MemoryError, RecursionError, OverflowError))
    own = type(error).__module__.startswith("proofs.")  # and its message is for readers
    what = str(error) if own else type(error).__name__
    return Verdict(False, f"{'too large to check' if large else 'malformed'} ({what})")


def kind_of(problem: Problem, witness: Mapping[str, Any]) -> str:
    """The kind of a certificate, by the parts of its witness."""
    parts = set(witness)
    if parts == {"obstruction"}:
        obstruction = witness["obstruction"]
        return text_of(obstruction.get("kind") if isinstance(obstruction, dict) else None)
    kinds = {
        frozenset[str](): "enumeration",
        frozenset({"contract"}): "contract",
        frozenset({"cover"}): "dominated-selection",
        frozenset({"contracts", "cover"}): "optimal-span",
        frozenset({"contract", "cover"}): "threshold"
        if problem.prosociality is None
        else "optimal-selection",
        frozenset({"domination"}): "domination",
        frozenset({"equilibrium"}): "equilibrium",
        frozenset({"exclusion"}): "exclusion",
        frozenset({"exclusion", "contract"}): "exclusion",
        frozenset({"supports"}): "support-exclusion",
        frozenset({"primal"}): "correlated-primal",
        frozenset({"dual"}): "correlated-dual",
        frozenset({"multipliers"}): "correlated-dual",
        frozenset({"primal", "dual"}): "correlated-optimum",
        frozenset({"limit"}): "correlated-limit",
        frozenset({"limit", "dual"}): "correlated-supremum",
    }
    if frozenset(parts) not in kinds:
        raise Rejected("the witness has unknown parts")
    return kinds[frozenset(parts)]


class Instance:
    """Everything that follows from a problem's data."""

    def __init__(self, problem: Problem, numbers: Exact = EXACT) -> None:
        self.problem = problem
        self.numbers = numbers
        self.game = problem.game
        self.steps = STEP_LIMIT
        self.agents = range(len(self.game.players))
        if len(self.agents) > AGENT_LIMIT:
            raise Rejected(f"too large to check: over {AGENT_LIMIT} agents")
        self.sizes = [len(labels) for labels in self.game.actions]
        self.profiles = math.prod(self.sizes)
        self.plays = len(self.game.states) * self.profiles
        self.strides = [math.prod(self.sizes[i + 1 :]) for i in self.agents]
        self.support = [s for s, p in enumerate(self.game.prior) if p > 0]
        self.weight, self.mass = numbers.scaled(self.game.prior)
        levels = problem.prosociality or (Fraction(0),) * len(self.agents)
        self.levels, self.scale = numbers.scaled(levels)
        self.step_cost = len(self.agents) * numbers.cost([self.mass, self.scale, *self.levels])
        self.weigh_welfare = problem.prosociality is None or any(self.levels)
        records = problem.records
        self.class_steps: list[tuple[tuple[int, ...], int]] = []
        if records is not None and records.classes is not None:
            counts = [max(of_agent) + 1 for of_agent in records.classes]
            self.class_steps = [
                (of_agent, math.prod(counts[i + 1 :])) for i, of_agent in enumerate(records.classes)
            ]
            self.record_step = math.prod(counts)

    def at(self, levels: Sequence[Fraction]) -> Instance:
        """The same problem with these λ_i."""
        if self.problem.prosociality is not None:
            raise Rejected("the data fix λ, and the claim gives another")
        if any(level < 0 for level in levels):
            raise Rejected("λ is negative")
        return Instance(replace(self.problem, prosociality=tuple(levels)), self.numbers)

    def spend(self, steps: int = 1) -> None:
        """Counts steps; raises Rejected when they are used up."""
        self.steps -= steps * self.step_cost
        self.numbers.spend(steps * self.step_cost)
        if self.steps < 0:
            raise Rejected("too large to check: the step limit is reached")

    def action(self, profile: int, agent: int) -> int:
        """The agent's action in a profile."""
        return profile // self.strides[agent] % self.sizes[agent]

    def welfare(self, state: int, profile: int) -> int:
        """W(a, ω) over the game's denominator."""
        return sum(of_agent[state][profile] for of_agent in self.game.payoffs)

    def record(self, state: int, profile: int) -> int:
        """ρ(ω, a); without a language, every play is a record of its own."""
        records = self.problem.records
        if records is None:
            return state * self.profiles + profile
        if records.table is not None:
            return records.table[state][profile]
        assert records.cells is not None
        return records.cells[state] * self.record_step + sum(
            of_agent[self.action(profile, agent)] * step
            for agent, (of_agent, step) in enumerate(self.class_steps)
        )

    def deviations(self, state: int, profile: int) -> Iterator[Deviation]:
        """All unilateral deviations from a profile."""
        here = self.welfare(state, profile) if self.weigh_welfare else 0
        record = self.record(state, profile)
        for agent, of_agent in enumerate(self.game.payoffs):
            row = of_agent[state]
            stride, current = self.strides[agent], self.action(profile, agent)
            first, own = profile - current * stride, row[profile]
            self.spend(self.sizes[agent])
            for action in range(self.sizes[agent]):
                if action == current:
                    continue
                other = first + action * stride
                if self.class_steps:
                    classes, step = self.class_steps[agent]
                    left = record + (classes[action] - classes[current]) * step
                else:
                    left = self.record(state, other)
                lost = here - self.welfare(state, other) if self.weigh_welfare else 0
                yield agent, action, left, row[other] - own, lost

    def pull(self, agent: int, gain: int, lost: int) -> int:
        """A deviation's gain in u_i + λ_i W, over denominator × scale."""
        return self.scale * gain - self.levels[agent] * lost

    def utility(self, agent: int, state: int, profile: int) -> int:
        """u_i + λ_i W, over denominator × scale."""
        own = self.game.payoffs[agent][state][profile]
        return self.scale * own + self.levels[agent] * self.welfare(state, profile)

    def expected(self, selection: Selection) -> Fraction:
        """Σ p W(σ(ω), ω) in utils."""
        total = sum(self.weight[s] * self.welfare(s, a) for s, a in selection.items())
        return self.numbers.over(total, self.mass * self.game.denominator)

    def welfares(self, state: int) -> list[int]:
        """W(a, ω) of every profile, over the game's denominator."""
        self.spend(self.profiles)
        return [self.welfare(state, profile) for profile in range(self.profiles)]

    def first_best(self, state: int) -> list[int]:
        """FB(ω)."""
        values = self.welfares(state)
        best = self.numbers.top(values)
        return [profile for profile, value in enumerate(values) if value == best]

    def optimum(self) -> Fraction:
        """W*."""
        best = (self.weight[s] * self.numbers.top(self.welfares(s)) for s in self.support)
        return self.numbers.over(sum(best), self.mass * self.game.denominator)

    def nash(self, state: int) -> list[int]:
        """The pure equilibria without a contract, at the problem's λ."""
        return [
            profile
            for profile in range(self.profiles)
            if all(
                self.pull(i, gain, lost) <= 0
                for i, _, _, gain, lost in self.deviations(state, profile)
            )
        ]

    def selection(self, value: Any) -> dict[int, int]:
        """A listed selection: one profile for every state of positive probability."""
        profiles = [integer(a, 0, self.profiles) for a in listing(value, len(self.support))]
        return dict(zip(self.support, profiles, strict=True))


# --- contracts: what they implement ---------------------------------------------------------------


def transfers_of(
    instance: Instance, contract: Mapping[str, Any]
) -> tuple[int, list[dict[int, int]]]:
    """A transfer contract that obeys its class: a denominator, and per agent record → amount."""
    contracts = instance.problem.contracts
    scale = instance.numbers.positive(contract["denominator"])
    amounts: list[dict[int, int]] = [{} for _ in instance.agents]
    for entry in listing(contract["transfers"]):
        record, paid = listing(entry, 2)
        integer(record, 0, instance.plays)
        paid = [instance.numbers.amount(each) for each in listing(paid, len(instance.agents))]
        if record in amounts[0]:
            raise Rejected(f"record {record} is listed twice")
        if contracts.kind != "transfers":
            raise Rejected("this class of contracts pays nothing")
        if contracts.budget == "balanced" and sum(paid) != 0:
            raise Rejected(f"the transfers at record {record} do not balance")
        if contracts.budget == "burnt" and sum(paid) > 0:
            raise Rejected(f"the transfers at record {record} need outside money")
        if contracts.liability is not None and min(paid) < -contracts.liability * scale:
            raise Rejected(f"a fine at record {record} is above the liability bound")
        for agent, amount in enumerate(paid):
            amounts[agent][record] = amount
    return scale, amounts


def attained(instance: Instance, witness: Any) -> dict[int, int]:
    """The selection that a contract implements: every incentive constraint is checked or, where the
    witness names no transfers, no obstruction to them is found (theory.md T3)."""
    if instance.problem.contracts.kind == "directive":
        raise Rejected("directives are decided by enumeration")
    if isinstance(witness, dict) and set(witness) == {"selection"}:
        return _unobstructed(instance, instance.selection(witness["selection"]))
    contract = fields(witness, "contract", "selection", "denominator", "transfers")
    scale, amounts = transfers_of(instance, contract)
    selection = instance.selection(contract["selection"])
    unit = instance.game.denominator * instance.scale
    for state, profile in selection.items():
        here = instance.record(state, profile)
        for agent, action, record, gain, lost in instance.deviations(state, profile):
            paid = amounts[agent]
            kept = paid.get(here, 0) - paid.get(record, 0)
            if kept * unit < instance.pull(agent, gain, lost) * scale:
                raise Rejected(
                    f"in state {state} agent {agent} gains by action {action} under the contract"
                )
    return selection


def _unobstructed(instance: Instance, selection: dict[int, int]) -> dict[int, int]:
    """The selection, if each of the finitely many minimal obstructions to it fails."""
    incentives, pulls = [], []
    for state, profile in selection.items():
        here = instance.record(state, profile)
        for agent, _, record, gain, lost in instance.deviations(state, profile):
            incentives.append(incentive((agent, here, record)))
            pulls.append(instance.pull(agent, gain, lost))
    _require_transfers(instance, incentives, pulls)
    return selection


def _require_transfers(
    instance: Instance, incentives: Sequence[Incentive], pulls: Sequence[int]
) -> None:
    """Some transfers of the class outweigh all pulls, because each of the finitely many minimal
    obstructions fails."""
    contracts = instance.problem.contracts
    _require(contracts.kind == "transfers", "only transfers are found by elimination")
    liable = contracts.liability is not None
    bound = (contracts.liability or Fraction(0)) * instance.game.denominator * instance.scale
    for weights, fines in transfer_obstructions(
        len(instance.agents), incentives, contracts.budget, liable, spend=instance.spend
    ):
        strength = sum(weight * pulls[k] for k, weight in weights.items())
        _require(strength <= fines * bound, "an obstruction excludes the play")


def directive_value(
    instance: Instance, profitable: Callable[[int, int, int], bool]
) -> Fraction | None:
    """The best welfare under a directive, every directive tried; None if none leaves equilibria."""
    records = instance.problem.records
    if records is None or records.classes is None or records.cells is None:
        raise Rejected("directives need a language of cells and classes")
    permissive = instance.problem.contracts.permissive
    counts = [len(set(of_agent)) for of_agent in records.classes]
    if permissive and max(counts) > 16:
        raise Rejected("too large to check: over 16 classes of actions")
    instance.spend(math.prod(2**k - 1 if permissive else k for k in counts))
    choices: list[list[set[int]]] = []
    for of_agent in records.classes:
        known = sorted(set(of_agent))
        sizes = range(1, len(known) + 1) if permissive else range(1, 2)
        choices.append([set(chosen) for size in sizes for chosen in combinations(known, size)])
    total = 0
    for cell in sorted({records.cells[state] for state in instance.support}):
        best = _best_restriction(instance, cell, choices, profitable)
        if best is None:
            return None
        total += best
    return instance.numbers.over(total, instance.mass * instance.game.denominator)


def _best_restriction(
    instance: Instance,
    cell: int,
    choices: Sequence[Sequence[set[int]]],
    profitable: Callable[[int, int, int], bool],
) -> int | None:
    """The best weighted welfare of a cell's states under one of the choices of allowed classes."""
    records = instance.problem.records
    assert records is not None
    assert records.cells is not None
    states = [state for state in instance.support if records.cells[state] == cell]
    plays = [_Play(instance, state, profitable) for state in states]
    found = [_restricted(instance, plays, allowed) for allowed in product(*choices)]
    values = [value for value in found if value is not None]
    return instance.numbers.top(values) if values else None


class _Play:
    """The game of one state when directives restrict it; temptations are looked at when needed."""

    def __init__(
        self, instance: Instance, state: int, profitable: Callable[[int, int, int], bool]
    ) -> None:
        self.welfare = [value * instance.weight[state] for value in instance.welfares(state)]
        self._moves: list[dict[tuple[int, int], list[tuple[int, int]]]] = []
        self._tempting: dict[tuple[int, int, int], bool] = {}
        self._profitable = profitable
        classes = instance.problem.records.classes  # type: ignore[union-attr]
        assert classes is not None
        instance.spend(6 * instance.profiles * sum(instance.sizes))
        for profile in range(instance.profiles):
            moves: dict[tuple[int, int], list[tuple[int, int]]] = {}
            for agent, action, _, gain, lost in instance.deviations(state, profile):
                moves.setdefault((agent, classes[agent][action]), []).append((gain, lost))
            self._moves.append(moves)

    def stable(self, profile: int, allowed: Sequence[set[int]]) -> bool:
        """Whether no agent gains by an action of the classes that it is allowed."""
        return not any(
            self._tempts(profile, agent, number)
            for agent, number in self._moves[profile]
            if number in allowed[agent]
        )

    def _tempts(self, profile: int, agent: int, number: int) -> bool:
        key = (profile, agent, number)
        if key not in self._tempting:
            moves = self._moves[profile][agent, number]
            self._tempting[key] = any(self._profitable(agent, gain, lost) for gain, lost in moves)
        return self._tempting[key]


def _restricted(
    instance: Instance, plays: Sequence[_Play], allowed: Sequence[set[int]]
) -> int | None:
    """The best equilibrium welfare of a cell in which agent i may use the classes allowed[i]."""
    classes = instance.problem.records.classes  # type: ignore[union-attr]
    assert classes is not None
    actions = [
        [a for a, number in enumerate(of_agent) if number in chosen]
        for of_agent, chosen in zip(classes, allowed, strict=True)
    ]
    instance.spend(sum(instance.sizes) + math.prod(map(len, actions)))
    profiles = _profiles_of(instance, actions)
    total = 0
    for play in plays:
        instance.spend(len(profiles) * sum(instance.sizes))
        values = [play.welfare[a] for a in profiles if play.stable(a, allowed)]
        if not values:
            return None
        total += instance.numbers.top(values)
    return total


# --- obstructions: what no contract implements ----------------------------------------------------


def obstruction_strength(instance: Instance, value: Any) -> tuple[dict[int, int], Fraction, int]:
    """The part of a selection that an obstruction is about, and the weighted sum of its incentive
    constraints: no contract of the class implements that part at common additional λ unless
    ``gain ≤ λ · lost``, in units of 1 / (denominator × scale).

    Transfers must cancel: with d_i(y) the divergence of agent i's weights at record y, budget and
    liability rows with the multipliers w(y) = max_i d_i(y) (balanced), max(0, max_i d_i(y))
    (burnt), 0 (free) leave liability × Σ (w(y) − d_i(y)) to pay (theory.md T3).
    """
    data = fields(value, "obstruction", "kind", "selection", "deviations")
    part: dict[int, int] = {}
    for entry in listing(data["selection"]):
        state, profile = listing(entry, 2)
        if integer(state) in part or state not in instance.support:
            raise Rejected("an obstruction names a state twice, or one without probability")
        part[state] = integer(profile, 0, instance.profiles)
    moves: dict[tuple[int, int, int], int] = {}
    for entry in listing(data["deviations"]):
        state, agent, action, weight = listing(entry, 4)
        agent = integer(agent, 0, len(instance.agents))
        key = (integer(state), agent, integer(action, 0, instance.sizes[agent]))
        if state not in part:
            raise Rejected("a deviation of an obstruction is not from its selection")
        if key in moves:
            raise Rejected("an obstruction lists a deviation twice")
        moves[key] = integer(weight, 1)
    gains, losses = 0, 0
    arcs: list[tuple[int, int, int, int]] = []
    for state, profile in part.items():
        here = instance.record(state, profile)
        for agent, action, record, gain, lost in instance.deviations(state, profile):
            weight = moves.pop((state, agent, action), 0)
            if weight:
                gains += weight * instance.pull(agent, gain, lost)
                losses += weight * instance.scale * lost
                arcs.append((agent, here, record, weight))
    if moves or not arcs:
        raise Rejected("an obstruction lists no deviation, or a play as one from itself")
    divergence = _divergence(instance, arcs)
    cost = _liability_cost(instance, divergence)
    _require_shape(text_of(data["kind"]), instance.problem.contracts.kind, arcs, divergence)
    return part, gains - cost, losses


def _divergence(
    instance: Instance, arcs: Sequence[tuple[int, int, int, int]]
) -> dict[int, list[int]]:
    """For each record, each agent's weights out of it less those into it."""
    divergence: dict[int, list[int]] = {}
    for agent, here, record, weight in arcs:
        divergence.setdefault(here, [0] * len(instance.agents))[agent] += weight
        divergence.setdefault(record, [0] * len(instance.agents))[agent] -= weight
    return divergence


def _liability_cost(instance: Instance, divergence: Mapping[int, Sequence[int]]) -> Fraction:
    contracts = instance.problem.contracts
    if contracts.kind == "none":
        return Fraction(0)
    if contracts.kind != "transfers":
        raise Rejected("directives are decided by enumeration")
    slack = 0
    for of_record in divergence.values():
        top = {"balanced": max(of_record), "burnt": max(0, *of_record), "free": 0}[contracts.budget]
        if top < max(of_record):
            raise Rejected("the transfers of an obstruction do not cancel")
        slack += sum(top - d for d in of_record)
    if slack and contracts.liability is None:
        raise Rejected("the transfers of an obstruction do not cancel")
    unit = instance.game.denominator * instance.scale
    return slack * (contracts.liability or Fraction(0)) * unit


def _require_shape(
    kind: str,
    contracts: str,
    arcs: Sequence[tuple[int, int, int, int]],
    divergence: Mapping[int, Sequence[int]],
) -> None:
    """An obstruction's kind names its shape truly."""
    agents = {agent for agent, *_ in arcs}
    follow = {here: record for _, here, record, _ in arcs}
    unit = all(weight == 1 for *_, weight in arcs)
    cycle, at = 0, arcs[0][1]
    while at in follow:
        at = follow.pop(at)
        cycle += 1
    true = {
        "profitable-deviation": contracts == "none" and len(arcs) == 1 and unit,
        "aliasing": len(arcs) == 1 and arcs[0][1] == arcs[0][2] and unit,
        "cycle": unit and len(agents) == 1 and cycle == len(arcs) > 1 and at == arcs[0][1],
        "common-divergence-flow": contracts == "transfers"
        and all(len(set(of_record)) == 1 for of_record in divergence.values()),
        "farkas": contracts == "transfers",
    }
    if not true.get(kind, False):
        raise Rejected(f"an obstruction is not of the kind {kind!r}")


def ceiling(
    instance: Instance, cover: Any, obstructs: Callable[[Fraction | int, int], bool]
) -> Fraction | None:
    """The best welfare of a selection without any of the obstructions; None if there is none.

    The blocks part the states; the best of each is found on its own, an obstruction that reaches
    over two blocks is not used.
    """
    data = fields(cover, "cover", "blocks", "obstructions")
    parts: list[dict[int, int]] = []
    for value in listing(data["obstructions"]):
        part, gain, lost = obstruction_strength(instance, value)
        if not obstructs(gain, lost):
            raise Rejected("an obstruction does not add up to a contradiction")
        parts.append(part)
    blocks = [[integer(s) for s in listing(block)] for block in listing(data["blocks"])]
    if not all(blocks) or sorted(s for block in blocks for s in block) != instance.support:
        raise Rejected("the blocks do not part the states of positive probability")
    block_of = {state: number for number, block in enumerate(blocks) for state in block}
    of_block: list[list[dict[int, int]]] = [[] for _ in blocks]
    for part in parts:
        if len({block_of[state] for state in part}) == 1:
            of_block[block_of[next(iter(part))]].append(part)
    total = 0
    for block, excluded in zip(blocks, of_block, strict=True):
        best = _best_in_block(instance, block, excluded)
        if best is None:
            return None
        total += best
    return instance.numbers.over(total, instance.mass * instance.game.denominator)


def _best_in_block(
    instance: Instance, block: Sequence[int], excluded: Sequence[Mapping[int, int]]
) -> int | None:
    """The best weighted welfare over a block, by branch and bound in the block's order."""
    place = {state: k for k, state in enumerate(block)}
    rules: dict[tuple[int, int], list[list[tuple[int, int]]]] = {}
    for part in excluded:
        *others, last = sorted((place[state], profile) for state, profile in part.items())
        rules.setdefault(last, []).append(others)
    options: list[list[tuple[int, int]]] = []
    for k, state in enumerate(block):
        instance.spend(instance.profiles)
        found = [
            (instance.welfare(state, a) * instance.weight[state], a)
            for a in range(instance.profiles)
            if [] not in rules.get((k, a), ())
        ]
        if not found:
            return None
        options.append(instance.numbers.descending(found))
    best_of: list[int] = [instance.numbers.top([value for value, _ in found]) for found in options]
    if len(block) == 1:
        return best_of[0]
    ahead = [sum(best_of[k:]) for k in range(len(block) + 1)]
    best: int | None = None
    chosen: list[int] = []
    totals = [0]
    cursors = [0]
    while cursors:
        k, cursor = len(cursors) - 1, cursors[-1]
        instance.spend()
        ended = cursor == len(options[k])
        hopeless = (
            not ended
            and best is not None
            and totals[k] + options[k][cursor][0] + ahead[k + 1] <= best
        )
        if ended or (hopeless and instance.numbers.sorts):
            cursors.pop()
            totals.pop()
            if chosen:
                chosen.pop()
            continue
        cursors[-1] += 1
        if hopeless:
            continue
        value, profile = options[k][cursor]
        conflicts = rules.get((k, profile), ())
        instance.spend(len(conflicts) + sum(map(len, conflicts)))
        if any(all(chosen[j] == a for j, a in others) for others in conflicts):
            continue
        if k + 1 == len(block):
            best = totals[k] + value
        else:
            chosen.append(profile)
            totals.append(totals[k] + value)
            cursors.append(0)
    return best


# --- rules: one for each claim --------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A claim about an instance, said to hold or not, and the witness that is to show it."""

    instance: Instance
    claim: Mapping[str, Any]
    witness: Mapping[str, Any]
    holds: bool

    def number(self) -> Fraction:
        """The claim's only field, ``value``."""
        return self.instance.numbers.stated(fields(self.claim, "claim", "value")["value"])

    def part(self, *names: str) -> Any:
        """The witness's parts, which must be these and no others."""
        if set(self.witness) != set(names):
            raise Rejected(f"the claim needs a witness of {' and '.join(names) or 'no parts'}")
        return self.witness[names[0]] if len(names) == 1 else None


Rule = Callable[[Case], None]


def _require(condition: bool, reason: str) -> None:
    if not condition:
        raise Rejected(reason)


def floor(case: Case) -> Fraction | None:
    """A welfare that some contract of the class reaches; None if none leaves an equilibrium."""
    if case.instance.problem.contracts.kind == "directive":
        case.part()
        return directive_value(case.instance, lambda i, g, d: case.instance.pull(i, g, d) > 0)
    _require("contract" in case.witness, "the claim needs a contract")
    return case.instance.expected(attained(case.instance, case.witness["contract"]))


def roof(case: Case) -> Fraction | None:
    """A welfare that no contract of the class exceeds; None for −∞."""
    if case.instance.problem.contracts.kind == "directive":
        return floor(case)
    _require("cover" in case.witness, "the claim needs a cover")
    return ceiling(case.instance, case.witness["cover"], lambda gain, _: gain > 0)


def _gap(case: Case, bound: Fraction, *, above: bool, strict: bool) -> None:
    """The welfare gap is above the bound (or below it), strictly or not."""
    if case.instance.problem.contracts.kind != "directive":
        case.part("cover" if above else "contract")
    welfare = roof(case) if above else floor(case)
    if welfare is None:
        _require(above, "nothing is implementable")
        return
    room = case.instance.optimum() - welfare - bound
    room = room if above else -room
    _require(room > 0 if strict else room >= 0, "the witness is about another gap")


def _gap_positive(case: Case) -> None:
    fields(case.claim, "claim")
    _gap(case, Fraction(0), above=case.holds, strict=case.holds)


def _gap_zero(case: Case) -> None:
    _gap_positive(replace(case, holds=not case.holds))


def _gap_at_least(case: Case) -> None:
    _gap(case, case.number(), above=case.holds, strict=not case.holds)


def _gap_at_most(case: Case) -> None:
    _gap(case, case.number(), above=not case.holds, strict=not case.holds)


def _value(case: Case) -> None:
    _require(case.holds, "a value is shown, not denied")
    if fields(case.claim, "claim", "value")["value"] == "-inf":
        _require_nothing_implementable(case)
    else:
        _require_value(case, case.number())


@dataclass(frozen=True)
class _Span:
    """The common λ between two numbers; high None: all above ``low``. first, last: whether the
    ends are among them."""

    low: Fraction
    high: Fraction | None
    first: bool
    last: bool

    def everywhere(self, gain: Fraction | int, lost: int) -> bool:
        """Whether gain − λ · lost is positive at every λ."""
        start = gain - self.low * lost
        end = -lost if self.high is None else gain - self.high * lost
        if start < 0 or end < 0:
            return False
        if self.high is None:
            return start > 0 or (not self.first and end > 0)
        return (start > 0 or (not self.first and end > 0)) and (
            end > 0 or (not self.last and start > 0)
        )

    def somewhere(self, gain: Fraction | int, lost: int) -> bool:
        """Whether gain − λ · lost is positive at some λ."""
        end = -lost if self.high is None else gain - self.high * lost
        return gain - self.low * lost > 0 or end > 0


def _value_between(case: Case) -> None:
    """V is one number at every λ of an interval. Incentive constraints are linear in transfers and
    λ: what excludes a selection at both ends excludes it between them, and of contracts that
    implement one at both ends a mixture does between them. Above every λ, a contract that
    implements it where all agents have the payoff W, with no fines but those of the first one, is
    added in proportion to λ."""
    instance, agents = case.instance, len(case.instance.agents)
    _require(case.holds, "a value is shown, not denied")
    _require(instance.problem.prosociality is None, "the data fix λ, and the claim gives another")
    names = ("value", "from", "to", "from_included", "to_included")
    data = fields(case.claim, "claim", *names)
    low, stated = instance.numbers.stated(data["from"]), data["value"]
    high = None if data["to"] == "inf" else instance.numbers.stated(data["to"])
    span = _Span(low, high, data["from_included"], data["to_included"])
    _require(type(span.first) is bool and type(span.last) is bool, "an end is included or not")
    _require(low >= 0 and not (high is None and span.last), "no interval of λ ≥ 0")
    _require(high is None or low < high or (low == high and span.first and span.last), "no λ")
    length = sum(map(instance.numbers.length, (low,) if high is None else (low, high)))
    instance.step_cost *= 1 + length // 512
    lowest: Fraction | None = None
    if instance.problem.contracts.kind == "directive":
        case.part()
        highest = directive_value(instance, lambda _, gain, lost: span.everywhere(gain, lost))
        lowest = directive_value(instance, lambda _, gain, lost: span.somewhere(gain, lost))
    else:
        case.part("cover", *["contracts"] * ("contracts" in case.witness))
        highest = ceiling(instance, case.witness["cover"], span.everywhere)
        if "contracts" in case.witness:
            ends = (instance.at([low] * agents), _end(instance, high))
            one, other = (
                attained(end, contract)
                for end, contract in zip(ends, listing(case.witness["contracts"], 2), strict=True)
            )
            _require(one == other, "the contracts implement two selections")
            lowest = instance.expected(one)
    value = None if stated == "-inf" else instance.numbers.stated(stated)
    _require(highest == value and lowest == value, "the value is another somewhere")


def _end(instance: Instance, high: Fraction | None) -> Instance:
    """The instance at a λ; for None in the limit, where only what is proportional to λ counts."""
    if high is not None:
        return instance.at([high] * len(instance.agents))
    problem, game = instance.problem, instance.game
    welfare = tuple(tuple(instance.welfares(state)) for state in range(len(game.states)))
    bound = None if problem.contracts.liability is None else Fraction(0)
    limit = Problem(
        replace(game, payoffs=(welfare,) * len(instance.agents)),
        problem.records,
        replace(problem.contracts, liability=bound),
    )
    return Instance(limit, instance.numbers)


def _gap_exactly(case: Case) -> None:
    _require(case.holds, "a gap is shown, not denied")
    if fields(case.claim, "claim", "value")["value"] == "inf":
        _require_nothing_implementable(case)
    else:
        _require_value(case, case.instance.optimum() - case.number())


def _require_nothing_implementable(case: Case) -> None:
    absent = roof(case) is None and "contract" not in case.witness
    _require(absent, "something is implementable")


def _require_value(case: Case, value: Fraction) -> None:
    highest = roof(case)
    if highest is None:
        raise Rejected("nothing is implementable")
    _require(highest == value, "the cover does not bound welfare by the value")
    _require(floor(case) == highest, "the contract does not reach the value")


def _optimum(case: Case) -> None:
    """W*."""
    case.part()
    _require(case.holds == (case.instance.optimum() == case.number()), "W* is another number")


def _first_best(case: Case) -> None:
    """FB(ω), in one state of positive probability."""
    same = _in_state(case, case.instance.first_best)
    _require(case.holds == same, "other profiles are first best")


def _equilibria(case: Case) -> None:
    """The pure equilibria without a contract at the λ of the data, in one state."""
    _require(case.holds == _in_state(case, case.instance.nash), "others are equilibria")


def _in_state(case: Case, found: Callable[[int], list[int]]) -> bool:
    """Whether these profiles are listed; null is listed for a state without probability."""
    data = fields(case.claim, "claim", "state", "profiles")
    case.part()
    state = integer(data["state"], 0, len(case.instance.game.states))
    if state not in case.instance.support or data["profiles"] is None:
        return state not in case.instance.support and data["profiles"] is None
    profiles = {integer(a, 0, case.instance.profiles) for a in listing(data["profiles"])}
    return set(found(state)) == profiles


def _agent_thresholds(case: Case) -> None:
    """For every first-best selection and agent the least λ_i at which no deviation of the agent
    pays, without a contract (theory.md T6)."""
    listed = listing(fields(case.claim, "claim", "thresholds")["thresholds"])
    case.part()
    _require(case.holds, "thresholds are shown, not denied")
    instance = case.instance
    _require(instance.problem.prosociality is None, "the data fix λ, and the claim gives another")
    best = {state: instance.first_best(state) for state in instance.support}
    instance.spend(math.prod(map(len, best.values())) * sum(instance.sizes))
    due = set(product(*best.values()))
    for entry in listed:
        chosen, levels = listing(entry, 2)
        selection = instance.selection(chosen)
        _require(tuple(selection.values()) in due, "a selection is not first best, or listed twice")
        due.remove(tuple(selection.values()))
        for agent, level in enumerate(listing(levels, len(instance.agents))):
            _require_threshold(instance, selection, agent, level)
    _require(not due, "a first-best selection is not listed")


def _require_threshold(instance: Instance, selection: Selection, agent: int, stated: Any) -> None:
    """λ_i · lost ≥ gain for all deviations, with equality for one unless λ_i = 0."""
    moves = [
        (gain, lost)
        for state, profile in selection.items()
        for who, _, _, gain, lost in instance.deviations(state, profile)
        if who == agent
    ]
    if stated == "inf":
        found = any(lost <= 0 and gain > 0 for gain, lost in moves)
    else:
        level = instance.numbers.stated(stated)
        found = all(level * lost >= gain for gain, lost in moves) and (
            level == 0
            or (level > 0 and any(lost > 0 and level * lost <= gain for gain, lost in moves))
        )
    _require(found, "the deviations give another threshold")


def _play_at_most(case: Case) -> None:
    """In no correlated equilibrium under transfers of the language is the profile played with more
    probability (the dual of theory.md T5); ``within``, if not null: when only these are played."""
    data = fields(case.claim, "claim", "state", "profile", "within", "value")
    _require(case.holds, "a bound is shown, not denied")
    instance = case.instance
    _require(instance.problem.contracts.kind == "transfers", "the claim is about transfers")
    state = integer(data["state"])
    _require(state in instance.support, "the state has no probability")
    profile = integer(data["profile"], 0, instance.profiles)
    played: Sequence[Any] = range(instance.profiles)
    if data["within"] is not None:
        played = [integer(each, 0, instance.profiles) for each in listing(data["within"])]
        _require(0 < len(played) <= instance.profiles, "too few or too many profiles are played")
    bound = instance.numbers.stated(data["value"])
    weighted = _hidden_gains(instance, state, case.part("multipliers"))
    for each in played:
        room = bound - int(each == profile) + weighted[each]
        _require(room >= 0, "the multipliers leave room for more")


def _implementable(case: Case) -> None:
    instance = case.instance
    wanted = instance.selection(fields(case.claim, "claim", "selection")["selection"])
    if case.holds:
        found = attained(instance, case.part("contract"))
        _require(found == wanted, "the contract implements another selection")
    else:
        part, gain, _ = obstruction_strength(instance, case.part("obstruction"))
        _require(gain > 0, "the obstruction does not add up to a contradiction")
        _require(part.items() <= wanted.items(), "the obstruction is about another selection")


def _threshold_at_most(case: Case) -> None:
    level = case.number()
    instance = case.instance.at([level] * len(case.instance.agents))
    _gap_zero(replace(case, instance=instance, claim={}))


def _threshold(case: Case) -> None:
    """λ* is attained, and no smaller common λ will do: an obstruction excludes every λ < λ* when
    gain ≥ λ* · lost and lost > 0, or gain > 0 = lost. (At a first best nothing lost is negative,
    so what is implementable at some λ stays so above it.)"""
    instance = case.instance
    _require(case.holds, "a threshold is shown, not denied")
    _require(instance.problem.prosociality is None, "the data fix λ, and the claim gives another")
    stated = fields(case.claim, "claim", "value")["value"]
    level = None if stated == "inf" else case.number()
    optimum = instance.optimum()

    def blocked(gain: Fraction | int, lost: int) -> bool:
        if lost <= 0 or level is None:
            return lost <= 0 < gain
        return gain >= level * lost

    if level is not None:
        attaining = replace(case, instance=instance.at([level] * len(instance.agents)))
        _require(floor(attaining) == optimum, "the first best is not reached at the threshold")
    else:
        _require("contract" not in case.witness, "no contract is due at an infinite threshold")
    if level == 0:
        _require("cover" not in case.witness, "nothing is below the threshold 0")
        return
    if instance.problem.contracts.kind == "directive":
        below = directive_value(instance, lambda _, gain, lost: blocked(gain, lost))
    else:
        _require("cover" in case.witness, "the claim needs a cover")
        below = ceiling(instance, case.witness["cover"], blocked)
    _require(below is None or below < optimum, "the first best is reached below the threshold")


def _incontractible(case: Case) -> None:
    fields(case.claim, "claim")
    cells = _incontractible_cells(case)
    _require(case.holds == bool(cells), "the cells say the opposite")


def _which_incontractible(case: Case) -> None:
    """Exactly the listed cells, by their numbers."""
    states = len(case.instance.game.states)
    cells = listing(fields(case.claim, "claim", "cells")["cells"])
    same = {integer(cell, 0, states) for cell in cells} == _incontractible_cells(case)
    _require(case.holds == same, "other cells are incontractible")


def _incontractible_cells(case: Case) -> set[int]:
    case.part()
    records = case.instance.problem.records
    if records is None or records.cells is None:
        raise Rejected("incontractible cells need a language of cells")
    common: dict[int, set[int]] = {}
    for state in case.instance.support:
        best = set(case.instance.first_best(state))
        common[records.cells[state]] = common.get(records.cells[state], best) & best
    return {cell for cell, profiles in common.items() if not profiles}


def _pure_equilibria(case: Case) -> list[set[int]]:
    """At the λ of the data: selfish ones where it is 0."""
    case.part()
    return [set(case.instance.nash(state)) for state in case.instance.support]


def _listed(case: Case) -> list[set[int]]:
    """The claim's only field, ``profiles``: a list for each state of positive probability."""
    lists = fields(case.claim, "claim", "profiles")["profiles"]
    return [
        {integer(a, 0, case.instance.profiles) for a in listing(state)}
        for state in listing(lists, len(case.instance.support))
    ]


def _nash(case: Case) -> None:
    same = _pure_equilibria(case) == _listed(case)
    _require(case.holds == same, "the pure equilibria say the opposite")


def _unique_nash(case: Case) -> None:
    """One pure equilibrium in each state; the listed one, if the claim lists any."""
    found = _pure_equilibria(case)
    unique = all(len(of_state) == 1 for of_state in found)
    same = not case.claim or found == _listed(case)
    _require(case.holds == (unique and same), "the pure equilibria say the opposite")


# Who benefits (T8): expected payoffs over mass × denominator.

Vectors = Collection[tuple[int, ...]]


def _payoff_vectors(instance: Instance, options: Mapping[int, Sequence[int]]) -> Vectors:
    """All expected payoffs of selections from the options."""
    vectors: Vectors = [(0,) * len(instance.agents)]
    for state, profiles in options.items():
        if len(vectors) * len(profiles) * instance.numbers.cost([instance.mass]) > VECTOR_LIMIT:
            raise Rejected("too large to check: too many expected payoffs")
        instance.spend(len(vectors) * len(profiles))
        weight = instance.weight[state]
        payoffs = [of_agent[state] for of_agent in instance.game.payoffs]
        sums = (
            tuple(v + weight * own[profile] for v, own in zip(vector, payoffs, strict=True))
            for vector in vectors
            for profile in profiles
        )
        vectors = {tuple(map(instance.numbers.key, each)): each for each in sums}.values()
    return vectors


def _benefit_sides(case: Case) -> tuple[Vectors, Vectors]:
    """Expected payoffs of the first-best selections, and of selfish ones of smaller welfare."""
    fields(case.claim, "claim")
    case.part()
    instance = case.instance
    _require(not any(instance.levels), "the claim compares with selfish play")
    first = _payoff_vectors(instance, {s: instance.first_best(s) for s in instance.support})
    selfish = _payoff_vectors(instance, {s: instance.nash(s) for s in instance.support})
    best = sum(next(iter(first)))
    return first, [vector for vector in selfish if sum(vector) < best]


def _beneficial(case: Case) -> None:
    first, selfish = _benefit_sides(case)
    case.instance.spend(len(first) * len(selfish))
    better = all(
        any(all(f > v for f, v in zip(good, bad, strict=True)) for good in first) for bad in selfish
    )
    _require(case.holds == better, "the expected payoffs say the opposite")


def _side_payments(case: Case) -> None:
    """Agent i gets v_i − f_i + (W* − Σ v) / n on top of the first best f."""
    first, selfish = _benefit_sides(case)
    good = next(iter(first))
    for bad in selfish:
        share = (sum(good) - sum(bad)) * Fraction(1, len(good))
        paid = [v - f + share for f, v in zip(good, bad, strict=True)]
        better = all(f + t > v for f, t, v in zip(good, paid, bad, strict=True))
        _require(better and sum(paid) == 0, "the side payments fail")
    _require(case.holds, "the side payments succeed")


# Axioms of a social dilemma (theory.md §3).


def _sides(instance: Instance) -> tuple[list[list[int]], list[list[int]]]:
    """Each agent's cooperating and defecting actions."""
    coop = [list(of_agent) for of_agent in instance.game.cooperative or ()]
    sizes = zip(coop, instance.sizes, strict=False)
    defecting = [[a for a in range(size) if a not in of_agent] for of_agent, size in sizes]
    _require(bool(coop) and all([*coop, *defecting]), "an agent lacks a side")
    return coop, defecting


def _axiom(holds_in: Callable[[Instance, int], bool]) -> Rule:
    def rule(case: Case) -> None:
        fields(case.claim, "claim")
        case.part()
        plays = case.instance.profiles * len(case.instance.support)
        case.instance.spend(plays * sum(case.instance.sizes))
        found = all(holds_in(case.instance, state) for state in case.instance.support)
        _require(case.holds == found, "the payoffs say the opposite")

    return rule


def _profiles_of(instance: Instance, actions: Sequence[Sequence[int]]) -> list[int]:
    return [sum(map(int.__mul__, play, instance.strides)) for play in product(*actions)]


def _pairs(
    instance: Instance, agent: int, value: Callable[[int], int]
) -> Iterator[list[tuple[int, int]]]:
    """For each play of the others, the values at c and at d for all cooperating c, defecting d."""
    coop, defecting = _sides(instance)
    stride = instance.strides[agent]
    for first in range(instance.profiles):
        if instance.action(first, agent) == 0:
            moves = product(coop[agent], defecting[agent])
            yield [(value(first + c * stride), value(first + d * stride)) for c, d in moves]


def _cooperation_raises_welfare(instance: Instance, state: int) -> bool:
    return all(
        c > d
        for agent in instance.agents
        for play in _pairs(instance, agent, lambda profile: instance.welfare(state, profile))
        for c, d in play
    )


def _unique_best(instance: Instance, state: int) -> bool:
    first = [of_agent[:1] for of_agent in _sides(instance)[0]]
    return instance.first_best(state) == _profiles_of(instance, first)


def _cooperation_dominates(instance: Instance, state: int) -> bool:
    together, apart = (_profiles_of(instance, side) for side in _sides(instance))
    payoffs = [of_agent[state] for of_agent in instance.game.payoffs]
    return all(
        instance.numbers.all_above([own[a] for a in together], [own[a] for a in apart])
        for own in payoffs
    )


def _defection_dominates(instance: Instance, state: int) -> bool:
    return all(
        d > c
        for agent in instance.agents
        for play in _pairs(instance, agent, instance.game.payoffs[agent][state].__getitem__)
        for c, d in play
    )


def _defection_tempts(instance: Instance, state: int) -> bool:
    return all(
        any(
            d > c
            for play in _pairs(instance, agent, instance.game.payoffs[agent][state].__getitem__)
            for c, d in play
        )
        for agent in instance.agents
    )


# Claims about every equilibrium (T9), and about correlated equilibria (T5).

Gains = dict[tuple[int, int, int], list[tuple[int, int]]]
Amounts = tuple[int, list[dict[int, int]]]


def _forbidden(instance: Instance, cooperate: bool, state: int) -> set[int]:
    """The profiles that a claim about all equilibria rules out: those in which somebody defects, or
    those that are not first best."""
    every = set(range(instance.profiles))
    if cooperate:
        return every - set(_profiles_of(instance, _sides(instance)[0]))
    return every - set(instance.first_best(state))


def _gains(instance: Instance, state: int, amounts: Amounts | None = None) -> Gains:
    """For each (agent, from, to) the profiles with action ``from`` and what the move gains, in
    u_i + λ_i W + t_i over denominator × scale of λ × scale of the transfers."""
    scale, paid = amounts or (1, [{} for _ in instance.agents])
    unit = instance.game.denominator * instance.scale
    gains: Gains = {}
    # Six steps for every entry that is kept, more if it is long, bound the memory to about a
    # gigabyte.
    entries = instance.profiles * (sum(instance.sizes) - len(instance.sizes))
    instance.spend(6 * entries * instance.numbers.cost([scale, instance.game.denominator]))
    for profile in range(instance.profiles):
        here = instance.record(state, profile)
        for agent, action, record, gain, lost in instance.deviations(state, profile):
            more = paid[agent].get(record, 0) - paid[agent].get(here, 0)
            key = (agent, instance.action(profile, agent), action)
            total = instance.pull(agent, gain, lost) * scale + more * unit
            gains.setdefault(key, []).append((profile, total))
    return gains


def _weighted_gains(instance: Instance, gains: Gains, value: Any) -> list[int]:
    """Σ weight × gain at every profile, over listed multipliers (agent, from, to, weight)."""
    total = [0] * instance.profiles
    seen: set[tuple[int, int, int]] = set()
    for entry in listing(value):
        *move, weight = listing(entry, 4)
        agent, source, target = map(integer, move)
        weight = instance.numbers.positive(weight)
        key = (agent, source, target)
        _require(
            key not in seen and key in gains, "a multiplier is on no deviation, or on one twice"
        )
        seen.add(key)
        for profile, gain in gains[key]:
            total[profile] += weight * gain
    return total


def _distribution(instance: Instance, value: Any) -> dict[int, int]:
    """Listed (profile, positive weight); the weights are relative to their sum."""
    weights: dict[int, int] = {}
    for entry in listing(value):
        profile, weight = listing(entry, 2)
        _require(integer(profile, 0, instance.profiles) not in weights, "a profile is listed twice")
        weights[profile] = instance.numbers.positive(weight)
    _require(bool(weights), "a distribution is empty")
    return weights


def _require_correlated(gains: Gains, weights: Mapping[int, int]) -> None:
    for moves in gains.values():
        gain = sum(weights.get(profile, 0) * gain for profile, gain in moves)
        _require(gain <= 0, "the distribution is no correlated equilibrium")


def _all_cooperative(case: Case) -> None:
    """Every equilibrium, correlated ones included, uses cooperating actions only."""
    fields(case.claim, "claim")
    _require(case.instance.problem.contracts.kind == "none", "the claim is about play alone")
    if not case.holds:
        _show_equilibrium(case, cooperate=True)
    elif "domination" in case.witness:
        _show_domination(case.instance, case.part("domination"))
    else:
        _show_exclusion(case.instance, True, case.part("exclusion"), None)


def _full_implementation(case: Case) -> None:
    """Every mixed equilibrium plays first-best profiles only; with transfers, under some contract.

    No contract does so if none makes a first best a pure equilibrium, and no two first-best
    profiles differ in one agent's action alone: then an equilibrium among them cannot mix."""
    fields(case.claim, "claim")
    instance = case.instance
    kind = instance.problem.contracts.kind
    _require(kind in ("none", "transfers"), "the claim is not about directives")
    if kind == "none" and not case.holds:
        _show_equilibrium(case, cooperate=False)
    elif kind == "none" and "supports" in case.witness:
        _show_supports(instance, case.part("supports"))
    elif kind == "none":
        _show_exclusion(instance, False, case.part("exclusion"), None)
    elif case.holds:
        case.part("contract", "exclusion")
        contract = fields(case.witness["contract"], "contract", "denominator", "transfers")
        amounts = transfers_of(instance, contract)
        _show_exclusion(instance, False, case.witness["exclusion"], amounts)
    else:
        _gap(case, Fraction(0), above=True, strict=True)
        for state in instance.support:
            best = set(instance.first_best(state))
            for profile, agent in product(best, instance.agents):
                here, stride = instance.action(profile, agent), instance.strides[agent]
                row = {profile + (a - here) * stride for a in range(instance.sizes[agent])}
                _require(len(row & best) == 1, "first-best profiles leave room for mixing")


def _show_exclusion(
    instance: Instance, cooperate: bool, value: Any, amounts: Amounts | None
) -> None:
    """In a correlated equilibrium Σ multiplier × gain is at most 0 in expectation; if it is
    positive on forbidden profiles and nowhere negative, they have probability 0."""
    lists = listing(value, len(instance.support))
    for state, multipliers in zip(instance.support, lists, strict=True):
        total = _weighted_gains(instance, _gains(instance, state, amounts), multipliers)
        forbidden = _forbidden(instance, cooperate, state)
        shown = all(v > 0 if a in forbidden else v >= 0 for a, v in enumerate(total))
        _require(shown, "the multipliers leave room for an equilibrium")


def _show_equilibrium(case: Case, *, cooperate: bool) -> None:
    instance = case.instance
    data = fields(case.part("equilibrium"), "equilibrium", "state", "weights")
    state = integer(data["state"])
    _require(state in instance.support, "the state has no probability")
    weights = _distribution(instance, data["weights"])
    _require_correlated(_gains(instance, state), weights)
    if not cooperate:
        _require_independent(instance, weights)
    ruled_out = _forbidden(instance, cooperate, state)
    _require(not ruled_out.isdisjoint(weights), "the equilibrium plays nothing that is ruled out")


def _require_independent(instance: Instance, weights: Mapping[int, int]) -> None:
    total = sum(weights.values())
    if instance.numbers.cost([total]) * len(instance.agents) > 200:
        raise Rejected("too large to check: the weights are too long")
    whole = total ** (len(instance.agents) - 1)
    shares = [[0] * size for size in instance.sizes]
    for profile, weight in weights.items():
        for agent in instance.agents:
            shares[agent][instance.action(profile, agent)] += weight
    for profile in range(instance.profiles):
        apart = math.prod(shares[i][instance.action(profile, i)] for i in instance.agents)
        joint = weights.get(profile, 0) * whole
        _require(joint == apart, "the agents do not mix independently")


def _show_domination(instance: Instance, value: Any) -> None:
    coop, defecting = _sides(instance)
    due = {
        (state, agent, defect)
        for state in instance.support
        for agent in instance.agents
        for defect in defecting[agent]
    }
    listed = [tuple(integer(each) for each in listing(entry, 4)) for entry in listing(value)]
    gains = {state: _gains(instance, state) for state in instance.support}
    for state, agent, source, target in listed:
        moves = gains.get(state, {}).get((agent, source, target))
        _require((state, agent, source) in due, "a domination is not due, or is listed twice")
        if moves is None or target not in coop[agent]:
            raise Rejected("a dominating action does not cooperate")
        _require(all(gain > 0 for _, gain in moves), "an action is not dominated")
        due.remove((state, agent, source))
    _require(not due, "a defecting action is not shown to be dominated")


def _show_supports(instance: Instance, value: Any) -> None:
    """No two supports that reach a forbidden profile are those of an equilibrium: an agent would
    gain by shifting weight within its own. A shift v (Σ v = 0) with gains g_j = Σ_b v_b u(b, j)
    refutes supports S, T if v < 0 only within S, g ≥ 0 on T, and g > 0 somewhere on T (Motzkin
    1936)."""
    _require(len(instance.sizes) == 2, "supports are for two agents")
    lists = listing(value, len(instance.support))
    for state, shifts in zip(instance.support, lists, strict=True):
        ruled_out = _forbidden(instance, False, state)
        refuting = [_shift_masks(instance, state, entry) for entry in listing(shifts)]
        first, second = instance.sizes
        if first + second > 24:
            raise Rejected("too large to check: over 24 actions")
        instance.spend((len(ruled_out) + 1) << (first + second))
        for supports in product(range(1, 1 << first), range(1, 1 << second)):
            if any(
                supports[0] >> instance.action(a, 0) & supports[1] >> instance.action(a, 1) & 1
                for a in ruled_out
            ):
                instance.spend(len(refuting) + 1)
                shown = any(
                    supports[agent] & taken == taken
                    and not supports[1 - agent] & loss
                    and supports[1 - agent] & gain
                    for agent, taken, loss, gain in refuting
                )
                _require(shown, "a pair of supports is not refuted")


def _shift_masks(instance: Instance, state: int, value: Any) -> tuple[int, int, int, int]:
    """The agent that shifts, and as bits: the actions it takes weight from, and the opponent's
    actions against which it loses and gains."""
    data = fields(value, "shift", "agent", "weights")
    agent = integer(data["agent"], 0, 2)
    weights = [integer(v) for v in listing(data["weights"], instance.sizes[agent])]
    _require(sum(weights) == 0, "a shift does not sum to 0")
    taken = sum(1 << b for b, v in enumerate(weights) if v < 0)
    loss = gain = 0
    for j in range(instance.sizes[1 - agent]):
        profiles = [
            b * instance.strides[agent] + j * instance.strides[1 - agent]
            for b in range(len(weights))
        ]
        total = sum(
            v * instance.utility(agent, state, a) for v, a in zip(weights, profiles, strict=True)
        )
        loss |= (total < 0) << j
        gain |= (total > 0) << j
    return agent, taken, loss, gain


def dual_bound(instance: Instance, value: Any) -> Fraction:
    """Σ p max_a (W − Σ y · gain): no correlated equilibrium under any transfers has more welfare,
    for y on deviations that leave every record as it is (theory.md T5)."""
    _require(instance.problem.contracts.kind == "transfers", "the claim is about transfers")
    total = Fraction(0)
    lists = listing(value, len(instance.support))
    for state, entry in zip(instance.support, lists, strict=True):
        data = fields(entry, "dual", "denominator", "multipliers")
        scale = instance.numbers.positive(data["denominator"])
        weighted = _hidden_gains(instance, state, data["multipliers"])
        unit = scale * instance.scale
        best = instance.numbers.top(
            instance.welfare(state, a) * unit - cut for a, cut in enumerate(weighted)
        )
        total += instance.numbers.over(instance.weight[state] * best, unit)
    return instance.numbers.over(total, instance.mass * instance.game.denominator)


def _hidden_gains(instance: Instance, state: int, multipliers: Any) -> list[int]:
    """Σ multiplier × gain at every profile, over deviations that leave every record as it is."""
    gains = _gains(instance, state)
    weighted = _weighted_gains(instance, gains, multipliers)
    for agent, source, target, _ in multipliers:
        moved = (target - source) * instance.strides[agent]
        hidden = all(
            instance.record(state, profile) == instance.record(state, profile + moved)
            for profile, _ in gains[agent, source, target]
        )
        _require(hidden, "a multiplier is on a deviation that a record shows")
    return weighted


def _primal_value(instance: Instance, value: Any) -> Fraction:
    """The welfare of distributions that are correlated equilibria under a contract of the class:
    the one given or, where none is, one that elimination shows to exist."""
    if isinstance(value, dict) and set(value) == {"distributions"}:
        return _value_with_some_transfers(instance, value["distributions"])
    data = fields(value, "primal", "denominator", "transfers", "distributions")
    amounts = transfers_of(instance, data)
    total = Fraction(0)
    lists = listing(data["distributions"], len(instance.support))
    for state, entry in zip(instance.support, lists, strict=True):
        weights = _distribution(instance, entry)
        _require_correlated(_gains(instance, state, amounts), weights)
        welfare = sum(weight * instance.welfare(state, a) for a, weight in weights.items())
        total += instance.numbers.over(instance.weight[state] * welfare, sum(weights.values()))
    return instance.numbers.over(total, instance.mass * instance.game.denominator)


def _value_with_some_transfers(instance: Instance, distributions: Any) -> Fraction:
    """The weights are whole numbers here: they are coefficients of the transfers."""
    total = Fraction(0)
    incentives: list[dict[tuple[int, int], int]] = []
    pulls: list[int] = []
    for state, entry in zip(
        instance.support, listing(distributions, len(instance.support)), strict=True
    ):
        _distribution(instance, entry)
        weights = {a: integer(weight) for a, weight in entry}
        for (agent, source, target), moves in _gains(instance, state).items():
            row: dict[tuple[int, int], int] = {}
            moved = (target - source) * instance.strides[agent]
            for profile in weights:
                if instance.action(profile, agent) == source:
                    here, there = (instance.record(state, a) for a in (profile, profile + moved))
                    row[here, agent] = row.get((here, agent), 0) + weights[profile]
                    row[there, agent] = row.get((there, agent), 0) - weights[profile]
            incentives.append({key: a for key, a in row.items() if a})
            pulls.append(sum(weights.get(profile, 0) * gain for profile, gain in moves))
        welfare = sum(weight * instance.welfare(state, a) for a, weight in weights.items())
        total += instance.numbers.over(instance.weight[state] * welfare, sum(weights.values()))
    _require_transfers(instance, incentives, pulls)
    return instance.numbers.over(total, instance.mass * instance.game.denominator)


def _limit_value(instance: Instance, value: Any) -> Fraction:
    """The limit, as ε → 0, of the welfare of plays (1 − ε) x + ε y that are correlated equilibria
    under the transfers fixed + growing / ε of the class, for every ε in (0, 1): a deviation gains
    c₋₁ / ε + c₀ + c₁ ε, where no coefficient is positive."""
    data = fields(value, "limit", "fixed", "growing", "distributions", "trembles")
    _require(instance.problem.contracts.liability is None, "bounded fines cannot grow")
    fixed, growing = (
        transfers_of(instance, fields(data[name], name, "denominator", "transfers"))
        for name in ("fixed", "growing")
    )
    total = Fraction(0)
    for state, play, tremble in zip(
        instance.support,
        listing(data["distributions"], len(instance.support)),
        listing(data["trembles"], len(instance.support)),
        strict=True,
    ):
        x, y = _shares(instance, play), _shares(instance, tremble)
        # Sums of fractions take common divisors, whose steps are the square of the length.
        longest = max(map(instance.numbers.length, (*x.values(), *y.values())))
        longest += instance.numbers.length(fixed[0]) + instance.numbers.length(growing[0])
        plain = _gains(instance, state)
        steady, large = (_gains(instance, state, amounts) for amounts in (fixed, growing))
        for key, moves in plain.items():
            orders = [Fraction(0)] * 3
            for k, (profile, gain) in enumerate(moves):
                if profile not in x and profile not in y:
                    continue
                instance.spend((1 + longest // 256) ** 2)
                here = x.get(profile, Fraction(0))
                shift = y.get(profile, Fraction(0)) - here
                settled = instance.numbers.over(steady[key][k][1], fixed[0])
                stake = instance.numbers.over(large[key][k][1], growing[0]) - gain
                orders[0] += here * stake
                orders[1] += here * settled + shift * stake
                orders[2] += shift * settled
            settles = all(order <= 0 for order in orders)
            _require(settles, "the plays are not correlated equilibria")
        welfare = sum(share * instance.welfare(state, a) for a, share in x.items())
        total += instance.weight[state] * welfare
    return instance.numbers.over(total, instance.mass * instance.game.denominator)


def _shares(instance: Instance, value: Any) -> dict[int, Fraction]:
    weights = _distribution(instance, value)
    whole = sum(weights.values())
    return {a: instance.numbers.over(weight, whole) for a, weight in weights.items()}


def _reached(case: Case, *others: str) -> Fraction:
    """The welfare that correlated equilibria attain (``primal``, or a pure one: ``contract``) or
    approach (``limit``)."""
    _require(case.instance.problem.contracts.kind == "transfers", "the claim is about transfers")
    way = next((each for each in ("contract", "limit") if each in case.witness), "primal")
    case.part(way, *others)
    if way == "contract":
        return case.instance.expected(attained(case.instance, case.witness[way]))
    show = _limit_value if way == "limit" else _primal_value
    return show(case.instance, case.witness[way])


def _correlated_gap_positive(case: Case) -> None:
    fields(case.claim, "claim")
    optimum = case.instance.optimum()
    if case.holds:
        bound = dual_bound(case.instance, case.part("dual"))
        _require(bound < optimum, "the multipliers bound welfare by W* only")
    else:
        _require(_reached(case) == optimum, "the distributions do not reach W*")


def _correlated_bound(case: Case) -> None:
    """Every correlated equilibrium leaves at least this gap."""
    _require(case.holds, "a bound is shown, not denied")
    bound = dual_bound(case.instance, case.part("dual"))
    _require(case.instance.optimum() - bound >= case.number(), "the multipliers give a smaller gap")


def _correlated_gap_at_most(case: Case) -> None:
    """Contracts of the class have correlated equilibria that leave at most this gap, or one as
    close to it as desired."""
    _require(case.holds, "a bound is shown, not denied")
    gap = case.instance.optimum() - _reached(case)
    _require(gap <= case.number(), "the play leaves a larger gap")


def _correlated_gap(case: Case) -> None:
    """The infimum of the gaps of correlated equilibria under contracts of the class; that it is at
    least 0 needs no multipliers."""
    _require(case.holds, "a gap is shown, not denied")
    gap = case.number()
    value = case.instance.optimum() - gap
    _require(_reached(case, *["dual"] * (gap != 0)) == value, "the distributions miss the value")
    if gap != 0:
        bound = dual_bound(case.instance, case.witness["dual"])
        _require(bound == value, "the multipliers miss the value")


RULES: Mapping[str, Rule] = {
    "optimum": _optimum,
    "first-best": _first_best,
    "equilibria": _equilibria,
    "agent-thresholds": _agent_thresholds,
    "play-at-most": _play_at_most,
    "implementable": _implementable,
    "value": _value,
    "value-between": _value_between,
    "gap": _gap_exactly,
    "gap-positive": _gap_positive,
    "gap-zero": _gap_zero,
    "gap-at-least": _gap_at_least,
    "gap-at-most": _gap_at_most,
    "closes": _gap_zero,
    "threshold": _threshold,
    "threshold-at-most": _threshold_at_most,
    "incontractible": _incontractible,
    "incontractible-cells": _which_incontractible,
    "nash": _nash,
    "unique-nash": _unique_nash,
    "beneficial": _beneficial,
    "beneficial-with-side-payments": _side_payments,
    "axiom-i": _axiom(_cooperation_raises_welfare),
    "axiom-ii": _axiom(_unique_best),
    "axiom-iii": _axiom(_cooperation_dominates),
    "axiom-iv-strict": _axiom(_defection_dominates),
    "axiom-iv-partial": _axiom(_defection_tempts),
    "all-cooperative": _all_cooperative,
    "full-implementation": _full_implementation,
    "correlated-gap-positive": _correlated_gap_positive,
    "correlated-bound": _correlated_bound,
    "correlated-gap-at-most": _correlated_gap_at_most,
    "correlated-gap": _correlated_gap,
}
