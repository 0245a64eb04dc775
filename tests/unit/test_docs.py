"""What README and docs show is what happens: every block that can run is run.

Blocks of one page run in order, in one empty directory. ``toml``: a spec, written to the file that
its first line names, and loaded; ``toml NAME``: a file of that name that is none. ``console``:
commands after ``$`` and their output. ``pycon``: a Python session. ``csv NAME``: a file of that
name. ``sh``: targets of the Makefile. ``text`` is only read. In output ``...`` stands for anything.
"""

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path

import pytest
from checked import shared_reports

from coopgap import load
from coopgap.main import run
from coopgap.proofs.fuzzing.conjectures import read_conjecture
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.proofs.trusted.aggregate_claims import RULES as GROUP_RULES
from coopgap.proofs.trusted.certificates import CONJUNCTION, SCHEMA
from coopgap.proofs.trusted.claims import CLAIMS as RULES
from coopgap.proofs.trusted.documents import AGGREGATES
from coopgap.theory.readers.theorem import read_theorem

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*) ?([\w.-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
OUTPUT = doctest.OutputChecker()
PLAIN = re.compile(r"(coopgap [^|&;<>()$`\\*?\[\]#~!{}]*)(?:\| (.*)|; (echo \$\?))?")
"""A command that a shell only splits into words, and what its output or status is used for."""


@dataclass(frozen=True)
class Block:
    """A fenced block and the line where it starts."""

    language: str
    text: str
    line: int
    name: str = ""


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        yield Block(match[1], match[3], text.count("\n", 0, match.start()) + 1, match[2])


def commands(session: str) -> list[tuple[str, str]]:
    """The commands of a console session, each with the output shown."""
    parts = re.split(r"^\$ ", session, flags=re.MULTILINE)
    assert parts[0] == "", "a session begins with a command"
    pairs = (part.partition("\n") for part in parts[1:])
    return [(command, output) for command, _, output in pairs]


def outputs(lines: list[str], directory: Path) -> Iterator[str]:
    """What is printed, standard error included, by each of the commands."""
    status = 0
    for line in lines:
        # The start of a process takes longer than what most commands do.
        if plain := PLAIN.fullmatch(line):
            command, piped, echo_status = plain.groups()
            printed, status = in_process(shlex.split(command)[1:])
            if piped:
                printed, status = shell(piped, status, directory, printed)
            elif echo_status:
                printed, status = f"{printed}{status}\n", 0
        else:
            printed, status = shell(line, status, directory)
        yield printed


def in_process(words: list[str]) -> tuple[str, int]:
    """What the command prints in this process, and its status."""
    printed = io.StringIO()
    with (
        shared_reports(words),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        pytest.raises(SystemExit) as ended,
    ):
        run(words)
    assert isinstance(ended.value.code, int)
    return printed.getvalue(), ended.value.code


def shell(line: str, status: int, directory: Path, stdin: str = "") -> tuple[str, int]:
    """What a shell prints for a line after a command with that status, and its own status."""
    script = f'coopgap() {{ "$PYTHON" -m coopgap "$@"; }}\n(exit {status})\n{line}'
    process = subprocess.run(
        ["bash", "-c", script],
        cwd=directory,
        input=stdin,
        env=os.environ
        | {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return process.stdout, process.returncode


def run_console(block: Block, directory: Path) -> None:
    session = commands(block.text)
    for (command, expected), output in zip(
        session, outputs([command for command, _ in session], directory), strict=True
    ):
        same = OUTPUT.check_output(expected, output, doctest.ELLIPSIS)
        assert same, f"$ {command}\nshown:\n{expected}\nprinted:\n{output}"


def run_python(block: Block, names: dict[str, object]) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, names, "session", None, block.line)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    report: list[str] = []
    runner.run(test, out=report.append, clear_globs=False)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)
    names.update(test.globs)


def run_targets(block: Block) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in block.text.splitlines():
        target = line.partition("#")[0].split()
        assert target[0] == "make"
        assert re.search(rf"^{target[1]}:", makefile, re.MULTILINE), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    names: dict[str, object] = {}
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        match block.language:
            case "toml" if block.name:
                Path(block.name).write_text(block.text, encoding="utf-8")
            case "toml":
                name = block.text.partition("\n")[0].removeprefix("# ")
                assert re.fullmatch(r"[\w.-]+\.toml", name), f"{where}: name the file first"
                Path(name).write_text(block.text, encoding="utf-8")
                if "[theorem]" in block.text:
                    read_theorem(Path(name))
                elif "[conjecture]" in block.text:
                    read_conjecture(Path(name))
                else:
                    load(f"./{name}")
            case "csv":
                Path(block.name).write_text(block.text, encoding="utf-8")
            case "json":
                Path(block.name).write_text(block.text, encoding="utf-8")
                load(f"./{block.name}")
            case "console":
                run_console(block, tmp_path)
            case "pycon":
                run_python(block, names)
            case "sh":
                run_targets(block)
            case kind:
                assert kind == "text", f"{where}: a block of this kind is not tested"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_claim_is_described():
    spec = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")
    assert [claim for claim in CLAIMS if f"`{claim}`" not in spec] == []


def test_every_certificate_is_described():
    page = (ROOT / "docs" / "certificates.md").read_text(encoding="utf-8")
    assert [rule for rule in RULES if rule not in CLAIMS and f"`{rule}`" not in page] == []
    assert all(f"`{schema}`" in page for schema in (SCHEMA, CONJUNCTION, AGGREGATES))
    assert [rule for rule in GROUP_RULES if f"`{rule}`" not in page] == []
    # The names of the fields that the core reads.
    core = sorted((ROOT / "proofs" / "trusted").glob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in core]
    calls = [call for text in texts for call in re.findall(r"\bfields\(([^()]*)\)", text)]
    names = {name for call in calls for name in re.findall(r'"([a-z_]+)"', call)}
    assert {"obstructions", "blocks", "multipliers", "refuted"} & names
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", page)] == []


def test_the_trusted_base_is_counted():
    pytest.importorskip("mkdocs", reason="mkdocs is not installed")
    counted = run_path(str(ROOT / "docs" / "hooks.py"))["core"]()
    for path in (ROOT / "proofs" / "trusted").glob("*.py"):
        assert f"`proofs/trusted/{path.name}`" in counted
    (total,) = re.findall(r"\| together \| (\d+) \|", counted)
    numbers = re.findall(r"^\| `proofs/trusted/\w+\.py` \| (\d+) \|", counted, re.MULTILINE)
    assert int(total) == sum(map(int, numbers)) > 1_000


def test_the_rules_of_the_trusted_base_are_counted():
    pytest.importorskip("mkdocs", reason="mkdocs is not installed")
    hooks = run_path(str(ROOT / "docs" / "hooks.py"))
    counts = re.findall(r"^\| (.*) \| (\d+) \|$", hooks["base"](), re.MULTILINE)
    (_, whole), *rows = [(part, int(count)) for part, count in counts]
    folder = ROOT / "proofs" / "trusted"
    assert whole == sum(hooks["lines_of_code"](folder / f"{name}.py") for name in hooks["BASE"])
    remaining, sums = whole, []
    for part, count in rows:
        if part.startswith("of these: "):
            assert count > 10
            remaining -= count
        else:
            assert count == remaining
            sums.append(part)
    assert sums == ["without these five rules", "without what came later too"]
    assert remaining <= 1_300


def test_every_room_is_on_the_map():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("## Rooms")[2].partition("## Engines")[0]
    cells = " ".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))
    listed = set(re.findall(r"`([\w/]+)/`", cells))
    packages = {
        str(path.parent.relative_to(ROOT))
        for name in ("theory", "proofs", "llm_checks", "coopgap")
        for path in (ROOT / name).rglob("__init__.py")
    }
    rooms = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    data = {
        "proofs/coq",
        "proofs/fuzzing/registry",
        "llm_checks/prompts",
        "benchmarks",
        "docs",
        "tests",
    }
    data |= {str(room.relative_to(ROOT)) for room in rooms}
    assert listed == packages | data
    engines = [room.stem for room in (ROOT / "proofs" / "engines").glob("[!_]*.py")]
    assert [name for name in engines if f"`{name}`" not in page] == []


def test_a_wrong_output_is_noticed(tmp_path: Path):
    with pytest.raises(AssertionError, match=r"printed:\n *found"):
        run_console(Block("console", "$ echo found\nwanted\n", 1), tmp_path)
    with pytest.raises(AssertionError, match=r"Expected:\n *3"):
        run_python(Block("pycon", ">>> 1 + 1\n3\n", 1), {})


def test_a_session_hands_on_its_status(tmp_path: Path):
    run_console(Block("console", "$ (exit 3)\n$ echo $?\n3\n", 1), tmp_path)
