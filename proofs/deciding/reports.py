"""The report of ``coopgap check`` as values, and its JSON form (interfaces: coopgap.report/1).

Field names are those of the JSON; numbers are exact, texts are made last. Maps go by the names of
the states of positive probability, profiles are tuples of action labels. Reports on games and on
families are the same values; fields that the JSON of only one of them has are marked.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, NamedTuple, NotRequired, TypedDict

from coopgap.proofs.deciding.evaluation import evaluator
from coopgap.proofs.deciding.values import (
    Absent,
    Bounds,
    Expression,
    Extremum,
    Known,
    Level,
    Piece,
    Pieces,
    Quantity,
    Unknown,
    Value,
    Where,
    Written,
    quantity_text,
)
from coopgap.theory.contracts import ContractClass, Directives, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import Infinite
from coopgap.theory.notebooks import Displayed, Documented, Tabulated, TextTable, frame, text
from coopgap.theory.specification import Terms

__all__ = ["Quantity", "Unknown"]

Labels = tuple[str, ...]

Profiles = tuple[Labels, ...]

Selection = Mapping[str, Labels]

Contract = tuple["RecordPart", ...] | Unknown | Absent

Directive = tuple["CellPart", ...] | Unknown | Absent

Basis = tuple["BasisPart", ...] | Unknown | Absent

ByState = Mapping[str, Value[Profiles]]

MixedByState = Mapping[str, tuple[Mapping[str, Mapping[str, Fraction]], ...]]

GAMES, FAMILIES, HIDDEN = ({"of": of} for of in ("games", "families", "nothing"))
"""Whose JSON has a field, where that is not the JSON of all."""

LATER = Absent("not asked")
"""What no question asks for yet."""

NOT_ASKED = Unknown("not asked: claim something about mechanisms, or use --mechanism")


class Part(Tabulated):
    """A part of a report, which shows itself as a table of its fields."""

    def tables(self) -> list[TextTable]:
        """What is known of each field, and why something is not; not what has no meaning."""
        return [TextTable(type(self).__name__, ("field", "value"), tuple(_fields(self)))]


def _fields(part: Any) -> Iterator[tuple[str, str]]:
    for entry in fields(part):
        value = getattr(part, entry.name)
        if value not in (None, (), {}, "") and not isinstance(value, Absent):
            yield entry.name.rstrip("_"), _text(value)


def _text(value: object) -> str:
    match value:
        case Unknown(reason):
            return f"unknown: {reason}"
        case Part():
            return "; ".join(" ".join(row) for row in _fields(value))
        case Mapping():
            return "; ".join(f"{key}: {_text(entry)}" for key, entry in value.items())
        case tuple():
            return f"({', '.join(map(_text, value))})"
        case Pieces(pieces):
            return "; ".join(f"{_text(piece.value)} if {piece.when}" for piece in pieces)
        case Bounds():
            return quantity_text(value)
    return str(value)


class Parameters(TypedDict):
    """Names and assumptions.

    Of families whether the assumptions are consistent, and if not, the SHA-256 of the certificate
    that says so.
    """

    names: tuple[str, ...]
    assume: tuple[Written, ...]
    consistent: NotRequired[bool]
    certificate: NotRequired[str]


class MixedPlay(NamedTuple):
    """Mixed equilibria by state, why there may be others, and certificates by state."""

    listed: MixedByState | Unknown
    missing: str | None = None
    certificates: Mapping[str, str] = {}


StrategiesListed = tuple[Mapping[str, Mapping[str, str]], ...]
"""Strategies of agents who do not all see the state: an action by player and cell."""


class Play(NamedTuple):
    """Pure equilibria without a contract: the best expected welfare, in utils, all, the worst."""

    welfare: Quantity
    nash: ByState | StrategiesListed | Unknown
    worst: Quantity


@dataclass(frozen=True, repr=False)
class FirstBestPart(Part):
    """W* in utils, and the profiles that attain it."""

    welfare: Quantity
    profiles: ByState | Unknown


@dataclass(frozen=True, repr=False)
class PooledBestPart(FirstBestPart):
    """The first best of agents who do not see the state but tell each other what they see.

    profiles: by the states that they cannot tell apart together, joined by ``|``. team: the best
    welfare without communication.
    """

    team: Quantity


@dataclass(frozen=True, repr=False)
class SelfishPart(Part):
    """Selfish play without a contract: its equilibria, and the best and worst expected welfare.

    mixed_others: why there may be other mixed equilibria than those listed; None if these are all
    extreme ones. certificates: by state, that what is listed are equilibria.
    """

    welfare: Quantity
    nash: ByState | StrategiesListed | Unknown
    mixed: MixedByState | Unknown
    worst: Quantity = field(default=LATER, metadata=GAMES)
    mixed_others: str | None = field(default=None, metadata=GAMES)
    certificates: Mapping[str, str] = field(default_factory=dict, metadata=GAMES)


@dataclass(frozen=True, repr=False)
class ContractClassPart(Part):
    """A class of contracts. ``budget`` and ``liability`` are None for directives.

    participation: by player what it gets, in utils, if some player refuses; None where none may.
    """

    kind: str
    budget: str | None = None
    liability: Fraction | Written | str | None = None
    permissive: bool | None = None
    participation: Mapping[str, Fraction | Written] | None = None


@dataclass(frozen=True, repr=False)
class RecordPart(Part):
    """What a contract pays at one record, in utils per player."""

    record: str
    transfers: Mapping[str, Fraction]


@dataclass(frozen=True, repr=False)
class CellPart(Part):
    """What a directive allows in a cell of states, by player."""

    states: Labels
    allowed: Mapping[str, Labels]


def cell_part(
    game: Environment, states: Iterable[int], allows: Callable[[int, int], bool]
) -> CellPart:
    """What a directive allows in these states; allows: whether it does, by agent and action."""
    return CellPart(
        tuple(game.states[state] for state in states),
        {
            player: tuple(label for a, label in enumerate(labels) if allows(agent, a))
            for agent, (player, labels) in enumerate(zip(game.players, game.actions, strict=True))
        },
    )


@dataclass(frozen=True, repr=False)
class DeviationPart(Part):
    """One weighted incentive constraint of an obstruction; ``gain`` in utils, of u_i + λ_i W."""

    state: str
    player: str
    profile: Labels
    deviation: str
    gain: Known | Absent = field(metadata=GAMES)
    weight: int | Expression


@dataclass(frozen=True, repr=False)
class ObstructionPart(Part):
    """The first of ``count`` obstructions to anything better, in words and as constraints.

    ``sum``: of the weighted gains, less what fines can pay of it, in utils.
    """

    kind: str
    words: str = field(metadata=GAMES)
    deviations: tuple[DeviationPart, ...]
    count: int = field(metadata=GAMES)
    sum: Known | Absent = field(default=LATER, metadata=FAMILIES)


@dataclass(frozen=True, repr=False)
class BasisPart(Part):
    """A first-best selection, the number of its obstructions, and what must hold for none."""

    selection: Selection
    obstructions: int
    conditions: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class LotteryPart(Part):
    """What a mechanism recommends after some reports, and with which probability.

    reports: the cell that each player reports. transfers: in utils, by record and player, where
    anything is paid.
    """

    reports: Mapping[str, str]
    profile: Labels
    probability: Fraction
    transfers: tuple[RecordPart, ...]


@dataclass(frozen=True, repr=False)
class LossPart(Part):
    """A part of the gap that every mechanism leaves, in utils, and what it is due to.

    cause: private ``information``, ``actions`` that no court sees, ``participation``, or
    ``liability``, the bound on fines.
    """

    cause: str
    loss: Quantity


@dataclass(frozen=True, kw_only=True, repr=False)
class MechanismPart(Part):
    """What no mechanism exceeds, and what mechanisms reach (T10), in utils.

    bound: the value of the programme, which V cannot exceed. attained: whether some mechanism
    reaches the value; of a family whether one that does is shown. method: ``state-by-state`` (T11)
    or ``programme``. lotteries: of a mechanism that reaches the value, or is close to it, after
    reports that are true in some state. prosocial: value and gap at the levels of λ to report.
    losses: what the gap is due to; its parts add up to it. restored: what messages and a mediator
    reach beyond contracts without them.
    """

    value: Quantity
    bound: Quantity = field(default=LATER, metadata=GAMES)
    gap: Quantity
    attained: Value[bool]
    method: str = field(default="", metadata=GAMES)
    lotteries: tuple[LotteryPart, ...] | Absent = field(default=LATER, metadata=GAMES)
    prosocial: tuple[LevelPart, ...]
    losses: tuple[LossPart, ...] | Unknown | Absent = field(default=LATER, metadata=GAMES)
    restored: Quantity = field(default=LATER, metadata=GAMES)
    certificates: Mapping[str, str]


@dataclass(frozen=True, repr=False)
class LevelPart(Part):
    """V(λ, L) and Δ(λ, L) at one level: a number, or one for each player."""

    lambda_: Level
    value: Quantity
    gap: Quantity


@dataclass(frozen=True, kw_only=True, repr=False)
class LanguagePart(Part):
    """What one language can reach.

    ``suffices``: whether some contract implements a first best. ``correlated_gap``: of correlated
    equilibria, where certified exactly; ``correlated_bound``: the gap that all of them leave at
    least (T5). ``directive``: for each cell what is allowed. ``worst``, ``worst_gap``: V and Δ if
    agents play the worst pure equilibria under the contract listed. ``certificates``: quantity →
    SHA-256.
    """

    name: str
    contracts: ContractClassPart
    value: Quantity
    gap: Quantity
    suffices: Value[bool] = field(default=LATER, metadata=FAMILIES)
    correlated_gap: Quantity
    correlated_bound: Quantity = field(default=LATER, metadata=GAMES)
    directive_gap: Quantity
    incontractible_cells: Value[Profiles]
    selection: Value[Selection]
    contract: Contract
    directive: Directive = field(default=LATER, metadata=GAMES)
    basis: Basis = field(default=LATER, metadata=FAMILIES)
    obstruction: Value[ObstructionPart]
    mechanism: Value[MechanismPart] = LATER
    prosocial_threshold: Quantity
    prosocial: tuple[LevelPart, ...]
    certificates: Mapping[str, str]
    worst: Quantity = field(default=LATER, metadata=GAMES)
    worst_gap: Quantity = field(default=LATER, metadata=GAMES)


@dataclass(frozen=True, repr=False)
class AgentThresholds(Part):
    """The least λ of each player at which one first-best selection is an equilibrium (T6)."""

    selection: Selection
    lambda_: Mapping[str, Known]


@dataclass(frozen=True, repr=False)
class ProsocialPart(Part):
    """Pure equilibria without a contract at one level, and their best and worst welfare."""

    lambda_: Level
    welfare: Quantity
    nash: ByState | StrategiesListed | Unknown
    worst: Quantity = field(default=LATER, metadata=GAMES)


@dataclass(frozen=True, repr=False)
class CertificatePart(Part):
    """The certificate of a verdict. ``checked``: the independent checker accepted it."""

    kind: str
    checked: bool
    sha256: str


@dataclass(frozen=True, repr=False)
class VerdictPart(Part):
    """What became of a claim.

    status: proved, refuted, trusted or unknown (with ``reason``); counterexample: values of the
    parameters; suggestion: an assumption under which it holds.
    """

    status: str
    certificate: CertificatePart | None
    reason: str | None
    counterexample: Mapping[str, Fraction] | None
    suggestion: Where | None


@dataclass(frozen=True, repr=False)
class BenefitPart(Part):
    """Whether every agent gains from the first best over selfish pure play (T8).

    plain: without payments. side_payments: with some that may depend on the outcome. one_payment:
    with the same for all outcomes. Of families the first two are verdicts.
    """

    plain: bool | VerdictPart | Unknown | Absent
    side_payments: bool | VerdictPart | Unknown | Absent
    one_payment: bool | Unknown | Absent = field(metadata=GAMES)


class Described(Documented):
    """A report or a verdict, whose JSON is made of its fields."""

    family: bool

    def document(self, leaf: Callable[[object], object] = str) -> dict[str, Any]:
        """The value as plain JSON values; leaf: what becomes of numbers and conditions."""
        plain: dict[str, object] = as_document(self, FAMILIES if self.family else GAMES, leaf)
        return plain

    def sympy(self) -> dict[str, Any]:
        """As ``to_dict``, with each number, expression and condition as SymPy has it."""
        # Lazily: SymPy takes a second to import.
        from coopgap.proofs.deciding.symbolic import as_sympy

        return self.document(as_sympy)


@dataclass(frozen=True, repr=False)
class ClaimPart(Described, Displayed):
    """One claim, decided; the fields of its verdict as in ``VerdictPart``.

    ``theorem``: the theorem of which it is an instance, where the file has no claims.
    """

    id: str
    language: str | None
    status: str
    certificate: CertificatePart | None
    seconds: float
    value: Known | None = None
    lambda_: Level | None = None
    theorem: str | None = None
    reason: str | None = None
    counterexample: Mapping[str, Fraction] | None = field(default=None, metadata=FAMILIES)
    suggestion: Where | None = field(default=None, metadata=FAMILIES)
    statement: str = ""
    family: bool = field(default=False, metadata=HIDDEN)

    def rendered(self, kind: str) -> str:
        """The verdict with its statement, as ``Displayed.rendered``."""
        if kind == "text":
            place = f" for {self.language}" if self.language is not None else ""
            return f"{self.status}: {self.id}{place}"
        # Lazily: only a notebook asks.
        from coopgap.proofs.exposition.notebook import claim_shown

        return claim_shown(self, kind)


class Reported(Described):
    """A report on a game, a family or groups: its claims, and a table of what is lost."""

    title: str
    first_best: Any
    selfish: Any
    languages: Any
    prosocial_threshold: Quantity
    claims: tuple[ClaimPart, ...]

    @property
    def statuses(self) -> set[str]:
        """The statuses of the claims."""
        return {claim.status for claim in self.claims}

    def summary(self) -> TextTable:
        """What is lost in each language and without a contract."""
        rows = [("no contract", self.selfish.welfare, LATER, self.prosocial_threshold)]
        rows += [(e.name, e.value, e.gap, e.prosocial_threshold) for e in self.languages]
        return TextTable(
            f"{self.title or 'Report'}: first best {quantity_text(self.first_best.welfare)}",
            ("language", "value", "gap", "λ*"),
            tuple((name, *map(quantity_text, numbers)) for name, *numbers in rows),
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class Report(Reported, Displayed):
    """Everything that ``check`` found.

    ``texts``: SHA-256 → text of every certificate (no part of the JSON). ``family``: whether it is
    about a family of games.
    """

    schema: str = field(default="coopgap.report/1", init=False)
    tool: Mapping[str, object]
    source: str
    title: str
    first_best: FirstBestPart
    selfish: SelfishPart
    languages: tuple[LanguagePart, ...]
    prosocial_threshold: Quantity
    agent_thresholds: Value[tuple[AgentThresholds, ...]]
    domination_threshold: Quantity = field(metadata=GAMES)
    prosocial: tuple[ProsocialPart, ...]
    benefit: BenefitPart | Unknown
    claims: tuple[ClaimPart, ...]
    certificates: Mapping[str, str]
    parameters: Parameters = field(default_factory=lambda: Parameters(names=(), assume=()))
    texts: Mapping[str, str] = field(
        default_factory=dict, repr=False, compare=False, metadata=HIDDEN
    )
    family: bool = field(default=False, metadata=HIDDEN)

    def rendered(self, kind: str) -> str:
        """What was found, in a few lines of text or at length; as ``Displayed.rendered``."""
        if kind == "text":
            verdicts = (f"  {claim.rendered(kind)}" for claim in self.claims)
            return "\n".join([text(self.summary()), *verdicts])
        # Lazily: only a notebook asks.
        from coopgap.proofs.exposition.notebook import report_shown

        return report_shown(self, kind)

    def to_frame(self) -> Any:
        """The languages as a pandas frame, a row each, numbers as exact text.

        Raises InputError where pandas is not installed.
        """
        plain = ("value", "gap", "correlated_gap", "directive_gap", "prosocial_threshold")
        languages = self.to_dict()["languages"]
        rows = [(part["name"], *(part[name] for name in plain)) for part in languages]
        return frame(TextTable("languages", ("language", *plain), tuple(rows)))

    def document(self, leaf: Callable[[object], object] = str) -> dict[str, Any]:
        """As ``Described.document``; keys in the schema's order."""
        plain = super().document(leaf)
        if not self.family:
            return {**plain, "parameters": plain.pop("parameters")}
        for claim in plain["claims"]:
            claim["theorem"] = claim.pop("theorem")
        first = {name: plain.pop(name) for name in ("schema", "tool", "source", "title")}
        return {**first, "parameters": plain.pop("parameters"), **plain}

    @cached_property
    def _evaluator(self) -> Callable[[Sequence[Fraction]], dict[str, Any]]:
        return evaluator({name: getattr(self, name) for name in EVALUATED})

    def at(self, values: Mapping[str, Fraction]) -> dict[str, Any]:
        """The report's quantities where the parameters have these values, as exact numbers.

        The values must satisfy the assumptions. Raises InputError for a parameter without a value.
        """
        names = self.parameters["names"]
        for name in names:
            if name not in values:
                problem = f"the parameter {name!r} has no value"
                raise InputError(problem, fix="give it one", field=name)
        return self._evaluator([Fraction(values[name]) for name in names])


EVALUATED = (
    "first_best",
    "selfish",
    "languages",
    "prosocial_threshold",
    "agent_thresholds",
    "prosocial",
)
"""The parts of a report that are evaluated at points."""


def as_document(
    value: object, of: Mapping[str, str] = GAMES, leaf: Callable[[object], object] = str
) -> Any:
    """Report values as plain JSON values: dataclasses by field.

    leaf: what becomes of numbers and conditions.
    """
    match value:
        case Absent():
            return None
        case Unknown(reason):
            return {"unknown": reason}
        case Piece(when, inside):
            return {"when": leaf(when), "value": as_document(inside, of, leaf)}
        case Pieces(pieces):
            return as_document(pieces, of, leaf)
        case Fraction() | Infinite() | Expression() | Extremum() | Written() | Where():
            return leaf(value)
        case Mapping():
            return {key: as_document(entry, of, leaf) for key, entry in value.items()}
        case tuple() | list():
            return [as_document(entry, of, leaf) for entry in value]
    if is_dataclass(value):
        return {
            entry.name.rstrip("_"): as_document(getattr(value, entry.name), of, leaf)
            for entry in fields(value)
            if entry.metadata in ({}, of)
        }
    return value


def contract_class(
    contracts: ContractClass, players: Sequence[str], terms: Terms | None = None
) -> ContractClassPart:
    """A class of contracts as reports name it; terms: what of it is an expression."""
    if isinstance(contracts, Transfers):
        liability: Fraction | Written | str = "none"
        if contracts.liability is not None:
            liability = contracts.liability
        options: Sequence[Fraction | Written] | None = contracts.participation
        if terms is not None:
            liability = liability if terms.liability is None else Written(terms.liability)
            options = tuple(map(Written, terms.participation)) or options
        return ContractClassPart(
            "transfers",
            str(contracts.budget),
            liability,
            participation=None if options is None else dict(zip(players, options, strict=True)),
        )
    assert isinstance(contracts, Directives)
    return ContractClassPart("directive", permissive=contracts.permissive)


@cache
def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def tool() -> dict[str, Any]:
    """The versions of coopgap and of the solvers."""
    solvers = {"z3": "z3-solver", "highs": "highspy", "flint": "python-flint"}
    return {
        "version": _version("coopgap"),
        "solvers": {name: _version(package) for name, package in solvers.items()},
    }
