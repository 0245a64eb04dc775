"""Simple rational solutions of polynomial conditions, and what solvers say where there is none.

What z3 finds is made simple one parameter after the other, and evaluated exactly before it is
returned. z3's time-outs are not reliable on nonlinear systems, so those belong into a worker.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from coopgap.proofs.algebra.conditions import Condition, Point, holding_at
from coopgap.proofs.algebra.polynomials import ONE, Monomial, Polynomial, number, parameter
from coopgap.proofs.algebra.relaxations import candidate, relaxed
from coopgap.proofs.algebra.simplex import System
from coopgap.proofs.algebra.substitution import eased
from coopgap.proofs.deciding.disagreement import Disagreement
from coopgap.proofs.questions.obligations import Unanswered

if TYPE_CHECKING:
    import z3

_GUESSES = tuple(
    Fraction(numerator, denominator)
    for numerator, denominator in (
        *((0, 1), (1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-3, 1)),
        *((1, 3), (-1, 3), (2, 3), (-2, 3), (3, 2), (-3, 2), (4, 1), (-4, 1), (1, 4), (3, 4)),
    )
)
"""What is tried first for a parameter; its values need not be an interval."""

_UNITS = (2, 3, 4, 5, 6, 8, 10, 12)
"""The common denominators that are tried where whole numbers will not do."""

_SHARE = 8
"""The part of the time left that one attempt to simplify may take."""

_MAX_WHOLE, _MAX_STEPS = 20, 200
"""The largest whole number that is tried before z3 is asked, and how many of them are."""

_MAX_RELAXATIONS = 4
"""The largest number of relaxations that are looked at for one guess."""

_DIGITS = 12
"""The decimal places to which irrational values are taken."""


def find_point(
    conditions: Sequence[Condition], parameters: int, *, seconds: float = 10.0
) -> Point | Unanswered | None:
    """A simple solution, or None if z3 says that there is none.

    It is nonnegative if possible, whole where possible, and one parameter after the other has the
    simplest value that the earlier ones leave to it (0, or the least denominator and with it the
    least numerator). Parameters of nonlinear monomials come first.
    """
    whole = _least_whole(conditions, parameters)
    if whole is not None:
        return whole
    return _searched(conditions, parameters, seconds, thorough=True)


def some_point(
    conditions: Sequence[Condition], parameters: int, *, seconds: float = 10.0
) -> Point | Unanswered | None:
    """Like ``find_point``, with one question to z3: no value can be made simpler alone."""
    return _searched(conditions, parameters, seconds, thorough=False)


def _searched(
    conditions: Sequence[Condition], parameters: int, seconds: float, *, thorough: bool
) -> Point | Unanswered | None:
    """What z3 says; of nonlinear conditions it sees fewer parameters, as equations are solved."""
    search = _Search(parameters, time.monotonic() + seconds)
    if _is_linear(conditions):
        return search.point(conditions, thorough)
    fewer = eased(conditions)
    point = search.point(fewer.conditions, thorough)
    return fewer.completed(point) if isinstance(point, tuple) else point


def _is_linear(conditions: Sequence[Condition]) -> bool:
    return all(condition.polynomial.degree <= 1 for condition in conditions)


def _least_whole(conditions: Sequence[Condition], parameters: int) -> Point | None:
    """The simple solution of linear conditions, if a short search of whole numbers finds it."""
    if not _is_linear(conditions):
        return None
    steps = _MAX_STEPS

    def completed(system: System, point: Point) -> Point | None:
        nonlocal steps
        if len(point) == parameters:
            return point
        for value in range(_MAX_WHOLE + 1):
            if not steps:
                break
            steps -= 1
            equation = Condition(parameter(len(point)) - number(value), "==")
            narrower = relaxed([equation], system)
            solution = None if narrower.weights else completed(narrower, (*point, Fraction(value)))
            if solution is not None:
                return solution
        return None

    signs = [Condition(parameter(k), ">=") for k in range(parameters)]
    return completed(relaxed([*map(_at_whole_numbers, conditions), *signs]), ())


def _at_whole_numbers(condition: Condition) -> Condition:
    """What a condition says of whole numbers: what is positive is at least 1."""
    if condition.relation != ">":
        return condition
    return Condition(condition.polynomial.primitive - ONE, ">=")


def guessed_point(conditions: Sequence[Condition], parameters: int, system: System) -> Point | None:
    """A solution from the relaxation of the conditions, without z3.

    Where the relaxation has none of the conditions themselves, the parameters of nonlinear
    monomials get values one after the other. Linear conditions that have a solution get one.
    """
    attempts = _MAX_RELAXATIONS

    def guessed(conditions: Sequence[Condition], system: System) -> Point | None:
        nonlocal attempts
        attempts -= 1
        if system.weights:
            return None
        point = candidate(system, parameters)
        k = _most_entangled(conditions)
        if k is None or all(map(holding_at(point), conditions)):
            return point
        for value in dict.fromkeys((point[k], Fraction(0), Fraction(1))):
            if attempts:
                narrower = [_at(condition, k, value) for condition in conditions]
                solution = guessed(narrower, relaxed(narrower))
                if solution is not None:
                    return _with(solution, {k: value})
        return None

    if _is_linear(conditions) or not (fewer := eased(conditions)).rules:
        return guessed(conditions, system)
    point = guessed(fewer.conditions, relaxed(fewer.conditions))
    return None if point is None else fewer.completed(point)


def ask_solvers(
    conditions: Sequence[Condition], names: Sequence[str], *, seconds: float = 60.0
) -> tuple[str, ...]:
    """The solvers, z3 and if installed cvc5, that say that the conditions have no solution.

    Both are asked about the same text, for so many seconds each. Raises Disagreement if one says
    that there is a solution and the other that there is none.
    """
    from coopgap.proofs.export.conditions import conditions_to_smtlib

    query = conditions_to_smtlib(conditions, names)
    answers = {"z3": _by_z3(query, seconds), "cvc5": _by_cvc5(query, seconds)}
    if {"sat", "unsat"} <= set(answers.values()):
        listed = ", ".join(f"{name}: {answer}" for name, answer in answers.items())
        raise Disagreement(listed, query)
    return tuple(name for name, answer in answers.items() if answer == "unsat")


def _by_z3(query: str, seconds: float) -> str:
    import z3

    solver = z3.Solver(ctx=z3.Context())
    solver.set("timeout", math.ceil(seconds * 1000))
    solver.from_string(query)
    return str(solver.check())


def _by_cvc5(query: str, seconds: float) -> str:
    """cvc5's answer, or that it is not installed."""
    try:
        import cvc5
    except ImportError:
        return "not installed"
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(math.ceil(seconds * 1000)))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, query, "query.smt2")
    output = ""
    while not (command := parser.nextCommand()).isNull():
        output += command.invoke(solver, parser.getSymbolManager())
    return output.strip()


class _GivenUp(Exception):
    """z3 gave no answer."""


@dataclass(frozen=True)
class _Search:
    """The search for a point. deadline: in seconds of the monotonic clock."""

    parameters: int
    deadline: float

    def point(self, conditions: Sequence[Condition], thorough: bool) -> Point | Unanswered | None:
        """The solution, which z3 is asked to make simpler if the search is to be thorough."""
        import z3

        try:
            point = self.solution(self.solver(conditions))
        except (_GivenUp, z3.Z3Exception) as reason:
            return Unanswered(str(reason))
        if point is None:
            return None
        rest, free = list(conditions), list(range(self.parameters))
        # Once these have values, the others are in a linear system, of which z3 knows everything.
        while (k := _most_entangled(rest)) is not None:
            point = self.simpler(rest, k, point, thorough)
            rest = [_at(condition, k, point[k]) for condition in rest]
            free.remove(k)
        if thorough:
            point = self.simplest(rest, free, point)
        for k in () if thorough else free:
            point = self.simpler(rest, k, point, thorough)
        if all(map(holding_at(point), conditions)):
            return point
        return Unanswered("only irrational solutions were found")

    @cached_property
    def context(self) -> z3.Context:
        import z3

        return z3.Context()

    @cached_property
    def variables(self) -> list[z3.ArithRef]:
        import z3

        return [z3.Real(f"x{k}", self.context) for k in range(self.parameters)]

    def solver(self, conditions: Sequence[Condition]) -> z3.Solver:
        import z3

        from coopgap.proofs.export.conditions import conditions_to_smtlib

        solver = z3.SolverFor("QF_LRA" if _is_linear(conditions) else "QF_NRA", ctx=self.context)
        names = [f"x{k}" for k in range(self.parameters)]
        solver.from_string(conditions_to_smtlib(conditions, names))
        return solver

    def solution(self, solver: z3.Solver, share: int = 1) -> Point | None:
        """A solution, irrational values rounded; None if there is none.

        Raises _GivenUp if z3 does not know. share: the part of the time left that it may take.
        """
        import z3

        milliseconds = math.ceil((self.deadline - time.monotonic()) / share * 1000)
        if milliseconds <= 0:
            raise _GivenUp("z3 ran out of time")
        solver.set("timeout", milliseconds)
        answer = solver.check()
        if answer == z3.unknown:
            raise _GivenUp(f"z3 gave up: {solver.reason_unknown()}")
        if answer == z3.unsat:
            return None
        model = solver.model()
        values = [model.eval(variable, model_completion=True) for variable in self.variables]
        return tuple(
            Fraction((value.approx(_DIGITS) if z3.is_algebraic_value(value) else value).as_string())
            for value in values
        )

    def attempt(self, solver: z3.Solver, terms: Sequence[z3.BoolRef]) -> Point | None:
        """A solution that satisfies the terms as well, if z3 finds one soon."""
        solver.push()
        solver.add(*terms)
        try:
            return self.solution(solver, _SHARE)
        except _GivenUp:
            return None
        finally:
            solver.pop()

    def simpler(
        self, conditions: Sequence[Condition], k: int, point: Point, thorough: bool
    ) -> Point:
        """A point with a simple value of parameter k.

        Other parameters in these conditions change only if the search is thorough.
        """
        concerned = _about(k, conditions)

        def point_with(value: Fraction) -> Point | None:
            moved = _with(point, {k: value})
            if all(map(holding_at(moved), concerned)):
                return moved
            if not thorough:
                return None
            rest = [_at(condition, k, value) for condition in conditions]
            solution = self.attempt(self.solver(rest), ())
            if solution is None:
                return None
            changed = {j for condition in rest for m in condition.polynomial.terms for j in m}
            moved = _with(moved, {j: solution[j] for j in changed})
            return moved if all(map(holding_at(moved), conditions)) else None

        guesses = _GUESSES[: 1 if _is_linear(conditions) else None]
        return _first(guesses, point[k], point_with) or point

    def simplest(self, conditions: Sequence[Condition], free: Sequence[int], point: Point) -> Point:
        """A point with simple values of the parameters that are left in linear conditions."""
        solver = self.solver(conditions)
        signs = [self.variables[k] >= 0 for k in free]
        if self.attempt(solver, signs) is not None:
            solver.add(*signs)
        grid = self.grid(solver, free)
        solution = self.attempt(solver, ())
        if solution is None:
            return point
        point = _with(point, {k: solution[k] for k in free})
        for k in free:
            concerned = _about(k, conditions)

            def point_with(
                value: Fraction,
                k: int = k,
                point: Point = point,
                concerned: Sequence[Condition] = concerned,
            ) -> Point | None:
                if k in grid and grid[k] % value.denominator:
                    return None
                moved = _with(point, {k: value})
                if all(map(holding_at(moved), concerned)):
                    return moved
                solution = self.attempt(solver, [self.variables[k] == str(value)])
                return None if solution is None else _with(point, {j: solution[j] for j in free})

            point = _first(_GUESSES[:1], point[k], point_with) or point
            solver.add(self.variables[k] == str(point[k]))
        return point

    def grid(self, solver: z3.Solver, free: Sequence[int]) -> dict[int, int]:
        """Demands denominators of the solver: 1 where possible, a small common one elsewhere."""
        import z3

        def multiples(parameters: Iterable[int], unit: int) -> list[z3.BoolRef]:
            return [z3.IsInt(unit * self.variables[k]) for k in parameters]

        whole = list(free)
        if self.attempt(solver, multiples(whole, 1)) is None:
            whole = []
            for k in free:
                if self.attempt(solver, multiples([*whole, k], 1)) is not None:
                    whole.append(k)
        solver.add(*multiples(whole, 1))
        fractional = [k for k in free if k not in whole]
        for unit in _UNITS if len(fractional) > 1 else ():
            if self.attempt(solver, multiples(fractional, unit)) is not None:
                solver.add(*multiples(fractional, unit))
                return dict.fromkeys(whole, 1) | dict.fromkeys(fractional, unit)
        return dict.fromkeys(whole, 1)


def _most_entangled(conditions: Sequence[Condition]) -> int | None:
    """The parameter of the most nonlinear monomials, if there are any."""
    monomials = [m for condition in conditions for m in condition.polynomial.terms if len(m) > 1]
    counts = Counter(k for monomial in monomials for k in sorted(set(monomial)))
    return min(counts, key=lambda k: (-counts[k], k), default=None)


def _about(k: int, conditions: Sequence[Condition]) -> list[Condition]:
    return [c for c in conditions if any(k in m for m in c.polynomial.terms)]


def _with(point: Point, values: Mapping[int, Fraction]) -> Point:
    return tuple(values.get(k, value) for k, value in enumerate(point))


def _at(condition: Condition, k: int, value: Fraction) -> Condition:
    """A positive multiple of the condition where parameter k has this value."""
    whole = condition.polynomial.primitive
    highest = max((m.count(k) for m in whole.terms), default=0)
    if not highest:
        return condition
    above, below = value.numerator, value.denominator
    factors = [above**e * below ** (highest - e) for e in range(highest + 1)]
    terms: dict[Monomial, int] = {}
    for monomial, coefficient in whole.terms.items():
        rest = tuple(factor for factor in monomial if factor != k)
        product = coefficient * factors[len(monomial) - len(rest)]
        terms[rest] = terms.get(rest, 0) + product
    return Condition(Polynomial({m: c for m, c in terms.items() if c}), condition.relation)


def _first(
    guesses: Sequence[Fraction], value: Fraction, point_with: Callable[[Fraction], Point | None]
) -> Point | None:
    """The point with the first value that has one: of the guesses, then of simpler numbers."""
    for guess in guesses:
        point = point_with(guess)
        if point is not None:
            return point
    for high, member in _runs(value):
        low, point = 1, point_with(member(high))
        while point is not None and low < high:
            middle = (low + high) // 2
            earlier = point_with(member(middle))
            if earlier is None:
                low = middle + 1
            else:
                high, point = middle, earlier
        if point is not None:
            return point
    return None


def _runs(value: Fraction) -> Iterator[tuple[int, Callable[[int], Fraction]]]:
    """The numbers that are simpler than a value, and at last the value.

    They are its ancestors in the tree of Stern (1858) and Brocot (1861), by the runs of its
    continued fraction. Along a run they come closer to it; the simplest number of an interval
    around it is the first of them in there.
    """
    sign = -1 if value < 0 else 1
    numerator, denominator = abs(value.numerator), value.denominator
    before, last = (0, 1), (1, 0)
    while denominator:
        length, remainder = divmod(numerator, denominator)

        def member(
            t: int, before: tuple[int, int] = before, last: tuple[int, int] = last
        ) -> Fraction:
            return sign * Fraction(t * last[0] + before[0], t * last[1] + before[1])

        if length:
            yield length, member
        before, last = last, (length * last[0] + before[0], length * last[1] + before[1])
        numerator, denominator = denominator, remainder
