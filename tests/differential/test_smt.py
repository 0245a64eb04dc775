"""The z3 engine and its SMT-LIB text: against brute force, the checker, cvc5, and theory.md."""

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

from coopgap.proofs.certificates import witnesses
from coopgap.proofs.deciding.decide import (
    Certified,
    certify,
    domination_witness,
    reached_part,
    threshold_witness,
)
from coopgap.proofs.engines.smt import SmtEngine
from coopgap.proofs.export.smtlib import encode, size, to_smtlib
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Contract,
    Dominated,
    Domination,
    Excluded,
    Implementability,
    Obstruction,
    Reached,
    Selection,
    SelectionThreshold,
    Setting,
    Threshold,
    Unanswered,
    Value,
    flat_profile,
    problem,
)
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.dilemmas import moral_hazard_game
from coopgap.theory.environments import Environment, environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Infinite
from coopgap.theory.languages import Language, complete, from_values, state_blind
from coopgap.theory.welfare import first_best

ENGINE = SmtEngine()
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


def accept(
    setting: Setting, levels: Any, claim: dict[str, Any], kind: str, witness: dict[str, Any]
) -> None:
    found = certify(setting, levels, claim, lambda: witness)
    assert isinstance(found, Certified)
    assert found.accepted, found.reason
    assert found.kind == kind


def certify_answer(question: Implementability, answer: Reached | Excluded) -> None:
    """The checker accepts the contract, or every obstruction, of an answer."""
    setting = question.setting
    game = setting.environment
    selection = [flat_profile(game, question.selection[state]) for state in game.support]
    claim = {"id": "implementable", "holds": isinstance(answer, Reached), "selection": selection}
    if isinstance(answer, Reached):
        witness = witnesses.reached(setting, answer.selection, answer.contract)
        accept(setting, question.levels, claim, "contract", witness)
        return
    assert answer.obstructions
    for each in answer.obstructions:
        witness = witnesses.obstruction(setting, each)
        accept(setting, question.levels, claim, "obstruction", witness)
        data = problem(setting, question.levels)
        assert witnesses.obstruction_kind(data, witness) == each.kind


def certify_value(question: Value, best: Reached) -> None:
    """The checker accepts that the contract reaches the gap that z3 found."""
    game = question.setting.environment
    gap = first_best(game).welfare - brute_force.expected_welfare(game, dict(best.selection))
    claim = {"id": "gap-at-most", "holds": True, "value": str(gap)}
    witness = reached_part(question.setting, best)
    accept(question.setting, question.levels, claim, "contract", witness)


def certify_threshold(setting: Setting, reached: Reached) -> None:
    """The checker accepts the threshold of the only first-best selection."""
    claim = {"id": "threshold", "holds": True, "value": str(reached.level)}
    witness = threshold_witness(setting, reached)
    kind = {
        ("reached",): "contract",
        ("below",): "obstructions",
        ("reached", "below"): "contract-and-obstructions",
    }
    accept(setting, None, claim, kind[tuple(witness)], witness)


def selections(game: Environment, rng: Random) -> list[Selection]:
    """A first-best selection, and a random one."""
    best = {state: found[0] for state, found in first_best(game).profiles.items()}
    return [best, {state: tuple(map(rng.randrange, game.shape)) for state in game.support}]


@pytest.mark.parametrize(("shape", "states", "contracts"), CASES)
def test_implementability_is_that_of_brute_force_and_certified(
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
            question = Implementability(setting, levels, selection)
            answer = ENGINE.solve(question)
            expected = brute_force.implementable(
                game, language_of(setting), contracts, dict(selection), levels, decide
            )
            assert isinstance(answer, Reached if expected else Excluded)
            if not isinstance(contracts, Directives):
                certify_answer(question, answer)


@pytest.mark.parametrize(("shape", "states", "contracts"), CASES)
def test_the_value_is_that_of_brute_force(shape: tuple[int, ...], states: int, contracts: Any):
    rng = Random(states)
    for setting in settings(shape, states, contracts, range(6, 8)):
        levels = random_environments.random_levels(rng, setting.environment)
        question = Value(setting, levels)
        answer = ENGINE.solve(question)
        assert isinstance(answer, BestSelection)
        game = setting.environment
        value = brute_force.value(game, language_of(setting), contracts, levels)
        assert answer.welfare == value
        if answer.best is None:
            assert value is MINUS_INFINITY
            continue
        assert brute_force.expected_welfare(game, dict(answer.best.selection)) == value
        if not isinstance(contracts, Directives):
            certify_value(question, answer.best)
        assert not isinstance(value, Infinite)
        for target, met in ((value, True), (value + Fraction(1, 10**40), False)):
            enough = ENGINE.solve(replace(question, target=target))
            assert isinstance(enough, BestSelection)
            assert (enough.best is not None) is met
            assert enough.welfare == value if met else enough.welfare is MINUS_INFINITY


@pytest.mark.parametrize(("shape", "states", "contracts"), CASES)
def test_thresholds_are_those_of_brute_force_and_certified(
    shape: tuple[int, ...], states: int, contracts: Any
):
    for setting in settings(shape, states, contracts, range(9, 13)):
        game = setting.environment
        answer = ENGINE.solve(Threshold(setting))
        assert isinstance(answer, Reached)
        assert answer.level == brute_force.threshold(game, language_of(setting), contracts)
        assert bool(answer.selection) is (answer.level != INFINITY)
        best = first_best(game).profiles
        if any(len(found) > 1 for found in best.values()):
            continue
        only = {state: found[0] for state, found in best.items()}
        of_only = ENGINE.solve(SelectionThreshold(setting, only))
        assert isinstance(of_only, Reached)
        assert of_only.level == answer.level
        assert of_only.selection == only
        if not isinstance(contracts, Directives):
            certify_threshold(setting, of_only)


@pytest.mark.parametrize("seed", range(30))
def test_odd_cases_agree_with_brute_force(seed: int):
    """No choices, one agent, no probability, payoffs beyond int64, no language."""
    case = random_environments.case(random_environments.BASE_SEED + seed)
    setting, game, levels = case.setting, case.setting.environment, case.levels
    language = language_of(setting)
    question = Implementability(setting, levels, case.selection)
    answer = ENGINE.solve(question)
    contracts = setting.contracts
    expected = brute_force.implementable(game, language, contracts, case.selection, levels)
    assert isinstance(answer, Reached if expected else Excluded), case
    if not isinstance(contracts, Directives):
        certify_answer(question, answer)
    least = ENGINE.solve(Threshold(setting))
    assert isinstance(least, Reached)
    assert least.level == brute_force.threshold(game, language, contracts), case
    best = ENGINE.solve(Value(setting, levels))
    assert isinstance(best, BestSelection)
    assert best.welfare == brute_force.value(game, language, contracts, levels), case


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
    answer = ENGINE.solve(Value(setting, setting.selfish))
    assert isinstance(answer, BestSelection)
    assert answer.welfare == value


def test_n4_balanced_transfers_fail_by_a_flow_over_both_states():
    setting = Setting(N4, state_blind(N4), Transfers(Budget.BALANCED))
    question = Implementability(setting, setting.selfish, N4_FIRST_BEST)
    deviations = ((0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 0, 1), (1, 1, 0, 1))
    flow = Obstruction("common-divergence-flow", N4_FIRST_BEST, deviations)
    assert ENGINE.solve(question) == Excluded((flow,))
    least = ENGINE.solve(SelectionThreshold(setting, N4_FIRST_BEST))
    assert least == Reached(N4_FIRST_BEST, Contract(), Fraction(1, 4), (flow,))


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
    best = ENGINE.solve(Value(setting, setting.selfish))
    assert isinstance(best, BestSelection)
    assert best.welfare == value
    least = ENGINE.solve(Threshold(setting))
    assert isinstance(least, Reached)
    assert least.level == threshold


def test_t9_domination_needs_more_than_the_bound():
    """theory.md T9: λ̄ = 9/14 in the 4×4 prisoner's dilemma (12, −5, 18, 0)."""
    game = moral_hazard_game(*map(Fraction, (12, -5, 18, 0)))
    setting = Setting(game, None, NoContract())
    bound = Fraction(9, 14)
    assert ENGINE.solve(Domination(setting, (bound, bound))) == Excluded(())
    above = Domination(setting, (bound + Fraction(1, 10**9),) * 2)
    assert isinstance(ENGINE.solve(above), Dominated)


def dominates(game: Environment, levels: Any, state: int, agent: int, bad: int, good: int) -> bool:
    utility = brute_force.prosocial_utility(brute_force.game_of(game), levels)
    return all(
        utility[agent, state, play] > utility[agent, state, brute_force.replaced(play, agent, bad)]
        for play in product(*map(range, game.shape))
        if play[agent] == good
    )


@pytest.mark.parametrize("seed", range(30))
def test_domination_is_that_of_the_definition_and_certified(seed: int):
    rng = Random(seed)
    shape = rng.choice([(2, 2), (3, 2), (2, 2, 2)])
    game = random_environments.random_environment(rng, shape)
    game = replace(game, cooperative=tuple((0,) if k == 2 else (0, 2) for k in shape))
    setting = Setting(game, None, NoContract())
    bound = brute_force.domination_bound(game)
    levels = [random_environments.random_levels(rng, game)]
    levels += [] if bound is None else [(bound + 1,) * len(shape)]
    for each in levels:
        answer = ENGINE.solve(Domination(setting, each))
        open_moves = [
            (state, agent, bad)
            for state in game.support
            for agent, good in enumerate(game.cooperative or ())
            for bad in range(shape[agent])
            if bad not in good
            and not any(dominates(game, each, state, agent, bad, action) for action in good)
        ]
        assert isinstance(answer, Excluded if open_moves else Dominated)
        if isinstance(answer, Dominated):
            claim = {"id": "all-cooperative", "holds": True}
            witness = domination_witness(game, answer)
            accept(setting, each, claim, "multipliers", witness)
    if bound is not None:
        assert isinstance(answer, Dominated)


# --- the text -------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("run", SOLVERS)
@pytest.mark.parametrize(("shape", "states", "contracts"), CASES)
def test_every_question_is_decided_by_its_text(
    shape: tuple[int, ...], states: int, contracts: Any, run: Any
):
    for setting in settings(shape, states, contracts, range(14, 15)):
        game = setting.environment
        levels = (Fraction(1, 3),) * len(shape)
        for selection in selections(game, Random(states)):
            question = Implementability(setting, levels, selection)
            found = isinstance(ENGINE.solve(question), Reached)
            assert run(to_smtlib(question)) == ("sat" if found else "unsat")
        value = Value(setting, levels)
        best = ENGINE.solve(value)
        assert isinstance(best, BestSelection)
        assert run(to_smtlib(value)) == ("unsat" if best.best is None else "sat")
        if isinstance(best.welfare, Fraction):
            assert run(to_smtlib(replace(value, target=best.welfare), status="sat")) == "sat"
            assert run(to_smtlib(value, best.welfare, status="unsat")) == "unsat"
        least = ENGINE.solve(Threshold(setting))
        assert isinstance(least, Reached)
        assert run(to_smtlib(Threshold(setting))) == ("unsat" if least.level == INFINITY else "sat")
        if isinstance(least.level, Fraction):
            assert run(to_smtlib(Threshold(setting), least.level)) == "unsat"
            of_one = SelectionThreshold(setting, least.selection)
            assert run(to_smtlib(of_one, least.level + Fraction(1, 7))) == "sat"


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


# --- limits ---------------------------------------------------------------------------------------


def questions(setting: Setting) -> list[Any]:
    levels = setting.selfish
    return [
        Implementability(setting, levels, N4_FIRST_BEST),
        SelectionThreshold(setting, N4_FIRST_BEST),
        Threshold(setting),
        Value(setting, levels),
        Domination(Setting(setting.environment, None, NoContract()), levels),
    ]


@pytest.mark.parametrize("question", questions(Setting(N4, state_blind(N4), Transfers())), ids=type)
def test_it_declares_what_it_answers_and_says_what_stops_it(question: Any):
    assert type(question) in ENGINE.answers
    small = SmtEngine(limit=1).solve(question)
    assert small == Unanswered(
        f"the contract space is too large for z3: {size(question)} incentive constraints > 1"
    )
    assert SmtEngine(timeout_ms=0).solve(question) == Unanswered("z3 ran out of time")
    assert ENGINE.solve(question) == ENGINE.solve(question)


def test_the_size_counts_the_incentive_constraints():
    for question in questions(Setting(N4, state_blind(N4), Transfers()))[:-1]:
        assert len(encode(question).incentives) == size(question)


def test_what_z3_does_not_know_is_unanswered(monkeypatch: pytest.MonkeyPatch):
    setting = Setting(N4, state_blind(N4), Transfers())
    monkeypatch.setattr(z3.Solver, "check", lambda _: z3.unknown)
    answer = ENGINE.solve(Value(setting, setting.selfish))
    assert isinstance(answer, Unanswered)
    assert answer.reason.startswith("z3 gave up: ")


@pytest.mark.parametrize(
    ("claimed", "reason"),
    [
        (z3.RealVal("1/8"), "z3 took 1/8 for the least λ, and it is not"),
        (z3.RealVal("1/2"), "z3 took 1/2 for the least λ, and it is not"),
        (z3.Real("epsilon"), "z3 answered epsilon, which is no rational number"),
    ],
    ids=str,
)
def test_an_optimum_that_is_none_is_unanswered(
    monkeypatch: pytest.MonkeyPatch, claimed: z3.ArithRef, reason: str
):
    """The true one is 1/4."""
    setting = Setting(N4, state_blind(N4), Transfers())
    monkeypatch.setattr(z3.Optimize, "lower", lambda self, *_: claimed.translate(self.ctx))
    answer = ENGINE.solve(SelectionThreshold(setting, N4_FIRST_BEST))
    assert answer == Unanswered(reason)


def test_questions_without_a_form_are_unanswered():
    plays = [0] * 8
    record = from_values(plays, ["?"] * 8, (2, 2, 2))
    directives = Setting(N4, record, Directives())
    assert ENGINE.solve(Value(directives, directives.selfish)) == Unanswered(
        "directives need a language of cells and classes"
    )
    under_contract = ENGINE.solve(Domination(Setting(N4, None, Transfers()), directives.selfish))
    assert under_contract == Unanswered("domination is about play without a contract")
    silent = Setting(replace(N4, cooperative=None), None, NoContract())
    answer = ENGINE.solve(Domination(silent, directives.selfish))
    assert isinstance(answer, Unanswered)
    assert "which actions cooperate" in answer.reason


def test_outside_the_first_best_a_threshold_may_lack_an_obstruction():
    """The deviation pays the agent and everybody: every λ ≥ 0 fails, and λ < −1/2 would do."""
    game = environment(["alone"], [["a", "b"]], [[[0, 1]]])
    setting = Setting(game, None, NoContract())
    answer = ENGINE.solve(SelectionThreshold(setting, {0: (0,)}))
    assert answer == Reached({0: (0,)}, Contract(), INFINITY)
