"""What is higher in one condition than in another: the orderings of theory.md §5, and N7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from coopgap.llm_checks.predicting.predictions import Equilibria, OrderingPrediction
from coopgap.llm_checks.predicting.quantities import POINTS
from coopgap.llm_checks.predicting.regimes import Condition, Disposition


def orderings(found: Sequence[Equilibria]) -> Iterator[OrderingPrediction]:
    """The orderings of theory.md §5 that hold between the best equilibria."""
    selfish = Disposition("selfish")
    for one, other in product(found, found):
        a, b = one.condition, other.condition
        if b.disposition != selfish:
            continue
        claim = ""
        if a.regime == b.regime and a.disposition.kind in ("prosocial", "altruistic"):
            claim = {"none": "realisability", "announced": ""}.get(a.regime.kind, "persistence")
        elif a.disposition == selfish and a.regime.kind == "enforced":
            if b.regime.kind == "enforced":
                claim = "irreducibility"
            elif b.regime.kind == "none" and (one.bounds("first-best") or (0, 0))[1] == 1:
                claim = "specificity"
        if claim:
            yield from _ordered(claim, "first-best", one, other, _MEANING[claim])


_MEANING = {
    "realisability": "prosocial agents reach the first best",
    "persistence": "prosociality still helps under a contract",
    "specificity": "where all is verifiable contracts suffice",
    "irreducibility": "a coarser language leaves a gap",
}


def exploitable(wanted: Disposition) -> list[str]:
    """The prosocial players among selfish ones."""
    own = [each for _, each in wanted.roles]
    if Disposition("selfish") not in own:
        return []
    return [player for player, each in wanted.roles if each.is_prosocial]


def exploited(found: Sequence[Equilibria]) -> Iterator[OrderingPrediction]:
    """Who is exploited: a prosocial agent that earns less among selfish ones than as one (N7)."""
    for mixed, alike in product(found, found):
        if mixed.condition.regime != alike.condition.regime:
            continue
        if alike.condition.disposition != Disposition("selfish"):
            continue
        for player in exploitable(mixed.condition.disposition):
            words = f"{player} is exploited"
            yield from _ordered("N7", f"{POINTS}{player}", alike, mixed, words)


def _ordered(
    claim: str, quantity: str, one: Equilibria, other: Equilibria, words: str
) -> Iterator[OrderingPrediction]:
    """The ordering, if the best equilibria of the two conditions are so ordered."""
    above, below = one.bounds(quantity), other.bounds(quantity)
    if above is None or below is None or above[1] <= below[1]:
        return
    player = quantity.removeprefix(POINTS) if quantity.startswith(POINTS) else ""
    what = f"{player} earns more" if player else "the first best is likelier"
    how = "so in all equilibria" if above[0] > below[1] else "so in the best equilibria of each"
    yield OrderingPrediction(
        id=f"{claim}:{one.condition}>{other.condition}" + (f":{player}" if player else ""),
        claim=claim,
        statement=f"{words}: {what} in {one.condition} than in {other.condition}; {how}",
        quantity=quantity,
        higher=str(one.condition),
        lower=str(other.condition),
        test="permutation test within scenarios, Holm over the family",
        fails_if="lower",
    )


def earners(condition: Condition, chosen: Sequence[Condition]) -> tuple[str, ...]:
    """The players whose points matter: who may be exploited there, or is where others differ."""
    return tuple(
        dict.fromkeys(
            player
            for each in (condition, *chosen)
            if each.regime == condition.regime
            and (each == condition or condition.disposition == Disposition("selfish"))
            for player in exploitable(each.disposition)
        )
    )
