"""A report as a story for people: pure functions from values to rich renderables.

Whatever comes from a file is a ``Text`` or goes into one, so no label is ever read as markup.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from coopgap.proofs.deciding.reports import (
    CellPart,
    ClaimPart,
    ContractClassPart,
    LanguagePart,
    LotteryPart,
    MechanismPart,
    ObstructionPart,
    PooledBestPart,
    Quantity,
    RecordPart,
    Report,
    Unknown,
)
from coopgap.proofs.deciding.values import Absent, Bounds, everywhere
from coopgap.proofs.questions.mechanisms import CAUSES
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import (
    MANY,
    by_state,
    clauses,
    count,
    level,
    listed,
    number,
    plain,
    profile,
    profiles,
    short,
)
from coopgap.theory.environments import Environment
from coopgap.theory.exact import Infinite

if TYPE_CHECKING:
    from coopgap.proofs.aggregates.parts import GroupReport

WIDTH = 76
"""The widest payoff table that is printed; it fits 80 columns."""

MATRICES = 6
"""How many payoff tables are printed."""

RECORDS = 12
"""How many records of a contract are printed."""

STRATEGIES = 4
"""How many equilibria in strategies are printed."""

STYLES = {"proved": "green", "refuted": "red", "trusted": "yellow", "unknown": "yellow"}
BEST, STABLE = "*", "°"


def story(report: Report, environment: Environment) -> Group:
    """Everything a report says, in the order in which one would tell it."""
    if isinstance(report.first_best, PooledBestPart):
        return _told(report, _private(report, environment, report.first_best))
    sections = [
        section("The game", *game(report, environment)),
        section("First best", *first_best(report)),
        section("Selfish agents without a contract", *selfish(report)),
        section("What contracts reach", *languages(report)),
        section("Prosocial agents", *prosocial(report)),
        section("Who gains from the first best", *benefit(report)),
    ]
    return _told(report, sections)


def _private(
    report: Report, environment: Environment, best: PooledBestPart
) -> list[RenderableType | None]:
    """Where players do not see the state: what the team and what mechanisms reach."""
    paying = [each for each in report.languages if not isinstance(each.mechanism, Absent)]
    return [
        section("The game", *game(report, environment)),
        section("First best", *first_best(report), *team(best)),
        section("What contracts reach without messages", *without_messages(report)),
        section("What mechanisms reach", *mechanisms(paying)),
    ]


def _told(report: Report, sections: Sequence[RenderableType | None]) -> Group:
    """The sections between the heading and the claims."""
    parts = [heading(report.title, report.source), *sections, section("Claims", *claims(report))]
    closing = summary(report.claims)
    ending = [Text(closing, style="bold")] if closing else []
    return Group(*(part for part in parts if part is not None), *ending)


def section(title: str, *parts: RenderableType) -> RenderableType | None:
    """The parts under their title, and a blank line; nothing if there are no parts."""
    if not parts:
        return None
    inside = Padding(Group(*parts), (0, 0, 1, 2))
    return Group(Text(title, style="bold"), inside)


def heading(title: str, source: str) -> RenderableType:
    """Title and source."""
    lines = [Text(plain(title), style="bold")] if title else []
    lines += [Text(plain(source), style="dim")] if source else []
    return Padding(Group(*lines), (0, 0, 1 if lines else 0, 0))


def game(report: Report, environment: Environment) -> Iterator[RenderableType]:
    """The payoffs, if they fit; else how large the game is."""
    states = [environment.states[state] for state in environment.support]
    others = [range(size) for size in environment.shape[2:]]
    if len(states) * math.prod(environment.shape[2:]) > MATRICES or max(environment.shape) > MANY:
        yield Text(_size(environment))
        return
    tables = [
        _matrix(report, environment, state, rest)
        for state in environment.support
        for rest in product(*others)
    ]
    if max(width(rows) for _, rows in tables) > WIDTH:
        yield Text(_size(environment))
        return
    order = listed([short(player) for player in environment.players])
    if len(environment.players) > 1:
        yield Text(f"Payoffs of {order}, in this order.")
    for caption, rows in tables:
        if caption:
            yield Text(caption, style="italic")
        yield grid(rows)
    stable = "equilibrium of selfish agents" if isinstance(report.selfish.nash, Mapping) else ""
    yield Text(f"{BEST} first best" + (f"   {STABLE} {stable}" if stable else ""), style="dim")


def _size(environment: Environment) -> str:
    actions = listed(
        [f"{short(p)} {k}" for p, k in zip(environment.players, environment.shape, strict=True)]
    )
    players = count(len(environment.players), "player")
    states = len(environment.support)
    return (
        f"{players}, {count(states, 'state')}, "
        f"{count(math.prod(environment.shape), 'action profile')} in each (actions: {actions})."
    )


def _matrix(
    report: Report, environment: Environment, state: int, rest: Sequence[int]
) -> tuple[str, list[list[str]]]:
    """A caption, and rows of cells: the first player's actions by the second's."""
    players = [short(player) for player in environment.players]
    labels = [[short(label) for label in of_agent] for of_agent in environment.actions]
    name = environment.states[state]
    best, stable = (
        everywhere(sets.get(name, ())) if isinstance(sets, Mapping) else ()
        for sets in (report.first_best.profiles, report.selfish.nash)
    )

    def cell(play: tuple[int, ...]) -> str:
        paid = [
            number(Fraction(int(own[(state, *play)]), environment.denominator))
            for own in environment.payoffs
        ]
        chosen = environment.labels(play)
        marks = BEST * (chosen in best) + STABLE * (chosen in stable)
        return ", ".join(paid) + (f" {marks}" if marks else "")

    columns: list[tuple[int, ...]] = [(a,) for a in range(len(labels[1]))] if players[1:] else [()]
    corner = " \\ ".join(players[:2])
    head = [corner, *(labels[1] if players[1:] else ["payoff"])]
    rows = [
        [label, *(cell((a, *column, *rest)) for column in columns)]
        for a, label in enumerate(labels[0])
    ]
    fixed = [f"{p}: {of[a]}" for p, of, a in zip(players[2:], labels[2:], rest, strict=True)]
    if len(environment.support) > 1:
        chance = environment.prior[state]
        fixed.insert(0, f"state {short(name)}, probability {number(chance)}")
    return ", ".join(fixed), [head, *rows]


def width(rows: Sequence[Sequence[str]]) -> int:
    """How wide a grid of these rows is."""
    return sum(max(map(len, column)) + 3 for column in zip(*rows, strict=True))


def grid(rows: Sequence[Sequence[str]]) -> Columns:
    """Rows of cells in columns."""
    return Columns([], rows, gap=3)


def first_best(report: Report) -> Iterator[RenderableType]:
    """W*, and where it is reached."""
    part = report.first_best
    best = {s: profiles(everywhere(found), "") for s, found in everywhere(part.profiles).items()}
    yield Text(f"Welfare {number(part.welfare)}: {by_state(best)}.")


def selfish(report: Report) -> Iterator[RenderableType]:
    """The pure equilibria, and what they lose."""
    part = report.selfish
    assert not isinstance(part.nash, tuple), "all players see the state"
    nash = {s: everywhere(found) for s, found in everywhere(part.nash).items()}
    stable = by_state({s: profiles(found, "none") for s, found in nash.items()})
    best_welfare = report.first_best.welfare
    if not isinstance(part.welfare, Fraction) or not isinstance(best_welfare, Fraction):
        yield Text(f"Pure equilibria: {stable}.")
    else:
        loss = best_welfare - part.welfare
        lost = f", a loss of {number(loss)}" if loss else ", the first best"
        best, worst = "", ""
        if isinstance(part.worst, Fraction) and part.worst < part.welfare:
            least = best_welfare - part.worst
            best, worst = " at best", f"; {number(part.worst)} at worst, a loss of {number(least)}"
        welfare = f"Welfare {number(part.welfare)}{best}{lost}{worst}."
        yield Text(f"Pure equilibria: {stable}. {welfare}")
    if isinstance(part.mixed, Unknown):
        yield from _undecided({"mixed equilibria": part.mixed})
    else:
        mixed = {
            state: clauses(
                ", ".join(f"{short(player)} {_mixture(own)}" for player, own in each.items())
                for each in found
                if any(len(_played(own)) > 1 for own in each.values())
            )
            for state, found in part.mixed.items()
        }
        mixed = {state: text for state, text in mixed.items() if text}
        if mixed:
            single = len(nash) == 1
            texts = [text if single else f"{text} in {short(s)}" for s, text in mixed.items()]
            yield Text(f"Mixed equilibria: {clauses(texts)}.")
    if part.mixed_others is not None:
        yield Text(f"Other mixed equilibria may exist: {part.mixed_others}.")


def _played(mixture: Mapping[str, Fraction]) -> list[str]:
    return [action for action, chance in mixture.items() if chance]


def _mixture(mixture: Mapping[str, Fraction]) -> str:
    return " + ".join(
        f"{number(mixture[action])} {short(action)}" if mixture[action] != 1 else short(action)
        for action in _played(mixture)
    )


def languages(report: Report) -> Iterator[RenderableType]:
    """One row per language, then why each stops where it does and the contract that gets there."""
    if not report.languages:
        return
    shown: list[tuple[str, list[str]]] = [
        ("language", [short(each.name) for each in report.languages]),
        ("contracts", [contract_class(each.contracts) for each in report.languages]),
        ("value", [number(each.value) for each in report.languages]),
        ("gap", [number(each.gap) for each in report.languages]),
    ]
    if any(_leaves_worse(each) for each in report.languages):
        shown.append(("gap at\nworst", [number(each.worst_gap) for each in report.languages]))
    if any(not isinstance(each.correlated_gap, Absent) for each in report.languages):
        shown.append(
            ("correlated\ngap", [number(each.correlated_gap) for each in report.languages])
        )
    if any(not isinstance(each.directive_gap, Absent) for each in report.languages):
        shown.append(("directive\ngap", [number(each.directive_gap) for each in report.languages]))
    if any(isinstance(each.mechanism, MechanismPart) for each in report.languages):
        shown.append(("any\nmechanism", [any_mechanism(each) for each in report.languages]))
    thresholds = [number(each.prosocial_threshold) for each in report.languages]
    shown.append(("λ for\nfirst\nbest", thresholds))
    rows = list(zip(*(cells for _, cells in shown), strict=True))
    yield Columns([name for name, _ in shown], rows, names=2, numbers=True)
    yield from _missing(report.languages, {name.replace("\n", " "): cells for name, cells in shown})
    for each in report.languages:
        parts = list(language(each))
        if parts:
            yield Text()
            yield Text(short(each.name), style="italic")
            yield Padding(Group(*parts), (0, 0, 0, 2))


def any_mechanism(part: LanguagePart) -> str:
    """The gap that no mechanism closes."""
    found = part.mechanism
    if isinstance(found, MechanismPart):
        return number(found.gap)
    return "unknown" if isinstance(found, Unknown) else "–"


def mechanisms(parts: Sequence[LanguagePart]) -> Iterator[RenderableType]:
    """One row per language, then the mechanism that gets there."""
    if not parts:
        return
    yield Columns(
        ["language", "contracts", "value", "gap"],
        [
            [
                short(each.name),
                contract_class(each.contracts),
                number(each.mechanism.value if isinstance(each.mechanism, MechanismPart) else None),
                any_mechanism(each),
            ]
            for each in parts
        ],
        names=2,
        numbers=True,
    )
    for each in parts:
        yield Text()
        yield Text(short(each.name), style="italic")
        found = each.mechanism
        if isinstance(found, MechanismPart):
            yield Padding(Group(*mechanism(found)), (0, 0, 0, 2))
        elif isinstance(found, Unknown):
            yield Padding(Group(*_undecided({"value": found})), (0, 0, 0, 2))


def without_messages(report: Report) -> Iterator[RenderableType]:
    """What strategies reach without a contract and under contracts, and why no more."""
    alone, needed = report.selfish.welfare, report.prosocial_threshold
    told = number(None if isinstance(alone, Absent) else alone)
    words = f"selfish players reach {told} without a contract" if told != "–" else "no equilibrium"
    yield Text(f"In pure strategies {words}; λ for the first best: {number(needed)}.")
    stable = report.selfish.nash
    if isinstance(stable, tuple):
        told = clauses(map(strategies, stable[:STRATEGIES])) or "none"
        more = len(stable) - STRATEGIES
        yield Text(f"Equilibria: {told}{f'; and {more} more' if more > 0 else ''}.")
    yield from _undecided({"value": alone, "threshold": needed})
    parts = report.languages
    yield Columns(
        ["language", "contracts", "value", "gap", "correlated\ngap", "λ for\nfirst best"],
        [
            [
                short(each.name),
                contract_class(replace(each.contracts, participation=None)),
                *(number(n) for n in (each.value, each.gap)),
                number(each.correlated_gap),
                number(each.prosocial_threshold),
            ]
            for each in parts
        ],
        names=2,
        numbers=True,
    )
    for each in parts:
        details = list(_details(each))
        if details:
            yield Text()
            yield Text(short(each.name), style="italic")
            yield Padding(Group(*details), (0, 0, 0, 2))


def strategies(each: Mapping[str, Mapping[str, str]]) -> str:
    """Strategies by player and cell, in brackets."""
    acts = [
        f"{short(player)} {short(action)}" + (f" at {short(cell)}" if where else "")
        for player, own in each.items()
        for where in (len(set(own.values())) > 1,)
        for cell, action in list(own.items())[: None if where else 1]
    ]
    return f"({', '.join(acts)})"


def _details(part: LanguagePart) -> Iterator[RenderableType]:
    """Why strategies stop where they do, and the contract that gets there."""
    yield from _obstructed(part)
    yield from reached(part)
    open_ = {"value": part.value, "threshold": part.prosocial_threshold}
    yield from _undecided({**open_, "correlated gap": part.correlated_gap})
    yield from certificates(part.certificates)


def team(part: PooledBestPart) -> Iterator[RenderableType]:
    """What players lose who do not tell each other what they see."""
    if isinstance(part.team, Fraction) and isinstance(part.welfare, Fraction):
        loss = part.welfare - part.team
        lost = f", a loss of {number(loss)} that communication makes good" if loss else ""
        yield Text(f"Without communication at most {number(part.team)}{lost}.")
    else:
        yield from _undecided({"welfare without communication": part.team})


def mechanism(part: MechanismPart) -> Iterator[RenderableType]:
    """What mechanisms reach, how, and what shows it."""
    if isinstance(part.value, Infinite):
        yield Text("There is no mechanism that all agents join.")
    elif isinstance(part.value, Bounds):
        yield Text(
            f"The best mechanism reaches {number(part.value)}: time did not suffice for more."
        )
        if isinstance(part.lotteries, tuple):
            yield Text(f"This one reaches {number(part.value.low)}:")
    elif part.attained is True:
        yield Text(f"The best mechanism reaches {number(part.value)}:")
    else:
        yield Text(f"Mechanisms come as close to {number(part.value)} as one likes, near this one:")
    between = isinstance(part.value, Bounds)
    if isinstance(part.bound, Fraction) and part.bound != part.value and not between:
        yield Text(f"(The linear programme of all mechanisms allows {number(part.bound)}.)")
    if isinstance(part.lotteries, tuple):
        yield _lotteries(part.lotteries)
    yield from _causes(part)
    if part.prosocial:
        told = [f"{number(each.value)} at λ = {level(each.lambda_)}" for each in part.prosocial]
        yield Text(f"Mechanisms reach {listed(told)}.")
    yield from certificates(part.certificates)


def _causes(part: MechanismPart) -> Iterator[RenderableType]:
    """What messages make good, and what the gap that is left is due to."""
    if isinstance(part.restored, Fraction) and part.restored:
        yield Text(f"Messages and a mediator make good {number(part.restored)}.")
    if isinstance(part.losses, Unknown):
        yield from _undecided({"what the gap is due to": part.losses})
    elif isinstance(part.losses, tuple) and part.losses:
        first, *others = part.losses
        told = [f"{number(first.loss)} is due to {CAUSES[first.cause]}"]
        told += [f"{number(each.loss)} to {CAUSES[each.cause]}" for each in others]
        yield Text(f"Of the gap {listed(told)}.")


def _lotteries(listed_: Sequence[LotteryPart]) -> Columns:
    players = list(listed_[0].reports)
    rows = [
        [
            ", ".join(short(each.reports[player]) for player in players),
            profile(each.profile),
            number(each.probability),
            "; ".join(_paid(paid) for paid in each.transfers) or "nothing",
        ]
        for each in listed_[:RECORDS]
    ]
    hidden = len(listed_) - RECORDS
    if hidden > 0:
        rows.append([f"… {count(hidden, 'more')}", "", "", ""])
    return Columns(["reports", "recommended", "chance", "paid"], rows, names=4)


def _paid(part: RecordPart) -> str:
    amounts = ", ".join(f"{short(p)} {number(t)}" for p, t in part.transfers.items())
    return f"{amounts} at {plain(part.record)}"


def _missing(
    parts: Sequence[LanguagePart], shown: Mapping[str, Sequence[str]]
) -> Iterator[RenderableType]:
    """Why columns or cells of the table have no number."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for name in ("correlated gap", "directive gap"):
        cells = shown.get(name, ["–"] * len(parts))
        for part, cell in zip(parts, cells, strict=True):
            value = getattr(part, name.replace(" ", "_"))
            if isinstance(value, Absent | Unknown) and cell in ("–", "unknown"):
                reasons.setdefault((name, value.reason), []).append(short(part.name))
    for (name, reason), languages in reasons.items():
        whose = f" of {listed(languages)}" if len(languages) < len(parts) else ""
        yield Text(f"No {name}{whose}: {plain(reason)}.", style="dim")


def contract_class(part: ContractClassPart) -> str:
    """The class of contracts in two or three words."""
    if part.kind == "directive":
        return "permissive directives" if part.permissive else "directives"
    words = f"{part.budget} {part.kind}" if part.budget else part.kind
    if part.liability not in (None, "none"):
        words = f"{words}, fines ≤ {part.liability}"
    return words if part.participation is None else f"{words}, by consent"


def language(part: LanguagePart) -> Iterator[RenderableType]:
    """The details of one language: cells, obstruction, contract, undecided quantities."""
    if isinstance(part.incontractible_cells, tuple) and part.incontractible_cells:
        found = everywhere(part.incontractible_cells)
        cells = [f"{{{', '.join(map(short, cell))}}}" for cell in found]
        yield Text(f"No single profile is first best throughout {listed(cells)}.")
    yield from _obstructed(part)
    yield from reached(part)
    if isinstance(part.mechanism, MechanismPart):
        yield from mechanism(part.mechanism)
    yield from _undecided({"value": part.value, "threshold": part.prosocial_threshold})
    yield from certificates(part.certificates)


def _obstructed(part: LanguagePart) -> Iterator[RenderableType]:
    """The first obstruction, and how many more there are."""
    if isinstance(part.obstruction, ObstructionPart):
        more = part.obstruction.count - 1
        where = "in the certificate of the gap, which --certificates DIR writes"
        rest = f" (and {count(more, 'more obstruction')}, {where})" if more > 0 else ""
        yield Text(f"Obstruction: {plain(part.obstruction.words)}{rest}.")


def reached(part: LanguagePart) -> Iterator[RenderableType]:
    """What the best contract of the language makes an equilibrium, and that contract."""
    if isinstance(part.selection, Mapping):
        selection, contract = part.selection, part.contract
        plays = by_state({state: profile(play) for state, play in selection.items()})
        records = contract if isinstance(contract, tuple) else ()
        paid = [each for each in records if any(each.transfers.values())]
        if paid:
            yield Text(f"Reached: {plays}, by these transfers:")
            yield _transfers(paid)
        elif isinstance(part.directive, tuple):
            yield Text(f"Reached: {plays}, by this directive:")
            yield _directive(part.directive)
        else:
            yield Text(f"Reached: {plays}, without any payment.")
        if _leaves_worse(part):
            yield Text(
                f"It leaves worse pure equilibria too: welfare {number(part.worst)} at worst, "
                f"a gap of {number(part.worst_gap)}."
            )
    elif isinstance(part.value, Infinite):
        yield Text("No contract of this class leaves a pure equilibrium in every state.")


def _leaves_worse(part: LanguagePart) -> bool:
    return isinstance(part.worst, Fraction) and part.worst != part.value


def _transfers(paid: Sequence[RecordPart]) -> Columns:
    players = list(paid[0].transfers)
    rows = [
        [plain(each.record), *(number(each.transfers[player]) for player in players)]
        for each in paid[:RECORDS]
    ]
    hidden = len(paid) - RECORDS
    if hidden > 0:
        rows.append([f"… {count(hidden, 'more record')}", *("" for _ in players)])
    return Columns(["record", *map(short, players)], rows, numbers=True)


def _directive(cells: Sequence[CellPart]) -> Columns:
    players = list(cells[0].allowed)
    rows = [
        [
            listed([short(state) for state in cell.states]),
            *(listed([short(a) for a in cell.allowed[player]], "or") for player in players),
        ]
        for cell in cells[:RECORDS]
    ]
    hidden = len(cells) - RECORDS
    if hidden > 0:
        rows.append([f"… {count(hidden, 'more cell')}", *("" for _ in players)])
    return Columns(["states", *map(short, players)], rows)


def certificates(hashes: Mapping[str, str]) -> Iterator[RenderableType]:
    """The certificates of quantities, by name."""
    named = [
        f"{plain(name).replace('_', ' ')} {sha[:8]}"
        for name, sha in hashes.items()
        if " at lambda " not in name
    ]
    levels = len(hashes) - len(named)
    if levels:
        named.append(f"{levels} for levels of λ")
    if named:
        yield Text(f"Certificates: {listed(named)}.", style="dim")


def _undecided(quantities: Mapping[str, object]) -> Iterator[RenderableType]:
    for name, quantity in quantities.items():
        if isinstance(quantity, Unknown):
            yield Text(f"Unknown {name}: {plain(quantity.reason)}.", style="yellow")


def prosocial(report: Report) -> Iterator[RenderableType]:
    """Thresholds without a contract, and welfare by level."""
    threshold = report.prosocial_threshold
    match threshold:
        case Unknown():
            yield from _undecided({"threshold": threshold})
        case Infinite():
            yield Text("Without a contract no common λ makes a first best an equilibrium.")
        case Fraction(numerator=0):
            yield Text("Without a contract a first best is an equilibrium of selfish agents.")
        case _:
            yield Text(
                f"Without a contract a first best is an equilibrium from λ = {threshold} on."
            )
    yield from certificates(report.certificates)
    if isinstance(report.agent_thresholds, Unknown):
        yield from _undecided({"thresholds of each agent": report.agent_thresholds})
    else:
        thresholds = everywhere(report.agent_thresholds)
        for each in thresholds[:MANY]:
            play = by_state({s: profile(labels) for s, labels in each.selection.items()})
            yield Text(f"Needed of each agent for {play}: λ = {level(each.lambda_)}.")
        more = len(thresholds) - MANY
        if more > 0:
            yield Text(f"… and of {count(more, 'more first-best selection')}.")
    if isinstance(report.domination_threshold, Fraction):
        yield Text(
            f"Above λ = {number(report.domination_threshold)} "
            "every equilibrium uses cooperating actions only."
        )
    if report.prosocial or any(each.prosocial for each in report.languages):
        yield Text()
        yield Text("Best equilibrium welfare by level", style="italic")
        yield from _levels(report)


def _levels(report: Report) -> Iterator[Columns]:
    levels = [each.lambda_ for each in report.prosocial or report.languages[0].prosocial]
    rows = [("no contract", [_welfare(each.welfare) for each in report.prosocial])]
    if any(each.worst != each.welfare for each in report.prosocial):
        worst = [_welfare(each.worst) for each in report.prosocial]
        rows.append(("no contract, worst equilibrium", worst))
    rows += [
        (short(each.name), [number(own.value) for own in each.prosocial])
        for each in report.languages
    ]
    for start in range(0, len(levels), MANY):
        shown = slice(start, start + MANY)
        head = ["λ =", *map(level, levels[shown])]
        yield Columns(head, [[name, *cells[shown]] for name, cells in rows if cells], numbers=True)


def _welfare(value: Quantity) -> str:
    return "none" if isinstance(value, Absent) else number(value)


def benefit(report: Report) -> Iterator[RenderableType]:
    """Theorem T8 on this game."""
    part = everywhere(report.benefit)
    if isinstance(part.plain, Absent):
        yield Text(f"Not asked: {part.plain.reason}.")
        return
    answers = {
        "as payoffs stand": part.plain,
        "with side payments for each selfish outcome": part.side_payments,
        "with one side payment for all selfish outcomes": part.one_payment,
    }
    for how, answer in answers.items():
        if isinstance(answer, Unknown):
            yield from _undecided({f"whether each agent gains {how}": answer})
        elif not isinstance(answer, Absent):
            yield Text(f"Each agent gains {how}: {'yes' if answer else 'no'}.")


def claims(report: Report | GroupReport) -> Iterator[RenderableType]:
    """Each claim with its status, certificate and the reason for what is unknown."""
    if not report.claims:
        return
    rows = []
    for each in report.claims:
        shown = Text(claim(each))
        if each.certificate is not None:
            shown.append(f"  {each.certificate.kind} {each.certificate.sha256[:8]}", style="dim")
        if each.statement:
            shown.append(f"\n{plain(each.statement)}", style="dim")
        if each.reason:
            shown.append(f"\n{plain(each.reason)}", style="yellow")
        rows.append((Text(each.status, style=STYLES.get(each.status, "")), shown))
    yield Columns([], rows)


def claim(part: ClaimPart) -> str:
    """A claim in one line: ``gap-at-least 1 for effort-blind``."""
    words = [plain(part.id)]
    if part.value is not None:
        words.append(number(part.value))
    if part.lambda_ is not None:
        words.append(f"at λ = {level(part.lambda_)}")
    if part.language is not None:
        words.append(f"for {short(part.language)}")
    if part.theorem is not None:
        words.append(f"({part.theorem})")
    return " ".join(words)


def summary(parts: Sequence[ClaimPart]) -> str:
    """The last line: ``3 claims proved, 1 refuted; all certificates accepted by the checker.``."""
    certificates = (part.certificate for part in parts)
    checked = [None if each is None else {"checked": each.checked} for each in certificates]
    return tally(list(zip((part.status for part in parts), checked, strict=True)))


def tally(parts: Sequence[tuple[str, Mapping[str, Any] | None]]) -> str:
    """The same, from statuses and certificates."""
    if not parts:
        return ""
    found = Counter(status for status, _ in parts)
    counts = [(found[status], status) for status in STYLES if found[status]]
    first, *rest = counts
    words = [f"{count(first[0], 'claim')} {first[1]}", *(f"{k} {status}" for k, status in rest)]
    checked = [certificate["checked"] for _, certificate in parts if certificate is not None]
    if not checked:
        return f"{', '.join(words)}."
    if all(checked):
        whose = "the certificate" if len(checked) == 1 else "all certificates"
        return f"{', '.join(words)}; {whose} accepted by the checker."
    return f"{', '.join(words)}; {count(checked.count(False), 'certificate')} not accepted."
