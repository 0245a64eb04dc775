"""Decides theorems about incomplete contracts and prosocial agents, exactly.

The stable Python API: ``load(path_or_slug)`` reads a spec, ``Game.from_arrays(…)`` makes one from
arrays; ``check`` decides it, ``frontier``, ``example`` and ``figure`` show it. ``prove`` decides a
theorem for all its parameters, ``fuzz`` searches counterexamples to conjectures, and ``verify``
runs the trusted core on a certificate.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopgap.api import check as check
    from coopgap.api import example as example
    from coopgap.api import figure as figure
    from coopgap.api import frontier as frontier
    from coopgap.api import fuzz as fuzz
    from coopgap.api import verify as verify
    from coopgap.games import Game as Game
    from coopgap.proofs.theorems.registry import prove as prove
    from coopgap.theory.readers.load import load as load

__version__ = "0.2.0"

__all__ = [
    "Game",
    "__version__",
    "check",
    "example",
    "figure",
    "frontier",
    "fuzz",
    "load",
    "prove",
    "verify",
]

_HOMES = {
    **dict.fromkeys(("check", "example", "figure", "frontier", "fuzz", "verify"), "coopgap.api"),
    "Game": "coopgap.games",
    "load": "coopgap.theory.readers.load",
    "prove": "coopgap.proofs.theorems.registry",
}


def __getattr__(name: str) -> Any:
    # Lazily: numpy and the engines take longer to import than the whole of `coopgap --help`.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
