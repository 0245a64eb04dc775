"""The reports on the gallery, which several modules look at: each is made once in a run."""

from typing import Any

from kept import keeping

from proofs.check import check
from theory.readers.load import load


@keeping
def checked(slug: str) -> Any:
    """The report on an entry of the gallery."""
    return check(load(slug))
