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
    left, right = (ratio(each, index)[0] for each in comparison.operands)
    (relation,) = comparison.operators
    return Where((compared(left, relation, right),), NAMES)


def regions(*pairs: tuple[str, T | Absent]) -> Pieces[T | Absent]:
    return Pieces(tuple(Piece(where(when), value) for when, value in pairs))


def deviation(player: str, weight: int = 1, state: str = "s") -> DeviationPart:
    return DeviationPart(state, player, ("C", "C"), "D", NONE, weight)


def obstruction(kind: str, *deviations: DeviationPart) -> ObstructionPart:
    return ObstructionPart(kind, "", deviations, 1, x("2*c - b"))


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
        "assume": tuple(Written(parse_expression("b"), each) for each in ("b > c", "c > 0")),
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
    found = spec_from_text(text, "x.toml")
    assert isinstance(found, FamilySpecification)
    return found


def told(report: Report, text: str = SPEC, columns: int = 80) -> str:
    terminal = console(file=io.StringIO(), width=columns)
    return drawn([story(report, specification(text))], terminal)


def flat(text: str) -> str:
    return " ".join(text.split())


def with_language(**changes: Any) -> Report:
    return replace(REPORT, languages=(replace(LANGUAGE, **changes),))


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
        "Directive gap: Min(b, 7).",
        "λ for the first best: c/(b - c).",
        "Some contract implements a first best exactly if b >= 2*c",
        "(C, C): 9 minimal obstructions; none of them stands exactly if b >= 2*c.",
        "Incontractible cells: {s} if b > 3 none if b <= 3",
        "Obstruction if 2*c > b: (C, C) and row's deviation to D leave the same record, "
        "and the deviation pays 2*c - b more.",
        "(C, C) if b >= 2*c none if 2*c > b",
        "Certificates: gap 01234567.",
        "without a contract: c/(b - c).",
        "Needed of each agent for (C, C): λ = row c and col ∞.",
        "At λ = row 0 and col c",
        "Value of together: 0.",
        "refuted closes at λ = 1 counterexample 01234567",
        "fails at b = 3, c = 2",
        "holds if also b >= 2*c",
        "unknown gap-at-most b - c for together (T4)",
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
    report = replace(
        REPORT,
        parameters={**REPORT.parameters, "consistent": False, "certificate": SHA},
        claims=REPORT.claims[1:],
    )
    text = told(report)
    assert "No parameters satisfy these assumptions, so nothing is said." in text
    assert "Certificates: contradiction 01234567." in text
    assert "First best" not in text
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
    always = told(with_language(suffices=True, obstruction=NONE))
    assert "For all parameters some contract implements a first best." in always
    assert "minimal obstruction" not in always
    never = told(with_language(suffices=False))
    assert "For no parameters does any contract reach a first best." in never


def test_many_regions_are_cut() -> None:
    many = regions(*((f"b == {k}", F(k)) for k in range(40)))
    text = told(with_language(value=many))
    assert "… 28 more regions" in text
    assert "--json lists all" in text
    assert "b == 30" not in text


def test_thresholds_by_region() -> None:
    def threshold(play: str, level: str) -> AgentThresholds:
        return AgentThresholds({"s": (play, play)}, {"row": x(level), "col": x(level)})

    def shown(*pairs: tuple[str, tuple[AgentThresholds, ...]]) -> str:
        return told(replace(REPORT, agent_thresholds=regions(*pairs)))

    both = (threshold("C", "b"), threshold("D", "0"))
    text = flat(shown(("b > 1", both), ("b <= 1", both[1:])))
    assert "Needed of each agent for (C, C), where that is first best: λ = row b and col b" in text
    assert "Needed of each agent for (D, D): λ = row 0 and col 0." in text
    many = tuple(threshold(str(k), "b") for k in range(20))
    assert "… and of 12 more" in told(replace(REPORT, agent_thresholds=many))
    assert "… and of 12 more first-best selections." in shown(("b > 1", many), ("b <= 1", ()))


def test_states_and_their_probabilities() -> None:
    text = SPEC.replace(
        'col = ["C", "D"] }',
        'col = ["C", "D"] }\nstates = { names = ["v", "w"], prior = ["c", "1 - c"] }',
    ).replace("[game.payoffs]", "[game.payoffs.w]")
    text += '[game.payoffs.v]\nrow = [["b", 1], [0, 0]]\ncol = "symmetric"\n'
    best = regions(("c > 0", (("C", "C"),)), ("c == 0", NONE))
    part = FirstBestPart(INFINITY, {"v": best, "w": (("D", "D"),)})
    shown = told(replace(REPORT, first_best=part), text)
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
    report = replace(REPORT, languages=(), prosocial=())
    assert "1 player, 1 state, 2 action profiles" in told(report, lone)


def test_text_never_steers_the_terminal() -> None:
    text = told(replace(with_language(name="\x1b[2J[/]"), title="[red]t\x1b[31m"))
    assert "\x1b" not in text
    assert "[red]t\\x1b[31m" in text


def test_a_selection_that_no_contract_implements_is_said_in_words() -> None:
    text = flat(told(with_language(basis=(BasisPart(PLAY, 2, ("False",)),))))
    assert "(C, C): 2 minimal obstructions; for all parameters some of them stands." in text
    assert "False" not in text
