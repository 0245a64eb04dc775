"""Certificates by hand, one for every way to show a claim, and a naive second opinion on each.

The second opinion reads the JSON itself and knows two questions, both answered from the definitions
(``brute_force``: dictionaries of fractions, enumeration, rows handed to z3):

* ``true``: does the claim hold of the data, whatever the witness says?
* ``proves``: does the witness, taken at its word, show the claim?

It shares no code with the checker, and may accept more than the checker does, never less.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from math import prod
from typing import Any

import brute_force as bf

from proofs.certificates import canonical, digest
from theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from theory.environments import Environment, environment
from theory.exact import INFINITY, MINUS_INFINITY, Extended
from theory.languages import Language, ProductLanguage, complete, from_values

Json = Any
Profile = tuple[int, ...]
Move = tuple[int, int, int, int]
"""State, agent, action, weight."""


# ------------------------------------------------------------ certificates as JSON


def sealed(document: Json) -> Json:
    """The document with the hash of the data that it holds now."""
    return {**document, "data_sha256": digest(canonical(document["data"]))}


def text(document: Json) -> str:
    """A document as text, with its numbers as they are (no canonical form)."""
    return json.dumps(document)


def parsed(certificate: str) -> Json:
    """The document of a text."""
    return json.loads(certificate)


def altered(document: Json, path: Sequence[str | int], value: Json) -> Json:
    """A copy in which the value at a path is another one; a new key is added."""
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copy


def without(document: Json, path: Sequence[str | int]) -> Json:
    """A copy without what is at a path."""
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return copy


NONE = {"kind": "none", "budget": "", "liability": None, "permissive": False}
DIRECTIVE = {**NONE, "kind": "directive"}
SELFISH = ["0", "0"]


def transfers(budget: str, liability: str | None = None) -> Json:
    return {"kind": "transfers", "budget": budget, "liability": liability, "permissive": False}


def by_class(cells: list[int], *classes: list[int]) -> Json:
    return {"cells": cells, "classes": [list(of) for of in classes], "table": None}


def by_table(*rows: list[int]) -> Json:
    return {"cells": None, "classes": None, "table": [list(row) for row in rows]}


def game(
    *payoffs: list[list[int]],
    actions: Sequence[str] = ("AB", "AB"),
    prior: Sequence[str] = ("1",),
    cooperative: list[list[int]] | None = None,
) -> Json:
    return {
        "players": [f"p{i}" for i in range(len(actions))],
        "actions": [list(of_agent) for of_agent in actions],
        "states": [f"w{s}" for s in range(len(prior))],
        "prior": list(prior),
        "denominator": 1,
        "payoffs": list(payoffs),
        "cooperative": cooperative,
    }


def certificate(
    kind: str,
    claim: Json,
    about: Json,
    witness: Json,
    contracts: Json = NONE,
    records: Json = None,
    prosociality: Json = SELFISH,
) -> Json:
    data = {
        "game": about,
        "records": records,
        "contracts": contracts,
        "prosociality": prosociality,
    }
    return sealed(
        {
            "schema": "coopgap.certificate/1",
            "kind": kind,
            "claim": {"holds": True, **claim},
            "data": data,
            "witness": witness,
        }
    )


def contract(selection: list[int], *paid: Json, denominator: int = 1) -> Json:
    return {"selection": selection, "denominator": denominator, "transfers": list(paid)}


def obstruction(kind: str, part: Json, *moves: list[int]) -> Json:
    return {"kind": kind, "selection": part, "deviations": list(moves)}


def cover(blocks: Json, *obstructions: Json) -> Json:
    return {"blocks": blocks, "obstructions": list(obstructions)}


# Profiles by number: AA 0, AB 1, BA 2, BB 3. In the dilemma A cooperates: R 3, S 0, T 5, P 1.
DILEMMA = game([[3, 0, 5, 1]], [[3, 5, 0, 1]], cooperative=[[0], [0]])
N4 = game([[3, -2, 4, 2], [2, 4, -2, 3]], [[3, 4, -2, 2], [2, -2, 4, 3]], prior=["1/2", "1/2"])
TEAM = game([[0, 2, -1, 1]], [[0, -1, 2, 1]])
PENNIES = game([[1, -1, -1, 1]], [[-1, 1, 1, -1]])
COORDINATION = game([[1, 0, 0, 1]], [[1, 0, 0, 1]])
# N1: p1 can audit p0 (B), who would rather shirk (B); only an audit tells.
AUDIT = game([[2, 0, 3, 0]], [[2, 0, 0, 0]])
AUDITED = by_table([0, 1, 0, 2])
AUDITS = {
    "fixed": {"denominator": 1, "transfers": [[1, [-2, 2]], [2, [-1, 1]]]},
    "growing": {"denominator": 1, "transfers": [[2, [-1, 1]]]},
    "distributions": [[[0, 1]]],
    "trembles": [[[1, 1]]],
}
# N1 or, where nothing is verifiable, the dilemma.
AUDIT_OR_DILEMMA = game(
    [[2, 0, 3, 0], [3, 0, 5, 1]], [[2, 0, 0, 0], [3, 5, 0, 1]], prior=["1/2", "1/2"]
)
# Agent p0 likes B in w0 and A in w1, the silent p1 the opposite, and more; w2 never happens.
MONOTONE = game(
    [[0, 1], [1, 0], [9, 9]],
    [[2, 0], [0, 2], [9, 9]],
    actions=("AB", "X"),
    prior=["1/3", "2/3", "0"],
)
# The same games in half-utils: every unit is a fraction.
HALVES = {
    **game([[6, 0, 10, 2]], [[6, 10, 0, 2]], cooperative=[[0], [0]]),
    "denominator": 2,
}
N4_HALVES = {
    **game([[6, -4, 8, 4], [4, 8, -4, 6]], [[6, 8, -4, 4], [4, -4, 8, 6]], prior=["1/2", "1/2"]),
    "denominator": 2,
}
# One first best in w1, two in w0: at one of them p0 must be prosocial, at the other nothing helps.
THRESHOLDS = game([[1, 0, 0, 3], [3, 2, 2, 0]], [[0, 1, 3, 0], [2, 2, 0, 3]], prior=["1/2", "1/2"])
# W is 3 (first), 4 twice, and never 18.
SELDOM = game(
    [[1, 2], [3, 2], [9, 9]],
    [[0, 1], [1, 2], [9, 9]],
    actions=("AB", "X"),
    prior=["2/3", "1/3", "0"],
)
FLAT = game([[1, 1, 1, 1]], [[1, 1, 1, 1]])
# Three agents; p2 alone decides between (1, 1, 1) and (2, 2, 0), and likes the first.
TRIO = game([[1, 2]], [[1, 2]], [[1, 0]], actions=("X", "X", "AB"))

SEEN = by_class([0], [0, 1], [0, 1])
BLIND = by_class([0], [0, 0], [0, 0])
STATE_BLIND = by_class([0, 0], [0, 1], [0, 1])
MONOTONE_BLIND = by_class([0, 0, 0], [0, 1], [0])
OUTPUT = by_table([0, 1, 1, 2])

N4_FLOW = obstruction(
    "common-divergence-flow",
    [[0, 0], [1, 3]],
    [0, 0, 1, 1],
    [0, 1, 1, 1],
    [1, 0, 0, 1],
    [1, 1, 0, 1],
)
N4_FINES = [[1, [-1, -1]], [2, [-1, -1]]]
N4_FARKAS = [
    obstruction("farkas", [[0, 0]], [0, 0, 1, 1], [0, 1, 1, 1]),
    obstruction("farkas", [[1, 3]], [1, 0, 0, 1], [1, 1, 0, 1]),
]
TEMPTED = obstruction("profitable-deviation", [[0, 0]], [0, 0, 1, 1])
ALIASED = obstruction("aliasing", [[0, 0]], [0, 0, 1, 1])
CYCLE = obstruction("cycle", [[0, 0], [1, 1]], [0, 0, 1, 1], [1, 0, 0, 1])
TEAM_FLOW = obstruction("common-divergence-flow", [[0, 3]], [0, 0, 0, 1], [0, 1, 0, 1])
PENNIES_TEMPTED = [
    obstruction("profitable-deviation", [[0, profile]], [0, agent, action, 1])
    for profile, agent, action in ((0, 1, 1), (1, 0, 1), (2, 0, 0), (3, 1, 0))
]
DILEMMA_DUAL = [{"denominator": 1, "multipliers": [[0, 0, 1, 3], [1, 0, 1, 3]]}]
DEFECTION = {"denominator": 1, "transfers": [], "distributions": [[[3, 1]]]}

HONEST: dict[str, Json] = {
    "contract": certificate(
        "contract",
        {"id": "gap-zero"},
        N4,
        {"contract": contract([0, 3], *N4_FINES)},
        transfers("free"),
        STATE_BLIND,
    ),
    "contract-of-halves": certificate(
        "contract",
        {"id": "implementable", "selection": [0, 3]},
        N4,
        {"contract": contract([0, 3], [1, [-2, -2]], [2, [-2, -2]], denominator=2)},
        transfers("burnt", "1"),
        STATE_BLIND,
    ),
    "contract-across-states": certificate(
        "contract",
        {"id": "gap-at-most", "value": "1/3"},
        MONOTONE,
        {"contract": contract([1, 1], [0, [-1, 0]])},
        transfers("free"),
        MONOTONE_BLIND,
    ),
    "refuted-by-a-contract": certificate(
        "contract",
        {"id": "gap-at-least", "holds": False, "value": "1/2"},
        N4,
        {"contract": contract([0, 3], *N4_FINES)},
        transfers("free"),
        STATE_BLIND,
    ),
    "gap-at-most": certificate(
        "contract",
        {"id": "gap-at-most", "value": "1"},
        N4,
        {"contract": contract([0, 0], [1, [1, -1]], [2, [-1, 1]])},
        transfers("balanced"),
        STATE_BLIND,
    ),
    "closes": certificate(
        "contract",
        {"id": "closes"},
        DILEMMA,
        {"contract": contract([0])},
        prosociality=["2", "5/2"],
    ),
    "aliasing": certificate(
        "aliasing",
        {"id": "implementable", "holds": False, "selection": [0]},
        DILEMMA,
        {"obstruction": ALIASED},
        transfers("balanced"),
        BLIND,
    ),
    "cycle": certificate(
        "cycle",
        {"id": "implementable", "holds": False, "selection": [0, 1]},
        MONOTONE,
        {"obstruction": CYCLE},
        transfers("free"),
        MONOTONE_BLIND,
    ),
    "common-divergence-flow": certificate(
        "common-divergence-flow",
        {"id": "implementable", "holds": False, "selection": [0, 3]},
        N4,
        {"obstruction": N4_FLOW},
        transfers("balanced"),
        STATE_BLIND,
    ),
    "farkas": certificate(
        "farkas",
        {"id": "implementable", "holds": False, "selection": [0, 3]},
        N4,
        {"obstruction": N4_FARKAS[0]},
        transfers("burnt", "1/3"),
        STATE_BLIND,
    ),
    "contract-in-fractions": certificate(
        "contract",
        {"id": "gap-zero"},
        HALVES,
        {"contract": contract([0], [1, [3, -3]], [2, [-3, 3]], denominator=2)},
        transfers("balanced", "3/2"),
        SEEN,
        ["1/2", "1/2"],
    ),
    "farkas-in-fractions": certificate(
        "farkas",
        {"id": "implementable", "holds": False, "selection": [0, 3]},
        N4_HALVES,
        {"obstruction": obstruction("farkas", [[0, 0]], [0, 0, 1, 3], [0, 1, 1, 3])},
        transfers("burnt", "1/3"),
        STATE_BLIND,
        ["1/8", "1/8"],
    ),
    "profitable-deviation": certificate(
        "profitable-deviation",
        {"id": "implementable", "holds": False, "selection": [0]},
        DILEMMA,
        {"obstruction": TEMPTED},
        prosociality=["3/2", "9"],
    ),
    "dominated-selection": certificate(
        "dominated-selection",
        {"id": "gap-positive"},
        MONOTONE,
        {"cover": cover([[1, 0]], CYCLE)},
        transfers("free"),
        MONOTONE_BLIND,
    ),
    "gap-at-least": certificate(
        "dominated-selection",
        {"id": "gap-at-least", "value": "2"},
        N4,
        {"cover": cover([[0, 1]], *N4_FARKAS)},
        transfers("burnt", "1/2"),
        STATE_BLIND,
    ),
    "gap-of-a-third": certificate(
        "dominated-selection",
        {"id": "gap-at-least", "value": "1/3"},
        MONOTONE,
        {"cover": cover([[0, 1]], CYCLE)},
        transfers("burnt"),
        MONOTONE_BLIND,
    ),
    "nothing-implementable": certificate(
        "dominated-selection",
        {"id": "value", "value": "-inf"},
        PENNIES,
        {"cover": cover([[0]], *PENNIES_TEMPTED)},
    ),
    "optimal-selection": certificate(
        "optimal-selection",
        {"id": "value", "value": "5"},
        N4,
        {
            "contract": contract([0, 0], [1, [1, -1]], [2, [-1, 1]]),
            "cover": cover([[0, 1]], N4_FLOW),
        },
        transfers("balanced"),
        STATE_BLIND,
    ),
    "value-of-a-table": certificate(
        "optimal-selection",
        {"id": "value", "value": "1"},
        TEAM,
        {"contract": contract([1], [0, [1, -1]]), "cover": cover([[0]], TEAM_FLOW)},
        transfers("balanced"),
        OUTPUT,
    ),
    "threshold": certificate(
        "threshold",
        {"id": "threshold", "value": "1/4"},
        N4,
        {"contract": contract([0, 3]), "cover": cover([[0, 1]], N4_FLOW)},
        transfers("balanced"),
        STATE_BLIND,
        None,
    ),
    "threshold-alone": certificate(
        "threshold",
        {"id": "threshold", "value": "2"},
        DILEMMA,
        {"contract": contract([0]), "cover": cover([[0]], TEMPTED)},
        prosociality=None,
    ),
    "threshold-zero": certificate(
        "contract",
        {"id": "threshold", "value": "0"},
        N4,
        {"contract": contract([0, 3], *N4_FINES)},
        transfers("free"),
        STATE_BLIND,
        None,
    ),
    "threshold-infinite": certificate(
        "dominated-selection",
        {"id": "threshold", "value": "inf"},
        PENNIES,
        {"cover": cover([[0]], *PENNIES_TEMPTED)},
        prosociality=None,
    ),
    "threshold-at-most": certificate(
        "contract",
        {"id": "threshold-at-most", "value": "9/4"},
        DILEMMA,
        {"contract": contract([0])},
        prosociality=None,
    ),
    "threshold-above": certificate(
        "dominated-selection",
        {"id": "threshold-at-most", "holds": False, "value": "1"},
        DILEMMA,
        {"cover": cover([[0]], TEMPTED)},
        prosociality=None,
    ),
    "threshold-of-directives": certificate(
        "enumeration",
        {"id": "threshold", "value": "1/4"},
        N4,
        {},
        {**DIRECTIVE, "permissive": True},
        STATE_BLIND,
        None,
    ),
    "domination": certificate(
        "domination",
        {"id": "all-cooperative"},
        DILEMMA,
        {"domination": [[0, 0, 1, 0], [0, 1, 1, 0]]},
        prosociality=["3", "7/3"],
    ),
    "equilibrium": certificate(
        "equilibrium",
        {"id": "all-cooperative", "holds": False},
        DILEMMA,
        {"equilibrium": {"state": 0, "weights": [[3, 2]]}},
        prosociality=["1/4", "0"],
    ),
    "mixed-equilibrium": certificate(
        "equilibrium",
        {"id": "full-implementation", "holds": False},
        COORDINATION,
        {"equilibrium": {"state": 0, "weights": [[0, 1], [1, 1], [2, 1], [3, 1]]}},
    ),
    "exclusion": certificate(
        "exclusion",
        {"id": "full-implementation"},
        DILEMMA,
        {"exclusion": [[[0, 1, 0, 1], [1, 1, 0, 2]]]},
        prosociality=["3", "3"],
    ),
    "exclusion-by-a-contract": certificate(
        "exclusion",
        {"id": "full-implementation"},
        DILEMMA,
        {
            "contract": {"denominator": 1, "transfers": [[1, [3, -3]], [2, [-3, 3]]]},
            "exclusion": [[[0, 1, 0, 1], [1, 1, 0, 1]]],
        },
        transfers("balanced"),
        SEEN,
    ),
    "no-full-implementation": certificate(
        "dominated-selection",
        {"id": "full-implementation", "holds": False},
        DILEMMA,
        {"cover": cover([[0]], ALIASED)},
        transfers("free"),
        BLIND,
    ),
    "correlated-primal": certificate(
        "correlated-primal",
        {"id": "correlated-gap-positive", "holds": False},
        COORDINATION,
        {"primal": {"denominator": 2, "transfers": [], "distributions": [[[0, 1], [3, 2]]]}},
        transfers("balanced"),
        SEEN,
    ),
    "correlated-dual": certificate(
        "correlated-dual",
        {"id": "correlated-gap-positive"},
        DILEMMA,
        {"dual": DILEMMA_DUAL},
        transfers("free"),
        BLIND,
    ),
    "correlated-bound": certificate(
        "correlated-dual",
        {"id": "correlated-bound", "value": "4"},
        DILEMMA,
        {"dual": DILEMMA_DUAL},
        transfers("free"),
        BLIND,
    ),
    "correlated-optimum": certificate(
        "correlated-optimum",
        {"id": "correlated-gap", "value": "4"},
        DILEMMA,
        {"dual": DILEMMA_DUAL, "primal": DEFECTION},
        transfers("balanced"),
        BLIND,
    ),
    "support-exclusion": certificate(
        "support-exclusion",
        {"id": "full-implementation"},
        DILEMMA,
        {"supports": [[{"agent": 0, "weights": [1, -1]}, {"agent": 1, "weights": [2, -2]}]]},
        prosociality=["3", "5/2"],
    ),
    "correlated-limit": certificate(
        "correlated-limit",
        {"id": "correlated-gap-positive", "holds": False},
        AUDIT,
        {"limit": AUDITS},
        transfers("balanced"),
        AUDITED,
    ),
    "correlated-gap-at-most": certificate(
        "correlated-limit",
        {"id": "correlated-gap-at-most", "value": "1/9"},
        AUDIT,
        {"limit": AUDITS},
        transfers("burnt"),
        AUDITED,
    ),
    "correlated-supremum": certificate(
        "correlated-supremum",
        {"id": "correlated-gap", "value": "2"},
        AUDIT_OR_DILEMMA,
        {
            "limit": {
                **AUDITS,
                "distributions": [[[0, 1]], [[3, 1]]],
                "trembles": [[[1, 1]], [[3, 1]]],
            },
            "dual": [{"denominator": 1, "multipliers": []}, *DILEMMA_DUAL],
        },
        transfers("balanced"),
        by_table([0, 1, 0, 2], [3, 3, 3, 3]),
    ),
    "correlated-contract": certificate(
        "contract",
        {"id": "correlated-gap", "value": "0"},
        DILEMMA,
        {"contract": contract([0], [1, [2, -2]], [2, [-2, 2]])},
        transfers("balanced"),
        SEEN,
    ),
    "directive": certificate(
        "enumeration", {"id": "value", "value": "5"}, N4, {}, DIRECTIVE, STATE_BLIND
    ),
    "gap-of-directives": certificate(
        "enumeration", {"id": "gap-positive"}, N4, {}, DIRECTIVE, STATE_BLIND
    ),
    "no-equilibrium-in-any-directive": certificate(
        "enumeration", {"id": "value", "value": "-inf"}, PENNIES, {}, DIRECTIVE, BLIND
    ),
    "infinite-gap-of-directives": certificate(
        "enumeration", {"id": "gap-at-least", "value": "1000"}, PENNIES, {}, DIRECTIVE, BLIND
    ),
    "enumeration": certificate("enumeration", {"id": "nash", "profiles": [[3]]}, DILEMMA, {}),
    "nash-with-ties": certificate(
        "enumeration", {"id": "nash", "profiles": [[0, 1, 2, 3]]}, FLAT, {}
    ),
    "unique-nash": certificate(
        "enumeration", {"id": "unique-nash", "holds": False}, COORDINATION, {}
    ),
    "incontractible": certificate(
        "enumeration", {"id": "incontractible"}, N4, {}, transfers("free"), STATE_BLIND
    ),
    "beneficial": certificate("enumeration", {"id": "beneficial"}, DILEMMA, {}),
    "not-beneficial": certificate(
        "enumeration", {"id": "beneficial", "holds": False}, TRIO, {}, prosociality=["0"] * 3
    ),
    "side-payments": certificate(
        "enumeration", {"id": "beneficial-with-side-payments"}, TRIO, {}, prosociality=["0"] * 3
    ),
    "contract-that-exists": certificate(
        "contract",
        {"id": "gap-zero"},
        N4,
        {"contract": {"selection": [0, 3]}},
        transfers("burnt", "1"),
        STATE_BLIND,
    ),
    "balanced-contract-that-exists": certificate(
        "contract",
        {"id": "implementable", "selection": [0]},
        HALVES,
        {"contract": {"selection": [0]}},
        transfers("balanced", "3/2"),
        SEEN,
        ["1/2", "1/2"],
    ),
    "transfers-that-exist": certificate(
        "correlated-primal",
        {"id": "correlated-gap-at-most", "value": "1"},
        DILEMMA,
        {"primal": {"distributions": [[[0, 2], [1, 1], [2, 1]]]}},
        transfers("balanced", "3"),
        SEEN,
    ),
    "gap": certificate(
        "optimal-selection",
        {"id": "gap", "value": "1"},
        N4,
        {
            "contract": {"selection": [0, 0]},
            "cover": cover([[0, 1]], N4_FLOW),
        },
        transfers("balanced"),
        STATE_BLIND,
    ),
    "infinite-gap": certificate(
        "dominated-selection",
        {"id": "gap", "value": "inf"},
        PENNIES,
        {"cover": cover([[0]], *PENNIES_TEMPTED)},
    ),
    "optimum": certificate("enumeration", {"id": "optimum", "value": "10/3"}, SELDOM, {}),
    "not-the-optimum": certificate(
        "enumeration", {"id": "optimum", "holds": False, "value": "9"}, SELDOM, {}
    ),
    "first-best": certificate(
        "enumeration", {"id": "first-best", "state": 1, "profiles": [0, 1]}, SELDOM, {}
    ),
    "first-best-of-a-state-that-never-is": certificate(
        "enumeration", {"id": "first-best", "state": 2, "profiles": None}, SELDOM, {}
    ),
    "equilibria": certificate(
        "enumeration",
        {"id": "equilibria", "state": 0, "profiles": [1, 3]},
        TEAM,
        {},
        prosociality=["1", "3/2"],
    ),
    "agent-thresholds": certificate(
        "enumeration",
        {
            "id": "agent-thresholds",
            "thresholds": [[[2, 0], ["1/2", "0"]], [[3, 0], ["0", "inf"]]],
        },
        THRESHOLDS,
        {},
        prosociality=None,
    ),
    "incontractible-cells": certificate(
        "enumeration",
        {"id": "incontractible-cells", "cells": [0]},
        N4,
        {},
        transfers("free"),
        STATE_BLIND,
    ),
    "play-at-most": certificate(
        "correlated-dual",
        {"id": "play-at-most", "state": 0, "profile": 0, "within": None, "value": "0"},
        DILEMMA,
        {"multipliers": [[0, 0, 1, 1]]},
        transfers("free"),
        BLIND,
    ),
    "play-within-at-most": certificate(
        "correlated-dual",
        {"id": "play-at-most", "state": 0, "profile": 1, "within": [1, 2, 3], "value": "0"},
        COORDINATION,
        {"multipliers": [[0, 0, 1, 1]]},
        transfers("balanced"),
        BLIND,
    ),
    **{
        axiom: certificate("enumeration", {"id": axiom}, DILEMMA, {})
        for axiom in ("axiom-i", "axiom-ii", "axiom-iii", "axiom-iv-strict", "axiom-iv-partial")
    },
}
"""Certificates that prove their claims, by name; the names of the kinds among them."""


# ------------------------------------------------------------ the second opinion


@dataclass(frozen=True)
class Subject:
    """What a certificate speaks of. levels: None where the claim itself speaks of λ."""

    kind: str
    claim: Mapping[str, Any]
    witness: Mapping[str, Any]
    game: Environment
    records: Json
    language: Language
    contracts: ContractClass
    levels: tuple[Fraction, ...] | None

    @property
    def lambdas(self) -> tuple[Fraction, ...]:
        return bf.selfish(self.game) if self.levels is None else self.levels


def true(document: Json) -> bool:
    """Whether the claim holds of the data, by brute force. What brute force cannot settle is left
    to ``proves``, and counts as true here."""
    return _careful(_true, document)


def proves(document: Json) -> bool:
    """Whether the witness shows the claim."""
    return _careful(_proves, document)


def _careful(judge: Callable[[Subject], bool], document: Json) -> bool:
    try:
        return judge(read(document))
    except (AssertionError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        # What cannot be read, or breaks a rule on the way, shows nothing.
        return False


def read(document: Json) -> Subject:
    """The document as values; raises what it likes if it is malformed."""
    data = document["data"]
    plain = data["game"]
    scale = plain["denominator"]
    assert type(scale) is int
    built = environment(
        plain["players"],
        plain["actions"],
        [[[Fraction(u, scale) for u in state] for state in own] for own in plain["payoffs"]],
        plain["states"],
        [Fraction(p) for p in plain["prior"]],
        plain["cooperative"],
    )
    records, contracts = data["records"], data["contracts"]
    shape = (len(built.states), *built.shape)
    language: Language = complete(built)
    if records is not None and records["table"] is not None:
        values = [record for row in records["table"] for record in row]
        language = from_values(values, [str(record) for record in values], shape)
    elif records is not None:
        language = ProductLanguage(
            tuple(records["cells"]), tuple(tuple(of) for of in records["classes"])
        )
    bound = contracts["liability"]
    classes: dict[str, Callable[[], ContractClass]] = {
        "none": NoContract,
        "directive": lambda: Directives(contracts["permissive"]),
        "transfers": lambda: Transfers(
            Budget(contracts["budget"]), None if bound is None else Fraction(bound)
        ),
    }
    levels = data["prosociality"]
    return Subject(
        document["kind"],
        document["claim"],
        document["witness"],
        built,
        records,
        language,
        classes[contracts["kind"]](),
        None if levels is None else tuple(Fraction(level) for level in levels),
    )


def _true(about: Subject) -> bool:
    game, language, contracts = about.game, about.language, about.contracts
    claim, levels = about.claim, about.lambdas
    plays = bf.game_of(game)
    number = Fraction(claim["value"]) if claim.get("value") not in (None, "inf", "-inf") else None
    found: bool | None
    match claim["id"]:
        case "implementable":
            chosen = dict(zip(plays.states, map(_profile(game), claim["selection"]), strict=True))
            found = bf.implementable(game, language, contracts, chosen, levels)
        case "value":
            found = str(bf.value(game, language, contracts, levels)) == claim["value"]
        case "gap":
            found = str(bf.gap(game, language, contracts, levels)) == claim["value"]
        case "optimum":
            found = bf.first_best(game)[0] == number
        case "first-best":
            found = _lists(about, bf.first_best(game)[1])
        case "equilibria":
            found = _lists(about, bf.pure_nash(game, levels))
        case "agent-thresholds":
            found = about.levels is None and _are_thresholds(about)
        case "incontractible-cells":
            assert isinstance(language, ProductLanguage)
            cells = bf.incontractible_cells(game, language)
            found = {language.cells[cell[0]] for cell in cells} == set(claim["cells"])
        case "play-at-most":
            assert isinstance(contracts, Transfers)
            found = _most_played(about) <= number
        case "gap-positive":
            found = bf.gap(game, language, contracts, levels) > 0
        case "gap-zero" | "closes":
            found = bf.gap(game, language, contracts, levels) == 0
        case "gap-at-least":
            found = bf.gap(game, language, contracts, levels) >= number
        case "gap-at-most":
            found = bf.gap(game, language, contracts, levels) <= number
        case "threshold":
            least = bf.threshold(game, language, contracts)
            found = about.levels is None and str(least) == claim["value"]
        case "threshold-at-most":
            found = about.levels is None and bf.threshold(game, language, contracts) <= number
        case "incontractible":
            assert isinstance(language, ProductLanguage)
            found = bool(bf.incontractible_cells(game, language))
        case "nash":
            stated = [set(map(_profile(game), of_state)) for of_state in claim["profiles"]]
            found = [set(of) for of in bf.pure_nash(game, levels).values()] == stated
        case "unique-nash":
            pure = bf.pure_nash(game, levels)
            lists = claim.get("profiles", [None] * len(pure))
            found = all(
                len(of) == 1 and (listed is None or set(of) == set(map(_profile(game), listed)))
                for of, listed in zip(pure.values(), lists, strict=True)
            )
        case "beneficial":
            found = bf.beneficial(game)
        case "beneficial-with-side-payments":
            found = bf.beneficial_with_side_payments(game)
        case "all-cooperative":
            found = isinstance(contracts, NoContract) and bf.all_cooperative(game, levels)
        case "full-implementation" if isinstance(contracts, NoContract):
            found = bf.fully_implemented(game, levels)
        case "full-implementation":
            found = None
        case "correlated-gap-positive":
            # No gap left by the bound: whether it is attained is for the witness to show.
            found = _correlated_bound(about) > 0 or (None if not claim["holds"] else False)
        case "correlated-gap":
            found = _correlated_bound(about) == number
        case "correlated-bound":
            found = _correlated_bound(about) >= number
        case "correlated-gap-at-most":
            found = None if _correlated_bound(about) <= number else False
        case axiom:
            found = bf.axioms(game)[axiom]
    assert type(claim["holds"]) is bool
    return found is None or found == claim["holds"]


def _lists(about: Subject, of_state: Mapping[int, Sequence[Profile]]) -> bool:
    """Whether the claim lists a state's profiles, or null where it has no probability."""
    state, listed = about.claim["state"], about.claim["profiles"]
    assert type(state) is int
    assert 0 <= state < len(about.game.states)
    if state not in of_state or listed is None:
        return state not in of_state and listed is None
    return set(map(_profile(about.game), listed)) == set(of_state[state])


def _are_thresholds(about: Subject) -> bool:
    plays = bf.game_of(about.game)
    due = {
        tuple(selection[w] for w in plays.states): tuple(map(str, levels))
        for selection, levels in bf.agent_thresholds(about.game)
    }
    listed = {
        tuple(map(_profile(about.game), chosen)): tuple(levels)
        for chosen, levels in about.claim["thresholds"]
    }
    return listed == due and len(listed) == len(about.claim["thresholds"])


def _most_played(about: Subject) -> Fraction:
    """The largest probability of the claim's profile that the constraints which no record shows
    leave."""
    plays, claim = bf.game_of(about.game), about.claim
    state, of = claim["state"], _profile(about.game)
    assert state in plays.states
    utility = bf.prosocial_utility(plays, about.lambdas)
    unseen = bf.unseen_deviations(about.game, about.language, state)
    rows = bf.correlated_rows(about.game, state, utility, unseen)
    played = set(plays.profiles) if claim["within"] is None else set(map(of, claim["within"]))
    assert played
    rows += [({a: Fraction(1)}, "=", Fraction(0)) for a in plays.profiles if a not in played]
    best = bf.optimum(rows, {of(claim["profile"]): Fraction(1)})
    return Fraction(-1) if best is None else best[0]


def _correlated_bound(about: Subject) -> Fraction:
    """W* − U(L), at the subject's levels."""
    plays = bf.game_of(about.game)
    utility = bf.prosocial_utility(plays, about.lambdas)
    gap = bf.first_best(about.game)[0]
    for w in plays.states:
        unseen = bf.unseen_deviations(about.game, about.language, w)
        rows = bf.correlated_rows(about.game, w, utility, unseen)
        best = bf.optimum(rows, {a: plays.welfare[w, a] for a in plays.profiles})
        assert best is not None
        gap -= plays.prior[w] * best[0]
    return gap


def _profile(about: Environment) -> Callable[[int], Profile]:
    """The profile that a number in a certificate means: the last agent's action varies fastest."""

    def of(number: int) -> Profile:
        assert type(number) is int
        assert number >= 0
        return bf.game_of(about).profiles[number]

    return of


def _proves(about: Subject) -> bool:
    claim, witness = about.claim, about.witness
    if isinstance(about.contracts, Directives):
        return not witness and _true(about)
    match claim["id"]:
        case "implementable" if claim["holds"]:
            return _implemented(about, about.lambdas) == _wanted(about)
        case "implementable":
            part = _contradicted(about, witness["obstruction"])
            return part is not None and part.items() <= _wanted(about).items()
        case "value":
            stated = MINUS_INFINITY if claim["value"] == "-inf" else Fraction(claim["value"])
            return _floor(about) == stated == _roof(about)
        case "gap":
            stated = INFINITY if claim["value"] == "inf" else Fraction(claim["value"])
            return _gap(_floor(about), about) == stated == _gap(_roof(about), about)
        case "play-at-most":
            return _bounds_play(about)
        case "gap-positive":
            return _gap(_roof(about), about) > 0 if claim["holds"] else _no_gap(about)
        case "gap-zero" | "closes":
            return _no_gap(about) if claim["holds"] else _gap(_roof(about), about) > 0
        case "gap-at-least":
            bound = Fraction(claim["value"])
            return (
                _gap(_roof(about), about) >= bound
                if claim["holds"]
                else _gap(_floor(about), about) < bound
            )
        case "gap-at-most":
            bound = Fraction(claim["value"])
            return (
                _gap(_floor(about), about) <= bound
                if claim["holds"]
                else _gap(_roof(about), about) > bound
            )
        case "threshold":
            level = INFINITY if claim["value"] == "inf" else Fraction(claim["value"])
            return (
                (level == INFINITY or _no_gap(_at(about, level)))
                and (level == 0 or _gap(_roof(about, level), about) > 0)
                and claim["holds"]
            )
        case "threshold-at-most":
            there = _at(about, Fraction(claim["value"]))
            return _no_gap(there) if claim["holds"] else _gap(_roof(there), there) > 0
        case "all-cooperative" | "full-implementation":
            return _shows_equilibria(about)
        case "correlated-gap-positive" if claim["holds"]:
            return _best(about) - _dual_bound(about) > 0
        case "correlated-gap-positive":
            return _reached(about) == _best(about)
        case "correlated-gap":
            value = _best(about) - Fraction(claim["value"])
            bounded = value == _best(about) or _dual_bound(about) == value
            return bounded and _reached(about) == value
        case "correlated-gap-at-most":
            return _gap(_reached(about), about) <= Fraction(claim["value"])
        case "correlated-bound":
            return _best(about) - _dual_bound(about) >= Fraction(claim["value"])
    return _true(about)


def _best(about: Subject) -> Fraction:
    return bf.first_best(about.game)[0]


def _gap(welfare: Extended, about: Subject) -> Extended:
    return INFINITY if welfare == MINUS_INFINITY else _best(about) - welfare


def _no_gap(about: Subject) -> bool:
    return _floor(about) == _best(about)


def _at(about: Subject, level: Extended) -> Subject:
    assert about.levels is None
    assert isinstance(level, Fraction)
    return replace(about, levels=(level,) * len(about.game.players))


def _bounds_play(about: Subject) -> bool:
    """Whether a profile's probability is at most the value plus Σ multiplier × gain, wherever
    something is played, over deviations that no record shows, in some unit of the gains."""
    claim, plays = about.claim, bf.game_of(about.game)
    state, of = claim["state"], _profile(about.game)
    multipliers = about.witness["multipliers"]
    for i, told, b, _ in multipliers:
        assert b in bf.unseen_deviations(about.game, about.language, state)(i, told)
    total = _weighted(about, _gains(about, state, {}), multipliers)
    least, most = Fraction(0), INFINITY
    for a in plays.profiles if claim["within"] is None else map(of, claim["within"]):
        missing = (a == of(claim["profile"])) - Fraction(claim["value"])
        if total[a] > 0:
            least = max(least, missing / total[a])
        elif total[a] < 0:
            most = min(most, missing / total[a])
        elif missing > 0:
            return False
    return claim["holds"] and most > 0 and least <= most


def _wanted(about: Subject) -> dict[int, Profile]:
    states = bf.game_of(about.game).states
    return dict(zip(states, map(_profile(about.game), about.claim["selection"]), strict=True))


# Contracts


def _number_of(about: Subject, state: int, profile: Profile) -> int:
    """The number by which certificates call a record: counted like digits, cell first."""
    records = about.records
    flat = bf.game_of(about.game).profiles.index(profile)
    if records is None:
        return int(state * prod(about.game.shape) + flat)
    if records["table"] is not None:
        return int(records["table"][state][flat])
    number = records["cells"][state]
    for of_agent, action in zip(records["classes"], profile, strict=True):
        number = number * (max(of_agent) + 1) + of_agent[action]
    return int(number)


def _payments(about: Subject, terms: Json) -> dict[tuple[int, int], Fraction]:
    """(agent, record number) → amount, by the rules of the class."""
    paid: dict[tuple[int, int], Fraction] = {}
    for record, amounts in terms["transfers"]:
        row = [Fraction(amount, terms["denominator"]) for amount in amounts]
        rules = about.contracts
        assert isinstance(rules, Transfers)
        assert terms["denominator"] > 0
        assert len(row) == len(about.game.players)
        assert rules.budget is not Budget.BALANCED or sum(row) == 0
        assert rules.budget is not Budget.BURNT or sum(row) <= 0
        assert rules.liability is None or min(row) >= -rules.liability
        assert (0, record) not in paid
        paid |= {(agent, record): amount for agent, amount in enumerate(row)}
    return paid


def _utility_under(
    about: Subject, paid: Mapping[tuple[int, int], Fraction], levels: Sequence[Fraction]
) -> dict[tuple[int, int, Profile], Fraction]:
    """u_i + λ_i W + t_i."""
    raw = bf.prosocial_utility(bf.game_of(about.game), levels)
    return {
        (i, w, a): own + paid.get((i, _number_of(about, w, a)), Fraction(0))
        for (i, w, a), own in raw.items()
    }


def _implemented(about: Subject, levels: Sequence[Fraction]) -> dict[int, Profile] | None:
    """The contract's selection, if it is an equilibrium in every state."""
    terms = about.witness["contract"]
    plays = bf.game_of(about.game)
    if set(terms) == {"selection"}:  # there are transfers, says z3
        assert isinstance(about.contracts, Transfers)
        wanted = dict(zip(plays.states, map(_profile(about.game), terms["selection"]), strict=True))
        exist = bf.implementable(about.game, about.language, about.contracts, wanted, levels)
        return wanted if exist else None
    utility = _utility_under(about, _payments(about, terms), levels)
    chosen = dict(zip(plays.states, map(_profile(about.game), terms["selection"]), strict=True))
    stable = all(
        utility[i, w, a] >= utility[i, w, bf.replaced(a, i, b)]
        for w, a in chosen.items()
        for i in plays.agents
        for b in plays.actions[i]
    )
    return chosen if stable else None


def _floor(about: Subject) -> Extended:
    """The welfare that the contract reaches; −∞ without one."""
    if "contract" not in about.witness:
        return MINUS_INFINITY
    chosen = _implemented(about, about.lambdas)
    return MINUS_INFINITY if chosen is None else bf.expected_welfare(about.game, chosen)


# Obstructions


def _contradicted(
    about: Subject, why: Json, below: Extended | None = None
) -> dict[int, Profile] | None:
    """The part of a selection that an obstruction excludes: its weighted incentive constraints, as
    one inequality, contradict the rules of the class (at every λ < ``below``, if given)."""
    plays = bf.game_of(about.game)
    part = {w: _profile(about.game)(number) for w, number in why["selection"]}
    assert len(part) == len(why["selection"])
    assert set(part) <= set(plays.states)
    moves: list[Move] = [(w, i, b, weight) for w, i, b, weight in why["deviations"]]
    assert all(type(entry) is int for move in moves for entry in move)
    assert len({move[:3] for move in moves}) == len(moves)
    transfers_are_possible = isinstance(about.contracts, Transfers)
    total: dict[Any, Fraction] = {}
    bound = Fraction(0)
    for w, i, b, weight in moves:
        a = part[w]
        assert weight > 0
        assert b in plays.actions[i]
        assert b != a[i]
        d = bf.replaced(a, i, b)
        gain = plays.payoff[i, w, d] - plays.payoff[i, w, a]
        harm = plays.welfare[w, a] - plays.welfare[w, d]
        if transfers_are_possible:
            bf.add(total, (i, bf.record_of(about.language, w, a)), weight)
            bf.add(total, (i, bf.record_of(about.language, w, d)), -weight)
        if below is None:
            gain -= about.lambdas[i] * harm
        else:
            bf.add(total, "λ", weight * harm)
        bound += weight * gain
    assert moves
    assert _has_shape(about, why["kind"], part, moves)
    rows: list[bf.Row] = [(total, ">=", bound)]
    if isinstance(about.contracts, Transfers):
        rows += bf.budget_rows(about.game, about.language, about.contracts)
    if below is None:
        return None if bf.feasible(rows) else part
    found = bf.optimum([*rows, ({"λ": Fraction(1)}, ">=", Fraction(0))], {"λ": Fraction(-1)})
    return part if found is None or -found[0] >= below else None


def _has_shape(about: Subject, kind: str, part: dict[int, Profile], moves: list[Move]) -> bool:
    """Whether an obstruction is of the kind that it says."""
    arcs = [
        (i, bf.record_of(about.language, w, part[w]), bf.record_of(about.language, w, there))
        for w, i, b, _ in moves
        for there in [bf.replaced(part[w], i, b)]
    ]
    single = all(move[3] == 1 for move in moves)
    if kind == "profitable-deviation":
        return isinstance(about.contracts, NoContract) and len(moves) == 1 and single
    if kind == "aliasing":
        return len(arcs) == 1 and arcs[0][1] == arcs[0][2] and single
    if kind == "cycle":
        return single and len({i for i, *_ in arcs}) == 1 and len(arcs) > 1 and _closed(arcs)
    if not isinstance(about.contracts, Transfers):
        return False
    divergence: dict[Any, dict[int, int]] = {}
    for (i, here, there), (*_, weight) in zip(arcs, moves, strict=True):
        for record, sign in ((here, weight), (there, -weight)):
            at = divergence.setdefault(record, dict.fromkeys(bf.game_of(about.game).agents, 0))
            at[i] += sign
    common = all(len(set(at.values())) == 1 for at in divergence.values())
    return kind == "farkas" or (kind == "common-divergence-flow" and common)


def _closed(arcs: list[tuple[int, Any, Any]]) -> bool:
    """Whether the arcs, in some order, are one walk around distinct records."""
    order, rest = [arcs[0]], arcs[1:]
    while nexts := [arc for arc in rest if arc[1] == order[-1][2]]:
        order.append(nexts[0])
        rest.remove(nexts[0])
    ring = [*order, order[0]]
    return (
        not rest
        and all(one[2] == other[1] for one, other in pairwise(ring))
        and len({arc[1] for arc in order}) == len(order)
    )


def _roof(about: Subject, below: Extended | None = None) -> Extended:
    """The best welfare of all selections that contain no contradicted part."""
    plays, why = bf.game_of(about.game), about.witness["cover"]
    assert sorted(w for block in why["blocks"] for w in block) == sorted(plays.states)
    parts = [_contradicted(about, each, below) for each in why["obstructions"]]
    if None in parts:
        return INFINITY
    best: Extended = MINUS_INFINITY
    for chosen in bf.selections({w: list(plays.profiles) for w in plays.states}):
        if not any(part.items() <= chosen.items() for part in parts if part is not None):
            best = max(best, bf.expected_welfare(about.game, chosen))
    return best


# All equilibria, and correlated ones


Gains = dict[tuple[int, int, int], dict[Profile, Fraction]]


def _gains(about: Subject, state: int, paid: Mapping[tuple[int, int], Fraction]) -> Gains:
    """For each (agent, told, does): what the move gains at every profile where it is possible."""
    plays = bf.game_of(about.game)
    utility = _utility_under(about, paid, about.lambdas)
    return {
        (i, told, b): {
            a: utility[i, state, bf.replaced(a, i, b)] - utility[i, state, a]
            for a in plays.profiles
            if a[i] == told
        }
        for i in plays.agents
        for told, b in product(plays.actions[i], repeat=2)
        if told != b
    }


def _weighted(about: Subject, gains: Gains, multipliers: Json) -> dict[Profile, Fraction]:
    total = dict.fromkeys(bf.game_of(about.game).profiles, Fraction(0))
    assert len({tuple(each[:3]) for each in multipliers}) == len(multipliers)
    for i, told, b, weight in multipliers:
        assert type(weight) is int
        assert weight > 0
        for a, gain in gains[i, told, b].items():
            total[a] += weight * gain
    return total


def _forbidden(about: Subject, state: int) -> set[Profile]:
    plays = bf.game_of(about.game)
    if about.claim["id"] == "full-implementation":
        return set(plays.profiles) - set(bf.first_best(about.game)[1][state])
    sides = about.game.cooperative
    assert sides is not None
    return {a for a in plays.profiles if any(a[i] not in sides[i] for i in plays.agents)}


def _shows_equilibria(about: Subject) -> bool:
    plays, witness = bf.game_of(about.game), about.witness
    by_contract = isinstance(about.contracts, Transfers)
    if by_contract and not about.claim["holds"]:
        pure = all(
            sum(one != other for one, other in zip(a, b, strict=True)) != 1
            for best in bf.first_best(about.game)[1].values()
            for a, b in product(best, repeat=2)
        )
        return pure and _gap(_roof(about), about) > 0
    if not about.claim["holds"]:
        return _is_bad_equilibrium(about, witness["equilibrium"])
    if "domination" in witness:
        return _dominates(about, witness["domination"])
    if "supports" in witness:
        return all(
            _refutes_supports(about, state, shifts)
            for state, shifts in zip(plays.states, witness["supports"], strict=True)
        )
    paid = _payments(about, witness["contract"]) if by_contract else {}
    for state, multipliers in zip(plays.states, witness["exclusion"], strict=True):
        total = _weighted(about, _gains(about, state, paid), multipliers)
        bad = _forbidden(about, state)
        if any(value < 0 or (value == 0 and a in bad) for a, value in total.items()):
            return False
    return True


def _refutes_supports(about: Subject, state: int, shifts: Json) -> bool:
    """Whether for all supports S, T that reach a forbidden profile one of the shifts takes weight
    within an agent's own support only, and never loses but somewhere gains on the opponent's."""
    plays = bf.game_of(about.game)
    assert len(plays.agents) == 2
    utility = bf.prosocial_utility(plays, about.lambdas)
    for shift in shifts:
        assert sum(shift["weights"]) == 0
        assert len(shift["weights"]) == len(plays.actions[shift["agent"]])
        assert shift["agent"] in plays.agents

    def refutes(shift: Json, supports: Sequence[set[int]]) -> bool:
        i, weights = shift["agent"], shift["weights"]
        gains = [
            sum(v * utility[i, state, (b, j) if i == 0 else (j, b)] for b, v in enumerate(weights))
            for j in supports[1 - i]
        ]
        within = all(v >= 0 or b in supports[i] for b, v in enumerate(weights))
        return within and min(gains) >= 0 and max(gains) > 0

    return all(
        any(refutes(shift, supports) for shift in shifts)
        for supports in product(*(list(bf.subsets(actions)) for actions in plays.actions))
        if set(product(*supports)) & _forbidden(about, state)
    )


def _distribution(about: Subject, weights: Json) -> dict[Profile, Fraction]:
    assert all(type(weight) is int and weight > 0 for _, weight in weights)
    total = sum(weight for _, weight in weights)
    shares = {_profile(about.game)(number): Fraction(w, total) for number, w in weights}
    assert len(shares) == len(weights) > 0
    return shares


def _is_correlated(gains: Gains, shares: Mapping[Profile, Fraction]) -> bool:
    return all(
        sum(shares.get(a, Fraction(0)) * gain for a, gain in moves.items()) <= 0
        for moves in gains.values()
    )


def _is_bad_equilibrium(about: Subject, shown: Json) -> bool:
    plays, state = bf.game_of(about.game), shown["state"]
    assert state in plays.states
    shares = _distribution(about, shown["weights"])
    mixes = [
        {b: sum(p for a, p in shares.items() if a[i] == b) for b in plays.actions[i]}
        for i in plays.agents
    ]
    independent = all(
        shares.get(a, 0) == prod(mix[b] for mix, b in zip(mixes, a, strict=True))
        for a in plays.profiles
    )
    return (
        _is_correlated(_gains(about, state, {}), shares)
        and (independent or about.claim["id"] == "all-cooperative")
        and bool(set(shares) & _forbidden(about, state))
    )


def _dominates(about: Subject, listed: Json) -> bool:
    plays, sides = bf.game_of(about.game), about.game.cooperative
    assert sides is not None
    assert about.claim["id"] == "all-cooperative"
    for state in plays.states:
        gains = _gains(about, state, {})
        for i in plays.agents:
            for defect in set(plays.actions[i]) - set(sides[i]):
                if not any(
                    [state, i, defect] == list(entry[:3])
                    and entry[3] in sides[i]
                    and min(gains[i, defect, entry[3]].values()) > 0
                    for entry in listed
                ):
                    return False
    return True


def _dual_bound(about: Subject) -> Fraction:
    """Σ p max_a (W − Σ y · gain), for y on deviations that no record shows."""
    plays = bf.game_of(about.game)
    total = Fraction(0)
    for state, entry in zip(plays.states, about.witness["dual"], strict=True):
        gains = _gains(about, state, {})
        assert type(entry["denominator"]) is int
        assert entry["denominator"] > 0
        for i, told, b, _ in entry["multipliers"]:
            assert b in bf.unseen_deviations(about.game, about.language, state)(i, told)
        cut = _weighted(about, gains, entry["multipliers"])
        total += plays.prior[state] * max(
            plays.welfare[state, a] - cut[a] / entry["denominator"] for a in plays.profiles
        )
    return total


def _primal(about: Subject) -> Extended:
    """The welfare of the distributions, if they are correlated equilibria under the transfers."""
    plays, shown = bf.game_of(about.game), about.witness["primal"]
    if set(shown) == {"distributions"}:
        return _with_some_transfers(about, shown["distributions"])
    paid = _payments(about, shown)
    total = Fraction(0)
    for state, weights in zip(plays.states, shown["distributions"], strict=True):
        shares = _distribution(about, weights)
        if not _is_correlated(_gains(about, state, paid), shares):
            return MINUS_INFINITY
        total += plays.prior[state] * sum(p * plays.welfare[state, a] for a, p in shares.items())
    return total


def _with_some_transfers(about: Subject, distributions: Json) -> Extended:
    """The welfare of the distributions, if z3 finds transfers under which nobody gains."""
    plays = bf.game_of(about.game)
    assert isinstance(about.contracts, Transfers)
    rows = bf.budget_rows(about.game, about.language, about.contracts)
    total = Fraction(0)
    for state, weights in zip(plays.states, distributions, strict=True):
        shares = _distribution(about, weights)
        for (i, _, b), moves in _gains(about, state, {}).items():
            row: dict[Any, Fraction] = {}
            for a in shares:
                if a in moves:
                    there = bf.replaced(a, i, b)
                    bf.add(row, (i, bf.record_of(about.language, state, a)), shares[a])
                    bf.add(row, (i, bf.record_of(about.language, state, there)), -shares[a])
            gain = sum((p * moves.get(a, 0) for a, p in shares.items()), Fraction(0))
            rows.append((row, ">=", gain))
        total += plays.prior[state] * sum(p * plays.welfare[state, a] for a, p in shares.items())
    return total if bf.feasible(rows) else MINUS_INFINITY


def _reached(about: Subject) -> Extended:
    """The welfare that correlated play is shown to attain, or to approach."""
    if "contract" in about.witness:
        return _floor(about)
    return _limit(about) if "limit" in about.witness else _primal(about)


def _limit(about: Subject) -> Extended:
    """The welfare that (1 − ε) x + ε y approaches, if that is a correlated equilibrium under the
    transfers fixed + growing / ε at ten values of ε down to 10^-40."""
    plays, shown = bf.game_of(about.game), about.witness["limit"]
    assert isinstance(about.contracts, Transfers)
    assert about.contracts.liability is None
    fixed, growing = (_payments(about, shown[name]) for name in ("fixed", "growing"))
    total = Fraction(0)
    lists = zip(plays.states, shown["distributions"], shown["trembles"], strict=True)
    for state, play, tremble in lists:
        x, y = _distribution(about, play), _distribution(about, tremble)
        for e in (Fraction(k, 10**power) for power in (1, 2, 3, 10, 40) for k in (1, 9)):
            mix = {a: (1 - e) * x.get(a, 0) + e * y.get(a, 0) for a in plays.profiles}
            paid = {key: fixed.get(key, 0) + growing.get(key, 0) / e for key in {*fixed, *growing}}
            if not _is_correlated(_gains(about, state, paid), mix):
                return MINUS_INFINITY
        total += plays.prior[state] * sum(p * plays.welfare[state, a] for a, p in x.items())
    return total
