"""Counterexamples by z3: payoffs are unknown integers in a box, the negated conjecture is the goal.

A box is a shape of games, a language and one that refines it, a class of contracts, two levels of
λ, a uniform prior and a largest payoff; small shapes come first. What z3 finds is evaluated exactly
like any other case; that it finds nothing in a box is its word alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import z3

from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.fuzzing.boxes import OF_LANGUAGE, boxes
from coopgap.proofs.fuzzing.conjectures import FAILS, Conjecture, conjecture_from_text
from coopgap.proofs.fuzzing.measures import Measures
from coopgap.proofs.fuzzing.situations import Situation
from coopgap.proofs.fuzzing.symbols import QUANTITIES, Box, NotEncodable, Symbols
from coopgap.theory.expressions import names_in
from coopgap.theory.parsing import parse_predicate

SECONDS = 10.0
"""The time that z3 has for one box."""


@dataclass(frozen=True)
class Synthesis:
    """The verdicts of z3 on boxes.

    clear: of these it says that no payoffs contradict the conjecture; vacuous: of these also that
    none meet its hypotheses. undecided: no answer in time, or one that does not fail when evaluated
    exactly. exhausted: whether every box within the conjecture's bounds was tried.
    """

    boxes: int = 0
    clear: int = 0
    vacuous: int = 0
    undecided: int = 0
    exhausted: bool = False

    def plain(self) -> dict[str, int]:
        """As JSON values."""
        return asdict(self)


def synthesized(
    conjecture: Conjecture,
    cases: int | None,
    seconds: float | None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Synthesis, Situation | None]:
    """A counterexample, if z3 finds one in a box, and its verdicts. cases: the most boxes.

    Raises NotEncodable for a conjecture with quantities that are not piecewise linear.
    """
    names = _names(conjecture)
    for name in names:
        if name not in QUANTITIES:
            raise NotEncodable(f"{name} is not piecewise linear in the payoffs")
    deadline = float("inf") if seconds is None else time.monotonic() + seconds
    synthesis = Synthesis()
    with Worker(3 * SECONDS) as worker:
        for box in boxes(conjecture, names):
            if synthesis.boxes == cases or time.monotonic() > deadline:
                return synthesis, None
            try:
                answer = worker.call(_z3_answer, conjecture.text, conjecture.id, box)
            except TimedOut:
                answer = "undecided"
            synthesis = replace(synthesis, boxes=synthesis.boxes + 1)
            if isinstance(answer, list):
                situation = box.filled(answer)
                if conjecture.verdict(Measures(situation)) == FAILS:
                    return synthesis, situation
                answer = "undecided"
            synthesis = replace(
                synthesis,
                clear=synthesis.clear + (answer != "undecided"),
                vacuous=synthesis.vacuous + (answer == "vacuous"),
                undecided=synthesis.undecided + (answer == "undecided"),
            )
            tell(f"{conjecture.id}: {synthesis.boxes:,} boxes, {synthesis.undecided:,} undecided")
    complete = "record" not in conjecture.bounds.forms or OF_LANGUAGE.isdisjoint(names)
    return replace(synthesis, exhausted=complete and synthesis.undecided == 0), None


def _names(conjecture: Conjecture) -> tuple[str, ...]:
    texts = (text for text, _ in (*conjecture.suppose, *conjecture.then))
    return tuple(dict.fromkeys(name for text in texts for name in names_in(parse_predicate(text))))


def _z3_answer(text: str, name: str, box: Box) -> list[int] | str:
    """Payoffs in the box that contradict the conjecture, or z3's verdict that there are none.

    The verdict is ``clear``, ``vacuous`` if no payoffs meet the hypotheses, or ``undecided``.
    """
    conjecture = conjecture_from_text(text, name, name)
    symbols = Symbols(box)
    try:
        suppose = [symbols.truth(parse_predicate(predicate)) for predicate, _ in conjecture.suppose]
        then = [symbols.truth(parse_predicate(predicate)) for predicate, _ in conjecture.then]
    except NotEncodable:
        return "undecided"
    solver = z3.Solver()
    solver.set("timeout", int(1000 * SECONDS))
    solver.add(*symbols.constraints, *suppose)
    met = solver.check()
    if met == z3.unsat:
        return "vacuous"
    solver.add(z3.Not(z3.And(*then)))
    answer = solver.check()
    if answer == z3.sat:
        model = solver.model()
        return [
            model.eval(unknown, model_completion=True).as_long() for unknown in symbols.unknowns
        ]
    return "clear" if answer == z3.unsat else "undecided"
