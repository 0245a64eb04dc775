"""The reports on the gallery and on theorems, which several modules look at: each is made once in a
run."""

from typing import Any

from kept import keeping

import coopgap.proofs.families.finder  # noqa: F401 - traced as it is imported, if not below
from coopgap.proofs.deciding.check import check
from coopgap.proofs.theorems.registry import prove
from coopgap.theory.readers.load import load


@keeping
def checked(slug: str) -> Any:
    """The report on an entry of the gallery."""
    return check(load(slug))


@keeping
def proved(name: str) -> Any:
    """The report on a registered theorem."""
    return prove(name)
