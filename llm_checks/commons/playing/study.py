"""What is played and predicted of a commons, fixed with a hash before the first answer."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from coopgap.llm_checks.commons.playing.conditions import CommonsCondition, conditions_of
from coopgap.llm_checks.commons.playing.plays import CommonsPlay, players_of
from coopgap.llm_checks.commons.playing.quotas import best_caps
from coopgap.llm_checks.commons.predicted import CommonsPrediction, predicted
from coopgap.llm_checks.playing.scenarios import proposer
from coopgap.llm_checks.predicting.predictions import MARGIN
from coopgap.proofs.certificates.certificate import canonical, digest
from coopgap.proofs.commons.equilibria import Caps, Missing, Pick, symmetric
from coopgap.theory.commons.regimes import regimes_of
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import CommonsSpecification

Bounds = tuple[Fraction, Fraction]
"""Under the worst stagewise selection and under the best."""


@dataclass(frozen=True)
class Expected:
    """What equilibrium gives in a condition; None where that is not known, with the reason.

    catch: the total, in units; survival: the share of the months at whose beginning the resource is
    there; prosocial, selfish: what each agent of a kind catches, in units.
    """

    condition: CommonsCondition
    catch: Bounds | None = None
    survival: Bounds | None = None
    prosocial: Bounds | None = None
    selfish: Bounds | None = None
    reason: str = ""


def _bounds(low: Fraction | None, high: Fraction | None) -> Bounds | None:
    return None if low is None or high is None else (low, high)


@dataclass(frozen=True)
class CommonsStudy:
    """A commons to be played in some conditions.

    quotas: what is announced or enforced, by language. margin: how far from one predicted number
    data may lie that count as that number: of rates in hundredths, of catches as a share of the
    first best.
    """

    specification: CommonsSpecification
    conditions: tuple[CommonsCondition, ...]
    prediction: CommonsPrediction
    quotas: Mapping[str, Caps]
    margin: Fraction = MARGIN
    repetitions: int = 1
    reasoning: bool = False

    @property
    def players(self) -> tuple[str, ...]:
        """The agents' names."""
        return players_of(self.specification.commons)

    @property
    def label(self) -> str:
        """What it is called in logs."""
        return Path(self.specification.origin or self.specification.title).name

    @cached_property
    def expected(self) -> tuple[Expected, ...]:
        """What is expected, by condition."""
        return tuple(self._expected(condition) for condition in self.conditions)

    def _expected(self, condition: CommonsCondition) -> Expected:
        kind, language = condition.regime.kind, condition.regime.language
        if kind == "negotiated":
            return Expected(condition, reason="which quota agents agree on is not predicted")
        if kind == "enforced" and language is not None:
            return self._capped(condition, self.quotas[language])
        if condition.prosocial is None:
            return self._capped(condition, None)
        play = self.prediction.kinds[condition.prosocial]
        if play.best is None or play.worst is None:
            return Expected(condition, reason=play.reason)
        worst, best = play.worst, play.best
        mixed = 0 < condition.prosocial < len(self.players)
        return Expected(
            condition,
            (worst.catch, best.catch),
            _bounds(worst.survival, best.survival),
            _bounds(worst.prosocial_payoff, best.prosocial_payoff) if mixed else None,
            _bounds(worst.selfish_payoff, best.selfish_payoff) if mixed else None,
        )

    def _capped(self, condition: CommonsCondition, caps: Caps | None) -> Expected:
        """Where all agents have one λ."""
        dispositions, commons = set(condition.dispositions), self.specification.commons
        disposition = next(iter(dispositions))
        level = Fraction(0) if disposition.kind == "selfish" else disposition.level
        if len(dispositions) > 1 or level is None:
            return Expected(
                condition, reason="equilibria under it are known for one λ of all agents"
            )
        if regimes_of(commons) is not None:
            return Expected(condition, reason="with regimes of growth only λ = 0 is worked out")
        picks: tuple[Pick, ...] = ("worst", "best")
        equilibria = [symmetric(commons, level, pick, caps) for pick in picks]
        values = []
        for equilibrium in equilibria:
            if isinstance(equilibrium, Missing):
                reason = f"there is no pure symmetric equilibrium {equilibrium}"
                return Expected(condition, reason=reason)
            values.append(equilibrium.value)
        return Expected(condition, (values[0], values[1]))

    def document(self) -> dict[str, Any]:
        """What is fixed before the first answer, as plain JSON values."""
        return {
            "study": self.study,
            "margin": str(self.margin),
            "repetitions": self.repetitions,
            "reasoning": self.reasoning,
            "expected": [
                {
                    "condition": str(expected.condition),
                    "reason": expected.reason or None,
                    **{name: exact_text(getattr(expected, name)) for name in QUANTITIES},
                }
                for expected in self.expected
            ],
            "first_best": str(self.prediction.best),
        }

    @cached_property
    def study(self) -> str:
        """The hash of the commons and of the conditions."""
        commons = {
            field.name: str(getattr(self.specification.commons, field.name))
            for field in fields(Commons)
        }
        names = [str(condition) for condition in self.conditions]
        return digest(canonical({"commons": commons, "conditions": names}))

    @cached_property
    def sha256(self) -> str:
        """The hash of what is fixed before the first answer."""
        return digest(canonical(self.document()))


QUANTITIES = ("catch", "survival", "prosocial", "selfish")


def exact_text(bounds: Bounds | None) -> list[str] | None:
    """Bounds as exact text, the lower one first."""
    return None if bounds is None else [str(bound) for bound in sorted(bounds)]


def commons_study(
    specification: CommonsSpecification,
    regimes: Sequence[str] = (),
    dispositions: Sequence[str] = (),
    *,
    margin: Fraction = MARGIN,
    repetitions: int = 1,
    reasoning: bool = False,
) -> CommonsStudy:
    """The study of a commons in every regime with every disposition.

    Raises InputError for regimes and dispositions that cannot be, and for quotas of a commons whose
    growth has regimes, unless they are negotiated.
    """
    conditions = conditions_of(specification, regimes, dispositions)
    played = [condition.regime for condition in conditions]
    fixed = {regime.language for regime in played if regime.kind != "negotiated"}
    languages = {named.name: named for named in specification.languages}
    return CommonsStudy(
        specification,
        conditions,
        predicted(specification),
        {
            name: best_caps(specification.commons, languages[name])
            for name in sorted(language for language in fixed if language is not None)
        },
        margin,
        repetitions,
        reasoning,
    )


def plays(study: CommonsStudy, seed: int, writes: bool) -> tuple[CommonsPlay, ...]:
    """All plays before their first question; they depend on the arguments alone.

    writes: whether agents write numbers, rather than choose among a few.
    """
    commons = study.specification.commons
    languages = {named.name: named for named in study.specification.languages}
    all_plays = []
    for repetition in range(study.repetitions):
        for condition in study.conditions:
            name = condition.regime.language
            dispositions = list(condition.dispositions)
            random.Random(f"{seed}|{condition}|wanted|{repetition}").shuffle(dispositions)
            all_plays.append(
                CommonsPlay(
                    f"{condition}/{repetition}",
                    commons,
                    condition,
                    repetition,
                    seed,
                    tuple(dispositions),
                    commons.stock,
                    None if name is None else languages[name],
                    None if name is None else study.quotas.get(name),
                    proposer(f"{seed}|{condition}", commons.agents, repetition)
                    if condition.regime.kind == "negotiated"
                    else None,
                    menu=not writes,
                    reasoning=study.reasoning,
                )
            )
    return tuple(all_plays)
