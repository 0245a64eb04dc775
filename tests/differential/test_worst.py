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


def stable(setting: Setting, reached: Reached) -> dict[int, list[tuple[int, ...]]]:
    """The pure equilibria under what is paid, or among the classes that the selection uses."""
    game, language = brute_force.game_of(setting.environment), setting.language
    assert language is not None
    if not isinstance(setting.contracts, Transfers):
        assert isinstance(language, ProductLanguage)
        equilibria = {}
        for cell in brute_force.cells(setting.environment, language):
            allowed = []
            for i in game.agents:
                used = {language.classes[i][reached.selection[w][i]] for w in cell}
                allowed.append({a for a in game.actions[i] if language.classes[i][a] in used})
            selfish = brute_force.selfish(setting.environment)
            for w in cell:
                equilibria[w] = brute_force.restricted_nash(
                    setting.environment, w, allowed, selfish
                )
        return equilibria
    amounts = reached.contract.amounts()

    def paid(i: int, w: int, a: tuple[int, ...]) -> Fraction:
        record = int(language.records(np.array([w]), np.array([a]))[0])
        none = [Fraction(0)] * len(setting.environment.players)
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
    compared, worse = 0, 0
    with Worker(None) as worker:
        for seed in range(first, first + CASES):
            setting = random_case(seed).setting
            if setting.language is None or isinstance(setting.contracts, NoContract):
                continue
            game = brute_force.game_of(setting.environment)
            named = NamedLanguage("L", setting.language, setting.contracts)
            specification = Specification(setting.environment, (named,))
            finder = GameFinder(Findings(specification, worker, lambda _: None))
            answer = finder.findings.value("L", finder.selfish)
            if not isinstance(answer, BestSelection) or answer.best is None:
                continue
            equilibria = stable(setting, answer.best)
            assert all(answer.best.selection[w] in equilibria[w] for w in game.states)
            expected = sum(
                game.prior[w] * min(game.welfare[w, a] for a in equilibria[w]) for w in game.states
            )
            optimum, _ = brute_force.first_best(setting.environment)
            assert finder.worst(named) == (expected, optimum - expected), seed
            compared, worse = compared + 1, worse + (expected < answer.welfare)
    assert compared > 50
    assert worse > 10
