"""Figures of a commons: those of the docs are drawn again, and what cannot be drawn is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgap import load
from coopgap.main import run
from coopgap.proofs.exposition.figures.commons import COMMONS_KINDS, commons_figure
from coopgap.proofs.exposition.figures.style import rendered
from coopgap.theory.commons.specification import CommonsSpecification

DOCS = Path(__file__).parents[2] / "docs" / "figures"
SHOWN = {"policy": "fishing-iid-seen", "quotas": "sheep", "populations": "pollution"}


@pytest.mark.parametrize("kind", COMMONS_KINDS)
def test_the_figures_of_the_docs_are_drawn_again(kind: str):
    spec = load(SHOWN[kind])
    assert isinstance(spec, CommonsSpecification)
    drawn = rendered(commons_figure(kind, spec), "svg")
    assert drawn == (DOCS / f"commons-{kind}.svg").read_bytes()


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
