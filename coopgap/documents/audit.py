"""``audit`` and ``audits``: what ``coopgap audit --json`` prints of one dataset, and of several."""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeInt

from coopgap.documents.base import AtLeastTwo, Constraint, Part
from coopgap.documents.shared import Exact, Profiles, ProfilesByState, Quantity, SkippedRow


class Problem(Part):
    """A stored field that the payoffs contradict."""

    field: str
    """The column."""
    stored: str
    """What the file says."""
    computed: str
    """What follows from the payoffs."""
    message: str
    """The problem in words."""


class AuditFirstBest(Part):
    """The greatest welfare, and the profiles that attain it."""

    welfare: Exact
    """The greatest welfare W*, in the file's units."""
    profiles: ProfilesByState
    """Under the only state's name, the profiles that attain it."""


class Game(Part):
    """One row; quantities are in the file's units."""

    constraints = (
        Constraint("ok", (True,), empty=("problems",)),
        Constraint("ok", (False,), filled=("problems",)),
    )
    row: NonNegativeInt
    """The row's number."""
    id: str
    """The row's id."""
    formal_game: str
    """The kind of game that the file names."""
    size: Literal[2, 4]
    """How many actions each player has."""
    ok: bool
    """Whether the payoffs contradict nothing that is stored."""
    problems: list[Problem]
    """What they contradict."""
    nash: Profiles
    """The selfish pure equilibria."""
    first_best: AuditFirstBest
    """The first best."""
    utilitarian: Profiles
    """The profiles of greatest welfare."""
    rawlsian: Profiles
    """The profiles in which the worse off is best off."""
    gap: Quantity
    """The pure-equilibrium gap of balanced transfers, for a 4×4 game of those that verify the base
    action and not effort, in the file's units."""
    correlated_gap: Exact | None
    """The same of correlated equilibria; `null` if not certified exactly."""
    prosocial_threshold: Quantity
    """The least common λ at which a first best is an equilibrium without a contract, a pure
    number."""
    prosocial_threshold_contract: Quantity
    """The same with a contract, a pure number."""


class Audit(Part, title="Audit"):
    """What `coopgap audit --json` prints of one dataset."""

    schema_: Literal["coopgap.audit/1"]
    """The name and version of this document."""
    source: str
    """The file."""
    rows: NonNegativeInt
    """How many rows it has."""
    checked: NonNegativeInt
    """How many rows were checked."""
    skipped: list[SkippedRow]
    """The rows that were not."""
    not_stored: list[str]
    """The target columns that the file lacks, which are not compared."""
    games: list[Game]
    """Every row that was checked."""


class Audits(Part, title="Audits"):
    """What `coopgap audit --json` prints of several datasets."""

    schema_: Literal["coopgap.audits/1"]
    """The name and version of this document."""
    audits: AtLeastTwo[Audit]
    """An audit for each file, in the order of the arguments."""
