"""Private information and participation: reading, refusing, writing, and what follows at once."""

from __future__ import annotations

import importlib.resources
import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from games import load_game

from coopgap.api import example
from coopgap.main import run
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import MechanismPart, ObstructionPart
from coopgap.proofs.deciding.values import Absent, Unknown
from coopgap.proofs.fuzzing.writing import spec_text
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY
from coopgap.theory.information import (
    Information,
    complete_information,
    pooled_best,
    team_optimum,
)
from coopgap.theory.languages import state_blind
from coopgap.theory.readers.spec import any_spec_from_text, spec_from_text
from coopgap.theory.specification import (
    FamilySpecification,
    NamedLanguage,
    Question,
    Specification,
)

GAME = """
[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["A", "B"] }
states = { names = ["w1", "w2"], prior = ["1/2", "1/2"] }
[game.payoffs.w1]
row = [[3, 0], [0, 1]]
col = [[3, 0], [0, 1]]
[game.payoffs.w2]
row = [[1, 0], [0, 3]]
col = [[1, 0], [0, 3]]
"""

BLIND = """
[information]
col = [["w1", "w2"]]
"""


def read(text: str) -> Specification:
    spec = spec_from_text(text, "spec")
    assert isinstance(spec, Specification)
    return spec


def test_what_players_see():
    assert read(GAME + BLIND).information == Information(((0, 1), (0, 0)))
    assert read(GAME).information is None
    assert read(GAME + "[information]\n").information is None
    assert read(GAME + '[information]\nrow = [["w2"]]').information is None


BAD = [
    ('[information]\nrwo = [["w1", "w2"]]', "information: there is no player 'rwo'; did you mean"),
    ('[information]\nrow = [["w1", "w3"]]', "information.row: there is no state 'w3'; choose from"),
    ('[information]\nrow = [["w1"], ["w1"]]', "information.row: the state 'w1' is listed twice"),
    ("[information]\nrow = [[]]", "information.row: a group of states is empty; leave it out"),
    ("[information]\nrow = 1", "information.row: 1 is not a list"),
    ("[contracts]\nparticipation = { row = 0 }", "nothing is given for the player 'col'"),
    ("[contracts]\nparticipation = { row = 0.5, col = 0 }", "0.5 is a float"),
    ("[contracts]\nparticipation = { row = 0, cool = 0 }", "did you mean 'col'?"),
    ('[contracts]\nkind = "directive"\nparticipation = { row = 0, col = 0 }', "nobody may refuse"),
    ('[contracts]\nliability = "-1"', "the liability bound -1 is negative"),
    (
        BLIND + '[contracts]\nkind = "directive"',
        "language[0].states: a directive may tell 'w1' and 'w2' apart, which 'col' does not see",
    ),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad_input_is_told_in_one_message(text: str, message: str):
    with pytest.raises(InputError) as error:
        read(GAME + text)
    assert message in str(error.value)
    assert str(error.value).startswith("spec: ")


def test_directives_may_name_what_all_see():
    text = '[[language]]\nname = "blind"\nstates = [["w1", "w2"]]\n'
    assert read(GAME + BLIND + text + 'contracts = { kind = "directive" }').information


def test_a_language_overrides_participation():
    text = """
[contracts]
participation = { row = 1, col = "1/2" }
[[language]]
name = "all"
[[language]]
name = "orders"
contracts = { kind = "directive" }
"""
    first, second = read(GAME + text).languages
    assert first.contracts == Transfers(participation=(Fraction(1), Fraction(1, 2)))
    assert not isinstance(second.contracts, Transfers)


@pytest.mark.parametrize("slug", ["bilateral-trade", "public-project", "hold-up"])
def test_written_and_read_again(slug: str):
    game = load_game(slug)
    again = read(spec_text(game))
    assert again.information == game.information
    assert [language.contracts for language in again.languages] == [
        language.contracts for language in game.languages
    ]


# --- benchmarks -----------------------------------------------------------------------------------


def test_pooled_and_team_welfare():
    """Nobody sees: A or B always, 4 on average. One sees: it cannot tell the other."""
    game = read(GAME).environment
    nobody, informed = Information(((0, 0), (0, 0))), Information(((0, 1), (0, 0)))
    assert pooled_best(game, nobody).welfare == 4
    assert pooled_best(game, nobody).profiles == {(0, 1): ((0, 0), (1, 1))}
    assert team_optimum(game, nobody) == 4
    assert pooled_best(game, informed).welfare == 6
    assert team_optimum(game, informed) == 4
    assert team_optimum(game, complete_information(game)) == 6


def test_states_without_probability_are_no_types():
    game = replace(read(GAME).environment, prior=(Fraction(1), Fraction(0)))
    known = complete_information(game)
    assert known.types_of(0, game) == {0: [0]}
    assert pooled_best(game, known).profiles == {(0,): ((0, 0),)}
    assert team_optimum(game, known) == 6


def test_too_many_strategies():
    states = [f"w{k}" for k in range(20)]
    payoffs = [[[0, 1, 1, 0]] * 20] * 2
    game = environment(["x", "y"], [["a", "b"]] * 2, payoffs, states)
    assert team_optimum(game, complete_information(game)) is None
    spec = Specification(game, (), information=Information((tuple(range(20)),) * 2))
    assert "team" in check(spec).document()["first_best"]


# --- what is decided ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claim",
    [
        'id = "beneficial"',
        'id = "beneficial-with-side-payments"',
        'id = "full-implementation"\nlambda = 1',
    ],
)
def test_other_claims_are_refused_with_the_fix(claim: str):
    spec = read(GAME + BLIND + f"[[claim]]\n{claim}")
    with pytest.raises(InputError, match="which some player does not see; claim one of gap-"):
        check(spec)


def written(*numbers: object) -> list[str]:
    return [str(number) for number in numbers]


ORDERS = """
[[language]]
name = "orders"
states = [["w1", "w2"]]
contracts = { kind = "directive" }
"""


def test_directives_that_all_can_follow_are_decided():
    """(A, A) or (B, B) always is worth 4; W* is 6, and no single order gives it."""
    for more in ("", "[prosociality]\nlambda = [0, 2]\n"):
        report = check(read(GAME + BLIND + more + ORDERS))
        (part,) = report.languages
        assert written(part.value, part.gap, part.directive_gap) == ["4", "2", "2"]
        assert part.incontractible_cells == (("w1", "w2"),)
        assert part.selection == {"w1": ("A", "A"), "w2": ("A", "A")}
        assert isinstance(part.directive, tuple)
        assert part.directive[0].allowed == {"row": ("A",), "col": ("A",)}
    assert {(claim.id, claim.status) for claim in report.claims} == {
        ("incontractible", "proved"),
        ("gap-positive", "proved"),
    }
    claimed = '[[claim]]\nid = "correlated-gap-positive"\n'
    (claim,) = check(read(GAME + BLIND + ORDERS + claimed)).claims
    assert claim.reason == "correlated gaps are decided for transfers only"


def test_obstructions_of_directives_are_told():
    """All see enough to play A in w1 and B else; one order cannot allow both, two classes can."""
    third = GAME.split("[game.payoffs.w2]")[1]
    thirds = '["w1", "w2", "w3"], prior = ["1/3", "1/3", "1/3"]'
    game = GAME.replace('["w1", "w2"], prior = ["1/2", "1/2"]', thirds)
    game += f'[game.payoffs.w3]{third}[information]\ncol = [["w2", "w3"]]\n'
    orders = ORDERS.replace('"w2"', '"w2", "w3"')
    (part,) = check(read(game + orders)).languages
    assert written(part.value, part.gap) == ["14/3", "4/3"]
    assert isinstance(part.obstruction, ObstructionPart)
    words = "no complete directive allows row A where it sees w1, row B where it sees w2"
    assert part.obstruction.words.startswith(words)
    wishes = orders.replace('"directive"', '"directive", permissive = true')
    (part,) = check(read(game + wishes)).languages
    assert written(part.value, part.gap, part.directive_gap) == ["6", "0", "4/3"]
    tempted = wishes + "[prosociality]\nlambda = [1]\n"
    worse = tempted.replace("row = [[3, 0], [0, 1]]", "row = [[3, 0], [4, 1]]")
    worse = game.replace("row = [[3, 0], [0, 1]]", "row = [[3, 0], [4, 1]]") + tempted
    (part,) = check(read(worse)).languages
    assert isinstance(part.obstruction, ObstructionPart)
    assert part.obstruction.words.startswith("no directive that allows them forbids these")


def test_cells_that_some_player_does_not_see_have_no_directives():
    (part,) = check(read(GAME + BLIND)).languages
    assert isinstance(part.directive_gap, Absent)
    assert "cannot follow a directive" in part.directive_gap.reason
    assert part.incontractible_cells == ()


STABLE = """profiles = [
  { row = { w1 = "A", w2 = "A" }, col = { "w1|w2" = "A" } },
  { row = { w1 = "B", w2 = "B" }, col = { "w1|w2" = "B" } },
]"""


def test_equilibria_are_lists_of_strategies():
    spec = read(GAME + BLIND + f'[[claim]]\nid = "nash"\n{STABLE}\n[[claim]]\nid = "unique-nash"')
    report = check(spec)
    assert [claim.status for claim in report.claims] == ["proved", "refuted"]
    assert "row A at w1, row A at w2, col A at w1 or w2; row B" in report.claims[0].statement
    assert report.document()["selfish"]["nash"] == [
        {"row": {"w1": label, "w2": label}, "col": {"w1|w2": label}} for label in "AB"
    ]
    assert written(report.selfish.welfare, report.selfish.worst) == ["4", "4"]
    assert spec.questions == read(spec_text(spec)).questions
    fewer = STABLE.replace('  { row = { w1 = "B", w2 = "B" }, col = { "w1|w2" = "B" } },\n', "")
    (claim,) = check(read(GAME + BLIND + f'[[claim]]\nid = "nash"\n{fewer}')).claims
    assert claim.status == "refuted"


BAD_STRATEGIES = [
    ('{ w1 = [["A", "A"]] }', "profiles: some player does not see the state, so that equilibria"),
    ('[["A", "A"]]', 'write a list of them by player and cell, [{ row = { w1 = "A", … }, col ='),
    ('[{ row = { w1 = "A" }, col = { "w1|w2" = "A" } }]', "[0].row: nothing is played at 'w2'"),
    ('[{ rwo = { w1 = "A" } }]', "profiles[0]: there is no player 'rwo'; did you mean 'row'?"),
    ('[{ row = { w3 = "A" } }]', "profiles[0].row: 'row' sees no cell 'w3'; choose from w1, w2"),
    (
        '[{ row = { w1 = "C", w2 = "A" }, col = { "w1|w2" = "A" } }]',
        "profiles[0].row.w1: there is no action 'C'",
    ),
    (
        "[" + 2 * '{ row = { w1 = "A", w2 = "A" }, col = { "w1|w2" = "A" } }, ' + "]",
        "profiles[1]: the strategies are listed twice",
    ),
    ("[{ row = 1 }]", "profiles[0].row: 1 is not a table"),
]


@pytest.mark.parametrize(("strategies", "message"), BAD_STRATEGIES)
def test_badly_written_strategies_are_told_in_one_message(strategies: str, message: str):
    with pytest.raises(InputError) as error:
        read(GAME + BLIND + f'[[claim]]\nid = "nash"\nprofiles = {strategies}')
    assert message in str(error.value)


def test_strategies_where_all_see_the_state_are_refused():
    with pytest.raises(InputError, match="every player sees the state"):
        read(
            GAME
            + f'[[claim]]\nid = "nash"\n{STABLE.replace("profiles = [", "profiles = {w1 = [")}}}'
        )


CHICKEN = """
[game]
players = ["row", "col"]
actions = { row = ["dare", "yield"], col = ["dare", "yield"] }
states = { names = ["hot", "cold"], prior = ["1/2", "1/2"] }
[game.payoffs.hot]
row = [[0, 7], [2, 6]]
col = "symmetric"
[game.payoffs.cold]
row = [[0, 7], [2, 6]]
col = "symmetric"
[information]
col = [["hot", "cold"]]
[[language]]
name = "nothing"
states = [["hot", "cold"]]
actions = { row = [["dare", "yield"]], col = [["dare", "yield"]] }
"""


def test_a_mediator_who_hears_nothing_draws_strategies():
    """Aumann's Chicken with two names for the state: 21/2 where pure equilibria have 9."""
    report = check(read(CHICKEN + '[[claim]]\nid = "correlated-gap-positive"'))
    (part,) = report.languages
    assert written(part.value, part.correlated_gap, part.gap) == ["9", "3/2", "3"]
    assert [claim.status for claim in report.claims] == ["proved"]
    text = report.texts[part.certificates["correlated_gap"]]
    assert len(json.loads(text)["proof"]["cases"]["witness"]["reached"]["distribution"]) > 1
    seen = CHICKEN.replace('actions = { row = [["dare", "yield"]], col = [["dare", "yield"]] }', "")
    (claim,) = check(read(seen + '[[claim]]\nid = "correlated-gap-positive"')).claims
    assert claim.status == "refuted"


def test_payoffs_may_be_longer_than_a_machine_word():
    scale = 10**20
    large = re.sub(r"(?<=[\[ ])\d(?=[],])", lambda digit: str(int(digit[0]) * scale), GAME)
    (small,), (part,) = (check(read(text + BLIND)).languages for text in (GAME, large))
    assert isinstance(small.value, Fraction)
    assert part.value == small.value * scale
    assert part.certificates.keys() == small.certificates.keys()


def test_without_claims_what_holds_is_claimed():
    report = check(read(GAME + BLIND))
    assert [(claim.id, claim.theorem, claim.status) for claim in report.claims] == [
        ("mechanism-gap-zero", "T10", "proved"),
        ("gap-positive", "T4", "proved"),
        ("correlated-gap-positive", "T5", "proved"),
    ]


def test_other_quantities_are_unknown_with_the_reason():
    document = json.loads(json.dumps(check(read(GAME + BLIND)).document()))
    assert (
        "values, thresholds and mechanisms are decided" in document["benefit"]["plain"]["unknown"]
    )
    (language,) = document["languages"]
    assert language["correlated_gap"] == language["gap"] == "2"
    # Row sees nothing of the state, and plays A: 3 in w1, 0 or 1 in w2.
    assert document["selfish"]["welfare"] == document["first_best"]["team"]
    assert language["value"] == document["first_best"]["team"]
    assert language["prosocial_threshold"] == document["prosocial_threshold"] == "inf"


DELEGATION = (
    importlib.resources.files("coopgap.theory")
    .joinpath("gallery", "delegation-private.toml")
    .read_text(encoding="utf-8")
)

CLAIMED = {
    "gap-positive": ("what the agent does, no money", "", "proved"),
    "gap-zero": ("what the agent does", "", "proved"),
    "gap-at-least": ("what the agent does, no money", 'value = "2/3"', "proved"),
    "gap-at-most": ("what the agent does, no money", 'value = "3/5"', "refuted"),
    "closes": ("what the agent does, no money", "lambda = 1", "proved"),
    "threshold-at-most": ("what the agent does, no money", 'value = "99/100"', "refuted"),
}


@pytest.mark.parametrize("name", CLAIMED)
def test_claims_about_strategies_are_decided(name: str):
    language, more, status = CLAIMED[name]
    game = DELEGATION[: DELEGATION.index("[[claim]]")]
    text = f'{game}\n[[claim]]\nid = "{name}"\nlanguage = "{language}"\n{more}\n'
    (claim,) = check(read(text)).claims
    assert (claim.status, "sees only" in claim.statement) == (status, True)
    assert "pooled first best" in claim.statement


def test_claims_without_a_contract():
    text = DELEGATION[: DELEGATION.index("[[claim]]")] + '[[claim]]\nid = "closes"\nlambda = 1\n'
    (claim,) = check(read(text)).claims
    assert claim.status == "proved"
    assert claim.statement.startswith("without a contract it is an equilibrium at λ = 1 to play")


def test_too_many_strategies_are_unknown():
    states = [f"w{k}" for k in range(9)]
    payoffs = [[[0, 1, 1, 0]] * 9] * 2
    game = environment(["x", "y"], [["a", "b"]] * 2, payoffs, states)
    language = NamedLanguage("L", state_blind(game), Transfers())
    cells = (tuple(range(9)), (0, 0, *range(1, 8)))
    report = check(Specification(game, (language,), information=Information(cells)))
    assert isinstance(report.languages[0].value, Unknown)
    assert "20,000 profiles of strategies" in report.languages[0].value.reason


def test_no_mechanism_where_nobody_joins():
    options = "[contracts]\nparticipation = { row = 9, col = 9 }\n"
    report = check(read(GAME + BLIND + options + '[[claim]]\nid = "mechanism-gap-positive"'))
    (language,) = report.languages
    assert isinstance(language.mechanism, MechanismPart)
    assert language.mechanism.value is MINUS_INFINITY
    assert language.mechanism.gap is INFINITY
    assert isinstance(language.mechanism.attained, Absent)
    assert [claim.status for claim in report.claims] == ["proved"]
    assert all(verified(text).accepted for text in report.texts.values())


def test_mechanisms_of_directives_make_no_sense():
    spec = read(GAME + '[contracts]\nkind = "directive"')
    (language,) = check(spec, mechanisms=True).document()["languages"]
    assert language["mechanism"] is None
    asking = replace(spec, questions=(Question("mechanism-gap-zero", "complete"),))
    with pytest.raises(InputError, match="name a language whose contracts are transfers"):
        check(asking)


def test_groups_have_no_mechanisms():
    text = """
[game]
groups = { fisher = { size = 3, actions = "0..2" } }
[game.payoffs]
fisher = "own*(9 - total)"
[contracts]
participation = { fisher = 0 }
"""
    with pytest.raises(
        InputError, match=r"contracts\.participation: for groups mechanisms are not"
    ):
        any_spec_from_text(text, "groups")


FAMILY = GAME.replace("[[3, 0], [0, 1]]", '[["x", 0], [0, 1]]') + '[parameters]\nnames = ["x"]\n'


@pytest.mark.parametrize("more", [BLIND, '[[claim]]\nid = "mechanism-gap-zero"'])
def test_families_are_decided_and_their_points(more: str):
    family = spec_from_text(FAMILY + more, "family")
    assert isinstance(family, FamilySpecification)
    family_report = check(family, mechanisms=True)
    assert isinstance(family_report.languages[0].mechanism, MechanismPart)
    report = check(family.at({"x": Fraction(3)}))
    assert isinstance(report.languages[0].mechanism, MechanismPart)


HURT = """
[game]
players = ["p1", "p2"]
actions = { p1 = ["A", "B"], p2 = ["A", "B"] }
[game.payoffs]
p1 = [[1, -2], [0, 1]]
p2 = [[0, 2], [0, -3]]
[[language]]
name = "nothing"
actions = { p1 = [["A", "B"]], p2 = [["A", "B"]] }
contracts = { budget = "burnt" }
"""


@pytest.mark.parametrize(
    ("level", "gap"), [("0", "3/4"), ("1/4", "7/9"), ("1/2", "9/11"), ("1", "17/18"), ("2", "0")]
)
def test_a_little_prosociality_can_hurt_every_mechanism(level: str, gap: str):
    for name in ("least", "most"):
        claim = f'[[claim]]\nid = "mechanism-gap-at-{name}"\nvalue = "{gap}"\nlambda = "{level}"\n'
        assert [answer.status for answer in check(read(HURT + claim)).claims] == ["proved"]


# --- the command ----------------------------------------------------------------------------------


def command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        run(list(words))
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, err


@pytest.mark.parametrize(
    "words",
    [
        ("frontier", "bilateral-trade"),
        ("predict", "bilateral-trade"),
        ("play", "bilateral-trade", "--model", "none"),
    ],
)
def test_commands_about_play_refuse_private_information(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    status, out, err = command(capsys, *words)
    assert (status, out) == (2, "")
    assert "bilateral-trade: information: " in err
    assert "leave [information] out" in err


def test_the_story_of_private_information(capsys: pytest.CaptureFixture[str]):
    status, out, _ = command(capsys, "check", "bilateral-trade")
    assert status == 0
    flat = " ".join(out.split())
    assert "Without communication they reach at most 3/2. So W* − 3/2 = 1/4 is lost" in flat
    assert "mechanisms reach V^M = 5/3, and no mechanism more" in flat


def test_the_column_is_there_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]):
    for words, shown in (((), False), (("--mechanism",), True)):
        status, out, _ = command(capsys, "check", "n5", *words)
        assert status in (0, 1)
        assert ("mechanism" in out) is shown


def test_what_is_approached_is_told(capsys: pytest.CaptureFixture[str]):
    assert "come as close to the value as is wanted" in command(capsys, "check", "mediated-team")[1]
    out = command(capsys, "check", "out-of-reach")[1]
    assert "The linear programme of all rows allows 4" in out


def test_refused_by_export(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    status, _, err = command(capsys, "check", "bilateral-trade", "--smtlib", str(tmp_path))
    assert status == 2
    assert "SMT-LIB is about agents who see the state" in err


def test_the_worked_example_of_private_information(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    words = ("example", "bilateral-trade", "--to", "markdown", "--out", str(tmp_path))
    assert command(capsys, *words)[0] == 0
    text = (tmp_path / "bilateral-trade.md").read_text(encoding="utf-8")
    for part in (
        "seller sees only whether the state lies in",
        "is lost to silence",
        "And no agent is better off outside",
        "is due to the right to refuse",
    ):
        assert part in text


def test_the_worked_example_where_nobody_joins():
    options = "[contracts]\nparticipation = { row = 9, col = 9 }\n"
    game = read(GAME + BLIND + options)
    text = example(game, "markdown")["game.md"]
    assert "there is no mechanism that all agents join" in text
    assert "less than zero" in text


def test_losses_add_up_and_none_is_negative():
    """A team with bounded fines whose members may refuse."""
    text = """
[game]
players = ["x", "y"]
actions = { x = ["0", "1"], y = ["0", "1"] }
states = { names = ["lo", "hi"], prior = ["1/3", "2/3"] }
[game.payoffs.lo]
x = [[0, 2], [-3, 1]]
y = [[0, -1], [2, 1]]
[game.payoffs.hi]
x = [[0, 1], [-2, 4]]
y = [[0, -3], [3, 2]]
[information]
y = [["lo", "hi"]]
[contracts]
liability = "1/2"
participation = { x = "1/2", y = "1/2" }
[[language]]
name = "output"
records = ["x == y"]
"""
    (language,) = check(read(text)).languages
    assert isinstance(language.mechanism, MechanismPart)
    losses = language.mechanism.losses
    assert isinstance(losses, tuple)
    assert len(losses) > 1
    amounts = [loss.loss for loss in losses]
    assert all(isinstance(amount, Fraction) and amount > 0 for amount in amounts)
    assert (
        sum(amount for amount in amounts if isinstance(amount, Fraction)) == language.mechanism.gap
    )
