"""Quotas in play: the most that each agent may take, by what a court sees; proposed in lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from coopgap.proofs.commons.caps import place, shares, sustained
from coopgap.proofs.commons.equilibria import Caps, Missing, symmetric
from coopgap.proofs.commons.quotas import best_rule
from coopgap.theory.commons.regimes import State, regimes_of, signal_names
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import QuotaLanguage
from coopgap.theory.errors import InputError

NONE = "NO QUOTA"

MAX_LINES = 2000
"""The longest proposal, in lines, that is read."""

_LINE = re.compile(r"(?P<where>[^:]+):\s*(?P<most>\d{1,9})\s*(?:units?)?\.?")
_RANGE = re.compile(
    r"(?P<what>stock|month)s?\s+(?P<low>\d{1,9})(?:\s*(?:-|–|to)\s*(?P<high>\d{1,9}))?"
)
_GROWTH = re.compile(r"growth\s+(?P<name>.+)")


def best_caps(commons: Commons, language: QuotaLanguage) -> Caps:
    """The quota that is announced or enforced, or that simulated agents agree on.

    The best caps that were found for selfish agents; where these find none better than no caps at
    all, equal shares of the best quota that prescribes. Raises InputError for growth with regimes.
    """
    require_caps(commons)
    prescribed = best_rule(commons, language)
    capped = sustained(commons, language, Fraction(0), prescribed)
    free = symmetric(commons, Fraction(0))
    if capped is not None and (isinstance(free, Missing) or capped[0].value > free.value):
        return capped[1]
    return shares(commons, language, prescribed)


def require_caps(commons: Commons) -> None:
    """Raises InputError for growth with regimes."""
    if regimes_of(commons) is not None:
        raise InputError(
            "which quota is best to announce, enforce or propose is worked out where growth is "
            "drawn",
            fix="with regimes of growth play without a quota, or have models negotiate one",
            field="--regime",
        )


@dataclass(frozen=True)
class Line:
    """What each agent may take at most, in units, in the situations that all of a line fits.

    stock, month: from and to. growth: what agents see of it, by number; None: any.
    """

    most: int
    stock: tuple[int, int] | None = None
    month: tuple[int, int] | None = None
    growth: int | None = None

    def fits(self, month: int, signal: int, stock: int) -> bool:
        """Whether it is about this situation."""
        return (
            (self.stock is None or self.stock[0] <= stock <= self.stock[1])
            and (self.month is None or self.month[0] <= month <= self.month[1])
            and self.growth in (None, signal)
        )

    def written(self, commons: Commons) -> str:
        """As it is written."""
        parts = [
            f"{name} {low}" if low == high else f"{name} {low}-{high}"
            for name, ends in (("month", self.month), ("stock", self.stock))
            if ends is not None
            for low, high in (ends,)
        ]
        if self.growth is not None:
            parts.append(f"growth {signal_names(commons)[self.growth]}")
        return f"{', '.join(parts) or 'always'}: {self.most}"


@dataclass(frozen=True)
class ProposedQuota:
    """What a reply proposes: lines, of which the first that fits counts; or why there are none.

    status: none, writable, unwritable (the court cannot tell what the lines do) or unparseable.
    """

    status: str
    lines: tuple[Line, ...] = ()
    reason: str = ""

    def caps(self, commons: Commons) -> Caps:
        """The largest demand allowed, by its place in the grid; all where no line fits."""

        def allowed(month: int, signal: int, stock: int) -> int:
            most = self.most(month, signal, stock)
            return len(commons.grid) - 1 if most is None else place(commons, most)

        return allowed

    def most(self, month: int, signal: int, stock: int) -> int | None:
        """What each agent may take at most, in units; None: there is no quota."""
        fitting = (line for line in self.lines if line.fits(month, signal, stock))
        line = next(fitting, None)
        return None if line is None else line.most


def read_quota(text: str, commons: Commons, language: QuotaLanguage) -> ProposedQuota:
    """Reads a proposal: lines such as ``month 1-11, stock 60-100: 10``, or ``NO QUOTA``.

    Every line must be one, and the whole must be the same in all situations that the language does
    not tell apart.
    """
    bare = (line.strip().strip("`*- ") for line in text.strip().splitlines())
    texts = [line for line in bare if line]
    if [line.upper().rstrip(".") for line in texts] == [NONE]:
        return ProposedQuota("none")
    if not 0 < len(texts) <= MAX_LINES:
        return ProposedQuota("unparseable", reason=f"there are {len(texts)} lines")
    lines = []
    for part in texts:
        line = _line(part, commons)
        if line is None:
            return ProposedQuota("unparseable", reason=f"{part[:60]!r} is no line of a quota")
        lines.append(line)
    quota = ProposedQuota("writable", tuple(lines))
    by_cell: dict[tuple[int, ...], int | None] = {}
    for month in range(1, commons.horizon + 1):
        for signal in range(len(signal_names(commons)) or 1):
            for stock in range(commons.capacity + 1):
                most = quota.most(month, signal, stock)
                if by_cell.setdefault(_cell(commons, language, month, signal, stock), most) != most:
                    return ProposedQuota(
                        "unwritable",
                        reason=f"month {month}, stock {stock}: the court cannot tell it from a "
                        "situation with another quota",
                    )
    return quota


def _cell(
    commons: Commons, language: QuotaLanguage, month: int, signal: int, stock: int
) -> tuple[int, ...]:
    """What the language tells of a situation, whatever was harvested before."""
    if regimes_of(commons) is not None:
        return language.cell_of(month, State(signal, stock))
    return language.cell(month, signal, stock)


def _line(text: str, commons: Commons) -> Line | None:
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    ranges: dict[str, tuple[int, int]] = {}
    growth: int | None = None
    for part in (piece.strip() for piece in match["where"].split(",")):
        numbers, growth_match = _RANGE.fullmatch(part.lower()), _GROWTH.fullmatch(part)
        if part.lower() == "always":
            continue
        if numbers is not None and numbers["what"] not in ranges:
            low, high = int(numbers["low"]), int(numbers["high"] or numbers["low"])
            ranges[numbers["what"]] = low, high
        elif growth_match is not None and growth is None:
            names = signal_names(commons)
            if growth_match["name"] not in names:
                return None
            growth = names.index(growth_match["name"])
        else:
            return None
    return Line(int(match["most"]), ranges.get("stock"), ranges.get("month"), growth)


def lines_of(commons: Commons, caps: Caps) -> tuple[Line, ...]:
    """Caps as lines, one for stocks next to each other with the same."""
    lines = []
    stocks = range(commons.capacity + 1)
    for month in range(1, commons.horizon + 1):
        for signal in range(len(commons.signals)):
            growth = signal if len(commons.signals) > 1 else None
            for most, run in groupby(stocks, lambda s: commons.grid[caps(month, signal, s)]):  # noqa: B023
                stretch = list(run)
                lines.append(Line(most, (stretch[0], stretch[-1]), (month, month), growth))
    return tuple(lines)


def visible(commons: Commons, language: QuotaLanguage) -> Sequence[str]:
    """What a court sees, in words."""
    parts = []
    for name, cells, offset in (("the month", language.month, 1), ("the stock", language.stock, 0)):
        if len(set(cells)) == len(cells) > 1:
            parts.append(name)
        elif len(set(cells)) > 1:
            numbered = list(enumerate(cells, start=offset))
            runs = [[n for n, _ in run] for _, run in groupby(numbered, lambda pair: pair[1])]
            listed = ", ".join(f"{run[0]}-{run[-1]}" for run in runs)
            parts.append(f"{name} as one of {listed}")
    if (language.growth if regimes_of(commons) is None else language.regime) and signal_names(
        commons
    ):
        parts.append("growth")
    return parts
