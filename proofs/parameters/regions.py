"""From one point to a region, and from regions to all parameters.

At a point of the assumptions the concrete engines find a witness. The checker's own rule then runs
on polynomials and notes every comparison that it makes: together they describe the region in which
the same witness works. What of the assumptions lies outside is searched in the same way, until
nothing is left. (Critical regions, Gal and Nedoma 1972, found by concolic execution, Godefroid,
Klarlund and Sen 2005.)
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction

from coopgap.proofs.algebra.conditions import (
    Condition,
    Point,
    Refutation,
    holding_at,
    normal,
    plain_condition,
    plain_refutation,
)
from coopgap.proofs.algebra.substitution import eased
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.certificates.certificate import Certificate
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.certificates import Claim
from coopgap.proofs.trusted.documents import Rejected
from coopgap.proofs.trusted.polynomials import Known, Number, Polynomial
from coopgap.proofs.trusted.problems import Plays, Problem
from coopgap.theory.json_values import Fields, Plain

CASE_LIMIT = 400
"""The number of cases after which an exploration is given up."""


class Recorder(Known):
    """Answers each comparison as it holds at its point, and notes it.

    maxima: the noted comparisons of numbers of which the largest was sought.
    """

    def __init__(self, point: Point) -> None:
        super().__init__(point)
        self.noted: list[Condition] = []
        self.maxima: set[Condition] = set()
        self._holds = holding_at(point)

    def unknown(self, value: Polynomial, relation: str) -> bool:
        """Whether the condition holds at the point; from now on it is known."""
        condition = Condition(value, relation)
        holds = self._holds(condition)
        fact = condition if holds else next(filter(self._holds, condition.negations()))
        self.noted.append(normal(fact))
        self.learn(fact)
        return holds

    def top(self, values: Sequence[Number]) -> Number:
        """The largest of the values at the point."""
        before = len(self.noted)
        largest = super().top(values)
        self.maxima.update(self.noted[before:])
        return largest


class Rule:
    """The trusted core's rule for a claim about a problem, run at points.

    plays: those of the problem's game, where they are at hand.
    """

    def __init__(self, problem: Problem, name: str, plays: Plays | None = None) -> None:
        self._claim = Claim(problem, {"id": name, "holds": True}, Unlimited())
        self._claim.plays = plays or self._claim.plays

    def run(self, known: Known, holds: bool, claim: Fields, witness: Plain) -> None:
        """Raises Rejected unless the witness shows the claim."""
        self._claim.show(known, holds, claim, witness)


@dataclass(frozen=True)
class Finding:
    """What holds at a point: the claim or its denial, its fields, and the witness around the point.

    Numbers are polynomials.

    denial: the witness of a claim that does not hold, at the point alone. instead: the number that
    a quantity is there. selection: what is played, by state; for people, no part of a proof.
    """

    holds: bool
    claim: Fields
    witness: Fields
    denial: Fields | None = None
    instead: str | None = None
    selection: tuple[tuple[int, int], ...] | None = None


Decide = Callable[[Recorder], Finding | Unanswered]
"""Decides a claim at the recorder's point."""


@dataclass
class Leaf:
    """A case: its conditions beside the assumptions, its point, what is claimed and why."""

    path: tuple[Condition, ...]
    point: Point
    claim: Fields
    witness: Fields
    noted: Sequence[Condition]
    selection: tuple[tuple[int, int], ...] | None = None


@dataclass
class Node:
    """A distinction of cases, a refuted case or a leaf; empty until it is decided."""

    condition: Condition | None = None
    then: Node | None = None
    otherwise: Sequence[Node] = ()
    refutation: Refutation | None = None
    leaf: Leaf | None = None


@dataclass(frozen=True)
class Failure:
    """At this point the claim fails; conditions: what shows it there, beside the assumptions."""

    point: Point
    conditions: Sequence[Condition]
    finding: Finding


@dataclass
class Exploration:
    """All cases of the assumptions.

    trusted: conditions that have no solution by a solver's word alone.
    """

    root: Node = field(default_factory=Node)
    leaves: list[Leaf] = field(default_factory=list)
    trusted: list[tuple[Condition, ...]] = field(default_factory=list)


def explore(
    problem: Problem, rule: Rule, decide: Decide, prover: Prover, *, holds: bool = True
) -> Exploration | Failure | Unanswered:
    """All cases of the assumptions, with a witness each that the claim holds (or does not).

    Or a point at which it is otherwise.
    """
    cases, start = Exploration(), problem.assumptions
    stack: list[tuple[Node, tuple[Condition, ...], Point | None]] = [(cases.root, start, None)]
    while stack:
        if len(cases.leaves) >= CASE_LIMIT:
            return Unanswered(f"over {CASE_LIMIT} regions of the parameters")
        node, path, point = stack.pop()
        inside = point or prover.point(path)
        if isinstance(inside, Unanswered):
            return inside
        if inside is None:
            node.refutation = prover.refute(path)
            if node.refutation is None:
                cases.trusted.append(path)
            continue
        recorder = Recorder(generic(inside, path))
        answer = decide(recorder)
        if isinstance(answer, Unanswered):
            return answer
        if answer.holds is not holds:
            return _failure(problem, rule, recorder, answer, prover)
        try:
            rule.run(recorder, holds, answer.claim, answer.witness)
        except Rejected as reason:
            return Unanswered(f"no witness was found that carries over to a region ({reason})")
        moved = recorder.point != inside
        for comparison in recorder.noted:
            if prover.implies(path, comparison):
                continue
            if moved and comparison.polynomial.at(recorder.point) == 0:
                return Unanswered("the witness of a point works nowhere around it")
            condition = prover.simplified(path, comparison)
            branches = [(case, prover.point((*path, case))) for case in condition.negations()]
            unclear = next((point for _, point in branches if isinstance(point, Unanswered)), None)
            if unclear is not None:
                return unclear
            never = all(point is None for _, point in branches)
            if never and prover.proof(path, comparison) is not None:
                continue
            # A product has a sign where its factors have: distinguish these first.
            known = path if never else (*path, condition)
            if prover.proof(known, comparison) is None:
                for sign in prover.signs_of_factors(path, comparison):
                    node.condition, node.then = sign, Node()
                    node.otherwise = [Node() for _ in sign.negations()]
                    stack.extend(
                        (branch, (*path, negation), None)
                        for branch, negation in zip(node.otherwise, sign.negations(), strict=True)
                    )
                    node, path = node.then, (*path, sign)
            if never:
                if prover.proof(path, comparison) is not None:
                    continue
                cases.trusted.extend((*path, negation) for negation, _ in branches)
                continue
            node.condition, node.then = condition, Node()
            node.otherwise = [Node() for _ in branches]
            stack.extend(
                (branch, (*path, negation), point)  # type: ignore[misc]
                for branch, (negation, point) in zip(node.otherwise, branches, strict=True)
            )
            node, path = node.then, (*path, condition)
        node.leaf = Leaf(
            path[len(problem.assumptions) :],
            recorder.point,
            answer.claim,
            answer.witness,
            recorder.noted,
            answer.selection,
        )
        cases.leaves.append(node.leaf)
    return cases


def _failure(
    problem: Problem, rule: Rule, recorder: Recorder, answer: Finding, prover: Prover
) -> Failure:
    """The failure, with what the rule asked when it was shown.

    What only says which plays are best comes last, as it is part of the question.
    """
    holds = answer.holds or answer.instead is not None
    with suppress(Rejected):
        rule.run(recorder, holds, answer.claim, answer.witness)
    comparisons = sorted(recorder.noted, key=recorder.maxima.__contains__)
    simple = (prover.simplified(problem.assumptions, comparison) for comparison in comparisons)
    conditions = [part for part in dict.fromkeys(simple) if part.polynomial.constant is None]
    return Failure(recorder.point, conditions, answer)


def generic(point: Point, conditions: Sequence[Condition]) -> Point:
    """A point nearby at which as little as possible is equal by accident.

    Where equations are solved for parameters, the others move and these follow.
    """
    chance = random.Random(len(point))
    steps = [chance.randrange(-997, 998) for _ in point]
    within = eased(conditions)
    for exponent in (2, 5, 8, 12, 16, 24):
        moves = (Fraction(step, 997 * 2**exponent) for step in steps)
        near = within.completed([p + move for p, move in zip(point, moves, strict=True)])
        if all(map(holding_at(near), conditions)):
            return near
    return point


def certificate(
    problem: Problem,
    claim: Fields,
    exploration: Exploration,
    prover: Prover,
    pieces: Sequence[tuple[Sequence[Condition], Sequence[Leaf]]] | None = None,
) -> Certificate | None:
    """The certificate of a claim for all parameters; None if a step is not certified.

    pieces: conditions, and the leaves within them; without any, one piece holds all leaves.
    """
    pieces = pieces or [((), exploration.leaves)]
    number = {id(leaf): k for k, (_, leaves) in enumerate(pieces) for leaf in leaves}
    names = problem.parameters
    if exploration.trusted:
        return None

    def plain_case(node: Node) -> dict[str, Plain] | None:
        if node.refutation is not None:
            return {"refuted": plain_refutation(node.refutation, names)}
        if node.leaf is not None:
            piece = number[id(node.leaf)]
            facts = _facts(problem, node.leaf, pieces[piece][0], prover)
            return facts and {
                "point": [str(value) for value in node.leaf.point],
                "known": facts["known"],
                "witness": node.leaf.witness,
                "piece": piece,
            }
        assert node.condition is not None
        assert node.then is not None
        branches = [plain_case(branch) for branch in (node.then, *node.otherwise)]
        if None in branches:
            return None
        return {
            "if": plain_condition(node.condition, names),
            "then": branches[0],
            "else": branches[1:],
        }

    apart = []
    for k, (first, _) in enumerate(pieces):
        for second, _ in pieces[k + 1 :]:
            refutation = prover.refute((*problem.assumptions, *first, *second))
            if refutation is None:
                return None
            apart.append(plain_refutation(refutation, names))
    cases = plain_case(exploration.root)
    if cases is None:
        return None
    return Certificate(claim, problem, {"cases": cases, "apart": apart})


def _facts(
    problem: Problem, leaf: Leaf, when: Sequence[Condition], prover: Prover
) -> dict[str, Plain] | None:
    """What the rule asked and what the piece says, each with its refutations of the contrary."""
    path = (*problem.assumptions, *leaf.path)
    facts = []
    for condition in dict.fromkeys((*leaf.noted, *when)):
        refutations = prover.proof(path, condition)
        if refutations is None:
            return None
        if refutations:
            plain = [plain_refutation(refutation, problem.parameters) for refutation in refutations]
            facts.append([plain_condition(condition, problem.parameters), plain])
    return {"known": facts}
