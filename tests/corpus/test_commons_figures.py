"""Figures of a commons: those of the docs are drawn again, and what cannot be drawn is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgap import load
from coopgap.main import run
from coopgap.proofs.commons.regime_finder import EXACT
from coopgap.proofs.commons.regime_planner import best_plan
from coopgap.proofs.exposition.figures.commons import COMMONS_KINDS, commons_figure, reached
from coopgap.proofs.exposition.figures.style import rendered
from coopgap.theory.commons.regimes import situations
from coopgap.theory.commons.specification import CommonsSpecification

DOCS = Path(__file__).parents[2] / "docs" / "figures"
SHOWN = {"policy": "fishing-iid-seen", "quotas": "sheep", "populations": "pollution"}


@pytest.mark.parametrize("kind", COMMONS_KINDS)
def test_the_figures_of_the_docs_are_drawn_again(kind: str):
    spec = load(SHOWN[kind])
    assert isinstance(spec, CommonsSpecification)
    svg = rendered(commons_figure(kind, spec), "svg")
    assert svg == (DOCS / f"commons-{kind}.svg").read_bytes()


def test_the_policy_of_regimes_follows_the_plan():
    """Chances of each month sum to at most 1, and harvests by them to what the plan is worth."""
    for slug in ("pond-regimes", "fishing-regimes"):
        spec = load(slug)
        assert isinstance(spec, CommonsSpecification)
        solved = situations(spec.commons, EXACT)
        plan, _ = best_plan(solved)
        months = reached(plan, solved)
        caught = sum(
            chance * totals[state]
            for states, totals in zip(months, plan.totals, strict=True)
            for state, chance in states.items()
        )
        assert caught == plan.value
        assert all(sum(states.values()) <= 1 for states in months)
        assert rendered(commons_figure("policy", spec), "svg").startswith(b"<?xml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["frontier", "sheep"], "a commons has no figure 'frontier'"),
        (["policy", "n4"], "there is no figure 'policy'"),
        (["policy", "sheep", "--language", "complete"], "have no such options"),
    ],
)
def test_what_cannot_be_drawn(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as ended:
        run(["figure", *arguments, "--out", str(tmp_path / "it.svg")])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
