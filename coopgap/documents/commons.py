"""``commons``: what ``coopgap check --json`` prints of a spec with a commons."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import NonNegativeInt
from typing_extensions import TypeAliasType

from coopgap.documents.base import NonEmptyList, Part, note
from coopgap.documents.shared import (
    Between,
    Certificates,
    Decided,
    DecidedClaim,
    Exact,
    Extended,
    Unknown,
)

UnitFigure = TypeAliasType(
    "UnitFigure",
    Annotated[
        Extended | Between | Unknown,
        note("An exact number, certified bounds, or why it is unknown."),
    ],
)

Policy = TypeAliasType(
    "Policy",
    Annotated[
        dict[str, NonNegativeInt] | dict[str, dict[str, NonNegativeInt]],
        note(
            "By stock the total harvest in the first month, in units; if agents see "
            "growth, one such table by the name of each growth."
        ),
    ],
)


class Planner(Part):
    """The first best."""

    value: UnitFigure
    """Its expected total catch, in units."""
    policy: Policy
    """What it harvests; an optimal harvest at every stock."""
    certificates: Certificates
    """Of `value`."""


class MarkovPlay(Part):
    """Symmetric pure Markov equilibrium, without a quota."""

    value: UnitFigure
    """The expected total catch under the best stagewise selection, in units."""
    worst: UnitFigure
    """The same under the worst stagewise selection."""
    over_all: UnitFigure
    """Bounds over all pure subgame-perfect equilibria in which agents of a kind do the same."""
    several: bool | None
    """Whether some month has several equilibria given what follows; `null` if there is none, or if
    that is open."""
    certificates: Certificates
    """Of `value`, `worst` and `over_all`."""


class CommonsLevel(MarkovPlay):
    """Symmetric pure Markov equilibrium at one λ, without a quota."""

    lambda_: Exact
    """λ, a pure number."""


class Selfish(MarkovPlay):
    """Symmetric pure Markov equilibrium of selfish agents, without a quota."""

    policy: Policy
    """What all demand together, cut to the stock, at the stocks that the first month may have."""


class Quota(Part):
    """One quota of a rule."""

    month: str | None
    """A month, or the first and the last of several; `null` for all."""
    growth: str | None
    """What is seen of growth; `null` where that does not matter."""
    regime: str | None
    """The regime; `null` where that does not matter."""
    past: list[NonNegativeInt] | None
    """The total harvests of the months before that still count, the latest last; `null` where these
    do not matter."""
    stock: str | None
    """A stock, or the least and the greatest of several; `null` for all."""
    quota: NonNegativeInt
    """The total harvest, in units, or all that there is."""


class Cap(Part):
    """Quotas that cap what each agent may demand, at one λ."""

    lambda_: Exact
    """λ, a pure number."""
    value: UnitFigure
    """The expected total catch, in units; from below by caps with an equilibrium under them."""
    gap: UnitFigure
    """What is lost of the first best, in units."""
    certificates: Certificates
    """Of `value`."""


class QuotaLanguage(Part):
    """What a quota may react to."""

    name: str
    """The language's name."""
    value: UnitFigure
    """What the best quota rule is worth that prescribes the total harvest, in units."""
    gap: UnitFigure
    """What it loses of the first best, in units."""
    rule: list[Quota]
    """The best rule found, where its play comes; empty where there was no time for it."""
    prosocial: list[Cap]
    """What quotas reach that cap, at each λ."""
    certificates: Certificates
    """Of `gap`."""


class Threshold(Part):
    """A least λ at which no agent leaves equal shares of some first best."""

    shares: Literal["whole", "fractional"]
    """Whether shares are whole units."""
    stocks: Literal["path", "all"]
    """Whether agents keep to the first best on its path, or at every stock."""
    over_demand: bool
    """Whether an agent may demand more than the others leave."""
    value: UnitFigure
    """λ, a pure number."""
    certificates: Certificates
    """Of `value`."""


class Population(MarkovPlay):
    """So many prosocial agents among selfish ones, in pure Markov equilibrium by kind."""

    prosocial: NonNegativeInt
    """How many agents want the greatest total, and among equals the greatest own catch."""
    prosocial_payoff: Exact | None
    """What each prosocial agent can expect, in units; `null` if there is none."""
    selfish_payoff: Exact | None
    """What each selfish agent can expect, in units; `null` if there is none."""
    survival: Exact | None
    """The expected share of the months at whose beginning the resource is there."""
    share_of_gap: Exact | None
    """The share of what selfish agents lose that is not lost; `null` if they lose nothing."""


class CommonsClaim(DecidedClaim):
    """One claim about a commons, decided."""

    lambda_: Exact | None
    """The level of λ that it names, a pure number; `null` if it names none."""


class Commons(Decided, title="Commons"):
    """What `coopgap check --json` prints of a spec with a commons."""

    schema_: Literal["coopgap.commons/1"]
    """The name and version of this document."""
    planner: Planner
    """What the first best is worth and does."""
    selfish: Selfish | None
    """Selfish agents; `null` where they have no symmetric pure Markov equilibrium."""
    selfish_reason: str | None
    """Why `selfish` is `null`; otherwise `null`."""
    languages: NonEmptyList[QuotaLanguage]
    """Quotas, in the order of the spec's languages."""
    prosocial_threshold: UnitFigure
    """The least λ at which no agent leaves equal whole shares of some first best, on its path."""
    thresholds: NonEmptyList[Threshold]
    """This threshold and others."""
    prosocial: list[CommonsLevel]
    """Play at the spec's levels of λ."""
    populations: NonEmptyList[Population]
    """Prosocial and selfish agents together."""
    claims: list[CommonsClaim]
    """The spec's claims; without any, what the report shows."""
