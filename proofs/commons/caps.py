"""Quotas that cap what each agent may demand, and leave it to agents to demand less."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from fractions import Fraction

from coopgap.proofs.commons.equilibria import Caps, DrawnPlay, Missing, Stage, stage_of, symmetric
from coopgap.proofs.commons.months import ahead
from coopgap.proofs.commons.quotas import BestRule
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import Cell, QuotaLanguage


def sustained(
    commons: Commons, language: QuotaLanguage, level: Fraction, prescribed: BestRule
) -> tuple[DrawnPlay, Caps] | None:
    """Caps of the language with an equilibrium under them, the best that were tried at this λ.

    Whether other caps do better is open, unless the value is the first best: what is best in a
    month changes what agents want in the months before. prescribed: the best quota that prescribes,
    from which caps are made too.
    """
    last = len(commons.grid) - 1
    candidates: list[Caps] = [
        shares(commons, language, prescribed, extra) for extra in (0, commons.agents - 1)
    ]
    candidates.insert(0, _by_cell(language, {}, last))
    if language.stagewise:
        candidates.append(_by_cell(language, _stagewise(commons, language, level), last))
    plays = [(symmetric(commons, level, "best", caps), caps) for caps in candidates]
    equilibria = [(play, caps) for play, caps in plays if not isinstance(play, Missing)]
    return max(equilibria, key=lambda pair: pair[0].value, default=None)


def _by_cell(language: QuotaLanguage, places: Mapping[Cell, int], default: int) -> Caps:
    """The caps that a rule has for cells, and another one elsewhere."""
    return lambda month, signal, stock: places.get(language.cell(month, signal, stock), default)


def shares(commons: Commons, language: QuotaLanguage, prescribed: BestRule, extra: int = 0) -> Caps:
    """Each agent's equal part of what a rule prescribes, rounded down unless ``extra`` is added."""
    places = {
        cell: place(commons, (quota + extra) // commons.agents)
        for cell, quota in prescribed.rule.items()
    }
    return _by_cell(language, places, 0)


def place(commons: Commons, demand: int) -> int:
    """The place of the largest demand that is at most this."""
    return bisect_right(commons.grid, demand) - 1


def _stagewise(commons: Commons, language: QuotaLanguage, level: Fraction) -> dict[Cell, int]:
    """The caps that are best month by month, backwards."""
    size = commons.capacity + 1
    nothing = values = [Fraction(0)] * size
    chosen: dict[Cell, int] = {}
    for month in range(commons.horizon, 0, -1):
        stages = [
            stage_of(commons, level, [ahead(commons, signal, month, values), nothing])
            for signal in commons.signals
        ]
        worth = [Fraction(0)] * size
        for stock in range(size):
            groups = [[number] for number in range(len(stages))]
            if not language.growth:
                groups = [list(range(len(stages)))]
            for group in groups:
                options = {
                    cap: sum(
                        (
                            commons.signals[number].probability * own
                            for number in group
                            if (own := _best(stages[number], stock, cap)) is not None
                        ),
                        start=Fraction(0),
                    )
                    for cap in sorted({_binding(stages[number], stock) for number in group})
                }
                cap = max(options, key=lambda option: options[option])
                chosen[language.cell(month, group[0], stock)] = cap
                worth[stock] += options[cap]
        values = worth
    return chosen


def _best(stage: Stage, stock: int, cap: int) -> Fraction | None:
    return max((own for _, (own, _) in stage.equilibria(stock, cap)), default=None)


def _binding(stage: Stage, stock: int) -> int:
    """The cap under which all demand just as much as it allows, and get the most by that.

    Every equilibrium under another cap is also one under the cap that it just meets.
    """
    commons = stage.commons
    best, binding = Fraction(-1), len(commons.grid) - 1
    for place, demand in enumerate(commons.grid):
        rest = stock - commons.agents * demand
        if rest > 0 and stage.keeps(stock, place, place):
            own = demand + stage.later[rest]
        elif rest <= 0 and stage.empties(stock, place):
            own = Fraction(stock, commons.agents)
        else:
            continue
        if own > best:
            best, binding = own, place
    return binding
