"""Specifications of games, where a test has no use for those of families."""

from pathlib import Path

from coopgap.theory.readers.load import load
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import Specification


def load_game(path_or_slug: str | Path) -> Specification:
    """``load`` for what has no parameters."""
    specification = load(path_or_slug)
    assert isinstance(specification, Specification)
    return specification


def game_from_text(text: str, origin: str) -> Specification:
    """``spec_from_text`` for what has no parameters."""
    specification = spec_from_text(text, origin)
    assert isinstance(specification, Specification)
    return specification
