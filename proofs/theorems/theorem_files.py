"""Theorems from files: claims about a family, quantities equal to an expression, formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from coopgap.proofs.algebra.rational import compared, ratio
from coopgap.proofs.certificates.certificate import plain_ratio, value_at
from coopgap.proofs.deciding.claims import each_language
from coopgap.proofs.families import goals
from coopgap.proofs.families.findings import FamilyFindings
from coopgap.proofs.families.problem import NOTHING, assumed, positive_below, require_divisors
from coopgap.proofs.families.strategies import decisions
from coopgap.proofs.parameters.goals import Goal, formula, stated
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.parameters.regions import Finding, Recorder
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.theorems.theorem import CORE, Goals, Means, Theorem, on_paper
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.errors import InputError, inside
from coopgap.theory.expressions import Comparison, Connective, Not, Tree, spelled
from coopgap.theory.families import Assumption
from coopgap.theory.readers.theorem import Equality, TheoremSpecification

_T = TypeVar("_T")


def theorem(name: str, specification: TheoremSpecification, expected: str = "proved") -> Theorem:
    """The theorem in a theorem file."""
    examined = specification.conditions and len(specification.assumptions) > 1

    def without(place: int) -> Theorem:
        return theorem(name, _without(specification, place), expected)

    return Theorem(
        name,
        specification.statement,
        tuple(assumption.text for assumption in specification.assumptions),
        specification.source,
        lambda means: _located(specification, means),
        expected,
        without if examined else None,
        (lambda place: _follows(specification, place)) if examined else None,
        on_paper(specification.argument) if specification.argument else CORE,
    )


def _without(specification: TheoremSpecification, place: int) -> TheoremSpecification:
    """The theorem without the assumption at this place."""
    assumptions = _all_but(place, specification.assumptions)
    family = specification.family
    if family is not None:
        family = replace(family, family=replace(family.family, assumptions=assumptions))
    return replace(specification, assumptions=assumptions, family=family, conditions=False)


def _all_but(place: int, entries: Sequence[_T]) -> tuple[_T, ...]:
    return (*entries[:place], *entries[place + 1 :])


def _follows(specification: TheoremSpecification, place: int) -> Goal:
    """The goal that the assumption at this place follows from the others."""
    index = {name: k for k, name in enumerate(specification.parameters)}
    conditions = [
        compared(ratio(link.left, index)[0], link.relation, ratio(link.right, index)[0])
        for link in specification.assumptions
    ]
    problem = Problem(specification.parameters, _all_but(place, conditions))
    return formula(problem, stated(conditions[place], problem))


def _located(specification: TheoremSpecification, means: Means) -> Goals:
    try:
        yield from _goals(specification, means)
    except InputError as error:
        raise error.located(source=specification.origin) from None


def _goals(specification: TheoremSpecification, means: Means) -> Goals:
    prover = means.prover(specification.parameters)
    problem = _bare(specification, prover)
    hints = tuple(
        condition
        for _, tree in specification.hints
        for condition in _compared(tree, problem, prover)
    )
    for text, tree in specification.conclusions:
        with inside("theorem.conclusion"):
            goal = formula(problem, _formula(tree, problem, prover))
        yield text, replace(goal, hints=hints)
    if specification.family is None:
        return
    findings = FamilyFindings(specification.family, means.engines, prover, lambda _: None)
    for place, question in enumerate(specification.family.questions):
        holds = place not in specification.denied
        parts = _parts(specification, specification.where.get(place, ()), prover)
        for part in parts:
            within = _within(findings, part.links)
            for claim in each_language(question, findings.specification.languages):
                outcome = goals.goal(within, claim, holds=holds == part.inside)
                label = " ".join(filter(None, (claim.id, claim.language, _where_text(part.links))))
                if isinstance(outcome, Unanswered):
                    yield label, outcome
                else:
                    yield label, replace(outcome, hints=hints, language=claim.language or "")
        if place in specification.where:
            cases = [
                ["and", *(stated(fact, problem) for fact in part.conditions)] for part in parts
            ]
            yield "these are all cases", formula(problem, ["or", *cases])
    for equality in specification.equalities:
        label = " ".join(filter(None, (equality.of, equality.language, "=", equality.text)))
        equal = _equal(findings, equality)
        if isinstance(equal, Unanswered):
            yield label, equal
        else:
            yield label, replace(equal, hints=hints, language=equality.language or "")


@dataclass(frozen=True)
class _Part:
    """Comparisons that make up a part of what is assumed, also as conditions.

    inside: whether it is the one in which a claim is said to hold.
    """

    links: tuple[Assumption, ...]
    conditions: Sequence[Any]
    inside: bool


_CONTRARY = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}


def _parts(
    specification: TheoremSpecification, where: Sequence[Assumption], prover: Prover
) -> list[_Part]:
    """Where the comparisons hold; and where one fails and none before it. Without empty parts."""
    cases = [(tuple(where), True)]
    for place, link in enumerate(where):
        relation = _CONTRARY[link.relation]
        text = f"{spelled(link.left)} {relation} {spelled(link.right)}"
        cases.append(((*where[:place], replace(link, relation=relation, text=text)), False))
    parts = []
    for links, claimed in cases:
        known = assumed(specification.parameters, (*specification.assumptions, *links), prover)
        if not links or prover.point(known) is not None:
            conditions = known[len(specification.assumptions) :]
            parts.append(_Part(links, conditions, claimed))
    return parts


def _where_text(links: Sequence[Assumption]) -> str:
    return f"where {' and '.join(link.text for link in links)}" if links else ""


def _within(findings: FamilyFindings, links: Sequence[Assumption]) -> FamilyFindings:
    """The findings about a part of the family."""
    if not links:
        return findings
    specification = findings.specification
    family = replace(specification.family, assumptions=(*specification.family.assumptions, *links))
    narrower = replace(specification, family=family)
    return FamilyFindings(narrower, findings.worker, findings.prover, findings.progress)


def _bare(specification: TheoremSpecification, prover: Prover) -> Problem:
    """The assumptions without a game."""
    known = assumed(specification.parameters, specification.assumptions, prover)
    return Problem(specification.parameters, known)


def _compared(tree: Tree, problem: Problem, prover: Prover) -> Iterator[Any]:
    """The conditions of a chain of comparisons."""
    assert isinstance(tree, Comparison)
    sides = []
    for operand in tree.operands:
        side, divisors = ratio(operand, problem.index)
        subject = "the conclusion"
        require_divisors(divisors, problem.assumptions, prover, problem.parameters, subject)
        sides.append(side)
    for k, relation in enumerate(tree.operators):
        yield compared(sides[k], relation, sides[k + 1])


def _formula(tree: Tree, problem: Problem, prover: Prover) -> list[Any]:
    match tree:
        case Connective(symbol, operands):
            return [symbol, *(_formula(operand, problem, prover) for operand in operands)]
        case Not(operand):
            return ["not", _formula(operand, problem, prover)]
    links = [stated(condition, problem) for condition in _compared(tree, problem, prover)]
    return links[0] if len(links) == 1 else ["and", *links]


RULES = {
    "first-best": "optimum",
    "value": "value",
    "gap": "gap",
    "correlated-gap": "correlated-gap",
    "threshold": "threshold",
    "mechanism-value": "mechanism-value",
    "mechanism-gap": "mechanism-gap",
}
"""The checker's rule for each quantity."""


def _equal(findings: FamilyFindings, equality: Equality) -> Goal | Unanswered:
    """The goal that a quantity equals an expression for all parameters."""
    selfish = (NOTHING,) * len(findings.family.players)
    language = equality.language
    problem: Problem | Unanswered
    if equality.of in ("mechanism-value", "mechanism-gap"):
        assert language is not None
        problem = findings.mechanism_problem(language, selfish)
        if isinstance(problem, Unanswered):
            return problem
    else:
        problem = findings.problem(language, None if equality.of == "threshold" else selfish)
    decision = decisions(findings, problem, language)
    at = decision.of(RULES[equality.of])
    stated = ratio(equality.equals, problem.index)[0]
    quotient = positive_below(stated, problem.assumptions, findings.prover)
    value = plain_ratio(quotient, problem.parameters)
    claim = {"value": value}

    def decide(recorder: Recorder) -> Finding | Unanswered:
        finding = at(recorder)
        if isinstance(finding, Unanswered):
            return finding
        actual = value_at(finding.claim["value"], problem.index, recorder.point)
        claimed = value_at(value, problem.index, recorder.point)
        if actual == claimed:
            return Finding(True, claim, finding.witness)
        return Finding(False, finding.claim, finding.witness, instead=actual)

    stated_claim = {"id": RULES[equality.of], "holds": True, **claim}
    return Goal(problem, stated_claim, decide, plays=decision.plays)
