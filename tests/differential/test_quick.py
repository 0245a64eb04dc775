"""Values and thresholds in plain integers, against the engines."""

from __future__ import annotations

import pytest

from coopgap.proofs.fuzzing import quick
from coopgap.proofs.fuzzing.measures import EngineMeasures, Measures
from coopgap.proofs.fuzzing.situations import Bounds, generator
from coopgap.proofs.fuzzing.situations import situation as random_situation
from coopgap.proofs.questions.obligations import Setting
from coopgap.theory.contracts import Directives
from coopgap.theory.languages import from_values


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
        situation = random_situation(generator(23, "quick", case), bounds)
        plain, engines = Measures(situation), EngineMeasures(situation)
        for name in ("gap", "gap_at", "alone_more", "threshold", "threshold_alone"):
            assert plain[name] == engines[name], (case, name)


def test_records_carry_no_directives() -> None:
    game = random_situation(generator(0, "records", 0), Bounds()).environment
    shape = (len(game.states), *game.shape)
    plays = range(len(game.states) * 4)
    language = from_values(list(plays), [f"record {k}" for k in plays], shape)
    setting = Setting(game, language, Directives())
    with pytest.raises(TypeError, match="directives"):
        quick.rules_of(setting, quick.PlainGame(game))
