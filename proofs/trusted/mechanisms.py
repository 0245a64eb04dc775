"""What mechanisms reach, and what none does (theory.md T10).

Agents report the cell of the state that they see, a mediator draws recommendations, agents act, and
payments depend on reports, recommendations and the record. Nothing is lost by honest reports and
obedient play. Of a draw r after reports m the mechanism has the probability μ(r|m) and, for each
record y, the payments T_i(m, r, y) = μ(r|m) · t_i. All rules are linear in μ and T.

* Existence: a point of these rules, whose payments vanish where nothing is drawn.
* Impossibility: multipliers on reports and deviations in which all payments cancel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coopgap.proofs.trusted.contracts import fines_needed, payments_of, spend_product
from coopgap.proofs.trusted.documents import fields, integer, listing, require
from coopgap.proofs.trusted.interim import types_of
from coopgap.proofs.trusted.polynomials import Number, Ratio, number
from coopgap.proofs.trusted.problems import Case

Reports = tuple[int, ...]
"""The cell that each agent reports."""

Drawn = tuple[Reports, int]
"""Reports, and the profile recommended after them."""

Play = tuple[int, int]
"""A state and a profile."""


@dataclass(frozen=True)
class Point:
    """μ over ``total`` and T over ``total`` × ``denominator``, by reports.

    For each profile that may be drawn its weight and its payments: by record, one for each agent.
    """

    total: Number
    denominator: Number
    reports: Mapping[Reports, Mapping[int, tuple[Number, Mapping[int, Sequence[Number]]]]]


class Society:
    """The agents of a case with what they see, and the numbers of a witness about them."""

    def __init__(self, case: Case) -> None:
        assert case.plays.problem.mechanism is not None
        (self.end,), self.case, self.plays = case.ends, case, case.plays
        self.cells, options = case.plays.problem.mechanism
        self.unit = case.plays.unit * self.end.scale
        self.types: list[dict[int, list[int]]] = [{} for _ in self.cells]
        for (agent, cell), states in types_of(case).items():
            self.types[agent][cell] = states
        self.options = None if options is None else self._over_common(options)

    def _over_common(self, options: Sequence[Ratio]) -> tuple[Sequence[Number], Number]:
        """The outside options as numerators, and the product of all denominators."""
        positive = all(self.case.known.holds(below, ">") for _, below in options)
        require(positive, "what a number is over is not positive")
        terms, common = [above for above, _ in options], 1
        for place, (_, below) in enumerate(options):
            spend_product(self.case, common, below, len(options))
            self.case.budget.spend(len(options))
            terms = [term if k == place else term * below for k, term in enumerate(terms)]
            common = common * below
        return terms, common

    def number(self, value: Any, relation: str = "") -> Number:
        """A number of the witness, known to stand in the relation to 0 if one is given."""
        self.case.budget.spend()
        read = number(value, self.plays.problem.index, self.case.budget)
        known = not relation or self.case.known.holds(read, relation)
        require(known, "a number of the witness has the wrong sign")
        return read

    def reports(self, value: Any) -> Reports:
        """Reports of the witness."""
        self.case.budget.spend(len(self.cells))
        listed = listing(value, len(self.cells))
        return tuple(integer(cell, 0, self.plays.states) for cell in listed)

    def truth(self, state: int) -> Reports:
        """The honest reports in a state."""
        self.case.budget.spend(len(self.cells))
        return tuple(own[state] for own in self.cells)

    def misreports(self, state: int, agent: int, report: int) -> Reports:
        """The reports in a state if all are honest but perhaps one agent."""
        truth = self.truth(state)
        return (*truth[:agent], report, *truth[agent + 1 :])

    def utility(self, agent: int, state: int, profile: int) -> Number:
        """u_i + λ_i W, over ``unit``."""
        own = self.plays.game.payoffs[agent][state][profile]
        return self.end.pull(agent, own, -self.plays.welfare(state, profile))

    def option(self, agent: int) -> Ratio:
        """o_i + λ_i Σ_j o_j: what the agent gets if it refuses, over ``unit``."""
        require(self.options is not None, "nobody may refuse")
        terms, common = self.options or ((), 1)
        self.case.budget.spend(len(terms))
        return self.end.pull(agent, terms[agent], -sum(terms)) * self.plays.unit, common

    def weight(self, agent: int, cell: int) -> Number:
        """The weight of the states that an agent sees as the cell."""
        return sum(self.plays.game.prior[state] for state in self.types[agent][cell])


# --- existence ------------------------------------------------------------------------------------


def reached(case: Case, alone: bool = False) -> Ratio:
    """The welfare over mass that mechanisms reach or approach, by the points of the witness.

    Raises Rejected unless each point is feasible, and has payments only where some point draws: a
    mixture of all, close to the first, is then a mechanism. ``alone``: there must be one point.
    """
    (listed,) = fields(case.witness, "the witness", "points")
    society = Society(case)
    points = [_point(society, value) for value in listing(listed, 1 if alone else None)]
    drawn = {
        (reports, profile)
        for point in points
        for reports, draws in point.reports.items()
        for profile, (weight, _) in draws.items()
        if case.known.holds(weight, ">")
    }
    for point in points:
        for reports, draws in point.reports.items():
            paying = [profile for profile, (_, paid) in draws.items() if paid]
            shown = all((reports, profile) in drawn for profile in paying)
            require(shown, "a payment follows what is never recommended")
        for agent in case.plays.agents:
            _require_honest(society, point, agent)
    first, welfare = points[0], case.plays.welfare
    worth: Number = 0
    for state in case.support:
        draws = first.reports[society.truth(state)]
        expected = sum(weight * welfare(state, a) for a, (weight, _) in draws.items())
        worth = worth + case.plays.game.prior[state] * expected
    return worth, first.total


def _point(society: Society, value: Any) -> Point:
    total, denominator, listed = fields(value, "a point", "total", "denominator", "reports")
    scale = society.number(denominator, ">")
    by_reports: dict[Reports, dict[int, tuple[Number, Mapping[int, Sequence[Number]]]]] = {}
    point = Point(society.number(total, ">"), scale, by_reports)
    for entry in listing(listed):
        cells, draws = listing(entry, 2)
        reports = society.reports(cells)
        require(reports not in by_reports, "reports are listed twice")
        by_reports[reports] = {}
        for draw in listing(draws):
            profile, weight, paid = listing(draw, 3)
            require(profile not in by_reports[reports], "a profile is drawn twice")
            chance = society.number(weight, ">=")
            payments = payments_of(society.case, paid, chance * scale, society.number)
            by_reports[reports][integer(profile, 0, society.plays.profiles)] = chance, payments
        missing = point.total - sum(chance for chance, _ in by_reports[reports].values())
        require(society.case.known.holds(missing, "=="), "weights do not add up to the total")
    return point


def _require_honest(society: Society, point: Point, agent: int) -> None:
    """Raises Rejected unless honesty and obedience are best for the agent, and it takes part.

    After a false report it may follow any map from its own recommendation to actions.
    """
    known = society.case.known
    for cell, states in society.types[agent].items():
        honest = _rows(society, point, agent, states, cell)
        loyal = {a: row[a] for a, row in honest.items()}
        obeys = all(known.holds(loyal[a] - u, ">=") for a, row in honest.items() for u in row)
        require(obeys, "an agent gains by disobedience")
        expected = sum(loyal.values())
        for report in society.types[agent].keys() - {cell}:
            rows = _rows(society, point, agent, states, report)
            lying = sum(known.top(row) for row in rows.values())
            require(known.holds(expected - lying, ">="), "an agent gains by a false report")
        if society.options is not None:
            above, below = society.option(agent)
            fair = society.weight(agent, cell) * above * point.total * point.denominator
            require(known.holds(expected * below - fair, ">="), "an agent gains by refusing")


def _rows(
    society: Society, point: Point, agent: int, states: Sequence[int], report: int
) -> dict[int, list[Number]]:
    """By recommendation, what each action is worth to an agent that reports so in these states.

    Over unit × total × denominator × mass.
    """
    plays, rows = society.plays, dict[int, list[Number]]()
    actions = range(plays.sizes[agent])
    for state in states:
        reports, prior = society.misreports(state, agent, report), plays.game.prior[state]
        require(reports in point.reports, "some reports are not answered")
        for profile, (weight, paid) in point.reports[reports].items():
            society.case.budget.spend(2 + 2 * len(actions))
            row = rows.setdefault(plays.action(profile, agent), [0] * len(actions))
            for action in actions:
                after = plays.moved(profile, agent, action)
                worth = weight * point.denominator * society.utility(agent, state, after)
                payment = paid.get(plays.record(state, after)) if paid else None
                if payment is not None:
                    worth = worth + payment[agent] * society.unit
                row[action] = row[action] + prior * worth
    return rows


# --- impossibility --------------------------------------------------------------------------------


def bound(case: Case, target: Ratio | None = None) -> Ratio | None:
    """An upper bound on the welfare over mass of all mechanisms, None if there is none at all.

    ``target``: of those that reach this welfare over mass. Each step but the last shows that some
    draws have probability 0 in all of them; so payments after these are 0 too.
    """
    (listed,) = fields(case.witness, "the bound", "steps")
    *steps, last = listing(listed)
    society, unused = Society(case), set[Drawn]()
    for value in steps:
        step = _Step(society, value, unused, target)
        require(bool(step.aimed), "a step before the last is about draws")
        require(case.known.holds(-step.total()[0], ">="), "the multipliers leave room for a draw")
        unused |= step.aimed
    step = _Step(society, last, unused, target)
    total, scale = step.total()
    if step.aim == "welfare":
        return total, scale
    require(step.aim == "nothing", "the last step is about welfare or nothing")
    require(case.known.holds(-total, ">"), "the multipliers leave room for a mechanism")
    return None


class _Step:
    """A sum of rows, each ≥ 0, and of what the step aims at, in terms of μ and T.

    What multiplies μ(r|m) is over unit × denominator of the multipliers × mass, and so is what
    multiplies T_i(m, r, y), without unit.
    """

    def __init__(
        self, society: Society, value: Any, unused: set[Drawn], target: Ratio | None
    ) -> None:
        names = ("aim", "denominator", "incentives", "participation", "floor")
        self.aim, denominator, incentives, participation, times = fields(value, "a step", *names)
        self.society, self.unused, self.plays = society, unused, society.plays
        self.denominator = society.number(denominator, ">")
        self.constant: Number = 0
        self.scale: Number = 1
        self.aimed = set() if isinstance(self.aim, str) else set(self._drawn(self.aim))
        self.draws: dict[Drawn, Number] = dict.fromkeys(self.aimed, self.denominator)
        self.payments: dict[tuple[Reports, int, int], list[Number]] = {}
        self._add_welfare(self.denominator if self.aim == "welfare" else 0)
        self._add_incentives(incentives)
        self._add_participation(participation)
        self._add_target(society.number(times, ">="), target)

    def _drawn(self, value: Any) -> Iterator[Drawn]:
        for entry in listing(value):
            cells, profile = listing(entry, 2)
            yield self.society.reports(cells), integer(profile, 0, self.plays.profiles)

    def _add_welfare(self, times: Number) -> None:
        scale = self.society.end.scale
        for state in self.society.case.support:
            reports, prior = self.society.truth(state), self.plays.game.prior[state]
            self.society.case.budget.spend(self.plays.profiles)
            for profile in range(self.plays.profiles):
                worth = times * prior * scale * self.plays.welfare(state, profile)
                self._add_draw((reports, profile), worth)

    def _add_draw(self, drawn: Drawn, worth: Number) -> None:
        self.draws[drawn] = self.draws.get(drawn, 0) + worth

    def _add_payoff(self, drawn: Drawn, agent: int, weight: Number, play: Play) -> None:
        """Adds what an agent gets by a play after a draw, times a weight."""
        self._add_draw(drawn, weight * self.society.utility(agent, *play))
        place = *drawn, self.plays.record(*play)
        self.society.case.budget.spend(len(self.society.cells))
        row = self.payments.setdefault(place, [0] * len(self.society.cells))
        row[agent] = row[agent] + weight

    def _add_incentives(self, value: Any) -> None:
        """Adds rows of honesty and obedience, by deviations with their multipliers.

        Each is [agent, cell, report, recommended, taken, multiplier]. Where the report is false the
        sums over actions taken must be equal for all recommendations: a mixture of maps.
        """
        society, sizes = self.society, self.plays.sizes
        sums: dict[tuple[int, int, int], list[Number]] = {}
        seen = set[tuple[int, ...]]()
        for entry in listing(value):
            agent, cell, report, recommended, action, multiplier = listing(entry, 6)
            types = society.types[integer(agent, 0, len(sizes))]
            known = all(integer(number, 0, self.plays.states) in types for number in (cell, report))
            acts = (integer(number, 0, sizes[agent]) for number in (recommended, action))
            move = agent, cell, report, *acts
            fresh = known and move not in seen and (cell != report or recommended != action)
            require(fresh, "a multiplier is on no deviation, or twice")
            seen.add(move)
            weight = society.number(multiplier, ">")
            if cell != report:
                row = sums.setdefault(move[:3], [0] * sizes[agent])
                row[recommended] = row[recommended] + weight
            self._add_move(move, weight)
        for row in sums.values():
            same = all(society.case.known.holds(total - row[0], "==") for total in row)
            require(same, "the multipliers on a false report are no mixture of maps")

    def _add_move(self, move: tuple[int, ...], weight: Number) -> None:
        """Adds what an agent gets by honesty less what it gets by a deviation, times a weight."""
        agent, cell, report, recommended, action = move
        society, plays = self.society, self.plays
        for state in society.types[agent][cell]:
            share, truth = weight * plays.game.prior[state], society.truth(state)
            reports = society.misreports(state, agent, report)
            society.case.budget.spend(4 * plays.profiles)
            for profile in range(plays.profiles):
                if plays.action(profile, agent) == recommended:
                    after = plays.moved(profile, agent, action)
                    self._add_payoff((truth, profile), agent, share, (state, profile))
                    self._add_payoff((reports, profile), agent, -share, (state, after))

    def _add_participation(self, value: Any) -> None:
        """Adds the rows of participation, by [agent, cell, multiplier]."""
        society, seen = self.society, set[tuple[int, int]]()
        for entry in listing(value):
            agent, cell, multiplier = listing(entry, 3)
            types = society.types[integer(agent, 0, len(society.types))]
            known = integer(cell, 0, self.plays.states) in types and (agent, cell) not in seen
            require(known, "a multiplier is on no type, or twice")
            seen.add((agent, cell))
            weight = society.number(multiplier, ">")
            above, self.scale = society.option(agent)
            self.constant = self.constant - weight * society.weight(agent, cell) * above
            for state in types[cell]:
                share, reports = weight * self.plays.game.prior[state], society.truth(state)
                society.case.budget.spend(2 * self.plays.profiles)
                for profile in range(self.plays.profiles):
                    self._add_payoff((reports, profile), agent, share, (state, profile))

    def _add_target(self, times: Number, target: Ratio | None) -> None:
        """Adds the row that welfare is at least the target."""
        if target is None:
            require(self.society.case.known.holds(times, "=="), "there is no floor")
            return
        above, below = target
        self._add_welfare(times)
        product = times * above * self.society.end.scale * self.scale
        self.constant, self.scale = self.constant * below - product, self.scale * below

    def total(self) -> Ratio:
        """The greatest sum over all μ, with payments that cancel; over the units of welfare."""
        bound = self.plays.problem.contracts.liability
        (above, below), relation = bound or (0, 1), ">=" if bound else "=="
        fines: dict[Drawn, Number] = {}
        for (reports, profile, _), row in self.payments.items():
            if (reports, profile) not in self.unused:
                self.society.case.budget.spend(len(row))
                fine = fines_needed(self.society.case, row, relation)
                fines[reports, profile] = fines.get((reports, profile), 0) + fine
        total: Number = 0
        for reports in dict.fromkeys(reports for reports, _ in self.draws):
            drawn = [(reports, profile) for profile in range(self.plays.profiles)]
            self.society.case.budget.spend(2 * len(drawn))
            worth = [
                self.draws.get(draw, 0) * below + fines.get(draw, 0) * above * self.society.unit
                for draw in drawn
                if draw not in self.unused
            ]
            total = total + self.society.case.known.top(worth)
        scale = self.denominator * self.society.end.scale * below * self.scale
        return total * self.scale + self.constant * below, scale
