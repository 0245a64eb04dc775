"""Forged certificates of claims that are false, or that no reader could state."""

from __future__ import annotations

from typing import Any

import certificates
import second_checker
import second_checker_commons
from certificates import certificate, one_case

from coopgap.proofs.trusted.certificates import verified
from coopgap.proofs.trusted.documents import canonical, digest


def _halves(low: int, high: int) -> Any:
    """All quotas of the one cell that merged situations have, each in a leaf of its own."""
    if low == high:
        return None
    at = (low + high) // 2
    halves = {"low": _halves(low, at), "high": _halves(at + 1, high)}
    return {"cell": [0, 0, 0], "at": at, **halves}


def test_merged_situations_do_not_bound_rules_that_tell_the_past() -> None:
    """Harvesting 5 and then 10 of 10 units that double is best, and the past tells the months.

    One quota for both months would lose 2, which is no loss of rules that tell the past.
    """
    turns = [["0", "0", "0", "0"]] * 2
    data = {
        "agents": 1,
        "stock": 10,
        "capacity": 10,
        "harvest": list(range(11)),
        "growth": {"factors": ["2", "2"], "window": 2, "turns": turns},
        "seen": True,
        "collapse": 0,
        "horizon": 2,
        "rationing": "one-at-a-time",
        "shock": None,
    }
    language = {"month": [0, 0], "stock": [0] * 11, "regime": False, "past": True}
    claim = {"id": "commons-gap", "language": language, "low": "2", "high": "2"}
    plan, rule = [[0, 0, 10, 5], [1, 0, 10, 5, 10]], [[0, 0, 0, 5], [0, 0, 0, 5, 10]]
    witness = {"merged": True, "plan": plan, "rule": rule, "tree": _halves(0, 10)}
    document = {"schema": "coopgap.commons-certificate/1", "claim": claim, "data": data}
    text = canonical({**document, "data_sha256": digest(canonical(data)), "witness": witness})
    assert verified(text).reason == "merged situations do not tell the past"
    assert second_checker_commons.verdict(text).startswith("rejected")


def test_the_weights_of_a_claim_are_about_no_tremble() -> None:
    """Only witnesses may use an ε: a claim with one is about no play."""
    rows = [[[0] * 4]] * 2
    about = certificates.game(*rows, actions=[["a", "b"]] * 2, prior=[1])
    levels = {"levels": [0, 0], "scale": 1}
    for weight, accepted in ((1, True), ({"0+": 1}, False), ({"0+": 1, "1": 1}, False)):
        plays = [[[[0, 1], [1, weight]], [[0, 1]]]]
        claim = {"id": "mixed-equilibria", "holds": True, "state": 0, "plays": plays}
        text = certificate(claim, about, one_case({}), prosociality=levels)
        assert verified(text).accepted is accepted
        assert second_checker.verdict(text).startswith("accepted") is accepted
