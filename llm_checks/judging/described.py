"""What a reader of a run's report sees first: conclusions in words, the game, what was played."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coopgap.llm_checks.judging.findings import Findings, Judged
from coopgap.llm_checks.judging.pages import Part
from coopgap.llm_checks.playing.points import number
from coopgap.llm_checks.playing.run import Run
from coopgap.theory.welfare import first_best

Rows = list[list[str]]

MAX_PROFILES = 16
"""The largest number of profiles in a state whose payoffs are shown."""

MAX_MESSAGES = 20
"""How many messages are shown."""

_HEADS = {
    "consistent": "As the theory predicts",
    "contradicted": "Against what the theory predicts",
    "inconclusive": "Not decided by these data",
}


def conclusion(run: Run, found: Findings) -> str:
    """What the run says of the primary predictions, in one paragraph of words."""
    shown = [each for each in found.judged if each.observations]
    if not found.changed:
        shown = [each for each in shown if each.primary]
    begun = f"{found.complete} complete plays of {run.header.get('source')}."
    if not shown:
        return f"{begun} Nothing that was predicted was measured."
    told = []
    for verdict, head in _HEADS.items():
        of = [each for each in shown if each.judgement.verdict == verdict]
        if of:
            told.append(f"{head}: {'; '.join(_said(each) for each in of)}.")
    return " ".join([begun, *told])


def _said(each: Judged) -> str:
    one, seen = each.prediction, each.judgement
    where = getattr(one, "regime", "")
    place = f"in {where}/{getattr(one, 'disposition', '')} " if where else ""
    what = one.statement.partition(";")[0]
    return f"{place}{what} (measured: {seen.estimate:.2f}, from {seen.low:.2f} to {seen.high:.2f})"


def played(found: Findings) -> Part:
    """By condition: how often the first best was played, mean welfare, and the joint choices."""
    rows = []
    for each in found.conditions:
        if each.welfare is not None:
            earned = ", ".join(f"{who} {float(gain):.3g}" for who, gain in each.points.items())
            rows.append(
                [
                    each.condition,
                    str(each.plays),
                    f"{each.first_best} ({each.first_best / each.plays:.0%})",
                    f"{float(each.welfare):.3g}",
                    earned,
                    "; ".join(f"{what}: {times}" for what, times in each.joint.items()),
                ]
            )
    header = ["condition", "plays", "first best", "mean welfare", "mean points", "joint choices"]
    return Part("What was played", header, rows)


def payoffs(run: Run) -> Part:
    """The payoffs of the first game, without a contract: in utils, by state and profile."""
    scene = run.study.scenes[0]
    environment = scene.environment
    several = len(environment.support) > 1
    rows: Rows = []
    for state in environment.support:
        best = first_best(environment).profiles[state]
        for profile in _profiles(environment.shape):
            own = [
                number(Fraction(int(each[(state, *profile)]), environment.denominator))
                for each in environment.payoffs
            ]
            mark = "first best" if profile in best else ""
            state_ = [environment.states[state]] if several else []
            rows.append([*state_, ", ".join(environment.labels(profile)), ", ".join(own), mark])
    header = [*(["state"] if several else []), "actions", ", ".join(environment.players), ""]
    others = f" (one of {len(run.study.scenes)} games)" if len(run.study.scenes) > 1 else ""
    few = len(_profiles(environment.shape)) <= MAX_PROFILES
    return Part(f"Payoffs of {scene.name}{others}", header, rows if few else [])


def _profiles(shape: Sequence[int]) -> list[tuple[int, ...]]:
    from itertools import product

    return list(product(*map(range, shape)))


def prompt(run: Run) -> Part:
    """One question about an action as it was asked, in full; empty if none was."""
    asked = [question for play in run.plays for question in play.questions]
    ranked = sorted(asked, key=lambda each: each.kind != "decision")
    text = "".join(f"[system] {each.system}\n\n[user] {each.prompt}" for each in ranked[:1])
    return Part("One question in full", text=text)


def messages(run: Run) -> Part:
    """The first messages that agents wrote to each other."""
    rows = [
        [str(play.condition), player, message]
        for play in run.plays
        for player, message in zip(
            play.scene.environment.players, play.messages or (), strict=False
        )
    ]
    more = f", the first of {len(rows)}" if len(rows) > MAX_MESSAGES else ""
    return Part(f"Messages{more}", ["condition", "player", "message"], rows[:MAX_MESSAGES])
