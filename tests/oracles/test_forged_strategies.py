"""Forged certificates about strategies of players who do not all see the state, by three judges."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache

import second_checker

from coopgap.proofs.certificates.certificate import canonical
from coopgap.proofs.fuzzing.situations import Bounds, generator, situation
from coopgap.proofs.selftest import corpora
from coopgap.proofs.selftest.oracle import judging
from coopgap.proofs.selftest.soundness import Corpus
from coopgap.proofs.trusted.certificates import verified

FLOAT = "floating-point"
"""What the core says of a float in a schema's place, which the second checker does not know."""


@cache
def honest() -> tuple[str, ...]:
    """A few certificates of each kind."""
    seen = Counter[str]()
    texts = []
    for number in range(120):
        for kind, text in corpora.strategies(situation(generator(3, "s", number), SMALL)):
            seen[kind] += 1
            if seen[kind] <= 3:
                texts.append(text)
    return tuple(texts)


SMALL = Bounds(states=(2, 2))


def test_honest_ones_are_true_and_accepted_by_both():
    assert len(honest()) > 40
    for text in honest():
        assert verified(text).accepted
        assert second_checker.verdict(text) == "accepted"
        # Some programmes of draws are too large for the oracle.
        unsure = (True, None) if "correlated" in text else (True,)
        assert judging.truth(json.loads(text)) in unsure


def test_both_checkers_agree_on_forged_ones_and_accept_none_that_is_false():
    corpus, accepted = Corpus(honest()), 0
    for number in range(600):
        text = canonical(corpus.case(5, number)[1])
        found, said = verified(text), second_checker.verdict(text).partition(":")[0]
        one = "accepted" if found.accepted else "rejected" if found.readable else "unreadable"
        assert one == said or FLOAT in found.reason, text
        if found.accepted:
            accepted += 1
            unsure = (True, None) if "correlated" in text else (True,)
            assert judging.truth(json.loads(text)) in unsure, text
    assert accepted > 20
