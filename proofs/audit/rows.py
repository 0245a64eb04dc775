"""The command ``audit``: table-game datasets checked row by row, in exact arithmetic.

Every row is accounted for: its stored labels are recomputed from its payoffs, and its gap,
correlated gap and thresholds are decided with checked certificates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from coopgap.proofs.audit.labels import Problem, recompute
from coopgap.proofs.deciding.check import check
from coopgap.proofs.deciding.reports import FirstBestPart, Labels, Quantity, as_document
from coopgap.proofs.deciding.values import everywhere
from coopgap.theory.contracts import Transfers
from coopgap.theory.json_values import Plain
from coopgap.theory.languages import ProductLanguage, complete
from coopgap.theory.readers.columns import Columns
from coopgap.theory.readers.files import MAX_BYTES
from coopgap.theory.readers.table_games import (
    BASE_NUMBERS,
    BASE_TARGETS,
    SPLIT_NUMBERS,
    SPLIT_TARGETS,
    SkippedRow,
    TableGame,
    TableGames,
    read_table_games,
)
from coopgap.theory.specification import NamedLanguage, Specification
from coopgap.theory.welfare import maximisers, rawlsian, utilitarian


@dataclass(frozen=True)
class GameAudit:
    """One usable row.

    Quantities are in the file's units: for a 4×4 game under balanced transfers that verify the base
    action and not effort, for a 2×2 game under those of the complete language.
    ``prosocial_threshold`` is without a contract.
    """

    row: int
    id: str
    formal_game: str
    size: int
    ok: bool
    problems: tuple[Problem, ...]
    nash: tuple[Labels, ...]
    first_best: FirstBestPart
    utilitarian: tuple[Labels, ...]
    rawlsian: tuple[Labels, ...]
    gap: Quantity
    correlated_gap: Quantity
    prosocial_threshold: Quantity
    prosocial_threshold_contract: Quantity


@dataclass(frozen=True)
class AuditReport:
    """A whole file.

    not_stored: the target columns that it lacks, which are not compared.
    """

    source: str
    rows: int
    checked: int
    skipped: tuple[SkippedRow, ...]
    not_stored: tuple[str, ...]
    games: tuple[GameAudit, ...]
    schema: str = "coopgap.audit/1"

    @property
    def problems(self) -> int:
        """The number of fields that the payoffs contradict."""
        return sum(len(game.problems) for game in self.games)

    def document(self) -> dict[str, Plain]:
        """The audit as plain JSON values, numbers as exact text."""
        plain: dict[str, Plain] = as_document(self)
        return plain


def audit(
    path: Path,
    *,
    max_bytes: int = MAX_BYTES,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
    columns: Columns | None = None,
) -> AuditReport:
    """Checks every row of a dataset; raises InputError if the file as a whole cannot be used.

    columns: which of its columns hold what, of a dataset of another layout.
    """
    games = read_table_games(path, max_bytes, columns)
    audited = []
    for game in games.games:
        if progress is not None:
            progress(f"row {game.row}")
        audited.append(_audit_game(game, timeout))
    return AuditReport(
        source=games.source,
        rows=len(games.rows),
        checked=len(audited),
        skipped=games.skipped,
        not_stored=_not_stored(games),
        games=tuple(audited),
    )


def _audit_game(game: TableGame, timeout: float | None) -> GameAudit:
    environment = game.environment()
    language = complete(environment)
    if game.size == 4:
        language = ProductLanguage(language.cells, ((0, 0, 1, 1), (0, 0, 1, 1)))
    named = NamedLanguage("contract", language, Transfers())
    report = check(Specification(environment, (named,)), timeout=timeout)
    problems, stable = tuple(recompute(game)), report.selfish.nash
    assert isinstance(stable, Mapping), "all players see the state"
    return GameAudit(
        row=game.row,
        id=game.id,
        formal_game=game.formal_game,
        size=game.size,
        ok=not problems,
        problems=problems,
        nash=everywhere(stable["s"]),
        first_best=report.first_best,
        utilitarian=tuple(map(environment.labels, maximisers(utilitarian(environment)[0]))),
        rawlsian=tuple(map(environment.labels, maximisers(rawlsian(environment)[0]))),
        gap=report.languages[0].gap,
        correlated_gap=report.languages[0].correlated_gap,
        prosocial_threshold=report.prosocial_threshold,
        prosocial_threshold_contract=report.languages[0].prosocial_threshold,
    )


def _not_stored(games: TableGames) -> tuple[str, ...]:
    """The target columns that files with games of these sizes usually have and this one lacks."""
    usual: list[str] = []
    if any(game.size == 2 for game in games.games):
        usual += [*BASE_TARGETS, *BASE_NUMBERS]
    if any(game.size == 4 for game in games.games):
        usual += [*SPLIT_TARGETS, *SPLIT_NUMBERS]
    return tuple(column for column in usual if column not in games.stored)
