"""The journal of a campaign: tallies in an SQLite file, each committed before it counts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from coopgap.proofs.certificates.certificate import digest
from coopgap.proofs.fuzzing.conjectures import Conjecture
from coopgap.proofs.fuzzing.tallies import Tally
from coopgap.theory.errors import InputError

WAIT = 5.0
"""The seconds to wait for a journal that another campaign writes to."""


@dataclass
class Journal:
    """Tallies of batches of cases.

    Raises InputError for a file that is no journal, that another campaign has locked, or that has
    outcomes although ``resume`` is not asked for.
    """

    path: Path
    resume: bool = False
    _ready: bool = field(default=False, init=False)

    def tallies(self, conjecture: Conjecture, seed: int) -> dict[int, Tally]:
        """The recorded tallies of a conjecture, by the numbers of batches."""
        self._make()
        with self._explained(), closing(self._open()) as database:
            rows = database.execute(
                "select number, outcome from batches where conjecture = ? and seed = ?",
                (_key(conjecture), seed),
            ).fetchall()
        with self._explained():
            return {number: Tally.of(json.loads(outcome)) for number, outcome in rows}

    def record(self, conjecture: Conjecture, seed: int, number: int, tally: Tally) -> None:
        """Writes a tally, which is committed when this returns."""
        with self._explained(), closing(self._open()) as database, database:
            database.execute(
                "insert into batches values (?, ?, ?, ?)",
                (_key(conjecture), seed, number, json.dumps(tally.plain())),
            )

    def _make(self) -> None:
        if self._ready:
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
        self._ready = True

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=WAIT)
        database.execute("pragma synchronous = full")
        return database

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns errors of SQLite and malformed rows into one message."""
        try:
            yield
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"the journal cannot be used: {error}",
                fix="name another file, or wait until no other campaign uses it",
                field="--journal",
                source=str(self.path),
            ) from None


def _key(conjecture: Conjecture) -> str:
    """A conjecture's id and text: outcomes are of one version of it."""
    return f"{conjecture.id} {digest(conjecture.text)}"
