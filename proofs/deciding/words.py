"""Obstructions in words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from operator import mul

from coopgap.proofs.deciding.reports import DeviationPart, ObstructionPart
from coopgap.proofs.questions.obligations import Levels, Obstruction, Setting, incentives
from coopgap.theory.welfare import maximisers


def describe(
    setting: Setting, levels: Levels, obstruction: Obstruction, count: int
) -> ObstructionPart:
    """An obstruction as a report gives it; gains are in utils, of u_i + λ_i W."""
    environment = setting.environment
    rows = incentives(setting, obstruction.part)
    pull, unit = rows.pull(levels)
    where = {
        (int(rows.state[k]), int(rows.agent[k]), int(rows.action[k])): k for k in range(len(pull))
    }
    gains = [
        Fraction(int(pull[where[state, agent, action]]), unit)
        for state, agent, action, _ in obstruction.deviations
    ]
    parts = tuple(
        DeviationPart(
            environment.states[state],
            environment.players[agent],
            environment.labels(obstruction.part[state]),
            environment.actions[agent][action],
            gain,
            weight,
        )
        for gain, (state, agent, action, weight) in zip(gains, obstruction.deviations, strict=True)
    )
    weights = [weight for *_, weight in obstruction.deviations]
    total = sum(map(mul, weights, gains), Fraction(0))
    words = _words(setting, obstruction, parts, total)
    return ObstructionPart(obstruction.kind, words, parts, count)


def _words(
    setting: Setting, obstruction: Obstruction, parts: Sequence[DeviationPart], total: Fraction
) -> str:
    first = parts[0]
    if obstruction.kind in ("aliasing", "profitable-deviation"):
        play = _play(setting, obstruction, first)
        deviation = f"{first.player}'s deviation to {first.deviation}"
        place = _place(setting, first.state)
        if obstruction.kind == "aliasing":
            return (
                f"{place}{play} and {deviation} leave the same record, "
                f"and {first.deviation} pays {first.gain} more"
            )
        return f"{place}{play} fails: {deviation} pays {first.gain} more"
    moves = "; ".join(
        f"{_place(setting, part.state)}{part.player} from {_play(setting, obstruction, part)} to "
        f"{part.deviation} (gain {part.gain}{f', weight {part.weight}' if part.weight > 1 else ''})"
        for part in parts
    )
    if obstruction.kind == "cycle":
        return (
            f"{first.player}'s fines chase each other in a circle, and sum to 0 ≥ {total}: {moves}"
        )
    if obstruction.kind == "common-divergence-flow":
        return f"balanced transfers cancel in these deviations, which sum to 0 ≥ {total}: {moves}"
    return f"no transfers within the budget and liability can deter these together: {moves}"


def _place(setting: Setting, state: str) -> str:
    return f"in state {state} " if len(setting.environment.states) > 1 else ""


def _play(setting: Setting, obstruction: Obstruction, part: DeviationPart) -> str:
    environment = setting.environment
    state = environment.states.index(part.state)
    best = obstruction.part[state] in maximisers(environment.welfare[state])
    labels = f"({', '.join(part.profile)})"
    return f"the first best {labels}" if best else labels
