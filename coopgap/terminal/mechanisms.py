"""Mechanisms as text, and strategies of players who say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from coopgap.proofs.deciding.reports import (
    LanguagePart,
    LotteryPart,
    MechanismPart,
    PooledBestPart,
    RecordPart,
    Report,
    Unknown,
)
from coopgap.proofs.deciding.values import Absent, Bounds
from coopgap.proofs.questions.registry import CAUSES
from coopgap.terminal.contracts import RECORDS, contract_class, obstructed, reached
from coopgap.terminal.numbers import level, number
from coopgap.terminal.story_parts import below, certificates, undecided
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import count, listed, plain, profile, short
from coopgap.theory.exact import Infinite


def any_mechanism(part: LanguagePart) -> str:
    """The gap that no mechanism closes."""
    found = part.mechanism
    if isinstance(found, MechanismPart):
        return number(found.gap)
    return "unknown" if isinstance(found, Unknown) else "–"


def mechanisms(parts: Sequence[LanguagePart]) -> Iterator[RenderableType]:
    """One row per language, then the mechanism that gets there."""
    yield Columns(
        ["language", "contracts", "value", "gap"],
        [
            [
                short(each.name),
                contract_class(each.contracts),
                number(each.mechanism.value if isinstance(each.mechanism, MechanismPart) else None),
                any_mechanism(each),
            ]
            for each in parts
        ],
        names=2,
        numbers=True,
    )
    for each in parts:
        yield Text()
        yield Text(short(each.name), style="italic")
        found = each.mechanism
        if isinstance(found, MechanismPart):
            yield Padding(Group(*mechanism(found)), (0, 0, 0, 2))
        elif isinstance(found, Unknown):
            yield Padding(Group(*undecided({"value": found})), (0, 0, 0, 2))


def without_messages(report: Report) -> Iterator[RenderableType]:
    """What strategies reach without a contract and under contracts, and why no more."""
    alone, needed = report.selfish.welfare, report.prosocial_threshold
    told = number(None if isinstance(alone, Absent) else alone)
    words = f"selfish players reach {told} without a contract" if told != "–" else "no equilibrium"
    yield Text(f"In pure strategies {words}; λ for the first best: {number(needed)}.")
    yield from undecided({"value": alone, "threshold": needed})
    parts = report.languages
    yield Columns(
        ["language", "contracts", "value", "gap", "λ for first best"],
        [
            [
                short(each.name),
                contract_class(replace(each.contracts, participation=None)),
                *(number(n) for n in (each.value, each.gap, each.prosocial_threshold)),
            ]
            for each in parts
        ],
        names=2,
        numbers=True,
    )
    for each in parts:
        yield from below(each.name, _details(each))


def _details(part: LanguagePart) -> Iterator[RenderableType]:
    """Why strategies stop where they do, and the contract that gets there."""
    yield from obstructed(part)
    yield from reached(part)
    yield from undecided({"value": part.value, "threshold": part.prosocial_threshold})
    yield from certificates(part.certificates)


def team(part: PooledBestPart) -> Iterator[RenderableType]:
    """What players lose who do not tell each other what they see."""
    if isinstance(part.team, Fraction) and isinstance(part.welfare, Fraction):
        loss = part.welfare - part.team
        lost = f", a loss of {number(loss)} that communication makes good" if loss else ""
        yield Text(f"Without communication at most {number(part.team)}{lost}.")
    else:
        yield from undecided({"welfare without communication": part.team})


def mechanism(part: MechanismPart) -> Iterator[RenderableType]:
    """What mechanisms reach, how, and what shows it."""
    if isinstance(part.value, Infinite):
        yield Text("There is no mechanism that all agents join.")
    elif isinstance(part.value, Bounds):
        yield Text(
            f"The best mechanism reaches {number(part.value)}: time did not suffice for more."
        )
        if isinstance(part.lotteries, tuple):
            yield Text(f"This one reaches {number(part.value.low)}:")
    elif part.attained is True:
        yield Text(f"The best mechanism reaches {number(part.value)}:")
    else:
        yield Text(f"Mechanisms come as close to {number(part.value)} as one likes, near this one:")
    between = isinstance(part.value, Bounds)
    if isinstance(part.bound, Fraction) and part.bound != part.value and not between:
        yield Text(f"(The linear programme of all mechanisms allows {number(part.bound)}.)")
    if isinstance(part.lotteries, tuple):
        yield _lotteries(part.lotteries)
    yield from _causes(part)
    if part.prosocial:
        told = [f"{number(each.value)} at λ = {level(each.lambda_)}" for each in part.prosocial]
        yield Text(f"Mechanisms reach {listed(told)}.")
    yield from certificates(part.certificates)


def _causes(part: MechanismPart) -> Iterator[RenderableType]:
    """What messages make good, and what the gap that is left is due to."""
    if isinstance(part.restored, Fraction) and part.restored:
        yield Text(f"Messages and a mediator make good {number(part.restored)}.")
    if isinstance(part.losses, Unknown):
        yield from undecided({"what the gap is due to": part.losses})
    elif isinstance(part.losses, tuple) and part.losses:
        first, *others = part.losses
        told = [f"{number(first.loss)} is due to {CAUSES[first.cause]}"]
        told += [f"{number(each.loss)} to {CAUSES[each.cause]}" for each in others]
        yield Text(f"Of the gap {listed(told)}.")


def _lotteries(listed_: Sequence[LotteryPart]) -> Columns:
    players = list(listed_[0].reports)
    rows = [
        [
            ", ".join(short(each.reports[player]) for player in players),
            profile(each.profile),
            number(each.probability),
            "; ".join(_paid(paid) for paid in each.transfers) or "nothing",
        ]
        for each in listed_[:RECORDS]
    ]
    hidden = len(listed_) - RECORDS
    if hidden > 0:
        rows.append([f"… {count(hidden, 'more')}", "", "", ""])
    return Columns(["reports", "recommended", "chance", "paid"], rows, names=4)


def _paid(part: RecordPart) -> str:
    amounts = ", ".join(f"{short(p)} {number(t)}" for p, t in part.transfers.items())
    return f"{amounts} at {plain(part.record)}"
