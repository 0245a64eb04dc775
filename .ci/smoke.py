"""Installs a wheel or sdist in a fresh environment and tries it in an empty folder.

Run as ``python .ci/smoke.py dist/*``, with each Python and on each system to be tried.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"


def smoke(distribution: Path) -> None:
    """Raises where a step fails, or a certificate that was written is not accepted."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home / "env", with_pip=True)
        programs = home / "env" / ("Scripts" if sys.platform == "win32" else "bin")
        empty = home / "empty"
        empty.mkdir()

        def run(*command: str) -> str:
            program = str(programs / command[0])
            print("+", *command, flush=True)
            done = subprocess.run(
                [program, *command[1:]], cwd=empty, check=True, stdout=subprocess.PIPE
            )
            return done.stdout.decode(errors="replace")

        run("python", "-m", "pip", "install", "-q", "-c", str(CONSTRAINTS), str(distribution))
        run("coopgap", "--help")
        game = "prisoners-dilemma"
        report = json.loads(run("coopgap", "check", game, "--certificates", "out", "--json"))
        assert report["first_best"]["welfare"] == "6", report["first_best"]
        verified = json.loads(run("coopgap", "verify", "out", "--json"))
        assert all(each["accepted"] for each in verified["results"])
        # Solvers of nonlinear questions, and all with a time limit, run in a process of their own.
        family = "travelers-dilemma"
        report = json.loads(run("coopgap", "check", family, "--timeout", "60", "--json"))
        assert {each["status"] for each in report["claims"]} == {"proved"}, report["claims"]
        theorem = json.loads(run("coopgap", "prove", "pd-gap", "--json"))
        assert theorem["theorems"][0]["status"] == "proved", theorem
        run("python", "-c", "from coopgap import check, load; print(check(load('n5')).title)")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        smoke(Path(name).resolve())
    print(f"{len(sys.argv) - 1} tried with Python {sys.version.split()[0]} on {sys.platform}")
