"""The λ that choices reveal, against the threshold λ* of the theory.

The prediction is an implication: agents who play the first best have λ ≥ λ*. So it speaks of two
numbers, λ and the rate of the first best, and is contradicted where the intervals of both are
outside: the first best is what is played, mostly, and yet λ is below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from coopgap.llm_checks.fitting.choices import DIFFER, Choices, PlayedGame
from coopgap.llm_checks.fitting.fit import Estimate, Fit, Range, fit
from coopgap.llm_checks.judging.evidence import Judgement, judged_interval, undecided
from coopgap.llm_checks.judging.intervals import Floats, clopper_pearson
from coopgap.llm_checks.playing.models import differ
from coopgap.llm_checks.playing.run import Run
from coopgap.llm_checks.playing.scenarios import Play
from coopgap.llm_checks.predicting.predictions import Prediction
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
        return {
            "lambda": None if self.lambda_ is None else asdict(self.lambda_),
            "beta": None if self.beta is None else asdict(self.beta),
            "reason": self.reason or None,
        }

    def told(self) -> str:
        """λ̂ and its interval, or why there is none."""
        if self.lambda_ is None:
            return self.reason
        ends = (self.lambda_.estimate, self.lambda_.low, self.lambda_.high)
        estimate, low, high = ("∞" if each is None else f"{each:.3g}" for each in ends)
        return f"{estimate} [{low}, {high}]"


def judged_threshold(
    one: Prediction, played: Sequence[Profiled], sequential: bool = False
) -> Judgement:
    """Judges the threshold by λ and β fitted to plays."""
    if not played:
        return undecided("no data")
    assert one.low is not None
    level = float(one.low)
    found = _fitted(played, sequential, level)
    if isinstance(found, str):
        return undecided(f"not judged: {found}")
    won = sum(
        profile in first_best(play.scene.environment).profiles[play.state]
        for play, profile in played
    )
    rate = clopper_pearson(won, len(played))
    estimate, low, high = (
        math.inf if each is None else each
        for each in (found.lambda_.estimate, found.lambda_.low, found.lambda_.high)
    )
    told = f"{found.intervals}; the first best at a rate in [{rate[0]:.2g}, {rate[1]:.2g}]"
    if found.equally_likely == Range(0.0, None):
        return replace(undecided(f"{told}; every λ plays so"), estimate=estimate)
    verdict = Judgement("inconclusive", estimate, low, high, None, told)
    if low >= level or rate[1] <= MOSTLY:
        return replace(verdict, verdict="consistent")
    if high < level and rate[0] > MOSTLY:
        # Both parts must fail, so the larger of their p-values is that of the whole.
        likelier = judged_interval(won, len(played), None, MOSTLY).p_value
        below = found.threshold["p_value"] if found.threshold else 1.0
        return replace(verdict, verdict="contradicted", p_value=max(likelier, below))
    return verdict


def _fitted(
    played: Sequence[Profiled], sequential: bool, threshold: float | None = None
) -> Fit | str:
    """λ and β of plays with their profiles, or why they are not fitted."""
    if sequential:
        return "the intervals of the fit do not hold at all times"
    if any(_pays(each) for each, _ in played):
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
    found = _fitted(played, run.sequential)
    if isinstance(found, str):
        return Revealed(reason=f"not estimated: {found}")
    if not found.identified:
        return Revealed(reason="not identified: many λ explain these choices as well")
    return Revealed(found.lambda_, found.beta)


def estimates(run: Run) -> dict[str, Revealed]:
    """λ̂ of every condition."""
    return {name: _revealed(run, played) for name, played in _by_condition(run).items()}


def _by_condition(run: Run) -> dict[str, list[Profiled]]:
    """The complete plays of every condition, with their profiles."""
    found: dict[str, list[Profiled]] = {str(each.condition): [] for each in run.plays}
    for each in run.plays:
        if profile := each.profile(run.answers):
            found[str(each.condition)].append((each, profile))
    return found


def _pays(play: Play) -> bool:
    """Whether the contract that binds moves money in or out."""
    contract = play.binding
    return isinstance(contract, TransferContract) and any(map(sum, contract.transfers.values()))


def chosen(run: Run) -> Choices:
    """The joint choices of a run's complete plays, by condition."""
    model, made = run.header.get("model"), list[PlayedGame]()
    for name, played in _by_condition(run).items():
        if not played or differ(played[0][0].condition, str(model)):
            continue
        for contract in dict.fromkeys(repr(each.binding) for each, _ in played):
            # No logit equilibrium is solved for more than two agents who are not alike.
            with suppress(InputError):
                same = [each for each in played if repr(each[0].binding) == contract]
                made += _games(same, f"{model}: {name}")
    return Choices(tuple(made))


def _games(played: Sequence[Profiled], condition: str = "") -> tuple[PlayedGame, ...]:
    """The games that bind, by scene, state and contract, and how often each profile was chosen."""
    tables: dict[tuple[str, int, str], tuple[Floats, tuple[tuple[int, ...], ...]]] = {}
    counts: dict[tuple[str, int, str], Floats] = {}
    for play, profile in played:
        key = play.scene.name, play.state, repr(play.binding)
        if key not in tables:
            environment = play.scene.environment
            paid = material(environment, play.binding)
            allowed = allowed_actions(environment, play.binding, play.state)
            own = [each[play.state][np.ix_(*allowed)] for each in paid.payoffs]
            tables[key] = np.stack(own).astype(float) / paid.denominator, allowed
            counts[key] = np.zeros(tuple(map(len, allowed)))
        allowed = tables[key][1]
        place = tuple(own.index(action) for own, action in zip(allowed, profile, strict=True))
        counts[key][place] += 1
    return tuple(
        PlayedGame(f"{key[0]}/{key[1]}", tables[key][0], counts[key], condition)
        for key in tables
        if min(counts[key].shape) > 1
    )
