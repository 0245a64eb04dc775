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

_LINE = re.compile(r"(?P<where>[^:]+):\s*(?P<most>\d+)\s*(?:units?)?\.?")
_RANGE = re.compile(r"(?P<what>stock|month)s?\s+(?P<low>\d+)(?:\s*(?:-|–|to)\s*(?P<high>\d+))?")
_GROWTH = re.compile(r"growth\s+(?P<name>.+)")


def best_caps(commons: Commons, language: QuotaLanguage) -> Caps:
    """The quota that is announced or enforced, or that simulated agents agree on.

    The best caps that were found for selfish agents; where these find none better than no caps at
    all, equal shares of the best quota that prescribes. Raises InputError for growth with regimes.
    """
    require_caps(commons)
    prescribed = best_rule(commons, language)
    found = sustained(commons, language, Fraction(0), prescribed)
    free = symmetric(commons, Fraction(0))
    if found is not None and (isinstance(free, Missing) or found[0].value > free.value):
        return found[1]
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

    def told(self, commons: Commons) -> str:
        """As it is written."""
        parts = [
            f"{what} {low}" if low == high else f"{what} {low}-{high}"
            for what, ends in (("month", self.month), ("stock", self.stock))
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
    written = [each.strip().strip("`*- ") for each in text.strip().splitlines()]
    written = [each for each in written if each]
    if [each.upper().rstrip(".") for each in written] == [NONE]:
        return ProposedQuota("none")
    if not 0 < len(written) <= MAX_LINES:
        return ProposedQuota("unparseable", reason=f"there are {len(written)} lines")
    lines = []
    for each in written:
        line = _line(each, commons)
        if line is None:
            return ProposedQuota("unparseable", reason=f"{each[:60]!r} is no line of a quota")
        lines.append(line)
    proposed = ProposedQuota("writable", tuple(lines))
    alike: dict[tuple[int, ...], int | None] = {}
    for month in range(1, commons.horizon + 1):
        for signal in range(len(signal_names(commons)) or 1):
            for stock in range(commons.capacity + 1):
                most = proposed.most(month, signal, stock)
                if alike.setdefault(_cell(commons, language, month, signal, stock), most) != most:
                    return ProposedQuota(
                        "unwritable",
                        reason=f"month {month}, stock {stock}: the court cannot tell it from a "
                        "situation with another quota",
                    )
    return proposed


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
    for part in (each.strip() for each in match["where"].split(",")):
        numbers, named = _RANGE.fullmatch(part.lower()), _GROWTH.fullmatch(part)
        if part.lower() == "always":
            continue
        if numbers is not None and numbers["what"] not in ranges:
            low, high = int(numbers["low"]), int(numbers["high"] or numbers["low"])
            ranges[numbers["what"]] = low, high
        elif named is not None and growth is None:
            names = signal_names(commons)
            if named["name"] not in names:
                return None
            growth = names.index(named["name"])
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
                same = list(run)
                lines.append(Line(most, (same[0], same[-1]), (month, month), growth))
    return tuple(lines)


def tells(commons: Commons, language: QuotaLanguage) -> Sequence[str]:
    """What a court sees, in words."""
    told = []
    for name, cells, first in (("the month", language.month, 1), ("the stock", language.stock, 0)):
        if len(set(cells)) == len(cells) > 1:
            told.append(name)
        elif len(set(cells)) > 1:
            numbered = list(enumerate(cells, start=first))
            runs = [[n for n, _ in run] for _, run in groupby(numbered, lambda each: each[1])]
            listed = ", ".join(f"{run[0]}-{run[-1]}" for run in runs)
            told.append(f"{name} as one of {listed}")
    if (language.growth if regimes_of(commons) is None else language.regime) and signal_names(
        commons
    ):
        told.append("growth")
    return told
