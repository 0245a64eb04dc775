"""A mutation campaign over all inputs that the project reads.

No input may end in a traceback, take too long or too much memory, or be wrongly accepted. A case is
a valid input, changed a few times in its content and its bytes. It depends on the
seed, the kind of input and its number alone.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.selftest.input_kinds import ACCEPTED, KINDS, REFUSED, UNDECIDED, Kind, Wrong
from coopgap.proofs.selftest.mutations import garbled, mutated
from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Plain

SECONDS = 20.0
"""How long reading and judging one input may take before it counts as hanging."""

MEMORY = 6 << 30
"""Bytes of address space, of which the libraries take a part."""

CHANGES = (1, 1, 1, 2, 2, 3, 4)
"""How many changes a case has, each as likely: what is hardly changed gets further."""


@dataclass(frozen=True)
class Find:
    """An input that went wrong. fault: in one line, the same for the same fault."""

    kind: str
    case: int
    fault: str
    data: bytes
    detail: str = ""

    def document(self) -> dict[str, Plain]:
        """As JSON; bytes that are no text are escaped."""
        text = self.data[:2_000].decode("utf-8", "backslashreplace")
        return {
            "kind": self.kind,
            "case": self.case,
            "what": self.fault,
            "bytes": len(self.data),
            "input": text,
        }


@dataclass(frozen=True)
class Tally:
    """The outcomes of the inputs of a kind.

    corpus_seconds: how long it took to make the valid inputs, which is no part of ``seconds``.
    """

    kind: str
    oracle: str
    cases: int
    refused: int
    accepted: int
    undecided: int
    seconds: float
    finds: tuple[Find, ...]
    corpus_seconds: float = 0.0

    def document(self) -> dict[str, Plain]:
        """As JSON."""
        return {**vars(self), "finds": [find.document() for find in self.finds]}


def case(kind: Kind, seed: int, number: int) -> bytes:
    """The input of a case."""
    return _applied(kind, seed, number, _steps(kind, seed, number))


def _steps(kind: Kind, seed: int, number: int) -> range:
    return range(_rng(seed, kind, number).choice(CHANGES))


def _applied(kind: Kind, seed: int, number: int, steps: Sequence[int]) -> bytes:
    """The input of a case with only some of its changes."""
    rng = _rng(seed, kind, number, "base")
    corpus = _corpus(kind.name)
    base, second = rng.choice(corpus), rng.choice(corpus)
    plan = _rng(seed, kind, number, "plan")
    by_text = kind.decode is not None and plan.random() < 0.7
    data = base
    if by_text and kind.decode is not None:
        tree, foreign = kind.decode(base.decode()), kind.decode(second.decode())
        for step in steps:
            tree = mutated(tree, foreign, _rng(seed, kind, number, step))
        # Half of an escaped pair of characters is no text; it is written all the same.
        data = kind.encode(tree).encode("utf-8", "surrogatepass")
    else:
        for step in steps:
            data = garbled(data, second, _rng(seed, kind, number, step))
    return kind.mended(data) if plan.random() < 0.9 else data


def _rng(seed: int, kind: Kind, number: int, step: object = "") -> Random:
    text = f"{seed}/{kind.name}/{number}/{step}"
    return Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]))


@cache
def _corpus(name: str) -> tuple[bytes, ...]:
    return KINDS[name].corpus()


def campaign(
    kinds: Sequence[str] = (),
    cases: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
    limit: float | None = SECONDS,
    progress: Callable[[str], None] | None = None,
) -> list[Tally]:
    """The outcomes of mutated inputs of the kinds (of all if none are named).

    cases, seconds: how many of each kind are tried and for how long at most, the making of valid
    inputs apart; 1,000 cases if neither is given. limit: seconds after which a case hangs
    (None: no limit, in this process). Of each fault the first input is kept, made small. Raises
    InputError for an unknown kind.
    """
    tell = progress or (lambda _: None)
    if cases is None and seconds is None:
        cases = 1_000
    for name in kinds:
        if name not in KINDS:
            raise InputError(f"there is no kind {name!r}", fix=f"choose from {', '.join(KINDS)}")
    with Worker(limit, MEMORY) as worker:
        return [_tally(KINDS[name], cases, seconds, seed, worker, tell) for name in kinds or KINDS]


def _tally(
    kind: Kind,
    cases: int | None,
    seconds: float | None,
    seed: int,
    worker: Worker,
    tell: Callable[[str], None],
) -> Tally:
    counts = dict.fromkeys((REFUSED, ACCEPTED, UNDECIDED), 0)
    finds: dict[str, Find] = {}
    building = time.monotonic()
    tell(f"{kind.name}: making valid inputs")
    _corpus(kind.name)
    started = time.monotonic()
    number = 0
    while (cases is None or number < cases) and (
        seconds is None or time.monotonic() < started + seconds
    ):
        if number % 100 == 0:
            tell(f"{kind.name}: {number:,} cases, {len(finds)} finds")
        data = case(kind, seed, number)
        outcome, detail = judged(kind, data, worker)
        if outcome in counts:
            counts[outcome] += 1
        elif outcome not in finds:
            small = _smallest(kind, seed, number, outcome, worker)
            finds[outcome] = Find(kind.name, number, outcome, small, detail)
        number += 1
    return Tally(
        kind.name,
        kind.oracle,
        number,
        counts[REFUSED],
        counts[ACCEPTED],
        counts[UNDECIDED],
        round(time.monotonic() - started, 3),
        tuple(finds.values()),
        round(started - building, 3),
    )


def judged(kind: Kind, data: bytes, worker: Worker) -> tuple[str, str]:
    """The outcome of an input in a worker, and its traceback or nothing."""
    try:
        return worker.call(examine, kind.name, data)
    except TimedOut as error:
        return f"hangs: {error}", ""


def examine(name: str, data: bytes) -> tuple[str, str]:
    """The outcome of an input in this process, and its traceback or nothing."""
    kind = KINDS[name]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / f"input{kind.suffix}"
        path.write_bytes(data)
        try:
            return kind.judge(path), ""
        except InputError as error:
            return (REFUSED, "") if error.problem else ("refused without a reason", "")
        except MemoryError:
            raise
        except Wrong as error:
            return f"wrong: {error}", ""
        except Exception as error:
            return _crash(error), traceback.format_exc(limit=-20)


def _crash(error: Exception) -> str:
    """The type of an error and where it came from in this project."""
    project = Path(__file__).parents[2]
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(project / "proofs")
        or Path(frame.filename).is_relative_to(project / "theory")
    ]
    last = frames[-1]
    return f"crash: {type(error).__name__} in {Path(last.filename).name}:{last.name}"


TRIES = 300
"""How many smaller inputs are looked at for one find."""


def _smallest(kind: Kind, seed: int, number: int, fault: str, worker: Worker) -> bytes:
    """A small input with the same fault.

    First changes are left out, then bytes.
    """
    budget = TRIES if not fault.startswith("hangs") else 12

    def fails(data: bytes) -> bool:
        nonlocal budget
        budget -= 1
        return budget >= 0 and judged(kind, data, worker)[0] == fault

    steps = list(_steps(kind, seed, number))
    for step in list(steps):
        fewer = [k for k in steps if k != step]
        if fails(_applied(kind, seed, number, fewer)):
            steps = fewer
    data = _applied(kind, seed, number, steps)
    return shortened(data, lambda shorter: fails(kind.mended(shorter)), kind.mended)


def shortened(
    data: bytes, fails: Callable[[bytes], bool], mended: Callable[[bytes], bytes] = bytes
) -> bytes:
    """Fewer bytes that still fail, by leaving out parts (Zeller and Hildebrandt 2002)."""
    size = max(1, len(data) // 2)
    while True:
        start = 0
        while start < len(data):
            shorter = data[:start] + data[start + size :]
            if fails(shorter):
                data = shorter
            else:
                start += size
        if size == 1:
            return mended(data) if fails(data) else data
        size //= 2
