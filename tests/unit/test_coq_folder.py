"""The folder of Coq files that ``--coq`` writes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from checked import checked

from coopgap.main import run
from coopgap.proofs.export.coq import coq_text
from coopgap.proofs.export.coq_folder import UNCOVERED, coq_folder

PREFIX = "certificate_"
GAME = "moral-hazard-pd"


@cache
def certificates() -> dict[str, str]:
    return dict(checked(GAME).texts)


def test_every_certificate_is_a_proof_or_named() -> None:
    files = coq_folder(certificates())
    proofs = {name[len(PREFIX) : -2] for name in files if name.startswith(PREFIX)}
    uncovered = {line.split()[0] for line in files[UNCOVERED].splitlines()}
    assert proofs | uncovered == set(certificates())
    assert proofs
    assert uncovered
    assert not proofs & uncovered
    for sha in proofs:
        assert files[f"{PREFIX}{sha}.v"] == coq_text(certificates()[sha])
    assert "there is no rule for the claim" in files[UNCOVERED]


def test_the_folder_needs_nothing_else() -> None:
    files = coq_folder(certificates())
    flag, *order = files["_CoqProject"].splitlines()
    assert flag == "-R . coopgap"
    assert set(order) == {name for name in files if name.endswith(".v")}
    before: set[str] = set()
    for name in order:
        imports = re.findall(
            r"^From coopgap Require (?:Import|Export) ([\w ]+)\.", files[name], re.M
        )
        assert {word for line in imports for word in line.split()} <= before, name
        before.add(name[:-2])


def test_check_and_prove_write_it(tmp_path: Path) -> None:
    for place, words in (("check", ["check", GAME]), ("prove", ["prove", "n6"])):
        assert _status(*words, "--coq", str(tmp_path / place)) in (0, 1)
        written = {path.name for path in (tmp_path / place).iterdir()}
        assert {"Certificates.v", "_CoqProject", UNCOVERED} <= written
    files = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "check").iterdir()}
    assert files == coq_folder(certificates())


@pytest.mark.parametrize(
    ("words", "any_covered", "any_uncovered"),
    [
        (["check", "n4"], True, False),
        (["check", GAME], True, True),
        (["check", "pasture"], False, True),
        (["prove", "n6"], False, True),
    ],
)
def test_how_many_are_covered_is_said(
    words: Sequence[str],
    any_covered: bool,
    any_uncovered: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _status(*words, "--coq", str(tmp_path)) in (0, 1)
    line = capsys.readouterr().out.splitlines()[-1]
    covered = len(list(tmp_path.glob(f"{PREFIX}*.v")))
    uncovered = len((tmp_path / UNCOVERED).read_text(encoding="utf-8").splitlines())
    assert (covered > 0, uncovered > 0) == (any_covered, any_uncovered)
    end = f", {uncovered} not: see {tmp_path / UNCOVERED}" if uncovered else ""
    assert line == f"Coq files: {covered} of {covered + uncovered} certificates are covered{end}"
    assert _status(*words, "--json", "--coq", str(tmp_path)) in (0, 1)
    output = capsys.readouterr()
    assert json.loads(output.out)
    assert output.err.splitlines()[-1] == line


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert _status("check", "n4", "--coq", str(file)) == 2


def _status(*words: str) -> object:
    with pytest.raises(SystemExit) as ended:
        run(words)
    return ended.value.code
