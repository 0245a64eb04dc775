"""Exact predictions of play (theory.md §5).

Agents who are prompted separately act independently: what they can do in equilibrium is the set of
Nash equilibria. For two agents that set is the union of products of polytopes whose vertices are
the extreme equilibria, so the bounds of a probability, which is linear in each agent's mix, are
attained there. Elsewhere the bounds of correlated equilibrium hold too, and are exact linear
programmes, and the probability of the first best has a bound from independence besides. Where
there is neither, nothing is predicted, and the reason is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopgap.llm_checks.negotiating.proposals import best_worth
from coopgap.llm_checks.predicting.any_mechanism import reach
from coopgap.llm_checks.predicting.regimes import (
    PAYING,
    AnyContract,
    Condition,
    Disposition,
    Faced,
    Regime,
    best_contract,
    faced,
)
from coopgap.proofs.algebra.exact_lp import MAX_TABLEAU
from coopgap.proofs.certificates.certificate import canonical, digest
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.independent import likeliest, most
from coopgap.proofs.questions.obligations import Reached, Setting, Threshold, Unanswered
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import Deviation, Equilibrium, all_deviations, pure_nash
from coopgap.theory.errors import InputError
from coopgap.theory.exact import IntArray
from coopgap.theory.languages import ProductLanguage, indistinguishable, record_table
from coopgap.theory.specification import NamedLanguage, Specification
from coopgap.theory.welfare import first_best, profiles_where

NEVER = "never"
"""What no data could leave fails so."""

RATES = Fraction(0), Fraction(1)

MARGIN = Fraction(1, 20)
"""How far from a predicted number data may lie that still count as equivalent to it."""

MAX_CLASSES = 64
"""The largest number of verifiable classes whose rates are predicted."""

MAX_PROFILES = MAX_TABLEAU // 10
"""The largest number of profiles of a state whose correlated equilibria are bounded."""


@dataclass(frozen=True)
class Prediction:
    """The quantity lies in [low, high] in one condition; None: no bound on that side.

    quantity: ``first-best`` (its probability), ``class:NAME`` (the rate of a verifiable class
    profile), ``welfare`` (in utils) or ``lambda`` (a pure number). primary: whether it belongs to
    the family that is judged together; the others are exploratory.
    """

    id: str
    claim: str
    statement: str
    quantity: str
    low: Fraction | None
    high: Fraction | None
    test: str
    fails_if: str
    regime: str
    disposition: str
    primary: bool = False


@dataclass(frozen=True)
class OrderingPrediction:
    """The quantity is higher in the condition ``higher`` than in ``lower``."""

    id: str
    claim: str
    statement: str
    quantity: str
    higher: str
    lower: str
    test: str
    fails_if: str
    primary: bool = True


@dataclass(frozen=True)
class Design:
    """How predictions are to be tested; fixed with them.

    margin: a prediction of one number counts as that number give or take this share of the
    quantity's range (of a rate: so many hundredths). repetitions: plays of each game in each
    condition, at most so many in a sequential run.
    """

    margin: Fraction = MARGIN
    repetitions: int = 1
    sequential: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.margin < 1:
            raise InputError(
                f"{self.margin} is no margin", fix="give a number in [0, 1)", field="--margin"
            )


@dataclass(frozen=True)
class Equilibria:
    """The equilibria of a condition, and exact bounds on quantities.

    pure: by state, as action indices of the whole game. mixed: the extreme ones by state, or why
    they are unknown. independent, correlated: (low, high) by quantity. Where mixed equilibria are
    unknown, ``independent`` has the first best alone, with the correlated lower bound.
    """

    condition: Condition
    pure: Mapping[int, tuple[tuple[int, ...], ...]]
    mixed: Mapping[int, tuple[Equilibrium, ...]] | str
    independent: Mapping[str, tuple[Fraction, Fraction]]
    correlated: Mapping[str, tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class Predictions:
    """The predictions for a study.

    vacuous: ids of intervals that no data could leave, which are not registered. unknown: what
    could not be predicted, and why.
    """

    study: str
    intervals: tuple[Prediction, ...]
    orderings: tuple[OrderingPrediction, ...]
    equilibria: tuple[Equilibria, ...] = ()
    vacuous: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    design: Design = Design()

    def registration(self) -> dict[str, Any]:
        """The predictions as a document with its hash, fixed before data are seen."""
        body = {
            "study": self.study,
            "design": _plain(self.design),
            "predictions": [_plain(each) for each in self.intervals],
            "orderings": [_plain(each) for each in self.orderings],
        }
        return body | {"sha256": digest(canonical(body))}

    @property
    def sha256(self) -> str:
        """The hash of the registration, which a run records."""
        return str(self.registration()["sha256"])


def study_hash(specifications: Sequence[Specification]) -> str:
    """The SHA-256 of the games and languages that predictions are about."""
    return digest(
        canonical(
            [
                [
                    [
                        each.environment.players,
                        each.environment.actions,
                        each.environment.states,
                        [str(p) for p in each.environment.prior],
                        each.environment.denominator,
                        each.environment.payoffs.tolist(),
                    ],
                    [
                        [
                            named.name,
                            repr(named.contracts),
                            record_table(named.language, each.environment).tolist(),
                        ]
                        for named in each.languages
                    ],
                ]
                for each in specifications
            ]
        )
    )


def default_conditions(specification: Specification) -> tuple[Condition, ...]:
    """Every regime of the spec's languages with every disposition.

    Prosocial agents at the spec's positive common levels and at the threshold without a contract.
    """
    regimes = [Regime("none")]
    for named in specification.languages:
        regimes += [Regime("announced", named.name), Regime("enforced", named.name)]
    levels = {each[0] for each in specification.levels if len(set(each)) == 1 and each[0] > 0}
    threshold = threshold_of(specification, None)
    if threshold is not None and threshold > 0:
        levels.add(threshold)
    dispositions = [
        Disposition("base"),
        Disposition("selfish"),
        *(Disposition("prosocial", level) for level in sorted(levels)),
        Disposition("altruistic"),
    ]
    return tuple(Condition(one, other) for one, other in product(regimes, dispositions))


def threshold_of(specification: Specification, language: str | None) -> Fraction | None:
    """λ* with a contract of the language, without any if None; None if infinite or unknown."""
    setting = decide.no_contract(specification.environment)
    if language is not None:
        named = _named(specification, language)
        setting = Setting(specification.environment, named.language, named.contracts)
    found = decide.ask(Threshold(setting))
    return found.level if isinstance(found, Reached) and isinstance(found.level, Fraction) else None


def predict(
    specification: Specification, conditions: Sequence[Condition] | None = None
) -> Predictions:
    """All predictions for a spec in the conditions (by default all of them)."""
    chosen = default_conditions(specification) if conditions is None else tuple(conditions)
    contracts: dict[str, AnyContract | None] = {}
    found: list[Equilibria] = []
    unknown: list[str] = []
    negotiated: list[Prediction] = []
    for each in chosen:
        language = each.regime.language
        if each.regime.kind in PAYING:
            if each.disposition.kind != "base":
                bound = _ANY_AGREEMENT[each.regime.kind]
                bounded = bound(specification, each)
                if isinstance(bounded, str):
                    unknown.append(bounded)
                else:
                    negotiated += bounded
            continue
        if language is not None and language not in contracts:
            contracts[language] = best_contract(specification, language)
            if contracts[language] is None:
                unknown.append(f"{language}: no contract implements anything, or none was found")
        if each.disposition.kind == "base":
            continue
        contract = contracts[language] if each.regime.kind == "enforced" and language else None
        if each.regime.kind != "none" and contracts[language or ""] is None:
            continue
        found.append(equilibria(specification, each, contract))
        if not found[-1].independent and not found[-1].correlated:
            unknown.append(f"{each}: {found[-1].mixed}")
    intervals = [each for one in found for each in _intervals(specification, one)]
    intervals += [*negotiated, *_thresholds(specification, chosen)]
    return Predictions(
        study=study_hash([specification]),
        intervals=_with_primary([each for each in intervals if not _is_vacuous(each)]),
        orderings=_orderings({str(each.condition): each for each in found}),
        equilibria=tuple(found),
        vacuous=tuple(each.id for each in intervals if _is_vacuous(each)),
        unknown=tuple(unknown),
    )


def pooled(specifications: Sequence[Specification], parts: Sequence[Predictions]) -> Predictions:
    """Predictions for the same conditions in several games, each played equally often.

    The mean of rates lies between the means of their bounds; a bound that one game lacks is 0 or 1
    for a rate. What is not in utils alike is not pooled: welfare and λ are left out. An ordering
    is kept where every game predicts it.
    """
    if not parts:
        raise InputError("there is no game to predict", fix="give at least one")
    intervals: list[Prediction] = []
    by_id = [{each.id: each for each in part.intervals} for part in parts]
    vacuous: list[str] = []
    names = list(dict.fromkeys(name for of_part in by_id for name in of_part))
    for name in names:
        sample = next(of_part[name] for of_part in by_id if name in of_part)
        if sample.quantity != "first-best" and not sample.quantity.startswith("class:"):
            continue
        count = len(parts)
        bounds = [of_part.get(name) for of_part in by_id]
        low = sum((_low(each) for each in bounds), Fraction(0)) / count
        high = sum((_high(each) for each in bounds), Fraction(0)) / count
        one = replace(sample, low=low, high=high)
        one = replace(one, statement=_statement(one), fails_if=_fails_if(one, RATES))
        if _is_vacuous(one):
            vacuous.append(name)
        else:
            intervals.append(one)
    common = set.intersection(*({each.id for each in part.orderings} for part in parts))
    return Predictions(
        study=study_hash(specifications),
        intervals=_with_primary(intervals),
        orderings=tuple(each for each in parts[0].orderings if each.id in common),
        vacuous=tuple(vacuous),
        unknown=tuple(dict.fromkeys(reason for part in parts for reason in part.unknown)),
    )


def equilibria(
    specification: Specification, condition: Condition, contract: AnyContract | None
) -> Equilibria:
    """All equilibria of a condition and the exact bounds of its quantities.

    ``contract`` is the one that is enforced, or None.
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
    mixed = _mixed(games)
    objectives = quantities(specification, condition.regime.language)
    independent, correlated = {}, {}
    for name, values in objectives.items():
        if not isinstance(mixed, str):
            independent[name] = _nash_bounds(environment, games, mixed, values)
        # Rates of classes are many; where Nash bounds them, correlated bounds would be idle.
        if isinstance(mixed, str) or not name.startswith("class:"):
            bounds = _correlated_bounds(environment, games, values)
            if bounds is not None:
                correlated[name] = bounds
    if isinstance(mixed, str):
        deviations = {s: all_deviations(game.payoffs.shape[1:]) for s, game in games.items()}
        for name in ("first-best", "welfare"):
            if name in correlated:
                independent[name] = _independent_bounds(
                    environment, games, objectives[name], deviations
                )
    return Equilibria(condition, pure, mixed, independent, correlated)


def quantities(specification: Specification, language: str | None) -> dict[str, IntArray]:
    """What is measured, by name: its value at every play, shape (states, actions…), as integers.

    Welfare is in units of the environment's denominator.
    """
    environment = specification.environment
    best = first_best(environment)
    wanted = np.zeros((len(environment.states), *environment.shape), dtype=np.int64)
    for state, profiles in best.profiles.items():
        for profile in profiles:
            wanted[(state, *profile)] = 1
    found: dict[str, IntArray] = {"first-best": wanted}
    found |= {
        f"class:{name}": mask.astype(np.int64)
        for name, mask in classes(specification, language).items()
    }
    found["welfare"] = environment.welfare
    return found


def classes(specification: Specification, language: str | None) -> dict[str, NDArray[np.bool_]]:
    """The verifiable classes of action profiles, by name, as masks of shape (states, actions…).

    They are those of the language, or its records where it is no product language. Without a
    language they are those of the only listed one; there are none if several are listed.
    """
    if language is None:
        if len({each.language for each in specification.languages}) != 1:
            return {}
        language = specification.languages[0].name
    environment = specification.environment
    verified = _named(specification, language).language
    if not isinstance(verified, ProductLanguage):
        if not 2 <= verified.record_count <= MAX_CLASSES:
            return {}
        return {name: verified.table == k for k, name in enumerate(verified.names)}
    if np.prod(verified.class_counts) > MAX_CLASSES or np.prod(verified.class_counts) < 2:
        return {}
    shape = (len(environment.states), *environment.shape)
    found = {}
    for profile in product(*(range(count) for count in verified.class_counts)):
        mask = np.ones(shape, dtype=np.bool_)
        names = []
        for agent, number in enumerate(profile):
            of_agent = np.array(verified.classes[agent]) == number
            axis = [1] * len(shape)
            axis[agent + 1] = -1
            mask &= of_agent.reshape(axis)
            labels = environment.actions[agent]
            names.append("|".join(labels[a] for a in np.flatnonzero(of_agent).tolist()))
        found[",".join(names)] = mask
    return found


def from_registration(document: Mapping[str, Any]) -> Predictions:
    """Reads what ``registration`` wrote. Raises InputError where the hash does not fit."""
    try:
        body = {name: document[name] for name in ("study", "design", "predictions", "orderings")}
        design = document["design"]
        found = Predictions(
            study=str(document["study"]),
            intervals=tuple(
                Prediction(**(each | {side: _bound(each[side]) for side in ("low", "high")}))
                for each in document["predictions"]
            ),
            orderings=tuple(OrderingPrediction(**each) for each in document["orderings"]),
            design=Design(**(design | {"margin": Fraction(design["margin"])})),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(
            "this is no registration of predictions", fix="write one with predict --register"
        ) from None
    if document.get("sha256") != digest(canonical(body)):
        raise InputError(
            "the registered predictions were changed after they were registered",
            fix="register them anew, before data are seen",
            field="sha256",
        )
    return found


def _named(specification: Specification, language: str) -> NamedLanguage:
    return next(each for each in specification.languages if each.name == language)


def _mixed(games: Mapping[int, Faced]) -> dict[int, tuple[Equilibrium, ...]] | str:
    found = decide.mixed_equilibria({state: game.payoffs for state, game in games.items()})
    if isinstance(found, Unanswered):
        return found.reason
    return {state: tuple(mixes) for state, mixes in found.items()}


def _nash_bounds(
    environment: Environment,
    games: Mapping[int, Faced],
    mixed: Mapping[int, Sequence[Equilibrium]],
    values: IntArray,
) -> tuple[Fraction, Fraction]:
    low = high = Fraction(0)
    for state, game in games.items():
        seen = game.seen(values[state]).astype(object)
        reached = [
            Fraction(np.array(x, dtype=object) @ seen @ np.array(y, dtype=object))
            for x, y in mixed[state]
        ]
        low += environment.prior[state] * min(reached)
        high += environment.prior[state] * max(reached)
    return low, high


def _correlated_bounds(
    environment: Environment, games: Mapping[int, Faced], values: IntArray
) -> tuple[Fraction, Fraction] | None:
    low = high = Fraction(0)
    for state, game in games.items():
        seen = game.seen(values[state])
        if seen.size > MAX_PROFILES:
            return None
        deviations = all_deviations(seen.shape)
        most = decide.best_correlated(seen, game.payoffs, deviations)
        least = decide.best_correlated(-seen, game.payoffs, deviations)
        if isinstance(most, Unanswered) or isinstance(least, Unanswered):
            return None
        low -= environment.prior[state] * least.value
        high += environment.prior[state] * most.value
    return low, high


def _independent_bounds(
    environment: Environment,
    games: Mapping[int, Faced],
    values: IntArray,
    deviations: Mapping[int, Sequence[Deviation]],
) -> tuple[Fraction, Fraction]:
    """Bounds on the expected value in independent play without profitable deviations."""
    low = high = Fraction(0)
    for state, game in games.items():
        seen = game.seen(values[state])
        low -= environment.prior[state] * _upper_bound(-seen, game.payoffs, deviations[state])
        high += environment.prior[state] * _upper_bound(seen, game.payoffs, deviations[state])
    return low, high


def _upper_bound(values: IntArray, payoffs: IntArray, deviations: Sequence[Deviation]) -> Fraction:
    """The least of several exact upper bounds on the value in independent play."""
    correlated = decide.best_correlated(values, payoffs, deviations)
    bounds = [most(values, payoffs, deviations)]
    if not isinstance(correlated, Unanswered):
        bounds.append(correlated.value)
    if len(payoffs) == 2 and set(np.unique(values).tolist()) <= {0, 1}:
        bounds.append(likeliest(values, payoffs, deviations))
    return min(bounds)


def _intervals(specification: Specification, found: Equilibria) -> Iterable[Prediction]:
    environment = specification.environment
    bounds = {**found.correlated, **found.independent}
    possible = {"welfare": _reach(environment)}
    for ends in (bounds, possible):
        if "welfare" in ends:
            low, high = (each / environment.denominator for each in ends["welfare"])
            ends["welfare"] = low, high
    for quantity, (low, high) in bounds.items():
        one = Prediction(
            id=f"{found.condition}/{quantity}",
            claim=_claim(found.condition, quantity, high),
            statement="",
            quantity=quantity,
            low=low,
            high=high,
            test=_INTERVAL_TESTS.get(quantity.partition(":")[0], _INTERVAL_TESTS["first-best"]),
            fails_if="",
            regime=str(found.condition.regime),
            disposition=str(found.condition.disposition),
        )
        fails_if = _fails_if(one, possible.get(quantity, RATES))
        yield replace(one, statement=_statement(one), fails_if=fails_if)


def _reach(environment: Environment) -> tuple[Fraction, Fraction]:
    """The least and the greatest expected welfare of all plays, in the environment's unit."""
    least = greatest = Fraction(0)
    for state in environment.support:
        values = environment.welfare[state]
        least += environment.prior[state] * int(values.min())
        greatest += environment.prior[state] * int(values.max())
    return least, greatest


def _whatever_is_agreed(
    specification: Specification, condition: Condition
) -> list[Prediction] | str:
    """Bounds that hold under every contract of the language, and without one.

    Else the reason why there are none.

    A deviation that leaves the record as it was is left alone by every contract (T5), so every
    equilibrium, mixed or correlated, satisfies its constraint; over the distributions that do, the
    bounds are linear programmes. Given what was agreed, which all know, agents who are prompted
    separately act independently. In pure equilibrium welfare is at most V(λ, L) besides.
    """
    environment = specification.environment
    language = condition.regime.language
    assert language is not None
    verified = _named(specification, language).language
    objectives = quantities(specification, language)
    best = first_best(environment).welfare
    if environment.welfare[0].size > MAX_PROFILES:
        return f"{condition}: the game is too large for exact bounds"
    games = {s: faced(environment, None, condition.disposition, s) for s in environment.support}
    unseen = {s: indistinguishable(verified, environment, s) for s in environment.support}
    rate, welfare = (
        _independent_bounds(environment, games, objectives[name], unseen)
        for name in ("first-best", "welfare")
    )
    made = [_agreed(condition, "first-best", "first-best", "T5", *rate)]
    ends = [
        None if end == limit else end / environment.denominator
        for end, limit in zip(welfare, _reach(environment), strict=True)
    ]
    made.append(_agreed(condition, "welfare", "welfare", "T5", *ends))
    bound = best_worth(specification, condition)
    if (
        bound is not None
        and bound < best
        and not any(
            each.quantity == "welfare" and each.high is not None and each.high <= bound
            for each in made
        )
    ):
        made.append(_agreed(condition, "welfare/pure", "welfare", "V(λ, L)", None, bound))
    return made


def _whatever_mechanism(
    specification: Specification, condition: Condition
) -> list[Prediction] | str:
    """Bounds that hold under every mechanism and in every equilibrium, or why there are none."""
    found = reach(specification, condition)
    if isinstance(found, str):
        return found
    best = first_best(specification.environment).welfare
    welfare = found.welfare if found.welfare < best else None
    return [
        _agreed(condition, "first-best", "first-best", "T10", RATES[0], found.rate),
        _agreed(condition, "welfare", "welfare", "T10", None, welfare),
    ]


_ANY_AGREEMENT = {"negotiated": _whatever_is_agreed, "mechanism": _whatever_mechanism}


def _agreed(
    condition: Condition,
    name: str,
    quantity: str,
    claim: str,
    low: Fraction | None,
    high: Fraction | None,
) -> Prediction:
    one = Prediction(
        id=f"{condition}/{name}",
        claim=claim,
        statement="",
        quantity=quantity,
        low=low,
        high=high,
        test=_INTERVAL_TESTS[quantity],
        fails_if="",
        regime=str(condition.regime),
        disposition=str(condition.disposition),
    )
    who = "in pure equilibrium" if name.endswith("/pure") else "in every equilibrium"
    what = "mechanism" if condition.regime.kind == "mechanism" else "contract"
    return replace(
        one,
        statement=f"{_statement(one)} {who}, whatever {what} is agreed on",
        fails_if=_fails_if(one, RATES if quantity == "first-best" else None),
    )


BETTING = "betting interval (Waudby-Smith and Ramdas 2024), Holm over the family"
_INTERVAL_TESTS = {
    "first-best": "exact binomial interval (Clopper and Pearson 1934), Holm over the family",
    "welfare": BETTING,
}
_WORDS = {
    "first-best": "the probability of the first best",
    "welfare": "expected welfare",
    "lambda": "the λ that choices reveal",
}


def words_for(quantity: str) -> str:
    """A quantity in words."""
    name = quantity.removeprefix("class:")
    return _WORDS.get(quantity, f"the rate of the class ({name})")


def _statement(one: Prediction) -> str:
    if one.low == one.high:
        return f"{words_for(one.quantity)} is {one.low}"
    if one.low is None or one.high is None:
        side = f"at most {one.high}" if one.low is None else f"at least {one.low}"
        return f"{words_for(one.quantity)} is {side}"
    return f"{words_for(one.quantity)} is in [{one.low}, {one.high}]"


def _fails_if(one: Prediction, possible: tuple[Fraction, Fraction] | None) -> str:
    """The data that would contradict a prediction, given the possible range of the quantity."""
    sides = []
    if one.low is not None and (possible is None or one.low > possible[0]):
        sides.append(f"lower than {one.low}")
    if one.high is not None and (possible is None or one.high < possible[1]):
        sides.append(f"higher than {one.high}")
    return " or ".join(sides) or NEVER


def _claim(condition: Condition, quantity: str, high: Fraction) -> str:
    enforced = condition.regime.kind == "enforced"
    if condition.disposition.kind == "selfish":
        if enforced and quantity == "first-best" and high < 1:
            return "irreducibility (T5)"
        return "T3" if enforced else "Nash"
    if quantity == "first-best":
        return "T7" if enforced else "T6"
    return "Nash"


def _thresholds(
    specification: Specification, conditions: Sequence[Condition]
) -> Iterable[Prediction]:
    """Agents who reach the first best do so at λ̂ ≥ λ*."""
    for each in dict.fromkeys(one.regime for one in conditions):
        if each.kind in ("announced", *PAYING):
            continue
        level = threshold_of(specification, each.language)
        if level is not None and level > 0:
            yield Prediction(
                id=f"{each}/base/lambda",
                claim="T7" if each.language else "T6",
                statement=f"agents whose first best is an equilibrium have λ of at least {level}",
                quantity="lambda",
                low=level,
                high=None,
                test="profile likelihood of a logit quantal response equilibrium on u + λW",
                fails_if=f"the first best is played and λ is lower than {level}",
                regime=str(each),
                disposition="base",
            )


def _orderings(
    found: Mapping[str, Equilibria],
) -> tuple[OrderingPrediction, ...]:
    """The orderings of theory.md §5 that hold between the best equilibria."""
    made: list[OrderingPrediction] = []
    seen = list(found.values())

    def higher(one: Equilibria, other: Equilibria, claim: str, words: str) -> None:
        above, below = _top(one), _top(other)
        if above is None or below is None or above <= below:
            return
        certain = _bottom(one)
        surely = certain is not None and certain > below
        made.append(
            OrderingPrediction(
                id=f"{claim}:{one.condition}>{other.condition}",
                claim=claim,
                statement=f"{words}: the first best is likelier in {one.condition} than in "
                f"{other.condition}; "
                + ("so in all equilibria" if surely else "so in the best equilibria of each"),
                quantity="first-best",
                higher=str(one.condition),
                lower=str(other.condition),
                test="permutation test within scenarios, Holm over the family",
                fails_if="lower",
            )
        )

    for one, other in product(seen, seen):
        a, b = one.condition, other.condition
        if (
            a.regime == b.regime
            and b.disposition.kind == "selfish"
            and a.disposition.kind in ("prosocial", "altruistic")
            and a.regime.kind != "announced"
        ):
            if a.regime.kind == "none":
                higher(one, other, "realisability", "prosocial agents reach the first best")
            else:
                higher(one, other, "persistence", "prosociality still helps under a contract")
        if a.disposition == b.disposition == Disposition("selfish") and a.regime.kind == "enforced":
            if b.regime.kind == "none" and _gapless(one):
                higher(one, other, "specificity", "where all is verifiable contracts suffice")
            elif b.regime.kind == "enforced":
                higher(one, other, "irreducibility", "a coarser language leaves a gap")
    return tuple(made)


def _gapless(one: Equilibria) -> bool:
    return _top(one) == 1


def _top(one: Equilibria) -> Fraction | None:
    bounds = one.independent.get("first-best") or one.correlated.get("first-best")
    return None if bounds is None else bounds[1]


def _bottom(one: Equilibria) -> Fraction | None:
    bounds = one.independent.get("first-best") or one.correlated.get("first-best")
    return None if bounds is None else bounds[0]


_RANK = ("lambda", "first-best", "welfare")


def _with_primary(intervals: Sequence[Prediction]) -> tuple[Prediction, ...]:
    """The predictions, one of them primary for each claim about a condition.

    It is about the first best where that is bounded, else about welfare, else about a class: they
    are views of one equilibrium. The bound V(λ, L) and the threshold λ* are claims of their own.
    """
    best: dict[tuple[str, ...], Prediction] = {}

    def rank(one: Prediction) -> int:
        return _RANK.index(one.quantity) if one.quantity in _RANK else len(_RANK)

    for one in sorted(intervals, key=rank):
        own = one.quantity if one.quantity == "lambda" else one.id.rpartition("/")[2]
        kind = own if own in ("lambda", "pure") else ""
        best.setdefault((one.regime, one.disposition, kind), one)
    primary = {one.id for one in best.values()}
    return tuple(replace(one, primary=one.id in primary) for one in intervals)


def _is_vacuous(one: Prediction) -> bool:
    return one.fails_if == NEVER


def _low(one: Prediction | None) -> Fraction:
    return Fraction(0) if one is None or one.low is None else one.low


def _high(one: Prediction | None) -> Fraction:
    return Fraction(1) if one is None or one.high is None else one.high


def _plain(one: Prediction | OrderingPrediction | Design) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Fraction) else value
        for name, value in asdict(one).items()
    }


def _bound(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
