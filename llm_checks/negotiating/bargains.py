"""The outcomes of negotiations: which proposals were writable and accepted, and their value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from coopgap.llm_checks.negotiating.proposals import best_worth, worth
from coopgap.llm_checks.playing.scenarios import Play
from coopgap.llm_checks.playing.telling import payments
from coopgap.llm_checks.predicting.regimes import Condition
from coopgap.llm_checks.predicting.scenes import Scene


@dataclass(frozen=True)
class Proposed:
    """A writable contract that was proposed.

    times, accepted: in how many plays. value: the best expected welfare of its pure equilibria for
    the condition's λ, in utils; None: it has none in some state. bound: V(λ, L), the best value of
    any writable contract, None if unknown.
    """

    scene: str
    clauses: str
    times: int
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
        return sum(self.readings.get(each, 0) for each in ("writable", "none", "unwritable"))

    def document(self) -> dict[str, Any]:
        """As plain JSON, exact numbers as text."""

        def exact(value: Fraction | None) -> str | None:
            return None if value is None else str(value)

        return {
            "condition": self.condition,
            "proposals": self.plays,
            "parsed": self.read,
            "writable": self.readings.get("writable", 0),
            "none": self.readings.get("none", 0),
            "unwritable": self.readings.get("unwritable", 0),
            "unparseable": self.readings.get("unparseable", 0),
            "refused": self.readings.get("refused", 0),
            "accepted": self.accepted,
            "reasons": self.reasons,
            "without_contract": {name: exact(value) for name, value in self.alone.items()},
            "contracts": [
                {
                    "game": each.scene,
                    "contract": each.clauses,
                    "proposed": each.times,
                    "accepted": each.accepted,
                    "value": exact(each.value),
                    "bound": exact(each.bound),
                }
                for each in self.contracts
            ],
        }


def bargained(plays: Sequence[Play]) -> tuple[Bargains, ...]:
    """The negotiations among these plays, by condition.

    Those still without a proposal are left out.
    """
    heard = [each for each in plays if each.negotiation and each.negotiation.proposal]
    names = dict.fromkeys(str(each.condition) for each in heard)
    return tuple(
        _of_condition(name, [each for each in heard if str(each.condition) == name])
        for name in names
    )


def _of_condition(name: str, plays: Sequence[Play]) -> Bargains:
    readings: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    times: Counter[tuple[str, str]] = Counter()
    accepted: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Play] = {}
    for each in plays:
        assert each.negotiation is not None
        proposal = each.negotiation.proposal
        assert proposal is not None
        readings[proposal.status] += 1
        if proposal.reason:
            reasons[proposal.reason] += 1
        if proposal.contract is not None:
            key = each.scene.name, payments(each.scene, proposal.contract)
            first.setdefault(key, each)
            times[key] += 1
            accepted[key] += bool(each.negotiation.accepted)
    condition = plays[0].condition
    contracts = []
    for key, count in times.most_common():
        play = first[key]
        assert play.negotiation is not None
        assert play.negotiation.proposal is not None
        value = worth(
            play.scene.environment, play.negotiation.proposal.contract, condition.disposition
        )
        bound = _bound(play.scene, condition)
        contracts.append(Proposed(*key, count, accepted[key], value, bound))
    scenes = {each.scene.name: each.scene for each in plays}
    alone = {
        scene.name: worth(scene.environment, None, condition.disposition)
        for scene in scenes.values()
    }
    return Bargains(
        name,
        len(plays),
        dict(readings),
        dict(reasons.most_common()),
        sum(accepted.values()),
        tuple(contracts),
        alone,
    )


@lru_cache(maxsize=256)
def _bound(scene: Scene, condition: Condition) -> Fraction | None:
    return best_worth(scene.specification, condition)
