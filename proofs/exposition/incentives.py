"""A step of a bound on mechanisms: its rows, and what is left of their sum after each report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from coopgap.proofs.exposition.documents import Inline
from coopgap.proofs.exposition.obstructions import moved, unranked
from coopgap.proofs.exposition.prose import play, series
from coopgap.proofs.exposition.sources import Place, derived
from coopgap.proofs.questions.obligations import flat_profile
from coopgap.theory.environments import Environment
from coopgap.theory.languages import Language, record_of

Reports = tuple[int, ...]

Cells = Sequence[Sequence[int]]
"""For each agent and state the number of the cell that the agent sees."""

WRITTEN = 60
"""How many rows are added up in the text."""


@dataclass(frozen=True)
class Incentive:
    """An agent that sees one cell and reports a cell does not gain by an action it is not told."""

    agent: int
    types: tuple[int, int]
    recommended: int
    action: int
    multiplier: Place

    @property
    def honest(self) -> bool:
        """Whether the report is true."""
        return self.types[0] == self.types[1]


@dataclass
class _Terms:
    """A sum of products of numbers of the sources, some subtracted."""

    added: list[Place] = field(default_factory=list)
    subtracted: list[Place] = field(default_factory=list)

    @property
    def number(self) -> Fraction:
        return sum((p.number for p in self.added), Fraction(0)) - sum(
            p.number for p in self.subtracted
        )

    def put(self, place: Place, *, minus: bool = False) -> None:
        (self.subtracted if minus else self.added).append(place)

    def place(self) -> Place:
        zero = Place("0", "=0")
        added, subtracted = (
            derived("+", *places) if places else zero for places in (self.added, self.subtracted)
        )
        return derived("-", added, subtracted) if self.subtracted else added


Draws = dict[tuple[Reports, int], _Terms]
"""By reports and profile what is left of the probability of recommending it."""

Payments = dict[tuple[Reports, int, int], list[_Terms]]
"""By reports, profile and record what is left of what is paid to each agent."""

Remainder = tuple[Reports, tuple[str, ...], Inline]
"""Reports, the profile after them of which most is left, and how much."""


@dataclass(frozen=True)
class Step:
    """One step of a certificate's bound.

    listed: all its steps, of which this is the one at ``at``. cells: what agents see.
    """

    environment: Environment
    language: Language
    contracts: Place
    game: Place
    cells: Cells
    listed: Sequence[Place]
    at: int

    @property
    def _step(self) -> Place:
        return self.listed[self.at]

    def aims(self) -> list[Inline]:
        """The recommendations that the step excludes."""
        return series(
            [
                [
                    play(self.environment.labels(unranked(self.environment, profile))),
                    *(
                        [" after ", reports_name(self.environment, self.cells, tuple(reports))]
                        if len(self.environment.support) > 1
                        else []
                    ),
                ]
                for reports, profile in self._step["aim"].value
            ]
        )

    def incentives(self) -> list[Incentive]:
        """The rows of honesty and obedience."""
        scale = self._step["denominator"]
        return [
            Incentive(
                entry.value[0],
                (entry.value[1], entry.value[2]),
                entry.value[3],
                entry.value[4],
                derived(":", entry[5], scale),
            )
            for entry in self._step["incentives"]
        ]

    def participation(self) -> list[tuple[int, int, Place]]:
        """The rows of participation: agent, what it sees, multiplier."""
        scale = self._step["denominator"]
        listed = list(self._step["participation"])
        return [(e.value[0], e.value[1], derived(":", e[2], scale)) for e in listed]

    # The sum

    def remainders(self) -> tuple[list[Remainder], Place | None] | None:
        """What is left of the sum after each profile of reports, at the largest; and outside.

        None if there are too many rows to write the sum out.
        """
        if len(self._step["incentives"]) > WRITTEN:
            return None
        draws, payments, constant = self._summed()
        unused = {
            (tuple(reports), profile)
            for step in self.listed[: self.at]
            for reports, profile in step["aim"].value
        }
        self._add_fines(draws, payments, unused)
        largest: dict[Reports, tuple[int, _Terms]] = {}
        for (reports, profile), terms in sorted(draws.items()):
            least = reports not in largest or terms.number > largest[reports][1].number
            if (reports, profile) not in unused and least:
                largest[reports] = profile, terms
        rows: list[Remainder] = []
        for reports, (profile, terms) in largest.items():
            labels = self.environment.labels(unranked(self.environment, profile))
            rows.append((reports, labels, terms.place().formula))
        return rows, constant.place() if constant.number else None

    def _summed(self) -> tuple[Draws, Payments, _Terms]:
        count = len(self.game["welfare"].value[0])
        draws, payments, constant = Draws(), Payments(), _Terms()

        def pay(
            draw: tuple[Reports, int],
            agent: int,
            weight: Place,
            state: int,
            profile: int,
            *,
            minus: bool = False,
        ) -> None:
            worth = derived("*", weight, self.game["payoffs"][agent][state][profile])
            draws.setdefault(draw, _Terms()).put(worth, minus=minus)
            record = record_of(self.language, state, unranked(self.environment, profile))
            row = payments.setdefault((*draw, record), [_Terms() for _ in self.environment.players])
            row[agent].put(weight, minus=minus)

        for state in self.environment.support:
            reports, prior = self._truth(state), self.game["prior"][state]
            for profile in range(count):
                terms = draws.setdefault((reports, profile), _Terms())
                if self._step["aim"].value == "welfare":
                    terms.put(derived("*", prior, self.game["welfare"][state][profile]))
        for incentive in self.incentives():
            agent = incentive.agent
            for state in self._states(agent, incentive.types[0]):
                weight = derived("*", incentive.multiplier, self.game["prior"][state])
                truth = self._truth(state)
                misreport = (*truth[:agent], incentive.types[1], *truth[agent + 1 :])
                for profile in range(count):
                    played = unranked(self.environment, profile)
                    if played[agent] == incentive.recommended:
                        after = moved(played, agent, incentive.action)
                        deviation = flat_profile(self.environment, after)
                        pay((truth, profile), agent, weight, state, profile)
                        pay((misreport, profile), agent, weight, state, deviation, minus=True)
        for agent, cell, multiplier in self.participation():
            option = self.contracts["participation"][self.environment.players[agent]]
            for state in self._states(agent, cell):
                weight = derived("*", multiplier, self.game["prior"][state])
                constant.put(derived("*", weight, option), minus=True)
                for profile in range(count):
                    pay((self._truth(state), profile), agent, weight, state, profile)
        return draws, payments, constant

    def _add_fines(
        self, draws: Draws, payments: Payments, unused: set[tuple[Reports, int]]
    ) -> None:
        """Adds what fines within the bound make good where payments do not cancel."""
        if self.contracts["liability"].value in (None, "none"):
            return
        for (reports, profile, _), own in payments.items():
            if (reports, profile) in unused:
                continue
            zero = _Terms()
            common = {"balanced": [*own], "burnt": [zero, *own], "free": [zero]}
            top = max(common[self.contracts["budget"].text], key=lambda terms: terms.number)
            for terms in own:
                if top.number != terms.number:
                    rest = derived("-", top.place(), terms.place())
                    fine = derived("*", rest, self.contracts["liability"])
                    draws.setdefault((reports, profile), _Terms()).put(fine)

    def _truth(self, state: int) -> Reports:
        return tuple(own[state] for own in self.cells)

    def _states(self, agent: int, cell: int) -> Iterator[int]:
        return (s for s in self.environment.support if self.cells[agent][s] == cell)


def cell_name(environment: Environment, cells: Cells, agent: int, cell: int) -> str:
    """What an agent sees, by the states of positive probability in its cell."""
    return "|".join(environment.states[s] for s in environment.support if cells[agent][s] == cell)


def reports_name(environment: Environment, cells: Cells, reports: Sequence[int]) -> str:
    """What all agents report."""
    return ", ".join(
        cell_name(environment, cells, agent, cell) for agent, cell in enumerate(reports)
    )
