"""Payoffs as formulas of actions: what they mean and refuse, and a second reading of them."""

import itertools
import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgap.proofs.certificates.certificate import canonical, data_of
from coopgap.proofs.certificates.matching import match
from coopgap.proofs.questions.obligations import Setting, problem
from coopgap.theory.contracts import NoContract
from coopgap.theory.errors import InputError
from coopgap.theory.readers.load import with_values
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification, Specification

HEAD = """
[game]
players = ["ann", "bob", "Player 3"]
actions = { ann = "0..3", bob = [2, "1/2"], "Player 3" = [0, 1] }
states = { names = ["dry", "wet"], prior = ["1/3", "2/3"] }
[game.values]
dry = { rain = "1/2" }
wet = { rain = 2 }
[game.payoffs]
"""


def concrete(text: str) -> Specification:
    spec = spec_from_text(text, "x.toml")
    assert isinstance(spec, Specification)
    return spec


def family(text: str) -> FamilySpecification:
    spec = spec_from_text(text, "x.toml")
    assert isinstance(spec, FamilySpecification)
    return spec


def refusal(text: str) -> str:
    with pytest.raises(InputError) as error:
        spec_from_text(text, "x.toml")
    assert error.value.fix
    return str(error.value)


def test_formulas_mean_what_they_say():
    text = HEAD + (
        """ann = "min(own, 2)*(6*rain - total) + (state == 'wet' and not bob > 1)"\n"""
        """bob = "max(own, action('Player 3'), 1) - (ann in [1, 3])*total**2"\n"""
        '"Player 3" = "3"\n'
    )
    game = concrete(text).environment
    for s, rain in enumerate([Fraction(1, 2), Fraction(2)]):
        for a, b, c in itertools.product(range(4), range(2), range(2)):
            x, y, z = a, [Fraction(2), Fraction(1, 2)][b], c
            total = x + y + z
            expected = [
                min(x, 2) * (6 * rain - total) + (s == 1 and not y > 1),
                max(y, Fraction(z), Fraction(1)) - (x in (1, 3)) * total**2,
                3,
            ]
            payoffs = game.payoffs[:, s, a, b, c].tolist()
            assert [Fraction(payoff) / game.denominator for payoff in payoffs] == expected


def test_formulas_may_stand_beside_tables_and_states():
    once = concrete(
        "[game]\nplayers = ['a', 'b']\nactions = { a = [0, 1], b = [0, 1] }\n"
        "[game.payoffs]\na = 'total - 2*own'\nb = 'symmetric'\n"
    )
    table = concrete(
        "[game]\nplayers = ['a', 'b']\nactions = { a = [0, 1], b = [0, 1] }\n"
        "[game.payoffs.s]\na = [[0, 1], [-1, 0]]\nb = '(a == 1) - (b == 1)'\n"
    )
    assert once.environment.payoffs.tolist() == table.environment.payoffs.tolist()


def test_labels_can_be_compared():
    game = concrete(
        "[game]\nplayers = ['a']\nactions = { a = ['C', 'D'] }\n"
        "[game.payoffs]\na = \"4*(a == 'D')\"\n"
    ).environment
    assert game.payoffs.tolist() == [[[0, 4]]]


FAMILY = """
[parameters]
names = ["r", "e"]
assume = ["1 < r < 3", "e > 0"]
let = { part = "r*e/3" }
[game]
players = ["ann", "bob", "cyd"]
actions = { ann = [1, 0], bob = [1, 0], cyd = [1, 0] }
states = { names = ["good", "bad"], prior = ["1/2", "1/2"] }
[game.values]
good = { extra = "e/2" }
bad = { extra = 0 }
[game.payoffs]
ann = "e*(1 - own) + part*total + extra*(total >= 2)"
bob = "e*(1 - own) + part*total + extra*min(total, 1)"
cyd = "e*(1 - own) + part*total"
"""


def test_formulas_with_parameters():
    point = with_values(family(FAMILY), {"r": Fraction(2), "e": Fraction(5)})
    assert isinstance(point, Specification)
    game = point.environment
    for s, a, b, c in itertools.product(range(2), range(2), range(2), range(2)):
        x, y, z = 1 - a, 1 - b, 1 - c
        total, extra = x + y + z, [Fraction(5, 2), Fraction(0)][s]
        base = [
            Fraction(5) * (1 - contribution) + Fraction(10, 3) * total for contribution in (x, y, z)
        ]
        bonus = [extra * int(total >= 2), extra * min(total, 1), Fraction(0)]
        payoffs = [
            Fraction(payoff) / game.denominator for payoff in game.payoffs[:, s, a, b, c].tolist()
        ]
        assert payoffs == [u + v for u, v in zip(base, bonus, strict=True)]


def pair(formula: str, more: str = "", head: str = "") -> str:
    return (
        f"{head}[game]\nplayers = ['a', 'b']\nactions = {{ a = [0, 1], b = ['0', 'x'] }}\n{more}"
        f'[game.payoffs]\na = "{formula}"\nb = "0"\n'
    )


PARAMETER = "[parameters]\nnames = ['p']\nassume = ['p > 0']\n"

BAD = {
    "unknown name": (pair("a + c"), "uses the name 'c', which is no player, value or parameter"),
    "no total of words": (pair("total"), "there is no total: the action 'x' of 'b' is no number"),
    "adding a word": (
        pair("b + 1"),
        "'x' is not a number, so it cannot be used with + where b = x",
    ),
    "word as payoff": (pair("b"), "'x' is no number"),
    "quoted word": (pair("'x'"), "'x' is no number"),
    "bare comparison": (pair("a + 1 >= 2"), "is true or false, not a number"),
    "state as number": (pair("2*state"), "state is no number; compare it"),
    "misspelt state": (pair("(state == 't')"), "'state' is never 't'"),
    "misspelt label": (pair("(b == 'y')"), "'b' is never 'y'"),
    "division": (pair("1/a"), "1 is divided by zero where a = 0"),
    "syntax": (pair("((a)"), "x.toml: game.payoffs.a: '((a)' is not a formula"),
    "call": (pair("abs(a)"), "'abs(a)' calls something; only min(…), max(…) and action('NAME')"),
    "one operand": (pair("min(a)"), "'min(a)' compares fewer than two numbers"),
    "value nobody uses": (
        pair("a", "[game.values.s]\nv = 1\n"),
        "game.values.s: no payoff formula uses 'v'",
    ),
    "value of no state": (
        pair("a + v", "[game.values.t]\nv = 1\n"),
        "game.values: there is no state 't'",
    ),
    "value like a player": (pair("a", "[game.values.s]\na = 1\n"), "'a' is a player"),
    "value called own": (pair("own", "[game.values.s]\nown = 1\n"), "a word of payoff formulas"),
    "value missing in a state": (
        pair(
            "a + v",
            "states = { names = ['s', 't'], prior = [1, 0] }\n[game.values.s]\nv = 1\n",
        ),
        "'v' has no value in state 't'; add it to [game.values.t]",
    ),
    "player called total": (
        "[game]\nplayers = ['total']\nactions = { total = [0, 1] }\n"
        "[game.payoffs]\ntotal = 'own'\n",
        "a player is called 'total', a word of formulas",
    ),
    "parameter called own": (
        pair("own", head="[parameters]\nnames = ['own']\n"),
        "no parameter can be called 'own', a word of payoff formulas",
    ),
    "parameter in max": (pair("max(a, p)", head=PARAMETER), "max(…) depends on a parameter"),
    "parameter compared": (
        pair("2*(a >= p)", head=PARAMETER),
        "a comparison depends on a parameter where a = 0; write one spec for each case",
    ),
    "empty range": (
        "[game]\nplayers = ['a']\nactions = { a = '3..1' }\n[game.payoffs]\na = 'own'\n",
        "game.actions.a: the range '3..1' has 0 numbers",
    ),
    "no range": (
        "[game]\nplayers = ['a']\nactions = { a = '3' }\n[game.payoffs]\na = 'own'\n",
        "game.actions.a: '3' is no range",
    ),
    "too large": (
        "[game]\nplayers = ['a', 'b', 'c']\n"
        "actions = { a = '0..150', b = '0..150', c = '0..150' }\n"
        "[game.payoffs]\na = 'own'\nb = 'own'\nc = 'own'\n",
        "identical agents in [game] groups need no table",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_one_message_says_what_is_wrong(case: str):
    text, message = BAD[case]
    assert message in refusal(text)


NUMBERS = st.sampled_from(["own", "total", "a", "b", "1", "1/2", "v", "3"])


def formulas() -> st.SearchStrategy[str]:
    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("({}){}({})".format, inner, st.sampled_from(["+", "-", "*"]), inner),
            st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
            st.builds("(({}) >= ({}))".format, inner, inner),
            st.builds("(state == 't' or not ({}) < 2)".format, inner),
        )

    return st.recursive(NUMBERS, larger, max_leaves=8)


@settings(max_examples=60, deadline=None)
@given(formulas(), st.integers(0, 10**6))
def test_the_second_reader_reads_the_same(formula: str, seed: int):
    text = (
        "[game]\nplayers = ['a', 'b']\nactions = { a = '0..2', b = ['1/2', 3] }\n"
        "states = { names = ['s', 't'], prior = ['1/2', '1/2'] }\n"
        "[game.values]\ns = { v = 1, w = 0 }\nt = { v = '7/3', w = 1 }\n"
        f'[game.payoffs]\na = "{formula} + 0*v"\nb = "own*total*w"\n'
    )
    spec = concrete(text)
    game = spec.environment
    plain = canonical(data_of(problem(Setting(game, None, NoContract()), None)))
    data: Any = json.loads(plain)
    assert match(text, "x.toml", data, {}).matches
    whole = data["game"]["payoffs"][0][seed % 2]
    whole[seed % len(whole)] += 1
    assert not match(text, "x.toml", data, {}).matches
