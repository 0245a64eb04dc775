"""Two solvers that contradict each other."""

from __future__ import annotations


class Disagreement(Exception):
    """One solver says sat and another unsat; ``query`` is the SMT-LIB text that they answered."""

    def __init__(self, answers: str, query: str) -> None:
        super().__init__(answers, query)
        self.answers, self.query = answers, query

    def __str__(self) -> str:
        return f"solvers disagree ({self.answers})"
