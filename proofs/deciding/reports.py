"""The report of ``coopgap check`` as values, and its JSON form (interfaces: coopgap.report/1).

Field names are those of the JSON; numbers are exact. Maps go by the names of the states of positive
probability, profiles are tuples of action labels.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from typing import Any

from coopgap.theory.contracts import ContractClass, Directives, Transfers
from coopgap.theory.exact import Extended, Infinite

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """A quantity that was not decided, and why."""

    unknown: str


Quantity = Extended | Unknown


@dataclass(frozen=True)
class FirstBestPart:
    """W* in utils, and the profiles that attain it."""

    welfare: Fraction
    profiles: Mapping[str, tuple[Labels, ...]]


@dataclass(frozen=True)
class SelfishPart:
    """Selfish play without a contract: best expected pure-equilibrium welfare, the equilibria."""

    welfare: Fraction | None
    nash: Mapping[str, tuple[Labels, ...]]
    mixed: Mapping[str, tuple[Mapping[str, Mapping[str, Fraction]], ...]] | Unknown


@dataclass(frozen=True)
class ContractClassPart:
    """A class of contracts. ``budget`` and ``liability`` are None for directives."""

    kind: str
    budget: str | None = None
    liability: Fraction | str | None = None
    permissive: bool | None = None


@dataclass(frozen=True)
class RecordPart:
    """What a contract pays at one record, in utils per player."""

    record: str
    transfers: Mapping[str, Fraction]


@dataclass(frozen=True)
class DeviationPart:
    """One weighted incentive constraint of an obstruction; ``gain`` in utils, of u_i + λ_i W."""

    state: str
    player: str
    profile: Labels
    deviation: str
    gain: Fraction
    weight: int


@dataclass(frozen=True)
class ObstructionPart:
    """Why nothing better than the value is implementable: the first of ``count`` obstructions,
    in words and as constraints."""

    kind: str
    words: str
    deviations: tuple[DeviationPart, ...]
    count: int


@dataclass(frozen=True)
class LevelPart:
    """V(λ, L) and Δ(λ, L) at one level: a number, or one for each player."""

    lambda_: Fraction | Mapping[str, Fraction]
    value: Quantity
    gap: Quantity


@dataclass(frozen=True)
class LanguagePart:
    """What one language can reach. ``correlated_gap``: of correlated equilibria, where certified
    exactly; ``correlated_bound``: the gap that all of them leave at least (T5). ``directive``: for
    each cell what is allowed. ``certificates``: quantity → SHA-256."""

    name: str
    contracts: ContractClassPart
    value: Quantity
    gap: Quantity
    correlated_gap: Fraction | None
    correlated_bound: Fraction | None
    directive_gap: Fraction | None
    incontractible_cells: tuple[Labels, ...] | None
    selection: Mapping[str, Labels] | None
    contract: tuple[RecordPart, ...] | None
    directive: tuple[Mapping[str, Any], ...] | None
    obstruction: ObstructionPart | None
    prosocial_threshold: Quantity
    prosocial: tuple[LevelPart, ...]
    certificates: Mapping[str, str]


@dataclass(frozen=True)
class AgentThresholds:
    """The least λ of each player at which one first-best selection is an equilibrium (T6)."""

    selection: Mapping[str, Labels]
    lambda_: Mapping[str, Extended]


@dataclass(frozen=True)
class ProsocialPart:
    """Pure equilibria without a contract at one level, and the best expected welfare among them."""

    lambda_: Fraction | Mapping[str, Fraction]
    welfare: Fraction | None
    nash: Mapping[str, tuple[Labels, ...]]


@dataclass(frozen=True)
class BenefitPart:
    """Who gains from the first best over selfish pure play (T8): each agent as it is; with side
    payments that may depend on the outcome; with one payment for all outcomes. None: undecided,
    or no selfish outcome of smaller welfare."""

    plain: bool | None
    side_payments: bool | None
    one_payment: bool | None


@dataclass(frozen=True)
class CertificatePart:
    """The certificate of a verdict. ``checked``: the independent checker accepted it."""

    kind: str
    checked: bool
    sha256: str


class ShownInNotebooks:
    """A report or a verdict that shows itself in a notebook as a document."""

    def document(self) -> dict[str, Any]:
        """The value as plain JSON values."""
        plain: dict[str, Any] = as_document(self)
        return plain

    def _repr_html_(self) -> str:
        return self._shown("html")

    def _repr_markdown_(self) -> str:
        return self._shown("markdown")

    def _repr_latex_(self) -> str:
        return self._shown("latex")

    def _shown(self, format_: str) -> str:
        # Lazily: only a notebook asks.
        from coopgap.proofs.exposition.notebook import shown

        return shown(self.document(), format_)


@dataclass(frozen=True)
class ClaimPart(ShownInNotebooks):
    """One claim, decided. status: proved, refuted, trusted or unknown (with ``reason``).
    ``theorem``: the theorem of which it is an instance, where the file has no claims."""

    id: str
    language: str | None
    status: str
    certificate: CertificatePart | None
    seconds: float
    value: Fraction | None = None
    lambda_: Fraction | Mapping[str, Fraction] | None = None
    theorem: str | None = None
    reason: str | None = None
    statement: str = ""


@dataclass(frozen=True, kw_only=True)
class Report(ShownInNotebooks):
    """Everything that ``check`` found. ``texts``: SHA-256 → text of every certificate (no part of
    the JSON)."""

    schema: str = field(default="coopgap.report/1", init=False)
    tool: Mapping[str, Any]
    source: str
    title: str
    first_best: FirstBestPart
    selfish: SelfishPart
    languages: tuple[LanguagePart, ...]
    prosocial_threshold: Quantity
    agent_thresholds: tuple[AgentThresholds, ...] | Unknown
    domination_threshold: Quantity | None
    prosocial: tuple[ProsocialPart, ...]
    benefit: BenefitPart
    claims: tuple[ClaimPart, ...]
    certificates: Mapping[str, str]
    parameters: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"names": (), "assume": ()}
    )
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def statuses(self) -> set[str]:
        """The statuses of the claims."""
        return {claim.status for claim in self.claims}

    def document(self) -> dict[str, Any]:
        """The report as plain JSON values, numbers as exact text."""
        plain: dict[str, Any] = as_document(self)
        del plain["texts"]
        return plain


def as_document(value: Any) -> Any:
    """Report values as plain JSON values: dataclasses by field, exact numbers as text."""
    if is_dataclass(value):
        return {
            each.name.rstrip("_"): as_document(getattr(value, each.name)) for each in fields(value)
        }
    if isinstance(value, (Fraction, Infinite)):
        return str(value)
    if isinstance(value, Mapping):
        return {key: as_document(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [as_document(each) for each in value]
    return value


def contract_class(contracts: ContractClass) -> ContractClassPart:
    """A class of contracts as reports name it."""
    if isinstance(contracts, Transfers):
        liability = "none" if contracts.liability is None else contracts.liability
        return ContractClassPart("transfers", str(contracts.budget), liability)
    assert isinstance(contracts, Directives)
    return ContractClassPart("directive", permissive=contracts.permissive)


def tool() -> dict[str, Any]:
    """The versions of coopgap and of the solvers."""

    def version(name: str) -> str:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return "not installed"

    solvers = {"z3": "z3-solver", "highs": "highspy", "flint": "python-flint"}
    return {
        "version": version("coopgap"),
        "solvers": {name: version(package) for name, package in solvers.items()},
    }
