"""What a reader of a run's report sees first: conclusions in words, the game, what was played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from coopgap.llm_checks.judging.judge import Findings, Judged
from coopgap.llm_checks.playing.points import number
from coopgap.llm_checks.playing.run import Run
from coopgap.theory.welfare import first_best

Rows = list[list[str]]

MAX_PROFILES = 16
"""The largest number of profiles in a state whose payoffs are shown."""

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


def played(run: Run) -> tuple[str, list[str], Rows]:
    """By condition: how often the first best was played, mean welfare, and the joint choices."""
    rows = []
    for name in dict.fromkeys(str(each.condition) for each in run.plays):
        joint: Counter[str] = Counter()
        best, welfare = 0, Fraction(0)
        for play in run.plays:
            profile = play.profile(run.answers) if str(play.condition) == name else None
            if profile is not None:
                environment = play.scene.environment
                joint[", ".join(environment.labels(profile))] += 1
                best += profile in first_best(environment).profiles[play.state]
                whole = int(environment.welfare[(play.state, *profile)])
                welfare += Fraction(whole, environment.denominator)
        count = joint.total()
        if count:
            both = "; ".join(f"{what}: {times}" for what, times in joint.most_common())
            mean = f"{float(welfare / count):.3g}"
            rows.append([name, str(count), f"{best} ({best / count:.0%})", mean, both])
    header = ["condition", "plays", "first best", "mean welfare", "joint choices"]
    return "What was played", header, rows


def payoffs(run: Run) -> tuple[str, list[str], Rows]:
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
    return f"Payoffs of {scene.name}{others}", header, rows if few else []


def _profiles(shape: Sequence[int]) -> list[tuple[int, ...]]:
    from itertools import product

    return list(product(*map(range, shape)))


def prompt(run: Run) -> str:
    """One question as it was asked, in full; empty if none was."""
    for play in run.plays:
        for question in play.questions:
            return f"[system] {question.system}\n\n[user] {question.prompt}"
    return ""
