"""Two solvers that contradict each other."""

from __future__ import annotations


class Disagreement(Exception):
    """One solver says sat and another unsat; ``query`` is the SMT-LIB text that they answered."""

    def __init__(self, said: str, query: str) -> None:
        super().__init__(said, query)
        self.said, self.query = said, query

    def __str__(self) -> str:
        return f"solvers disagree ({self.said})"
