"""The trusted core: what it accepts, what it rejects, and that it reads every field."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from certificates import (
    NONE,
    alterations,
    altered,
    certificate,
    concrete,
    examples,
    false_ones,
    game,
    honest,
    one_case,
    places,
    rule_of,
    sealed,
    transfers,
    without,
)
from kept import untraced

from coopgap.proofs.certificates.certificate import encode_conjunction
from coopgap.proofs.trusted.certificates import claims_digest, verified
from coopgap.proofs.trusted.claims import CLAIMS
from coopgap.proofs.trusted.polynomials import Polynomial

Json = Any

PD = ([[3, 0, 4, 1]], [[3, 4, 0, 1]])
"""A prisoner's dilemma: W is 6, 4, 4, 2."""

ONE_OF_X = {"parameters": ["x"], "assumptions": [[{"x": 1}, ">"]]}
"""One parameter, which is positive."""


def accepted(text: str) -> bool:
    return verified(text).accepted


def reason(text: str) -> str:
    verdict = verified(text)
    assert not verdict.accepted
    return verdict.reason


def formula(conclusion: Json, proof: Json, holds: Json = True, **more: Json) -> str:
    claim = {"id": "formula", "holds": holds, "conclusion": conclusion}
    return certificate(claim, None, proof, **{**ONE_OF_X, **more})


def refuted(*products: Json, multipliers: Json = ()) -> Json:
    return {"products": list(products), "multipliers": list(multipliers)}


# --- honest certificates --------------------------------------------------------------------------


def test_every_honest_certificate_is_accepted() -> None:
    for text in honest().values():
        assert accepted(text), reason(text)


def test_every_false_one_is_rejected() -> None:
    for text in false_ones():
        assert not accepted(text), text


def test_every_claim_has_an_example() -> None:
    ids = {rule_of(json.loads(text))[0] for text in examples()}
    without = {"implementable", "correlated-gap-at-least", "mechanism-gap"}
    assert set(CLAIMS) - ids == without


def test_verify_says_what_it_is_about() -> None:
    text = next(iter(honest().values()))
    document = json.loads(text)
    verdict = verified(text)
    assert verdict.claim == {"claim": document["claim"], "data_sha256": document["data_sha256"]}


# --- every field is read, or makes a certificate fail ---------------------------------------------

LABELS = ("players", "actions", "states")
"""Names are read, and any others will do."""


@pytest.mark.parametrize(
    "text", examples(), ids=lambda text: "-".join(map(str, rule_of(json.loads(text))[:3]))
)
def test_unknown_missing_and_null_parts_are_rejected(text: str) -> None:
    document = json.loads(text)
    for path in places(document):
        if any(isinstance(key, str) and "*" in key for key in path) or path[-1] in ("x", "1"):
            continue
        value = document
        for key in path:
            value = value[key]
        if isinstance(value, dict) and not _is_polynomial(value):
            assert not accepted(altered(text, (*path, "junk"), 0)), path
        optional = path == ("claim", "profiles") and document["claim"]["id"] == "unique-nash"
        if isinstance(path[-1], str) and not _is_polynomial({path[-1]: value}) and not optional:
            assert not accepted(without(text, path)), path
        if type(value) is int and path[-1] != "count":
            assert not accepted(altered(text, path, float(value))), path
            if value in (0, 1):
                assert not accepted(altered(text, path, bool(value))), path


def _is_polynomial(value: Json) -> bool:
    return isinstance(value, dict) and all(
        type(coefficient) is int for coefficient in value.values()
    )


@pytest.mark.parametrize(
    "claim",
    [
        {"holds": True},
        {"id": "gap-zero"},
        {"id": "gap-zero", "holds": 1},
        {"id": "gap-zero", "holds": True, "kind": ""},
        {"id": "gap-zero", "holds": True, "for_all": False},
        {"id": "", "holds": True},
        {"id": ["gap-zero"], "holds": True},
        {"id": "formula", "holds": True},
        {"id": "inconsistent", "holds": True},
        {"id": "gap-zero", "holds": True, "at": {}, "pieces": []},
        {"id": "gap-zero", "holds": True, "pieces": []},
        {"id": "gap-zero", "holds": True, "pieces": [{}]},
        {"id": "gap-zero", "holds": True, "pieces": [[["when", []]]]},
        {"id": "gap-zero", "holds": True, "pieces": [{"when": [], "value": "0"}]},
        [],
        None,
    ],
)
def test_no_such_claim(claim: Json) -> None:
    paid = {"denominator": 1, "amounts": [[1, [1, -1]], [2, [-1, 1]]]}
    witness = {"reached": {"selection": [0], "transfers": [paid]}}
    more = {"contracts": transfers("balanced")}
    assert accepted(concrete("gap-zero", game(*PD), witness, **more))
    assert not accepted(certificate(claim, game(*PD), one_case(witness), **more))


def test_the_opposite_of_a_family_certificate_however_dressed_is_rejected() -> None:
    """Kinds that are none, and parts under them, once made a certificate speak for its contrary."""
    for text in examples():
        document = json.loads(text)
        if "goals" in document or "if" not in document["proof"].get("cases", {}):
            continue
        extra: Json
        for extra in ({}, {"kind": ""}, {"for_all": False}, {"junk": {}}):
            turned = json.loads(text)
            turned["claim"] = {**turned["claim"], "holds": False, **extra}
            assert not accepted(sealed(turned))
        assert not accepted(altered(text, ("proof", "junk"), {}))
        assert not accepted(altered(text, ("kind",), ""))


def test_alterations_are_verified_or_rejected_for_a_reason() -> None:
    rng = Random(0)
    changed = [text for text in examples() for text in alterations(text, rng, 12)]
    # Every fourth one reaches all branches that the others do.
    verdicts = [verified(text) for text in changed[::4]]
    with untraced():
        verdicts += [verified(text) for place, text in enumerate(changed) if place % 4]
    assert all(verdict.accepted != bool(verdict.reason) for verdict in verdicts)
    assert sum(not verdict.accepted for verdict in verdicts) > len(verdicts) / 2


# --- documents ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = 1", "not JSON"),
        ("[1]", "no object"),
        ('"x"', "no object"),
        ("{}", "schema is unknown"),
        ('{"schema": "coopgap.certificate/1"}', "is read by coopgap 0.1"),
        ('{"schema": "coopgap.family-certificate/1"}', "is read by coopgap 0.1"),
        ('{"schema": ["coopgap.certificate/2"]}', "schema is unknown"),
    ],
)
def test_unreadable(text: str, says: str) -> None:
    verdict = verified(text)
    assert not verdict.accepted
    assert not verdict.readable
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"schema": 1.5}', "floating-point"),
        ('{"schema": NaN}', "floating-point"),
        ('{"a": 1, "a": 1}', "twice"),
        ("[" * 100_000, "too large"),
        ('{"schema": ' + "1" * 4_001 + "}", "digits"),
        ('{"schema": "' + "a" * (17 << 20) + '"}', "MiB"),
        ('{"schema": "coopgap.certificate/2"}', "fields"),
        ('{"schema": "coopgap.conjunction/2"}', "fields"),
    ],
)
def test_rejected_documents(text: str, says: str) -> None:
    verdict = verified(text)
    assert not verdict.accepted
    assert verdict.readable
    assert says in verdict.reason


def test_the_hash_is_that_of_the_data() -> None:
    text = concrete("axiom-ii", game(*PD, cooperative=[[0], [0]]), {})
    assert accepted(text)
    assert "hash" in reason(text.replace('"denominator":1', '"denominator":2'))


@pytest.mark.parametrize(
    "more",
    [
        {"parameters": ["0"]},
        {"parameters": ["x", "x"]},
        {"parameters": ["x*y"]},
        {"parameters": ["0+"]},
        {"contracts": {**NONE, "budget": "free"}},
        {"contracts": {**NONE, "liability": "1"}},
        {"contracts": {**transfers("free"), "permissive": True}},
        {"contracts": transfers("free", "-1")},
        {"contracts": transfers("free", [1, -1])},
        {"contracts": transfers("lavish")},
        {"contracts": {**NONE, "kind": "decree"}},
        {"contracts": {**NONE, "permissive": 0}},
        {"prosociality": {"levels": [0, -1], "scale": 1}},
        {"prosociality": {"levels": [0, 0], "scale": 0}},
        {"prosociality": {"levels": [0], "scale": 1}},
        {"records": {"cells": [0], "classes": [[0, 2], [0, 0]], "table": None}},
        {"records": {"cells": [1], "classes": [[0, 1], [0, 0]], "table": None}},
        {"records": {"cells": [0], "classes": None, "table": [[0, 1, 2, 3]]}},
        {"records": {"cells": None, "classes": None, "table": [[0, 1, 2, 4]]}},
    ],
)
def test_data_that_are_none(more: Json) -> None:
    about = game(*PD)
    witness = {"reached": {"selection": [3], "transfers": []}}
    plain = {"fields": {"value": "4"}}
    assert accepted(concrete("gap-at-most", about, witness, **plain))
    assert not accepted(concrete("gap-at-most", about, witness, **plain, **more))


@pytest.mark.parametrize(
    "change",
    [
        {"players": ["a", "a"]},
        {"players": []},
        {"states": ["a", "b"]},
        {"prior": [-1]},
        {"prior": [0]},
        {"denominator": 0},
        {"denominator": -1},
        {"denominator": {}},
        {"cooperative": [[0, 0], [1]]},
        {"cooperative": [[0], [2]]},
        {"payoffs": [[[3, 0, 4, 1]], [[3, 4, 0, "1"]]]},
        {"payoffs": [[[3, 0, 4, 1]], [[3, 4, 0]]]},
        {"payoffs": [[[3, 0, 4, 1]], [[3, 4, 0, {"y": 1}]]]},
        {"payoffs": [[[3, 0, 4, 1]], [[3, 4, 0, {"1": 0}]]]},
    ],
)
def test_games_that_are_none(change: Json) -> None:
    about = {**game(*PD), **change}
    assert not accepted(concrete("optimum", about, {}, fields={"value": "6"}))


def test_records_need_a_game() -> None:
    node = {"apart": [], "cases": {"refuted": refuted()}}
    for name, value in (("records", {}), ("contracts", NONE), ("prosociality", {})):
        text = certificate({"id": "inconsistent", "holds": True}, None, node, **{name: value})
        assert "need a game" in reason(text)


# --- numbers and conditions -----------------------------------------------------------------------


def test_numbers_are_in_canonical_form() -> None:
    for value in (
        "2/4",
        "01",
        "1.5",
        "+1",
        "1/0",
        "-0",
        "",
        " 1",
        "1/-2",
        1,
        None,
        [1],
        [1, 0],
        "x",
    ):
        text = concrete("gap-at-least", game(*PD), {}, fields={"value": value})
        assert not accepted(text), value
    assert accepted(concrete("gap-at-least", game(*PD), {}, fields={"value": "-1/2"}))
    assert accepted(concrete("gap-at-least", game(*PD), {}, fields={"value": [-1, 2]}))


def test_monomials_are_in_canonical_form() -> None:
    names = {"parameters": ["x", "y"], "assumptions": [[{"x": 1}, ">"]]}
    node = one_case({}, ["1", "1"])
    assert accepted(formula([{"x": 1}, ">"], node, **names))
    for number in ({"y*x": 1}, {"x*": 1}, {"": 1}, {"1*x": 1}, {"z": 1}, {"x": "1"}, {"x": 0}):
        assert not accepted(formula(["or", [{"x": 1}, ">"], [number, ">"]], node, **names)), number
        assert not accepted(formula([number, ">"], node, **names)), number
    assert not accepted(formula([{"*".join(["x"] * 65): 1}, ">"], node, **names))


def test_signs_follow_from_conditions_up_to_multiples() -> None:
    node = one_case({}, ["1"])
    for polynomial, relation, holds in (
        ({"x": 3}, ">", True),
        ({"x": 3}, ">=", True),
        ({"x": -1}, ">", False),
        ({"x": -2}, ">=", False),
        ({"x": 1}, "==", False),
        (2, ">", True),
        (0, "==", True),
    ):
        assert accepted(formula([polynomial, relation], node, holds))
        assert not accepted(formula([polynomial, relation], node, not holds))
    assert "not shown" in reason(formula([{"x": 1, "1": -1}, ">"], node))
    both = {"assumptions": [[{"x": 1}, ">="], [{"x": -3}, ">="]]}
    assert accepted(formula([{"x": 1}, "=="], node, **both))


def test_formulas() -> None:
    node = one_case({}, ["1"])
    yes, no, open_ = [{"x": 1}, ">"], [{"x": -1}, ">"], [{"x": 1, "1": -1}, ">"]
    for conclusion, holds in (
        (["and"], True),
        (["or"], False),
        (["and", yes, ["not", no]], True),
        (["and", no, open_], False),
        (["or", yes, open_], True),
    ):
        assert accepted(formula(conclusion, node, holds))
        assert not accepted(formula(conclusion, node, not holds))
    for wrong in ([], ["not"], ["not", yes, no], ["xor", yes], "x", [yes], [1, "<"], [[], ">"]):
        assert not accepted(formula(wrong, node))
    assert not accepted(formula(yes, one_case({"x": 1}, ["1"])))


@pytest.mark.parametrize(
    ("assumptions", "refutation", "shown"),
    [
        ([[{"x": 1}, ">"], [{"x": -1}, ">="]], refuted([1, [0], []], [1, [1], []]), True),
        ([[{"x": 1}, ">="], [{"x": -1}, ">="]], refuted([1, [0], []], [1, [1], []]), False),
        ([[{"x": -1}, ">"]], refuted([1, [0], []]), False),
        ([[-1, ">="]], refuted([1, [0], []], [1, [], []]), True),
        ([[{"x": 1}, ">"]], refuted(), False),
        ([[{"x": 1}, ">"]], refuted([0, [0], []]), False),
        ([[{"x": 1}, ">"]], refuted([-1, [0], []], [1, [0], []]), False),
        ([[{"x*x": -1}, ">"]], refuted([1, [0], []], [1, [], [{"x": 1}]]), True),
        ([[{"x*x": -1}, ">="]], refuted([1, [0], []], [1, [], [{"x": 1}]]), False),
        (
            [[{"x": 1}, "=="], [{"x*x": 1}, ">"]],
            refuted([1, [1], []], multipliers=[[0, {"x": -1}]]),
            True,
        ),
        (
            [[{"x": 1}, ">="], [{"x*x": 1}, ">"]],
            refuted([1, [1], []], multipliers=[[0, {"x": -1}]]),
            False,
        ),
        ([[{"x": 1}, ">"]], refuted([1, [1], []]), False),
        ([[{"x": 1}, ">"]], refuted([1, [-1], []]), False),
        ([[{"x": 1}, ">"]], refuted([1, [True], []]), False),
    ],
)
def test_refutations(assumptions: Json, refutation: Json, shown: bool) -> None:
    proof = {"apart": [], "cases": {"refuted": refutation}}
    more = {"parameters": ["x"], "assumptions": assumptions}
    text = certificate({"id": "inconsistent", "holds": True}, None, proof, **more)
    assert accepted(text) is shown
    denied = certificate({"id": "inconsistent", "holds": False}, None, proof, **more)
    assert not accepted(denied)
    fields = certificate({"id": "inconsistent", "holds": True, "value": "0"}, None, proof, **more)
    assert not accepted(fields)


def test_that_assumptions_contradict_each_other_is_shown_in_all_cases() -> None:
    text = certificate({"id": "inconsistent", "holds": True}, None, one_case({}, ["1"]), **ONE_OF_X)
    assert not accepted(text)


def test_facts_are_refuted_of_the_contrary() -> None:
    fact = [[{"x": 1, "1": 1}, ">"], [refuted([1, [0], []], [1, [1], []], [1, [], []])]]
    leaf = {"known": [fact], "piece": 0, "point": ["1"], "witness": {}}
    text = formula([{"x": 1, "1": 1}, ">"], {"apart": [], "cases": leaf})
    assert accepted(text)
    assert not accepted(altered(text, ("proof", "cases", "known", 0, 1), []))
    assert not accepted(altered(text, ("proof", "cases", "known"), []))


def test_cases_are_all_cases_and_pieces_are_apart() -> None:
    """|x| in pieces."""
    path = [{"x": 1}, ">="]
    leaf = {"known": [], "point": ["1"], "witness": {}}
    tree = {
        "if": path,
        "then": {**leaf, "piece": 0},
        "else": [{**leaf, "piece": 1, "point": ["-1"]}],
    }
    about = game([[{"x": 1}, {"x": -1}]], actions=("AB",))
    pieces = [
        {"when": [path], "value": [{"x": 1}, 1]},
        {"when": [[{"x": -1}, ">"]], "value": [{"x": -1}, 1]},
    ]
    claim = {"id": "optimum", "holds": True, "pieces": pieces}
    apart = [refuted([1, [0], []], [1, [1], []])]
    data = {"parameters": ["x"], "prosociality": None}
    text = certificate(claim, about, {"apart": apart, "cases": tree}, **data)
    assert accepted(text)
    for path_, value in (
        (("proof", "apart"), []),
        (("proof", "cases", "else"), []),
        (("proof", "cases", "then", "piece"), 1),
        (("proof", "cases", "else", 0, "piece"), 2),
        (("claim", "pieces", 0, "value"), [{"x": -1}, 1]),
        (("claim", "pieces", 1, "when"), []),
        (("claim", "pieces", 0, "when"), [[{"x": 1}, ">"]]),
        (("proof", "cases", "then"), {"refuted": refuted()}),
        (("proof", "cases", "then"), {}),
        (("proof", "cases", "then"), []),
        (("claim", "value"), "0"),
        (("proof", "cases", "then", "point"), []),
        (("proof", "cases", "then", "point"), ["x"]),
    ):
        assert not accepted(altered(text, path_, value)), path_
    # A point that lies elsewhere only guesses wrongly.
    assert "not shown" in reason(altered(text, ("proof", "cases", "then", "point"), ["-1"]))


def test_counterexamples() -> None:
    about = game([[{"x": 1}, 0]], actions=("AB",))
    data = {"parameters": ["x"], "assumptions": [[{"x": 1}, ">"]], "prosociality": None}
    claim = {"id": "optimum", "holds": False, "at": {"x": "3"}, "value": "2"}
    proof: Json = {"instead": None, "witness": {}}
    text = certificate(claim, about, proof, **data)
    assert accepted(text)
    assert not accepted(altered(text, ("claim", "at"), {"x": "2"}))
    assert not accepted(altered(text, ("claim", "at"), {"x": "-3"}))
    assert not accepted(altered(text, ("claim", "at"), {}))
    assert not accepted(altered(text, ("claim", "at"), {"y": "3"}))
    instead = altered(text, ("proof", "instead"), "3")
    assert accepted(instead)
    for path, value in (
        (("proof", "instead"), "2"),
        (("proof", "instead"), "4"),
        (("proof", "instead"), "inf"),
        (("claim", "holds"), True),
        (("claim", "value"), [{"x": 1}, 1]),
        (("claim", "value"), [1, {"x": 1, "1": -3}]),
        (("claim", "id"), "gap-at-most"),
    ):
        assert not accepted(altered(instead, path, value)), path
    infinite = certificate(
        {"id": "threshold", "holds": False, "at": {"x": "3"}, "value": "inf"},
        about,
        {"instead": "0", "witness": {"reached": {"selection": [0], "transfers": []}}},
        **data,
    )
    assert accepted(infinite)


# --- rules ----------------------------------------------------------------------------------------

SHIRK = {"selection": [[0, 0]], "deviations": [[0, 0, 1, 1]]}
"""Player 0 leaves (A, A)."""


def test_implementable_selections() -> None:
    about = game(*PD)
    denied = concrete("implementable", about, SHIRK, False, fields={"selection": [0]})
    assert accepted(denied)
    assert not accepted(altered(denied, ("claim", "holds"), True))
    assert not accepted(altered(denied, ("claim", "selection"), [3]))
    assert not accepted(altered(denied, ("proof", "cases", "witness", "deviations"), []))
    played = {"selection": [3], "transfers": []}
    text = concrete("implementable", about, played, fields={"selection": [3]})
    assert accepted(text)
    assert not accepted(altered(text, ("claim", "selection"), [0]))
    assert not accepted(altered(text, ("proof", "cases", "witness", "selection"), [0]))


@pytest.mark.parametrize(
    ("budget", "liability", "amounts", "obeys"),
    [
        ("balanced", None, [[1, [1, -1]], [2, [-1, 1]]], True),
        ("balanced", None, [[1, [0, -1]], [2, [-1, 0]]], False),
        ("balanced", "1", [[1, [1, -1]], [2, [-1, 1]]], True),
        ("balanced", "1/2", [[1, [1, -1]], [2, [-1, 1]]], False),
        ("burnt", None, [[1, [0, -1]], [2, [-1, 0]]], True),
        ("burnt", None, [[0, [1, 1]]], False),
        ("burnt", "1/2", [[1, [0, -1]], [2, [-1, 0]]], False),
        ("free", "0", [[0, [1, 1]]], True),
        ("free", None, [[0, [1, 1]], [0, [1, 1]]], False),
        ("free", None, [[4, [1, 1]], [0, [1, 1]]], False),
        ("free", None, [], False),
        ("free", None, [[0, [1]]], False),
        ("free", None, [[0, [1, "1"]]], False),
    ],
)
def test_transfers_obey_their_class(
    budget: str, liability: Json, amounts: Json, obeys: bool
) -> None:
    paid = {"denominator": 1, "amounts": amounts}
    witness = {"reached": {"selection": [0], "transfers": [paid]}}
    text = concrete("gap-zero", game(*PD), witness, contracts=transfers(budget, liability))
    assert accepted(text) is obeys
    assert not accepted(altered(text, ("proof", "cases", "witness", "reached", "transfers"), []))


def _bounded(tree: Json, *obstructions: Json, best: Json = (0,), strict: bool = True) -> Json:
    block = {"states": [0], "best": best, "strict": strict, "tree": tree}
    return {"bound": {"obstructions": list(obstructions), "blocks": [block]}}


BOTH = {"selection": [[0, 0]], "deviations": [[0, 0, 1, 1], [0, 1, 1, 1]]}
TOTAL = {"cells": None, "classes": None, "table": [[0, 1, 1, 2]]}
"""Only how many cooperate is verifiable."""


@pytest.mark.parametrize(
    ("contracts", "records", "obstruction", "excludes"),
    [
        (NONE, None, SHIRK, True),
        (transfers("free"), None, SHIRK, False),
        (
            transfers("free"),
            {"cells": [0], "classes": [[0, 0], [0, 1]], "table": None},
            SHIRK,
            True,
        ),
        (transfers("balanced"), TOTAL, BOTH, True),
        (transfers("balanced"), TOTAL, SHIRK, False),
        (transfers("free"), TOTAL, BOTH, False),
        (transfers("burnt"), TOTAL, BOTH, False),
        (transfers("balanced", "1"), TOTAL, BOTH, True),
        (transfers("balanced", "1/4"), None, SHIRK, True),
        (transfers("balanced", "1"), None, SHIRK, False),
        (transfers("burnt", "1/3"), None, SHIRK, True),
        (transfers("burnt", "1/2"), None, SHIRK, False),
    ],
)
def test_obstructions(contracts: Json, records: Json, obstruction: Json, excludes: bool) -> None:
    more = {"contracts": contracts, "records": records}
    text = concrete("gap-positive", game(*PD), _bounded([[0, 0]], obstruction), **more)
    assert accepted(text) is excludes


@pytest.mark.parametrize(
    ("tree", "best", "strict", "shown"),
    [
        ([[0, 0]], [0], True, True),
        ([], [0], True, False),
        ([], [0], False, False),
        ([[0, 1]], [0], True, False),
        ([[1, 0]], [0], True, False),
        ([[0, 0], [0, 0]], [0], True, False),
        ([[0, []]], [0], True, False),
        ([[0, 0]], [1], False, True),
        ([[0, 0], [1, 0]], [1], True, False),
        ([[0, 0]], None, True, False),
        ([[4, 0]], [0], True, False),
        ([[0, True]], [0], True, False),
    ],
)
def test_trees(tree: Json, best: Json, strict: bool, shown: bool) -> None:
    """(A, A) alone has W = 6."""
    text = concrete("gap-positive", game(*PD), _bounded(tree, SHIRK, best=best, strict=strict))
    assert accepted(text) is shown


def test_trees_over_two_states() -> None:
    """A cell in which no directive prescribes both first bests."""
    both = ([[1, 0, 0, 0], [0, 0, 0, 1]],) * 2
    about = game(*both, prior=(1, 1))
    more = {
        "contracts": {**NONE, "kind": "directive"},
        "records": {"cells": [0, 0], "classes": [[0, 1], [0, 1]], "table": None},
    }
    clash = {"selection": [[0, 0], [1, 3]], "deviations": []}
    block = {"states": [0, 1], "best": [0, 3], "strict": True, "tree": [[0, [[3, 0]]]]}
    witness = {"bound": {"obstructions": [clash], "blocks": [block]}}
    text = concrete("gap-positive", about, witness, **more)
    assert accepted(text)
    inside = ("proof", "cases", "witness", "bound")
    tree = (*inside, "blocks", 0, "tree")
    for path, value in (
        (tree, [[0, []]]),
        (tree, [[0, 0]]),
        ((*inside, "blocks", 0, "states"), [0]),
        ((*inside, "blocks", 0, "states"), [0, 0]),
        ((*inside, "blocks"), []),
        ((*inside, "obstructions", 0, "deviations"), [[0, 0, 1, 1]]),
        ((*inside, "obstructions", 0, "selection"), [[0, 0]]),
        ((*inside, "obstructions", 0, "selection"), [[0, 0], [0, 3]]),
        (("data", "contracts", "permissive"), True),
        (("data", "records"), None),
        (("data", "records", "cells"), [0, 1]),
    ):
        assert not accepted(altered(text, path, value)), path
    played = {"reached": {"selection": [0, 0], "transfers": []}}
    assert accepted(concrete("gap-at-most", about, played, fields={"value": "1"}, **more))
    played = {"reached": {"selection": [0, 3], "transfers": []}}
    assert not accepted(concrete("gap-zero", about, played, **more))


def test_what_a_directive_allows() -> None:
    """Permissive: (A, A) and (B, B) allow both actions everywhere, and then (A, A) is left."""
    about = game([[3, 0, 4, 1], [3, 0, 4, 9]], [[3, 4, 0, 1], [3, 4, 0, 9]], prior=(1, 1))
    more = {
        "contracts": {**NONE, "kind": "directive", "permissive": True},
        "records": {"cells": [0, 0], "classes": [[0, 1], [0, 1]], "table": None},
    }
    obstruction = {"selection": [[0, 0], [1, 3]], "deviations": [[0, 0, 1, 1]]}
    text = concrete(
        "implementable", about, obstruction, False, fields={"selection": [0, 3]}, **more
    )
    assert accepted(text)
    inside = ("proof", "cases", "witness")
    assert not accepted(altered(text, (*inside, "selection"), [[0, 0]]))
    assert not accepted(altered(text, (*inside, "deviations"), [[1, 0, 0, 1]]))
    assert not accepted(altered(text, (*inside, "deviations"), [[0, 0, 1, 1], [0, 1, 1, 1]]))
    assert not accepted(altered(text, (*inside, "deviations"), []))


def test_nothing_is_implementable() -> None:
    pennies = game([[1, -1, -1, 1]], [[-1, 1, 1, -1]])
    leave = [(0, 1, 1), (1, 0, 1), (2, 0, 0), (3, 1, 0)]
    obstructions = [{"selection": [[0, a]], "deviations": [[0, i, b, 1]]} for a, i, b in leave]
    witness = _bounded([[a, a] for a in range(4)], *obstructions, best=None, strict=False)
    for name, value in (("value", "-inf"), ("gap", "inf")):
        text = concrete(name, pennies, witness, fields={"value": value})
        assert accepted(text)
        tree = ("proof", "cases", "witness", "bound", "blocks", 0, "tree")
        assert not accepted(altered(text, tree, [[0, 0], [1, 1], [2, 2]]))
        assert not accepted(altered(text, ("claim", "value"), "0"))
        assert not accepted(altered(text, ("claim", "holds"), False))
    assert accepted(concrete("gap-positive", pennies, witness))
    assert not accepted(concrete("gap-at-least", pennies, witness, fields={"value": "inf"}))


def test_thresholds() -> None:
    about, unfixed = game(*PD), {"prosociality": None}
    below = _bounded([[0, 0]], SHIRK)["bound"]
    reached = {"selection": [0], "transfers": []}
    text = concrete(
        "threshold", about, {"reached": reached, "below": below}, fields={"value": "1/2"}, **unfixed
    )
    assert accepted(text)
    for value in ("1/3", "2/3", "0", "inf", "-1", "1/2 "):
        assert not accepted(altered(text, ("claim", "value"), value)), value
    assert not accepted(altered(text, ("claim", "holds"), False))
    assert not accepted(altered(text, ("data", "prosociality"), {"levels": [0, 0], "scale": 1}))
    never = game([[1, 0, 2, 0]], [[2, 0, 1, 0]])
    ties = [SHIRK, {"selection": [[0, 2]], "deviations": [[0, 0, 0, 1]]}]
    witness = {"below": _bounded([[0, 0], [2, 1]], *ties)["bound"]}
    text = concrete("threshold", never, witness, fields={"value": "inf"}, **unfixed)
    assert not accepted(text)
    witness = {"below": _bounded([[0, 0]], SHIRK)["bound"]}
    stuck = game([[1, 0, 2, 0]], [[2, 0, 1, -1]])
    text = concrete("threshold", stuck, {**witness}, fields={"value": "inf"}, **unfixed)
    assert not accepted(text)


def test_values_between_two_lambdas() -> None:
    about, unfixed = game(*PD), {"prosociality": None}
    reached = {"selection": [0], "transfers": []}
    fields = {"value": "6", "from": "1/2", "to": "inf", "from_included": True, "to_included": False}
    text = concrete("value-between", about, {"reached": reached}, fields=fields, **unfixed)
    assert accepted(text)
    for name, value in (
        ("from", "1/3"),
        ("to_included", True),
        ("from", "-1"),
        ("from_included", 1),
        ("value", "5"),
        ("to", "0"),
        ("to", "-inf"),
    ):
        assert not accepted(altered(text, ("claim", name), value)), name
    point = altered(altered(text, ("claim", "to"), "1/2"), ("claim", "to_included"), True)
    assert accepted(point)
    assert not accepted(altered(point, ("claim", "from_included"), False))
    low = {"value": "2", "from": "0", "to": "1/2", "from_included": True, "to_included": False}
    leave = [SHIRK] + [
        {"selection": [[0, a]], "deviations": [[0, i, 1, 1]]} for a, i in ((1, 0), (2, 1))
    ]
    tree = [[0, 0], [1, 1], [2, 2]]
    witness = {
        "reached": {"selection": [3], "transfers": []},
        **_bounded(tree, *leave, best=[3], strict=False),
    }
    text = concrete("value-between", about, witness, fields=low, **unfixed)
    assert accepted(text)
    assert not accepted(altered(text, ("claim", "to"), "1"))
    closed = altered(text, ("claim", "to_included"), True)
    assert not accepted(closed)


def test_claims_need_a_lambda() -> None:
    reached = {"reached": {"selection": [0], "transfers": []}}
    assert "no λ" in reason(concrete("gap-zero", game(*PD), reached, prosociality=None))
    bound = _bounded([[0, 0]], SHIRK)
    assert "no λ" in reason(concrete("gap-positive", game(*PD), bound, prosociality=None))


AUDITS = {"cells": None, "classes": None, "table": [[0, 1, 0, 2]]}
N1 = ([[2, 0, 3, 0]], [[2, 0, 0, 0]])


def _audits(**change: Json) -> str:
    """N1: P2 audits with the odds 0+, and fines grow as 1 / 0+."""
    eps = {"0+": 1}
    paid = {
        "denominator": eps,
        "amounts": [[1, [{"0+": -2}, {"0+": 2}]], [2, [{"0+": -2, "1": -1}, {"0+": 2, "1": 1}]]],
    }
    play = {"distributions": [[[0, 1], [1, eps]]], "transfers": [{**paid, **change}]}
    more = {"contracts": transfers("balanced"), "records": AUDITS}
    return concrete("correlated-gap", game(*N1), {"reached": play}, fields={"value": "0"}, **more)


def test_gaps_that_are_approached() -> None:
    text = _audits()
    assert accepted(text)
    reached = ("proof", "cases", "witness", "reached")
    for path, value in (
        (("claim", "id"), "gap"),
        (("data", "contracts", "liability"), "100"),
        ((*reached, "distributions"), [[[0, {"0+": 1}], [1, 1]]]),
        ((*reached, "distributions"), [[[0, {"0+": 1}], [1, {"0+": 1}]]]),
        ((*reached, "distributions"), [[[0, 1], [1, {"1": 1, "0+": -1}]]]),
        ((*reached, "distributions"), [[[0, 1], [1, {}]]]),
        ((*reached, "distributions"), [[]]),
        ((*reached, "transfers", 0, "denominator"), 1),
        ((*reached, "transfers", 0, "denominator"), {"0+": -1}),
        (("claim", "value"), [{"0+": 1}, 1]),
    ):
        assert not accepted(altered(text, path, value)), path


def test_all_equilibria() -> None:
    pd = game(*PD, cooperative=[[0], [0]])
    prosocial = {"prosociality": {"levels": [1, 1], "scale": 1}}
    moves = [[[0, 1, 0, 1], [1, 1, 0, 1]]]
    text = concrete("all-cooperative", pd, {"multipliers": moves}, **prosocial)
    assert accepted(text)
    listed = ("proof", "cases", "witness", "multipliers")
    value: Json
    for value in (
        [[]],
        [[[0, 1, 0, 1]]],
        [[*moves[0], [0, 1, 0, 1]]],
        [[[0, 1, 1, 1]]],
        [[[0, 0, 1, 1]]],
    ):
        assert not accepted(altered(text, listed, value))
    assert not accepted(altered(text, ("data", "prosociality", "levels"), [0, 0]))
    bad = {"state": 0, "distribution": [[3, 1]]}
    text = concrete("all-cooperative", pd, bad, False)
    assert accepted(text)
    assert not accepted(altered(text, ("proof", "cases", "witness", "distribution"), [[0, 1]]))
    mixes = {"state": 0, "mixes": [[[1, 1]], [[1, 2]]]}
    text = concrete("full-implementation", pd, mixes, False)
    assert accepted(text)
    inside = ("proof", "cases", "witness", "mixes")
    for value in (
        [[[1, 1]]],
        [[[1, 1]], []],
        [[[1, 1], [1, 1]], [[1, 1]]],
        [[[1, 1]], [[2, 1]]],
        [[[1, 1]], [[1, 0]]],
    ):
        assert not accepted(altered(text, inside, value))
    paid = {"denominator": 1, "amounts": [[1, [2, -2]], [2, [-2, 2]]]}
    witness = {"multipliers": [[[0, 1, 0, 1], [1, 1, 0, 1]]], "transfers": paid}
    by_contract = {"contracts": transfers("balanced")}
    text = concrete("full-implementation", pd, witness, **by_contract)
    assert accepted(text)
    assert not accepted(altered(text, ("proof", "cases", "witness", "transfers", "amounts"), []))
    assert not accepted(altered(text, ("claim", "id"), "all-cooperative"))
    blind = {"cells": [0], "classes": [[0, 0], [0, 0]], "table": None}
    text = concrete(
        "full-implementation", pd, _bounded([[0, 0]], SHIRK), False, records=blind, **by_contract
    )
    assert accepted(text)
    tie = altered(text, ("data", "game", "payoffs"), [[[3, 3, 4, 1]], [[3, 3, 0, 1]]])
    assert not accepted(tie)


def test_mixed_equilibria() -> None:
    pennies = game([[1, -1, -1, 1]], [[-1, 1, 1, -1]])
    even = [[0, 1], [1, 1]]
    fields = {"state": 0, "plays": [[even, even]]}
    text = concrete("mixed-equilibria", pennies, {}, fields=fields)
    assert accepted(text)
    inside = ("claim", "plays")
    assert accepted(altered(text, inside, [[even, [[1, 2], [0, 2]]]]))
    for plays in (
        [],
        [[even]],
        [[even, []]],
        [[even, [[0, 1], [0, 1]]]],
        [[even, [[0, 1], [1, 0]]]],
        [[even, [[0, 1], [2, 1]]]],
        [[even, [[0, 1], [1, 2]]]],
        [[even, even], [[[0, 1]], [[0, 1]]]],
    ):
        assert not accepted(altered(text, inside, plays)), plays
    assert not accepted(altered(text, ("claim", "holds"), False))
    assert not accepted(altered(text, ("claim", "state"), 1))
    under = {"contracts": transfers("balanced")}
    assert not accepted(concrete("mixed-equilibria", pennies, {}, fields=fields, **under))
    never = game([[1, -1, -1, 1]] * 2, [[-1, 1, 1, -1]] * 2, prior=(1, 0))
    assert accepted(concrete("mixed-equilibria", never, {}, fields=fields))
    assert not accepted(concrete("mixed-equilibria", never, {}, fields={**fields, "state": 1}))


def test_supports() -> None:
    """Matching pennies with a third action that pays both: no equilibrium leaves it."""
    about = game([[1, 0, 0, 0]], [[1, 0, 0, 0]])
    shift = {"agent": 0, "weights": [1, -1]}
    stay = {"agent": 1, "weights": [1, -1]}
    tree = [1, 0, [0, 1, shift, [1, 1, stay, None]], None]
    text = concrete("full-implementation", about, {"supports": [tree]})
    assert not accepted(text)  # (B, B) is an equilibrium
    strict = game([[2, 1, 0, 0]], [[2, 0, 1, 0]])
    tree = [0, 1, [1, 0, shift, [1, 1, shift, None]], [1, 1, [0, 0, stay, None], None]]
    text = concrete("full-implementation", strict, {"supports": [tree]})
    assert accepted(text)
    inside = ("proof", "cases", "witness", "supports")
    for value in (
        [None],
        [],
        [shift],
        [[0, 1, None, None]],
        [[0, 2, tree, tree]],
        [{"agent": 0, "weights": [1, 1]}],
        [{"agent": 0, "weights": [1]}],
        [{"agent": 2, "weights": [1, -1]}],
        [[0, 1, {"agent": 0, "weights": [-1, 1]}, tree[3]]],
        [5],
    ):
        assert not accepted(altered(text, inside, value)), value
    three = game(*[[[0] * 8]] * 3, actions=("AB", "AB", "AB"))
    levels = {"prosociality": {"levels": [0, 0, 0], "scale": 1}}
    assert not accepted(concrete("full-implementation", three, {"supports": [None]}, **levels))


def test_agent_thresholds_and_cells() -> None:
    about, unfixed = game(*PD), {"prosociality": None}
    listed = [[[0], ["1/2", "1/2"]]]
    text = concrete("agent-thresholds", about, {}, fields={"thresholds": listed}, **unfixed)
    assert accepted(text)
    inside = ("claim", "thresholds")
    for value in (
        [],
        [*listed, *listed],
        [[[1], ["1/2", "1/2"]]],
        [[[0], ["1/2"]]],
        [[[0], ["0", "1/2"]]],
    ):
        assert not accepted(altered(text, inside, value))
    for level in ("1", "1/3", "inf", "-1/2"):
        assert not accepted(altered(text, (*inside, 0, 1, 0), level))
    assert not accepted(altered(text, ("claim", "holds"), False))
    free = concrete(
        "agent-thresholds",
        game([[1, 0]], actions=("AB",)),
        {},
        fields={"thresholds": [[[0], ["0"]]]},
        **unfixed,
    )
    assert accepted(free)
    stuck = game([[0, 1]], [[1, 0]], actions=("AB", "A"))
    never = concrete(
        "agent-thresholds",
        stuck,
        {},
        fields={"thresholds": [[[0], ["inf", "0"]], [[1], ["0", "0"]]]},
        **unfixed,
    )
    assert accepted(never)
    cells = {"records": {"cells": [0], "classes": [[0, 1], [0, 1]], "table": None}}
    text = concrete("incontractible-cells", about, {}, fields={"cells": []}, **cells)
    assert accepted(text)
    assert not accepted(altered(text, ("claim", "cells"), [0]))
    assert not accepted(altered(text, ("claim", "holds"), False))
    assert not accepted(altered(text, ("data", "records"), None))


def test_equilibria_of_states_without_probability() -> None:
    about = game([[1, 0], [0, 1]], actions=("AB",), prior=(1, 0))
    common = {"prosociality": {"levels": [0], "scale": 1}}
    text = concrete("equilibria", about, {}, fields={"state": 1, "profiles": None}, **common)
    assert accepted(text)
    assert not accepted(altered(text, ("claim", "state"), 0))
    assert not accepted(altered(text, ("claim", "profiles"), [1]))
    nash = concrete("nash", about, {}, fields={"profiles": [[0]]}, **common)
    assert accepted(nash)
    assert not accepted(altered(nash, ("claim", "profiles"), [[0], [1]]))
    assert not accepted(altered(nash, ("claim", "profiles"), [[0, 0]]))
    unique = concrete("unique-nash", about, {}, **common)
    assert accepted(unique)
    assert not accepted(altered(unique, ("claim", "holds"), False))
    assert accepted(concrete("unique-nash", about, {}, fields={"profiles": [[0]]}, **common))
    assert not accepted(concrete("unique-nash", about, {}, fields={"profiles": [[1]]}, **common))


def test_axioms_need_both_sides() -> None:
    for sides in (None, [[0], []], [[0, 1], [0]]):
        text = concrete("axiom-i", game(*PD, cooperative=sides), {})
        assert not accepted(text)


def test_benefit_compares_with_selfish_play() -> None:
    prosocial = {"prosociality": {"levels": [1, 1], "scale": 1}}
    for name in ("beneficial", "beneficial-with-side-payments"):
        assert accepted(concrete(name, game(*PD), {}))
        assert not accepted(concrete(name, game(*PD), {}, False))
        assert not accepted(concrete(name, game(*PD), {}, **prosocial))


# --- several goals --------------------------------------------------------------------------------


def test_conjunctions() -> None:
    first, second = (
        concrete("gap-at-least", game(*PD), {}, fields={"value": v}) for v in ("0", "-1")
    )
    text = encode_conjunction("both", [("a", first), ("b", second), ("c", first)])
    verdict = verified(text)
    assert verdict.accepted
    assert verdict.claim is not None
    assert (verdict.claim["id"], verdict.claim["count"]) == ("all-goals", 2)
    assert verdict.claim["named"] == "both"
    assert verdict.claim["sha256"] == claims_digest([json.loads(second), json.loads(first)])
    twice = json.loads(text)
    twice["goals"].append({**twice["goals"][0], "goal": "again"})
    assert "same" in reason(json.dumps(twice))
    bad = json.loads(text)
    bad["goals"][1]["certificate"]["claim"]["holds"] = False
    assert reason(json.dumps(bad)).startswith("b: ")
    bad["goals"][1]["certificate"] = json.loads(text)
    assert reason(json.dumps(bad)).startswith("b: ")
    for goals in ([], [{"goal": "a"}], [{"goal": 1, "certificate": json.loads(first)}]):
        assert not accepted(json.dumps({**json.loads(text), "goals": goals}))
    assert not accepted(json.dumps({**json.loads(text), "theorem": None}))


# --- polynomials ----------------------------------------------------------------------------------


def test_polynomials_are_values() -> None:
    x, y = Polynomial({(0,): 1}), Polynomial({(1,): 1})
    assert x + y == y + x
    assert hash(x + y) == hash(y + x)
    assert 1 - x == -(x - 1)
    assert (x + 1) * (x - 1) == x * x - 1
    assert x - x == 0
    assert x != "x"
    assert (x * x * y * 2 + x).at((3, 5)) == 93
    assert (x * 6 + 4).primitive == x * 3 + 2


def _long(count: int) -> Json:
    """A polynomial of many terms."""
    return {f"x{k}*x{k}": 1 for k in range(count)}


@pytest.mark.parametrize(
    ("assumption", "products", "says"),
    [
        ({"x0": 1}, [[1, [0] * 65, []]], "degree"),
        (_long(200), [[1, [0, 0], []]], "terms"),
        ({"x0": 10**3_990}, [[1, [0, 0], []]], "budget"),
    ],
)
def test_arithmetic_has_limits(assumption: Json, products: Json, says: str) -> None:
    names = [f"x{k}" for k in range(200)]
    proof = {"apart": [], "cases": {"refuted": refuted(*products)}}
    more = {"parameters": names, "assumptions": [[assumption, ">"]]}
    text = certificate({"id": "inconsistent", "holds": True}, None, proof, **more)
    assert says in reason(text)
    assert "too large" in reason(text)


def test_nothing_is_implementable_at_any_lambda() -> None:
    """Player 0 gains where nothing is lost, whatever is played."""
    about = game([[0, 1]], [[1, 0]], actions=("AB", "A"))
    moves = [[0, 0, 1, 1], [0, 0, 0, 1]]
    obstructions = [{"selection": [[0, a]], "deviations": [moves[a]]} for a in (0, 1)]
    witness = {"below": _bounded([[0, 0], [1, 1]], *obstructions, best=None, strict=False)["bound"]}
    text = concrete("threshold", about, witness, fields={"value": "inf"}, prosociality=None)
    assert not accepted(text)
    shy = game([[0, 1, 0]], [[1, 0, 1]], actions=("ABC", "A"))
    assert not accepted(
        concrete("threshold", shy, witness, fields={"value": "inf"}, prosociality=None)
    )


def test_nothing_is_implementable_below_a_threshold() -> None:
    """Someone always gains, and what the first best loses by that is 1 for 1."""
    about = game([[1, -1, -1, 1]], [[0, 1, 1, -1]])
    moves = [[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 1, 0, 1]]
    obstructions = [{"selection": [[0, a]], "deviations": [moves[a]]} for a in range(4)]
    tree = [[a, a] for a in range(4)]
    below = _bounded(tree, *obstructions, best=None, strict=False)["bound"]
    witness = {"reached": {"selection": [0], "transfers": []}, "below": below}
    text = concrete("threshold", about, witness, fields={"value": "1"}, prosociality=None)
    assert accepted(text)
    assert not accepted(altered(text, ("claim", "value"), "2"))


def test_without_parameters_nothing_else_is_known() -> None:
    text = concrete("gap-at-least", game(*PD), {}, fields={"value": "0"})
    assert accepted(text)
    known = [[1, ">"], [refuted([1, [0], []], [1, [], []])]]
    assert not accepted(altered(text, ("proof", "cases", "known"), [known]))


def test_an_equation_splits_into_three_cases() -> None:
    """Where it holds, and on either side of it: none may be left out."""
    positive = [{"x": 1}, ">"]
    claim = {"id": "formula", "holds": True, "conclusion": ["or", positive, ["not", positive]]}

    def split(*points: str) -> str:
        where, *sides = (
            {"known": [], "piece": 0, "point": [point], "witness": {}} for point in points
        )
        cases = {"if": [{"x": 1}, "=="], "then": where, "else": sides}
        return certificate(claim, None, {"apart": [], "cases": cases}, parameters=["x"])

    assert accepted(split("0", "1", "-1")), reason(split("0", "1", "-1"))
    for wrong in (("0",), ("0", "1"), ("0", "1", "-1", "2")):
        assert not accepted(split(*wrong)), wrong


# --- cases of contracts ---------------------------------------------------------------------------

BLIND = {"cells": [0, 0], "classes": [[0, 1], [0]], "table": None}
"""Records tell the first player's actions, and no states."""

TORN = game([[0, 2], [-1, 0]], [[10, -2], [1, 10]], actions=("AB", "C"), prior=[1, 1])
"""The first player must be paid 2 more at A in one state, and at most 1 more in the other."""


def parted(tree: Json, most: Json = 10, **more: Json) -> str:
    """A certificate that at most so much of 20 is reached, by a tree of one block."""
    block = {"states": [0, 1], "most": most, "denominator": 2, "cases": tree}
    block = {**block, **more.pop("block", {})}
    fields = {"value": more.pop("value", "5")}
    bound = {"contracts": more.pop("blocks", [block])}
    about = {"records": BLIND, "contracts": transfers("free"), **more}
    return concrete("gap-at-least", TORN, {"bound": bound}, fields=fields, **about)


def test_cases_of_contracts_bound_the_value() -> None:
    assert accepted(parted([0, 0, 1, 3, None, None]))
    assert accepted(parted([0, 1, 0, -3, None, None]))
    inner = [0, 0, 1, 5, None, {"refuted": [[1, 1], [0, 1]]}]
    assert accepted(parted([0, 0, 1, 3, inner, None]))
    assert "could lead to more" in reason(parted([0, 0, 1, 3, None, None], 9))
    assert "could lead to more" in reason(parted([0, 0, 1, 5, None, None]))
    assert "could lead to more" in reason(parted([0, 0, 1, 1, None, None]))
    assert "another welfare" in reason(parted([0, 0, 1, 3, None, None], value="6"))


def test_rows_on_contracts_contradict_each_other_up_to_fines() -> None:
    tree = [0, 0, 1, 3, None, {"refuted": [[0, 1]]}]
    assert "budget" in reason(parted(tree))
    assert "budget" in reason(parted([0, 0, 1, 3, {"refuted": [[0, 1]]}, None]))
    limited = {"contracts": transfers("balanced", "1/2")}
    assert accepted(parted(tree, **limited))
    assert "contradiction" in reason(parted(tree, contracts=transfers("balanced", "1")))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"contracts": NONE}, "at one λ"),
        ({"block": {"states": []}}, "other states, or none"),
        ({"block": {"states": [0]}}, "do not part"),
        ({"block": {"most": None}}, "could lead to more"),
        ({"block": {"denominator": 0}}, "another range"),
        ({"tree": [0, 0, 0, 3, None, None]}, "compared with itself"),
        ({"tree": [1, 0, 9, 3, None, None]}, "another range"),
        ({"tree": [0, 0, 1, None, None]}, "wrong length"),
        ({"tree": [0, 0, 1, 3, None, {"refuted": [[1, 1]]}]}, "another range"),
        ({"tree": [0, 0, 1, 3, None, {"refuted": [[0, 0]]}]}, "another range"),
    ],
)
def test_cases_of_contracts_that_are_not_as_described(more: Json, why: str) -> None:
    more = dict(more)
    tree = more.pop("tree", [0, 0, 1, 3, None, None])
    assert why in reason(parted(tree, **more))


def test_contracts_are_not_parted_for_parameters() -> None:
    block = {"states": [0, 1], "most": 10, "denominator": 2, "cases": [0, 0, 1, 3, None, None]}
    proof = one_case({"bound": {"contracts": [block]}}, ["1"])
    claim = {"id": "gap-at-least", "holds": True, "value": "5"}
    about = {**ONE_OF_X, "records": BLIND, "contracts": transfers("free")}
    assert "numbers only" in reason(certificate(claim, TORN, proof, **about))


def test_where_a_state_has_no_profile_left_nothing_is_implementable() -> None:
    # Matching pennies, of which the record tells nothing.
    hidden = {"cells": [0, 0], "classes": [[0, 0], [0, 0]], "table": None}
    pennies = [[1, 0, 0, 1], [1, 0, 0, 1]], [[0, 1, 1, 0], [0, 1, 1, 0]]
    block = {"states": [0, 1], "most": None, "denominator": 1, "cases": None}
    bound = {"bound": {"contracts": [block]}}
    about = {"records": hidden, "contracts": transfers("free")}
    matching = game(*pennies, prior=[1, 1])
    assert accepted(concrete("value", matching, bound, fields={"value": "-inf"}, **about))
    easy = game([[1, 0, 0, 1]] * 2, [[1, 0, 0, 1]] * 2, prior=[1, 1])
    text = concrete("value", easy, bound, fields={"value": "-inf"}, **about)
    assert "could lead to more" in reason(text)
