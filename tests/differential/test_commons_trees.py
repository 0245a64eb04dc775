"""Commons solved fast, and by the game tree from the definitions: they agree."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from random import Random
from typing import get_args

import pytest
from commons_trees import Tree, random_commons, random_regimes

from coopgap.proofs.commons import certificates, regime_play
from coopgap.proofs.commons.equilibria import Missing, Pick, Play, symmetric
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.populations import population
from coopgap.proofs.commons.regime_planner import best_plan, planned_within
from coopgap.proofs.commons.regime_quotas import best_regime_rule, quotas_of
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.commons.regimes import Situations, situations
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import Cell, QuotaLanguage, everything

SEED = int(os.environ.get("COOPGAP_SEED", "1"))


def agree(commons: Commons, rng: Random) -> None:
    tree = Tree(commons)
    assert planned(commons, everything(commons), {}).value == tree.best
    pick: Pick = rng.choice(get_args(Pick))
    level = rng.choice((Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3)))
    play, expected = symmetric(commons, level, pick), tree.play(commons.agents, level, pick)
    if isinstance(play, Missing):
        assert expected is None
    else:
        assert expected is not None
        assert play.value == commons.agents * expected[0]
        assert play.several == bool(expected[3])
    for prosocial in range(commons.agents + 1):
        kinds_agree(population(commons, prosocial, pick), tree.play(prosocial, None, pick))


@pytest.mark.parametrize("number", range(40))
def test_small_commons_agree_with_their_game_trees(number: int) -> None:
    rng = Random(SEED * 1000 + number)
    agree(random_commons(rng), rng)


@pytest.mark.deep
@pytest.mark.parametrize("number", range(40, 240))
def test_many_small_commons_agree_with_their_game_trees(number: int) -> None:
    rng = Random(SEED * 1000 + number)
    agree(random_commons(rng), rng)


def within_bounds(commons: Commons, rng: Random) -> None:
    """Any equilibrium, picked at random in each situation, lies within the bounds over all."""
    tree, level = Tree(commons), rng.choice((Fraction(0), Fraction(1)))
    kinds: list[tuple[int, Fraction | None]] = [(commons.agents, level)]
    prosocial = rng.randint(0, commons.agents)
    mixed = [(prosocial, None), (commons.agents - prosocial, Fraction(0))]
    picks = [tree.play(commons.agents, level, rng) for _ in range(3)]
    mixed_picks = [tree.play(prosocial, None, rng) for _ in range(3)]
    for merged in (False, True):
        bounded(commons, kinds, merged, [None if e is None else (e[0], *e[2:]) for e in picks])
        present = [kind for kind in mixed if kind[0]]
        own = [None if e is None else own_of(e, prosocial, commons.agents) for e in mixed_picks]
        bounded(commons, present, merged, own)


def own_of(play: tuple[Fraction, ...], prosocial: int, agents: int) -> tuple[Fraction, ...]:
    kinds = [*play[:1]] if prosocial == agents else [*play[1:2]] if prosocial == 0 else play[:2]
    return (*kinds, *play[2:])


def bounded(
    commons: Commons,
    kinds: Sequence[tuple[int, Fraction | None]],
    merged: bool,
    picks: Sequence[tuple[Fraction, ...] | None],
) -> None:
    text = certificates.bounds(commons, tuple(kinds), merged)
    if text is None:
        assert merged
        return
    assert verified(text).accepted
    claim = json.loads(text)["claim"]
    if claim["payoffs"] is None:
        assert picks == [None] * len(picks)
        return
    for play in (pick for pick in picks if pick is not None):
        *own, months, _ = play
        total = sum(n * payoff for (n, _), payoff in zip(kinds, own, strict=True))
        ends = [*claim["payoffs"], claim["months"], claim["total"]]
        for (low, high), value in zip(ends, [*own, months, total], strict=True):
            assert Fraction(low) <= value <= Fraction(high)
    assert not (claim["exists"] and None in picks and not any(picks))


FEW = 10**9
"""So many situations are solved one by one."""


def kinds_agree(play: Play | Missing, expected: tuple[Fraction, ...] | None) -> None:
    if isinstance(play, Missing):
        assert expected is None
        return
    assert expected is not None
    *own, lasting, several = expected
    payoffs = [a for a in own if a] if len(play.kinds) == 1 else own
    assert list(play.start[:-1]) == (payoffs or [Fraction(0)])
    assert (play.start[-1], play.several) == (lasting, bool(several))


def regimes_agree(commons: Commons, rng: Random) -> None:
    tree, all_of_them = Tree(commons), situations(commons, FEW)
    plan, most = best_plan(all_of_them)
    assert plan.value == most == tree.best
    quotas = quotas_of(commons, plan, everything(commons))
    assert tree.ruled(everything(commons), quotas) == most
    pick: Pick = rng.choice(get_args(Pick))
    level = rng.choice((Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3)))
    kinds_agree(
        regime_play.symmetric(all_of_them, level, pick), tree.play(commons.agents, level, pick)
    )
    for prosocial in range(commons.agents + 1):
        kinds_agree(
            regime_play.population(all_of_them, prosocial, pick), tree.play(prosocial, None, pick)
        )


def merged_bounds(commons: Commons, rng: Random) -> None:
    """What is merged bounds what is exact, and a rule's bounds hold the best of all rules."""
    exact, merged = situations(commons, FEW), situations(commons, 0)
    assert merged.merged
    (few, above), (_, best) = best_plan(merged), best_plan(exact)
    assert few.value <= best <= above
    stocks = tuple(rng.randint(0, 1) for _ in range(commons.capacity + 1))
    regime, month = rng.random() < 0.5, rng.randrange(commons.horizon)
    months = tuple(int(k >= month) for k in range(commons.horizon))
    language = QuotaLanguage("cells", stocks, months, True, regime, False)
    expected = most_by_rule(exact, language)
    assert (
        planned_within(merged, language).value >= planned_within(exact, language).value >= expected
    )
    for grouping in (exact, merged):
        plan, most = best_plan(grouping)
        answer = best_regime_rule(grouping, language, plan, most)
        assert expected <= answer.high
        assert Tree(commons).ruled(language, answer.rule) == answer.low


def most_by_rule(exact: Situations, language: QuotaLanguage) -> Fraction:
    """What the best rule is worth, of all there are or of many."""
    cells = sorted(
        {
            language.cell_of(month, state)
            for month, row in enumerate(exact.months, 1)
            for state in row
        }
    )
    tree, quotas = Tree(exact.commons), exact.commons.quotas
    rules: Iterator[Mapping[Cell, int]] = (
        dict(zip(cells, choice, strict=True)) for choice in product(quotas, repeat=len(cells))
    )
    return max(tree.ruled(language, rule) for rule in islice(rules, 5000))


@pytest.mark.parametrize("number", range(25))
def test_small_commons_with_regimes_agree_with_their_game_trees(number: int) -> None:
    rng = Random(SEED * 1000 + number)
    regimes_agree(random_regimes(rng), rng)


@pytest.mark.parametrize("number", range(25))
def test_bounds_of_merged_situations_hold(number: int) -> None:
    rng = Random(SEED * 1000 + number)
    merged_bounds(random_regimes(rng), rng)


@pytest.mark.parametrize("number", range(30))
def test_equilibria_lie_within_the_bounds_over_all(number: int) -> None:
    rng = Random(SEED * 1000 + number)
    within_bounds((random_regimes if number % 2 else random_commons)(rng), rng)


@pytest.mark.deep
@pytest.mark.parametrize("number", range(25, 225))
def test_many_small_commons_with_regimes_agree_with_their_game_trees(number: int) -> None:
    rng = Random(SEED * 1000 + number)
    commons = random_regimes(rng)
    regimes_agree(commons, rng)
    merged_bounds(commons, rng)
    within_bounds(commons, rng)
