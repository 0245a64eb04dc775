"""Counterexamples shrunk greedily, one simplification at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any, TypeVar

import numpy as np

from coopgap.proofs.fuzzing.situations import Situation
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import IntArray, integer_array
from coopgap.theory.information import Information
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    blind,
    complete,
    from_values,
    record_table,
    refines,
    renumbered,
    state_blind,
)

_T = TypeVar("_T")


def smallest(situation: Situation, fails: Callable[[Situation], bool]) -> Situation:
    """A situation that still fails, but after no further simplification.

    Simplifications: fewer agents, states and actions, coarser or plainer languages, plainer λ and
    priors, agents who see the state, payoffs and outside options nearer 0.
    """
    while True:
        size = _size(situation)
        for simpler in _simpler(situation):
            if _size(simpler) < size and fails(simpler):
                situation = simpler
                break
        else:
            return situation


def _size(situation: Situation) -> tuple[Any, ...]:
    """The size of a situation, which every simplification reduces."""
    game = situation.environment
    levels = (*situation.levels, *situation.more)
    return (
        len(game.players),
        len(game.states),
        sum(game.shape),
        situation.finer is not situation.language,
        _rank(situation.language, game) + _rank(situation.finer, game),
        len({*game.prior}),
        sum(level.numerator + level.denominator for level in levels),
        sum(len(own) - len({*own}) for own in _sight(situation)),
        sum(map(abs, _options(situation))),
        int(np.abs(game.payoffs).sum()),
        0 if situation.payments is None else int(np.abs(situation.payments).sum()),
    )


def _rank(language: Language, game: Environment) -> int:
    if not isinstance(language, ProductLanguage):
        return 4
    plain = (complete(game), state_blind(game), blind(game))
    return plain.index(language) if language in plain else 3


def _simpler(situation: Situation) -> Iterator[Situation]:
    game = situation.environment
    # With an agent the money that it gives or takes would go.
    if len(game.players) > 1 and situation.payments is None:
        for agent, size in enumerate(game.shape):
            for action in range(size):
                yield _without_agent(situation, agent, action)
    if len(game.states) > 1:
        for state in range(len(game.states)):
            yield _restricted_to(situation, 0, [k for k in range(len(game.states)) if k != state])
    for agent, size in enumerate(game.shape):
        for action in range(size) if size > 1 else ():
            yield _restricted_to(situation, agent + 1, [k for k in range(size) if k != action])
    yield from (simpler for simpler in _simpler_languages(situation) if _is_writable(simpler))
    yield from _smaller_payments(situation)
    yield from _finer_information(situation)
    yield from _simpler_numbers(situation)


def _sight(situation: Situation) -> tuple[tuple[int, ...], ...]:
    return () if situation.information is None else situation.information.cells


def _options(situation: Situation) -> tuple[Fraction, ...]:
    contracts = situation.contracts
    return (isinstance(contracts, Transfers) and contracts.participation) or ()


def _finer_information(situation: Situation) -> Iterator[Situation]:
    """An agent that sees the state, or one of its cells in full; and options nearer 0."""
    cells = _sight(situation)
    for agent, own in enumerate(cells):
        for state in range(len(own)):
            if own.count(own[state]) > 1:
                alone = renumbered([-1 if s == state else c for s, c in enumerate(own)])
                information = Information((*cells[:agent], alone, *cells[agent + 1 :]))
                yield replace(situation, information=information)
    for agent, option in enumerate(_options(situation)):
        if option:
            less = (*_options(situation)[:agent], Fraction(0), *_options(situation)[agent + 1 :])
            yield _with_options(situation, less)


def _with_options(situation: Situation, options: tuple[Fraction, ...]) -> Situation:
    assert isinstance(situation.contracts, Transfers)
    contracts = replace(situation.contracts, participation=options)
    return replace(situation, contracts=contracts)


def _is_writable(situation: Situation) -> bool:
    """Whether the contract pays alike at plays that leave the same record."""
    if situation.payments is None:
        return True
    game = situation.environment
    table = record_table(situation.language, game).ravel().tolist()
    paid = situation.payments.reshape(len(game.players), -1).T.tolist()
    pairs = {(record, *amounts) for record, amounts in zip(table, paid, strict=True)}
    return len(pairs) == len(set(table))


def _smaller_payments(situation: Situation) -> Iterator[Situation]:
    """The contract without its transfers at a record."""
    if situation.payments is None:
        return
    table = record_table(situation.language, situation.environment)
    for record in range(int(table.max()) + 1):
        yield replace(situation, payments=np.where(table == record, 0, situation.payments))


def _restricted_to(situation: Situation, axis: int, indices: Sequence[int]) -> Situation:
    """A game with only some states (axis 0) or some actions of an agent (from axis 1 on)."""
    game = situation.environment
    payoffs = np.take(game.payoffs, indices, axis=axis + 1)
    paid = situation.payments
    if axis == 0:
        mass = sum(game.prior[k] for k in indices)
        smaller = replace(
            game,
            states=tuple(game.states[k] for k in indices),
            prior=tuple(game.prior[k] / mass for k in indices),
            payoffs=payoffs,
        )
    else:
        actions = list(game.actions)
        actions[axis - 1] = tuple(actions[axis - 1][k] for k in indices)
        smaller = replace(game, actions=tuple(actions), payoffs=payoffs, cooperative=None)
    return replace(
        situation,
        environment=smaller,
        language=_restricted(situation.language, game, axis, indices),
        finer=_restricted(situation.finer, game, axis, indices),
        payments=None if paid is None else np.take(paid, indices, axis=axis + 1),
        information=_information_among(situation, indices) if axis == 0 else situation.information,
    )


def _information_among(situation: Situation, indices: Sequence[int]) -> Information | None:
    """What agents see of some states only."""
    if situation.information is None:
        return None
    return Information(tuple(renumbered([own[k] for k in indices]) for own in _sight(situation)))


def _restricted(
    language: Language, game: Environment, axis: int, indices: Sequence[int]
) -> Language:
    if isinstance(language, ProductLanguage):
        axes = [language.cells, *language.classes]
        axes[axis] = renumbered([axes[axis][k] for k in indices])
        return ProductLanguage(axes[0], tuple(axes[1:]))
    return _of_table(np.take(record_table(language, game), indices, axis=axis))


def _without_agent(situation: Situation, agent: int, action: int) -> Situation:
    """The game of the others when the agent's action is fixed."""
    game = situation.environment
    payoffs = np.delete(np.take(game.payoffs, action, axis=agent + 2), agent, axis=0)
    smaller = replace(
        game,
        players=_dropped(game.players, agent),
        actions=_dropped(game.actions, agent),
        payoffs=payoffs,
        cooperative=None,
    )

    def restricted(language: Language) -> Language:
        if isinstance(language, ProductLanguage):
            return ProductLanguage(language.cells, _dropped(language.classes, agent))
        return _of_table(np.take(record_table(language, game), action, axis=agent + 1))

    fewer = replace(
        situation,
        environment=smaller,
        language=restricted(situation.language),
        finer=restricted(situation.finer),
        levels=_dropped(situation.levels, agent),
        more=_dropped(situation.more, agent),
    )
    if _options(situation):
        fewer = _with_options(fewer, _dropped(_options(situation), agent))
    if situation.information is not None:
        fewer = replace(fewer, information=Information(_dropped(_sight(situation), agent)))
    return fewer


def _simpler_languages(situation: Situation) -> Iterator[Situation]:
    game = situation.environment
    plain = (complete(game), state_blind(game), blind(game))
    if situation.finer is not situation.language:
        yield replace(situation, finer=situation.language)
    if not _among(situation.finer, plain):
        for language in plain:
            if refines(language, situation.language, game):
                yield replace(situation, finer=language)
    if not _among(situation.language, plain):
        for language in plain:
            if refines(situation.finer, language, game):
                yield replace(situation, language=language)


def _among(language: Language, plain: Sequence[ProductLanguage]) -> bool:
    return isinstance(language, ProductLanguage) and language in plain


def _simpler_numbers(situation: Situation) -> Iterator[Situation]:
    game = situation.environment
    uniform = (Fraction(1, len(game.states)),) * len(game.states)
    if game.prior != uniform:
        yield replace(situation, environment=replace(game, prior=uniform))
    for value in (Fraction(0), Fraction(1)):
        for agent, level in enumerate(situation.levels):
            if level > value:
                levels = _with(situation.levels, agent, value)
                yield replace(situation, levels=levels)
        for agent, level in enumerate(situation.more):
            least = max(value, situation.levels[agent])
            if level > least:
                yield replace(situation, more=_with(situation.more, agent, least))
    for table in _smaller_tables(game.payoffs):
        yield replace(situation, environment=replace(game, payoffs=table))


def _smaller_tables(payoffs: IntArray) -> Iterator[IntArray]:
    """Payoffs nearer 0: all at once, one at a time, and two of a play whose sum stays fixed."""
    for bound in (1, 2):
        yield payoffs.clip(-bound, bound)
    yield (np.abs(payoffs) // 2) * np.sign(payoffs)
    flat = payoffs.ravel().tolist()
    for place, payoff in enumerate(flat):
        for nearer in dict.fromkeys((0, int(payoff / 2), payoff - (payoff > 0) + (payoff < 0))):
            if abs(nearer) < abs(payoff):
                yield integer_array([*flat[:place], nearer, *flat[place + 1 :]], payoffs.shape)
    plays = payoffs[0].size
    for first, second in combinations(range(len(flat)), 2):
        if first % plays == second % plays and flat[first] * flat[second] < 0:
            for step in dict.fromkeys((min(abs(flat[first]), abs(flat[second])), 1)):
                moved = list(flat)
                moved[first] -= step if flat[first] > 0 else -step
                moved[second] -= step if flat[second] > 0 else -step
                yield integer_array(moved, payoffs.shape)


def _with(levels: tuple[Fraction, ...], agent: int, value: Fraction) -> tuple[Fraction, ...]:
    """The levels with one changed; a common λ stays common."""
    if len({*levels}) == 1:
        return (value,) * len(levels)
    return (*levels[:agent], value, *levels[agent + 1 :])


def _dropped(values: tuple[_T, ...], place: int) -> tuple[_T, ...]:
    return (*values[:place], *values[place + 1 :])


def _of_table(table: Any) -> Language:
    values = table.ravel().tolist()
    return from_values(values, [f"record {value}" for value in values], table.shape)
