"""What several documents hold: exact numbers, profiles, certificates, claims."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, GetPydanticSchema, NonNegativeInt
from pydantic_core.core_schema import literal_schema
from typing_extensions import TypeAliasType

from coopgap.documents.base import Constraint, NonEmptyTable, Part, note
from coopgap.proofs.questions.registry import CLAIMS

# --- numbers --------------------------------------------------------------------------------------

Exact = TypeAliasType(
    "Exact",
    Annotated[
        str,
        note(
            "An exact number, an integer or a fraction in lowest terms.",
            pattern=r"^-?[0-9]+(/[1-9][0-9]*)?$",
        ),
    ],
)

Extended = TypeAliasType(
    "Extended",
    Annotated[
        str,
        Field(pattern=r"^(-?[0-9]+(/[1-9][0-9]*)?|-?inf)$"),
        note("An exact number, or `inf` or `-inf`."),
    ],
)


class Unknown(Part):
    """A quantity that was not decided."""

    unknown: str
    """Why it was not decided."""


class Between(Part):
    """A number that is known between bounds."""

    low: Extended
    """What it is at least, certified; a gap's is 0 where nothing better is."""
    high: Extended
    """What it is at most, certified; `inf` where nothing is."""


Quantity = TypeAliasType(
    "Quantity",
    Annotated[Extended | Unknown, note("An exact number, `inf`, `-inf`, or why it is unknown.")],
)

Level = TypeAliasType(
    "Level",
    Annotated[
        Exact | NonEmptyTable[Exact],
        note("A level of λ, a pure number for all players, or one for each by name."),
    ],
)

# --- play -----------------------------------------------------------------------------------------

Profile = TypeAliasType(
    "Profile",
    Annotated[list[str], note("The label of an action for each player, in the order of the spec.")],
)

Profiles = TypeAliasType(
    "Profiles", Annotated[list[Profile], note("Profiles in the order of the spec's actions.")]
)

ProfilesByState = TypeAliasType(
    "ProfilesByState",
    Annotated[NonEmptyTable[Profiles], note("By each state of positive probability, profiles.")],
)

Selection = TypeAliasType(
    "Selection",
    Annotated[NonEmptyTable[Profile], note("By each state of positive probability, one profile.")],
)

ObstructionKind = TypeAliasType(
    "ObstructionKind",
    Annotated[
        Literal["profitable-deviation", "aliasing", "cycle", "common-divergence-flow", "farkas"],
        note("A kind of obstruction; `farkas` is any combination of constraints."),
    ],
)


class WeightedDeviation(Part):
    """One weighted incentive constraint of an obstruction."""

    state: str
    """The state in which a player deviates."""
    player: str
    """Who deviates."""
    profile: Profile
    """From which profile."""
    deviation: str
    """To which action."""


class ContractKind(Part):
    """A class of contracts, without its numbers."""

    kind: Literal["transfers", "directive"]
    """`transfers`, or `directive`."""
    budget: Literal["free", "balanced", "burnt"] | None
    """What transfers sum to; `null` for directives."""
    permissive: bool | None
    """Whether a directive may allow several actions; `null` for transfers."""


class ContractClass(ContractKind):
    """A class of contracts."""

    liability: Literal["none"] | Exact | None
    """The most that a player can be fined, in utils, or `none`; `null` for directives."""
    participation: NonEmptyTable[Exact] | None
    """By player what it gets, in utils, if some player refuses a mechanism; `null` if none may."""


# --- claims ---------------------------------------------------------------------------------------

Sha256 = TypeAliasType(
    "Sha256",
    Annotated[
        str,
        Field(pattern=r"^[0-9a-f]{64}$"),
        note("A SHA-256; a certificate's names its file in `--certificates DIR`."),
    ],
)

Certificates = TypeAliasType(
    "Certificates",
    Annotated[
        dict[str, Sha256],
        note("By the name of a quantity, the certificate that the checker accepted."),
    ],
)

Status = TypeAliasType(
    "Status",
    Annotated[Literal["proved", "refuted", "trusted", "unknown"], note("What became of a claim.")],
)

ClaimId = TypeAliasType(
    "ClaimId",
    Annotated[
        str,
        GetPydanticSchema(lambda *_: literal_schema(list(CLAIMS))),
        note("The id of a claim, as a spec writes it."),
    ],
)


class Certificate(Part):
    """The certificate of a verdict."""

    kind: str
    """What the witness is, as the page on claims lists them."""
    checked: bool
    """Whether the independent checker accepted it."""
    sha256: Sha256
    """The hash that names the certificate."""


# --- where a document comes from ------------------------------------------------------------------


class Tool(Part):
    """What made a document."""

    version: str
    """The version of coopgap."""
    solvers: dict[str, str]
    """By name, the version of each solver."""


class SkippedRow(Part):
    """A row of a dataset that cannot be used."""

    row: NonNegativeInt
    """The row's number."""
    id: str
    """The row's id."""
    reason: str
    """Why it cannot be used."""


# --- claims ---------------------------------------------------------------------------------------


class DecidedClaim(Part):
    """One claim, decided."""

    constraints = (
        Constraint("status", ("proved", "refuted"), filled=("certificate",)),
        Constraint("status", ("unknown",), filled=("reason",)),
    )
    id: ClaimId
    """The claim's id."""
    language: str | None
    """The language that it is about; `null` if it is about none."""
    status: Status
    """What became of it."""
    certificate: Certificate | None
    """What the checker accepted; `null` without one."""
    value: Exact | None
    """The number that it names, in utils or, of a commons, in units, or for `threshold-at-most` a
    pure number; `null` if it names none."""
    theorem: str | None
    """The theorem of which it is an instance; `null` if the spec asks for it."""
    reason: str | None
    """Why it is unknown or trusted; `null` otherwise."""
    statement: str
    """What it says, in words."""


# --- headers --------------------------------------------------------------------------------------


class FromSpec(Part):
    """What is said of a spec."""

    schema_: str
    """The name and version of this document."""
    source: str
    """Where what the spec is about comes from, as it says."""
    title: str
    """The spec's title."""


class Decided(FromSpec):
    """What is decided of a spec."""

    tool: Tool
    """What made the document."""
