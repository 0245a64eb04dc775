"""The λ that choices reveal, against the threshold λ* of the theory.

The prediction is an implication: agents who play the first best have λ ≥ λ*. So it speaks of two
numbers, λ and the rate of the first best, and is contradicted where the intervals of both are
outside: the first best is what is played, mostly, and yet λ is below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coopgap.llm_checks.fitting.choices import DIFFER, Choices, PlayedGame
from coopgap.llm_checks.fitting.fit import Estimate, Fit, Range, fit
from coopgap.llm_checks.judging.evidence import Judgement, judged_interval, undecided
from coopgap.llm_checks.judging.intervals import Floats, clopper_pearson
from coopgap.llm_checks.playing.models import differ
from coopgap.llm_checks.playing.run import Run
from coopgap.llm_checks.playing.scenarios import Play
from coopgap.llm_checks.predicting.predictions import Prediction, plain
from coopgap.llm_checks.predicting.regimes import allowed_actions, material
from coopgap.theory.contracts import TransferContract
from coopgap.theory.errors import InputError
from coopgap.theory.welfare import first_best

MOSTLY = 0.5
"""The first best is what is played if its rate is above this."""

Profiled = tuple[Play, tuple[int, ...]]
"""A play and what was chosen in it, of all actions."""


@dataclass(frozen=True)
class Revealed:
    """λ̂ and β̂ of a condition's choices; reason: why there is no estimate, or empty."""

    lambda_: Estimate | None = None
    beta: Estimate | None = None
    reason: str = ""

    def document(self) -> dict[str, Any]:
        """As plain JSON."""
        lambda_, beta = plain(self.lambda_), plain(self.beta)
        return {"lambda": lambda_, "beta": beta, "reason": self.reason or None}

    def in_words(self) -> str:
        """λ̂ and its interval, or why there is none."""
        if self.lambda_ is None:
            return self.reason
        ends = (self.lambda_.estimate, self.lambda_.low, self.lambda_.high)
        estimate, low, high = ("∞" if end is None else f"{end:.3g}" for end in ends)
        return f"{estimate} [{low}, {high}]"


def judged_threshold(
    prediction: Prediction, played: Sequence[Profiled], sequential: bool = False
) -> Judgement:
    """Judges the threshold by λ and β fitted to plays."""
    if not played:
        return undecided("no data")
    assert prediction.low is not None
    level = float(prediction.low)
    fitted = _fitted(played, sequential, level)
    if isinstance(fitted, str):
        return undecided(f"not judged: {fitted}")
    won = sum(
        profile in first_best(play.scene.environment).profiles[play.state]
        for play, profile in played
    )
    rate = clopper_pearson(won, len(played))
    estimate, low, high = (
        math.inf if end is None else end
        for end in (fitted.lambda_.estimate, fitted.lambda_.low, fitted.lambda_.high)
    )
    method = f"{fitted.intervals}; the first best at a rate in [{rate[0]:.2g}, {rate[1]:.2g}]"
    if fitted.equally_likely == Range(0.0, None):
        return replace(undecided(f"{method}; every λ plays so"), estimate=estimate)
    verdict = Judgement("inconclusive", estimate, low, high, None, method)
    if low >= level or rate[1] <= MOSTLY:
        return replace(verdict, verdict="consistent")
    if high < level and rate[0] > MOSTLY:
        # Both parts must fail, so the larger of their p-values is that of the whole.
        likelier = judged_interval(won, len(played), None, MOSTLY).p_value
        below = fitted.threshold["p_value"] if fitted.threshold else 1.0
        return replace(verdict, verdict="contradicted", p_value=max(likelier, below))
    return verdict


def _fitted(
    played: Sequence[Profiled], sequential: bool, threshold: float | None = None
) -> Fit | str:
    """λ and β of plays with their profiles, or why they are not fitted."""
    if sequential:
        return "the intervals of the fit do not hold at all times"
    if any(_pays(play) for play, _ in played):
        return "payments change the sum of points that the fit takes for W"
    try:
        return fit(Choices(_games(played)), threshold=threshold)
    except InputError as error:
        return str(error)


def _revealed(run: Run, played: Sequence[Profiled]) -> Revealed:
    """λ̂ of one condition's complete plays, or why it is not estimated."""
    if not played:
        return Revealed(reason="no data")
    if differ(played[0][0].condition, str(run.header.get("model"))):
        return Revealed(reason=DIFFER)
    fitted = _fitted(played, run.sequential)
    if isinstance(fitted, str):
        return Revealed(reason=f"not estimated: {fitted}")
    if not fitted.identified:
        return Revealed(reason="not identified: many λ explain these choices as well")
    return Revealed(fitted.lambda_, fitted.beta)


def estimates(run: Run) -> dict[str, Revealed]:
    """λ̂ of every condition."""
    return {name: _revealed(run, played) for name, played in _by_condition(run).items()}


def _by_condition(run: Run) -> dict[str, list[Profiled]]:
    """The complete plays of every condition, with their profiles."""
    by_condition: dict[str, list[Profiled]] = {str(play.condition): [] for play in run.plays}
    for play in run.plays:
        if profile := play.profile(run.answers):
            by_condition[str(play.condition)].append((play, profile))
    return by_condition


def _pays(play: Play) -> bool:
    """Whether the contract that binds moves money in or out."""
    contract = play.binding
    return isinstance(contract, TransferContract) and any(map(sum, contract.transfers.values()))


def choices_of(run: Run) -> Choices:
    """The joint choices of a run's complete plays, by condition."""
    model, games = run.header.get("model"), list[PlayedGame]()
    for name, played in _by_condition(run).items():
        if not played or differ(played[0][0].condition, str(model)):
            continue
        for contract in dict.fromkeys(repr(play.binding) for play, _ in played):
            # No logit equilibrium is solved for more than two agents who are not alike.
            with suppress(InputError):
                group = [profiled for profiled in played if repr(profiled[0].binding) == contract]
                games += _games(group, f"{model}: {name}")
    return Choices(tuple(games))


def _games(played: Sequence[Profiled], condition: str = "") -> tuple[PlayedGame, ...]:
    """The games that bind, by scene, state and contract, and how often each profile was chosen."""
    tables: dict[tuple[str, int, str], tuple[Floats, tuple[tuple[int, ...], ...]]] = {}
    counts: dict[tuple[str, int, str], Floats] = {}
    for play, profile in played:
        key = play.scene.name, play.state, repr(play.binding)
        if key not in tables:
            environment = play.scene.environment
            enforced = material(environment, play.binding)
            allowed = allowed_actions(environment, play.binding, play.state)
            payoffs = [of_agent[play.state][np.ix_(*allowed)] for of_agent in enforced.payoffs]
            tables[key] = np.stack(payoffs).astype(float) / enforced.denominator, allowed
            counts[key] = np.zeros(tuple(map(len, allowed)))
        allowed = tables[key][1]
        place = tuple(own.index(action) for own, action in zip(allowed, profile, strict=True))
        counts[key][place] += 1
    return tuple(
        PlayedGame(f"{key[0]}/{key[1]}", tables[key][0], counts[key], condition)
        for key in tables
        if min(counts[key].shape) > 1
    )
