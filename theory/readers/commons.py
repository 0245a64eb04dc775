"""Spec files of a commons: its numbers, what quotas may react to, claims to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.theory.commons.regimes import Regimes, Turn, regimes_of
from coopgap.theory.commons.resource import Commons, Growth, Shock
from coopgap.theory.commons.specification import (
    CommonsQuestion,
    CommonsSpecification,
    QuotaLanguage,
    everything,
)
from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.readers.by_name import require_language
from coopgap.theory.readers.claim_fields import require_fields
from coopgap.theory.readers.commons_shape import (
    MOST_AGENTS,
    MOST_MONTHS,
    MOST_UNITS,
    Claim,
    CommonsSpec,
    GrowthTable,
    Language,
    RecoverTable,
    RegimeTable,
    Resource,
    ShiftTable,
)
from coopgap.theory.readers.shape import read_languages, validated
from coopgap.theory.readers.values import there_are

CLAIMS = ("gap-positive", "gap-zero", "gap-at-least", "gap-at-most", "closes", "threshold-at-most")
"""The claim ids that make sense for a commons."""


def commons_specification(document: Mapping[str, object], origin: str) -> CommonsSpecification:
    """The specification in a parsed file with a [commons].

    Raises InputError, naming the field, for content that breaks the rules of such files.
    """
    if "game" in document:
        raise InputError("there are a game and a commons", fix="keep one of them", field="game")
    spec = validated(CommonsSpec, document)
    commons = _commons(spec.commons)
    languages = _languages(spec.language, commons)
    names = [language.name for language in languages]
    return CommonsSpecification(
        commons=commons,
        languages=languages,
        levels=tuple(spec.prosociality.levels) if spec.prosociality else (),
        questions=read_entries("claim", spec.claim, lambda claim: _question(claim, names)),
        title=spec.title,
        source=spec.source,
        origin=origin,
    )


def _commons(resource: Resource) -> Commons:
    with inside("commons"):
        _require_count(resource.agents, "agents", "agent", MOST_AGENTS)
        _require_count(resource.horizon, "horizon", "month", MOST_MONTHS)
        _require(
            resource.capacity <= MOST_UNITS,
            "capacity",
            f"there are over {MOST_UNITS} units",
            "count in larger units",
        )
        _require(
            resource.stock <= resource.capacity,
            "stock",
            f"the stock {resource.stock} is above the capacity {resource.capacity}",
            "raise the capacity, or lower the stock",
        )
        _require(
            0 in resource.harvest,
            "harvest",
            "no agent can leave the stock alone: 0 is missing",
            'begin at 0, as in "0..100"',
        )
        _require(
            resource.prosocial is None or resource.prosocial <= resource.agents,
            "prosocial",
            f"{resource.prosocial} of {resource.agents} agents are prosocial",
            "write at most the number of agents",
        )
        with inside("growth"):
            growth = (
                _regimes(resource.growth, resource.horizon)
                if isinstance(resource.growth, RegimeTable)
                else _growth(resource.growth)
            )
        shock = resource.shock
        return Commons(
            agents=resource.agents,
            stock=resource.stock,
            capacity=resource.capacity,
            grid=resource.harvest,
            growth=growth,
            horizon=resource.horizon,
            collapse=resource.collapse,
            rationing=resource.rationing,
            shock=None if shock is None else Shock(shock.after, shock.loss, shock.floor),
            prosocial=resource.prosocial,
        )


def _require(holds: bool, field: str, problem: str, fix: str) -> None:
    if not holds:
        raise InputError(problem, fix=fix, field=field)


def _require_count(count: int, field: str, noun: str, most: int) -> None:
    _require(count >= 1, field, f"there is no {noun}", "write at least 1")
    _require(count <= most, field, f"there are {count} {noun}s", f"write at most {most}")


def _require_factor(factor: Fraction, field: str) -> None:
    problem = f"the growth {factor} is negative"
    _require(factor >= 0, field, problem, "a factor is at least 0")


def _growth(table: GrowthTable) -> Growth:
    factors = table.factors
    _require(len(factors) > 0, "factors", "the list is empty", "give at least one factor")
    for place, factor in enumerate(factors):
        _require_factor(factor, f"factors[{place}]")
    names = table.names or [str(factor) for factor in factors]
    _require(
        len(names) == len(factors),
        "names",
        f"{there_are(len(names), 'name')} for {len(factors)} factors",
        "give each factor one",
    )
    _require(
        len(set(names)) == len(names), "factors", "two factors are the same", "give them names"
    )
    if table.prior is None:
        _require(len(factors) == 1, "prior", "'prior' is missing", "give each factor a probability")
    prior = table.prior or [Fraction(1)]
    _require(
        len(prior) == len(factors),
        "prior",
        f"{there_are(len(prior), 'probability', 'probabilities')} for {len(factors)} factors",
        "give each factor one",
    )
    _require(min(prior) >= 0, "prior", "a probability is negative", "probabilities are at least 0")
    _require(
        sum(prior) == 1, "prior", f"the probabilities sum to {sum(prior)}", "make them sum to 1"
    )
    return Growth(tuple(names), tuple(factors), tuple(prior), table.seen)


def _regimes(table: RegimeTable, horizon: int) -> Regimes:
    names, factors = tuple(table.regimes), tuple(table.regimes.values())
    _require(
        len(names) == 2,
        "regimes",
        there_are(len(names), "regime"),
        'write two, the first month\'s first, as in { healthy = "2", degraded = "3/2" }',
    )
    for name, factor in table.regimes.items():
        _require_factor(factor, f"regimes.{name}")
    _require(
        1 <= table.window <= horizon,
        "window",
        f"there is no window of {table.window} months",
        "write at least 1, and at most the horizon",
    )
    with inside("shift"):
        shift = _turn(table.shift, "from", table.shift.start)
    with inside("recover"):
        recover = _turn(table.recover, "below", table.recover.below)
    return Regimes(names, factors, (), True, table.window, shift, recover)


def _turn(table: ShiftTable | RecoverTable, threshold: str, value: Fraction) -> Turn:
    _require(value >= 0, threshold, f"{value} is negative", "harvests are at least 0")
    for name in ("probability", "most"):
        chance = getattr(table, name)
        _require(0 <= chance <= 1, name, f"{chance} is no probability", "write one from 0 to 1")
    _require(
        table.slope >= 0,
        "slope",
        f"{table.slope} is negative",
        "a turn gets likelier with the distance from its threshold, or has no slope",
    )
    return Turn(value, table.probability, table.slope, table.most)


def _languages(tables: Sequence[Language], commons: Commons) -> tuple[QuotaLanguage, ...]:
    if not tables:
        return (everything(commons),)
    return read_languages(tables, lambda table: _language(table, commons))


def _language(table: Language, commons: Commons) -> QuotaLanguage:
    regimes = regimes_of(commons) is not None
    for name, seen, unseen in (
        (
            "growth",
            commons.growth.seen and not regimes,
            "growth that nobody sees before the harvest",
        ),
        ("regime", regimes, "regimes of growth, of which there are none"),
        ("past", regimes, "past harvests, on which nothing depends"),
    ):
        if name in table.model_fields_set and getattr(table, name) == "all" and not seen:
            subject = "draws of growth, of which there are none" if regimes else unseen
            raise InputError(
                f"a quota cannot react to {subject}",
                fix=f'leave it out, or write {name} = "none"',
                field=name,
            )
    with inside("stock"):
        stock = _partition(table.stock, 0, commons.capacity)
    with inside("month"):
        month = _partition(table.month, 1, commons.horizon)
    named = (setting == "all" for setting in (table.growth, table.regime, table.past))
    return QuotaLanguage(table.name, stock, month, *named)


def _partition(intervals: Any, low: int, high: int) -> tuple[int, ...]:
    """The number of the cell of each value from low to high."""
    size = high - low + 1
    if intervals == "all":
        return tuple(range(size))
    if intervals == "none":
        return (0,) * size
    cells: list[int | None] = [None] * size
    for place, interval in enumerate(intervals):
        with inside(f"[{place}]"):
            if len(interval) != 2 or not low <= interval[0] <= interval[1] <= high:
                raise InputError(
                    f"{interval} is no interval between {low} and {high}",
                    fix="write [first, last]",
                )
            first, last = interval
            for value in range(first, last + 1):
                if cells[value - low] is not None:
                    raise InputError(
                        f"{value} is in two intervals", fix="make the intervals disjoint"
                    )
                cells[value - low] = place
    # As in languages of games, what is in no cell is one of its own.
    return tuple(len(intervals) + k if cell is None else cell for k, cell in enumerate(cells))


def _question(claim: Claim, languages: Sequence[str]) -> CommonsQuestion:
    if claim.id not in CLAIMS:
        raise InputError(
            f"the claim {claim.id!r} is about games",
            fix=f"a commons has {', '.join(CLAIMS)}",
            field="id",
        )
    if claim.id == "threshold-at-most" and "language" in claim.present_keys:
        raise InputError(
            "the threshold of a commons is without a quota", fix="leave it out", field="language"
        )
    require_fields(claim.id, claim.present_keys)
    require_language(claim.language, languages)
    return CommonsQuestion(claim.id, claim.language, claim.value, claim.prosociality)
