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


def languages_of(spec: shape.Spec, environment: Environment) -> tuple[NamedLanguage, ...]:
    """The languages, with their contracts."""
    common = spec.contracts.written()
    with inside("contracts"):
        alone = _written("complete", complete(environment), common, environment.players)
    if not spec.language:
        return (alone,)

    def named(written: shape.Language) -> NamedLanguage:
        language = _language(written, environment)
        own = written.contracts.written()
        with inside("contracts"):
            rules = shape.overridden(common, own)
            found = _written(written.name, language, rules, environment.players)
            if isinstance(found.contracts, Directives) and isinstance(language, RecordLanguage):
                raise InputError(
                    "a language given by records has no directives",
                    fix='write kind = "transfers", or describe it by states and actions',
                    field="kind",
                )
        return found

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


def _written(
    name: str, language: Language, written: Fields, players: Sequence[str]
) -> NamedLanguage:
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
        return NamedLanguage(name, language, Directives(permissive))
    if permissive:
        raise InputError(
            "only directives can be permissive",
            fix='leave it out, or write kind = "directive"',
            field="permissive",
        )
    nothing, budget = Fraction(0), Budget(written.get("budget", Budget.BALANCED))
    terms, skeleton = Terms(liability and liability.tree), Transfers(budget)
    if liability is not None:
        skeleton = Transfers(budget, nothing)
    if options is not None:
        with inside("participation"):
            trees = tuple(each.tree for each in in_order(options, players, "player"))
        skeleton = replace(skeleton, participation=(nothing,) * len(players))
        terms = replace(terms, participation=trees)
    return NamedLanguage(name, language, skeleton, terms).closed(lambda tree: tree)
