"""Is a given selection implementable?

coopgap, with a certificate that its checker accepts, against z3 and against the floating-point
HiGHS, on the same instances in one run.

coopgap is timed from the payoff array to the checker's acceptance of the text. z3 is
timed building and solving: SMT-LIB text, one Real per agent and record that occurs, a plain solver
for QF_LRA. HiGHS is timed passing the model and solving with presolve on one thread; deriving the
constraints and building its arrays is not counted. Ratios are of medians, measured alternately.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import highspy
import numpy as np
import z3
from highspy._core import _Highs
from instances import (
    Disagreement,
    Instance,
    Rows,
    clocked,
    decided,
    incentive_rows,
    line,
    options,
    planted,
    target,
)

from coopgap.theory.contracts import Budget

SIZES = ((2, 10, 1_000, 300), (3, 10, 2_000, 500))
QUICK = ((2, 6, 80, 20), (3, 6, 120, 30))
PLANTS = {
    Budget.FREE: ("feasible", "cycle", "feasible", "alias"),
    Budget.BALANCED: ("feasible", "cycle", "feasible", "alias", "feasible", "flow"),
}
REPEATS = 5
Z3_SECONDS = 60


def smt(rows: Rows, budget: Budget, agents: int) -> Iterator[str]:
    """The direct encoding."""
    columns = (rows.agent, rows.source, rows.target, rows.gain)
    variables: dict[tuple[int, int], None] = {}
    asserts = []
    for agent, source, record, gain in zip(*(c.tolist() for c in columns), strict=True):
        variables[agent, source] = variables[agent, record] = None
        bound = str(gain) if gain >= 0 else f"(- {-gain})"
        asserts.append(f"(assert (>= (- t{agent}_{source} t{agent}_{record}) {bound}))")
    if budget is Budget.BALANCED:
        for record in {record for _, record in variables}:
            names = [f"t{agent}_{record}" for agent in range(agents)]
            variables.update(((agent, record), None) for agent in range(agents))
            asserts.append(f"(assert (= (+ {' '.join(names)}) 0))")
    for agent, record in variables:
        yield f"(declare-const t{agent}_{record} Real)"
    yield from asserts


def by_z3(rows: Rows, budget: Budget, agents: int) -> tuple[bool | None, float, float]:
    """The verdict (None for a time-out), and the seconds of building and of solving."""
    solver = z3.SolverFor("QF_LRA", ctx=z3.Context())
    solver.set("timeout", Z3_SECONDS * 1000)
    _, building = clocked(lambda: solver.from_string("\n".join(smt(rows, budget, agents))))
    verdict, solving = clocked(solver.check)
    return {"sat": True, "unsat": False}.get(str(verdict)), building, solving


def float_model(rows: Rows, budget: Budget, agents: int) -> highspy.HighsLp:
    """One free column per agent and record, one row per constraint and per balanced record."""
    records_of_rows = np.concatenate([rows.source, rows.target])
    agent = np.tile(rows.agent, 2)
    if budget is Budget.FREE:
        columns, at = np.unique(records_of_rows * agents + agent, return_inverse=True)
        width, balanced = len(columns), 0
    else:
        records, at = np.unique(records_of_rows, return_inverse=True)
        at, width, balanced = at * agents + agent, len(records) * agents, len(records)
    source, record = np.split(at, 2)
    moves = source != record
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = width, len(rows.gain) + balanced
    model.col_cost_ = np.zeros(width)
    model.col_lower_, model.col_upper_ = (np.full(width, s * highspy.kHighsInf) for s in (-1, 1))
    model.row_lower_ = np.concatenate([rows.gain, np.zeros(balanced)])
    model.row_upper_ = np.repeat([highspy.kHighsInf, 0.0], [len(rows.gain), balanced])
    lengths = np.concatenate([2 * moves, np.full(balanced, agents)])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(lengths)])
    pairs = np.stack([source, record], axis=1)[moves]
    model.a_matrix_.index_ = np.concatenate([pairs.ravel(), np.arange(balanced * agents)])
    signs = np.tile([1.0, -1.0], len(pairs))
    model.a_matrix_.value_ = np.concatenate([signs, np.ones(balanced * agents)])
    return model


def by_highs(model: highspy.HighsLp) -> tuple[bool, float]:
    """The verdict in floats, and the seconds of passing the model and solving."""
    solver = _Highs()  # not highspy.Highs, which prints a banner
    for name, value in (("output_flag", False), ("threads", 1), ("presolve", "on")):
        solver.setOptionValue(name, value)
    _, seconds = clocked(lambda: (solver.passModel(model), solver.run()))
    return solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, seconds


def compare(instance: Instance) -> tuple[float, float, float, float, bool]:
    """Median seconds of coopgap and HiGHS, z3's to build and to solve, and whether it finished."""
    agents = len(instance.payoffs)
    rows = incentive_rows(instance)
    model = float_model(rows, instance.budget, agents)
    ours, theirs = [], []
    for _ in range(REPEATS):
        for verdict, seconds, times in (
            (*clocked(decided, instance), ours),
            (*by_highs(model), theirs),
        ):
            times.append(seconds)
            if verdict != instance.implementable:
                raise Disagreement(f"{'HiGHS' if times is theirs else 'coopgap'} says {verdict}")
    verdict, building, solving = by_z3(rows, instance.budget, agents)
    if verdict not in (instance.implementable, None):
        raise Disagreement(f"z3 says {verdict}")
    return median(ours), median(theirs), building, solving, verdict is not None


def main() -> None:
    """Prints one line for every instance, and ratios of medians by budget."""
    quick = options(__doc__).quick
    widths = (-8, 6, 7, 6, 5, -8, 4, 7, 4, 7, 7, 13, 8, 6)
    head = "budget agents actions states cells plant seed constr. pay coopgap HiGHS"
    line((*head.split(), "z3 build+solve", "z3 ÷", "÷ HiGHS"), widths)
    ratios: dict[Budget, list[tuple[float, float]]] = {budget: [] for budget in PLANTS}
    for size in QUICK if quick else SIZES:
        for budget, plants in PLANTS.items():
            for seed, plant in enumerate(plants, start=1):
                instance = planted(seed, plant, budget, *size)
                gain = incentive_rows(instance).gain
                ours, floats, building, solving, finished = compare(instance)
                slower, slowdown = (building + solving) / ours, ours / floats
                ratios[budget].append((slower, slowdown))
                times = f"{ours:.3f}s", f"{floats:.3f}s", f"{building:.2f}+{solving:.2f}s"
                least = "" if finished else "≥"
                about = (budget, *size, plant, seed, len(gain), f"{(gain > 0).mean():.0%}")
                line((*about, *times, f"{least}{slower:.0f}×", f"{slowdown:.1f}×"), widths)
    for budget, pairs in ratios.items():
        slower, slowdown = zip(*pairs, strict=True)
        print(
            f"{budget}: all verdicts agree with the planted ones; worst z3 ratio "
            f"{min(slower):.0f}×, worst HiGHS ratio {max(slowdown):.1f}×"
        )
        target(f"{budget}, faster than z3, median", "≥", 10, median(slower))
        target(f"{budget}, time over HiGHS's, median", "≤", 3, median(slowdown))


if __name__ == "__main__":
    main()
