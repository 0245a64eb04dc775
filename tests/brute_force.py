"""theory.md read aloud: every quantity computed from its definition, as slowly as that takes.

The oracle of the differential tests. It takes only plain data from the project's values (payoffs,
partitions, record tables) and shares no algorithm with the project: dictionaries of fractions,
enumeration, and linear systems handed to z3 as they are written.

``python -m tests.brute_force`` rewrites tests/expected, keeping what is stated there by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import chain, combinations, product
from pathlib import Path
from typing import Any

import z3

from coopgap.theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended
from coopgap.theory.languages import Language, ProductLanguage
from coopgap.theory.readers.load import games
from coopgap.theory.specification import NamedLanguage, Question, Specification

Profile = tuple[int, ...]
Selection = dict[int, Profile]
Lambdas = Sequence[Fraction]

NO_CONTRACT = NoContract()


# ---------------------------------------------------------------------------------- environments


@dataclass(frozen=True)
class Game:
    """An environment as dictionaries; only states of positive probability are kept."""

    agents: range
    states: tuple[int, ...]
    actions: tuple[range, ...]
    profiles: tuple[Profile, ...]
    prior: dict[int, Fraction]
    payoff: dict[tuple[int, int, Profile], Fraction]
    welfare: dict[tuple[int, Profile], Fraction]


@lru_cache(maxsize=16)
def game_of(environment: Environment) -> Game:
    agents = range(len(environment.players))
    states = tuple(w for w, p in enumerate(environment.prior) if p > 0)
    actions = tuple(range(len(labels)) for labels in environment.actions)
    profiles = tuple(product(*actions))
    payoff = {
        (i, w, a): Fraction(int(environment.payoffs[(i, w, *a)]), environment.denominator)
        for i in agents
        for w in states
        for a in profiles
    }
    welfare = {
        (w, a): sum((payoff[i, w, a] for i in agents), Fraction(0))
        for w in states
        for a in profiles
    }
    prior = {w: environment.prior[w] for w in states}
    return Game(agents, states, actions, profiles, prior, payoff, welfare)


def replaced(profile: Profile, agent: int, action: int) -> Profile:
    """(b, a_-i)."""
    return (*profile[:agent], action, *profile[agent + 1 :])


def selfish(environment: Environment) -> tuple[Fraction, ...]:
    return (Fraction(0),) * len(environment.players)


def prosocial_utility(
    game: Game, prosociality: Lambdas
) -> dict[tuple[int, int, Profile], Fraction]:
    """u_i + λ_i W."""
    return {
        (i, w, a): own + prosociality[i] * game.welfare[w, a]
        for (i, w, a), own in game.payoff.items()
    }


def expected_welfare(environment: Environment, selection: Selection) -> Fraction:
    game = game_of(environment)
    return sum((game.prior[w] * game.welfare[w, selection[w]] for w in game.states), Fraction(0))


def expected_payoff(environment: Environment, agent: int, selection: Selection) -> Fraction:
    game = game_of(environment)
    return sum(
        (game.prior[w] * game.payoff[agent, w, selection[w]] for w in game.states), Fraction(0)
    )


def first_best(environment: Environment) -> tuple[Fraction, dict[int, list[Profile]]]:
    """W*, and FB(ω) for every state of positive probability."""
    game = game_of(environment)
    best: dict[int, list[Profile]] = {}
    for w in game.states:
        highest = max(game.welfare[w, a] for a in game.profiles)
        best[w] = [a for a in game.profiles if game.welfare[w, a] == highest]
    return expected_welfare(environment, {w: best[w][0] for w in best}), best


def selections(choices: dict[int, list[Profile]]) -> Iterator[Selection]:
    """Every way to choose one profile per state, lexicographically."""
    for chosen in product(*choices.values()):
        yield dict(zip(choices, chosen, strict=True))


def first_best_selections(environment: Environment) -> list[Selection]:
    return list(selections(first_best(environment)[1]))


# --------------------------------------------------------------------------- play without contracts


def pure_nash(
    environment: Environment, prosociality: Lambdas | None = None
) -> dict[int, list[Profile]]:
    """The pure Nash equilibria of every state of positive probability."""
    game = game_of(environment)
    everything = tuple(set(of_agent) for of_agent in game.actions)
    return {
        w: restricted_nash(environment, w, everything, prosociality or selfish(environment))
        for w in game.states
    }


def restricted_nash(
    environment: Environment, state: int, allowed: Sequence[set[int]], prosociality: Lambdas
) -> list[Profile]:
    """The pure Nash equilibria of one state when every agent i may only take ``allowed[i]``."""
    game = game_of(environment)
    utility = prosocial_utility(game, prosociality)
    return [
        a
        for a in game.profiles
        if all(a[i] in allowed[i] for i in game.agents)
        and all(
            utility[i, state, a] >= utility[i, state, replaced(a, i, b)]
            for i in game.agents
            for b in allowed[i]
        )
    ]


def best_nash_welfare(
    environment: Environment, prosociality: Lambdas | None = None
) -> Fraction | None:
    """The best expected welfare of pure equilibria, state by state; None if a state has none."""
    return _nash_welfare(environment, prosociality, max)


def worst_nash_welfare(
    environment: Environment, prosociality: Lambdas | None = None
) -> Fraction | None:
    """The worst expected welfare of pure equilibria; None if a state has none."""
    return _nash_welfare(environment, prosociality, min)


def _nash_welfare(
    environment: Environment,
    prosociality: Lambdas | None,
    choose: Callable[[list[Fraction]], Fraction],
) -> Fraction | None:
    game = game_of(environment)
    total = Fraction(0)
    for w, equilibria in pure_nash(environment, prosociality).items():
        if not equilibria:
            return None
        total += game.prior[w] * choose([game.welfare[w, a] for a in equilibria])
    return total


# ------------------------------------------------------------------------------------- languages


def record_of(language: Language, state: int, profile: Profile) -> object:
    """ρ(ω, a)."""
    if isinstance(language, ProductLanguage):
        classes = tuple(of[a] for of, a in zip(language.classes, profile, strict=True))
        return (language.cells[state], *classes)
    return int(language.table[(state, *profile)])


def cells(environment: Environment, language: ProductLanguage) -> list[list[int]]:
    """The cells as lists of states of positive probability."""
    by_cell: dict[int, list[int]] = {}
    for w in game_of(environment).states:
        by_cell.setdefault(language.cells[w], []).append(w)
    return sorted(by_cell.values())


def is_state_language(language: Language) -> bool:
    return isinstance(language, ProductLanguage) and all(
        len(set(of_agent)) == len(of_agent) for of_agent in language.classes
    )


def incontractible_cells(environment: Environment, language: ProductLanguage) -> list[list[int]]:
    """The cells whose states of positive probability share no first-best profile."""
    best = first_best(environment)[1]
    return [
        cell
        for cell in cells(environment, language)
        if not set.intersection(*(set(best[w]) for w in cell))
    ]


# ------------------------------------------------------------------------------------ directives


def subsets(items: Iterable[int]) -> Iterator[set[int]]:
    """All nonempty subsets."""
    pool = list(items)
    sizes = (combinations(pool, size) for size in range(1, len(pool) + 1))
    return (set(chosen) for chosen in chain.from_iterable(sizes))


def prescriptions(
    language: ProductLanguage, directives: Directives
) -> Iterator[tuple[set[int], ...]]:
    """Everything that a directive can allow in one cell: a set of actions for each agent."""
    per_agent = []
    for of_agent in language.classes:
        classes = sorted(set(of_agent))
        chosen = subsets(classes) if directives.permissive else ({k} for k in classes)
        per_agent.append([{a for a, k in enumerate(of_agent) if k in some} for some in chosen])
    return product(*per_agent)


def directive_value(
    environment: Environment,
    language: ProductLanguage,
    directives: Directives,
    prosociality: Lambdas,
) -> Extended:
    """The best expected welfare over all directives, the best pure equilibrium played in each."""
    game = game_of(environment)
    total = Fraction(0)
    for cell in cells(environment, language):
        attained = []
        for allowed in prescriptions(language, directives):
            outcomes = [restricted_nash(environment, w, allowed, prosociality) for w in cell]
            if all(outcomes):
                attained.append(
                    sum(
                        game.prior[w] * max(game.welfare[w, a] for a in profiles)
                        for w, profiles in zip(cell, outcomes, strict=True)
                    )
                )
        if not attained:
            return MINUS_INFINITY
        total += max(attained)
    return total


def directive_gap(environment: Environment, language: ProductLanguage) -> Fraction:
    """Σ_c δ_c of T2: what every complete directive of a state language loses at least."""
    game = game_of(environment)
    best = {w: max(game.welfare[w, a] for a in game.profiles) for w in game.states}
    return sum(
        (
            min(
                sum((game.prior[w] * (best[w] - game.welfare[w, a]) for w in cell), Fraction(0))
                for a in game.profiles
            )
            for cell in cells(environment, language)
        ),
        Fraction(0),
    )


# ------------------------------------------------------------------------------- linear systems

Variable = object
Row = tuple[dict[Variable, Fraction], str, Fraction]
"""Σ coefficient · variable, ">=" or "=", bound."""


def transfer_rows(
    environment: Environment,
    language: Language,
    transfers: Transfers,
    selection: Selection,
    prosociality: Lambdas | None,
) -> list[Row]:
    """What the transfers t_i(y), variables (i, y), must satisfy to implement the selection.

    With ``prosociality`` None the common λ is one more variable, "λ", at least 0.
    """
    game = game_of(environment)
    rows: list[Row] = []
    for i in game.agents:
        for w, a in selection.items():
            for b in game.actions[i]:
                d = replaced(a, i, b)
                gain = game.payoff[i, w, d] - game.payoff[i, w, a]
                harm = game.welfare[w, a] - game.welfare[w, d]
                row: dict[Variable, Fraction] = {}
                add(row, (i, record_of(language, w, a)), 1)
                add(row, (i, record_of(language, w, d)), -1)
                if prosociality is None:
                    add(row, "λ", harm)
                    rows.append((row, ">=", gain))
                else:
                    rows.append((row, ">=", gain - prosociality[i] * harm))
    if prosociality is None:
        rows.append(({"λ": Fraction(1)}, ">=", Fraction(0)))
    return rows + budget_rows(environment, language, transfers)


def budget_rows(environment: Environment, language: Language, transfers: Transfers) -> list[Row]:
    """The budget rule and the liability bound at every record."""
    game = game_of(environment)
    everywhere = {record_of(language, w, a): None for w in game.states for a in game.profiles}
    rows: list[Row] = []
    for y in everywhere:
        if transfers.budget is Budget.BALANCED:
            rows.append(({(i, y): Fraction(1) for i in game.agents}, "=", Fraction(0)))
        if transfers.budget is Budget.BURNT:
            rows.append(({(i, y): Fraction(-1) for i in game.agents}, ">=", Fraction(0)))
        if transfers.liability is not None:
            rows.extend(({(i, y): Fraction(1)}, ">=", -transfers.liability) for i in game.agents)
    return rows


def add(row: dict[Variable, Fraction], variable: Variable, coefficient: Fraction | int) -> None:
    row[variable] = row.get(variable, Fraction(0)) + coefficient


def number(value: Fraction) -> Any:
    return z3.RealVal(str(value))


class Linear:
    """Rows as z3 constraints, with one real variable per name."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.reals: dict[Variable, Any] = {}
        self.constraints = [self.constraint(row) for row in rows]

    def real(self, variable: Variable) -> Any:
        return self.reals.setdefault(variable, z3.Real(f"x{len(self.reals)}"))

    def constraint(self, row: Row) -> Any:
        coefficients, relation, bound = row
        terms = [number(c) * self.real(v) for v, c in coefficients.items() if c != 0]
        total = z3.Sum(terms) if terms else z3.RealVal(0)
        return total >= number(bound) if relation == ">=" else total == number(bound)


def feasible(rows: Iterable[Row]) -> bool:
    """Whether the system has a real solution."""
    solver = z3.SolverFor("QF_LRA")
    solver.add(Linear(rows).constraints)
    answer = solver.check()
    assert answer in (z3.sat, z3.unsat)
    return bool(answer == z3.sat)


def optimum(
    rows: list[Row], objective: Mapping[Any, Fraction]
) -> tuple[Fraction, dict[Variable, Fraction]] | None:
    """The greatest value of the objective, which must be bounded, and a point that attains it;
    None if the system has no solution."""
    system = Linear(rows)
    optimiser = z3.Optimize()
    optimiser.add(system.constraints)
    handle = optimiser.maximize(
        z3.Sum([number(c) * system.real(v) for v, c in objective.items()] or [z3.RealVal(0)])
    )
    if optimiser.check() == z3.unsat:
        return None
    greatest = Fraction(optimiser.upper(handle).as_string())
    model = optimiser.model()
    point = {
        v: Fraction(model.eval(real, model_completion=True).as_string())
        for v, real in system.reals.items()
    }
    assert sum((c * point[v] for v, c in objective.items()), Fraction(0)) == greatest, "an epsilon"
    return greatest, point


def feasible_by_elimination(rows: Iterable[Row]) -> bool:
    """The same question by Gauss and Fourier–Motzkin, with no solver; for tiny systems."""
    equalities = [(dict(c), b) for c, relation, b in rows if relation == "="]
    inequalities = [(dict(c), b) for c, relation, b in rows if relation == ">="]
    while equalities:
        coefficients, bound = equalities.pop()
        pivot = next((v for v, c in coefficients.items() if c != 0), None)
        if pivot is None:
            if bound != 0:
                return False
            continue
        solved = (coefficients, bound)
        equalities = [minus(equality, solved, pivot) for equality in equalities]
        inequalities = [minus(inequality, solved, pivot) for inequality in inequalities]
    while True:
        inequalities = distinct(inequalities)
        variables = {v for coefficients, _ in inequalities for v in coefficients}
        if not variables:
            return all(bound <= 0 for _, bound in inequalities)

        def cost(variable: Variable) -> int:
            signs = [row.get(variable, 0) for row, _ in inequalities]  # noqa: B023
            return sum(c > 0 for c in signs) * sum(c < 0 for c in signs)

        pivot = min(variables, key=lambda v: (cost(v), repr(v)))
        below = [row for row in inequalities if row[0].get(pivot, 0) > 0]
        above = [row for row in inequalities if row[0].get(pivot, 0) < 0]
        rest = [row for row in inequalities if row[0].get(pivot, 0) == 0]
        inequalities = rest + [minus(high, low, pivot) for low in below for high in above]


Inequality = tuple[dict[Variable, Fraction], Fraction]


def minus(row: Inequality, solved: Inequality, pivot: Variable) -> Inequality:
    """The row less that multiple of the other which removes the pivot."""
    factor = row[0].get(pivot, Fraction(0)) / solved[0][pivot]
    coefficients = dict(row[0])
    for variable, coefficient in solved[0].items():
        add(coefficients, variable, -factor * coefficient)
    return {v: c for v, c in coefficients.items() if c != 0}, row[1] - factor * solved[1]


def distinct(rows: Iterable[Inequality]) -> list[Inequality]:
    """Each left side once, scaled, with its greatest bound."""
    strongest: dict[frozenset[tuple[Variable, Fraction]], Fraction] = {}
    for coefficients, bound in rows:
        nonzero = {v: c for v, c in coefficients.items() if c != 0}
        scale = abs(nonzero[min(nonzero, key=repr)]) if nonzero else Fraction(1)
        key = frozenset((v, c / scale) for v, c in nonzero.items())
        strongest[key] = max(bound / scale, strongest.get(key, bound / scale))
    return [(dict(key), bound) for key, bound in strongest.items()]


# -------------------------------------------------------------------------- implementation and gap


def implementable(
    environment: Environment,
    language: Language,
    contracts: ContractClass,
    selection: Selection,
    prosociality: Lambdas | None = None,
    decide: Callable[[list[Row]], bool] = feasible,
) -> bool:
    """Whether one contract of the class makes σ(ω) a Nash equilibrium in every state."""
    prosociality = prosociality or selfish(environment)
    if isinstance(contracts, NoContract):
        equilibria = pure_nash(environment, prosociality)
        return all(a in equilibria[w] for w, a in selection.items())
    if isinstance(contracts, Transfers):
        return decide(transfer_rows(environment, language, contracts, selection, prosociality))
    assert isinstance(language, ProductLanguage)
    return all(
        any(
            all(
                selection[w] in restricted_nash(environment, w, allowed, prosociality) for w in cell
            )
            for allowed in prescriptions(language, contracts)
        )
        for cell in cells(environment, language)
    )


def value(
    environment: Environment,
    language: Language,
    contracts: ContractClass = NO_CONTRACT,
    prosociality: Lambdas | None = None,
) -> Extended:
    """V_X(λ, L): the welfare of the best implementable selection, −∞ if there is none."""
    if isinstance(contracts, Directives):
        assert isinstance(language, ProductLanguage)
        return directive_value(
            environment, language, contracts, prosociality or selfish(environment)
        )
    game = game_of(environment)
    candidates = [
        (expected_welfare(environment, selection), selection)
        for selection in selections({w: list(game.profiles) for w in game.states})
    ]
    candidates.sort(key=lambda candidate: -candidate[0])
    for welfare, selection in candidates:
        if implementable(environment, language, contracts, selection, prosociality):
            return welfare
    return MINUS_INFINITY


def gap(
    environment: Environment,
    language: Language,
    contracts: ContractClass = NO_CONTRACT,
    prosociality: Lambdas | None = None,
) -> Extended:
    """Δ_X(λ, L) = W* − V_X(λ, L)."""
    attained = value(environment, language, contracts, prosociality)
    if not isinstance(attained, Fraction):
        return INFINITY
    return first_best(environment)[0] - attained


# ------------------------------------------------------------------------------------ prosociality


def profile_threshold(
    environment: Environment,
    agent: int,
    state: int,
    profile: Profile,
    allowed: Iterable[int] | None = None,
) -> Extended:
    """λ_i(ω, a) of T6 at a first-best profile, over the deviations that are allowed."""
    game = game_of(environment)
    least: Extended = Fraction(0)
    for b in game.actions[agent] if allowed is None else allowed:
        deviation = replaced(profile, agent, b)
        gain = game.payoff[agent, state, deviation] - game.payoff[agent, state, profile]
        harm = game.welfare[state, profile] - game.welfare[state, deviation]
        if harm == 0 and gain > 0:
            return INFINITY
        if harm > 0:
            least = max(least, gain / harm)
    return least


def agent_thresholds(environment: Environment) -> list[tuple[Selection, tuple[Extended, ...]]]:
    """For every first-best selection, the least λ_i of every agent that makes it an equilibrium."""
    return [
        (
            selection,
            tuple(
                max(profile_threshold(environment, i, w, a) for w, a in selection.items())
                for i in game_of(environment).agents
            ),
        )
        for selection in first_best_selections(environment)
    ]


def threshold(
    environment: Environment,
    language: Language | None = None,
    contracts: ContractClass = NO_CONTRACT,
) -> Extended:
    """The least common λ at which some contract of the class implements a first-best selection."""
    if isinstance(contracts, NoContract):
        return min(max(per_agent) for _, per_agent in agent_thresholds(environment))
    if isinstance(contracts, Directives):
        assert isinstance(language, ProductLanguage)
        return min(
            _directive_threshold(environment, language, contracts, selection)
            for selection in first_best_selections(environment)
        )
    assert language is not None
    least: Extended = INFINITY
    for selection in first_best_selections(environment):
        rows = transfer_rows(environment, language, contracts, selection, None)
        solution = optimum(rows, {"λ": Fraction(-1)})
        if solution is not None:
            least = min(least, -solution[0])
    return least


def _directive_threshold(
    environment: Environment,
    language: ProductLanguage,
    directives: Directives,
    selection: Selection,
) -> Extended:
    agents = game_of(environment).agents
    needed: Extended = Fraction(0)
    for cell in cells(environment, language):
        cheapest: Extended = INFINITY
        for allowed in prescriptions(language, directives):
            if all(selection[w][i] in allowed[i] for w in cell for i in agents):
                cheapest = min(
                    cheapest,
                    max(
                        profile_threshold(environment, i, w, selection[w], allowed[i])
                        for w in cell
                        for i in agents
                    ),
                )
        needed = max(needed, cheapest)
    return needed


def domination_bound(environment: Environment) -> Fraction | None:
    """λ̄ of T9; None where some defecting action has no cooperating one that always raises W."""
    game = game_of(environment)
    assert environment.cooperative is not None
    bound = Fraction(0)
    for i in game.agents:
        cooperating = environment.cooperative[i]
        for d in set(game.actions[i]) - set(cooperating):
            raising = [
                c
                for c in cooperating
                if all(
                    game.welfare[w, replaced(a, i, c)] > game.welfare[w, replaced(a, i, d)]
                    for w in game.states
                    for a in game.profiles
                )
            ]
            if not raising:
                return None
            for w in game.states:
                bound = max(
                    bound,
                    min(
                        max(
                            (
                                game.payoff[i, w, replaced(a, i, d)]
                                - game.payoff[i, w, replaced(a, i, c)]
                            )
                            / (
                                game.welfare[w, replaced(a, i, c)]
                                - game.welfare[w, replaced(a, i, d)]
                            )
                            for a in game.profiles
                        )
                        for c in raising
                    ),
                )
    return bound


# ------------------------------------------------------------------------------------- benefit (T8)


def worse_selfish_outcomes(environment: Environment) -> list[Selection]:
    """The selfish pure equilibrium selections of welfare below W*."""
    best = first_best(environment)[0]
    return [
        selection
        for selection in selections(pure_nash(environment))
        if expected_welfare(environment, selection) < best
    ]


def beneficial(environment: Environment) -> bool:
    """Whether for each of those outcomes some first-best selection makes every agent better off."""
    agents = game_of(environment).agents
    return all(
        any(
            all(
                expected_payoff(environment, i, good) > expected_payoff(environment, i, bad)
                for i in agents
            )
            for good in first_best_selections(environment)
        )
        for bad in worse_selfish_outcomes(environment)
    )


def beneficial_with_side_payments(environment: Environment) -> bool:
    """The same after constant balanced payments, which may depend on the outcome."""
    return all(_payments_exist(environment, [bad]) for bad in worse_selfish_outcomes(environment))


def beneficial_with_one_payment(environment: Environment) -> bool:
    """The same with one payment for all those outcomes at once."""
    return _payments_exist(environment, worse_selfish_outcomes(environment))


def _payments_exist(environment: Environment, outcomes: list[Selection]) -> bool:
    agents = game_of(environment).agents
    pay = [z3.Real(f"pay{i}") for i in agents]
    for good in first_best_selections(environment):
        solver = z3.Solver()
        solver.add(z3.Sum(pay) == 0)
        for bad in outcomes:
            for i in agents:
                gain = expected_payoff(environment, i, good) - expected_payoff(environment, i, bad)
                solver.add(pay[i] + number(gain) > 0)
        if solver.check() == z3.sat:
            return True
    return False


# ------------------------------------------------------------------------- correlated equilibrium


def correlated_rows(
    environment: Environment,
    state: int,
    utility: dict[tuple[int, int, Profile], Fraction],
    deviations: Callable[[int, int], Iterable[int]],
    allowed: Sequence[set[int]] | None = None,
) -> list[Row]:
    """What a distribution over profiles, variables a, must satisfy in one state: agent i told a
    must not gain by any of ``deviations(i, a)``."""
    game = game_of(environment)
    rows: list[Row] = [({a: Fraction(1) for a in game.profiles}, "=", Fraction(1))]
    for a in game.profiles:
        possible = allowed is None or all(a[i] in allowed[i] for i in game.agents)
        rows.append(({a: Fraction(1)}, ">=" if possible else "=", Fraction(0)))
    for i in game.agents:
        for action in game.actions[i]:
            for b in deviations(i, action):
                rows.append(
                    (
                        {
                            a: utility[i, state, a] - utility[i, state, replaced(a, i, b)]
                            for a in game.profiles
                            if a[i] == action
                        },
                        ">=",
                        Fraction(0),
                    )
                )
    return rows


def unseen_deviations(
    environment: Environment, language: Language, state: int
) -> Callable[[int, int], list[int]]:
    """The deviations that never change the record in a state, whatever the others do."""
    game = game_of(environment)

    def of(agent: int, action: int) -> list[int]:
        return [
            b
            for b in game.actions[agent]
            if all(
                record_of(language, state, replaced(a, agent, action))
                == record_of(language, state, replaced(a, agent, b))
                for a in game.profiles
            )
        ]

    return of


Distributions = dict[int, dict[Profile, Fraction]]


def correlated_optimum(
    environment: Environment,
    language: Language,
    supports: Mapping[int, Sequence[set[int]]] | None = None,
) -> tuple[Fraction, Distributions] | None:
    """U(L) of T5 and distributions that attain it, over given supports if any."""
    game = game_of(environment)
    total = Fraction(0)
    distributions: Distributions = {}
    for w in game.states:
        rows = correlated_rows(
            environment,
            w,
            game.payoff,
            unseen_deviations(environment, language, w),
            supports[w] if supports else None,
        )
        best = optimum(rows, {a: game.welfare[w, a] for a in game.profiles})
        if best is None:
            return None
        total += game.prior[w] * best[0]
        distributions[w] = {a: best[1][a] for a in game.profiles}
    return total, distributions


def correlated_bound(environment: Environment, language: Language) -> Fraction:
    """W* − U(L): no transfer contract of the language has a smaller correlated gap."""
    best = correlated_optimum(environment, language)
    assert best is not None
    return first_best(environment)[0] - best[0]


def cancelling_bound(
    environment: Environment, language: Language, contracts: Transfers
) -> Fraction:
    """W* less the cancelling optimum: no contract of the class has a smaller correlated gap."""
    return first_best(environment)[0] - cancelling_optimum(environment, language, contracts)[0]


def cancelling_optimum(
    environment: Environment, language: Language, contracts: Transfers
) -> tuple[Fraction, Distributions]:
    """T10's programme in each state alone, its reports left out: what is paid at a record may
    depend on the whole profile that is recommended."""
    game = game_of(environment)
    total = Fraction(0)
    distributions: Distributions = {}
    for w in game.states:
        rows = correlated_rows(environment, w, game.payoff, lambda _agent, _action: [])

        def record(a: Profile, w: int = w) -> Any:
            return record_of(language, w, a)

        paid = {
            (a, record(replaced(a, i, b)))
            for a in game.profiles
            for i in game.agents
            for b in game.actions[i]
        }
        for i in game.agents:
            for action in game.actions[i]:
                for b in game.actions[i]:
                    row: dict[Any, Fraction] = {}
                    for a in game.profiles:
                        if a[i] == action:
                            after = replaced(a, i, b)
                            row[a] = game.payoff[i, w, a] - game.payoff[i, w, after]
                            for key, sign in (((a, record(a), i), 1), ((a, record(after), i), -1)):
                                row[key] = row.get(key, Fraction(0)) + sign
                    rows.append((row, ">=", Fraction(0)))
        for a, y in paid:
            if contracts.budget is not Budget.FREE:
                relation = "=" if contracts.budget is Budget.BALANCED else ">="
                rows.append(({(a, y, i): Fraction(-1) for i in game.agents}, relation, Fraction(0)))
            if contracts.liability is not None:
                rows += [
                    ({(a, y, i): Fraction(1), a: contracts.liability}, ">=", Fraction(0))
                    for i in game.agents
                ]
        best = optimum(rows, {a: game.welfare[w, a] for a in game.profiles})
        assert best is not None
        total += game.prior[w] * best[0]
        distributions[w] = {a: best[1][a] for a in game.profiles}
    return total, distributions


def correlated_gap(
    environment: Environment, language: Language, contracts: ContractClass
) -> Fraction | None:
    """Δ^ce where it is known exactly: the bound of T5 is attained; otherwise None."""
    best = first_best(environment)[0]
    if isinstance(contracts, Directives):
        assert isinstance(language, ProductLanguage)
        return best - _directive_correlated_value(environment, language, contracts)
    if isinstance(contracts, NoContract):
        blind = ProductLanguage(
            (0,) * len(environment.states), tuple((0,) * len(k) for k in environment.actions)
        )
        return correlated_bound(environment, blind)
    pure = gap(environment, language, contracts)
    if pure == 0:
        return Fraction(0)
    upper = correlated_optimum(environment, language)
    assert upper is not None
    candidates = [upper]
    if isinstance(language, ProductLanguage):
        candidates += _one_class_profile_per_cell(environment, language)
    tighter = cancelling_optimum(environment, language, contracts)
    for total, distributions in (*candidates, tighter):
        if total == min(upper[0], tighter[0]) and _some_transfers_attain(
            environment, language, contracts, distributions
        ):
            return best - total
    return best - tighter[0] if pure == best - tighter[0] else None


def _one_class_profile_per_cell(
    environment: Environment, language: ProductLanguage
) -> Iterator[tuple[Fraction, Distributions]]:
    blocks = cells(environment, language)
    per_cell = list(prescriptions(language, Directives()))
    for chosen in product(per_cell, repeat=len(blocks)):
        supports = {w: allowed for cell, allowed in zip(blocks, chosen, strict=True) for w in cell}
        best = correlated_optimum(environment, language, supports)
        if best is not None:
            yield best


def _some_transfers_attain(
    environment: Environment,
    language: Language,
    transfers: Transfers,
    distributions: Distributions,
) -> bool:
    game = game_of(environment)
    rows = budget_rows(environment, language, transfers)
    for w, distribution in distributions.items():
        for i in game.agents:
            for action, b in product(game.actions[i], repeat=2):
                row: dict[Variable, Fraction] = {}
                gain = Fraction(0)
                for a in game.profiles:
                    if a[i] == action:
                        d = replaced(a, i, b)
                        add(row, (i, record_of(language, w, a)), distribution[a])
                        add(row, (i, record_of(language, w, d)), -distribution[a])
                        gain += distribution[a] * (game.payoff[i, w, d] - game.payoff[i, w, a])
                rows.append((row, ">=", gain))
    return feasible(rows)


def _directive_correlated_value(
    environment: Environment, language: ProductLanguage, directives: Directives
) -> Fraction:
    game = game_of(environment)
    total = Fraction(0)
    for cell in cells(environment, language):
        attained = []
        for allowed in prescriptions(language, directives):
            welfare = Fraction(0)
            for w in cell:
                rows = correlated_rows(
                    environment,
                    w,
                    game.payoff,
                    lambda i, _, allowed=allowed: allowed[i],  # type: ignore[misc]
                    allowed,
                )
                solution = optimum(rows, {a: game.welfare[w, a] for a in game.profiles})
                assert solution is not None
                welfare += game.prior[w] * solution[0]
            attained.append(welfare)
        total += max(attained)
    return total


def every_equilibrium_within(
    environment: Environment, prosociality: Lambdas, good: Callable[[int, Profile], bool]
) -> bool:
    """Whether every correlated equilibrium without contract plays only good profiles."""
    game = game_of(environment)
    utility = prosocial_utility(game, prosociality)
    for w in game.states:
        bad = {a: Fraction(1) for a in game.profiles if not good(w, a)}
        rows = correlated_rows(environment, w, utility, lambda i, _: game.actions[i])
        solution = optimum(rows, bad)
        assert solution is not None
        if solution[0] > 0:
            return False
    return True


def all_cooperative(environment: Environment, prosociality: Lambdas) -> bool:
    """Whether every equilibrium, mixed or correlated, uses cooperating actions only."""
    cooperative = environment.cooperative
    assert cooperative is not None
    return every_equilibrium_within(
        environment,
        prosociality,
        lambda _, a: all(own in of for own, of in zip(a, cooperative, strict=True)),
    )


def fully_implemented(environment: Environment, prosociality: Lambdas) -> bool | None:
    """Whether every mixed Nash equilibrium without contract plays only first-best profiles; None
    with more than two agents where neither pure nor correlated equilibria settle it."""
    best = first_best(environment)[1]
    if any(
        a not in best[w]
        for w, profiles in pure_nash(environment, prosociality).items()
        for a in profiles
    ):
        return False
    if len(environment.players) == 2:
        return not any(
            set(product(*supports)) - set(best[w])
            for w in best
            for supports in equilibrium_supports(environment, w, prosociality)
        )
    if every_equilibrium_within(environment, prosociality, lambda w, a: a in best[w]):
        return True
    return None


def equilibrium_supports(
    environment: Environment, state: int, prosociality: Lambdas
) -> Iterator[tuple[set[int], set[int]]]:
    """The pairs of supports of mixed equilibria of two agents in one state."""
    game = game_of(environment)
    utility = prosocial_utility(game, prosociality)
    x = [z3.Real(f"x{a}") for a in game.actions[0]]
    y = [z3.Real(f"y{b}") for b in game.actions[1]]
    of_row = [
        z3.Sum([number(utility[0, state, (a, b)]) * y[b] for b in game.actions[1]])
        for a in game.actions[0]
    ]
    of_column = [
        z3.Sum([number(utility[1, state, (a, b)]) * x[a] for a in game.actions[0]])
        for b in game.actions[1]
    ]
    for rows, columns in product(subsets(game.actions[0]), list(subsets(game.actions[1]))):
        solver = z3.Solver()
        for mix, support, reward in ((x, rows, of_row), (y, columns, of_column)):
            solver.add(z3.Sum(mix) == 1)
            for own, probability in enumerate(mix):
                solver.add(probability > 0 if own in support else probability == 0)
            solver.add([reward[used] >= alternative for used in support for alternative in reward])
        if solver.check() == z3.sat:
            yield rows, columns


# ----------------------------------------------------------------------------------------- axioms


def axioms(environment: Environment) -> dict[str, bool]:
    """The axioms of a generalised social dilemma (theory.md §3) in every state."""
    game = game_of(environment)
    assert environment.cooperative is not None
    cooperating = environment.cooperative
    defecting = [[a for a in game.actions[i] if a not in cooperating[i]] for i in game.agents]
    swaps = [
        (i, w, replaced(a, i, c), replaced(a, i, d))
        for i in game.agents
        for w in game.states
        for a in game.profiles
        for c in cooperating[i]
        for d in defecting[i]
    ]
    first = tuple(of_agent[0] for of_agent in cooperating)
    return {
        "axiom-i": all(game.welfare[w, c] > game.welfare[w, d] for _, w, c, d in swaps),
        "axiom-ii": all(
            game.welfare[w, first] > game.welfare[w, a]
            for w in game.states
            for a in game.profiles
            if a != first
        ),
        "axiom-iii": all(
            game.payoff[i, w, c] > game.payoff[i, w, d]
            for i in game.agents
            for w in game.states
            for c in product(*cooperating)
            for d in product(*defecting)
        ),
        "axiom-iv-strict": all(game.payoff[i, w, d] > game.payoff[i, w, c] for i, w, c, d in swaps),
        "axiom-iv-partial": all(
            any(
                game.payoff[i, w, d] > game.payoff[i, w, c]
                for i, w, c, d in swaps
                if (i, w) == (agent, state)
            )
            for agent in game.agents
            for state in game.states
        ),
    }


# ------------------------------------------------------------------------------ claims and reports


def holds(specification: Specification, question: Question) -> bool | None:
    """Whether a claim is true; None where these definitions do not settle it."""
    environment = specification.environment
    named = {language.name: language for language in specification.languages}
    language = named[question.language] if question.language is not None else None
    prosociality = question.prosociality or selfish(environment)
    match question.id:
        case "incontractible":
            assert language is not None
            if not isinstance(language.language, ProductLanguage):
                return None
            return bool(incontractible_cells(environment, language.language))
        case "gap-positive" | "gap-zero" | "gap-at-least" | "gap-at-most":
            assert language is not None
            lowest = gap(environment, language.language, language.contracts)
            bound = question.value or Fraction(0)
            return {
                "gap-positive": lowest > 0,
                "gap-zero": lowest == 0,
                "gap-at-least": lowest >= bound,
                "gap-at-most": lowest <= bound,
            }[question.id]
        case "correlated-gap-positive":
            assert language is not None
            correlated = correlated_gap(environment, language.language, language.contracts)
            if correlated is not None:
                return correlated > 0
            assert isinstance(language.contracts, Transfers)
            bound = cancelling_bound(environment, language.language, language.contracts)
            return bound > 0 or None
        case "closes":
            return any(
                implementable(
                    environment,
                    (language or specification.languages[0]).language,
                    language.contracts if language else NO_CONTRACT,
                    selection,
                    prosociality,
                )
                for selection in first_best_selections(environment)
            )
        case "threshold-at-most":
            assert language is not None
            assert question.value is not None
            return threshold(environment, language.language, language.contracts) <= question.value
        case "beneficial":
            return beneficial(environment)
        case "beneficial-with-side-payments":
            return beneficial_with_side_payments(environment)
        case "all-cooperative":
            return all_cooperative(environment, prosociality)
        case "full-implementation":
            return fully_implemented(environment, prosociality) if language is None else None
        case "nash" | "unique-nash":
            listed = question.profiles
            return all(
                (listed is None or set(of_state) == set(listed.get(w, ())))
                and (len(of_state) == 1 or question.id == "nash")
                for w, of_state in pure_nash(environment).items()
            )
        case axiom:
            return axioms(environment)[axiom]


OF_A_LANGUAGE = {
    "incontractible",
    "gap-positive",
    "gap-zero",
    "gap-at-least",
    "gap-at-most",
    "correlated-gap-positive",
    "threshold-at-most",
}


def by_language(specification: Specification) -> Iterator[Question]:
    """The claims, those about a language that name none once for every listed language."""
    for question in specification.questions:
        if question.id in OF_A_LANGUAGE and question.language is None:
            for named in specification.languages:
                yield replace(question, language=named.name)
        else:
            yield question


def report(specification: Specification) -> dict[str, Any]:
    """The part of interfaces.md's report that the definitions above give."""
    environment = specification.environment

    def state_map(profiles: dict[int, list[Profile]]) -> dict[str, list[list[str]]]:
        return {environment.states[w]: [labels(a) for a in of] for w, of in profiles.items()}

    def labels(profile: Profile) -> list[str]:
        return [of[a] for of, a in zip(environment.actions, profile, strict=True)]

    def level(prosociality: Lambdas) -> str | dict[str, str]:
        if len(set(prosociality)) == 1:
            return str(prosociality[0])
        return dict(zip(environment.players, map(str, prosociality), strict=True))

    def of_language(named: NamedLanguage) -> dict[str, Any]:
        language, contracts = named.language, named.contracts
        correlated = correlated_gap(environment, language, contracts)
        document: dict[str, Any] = {
            "name": named.name,
            "value": str(value(environment, language, contracts)),
            "gap": str(gap(environment, language, contracts)),
            "correlated_gap": None if correlated is None else str(correlated),
            "directive_gap": None,
            "incontractible_cells": None,
            "prosocial_threshold": str(threshold(environment, language, contracts)),
            "prosocial": [
                {
                    "lambda": level(at),
                    "value": str(value(environment, language, contracts, at)),
                    "gap": str(gap(environment, language, contracts, at)),
                }
                for at in specification.levels
            ],
        }
        if is_state_language(language):
            assert isinstance(language, ProductLanguage)
            document["directive_gap"] = str(directive_gap(environment, language))
            document["incontractible_cells"] = [
                [environment.states[w] for w in cell]
                for cell in incontractible_cells(environment, language)
            ]
        return document

    def play(prosociality: Lambdas | None) -> dict[str, Any]:
        best = best_nash_welfare(environment, prosociality)
        worst = worst_nash_welfare(environment, prosociality)
        return {
            "welfare": None if best is None else str(best),
            "nash": state_map(pure_nash(environment, prosociality)),
            "worst": None if worst is None else str(worst),
        }

    welfare, best = first_best(environment)
    return {
        "first_best": {"welfare": str(welfare), "profiles": state_map(best)},
        "selfish": play(None),
        "languages": [of_language(named) for named in specification.languages],
        "prosocial_threshold": str(threshold(environment)),
        "agent_thresholds": [
            {
                "selection": {environment.states[w]: labels(a) for w, a in selection.items()},
                "lambda": dict(zip(environment.players, map(str, needed), strict=True)),
            }
            for selection, needed in agent_thresholds(environment)
        ],
        "prosocial": [{"lambda": level(at), **play(at)} for at in specification.levels],
        "claims": [
            {
                "id": question.id,
                "language": question.language,
                "status": {True: "proved", False: "refuted", None: "open"}[
                    holds(specification, question)
                ],
            }
            for question in by_language(specification)
        ],
    }


def at(data: Any, path: Sequence[str]) -> Any:
    """What a path names inside a report: keys, and for lists an entry's name, λ or position."""
    for key in path:
        if isinstance(data, list):
            names = [name_of(entry, position) for position, entry in enumerate(data)]
            data = data[names.index(key)]
        else:
            data = data[key]
    return data


def name_of(entry: dict[str, Any], position: int) -> str:
    """What a path calls an entry of a list: "row=1 col=0" is a mixed level."""
    if "selection" in entry:
        return str(position)
    level = entry.get("lambda")
    if isinstance(level, dict):
        return " ".join(f"{player}={own}" for player, own in level.items())
    return str(entry.get("name", position) if level is None else level)


def settled(document: dict[str, Any], stated: list[dict[str, Any]]) -> dict[str, Any]:
    """The report with what it leaves open as it is stated: claims, and correlated gaps that are
    approached but not attained."""
    for entry in stated:
        *place, last = entry["path"]
        if last == "correlated_gap" and isinstance(at(document, place)[last], dict | None):
            at(document, place)[last] = entry["value"]
        if last == "status" and at(document, place)["status"] == "open":
            at(document, place)["status"] = entry["value"]
    return document


def as_text(data: dict[str, Any]) -> str:
    """JSON with one line for each key, and for each entry of a list."""

    def on_lines(value: Any) -> str:
        if isinstance(value, list) and value:
            return "[\n  " + ",\n  ".join(map(compact, value)) + "\n ]"
        return compact(value)

    def compact(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    return "{\n " + ",\n ".join(f'"{key}": {on_lines(data[key])}' for key in data) + "\n}\n"


def main() -> None:
    folder = Path(__file__).parent / "expected"
    for slug, specification in games().items():
        if not isinstance(specification, Specification):
            continue  # the families' values are derived by hand
        file = folder / f"{slug}.json"
        stated = json.loads(file.read_text())["stated"] if file.exists() else []
        data = {"stated": stated, **settled(report(specification), stated)}
        file.write_text(as_text(data))


if __name__ == "__main__":
    main()
