"""Campaigns: searches for counterexamples to conjectures, case by case.

Counterexamples are shrunk and decided again by the engines.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from coopgap.proofs.deciding.check import check
from coopgap.proofs.fuzzing.conjectures import FAILS, HOLDS, Conjecture
from coopgap.proofs.fuzzing.generation import generated
from coopgap.proofs.fuzzing.journal import Journal
from coopgap.proofs.fuzzing.measures import EngineMeasures, Measures
from coopgap.proofs.fuzzing.shrinking import smallest
from coopgap.proofs.fuzzing.situations import Situation
from coopgap.proofs.fuzzing.symbols import NotEncodable
from coopgap.proofs.fuzzing.synthesis import Synthesis, synthesized
from coopgap.proofs.fuzzing.tallies import Tally, case_situation
from coopgap.proofs.fuzzing.teams import Batch, Team, team
from coopgap.proofs.fuzzing.writing import spec_text
from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Plain
from coopgap.theory.notebooks import Documented, Tabulated, TextTable
from coopgap.theory.specification import NamedLanguage, Specification

BATCH = 50
"""The cases that a worker decides, and the journal records, at a time."""

CASES = 2_000
"""The cases of each conjecture where neither cases nor seconds are asked for."""

FEW, SHARE = 20, 100
"""Fewer cases than FEW that meet the hypotheses hardly test a conjecture, and so does less than one
in SHARE."""

ENGINES = ("sampling", "hypothesis", "z3")
"""Who searches: the plain sampler, Hypothesis, or z3 for payoffs in a box."""

Tell = Callable[[str], None]


@dataclass(frozen=True, repr=False)
class Verdict(Tabulated, Documented):
    """The result of a campaign for one conjecture.

    status: refuted, survived or hardly-tested. vacuous: cases that do not meet the hypotheses;
    unknown: cases in which a quantity was not found. shapes: cases by the game's shape. hypotheses:
    how many cases meet each, and those before it. counterexample: the smallest found, as the text
    of a spec; certificates: those of what ``check`` says of it, by their SHA-256. synthesis: what
    z3 says, if it was asked. note: what else there is to say.
    """

    id: str
    statement: str
    status: str
    cases: int
    vacuous: int
    unknown: int
    seconds: float
    counterexample: str | None
    certificates: Mapping[str, str]
    shapes: Mapping[str, int]
    hypotheses: Mapping[str, int]
    synthesis: Mapping[str, int] | None = None
    note: str | None = None

    def tables(self) -> tuple[TextTable, ...]:
        """What was tried and what came of it."""
        rows = [
            ("status", self.status),
            ("cases", str(self.cases)),
            ("vacuous", str(self.vacuous)),
            ("unknown", str(self.unknown)),
        ]
        if self.counterexample is not None:
            rows.append(("counterexample", "a spec, in .counterexample"))
        return (TextTable(self.statement, ("conjecture", self.id), tuple(rows)),)

    def document(self) -> dict[str, Plain]:
        """As JSON values; of certificates only the hashes."""
        return {**asdict(self), "certificates": sorted(self.certificates)}


@dataclass(frozen=True)
class Budget:
    """The limits of a search, for each conjecture: cases, seconds, or both."""

    cases: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class _Result:
    """An engine's result: the situation that fails, and where it was."""

    tally: Tally
    situation: Situation | None
    where: str = ""
    synthesis: Synthesis | None = None


def campaigns(
    conjectures: Sequence[Conjecture],
    *,
    budget: Budget,
    seed: int = 0,
    workers: int = 1,
    scheduler: str | None = None,
    engine: str = "sampling",
    journal: Journal | None = None,
    progress: Tell | None = None,
) -> Iterator[Verdict]:
    """Searches for a counterexample to each conjecture in turn, within the budget.

    Counterexamples are shrunk and decided again by the engines of ``check``. Under a budget of
    cases the result does not depend on the number of workers. A worker that dies or hangs is
    replaced, and its cases run again. ``scheduler``: the address of a Dask cluster that decides the
    cases instead. Raises InputError for an unknown engine, an unusable journal, an unreachable
    cluster, and a conjecture in Python where other processes or a journal need its text.
    """
    if engine not in ENGINES:
        raise InputError(f"there is no engine {engine!r}", fix=f"choose from {', '.join(ENGINES)}")
    elsewhere = workers > 1 or scheduler is not None or journal is not None or engine == "z3"
    for conjecture in conjectures:
        if elsewhere and not conjecture.text:
            raise InputError(
                f"the conjecture {conjecture.id!r} is Python code, which stays in this process",
                fix="use one worker and no journal or z3, or write the conjecture as a file",
            )
    tell = progress or (lambda _: None)
    if engine == "sampling":
        with team(workers, scheduler) as members:
            for conjecture in conjectures:
                yield _verdict(conjecture, partial(_sampled, members, budget, seed, journal, tell))
        return
    search = partial(_generated, seed) if engine == "hypothesis" else partial(_synthesized, tell)
    for conjecture in conjectures:
        yield _verdict(conjecture, partial(search, budget))


def campaign(conjectures: Sequence[Conjecture], **options: Any) -> list[Verdict]:
    """All verdicts of ``campaigns``, whose options these are."""
    return list(campaigns(conjectures, **options))


def _verdict(conjecture: Conjecture, search: Callable[[Conjecture], _Result]) -> Verdict:
    start = time.monotonic()
    result = search(conjecture)
    counterexample, certificates = None, dict[str, str]()
    if result.situation is not None:
        counterexample, certificates = _counterexample(conjecture, result.situation, result.where)
    status, note = _status(result)
    tally = result.tally
    return Verdict(
        conjecture.id,
        conjecture.statement,
        status,
        tally.cases,
        tally.vacuous,
        tally.unknown,
        round(time.monotonic() - start, 3),
        counterexample,
        certificates,
        tally.shapes,
        dict(zip((text for text, _ in conjecture.suppose), tally.met, strict=False)),
        None if result.synthesis is None else result.synthesis.plain(),
        note,
    )


def _status(result: _Result) -> tuple[str, str | None]:
    """The status of a search, and a note on it."""
    if result.situation is not None:
        return "refuted", None
    if result.synthesis is not None:
        synthesis = result.synthesis
        if synthesis.clear == synthesis.vacuous:
            return "hardly-tested", result.where or _vacuous(synthesis.clear > 0)
        note = "z3 finds none in any box" if synthesis.exhausted else None
        return ("hardly-tested" if synthesis.undecided > synthesis.clear else "survived"), note
    tally = result.tally
    if tally.tested < FEW or tally.tested * SHARE < tally.cases:
        return "hardly-tested", _vacuous(tally.vacuous == tally.cases > 0)
    return "survived", None


def _vacuous(entirely: bool) -> str | None:
    if not entirely:
        return None
    return "vacuous: nothing meets the hypotheses, which may contradict each other"


def _sampled(
    members: Team,
    budget: Budget,
    seed: int,
    journal: Journal | None,
    tell: Tell,
    conjecture: Conjecture,
) -> _Result:
    start = time.monotonic()
    tally = Tally()
    for batch in _tallies(conjecture, members, budget, seed, journal):
        tally = tally.plus(batch)
        tell(_progress(conjecture, tally, time.monotonic() - start))
        if tally.first is not None:
            failed = case_situation(conjecture, seed, tally.first)
            return _Result(tally, failed, f"seed {seed}, case {tally.first}")
    return _Result(tally, None)


def _progress(conjecture: Conjecture, tally: Tally, spent: float) -> str:
    rate = tally.cases / spent if spent > 0 else 0
    return (
        f"{conjecture.id}: {tally.cases:,} cases, {rate:,.0f} a second, "
        f"{len(tally.shapes)} shapes, {tally.tested:,} meet the hypotheses"
    )


def _tallies(
    conjecture: Conjecture, members: Team, budget: Budget, seed: int, journal: Journal | None
) -> Iterator[Tally]:
    """The tallies of batches in their order, those of the journal first."""
    deadline = float("inf") if budget.seconds is None else time.monotonic() + budget.seconds
    cases = budget.cases
    if cases is None and budget.seconds is None:
        cases = CASES
    recorded = {} if journal is None else journal.tallies(conjecture, seed)
    running: dict[int, Callable[[], Tally]] = {}
    following = number = 0
    while True:
        while len(running) < 2 * members.size and time.monotonic() < deadline:
            start = following * BATCH
            if cases is not None and start >= cases:
                break
            if following not in recorded:
                stop = start + BATCH if cases is None else min(start + BATCH, cases)
                running[following] = members.start(Batch(conjecture, seed, start, stop))
            following += 1
        if number >= following:
            return
        if number in recorded:
            yield recorded[number]
        else:
            tally = running.pop(number)()
            if journal is not None:
                journal.record(conjecture, seed, number, tally)
            yield tally
        number += 1


def _generated(seed: int, budget: Budget, conjecture: Conjecture) -> _Result:
    tally, failed = generated(conjecture, seed, budget.cases or CASES, budget.seconds)
    return _Result(tally, failed, f"by Hypothesis, seed {seed}")


def _synthesized(tell: Tell, budget: Budget, conjecture: Conjecture) -> _Result:
    try:
        synthesis, failed = synthesized(conjecture, budget.cases, budget.seconds, tell)
    except NotEncodable as error:
        return _Result(Tally(), None, f"not put to z3: {error}", Synthesis())
    return _Result(Tally({HOLDS: synthesis.boxes}), failed, "by z3" if failed else "", synthesis)


def _counterexample(
    conjecture: Conjecture, situation: Situation, where: str
) -> tuple[str, dict[str, str]]:
    """The shrunk counterexample as a spec, decided again by the engines.

    With it come the certificates that ``check`` makes of it.
    """

    def fails(candidate: Situation) -> bool:
        return conjecture.verdict(Measures(candidate)) == FAILS

    small = smallest(situation, fails)
    again = conjecture.verdict(EngineMeasures(small))
    if again != FAILS:
        raise AssertionError(f"the engines say {again!r} of {conjecture.id}, {where}")
    spec = specification(conjecture, small)
    text = f"# Found by coopgap fuzz: {conjecture.id}, {where}\n{_contract(small)}{spec_text(spec)}"
    return text, dict(check(spec).texts)


def _contract(situation: Situation) -> str:
    """The contract of a counterexample, which a spec has no place for, as comments."""
    game, paid = situation.environment, situation.payments
    if paid is None:
        return ""
    lines = ["# under the contract that pays, in the order of players,"]
    by_play = np.moveaxis(paid, 0, -1)
    for state, *profile in np.argwhere(by_play.any(axis=-1)).tolist():
        amounts = ", ".join(map(str, by_play[(state, *profile)].tolist()))
        lines.append(
            f"#   {amounts} at ({', '.join(game.labels(profile))}) in {game.states[state]}"
        )
    if len(lines) == 1:
        lines = ["# under the contract that pays nothing"]
    return "\n".join([*lines, ""])


def specification(conjecture: Conjecture, situation: Situation) -> Specification:
    """A counterexample as a spec that ``check`` opens: its game, languages and levels of λ."""
    information = situation.information
    languages = [NamedLanguage("language", situation.language, situation.contracts)]
    if situation.finer is not situation.language:
        languages.append(NamedLanguage("finer", situation.finer, situation.contracts))
    return Specification(
        environment=situation.environment,
        languages=tuple(languages),
        levels=tuple(dict.fromkeys((situation.levels, situation.more))),
        information=None if information is None or information.is_complete else information,
        title=f"Not so: {conjecture.statement}",
        source=f"coopgap fuzz {conjecture.id}",
    )
