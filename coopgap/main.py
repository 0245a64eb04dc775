"""The command ``coopgap``: options to calls, answers to standard output, verdicts to statuses.

A subcommand returns an ``Outcome`` and prints nothing: so on status 2 standard output is empty.
What a subcommand needs is imported when it runs, for ``--help`` to be quick.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coopgap.proofs.deciding.disagreement import Disagreement
from coopgap.theory.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from coopgap.proofs.deciding.reports import Report
    from coopgap.proofs.families.report import FamilyReport
    from coopgap.proofs.theorems.prove import TheoremReport
    from coopgap.theory.specification import FamilySpecification, Specification

HOLDS, REFUTED, UNUSABLE, UNDECIDED, INTERRUPTED, NO_READER = 0, 1, 2, 3, 130, 141

CERTIFICATE_BYTES = 64 << 20
"""The largest certificate that is read unless the caller allows more: 64 MiB."""

DISPUTED = "coopgap-disagreement.smt2"
"""Where a query is kept about which solvers disagree."""

FORMS = (".svg", ".pdf", ".png")
"""How the names of figures' files end."""

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@dataclass(frozen=True)
class Outcome:
    """What a subcommand found: its exit status, its JSON document, its story."""

    status: int
    document: dict[str, Any]
    stories: Callable[[], Sequence[RenderableType]]
    json: bool


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=NUMBER", help="Give a parameter a value."),
]
Certificates = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Write the certificates there.")
]
MaxBytes = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Read larger files: up to N bytes.")
]
Timeout = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="Give up on a claim after that long.")
]
Regimes = Annotated[
    list[str] | None,
    typer.Option(
        "--regime", metavar="NAME", help="none, or announced:, enforced: or negotiated:LANGUAGE."
    ),
]
Dispositions = Annotated[
    list[str] | None,
    typer.Option("--disposition", metavar="NAME", help="base, selfish, prosocial:λ, altruistic."),
]
Games = Annotated[
    int | None, typer.Option("--games", min=1, metavar="N", help="Use a CSV's first N games.")
]


@app.callback()
def coopgap(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error in coopgap itself.")
    ] = False,
) -> None:
    """Decides theorems about incomplete contracts and prosocial agents, exactly.

    Exit status: 0 every claim holds; 1 one is refuted; 2 bad usage or input; 3 none is refuted,
    but something is unknown.
    """


@app.command()
def check(
    specs: Annotated[
        list[str], typer.Argument(metavar="SPEC", help="Spec files, or slugs of the gallery.")
    ],
    json: Json = False,
    values: Values = None,
    certificates: Certificates = None,
    smtlib: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the questions there as SMT-LIB.")
    ] = None,
    timeout: Timeout = None,
    strict: Annotated[bool, typer.Option("--strict", help="Count trusted as unknown.")] = False,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Decide everything that specs ask."""
    from coopgap.files import prepare_directory, write_all
    from coopgap.terminal import progress
    from coopgap.theory.readers.files import MAX_BYTES
    from coopgap.theory.readers.load import load, settings

    _require_duration(timeout)
    chosen = settings(values or ())
    specifications = [_set(load(spec, max_bytes or MAX_BYTES), chosen) for spec in specs]
    for option, directory in (("--certificates", certificates), ("--smtlib", smtlib)):
        if directory is not None:
            prepare_directory(directory, option)
    with progress() as tell:
        reports = [
            _decided(spec, each, timeout, tell)
            for spec, each in zip(specs, specifications, strict=True)
        ]
    if certificates is not None:
        texts = {f"{sha}.json": text for each in reports for sha, text in each.texts.items()}
        write_all(certificates, texts, "--certificates")
    if smtlib is not None:
        write_all(smtlib, _smtlib(specs, specifications, reports), "--smtlib")
    documents = [each.document() for each in reports]

    def stories() -> Sequence[RenderableType]:
        from coopgap.story import told

        pairs = zip(reports, specifications, strict=True)
        return [told(report, specification) for report, specification in pairs]

    return Outcome(
        status_of(reports, strict=strict),
        _one_or("coopgap.reports/1", "reports", documents),
        stories,
        json,
    )


@app.command()
def audit(
    files: Annotated[list[Path], typer.Argument(metavar="CSV", help="Table-game datasets.")],
    json: Json = False,
    timeout: Timeout = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Check table-game datasets row by row."""
    from coopgap.proofs.audit.rows import audit as examine
    from coopgap.terminal import progress
    from coopgap.theory.readers.files import MAX_BYTES

    _require_duration(timeout)
    with progress() as tell:
        audits = [
            examine(path, max_bytes=max_bytes or MAX_BYTES, timeout=timeout, progress=tell)
            for path in files
        ]
    documents = [each.document() for each in audits]
    if any(each.problems for each in audits):
        status = REFUTED
    else:
        status = UNDECIDED if any(each.skipped for each in audits) else HOLDS

    def stories() -> Sequence[RenderableType]:
        from coopgap.terminal import audit as told

        return [told(document) for document in documents]

    return Outcome(status, _one_or("coopgap.audits/1", "audits", documents), stories, json)


@app.command()
def prove(
    theorems: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID|FILE]...", help="Registered theorems, or files; none: all."),
    ] = None,
    json: Json = False,
    listing: Annotated[bool, typer.Option("--list", help="List the theorems only.")] = False,
    certificates: Certificates = None,
    smtlib: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the goals there as SMT-LIB.")
    ] = None,
    timeout: Timeout = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Count as unknown what rests on more than the trusted core."),
    ] = False,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Decide theorems for all parameters."""
    from coopgap.files import prepare_directory, write_all
    from coopgap.proofs.theorems.registry import find
    from coopgap.proving import listed, outcomes
    from coopgap.terminal import progress
    from coopgap.theory.readers.files import MAX_BYTES

    _require_duration(timeout)
    found = find(theorems or (), max_bytes or MAX_BYTES)
    if listing:
        return listed(found, json)
    for option, directory in (("--certificates", certificates), ("--smtlib", smtlib)):
        if directory is not None:
            prepare_directory(directory, option)
    with progress() as tell:
        reports = outcomes(found, timeout, tell)
    if certificates is not None:
        texts = {f"{sha}.json": text for each in reports for sha, text in each.texts.items()}
        write_all(certificates, texts, "--certificates")
    if smtlib is not None:
        from coopgap.proving import smtlib_of

        write_all(smtlib, smtlib_of(reports), "--smtlib")
    documents = [each.document() for each in reports]

    def stories() -> Sequence[RenderableType]:
        from coopgap.proving import story

        return [story(reports)]

    return Outcome(
        status_of(reports, strict=strict),
        {"schema": "coopgap.prove/1", "theorems": documents},
        stories,
        json,
    )


@app.command()
def fuzz(
    conjectures: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CONJECTURE|FILE]...", help="Ids, or files; none: all."),
    ] = None,
    json: Json = False,
    listing: Annotated[bool, typer.Option("--list", help="List the conjectures only.")] = False,
    seconds: Annotated[
        float | None, typer.Option(metavar="S", help="Look at each for that long.")
    ] = None,
    cases: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Try so many cases of each.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="K", help="Where the cases come from.")] = 0,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes.")] = 1,
    journal: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Record cases there as they are decided.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the journal.")] = False,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write counterexamples there."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Decide cases on a Dask cluster.")
    ] = None,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="Who searches: sampling, hypothesis or z3.")
    ] = "sampling",
    inputs: Annotated[
        bool, typer.Option("--inputs", help="Mutate inputs instead; arguments are their kinds.")
    ] = False,
    peers: Annotated[
        bool, typer.Option("--peers", help="Ask other tools the same instead.")
    ] = False,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Search counterexamples to conjectures, and shrink them."""
    if inputs or peers:
        from coopgap.fuzzing import of_inputs, of_peers

        _require_duration(seconds, "--seconds")
        if inputs:
            return of_inputs(conjectures or (), cases, seconds, seed, keep, json)
        return of_peers(cases, seed, keep, json)
    from coopgap.files import prepare_directory, write_all
    from coopgap.fuzzing import listed
    from coopgap.proofs.fuzzing.campaigns import Budget, campaign
    from coopgap.proofs.fuzzing.conjectures import find
    from coopgap.proofs.fuzzing.journal import Journal
    from coopgap.terminal import progress
    from coopgap.theory.readers.files import MAX_BYTES

    _require_duration(seconds, "--seconds")
    if resume and journal is None:
        raise InputError("there is no journal to resume", fix="name it", field="--journal")
    found = find(conjectures or (), max_bytes or MAX_BYTES)
    if listing:
        return listed(found, json)
    if keep is not None:
        prepare_directory(keep, "--keep")
    with progress() as tell:
        verdicts = campaign(
            found,
            budget=Budget(cases, seconds),
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            engine=engine,
            journal=None if journal is None else Journal(journal, resume),
            progress=tell,
        )
    if keep is not None:
        kept = {f"{each.id}.toml": each.counterexample for each in verdicts}
        kept |= {
            f"{sha}.json": text for each in verdicts for sha, text in each.certificates.items()
        }
        write_all(keep, {name: text for name, text in kept.items() if text}, "--keep")

    def stories() -> Sequence[RenderableType]:
        from coopgap.fuzzing import story

        return [story(verdicts)]

    statuses = {each.status for each in verdicts}
    if "refuted" in statuses:
        status = REFUTED
    else:
        status = UNDECIDED if "hardly-tested" in statuses else HOLDS
    documents = [each.document() for each in verdicts]
    document = {"schema": "coopgap.fuzz/1", "conjectures": documents}
    return Outcome(status, document, stories, json)


@app.command()
def predict(
    spec: Annotated[
        str, typer.Argument(metavar="SPEC", help="A spec, a slug of the gallery, or a CSV.")
    ],
    json: Json = False,
    regimes: Regimes = None,
    dispositions: Dispositions = None,
    games: Games = None,
    register: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the predictions with their hash.")
    ] = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Say what the theory predicts of play, before anybody plays."""
    from coopgap.llm_checks.scenes import study
    from coopgap.predicting import document
    from coopgap.predicting import register as write
    from coopgap.theory.readers.files import MAX_BYTES

    found = study(spec, regimes or (), dispositions or (), games, max_bytes or MAX_BYTES)
    if register is not None:
        write(found.predictions, register)

    def stories() -> Sequence[RenderableType]:
        from coopgap.predicting import story

        return [story(found)]

    status = UNDECIDED if found.predictions.unknown or found.skipped else HOLDS
    return Outcome(status, document(found), stories, json)


@app.command()
def frontier(
    spec: Annotated[str, typer.Argument(metavar="SPEC", help="A spec file, or a gallery slug.")],
    json: Json = False,
    predicate: Annotated[
        list[str] | None,
        typer.Option(metavar="EXPR", help="A candidate; all joins of them are looked at."),
    ] = None,
    base: Annotated[
        str | None, typer.Option(metavar="NAME", help="The language that predicates add to.")
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option("--lambda", metavar="NUMBER", help="A λ to list; none: every breakpoint."),
    ] = None,
    values: Values = None,
    certificates: Certificates = None,
    figure: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Draw it there: .svg, .pdf or .png."),
    ] = None,
    timeout: Timeout = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Find the gap and λ* over languages and all λ."""
    from coopgap.files import prepare_directory, write_all
    from coopgap.proofs.frontier.report import frontier as found_over
    from coopgap.terminal import progress
    from coopgap.theory.errors import inside
    from coopgap.theory.exact import parse_number

    _require_duration(timeout)
    specification = _concrete(spec, values, max_bytes)
    levels = []
    for text in level or ():
        with inside("--lambda"):
            levels.append(parse_number(text))
    drawings = [_drawing(path, "--figure") for path in figure or ()]
    if certificates is not None:
        prepare_directory(certificates, "--certificates")
    with progress() as tell:
        found = found_over(
            specification,
            predicates=predicate or (),
            base=base,
            levels=levels,
            timeout=timeout,
            progress=tell,
        )
    if certificates is not None:
        texts = {f"{sha}.json": text for sha, text in found.texts.items()}
        write_all(certificates, texts, "--certificates")
    if drawings:
        from coopgap.proofs.exposition.figures.frontier import draw

        _draw(draw(found), drawings, "--figure")

    def stories() -> Sequence[RenderableType]:
        from coopgap.frontiers import story

        return [story(found)]

    return Outcome(HOLDS, found.document(), stories, json)


@app.command("figure")
def draw_figure(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="frontier, welfare, replies, graph or partition.")
    ],
    spec: Annotated[str, typer.Argument(metavar="SPEC", help="A spec file, or a gallery slug.")],
    out: Annotated[
        list[Path], typer.Option(metavar="FILE", help="Where: .svg, .pdf or .png; repeatable.")
    ],
    language: Annotated[
        str | None, typer.Option(metavar="NAME", help="A language of the spec; else the first.")
    ] = None,
    values: Values = None,
    json: Json = False,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Draw a game, a language or a frontier."""
    drawings = [_drawing(path, "--out") for path in out]
    specification = _concrete(spec, values, max_bytes)
    from coopgap.proofs.exposition.figures.kinds import figure as drawn

    _draw(drawn(kind, specification, language), drawings, "--out")
    names = [str(path) for path in out]

    def stories() -> Sequence[RenderableType]:
        from coopgap.frontiers import figure_stories

        return figure_stories(names)

    document = {"schema": "coopgap.figure/1", "kind": kind, "files": names}
    return Outcome(HOLDS, document, stories, json)


@app.command()
def example(
    spec: Annotated[
        str | None, typer.Argument(metavar="NAME|SPEC", help="A gallery slug, or a spec file.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="latex, html or markdown.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Write the files there.")] = Path("."),
    everything: Annotated[
        bool, typer.Option("--all", help="Every gallery entry, in every format.")
    ] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Typeset the article, too.")] = False,
    notation: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A TOML table of your own symbols.")
    ] = None,
    values: Values = None,
    json: Json = False,
    timeout: Timeout = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Write a worked example: the game, its contracts, and the proof that nothing is better."""
    from coopgap.examples import formats, story, worked
    from coopgap.theory.readers.files import MAX_BYTES

    _require_duration(timeout)
    if (spec is None) is not everything:
        raise InputError(
            "one spec is needed, or --all", fix="name a spec or write --all", field="SPEC"
        )
    chosen = formats(to, pdf, everything)
    written = worked(
        spec, chosen, out, pdf, notation, values or (), timeout, max_bytes or MAX_BYTES
    )
    document = {"schema": "coopgap.example/1", "files": written}
    return Outcome(HOLDS, document, story(written), json)


@app.command()
def verify(
    certificates: Annotated[
        list[Path], typer.Argument(metavar="CERT.json", help="Certificates, or folders of some.")
    ],
    json: Json = False,
    spec: Annotated[
        str | None,
        typer.Option(metavar="SPEC", help="Say whether they are about this spec's game."),
    ] = None,
    values: Values = None,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Check certificates with the trusted core alone."""
    from coopgap.theory.readers.load import settings
    from coopgap.verifying import outcome

    return outcome(certificates, spec, settings(values or ()), max_bytes, json)


@app.command()
def fit(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Counts, choices or a log.")],
    json: Json = False,
    dataset: Annotated[
        Path | None, typer.Option(metavar="CSV", help="The games that a CSV of choices is about.")
    ] = None,
    bootstrap: Annotated[
        int, typer.Option(min=0, metavar="N", help="Refits; 0: profile likelihood.")
    ] = 0,
    threshold: Annotated[
        str | None, typer.Option(metavar="LAMBDA", help="Test the estimate against it.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="K", help="Where the refits come from.")] = 0,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Estimate prosociality and precision from choices."""
    from coopgap.llm_checks.choices import read_choices
    from coopgap.llm_checks.fitting import fit as fitted
    from coopgap.terminal import progress
    from coopgap.theory.readers.files import MAX_BYTES

    level = _level(threshold)
    choices = read_choices(file, dataset, max_bytes or MAX_BYTES)
    with progress() as tell:
        found = fitted(choices, bootstrap=bootstrap, threshold=level, seed=seed, progress=tell)

    def stories() -> Sequence[RenderableType]:
        from coopgap.evidence_story import fit_told

        return [fit_told(found)]

    return Outcome(HOLDS, found.document(), stories, json)


@app.command()
def play(
    context: typer.Context,
    spec: Annotated[
        str | None, typer.Argument(metavar="[SPEC]", help="A spec, a slug, or a CSV with stories.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option("--replay", metavar="FILE", help="Judge a published summary.")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(metavar="CSV", help="The games that the summary is about.")
    ] = None,
    json: Json = False,
    regimes: Regimes = None,
    dispositions: Dispositions = None,
    games: Games = None,
    model: Annotated[
        str,
        typer.Option(
            metavar="PROVIDER/NAME",
            help="Any model of Inspect's; or simulated/logit:LAMBDA,BETA, "
            "simulated/best-response: no model.",
        ),
    ] = "embedded/smollm2",
    repetitions: Annotated[
        int, typer.Option(min=1, metavar="N", help="Plays of each game in each condition.")
    ] = 1,
    seed: Annotated[int, typer.Option(metavar="K", help="Where presentations come from.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Logs and the report; a run goes on there.",
            show_default="coopgap-play",
        ),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Judge these answers, ask nothing.")
    ] = None,
    registered: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What predict --register wrote.")
    ] = None,
    max_samples: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Ask at most N decisions now.")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, metavar="DOLLARS", help="Stop when this is spent.")
    ] = None,
    prices: Annotated[
        str | None, typer.Option(metavar="IN,OUT", help="Dollars per million tokens.")
    ] = None,
    sequential: Annotated[
        bool,
        typer.Option("--sequential", help="Stop as soon as every prediction is decided."),
    ] = False,
    concurrency: Annotated[
        int, typer.Option(min=1, metavar="N", help="Plays at the same time.")
    ] = 4,
    max_bytes: MaxBytes = None,
) -> Outcome:
    """Put predictions to language models; or judge a published summary."""
    from coopgap.theory.readers.files import MAX_BYTES

    limit = max_bytes or MAX_BYTES
    given = _given(context)
    if replay is not None:
        if dataset is None or spec is not None:
            raise InputError(
                "a summary is judged with its dataset alone",
                fix="give --replay SUMMARY.csv --dataset GAMES.csv and no spec",
                field="--dataset",
            )
        for name, written in given.items():
            if name not in ("replay", "dataset", "out", "json", "max_bytes"):
                raise InputError(
                    "with --replay nothing is played", fix="leave it out", field=written
                )
        from coopgap.replaying import outcome as judged

        return judged(replay, dataset, out, json, max_bytes=limit)
    if dataset is not None:
        raise InputError(
            "a dataset goes with a summary", fix="name the CSV as SPEC", field="--dataset"
        )
    if spec is None:
        raise InputError("there is nothing to play", fix="name a spec, or give --replay")
    from coopgap.llm_checks.scenes import study
    from coopgap.playing import outcome
    from coopgap.playing import prices as read_prices

    return outcome(
        study(spec, regimes or (), dispositions or (), games, limit),
        out or Path("coopgap-play"),
        log,
        registered,
        json,
        sequential,
        given,
        model=model,
        repetitions=repetitions,
        seed=seed,
        max_samples=max_samples,
        max_cost=max_cost,
        prices=read_prices(prices),
        concurrency=concurrency,
    )


@app.command()
def gallery(json: Json = False) -> Outcome:
    """List the built-in specs."""
    from coopgap.theory.readers.load import gallery as built_in

    entries = [
        {"name": slug, "title": title, "source": source} for slug, title, source in built_in()
    ]

    def stories() -> Sequence[RenderableType]:
        from coopgap.terminal import entries_table

        return [entries_table(entries)]

    return Outcome(HOLDS, {"schema": "coopgap.gallery/1", "entries": entries}, stories, json)


@app.command()
def schema(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A document; none: list them.")
    ] = None,
    json: Json = False,
) -> Outcome:
    """Print the JSON Schema of a document that --json prints."""
    from coopgap.documents import DOCUMENTS, description
    from coopgap.documents import schema as complete

    if name is not None:
        return Outcome(HOLDS, complete(name), lambda: (), json=True)
    entries = [{"name": each, "description": description(each)} for each in DOCUMENTS]

    def stories() -> Sequence[RenderableType]:
        from coopgap.terminal import entries_table

        return [entries_table(entries)]

    return Outcome(HOLDS, {"schema": "coopgap.schemas/1", "schemas": entries}, stories, json)


def status_of(
    reports: Iterable[Report | FamilyReport | TheoremReport], *, strict: bool = False
) -> int:
    """The exit status of reports: 1 before 3 before 0."""
    found = {status for report in reports for status in report.statuses}
    if "refuted" in found:
        return REFUTED
    return UNDECIDED if found & ({"unknown", "trusted"} if strict else {"unknown"}) else HOLDS


def run(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and ends the process with its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    sys.exit(_status(given, debug="--debug" in given))


def _status(arguments: list[str], debug: bool) -> int:
    words = [word for word in arguments if word != "--debug"]
    try:
        _require_values(words)
        # Not standalone: whatever typer would print or raise is one message and a status here.
        found = typer.main.get_command(app).main(words, prog_name="coopgap", standalone_mode=False)
        if isinstance(found, Outcome):
            return _printed(found)
        return _failed("interrupted", INTERRUPTED) if found == INTERRUPTED else int(found)
    except InputError as error:
        return _failed(str(error), UNUSABLE)
    except typer.TyperException as error:
        return _failed(_usage(error), UNUSABLE)
    except Disagreement as error:
        return _failed(_kept(error), UNUSABLE)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    except SystemExit:
        # So typer ends when the reader of its help has gone.
        return NO_READER
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _failed(
            f"this is a bug in coopgap ({type(error).__name__}); "
            "rerun with --debug for the traceback, and report it",
            UNUSABLE,
        )


def _require_values(words: Sequence[str]) -> None:
    """Refuses options whose value is empty: as a path that would be the current directory."""
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith("--") and word.endswith("=") and word.count("=") == 1:
            option = word[:-1]
        elif not word and before.startswith("--") and before != "--":
            option = before
        else:
            continue
        raise InputError("the value is empty", fix="give one, or leave it out", field=option)


def _kept(error: Disagreement) -> str:
    """What to say of solvers that disagree, once what they were asked is in a file."""
    from coopgap.files import write_all

    write_all(Path(), {DISPUTED: error.query}, "the query that the solvers disagree about")
    return f"{error}: nothing is decided; what they were asked is in {DISPUTED}, please report it"


def _printed(outcome: Outcome) -> int:
    from coopgap.terminal import print_json, print_stories

    stories = () if outcome.json else outcome.stories()
    if sys.stdout is None:
        return _failed("standard output is closed", UNUSABLE)
    try:
        if outcome.json:
            print_json(outcome.document)
        else:
            print_stories(stories)
    except OSError as error:
        # Python would try again to write what is left when it ends, and change the status.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):
            return NO_READER
        return _failed(f"standard output cannot be written: {error.strerror}", UNUSABLE)
    return outcome.status


def _failed(message: str, status: int) -> int:
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in f"coopgap: {message}")
    print(line, file=sys.stderr)
    return status


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = "coopgap" if context is None else context.command_path
    return f"{error.format_message().rstrip('.')}; see {command} --help"


def _set(
    specification: Specification | FamilySpecification, values: Mapping[str, Fraction]
) -> Specification | FamilySpecification:
    from coopgap.theory.readers.load import with_values

    if not values:
        return specification
    try:
        return with_values(specification, values)
    except InputError as error:
        raise error.located(source=f"{specification.origin}: --set") from None


def _concrete(spec: str, values: list[str] | None, max_bytes: int | None) -> Specification:
    """The specification, every parameter of which must have a value."""
    from coopgap.theory.readers.files import MAX_BYTES
    from coopgap.theory.readers.load import load, settings
    from coopgap.theory.specification import FamilySpecification

    specification = _set(load(spec, max_bytes or MAX_BYTES), settings(values or ()))
    if isinstance(specification, FamilySpecification):
        names = ", ".join(specification.family.parameters)
        raise InputError(
            f"this is a family, in the parameters {names}",
            fix="give each a value: --set NAME=NUMBER",
            source=specification.origin,
        )
    return specification


def _drawing(path: Path, option: str) -> Path:
    """A file for a figure: its form is known, and it can be written."""
    from coopgap.files import prepare_directory

    if path.suffix not in FORMS:
        raise InputError(
            f"{str(path)!r} has no form that figures have",
            fix=f"end it in {', '.join(FORMS)}",
            field=option,
        )
    prepare_directory(path.parent, option)
    return path


def _draw(figure: Figure, paths: Sequence[Path], option: str) -> None:
    from coopgap.files import write_file
    from coopgap.proofs.exposition.figures.style import rendered

    for path in paths:
        write_file(path, rendered(figure, path.suffix[1:]), option)


def _decided(
    spec: str,
    specification: Specification | FamilySpecification,
    timeout: float | None,
    tell: Callable[[str], None] | None,
) -> Report | FamilyReport:
    from coopgap.proofs.deciding.check import check as decide

    try:
        return decide(specification, timeout=timeout, progress=tell)
    except InputError as error:
        # Several specs were named: say which.
        raise error.located(source=spec) from None


def _given(context: typer.Context) -> dict[str, str]:
    """By name the options that were given, as they are written."""
    return {
        each.name: each.opts[0]
        for each in context.command.params
        if each.name and getattr(context.get_parameter_source(each.name), "name", "") != "DEFAULT"
    }


def _level(text: str | None) -> float | None:
    """A level of λ for statistics, from an exact number."""
    from coopgap.theory.errors import inside
    from coopgap.theory.exact import parse_number

    if text is None:
        return None
    with inside("--threshold"):
        try:
            return float(parse_number(text))
        except OverflowError:
            raise InputError(f"{text!r} is too large", fix="λ is below 1e308") from None


def _require_duration(timeout: float | None, option: str = "--timeout") -> None:
    if timeout is not None and not 0 < timeout < float("inf"):
        raise InputError(
            f"{timeout} is no time limit",
            fix="give a positive number of seconds",
            field=option,
        )


def _smtlib(
    specs: Sequence[str],
    specifications: Sequence[Specification | FamilySpecification],
    reports: Sequence[Report | FamilyReport],
) -> dict[str, str]:
    """By file name the questions of every spec; of a family, what its certificates rest on."""
    from coopgap.proofs.deciding.check import questions
    from coopgap.proofs.export.cases import scripts
    from coopgap.proofs.export.smtlib import to_smtlib
    from coopgap.theory.specification import FamilySpecification

    texts: dict[str, str] = {}
    for spec, specification, report in zip(specs, specifications, reports, strict=True):
        if isinstance(specification, FamilySpecification):
            named = {sha[:12]: scripts(text)[""] for sha, text in report.texts.items()}
        else:
            named = {name: to_smtlib(each) for name, each in questions(specification)}
        for name, text in named.items():
            stem = re.sub(r"[^\w.-]+", "-", f"{Path(spec).stem}-{name}")[:100]
            numbers = (f"{stem}-{number}.smt2" for number in count(2))
            free = next(each for each in chain((f"{stem}.smt2",), numbers) if each not in texts)
            texts[free] = text
    return texts


def _one_or(schema: str, field: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    return documents[0] if len(documents) == 1 else {"schema": schema, field: documents}
