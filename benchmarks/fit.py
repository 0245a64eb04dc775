"""λ and β from 30 2×2 games of 5 joint choices: an estimate against a grid of iterations."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coopgap.llm_checks.fitting.choices import Choices, PlayedGame
from coopgap.llm_checks.fitting.fit import fit
from coopgap.llm_checks.fitting.likelihood import Likelihood
from coopgap.llm_checks.playing.simulation import Agents, LogitAgents

SEEDS = range(5)
REFITS = 300
ITERATIONS = 200


def main() -> None:
    """Prints one line for each seed, then how long intervals take."""
    for seed in SEEDS:
        generator = np.random.default_rng(seed)
        games = [(f"g{k}", generator.integers(-5, 6, (2, 2, 2)).astype(float)) for k in range(30)]
        data = simulated(LogitAgents(0.6, 2.5), games, 5, 1)
        _ = Likelihood(data).best
        start = time.perf_counter()
        best = Likelihood(data).best
        ours = time.perf_counter() - start
        start = time.perf_counter()
        _, lambda_, beta = grid(data, np.linspace(0, 10, 40), np.linspace(0.1, 20, 40))
        wide, long = 10 / 39, 19.9 / 39
        value, _, _ = grid(
            data,
            np.linspace(max(0, lambda_ - wide), lambda_ + wide, 20),
            np.linspace(max(0.05, beta - long), beta + long, 20),
        )
        theirs = time.perf_counter() - start
        print(
            f"seed {seed}: {ours:.3f} s, log-likelihood {best.value:.4f}; "
            f"grid {theirs:.1f} s, {value:.4f}: {theirs / ours:.0f} times"
        )
    start = time.perf_counter()
    fit(data)
    print(f"with profile intervals and influence: {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    fit(data, bootstrap=REFITS)
    print(f"with {REFITS} bootstrap refits: {time.perf_counter() - start:.2f} s")


def simulated(
    agents: Agents,
    games: Sequence[tuple[str, NDArray[np.float64]]],
    repetitions: int,
    seed: int,
) -> Choices:
    """The choices of agents in independent plays of each named two-agent game."""
    generator = np.random.default_rng(seed)
    # Many games are one game under several names.
    solved: dict[tuple[object, bytes], tuple[NDArray[np.float64], ...]] = {}
    played = []
    for name, payoffs in games:
        key = payoffs.shape, payoffs.tobytes()
        if key not in solved:
            solved[key] = agents.strategies(payoffs)
        row, col = solved[key]
        counts = generator.multinomial(repetitions, np.outer(row, col).ravel())
        played.append(PlayedGame(name, payoffs, counts.reshape(payoffs.shape[1:]).astype(float)))
    return Choices(tuple(played))


def grid(
    data: Choices, lambdas: NDArray[np.float64], betas: NDArray[np.float64]
) -> tuple[float, float, float]:
    """The best log-likelihood of damped fixed-point iterations at each (λ, β), and where it is.

    Vectorised over the games, as a script would. What does not converge in some game is left out:
    where iterations circle, the play that they end at is no equilibrium.
    """
    payoffs = np.stack([g.payoffs / np.abs(g.payoffs).max() for g in data.games])
    counts = np.stack([g.counts for g in data.games])
    best = (-np.inf, 0.0, 0.0)
    for lambda_ in lambdas:
        utility = payoffs + lambda_ * payoffs.sum(1)[:, None]
        for beta in betas:
            p = q = np.full((len(payoffs), 2), 0.5)
            for _ in range(ITERATIONS):
                row = beta * np.einsum("gij,gj->gi", utility[:, 0], q)
                col = beta * np.einsum("gij,gi->gj", utility[:, 1], p)
                row, col = (
                    np.exp(utilities - utilities.max(1, keepdims=True)) for utilities in (row, col)
                )
                before = p, q
                p = (p + row / row.sum(1, keepdims=True)) / 2
                q = (q + col / col.sum(1, keepdims=True)) / 2
            if max(np.abs(p - before[0]).max(), np.abs(q - before[1]).max()) > 1e-9:
                continue
            joint = np.maximum(p[:, :, None] * q[:, None], 1e-300)
            best = max(best, (float((counts * np.log(joint)).sum()), float(lambda_), float(beta)))
    return best


if __name__ == "__main__":
    main()
