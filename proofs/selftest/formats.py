"""Valid games by hand, for mutations: in the formats of other tools, and by formulas."""

from __future__ import annotations


def nfg() -> tuple[bytes, ...]:
    """Both variants of .nfg files, with strategies counted and named."""
    payoffs = b'NFG 1 R "PD" { "Row" "Col" } { 2 2 }\n\n3 3 0 5 5 0 1/2 0.25\n'
    named = b'NFG 1 D "BoS" { "A" "B" }\n{ { "x" "y" } { "l" "r" "m" } }\n"a comment"\n'
    cells = b"2 1 0 0 1 2 0 0 -1 4 1e1 7\n"
    outcomes = (
        b'NFG 1 R "three" { "1" "2" "3" }\n{ { "a" "b" } { "c" "d" } { "e" } }\n""\n'
        b'{\n{ "one" 1, 2, 3 }\n{ "two" -1/3 0.5, 4 }\n}\n1 2 0 1\n'
    )
    return payoffs, named + cells, outcomes


def efg() -> tuple[bytes, ...]:
    """Extensive games: reduced strategies, chance that is observed, and chance that is not."""
    head = b'EFG 2 R "t" { "A" "B" }\n'
    reduced = (
        b'"a comment"\np "" 1 1 "" { "in" "out" } 0\np "" 2 1 "" { "l" "r" } 0\n'
        b'p "" 1 2 "again" { "x" "y" } 0\nt "" 1 "one" { 1, 2 }\nt "" 2 "" { 3, 1/2 }\n'
        b't "" 3 "" { 5, 6. }\nt "" 1\n'
    )
    chance = b'c "" 1 "" { "sun" 1/3 "rain" 2/3 } 0\n'
    observed = (
        b'p "" 1 1 "" { "x" "y" } 0\nt "" 1 "" { 1, 0 }\nt "" 2 "" { 2, 1 }\n'
        b'p "" 1 2 "" { "x" "y" } 0\nt "" 3 "" { 3, 0 }\nt "" 4 "" { 4, 1 }\n'
    )
    unseen = (
        b'p "" 1 1 "" { "x" "y" } 1 "" { 3, 0 }\nt "" 5 "" { 5, -.5 }\nt "" 0\n'
        b'p "" 1 1 1\nt "" 2 "" { 2, 2 }\nt "" 0\n'
    )
    return head + reduced, head + chance + observed, head + chance + unseen


def gam() -> tuple[bytes, ...]:
    """.gam files of two and of three players."""
    two = b"# by hand\n2\n2 2\n\n3 5 0 1\n3 0 5 1\n"
    three = b"3\n2 1 2\n1 2 3 4\n-1 1/2 .5 5.\n0 0 1e1 2\n"
    return two, three


def json() -> tuple[bytes, ...]:
    """Payoff tables, and specs of a game and of a family, in JSON."""
    table = b'{"payoffs": [[[3, 3], [0, "5"]], [["10/2", 0], [1, 1]]]}'
    named = (
        b'{"title": "t", "players": ["ann", "bob"], "actions": [["x"], ["l", "r"]],'
        b' "payoffs": [[[1, -2], ["1/3", 0]]]}'
    )
    game = (
        b'{"players": ["1", "2"], "actions": {"1": ["C", "D"], "2": ["C", "D"]},'
        b' "payoffs": {"1": [[3, "-L"], [5, 1]], "2": "symmetric"}}'
    )
    family = b'{"parameters": {"names": ["L"], "assume": ["L > 0"]}, "game": ' + game + b"}"
    return table, named, b'{"game": ' + game.replace(b"-L", b"-1") + b"}", family


def yaml() -> tuple[bytes, ...]:
    """Payoff tables in YAML, by lines and in brackets."""
    lines = b"title: t\nplayers: [ann, bob]\npayoffs:\n- [[3, 3], [0, 5]]\n- [[5, 0], [1, '1/2']]\n"
    return lines, *json()


def columns() -> tuple[bytes, ...]:
    """Maps of the columns of other layouts: renamed, and made of several."""
    renamed = b'id = "a"\nformal_game = "b"\nactions_row = "c"\n1_1_payoff = "d"\n'
    several = (
        b'actions_row = ["a", "b"]\nactions_column = ["c", "d"]\n1_1_payoff = ["a", "b"]\n'
        b'1_2_payoff = ["c", "d"]\nactions_row_4x4 = ["a", "b", "c", "d"]\n'
    )
    return renamed, several, b'target_nash_equilibria = "d"\n'


def formulas() -> tuple[bytes, ...]:
    """Specs whose payoffs are formulas: of actions, of values by state, of parameters."""
    team = b"""[game]
players = ["ann", "bob"]
actions = { ann = [0, 1, 2], bob = "0..2" }
[game.payoffs]
ann = "2*(ann + bob) - 3*ann"
bob = "max(2*total - 3*own, -1/2) + 6*(total >= 3 and own != 1)"
[[language]]
name = "output"
records = ["ann + bob", "ann >= 1"]
"""
    weather = b"""[game]
players = ["ann", "bob"]
actions = { ann = ["work", "rest"], bob = ["work", "rest"] }
states = { names = ["sun", "rain"], prior = ["1/3", "2/3"] }
[game.values]
sun = { crop = "3/2" }
rain = { crop = 1 }
[game.payoffs]
ann = "crop*((ann == 'work') + (bob == 'work')) - (ann == 'work')"
bob = "crop*(bob == 'work')**2 + (state == 'rain')/4"
[[language]]
name = "blind"
states = [["sun", "rain"]]
"""
    family = b"""[parameters]
names = ["r", "e"]
assume = ["3 > r > 1", "e > 0"]
let = { share = "r*e/2" }
[game]
players = ["1", "2"]
actions = { 1 = [0, 1], 2 = [0, 1] }
[game.payoffs]
1 = "share*total - e*own"
2 = "share*total - e*own + (own >= 1)*(total == 2)/3"
"""
    return team, weather, family
