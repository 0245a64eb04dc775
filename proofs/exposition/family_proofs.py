"""What the certificates of a family show, case by case: gaps, correlated gaps and thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from proofs.exposition import games
from proofs.exposition.cases import Tell, steps
from proofs.exposition.correlated import correlated
from proofs.exposition.documents import Block, Code, Display, Inline, Items, said
from proofs.exposition.formulas import Formula, Label, Ratio, Scripted, Sign, Symbol, broken, row
from proofs.exposition.obstructions import (
    REASONS,
    WITHIN,
    Deviation,
    Strength,
    bounded,
    constraint,
    deviations,
    fines,
    prescribed,
    unranked,
)
from proofs.exposition.prose import by_state, counted, play
from proofs.exposition.sources import Place, looked_up, summed
from proofs.polynomials import decoded
from theory.environments import Environment
from theory.specification import NamedLanguage

WRITTEN = 6
"""How many obstructions of a case are written out."""

WHOLE = {"1": "1"}


@dataclass(frozen=True)
class Proven:
    """A certificate about a family's game: with a language and what the report says of its class
    of contracts, or about play alone."""

    environment: Environment
    support: Sequence[int]
    named: NamedLanguage | None
    contracts: Place | None
    certificate: Place
    assumptions: Sequence[str]

    def gap(self) -> Iterator[Block]:
        """The proof of a gap."""
        return self._steps("gap", self._gap)

    def correlated_gap(self) -> Iterator[Block]:
        """The proof of a correlated gap."""
        return self._steps("correlated gap", self._correlated)

    def threshold(self) -> Iterator[Block]:
        """The proof of a threshold."""
        return self._steps("threshold", self._threshold)

    def _steps(self, what: str, tell: Tell) -> Iterator[Block]:
        sha = self.certificate.pointer.rpartition("/")[2]
        yield said("This is the certificate ", Code(sha[:12]), f" of the {what}.")
        yield from steps(self.certificate, self.assumptions, tell)

    # What one case shows

    def _gap(self, case: Place, piece: Place) -> Iterator[Block]:
        witness = case["witness"]
        gap = row(Symbol("gap"), "=", ratio(piece["value"]))
        if "cover" not in witness.value:
            yield said("Here ", gap, ": all directives are tried.")
            return
        listed = list(witness["cover"]["obstructions"])
        if "contract" in witness.value:
            yield said(
                "Here ",
                gap,
                ": ",
                *self._played(case),
                " is implementable, since all minimal obstructions to it, listed by elimination, "
                "fail.",
            )
        if listed:
            yield said(
                "Nothing better is implementable:"
                if "contract" in witness.value
                else "Nothing is implementable:"
            )
            yield from self._written(listed, self._excluded)
        elif piece["value"].value == "0":
            yield said("No play has more welfare than a first best.")

    def _correlated(self, case: Place, piece: Place) -> Iterator[Block]:
        witness = case["witness"]
        gap = row(Scripted(Symbol("gap"), above=Label("ce")), "=", ratio(piece["value"]))
        if "dual" not in witness.value and "primal" not in witness.value:
            yield said(
                "Here ",
                gap,
                ": ",
                *self._played(case),
                " is implementable in pure strategies already, since all minimal obstructions to "
                "it, listed by elimination, fail.",
            )
            return
        assert self.named is not None
        best = Scripted(Symbol("welfare"), above=Sign("*"))
        bound = row(best, "−", Scripted(Symbol("gap"), above=Label("ce")))
        yield from correlated(self.environment, self.support, self.named, gap, bound, witness)

    def _threshold(self, case: Place, piece: Place) -> Iterator[Block]:
        witness = case["witness"]
        least = Scripted(Symbol("prosociality"), above=Sign("*"))
        start: list[Inline] = ["Here ", row(least, "=", ratio(piece["value"]))]
        if "contract" in witness.value:
            selfish = piece["value"].value == "0"
            where = "for selfish agents" if selfish else "from this weight on"
            shown = (
                f" is an equilibrium {where}, as a comparison with every deviation shows."
                if self.named is None
                else f" is implementable {where}, since all minimal obstructions to it, listed by "
                "elimination, fail."
            )
            yield said(*start, ": ", *self._played(case), shown)
            start = ["Below it no first best is:"]
        else:
            start = [*start, ", since at no weight a first best is:"]
        if "cover" in witness.value:
            yield said(*start)
            language = None if self.named is None else self.named.language
            yield from self._written(
                list(witness["cover"]["obstructions"]),
                lambda each: bounded(
                    self.environment, language, each, self._strength(each, case["point"])
                ),
            )

    # Parts

    def _played(self, case: Place) -> list[Inline]:
        """What is played in a case, by state of positive probability there."""
        environment = self.environment
        prior = self.certificate["data"]["game"]["prior"].value
        support = [s for s, (above, _) in enumerate(prior) if self._at(above, case["point"]) != 0]
        listed = case["witness"]["contract"]["selection"].value
        return by_state(
            [
                (environment.states[s], [play(environment.labels(unranked(environment, place)))])
                for s, place in zip(support, listed, strict=True)
            ]
        )

    def _at(self, polynomial: Any, point: Place) -> Fraction:
        index = {name: k for k, name in enumerate(self.certificate["data"]["parameters"].value)}
        return decoded(polynomial, index).at([Fraction(each) for each in point.value])

    def _written(
        self, listed: list[Place], tell: Callable[[Place], Iterator[Block]]
    ) -> Iterator[Block]:
        yield Items(tuple(tuple(tell(each)) for each in listed[:WRITTEN]))
        if len(listed) > WRITTEN:
            yield said(
                f"The certificate holds {counted(len(listed) - WRITTEN, 'more obstruction')}."
            )

    def _excluded(self, obstruction: Place) -> Iterator[Block]:
        """That a part of a selection is not implementable."""
        assert self.named is not None
        yield said(
            "If a contract made agents play ",
            *prescribed(self.environment, obstruction),
            ", it would satisfy:",
        )
        found = deviations(self.environment, obstruction)
        yield Display(
            tuple(
                line
                for each in found
                for line in broken(constraint(self.environment, self.named.language, each))
            )
        )
        levels = self.certificate["data"]["prosociality"].value
        selfish = levels is not None and all(above == {} for above, _ in levels)
        left = self._gains(obstruction, found) if selfish else None
        reason = REASONS.get(obstruction["kind"].text)
        start = (
            f"{WITHIN}, what remains is " if reason is None else f"{reason}, and what remains is "
        )
        if left is None:
            yield said("The right sides sum to more than the left ones can: a contradiction.")
        else:
            yield said(
                start,
                row("0", "≥", summed(left, self.certificate)),
                ", which is positive: a contradiction.",
            )

    def _strength(self, obstruction: Place, point: Place) -> Strength | None:
        """What an obstruction asks of λ, where payoffs are polynomials."""
        found = deviations(self.environment, obstruction)
        gain, lost = self._gains(obstruction, found), self._losses(found)
        if gain is None or lost is None:
            return None
        deters = self._at(looked_up(self.certificate.root, lost), point) > 0
        return Strength(
            summed(gain, self.certificate), summed(lost, self.certificate) if deters else None
        )

    def _gains(self, obstruction: Place, found: Sequence[Deviation]) -> str | None:
        """Where the weighted gains stand, less what fines make good; None where a payoff is no
        polynomial."""
        total = self._sum(
            [(each.agent, each.state, each.moved, each.played, each.weight) for each in found]
        )
        if total is None or self.named is None or obstruction["kind"].text in REASONS:
            return total
        assert self.contracts is not None
        paid = fines(self.environment, self.named.language, found, self.contracts)
        return f"-({total} {paid.pointer})"

    def _losses(self, found: Sequence[Deviation]) -> str | None:
        """Where the weighted losses of welfare stand."""
        agents = range(len(self.environment.players))
        return self._sum(
            [
                (agent, each.state, each.played, each.moved, each.weight)
                for each in found
                for agent in agents
            ]
        )

    def _sum(
        self, differences: Sequence[tuple[int, int, tuple[int, ...], tuple[int, ...], Place]]
    ) -> str | None:
        payoffs = self.certificate["data"]["game"]["payoffs"]
        origins = []
        for agent, state, one, other, weight in differences:
            high, low = (
                payoffs[agent][state][games.position(self.environment, profile)]
                for profile in (one, other)
            )
            if high[1].value != WHOLE or low[1].value != WHOLE:
                return None
            origins.append(f"*(-({high[0].pointer} {low[0].pointer}) {weight.pointer})")
        return f"+({' '.join(origins)})"


def ratio(place: Place) -> Formula:
    """A number of a claim, or a fraction of polynomials."""
    if isinstance(place.value, str):
        return place.formula
    above, below = place
    if below.value == WHOLE:
        return above.polynomial
    return Ratio(above.polynomial, below.polynomial)
