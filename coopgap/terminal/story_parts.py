"""What all stories share: headings, claims, the last line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from coopgap.proofs.deciding.reports import ClaimPart
from coopgap.terminal.numbers import level, number
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import plain, short

STYLES = {"proved": "green", "refuted": "red", "trusted": "yellow", "unknown": "yellow"}


def section(title: str, *parts: RenderableType) -> RenderableType | None:
    """The parts under their title, and a blank line; nothing if there are no parts."""
    if not parts:
        return None
    inside = Padding(Group(*parts), (0, 0, 1, 2))
    return Group(Text(title, style="bold"), inside)


def heading(title: str, source: str) -> RenderableType:
    """Title and source."""
    lines = [Text(plain(title), style="bold")] if title else []
    lines += [Text(plain(source), style="dim")] if source else []
    return Padding(Group(*lines), (0, 0, 1 if lines else 0, 0))


def story_of(parts: Iterable[RenderableType | None], closing: str = "") -> Group:
    """The parts that there are, and the last line."""
    ending = [Text(closing, style="bold")] if closing else []
    return Group(*(part for part in parts if part is not None), *ending)


def claims(parts: Sequence[ClaimPart]) -> Iterator[RenderableType]:
    """Each claim with its status, certificate and the reason for what is unknown."""
    if not parts:
        return
    rows = []
    for each in parts:
        shown = Text(claim(each))
        if each.certificate is not None:
            shown.append(f"  {each.certificate.kind} {each.certificate.sha256[:8]}", style="dim")
        if each.statement:
            shown.append(f"\n{plain(each.statement)}", style="dim")
        if each.counterexample is not None:
            at = (f"{short(name)} = {number(own)}" for name, own in each.counterexample.items())
            shown.append(f"\nfails at {', '.join(at)}", style="red")
        if each.suggestion is not None:
            shown.append(f"\nholds if also {plain(str(each.suggestion))}", style="green")
        if each.reason:
            shown.append(f"\n{plain(each.reason)}", style="yellow")
        rows.append((Text(each.status, style=STYLES.get(each.status, "")), shown))
    yield Columns([], rows)


def claim(part: ClaimPart) -> str:
    """A claim in one line: ``gap-at-least 1 for effort-blind``."""
    words = [plain(part.id)]
    if part.value is not None:
        words.append(number(part.value))
    if part.lambda_ is not None:
        words.append(f"at λ = {level(part.lambda_)}")
    if part.language is not None:
        words.append(f"for {short(part.language)}")
    if part.theorem is not None:
        words.append(f"({part.theorem})")
    return " ".join(words)
