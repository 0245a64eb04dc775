"""Certificates about commons, honest and altered, and whether two checkers agree on one."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from itertools import product
from random import Random
from types import SimpleNamespace
from typing import Any

import second_checker_commons
from commons_trees import random_commons, random_regimes
from kept import keeping
from tampering import at, moved, paths, replaced

from coopgap.proofs.certificates.certificate import canonical, digest
from coopgap.proofs.commons import certificates
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.regime_finder import regime_finder
from coopgap.proofs.commons.report import check_commons
from coopgap.proofs.commons.valued import Accepted
from coopgap.proofs.selftest.corpora import sealed
from coopgap.proofs.trusted.certificates import Verified
from coopgap.theory.commons.regimes import Regimes, Turn
from coopgap.theory.commons.resource import Commons, Growth, Shock
from coopgap.theory.commons.specification import (
    CommonsSpecification,
    QuotaLanguage,
    everything,
)

SEED = int(os.environ.get("COOPGAP_SEED", "1"))
LEVELS = (Fraction(1), Fraction(2), Fraction(1, 3))


@keeping
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
    return (*texts, *(text for place in range(number) for text in regime_certificates(place)))


def over_all(commons: Commons, level: Fraction) -> Iterator[str]:
    """Bounds over all equilibria, also where there is one only."""
    for kinds in ([(commons.agents, level)], [(1, None), (commons.agents - 1, Fraction(0))]):
        for merged in (False, True):
            text = certificates.bounds(commons, [kind for kind in kinds if kind[0]], merged)
            if text is not None:
                yield text


@cache
def regime_certificates(place: int) -> tuple[str, ...]:
    """The certificates about a small commons with regimes, of exact and of merged situations."""
    rng = Random(SEED * 1000 + place)
    commons, level = random_regimes(rng), rng.choice(LEVELS)
    stocks = tuple(rng.randint(0, 1) for _ in range(commons.capacity + 1))
    months = tuple(rng.randint(0, 1) for _ in range(commons.horizon))
    flags = [rng.random() < 0.5 for _ in range(2)]
    cells = QuotaLanguage("cells", stocks, months, True, *flags)
    accepted = Accepted()
    for exact in (10**6, 0):
        finder = regime_finder(commons, accepted, exact)
        finder.play(level, accepted)
        for language in (everything(commons), cells):
            finder.language(language, [level], accepted)
        for kind in range(commons.agents + 1):
            finder.population(kind, accepted)
    return (*accepted.texts.values(), *over_all(commons, level))


@keeping
def altered(alterations: int = 6) -> tuple[str, ...]:
    """Certificates in which a value or two are changed, the hash of their data made right."""
    rng = Random(SEED)
    texts = []
    for text in honest():
        document = json.loads(text)
        places = [path for path in paths(document) if path and path[0] != "schema"]
        claims = [path for path in places if path[0] == "claim"]
        for _ in range(alterations):
            changed: Any = document
            for _ in range(rng.choice((1, 1, 2))):
                path = rng.choice(rng.choice((places, claims)))
                with suppress(LookupError, TypeError):
                    value = at(changed, path)
                    replacement = change(rng, value)
                    changed = replaced(changed, path, partial(_instead, replacement))
            texts.append(canonical(sealed(changed)))
    return tuple(texts)


def _instead(value: Any, _: Any) -> Any:
    return value


@keeping
def by_hand() -> tuple[str, ...]:
    """Certificates that fail in one thing only: the λ, the demands or caps that are there, the
    hash."""
    texts = []
    for text in honest():
        document = json.loads(text)
        claim = document.get("claim", {})
        if claim.get("id") == "commons-equilibrium":
            for level in ("0", "5", "inf"):
                kinds = [[count, level] for count, _ in claim["kinds"]]
                weaker = {**claim, "kinds": kinds, "pick": "some"}
                texts.append(canonical({**document, "claim": weaker}))
            if caps := document["witness"]["caps"]:
                # Such caps bind nobody, and are no demand.
                most = max(document["data"]["harvest"])
                raised = [[*cell, cap + (cap == most)] for *cell, cap in caps]
                witness = {**document["witness"], "caps": raised}
                texts.append(canonical({**document, "witness": witness}))
        texts.append(canonical({**document, "data_sha256": "0" * 64}))
    rng = Random(SEED)
    for _ in range(5):
        commons = replace(random_commons(rng), grid=(1, 2), capacity=4, stock=4)
        texts.append(certificates.first_best(planned(commons, everything(commons))))
    # Both could demand 2 and leave something all the same; both could lose to a shock.
    calm = Commons(2, 9, 9, (0, 1, 2), Growth(("1",), (Fraction(1),), (Fraction(1),)), 1)
    claim = {"kinds": [[2, "0"]], "pick": "some", "language": None, "payoffs": ["1"], "months": "1"}
    row = [None] * 9 + [[1]]
    modest = {"id": "commons-equilibrium", **claim}
    texts.append(certificates.encoded(calm, modest, {"demands": [[row]], "caps": None}))
    shaken = replace(calm, horizon=2, shock=Shock(1, 8))
    texts.append(certificates.first_best(planned(shaken, everything(shaken))))
    return (*texts, *denials(), *altered_turns(), *blind_rules())


def denials() -> Iterator[str]:
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
                claim = {**document["claim"], **none}
                yield canonical({**document, "claim": claim, "witness": witness})
                sure = {**document["claim"], "exists": True}
                yield canonical({**document, "claim": sure})


def altered_turns() -> Iterator[str]:
    """Certificates about regimes of which one thing is changed, the hash of the data made right."""
    for text in regime_certificates(3) + regime_certificates(5):
        document = json.loads(text)
        claim, growth = document["claim"], document["data"]["growth"]
        for place in (0, 1):
            for part, value in ((0, "1"), (1, "1/7"), (2, "1/9"), (3, "1/11")):
                turns = [list(turn) for turn in growth["turns"]]
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


def blind_rules() -> Iterator[str]:
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
            # A rule by which nothing is caught.
            rule = [[*cell, 0] for *cell, _ in witness["rule"]]
            yield canonical({**document, "claim": claim, "witness": {**witness, "rule": rule}})


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
    """What the second checker says of a certificate, once in a run."""
    return judged().get(digest(text)) or _second(text)


@keeping
def judged() -> dict[str, str]:
    """Its verdicts by the hashes of the certificates."""
    return {digest(text): _second(text) for text in (*honest(), *altered(), *by_hand())}


def _second(text: str) -> str:
    return second_checker_commons.verdict(text).partition(":")[0]


def agrees(check: Callable[[str], Verified], text: str) -> bool:
    return ("accepted" if check(text).accepted else "rejected") == second(text)
