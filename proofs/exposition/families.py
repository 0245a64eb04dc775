"""The worked example of a family of games: a theorem with its assumptions, regions and proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from proofs.exposition import games, pictures
from proofs.exposition.cases import steps
from proofs.exposition.concrete import STAR, level
from proofs.exposition.documents import (
    Block,
    Display,
    Inline,
    Items,
    Section,
    Statement,
    Table,
    cell,
    said,
    section,
)
from proofs.exposition.formulas import (
    Formula,
    Label,
    Scripted,
    Sign,
    Symbol,
    Variable,
    broken,
    row,
)
from proofs.exposition.obstructions import REASONS, at, prescribed, recorded, unranked
from proofs.exposition.prose import by_state, contract_class, counted, play, plays, series
from proofs.exposition.sources import Place, summed
from theory.environments import Environment
from theory.specification import FamilySpecification, NamedLanguage

ROWS = 16
"""How many rows of a table of thresholds are printed."""

Words = Callable[[Place], list[Inline]]


def sections(specification: FamilySpecification, root: Place) -> Iterator[Section]:
    """Everything that there is to say of a family."""
    family, report, game = specification.family, root["report"], root["game"]
    environment = family.skeleton
    support = list(family.support)
    consistent = report["parameters"]["consistent"].value
    yield from section(
        "The family of games",
        [
            *games.cast(environment, game, support),
            *_parameters(report["parameters"]),
            *games.payoffs(environment, game, support, None, None),
        ],
    )
    if not consistent:
        yield from section(
            "The assumptions contradict each other",
            [said("No parameters satisfy these assumptions, so nothing is said about the games.")],
        )
        return
    yield from section(
        "What a contract can tell apart",
        pictures.languages(specification.languages, environment, report),
    )
    yield from section("The first best", first_best(report["first_best"]))
    yield from section("What selfish agents do", selfish(report["selfish"]))
    yield from section("What contracts reach", _reached(specification, root))
    yield from section("How prosocial agents must be", prosocial(root["report"]))


def _parameters(part: Place) -> Iterator[Block]:
    names = series([Variable(name) for name in part["names"].value])
    if not part["assume"]:
        yield said("Everything holds for all real ", *names, ".")
        return
    yield said(
        "Everything holds for all real ",
        *names,
        " that satisfy the assumption:"
        if len(part["assume"]) == 1
        else " that satisfy the assumptions:",
    )
    lines = [
        row(Sign(f"(A{number})"), Sign(" "), each.condition)
        for number, each in enumerate(part["assume"], start=1)
    ]
    yield Display(tuple(lines))


# --- what depends on the region -------------------------------------------------------------------


def _number(place: Place) -> list[Inline]:
    return ["no equilibrium in some state"] if place.value is None else [place.formula]


def _profiles(place: Place) -> list[Inline]:
    return ["never played"] if place.value is None else plays(place, "none")


def _selection(place: Place) -> list[Inline]:
    if place.value is None:
        return ["none"]
    return by_state([(s, [play(each)]) for s, each in place.items()])


def quantity(start: Sequence[Inline], caption: str, place: Place, words: Words) -> Iterator[Block]:
    """A sentence, or a table of values and the regions where they hold."""
    if place.unknown is not None:
        yield said(*start, f" is unknown: {place.unknown}.")
        return
    if place.pieces is None:
        yield said(*start, " is ", *words(place), ".")
        return
    yield said(*start, " depends on the region:")
    yield regions(caption, [(when, words(value)) for when, value in place.pieces])


def regions(caption: str, listed: Sequence[tuple[Place, list[Inline]]]) -> Table:
    """Values with the conditions under which they hold."""
    return Table(
        "",
        (cell(caption), cell("where")),
        tuple((cell(*value), cell(when.condition)) for when, value in listed),
    )


def first_best(part: Place) -> Iterator[Block]:
    """W* and where it is reached, by region."""
    star = Scripted(Symbol("welfare"), above=STAR)
    yield from quantity(
        ["The largest expected welfare ", star], "welfare", part["welfare"], _number
    )
    yield from _sets("It is reached by", "first best", part["profiles"])


def _sets(lead: str, caption: str, place: Place) -> Iterator[Block]:
    single = len(place) == 1
    if all(each.pieces is None and each.unknown is None for _, each in place.items()):
        yield said(f"{lead} ", *by_state([(s, _profiles(each)) for s, each in place.items()]), ".")
        return
    for state, each in place.items():
        where = "" if single else f" in state {state}"
        if each.unknown is not None:
            yield said(f"What is played{where} is unknown: {each.unknown}.")
        elif each.pieces is None:
            yield said(f"{lead} ", *_profiles(each), f"{where}.")
        else:
            yield said(f"{lead}{where}:")
            yield regions(caption, [(when, _profiles(value)) for when, value in each.pieces])


def selfish(part: Place) -> Iterator[Block]:
    """The equilibria without a contract and their welfare, by region."""
    single = all(
        isinstance(each.value, list) and each.pieces is None and len(each) == 1
        for _, each in part["nash"].items()
    )
    lead = "only pure equilibrium is" if single else "pure equilibria are"
    yield from _sets(f"Without a contract the {lead}", "equilibria", part["nash"])
    yield from quantity(
        ["Its welfare" if single else "Their best welfare"], "welfare", part["welfare"], _number
    )


# --- contracts ------------------------------------------------------------------------------------


def _reached(specification: FamilySpecification, root: Place) -> Iterator[Block]:
    parts = root["report"]["languages"]
    for named, part in zip(specification.languages, parts, strict=True):
        yield _theorem(specification, named, part, root)


def _cases(symbol: Formula, place: Place) -> Iterator[Block]:
    if place.pieces is None:
        yield Display((row(symbol, "=", place.formula),))
        return
    yield Display(
        tuple(
            row(symbol, "=", value.formula, "for", when.condition) for when, value in place.pieces
        )
    )


def _theorem(
    specification: FamilySpecification, named: NamedLanguage, part: Place, root: Place
) -> Block:
    kind = [*contract_class(part["contracts"]), " in the language ", Label(named.name)]
    body: list[Block] = []
    for words, symbol, place in (
        ("best welfare of a pure equilibrium", Symbol("value"), part["value"]),
        ("welfare gap", Symbol("gap"), part["gap"]),
    ):
        if place.unknown is not None:
            body.append(said(f"The {words} is unknown: {place.unknown}."))
        else:
            start = ["With ", *kind, " the "] if not body else ["The "]
            body += [said(*start, f"{words} is:"), *_cases(symbol, place)]
    if part["correlated_gap"].value is not None and part["correlated_gap"].unknown is None:
        body.append(said("In correlated equilibrium the gap is:"))
        body += _cases(Scripted(Symbol("gap"), above=Label("ce")), part["correlated_gap"])
    sha = part["certificates"].value.get("gap")
    proof: list[Block] = []
    if sha is not None:
        certificate = root["certificates"][sha]

        def tell(witness: Place, piece: Place) -> Iterator[Block]:
            return _case(specification, named, witness, piece, certificate, part)

        proof = [
            said("This is the certificate ", code(sha), " of the gap."),
            *steps(certificate, root["report"]["parameters"]["assume"].value, tell),
        ]
    return Statement("theorem", tuple(body), tuple(proof))


def code(sha: str) -> Any:
    """The beginning of a hash."""
    from proofs.exposition.documents import Code

    return Code(sha[:12])


def _ratio(place: Place) -> Formula:
    from proofs.exposition.formulas import Ratio

    if isinstance(place.value, str):
        return place.formula
    above, below = place
    if below.value == {"1": "1"}:
        return above.polynomial
    return Ratio(above.polynomial, below.polynomial)


def _case(
    specification: FamilySpecification,
    named: NamedLanguage,
    witness: Place,
    piece: Place,
    certificate: Place,
    part: Place,
) -> Iterator[Block]:
    environment = specification.family.skeleton
    gap = row(Symbol("gap"), "=", _ratio(piece["value"]))
    contract = witness.value.get("contract")
    if contract is None:
        yield said("Here ", gap, ": all directives are tried.")
        return
    selection: list[tuple[str, list[Inline]]] = [
        (environment.states[s], [play(environment.labels(unranked(environment, place)))])
        for s, place in enumerate(witness["contract"]["selection"].value)
        if place is not None
    ]
    yield said(
        "Here ",
        gap,
        ": ",
        *by_state(selection),
        " is implementable, since all minimal obstructions to it, listed by elimination, fail.",
    )
    listed = list(witness["cover"]["obstructions"])
    if not listed:
        if piece["value"].value == "0":
            yield said("No play has more welfare than a first best.")
        return
    yield said("Nothing better is implementable:")
    told = [tuple(_excluded(specification, named, each, certificate)) for each in listed[:6]]
    yield Items(told if isinstance(told, tuple) else tuple(told))
    if len(listed) > 6:
        yield said(f"The certificate holds {counted(len(listed) - 6, 'more obstruction')}.")


def _excluded(
    specification: FamilySpecification, named: NamedLanguage, obstruction: Place, certificate: Place
) -> Iterator[Block]:
    environment = specification.family.skeleton
    chosen = {s: unranked(environment, p) for s, p in obstruction["selection"].value}
    yield said(
        "If a contract made agents play ",
        *prescribed(environment, obstruction),
        ", it would satisfy:",
    )
    lines: list[Formula] = []
    for each in obstruction["deviations"]:
        state, agent, action, _ = each.value
        played = chosen[state]
        moved = tuple(action if i == agent else a for i, a in enumerate(played))
        player = environment.players[agent]
        transfer = Scripted(Symbol("transfer"), below=Label(player))
        records = [recorded(environment, named.language, state, p) for p in (played, moved)]
        paid = games.agent_payoff(player)
        weight = [] if each[3].value == 1 else [each[3].formula, "·"]
        lines += broken(
            row(
                *weight,
                *(["("] if weight else []),
                transfer,
                "(",
                records[0],
                ")",
                "−",
                transfer,
                "(",
                records[1],
                ")",
                *([")"] if weight else []),
                "≥",
                *weight,
                *(["("] if weight else []),
                at(environment, paid, moved, state),
                "−",
                at(environment, paid, played, state),
                *([")"] if weight else []),
            )
        )
    yield Display(tuple(lines))
    kind = obstruction["kind"].text
    reason = REASONS.get(kind, "The left sides add up to no more than the bound on fines allows")
    total = _total(environment, certificate, obstruction)
    if total is None:
        yield said(reason, ", while the right sides sum to more: a contradiction.")
    else:
        yield said(
            reason,
            ", and what remains is ",
            row("0", "≥", total),
            ", which is positive: a contradiction.",
        )


def _total(environment: Environment, certificate: Place, obstruction: Place) -> Formula | None:
    """The weighted gains of an obstruction without a price, where payoffs are polynomials."""
    if obstruction["kind"].text not in REASONS or certificate["data"]["prosociality"].value is None:
        return None
    payoffs = certificate["data"]["game"]["payoffs"]
    chosen = {s: unranked(environment, p) for s, p in obstruction["selection"].value}
    origins = []
    for each in obstruction["deviations"]:
        state, agent, action, _ = each.value
        played = chosen[state]
        moved = tuple(action if i == agent else a for i, a in enumerate(played))
        after, before = (
            payoffs[agent][state][games.position(environment, profile)]
            for profile in (moved, played)
        )
        if after[1].value != {"1": "1"} or before[1].value != {"1": "1"}:
            return None
        origins.append(f"*(-({after[0].pointer} {before[0].pointer}) {each[3].pointer})")
    return summed(f"+({' '.join(origins)})", certificate)


# --- prosociality ---------------------------------------------------------------------------------


def prosocial(report: Place) -> Iterator[Block]:
    """Thresholds and welfare by weight."""
    symbol = Symbol("prosociality")
    star = Scripted(symbol, above=STAR)
    yield said(
        "An agent with weight ",
        symbol,
        " on welfare maximises ",
        row(Symbol("payoff"), "+", Symbol("transfer"), "+", symbol, Symbol("welfare")),
        ".",
    )
    start: list[Inline] = [
        "The least common weight ",
        star,
        " at which a first best is an equilibrium without a contract",
    ]
    yield from quantity(start, "weight", report["prosocial_threshold"], _number)
    yield from _of_each_agent(report["agent_thresholds"])
    for part in report["languages"]:
        start = [
            "With ",
            *contract_class(part["contracts"]),
            " in ",
            Label(part["name"].text),
            " it",
        ]
        yield from quantity(start, "weight", part["prosocial_threshold"], _number)
    for number, own in enumerate(report["prosocial"]):
        start = [
            "At ",
            *_level(symbol, own["lambda"]),
            " the best equilibrium welfare without a contract",
        ]
        yield from quantity(start, "welfare", own["welfare"], _number)
        for each in report["languages"]:
            start = ["With ", Label(each["name"].text), " it"]
            yield from quantity(start, "value", each["prosocial"][number]["value"], _number)


def _of_each_agent(place: Place) -> Iterator[Block]:
    """What each agent needs for each first-best selection, by region."""
    if place.unknown is not None:
        yield said(f"What each agent needs is unknown: {place.unknown}.")
        return
    listed: list[tuple[Place | None, Place]] = [(None, place)]
    if place.pieces is not None:
        listed = [*place.pieces]
    rows = [
        (
            cell(*_selection(each["selection"])),
            *(cell(own.formula) for _, own in each["lambda"].items()),
            *([] if when is None else [cell(when.condition)]),
        )
        for when, found in listed
        for each in found
    ]
    if not rows:
        return
    players = [name for _, found in listed for name in found[0]["lambda"].value]
    yield Table(
        "Weight that each agent needs, by first-best selection",
        (
            cell("first best"),
            *(cell(Label(name)) for name in dict.fromkeys(players)),
            *([] if place.pieces is None else [cell("where")]),
        ),
        tuple(rows[:ROWS]),
    )
    if len(rows) > ROWS:
        yield said(f"The report lists {counted(len(rows) - ROWS, 'more row')} of this table.")


def _level(symbol: Formula, place: Place) -> list[Inline]:
    if isinstance(place.value, dict):
        return [symbol, " of ", *level(place)]
    return [row(symbol, "=", place.formula)]
