"""Differential fuzzing: coopgap and its peers asked the same of the same games.

Where they differ, the game is made small and an exact arbiter, which evaluates the definitions in
fractions and shares nothing with either side, says who is right. A peer that is not installed is
skipped, and named; none is imported before it is asked.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from itertools import combinations, product
from random import Random
from typing import Any

import numpy as np

from proofs import decide
from proofs.fuzzing.shrinking import smallest
from proofs.fuzzing.situations import Bounds, Situation, generator, situation
from proofs.fuzzing.writing import spec_text
from proofs.obligations import Dominated, Domination, Implementability, Reached, Setting
from theory.contracts import Budget, Transfers
from theory.environments import Environment
from theory.equilibria import pure_nash
from theory.exact import integer_array
from theory.languages import record_table
from theory.specification import NamedLanguage, Specification
from theory.welfare import first_best, profiles_where

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
    """What both sides are asked. judge: the exact arbiter, who says of an answer whether it is
    right, in words if it is not (empty: right). peers: by the name of the peer and its method."""

    id: str
    text: str
    bounds: Bounds
    ours: Side
    judge: Callable[[Situation, Answer], str]
    peers: Mapping[str, Side]


@dataclass(frozen=True)
class Comparison:
    """What became of a statement with one peer. right: who is in the smallest example."""

    statement: str
    peer: str
    cases: int
    disagreements: int
    seconds: float
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
    """Every statement put to every peer on the same games. Case i depends on the seed, the
    statement and i alone."""
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
        # Of large payoffs the smallest may be as many steps away.
        left = iter(range(TRIES))
        small = smallest(
            differ[0], lambda each: next(left, None) is not None and _differ(statement, side, each)
        )
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
    """The answer; a peer that breaks on a valid game gives what no game has."""
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
    """One game in five has payoffs between which a float hardly tells."""
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


def _gambit_game(payoffs: Any) -> Any:
    import pygambit

    tables = [np.asarray(own, dtype=object) for own in payoffs]
    return pygambit.Game.from_arrays(*tables)


def _pure_by_gambit(drawn: Situation) -> Answer:
    import pygambit

    game = _gambit_game(drawn.environment.payoffs[:, 0])
    found = pygambit.nash.enumpure_solve(game).equilibria
    return frozenset(
        tuple(
            next(k for k, strategy in enumerate(player.strategies) if each[strategy] == 1)
            for player in game.players
        )
        for each in found
    )


def _judge_pure(drawn: Situation, answer: Answer) -> str:
    return _difference(answer, _pure_by_definition(drawn))


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
    found: Any = decide.extreme_equilibria(drawn.environment)
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
        if max(values) <= solved[size]:
            found[mix] = {k for k, value in enumerate(values) if value == max(values)}
            if max(values) < solved[size]:
                del found[mix]
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

    game = _gambit_game(drawn.environment.payoffs[:, 0])
    return _of_gambit(pygambit.nash.enummixed_solve(game, rational=True))


def _lcp_by_gambit(drawn: Situation) -> Answer:
    import pygambit

    game = _gambit_game(drawn.environment.payoffs[:, 0])
    return _none_of(drawn, _of_gambit(pygambit.nash.lcp_solve(game, rational=True)))


def _of_gambit(solution: Any) -> frozenset[Any]:
    return frozenset(
        tuple(
            tuple(Fraction(int(p.numerator), int(p.denominator)) for _, p in profile[player])
            for player in profile.game.players
        )
        for profile in solution.equilibria
    )


def _by_nashpy(method: str) -> Side:
    def side(drawn: Situation) -> Answer:
        import nashpy

        own = [np.array(u.tolist(), dtype=float) for u in drawn.environment.payoffs[:, 0]]
        if method == "vertex_enumeration":
            # Its polytopes are those of positive payoffs only.
            own = [table - table.min() + 1 for table in own]
        found = getattr(nashpy.Game(*own), method)()
        return frozenset(
            tuple(
                tuple(Fraction(float(p)).limit_denominator(LARGEST_DENOMINATOR) for p in mix)
                for mix in pair
            )
            for pair in found
        )

    return side


def _equilibria_only(side: Side) -> Side:
    """What a side lists that is no equilibrium."""
    return lambda drawn: _none_of(drawn, side(drawn))


def _none_of(drawn: Situation, listed: frozenset[Any]) -> Answer:
    payoff, (m, n) = _payoff(drawn), drawn.environment.shape
    wrong = set()
    for x, y in listed:
        sound = min(x) >= 0 and min(y) >= 0 and sum(x) == 1 == sum(y)
        rows = [sum(payoff[0][i, j] * y[j] for j in range(n)) for i in range(m)]
        columns = [sum(payoff[1][i, j] * x[i] for i in range(m)) for j in range(n)]
        best = all(
            value == max(values)
            for mix, values in ((x, rows), (y, columns))
            for share, value in zip(mix, values, strict=True)
            if share
        )
        if not (sound and best):
            wrong.add((x, y))
    return frozenset(wrong) if listed else "finds no equilibrium"


def _judge_mixed(drawn: Situation, answer: Answer) -> str:
    return _difference(answer, _mixed_by_definition(drawn))


def _judge_sound(drawn: Situation, answer: Answer) -> str:
    if isinstance(answer, frozenset):
        return f"lists {len(answer)} that are no equilibria" if answer else ""
    return str(answer)


# --- dominance ------------------------------------------------------------------------------------


def _dominated(drawn: Situation) -> Answer:
    if drawn.environment.cooperative is None:
        return None
    question = Domination(decide.no_contract(drawn.environment), drawn.levels)
    return isinstance(decide.ask(question), Dominated)


def _dominated_by_definition(drawn: Situation) -> Answer:
    game = drawn.environment
    if game.cooperative is None:
        return None
    payoff, agents = _payoff(drawn), range(len(game.shape))
    welfare = {a: sum(own[a] for own in payoff) for a in payoff[0]}
    for i in agents:
        value = {a: u + drawn.levels[i] * welfare[a] for a, u in payoff[i].items()}
        others = list(product(*(range(size) for k, size in enumerate(game.shape) if k != i)))
        inside = game.cooperative[i]
        for d in set(range(game.shape[i])) - set(inside):
            if not any(
                all(value[(*o[:i], c, *o[i:])] > value[(*o[:i], d, *o[i:])] for o in others)
                for c in inside
            ):
                return False
    return True


def _dominated_by_z3(drawn: Situation) -> Answer:
    from proofs.engines.smt import SmtEngine

    if drawn.environment.cooperative is None:
        return None
    question = Domination(decide.no_contract(drawn.environment), drawn.levels)
    return isinstance(SmtEngine().solve(question), Dominated)


def _judge_truth(definition: Side) -> Callable[[Situation, Answer], str]:
    def judge(drawn: Situation, answer: Answer) -> str:
        return "" if answer == definition(drawn) else f"says {answer}"

    return judge


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
    """By the certificate of what coopgap found, which the independent checker accepts or not."""
    from proofs.obligations import contract_witness, flat_profile, obstruction_witness

    question = _question(drawn)
    found: Any = decide.ask(question)
    holds = isinstance(found, Reached)
    chosen = [flat_profile(drawn.environment, a) for a in question.selection.values()]
    witness = (
        {"contract": contract_witness(question.setting, found)}
        if holds
        else {"obstruction": obstruction_witness(question.setting, found.obstructions[0])}
    )
    claim = {"id": "implementable", "holds": holds, "selection": chosen}
    certified = decide.certify(question.setting, question.levels, claim, witness)
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
            "nashpy support enumeration": _by_nashpy("support_enumeration"),
            "nashpy vertex enumeration": _by_nashpy("vertex_enumeration"),
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
            "nashpy support enumeration": _equilibria_only(_by_nashpy("support_enumeration")),
            "nashpy vertex enumeration": _equilibria_only(_by_nashpy("vertex_enumeration")),
            "pygambit lcp": _lcp_by_gambit,
        },
    ),
    Statement(
        "dominance",
        "every defecting action is strictly dominated by a cooperating one under u + λW",
        replace(_TWO, agents=(2, 3)),
        _dominated,
        _judge_truth(_dominated_by_definition),
        {
            "brute force": _dominated_by_definition,
            "z3": _dominated_by_z3,
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
