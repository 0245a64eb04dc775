"""Decides theorems about incomplete contracts and prosocial agents, exactly.

The stable Python API: ``load(path_or_slug)`` reads a spec, ``check(specification)`` decides it,
``prove(id_or_path)`` decides a theorem for all its parameters.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopgap.proofs.deciding.check import check as check
    from coopgap.proofs.theorems.registry import prove as prove
    from coopgap.theory.readers.load import load_any as load

__version__ = "0.2.0"

__all__ = ["__version__", "check", "load", "prove"]

_HOMES = {
    "check": "coopgap.proofs.deciding.check",
    "load": "coopgap.theory.readers.load",
    "prove": "coopgap.proofs.theorems.registry",
}
_NAMES = {"load": "load_any"}


def __getattr__(name: str) -> Any:
    # Lazily: numpy and the engines take longer to import than the whole of `coopgap --help`.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), _NAMES.get(name, name))


def __dir__() -> list[str]:
    return sorted(__all__)
