"""What strategies of players who do not all see the state reach, by the oracle: all are tried."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from coopgap.proofs.certificates.certificate import canonical, data_of
from coopgap.proofs.questions.obligations import Setting
from coopgap.proofs.questions.private import private_setting
from coopgap.proofs.selftest.oracle.games import Game
from coopgap.proofs.selftest.oracle.strategies import Strategies
from coopgap.theory.contracts import NoContract
from coopgap.theory.specification import Specification


def reached(concrete: Specification, language: str | None, quantity: str) -> Any:
    """The value, gap or prosocial threshold of a language or of play alone, of selfish players.

    Or ``pooled``: the first best of players who pool what they see.
    """
    setting = Setting(concrete.environment, None, NoContract())
    if language is not None:
        named = concrete.named(language)
        setting = Setting(concrete.environment, named.language, named.contracts)
    assert concrete.information is not None
    levels, least = (Fraction(0),) * len(concrete.environment.players), "prosocial_threshold"
    problem = private_setting(setting, concrete.information).problem(
        None if quantity == least else levels
    )
    strategies = Strategies(Game(json.loads(canonical(data_of(problem))), {}))
    if quantity == least:
        return strategies.threshold()
    if quantity == "pooled":
        return strategies.game.pooled
    value = strategies.value(levels)
    return value if quantity == "value" else strategies.game.pooled - value
