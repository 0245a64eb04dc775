"""coopgap and its peers asked the same: where they differ coopgap is right."""

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from games import game_from_text

from coopgap.main import run
from coopgap.proofs.selftest import arbiter, equilibrium_peers, peers
from coopgap.proofs.selftest.peer_statements import Statement, gambit_game, payoff_tables
from coopgap.proofs.selftest.peers import STATEMENTS, compare
from coopgap.theory.readers.spec import spec_from_text

SKIPPED = {"pygambit enumpure", "pygambit enummixed", "pygambit lcp", "pygambit supports"}


def without_gambit() -> list[Statement]:
    return [
        replace(
            statement,
            peers={name: side for name, side in statement.peers.items() if name not in SKIPPED},
        )
        for statement in STATEMENTS
    ]


def test_coopgap_is_right():
    comparisons = compare(8, seed=1, statements=without_gambit())
    assert len(comparisons) == 14
    assert all(comparison.cases == 8 for comparison in comparisons)
    assert all(comparison.wrong == 0 for comparison in comparisons)
    assert {comparison.right for comparison in comparisons} <= {None, "coopgap"}
    exact = [comparison for comparison in comparisons if comparison.peer in ("brute force", "z3")]
    assert [comparison.disagreements for comparison in exact] == [0] * len(exact)


def test_floats_lose_equilibria():
    """nashpy's support enumeration leaves out equilibria of degenerate games, and says so."""
    statement = next(candidate for candidate in STATEMENTS if candidate.id == "extreme equilibria")
    name = "nashpy support enumeration, shifted"
    only = replace(statement, peers={name: statement.peers[name]})
    (comparison,) = compare(12, statements=[only])
    assert comparison.disagreements > 0
    assert comparison.right == "coopgap"
    assert comparison.why is not None
    assert "misses" in comparison.why
    assert comparison.example is not None
    assert spec_from_text(comparison.example, "example")


def planted(answer: Any, statement: str = "pure equilibria") -> Statement:
    chosen = next(candidate for candidate in STATEMENTS if candidate.id == statement)
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
    (comparison,) = compare(3, statements=[planted(answer, statement)])
    assert (comparison.disagreements, comparison.right) == (3, "coopgap")
    assert comparison.why is not None
    assert why in comparison.why


def test_a_peer_that_breaks_is_told():
    chosen = next(candidate for candidate in STATEMENTS if candidate.id == "pure equilibria")

    def breaks(_: object) -> Any:
        raise ArithmeticError

    (comparison,) = compare(2, statements=[replace(chosen, peers={"planted": breaks})])
    assert (comparison.right, comparison.why) == ("coopgap", "planted raises ArithmeticError")


def test_a_mistake_of_ours_is_told():
    chosen = next(candidate for candidate in STATEMENTS if candidate.id == "pure equilibria")
    truth = chosen.peers["brute force"]
    wrong = replace(chosen, ours=lambda _: frozenset({(9,)}), peers={"brute force": truth})
    (comparison,) = compare(2, statements=[wrong])
    assert (comparison.right, comparison.wrong) == ("brute force", 2)
    neither = replace(wrong, peers={"planted": lambda _: frozenset()})
    (comparison,) = compare(30, statements=[neither])
    assert comparison.right in ("neither", "planted")


def test_absent_peers_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers, "find_spec", lambda _: None)
    messages: list[str] = []
    comparisons = compare(1, progress=messages.append)
    assert len(messages) == len(comparisons)
    skipped = {
        comparison.peer: comparison.skipped for comparison in comparisons if comparison.skipped
    }
    assert skipped["nashpy vertex enumeration, shifted"] == "nashpy is not installed"
    assert skipped["pygambit lcp"] == "pygambit is not installed"
    assert "brute force" not in skipped


@pytest.mark.deep
def test_gambit_agrees():
    """On games with small payoffs, in every answer."""
    pytest.importorskip("pygambit", reason="pygambit (extra gambit) is not installed")
    compared = 0
    for statement in STATEMENTS:
        for name in SKIPPED & statement.peers.keys():
            for number in range(12):
                case = peers._case(statement, 3, number)
                if abs(case.environment.payoffs).max() < 10:
                    compared += 1
                    answer = peers._answer(statement.peers[name], case)
                    assert statement.judge(case, answer) == ""
    assert compared > 30


def of(payoffs: list[list[list[int]]]) -> Any:
    """The game of two agents with these tables."""
    tables = "".join(f"{name} = {table}\n" for name, table in zip("ab", payoffs, strict=True))
    rows, columns = len(payoffs[0]), len(payoffs[0][0])
    actions = f"a = {list(range(rows))}, b = {list(range(columns))}"
    return game_from_text(
        f'[game]\nplayers = ["a", "b"]\nactions = {{{actions}}}\n[game.payoffs]\n{tables}', "game"
    ).environment


@pytest.mark.deep
def test_gambit_is_given_the_game_exactly():
    """Its rational methods fail from about 2³¹ on, though the numbers that it holds are right."""
    pytest.importorskip("pygambit", reason="pygambit (extra gambit) is not installed")
    case = peers._case(STATEMENTS[1], 0, 0)
    for payoff, fails in ((10**9, False), (2**31 - 1, True)):
        large = replace(case, environment=of([[[0, 0], [0, 0]], [[0, 0], [0, payoff]]]))
        game = gambit_game(payoff_tables(large))
        assert game["2", "2"]["2"] == payoff
        equilibria = equilibrium_peers._mixed_by_gambit(large)
        assert (equilibria != arbiter.extreme_equilibria(arbiter.table(large.environment))) is fails


def test_the_arbiter_judges():
    half = (Fraction(1, 2), Fraction(1, 2))
    pennies = arbiter.table(of([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]))
    assert arbiter.pure_equilibria(pennies) == frozenset()
    assert arbiter.extreme_equilibria(pennies) == {(half, half)}
    assert not arbiter.is_equilibrium(pennies, [half])
    assert not arbiter.is_equilibrium(pennies, [half, (Fraction(1), Fraction(1))])
    assert not arbiter.is_equilibrium(pennies, [half, (Fraction(1),)])
    dilemma = arbiter.table(of([[[3, 0], [5, 1]], [[3, 5], [0, 1]]]))
    assert arbiter.pure_equilibria(dilemma) == {(1, 1)}
    assert arbiter.defections_dominated(dilemma, [[1], [1]])
    assert not arbiter.defections_dominated(dilemma, [[0], [1]])


def test_the_arbiter_counts_levels():
    """λ = 2 makes cooperating dominate in the dilemma: u + 2W is 15, 10; 15, 5 against 15, 10."""
    game = of([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    raised = arbiter.table(game, (Fraction(2), Fraction(2)))
    assert raised.payoffs[0] == {(0, 0): 15, (0, 1): 10, (1, 0): 15, (1, 1): 5}


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Any):
    with pytest.raises(SystemExit) as ended:
        run(["fuzz", "--peers", "--cases", "4", "--json", "--keep", str(tmp_path)])
    assert ended.value.code == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "coopgap.fuzz-peers/1"
    assert len(document["comparisons"]) == sum(len(statement.peers) for statement in STATEMENTS)
    with pytest.raises(SystemExit):
        run(["fuzz", "--peers", "--cases", "2"])
    assert "brute force" in capsys.readouterr().out
