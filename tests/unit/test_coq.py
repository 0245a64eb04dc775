"""The Coq development as text: what it claims is documented, and nothing in it is assumed."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "proofs/coq").glob("*.v")}
PAGE = (ROOT / "docs/coq.md").read_text(encoding="utf-8")
THEOREMS = [
    name for text in FILES.values() for name in re.findall(r"^Theorem (\w+)", text, re.MULTILINE)
]


def test_the_page_lists_every_theorem_once() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(THEOREMS)


def test_names_carry_the_ids_of_claims() -> None:
    ids = re.compile(r"(T([1-9]|1[0-3])|N([1-9]|1[01])|PD|SH)_")
    assert not [name for name in THEOREMS if not ids.match(name)]


def test_what_is_stated_is_proved_under_its_name() -> None:
    statements = re.findall(r"^Definition (\w+)_statement", FILES["Statements.v"], re.MULTILINE)
    assert statements
    for name in statements:
        assert any(f"Theorem {name} : {name}_statement." in text for text in FILES.values()), name


def test_each_statement_has_an_instance() -> None:
    statements = re.findall(r"^Definition (\w+)_statement", FILES["Statements.v"], re.MULTILINE)
    applied = set(re.findall(r"^  Example on_(\w+)", FILES["Instances.v"], re.MULTILINE))
    assert applied == set(statements)
    assert all(re.search(rf"\b{name}\b", FILES["Instances.v"]) for name in statements)


def test_nothing_is_assumed() -> None:
    assumed = re.compile(
        r"\b(Admitted|admit|Axioms?|Parameters?|Conjecture|bypass_check|"
        r"Unset (Guard|Universe|Positivity) Check(ing|ed))\b"
    )
    assert not {name for name, text in FILES.items() if assumed.search(_code(text))}


def test_definitions_are_short_and_prove_nothing() -> None:
    text = FILES["Definitions.v"]
    assert len(text.splitlines()) <= 300
    assert not re.search(r"\b(Lemma|Theorem|Proof)\b", _code(text) + _code(FILES["Statements.v"]))


def _code(text: str) -> str:
    return re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)
