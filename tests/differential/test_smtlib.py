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

from coopgap.proofs.export.smtlib import PROSOCIALITY, to_smtlib
from coopgap.proofs.questions.obligations import Setting, Threshold, Value
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.environments import environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended
from coopgap.theory.languages import Language, complete, from_values, state_blind

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
    listed = []
    for seed in seeds:
        rng = Random(f"{random_environments.BASE_SEED} {shape} {states} {contracts} {seed}")
        game = random_environments.random_environment(rng, shape, states)
        product_only = isinstance(contracts, Directives)
        language = random_environments.random_language(rng, game, records=not product_only)
        listed.append(Setting(game, language, contracts))
    return listed


def language_of(setting: Setting) -> Language:
    return setting.language or complete(setting.environment)


def by_z3(text: str) -> str:
    solver = z3.Solver(ctx=z3.Context())
    solver.from_string(text)
    return str(solver.check())


def by_cvc5(text: str) -> str:
    cvc5 = pytest.importorskip("cvc5", reason="the extra cvc5 is not installed")
    solver = cvc5.Solver()
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question.smt2")
    answers = ""
    while not (command := parser.nextCommand()).isNull():
        answers += command.invoke(solver, parser.getSymbolManager())
    return str(answers).strip()


SOLVERS = [pytest.param(by_z3, id="z3"), pytest.param(by_cvc5, id="cvc5")]


def value_is(question: Value, value: Extended, run: Any = by_z3) -> None:
    """Whether a solver finds a selection of this value, and none that is better."""
    assert run(to_smtlib(question)) == ("unsat" if value is MINUS_INFINITY else "sat")
    if isinstance(value, Fraction):
        assert run(to_smtlib(replace(question, target=value))) == "sat"
        missed = replace(question, target=value + Fraction(1, 10**40))
        assert run(to_smtlib(missed)) == "unsat"


def threshold_is(question: Threshold, level: Extended, run: Any) -> None:
    """Whether a solver finds a common λ that suffices, and none below this one."""
    text = to_smtlib(question)
    assert run(text) == ("unsat" if level == INFINITY else "sat")
    if isinstance(level, Fraction):
        for relation, answer in (("<", "unsat"), ("=", "sat")):
            number = f"(/ {level.numerator} {level.denominator})"
            constraint = f"(assert ({relation} |{PROSOCIALITY}| {number}))\n(check-sat)"
            assert run(text.replace("(check-sat)", constraint)) == answer


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


@pytest.mark.parametrize("seed", range(30))
def test_odd_cases_agree_with_brute_force(seed: int):
    """No choices, one agent, no probability, payoffs beyond int64, no language."""
    case = random_environments.random_case(random_environments.BASE_SEED + seed)
    setting, game, levels = case.setting, case.setting.environment, case.levels
    language, contracts = language_of(setting), setting.contracts
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
    threshold_is(Threshold(setting), Fraction(1, 4), by_z3)


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


# --- the text -------------------------------------------------------------------------------------


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
        assert text.count("(declare-const |s ") == 16
        assert run(text) == "sat"


def test_the_text_says_what_it_asks():
    setting = Setting(N4, state_blind(N4), Transfers(Budget.BURNT, Fraction(1, 2)))
    text = to_smtlib(Value(setting, (Fraction(0), Fraction(1, 3)), Fraction(9, 2)))
    for line in (
        "; Does some contract implement a selection of welfare at least 9/2?",
        "; contracts: burnt transfers, liability bound 1/2",
        "; prosociality: row: 0, col: 1/3",
        "(set-logic QF_LRA)",
        "(declare-const |t row, record 1: state: w1 or w2, row: A, col: B| Real)",
        "(assert (>= |welfare| (/ 9 2)))",
    ):
        assert line in text.splitlines()
    assert text.count("(check-sat)") == 1
    assert text.endswith("(check-sat)\n")


def test_directives_need_cells():
    record = from_values([0] * 8, ["?"] * 8, (2, 2, 2))
    directives = Setting(N4, record, Directives())
    with pytest.raises(InputError, match="cells and classes"):
        to_smtlib(Value(directives, directives.selfish))
