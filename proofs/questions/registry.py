"""The registry of a spec's claims: for each id the theorem behind it, and whether it is about a
language. Sentences are made by ``coopgap.proofs.certificates.statements``, fields are read by
``coopgap.theory.readers``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Claim:
    """theorem: the one of which true claims are instances.

    per_language: whether it is asserted for every listed language where it names none.
    """

    theorem: str
    per_language: bool = False


CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {
        "incontractible": Claim("T2", per_language=True),
        "gap-positive": Claim("T4", per_language=True),
        "gap-zero": Claim("T3", per_language=True),
        "gap-at-least": Claim("T4", per_language=True),
        "gap-at-most": Claim("T3", per_language=True),
        "correlated-gap-positive": Claim("T5", per_language=True),
        "closes": Claim("T7"),
        "threshold-at-most": Claim("T7", per_language=True),
        "beneficial": Claim("T8"),
        "beneficial-with-side-payments": Claim("T8"),
        "all-cooperative": Claim("T9"),
        "full-implementation": Claim("T9"),
        "axiom-i": Claim("§3"),
        "axiom-ii": Claim("§3"),
        "axiom-iii": Claim("§3"),
        "axiom-iv-strict": Claim("§3"),
        "axiom-iv-partial": Claim("§3"),
        "nash": Claim("§1"),
        "unique-nash": Claim("§1"),
    }
)
"""Every claim id of a spec file."""
