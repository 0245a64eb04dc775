"""The checker and the certificates' format, line by line: what is rejected, and why.

``FORGED`` lists forgeries, each an honest certificate of ``recheck`` with a few changes, and words
of the reason that it must meet. Together with the honest ones they also expose planted bugs
(``test_checker_mutations``).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest
from recheck import (
    ALIASED,
    AUDIT,
    AUDITED,
    COORDINATION,
    DILEMMA,
    DIRECTIVE,
    HONEST,
    N4,
    N4_FINES,
    NONE,
    PENNIES_TEMPTED,
    SEEN,
    STATE_BLIND,
    Json,
    altered,
    by_class,
    certificate,
    contract,
    cover,
    game,
    obstruction,
    sealed,
    text,
    transfers,
    without,
)

from proofs import checker
from proofs.certificates import (
    Certificate,
    Contracts,
    Game,
    Malformed,
    Problem,
    RecordMap,
    canonical,
    decode,
    encode,
    rational,
)
from proofs.checker import Instance, Rejected, Verdict, check, kind_of, verify

Path = tuple[str | int, ...]
DROP = object()


def forged(name: str, changes: Mapping[Path, Json]) -> Json:
    """An honest certificate with changes, and with the hash of its data as it is then."""
    document = HONEST[name]
    for path, value in changes.items():
        document = without(document, path) if value is DROP else altered(document, path, value)
    return sealed(document)


GAME: Path = ("data", "game")
CLAIM: Path = ("claim", "value")
PAID: Path = ("witness", "contract", "transfers")
MOVES: Path = ("witness", "obstruction", "deviations")
FIRST: Path = ("witness", "cover", "obstructions", 0)
DUAL: Path = ("witness", "dual", 0, "multipliers")
PRIMAL: Path = ("witness", "primal")
LIMIT: Path = ("witness", "limit")
THRESHOLDS: Path = ("claim", "thresholds")
BOUND: Path = ("data", "contracts", "liability")
LONE = game([[0, 1]], actions=("AB",))
TWICE = game([[0, 0], [9, 0]], [[1, 0], [0, 0]], actions=("AB", "X"), prior=["1", "0"])
HALF = ["1/2", "1/2"]
# From selfish play (B, B), worth (4, 1), only p0 gains by the first best (B, A), worth (9, 0). At
# λ = 3 play is first best already, but benefit is about selfish play.
SPOILED = game([[3, 0, 9, 4]], [[3, 5, 0, 1]])
LARGE = [list(range(21)), [0]]

FORGED: dict[str, tuple[str, Json]] = {
    # --- the frame
    "schema": ("schema", altered(HONEST["contract"], ("schema",), "coopgap.certificate/2")),
    "hash": ("data_sha256", altered(HONEST["contract"], (*GAME, "denominator"), 2)),
    "field": ("certificate must be an object", forged("contract", {("more",): None})),
    "claim": ("claim and witness", forged("contract", {("claim",): []})),
    "witness": ("claim and witness", forged("contract", {("witness",): []})),
    "kind is text": ("expected text", forged("contract", {("kind",): 1})),
    "kind": ("has the kind 'contract'", forged("contract", {("kind",): "enumeration"})),
    "no id": ("expected text", forged("contract", {("claim", "id"): DROP})),
    "unknown claim": ("no such claim", forged("contract", {("claim", "id"): "gaps"})),
    "neither holds nor not": ("no such claim", forged("contract", {("claim", "holds"): 1})),
    "unknown parts": ("unknown parts", forged("contract", {("witness", "more"): 0})),
    "obstruction of no form": ("expected text", forged("cycle", {("witness", "obstruction"): 0})),
    # --- the data
    "number": ("lowest terms", forged("contract", {(*GAME, "prior", 0): "2/4"})),
    "no number": ("exact number", forged("contract", {(*GAME, "prior", 0): 1})),
    "zero denominator": ("denominator is 0", forged("contract", {(*GAME, "prior", 0): "1/0"})),
    "prior": ("no distribution", forged("contract", {(*GAME, "prior", 0): "1/3"})),
    "negative prior": ("no distribution", forged("contract", {(*GAME, "prior"): ["2", "-1"]})),
    "names": ("distinct", forged("contract", {(*GAME, "states"): ["w", "w"]})),
    "no names": ("distinct", forged("contract", {(*GAME, "actions", 0): []})),
    "denominator": ("out of range", forged("contract", {(*GAME, "denominator"): 0})),
    "Boolean": ("expected an integer", forged("contract", {(*GAME, "denominator"): True})),
    "payoff": ("list of integers", forged("contract", {(*GAME, "payoffs", 0, 0, 0): "1"})),
    "payoffs": ("list", forged("contract", {(*GAME, "payoffs", 0, 0, 0): DROP})),
    "no list": ("expected a list", forged("contract", {(*GAME, "players"): "p"})),
    "cooperates twice": ("twice", forged("domination", {(*GAME, "cooperative", 0): [0, 0]})),
    "cooperates how": ("out of range", forged("domination", {(*GAME, "cooperative", 0): [2]})),
    "records twice": ("given twice", forged("contract", {("data", "records", "table"): [[0]]})),
    "cells": ("out of range", forged("contract", {("data", "records", "cells", 0): -1})),
    "a cell beyond the states": (
        "out of range",
        forged("contract", {("data", "records", "cells", 0): 2}),
    ),
    "a record beyond the plays": ("out of range", forged("contract", {(*PAID, 0, 0): 8})),
    "levels": ("list", forged("contract", {("data", "prosociality"): ["0"]})),
    "level": ("is negative", forged("contract", {("data", "prosociality"): ["0", "-1"]})),
    "permissive": ("true or false", forged("contract", {("data", "contracts", "permissive"): 0})),
    "budget": ("no such class", forged("contract", {("data", "contracts", "budget"): "lavish"})),
    "class": ("no such class", forged("contract", {("data", "contracts", "kind"): "threats"})),
    "liability": ("no such class", forged("farkas", {BOUND: "-1"})),
    # --- contracts
    "record twice": ("listed twice", forged("contract", {(*PAID, 1, 0): 1})),
    "record twice, to no other end": (
        "listed twice",
        forged("contract", {PAID: [[1, [0, 0]], *N4_FINES]}),
    ),
    "burning balanced money": (
        "do not balance",
        forged("contract", {("data", "contracts", "budget"): "balanced"}),
    ),
    "outside money where nobody goes": (
        "outside money",
        forged("contract-of-halves", {PAID: [[1, [-2, -2]], [2, [-2, -2]], [7, [1, 0]]]}),
    ),
    "a fine in fractions": (
        "gains by action",
        forged("contract-in-fractions", {PAID: [[1, [3, -3]], [2, [-2, 2]]]}),
    ),
    "liability in fractions": (
        "liability",
        forged("contract-in-fractions", {BOUND: "4/3"}),
    ),
    "unequal levels": (
        "gains by action",
        forged("closes", {("data", "prosociality", 1): "1"}),
    ),
    "paid alone": ("pays nothing", forged("closes", {PAID: [[0, [0, 0]]]})),
    "unbalanced": ("do not balance", forged("gap-at-most", {(*PAID, 0, 1): [1, 0]})),
    "outside money": ("outside money", forged("contract-of-halves", {(*PAID, 0, 1): [-1, 2]})),
    "too large a fine": ("liability", forged("contract-of-halves", {BOUND: "3/4"})),
    "too small a fine": ("gains by action", forged("contract", {(*PAID, 0, 1, 0): 0})),
    "half a fine": ("gains by action", forged("contract-of-halves", {(*PAID, 0, 1, 0): -1})),
    "no directive": (
        "decided by enumeration",
        forged(
            "contract",
            {
                ("data", "contracts"): DIRECTIVE,
                ("claim",): {"id": "implementable", "holds": True, "selection": [0, 3]},
            },
        ),
    ),
    "other selection": (
        "another selection",
        forged("contract-of-halves", {("claim", "selection"): [0, 0]}),
    ),
    "no profile": (
        "out of range",
        forged("contract", {("witness", "contract", "selection"): [0, 4]}),
    ),
    "prosocial enough": (
        "gains by action",
        forged("closes", {("data", "prosociality", 0): "19/10"}),
    ),
    "nothing has a value": ("nothing is", forged("nothing-implementable", {CLAIM: "1"})),
    "an infinite gap of something": ("something is", forged("gap", {CLAIM: "inf"})),
    "a gap denied": ("shown, not denied", forged("gap", {("claim", "holds"): False})),
    "a smaller gap": ("bound welfare by the value", forged("gap", {CLAIM: "1/2"})),
    "W* denied": ("another number", forged("optimum", {("claim", "holds"): False})),
    "another W*": ("another number", forged("optimum", {CLAIM: "3"})),
    "another first best": (
        "other profiles",
        forged("first-best", {("claim", "profiles"): [0]}),
    ),
    "the first best of nothing": (
        "other profiles",
        forged("first-best-of-a-state-that-never-is", {("claim", "profiles"): [0, 1]}),
    ),
    "no first best": ("other profiles", forged("first-best", {("claim", "profiles"): None})),
    "no such state": ("out of range", forged("first-best", {("claim", "state"): 3})),
    "first best by number": ("out of range", forged("first-best", {("claim", "profiles"): [2]})),
    "other equilibria of a state": (
        "others are",
        forged("equilibria", {("claim", "profiles"): [1, 2]}),
    ),
    "thresholds denied": (
        "shown, not denied",
        forged("agent-thresholds", {("claim", "holds"): False}),
    ),
    "thresholds at given levels": (
        "data fix λ",
        forged("agent-thresholds", {("data", "prosociality"): ["1", "1"]}),
    ),
    "a threshold too low": (
        "another threshold",
        forged("agent-thresholds", {(*THRESHOLDS, 0, 1, 0): "1/3"}),
    ),
    "a threshold too high": (
        "another threshold",
        forged("agent-thresholds", {(*THRESHOLDS, 0, 1, 0): "2/3"}),
    ),
    "a negative threshold": (
        "another threshold",
        forged("agent-thresholds", {(*THRESHOLDS, 0, 1, 1): "-1"}),
    ),
    "an infinite threshold": (
        "another threshold",
        forged("agent-thresholds", {(*THRESHOLDS, 0, 1, 0): "inf"}),
    ),
    "a finite threshold": (
        "another threshold",
        forged("agent-thresholds", {(*THRESHOLDS, 1, 1, 1): "100"}),
    ),
    "thresholds of half": (
        "not listed",
        forged("agent-thresholds", {(*THRESHOLDS, 1): DROP}),
    ),
    "thresholds twice": (
        "listed twice",
        forged("agent-thresholds", {(*THRESHOLDS, 1, 0): [2, 0]}),
    ),
    "other cells": ("other cells", forged("incontractible-cells", {("claim", "cells"): []})),
    "no such cell": ("out of range", forged("incontractible-cells", {("claim", "cells"): [2]})),
    "played more": ("room for more", forged("play-at-most", {CLAIM: "-1/2"})),
    "played elsewhere": (
        "room for more",
        forged("play-within-at-most", {("claim", "within"): None}),
    ),
    "played never": ("no probability", forged("play-at-most", {("claim", "state"): 1})),
    "played by nobody": ("too few", forged("play-at-most", {("claim", "within"): []})),
    "play denied": ("shown, not denied", forged("play-at-most", {("claim", "holds"): False})),
    "play alone": ("about transfers", forged("play-at-most", {("data", "contracts"): NONE})),
    "play on the record": (
        "a record shows",
        forged("play-at-most", {("data", "records"): SEEN}),
    ),
    "transfers that do not exist": (
        "an obstruction excludes",
        forged("balanced-contract-that-exists", {BOUND: "1/2"}),
    ),
    "a contract that would exist with larger fines": (
        "an obstruction excludes",
        forged("contract-that-exists", {BOUND: "1/2"}),
    ),
    "a contract that would exist with outside money": (
        "an obstruction excludes",
        forged("contract-that-exists", {("data", "contracts"): transfers("balanced")}),
    ),
    "a contract that exists alone": (
        "found by elimination",
        forged(
            "closes",
            {("witness", "contract"): {"selection": [0]}},
        ),
    ),
    "transfers that do not exist, correlated": (
        "an obstruction excludes",
        forged("transfers-that-exist", {BOUND: "1/4"}),
    ),
    "whole weights": (
        "expected an integer",
        forged("transfers-that-exist", {(*PRIMAL, "distributions", 0, 0, 1): "2"}),
    ),
    # --- directives
    "directives of a table": (
        "cells and classes",
        forged(
            "directive",
            {
                ("data", "records"): HONEST["value-of-a-table"]["data"]["records"]
                | {"table": [[0, 1, 2, 3]] * 2}
            },
        ),
    ),
    "directive's witness": (
        "needs a witness of no parts",
        forged(
            "directive",
            {
                ("witness", "contract"): contract([0, 0]),
                ("kind",): "optimal-selection",
                ("witness", "cover"): cover([[0, 1]]),
            },
        ),
    ),
    "directive's value": ("does not bound", forged("directive", {CLAIM: "6"})),
    "directive's obstruction": (
        "decided by enumeration",
        forged("cycle", {("data", "contracts"): DIRECTIVE}),
    ),
    "no directive leaves an equilibrium": (
        "nothing is implementable",
        forged("infinite-gap-of-directives", {("claim", "id"): "gap-at-most"}),
    ),
    "too many classes": (
        "over 16 classes",
        certificate(
            "enumeration",
            {"id": "value", "value": "0"},
            game([[0] * 21], [[0] * 21], actions=("ABCDEFGHIJKLMNOPQRSTU", "X")),
            {},
            {**DIRECTIVE, "permissive": True},
            by_class([0], *LARGE),
        ),
    ),
    # --- obstructions
    "state twice": (
        "names a state twice",
        forged("aliasing", {("witness", "obstruction", "selection"): [[0, 0]] * 2}),
    ),
    "state that never is": (
        "without probability",
        certificate(
            "profitable-deviation",
            {"id": "implementable", "holds": False, "selection": [0]},
            TWICE,
            {"obstruction": obstruction("profitable-deviation", [[1, 1]], [1, 0, 0, 1])},
        ),
    ),
    "deviation twice": ("a deviation twice", forged("aliasing", {MOVES: [[0, 0, 1, 1]] * 2})),
    "no deviation": ("no deviation", forged("aliasing", {MOVES: [[0, 0, 0, 1]]})),
    "a deviation from elsewhere": (
        "not from its selection",
        forged("aliasing", {MOVES: [[0, 0, 1, 1], [1, 0, 1, 1]]}),
    ),
    "a path that is no cycle": (
        "not of the kind 'cycle'",
        certificate(
            "cycle",
            {"id": "implementable", "holds": False, "selection": [0, 1]},
            game([[0, 10, 0], [0, 0, 10]], [[0] * 3] * 2, actions=("ABC", "X"), prior=HALF),
            {"obstruction": obstruction("cycle", [[0, 0], [1, 1]], [0, 0, 1, 1], [1, 0, 2, 1])},
            transfers("balanced", "1"),
            by_class([0, 0], [0, 1, 2], [0]),
        ),
    ),
    "a play as a deviation": (
        "no deviation",
        forged("aliasing", {MOVES: [[0, 0, 1, 1], [0, 1, 0, 1]]}),
    ),
    "no deviations": ("no deviation", forged("aliasing", {MOVES: []})),
    "weight": ("out of range", forged("aliasing", {(*MOVES, 0, 3): 0})),
    "no contradiction": ("contradiction", forged("aliasing", {(*GAME, "payoffs", 0, 0, 2): 3})),
    "other part": ("another selection", forged("aliasing", {("claim", "selection"): [1]})),
    "a price in fractions": (
        "contradiction",
        forged("farkas-in-fractions", {BOUND: "1/2"}),
    ),
    "does not cancel": (
        "do not cancel",
        forged(
            "common-divergence-flow",
            {
                (*MOVES, 0, 3): 2,
                ("witness", "obstruction", "kind"): "farkas",
                ("kind",): "farkas",
            },
        ),
    ),
    "no common divergence": (
        "not of the kind 'common-divergence-flow'",
        forged(
            "farkas",
            {
                ("witness", "obstruction", "kind"): "common-divergence-flow",
                ("kind",): "common-divergence-flow",
            },
        ),
    ),
    "does not cancel under free money": (
        "do not cancel",
        forged("common-divergence-flow", {("data", "contracts", "budget"): "free"}),
    ),
    "costs too much": ("contradiction", forged("farkas", {BOUND: "1"})),
    "no shape": (
        "not of the kind 'triangle'",
        forged("cycle", {("witness", "obstruction", "kind"): "triangle", ("kind",): "triangle"}),
    ),
    "no cycle": (
        "not of the kind 'cycle'",
        forged(
            "common-divergence-flow",
            {("witness", "obstruction", "kind"): "cycle", ("kind",): "cycle"},
        ),
    ),
    "not alone": (
        "not of the kind 'profitable-deviation'",
        forged(
            "aliasing",
            {
                ("witness", "obstruction", "kind"): "profitable-deviation",
                ("kind",): "profitable-deviation",
            },
        ),
    ),
    "alone": (
        "not of the kind 'farkas'",
        forged(
            "profitable-deviation",
            {("witness", "obstruction", "kind"): "farkas", ("kind",): "farkas"},
        ),
    ),
    # --- covers
    "hole in the cover": ("contradiction", forged("gap-at-least", {BOUND: "1"})),
    "uncovered state": (
        "part the states",
        forged("gap-at-least", {("witness", "cover", "blocks"): [[0]]}),
    ),
    "across blocks": (
        "another gap",
        forged("dominated-selection", {("witness", "cover", "blocks"): [[0], [1]]}),
    ),
    "nothing covered": (
        "another gap",
        forged("dominated-selection", {("witness", "cover", "obstructions"): []}),
    ),
    "more than a third": (
        "another gap",
        forged("gap-of-a-third", {CLAIM: "2/3"}),
    ),
    "too high a gap": ("another gap", forged("gap-at-least", {CLAIM: "3"})),
    "too low a gap": ("another gap", forged("gap-at-most", {CLAIM: "1/2"})),
    "gap without cover": (
        "needs a witness of cover",
        forged("contract", {("claim", "id"): "gap-positive"}),
    ),
    "gap without contract": (
        "needs a witness of contract",
        forged("gap-at-least", {("claim", "holds"): False}),
    ),
    "threshold of obstructions below": (
        "below the threshold",
        forged("threshold", {("witness", "cover", "obstructions"): []}),
    ),
    # --- values and thresholds
    "value denied": ("shown, not denied", forged("optimal-selection", {("claim", "holds"): False})),
    "value too high": ("does not bound", forged("optimal-selection", {CLAIM: "6"})),
    "value missed": (
        "does not reach",
        forged("optimal-selection", {("witness", "contract"): contract([3, 0])}),
    ),
    "value without contract": (
        "needs a contract",
        forged(
            "value-of-a-table", {("witness", "contract"): DROP, ("kind",): "dominated-selection"}
        ),
    ),
    "value without cover": (
        "needs a cover",
        forged("value-of-a-table", {("witness", "cover"): DROP, ("kind",): "contract"}),
    ),
    "something is implementable": (
        "something is implementable",
        forged("nothing-implementable", {(*FIRST[:-1],): PENNIES_TEMPTED[:3]}),
    ),
    "no value": ("exact number", forged("optimal-selection", {CLAIM: "inf"})),
    "threshold denied": ("shown, not denied", forged("threshold", {("claim", "holds"): False})),
    "threshold too low": ("gains by action", forged("threshold-alone", {CLAIM: "3/2"})),
    "threshold too high": ("contradiction", forged("threshold-alone", {CLAIM: "3"})),
    "threshold of no first best": (
        "not reached",
        forged("threshold", {("witness", "contract"): contract([0, 0])}),
    ),
    "threshold zero with cover": (
        "nothing is below",
        forged("threshold-zero", {("witness", "cover"): cover([[0, 1]]), ("kind",): "threshold"}),
    ),
    "threshold without cover": (
        "needs a cover",
        forged("threshold-alone", {("witness", "cover"): DROP, ("kind",): "contract"}),
    ),
    "infinite with contract": (
        "no contract is due",
        forged(
            "threshold-infinite", {("witness", "contract"): contract([0]), ("kind",): "threshold"}
        ),
    ),
    "not infinite": (
        "contradiction",
        forged(
            "threshold-alone",
            {CLAIM: "inf", ("witness", "contract"): DROP, ("kind",): "dominated-selection"},
        ),
    ),
    "threshold of a fixed level": (
        "λ",
        forged("threshold-zero", {("data", "prosociality"): ["0", "0"]}),
    ),
    "threshold at most, at a fixed level": (
        "λ",
        forged("threshold-at-most", {("data", "prosociality"): ["0", "0"]}),
    ),
    "infinite threshold of a fixed level": (
        "λ",
        forged(
            "threshold-alone",
            {
                CLAIM: "inf",
                ("witness", "contract"): DROP,
                ("kind",): "dominated-selection",
                ("data", "prosociality"): ["0", "0"],
            },
        ),
    ),
    "infinite threshold of directives at a fixed level": (
        "λ",
        forged("threshold-of-directives", {CLAIM: "inf", ("data", "prosociality"): ["0", "0"]}),
    ),
    "negative threshold": ("λ is negative", forged("threshold-at-most", {CLAIM: "-1"})),
    "threshold of directives": (
        "below the threshold",
        forged("threshold-of-directives", {CLAIM: "1"}),
    ),
    "low threshold of directives": (
        "not reached",
        forged("threshold-of-directives", {CLAIM: "1/5"}),
    ),
    "not above": ("contradiction", forged("threshold-above", {CLAIM: "2"})),
    # --- enumerations
    "no cells": ("language of cells", forged("incontractible", {("data", "records"): None})),
    "contractible": (
        "cells say the opposite",
        forged("incontractible", {("data", "records", "cells"): [0, 1]}),
    ),
    "other equilibria": ("pure equilibria", forged("enumeration", {("claim", "profiles"): [[0]]})),
    "unique after all": ("pure equilibria", forged("unique-nash", {("claim", "holds"): True})),
    "another unique one": (
        "pure equilibria",
        certificate("enumeration", {"id": "unique-nash", "profiles": [[0]]}, DILEMMA, {}),
    ),
    "enumeration's witness": (
        "no parts",
        forged("enumeration", {("witness", "primal"): 0, ("kind",): "correlated-primal"}),
    ),
    "beneficial": ("expected payoffs", forged("not-beneficial", {("claim", "holds"): True})),
    "an equal payoff is no benefit": (
        "expected payoffs",
        forged("not-beneficial", {(*GAME, "payoffs", 2, 0): [0, 0], ("claim", "holds"): True}),
    ),
    "benefit over prosocial play": (
        "selfish",
        certificate("enumeration", {"id": "beneficial"}, SPOILED, {}, prosociality=["3", "3"]),
    ),
    "benefit over selfish play": (
        "expected payoffs",
        certificate("enumeration", {"id": "beneficial"}, SPOILED, {}),
    ),
    "no side payments": ("succeed", forged("side-payments", {("claim", "holds"): False})),
    "no sides": ("lacks a side", forged("axiom-i", {(*GAME, "cooperative"): None})),
    "one side": ("lacks a side", forged("axiom-i", {(*GAME, "cooperative", 1): [0, 1]})),
    **{
        f"false {name}": ("payoffs say", forged(name, {(*GAME, "payoffs", 0, 0): own}))
        for name, own in {
            "axiom-i": [0, 0, 5, 1],
            "axiom-ii": [3, 4, 5, 1],
            "axiom-iii": [1, 0, 5, 1],
            "axiom-iv-strict": [3, 0, 5, 0],
            "axiom-iv-partial": [3, 1, 3, 1],
        }.items()
    },
    # --- all equilibria
    "domination under contracts": (
        "play alone",
        forged("domination", {("data", "contracts"): transfers("free")}),
    ),
    "not dominated": ("not dominated", forged("domination", {("data", "prosociality", 1): "1"})),
    "domination missing": ("not shown", forged("domination", {("witness", "domination", 0): DROP})),
    "domination twice": (
        "listed twice",
        forged(
            "domination", {("witness", "domination"): [[0, 0, 1, 0], [0, 0, 1, 0], [0, 1, 1, 0]]}
        ),
    ),
    "dominates how": (
        "does not cooperate",
        forged("domination", {("witness", "domination", 0, 3): 1}),
    ),
    "implementation under directives": (
        "not about directives",
        forged("exclusion", {("data", "contracts"): DIRECTIVE}),
    ),
    "multiplier twice": (
        "multiplier",
        forged("exclusion", {("witness", "exclusion", 0, 1): [0, 1, 0, 1]}),
    ),
    "multiplier on nothing": (
        "multiplier",
        forged("exclusion", {("witness", "exclusion", 0, 1, 1): 0}),
    ),
    "room left": ("leave room", forged("exclusion", {("witness", "exclusion", 0, 1): DROP})),
    "room left by the contract": (
        "leave room",
        forged("exclusion-by-a-contract", {("witness", "contract", "transfers", 0, 1): [1, -1]}),
    ),
    "unbalanced exclusion": (
        "do not balance",
        forged("exclusion-by-a-contract", {("witness", "contract", "transfers", 0, 1): [3, -2]}),
    ),
    "room for mixing": (
        "room for mixing",
        forged(
            "no-full-implementation",
            {
                (*GAME, "payoffs"): [[[3, 3, 5, 4]], [[3, 3, 0, 0]]],
                ("witness", "cover", "obstructions"): [
                    ALIASED,
                    obstruction("aliasing", [[0, 1]], [0, 0, 1, 1]),
                ],
            },
        ),
    ),
    "excluded by supports": (
        "needs a witness of exclusion",
        forged("support-exclusion", {("claim", "id"): "all-cooperative"}),
    ),
    "equilibrium in no state": (
        "no probability",
        forged("equilibrium", {("witness", "equilibrium", "state"): 1}),
    ),
    "no equilibrium": (
        "no correlated equilibrium",
        forged("equilibrium", {("witness", "equilibrium", "weights", 0, 0): 2}),
    ),
    "nearly an equilibrium": (
        "no correlated equilibrium",
        forged("equilibrium", {("witness", "equilibrium", "weights", 0, 0): 1}),
    ),
    "good equilibrium": (
        "nothing that is ruled out",
        forged("mixed-equilibrium", {("witness", "equilibrium", "weights"): [[0, 1]]}),
    ),
    "not independent": (
        "mix independently",
        forged(
            "mixed-equilibrium",
            {("witness", "equilibrium", "weights"): [[0, 2], [1, 1], [3, 2]]},
        ),
    ),
    "profile twice": (
        "listed twice",
        forged("equilibrium", {("witness", "equilibrium", "weights"): [[3, 1], [3, 1]]}),
    ),
    "empty distribution": (
        "empty",
        forged("equilibrium", {("witness", "equilibrium", "weights"): []}),
    ),
    "supports for one": (
        "for two agents",
        certificate(
            "support-exclusion",
            {"id": "full-implementation"},
            LONE,
            {"supports": [[]]},
            prosociality=["0"],
        ),
    ),
    "too many supports": (
        "over 24 actions",
        certificate(
            "support-exclusion",
            {"id": "full-implementation"},
            game([[0] * 156], [[0] * 156], actions=("ABCDEFGHIJKLM", "NOPQRSTUVWXY")),
            {"supports": [[]]},
        ),
    ),
    "too many agents": (
        "over 100 agents",
        certificate(
            "enumeration",
            {"id": "axiom-ii"},
            game(*([[0]],) * 101, actions=("A",) * 101),
            {},
            prosociality=["0"] * 101,
        ),
    ),
    "long weights": (
        "weights are too long",
        certificate(
            "equilibrium",
            {"id": "full-implementation", "holds": False},
            game(*([[0] * 256],) * 8, actions=("AB",) * 8),
            {"equilibrium": {"state": 0, "weights": [[0, 1 << 14_000]]}},
            prosociality=["0"] * 8,
        ),
    ),
    "unrefuted supports": (
        "not refuted",
        forged("support-exclusion", {("witness", "supports", 0, 1): DROP}),
    ),
    "shift of nothing": (
        "not refuted",
        forged("support-exclusion", {("witness", "supports", 0, 1, "weights"): [0, 0]}),
    ),
    "shift to the worse": (
        "not refuted",
        forged("support-exclusion", {("witness", "supports", 0, 1, "weights"): [-1, 1]}),
    ),
    "shifts that may lose": (
        "not refuted",
        certificate(
            "support-exclusion",
            {"id": "full-implementation"},
            COORDINATION,
            {"supports": [[{"agent": 0, "weights": w} for w in ([1, -1], [-1, 1])]]},
        ),
    ),
    "shift of what is not played": (
        "not refuted",
        certificate(
            "support-exclusion",
            {"id": "full-implementation"},
            DILEMMA,
            {"supports": [[{"agent": 0, "weights": [-1, 1]}]]},
        ),
    ),
    "shift out of nowhere": (
        "sum to 0",
        forged("support-exclusion", {("witness", "supports", 0, 0, "weights"): [2, -1]}),
    ),
    # --- correlated equilibria
    "correlated without transfers": (
        "about transfers",
        forged("correlated-dual", {("data", "contracts"): NONE}),
    ),
    "played without transfers": (
        "about transfers",
        forged("correlated-primal", {("data", "contracts"): NONE}),
    ),
    "seen multiplier": ("a record shows", forged("correlated-dual", {("data", "records"): SEEN})),
    "multiplier that only an audit shows": (
        "a record shows",
        certificate(
            "correlated-dual",
            {"id": "correlated-gap-positive"},
            AUDIT,
            {"dual": [{"denominator": 1, "multipliers": [[0, 0, 1, 1]]}]},
            transfers("free"),
            AUDITED,
        ),
    ),
    "dual multiplier in two parts": (
        "twice",
        forged("correlated-dual", {DUAL: [[0, 0, 1, 1], [0, 0, 1, 2], [1, 0, 1, 3]]}),
    ),
    "weak dual": ("bound welfare by W*", forged("correlated-dual", {DUAL: []})),
    "weak bound": ("smaller gap", forged("correlated-bound", {(*DUAL, 0, 3): 2})),
    "diluted bound": (
        "smaller gap",
        forged("correlated-bound", {("witness", "dual", 0, "denominator"): 2}),
    ),
    "bound denied": ("not denied", forged("correlated-bound", {("claim", "holds"): False})),
    "gap denied": ("not denied", forged("correlated-optimum", {("claim", "holds"): False})),
    "most denied": ("not denied", forged("correlated-gap-at-most", {("claim", "holds"): False})),
    "unreached": (
        "do not reach W*",
        forged(
            "correlated-primal", {(*PRIMAL, "distributions", 0): [[0, 1], [1, 1], [2, 1], [3, 1]]}
        ),
    ),
    "not correlated": (
        "no correlated equilibrium",
        forged("correlated-optimum", {(*PRIMAL, "distributions", 0): [[0, 1]]}),
    ),
    "distributions miss": ("distributions miss", forged("correlated-optimum", {CLAIM: "3"})),
    "multipliers miss": ("multipliers miss", forged("correlated-optimum", {(*DUAL, 0, 3): 2})),
    "larger gap": ("larger gap", forged("correlated-gap-at-most", {CLAIM: "-1/9"})),
    "bounded audits": ("cannot grow", forged("correlated-limit", {BOUND: "100"})),
    "unbalanced audits": (
        "do not balance",
        forged("correlated-limit", {(*LIMIT, "growing", "transfers", 0, 1): [-1, 2]}),
    ),
    "auditors with large stakes": (
        "not correlated",
        forged(
            "correlated-limit",
            {(*LIMIT, "growing", "transfers"): [[1, [-1, 1]], [2, [-2, 2]]]},
        ),
    ),
    "small stakes": (
        "not correlated",
        forged("correlated-limit", {(*LIMIT, "growing", "transfers"): []}),
    ),
    "no settled fine": (
        "not correlated",
        forged("correlated-limit", {(*LIMIT, "fixed", "transfers", 1, 1): [0, 0]}),
    ),
    "tempting audits": (
        "not correlated",
        forged("correlated-limit", {(*LIMIT, "fixed", "transfers", 0, 1): [-3, 3]}),
    ),
}
"""For each forgery, part of the reason for its rejection, and the document."""


@pytest.mark.parametrize("name", HONEST)
def test_honest_certificates_are_accepted(name: str):
    verdict, read = verify(text(HONEST[name]))
    assert verdict == Verdict(True)
    assert read is not None
    assert read.kind == HONEST[name]["kind"]


@pytest.mark.parametrize("name", FORGED)
def test_forgeries_are_rejected_with_their_reason(name: str):
    reason, document = FORGED[name]
    verdict, _ = verify(text(document))
    assert not verdict.accepted
    assert reason in verdict.reason


# ------------------------------------------------------------ limits and internal trouble


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError, "too large to check (MemoryError)"),
        (RecursionError, "too large to check (RecursionError)"),
        (OverflowError, "too large to check (OverflowError)"),
        (TypeError, "malformed (TypeError)"),
    ],
)
def test_what_breaks_the_checker_is_rejected(
    error: type[Exception], reason: str, monkeypatch: pytest.MonkeyPatch
):
    def explode(_: object) -> None:
        raise error

    with monkeypatch.context() as rules:
        rules.setattr(checker, "RULES", {"gap-zero": explode})
        verdict, read = verify(text(HONEST["contract"]))
        assert verdict == Verdict(False, reason)
        assert read is not None
    monkeypatch.setattr(checker, "decode", explode)
    assert verify(text(HONEST["contract"])) == (Verdict(False, reason), None)


def test_payoff_vectors_are_limited(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checker, "VECTOR_LIMIT", 0)
    verdict, _ = verify(text(HONEST["beneficial"]))
    assert verdict == Verdict(False, "too large to check: too many expected payoffs")


@pytest.mark.parametrize("name", [each for each in HONEST if "never-is" not in each])
def test_steps_are_counted(name: str, monkeypatch: pytest.MonkeyPatch):
    """Every check spends steps, and gives up where they end."""
    monkeypatch.setattr(checker, "STEP_LIMIT", 0)
    verdict, _ = verify(text(HONEST[name]))
    assert verdict == Verdict(False, "too large to check: the step limit is reached")


def test_records_are_numbered_apart():
    """Two plays share a number exactly if they share cell and classes."""
    records = by_class([0, 1, 1], [0, 1, 0], [0, 0])
    document = certificate(
        "enumeration", {"id": "beneficial"},
        game([[0] * 6] * 3, [[0] * 6] * 3, actions=("ABC", "XY"), prior=["1/3"] * 3),
        {}, records=records,
    )  # fmt: skip
    instance = Instance(decode(text(document)).problem)
    seen: dict[int, set[tuple[int, int]]] = {}
    for state in range(3):
        for profile in range(6):
            saw = (records["cells"][state], records["classes"][0][profile // 2])
            seen.setdefault(instance.record(state, profile), set()).add(saw)
    assert all(len(saw) == 1 for saw in seen.values())
    assert len(seen) == 4


# ------------------------------------------------------------ the kinds


@pytest.mark.parametrize(
    ("prosociality", "kind"), [(None, "threshold"), ((Fraction(0),) * 2, "optimal-selection")]
)
def test_contract_and_cover(prosociality: Any, kind: str):
    """The same parts show a threshold where λ is asked for, and a value where it is given."""
    problem = decode(text(HONEST["threshold"])).problem
    problem = Problem(problem.game, problem.records, problem.contracts, prosociality)
    assert kind_of(problem, {"contract": {}, "cover": {}}) == kind


def test_unknown_parts():
    with pytest.raises(Rejected, match="unknown parts"):
        kind_of(decode(text(HONEST["threshold"])).problem, {"cover": {}, "exclusion": []})


# ------------------------------------------------------------ the format


@pytest.mark.parametrize("name", HONEST)
def test_text_and_values_are_the_same_thing(name: str):
    read = decode(text(HONEST[name]))
    assert json.loads(encode(read)) == HONEST[name]
    assert encode(decode(encode(read))) == encode(read)


def test_values_that_engines_build():
    """Fractions, tuples, memory views and read-only mappings have a JSON form; floats have none."""
    row = memoryview(bytes([1, 0]))
    built = Certificate(
        "enumeration",
        MappingProxyType({"id": "unique-nash", "holds": False}),
        Problem(
            Game(("p",), (("A", "B"),), ("w",), (Fraction(1),), 2, ((row,),), ((0,),)),
            RecordMap(table=(row,)),
            Contracts("transfers", "burnt", Fraction(3, 2)),
            (Fraction(1, 3),),
        ),
        {},
    )
    read = decode(encode(built))
    assert read.problem.game.payoffs == (([1, 0],),)
    assert (read.problem.contracts, read.problem.prosociality) == (
        built.problem.contracts,
        built.problem.prosociality,
    )
    assert not check(built).accepted
    assert check(replace(built, claim={**built.claim, "holds": True})).accepted
    with pytest.raises(TypeError, match="set has no JSON form"):
        canonical({"a": {1}})


def test_canonical_text():
    value = {"b": [Fraction(-3, 2), Fraction(4)], "a": "λ"}
    assert canonical(value) == '{"a":"λ","b":["-3/2","4"]}'


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("1.5", "floating-point"),
        ("[Infinity]", "floating-point"),
        ("9" * 5_000, "not JSON"),
        ("[]", "must be an object"),
        ('{"a": 0, "a": 0}', "twice"),
    ],
)
def test_text_that_is_no_certificate(certificate: str, reason: str):
    verdict, read = verify(certificate)
    assert read is None
    assert not verdict.accepted
    assert reason in verdict.reason


@pytest.mark.parametrize("number", ["0", "-1", "3/2", "-3/2", "9" * 4000, "1/" + "9" * 4000])
def test_numbers(number: str):
    assert str(rational(number)) == number
    assert rational(Fraction(number)) == Fraction(number)


@pytest.mark.parametrize(
    "number",
    [
        *("", "-0", "+1", "01", "--1", "2/4", "1/1", "1/-2", "1/0", "0/5", "0.5", "1e3", " 1"),
        *("1 ", "1\n", "½", "\N{ARABIC-INDIC DIGIT ONE}", "1/\N{ARABIC-INDIC DIGIT ZERO}"),
        *("9" * 4001, 1, None, True),
    ],
)
def test_what_is_no_number(number: object):
    with pytest.raises(Malformed):
        rational(number)


@pytest.mark.parametrize(
    ("contracts", "sensible"),
    [
        (NONE, True),
        (DIRECTIVE, True),
        ({**DIRECTIVE, "permissive": True}, True),
        *((transfers(budget, bound), True) for budget in ("free", "burnt", "balanced")
          for bound in (None, "0", "7/2")),
        ({**NONE, "permissive": True}, False),
        ({**NONE, "liability": "1"}, False),
        ({**NONE, "budget": "free"}, False),
        ({**DIRECTIVE, "budget": "free"}, False),
        ({**DIRECTIVE, "liability": "1"}, False),
        ({**transfers("free"), "permissive": True}, False),
        (transfers(""), False),
        (transfers("free", "-1"), False),
    ],
)  # fmt: skip
def test_classes_of_contracts(contracts: Json, sensible: bool):
    document = certificate("enumeration", {"id": "beneficial"}, DILEMMA, {}, contracts)
    assert verify(text(document))[0].accepted == sensible


# ------------------------------------------------------------ quantities, by known examples


@pytest.mark.parametrize(
    ("claim", "truth"),
    [
        ({"id": "beneficial"}, True),
        ({"id": "beneficial-with-side-payments"}, True),
        ({"id": "unique-nash"}, True),
        ({"id": "unique-nash", "profiles": [[3]]}, True),
        ({"id": "unique-nash", "profiles": [[0]]}, False),
        ({"id": "nash", "profiles": [[3]]}, True),
        ({"id": "nash", "profiles": [[0, 3]]}, False),
        *(({"id": f"axiom-{name}"}, True) for name in ("i", "ii", "iii", "iv-strict")),
    ],
)
def test_of_a_claim_and_its_negation_one_is_accepted(claim: Json, truth: bool):
    for holds in (True, False):
        document = certificate("enumeration", {**claim, "holds": holds}, DILEMMA, {})
        assert verify(text(document))[0].accepted == (holds == truth)


def test_gaps_on_both_sides_of_the_value():
    """N4 with balanced transfers has value 5 and gap 1: by contract at most, by cover at least."""
    parts = HONEST["optimal-selection"]["witness"]
    for level in (Fraction(1, 2), Fraction(1), Fraction(3, 2)):
        for name, holds, part, truth in [
            ("gap-at-most", True, "contract", level >= 1),
            ("gap-at-most", False, "cover", level < 1),
            ("gap-at-least", True, "cover", level <= 1),
            ("gap-at-least", False, "contract", level > 1),
        ]:
            kind = {"contract": "contract", "cover": "dominated-selection"}[part]
            claim = {"id": name, "value": str(level), "holds": holds}
            document = certificate(
                kind, claim, N4, {part: parts[part]}, transfers("balanced"), STATE_BLIND
            )
            assert verify(text(document))[0].accepted == truth, claim
