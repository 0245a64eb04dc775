"""What every test shares."""

import gc
import importlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import kept
import pytest
from hypothesis import settings

from coopgap.main import run
from coopgap.proofs import trusted
from coopgap.proofs.selftest import corpora

# No deadline: timings live in benchmarks/, never in tests.
settings.register_profile("coopgap", print_blob=True, deadline=None, derandomize="CI" in os.environ)
settings.load_profile("coopgap")


# Corpora of certificates take seconds each, and several files and processes look at them.
for name in ("certificates", "conjunctions", "gallery", "theorems", "of_drawn_games"):
    setattr(corpora, name, kept.keeping(getattr(corpora, name)))


def _of_entry(slug: str) -> Iterable[str]:
    from checked import checked

    texts: dict[str, str] = checked(slug).texts
    return texts.values()


def _of_theorem(name: str) -> Iterable[str]:
    from checked import proved

    texts: dict[str, str] = proved(name).texts
    return texts.values()


corpora.of_entry, corpora.of_theorem = _of_entry, _of_theorem

SEED = "COOPGAP_SEED"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--seed", type=int, help=f"where the seeds of random cases start; {SEED} says the same"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Other processes, and the modules of tests, read the seed where COOPGAP_SEED stands.
    if config.getoption("seed") is not None:
        os.environ[SEED] = str(config.getoption("seed"))
    whole_run = ExitStack()
    whole_run.enter_context(kept.folder())
    config.add_cleanup(whole_run.close)


def pytest_report_header() -> str:
    from random_environments import BASE_SEED

    draws = "the same in each run" if "CI" in os.environ else "anew in each run"
    return f"seed: {BASE_SEED} (another: --seed N or {SEED}=N); Hypothesis draws {draws}"


FAMILIES = {file.stem for file in (Path(__file__).parent / "expected" / "families").iterdir()}
"""Entries of the gallery whose reports take seconds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_family)


def _family(item: pytest.Item) -> tuple[bool, str]:
    """Tests of one family stand together, then those of all, before everything else: with ``--dist
    worksteal`` they run in one process, which makes each report once (``checked``)."""
    slug = item.callspec.params.get("slug") if hasattr(item, "callspec") else None
    if slug in FAMILIES:
        return False, str(slug)
    return item.get_closest_marker("xdist_group") is None, "~"


def pytest_collection_finish() -> None:
    # What stands now lives until the end. Looking for garbage among it took a fifth of the time.
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; not everyone has it."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("no folder shared/ beside the project")
    return folder


@pytest.fixture
def run_coopgap(
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command in this process: each start of another takes a second or two."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(arguments)
        assert isinstance(ended.value.code, int)
        return subprocess.CompletedProcess(arguments, ended.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[Callable[[str, str, str], Any]]:
    """Makes the core with a bug, as a package of its own."""

    def plant(file: str, old: str, new: str) -> Any:
        folder = tmp_path / "buggy"
        folder.mkdir()
        for path in Path(trusted.__file__).parent.glob("*.py"):
            source = path.read_text(encoding="utf-8").replace("coopgap.proofs.trusted", "buggy")
            if path.name == file:
                assert source.count(old) >= 1, f"{old!r} is not in {file}"
                source = source.replace(old, new, 1)
            (folder / path.name).write_text(source, encoding="utf-8")
        sys.path.insert(0, str(tmp_path))
        importlib.invalidate_caches()
        return importlib.import_module("buggy.certificates").verified

    yield plant
    with suppress(ValueError):
        sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "buggy"]:
        del sys.modules[name]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.getreports("skipped")
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    lines = [f"{count} × {reason}" for reason, count in reasons.most_common()] or ["none"]
    terminalreporter.section("skipped, by reason")
    for line in lines:
        terminalreporter.line(line)
    if path := os.environ.get("COOPGAP_SKIPPED"):
        Path(path).write_text("".join(f"  {line}\n" for line in lines), encoding="utf-8")
