"""The languages of a frontier: a spec's own, or all joins of candidate predicates over a base."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from coopgap.theory.contracts import Directives
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    RecordLanguage,
    blind,
    join,
    record_table,
    refines,
)
from coopgap.theory.readers.records import record_language
from coopgap.theory.specification import NamedLanguage, Specification

PREDICATE_LIMIT = 10
"""The largest number of candidate predicates; all their joins are examined."""


@dataclass(frozen=True)
class Member:
    """A language of the lattice.

    predicates: the indices of those that it adds to the base. like: the first member that tells the
    same plays apart, for the same class of contracts; its own index if it is the first.
    """

    named: NamedLanguage
    predicates: tuple[int, ...]
    like: int

    @property
    def name(self) -> str:
        """The name in reports."""
        return self.named.name


@dataclass(frozen=True)
class Lattice:
    """The languages, and the texts of the predicates.

    below: for each member the members just below it, among the first of their kind that have its
    class of contracts.
    """

    members: tuple[Member, ...]
    predicates: tuple[str, ...]
    base: str | None
    below: tuple[tuple[int, ...], ...]

    @property
    def distinct(self) -> tuple[int, ...]:
        """The members that are the first of their kind."""
        return tuple(k for k, member in enumerate(self.members) if member.like == k)


def lattice(
    specification: Specification, predicates: Sequence[str] = (), base: str | None = None
) -> Lattice:
    """The spec's languages or, with predicates, all their joins with the language ``base``.

    ``base`` None: the blind language. Raises InputError for a predicate that does not parse or is
    listed twice, an unknown base, too many predicates, and predicates with directives.
    """
    if not predicates:
        if base is not None:
            raise InputError(
                "a base needs predicates to add to it",
                fix="name one: --predicate EXPR",
                field="--base",
            )
        entries: list[tuple[NamedLanguage, tuple[int, ...]]] = [
            (named, ()) for named in specification.languages
        ]
    else:
        entries = _joins(specification, predicates, base)
    environment = specification.environment
    first: dict[Hashable, int] = {}
    members = []
    for place, (named, chosen) in enumerate(entries):
        table = record_table(named.language, environment)
        # Directives need classes of actions, which other record maps may lack.
        exact = named.language if isinstance(named.contracts, Directives) else table.tobytes()
        members.append(Member(named, chosen, first.setdefault((exact, named.contracts), place)))
    return Lattice(tuple(members), tuple(predicates), base, _below(members, environment))


def _joins(
    specification: Specification, predicates: Sequence[str], base: str | None
) -> list[tuple[NamedLanguage, tuple[int, ...]]]:
    environment = specification.environment
    if len(predicates) > PREDICATE_LIMIT:
        raise InputError(
            f"{len(predicates)} predicates have over {2**PREDICATE_LIMIT:,} joins",
            fix=f"give at most {PREDICATE_LIMIT}",
            field="--predicate",
        )
    names = [language.name for language in specification.languages]
    if base is not None and base not in names:
        raise InputError(
            f"there is no language {base!r}",
            fix=f"choose from {', '.join(names)}",
            field="--base",
        )
    named = specification.languages[0 if base is None else names.index(base)]
    if isinstance(named.contracts, Directives):
        raise InputError(
            "directives cannot name what a predicate says",
            fix="choose a base with transfers: --base NAME",
            field="--predicate",
        )
    atoms = []
    for place, text in enumerate(predicates):
        if text in predicates[:place]:
            raise InputError(
                f"{text!r} is listed twice", fix="leave one out", field=f"--predicate[{place}]"
            )
        with inside(f"--predicate[{place}]"):
            atoms.append(_predicate_language(environment, text))
    ground: Language = blind(environment) if base is None else named.language
    known: dict[tuple[int, ...], Language] = {(): ground}
    for size in range(1, len(predicates) + 1):
        for chosen in combinations(range(len(predicates)), size):
            known[chosen] = _joined(known[chosen[:-1]], atoms[chosen[-1]], environment)
    root = "nothing" if base is None else base
    return [
        (replace(named, name=_name(root, chosen, predicates), language=language), chosen)
        for chosen, language in known.items()
    ]


def _predicate_language(environment: Environment, text: str) -> RecordLanguage:
    try:
        return record_language(environment, [text])
    except InputError as error:
        # The field of the error already names the predicate.
        raise InputError(error.problem, fix=error.fix) from None


def _joined(first: Language, second: Language, environment: Environment) -> Language:
    """The join; for record languages with the names of both."""
    joint = join(first, second, environment)
    if not isinstance(joint, RecordLanguage):
        return joint
    names = {}
    a, b, c = (record_table(language, environment) for language in (first, second, joint))
    for x, y, z in zip(a.ravel().tolist(), b.ravel().tolist(), c.ravel().tolist(), strict=True):
        names[z] = ", ".join(
            language.names[k]
            for language, k in ((first, x), (second, y))
            if isinstance(language, RecordLanguage)
        )
    return RecordLanguage(joint.table, tuple(names[k] for k in range(len(names))))


def _name(root: str, chosen: Sequence[int], predicates: Sequence[str]) -> str:
    added = " + ".join(predicates[k] for k in chosen)
    if not chosen:
        return root
    return added if root == "nothing" else f"{root} + {added}"


def _below(members: Sequence[Member], environment: Environment) -> tuple[tuple[int, ...], ...]:
    """The cover relation of refinement among the members that are the first of their kind."""
    alone = [k for k, member in enumerate(members) if member.like == k]
    under: dict[int, set[int]] = {k: set() for k in alone}
    for fine in alone:
        for coarse in alone:
            if coarse != fine and _comparable(members[fine], members[coarse], environment):
                under[fine].add(coarse)
    below: list[tuple[int, ...]] = []
    for place in range(len(members)):
        lower = under.get(place, set())
        further = {deep for near in lower for deep in under[near]}
        below.append(tuple(sorted(lower - further)))
    return tuple(below)


def _comparable(fine: Member, coarse: Member, environment: Environment) -> bool:
    """Whether ``fine`` refines ``coarse`` and is not equivalent to it."""
    if fine.named.contracts != coarse.named.contracts:
        return False
    finer, coarser = fine.named.language, coarse.named.language
    if isinstance(finer, ProductLanguage) != isinstance(coarser, ProductLanguage):
        finer, coarser = (_recorded(finer, environment), _recorded(coarser, environment))
    return refines(finer, coarser, environment) and not refines(coarser, finer, environment)


def _recorded(language: Language, environment: Environment) -> RecordLanguage:
    table = record_table(language, environment)
    return RecordLanguage(table, tuple(map(str, range(int(table.max()) + 1))))
