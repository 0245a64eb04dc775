"""The command as its users meet it: exit statuses, what goes to which stream, bad input."""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
from unit.test_story import REPORT

import coopgap
from coopgap import demo
from coopgap.files import write_whole
from coopgap.main import run
from coopgap.proofs.deciding.reports import ClaimPart, Report
from coopgap.terminal import output

ROOT = Path(__file__).parents[2]

PRISONERS = """
title = "λ in the title"
[game]
players = ["row", "col"]
actions = { row = ["C", "D"], col = ["C", "D"] }
[game.payoffs]
row = [[3, 0], [4, 1]]
col = "symmetric"
"""


class Result(NamedTuple):
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self.out))


Command = Callable[..., Result]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, run in this process."""

    def call(*words: object) -> Result:
        with pytest.raises(SystemExit) as ended:
            run([str(word) for word in words])
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, *capsys.readouterr())

    return call


def in_a_process(
    arguments: Sequence[str | bytes | Path], **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """The command, run as its users run it."""
    line = [sys.executable, "-m", "coopgap", *arguments]
    environ = os.environ | {"PYTHONPATH": str(ROOT)} | options.pop("env", {})
    streams: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    process: subprocess.CompletedProcess[bytes]
    process = subprocess.run(line, env=environ, check=False, **streams)
    return process


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def with_claims(*claims: str) -> str:
    return PRISONERS + "".join(f'[[claim]]\nid = "{claim}"\n' for claim in claims)


def refused(result: Result) -> str:
    """The one message of a command that could not be carried out."""
    assert result.status == 2
    assert result.out == ""
    assert result.err.count("\n") == 1
    assert result.err.startswith("coopgap: ")
    assert "bug" not in result.err
    return result.err


# --- exit statuses ---


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ([], 0),
        (["gap-zero"], 0),
        (["gap-positive"], 1),
        (["gap-zero", "gap-positive"], 1),
    ],
)
def test_the_status_follows_the_claims(
    claims: list[str], status: int, command: Command, tmp_path: Path
):
    spec = written(tmp_path / "pd.toml", with_claims(*claims))
    result = command("check", spec, "--json")
    assert result.status == status
    assert result.err == ""
    assert result.json["schema"] == "coopgap.report/1"
    assert [claim["id"] for claim in result.json["claims"]][: len(claims)] == claims


def report_of(*statuses: str) -> Report:
    """A report whose claims have these statuses."""
    claims = [ClaimPart("nash", None, status, None, 0.0) for status in statuses]
    return replace(REPORT, claims=tuple(claims))


@pytest.mark.parametrize(
    ("reports", "status", "strict"),
    [
        ([["proved", "trusted"]], 0, 3),
        ([["proved", "unknown"]], 3, 3),
        ([["unknown", "refuted", "trusted"]], 1, 1),
        ([["proved"], ["unknown"]], 3, 3),
        ([["unknown"], ["refuted"], ["proved"]], 1, 1),
        ([["proved"], ["proved"]], 0, 0),
    ],
)
def test_precedence(
    reports: list[list[str]],
    status: int,
    strict: int,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
):
    for option, expected in (([], status), (["--strict"], strict)):
        answers = iter([report_of(*statuses) for statuses in reports])
        monkeypatch.setattr(
            "coopgap.proofs.deciding.check.check", lambda *_, answers=answers, **__: next(answers)
        )
        result = command("check", *["chicken"] * len(reports), "--json", *option)
        assert result.status == expected


def test_bad_input_comes_before_any_verdict(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    refuted = written(tmp_path / "pd.toml", with_claims("gap-positive"))
    message = refused(command("check", refuted, "./missing.toml", "--certificates", "out"))
    assert "missing.toml" in message
    assert not (tmp_path / "out").exists()


def test_several_specs_are_reported_in_their_order(command: Command):
    result = command("check", "stag-hunt", "chicken", "--json")
    assert result.json["schema"] == "coopgap.reports/1"
    titles = [command("check", slug, "--json").json["title"] for slug in ("stag-hunt", "chicken")]
    assert [report["title"] for report in result.json["reports"]] == titles


def test_a_story_goes_to_standard_output(command: Command):
    result = command("check", "n4")
    assert result.err == ""
    assert "What contracts reach" in result.out
    assert max(map(len, result.out.splitlines())) <= 80


# --- usage ---


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing command"),
        (["chek"], "check"),
        (["check"], "SPEC"),
        (["check", "n4", "--unheard-of"], "--unheard-of"),
        (
            ["check", "n4", "--max-bytes", "many"],
            "'--max-bytes': 'many' should be a valid integer;",
        ),
        (["check", "n4", "--max-bytes", "0"], "'0' should be greater than or equal to 1; see"),
        (["fuzz", "--inputs", "--peers"], "--peers: with --inputs there is nothing"),
        (["fuzz", "--peers", "n1"], "CONJECTURE: with --peers there is nothing"),
        (["fuzz", "--inputs", "--journal", "x"], "--journal: with --inputs there is nothing"),
        (["check", "n4", "--timeout", "0"], "--timeout"),
        (["check", "n4", "--timeout", "nan"], "--timeout"),
        (["check", "n4", "--timeout", "inf"], "--timeout"),
        (["check", "n4", "--certificates"], "--certificates"),
        (["verify", "a.json", "b.json"], "a.json"),
        (["gallery", "n4"], "n4"),
    ],
)
def test_bad_usage(arguments: list[str], words: str, command: Command):
    assert words in refused(command(*arguments))


@pytest.mark.parametrize(
    "arguments", [[], ["check"], ["audit"], ["frontier"], ["figure"], ["verify"], ["gallery"]]
)
def test_help(arguments: list[str], command: Command):
    result = command(*arguments, "--help")
    assert result.status == 0
    assert result.out.startswith("Usage: coopgap")


def test_help_lists_what_there_is(command: Command):
    listed = command("--help").out.partition("Commands:")[2].splitlines()
    assert [line.split()[0] for line in listed if line] == [
        "check",
        "audit",
        "prove",
        "fuzz",
        "predict",
        "frontier",
        "figure",
        "example",
        "verify",
        "fit",
        "play",
        "gallery",
        "reproduce",
        "schema",
    ]


HEAVY = {
    "numpy",
    "pydantic",
    "scipy",
    "highspy",
    "flint",
    "z3",
    "sympy",
    "rich",
    "jinja2",
    "matplotlib",
}


@pytest.mark.parametrize(
    "code", ["import coopgap", "from coopgap.main import run; run(['--help'])"]
)
def test_help_is_quick_because_it_imports_little(code: str):
    probe = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
    line = [sys.executable, "-c", probe + code]
    process = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not HEAVY & set(process.stderr.split())


# --- bad input ---


def sparse(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(200 << 20)
    return path


def unreadable_files(folder: Path, suffix: str) -> dict[str, tuple[Path, str]]:
    """Files that cannot be read, and a word of the message for each."""
    plain = written(folder / f"plain{suffix}", "x")
    latin = folder / f"latin{suffix}"
    latin.write_bytes("title = 'é'".encode("latin-1"))
    return {
        "missing": (folder / f"missing{suffix}", "no such file"),
        "directory": (folder / ".", "directory"),
        "inside a file": (plain / f"x{suffix}", "cannot be read"),
        "long name": (folder / ("x" * 300 + suffix), "cannot be read"),
        "too large": (sparse(folder / f"sparse{suffix}"), "--max-bytes"),
        "not UTF-8": (latin, "UTF-8"),
    }


KINDS = ["missing", "directory", "inside a file", "long name", "too large", "not UTF-8"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("subcommand", "suffix"), [("check", ".toml"), ("audit", ".csv"), ("verify", ".json")]
)
def test_unreadable_files(
    subcommand: str, suffix: str, kind: str, command: Command, tmp_path: Path
):
    path, words = unreadable_files(tmp_path, suffix)[kind]
    if (subcommand, kind) == ("verify", "directory"):
        path = tmp_path / "empty"
        path.mkdir()
    # A slash at the end tells a directory from the slug of a spec.
    name = f"{path}/" if kind == "directory" else str(path)
    message = refused(command(subcommand, name, "--json"))
    assert words in message
    assert path.name[:20] in message or kind == "directory"


def test_bad_input_leaves_no_folder(command: Command, tmp_path: Path):
    result = command("frontier", "n4", "--base", "none", "--certificates", tmp_path / "a" / "b")
    assert result.status == 2
    assert "name one: --predicate EXPR" in result.err
    for name in ("a" * 300, "file", "file/b"):
        (tmp_path / "file").touch()
        message = refused(command("check", "n4", "--certificates", tmp_path / name))
        assert "--certificates: files cannot be written there: " in message
        (tmp_path / "file").unlink()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("fit",),
        ("play", "n4", "--log"),
        ("play", "n4", "--model", "simulated/first:1", "--out"),
        ("play", "unnamed-growth", "--model", "simulated/equilibrium", "--out"),
    ],
)
def test_names_too_long_for_logs_and_runs_are_refused(
    arguments: Sequence[str], command: Command, tmp_path: Path
):
    assert "File name too long" in refused(command(*arguments, tmp_path / ("a" * 300)))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(command: Command, tmp_path: Path):
    spec = written(tmp_path / "pd.toml", PRISONERS)
    spec.chmod(0)
    assert "Permission denied" in refused(command("check", spec))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("title = ", "not TOML"),
        ("title = 'x'", "'game' is missing"),
        (PRISONERS.replace("4", "0.5"), 'write it in quotes: "0.5"'),
        (PRISONERS.replace("symmetric", "symmetrical"), "col"),
        (PRISONERS + "[[claim]]\nid = 'gap-zeros'", "'gap-zero'"),
        (PRISONERS + "[[claim]]\nid = 'gap-zero'\nlanguage = 'blind'", "'blind'"),
        (PRISONERS + "[[claim]]\nid = 'axiom-i'", "cooperative"),
    ],
)
def test_files_that_are_no_spec(text: str, words: str, command: Command, tmp_path: Path):
    spec = written(tmp_path / "broken.toml", text)
    message = refused(command("check", "chicken", spec, "--json"))
    assert "broken.toml" in message
    assert words in message


def test_the_nearest_slug_is_suggested(command: Command):
    assert "did you mean 'stag-hunt'?" in refused(command("check", "stag-hnut"))


def test_hostile_names_are_escaped(command: Command):
    assert "\\x1b[2J\\n.toml" in refused(command("check", "./\x1b[2J\n.toml"))
    assert "\\x00" in refused(command("check", "./\0.toml"))
    process = in_a_process(["check", b"./\xff.toml"])
    assert (process.returncode, process.stdout) == (2, b"")
    assert b"\\udcff.toml: there is no such file" in process.stderr


def test_larger_files_are_read_on_request(command: Command, tmp_path: Path):
    spec = written(tmp_path / "pd.toml", PRISONERS)
    assert "--max-bytes" in refused(command("check", spec, "--max-bytes", 10))
    assert command("check", spec, "--max-bytes", 10_000).status == 0


# --- certificates ---


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificates of n4, and its report."""
    folder = tmp_path_factory.mktemp("n4")
    with (folder / "report.json").open("w") as out:
        process = in_a_process(
            ["check", "n4", "--json", "--certificates", folder / "c"], stdout=out
        )
    assert process.returncode == 1
    return folder


def test_certificates_are_named_by_their_hash_and_stand_alone(certificates: Path, command: Command):
    report = json.loads((certificates / "report.json").read_text(encoding="utf-8"))
    files = {path.stem: path for path in (certificates / "c").iterdir()}
    hashes = {claim["certificate"]["sha256"] for claim in report["claims"]}
    for part in (report, *report["languages"]):
        hashes |= set(part["certificates"].values())
    assert hashes == set(files)
    for sha, path in files.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha
        assert path.stat().st_mode & 0o444 == 0o444
        result = command("verify", path, "--json")
        assert result.status == 0
        assert result.json.keys() == {
            *("schema", "accepted", "kind", "claim", "reason"),
            *("data_sha256", "sentence", "shown", "matches", "coq"),
        }
        assert result.json["accepted"] is True


def refuted_gap(certificates: Path) -> Path:
    report = json.loads((certificates / "report.json").read_text(encoding="utf-8"))
    claim = next(claim for claim in report["claims"] if claim["status"] == "refuted")
    return certificates / "c" / f"{claim['certificate']['sha256']}.json"


def forge(text: str, change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(text)
    change(document)
    return json.dumps(document)


UNREADABLE: dict[str, Callable[[str], str]] = {
    "truncated": lambda text: text[: len(text) // 2],
    "empty": lambda _: "",
    "a list": lambda _: "[]",
    "of no schema": lambda _: "{}",
    "of version 1": lambda text: forge(text, lambda d: d.update(schema="coopgap.certificate/1")),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_certificate_is_refused(
    name: str, certificates: Path, command: Command, tmp_path: Path
):
    text = refuted_gap(certificates).read_text(encoding="utf-8")
    path = written(tmp_path / "none.json", UNREADABLE[name](text))
    for arguments in ([path], [path, "--json"], [tmp_path], [refuted_gap(certificates), path]):
        message = refused(command("verify", *arguments))
        assert "none.json: this is no certificate: " in message


FORGERIES: dict[str, tuple[Callable[[str], str], str]] = {
    "another environment": (
        lambda text: forge(text, lambda d: d["data"]["game"]["states"].reverse()),
        "hash",
    ),
    "the negation": (
        lambda text: forge(text, lambda d: d["claim"].update(holds=not d["claim"]["holds"])),
        "",
    ),
    "deep": (lambda _: "[" * 100_000, "too large"),
    "another claim": (lambda text: forge(text, lambda d: d["claim"].update(id="nash")), ""),
    "a float": (lambda text: forge(text, lambda d: d["proof"].update(x=0.5)), "floating"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_are_rejected(name: str, certificates: Path, command: Command, tmp_path: Path):
    change, reason = FORGERIES[name]
    text = refuted_gap(certificates).read_text(encoding="utf-8")
    path = written(tmp_path / "forged.json", change(text))
    result = command("verify", path, "--json")
    assert result.status == 1
    assert result.err == ""
    assert result.json["accepted"] is False
    assert result.json["claim"] is result.json["sentence"] is None
    assert result.json["reason"]
    assert reason in result.json["reason"]
    refusal = command("verify", path)
    assert refusal.status == 1
    assert refusal.out.startswith("rejected: ")


def test_a_verdict_in_words(certificates: Path, command: Command):
    path = refuted_gap(certificates)
    text = " ".join(command("verify", path).out.split())
    assert text.startswith(
        "accepted: some contract (transfers with outside money) makes it a pure equilibrium of "
        "selfish players to play a first-best profile in each state of positive probability "
        "(contract) data: SHA-256 "
    )
    sha = json.loads(path.read_text(encoding="utf-8"))["data_sha256"]
    for part in (sha, "players: row (A or B), col (A or B)", "states: w1 of weight 1", "λ: 0"):
        assert part in text


def test_several_certificates_and_folders(certificates: Path, command: Command, tmp_path: Path):
    path = refuted_gap(certificates)
    forged = written(tmp_path / "forged.json", FORGERIES["the negation"][0](path.read_text()))
    result = command("verify", path, forged, "--json")
    assert result.status == 1
    assert result.json["schema"] == "coopgap.verifications/1"
    assert [entry["accepted"] for entry in result.json["results"]] == [True, False]
    assert [entry["file"] for entry in result.json["results"]] == [str(path), str(forged)]
    whole = command("verify", path.parent, "--json")
    assert whole.status == 0
    assert len(whole.json["results"]) == len(list(path.parent.iterdir()))
    assert [entry["schema"] for entry in whole.json["results"][:1]] == ["coopgap.verify/1"]


def test_certificates_of_another_game_are_told_apart(certificates: Path, command: Command):
    path = refuted_gap(certificates)
    same = command("verify", path, "--spec", "n4", "--json")
    assert (same.status, same.json["matches"]) == (0, True)
    (certificate,) = same.json["shown"]
    assert certificate["spec"] == "its data are those of n4 (language blind-free, selfish players)"
    result = command("verify", path, "--spec", "chicken", "--json")
    assert (result.status, result.json["matches"], result.json["accepted"]) == (1, False, True)
    assert "its data are not those of chicken" in " ".join(
        command("verify", path, "--spec", "chicken").out.split()
    )
    refused(command("verify", path, "--spec", "n44"))
    refused(command("verify", path, "--set", "R=3"))


@pytest.mark.parametrize("option", ["--certificates", "--smtlib"])
def test_folders_that_cannot_be_written(
    option: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def decided(*_: object, **__: object) -> Report:
        raise AssertionError("nothing may be decided")

    monkeypatch.setattr("coopgap.proofs.deciding.check.check", decided)
    file = written(tmp_path / "file", "kept")
    for folder in (file, file / "below", "/proc/coopgap"):
        message = refused(command("check", "n4", option, folder))
        assert option in message
        assert str(folder) in message
    assert file.read_text(encoding="utf-8") == "kept"


def test_questions_as_smtlib(command: Command, tmp_path: Path):
    result = command("check", *["prisoners-dilemma"] * 2, "--json", "--smtlib", tmp_path / "smt")
    assert result.status == 0
    files = sorted((tmp_path / "smt").iterdir())
    assert len({file.name for file in files}) == len(files) >= 2
    assert all(file.suffix == ".smt2" for file in files)
    assert all("(check-sat)" in file.read_text(encoding="utf-8") for file in files)


def test_files_are_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = written(tmp_path / "report.json", "old")
    write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "new"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, "newer")
    assert path.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]


# --- streams ---


def test_nobody_reads():
    for arguments in (["check", "chicken"], ["check", "chicken", "--json"], ["--help"]):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            process = in_a_process(arguments, stdout=writing)
        finally:
            os.close(writing)
        assert (process.returncode, process.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_the_disk_is_full():
    with open("/dev/full", "wb") as full:
        process = in_a_process(["gallery"], stdout=full)
    assert process.returncode == 2
    message = b"coopgap: standard output cannot be written: No space left on device\n"
    assert process.stderr == message


def test_closed_streams():
    code = "import os, sys; os.close({}); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    line = [sys.executable, "-c", code.format(1), "-m", "coopgap", "gallery"]
    process = subprocess.run(line, cwd=ROOT, stderr=subprocess.PIPE, check=False)
    assert process.returncode == 2
    assert process.stderr == b"coopgap: standard output is closed\n"
    line = [sys.executable, "-c", code.format(2), "-m", "coopgap", "check", "no-such-slug"]
    process = subprocess.run(line, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    assert (process.returncode, process.stdout) == (2, b"")


def test_any_locale_will_do(tmp_path: Path):
    spec = written(tmp_path / "pd.toml", PRISONERS)
    narrow = {"PYTHONIOENCODING": "ascii"}
    process = in_a_process(["check", str(spec), "--json"], env=narrow)
    assert json.loads(process.stdout.decode("utf-8"))["title"] == "λ in the title"
    process = in_a_process(["check", str(spec)], env=narrow)
    assert process.returncode == 0
    assert process.stdout.startswith(b"\\u03bb in the title")


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "latin-1"])
@pytest.mark.parametrize("arguments", [["--help"], ["frontier", "-h"], ["check", "n8"]])
def test_what_an_encoding_lacks_is_escaped(arguments: list[str], encoding: str):
    process = in_a_process(arguments, env={"PYTHONIOENCODING": encoding})
    assert process.returncode in (0, 1)
    assert process.stderr == b""
    assert "λ" in process.stdout.decode(encoding).replace(r"\u03bb", "λ")


def test_a_demo_that_is_piped_in_an_encoding_of_few_characters():
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    line = [sys.executable, "-m", "coopgap.demo"]
    process = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (process.returncode, process.stderr) == (0, b"")


def test_files_are_written_where_there_are_fewer_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("fchmod", "fchown", "fork", "getuid", "killpg"):
        monkeypatch.delattr(os, name, raising=False)
    write_whole(tmp_path / "report.json", "written")
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == "written"


def test_interrupted(command: Command, monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_: object, **__: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr("coopgap.proofs.deciding.check.check", interrupt)
    assert command("check", "n4") == (130, "", "coopgap: interrupted\n")


def test_a_bug_is_one_line_unless_asked(command: Command, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> Report:
        raise RuntimeError("inside")

    monkeypatch.setattr("coopgap.proofs.deciding.check.check", fail)
    result = command("check", "n4")
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert "bug in coopgap (RuntimeError)" in result.err
    assert "--debug" in result.err
    for arguments in (["--debug", "check", "n4"], ["check", "n4", "--debug"]):
        debugged = command(*arguments)
        assert debugged.status == 2
        assert 'raise RuntimeError("inside")' in debugged.err


class Watched(io.StringIO):
    """A stream at which someone looks."""

    def isatty(self) -> bool:
        return True


def test_progress_is_for_people(monkeypatch: pytest.MonkeyPatch):
    with output.progress() as tell:
        assert tell is None
    stream = Watched()
    monkeypatch.setattr(sys, "stderr", stream)
    with output.progress() as tell:
        assert tell is not None
        tell("value of [bold]blind")
    assert stream.getvalue()


# --- time ---


def test_what_takes_too_long_is_unknown(command: Command):
    result = command("check", "moral-hazard-pd", "--json", "--timeout", "0.001")
    assert result.status in (1, 3)
    for claim in result.json["claims"]:
        assert claim["status"] != "unknown" or claim["reason"]


# --- gallery, schemas, audit, the Python API, the demo ---


def test_gallery(command: Command):
    entries = command("gallery", "--json").json["entries"]
    names = [entry["name"] for entry in entries]
    assert {"prisoners-dilemma", "stag-hunt", "moral-hazard-pd", "moral-hazard-sh"} <= set(names)
    assert {f"n{k}" for k in range(1, 9)} <= set(names)
    table = command("gallery").out
    assert all(name in table for name in names)
    assert "title" in table


def test_a_schema_is_complete_in_itself(command: Command):
    schema = command("schema", "reports").json
    references = set(re.findall(r'"\$ref": "(.+?)"', json.dumps(schema)))
    assert references
    assert references <= {f"#/$defs/{name}" for name in schema["$defs"]}
    assert schema["properties"]["schema"]["const"] == "coopgap.reports/1"
    assert "$defs" not in command("schema", "figure", "--json").json


def test_schemas_are_listed(command: Command):
    entries = command("schema", "--json").json["schemas"]
    text = command("schema").out
    assert all(entry["name"] in text for entry in entries)
    bad = command("schema", "reprot")
    assert (bad.status, bad.out) == (2, "")
    assert "NAME: there is no schema 'reprot'; did you mean 'report'?" in bad.err


SOUND = {
    "id": "pd",
    "formal_game": "Prisoner's Dilemma",
    "story_row": "",
    "story_col": "",
    "actions_row": "['share', 'keep']",
    "actions_column": "['share', 'keep']",
    "1_1_payoff": "(3, 3)",
    "1_2_payoff": "[0, 5]",
    "2_1_payoff": "(5, 0)",
    "2_2_payoff": "[1, 1]",
    "target_nash_equilibria": "('keep', 'keep')",
}


def dataset(path: Path, *rows: dict[str, str]) -> Path:
    """A dataset of prisoner's dilemmas, each row with changes of its own."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(SOUND))
        writer.writeheader()
        writer.writerows(SOUND | row for row in rows)
    return path


WRONG = {"id": "wrong", "target_nash_equilibria": "('share', 'share')"}
UNUSABLE = {"id": "unusable", "1_1_payoff": "__import__('os').getcwd()"}


def test_audit(command: Command, tmp_path: Path):
    sound = dataset(tmp_path / "sound.csv", {})
    skipped = dataset(tmp_path / "skipped.csv", {}, UNUSABLE)
    wrong = dataset(tmp_path / "wrong.csv", {}, WRONG, UNUSABLE)
    result = command("audit", sound, "--json")
    assert result.status == 0
    assert result.json["schema"] == "coopgap.audit/1"
    assert result.json["games"][0]["ok"] is True
    assert command("audit", skipped, "--json").status == 3
    result = command("audit", sound, skipped, wrong, "--json")
    assert result.status == 1
    assert result.json["schema"] == "coopgap.audits/1"
    assert [audit["rows"] for audit in result.json["audits"]] == [1, 2, 3]
    story = command("audit", wrong)
    assert story.status == 1
    assert "3 rows: 2 checked, 1 without a problem, 1 with problems, 1 skipped." in story.out
    assert "wrong, target_nash_equilibria: " in story.out
    assert "row 3 (unusable): " in story.out
    assert "max_rawlsian" in story.out


def test_the_python_api():
    assert {"load", "check"} <= set(dir(coopgap))
    report = coopgap.check(coopgap.load("prisoners-dilemma"))
    assert report.document()["schema"] == "coopgap.report/1"
    with pytest.raises(AttributeError, match="prove_everything"):
        _ = coopgap.prove_everything


def test_the_demo_ends_well(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    picture = tmp_path / "demo.svg"
    assert demo.main(["--svg", str(picture)]) == 0
    output = capsys.readouterr().out
    assert "rejected" in output
    assert "accepted!" not in output
    assert picture.read_text(encoding="utf-8") == (ROOT / "docs" / "demo.svg").read_text(
        encoding="utf-8"
    ), "run: python -m coopgap.demo --svg docs/demo.svg"


@pytest.mark.parametrize("more", [[], ["--liability", "0..1"]])
def test_a_frontier_of_which_a_part_is_unknown_says_so_by_its_status(
    command: Command, more: list[str]
) -> None:
    result = command("frontier", "mediated-team", "--timeout", "0.001", "--json", *more)
    assert "unknown" in result.out
    assert result.status == 3
    assert command("frontier", "mediated-team", *more).status == 0


def test_a_frontier_without_a_certificate_does_not_speak_of_any(command: Command) -> None:
    result = command("frontier", "mediated-team", "--liability", "0..1", "--timeout", "0.001")
    assert "Nothing is certified." in result.out
    assert "The checker accepted" not in result.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["figure", "regoins", "hawk-dove", "--out", "x.svg"], "KIND: there is no figure"),
        (["figure", "partition", "sheep", "--out", "new/x.svg"], "a commons has no figure"),
        (["check", "fish-war", "--mechanism"], "leave --mechanism out"),
        (["check", "unnamed-growth", "--mechanism"], "leave --mechanism out"),
        (
            ["check", "n4", "fish-war", "--smtlib", "here", "--certificates", "there"],
            "games of groups, commons and fisheries",
        ),
        (
            ["example", "n5", "--to", "html", "--environment", "proof=beweis"],
            "--environment: html has no such environments",
        ),
        (
            ["frontier", "hawk-dove", "--set", "v=1"],
            "hawk-dove: this is a family, in the parameter c;",
        ),
        (["example", "n5", "--set", "x=1", "--to", "html"], "n5: --set: the spec has no param"),
        (
            ["example", "pond-regimes", "--timeout", "0.001", "--to", "html"],
            "pond-regimes: there is no first best",
        ),
        (["example", "pond-regimes", "--brief", "--to", "html"], "pond-regimes: the worked"),
    ],
)
def test_what_a_kind_of_spec_does_not_have_is_refused_in_its_own_words(
    command: Command,
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = command(*arguments)
    assert result.status == 2
    assert message in result.err
    assert not list(tmp_path.iterdir())
