"""What families say in algebra: fractions in one form, conditions that say something."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from checked import checked

from coopgap.proofs.algebra.rational import ratio, ratio_text, ratio_tree
from coopgap.proofs.deciding.check import check
from coopgap.theory.errors import InputError
from coopgap.theory.evaluation import compiled, evaluate
from coopgap.theory.expressions import spelled
from coopgap.theory.parsing import parse_expression, parse_predicate
from coopgap.theory.readers.load import games, load_listed
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification

FRACTIONS = {
    "-2/(2 - v - k)": "2/(v + k - 2)",
    "2/(v + k - 2)": "2/(v + k - 2)",
    "(k - v)/(2 - v - k)": "(v - k)/(v + k - 2)",
    "-v/(v + k)": "-v/(v + k)",
    "-v/(k*v - 1)": "v/(1 - v*k)",
    "(v - k)/(2 - v)": "(v - k)/(2 - v)",
}


@pytest.mark.parametrize("text", FRACTIONS)
def test_fractions_have_as_few_minus_signs_as_possible(text: str):
    names, point = ("v", "k"), {"v": Fraction(7, 3), "k": Fraction(-5, 2)}
    value, _ = ratio(parse_expression(text), {"v": 0, "k": 1})
    assert ratio_text(value, names) == FRACTIONS[text]
    assert spelled(ratio_tree(value, names)) == FRACTIONS[text]
    assert evaluate(parse_expression(text), point) == evaluate(ratio_tree(value, names), point)


HAWK_DOVE = """
[parameters]
names = ["v", "k"]
assume = ["v > k", "k > 0"]
[game]
players = ["row", "col"]
actions = { row = ["H", "D"], col = ["H", "D"] }
[game.payoffs]
row = [["(v - k)/2 - 1", "v"], [0, "v/2"]]
col = "symmetric"
[[language]]
name = "nothing"
actions = { row = [["H", "D"]], col = [["H", "D"]] }
[[language]]
name = "fines"
contracts = { liability = "1" }
"""


def test_conditions_for_a_contract_are_possible_and_none_follows_from_the_others():
    report = check(spec_from_text(HAWK_DOVE, "test")).document()
    nothing, fines = (
        {tuple(part["selection"]["s"]): part["conditions"] for part in language["basis"]}
        for language in report["languages"]
    )
    # v <= 0 contradicts v > k > 0; of v <= 2 and v <= 4 the second follows from the first.
    assert nothing[("D", "D")] == ["False"]
    assert fines[("D", "D")] == ["v <= 2"]
    assert nothing[("H", "D")] == ["k + 2 >= v"]


RAW = re.compile(r"\b(?:False|None|nan)\b|/-|/\(-|(?<!\w)\(\w+\)|\*\*1\b|\b1\*|--|\+ -")
"""What no quantity or condition of a report shows."""

FAMILIES = [slug for slug, entry in games().items() if isinstance(entry, FamilySpecification)]


def quantities(value: Any, key: str = "") -> Iterator[str]:
    """The expressions and conditions of a report."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in ("tool", "source", "title", "claims", "certificates", "basis", "name"):
                yield from quantities(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from quantities(part, key)
    elif isinstance(value, str) and key in (*QUANTITIES, "when", "value", "low", "high"):
        yield value


QUANTITIES = ("welfare", "gap", "correlated_gap", "directive_gap", "prosocial_threshold", "lambda")


def regions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if set(value) == {"when", "value"}:
            yield value["when"]
        value = list(value.values())
    for part in value if isinstance(value, list) else ():
        yield from regions(part)


@pytest.mark.parametrize("slug", FAMILIES)
def test_no_raw_algebra_and_no_redundant_condition(slug: str):
    """At random points of the family no condition of a region follows from its others."""
    specification = load_listed(slug)
    assert isinstance(specification, FamilySpecification)
    family, document = specification.family, checked(slug).to_dict()
    texts = list(quantities(document))
    assert texts
    assert [text for text in texts if RAW.search(text)] == []
    points, rng = [], random.Random(0)
    for _ in range(3000):
        values = {
            n: Fraction(rng.randint(-24, 48), rng.choice((1, 8, 48))) for n in family.parameters
        }
        with contextlib.suppress(InputError):
            points.append(family.point(values))
    for when in dict.fromkeys(regions(document)):
        runs = [compiled(parse_predicate(part), family.parameters) for part in when.split(" and ")]
        for own in runs if "==" not in when else ():
            remaining = [p for p in points if all(run(p) for run in runs if run is not own)]
            assert len(remaining) < 60 or not all(own(p) for p in remaining), when


def test_raw_algebra_is_noticed():
    for text in ("v >= k + 1 and False", "-2/(-v - k)", "(v - c)/(2*(c))", "1*x", "x + -1"):
        assert RAW.search(text), text
