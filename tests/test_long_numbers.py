"""Small certificates of long numbers: the checker gives them up instead of working for minutes."""

from __future__ import annotations

from typing import Any

import pytest
from proofs.verifying import verified

from proofs import checker
from proofs.certificates import canonical, digest

LONG = 10**4_200
ACTIONS = 40


def certificate(claim: dict[str, Any], kind: str, data: Any, witness: Any) -> str:
    return canonical(
        {
            "schema": "coopgap.certificate/1",
            "kind": kind,
            "claim": {"holds": True, **claim},
            "data": data,
            "data_sha256": digest(canonical(data)),
            "witness": witness,
        }
    )


def problem(size: int, payoffs: Any, prior: tuple[str, ...] = ("1",)) -> dict[str, Any]:
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
    return {"game": game, "records": records, "contracts": contracts, "prosociality": None}


def limit(unit: int, weight: int) -> str:
    """Every play of a game without incentives, approached with long denominators and weights."""
    paid = {"denominator": unit, "transfers": [[0, [1, 1]]]}
    play = [[[k, weight + k] for k in range(10)]]
    witness = {"fixed": paid, "growing": paid, "distributions": play, "trembles": play}
    data = problem(ACTIONS, [[[0] * ACTIONS**2]] * 2)
    claim = {"id": "correlated-gap-at-most", "value": "0"}
    return certificate(claim, "correlated-limit", data, {"limit": witness})


def test_fractions_with_long_denominators():
    assert verified(limit(7, 1)).accepted
    assert "too large" in verified(limit(LONG, LONG)).reason


def primal(unit: int) -> str:
    row = [k % 2 for k in range(ACTIONS**2)]
    witness = {"denominator": unit, "transfers": [], "distributions": [[[ACTIONS + 1, 1]]]}
    claim = {"id": "correlated-gap-at-most", "value": "2"}
    data = problem(ACTIONS, [[[0] * ACTIONS**2], [row]])
    return certificate(claim, "correlated-primal", data, {"primal": witness})


@pytest.mark.no_cover
def test_gains_times_long_denominators():
    """They would be kept, thousands of digits for every deviation of every play."""
    assert verified(primal(7)).accepted
    assert "too large" in verified(primal(LONG)).reason


def test_payoffs_weighed_by_long_priors(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checker, "VECTOR_LIMIT", 20)
    zero = [[[0] * 4] * 2] * 2
    for whole, accepted in ((3, True), (10**3_990, False)):
        one, other = f"1/{whole}", f"{whole - 1}/{whole}"
        text = certificate({"id": "beneficial"}, "enumeration", problem(2, zero, (one, other)), {})
        said = verified(text)
        assert said.accepted is accepted
        assert accepted or "too large" in said.reason
