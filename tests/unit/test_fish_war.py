"""The fish war's shares, against plans that are drawn (Levhari and Mirman 1980; theory.md N9)."""

from __future__ import annotations

from math import log
from random import Random

import pytest

from coopgap.proofs.theorems.registry import prove, registered

PERIODS = 400


def worth(n: int, a: float, b: float, level: float, own: list[float], others: float) -> float:
    """V_i of an agent that takes the shares ``own`` in turn, then goes on with the last one."""
    stock, total = 1.0, 0.0
    for t in range(PERIODS):
        share = own[min(t, len(own) - 1)]
        mine, theirs = log(share * stock), (n - 1) * log(others * stock)
        total += b**t * (mine + level * (mine + theirs))
        stock = ((1 - share - (n - 1) * others) * stock) ** a
    return total


@pytest.mark.parametrize("n", [2, 3, 6])
@pytest.mark.parametrize("level", [0.0, 0.5, 3.0])
def test_no_drawn_plan_does_better(n: int, level: float):
    rng = Random(f"{n} {level}")
    for _ in range(20):
        a, b = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9)
        d = a * b
        share = (1 + level) * (1 - d) / (n * (1 + level) - (n - 1) * d)
        best = worth(n, a, b, level, [share], share)
        for _ in range(10):
            most = 1 - (n - 1) * share
            plan = [rng.uniform(0.01, 0.99) * most for _ in range(rng.randint(1, 5))] + [share]
            assert worth(n, a, b, level, plan, share) <= best + 1e-9
        # Half as much again, or less, is worse: the test can fail.
        assert worth(n, a, b, level, [share * 0.7, share], share) < best - 1e-9


def test_the_theorem_names_what_stands_on_paper():
    report = prove("fish-war")
    assert report.status == "proved"
    assert report.statuses == {"proved", "trusted"}
    assert "log x <= x - 1" in report.rests_on
    assert len(report.sentences) == 7
    needed = {each.assumption: each.status for each in report.conditions}
    assert needed["n*s < 1"] == "redundant"
    assert registered()["fish-war"].source.endswith("Levhari and Mirman 1980")
