"""What must happen to every quantity when a question is changed in a way whose effect is known.

Each law is tried on random cases (``random_environments``, seeds from COOPGAP_SEED on). No law
needs an oracle, so the cases could be of any size; they are small because odd cases are.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from random_environments import BASE_SEED, Case, random_case, random_language

from coopgap.proofs.deciding import decide
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Implementability,
    Levels,
    Reached,
    Setting,
    Threshold,
    Value,
)
from coopgap.theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment, environment
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended, IntArray, integer_array
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    blind,
    complete,
    from_values,
    join,
    product,
    refines,
)
from coopgap.theory.welfare import first_best, incontractible_cells

ONE = Fraction(1)

laws = pytest.mark.parametrize("seed", range(BASE_SEED, BASE_SEED + 40))


@dataclass(frozen=True)
class Quantities:
    """What a setting is worth; ``bound`` is U(L), for transfers only."""

    first_best: Fraction
    value: Extended
    threshold: Extended
    bound: Fraction | None

    def scaled(self, factor: Fraction, shift: Fraction = Fraction(0)) -> "Quantities":
        """Welfare in other units; λ is a pure number."""
        value = self.value
        return Quantities(
            self.first_best * factor + shift,
            value * factor + shift if isinstance(value, Fraction) else value,
            self.threshold,
            None if self.bound is None else self.bound * factor + shift,
        )


def worth(setting: Setting, levels: Levels) -> Quantities:
    value, threshold = decide.ask(Value(setting, levels)), decide.ask(Threshold(setting))
    assert isinstance(value, BestSelection), value
    assert isinstance(threshold, Reached), threshold
    bound = None
    if isinstance(setting.contracts, Transfers):
        finding = decide.correlated(setting, None)
        assert isinstance(finding, decide.CorrelatedFinding), finding
        bound = finding.bound
    best = first_best(setting.environment).welfare
    return Quantities(best, value.welfare, threshold.level, bound)


def value_of(setting: Setting, levels: Levels) -> Extended:
    answer = decide.ask(Value(setting, levels))
    assert isinstance(answer, BestSelection), answer
    return answer.welfare


# ------------------------------------------------------------ changing the names of things


def numbered(values: Iterable[Hashable]) -> tuple[int, ...]:
    """The values by order of first appearance."""
    numbers: dict[Hashable, int] = {}
    return tuple(numbers.setdefault(value, len(numbers)) for value in values)


def shuffled(rng: Random, size: int) -> list[int]:
    return rng.sample(range(size), size)


def rearranged(
    case: Case, players: list[int], states: list[int], actions: list[list[int]]
) -> tuple[Setting, Levels]:
    """The case with what stands at position k taken from position ``order[k]``; ``states`` may
    repeat a state, whose probability its copies then share. ``actions``: by old agent."""
    game, language = case.setting.environment, case.setting.language
    orders = [actions[i] for i in players]
    payoffs = game.payoffs[players][:, states].transpose(0, 1, *(2 + i for i in players))
    for axis, order in enumerate(orders, start=2):
        payoffs = payoffs.take(order, axis=axis)
    changed = Environment(
        players=tuple(f"agent {i}" for i in range(len(players))),
        actions=tuple(tuple(f"action {a}" for a in range(len(order))) for order in orders),
        states=tuple(f"state {s}" for s in range(len(states))),
        prior=tuple(game.prior[s] / states.count(s) for s in states),
        payoffs=payoffs.copy(),
        denominator=game.denominator,
    )
    if isinstance(language, ProductLanguage):
        language = ProductLanguage(
            numbered(language.cells[s] for s in states),
            tuple(
                numbered(language.classes[i][a] for a in order)
                for i, order in zip(players, orders, strict=True)
            ),
        )
    elif language is not None:
        table = language.table[states].transpose(0, *(1 + i for i in players))
        for axis, order in enumerate(orders, start=1):
            table = table.take(order, axis=axis)
        values = table.ravel().tolist()
        language = from_values(values, [str(value) for value in values], table.shape)
    setting = Setting(changed, language, case.setting.contracts)
    return setting, tuple(case.levels[i] for i in players)


def same_orders(case: Case) -> tuple[list[int], list[int], list[list[int]]]:
    """The orders that change nothing."""
    game = case.setting.environment
    sizes = [list(range(size)) for size in game.shape]
    return list(range(len(game.players))), list(range(len(game.states))), sizes


@laws
def test_the_names_of_states(seed: int):
    case = random_case(seed)
    players, states, actions = same_orders(case)
    moved = rearranged(case, players, shuffled(Random(seed), len(states)), actions)
    assert worth(*moved) == worth(case.setting, case.levels)


@laws
def test_the_names_of_actions(seed: int):
    case, rng = random_case(seed), Random(seed)
    players, states, actions = same_orders(case)
    moved = rearranged(case, players, states, [shuffled(rng, len(own)) for own in actions])
    assert worth(*moved) == worth(case.setting, case.levels)


@laws
def test_the_names_of_players(seed: int):
    case = random_case(seed)
    players, states, actions = same_orders(case)
    moved = rearranged(case, shuffled(Random(seed), len(players)), states, actions)
    assert worth(*moved) == worth(case.setting, case.levels)


@laws
def test_a_state_split_into_two_that_no_contract_tells_apart(seed: int):
    """A better play of one twin would do for the other."""
    case = random_case(seed)
    players, states, actions = same_orders(case)
    states.insert(0, Random(seed).choice(states))
    assert worth(*rearranged(case, players, states, actions)) == worth(case.setting, case.levels)


# ------------------------------------------------------------ changing payoffs


def repaid(game: Environment, payoffs: Callable[[int, int], IntArray]) -> Environment:
    """The game with other payoffs for each agent in each state, as arrays over its denominator."""
    values = [
        int(value)
        for i in range(len(game.players))
        for s in range(len(game.states))
        for value in payoffs(i, s).ravel().tolist()
    ]
    return replace(game, payoffs=integer_array(values, game.payoffs.shape))


def scaled_contracts(contracts: ContractClass, factor: int) -> ContractClass:
    if isinstance(contracts, Transfers) and contracts.liability is not None:
        return replace(contracts, liability=contracts.liability * factor)
    return contracts


@laws
@pytest.mark.parametrize("factor", [1, 7, 10**25])
def test_other_units_and_constant_payoffs(seed: int, factor: int):
    """u_i ↦ c u_i + d_i(ω) with one c for all: welfare follows, λ and the best plays stay."""
    case, rng = random_case(seed), Random(seed)
    game = case.setting.environment
    gifts = [[rng.randint(-9, 9) for _ in game.states] for _ in game.players]
    changed = repaid(game, lambda i, s: game.payoffs[i, s].astype(object) * factor + gifts[i][s])
    shift = sum(
        (p * sum(of_agent[s] for of_agent in gifts) for s, p in enumerate(game.prior)), Fraction(0)
    )
    contracts = scaled_contracts(case.setting.contracts, factor)
    setting = Setting(changed, case.setting.language, contracts)
    expected = worth(case.setting, case.levels).scaled(Fraction(factor), shift / game.denominator)
    assert worth(setting, case.levels) == expected


@laws
def test_a_unit_for_each_agent(seed: int):
    """u_i ↦ c_i u_i + d_i(ω): selfish equilibria stay, and what uncoupled contracts implement."""
    case, rng = random_case(seed), Random(seed)
    game, contracts = case.setting.environment, case.setting.contracts
    units = [(rng.randint(1, 9), rng.randint(-9, 9)) for _ in game.players]
    changed = repaid(
        game, lambda i, s: game.payoffs[i, s].astype(object) * units[i][0] + units[i][1]
    )
    assert (pure_nash(changed.payoffs) == pure_nash(game.payoffs)).all()
    uncoupled = contracts if isinstance(contracts, NoContract) else Transfers(Budget.FREE)
    setting = Setting(game, case.setting.language, uncoupled)
    answers = [
        decide.ask(Implementability(variant, setting.selfish, case.selection))
        for variant in (setting, replace(setting, environment=changed))
    ]
    assert type(answers[0]) is type(answers[1])


def with_dominated_action(case: Case, agent: int, double: int | None) -> Setting:
    """One more action, worse for the agent than any other and ruinous for all, whatever the others
    do. ``double``: the action whose record it leaves; None: one that product languages see."""
    game, language = case.setting.environment, case.setting.language
    spread = int(abs(game.payoffs).max()) + 1
    ruin = -spread * 10**6
    wide = [(0, 0)] * game.payoffs.ndim
    wide[2 + agent] = (0, 1)
    payoffs = np.pad(game.payoffs.astype(object), wide, constant_values=ruin)
    actions = list(game.actions)
    actions[agent] = (*actions[agent], "ruin")
    changed = replace(
        game,
        actions=tuple(actions),
        payoffs=integer_array(payoffs.ravel().tolist(), payoffs.shape),
        cooperative=None,
    )
    if isinstance(language, ProductLanguage):
        classes = list(language.classes)
        of_agent = classes[agent]
        classes[agent] = (
            *of_agent,
            language.class_counts[agent] if double is None else of_agent[double],
        )
        language = ProductLanguage(language.cells, tuple(classes))
    elif language is not None:
        double = double or 0
        extra = language.table.take([double], axis=1 + agent)
        table = np.concatenate([language.table, extra], axis=1 + agent)
        values = table.ravel().tolist()
        language = from_values(values, [str(value) for value in values], table.shape)
    return Setting(changed, language, case.setting.contracts)


@laws
@pytest.mark.parametrize("recorded", [True, False])
def test_a_dominated_and_ruinous_action(seed: int, recorded: bool):
    """Contracts treat the new record as some old one, so that nobody wants to go there. Only where
    nothing was implementable may the ruin be."""
    case, rng = random_case(seed), Random(seed)
    agent = rng.randrange(len(case.levels))
    double = None if recorded else rng.randrange(case.setting.environment.shape[agent])
    before = worth(case.setting, case.levels)
    after = worth(with_dominated_action(case, agent, double), case.levels)
    if before.value == MINUS_INFINITY:
        game = case.setting.environment
        least = Fraction(int(game.welfare.min()), game.denominator)
        assert after.value < least or not recorded
        after = replace(after, value=MINUS_INFINITY)
    assert after == before


@laws
def test_an_agent_without_choice_or_stake(seed: int):
    """An onlooker changes nothing; unless it can be the budget breaker (Holmström 1982)."""
    case = random_case(seed)
    game, contracts = case.setting.environment, case.setting.contracts
    language = case.setting.language
    payoffs = np.concatenate([game.payoffs, game.payoffs[:1] * 0])[..., None]
    changed = Environment(
        (*game.players, "onlooker"),
        (*game.actions, ("watch",)),
        game.states,
        game.prior,
        payoffs.copy(),
        game.denominator,
    )
    if isinstance(language, ProductLanguage):
        language = ProductLanguage(language.cells, (*language.classes, (0,)))
    elif language is not None:
        language = replace(language, table=language.table[..., None].copy())
    levels = (*case.levels, Fraction(0))
    original = case.setting
    if isinstance(contracts, Transfers) and contracts.budget is not Budget.FREE:
        contracts = Transfers(contracts.budget)
        original = replace(original, contracts=Transfers(Budget.FREE))
    watched = Setting(changed, language, contracts)
    assert worth(watched, levels) == worth(original, case.levels)


# ------------------------------------------------------------ changing the contracts


@laws
def test_t1_a_finer_language_is_worth_no_less(seed: int):
    """T1 and T7: the value never falls, the threshold never rises."""
    case, rng = random_case(seed), Random(seed)
    game, contracts = case.setting.environment, case.setting.contracts
    if isinstance(contracts, NoContract):
        contracts = Transfers(Budget.BALANCED)
    if isinstance(contracts, Directives):
        contracts = Directives(permissive=True)
    records = not isinstance(contracts, Directives)
    base, extension = (random_language(rng, game, records) for _ in range(2))
    chain = [blind(game), base, join(base, extension, game), complete(game)]
    for coarse, fine in pairwise(chain):
        assert refines(fine, coarse, game)
    worths = [worth(Setting(game, language, contracts), case.levels) for language in chain]
    for coarser, finer in pairwise(worths):
        assert finer.value >= coarser.value
        assert finer.threshold <= coarser.threshold
        assert coarser.bound is None or finer.bound is None or finer.bound >= coarser.bound


@laws
def test_t1_complete_directives_in_state_languages(seed: int):
    """Finer cells are worth no less; each further cell closes only incontractible ones."""
    case, rng = random_case(seed), Random(seed)
    game = case.setting.environment
    classes = complete(game).classes
    fine = ProductLanguage(numbered(rng.randrange(3) for _ in game.states), classes)
    groups = [rng.randrange(2) for _ in range(3)]
    coarse = ProductLanguage(numbered(groups[c] for c in fine.cells), classes)
    values = [
        value_of(Setting(game, language, Directives()), case.levels) for language in (coarse, fine)
    ]
    assert values[0] <= values[1]
    optimum = first_best(game).welfare
    for language, value in zip((coarse, fine), values, strict=True):
        assert (value == optimum) == (not incontractible_cells(game, language))


def test_t1_fails_for_complete_directives_in_product_languages():
    """Finer classes force narrower prescriptions: unverifiable actions are worth 2, verifiable
    actions 1 (theory.md T1)."""
    game = environment(
        ["row", "col"],
        ["AB", "AB"],
        [[[1, 0, 0, 0], [0, 0, 0, 1]]] * 2,
        ["w1", "w2"],
    )
    one_class: dict[str, Iterable[Iterable[str]]] = {"row": [["A", "B"]], "col": [["A", "B"]]}
    coarse = product(game, [["w1", "w2"]], one_class)
    fine = product(game, [["w1", "w2"]])
    assert refines(fine, coarse, game)

    def value(language: Language, permissive: bool = False) -> str:
        setting = Setting(game, language, Directives(permissive))
        return str(value_of(setting, setting.selfish))

    assert (value(coarse), value(fine)) == ("2", "1")
    assert (value(coarse, True), value(fine, True)) == ("2", "2")


def richer_classes(contracts: Sequence[ContractClass]) -> list[tuple[int, int]]:
    """Pairs of positions, the second class containing the first."""

    def within(inner: Any, outer: Any) -> bool:
        order = [Budget.BALANCED, Budget.BURNT, Budget.FREE]
        bound = outer.liability is None or (
            inner.liability is not None and inner.liability <= outer.liability
        )
        return bound and order.index(inner.budget) <= order.index(outer.budget)

    every = range(len(contracts))
    return [(i, j) for i in every for j in every if within(contracts[i], contracts[j])]


@laws
def test_more_contracts_are_worth_no_less(seed: int):
    """Budgets and liability bounds nest; without a bound burnt money does what free money does, and
    under free money a bound never binds (T3c, T3d)."""
    case = random_case(seed)
    game = case.setting.environment
    language = case.setting.language or complete(game)
    contracts = [
        Transfers(budget, bound) for budget in Budget for bound in (None, ONE, ONE / 2, ONE * 0)
    ]
    worths = [worth(Setting(game, language, c), case.levels) for c in contracts]
    for i, j in richer_classes(contracts):
        assert worths[i].value <= worths[j].value, (contracts[i], contracts[j])
        assert worths[i].threshold >= worths[j].threshold, (contracts[i], contracts[j])
    by_class = dict(zip(contracts, worths, strict=True))
    assert by_class[Transfers(Budget.BURNT)] == by_class[Transfers(Budget.FREE)]
    free = {by_class[c] for c in contracts if c.budget is Budget.FREE}
    assert len(free) == 1
    alone = worth(Setting(game, None, NoContract()), case.levels)
    assert all(quantities.value >= alone.value for quantities in worths)
    assert all(quantities.threshold <= alone.threshold for quantities in worths)


@laws
def test_gaps_close_exactly_from_the_threshold_on(seed: int):
    """At a first best no deviation raises welfare: more of a common λ never undoes what less
    achieved (unlike the value, N3)."""
    case = random_case(seed)
    setting = case.setting
    optimum, agents = first_best(setting.environment).welfare, len(case.levels)
    threshold = worth(setting, case.levels).threshold
    points = [Fraction(0), Fraction(1, 5), Fraction(1), Fraction(10**9)]
    if threshold != INFINITY:
        assert isinstance(threshold, Fraction)
        points += [threshold, threshold + 1, threshold * Fraction(99, 100)]
    for level in points:
        closed = value_of(setting, (level,) * agents) == optimum
        assert closed == (level >= threshold), level
