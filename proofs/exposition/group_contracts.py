"""What contracts reach in a game of groups, and who would leave what is better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from coopgap.proofs.exposition.documents import (
    Block,
    Inline,
    Items,
    Row,
    Statement,
    cut,
    prose,
    table,
)
from coopgap.proofs.exposition.formulas import (
    Formula,
    Label,
    Sign,
    joined,
    listed,
    row,
)
from coopgap.proofs.exposition.prose import by_state, counted, series
from coopgap.proofs.exposition.quantities import quantity
from coopgap.proofs.exposition.reached import stated, values
from coopgap.proofs.exposition.sources import Place, certificate_of
from coopgap.theory.aggregates import Group, GroupGame, GroupLanguage, GroupSpecification

SPELLED, CONSTRAINTS = 6, 14
"""How many actions of a set, and how many incentive constraints, are written out."""


def among(group: Group, actions: Sequence[int]) -> Formula:
    """``{0, 1, 2}``; of many consecutive actions the first two and the last."""
    labels = [Label(group.actions[a]) for a in actions]
    numbers = [group.numbers[a] for a in actions]
    steps = {y - x for x, y in pairwise(numbers)}
    if len(labels) > SPELLED and len(steps) == 1:
        return row("{", joined([labels[0], labels[1], Sign("…"), labels[-1]], ","), "}")
    return row("{", joined(labels, ","), "}")


def head_counts(play: Place) -> Formula:
    """``(1 × 0, 1 × 8)``: how many take which action."""
    several = len(play) > 1
    terms = [
        row(n.formula, Sign(" "), Label(name), "×", Label(action))
        if several
        else row(n.formula, "×", Label(action))
        for name, own in play.items()
        for action, n in own.items()
    ]
    return listed(terms)


def _plays(plays: Place, totals: Place, none: str, link: str) -> list[Inline]:
    if plays.unknown is None:
        return series([head_counts(play) for play in plays], link) if plays else [none]
    if totals.unknown is not None:
        return [f"plays that are not listed ({totals.unknown})"]
    return ["any play in which the total is ", *series(map(sums, totals), "or")]


def sums(totals: Place) -> Formula:
    """The totals of the groups; of one group just the number."""
    terms = [row(Label(name), ":", total.formula) for name, total in totals.items()]
    if len(terms) > 1:
        return listed(terms)
    (total,) = (total for _, total in totals.items())
    return total.formula


def by_states(part: Place, key: str, none: str, link: str = "or") -> list[Inline]:
    """The plays of each state, states that have the same joined."""
    totals = part["totals"]
    return by_state([(s, _plays(plays, totals[s], none, link)) for s, plays in part[key].items()])


def contracts(specification: GroupSpecification, root: Place) -> Iterator[Block]:
    """Value, gap and threshold of each language, and why they are so."""
    yield from values(root["report"])
    listed_, reasons = root["report"]["languages"], root["game"]["languages"]
    for language, part, why in zip(specification.languages, listed_, reasons, strict=True):
        body = tuple(stated(part))
        if part["value"].unknown is not None:
            yield from body
            continue
        proof = [*_attained(language, part, why)]
        if certificate_of(root, part, "gap") is not None:
            proof += _no_better(specification.game, part, why)
        yield Statement("proposition", body, tuple(proof))


def _attained(language: GroupLanguage, part: Place, why: Place) -> Iterator[Block]:
    if part["selection"].value is None:
        return
    where = by_state([(s, [head_counts(play)]) for s, play in part["selection"].items()])
    start: list[Inline] = [
        "The lower bound is reached by " if part["value"].between else "The value is reached by ",
        *where,
    ]
    if part["contracts"]["kind"].value == "directive":
        yield prose("{}, which the directive prescribes.", start, lead="Attained.")
        return
    yield prose("{}. {}", start, _deterred(language, part), lead="Attained.")
    if why["tempted"]:
        sums_of = by_state(
            [(state["state"].text, [state["sum"].formula]) for state in why["tempted"]]
        )
        yield prose(
            "Fines are bounded, so whoever is tempted must be given something that it "
            "would lose: what agents could gain, each by its best deviation, sums to "
            "{}, and all their fines together to {}.",
            sums_of,
            why["fines"].formula,
        )
    inside = list(why["inside"])
    if not inside:
        return
    if len(inside) > CONSTRAINTS:
        yield prose(
            "Of the {} deviations that the record does not show none pays; the checker "
            "has tried them all.",
            f"{len(inside):,}",
        )
        return
    several = len(part["selection"]) > 1
    yield prose("What the record does not show is worth nothing to whoever does it:")
    rows = [
        {
            "state": deviation["state"].text if several else None,
            "group": Label(deviation["group"].text),
            "action": Label(deviation["from"].text),
            "deviation": Label(deviation["to"].text),
            "gain": deviation["gain"].formula,
        }
        for deviation in inside
    ]
    yield cut(table(rows), "deviation")


def _deterred(language: GroupLanguage, part: Place) -> str:
    """Why nobody does what the record shows."""
    balanced = part["contracts"]["budget"].value == "balanced"
    if language.total and not balanced:
        return "Every deviation changes the total, and all are fined for it."
    fined = "Whoever takes an action of another class is seen and fined"
    return f"{fined}{', in favour of the others' if balanced else ''}."


def _no_better(game: GroupGame, part: Place, why: Place) -> Iterator[Block]:
    lead = "Nothing better exists."
    if part["gap"].text == "0":
        yield prose("No play has more welfare than the first best.", lead=lead)
        return
    if why["cells"]:
        yield from _one_for_all(why["cells"])
        return
    rows = list(why["better"])
    if not rows:
        return
    if "change" in rows[0].value:
        yield from _jointly(rows, why, len(game.support) > 1)
        return
    yield prose(
        "{}A deviation inside a class leaves the record as it is, so no contract deters "
        "it: an action is kept only if no such deviation pays. At each aggregate of "
        "more welfare the actions that are kept do not sum to it{}, as the checker has "
        "tried:",
        ["If no equilibrium is played in some state, nothing is implementable. "]
        if part["value"].text == "-inf"
        else [],
        [
            ", or those who take them could gain more in sum, at least by what stands in the "
            "last column, than the ",
            why["fines"].formula,
            " that all may be fined together",
        ]
        if why["fines"].value is not None
        else [],
        lead=lead,
    )
    yield from _excluded(game, rows, why["more"].value)


def _excluded(game: GroupGame, rows: Sequence[Place], more: int) -> Iterator[Block]:
    several = len(game.support) > 1
    totals = "totals" in rows[0].value
    names = [f"kept by {g.name}" if len(game.groups) > 1 else "kept" for g in game.groups]
    lines: list[Row] = [
        {
            "state": aggregate["state"].text if several else None,
            "total" if totals else "play": sums(aggregate["totals"])
            if totals
            else head_counts(aggregate["play"]),
            "welfare": aggregate["welfare"].formula,
            **{
                name: _staying(group, aggregate["stays"][group.name])
                for name, group in zip(names, game.groups, strict=True)
            },
            "least tempted to leave": _least_tempted(
                list(aggregate["leaves"]), len(game.groups) > 1
            ),
            "could gain": quantity(aggregate["least"]) if "least" in aggregate.value else None,
        }
        for aggregate in rows
    ]
    yield cut(table(lines), "aggregate")
    if more:
        yield prose("So it is with {}.", counted(more, "more aggregate"))


def _least_tempted(leaves: Sequence[Place], several: bool) -> list[Inline]:
    """Who leaves for the least gain, where there are several groups with its own."""
    if not leaves:
        return ["–"]
    first = min(leaves, key=lambda move: move["gain"].number)
    move = row(Label(first["from"].text), "→", Label(first["to"].text))
    group: list[Inline] = [Label(first["group"].text), " "] if several else []
    return [*group, move, ": ", first["gain"].formula]


def _staying(group: Group, stays: Place) -> list[Inline]:
    labels = list(stays.value)
    if not labels:
        return ["none"]
    return [among(group, [group.actions.index(label) for label in labels])]


def _jointly(rows: Sequence[Place], why: Place, several: bool) -> Iterator[Block]:
    bounded, more = why["fines"].value is not None, why["more"].value
    yield prose(
        "Of a deviation inside a class a court sees the change of the total and not who "
        "brought it about. Where each agent can do so, balanced money cannot be taken "
        "from all of them, so what they would gain by it, summed over all, must not be "
        "positive. In each play of more welfare some change has a positive sum{}:",
        [
            ", or what each could gain at best sums to more than the ",
            why["fines"].formula,
            " that all may be fined together",
        ]
        if bounded
        else [],
        lead="Nothing better exists.",
    )
    lines = [
        {
            "state": play["state"].text if several else None,
            "play": head_counts(play["play"]),
            "welfare": play["welfare"].formula,
            "change": play["change"].formula,
            "sum of gains": play["gain"].formula,
            "could gain": play["tempted"].formula if bounded else None,
        }
        for play in rows
    ]
    yield cut(table(lines), "play")
    if more:
        yield prose("So it is with {}.", counted(more, "more play"))


def _one_for_all(cells: Place) -> Iterator[Block]:
    """Directives that one play must follow in several states."""
    yield prose(
        "In states that the language cannot tell apart one play must do. The checker has tried "
        "all aggregates: none has more expected welfare in these states than the one prescribed. "
        "Each state loses against its own first best, weighted by its probability:",
        lead="Nothing better exists.",
    )
    tables = [cut(table(map(_lost, cell)), "state") for cell in cells]
    yield tables[0] if len(tables) == 1 else Items(tuple((block,) for block in tables))


def _lost(state: Place) -> Row:
    return {
        "state": state["state"].text,
        "welfare": state["welfare"].formula,
        "first best": state["best"].formula,
        "expected loss": state["lost"].formula,
    }
