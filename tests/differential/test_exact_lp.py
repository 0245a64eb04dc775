"""Exact linear programming: every answer carries its proof, and the tests check the proofs."""

from fractions import Fraction

import numpy as np
import pytest
import z3
from flint import fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgap.proofs.algebra import exact_lp, irreducible
from coopgap.proofs.algebra.exact_lp import Infeasible, LinearProgram, Optimum, Unbounded, solve

HUGE = 10**30


def of_dense(objective, matrix, bounds, equality=(), free=()):
    """A programme from a dense matrix; ``equality`` and ``free`` list rows and columns."""
    entries = np.array(matrix, dtype=object).reshape(len(bounds), len(objective))
    rows, columns = np.indices(entries.shape)
    return LinearProgram(
        np.array(objective, dtype=object),
        rows.ravel(),
        columns.ravel(),
        entries.ravel(),
        np.array(bounds, dtype=object),
        np.isin(np.arange(len(bounds)), equality),
        ~np.isin(np.arange(len(objective)), free),
    )


def times(programme, vector, transposed=False):
    """A x, or Aᵀy."""
    targets, sources, count = programme.rows, programme.columns, programme.bounds.size
    if transposed:
        targets, sources, count = sources, targets, programme.objective.size
    total = [Fraction(0)] * count
    for i, j, entry in zip(targets, sources, programme.coefficients, strict=True):
        total[i] += int(entry) * vector[j]
    return total


def dot(x, y):
    return sum((int(a) * b for a, b in zip(x, y, strict=True)), Fraction(0))


def signs_hold(values, equations):
    return all(v == 0 if e else v >= 0 for v, e in zip(values, equations, strict=True))


def is_feasible(programme, x, bounds):
    slack = [ax - int(b) for ax, b in zip(times(programme, x), bounds, strict=True)]
    return signs_hold(slack, programme.equality) and all(
        v >= 0 for v, signed in zip(x, programme.nonnegative, strict=True) if signed
    )


def is_dual_feasible(programme, y, costs):
    reduced = [int(c) - a for c, a in zip(costs, times(programme, y, transposed=True), strict=True)]
    return signs_hold(reduced, ~programme.nonnegative) and all(
        v >= 0 for v, equation in zip(y, programme.equality, strict=True) if not equation
    )


def proves(programme, answer):
    """Whether the answer is right, by its own certificate, in Fractions alone."""
    match answer:
        case Optimum(value, x, y):
            return (
                is_feasible(programme, x, programme.bounds)
                and is_dual_feasible(programme, y, programme.objective)
                and value == dot(programme.objective, x) == dot(programme.bounds, y)
            )
        case Infeasible(y):
            return (
                is_dual_feasible(programme, y, 0 * programme.objective)
                and dot(programme.bounds, y) > 0
            )
        case Unbounded(x, ray):
            return (
                is_feasible(programme, x, programme.bounds)
                and is_feasible(programme, ray, 0 * programme.bounds)
                and dot(programme.objective, ray) < 0
            )
    return False


def by_z3(programme):
    """The optimal value, or the name of the other outcome."""
    xs = [z3.Real(f"x{j}") for j in range(programme.objective.size)]
    optimiser = z3.Optimize()
    sums = [z3.RealVal(0)] * programme.bounds.size
    for i, j, entry in zip(programme.rows, programme.columns, programme.coefficients, strict=True):
        sums[i] += z3.RealVal(int(entry)) * xs[j]
    for total, bound, equation in zip(sums, programme.bounds, programme.equality, strict=True):
        side = z3.RealVal(int(bound))
        optimiser.add(total == side if equation else total >= side)
    optimiser.add(*(x >= 0 for x, signed in zip(xs, programme.nonnegative, strict=True) if signed))
    costs = [z3.RealVal(int(c)) * x for c, x in zip(programme.objective, xs, strict=True)]
    goal = optimiser.minimize(z3.Sum(costs))
    if optimiser.check() != z3.sat:
        return Infeasible
    value = str(optimiser.lower(goal))
    return Unbounded if "oo" in value else Fraction(value)


NUMBERS = st.one_of(
    st.integers(-2, 2),
    st.integers(-9, 9),
    st.builds(lambda a, b: a * HUGE + b, st.integers(-3, 3), st.integers(-1, 1)),
    st.builds(lambda a, e: a * 10**e, st.integers(-3, 3), st.integers(0, 30)),
)


def vectors(size, numbers=NUMBERS):
    return st.lists(numbers, min_size=size, max_size=size).map(lambda v: np.array(v, dtype=object))


@st.composite
def programmes(draw):
    """Any programme; or a feasible one; or one that has an optimum, degenerate more often than not:
    then x and y are drawn first, and most slacks and reduced costs are 0."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    matrix = draw(vectors(m * n)).reshape(m, n)
    equality = draw(st.sets(st.integers(0, m - 1), max_size=2))
    free = draw(st.sets(st.integers(0, n - 1), max_size=2))
    bounds, objective = draw(vectors(m)), draw(vectors(n))
    small, kind = st.integers(0, 3), draw(st.sampled_from(["any", "feasible", "solvable"]))
    if kind != "any":
        gaps = draw(vectors(m, small)) * draw(vectors(m, st.sampled_from([0, 0, 1])))
        bounds = matrix @ draw(vectors(n, small)) - gaps * ~np.isin(np.arange(m), [*equality])
    if kind == "solvable":
        gaps = draw(vectors(n, small)) * draw(vectors(n, st.sampled_from([0, 0, 1])))
        objective = matrix.T @ draw(vectors(m, small)) + gaps * ~np.isin(np.arange(n), [*free])
    return of_dense(objective, matrix, bounds, sorted(equality), sorted(free))


@settings(max_examples=120)
@given(programmes())
def test_every_answer_is_proved(programme):
    assert proves(programme, solve(programme))


@settings(max_examples=50)
@given(programmes())
def test_z3_agrees(programme):
    answer, expected = solve(programme), by_z3(programme)
    assert (answer.value if isinstance(answer, Optimum) else type(answer)) == expected


@settings(max_examples=100)
@given(programmes(), st.data())
def test_floats_may_lie(programme, data):
    """Whatever basis and verdict the float solver proposes, the answer is right."""

    def lie(programme, *_):
        m, n = programme.bounds.size, programme.objective.size
        columns = sorted(data.draw(st.sets(st.integers(0, n - 1), max_size=min(m, n))))
        rows = st.sets(st.integers(0, m - 1), min_size=len(columns), max_size=len(columns))
        return data.draw(st.booleans()), exact_lp._Basis(columns, sorted(data.draw(rows)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact_lp, "_float_basis", lie)
        assert proves(programme, solve(programme))


def test_what_floats_cannot_tell_apart():
    """x ≥ 10³⁰ + 1 against x ≤ 10³⁰, and the same with one unit to spare."""
    answer = solve(of_dense([0], [[1], [-1]], [HUGE + 1, -HUGE]))
    assert answer == Infeasible([Fraction(1), Fraction(1)])
    answer = solve(of_dense([1], [[1], [-1]], [HUGE + 1, -HUGE - 2]))
    assert isinstance(answer, Optimum)
    assert answer.value == HUGE + 1


def test_numbers_beyond_every_float():
    programme = of_dense([10**400, 3], [[10**399, 1], [1, 10**350]], [7 * 10**500, 1])
    answer = solve(programme)
    assert proves(programme, answer)
    assert isinstance(answer, Optimum)


def test_a_farkas_ray_spares_what_it_does_not_need():
    """x + y ≥ 5, x ≤ 2, y ≤ 2 clash; 2x + y ≥ −1, y ≤ 9 do not matter."""
    matrix = [[1, 1], [2, 1], [-1, 0], [0, -1], [0, -1]]
    answer = solve(of_dense([0, 0], matrix, [5, -1, -2, -2, -9], free=[0, 1]))
    assert answer == Infeasible([Fraction(v) for v in (1, 0, 1, 1, 0)])


def test_equations_lend_either_sign_to_a_ray():
    """x − y = 1 and x − y = 2, over free variables."""
    answer = solve(of_dense([1, 1], [[1, -1], [1, -1]], [1, 2], equality=[0, 1], free=[0, 1]))
    assert answer == Infeasible([Fraction(-1), Fraction(1)])


def test_entries_of_the_same_place_add_up():
    twice = np.array([0, 0])
    programme = LinearProgram(
        np.array([1]), twice, twice, np.array([1, 2]), np.array([6]), np.array([False]),
        np.array([True]),
    )  # fmt: skip
    assert solve(programme) == Optimum(Fraction(2), [Fraction(2)], [Fraction(1, 3)])


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint64])
def test_machine_integers_do_not_overflow(dtype):
    limits = np.iinfo(dtype)
    matrix, bounds = np.array([limits.min, limits.max], dtype), np.array([limits.min] * 2, dtype)
    programme = LinearProgram(
        np.array([limits.max], dtype), np.array([0, 1]), np.array([0, 0]), matrix, bounds,
        np.array([True, True]), np.array([False]),
    )  # fmt: skip
    assert proves(programme, solve(programme))


@pytest.mark.parametrize("numbers", [np.array([0.5]), np.array([0.5], dtype=object)])
def test_floats_are_refused(numbers):
    with pytest.raises(TypeError, match="integer"):
        solve(
            LinearProgram(
                numbers, *[np.array([0])] * 2, *[np.array([1])] * 2, *[np.array([True])] * 2
            )
        )


@pytest.mark.parametrize(
    ("programme", "expected"),
    [
        (of_dense([], [], []), Optimum(Fraction(0), [], [])),
        (of_dense([], [], [-1]), Optimum(Fraction(0), [], [Fraction(0)])),
        (of_dense([], [], [2, -1]), Infeasible([Fraction(1), Fraction(0)])),
        (of_dense([3], [], []), Optimum(Fraction(0), [Fraction(0)], [])),
        (of_dense([-3], [], []), Unbounded([Fraction(0)], [Fraction(1)])),
        (of_dense([3], [], [], free=[0]), Unbounded([Fraction(0)], [Fraction(-1)])),
    ],
)
def test_the_smallest_programmes(programme, expected):
    assert solve(programme) == expected


def test_standard_output_stays_silent(capfd):
    solve(of_dense([1], [[1]], [1]))
    assert capfd.readouterr() == ("", "")


def blocks_of(count, size, linked):
    """``count`` random feasible blocks of 2·size rows each; linked, they share one more column."""
    rng = np.random.default_rng(7)
    dense = np.where(
        rng.random((count, size, size)) < 0.4, rng.integers(-9, 10, (count, size, size)), 0
    )
    block, i, j = np.nonzero(dense)
    boxes = np.arange(count * size)
    rows = [block * size + i, count * size + boxes]
    columns = [block * size + j, boxes]
    entries = [-dense[block, i, j], np.full(boxes.size, -1)]
    objective = rng.integers(-9, 0, count * size)
    if linked:
        rows.append(boxes)
        columns.append(np.full(boxes.size, boxes.size))
        entries.append(rng.integers(1, 5, boxes.size))
        objective = np.append(objective, 3 * boxes.size)
    count = 2 * boxes.size
    return LinearProgram(
        objective,
        np.concatenate(rows),
        np.concatenate(columns),
        np.concatenate(entries),
        -rng.integers(1, 30, count),
        np.zeros(count, dtype=np.bool_),
        np.ones(objective.size, dtype=np.bool_),
    )


@pytest.mark.parametrize(("count", "linked"), [(500, False), (50, True)])
def test_many_blocks(count, linked):
    programme = blocks_of(count, 20, linked)
    answer = solve(programme)
    assert proves(programme, answer)
    assert isinstance(answer, Optimum)


def test_one_bad_block_among_many():
    programme = blocks_of(50, 20, linked=False)
    clash = LinearProgram(
        programme.objective,
        np.append(programme.rows, [2000, 2000]),
        np.append(programme.columns, [140, 141]),
        np.append(programme.coefficients, [1, 1]),
        np.append(programme.bounds, 100),
        np.append(programme.equality, False),
        programme.nonnegative,
    )
    answer = solve(clash)
    assert proves(clash, answer)
    assert isinstance(answer, Infeasible)
    assert {row % 1000 // 20 for row, y in enumerate(answer.dual[:-1]) if y} <= {7}


def test_a_long_chain_of_differences():
    """x_0 ≥ 0, x_{k+1} ≥ x_k + 1: the least x_n is n, and every row is needed."""
    length = 5000
    steps = np.arange(length)
    programme = LinearProgram(
        np.eye(1, length + 1, length, dtype=np.int64)[0],
        np.concatenate([steps, steps, [length]]),
        np.concatenate([steps, steps + 1, [0]]),
        np.concatenate([np.full(length, -1), np.full(length, 1), [1]]),
        np.append(np.ones(length, dtype=np.int64), 0),
        np.zeros(length + 1, dtype=np.bool_),
        np.zeros(length + 1, dtype=np.bool_),
    )
    assert solve(programme) == Optimum(
        Fraction(length),
        [Fraction(k) for k in range(length + 1)],
        [Fraction(1)] * (length + 1),
    )


def test_denominators_without_a_common_one():
    """x_k ≥ 1/d_k for a hundred long denominators: their common multiple is not formed."""
    sizes = [HUGE + k for k in range(100)]
    programme = of_dense([1] * 100, np.diag(np.array(sizes, dtype=object)), [1] * 100)
    answer = solve(programme)
    assert proves(programme, answer)
    assert isinstance(answer, Optimum)
    assert answer.primal == [Fraction(1, size) for size in sizes]


LIMITED = of_dense([1, 1], [[2, 1], [1, 2]], [3, 3])


@pytest.mark.parametrize("limit", ["MAX_TABLEAU", "MAX_PIVOTS"])
def test_a_limit_is_no_answer(limit, monkeypatch):
    monkeypatch.setattr(exact_lp, "_float_basis", lambda *_: (True, exact_lp._Basis([], [])))
    assert solve(LIMITED) == Optimum(Fraction(2), [Fraction(1)] * 2, [Fraction(1, 3)] * 2)
    assert solve(LIMITED, seconds=-1.0) is None
    monkeypatch.setattr(exact_lp, limit, 0)
    assert solve(LIMITED) is None


def test_a_block_too_large_is_no_answer(monkeypatch):
    monkeypatch.setattr(exact_lp, "MAX_BLOCK_WORK", 0)
    assert solve(LIMITED) is None


def test_an_unproved_direction_is_no_answer(monkeypatch):
    """Feasible beyond doubt, but whether it is bounded cannot be settled."""
    optimum = exact_lp._optimum

    def half_blind(programme, deadline, trusting=False):
        return optimum(programme, deadline) if not trusting and programme.bounds[-1] != -1 else None

    monkeypatch.setattr(exact_lp, "_optimum", half_blind)
    assert solve(of_dense([-1], [[1]], [0])) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": np.array([0])}, "differ in length"),
        ({"equality": np.array([True])}, "bounds and equality"),
        ({"nonnegative": np.array([True])}, "objective and nonnegative"),
        ({"rows": np.array([0, 0, 1, 2])}, "outside the matrix"),
        ({"columns": np.array([0, -1, 1, 1])}, "outside the matrix"),
    ],
)
def test_shapes_must_fit(change, message):
    with pytest.raises(ValueError, match=message):
        LinearProgram(**{**vars(LIMITED), **change})


@st.composite
def patterns(draw):
    """The places of the nonzero entries of a square matrix."""
    size = draw(st.integers(1, 8))
    return size, draw(st.sets(st.tuples(*[st.integers(0, size - 1)] * 2)))


@given(patterns())
def test_blocks_are_triangular_and_exist_unless_the_pattern_is_singular(pattern):
    size, places = pattern
    by_row = {r: {c: 1 for c in range(size) if (r, c) in places} for r in range(size)}
    by_column = {c: {r: 1 for r in range(size) if (r, c) in places} for c in range(size)}
    blocks = irreducible.irreducible_blocks(by_row, by_column)
    # Random entries modulo a large prime: a singular sample has a singular pattern.
    rng = np.random.default_rng(0)
    sample = [
        [int(rng.integers(1, 2**60)) * ((r, c) in places) for c in range(size)] for r in range(size)
    ]
    assert (blocks is None) == (fmpq_mat(sample).rank() < size)
    known = set()
    for rows, columns in blocks or []:
        assert len(rows) == len(columns)
        known.update(columns)
        assert all(set(by_row[row]) <= known for row in rows)
    assert blocks is None or known == set(range(size))
