"""All extreme mixed equilibria of two players: coopgap against pygambit, both exact.

Every side runs in a process of its own, alternating, and reports its time; building the game is not
counted. A side that takes longer than the limit counts as that long.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np
from instances import Disagreement, clocked, line, options, target

from coopgap.theory.exact import IntArray

THIN = ((2, 200), (3, 60), (1, 500))
SQUARE = ((10, 10), (15, 15))
QUICK = ((2, 20), (1, 50), (6, 6))
SEED = 1
LIMIT = 60
"""Seconds for pygambit's answer."""

PATIENCE = 3
"""How many times longer coopgap may take, on a busy machine, before the run fails."""


def payoffs(shape: tuple[int, int], seed: int) -> IntArray:
    """Integers of shape (2, actions, actions)."""
    return np.random.default_rng(seed).integers(-50, 51, size=(2, *shape))


def by_coopgap(table: IntArray) -> dict[str, Any]:
    """The pairs of mixes, as texts."""
    from coopgap.proofs.deciding.decide import mixed_equilibria

    equilibria, seconds = clocked(mixed_equilibria, {0: table}, PATIENCE * LIMIT)
    plays = [[[str(share) for share in mix] for mix in play] for play in equilibria[0]]
    return {"seconds": seconds, "plays": plays}


def by_pygambit(table: IntArray) -> dict[str, Any]:
    """The same by ``enummixed_solve`` in rational numbers."""
    import pygambit

    game = pygambit.Game.from_arrays(*table)
    answer, seconds = clocked(pygambit.nash.enummixed_solve, game, True)
    plays = [
        [[str(share) for _, share in equilibrium[player]] for player in game.players]
        for equilibrium in answer.equilibria
    ]
    return {"seconds": seconds, "plays": plays}


SIDES = {"coopgap": by_coopgap, "pygambit": by_pygambit}


def child(side: str, shape: tuple[int, int], seed: int) -> dict[str, Any] | None:
    """A side's report; None if it takes too long."""
    seconds = LIMIT * (PATIENCE if side == "coopgap" else 1)
    command = [sys.executable, __file__, "--side", side, *map(str, (*shape, seed))]
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, timeout=seconds, check=True)
    except subprocess.TimeoutExpired:
        return None
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def compared(shape: tuple[int, int], seed: int) -> float:
    """Prints a line, and returns how many times longer pygambit takes, at least."""
    reports = [child(side, shape, seed) for side in SIDES]
    ours, theirs = reports
    if ours is None:
        raise Disagreement("coopgap takes too long")
    if theirs is not None and sorted(theirs["plays"]) != sorted(ours["plays"]):
        raise Disagreement("the sides find different equilibria")
    slow, least = (LIMIT, "≥") if theirs is None else (theirs["seconds"], "")
    ratio = float(slow / ours["seconds"])
    size, number = f"{shape[0]}×{shape[1]}", len(ours["plays"])
    cells = (size, seed, number, f"{ours['seconds']:.3f}s", f"{least}{slow:.3f}s")
    line((*cells, f"{least}{ratio:,.0f}×"), (9, 4, 10, 9, 9, 9))
    return ratio


def main() -> None:
    """Prints one line for every game."""
    sizes = QUICK if options(__doc__).quick else (*THIN, *SQUARE)
    if find_spec("pygambit") is None:
        print("pygambit is absent (make bench installs it): skipped")
        return
    line(("actions", "seed", "equilibria", *SIDES, "ratio"), (9, 4, 10, 9, 9, 9))
    ratios = [compared(shape, SEED) for shape in sizes]
    target("faster than enummixed_solve, median", "≥", 10, median(ratios))
    target("faster than enummixed_solve, worst", "≥", 1, min(ratios))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        name, *numbers = sys.argv[2:]
        rows, columns, seed = map(int, numbers)
        print(json.dumps(SIDES[name](payoffs((rows, columns), seed))))
    else:
        main()
