"""Estimates of λ and β, as text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from coopgap.llm_checks.fitting.choices import Dropped
from coopgap.llm_checks.fitting.fit import Estimate, Fit
from coopgap.terminal.words import count, plain


def story(fits: Sequence[Fit], dropped: Sequence[Dropped] = ()) -> RenderableType:
    """Estimates of λ and β, with what should be known about each, and the rows left out."""
    lines = [line for fit in fits for line in (*_lines(fit), "")][:-1]
    lines += [f"dropped: row {row.row} ({row.name}): {row.reason}" for row in dropped]
    return Text("\n".join(plain(line) for line in lines))


def _lines(fit: Fit) -> list[str]:
    played = f"{count(fit.games, 'game')}, {count(fit.choices, 'joint choice')}"
    lines = []
    if fit.conditions:
        pooled = f"{len(fit.conditions)} conditions, pooled: " if len(fit.conditions) > 1 else ""
        lines.append(pooled + ", ".join(fit.conditions))
    lines.append(f"{played}; {fit.intervals}")
    if fit.equally_likely is None:
        lines.append(f"λ {_interval(fit.lambda_)}")
    else:
        low, high = fit.equally_likely.low, fit.equally_likely.high
        end = "∞" if high is None else f"{high:.3f}"
        lines.append(f"λ is not identified: every λ from {low:.3f} to {end} is as likely")
    if fit.equally_likely is None:
        lines.append(f"β {_interval(fit.beta)}")
    precision = "∞" if fit.precision is None else f"{fit.precision:.3f}"
    lines.append(f"β(1 + λ) {precision}, the precision on (u + λW)/(1 + λ)")
    lines.append(f"log-likelihood {fit.log_likelihood:.3f}")
    if fit.principal is not None:
        lines.append(
            "of several equilibria those are taken that responses from uniform play lead to; on "
            f"the principal branch the log-likelihood is {fit.principal['log_likelihood']:.3f}"
        )
    if fit.threshold is not None:
        test = fit.threshold
        lines.append(f"λ against {test['lambda']:g}: {test['verdict']}, p = {test['p_value']:.3g}")
    for doubt, names in (
        ("several equilibria", fit.multiplicity),
        ("a fold", fit.folded),
        ("play off the principal branch", fit.off_branch),
    ):
        if names:
            lines.append(f"{doubt} in: {', '.join(names)}")
    return lines


def _interval(estimate: Estimate) -> str:
    middle, low, high = (
        "∞" if x is None else f"{x:.3f}" for x in (estimate.estimate, estimate.low, estimate.high)
    )
    return f"{middle} [{low}, {high}]"
