"""Estimates and judgements, told on a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from coopgap.words import plain
from llm_checks.fitting import Estimate, Fit
from llm_checks.replay import Replay


def fit_told(fit: Fit) -> RenderableType:
    """An estimate of λ and β, with what should be known about it."""
    lines = [f"{fit.games} games, {fit.choices} joint choices; {fit.intervals}"]
    lines += [f"λ {_interval(fit.lambda_)}", f"β {_interval(fit.beta)}"]
    lines.append(f"log-likelihood {fit.log_likelihood:.3f}")
    if not fit.identified:
        lines.append("play is uniform: λ is not identified")
    if fit.threshold is not None:
        test = fit.threshold
        lines.append(f"λ against {test['lambda']:g}: {test['verdict']}, p = {test['p_value']:.3g}")
    for what, names in (("several equilibria", fit.multiplicity), ("a fold", fit.folded)):
        if names:
            lines.append(f"{what} in: {', '.join(names)}")
    lines += [f"dropped: row {each.row} ({each.name}): {each.reason}" for each in fit.dropped]
    return Text("\n".join(plain(line) for line in lines))


def replay_told(replay: Replay) -> RenderableType:
    """A judged summary as a table, and what it does not contain."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("model", "setting", "contract", "prediction", "interval", "measured", "verdict"):
        table.add_column(Text(name), overflow="fold")
    for row in replay.rows:
        if row.judgement is None:
            continue
        found = row.judgement
        measured = f"{found.estimate:.3f} [{found.low:.3f}, {found.high:.3f}]"
        interval = f"[{row.low}, {row.high}]"
        cells = (row.model, row.setting, row.contract, row.prediction, interval, measured)
        table.add_row(*(Text(plain(cell)) for cell in (*cells, found.verdict)))
    silent = sum(row.judgement is None for row in replay.rows)
    notes = [f"{silent} rows are not judged: see the JSON for why"]
    notes += [f"The summary does not contain {each}." for each in replay.missing]
    return Group(table, Text("\n".join(notes)))


def _interval(found: Estimate) -> str:
    estimate, low, high = (
        "∞" if each is None else f"{each:.3f}" for each in (found.estimate, found.low, found.high)
    )
    return f"{estimate} [{low}, {high}]"
