"""The arrows between packages, seen from outside: what an import really loads."""

import subprocess
import sys

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


def test_the_checker_loads_only_its_certificates_and_the_standard_library():
    foreign = {
        module
        for module in loaded("import proofs.checker")
        if module.partition(".")[0] not in sys.stdlib_module_names
    }
    assert foreign == {"proofs", "proofs.certificates", "proofs.checker"}


def test_help_loads_no_engine():
    modules = loaded("from coopgap.main import run; run()", "--help")
    assert "coopgap.main" in modules
    assert modules.isdisjoint({"cvc5", "flint", "highspy", "matplotlib", "pygambit", "sympy", "z3"})


def test_the_probe_sees_what_is_loaded():
    assert "numpy" in loaded("import numpy")
