"""Spec files: what they mean, and one message for everything that may be wrong with them."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.languages import ProductLanguage, RecordLanguage
from coopgap.theory.readers import commons_shape, group_shape, shape
from coopgap.theory.readers.claim_fields import CLAIM_FIELDS
from coopgap.theory.readers.files import read_text
from coopgap.theory.readers.load import gallery, load, load_listed
from coopgap.theory.readers.spec import spec_from_text

N4 = """
title  = "Two contingencies a contract cannot name"
source = "theory.md, N4"

[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["A", "B"] }
states  = { names = ["w1", "w2"], prior = ["1/2", "1/2"] }
cooperative = { row = ["B", "A"], col = ["A"] }

[game.payoffs.w1]
row = [[3, -2], ["1/3", "0.25"]]
col = [[3, 4], [-2, 2]]

[game.payoffs.w2]
row = [[2, "2 * 2"], [-2, 3]]
col = "symmetric"
"""

PD = """
[game]
players = ["row", "col"]
actions = { row = ["C", "D"], col = ["C", "D"] }
[game.payoffs]
row = [[3, 0], [5, 1]]
col = "symmetric"
"""

TEAM = """
[game]
players = ["x", "y", "Player 3"]
actions = { x = [0, 1], y = ["0", "1", "1.0"], "Player 3" = ["none", "all"] }
[game.payoffs]
x = [[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]
y = [[[0, 0], [0, 0], [0, 0]], [[0, 0], [0, 0], [0, 0]]]
"Player 3" = [[[0, 0], [0, 0], [0, 0]], [[0, 0], [0, 0], [0, 0]]]
"""


def read(text):
    return spec_from_text(text, "x.toml")


def refusal(text):
    """The one message with which a text is refused."""
    with pytest.raises(InputError) as error:
        read(text)
    message = str(error.value)
    assert message.startswith("x.toml: ")
    assert error.value.fix
    assert "\n" not in message
    return message.removeprefix("x.toml: ")


# What a file means


def test_the_game():
    spec = read(N4)
    game = spec.environment
    assert (spec.title, spec.source, spec.origin) == (
        "Two contingencies a contract cannot name",
        "theory.md, N4",
        "x.toml",
    )
    assert game.players == ("row", "col")
    assert game.actions == (("A", "B"), ("A", "B"))
    assert game.states == ("w1", "w2")
    assert game.prior == (Fraction(1, 2), Fraction(1, 2))
    assert game.cooperative == ((1, 0), (0,))
    assert game.denominator == 12
    payoffs = game.payoffs.astype(object) * Fraction(1, 12)
    assert payoffs[0, 0].tolist() == [[3, -2], [Fraction(1, 3), Fraction(1, 4)]]
    assert payoffs[0, 1].tolist() == [[2, 4], [-2, 3]]
    assert payoffs[1, 0].tolist() == [[3, 4], [-2, 2]]
    assert payoffs[1, 1].tolist() == [[2, -2], [4, 3]]


def test_what_is_left_out_has_defaults():
    spec = read(PD)
    assert spec.environment.states == ("s",)
    assert spec.environment.prior == (1,)
    assert spec.environment.cooperative is None
    assert (spec.title, spec.source, spec.levels, spec.questions) == ("", "", (), ())
    (language,) = spec.languages
    assert language.name == "complete"
    assert language.language == ProductLanguage((0,), ((0, 1), (0, 1)))
    assert language.contracts == Transfers(Budget.BALANCED, None)


@pytest.mark.parametrize(
    ("states", "table"),
    [
        ("", "[game.payoffs.s]"),
        ('states = { names = ["a.b"] }', '[game.payoffs."a.b"]'),
        ('states = { names = [1], prior = ["1"] }', "[game.payoffs.1]"),
        ('states = { names = [1], prior = ["1"] }', "[game.payoffs]"),
    ],
)
def test_a_single_state_may_be_named(states, table):
    spec = read(PD.replace("[game.payoffs]", f"{states}\n{table}"))
    assert spec.environment.payoffs.tolist() == [[[[3, 0], [5, 1]]], [[[3, 5], [0, 1]]]]


def test_the_first_player_may_be_the_symmetric_one():
    spec = read(PD.replace("row = [[", "col = [[").replace('col = "sym', 'row = "sym'))
    assert spec.environment.payoffs.tolist() == [[[[3, 5], [0, 1]]], [[[3, 0], [5, 1]]]]


def test_a_game_of_three():
    game = read(TEAM).environment
    assert game.actions == (("0", "1"), ("0", "1", "1.0"), ("none", "all"))
    assert game.payoffs.shape == (3, 1, 2, 3, 2)
    assert game.payoffs[0, 0, 1, 2, 0] == 11


def test_languages_and_their_contracts():
    spec = read(
        N4
        + """
[contracts]
budget = "free"
liability = "1/2"
[[language]]
name = "blind"
states = [["w1", "w2"]]
[[language]]
name = "effort"
actions = { row = [["A", "B"]] }
contracts = { budget = "burnt" }
[[language]]
name = "all"
contracts = { liability = "none" }
[[language]]
name = "orders"
contracts = { kind = "directive" }
[[language]]
name = "silence"
contracts = { kind = "directive", permissive = true }
[[language]]
name = "predicates"
records = ["row == col", "state"]
"""
    )
    languages = [
        (language.name, language.language, language.contracts) for language in spec.languages[:-1]
    ]
    half, actions = Fraction(1, 2), ((0, 1), (0, 1))
    assert languages == [
        ("blind", ProductLanguage((0, 0), actions), Transfers(Budget.FREE, half)),
        ("effort", ProductLanguage((0, 1), ((0, 0), (0, 1))), Transfers(Budget.BURNT, half)),
        ("all", ProductLanguage((0, 1), actions), Transfers(Budget.FREE, None)),
        ("orders", ProductLanguage((0, 1), actions), Directives(False)),
        ("silence", ProductLanguage((0, 1), actions), Directives(True)),
    ]
    predicates = spec.languages[-1].language
    assert isinstance(predicates, RecordLanguage)
    assert predicates.table.tolist() == [[[0, 1], [1, 0]], [[2, 3], [3, 2]]]
    assert predicates.names == (
        "row == col: true, state: w1",
        "row == col: false, state: w1",
        "row == col: true, state: w2",
        "row == col: false, state: w2",
    )


def test_a_language_with_a_kind_of_its_own_takes_over_what_that_kind_uses():
    spec = read(
        PD
        + """
[contracts]
kind = "directive"
permissive = true
budget = "free"
[[language]]
name = "money"
contracts = { kind = "transfers" }
[[language]]
name = "orders"
"""
    )
    assert [language.contracts for language in spec.languages] == [
        Transfers(Budget.FREE, None),
        Directives(True),
    ]


@pytest.mark.parametrize(
    ("records", "table"),
    [
        ("['x + y']", [[[0, 0], [1, 1], [1, 1]], [[1, 1], [2, 2], [2, 2]]]),
        ("['x == y', 'y == 0']", [[[0, 0], [1, 1], [1, 1]], [[2, 2], [3, 3], [3, 3]]]),
        ("""["action('Player 3') == 'all'"]""", [[[0, 1], [0, 1], [0, 1]]] * 2),
        ("['1 == 1', \"state == 's'\"]", [[[0, 0], [0, 0], [0, 0]]] * 2),
        ("[]", [[[0, 0], [0, 0], [0, 0]]] * 2),
        ("['y']", [[[0, 0], [1, 1], [1, 1]]] * 2),
        (
            "['x', 'y', \"action('Player 3')\"]",
            [[[0, 1], [2, 3], [2, 3]], [[4, 5], [6, 7], [6, 7]]],
        ),
    ],
)
def test_records_tell_apart_the_values_of_their_expressions(records, table):
    (language,) = read(f"{TEAM}\n[[language]]\nname = 'l'\nrecords = {records}").languages
    assert language.language.table.tolist() == [table]
    assert language.language.record_count == np.max(table) + 1


def test_what_no_expression_says_is_a_single_record():
    (language,) = read(f"{PD}\n[[language]]\nname = 'l'\nrecords = []").languages
    assert language.language.names == ("nothing",)


def test_levels_of_prosociality():
    text = PD + '[prosociality]\nlambda = ["0", 1, { row = "1/3", col = 2 }]\n'
    assert read(text).levels == ((0, 0), (1, 1), (Fraction(1, 3), 2))


def test_claims():
    spec = read(
        N4
        + """
[[language]]
name = "l"
[[claim]]
id = "gap-positive"
language = "l"
[[claim]]
id = "gap-at-least"
value = "-1/3"
[[claim]]
id = "closes"
lambda = { col = 1, row = "0" }
[[claim]]
id = "all-cooperative"
lambda = "0.5"
[[claim]]
id = "nash"
profiles = { w2 = [], w1 = [["B", "A"], ["A", "B"]] }
[[claim]]
id = "unique-nash"
"""
    )
    gap, least, closes, cooperative, nash, unique = spec.questions
    assert (gap.id, gap.language, gap.value) == ("gap-positive", "l", None)
    assert least.value == Fraction(-1, 3)
    assert least.language is None
    assert closes.prosociality == (0, 1)
    assert cooperative.prosociality == (Fraction(1, 2), Fraction(1, 2))
    assert dict(nash.profiles) == {0: ((0, 1), (1, 0)), 1: ()}
    assert unique.profiles is None


def test_states_of_probability_zero_need_no_profiles():
    text = N4.replace('["1/2", "1/2"]', "[0, 1]")
    spec = read(text + "[[claim]]\nid = 'nash'\nprofiles = { w2 = [['A', 'B']] }")
    assert spec.questions[0].profiles == {1: ((0, 1),)}


def test_profiles_of_a_single_state_are_a_list():
    spec = read(PD + "[[claim]]\nid = 'nash'\nprofiles = [['D', 'D']]")
    assert spec.questions[0].profiles == {0: ((1, 1),)}


# What is refused

BAD = {
    "empty file": ("", "the file is empty; describe a [game]"),
    "only a comment": ("# nothing\n", "the file is empty"),
    "no TOML": ("a = = 1", "this is not TOML: Invalid value (at line 1, column 5)"),
    "duplicate keys": ("a = 1\na = 2", "this is not TOML: Cannot overwrite a value"),
    "null byte": ("a = '\0'", "this is not TOML: "),
    "bare name with a space": (
        PD.replace("{ row = ", "{ Player 1 = "),
        'names with dots or spaces must be quoted, as in "Player 1"',
    ),
    "deep nesting": ("a = " + "[" * 50_000, "lists or tables are nested too deeply"),
    "long key": ("b = 1\na" + ".a" * 4000 + " = 1", "line 2 has a key of very many parts"),
    "number of 5000 digits": ("a = " + "9" * 5000, "a number has too many digits"),
    "unknown key": (PD + "[prosocialty]\n", "unknown key 'prosocialty'; did you mean 'prosoc"),
    "unknown key that is missing": (
        PD.replace("players", "plaeyrs"),
        "game: unknown key 'plaeyrs'; did you mean 'players'?",
    ),
    "unknown key deep inside": (
        PD + "[[language]]\nname = 'l'\ncontracts = { bugdet = 'free' }",
        "language[0].contracts: unknown key 'bugdet'; did you mean 'budget'?",
    ),
    "unknown key of a claim": (
        PD + "[[claim]]\nid = 'gap-zero'\nlamda = 1",
        "claim[0]: unknown key 'lamda'; did you mean 'lambda'?",
    ),
    "unknown key of states": (
        PD.replace("[game.payoffs]", "states = { name = ['s'] }\n[game.payoffs]"),
        "game.states: unknown key 'name'; did you mean 'names'?",
    ),
    "no game": ("title = 'x'", "'game' is missing; add it"),
    "no payoffs": (PD[: PD.index("[game.payoffs]")], "game: 'payoffs' is missing"),
    "text for a list": (
        PD.replace('players = ["row", "col"]', 'players = "row"'),
        "game.players: 'row' is not a list; write it in brackets",
    ),
    "number for text": ("title = 1\n" + PD, "title: 1 is not text; write it in quotes"),
    "float for text": ("title = 1.5\n" + PD, "title: 1.5 is a float"),
    "Boolean for text": ("title = true\n" + PD, "title: true is not text"),
    "text for a table": ("game = 'x'", "game: 'x' is not a table"),
    "text for a Boolean": (
        PD + "[contracts]\npermissive = 'yes'",
        "contracts.permissive: 'yes' is not a Boolean; write true or false",
    ),
    "one table for several": (
        PD + "[language]\nname = 'l'",
        "language: {'name': 'l'} is not a list; begin it with [[language]]",
    ),
    "no choice": (
        PD + "[contracts]\nbudget = 'ballanced'",
        "contracts.budget: 'ballanced' is no choice; did you mean 'balanced'?",
    ),
    # Exact numbers
    "float payoff": (
        PD.replace("[[3, 0]", "[[3, 0.5]"),
        'game.payoffs.row[0][1]: 0.5 is a float, which is not exact; write it in quotes: "0.5"',
    ),
    "NaN": (PD.replace("[[3, 0]", "[[3, nan]"), "game.payoffs.row[0][1]: nan is not a number"),
    "inf": (PD.replace("[[3, 0]", "[[-inf, 0]"), "game.payoffs.row[0][0]: -inf is not a number"),
    "quoted NaN": (PD.replace("[[3,", "[['nan',"), "game.payoffs.row[0][0]: 'nan' is not an exact"),
    "quoted inf": (PD.replace("[[3,", "[['-inf',"), "game.payoffs.row[0][0]: '-inf' is not an ex"),
    "Boolean payoff": (
        PD.replace("[[3, 0]", "[[true, 0]"),
        "game.payoffs.row[0][0]: True is a Boolean, not a number; write 0 or 1",
    ),
    "date": (
        PD.replace("[[3, 0]", "[[2020-01-01, 0]"),
        "game.payoffs.row[0][0]: 2020-01-01 is not a number",
    ),
    "long integer": (
        PD.replace("[[3, 0]", f"[[{10**401}, 0]"),
        "game.payoffs.row[0][0]: the number is too long; numbers have at most 400 characters",
    ),
    "division by zero": (PD.replace("[[3,", "[['1/0',"), "game.payoffs.row[0][0]: 1 is divided by"),
    "no number": (PD.replace("[[3,", "[['3,5',"), "game.payoffs.row[0][0]: '3,5' cannot stand in"),
    "repeated text is checked once": (
        PD.replace("[[3, 0], [5, 1]]", "[['1', '1'], ['1', '1/']]"),
        "game.payoffs.row[1][1]: '1/' is not an expression",
    ),
    "a call": (
        PD.replace("[[3, 0]", """[["__import__('os')", 0]"""),
        "game.payoffs.row[0][0]: \"__import__('os')\" cannot stand in an expression",
    ),
    "exponent bomb": (
        PD.replace("[[3, 0]", "[['9**9**9', 0]"),
        "game.payoffs.row[0][0]: the exponent '9**9' is not a small whole number",
    ),
    "power bomb": (
        PD.replace("[[3, 0]", "[['(9**64)**64', 0]"),
        "game.payoffs.row[0][0]: the value would be too large",
    ),
    "a parameter": (
        PD.replace("[[3, 0]", "[['R - 1', 0]"),
        "game.payoffs.row[0][0]: 'R - 1' uses the name 'R'; write a number; payoffs, the prior, λ, "
        "bounds on fines, outside options and the values of claims may use the names that "
        "[parameters] declares",
    ),
    "denominators that explode": (
        PD.replace(
            "[[3, 0], [5, 1]]", f"[['1/{3**800}', '1/{5**550}'], ['1/{7**450}', '1/{11**380}']]"
        ),
        "game.payoffs: over their common denominator the numbers are too large",
    ),
    # The game
    "no players": (
        PD.replace('["row", "col"]', "[]"),
        "game.players: the list is empty; list at least one name",
    ),
    "duplicate player": (
        PD.replace('"row", "col"]', '"row", "row"]'),
        "game.players: 'row' is listed",
    ),
    "nameless player": (PD.replace('"row", "col"]', '"row", ""]'), "game.players[1]: the name is"),
    "player called state": (
        PD.replace("col", "state"),
        "game.players[1]: no player can be called 'state', a word of the records language; rename",
    ),
    "player called action": (
        PD.replace("col", "action"),
        "game.players[1]: no player can be called",
    ),
    "player called lambda": (
        PD.replace("row", "lambda"),
        "game.players[0]: no player can be called 'lambda', a word of Python",
    ),
    "duplicate action": (
        PD.replace('row = ["C", "D"]', 'row = ["1", 1]'),
        "game.actions.row: '1' is listed twice; give each its own name",
    ),
    "no actions": (
        PD.replace('row = ["C", "D"]', "row = []"),
        "game.actions.row: the list is empty",
    ),
    "action that is no name": (
        PD.replace('row = ["C", "D"]', "row = [['C'], 'D']"),
        "game.actions.row[0]: ['C'] is no name",
    ),
    "Boolean action": (
        PD.replace('row = ["C", "D"]', "row = [true, false]"),
        "game.actions.row[0]: true is no name",
    ),
    "float action": (
        PD.replace('row = ["C", "D"]', "row = [0.5, 1]"),
        "game.actions.row[0]: 0.5 is a float",
    ),
    "empty action": (PD.replace('"C", "D"]', '"", "D"]'), "game.actions.row[0]: the name is empty"),
    "actions of a stranger": (
        PD.replace("{ row = ", "{ rwo = "),
        "game.actions: there is no player 'rwo'; did you mean 'row'?",
    ),
    "no actions of a player": (
        PD.replace('{ row = ["C", "D"], ', "{ "),
        "game.actions: nothing is given for the player 'row'; add row = …",
    ),
    "unquoted dots": (
        N4.replace("w2", "w.2").replace('"w.2"', "'w.2'"),
        "game.payoffs: there is no state 'w'; names with dots or spaces must be quoted: \"w.2\"",
    ),
    "duplicate state": (
        N4.replace('"w1", "w2"]', '"w1", "w1"]'),
        "game.states.names: 'w1' is listed",
    ),
    "no prior": (
        N4.replace(', prior = ["1/2", "1/2"]', ""),
        "game.states: 'prior' is missing; give each state a probability",
    ),
    "prior that is too long": (
        N4.replace('"1/2", "1/2"]', '"1/2", "1/4", "1/4"]'),
        "game.states.prior: there are 3 probabilities for 2 states; give each",
    ),
    "prior that sums to less": (
        N4.replace('"1/2", "1/2"]', '"1/2", "1/3"]'),
        "game.states.prior: the prior sums to 5/6, not 1; make the probabilities sum to exactly 1",
    ),
    "negative prior": (
        N4.replace('"1/2", "1/2"]', '"3/2", "-1/2"]'),
        "game.states.prior: the probability -1/2 of state 'w2' is negative",
    ),
    "float prior": (
        N4.replace('"1/2", "1/2"]', "0.5, 0.5]"),
        "game.states.prior[0]: 0.5 is a float, which is not exact",
    ),
    "prior that explodes": (
        N4.replace('"1/2", "1/2"]', '"1/(3**64)**40", "1/(5**64)**27"]'),
        "game.states.prior: over their common denominator",
    ),
    "short row": (
        PD.replace("[5, 1]", "[5]"),
        "game.payoffs.row[1]: the list has length 1; write a list of 2, one entry for each action "
        "of 'col'",
    ),
    "missing row": (PD.replace(", [5, 1]", ""), "game.payoffs.row: the list has length 1"),
    "flat table": (PD.replace("[[3, 0], [5, 1]]", "[3, 0]"), "game.payoffs.row[0]: 3 is no list"),
    "table that is too deep": (
        PD.replace("[[3, 0]", "[[[3], 0]"),
        "game.payoffs.row[0][0]: [3] is not a number",
    ),
    "no table": (
        PD.replace("row = [[3, 0], [5, 1]]", ""),
        "game.payoffs: nothing is given for the p",
    ),
    "no tables at all": (
        PD.replace('row = [[3, 0], [5, 1]]\ncol = "symmetric"', ""),
        "game.payoffs: nothing is given for the player 'row'",
    ),
    "table of a stranger": (
        PD + "cal = [[1]]",
        "game.payoffs: there is no player 'cal'; did you m",
    ),
    "other word for a table": (
        PD.replace('"symmetric"', '"symetric"'),
        "game.payoffs.col: 'symetric' uses the name 'symetric', which is no player, value or "
        "parameter; did you mean 'symmetric'?",
    ),
    "symmetric twice": (
        PD.replace("[[3, 0], [5, 1]]", '"symmetric"'),
        'game.payoffs.row: "symmetric" is the transpose of the other player\'s square table',
    ),
    "symmetric among three": (
        TEAM.replace("y = [[[0, 0], [0, 0], [0, 0]], [[0, 0], [0, 0], [0, 0]]]", 'y = "symmetric"'),
        'game.payoffs.y: "symmetric" is the transpose',
    ),
    "symmetric and not square": (
        PD.replace('col = ["C", "D"]', 'col = ["C"]').replace("[[3, 0], [5, 1]]", "[[3], [5]]"),
        'game.payoffs.col: "symmetric" is the transpose',
    ),
    "players whose names could not be told apart in a list": (
        PD.replace('"row", "col"', '"a, b", " c", "it\'s", "red car"') + "zzz = 1",
        "game.actions: there is no player 'row'; choose from 'a, b', ' c', \"it's\", red car",
    ),
    "payoffs of several states at once": (
        PD.replace(
            "[game.payoffs]", "states = { names = ['a', 'b'], prior = [1, 0] }\n[game.payoffs]"
        ),
        "game.payoffs: there is no state 'row'; choose from a, b",
    ),
    "a list for a state": (
        N4[: N4.index("[game.payoffs.w1]")] + "[game.payoffs]\nw1 = [1]\nw2 = [1]",
        "game.payoffs.w1: each state has tables of its own; write them under [game.payoffs.w1]",
    ),
    "payoffs of a strange state": (
        PD.replace("[game.payoffs]", "[game.payoffs.w1]"),
        "game.payoffs: there is no state 'w1'; choose from s",
    ),
    "field with a name that needs quotes": (
        TEAM.replace('"Player 3" = [[[0', '"Player 3" = [[["x!"'),
        "game.payoffs.\"Player 3\"[0][0][0]: 'x!' is not an expression",
    ),
    "cooperative stranger": (
        N4.replace('row = ["B", "A"]', 'row = ["b"]'),
        "game.cooperative.row: there is no action 'b'; choose from A, B",
    ),
    "cooperative for one only": (
        N4.replace(', col = ["A"] }', " }"),
        "game.cooperative: nothing is given for the player 'col'",
    ),
    "table too large": (
        "[game]\nplayers = ['a', 'b']\n"
        f"actions = {{ a = {list(range(6000))}, b = {list(range(6000))} }}\n"
        "payoffs = { a = [], b = [] }",
        "game.payoffs: the payoff table would have 72,000,000 entries; at most",
    ),
    "too many players": (
        f"[game]\nplayers = {[f'p{i}' for i in range(31)]}\n"
        f"actions = {{ {', '.join(f'p{i} = [1]' for i in range(31))} }}\npayoffs = {{ }}",
        "game.payoffs: there are 31 players; at most 30 are supported",
    ),
    # Languages and contracts
    "nameless language": (PD + "[[language]]\nrecords = []", "language[0]: 'name' is missing"),
    "duplicate language": (
        PD + "[[language]]\nname = 'l'\n[[language]]\nname = 'l'",
        "language[1].name: 'l' is the name of an earlier language; give each",
    ),
    "partition that repeats a state": (
        N4 + "[[language]]\nname = 'l'\nstates = [['w1'], ['w1', 'w2']]",
        "language[0].states: the state 'w1' is listed twice; list each one in one group only",
    ),
    "partition with an unknown state": (
        N4 + "[[language]]\nname = 'l'\nstates = [['w1', 'w3']]",
        "language[0].states: there is no state 'w3'; choose from w1, w2",
    ),
    "partition with an unknown action": (
        N4 + "[[language]]\nname = 'l'\nactions = { row = [['C']] }",
        "language[0].actions.row: there is no action 'C'",
    ),
    "partition for a stranger": (
        N4 + "[[language]]\nname = 'l'\nactions = { Row = [['A']] }",
        "language[0].actions: there is no player 'Row'",
    ),
    "records and states": (
        N4 + "[[language]]\nname = 'l'\nrecords = []\nstates = []",
        "language[0].records: records exclude states and actions; keep either",
    ),
    "records and actions": (
        N4 + "[[language]]\nname = 'l'\nrecords = []\nactions = {}",
        "language[0].records: records exclude states and actions",
    ),
    "predicate with an unknown name": (
        N4 + "[[language]]\nname = 'l'\nrecords = ['row == col', 'rwo == 1']",
        "language[0].records[1]: there is no name 'rwo'; did you mean 'row'?",
    ),
    "predicate with an unquoted label": (
        N4 + "[[language]]\nname = 'l'\nrecords = ['row == A']",
        "language[0].records[0]: there is no name 'A'; choose from state, row, col (labels are "
        "quoted: 'A')",
    ),
    "predicate that adds labels": (
        N4 + "[[language]]\nname = 'l'\nrecords = ['row + col']",
        "language[0].records[0]: 'A' is not a number, so it cannot be used with +",
    ),
    "predicate that calls": (
        N4 + """[[language]]\nname = 'l'\nrecords = ["__import__('os')"]""",
        "language[0].records[0]: \"__import__('os')\" calls something",
    ),
    "directives on records": (
        PD + "[[language]]\nname = 'l'\nrecords = []\ncontracts = { kind = 'directive' }",
        "language[0].contracts.kind: a language given by records has no directives",
    ),
    "common directives on records": (
        PD + "[contracts]\nkind = 'directive'\n[[language]]\nname = 'l'\nrecords = []",
        "language[0].contracts.kind: a language given by records has no directives",
    ),
    "permissive transfers": (
        PD + "[contracts]\npermissive = true",
        "contracts.permissive: only directives can be permissive; leave it out, or write kind",
    ),
    "liability of directives": (
        PD + "[[language]]\nname = 'l'\ncontracts = { kind = 'directive', liability = 1 }",
        "language[0].contracts.liability: directives move no money",
    ),
    "liability of common directives": (
        PD + "[contracts]\nkind = 'directive'\nliability = 1",
        "contracts.liability: directives move no money",
    ),
    "negative liability": (
        PD + "[contracts]\nliability = '-1'",
        "contracts.liability: the liability bound -1 is negative; give a number",
    ),
    "other word for no liability": (
        PD + "[contracts]\nliability = 'inf'",
        "contracts.liability: 'inf' is not an exact number",
    ),
    # Prosociality and claims
    "negative level": (
        PD + "[prosociality]\nlambda = ['-1']",
        "prosociality.lambda[0]: -1 is negative; λ is at least 0",
    ),
    "single level": (PD + "[prosociality]\nlambda = '1'", "prosociality.lambda: '1' is not a list"),
    "level without a player": (
        PD + "[prosociality]\nlambda = ['1', { row = 1 }]",
        "prosociality.lambda[1]: nothing is given for the player 'col'",
    ),
    "level of a stranger": (
        PD + "[prosociality]\nlambda = [{ row = 1, col = 1, rov = 2 }]",
        "prosociality.lambda[0]: there is no player 'rov'; did you mean 'row'?",
    ),
    "float in a mixed level": (
        PD + "[prosociality]\nlambda = [{ row = 1, col = 1.5 }]",
        "prosociality.lambda[0].col: 1.5 is a float",
    ),
    "unknown claim": (
        PD + "[[claim]]\nid = 'gap-postive'",
        "claim[0].id: there is no claim 'gap-postive'; did you mean 'gap-positive'?",
    ),
    "claim that is a number": (
        PD + "[[claim]]\nid = 3",
        "claim[0].id: there is no claim 3; choose",
    ),
    "claim on an unknown language": (
        PD + "[[claim]]\nid = 'gap-zero'\nlanguage = 'complet'",
        "claim[0].language: there is no language 'complet'; did you mean 'complete'?",
    ),
    "claim without its value": (
        PD + "[[claim]]\nid = 'gap-at-least'",
        "claim[0]: the claim 'gap-at-least' needs 'value'; add value = …",
    ),
    "claim without its lambda": (
        PD + "[[claim]]\nid = 'closes'",
        "claim[0]: the claim 'closes' needs",
    ),
    "claim with a value too many": (
        PD + "[[claim]]\nid = 'gap-zero'\nvalue = 0",
        "claim[0].value: the claim 'gap-zero' takes no 'value'; leave it out",
    ),
    "claim with a lambda too many": (
        PD + "[[claim]]\nid = 'gap-zero'\nlambda = 0",
        "claim[0].lambda: the claim 'gap-zero' takes no 'lambda'",
    ),
    "claim with a language too many": (
        PD + "[[claim]]\nid = 'beneficial'\nlanguage = 'complete'",
        "claim[0].language: the claim 'beneficial' takes no 'language'",
    ),
    "claim on cooperation": (
        PD + "[[claim]]\nid = 'axiom-i'",
        "claim[0]: the claim 'axiom-i' is about cooperative actions, and the game names none; add",
    ),
    "profiles of several states at once": (
        N4 + "[[claim]]\nid = 'nash'\nprofiles = [['A', 'A']]",
        "claim[0].profiles: one list for several states; write { w1 = [[…]], … }",
    ),
    "profiles of a strange state": (
        PD + "[[claim]]\nid = 'nash'\nprofiles = { w1 = [] }",
        "claim[0].profiles: there is no state 'w1'; choose from s",
    ),
    "profiles of one state only": (
        N4 + "[[claim]]\nid = 'nash'\nprofiles = { w1 = [] }",
        "claim[0].profiles: nothing is said of the state 'w2'; add w2 = […]",
    ),
    "profile of one": (
        PD + "[[claim]]\nid = 'nash'\nprofiles = [['C']]",
        "claim[0].profiles.s[0]: the profile ['C'] has 1 actions; write one",
    ),
    "profile with an unknown action": (
        PD + "[[claim]]\nid = 'nash'\nprofiles = [['C', 'D'], ['C', 'E']]",
        "claim[0].profiles.s[1]: 'col' has no action 'E'; choose from C, D",
    ),
    "profile listed twice": (
        PD + "[[claim]]\nid = 'nash'\nprofiles = [['C', 'D'], ['C', 'D']]",
        "claim[0].profiles.s[1]: the profile ['C', 'D'] is listed twice",
    ),
    "profiles that are no lists": (
        PD + "[[claim]]\nid = 'nash'\nprofiles = ['C', 'D']",
        "claim[0].profiles[0]: 'C' is not a list",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_one_message_names_place_value_and_fix(case):
    text, message = BAD[case]
    assert message in refusal(text)


def test_every_claim_is_checked_for_its_fields():
    samples = {
        "value": "value = 1",
        "lambda": "lambda = 1",
        "language": "language = 'complete'",
        "profiles": "profiles = { w1 = [], w2 = [] }",
    }
    for claim, fields in CLAIM_FIELDS.items():
        allowed = fields.required | fields.optional
        text = f"{N4}\n[[claim]]\nid = '{claim}'\n"
        full = text + "\n".join(samples[name] for name in sorted(allowed))
        assert read(full).questions[0].id == claim
        for name in samples.keys() - allowed:
            assert f"takes no '{name}'" in refusal(f"{full}\n{samples[name]}")
        for name in fields.required:
            incomplete = "\n".join(samples[field] for field in sorted(allowed - {name}))
            assert f"needs '{name}'" in refusal(text + incomplete)


# Files


def test_a_file_is_read_and_named(tmp_path):
    path = tmp_path / "pd.toml"
    path.write_text("\ufeff" + PD, encoding="utf-8")
    assert load_listed(path).languages == read(PD).languages
    assert load(str(path)).origin == str(path)
    path.write_text(PD + "x = 1", encoding="utf-8")
    with pytest.raises(
        InputError, match=re.escape(f"{path}: game.payoffs: there is no player 'x'")
    ):
        load_listed(path)


def test_files_that_cannot_be_read(tmp_path):
    def refused(path, max_bytes=16 << 20):
        with pytest.raises(InputError) as error:
            read_text(path, max_bytes)
        assert error.value.fix
        return str(error.value)

    assert refused(tmp_path) == f"{tmp_path}: this is a directory; name a file"
    assert "there is no such file" in refused(tmp_path / "none.toml")
    assert "the file cannot be read: Not a directory" in refused(Path(__file__) / "x.toml")
    assert "this is no path" in refused(Path("a\0b.toml"))
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(200 << 20)
    assert f"{large}: the file has 209,715,200 bytes, more than the 16,777,216" in refused(large)
    text = tmp_path / "latin.toml"
    text.write_bytes("title = 'café'".encode("latin-1"))
    assert "byte 12 is not UTF-8; save the file as UTF-8 text" in refused(text)
    assert "has 14 bytes, more than the 13 that are read; raise --max-bytes" in refused(text, 13)


def test_a_device_is_read_up_to_the_limit():
    device = Path("/dev/zero")
    if not device.exists():
        pytest.skip("no /dev/zero here")
    with pytest.raises(InputError, match="the file has more than 1,000 bytes"):
        read_text(device, 1000)


def test_an_unreadable_file(tmp_path):
    path = tmp_path / "secret.toml"
    path.write_text(PD, encoding="utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("whoever runs the tests may read every file")
    with pytest.raises(InputError, match="the file cannot be read: Permission denied"):
        read_text(path)


def test_an_unreadable_file_seen_from_an_unprivileged_process(monkeypatch, tmp_path):
    path = tmp_path / "secret.toml"
    path.write_text(PD, encoding="utf-8")

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(InputError, match="the file cannot be read: Permission denied"):
        read_text(path)


# The gallery and the schema


def test_every_gallery_entry_loads():
    entries = gallery()
    slugs = [slug for slug, _, _ in entries]
    assert {"prisoners-dilemma", "stag-hunt", "n1", "n8"} <= set(slugs)
    assert slugs.index("n1") < slugs.index("n2") < slugs.index("n8")
    for slug, title, source in entries:
        spec = load(slug)
        assert (spec.title, spec.source) == (title, source)
        assert title
        assert source


def test_an_unknown_slug_is_refused():
    with pytest.raises(
        InputError, match="the gallery has no spec 'stag-hnt'; did you mean 'stag-hunt"
    ):
        load("stag-hnt")


@pytest.mark.parametrize("name", ["dir/none", "none.toml", "none.nfg", Path("none")])
def test_what_looks_like_a_file_is_one(name):
    with pytest.raises(InputError, match="there is no such file"):
        load(name)


def test_the_published_schema_is_current():
    published = Path(shape.__file__).with_name("spec.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == shape.schema(), "run python -m coopgap.theory.readers.shape"


def test_the_published_schema_of_groups_is_current():
    path = Path(group_shape.__file__).with_name("group-spec.schema.json")
    assert json.loads(path.read_text(encoding="utf-8")) == group_shape.schema()
    documents = [gallery_text(slug) for slug in ("cournot", "pasture")]
    for text in documents:
        jsonschema.validate(tomllib.loads(text), group_shape.schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(N4), group_shape.schema())


def test_the_published_schema_of_a_commons_is_current():
    path = Path(group_shape.__file__).with_name("commons-spec.schema.json")
    published = json.loads(path.read_text(encoding="utf-8"))
    assert published == commons_shape.schema(), "run python -m coopgap.theory.readers.commons_shape"
    for slug in ("fishing", "fishing-iid-seen", "fishing-regimes", "pond-regimes", "pollution"):
        jsonschema.validate(tomllib.loads(gallery_text(slug)), published)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(gallery_text("cournot")), published)
    bad = gallery_text("fishing-regimes").replace("window = 3", 'window = "three"')
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(bad), published)


def gallery_text(slug):
    return (
        Path(group_shape.__file__).parents[1].joinpath("gallery", f"{slug}.toml").read_text("utf-8")
    )


def test_the_schema_is_printed():
    command = [sys.executable, "-m", "coopgap.theory.readers.shape"]
    process = subprocess.run(command, capture_output=True, text=True, check=True)
    published = Path(shape.__file__).with_name("spec.schema.json").read_text(encoding="utf-8")
    assert process.stdout == published


# Whatever comes in, one kind of error comes out

NAMES = st.sampled_from(["row", "col", "A", "B", "w1", "s", "x y", "1", ""])
SCALARS = st.one_of(
    NAMES, st.integers(-3, 3), st.booleans(), st.floats(), st.sampled_from(["1/3", "R", "none"])
)
KEYS = st.sampled_from(
    [
        *("title", "game", "players", "actions", "states", "names", "prior", "payoffs", "language"),
        *("cooperative", "records", "contracts", "kind", "budget", "liability", "claim", "id"),
        *("lambda", "prosociality", "profiles", "value", "row", "col", "w1"),
        *("parameters", "assume", "let", "R"),
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


def toml(value):
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str | bool):
        return json.dumps(value)
    return repr(value)


@given(st.text())
@example("\ud800")
@example("a = 1e999999999")
def test_any_text_is_a_spec_or_an_input_error(text):
    with contextlib.suppress(InputError):
        read(text)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_document_is_a_spec_or_an_input_error(document):
    with contextlib.suppress(InputError):
        read("\n".join(f"{name} = {toml(value)}" for name, value in document.items()))


PLACES = [
    (("game", "players"), ["row", "col"]),
    (("game", "actions"), {"row": ["A", "B"], "col": ["A", "B"]}),
    (("game", "states"), {"names": ["s"], "prior": [1]}),
    (("game", "payoffs"), {"row": [[1, 2], [3, 4]], "col": "symmetric"}),
    (("game", "cooperative"), {"row": ["A"], "col": ["B"]}),
    (("language",), [{"name": "l", "records": ["row == col"]}]),
    (("contracts",), {"kind": "transfers", "budget": "free", "liability": "1/2"}),
    (("prosociality",), {"lambda": [0, {"row": 1, "col": 2}]}),
    (("claim",), [{"id": "nash", "profiles": [["A", "A"]]}]),
]


@given(st.sampled_from(PLACES), VALUES, st.data())
def test_a_spec_with_anything_in_one_place_is_one_or_an_input_error(place, value, data):
    document: dict[str, Any] = {"game": {}}
    for path, good in PLACES:
        parent = document["game"] if len(path) == 2 else document
        parent[path[-1]] = good
    path, good = place
    inner = data.draw(st.booleans()) if isinstance(good, dict) else False
    changed = {**good, data.draw(st.sampled_from(sorted(good))): value} if inner else value
    (document["game"] if len(path) == 2 else document)[path[-1]] = changed
    with contextlib.suppress(InputError):
        read("\n".join(f"{name} = {toml(field)}" for name, field in document.items()))


@pytest.mark.parametrize(
    ("predicate", "accepted"),
    [
        ("state == 'w2'", True),
        ("state == 'w7'", False),
        ("'w7' != state", False),
        ("not (state in ['w1', 'w8'])", False),
        ("row == '1.0' and state == 'w1'", True),
        ("row == 'typo'", False),
    ],
)
def test_a_label_that_a_name_never_takes_is_a_misspelling(predicate: str, accepted: bool) -> None:
    text = f"""
    [game]
    players = ["row"]
    actions = {{ row = [1, 2] }}
    states = {{ names = ["w1", "w2"], prior = ["1/2", "1/2"] }}
    [game.payoffs.w1]
    row = [0, 1]
    [game.payoffs.w2]
    row = [1, 0]
    [[language]]
    name = "l"
    records = ["{predicate}"]
    """
    if accepted:
        spec_from_text(text, "test")
    else:
        with pytest.raises(InputError, match=r"language\[0\]\.records\[0\].* is never "):
            spec_from_text(text, "test")
