"""Certificates about commons: two checkers agree on honest and on altered ones, and bugs planted in
the trusted core make them disagree."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator
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
from commons_trees import random_commons, random_regimes

import coopgap.proofs.trusted
from coopgap import load
from coopgap.proofs.certificates.certificate import canonical
from coopgap.proofs.commons import certificates
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.populations import Population, population
from coopgap.proofs.commons.regime_finder import regime_finder
from coopgap.proofs.commons.report import check_commons
from coopgap.proofs.commons.valued import Accepted
from coopgap.proofs.selftest.tampering import at, moved, paths, replaced, sealed
from coopgap.proofs.trusted.certificates import Verified, verified
from coopgap.theory.commons.regimes import Regimes, Turn
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
        texts |= dict.fromkeys(over_all(commons, levels[0]))
    return (*texts, *(text for place in range(number) for text in turning(place)))


def over_all(commons: Commons, level: Fraction) -> Iterator[str]:
    """Bounds over all equilibria, also where there is one only."""
    for kinds in ([(commons.agents, level)], [(1, None), (commons.agents - 1, Fraction(0))]):
        for merged in (False, True):
            text = certificates.bounds(commons, [each for each in kinds if each[0]], merged)
            if text is not None:
                yield text


@cache
def turning(place: int) -> tuple[str, ...]:
    """The certificates about a small commons with regimes, of exact and of merged situations."""
    rng = Random(SEED * 1000 + place)
    commons, level = random_regimes(rng), rng.choice(LEVELS)
    stocks = tuple(rng.randint(0, 1) for _ in range(commons.capacity + 1))
    months = tuple(rng.randint(0, 1) for _ in range(commons.horizon))
    told = [rng.random() < 0.5 for _ in range(2)]
    cells = QuotaLanguage("cells", stocks, months, True, *told)
    accepted = Accepted()
    for exact in (10**6, 0):
        finder = regime_finder(commons, accepted, exact)
        finder.play(level, accepted)
        for language in (everything(commons), cells):
            finder.language(language, [level], accepted)
        for kind in range(commons.agents + 1):
            finder.population(kind, accepted)
    return (*accepted.texts.values(), *over_all(commons, level))


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
    return (*found, *nowhere(), *turned(), *blind())


def nowhere() -> Iterator[str]:
    """That there is no equilibrium, where that is so and where it is not."""
    growth = Growth(("r",), (Fraction(2),), (Fraction(1),))
    steep = Commons(2, 3, 4, (0, 1), growth, 3, 0, "proportional", Shock(1, 0, 2))
    turn = Turn(Fraction(4), Fraction(3, 4), Fraction(2, 5))
    regimes = Regimes(("a", "b"), (Fraction(5, 2), Fraction(5, 2)), (), True, 2, turn, turn)
    turning = Commons(2, 3, 5, (0, 1, 2), regimes, 3, 2)
    for commons in (steep, turning, replace(steep, grid=(0, 1, 2, 3, 4))):
        for merged in (False, True):
            text = certificates.bounds(commons, [(2, Fraction(0))], merged)
            if text is not None:
                yield text
                document = json.loads(text)
                none = {"payoffs": None, "months": None, "total": None}
                yield canonical({**document, "claim": {**document["claim"], **none}})
                witness = {"merged": True} if document["witness"] else {}
                there = {**document["claim"], **none}
                yield canonical({**document, "claim": there, "witness": witness})
                sure = {**document["claim"], "exists": True}
                yield canonical({**document, "claim": sure})


def turned() -> Iterator[str]:
    """Certificates about regimes of which one thing is changed, the hash of the data made right."""
    for text in turning(3) + turning(5):
        document = json.loads(text)
        claim, growth = document["claim"], document["data"]["growth"]
        for place in (0, 1):
            for part, value in ((0, "1"), (1, "1/7"), (2, "1/9"), (3, "1/11")):
                turns = [list(each) for each in growth["turns"]]
                turns[place][part] = value
                data = {**document["data"], "growth": {**growth, "turns": turns}}
                yield canonical(sealed({**document, "data": data}))
        for window in (1, 2, 3):
            data = {**document["data"], "growth": {**growth, "window": window}}
            yield canonical(sealed({**document, "data": data}))
        data = {**document["data"], "growth": {**growth, "factors": ["1", "-1"]}}
        yield canonical(sealed({**document, "data": data}))
        yield canonical(sealed({**document, "data": {**document["data"], "seen": False}}))
        merged = not document["witness"]["merged"]
        yield canonical({**document, "witness": {**document["witness"], "merged": merged}})
        if claim["id"] == "commons-first-best-between":
            # What no harvests of all make together, and nobody's demands either.
            plan = [[*cell, 1000] for *cell, _ in document["witness"]["plan"]]
            witness = {**document["witness"], "plan": plan}
            low = {**claim, "low": "0"}
            yield canonical({**document, "claim": low, "witness": witness})
        if claim["id"] == "commons-gap":
            yield canonical({**document, "claim": {**claim, "low": "1/100"}})
            yield canonical({**document, "claim": {**claim, "high": "0"}})


def blind() -> Iterator[str]:
    """Rules that cannot tell one thing, and are said to lose nothing."""
    # One whose best plan harvests just what a degraded lake does not recover from.
    regime_finder(random_regimes(Random(193)), brink := Accepted())
    yield from brink.texts.values()
    for place in range(30):
        commons = random_regimes(Random(place))
        whole, accepted = everything(commons), Accepted()
        finder = regime_finder(commons, accepted)
        for language in (
            replace(whole, regime=False),
            replace(whole, past=False),
            replace(whole, month=(0,) * commons.horizon),
            replace(whole, stock=(0,) * (commons.capacity + 1)),
        ):
            sha = finder.language(language, [], accepted).certificates["gap"]
            document = json.loads(accepted.texts[sha])
            claim = {**document["claim"], "low": "0", "high": "0"}
            witness = {**document["witness"], "tree": None}
            yield canonical({**document, "claim": claim, "witness": witness})
            # A tree that nothing reads.
            yield canonical({**document, "claim": claim, "witness": {**witness, "tree": []}})


def rationed(core: Any) -> bool:
    """Whether what the core says of rationing is what draws give."""
    budget = core.documents.Budget()
    commons = importlib.import_module(f"{core.__name__}.commons")
    even, lake = SimpleNamespace(proportional=True), SimpleNamespace(proportional=False)
    if commons.caught(even, 6, 4, ((1, 4),), budget) != 3:
        return False
    cases = product(range(1, 7), range(1, 7), range(3), range(4), range(2), range(5))
    return all(
        commons.caught(lake, stock, own, ((a, b), (c, d)), budget)
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
    ("stages.py", "worth(limits) <= most", "True"),
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
    (
        "situations.py",
        "kept = totals[max(0, len(totals) - self.regimes.window + 1) :]",
        "kept = []",
    ),
    ("situations.py", "if self.past else told", "if False else told"),
    ("situations.py", "if p > 0", "if True"),
    ("situations.py", "yield state, full if self.merged", "yield state, full if False"),
    ("situations.py", "require(quota in self.quotas", "require(True"),
    ("situations.py", "return apart and self.regime and self.past", "return apart"),
    ("situations.py", "return apart and self.regime", "return self.regime"),
    ("situations.py", "require(number_of(low) <= reached", "require(True"),
    ("situations.py", "require(most <= number_of(high)", "require(True"),
    ("situations.py", "require(lost <= number_of(high)", "require(True"),
    ("situations.py", "if number_of(low) > 0:", "if False:"),
    ("situations.py", "require(tree is None", "require(True"),
    ("commons.py", "beyond < 0 or (regime and beyond == 0)", "beyond < 0"),
    ("commons.py", "beyond = -beyond if regime else beyond", "pass"),
    ("commons.py", "min(most, probability", "max(most, probability"),
    ("commons.py", "require(seen or regimes is None", "require(True"),
    ("commons.py", "require(min(found.factors) >= 0", "require(True"),
    ("commons.py", "require(min(threshold, slope) >= 0", "require(True"),
    ("commons.py", "require(0 <= probability <= 1 and 0 <= most <= 1", "require(True"),
    ("regime_play.py", "require(not situations.merged", "require(True"),
    ("regime_play.py", 'require(told is None or pick == "some"', "require(True"),
    ("regime_play.py", "require(here.stable(", "require(True or here.stable("),
    (
        "regime_play.py",
        "require([each[situations.first]",
        "require(True or [each[situations.first]",
    ),
    ("regime_play.py", "require(cap in grid", "require(True"),
    ("bounds.py", "self.most = Month(play, high[:-1], low[:-1])", "self.most = self.least"),
    ("bounds.py", "(min, max) if source.merged", "(max, min) if source.merged"),
    ("bounds.py", "(min(total[0]), max(total[1]))]", "(min(total[0]), min(total[1]))]"),
    ("bounds.py", "box.append((min(lows), max(highs)))", "box.append((max(lows), max(highs)))"),
    ("bounds.py", "(n - 1) * min(most, stock) >= stock", "n * min(most, stock) >= stock"),
    ("bounds.py", "require(found is None and exact", "require(found is None"),
    ("bounds.py", "require(found is None and exact", "require(exact"),
    ("bounds.py", "first <= low and high <= last", "True"),
    ("playing.py", "min(options, key=_order)", "max(options, key=_order)"),
)
"""Bugs: a file, what stands in it, and what stands there instead."""


@pytest.mark.parametrize(("file", "old", "new"), PLANTED, ids=lambda value: str(value)[:40])
def test_a_planted_bug_makes_them_disagree(planted: Planted, file: str, old: str, new: str) -> None:
    buggy = planted(file, old, new)
    wrong = not rationed(sys.modules["buggy"])
    assert wrong or any(not agrees(buggy, text) for text in (*by_hand(), *honest(), *altered()))
