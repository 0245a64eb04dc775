"""How long the command takes, from its call to its exit.

Bytecode is compiled by a first call that is not counted, also where the environment forbids Python
to keep it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from statistics import median

from instances import Disagreement, clocked, line, options, target

COMMANDS = {("--help",): 0.3, ("check", "moral-hazard-pd"): 1.5}
REPEATS = 7


def call(cache: str, *arguments: str) -> None:
    """Runs the command, its output thrown away; 1 is its exit status when a claim is refuted."""
    command = [sys.executable, "-m", "coopgap", *arguments]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
    run = subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=False)
    if run.returncode not in (0, 1):
        raise Disagreement(f"coopgap {' '.join(arguments)} exits with {run.returncode}")


def main() -> None:
    """Prints the fastest, median and slowest time of every command."""
    repeats = 3 if options(__doc__).quick else REPEATS
    times: dict[tuple[str, ...], list[float]] = {arguments: [] for arguments in COMMANDS}
    with tempfile.TemporaryDirectory() as cache:
        for number in range(repeats + 1):
            for arguments, found in times.items():
                _, seconds = clocked(call, cache, *arguments)
                found += [seconds] if number else []
    widths = (-30, 8, 8, 8)
    line(("command", "fastest", "median", "slowest"), widths)
    for arguments, found in times.items():
        seconds = (f"{each(found):.3f}s" for each in (min, median, max))
        line((f"coopgap {' '.join(arguments)}", *seconds), widths)
    for arguments, bound in COMMANDS.items():
        name = f"coopgap {' '.join(arguments)}, median of {repeats}"
        target(name, "≤", bound, median(times[arguments]), " s")


if __name__ == "__main__":
    main()
