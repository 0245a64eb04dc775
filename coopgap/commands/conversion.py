"""Options that are text or paths, converted without pydantic.

Typer converts every value with it, also where there is nothing to convert; its import takes longer
than the check of a certificate.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

from typer._click import Context, Parameter
from typer._click.exceptions import UsageError
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption


class Command(TyperCommand):
    """A subcommand whose text and paths are converted here, and the rest by typer."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Its parameters, those that it inherits included."""
        return _converted(super().get_params(ctx))


class Group(TyperGroup):
    """The command itself, likewise."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Its parameters, those that it inherits included."""
        return _converted(super().get_params(ctx))


def _converted(params: list[Parameter]) -> list[Parameter]:
    for param in params:
        if isinstance(param, TyperArgument | TyperOption) and param._runtime_param is None:
            param._runtime_param = _Plain()  # type: ignore[assignment]
    return params


class _Plain:
    """Stands in for typer's converter of a parameter until a value needs it."""

    def coerce(self, value: Any, param: TyperArgument | TyperOption, ctx: Context) -> Any:
        """The value of the parameter; raises as typer does for what is none."""
        many = param.multiple or param.nargs == -1
        if value is None:
            return () if many else None
        annotation = param.type_descriptor.annotation
        kind = get_args(annotation)[0] if many else annotation
        if kind is str or kind is Path:
            return [kind(text) for text in value] if many else kind(value)
        param._runtime_param = None
        try:
            return param.get_runtime_param().coerce(value, param, ctx)
        except UsageError as error:
            # In typer's words it is any input, which should be a number, and why it is none.
            complaint = error.message.removeprefix("Input ").partition(", ")[0]
            error.message = f"{value!r} {complaint}"
            raise
