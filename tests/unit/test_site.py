"""The documentation site, as ``make docs`` builds it."""

import shutil
import warnings
from pathlib import Path

import pytest
from browser import frame_widths
from checked import checked

PAGES = ("index", "gallery", "theorems", "schema", "json", "trust", "certificates", "api-proofs")
PHONE = 390
ROOT = Path(__file__).parents[2]


# Beside the tests of families, whose reports the site shows.
@pytest.mark.xdist_group("families")
def test_it_is_built_strictly_and_no_page_is_wider_than_a_phone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    build = pytest.importorskip("mkdocs.commands.build")
    config = pytest.importorskip("mkdocs.config")
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    monkeypatch.setattr("coopgap.check", lambda specification: checked(specification.origin))
    site = tmp_path / "site"
    with warnings.catch_warnings():
        # Those of mkdocs and of its theme are theirs.
        warnings.simplefilter("ignore")
        build.build(config.load_config("mkdocs.yml", site_dir=str(site), strict=True))
    if shutil.which("chromium") is None:
        pytest.skip("no chromium")
    sources = [f'src="{(site / page).with_suffix(".html").as_uri()}"' for page in PAGES]
    assert set(frame_widths(tmp_path, sources, [PHONE])) == {(PHONE, PHONE)}
