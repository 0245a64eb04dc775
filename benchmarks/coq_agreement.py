"""The checker in Coq against the trusted core: honest, opposite and forged certificates.

``python benchmarks/coq_agreement.py --seconds 280 --keep DIR`` judges a portion, and goes on where
the last one stopped: DIR has the certificates to start from (``corpus.json``) and what was found of
each batch (``journal.jsonl``). ``--seconds 0`` prints what was found so far, by rule.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from coopgap.proofs.export.coq import CoqFile
from coopgap.proofs.export.coqc import Unavailable, compiled
from coopgap.proofs.selftest.corpora import certificates
from coopgap.proofs.trusted.documents import canonical

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from agreement import Judgement, coq_form, judged_twice
from soundness import Corpus
from tampering import opposites

SEED = 18
BATCH = 200
"""Certificates that are judged at once."""

OPPOSITES = 4
"""How many opposites of each honest certificate are judged."""

LONGEST = 60
"""Seconds that Coq may take for a batch; of a slower one each is asked about alone."""

SLOW = "(slow)", ""
"""What takes Coq longer than that alone."""


class Batch(NamedTuple):
    """How many certificates were judged, of which outcome by module, and which disagreed."""

    cases: int
    counts: list[tuple[str, str, int]]
    disagreed: list[str]


def main() -> None:
    """Prints the counts; status 1 if the two disagreed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=280)
    options.add_argument("--keep", type=Path, default=Path("build/coq-agreement"))
    arguments = options.parse_args()
    arguments.keep.mkdir(parents=True, exist_ok=True)
    compiled()
    journal, ends = arguments.keep / "journal.jsonl", time.monotonic() + arguments.seconds
    if arguments.seconds > 0:
        first = sum(batch.cases for batch in _journalled(journal))
        batches = _batches(_honest(arguments.keep / "corpus.json"), first)
        while time.monotonic() < ends:
            line = json.dumps(_judged(next(batches))._asdict())
            with journal.open("a", encoding="utf-8") as out:
                out.write(f"{line}\n")
    batches_judged = _journalled(journal)
    print(_table(batches_judged))
    sys.exit(any(batch.disagreed for batch in batches_judged))


def _honest(place: Path) -> Sequence[str]:
    """The certificates that Coq has a rule for, made once."""
    if not place.exists():
        texts = [text for text in certificates() if isinstance(coq_form(text), CoqFile)]
        place.write_text(json.dumps(texts), encoding="utf-8")
    honest: list[str] = json.loads(place.read_text(encoding="utf-8"))
    return honest


def _batches(honest: Sequence[str], first: int) -> Iterator[list[str]]:
    cases = islice(_cases(honest), first, None)
    while batch := list(islice(cases, BATCH)):
        yield batch


def _cases(honest: Sequence[str]) -> Iterator[str]:
    """Honest certificates, opposites of each, and forgeries without end."""
    yield from honest
    for text in honest:
        yield from map(canonical, islice(opposites(json.loads(text)), OPPOSITES))
    corpus, number = Corpus(honest), 0
    while True:
        yield canonical(corpus.case(SEED, number)[1])
        number += 1


def _judged(batch: Sequence[str]) -> Batch:
    judgements = _judgements(batch)
    if judgements is None:
        judgements = {
            text: judgement
            for certificate in batch
            for text, judgement in (_judgements([certificate]) or {}).items()
        }
    in_order = [judgements.get(text) for text in batch]
    counts = Counter(
        SLOW if judgement is None else (judgement.module, judgement.outcome)
        for judgement in in_order
    )
    pairs = zip(batch, in_order, strict=True)
    disagreed = [
        text for text, judgement in pairs if judgement and judgement.outcome == "disagreed"
    ]
    return Batch(len(batch), [(*key, count) for key, count in sorted(counts.items())], disagreed)


def _judgements(batch: Sequence[str]) -> Mapping[str, Judgement] | None:
    """What both say, or None if Coq takes too long."""
    try:
        return judged_twice(batch, LONGEST)
    except Unavailable:
        return None


def _journalled(journal: Path) -> list[Batch]:
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
    return [Batch(**json.loads(line)) for line in lines]


def _table(batches: Sequence[Batch]) -> str:
    counts = Counter[tuple[str, str]]()
    for batch in batches:
        for module, outcome, count in batch.counts:
            counts[module, outcome] += count
    outcomes = ("accepted", "refused", "disagreed")
    lines = [f"{'rule':15}" + "".join(f"{outcome:>12}" for outcome in outcomes)]
    for module in sorted({module for module, _ in counts}):
        numbers = "".join(f"{counts[module, outcome]:>12,}" for outcome in outcomes)
        lines.append(f"{module:15}{numbers}")
    judged = sum(count for (module, _), count in counts.items() if not module.startswith("("))
    return "\n".join([*lines, f"{counts.total():,} certificates, {judged:,} judged in Coq"])


if __name__ == "__main__":
    main()
