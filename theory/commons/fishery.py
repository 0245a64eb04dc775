"""The fishery of Levhari and Mirman (1980): a commons without an end, in smooth amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from coopgap.theory.commons.specification import CommonsQuestion
from coopgap.theory.notebooks import Tabulated, TextTable


@dataclass(frozen=True)
class Fishery:
    """Agents who each take a share of a stock, for ever.

    What they leave, to the ``power``, is the next stock. An agent's utility in a period is the
    logarithm of its catch, and the next period's counts ``discount`` of it. Pure numbers.
    """

    agents: int
    power: Fraction
    discount: Fraction

    @property
    def escapement_rate(self) -> Fraction:
        """The share of the stock that the planner leaves."""
        return self.power * self.discount

    @property
    def best(self) -> Fraction:
        """The share that each agent takes in the first best."""
        return (1 - self.escapement_rate) / self.agents

    def share(self, level: Fraction) -> Fraction:
        """The share that each agent takes in the symmetric linear Markov equilibrium (N9)."""
        n, d = self.agents, self.escapement_rate
        return (1 + level) * (1 - d) / (n * (1 + level) - (n - 1) * d)


@dataclass(frozen=True, repr=False)
class FisherySpecification(Tabulated):
    """A whole spec file with a fishery. levels: the common λ, pure numbers, to report."""

    fishery: Fishery
    levels: tuple[Fraction, ...] = ()
    questions: tuple[CommonsQuestion, ...] = ()
    title: str = ""
    source: str = ""
    origin: str = field(default="", compare=False)

    def tables(self) -> Sequence[TextTable]:
        """The numbers of the fishery, and the levels to report."""
        fishery = self.fishery
        rows = [
            ("agents", str(fishery.agents)),
            ("power of growth", str(fishery.power)),
            ("discount", str(fishery.discount)),
            ("λ", ", ".join(map(str, self.levels)) or "none"),
        ]
        return [TextTable(self.title or "A fishery", ("fishery", ""), tuple(rows))]
