"""Strategies of whole specifications, and of their spec files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from coopgap.proofs.fuzzing.strategies.contracts import (
    contract_classes,
    prosocial_profiles,
)
from coopgap.proofs.fuzzing.strategies.dilemmas import sides
from coopgap.proofs.fuzzing.strategies.drawing import (
    RATIONAL,
    Bounds,
    lists,
    mappings,
    range_of,
    simplest_first,
)
from coopgap.proofs.fuzzing.strategies.games import (
    environments,
    potential_games,
    social_dilemmas,
    supermodular_games,
    symmetric_games,
    zero_sum_games,
)
from coopgap.proofs.fuzzing.strategies.languages import languages
from coopgap.proofs.fuzzing.writing import spec_text
from coopgap.proofs.questions.registry import MECHANISM_CLAIMS
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment, Profile
from coopgap.theory.errors import InputError
from coopgap.theory.languages import (
    ProductLanguage,
)
from coopgap.theory.readers.claim_fields import CLAIM_FIELDS
from coopgap.theory.specification import (
    NamedLanguage,
    Question,
    Specification,
)


def selections(environment: Environment) -> SearchStrategy[dict[int, Profile]]:
    """Selections σ: a profile for each state of positive probability; shrink to first actions."""
    return mappings(environment.support, _profiles(environment))


def specifications(
    games: SearchStrategy[Environment] | None = None,
    *,
    languages: Bounds = (1, 2),
    levels: Bounds = (0, 2),
    claims: Bounds = (0, 3),
) -> SearchStrategy[Specification]:
    """Specifications of games, with languages, levels of λ and claims that suit the game.

    games: a strategy of environments; games of every kind unless given. languages, levels, claims:
    how many. Raises InputError for an
    empty range and an empty strategy.
    """
    counts = (
        range_of(languages, "languages", 1),
        range_of(levels, "levels", 0),
        range_of(claims, "claims", 0),
    )
    if games is None:
        games = st.one_of(
            environments(),
            symmetric_games(),
            potential_games(),
            zero_sum_games(),
            supermodular_games(),
            social_dilemmas(),
        )
    if not isinstance(games, SearchStrategy) or games.is_empty:
        raise InputError(
            f"{games!r} draws no game", fix="give one such as environments()", field="games"
        )
    return _specifications(games, *counts)


def spec_texts(
    games: SearchStrategy[Environment] | None = None,
    *,
    languages: Bounds = (1, 2),
    levels: Bounds = (0, 2),
    claims: Bounds = (0, 3),
) -> SearchStrategy[str]:
    """Spec files as TOML texts, which ``load`` accepts; arguments as in ``specifications``."""
    strategy = specifications(games, languages=languages, levels=levels, claims=claims)
    return strategy.map(spec_text)


def _profiles(environment: Environment) -> SearchStrategy[Profile]:
    return st.tuples(*(st.integers(0, count - 1) for count in environment.shape))


@st.composite
def _specifications(
    draw: DrawFn,
    games: SearchStrategy[Environment],
    languages_of: tuple[int, int],
    levels_of: tuple[int, int],
    claims_of: tuple[int, int],
) -> Specification:
    game = draw(games)
    if game.cooperative is None and min(game.shape) > 1:
        game = replace(game, cooperative=draw(st.none() | sides(game.shape)))
    listed = []
    for number in range(draw(st.integers(*languages_of))):
        language = draw(languages(game))
        classes = contract_classes(language, ("transfers", "directives"))
        listed.append(NamedLanguage(f"L{number + 1}", language, draw(classes)))
    level = prosocial_profiles(len(game.players))
    return Specification(
        environment=game,
        languages=tuple(listed),
        levels=tuple(draw(lists(level, levels_of))),
        questions=tuple(draw(lists(_questions(game, listed), claims_of))),
        title=draw(_WORDS),
        source=draw(_WORDS),
    )


_WORDS = st.text(st.characters(codec="utf-8"), max_size=8)


@st.composite
def _questions(draw: DrawFn, game: Environment, listed: Sequence[NamedLanguage]) -> Question:
    paying = all(isinstance(language.contracts, Transfers) for language in listed)
    ids = [
        name
        for name, takes in CLAIM_FIELDS.items()
        if (game.cooperative is not None or not takes.cooperative)
        and (paying or name not in MECHANISM_CLAIMS)
    ]
    claim = draw(st.sampled_from(ids))
    # Only these have cells that could be incontractible.
    able = [
        n.name
        for n in listed
        if claim != "incontractible" or isinstance(n.language, ProductLanguage)
    ]
    values: dict[str, SearchStrategy[Any]] = {
        "language": st.sampled_from(able) if able else st.none(),
        "value": st.sampled_from(simplest_first(RATIONAL, "value")),
        "lambda": prosocial_profiles(len(game.players)),
        "profiles": _equilibria(game),
    }
    takes = CLAIM_FIELDS[claim]
    fields = {name: draw(values[name]) for name in sorted(takes.required)}
    fields |= {name: draw(st.none() | values[name]) for name in sorted(takes.optional)}
    if "lambda" in fields:
        fields["prosociality"] = fields.pop("lambda")
    return Question(claim, **fields)


def _equilibria(game: Environment) -> SearchStrategy[dict[int, tuple[Profile, ...]]]:
    some = st.sets(_profiles(game), max_size=3).map(lambda profiles: tuple(sorted(profiles)))
    return mappings(game.support, some)
