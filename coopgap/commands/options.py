"""Options that several subcommands share, and the parsing of their values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.commons.specification import CommonsSpecification
    from coopgap.theory.specification import FamilySpecification, Specification

FORMS = (".svg", ".pdf", ".png")
"""How the names of figures' files end."""


def argument(metavar: str, help_: str) -> Any:
    """What stands without a name."""
    return typer.Argument(metavar=metavar, help=help_)


def flag(name: str, help_: str) -> Any:
    """An option that is there or not."""
    return typer.Option(name, help=help_)


def option(
    metavar: str, help_: str, otherwise: bool | str = True, name: str = "", **limits: Any
) -> Any:
    """An option with a value.

    otherwise: what holds without it, in words; True: the default as it is. name: if it is not that
    of the parameter. limits: ``min`` and ``max``.
    """
    names = [name] if name else []
    return typer.Option(*names, metavar=metavar, help=help_, show_default=otherwise, **limits)


Json = Annotated[bool, flag("--json", "Print one JSON document.")]
Values = Annotated[
    list[str] | None,
    option("NAME=NUMBER", "Give a parameter a value; repeatable.", "none", "--set"),
]
Certificates = Annotated[Path | None, option("DIR", "Write the certificates there.", "nowhere")]
Coq = Annotated[
    Path | None,
    option("DIR", "Write the certificates there as Coq files that check them again.", "nowhere"),
]
MaxBytes = Annotated[int | None, option("N", "Read files up to N bytes.", "16 MiB", min=1)]
Language = Annotated[str | None, option("NAME", "Only this language of the spec.", "all")]
Timeout = Annotated[
    float | None, option("SECONDS", "Give up on a claim after that long.", "no limit")
]
Within = Annotated[
    float | None, option("SECONDS", "Give up on all that is left after that long.", "no limit")
]
Reasoning = Annotated[bool, flag("--reasoning", "Agents may give reasons before they answer.")]
Talk = Annotated[bool, flag("--talk", "Each agent sends the others a message before.")]
Wordings = Annotated[
    int, option("N", "In how many wordings decisions are asked for.", min=1, max=3)
]
Regimes = Annotated[
    list[str] | None,
    option(
        "NAME",
        "none, or announced:, enforced:, negotiated: or mechanism:LANGUAGE.",
        "all",
        "--regime",
    ),
]
Dispositions = Annotated[
    list[str] | None,
    option(
        "NAME",
        "base, selfish, prosocial:λ, altruistic; or PLAYER=…,PLAYER=….",
        "all",
        "--disposition",
    ),
]
Margin = Annotated[str | None, option("SHARE", "What counts as equivalent to one number.", "1/20")]
Repetitions = Annotated[int, option("N", "Plays of each game a condition.", min=1)]
Games = Annotated[int | None, option("N", "Use a CSV's first N games.", "all", min=1)]


def margin_of(text: str | None) -> Fraction | None:
    """A margin of equivalence, None if none is given. Raises InputError for text that is none."""
    from coopgap.theory.errors import inside
    from coopgap.theory.exact import parse_number

    if text is None:
        return None
    with inside("--margin"):
        value = parse_number(text)
        if not 0 <= value < 1:
            raise InputError(f"{text} is no margin", fix="give a number in [0, 1), as in 0.05")
        return value


def concrete(spec: str, values: list[str] | None, max_bytes: int | None) -> Specification:
    """The specification of a concrete game whose players see the state.

    Raises InputError for open parameters and for private information.
    """
    from coopgap.theory.specification import concrete_game

    return concrete_game(of_numbers(spec, values, max_bytes), "this command")


def game(
    spec: str, values: list[str] | None, max_bytes: int | None
) -> Specification | FamilySpecification:
    """The specification of a game or a family, with these values of parameters."""
    from coopgap.theory.readers.load import load_listed, settings, with_settings

    return with_settings(load_listed(spec, max_bytes or MAX_BYTES), settings(values or ()))


def of_numbers(spec: str, values: list[str] | None, max_bytes: int | None) -> Specification:
    """The specification of a game without parameters. Raises InputError for open ones."""
    from coopgap.theory.specification import game_of_numbers

    return game_of_numbers(game(spec, values, max_bytes))


Spec = TypeVar(
    "Spec",
    bound="Specification | FamilySpecification | CommonsSpecification | GroupSpecification",
)


def with_language(specification: Spec, name: str) -> Spec:
    """The specification with one of its languages only, and the claims that concern no other.

    Raises InputError for a language that it does not have.
    """
    from coopgap.theory.nearest import require_known

    names = [language.name for language in specification.languages]
    require_known(name, names, "language", "--language")
    languages = tuple(language for language in specification.languages if language.name == name)
    questions = tuple(claim for claim in specification.questions if claim.language in (None, name))
    return replace(specification, languages=languages, questions=questions)  # type: ignore[arg-type]


def commons_of(spec: str, max_bytes: int | None) -> CommonsSpecification | None:
    """The specification, if it is of a commons; None for games and datasets."""
    from coopgap.theory.commons.specification import CommonsSpecification
    from coopgap.theory.readers.load import load

    if spec.lower().endswith(".csv"):
        return None
    specification = load(spec, max_bytes or MAX_BYTES)
    return specification if isinstance(specification, CommonsSpecification) else None


def drawing(path: Path, option: str) -> Path:
    """The path of a figure. Raises InputError for an unknown format."""
    if path.suffix not in FORMS:
        raise InputError(
            f"{str(path)!r} has no form that figures have",
            fix=f"end it in {', '.join(FORMS)}",
            field=option,
        )
    return path


def prepare_drawings(paths: Iterable[Path], option: str) -> None:
    """Makes the folders of figures. Raises InputError for one that cannot be written to."""
    from coopgap.files import prepare_directory

    for path in paths:
        prepare_directory(path.parent, option)


def draw(figure: Figure, paths: Sequence[Path], option: str) -> None:
    """Writes a figure to files in the formats of their suffixes."""
    from coopgap.files import write_file
    from coopgap.proofs.exposition.figures.style import rendered

    for path in paths:
        write_file(path, rendered(figure, path.suffix[1:]), option)
