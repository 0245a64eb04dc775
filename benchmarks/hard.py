"""Games that are hard for their size, of new seeds each time: V exact and certified, or bounds.

``--seed TEXT`` draws the games of a run again, ``--games N`` says how many of each shape.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path
from statistics import median
from typing import Any

from instances import clocked, line, target

from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.questions.obligations import BestSelection, Bracket, Value

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from hard_games import SHAPES, hard_game, width

SECONDS = 60.0
WIDTHS = (12, 10, 9, 8, 9)


def answered(setting: Any) -> tuple[str, float]:
    """What is found, and how much of the welfare's range it leaves open."""
    with Worker(SECONDS) as worker:
        try:
            answer: Any = worker.call(decide.ask, Value(setting, setting.selfish))
        except TimedOut as error:
            return str(error), 1.0
    if isinstance(answer, Bracket):
        open_ = (answer.most - answer.welfare) / width(setting)
        return "bounds", float(open_)
    if not isinstance(answer, BestSelection):
        return answer.reason, 1.0
    claim = {"id": "value", "holds": True, "value": str(answer.welfare)}
    levels = setting.selfish
    certificate = decide.certify(
        setting, levels, claim, decide.value_witness, setting, levels, answer
    )
    accepted = isinstance(certificate, decide.Certified) and certificate.accepted
    return ("exact", 0.0) if accepted else ("no certificate", 1.0)


def main() -> None:
    """One line for every game, and the goal."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    options.add_argument("--games", type=int, default=3)
    options.add_argument("--seed", default=secrets.token_hex(4))
    arguments = options.parse_args()
    shapes = ((3, 2, 10), (2, 3, 10)) if arguments.quick else SHAPES
    print(f"--seed {arguments.seed}")
    line(("shape", "money", "found", "open", "seconds"), WIDTHS)
    times, gaps = [], []
    for shape in shapes:
        for number in range(arguments.games):
            setting = hard_game(shape, f"{arguments.seed}/{number}")
            (outcome, share_open), seconds = clocked(answered, setting)
            money = getattr(setting.contracts, "budget", "")
            name = "×".join(map(str, shape))
            line((name, money, outcome, f"{share_open:.1%}", f"{seconds:.1f}"), WIDTHS)
            times.append(seconds)
            gaps.append(share_open)
    print(f"median {median(times):.1f} s")
    target("exact, or open by at most", "≤", 5, 100 * max(gaps), " %")
    target("seconds, worst", "≤", SECONDS, max(times), " s")


if __name__ == "__main__":
    main()
