"""Exact rational linear programming: floats propose a basis, exact arithmetic verifies it.

HiGHS proposes which rows are tight and which columns are basic. That square system is split into
its irreducible blocks, python-flint solves them over the rationals, and the primal and the dual
solution are checked against the whole programme (Applegate, Cook, Dash and Espinoza 2007). Where
the proposal is wrong an exact criss-cross method corrects it. No float leaves this module.
"""

from __future__ import annotations

import math
import operator
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

import highspy
import numpy as np
from flint import fmpq, fmpq_mat
from highspy._core import _Highs
from numpy.typing import NDArray

from coopgap.proofs.algebra.irreducible import Terms, irreducible_blocks
from coopgap.proofs.algebra.tableau import Tableau
from coopgap.theory.exact import IntArray, common_denominator, coprime, integer_array, widened

MAX_BLOCK_WORK = 10**10
"""The largest order³ × bits of an irreducible block that is solved: some ten seconds."""

MAX_TABLEAU = 20_000
"""The largest rows × columns on which the exact criss-cross method is tried."""

MAX_PIVOTS = 1_000
"""The largest number of exact pivots."""

_WIDE = 256

Column = TypeVar("Column", bound=Hashable)

Row: TypeAlias = tuple[Mapping[Column, int], int, bool]
"""Σ terms ≥ bound, or an equation."""


@dataclass(frozen=True, eq=False)
class LinearProgram:
    """Minimise c·x subject to A x ≥ b, with A x = b on some rows and x_j ≥ 0 on some columns.

    objective: c, shape (n,). rows, columns, coefficients: the entries of A, shape (k,) each; those
    of the same place add up. bounds: b, shape (m,). equality: which rows are equations, shape (m,).
    nonnegative: which columns are ≥ 0, shape (n,); the others are free. Numbers are integers of any
    size. Raises ValueError for shapes or places that do not fit.
    """

    objective: IntArray
    rows: IntArray
    columns: IntArray
    coefficients: IntArray
    bounds: IntArray
    equality: NDArray[np.bool_]
    nonnegative: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not self.rows.shape == self.columns.shape == self.coefficients.shape:
            raise ValueError("rows, columns and coefficients differ in length")
        if self.bounds.shape != self.equality.shape:
            raise ValueError("bounds and equality differ in length")
        if self.objective.shape != self.nonnegative.shape:
            raise ValueError("objective and nonnegative differ in length")
        for places, count in ((self.rows, self.bounds.size), (self.columns, self.objective.size)):
            if places.size and not 0 <= places.min() <= places.max() < count:
                raise ValueError("an entry lies outside the matrix")


def programme(
    rows: Sequence[Row[Column]],
    aim: Mapping[Column, int],
    columns: Sequence[Column],
    nonnegative: Callable[[Column], bool],
) -> LinearProgram:
    """The programme of rows Σ terms ≥ bound, or equations where they say so, by named columns."""
    listed, index = rows or [({}, 0, True)], {column: k for k, column in enumerate(columns)}
    entries = [(r, index[c], v) for r, (terms, *_) in enumerate(listed) for c, v in terms.items()]
    numbers, places, values = zip(*entries, strict=True) if entries else ((), (), ())
    return LinearProgram(
        objective=integer_array([aim.get(column, 0) for column in columns], (-1,)),
        rows=np.array(numbers, dtype=np.int64),
        columns=np.array(places, dtype=np.int64),
        coefficients=integer_array(values, (-1,)),
        bounds=integer_array([bound for _, bound, _ in listed], (-1,)),
        equality=np.array([equal for *_, equal in listed]),
        nonnegative=np.array([nonnegative(column) for column in columns], dtype=np.bool_),
    )


@dataclass(frozen=True)
class Optimum:
    """An optimal x and its proof.

    primal: x, one number per column. dual: one y per row, with y ≥ 0 on inequality rows, Aᵀy ≤ c
    with equality on free columns, and b·y = c·x = ``value``.
    """

    value: Fraction
    primal: list[Fraction]
    dual: list[Fraction]


@dataclass(frozen=True)
class Infeasible:
    """A proof that there is no feasible x: Farkas multipliers, one coprime integer per row.

    y ≥ 0 on inequality rows, Aᵀy ≤ 0 with equality on free columns, b·y > 0. The multipliers span
    an extreme ray: none of the rows and signs x_j ≥ 0 that they use can be omitted.
    """

    dual: list[Fraction]


@dataclass(frozen=True)
class Unbounded:
    """A feasible x, and a ray r in coprime integers along which the objective falls without bound.

    A r ≥ 0 with equality on equations, r_j ≥ 0 on nonnegative columns, c·r < 0.
    """

    primal: list[Fraction]
    ray: list[Fraction]


def solve(program: LinearProgram, seconds: float = 60.0) -> Optimum | Infeasible | Unbounded | None:
    """The exact answer, verified; None if none was certified within the limits of this module.

    ``seconds`` limits the float search and the pivots together. The exact solution of one block,
    whose size MAX_BLOCK_WORK limits, is not interrupted. Raises TypeError for numbers that are no
    integers.
    """
    deadline = time.monotonic() + seconds
    program = replace(
        program,
        objective=_plain(program.objective),
        coefficients=_plain(program.coefficients),
        bounds=_plain(program.bounds),
    )
    optimum = _optimum(program, deadline, trusting=True)
    if optimum is not None:
        return optimum
    relaxed = _optimum(_elastic(program), deadline)
    if relaxed is None:
        return None
    if relaxed.value > 0:
        dual = relaxed.dual[: program.bounds.size]
        for row, lowered in zip(
            np.flatnonzero(program.equality), relaxed.dual[program.bounds.size :], strict=True
        ):
            dual[row] -= lowered
        return Infeasible([*map(Fraction, coprime(dual))])
    descent = _optimum(_descent(program), deadline)
    if descent is None:
        return None
    if descent.value < 0:
        return Unbounded(relaxed.primal[:-1], [*map(Fraction, coprime(descent.primal))])
    return _optimum(program, deadline)


@dataclass(frozen=True)
class _Basis:
    """The basic columns and the tight rows, equally many."""

    columns: Sequence[int]
    rows: Sequence[int]


def least_size(
    rows: Sequence[tuple[Mapping[Column, Fraction | int], Fraction | int, bool]],
    columns: Sequence[Column],
    seconds: float = 60.0,
) -> dict[Column, Fraction] | None:
    """The numbers that satisfy the rows, of least sum of sizes; None if none are certified.

    rows: as ``programme`` has them, of any rational numbers.
    """
    # Each is a difference of two nonnegative columns, which measure its size.
    signed = [(sign, column) for sign in (1, -1) for column in columns]
    whole: list[Row[tuple[int, Column]]] = []
    for terms, bound, equal in rows:
        scale = common_denominator([*terms.values(), bound])
        own = {(s, c): int(s * scale * value) for s in (1, -1) for c, value in terms.items()}
        whole.append((own, int(bound * scale), equal))
    answer = solve(programme(whole, dict.fromkeys(signed, 1), signed, lambda _: True), seconds)
    if not isinstance(answer, Optimum):
        return None
    parts = dict(zip(signed, answer.primal, strict=True))
    return {column: parts[1, column] - parts[-1, column] for column in columns}


def _optimum(program: LinearProgram, deadline: float, trusting: bool = False) -> Optimum | None:
    """The verified optimum; if ``trusting``, None as soon as floats indicate that there is none."""
    program, basis = _compressed(program), _Basis((), ())
    for careful in (False, True):
        exists, basis = _float_basis(program, careful, deadline)
        if trusting and not exists:
            return None
        optimum = _at_basis(program, basis)
        if optimum is not None:
            return optimum
    mended = _mended(program, basis, deadline)
    return None if mended is None else _at_basis(program, mended)


def _plain(numbers: IntArray) -> IntArray:
    """The array as int64 if it is, else as Python integers, which are never converted to floats."""
    if numbers.dtype == np.int64:
        return numbers
    return np.array([operator.index(number) for number in numbers], dtype=object)


def _compressed(program: LinearProgram) -> LinearProgram:
    """The same programme with nonzero entries in row order, one per place."""
    width = max(program.objective.size, 1)
    places, index = np.unique(
        program.rows.astype(np.int64) * width + program.columns.astype(np.int64),
        return_inverse=True,
    )
    terms = widened(program.coefficients, index.size)
    entries = np.zeros(places.size, dtype=terms.dtype)
    np.add.at(entries, index, terms)
    places, entries = places[entries != 0], entries[entries != 0]
    rows, columns = np.divmod(places, width)
    return replace(program, rows=rows, columns=columns, coefficients=entries)


def _elastic(program: LinearProgram) -> LinearProgram:
    """The programme for the least s ≥ 0 by which all rows must be relaxed.

    s is in units of each row's largest entry and is the last column. Equations are split, the
    second halves following the inequalities.
    """
    m, n = program.bounds.size, program.objective.size
    second = np.cumsum(program.equality) - 1 + m
    split = program.equality[program.rows]
    # As Python integers: the least int64 has no negative.
    entries, bounds = program.coefficients.astype(object), program.bounds.astype(object)
    size = np.ones(m, dtype=object)
    np.maximum.at(size, program.rows, np.abs(entries))
    count = m + int(program.equality.sum())
    return LinearProgram(
        objective=np.array([0] * n + [1]),
        rows=np.concatenate([program.rows, second[program.rows[split]], np.arange(count)]),
        columns=np.concatenate([program.columns, program.columns[split], np.full(count, n)]),
        coefficients=np.concatenate([entries, -entries[split], size, size[program.equality]]),
        bounds=np.concatenate([bounds, -bounds[program.equality]]),
        equality=np.zeros(count, dtype=np.bool_),
        nonnegative=np.append(program.nonnegative, True),
    )


def _descent(program: LinearProgram) -> LinearProgram:
    """The steepest direction of recession r, cut off at c·r ≥ −1: its value is −1 or 0."""
    m, n = program.bounds.size, program.objective.size
    return LinearProgram(
        objective=program.objective,
        rows=np.append(program.rows, np.full(n, m)),
        columns=np.append(program.columns, np.arange(n)),
        coefficients=np.append(program.coefficients, program.objective),
        bounds=np.append(np.zeros(m, dtype=np.int64), -1),
        equality=np.append(program.equality, False),
        nonnegative=program.nonnegative,
    )


def _float_basis(program: LinearProgram, careful: bool, deadline: float) -> tuple[bool, _Basis]:
    """Whether HiGHS expects an optimum to exist, and the basis where it stopped."""
    m, n = program.bounds.size, program.objective.size
    cost, values, bounds = _scaled(program)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n, m
    model.col_cost_ = cost
    model.col_lower_ = np.where(program.nonnegative, 0.0, -highspy.kHighsInf)
    model.col_upper_ = np.full(n, highspy.kHighsInf)
    model.row_lower_ = bounds
    model.row_upper_ = np.where(program.equality, bounds, highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.searchsorted(program.rows, np.arange(m + 1))
    model.a_matrix_.index_ = program.columns
    model.a_matrix_.value_ = values
    # Not highspy.Highs, which prints a banner, and standard output belongs to the report.
    solver = _Highs()
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "solver": "simplex",
        "time_limit": max(deadline - time.monotonic(), 0.0),
    }
    if careful:
        options["presolve"] = "off"
        options["primal_feasibility_tolerance"] = options["dual_feasibility_tolerance"] = 1e-10
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(model)
    solver.run()
    status, basis = solver.getModelStatus(), solver.getBasis()
    exists = status not in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnbounded,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    )
    if not basis.valid:
        return exists, _Basis((), ())
    basic = highspy.HighsBasisStatus.kBasic
    return exists, _Basis(
        [j for j, state in enumerate(basis.col_status) if state == basic],
        [i for i, state in enumerate(basis.row_status) if state != basic],
    )


def _scaled(
    program: LinearProgram,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Objective, entries and bounds as floats, with rows and columns scaled by powers of two.

    The scales bring the geometric means of their entries near 1, however large the integers are.
    """
    m, n = program.bounds.size, program.objective.size
    mantissas, exponents = _float_parts(program.coefficients)
    by_row, by_column = np.zeros(m), np.zeros(n)
    row_sizes = np.maximum(np.bincount(program.rows, minlength=m), 1)
    column_sizes = np.maximum(np.bincount(program.columns, minlength=n), 1)
    for _ in range(3):
        weights = exponents + by_column[program.columns]
        by_row = -np.rint(np.bincount(program.rows, weights, m) / row_sizes)
        weights = exponents + by_row[program.rows]
        by_column = -np.rint(np.bincount(program.columns, weights, n) / column_sizes)
    entries = _assembled(mantissas, exponents + by_row[program.rows] + by_column[program.columns])
    costs, cost_exponents = _float_parts(program.objective)
    bounds, bound_exponents = _float_parts(program.bounds)
    return (
        _assembled(costs, _centred(costs, cost_exponents + by_column)),
        entries,
        _assembled(bounds, _centred(bounds, bound_exponents + by_row)),
    )


def _float_parts(values: IntArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mantissas and binary exponents; the integers may be far too large for a float."""
    if values.dtype != object:
        mantissas, exponents = np.frexp(values.astype(np.float64))
        return mantissas, exponents.astype(np.float64)
    lengths = [int(value).bit_length() for value in values]
    parts = [int(value) / (1 << length) for value, length in zip(values, lengths, strict=True)]
    return np.array(parts, dtype=np.float64), np.array(lengths, dtype=np.float64)


def _centred(mantissas: NDArray[np.float64], exponents: NDArray[np.float64]) -> NDArray[np.float64]:
    """The exponents shifted so that those of nonzero numbers have mean 0."""
    nonzero = mantissas != 0
    return exponents - np.rint(exponents[nonzero].mean()) if nonzero.any() else exponents


def _assembled(
    mantissas: NDArray[np.float64], exponents: NDArray[np.float64]
) -> NDArray[np.float64]:
    # HiGHS takes 1e20 for infinite and refuses entries above 1e15.
    return np.ldexp(mantissas, np.clip(exponents, -48, 48).astype(np.int64))


def _at_basis(program: LinearProgram, basis: _Basis) -> Optimum | None:
    """The optimum, if this is an optimal basis."""
    by_row: dict[int, dict[int, int]] = {row: {} for row in basis.rows}
    by_column: dict[int, dict[int, int]] = {column: {} for column in basis.columns}
    # Not np.isin, which imports more of NumPy than a small programme takes to solve.
    tight = np.zeros(program.bounds.size, dtype=np.bool_)
    basic = np.zeros(program.objective.size, dtype=np.bool_)
    tight[list(basis.rows)] = basic[list(basis.columns)] = True
    inside = tight[program.rows] & basic[program.columns]
    for row, column, entry in zip(
        program.rows[inside].tolist(),
        program.columns[inside].tolist(),
        program.coefficients[inside].tolist(),
        strict=True,
    ):
        by_row[row][column] = by_column[column][row] = entry
    blocks = irreducible_blocks(by_row, by_column)
    if blocks is None:
        return None
    try:
        primal = _substituted(blocks, by_row, program.bounds)
        flipped = [(columns, rows) for rows, columns in reversed(blocks)]
        dual = _substituted(flipped, by_column, program.objective)
    except (ZeroDivisionError, OverflowError):
        return None
    return _verified(program, primal, dual)


def _substituted(
    blocks: Iterable[tuple[list[int], list[int]]], terms: Terms, constants: IntArray
) -> dict[int, fmpq]:
    """Solves block after block (equations, unknowns), substituting the solutions of earlier blocks.

    Raises ZeroDivisionError for a singular block, OverflowError for one that is too large.
    """
    solution: dict[int, fmpq] = {}
    for equations, unknowns in blocks:
        sides = []
        for equation in equations:
            side = fmpq(int(constants[equation]))
            for unknown, entry in terms[equation].items():
                if unknown in solution:
                    side -= entry * solution[unknown]
            sides.append(side)
        if len(unknowns) == 1:
            solution[unknowns[0]] = sides[0] / terms[equations[0]][unknowns[0]]
            continue
        entries = [
            terms[equation].get(unknown, 0) for equation in equations for unknown in unknowns
        ]
        order = len(unknowns)
        if order**3 * max(abs(entry) for entry in entries).bit_length() > MAX_BLOCK_WORK:
            raise OverflowError
        matrix = fmpq_mat(order, order, entries)
        solution.update(zip(unknowns, matrix.solve(fmpq_mat(order, 1, sides)), strict=True))
    return solution


def _verified(
    program: LinearProgram, primal: Mapping[int, fmpq], dual: Mapping[int, fmpq]
) -> Optimum | None:
    """The optimum, if both solutions are feasible and their objectives agree."""
    x, x_scale = _integral(primal, program.objective.size)
    y, y_scale = _integral(dual, program.bounds.size)
    entries = program.coefficients.astype(object)
    slack = program.bounds.astype(object) * -x_scale
    np.add.at(slack, program.rows, entries * x[program.columns])
    reduced = program.objective.astype(object) * y_scale
    np.subtract.at(reduced, program.columns, entries * y[program.rows])
    cost = (program.objective * x).sum()
    feasible = (
        (slack >= 0).all()
        and (slack[program.equality] == 0).all()
        and (x[program.nonnegative] >= 0).all()
        and (reduced >= 0).all()
        and (reduced[~program.nonnegative] == 0).all()
        and (y[~program.equality] >= 0).all()
        and cost * y_scale == (program.bounds * y).sum() * x_scale
    )
    if not feasible:
        return None
    return Optimum(
        _fraction(fmpq(cost) / x_scale),
        _fractions(primal, program.objective.size),
        _fractions(dual, program.bounds.size),
    )


def _integral(values: Mapping[int, fmpq], size: int) -> tuple[NDArray[Any], int]:
    """The values as integers over a common denominator.

    Values whose common denominator would be long enough to slow every sum are returned unchanged.
    """
    scale = 1
    for value in values.values():
        scale = math.lcm(scale, int(value.q))
        if scale.bit_length() > _WIDE:
            break
    vector = np.zeros(size, dtype=object)
    if scale.bit_length() > _WIDE:
        for place, value in values.items():
            vector[place] = value
        return vector, 1
    for place, value in values.items():
        vector[place] = int(value.p) * (scale // int(value.q))
    return vector, scale


def _fractions(values: Mapping[int, fmpq], size: int) -> list[Fraction]:
    vector = [Fraction(0)] * size
    for place, value in values.items():
        vector[place] = _fraction(value)
    return vector


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _mended(program: LinearProgram, basis: _Basis, deadline: float) -> _Basis | None:
    """An optimal basis by the least-index criss-cross method (Terlaky 1985).

    The method needs no feasible start. None if there is no such basis, if the programme is too
    large, or at the deadline.
    """
    m, n = program.bounds.size, program.objective.size
    if (m + 1) * (n + 1) > MAX_TABLEAU:
        return None
    table = np.zeros((m + 1, n + 1), dtype=object)
    table[program.rows, program.columns] = program.coefficients
    table[:m, n], table[m, :n] = -program.bounds, program.objective
    tableau = Tableau(
        table,
        basic=list(range(n, n + m)),
        nonbasic=list(range(n)),
        free=frozenset(np.flatnonzero(~program.nonnegative).tolist()),
        fixed=frozenset((np.flatnonzero(program.equality) + n).tolist()),
    )
    tableau.enter(basis.columns, {row + n for row in basis.rows})
    for _ in range(MAX_PIVOTS):
        wrong = tableau.wrong()
        if wrong is None:
            inside = [variable for variable in tableau.basic if variable < n]
            tight = [variable - n for variable in tableau.nonbasic if variable >= n]
            return _Basis(sorted(inside), sorted(tight))
        place = tableau.remedy(wrong)
        if place is None or time.monotonic() > deadline:
            return None
        tableau.pivot(*place)
    return None
