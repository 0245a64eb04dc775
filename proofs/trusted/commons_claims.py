"""Certificates of claims about a commons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopgap.proofs.trusted.commons import commons_of
from coopgap.proofs.trusted.documents import (
    Budget,
    canonical,
    digest,
    fields,
    require,
    text_of,
)
from coopgap.proofs.trusted.playing import show_equilibrium, show_threshold
from coopgap.proofs.trusted.stages import Stages, show_first_best, show_gap

COMMONS = "coopgap.commons-certificate/1"

RULES: Mapping[str, Callable[[Stages, Mapping[str, Any], Any], None]] = {
    "commons-first-best": show_first_best,
    "commons-gap": show_gap,
    "commons-equilibrium": show_equilibrium,
    "commons-threshold": show_threshold,
}
"""The claims about a commons, with what shows them."""


def commons_shown(document: Any, budget: Budget) -> dict[str, Any]:
    """The claim that a certificate shows, with the hash of its data."""
    names = ("claim", "data", "data_sha256", "witness")
    _, claim, data, sha256, witness = fields(document, "a certificate", "schema", *names)
    require(sha256 == digest(canonical(data)), "data_sha256 is not the hash of the data")
    require(isinstance(claim, dict), "a claim is an object")
    own = dict(claim)
    rule = RULES[text_of(own.pop("id", None), *RULES)]
    rule(Stages(commons_of(data), budget), own, witness)
    return {"claim": claim, "data_sha256": sha256}
