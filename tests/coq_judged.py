"""What the checker that is proved correct in Coq must say of certificates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice

import pytest
from agreement import coq_form
from soundness import Corpus
from tampering import opposites

from coopgap.proofs.export.coq import CoqFile
from coopgap.proofs.export.coqc import Unavailable, compiled, recheck
from coopgap.proofs.trusted.certificates import verified
from coopgap.proofs.trusted.documents import canonical

TIMES = (1, pytest.param(4, marks=pytest.mark.deep))
"""How many times as many certificates are altered as the gate alters."""


def require_coq() -> None:
    """Skips the test where there is no Coq."""
    try:
        compiled()
    except Unavailable as reason:
        pytest.skip(str(reason))


def altered(texts: Sequence[str], per_text: int, contrary: int, forged: int) -> Iterator[str]:
    """Opposites of what certificates say, and forgeries.

    per_text: how many opposites of each text are drawn; contrary: about how many are yielded.
    """
    opposed = [
        canonical(opposite)
        for text in texts
        for opposite in islice(opposites(json.loads(text)), per_text)
    ]
    yield from spread(opposed, contrary)
    corpus = Corpus(texts)
    for k in range(forged):
        yield canonical(corpus.case(18, k)[1])


def spread(texts: Sequence[str], number: int) -> Sequence[str]:
    """``number`` texts or somewhat more, at equal steps through the list."""
    return texts[:: max(1, len(texts) // number)]


def require_theorem_and_no_forgery(text: str) -> None:
    """Coq accepts the certificate, and refuses an opposite of it, as the core does."""
    assert recheck(text).verdict == "accepted"
    forged = next(
        opposite
        for opposite in map(canonical, opposites(json.loads(text)))
        if isinstance(coq_form(opposite), CoqFile)
    )
    assert not verified(forged).accepted
    assert recheck(forged).verdict == "refused"
