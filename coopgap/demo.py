"""``python -m coopgap.demo``: one game told from selfish play to a checked certificate.

Every number comes from the report that ``check`` makes of the gallery's moral-hazard-pd.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from coopgap.files import write_all, write_whole
from coopgap.outcomes import escape_unencodable
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import ClaimPart, Report
from coopgap.proofs.exposition import plays, prosociality
from coopgap.proofs.exposition.claims_table import tally
from coopgap.proofs.exposition.documents import Block
from coopgap.proofs.exposition.reached import in_short
from coopgap.proofs.exposition.sources import Place
from coopgap.proofs.exposition.telling import exposition
from coopgap.proofs.trusted.certificates import verified
from coopgap.terminal.blocks import blocks
from coopgap.terminal.output import console, drawn
from coopgap.theory.readers.load import load
from coopgap.theory.specification import Specification

SLUG = "moral-hazard-pd"
COMPLETE, BLIND = "complete", "effort-blind"


def main(arguments: list[str] | None = None) -> int:
    """Prints the story; 0 if every certificate is accepted and every forgery is rejected."""
    parser = argparse.ArgumentParser(prog="python -m coopgap.demo", description=__doc__)
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also draw the terminal there")
    options = parser.parse_args(arguments)
    specification = load(SLUG)
    assert isinstance(specification, Specification), "the demo's game has no parameters"
    report = check(specification)
    with tempfile.TemporaryDirectory(prefix="coopgap-demo-") as folder:
        sound, ending = certificates(report, Path(folder))
    parts = [title(report), *steps(report, specification), step(6, "Trust nobody", *ending)]
    escape_unencodable()
    sys.stdout.write(drawn([Group(*parts)], console()))
    if options.svg is not None:
        draw(parts, options.svg)
    return 0 if sound else 1


def title(report: Report) -> RenderableType:
    """The title of the game and its source."""
    return Group(Text(report.title, style="bold"), Text(report.source, style="dim"), Text())


def step(index: int, name: str, *parts: RenderableType) -> RenderableType:
    """A numbered step."""
    return Group(Text(f"{index}. {name}", style="bold"), Padding(Group(*parts), (0, 0, 1, 3)))


def steps(report: Report, specification: Specification) -> Iterator[RenderableType]:
    """From the game to the threshold: blocks of the document that ``check`` tells."""
    root, _ = exposition(report, specification, {})
    place = root["report"]
    languages = {language["name"].text: language for language in place["languages"]}
    (game,) = plays.the_game(specification, root)
    sections: dict[str, Iterable[Block]] = {
        "Two agents can cooperate (C) or defect (D), with high (H) or low effort (L)": game.blocks,
        "Left alone they defect": plays.selfish(place),
        "A contract that sees everything mends it": in_short(languages[COMPLETE]),
        "A contract that cannot see effort does not": in_short(languages[BLIND]),
        "Prosocial agents fill what it leaves open": prosociality.summary(place),
    }
    for index, (name, parts) in enumerate(sections.items(), start=1):
        yield step(index, name, *blocks(parts))


def certificates(report: Report, folder: Path) -> tuple[bool, list[RenderableType]]:
    """Writes the claims' certificates, verifies them, and verifies two forgeries."""
    hashes = {part.certificate.sha256 for part in report.claims if part.certificate is not None}
    write_all(folder, {f"{sha}.json": report.texts[sha] for sha in hashes}, "demo")
    verdicts = [verified(path.read_text(encoding="utf-8")) for path in folder.iterdir()]
    accepted = sum(verdict.accepted for verdict in verdicts)
    claim = next(part for part in report.claims if part.id == "gap-at-least")
    forgeries = {
        f"the same proof for a gap of {forged_value(claim)}": raised(report, claim),
        "the same proof for other payoffs": repaid(report, claim),
    }
    lines: list[RenderableType] = [
        Text(
            f"{tally(Place(report))} A certificate is a file with a claim, its data and a "
            "witness. The independent checker, which knows no solver, reads them and "
            f"accepts {accepted} of {len(verdicts)}. Two forgeries:"
        )
    ]
    rejected = True
    for name, text in forgeries.items():
        verdict = verified(text)
        rejected = rejected and not verdict.accepted
        outcome = "accepted!" if verdict.accepted else f"rejected, {verdict.reason}"
        lines.append(Text(f"  {name}: {outcome}"))
    return accepted == len(verdicts) and rejected, lines


def forged_value(claim: ClaimPart) -> str:
    """A gap that nobody proved."""
    assert isinstance(claim.value, Fraction)
    return str(claim.value * 2)


def raised(report: Report, claim: ClaimPart) -> str:
    """The certificate of a gap with a raised claim."""
    document = certificate_of(report, claim)
    document["claim"]["value"] = forged_value(claim)
    return json.dumps(document)


def repaid(report: Report, claim: ClaimPart) -> str:
    """The certificate of a gap with one raised payoff."""
    document = certificate_of(report, claim)
    document["data"]["game"]["payoffs"][0][0][0] += 1
    return json.dumps(document)


def certificate_of(report: Report, claim: ClaimPart) -> dict[str, Any]:
    """A claim's certificate as plain JSON."""
    assert claim.certificate is not None
    return json.loads(report.texts[claim.certificate.sha256])  # type: ignore[no-any-return]


def draw(parts: list[RenderableType], path: Path) -> None:
    """The story as a picture of a terminal."""
    screen = console(record=True, width=80, file=io.StringIO(), force_terminal=True)
    screen.print(Group(*parts))
    write_whole(path, screen.export_svg(title="make demo", unique_id="coopgap-demo"))


if __name__ == "__main__":
    sys.exit(main())
