"""The claims of a report with their verdicts as a table, and the certificates of quantities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from coopgap.proofs.exposition.documents import Block, Code, Inline, Row, prose, table
from coopgap.proofs.exposition.formulas import Variable, row
from coopgap.proofs.exposition.prose import sentence, series
from coopgap.proofs.exposition.sources import Place

STATUSES = ("proved", "refuted", "trusted", "unknown")


def claims(report: Place) -> Iterator[Block]:
    """All claims of a report with their verdicts."""
    listed = list(report["claims"])
    if not listed:
        return
    shared = _shared([claim["statement"].text for claim in listed])
    if shared:
        yield prose(sentence(shared))
    rows: list[Row] = [
        {
            "claim": [Code(claim["id"].text), *_theorem(claim["theorem"])],
            "statement": [*_statement(claim, shared)],
            "verdict": claim["status"].text,
            "certificate": _certificate(claim["certificate"]),
        }
        for claim in listed
    ]
    yield table(rows, widths=(24, 36, 15, 25))
    yield prose(tally(report))


def _theorem(place: Place) -> list[Inline]:
    return [] if place.value is None else [f" ({place.text})"]


def _certificate(place: Place) -> list[Inline]:
    if place.value is None:
        return ["–"]
    return [f"{place['kind'].text} ", Code(place["sha256"].text[:8])]


def tally(report: Place) -> str:
    """``3 claims proved, 1 refuted; all certificates accepted by the checker.``."""
    listed = list(report["claims"])
    statuses = Counter(claim["status"].text for claim in listed)
    counts = [(statuses[status], status) for status in STATUSES if statuses[status]]
    if not counts:
        return ""
    (many, first), *rest = counts
    words = [f"{many:,} claim{'' if many == 1 else 's'} {first}"]
    words += [f"{count:,} {status}" for count, status in rest]
    checked = [c["certificate"]["checked"].value for c in listed if c["certificate"].value]
    judged = ""
    if checked and all(checked):
        subject = "the certificate" if len(checked) == 1 else "all certificates"
        judged = f"; {subject} accepted by the checker"
    elif checked:
        many = checked.count(False)
        judged = f"; {many} certificate{'' if many == 1 else 's'} not accepted"
    return f"{', '.join(words)}{judged}."


def _shared(statements: list[str]) -> str:
    """``for all …:``, if all statements begin with the same one: it is said once."""
    starts = {statement.partition(": ")[0] for statement in statements}
    (start,) = starts if len(starts) == 1 else ("",)
    return f"{start}:" if start.startswith("for all ") else ""


def _statement(claim: Place, shared: str) -> Iterator[Inline]:
    """What is claimed, without the quantifier that all claims of the table share."""
    yield sentence(claim["statement"].text.removeprefix(shared).lstrip())
    yield "."
    if claim["counterexample"]:
        yield " It fails at "
        yield from series(
            [row(Variable(name), "=", own.formula) for name, own in claim["counterexample"].items()]
        )
        yield "."
    if claim["suggestion"]:
        yield " It holds if also "
        yield claim["suggestion"].condition
        yield "."
    if claim["reason"].value:
        yield f" Unknown: {claim['reason'].text}."


def quantity_certificates(report: Place) -> Iterator[tuple[str, Place]]:
    """The certificates of quantities by name, and what they are of."""
    commons = isinstance(report.value, Mapping)
    yield (
        "first best" if commons else "",
        (report["planner"] if commons else report)["certificates"],
    )
    for part in report["languages"]:
        yield part["name"].text, part["certificates"]
    for part in report["languages"]:
        mechanism = getattr(part.value, "mechanism", None)
        if hasattr(mechanism, "certificates"):
            yield f"mechanisms, {part['name'].text}", part["mechanism"]["certificates"]
