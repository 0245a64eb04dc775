"""The paper's lakes: the planner alone, and whole reports with populations and languages.

Targets: the planner under 2 seconds; a report of the doubling lake with populations 0 to 5, three
languages and three levels of λ, certified, under 60 seconds.
"""

from __future__ import annotations

import argparse
import time

from coopgap import check, load
from coopgap.proofs.commons.planner import planned
from coopgap.theory.commons.specification import CommonsSpecification, everything


def main() -> None:
    """Measures and says whether the targets were met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small lake")
    slugs = ("sheep",) if parser.parse_args().quick else ("fishing", "fishing-iid")
    for slug in slugs:
        spec = load(slug)
        assert isinstance(spec, CommonsSpecification)
        start = time.process_time()
        planned(spec.commons, everything(spec.commons))
        report("planner", slug, time.process_time() - start, 2)
        start = time.process_time()
        check(spec)
        report("report", slug, time.process_time() - start, 60)


def report(quantity: str, slug: str, seconds: float, target: float) -> None:
    """Prints what was measured."""
    verdict = "met" if seconds <= target else "NOT met"
    print(f"{quantity} of {slug}: {seconds:.2f} s of CPU; target {target} s: {verdict}")


if __name__ == "__main__":
    main()
