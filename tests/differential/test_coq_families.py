"""Families in Coq: the checker proved correct there agrees with the core, on forgeries as well."""

from __future__ import annotations

import json
from functools import cache
from itertools import product

import pytest
from agreement import MALFORMED, coq_form, judged_twice
from checked import checked, proved
from coq_judged import TIMES, altered, require_coq, require_theorem_and_no_forgery

from coopgap.proofs.deciding import decide
from coopgap.proofs.export.coq import FAMILIES, CoqFile, Uncovered, coq_text
from coopgap.proofs.export.coq_families import CLAIMS
from coopgap.proofs.export.coq_private import CLAIMS as STRATEGIES
from coopgap.proofs.export.coq_tried import ENUMERATED
from coopgap.proofs.export.coqc import recheck
from coopgap.proofs.questions.obligations import flat_profile
from coopgap.proofs.selftest.corpora import sealed
from coopgap.proofs.trusted.certificates import verified
from coopgap.proofs.trusted.documents import Rejected, canonical
from coopgap.theory.environments import Environment
from coopgap.theory.exact import INFINITY
from coopgap.theory.readers.load import load
from coopgap.theory.specification import Specification
from coopgap.theory.welfare import first_best

GAME = "capped-fines"
PRIVATE = ("correlated-types", "delegation-private", "biased-expert")
"""Games and a family of agents who do not all see the state."""
ENUMERATED_GAMES = ("table-games-sh", "n4", "n5", "n8", "battle-of-the-sexes", "moral-hazard-pd")
"""Families and games of which only the claims that enumeration decides are judged."""
CONJUNCTIONS = ("holmstrom-2", "public-good-2")
THEOREMS = ("pd-gap", "pd-p1-follows", "pd-p3-necessary", *CONJUNCTIONS)
OPPOSITE, FORGED = 40, 80
"""How many certificates are judged beside the honest ones, times ``TIMES``."""

RARE = {
    *("closes", "gap-at-least", "gap-at-most", "implementable", "nash"),
    *("threshold-at-most", "unique-nash", "gap-positive"),
}
"""Claims that no report makes of these families."""


@cache
def covered() -> dict[str, tuple[str, ...]]:
    """Certificates of families and goals of theorems that Coq has a rule for, by its module."""
    by_module: dict[str, list[str]] = {module: [] for module in FAMILIES}
    texts = [
        *(text for name in THEOREMS for text in proved(name).texts.values()),
        *(text for slug in (GAME, *PRIVATE) for text in checked(slug).texts.values()),
    ]
    for slug in ENUMERATED_GAMES:
        game = load(slug)
        texts += filter(_enumerated, checked(slug).texts.values())
        if isinstance(game, Specification):
            texts.append(own_thresholds(game.environment))
    for text in texts:
        for single in json.loads(text).get("goals", [{"certificate": json.loads(text)}]):
            file = coq_form(canonical(single["certificate"]))
            if isinstance(file, CoqFile) and file.module in by_module:
                by_module[file.module].append(canonical(single["certificate"]))
    return {module: tuple(texts) for module, texts in by_module.items()}


def _enumerated(text: str) -> bool:
    return json.loads(text)["claim"]["id"] in ENUMERATED


def own_thresholds(environment: Environment) -> str:
    """The certificate of each agent's own λ at each first best, which no report makes."""
    best = first_best(environment).profiles
    listed = []
    for chosen in product(*best.values()):
        levels = decide.agent_thresholds(environment, dict(zip(best, chosen, strict=True)))
        numbers = [flat_profile(environment, profile) for profile in chosen]
        listed.append([numbers, ["inf" if level == INFINITY else str(level) for level in levels]])
    claim = {"id": "agent-thresholds", "holds": True, "thresholds": listed}
    certified = decide.certify(decide.no_contract(environment), None, claim, dict, {})
    assert isinstance(certified, decide.Certified)
    return certified.text


def test_most_claims_are_reached() -> None:
    assert {json.loads(text)["claim"]["id"] for text in covered()["Cases"]} >= CLAIMS - RARE
    assert {json.loads(text)["claim"]["id"] for text in covered()["Formulas"]} == {"formula"}
    assert {json.loads(text)["claim"]["id"] for text in covered()["Privately"]} >= STRATEGIES - RARE


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("module", FAMILIES)
def test_both_checkers_agree(module: str, times: int) -> None:
    require_coq()
    honest = covered()[module]
    others = altered(honest, 6, times * OPPOSITE, times * FORGED)
    judgements = judged_twice(list(dict.fromkeys([*honest, *others])))
    disagreed = [text for text, judgement in judgements.items() if judgement.outcome == "disagreed"]
    assert not disagreed, disagreed[0]
    assert all(judgements[text].in_coq for text in honest)
    refused = [j for j in judgements.values() if j.module == module and j.in_coq is False]
    assert len(refused) > 10


@pytest.mark.parametrize("module", FAMILIES)
def test_a_proof_is_a_theorem_and_a_forgery_is_none(module: str) -> None:
    require_coq()
    require_theorem_and_no_forgery(covered()[module][0])


def test_a_weaker_assumption_is_not_enough() -> None:
    require_coq()
    (text,) = proved("pd-gap").texts.values()
    document = json.loads(text)
    weaker = {**document["data"], "assumptions": document["data"]["assumptions"][:-1]}
    forged = canonical(sealed({**document, "data": weaker}))
    assert not verified(forged).accepted
    assert recheck(forged).verdict == "refused"


@pytest.mark.parametrize("theorem", CONJUNCTIONS)
def test_each_goal_of_a_conjunction_is_a_theorem(theorem: str) -> None:
    require_coq()
    (text,) = proved(theorem).texts.values()
    goals = json.loads(text)["goals"]
    assert coq_text(text).count("Theorem proved") == len(goals) > 1
    assert recheck(text).verdict == "accepted"
    goals[-1]["certificate"]["claim"]["holds"] = not goals[-1]["certificate"]["claim"]["holds"]
    assert recheck(canonical({**json.loads(text), "goals": goals})).verdict == "refused"


def test_goals_are_not_repeated() -> None:
    (text,) = proved(CONJUNCTIONS[0]).texts.values()
    document = json.loads(text)
    for change in ({"goal": "again"}, {}):
        goals = [*document["goals"], {**document["goals"][0], **change}]
        with pytest.raises(Rejected, match="two are the same"):
            coq_text(canonical({**document, "goals": goals}))


def test_what_is_not_covered_says_why() -> None:
    texts = checked(GAME).texts.values()
    text = next(text for text in texts if '"id":"correlated-gap"' in text)
    with pytest.raises(Uncovered, match="correlated-gap of a family"):
        coq_text(text)


def test_only_cells_that_there_are_can_be_claimed() -> None:
    require_coq()
    document = json.loads(next(t for t in checked("n4").texts.values() if '"incontractible' in t))
    assert document["data"]["records"]["cells"] == [0, 0]
    claim = {"id": "incontractible-cells", "holds": True}
    texts = [canonical({**document, "claim": {**claim, "cells": cells}}) for cells in ([0], [0, 1])]
    judgements = judged_twice(texts)
    answers = [(judgements[text].accepted, judgements[text].in_coq) for text in texts]
    assert answers == [(True, True), (False, False)]


@pytest.mark.parametrize("part", ["known", "piece", "point", "witness"])
def test_no_part_of_a_case_may_be_left_out(part: str) -> None:
    document = json.loads(next(text for text in covered()["Cases"] if '"at"' not in text))
    node = document["proof"]["cases"]
    while "then" in node:
        node = node["then"]
    del node[part]
    assert coq_form(canonical(document)) == MALFORMED
