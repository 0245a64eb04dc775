"""Questions that are still open, and the budget for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.scenarios import Play


@dataclass
class Budget:
    """The limits of a run, and what was used of them.

    prices: dollars per million input and output tokens. decisions, dollars: limits, or None;
    ``spent`` and ``asked`` count up.
    """

    prices: tuple[float, float] = (0.0, 0.0)
    decisions: int | None = None
    dollars: float | None = None
    spent: float = 0.0
    asked: int = 0

    @property
    def exhausted(self) -> str:
        """Why nothing more may be asked, or nothing."""
        if self.decisions is not None and self.asked >= self.decisions:
            return f"--max-samples {self.decisions} is reached"
        if self.dollars is not None and self.spent >= self.dollars:
            return f"--max-cost {self.dollars:g} is reached"
        return ""

    def cost(self, tokens: tuple[int, int]) -> float:
        """Dollars for so many input and output tokens."""
        return sum(n * price for n, price in zip(tokens, self.prices, strict=True)) / 1e6


@dataclass
class Asking:
    """The plays to ask, the answers so far, and the function that receives new ones."""

    plays: Mapping[str, Play]
    seed: int
    header: Mapping[str, Any] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    tell: Callable[[Answer], None] = lambda _: None
