"""The goal for games that are hard for their size: an exact value, or close bounds, in a minute."""

from __future__ import annotations

import secrets
from fractions import Fraction
from typing import Any

import pytest
from hard_games import SHAPES, hard_game, width
from random_environments import BASE_SEED

from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.questions.obligations import BestSelection, Bracket, Setting, Value

GAMES = 20
SECONDS = 60.0
CLOSE = Fraction(1, 20)


def require_value(setting: Setting) -> None:
    """V with an accepted certificate, or bounds that leave open little of the welfare."""
    with Worker(SECONDS) as worker:
        answer: Any = worker.call(decide.ask, Value(setting, setting.selfish))
    if isinstance(answer, Bracket):
        most: Any = answer.most
        assert most - answer.welfare <= CLOSE * width(setting)
        return
    assert isinstance(answer, BestSelection)
    claim = {"id": "value", "holds": True, "value": str(answer.welfare)}
    levels = setting.selfish
    certified = decide.certify(
        setting, levels, claim, decide.value_witness, setting, levels, answer
    )
    assert isinstance(certified, decide.Certified)
    assert certified.accepted, certified.reason


def test_smaller_ones() -> None:
    for shape in ((3, 2, 12), (2, 3, 12)):
        require_value(hard_game(shape, str(BASE_SEED)))


@pytest.mark.deep
@pytest.mark.parametrize("number", range(GAMES))
@pytest.mark.parametrize("shape", SHAPES)
def test_new_games(shape: tuple[int, int, int], number: int) -> None:
    seed = f"{secrets.token_hex(4)}/{number}"
    print(f"hard_game({shape}, {seed!r})")
    require_value(hard_game(shape, seed))
