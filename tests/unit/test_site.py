"""The documentation site, as the gate ``docs`` built it."""

import shutil
from pathlib import Path

import pytest
from browser import frame_widths

SITE = Path(__file__).parents[2] / "build" / "site"
PAGES = ("index", "gallery", "theorems", "schema", "json", "trust", "certificates", "api-proofs")
PHONE = 390


def test_no_page_is_wider_than_a_phone(tmp_path: Path):
    if shutil.which("chromium") is None:
        pytest.skip("no chromium")
    if not SITE.is_dir():
        pytest.skip("the site is not built: make docs")
    sources = [f'src="{(SITE / page).with_suffix(".html").as_uri()}"' for page in PAGES]
    assert set(frame_widths(tmp_path, sources, [PHONE])) == {(PHONE, PHONE)}
