"""What a run keeps: made once, and made again where the code is another."""

from pathlib import Path

import kept
import pytest


def test_it_is_made_once_and_again_for_other_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[int] = []

    def make() -> int:
        calls.append(0)
        return len(calls)

    monkeypatch.setenv(kept.FOLDER, str(tmp_path))
    assert [kept.kept("one", make), kept.kept("one", make)] == [1, 1]
    assert kept.kept("two", make) == 2
    monkeypatch.setattr(kept, "sources", lambda: "other code")
    assert kept.kept("one", make) == 3
    monkeypatch.delenv(kept.FOLDER)
    assert kept.kept("one", make) == 4


def test_the_code_that_it_depends_on_is_the_checker_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    core = tmp_path / "proofs" / "trusted" / "claims.py"
    core.parent.mkdir(parents=True)
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    hashes = set()
    for text in ("", "a bug"):
        core.write_text(text, encoding="utf-8")
        kept.sources.cache_clear()
        hashes.add(kept.sources())
    kept.sources.cache_clear()
    assert len(hashes) == 2
