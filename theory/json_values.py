"""What JSON documents hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | None"

JsonObject: TypeAlias = Mapping[str, Json]
