"""``check`` of a game of groups: everything that its spec asks, as a report."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from coopgap.proofs.aggregates.certificates import Levels, Setting, alone, setting
from coopgap.proofs.aggregates.claims import decided, questions_by_language, undecided
from coopgap.proofs.aggregates.equilibria import plays
from coopgap.proofs.aggregates.findings import Findings, Reached, loss_of
from coopgap.proofs.aggregates.parts import (
    Certificates,
    FirstBestPart,
    GroupReport,
    LanguagePart,
    Play,
    Plays,
    ProsocialPart,
    SelfishPart,
    TolerancePart,
    Totals,
    TotalsByState,
)
from coopgap.proofs.aggregates.timed import (
    Timed,
    level_of,
    no_first_best,
    no_play,
)
from coopgap.proofs.deciding.reports import LevelPart, contract_class, tool
from coopgap.proofs.deciding.values import Absent, Bounds, Quantity
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.aggregates import Choices, Counts, GroupGame, GroupSpecification
from coopgap.theory.exact import INFINITY, Extended
from coopgap.theory.json_values import Fields

SHOWN = 200
"""How many plays of a state are listed."""

TOTALS = 2_000
"""How many aggregates of a state are listed."""


def group_report(
    specification: GroupSpecification,
    progress: Callable[[str], None],
    timeout: float | None = None,
    deadline: float = math.inf,
) -> GroupReport:
    """Decides all claims and quantities of a specification of groups.

    timeout: seconds for each part, such as a language or a claim; deadline: when, in seconds of the
    monotonic clock, all end. What is not decided then is unknown.
    """
    findings = Findings(specification.game, progress)
    with Worker(timeout, deadline=deadline) as worker:
        return _report(specification, Timed(specification, findings, worker))


def _report(specification: GroupSpecification, timed: Timed) -> GroupReport:
    game, part = specification.game, timed.part
    first, optimum = part(_first_best, no_first_best)
    selfish, certificates = part(_play, no_play, timed.findings.selfish)
    languages = tuple(part(_language, None, place) for place in range(len(specification.languages)))
    threshold, tolerances, thresholds = part(_thresholds, None)
    certificates = {**optimum, **certificates, **thresholds}
    prosocial = []
    for levels in specification.levels:
        play, more = part(_play, no_play, levels)
        certificates |= more
        at = level_of(game, levels)
        prosocial.append(ProsocialPart(at, play.welfare, play.worst, play.nash, play.totals))
    return GroupReport(
        tool=tool(),
        source=specification.source,
        title=specification.title,
        groups={
            group.name: {"size": group.size, "actions": group.actions} for group in game.groups
        },
        agents=game.agents,
        first_best=first,
        selfish=selfish,
        languages=languages,
        prosocial_threshold=threshold,
        tolerances=tolerances,
        prosocial=tuple(prosocial),
        claims=tuple(
            part(decided, undecided, question, name)
            for question, name in questions_by_language(specification)
        ),
        certificates=certificates,
        texts=timed.findings.texts,
    )


# --- plays ---


def _first_best(
    specification: GroupSpecification, findings: Findings
) -> tuple[FirstBestPart, Certificates]:
    game, quantities, best = findings.game, Certified(specification, findings), findings.optimum()
    quantities.keep(alone(game), None, {"id": "optimum", "value": str(best)}, "optimum")
    listed = {}
    for state in game.support:
        welfare = game.welfare[state].tolist()
        most = max(welfare)
        listed[state] = [(place, game.every) for place, own in enumerate(welfare) if own == most]
    return FirstBestPart(best, *_listed(game, listed)), quantities.certificates


def _play(
    specification: GroupSpecification, findings: Findings, levels: Levels
) -> tuple[SelfishPart, Certificates]:
    """The equilibria without a contract."""
    game, quantities = findings.game, Certified(specification, findings)
    equilibria = findings.equilibria(alone(game), levels)
    places = {state: equilibria.all(state) for state in game.support}
    listed = {
        state: [(place, equilibria.choices(state, place)) for place in of_state]
        for state, of_state in places.items()
    }
    for state, of_state in places.items():
        claim = {
            "id": "equilibria",
            "state": state,
            "aggregates": [_sums(game, place) for place in of_state],
        }
        quantities.keep(
            alone(game), levels, claim, f"equilibria in {game.states[state]}{_at(levels)}"
        )
    if not all(places.values()):
        none = Absent("a state has no pure equilibrium")
        return SelfishPart(none, none, *_listed(game, listed)), quantities.certificates
    welfare = {
        s: [int(game.welfare[s][place]) for place in of_state] for s, of_state in places.items()
    }
    best = findings.expected({s: max(own) for s, own in welfare.items()})
    worst = findings.expected({s: min(own) for s, own in welfare.items()})
    return SelfishPart(best, worst, *_listed(game, listed)), quantities.certificates


def _listed(
    game: GroupGame, listed: Mapping[int, list[tuple[int, Choices]]]
) -> tuple[Plays, TotalsByState]:
    """The plays and the totals of aggregates, by state."""
    profiles: dict[str, tuple[Play, ...] | Unanswered] = {}
    totals: dict[str, Totals | Unanswered] = {}
    for state, places in listed.items():
        name = game.states[state]
        all_plays = _all_plays(game, places)
        profiles[name] = (
            Unanswered(f"more than {SHOWN} plays, or too many to list: see the totals")
            if all_plays is None
            else tuple(map(game.named, all_plays))
        )
        totals[name] = (
            Unanswered(f"more than {TOTALS} totals")
            if len(places) > TOTALS
            else tuple(dict.fromkeys(_Totals(game.totals(place)) for place, _ in places))
        )
    return profiles, totals


def _all_plays(game: GroupGame, places: list[tuple[int, Choices]]) -> list[Counts] | None:
    """The plays of aggregates; None if there are too many to list."""
    listed: list[Counts] = []
    for place, choices in places:
        more = plays(game, choices, place, SHOWN - len(listed))
        if more is None:
            return None
        listed += more
    return listed


class _Totals(dict[str, Fraction]):
    """Totals by group, of which equal ones are listed once."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


def _sums(game: GroupGame, place: int) -> list[int]:
    return [int(x) for g in range(len(game.groups)) for x in game.space.sums(g)[:, place]]


# --- what contracts reach ---


def _language(specification: GroupSpecification, findings: Findings, place: int) -> LanguagePart:
    language, game = specification.languages[place], specification.game
    where, quantities = setting(game, language), Certified(specification, findings)
    findings.progress(f"language {language.name}")
    value, gap, selection = quantities.values(where, findings.selfish)
    return LanguagePart(
        name=language.name,
        contracts=contract_class(language.contracts, ()),
        value=value,
        gap=gap,
        selection=None
        if selection is None
        else {game.states[s]: game.named(counts) for s, counts in selection.items()},
        prosocial_threshold=quantities.threshold(where),
        tolerances=quantities.tolerances(where),
        prosocial=tuple(
            LevelPart(level_of(game, levels), *quantities.values(where, levels)[:2])
            for levels in specification.levels
        ),
        certificates=quantities.certificates,
    )


@dataclass
class Certified:
    """Quantities with their certificates, by name."""

    specification: GroupSpecification
    findings: Findings
    certificates: dict[str, str] = field(default_factory=dict)

    def values(
        self, where: Setting, levels: Levels
    ) -> tuple[Quantity, Quantity, Mapping[int, Counts] | None]:
        """The value and the gap of a setting, certified, and what reaches it."""
        reached, best = self.findings.reached(where, levels), self.findings.optimum()
        if isinstance(reached, Unanswered):
            return reached, reached, None
        low, high = (loss_of(best, end) for end in (reached.high, reached.low))
        if reached.low == reached.high and not reached.alone:
            claim = {"id": "gap", "value": str(low)}
            failed = self.keep(where, levels, claim, f"gap{_at(levels)}", reached)
            return (
                (reached.low, low, reached.selection) if failed is None else (failed, failed, None)
            )
        failed = self._bounds(where, levels, low, high, reached)
        if failed is not None:
            return failed, failed, None
        if reached.low == reached.high:
            return reached.low, low, reached.selection
        return Bounds(reached.low, reached.high), Bounds(low, high), reached.selection

    def _bounds(
        self, where: Setting, levels: Levels, low: Extended, high: Extended, reached: Reached
    ) -> Unanswered | None:
        """Certifies that the gap lies between bounds; the reason if that fails."""
        suffix = _at(levels)
        # Verifying the total as well can only help: what is reached without it is reached with it.
        coarser = alone(self.findings.game) if reached.alone else replace(where, total=False)
        if high != INFINITY:
            claim = {"id": "gap-at-most", "value": str(high)}
            failed = self.keep(coarser, levels, claim, f"gap at most{suffix}", reached)
            if failed is not None:
                return failed
        if low == 0:
            return None
        claim = {"id": "gap-at-least", "value": str(low)}
        return self.keep(where, levels, claim, f"gap at least{suffix}")

    def keep(
        self,
        where: Setting,
        levels: Levels | None,
        fields: Fields,
        name: str,
        reached: Reached | None = None,
    ) -> Unanswered | None:
        """Keeps a claim's certificate under the name of the quantity; the reason if it has none."""
        profiles = reached.profiles if reached is not None else None
        sha = self.findings.certified(where, levels, {**fields, "holds": True}, profiles)
        if isinstance(sha, Unanswered):
            return sha
        self.certificates[name] = sha
        return None

    def threshold(self, where: Setting, loss: Fraction = Fraction(0)) -> Quantity:
        """The least common λ at which at most ``loss`` utils are lost."""
        findings, selfish = self.findings, self.findings.selfish
        level = findings.threshold(where, loss)
        if isinstance(level, Unanswered):
            return level
        name = f"prosocial_threshold within {loss}" if loss else "prosocial_threshold"
        reached = findings.reached(where, selfish)
        bounded = where.liability is not None and loss > 0
        if isinstance(reached, Reached) and (reached.profiles is not None or bounded):
            claim = {"id": "gap-at-most", "value": str(loss)}
            failed = self.keep(where, selfish, claim, name, reached)
        else:
            claim = {"id": "threshold", "value": str(level), "loss": str(loss)}
            failed = self.keep(where, None, claim, name)
        return level if failed is None else failed

    def tolerances(self, where: Setting) -> tuple[TolerancePart, ...]:
        """The same for each loss that the specification lists."""
        losses = self.specification.tolerances
        return tuple(TolerancePart(loss, self.threshold(where, loss)) for loss in losses)


def _at(levels: Levels) -> str:
    return f" at lambda {', '.join(map(str, levels))}" if any(levels) else ""


def _thresholds(
    specification: GroupSpecification, findings: Findings
) -> tuple[Quantity, tuple[TolerancePart, ...], Certificates]:
    """The thresholds without a contract."""
    free, quantities = alone(findings.game), Certified(specification, findings)
    return quantities.threshold(free), quantities.tolerances(free), quantities.certificates
