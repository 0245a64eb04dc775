"""What the certificates of one game show: that no contract does better, and who needs which λ."""

from __future__ import annotations

from collections.abc import Iterator

from coopgap.proofs.exposition.correlated import correlated
from coopgap.proofs.exposition.documents import Block, Row, prose, table
from coopgap.proofs.exposition.formulas import CORRELATED_GAP, Formula, Label, row
from coopgap.proofs.exposition.obstructions import (
    Deviation,
    Obstruction,
    first_ones,
    gain_of,
    misdirected,
    unranked,
)
from coopgap.proofs.exposition.prose import counted, play, series
from coopgap.proofs.exposition.sources import Place, certificate_of, computed
from coopgap.theory.environments import Environment
from coopgap.theory.languages import describe_record, record_of
from coopgap.theory.specification import NamedLanguage

WRITTEN, CONSTRAINTS = 4, 14
"""How many obstructions, and how many incentive constraints, are written out."""


def incentive_constraints(
    environment: Environment, named: NamedLanguage, part: Place, game: Place
) -> Iterator[Block]:
    """One row for each deviation: what it gains in the game and what transfers take from it."""
    several = len(part["selection"]) > 1
    rows: list[Row] = [
        {
            "state": environment.states[deviation.state] if several else None,
            "agent": Label(environment.players[deviation.agent]),
            "deviation": Label(environment.actions[deviation.agent][deviation.action]),
            "gain": gain_of(environment, game, deviation).formula,
            "change in transfers": _change(environment, named, part["contract"], deviation),
        }
        for deviation in _deviations(environment, part["selection"])
    ]
    if not rows:
        return
    if len(rows) > CONSTRAINTS:
        yield prose(
            "The checker has verified all {} incentive constraints of it.", f"{len(rows):,}"
        )
        return
    yield prose(
        "No deviation pays: in each row the gain in payoff and the change in transfers sum to at "
        "most zero."
    )
    yield table(rows)


def _deviations(environment: Environment, selection: Place) -> Iterator[Deviation]:
    """Every deviation from a selection."""
    for state, labels in selection.items():
        played = environment.profile(labels.value)
        for agent, actions in enumerate(environment.actions):
            for action in range(len(actions)):
                if action != played[agent]:
                    at = environment.states.index(state)
                    yield Deviation(at, agent, played, action, Place(1, "=1"))


def _change(
    environment: Environment, named: NamedLanguage, paid: Place, deviation: Deviation
) -> Formula:
    """By how much the deviation changes what the agent is paid."""
    pays = {own["record"].text: own["transfers"] for own in paid}
    player = environment.players[deviation.agent]
    records = (
        record_of(named.language, deviation.state, p) for p in (deviation.moved, deviation.played)
    )
    amounts = (pays.get(describe_record(named.language, environment, r)) for r in records)
    return computed("-", *(Place("0", "=0") if own is None else own[player] for own in amounts))


def cover(
    environment: Environment,
    named: NamedLanguage,
    part: Place,
    certificate: Place,
    root: Place,
    most: int = WRITTEN,
) -> Iterator[Block]:
    """That nothing better exists, with so many obstructions written out."""
    if part["gap"].text == "0":
        yield prose("No play has more welfare than the first best.", lead="Nothing better exists.")
        return
    if part["contracts"]["kind"].value == "directive":
        yield prose(
            "The certificate excludes every selection of larger welfare: {}",
            misdirected(part["contracts"], "it"),
            lead="Nothing better exists.",
        )
        return
    bound = certificate.witness["bound"]
    if "contracts" in bound.value:
        yield prose(
            "The certificate parts all contracts into cases, by what they pay an agent at one "
            "record more than at another. The incentives of each case contradict each other, or "
            "the best profiles that they leave in each state have an expected welfare of at most "
            "{}.",
            part["value"].formula,
            lead="Nothing better exists.",
        )
        return
    listed = list(bound["obstructions"])
    yield _better(environment, part, root, listed)

    def tell(place: Place) -> Iterator[Block]:
        obstruction = Obstruction(environment, named.language, place)
        return obstruction.written_out(root["game"], part["contracts"])

    yield from first_ones(listed, tell, numbered=True, most=most)


def _better(environment: Environment, part: Place, root: Place, listed: list[Place]) -> Block:
    lead = "Nothing better exists."
    which = (
        "this obstruction"
        if len(listed) == 1
        else (f"one of {counted(len(listed), 'obstruction')}")
    )
    if part["value"].text == "-inf":
        return prose("Every selection contains {}.", which, lead=lead)
    support = [s for s, p in enumerate(environment.prior) if p]
    if len(support) == 1:
        state = support[0]
        welfare = root["game"]["welfare"][state]
        larger = [k for k in range(len(welfare)) if welfare[k].number > part["value"].number]
        if len(larger) <= 8:
            better = series([play(environment.labels(unranked(environment, k))) for k in larger])
            alone = "The only profile of larger welfare is {}, and no contract implements it."
            if len(larger) == 1:
                return prose(alone, better, lead=lead)
            many = "The only profiles of larger welfare are {}, and each of them is excluded by {}."
            return prose(many, better, which, lead=lead)
    return prose(
        "Every selection of expected welfare above {} contains {}, as the tree of the certificate "
        "shows.",
        part["value"].formula,
        which,
        lead=lead,
    )


def correlated_gap(
    environment: Environment, named: NamedLanguage, part: Place, root: Place
) -> Iterator[Block]:
    """What holds of correlated equilibria."""
    certificate = certificate_of(root, part, "correlated_gap")
    if certificate is not None:
        bound = computed("-", root["report"]["first_best"]["welfare"], part["correlated_gap"])
        gap = row(CORRELATED_GAP, "=", part["correlated_gap"].formula)
        support = [s for s, p in enumerate(environment.prior) if p]
        yield from correlated(environment, support, named, gap, bound, certificate.witness)


def threshold(
    environment: Environment, named: NamedLanguage, part: Place, certificate: Place, game: Place
) -> Iterator[Block]:
    """Why a language needs the weight on welfare that it does."""
    if part["contracts"]["kind"].value == "directive" or "below" not in certificate.witness.value:
        return

    def tell(place: Place) -> Iterator[Block]:
        obstruction = Obstruction(environment, named.language, place)
        return obstruction.bounded(obstruction.strength(game, part["contracts"]))

    yield from first_ones(
        list(certificate.witness["below"]["obstructions"]), tell, numbered=False, most=WRITTEN
    )
