"""Bounds on first-best play under contracts that do not verify effort (theory.md §3), and N1.

N1 is about what random audits reach.
"""

from __future__ import annotations

import importlib.resources
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import ONE, Polynomial, Ratio, number, parameter, plain
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.deciding.decide import best_correlated
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.problem import NOTHING, over_common
from coopgap.proofs.parameters.goals import Goal, formula, stated
from coopgap.proofs.parameters.regions import Finding, Recorder
from coopgap.proofs.questions.obligations import Setting, Unanswered
from coopgap.proofs.questions.obligations import problem as concrete_problem
from coopgap.proofs.theorems.theorem import BARE, Goals, Means, Theorem
from coopgap.proofs.trusted.polynomials import lifted
from coopgap.proofs.trusted.problems import Plays, Problem
from coopgap.theory.languages import indistinguishable
from coopgap.theory.readers.load import load
from coopgap.theory.readers.theorem import theorem_from_text
from coopgap.theory.specification import FamilySpecification, Specification

WORK = 0
"""The profile (CH, CH)."""

COOPERATING = (0, 1, 4, 5)
"""The profiles in which both cooperate."""

GAMES = {"pd": "Prisoner's Dilemma", "sh": "Stag Hunt"}


def theorems() -> Iterator[Theorem]:
    """The bounds on the probability of (CH, CH), and N1 for every ε."""
    for game, name in GAMES.items():
        specification = _game(game)
        assumptions = tuple(assumption.text for assumption in specification.family.assumptions)
        for suffix, within, together, apart in (
            ("", None, "1/2", "4/9"),
            ("-cooperating", COOPERATING, "1/5", "1/9"),
        ):
            where = " when only cooperating actions are played" if within else ""
            yield Theorem(
                f"{game}-play-correlated{suffix}",
                f"Under contracts blind to effort (CH, CH) has probability at most {together} in "
                f"every correlated equilibrium of the {name}{where}",
                assumptions,
                "theory.md, section 3",
                partial(_correlated, specification=specification, within=within, bound=together),
            )
            yield Theorem(
                f"{game}-play-independent{suffix}",
                f"Under contracts blind to effort (CH, CH) has probability at most {apart} in "
                f"every mixed equilibrium of the {name}{where}",
                assumptions,
                "theory.md, section 3",
                partial(_independent, specification=specification, within=within, bound=apart),
                rests_on=BARE,
            )
    yield Theorem(
        "n1",
        "Fines for random audits leave a gap of at most 4 ε in some correlated equilibrium: the "
        "gap of correlated equilibria is not bounded away from 0",
        ("0 < eps", "eps < 1"),
        "theory.md, N1",
        _audits,
    )


def _game(game: str) -> FamilySpecification:
    """The family of the paper's table games, with the language that does not verify effort."""
    files = importlib.resources.files("coopgap.proofs.theorems").joinpath("paper")
    text = files.joinpath(f"{game}-gap.toml").read_text(encoding="utf-8")
    family = theorem_from_text(text, game).family
    assert family is not None
    return family


# Correlated play: multipliers on deviations that leave the record unchanged.


def _correlated(
    means: Means, specification: FamilySpecification, within: Sequence[int] | None, bound: str
) -> Goals:
    prover = means.prover(specification.family.parameters)
    findings = FamilyFindings(specification, means.engines, prover, lambda _: None)
    (language,) = specification.languages
    problem = findings.problem(language.name, (NOTHING,) * len(specification.family.players))
    plays = Plays(problem, Unlimited())
    claim = {
        "state": 0,
        "profile": WORK,
        "within": None if within is None else list(within),
        "value": bound,
    }

    def decide(recorder: Recorder) -> Finding | Unanswered:
        environment = findings.at(recorder.point).environment
        moves = indistinguishable(language.language, environment, 0)
        objective = np.zeros(environment.shape, dtype=np.int64)
        objective.flat[WORK] = 1
        if within is not None:
            # A multiplier at which no other profile pays.
            outside = [a for a in range(objective.size) if a not in within]
            objective.flat[outside] = -1000
        optimum = best_correlated(objective, environment.payoffs[:, 0], moves)
        if isinstance(optimum, Unanswered) or optimum.value > Fraction(bound):
            return Unanswered("no multipliers show the bound")
        deviations: list[list[int]] = []
        ratios: list[Ratio] = []
        for (agent, recommended, alternative), weight in optimum.multipliers.items():
            # In units of the deviation's own gain at (CH, CH) a multiplier is a number.
            gain = next(
                lifted(gain)
                for deviator, action, _, gain, _ in plays.deviations(0, WORK)
                if deviator == agent and action == 1
            )
            unit = Fraction(environment.denominator) / lifted(plays.unit).at(recorder.point)
            multiplier = weight * unit * gain.at(recorder.point)
            deviations.append([agent, recommended, alternative])
            ratios.append((number(multiplier), gain))
        numbers, below = over_common(ratios, problem.assumptions, prover)
        witness = {
            "denominator": plain(below, problem.parameters),
            "multipliers": [
                [*move, plain(y, problem.parameters)]
                for move, y in zip(deviations, numbers, strict=True)
            ],
        }
        return Finding(True, claim, witness)

    yield "multipliers", Goal(problem, {"id": "play-at-most", "holds": True, **claim}, decide)


# Independent play: a formula in the probabilities of actions.


def _independent(
    means: Means, specification: FamilySpecification, within: Sequence[int] | None, bound: str
) -> Goals:
    """Shirking gains nothing on average where (CH, CH) is played; this alone gives the bound."""
    family = specification.family
    prover = means.prover(family.parameters)
    findings = FamilyFindings(specification, means.engines, prover, lambda _: None)
    problem = findings.problem(None, (NOTHING,) * len(family.players))
    shape = family.skeleton.shape
    names = [
        f"{player}_{a}"
        for player, labels in zip(family.players, family.actions, strict=True)
        for a in labels
    ]
    # The prover knows these names too: conclusions have factors that are probabilities.
    prover = means.prover((*family.parameters, *names))
    first = len(family.parameters)
    shares = [parameter(first + k) for k in range(len(names))]
    mixes = [shares[: shape[0]], shares[shape[0] :]]
    conditions = list(problem.assumptions)
    for mix in mixes:
        conditions += [Condition(share, ">=") for share in mix]
        conditions.append(Condition(sum(mix, start=number(0)) - ONE, "=="))
    if within is not None:
        played = {(agent, (a // shape[1], a % shape[1])[agent]) for a in within for agent in (0, 1)}
        for agent, mix in enumerate(mixes):
            conditions += [
                Condition(share, "==")
                for action, share in enumerate(mix)
                if (agent, action) not in played
            ]
    language = specification.languages[0].language
    for agent, recommended, alternative in indistinguishable(language, family.skeleton, 0):
        if recommended != 0:
            continue
        gain = _expected_gain(problem, shape, mixes[1 - agent], agent, recommended, alternative)
        known = prover.simplified(problem.assumptions, Condition(-gain, ">="))
        conditions.append(Condition(mixes[agent][recommended] * known.polynomial, ">="))
    wide = Problem((*family.parameters, *names), tuple(conditions))
    limit = Fraction(bound)
    slack = number(limit) - mixes[0][0] * mixes[1][0]
    goal = formula(wide, stated(Condition(slack, ">="), wide))
    root = number(Fraction(math.isqrt(limit.numerator), math.isqrt(limit.denominator)))
    hints = [Condition(root - mix[0], ">=") for mix in mixes]
    hints += [Condition(mix[0], ">") for mix in mixes]
    yield "probabilities", replace(goal, hints=tuple(hints))


def _expected_gain(
    problem: Problem,
    shape: Sequence[int],
    mix: Sequence[Polynomial],
    agent: int,
    recommended: int,
    alternative: int,
) -> Polynomial:
    assert problem.game is not None
    payoffs = problem.game.payoffs[agent][0]
    total = number(0)
    for reply, share in enumerate(mix):
        before, after = (
            lifted(payoffs[own * shape[1] + reply if agent == 0 else reply * shape[1] + own])
            for own in (recommended, alternative)
        )
        total += share * (after - before)
    return total


# N1


def _audits(_means: Means) -> Goals:
    """P2 audits with probability ε, and fines that grow as 1/ε make that an equilibrium."""
    specification = load("n1")
    assert isinstance(specification, Specification)
    named = specification.languages[0]
    setting = Setting(specification.environment, named.language, named.contracts)
    plain_problem = concrete_problem(setting, setting.selfish)
    epsilon = parameter(0)

    problem = replace(
        plain_problem,
        parameters=("eps",),
        assumptions=(Condition(epsilon, ">"), Condition(ONE - epsilon, ">")),
    )
    a_x, a_y, b_y = 0, 1, 3
    record = [plain_problem.records.table[0][a] for a in (a_y, b_y)]  # type: ignore[union-attr, index]
    # Over ε: a fine of 2, and one of 1 + 1 / ε, each paid to the other agent.
    fine = {"1": 1, "eps": 1}
    reward = {"1": -1, "eps": -1}
    witness = {
        "reached": {
            "distributions": [[[a_x, {"1": 1, "eps": -1}], [a_y, {"eps": 1}]]],
            "transfers": [
                {
                    "denominator": {"eps": 1},
                    "amounts": [
                        [record[0], [{"eps": -2}, {"eps": 2}]],
                        [record[1], [reward, fine]],
                    ],
                }
            ],
        }
    }
    claim = {"value": [{"eps": 4}, 1]}
    yield (
        "gap of at most 4 eps",
        Goal(
            problem,
            {"id": "correlated-gap-at-most", "holds": True, **claim},
            lambda _recorder: Finding(True, claim, witness),
        ),
    )
