"""Games in the formats of other tools, and what is said about those that cannot be read."""

from __future__ import annotations

import io
import itertools
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from random_environments import BASE_SEED

from coopgap.games import Game
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.readers.efg import efg_from_text
from coopgap.theory.readers.load import load
from coopgap.theory.specification import Specification

PD = [[[3, 3], [0, 5]], [[5, 0], [1, 1]]]


def game(path: Path, text: str) -> Environment:
    path.write_text(text, encoding="utf-8")
    specification = load(path)
    assert isinstance(specification, Specification)
    return specification.environment


def payoffs(environment: Environment) -> list[object]:
    """By state and profile: each player's payoff."""
    table = environment.payoffs.astype(object) * Fraction(1, environment.denominator)
    shaped: list[object] = np.moveaxis(table, 0, -1).tolist()
    return shaped


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pd.gam", "# by hand\n2\n2 2\n\n3 5 0 1\n3 0 5 1\n"),
        ("pd.json", '{"payoffs": [[[3, 3], [0, "5"]], [["10/2", 0], [1, 1]]]}'),
        ("pd.yaml", "payoffs:\n- [[3, 3], [0, 5]]\n- [[5, 0], [1, 1]]\n"),
        ("pd.nfg", 'NFG 1 R "" { "1" "2" } { 2 2 } 3. 3 5. .0 0 5 1 1.0'),
        (
            "pd.json",
            '{"game": {"players": ["1", "2"], "actions": {"1": [1, 2], "2": [1, 2]}, '
            '"payoffs": {"1": [[3, 0], [5, 1]], "2": "symmetric"}}}',
        ),
    ],
)
def test_the_prisoners_dilemma_in_every_format(tmp_path: Path, name: str, text: str):
    environment = game(tmp_path / name, text)
    assert environment.players == ("1", "2")
    assert environment.actions == (("1", "2"), ("1", "2"))
    assert payoffs(environment) == [PD]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.gam", "2\n2 2\n1 2 3", "line 3: there are 3 payoffs instead of 8"),
        ("x.gam", "2\n2 2\n1 2 3 4 5 6 7 8 9", "line 3: expected the end of the file, found '9'"),
        ("x.gam", "0\n", "line 1: expected a number of players, found '0'"),
        ("x.gam", "2\n2 2\n1 2 3 4 5 6 7 x", "line 3: 'x' is not an exact number"),
        (
            "x.json",
            '{"payoffs": [[[3, 3], [0, 5.5]], [[5, 0], [1, 1]]]}',
            "payoffs[0][1][1]: 5.5 is",
        ),
        (
            "x.json",
            '{"payoffs": [[[3, 3], [0, 5]], [[5, 0]]]}',
            ": payoffs[1]: the list has length 1",
        ),
        (
            "x.json",
            '{"payoffs": [[[3, 3]]], "actions": [["C", "C"], ["D"]]}',
            ": actions[0]: 'C' is",
        ),
        ("x.json", '{"payoffs": [[[3, 3], [0, NaN]]]}', "NaN is no exact number"),
        ("x.json", '{"payoffs": [[3, 3], [0, 5]]}', "nested 2 deep"),
        ("x.json", '{"payoffs": {"row": [1]}}', "payoffs: {'row': [1]} is no list"),
        ("x.json", '{"payoffs": [[[1, 1]]], "players": {}}', "players: {} is no list"),
        ("x.json", '{"payoffs": [[[3, 3], [0]], [[5, 0], [1, 1]]]}', "lists too few payoffs"),
        ("x.json", '{"payoffs": 1, "payoffs": 2}', "the key 'payoffs' stands twice"),
        ("x.json", '{"payofs": []}', "there is no key 'payofs'; did you mean 'payoffs'?"),
        ("x.json", "[1, 2]", "this describes no game"),
        ("x.json", "{", "this is not JSON"),
        ("x.json", '{"payoffs": [], "title": "\\ud800"}', r"'\ud800' is half a character"),
        ("x.json", '{"\\ud800": []}', r"'\ud800' is half a character"),
        ("x.yaml", 'title: "\\uD800"', r"'\ud800' is half a character"),
        ("x.json", "[" * 100_000, "nested too deeply"),
        ("x.yaml", "payoffs: &x [*x]", "there is a reference (*)"),
        ("x.yaml", "payoffs: [1", "in line 1, column 10: payoffs: [1"),
        ("x.yaml", "a: 1\na: 2", "the key 'a' stands twice"),
        ("x.yaml", "payoffs: !!python/object:x.y {}", "this is not YAML"),
        ("x.agg", "", "an action graph game (.agg) is not read; convert it to .nfg"),
        ("x.csv", "id", "of which coopgap audit and predict take every row for a game, (.csv)"),
        ("x.xlsx", "PK", "a spreadsheet (.xlsx) is not read; write the payoffs as a .toml"),
        ("x.bagg", "", "a Bayesian action graph game (.bagg) is not read"),
        ("x.nfg", 'NFG 1 R "t" { "A" "B" } { 1 1 } np.float64(1.0) 2', "'np.float64(1.0)' is not"),
    ],
)
def test_what_is_wrong_is_said_in_the_files_words(
    tmp_path: Path, name: str, text: str, message: str
):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load(path)
    assert message in str(refused.value)
    assert name in str(refused.value)


def test_the_small_files_that_failed(shared: Path):
    cases = shared / "data" / "cases"
    for name in ("small.efg", "pd.gam", "trailing-point.nfg"):
        assert load(cases / name)
    with pytest.raises(InputError, match=r"'np\.float64\(1\.0\)' is not an exact number"):
        load(cases / "numpy-repr.nfg")


# --- extensive games ------------------------------------------------------------------------------

HEAD = 'EFG 2 R "t" { "A" "B" }\n'


def read(text: str) -> Environment:
    return efg_from_text(HEAD + text, "x.efg").environment


def test_strategies_are_reduced():
    # After `out` nothing is left to decide.
    environment = read(
        """
        p "" 1 1 "" { "in" "out" } 0
        p "" 2 1 "" { "l" "r" } 0
        p "" 1 2 "" { "x" "y" } 0
        t "" 1 "" { 1, 2 }
        t "" 2 "" { 3, 4 }
        t "" 3 "" { 5, 6 }
        t "" 4 "" { 7, 8 }
        """
    )
    assert environment.actions == (("in, x", "in, y", "out, *"), ("l", "r"))
    assert payoffs(environment) == [[[[1, 2], [5, 6]], [[3, 4], [5, 6]], [[7, 8], [7, 8]]]]


CHANCE = 'c "" 1 "" { "sun" 1/3 "rain" 2/3 } 0\n'


def test_chance_that_all_observe_is_a_state():
    moves = 'p "" 1 {0} "" {{ "x" "y" }} 0\nt "" {1} "" {{ {1}, 0 }}\nt "" {2} "" {{ {2}, 1 }}\n'
    environment = read(CHANCE + moves.format(1, 1, 2) + moves.format(2, 3, 4))
    assert environment.states == ("sun", "rain")
    assert environment.prior == (Fraction(1, 3), Fraction(2, 3))
    assert payoffs(environment) == [[[[1, 0]], [[2, 1]]], [[[3, 0]], [[4, 1]]]]


def test_chance_that_somebody_does_not_observe_is_expected():
    moves = 'p "" 1 1 "" {{ "x" "y" }} 1 "" {{ 3, 0 }}\nt "" {0} "" {{ {0}, 0 }}\nt "" 0\n'
    environment = read(CHANCE + moves.format(5) + moves.format(2))
    assert environment.states == ("s",)
    # 3 for the node, then 5/3 + 2 · 2/3 or nothing.
    assert payoffs(environment) == [[[[6, 0]], [[3, 0]]]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('p "" 3 1 "" { "x" } 0', "there is no player 3"),
        ('p "" 1 1 "" 0', "expected the moves of the information set"),
        ('c "" 1 "" { "x" 1/2 "y" 1/3 } 0', "1/2, 1/3 are no distribution"),
        ('t "" 1 "" { 1 }', "the outcome pays 1 players instead of 2"),
        ('t "" 1', "outcome '1' has no payoffs"),
        ('t "" 0\nt "" 0', "line 3: expected the end of the file"),
        ('p "" 1 1 "" { "x" } 0', "expected c or p or t, found the end of the file"),
        (
            'p "" 1 1 "" { "x" "y" } 0\nt "" 0\np "" 1 1 "" { "x" } 0\nt "" 0',
            "information set 1 has 1 moves here and 2 elsewhere",
        ),
        ('p "" 1 1 "" { } 0', "information set 1 has no moves"),
        (
            'c "" 1 "" { "x" 1/2 "y" 1/2 } 0\nc "" 1 "" { "x" 1/3 "y" 2/3 } 0\n' + 't "" 0\n' * 3,
            "chance moves otherwise elsewhere in information set 1",
        ),
        (
            'p "" 1 1 "" { "x" "y" } 0\nt "" 1 "" { 1, 2 }\nt "" 1 "" { 2, 1 }',
            "line 4: outcome 1 pays otherwise elsewhere",
        ),
        (
            "".join(f'p "" 1 {k} "" {{ "x" "y" }} 0\nt "" 0\n' for k in range(1, 2000)),
            "the tree is too deep; at most 256 moves are followed",
        ),
    ],
)
def test_trees_that_are_wrong(text: str, message: str):
    with pytest.raises(InputError) as refused:
        read(text)
    assert message in str(refused.value)
    assert "x.efg" in str(refused.value)


def test_too_many_strategies_are_refused():
    nodes, number = [], itertools.count(1)
    nodes.append('c "" 1 "" { ' + " ".join(f'"{k}" 1/13' for k in range(13)) + " } 0")
    for _ in range(13):
        nodes.append(f'p "" 1 {next(number)} "" {{ "x" "y" }} 0\nt "" 0\nt "" 0')
    # Observed by A alone: B moves before.
    tree = 'p "" 2 1 "" { "l" } 0\n' + "\n".join(nodes)
    with pytest.raises(InputError, match="player 1 has more than 4,096 reduced strategies"):
        read(tree)


def drawn_tree(rng: Random) -> str:
    """A tree in which information sets gather nodes of one player with as many moves."""
    count = itertools.count(1)

    def node(depth: int) -> str:
        if depth == 0 or rng.random() < 0.2:
            return f't "" {next(count)} "" {{ {rng.randint(-5, 5)}, {rng.randint(-5, 5)} }}\n'
        moves = rng.randint(1, 2)
        names = [f'"{k}"' for k in range(moves)]
        if rng.random() < 0.3:
            shares = " ".join(f"{name} 1/{moves}" for name in names)
            return f'c "" {moves} "" {{ {shares} }} 0\n' + "".join(
                node(depth - 1) for _ in range(moves)
            )
        player, number = rng.randint(1, 2), 2 * rng.randint(1, 2) + moves
        head = f'p "" {player} {number} "" {{ {" ".join(names)} }} 0\n'
        return head + "".join(node(depth - 1) for _ in range(moves))

    return node(4)


def played(tokens: list[list[str]], plan: dict[tuple[int, int], int]) -> tuple[Fraction, Fraction]:
    """The expected payoffs of a plan for all information sets, by walking through the tree."""
    kind, *words = tokens.pop(0)
    if kind == "t":
        return Fraction(words[0]), Fraction(words[1])
    player, number, moves = map(int, words)
    below = [played(tokens, plan) for _ in range(moves)]
    if kind == "c":
        return sum(x for x, _ in below) / Fraction(moves), sum(y for _, y in below) / Fraction(
            moves
        )
    return below[plan[player, number]]


def test_the_reduced_form_has_the_outcomes_of_all_plans():
    rng = Random(BASE_SEED)
    for _ in range(200):
        text = drawn_tree(rng)
        lines = text.splitlines()
        tokens, sets = [], dict[tuple[int, int], int]()
        for line in lines:
            words = line.replace(",", " ").split()
            if words[0] == "t":
                tokens.append(["t", words[4 + 1], words[6]])
            elif words[0] == "c":
                moves = line.count("1/")
                tokens.append(["c", "0", words[2], str(moves)])
            else:
                moves = line.count('"') // 2 - 2
                sets[int(words[2]), int(words[3])] = moves
                tokens.append(["p", words[2], words[3], str(moves)])
        environment = read(text)
        if len(environment.states) > 1:
            continue
        expected = {
            played([list(token) for token in tokens], dict(zip(sets, plan, strict=True)))
            for plan in itertools.product(*map(range, sets.values()))
        }
        table = np.moveaxis(environment.payoffs[:, 0], 0, -1).reshape(-1, 2).tolist()
        outcomes = {tuple(Fraction(x, environment.denominator) for x in row) for row in table}
        assert outcomes == expected, text


def payoff_vectors(environment: Environment) -> list[tuple[Fraction, ...]]:
    """Each profile's payoffs, sorted: strategies are ordered and named differently by Gambit."""
    table = np.moveaxis(environment.payoffs[:, 0], 0, -1).reshape(-1, len(environment.players))
    return sorted(
        tuple(Fraction(x, environment.denominator) for x in row) for row in table.tolist()
    )


def test_gambit_reduces_the_same_strategies():
    gambit = pytest.importorskip("pygambit", reason="pygambit (extra gambit) is not installed")
    rng, compared = Random(BASE_SEED), 0
    for _ in range(100):
        tree = HEAD + drawn_tree(rng)
        environment = efg_from_text(tree, "x.efg").environment
        if len(environment.states) > 1:
            continue
        peer = gambit.read_efg(io.BytesIO(tree.encode()))
        theirs = Game.from_pygambit(peer).specification
        assert isinstance(theirs, Specification)
        assert payoff_vectors(environment) == payoff_vectors(theirs.environment), tree
        compared += 1
    assert compared > 20
