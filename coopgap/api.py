"""The functions of ``coopgap``, on games of any origin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, overload

from coopgap.durations import require_duration
from coopgap.games import specification
from coopgap.theory.errors import InputError, read_entries
from coopgap.theory.nearest import require_known
from coopgap.theory.readers.load import listed
from coopgap.theory.specification import FamilySpecification, concrete_game

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from coopgap.games import Game
    from coopgap.proofs.deciding.check import Limits
    from coopgap.proofs.deciding.reports import Report
    from coopgap.proofs.frontier.report import Frontier
    from coopgap.proofs.fuzzing.campaigns import Verdict
    from coopgap.theory.specification import Specification


@overload
def check(
    subject: Game | Specification | FamilySpecification, **limits: Unpack[Limits]
) -> Report: ...


@overload
def check(subject: object, **limits: Unpack[Limits]) -> Any: ...


def check(
    subject: object,
    *,
    timeout: float | None = None,
    within: float | None = None,
    mechanisms: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Any:
    """Decides all quantities and claims of a game: a ``Game``, what ``load`` gives, a path, a slug.

    timeout: seconds for each of them, within: seconds for all. mechanisms: also decide what any
    mechanism reaches (T10). The report has the fields of ``check --json``. Raises InputError as
    ``load`` does, and for claims that the game cannot bear.
    """
    from coopgap.proofs.deciding.check import check as decide

    require_duration(timeout, "timeout")
    require_duration(within, "within")
    return decide(
        specification(subject),
        timeout=timeout,
        within=within,
        mechanisms=mechanisms,
        progress=progress,
    )


def frontier(
    subject: object,
    *,
    predicates: Sequence[str] = (),
    base: str | None = None,
    levels: Sequence[Fraction | int | str] = (),
    timeout: float | None = None,
) -> Frontier:
    """Gap and λ* over languages and all λ (T7), as ``coopgap frontier`` has them.

    levels: λ to list; every breakpoint if there are none. Raises InputError as ``check`` does.
    """
    from coopgap.proofs.frontier.report import frontier as over
    from coopgap.proofs.frontier.report import level_of

    require_duration(timeout, "timeout")
    game = concrete_game(listed(specification(subject)), "a frontier")
    if not isinstance(levels, Iterable) or isinstance(levels, str):
        raise InputError(
            f"{levels!r} is no list of λ", fix="give a list, as in [0, 2]", field="levels"
        )
    chosen = read_entries("levels", levels, level_of)
    return over(game, predicates=predicates, base=base, levels=chosen, timeout=timeout)


def fuzz(
    *conjectures: str | Path,
    cases: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
) -> list[Verdict]:
    """Searches counterexamples to conjectures, by their ids or files; all without any.

    cases, seconds: how long for each; 2,000 cases without either. Raises InputError for an unknown
    conjecture, and for limits that are none.
    """
    from coopgap.proofs.fuzzing.campaigns import Budget, campaign
    from coopgap.proofs.fuzzing.conjectures import find

    require_duration(seconds, "seconds")
    if cases is not None and (type(cases) is not int or cases < 1):
        raise InputError(
            f"{cases!r} is no number of cases", fix="give a whole number from 1", field="cases"
        )
    for conjecture in conjectures:
        if not isinstance(conjecture, str | Path):
            raise InputError(
                f"{conjecture!r} is no conjecture", fix="give ids, or the paths of files"
            )
    return campaign(find(list(map(str, conjectures))), budget=Budget(cases, seconds), seed=seed)


def example(
    subject: object,
    to: str = "latex",
    *,
    name: str = "game",
    brief: bool = False,
    out: str | Path | None = None,
) -> Mapping[str, str]:
    """A worked example: the texts of its files by their names, written to ``out`` if given.

    to: ``latex``, ``html`` or ``markdown``. brief: statements, contracts and obstructions, and the
    rest in an appendix. Raises InputError as ``check`` does.
    """
    from coopgap.files import prepare_directory, write_all
    from coopgap.proofs.exposition.example import FORMATS, decided, files
    from coopgap.proofs.exposition.notation import NOTATION

    require_known(to, FORMATS, "format", "to")
    command = f"coopgap.example({name!r}, {to!r}{', brief=True' * brief})"
    article, appendix = decided(name, specification(subject), command, brief)
    texts = files(article, (to,), NOTATION, version("coopgap"), appendix=appendix)
    if out is not None:
        prepare_directory(Path(out), "out")
        write_all(Path(out), texts, "out")
    return texts


def figure(kind: str, subject: object, language: str | None = None) -> Axes:
    """A figure as the axes of Matplotlib; its ``figure`` can be saved.

    kind: frontier, welfare, replies, graph or partition; of a family of two parameters regions;
    of a commons policy, quotas or populations. language: the name of one of the game's.
    Raises InputError for an unknown kind, and for what it cannot draw.
    """
    from coopgap.proofs.exposition.figures.kinds import figure_of

    return figure_of(kind, specification(subject), language).axes[0]


def verify(certificate: str | Path, spec: str | Path | None = None) -> dict[str, Any]:
    """What the trusted core says of a certificate: the document of ``verify --json``.

    certificate: its text, or the path of its file. spec: a file with whose game it is compared.
    Raises InputError for what is no certificate.
    """
    from coopgap.proofs.certificates.verification import document
    from coopgap.theory.readers.files import read_text

    if not isinstance(certificate, str | Path):
        raise InputError(
            f"{certificate!r} is no certificate", fix="give its text, or the path of its file"
        )
    if isinstance(certificate, Path) or not certificate.lstrip().startswith("{"):
        text, origin = read_text(Path(certificate)), str(certificate)
    else:
        text, origin = certificate, "certificate"
    compared = None if spec is None else (read_text(Path(spec)), str(spec))
    return document(text, origin, compared)
