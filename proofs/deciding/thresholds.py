"""Bounds on the least common λ of a first best where it is out of reach (theory.md T6, T7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import Any

from coopgap.proofs.deciding import decide
from coopgap.proofs.questions.obligations import (
    Answer,
    BestSelection,
    Bracket,
    Reached,
    SelectionThreshold,
    Setting,
    Unanswered,
    Value,
)
from coopgap.theory.welfare import first_best

SELECTIONS = 8
"""How many first-best selections are asked for the λ that they need."""

STEPS = 5
"""How many λ are tried between the bounds."""

Run = Callable[..., Any]
"""Runs a function in the worker: ``Findings.run``."""


@dataclass(frozen=True)
class ThresholdBounds(Unanswered):
    """No exact answer to ``Threshold``.

    reached: a contract that implements a first best at its level, if one is known. low: a λ at
    which ``below`` excludes all first bests, so that the threshold is larger.
    """

    reached: Reached | None = None
    low: Fraction | None = None
    below: BestSelection | Bracket | None = None


def at_level(setting: Setting, level: Fraction) -> Answer:
    """Whether a first best is implementable at a common λ, or what is known of it."""
    levels = (level,) * len(setting.environment.players)
    target = first_best(setting.environment).welfare
    answer = decide.ask(Value(setting, levels, target))
    return answer if isinstance(answer, BestSelection) else decide.ask(Value(setting, levels))


def implements(setting: Setting, answer: object) -> bool | None:
    """Whether an answer at a λ says that a first best is implementable; None if it says neither."""
    target = first_best(setting.environment).welfare
    if not isinstance(answer, BestSelection | Bracket):
        return None
    if answer.best is not None and answer.welfare == target:
        return True
    most = answer.most if isinstance(answer, Bracket) else answer.welfare
    return False if most < target else None


def some_level(setting: Setting) -> Answer:
    """A first-best selection that a contract implements at some λ, the least of a few."""
    profiles = first_best(setting.environment).profiles
    best: Reached | None = None
    for chosen in islice(product(*profiles.values()), SELECTIONS):
        selection = dict(zip(profiles, chosen, strict=True))
        answer = decide.ask(SelectionThreshold(setting, selection))
        if isinstance(answer, Reached) and isinstance(answer.level, Fraction):
            best = answer if best is None or answer.level < best.level else best
    return best or Unanswered("no first best that was tried is implementable at a known λ")


def bracketed(setting: Setting, failed: Unanswered, run: Run) -> Reached | ThresholdBounds:
    """Bounds on the threshold, by a few λ at which first bests are implementable or excluded.

    failed: why it is not known exactly. It is, if a first best is implementable at λ = 0.
    """
    start = run("a first best at some λ", some_level, setting)
    reached = start if isinstance(start, Reached) else None
    low: Fraction | None = None
    below: BestSelection | Bracket | None = None
    for _ in range(STEPS):
        if reached is not None and reached.level == 0:
            return reached
        level = _between(low, reached)
        answer = run(f"a first best at λ = {level}", at_level, setting, level)
        holds = implements(setting, answer)
        if holds is None:
            break
        if holds:
            reached = Reached(answer.best.selection, answer.best.contract, level)
        else:
            low, below = level, answer
    return ThresholdBounds(failed.reason, reached, low, below)


def _between(low: Fraction | None, reached: Reached | None) -> Fraction:
    """The next λ to try: 0, then larger ones until one is enough, then halves."""
    if low is None:
        return Fraction(0)
    if reached is None or not isinstance(reached.level, Fraction):
        return 4 * low + 1
    return (low + reached.level) / 2
