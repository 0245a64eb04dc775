"""Forged certificates about groups, commons and strategies, judged by the second checkers.

``benchmarks/mutations.py`` runs the campaign at length, the gate a sample of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import second_checker
import second_checker_commons
import second_groups
from commons_trees import random_commons
from group_games import bounded, drawn, grouped

from coopgap.proofs.certificates.certificate import canonical, verified
from coopgap.proofs.commons.report import check_commons
from coopgap.proofs.deciding.check import check
from coopgap.proofs.fuzzing.situations import Bounds, generator, situation
from coopgap.proofs.selftest import corpora
from coopgap.proofs.selftest.oracle.judging import FALSE, TRUE, judgement
from coopgap.theory.aggregates import GroupQuestion
from coopgap.theory.commons.specification import CommonsSpecification, QuotaLanguage, everything

GAMES = 40
LAKES = 20
SITUATIONS = 120


@cache
def of_groups() -> tuple[str, ...]:
    """Certificates of small random games of groups."""
    games = [game(Random(seed)) for seed in range(GAMES) for game in (drawn, bounded)]
    asked = (GroupQuestion("unique-nash"), GroupQuestion("incontractible"))
    reports = (check(replace(grouped(game), questions=asked)) for game in games)
    texts = dict.fromkeys(text for each in reports for text in each.texts.values())
    return tuple(dict.fromkeys(other for text in texts for other in (text, *_others(text))))


def _others(text: str) -> Iterator[str]:
    """What the proof of a gap shows beside it."""
    document = json.loads(text)
    claim = document["claim"]
    if claim["id"] != "gap" or claim["value"] == "inf":
        return
    for name in ("gap-positive", "gap-zero", "closes", "gap-at-least", "gap-at-most"):
        for holds in (True, False):
            other = {"id": name, "holds": holds}
            if name in ("gap-at-least", "gap-at-most"):
                other["value"] = claim["value"]
            told = canonical({**document, "claim": other})
            if verified(told).accepted:
                yield told


@cache
def of_commons() -> tuple[str, ...]:
    """Certificates of small random commons."""
    texts: dict[str, None] = {}
    for seed in range(LAKES):
        rng = Random(f"forged/{seed}")
        commons = random_commons(rng)
        stocks = tuple(rng.randint(0, 1) for _ in range(commons.capacity + 1))
        months = tuple(rng.randint(0, 1) for _ in range(commons.horizon))
        cells = QuotaLanguage("cells", stocks, months, rng.random() < 0.5)
        levels = (Fraction(rng.choice((1, 2))),)
        asked = CommonsSpecification(commons, (everything(commons), cells), levels)
        texts |= dict.fromkeys(check_commons(asked).texts.values())
    return tuple(texts)


@cache
def of_strategies() -> tuple[str, ...]:
    """Certificates about strategies of players who do not all see the state, three of a kind."""
    seen, texts = Counter[str](), []
    for number in range(SITUATIONS):
        game = situation(generator(3, "s", number), Bounds(states=(2, 2)))
        for kind, text in corpora.strategies(game):
            seen[kind] += 1
            if seen[kind] <= 3:
                texts.append(text)
    return tuple(texts)


def _groups_say(document: Any) -> str:
    return TRUE if second_groups.accepts(canonical(document)) else FALSE


def _commons_say(document: Any) -> str:
    accepted = second_checker_commons.verdict(canonical(document)) == "accepted"
    return TRUE if accepted else FALSE


def _strategies_say(document: Any) -> str:
    accepted = second_checker.verdict(canonical(document)) == "accepted"
    return judgement(document) if accepted else FALSE


KINDS: dict[str, tuple[Callable[[], tuple[str, ...]], Callable[[Any], str]]] = {
    "groups": (of_groups, _groups_say),
    "commons": (of_commons, _commons_say),
    "strategies": (of_strategies, _strategies_say),
}
"""Valid certificates, and who says of accepted forged ones whether they show their claim."""
