"""What is known of the mixed equilibria of a game."""

from __future__ import annotations

from dataclasses import dataclass

from coopgap.theory.equilibria import Mixes


@dataclass(frozen=True)
class Listed:
    """Mixed equilibria, sorted.

    others: why there may be others; None if they are all the extreme ones of one or two agents, of
    which every equilibrium is a mixture.
    """

    found: tuple[Mixes, ...]
    others: str | None
