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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from random import Random

from coopgap.proofs.fuzzing.shrinking import smallest
from coopgap.proofs.fuzzing.situations import Situation, generator, situation
from coopgap.proofs.fuzzing.writing import spec_text
from coopgap.proofs.selftest.equilibrium_peers import EQUILIBRIA
from coopgap.proofs.selftest.incentive_peers import INCENTIVES
from coopgap.proofs.selftest.peer_statements import Answer, Side, Statement
from coopgap.theory.environments import Environment
from coopgap.theory.exact import integer_array
from coopgap.theory.json_values import Plain
from coopgap.theory.specification import NamedLanguage, Specification

NEEDS = {"nashpy": "nashpy", "pygambit": "pygambit", "z3": "z3"}
"""The module of each peer that is one; brute force is here."""

TRIES = 400
"""How many simpler games are looked at for one example."""


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

    def document(self) -> dict[str, Plain]:
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
    comparisons = []
    for statement in statements or STATEMENTS:
        for name, side in statement.peers.items():
            if progress is not None:
                progress(f"{statement.id}: {name}")
            module = NEEDS.get(name.split()[0])
            if module is not None and find_spec(module) is None:
                absent = f"{module} is not installed"
                comparisons.append(Comparison(statement.id, name, 0, 0, 0.0, skipped=absent))
            else:
                comparisons.append(_compared(statement, name, side, cases, seed))
    return comparisons


def _compared(statement: Statement, name: str, side: Side, cases: int, seed: int) -> Comparison:
    started = time.monotonic()
    differ = [
        case
        for case in (_case(statement, seed, number) for number in range(cases))
        if _differ(statement, side, case)
    ]
    plain = Comparison(statement.id, name, cases, len(differ), 0.0)
    if differ:
        wrong = [case for case in differ if statement.judge(case, _answer(statement.ours, case))]
        plain = replace(plain, wrong=len(wrong))
        # Of large payoffs the smallest may be as many steps away.
        tries = iter(range(TRIES))

        def alike(case: Situation) -> bool:
            if next(tries, None) is None or not _differ(statement, side, case):
                return False
            return not wrong or bool(statement.judge(case, _answer(statement.ours, case)))

        small = smallest((wrong or differ)[0], alike)
        ours = statement.judge(small, _answer(statement.ours, small))
        theirs = statement.judge(small, _answer(side, small))
        right = {
            (True, False): "coopgap",
            (False, True): name,
            (False, False): "neither",
            (True, True): "both",
        }[not ours, not theirs]
        why = "; ".join(
            f"{who} {words}" for who, words in (("coopgap", ours), (name, theirs)) if words
        )
        plain = replace(plain, example=_text(small), right=right, why=why)
    return replace(plain, seconds=round(time.monotonic() - started, 3))


def _differ(statement: Statement, side: Side, case: Situation) -> bool:
    shape, bounds = case.environment.shape, statement.bounds
    if len(shape) < bounds.agents[0] or min(shape) < bounds.actions[0]:
        return False
    return bool(_answer(side, case) != _answer(statement.ours, case))


def _answer(side: Side, case: Situation) -> Answer:
    """The answer of a side, or the error of one that fails on a valid game."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return side(case)
    except Exception as error:
        return f"raises {type(error).__name__}"


def _case(statement: Statement, seed: int, number: int) -> Situation:
    rng = generator(seed, statement.id, number)
    case = situation(rng, statement.bounds)
    game = case.environment
    cooperative = tuple(tuple(range(rng.randint(1, max(1, size - 1)))) for size in game.shape)
    if min(game.shape) > 1:
        game = replace(game, cooperative=cooperative)
    return replace(case, environment=_far_apart(game, rng))


def _far_apart(game: Environment, rng: Random) -> Environment:
    """Makes the payoffs of one game in five nearly equal as floats."""
    if rng.random() > 0.2:
        return game
    base = rng.choice((10**9, 2**53, 10**17))
    values = [base + value for value in game.payoffs.ravel().tolist()]
    return replace(game, payoffs=integer_array(values, game.payoffs.shape))


def _text(case: Situation) -> str:
    named = NamedLanguage("drawn", case.language, case.contracts)
    return spec_text(Specification(case.environment, (named,), (case.levels,)))


STATEMENTS = (*EQUILIBRIA, *INCENTIVES)
