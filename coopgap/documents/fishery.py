"""``fishery``: what ``coopgap check --json`` prints of a spec with a fishery in closed form."""

from __future__ import annotations

from typing import Literal

from coopgap.documents.base import Part
from coopgap.documents.commons import CommonsClaim
from coopgap.documents.shared import Certificates, Decided, Exact, Extended, Unknown


class FisheryPlanner(Part):
    """The first best."""

    share: Exact
    """The share of the stock that each agent takes."""
    left: Exact
    """The share that is left."""


class FisheryLevel(Part):
    """The symmetric linear Markov equilibrium at one λ."""

    lambda_: Exact
    """λ, a pure number."""
    share: Exact | Unknown
    """The share of the stock that each agent takes."""
    excess: Exact | Unknown
    """By how much that exceeds its share in the first best."""
    certificates: Certificates
    """Of `share`."""


class Fishery(Decided, title="Fishery"):
    """What `coopgap check --json` prints of a spec with a fishery."""

    schema_: Literal["coopgap.fishery/1"]
    """The name and version of this document."""
    planner: FisheryPlanner
    """What the first best does."""
    selfish: FisheryLevel
    """What selfish agents do."""
    prosocial: list[FisheryLevel]
    """What agents do at the spec's levels of λ."""
    prosocial_threshold: Extended | Unknown
    """The least λ at which agents take what they do in the first best."""
    certificates: Certificates
    """Of `prosocial_threshold`."""
    rests_on: str
    """What must be trusted for the certificates to mean this."""
    claims: list[CommonsClaim]
    """The claims of the spec."""
