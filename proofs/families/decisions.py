"""How each quantity of a family is found at a point, as polynomials that hold around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.algebra.rational import reduced
from coopgap.proofs.certificates import witnesses
from coopgap.proofs.certificates.certificate import plain_ratio
from coopgap.proofs.deciding import decide
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.transfers import symbolic_transfers
from coopgap.proofs.parameters.regions import Decide, Found, Recorder, Unlimited
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Reached,
    Setting,
    Threshold,
    Unanswered,
    Value,
    flat_profile,
)
from coopgap.proofs.trusted import claims, contracts
from coopgap.proofs.trusted.certificates import AtPoint
from coopgap.proofs.trusted.polynomials import Known, lifted
from coopgap.proofs.trusted.problems import Case, Plays, Problem, Prosociality
from coopgap.theory.contracts import ContractClass
from coopgap.theory.exact import INFINITY


def first_best_welfare(problem: Problem) -> Decide:
    """W*."""
    plays = Plays(problem, Unlimited())

    def at(recorder: Recorder) -> Found:
        case = _case(plays, recorder)
        value = claims.optimum(case), case.mass * plays.unit
        return _shown({"value": _plain(problem, recorder, value)})

    return at


def first_best(problem: Problem, state: int) -> Decide:
    """FB(ω); None where the state has no probability."""
    return _in_state(problem, state, claims.first_best)


def equilibria(problem: Problem, state: int) -> Decide:
    """The pure equilibria of a state without a contract, at the problem's λ."""
    return _in_state(problem, state, claims.nash)


def _in_state(problem: Problem, state: int, find: Callable[[Case, int], list[int]]) -> Decide:
    plays = Plays(problem, Unlimited())

    def at(recorder: Recorder) -> Found:
        case = _case(plays, AtPoint(recorder.point))
        profiles = find(case, state) if state in case.support else None
        return _shown({"state": state, "profiles": profiles})

    return at


def incontractible_cells(problem: Problem) -> Decide:
    """The cells without a profile that is first best in all their states (T2)."""
    plays = Plays(problem, Unlimited())

    def at(recorder: Recorder) -> Found:
        return _shown({"cells": claims.incontractible_cells(_case(plays, AtPoint(recorder.point)))})

    return at


def agent_thresholds(problem: Problem) -> Decide:
    """For every first-best selection the λ_i of T6."""
    plays = Plays(problem, Unlimited())

    def at(recorder: Recorder) -> Found:
        case = _case(plays, AtPoint(recorder.point))
        best = [claims.first_best(case, state) for state in case.support]
        listed = []
        for chosen in product(*best):
            selection = dict(zip(case.support, chosen, strict=True))
            levels = [_least_level(plays, recorder, selection, i) for i in plays.agents]
            listed.append([list(chosen), levels])
        played = tuple(zip(case.support, listed[0][0], strict=True))
        return Found(True, {"thresholds": listed}, {}, selection=played)

    return at


def _least_level(plays: Plays, known: Known, selection: Mapping[int, int], agent: int) -> Any:
    top, level = Fraction(0), "0"
    for state, profile in selection.items():
        for who, _, _, gain, lost in plays.deviations(state, profile):
            if who != agent:
                continue
            more, less = (Fraction(lifted(each).at(known.point)) for each in (gain, lost))
            if less <= 0 < more:
                return "inf"
            if less > 0 and more / less > top:
                top, level = more / less, _plain(plays.problem, known, (gain, lost))
    return level


def value(
    findings: FamilyFindings,
    problem: Problem,
    language: str | None,
    class_: ContractClass | None = None,
) -> Decide:
    """V(λ, L)."""
    return _best(findings, problem, language, class_, gap=False)


def gap(
    findings: FamilyFindings,
    problem: Problem,
    language: str | None,
    class_: ContractClass | None = None,
) -> Decide:
    """Δ(λ, L)."""
    return _best(findings, problem, language, class_, gap=True)


def _best(
    findings: FamilyFindings,
    problem: Problem,
    language: str | None,
    class_: ContractClass | None,
    *,
    gap: bool,
) -> Decide:
    plays = Plays(problem, Unlimited())

    def at(recorder: Recorder) -> Found | Unanswered:
        known = findings.at(recorder.point)
        setting = findings.setting(known.environment, language, class_)
        levels = levels_at(problem, recorder)
        answer = known.run("value", decide.ask, Value(setting, levels))
        if isinstance(answer, Unanswered):
            return answer
        assert isinstance(answer, BestSelection)
        try:
            shown = decide.value_witness(setting, levels, answer)
        except witnesses.TooLarge as reason:
            return Unanswered(str(reason))
        witness = carried(plays, recorder, shown)
        if isinstance(witness, Unanswered):
            return witness
        if answer.best is None:
            number: Any = "inf" if gap else "-inf"
        else:
            case = _case(plays, recorder, witness)
            above, below = contracts.attained(case.part("reached"))
            if gap:
                above = claims.optimum(case) * below - above
            number = _plain(problem, recorder, (above, below * (case.mass * plays.unit)))
        return Found(True, {"value": number}, witness, selection=_played(setting, answer))

    return at


def _played(setting: Setting, answer: BestSelection) -> tuple[tuple[int, int], ...] | None:
    if answer.best is None:
        return None
    return tuple(
        (state, flat_profile(setting.environment, profile))
        for state, profile in sorted(answer.best.selection.items())
    )


def threshold(findings: FamilyFindings, problem: Problem, language: str | None) -> Decide:
    """λ*(L), or the one without a contract."""
    plays = Plays(problem, Unlimited())

    def at(recorder: Recorder) -> Found | Unanswered:
        known = findings.at(recorder.point)
        setting = findings.setting(known.environment, language)
        answer = known.run("threshold", decide.ask, Threshold(setting))
        if isinstance(answer, Unanswered):
            return answer
        assert isinstance(answer, Reached)
        try:
            shown = decide.threshold_witness(setting, answer)
        except witnesses.TooLarge as reason:
            return Unanswered(str(reason))
        level = _level(plays, recorder, answer, shown)
        if isinstance(level, Unanswered):
            return level
        number, end = level
        witness = carried(plays, recorder, shown, end)
        if isinstance(witness, Unanswered):
            return witness
        return _shown({"value": number}, witness)

    return at


def _level(
    plays: Plays, recorder: Recorder, answer: Reached, shown: Mapping[str, Any]
) -> tuple[Any, Prosociality | None] | Unanswered:
    """The threshold as a number of a claim, and as λ of each agent: what binds there is an
    obstruction, at which gain = λ · lost."""
    agents = len(plays.agents)
    if answer.level in (0, INFINITY):
        end = Prosociality([0] * agents, 1) if answer.level == 0 else None
        return str(answer.level), end
    assert isinstance(answer.level, Fraction)
    case = _case(plays, recorder).between((0, 1), None)
    for each in shown["below"]["obstructions"]:
        _, (gain, free) = contracts.obstruction(case, each)
        high, low = (Fraction(lifted(part).at(recorder.point)) for part in (gain, free))
        if low < 0 and high == -answer.level * low:
            above, below = reduced((lifted(gain), lifted(-free)))
            if below.at(recorder.point) < 0:
                above, below = -above, -below
            end = Prosociality([above] * agents, below)
            return _plain(plays.problem, recorder, (above, below)), end
    return Unanswered("the threshold is no ratio of a gain and a loss")


def correlated_gap(findings: FamilyFindings, problem: Problem, language: str) -> Decide:
    """Δ^ce, where transfers that attain or approach it are found."""
    plays = Plays(problem, Unlimited())

    def at(recorder: Recorder) -> Found | Unanswered:
        known = findings.at(recorder.point)
        answer = known.correlated(language)
        if isinstance(answer, Unanswered):
            return answer
        if not answer.reached:
            return Unanswered("no transfers that attain the bound were found")
        witness = carried(plays, recorder, {**answer.dual, **answer.reached})
        if isinstance(witness, Unanswered):
            return witness
        number: Any = "0"
        if answer.dual:
            case = _case(plays, recorder, witness)
            above, below = claims.dual_bound(case.part("bound"))
            room = claims.optimum(case) * below - above
            number = _plain(problem, recorder, (room, below * (case.mass * plays.unit)))
        return _shown({"value": number}, witness)

    return at


def carried(
    plays: Plays, known: Known, witness: Mapping[str, Any], end: Prosociality | None = None
) -> dict[str, Any] | Unanswered:
    """A witness at a point as one for a region: transfers as expressions. end: the λ of the claim,
    if the problem has none."""
    reached = witness.get("reached")
    problem = plays.problem
    if reached is None or problem.contracts.kind != "transfers":
        return dict(witness)
    rows = reached.get("distributions") or [[[a, 1]] for a in reached["selection"]]
    if not all(isinstance(weight, int) for row in rows for _, weight in row):
        return dict(witness)
    case = _case(plays, known)
    play = {s: [(a, w) for a, w in row] for s, row in zip(case.support, rows, strict=True)}
    level = end or problem.prosociality
    assert level is not None
    paid = symbolic_transfers(plays, known, play, level)
    if paid is None:
        return Unanswered("no basis of transfers was found")
    return {**witness, "reached": {**reached, "transfers": [paid]}}


def strength(problem: Problem, point: Point, obstruction: Mapping[str, Any]) -> Ratio:
    """The weighted sum of an obstruction's gains less what fines can pay of it, in utils, as it is
    around a point."""
    plays = Plays(problem, Unlimited())
    case = _case(plays, Recorder(point))
    _, (total,) = contracts.obstruction(case, obstruction)
    below = contracts.unit_of(case, case.ends[0])
    if problem.contracts.liability is not None:
        below = below * problem.contracts.liability[1]
    return reduced((lifted(total), lifted(below)))


def levels_at(problem: Problem, known: Known) -> tuple[Fraction, ...]:
    """The problem's λ_i at a point."""
    assert problem.prosociality is not None
    scale = lifted(problem.prosociality.scale).at(known.point)
    return tuple(Fraction(lifted(v).at(known.point)) / scale for v in problem.prosociality.levels)


def _case(plays: Plays, known: Known, witness: Any = None) -> Case:
    return Case(plays, known, ("value", True, {}), witness or {})


def _plain(problem: Problem, known: Known, value: Ratio) -> Any:
    """A number of a claim; what is below the line is positive at the point."""
    above, below = reduced((lifted(value[0]), lifted(value[1])))
    if below.at(known.point) < 0:
        above, below = -above, -below
    return plain_ratio((above, below), problem.parameters)


def _shown(claim: Mapping[str, Any], witness: Mapping[str, Any] | None = None) -> Found:
    return Found(True, claim, witness or {})
