"""How each quantity of a family is found at a point, as polynomials that hold around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product
from types import ModuleType
from typing import Any

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.algebra.rational import reduced
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.certificates import witnesses
from coopgap.proofs.certificates.certificate import plain_ratio
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.multipliers import symbolic_multipliers
from coopgap.proofs.families.transfers import incentives, symbolic_transfers
from coopgap.proofs.parameters.regions import Decide, Finding, Recorder
from coopgap.proofs.questions.mechanisms import Lifted
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Reached,
    Setting,
    Threshold,
    Unanswered,
    Value,
    flat_profile,
    unanswered_on,
)
from coopgap.proofs.trusted import claims, contracts, interim, mechanisms
from coopgap.proofs.trusted.certificates import AtPoint
from coopgap.proofs.trusted.polynomials import Known, lifted
from coopgap.proofs.trusted.problems import Case, Plays, Problem, Prosociality
from coopgap.theory.contracts import ContractClass
from coopgap.theory.exact import INFINITY, Extended
from coopgap.theory.json_values import Json, JsonObject


class Decisions:
    """Finds quantities of one problem at points.

    language: the listed one that it is about, with its contracts or others.
    """

    def __init__(
        self,
        findings: FamilyFindings,
        problem: Problem,
        language: str | None = None,
        contracts: ContractClass | None = None,
    ) -> None:
        self.findings = findings
        self.problem = problem
        self.language = language
        self.contracts = contracts
        self.plays = Plays(problem, Unlimited())
        self._mechanisms: dict[Point, Lifted | Unanswered] = {}

    def of(self, name: str) -> Decide:
        """How the quantity of a claim id is found at a point."""
        rules: Mapping[str, Decide] = {
            "optimum": self.first_best_welfare,
            "value": partial(self._best, gap=False),
            "gap": partial(self._best, gap=True),
            "threshold": self.threshold,
            "correlated-gap": self.correlated_gap,
            "mechanism-value": partial(self._best_mechanism, gap=False),
            "mechanism-gap": partial(self._best_mechanism, gap=True),
            "incontractible-cells": self.incontractible_cells,
            "agent-thresholds": self.agent_thresholds,
        }
        return rules[name]

    def in_state(self, name: str, state: int) -> Decide:
        """The same of sets of profiles of a state; None where the state has no probability.

        The sets are ``first-best``, or ``equilibria`` without a contract at the problem's λ.
        """
        find = {"first-best": claims.first_best, "equilibria": claims.nash}[name]

        def at(recorder: Recorder) -> Finding:
            case = case_of(self.plays, AtPoint(recorder.point))
            profiles = find(case, state) if state in case.support else None
            return _finding({"state": state, "profiles": profiles})

        return at

    def _concrete(self, recorder: Recorder) -> tuple[Findings, Setting]:
        """What the concrete engines find at the point, and what they are asked about."""
        known = self.findings.at(recorder.point)
        setting = known.setting(self.language)
        return known, replace(setting, contracts=self.contracts or setting.contracts)

    def first_best_welfare(self, recorder: Recorder) -> Finding:
        """W*."""
        case = case_of(self.plays, recorder)
        value = claims.best(case), case.mass * self.plays.unit
        return _finding({"value": plain_number(self.problem, recorder, value)})

    def incontractible_cells(self, recorder: Recorder) -> Finding:
        """The cells without a profile that is first best in all their states (T2)."""
        case = case_of(self.plays, AtPoint(recorder.point))
        return _finding({"cells": claims.incontractible_cells(case)})

    def agent_thresholds(self, recorder: Recorder) -> Finding:
        """For every first-best selection the λ_i of T6."""
        case = case_of(self.plays, AtPoint(recorder.point))
        best = [claims.first_best(case, state) for state in case.support]
        listed: list[Json] = []
        for chosen in product(*best):
            selection = dict(zip(case.support, chosen, strict=True))
            levels = [self._least_level(recorder, selection, i) for i in self.plays.agents]
            listed.append([list(chosen), levels])
        played = tuple(
            (state, first) for state, (first, *_) in zip(case.support, best, strict=True)
        )
        return Finding(True, {"thresholds": listed}, {}, selection=played)

    def _least_level(self, known: Known, selection: Mapping[int, int], agent: int) -> Json:
        top = Fraction(0)
        level: Json = "0"
        for state, profile in selection.items():
            for deviator, _, _, gain, lost in self.plays.deviations(state, profile):
                if deviator != agent:
                    continue
                more, less = (Fraction(lifted(number).at(known.point)) for number in (gain, lost))
                if less <= 0 < more:
                    return "inf"
                if less > 0 and more / less > top:
                    top, level = more / less, plain_number(self.problem, known, (gain, lost))
        return level

    def _best(self, recorder: Recorder, *, gap: bool) -> Finding | Unanswered:
        """V(λ, L), or Δ(λ, L)."""
        known, setting = self._concrete(recorder)
        levels = levels_at(self.problem, recorder)
        return best_selection(known, Value(setting, levels), self.plays, recorder, gap=gap)

    def threshold(self, recorder: Recorder) -> Finding | Unanswered:
        """λ*(L), or the one without a contract."""
        least = self._threshold_at(recorder)
        if isinstance(least, Unanswered):
            return least
        level = self._level(recorder, *least)
        if isinstance(level, Unanswered):
            return level
        number, end = level
        witness = self._carried(recorder, least[1], end)
        return witness if isinstance(witness, Unanswered) else _finding({"value": number}, witness)

    @unanswered_on(witnesses.TooLarge)
    def _threshold_at(self, recorder: Recorder) -> tuple[Extended, Mapping[str, Any]] | Unanswered:
        """λ* at the point, and what shows it."""
        known, setting = self._concrete(recorder)
        answer = known.run("threshold", decide.ask, Threshold(setting))
        if isinstance(answer, Unanswered):
            return answer
        assert isinstance(answer, Reached)
        return answer.level, decide.threshold_witness(setting, answer)

    def _carried(
        self, known: Known, witness: Mapping[str, Any], end: Prosociality | None
    ) -> dict[str, Json] | Unanswered:
        return carried(self.plays, known, witness, end)

    def _level(
        self, recorder: Recorder, least: Extended, parts: Mapping[str, Any]
    ) -> tuple[Json, Prosociality | None] | Unanswered:
        """The threshold as a number of a claim, and as λ of each agent.

        What binds there is an obstruction, at which gain = λ · lost.
        """
        agents = len(self.plays.agents)
        if least in (0, INFINITY):
            end = Prosociality([0] * agents, 1) if least == 0 else None
            return str(least), end
        assert isinstance(least, Fraction)
        case = case_of(self.plays, recorder).between((0, 1), None)
        for obstruction in parts["below"]["obstructions"]:
            _, (gain, free) = _rule(self.plays).obstruction(case, obstruction)
            high, low = (Fraction(lifted(part).at(recorder.point)) for part in (gain, free))
            if low < 0 and high == -least * low:
                above, below = reduced((lifted(gain), lifted(-free)))
                if below.at(recorder.point) < 0:
                    above, below = -above, -below
                end = Prosociality([above] * agents, below)
                return plain_number(self.problem, recorder, (above, below)), end
        return Unanswered("the threshold is no ratio of a gain and a loss")

    def correlated_gap(self, recorder: Recorder) -> Finding | Unanswered:
        """Δ^ce, where transfers that attain or approach it are found."""
        assert self.language is not None
        answer = self.findings.at(recorder.point).correlated(self.language)
        if isinstance(answer, Unanswered):
            return answer
        if not answer.reached:
            return Unanswered("no transfers that attain the bound were found")
        support = case_of(self.plays, AtPoint(recorder.point)).support
        around = {
            part: symbolic_multipliers(self.plays, tuple(support), recorder.point, bound)
            for part, bound in answer.dual.items()
        }
        witness = carried(self.plays, recorder, {**around, **answer.reached})
        if isinstance(witness, Unanswered):
            return witness
        number: Json = "0"
        if answer.dual:
            case = case_of(self.plays, recorder, witness)
            above, below = claims.dual_bound(case.part("bound"))
            room = claims.optimum(case) * below - above
            number = plain_number(
                self.problem, recorder, (room, below * (case.mass * self.plays.unit))
            )
        return _finding({"value": number}, witness)

    def _best_mechanism(self, recorder: Recorder, *, gap: bool) -> Finding | Unanswered:
        """V^M, where the programme's optimum is a mechanism, or Δ^M."""
        return best_mechanism(self.mechanism(recorder), self.plays, recorder, gap=gap)

    def mechanism_witness(
        self, recorder: Recorder, names: JsonObject
    ) -> dict[str, Json] | Unanswered:
        """The parts of a witness at the point, as they are around it."""
        parts = self.mechanism(recorder) if names else Lifted(None, {})
        if isinstance(parts, Unanswered):
            return parts
        return {name: getattr(parts, name) for name in names}

    def mechanism(self, recorder: Recorder) -> Lifted | Unanswered:
        """The best mechanism around the point, and why there is no better one."""
        assert self.language is not None
        point = recorder.point
        if point not in self._mechanisms:
            known, levels = self.findings.at(point), levels_at(self.problem, recorder)
            lifted = known.lifted_mechanism(self.language, levels, self.problem, point)
            self._mechanisms[point] = lifted
        return self._mechanisms[point]


def plain_number(problem: Problem, known: Known, value: Ratio) -> Json:
    """A number of a claim; what is below the line is positive at the point."""
    above, below = reduced((lifted(value[0]), lifted(value[1])))
    if below.at(known.point) < 0:
        above, below = -above, -below
    return plain_ratio((above, below), problem.parameters)


@unanswered_on(witnesses.TooLarge)
def best_selection(
    known: Findings, question: Value, plays: Plays, recorder: Recorder, *, gap: bool
) -> Finding | Unanswered:
    """V(λ, L), or the gap, around a point; known, question: what is asked at the point."""
    answer = known.run("value", decide.ask, question)
    if isinstance(answer, Unanswered):
        return answer
    assert isinstance(answer, BestSelection)
    at_point = decide.value_witness(question.setting, question.levels, answer)
    witness = carried(plays, recorder, at_point)
    if isinstance(witness, Unanswered):
        return witness
    best, game = answer.best, question.setting.environment
    played = None
    if best is not None:
        selection = sorted(best.selection.items())
        played = tuple((state, flat_profile(game, profile)) for state, profile in selection)
    return finding_around(plays, recorder, witness, played, gap=gap)


def finding_around(
    plays: Plays,
    recorder: Recorder,
    witness: JsonObject,
    played: tuple[tuple[int, int], ...] | None,
    *,
    gap: bool,
) -> Finding:
    """V, or the gap, as a witness shows it; played: None where nothing is implementable."""
    if played is None:
        return _finding({"value": "inf" if gap else "-inf"}, witness)
    case = case_of(plays, recorder, witness)
    above, below = _rule(plays).attained(case.part("reached"))
    if gap:
        above = claims.best(case) * below - above
    number = plain_number(plays.problem, recorder, (above, below * (case.mass * plays.unit)))
    return Finding(True, {"value": number}, witness, selection=played)


def _rule(plays: Plays) -> ModuleType:
    """The trusted core's rules for what is played: profiles, or strategies."""
    return interim if plays.problem.private else contracts


def best_mechanism(
    around: Lifted | Unanswered, plays: Plays, recorder: Recorder, *, gap: bool
) -> Finding | Unanswered:
    """V^M, or the gap, around a point, where the programme's optimum is a mechanism."""
    if isinstance(around, Unanswered):
        return around
    if around.reached is None:
        return _finding({"value": "inf" if gap else "-inf"}, {"bound": around.bound})
    witness = {"reached": around.reached}
    case = case_of(plays, recorder, witness)
    above, below = mechanisms.reached(case.part("reached"))
    room = lifted(interim.pooled(case) * below - above)
    if room.at(recorder.point):
        witness["bound"] = around.bound
    above = room if gap else above
    number = plain_number(plays.problem, recorder, (above, below * (case.mass * plays.unit)))
    return _finding({"value": number}, witness)


def carried(
    plays: Plays, known: Known, witness: Mapping[str, Any], end: Prosociality | None = None
) -> dict[str, Json] | Unanswered:
    """A witness at a point as one for a region: transfers as expressions.

    end: the λ of the claim, if the problem has none.
    """
    reached = witness.get("reached")
    problem = plays.problem
    if reached is None or problem.contracts.kind != "transfers":
        return dict(witness)
    rows = reached.get("distributions") or [[[a, 1]] for a in reached["selection"]]
    if not all(isinstance(weight, int) for row in rows for _, weight in row):
        return dict(witness)
    case = case_of(plays, known)
    play = {s: [(a, w) for a, w in row] for s, row in zip(case.support, rows, strict=True)}
    level = end or problem.prosociality
    assert level is not None
    paid = symbolic_transfers(plays, known, incentives(plays, play, level), level)
    if paid is None:
        return Unanswered("no basis of transfers was found")
    return {**witness, "reached": {**reached, "transfers": [paid]}}


def levels_at(problem: Problem, known: Known) -> tuple[Fraction, ...]:
    """The problem's λ_i at a point."""
    assert problem.prosociality is not None
    scale = lifted(problem.prosociality.scale).at(known.point)
    return tuple(Fraction(lifted(v).at(known.point)) / scale for v in problem.prosociality.levels)


def case_of(plays: Plays, known: Known, witness: JsonObject | None = None) -> Case:
    """The case of the parameters in which the rules of a claim about the plays are run."""
    return Case(plays, known, ("value", True, {}), witness or {})


def _finding(claim: JsonObject, witness: JsonObject | None = None) -> Finding:
    return Finding(True, claim, witness or {})
