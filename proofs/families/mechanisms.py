"""The part of a family's report on what mechanisms reach (theory.md T10)."""

from __future__ import annotations

from collections.abc import Sequence

from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.deciding.reports import FamilyMechanismPart, LevelPart
from coopgap.proofs.deciding.values import Absent, Known, Quantity, common
from coopgap.proofs.families.decisions import Decisions
from coopgap.proofs.families.findings import FamilyFindings, Piecewise
from coopgap.proofs.families.values import quantity
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.specification import NamedLanguage


def family_mechanism_part(
    findings: FamilyFindings,
    named: NamedLanguage,
    selfish: Sequence[Ratio],
    levels: Sequence[Sequence[Ratio]],
    told: Sequence[Sequence[Known]],
) -> FamilyMechanismPart | Absent:
    """What the mechanisms of a language reach, in pieces, with certificates.

    levels, told: the λ of each player to report, as fractions of polynomials and as expressions.
    """
    certificates: dict[str, str] = {}
    problem = findings.mechanism_problem(named.name, selfish)
    if isinstance(problem, Unanswered):
        return Absent(problem.reason)
    value, gap = _value_and_gap(findings, named, problem, certificates)
    prosocial = []
    for own, words in zip(levels, told, strict=True):
        at = findings.mechanism_problem(named.name, own)
        assert isinstance(at, Problem)
        level = common(findings.family.players, words)
        prosocial.append(LevelPart(level, *_value_and_gap(findings, named, at, {})))
    return FamilyMechanismPart(value, gap, tuple(prosocial), certificates)


def _value_and_gap(
    findings: FamilyFindings, named: NamedLanguage, problem: Problem, into: dict[str, str]
) -> tuple[Quantity, Quantity]:
    asked = Decisions(findings, problem, named.name)
    found: list[Quantity] = []
    for name in ("value", "gap"):
        own = findings.quantity(
            f"mechanism {name} of {named.name}",
            problem,
            f"mechanism-{name}",
            asked.of(f"mechanism-{name}"),
        )
        if isinstance(own, Piecewise):
            into[name] = own.sha256
        found.append(quantity(problem, findings.prover, own))
    return found[0], found[1]
