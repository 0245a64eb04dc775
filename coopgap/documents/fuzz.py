"""``fuzz`` and three more: what ``coopgap fuzz --json`` prints.

Of conjectures (``fuzz``), of the list of them (``conjectures``), of mutated inputs
(``fuzz-inputs``), and of peers (``fuzz-peers``).
"""

from __future__ import annotations

from typing import Literal

from pydantic import NonNegativeFloat, NonNegativeInt

from coopgap.documents.base import Constraint, Part
from coopgap.documents.shared import Sha256


class Synthesis(Part):
    """What z3 says of boxes of games."""

    boxes: NonNegativeInt
    """How many were tried."""
    clear: NonNegativeInt
    """In how many no payoffs contradict the conjecture."""
    vacuous: NonNegativeInt
    """In how many of these none meet its hypotheses."""
    undecided: NonNegativeInt
    """In how many there is no answer."""
    exhausted: bool
    """Whether every box within bounds was tried."""


class Conjecture(Part):
    """What became of a conjecture."""

    constraints = (
        Constraint("status", ("refuted",), filled=("counterexample",)),
        Constraint("status", ("survived", "hardly-tested"), empty=("counterexample",)),
    )
    id: str
    """The conjecture's id."""
    statement: str
    """What it says, in words."""
    status: Literal["refuted", "survived", "hardly-tested"]
    """Whether it is refuted, survived, or was hardly tested."""
    cases: NonNegativeInt
    """How many cases were tried."""
    vacuous: NonNegativeInt
    """How many do not meet the hypotheses."""
    unknown: NonNegativeInt
    """In how many a quantity was not found."""
    seconds: NonNegativeFloat
    """How long it took, in seconds."""
    counterexample: str | None
    """The smallest counterexample, a spec as TOML text; `null` without one."""
    certificates: list[Sha256]
    """The certificates of what `check` says of it."""
    shapes: dict[str, NonNegativeInt]
    """By the shape of a game, how many cases had it."""
    hypotheses: dict[str, NonNegativeInt]
    """By hypothesis, how many cases meet it and those before it."""
    synthesis: Synthesis | None
    """What z3 says; `null` unless it searched."""
    note: str | None
    """What else there is to say; `null` if nothing."""


class Fuzz(Part, title="Conjectures tried"):
    """What `coopgap fuzz --json` prints."""

    schema_: Literal["coopgap.fuzz/1"]
    """The name and version of this document."""
    conjectures: list[Conjecture]
    """What became of each conjecture."""


class ListedConjecture(Part):
    """A conjecture, untried."""

    id: str
    """The conjecture's id."""
    statement: str
    """What it says, in words."""
    source: str
    """Where it comes from."""


class Conjectures(Part, title="Conjectures listed"):
    """What `coopgap fuzz --list --json` prints."""

    schema_: Literal["coopgap.conjectures/1"]
    """The name and version of this document."""
    conjectures: list[ListedConjecture]
    """The conjectures, untried."""


class Find(Part):
    """An input that was treated wrongly."""

    kind: str
    """The kind of input."""
    case: NonNegativeInt
    """The case's number."""
    what: str
    """What went wrong."""
    bytes: NonNegativeInt
    """How long the input is, in bytes."""
    input: str
    """Its beginning, bytes that are no text escaped."""


class InputKind(Part):
    """What became of the inputs of a kind."""

    kind: str
    """The kind of input."""
    oracle: str
    """What they are held against."""
    cases: NonNegativeInt
    """How many were tried."""
    refused: NonNegativeInt
    """How many were refused."""
    accepted: NonNegativeInt
    """How many were accepted."""
    undecided: NonNegativeInt
    """For how many it is not known which is right."""
    seconds: NonNegativeFloat
    """How long it took, in seconds."""
    finds: list[Find]
    """Those treated wrongly."""
    corpus_seconds: NonNegativeFloat
    """How long it took to make the valid inputs, in seconds."""


class FuzzInputs(Part, title="Mutated inputs"):
    """What `coopgap fuzz --inputs --json` prints."""

    schema_: Literal["coopgap.fuzz-inputs/1"]
    """The name and version of this document."""
    seed: int
    """The seed from which the cases are drawn."""
    kinds: list[InputKind]
    """What became of the inputs of each kind."""


class Comparison(Part):
    """A statement put to one peer."""

    statement: str
    """The statement's id."""
    peer: str
    """The peer and its method."""
    cases: NonNegativeInt
    """How many games were asked about."""
    disagreements: NonNegativeInt
    """In how many the answers differ."""
    seconds: NonNegativeFloat
    """How long it took, in seconds."""
    wrong: NonNegativeInt
    """In how many of these coopgap is not right."""
    example: str | None
    """A small game in which they differ, a spec as TOML text; `null` without one."""
    right: str | None
    """Who is right in it; `null` without one."""
    why: str | None
    """Why; `null` without one."""
    skipped: str | None
    """Why the peer was not asked; `null` if it was."""


class FuzzPeers(Part, title="Peers compared"):
    """What `coopgap fuzz --peers --json` prints."""

    schema_: Literal["coopgap.fuzz-peers/1"]
    """The name and version of this document."""
    seed: int
    """The seed from which the cases are drawn."""
    comparisons: list[Comparison]
    """What became of each statement with each peer."""
