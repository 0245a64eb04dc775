"""What is cited as ``theory.md`` can be read: each theorem and section has its heading there."""

from __future__ import annotations

import re
from pathlib import Path

from coopgap.proofs.fuzzing.conjectures import registered as conjectures
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.proofs.theorems.registry import registered as theorems
from coopgap.theory.readers.load import gallery

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "theory.md").read_text(encoding="utf-8")

CITED = re.compile(r"theory\.md(?:,? (?:§|section )(\d)|[, §\w]*?\b([TN]\d+)\b)")


def headings() -> set[str]:
    numbered = re.findall(r"^## (\d) ", PAGE, re.MULTILINE)
    return {*numbered, *re.findall(r"^### ([TN]\d+)$", PAGE, re.MULTILINE)}


def test_every_theorem_has_its_place() -> None:
    expected = {f"T{n}" for n in range(1, 14)} | {f"N{n}" for n in range(1, 12)} | set("12345")
    assert headings() == expected


def test_every_citation_leads_to_a_heading() -> None:
    citations = 0
    for room in ("coopgap", "proofs", "theory", "llm_checks", "docs"):
        for file in (ROOT / room).rglob("*"):
            if file.suffix in (".py", ".toml", ".md", ".v") and file.is_file():
                for section, theorem in CITED.findall(file.read_text(encoding="utf-8")):
                    citations += 1
                    assert (section or theorem) in headings(), file
    assert citations > 100


def test_every_claim_of_a_theorem_is_named_there() -> None:
    for name, claim in CLAIMS.items():
        if claim.theorem.startswith("T") and not name.startswith("mechanism-"):
            assert f"`{name}`" in PAGE, name


def test_the_page_names_what_exists() -> None:
    known = {*theorems(), *conjectures()}
    known |= {slug for slug, _, _ in gallery()}
    arguments = re.findall(r"`coopgap (?:check|prove|fuzz|frontier) ([^`]+)`", PAGE)
    words = {word for line in arguments for word in line.split() if not word.startswith("-")}
    assert words <= known, words - known
