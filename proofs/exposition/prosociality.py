"""How prosocial agents must be: thresholds, what binds for them, and welfare by level."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from coopgap.proofs.exposition import games
from coopgap.proofs.exposition.documents import (
    Block,
    Display,
    Inline,
    Statement,
    cut,
    prose,
    table,
)
from coopgap.proofs.exposition.formulas import (
    THRESHOLD,
    Formula,
    Label,
    Ratio,
    Scripted,
    Symbol,
    row,
)
from coopgap.proofs.exposition.obstructions import Deviation, gain_of, loss_of
from coopgap.proofs.exposition.prose import in_language, level, play, selection, weighed
from coopgap.proofs.exposition.quantities import cases, equation, quantity, valued
from coopgap.proofs.exposition.sources import Place, certificate_of
from coopgap.theory.environments import Environment
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Specification


def prosocial(specification: Specification | FamilySpecification, root: Place) -> Iterator[Block]:
    """Thresholds without and with contracts, and welfare by level."""
    report = root["report"]
    yield weighed()
    yield from _threshold(specification, None, report, root)
    if specification.information is None:
        if isinstance(specification, Specification):
            yield from _binding(specification.environment, root)
        yield from of_each_agent(report["agent_thresholds"])
    for named, part in zip(specification.languages, report["languages"], strict=True):
        yield from _threshold(specification, named, part, root)
    if isinstance(report["domination_threshold"].value, Fraction):
        yield prose(
            "Above {} every equilibrium uses cooperating actions only.",
            row(Symbol("prosociality"), "=", report["domination_threshold"].formula),
        )
    yield from levels(report)


def summary(report: Place) -> Iterator[Block]:
    """The same without proofs."""
    yield weighed()
    yield from from_weight(None, report["prosocial_threshold"])
    for part in report["languages"] if report["family"] else ():
        yield from from_weight(part, part["prosocial_threshold"])
    yield from levels(report)


def from_weight(language: Place | None, weight: Place) -> Iterator[Block]:
    """The least weight at which a first best is played, without a contract or in a language."""
    start: list[Inline] = ["Without a contract "]
    played = "an equilibrium"
    if language is not None:
        start, played = ["With ", *in_language(language), " "], "implementable"
    if weight.unknown is not None:
        unknown = "{}a first best is {} from a weight on that is unknown: {}."
        yield prose(unknown, start, played, weight.unknown)
    elif weight.between:
        yield prose("{}certificates show that {}.", start, equation(THRESHOLD, weight))
    elif weight.pieces is not None:
        yield prose("{}a first best is {} exactly from this common weight on:", start, played)
        yield from cases(THRESHOLD, weight)
    else:
        words = {
            "inf": "{}no common weight makes a first best {}: {}.",
            "0": "{}a first best is {} with selfish agents already: {}.",
        }.get(weight.text, "{}a first best is {} exactly from {} on.")
        yield prose(words, start, played, equation(THRESHOLD, weight))


def _threshold(
    specification: Specification | FamilySpecification,
    named: NamedLanguage | None,
    part: Place,
    root: Place,
) -> Iterator[Block]:
    """A threshold with its proof; nothing of languages of a game in which selfish agents do."""
    weight = part["prosocial_threshold"]
    certificate = certificate_of(root, part, "prosocial_threshold")
    body = tuple(from_weight(None if named is None else part, weight))
    if isinstance(specification, FamilySpecification) and weight.known:
        proof: tuple[Block, ...] = ()
        if certificate is not None:
            # Lazily, as below: without certificates none of this is needed.
            from coopgap.proofs.exposition.family_proofs import proven

            proof = tuple(proven(specification, named, part, certificate).threshold())
        yield Statement("proposition", body, proof)
        return
    if named is None or weight.text != "0":
        yield from body
    plain = isinstance(specification, Specification) and specification.information is None
    if named is None or certificate is None or not plain:
        return
    from coopgap.proofs.exposition.game_proofs import threshold

    yield from threshold(
        games.environment_of(specification), named, part, certificate, root["game"]
    )


def _binding(environment: Environment, root: Place) -> Iterator[Block]:
    """The deviation that binds for the threshold without a contract."""
    listed, goal = root["report"]["agent_thresholds"], root["report"]["prosocial_threshold"]
    for entry in listed if listed.known and goal.text != "0" else ():
        if max(own.value for _, own in entry["lambda"].items()) == goal.value:
            yield from _deviation(environment, root["game"], entry, goal)
            return


def of_each_agent(place: Place) -> Iterator[Block]:
    """What each agent needs for each first-best selection, by region."""
    if place.unknown is not None:
        yield prose("What each agent needs is unknown: {}.", place.unknown)
        return
    whole: list[tuple[Place | None, Place]] = [(None, place)]
    listed = whole if place.pieces is None else place.pieces
    players = list(
        dict.fromkeys(p for _, entries in listed for e in entries for p in e["lambda"].value)
    )
    rows = [
        {
            "first best": selection(entry["selection"]),
            **{Label(p): entry["lambda"][p].formula for p in players},
            "where": None if when is None else when.condition,
        }
        for when, entries in listed
        for entry in entries
    ]
    if len(players) > 1:
        yield cut(table(rows, "Weight that each agent needs, by first-best selection"), "row")


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
            deviation = Deviation(state, agent, played, action, Place(1, "=1"))
            gain, lost = (of(environment, game, deviation) for of in (gain_of, loss_of))
            lead: list[Inline] = ["The deviation that binds is that of ", Label(player)]
            lead += [" from ", play(labels), " to ", Label(label)]
            if len(chosen["selection"]) > 1:
                lead += [" in state ", Label(state_name)]
            if goal.text == "inf" and lost.number == 0 and gain.number > 0:
                yield prose(
                    "{}: it gains {} and costs no welfare, so no weight on welfare deters it.",
                    lead,
                    gain.formula,
                )
                return
            if lost.number > 0 and str(gain.number / lost.number) == goal.text:
                words = "{}, which gains {} and costs {} of welfare:"
                yield prose(words, lead, gain.formula, lost.formula)
                paid, welfare = games.agent_payoff(player), Symbol("welfare")
                high = games.difference(environment, paid, state, deviation.moved, played)
                low = games.difference(environment, welfare, state, played, deviation.moved)
                same = own.text == f"{gain.number}/{lost.number}"
                weight = Scripted(Symbol("prosociality"), below=Label(player))
                definition = Ratio(row(*high), row(*low))
                quotient = Ratio(gain.formula, lost.formula)
                rest: list[Formula | str] = [] if same else ["=", own.formula]
                yield Display((row(weight, "=", definition, "=", quotient, *rest),))
                return


def levels(report: Place) -> Iterator[Block]:
    """Best equilibrium welfare by weight: a table, or weight by weight where regions differ."""
    alone, languages = list(report["prosocial"]), list(report["languages"])
    weights = [own["lambda"] for own in alone or (languages[0]["prosocial"] if languages else ())]
    columns: list[tuple[Formula, list[Place]]] = []
    if alone:
        columns.append((Label("no contract"), [entry["welfare"] for entry in alone]))
    if any(
        entry["worst"].known and entry["worst"].value != entry["welfare"].value for entry in alone
    ):
        columns.append((Label("no contract, worst"), [entry["worst"] for entry in alone]))
    columns += [
        (Label(part["name"].text), [entry["value"] for entry in part["prosocial"]])
        for part in languages
    ]
    if any(value.pieces is not None for _, column in columns for value in column):
        for k, weight in enumerate(weights):
            yield prose("At the weight {}, best equilibria have:", level(weight))
            for name, column in columns:
                yield from valued(["Welfare with ", name], Symbol("welfare"), column[k])
    elif weights:
        rows = [
            {
                Symbol("prosociality"): level(weight),
                **{name: quantity(column[k]) for name, column in columns},
            }
            for k, weight in enumerate(weights)
        ]
        yield table(rows, "Best equilibrium welfare by weight on welfare")
