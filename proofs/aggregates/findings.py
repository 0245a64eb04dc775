"""What contracts reach in a game of groups, each thing found once and certified."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain

from coopgap.proofs.aggregates import bounded_fines as fined
from coopgap.proofs.aggregates.certificates import Levels, Setting, alone, encoded
from coopgap.proofs.aggregates.equilibria import Equilibria, play
from coopgap.proofs.aggregates.shared_fines import best_play
from coopgap.proofs.aggregates.thresholds import threshold
from coopgap.proofs.certificates.certificate import digest, verified
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.aggregates import Counts, GroupGame
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended
from coopgap.theory.json_values import Fields

Assignment = list[list[int]]
"""For each group the action of each of its agents."""


@dataclass(frozen=True)
class Reached:
    """The value of a setting between bounds, in utils; MINUS_INFINITY if nothing is reached.

    selection: by state of positive probability a play of value ``low``. profiles: the same by
    agents, where that shows it; ``alone``: whether no contract is needed for it.
    """

    low: Extended
    high: Extended
    selection: Mapping[int, Counts] | None = None
    profiles: Sequence[Assignment] | None = None
    alone: bool = False


@dataclass
class Findings:
    """Finds and keeps; texts: SHA-256 → text of every certificate that the core accepted."""

    game: GroupGame
    progress: Callable[[str], None]
    texts: dict[str, str] = field(default_factory=dict)
    _equilibria: dict[object, Equilibria] = field(default_factory=dict)
    _reached: dict[object, Reached | Unanswered] = field(default_factory=dict)

    @property
    def selfish(self) -> Levels:
        """λ = 0 for each group."""
        return (Fraction(0),) * len(self.game.groups)

    def optimum(self) -> Fraction:
        """W*, in utils."""
        return self.expected({s: max(self.game.welfare[s].tolist()) for s in self.game.support})

    def expected(self, welfare: Mapping[int, int]) -> Fraction:
        """Expected welfare in utils, from that of each state over the denominator."""
        total = sum((self.game.prior[s] * w for s, w in welfare.items()), Fraction(0))
        return total / self.game.denominator

    def equilibria(self, where: Setting, levels: Levels) -> Equilibria:
        """Equilibria inside the classes."""
        classes = where.classes
        if where.total and where.budget != "balanced":
            # Every deviation changes the total, and all can be fined for it.
            classes = tuple(tuple(range(len(own))) for own in classes)
        key = classes, levels, where.liability
        if key not in self._equilibria:
            self._equilibria[key] = Equilibria(self.game, classes, levels, self.fines(where))
        return self._equilibria[key]

    def fines(self, where: Setting) -> Fraction | None:
        """The sum of the largest fines of all agents, in utils, where they are bounded."""
        return None if where.liability is None else self.game.agents * where.liability

    def reached(self, where: Setting, levels: Levels) -> Reached | Unanswered:
        """The value of a setting at these levels."""
        if (where, levels) not in self._reached:
            try:
                self._reached[where, levels] = self._solved(where, levels)
            except fined.TooManyError:
                why = "there are too many plays to compare where fines are bounded"
                self._reached[where, levels] = Unanswered(why)
        return self._reached[where, levels]

    def _solved(self, where: Setting, levels: Levels) -> Reached | Unanswered:
        cells: dict[int, list[int]] = {}
        for state in self.game.support:
            cells.setdefault(where.cells[state], []).append(state)
        several = where.kind != "none" and any(len(cell) > 1 for cell in cells.values())
        if where.kind == "directive" and several:
            return self._directive(list(cells.values()), where)
        if where.total and several:
            return Unanswered("the total is decided where states are verified")
        if where.total and where.budget == "balanced":
            pooled = self._pooled(where, levels)
            if pooled is not None:
                return pooled
        equilibria = self.equilibria(where, levels)
        places = {state: equilibria.best(state) for state in self.game.support}
        # What is reached without the total is reached with it; more is not excluded.
        unsure = where.total and where.budget == "balanced"
        if any(place is None for place in places.values()):
            return Reached(MINUS_INFINITY, self.optimum() if unsure else MINUS_INFINITY)
        best_places = {s: place for s, place in places.items() if place is not None}
        value = self.expected({s: int(self.game.welfare[s][p]) for s, p in best_places.items()})
        selection = {s: equilibria.play(s, p) for s, p in best_places.items()}
        if unsure:
            return Reached(value, self.optimum(), selection)
        if not several:
            return Reached(value, value, selection)
        arranged = _arranged(list(cells.values()), selection, where)
        profiles = None if arranged is None else [arranged[s] for s in self.game.support]
        if profiles is not None and self._affordable(where, levels, profiles):
            return Reached(value, value, selection, profiles)
        return self._lower(where, levels, list(cells.values()), value)

    def _directive(self, cells: Sequence[Sequence[int]], where: Setting) -> Reached | Unanswered:
        """One profile for each cell of states."""
        if not where.plain:
            return Unanswered(
                "directives in cells of several states are decided where all actions are verifiable"
            )
        welfare: dict[int, int] = {}
        selection: dict[int, Counts] = {}
        for cell in cells:
            weighed = [
                sum((self.game.prior[s] * w for s, w in zip(cell, row, strict=True)), Fraction(0))
                for row in zip(*(self.game.welfare[s].tolist() for s in cell), strict=True)
            ]
            place = weighed.index(max(weighed))
            common = play(self.game, self.game.every, place)
            welfare |= {state: int(self.game.welfare[state][place]) for state in cell}
            selection |= dict.fromkeys(cell, common)
        value = self.expected(welfare)
        return Reached(value, value, dict(sorted(selection.items())))

    def _pooled(self, where: Setting, levels: Levels) -> Reached | None:
        """The value of balanced transfers that see the total; None if that takes too long."""
        welfare: dict[int, int] = {}
        selection: dict[int, Counts] = {}
        for state in self.game.support:
            fines = self.fines(where)
            best = best_play(self.game, where.classes, levels, state, fines)
            if isinstance(best, str):
                return None
            if best is None:
                return Reached(MINUS_INFINITY, MINUS_INFINITY)
            place, selection[state] = best
            welfare[state] = int(self.game.welfare[state][place])
        value = self.expected(welfare)
        profiles = [_listed(selection[state]) for state in self.game.support]
        return Reached(value, value, selection, profiles)

    def _lower(
        self, where: Setting, levels: Levels, cells: Sequence[Sequence[int]], high: Fraction
    ) -> Reached:
        """Bounds where no way was found to tell who deviated in several states at once."""
        if where.plain:
            uniform = self._directive(cells, where)
            assert isinstance(uniform, Reached)
            assert uniform.selection is not None
            profiles = [_listed(uniform.selection[state]) for state in self.game.support]
            if self._affordable(where, levels, profiles):
                return Reached(uniform.low, high, uniform.selection, profiles)
        free = self.reached(alone(self.game), levels)
        assert isinstance(free, Reached)
        return Reached(free.low, high, free.selection, alone=True)

    def _affordable(self, where: Setting, levels: Levels, profiles: Sequence[Assignment]) -> bool:
        """Whether bounded fines keep agents in plays of which some leave the same record.

        What an agent is given at a record must do for its temptation in each of their states.
        """
        fines = self.fines(where)
        if fines is None:
            return True
        worst: dict[tuple[object, ...], dict[tuple[int, int], Fraction]] = {}
        weigh, game = fined.at(levels), self.game
        for state, play_ in zip(game.support, profiles, strict=True):
            code = sum(game.space.codes[g][a] for g, own in enumerate(play_) for a in own)
            record = tuple(
                kinds[a] for own, kinds in zip(play_, where.classes, strict=True) for a in own
            )
            costs = worst.setdefault((where.cells[state], record), {})
            for g, own in enumerate(play_):
                for agent, a in enumerate(own):
                    moves = fined.deviations(game, state, g, a, game.space.places[code])
                    assert moves is not None, "the play is one"
                    cost = Fraction(fined.temptation(moves, g, weigh)[0])
                    costs[g, agent] = max(costs.get((g, agent), cost), cost)
        most = fines * game.denominator
        return all(sum(costs.values()) <= most for costs in worst.values())

    def threshold(self, where: Setting, loss: Fraction) -> Extended | Unanswered:
        """The least common λ at which at most ``loss`` utils are lost."""
        cells = [where.cells[state] for state in self.game.support]
        fines, why = self.fines(where), ""
        if where.kind != "none" and len(set(cells)) < len(cells):
            why = "a threshold is decided where states are verified"
        elif where.total and where.budget == "balanced":
            why = "thresholds of balanced transfers that see the total are not decided"
        elif fines is not None and loss:
            why = "where fines are bounded, thresholds are decided for no loss only"
        if why:
            value = self.reached(where, self.selfish)
            if isinstance(value, Reached) and value.low >= self.optimum() - loss:
                return Fraction(0)
            exact = where.kind == "directive" and isinstance(value, Reached)
            return INFINITY if exact else Unanswered(why)
        classes = self.equilibria(where, self.selfish).classes
        if fines is not None:
            level = fined.threshold(self.game, classes, fines)
        else:
            level = threshold(self.game, classes, loss)
        return Unanswered("too many deviations to compare") if level is None else level

    def certified(
        self,
        where: Setting,
        levels: Levels | None,
        claim: Fields,
        profiles: Sequence[Assignment] | None = None,
    ) -> str | Unanswered:
        """The hash of the claim's certificate, if the core accepts it."""
        text = encoded(self.game, where, levels, claim, profiles)
        sha = digest(text)
        if sha not in self.texts:
            self.progress(f"certificate of {claim['id']}")
            answer = verified(text)
            if not answer.accepted:
                return Unanswered(f"the checker rejected: {answer.reason}")
            self.texts[sha] = text
        return sha


def loss_of(best: Fraction, value: Extended) -> Extended:
    """The gap at a value, in utils; infinite where nothing is reached."""
    return best - value if isinstance(value, Fraction) else INFINITY


def _listed(counts: Counts) -> Assignment:
    return [
        list(chain.from_iterable([action] * number for action, number in enumerate(own)))
        for own in counts
    ]


def _arranged(
    cells: Sequence[Sequence[int]], selection: Mapping[int, Counts], where: Setting
) -> dict[int, Assignment] | None:
    """Who takes which action in each state, so that in a cell deviations say who deviated.

    Records of two states are the same, or so many agents apart that nobody deviates from one to the
    other, and with balanced money nobody is fined for another's deviation.
    """
    least = 3 if where.budget == "balanced" else 2
    chosen: dict[int, Assignment] = {}
    for cell in cells:
        for state in cell:
            earlier = [chosen[previous] for previous in cell if previous in chosen]
            arrangement = next(
                (
                    order
                    for order in _orders(_listed(selection[state]))
                    if all(
                        apart == 0 or apart >= least
                        for apart in (
                            _apart(order, assignment, where.classes) for assignment in earlier
                        )
                    )
                ),
                None,
            )
            if arrangement is None:
                return None
            chosen[state] = arrangement
    return chosen


def _orders(listed: Assignment) -> list[Assignment]:
    """The same play with agents in other orders: as listed, backwards, and rotated."""
    turns = max(map(len, listed))
    return [
        listed,
        [own[::-1] for own in listed],
        *([own[k % len(own) :] + own[: k % len(own)] for own in listed] for k in range(1, turns)),
    ]


def _apart(first: Assignment, second: Assignment, classes: Sequence[Sequence[int]]) -> int:
    return sum(
        kinds[a] != kinds[b]
        for mine, yours, kinds in zip(first, second, classes, strict=True)
        for a, b in zip(mine, yours, strict=True)
    )
