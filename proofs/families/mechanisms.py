"""The part of a family's report on what mechanisms reach (theory.md T10)."""

from __future__ import annotations

from collections.abc import Sequence

from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.certificates.certificate import canonical
from coopgap.proofs.deciding.reports import LevelPart, MechanismPart
from coopgap.proofs.deciding.values import Absent, Known, Quantity, Value, common
from coopgap.proofs.families.decisions import Decisions
from coopgap.proofs.families.findings import FamilyFindings, Piecewise
from coopgap.proofs.families.values import by_region, quantity
from coopgap.proofs.parameters.regions import Leaf
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.specification import NamedLanguage


def family_mechanism_part(
    findings: FamilyFindings,
    named: NamedLanguage,
    selfish: Sequence[Ratio],
    levels: Sequence[Sequence[Ratio]],
    expressions: Sequence[Sequence[Known]],
) -> MechanismPart | Absent:
    """What the mechanisms of a language reach, in pieces, with certificates.

    levels, expressions: the λ of each player to report, as ratios of polynomials and expressions.
    """
    certificates: dict[str, str] = {}
    problem = findings.mechanism_problem(named.name, selfish)
    if isinstance(problem, Unanswered):
        return Absent(problem.reason)
    value, gap, attained = _reached(findings, named, problem, certificates)
    prosocial = []
    for ratios, level_expressions in zip(levels, expressions, strict=True):
        at_level = findings.mechanism_problem(named.name, ratios)
        assert isinstance(at_level, Problem)
        level = common(findings.family.players, level_expressions)
        prosocial.append(LevelPart(level, *_reached(findings, named, at_level, {})[:2]))
    return MechanismPart(
        value=value,
        gap=gap,
        attained=attained,
        prosocial=tuple(prosocial),
        certificates=certificates,
    )


def _reached(
    findings: FamilyFindings, named: NamedLanguage, problem: Problem, into: dict[str, str]
) -> tuple[Quantity, Quantity, Value[bool]]:
    """The value, the gap, and whether the value is attained."""
    decider = Decisions(findings, problem, named.name)
    quantities = {}
    for name in ("value", "gap"):
        pieces = findings.quantity(
            f"mechanism {name} of {named.name}",
            problem,
            f"mechanism-{name}",
            decider.of(f"mechanism-{name}"),
            _key if name == "value" else None,
        )
        if isinstance(pieces, Piecewise):
            into[name] = pieces.sha256
        quantities[name] = pieces
    value, gap = (quantity(problem, findings.prover, pieces) for pieces in quantities.values())
    best = quantities["value"]
    if isinstance(best, Unanswered):
        return value, gap, best
    listed = [(region, _is_mechanism(region.leaves[0])) for region in best.regions]
    return value, gap, by_region(problem, listed)


def _key(leaf: Leaf) -> tuple[str, bool]:
    return canonical(leaf.claim), _is_mechanism(leaf)


def _is_mechanism(leaf: Leaf) -> bool:
    """Whether one point reaches the value: others are there to be mixed with it."""
    reached = leaf.witness.get("reached")
    return reached is not None and len(reached["points"]) == 1
