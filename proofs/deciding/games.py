"""The finder at a point: the parts of a report on one game, by the concrete engines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import product

from coopgap.proofs.deciding import decide, reports
from coopgap.proofs.deciding.findings import OneGame
from coopgap.proofs.deciding.play import (
    best_and_worst,
    prescribed,
    under_directive,
    under_transfers,
)
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.thresholds import ThresholdBounds
from coopgap.proofs.deciding.values import Absent, Bounds, Quantity, Unknown, Value, rounded_up
from coopgap.proofs.deciding.verdicts import GameClaim
from coopgap.proofs.deciding.words import describe
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Bracket,
    Obstruction,
    Reached,
    Setting,
)
from coopgap.proofs.questions.obligations import Value as Valued
from coopgap.proofs.questions.registry import about_mechanisms
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.contracts import Directives, Transfers
from coopgap.theory.environments import Profile
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended
from coopgap.theory.json_values import JsonObject
from coopgap.theory.languages import ProductLanguage, describe_record
from coopgap.theory.preferences import prosocial_payoffs
from coopgap.theory.specification import FamilyQuestion, NamedLanguage, Question
from coopgap.theory.welfare import incontractible_cells, profiles_where

SELECTION_LIMIT = 256
"""The number of first-best selections up to which each one's thresholds are listed."""

NO_SELECTION = Absent("nothing is implementable")

NO_EQUILIBRIUM = Absent("a state has no pure equilibrium")


class GameFinder(OneGame):
    """Finds the parts of a report on a game whose players see the state."""

    # Without a contract

    def first_best(self, into: dict[str, str]) -> reports.FirstBestPart:
        """W* and where it is reached."""
        best = self.findings.first_best()
        return reports.FirstBestPart(best.welfare, self._by_state(best.profiles))

    def _by_state(self, profiles: Mapping[int, Iterable[Profile]]) -> dict[str, reports.Profiles]:
        labels = self.names.labels
        return {self.names.states[s]: tuple(map(labels, own)) for s, own in profiles.items()}

    def _selected(self, selection: Mapping[int, Profile]) -> reports.Selection:
        return {self.names.states[s]: self.names.labels(a) for s, a in selection.items()}

    def play(self, level: int | None) -> reports.Play:
        """The pure equilibria without a contract, and the welfare of the best and the worst."""
        payoffs, _ = prosocial_payoffs(self.names, self.numbers(level))
        stable = pure_nash(payoffs)
        nash = self._by_state({s: profiles_where(stable[s]) for s in self.names.support})
        extremes = best_and_worst(self.names, stable)
        best, worst = (NO_EQUILIBRIUM, NO_EQUILIBRIUM) if extremes is None else extremes
        return reports.Play(best, nash, worst)

    def mixed(self) -> reports.MixedPlay:
        """Mixed equilibria of selfish agents, as probabilities of the actions in use."""
        game, equilibria = self.names, self.findings.mixed()

        def used(labels: Sequence[str], mix: Sequence[Fraction]) -> dict[str, Fraction]:
            return {a: share for a, share in zip(labels, mix, strict=True) if share > 0}

        certificates: dict[str, str] = {}
        for state, listed in equilibria.items():
            if any(
                share not in (0, 1) for mixes in listed.equilibria for mix in mixes for share in mix
            ):
                about, claim = decide.no_contract(game), decide.mixed_claim(state, listed)
                certified = self.findings.certify(about, self.selfish, claim, dict)
                self.findings.note(certificates, game.states[state], certified)
        listed_by_state = {
            game.states[state]: tuple(
                dict(zip(game.players, map(used, game.actions, mixes), strict=True))
                for mixes in listed.equilibria
            )
            for state, listed in equilibria.items()
        }
        missing = next(
            (listed.reason for listed in equilibria.values() if listed.reason is not None), None
        )
        return reports.MixedPlay(listed_by_state, missing, certificates)

    def agent_thresholds(self) -> Value[tuple[reports.AgentThresholds, ...]]:
        """The least λ of each player, by first-best selection."""
        profiles = self.findings.first_best().profiles
        count = math.prod(map(len, profiles.values()))
        if count > SELECTION_LIMIT:
            return Unknown(f"{count:,} first-best selections; up to {SELECTION_LIMIT} are listed")
        parts = []
        for chosen in product(*profiles.values()):
            selection = dict(zip(profiles, chosen, strict=True))
            levels = decide.agent_thresholds(self.names, selection)
            named = dict(zip(self.names.players, levels, strict=True))
            parts.append(reports.AgentThresholds(self._selected(selection), named))
        return tuple(parts)

    def domination_threshold(self) -> Quantity:
        """λ̄ of T9."""
        if self.names.cooperative is None:
            return Absent("no actions are called cooperative")
        level = self.findings.domination_threshold()
        missing = Absent("some defecting action has no cooperating one that always helps")
        return missing if level is None else level

    def benefit(self) -> reports.BenefitPart:
        """Who gains from the first best."""
        gains = self.findings.benefit()
        if isinstance(gains, Unknown) or gains.vacuous:
            vacuous = "no selfish pure outcome has smaller welfare"
            none = gains if isinstance(gains, Unknown) else Absent(vacuous)
            return reports.BenefitPart(none, none, none)
        return reports.BenefitPart(gains.plain, True, gains.one_payment)

    # Contracts

    def value(
        self, named: NamedLanguage, level: int | None, into: dict[str, str]
    ) -> tuple[Quantity, Quantity]:
        """V and the gap."""
        levels = self.numbers(level)
        best = self.findings.value(named.name, levels)
        if isinstance(best, Bracket):
            return self._between(named, level, best, into)
        if isinstance(best, Unknown):
            return best, best
        name = "gap" if level is None else f"gap at lambda {', '.join(map(str, levels))}"
        setting = self.findings.setting(named.name)
        certified = self.findings.certify_value(setting, levels, best)
        if refusal := self.findings.noted(into, name, certified):
            return refusal, refusal
        if level is None:
            # Its certificate is listed next.
            self.threshold(named.name, into)
        return best.welfare, self.findings.gap(best)

    def _between(
        self, named: NamedLanguage, level: int | None, bracket: Bracket, into: dict[str, str]
    ) -> tuple[Quantity, Quantity]:
        """V and the gap between certified bounds."""
        levels, setting = self.numbers(level), self.findings.setting(named.name)
        best = self.findings.first_best().welfare
        suffix = "" if level is None else f" at lambda {', '.join(map(str, levels))}"
        sides: dict[str, Extended] = {"gap-at-least": Fraction(0), "gap-at-most": INFINITY}
        for id_, welfare, build, arguments in (
            ("gap-at-least", bracket.most, decide.bound_part, (setting, levels, bracket)),
            ("gap-at-most", bracket.welfare, decide.reached_part, (setting, bracket)),
        ):
            if isinstance(welfare, Fraction):
                name = id_.replace("-", "_") + suffix
                claim = {"id": id_, "holds": True, "value": str(best - welfare)}
                certified = self.findings.certify(setting, levels, claim, build, *arguments)
                if self.findings.note(into, name, certified):
                    sides[id_] = best - welfare
        low, high = sides["gap-at-least"], sides["gap-at-most"]
        least = best - high if isinstance(high, Fraction) else MINUS_INFINITY
        most = best - low if isinstance(low, Fraction) else best
        return Bounds(least, most), Bounds(low, high)

    def threshold(self, language: str | None, into: dict[str, str]) -> Quantity:
        """λ*(L), or the least λ without a contract."""
        least = self.findings.threshold(language)
        if isinstance(least, ThresholdBounds):
            return self._threshold_between(language, least, into)
        if isinstance(least, Unknown):
            return least
        if "prosocial_threshold" not in into:
            certified = self.findings.certify_threshold(self.findings.setting(language), least)
            if refusal := self.findings.noted(into, "prosocial_threshold", certified):
                return refusal
        return least.level

    def _threshold_between(
        self, language: str | None, bounds: ThresholdBounds, into: dict[str, str]
    ) -> Bounds | Unknown:
        """The least λ between certified bounds; unknown if there are none."""
        setting = self.findings.setting(language)
        low: Fraction = Fraction(0)
        high: Extended = INFINITY
        if bounds.reached is not None:
            claim = {"id": "threshold-at-most", "holds": True, "value": str(bounds.reached.level)}
            certified = self.findings.certify(
                setting, None, claim, decide.reached_part, setting, bounds.reached
            )
            if self.findings.note(into, "prosocial_threshold_at_most", certified):
                high = bounds.reached.level
        if bounds.low is not None and bounds.below is not None:
            claim = {"id": "threshold-at-most", "holds": False, "value": str(bounds.low)}
            certified = self.findings.certify(
                setting, None, claim, decide.exclusion_part, setting, bounds.low, bounds.below
            )
            if self.findings.note(into, "prosocial_threshold_at_least", certified):
                low = bounds.low
        known = low > 0 or isinstance(high, Fraction)
        return Bounds(low, high) if known else Unknown(bounds.reason)

    def correlated(self, named: NamedLanguage, into: dict[str, str]) -> tuple[Quantity, Quantity]:
        """The gap of correlated equilibria, and the gap that each of them leaves at least.

        The first is between bounds if no contract is certified to leave no more than the second.
        """
        finding = self.findings.correlated(named.name)
        if isinstance(finding, Unknown):
            return finding, finding
        setting, levels = self.findings.setting(named.name), self.selfish
        gap = self.findings.first_best().welfare - finding.bound
        name, id_, witness = "correlated_bound", "correlated-gap-at-least", finding.dual
        if finding.reached:
            name, id_ = "correlated_gap", "correlated-gap"
            witness = {**finding.dual, **finding.reached}
        if witness:
            claim = {"id": id_, "holds": True, "value": str(gap)}
            certified = self.findings.certify(setting, levels, claim, dict, witness)
            self.findings.note(into, name, certified)
        if "correlated_gap" in into:
            return gap, gap
        least = gap if gap == 0 or name in into else Fraction(0)
        return self._correlated_between(named, least, finding.bound, into), least

    def _correlated_between(
        self, named: NamedLanguage, least: Fraction, bound: Fraction, into: dict[str, str]
    ) -> Quantity:
        """The correlated gap between the least and what some contract is certified to leave."""
        play = self.findings.correlated_play(named.name, bound)
        most: Extended = INFINITY
        if not isinstance(play, Unknown):
            loss = rounded_up(self.findings.first_best().welfare - play.welfare)
            claim = {"id": "correlated-gap-at-most", "holds": True, "value": str(loss)}
            setting = self.findings.setting(named.name)
            certified = self.findings.certify(setting, self.selfish, claim, dict, play.witness)
            if self.findings.note(into, "correlated_gap_at_most", certified):
                most = loss
        return Bounds(least, most)

    def mechanism(self, named: NamedLanguage) -> Value[reports.MechanismPart]:
        """What mechanisms reach, where the specification asks for it."""
        if not (self.mechanisms or about_mechanisms(named, self.specification.questions)):
            return reports.NOT_ASKED
        # Lazily: few games are asked about mechanisms.
        from coopgap.proofs.deciding.mechanisms import mechanism_part

        value, _ = self.value(named, None, {})
        return mechanism_part(self.findings, named.name, self.selfish, value)

    def suffices(self, named: NamedLanguage) -> Value[bool]:
        """Whether some contract implements a first best."""
        answer, best = self.findings.value(named.name, self.selfish), self.findings.first_best()
        if isinstance(answer, Bracket) and answer.most < best.welfare:
            return False
        if isinstance(answer, Unknown):
            return answer
        return answer.welfare == best.welfare

    def directives(self, named: NamedLanguage) -> tuple[Quantity, Value[reports.Profiles]]:
        """Δ_D under complete directives and the incontractible cells (T2)."""
        language = named.language
        assert isinstance(language, ProductLanguage)
        question = Valued(Setting(self.names, language, Directives()), self.selfish)
        best = self.findings.run(f"directives of {named.name}", decide.ask, question)
        cells = tuple(
            tuple(self.names.states[state] for state in cell)
            for cell in incontractible_cells(self.names, language)
        )
        if isinstance(best, Unknown):
            return best, cells
        assert isinstance(best, BestSelection)
        if not isinstance(best.welfare, Fraction):
            return NO_SELECTION, cells
        return self.findings.gap(best), cells

    def reached(
        self, named: NamedLanguage
    ) -> tuple[Value[reports.Selection], reports.Contract, reports.Directive]:
        """A selection that reaches the value, and the transfers or the directive by which."""
        answer = self.findings.value(named.name, self.selfish)
        if isinstance(answer, Unknown) or answer.best is None:
            missing = answer if isinstance(answer, Unknown) else NO_SELECTION
            return missing, missing, missing
        selection = self._selected(answer.best.selection)
        if not isinstance(named.contracts, Transfers):
            return selection, Absent("it is a directive"), self._directive(named, answer.best)
        contract = tuple(
            reports.RecordPart(
                describe_record(named.language, self.names, record),
                dict(zip(self.names.players, paid, strict=True)),
            )
            for record, paid in sorted(answer.best.contract.amounts().items())
        )
        return selection, contract, Absent("the contract pays transfers")

    def _directive(self, named: NamedLanguage, best: Reached) -> reports.Directive:
        """For each cell the classes that its play uses."""
        language, game = named.language, self.names
        assert isinstance(language, ProductLanguage)
        directive = prescribed(language, best)
        cells: dict[int, list[int]] = {}
        for state in best.selection:
            cells.setdefault(language.cells[state], []).append(state)
        return tuple(
            reports.cell_part(game, states, partial(directive.permits, states[0]))
            for states in cells.values()
        )

    def worst(self, named: NamedLanguage) -> tuple[Quantity, Quantity]:
        """V and the gap if agents play the worst pure equilibria under the contract reached."""
        answer = self.findings.value(named.name, self.selfish)
        if isinstance(answer, Unknown):
            return answer, answer
        if answer.best is None:
            return NO_SELECTION, NO_SELECTION
        if isinstance(named.contracts, Transfers):
            amounts = answer.best.contract.amounts()
            stable = under_transfers(self.names, named.language, amounts)
        else:
            assert isinstance(named.language, ProductLanguage)
            stable = under_directive(self.names, prescribed(named.language, answer.best))
        extremes = best_and_worst(self.names, stable)
        assert extremes is not None, "the selection is an equilibrium"
        return extremes[1], self.findings.first_best().welfare - extremes[1]

    def basis(self, named: NamedLanguage) -> Absent:
        """What must hold for a contract to suffice."""
        return Absent("there are no parameters")

    def obstruction(self, named: NamedLanguage) -> Value[reports.ObstructionPart]:
        """The first obstruction to a first-best selection, or else to any better one."""
        best, answer = self.findings.first_best(), self.findings.value(named.name, self.selfish)
        if isinstance(answer, Unknown):
            return answer
        if answer.cases and answer.welfare != best.welfare:
            return Absent("contracts are excluded case by case, by many obstructions")
        if not answer.obstructions or answer.welfare == best.welfare:
            return Absent("no obstruction is needed")

        def about_first_best(obstruction: Obstruction) -> bool:
            return all(profile in best.profiles[s] for s, profile in obstruction.part.items())

        chosen = next(filter(about_first_best, answer.obstructions), answer.obstructions[0])
        setting = self.findings.setting(named.name)
        return describe(setting, self.selfish, chosen, len(answer.obstructions))

    # Claims

    def incontractible(self, named: NamedLanguage, cells: Value[reports.Profiles]) -> bool:
        """Whether the language has incontractible cells."""
        language = named.language
        return isinstance(language, ProductLanguage) and bool(
            incontractible_cells(self.names, language)
        )

    def correlated_positive(self, named: NamedLanguage) -> bool:
        """Whether the gap of correlated equilibria is positive."""
        finding = self.findings.correlated(named.name)
        return not isinstance(finding, Unknown) and bool(
            finding.bound < self.findings.first_best().welfare
        )

    def settled(self, question: Question | FamilyQuestion) -> Settled:
        """What becomes of a claim. Raises InputError for one that the game cannot bear."""
        assert isinstance(question, Question)
        return GameClaim(self.findings, question).verdict()

    def claim(self, question: Question | FamilyQuestion) -> tuple[JsonObject, Problem]:
        """The fields of a claim as certificates carry them, and the problem that it is about."""
        assert isinstance(question, Question)
        claim = GameClaim(self.findings, question)
        return claim.fields, claim.problem
