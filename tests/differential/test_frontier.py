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
from random_environments import BASE_SEED, random_case, random_environment, random_language
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
    setting = random_case(BASE_SEED + 77_000 + number).setting
    game = setting.environment
    if math.prod(game.shape) ** len(game.support) > 70:
        game = random_environment(random.Random(number), (2, 2), 1)
    language = setting.language if game is setting.environment else None
    contracts = setting.contracts if language is not None else NoContract()
    steps = values(Setting(game, language, contracts))
    for level in levels_of(steps):
        expected = brute_force.value(
            game, language or complete(game), contracts, (level,) * len(game.players)
        )
        assert value_at(steps, level) == expected, (number, level)


@pytest.mark.parametrize("number", range(12))
def test_two_states_and_records(number: int):
    rng = random.Random(f"frontier {BASE_SEED} {number}")
    game = random_environment(rng, (2, 2), 2)
    language = random_language(rng, game)
    contracts = Transfers(rng.choice(list(Budget)), rng.choice([None, F(1)]))
    steps = values(Setting(game, language, contracts))
    for level in levels_of(steps)[:9]:
        expected = brute_force.value(game, language, contracts, (level,) * 2)
        assert value_at(steps, level) == expected, (number, level)


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
        expected = brute_force.value(game, language, contracts, (level,) * 2)
        assert value_at(steps, level).welfare == expected, (number, level)


def test_steps_part_the_half_line():
    for name in ("n3", "n3-tie", "n4", "n8", "moral-hazard-pd", "supply-contract"):
        specification = load_game(name)
        settings = [
            Setting(specification.environment, named.language, named.contracts)
            for named in specification.languages
        ]
        for setting in (no_contract(specification.environment), *settings):
            steps = values(setting)
            assert steps[0].at.low == 0
            assert not steps[0].at.open_low
            assert steps[-1].at.high == INFINITY
            for step, following in pairwise(steps):
                assert step.at.high == following.at.low
                assert step.at.open_high != following.at.open_low
                assert step.value != following.value


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
    report = frontier(load_game("n8"))
    (language,) = report.languages
    assert [(str(s.at), s.value.worth, relation(s.value.change)) for s in language.worth] == [
        ("[0, 1)", F(23, 12), None),
        ("[1, 2)", F(5, 12), "substitutes"),
        ("[2, 4)", F(1, 2), "complements"),
        ("[4, ∞)", F(0), "substitutes"),
    ]
    assert {s.value.relation for s in language.worth[1:]} == {"substitutes"}
    assert language.worth[0].value.relation == "neither"


def test_no_equilibrium_leaves_no_worth():
    report = frontier(load_game("moral-hazard-pd"))
    undefined = [s for s in report.languages[0].worth if s.value.worth is None]
    assert [str(s.at) for s in undefined] == ["(2/5, 9/14)"]
    assert undefined[0].value.relation is None
    gap = report.without.gap(F(1, 2), report.first_best)
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
    report = frontier(load_game("n8"), predicates=COOPERATES)
    assert all(verified(text).accepted for text in report.texts.values())
    for language in (report.without, *report.languages):
        assert language.threshold_certificate in report.texts
        assert language.proved
        for part in language.value_certificates:
            assert part.value is not None
            claim = json.loads(report.texts[part.value])["claim"]
            assert claim["value"] == str(value_at(language.values, part.at.first()))
            assert (claim["from"], claim["to"]) == (str(part.at.low), str(part.at.high))


def test_joins_prices_and_cheapest():
    report = frontier(load_game("n8"), predicates=COOPERATES)
    assert [language.predicates for language in report.languages] == [
        (),
        (COOPERATES[0],),
        (COOPERATES[1],),
        tuple(COOPERATES),
    ]
    assert [language.threshold for language in report.languages] == [4, 4, 4, 2]
    assert [(p.alone, p.last, p.least, p.most) for p in report.prices] == [
        (F(0), F(2), F(0), F(2))
    ] * 2
    none, both, nothing = report.cheapest
    assert (str(none.at), none.predicates, none.languages) == ("[0, 2)", None, ())
    assert (str(both.at), both.predicates) == ("[2, 4)", 2)
    assert both.languages == (" + ".join(COOPERATES),)
    assert len(both.excluded) == 3
    for threshold, sha in (
        (language.threshold, language.certificate) for language in both.excluded
    ):
        assert sha is not None
        claim = json.loads(report.texts[sha])["claim"]
        assert claim == {"holds": True, "id": "threshold", "value": str(threshold)}
        assert threshold > 2
    assert (str(nothing.at), nothing.languages) == ("[4, ∞)", ("nothing",))
    assert report.languages[3].refines == tuple(COOPERATES)


def test_equal_partitions_are_decided_once():
    report = frontier(load_game("n8"), predicates=["row == 'CH'", "row != 'CH'", "row == col"])
    first, second = report.languages[1], report.languages[2]
    assert second.same_as == first.name
    assert second.values == first.values
    assert second.refines == ()
    assert report.languages[4].same_as == first.name


def test_a_base_and_its_contracts():
    specification = load_game("supply-contract")
    report = frontier(specification, predicates=["state == 'calm'"], base="surge-blind")
    assert [language.name for language in report.languages] == [
        "surge-blind",
        "surge-blind + state == 'calm'",
    ]
    assert report.languages[0].threshold == F(4, 9)
    records = frontier(
        load_game("n5"), predicates=["ann == '1'"], base=load_game("n5").languages[0].name
    )
    assert len(records.languages) == 2


def test_infinite_prices():
    members = lattice(load_game("n8"), COOPERATES)
    row_price, column_price = prices(members, [INFINITY, INFINITY, F(1), F(0)])
    assert (row_price.alone, row_price.last, row_price.least, row_price.most) == (
        None,
        F(1),
        F(1),
        F(1),
    )
    assert (column_price.alone, column_price.last) == (INFINITY, INFINITY)
    assert prices(members, [F(0), INFINITY, F(1), F(0)])[0].alone == MINUS_INFINITY


def test_given_levels_are_listed():
    report = frontier(load_game("n8"), levels=[F(2), F(1, 2), F(2)])
    assert report.levels == (F(1, 2), F(2))
    for language in report.document()["languages"]:
        assert [at["lambda"] for at in language["gap_at"]] == ["1/2", "2"]
        assert all(at["certificate"] in report.texts for at in language["gap_at"])


def test_every_breakpoint_is_listed_with_levels_between():
    report = frontier(load_game("n3"))
    assert report.levels == (F(0), F(1, 2), F(1), F(4, 3), F(3, 2), F(2))
    assert breakpoints([report.without]) == report.levels


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
        expected = brute_force.value(game, complete(game), setting.contracts, (level,) * 2)
        assert value_at(values(setting), level) == expected


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
    report = frontier(load_game("n8"))
    assert report.without.unknown == Unknown("over 0 values of λ were looked at")
    assert report.without.threshold == 4
    assert report.languages[0].worth == ()
    with pytest.raises(Undecided, match="turn at over"):
        turning_points(load_game("n8").environment)


def test_engines_that_give_up_are_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decide, "ask", lambda _: Unanswered("no"))
    for name, place in (("n8", 0), ("n4", -2)):
        named = load_game(name).languages[place]
        setting = Setting(load_game(name).environment, named.language, named.contracts)
        with pytest.raises(Undecided, match="no"):
            values(setting)
    document = frontier(load_game("n4")).document()
    assert all(language["threshold"] == {"unknown": "no"} for language in document["languages"])
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
    assert [language["threshold"] for language in document["languages"]] == ["4", hard, "4", "2"]
    assert [price["alone"] for price in document["prices"]] == [hard, "0"]
    assert [price["least"] for price in document["prices"]] == [hard, hard]
    assert [step["undecided"] for step in document["cheapest"]] == [
        [COOPERATES[0]],
        [COOPERATES[0]],
        [],
    ]
    assert "; undecided: " in printed(capsys, "frontier", "n8", *predicates)[1]


def test_searches_that_disagree_are_noticed():
    named = load_game("n8").languages[0]
    setting = Setting(load_game("n8").environment, named.language, named.contracts)
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
    fraction = simplest(low, high)
    assert low < fraction < high
    for below in range(1, fraction.denominator):
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
    figures = [word for form in FORMS for word in ("--figure", str(tmp_path / f"f{form}"))]
    code, out, _ = printed(capsys, "frontier", "n8", *predicates, *figures)
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
