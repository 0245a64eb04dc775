"""Forged certificates against the trusted core: counts by rule, and wrongly accepted ones.

``python benchmarks/mutations.py --cases 1000000 --workers 2 --seed 0 --keep DIR``
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from coopgap.proofs.selftest.corpora import certificates, conjunctions
from coopgap.proofs.selftest.oracle import UNDECIDED
from coopgap.proofs.selftest.soundness import timed


def main() -> None:
    """Writes the report to standard output; status 1 if anything untrue is accepted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=50_000)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--keep", type=Path, default=Path("build/forged"))
    options.add_argument("--claims", nargs="*", help="only certificates of these claim ids")
    given = options.parse_args()
    corpus = [*certificates(), *conjunctions()]
    if given.claims:
        corpus = [
            text for text in certificates() if json.loads(text)["claim"]["id"] in given.claims
        ]
    counts, report = timed(corpus, given.cases, given.seed, given.workers, given.keep)
    print(report, end="")
    sys.exit(any(not name.startswith(UNDECIDED) for name in counts.kept))


if __name__ == "__main__":
    main()
