"""Counterexamples that Hypothesis generates and shrinks."""

from __future__ import annotations

import time
from random import Random

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from coopgap.proofs.fuzzing.conjectures import FAILS, Conjecture
from coopgap.proofs.fuzzing.situations import Situation
from coopgap.proofs.fuzzing.strategies import situations
from coopgap.proofs.fuzzing.tallies import Tally, counted


class _Over(Exception):
    """The time is over."""


def generated(
    conjecture: Conjecture, seed: int, cases: int, seconds: float | None
) -> tuple[Tally, Situation | None]:
    """The smallest counterexample of Hypothesis, if any, and the tally of cases before the first.

    Raises InputError if the situations are too large to draw.
    """
    deadline = float("inf") if seconds is None else time.monotonic() + seconds
    tally = Tally()
    failed: Situation | None = None

    def fails(situation: Situation) -> bool:
        nonlocal tally, failed
        if time.monotonic() > deadline:
            raise _Over
        outcome = counted(conjecture, [(tally.cases, situation)])
        if failed is None:
            tally = tally.plus(outcome)
        if outcome.verdicts.get(FAILS):
            failed = situation
            return True
        return False

    quiet = settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        return tally, find(
            situations(conjecture.bounds), fails, settings=quiet, random=Random(seed)
        )
    except (NoSuchExample, _Over):
        # Shrinking may have been cut short: what failed last is a counterexample all the same.
        return tally, failed
