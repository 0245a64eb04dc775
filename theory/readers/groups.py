"""Spec files about groups of identical agents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import chain

from coopgap.theory.aggregates import (
    TOTAL,
    Group,
    GroupGame,
    GroupLanguage,
    GroupQuestion,
    GroupSpecification,
    group_game,
)
from coopgap.theory.contracts import Budget, ContractClass, Directives, Transfers
from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.evaluation import substituted
from coopgap.theory.exact import parse_number
from coopgap.theory.expressions import Label, Tree, names_in
from coopgap.theory.json_values import Fields
from coopgap.theory.languages import renumbered
from coopgap.theory.marks import OWN
from coopgap.theory.nearest import require_known, suggestion
from coopgap.theory.parsing import parse_formula
from coopgap.theory.readers.by_name import in_order, require_language, trees_by_name
from coopgap.theory.readers.claim_fields import require_fields
from coopgap.theory.readers.formulas import (
    Constants,
    constants_of,
    require_state_compared,
    require_values_used,
)
from coopgap.theory.readers.group_plays import plays_of
from coopgap.theory.readers.group_shape import (
    GroupClaimShape,
    GroupGameShape,
    GroupLanguageShape,
    GroupProsocialityShape,
    GroupShape,
    GroupSpecShape,
)
from coopgap.theory.readers.parameters import Expression, Scope, require_usable
from coopgap.theory.readers.records import STATE, require_known_labels
from coopgap.theory.readers.shape import States, overridden, read_languages, validated
from coopgap.theory.readers.spec_game import SINGLE_STATE, constant
from coopgap.theory.readers.values import NUMBER, key, quoted, there_are

MAX_AGENTS = 10_000
"""The largest group."""

GROUP_CLAIMS = (
    "incontractible",
    "nash",
    "unique-nash",
    "closes",
    "gap-positive",
    "gap-zero",
    "gap-at-least",
    "gap-at-most",
    "threshold-at-most",
)
"""The claims that are decided for groups."""


def group_specification(document: Mapping[str, object], origin: str) -> GroupSpecification:
    """The specification in a parsed file about groups; ``origin`` is the file's name.

    Raises InputError, naming the field, for what breaks the rules of spec files.
    """
    if "parameters" in document:
        raise InputError(
            "a game of groups has no parameters",
            fix="write numbers, or list the players one by one",
            field="parameters",
        )
    spec = validated(GroupSpecShape, document, Scope(fix=NUMBER))
    game, formulas = _game(spec.game)
    languages = _languages(spec, game)
    prosociality = spec.prosociality or GroupProsocialityShape()
    return GroupSpecification(
        game=game,
        languages=languages,
        levels=read_entries(
            "prosociality.lambda", prosociality.levels, lambda level: _levels(level, game)
        ),
        tolerances=read_entries("prosociality.tolerance", prosociality.tolerance, _loss),
        questions=read_entries(
            "claim", spec.claim, lambda claim: _question(claim, game, languages)
        ),
        formulas=formulas,
        title=spec.title,
        source=spec.source,
        origin=origin,
    )


def _loss(expression: Expression) -> Fraction:
    if constant(expression.tree) < 0:
        raise InputError("a loss is not negative", fix="write 0 or more")
    return constant(expression.tree)


# The game


def _game(shape: GroupGameShape) -> tuple[GroupGame, tuple[tuple[Tree, ...], ...]]:
    """The game and its payoff formulas, by group and state."""
    groups = []
    if not shape.groups:
        raise InputError("there is no group", fix="describe one", field="game.groups")
    for name, group in shape.groups.items():
        with inside(f"game.groups.{key(name)}"):
            groups.append(_group(name, group))
    states = tuple(shape.states.names) if shape.states else (SINGLE_STATE,)
    with inside("game.states"):
        prior = _prior(shape.states)
    constants = constants_of(shape.values, states)
    for state, values in zip(states, constants, strict=True):
        for name in values:
            with inside(f"game.values.{key(state)}"):
                require_usable(name, "value")
                if name in shape.groups or name in _totals(groups):
                    raise InputError(f"{name!r} is a group or a total", fix="rename the value")
    with inside("game.payoffs"):
        texts = _formulas(shape.payoffs, groups, states)
        trees = tuple(
            tuple(
                _tree(text, group, s, groups, states, constants) for s, text in enumerate(of_group)
            )
            for group, of_group in zip(groups, texts, strict=True)
        )
    require_values_used(shape.values, list(map(parse_formula, chain.from_iterable(texts))))
    with inside("game.payoffs"):
        return group_game(groups, states, prior, trees), trees


def _group(name: str, shape: GroupShape) -> Group:
    require_usable(name, "group")
    if not 1 <= shape.size <= MAX_AGENTS:
        raise InputError(
            f"the group has {shape.size:,} agents",
            fix=f"a group has at least 1 and at most {MAX_AGENTS:,}",
            field="size",
        )
    numbers = read_entries("actions", shape.actions, parse_number)
    if len(set(numbers)) < len(numbers):
        raise InputError("two actions are the same number", fix="list each once", field="actions")
    return Group(name, shape.size, tuple(shape.actions), numbers)


def _prior(states: States | None) -> list[Fraction]:
    if states is None or (states.prior is None and len(states.names) == 1):
        return [Fraction(1)]
    prior = [constant(probability.tree) for probability in states.prior or ()]
    if len(prior) != len(states.names) or sum(prior) != 1 or min(prior) < 0:
        counted = there_are(len(prior), "probability", "probabilities")
        raise InputError(
            f"{counted} of {len(states.names)} states, in sum {sum(prior)}",
            fix="give each state one, at least 0, that sum to exactly 1",
            field="prior",
        )
    return prior


def _formulas(payoffs: Fields, groups: Sequence[Group], states: Sequence[str]) -> list[list[str]]:
    """The text of each formula, by group and state."""
    nested = bool(payoffs) and all(isinstance(entry, dict) for entry in payoffs.values())
    by_state = payoffs if nested else dict.fromkeys(states, payoffs)
    by_group: list[list[str]] = [[] for _ in groups]
    for state, of_state in zip(states, in_order(by_state, states, "state"), strict=True):
        with inside(key(state) if nested else ""):
            names = [group.name for group in groups]
            texts = in_order(of_state, names, "group")
            for own, name, text in zip(by_group, names, texts, strict=True):
                if isinstance(text, bool) or not isinstance(text, str | int):
                    raise InputError(
                        f"{quoted(text)} is no formula",
                        fix=f'write one in quotes, such as "2*{TOTAL} - 3*{OWN}"',
                        field=key(name),
                    )
                own.append(str(text))
    return by_group


def _totals(groups: Sequence[Group]) -> list[str]:
    return [TOTAL, *(f"{TOTAL}_{group.name}" for group in groups)]


def _tree(
    text: str,
    group: Group,
    state: int,
    groups: Sequence[Group],
    states: Sequence[str],
    constants: Constants,
) -> Tree:
    """A formula in own and totals, for one state."""
    with inside(key(group.name)):
        tree = parse_formula(text)
        values = constants[state]
        everywhere = [name for of_state in constants for name in of_state]
        known = [OWN, *_totals(groups), STATE, *dict.fromkeys(everywhere)]
        for name in names_in(tree):
            _require_known(name, text, known, groups)
            if name in everywhere and name not in values:
                raise InputError(
                    f"{name!r} has no value in state {states[state]!r}",
                    fix=f"add it to [game.values.{key(states[state])}]",
                )
        require_state_compared(tree)
        require_known_labels(tree, {STATE: states})
        fixed: dict[str, Tree] = {name: value.tree for name, value in values.items()}
        return substituted(tree, {**fixed, STATE: Label(states[state])})


def _require_known(name: str, text: str, known: Sequence[str], groups: Sequence[Group]) -> None:
    if name in known:
        return
    for group in groups:
        if name == group.name or re.fullmatch(re.escape(group.name) + "_?[0-9]+", name):
            subject = "a group" if name == group.name else f"a single agent of {group.name!r}"
            raise InputError(
                f"{quoted(text)} names {subject}, {name!r}; the agents of a group are alike",
                fix=f"write {OWN} for the agent's own action, {TOTAL}_{group.name} for the sum of "
                "the group's",
            )
    raise InputError(
        f"{quoted(text)} uses the name {name!r}, which is no total and no value of states",
        fix=suggestion(name, known),
    )


# Languages, λ and claims


def _languages(spec: GroupSpecShape, game: GroupGame) -> tuple[GroupLanguage, ...]:
    common = spec.contracts.entries()
    if not spec.language:
        return (_language(GroupLanguageShape(name="complete"), game, common),)
    return read_languages(spec.language, lambda language: _language(language, game, common))


def _language(table: GroupLanguageShape, game: GroupGame, common: Fields) -> GroupLanguage:
    with inside("states"):
        cells = _classes(game.states, table.states or [], "state")
    actions = table.actions or {}
    names = [group.name for group in game.groups]
    with inside("actions"):
        for name in actions:
            require_known(name, names, "group")
        classes = tuple(
            _classes(group.actions, actions.get(group.name, []), "action") for group in game.groups
        )
    with inside("contracts"):
        contracts = _contracts(overridden(common, table.contracts.entries()))
    if table.total and isinstance(contracts, Directives):
        raise InputError(
            "a directive prescribes actions, not totals",
            fix='leave it out, or write kind = "transfers"',
            field="total",
        )
    return GroupLanguage(table.name, cells, classes, table.total, contracts)


def _classes(names: Sequence[str], groups: Sequence[Sequence[str]], kind: str) -> tuple[int, ...]:
    """For each name the number of its class; what is not listed stands alone."""
    place: dict[str, int] = {}
    for number, listed in enumerate(groups):
        for name in listed:
            require_known(name, names, kind)
            if name in place:
                raise InputError(f"{name!r} is grouped twice", fix="group it once")
            place[name] = number
    return renumbered(place.get(name, name) for name in names)


def _contracts(keys: Fields) -> ContractClass:
    if keys.get("participation") is not None:
        raise InputError(
            "for groups mechanisms are not decided, and contracts bind all",
            fix="leave it out",
            field="participation",
        )
    if keys.get("permissive"):
        raise InputError(
            "for groups directives are complete", fix="leave it out", field="permissive"
        )
    liability = keys.get("liability")
    if keys.get("kind") == "directive":
        if liability is not None:
            raise InputError(
                "directives move no money, so nothing bounds a liability",
                fix="leave it out",
                field="liability",
            )
        return Directives(False)
    bound = None if liability is None else constant(liability.tree)
    return Transfers(Budget(keys.get("budget", Budget.BALANCED)), bound)


def _levels(levels: Mapping[str, Expression], game: GroupGame) -> tuple[Fraction, ...]:
    names = [group.name for group in game.groups]
    return tuple(map(constant, trees_by_name(levels, names, "group")))


def _question(
    claim: GroupClaimShape, game: GroupGame, languages: Sequence[GroupLanguage]
) -> GroupQuestion:
    if claim.id not in GROUP_CLAIMS:
        raise InputError(
            f"the claim {claim.id!r} is not decided for groups",
            fix=f"choose from {', '.join(GROUP_CLAIMS)}, or list the players one by one",
            field="id",
        )
    require_fields(claim.id, claim.present_keys)
    require_language(claim.language, [language.name for language in languages])
    with inside("lambda"):
        levels = None if claim.prosociality is None else _levels(claim.prosociality, game)
    value = None if claim.value is None else constant(claim.value.tree)
    plays = None
    if claim.profiles is not None:
        with inside("profiles"):
            plays = plays_of(claim.profiles, game)
    if claim.id == "threshold-at-most" and value is not None and value < 0:
        raise InputError("λ is not negative", fix="write 0 or more", field="value")
    return GroupQuestion(claim.id, claim.language, value, levels, plays)
