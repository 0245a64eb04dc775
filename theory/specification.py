"""What a spec file states: an environment, languages to judge it by, and claims to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, islice, product
from typing import Any, TypeVar

from coopgap.theory.contracts import ContractClass, Transfers
from coopgap.theory.environments import MAX_DISPLAYED, Environment, Profile
from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.evaluation import Evaluator, compiled, substituted
from coopgap.theory.expressions import Number, Tree, spelled
from coopgap.theory.families import Family, stored
from coopgap.theory.information import Information
from coopgap.theory.languages import Language
from coopgap.theory.notebooks import Tabulated, TextTable

_T = TypeVar("_T")
_Q = TypeVar("_Q")


@dataclass(frozen=True)
class Terms:
    """What of a language's transfers is an expression in the parameters of a family.

    liability: the bound on fines, in utils. participation: the outside option of each agent, in
    utils. Empty where the class of contracts has a number, or nothing.
    """

    liability: Tree | None = None
    participation: tuple[Tree, ...] = ()

    @property
    def trees(self) -> tuple[Tree, ...]:
        """All expressions."""
        return (*self.participation, *(() if self.liability is None else (self.liability,)))


@dataclass(frozen=True)
class NamedLanguage:
    """A language with the user's name for it and the class of contracts written in it.

    terms: where they are expressions the class has 0, as the skeleton of a family has for payoffs.
    """

    name: str
    language: Language
    contracts: ContractClass
    terms: Terms | None = None

    def closed(self, read: Callable[[Tree], Tree]) -> NamedLanguage:
        """The language with its terms as they are read; those that are numbers go to the class.

        Raises InputError as ``read`` does, and for a negative liability bound.
        """
        contracts, terms = self.contracts, self.terms
        if terms is None:
            return self
        assert isinstance(contracts, Transfers)
        bound = None if terms.liability is None else read(terms.liability)
        options = tuple(map(read, terms.participation))
        if isinstance(bound, Number):
            contracts, bound = replace(contracts, liability=bound.value), None
        numbers = tuple(option.value for option in options if isinstance(option, Number))
        if options and len(numbers) == len(options):
            contracts, options = replace(contracts, participation=numbers), ()
        open_terms = None if bound is None and not options else Terms(bound, options)
        return replace(self, contracts=contracts, terms=open_terms)


def language_table(title: str, languages: Sequence[NamedLanguage]) -> TextTable:
    """A specification's languages with the contracts written in them."""
    rows = tuple((language.name, _named(language)) for language in languages)
    return TextTable(title or "A game", ("language", "contracts"), rows)


def _named(named: NamedLanguage) -> str:
    contracts, terms = named.contracts, named.terms
    if isinstance(contracts, Transfers):
        bound = None if contracts.liability is None else str(contracts.liability)
        if terms is not None and terms.liability is not None:
            bound = spelled(terms.liability)
        fines = "" if bound is None else f", fines of at most {bound}"
        return f"{contracts.budget} transfers{fines}"
    return "directives"


@dataclass(frozen=True)
class Question:
    """One claim to decide, with the fields that its id needs.

    id: a claim id. language: a listed language, or None. value: in utils, or λ for
    ``threshold-at-most``. prosociality: one λ per agent. profiles: per state index, the asserted
    pure equilibria. strategies: these where agents do not all see the state, an action for each
    type.
    """

    id: str
    language: str | None = None
    value: Fraction | None = None
    prosociality: tuple[Fraction, ...] | None = None
    profiles: Mapping[int, tuple[Profile, ...]] | None = None
    strategies: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True, repr=False)
class Specification(Tabulated):
    """A whole spec file.

    ``levels``: the profiles of λ (one per agent) to report; ``questions`` is empty when the file
    has no claims. ``information``: what agents see, or None where they see the state.
    """

    environment: Environment
    languages: tuple[NamedLanguage, ...]
    levels: tuple[tuple[Fraction, ...], ...] = ()
    questions: tuple[Question, ...] = ()
    title: str = ""
    source: str = ""
    origin: str = field(default="", compare=False)
    information: Information | None = None

    def named(self, language: str) -> NamedLanguage:
        """The listed language of that name."""
        return next(candidate for candidate in self.languages if candidate.name == language)

    def tables(self) -> Sequence[TextTable]:
        """The languages, and the payoffs by state."""
        return [language_table(self.title, self.languages), *self.environment.tables()]


@dataclass(frozen=True)
class FamilyQuestion:
    """A question about a family: as ``Question``, with expressions in place of numbers."""

    id: str
    language: str | None = None
    value: Tree | None = None
    prosociality: tuple[Tree, ...] | None = None
    profiles: Mapping[int, tuple[Profile, ...]] | None = None
    strategies: tuple[tuple[int, ...], ...] | None = None

    def concrete(self, read: Callable[[Tree], Fraction]) -> Question:
        """The question about one environment; ``read`` evaluates an expression.

        Raises InputError as ``read`` does, and for a negative λ.
        """
        numbers = self._numbers(read)
        return Question(self.id, self.language, *numbers, self.profiles, self.strategies)

    def narrowed(self, read: Callable[[Tree], Tree]) -> FamilyQuestion:
        """The question about a narrower family; ``read`` substitutes values in an expression.

        Raises InputError as ``read`` does, and for a λ that becomes negative.
        """
        value, prosociality = self._numbers(read)
        return replace(self, value=value, prosociality=prosociality)

    def _numbers(self, read: Callable[[Tree], _T]) -> tuple[_T | None, tuple[_T, ...] | None]:
        value = prosociality = None
        if self.value is not None:
            with inside("value"):
                value = read(self.value)
        if self.prosociality is not None:
            with inside("lambda"):
                prosociality = _levels(self.prosociality, read)
        return value, prosociality


@dataclass(frozen=True, repr=False)
class FamilySpecification(Tabulated):
    """A spec file with parameters: as ``Specification``, with expressions instead of numbers."""

    family: Family
    languages: tuple[NamedLanguage, ...]
    levels: tuple[tuple[Tree, ...], ...] = ()
    questions: tuple[FamilyQuestion, ...] = ()
    title: str = ""
    source: str = ""
    origin: str = field(default="", compare=False)
    information: Information | None = None

    def tables(self) -> Sequence[TextTable]:
        """The languages, the assumptions, and the payoffs by state as expressions."""
        family = self.family
        names = ", ".join(family.parameters)
        assumed = tuple((assumption.text,) for assumption in family.assumptions)
        labels = list(islice(product(*family.actions), MAX_DISPLAYED))
        payoffs = [
            TextTable(
                f"State {name}, probability {spelled(family.prior[state])}",
                ("profile", *family.players),
                tuple(
                    (", ".join(profile), *(spelled(own[state][k]) for own in family.payoffs))
                    for k, profile in enumerate(labels)
                ),
            )
            for state, name in enumerate(family.states[:MAX_DISPLAYED])
        ]
        return [
            language_table(self.title, self.languages),
            TextTable(f"For all {names}", ("with",), assumed),
            *payoffs,
        ]

    def at(self, values: Mapping[str, Fraction | int]) -> Specification:
        """The specification at a point, which gives a value to every parameter.

        Raises InputError as ``Family.at`` does, for a λ or a liability bound that is negative
        there, and for a division by zero in one of these, an outside option or the value of a
        claim.
        """
        environment, read = self.family.at(values), self._reader(values)
        levels, questions = self._levels_and_claims(read, lambda question: question.concrete(read))
        return Specification(
            environment,
            self._closed(lambda tree: Number(read(tree))),
            levels,
            questions,
            self.title,
            self.source,
            self.origin,
            self.information,
        )

    def questions_at(self, values: Mapping[str, Fraction | int]) -> tuple[Question, ...]:
        """The claims at a point, without its game; raises InputError as ``at`` does for claims."""
        read = self._reader(values)
        return self._levels_and_claims(read, lambda question: question.concrete(read))[1]

    def _reader(self, values: Mapping[str, Fraction | int]) -> Callable[[Tree], Fraction]:
        """Reads the expressions of the specification at a point."""
        point, runs = self.family.point(values), self._compiled
        return lambda tree: Fraction(runs[tree](point))

    def narrowed(self, values: Mapping[str, Fraction | int]) -> FamilySpecification:
        """The specification of the family in which some parameters have the given values.

        Raises InputError as ``Family.narrowed`` does, for a λ or a liability bound that becomes
        negative, and for a division by zero as ``at`` does.
        """
        family = self.family.narrowed(values)
        numbers = {name: Number(Fraction(value)) for name, value in values.items()}

        def read(tree: Tree) -> Tree:
            return substituted(tree, numbers)

        levels, questions = self._levels_and_claims(read, lambda question: question.narrowed(read))
        languages = self._closed(read)
        return replace(self, family=family, languages=languages, levels=levels, questions=questions)

    def _closed(self, read: Callable[[Tree], Tree]) -> tuple[NamedLanguage, ...]:
        return read_entries("language", self.languages, lambda named: named.closed(read))

    def _levels_and_claims(
        self, read: Callable[[Tree], _T], ask: Callable[[FamilyQuestion], _Q]
    ) -> tuple[tuple[tuple[_T, ...], ...], tuple[_Q, ...]]:
        levels = read_entries(
            "prosociality.lambda", self.levels, lambda trees: _levels(trees, read)
        )
        return levels, read_entries("claim", self.questions, ask)

    @cached_property
    def _compiled(self) -> dict[Tree, Evaluator]:
        levels = [*self.levels, *(question.prosociality or () for question in self.questions)]
        values = [question.value for question in self.questions if question.value is not None]
        terms = [named.terms.trees for named in self.languages if named.terms is not None]
        trees = [*chain.from_iterable([*levels, *terms]), *values]
        return {tree: compiled(tree, self.family.parameters) for tree in trees}

    def __getstate__(self) -> dict[str, Any]:
        return stored(self)


_UNLISTED = {
    "game.groups": (
        "this is a game of groups of identical agents, which `coopgap check` and `example` read",
        "list the players one by one",
    ),
    "commons": (
        "this is a commons, not a game",
        "coopgap check, example, figure and predict read it",
    ),
    "fishery": (
        "this is a fishery in closed form, which `coopgap check` alone decides",
        "describe a [commons] or a [game]",
    ),
}
"""What is no game with its players listed, by its place in a file, and what can be done."""


def not_listed(place: str) -> InputError:
    """The error for what is no game with its players listed."""
    problem, fix = _UNLISTED[place]
    return InputError(problem, fix=fix)


def require_complete_information(
    specification: Specification | FamilySpecification, topic: str
) -> None:
    """Raises InputError if some agent does not see the state, which ``what`` does not decide."""
    if specification.information is not None:
        raise InputError(
            f"{topic} is about agents who see the state, and here some do not",
            fix="leave [information] out, or ask coopgap check for a mechanism claim",
            field="information",
            source=specification.origin,
        )


def game_of_numbers(specification: Specification | FamilySpecification) -> Specification:
    """The specification of a game without parameters. Raises InputError for open ones."""
    if isinstance(specification, FamilySpecification):
        names = specification.family.parameters
        raise InputError(
            f"this is a family, in the parameter{'s' * (len(names) > 1)} {', '.join(names)}",
            fix="give each a value: --set NAME=NUMBER",
            source=specification.origin,
        )
    return specification


def concrete_game(specification: Specification | FamilySpecification, topic: str) -> Specification:
    """The specification of a game whose players see the state, which ``what`` is about.

    Raises InputError for open parameters and for private information.
    """
    game = game_of_numbers(specification)
    require_complete_information(game, topic)
    return game


def require_level(level: object) -> None:
    """Raises InputError for a λ that is a negative number."""
    number = level.value if isinstance(level, Number) else level
    if isinstance(number, Fraction) and number < 0:
        raise InputError(f"{number} is negative", fix="λ is at least 0")


def _levels(trees: tuple[Tree, ...], read: Callable[[Tree], _T]) -> tuple[_T, ...]:
    levels = tuple(read(tree) for tree in trees)
    for level in levels:
        require_level(level)
    return levels
