"""Small certificates of long numbers: the checker gives them up instead of working for minutes."""

from __future__ import annotations

from typing import Any

import pytest

from coopgap.proofs.certificates.certificate import canonical, digest, verified
from coopgap.proofs.trusted import documents
from coopgap.proofs.trusted.certificates import SCHEMA
from coopgap.proofs.trusted.documents import MAX_DIGITS

LONG = 10 ** (MAX_DIGITS - 10)
TOO_LONG = 10 ** (MAX_DIGITS + 200)
ACTIONS = 40


def certificate(claim: dict[str, Any], data: Any, witness: Any) -> str:
    leaf = {"known": [], "piece": 0, "point": [], "witness": witness}
    return canonical(
        {
            "schema": SCHEMA,
            "claim": {"holds": True, **claim},
            "data": data,
            "data_sha256": digest(canonical(data)),
            "proof": {"apart": [], "cases": leaf},
        }
    )


def problem(size: int, payoffs: Any, prior: tuple[int, ...] = (1,)) -> dict[str, Any]:
    names = [str(k) for k in range(size)]
    states = len(prior)
    game = {
        "players": ["a", "b"],
        "actions": [names, names],
        "states": [f"w{k}" for k in range(states)],
        "prior": list(prior),
        "denominator": 1,
        "payoffs": payoffs,
        "cooperative": None,
    }
    records = {"cells": [0] * states, "classes": [[0] * size] * 2, "table": None}
    contracts = {"kind": "transfers", "budget": "free", "liability": None, "permissive": False}
    return {
        "parameters": [],
        "assumptions": [],
        "game": game,
        "records": records,
        "contracts": contracts,
        "prosociality": {"levels": [0, 0], "scale": 1},
    }


def limit(unit: int, weight: int) -> str:
    """Every play of a game without incentives, approached with long denominators and weights."""
    transfers = {"denominator": {"0+": unit}, "amounts": [[0, [{"1": 1, "0+": 1}, 1]]]}
    play = [[[k, {"1": weight + k, "0+": weight + k}] for k in range(1, 11)]]
    data = problem(ACTIONS, [[[0] * ACTIONS**2]] * 2)
    claim = {"id": "correlated-gap-at-most", "value": "0"}
    return certificate(claim, data, {"reached": {"distributions": play, "transfers": [transfers]}})


def test_fractions_with_long_denominators():
    assert verified(limit(7, 1)).accepted
    assert "too large to check" in verified(limit(LONG, LONG)).reason
    assert f"over {MAX_DIGITS:,} digits" in verified(limit(TOO_LONG, 1)).reason


def primal(unit: int) -> str:
    row = [k % 2 for k in range(ACTIONS**2)]
    play = {
        "distributions": [[[ACTIONS + 1, 1]]],
        "transfers": [{"denominator": unit, "amounts": []}],
    }
    claim = {"id": "correlated-gap-at-most", "value": "2"}
    data = problem(ACTIONS, [[[0] * ACTIONS**2], [row]])
    return certificate(claim, data, {"reached": play})


def test_gains_times_long_denominators():
    """What is kept of them are numbers of the game, not thousands of digits for every deviation."""
    assert verified(primal(7)).accepted
    assert verified(primal(LONG)).accepted
    assert f"over {MAX_DIGITS:,} digits" in verified(primal(TOO_LONG)).reason


def test_payoffs_weighed_by_long_priors():
    zero = [[[0] * 4] * 2] * 2
    for prior, accepted in (((1, 2), True), ((1, LONG), True), ((1, TOO_LONG), False)):
        verdict = verified(certificate({"id": "beneficial"}, problem(2, zero, prior), {}))
        assert verdict.accepted is accepted
        assert accepted or "too large" in verdict.reason


def test_long_numbers_leave_fewer_steps(monkeypatch: pytest.MonkeyPatch):
    """Each step costs more where the file has a long number."""
    zero = [[[0] * 4] * 2] * 2
    short, long = (
        certificate({"id": "beneficial"}, problem(2, zero, (1, scale)), {}) for scale in (1, LONG)
    )
    monkeypatch.setattr(documents, "STEPS", 2_000)
    assert verified(short).accepted
    assert verified(long).reason == "too large to check: the budget of steps is used up"
