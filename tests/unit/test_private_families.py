"""Strategies under private information in families: pieces against brute force, both checkers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import islice, product
from random import Random
from typing import Any

import all_strategies
import at_points
import pytest
import second_checker

from coopgap.proofs.certificates.certificate import canonical, digest, verified
from coopgap.proofs.deciding.check import check
from coopgap.theory.errors import InputError
from coopgap.theory.readers.load import load
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification

CONTRACTS = (
    'budget = "balanced"',
    'budget = "free"',
    'budget = "burnt"',
    'budget = "balanced", liability = "F"',
    'budget = "burnt", liability = "F/2"',
    'kind = "directive"',
)

GROUPS = (
    'states = [["w1", "w2"]]',
    'states = [["w1", "w2"]]\nactions = { row = [["A", "B"]] }',
    'records = ["row == col"]',
)

SEEDS = (0, 1, 2, 5, 9, 10, 11)


def text(seed: int) -> str:
    """A small family whose column player, or both, do not see the state."""
    chance = Random(seed)
    contracts = CONTRACTS[seed % len(CONTRACTS)]

    def entry() -> str:
        more = chance.choice(("", "", "", " + x"))
        return f'"{chance.randrange(-2, 4)}{more}"'

    def table() -> str:
        return f"[[{entry()}, {entry()}], [{entry()}, {entry()}]]"

    groups = GROUPS[0] if "directive" in contracts else chance.choice(GROUPS)
    row_cells = 'row = [["w1", "w2"]]\n' * (seed % 3 == 2)
    return f"""
[parameters]
names = ["p", "x", "F"]
assume = ["0 < p < 1", "0 <= x <= 3", "0 <= F"]

[game]
players = ["row", "col"]
actions = {{ row = ["A", "B"], col = ["A", "B"] }}
states = {{ names = ["w1", "w2"], prior = ["p", "1 - p"] }}

[game.payoffs.w1]
row = {table()}
col = {table()}

[game.payoffs.w2]
row = {table()}
col = {table()}

[information]
{row_cells}col = [["w1", "w2"]]

[[language]]
name = "L"
{groups}
contracts = {{ {contracts} }}

[[language]]
name = "unused bound"
contracts = {{ liability = "F" }}
"""


def family(seed: int) -> FamilySpecification:
    specification = spec_from_text(text(seed), f"seed {seed}")
    assert isinstance(specification, FamilySpecification)
    return replace(specification, languages=specification.languages[:1])


@lru_cache(None)
def report(seed: int) -> Any:
    return check(family(seed), timeout=6)


def points(seed: int) -> Iterator[dict[str, Fraction]]:
    chance = Random(seed)
    for _ in range(5):
        yield {
            "p": Fraction(chance.randrange(1, 8), 8),
            "x": Fraction(chance.randrange(0, 7), 2),
            "F": Fraction(chance.randrange(0, 9), 4),
        }


@pytest.mark.parametrize("seed", SEEDS)
def test_pieces_are_what_brute_force_finds(seed: int):
    document = json.loads(report(seed).to_json())
    for point in points(seed):
        concrete = family(seed).at(point)
        parts = [("L", document["languages"][0]), (None, document)]
        for (name, part), key in product(parts, ("value", "gap", "prosocial_threshold")):
            if key in part and not at_points.is_unknown(part[key]):
                ours, theirs = at(part[key], point), all_strategies.reached(concrete, name, key)
                assert ours == str(theirs), (key, name, part[key], point)
        best = all_strategies.reached(concrete, None, "pooled")
        assert at(document["first_best"]["welfare"], point) == str(best)
        alone = all_strategies.reached(concrete, None, "value")
        assert at(document["selfish"]["welfare"], point) == shown(alone)


def at(value: Any, point: dict[str, Fraction]) -> str:
    chosen = at_points.chosen(value, point)
    if chosen is None or chosen in at_points.INFINITIES:
        return str(chosen)
    return str(at_points.computed(chosen, point))


def shown(value: Any) -> str:
    return "None" if str(value) == "-inf" else str(value)


def test_all_is_decided_in_most_families():
    parts = [json.loads(report(seed).to_json())["languages"][0] for seed in SEEDS]
    known = [not at_points.is_unknown(part["value"]) for part in parts]
    assert sum(known) >= len(SEEDS) - 1


@pytest.mark.parametrize("seed", SEEDS)
def test_both_checkers_accept_every_certificate(seed: int):
    assert report(seed).texts
    for text in report(seed).texts.values():
        assert verified(text).accepted
        assert second_checker.verdict(text) == "accepted"


def altered(document: Any) -> Iterator[Any]:
    """Certificates in which the weights of deviations are other ones."""
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict) and "deviations" in node and "strategies" in node:
            for entry in node["deviations"]:
                own = entry[-1]
                for weight in (0, 1, {"p": 1}, {"p": -1}):
                    if weight != own:
                        entry[-1] = weight
                        yield document
                entry[-1] = own
        if isinstance(node, dict | list):
            stack += node.values() if isinstance(node, dict) else node


def test_weights_that_do_not_cancel_are_rejected_by_both():
    accepted, wrong = 0, 0
    for seed in SEEDS:
        honest = map(json.loads, report(seed).texts.values())
        for document in (
            copy for certificate in honest for copy in islice(altered(certificate), 3)
        ):
            forged, wrong = canonical(document), wrong + 1
            core_verdict, second_verdict = verified(forged), second_checker.verdict(forged)
            assert core_verdict.accepted == (second_verdict == "accepted"), forged
            accepted += core_verdict.accepted
    assert wrong > 15
    assert accepted < wrong / 2


def test_some_weights_depend_on_the_prior():
    weights = [
        entry[-1]
        for seed in SEEDS
        for text in report(seed).texts.values()
        for obstruction in obstructions(json.loads(text))
        for entry in obstruction["deviations"]
    ]
    assert any(isinstance(weight, dict) for weight in weights)


def obstructions(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if "deviations" in value and "strategies" in value:
            yield value
        for part in value.values():
            yield from obstructions(part)
    elif isinstance(value, list):
        for part in value:
            yield from obstructions(part)


# --- bounds and options that depend on parameters -------------------------------------------------


def test_a_bound_is_that_of_the_point():
    bounded = family(3)
    assert bounded.languages[0].terms is not None
    concrete = bounded.at({"p": Fraction(1, 2), "x": 1, "F": Fraction(3, 4)})
    assert concrete.languages[0].contracts.liability == Fraction(3, 4)  # type: ignore[union-attr]
    narrowed = bounded.narrowed({"F": 2})
    assert narrowed.languages[0].terms is None
    assert narrowed.languages[0].contracts.liability == 2  # type: ignore[union-attr]
    assert bounded.narrowed({"p": Fraction(1, 2)}).languages == bounded.languages


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"0 <= F"', '"F >= -1"', "the liability bound of the language 'L' may be negative, as at"),
        (
            'balanced", liability = "F"',
            'balanced", liability = "-1"',
            "the liability bound -1 is negative",
        ),
        ('liability = "F"', 'liability = "G"', "uses the name 'G'"),
        ('liability = "F"', 'liability = "1/F"', "divides by F, which may be 0"),
        (
            'budget = "balanced", lia',
            'participation = { row = "1/x", col = 0 }, lia',
            "by x, which",
        ),
        ('budget = "balanced", lia', "participation = { row = 1 }, lia", "col"),
    ],
)
def test_bad_bounds_are_refused(old: str, new: str, message: str):
    spec = text(3).replace(old, new)
    assert spec != text(3)
    with pytest.raises(InputError, match=message):
        check(spec_from_text(spec, "here"), timeout=1)


def test_a_negative_bound_at_a_point_is_refused():
    spec = text(3).replace('"0 <= F"', '"F >= -1"')
    specification = spec_from_text(spec, "here")
    assert isinstance(specification, FamilySpecification)
    with pytest.raises(InputError, match="the liability bound -1 is negative"):
        specification.at({"p": Fraction(1, 2), "x": 0, "F": -1})


def test_claims_about_strategies_are_decided_and_others_refused():
    listed = '[{ row = { w1 = "A", w2 = "A" }, col = { "w1|w2" = "A" } }]'
    claims = '\n[[claim]]\nid = "gap-zero"\nlanguage = "L"\n'
    nash = f'\n[[claim]]\nid = "nash"\nprofiles = {listed}\n'
    decided = check(spec_from_text(text(0) + claims + nash, "here"), timeout=6)
    assert {claim.status for claim in decided.claims} <= {"proved", "refuted"}
    for certificate in decided.texts.values():
        assert second_checker.verdict(certificate) == "accepted"
    with pytest.raises(InputError, match="play in each state, which some player does not see"):
        check(spec_from_text(text(0) + '\n[[claim]]\nid = "beneficial"\n', "here"))


def test_a_bound_or_an_option_of_another_number_is_another_claim():
    for slug, part in (("bounded-team", "contracts"), ("trade-with-option", "mechanism")):
        for text in check(load(slug), timeout=20).texts.values():
            document = json.loads(text)
            if not document["claim"]["id"].startswith("mechanism"):
                continue
            if part == "contracts":
                document["data"]["contracts"]["liability"] = [{"B": 2}, 1]
            else:
                document["data"]["mechanism"]["options"][1] = [{"o": 2}, 1]
            document["data_sha256"] = digest(canonical(document["data"]))
            forged = canonical(document)
            assert not verified(forged).accepted
            assert second_checker.verdict(forged).startswith("rejected")
