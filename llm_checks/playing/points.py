"""The payoffs of a game, in an agent's prompt called points: as a table or in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product

from coopgap.theory.environments import Environment

Profiles = Sequence[tuple[int, ...]]
"""What the other agents may do together: their actions, in the order of players."""


def number(value: Fraction) -> str:
    """An exact number as people read it: a decimal where it ends soon, else a fraction."""
    for digits in range(4):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            return f"{Decimal(f'{scaled.numerator}e-{digits}'):f}"
    return str(value)


def profiles_of_others(
    allowed: Sequence[Sequence[int]], agent: int, order: str
) -> list[tuple[int, ...]]:
    """The profiles of the others, in an order: forward or reversed."""
    found = list(product(*(each for i, each in enumerate(allowed) if i != agent)))
    return found[::-1] if order == "reversed" else found


def table(
    worded: Environment, state: int, agent: int, own: Mapping[str, int], theirs: Profiles
) -> list[str]:
    """A Markdown table: a row for each profile of the others, a column for each own option.

    worded: the game with the words for actions. own: the agent's action by what names it.
    """
    others = [i for i in range(len(worded.players)) if i != agent]
    names = [worded.players[i] for i in others]
    points = _points(worded, state, agent)
    whose = ", ".join(["yours", *(f"{name}'s" for name in names)])
    lines = [
        f"Points ({whose}) by option:",
        _row([", ".join(names) or "option", *own]),
        _row(["---"] * (len(own) + 1)),
    ]
    for profile in theirs:
        words = [worded.actions[i][action] for i, action in zip(others, profile, strict=True)]
        cells = [", ".join(points(action, profile)) for action in own.values()]
        lines.append(_row([", ".join(words) or "points", *cells]))
    return lines


def sentences(
    worded: Environment, state: int, agent: int, own: Mapping[str, int], theirs: Profiles
) -> list[str]:
    """The payoffs in sentences, one for each profile of the others."""
    others = [i for i in range(len(worded.players)) if i != agent]
    names = [worded.players[i] for i in others]
    points = _points(worded, state, agent)
    lines = []
    for profile in theirs:
        doing = " and ".join(
            f"{worded.players[i]} takes {worded.actions[i][action]}"
            for i, action in zip(others, profile, strict=True)
        )
        parts = []
        for label, action in own.items():
            mine, *rest = points(action, profile)
            gets = "".join(f", {name} {gain}" for name, gain in zip(names, rest, strict=True))
            parts.append(f"with {label} you get {mine}{gets}")
        start = f"If {doing}, then: " if doing else "In points: "
        lines.append(f"{start}{'; '.join(parts)}.")
    return lines


FORMS = {"table": table, "words": sentences}


def _points(
    worded: Environment, state: int, agent: int
) -> Callable[[int, Sequence[int]], list[str]]:
    def of(action: int, profile: Sequence[int]) -> list[str]:
        """Everybody's points, the agent's own first."""
        place = (state, *profile[:agent], action, *profile[agent:])
        gains = [number(Fraction(int(own[place]), worded.denominator)) for own in worded.payoffs]
        return [gains[agent], *gains[:agent], *gains[agent + 1 :]]

    return of


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
