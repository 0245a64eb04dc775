"""What strategies of agents who do not all see the state reach, around a point of a family.

Rows of incentives are sums over the states of a cell, each times its prior, so that what binds at a
point has polynomials for coefficients: transfers, and the weights of deviations in which all
transfers cancel, are the solutions of such rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.lifting import Rule, around
from coopgap.proofs.algebra.linear_systems import TooLarge
from coopgap.proofs.algebra.polynomials import ZERO, plain, scaled
from coopgap.proofs.certificates.certificate import scaled_whole
from coopgap.proofs.certificates.witnesses import TooLarge as TooLong
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.private_claims import threshold_statement, value_statement
from coopgap.proofs.families.decisions import Decisions, case_of, finding_around, levels_at
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.transfers import Variable, paying, symbolic_transfers
from coopgap.proofs.parameters.regions import Finding, Recorder
from coopgap.proofs.questions.obligations import Levels, Unanswered, unanswered_on
from coopgap.proofs.questions.private import BestStrategies, PrivateSetting
from coopgap.proofs.trusted import interim
from coopgap.proofs.trusted.polynomials import Known, Number, Polynomial, lifted
from coopgap.proofs.trusted.problems import Case, Plays, Problem, Prosociality
from coopgap.theory.contracts import ContractClass, Directives
from coopgap.theory.exact import Extended
from coopgap.theory.json_values import Json

Move = tuple[int, int, int]
"""An agent, its cell, and another action there."""

Flow = dict[Move, Number]
"""What flows out of a record, by the deviations whose weights it is multiplied by."""


def decisions(
    findings: FamilyFindings,
    problem: Problem,
    language: str | None = None,
    contracts: ContractClass | None = None,
) -> Decisions:
    """How quantities of a problem are found, be it about profiles or about strategies."""
    kind = StrategyDecisions if problem.private else Decisions
    return kind(findings, problem, language, contracts)


class StrategyDecisions(Decisions):
    """Finds quantities of agents who do not all see the state, at points."""

    def _best(self, recorder: Recorder, *, gap: bool) -> Finding | Unanswered:
        known, levels = self.findings.at(recorder.point), levels_at(self.problem, recorder)
        best = self._strategies(known, levels)
        if isinstance(best, Unanswered):
            return best
        at_point = value_statement(self._setting(known), best, known.pooled().welfare)
        try:
            witness = strategies_around(self.plays, recorder, at_point.witness())
        except TooLong as reason:
            return Unanswered(str(reason))
        if isinstance(witness, Unanswered):
            return witness
        played = None
        if best.strategies is not None:
            case = case_of(self.plays, recorder)
            played = tuple(interim.selection(case, _named(case, best.strategies)).items())
        return finding_around(self.plays, recorder, witness, played, gap=gap)

    def _setting(self, known: Findings) -> PrivateSetting:
        return known.private_setting(self.language, self.contracts)

    def _strategies(self, known: Findings, levels: Levels) -> BestStrategies | Unanswered:
        if isinstance(self.contracts, Directives):
            assert self.language is not None
            return known.private_directives(self.language)
        return known.private_value(self.language, levels)

    @unanswered_on(TooLong, TooLarge)
    def _threshold_at(self, recorder: Recorder) -> tuple[Extended, Mapping[str, Any]] | Unanswered:
        known = self.findings.at(recorder.point)
        least = known.private_threshold(self.language)
        if isinstance(least, Unanswered):
            return least
        at_point = threshold_statement(self._setting(known), least).witness()
        return least.level, obstructions_around(self.plays, recorder, at_point)

    def _carried(
        self, known: Known, witness: Mapping[str, Any], end: Prosociality | None
    ) -> dict[str, Json] | Unanswered:
        return transfers_around(self.plays, known, witness, end)


@unanswered_on(TooLarge)
def strategies_around(
    plays: Plays, known: Known, witness: Mapping[str, Any], end: Prosociality | None = None
) -> dict[str, Json] | Unanswered:
    """A witness as one around the point; end: the λ of the claim, if the problem has none."""
    return transfers_around(plays, known, obstructions_around(plays, known, witness), end)


def _named(case: Case, chosen: Sequence[int]) -> interim.Strategies:
    return dict(zip(interim.types_of(case), chosen, strict=True))


# Transfers


def transfers_around(
    plays: Plays, known: Known, witness: Mapping[str, Any], end: Prosociality | None = None
) -> dict[str, Json] | Unanswered:
    """The witness with transfers as expressions."""
    reached, level = witness.get("reached"), end or plays.problem.prosociality
    if reached is None or "strategies" not in reached or not plays.problem.contracts.budget:
        return dict(witness)
    assert level is not None
    case = case_of(plays, known)
    rows = list(_incentives(case, _named(case, reached["strategies"]), level))
    paid = symbolic_transfers(plays, known, paying(rows), level)
    if paid is None:
        return Unanswered("no basis of transfers was found")
    return {**witness, "reached": {**reached, "transfers": [paid]}}


def _incentives(
    case: Case, chosen: interim.Strategies, end: Prosociality
) -> Iterator[tuple[dict[Variable, Number], Polynomial]]:
    """For each deviation of a type what transfers count for, and what it pays without them."""
    play = interim.selection(case, chosen)
    for type_ in interim.types_of(case).items():
        rows: dict[int, tuple[dict[Variable, Number], Polynomial]] = {}
        for state, (agent, action, record, gain, lost) in interim.moves(case, play, type_):
            prior = case.plays.game.prior[state]
            row, total = rows.get(action, ({}, ZERO))
            for place, sign in ((case.plays.record(state, play[state]), 1), (record, -1)):
                row[place, agent] = row.get((place, agent), 0) + sign * prior
            rows[action] = row, total + lifted(end.pull(agent, gain, lost)) * lifted(prior)
        yield from rows.values()


# Obstructions


def obstructions_around(plays: Plays, known: Known, witness: Mapping[str, Any]) -> dict[str, Any]:
    """The witness with weights of deviations as expressions in which transfers cancel.

    Raises TooLarge.
    """
    parts = dict(witness)
    for name in ("bound", "below"):
        if "obstructions" in parts.get(name, {}):
            listed = [_around(plays, known, value) for value in parts[name]["obstructions"]]
            parts[name] = {**parts[name], "obstructions": listed}
    return parts


def _around(plays: Plays, known: Known, value: Mapping[str, Any]) -> Mapping[str, Any]:
    if not plays.problem.contracts.budget:
        return value
    case = case_of(plays, known)
    weights = {(i, cell, a): Fraction(weight) for i, cell, a, weight in value["deviations"]}
    part = {(i, cell): action for i, cell, action in value["strategies"]}
    equations: list[Rule] = []
    for flows in _flows(case, part, weights).values():
        equations += _cancelling(plays.problem.contracts.budget, flows, weights, known.point)
    answer = around(equations, weights, known.point)
    if answer is None:
        return value
    whole = scaled_whole(list(answer[0].values()))
    common = math.gcd(*(c for w in whole for c in w.terms.values()))
    listed = [
        [*move, plain(scaled(weight, Fraction(1, common)), plays.problem.parameters)]
        for move, weight in zip(answer[0], whole, strict=True)
    ]
    return {**value, "deviations": listed}


def _flows(
    case: Case, part: interim.Strategies, weights: Mapping[Move, Fraction]
) -> dict[int, list[Flow]]:
    """By record and agent what flows out less what flows in."""
    play, types = interim.selection(case, part), interim.types_of(case)
    flows: dict[int, list[Flow]] = {}
    for i, cell, action in weights:
        for state, move in interim.moves(case, play, ((i, cell), types[i, cell])):
            if move[1] == action:
                prior = case.plays.game.prior[state]
                for place, sign in ((case.plays.record(state, play[state]), 1), (move[2], -1)):
                    flow = flows.setdefault(place, [{} for _ in case.plays.agents])[i]
                    flow[i, cell, action] = flow.get((i, cell, action), 0) + sign * prior
    return flows


def _cancelling(
    budget: str, flows: Sequence[Flow], weights: Mapping[Move, Fraction], point: Sequence[Fraction]
) -> Iterator[Rule]:
    """That agents whose flows are equal at the point, and need no liability bound, remain so."""
    sums = [Fraction(0)] * len(flows)
    for k, flow in enumerate(flows):
        for move, value in flow.items():
            sums[k] += lifted(value).at(point) * weights[move]
    nothing = Fraction(0)
    top = {"balanced": max(sums), "burnt": max(nothing, *sums), "free": nothing}[budget]
    tied = [flow for flow, total in zip(flows, sums, strict=True) if total == top]
    if budget == "balanced" or top > 0:
        base, *tied = tied
        tied = [{m: flow.get(m, 0) - base.get(m, 0) for m in {**base, **flow}} for flow in tied]
    for flow in tied:
        if flow:
            yield flow, 0
