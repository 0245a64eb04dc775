"""What every test shares."""

import gc
import importlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType
from typing import Any

import kept
import pytest
from hypothesis import Phase, settings

from coopgap.main import run
from coopgap.proofs import trusted
from coopgap.proofs.selftest import corpora

# No deadline: timings live in benchmarks/, never in tests. What explains a failure traces every
# line that runs, failure or not, and takes half of the time.
settings.register_profile(
    "coopgap",
    print_blob=True,
    deadline=None,
    derandomize="CI" in os.environ,
    phases=set(Phase) - {Phase.explain},
)
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
def planted() -> Iterator[Callable[[str, str, str], Any]]:
    """Makes the core with a bug, as a package of its own."""
    finders: list[CoreWithBug] = []

    def plant(file: str, old: str, new: str) -> Any:
        finders.append(CoreWithBug(file, old, new))
        sys.meta_path.insert(0, finders[-1])
        return importlib.import_module(f"{BUGGY}.certificates").verified

    yield plant
    for finder in finders:
        sys.meta_path.remove(finder)
    for name in [name for name in sys.modules if name.partition(".")[0] == BUGGY]:
        del sys.modules[name]


BUGGY = "buggy"
CORE = Path(trusted.__file__).parent

_code = cache(InspectLoader.source_to_code)
"""Of a source in a file: most files of a core with a bug are those of another one."""


class CoreWithBug(MetaPathFinder, InspectLoader):
    """Imports the trusted core under another name, with ``new`` in the place of ``old``."""

    def __init__(self, file: str, old: str, new: str) -> None:
        self.bug = file, old, new
        assert old in (CORE / file).read_text(encoding="utf-8"), f"{old!r} is not in {file}"

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name.partition(".")[0] == BUGGY else None

    def is_package(self, name: str) -> bool:
        return name == BUGGY

    def get_code(self, name: str) -> CodeType:
        return _code(self.get_source(name), name)

    def get_source(self, name: str) -> str:
        module = "__init__" if self.is_package(name) else name.rpartition(".")[2]
        path = CORE / f"{module}.py"
        source = path.read_text(encoding="utf-8").replace(trusted.__name__, BUGGY)
        file, old, new = self.bug
        return source.replace(old, new, 1) if path.name == file else source


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.getreports("skipped")
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    lines = [f"{count} × {reason}" for reason, count in reasons.most_common()] or ["none"]
    terminalreporter.section("skipped, by reason")
    for line in lines:
        terminalreporter.line(line)
    if path := os.environ.get("COOPGAP_SKIPPED"):
        Path(path).write_text("".join(f"  {line}\n" for line in lines), encoding="utf-8")
