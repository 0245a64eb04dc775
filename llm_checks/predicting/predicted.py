"""What the theory predicts of play in the conditions of a study (theory.md §5).

The bounds are those of ``proofs.deciding.expected_play``. Where there are none, nothing is
predicted, and the reason is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, partial
from itertools import product, starmap
from statistics import mean

from coopgap.llm_checks.negotiating.proposals import best_worth
from coopgap.llm_checks.predicting.any_mechanism import reach
from coopgap.llm_checks.predicting.predictions import (
    RATES,
    Equilibria,
    OrderingPrediction,
    Prediction,
    Predictions,
    interval,
    sifted,
    study_hash,
)
from coopgap.llm_checks.predicting.quantities import POINTS, earned, is_rate, quantities
from coopgap.llm_checks.predicting.regimes import (
    PAYING,
    AnyContract,
    Condition,
    Disposition,
    Faced,
    Regime,
    best_contract,
    faced,
    ordering_claim,
)
from coopgap.proofs.deciding import decide, expected_play
from coopgap.proofs.questions.obligations import Reached, Setting, Threshold, Unanswered
from coopgap.proofs.questions.play import Bounds, ExpectedValue
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import Deviation, Equilibrium, pure_nash
from coopgap.theory.errors import InputError
from coopgap.theory.exact import IntArray
from coopgap.theory.languages import indistinguishable
from coopgap.theory.specification import Specification
from coopgap.theory.welfare import first_best, profiles_where


def default_conditions(specification: Specification) -> tuple[Condition, ...]:
    """Every regime of the spec's languages with every disposition.

    Prosocial agents at the spec's positive common levels and at the threshold without a contract.
    """
    regimes = [Regime("none")]
    for named in specification.languages:
        regimes += [Regime("announced", named.name), Regime("enforced", named.name)]
    common = [profile[0] for profile in specification.levels if len(set(profile)) == 1]
    levels = {level for level in common if level > 0}
    threshold = threshold_of(specification, None)
    if threshold is not None and threshold > 0:
        levels.add(threshold)
    dispositions = [
        Disposition("base"),
        Disposition("selfish"),
        *(Disposition("prosocial", level) for level in sorted(levels)),
        Disposition("altruistic"),
    ]
    return tuple(starmap(Condition, product(regimes, dispositions)))


def threshold_of(specification: Specification, language: str | None) -> Fraction | None:
    """λ* with a contract of the language, without any if None; None if infinite or unknown."""
    setting = decide.no_contract(specification.environment)
    if language is not None:
        named = specification.named(language)
        setting = Setting(specification.environment, named.language, named.contracts)
    answer = decide.ask(Threshold(setting))
    level = answer.level if isinstance(answer, Reached) else None
    return level if isinstance(level, Fraction) else None


def predict(
    specification: Specification, conditions: Sequence[Condition] | None = None
) -> Predictions:
    """All predictions for a spec in the conditions (by default all of them)."""
    chosen = default_conditions(specification) if conditions is None else tuple(conditions)
    best = cache(partial(best_contract, specification))
    solutions: list[Equilibria] = []
    unknown: list[str] = []
    negotiated: list[Prediction] = []
    for condition in chosen:
        kind, language = condition.regime.kind, condition.regime.language
        if kind in PAYING:
            if condition.disposition.known:
                agreed = _ANY_AGREEMENT[kind](specification, condition)
                if isinstance(agreed, str):
                    unknown.append(agreed)
                else:
                    negotiated += agreed
            continue
        contract = None if language is None else best(language)
        if language is not None and contract is None:
            unknown.append(f"{language}: no contract implements anything, or none was found")
        elif condition.disposition.known:
            binding = contract if kind == "enforced" else None
            earning = earners(condition, chosen)
            solutions.append(equilibria(specification, condition, binding, earning))
            if not solutions[-1].independent and not solutions[-1].correlated:
                unknown.append(f"{condition}: {solutions[-1].mixed}")
    bounded = [part for solution in solutions for part in _intervals(specification, solution)]
    intervals, vacuous = sifted([*bounded, *negotiated, *_thresholds(specification, chosen)])
    return Predictions(
        study=study_hash([specification]),
        intervals=intervals,
        orderings=(*orderings(solutions), *exploited(solutions)),
        equilibria=tuple(solutions),
        vacuous=vacuous,
        unknown=tuple(dict.fromkeys(unknown)),
    )


def pooled(specifications: Sequence[Specification], parts: Sequence[Predictions]) -> Predictions:
    """Predictions for the same conditions in several games, each played equally often.

    The mean of rates lies between the means of their bounds; a bound that one game lacks is 0 or 1
    for a rate. What is not in utils alike is not pooled: welfare, points and λ are left out. An
    ordering is kept where every game predicts it.
    """
    if not parts:
        raise InputError("there is no game to predict", fix="give at least one")
    by_id = [{prediction.id: prediction for prediction in part.intervals} for part in parts]
    means: list[Prediction] = []
    for name in dict.fromkeys(name for of_part in by_id for name in of_part):
        sample = next(of_part[name] for of_part in by_id if name in of_part)
        if is_rate(sample.quantity):
            ends = [_rate_bounds(of_part.get(name)) for of_part in by_id]
            low, high = (mean(side) for side in zip(*ends, strict=True))
            means.append(interval(name, sample.claim, sample.quantity, (low, high), sample))
    common = set.intersection(*({ordering.id for ordering in part.orderings} for part in parts))
    intervals, vacuous = sifted(means)
    return Predictions(
        study=study_hash(specifications),
        intervals=intervals,
        orderings=tuple(ordering for ordering in parts[0].orderings if ordering.id in common),
        vacuous=vacuous,
        unknown=tuple(dict.fromkeys(reason for part in parts for reason in part.unknown)),
    )


def _rate_bounds(prediction: Prediction | None) -> Bounds:
    if prediction is None:
        return RATES
    return prediction.low or RATES[0], RATES[1] if prediction.high is None else prediction.high


def equilibria(
    specification: Specification,
    condition: Condition,
    contract: AnyContract | None,
    earning: Iterable[str] = (),
) -> Equilibria:
    """All equilibria of a condition and the exact bounds of its quantities.

    ``contract`` is the one that is enforced, or None. earning: the players whose points are
    bounded.
    """
    environment = specification.environment
    games = {
        state: faced(environment, contract, condition.disposition, state)
        for state in environment.support
    }
    pure = {
        state: tuple(
            tuple(game.allowed[agent][a] for agent, a in enumerate(profile))
            for profile in profiles_where(pure_nash(game.payoffs[:, None])[0])
        )
        for state, game in games.items()
    }
    answer = decide.mixed_equilibria({state: game.payoffs for state, game in games.items()})
    open_ = isinstance(answer, Unanswered)
    independent, correlated = dict[str, Bounds](), dict[str, Bounds]()
    tables = quantities(specification, condition.regime.language)
    tables |= {f"{POINTS}{player}": earned(environment, contract, player) for player in earning}
    for name, (values, unit) in tables.items():
        question = _question(environment, games, values)
        if not isinstance(answer, Unanswered):
            independent[name] = _in_units(expected_play.enumerated(question, answer), unit)
        # Rates of classes are many; where Nash bounds them, correlated bounds would be idle.
        if open_ or not name.startswith(("class:", POINTS)):
            _enter(correlated, name, expected_play.correlated(question), unit)
        if open_ and name in ("first-best", "welfare"):
            _enter(independent, name, expected_play.independent(question), unit)
    mixed: Mapping[int, tuple[Equilibrium, ...]] | str = (
        answer.reason
        if isinstance(answer, Unanswered)
        else {state: tuple(mixes) for state, mixes in answer.items()}
    )
    return Equilibria(condition, pure, mixed, independent, correlated)


def _question(
    environment: Environment,
    games: Mapping[int, Faced],
    values: IntArray,
    deviations: Mapping[int, Sequence[Deviation]] | None = None,
) -> ExpectedValue:
    """The question between which values the expectation lies. values: (states, actions…)."""
    return ExpectedValue(
        {state: environment.prior[state] for state in games},
        {state: game.payoffs for state, game in games.items()},
        {state: game.restricted(values[state]) for state, game in games.items()},
        deviations,
    )


def _in_units(bounds: Bounds, unit: int) -> Bounds:
    return bounds[0] / unit, bounds[1] / unit


def _enter(table: dict[str, Bounds], name: str, bounds: Bounds | Unanswered, unit: int) -> None:
    if not isinstance(bounds, Unanswered):
        table[name] = _in_units(bounds, unit)


def _intervals(specification: Specification, solution: Equilibria) -> Iterator[Prediction]:
    environment, condition = specification.environment, solution.condition
    for quantity, bounds in {**solution.correlated, **solution.independent}.items():
        # What a player earns where agents are alike is a yardstick, and predicts nothing anew.
        if not quantity.startswith(POINTS) or condition.disposition.roles:
            claim = _claim(condition, quantity, bounds[1])
            name, possible = f"{condition}/{quantity}", None
            if quantity == "welfare":
                possible = _reach(environment)
            yield interval(name, claim, quantity, bounds, condition, possible)


def _reach(environment: Environment) -> Bounds:
    """The least and the greatest expected welfare of all plays, in utils."""
    of_states = [(environment.prior[s], environment.welfare[s]) for s in environment.support]
    least = sum((p * int(values.min()) for p, values in of_states), Fraction(0))
    greatest = sum((p * int(values.max()) for p, values in of_states), Fraction(0))
    return _in_units((least, greatest), environment.denominator)


def _any_contract(specification: Specification, condition: Condition) -> list[Prediction] | str:
    """Bounds that hold under every contract of the language, and without one.

    Else the reason why there are none.

    A deviation that leaves the record as it was is left alone by every contract (T5), so every
    equilibrium, mixed or correlated, satisfies its constraint; over the distributions that do, the
    bounds are linear programmes. Given what was agreed, which all know, agents who are prompted
    separately act independently. In pure equilibrium welfare is at most V(λ, L) besides.
    """
    environment = specification.environment
    assert condition.regime.language is not None
    verified = specification.named(condition.regime.language).language
    tables = quantities(specification, condition.regime.language)
    games = {s: faced(environment, None, condition.disposition, s) for s in environment.support}
    deviations = {s: indistinguishable(verified, environment, s) for s in environment.support}

    bounds: dict[str, Bounds] = {}
    for name in ("first-best", "welfare"):
        values, unit = tables[name]
        answer = expected_play.independent(_question(environment, games, values, deviations))
        if isinstance(answer, Unanswered):
            return f"{condition}: {answer.reason}"
        bounds[name] = _in_units(answer, unit)
    ends = [
        None if end == limit else end
        for end, limit in zip(bounds["welfare"], _reach(environment), strict=True)
    ]
    predicted = [
        _agreed(condition, "first-best", "T5", *bounds["first-best"]),
        _agreed(condition, "welfare", "T5", *ends),
    ]
    bound = best_worth(specification, condition)
    if bound is not None and bound < min(first_best(environment).welfare, bounds["welfare"][1]):
        predicted.append(_agreed(condition, "welfare/pure", "V(λ, L)", None, bound))
    return predicted


def _any_mechanism(specification: Specification, condition: Condition) -> list[Prediction] | str:
    """Bounds that hold under every mechanism and in every equilibrium, or why there are none."""
    bound = reach(specification, condition)
    if isinstance(bound, str):
        return bound
    best = first_best(specification.environment).welfare
    welfare = bound.welfare if bound.welfare < best else None
    return [
        _agreed(condition, "first-best", "T10", Fraction(0), bound.rate),
        _agreed(condition, "welfare", "T10", None, welfare),
    ]


_ANY_AGREEMENT = {"negotiated": _any_contract, "mechanism": _any_mechanism}


def _agreed(
    condition: Condition, name: str, claim: str, low: Fraction | None, high: Fraction | None
) -> Prediction:
    quantity, _, pure = name.partition("/")
    agreed = "mechanism" if condition.regime.kind == "mechanism" else "contract"
    ending = f" in {'pure' if pure else 'every'} equilibrium, whatever {agreed} is agreed on"
    bounds = low, high
    return interval(f"{condition}/{name}", claim, quantity, bounds, condition, ending=ending)


def _claim(condition: Condition, quantity: str, high: Fraction) -> str:
    enforced = condition.regime.kind == "enforced"
    if condition.disposition.roles:
        return "N7" if quantity.startswith(POINTS) else "Nash"
    if condition.disposition.kind == "selfish":
        if enforced and quantity == "first-best" and high < 1:
            return "irreducibility (T5)"
        return "T3" if enforced else "Nash"
    if quantity == "first-best":
        return "T7" if enforced else "T6"
    return "Nash"


def _thresholds(
    specification: Specification, conditions: Sequence[Condition]
) -> Iterator[Prediction]:
    """Agents who reach the first best do so at λ̂ ≥ λ*."""
    for regime in dict.fromkeys(condition.regime for condition in conditions):
        if regime.kind in ("announced", *PAYING):
            continue
        level = threshold_of(specification, regime.language)
        if level is not None and level > 0:
            yield Prediction(
                id=f"{regime}/base/lambda",
                claim="T7" if regime.language else "T6",
                statement=f"agents whose first best is an equilibrium have λ of at least {level}",
                quantity="lambda",
                low=level,
                high=None,
                test="profile likelihood of a logit quantal response equilibrium on u + λW",
                fails_if=f"the first best is played and λ is lower than {level}",
                regime=str(regime),
                disposition="base",
            )


def orderings(solutions: Sequence[Equilibria]) -> Iterator[OrderingPrediction]:
    """The orderings of theory.md §5 that hold between the best equilibria."""
    for higher, lower in product(solutions, solutions):
        claim = ordering_claim(higher.condition, lower.condition)
        if claim == "specificity" and (higher.bounds("first-best") or (0, 0))[1] < 1:
            continue
        if claim is not None:
            yield from _ordered(claim, "first-best", higher, lower, _MEANING[claim])


_MEANING = {
    "realisability": "prosocial agents reach the first best",
    "persistence": "prosociality still helps under a contract",
    "specificity": "where all is verifiable contracts suffice",
    "irreducibility": "a coarser language leaves a gap",
}


def exploitable(disposition: Disposition) -> list[str]:
    """The prosocial players among selfish ones."""
    kinds = [of_role for _, of_role in disposition.roles]
    if Disposition("selfish") not in kinds:
        return []
    return [player for player, of_role in disposition.roles if of_role.is_prosocial]


def exploited(solutions: Sequence[Equilibria]) -> Iterator[OrderingPrediction]:
    """Who is exploited: a prosocial agent that earns less among selfish ones than as one (N7)."""
    for mixed, alike in product(solutions, solutions):
        if mixed.condition.regime != alike.condition.regime:
            continue
        if alike.condition.disposition != Disposition("selfish"):
            continue
        for player in exploitable(mixed.condition.disposition):
            words = f"{player} is exploited"
            yield from _ordered("N7", f"{POINTS}{player}", alike, mixed, words)


def _ordered(
    claim: str, quantity: str, higher: Equilibria, lower: Equilibria, words: str
) -> Iterator[OrderingPrediction]:
    """The ordering, if the best equilibria of the two conditions are so ordered."""
    above, below = higher.bounds(quantity), lower.bounds(quantity)
    if above is None or below is None or above[1] <= below[1]:
        return
    player = quantity.removeprefix(POINTS) if quantity.startswith(POINTS) else ""
    fact = f"{player} earns more" if player else "the first best is likelier"
    extent = "so in all equilibria" if above[0] > below[1] else "so in the best equilibria of each"
    yield OrderingPrediction(
        id=f"{claim}:{higher.condition}>{lower.condition}" + (f":{player}" if player else ""),
        claim=claim,
        statement=f"{words}: {fact} in {higher.condition} than in {lower.condition}; {extent}",
        quantity=quantity,
        higher=str(higher.condition),
        lower=str(lower.condition),
        test="permutation test within scenarios, Holm over the family",
        fails_if="lower",
    )


def earners(condition: Condition, chosen: Sequence[Condition]) -> tuple[str, ...]:
    """The players whose points matter: who may be exploited there, or is where others differ."""
    return tuple(
        dict.fromkeys(
            player
            for candidate in (condition, *chosen)
            if candidate.regime == condition.regime
            and (candidate == condition or condition.disposition == Disposition("selfish"))
            for player in exploitable(candidate.disposition)
        )
    )
