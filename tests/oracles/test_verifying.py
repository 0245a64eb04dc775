"""Certificates of every form, through the one door."""

from __future__ import annotations

import json
from bisect import bisect_left
from pathlib import Path
from typing import Any

import pytest

from coopgap.proofs.certificates.certificate import verified
from coopgap.proofs.theorems.prove import decide
from coopgap.proofs.theorems.registry import registered
from coopgap.proofs.trusted import documents


@pytest.fixture(scope="module")
def conjunction() -> dict[str, Any]:
    (text,) = decide(registered()["holmstrom-2"]).texts.values()
    document = json.loads(text)
    assert document["schema"] == "coopgap.conjunction/2"
    return document  # type: ignore[no-any-return]


def altered(document: dict[str, Any], **changes: Any) -> str:
    return json.dumps({**document, **changes})


def test_all_goals_are_checked(conjunction: dict[str, Any]) -> None:
    verdict = verified(json.dumps(conjunction))
    assert verdict.accepted
    assert verdict.claim is not None
    assert verdict.claim["count"] == len(verdict.claim["goals"]) == len(conjunction["goals"])
    for stated, goal in zip(verdict.claim["goals"], conjunction["goals"], strict=True):
        assert stated["claim"] == goal["certificate"]["claim"]
        assert stated["data_sha256"] == goal["certificate"]["data_sha256"]
        assert stated["named"] == goal["goal"]
    wrong = json.loads(json.dumps(conjunction))
    wrong["goals"][-1]["certificate"]["claim"]["holds"] = False
    verdict = verified(json.dumps(wrong))
    assert not verdict.accepted
    assert wrong["goals"][-1]["goal"] in verdict.reason


def test_no_theorem_is_named_that_is_not_checked(conjunction: dict[str, Any]) -> None:
    """Goals left out and names exchanged: still true, and told apart from the theorem."""
    report = decide(registered()["holmstrom-2"])
    assert report.certificate is not None
    whole = verified(json.dumps(conjunction)).claim
    fewer = verified(altered(conjunction, goals=conjunction["goals"][:1])).claim
    assert whole is not None
    assert fewer is not None
    assert whole["id"] == fewer["id"] == "all-goals"
    assert whole["named"] == fewer["named"] == "holmstrom-2"
    assert (whole["count"], fewer["count"]) == (report.certificate.goals, 1)
    assert whole["sha256"] == report.certificate.goals_sha256 != fewer["sha256"]
    goals = [{**goal, "goal": f"goal {k}"} for k, goal in enumerate(conjunction["goals"])]
    renamed = verified(altered(conjunction, theorem="riemann", goals=goals[::-1])).claim
    assert renamed is not None
    assert renamed["sha256"] == whole["sha256"]
    repeated = [*conjunction["goals"][:1], {**conjunction["goals"][0], "goal": "another"}]
    twice = verified(altered(conjunction, goals=repeated))
    assert (twice.accepted, twice.reason) == (False, "two goals are the same")


def test_the_command_tells_names_from_claims(
    conjunction: dict[str, Any], tmp_path: Path, run_coopgap: Any
) -> None:
    path = tmp_path / "weaker.json"
    path.write_text(altered(conjunction, goals=conjunction["goals"][:1]), encoding="utf-8")
    done = run_coopgap("verify", str(path))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "accepted: 1 goal together (conjunction)"
    assert not any("holmstrom-2" in line for line in lines[:-1])
    assert lines[-1].startswith('named "holmstrom-2" by its author')


def test_goals_have_names_of_their_own(conjunction: dict[str, Any]) -> None:
    verdict = verified(altered(conjunction, goals=conjunction["goals"][:1] * 2))
    assert "same name" in verdict.reason


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
    verdict = verified(altered(conjunction, **changes))
    assert not verdict.accepted
    assert reason in verdict.reason


def test_conjunctions_do_not_nest(conjunction: dict[str, Any]) -> None:
    goals = [{"goal": "all", "certificate": conjunction}]
    assert not verified(altered(conjunction, goals=goals)).accepted


def test_all_goals_share_one_budget(
    conjunction: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [json.dumps(goal["certificate"]) for goal in conjunction["goals"]]

    def accepted_with(steps: int) -> tuple[list[bool], bool]:
        monkeypatch.setattr(documents, "STEPS", steps)
        return [verified(text).accepted for text in alone], verified(
            json.dumps(conjunction)
        ).accepted

    steps = 1
    while not all(accepted_with(steps)[0]):
        steps *= 2
    assert accepted_with(4 * len(alone) * steps)[1]
    enough = range(steps // 2, steps + 1)
    fewest = enough[bisect_left(enough, True, key=lambda s: all(accepted_with(s)[0]))]
    assert not accepted_with(fewest)[1]
    assert "too large" in verified(json.dumps(conjunction)).reason


def test_what_is_no_certificate() -> None:
    for text in ("no JSON", "[]", "{}", "", "1"):
        verdict = verified(text)
        assert (verdict.accepted, verdict.readable) == (False, False)


@pytest.mark.parametrize(
    "schema",
    ["coopgap.certificate/1", "coopgap.family-certificate/1", "coopgap.conjunction/1"],
)
def test_earlier_formats_are_named(conjunction: dict[str, Any], schema: str) -> None:
    verdict = verified(altered(conjunction, schema=schema))
    assert (verdict.accepted, verdict.readable) == (False, False)
    assert f"{schema} is read by coopgap 0.1" in verdict.reason
