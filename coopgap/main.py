"""The command ``coopgap``: options to calls, answers to standard output, verdicts to statuses.

A subcommand returns an ``Outcome`` and prints nothing, so that on status 2 standard output is
empty. Its imports wait until it runs, which keeps ``--help`` quick.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer._click import Command as BaseCommand
from typer._click import Context, HelpFormatter

from coopgap import __version__
from coopgap.commands.conversion import Command, Group
from coopgap.outcomes import (
    HOLDS,
    INTERRUPTED,
    NO_READER,
    UNUSABLE,
    Outcome,
    Unwritable,
    escape_unencodable,
)
from coopgap.proofs.deciding.disagreement import Disagreement
from coopgap.theory.errors import InputError

DISPUTED = "coopgap-disagreement.smt2"
"""Where a query is kept about which solvers disagree."""

PLAIN: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}

HELP = {"help_option_names": ["-h", "--help"]}

USAGE = "2 bad usage or input; 130 interrupted"

VERDICTS = f"0 every claim holds; 1 one is refuted; 3 something is unknown; {USAGE}"
"""What the statuses of a command mean that decides claims."""

STATUSES = {
    "audit": f"0 no row has a problem; 1 one has; 3 one was skipped; {USAGE}",
    "check": VERDICTS,
    "fuzz": f"0 all survived; 1 one is refuted; 3 one is hardly tested; {USAGE}",
    "prove": VERDICTS,
    "reproduce": f"0 all is as stated; 1 something differs; 3 something is unknown; {USAGE}",
    "verify": "0 accepted; 1 rejected; 2 no certificate, or bad usage; 130 interrupted",
}
"""What the statuses of other commands mean; 3 is given only where 1 and 2 are not."""

DEFAULT_STATUSES = f"0 done; 3 a row was skipped or a part is unknown; {USAGE}"

COMMANDS = (
    "check",
    "audit",
    "prove",
    "fuzz",
    "predict",
    "frontier",
    "figure",
    "example",
    "verify",
    "fit",
    "play",
    "gallery",
    "reproduce",
    "schema",
)
"""The subcommands, each in a module of its name, in the order in which --help lists them."""


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"coopgap {__version__}")
        raise typer.Exit


def coopgap(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error in coopgap itself.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Decides theorems about incomplete contracts and prosocial agents, exactly.

    Exit status: 0 every claim holds; 1 one is refuted; 2 bad usage or input; 3 none is refuted,
    but something is unknown; 130 interrupted.
    """


class Commands(Group):
    """The subcommands, each made when it is called: its options take a while."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: Command(name) for name in COMMANDS}

    def get_command(self, ctx: Context, cmd_name: str) -> BaseCommand | None:
        """The subcommand of that name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        alone = typer.Typer(add_completion=False, **PLAIN)
        status = f"Exit status: {STATUSES.get(cmd_name, DEFAULT_STATUSES)}."
        alone.command(cls=Command, context_settings=HELP, epilog=status)(_function(cmd_name))
        return typer.main.get_command(alone)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Lists the subcommands, with the beginnings of their docstrings."""
        width = formatter.width - 6 - max(map(len, COMMANDS))
        commands = {name: Command(name, help=_function(name).__doc__) for name in COMMANDS}
        rows = [(name, command.get_short_help_str(width)) for name, command in commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _function(name: str) -> Callable[..., Outcome]:
    return getattr(import_module(f"coopgap.commands.{name}"), name)  # type: ignore[no-any-return]


def application() -> typer.Typer:
    """The command with all its subcommands."""
    app = typer.Typer(cls=Commands, context_settings=HELP, **PLAIN)
    app.callback()(coopgap)
    return app


def run(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and ends the process with its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    escape_unencodable()
    # Modules and reports live until the end: looking for garbage among them, and once more when all
    # is over, took a sixth of the time of a check.
    gc.set_threshold(20_000)
    atexit.register(gc.freeze)
    sys.exit(_status(words, debug="--debug" in words))


def _status(arguments: list[str], debug: bool) -> int:
    words = [word for word in arguments if word != "--debug"]
    try:
        _require_values(words)
        # Not standalone: whatever typer would print or raise is one message and a status here.
        command = typer.main.get_command(application())
        result = command.main(words, prog_name="coopgap", standalone_mode=False)
        if isinstance(result, Outcome):
            return _printed(result)
        return _failed("interrupted", INTERRUPTED) if result == INTERRUPTED else int(result)
    except InputError as error:
        return _failed(str(error), UNUSABLE)
    except typer.TyperException as error:
        return _failed(_usage(error), UNUSABLE)
    except Disagreement as error:
        return _failed(_written_query(error), UNUSABLE)
    except Unwritable as error:
        return _failed(str(error), UNUSABLE) if str(error) else NO_READER
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    except SystemExit as error:
        # So typer ends when the reader of its help has gone, and when a shell asks how to complete.
        return NO_READER if error.code else HOLDS
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _failed(
            f"this is a bug in coopgap ({type(error).__name__}); "
            "rerun with --debug for the traceback, and report it",
            UNUSABLE,
        )


def _require_values(words: Sequence[str]) -> None:
    """Raises for options with an empty value, which as a path would be the current directory."""
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith("--") and word.endswith("=") and word.count("=") == 1:
            option = word[:-1]
        elif not word and before.startswith("--") and before != "--":
            option = before
        else:
            continue
        raise InputError("the value is empty", fix="give one, or leave it out", field=option)


def _written_query(error: Disagreement) -> str:
    """Writes the question on which solvers disagree to a file; returns the message."""
    from coopgap.files import write_all

    write_all(Path(), {DISPUTED: error.query}, "the query that the solvers disagree about")
    return f"{error}: nothing is decided; what they were asked is in {DISPUTED}, please report it"


def _printed(outcome: Outcome) -> int:
    from coopgap.terminal.output import print_json, print_line, print_stories

    stories = () if outcome.json else outcome.stories()
    if outcome.json:
        print_json(outcome.document)
    else:
        print_stories(stories)
    if outcome.note:
        print_line(outcome.note, errors=outcome.json)
    return _failed(outcome.message, outcome.status) if outcome.message else outcome.status


def _failed(message: str, status: int) -> int:
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in f"coopgap: {message}")
    print(line, file=sys.stderr)
    return status


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = "coopgap" if context is None else context.command_path
    return f"{error.format_message().rstrip('.')}; see {command} --help"
