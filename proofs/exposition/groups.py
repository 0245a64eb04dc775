"""The worked example of a game of groups: what alike agents do, and why contracts do no better."""

from __future__ import annotations

from collections.abc import Iterator

from coopgap.proofs.exposition import games
from coopgap.proofs.exposition.documents import (
    Block,
    Display,
    Inline,
    Section,
    prose,
    section,
    table,
)
from coopgap.proofs.exposition.formulas import (
    BEST,
    THRESHOLD,
    Formula,
    Label,
    Scripted,
    Symbol,
    Variable,
    listed,
    row,
)
from coopgap.proofs.exposition.group_contracts import among, by_states, contracts, head_counts
from coopgap.proofs.exposition.plays import lost
from coopgap.proofs.exposition.prose import (
    contract_class,
    counted,
    sentence,
    series,
    weighed,
)
from coopgap.proofs.exposition.prosociality import from_weight, levels
from coopgap.proofs.exposition.quantities import quantity, valued
from coopgap.proofs.exposition.sources import Place, computed
from coopgap.theory.aggregates import GroupGame, GroupLanguage, GroupSpecification
from coopgap.theory.expressions import Indicator, Tree, names_in, parts


def sections(specification: GroupSpecification, root: Place) -> Iterator[Section]:
    """Everything that there is to say of a game of groups."""
    report = root["report"]
    yield from section("The game", _game(specification, root))
    yield from section("What a contract can tell apart", _told_apart(specification, report))
    yield from section("The first best", _first_best(report))
    yield from section("What selfish agents do", _selfish(report))
    yield from section("What contracts reach", contracts(specification, root))
    yield from section("How prosocial agents must be", _prosocial(specification, root))


# --- the game -------------------------------------------------------------------------------------


def _game(specification: GroupSpecification, root: Place) -> Iterator[Block]:
    game = specification.game
    who: list[list[Inline]] = [
        [
            counted(group.size, "agent"),
            " of the group ",
            Label(group.name),
            f" {'chooses' if group.size == 1 else 'choose'} from ",
            among(group, range(len(group.actions))),
        ]
        for group in game.groups
    ]
    alone = game.agents == 1
    who[0][0] = sentence(str(who[0][0]))
    yield prose(
        "{}{}",
        series(who),
        "." if alone else ", all at the same time; the agents of a group are alike.",
    )
    yield from games.nature(game.states, root["game"], game.support)
    yield from _payoffs(specification, root["game"]["payoffs"])


def _payoffs(specification: GroupSpecification, payoffs: Place) -> Iterator[Block]:
    game, trees = specification.game, specification.formulas
    if not trees:
        return
    used = {name for own in trees for s in game.support for name in names_in(own[s])}
    words: list[list[Inline]] = []
    if "own" in used:
        words.append([Variable("own"), " for its own action"])
    if "total" in used:
        words.append([Variable("total"), " for the sum of all actions"])
    words += [
        [Variable(f"total_{group.name}"), " for the sum of those of ", Label(group.name)]
        for group in game.groups
        if f"total_{group.name}" in used
    ]
    bracket = any(map(_has_bracket, (own[s] for own in trees for s in game.support)))
    yield prose(
        "An agent is paid{}{}",
        [", with ", *series(words)] if words else [],
        "; a bracket counts as much as one unit where what stands in it holds, else as nothing:"
        if bracket
        else ":",
    )
    lines = []
    for g, group in enumerate(game.groups):
        for s in game.support:
            name: Formula = Scripted(Symbol("payoff"), below=Label(group.name))
            if len(game.support) > 1:
                name = row(name, listed([Label(game.states[s])]))
            lines.append(row(name, "=", payoffs[g][s].formula))
    yield Display(tuple(lines))


def _has_bracket(tree: Tree) -> bool:
    return isinstance(tree, Indicator) or any(map(_has_bracket, parts(tree)))


def _told_apart(specification: GroupSpecification, report: Place) -> Iterator[Block]:
    for language, part in zip(specification.languages, report["languages"], strict=True):
        yield prose(
            "The language {} ({}) {}.",
            Label(language.name),
            contract_class(part["contracts"]),
            _sees(specification.game, language),
        )


def _sees(game: GroupGame, language: GroupLanguage) -> Iterator[Inline]:
    clauses: list[list[Inline]] = []
    for group, classes in zip(game.groups, language.classes, strict=True):
        kinds = [[a for a, own in enumerate(classes) if own == k] for k in sorted(set(classes))]
        agents: list[Inline] = [" of each agent of ", Label(group.name)]
        if len(kinds) == len(classes):
            clauses.append(["tells", *agents, " which action it takes"])
        elif len(kinds) > 1:
            sets = series([among(group, kind) for kind in kinds], "or")
            clauses.append(["tells", *agents, " only whether its action lies in ", *sets])
        else:
            clauses.append(["tells nothing", *agents])
    if language.total:
        clauses.append(["tells the total of all actions"])
    yield from series(clauses)
    likely = [game.states[s] for s in game.support]
    cells = [language.cells[s] for s in game.support]
    alike = [
        [Label(name) for name, own in zip(likely, cells, strict=True) if own == cell]
        for cell in sorted(set(cells))
        if cells.count(cell) > 1
    ]
    if alike:
        yield "; it cannot tell apart the states "
        yield from series([series(states) for states in alike], "nor")


# --- plays ---------------------------------------------------------------------------------------


def _first_best(report: Place) -> Iterator[Block]:
    part = report["first_best"]
    yield from valued(["The largest expected welfare"], BEST, part["welfare"])
    yield prose(
        "It is reached by {}. So many agents of a group take each action; who does is "
        "all the same.",
        by_states(part, "profiles", "none"),
    )


def _selfish(report: Place) -> Iterator[Block]:
    part = report["selfish"]
    if part["welfare"].unknown is not None:
        yield prose("What selfish agents do is unknown: {}.", part["welfare"].unknown)
        return
    yield prose(
        "Without a contract the pure equilibria are {}.",
        by_states(part, "nash", "no play at all", "and"),
    )
    if part["welfare"].value is None:
        yield prose("Some state has none, so selfish play has no welfare in pure strategies.")
    else:
        yield from lost(report)


# --- prosociality ---------------------------------------------------------------------------------


def _prosocial(specification: GroupSpecification, root: Place) -> Iterator[Block]:
    report, binding = root["report"], root["game"]["binding"]
    yield weighed()
    yield from from_weight(None, report["prosocial_threshold"])
    if binding.value is not None:
        yield prose(
            "It rests on this deviation: in {}{} an agent of {} that takes {} in place "
            "of {} gains {} and costs welfare {}, and {} is {}.",
            head_counts(binding["play"]),
            [f" in state {binding['state'].text}"] if len(specification.game.support) > 1 else [],
            Label(binding["group"].text),
            Label(binding["to"].text),
            Label(binding["from"].text),
            binding["gain"].formula,
            binding["lost"].formula,
            row(binding["gain"].formula, "/", binding["lost"].formula),
            row(THRESHOLD, "=", computed(":", binding["gain"], binding["lost"])),
        )
    yield from _tolerances(report)
    yield from levels(report)


def _tolerances(report: Place) -> Iterator[Block]:
    if not report["tolerances"]:
        return
    parts_ = [("no contract", report["tolerances"])]
    parts_ += [(part["name"].text, part["tolerances"]) for part in report["languages"]]
    rows = [
        {
            "language": Label(name),
            **{
                tolerance["loss"].formula: quantity(level["lambda"])
                for tolerance, level in zip(report["tolerances"], own, strict=True)
            },
        }
        for name, own in parts_
    ]
    yield table(rows, "The least common weight at which at most so much is lost")
