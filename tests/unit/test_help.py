"""What the command says of itself: version, help, completion; which command reads what."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import coopgap
from coopgap.main import COMMANDS, STATUSES, application, run


def output_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code, *capsys.readouterr()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert output_of(capsys, "--version") == (0, f"coopgap {coopgap.__version__}\n", "")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_short_help_is_the_long_one_and_tells_the_statuses(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [name] if name else []
    short, long = (output_of(capsys, *arguments, option) for option in ("-h", "--help"))
    assert short == long
    status, out = long[0], " ".join(long[1].split())
    assert status == 0
    assert "Exit status: 0 " in out
    assert "130 interrupted" in out
    if name in STATUSES:
        assert STATUSES[name] in out


def test_statuses_are_of_commands_that_exist() -> None:
    assert set(STATUSES) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_tells_its_default(name: str) -> None:
    group = typer.main.get_command(application())
    for option in group.get_command(typer.Context(group), name).params:  # type: ignore[attr-defined]
        flag = getattr(option, "is_flag", True) or option.required
        shows_default = option.default is not None or isinstance(option.show_default, str)
        assert flag or shows_default, option.opts


@pytest.mark.parametrize("value", ["0", "many"])
def test_typer_converts_what_is_neither_text_nor_a_path(
    value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = output_of(capsys, "verify", "x.json", "--max-bytes", value)
    assert (status, out) == (2, "")
    assert "'--max-bytes'" in err
    assert "--help" in err


def test_a_shell_can_ask_how_to_complete() -> None:
    variables = {
        "_COOPGAP_COMPLETE": "complete_bash",
        "COMP_WORDS": "coopgap gal",
        "COMP_CWORD": "1",
    }
    line = [sys.executable, "-m", "coopgap"]
    process = subprocess.run(
        line, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert (process.returncode, process.stdout.split()) == (0, ["gallery"])


@pytest.mark.parametrize(("kind", "reads"), [("conjecture", "fuzz"), ("theorem", "prove")])
def test_check_of_another_file_names_the_command_that_reads_it(
    kind: str, reads: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "it.toml"
    file.write_text(f'[{kind}]\nstatement = "x"\n', encoding="utf-8")
    status, out, err = output_of(capsys, "check", str(file))
    assert (status, out) == (2, "")
    assert f"it.toml: {kind}: this is a file of a {kind}, not of a game" in err
    assert f"`coopgap {reads} FILE` reads it" in err
