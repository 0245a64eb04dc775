"""Conditions of play in a commons: whether there is a quota, and what agents are asked to want."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from coopgap.llm_checks.predicting.regimes import (
    Disposition,
    Regime,
    named_regime,
    read_disposition,
)
from coopgap.theory.commons.specification import CommonsSpecification
from coopgap.theory.errors import InputError

KINDS = ("none", "announced", "enforced", "negotiated")

_COUNTED = re.compile(r"(\d+)\s+(\S+)")


@dataclass(frozen=True)
class CommonsCondition:
    """A regime, and what agents are asked to want.

    dispositions: one disposition for each agent; who has which is drawn anew for each play.
    """

    regime: Regime
    dispositions: tuple[Disposition, ...]

    @property
    def population(self) -> str:
        """The dispositions, with numbers where they differ."""
        counts = Counter(str(disposition) for disposition in self.dispositions)
        if len(counts) == 1:
            return next(iter(counts))
        return ", ".join(f"{number} {kind}" for kind, number in counts.items())

    def __str__(self) -> str:
        return f"{self.regime}/{self.population}"

    @property
    def prosocial(self) -> int | None:
        """How many agents are altruistic, if all others are selfish."""
        kinds = [disposition.kind for disposition in self.dispositions]
        return kinds.count("altruistic") if {*kinds} <= {"selfish", "altruistic"} else None


def conditions_of(
    specification: CommonsSpecification, regimes: Sequence[str], dispositions: Sequence[str]
) -> tuple[CommonsCondition, ...]:
    """Every regime with every disposition, each once.

    Without any: no quota; selfish agents, altruistic ones, and as many of both as the spec says.
    Raises InputError for those that cannot be.
    """
    agents, number = specification.commons.agents, specification.commons.prosocial
    names = [named.name for named in specification.languages]
    texts = list(dispositions) or ["selfish", "altruistic"]
    if not dispositions and number not in (None, 0, agents):
        texts.append(f"{number} altruistic, {agents - (number or 0)} selfish")
    return tuple(
        dict.fromkeys(
            CommonsCondition(named_regime(regime, KINDS, names), _dispositions(text, agents))
            for regime in regimes or ("none",)
            for text in texts
        )
    )


def _dispositions(text: str, agents: int) -> tuple[Disposition, ...]:
    """Reads one disposition of all, or ``2 altruistic, 3 selfish``."""
    parts = [part.strip() for part in text.split(",")]
    counted = [_COUNTED.fullmatch(part) for part in parts]
    if not any(counted):
        return (read_disposition(text),) * agents
    kinds = [read_disposition(match[2]) for match in counted if match is not None]
    numbers = [int(match[1]) for match in counted if match is not None]
    if len(kinds) < len(parts) or sum(numbers) != agents:
        raise InputError(
            f"{text!r} does not say what {agents} agents want",
            fix=f"write numbers that sum to {agents}, as in '1 altruistic, {agents - 1} selfish'",
            field="--disposition",
        )
    repeated = chain.from_iterable(map(repeat, kinds, numbers))
    return tuple(sorted(repeated, key=str))
