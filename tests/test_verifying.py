"""Certificates of every form, through the one door."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proofs import verifying
from proofs.prove import decide
from proofs.theorems.registry import registered
from proofs.verifying import verified


@pytest.fixture(scope="module")
def conjunction() -> dict[str, Any]:
    (text,) = decide(registered()["holmstrom-2"]).texts.values()
    document = json.loads(text)
    assert document["schema"] == "coopgap.conjunction/1"
    return document  # type: ignore[no-any-return]


def altered(document: dict[str, Any], **changes: Any) -> str:
    return json.dumps({**document, **changes})


def test_all_goals_are_checked(conjunction: dict[str, Any]) -> None:
    found = verified(json.dumps(conjunction))
    assert found.accepted
    assert found.claim is not None
    assert found.claim["id"] == "holmstrom-2"
    assert len(found.claim["goals"]) == len(conjunction["goals"])
    wrong = json.loads(json.dumps(conjunction))
    wrong["goals"][-1]["certificate"]["claim"]["holds"] = False
    found = verified(json.dumps(wrong))
    assert not found.accepted
    assert wrong["goals"][-1]["goal"] in found.reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"goals": []}, "no goals"),
        ({"goals": {}}, "list"),
        ({"theorem": 1}, "text"),
        ({"more": 1}, "fields"),
    ],
)
def test_malformed_conjunctions(
    conjunction: dict[str, Any], changes: dict[str, Any], reason: str
) -> None:
    found = verified(altered(conjunction, **changes))
    assert not found.accepted
    assert reason in found.reason


def test_conjunctions_do_not_nest(conjunction: dict[str, Any]) -> None:
    goals = [{"goal": "all", "certificate": conjunction}]
    assert not verified(altered(conjunction, goals=goals)).accepted


def test_too_many_goals(conjunction: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "MAX_GOALS", 1)
    assert "too large" in verified(json.dumps(conjunction)).reason


def test_what_is_no_certificate() -> None:
    assert not verified("no JSON").accepted
    assert not verified("[]").accepted
    assert not verified("{}").accepted
