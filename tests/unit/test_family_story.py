"""The story of a family's report, from hand-made reports."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from coopgap.proofs.algebra.rational import compared, ratio
from coopgap.proofs.deciding.reports import (
    AgentThresholds,
    BasisPart,
    BenefitPart,
    CertificatePart,
    ClaimPart,
    ContractClassPart,
    DeviationPart,
    FirstBestPart,
    LanguagePart,
    LevelPart,
    ObstructionPart,
    ProsocialPart,
    Report,
    SelfishPart,
    VerdictPart,
)
from coopgap.proofs.deciding.values import (
    Absent,
    Extremum,
    Piece,
    Pieces,
    Unknown,
    Where,
    Written,
    known,
)
from coopgap.proofs.deciding.words import in_words
from coopgap.terminal.output import console, drawn
from coopgap.terminal.story import story
from coopgap.theory.exact import INFINITY
from coopgap.theory.parsing import parse_comparisons, parse_expression
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification

F = Fraction

T = TypeVar("T")

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

TOGETHER = '[[language]]\nname = "together"\n'

NAMES = ("b", "c")
UNKNOWN = Unknown("over 400 regions of the parameters")
NONE = Absent("there is none")
CHECKED = CertificatePart("counterexample", True, "0123456789abcdef" * 4)
SHA = CHECKED.sha256
PLAY = {"s": ("C", "C")}


def x(text: str) -> Written:
    return Written(parse_expression(text))


def where(text: str) -> Where:
    ((comparison, _),) = parse_comparisons(text)
    index = {name: place for place, name in enumerate(NAMES)}
    left, right = (ratio(operand, index)[0] for operand in comparison.operands)
    (relation,) = comparison.operators
    return Where((compared(left, relation, right),), NAMES)


def regions(*pairs: tuple[str, T | Absent]) -> Pieces[T | Absent]:
    return Pieces(tuple(Piece(where(when), value) for when, value in pairs))


def deviation(player: str, weight: int = 1, state: str = "s") -> DeviationPart:
    return DeviationPart(state, player, ("C", "C"), "D", NONE, weight)


def obstruction(kind: str, *deviations: DeviationPart) -> ObstructionPart:
    part = ObstructionPart(kind, "", deviations, 1, x("2*c - b"))
    return replace(part, words=in_words(part))


LANGUAGE = LanguagePart(
    name="together",
    contracts=ContractClassPart("transfers", "balanced", F(1)),
    value=regions(("b >= 2*c", x("2*(b - c)")), ("2*c > b", F(0))),
    gap=regions(("b > 2*c", F(0)), ("b == 2*c", F(0)), ("2*c > b", x("2*(b - c)"))),
    suffices=regions(("b >= 2*c", True), ("2*c > b", False)),
    correlated_gap=F(0),
    directive_gap=Extremum("Min", (known(ratio(parse_expression("b"), {"b": 0})[0], NAMES), F(7))),
    incontractible_cells=regions(("b > 3", (("s",),)), ("b <= 3", ())),
    selection=regions(("b >= 2*c", PLAY), ("2*c > b", NONE)),
    contract=NONE,
    basis=(BasisPart(PLAY, 9, ("b >= 2*c",)),),
    obstruction=regions(("b >= 2*c", NONE), ("2*c > b", obstruction("aliasing", deviation("row")))),
    prosocial_threshold=x("c/(b - c)"),
    prosocial=(LevelPart(F(0), F(0), F(1)),),
    certificates={"gap": SHA},
)

REPORT = Report(
    tool={},
    title="Donation",
    source="by hand",
    parameters={
        "names": NAMES,
        "assume": tuple(
            Written(parse_expression("b"), condition) for condition in ("b > c", "c > 0")
        ),
        "consistent": True,
    },
    first_best=FirstBestPart(x("2*(b - c)"), {"s": (("C", "C"),)}),
    selfish=SelfishPart(NONE, {"s": ()}, UNKNOWN),
    languages=(LANGUAGE,),
    prosocial_threshold=x("c/(b - c)"),
    agent_thresholds=(AgentThresholds(PLAY, {"row": x("c"), "col": INFINITY}),),
    domination_threshold=NONE,
    benefit=BenefitPart(
        VerdictPart("refuted", CHECKED, None, {"b": F(3), "c": F(2)}, where("b > 5*c")),
        VerdictPart("unknown", None, "stopped after 1 s", None, None),
        NONE,
    ),
    prosocial=(ProsocialPart({"row": F(0), "col": x("c")}, F(0), {"s": (("D", "D"),)}),),
    certificates={},
    claims=(
        ClaimPart(
            "closes",
            None,
            "refuted",
            CHECKED,
            0.1,
            lambda_=F(1),
            counterexample={"b": F(3), "c": F(2)},
            suggestion=where("b >= 2*c"),
            statement="at λ = 1 a first-best selection is an equilibrium",
            family=True,
        ),
        ClaimPart(
            "gap-at-most",
            "together",
            "unknown",
            None,
            0.1,
            value=x("b - c"),
            theorem="T4",
            reason=UNKNOWN.reason,
            statement="some contract leaves little",
            family=True,
        ),
    ),
    family=True,
)


def specification(text: str = SPEC) -> FamilySpecification:
    family = spec_from_text(text, "x.toml")
    assert isinstance(family, FamilySpecification)
    return family


def rendered(report: Report, text: str = SPEC, columns: int = 80) -> str:
    terminal = console(file=io.StringIO(), width=columns)
    text += TOGETHER if report.languages else ""
    return drawn([story(report, specification(text))], terminal)


def flat(text: str) -> str:
    return " ".join(text.split())


def with_language(**changes: Any) -> Report:
    return replace(REPORT, languages=(replace(LANGUAGE, **changes),))


def test_everything_is_told_within_80_columns() -> None:
    text = rendered(REPORT)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    for part in (
        "Donation\nby hand",
        "Everything holds for all real b and c that satisfy the assumptions: (A1) b > c (A2) c > 0",
        "row \\ col C D",
        "b - c, b - c",
        "The largest expected welfare is W* = 2*(b - c).",
        "It is reached by (C, C).",
        "Without a contract there is no equilibrium in pure strategies.",
        "With balanced transfers with fines of at most 1 in the language together the best "
        "welfare of a pure equilibrium is: V = 2*(b - c) if b >= 2*c 0 if 2*c > b",
        "The welfare gap is: Δ = 0 if b > 2*c or b == 2*c 2*(b - c) if 2*c > b",
        "In correlated equilibrium the gap is Δ^ce = 0.",
        "Under complete directives the gap is Δ^directive = Min(b, 7).",
        "There are nine minimal obstructions to (C, C): none stands exactly if b >= 2*c.",
        "No single profile is first best throughout: states where {s} b > 3 none b <= 3",
        "Nothing better exists: where 2*c > b, (C, C) and row's deviation to D leave the same "
        "record, and the deviation pays 2*c - b more.",
        "The value is reached by: played where (C, C) b >= 2*c none 2*c > b",
        "together: gap 01234567.",
        "Without a contract a first best is an equilibrium exactly from λ* = c/(b - c) on.",
        "in the language together a first best is implementable exactly from λ* = c/(b - c) on.",
        "first best row col (C, C) c ∞",
        "λ no contract together row 0 and col c 0 0",
        "closes refuted counterexample 01234567",
        "It fails at b = 3 and c = 2.",
        "It holds if also b >= 2*c.",
        "gap-at-most (T4) unknown –",
        "1 claim refuted, 1 unknown; the certificate accepted by the checker.",
    ):
        assert flat(part) in flat(text), part


def test_who_gains() -> None:
    text = flat(rendered(REPORT))
    assert "It is not so for all parameters that, as payoffs stand, each agent is" in text
    assert "it fails at b = 3 and c = 2. It is so if also b > 5*c." in text
    assert "every agent is strictly better off, is unknown: stopped after 1 s." in text


def test_tables_are_aligned() -> None:
    lines = rendered(REPORT).splitlines()
    start = lines.index("  Δ =")
    assert lines[start + 1 : start + 3] == [
        "    0          if  b > 2*c or b == 2*c",
        "    2*(b - c)  if  2*c > b",
    ]


def test_contradictory_assumptions() -> None:
    report = replace(
        REPORT,
        parameters={**REPORT.parameters, "consistent": False, "certificate": SHA},
        claims=REPORT.claims[1:],
    )
    text = rendered(report)
    assert "No parameters satisfy these assumptions, so nothing is said about the games." in text
    assert "first best" not in text
    assert "1 claim unknown." in text


def test_what_is_unknown_is_said() -> None:
    report = replace(
        with_language(
            value=UNKNOWN,
            suffices=UNKNOWN,
            obstruction=UNKNOWN,
            selection=UNKNOWN,
            correlated_gap=NONE,
            directive_gap=NONE,
            incontractible_cells=NONE,
            basis=UNKNOWN,
            certificates={},
        ),
        agent_thresholds=UNKNOWN,
        first_best=FirstBestPart(UNKNOWN, {"s": UNKNOWN}),
        claims=(),
    )
    text = flat(rendered(report))
    for part in (
        "The largest expected welfare is unknown: over 400 regions of the parameters.",
        "What is played is unknown: over 400",
        "in the language together is unknown: over 400",
        "What each agent needs is unknown: over 400",
    ):
        assert part in text
    assert "Claims" not in text


def test_each_kind_of_obstruction_in_words() -> None:
    expected = {
        "profitable-deviation": "(C, C) fails: row's deviation to D pays 2*c - b more.",
        "cycle": "row's fines chase each other in a circle, and sum to 0 ≥ 2*c - b: "
        "in state s row from (C, C) to D; in state w col from (C, C) to D (weight 2).",
        "common-divergence-flow": "cancel in these deviations, which sum to 0 ≥ 2*c - b: in state",
        "farkas": "can deter these together, 2*c - b are missing: in state s row from",
    }
    for kind, words in expected.items():
        part = obstruction(kind, deviation("row"), deviation("col", 2, "w"))
        assert words in flat(rendered(with_language(obstruction=part, suffices=False)))


def test_many_regions_are_cut() -> None:
    many = regions(*((f"b == {k}", F(k)) for k in range(40)))
    text = rendered(with_language(value=many))
    assert "… 24 more rows; --json lists all" in text
    assert "b == 30" not in text


def test_thresholds_by_region() -> None:
    def threshold(play: str, level: str) -> AgentThresholds:
        return AgentThresholds({"s": (play, play)}, {"row": x(level), "col": x(level)})

    def shown(*pairs: tuple[str, tuple[AgentThresholds, ...]]) -> str:
        return rendered(replace(REPORT, agent_thresholds=regions(*pairs)))

    thresholds = (threshold("C", "b"), threshold("D", "0"))
    text = flat(shown(("b > 1", thresholds), ("b <= 1", thresholds[1:])))
    assert "first best row col where (C, C) b b b > 1 (D, D) 0 0 b > 1 (D, D) 0 0 b <= 1" in text
    many = tuple(threshold(str(k), "b") for k in range(20))
    assert "and 4 more rows" in rendered(replace(REPORT, agent_thresholds=many))
    assert "and 4 more rows" in shown(("b > 1", many), ("b <= 1", ()))


def test_states_and_their_probabilities() -> None:
    text = SPEC.replace(
        'col = ["C", "D"] }',
        'col = ["C", "D"] }\nstates = { names = ["v", "w"], prior = ["c", "1 - c"] }',
    ).replace("[game.payoffs]", "[game.payoffs.w]")
    text += '[game.payoffs.v]\nrow = [["b", 1], [0, 0]]\ncol = "symmetric"\n'
    best = regions(("c > 0", (("C", "C"),)), ("c == 0", NONE))
    part = FirstBestPart(INFINITY, {"v": best, "w": (("D", "D"),)})
    output = rendered(replace(REPORT, first_best=part), text)
    assert "state v with probability c or state w with probability 1 - c" in flat(output)
    assert "welfare is W* = ∞." in output
    assert "It is reached by in state v:" in output
    assert flat("(C, C) c > 0 never played c == 0") in flat(output)


def test_large_games_are_summed_up() -> None:
    long = SPEC.replace('"b - c"', '"b - c + b*b*b*b*b*b + c*c*c*c*c*c*c*c + b*c*b*c*b*c"')
    assert max(map(len, rendered(REPORT, long).splitlines())) <= 80
    lone = SPEC.replace('["row", "col"]', '["row"]').replace(', col = ["C", "D"]', "")
    lone = lone.replace('[["b - c", "-c"], ["b", 0]]', '["b", "c"]').replace(
        'col = "symmetric"', ""
    )
    report = replace(REPORT, prosocial=())
    assert "One player chooses an action: row from {C, D}." in flat(rendered(report, lone))


def test_text_never_steers_the_terminal() -> None:
    text = rendered(replace(with_language(name="\x1b[2J[/]"), title="[red]t\x1b[31m"))
    assert "\x1b" not in text
    assert "[red]t\\x1b[31m" in text


def test_a_selection_that_no_contract_implements_is_said_in_words() -> None:
    text = flat(rendered(with_language(basis=(BasisPart(PLAY, 2, ("False",)),))))
    assert "There are two minimal obstructions to (C, C): for all parameters some stands." in text
    assert "False" not in text
