"""What JSON documents hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | None"

JsonObject: TypeAlias = Mapping[str, Json]

Plain: TypeAlias = Any
"""What ``json.loads`` gives, read where a checker or a schema has held its shape already."""

Fields: TypeAlias = Mapping[str, Plain]
"""The fields of a claim, of a witness or of a certificate's data."""
