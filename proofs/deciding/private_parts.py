"""What strategies play, how, and what excludes better ones, as parts of a report."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from coopgap.proofs.deciding.reports import (
    CellPart,
    DeviationPart,
    ObstructionPart,
    RecordPart,
    Selection,
    cell_part,
)
from coopgap.proofs.deciding.values import Absent, Value
from coopgap.proofs.questions.private import BestStrategies, Excluded, PrivateSetting, Type
from coopgap.theory.contracts import Directives
from coopgap.theory.languages import describe_record

NONE_NEEDED = Absent("what strategies can do at best is reached")


def strategies_played(
    setting: PrivateSetting, best: BestStrategies
) -> tuple[Selection, tuple[RecordPart, ...]]:
    """What the strategies play in each state, and what each record pays."""
    game, selection = setting.environment, selected(setting, best)
    paid: dict[int, dict[str, Fraction]] = {}
    for (record, agent), amount in sorted(best.amounts.items()):
        row = paid.setdefault(record, dict.fromkeys(game.players, Fraction(0)))
        row[game.players[agent]] = amount
    words = _records(setting)
    return selection, tuple(RecordPart(words[k], row) for k, row in paid.items())


def selected(setting: PrivateSetting, best: BestStrategies) -> Selection:
    """What the strategies play in each state."""
    game = setting.environment
    assert best.strategies is not None
    chosen = dict(zip(setting.types, best.strategies, strict=True))
    return {game.states[s]: game.labels(setting.played(chosen, s)) for s in game.support}


def directive_part(setting: PrivateSetting, best: BestStrategies) -> tuple[CellPart, ...]:
    """For each cell of the language what the strictest directive allows that allows these."""
    game = setting.environment
    cells, classes = setting.verified
    assert best.strategies is not None
    used: dict[int, dict[int, set[int]]] = {}
    for ((agent, _), states), action in zip(setting.types.items(), best.strategies, strict=True):
        own = used.setdefault(cells[states[0]], {})
        own.setdefault(agent, set()).add(classes[agent][action])

    def part(cell: int, own: Mapping[int, set[int]]) -> CellPart:
        states = (s for s in game.support if cells[s] == cell)
        return cell_part(game, states, lambda agent, a: classes[agent][a] in own[agent])

    return tuple(part(cell, own) for cell, own in used.items())


def _records(setting: PrivateSetting) -> Mapping[int, str]:
    """Words for the records, by the numbers that plays have in order of first appearance."""
    from coopgap.theory.languages import own_records, record_table

    game, language = setting.environment, setting.language
    assert language is not None
    numbers = record_table(language, game).ravel().tolist()
    pairs = zip(numbers, own_records(language, game).ravel().tolist(), strict=True)
    return {int(k): describe_record(language, game, int(record)) for k, record in pairs}


def obstruction_part(setting: PrivateSetting, best: BestStrategies) -> Value[ObstructionPart]:
    """The first obstruction, with its deviations in each state of their cells."""
    if not best.excluded:
        return NONE_NEEDED
    first, game = best.excluded[0], setting.environment
    deviations = []
    for (agent, cell, action), weight in sorted(first.deviations.items()):
        states = setting.types[agent, cell]
        mass = sum(game.prior[s] for s in states)
        gain, played = Fraction(0), setting.played(first.part, states[0])
        for s in states:
            before = setting.played(first.part, s)
            after = (*before[:agent], action, *before[agent + 1 :])
            own = game.payoffs[agent]
            change = int(own[(s, *after)]) - int(own[(s, *before)])
            gain += game.prior[s] * Fraction(change, game.denominator) / mass
        deviations.append(
            DeviationPart(
                state="|".join(game.states[s] for s in states),
                player=game.players[agent],
                profile=game.labels(played),
                deviation=game.actions[agent][action],
                gain=gain,
                weight=weight,
            )
        )
    words = _words(setting, first)
    return ObstructionPart("farkas", words, tuple(deviations), len(best.excluded))


def _words(setting: PrivateSetting, first: Excluded) -> str:
    """The strategies and the deviations from them that no contract deters all at once."""
    game = setting.environment

    def sight(type_: Type) -> str:
        return " or ".join(game.states[s] for s in setting.types[type_])

    def named(agent: int, action: int) -> str:
        return game.actions[agent][action]

    strategies = ", ".join(
        f"{game.players[agent]} {named(agent, action)} where it sees {sight((agent, cell))}"
        for (agent, cell), action in first.part.items()
    )
    if not first.deviations:
        return f"no complete directive allows {strategies}"
    moves = "; ".join(
        f"{game.players[agent]}, where it sees {sight((agent, cell))}, to {named(agent, action)}"
        for agent, cell, action in sorted(first.deviations)
    )
    none = "no transfers deter all at once"
    if isinstance(setting.contracts, Directives):
        none = "no directive that allows them forbids"
    return f"{none} these deviations of strategies from {strategies}: {moves}"
