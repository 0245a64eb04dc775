"""The trusted core's arithmetic without its budget, for searches."""

from __future__ import annotations

from coopgap.proofs.trusted.documents import Budget


class Unlimited(Budget):
    """The steps of a search, which are not counted."""

    def spend(self, steps: int = 1) -> None:
        """Counts nothing: what is found here is checked again within a budget."""
