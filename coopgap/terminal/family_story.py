"""A family's report as a story for people: what holds for all parameters, and where the rest holds.

Like ``story``, pure functions to rich renderables; a report on a family is plain JSON values. What
depends on the region is a table of values and conditions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from coopgap.proofs.deciding.reports import ContractClassPart
from coopgap.proofs.deciding.values import shortest
from coopgap.proofs.deciding.words import sentence
from coopgap.terminal.contracts import contract_class
from coopgap.terminal.numbers import expression, level_text
from coopgap.terminal.story import WIDTH, grids, size, width
from coopgap.terminal.story_parts import STYLES, certificates, heading, section, story_of, tally
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import MANY, by_state, count, listed, plain, profile, profiles, short
from coopgap.theory.expressions import spelled
from coopgap.theory.families import Family
from coopgap.theory.specification import FamilySpecification

REGIONS = 12
"""How many regions of a quantity are printed."""

Plain = Any
"""Part of the report."""


def family_story(report: Mapping[str, Plain], specification: FamilySpecification) -> Group:
    """Everything that a report says of a family, in the order in which one would tell it."""
    parameters = report["parameters"]
    sections = [
        heading(report["title"], report["source"]),
        section("The family", *_family(parameters, specification.family)),
    ]
    if parameters["consistent"]:
        sections += [
            section("First best", *_first_best(report["first_best"])),
            section("Selfish agents without a contract", *_selfish(report)),
            section("What contracts reach", *_languages(report["languages"], _language)),
            section("Prosocial agents", *_prosocial(report)),
        ]
        if specification.information is None:
            who = "Who gains from the first best"
            sections.append(section(who, *_benefit(report["benefit"])))
    sections.append(section("Claims", *_claims(report["claims"])))
    return story_of(
        sections, tally([(each["status"], each["certificate"]) for each in report["claims"]])
    )


# --- the family -----------------------------------------------------------------------------------


def _family(parameters: Mapping[str, Plain], family: Family) -> Iterator[RenderableType]:
    """Parameters, assumptions, and the payoffs if they fit."""
    names = listed([short(name) for name in parameters["names"]])
    assume = parameters["assume"]
    yield Text(f"For all {names}" + (" with" if assume else "") + (":" if assume else "."))
    if assume:
        yield Padding(Group(*(Text(plain(each)) for each in assume)), (0, 0, 0, 2))
    if not parameters["consistent"]:
        yield Text("No parameters satisfy these assumptions, so nothing is said.", style="yellow")
        yield from certificates({"contradiction": parameters["certificate"]})
        return
    tables = _payoffs(family)
    if tables is None:
        yield Text(size(family.skeleton))
    else:
        yield from grids(family.players, tables)


def _payoffs(family: Family) -> list[tuple[str, list[list[str]]]] | None:
    """A caption and rows of cells for each state; None for games that do not fit."""
    labels = [[short(label) for label in of_agent] for of_agent in family.actions]
    if len(labels) != 2 or len(family.states) > 2 or len(labels[1]) > MANY:
        return None
    tables = []
    for state, name in enumerate(family.states):
        cells = [
            ", ".join(
                plain(str(shortest(of_agent[state][place], family.parameters)))
                for of_agent in family.payoffs
            )
            for place in range(len(labels[0]) * len(labels[1]))
        ]
        rows = [[" \\ ".join(map(short, family.players)), *labels[1]]]
        for number, label in enumerate(labels[0]):
            start = number * len(labels[1])
            rows.append([label, *cells[start : start + len(labels[1])]])
        if width(rows) > WIDTH:
            return None
        likely = f"state {short(name)}, probability {plain(spelled(family.prior[state]))}"
        tables.append((likely if len(family.states) > 1 else "", rows))
    return tables


# --- quantities -----------------------------------------------------------------------------------


def pieces(value: Plain) -> list[tuple[str, Plain]] | None:
    """The conditions and values of what depends on the region; None for what does not."""
    if not isinstance(value, list) or not value:
        return None
    if not all(isinstance(each, dict) and set(each) == {"when", "value"} for each in value):
        return None
    return [(each["when"], each["value"]) for each in value]


def _unknown(value: Plain) -> str | None:
    if isinstance(value, dict) and set(value) == {"unknown"}:
        return plain(value["unknown"])
    return None


def quantity(
    name: str, value: Plain, words: Callable[[Plain], str] | None = None
) -> Iterator[RenderableType]:
    """``name: value.``, or the name above a table of values with their conditions."""
    told = words or expression
    reason = _unknown(value)
    regions = pieces(value)
    if reason is not None:
        yield Text(f"{name}: unknown, {reason}.", style="yellow")
    elif regions is None:
        yield Text(f"{name}: {told(value)}.")
    else:
        yield Text(f"{name}:")
        yield _regions([(when, told(each)) for when, each in regions])


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


def _profiles(value: Plain) -> str:
    if value is None:
        return "never played"
    return profiles([tuple(each) for each in value], "none")


def _sets(name: str, value: Mapping[str, Plain]) -> Iterator[RenderableType]:
    """Sets of profiles: in one line, or state by state."""
    if (reason := _unknown(value)) is not None:
        yield Text(f"{name}: unknown, {reason}.", style="yellow")
        return
    single = len(value) == 1
    if all(pieces(each) is None and _unknown(each) is None for each in value.values()):
        yield Text(f"{name}: {by_state({s: _profiles(each) for s, each in value.items()})}.")
        return
    for state, each in value.items():
        yield from quantity(name if single else f"{name} in {short(state)}", each, _profiles)


def _selection(value: Plain) -> str:
    if value is None:
        return "none"
    return by_state({state: profile(tuple(labels)) for state, labels in value.items()})


# --- sections -------------------------------------------------------------------------------------


def _first_best(part: Mapping[str, Plain]) -> Iterator[RenderableType]:
    yield from quantity("Welfare", part["welfare"])
    yield from _sets("Reached by", part["profiles"])


def _selfish(report: Mapping[str, Plain]) -> Iterator[RenderableType]:
    part = report["selfish"]
    yield from _sets("Pure equilibria", part["nash"])
    yield from quantity("Best equilibrium welfare", part["welfare"], _welfare)


def _welfare(value: Plain) -> str:
    return "no equilibrium in some state" if value is None else expression(value)


def _languages(
    parts: Sequence[Mapping[str, Plain]],
    told: Callable[[Mapping[str, Plain]], Iterator[RenderableType]],
) -> Iterator[RenderableType]:
    for number, part in enumerate(parts):
        if number:
            yield Text()
        kind = contract_class(ContractClassPart(**part["contracts"]))
        title = Text(short(part["name"]), style="italic")
        yield title.append(f" ({kind})", style="not italic")
        yield Padding(Group(*told(part)), (0, 0, 0, 2))


def _mechanism(found: Plain) -> Iterator[RenderableType]:
    """The gap that no mechanism closes, where it was asked for."""
    if found is None or _unknown(found) is not None:
        return
    yield from quantity("Gap under any mechanism", found["gap"])
    yield from certificates(found["certificates"])


def _language(part: Mapping[str, Plain]) -> Iterator[RenderableType]:
    yield from quantity("Value", part["value"])
    yield from quantity("Gap", part["gap"])
    if part["correlated_gap"] is not None:
        yield from quantity("Correlated gap", part["correlated_gap"])
    if part["directive_gap"] is not None and part["directive_gap"] != part["gap"]:
        yield from quantity("Directive gap", part["directive_gap"])
    yield from _mechanism(part.get("mechanism"))
    yield from quantity("λ for the first best", part["prosocial_threshold"])
    yield _suffices(part["suffices"])
    if part["incontractible_cells"]:
        yield from quantity("Incontractible cells", part["incontractible_cells"], _cells)
    if not isinstance(part["suffices"], bool):
        yield from _basis(part.get("basis"))
    yield from _obstruction(part["obstruction"])
    if part["selection"] is not None:
        yield from quantity("Reached", part["selection"], _selection)
    yield from certificates(part["certificates"])


def _suffices(value: Plain) -> RenderableType:
    """Where some contract implements a first best."""
    reason, regions = _unknown(value), pieces(value)
    if reason is not None:
        return Text(f"Whether a contract suffices is unknown: {reason}.", style="yellow")
    if regions is None:
        which = "For all parameters some" if value else "For no parameters any"
        return Text(f"{which} contract implements a first best.")
    where = [plain(when) for when, holds in regions if holds]
    lines = [Text(f"{'or' if number else 'if'}  {when}") for number, when in enumerate(where)]
    head = Text("Some contract implements a first best exactly")
    return Group(head, Padding(Group(*lines), (0, 0, 0, 2)))


def _basis(value: Plain) -> Iterator[RenderableType]:
    """What must hold for a contract to implement each first-best selection."""
    for each in (value or ())[:MANY] if _unknown(value) is None else ():
        number = count(each["obstructions"], "minimal obstruction")
        if not (needed := each["conditions"]):
            continue
        told = f"none of them stands exactly if {listed([plain(each) for each in needed])}"
        if needed == ["False"]:
            told = "for all parameters some of them stands"
        yield Text(f"{_selection(each['selection'])}: {number}; {told}.")


def _cells(value: Plain) -> str:
    return listed([f"{{{', '.join(map(short, cell))}}}" for cell in value]) if value else "none"


def _obstruction(value: Plain) -> Iterator[RenderableType]:
    reason, regions = _unknown(value), pieces(value)
    if reason is not None:
        yield Text(f"The obstruction is unknown: {reason}.", style="yellow")
        return
    listed_ = [(None, value)] if regions is None else regions
    for when, each in listed_:
        if each is not None:
            where = "" if when is None else f" if {plain(when)}"
            yield Text(f"Obstruction{where}: {_in_words(each)}.")


def _in_words(part: Mapping[str, Plain]) -> str:
    """What keeps agents from anything better."""
    moves = part["deviations"]
    first = moves[0]
    several = len({each["state"] for each in moves}) > 1
    return sentence(
        part["kind"],
        profile(first["profile"]),
        short(first["player"]),
        short(first["deviation"]),
        "the deviation",
        expression(part["sum"]),
        "; ".join(_move(each, several) for each in moves),
    )


def _move(part: Mapping[str, Plain], several: bool) -> str:
    place = f"in state {short(part['state'])} " if several else ""
    weight = f" (weight {plain(str(part['weight']))})" if part["weight"] != 1 else ""
    return (
        f"{place}{short(part['player'])} from {profile(part['profile'])} "
        f"to {short(part['deviation'])}{weight}"
    )


def _prosocial(report: Mapping[str, Plain]) -> Iterator[RenderableType]:
    yield from quantity("λ for the first best without a contract", report["prosocial_threshold"])
    yield from _of_each_agent(report["agent_thresholds"])
    yield from certificates(report["certificates"])
    for number, own in enumerate(report["prosocial"]):
        yield Text()
        yield Text(f"At λ = {level_text(own['lambda'])}", style="italic")
        parts = [*quantity("Best equilibrium welfare", own["welfare"], _welfare)]
        parts += _sets("Pure equilibria", own["nash"])
        for each in report["languages"]:
            name = f"Value of {short(each['name'])}"
            parts += quantity(name, each["prosocial"][number]["value"])
        yield Padding(Group(*parts), (0, 0, 0, 2))


def _of_each_agent(value: Plain) -> Iterator[RenderableType]:
    regions = pieces(value)
    if regions is None:
        if (reason := _unknown(value)) is not None:
            yield Text(f"Thresholds of each agent: unknown, {reason}.", style="yellow")
            return
        for each in value[:MANY]:
            yield Text(
                f"Needed of each agent for {_selection(each['selection'])}: "
                f"λ = {level_text(each['lambda'])}."
            )
        if len(value) > MANY:
            yield Text(f"… and of {count(len(value) - MANY, 'more first-best selection')}.")
        return
    # One table for each selection: elsewhere it is no first best.
    selections: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for when, thresholds in regions:
        for each in thresholds:
            key = json.dumps(each["selection"], sort_keys=True)
            found = selections.setdefault(key, (_selection(each["selection"]), []))
            found[1].append((when, level_text(each["lambda"])))
    for told, rows in list(selections.values())[:MANY]:
        if len(rows) == len(regions) and len({text for _, text in rows}) == 1:
            yield Text(f"Needed of each agent for {told}: λ = {rows[0][1]}.")
            continue
        somewhere = "" if len(rows) == len(regions) else ", where that is first best"
        yield Text(f"Needed of each agent for {told}{somewhere}:")
        yield _regions([(when, f"λ = {text}") for when, text in rows])
    if len(selections) > MANY:
        yield Text(f"… and of {count(len(selections) - MANY, 'more first-best selection')}.")


def _benefit(part: Mapping[str, Plain]) -> Iterator[RenderableType]:
    """Theorem T8, for all parameters."""
    for how, each in (
        ("as payoffs stand", part["plain"]),
        ("with side payments for each selfish outcome", part["side_payments"]),
    ):
        answer = {"proved": "yes", "refuted": "not for all parameters"}.get(each["status"])
        shown = Text(f"Each agent gains {how}: {answer or 'unknown'}.")
        if each["suggestion"] is not None:
            shown.append(f" They do if also {plain(each['suggestion'])}.", style="green")
        if each["reason"]:
            shown.append(f" {plain(each['reason'])}.", style="yellow")
        yield shown


def _claims(parts: Sequence[Mapping[str, Plain]]) -> Iterator[RenderableType]:
    """Each claim with its status; counterexamples, and what would make it true."""
    if not parts:
        return
    rows = []
    for each in parts:
        shown = Text(_claim(each))
        if each["certificate"] is not None:
            kind, sha = each["certificate"]["kind"], each["certificate"]["sha256"]
            shown.append(f"  {kind} {sha[:8]}", style="dim")
        shown.append(f"\n{plain(each['statement'])}", style="dim")
        if each["counterexample"] is not None:
            pairs = (f"{short(n)} = {expression(v)}" for n, v in each["counterexample"].items())
            shown.append(f"\nfails at {', '.join(pairs)}", style="red")
        if each["suggestion"] is not None:
            shown.append(f"\nholds if also {plain(each['suggestion'])}", style="green")
        if each["reason"]:
            shown.append(f"\n{plain(each['reason'])}", style="yellow")
        rows.append((Text(each["status"], style=STYLES.get(each["status"], "")), shown))
    yield Columns([], rows)


def _claim(part: Mapping[str, Plain]) -> str:
    words = [plain(part["id"])]
    if part["value"] is not None:
        words.append(expression(part["value"]))
    if part["lambda"] is not None:
        words.append(f"at λ = {level_text(part['lambda'])}")
    if part["language"] is not None:
        words.append(f"for {short(part['language'])}")
    return " ".join(words)
