"""What a user asks: an environment, the languages to judge it by, and the claims to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from theory.contracts import ContractClass
from theory.environments import Environment, Profile
from theory.languages import Language


@dataclass(frozen=True)
class NamedLanguage:
    """A language under the user's name for it, with the class of contracts written in it."""

    name: str
    language: Language
    contracts: ContractClass


@dataclass(frozen=True)
class Question:
    """One claim to decide, with the fields that its id needs.

    id: a claim id of interfaces. language: a listed language, or None. value: in utils, or λ for
    ``threshold-at-most``. prosociality: one λ per agent. profiles: per state index, the asserted
    pure equilibria.
    """

    id: str
    language: str | None = None
    value: Fraction | None = None
    prosociality: tuple[Fraction, ...] | None = None
    profiles: Mapping[int, tuple[Profile, ...]] | None = None


@dataclass(frozen=True)
class Specification:
    """A whole spec file. ``levels``: the profiles of λ (one per agent) to report; ``questions`` is
    empty when the file has no claims."""

    environment: Environment
    languages: tuple[NamedLanguage, ...]
    levels: tuple[tuple[Fraction, ...], ...] = ()
    questions: tuple[Question, ...] = ()
    title: str = ""
    source: str = ""
    origin: str = field(default="", compare=False)
