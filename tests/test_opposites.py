"""The opposite of every accepted certificate, however dressed, is rejected, unless it is true."""

import json
from typing import Any

import pytest

from coopgap.proofs.certificates.certificate import canonical, verified
from coopgap.proofs.selftest import corpora, soundness
from coopgap.proofs.selftest.oracle import FALSE, ILL_FORMED
from coopgap.proofs.selftest.tampering import opposites


def untrue(text: str) -> list[Any]:
    """The opposites of a certificate that the core accepts though they are not true."""
    document = json.loads(text)
    return [
        other
        for other in opposites(document)
        if verified(canonical(other)).accepted and soundness.said(other) in (FALSE, ILL_FORMED)
    ]


@pytest.mark.parametrize("part", range(20))
def test_no_opposite_is_accepted(part: int):
    texts = [*corpora.gallery(), *corpora.theorems(), *corpora.by_hand()]
    short = [text for text in texts if len(text) < corpora.MAX_BYTES]
    found = [other for text in short[part::20] for other in untrue(text)]
    assert found == []
