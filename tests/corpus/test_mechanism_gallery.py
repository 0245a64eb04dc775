"""The gallery's mechanisms: values by hand, and by the programme of all joint deviations."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import every_mechanism
import pytest
from games import load_game

from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import MechanismPart, PooledBestPart, Report
from coopgap.proofs.deciding.values import Bounds
from coopgap.proofs.engines import mechanisms
from coopgap.proofs.exposition.documents import Code, Inline
from coopgap.proofs.exposition.formulas import Numeral, leaves
from coopgap.proofs.exposition.mechanisms import Case
from coopgap.proofs.exposition.sources import Place, looked_up
from coopgap.proofs.exposition.telling import exposition
from coopgap.proofs.questions.registry import MECHANISM_CLAIMS
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import environment
from coopgap.theory.information import complete_information
from coopgap.theory.languages import from_values
from coopgap.theory.readers.load import games
from coopgap.theory.specification import NamedLanguage, Question, Specification

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)

EXPECTED: dict[str, tuple[Fraction, Fraction | None, dict[str, Fraction]]] = {
    # W* = (1 + 5 + 0 + 1)/4; without a word trade happens if the cost is 0: 3 × 1/2.
    "bilateral-trade": (
        Fraction(7, 4),
        Fraction(3, 2),
        {"delivery": Fraction(1, 12), "delivery, outside money": Fraction(0)},
    ),
    # W* = (0 + 2 + 2 + 8)/4; without a word both give if both are high: 8/4.
    "public-project": (
        Fraction(3),
        Fraction(2),
        {"gifts": Fraction(0), "gifts, by consent": Fraction(1)},
    ),
    # Good ware is worth 1 more to the buyer, and is half of all.
    "correlated-types": (
        HALF,
        HALF,
        {"sale, outside money": Fraction(0), "sale": HALF},
    ),
    # Without fines the agent does what it likes: 2, 3, 3 instead of 1, 2, 3.
    "delegation-private": (
        Fraction(-1),
        Fraction(-1),
        {
            "what the agent does": Fraction(0),
            "what the agent does, no money": (2 + 2 + 1) * THIRD - 1,
        },
    ),
    "hold-up": (Fraction(2), None, {"delivery": Fraction(0)}),
    "out-of-reach": (Fraction(4), None, {"audit": Fraction(1)}),
    # T13: 2/(2B + 1) at B = 1.
    "mediated-team": (
        Fraction(2),
        None,
        {"output": Fraction(0), "output, fines up to 1": 2 * THIRD},
    ),
}
"""W*, the team optimum, and the gap of mechanisms by language."""


def reported(slug: str) -> Report:
    return check(load_game(slug))


def parts(report: Report) -> dict[str, MechanismPart]:
    by_language = {language.name: language.mechanism for language in report.languages}
    assert all(isinstance(part, MechanismPart) for part in by_language.values())
    return {name: part for name, part in by_language.items() if isinstance(part, MechanismPart)}


def test_every_entry_that_asks_about_mechanisms_is_here():
    slugs = {
        slug
        for slug, game in games().items()
        if isinstance(game, Specification)
        if any(question.id in MECHANISM_CLAIMS for question in game.questions)
    }
    assert slugs == set(EXPECTED)


LOSSES = {
    # Without the right to refuse, and without the bound on fines, the first best is reached (AGV);
    # but not where types are correlated and one's quality is the other's worth.
    ("bilateral-trade", "delivery"): {"participation": Fraction(1, 12)},
    ("public-project", "gifts, by consent"): {"participation": Fraction(1)},
    ("correlated-types", "sale"): {
        "information": Fraction(3, 22),
        "participation": Fraction(4, 11),
    },
    ("delegation-private", "what the agent does, no money"): {"liability": 2 * THIRD},
    ("mediated-team", "output, fines up to 1"): {"liability": 2 * THIRD},
    # P1 plays b in place of a, and no court sees it.
    ("out-of-reach", "audit"): {"actions": Fraction(1)},
}
"""What the gaps are due to, by hand; other entries have none."""

RESTORED = {
    ("hold-up", "delivery"): Fraction(3, 2),
    ("mediated-team", "output"): Fraction(1),
    ("mediated-team", "output, fines up to 1"): THIRD,
    ("out-of-reach", "audit"): Fraction(0),
    # 3 with messages, 2 without (the team optimum).
    ("public-project", "gifts"): Fraction(1),
    ("delegation-private", "what the agent does"): Fraction(0),
    ("delegation-private", "what the agent does, no money"): Fraction(0),
}
"""What messages and a mediator make good, where nobody may refuse."""


@pytest.mark.parametrize("slug", EXPECTED)
def test_what_the_gap_is_due_to(slug: str):
    report = reported(slug)
    for name, part in parts(report).items():
        assert isinstance(part.losses, tuple)
        losses = {loss.cause: loss.loss for loss in part.losses}
        assert losses == LOSSES.get((slug, name), {})
        if isinstance(part.restored, Fraction):
            assert part.restored == RESTORED[slug, name]
        rules = [cause for cause in losses if cause != "information"]
        assert all(f"value without {cause}" in part.certificates for cause in rules)


def test_what_is_due_to_information_by_the_programme_of_all_joint_deviations():
    game = load_game("correlated-types")
    (sale,) = [language for language in game.languages if language.name == "sale"]
    assert game.information is not None
    world = every_mechanism.World(
        game.environment,
        game.information,
        sale.language,
        "balanced",
        None,
        None,
        (Fraction(0),) * 2,
    )
    assert math.isclose(HALF - Fraction(3, 22), every_mechanism.value(world), abs_tol=1e-6)


@pytest.mark.parametrize("slug", EXPECTED)
def test_what_an_example_adds_up_is_the_value(slug: str):
    report, game = reported(slug), load_game(slug)
    place, _ = exposition(report, game)
    for named, part in zip(game.languages, place["report"]["languages"], strict=True):
        steps = Case(game.environment, named, part, place).steps("value")
        if steps:
            remainders = steps[-1].remainders()
            assert remainders is not None
            total = sum((stored_value(place, term) for _, _, term in remainders[0]), Fraction(0))
            constant = Fraction(0) if remainders[1] is None else remainders[1].number
            assert total + constant == part["mechanism"]["value"].number


def stored_value(place: Place, formula: Inline) -> Fraction:
    (number,) = leaves_of(formula)
    return Fraction(str(looked_up(place, number.origin)))


def leaves_of(formula: Inline) -> list[Numeral]:
    assert not isinstance(formula, str | Code)
    return [leaf for leaf in leaves(formula) if isinstance(leaf, Numeral)]


@pytest.mark.parametrize("slug", EXPECTED)
def test_the_values_are_those_derived_by_hand(slug: str):
    report, (best, team, gaps) = reported(slug), EXPECTED[slug]
    assert report.first_best.welfare == best
    assert (team is not None) == isinstance(report.first_best, PooledBestPart)
    if isinstance(report.first_best, PooledBestPart):
        assert report.first_best.team == team
    by_language = parts(report)
    assert {name: part.gap for name, part in by_language.items()} == gaps
    assert {claim.status for claim in report.claims} == {"proved"}
    for name, part in by_language.items():
        assert part.value == best - gaps[name]
        plain = {key for key in part.certificates if " " not in key}
        assert plain == {"value", "bound", "attained"}
        assert set(part.certificates.values()) <= set(report.texts)


@pytest.mark.parametrize("slug", EXPECTED)
def test_the_values_are_those_of_all_joint_deviations(slug: str):
    game, by_language = load_game(slug), parts(reported(slug))
    for named in game.languages:
        assert isinstance(named.contracts, Transfers)
        world = every_mechanism.World(
            game.environment,
            game.information or complete_information(game.environment),
            named.language,
            str(named.contracts.budget),
            named.contracts.liability,
            named.contracts.participation,
            (Fraction(0),) * len(game.environment.players),
        )
        part = by_language[named.name]
        assert isinstance(part.value, Fraction)
        assert isinstance(part.bound, Fraction)
        assert math.isclose(part.value, every_mechanism.value(world), abs_tol=1e-6)
        assert math.isclose(part.bound, every_mechanism.bound(world), abs_tol=1e-6)


def test_a_bound_that_no_mechanism_comes_near():
    part = parts(reported("out-of-reach"))["audit"]
    assert part.bound == 4
    assert part.value == 3
    assert part.attained is True


def test_some_values_are_only_approached():
    by_language = parts(reported("mediated-team"))
    assert by_language["output"].attained is False
    assert by_language["output, fines up to 1"].attained is True


def test_contracts_alone_leave_more():
    """One widget is delivered whatever is right: (2 − 1)/2; in the team one works."""
    assert [language.value for language in reported("hold-up").languages] == [HALF]
    assert [language.value for language in reported("mediated-team").languages] == [1, 1]


def checked_with(slug: str, contracts: Transfers) -> Report:
    """An entry without its claims, with other contracts, and with what mechanisms reach."""
    game = load_game(slug)
    named = tuple(replace(language, contracts=contracts) for language in game.languages)
    return check(replace(game, questions=(), languages=named), mechanisms=True)


@pytest.mark.parametrize("budget", Budget)
def test_trade_without_consent_is_efficient(budget: Budget):
    """D'Aspremont and Gérard-Varet (1979)."""
    by_language = parts(checked_with("bilateral-trade", Transfers(budget)))
    assert {part.gap for part in by_language.values()} == {0}


def test_trade_with_burnt_money_loses_as_much():
    by_language = parts(
        checked_with("bilateral-trade", Transfers(Budget.BURNT, None, (Fraction(0),) * 2))
    )
    assert {part.gap for part in by_language.values()} == {Fraction(1, 12)}


@pytest.mark.parametrize(
    ("level", "status"), [("0", "refuted"), ("1/7", "refuted"), ("1/6", "proved"), ("1", "proved")]
)
def test_prosocial_traders_close_the_gap_from_one_sixth_on(level: str, status: str):
    game = load_game("bilateral-trade")
    question = Question("mechanism-gap-zero", "delivery", prosociality=(Fraction(level),) * 2)
    (claim,) = check(replace(game, questions=(question,))).claims
    assert claim.status == status


def test_prosocial_traders_by_level():
    part = parts(reported("bilateral-trade"))["delivery"]
    low, high = part.prosocial
    assert isinstance(low.gap, Fraction)
    assert 0 < low.gap < Fraction(1, 12)
    assert high.value == Fraction(7, 4)
    assert high.gap == 0
    assert {"value at lambda 1/12, 1/12", "value at lambda 1/6, 1/6"} <= set(part.certificates)


@pytest.mark.parametrize("slug", ["n4", "moral-hazard-pd", "moral-hazard-sh"])
def test_what_messages_restore_and_what_not(slug: str):
    """T11: unverifiable states cost nothing, never-verifiable effort (R − P)/15."""
    game = load_game(slug)
    unlimited = tuple(
        language
        for language in game.languages
        if isinstance(language.contracts, Transfers) and language.contracts.liability is None
    )
    by_language = parts(check(replace(game, questions=(), languages=unlimited), mechanisms=True))
    if slug == "n4":
        assert {part.gap for part in by_language.values()} == {0}
        return
    first, *_, last = game.environment.payoffs[0, 0].ravel().tolist()
    # (CH, CH) pays R − ε and (DL, DL) P − 3ε, where ε = (R − P)/6.
    spread = Fraction(first - last, game.environment.denominator) * Fraction(3, 4)
    assert by_language["effort-blind"].gap == spread / 15
    assert by_language["effort-blind"].attained is True


@pytest.mark.parametrize(("agents", "cost"), [(2, 3), (3, 3)])
@pytest.mark.parametrize("bound", [HALF, Fraction(1), Fraction(5, 2), Fraction(7)])
def test_limited_liability_prices_a_team(agents: int, cost: int, bound: Fraction):
    """T13: n g (q − c)/(n B + g) for B ≥ (n − 1) g/n, g = c − q/n."""
    output = 4
    game = team(agents, cost, output, bound)
    part = parts(check(game, mechanisms=True))["output"]
    free_ride = cost - Fraction(output, agents)
    whole = agents * free_ride * (output - cost)
    if bound >= (agents - 1) * free_ride / agents:
        assert part.gap == whole / (agents * bound + free_ride)
    else:
        assert isinstance(part.gap, Fraction)
        assert part.gap > whole / (agents * bound + free_ride)


def team(agents: int, cost: int, output: int, bound: Fraction) -> Specification:
    """Holmström's team with balanced money, of which only total output is verifiable."""
    players = [f"w{i}" for i in range(agents)]
    profiles = list(product((0, 1), repeat=agents))
    payoffs = [
        [[Fraction(output * sum(a), agents) - cost * a[i] for a in profiles]] for i in range(agents)
    ]
    game = environment(players, [["0", "1"]] * agents, payoffs)
    totals = [sum(a) for a in profiles]
    records = from_values(totals, [f"{t} work" for t in totals], (1, *game.shape))
    named = NamedLanguage("output", records, Transfers(Budget.BALANCED, bound))
    return Specification(game, (named,))


def test_without_private_information_nothing_is_said_of_it():
    document = json.loads(json.dumps(reported("hold-up").document()))
    assert "team" not in document["first_best"]
    assert check(load_game("n5")).document()["languages"][0]["mechanism"] == {
        "unknown": "not asked: claim something about mechanisms, or use --mechanism"
    }


@pytest.mark.parametrize("known", [False, True])
def test_where_time_is_up_there_are_certified_bounds(
    known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the way to a value that is not attained, before and after a mechanism is found."""
    game = load_game("out-of-reach")
    name = game.languages[0].name
    exact = replace(game, questions=(Question("mechanism-gap-positive", name),))
    solved = check(exact).languages[0].mechanism
    assert isinstance(solved, MechanismPart)
    solve, calls = mechanisms._Programme.best, list[Any]()

    def late(programme: Any, deadline: float) -> Any:
        calls.append(programme)
        if len(calls) == 2:
            raise TimeoutError
        return solve(programme, deadline)

    def never(*_: object) -> None:
        raise TimeoutError

    if known:
        monkeypatch.setattr(mechanisms._Programme, "best", late)
    else:
        monkeypatch.setattr(mechanisms, "_stable", never)
    ids = ("mechanism-gap-positive", "mechanism-gap-zero", "mechanism-gap-at-most")
    values = (None, None, Fraction(100))
    questions = tuple(Question(i, name, v) for i, v in zip(ids, values, strict=True))
    report = check(replace(game, questions=questions))
    limited = report.languages[0].mechanism
    assert isinstance(limited, MechanismPart)
    assert isinstance(limited.value, Bounds)
    low, value, high = limited.value.low, solved.value, limited.value.high
    assert low <= value <= high  # type: ignore[operator]
    assert ("reached" in limited.certificates) == known
    assert "bound" in limited.certificates
    open_ = solved.bound == report.first_best.welfare
    statuses = [claim.status for claim in report.claims]
    assert statuses[:2] == (["unknown"] * 2 if open_ else ["proved", "refuted"])
    assert statuses[2] == ("proved" if known else "unknown")
    for claim in report.claims:
        assert claim.status != "unknown" or "not solved exactly in time" in str(claim.reason)
