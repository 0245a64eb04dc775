"""What contracts reach in each language: values, the best contract, and why nothing is better."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from coopgap.proofs.exposition.correlated import correlated
from coopgap.proofs.exposition.documents import (
    Block,
    Cell,
    Inline,
    Items,
    Paragraph,
    Statement,
    Table,
    cell,
    said,
    table,
)
from coopgap.proofs.exposition.formulas import (
    CORRELATED_GAP,
    THRESHOLD,
    Formula,
    Label,
    Row,
    Scripted,
    Symbol,
    row,
)
from coopgap.proofs.exposition.obstructions import misdirected, payoff, unranked, written_out
from coopgap.proofs.exposition.prose import (
    contract_class,
    counted,
    play,
    selection,
    series,
)
from coopgap.proofs.exposition.sources import Place, computed
from coopgap.theory.environments import Environment
from coopgap.theory.languages import describe_record, record_of
from coopgap.theory.specification import NamedLanguage, Specification

WRITTEN, CONSTRAINTS = 4, 14
"""How many obstructions and incentive constraints are written out."""


VALUE, GAP = Symbol("value"), Symbol("gap")

DIRECTIVE_GAP = Scripted(GAP, above=Label("directive"))


def quantity(place: Place) -> Inline:
    """A number, its bounds, ``unknown``, or a dash for what does not apply."""
    if place.value is None:
        return "–"
    if place.between:
        return row("[", place["low"].formula, ",", place["high"].formula, "]")
    return "unknown" if place.unknown is not None else place.formula


def within(symbol: Formula, place: Place) -> Row:
    """That a quantity lies between its bounds."""
    return row(symbol, "∈", "[", place["low"].formula, ",", place["high"].formula, "]")


def reached(specification: Specification, root: Place) -> Iterator[Block]:
    """Values of all languages, and a proposition on each."""
    yield from values(root["report"])
    parts = root["report"]["languages"]
    for named, part in zip(specification.languages, parts, strict=True):
        yield _proposition(specification.environment, named, part, root)


def values(report: Place) -> Iterator[Block]:
    """Value, gaps and threshold of each language in a table."""
    parts = report["languages"]
    if not len(parts):
        return
    columns: list[tuple[str, Formula]] = [("value", VALUE), ("gap", GAP)]
    optional = (("correlated_gap", CORRELATED_GAP), ("directive_gap", DIRECTIVE_GAP))
    columns += [
        (name, head) for name, head in optional if any(p[name].value is not None for p in parts)
    ]
    columns.append(("prosocial_threshold", THRESHOLD))
    yield Table(
        "Value and gap of each language",
        (cell("language"), cell("contracts"), *(cell(head) for _, head in columns)),
        tuple(
            (
                cell(Label(part["name"].text)),
                cell(*contract_class(part["contracts"])),
                *(cell(quantity(part[name])) for name, _ in columns),
            )
            for part in parts
        ),
    )
    named = dict(columns)
    correlated_: list[Inline] = [", ", CORRELATED_GAP, " the same for correlated equilibria"]
    directive: list[Inline] = [", ", DIRECTIVE_GAP, " for complete directives"]
    yield said(
        "Here ",
        VALUE,
        " is the best expected welfare of a pure equilibrium under some contract, ",
        GAP,
        " what is missing to the first best",
        *(correlated_ if "correlated_gap" in named else ()),
        *(directive if "directive_gap" in named else ()),
        ", and ",
        THRESHOLD,
        " the least common weight on welfare at which some contract closes the gap.",
    )


def _proposition(environment: Environment, named: NamedLanguage, part: Place, root: Place) -> Block:
    kind = [*contract_class(part["contracts"]), " in the language ", Label(named.name)]
    reason = part["value"].unknown
    if reason is not None:
        return said(
            "The value of ",
            *kind,
            f" is unknown: {reason}. Nothing is claimed about it.",
            lead="Unknown.",
        )
    if part["value"].between:
        return between(part)
    sha = part["certificates"].value.get("gap")
    certificate = root["certificates"][sha] if sha in root["certificates"].value else None
    attained = [] if part["value"].text == "-inf" else [*_attained(environment, named, part, root)]
    proof = [*attained, *cover(environment, named, part, certificate, root)]
    if part["gap"].text not in ("0", "inf"):
        proof += _correlated_proof(environment, named, part, root)
    return Statement("proposition", (stated(part),), tuple(proof))


def between(part: Place) -> Paragraph:
    """What is certified of a language whose value is not known exactly."""
    return said(
        "With ",
        *contract_class(part["contracts"]),
        " in the language ",
        Label(part["name"].text),
        " certificates show that ",
        within(VALUE, part["value"]),
        ", so ",
        within(GAP, part["gap"]),
        ".",
        lead="Bounds.",
    )


def stated(part: Place) -> Paragraph:
    """Value and gap of a language whose value is known."""
    kind = [*contract_class(part["contracts"]), " in the language ", Label(part["name"].text)]
    value = row(Symbol("value"), "=", part["value"].formula)
    if part["value"].text == "-inf":
        return said(
            "With ",
            *kind,
            " no contract leaves a pure equilibrium in every state, so ",
            value,
            ".",
        )
    gap = row(Symbol("gap"), "=", part["gap"].formula)
    return said(
        "With ",
        *kind,
        " the best welfare of a pure equilibrium is ",
        value,
        *([", the first best."] if part["gap"].text == "0" else [", and ", gap, " is lost."]),
    )


def _attained(
    environment: Environment, named: NamedLanguage, part: Place, root: Place
) -> Iterator[Block]:
    """The contract that reaches the value, and the incentive constraints that it satisfies."""
    yield from contract(part)
    if not part["directive"]:
        yield from _kept(environment, named, part, root["game"])


def contract(part: Place) -> Iterator[Block]:
    """The contract that reaches the value, and what is played under it."""
    where = selection(part["selection"])
    if part["directive"]:
        yield said("The value is reached by ", *where, " under this directive.", lead="Attained.")
        yield _directive(part["directive"])
        return
    paid = list(part["contract"])
    players = list(paid[0]["transfers"].value) if paid else []
    if not paid:
        yield said("The value is reached by ", *where, " without any transfer.", lead="Attained.")
    elif len(paid) == 1:
        amounts = [
            [Label(p), " ", paid[0]["transfers"][p].formula]
            for p in players
            if paid[0]["transfers"][p].text != "0"
        ]
        yield said(
            "The value is reached by ",
            *where,
            " with a transfer only at the record ",
            Label(paid[0]["record"].text),
            ": ",
            *series(amounts),
            ".",
            lead="Attained.",
        )
    else:
        yield said(
            "The value is reached by ",
            *where,
            " with these transfers; every other record pays nothing.",
            lead="Attained.",
        )
        rows = [
            (cell(each["record"].text), *(cell(each["transfers"][p].formula) for p in players))
            for each in paid
        ]
        yield table([cell("record"), *(cell(Label(p)) for p in players)], rows, "record")


def _directive(cells: Place) -> Table:
    players = list(cells[0]["allowed"].value)
    rows = [
        (
            cell(*series([Label(s) for s in each["states"].value])),
            *(cell(*series([Label(a) for a in each["allowed"][p].value], "or")) for p in players),
        )
        for each in cells
    ]
    return table([cell("states"), *(cell(Label(p)) for p in players)], rows, "cell")


def _kept(
    environment: Environment, named: NamedLanguage, part: Place, game: Place
) -> Iterator[Block]:
    """One row for each deviation: what it gains in the game and what transfers take from it."""
    pays = {each["record"].text: each["transfers"] for each in part["contract"]}
    rows: list[tuple[Cell, ...]] = []
    several = len(part["selection"]) > 1
    for state_name, labels in part["selection"].items():
        state = environment.states.index(state_name)
        played = environment.profile(labels.value)
        for agent, actions in enumerate(environment.actions):
            for action in range(len(actions)):
                if action == played[agent]:
                    continue
                moved = tuple(action if i == agent else a for i, a in enumerate(played))
                gain = computed(
                    "-",
                    payoff(environment, game, agent, state, moved),
                    payoff(environment, game, agent, state, played),
                )
                player = environment.players[agent]
                amounts = [
                    pays.get(describe_record(named.language, environment, record))
                    for record in (record_of(named.language, state, p) for p in (moved, played))
                ]
                there, here = (
                    Place("0", "=0") if each is None else each[player] for each in amounts
                )
                rows.append(
                    (
                        *((cell(state_name),) if several else ()),
                        cell(Label(player)),
                        cell(Label(actions[action])),
                        cell(gain),
                        cell(computed("-", there, here)),
                    )
                )
    if not rows:
        return
    if len(rows) > CONSTRAINTS:
        yield said(f"The checker has verified all {len(rows):,} incentive constraints of it.")
        return
    yield said(
        "No deviation pays: in each row the gain in payoff and the change in transfers sum to at "
        "most zero."
    )
    heads = [*(["state"] if several else []), "agent", "deviation", "gain", "change in transfers"]
    yield Table("", tuple(cell(head) for head in heads), tuple(rows))


def cover(
    environment: Environment,
    named: NamedLanguage,
    part: Place,
    certificate: Place | None,
    root: Place,
    most: int = WRITTEN,
) -> Iterator[Block]:
    """That nothing better exists, with so many obstructions written out."""
    if part["gap"].text == "0":
        yield said("No play has more welfare than the first best.", lead="Nothing better exists.")
        return
    if certificate is None:
        return
    if part["contracts"]["kind"].value == "directive":
        yield said(
            "The certificate excludes every selection of larger welfare: ",
            misdirected(part["contracts"], "it"),
            lead="Nothing better exists.",
        )
        return
    bound = certificate.witness["bound"]
    if "contracts" in bound.value:
        yield said(*_by_cases(part), lead="Nothing better exists.")
        return
    listed = list(bound["obstructions"])
    yield said(*_better(environment, part, root, listed), lead="Nothing better exists.")

    def tell(each: Place) -> Iterator[Block]:
        return written_out(environment, named.language, root["game"], each, part["contracts"])

    yield from first_ones(listed, tell, numbered=True, most=most)


def _by_cases(part: Place) -> Iterator[Inline]:
    """That every contract is in a case in which nothing better is left."""
    yield "The certificate parts all contracts into cases, by what they pay an agent at one record "
    yield "more than at another. The incentives of each case contradict each other, or the best "
    yield "profiles that they leave in each state have an expected welfare of at most "
    yield part["value"].formula
    yield "."


def first_ones(
    listed: list[Place],
    tell: Callable[[Place], Iterator[Block]],
    *,
    numbered: bool,
    most: int = WRITTEN,
) -> Iterator[Block]:
    """What there is to tell of each obstruction, of many of the first, and how many more."""
    told = [tuple(tell(each)) for each in listed[:most]]
    if len(told) == 1:
        yield from told[0]
    else:
        yield Items(tuple(told), numbered)
    if len(listed) > most:
        more = len(listed) - most
        yield said(f"The certificate holds {counted(more, 'more obstruction')} of the same form.")


def _better(
    environment: Environment, part: Place, root: Place, listed: list[Place]
) -> Iterator[Inline]:
    which = (
        "this obstruction"
        if len(listed) == 1
        else (f"one of {counted(len(listed), 'obstruction')}")
    )
    if part["value"].text == "-inf":
        yield f"Every selection contains {which}."
        return
    support = [s for s, p in enumerate(environment.prior) if p]
    if len(support) == 1:
        state = support[0]
        welfare = root["game"]["welfare"][state]
        larger = [k for k in range(len(welfare)) if welfare[k].number > part["value"].number]
        if len(larger) <= 8:
            one = len(larger) == 1
            yield "The only profile" + (" " if one else "s ") + "of larger welfare "
            yield "is " if one else "are "
            yield from series([play(environment.labels(unranked(environment, k))) for k in larger])
            yield (
                ", and no contract implements it."
                if one
                else f", and each of them is excluded by {which}."
            )
            return
    yield "Every selection of expected welfare above "
    yield part["value"].formula
    yield f" contains {which}, as the tree of the certificate shows."


def _correlated_proof(
    environment: Environment, named: NamedLanguage, part: Place, root: Place
) -> Iterator[Block]:
    """What holds of correlated equilibria."""
    sha = part["certificates"].value.get("correlated_gap")
    if sha is not None:
        bound = computed("-", root["report"]["first_best"]["welfare"], part["correlated_gap"])
        gap = row(CORRELATED_GAP, "=", part["correlated_gap"].formula)
        support = [s for s, p in enumerate(environment.prior) if p]
        witness = root["certificates"][sha].witness
        yield from correlated(environment, support, named, gap, bound, witness)
