"""Claims for all parameters, case by case, and counterexamples at one point.

A tree distinguishes cases by the signs of polynomials. A case is impossible, by a refutation, or
decided: the rule of the claim runs on the polynomials themselves, and each sign that it asks for
must be a condition of the case or follow from the conditions by a refutation of the contrary.
A claim with several cases is stated in pieces, conditions and a value each: each case lies inside
its piece, and no two pieces meet. A game without parameters is one case without conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from coopgap.proofs.trusted.claims import CLAIMS, show
from coopgap.proofs.trusted.documents import (
    AGGREGATES,
    COMMONS,
    Budget,
    Rejected,
    Unreadable,
    canonical,
    digest,
    fields,
    integer,
    listing,
    parsed,
    require,
    text_of,
    truth_of,
)
from coopgap.proofs.trusted.polynomials import (
    Condition,
    Known,
    Number,
    compared,
    condition_of,
    lifted,
    point_of,
    ratio,
    require_refuted,
)
from coopgap.proofs.trusted.problems import Case, Plays, Problem, problem_of

FORMULA = "formula"
INCONSISTENT = "inconsistent"

NUMBERS = {"optimum": "", "value": "-inf", "gap": "inf", "threshold": "inf", "correlated-gap": ""}
NUMBERS |= {"mechanism-value": "-inf", "mechanism-gap": "inf"}
"""The claims that a quantity equals a number, with the infinite value allowed for each."""


class AtPoint(Known):
    """The signs at a point, all of which are known."""

    def unknown(self, value: Number, relation: str) -> bool:
        """Whether the value at the point stands in the relation to 0."""
        return compared(value.at(self.point), relation)


Piece = tuple[Sequence[Condition], Mapping[str, Any]]
"""Conditions, and the fields of the claim's id under them."""


class Claim:
    """A claim about a problem: its id, whether it is asserted or denied, and one piece or more."""

    def __init__(self, problem: Problem, value: Any, budget: Budget) -> None:
        own = dict(value)
        self.problem, self.budget, self.index = problem, budget, problem.index
        self.id, self.holds = text_of(own.pop("id", None)), truth_of(own.pop("holds", None))
        self.point = own.pop("at", None)
        known = CLAIMS if problem.game is not None else (FORMULA, INCONSISTENT)
        require(self.id in known, "there is no such claim about such data")
        self.plays = None if problem.game is None else Plays(problem, budget)
        self.pieces: list[Piece] = [((), own)]
        if "pieces" in own:
            listed = listing(own.pop("pieces"))
            plain = not own and len(listed) > 0 and "at" not in value
            require(plain, "a claim in pieces has no other fields, and no point")
            self.pieces = [self._piece(entry) for entry in listed]

    def _piece(self, value: Any) -> Piece:
        require(isinstance(value, dict) and "when" in value, "a piece has conditions")
        own = dict(value)
        return [condition_of(e, self.index, self.budget) for e in listing(own.pop("when"))], own

    def show(self, known: Known, holds: bool, stated: Mapping[str, Any], witness: Any) -> None:
        """Runs the rule of the claim; raises Rejected unless the witness shows what is stated."""
        if self.plays is not None:
            show(Case(self.plays, known, (self.id, holds, stated), witness))
            return
        require(self.id == FORMULA, "not every case is refuted")
        (conclusion,) = fields(stated, "the claim", "conclusion")
        fields(witness, "the witness")
        require(self.formula(conclusion)(known) is holds, "the formula says the opposite")

    def formula(self, value: Any) -> Callable[[Known], bool]:
        """The truth of ``["and" | "or", …]``, ``["not", f]`` or ``[polynomial, relation]``.

        It is a function of the signs known in a case. The whole formula is parsed; its conditions
        are evaluated from left to right until it is decided.
        """
        self.budget.spend(8)
        parts = listing(value)
        head = parts[0] if parts and isinstance(parts[0], str) else None
        if head in ("and", "or"):
            decisive, inner = head == "or", [self.formula(part) for part in parts[1:]]
            return lambda known: any(part(known) is decisive for part in inner) is decisive
        if head == "not":
            denied = self.formula(listing(parts, 2)[1])
            return lambda known: not denied(known)
        condition = condition_of(value, self.index, self.budget)
        return lambda known: known.holds(condition.polynomial, condition.relation)


def require_shown(claim: Mapping[str, Any], data: Any, proof: Any, budget: Budget) -> None:
    """Raises Rejected unless the proof shows the claim about the problem in the data."""
    problem = problem_of(data, budget)
    stated = Claim(problem, claim, budget)
    if "at" in claim:
        _counterexample(stated, proof)
        return
    apart, cases = fields(proof, "the proof", "apart", "cases")
    if stated.id == INCONSISTENT:
        require(stated.holds and stated.pieces == [((), {})], "a contradiction is shown")
    used = _tree(stated, cases)
    expected = set(range(len(stated.pieces))) if stated.id != INCONSISTENT else set()
    require(used == expected, "a piece has no case")
    pairs = list(combinations(stated.pieces, 2))
    for refutation, ((when, _), (also, _)) in zip(listing(apart, len(pairs)), pairs, strict=True):
        conditions = (*problem.assumptions, *when, *also)
        require_refuted(refutation, conditions, stated.index, budget)


def _tree(claim: Claim, root: Any) -> set[int]:
    """Checks all cases; returns the indices of the pieces in which they lie."""
    used: set[int] = set()
    stack: list[tuple[Any, tuple[Condition, ...]]] = [(root, claim.problem.assumptions)]
    while stack:
        node, path = stack.pop()
        claim.budget.spend(4 + len(path))
        names = set(node) if isinstance(node, dict) else set()
        if names == {"if", "then", "else"}:
            condition = condition_of(node["if"], claim.index, claim.budget)
            stack.append((node["then"], (*path, condition)))
            negations = condition.negations()
            branches = listing(node["else"], len(negations))
            for branch, negation in zip(branches, negations, strict=True):
                stack.append((branch, (*path, negation)))
        elif names == {"refuted"}:
            require_refuted(node["refuted"], path, claim.index, claim.budget)
        elif names == {"known", "piece", "point", "witness"}:
            used.add(_leaf(claim, node, path))
        else:
            raise Rejected("a case is a distinction, refuted, or has a witness")
    return used


def _leaf(claim: Claim, node: Mapping[str, Any], path: Sequence[Condition]) -> int:
    """Checks a case with a witness; returns the index of its piece."""
    known = Known(point_of(node["point"], len(claim.problem.parameters)))
    for condition in path:
        known.learn(condition)
    some = len(claim.problem.parameters) > 0
    for entry in listing(node["known"], None if some else 0):
        value, refutations = listing(entry, 2)
        fact = condition_of(value, claim.index, claim.budget)
        negations = fact.negations()
        pairs = zip(listing(refutations, len(negations)), negations, strict=True)
        for refutation, negation in pairs:
            require_refuted(refutation, (*path, negation), claim.index, claim.budget)
        known.learn(fact)
    place = integer(node["piece"], 0, len(claim.pieces) if some else 1)
    when, stated = claim.pieces[place]
    claim.budget.spend(len(when))
    inside = all(known.holds(condition.polynomial, condition.relation) for condition in when)
    require(inside, "a case lies outside its piece")
    claim.show(known, claim.holds, stated, node["witness"])
    return place


def _counterexample(claim: Claim, proof: Any) -> None:
    """Checks the claim at one point that satisfies the assumptions.

    ``instead`` is another number, shown to be the value of a quantity that is not the stated one
    there.
    """
    instead, witness = fields(proof, "the proof", "instead", "witness")
    point = point_of(fields(claim.point, "the point", *claim.problem.parameters), len(claim.index))
    at_point = AtPoint(point)
    holds = all(at_point.holds(e.polynomial, e.relation) for e in claim.problem.assumptions)
    require(holds, "the counterexample violates an assumption")
    ((_, stated),) = claim.pieces
    if instead is None:
        claim.show(at_point, claim.holds, stated, witness)
        return
    (value,) = fields(stated, "the claim", "value")
    require(claim.id in NUMBERS and not claim.holds, "only numbers are shown to be others")
    different = _exact(claim, value, point) != _exact(claim, instead, point)
    require(different, "no other number is shown")
    claim.show(at_point, True, {"value": instead}, witness)


def _exact(claim: Claim, value: Any, point: Sequence[Fraction]) -> Any:
    """A number at a point, or an infinite one as text."""
    if value and value == NUMBERS[claim.id]:
        return value
    parts = ratio(value, claim.index, claim.budget)
    above, below = (lifted(part).at(point) for part in parts)
    require(below > 0, "what a number is over is not positive at the point")
    return Fraction(above) / below


SCHEMA = "coopgap.certificate/2"
CONJUNCTION = "coopgap.conjunction/2"

EARLIER = ("coopgap.certificate/1", "coopgap.family-certificate/1", "coopgap.conjunction/1")
"""The formats that version 0.1 of coopgap reads."""

ALL = "all-goals"
"""The id of a conjunction's claim, which is no theorem: no checker knows a theorem's goals."""


Rule = Callable[[Mapping[str, Any], Any, Any, Budget], None]
"""Raises Rejected unless a claim about data is shown by a proof."""


@dataclass(frozen=True)
class Verified:
    """The verdict of the core on a text.

    readable: whether the text is a certificate. claim: what it shows, with the hash of the data
    that it is about; for a conjunction, all claims.
    """

    accepted: bool
    reason: str = ""
    readable: bool = True
    claim: Mapping[str, Any] | None = None


def verified(text: str) -> Verified:
    """Checks the text of a certificate; never raises.

    For every text it ends within 30 seconds on an ordinary computer, in less than a gigabyte.
    """
    try:
        budget = Budget(text)
        document = parsed(text)
        shown = _conjunction if document.get("schema") == CONJUNCTION else _single
        return Verified(True, claim=shown(document, budget))
    except Rejected as error:
        return Verified(False, str(error), readable=not isinstance(error, Unreadable))
    except (MemoryError, RecursionError, OverflowError) as error:
        return Verified(False, f"too large to check ({type(error).__name__})")
    except Exception as error:  # what breaks a rule shows nothing
        return Verified(False, f"malformed ({type(error).__name__})")


def _single(document: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    """The claim that a certificate of one claim shows, with the hash of its data."""
    schema, proof = document.get("schema"), "proof"
    rule: Rule = require_shown
    # The other rules lazily: most certificates are of games.
    if schema == COMMONS:
        from coopgap.proofs.trusted.commons_claims import require_shown_of_commons

        rule, proof = require_shown_of_commons, "witness"
    elif schema == AGGREGATES:
        from coopgap.proofs.trusted.aggregate_claims import require_shown_of_groups

        rule = require_shown_of_groups
    elif schema != SCHEMA:
        known = f"{schema} is read by coopgap 0.1" if schema in EARLIER else "its schema is unknown"
        raise Unreadable(f"no certificate: {known}")
    names = ("schema", "claim", "data", "data_sha256", proof)
    _, claim, data, sha256, shown = fields(document, "a certificate", *names)
    require(sha256 == digest(canonical(data)), "data_sha256 is not the hash of the data")
    require(isinstance(claim, dict), "a claim is an object")
    rule(claim, data, shown, budget)
    return {"claim": claim, "data_sha256": sha256}


def _conjunction(document: Any, budget: Budget) -> dict[str, Any]:
    """The claims that several certificates show, checked within one budget.

    The names given by the author are not checked, and are marked as ``named``.
    """
    _, theorem, listed = fields(document, "a conjunction", "schema", "theorem", "goals")
    goals = [fields(entry, "a goal", "goal", "certificate") for entry in listing(listed)]
    labels = [text_of(label) for label, _ in goals]
    require(0 < len(goals) == len(set(labels)), "there are no goals, or two of the same name")
    shown = []
    for label, certificate in goals:
        try:
            known = isinstance(certificate, dict) and certificate.get("schema") in (SCHEMA, COMMONS)
            require(known, "a goal is about a game or a commons")
            shown.append(_single(certificate, budget))
        except Rejected as error:
            raise Rejected(f"{label}: {error}") from None
    require(len({canonical(claim) for claim in shown}) == len(shown), "two goals are the same")
    return {
        "id": ALL,
        "count": len(goals),
        "goals": [{**claim, "named": label} for claim, label in zip(shown, labels, strict=True)],
        "sha256": claims_digest(shown),
        "named": text_of(theorem),
    }


def claims_digest(shown: Iterable[Mapping[str, Any]]) -> str:
    """The SHA-256 of the claims that certificates show.

    It is taken of the canonical JSON of the list of claims and hashes of data, so order, names and
    proofs do not matter.
    """
    claims = {canonical([claim["claim"], claim["data_sha256"]]) for claim in shown}
    return digest(f"[{','.join(sorted(claims))}]")
