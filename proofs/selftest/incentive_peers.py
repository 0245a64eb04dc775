"""Dominance and implementability: what coopgap and its peers find, and who is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from coopgap.proofs.deciding import decide
from coopgap.proofs.fuzzing.situations import Bounds, Situation
from coopgap.proofs.questions.obligations import (
    Implementability,
    Reached,
    Setting,
)
from coopgap.proofs.selftest import arbiter
from coopgap.proofs.selftest.peer_statements import (
    TWO,
    Answer,
    Statement,
    gambit_game,
    own_deviations,
)
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.languages import record_table
from coopgap.theory.welfare import first_best


def _cooperative(case: Situation) -> tuple[tuple[int, ...], ...]:
    """Each agent's cooperating actions; its first if the game names none."""
    cooperative = case.environment.cooperative
    return ((0,),) * len(case.environment.players) if cooperative is None else cooperative


def _dominated(case: Situation) -> Answer:
    game = replace(case.environment, cooperative=_cooperative(case))
    return decide.dominated(game, case.levels) is not None


def _dominated_by_z3(case: Situation) -> Answer:
    """Asks z3 for every defecting action for a cooperating one that strictly dominates it."""
    import z3

    game, context = arbiter.table(case.environment, case.levels), z3.Context()
    for agent, inside in enumerate(_cooperative(case)):
        own = game.payoffs[agent]
        for action in set(range(game.sizes[agent])) - set(inside):
            solver, chosen = z3.Solver(ctx=context), z3.Int("c", context)
            solver.add(z3.Or([chosen == c for c in inside]))
            for profile in own:
                if profile[agent] != action:
                    continue
                value: Any = z3.RealVal(0, context)
                for deviation in own_deviations(profile, agent, game.sizes[agent]):
                    payoff = z3.RealVal(str(own[deviation]), context)
                    value = z3.If(chosen == deviation[agent], payoff, value)
                solver.add(value > z3.RealVal(str(own[profile]), context))
            if solver.check() != z3.sat:
                return False
    return True


def _dominated_by_gambit(case: Situation) -> Answer:
    """Whether gambit eliminates every defecting action against the cooperating ones alone."""
    import pygambit

    game = gambit_game(arbiter.table(case.environment, case.levels).payoffs)
    for player, inside in zip(game.players, _cooperative(case), strict=True):
        actions = list(player.strategies)
        for k, action in enumerate(actions):
            if k in inside:
                continue
            labels = {str(actions[c].label) for c in (*inside, k)}
            support = game.strategy_support_profile(
                lambda strategy, owner=player, labels=labels: (
                    strategy.player != owner or strategy.label in labels
                )
            )
            if action in pygambit.supports.undominated_strategies_solve(support, strict=True):
                return False
    return True


def _dominated_by_definition(case: Situation) -> bool:
    game = arbiter.table(case.environment, case.levels)
    return arbiter.defections_dominated(game, _cooperative(case))


def _judge_dominated(case: Situation, answer: Answer) -> str:
    return "" if answer == _dominated_by_definition(case) else f"says {answer}"


def _implementable(case: Situation) -> Answer:
    return isinstance(decide.ask(_question(case)), Reached)


def _question(case: Situation) -> Implementability:
    setting = Setting(case.environment, case.language, case.contracts)
    best = first_best(case.environment).profiles
    return Implementability(setting, case.levels, {s: some[0] for s, some in best.items()})


def _implementable_by_z3(case: Situation) -> Answer:
    """One real number for each agent and record, one row for each deviation."""
    import z3

    context = z3.Context()
    solver = z3.SolverFor("QF_LRA", ctx=context)
    transfers: dict[tuple[int, int], Any] = {}

    def paid(agent: int, record: int) -> Any:
        return transfers.setdefault((agent, record), z3.Real(f"t{agent}_{record}", context))

    for agent, before, after, gain in _rows(case):
        solver.add(paid(agent, before) - paid(agent, after) >= z3.RealVal(str(gain), context))
    contracts: Any = case.contracts
    agents = range(len(case.environment.players))
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


def _rows(case: Situation) -> Iterator[tuple[int, int, int, Fraction]]:
    """Agent, record of the play, record of the deviation, what it gains in utils."""
    game = case.environment
    table = record_table(case.language, game)
    for state, profile in _question(case).selection.items():
        for agent, size in enumerate(game.shape):
            for deviation in own_deviations(profile, agent, size):
                if deviation == profile:
                    continue
                gains = [
                    Fraction(int(own[(state, *deviation)]) - int(own[(state, *profile)]))
                    / game.denominator
                    for own in game.payoffs
                ]
                gain = gains[agent] + case.levels[agent] * sum(gains)
                yield agent, int(table[(state, *profile)]), int(table[(state, *deviation)]), gain


def _judge_implementable(case: Situation, answer: Answer) -> str:
    """Judges an answer by coopgap's certificate, if the independent checker accepts that."""
    from coopgap.proofs.selftest.corpora import implementability

    question = _question(case)
    parts = implementability(question)
    assert parts is not None, "without a contract an obstruction is named"
    claim, witness = parts
    certified: Any = decide.certify(question.setting, question.levels, claim, dict, witness)
    if not certified.accepted:
        return f"is not shown right: {certified.reason}"
    return "" if answer == claim["holds"] else f"says {answer}"


INCENTIVES: Sequence[Statement] = (
    Statement(
        "dominance",
        "every defecting action is strictly dominated by a cooperating one under u + λW",
        replace(TWO, agents=(2, 3)),
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
