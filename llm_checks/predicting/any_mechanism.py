"""What agents can reach who agree on any mechanism at all (theory.md T10)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.llm_checks.predicting.regimes import Condition, faced
from coopgap.proofs.certificates import mechanism_witnesses as witnesses
from coopgap.proofs.deciding import decide
from coopgap.proofs.questions.mechanisms import Society
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.contracts import Transfers
from coopgap.theory.information import complete_information
from coopgap.theory.languages import indistinguishable
from coopgap.theory.specification import Specification
from coopgap.theory.welfare import first_best

SECONDS = 60.0
"""How long the linear programme may take."""


@dataclass(frozen=True)
class Reach:
    """What no mechanism exceeds: expected welfare in utils, and the probability of the first best.

    The latter is at most 1 less the gap over the most that a play can lose. In each state it is at
    most what the first best can have in a distribution in which no deviation pays that leaves the
    record as it was, since no mechanism sees these (T5).
    """

    welfare: Fraction
    rate: Fraction


def reach(specification: Specification, condition: Condition) -> Reach | str:
    """Bounds on every mechanism and every equilibrium under it, or the reason why there are none.

    The bound on welfare has a certificate that the checker accepted.
    """
    levels = condition.disposition.levels(specification.environment.players)
    if levels is None:
        return f"{condition}: what mechanisms reach is decided at a λ, not in the limit"
    assert condition.regime.language is not None
    named = specification.named(condition.regime.language)
    assert isinstance(named.contracts, Transfers)
    game = specification.environment
    information = complete_information(game)
    society = Society(game, information, named.language, named.contracts, levels)
    answer = decide.mechanisms(society, SECONDS)
    if isinstance(answer, Unanswered):
        return f"{condition}: {answer.reason}"
    if not isinstance(answer.value, Fraction):
        return f"{condition}: no mechanism makes everybody take part"
    best = first_best(game).welfare
    loss = best - answer.value
    if loss:
        claim = {"id": "mechanism-gap-at-least", "holds": True, "value": str(loss)}
        certified = decide.certify_mechanism(society, claim, witnesses.bound(answer.limiting))
        if not certified.accepted:
            return f"{condition}: the checker rejected the bound on mechanisms"
    welfare = game.welfare
    spread = max(int(welfare[s].max() - welfare[s].min()) for s in game.support)
    rate = 1 - loss * game.denominator / spread if loss else Fraction(1)
    return Reach(answer.value, min(rate, _rate_bound(specification, condition)))


def _rate_bound(specification: Specification, condition: Condition) -> Fraction:
    """The largest probability of the first best that unseen deviations leave, or 1."""
    game = specification.environment
    assert condition.regime.language is not None
    named = specification.named(condition.regime.language)
    total = Fraction(0)
    for state, profiles in first_best(game).profiles.items():
        indicator = np.zeros(game.shape, dtype=np.int64)
        for profile in profiles:
            indicator[profile] = 1
        payoffs = faced(game, None, condition.disposition, state).payoffs
        moves = indistinguishable(named.language, game, state)
        answer = decide.best_correlated(indicator, payoffs, moves)
        total += game.prior[state] * (1 if isinstance(answer, Unanswered) else answer.value)
    return total
