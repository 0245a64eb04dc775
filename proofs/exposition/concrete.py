"""The worked example of one game, told from its report and certificates."""

from __future__ import annotations

from collections.abc import Iterator

from coopgap.proofs.exposition import games, mechanisms, pictures
from coopgap.proofs.exposition.documents import Block, Inline, Section, said, section
from coopgap.proofs.exposition.formulas import BEST, Formula, Label, row
from coopgap.proofs.exposition.prose import by_state, counted, plays, series
from coopgap.proofs.exposition.prosociality import prosocial
from coopgap.proofs.exposition.reached import reached
from coopgap.proofs.exposition.sources import Place, computed
from coopgap.theory.specification import Specification


def the_game(specification: Specification, root: Place) -> Iterator[Section]:
    """Who plays, and the payoffs, where first bests and equilibria are marked."""
    environment, report, game = specification.environment, root["report"], root["game"]
    best, stable = report["first_best"]["profiles"].value, report["selfish"]["nash"].value
    support = [environment.states.index(s) for s in best]
    yield from section(
        "The game",
        [
            *games.cast(environment, game, support),
            *games.payoffs(environment, game, support, best, stable),
        ],
    )


def sections(specification: Specification, root: Place) -> Iterator[Section]:
    """Everything that there is to say of a game."""
    report = root["report"]
    yield from the_game(specification, root)
    yield from section(
        "What a contract can tell apart",
        pictures.languages(specification.languages, specification.environment, report),
    )
    yield from section("The first best", first_best(report))
    yield from section("What selfish agents do", selfish(report))
    yield from section("What contracts reach", reached(specification, root))
    if mechanisms.decided(report):
        yield from section("What mechanisms reach", mechanisms.reached(specification, root))
    yield from section("How prosocial agents must be", prosocial(specification, root))
    yield from section("Who benefits", benefit(report["benefit"]))


def first_best(report: Place) -> Iterator[Block]:
    """W* and where it is reached."""
    part = report["first_best"]
    where = by_state([(s, plays(each, "none")) for s, each in part["profiles"].items()])
    yield said(
        "The largest expected welfare is ",
        row(BEST, "=", part["welfare"].formula),
        ". It is reached by ",
        *where,
        ".",
    )


def selfish(report: Place) -> Iterator[Block]:
    """The equilibria without a contract, and what they lose."""
    part, best = report["selfish"], report["first_best"]["welfare"]
    found = [(s, plays(each, "no profile", "and")) for s, each in part["nash"].items()]
    several = any(len(each) > 1 for _, each in part["nash"].items())
    total = sum(len(each) for _, each in part["nash"].items())
    if total == 0:
        yield said("Without a contract there is no equilibrium in pure strategies.")
    else:
        which = "equilibria are" if total > 1 else "equilibrium is"
        link = by_state(found)
        yield said(
            f"Without a contract the {'only ' if total == 1 else ''}pure {which} ", *link, "."
        )
    if part["welfare"].value is None:
        if total:
            yield said("Some state has none, so selfish play has no welfare in pure strategies.")
    else:
        lost = computed("-", best, part["welfare"])
        zero = best.number == part["welfare"].number
        yield said(
            "Selfish agents reach a welfare of ",
            part["welfare"].formula,
            " at best" if several else "",
            *(
                [", the first best."]
                if zero
                else [
                    " and lose ",
                    minus(BEST, part["welfare"], lost),
                    ".",
                ]
            ),
        )
    if part["mixed"].unknown is None:
        mixed = [
            [*_mixed(each), *([f" in state {s}"] if len(part["nash"]) > 1 else [])]
            for s, listed in part["mixed"].items()
            for each in listed
            if any(sum(1 for v in own.value.values() if v) > 1 for _, own in each.items())
        ]
        if mixed:
            one = len(mixed) == 1
            yield said(
                "There is also a mixed equilibrium: "
                if one and total
                else "There is a mixed equilibrium: "
                if one
                else "There are also mixed equilibria: "
                if total
                else "There are mixed equilibria: ",
                *_semicolons(mixed),
                ".",
            )


def minus(left: Formula, place: Place, result: Formula) -> Formula:
    """``W* − (−4) = 24``."""
    negative = place.text.startswith("-")
    taken = row("(", place.formula, ")") if negative else place.formula
    return row(left, "−", taken, "=", result)


def _semicolons(parts: list[list[Inline]]) -> list[Inline]:
    shown = parts[:8]
    if len(parts) > 8:
        shown.append([f"{counted(len(parts) - 8, 'more', 'more')}"])
    joined: list[Inline] = []
    for place, each in enumerate(shown):
        joined += ["; " if place else "", *each]
    return joined


def _mixed(each: Place) -> Iterator[Inline]:
    for place, (player, own) in enumerate(each.items()):
        yield f"{', ' if place else ''}{player} plays "
        chances = [(a, p) for a, p in own.items() if p.value]
        if len(chances) == 1:
            yield Label(chances[0][0])
        else:
            yield from series([[Label(a), " with probability ", p.formula] for a, p in chances])


def benefit(part: Place) -> Iterator[Block]:
    """Theorem T8 on this game."""
    plain, payments, one = (part[k].value for k in ("plain", "side_payments", "one_payment"))
    for reason in dict.fromkeys(part[k].unknown for k in ("plain", "side_payments", "one_payment")):
        if reason is not None:
            yield said(f"Whether each agent gains is unknown: {reason}.")
            return
    if plain is None and payments is None and one is None:
        return
    if plain:
        yield said(
            "Each agent is strictly better off in some first best than in any selfish "
            "equilibrium of smaller welfare, as payoffs stand."
        )
    elif plain is not None:
        yield said(
            "As payoffs stand, not every agent gains from a first best over every selfish "
            "equilibrium of smaller welfare."
        )
    if payments and not plain:
        yield said(
            "Constant balanced side payments, which may depend on the selfish outcome, make "
            "every agent strictly better off",
            "."
            if one is None
            else "; one payment for all selfish outcomes does too."
            if one
            else ", but no single payment does so for all selfish outcomes at once.",
        )
    elif payments is False:
        yield said("Even with side payments some agent does not gain.")
