"""Games of groups: what their specs mean and refuse, and what is reported of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from coopgap import check, load
from coopgap.proofs.aggregates.certificates import alone
from coopgap.proofs.aggregates.findings import Findings
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.theorems.prove import decide
from coopgap.proofs.theorems.registry import text_of
from coopgap.proofs.theorems.theorem_files import theorem
from coopgap.theory.aggregates import GroupSpecification
from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.readers.load import load_listed
from coopgap.theory.readers.spec import any_spec_from_text, spec_from_text
from coopgap.theory.readers.theorem import theorem_from_text

GAME = """
[game]
groups = { a = { size = 3, actions = "0..2" }, b = { size = 2, actions = [1, "1/2"] } }
states = { names = ["s", "t"], prior = ["1/3", "2/3"] }
[game.values]
s = { v = 1 }
t = { v = "3/2" }
[game.payoffs]
a = "own*(v*5 - total) + (state == 't')"
b = "2*total_a - own"
[[language]]
name = "told"
"""


def groups(text: str) -> GroupSpecification:
    spec = any_spec_from_text(text, "x.toml")
    assert isinstance(spec, GroupSpecification)
    return spec


def document(text: str) -> Any:
    return check(groups(text)).document()


def pasture() -> GroupSpecification:
    spec = load("pasture")
    assert isinstance(spec, GroupSpecification)
    return spec


def refusal(text: str) -> str:
    with pytest.raises(InputError) as error:
        any_spec_from_text(text, "x.toml")
    assert error.value.fix
    return str(error.value)


def test_payoffs_are_those_of_the_formulas() -> None:
    game = groups(GAME).game
    for s, v in enumerate((Fraction(1), Fraction(3, 2))):
        for place in range(len(game.space.order)):
            totals = game.totals(place)
            whole = sum(totals.values())
            for g, group in enumerate(game.groups):
                for own, marks in zip(group.numbers, game.marks[g], strict=True):
                    base, *slopes = game.payoffs[g][s][:, place].tolist()
                    paid = base + sum(m * x for m, x in zip(marks, slopes, strict=True))
                    expected = own * (v * 5 - whole) + s if g == 0 else 2 * totals["a"] - own
                    assert Fraction(paid, game.denominator) == expected


def test_linear_payoffs_need_no_more_than_totals() -> None:
    text = GAME.replace("size = 3", "size = 60").replace('"0..2"', '"0..40"')
    game = groups(text).game
    assert len(game.space.order) == 2_401 * 3
    assert [len(rows[0]) for rows in game.marks] == [1, 1]


NASH = 'name = "told"\n[[claim]]\nid = "nash"\nprofiles = '

BAD = {
    "no agents": (("size = 3", "size = 0"), "game.groups.a.size: the group has 0 agents; a group"),
    "too many": (("size = 3", "size = 10001"), "game.groups.a.size: the group has 10,001 agents"),
    "words": (('"0..2"', '["x"]'), "game.groups.a.actions[0]: 'x' is not an exact number"),
    "the same": (('[1, "1/2"]', '[1, "1.0"]'), "game.groups.b.actions: two actions are the same"),
    "one agent": (("2*total_a", "2*a1"), "names a single agent of 'a', 'a1'"),
    "one agent in words": (("2*total_a", "2*a_1"), "names a single agent of 'a', 'a_1'"),
    "a group": (("2*total_a", "2*a"), "names a group, 'a'; the agents of a group are alike"),
    "a name": (("2*total_a", "2*c"), "uses the name 'c', which is no total and no value"),
    "no formula": (('"2*total_a - own"', "[1]"), "game.payoffs.b: [1] is no formula"),
    "missing": (('b = "2*total_a - own"', ""), "nothing is given for the group 'b'"),
    "stranger": (('b = "2*', 'c = "2*'), "game.payoffs: there is no group 'c'"),
    "prior": (
        ('"1/3", "2/3"', '"1/3", "1/3"'),
        "game.states.prior: there are 2 probabilities of 2 states, in sum 2/3",
    ),
    "unused value": (("v*5", "5"), "game.values.s: no payoff formula uses 'v'"),
    "value called a total": (("{ v =", "{ total_a ="), "is a group or a total"),
    "value missing": (("t = { v", "t = { w"), "'v' has no value in state 't'"),
    "state as number": (("(state == 't')", "state"), "state is no number"),
    "no such state": (("== 't'", "== 'u'"), "'state' is never 'u'"),
    "a group's name": (("b =", "total ="), "no group can be called 'total'"),
    "division": (("2*total_a", "2/total_a"), "2 is divided by zero"),
    "a size that is a truth value": (("size = 3", "size = true"), "true is not a whole number"),
    "misspelt": (("size = 3", "sise = 3"), "unknown key 'sise'; did you mean 'size'?"),
    "players too": (("[game]", "[game]\nplayers = ['x']"), "game: unknown key 'players'"),
    "parameters": (("[game]", "[parameters]\nnames = ['p']\n[game]"), "has no parameters"),
    "liability of a directive": (
        ('name = "told"', 'name = "told"\ncontracts = { kind = "directive", liability = "1" }'),
        "language[0].contracts.liability: directives move no money",
    ),
    "negative liability": (
        ('name = "told"', 'name = "told"\ncontracts = { liability = "-1" }'),
        "language[0].contracts.liability: the liability bound -1 is negative",
    ),
    "permissive": (
        ('name = "told"', 'name = "told"\ncontracts = { kind = "directive", permissive = true }'),
        "for groups directives are complete",
    ),
    "total by decree": (
        ('name = "told"', 'name = "told"\ntotal = true\ncontracts = { kind = "directive" }'),
        "a directive prescribes actions, not totals",
    ),
    "no such action": (
        ('name = "told"', 'name = "told"\nactions = { a = [[0, 3]] }'),
        "language[0].actions: there is no action '3'",
    ),
    "no such group": (
        ('name = "told"', 'name = "told"\nactions = { c = [[0, 3]] }'),
        "language[0].actions: there is no group 'c'",
    ),
    "twice": (
        ('name = "told"', 'name = "told"\nactions = { a = [[0, 1], [1, 2]] }'),
        "'1' is grouped twice",
    ),
    "same name": (
        ('name = "told"', 'name = "told"\n[[language]]\nname = "told"'),
        "'told' is the name of an earlier language",
    ),
    "claim": (
        ('name = "told"', 'name = "told"\n[[claim]]\nid = "axiom-i"'),
        "the claim 'axiom-i' is not decided for groups; choose from incontractible, nash, ",
    ),
    "claim's language": (
        ('name = "told"', 'name = "told"\n[[claim]]\nid = "gap-zero"\nlanguage = "tolt"'),
        "there is no language 'tolt'; did you mean 'told'?",
    ),
    "claim's value": (
        ('name = "told"', 'name = "told"\n[[claim]]\nid = "gap-at-most"'),
        "the claim 'gap-at-most' needs 'value'",
    ),
    "claim's surplus": (
        ('name = "told"', 'name = "told"\n[[claim]]\nid = "gap-zero"\nvalue = 1'),
        "the claim 'gap-zero' takes no 'value'",
    ),
    "a play of too many": (
        ('name = "told"', NASH + "{ s = [], t = [{ a = { 0 = 2 }, b = { 1 = 2 } }] }"),
        "claim[0].profiles.t.a: the numbers of agents add up to 2; the group has 3",
    ),
    "a play of no state": (
        ('name = "told"', 'name = "told"\n[[claim]]\nid = "nash"\nprofiles = []'),
        "claim[0].profiles: there are several states; write { s = […], … }",
    ),
    "a play of no action": (
        ('name = "told"', NASH + "{ s = [{ a = { 3 = 3 }, b = { 1 = 2 } }], t = [] }"),
        "claim[0].profiles.s.a: there is no action '3'",
    ),
    "a name in place of a number": (
        ("{ v = 1 }", "{ v = 'w' }"),
        "game.values.s.v: 'w' uses the name 'w'; write a number",
    ),
    "a name in place of a bound": (
        ('name = "told"', 'name = "told"\ncontracts = { liability = "B" }'),
        "language[0].contracts.liability: 'B' uses the name 'B'; write a number",
    ),
    "negative threshold": (
        ('name = "told"', 'name = "told"\n[[claim]]\nid = "threshold-at-most"\nvalue = -1'),
        "λ is not negative",
    ),
    "negative loss": (
        ('name = "told"', 'name = "told"\n[prosociality]\ntolerance = [-1]'),
        "prosociality.tolerance[0]: a loss is not negative",
    ),
    "λ of no group": (
        ('name = "told"', 'name = "told"\n[prosociality]\nlambda = [{ a = 1, c = 2 }]'),
        "prosociality.lambda[0]: there is no group 'c'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_one_message_says_what_is_wrong(case: str) -> None:
    (before, after), message = BAD[case]
    assert before in GAME
    refused = refusal(GAME.replace(before, after))
    assert message in refused
    assert "[parameters] declares" not in refused


def test_no_group_at_all() -> None:
    assert "there is no group" in refusal("[game]\ngroups = {}\n[game.payoffs]\n")


def test_too_many_aggregates_are_refused() -> None:
    square = GAME.replace("own*(v*5", "own**2*(v*5").replace("size = 3", "size = 300")
    assert "aggregates; at most 4,194,304" in refusal(square.replace("0..2", "0..30"))
    many = GAME.replace("size = 3", "size = 4500").replace("0..2", "0..200")
    assert "904,504 agents × actions reach too many of 2,700,003 aggregates" in refusal(many)
    wide = re.sub("size = [32]", "size = 60", GAME).replace("0..2", "0..10")
    wide = wide.replace('[1, "1/2"]', '"0..10"')
    assert "361,201 aggregates × 4 × 2 states to store; at most 2,097,152" in refusal(wide)


def test_other_commands_say_that_they_want_players(run_coopgap: Callable[..., Any]) -> None:
    for words in (
        ["frontier", "cournot"],
        ["predict", "cournot"],
    ):
        result = run_coopgap(*words)
        assert result.returncode == 2
        assert "groups of identical agents" in result.stderr
    with pytest.raises(InputError, match="list the players one by one"):
        load_listed("cournot")
    with pytest.raises(InputError, match="groups of identical agents"):
        spec_from_text(GAME, "x.toml")


def test_the_command_takes_no_values_and_writes_no_smtlib(
    run_coopgap: Callable[..., Any], tmp_path: Path
) -> None:
    result = run_coopgap("check", "cournot", "--set", "k=1")
    assert (result.returncode, "no parameters to set" in result.stderr) == (2, True)
    result = run_coopgap("check", "cournot", "--smtlib", str(tmp_path))
    assert (result.returncode, "no questions for SMT" in result.stderr) == (2, True)


def test_claims_are_decided() -> None:
    claims = """
[[claim]]
id = "gap-zero"
[[claim]]
id = "gap-positive"
[[claim]]
id = "gap-at-least"
value = 1
[[claim]]
id = "gap-at-most"
value = 1
[[claim]]
id = "closes"
lambda = { a = 0, b = 0 }
[[claim]]
id = "threshold-at-most"
value = 0
"""
    decided = document(GAME + claims)["claims"]
    # Each agent's action is verified, so fines close the gap; without a contract one is left.
    assert [claim["status"] for claim in decided] == [
        "proved", "refuted", "refuted", "proved", "refuted", "proved"
    ]  # fmt: skip
    assert all(claim["certificate"]["checked"] for claim in decided)
    assert {claim["certificate"]["kind"] for claim in decided} == {"aggregates"}


def test_a_claim_is_decided_from_bounds_where_they_suffice() -> None:
    commons = """
[game]
groups = { fisher = { size = 40, actions = "0..9" } }
[game.payoffs]
fisher = "own*(100 - total)"
[[language]]
name = "catch"
actions = { fisher = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]] }
total = true
[[claim]]
id = "gap-at-most"
value = 2500
[[claim]]
id = "gap-positive"
"""
    report = document(commons)
    between = report["languages"][0]["value"]
    assert between["high"] == report["first_best"]["welfare"] == "2500"
    assert between["low"] == report["selfish"]["welfare"]
    known, unknown = report["claims"]
    assert known["status"] == "proved"
    assert unknown["status"] == "unknown"
    assert unknown["reason"].startswith("the gap is known to lie between 0 and ")


def test_a_team_that_shares_its_output_is_not_efficient_with_balanced_money() -> None:
    """N5, and Holmström 1982: the value is 1 of 2."""
    team = """
[game]
groups = { worker = { size = 2, actions = [0, 1] } }
[game.payoffs]
worker = "2*total - 3*own"
[[language]]
name = "output"
actions = { worker = [[0, 1]] }
total = true
[[language]]
name = "waste"
actions = { worker = [[0, 1]] }
total = true
contracts = { budget = "burnt" }
"""
    report = document(team)
    assert [language["value"] for language in report["languages"]] == ["1", "2"]
    assert report["languages"][0]["selection"] == {"s": {"worker": {"0": 1, "1": 1}}}


def test_fines_must_outweigh_what_agents_would_gain_together() -> None:
    """Each who works gains 3 by not working: fines of 2 from four agents outweigh that of two."""
    team = """
[game]
groups = { worker = { size = 4, actions = [0, 1] } }
[game.payoffs]
worker = "2*total - 5*own"
[[language]]
name = "effort"
contracts = { liability = "LIABILITY" }
"""
    for bound, value, least in (("3", "12", "0"), ("2", "6", "1/3"), ("0", "0", "1")):
        language = document(team.replace("LIABILITY", bound))["languages"][0]
        assert (language["value"], language["prosocial_threshold"]) == (value, least), bound


def test_one_agent_alone_balances_nothing() -> None:
    text = '[game]\ngroups = { a = { size = 1, actions = [0, 1] } }\n[game.payoffs]\na = "own"\n'
    assert document(text)["languages"][0]["value"] == "1"


@pytest.mark.parametrize("k", range(2, 65))
def test_the_cournot_threshold_grows_with_the_grid(k: int) -> None:
    """N9."""
    text = (
        f'[game]\ngroups = {{ firm = {{ size = 2, actions = "0..{2 * k}" }} }}\n'
        f'[game.payoffs]\nfirm = "own/{2 * k}*(1 - total/{2 * k})"\n'
    )
    game = groups(text).game
    findings = Findings(game, lambda _: None)
    level = findings.threshold(alone(game), Fraction(0))
    assert level == (Fraction(k, 2) - 1 if k % 2 == 0 else Fraction(k - 1, 2))
    claim = {"id": "threshold", "value": str(level), "loss": "0", "holds": True}
    assert isinstance(findings.certified(alone(game), None, claim), str)


@pytest.mark.parametrize(("agents", "growth"), [(2, "3/2"), (5, "2"), (6, "11/2"), (40, "7/3")])
def test_the_linear_commons_has_the_threshold_of_the_theorem(agents: int, growth: str) -> None:
    """theory.md §4: (n − g)/(n(g − 1))."""
    text = (
        f'[game]\ngroups = {{ a = {{ size = {agents}, actions = "0..2" }} }}\n'
        f'[game.payoffs]\na = "own + {growth}*({2 * agents} - total)/{agents}"\n'
    )
    game, g = groups(text).game, Fraction(growth)
    level = Findings(game, lambda _: None).threshold(alone(game), Fraction(0))
    assert level == (agents - g) / (agents * (g - 1))


@pytest.mark.parametrize(("agents", "factor"), [(2, "3/2"), (5, "2"), (10, "7/2"), (40, "7/3")])
def test_the_public_good_has_the_threshold_of_the_theorem(agents: int, factor: str) -> None:
    """theory.md T6: (n − m)/(n(m − 1))."""
    text = (
        f'[game]\ngroups = {{ a = {{ size = {agents}, actions = "0..2" }} }}\n'
        f'[game.payoffs]\na = "2 - own + {factor}*total/{agents}"\n'
    )
    game, m = groups(text).game, Fraction(factor)
    level = Findings(game, lambda _: None).threshold(alone(game), Fraction(0))
    assert level == (agents - m) / (agents * (m - 1))


@pytest.mark.parametrize("agents", [2, 3, 4, 5, 12])
@pytest.mark.parametrize("best", [6, 7, 12])
def test_the_quadratic_commons_has_the_threshold_of_the_theorem(agents: int, best: int) -> None:
    """theory.md N9: with a = 1 and b = 1/(2 total)."""
    text = (
        f'[game]\ngroups = {{ a = {{ size = {agents}, actions = "0..{best}" }} }}\n'
        f'[game.payoffs]\na = "own*(1 - total/{2 * best})"\n'
    )
    game, b = groups(text).game, Fraction(1, 2 * best)
    level = Findings(game, lambda _: None).threshold(alone(game), Fraction(0))
    assert level == (1 - (best + best // agents + 1) * b) / ((2 * best + 1) * b - 1)


def test_a_hundred_agents_are_decided_with_certificates() -> None:
    text = """
[game]
groups = { herder = { size = 100, actions = "0..100" } }
states = { names = ["dry", "wet"], prior = ["1/2", "1/2"] }
[game.values]
dry = { growth = "1/2" }
wet = { growth = "3/2" }
[game.payoffs]
herder = "own + growth*(10000 - total)/100"
[[language]]
name = "quota"
states = [["dry", "wet"]]
contracts = { kind = "directive" }
"""
    report = check(groups(text))
    document = report.document()
    assert document["languages"][0]["gap"] == "2500"
    assert document["languages"][0]["certificates"]["gap"] in report.texts
    all_of_it = [{"herder": "10000"}]
    assert document["selfish"]["totals"] == {"dry": all_of_it, "wet": all_of_it}
    assert "unknown" in document["first_best"]["profiles"]["dry"]


def test_the_story_tells_everything(run_coopgap: Callable[..., Any]) -> None:
    result = run_coopgap("check", "cournot")
    assert result.returncode == 0
    text = " ".join(result.stdout.split())
    for words in (
        "Two agents of the group firm choose from {0, 1, …, 16}",
        "At worst they lose W* − 55/256 = 9/256.",
        "no contract 2/3 0",
        "4 claims proved; all certificates accepted by the checker.",
    ):
        assert words in text
    reports = run_coopgap("check", "cournot", "pasture", "--json")
    assert [report["title"][:7] for report in json.loads(reports.stdout)["reports"]] == [
        "Cournot",
        "A pastu",
    ]
    assert isinstance(load("pasture"), GroupSpecification)


def test_a_language_s_own_kind_takes_over_what_applies_to_it() -> None:
    text = GAME + 'contracts = { kind = "directive" }\n[contracts]\nbudget = "free"\n'
    assert groups(text).languages[0].contracts == Directives(False)
    (language,) = groups(GAME + '[contracts]\nbudget = "free"\n').languages
    assert language.contracts == Transfers(Budget.FREE, None)


@pytest.mark.parametrize(("timeout", "within"), [(1e-9, None), (None, 1e-9)])
def test_what_there_is_no_time_for_is_unknown(timeout: float | None, within: float | None) -> None:
    report = check(pasture(), timeout=timeout, within=within)
    assert report.statuses == {"unknown"}
    assert isinstance(report.languages[0].gap, Unanswered)
    assert "stopped" in report.languages[0].gap.reason


def test_in_time_the_report_is_the_same() -> None:
    within, free = check(pasture(), timeout=60.0), check(pasture())
    assert within.languages == free.languages
    assert within.texts == free.texts


@pytest.mark.parametrize(
    ("name", "true", "false"),
    [
        ("public-good", "t*n*(m - 1) == n - m", "t*n*(m - 1) == n"),
        ("linear-commons", "t*n*(g - 1) == n - g", "t*n*g == n - g"),
        ("quadratic-commons", "== a - (T + s + 1)*b", "== a - (T + s + 2)*b"),
    ],
)
def test_another_closed_form_for_any_number_of_agents_is_refuted(
    name: str, true: str, false: str
) -> None:
    text = text_of(name)
    assert true in text
    wrong = decide(theorem(name, theorem_from_text(text.replace(true, false), name)))
    assert wrong.status == "refuted"
