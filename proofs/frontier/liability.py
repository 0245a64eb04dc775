"""``frontier --liability``: the gap as an exact function of the bound B on fines.

At a B the concrete engines find the best contract and the best mechanism. Their witnesses are
carried to a region of B, transfers, probabilities and multipliers as polynomials in B, and what is
left of the range is looked at in the same way. One certificate proves a function on all its pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from coopgap.proofs.algebra.conditions import Condition, holding_at
from coopgap.proofs.algebra.polynomials import Polynomial, number
from coopgap.proofs.algebra.rational import reduced
from coopgap.proofs.algebra.roots import roots
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.findings import MECHANISM_SECONDS, Findings
from coopgap.proofs.deciding.reports import ContractClassPart, as_document, contract_class, tool
from coopgap.proofs.deciding.values import Expression, Unknown, known
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.families.decisions import best_mechanism, best_selection
from coopgap.proofs.families.findings import in_pieces
from coopgap.proofs.families.values import number as value_of
from coopgap.proofs.frontier.intervals import Interval, Step
from coopgap.proofs.parameters.pieces import Region
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.parameters.regions import Decide, Finding, Recorder
from coopgap.proofs.questions.mechanisms import Society
from coopgap.proofs.questions.obligations import Setting, Unanswered, Value, problem
from coopgap.proofs.trusted.problems import Contracts, Plays, Problem
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import INFINITY, Extended, parse_number
from coopgap.theory.json_values import Json, Plain
from coopgap.theory.languages import record_table
from coopgap.theory.specification import NamedLanguage, Specification

BOUND = "B"
"""The parameter's name."""

NAMES = (BOUND,)

SILENT = Unknown("where some player does not see the state only mechanisms are decided for all B")

Quantity = Extended | Expression


@dataclass(frozen=True)
class Piece:
    """What is reached on an interval of B, and what is lost, in utils."""

    value: Quantity
    gap: Quantity


@dataclass(frozen=True)
class Function:
    """A value and its gap on the whole range of B, and the certificate of all of it."""

    steps: tuple[Step[Piece], ...]
    sha256: str


@dataclass(frozen=True)
class LanguageLiability:
    """What contracts of a language, and its mechanisms, reach at every bound on fines.

    same_as: an earlier language that differs in its own bound at most, of which all is the same.
    """

    name: str
    contracts: ContractClassPart
    same_as: str | None
    contract: Function | Unknown
    mechanism: Function | Unknown


@dataclass(frozen=True)
class LiabilityFrontier:
    """The report of ``frontier --liability``; texts: SHA-256 → text of every certificate."""

    tool: dict[str, Json]
    source: str
    title: str
    first_best: Fraction
    low: Fraction
    high: Fraction
    languages: tuple[LanguageLiability, ...]
    texts: dict[str, str]

    @property
    def undecided(self) -> bool:
        """Whether a function of some language is unknown."""
        functions = [
            part for language in self.languages for part in (language.contract, language.mechanism)
        ]
        return any(isinstance(function, Unknown) for function in functions)

    def document(self) -> dict[str, Plain]:
        """The JSON document ``coopgap.liability/1``."""
        values = {
            "schema": "coopgap.liability/1",
            "tool": self.tool,
            "source": self.source,
            "title": self.title,
            "first_best": self.first_best,
            "from": self.low,
            "to": self.high,
            "languages": [
                vars(language)
                | {"contract": _values(language.contract), "mechanism": _values(language.mechanism)}
                for language in self.languages
            ],
        }
        return dict(as_document(values))


def _values(function: Function | Unknown) -> object:
    if isinstance(function, Unknown):
        return function
    pieces = [{**step.at.ends, **vars(step.value)} for step in function.steps]
    return {"pieces": pieces, "certificate": function.sha256}


def liability_frontier(
    specification: Specification,
    low: Fraction,
    high: Fraction,
    *,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> LiabilityFrontier:
    """Decides V, V^M and their gaps for every bound B on fines between two.

    timeout: seconds for each function; one that takes longer is unknown. Raises InputError for a
    range that is none, and for contracts whose fines no bound bounds.
    """
    require_bounds(low, high)
    for place, named in enumerate(specification.languages):
        with inside(f"language[{place}].contracts", source=specification.origin):
            _require_fines(named)
    with Worker(timeout) as worker:
        findings = Findings(specification, worker, progress or (lambda _: None))
        languages: list[LanguageLiability] = []
        for place, named in enumerate(specification.languages):
            earlier = zip(specification.languages[:place], languages, strict=True)
            alike = (report for other, report in earlier if _alike(findings, named, other))
            like = next(alike, None)
            if like is None:
                languages.append(_Language(findings, named, low, high).decided())
            else:
                languages.append(replace(like, name=named.name, same_as=like.same_as or like.name))
        return LiabilityFrontier(
            tool=tool(),
            source=specification.source,
            title=specification.title,
            first_best=findings.pooled().welfare,
            low=low,
            high=high,
            languages=tuple(languages),
            texts=findings.texts,
        )


def _alike(findings: Findings, first: NamedLanguage, second: NamedLanguage) -> bool:
    """Whether two languages differ in their bounds on fines at most."""
    tables = [record_table(named.language, findings.environment) for named in (first, second)]
    assert isinstance(first.contracts, Transfers)
    assert isinstance(second.contracts, Transfers)
    free = [replace(contracts, liability=None) for contracts in (first.contracts, second.contracts)]
    return free[0] == free[1] and bool((tables[0] == tables[1]).all())


def _require_fines(named: NamedLanguage) -> None:
    if not isinstance(named.contracts, Transfers):
        raise InputError(
            f"{named.name!r} has directives, which know no fines",
            fix='write contracts = { budget = "balanced" }',
        )
    if named.contracts.budget is Budget.FREE:
        raise InputError(
            f"{named.name!r} has outside money, with which a bound on fines binds nothing",
            fix='write contracts = { budget = "balanced" } or "burnt"',
        )


class _Language:
    """Finds the two functions of one language."""

    def __init__(
        self, findings: Findings, named: NamedLanguage, low: Fraction, high: Fraction
    ) -> None:
        self.findings, self.named = findings, named
        assert isinstance(named.contracts, Transfers)
        self.contracts = named.contracts
        self.assumptions = (
            Condition(_line(-low), ">="),
            Condition(-_line(-high), ">="),
        )
        self.low, self.high = low, high
        self.best = findings.pooled().welfare

    def decided(self) -> LanguageLiability:
        free = replace(self.contracts, liability=None)
        class_part = contract_class(free, self.findings.environment.players)
        silent = self.findings.specification.information is not None
        contract = SILENT if silent else self.contract()
        return LanguageLiability(self.named.name, class_part, None, contract, self.mechanism())

    def mechanism(self) -> Function | Unknown:
        """V^M."""
        findings = self.findings
        society = Society(
            findings.environment,
            findings.information,
            self.named.language,
            self.contracts,
            findings.selfish,
        )
        plays = Plays(self.varied(society.problem()), Unlimited())

        def at(recorder: Recorder) -> Finding | Unanswered:
            (bound,) = recorder.point
            bounded = replace(society, contracts=replace(self.contracts, liability=bound))
            arguments = bounded, plays.problem, recorder.point, MECHANISM_SECONDS
            around = findings.run("mechanisms", decide.lifted_mechanism, *arguments)
            return best_mechanism(around, plays, recorder, gap=False)

        return self.function("mechanism-value", plays.problem, at)

    def varied(self, plain: Problem) -> Problem:
        """The problem in which the bound is a parameter."""
        bounded = Contracts(plain.contracts.kind, plain.contracts.budget, (_line(0), 1))
        return replace(plain, parameters=NAMES, assumptions=self.assumptions, contracts=bounded)

    def contract(self) -> Function | Unknown:
        """V: obstructions stay, and transfers are what binding rows make of them."""
        levels = self.findings.selfish
        plays = Plays(self.varied(problem(self.setting(self.low), levels)), Unlimited())

        def at(recorder: Recorder) -> Finding | Unanswered:
            question = Value(self.setting(recorder.point[0]), levels)
            return best_selection(self.findings, question, plays, recorder, gap=False)

        return self.function("value", plays.problem, at)

    def setting(self, bound: Fraction) -> Setting:
        contracts = replace(self.contracts, liability=bound, participation=None)
        return Setting(self.findings.environment, self.named.language, contracts)

    def function(self, name: str, about: Problem, at: Decide) -> Function | Unknown:
        """The quantity on the whole range, with a certificate that the core accepted."""
        self.findings.progress(f"{name} of {self.named.name} for every bound")
        try:
            outcome = in_pieces(about, name, at, Prover(1, self.findings.worker))
        except TimedOut as reason:
            return Unknown(str(reason))
        if isinstance(outcome, Unanswered):
            return outcome
        quantity, text = outcome
        steps = self.steps(about, quantity.regions)
        if isinstance(steps, Unknown):
            return steps
        self.findings.texts[quantity.sha256] = text
        return Function(steps, quantity.sha256)

    def steps(self, about: Problem, regions: Sequence[Region]) -> tuple[Step[Piece], ...] | Unknown:
        """The regions as intervals of B."""
        ends = {self.low, self.high}
        for region in regions:
            for condition in region.when:
                rational, isolated = roots(condition.polynomial)
                ends |= {root for root in rational if self.low < root < self.high}
                for left, right in isolated:
                    left, right = max(left, self.low), min(right, self.high)
                    if left < right and _at(regions, left) is not _at(regions, right):
                        return Unknown(f"near B = {float(left):.6g} a piece ends, at no fraction")
        inner = sorted(ends)
        cells = [Interval(inner[0], inner[0])]
        for start, end in pairwise(inner):
            cells += [Interval(start, end, True, True), Interval(end, end)]
        values = [value_of(about, _at(regions, cell.within()).claim["value"]) for cell in cells]
        return tuple(
            Step(step.at, Piece(step.value, self.gap(step.value)))
            for step in _joined(list(map(Step, cells, values)))
        )

    def gap(self, value: Quantity) -> Quantity:
        """W* less what is reached."""
        if isinstance(value, Expression):
            above, below = value.ratio
            ratio = number(self.best) * below - above, below
            return known(reduced(ratio), NAMES)
        return self.best - value if isinstance(value, Fraction) else INFINITY


def _line(constant: Fraction | int) -> Polynomial:
    """B plus a number."""
    return Polynomial({(0,): 1}) + number(constant)


def _at(regions: Sequence[Region], bound: Fraction) -> Region:
    holds = holding_at((bound,))
    return next(region for region in regions if all(map(holds, region.when)))


def _joined(cells: Sequence[Step[Quantity]]) -> list[Step[Quantity]]:
    """Points and open intervals in turn; what a neighbour's value says too belongs to it."""
    steps: list[Step[Quantity]] = []
    for place, cell in enumerate(cells):
        value = cell.value
        if place % 2 == 0:
            beside = [steps[-1].value] if steps else []
            beside += [cells[place + 1].value] if place + 1 < len(cells) else []
            actual = valued(value, cell.at.low)
            value = next((v for v in beside if valued(v, cell.at.low) == actual), value)
        if steps and str(steps[-1].value) == str(value):
            low = steps[-1].at
            joined = Interval(low.low, cell.at.high, low.open_low, cell.at.open_high)
            steps[-1] = Step(joined, value)
        else:
            steps.append(Step(cell.at, value))
    return steps


def bounds_of(text: str) -> tuple[Fraction, Fraction]:
    """The ends of a range ``A..B``. Raises InputError for a text that is none."""
    low, dots, high = text.partition("..")
    if not dots:
        raise InputError(f"{text!r} is no range", fix="write A..B, as in 0..10")
    ends = parse_number(low.strip()), parse_number(high.strip())
    require_bounds(*ends)
    return ends


def require_bounds(low: Fraction, high: Fraction) -> None:
    """Raises InputError for a range of bounds on fines that is none."""
    if not 0 <= low < high:
        raise InputError(
            f"{low}..{high} is no range of bounds on fines", fix="write 0 ≤ A < B, as in 0..10"
        )


def valued(value: Quantity, bound: Fraction) -> Extended:
    """A number at a bound."""
    if not isinstance(value, Expression):
        return value
    above, below = (Fraction(part.at((bound,))) for part in value.ratio)
    return above / below
