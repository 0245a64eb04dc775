"""A campaign of forged certificates against the trusted core, judged by the oracle.

No certificate may be accepted whose claim is false. A case depends on the seed and its number
alone. Cases are counted by the rule that they reach: that of their claim, or the refutations before
it; others are refused for their form.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from tampering import UNKNOWN, Base, forged

from coopgap.proofs.certificates.certificate import canonical, digest, verified
from coopgap.proofs.selftest.oracle.games import Undecided
from coopgap.proofs.selftest.oracle.judging import (
    FALSE,
    ILL_FORMED,
    TRUE,
    UNDECIDED,
    joined,
    judgement,
)
from coopgap.proofs.trusted import aggregate_claims as groups
from coopgap.proofs.trusted import certificates as core
from coopgap.proofs.trusted import commons_claims as commons
from coopgap.theory.json_values import Plain

Judge = Callable[[Plain], str]
"""Judges whether the claim of an accepted certificate is true."""

FORM, REFUTATION = "(form)", "(refutation)"
"""Where certificates are refused before the rule of their claim."""

SAME, REJECTED = "same", "rejected"

ACCEPTED = (TRUE, UNDECIDED, ILL_FORMED, FALSE)
OUTCOMES = (REJECTED, *ACCEPTED, SAME)

SECONDS = 30
"""How long the oracle may take."""

CHUNK = 500
"""Cases that a process is given at once."""

KEPT = 200_000
"""How many of the oracle's answers are remembered."""


@dataclass
class Counts:
    """The outcomes of forged certificates, by rule.

    doubtful: accepted certificates whose claims are not known to be true. malformed: how often a
    rule rejected a certificate as malformed, by reason.
    """

    by_rule: Counter[tuple[str, str]] = field(default_factory=Counter)
    doubtful: dict[str, str] = field(default_factory=dict)
    malformed: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: Counts) -> Counts:
        self.by_rule += other.by_rule
        self.malformed += other.malformed
        self.doubtful |= other.doubtful
        return self

    def table(self) -> str:
        """The counts as text, rules that reach most first."""
        rules = Counter[str]()
        for (rule, _), count in self.by_rule.items():
            rules[rule] += count
        names = OUTCOMES
        lines = [f"{'rule':32}{'reached':>11}{'accepted':>10}" + "".join(f"{n:>11}" for n in names)]
        total = Counter[str]()
        for rule, count in rules.most_common():
            row = {name: self.by_rule[rule, name] for name in names}
            total.update({**row, "count": count} if rule != FORM else {})
            lines.append(_line(rule, count, row))
        lines.append(_line("all that reach a rule", total.pop("count", 0), total))
        return "\n".join(lines) + "\n"


def _line(rule: str, count: int, row: Mapping[str, int]) -> str:
    accepted = sum(row[name] for name in ACCEPTED)
    numbers = "".join(f"{row[name]:>11,}" for name in OUTCOMES)
    return f"{rule:32}{count:>11,}{accepted:>10,}{numbers}"


@dataclass
class Watch:
    """The rule that the core reached."""

    rule: str = FORM


@contextmanager
def watched() -> Iterator[Watch]:
    """Records the rule that the core reaches."""
    watch, show, refute = Watch(), core.Claim.show, vars(core)["require_refuted"]

    def recording_show(self: core.Claim, *arguments: Any) -> None:
        watch.rule = self.id
        show(self, *arguments)

    def recording_refute(*arguments: Any) -> None:
        if watch.rule == FORM:
            watch.rule = REFUTATION
        refute(*arguments)

    def recorded(name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
        def recording(*arguments: Any) -> Any:
            watch.rule = name
            return rule(*arguments)

        return recording

    with (
        patch.object(core.Claim, "show", recording_show),
        patch.object(core, "require_refuted", recording_refute),
        patch.object(
            groups, "RULES", {name: recorded(name, r) for name, r in groups.RULES.items()}
        ),
        patch.object(
            commons, "RULES", {name: recorded(name, r) for name, r in commons.RULES.items()}
        ),
        patch.object(commons, "REGIMES", {n: recorded(n, r) for n, r in commons.REGIMES.items()}),
    ):
        yield watch


_judgements: dict[str, str] = {}


def oracle_judgement(document: Plain) -> str:
    """The oracle's judgement, cached by what it depends on.

    The proof matters only for claims to which its plays and transfers are hints.
    """
    if "goals" in document:
        return joined(oracle_judgement(goal["certificate"]) for goal in document["goals"])
    claim, data = document["claim"], document["data"]
    hinted = "correlated" in claim["id"] or claim["id"] == "full-implementation"
    key = digest(canonical([claim, data, document["proof"] if hinted else None]))
    if key not in _judgements:
        if len(_judgements) > KEPT:
            _judgements.clear()
        _judgements[key] = _timed(document)
    return _judgements[key]


def _timed(document: Plain) -> str:
    def stop(*_: Any) -> None:
        raise Undecided

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return judgement(document)
    except (Undecided, RecursionError, OverflowError):
        return UNDECIDED
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def judged(
    document: Plain, watch: Watch, original: str = "", judge: Judge = oracle_judgement
) -> tuple[str, str, str]:
    """The rule that a forged certificate reaches, its outcome, and the reason of a rejection."""
    watch.rule = FORM
    text = canonical(document)
    if text == original:
        return FORM, SAME, ""
    verdict = verified(text)
    claim = document.get("claim")
    # Refutations are all that a contradiction has: they are its rule.
    if watch.rule == REFUTATION and isinstance(claim, dict):
        alone = claim.get("id") == core.INCONSISTENT
        watch.rule = claim["id"] if verdict.accepted or alone else REFUTATION
    if not verdict.accepted:
        return watch.rule, REJECTED, verdict.reason
    if f'"{UNKNOWN}":' in text:
        return watch.rule, ILL_FORMED, ""
    return watch.rule, judge(document), ""


class Corpus:
    """Valid certificates, grouped by the size of their games."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.bases = [Base(text, json.loads(text)) for text in texts]
        self.alike: dict[str, list[Base]] = {}
        for base in self.bases:
            self.alike.setdefault(base.size, []).append(base)

    def case(self, seed: int, number: int) -> tuple[Base, Plain]:
        """A valid certificate and the forged one that a case makes of it."""
        rng = Random(f"{seed}/{number}")
        base = rng.choice(self.bases)
        donors = rng.choice((self.bases, self.alike[base.size], self.alike[base.size], [base]))
        return base, forged(base, rng.choice(donors), rng)


_corpus = Corpus(())
_judge: Judge = oracle_judgement


def _chunk(task: tuple[int, int, int]) -> Counts:
    seed, start, count = task
    counts = Counts()
    with watched() as watch:
        for number in range(start, start + count):
            base, document = _corpus.case(seed, number)
            rule, outcome, reason = judged(document, watch, base.text, _judge)
            counts.by_rule[rule, outcome] += 1
            if reason.startswith("malformed"):
                counts.malformed[f"{rule}: {reason}"] += 1
            if outcome in (FALSE, ILL_FORMED, UNDECIDED):
                counts.doubtful[f"{outcome}-{rule}-{number}"] = canonical(document)
    return counts


def campaign(
    texts: Sequence[str],
    number: int,
    *,
    seed: int = 0,
    workers: int = 1,
    progress: Callable[[int, Counts], None] | None = None,
    judge: Judge = oracle_judgement,
) -> Counts:
    """The outcomes of a number of forged certificates; judge: says what the accepted ones are."""
    global _corpus, _judge
    _corpus, _judge = Corpus(texts), judge
    tasks = [(seed, k, min(CHUNK, number - k)) for k in range(0, number, CHUNK)]
    counts = Counts()
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for finished, chunk in enumerate(pool.imap_unordered(_chunk, tasks), 1):
            counts += chunk
            if progress is not None:
                progress(min(finished * CHUNK, number), counts)
        # Ended in order, not killed while they write what a run measures.
        pool.close()
        pool.join()
    return counts


def report_text(counts: Counts, number: int, seed: int, seconds: float, keep: Path) -> str:
    """The report; accepted certificates not known to be true are written into a directory."""
    keep.mkdir(parents=True, exist_ok=True)
    for name, text in counts.doubtful.items():
        (keep / f"{name}.json").write_text(text, encoding="utf-8")
    head = f"{number:,} forged certificates, seed {seed}, {seconds:,.0f} s"
    head += f" ({number / max(seconds, 0.001):,.0f} each second)\n"
    lines = [
        *sorted(counts.doubtful),
        *(f"{reason}: {n:,}" for reason, n in counts.malformed.most_common()),
    ]
    return head + counts.table() + "".join(f"{line}\n" for line in lines)


def timed(
    texts: Sequence[str],
    number: int,
    seed: int,
    workers: int,
    keep: Path,
    judge: Judge = oracle_judgement,
) -> tuple[Counts, str]:
    """Runs a campaign, whose progress goes to standard error, and reports on it."""
    started = time.monotonic()

    def report(finished: int, counts: Counts) -> str:
        return report_text(counts, finished, seed, time.monotonic() - started, keep)

    def progress(finished: int, counts: Counts) -> None:
        if finished % (40 * CHUNK) == 0:
            print(report(finished, counts).partition("\n")[0], file=sys.stderr)

    counts = campaign(texts, number, seed=seed, workers=workers, progress=progress, judge=judge)
    return counts, report(number, counts)
