"""Specifications as the text of spec files, the inverse of ``coopgap.theory.readers.spec``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from coopgap.theory.contracts import ContractClass, Directives, Transfers
from coopgap.theory.environments import Environment, Profile
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import IntArray
from coopgap.theory.information import Information, strategies_named
from coopgap.theory.languages import Language, RecordLanguage, record_table
from coopgap.theory.readers.records import STATE, record_language
from coopgap.theory.readers.spec_game import SINGLE_STATE
from coopgap.theory.specification import NamedLanguage, Question, Specification

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def spec_text(specification: Specification) -> str:
    """The specification as a TOML text that ``spec_from_text`` reads as an equal one.

    Not kept, as files do not hold it: the numbering of cells, classes and records, the wording of
    records' names, and a common denominator that is not the least. Raises InputError for a
    specification without a language, for the class without contracts, and for a record map that
    expressions cannot describe.
    """
    game = specification.environment
    if not specification.languages:
        raise InputError("the specification has no language", fix="name one", field="languages")
    head = [
        f"{name} = {_text(value)}\n"
        for name, value in (("title", specification.title), ("source", specification.source))
        if value
    ]
    sections = _game(game)
    for named in specification.languages:
        with inside(f"the language {named.name!r}"):
            sections.append(_section("[[language]]", _language(named, game)))
    if specification.information is not None:
        sections.append(_section("[information]", _information(specification.information, game)))
    if specification.levels:
        levels = _list(_level(level, game) for level in specification.levels)
        sections.append(_section("[prosociality]", {"lambda": levels}))
    sections += [
        _section("[[claim]]", _claim(question, game, specification.information))
        for question in specification.questions
    ]
    return "\n".join(["".join(head), *sections] if head else sections)


def record_texts(table: IntArray, environment: Environment) -> tuple[str, ...]:
    """Predicates that generate the record language of a table of shape (states, actions…).

    There is one for each record but the most frequent: two plays differ in some predicate exactly
    where they differ in their record.

    Raises InputError where a predicate is longer than a file may have it, and where labels that
    spell the same number cannot be told apart.
    """
    _, first, inverse, counts = np.unique(
        table, return_index=True, return_inverse=True, return_counts=True
    )
    order = [int(record) for record in np.argsort(first) if record != np.argmax(counts)]
    numbers = inverse.reshape(table.shape)
    axes = [(STATE, environment.states)]
    axes += [
        (_action(player), labels)
        for player, labels in zip(environment.players, environment.actions, strict=True)
    ]
    texts = tuple(" or ".join(_cases(numbers == record, axes)) for record in order)
    language = record_language(environment, texts)
    if language.record_count != len(counts):
        raise InputError(
            "the language tells labels apart that are the same number", fix="rename the labels"
        )
    return texts


def _cases(where: IntArray, axes: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """The places where a Boolean array is true, as alternative conditions on its axes.

    An alternative names the values of the first axis with the same remainder, and the conditions
    on the remainder. Axes without influence are not named.
    """
    (name, labels), *inner = axes
    alike: dict[bytes, list[int]] = {}
    for index, rest in enumerate(where):
        if rest.any():
            alike.setdefault(rest.tobytes(), []).append(index)
    cases = []
    for indices in alike.values():
        conditions = (
            [] if len(indices) == len(labels) else [_among(name, [labels[i] for i in indices])]
        )
        rest = where[indices[0]]
        if inner and not rest.all():
            deeper = _cases(rest, inner)
            conditions.append(deeper[0] if len(deeper) == 1 else f"({' or '.join(deeper)})")
        cases.append(" and ".join(conditions))
    return cases


def _among(name: str, labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return f"{name} == {labels[0]!r}"
    return f"{name} in [{', '.join(map(repr, labels))}]"


def _action(player: str) -> str:
    return player if player.isascii() and player.isidentifier() else f"action({player!r})"


# The parts of a file


def _game(game: Environment) -> list[str]:
    fields = {"players": _texts(game.players), "actions": _by_player(game, game.actions)}
    if game.states != (SINGLE_STATE,):
        names, prior = _texts(game.states), _list(map(_number, game.prior))
        fields["states"] = _table({"names": names, "prior": prior})
    if game.cooperative is not None:
        sides = [
            [labels[a] for a in of_agent]
            for labels, of_agent in zip(game.actions, game.cooperative, strict=True)
        ]
        fields["cooperative"] = _by_player(game, sides)
    sections = [_section("[game]", fields)]
    for state, name in enumerate(game.states):
        tables = {
            player: _payoffs(game.payoffs[agent, state], game.denominator)
            for agent, player in enumerate(game.players)
        }
        sections.append(_section(f"[game.payoffs.{_key(name)}]", tables))
    return sections


def _payoffs(table: IntArray, denominator: int) -> str:
    if table.ndim == 0:
        return _number(Fraction(int(table), denominator))
    return _list(_payoffs(np.asarray(row), denominator) for row in table)


def _language(named: NamedLanguage, game: Environment) -> dict[str, str]:
    fields = {"name": _text(named.name)} | _verified(named.language, game)
    return fields | {"contracts": _contracts(named.contracts, game)}


def _information(information: Information, game: Environment) -> dict[str, str]:
    """The groups of states that each player cannot tell apart."""
    grouped = {
        player: _groups(game.states, cells)
        for player, cells in zip(game.players, information.cells, strict=True)
    }
    return {
        _key(player): _list(map(_texts, groups)) for player, groups in grouped.items() if groups
    }


def _verified(language: Language, game: Environment) -> dict[str, str]:
    if isinstance(language, RecordLanguage):
        return {"records": _texts(record_texts(record_table(language, game), game))}
    states = _groups(game.states, language.cells)
    actions = {
        player: groups
        for player, labels, classes in zip(
            game.players, game.actions, language.classes, strict=True
        )
        if (groups := _groups(labels, classes))
    }
    fields = {}
    if states:
        fields["states"] = _list(map(_texts, states))
    if actions:
        fields["actions"] = _table({p: _list(map(_texts, listed)) for p, listed in actions.items()})
    return fields


def _groups(names: Sequence[str], numbers: Sequence[int]) -> list[list[str]]:
    """The groups of more than one name: in a file what is not listed stands alone."""
    groups: dict[int, list[str]] = {}
    for name, number in zip(names, numbers, strict=True):
        groups.setdefault(number, []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _contracts(contracts: ContractClass, game: Environment) -> str:
    match contracts:
        case Transfers(budget, liability, options):
            bound = {} if liability is None else {"liability": _number(liability)}
            if options is not None:
                pairs = zip(map(_key, game.players), map(_number, options), strict=True)
                bound["participation"] = _table(dict(pairs))
            return _table({"budget": _text(budget.value)} | bound)
        case Directives(permissive):
            extra = {"permissive": "true"} if permissive else {}
            return _table({"kind": _text("directive")} | extra)
    raise InputError(
        "a spec file has no word for the class without contracts",
        fix="use transfers in the blind language",
        field="contracts",
    )


def _claim(
    question: Question, game: Environment, information: Information | None
) -> dict[str, str]:
    fields = {"id": _text(question.id)}
    if question.language is not None:
        fields["language"] = _text(question.language)
    if question.value is not None:
        fields["value"] = _number(question.value)
    if question.prosociality is not None:
        fields["lambda"] = _level(question.prosociality, game)
    if question.profiles is not None:
        fields["profiles"] = _table(
            {
                game.states[w]: _profiles(profiles, game)
                for w, profiles in sorted(question.profiles.items())
            }
        )
    if question.strategies is not None:
        fields["profiles"] = _list(
            _strategies(strategies, game, information) for strategies in question.strategies
        )
    return fields


def _strategies(chosen: Sequence[int], game: Environment, information: Information | None) -> str:
    assert information is not None
    by_player = strategies_named(game, information, chosen)
    return _table(
        {
            player: _table({cell: _text(action) for cell, action in own.items()})
            for player, own in by_player.items()
        }
    )


def _profiles(profiles: Iterable[Profile], game: Environment) -> str:
    return _list(_texts(game.labels(profile)) for profile in profiles)


def _level(level: Sequence[Fraction], game: Environment) -> str:
    if len(set(level)) == 1:
        return _number(level[0])
    return _table(dict(zip(game.players, map(_number, level), strict=True)))


# TOML


def _section(heading: str, fields: Mapping[str, str]) -> str:
    return "".join([f"{heading}\n", *(f"{_key(k)} = {v}\n" for k, v in fields.items())])


def _table(fields: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{_key(name)} = {value}' for name, value in fields.items())} }}"


def _by_player(game: Environment, labels: Iterable[Sequence[str]]) -> str:
    return _table(dict(zip(game.players, map(_texts, labels), strict=True)))


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(values)}]"


def _texts(values: Iterable[str]) -> str:
    return _list(map(_text, values))


def _text(value: str) -> str:
    # JSON's escapes are TOML's; beyond them TOML refuses one more control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _number(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f'"{value}"'
