"""Theorems: statements, and the goals that show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.parameters.goals import Goal
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.questions.obligations import Unanswered

CORE = "the trusted core alone: each certificate carries the game or the formula of its goal"

BARE = (
    "the trusted core and proofs/theorems/*.py: the certificates are bare formulas, and that these "
    "mean the theorem is the word of the code that makes them"
)


def on_paper(argument: str) -> str:
    """What a theorem rests on whose certificates show its conclusions, the rest being on paper."""
    return (
        f"the trusted core for its goals, and for its statement on what is not checked: {argument}"
    )


Goals = Iterable[tuple[str, Goal | Unanswered]]
"""Goals by their labels, or the reason why there is none."""


@dataclass
class Means:
    """The means to prove goals: the engines' worker, and a prover for each tuple of parameters."""

    engines: Worker
    prover: Callable[[tuple[str, ...]], Prover]


@dataclass(frozen=True)
class CoqTheorem:
    """A theorem in Coq: its name, and the file in which it is proved."""

    theorem: str
    file: str


@dataclass(frozen=True)
class Theorem:
    """A theorem.

    id: its name in ``prove``. statement, assumptions: in words and symbols, for readers. source:
    where it is claimed. goals: makes its goals; the theorem holds iff all do. expected: the verdict
    on a registered theorem, ``proved`` or ``refuted``, which a test compares with that of
    ``prove``. rests_on: what must be trusted for its certificates to mean the theorem: CORE, BARE
    or an argument on paper. general: the theorems in Coq that cover it. For examining the
    assumption at a place: without: the theorem without it; follows: the goal that it follows from
    the others.
    """

    id: str
    statement: str
    assumptions: tuple[str, ...]
    source: str
    goals: Callable[[Means], Goals]
    expected: str = "proved"
    without: Callable[[int], Theorem] | None = None
    follows: Callable[[int], Goal] | None = None
    rests_on: str = CORE
    general: tuple[CoqTheorem, ...] = ()
