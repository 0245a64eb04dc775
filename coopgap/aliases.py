"""The packages ``theory``, ``proofs`` and ``llm_checks`` under these names, which are deprecated.

They are installed as ``coopgap.theory``, ``coopgap.proofs`` and ``coopgap.llm_checks``, so that a
user's own ``theory.py`` does no harm. The old names go with 0.3.0.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType


def redirect(package: str) -> None:
    """Makes the deprecated name of a package, and of its modules, import coopgap's.

    package: the deprecated name.
    """
    warnings.warn(f"import coopgap.{package}, not {package}", DeprecationWarning, stacklevel=3)
    sys.meta_path.insert(0, _Renamed(package))
    sys.modules[package] = import_module(f"coopgap.{package}")


class _Renamed(MetaPathFinder, Loader):
    def __init__(self, package: str) -> None:
        self.prefix = f"{package}."

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name.startswith(self.prefix) else None

    def exec_module(self, module: ModuleType) -> None:
        # What stands in sys.modules after this is what is imported: one module under two names.
        sys.modules[module.__name__] = import_module(f"coopgap.{module.__name__}")
