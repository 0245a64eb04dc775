"""A game, or a family of games: who plays, the first best, what selfish agents do, who gains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from coopgap.proofs.deciding.values import Absent
from coopgap.proofs.exposition import games, pictures
from coopgap.proofs.exposition.documents import (
    Block,
    Code,
    Display,
    Inline,
    Section,
    prose,
    section,
)
from coopgap.proofs.exposition.formulas import BEST, Formula, Label, Sign, Symbol, Variable, row
from coopgap.proofs.exposition.prose import by_state, counted, plays, sentence, series
from coopgap.proofs.exposition.prosociality import prosocial
from coopgap.proofs.exposition.quantities import sets, valued
from coopgap.proofs.exposition.reached import reached
from coopgap.proofs.exposition.sources import Place, computed
from coopgap.theory.specification import FamilySpecification

GAINS = {
    "plain": "as payoffs stand, each agent is strictly better off in some first best than in any "
    "selfish equilibrium of smaller welfare",
    "side_payments": "with constant balanced side payments, which may depend on the selfish "
    "outcome, every agent is strictly better off",
    "one_payment": "with one such payment for all selfish outcomes, every agent is, too",
}
"""Theorem T8: from what agents gain, the first that suffices."""


def sections(specification: games.Game, root: Place) -> Iterator[Section]:
    """Everything that there is to say of a game or a family."""
    report = root["report"]
    yield from the_game(specification, root)
    if report["parameters"].value.get("consistent", True) is False:
        yield from section(
            "The assumptions contradict each other",
            [prose("No parameters satisfy these assumptions, so nothing is said about the games.")],
        )
        return
    environment = games.environment_of(specification)
    yield from section(
        "What a contract can tell apart",
        pictures.languages(specification.languages, environment, report),
    )
    yield from section("The first best", first_best(report))
    yield from section("What selfish agents do", selfish(report))
    silent = "" if specification.information is None else " without messages"
    yield from section(f"What contracts reach{silent}", reached(specification, root))
    if any(part["mechanism"].known for part in report["languages"]):
        # Lazily: few ask about mechanisms.
        from coopgap.proofs.exposition import mechanisms

        yield from section("What mechanisms reach", mechanisms.reached(specification, root))
    yield from section("How prosocial agents must be", prosocial(specification, root))
    if specification.information is None:
        yield from section("Who benefits", benefit(report))


def the_game(specification: games.Game, root: Place) -> Iterator[Section]:
    """Who plays, for which parameters, and the payoffs; first bests and equilibria are marked."""
    report, game = root["report"], root["game"]
    environment, information = games.environment_of(specification), specification.information
    if isinstance(specification, FamilySpecification):
        support, best, stable = list(specification.family.support), None, None
        title, assumed = "The family of games", list(_parameters(report["parameters"]))
    else:
        title, assumed, support = "The game", [], list(environment.support)
        listed, nash = report["first_best"]["profiles"].value, report["selfish"]["nash"].value
        stable = nash if isinstance(nash, Mapping) else None
        best = listed if isinstance(listed, Mapping) else None
        if best is not None and information is not None:
            best = {state: best[cell] for cell in best for state in cell.split("|")}
    yield from section(
        title,
        [
            *games.cast(environment, game, support, information),
            *assumed,
            *games.payoffs(environment, game, support, best, stable),
        ],
    )


def _parameters(part: Place) -> Iterator[Block]:
    """The parameters and what is assumed of them."""
    names = series([Variable(name) for name in part["names"].value])
    if not part["assume"]:
        yield prose("Everything holds for all real {}.", names)
        return
    many = "" if len(part["assume"]) == 1 else "s"
    yield prose("Everything holds for all real {} that satisfy the assumption{}:", names, many)
    lines = [
        row(Sign(f"(A{number})"), Sign(" "), assumption.condition)
        for number, assumption in enumerate(part["assume"], start=1)
    ]
    yield Display(tuple(lines))


def first_best(report: Place) -> Iterator[Block]:
    """W* and where it is reached."""
    part = report["first_best"]
    yield from valued(["The largest expected welfare"], BEST, part["welfare"])
    yield from sets("It is reached by", "first best", part["profiles"])
    if hasattr(part.value, "team"):
        yield from _silence(report)


def _silence(report: Place) -> Iterator[Block]:
    """What agents lose who do not tell each other what they see."""
    best, alone = report["first_best"]["welfare"], report["first_best"]["team"]
    yield prose(
        "It is that of agents who tell each other all that they see, and obey. {}",
        [f"What they reach without communication is unknown: {alone.unknown}."]
        if alone.unknown is not None
        else [
            "Without communication they reach at most ",
            alone.formula,
            *(
                [": silence costs nothing."]
                if alone.number == best.number
                else [
                    ". So ",
                    row(BEST, "−", alone.formula, "=", computed("-", best, alone)),
                    " is lost to silence, whatever agents want, and messages make it good.",
                ]
            ),
        ],
    )


def selfish(report: Place) -> Iterator[Block]:
    """The equilibria without a contract, and what they lose."""
    part, nash = report["selfish"], report["selfish"]["nash"]
    if isinstance(nash.value, tuple):
        listed = series([_strategies(strategies) for strategies in nash])
        none = "Without a contract no pure strategies are an equilibrium."
        some = "Without a contract these strategies are an equilibrium: {}."
        yield prose(some, listed) if nash else prose(none)
    elif not nash.known or not all(
        isinstance(profiles.value, tuple) for _, profiles in nash.items()
    ):
        # The first best comes before, and is often unknown for the same reason.
        if nash.known or nash.unknown != report["first_best"]["profiles"].unknown:
            yield from sets("Without a contract the pure equilibria are", "equilibria", nash)
    elif total := sum(len(profiles) for _, profiles in nash.items()):
        which = "only pure equilibrium is" if total == 1 else "pure equilibria are"
        played = by_state(
            [(s, plays(profiles, "no profile", "and")) for s, profiles in nash.items()]
        )
        yield prose("Without a contract the {} {}.", which, played)
    else:
        yield prose("Without a contract there is no equilibrium in pure strategies.")
    if part["welfare"].value is not None:
        yield from lost(report)
    elif nash.known and any(profiles.value for _, profiles in nash.items()):
        yield prose("Some state has none, so selfish play has no welfare in pure strategies.")
    if not report["family"] and isinstance(nash.value, Mapping):
        yield from _mixed(part)


def _strategies(strategies: Place) -> list[Inline]:
    """``(boss trust; expert low at l and high at h)``."""
    parts: list[Inline] = []
    for player, own in strategies.value.items():
        parts += ["; " if parts else "(", Label(player), " "]
        alike = len(set(own.values())) == 1
        acts = [[Label(a), *([] if alike else [f" at {cell}"])] for cell, a in own.items()]
        parts += series(acts[:1] if alike else acts)
    return [*parts, ")"]


def lost(report: Place) -> Iterator[Block]:
    """The welfare of selfish play, and what it loses of the first best."""
    part, best = report["selfish"], report["first_best"]["welfare"]
    welfare, worst = part["welfare"], part["worst"]
    if not isinstance(welfare.value, Fraction) or not isinstance(best.value, Fraction):
        yield from valued(["The best welfare of a pure equilibrium"], Symbol("welfare"), welfare)
        return
    worse = isinstance(worst.value, Fraction) and worst.value < welfare.value
    zero = best.value == welfare.value
    yield prose(
        "Selfish agents reach a welfare of {}{}{}{}",
        welfare.formula,
        " at best" if worse else "",
        [", the first best."] if zero else [" and lose ", _minus(best, welfare), "."],
        [" At worst they lose ", _minus(best, worst), "."] if worse else [],
    )


def _minus(best: Place, place: Place) -> Formula:
    """``W* − (−4) = 24``."""
    negative = place.text.startswith("-")
    subtracted = row("(", place.formula, ")") if negative else place.formula
    return row(BEST, "−", subtracted, "=", computed("-", best, place))


def _mixed(part: Place) -> Iterator[Block]:
    equilibria, nash = part["mixed"], part["nash"]
    if equilibria.unknown is not None:
        yield prose("Mixed equilibria are unknown: {}.", equilibria.unknown)
        return
    mixed = [
        [*_mixture(equilibrium), *([f" in state {s}"] if len(nash) > 1 else [])]
        for s, listed in equilibria.items()
        for equilibrium in listed
        if any(sum(1 for v in own.value.values() if v) > 1 for _, own in equilibrium.items())
    ]
    if mixed:
        also = " also" if any(profiles.value for _, profiles in nash.items()) else ""
        which = (
            f"is{also} a mixed equilibrium" if len(mixed) == 1 else f"are{also} mixed equilibria"
        )
        yield prose("There {}: {}.", which, _semicolons(mixed))
    if part["mixed_others"].value is not None:
        yield prose("There may be other mixed equilibria: {}.", part["mixed_others"].text)


def _semicolons(parts: list[list[Inline]]) -> list[Inline]:
    entries = parts[:8]
    if len(parts) > 8:
        entries.append([f"{counted(len(parts) - 8, 'more', 'more')}"])
    joined: list[Inline] = []
    for place, entry in enumerate(entries):
        joined += ["; " if place else "", *entry]
    return joined


def _mixture(equilibrium: Place) -> Iterator[Inline]:
    for place, (player, own) in enumerate(equilibrium.items()):
        yield f"{', ' if place else ''}{player} plays "
        chances = [(a, p) for a, p in own.items() if p.value]
        if len(chances) == 1:
            yield Label(chances[0][0])
        else:
            yield from series([[Label(a), " with probability ", p.formula] for a, p in chances])


def benefit(report: Place) -> Iterator[Block]:
    """Theorem T8: who gains from the first best."""
    part = report["benefit"]
    if report["selfish"]["welfare"].value == report["first_best"]["welfare"].value:
        return
    reason = getattr(part.value, "plain", None)
    if isinstance(reason, Absent):
        yield prose("It is not asked who gains: {}.", reason.reason)
        return
    for name, statement in GAINS.items():
        answer = part[name]
        if answer.value is not None:
            yield _gains(answer, statement)
            gained = answer.value is True or getattr(answer.value, "status", "") == "proved"
            if gained is (name == "plain"):
                return


def _gains(part: Place, statement: str) -> Block:
    if part.unknown is not None:
        return prose("Whether, {}, is unknown: {}.", statement, part.unknown)
    if isinstance(part.value, bool):
        return prose(sentence(f"{'' if part.value else 'it is not so that, '}{statement}."))
    if part["status"].text == "proved":
        sha = part["certificate"]["sha256"].text
        return prose("For all parameters, {} (certificate {}).", statement, Code(sha[:12]))
    if part["status"].text != "refuted":
        return prose("Whether, {}, is unknown: {}.", statement, part["reason"].text)
    point = [
        [row(Variable(name), "=", own.formula)] for name, own in part["counterexample"].items()
    ]
    more: list[Inline] = []
    if part["suggestion"].value is not None:
        more = [" It is so if also ", part["suggestion"].condition, "."]
    words = "It is not so for all parameters that, {}: it fails at {}.{}"
    return prose(words, statement, series(point), more)
