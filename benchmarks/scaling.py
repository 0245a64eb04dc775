"""How the cost grows with the number of states when cells do not share records.

Two agents, four actions, cells of four states. ``implementable``: one selection, decided with a
certificate that the checker accepts. ``value``: the best implementable selection, found. A question
is not asked where the last growth, continued, would make it take longer than LIMIT seconds.
Times are the fastest of up to three, since other work on the machine only ever adds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from instances import (
    Disagreement,
    Instance,
    clocked,
    decided,
    line,
    options,
    planted,
    setting_of,
    target,
)

from coopgap.proofs.deciding.decide import ask
from coopgap.proofs.questions.obligations import BestSelection, Value
from coopgap.theory.contracts import Budget

STATES = (1_000, 10_000, 100_000)
QUICK = (100, 1_000)
LIMIT = 100
ENOUGH = 15
SEED = 1


def implementable(instance: Instance) -> None:
    """Decides whether the planted selection is implementable, which it is."""
    if not decided(instance):
        raise Disagreement("the planted selection is said not to be implementable")


def value(instance: Instance) -> None:
    """Decides the value, the best welfare of an implementable selection."""
    setting = setting_of(instance)
    answer = ask(Value(setting, setting.selfish))
    if not isinstance(answer, BestSelection) or answer.best is None:
        raise Disagreement(f"the value is not found: {answer}")


QUESTIONS: dict[str, Callable[[Instance], None]] = {"implementable": implementable, "value": value}


def expected(points: list[tuple[int, float]]) -> float:
    """The seconds that the next question will take if the last growth goes on."""
    times = [seconds for _, seconds in points]
    return times[-1] ** 2 / times[-2] if len(times) > 1 else 0


def main() -> None:
    """Prints one line for every question, budget and number of states."""
    sizes = QUICK if options(__doc__).quick else STATES
    widths = (-13, -8, 9, 7, 10, 10, 6)
    line(("question", "budget", "states", "repeats", "time", "per state", "ratio"), widths)
    results = []
    for name, question in QUESTIONS.items():
        for budget in (Budget.FREE, Budget.BALANCED):
            points: list[tuple[int, float]] = []
            for states in sizes:
                if expected(points) > LIMIT:
                    line((name, budget, f"{states:,}", 0, "not tried", "", ""), widths)
                    break
                instance = planted(SEED, "feasible", budget, 2, 4, states, states // 4)
                times = [clocked(question, instance)[1]]
                while len(times) < 3 and sum(times) < ENOUGH:
                    times.append(clocked(question, instance)[1])
                seconds = min(times)
                points.append((states, seconds))
                last, first = (t / n for n, t in (points[-1], points[0]))
                per_state = f"{last * 1e6:.0f}µs", f"{last / first:.2f}×"
                line(
                    (name, budget, f"{states:,}", len(times), f"{seconds:.2f}s", *per_state), widths
                )
            results.append((f"{name}, {budget}", points))
    print(f"seed {SEED}; exponent: the slope of log time on log states, by least squares")
    for name, points in results:
        if len(points) > 1:
            slope = np.polyfit(*np.log(np.array(points)).T, 1)[0]
            target(f"{name}, exponent up to {points[-1][0]:,} states", "≤", 1.1, float(slope), "")


if __name__ == "__main__":
    main()
