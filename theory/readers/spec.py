"""Spec files: a game, the languages to judge it by and the claims to decide, as TOML."""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from theory.contracts import Budget, ContractClass, Directives, Transfers
from theory.environments import Environment, Profile
from theory.errors import InputError
from theory.exact import integer_array
from theory.languages import Language, RecordLanguage, complete, product
from theory.nearest import suggestion
from theory.readers import shape
from theory.readers.claims import CLAIM_FIELDS
from theory.readers.files import MAX_BYTES, read_text
from theory.readers.records import record_language
from theory.readers.tables import flattened, require_table, scaled
from theory.readers.values import Float, inside, key
from theory.specification import NamedLanguage, Question, Specification

SINGLE_STATE = "s"
"""What the state of a game without contingencies is called."""

RESERVED = ("state", "action")
"""Words of the records language, which no player may be called."""

_T = TypeVar("_T")

# The time tomllib takes for a key grows with the square of the number of its parts.
_LONG_KEY = re.compile(
    r"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){30}""", re.ASCII
)


def read_spec(path: Path, max_bytes: int = MAX_BYTES) -> Specification:
    """The specification in a TOML file.

    Raises InputError, naming the file, the field and the fix, for a file that cannot be read, one
    of more than ``max_bytes`` bytes, and whatever in it is not as a spec must be.
    """
    return spec_from_text(read_text(path, max_bytes), str(path))


def spec_from_text(text: str, origin: str) -> Specification:
    """The specification that a TOML text spells; errors name ``origin`` as its file."""
    try:
        return _specification(_document(text), origin)
    except InputError as error:
        raise error.located(source=origin) from None


def _document(text: str) -> dict[str, Any]:
    long_key = _LONG_KEY.search(text)
    if long_key:
        line = text.count("\n", 0, long_key.start()) + 1
        raise InputError(f"line {line} has a key of very many parts", fix="use fewer dots")
    try:
        document = tomllib.loads(text, parse_float=Float)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"this is not TOML: {error}",
            fix='mend that line; names with dots or spaces must be quoted, as in "Player 1"',
        ) from None
    except RecursionError:
        raise InputError("lists or tables are nested too deeply", fix="nest fewer") from None
    except ValueError:
        raise InputError("a number has too many digits", fix="shorten it") from None
    if not document:
        raise InputError("the file is empty", fix="describe a [game]")
    if "parameters" in document:
        raise InputError(
            "families with parameters are not supported by this version yet",
            fix="leave [parameters] out and write numbers",
            field="parameters",
        )
    return document


def _specification(document: Mapping[str, object], origin: str) -> Specification:
    spec = shape.read_shape(document)
    environment = _environment(spec.game)
    languages = _languages(spec, environment)
    levels = []
    for position, level in enumerate(spec.prosociality.levels if spec.prosociality else ()):
        with inside(f"prosociality.lambda[{position}]"):
            levels.append(_for_each(level, environment.players))
    questions = []
    for position, claim in enumerate(spec.claim):
        with inside(f"claim[{position}]"):
            questions.append(_question(claim, environment, [each.name for each in languages]))
    return Specification(
        environment=environment,
        languages=languages,
        levels=tuple(levels),
        questions=tuple(questions),
        title=spec.title,
        source=spec.source,
        origin=origin,
    )


# The game


def _environment(game: shape.Game) -> Environment:
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
        payoffs, denominator = scaled(_payoffs(game.payoffs, players, states, counts))
    with inside("game.cooperative"):
        cooperative = _cooperative(game.cooperative, players, actions)
    with inside("game.states"):
        return Environment(
            players=players,
            actions=actions,
            states=states,
            prior=_prior(game.states),
            payoffs=integer_array(payoffs, (len(players), len(states), *counts)),
            denominator=denominator,
            cooperative=cooperative,
        )


def _require_usable(player: str) -> None:
    if player == "":
        raise InputError("the name is empty", fix="give the player a name")
    if player in RESERVED or keyword.iskeyword(player):
        owner = "the records language" if player in RESERVED else "Python"
        raise InputError(
            f"no player can be called {player!r}, a word of {owner}", fix="rename the player"
        )


def _prior(states: shape.States | None) -> tuple[Fraction, ...]:
    if states is None or (states.prior is None and len(states.names) == 1):
        return (Fraction(1),)
    if states.prior is None:
        raise InputError("'prior' is missing", fix="give each state a probability")
    with inside("prior"):
        if len(states.prior) != len(states.names):
            raise InputError(
                f"there are {len(states.prior)} probabilities for {len(states.names)} states",
                fix="give each state one",
            )
        scaled(states.prior)
    return tuple(states.prior)


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
    tables: Mapping[str, Any], players: Sequence[str], states: Sequence[str], counts: Sequence[int]
) -> list[Fraction | int]:
    """All payoffs in the order of an environment's table: by player, state and profile."""
    nested = tables and all(isinstance(table, dict) for table in tables.values())
    if len(states) == 1 and not nested:
        by_state = [_state_payoffs(tables, players, counts)]
    else:
        by_state = []
        for state, of_state in zip(states, _in_order(tables, states, "state"), strict=True):
            with inside(key(state)):
                if not isinstance(of_state, dict):
                    raise InputError(
                        "each state has tables of its own",
                        fix=f"write them under [game.payoffs.{key(state)}]",
                    )
                by_state.append(_state_payoffs(of_state, players, counts))
    return [
        value
        for player in range(len(players))
        for of_state in by_state
        for value in of_state[player]
    ]


def _state_payoffs(
    tables: Mapping[str, Any], players: Sequence[str], counts: Sequence[int]
) -> list[list[Fraction | int]]:
    """The payoffs of each player in one state, the last player's action varying fastest."""
    written: dict[str, list[Fraction | int]] = {}
    for player, table in zip(players, _in_order(tables, players, "player"), strict=True):
        if table != "symmetric":
            with inside(key(player)):
                written[player] = flattened(table, players, counts)
    for player in players:
        if player not in written:
            with inside(key(player)):
                written[player] = _transposed(list(written.values()), counts)
    return [written[player] for player in players]


def _transposed(
    written: Sequence[list[Fraction | int]], counts: Sequence[int]
) -> list[Fraction | int]:
    if len(counts) != 2 or counts[0] != counts[1] or not written:
        raise InputError(
            '"symmetric" is the transpose of the other player\'s square table, and there is none',
            fix="write the payoffs out",
        )
    (table,), size = written, counts[0]
    return [table[j * size + i] for i in range(size) for j in range(size)]


# Languages and contracts


def _languages(spec: shape.Spec, environment: Environment) -> tuple[NamedLanguage, ...]:
    common = spec.contracts.written()
    with inside("contracts"):
        contracts = _contract_class(common)
    if not spec.language:
        return (NamedLanguage("complete", complete(environment), contracts),)
    languages: dict[str, NamedLanguage] = {}
    for position, written in enumerate(spec.language):
        with inside(f"language[{position}]"):
            if written.name in languages:
                raise InputError(
                    f"{written.name!r} is the name of an earlier language",
                    fix="give each language its own name",
                    field="name",
                )
            language = _language(written, environment)
            own = written.contracts.written()
            with inside("contracts"):
                contracts = _contract_class(_overridden(common, own))
                if isinstance(contracts, Directives) and isinstance(language, RecordLanguage):
                    raise InputError(
                        "a language given by records has no directives",
                        fix='write kind = "transfers", or describe it by states and actions',
                        field="kind",
                    )
            languages[written.name] = NamedLanguage(written.name, language, contracts)
    return tuple(languages.values())


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


_KEYS_OF_KIND = {"transfers": ("budget", "liability"), "directive": ("permissive",)}


def _overridden(common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of ``[contracts]`` with a language's own put over them.

    A language with a kind of its own takes over only what that kind can use.
    """
    if "kind" in own:
        common = {name: common[name] for name in _KEYS_OF_KIND[own["kind"]] if name in common}
    return {**common, **own}


def _contract_class(written: Mapping[str, Any]) -> ContractClass:
    permissive, liability = written.get("permissive", False), written.get("liability")
    if written.get("kind") == "directive":
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
    return Transfers(Budget(written.get("budget", Budget.BALANCED)), liability)


# Claims


def _question(claim: shape.Claim, environment: Environment, languages: Sequence[str]) -> Question:
    _require_fields(claim, environment)
    if claim.language is not None:
        with inside("language"):
            _number(claim.language, _numbered(languages), "language")
    prosociality = profiles = None
    if claim.prosociality is not None:
        with inside("lambda"):
            prosociality = _for_each(claim.prosociality, environment.players)
    if claim.profiles is not None:
        with inside("profiles"):
            profiles = _profiles(claim.profiles, environment)
    return Question(claim.id, claim.language, claim.value, prosociality, profiles)


def _require_fields(claim: shape.Claim, environment: Environment) -> None:
    fields = CLAIM_FIELDS[claim.id]
    names = {name: field.alias or name for name, field in shape.Claim.model_fields.items()}
    given = {names[name] for name in claim.model_fields_set} - {"id"}
    for name in sorted(fields.required - given):
        raise InputError(f"the claim {claim.id!r} needs {name!r}", fix=f"add {name} = …")
    for name in sorted(given - fields.required - fields.optional):
        raise InputError(
            f"the claim {claim.id!r} takes no {name!r}", fix="leave it out", field=name
        )
    if fields.cooperative and environment.cooperative is None:
        raise InputError(
            f"the claim {claim.id!r} is about cooperative actions, and the game names none",
            fix="add cooperative = { … } to [game]",
        )


def _profiles(
    written: Mapping[str, Sequence[Sequence[str]]], environment: Environment
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
    for index in environment.support:
        if index not in chosen:
            raise InputError(
                f"nothing is said of the state {states[index]!r}",
                fix=f"add {key(states[index])} = […], an empty list if there is no equilibrium",
            )
    return dict(sorted(chosen.items()))


# What a file gives for each of some names


def _for_each(written: Mapping[str, Fraction], players: Sequence[str]) -> tuple[Fraction, ...]:
    """One λ per player, from a common one or from one for each."""
    if shape.COMMON in written:
        return (written[shape.COMMON],) * len(players)
    return tuple(_in_order(written, players, "player"))


def _in_order(written: Mapping[str, _T], names: Sequence[str], what: str) -> list[_T]:
    """What is written for each of the names, in their order; nothing missing, nothing unknown."""
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
