"""A report as a story for people: pure functions from values to rich renderables.

Whatever comes from a file is a ``Text`` or goes into one, so no label is ever read as markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from coopgap.proofs.deciding.reports import PooledBestPart, Quantity, Report, Unknown
from coopgap.proofs.deciding.values import Absent, everywhere
from coopgap.terminal.family_story import family, of_each_agent
from coopgap.terminal.languages import languages
from coopgap.terminal.mechanisms import mechanisms, team, without_messages
from coopgap.terminal.numbers import level, number
from coopgap.terminal.payoffs import game
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
    profiles,
    short,
)
from coopgap.theory.environments import Environment
from coopgap.theory.exact import Infinite
from coopgap.theory.specification import FamilySpecification, Specification


def story(report: Report, specification: Specification | FamilySpecification) -> Group:
    """Everything a report says, in the order in which one would tell it."""
    if isinstance(specification, FamilySpecification):
        told = family(report, specification)
    elif isinstance(report.first_best, PooledBestPart):
        told = _private(report, specification.environment, report.first_best)
    else:
        told = _open(report, specification.environment)
    parts = [heading(report.title, report.source), *told, section("Claims", *claims(report))]
    return story_of(parts, summary(report.claims))


def _open(report: Report, environment: Environment) -> list[RenderableType | None]:
    """Where players see the state."""
    return [
        section("The game", *game(report, environment)),
        section("First best", *first_best(report)),
        section("Selfish agents without a contract", *selfish(report)),
        section("What contracts reach", *languages(report)),
        section("Prosocial agents", *prosocial(report)),
        section("Who gains from the first best", *benefit(report)),
    ]


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
        yield from of_each_agent(report.agent_thresholds)
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
