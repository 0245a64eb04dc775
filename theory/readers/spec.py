"""Spec files: a game or a family of games, languages to judge it by, claims to decide, as TOML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.expressions import Tree
from coopgap.theory.information import Information
from coopgap.theory.json_values import Plain
from coopgap.theory.readers import shape
from coopgap.theory.readers.by_name import trees_by_name
from coopgap.theory.readers.parameters import Expression, Scope, require_unlike, scope_of
from coopgap.theory.readers.spec_claims import question_of
from coopgap.theory.readers.spec_game import (
    constant,
    environment_of,
    family_of,
    game_names,
    require_values_usable,
    skeleton_of,
)
from coopgap.theory.readers.spec_languages import information_of, languages_of
from coopgap.theory.readers.toml import toml_table
from coopgap.theory.specification import (
    FamilyQuestion,
    FamilySpecification,
    NamedLanguage,
    Specification,
    not_listed,
)

if TYPE_CHECKING:
    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.commons.fishery import FisherySpecification
    from coopgap.theory.commons.specification import CommonsSpecification

READ_BY = {"conjecture": "fuzz", "theorem": "prove"}
"""Which commands read files that are no specs, by the table that such a file has."""


def spec_from_text(text: str, origin: str) -> Specification | FamilySpecification:
    """The specification in a TOML text; that of a family if it has parameters.

    Raises InputError, naming ``origin`` as the file, the field and the fix, for content that breaks
    the rules of spec files.
    """
    with inside(source=origin):
        return specification_of(document_of(text), origin)


def any_spec_from_text(
    text: str, origin: str
) -> (
    Specification
    | FamilySpecification
    | GroupSpecification
    | CommonsSpecification
    | FisherySpecification
):
    """The specification in a TOML text, be it about groups of agents, a commons or a fishery.

    Raises InputError as ``spec_from_text`` does.
    """
    with inside(source=origin):
        document = document_of(text)
        if "commons" in document:
            # Lazily: most specs are of games.
            from coopgap.theory.readers.commons import commons_specification

            return commons_specification(document, origin)
        if "fishery" in document:
            from coopgap.theory.readers.fishery import fishery_specification

            return fishery_specification(document, origin)
        if has_groups(document):
            from coopgap.theory.readers.groups import group_specification

            return group_specification(document, origin)
        return specification_of(document, origin)


def has_groups(document: Mapping[str, object]) -> bool:
    """Whether a document is about groups."""
    game = document.get("game")
    return isinstance(game, dict) and "groups" in game


def document_of(text: str) -> dict[str, Plain]:
    """The TOML document in a text; raises InputError if the text is not TOML."""
    document = toml_table(text)
    if not document:
        raise InputError("the file is empty", fix="describe a [game], a [commons] or a [fishery]")
    return document


def specification_of(
    document: Mapping[str, object], origin: str, uses: Sequence[Expression] = ()
) -> Specification | FamilySpecification:
    """The specification in a parsed file.

    ``uses`` are expressions elsewhere that use its parameters. Raises InputError as
    ``spec_from_text`` does.
    """
    for kind, command in READ_BY.items():
        if kind in document:
            raise InputError(
                f"this is a file of a {kind}, not of a game",
                fix=f"`coopgap {command} FILE` reads it",
                field=kind,
            )
    if has_groups(document):
        raise not_listed("game.groups").located(field="game.groups")
    for kind in ("commons", "fishery"):
        if kind in document:
            raise not_listed(kind).located(field=kind)
    declared = shape.read_parameters(document)
    scope = scope_of(declared.names, declared.let) if declared else Scope()
    spec = shape.validated(shape.Spec, document, scope)
    skeleton = skeleton_of(spec.game)
    require_values_usable(spec.game, scope)
    if declared is None:
        environment = environment_of(spec.game, skeleton)
        languages = languages_of(spec, skeleton)
        known = information_of(spec, environment, languages)
        levels, questions = _levels_and_claims(
            spec, skeleton, languages, environment.support, known
        )
        return Specification(
            environment=environment,
            languages=languages,
            levels=tuple(tuple(map(constant, level)) for level in levels),
            questions=tuple(question.concrete(constant) for question in questions),
            title=spec.title,
            source=spec.source,
            origin=origin,
            information=known,
        )
    require_unlike(scope, game_names(spec.game))
    family = family_of(spec, skeleton, scope, declared.assume, uses)
    languages = languages_of(spec, skeleton)
    known = information_of(spec, skeleton, languages)
    levels, questions = _levels_and_claims(spec, skeleton, languages, family.support, known)
    return FamilySpecification(
        family,
        languages,
        levels,
        questions,
        spec.title,
        spec.source,
        origin,
        known,
    )


def _levels_and_claims(
    spec: shape.Spec,
    skeleton: Environment,
    languages: Sequence[NamedLanguage],
    support: Sequence[int],
    known: Information | None,
) -> tuple[tuple[tuple[Tree, ...], ...], tuple[FamilyQuestion, ...]]:
    """The levels of λ and the claims.

    support: the states of positive probability. known: what players see, if not the state.
    """
    levels = spec.prosociality.levels if spec.prosociality else ()
    names = [language.name for language in languages]
    return (
        read_entries(
            "prosociality.lambda", levels, lambda level: trees_by_name(level, skeleton.players)
        ),
        read_entries(
            "claim", spec.claim, lambda claim: question_of(claim, skeleton, names, support, known)
        ),
    )
