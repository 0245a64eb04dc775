"""V(λ, L) for all common λ at once (theory.md T7).

The λ at which some contract implements a given selection form a closed interval, beyond whose ends
there are obstructions. So the best selection at one λ stays the best on the intersection of its
interval with those of the obstructions of all better selections; the other λ are treated in the
same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from coopgap.proofs.certificates import witnesses
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.decide import Certified
from coopgap.proofs.frontier.intervals import Interval, Step, merged, swept
from coopgap.proofs.questions.obligations import (
    Answer,
    BestSelection,
    Contract,
    Excluded,
    Implementability,
    Levels,
    Obstruction,
    Reached,
    Selection,
    SelectionSpan,
    SelectionThreshold,
    Setting,
    Span,
    Unanswered,
    Value,
    blocks,
    incentives,
)
from coopgap.theory.contracts import Directives, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import INFINITY, Extended, widened
from coopgap.theory.json_values import Json
from coopgap.theory.welfare import first_best

STEP_LIMIT = 2_000
"""The largest number of λ examined for one language."""


class Undecided(Exception):
    """Some value is unknown; the message gives the reason."""


@dataclass(frozen=True)
class Best:
    """The best selection at a λ.

    welfare: in utils. selection: one that attains it, or None. obstructions: those that exclude all
    better selections.
    """

    welfare: Extended
    selection: tuple[tuple[int, tuple[int, ...]], ...] | None
    obstructions: tuple[Obstruction, ...] = ()


def common(environment: Environment, level: Fraction) -> Levels:
    """The same λ for every agent."""
    return (level,) * len(environment.players)


def best_selections(setting: Setting) -> list[Step[Best]]:
    """The best implementable selection at every common λ, step by step.

    Raises Undecided where an engine gives no answer, and above STEP_LIMIT.
    """
    if isinstance(setting.contracts, Directives):
        return _directed(setting)
    search = _Spans(setting)
    return swept(search.look)


def values(setting: Setting) -> tuple[Step[Extended], ...]:
    """V(λ, L) in utils; raises as ``best_selections``."""
    return welfare_of(best_selections(setting))


def welfare_of(steps: list[Step[Best]]) -> tuple[Step[Extended], ...]:
    """The welfare of steps, with equal neighbours merged."""
    return merged(Step(step.at, step.value.welfare) for step in steps)


def certify(setting: Setting, step: Step[Best]) -> Certified | Unanswered:
    """The certificate that V is constant on a step; raises as ``best_selections``."""
    at, best = step.at, step.value
    claim = {
        "id": "value-between",
        "holds": True,
        "value": str(best.welfare),
        "from": str(at.low),
        "to": str(at.high),
        "from_included": not at.open_low,
        "to_included": not at.open_high and at.high != INFINITY,
    }
    return decide.certify(setting, None, claim, _witness, setting, at, best)


def _witness(setting: Setting, at: Interval, best: Best) -> dict[str, Json]:
    witness: dict[str, Json] = {}
    if best.selection is not None:
        selection, contracts = dict(best.selection), []
        if not isinstance(setting.contracts, Directives):
            ends = [(setting, at.low), (setting, at.high)]
            if not isinstance(at.high, Fraction):
                ends[1] = (_limit(setting), Fraction(0))
            contracts = [_contract(*end, selection) for end in ends]
        witness["reached"] = witnesses.reached(setting, selection, *contracts)
    if best.welfare != first_best(setting.environment).welfare:
        between = witnesses.Between(None, at.low, at.high, at.open_low, at.open_high)
        parts = best.obstructions, blocks(setting)
        witness["bound"] = witnesses.bound(setting, *parts, between)
    return witness


def _contract(setting: Setting, level: Extended, selection: Selection) -> Contract:
    assert isinstance(level, Fraction)
    question = Implementability(setting, common(setting.environment, level), selection)
    answer = decide.ask(question)
    if not isinstance(answer, Reached):
        raise Undecided(getattr(answer, "reason", f"a contract is missing at λ = {level}"))
    return answer.contract


def _limit(setting: Setting) -> Setting:
    """The setting in the limit of large λ.

    All agents have the payoff W, and of transfers only the part that grows with λ counts.
    """
    environment, contracts = setting.environment, setting.contracts
    welfare = np.stack([environment.welfare] * len(environment.players))
    if isinstance(contracts, Transfers) and contracts.liability is not None:
        contracts = replace(contracts, liability=Fraction(0))
    return replace(setting, environment=replace(environment, payoffs=welfare), contracts=contracts)


class _Spans:
    """The best selection at any λ; the span of each selection is computed once for all λ."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.level = Fraction(0)
        self.spans: dict[tuple[object, ...], Span] = {}
        self.lasts: dict[tuple[object, ...], Interval] = {}
        self.looks = 0

    def look(self, level: Fraction) -> Step[Best]:
        self.looks += 1
        if self.looks > STEP_LIMIT:
            raise Undecided(f"over {STEP_LIMIT:,} values of λ were looked at")
        self.level = level
        self.lasts = {}
        levels = common(self.setting.environment, level)
        answer = decide.search(Value(self.setting, levels), self.answer)
        if not isinstance(answer, BestSelection):
            raise Undecided(getattr(answer, "reason", "an engine gave no answer"))
        at = Interval()
        for obstruction in answer.obstructions:
            at &= self.lasts.get(_key(obstruction)) or self.alone(obstruction)
        if answer.best is None:
            return Step(at, Best(answer.welfare, None, answer.obstructions))
        chosen = answer.best.selection
        for block in answer.blocks:
            span = self.span({state: chosen[state] for state in block})
            assert isinstance(span.low, Fraction)
            at &= Interval(span.low, span.high)
        return Step(at, Best(answer.welfare, tuple(chosen.items()), answer.obstructions))

    def answer(self, question: Implementability | SelectionThreshold) -> Answer:
        """The answer of an engine at the present λ, without the contract."""
        span = self.span(question.selection)
        if self.level < span.low:
            assert span.below is not None
            high = span.low
            self.lasts[_key(span.below)] = Interval(Fraction(0), high, open_high=True)
            return Excluded((span.below,))
        if self.level > span.high:
            assert span.above is not None
            assert isinstance(span.high, Fraction)
            self.lasts[_key(span.above)] = Interval(span.high, open_low=True)
            return Excluded((span.above,))
        return Reached(question.selection, Contract())

    def span(self, selection: Selection) -> Span:
        key = tuple(selection.items())
        if key not in self.spans:
            answer = decide.ask(SelectionSpan(self.setting, selection))
            if not isinstance(answer, Span):
                raise Undecided(getattr(answer, "reason", "an engine gave no answer"))
            self.spans[key] = answer
        return self.spans[key]

    def alone(self, obstruction: Obstruction) -> Interval:
        """The λ at which a single deviation that leaves the record unchanged pays."""
        ((state, agent, action, _),) = obstruction.deviations
        rows = incentives(self.setting, obstruction.part)
        (row,) = np.flatnonzero(
            (rows.state == state) & (rows.agent == agent) & (rows.action == action)
        ).tolist()
        return pays(int(rows.gain[row]), int(rows.lost[row]))


def _key(obstruction: Obstruction) -> tuple[object, ...]:
    return (obstruction.kind, tuple(obstruction.part.items()), obstruction.deviations)


def pays(gain: int, lost: int) -> Interval:
    """The λ ≥ 0 at which gain − λ · lost > 0; there must be one."""
    if lost == 0 or (gain > 0 and lost < 0):
        return Interval()
    root = Fraction(gain, lost)
    if lost > 0:
        return Interval(Fraction(0), root, open_high=True)
    return Interval(root, open_low=True)


def _directed(setting: Setting) -> list[Step[Best]]:
    """The best selections under directives.

    Behaviour depends only on which deviations pay, so V is constant between the λ at which some
    deviation starts or stops paying.
    """
    turns = turning_points(setting.environment)

    def look(level: Fraction) -> Step[Best]:
        answer = decide.ask(Value(setting, common(setting.environment, level)))
        if not isinstance(answer, BestSelection):
            raise Undecided(getattr(answer, "reason", "an engine gave no answer"))
        selection = None if answer.best is None else tuple(answer.best.selection.items())
        at = Interval(level, level)
        if level not in turns:
            low = max((turn for turn in turns if turn < level), default=Fraction(0))
            high = min((turn for turn in turns if turn > level), default=INFINITY)
            at = Interval(low, high, low in turns, True)
        return Step(at, Best(answer.welfare, selection))

    return swept(look)


def turning_points(environment: Environment) -> frozenset[Fraction]:
    """The λ ≥ 0 at which some unilateral deviation starts or stops paying, without transfers.

    It pays where gain − λ · lost > 0: at 0 one starts that gains nothing and raises welfare.

    Raises Undecided for more than STEP_LIMIT of them.
    """
    turns: set[Fraction] = set()
    welfare = widened(environment.welfare, 2)
    payoffs = widened(environment.payoffs, 2)
    for agent, size in enumerate(environment.shape):
        axis = agent + 1
        for action in range(size):
            for alternative in range(action):
                gain = payoffs[agent].take(action, axis) - payoffs[agent].take(alternative, axis)
                lost = welfare.take(alternative, axis) - welfare.take(action, axis)
                for state in environment.support:
                    pairs = zip(np.ravel(gain[state]), np.ravel(lost[state]), strict=True)
                    turns |= {
                        Fraction(int(g), int(k))
                        for g, k in pairs
                        if int(g) * int(k) > 0 or (g == 0 and k < 0)
                    }
    if len(turns) > STEP_LIMIT:
        raise Undecided(f"deviations turn at over {STEP_LIMIT:,} values of λ")
    return frozenset(turns)
