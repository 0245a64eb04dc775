"""The opposite of every accepted certificate, however dressed, is rejected, unless it is true."""

import json
from itertools import islice
from typing import Any

import pytest
import soundness
from certificates import rule_of
from tampering import opposites

from coopgap.proofs.certificates.certificate import canonical, verified
from coopgap.proofs.selftest import corpora
from coopgap.proofs.selftest.oracle.judging import FALSE, ILL_FORMED

PARTS = 4


def texts() -> list[str]:
    """Certificates of the gallery, of theorems and by hand, short ones first."""
    certificates = dict.fromkeys([*corpora.gallery(), *corpora.theorems(), *corpora.by_hand()])
    return sorted((text for text in certificates if len(text) < corpora.MAX_BYTES), key=len)


def kinds() -> list[str]:
    """The shortest of each kind."""
    shortest: dict[Any, str] = {}
    for text in texts():
        shortest.setdefault(rule_of(json.loads(text)), text)
    return list(shortest.values())


def untrue(text: str, first: int = 0, step: int = 1) -> list[Any]:
    """Of the opposites of a certificate, or some, those that are accepted though not true."""
    return [
        opposite
        for opposite in islice(opposites(json.loads(text)), first, None, step)
        if verified(canonical(opposite)).accepted
        and soundness.oracle_judgement(opposite) in (FALSE, ILL_FORMED)
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_opposite_is_accepted(part: int):
    """Of a certificate of every kind, a third of its opposites."""
    chosen = kinds()
    assert len(chosen) > 100
    some = enumerate(chosen[part::PARTS])
    assert [opposite for k, text in some for opposite in untrue(text, k % 3, 3)] == []


@pytest.mark.deep
@pytest.mark.parametrize("part", range(5 * PARTS))
def test_no_opposite_of_any_is_accepted(part: int):
    assert [opposite for text in texts()[part :: 5 * PARTS] for opposite in untrue(text)] == []
