"""The story of a report, from hand-made reports."""

import io
from dataclasses import replace
from fractions import Fraction

import pytest
from rich.console import Group

from coopgap.proofs.deciding.reports import (
    AgentThresholds,
    BenefitPart,
    CellPart,
    CertificatePart,
    ClaimPart,
    ContractClassPart,
    DeviationPart,
    FirstBestPart,
    LanguagePart,
    LevelPart,
    ObstructionPart,
    ProsocialPart,
    RecordPart,
    Report,
    SelfishPart,
    Unknown,
)
from coopgap.proofs.deciding.values import Absent, Bounds
from coopgap.proofs.exposition.claims_table import tally
from coopgap.proofs.exposition.documents import Items, prose
from coopgap.proofs.exposition.formulas import (
    STAR,
    Formula,
    Label,
    Ratio,
    Scripted,
    Symbol,
    Variable,
    quoted,
    row,
)
from coopgap.proofs.exposition.formulas import listed as listed_formulas
from coopgap.proofs.exposition.formulas import number as number_of
from coopgap.proofs.exposition.sources import Place
from coopgap.terminal.audits import story as audit
from coopgap.terminal.blocks import as_text, blocks
from coopgap.terminal.numbers import number
from coopgap.terminal.output import console, drawn
from coopgap.terminal.story import story
from coopgap.terminal.words import count, listed, plain, short
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment, environment
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.languages import complete
from coopgap.theory.specification import NamedLanguage, Specification

F = Fraction

GAME = environment(
    ["row", "col"],
    [["A", "B"], ["A", "B"]],
    [[[3, -2, 4, 2], [2, 4, -2, 3]], [[3, 4, -2, 2], [2, -2, 4, 3]]],
    states=["w1", "w2"],
)

ABSENT = Absent("not asked")

CHECKED = CertificatePart("contract-and-obstructions", True, "0123456789abcdef" * 4)

BALANCED = LanguagePart(
    name="blind",
    contracts=ContractClassPart("transfers", "balanced", "none"),
    value=F(5),
    gap=F(1),
    correlated_gap=ABSENT,
    correlated_bound=ABSENT,
    directive_gap=F(1),
    incontractible_cells=(("w1", "w2"),),
    selection={"w1": ("A", "A"), "w2": ("A", "A")},
    contract=(RecordPart("row: A, col: B", {"row": F(1, 2), "col": F(-1, 2)}),),
    directive=ABSENT,
    obstruction=ObstructionPart(
        "common-divergence-flow",
        "in state w1 col's deviation to B pays 1 more",
        (DeviationPart("w1", "col", ("A", "A"), "B", F(1), 1),),
        3,
    ),
    prosocial_threshold=F(1, 4),
    prosocial=(LevelPart(F(0), F(5), F(1)), LevelPart({"row": F(0), "col": F(2)}, F(6), F(0))),
    certificates={"gap": "f" * 64},
)

REPORT = Report(
    tool={"version": "0.1.0", "solvers": {}},
    source="theory.md, N4",
    title="Two contingencies",
    first_best=FirstBestPart(F(6), {"w1": (("A", "A"),), "w2": (("B", "B"),)}),
    selfish=SelfishPart(
        F(4),
        {"w1": (("B", "B"),), "w2": (("A", "A"),)},
        {"w1": ({"row": {"A": F(1, 3), "B": F(2, 3)}, "col": {"A": F(0), "B": F(1)}},), "w2": ()},
    ),
    languages=(BALANCED,),
    prosocial_threshold=F(1, 4),
    agent_thresholds=(
        AgentThresholds({"w1": ("A", "A"), "w2": ("B", "B")}, {"row": F(1, 4), "col": INFINITY}),
    ),
    domination_threshold=F(9, 14),
    prosocial=(
        ProsocialPart(F(0), F(4), {"w1": (("B", "B"),), "w2": (("A", "A"),)}),
        ProsocialPart({"row": F(0), "col": F(2)}, ABSENT, {"w1": (), "w2": ()}),
    ),
    benefit=BenefitPart(True, True, False),
    claims=(
        ClaimPart("gap-positive", "blind", "proved", CHECKED, 0.1),
        ClaimPart("gap-zero", "blind", "refuted", CHECKED, 0.1),
        ClaimPart("closes", None, "unknown", None, 0.1, lambda_=F(1), reason="no time was left"),
        ClaimPart("gap-at-most", "blind", "proved", CHECKED, 0.1, value=F(3, 2), theorem="T4"),
    ),
    certificates={},
)


def rendered(report: Report, game: Environment = GAME, width: int = 80) -> str:
    return drawn([story_of(report, game)], console(file=io.StringIO(), width=width))


def story_of(report: Report, game: Environment = GAME) -> Group:
    complete_language = complete(game)
    languages = [
        NamedLanguage(language.name, complete_language, Transfers())
        for language in report.languages
    ]
    return story(report, Specification(game, tuple(languages)))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_everything_is_told_within_80_columns():
    text = rendered(REPORT)
    assert max(map(len, text.splitlines())) <= 80
    for part in (
        "Two contingencies\ntheory.md, N4",
        "state w1 with probability 1/2",
        "3, 3 *",
        "_2, 2_",
        "The largest expected welfare is W* = 6.",
        "It is reached by (A, A) in state w1 and (B, B) in state w2.",
        "a welfare of 4 and lose W* − 4 = 2.",
        "row plays A with probability 1/3 and B with probability 2/3, col plays B in state w1",
        "balanced transfers",
        "No single profile is first best throughout {w1, w2}.",
        "Nothing better exists: in state w1 col's deviation to B pays 1 more. The certificate "
        "holds two more obstructions.",
        "The value is reached by (A, A) in every state with a transfer only at the record "
        "row: A, col: B: row 1/2 and col -1/2.",
        "exactly from λ* = 1/4 on.",
        "(A, A) in state w1 and (B, B) in state w2 1/4 ∞",
        "Above λ = 9/14",
        "row 0 and col 2 – 6",
        "As payoffs stand, each agent is strictly better off",
        "blind: gap ffffffff.",
        "no time was left",
        "contract-and-obstructions 01234567",
        "gap-at-most (T4) proved",
        "2 claims proved, 1 refuted, 1 unknown; all certificates accepted by the checker.",
    ):
        assert flat(part) in flat(text)


def test_there_is_no_colour_without_a_terminal():
    assert "\x1b" not in rendered(REPORT)


def test_nothing_is_said_about_what_is_absent():
    bare = replace(
        REPORT,
        title="",
        source="",
        selfish=SelfishPart(ABSENT, {"w1": (), "w2": ()}, Unknown("three players")),
        languages=(),
        agent_thresholds=(),
        domination_threshold=ABSENT,
        prosocial=(),
        benefit=BenefitPart(ABSENT, ABSENT, ABSENT),
        claims=(),
    )
    text = rendered(bare)
    assert "there is no equilibrium in pure strategies." in text
    assert "It is not asked who gains: not asked." in text
    for absent in ("What contracts reach", "Claims", "each agent needs", "by weight"):
        assert absent not in text
    assert "\n\n\n" not in text


def test_labels_are_never_markup_and_never_steer_the_terminal():
    hostile = ["[bold]", ":smile:", "\x1b[2J", "[/]"]
    game = environment(hostile[:2], [hostile[2:], ["x", "y"]], [[[1, 0, 0, 1]], [[1, 0, 0, 1]]])
    report = replace(
        REPORT,
        title="[red]title[/red]\x1b[31m",
        first_best=FirstBestPart(F(2), {"s": (("[/]", "y"),)}),
        selfish=SelfishPart(F(2), {"s": (("[/]", "y"),)}, {"s": ()}),
        languages=(replace(BALANCED, name="[/nothing]"),),
    )
    text = rendered(report, game)
    assert "[red]title[/red]\\x1b[31m" in text
    assert "([/], y)" in text
    assert "[bold] \\ :smile:" in text
    assert "\\x1b[2J" in text
    assert "[/nothing]" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [40, 80])
def test_large_games_are_summed_up(width: int):
    size = 30
    labels = [f"a rather long label of the action number {k}" for k in range(size)]
    game = environment(["row", "col"], [labels, labels], [[[0] * size**2], [[0] * size**2]])
    play = (labels[0], labels[0])
    report = replace(
        REPORT,
        first_best=FirstBestPart(F(0), {"s": (play,) * 50}),
        selfish=SelfishPart(F(0), {"s": (play,) * 50}, Unknown("too large")),
        prosocial=(),
    )
    text = rendered(report, game, width)
    assert "There are 900 action profiles (30 × 30), too many for a table here" in flat(text)
    assert "43 more" in text
    assert "…" in text
    assert max(map(len, text.splitlines())) <= width


def test_long_contracts_are_cut():
    contract = tuple(RecordPart(f"record {k}", {"row": F(k), "col": F(-k)}) for k in range(100))
    text = rendered(replace(REPORT, languages=(replace(BALANCED, contract=contract),)))
    assert "and 84 more records" in flat(text)
    assert "record 50" not in text


def test_one_and_three_players():
    lone = environment(["me"], [["x", "y"]], [[[1, 2]]])
    report = replace(
        REPORT,
        first_best=FirstBestPart(F(2), {"s": (("y",),)}),
        selfish=SelfishPart(F(2), {"s": (("y",),)}, Unknown("one player")),
    )
    assert "_2_ *" in rendered(report, lone)
    three = environment(["a", "b", "c"], [["x", "y"]] * 3, [[list(range(8))]] * 3)
    play = ("y", "y", "y")
    report = replace(
        REPORT,
        first_best=FirstBestPart(F(21), {"s": (play,)}),
        selfish=SelfishPart(F(21), {"s": (play,)}, Unknown("three players")),
    )
    text = rendered(report, three)
    assert "c plays x\n" in text
    assert "c plays y\n" in text
    assert "_7, 7, 7_ *" in text


def test_nothing_implementable():
    nothing = replace(
        BALANCED,
        contracts=ContractClassPart("directive", permissive=True),
        value=MINUS_INFINITY,
        gap=INFINITY,
        selection=ABSENT,
        contract=ABSENT,
        obstruction=ABSENT,
        prosocial_threshold=Unknown("over 10 states"),
    )
    text = rendered(replace(REPORT, languages=(nothing,), prosocial_threshold=INFINITY))
    assert "permissive directives" in text
    assert "-∞" in text
    assert "no contract leaves a pure equilibrium in every state" in flat(text)
    assert "a weight on that is unknown: over 10 states." in flat(text)
    assert "no common weight" in text


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ((), ""),
        (
            (ClaimPart("nash", None, "proved", CHECKED, 0.0),),
            "1 claim proved; the certificate accepted by the checker.",
        ),
        (
            (
                ClaimPart("nash", None, "trusted", None, 0.0),
                ClaimPart("nash", None, "trusted", None, 0.0),
            ),
            "2 claims trusted.",
        ),
        (
            (ClaimPart("nash", None, "unknown", replace(CHECKED, checked=False), 0.0),),
            "1 claim unknown; 1 certificate not accepted.",
        ),
    ],
)
def test_the_closing_line(claims: tuple[ClaimPart, ...], words: str):
    assert tally(Place({"claims": claims})) == words


def test_words():
    assert (count(1, "claim"), count(0, "claim"), count(1200, "claim")) == (
        "1 claim",
        "0 claims",
        "1,200 claims",
    )
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert listed([str(k) for k in range(12)]).endswith("6 and 5 more")
    assert number(F(-3, 2)) == "-3/2"
    assert (number(Bounds(F(1), F(2))), number(None)) == ("1 to 2", "–")
    assert len(short("x" * 1000)) == 40
    assert plain("a\n\ud800\u202e") == "a\\n\\ud800\\u202e"


def test_wide_payoffs_stand_in_several_tables():
    labels = [f"a{k}" for k in range(6)]
    game = environment(["row", "col"], [labels, labels], [[[10**9] * 36], [[10**9] * 36]])
    play = {"s": (("a0", "a0"),)}
    report = replace(
        REPORT, first_best=FirstBestPart(F(2), play), selfish=SelfishPart(F(2), play, {"s": ()})
    )
    text = rendered(report, game)
    assert text.count("1000000000") == 72
    assert max(map(len, text.splitlines())) <= 80


def test_many_selections_cells_and_levels():
    thresholds = REPORT.agent_thresholds
    assert isinstance(thresholds, tuple)
    cells = tuple(CellPart((f"w{k}",), {"row": ("A",)}) for k in range(20))
    levels = tuple(LevelPart(F(k), Unknown("no time was left"), F(0)) for k in range(20))
    orders = replace(BALANCED, contract=ABSENT, directive=cells, prosocial=levels)
    text = rendered(
        replace(
            REPORT,
            languages=(orders,),
            agent_thresholds=tuple(
                replace(thresholds[0], selection={"w1": (str(k), "A")}) for k in range(20)
            ),
            prosocial_threshold=F(0),
            prosocial=(),
        )
    )
    assert "under this directive." in flat(text)
    assert "and 4 more cells" in text
    assert "and 4 more rows" in text
    assert "a first best is an equilibrium with selfish agents already" in flat(text)
    assert "… 4 more rows; --json lists all" in text
    assert "unknown" in text


def test_undecided_thresholds():
    unknown = Unknown("300 first-best selections; up to 256 are listed")
    text = rendered(replace(REPORT, agent_thresholds=unknown, prosocial_threshold=unknown))
    assert flat(text).count("300 first-best selections; up to 256 are listed") == 2


def test_stories_are_parted_by_a_rule():
    twice = [story_of(REPORT)] * 2
    text = drawn(twice, console(file=io.StringIO(), width=80))
    assert text.count("─" * 80) == 1


def test_long_audits_are_cut():
    game = {"id": "g", "ok": False, "formal_game": "PD", "size": 2, "prosocial_threshold": "2"}
    problem = {"field": "epsilon", "message": "is 1, not 2"}
    undecided = {**game, "ok": True, "problems": [], "prosocial_threshold": {"unknown": "time"}}
    document = {
        "source": "games.csv",
        "rows": 2,
        "checked": 2,
        "skipped": [],
        "not_stored": [],
        "games": [{**game, "problems": [problem] * 30}, undecided],
    }
    text = drawn([audit(document)], console(file=io.StringIO(), width=80))
    assert text.count("g, epsilon: is 1, not 2") == 20
    assert "… 10 more; --json lists all" in text
    assert "prosocial threshold without a contract 2 (1 game) and unknown (1 game)." in text


def test_the_worst_equilibria_stand_beside_the_best():
    best = replace(BALANCED, gap=F(0), worst=F(4), worst_gap=F(2))
    selfish = replace(REPORT.selfish, worst=F(1))
    level = replace(REPORT.prosocial[0], worst=F(1))
    levels = (level, REPORT.prosocial[1])
    report = replace(REPORT, languages=(best,), selfish=selfish, prosocial=levels)
    text = flat(rendered(report))
    assert "a welfare of 4 at best and lose W* − 4 = 2. At worst they lose W* − 1 = 5." in text
    assert "It leaves worse pure equilibria too, the worst of welfare 4, a gap of 2." in text
    assert "λ no contract no contract, worst blind 0 4 1 5" in text
    assert "blind balanced transfers 5 0 2 1 1/4" in text
    assert "worst" not in rendered(REPORT)


def test_what_is_missing_has_its_reason():
    selfish = replace(REPORT.selfish, mixed=Unknown("three players"))
    language = replace(
        BALANCED, correlated_bound=F(1, 2), directive_gap=Absent("no state language")
    )
    second = replace(BALANCED, name="other", correlated_gap=F(0), directive_gap=Unknown("no time"))
    answers = BenefitPart(Unknown("no time left"), True, Absent("not asked"))
    report = replace(REPORT, selfish=selfish, languages=(language, second), benefit=answers)
    text = flat(rendered(report))
    assert "Mixed equilibria are unknown: three players." in text
    assert "No directive gap of blind: no state language." in text
    assert "No directive gap of other: no time." in text
    assert "Whether, as payoffs stand, each agent is strictly better off" in text
    assert "is unknown: no time left." in text
    vacuous = Absent("no selfish pure outcome has smaller welfare")
    text = flat(rendered(replace(REPORT, benefit=BenefitPart(vacuous, vacuous, vacuous))))
    assert "It is not asked who gains: no selfish pure outcome has smaller welfare." in text


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        (Scripted(Symbol("welfare"), above=STAR), "W*"),
        (Scripted(Symbol("gap"), Label("row"), Label("ce")), "Δ_row^ce"),
        (Ratio(row(Variable("a"), "−", "1"), Variable("b")), "(a − 1)/b"),
        (row(Symbol("value"), "=", number_of("-3/2", "=")), "V = -3/2"),
        (listed_formulas([Label("C"), Label("a\x1bb")]), "(C, a\\x1bb)"),
        (quoted(Scripted(Variable("x"), above=Variable("n")), "x**n"), "x**n"),
        (number_of("1" * 30 + "/7", "="), "≈ 1.58730e+28"),
    ],
)
def test_formulas_in_a_line(formula: Formula, line: str):
    assert as_text(formula) == line


def test_items_stand_below_each_other():
    items = Items(tuple((prose(name), prose("more")) for name in ("one", "two")), numbered=True)
    text = drawn(list(blocks([items])), console(file=io.StringIO(), width=20))
    assert text.splitlines()[:2] == ["1. one", "   more"]
    assert "2. two" in text
