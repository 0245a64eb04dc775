"""``coopgap example``: worked examples for papers."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from coopgap.commands import options
from coopgap.commands.options import argument, flag, option
from coopgap.durations import require_duration
from coopgap.outcomes import HOLDS, Outcome
from coopgap.theory.errors import InputError, inside
from coopgap.theory.readers.files import MAX_BYTES

if TYPE_CHECKING:
    from coopgap.theory.readers.load import Anything

FORMATS = ("latex", "html", "markdown")

TEX = "texlive-latex-base texlive-latex-recommended texlive-pictures lmodern"

TEX_SECONDS = 120


def example(
    spec: Annotated[str | None, argument("NAME|SPEC", "A gallery slug, or a spec file.")] = None,
    to: Annotated[
        str | None,
        option("FORMAT", "latex, html or markdown.", "needed; with --pdf latex, with --all each"),
    ] = None,
    out: Annotated[Path, option("DIR", "Write the files there.")] = Path("."),
    everything: Annotated[bool, flag("--all", "Every game of the gallery.")] = False,
    pdf: Annotated[bool, flag("--pdf", "Typeset the article, too.")] = False,
    notation: Annotated[
        Path | None, option("FILE", "A TOML table of your own symbols.", "the usual ones")
    ] = None,
    brief: Annotated[
        bool, flag("--brief", "Statements, contracts and obstructions; the rest in an appendix.")
    ] = False,
    language: options.Language = None,
    environments: Annotated[
        list[str] | None,
        option(
            "KIND=NAME",
            "What LaTeX calls proposition, theorem or proof; repeatable.",
            "as they are",
            name="--environment",
        ),
    ] = None,
    values: options.Values = None,
    json: options.Json = False,
    timeout: options.Timeout = None,
    max_bytes: options.MaxBytes = None,
) -> Outcome:
    """Write a worked example: the game, its contracts, and the proof that nothing is better."""
    from rich.text import Text

    from coopgap import __version__
    from coopgap.files import prepare_directory, write_all, write_file
    from coopgap.proofs.exposition.example import decided, files
    from coopgap.proofs.exposition.notation import NOTATION, read_notation
    from coopgap.terminal.output import progress
    from coopgap.theory.readers.load import games, groups, settings

    require_duration(timeout)
    if (spec is None) is not everything:
        raise InputError(
            "one spec is needed, or --all", fix="name a spec or write --all", field="SPEC"
        )
    chosen = formats(to, pdf, everything)
    symbols = NOTATION if notation is None else read_notation(notation)
    pdflatex = require_tex() if pdf else ""
    kinds = named_environments(environments or ())
    if environments and "latex" not in chosen:
        raise InputError(
            f"{', '.join(chosen)} has no such environments",
            fix="write --to latex, or leave --environment out",
            field="--environment",
        )
    point = settings(values or ())
    names = [spec] if spec is not None else [*games(), *groups()]
    specifications = [_specification(name, point, language, max_bytes) for name in names]
    prepare_directory(out, "--out")
    paths: dict[str, None] = {}
    with progress() as tell:
        for name, specification in zip(names, specifications, strict=True):
            if tell is not None:
                tell(name)
            command = _command(name, chosen, values or (), language, brief)
            with inside(source=name):
                article, appendix = decided(name_of(name), specification, command, brief, timeout)
            texts = files(article, chosen, symbols, __version__, kinds, appendix)
            pages = typeset(engine(pdflatex, texts), article.name, texts) if pdf else None
            write_all(out, texts, "--out")
            paths |= dict.fromkeys(str(out / file) for file in texts)
            if pages is not None:
                write_file(out / f"{article.name}.pdf", pages, "--out")
                paths[str(out / f"{article.name}.pdf")] = None
    answer = {"schema": "coopgap.example/1", "files": list(paths)}
    return Outcome(HOLDS, answer, lambda: [Text("\n".join(paths))], json)


def _specification(
    name: str, point: Mapping[str, Fraction], language: str | None, max_bytes: int | None
) -> Anything:
    """What a file or an entry states, at these values of parameters, with this language only."""
    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.commons.specification import CommonsSpecification
    from coopgap.theory.readers.load import listed, load, with_settings

    specification = load(name, max_bytes or MAX_BYTES)
    if point:
        specification = with_settings(listed(specification, name), point)
    if language is None:
        return specification
    if isinstance(specification, CommonsSpecification | GroupSpecification):
        return options.with_language(specification, language)
    return options.with_language(listed(specification, name), language)


def formats(chosen: str | None, pdf: bool, everything: bool) -> tuple[str, ...]:
    """The formats to write; raises InputError for an unknown one."""
    from coopgap.theory.nearest import require_known

    if chosen is None:
        if not everything and not pdf:
            raise InputError(
                "no format is chosen", fix=f"choose from {', '.join(FORMATS)}", field="--to"
            )
        return FORMATS if everything else ("latex",)
    require_known(chosen, FORMATS, "format", "--to")
    if pdf and chosen != "latex":
        raise InputError(
            f"a PDF is made from latex, not from {chosen}", fix="write --to latex", field="--pdf"
        )
    return (chosen,)


def named_environments(pairs: Sequence[str]) -> Mapping[str, str]:
    """The names of LaTeX's environments; raises InputError for a pair that is none."""
    from coopgap.proofs.exposition.latex import ENVIRONMENTS

    chosen = dict(ENVIRONMENTS)
    for pair in pairs:
        kind, _, name = pair.partition("=")
        if kind not in chosen or not re.fullmatch(r"[A-Za-z]+\*?", name):
            raise InputError(
                f"{pair!r} names no environment",
                fix="write proposition=NAME, theorem=NAME or proof=NAME, in letters",
                field="--environment",
            )
        chosen[kind] = name
    return chosen


def name_of(spec: str) -> str:
    """The stem of an example's files."""
    return re.sub(r"[^\w.-]+|^[.-]+", "-", Path(spec).stem, flags=re.ASCII).strip("-.") or "example"


def require_tex() -> str:
    """The command pdflatex; raises InputError that says what to install."""
    pdflatex = shutil.which("pdflatex")
    if pdflatex is None:
        raise InputError(
            "there is no pdflatex on this machine",
            fix=f"install TeX (Debian: apt-get install {TEX}), or leave --pdf out",
            field="--pdf",
        )
    return pdflatex


def engine(pdflatex: str, texts: Mapping[str, str]) -> str:
    """The TeX for these texts: for characters that pdfTeX has no glyph for one that may have."""
    if any(re.search(r"\\coopgapchar\{", text) for text in texts.values()):
        return shutil.which("xelatex") or shutil.which("lualatex") or pdflatex
    return pdflatex


def typeset(pdflatex: str, name: str, texts: Mapping[str, str]) -> bytes:
    """The PDF of an article; raises InputError with TeX's first complaint if there is none."""
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        for file, text in texts.items():
            Path(scratch, file).write_text(text, encoding="utf-8")
        command = [pdflatex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        log = ""
        for _ in range(2):
            try:
                result = subprocess.run(
                    [*command, f"{name}.tex"],
                    cwd=scratch,
                    capture_output=True,
                    encoding="utf-8",
                    errors="replace",
                    stdin=subprocess.DEVNULL,
                    timeout=TEX_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                break
            log = result.stdout
            if result.returncode:
                break
        else:
            return Path(scratch, f"{name}.pdf").read_bytes()
    complaint = re.search(r"^! (.*)", log, re.MULTILINE)
    reason = complaint[1] if complaint else f"no answer within {TEX_SECONDS} seconds"
    raise InputError(
        f"TeX does not typeset {name}.tex: {reason}",
        fix=f"install all of {TEX}, and check the notation table",
        field="--pdf",
    )


def _command(
    name: str, chosen: tuple[str, ...], values: Sequence[str], language: str | None, brief: bool
) -> str:
    sets = [f"--set {value}" for value in values]
    only = [] if language is None else [f"--language {shlex.quote(language)}"]
    short = ["--brief"] if brief else []
    return " ".join(["coopgap example", name, *sets, *only, *short, "--to", chosen[0]])
