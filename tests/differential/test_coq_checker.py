"""The checker that is proved correct in Coq agrees with the trusted core, on forgeries as well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import pytest

from coopgap.proofs.deciding.check import check
from coopgap.proofs.export.coq import Uncovered, coq_text
from coopgap.proofs.export.coqc import Unavailable, answers, compiled, recheck
from coopgap.proofs.selftest.soundness import Corpus
from coopgap.proofs.selftest.tampering import opposites
from coopgap.proofs.trusted.certificates import verified
from coopgap.proofs.trusted.documents import Rejected, Unreadable, canonical
from coopgap.theory.readers.load import load

GAMES = ("n4", "n5", "n8", "battle-of-the-sexes", "moral-hazard-pd", "public-goods")
FORGED = 500
EACH = 4
"""Of opposites and honest certificates one in so many is judged."""


@cache
def covered() -> tuple[str, ...]:
    """The certificates of some games of the gallery that the checker in Coq has a rule for."""
    texts = (text for slug in GAMES for text in check(load(slug)).texts.values())
    return tuple(text for text in dict.fromkeys(texts) if written(text) is not None)


def written(text: str) -> str | None:
    """The Coq file of a certificate, empty if it is malformed, None if it is not covered."""
    try:
        return coq_text(text)
    except Uncovered:
        return None
    except (Rejected, Unreadable, TypeError, KeyError, ValueError, AttributeError):
        return ""


def altered() -> Iterator[str]:
    """Opposites of what the certificates say, and forgeries."""
    for text in covered()[::EACH]:
        yield from list(map(canonical, opposites(json.loads(text))))[::EACH]
    corpus = Corpus(covered())
    for k in range(FORGED):
        yield canonical(corpus.case(18, k)[1])


def test_every_rule_of_the_checker_is_reached() -> None:
    ids = {json.loads(text)["claim"]["id"] for text in covered()}
    assert ids >= {"gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "value", "closes"}


def test_a_certificate_is_written_over_and_not_interpreted() -> None:
    text = next(each for each in covered() if '"id":"gap-zero"' in each)
    data = json.loads(text)["data"]
    file = coq_text(text)
    for row in (row for own in data["game"]["payoffs"] for row in own):
        assert "[" + "; ".join(f"({each})%Z" for each in row) + "]" in file
    assert "Theorem proved : shown problem claim." in file


def test_what_is_malformed_is_not_written() -> None:
    document = json.loads(covered()[0])
    with pytest.raises(Rejected):
        coq_text(canonical({**document, "data_sha256": "0"}))
    with pytest.raises(Uncovered):
        coq_text(canonical({"schema": "coopgap.conjunction/2"}))


def test_both_checkers_agree() -> None:
    _require_coq()
    texts = list(dict.fromkeys([*covered()[::EACH], *altered()]))
    files = {text: written(text) for text in texts}
    assert not [text for text, file in files.items() if file == "" and verified(text).accepted]
    judged = [text for text in texts if files[text]]
    found = dict(zip(judged, answers(judged), strict=True))
    disagreed = [text for text, said in found.items() if said != verified(text).accepted]
    assert not disagreed, disagreed[0]
    assert all(found[text] for text in covered()[::EACH])
    assert sum(not said for said in found.values()) > 100


def test_a_proof_is_a_theorem_and_a_forgery_is_none() -> None:
    _require_coq()
    text = next(each for each in covered() if '"id":"gap-positive"' in each)
    assert recheck(text).verdict == "accepted"
    for forged in opposites(json.loads(text)):
        assert recheck(canonical(forged)).verdict != "accepted"
        break


def _require_coq() -> None:
    try:
        compiled()
    except Unavailable as reason:
        pytest.skip(str(reason))
