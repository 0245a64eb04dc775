"""Simple solutions of systems of conditions, and what solvers say where there is none."""

from __future__ import annotations

import importlib.util
import pickle
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import z3
from conditions import condition_holds

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import ONE, ZERO, Polynomial, number, parameter
from coopgap.proofs.deciding.disagreement import Disagreement
from coopgap.proofs.engines import points
from coopgap.proofs.engines.points import ask_solvers, find_point, some_point
from coopgap.proofs.export.conditions import conditions_to_smtlib
from coopgap.proofs.questions.obligations import Unanswered

X, Y, Z = (parameter(k) for k in range(3))
TWO = number(2)


def positive(polynomial: Polynomial) -> Condition:
    return Condition(polynomial, ">")


def nonnegative(polynomial: Polynomial) -> Condition:
    return Condition(polynomial, ">=")


def zero(polynomial: Polynomial) -> Condition:
    return Condition(polynomial, "==")


def between(low: str, polynomial: Polynomial, high: str) -> list[Condition]:
    return [
        positive(polynomial - number(Fraction(low))),
        positive(number(Fraction(high)) - polynomial),
    ]


def random_system(rng: Random, parameters: int, count: int, degree: int) -> list[Condition]:
    conditions = []
    for _ in range(count):
        polynomial = ZERO
        for _ in range(rng.randint(1, 3)):
            monomial = tuple(sorted(rng.choices(range(parameters), k=rng.randint(0, degree))))
            polynomial += Polynomial(
                {monomial: Fraction(rng.choice([-3, -1, 1, 2]), rng.choice([1, 4]))}
            )
        relations = [">", ">", ">=", ">=", "=="] if degree == 1 else [">", ">="]
        conditions.append(Condition(polynomial, rng.choice(relations)))
    return conditions


def answer(conditions: Sequence[Condition], parameters: int) -> str:
    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", 20_000)
    solver.from_string(conditions_to_smtlib(conditions, [f"x{k}" for k in range(parameters)]))
    return str(solver.check())


SIMPLE = {
    "nothing": ([], "0 0 0"),
    "signs": ([positive(X), positive(-Y), nonnegative(Z)], "1 -1 0"),
    "a share": (between("0", X, "1"), "1/2 0 0"),
    "a narrow interval": (between("0", X, "1/50"), "1/51 0 0"),
    "no whole number": (between("26/5", X, "59/10"), "11/2 0 0"),
    "large": (between("1000", X, "10001/10"), "11001/11 0 0"),
    "negative": (between("-59/10", X, "-26/5"), "-11/2 0 0"),
    "an order": ([positive(X - Y), positive(Y - Z), positive(Z)], "3 2 1"),
    "an order of any numbers": ([positive(X - Y), positive(Y - Z)], "2 1 0"),
    "an order with a share": (
        [positive(X - Y), positive(Y), *between("0", Z, "1")],
        "2 1 1/2",
    ),
    "an equation": ([zero(X + Y + Z - ONE), *map(positive, (X, Y, Z))], "1/3 1/3 1/3"),
    "a square": ([zero(X * X - number(4)), nonnegative(-X)], "-2 0 0"),
    "a circle": ([zero(X * X + Y * Y - number(25)), positive(X), positive(Y - X)], "3 4 0"),
    "a product": ([zero(X * Y - TWO), positive(X - ONE)], "2 1 0"),
    "near a root": ([*between("2", X * X, "201/100"), positive(X)], "17/12 0 0"),
    "expected payoffs": (
        [*between("0", X, "1"), positive(Y - Z), positive(Z), positive(X * Y - Z)],
        "1/2 3 1",
    ),
}


@pytest.mark.parametrize("name", SIMPLE)
def test_points_are_simple(name: str) -> None:
    conditions, expected = SIMPLE[name]
    assert find_point(conditions, 3) == tuple(map(Fraction, expected.split()))


@pytest.mark.parametrize("search", [find_point, some_point])
@pytest.mark.parametrize(("parameters", "count"), [(1, 3), (3, 5), (6, 7)])
def test_linear_systems_have_a_point_or_none(
    search: Callable[..., Any], parameters: int, count: int
) -> None:
    rng = Random(f"linear {parameters} {count}")
    answers = set()
    for _ in range(25):
        conditions = random_system(rng, parameters, count, 1)
        point = search(conditions, parameters)
        assert not isinstance(point, Unanswered)
        assert answer(conditions, parameters) == ("unsat" if point is None else "sat")
        if point is not None:
            assert len(point) == parameters
            assert all(condition_holds(condition, point) for condition in conditions)
        answers.add(point is None)
    assert answers == {True, False}


@pytest.mark.parametrize("search", [find_point, some_point])
def test_nonlinear_systems_have_a_point_or_none(search: Callable[..., Any]) -> None:
    rng = Random("nonlinear")
    for _ in range(25):
        conditions = random_system(rng, 3, 4, 2)
        point = search(conditions, 3)
        assert answer(conditions, 3) == ("unsat" if point is None else "sat")
        if isinstance(point, tuple):
            assert all(condition_holds(condition, point) for condition in conditions)


@pytest.mark.parametrize("search", [find_point, some_point])
def test_irrational_solutions_are_no_answer(search: Callable[..., Any]) -> None:
    root = [zero(X * X - TWO), positive(Y - X)]
    assert search(root, 2) == Unanswered("only irrational solutions were found")


def test_a_rational_solution_is_found_behind_an_irrational_one() -> None:
    conditions = [zero(X * X - TWO * Y * Y + ONE), positive(X - TWO), positive(Y)]
    point = find_point(conditions, 2)
    assert isinstance(point, Unanswered) or all(
        condition_holds(condition, point or ()) for condition in conditions
    )
    assert find_point([zero(X * X - Y), positive(Y - TWO)], 2) == (Fraction(2), Fraction(4))


def test_small_whole_numbers_are_found_without_z3(monkeypatch: pytest.MonkeyPatch) -> None:
    conditions = [positive(X - Y), positive(Y - TWO * Z), nonnegative(Z - TWO), zero(X - Y - Z)]
    monkeypatch.setattr(z3.Solver, "check", lambda _: z3.unknown)
    assert find_point(conditions, 3) == (Fraction(7), Fraction(5), Fraction(2))
    assert isinstance(find_point([positive(X - number(1000))], 1), Unanswered)
    assert isinstance(find_point([positive(-X)], 1), Unanswered)


def test_no_time_is_no_answer() -> None:
    for search in (find_point, some_point):
        assert search(between("0", X, "1"), 1, seconds=0) == Unanswered("z3 ran out of time")


def test_what_z3_does_not_know_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(z3.Solver, "check", lambda _: z3.unknown)
    point = find_point(between("0", X, "1"), 1)
    assert isinstance(point, Unanswered)
    assert "z3 gave up" in point.reason


@pytest.mark.parametrize("conditions", [between("0", X, "1"), [positive(X * Y - ONE)]])
def test_a_point_stays_what_it_is_where_z3_is_of_no_more_help(
    conditions: list[Condition], monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = []
    check = z3.Solver.check

    def once(self: z3.Solver) -> Any:
        checks.append(self)
        return check(self) if len(checks) == 1 else z3.unknown

    monkeypatch.setattr(z3.Solver, "check", once)
    point = find_point(conditions, 2)
    assert isinstance(point, tuple)
    assert all(condition_holds(condition, point) for condition in conditions)


def test_solvers_are_asked_about_the_same_text() -> None:
    contradiction = [positive(X * Y), positive(-X), nonnegative(Y)]
    names = ["λ", "and"]
    solvers = ask_solvers(contradiction, names)
    assert solvers == (("z3", "cvc5") if importlib.util.find_spec("cvc5") else ("z3",))
    assert ask_solvers(contradiction[1:], names) == ()


def test_without_cvc5_z3_is_asked_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cvc5", None)
    assert ask_solvers([positive(X), positive(-X)], ["x"]) == ("z3",)


@pytest.mark.parametrize("status", ["sat", "unknown"])
def test_disagreement_carries_the_question(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    conditions = [positive(X), positive(-X)]
    monkeypatch.setattr(points, "_by_cvc5", lambda *_, **__: status)
    if status == "unknown":
        assert ask_solvers(conditions, ["x"]) == ("z3",)
        return
    with pytest.raises(Disagreement, match="z3: unsat, cvc5: sat") as raised:
        ask_solvers(conditions, ["x"])
    assert raised.value.query == conditions_to_smtlib(conditions, ["x"])
    again = pickle.loads(pickle.dumps(raised.value))
    assert (str(again), again.query) == (str(raised.value), raised.value.query)


def test_the_text_of_conditions() -> None:
    conditions = [positive(X * Y - number(Fraction(1, 2)) - X), zero(-X), nonnegative(ZERO)]
    assert conditions_to_smtlib(conditions, ["k", "not"], "sat").splitlines() == [
        "(set-info :smt-lib-version 2.6)",
        "(set-info :status sat)",
        "(set-logic QF_NRA)",
        "(declare-const k Real)",
        "(declare-const |not | Real)",
        "(assert (> (+ (- (/ 1 2)) (* (- 1) k) (* k |not |)) 0))",
        "(assert (= (* (- 1) k) 0))",
        "(assert (>= 0 0))",
        "(check-sat)",
    ]
    linear = conditions_to_smtlib([positive(X - Y + ONE)], ["α", "b_1"])
    assert "(set-logic QF_LRA)" in linear
    assert "(assert (> (+ 1 |%CE%B1| (* (- 1) b_1)) 0))" in linear
