"""Languages as text: the table of all, and the details of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from coopgap.proofs.deciding.reports import LanguagePart, MechanismPart, Report, Unknown
from coopgap.proofs.deciding.values import Absent, everywhere
from coopgap.terminal.contracts import contract_class, leaves_worse, obstructed, reached
from coopgap.terminal.mechanisms import any_mechanism, mechanism
from coopgap.terminal.numbers import number
from coopgap.terminal.story_parts import below, certificates, undecided
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import listed, plain, short


def languages(report: Report) -> Iterator[RenderableType]:
    """One row per language, then why each stops where it does and the contract that gets there."""
    if not report.languages:
        return
    shown: list[tuple[str, list[str]]] = [
        ("language", [short(each.name) for each in report.languages]),
        ("contracts", [contract_class(each.contracts) for each in report.languages]),
        ("value", [number(each.value) for each in report.languages]),
        ("gap", [number(each.gap) for each in report.languages]),
    ]
    if any(leaves_worse(each) for each in report.languages):
        shown.append(("gap at\nworst", [number(each.worst_gap) for each in report.languages]))
    if any(not isinstance(each.correlated_gap, Absent) for each in report.languages):
        shown.append(
            ("correlated\ngap", [number(each.correlated_gap) for each in report.languages])
        )
    if any(not isinstance(each.directive_gap, Absent) for each in report.languages):
        shown.append(("directive\ngap", [number(each.directive_gap) for each in report.languages]))
    if any(isinstance(each.mechanism, MechanismPart) for each in report.languages):
        shown.append(("any\nmechanism", [any_mechanism(each) for each in report.languages]))
    thresholds = [number(each.prosocial_threshold) for each in report.languages]
    shown.append(("λ for\nfirst\nbest", thresholds))
    rows = list(zip(*(cells for _, cells in shown), strict=True))
    yield Columns([name for name, _ in shown], rows, names=2, numbers=True)
    yield from _missing(report.languages, {name.replace("\n", " "): cells for name, cells in shown})
    for each in report.languages:
        yield from below(each.name, language(each))


def _missing(
    parts: Sequence[LanguagePart], shown: Mapping[str, Sequence[str]]
) -> Iterator[RenderableType]:
    """Why columns or cells of the table have no number."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for name in ("correlated gap", "directive gap"):
        cells = shown.get(name, ["–"] * len(parts))
        for part, cell in zip(parts, cells, strict=True):
            value = getattr(part, name.replace(" ", "_"))
            if isinstance(value, Absent | Unknown) and cell in ("–", "unknown"):
                reasons.setdefault((name, value.reason), []).append(short(part.name))
    for (name, reason), languages in reasons.items():
        whose = f" of {listed(languages)}" if len(languages) < len(parts) else ""
        yield Text(f"No {name}{whose}: {plain(reason)}.", style="dim")


def language(part: LanguagePart) -> Iterator[RenderableType]:
    """The details of one language: cells, obstruction, contract, undecided quantities."""
    if isinstance(part.incontractible_cells, tuple) and part.incontractible_cells:
        found = everywhere(part.incontractible_cells)
        cells = [f"{{{', '.join(map(short, cell))}}}" for cell in found]
        yield Text(f"No single profile is first best throughout {listed(cells)}.")
    yield from obstructed(part)
    yield from reached(part)
    if isinstance(part.mechanism, MechanismPart):
        yield from mechanism(part.mechanism)
    yield from undecided({"value": part.value, "threshold": part.prosocial_threshold})
    yield from certificates(part.certificates)
