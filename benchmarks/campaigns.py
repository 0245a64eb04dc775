"""Campaigns: cases per second, against z3 and with two workers, and times to refute."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from fractions import Fraction
from statistics import median

import z3
from instances import Disagreement, options

from coopgap.proofs.export.smtlib import PROSOCIALITY, WELFARE, to_smtlib
from coopgap.proofs.fuzzing.campaigns import Budget, campaign
from coopgap.proofs.fuzzing.conjectures import find
from coopgap.proofs.fuzzing.measures import Measures
from coopgap.proofs.fuzzing.situations import Bounds, Situation, generator, situation
from coopgap.proofs.questions.obligations import Setting, Threshold, Value

TARGETS = {(2, 2, 1): 1_000, (3, 3, 3): 200}
"""Cases a second of one core, by agents, actions of each and states."""

FALSE = ("n2", "n3", "n4", "n5", "n6")
SECONDS = 30


def drawn(shape: tuple[int, int, int], case: int) -> Situation:
    """The situation of a case. shape: numbers of agents, of actions of every agent, of states."""
    agents, actions, states = shape
    bounds = Bounds((agents, agents), (actions, actions), (states, states))
    return situation(generator(0, "benchmark", case), bounds)


def rates(quick: bool) -> None:
    """Prints times of gap and threshold, drawing of cases included, and z3's on some of them."""
    for shape, target in TARGETS.items():
        cases = (300, 20) if quick else (5_000, 1_000) if shape[0] == 2 else (1_000, 60)
        start = time.perf_counter()
        for case in range(cases[0]):
            measures = Measures(drawn(shape, case))
            measures["gap"], measures["threshold"]
        rate = cases[0] / (time.perf_counter() - start)
        ratios = [ratio for case in range(cases[1]) if (ratio := against_z3(shape, case))]
        name = f"{shape[0]} agents × {shape[1]} actions × {shape[2]} states"
        print(f"{name}: {rate:,.0f} cases a second (target {target:,}); seed 0")
        print(f"  z3 over coopgap, {len(ratios)} cases: {median(ratios):.0f}× (target 20×)")


def against_z3(shape: tuple[int, int, int], case: int) -> float | None:
    """The ratio of z3's time for the same gap and threshold; None if it gives up."""
    case_drawn = drawn(shape, case)
    setting = Setting(case_drawn.environment, case_drawn.language, case_drawn.contracts)
    start = time.perf_counter()
    measures = Measures(drawn(shape, case))
    gap, threshold = measures["gap"], measures["threshold"]
    ours = time.perf_counter() - start
    start = time.perf_counter()
    welfare, level = z3.Real(WELFARE), z3.Real(PROSOCIALITY)
    try:
        worst = best_by_z3(to_smtlib(Value(setting, setting.selfish)), welfare, 1)
        least = best_by_z3(to_smtlib(Threshold(setting)), level, -1)
    except z3.Z3Exception:
        return None
    theirs = time.perf_counter() - start
    if str(gap) != ("inf" if worst is None else str(measures.first_best - worst)):
        raise Disagreement(f"value, {shape}, case {case}")
    if str(threshold) != ("inf" if least is None else str(least)):
        raise Disagreement(f"threshold, {shape}, case {case}")
    return theirs / ours


def best_by_z3(text: str, number: z3.ArithRef, sign: int) -> Fraction | None:
    """The largest value of a number of a text (sign 1), or the smallest (−1); None if none is."""
    optimiser = z3.Optimize()
    optimiser.set("timeout", 60_000)
    optimiser.from_string(text)
    optimiser.maximize(sign * number)
    answer = optimiser.check()
    if answer == z3.unknown:
        raise z3.Z3Exception(optimiser.reason_unknown())
    return Fraction(optimiser.model()[number].as_string()) if answer == z3.sat else None


def workers(quick: bool) -> None:
    """Prints the times of one worker and of two on the same cases."""
    cases = 1_000 if quick else 50_000
    ratios = []
    for _ in range(1 if quick else 2):
        seconds = {}
        for count in (1, 2):
            start = time.perf_counter()
            campaign(find(["t7"]), budget=Budget(cases=cases), workers=count)
            seconds[count] = time.perf_counter() - start
        ratios.append(seconds[1] / seconds[2])
    print(f"two workers over one, {cases:,} cases: {median(ratios):.2f}× (target 1.8×)")


def falls() -> None:
    """Prints the times to refute the false statements of the theory, with two workers."""
    for name in FALSE:
        start = time.perf_counter()
        run = subprocess.run(
            [
                *(sys.executable, "-m", "coopgap", "fuzz", name, "--workers", "2", "--json"),
                *("--seconds", str(SECONDS)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        (verdict,) = json.loads(run.stdout)["conjectures"]
        print(f"{name}: {verdict['status']} in {seconds:.1f} s (target {SECONDS} s)")


if __name__ == "__main__":
    quick = options(__doc__).quick
    rates(quick)
    workers(quick)
    falls()
