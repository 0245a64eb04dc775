"""Campaigns: many cases of conjectures, on one worker or several, recorded as they are decided."""

from __future__ import annotations

import json
import queue
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from proofs.certificates import digest
from proofs.fuzzing.conjectures import (
    FAILS,
    UNKNOWN,
    VACUOUS,
    Conjecture,
    conjecture_from_text,
)
from proofs.fuzzing.measures import Asked, Measures
from proofs.fuzzing.shrinking import smallest
from proofs.fuzzing.situations import Situation, generator, situation
from proofs.fuzzing.writing import spec_text
from proofs.worker import TimedOut, Worker
from theory.errors import InputError
from theory.specification import NamedLanguage, Specification

BATCH = 50
"""The cases that a worker decides, and the journal records, at a time."""

BATCH_SECONDS = 120.0
"""The time after which a batch is taken from its worker."""

ATTEMPTS = 3
"""How often a batch is run whose worker dies or hangs, before its cases count as unknown."""

CASES = 2_000
"""The cases of each conjecture where neither cases nor seconds are asked for."""

FEW, SHARE = 20, 100
"""Fewer cases than FEW that meet the hypotheses hardly test a conjecture, and so does less than one
in SHARE."""

Outcome = Mapping[str, int]
"""How many cases said what; ``first`` is the place of the first that fails, if one does."""


@dataclass(frozen=True)
class Verdict:
    """What a campaign found. status: refuted, survived or hardly-tested. vacuous: cases that do not
    meet the hypotheses; unknown: cases in which a quantity was not found. counterexample: the
    smallest found, as the text of a spec."""

    id: str
    statement: str
    status: str
    cases: int
    vacuous: int
    unknown: int
    seconds: float
    counterexample: str | None


@dataclass(frozen=True)
class Budget:
    """How long to look: cases of each conjecture, seconds for each, or both."""

    cases: int | None = None
    seconds: float | None = None


def decided(text: str, name: str, seed: int, start: int, stop: int) -> dict[str, int]:
    """The outcome of some cases of a conjecture, up to the first that fails."""
    conjecture = conjecture_from_text(text, name, name)
    said: Counter[str] = Counter()
    for case in range(start, stop):
        found = conjecture.said(Measures(drawn(conjecture, seed, case)))
        said[found] += 1
        if found == FAILS:
            said["first"] = case
            break
    return dict(said)


def drawn(conjecture: Conjecture, seed: int, case: int) -> Situation:
    """The situation of a case: it depends on seed, conjecture and case alone."""
    return situation(generator(seed, conjecture.id, case), conjecture.bounds)


def campaign(
    conjectures: Sequence[Conjecture],
    *,
    budget: Budget,
    seed: int = 0,
    workers: int = 1,
    journal: Journal | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Verdict]:
    """Looks for counterexamples of each conjecture, one after the other, until one is found or the
    budget is spent; what is found is shrunk and decided again by the engines.

    The cases of a number of cases are the same whatever the number of workers. A worker that dies
    or hangs is replaced, and its cases run again. Raises InputError for a journal that cannot be
    used."""
    tell = progress or (lambda _: None)
    with _Team(workers) as team:
        return [
            _looked(each, team, budget, seed, journal or Journal(None), tell)
            for each in conjectures
        ]


def _looked(
    conjecture: Conjecture,
    team: _Team,
    budget: Budget,
    seed: int,
    journal: Journal,
    tell: Callable[[str], None],
) -> Verdict:
    start = time.monotonic()
    said: Counter[str] = Counter()
    first: int | None = None
    for outcome in _outcomes(conjecture, team, budget, seed, journal):
        said.update({name: count for name, count in outcome.items() if name != "first"})
        first = outcome.get("first")
        spent = time.monotonic() - start
        rate = said.total() / spent if spent > 0 else 0
        tell(f"{conjecture.id}: {said.total():,} cases, {rate:,.0f} a second")
        if first is not None:
            break
    found = None if first is None else _counterexample(conjecture, seed, first)
    return Verdict(
        conjecture.id,
        conjecture.statement,
        "refuted" if found is not None else _status(said),
        said.total(),
        said[VACUOUS],
        said[UNKNOWN],
        round(time.monotonic() - start, 3),
        found,
    )


def _status(said: Counter[str]) -> str:
    tested = said.total() - said[VACUOUS] - said[UNKNOWN]
    hardly = tested < FEW or tested * SHARE < said.total()
    return "hardly-tested" if hardly else "survived"


def _outcomes(
    conjecture: Conjecture, team: _Team, budget: Budget, seed: int, journal: Journal
) -> Iterator[Outcome]:
    """The outcomes of batches in their order, those of the journal first."""
    deadline = float("inf") if budget.seconds is None else time.monotonic() + budget.seconds
    cases = budget.cases
    if cases is None and budget.seconds is None:
        cases = CASES
    known = journal.outcomes(conjecture, seed)
    running: dict[int, Future[dict[str, int]]] = {}
    following = number = 0
    while True:
        while len(running) < 2 * team.size and time.monotonic() < deadline:
            start = following * BATCH
            if cases is not None and start >= cases:
                break
            if following not in known:
                stop = start + BATCH if cases is None else min(start + BATCH, cases)
                running[following] = team.start(conjecture, seed, start, stop)
            following += 1
        if number >= following:
            return
        if number in known:
            yield known[number]
        else:
            outcome = running.pop(number).result()
            journal.record(conjecture, seed, number, outcome)
            yield outcome
        number += 1


def _counterexample(conjecture: Conjecture, seed: int, case: int) -> str:
    """The smallest situation near the case that fails, decided again by the engines."""

    def fails(candidate: Situation) -> bool:
        return conjecture.said(Measures(candidate)) == FAILS

    found = smallest(drawn(conjecture, seed, case), fails)
    again = conjecture.said(Asked(found))
    if again != FAILS:
        raise AssertionError(f"the engines say {again!r} of case {case} of {conjecture.id}")
    text: str = spec_text(specification(conjecture, found))
    return f"# Found by coopgap fuzz: {conjecture.id}, seed {seed}, case {case}\n{text}"


def specification(conjecture: Conjecture, found: Situation) -> Specification:
    """A counterexample as a spec that ``check`` opens: its game, languages and levels of λ."""
    languages = [NamedLanguage("language", found.language, found.contracts)]
    if found.finer is not found.language:
        languages.append(NamedLanguage("finer", found.finer, found.contracts))
    return Specification(
        environment=found.environment,
        languages=tuple(languages),
        levels=tuple(dict.fromkeys((found.levels, found.more))),
        title=f"Not so: {conjecture.statement}",
        source=f"coopgap fuzz {conjecture.id}",
    )


class _Team:
    """Workers, each in a process of its own if there are several."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._threads = ThreadPoolExecutor(size)
        self._idle: queue.Queue[Worker] = queue.Queue()
        for _ in range(size):
            self._idle.put(Worker(BATCH_SECONDS if size > 1 else None))

    def __enter__(self) -> _Team:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().close()

    def start(
        self, conjecture: Conjecture, seed: int, start: int, stop: int
    ) -> Future[dict[str, int]]:
        """Has some cases decided."""
        return self._threads.submit(self._run, conjecture, seed, start, stop)

    def _run(self, conjecture: Conjecture, seed: int, start: int, stop: int) -> dict[str, int]:
        worker = self._idle.get()
        try:
            for _ in range(ATTEMPTS):
                try:
                    return worker.call(decided, conjecture.text, conjecture.id, seed, start, stop)
                except TimedOut:
                    continue
            return {UNKNOWN: stop - start}
        finally:
            self._idle.put(worker)


@dataclass
class Journal:
    """Outcomes of batches in an SQLite file, each committed before it counts; None: nowhere.

    Raises InputError for a file that is no journal, that another campaign has locked, or that has
    outcomes although ``resume`` is not asked for."""

    path: Path | None
    resume: bool = False
    _made: bool = field(default=False, init=False)

    def outcomes(self, conjecture: Conjecture, seed: int) -> dict[int, Outcome]:
        """What is recorded of a conjecture, by the numbers of batches."""
        if self.path is None:
            return {}
        self._make()
        with self._explained(), closing(self._open()) as database:
            rows = database.execute(
                "select number, outcome from batches where conjecture = ? and seed = ?",
                (_key(conjecture), seed),
            ).fetchall()
        return {number: json.loads(outcome) for number, outcome in rows}

    def record(self, conjecture: Conjecture, seed: int, number: int, outcome: Outcome) -> None:
        """Writes an outcome; it is there whatever happens next."""
        if self.path is None:
            return
        with self._explained(), closing(self._open()) as database, database:
            database.execute(
                "insert into batches values (?, ?, ?, ?)",
                (_key(conjecture), seed, number, json.dumps(dict(outcome))),
            )

    def _make(self) -> None:
        if self._made:
            return
        with self._explained(), closing(self._open()) as database, database:
            database.execute(
                "create table if not exists batches (conjecture text, seed integer, "
                "number integer, outcome text, primary key (conjecture, seed, number))"
            )
            (count,) = database.execute("select count(*) from batches").fetchone()
        if count and not self.resume:
            raise InputError(
                "the journal has outcomes of an earlier campaign",
                fix="go on with --resume, or name another file",
                field="--journal",
                source=str(self.path),
            )
        self._made = True

    def _open(self) -> sqlite3.Connection:
        assert self.path is not None
        database = sqlite3.connect(self.path, timeout=5)
        database.execute("pragma synchronous = full")
        return database

    def _explained(self) -> _Explained:
        return _Explained(self.path)


class _Explained:
    """Turns errors of SQLite into one message."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, at: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise InputError(
                f"the journal cannot be used: {error}",
                fix="name another file, or wait until no other campaign uses it",
                field="--journal",
                source=str(self._path),
            ) from None


def _key(conjecture: Conjecture) -> str:
    """A conjecture's id and text: outcomes are of one version of it."""
    return f"{conjecture.id} {digest(conjecture.text)}"
