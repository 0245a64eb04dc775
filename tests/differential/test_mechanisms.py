"""What mechanisms reach, against the programme that lists every joint deviation."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from random import Random

import every_mechanism
import pytest
import second_checker
from random_environments import BASE_SEED, random_levels, random_prior

from coopgap.proofs.certificates.certificate import concrete, encode, verified
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.mechanisms import mechanism_claims
from coopgap.proofs.engines.mechanisms import best_mechanism
from coopgap.proofs.questions.mechanisms import Mechanisms, Society
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment, environment
from coopgap.theory.exact import Extended
from coopgap.theory.information import Information, complete_information, pooled_best
from coopgap.theory.languages import Language, ProductLanguage, from_values

CHUNK = 10
"""Environments in one test."""

SHAPES = [(2, 2)] * 5 + [(2, 3), (3, 2), (2, 1), (2, 2, 2), (2,)]


def random_society(seed: int) -> Society:
    """A drawn environment with information, a language, a class of mechanisms, and λ."""
    rng = Random(seed)
    shape = rng.choice(SHAPES)
    states = rng.choice([1, 2, 2, 3, 4] if len(shape) < 3 else [1, 2])
    profiles = math.prod(shape)
    game = environment(
        players=[f"p{i}" for i in range(len(shape))],
        actions=[[f"a{k}" for k in range(size)] for size in shape],
        payoffs=[
            [[rng.randint(-3, 3) for _ in range(profiles)] for _ in range(states)] for _ in shape
        ],
        states=[f"w{s}" for s in range(states)],
        prior=random_prior(rng, states),
    )
    cells = tuple(_partition(rng, states) for _ in shape)
    options = tuple(Fraction(rng.randint(-3, 1)) for _ in shape) if rng.random() < 0.5 else None
    liability = Fraction(rng.randint(0, 6), 2) if rng.random() < 0.5 else None
    contracts = Transfers(rng.choice(list(Budget)), liability, options)
    levels = random_levels(rng, game) if rng.random() < 0.3 else (Fraction(0),) * len(shape)
    return Society(game, Information(cells), _language(rng, game), contracts, levels)


def _partition(rng: Random, size: int) -> tuple[int, ...]:
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(rng.randrange(size), len(numbers)) for _ in range(size))


def _language(rng: Random, game: Environment) -> Language:
    if rng.random() < 0.4:
        plays = len(game.states) * math.prod(game.shape)
        values = [rng.randrange(4) for _ in range(plays)]
        return from_values(values, [f"record {v}" for v in values], (len(game.states), *game.shape))
    states = _partition(rng, len(game.states))
    return ProductLanguage(states, tuple(_partition(rng, size) for size in game.shape))


def world(society: Society) -> every_mechanism.World:
    contracts = society.contracts
    return every_mechanism.World(
        society.environment,
        society.information,
        society.language,
        str(contracts.budget),
        contracts.liability,
        contracts.participation,
        society.levels,
    )


def close(exact: Extended, approximation: float) -> bool:
    number = float(exact) if isinstance(exact, Fraction) else -math.inf
    return math.isclose(number, approximation, rel_tol=1e-6, abs_tol=1e-6)


def chunks(gate: int, deep: int) -> list[object]:
    """Chunks of seeds; those beyond the first few are deep."""
    return [
        pytest.param(k, marks=[pytest.mark.deep] if k >= gate else []) for k in range(gate + deep)
    ]


@pytest.mark.parametrize("chunk", chunks(4, 46))
def test_the_value_and_the_bound_are_those_of_all_joint_deviations(chunk: int):
    for seed in range(BASE_SEED + CHUNK * chunk, BASE_SEED + CHUNK * (chunk + 1)):
        society = random_society(seed)
        answer = decide.mechanisms(society, 60.0)
        assert isinstance(answer, Mechanisms), (seed, answer)
        assert close(answer.bound, every_mechanism.bound(world(society))), seed
        assert close(answer.value, every_mechanism.value(world(society))), seed
        assert answer.attained is not None or not answer.points
        best = pooled_best(society.environment, society.information).welfare
        for claim, witness in mechanism_claims(answer, best):
            text = encode(concrete(claim, society.problem(), witness))
            assert verified(text).accepted, (seed, claim, verified(text).reason)
            assert second_checker.verdict(text) == "accepted", (seed, claim)


def informed(seed: int) -> Society:
    """Agents who see the state, cells and classes, no bound on fines, nobody may refuse."""
    rng = Random(seed)
    society = random_society(seed)
    while len(society.environment.players) < 2:
        seed += 1_000_000
        society = random_society(seed)
    game = society.environment
    return replace(
        society,
        information=complete_information(game),
        contracts=Transfers(society.contracts.budget),
        language=ProductLanguage(
            _partition(rng, len(game.states)), tuple(_partition(rng, n) for n in game.shape)
        ),
    )


@pytest.mark.parametrize("chunk", chunks(3, 17))
def test_state_by_state_it_is_the_same(chunk: int):
    """T11, two agents with balanced money among them."""
    for seed in range(BASE_SEED + CHUNK * chunk, BASE_SEED + CHUNK * (chunk + 1)):
        society = informed(seed)
        answer, joint_answer = decide.mechanisms(society, 60.0), best_mechanism(society)
        assert isinstance(answer, Mechanisms)
        assert isinstance(joint_answer, Mechanisms)
        assert answer.by_state
        assert (answer.value, answer.bound) == (joint_answer.value, joint_answer.bound), seed
        best = pooled_best(society.environment, society.information).welfare
        for claim, witness in mechanism_claims(answer, best):
            text = encode(concrete(claim, society.problem(), witness))
            assert verified(text).accepted, (seed, claim, verified(text).reason)
            assert second_checker.verdict(text) == "accepted", (seed, claim)
