"""The checker that is proved correct in Coq agrees with the trusted core, on forgeries as well."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from functools import cache

import pytest
from agreement import MALFORMED, coq_form, judged_twice
from checked import checked
from coq_judged import TIMES, altered, require_coq, require_theorem_and_no_forgery, spread

from coopgap.proofs.deciding import decide
from coopgap.proofs.export.coq import RULES, CoqFile, Uncovered, coq_text
from coopgap.proofs.questions.obligations import flat_profile
from coopgap.proofs.trusted.documents import Rejected, canonical
from coopgap.theory.readers.load import load
from coopgap.theory.specification import Specification

GAMES = (
    *("n4", "n5", "n8", "battle-of-the-sexes", "moral-hazard-pd", "public-goods"),
    *("bilateral-trade", "correlated-types", "moral-hazard-sh"),
)
HONEST, OPPOSITE, FORGED = 25, 40, 100
"""How many certificates of a module are judged; of the last two, times ``TIMES``."""
WELL_FORMED = ("Certificates", "Thresholds", "Correlated", "Mechanisms")
"""The modules whose forgeries are mostly not malformed, so that Coq judges more of them."""
RARE = {
    *("gap", "implementable", "value-between", "correlated-gap-at-least", "play-at-most"),
    "mechanism-gap",
}
"""Claims that no report makes of these games."""


@cache
def covered() -> dict[str, tuple[str, ...]]:
    """The certificates of some games of the gallery that Coq has a rule for, by its module."""
    by_module: dict[str, list[str]] = {module: [] for module in RULES}
    for slug in GAMES:
        for text in checked(slug).texts.values():
            file = coq_form(text)
            if isinstance(file, CoqFile) and text not in by_module.get(file.module, [text]):
                by_module[file.module].append(text)
    by_module["Cooperative"].append(defection())
    return {module: tuple(texts) for module, texts in by_module.items()}


def defection() -> str:
    """The certificate that an equilibrium is not cooperative, which no report makes."""
    game = load("moral-hazard-pd")
    assert isinstance(game, Specification)
    nobody = flat_profile(game.environment, (2, 2))
    claim = {"id": "all-cooperative", "holds": False}
    setting, witness = decide.no_contract(game.environment), {"distribution": [[nobody, 1]]}
    certified = decide.certify(setting, (Fraction(0),) * 2, claim, lambda: {"state": 0, **witness})
    assert isinstance(certified, decide.Certified)
    return certified.text


@pytest.mark.parametrize("module", RULES)
def test_every_claim_of_a_rule_is_reached(module: str) -> None:
    ids = {json.loads(text)["claim"]["id"] for text in covered()[module]}
    assert ids >= RULES[module][0] - RARE


def test_a_certificate_is_written_over_and_not_interpreted() -> None:
    text = next(
        certificate for certificate in covered()["Certificates"] if '"id":"gap-zero"' in certificate
    )
    data = json.loads(text)["data"]
    file = coq_text(text)
    for row in (row for own in data["game"]["payoffs"] for row in own):
        assert "[" + "; ".join(f"({payoff})%Z" for payoff in row) + "]" in file
    assert "Theorem proved : shown problem claim." in file


def test_what_is_malformed_is_not_written() -> None:
    document = json.loads(covered()["Certificates"][0])
    with pytest.raises(Rejected):
        coq_text(canonical({**document, "data_sha256": "0"}))
    with pytest.raises(Uncovered):
        coq_text(canonical({"schema": "coopgap.commons/1"}))


@pytest.mark.parametrize(
    "module", ["Certificates", "Thresholds", "Correlated", "Mechanisms", "Cooperative"]
)
def test_null_is_no_number_and_leaves_no_part_out(module: str) -> None:
    for text in covered()[module]:
        document = json.loads(text)
        cases = document["proof"]["cases"]
        for part in cases["witness"]:
            witness = {**cases["witness"], part: None}
            proof = {**document["proof"], "cases": {**cases, "witness": witness}}
            assert coq_form(canonical({**document, "proof": proof})) == MALFORMED
        if "value" in document["claim"]:
            claim = {**document["claim"], "value": None}
            assert coq_form(canonical({**document, "claim": claim})) == MALFORMED


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("module", RULES)
def test_both_checkers_agree(module: str, times: int) -> None:
    require_coq()
    honest = spread(covered()[module], HONEST)
    others = altered(covered()[module], 8, times * OPPOSITE, times * FORGED)
    judgements = judged_twice(list(dict.fromkeys([*honest, *others])))
    disagreed = [text for text, judgement in judgements.items() if judgement.outcome == "disagreed"]
    assert not disagreed, disagreed[0]
    assert all(judgements[text].in_coq for text in honest)
    counts = Counter((judgement.module, judgement.outcome) for judgement in judgements.values())
    assert counts[module, "refused"] > (25 if module in WELL_FORMED else 9), counts


@pytest.mark.parametrize("module", RULES)
def test_a_proof_is_a_theorem_and_a_forgery_is_none(module: str) -> None:
    require_coq()
    require_theorem_and_no_forgery(covered()[module][0])
