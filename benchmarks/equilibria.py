"""Pure equilibria and first best of a game of three agents: coopgap against pygambit.

Every side runs in a process of its own, which reports its time and its peak memory. Building the
game is not counted; coopgap's time includes the first best, which pygambit does not compute. The
payoffs lie above 2^53, where a float no longer tells neighbours apart.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from fractions import Fraction
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np
from instances import Disagreement, clocked, line, options, target

from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.exact import IntArray
from coopgap.theory.welfare import first_best, profiles_where

SIZES = (30, 60, 100)
QUICK = (10, 20)
REPEATS = 3
SECONDS = 120
BASE = 1 << 53


def payoffs(size: int, seed: int) -> IntArray:
    """Few distinct payoffs, so that best replies tie and there are many equilibria."""
    return BASE + np.random.default_rng(seed).integers(20, size=(3, 1) + (size,) * 3)


def by_coopgap(table: IntArray) -> dict[str, Any]:
    """Equilibria and first best from the array of payoffs."""
    names = tuple(f"action {a}" for a in range(table.shape[-1]))

    def solve() -> tuple[Any, ...]:
        environment = Environment(("1", "2", "3"), (names,) * 3, ("s",), (Fraction(1),), table)
        return profiles_where(pure_nash(table)[0]), first_best(environment)

    (equilibria, best), seconds = clocked(solve)
    return {"seconds": seconds, "equilibria": equilibria, "welfare": str(best.welfare)}


def by_pygambit(table: IntArray) -> dict[str, Any]:
    """The same game in Gambit's format, equal payoff vectors being one outcome."""
    import pygambit

    flat = table[:, 0].transpose(3, 2, 1, 0).reshape(-1, 3)
    outcomes, numbers = np.unique(flat, axis=0, return_inverse=True)
    names = "{ " + " ".join(f'"{a}"' for a in range(table.shape[-1])) + " }"
    text = [f'NFG 1 R "" {{ "1" "2" "3" }}\n{{ {names} {names} {names} }}\n{{']
    text += ['{{ "" {}, {}, {} }}'.format(*outcome) for outcome in outcomes.tolist()]
    text += ["}", *map(str, (numbers.ravel() + 1).tolist())]
    game = pygambit.read_nfg(io.BytesIO("\n".join(text).encode()))
    answer, seconds = clocked(pygambit.nash.enumpure_solve, game)
    equilibria = [
        [
            next(s.number for s in player.strategies if equilibrium[s] == 1)
            for player in game.players
        ]
        for equilibrium in answer.equilibria
    ]
    return {"seconds": seconds, "equilibria": equilibria}


SIDES = {"coopgap": by_coopgap, "pygambit": by_pygambit}


def child(side: str, size: int, seed: int) -> dict[str, Any] | None:
    """The report of a side from a process of its own; None if it runs out of time."""
    command = [sys.executable, __file__, "--side", side, str(size), str(seed)]
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, timeout=SECONDS, check=True)
    except subprocess.TimeoutExpired:
        return None
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def report(side: str, size: int, seed: int) -> None:
    """Prints a side's answer, its seconds and its peak memory in MiB, as JSON."""
    answer = SIDES[side](payoffs(size, seed))
    answer["equilibria"] = sorted(map(list, answer["equilibria"]))
    answer["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(answer))


def main() -> None:
    """Prints one line for every game."""
    quick = options(__doc__).quick
    if find_spec("pygambit") is None:
        print("pygambit is absent (make bench installs it): skipped")
        return
    widths = (9, 4, 10, 9, 9, 7, 9, 9)
    line(("cells", "seed", "equilibria", *SIDES, "ratio", *SIDES), widths)
    for seed, size in enumerate(QUICK if quick else SIZES, start=1):
        runs = [[child(side, size, seed) for side in SIDES] for _ in range(REPEATS)]
        ours = [report for report, _ in runs if report is not None]
        theirs = [report for _, report in runs if report is not None]
        if len(ours) < REPEATS:
            raise Disagreement("coopgap takes too long")
        if any(report["equilibria"] != ours[0]["equilibria"] for report in theirs):
            raise Disagreement("the sides find different equilibria")
        seconds = median(report["seconds"] for report in ours)
        slow = median(report["seconds"] for report in theirs) if theirs else float(SECONDS)
        memory, their_memory = (
            max((report["memory"] for report in side), default=0) for side in (ours, theirs)
        )
        least = "" if theirs else "≥"
        line(
            (
                f"{size**3:,}",
                seed,
                len(ours[0]["equilibria"]),
                f"{seconds * 1e3:.2f}ms",
                f"{least}{slow:.3f}s",
                f"{least}{slow / seconds:.0f}×",
                f"{memory:.0f}MiB",
                f"{their_memory:.0f}MiB" if theirs else "",
            ),
            widths,
        )
    target("faster than enumpure_solve, largest game", "≥", 50, slow / seconds)
    target("peak memory of coopgap's process", "≤", 1024, memory, " MiB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        report(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
