"""Claims of games and families that trying everything decides, in the words of ``Families.v``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coopgap.proofs.export import coq_words as coq
from coopgap.proofs.trusted.documents import fields, listing

IN_STATE = {"first-best": "first_best_are", "equilibria": "equilibria_are"}
"""Claims about one state."""

PROFILES = frozenset(("nash", "unique-nash", *IN_STATE))
"""Claims that list profiles."""

PLAIN = {
    **{f"axiom-{number}": f"axiom axiom_{number}" for number in ("i", "ii", "iii")},
    "axiom-iv-strict": "axiom axiom_iv_strict",
    "axiom-iv-partial": "axiom axiom_iv_partial",
    "beneficial": "beneficial",
    "beneficial-with-side-payments": "beneficial_with_side_payments",
    "incontractible": "incontractible_some",
}
"""Claims without fields."""

TRIED = frozenset((*PLAIN, "agent-thresholds", "incontractible-cells"))
"""Claims that ``Explored.v`` decides."""

ENUMERATED = frozenset((*TRIED, *PROFILES, "optimum"))
"""All claims that trying everything decides; of games as well, which are families of one."""


def tried_claim(name: str, own: Mapping[str, Any], fraction: Callable[[Any], str]) -> str:
    """A claim of TRIED; its numbers are written so."""
    if name in PLAIN:
        fields(own, "the claim")
        return f"tried ({PLAIN[name]})"
    if name == "incontractible-cells":
        cells = coq.lists(coq.index)(*fields(own, "the claim", "cells"))
        return f"tried (incontractible_are {cells})"
    (entries,) = fields(own, "the claim", "thresholds")
    level = coq.lists(lambda value: "None" if value == "inf" else f"(Some {fraction(value)})")
    rows = coq.listed(listing(entries), lambda entry: _entry(level, *listing(entry, 2)))
    return f"tried (agent_thresholds {rows})"


def _entry(level: Callable[[Any], str], selection: Any, levels: Any) -> str:
    return f"({coq.lists(coq.index)(selection)}, {level(levels)})"


def of_profiles(name: str, own: Mapping[str, Any]) -> str:
    """A claim of PROFILES."""
    if name in IN_STATE:
        state, profiles = fields(own, "the claim", "state", "profiles")
        return f"{IN_STATE[name]} {coq.index(state)} {coq.option(profiles, coq.lists(coq.index))}"
    if name == "nash":
        return f"nash_are {coq.lists(coq.lists(coq.index))(*fields(own, 'the claim', 'profiles'))}"
    fields(own, "the claim", *["profiles"] * bool(own))
    return f"unique_nash {coq.present(own, 'profiles', coq.lists(coq.lists(coq.index)))}"
