"""What families say in algebra: fractions in one form, conditions that say something."""

from __future__ import annotations

from fractions import Fraction

import pytest

from coopgap.proofs.algebra.rational import ratio, ratio_text, ratio_tree
from coopgap.proofs.deciding.check import check
from coopgap.theory.expressions import evaluate, parse_expression, spelled
from coopgap.theory.readers.spec import spec_from_text

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
        {tuple(each["selection"]["s"]): each["conditions"] for each in language["basis"]}
        for language in report["languages"]
    )
    # v <= 0 contradicts v > k > 0; of v <= 2 and v <= 4 the second follows from the first.
    assert nothing[("D", "D")] == ["False"]
    assert fines[("D", "D")] == ["v <= 2"]
    assert nothing[("H", "D")] == ["k + 2 >= v"]
