"""The arrows between packages, seen from outside: what an import really loads."""

import subprocess
import sys
from pathlib import Path

CORE = Path(__file__).parents[1] / "proofs" / "trusted"

DOOR = "coopgap.proofs.trusted.certificates"

PROBE = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: print(*sorted(set(sys.modules) - before), file=sys.stderr))
"""


def loaded(code: str, *arguments: str) -> set[str]:
    """The modules that a fresh interpreter loads while it runs ``code``."""
    command = [sys.executable, "-c", PROBE + code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def foreign(code: str) -> set[str]:
    """What the code loads beside the standard library."""
    modules = loaded(code)
    return {each for each in modules if each.partition(".")[0] not in sys.stdlib_module_names}


def test_the_trusted_core_loads_only_itself_and_the_standard_library():
    own = {f"coopgap.proofs.trusted.{file.stem}" for file in CORE.glob("[!_]*.py")}
    assert len(own) > 5
    assert foreign(f"import {DOOR}") == own | {
        "coopgap",
        "coopgap.proofs",
        "coopgap.proofs.trusted",
    }
    roots = {each.partition(".")[0] for each in loaded(f"import {DOOR}")}
    assert roots.isdisjoint({"ctypes", "socket", "subprocess"})


def test_help_loads_no_engine():
    modules = loaded("from coopgap.main import run; run()", "--help")
    assert "coopgap.main" in modules
    assert modules.isdisjoint({"cvc5", "flint", "highspy", "matplotlib", "pygambit", "sympy", "z3"})


def test_the_probe_sees_what_is_loaded():
    assert "numpy" in loaded("import numpy")
