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

Heard = tuple[Play, Proposal, bool]
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
    def read(self) -> int:
        """How many replies were proposals at all."""
        return sum(self.readings.get(each, 0) for each in READINGS[:3])

    def document(self) -> dict[str, Any]:
        """As plain JSON, exact numbers as text."""
        return {
            "condition": self.condition,
            "proposals": self.plays,
            "parsed": self.read,
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
    heard: dict[str, list[Heard]] = {}
    for each in plays:
        if each.negotiation is not None and each.negotiation.proposal is not None:
            one = each, each.negotiation.proposal, bool(each.negotiation.accepted)
            heard.setdefault(str(each.condition), []).append(one)
    return tuple(_of_condition(name, of) for name, of in heard.items())


def _of_condition(name: str, heard: Sequence[Heard]) -> Bargains:
    condition = heard[0][0].condition
    alike: dict[tuple[str, str], list[tuple[Scene, TransferContract, bool]]] = {}
    for play, proposal, accepted in heard:
        if proposal.contract is not None:
            key = play.scene.name, payments(play.scene, proposal.contract)
            alike.setdefault(key, []).append((play.scene, proposal.contract, accepted))
    contracts = []
    for key, same in sorted(alike.items(), key=lambda each: -len(each[1])):
        scene, contract, _ = same[0]
        value = worth(scene.environment, contract, condition.disposition)
        agreed = sum(accepted for *_, accepted in same)
        contracts.append(Proposed(*key, len(same), agreed, value, _bound(scene, condition)))
    scenes = {play.scene.name: play.scene.environment for play, *_ in heard}
    reasons = Counter(proposal.reason for _, proposal, _ in heard if proposal.reason)
    return Bargains(
        name,
        len(heard),
        Counter(proposal.status for _, proposal, _ in heard),
        dict(reasons.most_common()),
        sum(each.accepted for each in contracts),
        tuple(contracts),
        {name: worth(game, None, condition.disposition) for name, game in scenes.items()},
    )


@lru_cache(maxsize=256)
def _bound(scene: Scene, condition: Condition) -> Fraction | None:
    return best_worth(scene.specification, condition)
