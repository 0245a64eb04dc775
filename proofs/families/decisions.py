"""How each quantity of a family is found at a point, as polynomials that hold around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from proofs import decide
from proofs.algebra import reduced
from proofs.cases import FamilyProblem, Ratio, instance_of, problem_at
from proofs.checker import Case, Instance, dual_bound, floor, obstruction_strength
from proofs.encoding import plain_ratio
from proofs.families.findings import FamilyFindings
from proofs.obligations import (
    BestSelection,
    Reached,
    Setting,
    Threshold,
    Unanswered,
    Value,
    flat_profile,
)
from proofs.polynomials import ONE, number
from proofs.quantities import Point, Quantity
from proofs.regions import Decide, Found, Recorder, carried
from theory.contracts import ContractClass
from theory.exact import INFINITY


def first_best_welfare(problem: FamilyProblem) -> Decide:
    """W*."""

    def at(recorder: Recorder) -> Found:
        instance = instance_of(problem, recorder)
        return _shown({"value": _plain(problem, instance.optimum())})

    return at


def first_best(problem: FamilyProblem, state: int) -> Decide:
    """FB(ω); None where the state has no probability."""
    return _in_state(problem, state, Instance.first_best)


def equilibria(problem: FamilyProblem, state: int) -> Decide:
    """The pure equilibria of a state without a contract, at the problem's λ."""
    return _in_state(problem, state, Instance.nash)


def _in_state(
    problem: FamilyProblem, state: int, profiles: Callable[[Instance, int], list[int]]
) -> Decide:
    def at(recorder: Recorder) -> Found:
        instance = Instance(problem_at(problem, recorder.point))
        found = profiles(instance, state) if state in instance.support else None
        return _shown({"state": state, "profiles": found})

    return at


def incontractible_cells(problem: FamilyProblem) -> Decide:
    """The cells without a profile that is first best in all their states (T2)."""

    def at(recorder: Recorder) -> Found:
        instance = instance_of(problem, recorder)
        assert problem.records is not None
        assert problem.records.cells is not None
        common: dict[int, set[int]] = {}
        for state in instance.support:
            best = set(instance.first_best(state))
            cell = problem.records.cells[state]
            common[cell] = common.get(cell, best) & best
        return _shown({"cells": [cell for cell in sorted(common) if not common[cell]]})

    return at


def agent_thresholds(problem: FamilyProblem) -> Decide:
    """For every first-best selection the λ_i of T6."""

    def at(recorder: Recorder) -> Found:
        instance = instance_of(problem, recorder)
        best = [instance.first_best(state) for state in instance.support]
        listed = []
        for chosen in product(*best):
            selection = dict(zip(instance.support, chosen, strict=True))
            levels = [_least_level(problem, instance, selection, i) for i in instance.agents]
            listed.append([list(chosen), levels])
        played = tuple(zip(instance.support, listed[0][0], strict=True))
        return Found(True, {"thresholds": listed}, {}, selection=played)

    return at


def _least_level(
    problem: FamilyProblem, instance: Instance, selection: Mapping[int, int], agent: int
) -> Any:
    numbers: Any = instance.numbers
    levels = []
    for state, profile in selection.items():
        for who, _, _, gain, lost in instance.deviations(state, profile):
            if who == agent:
                if lost > 0:
                    levels.append(numbers.over(gain, lost))
                elif gain > 0:
                    return "inf"
    return _plain(problem, numbers.top([0, *levels]))


def value(
    findings: FamilyFindings,
    problem: FamilyProblem,
    language: str | None,
    contracts: ContractClass | None = None,
) -> Decide:
    """V(λ, L)."""
    return _best(findings, problem, language, _value_of, contracts)


def gap(
    findings: FamilyFindings,
    problem: FamilyProblem,
    language: str | None,
    contracts: ContractClass | None = None,
) -> Decide:
    """Δ(λ, L)."""
    return _best(findings, problem, language, _gap_of, contracts)


def _value_of(instance: Instance, reached: Any) -> Any:
    return "-inf" if reached is None else reached


def _gap_of(instance: Instance, reached: Any) -> Any:
    return "inf" if reached is None else instance.optimum() - reached


def _best(
    findings: FamilyFindings,
    problem: FamilyProblem,
    language: str | None,
    read: Callable[[Instance, Any], Any],
    contracts: ContractClass | None,
) -> Decide:
    def at(recorder: Recorder) -> Found | Unanswered:
        known = findings.at(recorder.point)
        setting = findings.setting(known.environment, language, contracts)
        levels = levels_at(problem, recorder)
        answer = known.run("value", decide.ask, Value(setting, levels))
        if isinstance(answer, Unanswered):
            return answer
        assert isinstance(answer, BestSelection)
        witness = decide.roof_witness(setting, answer) | carried(
            problem, decide.floor_witness(setting, answer)
        )
        instance = instance_of(problem, recorder)
        reached = None
        if answer.best is not None:
            part = {name: witness[name] for name in ("contract",) if name in witness}
            reached = floor(Case(instance, {}, part, True))
        found = read(instance, reached)
        plain = found if isinstance(found, str) else _plain(problem, found)
        return Found(True, {"value": plain}, witness, selection=_played(setting, answer))

    return at


def _played(setting: Setting, answer: BestSelection) -> tuple[tuple[int, int], ...] | None:
    if answer.best is None:
        return None
    return tuple(
        (state, flat_profile(setting.environment, profile))
        for state, profile in sorted(answer.best.selection.items())
    )


def threshold(findings: FamilyFindings, problem: FamilyProblem, language: str | None) -> Decide:
    """λ*(L), or the one without a contract."""

    def at(recorder: Recorder) -> Found | Unanswered:
        known = findings.at(recorder.point)
        setting = findings.setting(known.environment, language)
        answer = known.run("threshold", decide.ask, Threshold(setting))
        if isinstance(answer, Unanswered):
            return answer
        assert isinstance(answer, Reached)
        witness: dict[str, Any] = {}
        if isinstance(answer.level, Fraction):
            witness |= carried(problem, decide.floor_witness(setting, answer))
        if answer.level != 0:
            witness |= decide.roof_witness(setting, answer)
        if answer.level == INFINITY:
            return _shown({"value": "inf"}, witness)
        if answer.level == 0:
            return _shown({"value": "0"}, witness)
        instance = instance_of(problem, recorder)
        for gain, lost in _ratios(instance, witness):
            loss = lost.at(recorder.point)
            if loss != 0 and answer.level == gain.at(recorder.point) / loss:
                return _shown({"value": _plain(problem, gain.over(lost))}, witness)
        return Unanswered("the threshold is no ratio of a gain and a loss")

    return at


def _ratios(instance: Instance, witness: Mapping[str, Any]) -> Iterator[tuple[Quantity, Quantity]]:
    """What may bind at the threshold: obstructions, or single deviations."""
    numbers: Any = instance.numbers
    for each in witness.get("cover", {}).get("obstructions", ()):
        _, total, loss = obstruction_strength(instance, each)
        yield numbers.lift(total), numbers.lift(loss)
    if "cover" not in witness:
        for state in instance.support:
            for profile in range(instance.profiles):
                for _, _, _, gain, lost in instance.deviations(state, profile):
                    yield numbers.lift(gain), numbers.lift(lost)


def correlated_gap(findings: FamilyFindings, problem: FamilyProblem, language: str) -> Decide:
    """Δ^ce, where transfers that attain or approach it are found."""

    def at(recorder: Recorder) -> Found | Unanswered:
        known = findings.at(recorder.point)
        answer = known.correlated(language)
        if isinstance(answer, Unanswered):
            return answer
        if not answer.primal:
            return Unanswered("no transfers that attain the bound were found")
        witness = carried(problem, {**answer.dual, **answer.primal})
        instance = instance_of(problem, recorder)
        gap: Any = "0"
        if answer.dual:
            bound = dual_bound(instance, witness["dual"])
            gap = _plain(problem, instance.optimum() - bound)
        return _shown({"value": gap}, witness)

    return at


def strength(problem: FamilyProblem, point: Point, obstruction: Mapping[str, Any]) -> Ratio:
    """The weighted sum of an obstruction's gains less what fines can pay of it, as it is around a
    point."""
    instance = instance_of(problem, Recorder(point))
    _, gain, _ = obstruction_strength(instance, obstruction)
    found: Any = instance.numbers.over(gain, instance.game.denominator)
    if isinstance(found, Quantity):
        return reduced((found.numerator, found.denominator))
    return number(found), ONE


def levels_at(problem: FamilyProblem, recorder: Recorder) -> tuple[Fraction, ...]:
    """The problem's λ_i at the recorder's point."""
    assert problem.prosociality is not None
    return tuple(
        above.at(recorder.point) / below.at(recorder.point) for above, below in problem.prosociality
    )


def _plain(problem: FamilyProblem, value: Any) -> Any:
    if not isinstance(value, Quantity):
        return str(value)
    found = reduced((value.numerator, value.denominator))
    constant = found[0].constant
    if constant is not None and found[1].constant is not None:
        return str(constant)
    return plain_ratio(found, problem.parameters)


def _shown(claim: Mapping[str, Any], witness: Mapping[str, Any] | None = None) -> Found:
    return Found(True, claim, witness or {})
