"""The story of a family's report, from hand-made reports."""

from __future__ import annotations

import io
from typing import Any

from coopgap.terminal.family_story import family_story, pieces
from coopgap.terminal.output import console, drawn
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification

SPEC = """
title = "Donation"
[parameters]
names = ["b", "c"]
assume = ["b > c", "c > 0"]
[game]
players = ["row", "col"]
actions = { row = ["C", "D"], col = ["C", "D"] }
[game.payoffs]
row = [["b - c", "-c"], ["b", 0]]
col = "symmetric"
"""

UNKNOWN = {"unknown": "over 400 regions of the parameters"}
SHA = "0123456789abcdef" * 4


def regions(*pairs: tuple[str, Any]) -> list[dict[str, Any]]:
    return [{"when": when, "value": value} for when, value in pairs]


def deviation(player: str, weight: int = 1, state: str = "s") -> dict[str, Any]:
    return {
        "state": state,
        "player": player,
        "profile": ["C", "C"],
        "deviation": "D",
        "weight": weight,
    }


def obstruction(kind: str, *deviations: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "deviations": list(deviations), "sum": "2*c - b"}


LANGUAGE = {
    "name": "together",
    "contracts": {
        "kind": "transfers",
        "budget": "balanced",
        "liability": "1",
        "permissive": None,
    },
    "value": regions(("b >= 2*c", "2*(b - c)"), ("2*c > b", "0")),
    "gap": regions(("b > 2*c", "0"), ("b == 2*c", "0"), ("2*c > b", "2*(b - c)")),
    "suffices": regions(("b >= 2*c", True), ("2*c > b", False)),
    "correlated_gap": "0",
    "directive_gap": "Min(b, c)",
    "incontractible_cells": regions(("b > 3", [["s"]]), ("b <= 3", [])),
    "selection": regions(("b >= 2*c", {"s": ["C", "C"]}), ("2*c > b", None)),
    "contract": None,
    "basis": [{"selection": {"s": ["C", "C"]}, "obstructions": 9, "conditions": ["b >= 2*c"]}],
    "obstruction": regions(
        ("b >= 2*c", None), ("2*c > b", obstruction("aliasing", deviation("row")))
    ),
    "prosocial_threshold": "c/(b - c)",
    "prosocial": [{"lambda": "0", "value": "0", "gap": "1"}],
    "certificates": {"gap": SHA},
}

REPORT: dict[str, Any] = {
    "title": "Donation",
    "source": "by hand",
    "parameters": {"names": ["b", "c"], "assume": ["b > c", "c > 0"], "consistent": True},
    "first_best": {"welfare": "2*(b - c)", "profiles": {"s": [["C", "C"]]}},
    "selfish": {"welfare": None, "nash": {"s": []}, "mixed": UNKNOWN},
    "languages": [LANGUAGE],
    "prosocial_threshold": "Max(c/(b - c), 1)",
    "agent_thresholds": [{"selection": {"s": ["C", "C"]}, "lambda": {"row": "c", "col": "inf"}}],
    "benefit": {
        "plain": {
            "status": "refuted",
            "certificate": {"kind": "counterexample", "checked": True, "sha256": SHA},
            "reason": None,
            "counterexample": {"b": "3", "c": "2"},
            "suggestion": "b > 5*c",
        },
        "side_payments": {
            "status": "unknown",
            "certificate": None,
            "reason": "stopped after 1 s",
            "counterexample": None,
            "suggestion": None,
        },
    },
    "prosocial": [
        {"lambda": {"row": "0", "col": "c"}, "welfare": "0", "nash": {"s": [["D", "D"]]}}
    ],
    "certificates": {},
    "claims": [
        {
            "id": "closes",
            "language": None,
            "status": "refuted",
            "certificate": {"kind": "counterexample", "checked": True, "sha256": SHA},
            "value": None,
            "lambda": "1",
            "reason": None,
            "counterexample": {"b": "3", "c": "2"},
            "suggestion": "b >= 2*c",
            "statement": "at λ = 1 a first-best selection is an equilibrium",
        },
        {
            "id": "gap-at-most",
            "language": "together",
            "status": "unknown",
            "certificate": None,
            "value": "b - c",
            "lambda": None,
            "reason": "over 400 regions of the parameters",
            "counterexample": None,
            "suggestion": None,
            "statement": "some contract leaves little",
        },
    ],
}


def specification(text: str = SPEC) -> FamilySpecification:
    found = spec_from_text(text, "x.toml")
    assert isinstance(found, FamilySpecification)
    return found


def told(report: dict[str, Any], text: str = SPEC, columns: int = 80) -> str:
    terminal = console(file=io.StringIO(), width=columns)
    return drawn([family_story(report, specification(text))], terminal)


def flat(text: str) -> str:
    return " ".join(text.split())


def with_language(**changes: Any) -> dict[str, Any]:
    return {**REPORT, "languages": [{**LANGUAGE, **changes}]}


def test_everything_is_told_within_80_columns() -> None:
    text = told(REPORT)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    for part in (
        "Donation\nby hand",
        "For all b and c with: b > c c > 0",
        "row \\ col C D",
        "b - c, b - c",
        "Welfare: 2*(b - c).",
        "Reached by: (C, C).",
        "Pure equilibria: none.",
        "no equilibrium in some state",
        "together (balanced transfers, fines ≤ 1)",
        "Value: 2*(b - c) if b >= 2*c 0 if 2*c > b",
        "Gap: 0 if b > 2*c or b == 2*c 2*(b - c) if 2*c > b",
        "Correlated gap: 0.",
        "Directive gap: Min(b, c).",
        "λ for the first best: c/(b - c).",
        "Some contract implements a first best exactly if b >= 2*c",
        "(C, C): 9 minimal obstructions; none of them stands exactly if b >= 2*c.",
        "Incontractible cells: {s} if b > 3 none if b <= 3",
        "Obstruction if 2*c > b: (C, C) and row's deviation to D leave the same record, "
        "and the deviation pays 2*c - b more.",
        "(C, C) if b >= 2*c none if 2*c > b",
        "Certificates: gap 01234567.",
        "without a contract: Max(c/(b - c), 1).",
        "Needed of each agent for (C, C): λ = row c and col ∞.",
        "At λ = row 0 and col c",
        "Value of together: 0.",
        "refuted closes at λ = 1 counterexample 01234567",
        "fails at b = 3, c = 2",
        "holds if also b >= 2*c",
        "unknown gap-at-most b - c for together",
        "1 claim refuted, 1 unknown; the certificate accepted by the checker.",
    ):
        assert flat(part) in flat(text), part


def test_who_gains() -> None:
    text = flat(told(REPORT))
    assert "gains as payoffs stand: not for all parameters. They do if also b > 5*c." in text
    assert "side payments for each selfish outcome: unknown. stopped after 1 s." in text


def test_tables_are_aligned() -> None:
    lines = told(REPORT).splitlines()
    start = lines.index("    Gap:")
    assert lines[start + 1 : start + 4] == [
        "      0          if  b > 2*c",
        "                 or  b == 2*c",
        "      2*(b - c)  if  2*c > b",
    ]


def test_contradictory_assumptions() -> None:
    report = {
        **REPORT,
        "parameters": {**REPORT["parameters"], "consistent": False, "certificate": SHA},
        "claims": [{**REPORT["claims"][1], "reason": "the assumptions contradict each other"}],
    }
    text = told(report)
    assert "No parameters satisfy these assumptions, so nothing is said." in text
    assert "Certificates: contradiction 01234567." in text
    assert "First best" not in text
    assert "1 claim unknown." in text


def test_what_is_unknown_is_said() -> None:
    report = {
        **with_language(
            value=UNKNOWN,
            suffices=UNKNOWN,
            obstruction=UNKNOWN,
            selection=UNKNOWN,
            correlated_gap=None,
            directive_gap=None,
            incontractible_cells=None,
            basis=UNKNOWN,
            certificates={},
        ),
        "agent_thresholds": UNKNOWN,
        "first_best": {"welfare": UNKNOWN, "profiles": {"s": UNKNOWN}},
        "claims": [],
    }
    text = flat(told(report))
    for part in (
        "Welfare: unknown, over 400 regions of the parameters.",
        "Reached by: unknown, over 400",
        "Whether a contract suffices is unknown: over 400",
        "The obstruction is unknown: over 400",
        "Thresholds of each agent: unknown, over 400",
    ):
        assert part in text
    assert "Claims" not in text


def test_each_kind_of_obstruction_in_words() -> None:
    wanted = {
        "profitable-deviation": "(C, C) fails: row's deviation to D pays 2*c - b more.",
        "cycle": "row's fines chase each other in a circle, and sum to 0 ≥ 2*c - b: "
        "in state s row from (C, C) to D; in state w col from (C, C) to D (weight 2).",
        "common-divergence-flow": "cancel in these deviations, which sum to 0 ≥ 2*c - b: in state",
        "farkas": "can deter these together, 2*c - b are missing: in state s row from",
    }
    for kind, words in wanted.items():
        part = obstruction(kind, deviation("row"), deviation("col", 2, "w"))
        assert words in flat(told(with_language(obstruction=part, suffices=False)))


def test_contracts_that_always_or_never_suffice() -> None:
    always = told(with_language(suffices=True, obstruction=None))
    assert "For all parameters some contract implements a first best." in always
    assert "minimal obstruction" not in always
    never = told(with_language(suffices=False))
    assert "For no parameters any contract implements a first best." in never


def test_many_regions_are_cut() -> None:
    many = regions(*((f"b == {k}", str(k)) for k in range(40)))
    text = told(with_language(value=many))
    assert "… 28 more regions" in text
    assert "--json lists all" in text
    assert "b == 30" not in text


def test_thresholds_by_region() -> None:
    def threshold(play: str, level: str) -> dict[str, Any]:
        return {"selection": {"s": [play, play]}, "lambda": {"row": level, "col": level}}

    report = {
        **REPORT,
        "agent_thresholds": regions(
            ("b > 1", [threshold("C", "b"), threshold("D", "0")]), ("b <= 1", [threshold("D", "0")])
        ),
    }
    text = flat(told(report))
    assert "Needed of each agent for (C, C), where that is first best: λ = row b and col b" in text
    assert "Needed of each agent for (D, D): λ = row 0 and col 0." in text
    report["agent_thresholds"] = [threshold(str(k), "0") for k in range(20)]
    assert "… and of 12 more first-best selections." in told(report)
    report["agent_thresholds"] = regions(
        ("b > 1", [threshold(str(k), "b") for k in range(20)]), ("b <= 1", [])
    )
    assert "… and of 12 more first-best selections." in told(report)


def test_states_and_their_probabilities() -> None:
    text = SPEC.replace(
        'col = ["C", "D"] }',
        'col = ["C", "D"] }\nstates = { names = ["v", "w"], prior = ["c", "1 - c"] }',
    ).replace("[game.payoffs]", "[game.payoffs.w]")
    text += '[game.payoffs.v]\nrow = [["b", 1], [0, 0]]\ncol = "symmetric"\n'
    profiles = {"v": regions(("c > 0", [["C", "C"]]), ("c == 0", None)), "w": [["D", "D"]]}
    shown = told({**REPORT, "first_best": {"welfare": "inf", "profiles": profiles}}, text)
    assert "state v, probability c" in shown
    assert "state w, probability 1 - c" in shown
    assert "Welfare: ∞." in shown
    assert "Reached by in v:" in shown
    assert flat("(C, C) if c > 0 never played if c == 0") in flat(shown)


def test_large_games_are_summed_up() -> None:
    long = SPEC.replace('"b - c"', '"b - c + b*b*b*b*b*b + c*c*c*c*c*c*c*c + b*c*b*c*b*c"')
    assert "2 players, 1 state, 4 action profiles in each (actions: row 2 and col 2)." in flat(
        told(REPORT, long)
    )
    lone = SPEC.replace('["row", "col"]', '["row"]').replace(', col = ["C", "D"]', "")
    lone = lone.replace('[["b - c", "-c"], ["b", 0]]', '["b", "c"]').replace(
        'col = "symmetric"', ""
    )
    report = {**REPORT, "languages": [], "prosocial": []}
    assert "1 player, 1 state, 2 action profiles" in told(report, lone)


def test_text_never_steers_the_terminal() -> None:
    report = {
        **REPORT,
        "title": "[red]t\x1b[31m",
        "languages": [{**LANGUAGE, "name": "\x1b[2J[/]"}],
    }
    text = told(report)
    assert "\x1b" not in text
    assert "[red]t\\x1b[31m" in text


def test_lists_that_are_not_pieces() -> None:
    assert pieces([]) is None
    assert pieces([["C", "C"]]) is None
    assert pieces("b") is None


def test_a_selection_that_no_contract_implements_is_said_in_words() -> None:
    basis = [{"selection": {"s": ["C", "C"]}, "obstructions": 2, "conditions": ["False"]}]
    text = flat(told(with_language(basis=basis)))
    assert "(C, C): 2 minimal obstructions; for all parameters some of them stands." in text
    assert "False" not in text
