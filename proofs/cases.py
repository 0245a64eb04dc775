"""The checker of claims about families: for all parameters that satisfy the assumptions.

A certificate distinguishes cases by the signs of polynomials. Where a case is impossible it shows
a refutation; elsewhere it gives a witness, and the rules of ``proofs.checker`` run on the
polynomials themselves: every comparison that they make must be a condition of the case, or follow
from its conditions by a refutation of the contrary. So one run speaks for all parameters of the
case. What is the same in several cases is stated as *pieces*: conditions and a value; each case
must lie inside its piece, and no two pieces may meet.

Standard library only; total, and bounded in steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

from proofs.certificates import (
    Contracts,
    Game,
    Malformed,
    Problem,
    RecordMap,
    canonical,
    decoded_contracts,
    decoded_cooperative,
    decoded_names,
    decoded_records,
    fields,
    frame,
    integer,
    listing,
    rational,
    text_of,
)
from proofs.certificates import common_denominator as common
from proofs.checker import EXACT, RULES, Case, Instance, Rejected, Verdict, broken
from proofs.checker import kind_of as concrete_kind
from proofs.conditions import (
    Condition,
    decoded_condition,
    decoded_refutation,
    refutes,
)
from proofs.polynomials import Polynomial, Spend, decoded, evaluated, price
from proofs.quantities import Oracle, Parametric, Point

SCHEMA = "coopgap.family-certificate/1"

WORK_LIMIT = 15_000_000
"""Steps (terms of polynomials that are multiplied or added, and those of the rules) after which a
check is given up."""

MAX_CASES = 20_000

FORMULA = "formula"
INCONSISTENT = "inconsistent"

NO_CONTRACTS = Contracts()

Ratio = tuple[Polynomial, Polynomial]
"""Above and below the line."""


@dataclass(frozen=True)
class FamilyGame:
    """An environment whose payoffs and prior are fractions of polynomials, as plain values.

    ``payoffs[agent][state][profile]``, the last agent's action varying fastest."""

    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    states: tuple[str, ...]
    prior: tuple[Ratio, ...]
    payoffs: tuple[tuple[tuple[Ratio, ...], ...], ...]
    cooperative: tuple[tuple[int, ...], ...] | None = None

    @cached_property
    def whole(self) -> tuple[int, tuple[tuple[tuple[Ratio, ...], ...], ...]]:
        """A number, and the payoffs times it: their numerators have whole coefficients, which are
        several times faster than fractions."""
        values = [above for own in self.payoffs for row in own for above, _ in row]
        scale = common([Fraction(c) for above in values for c in above.terms.values()])
        return scale, tuple(
            tuple(tuple((above.scaled(scale), below) for above, below in row) for row in own)
            for own in self.payoffs
        )


@dataclass(frozen=True)
class FamilyProblem:
    """All data that a claim about a family depends on; ``game`` is None for a formula alone.

    prosociality: one λ per agent, or None where the claim itself speaks of λ."""

    parameters: tuple[str, ...]
    assumptions: tuple[Condition, ...]
    game: FamilyGame | None = None
    records: RecordMap | None = None
    contracts: Contracts = NO_CONTRACTS
    prosociality: tuple[Ratio, ...] | None = None

    @property
    def index(self) -> dict[str, int]:
        """The position of each parameter."""
        return {name: k for k, name in enumerate(self.parameters)}


@dataclass(frozen=True)
class FamilyCertificate:
    """A claim about a family and the witness that shows it."""

    kind: str
    claim: Mapping[str, Any]
    problem: FamilyProblem
    witness: Mapping[str, Any]


def verify_family(text: str) -> tuple[Verdict, FamilyCertificate | None]:
    """Decodes and checks the text of a family's certificate; never raises."""
    try:
        certificate = decode_family(text)
    except Malformed as error:
        return Verdict(False, str(error)), None
    except Exception as error:
        return broken(error), None
    return check_family(certificate), certificate


def check_family(certificate: FamilyCertificate) -> Verdict:
    """Checks a certificate; never raises."""
    try:
        if certificate.kind != (kind := kind_of(certificate.witness)):
            raise Rejected(f"a witness of this form has the kind {kind!r}")
        check = _counterexample if kind == "counterexample" else _cases
        check(_Check(certificate))
    except (Rejected, Malformed) as error:
        return Verdict(False, str(error))
    except Exception as error:
        return broken(error)
    return Verdict(True)


def kind_of(witness: Mapping[str, Any]) -> str:
    """The kind of a certificate, by the parts of its witness."""
    return {
        frozenset({"cases", "apart"}): "cases",
        frozenset({"counterexample"}): "counterexample",
    }.get(frozenset(witness), "")


# --- decoding -------------------------------------------------------------------------------------


def decode_family(text: str) -> FamilyCertificate:
    """The certificate that a text holds; raises Malformed, and nothing else, if it holds none."""
    top = frame(text, SCHEMA)
    return FamilyCertificate(
        text_of(top["kind"]), top["claim"], _problem(top["data"]), top["witness"]
    )


def _problem(value: Any) -> FamilyProblem:
    names = ("parameters", "assumptions", "game", "records", "contracts", "prosociality")
    data = fields(value, "data", *names)
    parameters = decoded_names(data["parameters"])
    if any(name == "1" or "*" in name for name in parameters):
        raise Malformed("a parameter's name would read as another monomial")
    index = {name: k for k, name in enumerate(parameters)}
    assumptions = tuple(decoded_condition(each, index) for each in listing(data["assumptions"]))
    game = None if data["game"] is None else _game(data["game"], index)
    records, levels = data["records"], data["prosociality"]
    if game is None and (records is not None or levels is not None):
        raise Malformed("records and prosociality need a game")
    return FamilyProblem(
        parameters,
        assumptions,
        game,
        None if records is None or game is None else _records(records, game),
        decoded_contracts(data["contracts"]),
        None
        if levels is None or game is None
        else tuple(_ratio(level, index) for level in listing(levels, len(game.players))),
    )


def _records(value: Any, game: FamilyGame) -> RecordMap:
    return decoded_records(value, game.states, game.actions)


def _game(value: Any, index: Mapping[str, int]) -> FamilyGame:
    names = ("players", "actions", "states", "prior", "payoffs", "cooperative")
    data = fields(value, "game", *names)
    players, states = decoded_names(data["players"]), decoded_names(data["states"])
    actions = tuple(decoded_names(each) for each in listing(data["actions"], len(players)))
    profiles = math.prod(map(len, actions))
    return FamilyGame(
        players,
        actions,
        states,
        tuple(_ratio(p, index) for p in listing(data["prior"], len(states))),
        tuple(
            tuple(
                tuple(_ratio(payoff, index) for payoff in listing(row, profiles))
                for row in listing(of_agent, len(states))
            )
            for of_agent in listing(data["payoffs"], len(players))
        ),
        decoded_cooperative(data["cooperative"], actions),
    )


def _ratio(value: Any, index: Mapping[str, int]) -> Ratio:
    above, below = (decoded(part, index) for part in listing(value, 2))
    if not below.terms:
        raise Malformed("a denominator is 0")
    return above, below


# --- cases ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """What is claimed under some conditions."""

    when: tuple[Condition, ...]
    claim: Mapping[str, Any]


class _Check:
    """One run of the checker: the certificate, and what is left of its steps."""

    def __init__(self, certificate: FamilyCertificate) -> None:
        self.problem = certificate.problem
        self.index = self.problem.index
        self.witness = certificate.witness
        claim = dict(certificate.claim)
        self.id = text_of(claim.pop("id", None))
        self.holds = claim.pop("holds", None)
        if claim.pop("for_all", True) is not (certificate.kind == "cases"):
            raise Rejected("a counterexample says that a claim is not so for all parameters")
        if type(self.holds) is not bool or not (self.id in RULES or self.id in OWN):
            raise Rejected("there is no such claim")
        if (self.id in RULES) != (self.problem.game is not None):
            raise Rejected("a claim is about a game, a formula is not")
        self.work = WORK_LIMIT
        self.size = len(canonical(claim)) + _size(self.problem)
        if self.id == INCONSISTENT:
            if claim or not self.holds or certificate.kind != "cases":
                raise Rejected("that assumptions contradict each other is shown, not denied")
            self.pieces = []
        else:
            self.pieces = _pieces(claim, self.index, self.spend)

    def spend(self, steps: int) -> None:
        """Counts steps; raises Rejected when they are used up."""
        self.work -= steps
        if self.work < 0:
            raise Rejected("too large to check: the step limit is reached")

    def refuted(self, value: Any, conditions: Sequence[Condition]) -> None:
        """Raises Rejected unless the value is a refutation of the conditions."""
        refutation = decoded_refutation(value, self.index, len(conditions))
        if not refutes(refutation, conditions, self.spend):
            raise Rejected("a refutation does not add up to 0 > 0")


def _size(problem: FamilyProblem) -> int:
    """About the length of what a case reads of the data."""
    size = 100 + len(problem.assumptions)
    if problem.game is not None:
        values = [problem.game.prior, *(row for own in problem.game.payoffs for row in own)]
        size += sum(1 + len(part.terms) for row in values for ratio in row for part in ratio)
    return size


def _pieces(claim: dict[str, Any], index: Mapping[str, int], spend: Spend) -> list[Piece]:
    """The claim's pieces, at least one; a claim without any is one piece without conditions."""
    if "pieces" not in claim:
        return [Piece((), claim)]
    pieces = []
    listed = listing(claim.pop("pieces"))
    if not listed:
        raise Rejected("a claim in pieces has one at least")
    spend(len(listed) * len(claim))
    for value in listed:
        own = dict(value) if isinstance(value, dict) else {}
        when = tuple(decoded_condition(each, index) for each in listing(own.pop("when", None)))
        if own.keys() & claim.keys():
            raise Rejected("a piece restates a field of the claim")
        pieces.append(Piece(when, {**claim, **own}))
    return pieces


def _cases(check: _Check) -> None:
    assumptions = check.problem.assumptions
    used: set[int] = set()
    stack: list[tuple[Any, tuple[Condition, ...]]] = [(check.witness["cases"], assumptions)]
    cases = 0
    while stack:
        cases += 1
        if cases > MAX_CASES:
            raise Rejected(f"too large to check: over {MAX_CASES:,} cases")
        node, path = stack.pop()
        if not isinstance(node, dict):
            raise Malformed("a case is an object")
        if "if" in node:
            data = fields(node, "case", "if", "then", "else")
            condition = decoded_condition(data["if"], check.index)
            negations = condition.negations()
            stack.append((data["then"], (*path, condition)))
            for branch, negation in zip(
                listing(data["else"], len(negations)), negations, strict=True
            ):
                stack.append((branch, (*path, negation)))
        elif "refuted" in node:
            check.refuted(fields(node, "case", "refuted")["refuted"], path)
        else:
            used.add(_case(check, node, path))
    if used != set(range(len(check.pieces))):
        raise Rejected("a piece has no case")
    _require_apart(check)


def _case(check: _Check, node: Any, path: tuple[Condition, ...]) -> int:
    """Checks a case with a witness; returns its piece."""
    data = fields(node, "case", "point", "facts", "witness", "piece")
    if not check.pieces:
        raise Rejected("not every case is refuted")
    check.spend(check.size)
    point = _point(check, data["point"])
    if not all(condition.holds(point, check.spend) for condition in path):
        raise Rejected("the point of a case lies outside it")
    oracle = Known(point, path, check.spend)
    for entry in listing(data["facts"]):
        stated, refutations = listing(entry, 2)
        fact = decoded_condition(stated, check.index)
        negations = fact.negations()
        for refutation, negation in zip(
            listing(refutations, len(negations)), negations, strict=True
        ):
            check.refuted(refutation, (*path, negation))
        oracle.learn(fact)
    number = integer(data["piece"], 0, len(check.pieces))
    piece = check.pieces[number]
    if not all(oracle.holds(condition) for condition in piece.when):
        raise Rejected("a case lies outside its piece")
    run_rule(check.problem, oracle, check.id, check.holds, piece.claim, data["witness"])
    return number


def _require_apart(check: _Check) -> None:
    """No two pieces share a point."""
    refutations = listing(check.witness["apart"], math.comb(len(check.pieces), 2))
    pairs = combinations(check.pieces, 2)
    for refutation, (one, other) in zip(refutations, pairs, strict=True):
        check.refuted(refutation, (*check.problem.assumptions, *one.when, *other.when))


def _point(check: _Check, value: Any) -> tuple[Fraction, ...]:
    return tuple(rational(each) for each in listing(value, len(check.problem.parameters)))


class Known(Oracle):
    """Knows the conditions of a case, and what it has learned."""

    def __init__(self, point: Point, conditions: Sequence[Condition], spend: Spend) -> None:
        super().__init__(point)
        self._spend = spend
        for condition in conditions:
            self.learn(condition)

    def learn(self, condition: Condition) -> None:
        """From now on the condition is known."""
        self._read(condition)
        self.signs.learn(condition)

    def holds(self, condition: Condition) -> bool:
        self._read(condition)
        return super().holds(condition)

    def _read(self, condition: Condition) -> None:
        self._spend(price(len(condition.polynomial.terms), condition.polynomial.bits))

    def spend(self, steps: int) -> None:
        self._spend(steps)


def run_rule(
    problem: FamilyProblem,
    oracle: Oracle,
    name: str,
    holds: bool,
    claim: Mapping[str, Any],
    witness: Any,
) -> None:
    """Runs the rule of a claim on polynomials; raises Rejected unless the witness shows it."""
    if problem.game is None:
        data = fields(claim, "claim", "conclusion")
        fields(witness, "witness")
        if truth(data["conclusion"], problem.index, oracle.holds) is not holds:
            raise Rejected("the formula says the opposite")
        return
    instance = instance_of(problem, oracle)
    _run(name, Case(instance, claim, witness, holds))


def _run(name: str, case: Case) -> None:
    if not isinstance(case.witness, dict):
        raise Malformed("a witness is an object")
    concrete_kind(case.instance.problem, case.witness)  # raises Rejected for unknown parts
    RULES[name](case)


def instance_of(problem: FamilyProblem, oracle: Oracle) -> Instance:
    """The family's game on polynomials; raises Rejected unless its prior is a distribution."""
    game = problem.game
    assert game is not None
    numbers = Parametric(oracle, problem.index)
    prior: Any = tuple(numbers.ratio(p) for p in game.prior)
    if not all(p >= 0 for p in prior) or sum(prior[1:], start=prior[0]) != 1:
        raise Rejected("the prior is no distribution")
    levels = problem.prosociality
    own: Any = None if levels is None else tuple(numbers.ratio(level) for level in levels)
    if own is not None and not all(level >= 0 for level in own):
        raise Rejected("λ is negative")
    scale, whole = game.whole
    payoffs: Any = tuple(
        tuple(tuple(numbers.ratio(payoff) for payoff in row) for row in of_agent)
        for of_agent in whole
    )
    parametric = Game(
        game.players, game.actions, game.states, prior, scale, payoffs, game.cooperative
    )
    return Instance(Problem(parametric, problem.records, problem.contracts, own), numbers)


# --- formulas -------------------------------------------------------------------------------------


def truth(value: Any, index: Mapping[str, int], holds: Callable[[Condition], bool]) -> bool:
    """The truth of a formula: ``["and" | "or", …]``, ``["not", f]`` or ``[polynomial, relation]``;
    what does not matter is not asked."""
    parts = listing(value)
    if len(parts) > 0 and parts[0] in ("and", "or"):
        decisive = parts[0] == "or"
        return any(truth(each, index, holds) is decisive for each in parts[1:]) is decisive
    if len(parts) == 2 and parts[0] == "not":
        return not truth(parts[1], index, holds)
    return holds(decoded_condition(value, index))


# --- counterexamples ------------------------------------------------------------------------------


def _counterexample(check: _Check) -> None:
    """At one point that satisfies the assumptions the claim is otherwise than stated for all: the
    concrete checker says so. A number that is another there is shown to be so (``instead``)."""
    names = ("point", "witness", "instead")
    data = fields(check.witness["counterexample"], "counterexample", *names)
    point = _point(check, data["point"])
    if len(check.pieces) != 1 or check.pieces[0].when:
        raise Rejected("a counterexample is about one claim")
    if not all(each.holds(point, check.spend) for each in check.problem.assumptions):
        raise Rejected("the counterexample violates an assumption")
    claim, instead = check.pieces[0].claim, data["instead"]
    if check.problem.game is None:
        formula = fields(claim, "claim", "conclusion")["conclusion"]
        fields(data["witness"], "witness")
        if truth(formula, check.index, lambda each: each.holds(point, check.spend)) is check.holds:
            raise Rejected("the formula is at the point as stated")
        return
    instance = Instance(problem_at(check.problem, point, check.spend), EXACT)
    holds = not check.holds
    if instead is None:
        values = claim.items()
        stated = {name: value_at(value, check.index, point, check.spend) for name, value in values}
    else:
        value = value_at(fields(claim, "claim", "value")["value"], check.index, point, check.spend)
        if check.id not in NUMBERS or holds or _exact(value) == _exact(instead):
            raise Rejected("no other number is shown")
        stated, holds = {"value": instead}, True
    _run(check.id, Case(instance, stated, data["witness"], holds))


def value_at(
    value: Any, index: Mapping[str, int], point: Point, spend: Spend = lambda steps: None
) -> Any:
    """A field of a claim at a point: fractions of polynomials become numbers."""
    if isinstance(value, (list, tuple)) and len(value) == 2 and isinstance(value[0], dict):
        return str(_at(_ratio(value, index), point, spend))
    return value


def _exact(value: Any) -> Fraction | str:
    """A number, or an infinite one as text."""
    return value if value in ("inf", "-inf") else rational(value)


def problem_at(problem: FamilyProblem, point: Point, spend: Spend = lambda steps: None) -> Problem:
    """The concrete problem at a point; raises Rejected where a number is none."""

    def at(ratio: Ratio) -> Fraction:
        return _at(ratio, point, spend)

    game = problem.game
    assert game is not None
    prior = tuple(map(at, game.prior))
    scale = common(prior)
    if any(p < 0 for p in prior) or sum(int(p * scale) for p in prior) != scale:
        raise Rejected("the prior is no distribution at the point")
    values = [[list(map(at, row)) for row in of_agent] for of_agent in game.payoffs]
    denominator = common([v for of_agent in values for row in of_agent for v in row])
    payoffs = tuple(
        tuple(tuple(int(v * denominator) for v in row) for row in of_agent) for of_agent in values
    )
    levels = problem.prosociality
    own = None if levels is None else tuple(map(at, levels))
    if own is not None and min(own) < 0:
        raise Rejected("λ is negative at the point")
    concrete = Game(
        game.players, game.actions, game.states, prior, denominator, payoffs, game.cooperative
    )
    return Problem(concrete, problem.records, problem.contracts, own)


def _at(ratio: Ratio, point: Point, spend: Spend) -> Fraction:
    above, below = (evaluated(part, point, spend) for part in ratio)
    if below == 0:
        raise Rejected("a denominator is 0 at the point")
    return above / below


OWN = (FORMULA, INCONSISTENT)

NUMBERS = ("optimum", "value", "gap", "threshold", "correlated-gap")
"""Claims that a quantity is one number, and no other."""
