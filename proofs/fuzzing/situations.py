"""Situations that conjectures are about, drawn by a plain fast sampler from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from math import prod
from random import Random

import numpy as np

from coopgap.theory.contracts import Budget, ContractClass, Directives, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import IntArray, integer_array
from coopgap.theory.information import Information
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    complete,
    from_values,
    join,
    record_table,
    renumbered,
    state_blind,
)


@dataclass(frozen=True)
class Situation:
    """A case of a conjecture: a game with languages, levels of λ and a class of contracts.

    finer: a language that refines ``language``. levels ≤ more: two λ per agent. payments: a
    contract of the class, as what each agent receives at each play, shaped like the payoffs; None
    where no conjecture speaks of one. information: what agents see; None if all see the state.
    """

    environment: Environment
    language: Language
    finer: Language
    contracts: ContractClass
    levels: tuple[Fraction, ...]
    more: tuple[Fraction, ...]
    payments: IntArray | None = None
    information: Information | None = None


@dataclass(frozen=True)
class Bounds:
    """The range of situations: least and largest numbers of agents, their actions, and states.

    Forms of languages (``state``, ``product``, ``record``); classes of contracts (None: any);
    whether one λ is common to all; the largest payoff; whether a contract is drawn too; whether
    agents see partitions of the states; whether they may refuse a mechanism, for outside options
    that are drawn.
    """

    agents: tuple[int, int] = (2, 2)
    actions: tuple[int, int] = (2, 2)
    states: tuple[int, int] = (1, 2)
    forms: tuple[str, ...] = ("state", "product", "record")
    contracts: tuple[ContractClass, ...] | None = None
    common: bool = False
    payoff: int = 4
    contract: bool = False
    information: bool = False
    participation: bool = False

    @property
    def writable(self) -> tuple[ContractClass, ...]:
        """The classes of contracts in the bounds that suit a language of one of the forms.

        Record languages carry no directives.
        """
        classes = self.contracts or _CLASSES
        if set(self.forms) != {"record"}:
            return classes
        return tuple(kind for kind in classes if not isinstance(kind, Directives))


def generator(seed: int, conjecture: str, case: int) -> Random:
    """The random generator of a case, a function of the arguments alone."""
    text = f"{seed}/{conjecture}/{case}"
    return Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]))


def situation(rng: Random, bounds: Bounds) -> Situation:
    """A situation within bounds: small ones, and ties among payoffs, are likely."""
    agents = _between(rng, bounds.agents)
    shape = tuple(_between(rng, bounds.actions) for _ in range(agents))
    game = _environment(rng, shape, _between(rng, bounds.states), bounds.payoff)
    contracts = rng.choice(bounds.writable)
    forms = [f for f in bounds.forms if f != "record" or not isinstance(contracts, Directives)]
    language = _language(rng, game, rng.choice(forms))
    finer = join(language, _language(rng, game, rng.choice(forms)), game)
    common = bounds.common or rng.random() < 0.5
    levels = _levels(rng, agents, common)
    step = _levels(rng, agents, common)
    more = tuple(level + up for level, up in zip(levels, step, strict=True))
    payments = _payments(rng, game, language, contracts, bounds.payoff) if bounds.contract else None
    case = Situation(game, language, finer, contracts, levels, more, payments)
    if bounds.participation and isinstance(contracts, Transfers):
        case = replace(case, contracts=replace(contracts, participation=_options(rng, agents)))
    if bounds.information:
        sight = [_partition(rng, len(game.states)) for _ in range(agents)]
        case = replace(case, information=Information(tuple(sight)))
    return case


_CLASSES: tuple[ContractClass, ...] = (
    Transfers(Budget.BALANCED),
    Transfers(Budget.FREE),
    Transfers(Budget.BURNT),
    Transfers(Budget.BALANCED, Fraction(1)),
    Transfers(Budget.BURNT, Fraction(1, 2)),
    Directives(),
    Directives(permissive=True),
)


def _between(rng: Random, bounds: tuple[int, int]) -> int:
    low, high = bounds
    return min(rng.randint(low, high), rng.randint(low, high))


def _environment(rng: Random, shape: Sequence[int], states: int, largest: int) -> Environment:
    bound = rng.choice((1, 2, largest))
    count = len(shape) * states * prod(shape)
    payoffs = rng.choices(range(-bound, bound + 1), k=count)
    weights = rng.choices((1, 2, 3), k=states)
    return numbered_game(shape, [Fraction(weight, sum(weights)) for weight in weights], payoffs)


def numbered_game(
    shape: Sequence[int], prior: Sequence[Fraction], payoffs: Sequence[int]
) -> Environment:
    """A game with the plainest names and integer payoffs in utils.

    payoffs: in the order of agents, states and profiles. shape: each agent's number of actions.
    """
    return Environment(
        players=tuple(f"p{i + 1}" for i in range(len(shape))),
        actions=tuple(("A", "B", "C", "D", "E", "F")[:size] for size in shape),
        states=tuple(f"w{s + 1}" for s in range(len(prior))),
        prior=tuple(prior),
        payoffs=integer_array(payoffs, (len(shape), len(prior), *shape)),
    )


def _language(rng: Random, game: Environment, form: str) -> Language:
    if form == "state":
        cells = _partition(rng, len(game.states))
        return ProductLanguage(cells, complete(game).classes)
    if form == "product":
        cells = _partition(rng, len(game.states))
        return ProductLanguage(cells, tuple(_partition(rng, size) for size in game.shape))
    if rng.random() < 0.3:
        return state_blind(game)
    shape = (len(game.states), *game.shape)
    kinds = rng.choice((2, 3, prod(shape)))
    values = rng.choices(range(kinds), k=prod(shape))
    return from_values(values, [f"record {value}" for value in values], shape)


def _payments(
    rng: Random, game: Environment, language: Language, rules: ContractClass, largest: int
) -> IntArray:
    """A contract of transfers: whole numbers at each record, many of them 0."""
    table = record_table(language, game)
    by_record = [_paid(rng, len(game.players), rules, largest) for _ in range(int(table.max()) + 1)]
    return np.moveaxis(np.array(by_record, dtype=np.int64)[table], -1, 0)


def _paid(rng: Random, agents: int, rules: ContractClass, largest: int) -> list[int]:
    """The transfers at a record, within the budget and the liability bound."""
    if rng.random() < 0.5 or not isinstance(rules, Transfers):
        return [0] * agents
    least = -largest if rules.liability is None else -min(largest, int(rules.liability))
    paid = [rng.randint(least, largest) for _ in range(agents)]
    if rules.budget is not Budget.FREE:
        # Whoever comes first gives what the others receive, as far as the bound lets them.
        over = sum(paid)
        for agent in range(agents):
            payment = min(over, paid[agent] - least) if over > 0 else 0
            paid[agent] -= payment
            over -= payment
        if rules.budget is Budget.BALANCED:
            paid[rng.randrange(agents)] -= over
    return paid


def _options(rng: Random, agents: int) -> tuple[Fraction, ...]:
    """Outside options: often 0, else small."""
    return tuple(Fraction(rng.choice((0, 0, 0, -1, 1))) for _ in range(agents))


def _partition(rng: Random, size: int) -> tuple[int, ...]:
    return renumbered(rng.randrange(size) for _ in range(size))


def _levels(rng: Random, agents: int, common: bool) -> tuple[Fraction, ...]:
    def level() -> Fraction:
        return Fraction(rng.choice((0, 0, 1, 2, 3)), rng.choice((1, 2, 3)))

    return (level(),) * agents if common else tuple(level() for _ in range(agents))


def strides(shape: Sequence[int]) -> list[int]:
    """The strides of agents' actions among profiles, the last agent's action varying fastest."""
    return [*accumulate(reversed(shape[1:]), int.__mul__, initial=1)][::-1]
