"""Certificates about groups: accepted when honest, and judged alike by two checkers when not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from group_games import bounded, drawn, grouped
from kept import keeping
from second_groups import accepts

from coopgap.proofs.certificates.certificate import encode_conjunction
from coopgap.proofs.deciding.check import check
from coopgap.proofs.trusted import aggregate_claims, aggregates
from coopgap.proofs.trusted.aggregate_claims import RULES
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.aggregates import MAX_CODES, Counts, GroupQuestion, GroupSpecification
from coopgap.theory.readers.spec import any_spec_from_text

SEEDS = 24
ALTERED = 40


NOTHING = """
[game]
groups = { even = { size = 1, actions = [0, 1] }, odd = { size = 1, actions = [0, 1] } }
[game.payoffs]
even = "(total_even == total_odd)"
odd = "1 - (total_even == total_odd) + 2*own"
[[language]]
name = "nothing"
actions = { even = [[0, 1]] }
[[language]]
name = "total"
actions = { even = [[0, 1]], odd = [[0, 1]] }
total = true
[[language]]
name = "neither"
actions = { even = [[0, 1]], odd = [[0, 1]] }
"""


@keeping
def honest() -> tuple[str, ...]:
    """Certificates of small random games."""
    texts: list[str] = []
    for seed in range(SEEDS):
        texts += check(grouped(drawn(Random(seed)))).texts.values()
        texts += check(grouped(bounded(Random(seed)))).texts.values()
    for seed in range(12):
        spec = grouped(drawn(Random(seed)))
        questions = [GroupQuestion("unique-nash"), GroupQuestion("incontractible")]
        questions += [GroupQuestion("nash", plays=plays) for plays in listed_plays(spec)]
        texts += check(replace(spec, questions=tuple(questions))).texts.values()
    for text in (NOTHING, NOTHING.replace(" + 2*own", "")):
        nothing = any_spec_from_text(text, "nothing.toml")
        assert isinstance(nothing, GroupSpecification)
        texts += check(nothing).texts.values()
    return tuple(texts)


def listed_plays(spec: GroupSpecification) -> Iterator[tuple[tuple[Counts, ...], ...]]:
    """The equilibria of each state, and the same without the last one."""
    nash, groups = check(spec).document()["selfish"]["nash"], spec.game.groups
    plays = [
        sorted(
            tuple(tuple(p[g.name].get(a, 0) for a in g.actions) for g in groups) for p in nash[name]
        )
        for name in (spec.game.states[s] for s in spec.game.support)
    ]
    yield tuple(map(tuple, plays))
    if all(plays):
        yield tuple(tuple(own[:-1]) for own in plays)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all parts of a document."""
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from leaves(child, (*path, key))


def altered(text: str, random: Random) -> str:
    """The certificate with a part or two changed, and its hash made right."""
    document = json.loads(text)
    if random.random() < 0.3:
        document["claim"] = _claim(document["claim"], random)
    for _ in range(random.choice([0, 1, 1, 2])):
        paths = [p for p in leaves(document) if p[0] not in ("schema", "data_sha256")]
        if random.random() < 0.4:
            paths = [p for p in paths if p[0] != "data"]
        *way, last = random.choice(paths)
        part = document
        for key in way:
            part = part[key]
        part[last] = _other(part[last], random)
    data = json.dumps(document["data"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    document["data_sha256"] = hashlib.sha256(data.encode()).hexdigest()
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _other(value: Any, random: Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + random.choice([-1, 1, 2])
    if isinstance(value, str):
        words = ["none", "transfers", "directive", "free", "balanced", "burnt", "", "0", "1", "inf"]
        return random.choice([*words, "-inf", "1/2", "2/4", "3/0", "a"])
    if isinstance(value, list) and value:
        return random.choice([value[1:], [*value, value[-1]], value[::-1]])
    return random.choice([None, [], 0])


def _claim(claim: dict[str, Any], random: Random) -> dict[str, Any]:
    name = random.choice(sorted(RULES))
    value = claim.get("value", random.choice(["0", "1"]))
    fields = {
        "equilibria": {"state": 0, "aggregates": claim.get("aggregates", [])},
        "threshold": {"value": value, "loss": claim.get("loss", "0")},
        "nash": {"plays": claim.get("plays", [])},
        "unique-nash": {"plays": claim.get("plays")},
    }
    plain = {"value": value} if name in ("gap", "value", "optimum") or name[4:6] == "at" else {}
    return {"id": name, "holds": random.random() < 0.7, **fields.get(name, plain)}


def test_every_honest_certificate_is_accepted_by_both() -> None:
    assert {json.loads(text)["claim"]["id"] for text in honest()} >= {
        "gap",
        "equilibria",
        "optimum",
        "threshold",
    }
    for text in honest():
        assert verified(text).accepted, verified(text).reason
        assert accepts(text)


DEEP = pytest.mark.deep


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=DEEP) for seed in (1, 2, 3))])
def test_they_agree_on_altered_certificates(seed: int) -> None:
    random = Random(seed)
    verdicts = {True: 0, False: 0}
    for text in honest():
        for _ in range(ALTERED // 4):
            forged = altered(text, random)
            verdict = verified(forged)
            assert verdict.accepted == accepts(forged), (verdict.reason, forged)
            verdicts[verdict.accepted] += 1
    assert verdicts[True] > 20
    assert verdicts[False] > 20


PLANTED = {
    "every action is stable": (
        aggregates.Case,
        "_replies",
        lambda case, _s, g: [list(case.game.groups[g].codes) for _ in case.game.order],
    ),
    "everything can be played": (aggregates.Case, "playable", lambda _case, _s, _code: True),
    "nothing can be played": (aggregates.Case, "playable", lambda _case, _s, _code: False),
    "welfare is 0": (aggregates.Game, "_welfare", lambda game, _s: [0] * len(game.order)),
    "the optimum is 0": (aggregate_claims, "_optimum", lambda _case: 0),
    "nobody is tempted": (aggregates.Case, "tempted", lambda *_: 0),
    "every play can be afforded": (aggregates.Case, "affordable", lambda *_: True),
    "no play is an equilibrium": (aggregate_claims, "_plays", lambda *_: []),
    "every λ is stable": (aggregate_claims, "_stable", lambda *_: (0, None)),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_makes_them_disagree(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(0)
    # Made before: what the core with the bug does not accept would not be among them.
    texts = [certificate for text in honest() for certificate in (text, altered(text, random))]
    monkeypatch.setattr(*PLANTED[name])
    assert any(verified(text).accepted != accepts(text) for text in texts)


def test_a_team_whose_total_alone_is_verified_loses_what_n5_says() -> None:
    """Of two workers one works: that both do is no equilibrium, that none does is worth less."""
    team = any_spec_from_text(
        """
[game]
groups = { worker = { size = 2, actions = "0..1" } }
[game.payoffs]
worker = "2*total - 3*own"
[[language]]
name = "output"
actions = { worker = [[0, 1]] }
total = true
""",
        "team.toml",
    )
    assert isinstance(team, GroupSpecification)
    report = check(team)
    assert report.document()["languages"][0]["gap"] == "1"
    assert all(verified(text).accepted and accepts(text) for text in report.texts.values())


def test_a_certificate_of_too_many_aggregates_is_rejected() -> None:
    document = json.loads(next(t for t in honest() if json.loads(t)["claim"]["id"] == "optimum"))
    document["data"]["game"]["groups"][0]["size"] = 10**9
    data = json.dumps(document["data"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    document["data_sha256"] = hashlib.sha256(data.encode()).hexdigest()
    verdict = verified(json.dumps(document, sort_keys=True, separators=(",", ":")))
    assert not verdict.accepted
    assert "too large to check" in verdict.reason


def test_a_claim_about_no_level_is_rejected_where_no_level_matters() -> None:
    """All actions are told apart, so that nobody can deviate and no λ is looked at."""
    documents = [json.loads(text) for text in honest()]
    alike = [d for d in documents if d["claim"]["id"] in ("gap", "equilibria")]
    for document in alike:
        data = {**document["data"], "levels": None}
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        changed = {**document, "data": data}
        changed["data_sha256"] = hashlib.sha256(text.encode()).hexdigest()
        forged = json.dumps(changed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert not verified(forged).accepted
        assert not accepts(forged)


def test_an_aggregate_that_no_play_has_does_not_stand_for_another() -> None:
    texts = [text for text in honest() if '"aggregates":' in text]
    cases = 0
    for document in map(json.loads, texts):
        groups = document["data"]["game"]["groups"]
        columns = [(g["size"], c) for g in groups for c in zip(*g["marks"], strict=True)]
        for number, row in enumerate(document["claim"]["aggregates"]):
            for place in range(1, len(row)):
                if row[place - 1]:
                    size, marks = columns[place]
                    alias = [*row]
                    alias[place - 1] -= 1
                    alias[place] += size * max(marks) + 1
                    document["claim"]["aggregates"][number] = alias
                    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
                    assert not verified(text).accepted
                    document["claim"]["aggregates"][number] = row
                    cases += 1
    assert cases > 20


def test_labels_are_different_numbers_where_the_total_is_verified() -> None:
    """A total cannot tell apart who takes the action 1 and who takes 1.0."""
    for text in honest():
        document = json.loads(text)
        data = document["data"]
        if not data["total"]:
            continue
        for group in data["game"]["groups"]:
            own = group["actions"]
            group["actions"] = [own[0], *(f"{own[0]}.{'0' * k}" for k in range(1, len(own)))]
        if all(len(group["actions"]) == 1 for group in data["game"]["groups"]):
            continue
        data_text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        document["data_sha256"] = hashlib.sha256(data_text.encode()).hexdigest()
        forged = json.dumps(document, ensure_ascii=False)
        assert verified(forged).reason == "two actions are the same number"
        assert not accepts(forged)


def test_no_goal_of_a_conjunction_is_about_groups() -> None:
    joined = encode_conjunction("groups", [("goal", honest()[0])])
    assert verified(joined).reason == "goal: a goal is about a game or a commons"


def test_what_is_read_can_be_checked() -> None:
    assert MAX_CODES == aggregates.MAX_CODES


def rewritten(text: str, claim: dict[str, Any]) -> str:
    document = {**json.loads(text), "claim": claim}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_thresholds_with_bounded_fines_are_the_least_ones() -> None:
    checks = 0
    for text in honest():
        document = json.loads(text)
        claim = document["claim"]
        if claim["id"] != "threshold" or "liability" not in document["data"]:
            continue
        value = claim["value"]
        values = ["0", "inf"]
        if value != "inf":
            neighbours = [Fraction(value) + d for d in (Fraction(1, 1000), Fraction(-1, 1000), 1)]
            values += [str(number) for number in neighbours if number >= 0]
        for claimed in values:
            forged = rewritten(text, {**claim, "value": claimed})
            assert verified(forged).accepted == accepts(forged) == (claimed == value)
            checks += 1
    assert checks > 40
