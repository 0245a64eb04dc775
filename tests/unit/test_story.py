"""The story of a report, from hand-made reports."""

import io
from dataclasses import replace
from fractions import Fraction

import pytest

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
from coopgap.proofs.deciding.values import Absent
from coopgap.terminal.audits import story as audit
from coopgap.terminal.numbers import number
from coopgap.terminal.output import console, drawn
from coopgap.terminal.story import story
from coopgap.terminal.story_parts import summary
from coopgap.terminal.words import by_state, count, listed, plain, short
from coopgap.theory.environments import Environment, environment
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.specification import Specification

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


def told(report: Report, game: Environment = GAME, width: int = 80) -> str:
    return drawn([story(report, Specification(game, ()))], console(file=io.StringIO(), width=width))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_everything_is_told_within_80_columns():
    text = told(REPORT)
    assert max(map(len, text.splitlines())) <= 80
    for part in (
        "Two contingencies\ntheory.md, N4",
        "state w1, probability 1/2",
        "3, 3 *",
        "2, 2 °",
        "Welfare 6: (A, A) in w1; (B, B) in w2.",
        "a loss of 2",
        "row 1/3 A + 2/3 B, col B in w1",
        "balanced transfers",
        "No single profile is first best throughout {w1, w2}.",
        "in state w1 col's deviation to B pays 1 more (and 2 more obstructions, in the certificate "
        "of the gap, which --certificates DIR writes).",
        "(A, A) in every state, by these transfers:",
        "row: A, col: B",
        "from λ = 1/4",
        "row 1/4 and col ∞",
        "Above λ = 9/14",
        "row 0 and col 2",
        "Each agent gains as payoffs stand: yes.",
        "with one side payment for all selfish outcomes: no.",
        "no time was left",
        "contract-and-obstructions 01234567",
        "gap-at-most 3/2 for blind (T4)",
        "2 claims proved, 1 refuted, 1 unknown; all certificates accepted by the checker.",
    ):
        assert flat(part) in flat(text)


def test_there_is_no_colour_without_a_terminal():
    assert "\x1b" not in told(REPORT)


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
    text = told(bare)
    assert "Pure equilibria: none in every state." in text
    assert "Not asked: not asked." in text
    for absent in ("What contracts reach", "Claims", "Needed of each agent", "level"):
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
    text = told(report, game)
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
    text = told(report, game, width)
    assert "2 players, 1 state, 900 action profiles in each" in flat(text)
    assert "43 more" in text
    assert "…" in text
    assert max(map(len, text.splitlines())) <= width


def test_long_contracts_are_cut():
    contract = tuple(RecordPart(f"record {k}", {"row": F(k), "col": F(-k)}) for k in range(100))
    text = told(replace(REPORT, languages=(replace(BALANCED, contract=contract),)))
    assert "87 more records" in flat(text)
    assert "record 50" not in text


def test_one_and_three_players():
    lone = environment(["me"], [["x", "y"]], [[[1, 2]]])
    report = replace(
        REPORT,
        first_best=FirstBestPart(F(2), {"s": (("y",),)}),
        selfish=SelfishPart(F(2), {"s": (("y",),)}, Unknown("one player")),
    )
    assert "2 *°" in told(report, lone)
    three = environment(["a", "b", "c"], [["x", "y"]] * 3, [[list(range(8))]] * 3)
    play = ("y", "y", "y")
    report = replace(
        REPORT,
        first_best=FirstBestPart(F(21), {"s": (play,)}),
        selfish=SelfishPart(F(21), {"s": (play,)}, Unknown("three players")),
    )
    text = told(report, three)
    assert "c: x\n" in text
    assert "c: y\n" in text
    assert "7, 7, 7 *°" in text


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
    text = told(replace(REPORT, languages=(nothing,), prosocial_threshold=INFINITY))
    assert "permissive directives" in text
    assert "-∞" in text
    assert "No contract of this class leaves a pure equilibrium in every state." in text
    assert "Unknown threshold: over 10 states." in text
    assert "no common λ" in text


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
    assert summary(claims) == words


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
    assert (number(INFINITY), number(MINUS_INFINITY), number(None)) == ("∞", "-∞", "–")
    assert len(short("x" * 1000)) == 40
    assert plain("a\n\ud800\u202e") == "a\\n\\ud800\\u202e"
    assert by_state({"w1": "p", "w2": "q", "w3": "p"}) == "p in w1 and w3; q in w2"


def test_wide_payoffs_are_summed_up():
    labels = [f"a{k}" for k in range(6)]
    game = environment(["row", "col"], [labels, labels], [[[10**9] * 36], [[10**9] * 36]])
    play = {"s": (("a0", "a0"),)}
    report = replace(
        REPORT, first_best=FirstBestPart(F(2), play), selfish=SelfishPart(F(2), play, {"s": ()})
    )
    assert "36 action profiles in each (actions: row 6 and col 6)" in flat(told(report, game))


def test_many_selections_cells_and_levels():
    thresholds = REPORT.agent_thresholds
    assert isinstance(thresholds, tuple)
    cells = tuple(CellPart((f"w{k}",), {"row": ("A",)}) for k in range(20))
    levels = tuple(LevelPart(F(k), Unknown("no time was left"), F(0)) for k in range(20))
    orders = replace(BALANCED, contract=ABSENT, directive=cells, prosocial=levels)
    text = told(
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
    assert "by this directive:" in text
    assert "… 8 more cells" in text
    assert "… and of 12 more first-best selections." in text
    assert "a first best is an equilibrium of selfish agents" in text
    assert text.count("λ =   ") == 3
    assert "unknown" in text


def test_undecided_thresholds():
    unknown = Unknown("300 first-best selections; up to 256 are listed")
    text = told(replace(REPORT, agent_thresholds=unknown, prosocial_threshold=unknown))
    assert flat(text).count("Unknown threshold") == 2


def test_stories_are_parted_by_a_rule():
    twice = [story(REPORT, Specification(GAME, ()))] * 2
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
    text = flat(told(report))
    assert "Welfare 4 at best, a loss of 2; 1 at worst, a loss of 5." in text
    assert "It leaves worse pure equilibria too: welfare 4 at worst, a gap of 2." in text
    assert "no contract, worst equilibrium 1" in text
    assert "blind balanced transfers 5 0 2 1 1/4" in text
    assert "at worst" not in told(REPORT)


def test_what_is_missing_has_its_reason():
    selfish = replace(REPORT.selfish, mixed=Unknown("three players"))
    language = replace(
        BALANCED, correlated_bound=F(1, 2), directive_gap=Absent("no state language")
    )
    other = replace(BALANCED, name="other", correlated_gap=F(0), directive_gap=Unknown("no time"))
    answers = BenefitPart(Unknown("no time left"), True, Absent("not asked"))
    report = replace(REPORT, selfish=selfish, languages=(language, other), benefit=answers)
    text = flat(told(report))
    assert "Unknown mixed equilibria: three players." in text
    assert "No directive gap of blind: no state language." in text
    assert "No directive gap of other: no time." in text
    assert "Unknown whether each agent gains as payoffs stand: no time left." in text
    assert "2 more obstructions, in the certificate of the gap" in text
    vacuous = Absent("no selfish pure outcome has smaller welfare")
    text = flat(told(replace(REPORT, benefit=BenefitPart(vacuous, vacuous, vacuous))))
    assert "Not asked: no selfish pure outcome has smaller welfare." in text
