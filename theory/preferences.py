"""Prosocial preferences: an agent maximises u_i + t_i + λ_i W (theory.md §1, the paper's form)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import IntArray, common_denominator, widened


def prosocial_payoffs(
    environment: Environment, prosociality: Sequence[Fraction]
) -> tuple[IntArray, int]:
    """u_i + λ_i W for every agent, state and profile, without transfers.

    ``prosociality`` has one λ_i ≥ 0 per agent (a pure number). Returns integers of the shape of
    ``environment.payoffs`` and the denominator that turns them into utils.
    """
    if len(prosociality) != len(environment.players):
        raise InputError(f"{len(prosociality)} values of λ for {len(environment.players)} players")
    if any(value < 0 for value in prosociality):
        raise InputError("λ is negative", fix="prosociality is at least 0", field="lambda")
    scale = common_denominator(prosociality)
    weights = [int(value * scale) for value in prosociality]
    if not any(weights):
        return environment.payoffs, environment.denominator
    growth = scale + max(weights) * len(environment.players)
    payoffs = widened(environment.payoffs, growth) * scale
    welfare = environment.welfare.astype(payoffs.dtype)
    for agent, weight in enumerate(weights):
        payoffs[agent] += weight * welfare
    return payoffs, environment.denominator * scale
