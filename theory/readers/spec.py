"""Spec files: a game or a family of games, languages to judge it by, claims to decide, as TOML."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from coopgap.theory.contracts import Budget, ContractClass, Directives, Transfers
from coopgap.theory.environments import Environment, Profile
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import integer_array, scaled
from coopgap.theory.expressions import Number, Tree
from coopgap.theory.families import Family
from coopgap.theory.information import Information, information, unfollowed
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    RecordLanguage,
    complete,
    product,
)
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers import shape
from coopgap.theory.readers.claim_fields import CLAIM_FIELDS, require_fields
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.formulas import SYMMETRIC, Formulas, constants_of, require_values_used
from coopgap.theory.readers.parameters import (
    RESERVED,
    Scope,
    Written,
    require_unlike,
    require_usable,
    require_used,
    scope_of,
)
from coopgap.theory.readers.records import record_language
from coopgap.theory.readers.strategies import listed_strategies
from coopgap.theory.readers.tables import flattened, require_table
from coopgap.theory.readers.toml import toml_table
from coopgap.theory.readers.values import exact, key
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

SINGLE_STATE = "s"
"""The name of the state of a game without contingencies."""

_T = TypeVar("_T")

READ_BY = {"conjecture": "fuzz", "theorem": "prove"}
"""Which commands read files that are no specs, by the table that such a file has."""


def read_spec(path: Path, max_bytes: int = MAX_BYTES) -> Specification | FamilySpecification:
    """The specification in a TOML file; that of a family if the file has parameters.

    Raises InputError, naming the file, the field and the fix, for a file that cannot be read, one
    of more than ``max_bytes`` bytes, and content that breaks the rules of spec files.
    """
    return spec_from_text(read_text(path, max_bytes), str(path))


def spec_from_text(text: str, origin: str) -> Specification | FamilySpecification:
    """The specification in a TOML text; errors name ``origin`` as its file."""
    try:
        return specification_of(document_of(text), origin)
    except InputError as error:
        raise error.located(source=origin) from None


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

    Raises InputError as ``read_spec`` does.
    """
    try:
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
    except InputError as error:
        raise error.located(source=origin) from None


def has_groups(document: Mapping[str, object]) -> bool:
    """Whether a document is about groups."""
    game = document.get("game")
    return isinstance(game, dict) and "groups" in game


def document_of(text: str) -> dict[str, Any]:
    """The TOML document in a text; raises InputError if the text is not TOML."""
    document = toml_table(text)
    if not document:
        raise InputError("the file is empty", fix="describe a [game], a [commons] or a [fishery]")
    return document


def specification_of(
    document: Mapping[str, object], origin: str, uses: Sequence[Written] = ()
) -> Specification | FamilySpecification:
    """The specification in a parsed file.

    ``uses`` are expressions elsewhere that use its parameters. Raises InputError as ``read_spec``
    does.
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
    spec = shape.read_shape(document, scope)
    skeleton = _skeleton(spec.game)
    _require_values_usable(spec.game, scope)
    if declared is None:
        environment = _environment(spec.game, skeleton)
        languages = _languages(spec, skeleton)
        known = _information(spec, environment, languages)
        levels, questions = _asked(spec, skeleton, languages, environment.support, known)
        return Specification(
            environment=environment,
            languages=languages,
            levels=tuple(tuple(map(_constant, level)) for level in levels),
            questions=tuple(question.concrete(_constant) for question in questions),
            title=spec.title,
            source=spec.source,
            origin=origin,
            information=known,
        )
    require_unlike(scope, _taken(spec.game))
    family = _family(spec, skeleton, scope, declared.assume, uses)
    languages = _languages(spec, skeleton)
    known = _information(spec, skeleton, languages)
    levels, questions = _asked(spec, skeleton, languages, family.support, known)
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


def _asked(
    spec: shape.Spec,
    skeleton: Environment,
    languages: Sequence[NamedLanguage],
    support: Sequence[int],
    known: Information | None,
) -> tuple[tuple[tuple[Tree, ...], ...], tuple[FamilyQuestion, ...]]:
    """The levels of λ and the claims.

    support: the states of positive probability. known: what players see, if not the state.
    """
    levels = []
    for position, level in enumerate(spec.prosociality.levels if spec.prosociality else ()):
        with inside(f"prosociality.lambda[{position}]"):
            levels.append(_for_each(level, skeleton.players))
    questions = []
    names = [each.name for each in languages]
    for position, claim in enumerate(spec.claim):
        with inside(f"claim[{position}]"):
            questions.append(_question(claim, skeleton, names, support, known))
    return tuple(levels), tuple(questions)


def _constant(tree: Tree) -> Fraction:
    assert isinstance(tree, Number), "without parameters an expression is a number"
    return tree.value


# The game


def _skeleton(game: shape.Game) -> Environment:
    """The names of the game, with payoffs 0 and a uniform prior."""
    players = tuple(game.players)
    for position, player in enumerate(players):
        with inside(f"game.players[{position}]"):
            _require_usable(player)
    states = tuple(game.states.names) if game.states else (SINGLE_STATE,)
    with inside("game.actions"):
        actions = tuple(tuple(labels) for labels in _in_order(game.actions, players, "player"))
    counts = tuple(len(labels) for labels in actions)
    with inside("game.payoffs"):
        require_table(len(players), len(states), counts)
    with inside("game.cooperative"):
        cooperative = _cooperative(game.cooperative, players, actions)
    return Environment(
        players=players,
        actions=actions,
        states=states,
        prior=(Fraction(1, len(states)),) * len(states),
        payoffs=np.zeros((len(players), len(states), *counts), dtype=np.int64),
        cooperative=cooperative,
    )


def _environment(game: shape.Game, skeleton: Environment) -> Environment:
    formulas = Formulas(skeleton, constants_of(game.values, skeleton.states), Scope())

    def written_out(text: str, player: int, state: int) -> list[Fraction | int]:
        return [_constant(each.tree) for each in formulas.table(text, player, state)]

    with inside("game.payoffs"):
        payoffs = _payoffs(game.payoffs, skeleton, exact, written_out)
        entries = chain.from_iterable(chain.from_iterable(payoffs))
        whole, denominator = scaled(list(entries))
    with inside("game.states"):
        return replace(
            skeleton,
            prior=tuple(_constant(each.tree) for each in _prior(game.states)),
            payoffs=integer_array(whole, skeleton.payoffs.shape),
            denominator=denominator,
        )


def _family(
    spec: shape.Spec,
    skeleton: Environment,
    scope: Scope,
    assumed: Sequence[str],
    uses: Sequence[Written],
) -> Family:
    formulas = Formulas(skeleton, constants_of(spec.game.values, skeleton.states), scope)
    with inside("game.payoffs"):
        payoffs = _payoffs(spec.game.payoffs, skeleton, scope.read, formulas.table)
        cells = list(chain.from_iterable(chain.from_iterable(payoffs)))
        scaled([each.tree.value for each in cells if isinstance(each.tree, Number)])
    with inside("game.states"):
        prior = _prior(spec.game.states)
    assumptions = scope.assumptions(assumed)
    require_used(scope, [*cells, *prior, *_said_of_claims(spec), *uses], assumed)
    with inside("game.states"):
        return Family(
            parameters=scope.parameters,
            assumptions=assumptions,
            players=skeleton.players,
            actions=skeleton.actions,
            states=skeleton.states,
            prior=tuple(each.tree for each in prior),
            payoffs=tuple(
                tuple(tuple(each.tree for each in of_state) for of_state in of_player)
                for of_player in payoffs
            ),
            cooperative=skeleton.cooperative,
        )


def _said_of_claims(spec: shape.Spec) -> Iterator[Written]:
    """The levels of λ and the values of claims."""
    levels = spec.prosociality.levels if spec.prosociality else []
    for level in [*levels, *(claim.prosociality or {} for claim in spec.claim)]:
        yield from level.values()
    yield from (claim.value for claim in spec.claim if claim.value is not None)


def _taken(game: shape.Game) -> dict[str, str]:
    """What each name of the game stands for: a state, an action or a player."""
    actions = chain.from_iterable(game.actions.values())
    return {
        **dict.fromkeys(game.states.names if game.states else (), "a state"),
        **dict.fromkeys(actions, "an action"),
        **dict.fromkeys(chain.from_iterable(game.values.values()), "a value of states"),
        **dict.fromkeys(game.players, "a player"),
    }


def _require_values_usable(game: shape.Game, scope: Scope) -> None:
    for state, values in game.values.items():
        with inside(f"game.values.{key(state)}"):
            for name in values:
                require_usable(name, "value")
                if name in game.players:
                    raise InputError(f"{name!r} is a player", fix="rename the value")
                if name in scope.known:
                    raise InputError(f"{name!r} is a parameter or let", fix="rename the value")
    require_values_used(game.values, list(_formulas(game.payoffs)))


def _formulas(payoffs: Mapping[str, Any]) -> Iterator[str]:
    """The formulas among payoffs."""
    for each in payoffs.values():
        if isinstance(each, dict):
            yield from _formulas(each)
        elif isinstance(each, str) and each != SYMMETRIC:
            yield each


def _require_usable(player: str) -> None:
    if player == "":
        raise InputError("the name is empty", fix="give the player a name")
    if player in RESERVED or keyword.iskeyword(player):
        owner = "the records language" if player in RESERVED else "Python"
        raise InputError(
            f"no player can be called {player!r}, a word of {owner}", fix="rename the player"
        )


def _prior(states: shape.States | None) -> list[Written]:
    if states is None or (states.prior is None and len(states.names) == 1):
        return [Written(Number(Fraction(1)))]
    if states.prior is None:
        raise InputError("'prior' is missing", fix="give each state a probability")
    with inside("prior"):
        if len(states.prior) != len(states.names):
            raise InputError(
                f"there are {len(states.prior)} probabilities for {len(states.names)} states",
                fix="give each state one",
            )
        scaled([each.tree.value for each in states.prior if isinstance(each.tree, Number)])
    return states.prior


def _cooperative(
    chosen: Mapping[str, Sequence[str]] | None,
    players: Sequence[str],
    actions: Sequence[Sequence[str]],
) -> tuple[tuple[int, ...], ...] | None:
    if chosen is None:
        return None
    rows = zip(players, _in_order(chosen, players, "player"), actions, strict=True)
    indices = []
    for player, cooperating, labels in rows:
        with inside(key(player)):
            known = _numbered(labels)
            indices.append(tuple(_number(label, known, "action") for label in cooperating))
    return tuple(indices)


def _payoffs(
    tables: Mapping[str, Any],
    skeleton: Environment,
    read: Callable[[object], _T],
    written_out: Callable[[str, int, int], list[_T]],
) -> list[list[list[_T]]]:
    """All payoffs, as ``read`` reads them: by player, state and profile.

    ``written_out`` gives the table of a player's formula in a state.
    """
    states = skeleton.states
    nested = tables and all(isinstance(table, dict) for table in tables.values())
    common = set(map(type, tables.values())) == {str}
    if common or (len(states) == 1 and not nested):
        by_state = [
            _state_payoffs(tables, skeleton, read, partial(_at_state, written_out, state))
            for state in range(len(states))
        ]
    else:
        by_state = []
        rows = zip(states, _in_order(tables, states, "state"), strict=True)
        for index, (state, of_state) in enumerate(rows):
            with inside(key(state)):
                if not isinstance(of_state, dict):
                    raise InputError(
                        "each state has tables of its own",
                        fix=f"write them under [game.payoffs.{key(state)}]",
                    )
                of_player = partial(_at_state, written_out, index)
                by_state.append(_state_payoffs(of_state, skeleton, read, of_player))
    return [[of_state[player] for of_state in by_state] for player in range(len(skeleton.players))]


def _at_state(
    written_out: Callable[[str, int, int], list[_T]], state: int, text: str, player: int
) -> list[_T]:
    return written_out(text, player, state)


def _state_payoffs(
    tables: Mapping[str, Any],
    skeleton: Environment,
    read: Callable[[object], _T],
    written_out: Callable[[str, int], list[_T]],
) -> list[list[_T]]:
    """The payoffs of each player in one state, the last player's action varying fastest."""
    players, counts = skeleton.players, skeleton.shape
    written: dict[str, list[_T]] = {}
    for place, table in enumerate(_in_order(tables, players, "player")):
        player = players[place]
        if table != SYMMETRIC:
            with inside(key(player)):
                written[player] = (
                    written_out(table, place)
                    if isinstance(table, str)
                    else flattened(table, players, counts, read)
                )
    for player in players:
        if player not in written:
            with inside(key(player)):
                written[player] = _transposed(list(written.values()), counts)
    return [written[player] for player in players]


def _transposed(written: Sequence[list[_T]], counts: Sequence[int]) -> list[_T]:
    if len(counts) != 2 or counts[0] != counts[1] or not written:
        raise InputError(
            '"symmetric" is the transpose of the other player\'s square table, and there is none',
            fix="write the payoffs out",
        )
    (table,), size = written, counts[0]
    return [table[j * size + i] for i in range(size) for j in range(size)]


def _information(
    spec: shape.Spec, names: Environment, languages: Sequence[NamedLanguage]
) -> Information | None:
    """What the players see; None if all of them see the state.

    Raises InputError for directives that name what some player does not see.
    """
    with inside("information"):
        known = information(names, spec.information)
    for position, each in enumerate(languages):
        if isinstance(each.contracts, Directives) and isinstance(each.language, ProductLanguage):
            with inside(f"language[{position}]"):
                _require_followed(each.language, known, names)
    return None if known.is_complete else known


def _require_followed(language: ProductLanguage, known: Information, names: Environment) -> None:
    found = unfollowed(language, known)
    if found is not None:
        agent, one, other = found
        apart = f"{names.states[one]!r} and {names.states[other]!r}"
        raise InputError(
            f"a directive may tell {apart} apart, which {names.players[agent]!r} does not see",
            fix="group these states, or let the player see which it is",
            field="states",
        )


# Languages and contracts


def _languages(spec: shape.Spec, environment: Environment) -> tuple[NamedLanguage, ...]:
    common = spec.contracts.written()
    with inside("contracts"):
        contracts = _contract_class(common, environment.players)
    if not spec.language:
        return (NamedLanguage("complete", complete(environment), contracts),)

    def named(written: shape.Language) -> NamedLanguage:
        language = _language(written, environment)
        own = written.contracts.written()
        with inside("contracts"):
            contracts = _contract_class(shape.overridden(common, own), environment.players)
            if isinstance(contracts, Directives) and isinstance(language, RecordLanguage):
                raise InputError(
                    "a language given by records has no directives",
                    fix='write kind = "transfers", or describe it by states and actions',
                    field="kind",
                )
        return NamedLanguage(written.name, language, contracts)

    return shape.read_languages(spec.language, named)


def _language(written: shape.Language, environment: Environment) -> Language:
    if written.records is None:
        return product(environment, written.states, {**(written.actions or {})})
    with inside("records"):
        if written.states is not None or written.actions is not None:
            raise InputError(
                "records exclude states and actions",
                fix="keep either the records or the groups of states and actions",
            )
        return record_language(environment, written.records)


def _contract_class(written: Mapping[str, Any], players: Sequence[str]) -> ContractClass:
    permissive, liability = written.get("permissive", False), written.get("liability")
    options = written.get("participation")
    if written.get("kind") == "directive":
        if options is not None:
            raise InputError(
                "directives are enforced, so nobody may refuse",
                fix='leave it out, or write kind = "transfers"',
                field="participation",
            )
        if liability is not None:
            raise InputError(
                "directives move no money, so nothing bounds a liability",
                fix='leave it out, or write kind = "transfers"',
                field="liability",
            )
        return Directives(permissive)
    if permissive:
        raise InputError(
            "only directives can be permissive",
            fix='leave it out, or write kind = "directive"',
            field="permissive",
        )
    if options is not None:
        with inside("participation"):
            options = tuple(_in_order(options, players, "player"))
    return Transfers(Budget(written.get("budget", Budget.BALANCED)), liability, options)


# Claims


def _question(
    claim: shape.Claim,
    environment: Environment,
    languages: Sequence[str],
    support: Sequence[int],
    known: Information | None,
) -> FamilyQuestion:
    _require_fields(claim, environment)
    if claim.language is not None:
        with inside("language"):
            _number(claim.language, _numbered(languages), "language")
    prosociality = profiles = strategies = None
    if claim.prosociality is not None:
        with inside("lambda"):
            prosociality = _for_each(claim.prosociality, environment.players)
    if claim.profiles is not None:
        with inside("profiles"):
            if known is None:
                profiles = _profiles(claim.profiles, environment, support)
            else:
                types = known.types(support)
                strategies = listed_strategies(claim.profiles, environment, types)
    value = None if claim.value is None else claim.value.tree
    return FamilyQuestion(claim.id, claim.language, value, prosociality, profiles, strategies)


def _require_fields(claim: shape.Claim, environment: Environment) -> None:
    require_fields(claim.id, claim.given)
    if CLAIM_FIELDS[claim.id].cooperative and environment.cooperative is None:
        raise InputError(
            f"the claim {claim.id!r} is about cooperative actions, and the game names none",
            fix="add cooperative = { … } to [game]",
        )


def _profiles(
    written: shape.Listed, environment: Environment, support: Sequence[int]
) -> dict[int, tuple[Profile, ...]]:
    states = environment.states
    if shape.COMMON in written:
        if len(states) > 1:
            raise InputError(
                "one list for several states", fix=f"write {{ {key(states[0])} = [[…]], … }}"
            )
        written = {states[0]: written[shape.COMMON]}
    known = _numbered(states)
    chosen: dict[int, tuple[Profile, ...]] = {}
    for state, listed in written.items():
        index = _number(state, known, "state")
        profiles = []
        for position, labels in enumerate(listed):
            with inside(f"{key(state)}[{position}]"):
                if isinstance(labels, dict):
                    raise InputError(
                        "every player sees the state, and the profile is written by what they see",
                        fix="write one action of each player in a list, or add [information]",
                    )
                if len(labels) != len(environment.players):
                    raise InputError(
                        f"the profile {labels} has {len(labels)} actions",
                        fix="write one action of each player",
                    )
                profile = environment.profile(labels)
                if profile in profiles:
                    raise InputError(f"the profile {labels} is listed twice", fix="list it once")
            profiles.append(profile)
        chosen[index] = tuple(sorted(profiles))
    for index in support:
        if index not in chosen:
            raise InputError(
                f"nothing is said of the state {states[index]!r}",
                fix=f"add {key(states[index])} = […], an empty list if there is no equilibrium",
            )
    return dict(sorted(chosen.items()))


# Values by name


def _for_each(written: Mapping[str, Written], players: Sequence[str]) -> tuple[Tree, ...]:
    """One λ per player, from a common one or from one given for each player."""
    if shape.COMMON in written:
        return (written[shape.COMMON].tree,) * len(players)
    return tuple(level.tree for level in _in_order(written, players, "player"))


def _in_order(written: Mapping[str, _T], names: Sequence[str], what: str) -> list[_T]:
    """The values written for the names, in their order.

    Raises InputError for missing and for unknown names.
    """
    known = _numbered(names)
    for name in written:
        _number(name, known, what)
    for name in names:
        if name not in written:
            raise InputError(
                f"nothing is given for the {what} {name!r}", fix=f"add {key(name)} = …"
            )
    return [written[name] for name in names]


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return {name: position for position, name in enumerate(names)}


def _number(name: str, known: Mapping[str, int], what: str) -> int:
    if name in known:
        return known[name]
    fix = suggestion(name, known)
    longer = [other for other in known if other.startswith(f"{name}.")]
    if longer:
        fix = f"names with dots or spaces must be quoted: {key(longer[0])}"
    raise InputError(f"there is no {what} {name!r}", fix=fix)
