"""How long the checker in Coq takes for a certificate with a thousand incentive constraints.

A planted game of two agents, eleven actions each and fifty states in ten cells, whose selection is
implemented by transfers, or excluded by a cycle. Timed is ``verify --coq`` without the trusted
core: the file is written and ``coqc`` proves its theorem; the checker was compiled before.
"""

from __future__ import annotations

from instances import Disagreement, certified, clocked, incentive_rows, options, planted, target

from coopgap.proofs.export.coqc import Unavailable, compiled, recheck
from coopgap.theory.contracts import Budget

SIZE = (2, 11, 50, 10)
QUICK = (2, 4, 12, 3)
SECONDS = 60


def main() -> None:
    """Prints the seconds of both certificates."""
    size = QUICK if options(__doc__).quick else SIZE
    try:
        compiled()
    except Unavailable as reason:
        print(f"skipped: {reason}")
        return
    for plant in ("feasible", "cycle"):
        instance = planted(1, plant, Budget.FREE, *size)
        _, certificate = certified(instance)
        judgement, seconds = clocked(recheck, certificate.text)
        if judgement.verdict != "accepted":
            raise Disagreement(f"the checker in Coq says {judgement.verdict}: {judgement.reason}")
        rows = len(incentive_rows(instance).gain)
        target(f"{plant}, {rows} incentive constraints", "≤", SECONDS, seconds, " s")


if __name__ == "__main__":
    main()
