"""Choose an engine, find, and have the finding checked: the one road to a verdict.

Every function here takes plain values and returns plain values, so that it can run in the worker.
Engines that few games need are imported when they are asked.

One module, though over 400 lines, because only here may games be put to engines (an import rule):
what is certified can be followed from question to checker in one file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import TYPE_CHECKING, TypeVarTuple

import numpy as np

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.certificates import witnesses
from coopgap.proofs.certificates.certificate import concrete, digest, encode, verified
from coopgap.proofs.certificates.witnesses import TooLarge
from coopgap.proofs.engines import correlated as correlated_engine
from coopgap.proofs.engines import mixed
from coopgap.proofs.engines.contract_cases import ContractEngine
from coopgap.proofs.engines.difference import DifferenceEngine
from coopgap.proofs.engines.directives import DirectiveEngine
from coopgap.proofs.engines.domination import dominating
from coopgap.proofs.engines.linear import LinearEngine
from coopgap.proofs.engines.selections import SelectionEngine
from coopgap.proofs.questions.correlated import CorrelatedOptimum
from coopgap.proofs.questions.mixed import MixedEquilibria
from coopgap.proofs.questions.obligations import (
    Answer,
    BestSelection,
    Bracket,
    DominantSelection,
    Engine,
    Implementability,
    Levels,
    Obstruction,
    Question,
    Reached,
    Selection,
    SelectionThreshold,
    Setting,
    Threshold,
    Unanswered,
    Value,
    blocks,
    flat_profile,
    incentives,
    problem,
    unanswered_on,
)
from coopgap.theory.contracts import NoContract, Transfers
from coopgap.theory.dilemmas import require_cooperative
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import Deviation, Equilibrium, all_deviations, pure_nash
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended, IntArray
from coopgap.theory.json_values import Json, JsonObject
from coopgap.theory.languages import indistinguishable
from coopgap.theory.preferences import prosocial_payoffs
from coopgap.theory.welfare import first_best, profiles_where

if TYPE_CHECKING:
    from coopgap.proofs.engines.supports import Shift
    from coopgap.proofs.questions.mechanisms import Lifted, Mechanisms, Move, Society
    from coopgap.proofs.questions.private import (
        BestStrategies,
        CorrelatedStrategies,
        LeastLevel,
        PrivateSetting,
        Strategies,
    )
    from coopgap.proofs.trusted.problems import Problem

Ts = TypeVarTuple("Ts")

SELECTION_LIMIT = 64
"""The number of first-best selections that are tried as the only equilibrium."""

MIXED_SECONDS = 60.0
"""How long mixed equilibria are looked for."""

VECTOR_LIMIT = 100_000
"""The number of expected payoff vectors up to which benefit is decided."""


@dataclass(frozen=True)
class Certified:
    """A certificate's kind and text, and what the checker said of it."""

    kind: str
    text: str
    accepted: bool
    reason: str

    @property
    def sha256(self) -> str:
        """The hash that names the certificate's file."""
        return digest(self.text)

    @property
    def is_contradicted(self) -> bool:
        """Whether the checker rejected it for what it says, and not for its size."""
        return not self.accepted and not self.reason.startswith("too large to check")


def engines() -> Iterator[Engine]:
    """The engines in the order in which they are asked."""
    yield DirectiveEngine()
    yield DifferenceEngine()
    yield LinearEngine()
    yield ContractEngine(ask)
    yield SelectionEngine(ask)


def ask(question: Question) -> Answer:
    """The first answer that an engine gives, or Unanswered with all the reasons."""
    reasons = []
    for engine in engines():
        if type(question) in engine.answers:
            answer = engine.solve(question)
            if not isinstance(answer, Unanswered) or isinstance(answer, Bracket):
                return answer
            reasons.append(f"{engine.name}: {answer.reason}")
    return Unanswered("; ".join(reasons) or "no engine answers such a question")


def by_contracts(question: Value) -> Answer:
    """The answer by cases of contracts, however few selections there are."""
    return ContractEngine(ask, most=-1).solve(question)


def search(
    question: Value | Threshold, answer: Callable[[Implementability | SelectionThreshold], Answer]
) -> Answer:
    """The best or the cheapest selection, where ``answer`` and no engine is asked about each."""
    return SelectionEngine(answer).solve(question)


def obstruction_basis(
    setting: Setting, selection: Selection, limit: int
) -> tuple[Obstruction, ...] | Unanswered:
    """The minimal obstructions of a selection, up to so many, whatever the payoffs."""
    from coopgap.proofs.engines.obstruction_basis import basis

    return basis(setting, selection, limit)


@unanswered_on(TooLarge)
def certify(
    setting: Setting | PrivateSetting,
    levels: Levels | None,
    claim: Mapping[str, object],
    build: Callable[[*Ts], JsonObject],
    *arguments: *Ts,
) -> Certified:
    """Builds the certificate of a claim and puts it to the trusted core.

    build: makes its witness of the arguments.
    """
    if isinstance(setting, Setting):
        return _checked(claim, problem(setting, levels), build(*arguments))
    return _checked(claim, setting.problem(levels), build(*arguments))


def _checked(claim: Mapping[str, object], about: Problem, witness: JsonObject) -> Certified:
    certificate = concrete(claim, about, witness)
    text = encode(certificate)
    verdict = verified(text)
    return Certified(certificate.kind, text, verdict.accepted, verdict.reason)


def reached_part(setting: Setting, answer: BestSelection | Bracket | Reached) -> dict[str, Json]:
    """The part of a witness that shows what a contract reaches, if any reaches something."""
    best = answer if isinstance(answer, Reached) else answer.best
    if best is None:
        return {}
    return {"reached": witnesses.reached(setting, best.selection, best.contract)}


def bound_part(
    setting: Setting, levels: Levels, answer: BestSelection | Bracket, strict: bool = False
) -> dict[str, Json]:
    """The part of a witness that shows what no contract exceeds.

    strict: that none reaches a first best. Raises ``witnesses.TooLarge``, as the others here do.
    """
    return _bound(setting, witnesses.Between(levels), answer, strict)


def _bound(
    setting: Setting,
    at: witnesses.Between,
    answer: BestSelection | Bracket | Reached,
    strict: bool = True,
) -> dict[str, Json]:
    """What no contract exceeds, at some λ."""
    if isinstance(answer, Reached):
        return {"bound": witnesses.bound(setting, answer.below, blocks(setting), at, strict=strict)}
    if isinstance(answer, Bracket) or answer.cases:
        return {"bound": witnesses.contract_cases(answer.cases)}
    parts = answer.obstructions, blocks(setting)
    return {"bound": witnesses.bound(setting, *parts, at, strict=strict)}


def value_witness(setting: Setting, levels: Levels, answer: BestSelection) -> dict[str, Json]:
    """What shows V, from both sides; that W* is not exceeded needs no proof."""
    witness = reached_part(setting, answer)
    if answer.welfare != first_best(setting.environment).welfare:
        witness |= bound_part(setting, levels, answer)
    return witness


def exclusion_part(
    setting: Setting, level: Fraction, answer: BestSelection | Bracket | Reached
) -> dict[str, Json]:
    """That no first best is reached at a common λ.

    answer: what is reached there or, as ``Reached``, at the least λ, which is larger.
    """
    return _bound(setting, witnesses.Between(low=level, high=level), answer)


def threshold_witness(setting: Setting, answer: Reached) -> dict[str, Json]:
    """That a first best is reached at a level, and at none below it."""
    witness = reached_part(setting, answer) if isinstance(answer.level, Fraction) else {}
    if answer.level != 0:
        at = witnesses.Between(high=answer.level, open_high=True)
        witness["below"] = _bound(setting, at, answer)["bound"]
    return witness


# --- correlated equilibrium (T5) ------------------------------------------------------------------


def best_correlated(
    objective: IntArray, payoffs: IntArray, deviations: Sequence[Deviation]
) -> CorrelatedOptimum | Unanswered:
    """The best distribution of profiles that no deviation improves on, with its proof.

    objective: integers of shape (actions…). payoffs: integers of shape (agents, actions…), each
    agent in its own unit.
    """
    optimum = correlated_engine.best_correlated(objective, payoffs, deviations)
    return optimum or Unanswered("the linear programme was not solved exactly")


@dataclass(frozen=True)
class CorrelatedFinding:
    """``bound``: U(L) in utils, shown by ``dual`` if it is below W*.

    ``reached``: transfers of the class that attain it, or that approach it; empty if none were
    found.
    """

    bound: Fraction
    dual: JsonObject
    reached: JsonObject


def correlated(setting: Setting, pure: BestSelection | None) -> CorrelatedFinding | Unanswered:
    """The bound of T5 on every correlated equilibrium under transfers, and whether it is reached.

    ``pure`` is the best pure selection where it is known, and is tried first.
    """
    environment, language = setting.environment, setting.language
    assert language is not None
    assert isinstance(setting.contracts, Transfers)
    optimum = first_best(environment).welfare
    if pure is not None and pure.welfare == optimum:
        return CorrelatedFinding(optimum, {}, reached_part(setting, pure))
    optima = dict[int, CorrelatedOptimum]()
    for state in environment.support:
        moves = indistinguishable(language, environment, state)
        best = best_correlated(environment.welfare[state], environment.payoffs[:, state], moves)
        if isinstance(best, Unanswered):
            return best
        optima[state] = best
    within = _reaching(setting, pure, optima)
    if within.reached:
        return within
    from coopgap.proofs.engines.cancelling_fines import best_within_budget

    tighter = {
        state: best_within_budget(environment, language, setting.contracts, state) or best
        for state, best in optima.items()
    }
    if all(tighter[state].value == optima[state].value for state in optima):
        return within
    return _reaching(setting, pure, tighter)


def _reaching(
    setting: Setting, pure: BestSelection | None, optima: Mapping[int, CorrelatedOptimum]
) -> CorrelatedFinding:
    """The bound of the states' optima, and transfers that attain or approach it, if found."""
    environment, language = setting.environment, setting.language
    assert language is not None
    assert isinstance(setting.contracts, Transfers)
    parts = [environment.prior[state] * optimum.value for state, optimum in optima.items()]
    bound = sum(parts, Fraction(0)) / environment.denominator
    distributions = {state: dict(optimum.distribution) for state, optimum in optima.items()}
    transfers: dict[int, tuple[Fraction, ...]] | None
    if pure is not None and pure.best is not None and pure.welfare == bound:
        transfers = pure.best.contract.amounts()
        distributions = {
            state: {flat_profile(environment, profile): Fraction(1)}
            for state, profile in pure.best.selection.items()
        }
    else:
        transfers = correlated_engine.attaining_transfers(
            environment, language, setting.contracts, distributions
        )
    reached: dict[str, Json] = {}
    if transfers is not None:
        reached = {"reached": witnesses.distributions(environment, distributions, transfers)}
    else:
        from coopgap.proofs.engines.limits import approaching_transfers

        approach = approaching_transfers(environment, language, setting.contracts, distributions)
        if approach is not None:
            plays = distributions, approach.trembles
            amounts = approach.fixed, approach.growing
            reached = {"reached": witnesses.approach(environment, *plays, *amounts)}
    scale, listed = witnesses.multipliers([optimum.multipliers for optimum in optima.values()])
    dual: JsonObject = {"bound": {"denominator": scale, "multipliers": listed}}
    below = bound < first_best(environment).welfare
    return CorrelatedFinding(bound, dual if below else {}, reached)


@dataclass(frozen=True)
class CorrelatedPlay:
    """Correlated equilibria under some contract: their welfare in utils, and the witness."""

    welfare: Fraction
    witness: JsonObject


def correlated_play(
    setting: Setting, pure: BestSelection | Bracket | None, enough: Fraction
) -> CorrelatedPlay | Unanswered:
    """Good correlated play, the best pure selection included; more than enough is not sought."""
    from coopgap.proofs.engines.ascent import Ascent

    assert setting.language is not None
    assert isinstance(setting.contracts, Transfers)
    starts = [pure.best.contract.amounts()] if pure is not None and pure.best is not None else []
    best = correlated_engine.best_correlated
    try:
        with np.errstate(over="raise"):
            search = Ascent(setting.environment, setting.language, setting.contracts, best)
            play = search.best(starts, enough)
    except (OverflowError, FloatingPointError):  # payoffs near or beyond the largest float
        play = None
    known = MINUS_INFINITY if pure is None else pure.welfare
    if pure is not None and isinstance(known, Fraction) and not (play and play.welfare > known):
        return CorrelatedPlay(known, reached_part(setting, pure))
    if play is None:
        return Unanswered("no correlated equilibrium under a contract was found")
    witness = witnesses.distributions(setting.environment, play.distributions, play.amounts)
    return CorrelatedPlay(play.welfare, {"reached": witness})


# --- private information, without messages --------------------------------------------------------


def private_value(
    setting: PrivateSetting, levels: Levels, seconds: float
) -> BestStrategies | Unanswered:
    """The best strategies that contracts make an equilibrium."""
    from coopgap.proofs.engines.strategies import StrategySearch

    return StrategySearch(setting, seconds).best(levels)


def private_threshold(
    setting: PrivateSetting, best: Fraction, seconds: float
) -> LeastLevel | Unanswered:
    """The least common λ at which strategies of the pooled first best are an equilibrium."""
    from coopgap.proofs.engines.strategies import StrategySearch

    return StrategySearch(setting, seconds).least(best)


def private_equilibria(
    setting: PrivateSetting, levels: Levels, seconds: float
) -> tuple[Strategies, ...] | Unanswered:
    """All strategies that are an equilibrium without a contract."""
    from coopgap.proofs.engines.strategies import StrategySearch

    return StrategySearch(setting, seconds).equilibria(levels)


def private_correlated(
    setting: PrivateSetting, seconds: float
) -> CorrelatedStrategies | Unanswered:
    """The bound on correlated play of selfish agents under transfers, and transfers that attain it.

    The play is of strategies that a mediator draws.
    """
    from coopgap.proofs.engines.correlated_strategies import correlated_strategies

    return correlated_strategies(setting, seconds)


# --- mechanisms (T10) -----------------------------------------------------------------------------


def mechanisms(society: Society, seconds: float) -> Mechanisms | Unanswered:
    """What mechanisms reach: state by state if that is all (T11), else by one linear programme.

    The programme may take so many seconds.
    """
    from coopgap.proofs.engines import restored
    from coopgap.proofs.engines.mechanisms import best_mechanism

    answer = _state_by_state(society) if restored.applies(society) else None
    return best_mechanism(society, seconds) if answer is None else answer


def _state_by_state(society: Society) -> Mechanisms | None:
    from coopgap.proofs.engines import restored
    from coopgap.proofs.questions.mechanisms import Mechanisms, Step

    environment = society.environment
    payoffs, unit = prosocial_payoffs(environment, society.levels)
    scale, value = unit // environment.denominator, Fraction(0)
    incentives: dict[Move, Fraction] = {}
    distributions: dict[int, Mapping[int, Fraction]] = {}
    for state in environment.support:
        moves = indistinguishable(society.language, environment, state)
        optimum = best_correlated(environment.welfare[state], payoffs[:, state], moves)
        if isinstance(optimum, Unanswered):
            return None
        value += environment.prior[state] * optimum.value / environment.denominator
        distributions[state] = optimum.distribution
        for (agent, recommended, action), multiplier in optimum.multipliers.items():
            cell = society.truth(state)[agent]
            incentives[agent, cell, cell, recommended, action] = multiplier * scale
    point = restored.mechanism(society, distributions)
    if point is None:
        return None
    steps = (Step("welfare", incentives, {}),)
    return Mechanisms(value, steps, value, steps, (point,), attained=True, by_state=True)


def lifted_mechanism(
    society: Society, about: Problem, point: Point, seconds: float
) -> Lifted | Unanswered:
    """The best mechanism of a family around a point, with the proof that it is best (T10)."""
    from coopgap.proofs.engines import lifted_mechanisms as engine

    return engine.lifted_mechanism(society, about, point, seconds)


def certify_mechanism(
    society: Society, claim: Mapping[str, object], witness: JsonObject
) -> Certified:
    """Puts a claim about mechanisms, with its witness, to the trusted core."""
    return _checked(claim, society.problem(), witness)


# --- claims about all equilibria (T9) -------------------------------------------------------------


@dataclass(frozen=True)
class EquilibriumFinding:
    """Whether every equilibrium avoids the forbidden profiles, with the witness either way."""

    holds: bool
    witness: JsonObject


def all_cooperative(environment: Environment, levels: Levels) -> EquilibriumFinding | Unanswered:
    """Does every equilibrium, correlated ones included, use cooperating actions only?

    By domination where it applies, else by the correlated equilibria with the most defection.
    """
    cooperating = require_cooperative(environment)
    payoffs, _ = prosocial_payoffs(environment, levels)
    moves = dominated(environment, levels)
    if moves is not None:
        return EquilibriumFinding(True, domination_witness(environment, moves))
    inside = np.zeros(environment.shape, dtype=np.bool_)
    inside[np.ix_(*cooperating)] = True
    forbidden = dict.fromkeys(environment.support, ~inside)
    return _avoided(environment, payoffs, forbidden, mixed_only=False)


def dominated(
    environment: Environment, levels: Levels
) -> Sequence[tuple[int, int, int, int]] | None:
    """Each defecting action with a cooperating one that strictly dominates it, if all have one."""
    return dominating(environment, levels)


def domination_witness(
    environment: Environment, dominations: Sequence[tuple[int, int, int, int]]
) -> dict[str, Json]:
    """Multipliers that exclude an action which is worth less whatever the others do.

    Any multiplier on leaving it does.
    """
    moves = [
        {(agent, bad, good): Fraction(1) for s, agent, bad, good in dominations if s == state}
        for state in environment.support
    ]
    return {"multipliers": witnesses.multipliers(moves)[1]}


def full_implementation(
    environment: Environment, levels: Levels
) -> EquilibriumFinding | Unanswered:
    """Does every mixed equilibrium without a contract play first-best profiles only?"""
    payoffs, _ = prosocial_payoffs(environment, levels)
    welfare = environment.welfare
    forbidden = {s: welfare[s] < welfare[s].max() for s in environment.support}
    return _avoided(environment, payoffs, forbidden, mixed_only=True)


def full_implementation_by_contract(
    setting: Setting, levels: Levels
) -> EquilibriumFinding | Unanswered:
    """Does some contract leave only mixed equilibria that play first-best profiles?

    Yes, if one makes a first-best selection strictly dominant. No, if no first best is a pure
    equilibrium and no state has two first-best profiles that differ in one agent's action: then an
    equilibrium among first-best profiles is pure.
    """
    environment = setting.environment
    if not isinstance(setting.contracts, Transfers):
        return Unanswered("full implementation is decided without a contract or with transfers")
    best = first_best(environment)
    choices = islice(product(*best.profiles.values()), SELECTION_LIMIT)
    for chosen in choices:
        selection = dict(zip(best.profiles, chosen, strict=True))
        dominant = ask(DominantSelection(setting, levels, selection))
        if isinstance(dominant, Reached):
            listed = [
                {
                    (agent, action, profile[agent]): Fraction(1)
                    for agent, size in enumerate(environment.shape)
                    for action in range(size)
                    if action != profile[agent]
                }
                for profile in selection.values()
            ]
            witness: JsonObject = {
                "transfers": witnesses.transfers(dominant.contract.amounts()),
                "multipliers": witnesses.multipliers(listed)[1],
            }
            return EquilibriumFinding(True, witness)
    pure = ask(Value(setting, levels, target=best.welfare))
    if isinstance(pure, BestSelection) and pure.best is None:
        return EquilibriumFinding(False, bound_part(setting, levels, pure, True))
    return Unanswered("no contract makes a first best dominant, and none is excluded")


def _avoided(
    environment: Environment,
    payoffs: IntArray,
    forbidden: Mapping[int, IntArray],
    *,
    mixed_only: bool,
) -> EquilibriumFinding | Unanswered:
    every = all_deviations(environment.shape)
    stable = pure_nash(payoffs)
    for state, avoid in forbidden.items():
        pure = profiles_where(stable[state] & avoid)
        if pure and mixed_only:
            mixes = [[[action, 1]] for action in pure[0]]
            return EquilibriumFinding(False, {"state": state, "mixes": mixes})
        if pure:
            return _equilibrium(state, {flat_profile(environment, pure[0]): Fraction(1)})
    exclusions: list[witnesses.Multipliers] = []
    undecided = False
    for state, avoid in forbidden.items():
        worst = best_correlated(avoid.astype(np.int64), payoffs[:, state], every)
        if isinstance(worst, Unanswered):
            return worst
        if worst.value == 0:
            exclusions.append(worst.multipliers)
        elif mixed_only:
            undecided = True
        else:
            return _equilibrium(state, worst.distribution)
    if undecided:
        return _mixed(environment, payoffs, forbidden)
    return EquilibriumFinding(True, {"multipliers": witnesses.multipliers(exclusions)[1]})


def _equilibrium(state: int, distribution: Mapping[int, Fraction]) -> EquilibriumFinding:
    weights = witnesses.weights(distribution)
    return EquilibriumFinding(False, {"state": state, "distribution": weights})


def _mixed(
    environment: Environment, payoffs: IntArray, forbidden: Mapping[int, IntArray]
) -> EquilibriumFinding | Unanswered:
    """Where correlated equilibria leave it open: all pairs of supports, for two agents."""
    if len(environment.players) != 2:
        return Unanswered(
            "some correlated equilibrium is not first best, and mixed equilibria are "
            "decided for two players only"
        )
    from coopgap.proofs.engines import supports

    lists = []
    for state, avoid in forbidden.items():
        try:
            answer = supports.absent_equilibria(payoffs[:, state], avoid)
        except supports.TooLarge as reason:
            return Unanswered(str(reason))
        if answer is None:
            return Unanswered("a pair of supports was not decided exactly")
        if isinstance(answer, tuple):
            mixes = [witnesses.weights(dict(enumerate(mix))) for mix in answer]
            return EquilibriumFinding(False, {"state": state, "mixes": mixes})
        pairs = profiles_where(avoid)
        shifts = [_shift(payoffs[:, state], shift) for shift in answer]
        lists.append(witnesses.support_tree(environment.shape, pairs, shifts))
    return EquilibriumFinding(True, {"supports": lists})


def _shift(payoffs: IntArray, shift: Shift) -> witnesses.SupportShift:
    own = payoffs[shift.agent].astype(object)
    gains = np.array(shift.weights, dtype=object) @ (own if shift.agent == 0 else own.T)
    sources, loss, gain = (
        frozenset(np.flatnonzero(flags).tolist())
        for flags in (np.array(shift.weights) < 0, gains < 0, gains > 0)
    )
    return witnesses.SupportShift(shift.agent, shift.weights, sources, loss, gain)


# --- who benefits (T8) ----------------------------------------------------------------------------


@dataclass(frozen=True)
class BenefitFinding:
    """``vacuous``: no selfish pure outcome has smaller welfare."""

    plain: bool
    one_payment: bool
    vacuous: bool


def benefit(environment: Environment) -> BenefitFinding | Unanswered:
    """Compares expected material payoffs of first-best and of selfish pure outcomes."""
    stable = pure_nash(environment.payoffs)
    best = first_best(environment)
    first = _vectors(environment, best.profiles)
    selfish = _vectors(
        environment, {state: profiles_where(stable[state]) for state in environment.support}
    )
    if first is None or selfish is None:
        return Unanswered(f"over {VECTOR_LIMIT:,} expected payoff vectors")
    worse = [vector for vector in selfish if sum(vector) < best.welfare]
    if len(worse) * len(first) > 10 * VECTOR_LIMIT:
        return Unanswered(f"over {10 * VECTOR_LIMIT:,} pairs of expected payoff vectors")
    plain = all(
        any(all(f > v for f, v in zip(good, bad, strict=True)) for good in first) for bad in worse
    )
    tops = [max(column) for column in zip(*worse, strict=True)]
    return BenefitFinding(plain, sum(tops) < best.welfare, not worse)


def _vectors(
    environment: Environment, options: Mapping[int, Sequence[tuple[int, ...]]]
) -> set[tuple[Fraction, ...]] | None:
    vectors = {(Fraction(0),) * len(environment.players)}
    for state, profiles in options.items():
        weight = environment.prior[state] / environment.denominator
        steps = {
            tuple(weight * int(own[(state, *profile)]) for own in environment.payoffs)
            for profile in profiles
        }
        if len(vectors) * len(steps) > VECTOR_LIMIT:
            return None
        vectors = {
            tuple(v + s for v, s in zip(vector, step, strict=True))
            for vector in vectors
            for step in steps
        }
    return vectors


def known_equilibria(environment: Environment, seconds: float) -> dict[int, MixedEquilibria]:
    """What is found of mixed equilibria in so many seconds, by state of positive probability."""
    deadline = time.monotonic() + seconds
    return {s: mixed.equilibria(environment.payoffs[:, s], deadline) for s in environment.support}


def mixed_equilibria(
    games: Mapping[int, IntArray], seconds: float = MIXED_SECONDS
) -> dict[int, list[Equilibrium]] | Unanswered:
    """All extreme mixed equilibria of each game, for two players.

    games: by state the payoffs, integers of shape (agents, actions…), each agent in its own unit.
    """
    if any(len(payoffs) != 2 for payoffs in games.values()):
        return Unanswered("all mixed equilibria are listed for two players only")
    deadline, by_state = time.monotonic() + seconds, dict[int, list[Equilibrium]]()
    for state, payoffs in games.items():
        listed = mixed.equilibria(payoffs, deadline)
        if listed.reason is not None:
            return Unanswered(f"mixed equilibria: {listed.reason}")
        by_state[state] = [(x, y) for x, y in listed.equilibria]
    return by_state


def mixed_claim(state: int, listed: MixedEquilibria) -> dict[str, Json]:
    """The claim that what is listed of a state are equilibria."""
    plays = [
        [witnesses.weights(dict(enumerate(mix))) for mix in play] for play in listed.equilibria
    ]
    return {"id": "mixed-equilibria", "holds": True, "state": state, "plays": plays}


def agent_thresholds(environment: Environment, selection: Selection) -> tuple[Extended, ...]:
    """The least λ_i of each agent for the selection to be an equilibrium with no contract (T6)."""
    rows = incentives(no_contract(environment), selection)
    needed: list[Extended] = [Fraction(0)] * rows.agents
    for row in np.flatnonzero(rows.gain > 0).tolist():
        agent, gain, lost = int(rows.agent[row]), int(rows.gain[row]), int(rows.lost[row])
        level: Extended = Fraction(gain, lost) if lost > 0 else INFINITY
        needed[agent] = max(needed[agent], level)
    return tuple(needed)


def no_contract(environment: Environment) -> Setting:
    """The setting of play alone."""
    return Setting(environment, None, NoContract())
