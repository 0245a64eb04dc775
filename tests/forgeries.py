"""Forged certificates of rarer claims, judged by the oracle and the second checkers.

``benchmarks/mutations.py`` runs the campaign at length, the gate a sample of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random
from typing import Any

import second_checker
import second_checker_commons
import second_groups
from commons_certificates import regime_certificates
from commons_trees import random_commons
from group_games import bounded, drawn, grouped
from soundness import oracle_judgement
from tampering import FIELDS, negated, with_witness

from coopgap.proofs.certificates.certificate import canonical, verified
from coopgap.proofs.commons.report import check_commons
from coopgap.proofs.deciding.check import check
from coopgap.proofs.fuzzing.situations import Bounds, generator, situation
from coopgap.proofs.selftest import corpora
from coopgap.proofs.selftest.corpora import sealed
from coopgap.proofs.selftest.oracle.games import Game
from coopgap.proofs.selftest.oracle.judging import FALSE, TRUE
from coopgap.theory.aggregates import GroupQuestion
from coopgap.theory.commons.specification import CommonsSpecification, QuotaLanguage, everything
from coopgap.theory.contracts import Budget, Transfers

GAMES = 40
LAKES = 20
SITUATIONS = 120
ALIKE = 3
"""How many certificates of one kind are kept."""

GAPS = ("gap", "gap-positive", "gap-zero", "closes", "gap-at-least", "gap-at-most")
BESIDE: dict[str, tuple[str, ...]] = {
    "value": (*GAPS, "optimum", "incontractible-cells"),
    "threshold": ("threshold-at-most",),
    "correlated-gap": ("correlated-gap-at-least", "correlated-gap-at-most"),
    "correlated-gap-at-least": ("correlated-gap-positive",),
    "mechanism-value": tuple(f"mechanism-{name}" for name in GAPS if name != "closes"),
}
"""Claims that parts of the proof of another one show."""

PROVED = ("pd-axioms", "sh-axioms", "pd-correlated-gap", "sh-gap", "pd-play-independent")
"""Theorems whose proofs have many refutations and are soon found."""

PROBLEM = ("game", "records", "contracts", "prosociality")
"""What a claim about parameters alone is without."""


@cache
def of_groups() -> tuple[str, ...]:
    """Certificates of small random games of groups."""
    games = [game(Random(seed)) for seed in range(GAMES) for game in (drawn, bounded)]
    questions = (GroupQuestion("unique-nash"), GroupQuestion("incontractible"))
    reports = (check(replace(grouped(game), questions=questions)) for game in games)
    texts = dict.fromkeys(text for report in reports for text in report.texts.values())
    documents = list(map(json.loads, texts))
    best = {
        canonical(document["data"]["game"]): Fraction(document["claim"]["value"])
        for document in documents
        if document["claim"]["id"] == "optimum"
    }
    for document in documents:
        claims = _claims_of_groups(document, best[canonical(document["data"]["game"])])
        texts |= dict.fromkeys(_accepted({**document, "claim": claim} for claim in claims))
    return tuple(texts)


def _claims_of_groups(document: Any, best: Fraction) -> Iterator[Any]:
    """What the proof of a gap or of equilibria may show beside it. best: W*."""
    claim = document["claim"]
    if claim["id"] == "gap" and claim["value"] != "inf":
        yield from _claims(GAPS, (claim["value"],))
        yield from _claims(("value",), (str(best - Fraction(claim["value"])),))
    if claim["id"] == "unique-nash":
        setting = second_groups.Setting(document["data"])
        plays = [setting.equilibria(state) for state in setting.game.support]
        for name in ("nash", "unique-nash"):
            yield {"id": name, "holds": True, "plays": plays}


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
        specification = CommonsSpecification(commons, (everything(commons), cells), levels)
        texts |= dict.fromkeys(check_commons(specification).texts.values())
    return tuple(texts)


@cache
def of_regimes() -> tuple[str, ...]:
    """Certificates of small random commons whose growth has regimes."""
    return tuple(
        dict.fromkeys(text for place in range(LAKES) for text in regime_certificates(place))
    )


@cache
def of_strategies() -> tuple[str, ...]:
    """Certificates about strategies of players who do not all see the state."""
    games = (situation(generator(3, "s", k), Bounds(states=(2, 2))) for k in range(SITUATIONS))
    return _with_neighbours(_few(pair for game in games for pair in corpora.strategies(game)))


@cache
def of_mechanisms() -> tuple[str, ...]:
    """Certificates about mechanisms of small games."""
    bounds = Bounds(contracts=tuple(Transfers(budget) for budget in Budget))
    games = (situation(generator(4, "m", k), bounds) for k in range(SITUATIONS))
    return _with_neighbours(_few(pair for game in games for pair in corpora.mechanisms(game)))


def _few(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The first texts of each kind."""
    counts = Counter[str]()
    for kind, text in pairs:
        counts[kind] += 1
        if counts[kind] <= ALIKE:
            yield text


def _with_neighbours(texts: Iterable[str]) -> tuple[str, ...]:
    """Certificates, with those that show something beside it by parts of the same proofs."""
    forged: dict[str, None] = {}
    for text in texts:
        forged[text] = None
        forged |= dict.fromkeys(_accepted(_neighbours(json.loads(text))))
    return tuple(forged)


def _neighbours(document: Any) -> Iterator[Any]:
    claim, data, proof = document["claim"], document["data"], document["proof"]
    values = dict.fromkeys([claim.get("value", "0")])
    if claim["id"] in ("value", "mechanism-value"):
        best = Game(data, {}).pooled
        gap = "inf" if claim["value"] == "-inf" else str(best - Fraction(claim["value"]))
        values = dict.fromkeys((gap, str(best)))
    witness = proof["cases"]["witness"]
    parts = [witness, *({name: part} for name, part in witness.items()), {}]
    for forged_claim in _claims(BESIDE.get(claim["id"], ()), tuple(values)):
        for part in parts:
            yield {**document, "claim": forged_claim, "proof": with_witness(proof, part)}


def _claims(names: Iterable[str], values: Sequence[str]) -> Iterator[Any]:
    """Claims of these ids, shown and denied, of these values or of any cells of two states."""
    options: dict[str, Sequence[Any]] = {"value": values, "cells": ([], [0], [1], [0, 1])}
    for name, holds in product(names, (True, False)):
        own = FIELDS[name]
        for chosen in product(*(options[name] for name in own)):
            yield {"id": name, "holds": holds, **dict(zip(own, chosen, strict=True))}


def _accepted(documents: Iterable[Any]) -> Iterator[str]:
    return (text for text in map(canonical, documents) if verified(text).accepted)


@cache
def of_contradictions() -> tuple[str, ...]:
    """Certificates that conditions contradict each other: the refutations of some theorems."""
    texts = (text for name in PROVED for text in corpora.of_theorem(name))
    goals = (json.loads(text).get("goals", ()) for text in texts)
    certificates = (goal["certificate"] for of in goals for goal in of)
    return tuple(
        dict.fromkeys(
            _accepted(text for document in certificates for text in _contradictions(document))
        )
    )


def _contradictions(document: Any) -> Iterator[Any]:
    """What a proof's refutations refute, each as a claim of its own."""
    data = {**document["data"], **dict.fromkeys(PROBLEM)}
    cases = document["proof"].get("cases")
    stack = [] if cases is None else [(cases, data["assumptions"])]
    while stack:
        node, path = stack.pop()
        refuted = []
        if "if" in node:
            stack.append((node["then"], [*path, node["if"]]))
            ways = zip(node["else"], _failures(node["if"]), strict=True)
            stack += [(alternative, [*path, failure]) for alternative, failure in ways]
        elif "refuted" in node:
            refuted.append((path, node["refuted"]))
        else:
            for fact, refutations in node["known"]:
                ways = zip(_failures(fact), refutations, strict=True)
                refuted += [([*path, failure], refutation) for failure, refutation in ways]
        for conditions, refutation in refuted:
            claim = {"id": "inconsistent", "holds": True}
            proof = {"apart": [], "cases": {"refuted": refutation}}
            about = {**data, "assumptions": conditions}
            yield sealed({**document, "claim": claim, "data": about, "proof": proof})


def _failures(condition: Any) -> list[Any]:
    """The ways in which a condition fails, as docs/certificates.md lists them."""
    number, relation = condition
    return [[number, ">"], negated([number, ">="])] if relation == "==" else [negated(condition)]


def _groups_say(document: Any) -> str:
    return TRUE if second_groups.accepts(canonical(document)) else FALSE


def _commons_say(document: Any) -> str:
    accepted = second_checker_commons.verdict(canonical(document)) == "accepted"
    return TRUE if accepted else FALSE


def _games_say(document: Any) -> str:
    accepted = second_checker.verdict(canonical(document)) == "accepted"
    return oracle_judgement(document) if accepted else FALSE


Corpus = Callable[[], tuple[str, ...]]

KINDS: dict[str, tuple[Corpus, Callable[[Any], str]]] = {
    "groups": (of_groups, _groups_say),
    "commons": (of_commons, _commons_say),
    "regimes": (of_regimes, _commons_say),
    "strategies": (of_strategies, _games_say),
    "mechanisms": (of_mechanisms, _games_say),
    "contradictions": (of_contradictions, _games_say),
}
"""Valid certificates, and who says of accepted forged ones whether they show their claim."""
