"""The claim ids of a spec file and the fields that each of them takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from coopgap.theory.errors import InputError


@dataclass(frozen=True)
class ClaimFields:
    """The fields that a claim must have and those that it may have.

    cooperative: whether the claim is about the cooperating actions of the game.
    """

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    cooperative: bool = False


_LANGUAGE = frozenset({"language"})
_VALUE = frozenset({"value"})
_LAMBDA = frozenset({"lambda"})
_PROFILES = frozenset({"profiles"})

CLAIM_FIELDS: Mapping[str, ClaimFields] = MappingProxyType(
    {
        "incontractible": ClaimFields(optional=_LANGUAGE),
        "gap-positive": ClaimFields(optional=_LANGUAGE),
        "gap-zero": ClaimFields(optional=_LANGUAGE),
        "gap-at-least": ClaimFields(_VALUE, _LANGUAGE),
        "gap-at-most": ClaimFields(_VALUE, _LANGUAGE),
        "correlated-gap-positive": ClaimFields(optional=_LANGUAGE),
        "mechanism-gap-positive": ClaimFields(optional=_LANGUAGE | _LAMBDA),
        "mechanism-gap-zero": ClaimFields(optional=_LANGUAGE | _LAMBDA),
        "mechanism-gap-at-least": ClaimFields(_VALUE, _LANGUAGE | _LAMBDA),
        "mechanism-gap-at-most": ClaimFields(_VALUE, _LANGUAGE | _LAMBDA),
        "closes": ClaimFields(_LAMBDA, _LANGUAGE),
        "threshold-at-most": ClaimFields(_VALUE, _LANGUAGE),
        "beneficial": ClaimFields(),
        "beneficial-with-side-payments": ClaimFields(),
        "all-cooperative": ClaimFields(_LAMBDA, cooperative=True),
        "full-implementation": ClaimFields(_LAMBDA, _LANGUAGE),
        "axiom-i": ClaimFields(cooperative=True),
        "axiom-ii": ClaimFields(cooperative=True),
        "axiom-iii": ClaimFields(cooperative=True),
        "axiom-iv-strict": ClaimFields(cooperative=True),
        "axiom-iv-partial": ClaimFields(cooperative=True),
        "nash": ClaimFields(_PROFILES),
        "unique-nash": ClaimFields(optional=_PROFILES),
    }
)
"""The fields of each claim id."""


def require_fields(claim: str, keys: Collection[str]) -> None:
    """Raises InputError for a claim that lacks a field that it must have, or has one too many."""
    fields = CLAIM_FIELDS[claim]
    for name in sorted(fields.required.difference(keys)):
        raise InputError(f"the claim {claim!r} needs {name!r}", fix=f"add {name} = …")
    for name in sorted(set(keys) - fields.required - fields.optional - {"id"}):
        raise InputError(f"the claim {claim!r} takes no {name!r}", fix="leave it out", field=name)
