"""Games of groups by aggregates: one of a hundred agents, and one against its full table.

Every side runs in a process of its own, which reports the time of its processor, so that other
work on the machine counts little, and its peak memory. The large game is checked whole, report and
certificates included. Of the small one both sides build what they need, the aggregates or the full
table of payoffs, and find first best and pure equilibria.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from statistics import median
from typing import Any

import numpy as np
from instances import Disagreement, line, options, target

from coopgap.proofs.aggregates.certificates import alone
from coopgap.proofs.aggregates.findings import Findings
from coopgap.proofs.deciding.check import check
from coopgap.theory.aggregates import GroupSpecification
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.readers.spec import any_spec_from_text
from coopgap.theory.welfare import first_best

REPEATS = 3
STATES = """states = { names = ["dry", "wet"], prior = ["1/2", "1/2"] }
[game.values]
dry = { growth = "1/2" }
wet = { growth = "3/2" }
"""
QUOTA = """[[language]]
name = "quota"
states = [["dry", "wet"]]
contracts = { kind = "directive" }
"""


def worked(function: Callable[[], Any]) -> tuple[Any, float]:
    """A result, and the seconds of the processor that it took."""
    start = time.process_time()
    result = function()
    return result, time.process_time() - start


def commons(agents: int, most: int) -> str:
    """A one-shot commons with two states of growth and a quota that cannot tell them apart."""
    stock = agents * most
    return (
        f'[game]\ngroups = {{ herder = {{ size = {agents}, actions = "0..{most}" }} }}\n{STATES}'
        f'[game.payoffs]\nherder = "own + growth*({stock} - total)/{agents}"\n{QUOTA}'
    )


def specification_of(text: str) -> GroupSpecification:
    """The specification of groups in a text."""
    specification = any_spec_from_text(text, "commons")
    assert isinstance(specification, GroupSpecification)
    return specification


def whole(agents: int, most: int) -> dict[str, Any]:
    """The report on the commons, from the text of its spec."""
    report, seconds = worked(lambda: check(specification_of(commons(agents, most))))
    part = report.languages[0]
    return {"seconds": seconds, "gap": str(part.gap), "certified": "gap" in part.certificates}


def by_groups(agents: int, most: int) -> dict[str, Any]:
    """First best and the number of equilibrium aggregates of each state, by aggregates."""

    def solve() -> tuple[Fraction, list[int]]:
        game = specification_of(commons(agents, most)).game
        findings = Findings(game, lambda _: None)
        equilibria = findings.equilibria(alone(game), findings.selfish)
        return findings.optimum(), [len(equilibria.all(state)) for state in game.support]

    specification_of(commons(1, 1))  # The readers are imported with the first spec.
    (best, equilibria), seconds = worked(solve)
    return {"seconds": seconds, "welfare": str(best), "equilibria": equilibria}


def by_table(agents: int, most: int) -> dict[str, Any]:
    """The same from the full table."""
    size = most + 1
    names = tuple(map(str, range(size)))
    players = tuple(f"herder{i}" for i in range(agents))
    half = Fraction(1, 2)

    def solve() -> tuple[Fraction, list[int]]:
        grids = np.ogrid[(slice(0, size),) * agents]
        totals = sum(grids)
        # Over 2 × agents: growth 1/2 and 3/2 of what is left, shared.
        rest = agents * most - totals
        table = np.array([[2 * agents * own + g * rest for g in (1, 3)] for own in grids])
        game = Environment(
            players, (names,) * agents, ("dry", "wet"), (half, half), table, 2 * agents
        )
        stable = pure_nash(game.payoffs)
        return first_best(game).welfare, [len(np.unique(totals[own])) for own in stable]

    (best, equilibria), seconds = worked(solve)
    return {"seconds": seconds, "welfare": str(best), "equilibria": equilibria}


SIDES = {"whole": whole, "groups": by_groups, "table": by_table}


def measured(side: str, agents: int, most: int) -> dict[str, Any]:
    """What a side reports of itself, run in a process of its own."""
    command = [sys.executable, __file__, side, str(agents), str(most)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


def main() -> None:
    """Prints times and ratios."""
    quick = options(__doc__).quick
    large, small = ((10, 10), (3, 8)) if quick else ((100, 100), (5, 20))
    runs = [measured("whole", *large) for _ in range(REPEATS)]
    if any(run["gap"] != runs[0]["gap"] or not run["certified"] for run in runs):
        raise Disagreement("the gap of the large commons is not certified alike")
    seconds = median(run["seconds"] for run in runs)
    memory = max(run["memory"] for run in runs)
    widths = (-50, 10)
    line((f"{large[0]} agents × {large[1] + 1} harvests × 2 states, check", "seconds"), widths)
    line(("median", f"{seconds:.2f}"), widths)
    target("the report, certified", "≤", 5, seconds, " s")
    target("peak memory", "≤", 1024, memory, " MiB")
    sides = {side: [measured(side, *small) for _ in range(REPEATS)] for side in ("groups", "table")}
    answers = {
        json.dumps([run["welfare"], run["equilibria"]]) for of in sides.values() for run in of
    }
    if len(answers) > 1:
        raise Disagreement(f"groups and table: {answers}")
    times = {side: median(run["seconds"] for run in of) for side, of in sides.items()}
    ratio = times["table"] / times["groups"]
    line((f"{small[0]} agents × {small[1] + 1} harvests × 2 states", "seconds"), widths)
    for side, median_seconds in times.items():
        line((side, f"{median_seconds:.3f}"), widths)
    target("full table over aggregates", "≥", 50, ratio)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        side, agents, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        result = SIDES[side](agents, most)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({**result, "memory": memory}))
    else:
        main()
