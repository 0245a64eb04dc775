"""The best mechanism, certified, against HiGHS's floats on the direct encoding of the programme."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import highspy
import numpy as np
from instances import Disagreement, options

from coopgap.proofs.algebra.exact_lp import LinearProgram, solve
from coopgap.proofs.certificates.certificate import verified
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.mechanisms import mechanism_claims
from coopgap.proofs.questions.mechanism_programme import Programme, columns_of
from coopgap.proofs.questions.mechanisms import Mechanisms, Society
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import environment
from coopgap.theory.information import Information, complete_information, pooled_best
from coopgap.theory.languages import ProductLanguage

SEEDS = range(3)

SECONDS = 60.0


def society(rng: random.Random, agents: int, actions: int, types: int) -> Society:
    """Independent private types, all equally likely; actions verifiable, states not; by consent."""
    profiles = list(product(range(types), repeat=agents))
    worth = {
        (i, t, a): rng.randint(-4, 8)
        for i in range(agents)
        for t in range(types)
        for a in product(range(actions), repeat=agents)
    }
    payoffs = [
        [
            [worth[i, type_profile[i], a] for a in product(range(actions), repeat=agents)]
            for type_profile in profiles
        ]
        for i in range(agents)
    ]
    names = ["".join(map(str, type_profile)) for type_profile in profiles]
    game = environment(
        [f"p{i}" for i in range(agents)],
        [[str(a) for a in range(actions)]] * agents,
        payoffs,
        names,
    )
    cells = tuple(tuple(type_profile[i] for type_profile in profiles) for i in range(agents))
    language = ProductLanguage((0,) * len(profiles), (tuple(range(actions)),) * agents)
    contracts = Transfers(Budget.BALANCED, None, (Fraction(0),) * agents)
    return Society(game, Information(cells), language, contracts, (Fraction(0),) * agents)


def informed(rng: random.Random, actions: int, states: int) -> Society:
    """Two agents who see the state; effort is verified up to pairs of actions."""
    payoffs = [
        [[rng.randint(-4, 8) for _ in range(actions**2)] for _ in range(states)] for _ in range(2)
    ]
    labels = [[str(a) for a in range(actions)]] * 2
    game = environment(["p0", "p1"], labels, payoffs, [f"w{k}" for k in range(states)])
    classes = (tuple(a // 2 for a in range(actions)),) * 2
    language = ProductLanguage((0,) * states, classes)
    known = complete_information(game)
    return Society(game, known, language, Transfers(Budget.BALANCED), (Fraction(0),) * 2)


def certified(about: Society) -> tuple[Mechanisms, float]:
    """What mechanisms reach, and the seconds up to the core's acceptance of its certificate."""
    start = time.perf_counter()
    answer = decide.mechanisms(about, SECONDS)
    assert isinstance(answer, Mechanisms), answer
    best = pooled_best(about.environment, about.information).welfare
    claim, witness = next(mechanism_claims(answer, best))
    certificate = decide.certify_mechanism(about, claim, witness)
    assert verified(certificate.text).accepted
    return answer, time.perf_counter() - start


def exact(about: Society) -> float:
    """The seconds of the exact solution of the same programme, without building and checking."""
    rows, aim, columns, index = arrays(about)
    entries = [(r, index[c], v) for r, row in enumerate(rows) for c, v in row.terms.items()]
    places, indices, values = zip(*entries, strict=True)
    programme = LinearProgram(
        objective=np.array([-aim.get(c, 0) for c in columns]),
        rows=np.array(places),
        columns=np.array(indices),
        coefficients=np.array(values),
        bounds=np.array([row.bound for row in rows]),
        equality=np.array([row.equality for row in rows]),
        nonnegative=np.array([c[0] not in ("pay", "best") for c in columns]),
    )
    start = time.perf_counter()
    assert solve(programme) is not None
    return time.perf_counter() - start


def arrays(about: Society) -> tuple[Any, Any, list[Any], dict[Any, int]]:
    """The rows, the welfare, the columns and their places."""
    programme = Programme(about)
    rows, aim = programme.rows(), programme.welfare_terms()
    columns = columns_of(rows, aim)
    return rows, aim, columns, {column: k for k, column in enumerate(columns)}


def floats(about: Society) -> tuple[float, float]:
    """HiGHS's bound from the rows of the programme, and its seconds; building is not counted."""
    rows, aim, columns, index = arrays(about)
    starts, places, values = [0], [], []
    for row in rows:
        places += [index[c] for c in row.terms]
        values += [float(v) for v in row.terms.values()]
        starts.append(len(places))
    infinite = highspy.kHighsInf
    lower = [float(row.bound) for row in rows]
    upper = [float(row.bound) if row.equality else infinite for row in rows]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(columns), len(lower)
    model.col_cost_ = np.array([-float(aim.get(c, 0)) for c in columns])
    free = [c[0] in ("pay", "best") for c in columns]
    model.col_lower_ = np.array([-infinite if unbounded else 0.0 for unbounded in free])
    model.col_upper_ = np.full(len(columns), infinite)
    model.row_lower_, model.row_upper_ = np.array(lower), np.array(upper)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array(starts)
    model.a_matrix_.index_ = np.array(places)
    model.a_matrix_.value_ = np.array(values)
    start = time.perf_counter()
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    solver.run()
    seconds = time.perf_counter() - start
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return -math.inf, seconds
    game = about.environment
    mass = math.lcm(*(p.denominator for p in game.prior))
    return -solver.getObjectiveValue() / (mass * game.denominator), seconds


def compare(name: str, drawn: Sequence[Society], target: float, *, direct: bool = True) -> None:
    """Prints the times of both sides; raises Disagreement where their bounds differ."""
    ours, ratios = [], []
    for about in drawn:
        answer, seconds = certified(about)
        ours.append(seconds)
        if direct:
            bound, theirs = floats(about)
            equal = math.isclose(bound, float(answer.bound), abs_tol=1e-6)  # type: ignore[arg-type]
            if not equal:
                raise Disagreement(f"{name}: {answer.bound} is {bound} in floats")
            ratios.append(exact(about) / theirs)
    summary = f"{name}: certified in {statistics.median(ours):.2f} s, {max(ours):.2f} s at worst"
    summary += f" (target {target:g} s)"
    if ratios:
        middle = statistics.median(ratios)
        summary += (
            f"; exact over float solve: median {middle:.1f} (target 5), {max(ratios):.1f} at worst"
        )
    print(summary)


if __name__ == "__main__":
    quick = options(__doc__).quick
    seeds = SEEDS[:1] if quick else SEEDS
    types = 2 if quick else 3
    compare(
        f"2 agents × {types} actions × {types} types, balanced, by consent",
        [society(random.Random(seed), 2, types, types) for seed in seeds],
        5,
    )
    compare(
        "3 agents × 2 actions × 2 types, balanced, by consent",
        [society(random.Random(seed), 3, 2, 2) for seed in seeds],
        10,
    )
    size, states = (4, 5) if quick else (10, 20)
    compare(
        f"complete information, 2 agents × {size} actions × {states} states, state by state",
        [informed(random.Random(seed), size, states) for seed in seeds],
        5,
        direct=False,
    )
