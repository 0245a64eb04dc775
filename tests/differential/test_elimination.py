"""Elimination against enumeration of all supports and against z3, and the obstruction basis against
the engines, the checker and enumeration of cycles, on small random systems and environments."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import Any

import flint
import pytest
import z3
from random_environments import BASE_SEED, random_environment, random_language, random_levels

from coopgap.proofs.algebra.elimination import (
    TooMany,
    incentive,
    obstructions,
    transfer_obstructions,
    transfer_rows,
)
from coopgap.proofs.certificates import witnesses
from coopgap.proofs.deciding import decide
from coopgap.proofs.engines.obstruction_basis import basis
from coopgap.proofs.questions.obligations import (
    Excluded,
    Implementability,
    Obstruction,
    Reached,
    Selection,
    Setting,
    Unanswered,
    flat_profile,
    incentives,
    problem,
)
from coopgap.proofs.trusted.contracts import obstruction as read_obstruction
from coopgap.proofs.trusted.documents import Budget as Steps
from coopgap.proofs.trusted.polynomials import Known
from coopgap.proofs.trusted.problems import Case, Plays, Problem
from coopgap.theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment, environment
from coopgap.theory.languages import state_blind

System = tuple[list[dict[int, int]], frozenset[int]]

SHAPES = [(2, 2), (2, 2), (2, 3), (3, 3), (2, 2, 2), (2, 2, 2), (3, 2, 2), (2, 3, 3)]


def random_system(rng: Random) -> System:
    """Up to 7 rows over 3 variables, equal, opposite and empty rows among them."""
    rows: list[dict[int, int]] = []
    for _ in range(rng.randint(1, 7)):
        if rows and rng.random() < 0.25:
            scale = rng.choice([1, 1, -1, 2])
            rows.append({v: scale * a for v, a in rng.choice(rows).items()})
        else:
            rows.append({v: rng.randint(-2, 2) for v in range(3) if rng.random() < 0.6})
    return rows, frozenset(r for r in range(len(rows)) if rng.random() < 0.2)


def kernel(rows: Sequence[Mapping[int, int]], numbers: Sequence[int]) -> Any:
    """A basis of the y on these rows with Σ y_r rows[r] = 0, as columns, and its size."""
    columns = max((v for row in rows for v in row), default=0) + 1
    matrix = [[rows[r].get(v, 0) for r in numbers] for v in range(columns)]
    return flint.fmpz_mat(matrix).nullspace() if numbers else (None, 0)


def supports(
    rows: Sequence[Mapping[int, int]], equations: Collection[int]
) -> tuple[dict[frozenset[int], dict[int, int]], int]:
    """The inequalities of each extreme ray with one such ray, and the dimension of the lines: all
    sets of inequalities are tried, the small ones first."""
    inequalities = [r for r in range(len(rows)) if r not in equations]
    fixed = sorted(equations)
    _, lines = kernel(rows, fixed)
    rays: dict[frozenset[int], dict[int, int]] = {}
    for size in range(1, len(inequalities) + 1):
        for chosen in combinations(inequalities, size):
            columns, nullity = kernel(rows, [*chosen, *fixed])
            if nullity != lines + 1 or any(smaller <= set(chosen) for smaller in rays):
                continue
            for j in range(nullity):
                y = [int(columns[k, j]) for k in range(size + len(fixed))]
                y = [-weight for weight in y] if y[0] < 0 else y
                if all(weight > 0 for weight in y[:size]):
                    common = math.gcd(*y)
                    numbers = [*chosen, *fixed]
                    ray = {
                        r: weight // common for r, weight in zip(numbers, y, strict=True) if weight
                    }
                    rays[frozenset(chosen)] = ray
    return rays, lines


def total(rows: Sequence[Mapping[int, int]], ray: Mapping[int, int]) -> dict[int, int]:
    """Σ y_r rows[r], without zeros."""
    variables = {v for row in rows for v in row}
    sums = {v: sum(y * rows[r].get(v, 0) for r, y in ray.items()) for v in variables}
    return {v: a for v, a in sums.items() if a}


def solvable(
    rows: Sequence[Mapping[int, int]], equations: Collection[int], bounds: Sequence[int]
) -> bool:
    solver = z3.Solver()
    for r, row in enumerate(rows):
        combination = z3.Sum([a * z3.Real(f"x{v}") for v, a in row.items()] + [z3.RealVal(0)])
        solver.add(combination == bounds[r] if r in equations else combination >= bounds[r])
    return bool(solver.check() == z3.sat)


def test_rays_are_those_of_an_enumeration_of_all_supports():
    seen: set[tuple[bool, bool]] = set()
    for seed in range(BASE_SEED, BASE_SEED + 250):
        rows, equations = random_system(Random(seed))
        expected, dimension = supports(rows, equations)
        generators = obstructions(rows, equations)
        rays = [ray for ray in generators if not set(ray) <= equations]
        lines = [ray for ray in generators if set(ray) <= equations]
        assert {frozenset(ray) - equations for ray in rays} == set(expected), seed
        assert len(rays) == len(expected), seed
        assert all({r: -y for r, y in line.items()} in lines for line in lines), seed
        assert len(lines) == 2 * dimension, seed
        for ray in generators:
            assert not total(rows, ray), seed
            assert math.gcd(*ray.values()) == 1, seed
            assert all(y > 0 or (y and r in equations) for r, y in ray.items()), seed
        if not dimension:
            assert sorted(map(sorted, (ray.items() for ray in rays))) == sorted(
                map(sorted, (ray.items() for ray in expected.values()))
            ), seed
        seen.add((dimension > 0, bool(rays)))
    assert len(seen) == 4


def test_a_system_is_solvable_iff_no_ray_is_positive():
    answers = []
    for seed in range(BASE_SEED, BASE_SEED + 150):
        rng = Random(seed)
        rows, equations = random_system(rng)
        rays = obstructions(rows, equations)
        point = {v: rng.randint(-2, 2) for v in range(3)}
        at_point = [sum(a * point[v] for v, a in row.items()) for row in rows]
        for spread in (0, 1, 3):
            bounds = [value + rng.randint(-spread, spread) for value in at_point]
            free_of = all(sum(y * bounds[r] for r, y in ray.items()) <= 0 for ray in rays)
            assert solvable(rows, equations, bounds) == free_of, (seed, bounds)
            answers.append(free_of)
    assert 100 < sum(answers) < len(answers) - 100


@pytest.mark.parametrize(
    ("rows", "equations", "rays"),
    [
        ([], [], []),
        ([{0: 1}], [], []),
        ([{}], [], [{0: 1}]),
        ([{}], [0], [{0: -1}, {0: 1}]),
        ([{0: 0}, {}], [], [{0: 1}, {1: 1}]),
        ([{0: 1}, {0: 1}, {0: -2}], [], [{0: 2, 2: 1}, {1: 2, 2: 1}]),
        ([{0: 1}, {0: -1}, {1: 1}, {1: -1}], [], [{0: 1, 1: 1}, {2: 1, 3: 1}]),
        ([{0: 1}, {0: 2}], [0], [{0: -2, 1: 1}]),
        ([{0: 1}, {0: 2}], [0, 1], [{0: -2, 1: 1}, {0: 2, 1: -1}]),
    ],
)
def test_rays_by_hand(rows, equations, rays):
    assert obstructions(rows, equations) == rays


def chain(length: int, width: int) -> list[dict[int, int]]:
    """A ring of variables with ``width`` copies of the row at every step, zeros written out."""
    return [
        {step: 1, (step + 1) % length: -1, length + step * width + k: 0}
        for step in range(length)
        for k in range(width)
    ]


def doubling(length: int) -> list[dict[int, int]]:
    """A ring in which two distinct ways lead from each variable to the next: 2 ** length rays."""
    rows = []
    for step in range(length):
        variable, following, detour = 2 * step, 2 * ((step + 1) % length), 2 * step + 1
        rows += [
            {variable: 1, following: -1},
            {variable: 1, detour: -1},
            {detour: 1, following: -1},
        ]
    return rows


def test_the_limit_raises_and_never_gives_a_part():
    for rows in (chain(5, 2), doubling(5)):
        assert len(obstructions(rows, limit=32)) == 32
        with pytest.raises(TooMany, match="over 31 "):
            obstructions(rows, limit=31)
    for rows in ([dict[int, int]()] * 3, [{0: 1}, {0: 2}, {0: 3}]):
        with pytest.raises(TooMany):
            obstructions(rows, limit=2)


def test_the_limit_holds_on_the_way_too():
    signs = [(1, -1, -1), (1, 1, 1), (1, -1, 1), (-1, 1, -1), (-1, -1, -1)]
    rows = [dict(enumerate(row)) for row in signs]
    assert len(obstructions(rows, limit=6)) == 2
    with pytest.raises(TooMany):
        obstructions(rows, limit=5)


def test_steps_are_told_before_much_is_done_and_may_end_the_search():
    class Enough(Exception):
        pass

    charges: list[int] = []
    obstructions(doubling(7), spend=charges.append)
    assert min(charges) >= 0
    assert sum(charges) > 1_000
    assert max(charges) < sum(charges) / 10

    left = sum(charges) // 2

    def spend(steps: int) -> None:
        nonlocal left
        left -= steps
        if left < 0:
            raise Enough

    with pytest.raises(Enough):
        obstructions(doubling(7), spend=spend)


def test_the_rows_of_transfers_are_in_the_documented_order():
    arcs = [incentive(arc) for arc in ((0, 5, 7), (1, 5, 5), (1, 7, 9))]
    of_arcs = [{0: 1, 2: -1}, {}, {3: 1, 5: -1}]
    for budget, liable in (("free", False), ("free", True), ("burnt", False)):
        assert transfer_rows(2, arcs, budget, liable) == (of_arcs, range(0))
    balanced = [{0: 1, 1: 1}, {2: 1, 3: 1}, {4: 1, 5: 1}]
    bounded = [{v: 1} for v in range(6)]
    assert transfer_rows(2, arcs, "balanced", False) == (of_arcs + balanced, range(3, 6))
    assert transfer_rows(2, arcs, "balanced", True) == (of_arcs + balanced + bounded, range(3, 6))
    rows, equations = transfer_rows(2, arcs, "burnt", True)
    assert rows[3:6] == [{0: -1, 1: -1}, {2: -1, 3: -1}, {4: -1, 5: -1}]
    assert not equations


def test_limits_in_common_ask_nothing_where_they_are_left_out():
    """With all rows written out, free money under a bound and burnt money without one give the
    cycles alone."""
    for seed in range(BASE_SEED, BASE_SEED + 40):
        rng = Random(seed)
        arcs = [incentive((rng.randrange(2), rng.randrange(3), rng.randrange(3))) for _ in range(5)]
        cycles = [weights for weights, _ in transfer_obstructions(2, arcs, "free", False)]
        rows, _ = transfer_rows(2, arcs, "burnt", True)
        records = len({record for arc in arcs for record, _ in arc})
        bounded = [*rows[:5], *rows[5 + records :]]
        burnt = rows[: 5 + records]
        assert [ray for ray in obstructions(bounded) if min(ray) < 5] == cycles
        assert obstructions(burnt) == cycles


# --- the basis of a selection ---------------------------------------------------------------------


def settings(seed: int) -> Iterator[tuple[Setting, Selection, tuple[Fraction, ...]]]:
    """One environment, language and selection under every class of contracts."""
    rng = Random(seed)
    game = random_environment(rng, rng.choice(SHAPES), rng.randint(1, 3))
    language = random_language(rng, game)
    levels = random_levels(rng, game)
    selection = {state: tuple(map(rng.randrange, game.shape)) for state in game.support}
    bound = Fraction(rng.choice([0, 1, 2]), rng.choice([1, 2]))
    classes: list[ContractClass] = [NoContract()]
    classes += [Transfers(budget, b) for budget in Budget for b in (None, bound)]
    for contracts in classes:
        yield Setting(game, language, contracts), selection, levels


def strength_of(
    data: Problem, setting: Setting, obstruction: Obstruction
) -> tuple[dict[int, int], Any]:
    """The part and the strength of an obstruction, as the core has them."""
    witness = witnesses.obstruction(setting, obstruction)
    case = Case(Plays(data, Steps()), Known(), ("implementable", False, {}), witness)
    part, (strength,) = read_obstruction(case, witness)
    return part, strength


def rests_on(setting: Setting, obstruction: Obstruction, plays: Plays) -> set[Any]:
    """The inequalities that an obstruction adds up: its deviations, budgets and bounds on fines."""
    divergence: dict[int, list[int]] = {}
    for state, agent, action, weight in obstruction.deviations:
        profile = obstruction.part[state]
        moved = (*profile[:agent], action, *profile[agent + 1 :])
        for play, sign in ((profile, 1), (moved, -1)):
            record = plays.record(state, flat_profile(setting.environment, play))
            divergence.setdefault(record, [0] * len(plays.agents))[agent] += sign * weight
    rests: set[Any] = {deviation[:3] for deviation in obstruction.deviations}
    assert isinstance(setting.contracts, Transfers)
    for record, of_agent in divergence.items():
        top = max(of_agent)
        if setting.contracts.budget is Budget.BURNT and top > 0:
            rests.add(("budget", record))
        if setting.contracts.budget is Budget.BURNT:
            top = max(top, 0)
        rests |= {("fine", record, agent) for agent, d in enumerate(of_agent) if d < top}
    return rests


def test_a_selection_is_implementable_iff_no_obstruction_of_its_basis_is_positive():
    kinds: dict[str, int] = {}
    answers = {Reached: 0, Excluded: 0}
    for seed in range(BASE_SEED, BASE_SEED + 120):
        for setting, selection, levels in settings(seed):
            members = basis(setting, selection)
            answer = decide.ask(Implementability(setting, levels, selection))
            assert isinstance(members, tuple)
            assert isinstance(answer, Reached | Excluded)
            data = problem(setting, levels)
            positive = False
            for obstruction in members:
                part, strength = strength_of(data, setting, obstruction)
                assert set(part) == {deviation[0] for deviation in obstruction.deviations}
                positive |= strength > 0
                kinds[obstruction.kind] = kinds.get(obstruction.kind, 0) + 1
            assert positive == isinstance(answer, Excluded), (seed, setting.contracts)
            answers[type(answer)] += 1
            if isinstance(setting.contracts, Transfers):
                rests = [
                    rests_on(setting, obstruction, Plays(data, Steps())) for obstruction in members
                ]
                assert not any(a <= b for a, b in product(rests, rests) if a is not b), seed
    assert min(answers.values()) > 100
    assert set(kinds) == {
        "profitable-deviation", "aliasing", "cycle", "common-divergence-flow", "farkas",
    }  # fmt: skip


def test_the_strength_of_an_obstruction_is_gains_less_what_is_left_to_liability():
    """``transfer_obstructions`` and the checker agree on every obstruction."""
    slacks = 0
    for seed in range(BASE_SEED, BASE_SEED + 60):
        for setting, selection, _ in settings(seed):
            if not isinstance(setting.contracts, Transfers):
                continue
            rows = incentives(setting, selection)
            columns = (rows.agent, rows.source, rows.target)
            arcs = [
                incentive(arc) for arc in zip(*(column.tolist() for column in columns), strict=True)
            ]
            bound, budget = setting.contracts.liability, setting.contracts.budget
            rays = transfer_obstructions(rows.agents, arcs, budget, bound is not None)
            members = basis(setting, selection)
            assert isinstance(members, tuple)
            data = problem(setting, setting.selfish)
            for (weights, slack), obstruction in zip(rays, members, strict=True):
                _, strength = strength_of(data, setting, obstruction)
                gains = sum(y * int(rows.gain[r]) for r, y in weights.items())
                scale = 1 if bound is None else bound.denominator
                assert strength == scale * (gains - slack * (bound or 0) * rows.unit)
                assert bound is not None or not slack
                slacks += slack > 0
    assert slacks > 100


def plain_game(shape: Sequence[int], states: int) -> Environment:
    """All payoffs 0: the basis does not look at them."""
    return environment(
        players=[f"p{i}" for i in range(len(shape))],
        actions=[[f"a{k}" for k in range(size)] for size in shape],
        payoffs=[[[0] * math.prod(shape)] * states] * len(shape),
        states=[f"w{s}" for s in range(states)],
        prior=[Fraction(1, states)] * states,
    )


def simple_cycles(arcs: Mapping[Any, tuple[Any, Any]]) -> set[frozenset[Any]]:
    """The sets of arcs that form a cycle without a repeated node, by walking from every node."""
    cycles: set[frozenset[Any]] = set()

    def walk(start: Any, at: Any, visited: tuple[Any, ...], path: frozenset[Any]) -> None:
        for name, (source, target) in arcs.items():
            if source == at and target == start:
                cycles.add(path | {name})
            elif source == at and target not in visited:
                walk(start, target, (*visited, target), path | {name})

    for node in {source for source, _ in arcs.values()}:
        walk(node, node, (node,), frozenset())
    return cycles


@pytest.mark.parametrize(("shape", "states"), [((2, 2), 4), ((3, 2), 5), ((3, 3), 4), ((3,), 4)])
def test_with_free_money_the_basis_is_the_simple_cycles(shape, states):
    game = plain_game(shape, states)
    most = 0
    for seed in range(BASE_SEED, BASE_SEED + 10):
        rng = Random(seed)
        selection = {state: tuple(map(rng.randrange, shape)) for state in range(states)}
        expected: set[frozenset[Any]] = set()
        for agent, size in enumerate(shape):
            arcs = {}
            for state, profile in selection.items():
                for action in set(range(size)) - {profile[agent]}:
                    after = (*profile[:agent], action, *profile[agent + 1 :])
                    arcs[state, agent, action] = (profile, after)
            expected |= simple_cycles(arcs)
        for contracts in (Transfers(Budget.FREE), Transfers(Budget.BURNT)):
            members = basis(Setting(game, state_blind(game), contracts), selection)
            assert isinstance(members, tuple)
            assert {obstruction.kind for obstruction in members} <= {"cycle"}
            chosen = [
                frozenset(move[:3] for move in obstruction.deviations) for obstruction in members
            ]
            assert len(chosen) == len(set(chosen))
            assert set(chosen) == expected
        most = max(most, len(expected))
    assert most > 3


def test_no_basis_beyond_the_limit_or_for_directives():
    game = plain_game((3, 3), 3)
    selection = {0: (0, 0), 1: (1, 1), 2: (2, 2)}
    setting = Setting(game, state_blind(game), Transfers(Budget.BALANCED, Fraction(1)))
    answer = basis(setting, selection, limit=20)
    assert isinstance(answer, Unanswered)
    assert "over 20 " in answer.reason
    charges: list[int] = []
    assert len(basis(setting, selection, spend=charges.append)) > 20  # type: ignore[arg-type]
    assert sum(charges) > 1_000
    directives = basis(Setting(game, state_blind(game), Directives()), selection)
    assert isinstance(directives, Unanswered)
    assert "enumeration" in directives.reason
