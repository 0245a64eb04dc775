"""What a report asks of its two finders: the one at a point, and the one for all parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from coopgap.proofs.deciding.reports import (
    AgentThresholds,
    BasisPart,
    BenefitPart,
    ByState,
    CellPart,
    FirstBestPart,
    ObstructionPart,
    Profiles,
    RecordPart,
    Selection,
)
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.values import Absent, Expression, Known, Quantity, Unknown, Value
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.environments import Environment
from coopgap.theory.specification import (
    FamilyQuestion,
    FamilySpecification,
    NamedLanguage,
    Question,
    Specification,
)

L = TypeVar("L")
"""The λ of all players, as a finder has them."""

Q = TypeVar("Q", bound=Question | FamilyQuestion)

Hashes = dict[str, str]
"""From the names of quantities to the SHA-256 of their certificates."""

Mixed = Mapping[str, tuple[Mapping[str, Mapping[str, Fraction]], ...]]


class Finder(Protocol[L, Q]):
    """Finds the parts of a report; certificates of quantities are noted in the hashes that it is
    given."""

    @property
    def family(self) -> bool:
        """Whether there are parameters."""

    @property
    def specification(self) -> Specification | FamilySpecification:
        """What is asked."""

    @property
    def names(self) -> Environment:
        """The environment, for its names of players, actions and states."""

    @property
    def progress(self) -> Callable[[str], None]:
        """Is told what is being decided."""

    @property
    def texts(self) -> Mapping[str, str]:
        """SHA-256 to text of every certificate that the checker accepted."""

    @property
    def parameters(self) -> Mapping[str, tuple[str, ...] | bool | str]:
        """The parameters and assumptions as the report has them."""

    @property
    def selfish(self) -> L:
        """λ = 0 for all."""

    @property
    def levels(self) -> Sequence[L]:
        """The levels of λ that the specification lists."""

    @property
    def questions(self) -> Sequence[Q]:
        """The claims that the specification lists."""

    def numbers(self, levels: L) -> Sequence[Known]:
        """The λ of each player."""

    def first_best(self, into: Hashes) -> FirstBestPart:
        """W* and where it is reached."""

    def play(self, levels: L) -> tuple[Quantity, ByState]:
        """The best welfare of pure equilibria without a contract, and these equilibria."""

    def mixed(self) -> Mixed | Unknown:
        """The extreme equilibria of selfish agents."""

    def value(self, named: NamedLanguage, levels: L, into: Hashes) -> tuple[Quantity, Quantity]:
        """V and the gap."""

    def correlated(self, named: NamedLanguage, into: Hashes) -> tuple[Quantity, Quantity]:
        """The gap of correlated equilibria under transfers, and what bounds it from below."""

    def suffices(self, named: NamedLanguage) -> Value[bool]:
        """Whether some contract implements a first best."""

    def directives(self, named: NamedLanguage) -> tuple[Quantity, Value[Profiles]]:
        """Δ_D under complete directives and the incontractible cells, of a state language (T2)."""

    def selection(self, named: NamedLanguage) -> Value[Selection]:
        """A selection that reaches the value."""

    def contract(self, named: NamedLanguage) -> tuple[RecordPart, ...] | Unknown | Absent:
        """The transfers that implement it."""

    def directive(self, named: NamedLanguage) -> tuple[CellPart, ...] | Absent:
        """The directive that implements it."""

    def basis(self, named: NamedLanguage) -> tuple[BasisPart, ...] | Unknown | Absent:
        """What must hold for a contract to suffice, by minimal obstructions."""

    def obstruction(self, named: NamedLanguage) -> Value[ObstructionPart]:
        """The first obstruction to anything better."""

    def threshold(self, named: NamedLanguage | None, into: Hashes) -> Quantity:
        """λ*(L), or the least λ without a contract."""

    def agent_thresholds(self) -> Value[tuple[AgentThresholds, ...]]:
        """The least λ of each player, by first-best selection."""

    def domination_threshold(self) -> Quantity:
        """λ̄ of T9."""

    def benefit(self) -> BenefitPart:
        """Who gains from the first best."""

    # Claims

    def incontractible(self, named: NamedLanguage) -> bool:
        """Whether the language has incontractible cells, for all parameters."""

    def correlated_positive(self, named: NamedLanguage) -> bool:
        """Whether the gap of correlated equilibria is positive, for all parameters."""

    def question(
        self,
        name: str,
        language: str | None = None,
        value: Fraction | Expression | None = None,
        level: Fraction | None = None,
    ) -> Q:
        """A claim; level: the λ of all players."""

    def settled(self, question: Q) -> Settled:
        """What becomes of a claim. Raises InputError for one that the game cannot bear."""

    def claim(self, question: Q) -> tuple[Mapping[str, Any], Problem]:
        """The fields of a claim as certificates carry them, and the problem that it is about."""
