"""Outcomes of subcommands: an exit status, a JSON document, a text for the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from coopgap.theory.json_values import Plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from coopgap.proofs.exposition.telling import Decided
    from coopgap.proofs.theorems.reports import TheoremReport

T = TypeVar("T")

HOLDS, REFUTED, UNUSABLE, UNDECIDED, INTERRUPTED, NO_READER = 0, 1, 2, 3, 130, 141


class Unwritable(Exception):
    """Standard output takes no more; the message says why, and is empty if its reader has gone."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a subcommand: its exit status, its JSON document, its story.

    message: what standard error is told beside it. note: a last line of the story, which standard
    error is told beside a JSON document.
    """

    status: int
    document: dict[str, Plain]
    stories: Callable[[], Sequence[RenderableType]]
    json: bool
    message: str = ""
    note: str = ""


def escape_unencodable() -> None:
    """From now on standard output takes every character: what its encoding lacks as an escape.

    Elsewhere than in a terminal Windows has encodings of few characters, and so have old locales.
    """
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def gathered(results: Iterable[T]) -> tuple[list[T], bool]:
    """All that is found, and whether Ctrl-C ended it before."""
    collected: list[T] = []
    try:
        for result in results:
            collected.append(result)
    except KeyboardInterrupt:
        return collected, True
    return collected, False


def status(*, refuted: bool, undecided: bool) -> int:
    """The exit status: 1 before 3 before 0."""
    if refuted:
        return REFUTED
    return UNDECIDED if undecided else HOLDS


def status_of(reports: Iterable[Decided | TheoremReport], *, strict: bool = False) -> int:
    """The exit status of reports; strict: what is only trusted counts as unknown."""
    statuses = {verdict for report in reports for verdict in report.statuses}
    undecided = "unknown" in statuses or (strict and "trusted" in statuses)
    return status(refuted="refuted" in statuses, undecided=undecided)


def sole_or_listed(schema: str, field: str, documents: list[dict[str, Plain]]) -> dict[str, Plain]:
    """The document if there is one only, else one that lists them all in the field."""
    return documents[0] if len(documents) == 1 else {"schema": schema, field: documents}
