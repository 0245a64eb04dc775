"""The worst equilibria under the contract of a report, against the definitions."""

from __future__ import annotations

from fractions import Fraction

import brute_force
import numpy as np
import pytest
from random_environments import BASE_SEED, random_case

from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.games import GameFinder
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.questions.obligations import BestSelection, Reached, Setting
from coopgap.theory.contracts import NoContract, Transfers
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import NamedLanguage, Specification

CASES = 150


def stable(drawn: Setting, reached: Reached) -> dict[int, list[tuple[int, ...]]]:
    """The pure equilibria under what is paid, or among the classes that the selection uses."""
    game, language = brute_force.game_of(drawn.environment), drawn.language
    assert language is not None
    if not isinstance(drawn.contracts, Transfers):
        assert isinstance(language, ProductLanguage)
        found = {}
        for cell in brute_force.cells(drawn.environment, language):
            allowed = []
            for i in game.agents:
                used = {language.classes[i][reached.selection[w][i]] for w in cell}
                allowed.append({a for a in game.actions[i] if language.classes[i][a] in used})
            selfish = brute_force.selfish(drawn.environment)
            for w in cell:
                found[w] = brute_force.restricted_nash(drawn.environment, w, allowed, selfish)
        return found
    amounts = reached.contract.amounts()

    def paid(i: int, w: int, a: tuple[int, ...]) -> Fraction:
        record = int(language.records(np.array([w]), np.array([a]))[0])
        none = [Fraction(0)] * len(drawn.environment.players)
        return game.payoff[i, w, a] + amounts.get(record, none)[i]

    return {
        w: [
            a
            for a in game.profiles
            if all(
                paid(i, w, a) >= paid(i, w, brute_force.replaced(a, i, b))
                for i in game.agents
                for b in game.actions[i]
            )
        ]
        for w in game.states
    }


@pytest.mark.parametrize("first", [BASE_SEED], ids=str)
def test_the_worst_equilibria_are_those_of_the_definitions(first: int):
    told, worse = 0, 0
    with Worker(None) as worker:
        for seed in range(first, first + CASES):
            drawn = random_case(seed).setting
            if drawn.language is None or isinstance(drawn.contracts, NoContract):
                continue
            game = brute_force.game_of(drawn.environment)
            named = NamedLanguage("L", drawn.language, drawn.contracts)
            specification = Specification(drawn.environment, (named,))
            finder = GameFinder(Findings(specification, worker, lambda _: None))
            found = finder.findings.value("L", finder.selfish)
            if not isinstance(found, BestSelection) or found.best is None:
                continue
            equilibria = stable(drawn, found.best)
            assert all(found.best.selection[w] in equilibria[w] for w in game.states)
            wanted = sum(
                game.prior[w] * min(game.welfare[w, a] for a in equilibria[w]) for w in game.states
            )
            optimum, _ = brute_force.first_best(drawn.environment)
            assert finder.worst(named) == (wanted, optimum - wanted), seed
            told, worse = told + 1, worse + (wanted < found.welfare)
    assert told > 50
    assert worse > 10
