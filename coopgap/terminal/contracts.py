"""Contracts as text: their class, what the best one reaches and pays, and what stops others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from rich.console import RenderableType
from rich.text import Text

from coopgap.proofs.deciding.reports import (
    CellPart,
    ContractClassPart,
    LanguagePart,
    ObstructionPart,
    RecordPart,
)
from coopgap.terminal.numbers import number
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import by_state, count, listed, plain, profile, short
from coopgap.theory.exact import Infinite

RECORDS = 12
"""How many records of a contract are printed."""


def contract_class(part: ContractClassPart) -> str:
    """The class of contracts in two or three words."""
    if part.kind == "directive":
        return "permissive directives" if part.permissive else "directives"
    words = f"{part.budget} {part.kind}" if part.budget else part.kind
    if part.liability not in (None, "none"):
        words = f"{words}, fines ≤ {part.liability}"
    return words if part.participation is None else f"{words}, by consent"


def obstructed(part: LanguagePart) -> Iterator[RenderableType]:
    """The first obstruction, and how many more there are."""
    if isinstance(part.obstruction, ObstructionPart):
        more = part.obstruction.count - 1
        where = "in the certificate of the gap, which --certificates DIR writes"
        rest = f" (and {count(more, 'more obstruction')}, {where})" if more > 0 else ""
        yield Text(f"Obstruction: {plain(part.obstruction.words)}{rest}.")


def reached(part: LanguagePart) -> Iterator[RenderableType]:
    """What the best contract of the language makes an equilibrium, and that contract."""
    if isinstance(part.selection, Mapping):
        selection, contract = part.selection, part.contract
        plays = by_state({state: profile(play) for state, play in selection.items()})
        records = contract if isinstance(contract, tuple) else ()
        paid = [each for each in records if any(each.transfers.values())]
        if paid:
            yield Text(f"Reached: {plays}, by these transfers:")
            yield _transfers(paid)
        elif isinstance(part.directive, tuple):
            yield Text(f"Reached: {plays}, by this directive:")
            yield _directive(part.directive)
        else:
            yield Text(f"Reached: {plays}, without any payment.")
        if leaves_worse(part):
            yield Text(
                f"It leaves worse pure equilibria too: welfare {number(part.worst)} at worst, "
                f"a gap of {number(part.worst_gap)}."
            )
    elif isinstance(part.value, Infinite):
        yield Text("No contract of this class leaves a pure equilibrium in every state.")


def leaves_worse(part: LanguagePart) -> bool:
    """Whether the best contract leaves equilibria of less welfare."""
    return isinstance(part.worst, Fraction) and part.worst != part.value


def _transfers(paid: Sequence[RecordPart]) -> Columns:
    players = list(paid[0].transfers)
    rows = [
        [plain(each.record), *(number(each.transfers[player]) for player in players)]
        for each in paid[:RECORDS]
    ]
    hidden = len(paid) - RECORDS
    if hidden > 0:
        rows.append([f"… {count(hidden, 'more record')}", *("" for _ in players)])
    return Columns(["record", *map(short, players)], rows, numbers=True)


def _directive(cells: Sequence[CellPart]) -> Columns:
    players = list(cells[0].allowed)
    rows = [
        [
            listed([short(state) for state in cell.states]),
            *(listed([short(a) for a in cell.allowed[player]], "or") for player in players),
        ]
        for cell in cells[:RECORDS]
    ]
    hidden = len(cells) - RECORDS
    if hidden > 0:
        rows.append([f"… {count(hidden, 'more cell')}", *("" for _ in players)])
    return Columns(["states", *map(short, players)], rows)
