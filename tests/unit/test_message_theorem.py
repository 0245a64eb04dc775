"""T11 for all payoffs: what ``prove`` says, and its mechanism against the definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod
from random import Random
from typing import Any

import pytest

from coopgap.proofs.theorems import messages
from coopgap.proofs.theorems.registry import prove
from coopgap.proofs.theorems.symbols import Shape, Symbols, payoff, replaced

Rows = dict[int, list[Fraction]]
"""Payments by record."""


def amount(number: Any, at: dict[str, Fraction]) -> Fraction:
    """A number of a certificate at a point."""
    if isinstance(number, int):
        return Fraction(number)
    parts = ((c, [at[n] for n in own.split("*") if n != "1"]) for own, c in number.items())
    return sum((c * prod(values, start=Fraction(1)) for c, values in parts), Fraction(0))


def test_messages_restore_what_no_court_sees_for_all_payoffs():
    report = prove("t11-2x2x2")
    assert report.status == "proved"
    assert report.certificate is not None
    assert report.certificate.goals == 4
    assert "numbered by their first appearance" in report.rests_on
    assert all("welfare gap is 0" in sentence.sentence for sentence in report.sentences)


def test_another_mechanism_is_no_proof(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(messages, "_payments", lambda *_: [])
    assert prove("t11-2x2x2").status != "proved"


@pytest.mark.parametrize("seed", range(12))
def test_its_mechanism_deters_every_lie_and_every_deviation(seed: int):
    """At drawn payoffs, from the definitions: all reports with all maps to actions."""
    shape, random = Shape(2, 2 + seed % 2, 2), Random(seed)
    draw: dict[str, Fraction] = {name: Fraction(random.randint(-9, 9)) for name in shape.payoffs}

    def welfare(state: int, profile: tuple[int, ...]) -> Fraction:
        return draw[payoff(0, (state, profile))] + draw[payoff(1, (state, profile))]

    worth_of = [{a: welfare(s, a) for a in shape.profiles} for s in (0, 1)]
    best = [max(shape.profiles, key=own.__getitem__) for own in worth_of]
    names = Symbols(shape.payoffs)
    listed: Any = messages._mechanism(shape, names, tuple(best))["reports"]
    outcomes: dict[tuple[int, ...], tuple[tuple[int, ...], Rows]] = {}
    for reports, [[profile, _, payments]] in listed:
        rows = {
            record: [amount(polynomial, draw) for polynomial in row] for record, row in payments
        }
        outcomes[tuple(reports)] = shape.profiles[profile], rows
        assert all(sum(row) == 0 for row in rows.values())

    def worth(agent: int, state: int, reports: tuple[int, ...], action: int | None) -> Fraction:
        play, rows = outcomes[reports]
        play = play if action is None else replaced(play, agent, action)
        paid = rows.get(shape.profiles.index(play), [Fraction(0)] * 2)[agent]
        return draw[payoff(agent, (state, play))] + paid

    for state in (0, 1):
        assert outcomes[state, state][0] == best[state]
        for agent, report in product((0, 1), (0, 1)):
            deviation = tuple(report if i == agent else state for i in (0, 1))
            for action in range(shape.actions):
                assert worth(agent, state, deviation, action) <= worth(
                    agent, state, (state, state), None
                )
