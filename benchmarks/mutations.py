"""Forged certificates against the trusted core: counts by rule, and wrongly accepted ones.

``python benchmarks/mutations.py --cases 1000000 --workers 2 --seed 0 --keep DIR``;
``--about`` forges those of rarer claims, judged by the second checkers of the tests too.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from coopgap.proofs.selftest.corpora import certificates, conjunctions
from coopgap.proofs.selftest.oracle.judging import UNDECIDED

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from forgeries import KINDS
from soundness import oracle_judgement, timed

ABOUT = {"games": (lambda: (*certificates(), *conjunctions()), oracle_judgement), **KINDS}


def main() -> None:
    """Writes the report to standard output; status 1 if anything untrue is accepted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=50_000)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--keep", type=Path, default=Path("build/forged"))
    options.add_argument("--claims", nargs="*", help="only certificates of these claim ids")
    options.add_argument("--about", choices=ABOUT, default="games")
    options.add_argument("--with", dest="part", help="only those with this part of a witness")
    arguments = options.parse_args()
    corpus, judge = ABOUT[arguments.about]
    chosen = [
        text
        for text in corpus()
        if (not arguments.claims or json.loads(text).get("claim", {}).get("id") in arguments.claims)
        and (not arguments.part or f'"{arguments.part}":' in text.partition('"proof":')[2])
    ]
    if not chosen:
        sys.exit("no certificate is like that")
    counts, report = timed(
        chosen, arguments.cases, arguments.seed, arguments.workers, arguments.keep, judge
    )
    print(report, end="")
    sys.exit(any(not name.startswith(UNDECIDED) for name in counts.doubtful))


if __name__ == "__main__":
    main()
