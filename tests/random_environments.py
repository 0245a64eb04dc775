"""Small random environments, languages, contract classes and λ profiles, from plain seeds.

Small enough for brute force, odd enough to hurt: payoffs that tie, are constant, fractional or of
size 10^30 (Python integers instead of int64), states without probability, agents without a choice,
agents that are alone.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from coopgap.proofs.questions.obligations import Levels, Setting
from coopgap.theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment, Profile, environment
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    blind,
    complete,
    from_values,
    state_blind,
)

BASE_SEED = int(os.environ.get("COOPGAP_SEED", "20260508"))
"""Where the seeds of a run start; COOPGAP_SEED gives another run."""

HUGE = 10**30

SHAPES = (
    [(2, 2)] * 6
    + [(2, 3), (3, 2), (2, 2, 2)]
    + [(3, 3), (1, 2), (3, 1), (2, 1, 2), (1, 1), (2,), (3,), (1,)]
)


@dataclass(frozen=True)
class Case:
    """A seed and what it gives: a setting and levels to ask about, and a selection."""

    seed: int
    setting: Setting
    levels: Levels
    selection: dict[int, Profile]

    def __str__(self) -> str:
        game, setting = self.setting.environment, self.setting
        return (
            f"seed {self.seed}: shape {game.shape}, prior {[str(p) for p in game.prior]}, payoffs "
            f"{game.payoffs.tolist()} over {game.denominator}, language {setting.language}, "
            f"{setting.contracts}, λ {[str(level) for level in self.levels]}, σ {self.selection}"
        )


def random_case(seed: int) -> Case:
    """Everything at once; the same seed gives the same case."""
    rng = Random(seed)
    game = random_environment(rng)
    contracts = random_contracts(rng)
    language = None
    if not isinstance(contracts, NoContract) or rng.random() < 0.5:
        language = random_language(rng, game, records=not isinstance(contracts, Directives))
    selection = {state: tuple(map(rng.randrange, game.shape)) for state in game.support}
    return Case(seed, Setting(game, language, contracts), random_levels(rng, game), selection)


def random_environment(
    rng: Random, shape: Sequence[int] | None = None, states: int | None = None
) -> Environment:
    """Up to 3 agents, 3 actions and 3 states, the larger in one respect the smaller in others."""
    shape = tuple(rng.choice(SHAPES) if shape is None else shape)
    profiles = math.prod(shape)
    if states is None:
        states = rng.choice([1, 1, 1] + [2, 2] * (profiles <= 8) + [3] * (profiles <= 4))
    payoffs = random_payoffs(rng, len(shape), states, profiles)
    sides = None
    if all(size > 1 for size in shape) and rng.random() < 0.5:
        sides = [sorted(rng.sample(range(size), rng.randrange(1, size))) for size in shape]
    return environment(
        players=[f"p{i}" for i in range(len(shape))],
        actions=[[f"a{k}" for k in range(size)] for size in shape],
        payoffs=payoffs,
        states=[f"w{s}" for s in range(states)],
        prior=random_prior(rng, states),
        cooperative=sides,
    )


def random_payoffs(
    rng: Random, agents: int, states: int, profiles: int
) -> list[list[list[Fraction]]]:
    """Payoffs in utils: ties are likely in most styles, certain in one."""
    style = rng.choice(["ties", "ties", "small", "small", "fractions", "constant", "huge", "mixed"])
    bound = rng.choice([1, 2]) if style == "ties" else rng.choice([3, 5])

    def payoff() -> Fraction:
        number = Fraction(rng.randint(-bound, bound))
        if style == "fractions":
            return number / rng.choice([1, 2, 3, 7])
        if style == "huge":
            return number * HUGE + rng.randint(-1, 1)
        if style == "mixed":  # a hair beside a mountain
            return number * Fraction(*rng.choice([(1, 1), (1, 1), (HUGE, 1), (1, HUGE)]))
        return number

    def agent() -> list[list[Fraction]]:
        if style == "constant":
            constant = payoff()
            row = [constant if rng.random() < 0.8 else payoff() for _ in range(profiles)]
            return [row] * states
        return [[payoff() for _ in range(profiles)] for _ in range(states)]

    return [agent() for _ in range(agents)]


def random_prior(rng: Random, states: int) -> list[Fraction]:
    """A distribution in which states may have no probability."""
    weights = [rng.randrange(4) for _ in range(states)]
    weights[rng.randrange(states)] += not any(weights)
    return [Fraction(weight, sum(weights)) for weight in weights]


def random_partition(rng: Random, size: int) -> tuple[int, ...]:
    """Group numbers in order of first appearance."""
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(rng.randrange(size), len(numbers)) for _ in range(size))


def random_language(rng: Random, game: Environment, records: bool = True) -> Language:
    """A state, product or (with ``records``) record language."""
    kind = rng.choice(["state", "state", "product", "blind", "complete"] + ["record"] * 3 * records)
    match kind:
        case "state":
            cells = random_partition(rng, len(game.states))
            return ProductLanguage(cells, complete(game).classes)
        case "product":
            cells = random_partition(rng, len(game.states))
            return ProductLanguage(cells, tuple(random_partition(rng, k) for k in game.shape))
        case "record":
            shape = (len(game.states), *game.shape)
            plays = math.prod(shape)
            kinds = rng.choice([2, 3, plays])
            values = [rng.randrange(kinds) for _ in range(plays)]
            return from_values(values, [f"record {value}" for value in values], shape)
        case "blind":
            return rng.choice([blind, state_blind])(game)
    return complete(game)


def random_contracts(rng: Random) -> ContractClass:
    """Every class; balanced transfers, the hardest, most often."""
    bound = Fraction(rng.choice([0, 1, 1, 2]), rng.choice([1, 2]))
    classes: list[ContractClass] = [
        Transfers(Budget.BALANCED),
        Transfers(Budget.BALANCED),
        Transfers(Budget.BURNT),
        Transfers(Budget.FREE),
        Transfers(rng.choice(list(Budget)), bound),
        Transfers(rng.choice([Budget.BALANCED, Budget.BURNT]), bound),
        Directives(permissive=False),
        Directives(permissive=True),
        NoContract(),
    ]
    return rng.choice(classes)


def random_levels(rng: Random, game: Environment) -> Levels:
    """One λ per agent: all selfish, all alike, or each its own."""

    def level() -> Fraction:
        return Fraction(rng.choice([0, 0, 1, 2]), rng.choice([1, 2, 3]))

    same = level()
    kind = rng.randrange(3)
    return tuple([Fraction(0), same, level()][kind] for _ in game.players)
