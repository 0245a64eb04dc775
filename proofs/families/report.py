"""``check`` for families: every quantity and claim for all parameters, as a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.algebra.rational import condition_text, ratio, ratio_text
from coopgap.proofs.certificates import witnesses
from coopgap.proofs.certificates.certificate import canonical, digest, encode
from coopgap.proofs.deciding.reports import ShownInNotebooks, as_document, contract_class, tool
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.families import basis, claims, decisions, texts
from coopgap.proofs.families.evaluation import evaluator, require_all
from coopgap.proofs.families.findings import FamilyFindings, Piecewise
from coopgap.proofs.families.gaps import by_sign
from coopgap.proofs.families.problem import NOTHING
from coopgap.proofs.parameters.goals import Settled, inconsistency, settle, suggestion
from coopgap.proofs.parameters.pieces import joined, united
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.parameters.regions import Leaf
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.contracts import Directives, Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import spelled as tree_text
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import FamilyQuestion, FamilySpecification, NamedLanguage

SOLVER_SECONDS = 30.0
"""How long a solver may think about one nonlinear question, unless the caller says."""

SOLVER_BYTES = 4 << 30


@dataclass(frozen=True)
class FamilyReport(ShownInNotebooks):
    """Everything that ``check`` found about a family, as plain JSON values.

    texts: SHA-256 → text of every certificate."""

    plain: Mapping[str, Any]
    texts: Mapping[str, str] = field(repr=False)

    @property
    def statuses(self) -> set[str]:
        """The statuses of the claims."""
        return {claim["status"] for claim in self.plain["claims"]}

    def document(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return dict(self.plain)

    @cached_property
    def _evaluator(self) -> Callable[[Sequence[Fraction]], Any]:
        return evaluator(self.plain, self.plain["parameters"]["names"])

    def at(self, values: Mapping[str, Fraction]) -> dict[str, Any]:
        """The report's quantities where the parameters have these values, as exact numbers. The
        values must satisfy the assumptions. Raises InputError for a parameter without a value."""
        names = self.plain["parameters"]["names"]
        return self._evaluator(require_all(values, names))  # type: ignore[no-any-return]


def check_family(
    specification: FamilySpecification,
    *,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> FamilyReport:
    """Decides a family's claims and all quantities of its report for all parameters that satisfy
    its assumptions. ``timeout`` and ``progress`` as in ``check``.

    Raises InputError where something may be divided by 0 or the prior may be no distribution."""
    with (
        Worker(timeout) as engines,
        Worker(timeout or SOLVER_SECONDS, SOLVER_BYTES) as solvers,
    ):
        prover = Prover(len(specification.family.parameters), solvers)
        found = FamilyFindings(specification, engines, prover, progress or (lambda _: None))
        return _Reporter(found).report()


class _Reporter:
    def __init__(self, findings: FamilyFindings) -> None:
        self.findings = findings
        self.prover = findings.prover
        self.family = findings.family
        self.specification = findings.specification
        self.selfish: tuple[Ratio, ...] = (NOTHING,) * len(self.family.players)
        self.alone = findings.problem(None, self.selfish)
        self.certificates: dict[str, str] = {}
        self.pieces: dict[tuple[str, str | None], Piecewise] = {}
        self.settled: list[tuple[FamilyQuestion, Settled]] = []

    def report(self) -> FamilyReport:
        contradiction = inconsistency(self.alone, self.prover)
        if contradiction is not None:
            return self._inconsistent(encode(contradiction))
        parts = {
            "first_best": self._first_best(),
            "selfish": self._play(self.alone),
            "languages": [self._language(each) for each in self.specification.languages],
            "prosocial_threshold": self._threshold(None, self.certificates),
            "agent_thresholds": self._agent_thresholds(),
            "prosocial": [self._level(level) for level in self._levels()],
            "benefit": {
                "plain": self._benefit("beneficial"),
                "side_payments": self._benefit("beneficial-with-side-payments"),
            },
        }
        parts["selfish"]["mixed"] = {"unknown": "mixed equilibria are listed for numbers only"}
        return FamilyReport(
            {
                **self._frame(),
                **parts,
                "claims": self._claims(),
                "certificates": self.certificates,
            },
            self.findings.texts,
        )

    def _frame(self) -> dict[str, Any]:
        return {
            "schema": "coopgap.report/1",
            "tool": tool(),
            "source": self.specification.source,
            "title": self.specification.title,
            "parameters": {
                "names": list(self.family.parameters),
                "assume": [each.text for each in self.family.assumptions],
                "consistent": True,
            },
        }

    def _inconsistent(self, text: str) -> FamilyReport:
        sha = digest(text)
        frame = self._frame()
        frame["parameters"].update(consistent=False, certificate=sha)
        reason = "the assumptions contradict each other, so nothing is said"
        unknown = {"unknown": reason}
        undecided = Settled("unknown", reason=reason)
        asked = [
            {**self._claim_part(question, undecided, 0.0), "theorem": None}
            for question in claims.asked(self.findings)
        ]
        return FamilyReport(
            {
                **frame,
                "first_best": {"welfare": unknown, "profiles": unknown},
                "selfish": {"welfare": unknown, "nash": unknown, "mixed": unknown},
                "languages": [],
                "prosocial_threshold": unknown,
                "agent_thresholds": unknown,
                "prosocial": [],
                "benefit": unknown,
                "claims": asked,
                "certificates": {"inconsistent": sha},
            },
            {sha: text},
        )

    # Quantities

    def _number(
        self,
        what: str,
        problem: Problem,
        name: str,
        decide: Any,
        into: dict[str, str] | None = None,
    ) -> tuple[Piecewise, Any]:
        """A number in pieces, and as the report gives it."""
        found = self.findings.quantity(what, problem, name, decide)
        if found.sha256 and into is not None:
            into[what] = found.sha256
        return found, texts.quantity(
            problem, self.prover, found, lambda claim: texts.number_text(problem, claim["value"])
        )

    def _first_best(self) -> dict[str, Any]:
        _, welfare = self._number(
            "first best",
            self.alone,
            "optimum",
            decisions.first_best_welfare(self.alone),
            self.certificates,
        )
        return {
            "welfare": welfare,
            "profiles": self._by_state(self.alone, "first-best", decisions.first_best),
        }

    def _by_state(
        self, problem: Problem, name: str, decide: Callable[[Problem, int], Any]
    ) -> dict[str, Any]:
        """Sets of profiles of each state; null where the state has no probability."""
        found = {}
        for state, label in enumerate(self.family.states):
            pieces = self.findings.quantity(
                f"{name} in {label}", problem, name, decide(problem, state)
            )
            text = texts.quantity(problem, self.prover, pieces, self._profiles)
            if text is not None:
                found[label] = text
        return found

    def _profiles(self, claim: Mapping[str, Any]) -> Any:
        if claim["profiles"] is None:
            return None
        return [self._labels(profile) for profile in claim["profiles"]]

    def _labels(self, profile: int) -> list[str]:
        labels = []
        for of_agent in reversed(self.family.actions):
            profile, action = divmod(profile, len(of_agent))
            labels.append(of_agent[action])
        return labels[::-1]

    def _play(self, problem: Problem) -> dict[str, Any]:
        """The pure equilibria without a contract and the best welfare among them."""
        found = self.findings.quantity(
            "equilibrium welfare", problem, "value", decisions.value(self.findings, problem, None)
        )

        def read(claim: Mapping[str, Any]) -> Any:
            value = claim["value"]
            return None if value == "-inf" else texts.number_text(problem, value)

        return {
            "welfare": texts.quantity(problem, self.prover, found, read),
            "nash": self._by_state(problem, "equilibria", decisions.equilibria),
        }

    def _levels(self) -> list[tuple[Any, tuple[Ratio, ...]]]:
        """The levels of λ, as the report writes them and as fractions of polynomials."""
        index = {name: k for k, name in enumerate(self.family.parameters)}
        levels = []
        for trees in self.specification.levels:
            ratios = tuple(ratio(tree, index)[0] for tree in trees)
            levels.append((self._level_text(ratios), ratios))
        return levels

    def _level_text(self, ratios: Sequence[Ratio]) -> Any:
        written = [ratio_text(each, self.family.parameters) for each in ratios]
        if len(set(written)) == 1:
            return written[0]
        return dict(zip(self.family.players, written, strict=True))

    def _level(self, level: tuple[Any, tuple[Ratio, ...]]) -> dict[str, Any]:
        return {"lambda": level[0], **self._play(self.findings.problem(None, level[1]))}

    def _threshold(self, language: str | None, into: dict[str, str]) -> Any:
        problem = self.findings.problem(language, None)
        decide = decisions.threshold(self.findings, problem, language)
        found, text = self._number("prosocial_threshold", problem, "threshold", decide, into)
        self.pieces["threshold", language] = found
        return text

    def _agent_thresholds(self) -> Any:
        problem = self.findings.problem(None, None)
        found = self.findings.quantity(
            "agent thresholds",
            problem,
            "agent-thresholds",
            decisions.agent_thresholds(problem),
            key=lambda leaf: (canonical(leaf.claim), leaf.selection),
        )
        if found.reason:
            return {"unknown": found.reason}

        def read(leaf: Leaf) -> Any:
            states = [state for state, _ in leaf.selection or ()]
            return [
                {
                    "selection": {
                        self.family.states[state]: self._labels(profile)
                        for state, profile in zip(states, chosen, strict=True)
                    },
                    "lambda": dict(
                        zip(
                            self.family.players,
                            (texts.number_text(problem, level) for level in levels),
                            strict=True,
                        )
                    ),
                }
                for chosen, levels in leaf.claim["thresholds"]
            ]

        regions = [(region, read(region.leaves[0])) for region in found.regions]
        return texts.by_region(problem, self.prover, regions)

    def _language(self, named: NamedLanguage) -> dict[str, Any]:
        self.findings.progress(f"language {named.name}")
        name = named.name
        problem = self.findings.problem(name, self.selfish)
        certificates: dict[str, str] = {}
        best, value = self._number(
            "value", problem, "value", decisions.value(self.findings, problem, name), certificates
        )
        lost, gap = self._number(
            "gap", problem, "gap", decisions.gap(self.findings, problem, name), certificates
        )
        self.pieces["gap", name] = lost
        correlated = None
        if isinstance(named.contracts, Transfers):
            found, text = self._number(
                "correlated_gap",
                problem,
                "correlated-gap",
                decisions.correlated_gap(self.findings, problem, name),
                certificates,
            )
            correlated = None if found.reason else text
            self.pieces["correlated", name] = found
        return {
            "name": name,
            "contracts": as_document(contract_class(named.contracts)),
            "value": value,
            "gap": gap,
            "suffices": self._suffices(problem, lost),
            "correlated_gap": correlated,
            **self._directives(named),
            "selection": self._selection(problem, best),
            "contract": {
                "unknown": "that transfers exist is shown by elimination; set the parameters for "
                "their amounts"
            }
            if isinstance(named.contracts, Transfers)
            else None,
            "basis": self._basis(problem, named, lost),
            "obstruction": self._obstruction(problem, lost),
            "prosocial_threshold": self._threshold(name, certificates),
            "prosocial": [self._at_level(name, level) for level in self._levels()],
            "certificates": certificates,
        }

    def _at_level(self, name: str, level: tuple[Any, tuple[Ratio, ...]]) -> dict[str, Any]:
        problem = self.findings.problem(name, level[1])
        value = self._number(
            "value", problem, "value", decisions.value(self.findings, problem, name)
        )[1]
        gap = self._number("gap", problem, "gap", decisions.gap(self.findings, problem, name))[1]
        return {"lambda": level[0], "value": value, "gap": gap}

    def _suffices(self, problem: Problem, gap: Piecewise) -> Any:
        """Where some contract implements a first best, that is where the gap is 0."""
        if gap.reason:
            return {"unknown": gap.reason}
        parts = [part for region in gap.regions for part in by_sign(problem, self.prover, region)]
        listed = [
            (region, suffices)
            for suffices in (True, False)
            for region in united(
                problem, [each for each, positive in parts if positive is not suffices], self.prover
            )
        ]
        return texts.by_region(problem, self.prover, listed)

    def _basis(self, problem: Problem, named: NamedLanguage, gap: Piecewise) -> Any:
        """What must hold for a contract to suffice, obstruction by obstruction."""
        if not isinstance(named.contracts, Transfers):
            return None
        if gap.reason:
            return {"unknown": gap.reason}
        found = basis.conditions(self.findings, problem, named, gap)
        return {"unknown": found.reason} if isinstance(found, Unanswered) else found

    def _directives(self, named: NamedLanguage) -> dict[str, Any]:
        """Δ_D under complete directives and the incontractible cells, of a state language (T2)."""
        language = named.language
        if not isinstance(language, ProductLanguage) or not language.is_state_language:
            return {"directive_gap": None, "incontractible_cells": None}
        problem = self.findings.problem(named.name, self.selfish, Directives())
        decide = decisions.gap(self.findings, problem, named.name, Directives())
        gap = self._number("directive gap", problem, "gap", decide)[1]
        found = self.findings.quantity(
            "incontractible cells",
            problem,
            "incontractible-cells",
            decisions.incontractible_cells(problem),
        )

        def read(claim: Mapping[str, Any]) -> Any:
            pairs = list(zip(self.family.states, language.cells, strict=True))
            return [[s for s, c in pairs if c == cell] for cell in claim["cells"]]

        cells = texts.quantity(problem, self.prover, found, read)
        return {"directive_gap": gap, "incontractible_cells": cells}

    def _selection(self, problem: Problem, best: Piecewise) -> Any:
        """A selection that reaches the value, by region."""
        if best.reason:
            return {"unknown": best.reason}
        leaves = [leaf for region in best.regions for leaf in region.leaves]
        regions = joined(problem, leaves, self.prover, lambda leaf: leaf.selection)
        return texts.by_region(
            problem, self.prover, [(each, self._selected(each.leaves[0])) for each in regions]
        )

    def _selected(self, leaf: Leaf) -> Any:
        if leaf.selection is None:
            return None
        return {self.family.states[s]: self._labels(a) for s, a in leaf.selection}

    def _obstruction(self, problem: Problem, gap: Piecewise) -> Any:
        """The first obstruction to anything better, by region, with its weighted gains."""
        if problem.contracts.kind != "transfers":
            return None
        if gap.reason:
            return {"unknown": gap.reason}

        def first(leaf: Leaf) -> str | None:
            listed = leaf.witness.get("bound", {}).get("obstructions", ())
            return canonical(listed[0]) if listed and leaf.claim["value"] != "0" else None

        leaves = [leaf for region in gap.regions for leaf in region.leaves]
        regions = joined(
            problem, leaves, self.prover, lambda leaf: (first(leaf), canonical(leaf.claim))
        )
        listed = []
        for region in regions:
            for part, positive in by_sign(problem, self.prover, region):
                leaf = part.leaves[0]
                shown = positive and first(leaf) is not None
                listed.append((part, self._obstruction_part(problem, leaf) if shown else None))
        return texts.by_region(problem, self.prover, listed)

    def _obstruction_part(self, problem: Problem, leaf: Leaf) -> Any:
        obstruction = leaf.witness["bound"]["obstructions"][0]
        part = dict(obstruction["selection"])
        return {
            "kind": witnesses.obstruction_kind(problem, obstruction),
            "deviations": [
                {
                    "state": self.family.states[state],
                    "player": self.family.players[agent],
                    "profile": self._labels(part[state]),
                    "deviation": self.family.actions[agent][action],
                    "weight": weight,
                }
                for state, agent, action, weight in obstruction["deviations"]
            ],
            "sum": ratio_text(
                decisions.strength(problem, leaf.point, obstruction), problem.parameters
            ),
        }

    # Claims

    def _claims(self) -> list[dict[str, Any]]:
        asked = [(question, None) for question in claims.asked(self.findings)]
        parts = []
        for question, theorem in asked or claims.applicable(self.findings, self.pieces):
            start = time.perf_counter()
            self.findings.progress(question.id)
            found = self._settled(question)
            part = self._claim_part(question, found, time.perf_counter() - start)
            parts.append({**part, "theorem": theorem})
        return parts

    def _benefit(self, claim: str) -> dict[str, Any]:
        """Who gains (T8), for all parameters: the verdict on a claim, asked for or not."""
        question = FamilyQuestion(claim)
        part = self._claim_part(question, self._settled(question), 0.0)
        names = ("status", "certificate", "reason", "counterexample", "suggestion")
        return {name: part[name] for name in names}

    def _settled(self, question: FamilyQuestion) -> Settled:
        for known, settled in self.settled:
            if known == question:
                return settled
        self.settled.append((question, self._found(question)))
        return self.settled[-1][1]

    def _found(self, question: FamilyQuestion) -> Settled:
        try:
            goal = claims.goal(self.findings, question)
        except InputError as error:
            raise error.located(field=f"claim {question.id!r}") from None
        if isinstance(goal, Unanswered):
            return Settled("unknown", reason=goal.reason)
        found = settle(goal, self.prover)
        if found.text:
            self.findings.texts[found.sha256] = found.text
        if found.status == "refuted":
            extra = suggestion(goal, self.prover)
            return replace(found, suggestion=extra)
        return found

    def _claim_part(
        self, question: FamilyQuestion, found: Settled, seconds: float
    ) -> dict[str, Any]:
        value = None if question.value is None else tree_text(question.value)
        level: Any = None
        if question.prosociality is not None:
            written = [tree_text(tree) for tree in question.prosociality]
            level = (
                written[0]
                if len(set(written)) == 1
                else dict(zip(self.family.players, written, strict=True))
            )
        names = self.family.parameters
        return {
            "id": question.id,
            "language": question.language,
            "status": found.status,
            "certificate": {"kind": found.kind, "checked": True, "sha256": found.sha256}
            if found.text
            else None,
            "seconds": round(seconds, 4),
            "value": value,
            "lambda": level,
            "reason": found.reason,
            "counterexample": None
            if found.counterexample is None
            else {n: str(v) for n, v in zip(names, found.counterexample, strict=True)},
            "suggestion": None
            if found.suggestion is None
            else condition_text(found.suggestion, names),
            "statement": claims.stated(self.findings, question, found.text),
        }
