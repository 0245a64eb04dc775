"""The reports on the gallery, which several modules look at: each is made once in a process."""

from functools import cache
from typing import Any

from coopgap.proofs.deciding.check import check
from coopgap.theory.readers.load import load


@cache
def checked(slug: str) -> Any:
    """The report on an entry of the gallery."""
    return check(load(slug))
