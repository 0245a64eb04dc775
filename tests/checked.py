"""The reports on the gallery and on theorems, which several modules look at: each is made once in a
run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from kept import keeping

import coopgap.proofs.families.finder  # noqa: F401 - traced as it is imported, if not below
from coopgap.proofs.deciding.check import check
from coopgap.proofs.theorems.registry import prove
from coopgap.theory.readers.load import gallery, load


@keeping
def checked(slug: str) -> Any:
    """The report on an entry of the gallery."""
    return check(load(slug))


@keeping
def proved(name: str) -> Any:
    """The report on a registered theorem."""
    return prove(name)


SLOW_THEOREMS = ("trade-by-consent",)
"""Those that the documentation proves and that take seconds."""


@contextmanager
def shared_reports(words: Sequence[str]) -> Iterator[None]:
    """Where a command only decides an entry of the gallery or a slow theorem, it is given the
    report that the tests share."""
    with pytest.MonkeyPatch.context() as patch:
        match [word for word in words if word != "--json"]:
            # Made before the patch: making one asks what is patched.
            case ["check", slug] if slug in {entry for entry, *_ in gallery()}:
                report = checked(slug)
                patch.setattr("coopgap.proofs.deciding.check.check", lambda *_, **__: report)
            case ["prove", name] if name in SLOW_THEOREMS:
                report = proved(name)
                module = "coopgap.proofs.theorems.prove"
                patch.setattr(f"{module}.decide_all", lambda *_, **__: iter([report]))
        yield
