"""The registry of claims: each id's statement, the theorem behind it, and whether it is about a
language. Fields are read by ``theory.readers``, rules of proof are in ``proofs.checker``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType


@dataclass(frozen=True)
class Claim:
    """What an id asserts; ``{language}``, ``{value}`` and ``{lambda}`` stand for its fields.

    theorem: the theorem of which true claims are instances. per_language: whether it is asserted
    for every listed language where it names none; ``alone``: what is asserted then otherwise.
    """

    statement: str
    theorem: str
    per_language: bool = False
    alone: str | None = None

    def stated(
        self,
        language: str | None,
        value: Fraction | None,
        prosociality: Fraction | Mapping[str, Fraction] | None,
    ) -> str:
        """The statement with its fields filled in."""
        text = self.statement if language is not None or self.alone is None else self.alone
        level: object = prosociality
        if isinstance(prosociality, Mapping):
            level = f"({', '.join(f'{player}: {own}' for player, own in prosociality.items())})"
        return text.format_map({"language": language, "value": value, "lambda": level})


CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {
        "incontractible": Claim(
            "some cell of {language} has no profile that is first best in all its states",
            "T2",
            per_language=True,
        ),
        "gap-positive": Claim(
            "every contract in {language} leaves a welfare gap", "T4", per_language=True
        ),
        "gap-zero": Claim(
            "some contract in {language} implements a first-best selection",
            "T3",
            per_language=True,
        ),
        "gap-at-least": Claim(
            "every contract in {language} leaves a welfare gap of at least {value}",
            "T4",
            per_language=True,
        ),
        "gap-at-most": Claim(
            "some contract in {language} leaves a welfare gap of at most {value}",
            "T3",
            per_language=True,
        ),
        "correlated-gap-positive": Claim(
            "transfers in {language} leave a welfare gap in every correlated equilibrium",
            "T5",
            per_language=True,
        ),
        "closes": Claim(
            "at λ = {lambda} some contract in {language} makes a first-best selection an "
            "equilibrium",
            "T7",
            alone="at λ = {lambda} a first-best selection is an equilibrium without a contract",
        ),
        "threshold-at-most": Claim(
            "prosociality of λ = {value} closes the gap together with a contract in {language}",
            "T7",
            per_language=True,
            alone="prosociality of λ = {value} closes the gap without a contract",
        ),
        "beneficial": Claim(
            "each agent gains from some first best over every selfish outcome of smaller welfare",
            "T8",
        ),
        "beneficial-with-side-payments": Claim(
            "with constant balanced payments each agent gains from the first best over every "
            "selfish outcome of smaller welfare",
            "T8",
        ),
        "all-cooperative": Claim(
            "at λ = {lambda} every equilibrium, correlated ones included, uses cooperating actions "
            "only",
            "T9",
        ),
        "full-implementation": Claim(
            "at λ = {lambda} some contract in {language} leaves only mixed equilibria that play "
            "first-best profiles",
            "T9",
            alone="at λ = {lambda} every mixed equilibrium plays first-best profiles only",
        ),
        "axiom-i": Claim("cooperating raises welfare whatever the others do", "§3"),
        "axiom-ii": Claim("the first cooperating profile alone maximises welfare", "§3"),
        "axiom-iii": Claim(
            "every cooperating profile Pareto-dominates every defecting one strictly", "§3"
        ),
        "axiom-iv-strict": Claim(
            "every defecting action strictly dominates every cooperating one", "§3"
        ),
        "axiom-iv-partial": Claim(
            "each agent gains from defecting somewhere, against some play of the others", "§3"
        ),
        "nash": Claim("the selfish pure equilibria are exactly those listed", "§1"),
        "unique-nash": Claim("each state has exactly one selfish pure equilibrium", "§1"),
    }
)
"""Every claim id of a spec file."""
