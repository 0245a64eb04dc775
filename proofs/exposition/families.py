"""The worked example of a family of games: a theorem with its assumptions, regions and proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from coopgap.proofs.exposition import games, pictures
from coopgap.proofs.exposition.documents import (
    Block,
    Cases,
    Code,
    Display,
    Inline,
    Section,
    Statement,
    Table,
    cell,
    said,
    section,
)
from coopgap.proofs.exposition.family_proofs import Proven
from coopgap.proofs.exposition.formulas import (
    BEST,
    CORRELATED_GAP,
    THRESHOLD,
    Formula,
    Label,
    Sign,
    Symbol,
    Variable,
    extent,
    joined,
    row,
)
from coopgap.proofs.exposition.prose import (
    by_state,
    contract_class,
    counted,
    level,
    plays,
    selection,
    series,
    weighed,
)
from coopgap.proofs.exposition.sources import Place
from coopgap.theory.specification import FamilySpecification, NamedLanguage

ROWS = 16
"""How many rows of a table of thresholds are printed."""

SHORT = 58
"""How many letters wide the cases of a formula are that are set as such."""

Words = Callable[[Place], list[Inline]]


def sections(specification: FamilySpecification, root: Place) -> Iterator[Section]:
    """Everything that there is to say of a family."""
    environment, report = specification.family.skeleton, root["report"]
    consistent = report["parameters"]["consistent"].value
    yield from the_family(specification, root)
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
    yield from section("How prosocial agents must be", _prosocial(specification, root))
    yield from section("Who benefits", benefit(report))


def the_family(specification: FamilySpecification, root: Place) -> Iterator[Section]:
    """Who plays, for which parameters, and the payoffs."""
    family, game = specification.family, root["game"]
    support = list(family.support)
    yield from section(
        "The family of games",
        [
            *games.cast(family.skeleton, game, support, specification.information),
            *_parameters(root["report"]["parameters"]),
            *games.payoffs(family.skeleton, game, support, None, None),
        ],
    )


def _parameters(part: Place) -> Iterator[Block]:
    """The parameters and what is assumed of them."""
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
    yield from quantity(
        ["The largest expected welfare ", BEST], "welfare", part["welfare"], _number
    )
    yield from _sets("It is reached by", "first best", part["profiles"])


def _sets(lead: str, caption: str, place: Place) -> Iterator[Block]:
    if place.unknown is not None:
        yield said(f"What is played is unknown: {place.unknown}.")
        return
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
    single = part["nash"].unknown is None and all(
        isinstance(each.value, tuple) and len(each) == 1 for _, each in part["nash"].items()
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


def cases(symbol: Formula, place: Place) -> Iterator[Block]:
    """What a symbol stands for, by region."""
    if place.pieces is None:
        yield Display((row(symbol, "=", place.formula),))
        return
    alike: dict[str, list[tuple[Place, Place]]] = {}
    for when, value in place.pieces:
        alike.setdefault(value.text, []).append((when, value))
    pieces = tuple(
        (same[0][1].formula, joined([when.condition for when, _ in same], "or"))
        for same in alike.values()
    )
    if max(extent(value) for value, _ in pieces) + max(extent(w) for _, w in pieces) <= SHORT:
        yield Cases(symbol, pieces)
        return
    yield Display(tuple(row(symbol, "=", value, "for", when) for value, when in pieces))


def stated(named: NamedLanguage, part: Place) -> Iterator[Block]:
    """Value and gap of a language, by region."""
    kind = [*contract_class(part["contracts"]), " in the language ", Label(named.name)]
    start: list[Inline] = ["With ", *kind, " the "]
    for words, symbol, place in (
        ("best welfare of a pure equilibrium", Symbol("value"), part["value"]),
        ("welfare gap", Symbol("gap"), part["gap"]),
    ):
        if place.unknown is not None:
            yield said(f"The {words} is unknown: {place.unknown}.")
        else:
            yield said(*start, f"{words} is:")
            yield from cases(symbol, place)
            start = ["The "]


def _theorem(
    specification: FamilySpecification, named: NamedLanguage, part: Place, root: Place
) -> Block:
    body = [*stated(named, part)]
    known = part["correlated_gap"].value is not None and part["correlated_gap"].unknown is None
    if known:
        body.append(said("In correlated equilibrium the gap is:"))
        body += cases(CORRELATED_GAP, part["correlated_gap"])
    proof: list[Block] = []
    shas = part["certificates"].value
    if "gap" in shas:
        proof += proven(specification, named, part, shas["gap"], root).gap()
    if known and "correlated_gap" in shas:
        proof += proven(specification, named, part, shas["correlated_gap"], root).correlated_gap()
    return Statement("theorem", tuple(body), tuple(proof))


def proven(
    specification: FamilySpecification,
    named: NamedLanguage | None,
    part: Place,
    sha: str,
    root: Place,
) -> Proven:
    """What a certificate shows of a language, or of play without a contract."""
    family = specification.family
    return Proven(
        family.skeleton,
        family.support,
        named,
        None if named is None else part["contracts"],
        root["certificates"][sha],
    )


# --- prosociality ---------------------------------------------------------------------------------


def _prosocial(specification: FamilySpecification, root: Place) -> Iterator[Block]:
    report = root["report"]
    yield weighed()
    yield from _threshold(specification, None, report, root)
    yield from _of_each_agent(report["agent_thresholds"])
    for named, part in zip(specification.languages, report["languages"], strict=True):
        yield from _threshold(specification, named, part, root)
    yield from levels(report)


def thresholds(report: Place) -> Iterator[Block]:
    """The least weights at which a first best is played, in words."""
    start: list[Inline] = [
        "The least common weight ",
        THRESHOLD,
        " at which a first best is an equilibrium without a contract",
    ]
    yield from quantity(start, "weight", report["prosocial_threshold"], _number)
    for part in report["languages"]:
        name = Label(part["name"].text)
        start = ["With ", *contract_class(part["contracts"]), " in the language ", name, " it"]
        yield from quantity(start, "weight", part["prosocial_threshold"], _number)


def levels(report: Place) -> Iterator[Block]:
    """Best welfare by weight."""
    for number, own in enumerate(report["prosocial"]):
        start: list[Inline] = [
            "At ",
            *_level(Symbol("prosociality"), own["lambda"]),
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
            cell(*selection(each["selection"])),
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
    if isinstance(place.value, Mapping):
        return [symbol, " of ", *level(place)]
    return [row(symbol, "=", place.formula)]


def _threshold(
    specification: FamilySpecification, named: NamedLanguage | None, part: Place, root: Place
) -> Iterator[Block]:
    """The least weight at which a first best is played, with its proof."""
    where: list[Inline] = ["Without a contract a first best is an equilibrium"]
    if named is not None:
        kind = contract_class(part["contracts"])
        where = [
            "With ",
            *kind,
            " in the language ",
            Label(named.name),
            " a first best is implementable",
        ]
    found = part["prosocial_threshold"]
    if found.unknown is not None:
        yield said(*where, f" from a weight on that is unknown: {found.unknown}.")
        return
    sha = part["certificates"].value.get("prosocial_threshold")
    yield Statement(
        "proposition",
        (
            said(*where, " for exactly the common weights from ", THRESHOLD, " on:"),
            *cases(THRESHOLD, found),
        ),
        () if sha is None else tuple(proven(specification, named, part, sha, root).threshold()),
    )


# --- benefit --------------------------------------------------------------------------------------


def benefit(report: Place) -> Iterator[Block]:
    """Theorem T8, for all parameters; nothing where some player does not see the state."""
    plain, payments = report["benefit"]["plain"], report["benefit"]["side_payments"]
    same = report["selfish"]["welfare"].value == report["first_best"]["welfare"].value
    if same or plain.unknown is not None:
        return
    yield _gains(
        plain,
        "as payoffs stand, each agent is strictly better off in some first best than in any "
        "selfish equilibrium of smaller welfare",
    )
    if plain["status"].text != "proved":
        yield _gains(
            payments,
            "with constant balanced side payments, which may depend on the selfish outcome, every "
            "agent is strictly better off",
        )


def _gains(part: Place, statement: str) -> Block:
    if part["status"].text == "proved":
        sha = part["certificate"]["sha256"].text
        return said(f"For all parameters, {statement} (certificate ", Code(sha[:12]), ").")
    if part["status"].text != "refuted":
        return said(f"Whether, {statement}, is unknown: {part['reason'].text}.")
    point = [
        [row(Variable(name), "=", own.formula)] for name, own in part["counterexample"].items()
    ]
    more: list[Inline] = []
    if part["suggestion"].value is not None:
        more = [" It is so if also ", part["suggestion"].condition, "."]
    start = f"It is not so for all parameters that, {statement}: it fails at "
    return said(start, *series(point), ".", *more)
