"""Verdicts when engines fall short: honest about what was not decided, and on whose word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
from games import load_game

from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import ClaimPart, Report, Unknown
from coopgap.proofs.engines import mixed, selections, supports
from coopgap.proofs.engines.difference import DifferenceEngine
from coopgap.proofs.engines.linear import LinearEngine
from coopgap.proofs.engines.selections import SelectionEngine
from coopgap.proofs.questions.obligations import (
    Answer,
    BestSelection,
    Engine,
    Setting,
    Unanswered,
    Value,
)
from coopgap.proofs.trusted.certificates import Verified
from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.environments import environment
from coopgap.theory.errors import InputError
from coopgap.theory.languages import ProductLanguage, complete, from_values
from coopgap.theory.readers.load import load
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import NamedLanguage, Question, Specification
from coopgap.theory.welfare import first_best

GAPS = (
    Question("gap-positive"),
    Question("gap-zero"),
    Question("gap-at-least", value=Fraction(1)),
    Question("gap-at-most", value=Fraction(1, 2)),
    Question("threshold-at-most", value=Fraction(1, 2)),
    Question("threshold-at-most", value=Fraction(5)),
)


@dataclass(frozen=True)
class _TargetsOnly:
    """A search that never finds a value, only whether a target is met."""

    name: str = "targets"
    answers: frozenset[type] = frozenset({Value})

    def solve(self, question: Any) -> Answer:
        if question.target is None:
            return Unanswered("the value is out of reach")
        return SelectionEngine(decide.ask).solve(question)


def _report(
    monkeypatch: pytest.MonkeyPatch, engines: list[Engine], questions: tuple[Question, ...]
) -> Report:
    def chosen() -> Iterator[Engine]:
        yield from engines

    monkeypatch.setattr(decide, "engines", chosen)
    team = load_game("n5")
    balanced = tuple(language for language in team.languages if language.name == "output-balanced")
    return check(Specification(team.environment, balanced, questions=questions))


def _statuses(report: Report) -> list[str]:
    return [claim.status for claim in report.claims]


def test_only_as_many_classes_are_allowed_as_there_are_states() -> None:
    """Of 127³ restrictions 343 matter: the one that leaves a first best alone reaches it."""
    size = 7
    payoffs = [[[(a * k + i) % 11 for k in range(size**3)]] for i, a in enumerate((3, 5, 7))]
    game = environment(["x", "y", "z"], ["ABCDEFG"] * 3, payoffs)
    setting = Setting(game, complete(game), Directives(permissive=True))
    answer = decide.ask(Value(setting, setting.selfish))
    assert isinstance(answer, BestSelection)
    assert answer.welfare == first_best(game).welfare


def test_without_a_value_the_first_best_still_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    engines: list[Engine] = [DifferenceEngine(), LinearEngine(), _TargetsOnly()]
    report = _report(monkeypatch, engines, GAPS)
    assert _statuses(report) == ["proved", "refuted", "unknown", "unknown", "refuted", "proved"]
    assert report.languages[0].value == Unknown("targets: the value is out of reach")


def test_without_engines_everything_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    levels = (Fraction(0), Fraction(0))
    questions = (
        *GAPS,
        Question("closes", prosociality=levels),
        Question("full-implementation", "output-balanced", prosociality=levels),
        Question("correlated-gap-positive"),
    )
    report = _report(monkeypatch, [], questions)
    assert set(_statuses(report)) <= {"unknown", "refuted"}
    assert report.languages[0].value == Unknown("no engine answers such a question")


@pytest.mark.parametrize("slug", ["supply-contract", "delegation-private"])
def test_a_quantity_whose_certificate_is_rejected_is_unknown(
    slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rejected(reason: str) -> Report:
        monkeypatch.setattr(decide, "verified", lambda _: Verified(False, reason))
        report = check(load(slug))
        assert isinstance(report, Report)
        return report

    part = rejected("somebody gains").languages[0]
    assert [part.value, part.gap, part.prosocial_threshold] == [
        Unknown("the checker rejected its certificate: somebody gains")
    ] * 3
    # A value without a certificate says so by its absence.
    part = rejected("too large to check: the budget of steps is used up").languages[0]
    assert isinstance(part.value, Fraction)
    assert isinstance(part.gap, Fraction)
    assert not part.certificates


def test_limits_of_the_search_are_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, reason in (("QUESTION_LIMIT", "selections were tried"), ("NODE_LIMIT", "steps")):
        with monkeypatch.context() as patch:
            patch.setattr(selections, name, 0)
            engines: list[Engine] = [
                DifferenceEngine(),
                LinearEngine(),
                SelectionEngine(decide.ask),
            ]
            report = _report(patch, engines, GAPS[:1])
            assert _statuses(report) == ["unknown"]
            assert reason in str(report.claims[0].reason)


def test_limits_of_supports_are_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    payoffs = [[[0, 3, 0, 1, 2, 2, 2, 0, 3]], [[3, 0, 1, 0, 3, 3, 0, 1, 0]]]
    game = environment(["a", "b"], [list("xyz")] * 2, payoffs)
    ask = (Question("full-implementation", prosociality=(Fraction(0), Fraction(0))),)
    monkeypatch.setattr(supports, "MAX_SUPPORT_BITS", 3)
    monkeypatch.setattr(mixed, "MAX_ACTIONS", 2)
    report = check(Specification(game, (), questions=ask))
    assert report.claims[0].status == "unknown"
    assert report.selfish.mixed == {"s": ()}
    assert report.selfish.mixed_others == mixed.WIDE
    assert report.document()["selfish"]["mixed_others"] == mixed.WIDE
    assert report.selfish.certificates == {}


def test_mixed_equilibria_have_a_certificate() -> None:
    report = check(load_game("battle-of-the-sexes"))
    (sha,) = report.selfish.certificates.values()
    document = json.loads(report.texts[sha])
    assert document["claim"]["id"] == "mixed-equilibria"
    assert len(document["claim"]["plays"]) == 3
    assert report.selfish.mixed_others is None


def test_of_three_players_those_mixes_are_listed_that_are_found() -> None:
    """Matching pennies, in which a third player is paid to take part in either way."""
    pennies = [1, 1, -1, -1, -1, -1, 1, 1]
    third = [0, 0, 0, 0, 0, 0, 0, 0]
    game = environment(
        ["a", "b", "c"], [list("xy")] * 3, [[pennies], [[-u for u in pennies]], [third]]
    )
    report = check(Specification(game, ()))
    half = {"x": Fraction(1, 2), "y": Fraction(1, 2)}
    assert report.selfish.mixed == {
        "s": tuple({"a": half, "b": half, "c": {action: Fraction(1)}} for action in "yx")
    }
    assert report.selfish.mixed_others == mixed.PAIRS
    assert set(report.selfish.certificates) == {"s"}


@pytest.mark.parametrize("timeout", [0.01, 1.0])
def test_mixed_equilibria_are_listed_as_far_as_time_allows(timeout: float) -> None:
    same = [[int(i == j) for i in range(16) for j in range(16)]]
    game = environment(["a", "b"], [[str(k) for k in range(16)]] * 2, [same, same])
    report = check(Specification(game, ()), timeout=timeout)
    assert report.selfish.mixed_others in (mixed.TIME_IS_UP, f"stopped after {timeout:g} s")
    assert not isinstance(report.selfish.mixed, Unknown)
    assert len(report.selfish.mixed["s"]) >= 16


def test_a_mixed_equilibrium_refutes_full_implementation() -> None:
    """No pure equilibrium at all, and the mixed one plays what is not first best."""
    game = load_game("n2").environment
    ask = (Question("full-implementation", prosociality=(Fraction(7), Fraction(7))),)
    claim = check(Specification(game, (), questions=ask)).claims[0]
    assert _kind(claim) == ("refuted", "equilibrium")


def test_three_players_leave_mixed_equilibria_open() -> None:
    """Shapley's game beside a third agent who does nothing: only mixed equilibria decide it."""
    base = load_game("n2").environment
    own = [base.payoffs[i, 0].ravel().tolist() for i in range(2)]
    game = environment(
        ["a", "b", "c"],
        [*base.actions, ["idle"]],
        [[own[0]], [own[1]], [[0] * len(own[0])]],
    )
    ask = (Question("full-implementation", prosociality=(Fraction(0),) * 3),)
    report = check(Specification(game, (), questions=ask))
    assert report.claims[0].status == "unknown"
    assert "two players" in str(report.claims[0].reason)


def test_claims_that_a_language_cannot_bear_are_unknown() -> None:
    game = load_game("prisoners-dilemma").environment
    records = from_values([0, 1, 1, 2], ["a", "b", "b", "c"], (1, 2, 2))
    report = check(
        Specification(
            game,
            (
                NamedLanguage("records", records, Transfers(Budget.FREE)),
                NamedLanguage("rule", ProductLanguage((0,), ((0, 1), (0, 1))), Directives()),
            ),
            questions=(Question("incontractible"), Question("correlated-gap-positive", "rule")),
        )
    )
    # Only the second language has cells to be incontractible.
    assert [claim.language for claim in report.claims] == ["rule", "rule"]
    assert _statuses(report) == ["refuted", "unknown"]
    assert "transfers only" in str(report.claims[1].reason)
    languages = (NamedLanguage("records", records, Transfers(Budget.FREE)),)
    with pytest.raises(InputError, match="'records' has no cells of states"):
        check(Specification(game, languages, questions=(Question("incontractible", "records"),)))


def test_engines_refuse_what_is_not_theirs() -> None:
    game = load_game("prisoners-dilemma").environment
    plain = ProductLanguage((0,), ((0, 1), (0, 1)))
    directive = Setting(game, plain, Directives())
    balanced = Setting(game, plain, Transfers())
    question = Value(directive, directive.selfish)
    assert isinstance(LinearEngine().solve(question), Unanswered)
    assert isinstance(DifferenceEngine().solve(Value(balanced, balanced.selfish)), Unanswered)


def _kind(claim: ClaimPart) -> tuple[str, str | None]:
    return claim.status, None if claim.certificate is None else claim.certificate.kind


@pytest.mark.parametrize("budget", ["balanced", "burnt", "free"])
@pytest.mark.parametrize("bound", ["30000000017/10000000000", "30000000000000000017/10000000000"])
def test_long_bounds_on_fines_and_long_payoffs_overflow_nowhere(budget: str, bound: str) -> None:
    text = f"""
[game]
players = ["a", "b"]
actions = {{ a = ["C", "D"], b = ["C", "D"] }}
[game.payoffs]
a = [[5000000001, 0], [7000000003, 1000000000]]
b = [[5000000001, 7000000003], [0, 1000000000]]
[[language]]
name = "all"
contracts = {{ kind = "transfers", budget = "{budget}", liability = "{bound}" }}
[[claim]]
id = "gap-zero"
language = "all"
"""
    report = check(spec_from_text(text, "it"))
    (part,) = report.languages
    # Fines of 3 are too small for prisoners who gain 2,000,000,002; rewards need no bound.
    enough = budget == "free" or bound.startswith("3" + 15 * "0")
    assert report.claims[0].status == ("proved" if enough else "refuted"), report.claims[0].reason
    assert (part.prosocial_threshold == 0) == enough
    assert isinstance(part.prosocial_threshold, Fraction)
    assert {"gap", "prosocial_threshold"} <= part.certificates.keys()


@pytest.mark.parametrize("exponent", [160, 305, 320])
def test_payoffs_near_and_beyond_the_largest_float_are_decided(exponent: int) -> None:
    game = load_game("n4")
    payoffs = game.environment.payoffs.astype(object) * 10**exponent
    large = replace(game.environment, payoffs=payoffs)
    reports = [check(replace(game, environment=e)) for e in (game.environment, large)]
    small, same = (
        [(claim.id, claim.status) for claim in report.claims if claim.value is None]
        for report in reports
    )
    assert small == same
