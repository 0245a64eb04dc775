"""T5: correlated equilibrium under the deviations that no contract can punish."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import second_checker
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgap.proofs.deciding.check import check
from coopgap.proofs.engines import correlated
from coopgap.proofs.engines.ascent import Ascent
from coopgap.proofs.engines.correlated import attaining_transfers, best_correlated
from coopgap.theory import languages
from coopgap.theory.contracts import Budget, TransferContract, Transfers, with_transfers
from coopgap.theory.dilemmas import moral_hazard_game
from coopgap.theory.environments import environment
from coopgap.theory.equilibria import Deviation, all_deviations
from coopgap.theory.exact import IntArray, integer_array
from coopgap.theory.languages import RecordLanguage, blind, complete, from_values, indistinguishable
from coopgap.theory.readers.load import load, load_listed, with_values
from coopgap.theory.specification import Specification

HUGE = 10**30


def improves(shape, distribution, payoffs, deviation):
    """What the deviation gains in expectation, payoffs being Fractions or integers."""
    agent, action, alternative = deviation
    total = Fraction(0)
    for flat, profile in enumerate(product(*map(range, shape))):
        if profile[agent] == action:
            target = (*profile[:agent], alternative, *profile[agent + 1 :])
            gain = int(payoffs[(agent, *target)]) - int(payoffs[(agent, *profile)])
            total += distribution.get(flat, 0) * gain
    return total


def proves(objective, payoffs, deviations, answer):
    """Whether primal and dual are feasible and meet, in Fractions alone."""
    shape = objective.shape
    for flat, profile in enumerate(product(*map(range, shape))):
        bound = answer.value
        for (agent, action, alternative), weight in answer.multipliers.items():
            if profile[agent] == action:
                target = (*profile[:agent], alternative, *profile[agent + 1 :])
                bound += weight * (int(payoffs[(agent, *target)]) - int(payoffs[(agent, *profile)]))
        if bound < int(objective.ravel()[flat]):
            return False
    distribution = answer.distribution
    return (
        set(answer.multipliers) <= set(deviations)
        and min(answer.multipliers.values(), default=0) >= 0
        and min(distribution.values()) > 0
        and sum(distribution.values()) == 1
        and sum(p * int(objective.ravel()[k]) for k, p in distribution.items()) == answer.value
        and all(improves(shape, distribution, payoffs, move) <= 0 for move in deviations)
    )


def best(objective, payoffs, deviations=None):
    moves = all_deviations(objective.shape) if deviations is None else deviations
    answer = best_correlated(objective, payoffs, moves)
    assert proves(objective, payoffs, moves, answer)
    return answer


def two_agents(first, second=None):
    """Payoffs of shape (2, …); symmetric unless the second agent's are given."""
    return np.array([first, np.transpose(first) if second is None else second])


def test_chicken_beats_its_nash_equilibria():
    """Aumann 1974: half of the mass on (dare, yield) and (yield, dare), none on (dare, dare)."""
    payoffs = two_agents([[6, 2], [7, 0]])
    answer = best(payoffs.sum(axis=0), payoffs)
    assert answer.value == Fraction(21, 2)
    assert answer.distribution == {0: Fraction(1, 2), 1: Fraction(1, 4), 2: Fraction(1, 4)}


@pytest.mark.parametrize("flat", range(4))
def test_matching_pennies_has_one_correlated_equilibrium(flat):
    payoffs = two_agents([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    objective = np.eye(1, 4, flat, dtype=np.int64).reshape(2, 2)
    assert best(objective, payoffs).value == best(-objective, payoffs).value * -1 == Fraction(1, 4)


def test_shapleys_game():
    """N2: the only Nash equilibrium is uniform with welfare 2/3; correlation reaches 1."""
    payoffs = two_agents(np.eye(3, dtype=int), np.roll(np.eye(3, dtype=int), 1, axis=1))
    answer = best(payoffs.sum(axis=0), payoffs)
    assert answer.value == 1


def test_three_agents():
    """Each wants to differ from the next one: somebody always fails."""
    a, b, c = np.indices((2, 2, 2))
    payoffs = np.array([a != b, b != c, c != a]).astype(np.int64)
    assert best(payoffs.sum(axis=0), payoffs).value == 2


def test_without_deviations_the_best_profile_is_played():
    payoffs = two_agents([[3, 0], [5, 1]]).astype(object) * HUGE
    assert best(payoffs.sum(axis=0), payoffs, []).value == 6 * HUGE


PAYOFFS = st.one_of(st.integers(-2, 2), st.integers(-HUGE, HUGE), st.integers(-(2**61), 2**61))


@st.composite
def games(draw):
    shape = draw(st.sampled_from([(2, 2), (2, 3), (3, 3), (2, 2, 2), (1, 3), (4,)]))
    size = int(np.prod(shape))
    cells = lambda n: draw(st.lists(PAYOFFS, min_size=n, max_size=n))  # noqa: E731
    agents = len(shape)
    return integer_array(cells(size), shape), integer_array(cells(size * agents), (agents, *shape))


@settings(max_examples=60)
@given(games(), st.data())
def test_every_optimum_is_proved(game, data):
    objective, payoffs = game
    moves = [m for m in all_deviations(objective.shape) if data.draw(st.booleans())]
    best(objective, payoffs, moves)


def effort_game(reward, sucker, temptation, punishment):
    game = moral_hazard_game(*map(Fraction, (reward, sucker, temptation, punishment)))
    classes = [["CH", "CL"], ["DH", "DL"]]
    return game, languages.product(game, actions={"row": classes, "col": classes})


DILEMMAS = [
    (5, -5, 9, 0),
    (12, -5, 18, 0),
    (1, Fraction(-3, 2), 3, 0),
    (5, -2, 3, 0),
    (Fraction(7, 3), -1, 2, Fraction(1, 5)),
]


def holds_under(game, language, transfers, distribution, contracts):
    """Whether the transfers obey the contract class and make the distribution an equilibrium."""
    faced = with_transfers(game, TransferContract(language, transfers))
    amounts = list(transfers.values())
    obeys = {
        Budget.FREE: True,
        Budget.BURNT: all(sum(row) <= 0 for row in amounts),
        Budget.BALANCED: all(sum(row) == 0 for row in amounts),
    }[contracts.budget]
    bound = contracts.liability
    return (
        obeys
        and (bound is None or all(amount >= -bound for row in amounts for amount in row))
        and all(
            improves(game.shape, of_state, faced.payoffs[:, state], move) <= 0
            for state, of_state in distribution.items()
            for move in all_deviations(game.shape)
        )
    )


@pytest.mark.parametrize("base", DILEMMAS)
def test_the_correlated_gap_of_unverifiable_effort(base):
    """theory.md §3: (R − P)/15 with multipliers 1/5, attained with balanced transfers and the fine
    2(|T − R| + R − P) at most."""
    reward, _, temptation, punishment = base
    game, language = effort_game(*base)
    moves = indistinguishable(language, game, 0)
    within = [(0, 1), (1, 0), (2, 3), (3, 2)]
    assert moves == [(agent, *pair) for agent in range(2) for pair in within]
    answer = best(game.welfare[0], game.payoffs[:, 0], moves)
    gap = (int(game.welfare.max()) - answer.value) / game.denominator
    assert gap == Fraction(reward - punishment) / 15
    assert answer.multipliers == {(0, 0, 1): Fraction(1, 5), (1, 0, 1): Fraction(1, 5)}
    fine = Fraction(2 * (abs(temptation - reward) + reward - punishment))
    for budget in Budget:
        contracts = Transfers(budget, fine)
        transfers = attaining_transfers(game, language, contracts, {0: answer.distribution})
        assert holds_under(game, language, transfers, {0: answer.distribution}, contracts)


@pytest.mark.parametrize("base", DILEMMAS)
def test_selfish_play_puts_at_most_half_on_the_first_best(base):
    """theory.md §3: 1/2, attained with free money; with balanced money in a prisoner's dilemma iff
    T − R ≥ P − S + (R − P)/2, in a stag hunt never."""
    reward, sucker, temptation, punishment = map(Fraction, base)
    game, language = effort_game(*base)
    first_best = np.eye(1, 16, dtype=np.int64).reshape(4, 4)
    answer = best(first_best, game.payoffs[:, 0], indistinguishable(language, game, 0))
    assert answer.value == Fraction(1, 2)
    distribution = {0: answer.distribution}
    assert attaining_transfers(game, language, Transfers(Budget.FREE), distribution) is not None
    easy = temptation - reward >= punishment - sucker + (reward - punishment) / 2
    balanced = attaining_transfers(game, language, Transfers(Budget.BALANCED), distribution)
    assert (balanced is not None) == easy


def audit_game():
    """N1: both of P1's actions look alike unless P2 audits."""
    game = environment(("P1", "P2"), [("a", "b"), ("x", "y")], [[[2, 0, 3, 0]], [[2, 0, 0, 0]]])
    return game, from_values(["x", "ay", "x", "by"], ["x", "ay", "x", "by"], (1, 2, 2))


def test_a_random_audit_makes_a_deviation_visible():
    game, language = audit_game()
    assert indistinguishable(language, game, 0) == []
    assert best(game.welfare[0], game.payoffs[:, 0], []).value == 4
    pure = {0: {0: Fraction(1)}}
    assert attaining_transfers(game, language, Transfers(Budget.FREE), pure) is None
    audited = {0: {0: Fraction(9, 10), 1: Fraction(1, 10)}}
    for liability, attained in ((None, True), (Fraction(11), True), (Fraction(1), False)):
        contracts = Transfers(Budget.BALANCED, liability)
        transfers = attaining_transfers(game, language, contracts, audited)
        assert (transfers is not None) == attained
        if transfers is not None:
            assert holds_under(game, language, transfers, audited, contracts)


def test_a_record_language_hides_what_its_slices_do_not_tell():
    game, _ = audit_game()
    table = np.array([[[0, 1], [0, 1]]])
    assert indistinguishable(RecordLanguage(table, ("x", "y")), game, 0) == [
        (0, 0, 1), (0, 1, 0)
    ]  # fmt: skip
    assert indistinguishable(complete(game), game, 0) == []
    assert indistinguishable(blind(game), game, 0) == all_deviations((2, 2))


def test_an_equilibrium_needs_no_transfers():
    game, language = effort_game(5, -5, 9, 0)
    defection = {0: {10: Fraction(1)}}
    assert attaining_transfers(game, language, Transfers(), defection) == {}
    assert attaining_transfers(game, language, Transfers(), {}) == {}


@st.composite
def contract_problems(draw):
    """A small game of two states, a language, a contract class and the best distributions that its
    invisible deviations allow."""
    numbers = draw(st.lists(st.integers(-4, 4), min_size=24, max_size=24))
    payoffs = [[numbers[0:6], numbers[6:12]], [numbers[12:18], numbers[18:24]]]
    game = environment(("1", "2"), [("a", "b"), ("x", "y", "z")], payoffs, ("v", "w"))
    values = draw(st.lists(st.integers(0, 5), min_size=12, max_size=12))
    language = draw(
        st.sampled_from(
            [
                complete(game),
                blind(game),
                languages.product(game, [["v", "w"]], {"2": [["x", "z"]]}),
                from_values(values, [str(v) for v in values], (2, 2, 3)),
            ]
        )
    )
    liability = draw(st.sampled_from([None, Fraction(0), Fraction(7, 2)]))
    contracts = Transfers(draw(st.sampled_from(list(Budget))), liability)
    distributions = {
        state: best(
            game.welfare[state], game.payoffs[:, state], indistinguishable(language, game, state)
        ).distribution
        for state in range(2)
    }
    return game, language, contracts, distributions


@settings(max_examples=60)
@given(contract_problems())
def test_attaining_transfers_attain(problem):
    game, language, contracts, distributions = problem
    transfers = attaining_transfers(game, language, contracts, distributions)
    if transfers is not None:
        assert all(any(row) for row in transfers.values())
        assert holds_under(game, language, transfers, distributions, contracts)
    elif isinstance(language, languages.ProductLanguage) and language == complete(game):
        # Where everything is verifiable, enough money supports any play.
        assert contracts.liability is not None


def test_an_uncertified_optimum_is_none(monkeypatch):
    monkeypatch.setattr(correlated, "solve", lambda *_: None)
    payoffs = two_agents([[6, 2], [7, 0]])
    assert best_correlated(payoffs.sum(axis=0), payoffs, []) is None


def test_the_ascent_looks_at_no_contract_twice():
    game = load("n4")
    assert isinstance(game, Specification)
    named = game.named("blind-balanced")
    assert isinstance(named.contracts, Transfers)
    programmes: list[tuple[object, ...]] = []

    def best(objective: IntArray, payoffs: IntArray, deviations: Sequence[Deviation]):
        programmes.append((objective.tolist(), payoffs.tolist()))
        return best_correlated(objective, payoffs, deviations)

    contract = Ascent(game.environment, named.language, named.contracts, best).best([], Fraction(6))
    assert contract is not None
    assert len(programmes) > 4
    assert all(programme not in programmes[:place] for place, programme in enumerate(programmes))


def test_multipliers_that_depend_on_the_parameters():
    report = check(load_listed("donation-game"))
    (together,) = (language for language in report.languages if language.name == "together")
    assert str(together.correlated_gap) == "2*(b - c)"
    certificate = report.texts[together.certificates["correlated_gap"]]
    assert '"multipliers":[[[0,0,1,{"b"' in certificate
    assert second_checker.verdict(certificate) == "accepted"
    for b, c in ((3, 1), (5, 4), (100, 1)):
        member = check(
            with_values(load_listed("donation-game"), {"b": Fraction(b), "c": Fraction(c)})
        )
        assert member.languages[1].correlated_gap == 2 * (b - c)
