"""Quantities of a situation, computed when they are first needed.

Values and thresholds, of which campaigns need thousands a second, are decided in plain integers
(``quick``); other questions go to the engines, and ``EngineMeasures`` asks them everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from coopgap.proofs.deciding import decide
from coopgap.proofs.fuzzing.quick import PlainGame, alone, best_value, least_threshold, pull_of
from coopgap.proofs.fuzzing.situations import Situation, strides
from coopgap.proofs.questions.mechanisms import Society
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Levels,
    Reached,
    Setting,
    Threshold,
    Unanswered,
    Value,
)
from coopgap.theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from coopgap.theory.dilemmas import AXIOMS, axioms, domination_threshold
from coopgap.theory.environments import Environment
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended
from coopgap.theory.information import (
    Information,
    complete_information,
    pooled_best,
    team_optimum,
)
from coopgap.theory.languages import Language, ProductLanguage, refines, renumbered
from coopgap.theory.welfare import incontractible_cells

MECHANISM_SECONDS = 5.0
"""How long the programme of the best mechanism may take in a case."""


class Undecided(Exception):
    """A quantity could not be decided; the message says why."""


class Measures:
    """The quantities of a situation by name; ``conjectures`` lists the names."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.environment = situation.environment
        self._cache: dict[Any, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._cache:
            self._cache[name] = QUANTITIES[name](self)
        return self._cache[name]

    @cached_property
    def selfish(self) -> Levels:
        """λ = 0 for all."""
        return (Fraction(0),) * len(self.environment.players)

    @cached_property
    def information(self) -> Information:
        """What agents see."""
        return self.situation.information or complete_information(self.environment)

    @cached_property
    def plain(self) -> PlainGame:
        """The game in plain integers."""
        return PlainGame(self.environment)

    @cached_property
    def first_best(self) -> Fraction:
        """W*."""
        plain = self.plain
        total = sum(
            plain.weights[state] * max(plain.welfare[state]) for state in self.environment.support
        )
        return Fraction(total, plain.unit)

    def value(
        self, language: Language | None, contracts: ContractClass, levels: Levels
    ) -> Extended:
        """V(λ, L) under a class of contracts, or without a contract."""
        return self._once(language, contracts, levels)

    def threshold(self, language: Language | None, contracts: ContractClass) -> Extended:
        """λ*(L), or the one without a contract."""
        return self._once(language, contracts, None)

    def _once(
        self, language: Language | None, contracts: ContractClass, levels: Levels | None
    ) -> Extended:
        key = id(language), contracts, levels
        if key not in self._cache:
            self._cache[key] = self._decided(Setting(self.environment, language, contracts), levels)
        return self._cache[key]  # type: ignore[no-any-return]

    def _decided(self, setting: Setting, levels: Levels | None) -> Extended:
        """V at levels of λ; without them λ*."""
        if levels is None:
            return least_threshold(setting, self.plain)
        return best_value(setting, self.plain, levels)

    def gap(self, language: Language | None, contracts: ContractClass, levels: Levels) -> Extended:
        """Δ(λ, L)."""
        value = self.value(language, contracts, levels)
        return self.first_best - value if isinstance(value, Fraction) else INFINITY

    def nash(self, levels: Levels) -> list[list[int]]:
        """The pure equilibria without a contract in each state that matters."""
        return _equilibria(self.plain, levels)


class EngineMeasures(Measures):
    """The same quantities, all decided by the engines, to confirm the quick answers."""

    def _decided(self, setting: Setting, levels: Levels | None) -> Extended:
        answer = decide.ask(Threshold(setting) if levels is None else Value(setting, levels))
        if isinstance(answer, Unanswered):
            raise Undecided(answer.reason)
        assert isinstance(answer, BestSelection | Reached)
        return answer.welfare if isinstance(answer, BestSelection) else answer.level


# --- the names of conjectures ---------------------------------------------------------------------


def _of(budget: Budget) -> Callable[[Any], Any]:
    return lambda m: m.gap(m.situation.language, Transfers(budget), m.selfish)


def _directive_gap(m: Measures) -> Extended:
    if not isinstance(m.situation.language, ProductLanguage):
        raise Undecided("a language given by records has no directives")
    return m.gap(m.situation.language, Directives(), m.selfish)


def _incontractible(m: Measures) -> bool:
    language = m.situation.language
    if not isinstance(language, ProductLanguage):
        raise Undecided("a language given by records has no cells")
    return bool(incontractible_cells(m.environment, language))


def _correlated(m: Measures) -> Any:
    language, contracts = m.situation.language, m.situation.contracts
    if not isinstance(contracts, Transfers):
        raise Undecided("directives have no correlated gap")
    setting = Setting(m.environment, language, contracts)
    pure = decide.ask(Value(setting, m.selfish))
    finding = decide.correlated(setting, pure if isinstance(pure, BestSelection) else None)
    if isinstance(finding, Unanswered):
        raise Undecided(finding.reason)
    return finding


def _correlated_bound(m: Measures) -> Fraction:
    return m.first_best - Fraction(m["_correlated"].bound)


def _correlated_gap(m: Measures) -> Fraction:
    if not m["_correlated"].reached:
        raise Undecided("no transfers that attain the bound were found")
    return m["correlated_bound"]  # type: ignore[no-any-return]


def _finer_correlated_gap(m: Measures) -> Fraction:
    return Measures(replace(m.situation, language=m.situation.finer))["correlated_gap"]  # type: ignore[no-any-return]


def _mechanism_gap(m: Measures, levels: Levels, *, informed: bool = False) -> Extended:
    """The gap that every mechanism leaves whose transfers are of the drawn class (T10).

    informed: if each agent saw what they see together.
    """
    contracts = m.situation.contracts
    if not isinstance(contracts, Transfers):
        raise Undecided("directives have no mechanisms")
    information = m.information
    if informed:
        information = Information((renumbered(information.joined),) * len(information.cells))
    society = Society(m.environment, information, m.situation.language, contracts, levels)
    answer = decide.mechanisms(society, MECHANISM_SECONDS)
    if isinstance(answer, Unanswered):
        raise Undecided(answer.reason)
    best: Fraction = m["pooled"]
    return best - answer.value if isinstance(answer.value, Fraction) else INFINITY


def _team(m: Measures) -> Fraction:
    """The best welfare of strategies without messages."""
    best = team_optimum(m.environment, m.information)
    if best is None:
        raise Undecided("agents have too many strategies")
    return best


def _strict(m: Measures) -> bool:
    """Whether each state has a first best that is a strict unilateral maximiser of welfare."""
    return all(
        any(
            m.plain.welfare[s][a] == max(m.plain.welfare[s])
            and all(lost > 0 for *_, lost in m.plain.moves(s, a))
            for a in range(m.plain.profiles)
        )
        for s in m.environment.support
    )


def _all_first_best(m: Measures) -> bool:
    """Whether at a very large λ every pure equilibrium is first best."""
    large = (Fraction(10**9),) * len(m.environment.players)
    return all(
        m.plain.welfare[s][a] == max(m.plain.welfare[s])
        for s, profiles in zip(m.environment.support, m.nash(large), strict=True)
        for a in profiles
    )


def _contract_gap(m: Measures, levels: Levels) -> Extended:
    """The gap of the best pure equilibria under the contract that was drawn."""
    payments = m.situation.payments
    if payments is None:
        raise Undecided("no contract was drawn")
    game = m.environment
    paid = game.payoffs + payments * game.denominator
    faced = PlainGame(replace(game, payoffs=paid))
    faced.welfare = m.plain.welfare
    reached = _expected(m, m.plain.welfare, _equilibria(faced, levels), max)
    return INFINITY if reached is None else m.first_best - reached


def _equilibria(game: PlainGame, levels: Levels) -> list[list[int]]:
    """The pure equilibria without a contract in each state of positive probability."""
    rules, pull = alone(game), pull_of(levels)
    return [
        [a for a in range(game.profiles) if rules.excess([(state, a)], pull) is None]
        for state in game.support
    ]


def _expected(
    m: Measures,
    table: Sequence[Sequence[int]],
    equilibria: Sequence[Sequence[int]],
    choose: Callable[..., int],
) -> Fraction | None:
    """The expectation, in utils, of what is chosen of the equilibria; None if a state has none.

    table: by state and profile. equilibria: in each state of positive probability.
    """
    total = Fraction(0)
    for s, profiles in zip(m.environment.support, equilibria, strict=True):
        if not profiles:
            return None
        total += m.environment.prior[s] * choose(table[s][a] for a in profiles)
    return total / m.environment.denominator


def _payoff(m: Measures, agent: int, levels: Levels, choose: Callable[..., int]) -> Extended:
    """An agent's best (``max``) or worst (``min``) expected payoff in pure equilibria."""
    reached = _expected(m, m.plain.payoffs[agent], m.nash(levels), choose)
    return MINUS_INFINITY if reached is None else reached


def _worst(m: Measures, levels: Levels) -> Extended:
    """The gap of the worst pure equilibria without a contract."""
    reached = _expected(m, m.plain.welfare, m.nash(levels), min)
    return INFINITY if reached is None else m.first_best - reached


def _last_agent_payoff(m: Measures, levels: Levels) -> Extended:
    """The last agent's best expected payoff in pure equilibria."""
    if len(m.environment.players) < 2:
        raise Undecided("there is one agent only")
    return _payoff(m, -1, levels, max)


def _axiom(name: str) -> Callable[[Measures], bool]:
    return lambda m: axioms(_sided(m))[name]


def first_only(m: Any) -> Levels:
    """The larger λ for the first agent, 0 for the others."""
    return (m.situation.more[0], *m.selfish[1:])


def _cross_difference(m: Measures) -> Extended:
    """V(λ, L) − V(λ, ∅) − V(0, L) + V(0, ∅) at λ = the threshold without a contract."""
    level = m["threshold_alone"]
    if not isinstance(level, Fraction):
        raise Undecided("no λ closes the gap")
    levels = (level,) * len(m.environment.players)
    return _cross(m, levels)


def _cross(m: Measures, levels: Levels) -> Extended:
    language, contracts = m.situation.language, m.situation.contracts
    four = (
        m.value(language, contracts, levels),
        m.value(None, NoContract(), levels),
        m.value(language, contracts, m.selfish),
        m.value(None, NoContract(), m.selfish),
    )
    if not all(isinstance(value, Fraction) for value in four):
        raise Undecided("a value is infinite")
    a, b, c, d = four
    return a - b - c + d  # type: ignore[operator]


def _side_payments(m: Measures) -> bool:
    """Whether the payments v_i − f_i + (W* − Σ v) / n do what T8 says of every selfish outcome."""
    game = m.environment
    own = [of_agent.reshape(len(game.states), -1).tolist() for of_agent in game.payoffs]

    def vectors(options: Sequence[Sequence[int]]) -> Iterator[tuple[Fraction, ...]]:
        for chosen in product(*options):
            plays = list(zip(game.support, chosen, strict=True))
            yield tuple(
                sum((game.prior[s] * row[s][a] for s, a in plays), Fraction(0)) for row in own
            )

    rows = [m.plain.welfare[s] for s in game.support]
    good = next(vectors([[row.index(max(row))] for row in rows]))
    for bad in vectors(m.nash(m.selfish)):
        lost = sum(good) - sum(bad)
        paid = [v - f + lost / len(good) for f, v in zip(good, bad, strict=True)]
        better = all(f + t > v for f, t, v in zip(good, paid, bad, strict=True))
        if lost > 0 and not (sum(paid) == 0 and better):
            return False
    return True


def _sided(m: Measures) -> Environment:
    """The game in which the first action of each agent is the cooperating one."""
    if min(m.environment.shape) < 2:
        raise Undecided("an agent has no action to defect by")
    return replace(m.environment, cooperative=((0,),) * len(m.environment.players))


def _domination_threshold(m: Measures) -> Extended:
    level = domination_threshold(_sided(m))
    if isinstance(level, Unanswered):
        raise Undecided(level.reason)
    return INFINITY if level is None else level


def _defection_dominated(m: Measures) -> bool:
    """Whether at the larger λ the first action of each agent strictly dominates all others."""
    shape = m.environment.shape
    return all(
        level * lost < gain
        for agent, level in enumerate(m.situation.more)
        for s in m.environment.support
        for a in range(m.plain.profiles)
        if a // strides(shape)[agent] % shape[agent] != 0
        for who, _, reached, gain, lost in m.plain.moves(s, a)
        if who == agent and reached // strides(shape)[agent] % shape[agent] == 0
    )


def _at_levels(
    name: str, quantity: Callable[[Any, Levels], Any]
) -> dict[str, Callable[[Any], Any]]:
    """A quantity at λ = 0, at the drawn λ and at the larger one."""
    return {
        name: lambda m: quantity(m, m.selfish),
        f"{name}_at": lambda m: quantity(m, m.situation.levels),
        f"{name}_more": lambda m: quantity(m, m.situation.more),
    }


GAPS: Mapping[str, Callable[[Any], Any]] = {
    "value": lambda m: m.value(m.situation.language, m.situation.contracts, m.selfish),
    **_at_levels("gap", lambda m, at: m.gap(m.situation.language, m.situation.contracts, at)),
    **_at_levels("finer_gap", lambda m, at: m.gap(m.situation.finer, m.situation.contracts, at)),
    **_at_levels("alone", lambda m, at: m.gap(None, NoContract(), at)),
    "alone_one": lambda m: m.gap(None, NoContract(), first_only(m)),
    "threshold": lambda m: m.threshold(m.situation.language, m.situation.contracts),
    "finer_threshold": lambda m: m.threshold(m.situation.finer, m.situation.contracts),
    "threshold_alone": lambda m: m.threshold(None, NoContract()),
    "balanced_gap": _of(Budget.BALANCED),
    "burnt_gap": _of(Budget.BURNT),
    "free_gap": _of(Budget.FREE),
}
"""Values, gaps and thresholds by name, of whatever has a situation and these as methods."""

QUANTITIES: Mapping[str, Callable[[Measures], Any]] = {
    **GAPS,
    "first_best": lambda m: m.first_best,
    **_at_levels("contract_gap", _contract_gap),
    "directive_gap": _directive_gap,
    "incontractible": _incontractible,
    "_correlated": _correlated,
    "correlated_bound": _correlated_bound,
    "correlated_gap": _correlated_gap,
    "finer_correlated_gap": _finer_correlated_gap,
    **_at_levels("mechanism_gap", _mechanism_gap),
    "mechanism_gap_informed": lambda m: _mechanism_gap(m, m.selfish, informed=True),
    "team": _team,
    "pooled": lambda m: pooled_best(m.environment, m.information).welfare,
    "strict_first_best": _strict,
    "unique_first_best": lambda m: all(
        m.plain.welfare[s].count(max(m.plain.welfare[s])) == 1 for s in m.environment.support
    ),
    "all_first_best": _all_first_best,
    "common": lambda m: len({*m.situation.levels}) == len({*m.situation.more}) == 1,
    "level": lambda m: m.situation.levels[0],
    "level_more": lambda m: m.situation.more[0],
    "own_selfish": lambda m: _payoff(m, 0, m.selfish, max),
    "own_prosocial": lambda m: _payoff(m, 0, first_only(m), min),
    "other_selfish": lambda m: _last_agent_payoff(m, m.selfish),
    "other_prosocial": lambda m: _last_agent_payoff(m, first_only(m)),
    **_at_levels("worst", _worst),
    "equilibria": lambda m: Fraction(prod(len(profiles) for profiles in m.nash(m.selfish))),
    "cross_difference": _cross_difference,
    "cross_difference_at": lambda m: _cross(m, m.situation.levels),
    "cross_difference_more": lambda m: _cross(m, m.situation.more),
    "side_payments": _side_payments,
    "domination_threshold": _domination_threshold,
    "defection_dominated_more": _defection_dominated,
    **{name.replace("-", "_"): _axiom(name) for name in AXIOMS},
    "refines": lambda m: refines(m.situation.finer, m.situation.language, m.environment),
    "infinity": lambda _: INFINITY,
    "agents": lambda m: Fraction(len(m.environment.players)),
}
"""Every name that a conjecture may use: λ = 0 unless it ends in ``_at`` (λ) or ``_more`` (a larger
one), the drawn class of contracts unless it names another."""

OF_PRIVATE_INFORMATION = frozenset(
    (
        *("mechanism_gap", "mechanism_gap_at", "mechanism_gap_more", "mechanism_gap_informed"),
        *("team", "pooled", "common", "level", "level_more", "refines", "infinity", "agents"),
    )
)
"""The names that mean something where agents do not all see the state."""
