"""The best selection by cases of contracts: against selections tried one by one, and on its own.

The wide games are drawn as their sizes say, states in two or three cells and actions in two
classes, so that a block has too many selections to try: 10^20 and more.
"""

from __future__ import annotations

import time
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
import second_checker
from random_environments import BASE_SEED, random_language, random_levels

from coopgap.proofs.certificates.certificate import concrete, encode, verified
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.check import check
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Bracket,
    Levels,
    Setting,
    Unanswered,
    Value,
    problem,
)
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import NamedLanguage, Question, Specification
from coopgap.theory.welfare import first_best

CONTRACTS = [
    Transfers(budget, liability)
    for budget in Budget
    for liability in (None, Fraction(1, 2), Fraction(3))
]

WIDE = [(3, 4, 60), (2, 6, 40), (3, 3, 100)]
"""Agents, actions of each, and states."""


def certified(setting: Setting, levels: Levels, claim: dict[str, Any], finding: Any) -> str:
    """The certificate of a claim by the finding's cases."""
    witness = decide.bound_part(setting, levels, finding)
    if claim["id"] == "value":
        witness = {**decide.reached_part(setting, finding), **witness}
    return encode(concrete({"holds": True, **claim}, problem(setting, levels), witness))


@pytest.mark.parametrize("contracts", CONTRACTS, ids=str)
def test_cases_find_what_trying_selections_finds(contracts: Transfers) -> None:
    rng = Random(f"cases {BASE_SEED} {contracts}")
    parted, finite = 0, 0
    for _ in range(12):
        game = random_game(rng, 2, rng.choice((2, 3)), rng.choice((2, 3, 4)))
        language = random_language(rng, game)
        setting = Setting(game, language, contracts)
        levels = random_levels(rng, game)
        question = Value(setting, levels)
        finding, by_selections = decide.by_contracts(question), decide.ask(question)
        assert isinstance(by_selections, BestSelection)
        assert isinstance(finding, BestSelection)
        assert finding.welfare == by_selections.welfare
        text = certified(setting, levels, {"id": "value", "value": str(finding.welfare)}, finding)
        assert verified(text).accepted, verified(text).reason
        assert second_checker.verdict(text) == "accepted"
        parted += any(isinstance(case.tree, list) for case in finding.cases)
        if isinstance(finding.welfare, Fraction):
            finite += 1
            gap = first_best(game).welfare - finding.welfare + Fraction(1, 1000)
            claim = {"id": "gap-at-least", "value": str(gap)}
            assert not verified(certified(setting, levels, claim, finding)).accepted
    # Otherwise states seldom compete for the same payments.
    assert parted or contracts.budget is not Budget.BALANCED
    assert finite


def random_game(rng: Random, agents: int, actions: int, states: int) -> Environment:
    """A game with payoffs from −9 to 9."""
    payoffs = [rng.randint(-9, 9) for _ in range(agents * states * actions**agents)]
    return Environment(
        tuple(f"p{i}" for i in range(agents)),
        (tuple(f"a{k}" for k in range(actions)),) * agents,
        tuple(f"w{k}" for k in range(states)),
        (Fraction(1, states),) * states,
        np.array(payoffs).reshape(agents, states, *[actions] * agents),
    )


def wide(rng: Random, agents: int, actions: int, states: int) -> Setting:
    """Such a game, and a language that sees little."""
    game = random_game(rng, agents, actions, states)

    def parts(size: int, count: int) -> tuple[int, ...]:
        """Numbers of parts, in order of their first members; none is empty."""
        numbers = [*range(count), *(rng.randrange(count) for _ in range(size - count))]
        rng.shuffle(numbers)
        order = list(dict.fromkeys(numbers))
        return tuple(order.index(number) for number in numbers)

    cells = parts(states, rng.choice((2, 3)))
    return Setting(
        game,
        ProductLanguage(cells, tuple(parts(actions, 2) for _ in range(agents))),
        Transfers(),
    )


def share(setting: Setting, finding: BestSelection | Bracket) -> Fraction:
    """How far apart certified bounds of V are, as a share of the range of expected welfare.

    Each bound must be accepted by the checker.
    """
    game, levels = setting.environment, setting.selfish
    best = first_best(game).welfare
    if isinstance(finding, BestSelection) and finding.best is None:
        # Some state has no profile from which deviations within a record do not pay.
        text = certified(setting, levels, {"id": "value", "value": "-inf"}, finding)
        assert verified(text).accepted, verified(text).reason
        return Fraction(0)
    most = finding.welfare if isinstance(finding, BestSelection) else finding.most
    assert isinstance(most, Fraction)
    assert isinstance(finding.welfare, Fraction)
    least = {"id": "gap-at-least", "holds": True, "value": str(best - most)}
    above = {"id": "gap-at-most", "holds": True, "value": str(best - finding.welfare)}
    for claim, witness in (
        (least, decide.bound_part(setting, levels, finding)),
        (above, decide.reached_part(setting, finding)),
    ):
        text = encode(concrete(claim, problem(setting, levels), witness))
        assert verified(text).accepted, verified(text).reason
    lowest = sum((game.prior[s] * int(game.welfare[s].min()) for s in game.support), Fraction(0))
    return (most - finding.welfare) / (best - lowest / game.denominator)


@pytest.mark.parametrize("size", WIDE[:2], ids=str)
def test_a_wide_game_is_solved(size: tuple[int, int, int]) -> None:
    setting = wide(Random(f"wide {BASE_SEED} {size}"), *size)
    finding = decide.ask(Value(setting, setting.selfish))
    assert isinstance(finding, BestSelection | Bracket)
    assert share(setting, finding) <= Fraction(1, 20)


@pytest.mark.deep
@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("size", WIDE, ids=str)
def test_wide_games_are_solved_or_nearly_so_in_a_minute(
    size: tuple[int, int, int], number: int
) -> None:
    seed = f"wide {BASE_SEED} {size} {number}"
    setting = wide(Random(seed), *size)
    begun = time.process_time()
    finding = decide.ask(Value(setting, setting.selfish))
    assert isinstance(finding, BestSelection | Bracket)
    apart = share(setting, finding)
    seconds = time.process_time() - begun
    print(f"{seed}: {seconds:.1f} s, bounds apart by {float(apart):.2%} of the range")
    assert apart <= Fraction(1, 20)
    assert seconds < 60


def test_numbers_that_floats_do_not_add_exactly_are_left_to_others() -> None:
    game = random_game(Random("long"), 2, 2, 2)
    long = Environment(game.players, game.actions, game.states, game.prior, game.payoffs * 10**12)
    setting = Setting(long, ProductLanguage((0, 0), ((0, 0), (0, 0))), Transfers())
    answer = decide.by_contracts(Value(setting, setting.selfish))
    assert isinstance(answer, Unanswered)
    assert "too long" in answer.reason


def test_reports_and_claims_use_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopgap.proofs.engines.contract_cases.NODE_LIMIT", 3)
    setting = wide(Random("bounds"), 2, 4, 30)
    assert setting.language is not None
    claims = [
        Question("gap-positive", "coarse"),
        Question("gap-zero", "coarse"),
        *(
            Question(name, "coarse", value)
            for name in ("gap-at-least", "gap-at-most")
            for value in (Fraction(0), Fraction(100))
        ),
    ]
    report = check(
        Specification(
            environment=setting.environment,
            languages=(NamedLanguage("coarse", setting.language, Transfers()),),
            title="",
            source="",
            origin="",
            levels=(),
            questions=tuple(claims),
        )
    )
    (part,) = report.document()["languages"]
    best = Fraction(report.document()["first_best"]["welfare"])
    gap, value = (
        {end: Fraction(number) for end, number in part[name].items()} for name in ("gap", "value")
    )
    assert 0 < gap["low"] < gap["high"]
    assert value == {"low": best - gap["high"], "high": best - gap["low"]}
    assert {"gap_at_least", "gap_at_most"} <= set(part["certificates"])
    statuses = [claim.status for claim in report.claims]
    assert statuses == ["proved", "refuted", "proved", "refuted", "refuted", "proved"]
    assert all(verified(text).accepted for text in report.texts.values())
