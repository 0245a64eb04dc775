"""``family-report``: what ``coopgap check --json`` prints of a family of games."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt
from typing_extensions import TypeAliasType

from coopgap.documents.base import AtLeastTwo, Constraint, NonEmptyList, NonEmptyTable, Part, note
from coopgap.documents.shared import (
    Certificate,
    Certificates,
    ClaimId,
    ContractKind,
    Decided,
    Exact,
    ObstructionKind,
    Profiles,
    Selection,
    Sha256,
    Status,
    Unknown,
    WeightedDeviation,
)

T = TypeVar("T")

Expression = TypeAliasType(
    "Expression",
    Annotated[
        str,
        note(
            "A number as an expression in the parameters, in SymPy's syntax (`Max`, "
            "`Min`, `Rational`), or `inf` or `-inf`.",
            min_length=1,
        ),
    ],
)


class InRegion(Part, Generic[T]):
    """What holds in one region of the parameters."""

    when: str
    """Comparisons of parameters, joined by ` and `."""
    value: T
    """What holds there."""


class NumberInRegion(InRegion[Expression | None]):
    """A number in one region of the parameters."""


class ProfilesInRegion(InRegion[Profiles | None]):
    """Profiles in one region of the parameters."""


class SelectionInRegion(InRegion[Selection | None]):
    """A selection in one region of the parameters."""


class AnswerInRegion(InRegion[bool]):
    """Yes or no in one region of the parameters."""


class CellsInRegion(InRegion[list[list[str]]]):
    """Cells of states in one region of the parameters."""


class FamilyContractClass(ContractKind):
    """A class of contracts whose bound and outside options may depend on the parameters."""

    liability: Literal["none"] | Expression | None
    """The most that a player can be fined, in utils, or `none`; `null` for directives."""
    participation: NonEmptyTable[Expression] | None
    """By player what it gets, in utils, if some player refuses a mechanism; `null` if none may."""


class FamilyDeviation(WeightedDeviation):
    """One weighted incentive constraint of an obstruction."""

    weight: PositiveInt | Expression
    """How often the constraint is counted, a pure number."""


class FamilyObstruction(Part):
    """Why nothing better than the value is implementable."""

    kind: ObstructionKind
    """Which constraints cannot hold together; `farkas` is any combination."""
    deviations: NonEmptyList[FamilyDeviation]
    """Its constraints, which cannot hold together."""
    sum: Expression
    """The weighted sum of what the deviations gain, less what fines pay of it, in utils."""


class ObstructionInRegion(InRegion[FamilyObstruction | None]):
    """An obstruction in one region of the parameters."""


class FamilyAgentThresholds(Part):
    """The levels at which one first-best selection is an equilibrium without a contract."""

    selection: Selection
    """By state, the profile."""
    lambda_: NonEmptyTable[Expression]
    """By player, the least λ, a pure number."""


class ThresholdsInRegion(InRegion[list[FamilyAgentThresholds]]):
    """Thresholds in one region of the parameters."""


FamilyNumber = TypeAliasType(
    "FamilyNumber",
    Annotated[
        Expression | AtLeastTwo[NumberInRegion] | Unknown,
        note(
            "A number that is the same everywhere, or one for each region, or why it "
            "is unknown; regions are disjoint and cover the assumptions."
        ),
    ],
)


FamilyWelfare = TypeAliasType(
    "FamilyWelfare",
    Annotated[
        Expression | AtLeastTwo[NumberInRegion] | Unknown | None,
        note(
            "Expected welfare in utils, `null` where a state has no pure equilibrium, "
            "or by region, or why it is unknown."
        ),
    ],
)


FamilyProfiles = TypeAliasType(
    "FamilyProfiles",
    Annotated[
        NonEmptyTable[Profiles | AtLeastTwo[ProfilesInRegion] | Unknown],
        note(
            "By each state of positive probability, the profiles, or those of each "
            "region, or why they are unknown."
        ),
    ],
)


FamilyLevel = TypeAliasType(
    "FamilyLevel",
    Annotated[
        Expression | NonEmptyTable[Expression],
        note(
            "A level of λ, a pure number as an expression for all players, or one for each by name."
        ),
    ],
)


class Parameters(Part):
    """The parameters and what is assumed of them."""

    names: NonEmptyList[str]
    """The names of the parameters."""
    assume: list[str]
    """The assumptions, as the spec writes them."""
    consistent: Literal[True]
    """Whether some parameters satisfy the assumptions: some do; a game's report has no such key."""


class ContradictoryParameters(Part):
    """Parameters that cannot satisfy what is assumed of them, so that nothing is said of games."""

    names: NonEmptyList[str]
    """The names of the parameters."""
    assume: list[str]
    """The assumptions, as the spec writes them."""
    consistent: Literal[False]
    """Whether some parameters satisfy the assumptions: none do."""
    certificate: Sha256
    """The certificate that the assumptions contradict each other."""


class FamilyFirstBest(Part):
    """The greatest expected welfare, and the profiles that attain it."""

    welfare: FamilyNumber
    """The greatest expected welfare W*, in utils."""
    profiles: FamilyProfiles | Unknown
    """By state, the profiles that attain it."""


class FamilySelfishPlay(Part):
    """The equilibria at λ = 0 without a contract."""

    welfare: FamilyWelfare
    """The best expected welfare of pure equilibria, in utils."""
    nash: FamilyProfiles | Unknown
    """By state, the pure equilibria (claims `nash`, `unique-nash`)."""
    mixed: Unknown
    """Not listed for families."""


class BasisEntry(Part):
    """When a contract implements one first-best selection."""

    selection: Selection
    """By state, the profile."""
    obstructions: NonNegativeInt
    """How many minimal obstructions it has."""
    conditions: list[str]
    """What must hold besides the assumptions; `False` alone where it never holds."""


class FamilyAtLevel(Part):
    """What a language reaches at one level."""

    lambda_: FamilyLevel
    """The level of λ, a pure number."""
    value: FamilyNumber
    """V(λ, L), in utils."""
    gap: FamilyNumber
    """Δ(λ, L), in utils (claim `closes`)."""


class FamilyMechanism(Part):
    """What mechanisms reach: messages, a mediator and transfers."""

    value: FamilyNumber
    """The supremum of the expected welfare of mechanisms and their equilibria, in utils; `-inf`
    where none makes everybody take part."""
    gap: FamilyNumber
    """W* less the value, in utils (claims `mechanism-gap-positive`, `mechanism-gap-zero`,
    `mechanism-gap-at-least`, `mechanism-gap-at-most`)."""
    attained: bool | AtLeastTwo[AnswerInRegion] | Unknown
    """Whether the certificate of the value holds a mechanism that reaches it; where it does not,
    mechanisms come as close as one likes, or there are none."""
    prosocial: list[FamilyAtLevel]
    """What mechanisms reach at the spec's levels of λ."""
    certificates: Certificates
    """The certificates of value and gap."""


class FamilyLanguage(Part):
    """What one language can reach."""

    name: str
    """The language's name."""
    contracts: FamilyContractClass
    """Its class of contracts."""
    value: FamilyNumber
    """The greatest expected welfare of a contract's pure equilibria, in utils; `-inf` where nothing
    is implementable."""
    gap: FamilyNumber
    """W* less the value, in utils (claims `gap-positive`, `gap-zero`, `gap-at-least`,
    `gap-at-most`)."""
    suffices: bool | AtLeastTwo[AnswerInRegion] | Unknown
    """Whether some contract implements a first best, which is where the gap is 0 (claim
    `gap-zero`)."""
    correlated_gap: FamilyNumber | None
    """The gap of correlated equilibria, in utils; `null` for directives (claim
    `correlated-gap-positive`)."""
    directive_gap: FamilyNumber | None
    """The gap of complete directives, in utils; `null` unless this is a state language."""
    incontractible_cells: list[list[str]] | AtLeastTwo[CellsInRegion] | Unknown | None
    """The cells of states without a common first-best profile; `null` unless this is a state
    language (claim `incontractible`)."""
    selection: Selection | AtLeastTwo[SelectionInRegion] | Unknown | None
    """By state, the profile that an optimal contract implements; `null` where there is none."""
    contract: Unknown | None
    """Amounts are not listed for families; `null` for directives."""
    basis: list[BasisEntry] | Unknown | None
    """For each first-best selection, when a contract implements it; `null` for directives."""
    obstruction: FamilyObstruction | AtLeastTwo[ObstructionInRegion] | Unknown | None
    """Why nothing better is implementable; `null` where the gap is 0 or nobody named one."""
    mechanism: FamilyMechanism | Unknown | None
    """What mechanisms of its class reach, if it was asked for; `null` for directives."""
    prosocial_threshold: FamilyNumber
    """The least common λ at which a contract implements a first-best selection, a pure number
    (claim `threshold-at-most`)."""
    prosocial: list[FamilyAtLevel]
    """What the language reaches at the spec's levels of λ."""
    certificates: Certificates
    """The certificates of its quantities."""


class FamilyProsocial(Part):
    """Play without a contract at one level."""

    lambda_: FamilyLevel
    """The level of λ, a pure number."""
    welfare: FamilyWelfare
    """The best expected welfare of pure equilibria, in utils."""
    nash: FamilyProfiles | Unknown
    """By state, the pure equilibria."""


class FamilyVerdict(Part):
    """A claim decided for all parameters."""

    constraints = (
        Constraint("status", ("proved", "refuted"), filled=("certificate",)),
        Constraint("status", ("refuted",), filled=("counterexample",)),
        Constraint("status", ("proved", "trusted", "unknown"), empty=("counterexample",)),
        Constraint("status", ("unknown",), filled=("reason",)),
    )
    status: Status
    """What became of it, for all parameters."""
    certificate: Certificate | None
    """What the checker accepted; `null` without one."""
    reason: str | None
    """Why it is unknown or trusted; `null` otherwise."""
    counterexample: NonEmptyTable[Exact] | None
    """By name, parameters for which it fails; `null` unless it is refuted."""
    suggestion: str | None
    """A further assumption under which it holds; `null` without one."""


class FamilyBenefit(Part):
    """Who gains from the first best over selfish pure play."""

    plain: FamilyVerdict | Unknown
    """Whether each agent gains as it is (claim `beneficial`)."""
    side_payments: FamilyVerdict | Unknown
    """Whether each gains with side payments that may depend on the outcome (claim
    `beneficial-with-side-payments`)."""


class FamilyClaim(FamilyVerdict):
    """One claim, decided for all parameters."""

    id: ClaimId
    """The claim's id."""
    language: str | None
    """The language that it is about; `null` if it is about none."""
    seconds: NonNegativeFloat
    """How long it took, in seconds."""
    value: Expression | None
    """The number that it names, in utils, or for `threshold-at-most` a pure number; `null` if it
    names none."""
    lambda_: FamilyLevel | None
    """The level of λ that it names, a pure number; `null` if it names none."""
    statement: str
    """What it says, in words."""
    theorem: str | None
    """The theorem of which it is an instance; `null` if the spec asks for it."""


class FamilyReport(Decided, title="Report on a family"):
    """What `coopgap check --json` prints of a family of games, for all parameters it assumes."""

    schema_: Literal["coopgap.report/1"]
    """The name and version of this document."""
    parameters: Parameters | ContradictoryParameters
    """The parameters and what is assumed of them."""
    first_best: FamilyFirstBest
    """The first best."""
    selfish: FamilySelfishPlay
    """Selfish play without a contract."""
    languages: list[FamilyLanguage]
    """What each language can reach, in the order of the spec."""
    prosocial_threshold: FamilyNumber
    """The least common λ at which a first-best selection is an equilibrium without a contract, a
    pure number (claim `threshold-at-most`)."""
    agent_thresholds: list[FamilyAgentThresholds] | AtLeastTwo[ThresholdsInRegion] | Unknown
    """The least λ of each player, for each first-best selection."""
    prosocial: list[FamilyProsocial]
    """Play without a contract at the spec's levels of λ."""
    benefit: FamilyBenefit | Unknown
    """Who gains from the first best."""
    claims: list[FamilyClaim]
    """The spec's claims, or else the instances of theorems that apply."""
    certificates: Certificates
    """The certificates of quantities that belong to no language."""
