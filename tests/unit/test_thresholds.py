"""Thresholds of λ that are out of reach: certified bounds, and claims decided from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from games import load_game

from coopgap.proofs.certificates.certificate import verified
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import Report, Unknown
from coopgap.proofs.deciding.values import Bounds
from coopgap.proofs.engines.difference import DifferenceEngine
from coopgap.proofs.engines.directives import DirectiveEngine
from coopgap.proofs.engines.linear import LinearEngine
from coopgap.proofs.engines.selections import SelectionEngine
from coopgap.proofs.questions.obligations import Answer, Engine, Unanswered, Value
from coopgap.theory.exact import INFINITY
from coopgap.theory.specification import Question, Specification


@dataclass(frozen=True)
class _Values:
    """A search that finds values and no thresholds."""

    name: str = "values"
    answers: frozenset[type] = frozenset({Value})

    def solve(self, question: Any) -> Answer:
        return SelectionEngine(decide.ask).solve(question)


def bounded(
    monkeypatch: pytest.MonkeyPatch, slug: str, *questions: Question, values: bool = True
) -> Report:
    def chosen() -> Iterator[Engine]:
        yield from (DirectiveEngine(), DifferenceEngine(), LinearEngine())
        if values:
            yield _Values()

    monkeypatch.setattr(decide, "engines", chosen)
    game = load_game(slug)
    return check(Specification(game.environment, game.languages, questions=questions))


@pytest.mark.parametrize("slug", ["n5", "moral-hazard-pd", "stag-hunt", "n2", "n4"])
def test_bounds_contain_the_threshold_and_are_certified(
    slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = check(load_game(slug))
    report = bounded(monkeypatch, slug)
    pairs: list[Any] = [
        (exact.prosocial_threshold, report.prosocial_threshold, report.certificates)
    ]
    pairs += [
        (
            exact_language.prosocial_threshold,
            bounded_language.prosocial_threshold,
            bounded_language.certificates,
        )
        for exact_language, bounded_language in zip(exact.languages, report.languages, strict=True)
    ]
    for number, threshold, certificates in pairs:
        if not isinstance(threshold, Bounds):
            assert threshold == number
            continue
        assert isinstance(threshold.low, Fraction)
        assert threshold.low <= number
        assert threshold.high >= number
        names = {name for name in certificates if name.startswith("prosocial_threshold")}
        assert ("prosocial_threshold_at_most" in names) == (threshold.high != INFINITY)
        assert ("prosocial_threshold_at_least" in names) == (threshold.low > 0)
        assert all(verified(report.texts[certificates[name]]).accepted for name in names)


def test_some_threshold_is_known_between_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    report = bounded(monkeypatch, "moral-hazard-pd")
    threshold: Any = report.prosocial_threshold
    assert isinstance(threshold, Bounds)
    assert 0 < threshold.low < threshold.high < INFINITY  # type: ignore[operator]
    document = report.document()["prosocial_threshold"]
    assert document == {"low": str(threshold.low), "high": str(threshold.high)}


def test_claims_are_decided_at_their_level(monkeypatch: pytest.MonkeyPatch) -> None:
    languages: Any = check(load_game("moral-hazard-pd")).languages
    place = next(k for k, language in enumerate(languages) if language.prosocial_threshold > 0)
    exact, name = languages[place].prosocial_threshold, languages[place].name
    assert exact < INFINITY
    levels = (exact - Fraction(1, 100), exact, exact + 1)
    questions = [Question("threshold-at-most", name, level) for level in levels]
    report = bounded(monkeypatch, "moral-hazard-pd", *questions)
    assert isinstance(report.languages[place].prosocial_threshold, Bounds)
    assert [claim.status for claim in report.claims] == ["refuted", "proved", "proved"]


def test_where_nothing_is_found_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "ask", lambda _question: Unanswered("planted"))
    game = load_game("n4")
    questions = (Question("threshold-at-most", value=Fraction(1)),)
    report = check(Specification(game.environment, game.languages, questions=questions))
    assert isinstance(report.prosocial_threshold, Unknown)
    assert report.claims[0].status == "unknown"
    assert "planted" in str(report.claims[0].reason)
