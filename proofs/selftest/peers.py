"""Differential fuzzing: coopgap and its peers asked the same of the same games.

Where they differ, the arbiter (``coopgap.proofs.selftest.arbiter``), which evaluates the
definitions in fractions, says in every case whether coopgap is right, and one case is made small.
For implementability a certificate that coopgap writes of its own answer, and the independent
checker, stand in for it. A peer that is not installed is skipped, and named; none is imported
before it is asked.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from io import BytesIO
from itertools import combinations, product
from random import Random
from typing import Any

import numpy as np

from coopgap.proofs.deciding import decide
from coopgap.proofs.fuzzing.shrinking import smallest
from coopgap.proofs.fuzzing.situations import Bounds, Situation, generator, situation
from coopgap.proofs.fuzzing.writing import spec_text
from coopgap.proofs.questions.obligations import (
    Dominated,
    Domination,
    Implementability,
    Reached,
    Setting,
)
from coopgap.proofs.selftest import arbiter
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.exact import integer_array
from coopgap.theory.languages import record_table
from coopgap.theory.specification import NamedLanguage, Specification
from coopgap.theory.welfare import first_best, profiles_where

Answer = Any
"""Comparable: a truth value, or a frozenset of profiles or of pairs of mixes."""

Side = Callable[[Situation], Answer]

NEEDS = {"nashpy": "nashpy", "pygambit": "pygambit", "z3": "z3"}
"""The module of each peer that is one; brute force is here."""

TRIES = 400
"""How many simpler games are looked at for one example."""

LARGEST_DENOMINATOR = 10_000
"""What a float is taken for: the nearest fraction with no larger denominator. Equilibria of the
games drawn have far smaller ones."""


@dataclass(frozen=True)
class Statement:
    """A question to both sides.

    judge: the exact arbiter, who says of an answer whether it is right, in words if it is not
    (empty: right). peers: by the name of the peer and its method.
    """

    id: str
    text: str
    bounds: Bounds
    ours: Side
    judge: Callable[[Situation, Answer], str]
    peers: Mapping[str, Side]


@dataclass(frozen=True)
class Comparison:
    """The answers of coopgap and one peer, compared on one statement.

    wrong: in how many of the disagreements coopgap is not right; right: who is in the smallest
    example, of those if there are any.
    """

    statement: str
    peer: str
    cases: int
    disagreements: int
    seconds: float
    wrong: int = 0
    example: str | None = None
    right: str | None = None
    why: str | None = None
    skipped: str | None = None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return dict(vars(self))


def compare(
    cases: int = 100,
    seed: int = 0,
    statements: Sequence[Statement] = (),
    progress: Callable[[str], None] | None = None,
) -> list[Comparison]:
    """Every statement put to every peer on the same games.

    Case i depends on the seed, the statement and i alone.
    """
    found = []
    for statement in statements or STATEMENTS:
        for name, side in statement.peers.items():
            if progress is not None:
                progress(f"{statement.id}: {name}")
            module = NEEDS.get(name.split()[0])
            if module is not None and find_spec(module) is None:
                absent = f"{module} is not installed"
                found.append(Comparison(statement.id, name, 0, 0, 0.0, skipped=absent))
            else:
                found.append(_compared(statement, name, side, cases, seed))
    return found


def _compared(statement: Statement, name: str, side: Side, cases: int, seed: int) -> Comparison:
    started = time.monotonic()
    differ = [
        drawn
        for drawn in (_drawn(statement, seed, number) for number in range(cases))
        if _differ(statement, side, drawn)
    ]
    plain = Comparison(statement.id, name, cases, len(differ), 0.0)
    if differ:
        wrong = [each for each in differ if statement.judge(each, _asked(statement.ours, each))]
        plain = replace(plain, wrong=len(wrong))
        # Of large payoffs the smallest may be as many steps away.
        left = iter(range(TRIES))

        def alike(each: Situation) -> bool:
            if next(left, None) is None or not _differ(statement, side, each):
                return False
            return not wrong or bool(statement.judge(each, _asked(statement.ours, each)))

        small = smallest((wrong or differ)[0], alike)
        ours = statement.judge(small, _asked(statement.ours, small))
        theirs = statement.judge(small, _asked(side, small))
        right = {
            (True, False): "coopgap",
            (False, True): name,
            (False, False): "neither",
            (True, True): "both",
        }[not ours, not theirs]
        why = "; ".join(
            f"{who} {said}" for who, said in (("coopgap", ours), (name, theirs)) if said
        )
        plain = replace(plain, example=_text(small), right=right, why=why)
    return replace(plain, seconds=round(time.monotonic() - started, 3))


def _differ(statement: Statement, side: Side, drawn: Situation) -> bool:
    shape, bounds = drawn.environment.shape, statement.bounds
    if len(shape) < bounds.agents[0] or min(shape) < bounds.actions[0]:
        return False
    return bool(_asked(side, drawn) != _asked(statement.ours, drawn))


def _asked(side: Side, drawn: Situation) -> Answer:
    """The answer of a side, or the error of one that fails on a valid game."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return side(drawn)
    except Exception as error:
        return f"raises {type(error).__name__}"


def _drawn(statement: Statement, seed: int, number: int) -> Situation:
    rng = generator(seed, statement.id, number)
    drawn = situation(rng, statement.bounds)
    game = drawn.environment
    cooperative = tuple(tuple(range(rng.randint(1, max(1, size - 1)))) for size in game.shape)
    if min(game.shape) > 1:
        game = replace(game, cooperative=cooperative)
    return replace(drawn, environment=_far_apart(game, rng))


def _far_apart(game: Environment, rng: Random) -> Environment:
    """Makes the payoffs of one game in five nearly equal as floats."""
    if rng.random() > 0.2:
        return game
    base = rng.choice((10**9, 2**53, 10**17))
    values = [base + value for value in game.payoffs.ravel().tolist()]
    return replace(game, payoffs=integer_array(values, game.payoffs.shape))


def _text(drawn: Situation) -> str:
    named = NamedLanguage("drawn", drawn.language, drawn.contracts)
    return spec_text(Specification(drawn.environment, (named,), (drawn.levels,)))


def _payoff(drawn: Situation) -> list[dict[tuple[int, ...], int]]:
    """Each agent's payoff of every profile in the first state, as plain integers."""
    game = drawn.environment
    profiles = list(product(*map(range, game.shape)))
    return [{a: int(own[(0, *a)]) for a in profiles} for own in game.payoffs]


def _deviations(profile: Sequence[int], agent: int, size: int) -> Iterator[tuple[int, ...]]:
    for action in range(size):
        yield (*profile[:agent], action, *profile[agent + 1 :])


# --- pure equilibria ------------------------------------------------------------------------------


def _pure(drawn: Situation) -> Answer:
    return frozenset(profiles_where(pure_nash(drawn.environment.payoffs)[0]))


def _pure_by_definition(drawn: Situation) -> Answer:
    payoff, shape = _payoff(drawn), drawn.environment.shape
    return frozenset(
        a
        for a in payoff[0]
        if all(
            own[a] >= own[b]
            for agent, own in enumerate(payoff)
            for b in _deviations(a, agent, shape[agent])
        )
    )


def _pure_by_z3(drawn: Situation) -> Answer:
    """Unknown actions, payoffs as a formula of them; each model is an equilibrium."""
    import z3

    payoff, shape = _payoff(drawn), drawn.environment.shape
    context = z3.Context()
    actions = [z3.Int(f"a{agent}", context) for agent in range(len(shape))]

    def worth(agent: int, at: Sequence[Any]) -> Any:
        value: Any = z3.IntVal(0, context)
        for profile, own in payoff[agent].items():
            here = z3.And([x == k for x, k in zip(at, profile, strict=True)])
            value = z3.If(here, z3.IntVal(own, context), value)
        return value

    solver = z3.Solver(ctx=context)
    for agent, size in enumerate(shape):
        solver.add(actions[agent] >= 0, actions[agent] < size)
        for action in range(size):
            other = [*actions[:agent], z3.IntVal(action, context), *actions[agent + 1 :]]
            solver.add(worth(agent, actions) >= worth(agent, other))
    found = set()
    while solver.check() == z3.sat:
        model = solver.model()
        profile = tuple(model.eval(x, model_completion=True).as_long() for x in actions)
        found.add(profile)
        solver.add(z3.Or([x != k for x, k in zip(actions, profile, strict=True)]))
    return frozenset(found)


def _gambit_game(payoffs: Sequence[Mapping[tuple[int, ...], Fraction | int]]) -> Any:
    """As pygambit reads it from the text of a strategic game, whose numbers are exact.

    The first agent's action varies fastest there; actions are called 1, 2, …
    """
    import pygambit

    sizes = [1 + max(column) for column in zip(*payoffs[0], strict=True)]
    names = " ".join(f'"{agent + 1}"' for agent in range(len(sizes)))
    labels = " ".join(
        f"{{ {' '.join(f'{chr(34)}{k + 1}{chr(34)}' for k in range(size))} }}" for size in sizes
    )
    plays = [play[::-1] for play in product(*map(range, reversed(sizes)))]
    numbers = " ".join(str(own[play]) for play in plays for own in payoffs)
    text = f'NFG 1 R "" {{ {names} }}\n{{ {labels} }}\n""\n\n{numbers}\n'
    return pygambit.read_nfg(BytesIO(text.encode()))


def _pure_by_gambit(drawn: Situation) -> Answer:
    import pygambit

    game = _gambit_game(_payoff(drawn))
    found = pygambit.nash.enumpure_solve(game).equilibria
    return frozenset(
        tuple(
            next(k for k, strategy in enumerate(player.strategies) if each[strategy] == 1)
            for player in game.players
        )
        for each in found
    )


def _judge_pure(drawn: Situation, answer: Answer) -> str:
    return _difference(answer, arbiter.pure_equilibria(arbiter.table(drawn.environment)))


def _difference(answer: Answer, truth: frozenset[Any]) -> str:
    if not isinstance(answer, frozenset):
        return str(answer)
    missing, wrong = truth - answer, answer - truth
    parts = []
    if missing:
        parts.append(f"misses {len(missing)} of {len(truth)} equilibria")
    if wrong:
        parts.append(f"lists {len(wrong)} that are none of them")
    return " and ".join(parts)


# --- mixed equilibria -----------------------------------------------------------------------------


def _mixed(drawn: Situation) -> Answer:
    found: Any = decide.mixed_equilibria({0: drawn.environment.payoffs[:, 0]})
    return frozenset(found[0])


def _mixed_by_definition(drawn: Situation) -> Answer:
    """Pairs of corners of the two polytopes of best replies, all labels of which occur."""
    payoff, (m, n) = _payoff(drawn), drawn.environment.shape
    rows = [[payoff[0][i, j] for j in range(n)] for i in range(m)]
    columns = [[payoff[1][i, j] for i in range(m)] for j in range(n)]
    mine, theirs = _corners(columns, m), _corners(rows, n)
    found = set()
    for x, replies_to_x in mine:
        for y, replies_to_y in theirs:
            used = {i for i in range(m) if x[i] > 0}, {j for j in range(n) if y[j] > 0}
            if used[0] <= replies_to_y and used[1] <= replies_to_x:
                found.add((x, y))
    return frozenset(found)


def _corners(
    table: Sequence[Sequence[int]], size: int
) -> list[tuple[tuple[Fraction, ...], set[int]]]:
    """Corners (x, v) of x ≥ 0, Σ x = 1, table · x ≤ v, v least, with the rows that attain it."""
    zero = [[Fraction(k == i) for k in range(size)] + [Fraction(0)] for i in range(size)]
    worth = [[Fraction(u) for u in row] + [Fraction(-1)] for row in table]
    found: dict[tuple[Fraction, ...], set[int]] = {}
    for tight in combinations(zero + worth, size):
        total = [Fraction(1)] * size + [Fraction(0)]
        solved = _solved([*tight, total], [Fraction(0)] * size + [Fraction(1)])
        if solved is None or min(solved[:size]) < 0:
            continue
        mix = tuple(solved[:size])
        values = [sum(u * p for u, p in zip(row, mix, strict=True)) for row in table]
        if max(values) == solved[size]:
            found[mix] = {k for k, value in enumerate(values) if value == max(values)}
    return list(found.items())


def _solved(matrix: Sequence[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """The only solution of a square system; None if there is none, or more."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = next((k for k in range(column, size) if rows[k][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for k in range(size):
            if k != column and (factor := rows[k][column]):
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[column], strict=True)]
    return [row[size] for row in rows]


def _mixed_by_gambit(drawn: Situation) -> Answer:
    import pygambit

    game = _gambit_game(_payoff(drawn))
    return _of_gambit(pygambit.nash.enummixed_solve(game, rational=True))


def _lcp_by_gambit(drawn: Situation) -> Answer:
    import pygambit

    game = _gambit_game(_payoff(drawn))
    return _none_of(drawn, _of_gambit(pygambit.nash.lcp_solve(game, rational=True)))


def _of_gambit(solution: Any) -> frozenset[Any]:
    return frozenset(
        tuple(
            tuple(Fraction(int(p.numerator), int(p.denominator)) for _, p in profile[player])
            for player in profile.game.players
        )
        for profile in solution.equilibria
    )


def _by_nashpy(method: str, *, shifted: bool) -> Side:
    """The equilibria that a method of nashpy lists.

    shifted: payoffs are passed as exact integers, shifted so that each agent's least payoff is 1,
    as vertex enumeration needs bounded polytopes; else as the nearest floats. nashpy computes in
    floats either way.
    """

    def side(drawn: Situation) -> Answer:
        import nashpy

        own: list[Any] = [table.tolist() for table in drawn.environment.payoffs[:, 0]]
        if shifted:
            least = [min(map(min, rows)) for rows in own]
            own = [
                np.array([[payoff - low + 1 for payoff in row] for row in rows], dtype=np.int64)
                for rows, low in zip(own, least, strict=True)
            ]
        else:
            own = [np.array(rows, dtype=float) for rows in own]
        found = getattr(nashpy.Game(*own), method)()
        return frozenset(
            tuple(
                tuple(Fraction(float(p)).limit_denominator(LARGEST_DENOMINATOR) for p in mix)
                for mix in pair
            )
            for pair in found
        )

    return side


NASHPY: Mapping[str, Side] = {
    f"nashpy {method.replace('_', ' ')}, {'shifted' if shifted else 'floats'}": _by_nashpy(
        method, shifted=shifted
    )
    for method in ("support_enumeration", "vertex_enumeration")
    for shifted in (True, False)
}
"""nashpy's methods, by how the payoffs are passed."""


def _equilibria_only(side: Side) -> Side:
    """The listed profiles that are no equilibrium, by the arbiter's judgement."""
    return lambda drawn: _none_of(drawn, side(drawn))


def _none_of(drawn: Situation, listed: Sequence[Any] | frozenset[Any]) -> Answer:
    game = arbiter.table(drawn.environment)
    wrong = frozenset(pair for pair in listed if not arbiter.is_equilibrium(game, pair))
    return wrong if listed else "finds no equilibrium"


def _judge_mixed(drawn: Situation, answer: Answer) -> str:
    return _difference(answer, arbiter.extreme_equilibria(arbiter.table(drawn.environment)))


def _judge_sound(_drawn: Situation, answer: Answer) -> str:
    if isinstance(answer, frozenset):
        return f"lists {len(answer)} that are no equilibria" if answer else ""
    return str(answer)


# --- dominance ------------------------------------------------------------------------------------


def _cooperative(drawn: Situation) -> tuple[tuple[int, ...], ...]:
    """Each agent's cooperating actions; its first if the game names none."""
    given = drawn.environment.cooperative
    return ((0,),) * len(drawn.environment.players) if given is None else given


def _dominated(drawn: Situation) -> Answer:
    game = replace(drawn.environment, cooperative=_cooperative(drawn))
    question = Domination(decide.no_contract(game), drawn.levels)
    return isinstance(decide.ask(question), Dominated)


def _dominated_by_definition(drawn: Situation) -> Answer:
    game = drawn.environment
    payoff, agents = _payoff(drawn), range(len(game.shape))
    welfare = {a: sum(own[a] for own in payoff) for a in payoff[0]}
    for i in agents:
        value = {a: u + drawn.levels[i] * welfare[a] for a, u in payoff[i].items()}
        others = list(product(*(range(size) for k, size in enumerate(game.shape) if k != i)))
        inside = _cooperative(drawn)[i]
        for d in set(range(game.shape[i])) - set(inside):
            if not any(
                all(value[(*o[:i], c, *o[i:])] > value[(*o[:i], d, *o[i:])] for o in others)
                for c in inside
            ):
                return False
    return True


def _dominated_by_z3(drawn: Situation) -> Answer:
    """Asks z3 for every defecting action for a cooperating one that strictly dominates it."""
    import z3

    game, context = arbiter.table(drawn.environment, drawn.levels), z3.Context()
    for agent, inside in enumerate(_cooperative(drawn)):
        own = game.payoffs[agent]
        for action in set(range(game.sizes[agent])) - set(inside):
            solver, chosen = z3.Solver(ctx=context), z3.Int("c", context)
            solver.add(z3.Or([chosen == c for c in inside]))
            for profile in own:
                if profile[agent] != action:
                    continue
                value: Any = z3.RealVal(0, context)
                for other in _deviations(profile, agent, game.sizes[agent]):
                    here = z3.RealVal(str(own[other]), context)
                    value = z3.If(chosen == other[agent], here, value)
                solver.add(value > z3.RealVal(str(own[profile]), context))
            if solver.check() != z3.sat:
                return False
    return True


def _dominated_by_gambit(drawn: Situation) -> Answer:
    """Whether gambit eliminates every defecting action against the cooperating ones alone."""
    import pygambit

    game = _gambit_game(arbiter.table(drawn.environment, drawn.levels).payoffs)
    for player, inside in zip(game.players, _cooperative(drawn), strict=True):
        actions = list(player.strategies)
        for k, action in enumerate(actions):
            if k in inside:
                continue
            kept = {str(actions[c].label) for c in (*inside, k)}
            support = game.strategy_support_profile(
                lambda each, who=player, kept=kept: each.player != who or each.label in kept
            )
            if action in pygambit.supports.undominated_strategies_solve(support, strict=True):
                return False
    return True


def _judge_dominated(drawn: Situation, answer: Answer) -> str:
    game = arbiter.table(drawn.environment, drawn.levels)
    truth = arbiter.defections_dominated(game, _cooperative(drawn))
    return "" if answer == truth else f"says {answer}"


# --- implementability -----------------------------------------------------------------------------


def _implementable(drawn: Situation) -> Answer:
    return isinstance(decide.ask(_question(drawn)), Reached)


def _question(drawn: Situation) -> Implementability:
    setting = Setting(drawn.environment, drawn.language, drawn.contracts)
    best = first_best(drawn.environment).profiles
    return Implementability(setting, drawn.levels, {s: some[0] for s, some in best.items()})


def _implementable_by_z3(drawn: Situation) -> Answer:
    """One real number for each agent and record, one row for each deviation."""
    import z3

    context = z3.Context()
    solver = z3.SolverFor("QF_LRA", ctx=context)
    transfers: dict[tuple[int, int], Any] = {}

    def paid(agent: int, record: int) -> Any:
        return transfers.setdefault((agent, record), z3.Real(f"t{agent}_{record}", context))

    for agent, here, there, gain in _rows(drawn):
        solver.add(paid(agent, here) - paid(agent, there) >= z3.RealVal(str(gain), context))
    contracts: Any = drawn.contracts
    agents = range(len(drawn.environment.players))
    for record in {record for _, record in list(transfers)}:
        total = sum((paid(agent, record) for agent in agents), z3.RealVal(0, context))
        if contracts.budget is Budget.BALANCED:
            solver.add(total == 0)
        elif contracts.budget is Budget.BURNT:
            solver.add(total <= 0)
        if contracts.liability is not None:
            least = z3.RealVal(str(-contracts.liability), context)
            solver.add(*(paid(agent, record) >= least for agent in agents))
    return solver.check() == z3.sat


def _rows(drawn: Situation) -> Iterator[tuple[int, int, int, Fraction]]:
    """Agent, record of the play, record of the deviation, what it gains in utils."""
    game = drawn.environment
    table = record_table(drawn.language, game)
    for state, profile in _question(drawn).selection.items():
        for agent, size in enumerate(game.shape):
            for other in _deviations(profile, agent, size):
                if other == profile:
                    continue
                gains = [
                    Fraction(int(own[(state, *other)]) - int(own[(state, *profile)]))
                    / game.denominator
                    for own in game.payoffs
                ]
                gain = gains[agent] + drawn.levels[agent] * sum(gains)
                yield agent, int(table[(state, *profile)]), int(table[(state, *other)]), gain


def _judge_implementable(drawn: Situation, answer: Answer) -> str:
    """Judges an answer by coopgap's certificate, if the independent checker accepts that."""
    from coopgap.proofs.certificates import witnesses
    from coopgap.proofs.questions.obligations import flat_profile

    question = _question(drawn)
    found: Any = decide.ask(question)
    holds = isinstance(found, Reached)
    chosen = [flat_profile(drawn.environment, a) for a in question.selection.values()]
    witness = (
        witnesses.reached(question.setting, found.selection, found.contract)
        if holds
        else witnesses.obstruction(question.setting, found.obstructions[0])
    )
    claim = {"id": "implementable", "holds": holds, "selection": chosen}
    certified: Any = decide.certify(question.setting, question.levels, claim, dict, witness)
    if not certified.accepted:
        return f"is not shown right: {certified.reason}"
    return "" if answer == holds else f"says {answer}"


_TWO = Bounds((2, 2), (2, 3), (1, 1), contracts=(Transfers(Budget.FREE),))

STATEMENTS: Sequence[Statement] = (
    Statement(
        "pure equilibria",
        "the pure Nash equilibria of a game",
        replace(_TWO, agents=(1, 3), actions=(1, 3)),
        _pure,
        _judge_pure,
        {
            "brute force": _pure_by_definition,
            "z3": _pure_by_z3,
            "pygambit enumpure": _pure_by_gambit,
        },
    ),
    Statement(
        "extreme equilibria",
        "the extreme mixed equilibria of a game of two agents",
        _TWO,
        _mixed,
        _judge_mixed,
        {
            "brute force": _mixed_by_definition,
            **NASHPY,
            "pygambit enummixed": _mixed_by_gambit,
        },
    ),
    Statement(
        "some equilibrium",
        "what is listed is not nothing, and every pair is an equilibrium",
        _TWO,
        _equilibria_only(_mixed),
        _judge_sound,
        {
            **{name: _equilibria_only(side) for name, side in NASHPY.items()},
            "pygambit lcp": _lcp_by_gambit,
        },
    ),
    Statement(
        "dominance",
        "every defecting action is strictly dominated by a cooperating one under u + λW",
        replace(_TWO, agents=(2, 3)),
        _dominated,
        _judge_dominated,
        {
            "brute force": _dominated_by_definition,
            "z3": _dominated_by_z3,
            "pygambit supports": _dominated_by_gambit,
        },
    ),
    Statement(
        "implementability",
        "transfers in the language make a first-best selection an equilibrium",
        Bounds(
            (1, 3),
            (1, 3),
            (1, 2),
            contracts=(
                Transfers(Budget.FREE),
                Transfers(Budget.BALANCED),
                Transfers(Budget.BURNT),
                Transfers(Budget.BALANCED, Fraction(1)),
                Transfers(Budget.BURNT, Fraction(1, 2)),
            ),
        ),
        _implementable,
        _judge_implementable,
        {"z3": _implementable_by_z3},
    ),
)
