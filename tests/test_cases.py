"""The checker of families: honest certificates by hand, forgeries with their reasons, limits.

``FAMILIES`` and ``FALSE`` also feed the tests of tampering and of planted bugs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
import recheck
from recheck import (
    DIRECTIVE,
    NONE,
    SEEN,
    Json,
    altered,
    by_class,
    by_table,
    sealed,
    text,
    transfers,
    without,
)

from proofs import cases
from proofs.cases import check_family, decode_family, run_rule, verify_family
from proofs.checker import Verdict
from proofs.conditions import Condition, decoded_condition, plain_condition, plain_refutation
from proofs.encoding import encode_family
from proofs.prover import Prover
from proofs.regions import Recorder

BLIND = by_class([0], [0, 0], [0, 0])

Path = tuple[str | int, ...]


# ------------------------------------------------------------ building


def poly(number: int | str = 0, /, **terms: int | str) -> Json:
    """A number plus multiples of parameters: ``poly(-3, t=1, t_t="1/2")`` is t²/2 + t − 3."""
    named = {"*".join(name.split("_")): value for name, value in terms.items()}
    return {name: str(value) for name, value in {"1": number, **named}.items() if str(value) != "0"}


def over(above: Any, below: Any = 1) -> Json:
    return [part if isinstance(part, dict) else poly(part) for part in (above, below)]


def game(
    *payoffs: Any,
    actions: Sequence[str] = ("AB", "AB"),
    prior: Sequence[Any] = (1,),
    cooperative: Json = None,
) -> Json:
    return {
        "players": [f"p{i}" for i in range(len(actions))],
        "actions": [list(of_agent) for of_agent in actions],
        "states": [f"w{s}" for s in range(len(prior))],
        "prior": [_ratio(p) for p in prior],
        "payoffs": [[[_ratio(u) for u in row] for row in own] for own in payoffs],
        "cooperative": cooperative,
    }


def _ratio(value: Any) -> Json:
    return value if isinstance(value, list) else over(value)


def family(
    claim: Json,
    about: Json,
    witness: Json,
    *,
    kind: str = "cases",
    names: Sequence[str] = "t",
    assume: Sequence[Json] = (),
    records: Json = None,
    contracts: Json = NONE,
    levels: Sequence[Any] | None = (0, 0),
) -> Json:
    data = {
        "parameters": list(names),
        "assumptions": list(assume),
        "game": about,
        "records": records,
        "contracts": contracts,
        "prosociality": None if levels is None or about is None else [_ratio(v) for v in levels],
    }
    return sealed(
        {
            "schema": "coopgap.family-certificate/1",
            "kind": kind,
            "claim": {"holds": True, **claim},
            "data": data,
            "witness": witness,
        }
    )


def leaf(
    *point: int | str, witness: Json = None, facts: Sequence[Json] = (), piece: int = 0
) -> Json:
    return {
        "point": list(map(str, point)),
        "facts": list(facts),
        "witness": witness or {},
        "piece": piece,
    }


def tree(root: Json, *apart: Json) -> Json:
    return {"cases": root, "apart": list(apart)}


def split(condition: Json, then: Json, *otherwise: Json) -> Json:
    return {"if": condition, "then": then, "else": list(otherwise)}


def refuted(*products: Json, multipliers: Sequence[Json] = ()) -> Json:
    """Coefficients and the indices that they multiply."""
    listed = [[str(coefficient), indices] for coefficient, indices in products]
    return {"products": listed, "multipliers": list(multipliers)}


def fact(condition: Json, *refutations: Json) -> Json:
    return [condition, list(refutations)]


def counter(*point: int | str, witness: Json = None, instead: str | None = None) -> Json:
    shown = {"point": list(map(str, point)), "witness": witness or {}, "instead": instead}
    return {"counterexample": shown}


def completed(document: Json) -> Json:
    """The document with the facts that its cases need, as the prover finds them."""
    certificate = decode_family(text(document))
    check = cases._Check(certificate)
    prover = Prover(len(check.index), None)  # type: ignore[arg-type]  # asks no solver

    def case(node: Json, path: tuple[Condition, ...]) -> Json:
        if "refuted" in node:
            return node
        if "if" in node:
            condition = decoded_condition(node["if"], check.index)
            branches = zip(node["else"], condition.negations(), strict=True)
            return {
                "if": node["if"],
                "then": case(node["then"], (*path, condition)),
                "else": [case(branch, (*path, other)) for branch, other in branches],
            }
        recorder = Recorder(tuple(map(Fraction, node["point"])))
        piece = check.pieces[node["piece"]]
        run_rule(certificate.problem, recorder, check.id, check.holds, piece.claim, node["witness"])
        facts = []
        for each in dict.fromkeys((*recorder.noted, *piece.when)):
            found = prover.proof(path, each)
            assert found is not None, (node, plain_condition(each, certificate.problem.parameters))
            if found:
                names = certificate.problem.parameters
                plain = [plain_refutation(one, names) for one in found]
                facts.append(fact(plain_condition(each, names), *plain))
        return {**node, "facts": facts}

    root = case(document["witness"]["cases"], certificate.problem.assumptions)
    return altered(document, ("witness", "cases"), root)


NO = [poly(-1), ">"]
# In the dilemma A cooperates: R 3, S 0, T t, P 1, and 3 < t < 6.
T = poly(t=1)
TEMPTED = [[poly(-3, t=1), ">"], [poly(6, t=-1), ">"]]
DILEMMA = game([[3, 0, T, 1]], [[3, T, 0, 1]], cooperative=[[0], [0]])
SUCKER = fact([poly(-2, t=1), ">"], refuted((1, [0]), (1, [2]), (1, [])))
"""t > 2, from t > 3 and against t ≤ 2."""

DEVIATION = recheck.TEMPTED
ALIASED = recheck.ALIASED
COVER = recheck.cover([[0]], DEVIATION)
ALL_BUT_LAST = recheck.cover(
    [[0]],
    DEVIATION,
    recheck.obstruction("profitable-deviation", [[0, 1]], [0, 0, 1, 1]),
    recheck.obstruction("profitable-deviation", [[0, 2]], [0, 1, 1, 1]),
)
NOBODY_PAYS = {"selection": [3], "denominator": 1, "transfers": []}
# A number of cases: which of x and 1 is larger.
LARGER = game([[poly(x=1), 1]], [[0, 0]], actions=("AB", "X"))
X_ABOVE = [poly(-1, x=1), ">"]
X_BELOW = [poly(1, x=-1), ">="]
# Matching with a state that is sure at the edges of 0 ≤ q ≤ 1.
Q = poly(q=1)
CHANCE = [[Q, ">="], [poly(1, q=-1), ">="]]
UNSURE = game([[2, 0], [0, 1]], [[0, 0], [0, 0]], actions=("AB", "X"), prior=(Q, poly(1, q=-1)))
# N1 with a reward of 3 ≤ r < 4 for shirking.
AUDIT = game([[2, 0, poly(r=1), 0]], [[2, 0, 0, 0]])
AUDITS = {
    "fixed": {"denominator": 1, "transfers": [[1, [-2, 2]], [2, [-1, 1]]]},
    "growing": {
        "denominator": 1,
        "transfers": [[2, [over(poly(2, r=-1)), over(poly(-2, r=1))]]],
    },
    "distributions": [[[0, 1]]],
    "trembles": [[[1, 1]]],
}
# Coordination on A is worth c > 0, on B one.
C = poly(c=1)
COORDINATE = game([[C, 0, 0, 1]], [[C, 0, 0, 1]])
MIXED = [[0, 1], [1, over(C)], [2, over(C)], [3, over(poly(c_c=1))]]
PENNIES = game([[T, 0, 0, T]], [[0, T, T, 0]])
DRIVEN = [[1, 2], [0, 1]]

BY_HAND: dict[str, Json] = {
    "formula": family(
        {
            "id": "formula",
            "conclusion": ["and", [poly(x_x=1, y_y=-1), ">"], ["or", [poly(x=1), "=="], X_ABOVE]],
        },
        None,
        tree(
            split(
                X_ABOVE,
                leaf(
                    2,
                    1,
                    facts=[
                        # (x − y)² + 2 (x − y) y + (y² − x²) = 0
                        fact(
                            [poly(x_x=1, y_y=-1), ">"],
                            refuted((1, [0, 0]), (2, [0, 1]), (1, [4])),
                        )
                    ],
                ),
                {"refuted": refuted((1, [2]), (1, [3]))},
            )
        ),
        names="xy",
        assume=[[poly(x=1, y=-1), ">"], [poly(y=1), ">"], X_ABOVE],
    ),
    "formula-denied": family(
        {"id": "formula", "holds": False, "conclusion": ["not", [poly(1, x_x=1), ">"]]},
        None,
        # x² is an equation's multiple: y = x, so x² = x y.
        tree(
            leaf(
                1,
                1,
                facts=[
                    fact(
                        [poly(1, x_x=1), ">"],
                        refuted((1, [1]), (1, [2]), (1, []), multipliers=[[0, poly(x=-1)]]),
                    )
                ],
            )
        ),
        names="xy",
        assume=[[poly(y=1, x=-1), "=="], [poly(x_y=1), ">="]],
    ),
    "formula-of-alternatives": family(
        {"id": "formula", "conclusion": ["or", NO, ["not", NO]]}, None, tree(leaf(1))
    ),
    "inconsistent": family(
        {"id": "inconsistent"},
        None,
        tree(
            split(
                [poly(x=1), "=="],
                {"refuted": refuted((1, [0]), multipliers=[[2, poly(-1)]])},
                {"refuted": refuted((1, [1]), (1, [2]))},
                {"refuted": refuted((1, [0]), (1, [2]))},
            )
        ),
        names="x",
        assume=[[poly(x=1), ">"], [poly(x=-1), ">="]],
    ),
    "optimum-in-pieces": family(
        {
            "id": "optimum",
            "pieces": [
                {"when": [X_ABOVE], "value": over(poly(x=1))},
                {"when": [X_BELOW], "value": "1"},
            ],
        },
        LARGER,
        tree(
            split(X_ABOVE, leaf(2), leaf(0, piece=1)),
            refuted((1, [0]), (1, [1])),
        ),
        names="x",
    ),
    "divided-by-less-than-0": family(
        {"id": "optimum", "value": "0"},
        game([[over(1, poly(x=-1)), 0]], actions=("AB",)),
        tree(leaf(1)),
        names="x",
        assume=[[poly(x=1), ">"]],
        levels=[0],
    ),
    "first-best-of-a-state": family(
        {
            "id": "first-best",
            "state": 0,
            "pieces": [
                {"when": [[Q, ">"]], "profiles": [0]},
                {"when": [[Q, "=="]], "profiles": None},
            ],
        },
        UNSURE,
        tree(
            split(
                [Q, ">"],
                split([poly(1, q=-1), ">"], leaf("1/2"), leaf(1)),
                leaf(
                    0,
                    piece=1,
                    facts=[
                        fact(
                            [Q, "=="],
                            refuted((1, [2]), (1, [3])),
                            refuted((1, [0]), (1, [3])),
                        ),
                        fact([poly(1, q=-1), ">"], refuted((1, [2]), (1, [3]), (1, []))),
                    ],
                ),
            ),
            refuted((1, [2]), multipliers=[[3, poly(-1)]]),
        ),
        names="q",
        assume=CHANCE,
    ),
    "value": family(
        {"id": "value", "value": "2"},
        DILEMMA,
        tree(leaf(5, witness={"contract": NOBODY_PAYS, "cover": ALL_BUT_LAST})),
        assume=TEMPTED,
    ),
    "no-value": family(
        {"id": "value", "value": "-inf"},
        PENNIES,
        tree(leaf(1, witness={"cover": recheck.cover([[0]], *recheck.PENNIES_TEMPTED)})),
        assume=[[T, ">"]],
    ),
    "gap-by-existing-transfers": family(
        {"id": "gap", "value": "0"},
        DILEMMA,
        tree(
            split(
                [poly(12, t=-2), ">"],
                leaf(
                    5,
                    witness={
                        "contract": {"selection": [0]},
                        "cover": recheck.cover([[0]]),
                    },
                ),
                {"refuted": refuted((2, [1]), (1, [2]))},
            )
        ),
        assume=TEMPTED,
        records=SEEN,
        contracts=transfers("balanced", "3"),
    ),
    "gap-positive": family(
        {"id": "gap-positive"},
        DILEMMA,
        tree(leaf(5, witness={"cover": recheck.cover([[0]], ALIASED)})),
        assume=TEMPTED,
        records=BLIND,
        contracts=transfers("free"),
    ),
    "gap-at-least": family(
        {"id": "gap-at-least", "value": over(poly(6, t=-1), 2)},
        DILEMMA,
        tree(leaf(5, witness={"cover": recheck.cover([[0]], ALIASED)}, facts=[SUCKER])),
        assume=TEMPTED,
        records=BLIND,
        contracts=transfers("free"),
    ),
    "gap-across-states": family(
        {"id": "gap-positive"},
        game(
            [[0, 1], [1, 0]],
            [[T, 0], [0, T]],
            actions=("AB", "X"),
            prior=("1/3", "2/3"),
        ),
        tree(leaf(2, witness={"cover": recheck.cover([[1, 0]], recheck.CYCLE)})),
        assume=[[poly(-1, t=1), ">"]],
        records=by_class([0, 0], [0, 1], [0]),
        contracts=transfers("free"),
    ),
    "directive": family(
        {"id": "value", "value": "6"},
        DILEMMA,
        tree(leaf(5, facts=[SUCKER])),
        assume=TEMPTED,
        records=SEEN,
        contracts=DIRECTIVE,
    ),
    "threshold": family(
        {"id": "threshold", "value": over(poly(-3, t=1), poly(6, t=-1))},
        DILEMMA,
        tree(leaf(5, witness={"contract": {**NOBODY_PAYS, "selection": [0]}, "cover": COVER})),
        assume=TEMPTED,
        levels=None,
    ),
    "thresholds-of-agents": family(
        {
            "id": "agent-thresholds",
            "thresholds": [[[0], [over(poly(-3, t=1), poly(6, t=-1))] * 2]],
        },
        DILEMMA,
        tree(leaf(5, facts=[SUCKER])),
        assume=TEMPTED,
        levels=None,
    ),
    "no-threshold": family(
        {"id": "threshold", "value": "inf"},
        PENNIES,
        tree(leaf(1, witness={"cover": recheck.cover([[0]], *recheck.PENNIES_TEMPTED)})),
        assume=[[T, ">"]],
        levels=None,
    ),
    "correlated-gap": family(
        {"id": "correlated-gap", "value": "4"},
        DILEMMA,
        tree(
            leaf(
                5,
                witness={
                    "dual": [
                        {
                            "denominator": over(poly(-3, t=1)),
                            "multipliers": [[0, 0, 1, 6], [1, 0, 1, "6"]],
                        }
                    ],
                    "primal": {"distributions": [[[3, 1]]]},
                },
            )
        ),
        assume=[[poly(-5, t=1), "=="]],
        records=BLIND,
        contracts=transfers("balanced"),
    ),
    "correlated-play": family(
        {"id": "correlated-gap-at-most", "value": over(poly(6, t=-1), 2)},
        DILEMMA,
        tree(
            leaf(
                5,
                witness={
                    "primal": {
                        "denominator": 2,
                        "transfers": [
                            [1, [over(poly(-6, t=2)), over(poly(6, t=-2))]],
                            [2, [over(poly(6, t=-2)), over(poly(-6, t=2))]],
                        ],
                        "distributions": [[[0, 2], [1, "1"], [2, 1]]],
                    }
                },
            )
        ),
        assume=[[poly(-4, t=1), ">"], [poly(6, t=-1), ">"]],
        records=SEEN,
        contracts=transfers("balanced"),
    ),
    "limit": family(
        {"id": "correlated-gap-positive", "holds": False},
        AUDIT,
        tree(leaf(3, witness={"limit": AUDITS})),
        names="r",
        assume=[[poly(-3, r=1), ">="], [poly(4, r=-1), ">"]],
        records=by_table([0, 1, 0, 2]),
        contracts=transfers("balanced"),
    ),
    "play-at-most": family(
        {"id": "play-at-most", "state": 0, "profile": 0, "within": None, "value": "0"},
        DILEMMA,
        tree(leaf(5, witness={"multipliers": [[0, 0, 1, over(1, poly(-3, t=1))]]})),
        assume=TEMPTED,
        records=BLIND,
        contracts=transfers("free"),
    ),
    "domination": family(
        {"id": "all-cooperative"},
        DILEMMA,
        tree(leaf(5, witness={"domination": [[0, 0, 1, 0], [0, 1, 1, 0]]})),
        assume=[[poly(-5, t=1), "=="]],
        levels=(over(poly(-2, t=1)), 3),
    ),
    "exclusion": family(
        {"id": "full-implementation"},
        DILEMMA,
        tree(leaf(5, witness={"exclusion": [[[0, 1, 0, 1], [1, 1, 0, over(T, 3)]]]})),
        assume=[[poly(-5, t=1), "=="]],
        levels=(3, 3),
    ),
    "supports": family(
        {"id": "full-implementation"},
        DILEMMA,
        tree(
            leaf(
                5,
                witness={
                    "supports": [
                        [{"agent": 0, "weights": [1, -1]}, {"agent": 1, "weights": [2, -2]}]
                    ]
                },
            )
        ),
        assume=[[poly(-5, t=1), "=="]],
        levels=(3, "5/2"),
    ),
    "mixed": family(
        {"id": "full-implementation", "holds": False},
        COORDINATE,
        tree(
            leaf(
                2,
                witness={"equilibrium": {"state": 0, "weights": MIXED}},
            )
        ),
        names="c",
        assume=[[poly(-1, c=1), ">"]],
    ),
    "nash": family(
        {"id": "nash", "profiles": [[3]]},
        DILEMMA,
        tree(leaf(5)),
        assume=TEMPTED,
    ),
    "equilibria-with-levels": family(
        {"id": "equilibria", "state": 0, "profiles": [0]},
        DILEMMA,
        tree(leaf(5)),
        assume=[[poly(-5, t=1), "=="]],
        levels=(over(poly(-2, t=1)), over(poly(4), 1)),
    ),
    "beneficial": family(
        {"id": "beneficial"}, DILEMMA, tree(leaf(5, facts=[SUCKER])), assume=TEMPTED
    ),
    "side-payments": family(
        {"id": "beneficial-with-side-payments"},
        DILEMMA,
        tree(leaf(5, facts=[SUCKER])),
        assume=TEMPTED,
    ),
    "incontractible-cells": family(
        {"id": "incontractible-cells", "cells": [0]},
        UNSURE,
        tree(leaf("1/3")),
        names="q",
        assume=[[Q, ">"], [poly(1, q=-1), ">"]],
        records=by_class([0, 0], [0, 1], [0]),
    ),
    **{
        axiom: family({"id": axiom}, DILEMMA, tree(leaf(5, facts=[SUCKER])), assume=TEMPTED)
        for axiom in ("axiom-i", "axiom-ii", "axiom-iii", "axiom-iv-strict", "axiom-iv-partial")
    },
    "formula-refuted": family(
        {"id": "formula", "for_all": False, "conclusion": [poly(-1, x_x=1), ">="]},
        None,
        counter("1/2"),
        kind="counterexample",
        names="x",
        assume=[[poly(x=1), ">"]],
    ),
    "claim-refuted": family(
        {"id": "gap-zero", "for_all": False},
        DILEMMA,
        counter(5, witness={"cover": recheck.cover([[0]], ALIASED)}),
        kind="counterexample",
        assume=TEMPTED,
        records=BLIND,
        contracts=transfers("free"),
    ),
    "number-refuted": family(
        {"id": "threshold", "for_all": False, "value": over(poly(-2, t=1), poly(7, t=-1))},
        DILEMMA,
        counter(
            4,
            witness={"contract": {**NOBODY_PAYS, "selection": [0]}, "cover": COVER},
            instead="1/2",
        ),
        kind="counterexample",
        assume=TEMPTED,
        levels=None,
    ),
    "bound-refuted": family(
        {"id": "gap-at-most", "for_all": False, "value": over(poly(6, t=-1), 2)},
        DILEMMA,
        counter(5, witness={"cover": recheck.cover([[0]], ALIASED)}),
        kind="counterexample",
        assume=TEMPTED,
        records=BLIND,
        contracts=transfers("free"),
        levels=(0, 0),
    ),
}
FAMILIES: dict[str, Json] = {
    name: document
    if document["kind"] != "cases" or verify_family(text(document))[0].accepted
    else completed(document)
    for name, document in BY_HAND.items()
}
"""Certificates that show their claims, by name; those whose steps are many are completed."""


@pytest.mark.parametrize("name", FAMILIES)
def test_honest_families_are_accepted(name: str):
    verdict, read = verify_family(text(FAMILIES[name]))
    assert verdict == Verdict(True)
    assert read is not None
    assert json.loads(encode_family(read)) == FAMILIES[name]


# ------------------------------------------------------------ forgeries


def forged(name: str, changes: Mapping[Path, Json]) -> Json:
    """An honest certificate with changes, and with the hash of its data as it is then."""
    document = FAMILIES[name]
    for path, value in changes.items():
        document = without(document, path) if value is DROP else altered(document, path, value)
    return sealed(document)


DROP = object()
DATA: Path = ("data",)
GAME: Path = ("data", "game")
CLAIM: Path = ("claim",)
CASES: Path = ("witness", "cases")
APART: Path = ("witness", "apart")
COUNTER: Path = ("witness", "counterexample")
PIECES: Path = ("claim", "pieces")
NEVER = {"refuted": refuted((1, [0]), (1, []))}
TRUTH = {"id": "formula", "conclusion": ["and"]}
ONE = game([[1, 0]], actions=("AB",))
WORTH_ONE = {"id": "optimum", "for_all": False, "value": "1"}
M = 2**61 - 1
"""The hash of an integer is its remainder by this."""

FALSE: dict[str, tuple[str, Json]] = {
    # --- the frame
    "schema": ("schema", altered(FAMILIES["nash"], ("schema",), "coopgap.certificate/1")),
    "hash": ("data_sha256", altered(FAMILIES["nash"], (*DATA, "parameters"), ["s"])),
    "kind": ("has the kind 'cases'", forged("nash", {("kind",): "counterexample"})),
    "witness": ("has the kind ''", forged("nash", {("witness", "more"): 0})),
    "no claim": ("no such claim", forged("nash", {(*CLAIM, "id"): "nasch"})),
    "neither": ("no such claim", forged("nash", {(*CLAIM, "holds"): 1})),
    "for all": ("not so for all", forged("nash", {(*CLAIM, "for_all"): False})),
    "for one": ("not so for all", forged("claim-refuted", {(*CLAIM, "for_all"): DROP})),
    "formula of a game": ("a formula is not", forged("nash", {CLAIM: {**TRUTH, "holds": True}})),
    "game of a formula": (
        "a formula is not",
        forged("nash", {GAME: None, (*DATA, "prosociality"): None}),
    ),
    "records of a formula": ("need a game", forged("formula", {(*DATA, "records"): SEEN})),
    "levels of a formula": ("need a game", forged("formula", {(*DATA, "prosociality"): []})),
    # --- numbers
    "parameter twice": ("distinct", forged("formula", {(*DATA, "parameters"): ["x", "x"]})),
    "a parameter that is a number": (
        "another monomial",
        family(TRUTH, None, tree(leaf(1)), names="1"),
    ),
    "a parameter that is a product": (
        "another monomial",
        family(TRUTH, None, tree(leaf(1, 1, 1)), names=("x", "y", "x*y")),
    ),
    "relation": ("a relation is", forged("nash", {(*DATA, "assumptions", 0, 1): "<"})),
    "unknown monomial": ("no monomial", forged("nash", {(*DATA, "assumptions", 0, 0): {"s": "1"}})),
    "degree": (
        "no monomial",
        forged("nash", {(*DATA, "assumptions", 0, 0): {"*".join("t" * 65): "1"}}),
    ),
    "no polynomial": ("maps monomials", forged("nash", {(*DATA, "assumptions", 0, 0): []})),
    "no term": ("canonical form", forged("nash", {(*DATA, "assumptions", 0, 0): {"t": "0"}})),
    "order": (
        "canonical form",
        family(TRUTH, None, tree(leaf(1, 1)), names="xy", assume=[[{"y*x": "1"}, ">"]]),
    ),
    "coefficient": ("lowest", forged("nash", {(*DATA, "assumptions", 0, 0): {"t": "2/2"}})),
    "nothing below the line": (
        "denominator is 0",
        forged("nash", {(*GAME, "payoffs", 0, 0, 0): [poly(1), {}]}),
    ),
    "below the line, unknown": (
        "sign of a difference",
        forged("nash", {(*GAME, "payoffs", 0, 0, 0): over(1, poly(-5, t=1))}),
    ),
    "below the line, 0 in the case": (
        "a divisor is 0",
        forged("correlated-gap", {(*GAME, "payoffs", 0, 0, 0): over(1, poly(-5, t=1))}),
    ),
    "prior": ("no distribution", forged("nash", {(*GAME, "prior", 0): over(2)})),
    "prior that may be negative": (
        "sign of a difference",
        forged("incontractible-cells", {(*DATA, "assumptions"): []}),
    ),
    "negative λ": ("λ is negative", forged("nash", {(*DATA, "prosociality", 0): over(-1)})),
    # --- cases
    "no case": ("a case is an object", forged("nash", {CASES: []})),
    "half a case": ("case must be", forged("nash", {CASES: {"if": NO}})),
    "one branch of two": (
        "wrong length",
        forged("inconsistent", {(*CASES, "else"): [NEVER]}),
    ),
    "a case forgotten": (
        "outside it",
        forged(
            "optimum-in-pieces",
            {(*CASES, "else", 0): FAMILIES["optimum-in-pieces"]["witness"]["cases"]["then"]},
        ),
    ),
    "a point outside": ("outside it", forged("nash", {(*CASES, "point"): ["7"]})),
    "a point of another space": ("wrong length", forged("nash", {(*CASES, "point"): ["5", "5"]})),
    "no refutation": (
        "add up",
        forged("inconsistent", {(*CASES, "then", "refuted"): refuted((1, [1]), (1, [2]))}),
    ),
    "nothing refutes": ("add up", forged("inconsistent", {(*CASES, "then", "refuted"): refuted()})),
    "a refutation that is not strict": (
        "add up",
        family(
            {"id": "inconsistent"},
            None,
            tree({"refuted": refuted((1, [0]), (1, [1]))}),
            names="x",
            assume=[[poly(x=1), ">="], [poly(x=-1), ">="]],
        ),
    ),
    "an equation that is not strict": (
        "add up",
        family(
            {"id": "inconsistent"},
            None,
            tree({"refuted": refuted((1, [0, 1]), (1, [2]))}),
            names="x",
            assume=[[poly(x=1), ">"], [poly(x=1), "=="], [poly(x_x=-1), ">="]],
        ),
    ),
    "a negative coefficient": (
        "add up",
        family(
            {"id": "inconsistent"},
            None,
            tree({"refuted": refuted((1, [0]), (-1, [0]))}),
            names="x",
            assume=[[poly(x=1), ">"]],
        ),
    ),
    "a multiple of no equation": (
        "add up",
        family(
            {"id": "inconsistent"},
            None,
            tree({"refuted": refuted((1, [0]), multipliers=[[0, poly(-1)]])}),
            names="x",
            assume=[[poly(x=1), ">"]],
        ),
    ),
    "refuted by nothing known": (
        "out of range",
        forged("inconsistent", {(*CASES, "then", "refuted"): refuted((1, [3]))}),
    ),
    "refuted from the end": (
        "out of range",
        forged("inconsistent", {(*CASES, "then", "refuted"): refuted((1, [-1]))}),
    ),
    "half a refutation": (
        "products and multipliers",
        forged("inconsistent", {(*CASES, "then", "refuted", "products"): DROP}),
    ),
    "a fact that is none": (
        "add up",
        forged("formula", {(*CASES, "then", "facts", 0, 0): [poly(x_x=-1, y_y=1), ">"]}),
    ),
    "a fact that decides": (
        "add up",
        family(
            {"id": "formula", "conclusion": [poly(x_x=1), ">"]},
            None,
            tree(leaf(1, facts=[fact([poly(x_x=1), ">"], refuted())])),
            names="x",
        ),
    ),
    "a fact half shown": (
        "wrong length",
        forged("formula", {(*CASES, "then", "facts", 0, 0, 1): "=="}),
    ),
    "no fact": ("not shown", forged("formula", {(*CASES, "then", "facts"): []})),
    "a formula that fails": ("says the opposite", forged("formula", {(*CLAIM, "holds"): False})),
    "a formula's witness": (
        "witness must be",
        forged("formula", {(*CASES, "then", "witness"): {"a": 0}}),
    ),
    "a claim's witness": ("witness is an object", forged("nash", {(*CASES, "witness"): []})),
    "parts of a witness": ("unknown parts", forged("value", {(*CASES, "witness", "more"): 0})),
    # --- pieces
    "a piece beyond": ("out of range", forged("optimum-in-pieces", {(*CASES, "then", "piece"): 2})),
    "the other piece": (
        "outside its piece",
        forged("optimum-in-pieces", {(*CASES, "then", "piece"): 1}),
    ),
    "pieces that leave something out": (
        "outside its piece",
        family(
            {"id": "formula", "pieces": [{"when": [[poly(x=1), ">"]], "conclusion": ["and"]}]},
            None,
            tree(split([poly(x=1), ">"], leaf(1), leaf(0))),
            names="x",
        ),
    ),
    "a piece unused": (
        "a piece has no case",
        forged(
            "optimum-in-pieces",
            {
                PIECES: [
                    *FAMILIES["optimum-in-pieces"]["claim"]["pieces"],
                    {"when": [NO], "value": "7"},
                ],
            },
        ),
    ),
    "pieces that meet": (
        "add up",
        forged(
            "optimum-in-pieces",
            {
                (*PIECES, 1, "when"): [[poly(2, x=-1), ">="]],
                (*CASES, "else", 0, "facts"): [
                    fact([poly(2, x=-1), ">="], refuted((1, [0]), (1, [1]), (1, [])))
                ],
            },
        ),
    ),
    "pieces not shown apart": ("wrong length", forged("optimum-in-pieces", {APART: []})),
    "one piece apart": ("wrong length", forged("nash", {APART: [refuted()]})),
    "a piece restates": ("restates", forged("optimum-in-pieces", {(*CLAIM, "value"): "1"})),
    "a piece of another claim": (
        "claim must be",
        forged("optimum-in-pieces", {(*PIECES, 0, "id"): "value"}),
    ),
    "a piece without conditions": (
        "expected a list",
        forged("optimum-in-pieces", {(*PIECES, 0, "when"): DROP}),
    ),
    "a piece of no form": ("expected a list", forged("optimum-in-pieces", {(*PIECES, 0): 0})),
    "no pieces": ("one at least", forged("optimum-in-pieces", {PIECES: []})),
    "no pieces of nothing": (
        "one at least",
        family({"id": "optimum", "pieces": []}, ONE, tree(NEVER), assume=[NO], levels=[0]),
    ),
    "nothing about nothing": (
        "a piece has no case",
        family({"id": "optimum", "value": "7"}, ONE, tree(NEVER), assume=[NO], levels=[0]),
    ),
    "a value elsewhere": (
        "W* is another",
        forged("optimum-in-pieces", {(*PIECES, 1, "value"): "2"}),
    ),
    # --- contradictions
    "no contradiction": ("not every case", forged("inconsistent", {(*CASES, "then"): leaf(1)})),
    "a contradiction denied": (
        "shown, not denied",
        forged("inconsistent", {(*CLAIM, "holds"): False}),
    ),
    "a contradiction with fields": (
        "shown, not denied",
        forged("inconsistent", {(*CLAIM, "conclusion"): ["or"]}),
    ),
    "a contradiction somewhere": (
        "shown, not denied",
        forged("formula-refuted", {(*CLAIM, "id"): "inconsistent", (*CLAIM, "holds"): False}),
    ),
    "a contradiction apart": ("wrong length", forged("inconsistent", {APART: [refuted()]})),
    # --- rules on quantities
    "a maximum of another case": (
        "sign of a difference",
        forged(
            "optimum-in-pieces",
            {
                CASES: leaf(2),
                APART: [],
                CLAIM: {"id": "optimum", "holds": True, "value": over(poly(x=1))},
            },
        ),
    ),
    "not known to be equal": (
        "sign of a difference",
        family(
            {"id": "optimum", "holds": False, "value": "2"},
            LARGER,
            tree(split(X_ABOVE, leaf(2), leaf(0))),
            names="x",
        ),
    ),
    "a number divided by 0": (
        "a divisor is 0",
        family(
            {"id": "equilibria", "state": 0, "profiles": [0]},
            game([[over(1, poly(-5, t=1))]], actions=("A",)),
            tree(leaf(5)),
            assume=[[poly(-5, t=1), "=="]],
            levels=[0],
        ),
    ),
    "negative λ where it does not matter": (
        "λ is negative",
        forged("divided-by-less-than-0", {(*DATA, "prosociality", 0): over(-1)}),
    ),
    "a negative weight": (
        "not positive",
        forged(
            "play-at-most",
            {
                (*CLAIM, "profile"): 3,
                (*CASES, "witness", "multipliers"): [[0, 1, 0, "-1"]],
            },
        ),
    ),
    "a weight that is not positive": (
        "not positive",
        forged("play-at-most", {(*CASES, "witness", "multipliers", 0, 3): over(poly(3, t=-1))}),
    ),
    "an amount of no form": (
        "wrong length",
        forged("limit", {(*CASES, "witness", "limit", "growing", "transfers", 0, 1, 0): {}}),
    ),
    "a stated integer": ("wrong length", forged("value", {(*CLAIM, "value"): 2})),
    "weights that are no numbers": (
        "expected an integer",
        forged("correlated-gap", {(*CASES, "witness", "primal", "distributions", 0, 0, 1): "1"}),
    ),
    "a larger bound": (
        "sign of a difference",
        forged("gap-at-least", {(*CLAIM, "value"): over(poly(7, t=-1), 2)}),
    ),
    "a threshold below": (
        "sign of a difference",
        forged("threshold", {(*CLAIM, "value"): over(poly(-4, t=1), poly(6, t=-1))}),
    ),
    "nothing is within": (
        "too few",
        forged("play-at-most", {(*CLAIM, "within"): [], (*CLAIM, "value"): "-1"}),
    ),
    "within no list": ("expected a list", forged("play-at-most", {(*CLAIM, "within"): ""})),
    # --- counterexamples
    "a counterexample elsewhere": (
        "violates",
        forged("claim-refuted", {(*COUNTER, "point"): ["6"]}),
    ),
    "a formula refuted elsewhere": (
        "violates",
        forged("formula-refuted", {(*COUNTER, "point"): ["-1/2"]}),
    ),
    "a formula that holds": ("as stated", forged("formula-refuted", {(*COUNTER, "point"): ["1"]})),
    "a formula's evidence": (
        "witness must be",
        forged("formula-refuted", {(*COUNTER, "witness"): {"a": 0}}),
    ),
    "a claim's evidence": (
        "witness is an object",
        forged("claim-refuted", {(*COUNTER, "witness"): 0}),
    ),
    "unknown evidence": (
        "unknown parts",
        forged("claim-refuted", {(*COUNTER, "witness"): {"a": 0}}),
    ),
    "a counterexample in pieces": (
        "about one claim",
        forged("claim-refuted", {PIECES: [{"when": []}] * 2}),
    ),
    "a counterexample in a piece": (
        "about one claim",
        forged("claim-refuted", {PIECES: [{"when": [[T, ">"]]}]}),
    ),
    "a claim that holds there": ("another gap", forged("bound-refuted", {(*CLAIM, "value"): "1"})),
    "instead of the same": ("no other", forged("number-refuted", {(*CLAIM, "value"): "1/2"})),
    "instead of the same, spelled otherwise": (
        "lowest terms",
        forged("number-refuted", {(*CLAIM, "value"): "2/4"}),
    ),
    "instead of the same as an integer": (
        "exact number",
        family(
            {**WORTH_ONE, "value": 1},
            ONE,
            counter(0, instead="1"),
            kind="counterexample",
            levels=[0],
        ),
    ),
    "instead of a bound": ("no other", forged("bound-refuted", {(*COUNTER, "instead"): "1"})),
    "instead of a weaker bound": (
        "no other",
        forged(
            "bound-refuted",
            {
                (*CLAIM, "id"): "gap-at-least",
                (*CLAIM, "value"): "0",
                (*COUNTER, "instead"): "1/2",
            },
        ),
    ),
    "a negative prior at the point": (
        "no distribution at the point",
        family(
            WORTH_ONE,
            game([[1], [1]], actions=("A",), prior=(2, -1)),
            counter(0, instead="2"),
            kind="counterexample",
            levels=[0],
        ),
    ),
    "instead of what is denied": (
        "no other",
        family(
            {**WORTH_ONE, "holds": False},
            ONE,
            counter(0, instead="2"),
            kind="counterexample",
            levels=[0],
        ),
    ),
    "instead, falsely": (
        "another number",
        family(WORTH_ONE, ONE, counter(0, instead="2"), kind="counterexample", levels=[0]),
    ),
    "instead of more than a number": (
        "claim must be",
        family(
            {**WORTH_ONE, "more": 0},
            ONE,
            counter(0, instead="2"),
            kind="counterexample",
            levels=[0],
        ),
    ),
    "divided by 0 at the point": (
        "0 at the point",
        forged("claim-refuted", {(*GAME, "payoffs", 0, 0, 0): over(1, poly(-5, t=1))}),
    ),
    "no prior at the point": (
        "no distribution at the point",
        forged("claim-refuted", {(*GAME, "prior", 0): over(T)}),
    ),
    "negative λ at the point": (
        "negative at the point",
        forged("claim-refuted", {(*DATA, "prosociality", 0): over(poly(t=-1))}),
    ),
}
"""For each forgery, part of the reason for its rejection, and the document."""


@pytest.mark.parametrize("name", FALSE)
def test_forged_families_are_rejected_with_their_reason(name: str):
    reason, document = FALSE[name]
    verdict, _ = verify_family(text(document))
    assert not verdict.accepted
    assert reason in verdict.reason, verdict.reason


# ------------------------------------------------------------ limits and internal trouble


def halves(leaves: int, witness: Json = None) -> Json:
    """A tree of so many cases of x, all alike."""

    def between(low: int, high: int) -> Json:
        if high - low == 1:
            return leaf(f"{2 * low + 1}/2", witness=witness)
        middle = (low + high) // 2
        condition = [poly(-middle, x=1), ">"]
        return split(condition, between(middle, high), between(low, middle))

    return tree(between(0, leaves))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError, "too large to check (MemoryError)"),
        (TypeError, "malformed (TypeError)"),
    ],
)
def test_what_breaks_the_checker_is_rejected(
    error: type[Exception], reason: str, monkeypatch: pytest.MonkeyPatch
):
    def explode(_: object) -> None:
        raise error

    with monkeypatch.context() as inner:
        inner.setattr(cases, "_Check", explode)
        verdict, read = verify_family(text(FAMILIES["nash"]))
        assert verdict == Verdict(False, reason)
        assert read is not None
        assert check_family(read) == verdict
    monkeypatch.setattr(cases, "decode_family", explode)
    assert verify_family(text(FAMILIES["nash"])) == (Verdict(False, reason), None)


def test_cases_are_counted(monkeypatch: pytest.MonkeyPatch):
    document = text(family(TRUTH, None, halves(8), names="x"))
    assert verify_family(document)[0].accepted
    monkeypatch.setattr(cases, "MAX_CASES", 14)
    assert verify_family(document)[0].reason == "too large to check: over 14 cases"


@pytest.mark.parametrize("name", FAMILIES)
def test_steps_are_counted(name: str, monkeypatch: pytest.MonkeyPatch):
    """Every check spends steps, and gives up where they end."""
    monkeypatch.setattr(cases, "WORK_LIMIT", 5)
    verdict, _ = verify_family(text(FAMILIES[name]))
    assert verdict == Verdict(False, "too large to check: the step limit is reached")


@pytest.mark.no_cover
def test_steps_of_all_cases_count_together(monkeypatch: pytest.MonkeyPatch):
    """What one case reads, and what its rule does, is paid for in each."""
    game_of_three = game(*[[[0] * 8]] * 3, actions=("AB",) * 3)
    claims = {
        "reading": ({"id": "nash", "profiles": [list(range(8))]}, game_of_three, {}),
        "rules": (
            {"id": "value", "value": "0"},
            game([[0] * 9], [[0] * 9], actions=("ABC",) * 2),
            {
                "records": by_class([0], [0, 1, 2], [0, 1, 2]),
                "contracts": {**DIRECTIVE, "permissive": True},
            },
        ),
        "formulas": ({"id": "formula", "conclusion": ["and", *[[poly(1), ">"]] * 200]}, None, {}),
    }
    for claim, about, more in claims.values():
        levels = None if about is None else [0] * len(about["players"])
        used = []
        for leaves in (1, 4, 16):
            counted: list[cases._Check] = []
            with monkeypatch.context() as watched:
                watched.setattr(cases, "_cases", lambda check: _watched(check, counted))  # noqa: B023
                document = family(claim, about, halves(leaves), names="x", levels=levels, **more)
                assert verify_family(text(document))[0].accepted
            used.append(cases.WORK_LIMIT - counted[0].work)
        assert used[2] > 3.5 * used[1] > 3.5**2 * used[0]


def _watched(check: cases._Check, counted: list[cases._Check]) -> None:
    counted.append(check)
    CASES_OF(check)


CASES_OF = cases._cases


LONG = "7" * 3999
LARGE: dict[str, tuple[str, Json]] = {
    "a product of many long numbers": (
        "bits",
        family(
            {"id": "inconsistent"},
            None,
            tree({"refuted": refuted((1, [0] * 50_000))}),
            assume=[[poly(LONG), ">"]],
        ),
    ),
    "a sum of many long fractions": (
        "bits",
        family(
            {"id": "inconsistent"},
            None,
            tree({"refuted": refuted(*((f"1/{10**3990 + 2 * k + 1}", [0]) for k in range(100)))}),
            assume=[[poly(1), ">"]],
        ),
    ),
    "a polynomial of long fractions": (
        "denominator has over",
        family(
            TRUTH,
            None,
            tree(leaf(1)),
            assume=[[poly(f"1/{10**3990 + 1}", t=f"1/{10**3990 + 3}"), ">"]],
        ),
    ),
    "a point of long numbers": (
        "step limit",
        family(
            TRUTH,
            None,
            tree(leaf(f"{10**3990 + 1}/{10**3989 + 7}")),
            assume=[[{"*".join("t" * 64): str(k + 1)}, ">"] for k in range(100)],
        ),
    ),
    "a prior of long numbers": (
        "bits",
        family(
            {"id": "optimum", "value": "0"},
            game(
                [[0]] * 20, actions=("A",), prior=[f"1/{10**3990 + 2 * k + 1}" for k in range(20)]
            ),
            tree(leaf(1)),
            levels=[0],
        ),
    ),
    "a high degree": (
        "too high a degree",
        family(
            {"id": "inconsistent"},
            None,
            tree({"refuted": refuted((1, [0] * 65))}),
            assume=[[poly(t=1), ">"]],
        ),
    ),
    "too many terms": (
        "too many terms",
        family(
            {"id": "inconsistent"},
            None,
            tree({"refuted": refuted((1, [0, 1, 2]))}),
            names="abcdefghijklmnopqrstuvwxyz",
            assume=[
                [{"*".join(sorted(a + b)): "1" for a, b in product(letters, repeat=2)}, ">"]
                for letters in ("abcdefghijklm", "nopqrstuvwxyz", "mnopqrstuvwxyz")
            ],
        ),
    ),
    "pieces and fields": (
        "step limit",
        family(
            {**TRUTH, **{f"f{k}": 0 for k in range(10_000)}, "pieces": [{"when": []}] * 10_000},
            None,
            tree(leaf(1)),
        ),
    ),
    "weights of long numbers": (
        "step limit",
        family(
            {"id": "correlated-gap-at-most", "value": "100"},
            game(*[[[Random(i).randrange(9) for i in range(64)]]] * 2, actions=("ABCDEFGH",) * 2),
            tree(
                leaf(
                    1,
                    witness={
                        "primal": {
                            "distributions": [[[k, 10**4000 + k * 10**2000 + 1] for k in range(64)]]
                        }
                    },
                )
            ),
            records=by_class([0], list(range(8)), list(range(8))),
            contracts=transfers("balanced"),
        ),
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_certificates_are_given_up_soon(name: str):
    reason, document = LARGE[name]
    verdict, _ = verify_family(text(document))
    assert not verdict.accepted
    assert reason in verdict.reason


# ------------------------------------------------------------ what families mean


def test_a_condition_without_parameters_is_no_trouble():
    assert verify_family(
        text(family(TRUTH, None, tree(leaf(1)), assume=[[poly(), "=="], [poly(1), ">"]]))
    )[0].accepted


def test_without_game_there_is_a_formula_only():
    read = decode_family(text(FAMILIES["formula"]))
    assert read.problem.game is None
    assert read.problem.index == {"x": 0, "y": 1}
