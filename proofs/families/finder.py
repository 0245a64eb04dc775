"""The finder for all parameters: the parts of a report on a family, in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import repeat
from typing import Any

import numpy as np

from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.algebra.rational import ratio
from coopgap.proofs.algebra.unlimited import Unlimited
from coopgap.proofs.certificates import witnesses
from coopgap.proofs.certificates.certificate import canonical, encode
from coopgap.proofs.deciding import reports
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.values import (
    Absent,
    Known,
    Quantity,
    Unknown,
    Value,
    Written,
    known,
)
from coopgap.proofs.deciding.words import deviations, in_words, strength
from coopgap.proofs.deciding.worker import TimedOut, Worker, solvers_of
from coopgap.proofs.families import basis, goals
from coopgap.proofs.families.decisions import Decisions
from coopgap.proofs.families.findings import FamilyFindings, Piecewise
from coopgap.proofs.families.mechanisms import family_mechanism_part
from coopgap.proofs.families.problem import NOTHING
from coopgap.proofs.families.strategies import decisions
from coopgap.proofs.families.values import by_region, by_sign, number, quantity, value_of
from coopgap.proofs.parameters.goals import inconsistency, settle, suggestion
from coopgap.proofs.parameters.pieces import Region, joined, united
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.parameters.regions import Leaf, Recorder
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.questions.registry import about_mechanisms
from coopgap.proofs.trusted.problems import Plays, Problem
from coopgap.theory.contracts import Directives, Transfers
from coopgap.theory.expressions import Tree
from coopgap.theory.json_values import Fields
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import (
    FamilyQuestion,
    FamilySpecification,
    NamedLanguage,
    Question,
)

Ratios = tuple[Ratio, ...]

FOR_NUMBERS = Absent("it is found for numbers only")

NO_GAIN = Absent("only the sum of gains is listed")

TRANSFERS = Unknown(
    "that transfers exist is shown by elimination; set the parameters for their amounts"
)


@contextmanager
def finder(
    specification: FamilySpecification,
    timeout: float | None,
    deadline: float,
    progress: Callable[[str], None],
    mechanisms: bool = False,
    kind: Callable[[FamilyFindings, bool], FamilyFinder] | None = None,
) -> Iterator[FamilyFinder]:
    """The finder of a family, with its workers. ``timeout`` and ``progress`` as in ``check``.

    deadline: when, in seconds of the monotonic clock, all of it ends. mechanisms: whether what
    mechanisms reach is asked for, beside the claims about them. kind: makes another finder.

    Raises InputError where something may be divided by 0 or the prior may be no distribution.
    """
    with (
        Worker(timeout, deadline=deadline) as engines,
        solvers_of(timeout, deadline) as solvers,
    ):
        prover = Prover(len(specification.family.parameters), solvers, deadline=deadline)
        findings = FamilyFindings(specification, engines, prover, progress)
        yield (kind or FamilyFinder)(findings, mechanisms)


class FamilyFinder:
    """Finds the parts of a report on a family."""

    family = True

    def __init__(self, findings: FamilyFindings, mechanisms: bool = False) -> None:
        self.findings, self.mechanisms = findings, mechanisms
        self.prover = findings.prover
        self.names = findings.family.skeleton
        self.progress = findings.progress
        self.specification = findings.specification
        self.texts = findings.texts
        self.parameters: reports.Parameters = {
            "names": findings.family.parameters,
            "assume": tuple(Written(link.tree, link.text) for link in findings.family.assumptions),
            "consistent": True,
        }
        self.selfish: Ratios = (NOTHING,) * len(self.names.players)
        self.alone = findings.problem(None, self.selfish)
        self._pieces: dict[tuple[str, str], Piecewise | Unknown] = {}
        self._settled: list[tuple[FamilyQuestion, Settled]] = []

    def inconsistency(self) -> str | None:
        """The certificate that the assumptions contradict each other, if they do."""
        certificate = inconsistency(self.alone, self.prover)
        return None if certificate is None else encode(certificate)

    def _ratio(self, tree: Tree) -> Ratio:
        return ratio(tree, self.alone.index)[0]

    def _ratios(self, level: int | None) -> Ratios:
        if level is None:
            return self.selfish
        return tuple(map(self._ratio, self.specification.levels[level]))

    def numbers(self, level: int) -> Sequence[Known]:
        """The λ of each player, at a listed level."""
        return [known(value, self.alone.parameters) for value in self._ratios(level)]

    def _piecewise(
        self, label: str, decider: Decisions, name: str, into: dict[str, str] | None = None
    ) -> Piecewise | Unknown:
        pieces = self.findings.quantity(label, decider.problem, name, decider.of(name))
        if isinstance(pieces, Piecewise) and into is not None:
            into[label] = pieces.sha256
        return pieces

    def _selfish(
        self, named: NamedLanguage, name: str, into: dict[str, str] | None = None
    ) -> Piecewise | Unknown:
        """A quantity of a language and selfish agents, found once."""
        key = name, named.name
        if key not in self._pieces:
            decider = decisions(self.findings, self._problem(named), named.name)
            self._pieces[key] = self._piecewise(name.replace("-", "_"), decider, name, into)
        return self._pieces[key]

    def _number(self, pieces: Piecewise | Unknown, problem: Problem) -> Quantity:
        return quantity(problem, self.prover, pieces)

    # Without a contract

    def first_best(self, into: dict[str, str]) -> reports.FirstBestPart:
        """W* and where it is reached."""
        decider = decisions(self.findings, self.alone)
        welfare = self._number(self._piecewise("first best", decider, "optimum", into), self.alone)
        return reports.FirstBestPart(welfare, self._by_state(decider, "first-best"))

    def _by_state(self, decider: Decisions, name: str) -> reports.ByState:
        """Sets of profiles of each state that has a probability somewhere."""
        sets: dict[str, Value[reports.Profiles]] = {}
        for state, label in enumerate(self.names.states):
            decide = decider.in_state(name, state)
            pieces = self.findings.quantity(f"{name} in {label}", decider.problem, name, decide)
            value = value_of(decider.problem, pieces, self._profiles)
            if not isinstance(value, Absent):
                sets[label] = value
        return sets

    def _profiles(self, claim: Fields) -> reports.Profiles | Absent:
        if claim["profiles"] is None:
            return Absent("the state has no probability")
        return tuple(map(self._labels, claim["profiles"]))

    def _labels(self, profile: int) -> reports.Labels:
        return self.names.labels([int(a) for a in np.unravel_index(profile, self.names.shape)])

    def _selected(self, played: Iterable[tuple[int, int]]) -> reports.Selection:
        return {self.names.states[state]: self._labels(profile) for state, profile in played}

    def play(self, level: int | None) -> reports.Play:
        """The pure equilibria without a contract, and the best welfare of them."""
        decider = decisions(self.findings, self.findings.problem(None, self._ratios(level)))
        none = Absent("a state has no pure equilibrium")
        return reports.Play(
            self._play_welfare(decider, none), self._by_state(decider, "equilibria"), FOR_NUMBERS
        )

    def _play_welfare(self, decider: Decisions, none: Absent) -> Quantity:
        """The best welfare of pure equilibria without a contract; none: where there are none."""
        welfare = self._piecewise("equilibrium welfare", decider, "value")
        return quantity(decider.problem, self.prover, welfare, none)

    def mixed(self) -> reports.MixedPlay:
        """Mixed equilibria of selfish agents."""
        return reports.MixedPlay(Unknown("mixed equilibria are listed for numbers only"))

    def agent_thresholds(self) -> Value[tuple[reports.AgentThresholds, ...]]:
        """The least λ of each player, by first-best selection."""
        problem = self.findings.problem(None, None)
        pieces = self.findings.quantity(
            "agent thresholds",
            problem,
            "agent-thresholds",
            decisions(self.findings, problem).agent_thresholds,
            key=lambda leaf: (canonical(leaf.claim), leaf.selection),
        )
        if isinstance(pieces, Unknown):
            return pieces

        def read(leaf: Leaf) -> tuple[reports.AgentThresholds, ...]:
            states = [state for state, _ in leaf.selection or ()]
            return tuple(
                reports.AgentThresholds(
                    self._selected(zip(states, chosen, strict=True)),
                    {
                        player: number(problem, level)
                        for player, level in zip(self.names.players, levels, strict=True)
                    },
                )
                for chosen, levels in leaf.claim["thresholds"]
            )

        regions = [(region, read(region.leaves[0])) for region in pieces.regions]
        return by_region(problem, regions)

    def domination_threshold(self) -> Absent:
        """λ̄ of T9."""
        return FOR_NUMBERS

    def benefit(self) -> reports.BenefitPart:
        """Who gains from the first best: the verdicts on two claims, asked for or not."""
        names = ("beneficial", "beneficial-with-side-payments")
        plain, paid = (
            self.settled(FamilyQuestion(name)).part(self.alone.parameters) for name in names
        )
        return reports.BenefitPart(plain, paid, Absent("it is decided for numbers only"))

    # Contracts

    def _problem(self, named: NamedLanguage) -> Problem:
        return self.findings.problem(named.name, self.selfish)

    def value(
        self, named: NamedLanguage, level: int | None, into: dict[str, str]
    ) -> tuple[Quantity, Quantity]:
        """V and the gap."""
        decider = decisions(
            self.findings, self.findings.problem(named.name, self._ratios(level)), named.name
        )
        value, gap = (
            self._number(
                self._selfish(named, name, into)
                if level is None
                else self._piecewise(name, decider, name),
                decider.problem,
            )
            for name in ("value", "gap")
        )
        return value, gap

    def correlated(self, named: NamedLanguage, into: dict[str, str]) -> tuple[Quantity, Quantity]:
        """The gap of correlated equilibria, where known transfers attain or approach it."""
        pieces = self._selfish(named, "correlated-gap", into)
        if isinstance(pieces, Unknown):
            return pieces, pieces
        gap = self._number(pieces, self._problem(named))
        return gap, gap

    def suffices(self, named: NamedLanguage) -> Value[bool]:
        """Where some contract implements a first best, that is where the gap is 0."""
        problem, gap = self._problem(named), self._selfish(named, "gap")
        if isinstance(gap, Unknown):
            return gap
        parts = [part for region in gap.regions for part in by_sign(problem, self.prover, region)]
        listed = [
            (region, suffices)
            for suffices in (True, False)
            for region in united(
                problem, [part for part, positive in parts if positive is not suffices], self.prover
            )
        ]
        return by_region(problem, listed)

    def directives(self, named: NamedLanguage) -> tuple[Quantity, Value[reports.Profiles]]:
        """Δ_D under complete directives and the incontractible cells (T2)."""
        language = named.language
        assert isinstance(language, ProductLanguage)
        problem = self.findings.problem(named.name, self.selfish, Directives())
        decider = decisions(self.findings, problem, named.name, Directives())
        gap = self._number(self._piecewise("directive gap", decider, "gap"), problem)
        return gap, self._cells(decider, language)

    def _cells(self, decider: Decisions, language: ProductLanguage) -> Value[reports.Profiles]:
        """The incontractible cells."""
        pieces = self._piecewise("incontractible cells", decider, "incontractible-cells")

        def read(claim: Fields) -> reports.Profiles:
            pairs = list(zip(self.names.states, language.cells, strict=True))
            return tuple(tuple(s for s, c in pairs if c == cell) for cell in claim["cells"])

        return value_of(decider.problem, pieces, read)

    def reached(
        self, named: NamedLanguage
    ) -> tuple[Value[reports.Selection], reports.Contract, reports.Directive]:
        """A selection that reaches the value, by region; by which contract is shown for numbers."""
        paid = isinstance(named.contracts, Transfers)
        contract = TRANSFERS if paid else Absent("contracts are directives")
        return self._selection(named), contract, Absent("it is listed for numbers only")

    def worst(self, named: NamedLanguage) -> tuple[Absent, Absent]:
        """V and the gap at the worst equilibria."""
        return FOR_NUMBERS, FOR_NUMBERS

    def _selection(self, named: NamedLanguage) -> Value[reports.Selection]:
        problem, best = self._problem(named), self._selfish(named, "value")
        if isinstance(best, Unknown):
            return best
        leaves = [leaf for region in best.regions for leaf in region.leaves]
        regions = joined(problem, leaves, self.prover, lambda leaf: leaf.selection)
        none = Absent("nothing is implementable")
        played = [(region, region.leaves[0].selection) for region in regions]
        chosen: list[tuple[Region, reports.Selection | Absent]] = [
            (region, none if a is None else self._selected(a)) for region, a in played
        ]
        return by_region(problem, chosen)

    def basis(self, named: NamedLanguage) -> reports.Basis:
        """What must hold for a contract to suffice, obstruction by obstruction."""
        gap = self._selfish(named, "gap")
        if not isinstance(named.contracts, Transfers):
            return Absent("contracts are directives")
        if isinstance(gap, Unknown):
            return gap
        return basis.conditions(self.findings, self._problem(named), named, gap)

    def mechanism(self, named: NamedLanguage) -> Value[reports.MechanismPart]:
        """What mechanisms reach, where the specification asks for it."""
        if not (self.mechanisms or about_mechanisms(named, self.specification.questions)):
            return reports.NOT_ASKED
        levels = [self._ratios(place) for place in range(len(self.specification.levels))]
        expressions = [self.numbers(place) for place in range(len(levels))]
        return family_mechanism_part(self.findings, named, self.selfish, levels, expressions)

    def obstruction(self, named: NamedLanguage) -> Value[reports.ObstructionPart]:
        """The first obstruction to anything better, by region, with its weighted gains."""
        problem, gap = self._problem(named), self._selfish(named, "gap")
        if not isinstance(named.contracts, Transfers):
            return Absent("contracts are directives")
        if isinstance(gap, Unknown):
            return gap

        def first(leaf: Leaf) -> str | None:
            listed = leaf.witness.get("bound", {}).get("obstructions", ())
            return canonical(listed[0]) if listed and leaf.claim["value"] != "0" else None

        leaves = [leaf for region in gap.regions for leaf in region.leaves]
        regions = joined(
            problem, leaves, self.prover, lambda leaf: (first(leaf), canonical(leaf.claim))
        )
        none = Absent("no obstruction is needed")
        listed: list[tuple[Region, reports.ObstructionPart | Absent]] = []
        for region in regions:
            for part, positive in by_sign(problem, self.prover, region):
                leaf = part.leaves[0]
                obstructed = positive and first(leaf) is not None
                listed.append((part, self._obstruction_part(problem, leaf) if obstructed else none))
        return by_region(problem, listed)

    def _obstruction_part(self, problem: Problem, leaf: Leaf) -> reports.ObstructionPart:
        obstructions = leaf.witness["bound"]["obstructions"]
        first = obstructions[0]
        total = strength(Plays(problem, Unlimited()), Recorder(leaf.point), first)
        kind, moves = self._deviations(problem, leaf, first)
        listed = len(obstructions), known(total, problem.parameters)
        part = reports.ObstructionPart(kind, "", moves, *listed)
        return replace(part, words=in_words(part))

    def _deviations(
        self, problem: Problem, leaf: Leaf, obstruction: Mapping[str, Any]
    ) -> tuple[str, tuple[reports.DeviationPart, ...]]:
        """The kind of an obstruction, and its deviations."""
        labels = {state: self._labels(profile) for state, profile in obstruction["selection"]}
        kind = witnesses.obstruction_kind(problem, obstruction)
        return kind, deviations(self.names, labels, obstruction["deviations"], repeat(NO_GAIN))

    def threshold(self, language: str | None, into: dict[str, str]) -> Quantity:
        """λ*(L), or the least λ without a contract."""
        problem = self.findings.problem(language, None)
        decider = decisions(self.findings, problem, language)
        pieces = self._piecewise("prosocial_threshold", decider, "threshold", into)
        return self._number(pieces, problem)

    # Claims

    def incontractible(self, named: NamedLanguage, cells: Value[reports.Profiles]) -> bool:
        """Whether the language is known to have incontractible cells for all parameters.

        cells: what its report says of them.
        """
        return isinstance(cells, tuple) and bool(cells)

    def correlated_positive(self, named: NamedLanguage) -> bool:
        """Whether the gap of correlated equilibria is positive for all parameters."""
        pieces = self._selfish(named, "correlated-gap")
        regions = () if isinstance(pieces, Unknown) else pieces.regions
        parts = [by_sign(self.alone, self.prover, region) for region in regions]
        return {positive for listed in parts for _, positive in listed} == {True}

    def settled(self, question: Question | FamilyQuestion) -> Settled:
        """What becomes of a claim. Raises InputError for one that the game cannot bear."""
        assert isinstance(question, FamilyQuestion)
        for earlier, settled in self._settled:
            if earlier == question:
                return settled
        self._settled.append((question, self._settle(question)))
        return self._settled[-1][1]

    def _settle(self, question: FamilyQuestion) -> Settled:
        try:
            goal = goals.goal(self.findings, question)
        except TimedOut as reason:
            return Settled("unknown", reason=str(reason))
        if isinstance(goal, Unanswered):
            return Settled("unknown", reason=goal.reason)
        verdict = settle(goal, self.prover)
        if verdict.text:
            self.texts[verdict.sha256] = verdict.text
        if verdict.status == "refuted":
            with suppress(TimedOut):
                return replace(verdict, suggestion=suggestion(goal, self.prover))
        return verdict

    def claim(self, question: Question | FamilyQuestion) -> tuple[Mapping[str, Any], Problem]:
        """The fields of a claim as certificates carry them, and the problem that it is about."""
        assert isinstance(question, FamilyQuestion)
        return goals.claim(self.findings, question)[:2]
