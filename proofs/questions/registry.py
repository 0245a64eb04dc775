"""The registry of a spec's claims: their theorems, and whether they are about a language.

``coopgap.proofs.certificates.statements`` makes their sentences, ``coopgap.theory.readers`` reads
their fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coopgap.theory.specification import FamilyQuestion, NamedLanguage, Question


@dataclass(frozen=True)
class Claim:
    """A claim id.

    theorem: the one of which true claims are instances. per_language: whether a claim that names no
    language is asserted for every listed one.
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
        "mechanism-gap-positive": Claim("T10", per_language=True),
        "mechanism-gap-zero": Claim("T10", per_language=True),
        "mechanism-gap-at-least": Claim("T10", per_language=True),
        "mechanism-gap-at-most": Claim("T10", per_language=True),
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

MECHANISM_CLAIMS = tuple(name for name in CLAIMS if name.startswith("mechanism-"))
"""The claims about all mechanisms, which alone are decided where agents do not see the state."""

CAUSES = {
    "information": "private information",
    "actions": "actions that no court sees",
    "participation": "the right to refuse",
    "liability": "the bound on fines",
}
"""What the gap may be due to, in words, in the order in which it adds up from the first best down.
"""


def about_mechanisms(named: NamedLanguage, questions: Iterable[Question | FamilyQuestion]) -> bool:
    """Whether a claim is about the mechanisms of a language."""
    return any(
        claim.id in MECHANISM_CLAIMS and claim.language in (None, named.name) for claim in questions
    )
