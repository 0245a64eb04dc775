"""``check`` of a game of groups: everything that its spec asks, as a report."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from coopgap.proofs.aggregates.certificates import Levels, Setting, alone, setting
from coopgap.proofs.aggregates.claims import asked, decided, undecided
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
    found = Findings(specification.game, progress)
    with Worker(timeout, deadline=deadline) as worker:
        return _report(specification, Timed(specification, found, worker))


def _report(specification: GroupSpecification, timed: Timed) -> GroupReport:
    game, part = specification.game, timed.part
    first, optimum = part(_first_best, no_first_best)
    selfish, certificates = part(_play, no_play, timed.found.selfish)
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
            part(decided, undecided, question, name) for question, name in asked(specification)
        ),
        certificates=certificates,
        texts=timed.found.texts,
    )


# --- plays ---


def _first_best(_: GroupSpecification, found: Findings) -> tuple[FirstBestPart, Certificates]:
    game, certificates = found.game, dict[str, str]()
    best = found.optimum()
    _certify(found, alone(game), None, {"id": "optimum", "value": str(best)}, certificates)
    listed = {}
    for state in game.support:
        welfare = game.welfare[state].tolist()
        most = max(welfare)
        listed[state] = [(place, game.every) for place, own in enumerate(welfare) if own == most]
    return FirstBestPart(best, *_listed(game, listed)), certificates


def _play(
    _: GroupSpecification, found: Findings, levels: Levels
) -> tuple[SelfishPart, Certificates]:
    """The equilibria without a contract."""
    game, certificates = found.game, dict[str, str]()
    equilibria = found.equilibria(alone(game), levels)
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
        name = f"equilibria in {game.states[state]}{_at(levels)}"
        _certify(found, alone(game), levels, claim, certificates, name)
    if not all(places.values()):
        none = Absent("a state has no pure equilibrium")
        return SelfishPart(none, none, *_listed(game, listed)), certificates
    welfare = {
        s: [int(game.welfare[s][place]) for place in of_state] for s, of_state in places.items()
    }
    best = found.expected({s: max(own) for s, own in welfare.items()})
    worst = found.expected({s: min(own) for s, own in welfare.items()})
    return SelfishPart(best, worst, *_listed(game, listed)), certificates


def _listed(
    game: GroupGame, listed: Mapping[int, list[tuple[int, Choices]]]
) -> tuple[Plays, TotalsByState]:
    """The plays and the totals of aggregates, by state."""
    profiles: dict[str, tuple[Play, ...] | Unanswered] = {}
    totals: dict[str, Totals | Unanswered] = {}
    for state, places in listed.items():
        name = game.states[state]
        every: list[Counts] | None = []
        for place, choices in places:
            more = plays(game, choices, place, SHOWN) if every is not None else None
            every = None if every is None or more is None else every + more
            if every is None or len(every) > SHOWN:
                every = None
                break
        profiles[name] = (
            Unanswered(f"more than {SHOWN} plays, or too many to list: see the totals")
            if every is None
            else tuple(map(game.named, every))
        )
        totals[name] = (
            Unanswered(f"more than {TOTALS} totals")
            if len(places) > TOTALS
            else tuple(dict.fromkeys(_Totals(game.totals(place)) for place, _ in places))
        )
    return profiles, totals


class _Totals(dict[str, Fraction]):
    """Totals by group, of which equal ones are listed once."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


def _sums(game: GroupGame, place: int) -> list[int]:
    return [int(x) for g in range(len(game.groups)) for x in game.space.sums(g)[:, place]]


# --- what contracts reach ---


def _language(specification: GroupSpecification, found: Findings, place: int) -> LanguagePart:
    language, game = specification.languages[place], specification.game
    where, certificates = setting(game, language), dict[str, str]()
    found.progress(f"language {language.name}")
    value, gap, selection = _values(found, where, found.selfish, certificates)
    return LanguagePart(
        name=language.name,
        contracts=contract_class(language.contracts, ()),
        value=value,
        gap=gap,
        selection=None
        if selection is None
        else {game.states[s]: game.named(counts) for s, counts in selection.items()},
        prosocial_threshold=_threshold(found, where, Fraction(0), certificates),
        tolerances=_tolerances(specification, found, where, certificates),
        prosocial=tuple(
            LevelPart(level_of(game, levels), *_values(found, where, levels, certificates)[:2])
            for levels in specification.levels
        ),
        certificates=certificates,
    )


def _values(
    found: Findings, where: Setting, levels: Levels, certificates: dict[str, str]
) -> tuple[Quantity, Quantity, Mapping[int, Counts] | None]:
    """The value and the gap of a setting, certified, and what reaches it."""
    reached, best = found.reached(where, levels), found.optimum()
    if isinstance(reached, Unanswered):
        return reached, reached, None
    name = f"gap{_at(levels)}"
    low, high = (loss_of(best, end) for end in (reached.high, reached.low))
    if reached.low == reached.high and not reached.alone:
        claim = {"id": "gap", "value": str(low)}
        failed = _certify(found, where, levels, claim, certificates, name, reached)
        return (reached.low, low, reached.selection) if failed is None else (failed, failed, None)
    failed = _certify_bounds(found, where, levels, (low, high), certificates, reached)
    if failed is not None:
        return failed, failed, None
    if reached.low == reached.high:
        return reached.low, low, reached.selection
    values, gaps = Bounds(reached.low, reached.high), Bounds(low, high)
    return values, gaps, reached.selection


def _certify_bounds(
    found: Findings,
    where: Setting,
    levels: Levels,
    gaps: tuple[Extended, Extended],
    certificates: dict[str, str],
    reached: Reached,
) -> Unanswered | None:
    """Certifies that the gap lies between bounds; the reason if that fails."""
    low, high = gaps
    suffix = _at(levels)
    # Verifying the total as well can only help, so what is reached without it is reached with it.
    coarser = replace(where, total=False)
    if reached.alone:
        coarser = alone(found.game)
    if high != INFINITY:
        claim = {"id": "gap-at-most", "value": str(high)}
        name = f"gap at most{suffix}"
        failed = _certify(found, coarser, levels, claim, certificates, name, reached)
        if failed is not None:
            return failed
    if low == 0:
        return None
    claim = {"id": "gap-at-least", "value": str(low)}
    return _certify(found, where, levels, claim, certificates, f"gap at least{suffix}")


def _at(levels: Levels) -> str:
    return f" at lambda {', '.join(map(str, levels))}" if any(levels) else ""


def _certify(
    found: Findings,
    where: Setting,
    levels: Levels | None,
    fields: Fields,
    certificates: dict[str, str],
    name: str = "",
    reached: Reached | None = None,
) -> Unanswered | None:
    """Keeps the claim's certificate under the name of the quantity; the reason if there is none."""
    profiles = reached.profiles if reached is not None else None
    sha = found.certified(where, levels, {**fields, "holds": True}, profiles)
    if isinstance(sha, Unanswered):
        return sha
    certificates[name or fields["id"]] = sha
    return None


def _threshold(
    found: Findings, where: Setting, loss: Fraction, certificates: dict[str, str]
) -> Quantity:
    level = found.threshold(where, loss)
    if isinstance(level, Unanswered):
        return level
    name = f"prosocial_threshold within {loss}" if loss else "prosocial_threshold"
    reached = found.reached(where, found.selfish)
    bounded = where.liability is not None and loss > 0
    if isinstance(reached, Reached) and (reached.profiles is not None or bounded):
        claim = {"id": "gap-at-most", "value": str(loss)}
        failed = _certify(found, where, found.selfish, claim, certificates, name, reached)
    else:
        claim = {"id": "threshold", "value": str(level), "loss": str(loss)}
        failed = _certify(found, where, None, claim, certificates, name)
    return level if failed is None else failed


def _thresholds(
    specification: GroupSpecification, found: Findings
) -> tuple[Quantity, tuple[TolerancePart, ...], Certificates]:
    """The thresholds without a contract."""
    free, certificates = alone(found.game), dict[str, str]()
    level = _threshold(found, free, Fraction(0), certificates)
    return level, _tolerances(specification, found, free, certificates), certificates


def _tolerances(
    specification: GroupSpecification,
    found: Findings,
    where: Setting,
    certificates: dict[str, str],
) -> tuple[TolerancePart, ...]:
    return tuple(
        TolerancePart(loss, _threshold(found, where, loss, certificates))
        for loss in specification.tolerances
    )
