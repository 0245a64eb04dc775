"""Hypothesis strategies: games of many kinds, and languages, contracts and claims about them.

Everything drawn satisfies its definition by construction, nothing is drawn and thrown away. The
strategies of games and languages reach everything of their kind that the given numbers allow, and
all shrink towards few agents, few actions, few states, small integers and coarse languages. Each
raises InputError at once, not when first drawn from, if it could not draw anything.
"""

from coopgap.proofs.fuzzing.strategies.contracts import (
    KINDS,
    Contract,
    contract_classes,
    contracts,
    directives,
    prosocial_profiles,
)
from coopgap.proofs.fuzzing.strategies.drawing import RATIONAL, SMALL, Bounds, Numbers, rationals
from coopgap.proofs.fuzzing.strategies.games import (
    MAX_PAYOFFS,
    TABLE_GAMES,
    Size,
    environments,
    potential_games,
    social_dilemmas,
    supermodular_games,
    symmetric_games,
    table_games,
    zero_sum_games,
)
from coopgap.proofs.fuzzing.strategies.languages import FORMS, languages, refinements
from coopgap.proofs.fuzzing.strategies.points import points
from coopgap.proofs.fuzzing.strategies.situations import situations
from coopgap.proofs.fuzzing.strategies.specifications import selections, spec_texts, specifications

__all__ = [
    "FORMS",
    "KINDS",
    "MAX_PAYOFFS",
    "RATIONAL",
    "SMALL",
    "TABLE_GAMES",
    "Bounds",
    "Contract",
    "Numbers",
    "Size",
    "contract_classes",
    "contracts",
    "directives",
    "environments",
    "languages",
    "points",
    "potential_games",
    "prosocial_profiles",
    "rationals",
    "refinements",
    "selections",
    "situations",
    "social_dilemmas",
    "spec_texts",
    "specifications",
    "supermodular_games",
    "symmetric_games",
    "table_games",
    "zero_sum_games",
]
