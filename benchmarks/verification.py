"""How long the trusted core takes for all certificates of the gallery and of the theorems.

``verification.py --before CHECKOUT`` makes and times those of another checkout in the same
run, alternating, and prints ratios.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
REPEATS = 3

WORKER = """
import json, sys, time
from pathlib import Path
try:
    from coopgap.proofs.trusted.certificates import verified
except ImportError:
    from proofs.verifying import verified
for line in sys.stdin:
    seconds = []
    for path in sorted(Path(line.strip()).glob("*.json")):
        text = path.read_text(encoding="utf-8")
        start = time.process_time()
        assert verified(text).accepted, path
        seconds.append(time.process_time() - start)
    print(json.dumps(seconds), flush=True)
"""


def write_certificates(checkout: Path, folder: Path) -> None:
    """Writes all certificates of a checkout."""
    run = [sys.executable, "-m", "coopgap"]
    gallery = _output([*run, "gallery", "--json"], checkout)
    slugs = [entry["name"] for entry in json.loads(gallery)["entries"]]
    _output([*run, "check", *slugs, "--json", "--certificates", str(folder / "gallery")], checkout)
    _output([*run, "prove", "--json", "--certificates", str(folder / "theorems")], checkout)


def _output(words: list[str], checkout: Path) -> str:
    run = subprocess.run(words, cwd=checkout, stdout=subprocess.PIPE, text=True, check=False)
    return run.stdout


def timing(checkout: Path) -> Callable[[Path], list[float]]:
    """Times the certificates of a folder in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def time_all(folder: Path) -> list[float]:
        assert process.stdin is not None
        assert process.stdout is not None
        print(folder, file=process.stdin, flush=True)
        seconds: list[float] = json.loads(process.stdout.readline())
        return seconds

    return time_all


def main() -> None:
    """Prints totals, medians and maxima, and what the other checkout takes over this one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--before", type=Path, help="another checkout of coopgap")
    options.add_argument("--quick", action="store_true", help="once instead of three times")
    arguments = options.parse_args()
    checkouts = {"now": ROOT} | ({"before": arguments.before.resolve()} if arguments.before else {})
    with tempfile.TemporaryDirectory() as name:
        folders = {label: Path(name, label) for label in checkouts}
        timers: dict[str, Any] = {}
        for label, checkout in checkouts.items():
            write_certificates(checkout, folders[label])
            timers[label] = timing(checkout)
        for part in ("gallery", "theorems"):
            best: dict[str, list[float]] = {}
            for _ in range(1 if arguments.quick else REPEATS):
                for label, timer in timers.items():
                    times = timer(folders[label] / part)
                    best[label] = list(map(min, best.get(label, times), times))
            for label, seconds in best.items():
                print(
                    f"{part:9} {label:7} {len(seconds):4} certificates: {sum(seconds):.2f} s, "
                    f"median {1000 * median(seconds):.2f} ms, longest {1000 * max(seconds):.0f} ms"
                )
            if "before" in best:
                totals, middles = (
                    [reduce(best[label]) for label in ("before", "now")] for reduce in (sum, median)
                )
                print(
                    f"{part:9} before / now: total {totals[0] / totals[1]:.2f}×, "
                    f"median {middles[0] / middles[1]:.2f}×"
                )


if __name__ == "__main__":
    start = time.perf_counter()
    main()
    print(f"{time.perf_counter() - start:.0f} s")
