"""Statistics: intervals cover, false alarms are rare, power is there."""

import math
from typing import Any

import numpy as np
import pytest

from benchmarks.fit import simulated
from coopgap.llm_checks.judging.evidence import (
    corrected,
    holm,
    judged_interval,
    judged_ordering,
    judged_sequentially,
    judged_values,
)
from coopgap.llm_checks.judging.intervals import clopper_pearson, confidence_sequence
from coopgap.llm_checks.playing.simulation import LogitAgents
from coopgap.theory.errors import InputError

PD = np.array([[[3.0, 0.0], [4.0, 1.0]], [[3.0, 4.0], [0.0, 1.0]]])


def test_known_exact_intervals() -> None:
    assert clopper_pearson(0, 10) == pytest.approx((0, 1 - 0.025**0.1))
    assert clopper_pearson(5, 10) == pytest.approx((0.18709, 0.81291), abs=1e-5)


def test_verdicts() -> None:
    assert judged_interval(100, 100, 0.9, None).verdict == "consistent"
    assert judged_interval(100, 100, None, 0.5).verdict == "contradicted"
    undecided = judged_interval(6, 10, None, 0.5)
    assert undecided.verdict == "inconclusive"
    assert undecided.needed is not None
    assert undecided.needed > 10
    assert judged_interval(0, 0, None, 0.5).verdict == "inconclusive"
    assert judged_values([0.9, 0.8] * 15, 0, 0.5).verdict == "contradicted"
    assert judged_values([0.0] * 30, 0, 0.5).verdict == "consistent"
    assert judged_values([0.4], 0, 0.5).verdict == "inconclusive"


def test_dependence_within_scenarios_makes_judgements_more_careful() -> None:
    alike = [(10, 10)] * 7 + [(0, 10)] * 3
    assert judged_interval(70, 100, None, 0.5).verdict == "contradicted"
    assert judged_interval(70, 100, None, 0.5, clusters=alike).verdict == "inconclusive"


def test_rare_large_losses_raise_no_false_alarms() -> None:
    """Most samples of eight show none of the losses that make the mean; Student's t, which takes
    their spread for the truth's, would contradict a true mean in one of five."""
    generator = np.random.default_rng(0)
    alarms = student = 0
    for _ in range(400):
        values = np.where(generator.random(8) < 0.2, -1000.0, generator.integers(3, size=8) / 500)
        judgement = judged_values(values.tolist(), -199.9984, -199.9984, range_of=(-1000.0, 0.004))
        alarms += judgement.verdict == "contradicted"
        half = 2.3646 * values.std(ddof=1) / math.sqrt(8)
        student += abs(values.mean() + 199.9984) > half
    assert alarms <= 20
    assert student > 60


def test_false_alarms_and_power_on_simulated_agents() -> None:
    agents = LogitAgents(0.0, 2.0)
    chance = float(agents.strategies(PD)[0][0] ** 2)
    games = [(str(i), PD) for i in range(30)]
    alarms = hits = 0
    for seed in range(100):
        clusters = [(int(g.counts[0, 0]), 5) for g in simulated(agents, games, 5, seed).games]
        wins = sum(won for won, _ in clusters)
        alarms += judged_interval(wins, 150, None, chance, clusters=clusters).verdict == (
            "contradicted"
        )
        hits += judged_interval(wins, 150, chance + 0.2, None, clusters=clusters).verdict == (
            "contradicted"
        )
    assert alarms <= 7
    assert hits >= 90


def test_orderings() -> None:
    generator = np.random.default_rng(1)
    higher, lower = generator.normal(1, 1, 40).tolist(), generator.normal(0, 1, 40).tolist()
    names = [str(i // 2) for i in range(40)]
    assert judged_ordering(higher, lower).verdict == "consistent"
    assert judged_ordering(lower, higher).verdict == "contradicted"
    pairs: Any = {"clusters": (names, names)}
    assert judged_ordering(higher, lower, **pairs).verdict == "consistent"
    small = judged_ordering(higher[:6], lower[:6], clusters=(names[:6], names[:6]))
    assert small.verdict == "inconclusive"
    assert small.needed is not None
    assert judged_ordering([], [1.0]).verdict == "inconclusive"
    alarms = sum(
        judged_ordering(*generator.normal(size=(2, 15)).tolist()).verdict != "inconclusive"
        for _ in range(200)
    )
    assert alarms <= 20


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    family = [judged_interval(62, 100, None, 0.5)] * 5
    assert family[0].verdict == "contradicted"
    assert {judgement.verdict for judgement in corrected(family)} == {"inconclusive"}


def test_confidence_sequences_hold_at_all_times() -> None:
    generator = np.random.default_rng(2)
    missed = 0
    for _ in range(100):
        wins = np.cumsum(generator.random(200) < 0.3)
        ends = [confidence_sequence(int(wins[n - 1]), n) for n in range(5, 200, 5)]
        missed += any(not low <= 0.3 <= high for low, high in ends)
    assert missed <= 9
    assert judged_sequentially(95, 100, None, 0.5).verdict == "contradicted"
    assert math.isnan(judged_sequentially(0, 0, None, 0.5).estimate)


def test_bounds_that_cross_are_refused() -> None:
    with pytest.raises(InputError):
        judged_interval(1, 2, 0.6, 0.5)
