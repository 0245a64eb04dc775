"""What contracts reach in each language: values, the best contract, and why nothing is better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.deciding.values import Absent, Unknown
from coopgap.proofs.exposition.documents import (
    Block,
    Code,
    Inline,
    Row,
    Statement,
    Table,
    cut,
    prose,
    table,
)
from coopgap.proofs.exposition.formulas import (
    CORRELATED_GAP,
    THRESHOLD,
    Formula,
    Label,
    Scripted,
    Symbol,
    joined,
    row,
)
from coopgap.proofs.exposition.prose import (
    contract_class,
    counted,
    in_language,
    selection,
    series,
)
from coopgap.proofs.exposition.quantities import by_region, equation, quantity, valued
from coopgap.proofs.exposition.sources import Place, certificate_of
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Specification

VALUE, GAP = Symbol("value"), Symbol("gap")

DIRECTIVE_GAP = Scripted(GAP, above=Label("directive"))

OPTIONAL: dict[str, tuple[Formula, str]] = {
    "worst_gap": (
        Scripted(GAP, above=Label("worst")),
        " what is missing if the worst equilibria under the contract are played",
    ),
    "correlated_gap": (CORRELATED_GAP, " the gap of correlated equilibria"),
    "directive_gap": (DIRECTIVE_GAP, " that of complete directives"),
}
"""The columns of the table of languages that not all have, and what they are."""

ABSENT = Absent("not decided for groups")


@dataclass(frozen=True)
class Length:
    """How much of a proof is written out: obstructions, cases of a family, facts of a case.

    constraints: whether what a contract deters is, and what holds of correlated equilibria.
    """

    obstructions: int
    cases: int
    facts: int
    constraints: bool


WHOLE = Length(4, 12, 8, True)


def reached(specification: Specification | FamilySpecification, root: Place) -> Iterator[Block]:
    """Values of all languages, and a statement on each."""
    report = root["report"]
    if specification.information is not None:
        yield prose(
            "Agents who say nothing choose strategies: an action for each cell that they may see. "
            "No contract asks for more than that none gains by another strategy, in expectation "
            "over what it cannot tell apart."
        )
    if not report["family"]:
        yield from values(report)
    for named, part in zip(specification.languages, report["languages"], strict=True):
        body = [*stated(part), *(_further(part) if report["family"] else ())]
        if part["value"].unknown is not None or part["value"].between:
            yield from body
            continue
        proof = [*proofs(specification, named, part, root, WHOLE)]
        yield Statement("theorem" if report["family"] else "proposition", tuple(body), tuple(proof))
        if report["family"] and part["correlated_gap"].unknown is not None:
            yield prose("The correlated gap is unknown: {}.", part["correlated_gap"].unknown)
        yield from _remarks(part)


def summary(report: Place) -> Iterator[Block]:
    """Each language with the contract that reaches its value, and what forbids a better one."""
    if not report["family"]:
        yield from values(report)
    for part in report["languages"]:
        yield from in_short(part)


def in_short(part: Place) -> Iterator[Block]:
    """One language in the same way."""
    yield from stated(part)
    if not part["value"].between:
        yield from contract(part)
    yield from _obstructed(part)


def values(report: Place) -> Iterator[Block]:
    """Value, gaps and threshold of each language in a table."""
    parts = report["languages"]
    if not len(parts):
        return
    extra = {
        name: column
        for name, column in OPTIONAL.items()
        if any(
            not isinstance(getattr(p.value, name, ABSENT), Absent)
            and (name != "worst_gap" or _leaves_worse(p))
            for p in parts
        )
    }
    columns = [("value", VALUE), ("gap", GAP), *((name, head) for name, (head, _) in extra.items())]
    columns.append(("prosocial_threshold", THRESHOLD))
    rows = [
        {
            "language": Label(part["name"].text),
            "contracts": contract_class(part["contracts"]),
            **{head: quantity(part[name]) for name, head in columns},
        }
        for part in parts
    ]
    yield table(rows, "Value and gap of each language")
    more: list[Inline] = []
    for head, words in extra.values():
        more += [", ", head, words]
    yield prose(
        "Here {} is the best expected welfare of a pure equilibrium under some "
        "contract, {} what is missing to the first best{}, and {} the least common "
        "weight on welfare at which some contract closes the gap.",
        VALUE,
        GAP,
        more,
        THRESHOLD,
    )
    yield from _missing(parts)


def _missing(parts: Place) -> Iterator[Block]:
    """Why languages have no correlated gap, or no gap of directives."""
    for name, noun in (("correlated_gap", "correlated gap"), ("directive_gap", "directive gap")):
        reasons: dict[str, list[Label]] = {}
        for part in parts:
            gap = getattr(part.value, name, None)
            if isinstance(gap, Absent | Unknown):
                reasons.setdefault(gap.reason, []).append(Label(part["name"].text))
        for reason, languages in reasons.items():
            owners = [" of ", *series(languages)] if len(languages) < len(parts) else []
            yield prose("No {}{}: {}.", noun, owners, reason)


def stated(part: Place) -> Iterator[Block]:
    """Value and gap of a language."""
    value, gap, kind = part["value"], part["gap"], in_language(part)
    best = ["With ", *kind, " the best welfare of a pure equilibrium"]
    if value.unknown is not None:
        yield prose(
            "The value of {} is unknown: {}. Nothing is claimed about it.",
            kind,
            value.unknown,
            lead="Unknown.",
        )
    elif value.between:
        equations = equation(VALUE, value), equation(GAP, gap)
        yield prose("With {} certificates show that {}, so {}.", kind, *equations, lead="Bounds.")
    elif value.text == "-inf":
        none = "With {} no contract leaves a pure equilibrium in every state, so {}."
        yield prose(none, kind, equation(VALUE, value))
    elif value.pieces is None and gap.pieces is None and gap.text == "0":
        yield prose("{} is {}, the first best.", best, equation(VALUE, value))
    elif value.pieces is None and gap.pieces is None and gap.known:
        yield prose("{} is {}, and {} is lost.", best, equation(VALUE, value), equation(GAP, gap))
    else:
        yield from valued(best, VALUE, value)
        yield from valued(["The welfare gap"], GAP, gap)


def _further(part: Place) -> Iterator[Block]:
    """The gaps of a language that the table of languages of a game has."""
    correlated_gap, directive_gap = part["correlated_gap"], part["directive_gap"]
    if correlated_gap.known:
        yield from valued(["In correlated equilibrium the gap"], CORRELATED_GAP, correlated_gap)
    if directive_gap.known and directive_gap.value != part["gap"].value:
        yield from valued(["Under complete directives the gap"], DIRECTIVE_GAP, directive_gap)


def _remarks(part: Place) -> Iterator[Block]:
    """Which states ask for different profiles, and when obstructions to first bests stand."""
    if part["incontractible_cells"].value:
        lead = "No single profile is first best throughout"
        yield from by_region(lead, "states", part["incontractible_cells"], _cells)
    sure = isinstance(part["suffices"].value, bool) or not part["basis"].known
    for basis in () if sure else part["basis"]:
        needed = basis["conditions"].value
        many = basis["obstructions"].value
        which = f"There {'is' if many == 1 else 'are'} {counted(many, 'minimal obstruction')} to"
        played = selection(basis["selection"])
        if needed == ("False",):
            yield prose("{} {}: for all parameters some stands.", which, played)
        elif needed:
            conditions = series(map(Code, needed))
            yield prose("{} {}: none stands exactly if {}.", which, played, conditions)


def _cells(place: Place) -> list[Inline]:
    cells = [row("{", joined([Label(s) for s in states.value], ","), "}") for states in place or ()]
    return series(cells) if cells else ["none"]


def proofs(
    specification: Specification | FamilySpecification,
    named: NamedLanguage,
    part: Place,
    root: Place,
    most: Length,
) -> Iterator[Block]:
    """The contract that reaches the value, and that nothing better exists.

    In short where its certificate is not given, or is about strategies.
    """
    certificate = certificate_of(root, part, "gap")
    family = isinstance(specification, FamilySpecification)
    if certificate is None or (specification.information is not None and not family):
        yield from contract(part)
        yield from _obstructed(part)
    elif isinstance(specification, FamilySpecification):
        # Lazily, as below: without certificates none of this is needed.
        from coopgap.proofs.exposition.family_proofs import proven

        yield from proven(specification, named, part, certificate, most.cases, most.facts).gap()
        correlated = certificate_of(root, part, "correlated_gap") if most.constraints else None
        if correlated is not None and part["correlated_gap"].known:
            yield from proven(specification, named, part, correlated).correlated_gap()
    else:
        from coopgap.proofs.exposition import game_proofs

        environment = specification.environment
        yield from contract(part)
        if most.constraints and part["selection"].known and not part["directive"]:
            yield from game_proofs.incentive_constraints(environment, named, part, root["game"])
        yield from game_proofs.cover(environment, named, part, certificate, root, most.obstructions)
        if most.constraints and part["gap"].text not in ("0", "inf"):
            yield from game_proofs.correlated_gap(environment, named, part, root)


def contract(part: Place) -> Iterator[Block]:
    """The contract that reaches the value, and what is played under it."""
    chosen, paid = part["selection"], part["contract"]
    if not chosen.known:
        return
    if chosen.pieces is not None or not (paid.known or part["directive"]):
        yield from by_region("The value is reached by", "played", chosen, _selection)
        return
    start = ["The value is reached by ", *selection(chosen)]
    if part["directive"]:
        yield prose("{} under this directive.", start, lead="Attained.")
        yield _directive(part["directive"])
        return
    listed = list(paid)
    if len(listed) == 1:
        amounts = [
            [Label(p), " ", own.formula]
            for p, own in listed[0]["transfers"].items()
            if own.text != "0"
        ]
        yield prose(
            "{} with a transfer only at the record {}: {}.",
            start,
            Label(listed[0]["record"].text),
            series(amounts),
            lead="Attained.",
        )
    else:
        how = "{} with these transfers; every other record pays nothing."
        yield prose(how if listed else "{} without any transfer.", start, lead="Attained.")
        rows: list[Row] = [
            {
                "record": payment["record"].text,
                **{Label(p): own.formula for p, own in payment["transfers"].items()},
            }
            for payment in listed
        ]
        if rows:
            yield cut(table(rows), "record")
    if _leaves_worse(part):
        yield prose(
            "It leaves worse pure equilibria too, the worst of welfare {}, a gap of {}.",
            part["worst"].formula,
            part["worst_gap"].formula,
        )


def _leaves_worse(part: Place) -> bool:
    """Whether the best contract leaves equilibria of less welfare."""
    worst = part["worst"].value
    return isinstance(worst, Fraction) and worst != part["value"].value


def _selection(place: Place) -> list[Inline]:
    return ["none"] if place.value is None else selection(place)


def _obstructed(part: Place) -> Iterator[Block]:
    """The first obstruction to anything better, in words."""
    obstruction = part["obstruction"]
    if obstruction.unknown is not None:
        yield prose("What forbids more is unknown: {}.", obstruction.unknown)
        return
    listed: list[tuple[Place | None, Place]] = [(None, obstruction)]
    for when, reason in listed if obstruction.pieces is None else obstruction.pieces:
        if reason.value is not None:
            more = reason["count"].value - 1
            rest = f" The certificate holds {counted(more, 'more obstruction')}." if more else ""
            where: list[Inline] = [] if when is None else ["where ", when.condition, ", "]
            yield prose("{}{}.{}", where, reason["words"].text, rest, lead="Nothing better exists:")


def _directive(cells: Place) -> Table:
    rows = [
        {
            "states": series([Label(s) for s in cell["states"].value]),
            **{
                Label(p): series([Label(a) for a in own.value], "or")
                for p, own in cell["allowed"].items()
            },
        }
        for cell in cells
    ]
    return cut(table(rows), "cell")
