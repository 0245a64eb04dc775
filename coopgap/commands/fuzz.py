"""``coopgap fuzz``: counterexamples to conjectures, mutated inputs, and comparisons with peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from coopgap.commands.options import Json, MaxBytes, argument, flag, option
from coopgap.durations import require_duration
from coopgap.outcomes import HOLDS, INTERRUPTED, REFUTED, Outcome, gathered, status
from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES

if TYPE_CHECKING:
    from coopgap.proofs.fuzzing.conjectures import Conjecture


def fuzz(
    conjectures: Annotated[
        list[str] | None, argument("[CONJECTURE|FILE]...", "Ids, or files; none: all.")
    ] = None,
    json: Json = False,
    listing: Annotated[bool, flag("--list", "List the conjectures only.")] = False,
    seconds: Annotated[float | None, option("S", "Look at each for that long.", "no limit")] = None,
    cases: Annotated[
        int | None, option("N", "Try so many cases of each.", "2,000 without --seconds", min=1)
    ] = None,
    seed: Annotated[int, option("K", "Where the cases come from.")] = 0,
    workers: Annotated[int, option("N", "Processes.", min=1)] = 1,
    journal: Annotated[
        Path | None, option("FILE", "Record cases there as they are decided.", "nowhere")
    ] = None,
    resume: Annotated[bool, flag("--resume", "Go on with the journal.")] = False,
    keep: Annotated[Path | None, option("DIR", "Write counterexamples there.", "nowhere")] = None,
    scheduler: Annotated[
        str | None, option("ADDRESS", "Decide cases on a Dask cluster.", "here")
    ] = None,
    engine: Annotated[
        str, option("NAME", "Who searches: sampling, hypothesis or z3.")
    ] = "sampling",
    inputs: Annotated[
        bool, flag("--inputs", "Mutate inputs instead; arguments are their kinds.")
    ] = False,
    peers: Annotated[bool, flag("--peers", "Ask other tools the same instead.")] = False,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Search counterexamples to conjectures, and shrink them."""
    from coopgap.terminal.conjectures import story

    require_duration(seconds, "--seconds")
    if inputs or peers:
        chosen = "--inputs" if inputs else "--peers"
        _require_none(
            chosen,
            {
                "--peers": inputs and peers,
                "CONJECTURE": peers and conjectures,
                "--list": listing,
                "--workers": workers > 1,
                "--journal": journal,
                "--resume": resume,
                "--scheduler": scheduler,
                "--engine": engine != "sampling",
            },
        )
    if inputs:
        return _of_inputs(conjectures or (), cases, seconds, seed, keep, json)
    if peers:
        return _of_peers(cases, seed, keep, json)
    from coopgap.files import require_writable, write_all
    from coopgap.proofs.fuzzing.campaigns import Budget, campaigns
    from coopgap.proofs.fuzzing.conjectures import find
    from coopgap.proofs.fuzzing.journal import Journal
    from coopgap.terminal.output import progress

    if resume and journal is None:
        raise InputError("there is no journal to resume", fix="name it", field="--journal")
    selected = find(conjectures or (), max_bytes or MAX_BYTES)
    if listing:
        return _listed(selected, json)
    require_writable(keep=keep)
    with progress() as tell:
        verdicts, stopped = gathered(
            campaigns(
                selected,
                budget=Budget(cases, seconds),
                seed=seed,
                workers=workers,
                scheduler=scheduler,
                engine=engine,
                journal=None if journal is None else Journal(journal, resume),
                progress=tell,
            )
        )
    if keep is not None:
        texts: dict[str, str] = {}
        for verdict in verdicts:
            if verdict.counterexample:
                texts[f"{verdict.id}.toml"] = verdict.counterexample
            texts |= {f"{sha}.json": text for sha, text in verdict.certificates.items()}
        write_all(keep, texts, "--keep")

    statuses = {verdict.status for verdict in verdicts}
    ending = status(refuted="refuted" in statuses, undecided="hardly-tested" in statuses)
    documents = [verdict.document() for verdict in verdicts]
    document = {"schema": "coopgap.fuzz/1", "conjectures": documents}
    return Outcome(
        INTERRUPTED if stopped else ending,
        document,
        lambda: [story(verdicts)],
        json,
        f"interrupted: {len(verdicts)} of {len(selected)} conjectures are tried" if stopped else "",
    )


def _require_none(chosen: str, options: Mapping[str, object]) -> None:
    """Raises InputError for an option that has no meaning beside the chosen one."""
    for name, value in options.items():
        if value:
            raise InputError(
                f"with {chosen} there is nothing that it could say", fix="leave it out", field=name
            )


def _listed(conjectures: Sequence[Conjecture], json: bool) -> Outcome:
    """The conjectures with their statements, untried."""
    from coopgap.terminal.output import statements_table

    entries = [
        {"id": conjecture.id, "statement": conjecture.statement, "source": conjecture.source}
        for conjecture in conjectures
    ]
    document = {"schema": "coopgap.conjectures/1", "conjectures": entries}
    return Outcome(HOLDS, document, lambda: [statements_table(entries)], json)


def _of_inputs(
    kinds: Sequence[str],
    cases: int | None,
    seconds: float | None,
    seed: int,
    keep: Path | None,
    json: bool,
) -> Outcome:
    """The outcomes of mutated inputs; status 1 if one is a fault."""
    from coopgap.files import require_writable, write_bytes
    from coopgap.proofs.selftest import input_kinds, inputs
    from coopgap.terminal.conjectures import inputs_story
    from coopgap.terminal.output import progress

    require_writable(keep=keep)
    with progress() as tell:
        tallies = inputs.campaign(kinds, cases, seconds, seed, progress=tell)
    finds = [find for tally in tallies for find in tally.finds]
    if keep is not None:
        names = {f"{f.kind}-{f.case}{input_kinds.KINDS[f.kind].suffix}": f.data for f in finds}
        write_bytes(keep, names, "--keep")

    documents = [tally.document() for tally in tallies]
    document = {"schema": "coopgap.fuzz-inputs/1", "seed": seed, "kinds": documents}
    return Outcome(REFUTED if finds else HOLDS, document, lambda: inputs_story(tallies), json)


def _of_peers(cases: int | None, seed: int, keep: Path | None, json: bool) -> Outcome:
    """The disagreements with peers; status 1 if coopgap is wrong in one."""
    from coopgap.files import require_writable, write_all
    from coopgap.proofs.selftest.peers import compare
    from coopgap.terminal.conjectures import peers_story
    from coopgap.terminal.output import progress

    require_writable(keep=keep)
    with progress() as tell:
        comparisons = compare(cases or 100, seed, progress=tell)
    if keep is not None:
        named = {
            f"{comparison.statement}-{comparison.peer}": comparison.example
            for comparison in comparisons
        }
        texts = {f"{n.replace(' ', '-')}.toml": text for n, text in named.items() if text}
        write_all(keep, texts, "--keep")

    wrong = any(comparison.right not in (None, "coopgap") for comparison in comparisons)
    document = {
        "schema": "coopgap.fuzz-peers/1",
        "seed": seed,
        "comparisons": [comparison.document() for comparison in comparisons],
    }
    return Outcome(REFUTED if wrong else HOLDS, document, lambda: [peers_story(comparisons)], json)
