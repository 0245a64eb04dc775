"""Commons solved fast, and by the game tree from the definitions: they agree."""

from __future__ import annotations

import os
from fractions import Fraction
from random import Random
from typing import get_args

import pytest
from commons_trees import Tree, random_commons

from coopgap.proofs.commons.equilibria import Missing, Pick, symmetric
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.populations import population
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import everything

SEED = int(os.environ.get("COOPGAP_SEED", "1"))


def agree(commons: Commons, rng: Random) -> None:
    tree = Tree(commons)
    assert planned(commons, everything(commons), {}).value == tree.best
    pick: Pick = rng.choice(get_args(Pick))
    level = rng.choice((Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3)))
    found, true = symmetric(commons, level, pick), tree.play(commons.agents, level, pick)
    if isinstance(found, Missing):
        assert true is None
    else:
        assert true is not None
        assert found.value == commons.agents * true[0]
        assert found.several == bool(true[3])
    for prosocial in range(commons.agents + 1):
        mixed, kinds = population(commons, prosocial, pick), tree.play(prosocial, None, pick)
        if isinstance(mixed, Missing):
            assert kinds is None
        else:
            assert kinds is not None
            assert (*mixed.start, Fraction(mixed.several)) == kinds


@pytest.mark.parametrize("number", range(40))
def test_small_commons_agree_with_their_game_trees(number: int) -> None:
    rng = Random(SEED * 1000 + number)
    agree(random_commons(rng), rng)


@pytest.mark.deep
@pytest.mark.parametrize("number", range(40, 240))
def test_many_small_commons_agree_with_their_game_trees(number: int) -> None:
    rng = Random(SEED * 1000 + number)
    agree(random_commons(rng), rng)
