"""The arrows between packages and files, what an import loads, and how long a file may be."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

ROOT = Path(__file__).parents[2]
CORE = ROOT / "proofs" / "trusted"

DOOR = "coopgap.proofs.trusted.certificates"

PROBE = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: print(*sorted(set(sys.modules) - before), file=sys.stderr))
"""


def loaded(code: str, *arguments: str) -> set[str]:
    """The modules that a fresh interpreter loads while it runs ``code``."""
    command = [sys.executable, "-c", PROBE + code, *arguments]
    process = subprocess.run(command, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return set(process.stderr.split())


def foreign(code: str) -> set[str]:
    """What the code loads beside the standard library."""
    modules = loaded(code)
    return {module for module in modules if module.partition(".")[0] not in sys.stdlib_module_names}


def test_the_trusted_core_loads_only_itself_and_the_standard_library():
    own = {f"coopgap.proofs.trusted.{file.stem}" for file in CORE.glob("[!_]*.py")}
    assert len(own) > 5
    # Rules for groups and commons are imported when a certificate asks for them.
    assert foreign(f"import {DOOR}, {', '.join(sorted(own))}") == own | {
        "coopgap",
        "coopgap.proofs",
        "coopgap.proofs.trusted",
    }
    roots = {module.partition(".")[0] for module in loaded(f"import {DOOR}")}
    assert roots.isdisjoint({"ctypes", "socket", "subprocess"})


def test_help_loads_no_engine():
    modules = loaded("from coopgap.main import run; run()", "--help")
    assert "coopgap.main" in modules
    assert modules.isdisjoint({"cvc5", "flint", "highspy", "matplotlib", "pygambit", "sympy", "z3"})


def ended(*arguments: str) -> set[str]:
    """What a call of the command loads, whatever its exit status."""
    line = [sys.executable, "-c", PROBE + "from coopgap.main import run; run()", *arguments]
    process = subprocess.run(line, capture_output=True, text=True, check=False)
    assert process.returncode in (0, 1), process.stderr
    return set(process.stderr.split())


def test_verify_loads_no_library_but_that_of_the_terminal(tmp_path: Path):
    ended("check", "prisoners-dilemma", "--certificates", str(tmp_path))
    modules = {module.partition(".")[0] for module in ended("verify", str(tmp_path))}
    assert "rich" in modules
    assert modules.isdisjoint({"flint", "highspy", "numpy", "pydantic", "sympy", "z3"})


def test_check_of_a_game_loads_nothing_of_what_it_is_not():
    modules = {module.removeprefix("coopgap.") for module in ended("check", "prisoners-dilemma")}
    assert {"proofs.deciding.games", "terminal.story", "commands.check"} <= modules
    assert not {module for module in modules if re.match(LATER, module)}


LATER = (
    r"commands\.(audit|play|fuzz)|numpy\.ma$|proofs\.(aggregates|commons|families|theorems)"
    r"|proofs\..*(mechanism|private)\w*$(?<!trusted\.mechanisms)|theory\.commons|z3"
)


def test_a_spec_is_read_without_a_search_for_plugins_of_pydantic():
    code = """
import importlib.metadata, os
def searched(**_):
    raise SystemExit("searched")
importlib.metadata.entry_points = searched
from coopgap.theory.readers.load import load
load("n4"), load("sheep"), load("fishing")
assert "PYDANTIC_DISABLE_PLUGINS" not in os.environ
"""
    assert "pydantic" in loaded(code)


def test_the_probe_sees_what_is_loaded():
    assert "numpy" in loaded("import numpy")


# --- circles --------------------------------------------------------------------------------------


def files(package: Path) -> dict[str, Path]:
    """By module name the files of a package, those behind links too."""
    modules = {}
    for folder, _, names in os.walk(package, followlinks=True):
        for path in (Path(folder, name) for name in names if name.endswith(".py")):
            words = path.relative_to(package.parent).with_suffix("").parts
            modules[".".join(words[:-1] if words[-1] == "__init__" else words)] = path
    return modules


def imported(path: Path) -> Iterator[str]:
    """What a file imports, within functions and for type checkers too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, f"{path}: relative imports are not followed"
            assert node.level == 0, f"{path}: relative imports are not followed"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def circles(package: Path) -> list[list[str]]:
    """The groups of modules each of which imports all others of its group, by way of others too."""
    modules = files(package)
    graph = {name: set(imported(path)) & set(modules) for name, path in modules.items()}

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            new = graph[ahead.pop()] - seen
            seen |= new
            ahead += new
        return seen

    closure = {name: reached(name) for name in graph}
    groups = {
        tuple(sorted(reachable for reachable in closure[name] if name in closure[reachable]))
        for name in graph
        if name in closure[name]
    }
    return sorted(map(list, groups))


def test_no_file_imports_itself_by_way_of_others():
    assert len(files(ROOT / "coopgap")) > 200
    assert circles(ROOT / "coopgap") == []


def test_a_circle_is_named(tmp_path: Path):
    package = tmp_path / "planted"
    (package / "room").mkdir(parents=True)
    texts = {
        "__init__": "",
        "one": "def late():\n    from planted.room import two\n",
        "room/__init__": "",
        "room/two": "if TYPE_CHECKING:\n    from planted.three import Kind\n",
        "three": "import planted.one\n",
        "apart": "import json\nfrom planted import one\n",
    }
    for name, text in texts.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    assert circles(package) == [["planted.one", "planted.room.two", "planted.three"]]
    (package / "three.py").write_text("", encoding="utf-8")
    assert circles(package) == []


# --- length ---------------------------------------------------------------------------------------

MAX_LINES = 400
"""How many lines of code a module has at most, unless its docstring gives a reason."""

REASON = f"One module, though over {MAX_LINES} lines, because "


def too_long(package: Path) -> list[str]:
    """The modules of a package that are longer than they may be, and those with an idle reason."""
    count = run_path(str(ROOT / "benchmarks" / "lines.py"))["code_lines"]
    names = []
    for name, path in files(package).items():
        text = path.read_text(encoding="utf-8")
        reason = REASON in " ".join((ast.get_docstring(ast.parse(text)) or "").split())
        # Few lines need no counting, which is slow.
        long = text.count("\n") > MAX_LINES and len(count(text)) > MAX_LINES
        if long != reason:
            names.append(name)
    return names


def test_no_module_is_long_without_a_reason():
    assert too_long(ROOT / "coopgap") == []


def test_a_long_module_is_named(tmp_path: Path):
    package = tmp_path / "planted"
    package.mkdir()
    many = "x = 1  # a comment\n\n" * MAX_LINES
    wrapped = REASON.replace("lines, ", "lines,\n")
    texts = {
        "enough": many,
        "long": f"{many}y = 2\n",
        "explained": f'"""Rules.\n\n{wrapped}so.\n"""\n{many}y = 2\n',
        "idle": f'"""{REASON}so."""\n{many}',
    }
    for name, text in texts.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    assert sorted(too_long(package)) == ["planted.idle", "planted.long"]
