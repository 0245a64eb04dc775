"""The claims of a report with their verdicts as a table, and the certificates of quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coopgap.proofs.exposition.documents import Block, Code, Inline, Table, cell, said
from coopgap.proofs.exposition.formulas import Variable, row
from coopgap.proofs.exposition.prose import counted, in_words, sentence, series
from coopgap.proofs.exposition.sources import Place


def claims(report: Place) -> Iterator[Block]:
    """All claims of a report with their verdicts."""
    listed = list(report["claims"])
    if not listed:
        return
    found = dict.fromkeys(("proved", "refuted", "trusted", "unknown"), 0)
    for each in listed:
        found[each["status"].text] += 1
    told = [f"{in_words(k)} {'is' if k == 1 else 'are'} {s}" for s, k in found.items() if k]
    checked = [c["certificate"]["checked"].value for c in listed if c["certificate"].value]
    whose = (
        "The independent checker has accepted every certificate."
        if (checked and all(checked))
        else ""
    )
    yield (
        said(f"Of {counted(len(listed), 'claim')} ", *series(list(told)), f". {whose}".rstrip())
        if len(listed) > 1
        else said(f"The claim {told[0].split(' ', 1)[1]}. {whose}".rstrip())
    )
    shared = _shared([each["statement"].text for each in listed])
    if shared:
        yield said(sentence(shared))
    rows = []
    for each in listed:
        status = each["status"].text
        certificate = each["certificate"]
        shown: list[Inline] = ["–"]
        if certificate.value is not None:
            shown = [f"{certificate['kind'].text} ", Code(certificate["sha256"].text[:8])]
        rows.append(
            (
                cell(Code(each["id"].text)),
                cell(*_statement(each, shared)),
                cell(status),
                cell(*shown),
            )
        )
    yield Table(
        "",
        (cell("claim"), cell("statement"), cell("verdict"), cell("certificate")),
        tuple(rows),
        widths=(24, 36, 15, 25),
    )


def _shared(statements: list[str]) -> str:
    """``for all …:``, if all statements begin with the same one: it is said once."""
    starts = {each.partition(": ")[0] for each in statements}
    (start,) = starts if len(starts) == 1 else ("",)
    return f"{start}:" if start.startswith("for all ") else ""


def _statement(claim: Place, shared: str) -> Iterator[Inline]:
    """What is claimed, without the quantifier that all claims of the table share."""
    yield sentence(claim["statement"].text.removeprefix(shared).lstrip())
    yield "."
    if claim["counterexample"]:
        yield " It fails at "
        yield from series(
            [_equation(name, own) for name, own in claim["counterexample"].items()], "and"
        )
        yield "."
    if claim["suggestion"]:
        yield " It holds if also "
        yield claim["suggestion"].condition
        yield "."
    if claim["reason"].value:
        yield f" Unknown: {claim['reason'].text}."


def _equation(name: str, own: Place) -> Inline:
    return row(Variable(name), "=", own.formula)


def kept(report: Place) -> Iterator[tuple[str, Place]]:
    """The certificates of quantities by name, and what they are of."""
    commons = isinstance(report.value, Mapping)
    yield (
        "first best" if commons else "",
        (report["planner"] if commons else report)["certificates"],
    )
    for each in report["languages"]:
        yield each["name"].text, each["certificates"]
    for each in report["languages"]:
        found = getattr(each.value, "mechanism", None)
        if hasattr(found, "certificates"):
            yield f"mechanisms, {each['name'].text}", each["mechanism"]["certificates"]
