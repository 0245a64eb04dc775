"""What is known of the mixed equilibria of a game."""

from __future__ import annotations

from dataclasses import dataclass

from coopgap.theory.equilibria import Mixes


@dataclass(frozen=True)
class MixedEquilibria:
    """Mixed equilibria, sorted.

    reason: why there may be others; None if these are all extreme ones of one or two agents, of
    which every equilibrium is a mixture.
    """

    equilibria: tuple[Mixes, ...]
    reason: str | None
