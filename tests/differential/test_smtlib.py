"""Questions as SMT-LIB text: against brute force, by z3 and cvc5, and against theory.md."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import brute_force
import pytest
import random_environments
import z3

from coopgap.proofs.export.smtlib import encode, to_smtlib
from coopgap.proofs.questions.obligations import (
    Domination,
    Implementability,
    Selection,
    SelectionThreshold,
    Setting,
    Threshold,
    Value,
)
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.dilemmas import moral_hazard_game
from coopgap.theory.environments import Environment, environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended
from coopgap.theory.languages import Language, complete, from_values, state_blind
from coopgap.theory.welfare import first_best

SHAPES = [((2, 2), 1), ((2, 2), 2), ((2, 3), 2), ((2, 2, 2), 2)]
CLASSES = [
    NoContract(),
    *(Transfers(budget) for budget in Budget),
    *(Transfers(budget, Fraction(1, 2)) for budget in Budget),
    Directives(permissive=False),
    Directives(permissive=True),
]
CASES = [
    pytest.param(shape, states, contracts, id=f"{shape}×{states} {contracts}")
    for shape, states in SHAPES
    for contracts in CLASSES
]

N4 = environment(
    players=["row", "col"],
    actions=[["A", "B"], ["A", "B"]],
    payoffs=[[[3, -2, 4, 2], [2, 4, -2, 3]], [[3, 4, -2, 2], [2, -2, 4, 3]]],
    states=["w1", "w2"],
    cooperative=[[0], [0]],
)
N4_FIRST_BEST = {0: (0, 0), 1: (1, 1)}


def settings(shape: Sequence[int], states: int, contracts: Any, seeds: range) -> list[Setting]:
    """Random environments of a shape, each under a random language that the class can use."""
    found = []
    for seed in seeds:
        rng = Random(f"{random_environments.BASE_SEED} {shape} {states} {contracts} {seed}")
        game = random_environments.random_environment(rng, shape, states)
        product_only = isinstance(contracts, Directives)
        language = random_environments.random_language(rng, game, records=not product_only)
        found.append(Setting(game, language, contracts))
    return found


def language_of(setting: Setting) -> Language:
    return setting.language or complete(setting.environment)


def selections(game: Environment, rng: Random) -> list[Selection]:
    """A first-best selection, and a random one."""
    best = {state: found[0] for state, found in first_best(game).profiles.items()}
    return [best, {state: tuple(map(rng.randrange, game.shape)) for state in game.support}]


def by_z3(text: str) -> str:
    solver = z3.Solver(ctx=z3.Context())
    solver.from_string(text)
    return str(solver.check())


def by_cvc5(text: str) -> str:
    cvc5 = pytest.importorskip("cvc5", reason="the extra cvc5 is not installed")
    solver = cvc5.Solver()
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question.smt2")
    said = ""
    while not (command := parser.nextCommand()).isNull():
        said += command.invoke(solver, parser.getSymbolManager())
    return str(said).strip()


SOLVERS = [pytest.param(by_z3, id="z3"), pytest.param(by_cvc5, id="cvc5")]


def value_is(question: Value, value: Extended, run: Any = by_z3) -> None:
    """Whether a solver finds a selection of this value, and none that is better."""
    assert run(to_smtlib(question)) == ("unsat" if value is MINUS_INFINITY else "sat")
    if isinstance(value, Fraction):
        assert run(to_smtlib(replace(question, target=value), status="sat")) == "sat"
        missed = replace(question, target=value + Fraction(1, 10**40))
        assert run(to_smtlib(missed)) == run(to_smtlib(question, value, status="unsat")) == "unsat"


def threshold_is(question: Threshold | SelectionThreshold, level: Extended, run: Any) -> None:
    """Whether a solver finds a common λ that suffices, and none below this one."""
    assert run(to_smtlib(question)) == ("unsat" if level == INFINITY else "sat")
    if isinstance(level, Fraction):
        assert run(to_smtlib(question, level)) == "unsat"
        assert run(to_smtlib(question, level + Fraction(1, 10**40))) == "sat"


@pytest.mark.parametrize(("shape", "states", "contracts"), CASES)
def test_implementability_is_that_of_brute_force(
    shape: tuple[int, ...], states: int, contracts: Any
):
    rng = Random(states)
    # Elimination needs no solver at all, and is fast enough for the smallest shapes.
    tiny = len(shape) == 2 and states == 1
    decide = brute_force.feasible_by_elimination if tiny else brute_force.feasible
    for setting in settings(shape, states, contracts, range(4)):
        game = setting.environment
        levels = random_environments.random_levels(rng, game)
        for selection in selections(game, rng):
            expected = brute_force.implementable(
                game, language_of(setting), contracts, dict(selection), levels, decide
            )
            question = Implementability(setting, levels, selection)
            assert by_z3(to_smtlib(question)) == ("sat" if expected else "unsat")


@pytest.mark.parametrize("run", SOLVERS)
@pytest.mark.parametrize(("shape", "states", "contracts"), CASES)
def test_the_value_is_that_of_brute_force(
    shape: tuple[int, ...], states: int, contracts: Any, run: Any
):
    rng = Random(states)
    for setting in settings(shape, states, contracts, range(6, 8)):
        levels, language = (
            random_environments.random_levels(rng, setting.environment),
            language_of(setting),
        )
        value = brute_force.value(setting.environment, language, contracts, levels)
        value_is(Value(setting, levels), value, run)


@pytest.mark.parametrize("run", SOLVERS)
@pytest.mark.parametrize(("shape", "states", "contracts"), CASES)
def test_thresholds_are_those_of_brute_force(
    shape: tuple[int, ...], states: int, contracts: Any, run: Any
):
    for setting in settings(shape, states, contracts, range(9, 13)):
        game = setting.environment
        level = brute_force.threshold(game, language_of(setting), contracts)
        threshold_is(Threshold(setting), level, run)
        best = first_best(game).profiles
        if all(len(found) == 1 for found in best.values()):
            only = {state: found[0] for state, found in best.items()}
            threshold_is(SelectionThreshold(setting, only), level, run)


@pytest.mark.parametrize("seed", range(30))
def test_odd_cases_agree_with_brute_force(seed: int):
    """No choices, one agent, no probability, payoffs beyond int64, no language."""
    case = random_environments.case(random_environments.BASE_SEED + seed)
    setting, game, levels = case.setting, case.setting.environment, case.levels
    language, contracts = language_of(setting), setting.contracts
    expected = brute_force.implementable(game, language, contracts, case.selection, levels)
    question = Implementability(setting, levels, case.selection)
    assert by_z3(to_smtlib(question)) == ("sat" if expected else "unsat"), case
    threshold_is(Threshold(setting), brute_force.threshold(game, language, contracts), by_z3)
    value_is(Value(setting, levels), brute_force.value(game, language, contracts, levels))


# --- theory.md, by hand ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contracts", "value"),
    [
        (Transfers(Budget.FREE), 6),
        (Transfers(Budget.BALANCED), 5),
        (Transfers(Budget.BURNT), 6),
        (Transfers(Budget.FREE, Fraction(1, 2)), 6),
        (Transfers(Budget.BURNT, Fraction(1, 2)), 4),
        (Directives(), 5),
        (NoContract(), 4),
    ],
    ids=str,
)
def test_n4_incontractible_does_not_imply_a_transfer_gap(contracts: Any, value: int):
    setting = Setting(N4, state_blind(N4), contracts)
    value_is(Value(setting, setting.selfish), Fraction(value))


def test_n4_balanced_transfers_need_a_quarter():
    setting = Setting(N4, state_blind(N4), Transfers(Budget.BALANCED))
    threshold_is(SelectionThreshold(setting, N4_FIRST_BEST), Fraction(1, 4), by_z3)


@pytest.mark.parametrize(
    ("contracts", "value", "threshold"),
    [(Transfers(Budget.BALANCED), 1, 1), (Transfers(Budget.FREE), 2, 0)],
    ids=str,
)
def test_n5_budget_balance_matters(contracts: Transfers, value: int, threshold: int):
    """One shirks: it gains 1 and welfare falls by 1, and balance cannot fine both alike: λ ≥ 1."""
    pay, cost = (0, 2, 4), 3
    plays = list(product((0, 1), (0, 1)))
    team = environment(
        players=["ann", "bob"],
        actions=[["0", "1"], ["0", "1"]],
        payoffs=[[[pay[sum(play)] - cost * play[agent] for play in plays]] for agent in (0, 1)],
    )
    output = from_values(
        [sum(play) for play in plays], [f"output {4 * sum(p)}" for p in plays], (1, 2, 2)
    )
    setting = Setting(team, output, contracts)
    value_is(Value(setting, setting.selfish), Fraction(value))
    threshold_is(Threshold(setting), Fraction(threshold), by_z3)


def test_t9_domination_needs_more_than_the_bound():
    """theory.md T9: λ̄ = 9/14 in the 4×4 prisoner's dilemma (12, −5, 18, 0)."""
    game = moral_hazard_game(*map(Fraction, (12, -5, 18, 0)))
    setting = Setting(game, None, NoContract())
    bound = Fraction(9, 14)
    assert by_z3(to_smtlib(Domination(setting, (bound, bound)))) == "unsat"
    above = Domination(setting, (bound + Fraction(1, 10**9),) * 2)
    assert by_z3(to_smtlib(above)) == "sat"


def dominates(game: Environment, levels: Any, state: int, agent: int, bad: int, good: int) -> bool:
    utility = brute_force.prosocial_utility(brute_force.game_of(game), levels)
    return all(
        utility[agent, state, play] > utility[agent, state, brute_force.replaced(play, agent, bad)]
        for play in product(*map(range, game.shape))
        if play[agent] == good
    )


@pytest.mark.parametrize("seed", range(30))
def test_domination_is_that_of_the_definition(seed: int):
    rng = Random(seed)
    shape = rng.choice([(2, 2), (3, 2), (2, 2, 2)])
    game = random_environments.random_environment(rng, shape)
    game = replace(game, cooperative=tuple((0,) if k == 2 else (0, 2) for k in shape))
    setting = Setting(game, None, NoContract())
    bound = brute_force.domination_bound(game)
    levels = [random_environments.random_levels(rng, game)]
    levels += [] if bound is None else [(bound + 1,) * len(shape)]
    for each in levels:
        dominated = all(
            any(dominates(game, each, state, agent, bad, action) for action in good)
            for state in game.support
            for agent, good in enumerate(game.cooperative or ())
            for bad in range(shape[agent])
            if bad not in good
        )
        said = by_z3(to_smtlib(Domination(setting, each)))
        assert said == ("sat" if dominated else "unsat")
    if bound is not None:
        assert said == "sat"


# --- the text -------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", SOLVERS)
@pytest.mark.parametrize(("level", "answer"), [(0, "unsat"), (1, "sat")])
def test_domination_is_decided_by_its_text(run: Any, level: int, answer: str):
    game = environment(
        ["x", "y"], [["C", "D"]] * 2, [[[3, 0, 4, 1]], [[3, 4, 0, 1]]], cooperative=[[0], [0]]
    )
    question = Domination(Setting(game, None, NoContract()), (Fraction(level),) * 2)
    assert run(to_smtlib(question)) == answer


@pytest.mark.parametrize("run", SOLVERS)
def test_no_label_can_leave_its_symbol(run: Any):
    nasty = ["A|", "A\\", "A\n(assert false)", "λ", "A, B", ";A", "\udc80", ""]
    game = environment(
        players=["A, B", "B|)"],
        actions=[nasty, ["A", "A%7C"]],
        payoffs=[[list(range(16))]] * 2,
        states=["s|\n(exit)"],
        cooperative=[[0], [0]],
    )
    for contracts in (Transfers(), Directives(permissive=True)):
        setting = Setting(game, None, contracts)
        question = Value(setting, setting.selfish)
        text = to_smtlib(question)
        assert text.isascii()
        assert len(encode(question).plays) == 16
        assert run(text) == "sat"
    alone = Domination(Setting(game, None, NoContract()), (Fraction(0),) * 2)
    assert run(to_smtlib(alone)) == "unsat"


def test_the_text_says_what_it_asks():
    setting = Setting(N4, state_blind(N4), Transfers(Budget.BURNT, Fraction(1, 2)))
    text = to_smtlib(Value(setting, (Fraction(0), Fraction(1, 3)), Fraction(9, 2)), status="unsat")
    for line in (
        "; Does some contract implement a selection of welfare at least 9/2?",
        "; contracts: burnt transfers, liability bound 1/2",
        "; prosociality: row: 0, col: 1/3",
        "(set-info :status unsat)",
        "(set-logic QF_LRA)",
        "(declare-const |t row, record 1: state: w1 or w2, row: A, col: B| Real)",
        "(assert (>= |welfare| (/ 9 2)))",
    ):
        assert line in text.splitlines()
    assert text.count("(check-sat)") == 1
    assert text.endswith("(check-sat)\n")


def test_only_quantities_can_be_better():
    setting = Setting(N4, state_blind(N4), Transfers())
    with pytest.raises(InputError, match="about no quantity"):
        to_smtlib(Implementability(setting, setting.selfish, N4_FIRST_BEST), Fraction(1))


def test_questions_without_a_form_are_refused():
    record = from_values([0] * 8, ["?"] * 8, (2, 2, 2))
    directives = Setting(N4, record, Directives())
    silent = Setting(replace(N4, cooperative=None), None, NoContract())
    for question, reason in (
        (Value(directives, directives.selfish), "cells and classes"),
        (Domination(Setting(N4, None, Transfers()), directives.selfish), "without a contract"),
        (Domination(silent, directives.selfish), "which actions cooperate"),
    ):
        with pytest.raises(InputError, match=reason):
            encode(question)


def test_outside_the_first_best_no_prosociality_may_suffice():
    """The deviation pays the agent and everybody: every λ ≥ 0 fails, and λ < −1/2 would do."""
    game = environment(["alone"], [["a", "b"]], [[[0, 1]]])
    setting = Setting(game, None, NoContract())
    threshold_is(SelectionThreshold(setting, {0: (0,)}), INFINITY, by_z3)
