"""How long the command takes, from its call to its exit, and how much of the processor.

Bytecode is compiled by a first call that is not counted, also where the environment forbids Python
to keep it. ``startup.py --before CHECKOUT`` calls another checkout in the same run, alternating,
and prints ratios.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from instances import Disagreement, line, target

ROOT = Path(__file__).parents[1]
COMMANDS: dict[tuple[str, ...], float | None] = {
    ("--help",): 0.3,
    ("check", "moral-hazard-pd"): 1.5,
    ("check", "prisoners-dilemma"): None,
    ("check", "n4"): None,
    ("prove", "pd-axioms", "sh-axioms", "sh-play-independent"): None,
    ("verify", "CERTIFICATE"): None,
}
"""What is called, and the seconds that it may take."""

REPEATS = 7


def called(checkout: Path, cache: str, *arguments: str) -> tuple[float, float]:
    """Seconds until the command ends and seconds of the processor; its output is thrown away.

    1 is its exit status when a claim is refuted.
    """
    command = [sys.executable, "-m", "coopgap", *arguments]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.perf_counter()
    run = subprocess.Popen(command, cwd=checkout, stdout=subprocess.DEVNULL, env=environment)
    _, status, used = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode not in (0, 1):
        raise Disagreement(f"coopgap {' '.join(arguments)} exits with {run.returncode}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime


def main() -> None:
    """Prints the fastest, median and slowest time of every command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--before", type=Path, help="another checkout of coopgap")
    options.add_argument("--quick", action="store_true", help="three calls instead of seven")
    arguments = options.parse_args()
    repeats = 3 if arguments.quick else REPEATS
    checkouts = {"now": ROOT} | ({"before": arguments.before.resolve()} if arguments.before else {})
    times: dict[tuple[str, tuple[str, ...]], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as cache:
        certificates = Path(cache, "certificates")
        called(ROOT, cache, "check", "prisoners-dilemma", "--certificates", str(certificates))
        certificate = str(min(certificates.glob("*.json")))
        for number in range(repeats + 1):
            for command in COMMANDS:
                words = [certificate if word == "CERTIFICATE" else word for word in command]
                for label, checkout in checkouts.items():
                    measurements = called(checkout, cache, *words)
                    times.setdefault((label, command), []).extend([measurements] if number else [])
    widths = (-36, 8, 8, 8, 10)
    line(("command", "fastest", "median", "slowest", "processor"), widths)
    for (label, command), measurements in times.items():
        clock, processor = zip(*measurements, strict=True)
        seconds = (f"{statistic(clock):.3f}s" for statistic in (min, median, max))
        name = f"{'coopgap' if label == 'now' else label} {' '.join(command)}"
        line((name, *seconds, f"{median(processor):.3f}s"), widths)
    for command, bound in COMMANDS.items():
        spent = {
            label: median(measurement[1] for measurement in times[label, command])
            for label in checkouts
        }
        if "before" in spent:
            ratio = spent["now"] / spent["before"]
            print(f"coopgap {' '.join(command)}: {ratio:.2f} of the processor's time before")
        if bound is not None:
            name = f"coopgap {' '.join(command)}, median of {repeats}"
            target(
                name,
                "≤",
                bound,
                median(measurement[0] for measurement in times["now", command]),
                " s",
            )


if __name__ == "__main__":
    main()
