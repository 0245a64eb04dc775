"""Ctrl-C in a long run: what is decided so far is printed, and the status is 130."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from coopgap.main import run
from coopgap.proofs.fuzzing import campaigns
from coopgap.proofs.theorems import prove


def stopped_after_one(whole: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def some(*arguments: Any, **options: Any) -> Iterator[Any]:
        yield next(whole(*arguments, **options))
        raise KeyboardInterrupt

    return some


def test_theorems_are_told_as_they_are_decided(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, seen = prove.decide_all, list[str]()

    def watched(*arguments: Any, **options: Any) -> Iterator[Any]:
        for report in whole(*arguments, **options):
            yield report
            seen.append(capsys.readouterr().out)

    monkeypatch.setattr(prove, "decide_all", watched)
    with pytest.raises(SystemExit) as ended:
        run(["prove", "n2", "n6"])
    assert ended.value.code == 0
    assert [output.split()[1] for output in seen] == ["n2", "n6"]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("module", "name", "arguments", "field", "progress"),
    [
        (prove, "decide_all", ["prove", "n2", "n6"], "theorems", "1 of 2 theorems are decided"),
        (campaigns, "campaigns", ["fuzz", "n4", "n6"], "conjectures", "1 of 2 conjectures are"),
    ],
)
def test_what_is_decided_is_printed(
    module: Any,
    name: str,
    arguments: list[str],
    field: str,
    progress: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(module, name, stopped_after_one(getattr(module, name)))
    for options in ([], ["--json"]):
        with pytest.raises(SystemExit) as ended:
            run([*arguments, *options])
        assert ended.value.code == 130
        out, err = capsys.readouterr()
        assert f"coopgap: interrupted: {progress}" in err
        if options:
            assert [entry["id"] for entry in json.loads(out)[field]] == [arguments[1]]
        else:
            assert f"  {arguments[1]}  " in out
            assert f"  {arguments[2]}  " not in out
