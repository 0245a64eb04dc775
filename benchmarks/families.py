"""Families and theorems: the registry, certificates against z3, families against their points."""

from __future__ import annotations

import random
import statistics
import sys
import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

from coopgap import check, load
from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.engines.handelman import refute
from coopgap.proofs.export.conditions import conditions_to_smtlib
from coopgap.proofs.theorems.prove import decide_all
from coopgap.proofs.theorems.registry import registered
from coopgap.theory.errors import InputError

PAPER = ("pd", "sh")
POINTS, SAMPLE = 10_000, 20


def registry() -> None:
    """Prints the processor's time to decide and certify the theorems on the paper's table games."""
    named = {k: theorem for k, theorem in registered().items() if k.partition("-")[0] in PAPER}
    plain = [theorem for k, theorem in named.items() if "mechanism" not in k]
    mechanisms = [theorem for k, theorem in named.items() if "mechanism" in k]
    for theorems, label in ((plain, "(target 1 s)"), (mechanisms, "about mechanisms")):
        start = time.process_time()
        reports = list(decide_all(theorems))
        seconds = time.process_time() - start
        sound = all(r.status == t.expected for r, t in zip(reports, theorems, strict=True))
        print(f"{len(theorems)} theorems on table games: {seconds:.2f} s {label}, {sound}")


def certificates() -> None:
    """Prints times of certified refutations of random linear systems against z3's bare answers."""
    import z3

    rng = random.Random(7)
    ratios = []
    while len(ratios) < 200:
        system = [_linear(rng, 6) for _ in range(14)]
        text = conditions_to_smtlib(system, [f"x{k}" for k in range(6)])
        start = time.perf_counter()
        solver = z3.SolverFor("QF_LRA")
        solver.from_string(text)
        answer = solver.check()
        theirs = time.perf_counter() - start
        if answer != z3.unsat:
            continue
        start = time.perf_counter()
        assert refute(system, 1) is not None
        ratios.append((time.perf_counter() - start) / theirs)
    print(f"certificate ÷ z3 on linear systems: median {statistics.median(ratios):.2f} (target 10)")


def _linear(rng: random.Random, parameters: int) -> Condition:
    terms: dict[tuple[int, ...], int] = {
        (k,): c for k in rng.sample(range(parameters), 3) if (c := rng.randint(-4, 4))
    }
    if constant := rng.randint(-3, 3):
        terms[()] = constant
    return Condition(Polynomial(terms), rng.choice([">", ">="]))


def points(slug: str) -> None:
    """Prints times of one family's report at many points against checks of the concrete games."""
    specification: Any = load(slug)
    bare = replace(specification, questions=())
    report = check(bare)
    rng = random.Random(1)
    points_drawn: list[dict[str, Fraction]] = []
    while len(points_drawn) < POINTS:
        values = {
            name: Fraction(rng.randint(-90, 90), 10) for name in specification.family.parameters
        }
        try:
            specification.family.point(values)
        except InputError:
            continue
        points_drawn.append(values)
    start = time.perf_counter()
    documents = [report.at(values) for values in points_drawn]
    ours = (time.perf_counter() - start) / POINTS
    start = time.perf_counter()
    checks = [check(bare.at(values)) for values in points_drawn[:SAMPLE]]
    theirs = (time.perf_counter() - start) / SAMPLE
    equal = all(
        document["first_best"]["welfare"] == concrete.first_best.welfare
        and document["prosocial_threshold"] == concrete.prosocial_threshold
        and [language["gap"] for language in document["languages"]]
        == [language.gap for language in concrete.languages]
        for document, concrete in zip(documents, checks, strict=False)
    )
    print(
        f"{slug} at {POINTS:,} points: {ours * 1e6:.0f} µs each, {theirs / ours:.0f} times faster "
        f"than a check (target 100), equal on {SAMPLE}: {equal}"
    )


if __name__ == "__main__":
    registry()
    certificates()
    for slug in sys.argv[1:] or ["table-games-pd", "table-games-sh"]:
        points(slug)
