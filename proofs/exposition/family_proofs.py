"""What the certificates of a family show, case by case: gaps, correlated gaps and thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from coopgap.proofs.exposition.cases import CASES, FACTS, Tell, steps
from coopgap.proofs.exposition.correlated import correlated
from coopgap.proofs.exposition.documents import Block, Code, Inline, prose
from coopgap.proofs.exposition.formulas import (
    BEST,
    CORRELATED_GAP,
    THRESHOLD,
    Formula,
    Ratio,
    Symbol,
    row,
)
from coopgap.proofs.exposition.obstructions import (
    WITHIN,
    Obstruction,
    Strength,
    first_ones,
    misdirected,
    unranked,
)
from coopgap.proofs.exposition.prose import by_state, counted, play
from coopgap.proofs.exposition.sources import Place, looked_up, summed
from coopgap.proofs.questions.obligations import flat_profile
from coopgap.theory.environments import Environment
from coopgap.theory.specification import FamilySpecification, NamedLanguage

WRITTEN = 6
"""How many obstructions of a case are written out."""


@dataclass(frozen=True)
class Proven:
    """A certificate about a family's game, with a language and its contracts or of play alone.

    cases, facts: how many cases, and comparisons of each, are written out.
    """

    environment: Environment
    support: Sequence[int]
    named: NamedLanguage | None
    contracts: Place | None
    certificate: Place
    cases: int = CASES
    facts: int = FACTS

    def gap(self) -> Iterator[Block]:
        """The proof of a gap."""
        return self._steps("gap", self._gap)

    def correlated_gap(self) -> Iterator[Block]:
        """The proof of a correlated gap."""
        return self._steps("correlated gap", self._correlated)

    def threshold(self) -> Iterator[Block]:
        """The proof of a threshold."""
        return self._steps("threshold", self._threshold)

    def _steps(self, quantity: str, tell: Tell) -> Iterator[Block]:
        sha = self.certificate.pointer.rpartition("/")[2]
        yield prose("This is the certificate {} of the {}.", Code(sha[:12]), quantity)
        yield from steps(self.certificate, tell, self.cases, self.facts)

    # What one case shows

    def _gap(self, case: Place, piece: Place) -> Iterator[Block]:
        witness = case["witness"]
        gap = row(Symbol("gap"), "=", ratio(piece["value"]))
        listed = list(witness["bound"]["obstructions"]) if "bound" in witness.value else []
        if "reached" in witness.value:
            yield prose(
                "Here {}: {} is implementable{}.", gap, self._played(case), self._evidence()
            )
        if listed and self.contracts is not None and self._directed:
            yield prose(
                "The certificate excludes every selection of larger welfare: {}",
                misdirected(self.contracts, "it"),
            )
        elif listed and "strategies" in listed[0].value:
            yield _excluding(listed, "Nothing better is an equilibrium")
        elif listed:
            yield prose(
                "Nothing better is implementable:"
                if "reached" in witness.value
                else "Nothing is implementable:"
            )
            yield from first_ones(listed, self._excluded, numbered=False, most=WRITTEN)
        elif piece["value"].value == "0":
            yield prose("No play has more welfare than a first best.")

    def _correlated(self, case: Place, piece: Place) -> Iterator[Block]:
        witness = case["witness"]
        gap = row(CORRELATED_GAP, "=", ratio(piece["value"]))
        if "bound" not in witness.value and "selection" in witness["reached"].value:
            yield prose(
                "Here {}: {} is implementable in pure strategies already{}.",
                gap,
                self._played(case),
                self._evidence(),
            )
            return
        assert self.named is not None
        bound = row(BEST, "−", CORRELATED_GAP)
        yield from correlated(self.environment, self.support, self.named, gap, bound, witness)

    def _threshold(self, case: Place, piece: Place) -> Iterator[Block]:
        witness = case["witness"]
        start: list[Inline] = ["Here ", row(THRESHOLD, "=", ratio(piece["value"]))]
        if "reached" in witness.value:
            selfish = piece["value"].value == "0"
            where = "for selfish agents" if selfish else "from this weight on"
            evidence = f"is implementable {where}{self._evidence()}"
            if self.named is None:
                evidence = f"is an equilibrium {where}, as a comparison with every deviation shows"
            yield prose("{}: {} {}.", start, self._played(case), evidence)
            start = ["Below it no first best is"]
        else:
            start = [*start, ", since at no weight a first best is"]
        if "below" in witness.value and self.contracts is not None and self._directed:
            yield prose("{}: {}", start, misdirected(self.contracts, "one"))
        elif "below" in witness.value and self._private:
            yield _excluding(list(witness["below"]["obstructions"]), *start)
        elif "below" in witness.value:
            yield prose("{}:", start)

            def tell(place: Place) -> Iterator[Block]:
                obstruction = self._obstruction(place)
                return obstruction.bounded(self._strength(obstruction, case["point"]))

            listed = list(witness["below"]["obstructions"])
            yield from first_ones(listed, tell, numbered=False, most=WRITTEN)

    # Parts

    @property
    def _directed(self) -> bool:
        return self.contracts is not None and self.contracts["kind"].value == "directive"

    def _obstruction(self, place: Place) -> Obstruction:
        language = None if self.named is None else self.named.language
        return Obstruction(self.environment, language, place)

    @property
    def _private(self) -> bool:
        return "mechanism" in self.certificate["data"].value

    def _played(self, case: Place) -> list[Inline]:
        """What is played in a case, by state of positive probability there."""
        if self._private:
            return ["what the strategies of the certificate play"]
        environment = self.environment
        prior = self.certificate["data"]["game"]["prior"].value
        support = [s for s, weight in enumerate(prior) if self._at(weight, case["point"]) != 0]
        listed = case["witness"]["reached"]["selection"].value
        return by_state(
            [
                (environment.states[s], [play(environment.labels(unranked(environment, place)))])
                for s, place in zip(support, listed, strict=True)
            ]
        )

    def _evidence(self) -> str:
        """How a certificate shows that something is implementable."""
        if self._directed:
            return " by the directive that allows what is played, as a comparison shows"
        return " by the transfers of the certificate, as a comparison with every deviation shows"

    def _at(self, value: Any, point: Place) -> Fraction:
        names = self.certificate["data"]["parameters"].value
        at = {"1": Fraction(1)} | dict(zip(names, map(Fraction, point.value), strict=True))
        terms = value if isinstance(value, dict) else {"1": value}
        products = (Fraction(c) * prod(at[n] for n in m.split("*")) for m, c in terms.items())
        return sum(products, Fraction(0))

    def _excluded(self, place: Place) -> Iterator[Block]:
        """That a part of a selection is not implementable."""
        obstruction = self._obstruction(place)
        selection = obstruction.prescribed()
        yield prose("If a contract made agents play {}, it would satisfy:", selection)
        yield obstruction.constraints()
        levels = self.certificate["data"]["prosociality"].value
        selfish = levels is not None and not any(levels["levels"])
        remainder = self._gains(obstruction) if selfish else None
        if remainder is None:
            yield prose("The right sides sum to more than the left ones can: a contradiction.")
        else:
            yield prose(
                "{}, {}what remains is {}, which is positive: a contradiction.",
                obstruction.reason or WITHIN,
                "and " if obstruction.reason else "",
                row("0", "≥", summed(remainder, self.certificate)),
            )

    def _strength(self, obstruction: Obstruction, point: Place) -> Strength | None:
        """What an obstruction asks of λ, where payoffs are polynomials."""
        gain, lost = self._gains(obstruction), self._losses(obstruction)
        if gain is None or lost is None:
            return None
        deters = self._at(looked_up(self.certificate.root, lost), point) > 0
        return Strength(
            summed(gain, self.certificate), summed(lost, self.certificate) if deters else None
        )

    def _gains(self, obstruction: Obstruction) -> str | None:
        """Where the weighted gains stand, less what fines make good.

        None where a payoff is no polynomial, or fines are bounded by an expression.
        """
        total = self._sum(
            [(e.agent, e.state, e.moved, e.played, e.weight) for e in obstruction.deviations]
        )
        if total is None or obstruction.reason is not None:
            return total
        assert self.contracts is not None
        if not isinstance(self.certificate["data"]["contracts"]["liability"].value, str | None):
            return None
        return f"-({total} {obstruction.fines(self.contracts).pointer})"

    def _losses(self, obstruction: Obstruction) -> str | None:
        """Where the weighted losses of welfare stand."""
        agents = range(len(self.environment.players))
        return self._sum(
            [
                (agent, deviation.state, deviation.played, deviation.moved, deviation.weight)
                for deviation in obstruction.deviations
                for agent in agents
            ]
        )

    def _sum(
        self, differences: Sequence[tuple[int, int, tuple[int, ...], tuple[int, ...], Place]]
    ) -> str | None:
        game = self.certificate["data"]["game"]
        if not isinstance(game["denominator"].value, int):
            return None
        origins = []
        for agent, state, first, second, weight in differences:
            high, low = (
                game["payoffs"][agent][state][flat_profile(self.environment, profile)]
                for profile in (first, second)
            )
            origins.append(f"*(-({high.pointer} {low.pointer}) {weight.pointer})")
        return f":(+({' '.join(origins)}) {game['denominator'].pointer})"


def proven(
    specification: FamilySpecification,
    named: NamedLanguage | None,
    part: Place,
    certificate: Place,
    cases: int = CASES,
    facts: int = FACTS,
) -> Proven:
    """What a certificate shows of a language, or of play without a contract."""
    family, contracts = specification.family, None if named is None else part["contracts"]
    return Proven(family.skeleton, family.support, named, contracts, certificate, cases, facts)


def _excluding(listed: Sequence[Place], *start: Inline) -> Block:
    """How better strategies are excluded."""
    count = counted(len(listed), "combination")
    return prose(
        "{}: the certificate excludes the others by {} of deviations of strategies that no "
        "contract deters all at once.",
        start,
        count,
    )


def ratio(place: Place) -> Formula:
    """A number of a claim, or a fraction of polynomials."""
    if isinstance(place.value, str):
        return place.formula
    above, below = place
    if below.value == 1:
        return above.polynomial
    return Ratio(above.polynomial, below.polynomial)
