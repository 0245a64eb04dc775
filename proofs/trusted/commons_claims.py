"""Certificates of claims about a commons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopgap.proofs.trusted.bounds import show_bounds
from coopgap.proofs.trusted.commons import commons_of
from coopgap.proofs.trusted.documents import Budget, require, text_of, truth_of
from coopgap.proofs.trusted.playing import show_equilibrium, show_threshold
from coopgap.proofs.trusted.situations import Situations, show_first_best_between, show_regime_gap
from coopgap.proofs.trusted.stages import Stages, show_first_best, show_gap

RULES: Mapping[str, Callable[[Stages, Mapping[str, Any], Any], None]] = {
    "commons-first-best": show_first_best,
    "commons-gap": show_gap,
    "commons-equilibrium": show_equilibrium,
    "commons-bounds": show_bounds,
    "commons-threshold": show_threshold,
}
"""The claims about a commons whose growth is drawn, with what shows them."""

REGIMES: Mapping[str, Callable[[Situations, Mapping[str, Any], Any], None]] = {
    "commons-first-best-between": show_first_best_between,
    "commons-gap": show_regime_gap,
    "commons-equilibrium": show_equilibrium,
    "commons-bounds": show_bounds,
}
"""The claims about a commons whose growth has regimes."""


def require_shown_of_commons(
    claim: Mapping[str, Any], data: Any, witness: Any, budget: Budget
) -> None:
    """Raises Rejected unless the witness shows the claim about the commons in the data."""
    own, commons = dict(claim), commons_of(data)
    if commons.regimes is None:
        rule = RULES[text_of(own.pop("id", None), *RULES)]
        rule(Stages(commons, budget), own, witness)
    else:
        require(isinstance(witness, dict), "a witness is an object")
        rest = dict(witness)
        merged = truth_of(rest.pop("merged", None))
        shows = REGIMES[text_of(own.pop("id", None), *REGIMES)]
        shows(Situations(commons, commons.regimes, merged, budget), own, rest)
