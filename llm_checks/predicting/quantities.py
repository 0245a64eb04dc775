"""What is measured of play: the first best, verifiable classes, welfare, what a player earns."""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from coopgap.llm_checks.predicting.regimes import AnyContract, material
from coopgap.theory.environments import Environment
from coopgap.theory.exact import IntArray
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import Specification
from coopgap.theory.welfare import first_best

MAX_CLASSES = 64
"""The largest number of verifiable classes whose rates are predicted."""

Table = tuple[IntArray, int]
"""A quantity at every play, of shape (states, actions…), as integers; and how many make 1."""

POINTS = "points:"
"""What a player earns, payments of an enforced contract included, in utils."""

_WORDS = {
    "first-best": "the probability of the first best",
    "pure-equilibrium": "the probability of the pure equilibria of selfish agents without a "
    "contract",
    "welfare": "expected welfare",
    "lambda": "the λ that choices reveal",
}


def words_for(quantity: str) -> str:
    """A quantity in words."""
    if quantity.startswith(POINTS):
        return f"what {quantity.removeprefix(POINTS)} earns"
    return _WORDS.get(quantity, f"the rate of the class ({quantity.removeprefix('class:')})")


def is_rate(quantity: str) -> bool:
    """Whether it is a probability."""
    return quantity == "first-best" or quantity.startswith("class:")


def quantities(specification: Specification, language: str | None) -> dict[str, Table]:
    """What is measured of plays, by name: rates, and welfare in utils."""
    environment = specification.environment
    best = first_best(environment)
    indicator = np.zeros((len(environment.states), *environment.shape), dtype=np.int64)
    for state, profiles in best.profiles.items():
        for profile in profiles:
            indicator[(state, *profile)] = 1
    kinds = classes(specification, language).items()
    return {
        "first-best": (indicator, 1),
        **{f"class:{name}": (mask.astype(np.int64), 1) for name, mask in kinds},
        "welfare": (environment.welfare, environment.denominator),
    }


def earned(environment: Environment, contract: AnyContract | None, player: str) -> Table:
    """What a player earns in utils, the payments of the contract that binds included."""
    enforced = material(environment, contract)
    return enforced.payoffs[environment.players.index(player)], enforced.denominator


def classes(specification: Specification, language: str | None) -> dict[str, NDArray[np.bool_]]:
    """The verifiable classes of action profiles, by name, as masks of shape (states, actions…).

    They are those of the language, or its records where it is no product language. Without a
    language they are those of the only listed one; there are none if several are listed.
    """
    if language is None:
        if len({named.language for named in specification.languages}) != 1:
            return {}
        language = specification.languages[0].name
    environment = specification.environment
    verified = specification.named(language).language
    if not isinstance(verified, ProductLanguage):
        if not 2 <= verified.record_count <= MAX_CLASSES:
            return {}
        return {name: verified.table == k for k, name in enumerate(verified.names)}
    if np.prod(verified.class_counts) > MAX_CLASSES or np.prod(verified.class_counts) < 2:
        return {}
    actions = np.indices((len(environment.states), *environment.shape))[1:]
    kinds = [np.array(own)[at] for own, at in zip(verified.classes, actions, strict=True)]
    masks = {}
    for profile in product(*(range(count) for count in verified.class_counts)):
        names = [
            "|".join(label for label, kind in zip(labels, own, strict=True) if kind == number)
            for labels, own, number in zip(
                environment.actions, verified.classes, profile, strict=True
            )
        ]
        pairs = zip(kinds, profile, strict=True)
        masks[",".join(names)] = np.all([kind == number for kind, number in pairs], axis=0)
    return masks
