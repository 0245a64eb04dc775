"""A sample of the campaigns of forged certificates of rarer claims."""

from __future__ import annotations

import json

import pytest
import soundness
from forgeries import KINDS
from tampering import FIELDS, OTHER_IDS

from coopgap.proofs.certificates.certificate import canonical, verified
from coopgap.proofs.selftest.oracle.judging import FALSE, TRUE
from coopgap.proofs.selftest.oracle.strategies import STRATEGY_CLAIMS
from coopgap.proofs.trusted import aggregate_claims, commons_claims
from coopgap.proofs.trusted.certificates import INCONSISTENT
from coopgap.proofs.trusted.documents import AGGREGATES, COMMONS

REACHED = {
    "groups": set(aggregate_claims.RULES),
    "commons": set(commons_claims.RULES),
    "regimes": set(commons_claims.REGIMES),
    "strategies": set(STRATEGY_CLAIMS),
    "mechanisms": {name for name in FIELDS if name.startswith("mechanism-")},
    "contradictions": {INCONSISTENT},
}
"""The claims of each kind, all of which are reached."""


def test_the_claims_are_those_of_the_core() -> None:
    groups, commons = (set(ids) for ids in OTHER_IDS.values())
    assert groups == REACHED["groups"]
    assert commons == REACHED["commons"] | REACHED["regimes"]
    assert set(OTHER_IDS) == {AGGREGATES, COMMONS}


@pytest.mark.parametrize("cases", [800, pytest.param(8_000, marks=pytest.mark.deep)])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_accepted_is_true(kind: str, cases: int) -> None:
    corpus, judge = KINDS[kind]
    counts = soundness.campaign(corpus(), cases, seed=1, judge=judge)
    assert counts.doubtful == {}
    reached = {rule for rule, _ in counts.by_rule} - {soundness.FORM}
    assert reached >= REACHED[kind]
    if kind in ("groups", "commons", "regimes"):
        assert reached == REACHED[kind]
    accepted = [n for (_, judgement), n in counts.by_rule.items() if judgement == TRUE]
    assert sum(accepted) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_accepted_falsely_is_kept(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, judge = KINDS[kind]
    document = json.loads(corpus()[0])
    with soundness.watched() as watch:
        rule, judgement, _ = soundness.judged(document, watch, "", judge)
        assert (rule, judgement) == (document["claim"]["id"], TRUE)
        wrong = {**document, "claim": {**document["claim"], "value": "1/7"}}
        monkeypatch.setattr(soundness, "verified", lambda _: verified(canonical(document)))
        assert soundness.judged(wrong, watch, "", judge)[1] == FALSE
