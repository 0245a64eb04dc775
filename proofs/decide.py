"""Choose an engine, find, and have the finding checked: the one road to a verdict.

Every function here takes plain values and returns plain values, so that it can run in the worker.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import Any

import numpy as np

from proofs.certificates import Certificate, digest, encode
from proofs.checker import check
from proofs.engines import supports
from proofs.engines.correlated import (
    all_deviations,
    attaining_transfers,
    best_correlated,
    indistinguishable,
)
from proofs.engines.difference import DifferenceEngine
from proofs.engines.directives import DirectiveEngine
from proofs.engines.domination import DominationEngine
from proofs.engines.limits import Approach, approaching_transfers
from proofs.engines.linear import LinearEngine
from proofs.engines.selections import SelectionEngine
from proofs.obligations import (
    Answer,
    BestSelection,
    DominantSelection,
    Dominated,
    Domination,
    Engine,
    Levels,
    Question,
    Reached,
    Setting,
    Unanswered,
    Value,
    blocks,
    contract_witness,
    cover_witness,
    flat_profile,
    problem,
)
from theory.contracts import Directives, NoContract, Transfers
from theory.dilemmas import require_cooperative
from theory.environments import Environment
from theory.equilibria import pure_nash
from theory.exact import IntArray, common_denominator
from theory.preferences import prosocial_payoffs
from theory.welfare import expected_welfare, first_best, profiles_where

SELECTION_LIMIT = 64
"""The number of first-best selections that are tried as the only equilibrium."""

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


def engines() -> Iterator[Engine]:
    """The engines in the order in which they are asked; z3, loaded only when reached, is last."""
    yield DirectiveEngine()
    yield DominationEngine()
    yield DifferenceEngine()
    yield LinearEngine()
    yield SelectionEngine(ask)
    from proofs.engines.smt import SmtEngine

    yield SmtEngine()


def ask(question: Question) -> Answer:
    """The first answer that an engine gives, or Unanswered with all the reasons."""
    reasons = []
    for engine in engines():
        if type(question) in engine.answers:
            answer = engine.solve(question)
            if not isinstance(answer, Unanswered):
                return answer
            reasons.append(f"{engine.name}: {answer.reason}")
    return Unanswered("; ".join(reasons) or "no engine answers such a question")


def certify(
    setting: Setting, levels: Levels | None, claim: Mapping[str, Any], witness: Mapping[str, Any]
) -> Certified:
    """Builds the certificate of a claim and puts it to the checker."""
    from proofs.checker import kind_of

    data = problem(setting, levels)
    certificate = Certificate(kind_of(data, witness), claim, data, witness)
    verdict = check(certificate)
    return Certified(certificate.kind, encode(certificate), verdict.accepted, verdict.reason)


def floor_witness(setting: Setting, found: BestSelection | Reached) -> dict[str, Any]:
    """The part of a witness that shows what a contract reaches."""
    reached = found.best if isinstance(found, BestSelection) else found
    if isinstance(setting.contracts, Directives) or reached is None:
        return {}
    return {"contract": contract_witness(setting, reached)}


def roof_witness(setting: Setting, found: BestSelection | Reached) -> dict[str, Any]:
    """The part of a witness that shows what no contract exceeds."""
    if isinstance(setting.contracts, Directives):
        return {}
    if isinstance(found, BestSelection):
        return {"cover": cover_witness(setting, found.obstructions, found.blocks)}
    return {"cover": cover_witness(setting, found.below, blocks(setting))}


# --- correlated equilibrium (T5) ------------------------------------------------------------------


@dataclass(frozen=True)
class CorrelatedFinding:
    """``bound``: U(L) in utils, shown by ``dual`` if it is below W*. ``primal``: transfers of the
    class that attain it, or that approach it; empty if none were found."""

    bound: Fraction
    dual: Mapping[str, Any]
    primal: Mapping[str, Any]


def correlated(setting: Setting, pure: BestSelection | None) -> CorrelatedFinding | Unanswered:
    """The bound of T5 on every correlated equilibrium under transfers, and whether it is reached;
    ``pure`` is the best pure selection where it is known, and is tried first."""
    environment, language = setting.environment, setting.language
    assert language is not None
    assert isinstance(setting.contracts, Transfers)
    optimum = first_best(environment).welfare
    if pure is not None and pure.welfare == optimum:
        return CorrelatedFinding(optimum, {}, floor_witness(setting, pure))
    bound = Fraction(0)
    duals: list[dict[str, Any]] = []
    distributions: dict[int, dict[int, Fraction]] = {}
    for state in environment.support:
        moves = indistinguishable(language, environment, state)
        found = best_correlated(environment.welfare[state], environment.payoffs[:, state], moves)
        if found is None:
            return Unanswered("the linear programme was not solved exactly")
        bound += environment.prior[state] * found.value / environment.denominator
        scale = common_denominator(found.multipliers.values())
        duals.append({"denominator": scale, "multipliers": _whole(found.multipliers, scale)})
        distributions[state] = dict(found.distribution)
    transfers: dict[int, tuple[Fraction, ...]] | None
    if pure is not None and pure.best is not None and pure.welfare == bound:
        transfers = pure.best.contract.amounts()
        distributions = {
            state: {flat_profile(environment, profile): Fraction(1)}
            for state, profile in pure.best.selection.items()
        }
    else:
        transfers = attaining_transfers(environment, language, setting.contracts, distributions)
    primal: dict[str, Any] = {}
    if transfers is not None:
        scale, listed = _whole_transfers(transfers)
        plays = [_whole_weights(distributions[s]) for s in environment.support]
        primal = {"primal": {"denominator": scale, "transfers": listed, "distributions": plays}}
    else:
        approach = approaching_transfers(environment, language, setting.contracts, distributions)
        if approach is not None:
            primal = {"limit": _limit_witness(environment, distributions, approach)}
    return CorrelatedFinding(bound, {"dual": duals} if bound < optimum else {}, primal)


def _limit_witness(
    environment: Environment,
    distributions: Mapping[int, Mapping[int, Fraction]],
    approach: Approach,
) -> dict[str, Any]:
    parts = {}
    for name, transfers in (("fixed", approach.fixed), ("growing", approach.growing)):
        scale, listed = _whole_transfers(transfers)
        parts[name] = {"denominator": scale, "transfers": listed}
    return {
        **parts,
        "distributions": [_whole_weights(distributions[s]) for s in environment.support],
        "trembles": [_whole_weights(approach.trembles[s]) for s in environment.support],
    }


def _whole_transfers(
    transfers: Mapping[int, tuple[Fraction, ...]],
) -> tuple[int, list[list[Any]]]:
    scale = common_denominator([amount for row in transfers.values() for amount in row])
    return scale, [
        [record, [int(amount * scale) for amount in row]]
        for record, row in sorted(transfers.items())
    ]


def _whole(multipliers: Mapping[tuple[int, int, int], Fraction], scale: int) -> list[list[int]]:
    return [[*move, int(y * scale)] for move, y in sorted(multipliers.items()) if y]


def _whole_weights(distribution: Mapping[int, Fraction]) -> list[list[int]]:
    scale = common_denominator(distribution.values())
    return [
        [profile, int(share * scale)] for profile, share in sorted(distribution.items()) if share
    ]


# --- claims about all equilibria (T9) -------------------------------------------------------------


@dataclass(frozen=True)
class EquilibriumFinding:
    """Whether every equilibrium avoids the forbidden profiles, with the witness either way."""

    holds: bool
    witness: Mapping[str, Any]


def all_cooperative(environment: Environment, levels: Levels) -> EquilibriumFinding | Unanswered:
    """Does every equilibrium, correlated ones included, use cooperating actions only? By domination
    where it applies, else by the correlated equilibria with the most defection."""
    cooperating = require_cooperative(environment)
    payoffs, _ = prosocial_payoffs(environment, levels)
    dominated = ask(Domination(no_contract(environment), levels))
    if isinstance(dominated, Dominated):
        return EquilibriumFinding(True, {"domination": [list(move) for move in dominated.moves]})
    inside = np.zeros(environment.shape, dtype=np.bool_)
    inside[np.ix_(*cooperating)] = True
    forbidden = dict.fromkeys(environment.support, ~inside)
    return _avoided(environment, payoffs, forbidden, mixed_only=False)


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
    """Does some contract leave only mixed equilibria that play first-best profiles? Yes, if one
    makes a first-best selection strictly dominant. No, if no first best is a pure equilibrium and
    no state has two first-best profiles that differ in one agent's action: then an equilibrium
    among first-best profiles is pure."""
    environment = setting.environment
    if not isinstance(setting.contracts, Transfers):
        return Unanswered("full implementation is decided without a contract or with transfers")
    best = first_best(environment)
    choices = islice(product(*best.profiles.values()), SELECTION_LIMIT)
    for chosen in choices:
        selection = dict(zip(best.profiles, chosen, strict=True))
        found = ask(DominantSelection(setting, levels, selection))
        if isinstance(found, Reached):
            witness = contract_witness(setting, found)
            del witness["selection"]
            exclusion = [
                [
                    [agent, action, profile[agent], 1]
                    for agent, size in enumerate(environment.shape)
                    for action in range(size)
                    if action != profile[agent]
                ]
                for profile in selection.values()
            ]
            return EquilibriumFinding(True, {"contract": witness, "exclusion": exclusion})
    pure = ask(Value(setting, levels, target=best.welfare))
    if isinstance(pure, BestSelection) and pure.best is None:
        return EquilibriumFinding(False, roof_witness(setting, pure))
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
        if pure:
            return _equilibrium(state, {flat_profile(environment, pure[0]): Fraction(1)})
    exclusions: list[list[list[int]]] = []
    undecided = False
    for state, avoid in forbidden.items():
        found = best_correlated(avoid.astype(np.int64), payoffs[:, state], every)
        if found is None:
            return Unanswered("the linear programme was not solved exactly")
        if found.value == 0:
            scale = common_denominator(found.multipliers.values())
            exclusions.append(_whole(found.multipliers, scale))
        elif mixed_only:
            undecided = True
        else:
            return _equilibrium(state, found.distribution)
    if undecided:
        return _mixed(environment, payoffs, forbidden)
    return EquilibriumFinding(True, {"exclusion": exclusions})


def _equilibrium(state: int, distribution: Mapping[int, Fraction]) -> EquilibriumFinding:
    weights = _whole_weights(distribution)
    return EquilibriumFinding(False, {"equilibrium": {"state": state, "weights": weights}})


def _mixed(
    environment: Environment, payoffs: IntArray, forbidden: Mapping[int, IntArray]
) -> EquilibriumFinding | Unanswered:
    """Where correlated equilibria leave it open: all pairs of supports, for two agents."""
    if len(environment.players) != 2:
        return Unanswered(
            "some correlated equilibrium is not first best, and mixed equilibria are "
            "decided for two players only"
        )
    lists = []
    for state, avoid in forbidden.items():
        try:
            found = supports.absent_equilibria(payoffs[:, state], avoid)
        except supports.TooLarge as reason:
            return Unanswered(str(reason))
        if found is None:
            return Unanswered("a pair of supports was not decided exactly")
        if isinstance(found, tuple):
            columns = environment.shape[1]
            joint = {
                a * columns + b: x * y
                for (a, x), (b, y) in product(enumerate(found[0]), enumerate(found[1]))
                if x * y
            }
            return _equilibrium(state, joint)
        lists.append([{"agent": each.agent, "weights": list(each.weights)} for each in found])
    return EquilibriumFinding(True, {"supports": lists})


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


def extreme_equilibria(
    environment: Environment,
) -> dict[int, list[tuple[tuple[Fraction, ...], ...]]] | Unanswered:
    """All extreme mixed equilibria in every state of positive probability, for two players."""
    if len(environment.players) != 2:
        return Unanswered("mixed equilibria are enumerated for two players only")
    try:
        return {
            state: list(supports.extreme_equilibria(environment.payoffs[:, state]))
            for state in environment.support
        }
    except supports.TooLarge as reason:
        return Unanswered(str(reason))


def best_nash_welfare(environment: Environment, payoffs: IntArray) -> Fraction | None:
    """The best expected welfare of pure equilibria of a game in these payoffs; None if a state of
    positive probability has none."""
    stable = pure_nash(payoffs)
    selection = {}
    for state in environment.support:
        if not stable[state].any():
            return None
        welfare = environment.welfare[state]
        selection[state] = profiles_where(
            stable[state] & (welfare == welfare[stable[state]].max())
        )[0]
    return expected_welfare(environment, selection)


def no_contract(environment: Environment) -> Setting:
    """The setting of play alone."""
    return Setting(environment, None, NoContract())
