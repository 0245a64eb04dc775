"""Values and thresholds in plain integers, against the engines and z3."""

from __future__ import annotations

import random

import pytest
import z3

from coopgap.proofs.fuzzing import quick
from coopgap.proofs.fuzzing.measures import Asked, Measures
from coopgap.proofs.fuzzing.situations import Bounds, generator, situation
from coopgap.proofs.questions.obligations import Setting
from coopgap.theory.contracts import Directives
from coopgap.theory.languages import from_values


@pytest.mark.parametrize("greedy", [50, 0])
def test_a_ray_is_found_exactly_where_there_is_one(
    greedy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "GREEDY", greedy)
    rng = random.Random(3)
    found = 0
    for _ in range(300):
        height, width = rng.randint(0, 5), rng.randint(0, 8)
        columns = [
            {row: rng.choice((-2, -1, 1, 2)) for row in range(height) if rng.random() < 0.5}
            for _ in range(width)
        ]
        costs = [rng.randint(-3, 1) for _ in range(width)]
        x = quick.ray(columns, costs, height)
        solver = z3.Solver()
        unknowns = [z3.Real(f"x{j}") for j in range(width)]
        solver.add(*(u >= 0 for u in unknowns))
        for row in range(height):
            terms = [columns[j].get(row, 0) * u for j, u in enumerate(unknowns)]
            solver.add(z3.Sum(terms) == 0)
        solver.add(z3.Sum([c * u for c, u in zip(costs, unknowns, strict=True)]) > 0)
        assert (solver.check() == z3.sat) == (x is not None)
        if x is not None:
            found += 1
            assert min(x) >= 0
            assert sum(c * v for c, v in zip(costs, x, strict=True)) > 0
            for row in range(height):
                assert sum(columns[j].get(row, 0) * v for j, v in enumerate(x)) == 0
    assert 50 < found < 250


@pytest.mark.parametrize(
    ("bounds", "cases"),
    [
        (Bounds(agents=(1, 3), actions=(1, 3), states=(1, 2)), 60),
        (Bounds(agents=(2, 2), actions=(2, 3), states=(3, 4)), 40),
        (Bounds(agents=(3, 3), actions=(2, 2), states=(2, 3)), 30),
    ],
)
def test_values_and_thresholds_are_those_of_the_engines(bounds: Bounds, cases: int) -> None:
    for case in range(cases):
        found = situation(generator(23, "quick", case), bounds)
        plain, engines = Measures(found), Asked(found)
        for name in ("gap", "gap_at", "alone_more", "threshold", "threshold_alone"):
            assert plain[name] == engines[name], (case, name)


def test_records_carry_no_directives() -> None:
    game = situation(generator(0, "records", 0), Bounds()).environment
    shape = (len(game.states), *game.shape)
    plays = range(len(game.states) * 4)
    language = from_values(list(plays), [f"record {k}" for k in plays], shape)
    setting = Setting(game, language, Directives())
    with pytest.raises(TypeError, match="directives"):
        quick.rules_of(setting, quick.PlainGame(game))
