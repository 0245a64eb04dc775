"""Certificates about commons: two checkers agree on honest and on altered ones."""

from __future__ import annotations

import pytest
import second_checker_commons
from commons_certificates import agrees, altered, by_hand, honest, rationed, second
from kept import untraced

import coopgap.proofs.trusted
from coopgap import load
from coopgap.proofs.commons import certificates
from coopgap.proofs.commons.equilibria import DrawnPlay
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.populations import population
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.commons.specification import CommonsSpecification, everything


def test_both_accept_honest_certificates() -> None:
    assert len(honest()) > 150
    for text in honest():
        verdict = verified(text)
        assert verdict.accepted, verdict.reason
        assert second(text) == "accepted", second_checker_commons.verdict(text)


def test_they_agree_on_altered_certificates() -> None:
    disagreed = [text for text in altered() if not agrees(verified, text)]
    assert not disagreed, disagreed[0]
    accepted = sum(second(text) == "accepted" for text in altered())
    assert 0 < accepted < len(altered()) / 2


def test_they_agree_on_what_fails_in_one_thing() -> None:
    disagreed = [text for text in by_hand() if not agrees(verified, text)]
    assert not disagreed, disagreed[0]


def test_rationing_is_what_draws_give() -> None:
    assert rationed(coopgap.proofs.trusted)


@pytest.mark.deep
def test_they_agree_on_many_altered_certificates() -> None:
    disagreed = [text for text in altered(60) if not agrees(verified, text)]
    assert not disagreed, disagreed[0]


def test_a_certificate_of_the_papers_lake_is_within_the_budget() -> None:
    spec = load("fishing-iid-seen")
    assert isinstance(spec, CommonsSpecification)
    with untraced():
        plan = planned(spec.commons, everything(spec.commons))
        play = population(spec.commons, 4)
        assert isinstance(play, DrawnPlay)
        assert verified(certificates.first_best(plan)).accepted
        assert verified(certificates.equilibrium(play, "only")).accepted
