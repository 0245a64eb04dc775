"""Frontiers: V over languages and λ, against brute force at, beside and between breakpoints."""

import json
import math
import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import brute_force
import pytest
from games import load_game
from random_environments import BASE_SEED, case, random_environment, random_language
from typer.testing import CliRunner

from coopgap.commands.options import FORMS
from coopgap.main import application, run
from coopgap.proofs.certificates.certificate import verified
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.decide import no_contract
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.reports import Unknown
from coopgap.proofs.frontier import values as values_module
from coopgap.proofs.frontier.intervals import (
    Interval,
    Step,
    combined,
    merged,
    simplest,
    swept,
    value_at,
)
from coopgap.proofs.frontier.lattice import PREDICATE_LIMIT, lattice
from coopgap.proofs.frontier.report import (
    breakpoints,
    frontier,
    level_of,
    prices,
    relation,
    require_agreement,
)
from coopgap.proofs.frontier.values import Undecided, pays, turning_points, values
from coopgap.proofs.questions.obligations import Excluded, Implementability, Setting, Unanswered
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.environments import environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Infinite
from coopgap.theory.languages import blind, complete
from coopgap.theory.specification import NamedLanguage, Specification

F = Fraction
COOPERATES = ["row in ['CH', 'CL']", "col in ['CH', 'CL']"]


def levels_of(steps) -> list[Fraction]:
    """Every end, a hair beside it, between each two, and far beyond."""
    ends = sorted({step.at.low for step in steps})
    hair = F(1, 10**9)
    between = [(a + b) / 2 for a, b in pairwise(ends)]
    beside = [end + hair for end in ends] + [end - hair for end in ends if end > 0]
    return sorted({*ends, *between, *beside, ends[-1] + 1, ends[-1] * 7 + 5})


@pytest.mark.parametrize("number", range(36))
def test_values_are_those_of_brute_force(number: int):
    found = case(BASE_SEED + 77_000 + number).setting
    game = found.environment
    if math.prod(game.shape) ** len(game.support) > 70:
        game = random_environment(random.Random(number), (2, 2), 1)
    language = found.language if game is found.environment else None
    contracts = found.contracts if language is not None else NoContract()
    steps = values(Setting(game, language, contracts))
    for level in levels_of(steps):
        want = brute_force.value(
            game, language or complete(game), contracts, (level,) * len(game.players)
        )
        assert value_at(steps, level) == want, (number, level)


@pytest.mark.parametrize("number", range(12))
def test_two_states_and_records(number: int):
    rng = random.Random(f"frontier {BASE_SEED} {number}")
    game = random_environment(rng, (2, 2), 2)
    language = random_language(rng, game)
    contracts = Transfers(rng.choice(list(Budget)), rng.choice([None, F(1)]))
    steps = values(Setting(game, language, contracts))
    for level in levels_of(steps)[:9]:
        want = brute_force.value(game, language, contracts, (level,) * 2)
        assert value_at(steps, level) == want, (number, level)


@pytest.mark.parametrize("number", [7, 10, 19, 29, 38, 75, 281, 312, 343])
def test_selections_that_only_less_prosocial_agents_play(number: int):
    rng = random.Random(f"above {number}")
    game = random_environment(rng, (2, 2), 2)
    language = random_language(rng, game)
    contracts = Transfers(rng.choice(list(Budget)), rng.choice([None, F(1)]))
    setting = Setting(game, language, contracts)
    search = values_module._Spans(setting)
    steps = swept(search.look)
    spans = [span for span in search.spans.values() if span.high != INFINITY]
    assert spans
    for span in spans:
        assert not isinstance(span.high, Infinite)
        for search.level in (span.high + 1, span.high):
            levels = (search.level,) * 2
            answer = search.answer(Implementability(setting, levels, span.selection))
            assert isinstance(answer, Excluded) == (search.level not in (span.low, span.high))
    ends = {
        end
        for step in steps
        for end in (step.at.low, step.at.high)
        if not isinstance(end, Infinite)
    }
    hair = F(1, 10**70)
    for level in {e + d for e in ends for d in (0, hair, -hair) if e + d >= 0}:
        want = brute_force.value(game, language, contracts, (level,) * 2)
        assert value_at(steps, level).welfare == want, (number, level)


def test_steps_part_the_half_line():
    for name in ("n3", "n3-tie", "n4", "n8", "moral-hazard-pd", "supply-contract"):
        specification = load_game(name)
        settings = [
            Setting(specification.environment, each.language, each.contracts)
            for each in specification.languages
        ]
        for setting in (no_contract(specification.environment), *settings):
            steps = values(setting)
            assert steps[0].at.low == 0
            assert not steps[0].at.open_low
            assert steps[-1].at.high == INFINITY
            for one, other in pairwise(steps):
                assert one.at.high == other.at.low
                assert one.at.open_high != other.at.open_low
                assert one.value != other.value


def test_n3_has_an_open_interval_and_attained_ends():
    steps = values(no_contract(load_game("n3").environment))
    assert [(str(step.at), step.value) for step in steps] == [
        ("[0, 1]", F(8)),
        ("(1, 3/2)", F(7)),
        ("[3/2, ∞)", F(9)),
    ]
    steps = values(no_contract(load_game("n3-tie").environment))
    assert [str(step.at) for step in steps] == ["{0}", "(0, 2/3)", "[2/3, ∞)"]


def test_n8_complements_only_from_1_to_2():
    found = frontier(load_game("n8"))
    (language,) = found.languages
    assert [(str(s.at), s.value.worth, relation(s.value.change)) for s in language.worth] == [
        ("[0, 1)", F(23, 12), None),
        ("[1, 2)", F(5, 12), "substitutes"),
        ("[2, 4)", F(1, 2), "complements"),
        ("[4, ∞)", F(0), "substitutes"),
    ]
    assert {s.value.relation for s in language.worth[1:]} == {"substitutes"}
    assert language.worth[0].value.relation == "neither"


def test_no_equilibrium_leaves_no_worth():
    found = frontier(load_game("moral-hazard-pd"))
    undefined = [s for s in found.languages[0].worth if s.value.worth is None]
    assert [str(s.at) for s in undefined] == ["(2/5, 9/14)"]
    assert undefined[0].value.relation is None
    gap = found.without.gap(F(1, 2), found.first_best)
    assert gap == INFINITY


def test_gaps_are_those_of_check():
    for name in ("n4", "supply-contract", "n8"):
        specification = load_game(name)
        report = check(specification).document()
        document = frontier(specification).document()
        for ours, theirs in zip(document["languages"], report["languages"], strict=True):
            assert ours["name"] == theirs["name"]
            assert ours["threshold"] == theirs["prosocial_threshold"]
            at = ours["gap_at"][0]
            assert (at["lambda"], at["value"], at["gap"]) == ("0", theirs["value"], theirs["gap"])


def test_every_certificate_is_accepted_and_every_step_has_one():
    found = frontier(load_game("n8"), predicates=COOPERATES)
    assert all(verified(text).accepted for text in found.texts.values())
    for each in (found.without, *found.languages):
        assert each.threshold_certificate in found.texts
        assert each.proved
        for part in each.value_certificates:
            assert part.value is not None
            claim = json.loads(found.texts[part.value])["claim"]
            assert claim["value"] == str(value_at(each.values, part.at.first()))
            assert (claim["from"], claim["to"]) == (str(part.at.low), str(part.at.high))


def test_joins_prices_and_cheapest():
    found = frontier(load_game("n8"), predicates=COOPERATES)
    assert [each.predicates for each in found.languages] == [
        (),
        (COOPERATES[0],),
        (COOPERATES[1],),
        tuple(COOPERATES),
    ]
    assert [each.threshold for each in found.languages] == [4, 4, 4, 2]
    assert [(p.alone, p.last, p.least, p.most) for p in found.prices] == [
        (F(0), F(2), F(0), F(2))
    ] * 2
    none, both, nothing = found.cheapest
    assert (str(none.at), none.predicates, none.languages) == ("[0, 2)", None, ())
    assert (str(both.at), both.predicates) == ("[2, 4)", 2)
    assert both.languages == (" + ".join(COOPERATES),)
    assert len(both.excluded) == 3
    for threshold, sha in ((each.threshold, each.certificate) for each in both.excluded):
        assert sha is not None
        claim = json.loads(found.texts[sha])["claim"]
        assert claim == {"holds": True, "id": "threshold", "value": str(threshold)}
        assert threshold > 2
    assert (str(nothing.at), nothing.languages) == ("[4, ∞)", ("nothing",))
    assert found.languages[3].refines == tuple(COOPERATES)


def test_equal_partitions_are_decided_once():
    found = frontier(load_game("n8"), predicates=["row == 'CH'", "row != 'CH'", "row == col"])
    first, again = found.languages[1], found.languages[2]
    assert again.same_as == first.name
    assert again.values == first.values
    assert again.refines == ()
    assert found.languages[4].same_as == first.name


def test_a_base_and_its_contracts():
    specification = load_game("supply-contract")
    found = frontier(specification, predicates=["state == 'calm'"], base="surge-blind")
    assert [each.name for each in found.languages] == [
        "surge-blind",
        "surge-blind + state == 'calm'",
    ]
    assert found.languages[0].threshold == F(4, 9)
    records = frontier(
        load_game("n5"), predicates=["ann == '1'"], base=load_game("n5").languages[0].name
    )
    assert len(records.languages) == 2


def test_infinite_prices():
    members = lattice(load_game("n8"), COOPERATES)
    found = prices(members, [INFINITY, INFINITY, F(1), F(0)])
    assert (found[0].alone, found[0].last, found[0].least, found[0].most) == (
        None,
        F(1),
        F(1),
        F(1),
    )
    assert (found[1].alone, found[1].last) == (INFINITY, INFINITY)
    assert prices(members, [F(0), INFINITY, F(1), F(0)])[0].alone == MINUS_INFINITY


def test_given_levels_are_listed():
    found = frontier(load_game("n8"), levels=[F(2), F(1, 2), F(2)])
    assert found.levels == (F(1, 2), F(2))
    for each in found.document()["languages"]:
        assert [at["lambda"] for at in each["gap_at"]] == ["1/2", "2"]
        assert all(at["certificate"] in found.texts for at in each["gap_at"])


def test_every_breakpoint_is_listed_with_levels_between():
    found = frontier(load_game("n3"))
    assert found.levels == (F(0), F(1, 2), F(1), F(4, 3), F(3, 2), F(2))
    assert breakpoints([found.without]) == found.levels


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"predicates": ["row =="]}, r"--predicate\[0\]"),
        ({"predicates": ["row == 'CH'", "row == 'XX'"]}, r"--predicate\[1\]"),
        ({"predicates": ["row == 'CH'"] * 2}, "twice"),
        ({"predicates": [f"{k} == 1" for k in range(PREDICATE_LIMIT + 1)]}, "at most"),
        ({"predicates": ["row == 'CH'"], "base": "no"}, "--base"),
        ({"base": "effort-blind"}, "--predicate"),
    ],
)
def test_bad_input_is_named(options, message):
    with pytest.raises(InputError, match=message):
        frontier(load_game("n8"), **options)


def test_levels_are_at_least_zero():
    assert level_of("1/2") == F(1, 2)
    with pytest.raises(InputError, match="-1 is negative"):
        level_of("-1")


def test_directives_cannot_name_predicates():
    with pytest.raises(InputError, match="directives"):
        lattice(load_game("n4"), ["row == 'A'"], "blind-directive")


def test_directives_and_their_turning_points():
    game = load_game("n3").environment
    assert turning_points(game) >= {F(1)}
    setting = Setting(game, complete(game), Directives(permissive=True))
    for level in levels_of(values(setting)):
        want = brute_force.value(game, complete(game), setting.contracts, (level,) * 2)
        assert value_at(values(setting), level) == want


def test_directives_turn_at_zero_where_indifference_ends():
    game = environment(("row", "col"), (("T", "B"), ("L", "R")), [[[1, 0, 1, -4]], [[1, 0, 3, 4]]])
    language = blind(game)
    setting = Setting(game, language, Directives())
    assert [(str(step.at), step.value) for step in values(setting)] == [
        ("{0}", 2),
        ("(0, 1/4)", MINUS_INFINITY),
        ("[1/4, ∞)", 4),
    ]
    named = NamedLanguage("blind", language, setting.contracts)
    assert frontier(Specification(game, (named,))).languages[0].proved


def test_steps_may_be_many():
    def look(level: F) -> Step[int]:
        whole = min(level // 1, 1_200)
        return Step(
            Interval(F(whole), F(whole + 1) if whole < 1_200 else INFINITY, open_high=True), whole
        )

    assert [step.value for step in swept(look)] == list(range(1_201))


def test_limits_are_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(values_module, "STEP_LIMIT", 0)
    found = frontier(load_game("n8"))
    assert found.without.unknown == Unknown("over 0 values of λ were looked at")
    assert found.without.threshold == 4
    assert found.languages[0].worth == ()
    with pytest.raises(Undecided, match="turn at over"):
        turning_points(load_game("n8").environment)


def test_engines_that_give_up_are_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decide, "ask", lambda _: Unanswered("no"))
    for name, place in (("n8", 0), ("n4", -2)):
        each = load_game(name).languages[place]
        setting = Setting(load_game(name).environment, each.language, each.contracts)
        with pytest.raises(Undecided, match="no"):
            values(setting)
    document = frontier(load_game("n4")).document()
    assert all(each["threshold"] == {"unknown": "no"} for each in document["languages"])
    assert all(at["gap"] == {"unknown": "no"} for at in document["no_contract"]["gap_at"])


def test_what_takes_too_long_is_unknown(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    arguments = ["frontier", "n8", "--timeout", "0.001", "--figure", str(tmp_path / "f.svg")]
    code, out, _ = printed(capsys, *arguments)
    assert (code, out.count("unknown: stopped after 0.001 s")) == (3, 2)
    assert "Nothing is certified." in out
    assert (tmp_path / "f.svg").stat().st_size > 1000


def test_one_undecided_language_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    decided = Findings.threshold

    def threshold(self: Findings, language: str | None):
        return Unanswered("hard") if language == COOPERATES[0] else decided(self, language)

    monkeypatch.setattr(Findings, "threshold", threshold)
    predicates = [word for text in COOPERATES for word in ("--predicate", text)]
    code, out, _ = printed(capsys, "frontier", "n8", "--json", *predicates)
    document = json.loads(out)
    assert code == 3
    hard = {"unknown": "hard"}
    assert [each["threshold"] for each in document["languages"]] == ["4", hard, "4", "2"]
    assert [each["alone"] for each in document["prices"]] == [hard, "0"]
    assert [each["least"] for each in document["prices"]] == [hard, hard]
    assert [each["undecided"] for each in document["cheapest"]] == [
        [COOPERATES[0]],
        [COOPERATES[0]],
        [],
    ]
    assert "; undecided: " in printed(capsys, "frontier", "n8", *predicates)[1]


def test_searches_that_disagree_are_noticed():
    each = load_game("n8").languages[0]
    setting = Setting(load_game("n8").environment, each.language, each.contracts)
    steps = values(setting)
    require_agreement(steps, F(5, 3), F(2))
    with pytest.raises(Undecided, match="W"):
        require_agreement(steps, F(5, 3), F(1))
    with pytest.raises(Undecided, match="W"):
        require_agreement(steps, F(9), F(1))
    require_agreement(steps, F(9), INFINITY)


def test_intervals():
    assert F(1) in Interval(F(1), F(2))
    assert F(1) not in Interval(F(1), F(2), open_low=True)
    assert F(2) not in Interval(F(1), F(2), open_high=True)
    assert Interval(F(1), F(1), open_low=True).empty
    assert not Interval(F(1), F(1)).empty
    assert str(Interval(F(1), F(1))) == "{1}"
    assert str(Interval(F(1, 2), F(1), open_low=True)) == "(1/2, 1]"
    assert Interval(F(0), F(2)) & Interval(F(0), F(2), True, True) == Interval(
        F(0), F(2), True, True
    )
    assert Interval(F(1), F(2), open_low=True).first() == 2
    assert Interval(F(1), F(2), True, True).first() == F(3, 2)
    assert pays(1, 0) == pays(1, -1) == Interval()
    assert str(pays(1, 2)) == "[0, 1/2)"
    assert str(pays(-1, -2)) == "(1/2, ∞)"


@pytest.mark.parametrize("seed", range(60))
def test_the_simplest_fraction(seed: int):
    rng = random.Random(seed)
    low = F(rng.randrange(40), rng.randrange(1, 12))
    high = low + F(rng.randrange(1, 30), rng.randrange(1, 200))
    found = simplest(low, high)
    assert low < found < high
    for below in range(1, found.denominator):
        assert math.floor(low * below) + 1 >= high * below


def test_sweeps_find_isolated_points():
    def look(level: Fraction) -> Step[int]:
        if level == F(1, 2):
            return Step(Interval(level, level), 1)
        if level < F(1, 2):
            return Step(Interval(F(0), F(1, 2), open_high=True), 0)
        return Step(Interval(F(1, 2), open_low=True), 0)

    steps = merged(swept(look))
    assert [(str(s.at), s.value) for s in steps] == [
        ("[0, 1/2)", 0),
        ("{1/2}", 1),
        ("(1/2, ∞)", 0),
    ]
    assert [s.value for s in combined(steps, steps)] == [(0, 0), (1, 1), (0, 0)]


def test_the_command(tmp_path: Path):
    runner = CliRunner()
    with pytest.raises(SystemExit) as status:
        run(["frontier", "n8", "--json", "--lambda", "1/2", "--certificates", str(tmp_path / "c")])
    assert status.value.code == 0
    assert len(list((tmp_path / "c").iterdir())) == 8
    assert runner.invoke(application(), ["frontier", "--help"]).exit_code == 0


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as status:
        run(list(arguments))
    out, err = capsys.readouterr()
    return int(status.value.code or 0), out, err


def test_the_story(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    predicates = [word for text in COOPERATES for word in ("--predicate", text)]
    drawn = [word for form in FORMS for word in ("--figure", str(tmp_path / f"f{form}"))]
    code, out, _ = printed(capsys, "frontier", "n8", *predicates, *drawn)
    assert code == 0
    assert "Price of each predicate" in out
    assert "λ in [2, 4): two predicates" in out
    assert all((tmp_path / f"f{form}").stat().st_size > 1000 for form in FORMS)
    code, out, _ = printed(capsys, "frontier", "n8", "--predicate", "1 == 1")
    assert "as nothing" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["frontier", "n8", "--lambda", "x"], "--lambda"),
        (["frontier", "n8", "--lambda", "-1"], "negative"),
        (["frontier", "n8", "--figure", "f.gif"], "--figure"),
        (["frontier", "donation-game"], "--set"),
        (["figure", "pie", "n8", "--out", "f.svg"], "KIND"),
        (["figure", "graph", "n8", "--language", "effort", "--out", "f.svg"], "--language"),
    ],
)
def test_bad_options(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = printed(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert list(tmp_path.iterdir()) == []
