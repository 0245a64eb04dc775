"""``verify`` and ``verifications``: what ``coopgap verify --json`` prints.

Of one certificate, and of several.
"""

from __future__ import annotations

from typing import Literal

from coopgap.documents.base import Constraint, NonEmptyList, Part
from coopgap.documents.shared import Sha256


class ShownClaim(Part, extra="allow"):
    """What a certificate shows: the claim's id, and fields that depend on it."""

    id: str
    """The claim's id."""


class Shown(Part):
    """A claim that is shown, and all that it depends on."""

    named: str | None
    """What its author calls it, which nobody checks; `null` of a certificate that stands alone."""
    sentence: str
    """The claim in words, with all its quantifiers."""
    data_sha256: Sha256
    """The hash of its data."""
    depends_on: dict[str, str]
    """By what it is, everything else that the claim depends on, in words; payoffs are left to the
    hash."""
    matches: bool | None
    """Whether its data are those of `--spec`; `null` without one."""
    spec: str | None
    """As what its data are those of the spec, or what differs; `null` without one."""


class InCoq(Part):
    """What the checker in Coq says of a certificate."""

    verdict: Literal["accepted", "refused", "uncovered"]
    """`uncovered`: it has no rule for such certificates."""
    reason: str
    """Why it is not accepted, else empty."""


class Verify(Part, title="Certificate verified"):
    """What `coopgap verify --json` prints."""

    constraints = (Constraint("accepted", (True,), filled=("kind", "claim", "sentence", "shown")),)
    schema_: Literal["coopgap.verify/1"]
    """The name and version of this document."""
    accepted: bool
    """Whether the checker accepts the certificate."""
    kind: str | None
    """What the proof is made of; `null` if the document has no proof of a known form."""
    claim: ShownClaim | None
    """What the certificate shows: its `id` and fields; `null` if it shows nothing."""
    reason: str
    """Why it is rejected, else empty."""
    data_sha256: Sha256 | None
    """The hash of the data that the claim is about; `null` if nothing is shown, or several claims
    are."""
    sentence: str | None
    """What is shown, in words; `null` if nothing is."""
    shown: list[Shown]
    """Each claim that is shown."""
    matches: bool | None
    """Whether all is about the game of `--spec`; `null` without one."""
    coq: InCoq | None
    """What the checker in Coq says; `null` without `--coq`."""


class Result(Verify, title=None):
    """The verdict on one file: as `verify` prints it, with the file's path."""

    file: str
    """The path of the file."""


class Verifications(Part, title="Certificates verified"):
    """What `coopgap verify --json` prints of several files, or of a folder."""

    schema_: Literal["coopgap.verifications/1"]
    """The name and version of this document."""
    results: NonEmptyList[Result]
    """The verdicts, in the order of the arguments; of a folder by file name."""
