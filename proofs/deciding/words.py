"""Obstructions in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from operator import mul

from coopgap.proofs.algebra.polynomials import Ratio
from coopgap.proofs.algebra.rational import reduced
from coopgap.proofs.certificates import witnesses
from coopgap.proofs.deciding.reports import DeviationPart, Labels, ObstructionPart
from coopgap.proofs.deciding.values import Absent
from coopgap.proofs.questions.obligations import Levels, Obstruction, Setting, incentives, problem
from coopgap.proofs.trusted import contracts, interim
from coopgap.proofs.trusted.certificates import AtPoint
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.polynomials import Known, lifted
from coopgap.proofs.trusted.problems import Case, Plays
from coopgap.theory.environments import Environment
from coopgap.theory.welfare import maximisers


def describe(
    setting: Setting, levels: Levels, obstruction: Obstruction, count: int
) -> ObstructionPart:
    """An obstruction as a report gives it; gains are in utils, of u_i + λ_i W."""
    environment = setting.environment
    rows = incentives(setting, obstruction.part)
    pull, unit = rows.pull(levels)
    places = {
        (int(rows.state[k]), int(rows.agent[k]), int(rows.action[k])): k for k in range(len(pull))
    }
    gains = [
        Fraction(int(pull[places[state, agent, action]]), unit)
        for state, agent, action, _ in obstruction.deviations
    ]
    labels = {state: environment.labels(profile) for state, profile in obstruction.part.items()}
    parts = deviations(environment, labels, obstruction.deviations, gains)
    weights = [weight for *_, weight in obstruction.deviations]
    total = sum(map(mul, weights, gains), Fraction(0))
    if obstruction.kind == "farkas":
        document = witnesses.obstruction(setting, obstruction)
        plays = Plays(problem(setting, levels), Budget())
        above, below = strength(plays, AtPoint(), document)
        total = Fraction(above.constant) / Fraction(below.constant)
    first = parts[0]
    moves = "; ".join(
        f"{_place(setting, part.state)}{part.player} from {_play(setting, obstruction, part)} to "
        f"{part.deviation} (gain {part.gain}{_weight(part)})"
        for part in parts
    )
    play = f"{_place(setting, first.state)}{_play(setting, obstruction, first)}"
    names = first.player, first.deviation, first.deviation
    words = sentence(obstruction.kind, play, *names, str(total), moves)
    return ObstructionPart(obstruction.kind, words, parts, count)


def deviations(
    names: Environment,
    labels: Mapping[int, Labels],
    listed: Iterable[Sequence[int]],
    gains: Iterable[Fraction | Absent],
) -> tuple[DeviationPart, ...]:
    """An obstruction's deviations (state, agent, action, weight) from play with these labels."""
    return tuple(
        DeviationPart(
            names.states[state],
            names.players[agent],
            labels[state],
            names.actions[agent][action],
            gain,
            weight,
        )
        for gain, (state, agent, action, weight) in zip(gains, listed, strict=False)
    )


def sentence(
    kind: str, play: str, player: str, action: str, deviation: str, total: str, moves: str
) -> str:
    """What keeps agents from anything better.

    player and action: of the first deviation; deviation: what it is called when it comes up again;
    total: of the weighted gains, less what fines can pay of it.
    """
    if kind == "aliasing":
        return (
            f"{play} and {player}'s deviation to {action} leave the same record, "
            f"and {deviation} pays {total} more"
        )
    if kind == "profitable-deviation":
        return f"{play} fails: {player}'s deviation to {action} pays {total} more"
    if kind == "cycle":
        return f"{player}'s fines chase each other in a circle, and sum to 0 ≥ {total}: {moves}"
    if kind == "common-divergence-flow":
        return f"balanced transfers cancel in these deviations, which sum to 0 ≥ {total}: {moves}"
    return (
        "no transfers within the budget and liability can deter these together, "
        f"{total} are missing: {moves}"
    )


def in_words(part: ObstructionPart) -> str:
    """An obstruction of a family in words, from its deviations and their sum."""
    first, several = part.deviations[0], len({deviation.state for deviation in part.deviations}) > 1
    moves = "; ".join(
        f"{f'in state {deviation.state} ' if several else ''}{deviation.player} from "
        f"({', '.join(deviation.profile)}) to {deviation.deviation}"
        f"{'' if deviation.weight == 1 else f' (weight {deviation.weight})'}"
        for deviation in part.deviations
    )
    names = first.player, first.deviation, "the deviation"
    return sentence(part.kind, f"({', '.join(first.profile)})", *names, str(part.sum), moves)


def strength(plays: Plays, known: Known, obstruction: Mapping[str, object]) -> Ratio:
    """The sum of an obstruction around a point, in utils: weighted gains less payable fines."""
    case, liability = Case(plays, known, ("value", True, {}), {}), plays.problem.contracts.liability
    rule = interim if plays.problem.private else contracts
    _, (total,) = rule.obstruction(case, obstruction)
    below = contracts.unit_of(case, case.ends[0])
    if liability is not None:
        below = below * liability[1]
    return reduced((lifted(total), lifted(below)))


def _weight(part: DeviationPart) -> str:
    return "" if part.weight == 1 else f", weight {part.weight}"


def _place(setting: Setting, state: str) -> str:
    return f"in state {state} " if len(setting.environment.states) > 1 else ""


def _play(setting: Setting, obstruction: Obstruction, part: DeviationPart) -> str:
    environment = setting.environment
    state = environment.states.index(part.state)
    best = obstruction.part[state] in maximisers(environment.welfare[state])
    labels = f"({', '.join(part.profile)})"
    return f"the first best {labels}" if best else labels
