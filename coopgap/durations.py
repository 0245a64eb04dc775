"""Limits of time, in seconds."""

from __future__ import annotations

from numbers import Real

from coopgap.theory.errors import InputError


def require_duration(seconds: object, field: str = "--timeout") -> None:
    """Raises InputError, naming the field, for a limit that is no positive number; None is none."""
    number = isinstance(seconds, Real) and not isinstance(seconds, bool)
    if seconds is not None and not (number and 0 < seconds < float("inf")):  # type: ignore[operator]
        raise InputError(
            f"{seconds!r} is no time limit", fix="give a positive number of seconds", field=field
        )
