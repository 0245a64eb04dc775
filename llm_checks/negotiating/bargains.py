"""The outcomes of negotiations: which proposals were writable and accepted, and their value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from coopgap.llm_checks.negotiating.proposals import Proposal, best_worth, worth
from coopgap.llm_checks.playing.scenarios import Play
from coopgap.llm_checks.playing.telling import payments
from coopgap.llm_checks.predicting.predictions import plain
from coopgap.llm_checks.predicting.regimes import Condition
from coopgap.llm_checks.predicting.scenes import Scene
from coopgap.theory.contracts import TransferContract

Bargain = tuple[Play, Proposal, bool]
"""A play, what was proposed in it, and whether it was accepted."""

READINGS = ("writable", "none", "unwritable", "unparseable", "refused")
"""How a proposal may be read; of the first three it is one at all."""


@dataclass(frozen=True)
class Proposed:
    """A writable contract that was proposed.

    proposed, accepted: in how many plays. value: the best expected welfare of its pure equilibria
    for the condition's λ, in utils; None: it has none in some state. bound: V(λ, L), the best value
    of any writable contract, None if unknown.
    """

    game: str
    contract: str
    proposed: int
    accepted: int
    value: Fraction | None
    bound: Fraction | None


@dataclass(frozen=True)
class Bargains:
    """All negotiations of a condition.

    readings: how often proposals were writable, none (no contract), unwritable, unparseable,
    refused. reasons: why some were no contracts, by number. alone: by scene what play without a
    contract is worth.
    """

    condition: str
    plays: int
    readings: dict[str, int]
    reasons: dict[str, int]
    accepted: int
    contracts: tuple[Proposed, ...]
    alone: dict[str, Fraction | None]

    @property
    def parsed(self) -> int:
        """How many replies were proposals at all."""
        return sum(self.readings.get(reading, 0) for reading in READINGS[:3])

    def document(self) -> dict[str, Any]:
        """As plain JSON, exact numbers as text."""
        return {
            "condition": self.condition,
            "proposals": self.plays,
            "parsed": self.parsed,
            **{name: self.readings.get(name, 0) for name in READINGS},
            "accepted": self.accepted,
            "reasons": self.reasons,
            "without_contract": plain(self.alone),
            "contracts": plain(self.contracts),
        }


def bargained(plays: Sequence[Play]) -> tuple[Bargains, ...]:
    """The negotiations among these plays, by condition.

    Those still without a proposal are left out.
    """
    bargains: dict[str, list[Bargain]] = {}
    for play in plays:
        if play.negotiation is not None and play.negotiation.proposal is not None:
            bargain = play, play.negotiation.proposal, bool(play.negotiation.accepted)
            bargains.setdefault(str(play.condition), []).append(bargain)
    return tuple(_of_condition(name, group) for name, group in bargains.items())


def _of_condition(name: str, bargains: Sequence[Bargain]) -> Bargains:
    condition = bargains[0][0].condition
    groups: dict[tuple[str, str], list[tuple[Scene, TransferContract, bool]]] = {}
    for play, proposal, accepted in bargains:
        if proposal.contract is not None:
            key = play.scene.name, payments(play.scene, proposal.contract)
            groups.setdefault(key, []).append((play.scene, proposal.contract, accepted))
    contracts = []
    for key, group in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        scene, contract, _ = group[0]
        value = worth(scene.environment, contract, condition.disposition)
        acceptances = sum(accepted for *_, accepted in group)
        contracts.append(Proposed(*key, len(group), acceptances, value, _bound(scene, condition)))
    scenes = {play.scene.name: play.scene.environment for play, *_ in bargains}
    reasons = Counter(proposal.reason for _, proposal, _ in bargains if proposal.reason)
    return Bargains(
        name,
        len(bargains),
        Counter(proposal.status for _, proposal, _ in bargains),
        dict(reasons.most_common()),
        sum(contract.accepted for contract in contracts),
        tuple(contracts),
        {name: worth(game, None, condition.disposition) for name, game in scenes.items()},
    )


@lru_cache(maxsize=256)
def _bound(scene: Scene, condition: Condition) -> Fraction | None:
    return best_worth(scene.specification, condition)
