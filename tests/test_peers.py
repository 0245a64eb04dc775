"""coopgap and its peers asked the same: where they differ coopgap is right."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from coopgap.main import run
from proofs.fuzzing import peers
from proofs.fuzzing.peers import STATEMENTS, compare
from theory.readers.spec import spec_from_text

SKIPPED = {"pygambit enumpure", "pygambit enummixed", "pygambit lcp"}


def without_gambit() -> list[peers.Statement]:
    return [
        replace(
            each, peers={name: side for name, side in each.peers.items() if name not in SKIPPED}
        )
        for each in STATEMENTS
    ]


def test_coopgap_is_right():
    found = compare(15, seed=1, statements=without_gambit())
    assert len(found) == 10
    assert all(each.cases == 15 for each in found)
    assert {each.right for each in found} <= {None, "coopgap"}
    exact = [each for each in found if each.peer in ("brute force", "z3")]
    assert [each.disagreements for each in exact] == [0] * len(exact)


def test_floats_lose_equilibria():
    """nashpy's support enumeration leaves out equilibria of degenerate games, and says so."""
    statement = next(each for each in STATEMENTS if each.id == "extreme equilibria")
    name = "nashpy support enumeration"
    only = replace(statement, peers={name: statement.peers[name]})
    (found,) = compare(40, statements=[only])
    assert found.disagreements > 0
    assert found.right == "coopgap"
    assert found.why is not None
    assert "misses" in found.why
    assert found.example is not None
    assert spec_from_text(found.example, "example")


def planted(answer: Any, statement: str = "pure equilibria") -> peers.Statement:
    chosen = next(each for each in STATEMENTS if each.id == statement)
    return replace(chosen, peers={"planted": lambda _: answer})


@pytest.mark.parametrize(
    ("statement", "answer", "why"),
    [
        ("pure equilibria", frozenset({(9, 9)}), "lists 1 that are none of them"),
        ("extreme equilibria", frozenset(), "misses 4 of 4 equilibria"),
        ("some equilibrium", "finds no equilibrium", "finds no equilibrium"),
        ("some equilibrium", frozenset({((), ())}), "lists 1 that are no equilibria"),
        ("dominance", 7, "says 7"),
        ("implementability", 7, "says 7"),
    ],
)
def test_a_wrong_peer_is_told(statement: str, answer: Any, why: str):
    (found,) = compare(3, statements=[planted(answer, statement)])
    assert (found.disagreements, found.right) == (3, "coopgap")
    assert found.why is not None
    assert why in found.why


def test_a_peer_that_breaks_is_told():
    chosen = next(each for each in STATEMENTS if each.id == "pure equilibria")

    def breaks(_: object) -> Any:
        raise ArithmeticError

    (found,) = compare(2, statements=[replace(chosen, peers={"planted": breaks})])
    assert (found.right, found.why) == ("coopgap", "planted raises ArithmeticError")


def test_a_mistake_of_ours_is_told():
    chosen = next(each for each in STATEMENTS if each.id == "pure equilibria")
    truth = chosen.peers["brute force"]
    wrong = replace(chosen, ours=lambda _: frozenset({(9,)}), peers={"brute force": truth})
    (found,) = compare(2, statements=[wrong])
    assert found.right == "brute force"
    neither = replace(wrong, peers={"planted": lambda _: frozenset()})
    (found,) = compare(30, statements=[neither])
    assert found.right in ("neither", "planted")


def test_absent_peers_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers, "find_spec", lambda _: None)
    told: list[str] = []
    found = compare(1, progress=told.append)
    assert len(told) == len(found)
    skipped = {each.peer: each.skipped for each in found if each.skipped}
    assert skipped["nashpy vertex enumeration"] == "nashpy is not installed"
    assert skipped["pygambit lcp"] == "pygambit is not installed"
    assert "brute force" not in skipped


def test_extreme_equilibria_by_definition():
    pennies = replace(
        peers._drawn(STATEMENTS[1], 0, 0),
        environment=spec_from_text(
            '[game]\nplayers = ["a", "b"]\nactions = {a = ["H", "T"], b = ["H", "T"]}\n'
            "[game.payoffs]\na = [[1, -1], [-1, 1]]\nb = [[-1, 1], [1, -1]]\n"
            '[[language]]\nname = "L"\n',
            "pennies",
        ).environment,
    )
    half = (Fraction(1, 2), Fraction(1, 2))
    assert peers._mixed_by_definition(pennies) == {(half, half)}


def test_gambit_agrees():
    pytest.importorskip("pygambit", reason="pygambit (extra gambit) is not installed")
    found = [each for each in compare(10) if each.peer in SKIPPED]
    assert {each.right for each in found} <= {None, "coopgap"}


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Any):
    with pytest.raises(SystemExit) as ended:
        run(["fuzz", "--peers", "--cases", "4", "--json", "--keep", str(tmp_path)])
    assert ended.value.code == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "coopgap.fuzz-peers/1"
    assert len(document["comparisons"]) == sum(len(each.peers) for each in STATEMENTS)
    with pytest.raises(SystemExit):
        run(["fuzz", "--peers", "--cases", "2"])
    assert "brute force" in capsys.readouterr().out
