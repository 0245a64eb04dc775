"""What frontiers cost the processor: 64 languages of a 4×4 game at every λ, the gallery's games."""

from __future__ import annotations

import time

from coopgap import load
from coopgap.proofs.frontier.report import frontier

PREDICATES = [
    "row in ['CH', 'CL']",
    "col in ['CH', 'CL']",
    "row == 'CH'",
    "col == 'CH'",
    "row == 'DH'",
    "col == 'DH'",
]


def main() -> None:
    """Prints one line for each frontier."""
    for name in ("n8", "moral-hazard-pd", "moral-hazard-sh"):
        for predicates in ([], PREDICATES):
            start = time.process_time()
            result = frontier(load(name), predicates=predicates)
            seconds = time.process_time() - start
            print(
                f"{name:18} {len(result.languages):3} languages, {len(result.levels):3} λ, "
                f"{len(result.texts):4} certificates: {seconds:6.2f} s of the processor"
            )


if __name__ == "__main__":
    main()
