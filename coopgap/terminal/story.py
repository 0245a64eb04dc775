"""A report as a story for people: pure functions from values to rich renderables.

Whatever comes from a file is a ``Text`` or goes into one, so no label is ever read as markup.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.proofs.deciding.reports import PooledBestPart, Quantity, Report, Unknown
from coopgap.proofs.deciding.values import Absent, everywhere
from coopgap.terminal.languages import languages
from coopgap.terminal.mechanisms import mechanisms, team, without_messages
from coopgap.terminal.numbers import level, number
from coopgap.terminal.story_parts import (
    certificates,
    claims,
    heading,
    section,
    story_of,
    summary,
    undecided,
)
from coopgap.terminal.tables import Columns
from coopgap.terminal.words import (
    MANY,
    by_state,
    clauses,
    count,
    listed,
    profile,
    profiles,
    short,
)
from coopgap.theory.environments import Environment
from coopgap.theory.exact import Infinite

WIDTH = 76
"""The widest payoff table that is printed; it fits 80 columns."""

MATRICES = 6
"""How many payoff tables are printed."""

BEST, STABLE = "*", "°"


def story(report: Report, environment: Environment) -> Group:
    """Everything a report says, in the order in which one would tell it."""
    if isinstance(report.first_best, PooledBestPart):
        return _between(report, _private(report, environment, report.first_best))
    sections = [
        section("The game", *game(report, environment)),
        section("First best", *first_best(report)),
        section("Selfish agents without a contract", *selfish(report)),
        section("What contracts reach", *languages(report)),
        section("Prosocial agents", *prosocial(report)),
        section("Who gains from the first best", *benefit(report)),
    ]
    return _between(report, sections)


def _private(
    report: Report, environment: Environment, best: PooledBestPart
) -> list[RenderableType | None]:
    """Where players do not see the state: what the team and what mechanisms reach."""
    return [
        section("The game", *game(report, environment)),
        section("First best", *first_best(report), *team(best)),
        section("What contracts reach without messages", *without_messages(report)),
        section("What mechanisms reach", *mechanisms(report.languages)),
    ]


def _between(report: Report, sections: Sequence[RenderableType | None]) -> Group:
    """The sections between the heading and the claims."""
    parts = [heading(report.title, report.source), *sections, section("Claims", *claims(report))]
    return story_of(parts, summary(report.claims))


def game(report: Report, environment: Environment) -> Iterator[RenderableType]:
    """The payoffs, if they fit; else how large the game is."""
    states = [environment.states[state] for state in environment.support]
    others = [range(size) for size in environment.shape[2:]]
    if len(states) * math.prod(environment.shape[2:]) > MATRICES or max(environment.shape) > MANY:
        yield Text(size(environment))
        return
    tables = [
        _matrix(report, environment, state, rest)
        for state in environment.support
        for rest in product(*others)
    ]
    if max(width(rows) for _, rows in tables) > WIDTH:
        yield Text(size(environment))
        return
    yield from grids(environment.players, tables)
    stable = "" if isinstance(report.selfish.nash, Unknown) else "equilibrium of selfish agents"
    yield Text(f"{BEST} first best" + (f"   {STABLE} {stable}" if stable else ""), style="dim")


def size(environment: Environment) -> str:
    """How large a game is, in words."""
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
        () if isinstance(sets, Unknown) else everywhere(sets.get(name, ()))
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


def grids(
    players: Sequence[str], tables: Sequence[tuple[str, Sequence[Sequence[str]]]]
) -> Iterator[RenderableType]:
    """Tables of payoffs below their captions."""
    if len(players) > 1:
        yield Text(f"Payoffs of {listed([short(player) for player in players])}, in this order.")
    for caption, rows in tables:
        if caption:
            yield Text(caption, style="italic")
        yield Columns([], rows, gap=3)


def first_best(report: Report) -> Iterator[RenderableType]:
    """W*, and where it is reached."""
    part = report.first_best
    best = {s: profiles(everywhere(found), "") for s, found in everywhere(part.profiles).items()}
    yield Text(f"Welfare {number(part.welfare)}: {by_state(best)}.")


def selfish(report: Report) -> Iterator[RenderableType]:
    """The pure equilibria, and what they lose."""
    part = report.selfish
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
        yield from undecided({"mixed equilibria": part.mixed})
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


def prosocial(report: Report) -> Iterator[RenderableType]:
    """Thresholds without a contract, and welfare by level."""
    threshold = report.prosocial_threshold
    match threshold:
        case Unknown():
            yield from undecided({"threshold": threshold})
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
        yield from undecided({"thresholds of each agent": report.agent_thresholds})
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
            yield from undecided({f"whether each agent gains {how}": answer})
        elif not isinstance(answer, Absent):
            yield Text(f"Each agent gains {how}: {'yes' if answer else 'no'}.")
