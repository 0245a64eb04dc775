"""The oracle for certificates: it knows what is true, and the trusted core accepts nothing else."""

import ast
import inspect
import json
import sys
from fractions import Fraction as F
from functools import cache
from itertools import product
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import soundness
from certificates import rule_of
from soundness import campaign, judged, report_text, watched
from tampering import IDS, UNKNOWN, contrary_claims, opposites, recombined

from coopgap.proofs.certificates.certificate import canonical, verified
from coopgap.proofs.selftest import corpora, oracle
from coopgap.proofs.selftest.corpora import sealed
from coopgap.proofs.selftest.oracle.games import Undecided
from coopgap.proofs.selftest.oracle.judging import (
    FALSE,
    ILL_FORMED,
    TRUE,
    UNDECIDED,
    judgement,
    truth,
)
from coopgap.proofs.selftest.oracle.mechanisms import Mechanisms
from coopgap.proofs.selftest.oracle.numbers import INF
from coopgap.proofs.selftest.oracle.programmes import Programme
from coopgap.proofs.trusted.certificates import Verified


@cache
def by_claim() -> dict[tuple[str, bool], list[str]]:
    """The certificates of all claims."""
    texts: dict[tuple[str, bool], list[str]] = {}
    for text in corpora.certificates():
        claim = json.loads(text)["claim"]
        texts.setdefault((claim["id"], claim["holds"]), []).append(text)
    return texts


def of(name: str, holds: bool = True) -> list[Any]:
    """The certificates of a claim."""
    return [json.loads(text) for text in by_claim().get((name, holds), ())]


def test_the_oracle_stands_alone():
    """It shares nothing with what it judges: it imports the standard library only."""
    files = list(Path(str(oracle.__file__)).parent.glob("*.py"))
    assert len(files) > 10
    for tree in (ast.parse(file.read_text(encoding="utf-8")) for file in files):
        modules = [str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        modules += [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
        outside = (module for module in modules if not module.startswith(f"{oracle.__name__}."))
        assert {module.partition(".")[0] for module in outside} <= sys.stdlib_module_names


# --- linear programmes ----------------------------------------------------------------------------


def test_a_linear_programme():
    programme = Programme()
    programme.at_most({"x": F(1), "y": F(2)}, F(4))
    programme.at_most({"x": F(3), "y": F(1)}, F(6))
    assert programme.maximum({"x": F(1), "y": F(1)}) == (F(14, 5), {"x": F(8, 5), "y": F(6, 5)})
    assert programme.maximum({"z": F(1)}) == (INF, {})
    programme.equal({"x": F(1)}, F(3))
    assert programme.maximum({"y": F(1)}) is None
    assert programme.maximum({"z": F(1)}) is None


def test_free_variables():
    programme = Programme(free=True)
    programme.at_most({"x": F(1), "y": F(-1)}, F(-2))
    programme.at_most({"y": F(1)}, F(-1, 3))
    assert programme.maximum({"x": F(1)}) == (F(-7, 3), {"x": F(-7, 3), "y": F(-1, 3)})
    assert programme.maximum({"x": F(-1)}) == (INF, {})


@pytest.mark.parametrize("seed", range(30))
def test_programmes_of_two_variables_by_their_corners(seed: int):
    rng = Random(seed)
    rows = [(rng.randint(-3, 3), rng.randint(-3, 3), rng.randint(-2, 5)) for _ in range(4)]
    rows += [(1, 0, 6), (0, 1, 6), (-1, 0, 0), (0, -1, 0)]
    goal = rng.randint(-3, 3), rng.randint(-3, 3)
    programme = Programme()
    for a, b, bound in rows:
        programme.at_most({"x": F(a), "y": F(b)}, F(bound))
    corners = []
    for (a, b, m), (c, d, n) in product(rows, rows):
        if a * d != b * c:
            x, y = F(m * d - b * n, a * d - b * c), F(a * n - m * c, a * d - b * c)
            if all(p * x + q * y <= r for p, q, r in rows):
                corners.append(goal[0] * x + goal[1] * y)
    solution = programme.maximum({"x": F(goal[0]), "y": F(goal[1])})
    assert (solution and solution[0]) == max(corners, default=None)


# --- what is true, and what is not ----------------------------------------------------------------


def test_every_claim_is_in_the_corpus():
    assert {json.loads(text)["claim"]["id"] for text in corpora.certificates()} == set(IDS)


def require_true_and_denied_false(documents: list[Any]) -> None:
    # Some programmes of mechanisms are too large for the oracle.
    large = [document for document in documents if truth(document) is None]
    assert len(large) < len(documents)
    assert all(document["data"]["contracts"]["kind"] == "mechanism" for document in large)
    for document in documents:
        if document in large:
            continue
        assert truth(document) is True
        denied = {**document["claim"], "holds": not document["claim"]["holds"]}
        # Of a family the denial says that the claim holds nowhere.
        assert truth({**document, "claim": denied}) is False


@pytest.mark.parametrize("name", IDS)
def test_valid_certificates_are_true_and_their_denials_false(name: str):
    """The shortest of each kind."""
    shortest: dict[Any, Any] = {}
    for document in sorted([*of(name), *of(name, False)], key=lambda entry: len(canonical(entry))):
        shortest.setdefault(rule_of(document), document)
    require_true_and_denied_false(list(shortest.values()))


@pytest.mark.deep
@pytest.mark.parametrize("name", IDS)
def test_all_valid_certificates_are_true_and_their_denials_false(name: str):
    documents = [*of(name), *of(name, False)]
    if name.startswith("correlated-gap"):
        # Some of these the oracle knows between bounds only.
        known = [document for document in documents if truth(document) is not None]
        assert 10 * len(known) > 9 * len(documents)
        documents = known
    require_true_and_denied_false(documents)


def test_conjunctions_are_what_their_goals_are():
    document = json.loads(corpora.conjunctions()[0])
    assert judgement(document) == TRUE
    claim = document["goals"][0]["certificate"]["claim"]
    claim["holds"] = not claim["holds"]
    assert judgement(document) == FALSE
    claim[UNKNOWN] = 1
    assert judgement(document) == ILL_FORMED


def test_numbers_beside_the_true_one_are_false():
    for name in ("value", "gap", "threshold", "optimum", "correlated-gap"):
        for document in [entry for entry in of(name) if "value" in entry["claim"]][::3]:
            value = document["claim"]["value"]
            if value in ("inf", "-inf"):
                beside: Any = "1"
            elif isinstance(value, str):
                beside = str(F(value) + F(1, 1000))
            else:
                continue
            assert truth({**document, "claim": {**document["claim"], "value": beside}}) is False


def test_assumptions_that_nothing_satisfies_leave_every_claim_true():
    document = of("inconsistent")[0]
    assert judgement(document) == TRUE
    document["data"]["assumptions"].pop()
    assert judgement(document) == FALSE
    document["claim"]["holds"] = False
    assert judgement(document) == TRUE


def test_claims_without_a_known_point_are_undecided():
    document = next(
        document for document in of("formula") if document["data"]["parameters"] == ["x"]
    )
    document["data"]["assumptions"] = [[{"x*x": 1, "1": -2}, "=="]]
    assert judgement(document) == UNDECIDED


# --- opposites ------------------------------------------------------------------------------------


def test_opposites_are_of_many_kinds():
    (document, *_) = of("gap-positive")
    claims = list(contrary_claims(document["claim"]))
    assert {"id": "gap-positive", "holds": False} in claims
    assert {"id": "gap-zero", "holds": True} in claims
    assert {"id": "gap", "holds": True, "value": "0"} in claims
    assert any(UNKNOWN in claim for claim in claims)
    (family, *_) = [document for document in of("gap") if "pieces" in document["claim"]]
    assert any(len(e["pieces"]) == 1 for e in contrary_claims(family["claim"]) if "pieces" in e)
    (point, *_) = [document for document in of("formula", False) if "at" in document["claim"]]
    assert any("at" not in claim for claim in contrary_claims(point["claim"]))
    assert sum(1 for _ in recombined(document["proof"])) > 5
    (joined, *_) = corpora.conjunctions()
    assert all("goals" in opposite for opposite in opposites(json.loads(joined)))


def first(name: str, holds: bool = True) -> Any:
    """A certificate of a claim in one piece, without parameters if there is one."""
    documents = [entry for entry in of(name, holds) if "pieces" not in entry["claim"]]
    return min(documents, key=lambda document: len(document["data"]["parameters"]))


def with_claim(name: str, holds: bool = True, **more: Any) -> Any:
    document = first(name, holds)
    return {**document, "claim": {**document["claim"], **more}}


def _never(name: str) -> Any:
    """A claim about a state of no probability, and rubbish."""
    document = json.loads(json.dumps(first(name)))
    data, game = document["data"], document["data"]["game"]
    data["records"] = None
    game["states"].append("never")
    game["prior"].append(0)
    for own in game["payoffs"]:
        own.append(own[0])
    document["claim"] |= {"holds": False, "state": len(game["states"]) - 1, "profiles": ["x"]}
    return sealed(document)


def _unequal() -> Any:
    """A game without one equilibrium only, and rubbish as the list of it."""
    (document, *_) = of("unique-nash", False)
    return {**document, "claim": {"id": "unique-nash", "holds": False, "profiles": "x"}}


def _without_lambda() -> Any:
    """A gap at no λ, of which is said what is always so."""
    document = first("gap-at-least")
    claim = {"id": "gap-at-least", "holds": True, "value": "0"}
    proof = {"apart": [], "cases": {"known": [], "piece": 0, "point": [], "witness": {}}}
    data = {**document["data"], "prosociality": None}
    return sealed({**document, "claim": claim, "data": data, "proof": proof})


def _half_open() -> Any:
    (document, *_) = [
        document for document in of("value-between") if not document["claim"]["from_included"]
    ]
    return {**document, "claim": {**document["claim"], "to_included": ""}}


def _or() -> Any:
    (document, *_) = [e for e in of("formula") if e["claim"].get("conclusion", [0])[0] == "or"]
    conclusion = [*document["claim"]["conclusion"], [">"]]
    return {**document, "claim": {**document["claim"], "conclusion": conclusion}}


OVERLOOKED: dict[str, Any] = {
    "a value where there is none": lambda: with_claim("gap-positive", value="7"),
    "any key where there is no value": lambda: with_claim("closes", more=[]),
    "no cells": lambda: with_claim("incontractible-cells", cells=None),
    "no profiles": lambda: with_claim("unique-nash", profiles=None),
    "profiles that need not be read": _unequal,
    "no point": lambda: with_claim("value", at=None),
    "pieces of a contradiction": lambda: with_claim(
        "inconsistent", pieces=[{"when": [[{"x": 1}, ">"]]}]
    ),
    "profiles of a state without probability": lambda: _never("first-best"),
    "equilibria of a state without probability": lambda: _never("equilibria"),
    "a gap at no λ": _without_lambda,
    "an end that is not included or is": _half_open,
    "a part of a formula that does not matter": _or,
}
"""What says nothing, and was accepted once: parts of claims that the core did not read."""


@pytest.mark.parametrize("name", OVERLOOKED)
def test_claims_are_read_in_full(name: str):
    document = OVERLOOKED[name]()
    assert judgement(document) == ILL_FORMED
    accepted = verified(canonical(document)).accepted
    assert not accepted


# --- the campaign ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cases", [2_000, pytest.param(20_000, marks=pytest.mark.deep)])
def test_forged_certificates_that_are_accepted_are_true(cases: int):
    counts = campaign([*corpora.certificates(), *corpora.conjunctions()], cases, seed=3, workers=1)
    assert [name for name in counts.doubtful if not name.startswith(UNDECIDED)] == []
    reached = sum(n for (rule, _), n in counts.by_rule.items() if rule != soundness.FORM)
    assert reached > cases * 2 // 5


def test_a_campaign_tells_how_it_went(tmp_path: Path):
    counts, report = soundness.timed(corpora.certificates()[::20], 60, 3, 1, tmp_path)
    assert sum(counts.by_rule.values()) == 60
    assert [name for name in counts.doubtful if not name.startswith(UNDECIDED)] == []
    assert report.startswith("60 forged certificates, seed 3")


def test_drawn_games_give_valid_certificates(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(corpora, "DRAWN", 12)
    texts = inspect.unwrap(corpora.of_drawn_games)()
    assert len({json.loads(text)["claim"]["id"] for text in texts}) >= 4
    assert all(verified(text).accepted for text in texts)


def test_cases_depend_on_their_number_alone():
    corpus = soundness.Corpus(corpora.certificates()[::50])
    cases = [canonical(corpus.case(0, k)[1]) for k in range(50)]
    assert [canonical(corpus.case(0, k)[1]) for k in reversed(range(50))] == cases[::-1]
    assert len(set(cases)) > 40


def test_what_is_accepted_falsely_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Any):
    document = of("gap-positive")[0]
    denied = sealed({**document, "claim": {"id": "gap-zero", "holds": True}})
    with watched() as watch:
        assert judged(document, watch, canonical(document)) == (soundness.FORM, "same", "")
        assert judged(document, watch) == ("gap-positive", TRUE, "")
        rule, judgement, reason = judged(denied, watch)
        assert (rule, judgement) == ("gap-zero", soundness.REJECTED)
        assert reason
        monkeypatch.setattr(soundness, "verified", lambda _: Verified(True))
        assert judged(denied, watch)[1] == FALSE
        unknown = {**document, UNKNOWN: 0}
        assert judged(unknown, watch)[1] == ILL_FORMED
    counts = soundness.Counts(doubtful={"false-gap-zero-1": "{}"})
    counts.by_rule["gap-zero", FALSE] += 1
    report = report_text(counts, 1, 0, 2.0, tmp_path)
    assert "false-gap-zero-1" in report
    assert (tmp_path / "false-gap-zero-1.json").read_text() == "{}"


def test_a_mechanism_of_many_actions_is_undecided_at_once() -> None:
    """Its maps are counted, and not gone through."""
    sizes = {"agents": range(2), "sizes": (12, 12), "profiles": range(144)}
    game: Any = SimpleNamespace(sight=((0, 1),) * 2, levels=(0, 0), support=(0, 1), **sizes)
    with pytest.raises(Undecided):
        Mechanisms(game)
