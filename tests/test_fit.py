"""λ and β from choices: branches, gradients, recovery, and bad files."""

import json
from pathlib import Path

import numpy as np
import pytest

from llm_checks import qre
from llm_checks.agents import BestResponders, LogitAgents, simulated
from llm_checks.choices import read_choices
from llm_checks.fitting import point_estimate
from theory.errors import InputError

PD = np.array([[[3.0, 0.0], [4.0, 1.0]], [[3.0, 4.0], [0.0, 1.0]]])


def test_gradients_match_finite_differences() -> None:
    generator = np.random.default_rng(0)
    games = qre.stacked([generator.normal(size=(2, 3, 2)) for _ in range(5)])
    counts = generator.integers(0, 5, (5, 5)).astype(float)

    def at(alpha: float, kappa: float) -> tuple[np.ndarray, np.ndarray]:
        a, k = np.full(5, alpha), np.full(5, kappa)
        return qre.log_likelihoods(games, a, k, qre.solved(games, a, k)[0], counts)

    h = 1e-5
    slopes = at(0.3, 2.0)[1]
    alpha = (at(0.3 + h, 2.0)[0] - at(0.3 - h, 2.0)[0]) / (2 * h)
    kappa = (at(0.3, 2.0 + h)[0] - at(0.3, 2.0 - h)[0]) / (2 * h)
    assert np.stack([alpha, kappa], 1) == pytest.approx(slopes, abs=1e-5)


def test_equilibria_match_a_damped_iteration() -> None:
    games = qre.stacked([PD])
    play, folded = qre.solved(games, np.array([0.2]), np.array([5.0]))
    p = 0.5
    u = (0.8 * PD[0] + 0.2 * PD.sum(0)) / 4
    for _ in range(2000):
        logits = 5.0 * u @ [p, 1 - p]
        p += (1 / (1 + np.exp(logits[1] - logits[0])) - p) / 2
    assert play[0, 0] == pytest.approx(p, abs=1e-9)
    assert not folded.any()


def test_simulated_agents_are_recovered() -> None:
    games = [("pd", PD), ("mild", PD + np.array([[[1.0, 0], [0, 0]], [[1.0, 0], [0, 0]]]))]
    agents = LogitAgents(0.2, 3.0)
    assert agents.name.startswith("simulated")
    best = point_estimate(simulated(agents, games, 20000, 0))
    assert best.lambda_ == pytest.approx(0.2, abs=0.05)
    assert best.beta == pytest.approx(3.0, rel=0.1)


def test_best_responders() -> None:
    row, col = BestResponders().strategies(PD)
    assert row.tolist() == col.tolist() == [0, 1]


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "counts.json"
    payoffs = np.moveaxis(PD, 0, -1).tolist()
    game = {"payoffs": payoffs, "counts": [[1, 2], [3, 4]]}
    bad = {"payoffs": payoffs, "counts": [[1]]}
    file.write_text(json.dumps({"games": [game, bad]}))
    found = read_choices(file)
    assert found.games[0].marginals().tolist() == [7, 13]
    assert [each.row for each in found.dropped] == [2]
    for text in ("{", "{}", '{"games": []}'):
        file.write_text(text)
        with pytest.raises(InputError):
            read_choices(file)
