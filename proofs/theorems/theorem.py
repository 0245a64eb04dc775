"""What a theorem is: a statement, and the goals that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from proofs.goals import Goal


@dataclass(frozen=True)
class Theorem:
    """A registered theorem.

    id: as ``prove`` takes it. statement, assumptions: in words and symbols, for readers. source:
    where it is claimed. goals: makes its goals, each with a label; the theorem holds iff all do.
    expected: what ``prove`` finds, ``proved`` or ``refuted`` (a test compares).
    """

    id: str
    statement: str
    assumptions: tuple[str, ...]
    source: str
    goals: Callable[[], Iterable[tuple[str, Goal]]]
    expected: str = "proved"
