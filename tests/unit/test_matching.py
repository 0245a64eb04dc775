"""Whether certificates are about a spec's game, by a second reading of the spec."""

import importlib.resources
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from checked import checked

from coopgap import check
from coopgap.proofs.algebra.rational import ratio
from coopgap.proofs.certificates.certificate import canonical, data_of
from coopgap.proofs.certificates.commons_words import spec_data
from coopgap.proofs.certificates.group_matching import match_groups
from coopgap.proofs.certificates.matching import match
from coopgap.proofs.certificates.verification import document
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.problem import NOTHING
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.theorems.prove import decide
from coopgap.proofs.theorems.registry import registered
from coopgap.proofs.theorems.teams import team
from coopgap.theory.errors import InputError
from coopgap.theory.readers.load import games, load_listed, with_values
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification

GALLERY = {
    file.name.removesuffix(".toml"): file.read_text(encoding="utf-8")
    for file in importlib.resources.files("coopgap.theory").joinpath("gallery").iterdir()
    if file.name.endswith(".toml")
}
GROUPS = {slug: GALLERY.pop(slug) for slug in ("cournot", "pasture")}


@cache
def certified(slug: str) -> list[dict[str, Any]]:
    """The data of all certificates of an entry of the gallery, the same ones once."""
    documents = map(json.loads, checked(slug).texts.values())
    return list({document["data_sha256"]: document["data"] for document in documents}.values())


@pytest.mark.parametrize("slug", games())
def test_certificates_of_the_gallery_are_about_their_specs(slug: str):
    assert certified(slug)
    for data in certified(slug):
        comparison = match(GALLERY[slug], slug, data, {})
        assert comparison.matches, comparison.text


@pytest.mark.parametrize("slug", GROUPS)
def test_certificates_about_groups_are_about_their_specs(slug: str):
    assert certified(slug)
    for data in certified(slug):
        comparison = match_groups(GROUPS[slug], slug, data)
        assert comparison.matches, comparison.text
        for unrelated in {*GROUPS, "n4"} - {slug}:
            text = GROUPS.get(unrelated) or GALLERY[unrelated]
            assert not match_groups(text, unrelated, data).matches


@pytest.mark.parametrize(
    ("slug", "spec", "lack"),
    [
        ("n4", "pasture", "the spec lists groups, not players"),
        ("n4", "pond-regimes", "the spec has no game"),
        ("pasture", "n4", "the spec has no groups"),
        ("pasture", "pond-regimes", "the spec has no groups"),
        ("pond-regimes", "n4", "the spec has no commons"),
        ("pond-regimes", "pasture", "the spec has no commons"),
    ],
)
def test_of_a_spec_of_another_kind_it_is_told_what_it_lacks(slug: str, spec: str, lack: str):
    text = {**GALLERY, **GROUPS}[spec]
    lake = tomllib.loads(GALLERY[slug]).get("commons") if slug in GALLERY else None
    data = certified(slug)[0] if lake is None else spec_data(lake)
    comparison = match_groups(text, spec, data) if slug in GROUPS else match(text, spec, data, {})
    assert not comparison.matches
    assert comparison.text == f"its data are not those of {spec}: {lack}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("size = 20", "size = 21"),
        ('"1/2", "1/2"', '"1/3", "2/3"'),
        ('dry = { growth = "3/4" }', 'dry = { growth = "4/5" }'),
        ("own + growth", "2*own + growth"),
        ('"0..10"', '"0..11"'),
        ('names = ["dry", "wet"]', 'names = ["dry", "damp"]'),
    ],
)
def test_what_differs_of_groups_is_told(before: str, after: str):
    assert before in GROUPS["pasture"]
    text = GROUPS["pasture"].replace(before, after)
    text = text.replace("wet", "damp") if after.endswith('"damp"]') else text
    assert not any(match_groups(text, "it", data).matches for data in certified("pasture"))


def test_languages_of_groups_must_be_the_specs():
    text = GROUPS["pasture"].replace('kind = "directive"', 'kind = "transfers"')
    comparisons = [match_groups(text, "it", data) for data in certified("pasture")]
    assert {comparison.matches for comparison in comparisons} == {True, False}
    assert any("no language" in comparison.text for comparison in comparisons)
    text = GROUPS["pasture"].replace('"9/10"', '"8/10"')
    assert any("λ is none" in match_groups(text, "it", d).text for d in certified("pasture"))


PAPER = importlib.resources.files("coopgap.proofs.theorems").joinpath("paper")


@pytest.mark.parametrize("name", ["pd-gap", "sh-equilibria", "n2", "pd-rawlsian", "holmstrom-2"])
def test_certificates_of_theorems_are_about_their_files(name: str):
    is_team = name.startswith("holmstrom")
    text = team(2) if is_team else PAPER.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    for certificate in decide(registered()[name]).texts.values():
        whole = json.loads(certificate)
        for goal in whole.get("goals", [{"certificate": whole}]):
            comparison = match(text, name, goal["certificate"]["data"], {})
            assert comparison.matches, comparison.text


@pytest.mark.parametrize("slug", ["n4", "prisoners-dilemma", "delegation", "capped-fines", "n1"])
def test_no_certificate_is_about_another_spec(slug: str):
    for unrelated in ("chicken", "supply-contract", "public-goods-family"):
        for data in certified(slug):
            assert not match(GALLERY[unrelated], unrelated, data, {}).matches


# --- the same data written otherwise, and data that differ ---

FAMILY = """
[parameters]
names = ["a", "b"]
assume = ["a > b > 0", "a/2 <= 3*b"]
let = { half = "whole/2", whole = "a + b" }
[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["1", "2", "3"] }
states = { names = ["s", "t"], prior = ["a/(a + b)", "b/(a + b)"] }
[game.payoffs.s]
row = [["half", 0, "1/3"], ["a**2", "-b", "a/b"]]
col = [[1, 2, 3], ["b", "b", "0.25"]]
[game.payoffs.t]
row = [[1, 0, 0], [0, 0, 1]]
col = [[0, 1, 0], [1, 0, 0]]
[contracts]
liability = "3/2"
[[language]]
name = "seen"
states = [["s", "t"]]
actions = { col = [["1", "2"]] }
[[language]]
name = "told"
records = ["row == 'A' and col > 1", "state"]
contracts = { budget = "free" }
[[language]]
name = "ordered"
contracts = { kind = "directive", permissive = true }
[prosociality]
lambda = ["a", { row = 1, col = "b/a" }]
[[claim]]
id = "closes"
lambda = "1/7"
"""


@cache
def of_family() -> list[dict[str, Any]]:
    """The data of questions about the family: all languages and levels of λ."""
    specification = spec_from_text(FAMILY, "it")
    assert isinstance(specification, FamilySpecification)
    names = specification.family.parameters
    index = {name: k for k, name in enumerate(names)}
    levels_of_lambda = [*specification.levels, specification.questions[0].prosociality or ()]
    levels = [[ratio(tree, index)[0] for tree in level] for level in levels_of_lambda]
    with Worker(None) as engines, Worker(30.0) as solvers:
        prover = Prover(len(names), solvers)
        findings = FamilyFindings(specification, engines, prover, lambda _: None)
        problems = [
            findings.problem(language, level)
            for language in (None, "seen", "told", "ordered")
            for level in (None, [NOTHING] * 2, *levels)
        ]
    return [json.loads(canonical(data_of(problem))) for problem in problems]


def match_texts(text: str = FAMILY) -> set[str]:
    """What matching says of all certificates of the family."""
    texts = {match(text, "it", data, {}).text for data in of_family()}
    return {text.removeprefix("its data are those of it ") for text in texts}


def test_languages_contracts_and_levels_are_told():
    assert match_texts() >= {
        "(language seen, selfish players)",
        "(language told, λ = a)",
        "(language told)",
        "(language ordered, λ = 1, (b)/(a))",
        "(play without a contract, λ = 1/7)",
    }


OTHERS = {
    "a payoff": ('"a**2"', '"a**2 + 1"', "the payoff of 'row' in state 's' at (B, 1) is"),
    "a let": ('"whole/2"', '"whole/3"', "the payoff of 'row' in state 's' at (A, 1) is"),
    "the prior": ('prior = ["a/(a + b)", "b/(a + b)"]', 'prior = ["1/2", "1/2"]', "probability"),
    "a label": ('["A", "B"]', '["A", "C"]', "the actions of the certificate are"),
    "a state": ('names = ["s", "t"]', 'names = ["s", "u"]', None),
    "an assumption": ("a/2 <= 3*b", "a/2 < 3*b", "only the spec assumes"),
    "no assumption": (', "a/2 <= 3*b"', "", "only the certificate assumes"),
    "parameters": ('names = ["a", "b"]', 'names = ["a", "b", "c"]', "has the parameters a, b"),
    "cooperation": (
        "[game.payoffs.s]",
        'cooperative = { row = ["A"], col = ["1"] }\n[game.payoffs.s]',
        "other actions are cooperative",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_differs_is_told(name: str):
    before, after, words = OTHERS[name]
    assert before in FAMILY
    text = FAMILY.replace(before, after, 1)
    for data in of_family():
        if words is None:
            with pytest.raises(InputError):
                match(text, "it", data, {})
            continue
        comparison = match(text, "it", data, {})
        assert not comparison.matches
        assert words in comparison.text


@pytest.mark.parametrize(
    ("before", "after", "part"),
    [
        ('col = [["1", "2"]]', 'col = [["2", "3"]]', "language seen"),
        ("col > 1", "col > 2", "language told"),
        ('budget = "free"', 'budget = "burnt"', "language told"),
        ('liability = "3/2"', 'liability = "2"', "language seen"),
        ("permissive = true", "permissive = false", "language ordered, selfish"),
        ('lambda = ["a", ', 'lambda = ["a + 1", ', "λ = a)"),
    ],
)
def test_languages_and_levels_must_be_the_specs(before: str, after: str, part: str):
    assert any(part in text for text in match_texts())
    changed = match_texts(FAMILY.replace(before, after, 1))
    assert not any(part in text for text in changed if text.startswith("("))
    assert any(text.startswith("its data are not those of it: ") for text in changed)


def same(data: dict[str, Any]) -> dict[str, Any]:
    """Data that say the same in other numbers."""
    data = deepcopy(data)
    game = data["game"]

    def twice(value: Any) -> Any:
        return {m: 2 * c for m, c in value.items()} if isinstance(value, dict) else 2 * value

    game["prior"] = [twice(probability) for probability in game["prior"]]
    game["denominator"] = twice(game["denominator"])
    game["payoffs"] = [[[twice(v) for v in row] for row in own] for own in game["payoffs"]]
    data["assumptions"] = [[twice(p), relation] for p, relation in data["assumptions"][::-1]]
    records = data["records"]
    if records and records["table"]:
        size = len(records["table"]) * len(records["table"][0])
        records["table"] = [[size - 1 - k for k in row] for row in records["table"]]
    level = data["prosociality"]
    if level:
        level["levels"], level["scale"] = list(map(twice, level["levels"])), twice(level["scale"])
    return data


def test_the_same_in_other_numbers_is_the_same():
    for data in [*of_family(), *certified("n4"), *certified("capped-fines")]:
        text = (
            FAMILY
            if data in of_family()
            else GALLERY["n4" if not data["parameters"] else "capped-fines"]
        )
        assert match(text, "it", same(data), {}).matches


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Any:
    """The places of the numbers in some data."""
    if type(value) is int:
        yield path
    elif isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))


def test_every_number_of_a_game_matters():
    data = next(candidate for candidate in certified("n4") if candidate["records"] is not None)
    places = list(leaves({"game": data["game"]}))
    assert len(places) == 19
    for *path, last in places:
        changed = deepcopy(data)
        part: Any = changed
        for key in path:
            part = part[key]
        part[last] += 1
        assert not match(GALLERY["n4"], "n4", changed, {}).matches, (path, last)


def test_parameters_with_values():
    values = {"t": Fraction(2)}
    report = check(with_values(load_listed("capped-fines"), values))
    for text in report.texts.values():
        data = json.loads(text)["data"]
        assert match(GALLERY["capped-fines"], "it", data, values).matches
        assert not match(GALLERY["capped-fines"], "it", data, {"t": Fraction(3)}).matches
        assert "--set" in match(GALLERY["capped-fines"], "it", data, {}).text
    with pytest.raises(InputError, match="there is no parameter 'u'"):
        match(GALLERY["capped-fines"], "it", data, {"u": Fraction(1)})


def test_what_is_shown_of_a_fishery_is_compared_with_no_spec():
    text = next(iter(checked("fish-war").texts.values()))
    with pytest.raises(InputError, match="a fishery match no spec"):
        document(text, "it", (GALLERY["fish-war"], "fish-war"))


@pytest.mark.parametrize("slug", ["cournot", "pond-regimes"])
def test_groups_and_commons_have_no_parameters_to_set(slug: str):
    text, spec = next(iter(checked(slug).texts.values())), {**GALLERY, **GROUPS}[slug]
    assert document(text, "it", (spec, slug))["matches"]
    with pytest.raises(InputError, match=f"{slug}: there is no parameter 'u'"):
        document(text, "it", (spec, slug), {"u": Fraction(1)})


@pytest.mark.parametrize(
    "text",
    [
        "[game]",
        "not TOML",
        "[game]\nplayers = 3",
        GALLERY["chicken"].replace("[[", "[", 1),
        FAMILY.replace('"-b"', "0.5"),
        FAMILY.replace('"-b"', '"c"'),
        FAMILY.replace('"-b"', '"1/(a - a)"'),
        FAMILY.replace('"whole/2"', '"half/2"'),
        FAMILY.replace("col > 1", "row > 1"),
        FAMILY.replace('["half", 0, "1/3"]', '["half", 0]'),
        FAMILY.replace('"1/3"', '"' + "(" * 150 + "a" + ")" * 150 + '**65"'),
    ],
)
def test_what_is_no_spec_is_refused_or_does_not_match(text: str):
    for data in of_family()[-3:]:
        with pytest.raises(InputError, match=r"^it: "):
            match(text, "it", data, {})


def test_the_second_reading_shares_little_with_the_first():
    code = (
        "import coopgap.proofs.certificates.matching, sys; "
        "print(*(m for m in sys.modules if m.startswith('coopgap.theory')))"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    allowed = {
        "coopgap.theory",
        "coopgap.theory.errors",
        "coopgap.theory.exact",
        "coopgap.theory.expressions",
        "coopgap.theory.parsing",
        "coopgap.theory.nearest",
        "coopgap.theory.json_values",  # types alone
    }
    assert set(process.stdout.split()) <= allowed


def test_the_command_compares(tmp_path: Path, run_coopgap: Callable[..., Any]):
    spec = tmp_path / "family.toml"
    spec.write_text(GALLERY["capped-fines"], encoding="utf-8")
    assert run_coopgap("check", str(spec), "--certificates", str(tmp_path / "c")).returncode < 2
    result = run_coopgap("verify", str(tmp_path / "c"), "--spec", str(spec), "--json")
    assert result.returncode == 0
    assert all(entry["matches"] for entry in json.loads(result.stdout)["results"])
    refusal = run_coopgap("verify", str(tmp_path / "c"), "--spec", "chicken")
    assert refusal.returncode == 1
    assert "are not those of chicken" in " ".join(refusal.stdout.split())
