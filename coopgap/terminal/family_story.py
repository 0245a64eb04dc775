"""A family's part of a story: what holds for all parameters, and where the rest holds.

What depends on the region is a table of values and conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from coopgap.proofs.deciding.reports import (
    AgentThresholds,
    Basis,
    BenefitPart,
    ByState,
    DeviationPart,
    FamilyMechanismPart,
    Labels,
    LanguagePart,
    ObstructionPart,
    Parameters,
    Profiles,
    Report,
    Selection,
    StrategiesListed,
    VerdictPart,
)
from coopgap.proofs.deciding.values import Absent, Pieces, Quantity, Unknown, Value
from coopgap.proofs.deciding.words import sentence
from coopgap.terminal.contracts import contract_class
from coopgap.terminal.numbers import level, number
from coopgap.terminal.payoffs import family_game
from coopgap.terminal.story_parts import certificates, section
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import MANY, by_state, count, listed, plain, profile, profiles, short
from coopgap.theory.families import Family
from coopgap.theory.specification import FamilySpecification

REGIONS = 12
"""How many regions of a quantity are printed."""

T = TypeVar("T")


def family(report: Report, specification: FamilySpecification) -> list[RenderableType | None]:
    """The sections between the heading and the claims."""
    parameters = report.parameters
    sections = [section("The family", *_family(parameters, specification.family))]
    if not parameters["consistent"]:
        return sections
    sections += [
        section("First best", *_first_best(report)),
        section("Selfish agents without a contract", *_selfish(report)),
        section("What contracts reach", *_languages(report, _language)),
        section("Prosocial agents", *_prosocial(report)),
    ]
    if specification.information is None:
        sections.append(section("Who gains from the first best", *_benefit(report)))
    return sections


def _family(parameters: Parameters, about: Family) -> Iterator[RenderableType]:
    """Parameters, assumptions, and the payoffs if they fit."""
    names, assume = listed([short(name) for name in parameters["names"]]), parameters["assume"]
    yield Text(f"For all {names}" + (" with:" if assume else "."))
    if assume:
        yield Padding(Group(*(Text(plain(str(each))) for each in assume)), (0, 0, 0, 2))
    if parameters["consistent"]:
        yield from family_game(about)
        return
    yield Text("No parameters satisfy these assumptions, so nothing is said.", style="yellow")
    yield from certificates({"contradiction": parameters["certificate"]})


# --- quantities -----------------------------------------------------------------------------------


def quantity(
    name: str, value: Quantity, told: Callable[[object], str] = number
) -> Iterator[RenderableType]:
    """A number, as ``by_region``."""
    yield from by_region(name, value, told)


def by_region(
    name: str, value: Value[T], told: Callable[[T | Absent], str]
) -> Iterator[RenderableType]:
    """``name: value.``, or the name above a table of values with their conditions."""
    if isinstance(value, Unknown):
        yield Text(f"{name}: unknown, {plain(value.reason)}.", style="yellow")
    elif isinstance(value, Pieces):
        yield Text(f"{name}:")
        yield _regions([(str(each.when), told(each.value)) for each in value.pieces])
    else:
        yield Text(f"{name}: {told(value)}.")


def _regions(regions: Sequence[tuple[str, str]]) -> RenderableType:
    """Two aligned columns: values, and the conditions under which each holds.

    Regions of one value stand together.
    """
    values = list(dict.fromkeys(text for _, text in regions))
    rows = [
        (value if number == 0 else "", "if" if number == 0 else "or", when)
        for value in values
        for number, when in enumerate(when for when, text in regions if text == value)
    ]
    told: list[tuple[str, Text, str]] = [
        (value, Text(link, style="dim"), plain(when)) for value, link, when in rows[:REGIONS]
    ]
    hidden = len(rows) - REGIONS
    if hidden > 0:
        told.append((f"… {count(hidden, 'more region')}", Text(), "--json lists all"))
    return Padding(Columns([], told), (0, 0, 0, 2))


def _profiles(value: Profiles | Absent) -> str:
    return "never played" if isinstance(value, Absent) else profiles(value, "none")


def _sets(name: str, value: ByState | StrategiesListed | Unknown) -> Iterator[RenderableType]:
    """Sets of profiles: in one line, or state by state."""
    if isinstance(value, Unknown):
        yield Text(f"{name}: unknown, {plain(value.reason)}.", style="yellow")
        return
    assert not isinstance(value, tuple), "strategies are listed for numbers"
    known = {s: each for s, each in value.items() if not isinstance(each, Pieces | Unknown)}
    if len(known) == len(value):
        yield Text(f"{name}: {by_state({s: _profiles(each) for s, each in known.items()})}.")
        return
    for state, each in value.items():
        where = name if len(value) == 1 else f"{name} in {short(state)}"
        yield from by_region(where, each, _profiles)


def _selection(value: Selection | Absent) -> str:
    if isinstance(value, Absent):
        return "none"
    return by_state({state: profile(labels) for state, labels in value.items()})


# --- sections -------------------------------------------------------------------------------------


def _first_best(report: Report) -> Iterator[RenderableType]:
    yield from quantity("Welfare", report.first_best.welfare)
    yield from _sets("Reached by", report.first_best.profiles)


def _selfish(report: Report) -> Iterator[RenderableType]:
    yield from _sets("Pure equilibria", report.selfish.nash)
    yield from quantity("Best equilibrium welfare", report.selfish.welfare, _welfare)


def _welfare(value: object) -> str:
    return "no equilibrium in some state" if isinstance(value, Absent) else number(value)


def _languages(
    report: Report, told: Callable[[LanguagePart], Iterator[RenderableType]]
) -> Iterator[RenderableType]:
    for place, part in enumerate(report.languages):
        if place:
            yield Text()
        title = Text(short(part.name), style="italic")
        yield title.append(f" ({contract_class(part.contracts)})", style="not italic")
        yield Padding(Group(*told(part)), (0, 0, 0, 2))


def _approached(attained: Value[bool]) -> Iterator[RenderableType]:
    """Where no mechanism is shown that reaches the value."""
    told = [each.value for each in attained.pieces] if isinstance(attained, Pieces) else [attained]
    if False in told:
        yield from by_region("Reached", attained, _reached)


def _reached(attained: bool | Absent) -> str:
    return "by a mechanism" if attained is True else "approached, or there is no mechanism"


def _language(part: LanguagePart) -> Iterator[RenderableType]:
    yield from quantity("Value", part.value)
    yield from quantity("Gap", part.gap)
    if not isinstance(part.correlated_gap, Absent):
        yield from quantity("Correlated gap", part.correlated_gap)
    if not isinstance(part.directive_gap, Absent) and part.directive_gap != part.gap:
        yield from quantity("Directive gap", part.directive_gap)
    if isinstance(part.mechanism, FamilyMechanismPart):
        yield from quantity("Gap under any mechanism", part.mechanism.gap)
        yield from _approached(part.mechanism.attained)
        yield from certificates(part.mechanism.certificates)
    yield from quantity("λ for the first best", part.prosocial_threshold)
    yield _suffices(part.suffices)
    if part.incontractible_cells:
        yield from by_region("Incontractible cells", part.incontractible_cells, _cells)
    if not isinstance(part.suffices, bool):
        yield from _basis(part.basis)
    yield from _obstruction(part.obstruction)
    if not isinstance(part.selection, Absent):
        yield from by_region("Reached", part.selection, _selection)
    yield from certificates(part.certificates)


def _suffices(value: Value[bool]) -> RenderableType:
    """Where some contract implements a first best."""
    if isinstance(value, Unknown):
        return Text(f"Whether a contract suffices is unknown: {plain(value.reason)}.", "yellow")
    if not isinstance(value, Pieces):
        for_all = "For all parameters some contract implements a first best."
        return Text(for_all if value else "For no parameters does any contract reach a first best.")
    where = [plain(str(each.when)) for each in value.pieces if each.value]
    lines = [Text(f"{'or' if place else 'if'}  {when}") for place, when in enumerate(where)]
    head = Text("Some contract implements a first best exactly")
    return Group(head, Padding(Group(*lines), (0, 0, 0, 2)))


def _basis(value: Basis) -> Iterator[RenderableType]:
    """What must hold for a contract to implement each first-best selection."""
    for each in value[:MANY] if isinstance(value, tuple) else ():
        many, needed = count(each.obstructions, "minimal obstruction"), each.conditions
        if not needed:
            continue
        told = f"none of them stands exactly if {listed([plain(each) for each in needed])}"
        if needed == ("False",):
            told = "for all parameters some of them stands"
        yield Text(f"{_selection(each.selection)}: {many}; {told}.")


def _cells(value: Profiles | Absent) -> str:
    if isinstance(value, Absent) or not value:
        return "none"
    return listed([f"{{{', '.join(map(short, cell))}}}" for cell in value])


def _obstruction(value: Value[ObstructionPart]) -> Iterator[RenderableType]:
    if isinstance(value, Unknown):
        yield Text(f"The obstruction is unknown: {plain(value.reason)}.", style="yellow")
        return
    pieces = (
        [(f" if {plain(str(each.when))}", each.value) for each in value.pieces]
        if isinstance(value, Pieces)
        else [("", value)]
    )
    for where, each in pieces:
        if isinstance(each, ObstructionPart):
            yield Text(f"Obstruction{where}: {_in_words(each)}.")


def _in_words(part: ObstructionPart) -> str:
    """What keeps agents from anything better."""
    first, several = part.deviations[0], len({each.state for each in part.deviations}) > 1
    return sentence(
        part.kind,
        profile(first.profile),
        short(first.player),
        short(first.deviation),
        "the deviation",
        number(part.sum),
        "; ".join(_move(each, several) for each in part.deviations),
    )


def _move(part: DeviationPart, several: bool) -> str:
    place = f"in state {short(part.state)} " if several else ""
    weight = "" if part.weight == 1 else f" (weight {plain(str(part.weight))})"
    return (
        f"{place}{short(part.player)} from {profile(part.profile)} "
        f"to {short(part.deviation)}{weight}"
    )


def _prosocial(report: Report) -> Iterator[RenderableType]:
    yield from quantity("λ for the first best without a contract", report.prosocial_threshold)
    if isinstance(report.agent_thresholds, Unknown):
        reason = plain(report.agent_thresholds.reason)
        yield Text(f"Thresholds of each agent: unknown, {reason}.", style="yellow")
    else:
        yield from of_each_agent(report.agent_thresholds)
    yield from certificates(report.certificates)
    for place, own in enumerate(report.prosocial):
        yield Text()
        yield Text(f"At λ = {level(own.lambda_)}", style="italic")
        parts = [*quantity("Best equilibrium welfare", own.welfare, _welfare)]
        parts += _sets("Pure equilibria", own.nash)
        for each in report.languages:
            parts += quantity(f"Value of {short(each.name)}", each.prosocial[place].value)
        yield Padding(Group(*parts), (0, 0, 0, 2))


def of_each_agent(
    value: tuple[AgentThresholds, ...] | Pieces[tuple[AgentThresholds, ...] | Absent] | Absent,
) -> Iterator[RenderableType]:
    """What each agent needs for each first-best selection, a line or a table of regions."""
    pieces = value.pieces if isinstance(value, Pieces) else None
    listed_ = [("", value)] if pieces is None else [(str(e.when), e.value) for e in pieces]
    # One table for each selection: elsewhere it is no first best.
    selections: dict[tuple[tuple[str, Labels], ...], list[tuple[str, str]]] = {}
    for when, thresholds in listed_:
        for each in thresholds if isinstance(thresholds, tuple) else ():
            rows = selections.setdefault(tuple(each.selection.items()), [])
            rows.append((when, level(each.lambda_)))
    for selection, rows in list(selections.items())[:MANY]:
        told = _selection(dict(selection))
        if len(rows) == len(listed_) and len({text for _, text in rows}) == 1:
            yield Text(f"Needed of each agent for {told}: λ = {rows[0][1]}.")
            continue
        somewhere = "" if len(rows) == len(listed_) else ", where that is first best"
        yield Text(f"Needed of each agent for {told}{somewhere}:")
        yield _regions([(when, f"λ = {text}") for when, text in rows])
    if len(selections) > MANY:
        yield Text(f"… and of {count(len(selections) - MANY, 'more first-best selection')}.")


def _benefit(report: Report) -> Iterator[RenderableType]:
    """Theorem T8, for all parameters."""
    part = report.benefit
    assert isinstance(part, BenefitPart)
    for how, each in (
        ("as payoffs stand", part.plain),
        ("with side payments for each selfish outcome", part.side_payments),
    ):
        assert isinstance(each, VerdictPart)
        answer = {"proved": "yes", "refuted": "not for all parameters"}.get(each.status)
        shown = Text(f"Each agent gains {how}: {answer or 'unknown'}.")
        if each.suggestion is not None:
            shown.append(f" They do if also {plain(str(each.suggestion))}.", style="green")
        if each.reason:
            shown.append(f" {plain(each.reason)}.", style="yellow")
        yield shown
