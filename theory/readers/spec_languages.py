"""What a spec says of languages, contracts and what players see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.information import Information, information, unfollowed
from coopgap.theory.json_values import Fields
from coopgap.theory.languages import Language, ProductLanguage, RecordLanguage, complete, product
from coopgap.theory.readers import shape
from coopgap.theory.readers.by_name import in_order
from coopgap.theory.readers.records import record_language
from coopgap.theory.specification import NamedLanguage, Terms


def information_of(
    spec: shape.Spec, names: Environment, languages: Sequence[NamedLanguage]
) -> Information | None:
    """What players see, if the spec says it."""
    with inside("information"):
        known = information(names, spec.information)
    for position, named in enumerate(languages):
        if isinstance(named.contracts, Directives) and isinstance(named.language, ProductLanguage):
            with inside(f"language[{position}]"):
                _require_followed(named.language, known, names)
    return None if known.is_complete else known


def _require_followed(language: ProductLanguage, known: Information, names: Environment) -> None:
    states_told_apart = unfollowed(language, known)
    if states_told_apart is not None:
        agent, first, second = states_told_apart
        apart = f"{names.states[first]!r} and {names.states[second]!r}"
        raise InputError(
            f"a directive may tell {apart} apart, which {names.players[agent]!r} does not see",
            fix="group these states, or let the player see which it is",
            field="states",
        )


def languages_of(spec: shape.Spec, environment: Environment) -> tuple[NamedLanguage, ...]:
    """The languages, with their contracts."""
    common = spec.contracts.entries()
    with inside("contracts"):
        alone = _named_language("complete", complete(environment), common, environment.players)
    if not spec.language:
        return (alone,)

    def read(table: shape.Language) -> NamedLanguage:
        language = _language(table, environment)
        own = table.contracts.entries()
        with inside("contracts"):
            rules = shape.overridden(common, own)
            named = _named_language(table.name, language, rules, environment.players)
            if isinstance(named.contracts, Directives) and isinstance(language, RecordLanguage):
                raise InputError(
                    "a language given by records has no directives",
                    fix='write kind = "transfers", or describe it by states and actions',
                    field="kind",
                )
        return named

    return shape.read_languages(spec.language, read)


def _language(table: shape.Language, environment: Environment) -> Language:
    if table.records is None:
        return product(environment, table.states, {**(table.actions or {})})
    with inside("records"):
        if table.states is not None or table.actions is not None:
            raise InputError(
                "records exclude states and actions",
                fix="keep either the records or the groups of states and actions",
            )
        return record_language(environment, table.records)


def _named_language(
    name: str, language: Language, rules: Fields, players: Sequence[str]
) -> NamedLanguage:
    permissive, liability = rules.get("permissive", False), rules.get("liability")
    options = rules.get("participation")
    if rules.get("kind") == "directive":
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
        return NamedLanguage(name, language, Directives(permissive))
    if permissive:
        raise InputError(
            "only directives can be permissive",
            fix='leave it out, or write kind = "directive"',
            field="permissive",
        )
    nothing, budget = Fraction(0), Budget(rules.get("budget", Budget.BALANCED))
    terms, skeleton = Terms(liability and liability.tree), Transfers(budget)
    if liability is not None:
        skeleton = Transfers(budget, nothing)
    if options is not None:
        with inside("participation"):
            trees = tuple(option.tree for option in in_order(options, players, "player"))
        skeleton = replace(skeleton, participation=(nothing,) * len(players))
        terms = replace(terms, participation=trees)
    return NamedLanguage(name, language, skeleton, terms).closed(lambda tree: tree)
