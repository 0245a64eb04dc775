"""Forged certificates about strategies of players who do not all see the state, by three judges."""

from __future__ import annotations

import json

import second_checker
from forgeries import of_strategies
from kept import untraced
from soundness import Corpus

from coopgap.proofs.certificates.certificate import canonical
from coopgap.proofs.selftest.oracle import judging
from coopgap.proofs.trusted.certificates import verified

FLOAT = "floating-point"
"""What the core says of a float in a schema's place, which the second checker does not know."""


def test_honest_ones_are_true_and_accepted_by_both():
    texts = of_strategies()
    assert len(texts) > 40
    for text in texts:
        assert verified(text).accepted
        assert second_checker.verdict(text) == "accepted"
        # Some programmes of draws are too large for the oracle.
        unsure = (True, None) if "correlated" in text else (True,)
        assert judging.truth(json.loads(text)) in unsure


def test_both_checkers_agree_on_forged_ones_and_accept_none_that_is_false():
    corpus, accepted = Corpus(of_strategies()), 0
    with untraced():
        for number in range(600):
            text = canonical(corpus.case(5, number)[1])
            core, second = verified(text), second_checker.verdict(text).partition(":")[0]
            verdict = "accepted" if core.accepted else "rejected" if core.readable else "unreadable"
            assert verdict == second or FLOAT in core.reason, text
            if core.accepted:
                accepted += 1
                unsure = (True, None) if "correlated" in text else (True,)
                assert judging.truth(json.loads(text)) in unsure, text
    assert accepted > 20
