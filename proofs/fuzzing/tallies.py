"""Counts of the verdicts of cases on a conjecture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from coopgap.proofs.fuzzing.conjectures import (
    FAILS,
    UNKNOWN,
    VACUOUS,
    Conjecture,
    conjecture_from_text,
)
from coopgap.proofs.fuzzing.measures import Measures
from coopgap.proofs.fuzzing.situations import Situation, generator, situation
from coopgap.theory.json_values import Fields, Plain


@dataclass(frozen=True)
class Tally:
    """Counts of cases.

    verdicts: how many have each; shapes: the same by the game's shape; met: how many meet each
    hypothesis and those before it. first: the first case that fails, if one does; no case after it
    is counted.
    """

    verdicts: Mapping[str, int] = field(default_factory=dict)
    shapes: Mapping[str, int] = field(default_factory=dict)
    met: tuple[int, ...] = ()
    first: int | None = None

    @property
    def cases(self) -> int:
        """All cases."""
        return sum(self.verdicts.values())

    @property
    def vacuous(self) -> int:
        """Those that do not meet the hypotheses."""
        return self.verdicts.get(VACUOUS, 0)

    @property
    def unknown(self) -> int:
        """Those in which a quantity was not found."""
        return self.verdicts.get(UNKNOWN, 0)

    @property
    def tested(self) -> int:
        """Those that put the conclusion to the test."""
        return self.cases - self.vacuous - self.unknown

    def plus(self, later: Tally) -> Tally:
        """The counts of these cases and of later ones."""
        met = [0] * max(len(self.met), len(later.met))
        for counts in (self.met, later.met):
            for k, count in enumerate(counts):
                met[k] += count
        first = later.first if self.first is None else self.first
        verdicts, shapes = (
            dict(sorted((Counter(a) + Counter(b)).items()))
            for a, b in ((self.verdicts, later.verdicts), (self.shapes, later.shapes))
        )
        return Tally(verdicts, shapes, tuple(met), first)

    def plain(self) -> dict[str, Plain]:
        """As JSON values."""
        return {
            "said": dict(self.verdicts),
            "shapes": dict(self.shapes),
            "met": list(self.met),
            "first": self.first,
        }

    @staticmethod
    def of(plain: Fields) -> Tally:
        """From JSON values."""
        return Tally(plain["said"], plain["shapes"], tuple(plain["met"]), plain["first"])


def counted(conjecture: Conjecture, cases: Iterable[tuple[int, Situation]]) -> Tally:
    """The tally of numbered cases, up to the first that fails."""
    verdicts: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    met = [0] * len(conjecture.suppose)
    first = None
    for number, case in cases:
        answer, hypotheses = conjecture.judged(Measures(case))
        verdicts[answer] += 1
        shapes[shape_of(case)] += 1
        for k in range(hypotheses):
            met[k] += 1
        if answer == FAILS:
            first = number
            break
    return Tally(dict(verdicts), dict(shapes), tuple(met), first)


def shape_of(situation: Situation) -> str:
    """Numbers of actions, and of states, as ``2×3, 2 states``."""
    game = situation.environment
    states = len(game.states)
    return f"{'×'.join(map(str, game.shape))}, {states} state{'s' * (states > 1)}"


def case_situation(conjecture: Conjecture, seed: int, case: int) -> Situation:
    """The situation of a case: it depends on seed, conjecture and case alone."""
    return situation(generator(seed, conjecture.id, case), conjecture.bounds)


def tallied(conjecture: Conjecture, seed: int, start: int, stop: int) -> Tally:
    """The tally of the cases from ``start`` up to ``stop``."""
    numbered = ((case, case_situation(conjecture, seed, case)) for case in range(start, stop))
    return counted(conjecture, numbered)


def tallied_text(text: str, name: str, seed: int, start: int, stop: int) -> dict[str, Plain]:
    """``tallied`` for other processes: of a conjecture's text, as JSON values."""
    return tallied(_conjecture(text, name), seed, start, stop).plain()


@lru_cache(maxsize=64)
def _conjecture(text: str, name: str) -> Conjecture:
    return conjecture_from_text(text, name, name)
