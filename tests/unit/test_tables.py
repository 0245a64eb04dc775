"""Tables show all their columns, and TOML stays TOML, at any width."""

from __future__ import annotations

import io
import itertools
import random
import tomllib
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import RenderableType
from unit.test_family_story import SPEC as FAMILY
from unit.test_story import BALANCED, REPORT, story_of

from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import RecordPart
from coopgap.proofs.exposition.frontiers import sections
from coopgap.proofs.frontier.report import frontier
from coopgap.proofs.fuzzing.campaigns import Verdict
from coopgap.proofs.selftest.inputs import Tally
from coopgap.proofs.selftest.peers import Comparison
from coopgap.terminal import conjectures, output, story
from coopgap.terminal.tables import READABLE, Columns
from coopgap.theory.readers.load import load
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification, Specification

WIDTHS = [60, 80, 120]

COUNTEREXAMPLE = f"""title = "{"a long title " * 12}"
[game]
players = ["row"]
actions = {{ row = ["{"b" * 90}", "c"] }}
[game.payoffs]
row = [1, 2]
"""


def drawn(part: RenderableType, width: int) -> str:
    return output.drawn([part], output.console(file=io.StringIO(), width=width))


def verdict() -> Verdict:
    return Verdict("N4", "a statement", "refuted", 9, 0, 0, 0.1, COUNTEREXAMPLE, {}, {}, {})


def family() -> RenderableType:
    specification = spec_from_text(FAMILY, "test")
    assert isinstance(specification, FamilySpecification)
    return story.story(check(specification), specification)


def long_records() -> RenderableType:
    transfers = {"a-long-name-of-row": Fraction(1, 2), "a-long-name-of-col": Fraction(-71, 2)}
    record = "the first player leaves, the second one stays, the third one waits, in state w1"
    paid = tuple(RecordPart(f"{record} {number}", transfers) for number in range(3))
    long = replace(REPORT, languages=(replace(BALANCED, contract=paid),))
    return story_of(long)


def frontier_of(slug: str) -> RenderableType:
    specification = load(slug)
    assert isinstance(specification, Specification)
    return story.titled("", "", sections(frontier(specification)))


STORIES: dict[str, Any] = {
    "report": lambda: story_of(REPORT),
    "long records": long_records,
    "family": family,
    "frontier": lambda: frontier_of("n4"),
    "inputs": lambda: conjectures.inputs_story([Tally("spec", "load", 10**9, 1, 2, 3, 0.1, ())]),
    "peers": lambda: conjectures.peers_story(
        [Comparison("equilibria agree", "pygambit", 1000, 1, 0.1, 0, None, "coopgap", "rounding")]
    ),
    "gallery": lambda: output.entries_table([{"name": "n4", "title": "t" * 30, "source": "s"}]),
    "statements": lambda: output.statements_table([{"id": "N4", "statement": "several words"}]),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", STORIES)
def test_every_table_shows_all_its_words(name: str, width: int):
    story = STORIES[name]()
    parts = story if isinstance(story, list) else [story]
    words = {word for part in parts for word in drawn(part, 1000).split()}
    output = "\n".join(drawn(part, width) for part in parts)
    assert {word for word in words if cell_len(word) <= READABLE} <= set(output.split())
    assert max(map(cell_len, output.splitlines())) <= width


def test_no_column_is_dropped_whatever_the_width():
    draws = random.Random(3)
    for _ in range(100):
        columns, width = draws.randint(1, 8), draws.randint(20, 120)
        fresh = (f"w{number}" for number in itertools.count())
        rows = [
            [" ".join(next(fresh) for _ in range(draws.randint(1, 9))) for _ in range(columns)]
            for _ in range(3)
        ]
        text = drawn(Columns(rows[0], rows[1:], numbers=draws.random() < 0.5), width)
        assert {word for row in rows for cell in row for word in cell.split()} <= set(text.split())
        assert max(map(cell_len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [20, *WIDTHS])
def test_a_counterexample_is_toml_at_any_width(width: int):
    text = drawn(conjectures.story([verdict()]), width)
    start = text.index("    title")
    assert tomllib.loads(text[start:]) == tomllib.loads(COUNTEREXAMPLE)
