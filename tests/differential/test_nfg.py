"""Gambit's .nfg files: our reading against the format's definition and against Gambit itself."""

import contextlib
import io
import itertools
import re
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coopgap.theory.contracts import Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.readers.load import load
from coopgap.theory.readers.nfg import nfg_from_text, read_nfg


def read(text):
    return nfg_from_text(text, "x.nfg")


def payoffs(spec):
    """The payoffs of each player at every profile, by labels."""
    game = spec.environment
    return {
        game.labels(profile): tuple(
            Fraction(int(game.payoffs[(player, 0, *profile)]), game.denominator)
            for player in range(len(game.players))
        )
        for profile in itertools.product(*(range(count) for count in game.shape))
    }


def test_the_payoff_variant():
    spec = read('NFG 1 R "A title" { "P1" "P2" } { 2 3 }\n\n1 2 3 4 5 6\n7 8 9 10 11 12\n')
    assert spec.title == "A title"
    assert spec.origin == "x.nfg"
    assert spec.environment.players == ("P1", "P2")
    assert spec.environment.actions == (("1", "2"), ("1", "2", "3"))
    # Player 1's strategy varies fastest.
    assert payoffs(spec)["2", "1"] == (3, 4)
    assert payoffs(spec)["1", "3"] == (9, 10)
    assert spec.environment.payoffs.flags.c_contiguous


def test_the_outcome_variant():
    spec = read(
        'NFG 1 D "t" { "P1" "P2" } { { "a" "b" } { "c" "d" } } "A \\"comment\\""\n'
        '{ { "first" 1, -2 } { "" 1/2 .25 } }\n1 2 0 1'
    )
    assert payoffs(spec) == {
        ("a", "c"): (1, -2),
        ("b", "c"): (Fraction(1, 2), Fraction(1, 4)),
        ("a", "d"): (0, 0),
        ("b", "d"): (1, -2),
    }


def test_a_file_gets_the_defaults():
    spec = read('NFG 1 R "t" { "P1" } { 2 } 1 2')
    (language,) = spec.languages
    assert (language.name, language.contracts) == ("complete", Transfers())
    assert language.language == ProductLanguage((0,), ((0, 1),))
    assert (spec.source, spec.levels, spec.questions) == ("", (), ())
    assert spec.environment.states == ("s",)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+3", 3),
        ("-3/6", Fraction(-1, 2)),
        ("0.25", Fraction(1, 4)),
        ("-.5", Fraction(-1, 2)),
        ("25e-2", Fraction(1, 4)),
        ("1.5E+1", 15),
        ("12345678901234567890", 12345678901234567890),
    ],
)
def test_numbers_are_exact(text, number):
    assert payoffs(read(f'NFG 1 R "t" {{ "P" }} {{ 1 }} {text}')) == {("1",): (number,)}


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        ('"a" "b"', ("a", "b")),
        ('"" ""', ("_1", "_2")),
        ('"" "a"', ("_1", "a")),
        ('"x" "x" "x_1"', ("x_2", "x_3", "x_1")),
        ('"say \\"no\\"" "a\\b"', ('say "no"', "a\\b")),
    ],
)
def test_names_are_told_apart(names, labels):
    numbers = "1 " * len(labels)
    spec = read(f'NFG 1 R "t" {{ "P" }} {{ {{ {names} }} }} {numbers}')
    assert spec.environment.actions == (labels,)
    numbers = "1 " * len(labels)
    spec = read(f'NFG 1 R "t" {{ {names} }} {{ {numbers} }} {numbers}')
    assert spec.environment.players == labels


HEAD = 'NFG 1 R "t" { "P1" "P2" }'

BAD = {
    "empty file": ("", "line 1: expected NFG, found the end of the file; a .nfg file reads: NFG 1"),
    "another format": ("EFG 2 R", "line 1: expected NFG, found 'EFG'"),
    "another version": ("NFG\n2 R", "line 2: expected 1, found '2'"),
    "another data type": ("NFG 1 X", "line 1: expected R or D, found 'X'"),
    "no title": ("NFG 1 R { }", "expected a title in quotes, found '{'"),
    "unclosed title": ('NFG 1 R "t', "expected a title in quotes, found '\"'"),
    "unquoted players": ('NFG 1 R "t" { P1 }', "expected a player's name in quotes, found 'P1'"),
    "no players": ('NFG 1 R "t" { } { }', "expected a player's name in quotes, found '}'"),
    "unclosed players": ('NFG 1 R "t" { "P1"', "a player's name in quotes, found the end of the"),
    "too few counts": (HEAD + "{ 2 } 1 2 3 4", "expected a number of strategies, found '}'"),
    "too many counts": (HEAD + "{ 2 2 2 }", "expected }, found '2'"),
    "count that is none": (HEAD + "{ 0 2 }", "expected a number of strategies, found '0'"),
    "count with a sign": (HEAD + "{ -1 2 }", "expected a number of strategies, found '-1'"),
    "player without strategies": (HEAD + "{ { } {", "expected a strategy's name in quotes, found"),
    "names and counts": (HEAD + '{ { "a" } 2 }', "expected {, found '2'"),
    "too few payoffs": (
        HEAD + "{ 2 2 }\n1 2 3 4 5 6 7",
        "line 2: there are 7 payoffs instead of 8",
    ),
    "no payoffs": (HEAD + "{ 2 2 }", "the payoffs of 4 profiles are missing"),
    "too many payoffs": (
        HEAD + "{ 1 1 }\n1 2\n3",
        "line 3: expected the end of the file, found '3'",
    ),
    "payoff that is no number": (HEAD + "{ 1 1 }\n1\nx", "line 3: 'x' is not an exact number"),
    "NaN": (HEAD + "{ 1 1 } nan 1", "'nan' is not an exact number"),
    "division by zero": (HEAD + "{ 1 1 } 1/0 1", "'1/0' divides by zero"),
    "long number": (HEAD + "{ 1 1 } 1 " + "9" * 5000, "has 5000 characters"),
    "explosion": (
        HEAD + f"{{ 1 2 }} 1/{3**800} 1/{5**550} 1/{7**450} 1/{11**380}",
        "over their common denominator the numbers are too large",
    ),
    "table too large": (HEAD + "{ 99999 99999 } 1", "payoff table would have 19,999,600,002 entr"),
    "many strategies in a small file": (HEAD + "{ 9999999 1 } 1", "9,999,999 profiles are missing"),
    "many players": (
        'NFG 1 R "t" {' + '"" ' * 31 + "} {" + "1 " * 31 + "}" + "1 " * 31,
        "there are 31 players; at most 30 are supported",
    ),
    "outcome without name": (
        HEAD + "{ 1 1 } { { 1 2 } } 1",
        "expected an outcome's name in quotes",
    ),
    "outcome with few payoffs": (HEAD + '{ 1 1 } { { "" 1 } } 1', "'}' is not an exact number"),
    "outcome with many payoffs": (HEAD + '{ 1 1 } { { "" 1 2 3 } } 1', "expected }, found '3'"),
    "unknown outcome": (HEAD + '{ 1 1 } { { "" 1 2 } } 2', "an outcome from 0 to 1, found '2'"),
    "too few outcomes": (HEAD + '{ 1 2 } { { "" 1 2 } } 1', "there are 1 outcomes instead of 2"),
    "too many outcomes": (HEAD + '{ 1 1 } { { "" 1 2 } } 1 1', "expected the end of the file"),
}


@pytest.mark.parametrize("case", BAD)
def test_one_message_names_line_and_fix(case):
    text, message = BAD[case]
    with pytest.raises(InputError) as error:
        read(text)
    assert re.match(r"x\.nfg: line \d+: ", str(error.value))
    assert message in str(error.value)
    assert error.value.fix


def test_a_file_is_read_and_named(tmp_path):
    path = tmp_path / "pd.nfg"
    path.write_text('NFG 1 R "t" { "P" } { 2 } 1 2', encoding="utf-8")
    assert payoffs(load(path)) == payoffs(load(str(path))) == payoffs(read_nfg(path))
    with pytest.raises(InputError, match="has 29 bytes, more than the 3 that are read"):
        load(path, 3)
    with path.open("wb") as file:
        file.truncate(200 << 20)
    with pytest.raises(InputError, match=f"{path}: the file has 209,715,200 bytes"):
        load(path)


# Against Gambit

NUMBERS = st.one_of(
    st.integers(-9, 9).map(str),
    st.fractions(-9, 9, max_denominator=9).map(str),
    st.decimals(-9, 9, places=2).map(str),
    st.sampled_from(["2e1", "-1.5e-1", ".5", "-.25"]),
)
NAMES = st.sampled_from(["a", "b", "b c", "", "1", 'say "no"'])


def quoted(name):
    return '"' + name.replace('"', '\\"') + '"'


@st.composite
def files(draw):
    """Games in .nfg format: both variants, strategies counted or named."""
    players = draw(st.lists(NAMES, min_size=1, max_size=3))
    names = [draw(st.lists(NAMES, min_size=1, max_size=3)) for _ in players]
    profiles = 1
    for of_player in names:
        profiles *= len(of_player)
    if draw(st.booleans()):
        strategies = " ".join(str(len(of_player)) for of_player in names)
    else:
        lists = (" ".join(map(quoted, of_player)) for of_player in names)
        strategies = " ".join(f"{{ {of_player} }}" for of_player in lists)

    def numbers(size, separator=" "):
        return separator.join(draw(st.lists(NUMBERS, min_size=size, max_size=size)))

    if draw(st.booleans()):
        body = numbers(profiles * len(players))
    else:
        count = draw(st.integers(1, 4))
        separator = draw(st.sampled_from([" ", ", "]))
        listed = (f'{{ "" {numbers(len(players), separator)} }}' for _ in range(count))
        chosen = draw(st.lists(st.integers(0, count), min_size=profiles, max_size=profiles))
        body = f"{{ {' '.join(listed)} }}\n{' '.join(map(str, chosen))}"
    comment = draw(st.sampled_from(["", '"a comment"', '"{ 1 }"']))
    labels = " ".join(map(quoted, players))
    return f'NFG 1 R "t" {{ {labels} }}\n{{ {strategies} }}\n{comment}\n{body}\n'


@pytest.mark.deep
@given(files())
def test_gambit_reads_the_same_game(text):
    gambit = pytest.importorskip("pygambit", reason="pygambit (extra gambit) is not installed")
    game = gambit.read_nfg(io.BytesIO(text.encode()))
    spec = read(text)
    assert spec.environment.players == tuple(player.label for player in game.players)
    for player, labels in zip(game.players, spec.environment.actions, strict=True):
        assert labels == tuple(strategy.label for strategy in player.strategies)
    for labels, expected in payoffs(spec).items():
        outcome = game[labels]
        numbers = (Fraction(str(outcome[player])) if outcome else 0 for player in game.players)
        assert tuple(numbers) == expected


@pytest.mark.deep
@given(files())
def test_what_gambit_writes_reads_back(text):
    gambit = pytest.importorskip("pygambit", reason="pygambit (extra gambit) is not installed")
    written = gambit.read_nfg(io.BytesIO(text.encode())).to_nfg()
    assert payoffs(read(written)) == payoffs(read(text))


FRAGMENTS = st.sampled_from(
    ["NFG", "1", "R", "{", "}", '"', '"a"', ",", "2", "-", "\\", ".", "1/0"]
)


@given(st.one_of(st.text(), st.lists(FRAGMENTS).map(" ".join), st.lists(FRAGMENTS).map("".join)))
@example("\ud800")
def test_any_text_is_a_game_or_an_input_error(text):
    for start in ("", 'NFG 1 R "t" { "a" } { 2 }', 'NFG 1 R "t" { "a" } '):
        with contextlib.suppress(InputError):
            read(start + text)


@given(files(), st.data())
def test_a_damaged_file_is_a_game_or_an_input_error(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    with contextlib.suppress(InputError):
        read(text[:start] + data.draw(st.sampled_from(["", "{", "}", '"', "9", " "])) + text[end:])
