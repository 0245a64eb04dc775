"""The situations that a conjecture is tried on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from coopgap.proofs.fuzzing.situations import Bounds as SituationBounds
from coopgap.proofs.fuzzing.situations import Situation
from coopgap.proofs.fuzzing.strategies.contracts import Contract, contracts
from coopgap.proofs.fuzzing.strategies.drawing import RATIONAL, simplest_first
from coopgap.proofs.fuzzing.strategies.games import environments
from coopgap.proofs.fuzzing.strategies.languages import languages
from coopgap.theory.contracts import (
    ContractClass,
    Directives,
    TransferContract,
    Transfers,
    with_transfers,
)
from coopgap.theory.environments import Environment
from coopgap.theory.exact import IntArray
from coopgap.theory.information import Information
from coopgap.theory.languages import (
    Language,
    join,
    renumbered,
)


def situations(bounds: SituationBounds) -> SearchStrategy[Situation]:
    """The situations within a conjecture's bounds, as campaigns draw them.

    They shrink as their parts do. Raises InputError if the games are too large to draw.
    """
    games = environments(
        agents=bounds.agents,
        actions=bounds.actions,
        states=bounds.states,
        payoffs=range(-bounds.payoff, bounds.payoff + 1),
    )
    return _situations(games, bounds)


_FORMS_OF = {"state": "states", "product": "product", "record": "records"}
"""The forms of languages by the names that bounds give them."""


@st.composite
def _situations(
    draw: DrawFn, games: SearchStrategy[Environment], bounds: SituationBounds
) -> Situation:
    game = draw(games)
    rules = draw(st.sampled_from(bounds.writable))
    directive = isinstance(rules, Directives)
    forms = [_FORMS_OF[form] for form in bounds.forms if form != "record" or not directive]
    language = draw(languages(game, forms))
    # The join stays within the forms, which are closed under it.
    finer = join(language, draw(languages(game, forms)), game)
    agents = len(game.players)
    level = st.sampled_from(simplest_first(RATIONAL, "levels"))
    profile = level.map(lambda number: (number,) * agents)
    if not bounds.common:
        profile |= st.tuples(*[level] * agents)
    levels, steps = draw(profile), draw(profile)
    more = tuple(lower + step for lower, step in zip(levels, steps, strict=True))
    payments = None
    if bounds.contract:
        payments = draw(_payments(game, language, rules))
    situation = Situation(game, language, finer, rules, levels, more, payments)
    if bounds.participation and isinstance(rules, Transfers):
        options = draw(st.tuples(*[st.sampled_from((0, 1, -1)).map(Fraction)] * agents))
        situation = replace(situation, contracts=replace(rules, participation=options))
    if bounds.information:
        cells = draw(st.tuples(*[_sight(len(game.states))] * agents))
        situation = replace(situation, information=Information(cells))
    return situation


def _sight(states: int) -> SearchStrategy[tuple[int, ...]]:
    """Partitions of the states, by the number of each one's cell; shrink to the states."""
    cells = st.tuples(*(st.integers(0, k).map(k.__sub__) for k in range(states)))
    return cells.map(renumbered)


def _payments(
    game: Environment, language: Language, rules: ContractClass
) -> SearchStrategy[IntArray]:
    """A contract of whole numbers, as what each agent receives at each play."""
    nothing = np.zeros_like(game.payoffs)
    if not isinstance(rules, Transfers):
        return st.just(nothing)

    def received(contract: Contract) -> IntArray:
        assert isinstance(contract, TransferContract)
        faced = with_transfers(game, contract)
        whole = faced.denominator == game.denominator
        return np.asarray(faced.payoffs - game.payoffs) if whole else nothing

    return contracts(game, language, rules).map(received)
