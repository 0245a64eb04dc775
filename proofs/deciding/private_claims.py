"""Claims about strategies of players who do not all see the state, and their certificates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from coopgap.proofs.certificates import private_witnesses as witnesses
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.settled import Settled, about_gap, settled
from coopgap.proofs.deciding.verdicts import require_cells
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.questions.private import (
    BestStrategies,
    CorrelatedStrategies,
    LeastLevel,
    PrivateSetting,
    Strategies,
)
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.contracts import Transfers
from coopgap.theory.exact import INFINITY
from coopgap.theory.json_values import Json, JsonObject
from coopgap.theory.specification import Question

STRATEGY_CLAIMS = (
    *("gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "closes"),
    *("threshold-at-most", "correlated-gap-positive", "incontractible", "nash", "unique-nash"),
)
"""The claims that mean something of strategies."""

Witness = Callable[[], JsonObject]


@dataclass(frozen=True)
class Statement:
    """What a certificate says, and what shows it."""

    claim: Mapping[str, object]
    witness: Witness


def strategies_welfare(setting: PrivateSetting, chosen: Strategies) -> Fraction:
    """The expected welfare of strategies, in utils."""
    game, actions = setting.environment, dict(zip(setting.types, chosen, strict=True))
    total = Fraction(0)
    for s in game.support:
        total += game.prior[s] * int(game.welfare[(s, *setting.played(actions, s))])
    return total / game.denominator


def value_statement(setting: PrivateSetting, answer: BestStrategies, best: Fraction) -> Statement:
    """That V is what was found. best: W*, which needs no proof as a bound."""
    claim = {"id": "value", "holds": True, "value": str(answer.welfare)}
    return Statement(claim, partial(_parts, setting, answer, best, True, True))


def value_statements(
    setting: PrivateSetting, answer: BestStrategies, best: Fraction
) -> tuple[Statement, ...]:
    """That V is what was found, and that the gap is at least and at most what it leaves."""
    statement = value_statement(setting, answer, best)
    if not isinstance(answer.welfare, Fraction):
        return (statement,)
    gap = str(best - answer.welfare)
    sides = (("gap-at-least", True, False), ("gap-at-most", False, True))
    more = (
        Statement(
            {"id": name, "holds": True, "value": gap},
            partial(_parts, setting, answer, best, above, below),
        )
        for name, above, below in sides
    )
    return statement, *more


def threshold_statement(setting: PrivateSetting, answer: LeastLevel) -> Statement:
    """That λ* is what was found."""
    claim = {"id": "threshold", "holds": True, "value": str(answer.level)}
    return Statement(claim, partial(_threshold, setting, answer))


def _parts(
    setting: PrivateSetting, answer: BestStrategies, best: Fraction, above: bool, below: bool
) -> dict[str, Json]:
    parts: dict[str, Json] = {}
    if below and answer.strategies is not None:
        parts["reached"] = witnesses.reached(setting, answer.strategies, answer.amounts)
    if above and answer.welfare != best:
        parts["bound"] = witnesses.bound(setting, answer.excluded, answer.strategies)
    return parts


def _threshold(setting: PrivateSetting, answer: LeastLevel) -> dict[str, Json]:
    parts: dict[str, Json] = {}
    if answer.strategies is not None:
        parts["reached"] = witnesses.reached(setting, answer.strategies, answer.amounts)
    if answer.level != 0:
        parts["below"] = witnesses.bound(setting, answer.excluded, answer.best)
    return parts


def correlated_parts(
    setting: PrivateSetting, answer: CorrelatedStrategies, above: bool, below: bool
) -> dict[str, Json]:
    """What shows that correlated play has no more welfare, and that some has as much."""
    parts: dict[str, Json] = {}
    if below:
        parts["reached"] = witnesses.drawn(setting, answer)
    if above:
        parts["bound"] = witnesses.multipliers(answer)
    return parts


class PrivateClaim:
    """A claim about strategies; levels: None where it is about all λ."""

    def __init__(self, findings: Findings, question: Question) -> None:
        self.findings, self.question = findings, question
        setting = findings.private_setting(question.language)
        if question.id == "incontractible":
            require_cells(question, setting.language)
        self.setting = setting
        self.at = question.prosociality or findings.selfish
        self.levels = None if question.id == "threshold-at-most" else self.at
        self.fields: dict[str, Json] = {"id": question.id}
        if question.value is not None:
            self.fields["value"] = str(question.value)
        if question.strategies is not None:
            self.fields["profiles"] = [list(strategies) for strategies in question.strategies]

    @property
    def problem(self) -> Problem:
        """The plain data that the claim is about."""
        return self.setting.problem(self.levels)

    def verdict(self) -> Settled:
        """Decides the claim."""
        if self.question.id in ("nash", "unique-nash", "incontractible"):
            return self._enumerated()
        if self.question.id == "correlated-gap-positive":
            return self._correlated()
        if self.question.id == "threshold-at-most":
            level = self.question.value
            assert level is not None
            self.at = (level,) * len(self.findings.environment.players)
        answer = self.findings.private_value(self.question.language, self.at)
        if isinstance(answer, Unanswered):
            return Settled("unknown", reason=answer.reason)
        best, bound = self.findings.pooled().welfare, Fraction(0)
        if self.question.id in ("gap-at-least", "gap-at-most"):
            bound = self.question.value or Fraction(0)
        gap = best - answer.welfare if isinstance(answer.welfare, Fraction) else INFINITY
        large, holds = about_gap(self.question.id, gap, bound)
        needed = large and not (self.question.id == "gap-at-least" and bound <= 0)
        return self._shown(holds, partial(_parts, self.setting, answer, best, needed, not large))

    def _shown(self, holds: bool, witness: Witness = dict) -> Settled:
        claim = {**self.fields, "holds": holds}
        certified = self.findings.certify(self.setting, self.levels, claim, witness)
        return settled(holds, certified)

    def _enumerated(self) -> Settled:
        """A claim that the checker decides by itself: true, or else false."""
        first = self._shown(True)
        return first if first.status == "proved" else self._shown(False)

    def _correlated(self) -> Settled:
        language, best = self.question.language, self.findings.pooled().welfare
        assert language is not None
        if not isinstance(self.setting.contracts, Transfers):
            return Settled("unknown", reason="correlated gaps are decided for transfers only")
        pure = self.findings.private_value(language, self.at)
        if isinstance(pure, BestStrategies) and pure.welfare == best:
            return self._shown(False, partial(_parts, self.setting, pure, best, False, True))
        answer = self.findings.private_correlated(language)
        if isinstance(answer, Unanswered):
            return Settled("unknown", reason=answer.reason)
        if answer.bound < best:
            return self._shown(True, partial(correlated_parts, self.setting, answer, True, False))
        if answer.amounts is None:
            reason = "the bound is W*, and no transfers that attain it were found"
            return Settled("unknown", reason=reason)
        return self._shown(False, partial(correlated_parts, self.setting, answer, False, True))
