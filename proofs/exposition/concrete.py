"""The worked example of one game, told from its report and certificates."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

from coopgap.proofs.exposition import games, mechanisms, pictures
from coopgap.proofs.exposition.correlated import correlated
from coopgap.proofs.exposition.documents import (
    Block,
    Cell,
    Display,
    Inline,
    Items,
    Paragraph,
    Section,
    Statement,
    Table,
    cell,
    said,
    section,
    table,
)
from coopgap.proofs.exposition.formulas import Formula, Label, Ratio, Scripted, Sign, Symbol, row
from coopgap.proofs.exposition.obstructions import (
    at,
    bounded,
    misdirected,
    payoff,
    strength,
    unranked,
    written_out,
)
from coopgap.proofs.exposition.prose import (
    by_state,
    contract_class,
    counted,
    play,
    plays,
    series,
    weighed,
)
from coopgap.proofs.exposition.sources import Place, computed
from coopgap.theory.environments import Environment
from coopgap.theory.languages import describe_record, record_of
from coopgap.theory.specification import NamedLanguage, Specification

WRITTEN, CONSTRAINTS = 4, 14
"""How many obstructions and incentive constraints are written out."""

STAR = Sign("*")


def sections(specification: Specification, root: Place) -> Iterator[Section]:
    """Everything that there is to say of a game."""
    environment, report, game = specification.environment, root["report"], root["game"]
    support = [environment.states.index(s) for s in report["first_best"]["profiles"].value]
    best, stable = report["first_best"]["profiles"].value, report["selfish"]["nash"].value
    yield from section(
        "The game",
        [
            *games.cast(environment, game, support),
            *games.payoffs(environment, game, support, best, stable),
        ],
    )
    yield from section(
        "What a contract can tell apart",
        pictures.languages(specification.languages, environment, report),
    )
    yield from section("The first best", first_best(report))
    yield from section("What selfish agents do", selfish(report))
    yield from section("What contracts reach", _reached(specification, root))
    if mechanisms.decided(report):
        yield from section("What mechanisms reach", mechanisms.reached(specification, root))
    yield from section("How prosocial agents must be", _prosocial(specification, root))
    yield from section("Who benefits", benefit(report["benefit"]))


def first_best(report: Place) -> Iterator[Block]:
    """W* and where it is reached."""
    part = report["first_best"]
    where = by_state([(s, plays(each, "none")) for s, each in part["profiles"].items()])
    yield said(
        "The largest expected welfare is ",
        row(Scripted(Symbol("welfare"), above=STAR), "=", part["welfare"].formula),
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
                    minus(Scripted(Symbol("welfare"), above=STAR), part["welfare"], lost),
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


# --- contracts ------------------------------------------------------------------------------------


def quantity(place: Place) -> Inline:
    """A number, its bounds, ``unknown``, or a dash for what does not apply."""
    if place.value is None:
        return "–"
    if place.between:
        return row("[", place["low"].formula, ",", place["high"].formula, "]")
    return "unknown" if place.unknown is not None else place.formula


def _reached(specification: Specification, root: Place) -> Iterator[Block]:
    yield from values(root["report"])
    parts = root["report"]["languages"]
    for named, part in zip(specification.languages, parts, strict=True):
        yield _proposition(specification.environment, named, part, root)


def values(report: Place) -> Iterator[Block]:
    """Value, gaps and threshold of each language in a table."""
    parts = report["languages"]
    if not len(parts):
        return
    columns: list[tuple[Inline, list[Inline]]] = [
        (Symbol("value"), [quantity(p["value"]) for p in parts]),
        (Symbol("gap"), [quantity(p["gap"]) for p in parts]),
    ]
    correlated = [quantity(p["correlated_gap"]) for p in parts]
    if any(each != "–" for each in correlated):
        head = Scripted(Symbol("gap"), above=Label("ce"))
        columns.append((head, correlated))
    if any(p["directive_gap"].value is not None for p in parts):
        head = Scripted(Symbol("gap"), above=Label("directive"))
        columns.append((head, [quantity(p["directive_gap"]) for p in parts]))
    threshold = Scripted(Symbol("prosociality"), above=STAR)
    columns.append((threshold, [quantity(p["prosocial_threshold"]) for p in parts]))

    def shown(value: object) -> Cell:
        return cell(*value) if isinstance(value, list) else cell(value)  # type: ignore[arg-type]

    yield Table(
        "Value and gap of each language",
        (cell("language"), cell("contracts"), *(cell(head) for head, _ in columns)),
        tuple(
            (
                cell(Label(p["name"].text)),
                cell(*contract_class(p["contracts"])),
                *(shown(cells[number]) for _, cells in columns),
            )
            for number, p in enumerate(parts)
        ),
    )
    legend: list[Inline] = [
        "Here ",
        Symbol("value"),
        " is the best expected welfare of a pure equilibrium under some contract, ",
        Symbol("gap"),
        " what is missing to the first best",
    ]
    if any(each != "–" for each in correlated):
        legend += [
            ", ",
            Scripted(Symbol("gap"), above=Label("ce")),
            " the same for correlated equilibria",
        ]
    if any(p["directive_gap"].value is not None for p in parts):
        legend += [
            ", ",
            Scripted(Symbol("gap"), above=Label("directive")),
            " for complete directives",
        ]
    yield said(
        *legend,
        ", and ",
        threshold,
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
    sha = part["certificates"].value.get("gap")
    certificate = root["certificates"][sha] if sha in root["certificates"].value else None
    attained = [] if part["value"].text == "-inf" else [*_attained(environment, named, part, root)]
    proof = [*attained, *cover(environment, named, part, certificate, root)]
    if part["gap"].text not in ("0", "inf"):
        proof += _correlated_proof(environment, named, part, root)
    return Statement("proposition", (stated(named, part),), tuple(proof))


def stated(named: NamedLanguage, part: Place) -> Paragraph:
    """Value and gap of a language whose value is known."""
    kind = [*contract_class(part["contracts"]), " in the language ", Label(named.name)]
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
    yield from contract(environment, part)
    if not part["directive"]:
        yield from _kept(environment, named, part, root["game"])


def contract(environment: Environment, part: Place) -> Iterator[Block]:
    """The contract that reaches the value, and what is played under it."""
    selection = part["selection"]
    where = by_state([(s, [play(each)]) for s, each in selection.items()])
    if part["directive"]:
        yield said("The value is reached by ", *where, " under this directive.", lead="Attained.")
        yield _directive(part["directive"])
        return
    paid = [
        each for each in part["contract"] if any(v != "0" for v in each["transfers"].value.values())
    ]
    players = list(environment.players)
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
    listed = list(certificate.witness["bound"]["obstructions"])
    yield said(*_better(environment, part, root, listed), lead="Nothing better exists.")

    def tell(each: Place) -> Iterator[Block]:
        return written_out(environment, named.language, root["game"], each, part["contracts"])

    yield from _first_ones(listed, tell, numbered=True, most=most)


def _first_ones(
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
        gap = row(Scripted(Symbol("gap"), above=Label("ce")), "=", part["correlated_gap"].formula)
        support = [s for s, p in enumerate(environment.prior) if p]
        witness = root["certificates"][sha].witness
        yield from correlated(environment, support, named, gap, bound, witness)


# --- prosociality ---------------------------------------------------------------------------------


def _prosocial(specification: Specification, root: Place) -> Iterator[Block]:
    environment, report = specification.environment, root["report"]
    symbol = Symbol("prosociality")
    yield weighed()
    threshold = report["prosocial_threshold"]
    star = Scripted(symbol, above=STAR)
    if threshold.unknown is not None:
        yield said(f"The threshold without a contract is unknown: {threshold.unknown}.")
    elif threshold.text == "inf":
        yield said(
            "Without a contract no common weight makes a first best an equilibrium: ",
            row(star, "=", threshold.formula),
            ".",
        )
    elif threshold.text == "0":
        yield said(
            "Without a contract a first best is an equilibrium of selfish agents already: ",
            row(star, "=", threshold.formula),
            ".",
        )
    else:
        yield said(
            "Without a contract a first best is an equilibrium exactly from ",
            row(star, "=", threshold.formula),
            " on.",
        )
    yield from _binding(environment, root)
    for named, part in zip(specification.languages, report["languages"], strict=True):
        yield from _with_contracts(environment, named, part, root)
    if report["domination_threshold"].text not in ("None", "inf") and (
        report["domination_threshold"].unknown is None
    ):
        yield said(
            "Above ",
            row(symbol, "=", report["domination_threshold"].formula),
            " every equilibrium uses cooperating actions only.",
        )
    yield from _levels(report)
    yield from mechanisms.levels(report)


def _with_contracts(
    environment: Environment, named: NamedLanguage, part: Place, root: Place
) -> Iterator[Block]:
    """Why a language needs the weight that it does; nothing where selfish agents do."""
    found = part["prosocial_threshold"]
    if found.unknown is not None or found.text == "0":
        return
    kind = [*contract_class(part["contracts"]), " in the language ", Label(named.name)]
    yield said(
        "With ",
        *kind,
        *(
            [" no common weight makes a first best implementable"]
            if found.text == "inf"
            else [
                " a first best is implementable exactly from ",
                row(Scripted(Symbol("prosociality"), above=STAR), "=", found.formula),
                " on",
            ]
        ),
        ".",
    )
    sha = part["certificates"].value.get("prosocial_threshold")
    witness = root["certificates"][sha].witness if sha is not None else None
    directed = part["contracts"]["kind"].value == "directive"
    if witness is None or "below" not in witness.value or directed:
        return

    def tell(each: Place) -> Iterator[Block]:
        asked = strength(environment, named.language, root["game"], each, part["contracts"])
        return bounded(environment, named.language, each, asked)

    yield from _first_ones(list(witness["below"]["obstructions"]), tell, numbered=False)


def _binding(environment: Environment, root: Place) -> Iterator[Block]:
    """What each agent needs, and the deviation that binds for the threshold."""
    report, game = root["report"], root["game"]
    listed = report["agent_thresholds"]
    if listed.unknown is not None:
        yield said(f"What each agent needs is unknown: {listed.unknown}.")
        return
    goal = report["prosocial_threshold"]
    chosen = None
    for each in listed:
        top = max((_level(own) for _, own in each["lambda"].items()), default=0)
        if str(top) == goal.text or (goal.text == "inf" and top == math.inf):
            chosen = each
            break
    if chosen is not None and goal.text != "0":
        yield from _deviation(environment, game, chosen, goal)
    if len(listed) and len(environment.players) > 1:
        players = list(environment.players)
        rows = [
            (
                cell(*by_state([(s, [play(p)]) for s, p in each["selection"].items()])),
                *(cell(each["lambda"][p].formula) for p in players),
            )
            for each in list(listed)[:8]
        ]
        if len(listed) > 8:
            more = counted(len(listed) - 8, "more selection")
            rows.append((cell(f"and {more}"), *(cell("") for _ in players)))
        yield Table(
            "Weight that each agent needs, by first-best selection",
            (cell("first best"), *(cell(Label(p)) for p in players)),
            tuple(rows),
        )


def _level(place: Place) -> Fraction | float:
    return math.inf if place.text == "inf" else place.number


def _deviation(
    environment: Environment, game: Place, chosen: Place, goal: Place
) -> Iterator[Block]:
    for (state_name, labels), (player, own) in product(
        chosen["selection"].items(), chosen["lambda"].items()
    ):
        if own.text != goal.text:
            continue
        state, agent = environment.states.index(state_name), environment.players.index(player)
        played = environment.profile(labels.value)
        for action, label in enumerate(environment.actions[agent]):
            moved = tuple(action if i == agent else a for i, a in enumerate(played))
            places = [games.position(environment, p) for p in (moved, played)]
            after, before = (game["payoffs"][agent][state][k] for k in places)
            worse, best = (game["welfare"][state][k] for k in places)
            gain, lost = after.number - before.number, best.number - worse.number
            where: list[Inline] = (
                [" in state ", Label(state_name)] if len(chosen["selection"]) > 1 else []
            )
            lead: list[Inline] = [
                "The deviation that binds is that of ",
                Label(player),
                " from ",
                play(labels),
                " to ",
                Label(label),
                *where,
            ]
            if goal.text == "inf" and lost == 0 and gain > 0:
                yield said(
                    *lead,
                    ": it gains ",
                    computed("-", after, before),
                    " and costs no welfare, so no weight on welfare deters it.",
                )
                return
            if lost > 0 and str(gain / lost) == goal.text:
                yield said(
                    *lead,
                    ", which gains ",
                    computed("-", after, before),
                    " and costs ",
                    computed("-", best, worse),
                    " of welfare:",
                )
                paid = games.agent_payoff(player)
                welfare = Symbol("welfare")
                high, low = (
                    row(at(environment, of, one, state), "−", at(environment, of, other, state))
                    for of, one, other in ((paid, moved, played), (welfare, played, moved))
                )
                yield Display(
                    (
                        row(
                            Scripted(Symbol("prosociality"), below=Label(player)),
                            "=",
                            Ratio(high, low),
                            "=",
                            Ratio(computed("-", after, before), computed("-", best, worse)),
                            *([] if own.text == f"{gain}/{lost}" else ["=", own.formula]),
                        ),
                    )
                )
                return


def level(place: Place) -> list[Inline]:
    """One weight for all agents, or one for each."""
    if isinstance(place.value, dict):
        return series([[Label(p), " ", own.formula] for p, own in place.items()])
    return [place.formula]


def _levels(report: Place) -> Iterator[Block]:
    if not len(report["prosocial"]):
        return
    rows = []
    for number, own in enumerate(report["prosocial"]):
        welfare = own["welfare"]
        cells = [
            cell(*level(own["lambda"])),
            cell("none" if welfare.value is None else welfare.formula),
        ]
        cells += [
            cell(quantity(each["prosocial"][number]["value"])) for each in report["languages"]
        ]
        rows.append(tuple(cells))
    heads = [cell(Symbol("prosociality")), cell("no contract")]
    heads += [cell(Label(each["name"].text)) for each in report["languages"]]
    yield Table("Best equilibrium welfare by weight on welfare", tuple(heads), tuple(rows))


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
