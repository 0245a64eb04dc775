"""The solver z3 on the whole contract space: fallback of the fast engines, and compared with them.

One formula decides each question, for every class of contracts: the text of
``coopgap.proofs.export.smtlib``, parsed by z3. Where a selection is excluded, a second exact query
(the dual of the rows in an unsatisfiable core) gives the obstruction; that nothing better is
implementable at all rests on z3's word.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import z3

from coopgap.proofs.export.smtlib import PROSOCIALITY, WELFARE, Encoding, encode, size
from coopgap.proofs.questions.obligations import (
    Answer,
    BestSelection,
    Contract,
    Dominated,
    Domination,
    Excluded,
    Implementability,
    Incentives,
    Levels,
    Obstruction,
    Reached,
    Selection,
    SelectionThreshold,
    Setting,
    Threshold,
    Unanswered,
    Value,
    blocks,
    incentives,
    obstruction,
)
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended, common_denominator, coprime

Deviation = tuple[int, int, int]
"""State, agent, action."""


class _GivenUp(Exception):
    """No answer from z3, or one that does not hold when asked again."""


@dataclass(frozen=True)
class SmtEngine:
    """Answers questions about one selection, about the best one, and ``Domination``.

    limit: the largest number of incentive constraints (plays in question × deviations). timeout_ms:
    milliseconds for all queries of one question together.
    """

    name: str = "z3"
    answers: frozenset[type] = frozenset(
        {Implementability, SelectionThreshold, Value, Threshold, Domination}
    )
    limit: int = 5_000
    timeout_ms: int = 60_000

    def solve(self, question: Any) -> Answer:
        """The answer; Unanswered beyond ``limit`` and after ``timeout_ms``.

        Directives in a language without cells are Unanswered too. ``Domination`` is answered by
        Dominated, or by Excluded without obstructions.
        """
        constraints = size(question)
        if constraints > self.limit:
            return Unanswered(
                "the contract space is too large for z3: "
                f"{constraints:,} incentive constraints > {self.limit:,}"
            )
        deadline = time.monotonic() + self.timeout_ms / 1000
        try:
            formula = _Formula(encode(question), deadline)
            match question:
                case Implementability():
                    return _implement(question, formula)
                case SelectionThreshold(selection=selection):
                    return _least(question.setting, selection, formula)
                case Threshold():
                    return _least(question.setting, None, formula)
                case Value():
                    return _best(question, formula)
            return _dominate(formula)
        except (_GivenUp, InputError, z3.Z3Exception) as reason:
            return Unanswered(str(reason))


@dataclass(frozen=True)
class _Formula:
    """An encoding in its own z3 context; the deadline is in seconds of the monotonic clock."""

    encoding: Encoding
    deadline: float

    @cached_property
    def context(self) -> z3.Context:
        return z3.Context()

    @cached_property
    def text(self) -> str:
        return self.encoding.text()

    @cached_property
    def terms(self) -> list[tuple[str, z3.BoolRef]]:
        """The encoding's assertions with their labels."""
        parsed = z3.parse_smt2_string(self.text, ctx=self.context)
        labels = [label for label, _ in self.encoding.rows]
        return list(zip(labels, parsed, strict=True))

    def solver(self, *more: z3.BoolRef, tracked: bool = True) -> z3.Solver:
        """A solver of the encoding and of ``more``; if tracked, its cores name labelled rows."""
        solver = z3.SolverFor("QF_LRA", ctx=self.context)
        if not tracked:
            solver.from_string(self.text)
        else:
            solver.set("core.minimize", True)
            for label, term in self.terms:
                if label:
                    solver.assert_and_track(term, label)
                else:
                    solver.add(term)
        solver.add(*more)
        return solver

    def core(self, solver: z3.Solver) -> frozenset[Deviation]:
        """The deviations whose incentive constraints contradict each other."""
        labels = [literal.decl().name() for literal in solver.unsat_core()]
        return frozenset(self.encoding.incentives[label] for label in labels)

    def reached(
        self, model: z3.ModelRef, level: Extended = Fraction(0), below: tuple[Obstruction, ...] = ()
    ) -> Reached:
        """The selection and the contract in a model."""
        chosen = [
            play
            for symbol, play in self.encoding.plays.items()
            if z3.is_true(model[z3.Bool(symbol, self.context)])
        ]
        paid = {
            place: _fraction(model.eval(z3.Real(symbol, self.context), model_completion=True))
            for symbol, place in self.encoding.transfers.items()
        }
        unit = common_denominator(paid.values())
        transfers: dict[int, tuple[int, ...]] = {}
        for (record, _), amount in sorted(paid.items()):
            transfers[record] = (*transfers.get(record, ()), int(amount * unit))
        used = {record: amounts for record, amounts in transfers.items() if any(amounts)}
        return Reached(dict(sorted(chosen)), Contract(unit, used), level, below)


def _holds(solver: z3.Solver | z3.Optimize, deadline: float) -> bool:
    """Whether the solver's assertions are satisfiable; raises _GivenUp if z3 does not know."""
    left = math.ceil((deadline - time.monotonic()) * 1000)
    if left <= 0:
        raise _GivenUp("z3 ran out of time")
    solver.set("timeout", left)
    answer = solver.check()
    if answer == z3.unknown:
        raise _GivenUp(f"z3 gave up: {solver.reason_unknown()}")
    return bool(answer == z3.sat)


def _fraction(value: Any) -> Fraction:
    """The exact value of a z3 number; raises _GivenUp if it has none, as an epsilon."""
    if not isinstance(value, (z3.RatNumRef, z3.IntNumRef)):
        raise _GivenUp(f"z3 answered {value}, which is no rational number")
    return Fraction(value.as_string())


def _implement(question: Implementability, formula: _Formula) -> Answer:
    solver = formula.solver()
    if _holds(solver, formula.deadline):
        return formula.reached(solver.model())
    setting, selection, levels = question.setting, question.selection, question.levels
    return Excluded(_obstructions(setting, selection, levels, None, solver, formula))


def _least(setting: Setting, selection: Selection | None, formula: _Formula) -> Answer:
    """The least λ for a selection or, if None, for some first-best one.

    z3 finds it as an optimum; two more queries show that it suffices and that no smaller λ does.
    """
    level = z3.Real(PROSOCIALITY, formula.context)
    one = selection is not None
    at = formula.solver(tracked=one)
    if not _holds(at, formula.deadline):
        none = selection or {}
        why = _obstructions(setting, none, setting.selfish, 0, at, formula)
        return Reached(none, Contract(), INFINITY, why)
    optimiser = z3.Optimize(ctx=formula.context)
    optimiser.from_string(formula.text)
    goal = optimiser.minimize(level)
    _holds(optimiser, formula.deadline)
    least = optimiser.lower(goal)
    number = _fraction(least)
    at.add(level == least)
    below = formula.solver(level < least, tracked=one)
    if not _holds(at, formula.deadline) or _holds(below, formula.deadline):
        raise _GivenUp(f"z3 took {number} for the least λ, and it is not")
    levels = (number,) * len(setting.selfish)
    why = _obstructions(setting, selection or {}, levels, 1, below, formula)
    return formula.reached(at.model(), number, why)


def _best(question: Value, formula: _Formula) -> Answer:
    """The best selection: z3 is asked for a better one until there is none."""
    welfare = z3.Real(WELFARE, formula.context)
    solver = formula.solver(tracked=False)
    best: Reached | None = None
    worth: Extended = MINUS_INFINITY
    while (best is None or question.target is None) and _holds(solver, formula.deadline):
        model = solver.model()
        best, worth = formula.reached(model), _fraction(model[welfare])
        solver.add(welfare > model[welfare])
    return BestSelection(best, worth, (), blocks(question.setting))


def _dominate(formula: _Formula) -> Dominated | Excluded:
    solver = formula.solver(tracked=False)
    if not _holds(solver, formula.deadline):
        return Excluded(())
    model = solver.model()
    moves = {
        move[:3]: move
        for symbol, move in formula.encoding.dominations.items()
        if z3.is_true(model[z3.Bool(symbol, formula.context)])
    }
    return Dominated(tuple(sorted(moves.values())))


def _obstructions(
    setting: Setting,
    selection: Selection,
    levels: Levels,
    forgone: int | None,
    refuted: z3.Solver,
    formula: _Formula,
) -> tuple[Obstruction, ...]:
    """The obstructions that exclude a selection, from the core of the query that refuted it.

    There are none for directives, which restrict rather than pay, and where no selection is given.
    """
    core = formula.core(refuted)
    if isinstance(setting.contracts, Directives) or not core or not selection:
        return ()
    rows = incentives(setting, selection)
    deviations = zip(rows.state.tolist(), rows.agent.tolist(), rows.action.tolist(), strict=True)
    picked = [row for row, deviation in enumerate(deviations) if deviation in core]
    weights = _multipliers(setting.contracts, rows, picked, levels, forgone, formula.deadline)
    alone = isinstance(setting.contracts, NoContract)
    kind = "profitable-deviation" if alone else None
    return (obstruction(selection, rows, weights, kind),) if weights else ()


def _multipliers(
    contracts: Transfers | NoContract,
    rows: Incentives,
    picked: Sequence[int],
    levels: Levels,
    forgone: int | None,
    deadline: float,
) -> list[tuple[int, int]]:
    """Positive integer weights of rows that contradict each other; empty if there are none (T3).

    At each record the weights diverge; the multiplier of the budget row there exceeds every agent's
    divergence by the weight of its liability row. The weighted pull exceeds what liability pays, or
    equals it with welfare lost (``forgone`` 1): then every smaller λ is excluded. With ``forgone``
    0 no welfare is lost, and every λ is excluded.
    """
    context = z3.Context()
    solver = z3.SolverFor("QF_LRA", ctx=context)
    zero = z3.RealVal(0, context)
    weights = {row: z3.Real(f"y {row}", context) for row in picked}
    solver.add(*(weight >= 0 for weight in weights.values()))
    pull, unit = rows.pull(levels)
    gained = sum((int(pull[row]) * weight for row, weight in weights.items()), zero)
    lost = sum((int(rows.lost[row]) * weight for row, weight in weights.items()), zero)
    if isinstance(contracts, Transfers):
        slack = _slack(contracts.budget, rows, weights, solver)
        bound = contracts.liability
        solver.add(*(each == 0 if bound is None else each >= 0 for each in slack))
        gained -= z3.RealVal(str((bound or 0) * unit), context) * sum(slack, zero)
    solver.add(gained == (0 if forgone == 1 else 1))
    if forgone is not None:
        solver.add(lost == forgone)
    if not _holds(solver, deadline):
        return []
    model = solver.model()
    numbers = [_fraction(model.eval(each, model_completion=True)) for each in weights.values()]
    return [(row, weight) for row, weight in zip(weights, coprime(numbers), strict=True) if weight]


def _slack(
    budget: Budget, rows: Incentives, weights: Mapping[int, z3.ArithRef], solver: z3.Solver
) -> list[z3.ArithRef]:
    """The excess of the budget row's multiplier over the agent's divergence, by record and agent.

    The budget's condition on the multiplier is added to the solver.
    """
    zero = z3.RealVal(0, solver.ctx)
    divergence: dict[int, list[z3.ArithRef]] = {}
    for row, weight in weights.items():
        for record, flow in ((rows.source[row], weight), (rows.target[row], -weight)):
            divergence.setdefault(int(record), [zero] * rows.agents)[rows.agent[row]] += flow
    slack: list[z3.ArithRef] = []
    for record, of_agents in divergence.items():
        multiplier = zero if budget is Budget.FREE else z3.Real(f"w {record}", solver.ctx)
        if budget is Budget.BURNT:
            solver.add(multiplier >= 0)
        slack += [multiplier - of_agent for of_agent in of_agents]
    return slack
