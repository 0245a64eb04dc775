"""Certificates about commons: two checkers agree on honest and on altered ones, and bugs planted in
the trusted core make them disagree."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from itertools import product
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import second_checker_commons
from commons_trees import random_commons

import coopgap.proofs.trusted
from coopgap import load
from coopgap.proofs.certificates.certificate import canonical
from coopgap.proofs.commons import certificates
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.populations import Population, population
from coopgap.proofs.commons.report import check_commons
from coopgap.proofs.selftest.tampering import at, moved, paths, replaced, sealed
from coopgap.proofs.trusted.certificates import Verified, verified
from coopgap.theory.commons.resource import Commons, Growth, Shock
from coopgap.theory.commons.specification import (
    CommonsSpecification,
    QuotaLanguage,
    everything,
)

Planted = Callable[[str, str, str], Callable[[str], Verified]]
SEED = int(os.environ.get("COOPGAP_SEED", "1"))
LEVELS = (Fraction(1), Fraction(2), Fraction(1, 3))


@cache
def honest(number: int = 14) -> tuple[str, ...]:
    """The certificates of the reports on small commons."""
    texts: dict[str, None] = {}
    for place in range(number):
        rng = Random(SEED * 1000 + place)
        commons = random_commons(rng)
        stocks = tuple(rng.randint(0, 1) for _ in range(commons.capacity + 1))
        months = tuple(rng.randint(0, 1) for _ in range(commons.horizon))
        languages = (
            everything(commons),
            QuotaLanguage("cells", stocks, months, rng.random() < 0.5),
        )
        levels = (rng.choice(LEVELS),)
        report = check_commons(CommonsSpecification(commons, languages, levels))
        texts |= dict.fromkeys(report.texts.values())
    return tuple(texts)


@cache
def altered(each: int = 6) -> tuple[str, ...]:
    """Certificates in which a value or two are changed, the hash of their data made right."""
    rng = Random(SEED)
    found = []
    for text in honest():
        document = json.loads(text)
        places = [path for path in paths(document) if path and path[0] != "schema"]
        claims = [path for path in places if path[0] == "claim"]
        for _ in range(each):
            changed: Any = document
            for _ in range(rng.choice((1, 1, 2))):
                path = rng.choice(rng.choice((places, claims)))
                with suppress(LookupError, TypeError):
                    value = at(changed, path)
                    other = change(rng, value)
                    changed = replaced(changed, path, partial(_instead, other))
            found.append(canonical(sealed(changed)))
    return tuple(found)


def _instead(value: Any, _: Any) -> Any:
    return value


@cache
def by_hand() -> tuple[str, ...]:
    """Certificates that fail in one thing only: the λ, the demands that are there, the hash."""
    found = []
    for text in honest():
        document = json.loads(text)
        claim = document.get("claim", {})
        if claim.get("id") == "commons-equilibrium":
            for level in ("0", "5", "inf"):
                kinds = [[count, level] for count, _ in claim["kinds"]]
                other = {**claim, "kinds": kinds, "pick": "some"}
                found.append(canonical({**document, "claim": other}))
        found.append(canonical({**document, "data_sha256": "0" * 64}))
    rng = Random(SEED)
    for _ in range(5):
        commons = replace(random_commons(rng), grid=(1, 2), capacity=4, stock=4)
        found.append(certificates.first_best(planned(commons, everything(commons))))
    # Both could demand 2 and leave something all the same; both could lose to a shock.
    calm = Commons(2, 9, 9, (0, 1, 2), Growth(("1",), (Fraction(1),), (Fraction(1),)), 1)
    claim = {"kinds": [[2, "0"]], "pick": "some", "language": None, "payoffs": ["1"], "months": "1"}
    row = [None] * 9 + [[1]]
    modest = {"id": "commons-equilibrium", **claim}
    found.append(certificates.encoded(calm, modest, {"demands": [[row]], "caps": None}))
    shaken = replace(calm, horizon=2, shock=Shock(1, 8))
    found.append(certificates.first_best(planned(shaken, everything(shaken))))
    return tuple(found)


def rationed(core: Any) -> bool:
    """Whether what the core says of rationing is what draws give."""
    budget = core.documents.Budget()
    even, lake = SimpleNamespace(proportional=True), SimpleNamespace(proportional=False)
    if core.commons.caught(even, 6, 4, ((1, 4),), budget) != 3:
        return False
    cases = product(range(1, 7), range(1, 7), range(3), range(4), range(2), range(5))
    return all(
        core.commons.caught(lake, stock, own, ((a, b), (c, d)), budget)
        == (
            second_checker_commons.draws(stock, own, tuple(sorted((b,) * a + (d,) * c)))
            if own + a * b + c * d > stock
            else own
        )
        for stock, own, a, b, c, d in cases
    )


def change(rng: Random, value: Any) -> Any:
    """Another value in the place of one."""
    if value in ("some", "only", "best", "worst"):
        return rng.choice(("some", "only", "best", "worst"))
    if value in ("path", "all", "whole", "fractional", "one-at-a-time", "proportional"):
        return rng.choice(("path", "all", "whole", "fractional", "one-at-a-time", "proportional"))
    if rng.random() < 0.1:
        return rng.choice((None, 0, True, "1", [], {}, 1.5, "inf", -1))
    return moved(rng, value)


@cache
def second(text: str) -> str:
    return second_checker_commons.verdict(text).partition(":")[0]


def agrees(check: Callable[[str], Verified], text: str) -> bool:
    return ("accepted" if check(text).accepted else "rejected") == second(text)


def test_both_accept_honest_certificates() -> None:
    assert len(honest()) > 150
    for text in honest():
        found = verified(text)
        assert found.accepted, found.reason
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
    plan = planned(spec.commons, everything(spec.commons))
    assert verified(certificates.first_best(plan)).accepted
    play = population(spec.commons, 4)
    assert isinstance(play, Population)
    assert verified(certificates.mixed(play, "only")).accepted


PLANTED = (
    ("commons.py", "left * factor.numerator // factor.denominator", "left * factor.numerator"),
    ("commons.py", "min(stock, max(self.shock[2], stock - self.shock[1]))", "stock"),
    ("commons.py", "Fraction(own * stock, demanded)", "Fraction(own)"),
    ("commons.py", "min(own, stock - taken)", "(stock - taken)"),
    ("commons.py", "each * wanting * comb(had, rest)", "each * comb(had, rest)"),
    ("commons.py", "grid[:1] == (0,) and", "grid[:1] and"),
    ("commons_claims.py", "sha256 == digest(canonical(data))", "True"),
    ("stages.py", "if left >= self.commons.collapse", "if left > self.commons.collapse"),
    ("stages.py", "require(stated == reached,", "require(True,"),
    ("stages.py", "found == number_of(value)", "True"),
    ("stages.py", "require(lost <= number_of(high)", "require(True"),
    ("stages.py", "stages.worth(language, limits) <= most", "True"),
    ("stages.py", "== set(quotas)", "<= set(quotas)"),
    ("stages.py", "(at + 1, last)", "(at + 2, last)"),
    ("playing.py", "sum(self.counts) == self.commons.agents", "True"),
    ("playing.py", "each is None or each >= 0", "True"),
    ("playing.py", "if self.reply(kind, room, cap) > got:", "if False:"),
    (
        "playing.py",
        "self.play.catch(stock, most, groups), Fraction(room)) > got",
        "got, got) > got",
    ),
    ("playing.py", "set(demands) == {most} and all(", "all("),
    ("playing.py", "require(found == said", "require(True"),
    ("playing.py", "else others == [demands]", "else True"),
    ("playing.py", "sign = -1 if", "sign = 1 if"),
    (
        "playing.py",
        "require((entry is None) == (stock not in reached[month - 1])",
        "require((True)",
    ),
    ("playing.py", 'require(told is None or pick == "some"', "require(True"),
    ("playing.py", 'require(found == ("inf"', 'require(True or found == ("inf"'),
    ("playing.py", "best - total), key=_order", "best), key=_order"),
    ("playing.py", "min(options, key=_order)", "max(options, key=_order)"),
)
"""Bugs: a file, what stands in it, and what stands there instead."""


@pytest.mark.parametrize(("file", "old", "new"), PLANTED, ids=lambda value: str(value)[:40])
def test_a_planted_bug_makes_them_disagree(planted: Planted, file: str, old: str, new: str) -> None:
    buggy = planted(file, old, new)
    wrong = not rationed(sys.modules["buggy"])
    assert wrong or any(not agrees(buggy, text) for text in (*by_hand(), *honest(), *altered()))
