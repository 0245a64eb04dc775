"""What a spec file with a commons states: the commons, quota languages, claims to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from coopgap.theory.commons.regimes import State
from coopgap.theory.commons.resource import Commons
from coopgap.theory.notebooks import Tabulated, TextTable

Cell = tuple[int, ...]
"""What a quota can tell of a situation: numbers of cells of the month, of growth or the regime, and
of the stock, and with regimes the past harvests that it can tell."""


@dataclass(frozen=True)
class QuotaLanguage:
    """What a quota may react to.

    stock, month: the cell of each stock (0 to the capacity) and of each month (from 1). growth:
    whether the growth that agents see can be named; regime and past: whether the regime can, and
    the past harvests on which it depends.
    """

    name: str
    stock: tuple[int, ...]
    month: tuple[int, ...]
    growth: bool = True
    regime: bool = True
    past: bool = True

    def cell(self, month: int, signal: int, stock: int) -> Cell:
        """What a quota can tell of a situation: cells of the month, of growth and of the stock."""
        return self.month[month - 1], signal if self.growth else 0, self.stock[stock]

    def cell_of(self, month: int, state: State) -> Cell:
        """What a quota can tell of a month's state, where growth has regimes."""
        past = state.past if self.past else ()
        regime = state.regime if self.regime else 0
        return self.month[month - 1], regime, self.stock[state.stock], *past

    @property
    def stagewise(self) -> bool:
        """Whether a quota sees month and stock, so that a month is a problem of its own."""
        return all(len(set(cells)) == len(cells) for cells in (self.stock, self.month))

    @property
    def tells_all(self) -> bool:
        """Whether a quota sees all that a month with regimes begins with."""
        return self.stagewise and self.regime and self.past


@dataclass(frozen=True)
class CommonsQuestion:
    """A claim to decide; value in units, or λ for ``threshold-at-most``."""

    id: str
    language: str | None = None
    value: Fraction | None = None
    level: Fraction | None = None


@dataclass(frozen=True, repr=False)
class CommonsSpecification(Tabulated):
    """A whole spec file with a commons. levels: the common λ, pure numbers, to report."""

    commons: Commons
    languages: tuple[QuotaLanguage, ...]
    levels: tuple[Fraction, ...] = ()
    questions: tuple[CommonsQuestion, ...] = ()
    title: str = ""
    source: str = ""
    origin: str = field(default="", compare=False)

    def tables(self) -> Sequence[TextTable]:
        """The resource, and the languages of its quotas."""
        commons = self.commons
        rows = [
            ("agents", str(commons.agents)),
            ("stock", f"{commons.stock} of at most {commons.capacity}"),
            ("growth", ", ".join(map(str, commons.growth.factors))),
            ("months", str(commons.horizon)),
            ("collapse below", str(commons.collapse)),
            ("quotas", ", ".join(language.name for language in self.languages)),
        ]
        return [TextTable(self.title or "A commons", ("resource", ""), tuple(rows))]

    def language(self, name: str) -> QuotaLanguage:
        """The language of this name."""
        return next(language for language in self.languages if language.name == name)


def everything(commons: Commons) -> QuotaLanguage:
    """The language of quotas that react to all there is."""
    stocks, months = range(commons.capacity + 1), range(commons.horizon)
    return QuotaLanguage("complete", tuple(stocks), tuple(months))
