"""Runs Coq on the theorems of ``proofs/coq``, and says what they assume."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from coopgap.proofs.deciding.worker import TimedOut
from coopgap.proofs.export.coqc import CLOSED, SECONDS, coqc, require_coq, sources


class Refused(Exception):
    """Coq does not accept a proof, or a theorem rests on an axiom."""


class Compilation:
    """The modules that were compiled in this run, in a folder that goes when it ends.

    Nothing that was compiled earlier is used.
    """

    def __init__(self) -> None:
        self._place: tempfile.TemporaryDirectory[str] | None = None
        self._compiled: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._place is not None:
            self._place.cleanup()

    def require_closed(
        self, theorems: Mapping[str, str], seconds: float | None, tell: Callable[[str], None]
    ) -> None:
        """Compiles the modules of theorems and asks Coq that none of these rests on an axiom.

        theorems: module by name. seconds: for all of it. Raises Refused, Unavailable without Coq
        8.16, and TimedOut.
        """
        require_coq("the proofs are")
        until = time.monotonic() + (seconds or SECONDS)
        for name, text in sources_of(theorems).items():
            if name not in self._compiled:
                tell(f"Coq compiles {name}.v")
                self._run(name, text, until)
                self._compiled.add(name)
        lines = [f"From coopgap Require {name}." for name in dict.fromkeys(theorems.values())]
        lines += [f"Print Assumptions {module}.{name}." for name, module in theorems.items()]
        output = self._run("Assumptions", "\n".join(lines) + "\n", until)
        if output.split("\n") != [CLOSED] * len(theorems) + [""]:
            raise Refused(f"Coq says that something is assumed: {output.strip()[:300]}")

    def _run(self, name: str, text: str, until: float) -> str:
        if self._place is None:
            self._place = tempfile.TemporaryDirectory()
        folder, allowance = Path(self._place.name), max(0.0, until - time.monotonic())
        try:
            run = coqc(folder / f"{name}.v", text, folder, allowance)
        except subprocess.TimeoutExpired:
            raise TimedOut(f"Coq has not finished {name}.v in time") from None
        if run.returncode != 0:
            raise Refused(f"{name}.v does not compile: {run.stderr.strip()[-300:]}")
        return run.stdout


def sources_of(theorems: Mapping[str, str]) -> dict[str, str]:
    """The texts of the modules of theorems and of all that these need, each after what it needs."""
    return dict(sources(*theorems.values()))
