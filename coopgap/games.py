"""Games from Python: arrays, nested lists, data frames, and games of other libraries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from coopgap.proofs.deciding.symbolic import is_symbolic, symbols_in, written
from coopgap.theory.errors import InputError, inside
from coopgap.theory.specification import FamilySpecification, Specification

if TYPE_CHECKING:
    from coopgap.theory.readers.load import Anything

Exact = int | Fraction | str
"""An exact number, or an expression of parameters."""


@dataclass(frozen=True, repr=False)
class Game:
    """A game with what is asked about it, as a spec file has it; methods return new games.

    ``check``, ``frontier``, ``example`` and ``figure`` take it. ``specification`` is the checked
    form.
    """

    document: Mapping[str, Any]

    @classmethod
    def from_arrays(
        cls,
        *tables: object,
        players: Sequence[str] | None = None,
        actions: Sequence[Sequence[object]] | None = None,
        states: Sequence[str] | None = None,
        prior: Sequence[Exact] | None = None,
        parameters: Sequence[str] | None = None,
        assume: Iterable[object] = (),
        cooperative: Mapping[str, Sequence[object]] | None = None,
        title: str = "",
        source: str = "",
    ) -> Game:
        """A game from one table of payoffs (in utils) for each player.

        tables: NumPy arrays or nested lists of shape (actions of player 1, of player 2, …), or with
        ``states`` (states, actions…); or pandas frames of two players, whose labels are their
        actions. Entries are whole numbers, Fractions, Decimals, text such as ``"1/3"``, or
        expressions of SymPy, whose symbols are the parameters of a family unless ``parameters``
        lists these. assume: comparisons of SymPy or text. Raises InputError for an entry that is no
        exact number, floats among them, and as ``load`` does.
        """
        plain = [_lists(table) for table in tables]
        players, actions, states, prior = map(_lists, (players, actions, states, prior))
        listed = [_entries(table, f"tables[{k}]") for k, table in enumerate(plain)]
        names = list(players) if players else [str(k + 1) for k in range(len(tables))]
        if not tables or len(names) != len(tables):
            raise InputError(
                f"there are {len(tables)} tables of payoffs and {len(names)} players",
                fix="give one table for each player",
                field="tables",
            )
        labels = actions or _labels(tables[0]) or _counted(listed[0], len(names), bool(states))
        _require_one_each(labels, len(names), "player", "actions")
        game: dict[str, Any] = {
            "players": names,
            "actions": _labelled(zip(names, labels, strict=True), "actions"),
        }
        if prior is not None and not states:
            raise InputError("there are no states", fix="name them in states", field="prior")
        if states:
            for k, table in enumerate(listed):
                _require_one_each(table, len(states), "state", f"tables[{k}]")
            game["states"] = {"names": list(states)}
            if prior is not None:
                game["states"]["prior"] = [_entry(probability, "prior") for probability in prior]
            game["payoffs"] = {
                state: {p: table[k] for p, table in zip(names, listed, strict=True)}
                for k, state in enumerate(states)
            }
        else:
            game["payoffs"] = dict(zip(names, listed, strict=True))
        if cooperative is not None:
            game["cooperative"] = _labelled(cooperative.items(), "cooperative")
        document: dict[str, object] = {"title": title, "source": source, "game": game}
        conditions = list(assume)
        symbols = list(parameters or _symbols([*_flat(plain), *(prior or ()), *conditions]))
        if symbols:
            texts = [written(link) if is_symbolic(link) else str(link) for link in conditions]
            document["parameters"] = {"names": symbols, "assume": texts}
        return cls(document)

    @classmethod
    def from_pygambit(cls, game: Any) -> Game:
        """The strategic form of a game of pygambit, its payoffs as exact as pygambit has them."""
        import itertools

        import numpy

        players = [player.label or str(k + 1) for k, player in enumerate(game.players)]
        strategies = [[strategy.label for strategy in player.strategies] for player in game.players]
        shape = [len(labels) for labels in strategies]
        profiles = list(itertools.product(*map(range, shape)))
        entries = [[str(game[profile][player]) for profile in profiles] for player in game.players]
        tables = [numpy.array(own, dtype=object).reshape(shape) for own in entries]
        return cls.from_arrays(*tables, players=players, actions=strategies, title=game.title)

    @classmethod
    def from_nashpy(cls, game: Any) -> Game:
        """A game of nashpy; raises InputError for payoffs that are floats."""
        return cls.from_arrays(*game.payoff_matrices)

    def with_language(self, name: str, **fields: object) -> Game:
        """With one more language; fields as in ``[[language]]``: states, actions, records, …."""
        return self._with("language", {"name": name, **fields})

    def with_contracts(self, **fields: object) -> Game:
        """With the contracts of languages that say nothing else: kind, budget, liability, …."""
        return replace(self, document={**self.document, "contracts": _exact(fields)})

    def with_prosociality(self, *levels: Exact | Mapping[str, Exact]) -> Game:
        """With levels λ to report: numbers, or mixed profiles by player."""
        listed = [
            {p: _entry(x, "lambda") for p, x in level.items()}
            if isinstance(level, Mapping)
            else _entry(level, "lambda")
            for level in levels
        ]
        return replace(self, document={**self.document, "prosociality": {"lambda": listed}})

    def with_claim(self, id: str, **fields: object) -> Game:
        """With one more claim; fields as in ``[[claim]]`` (``lambda_`` for ``lambda``)."""
        exact = {key.rstrip("_"): value for key, value in _exact(fields).items()}
        return self._with("claim", {"id": id, **exact})

    def _with(self, table: str, entry: Mapping[str, object]) -> Game:
        entries = [*self.document.get(table, ()), entry]
        return replace(self, document={**self.document, table: entries})

    @property
    def specification(self) -> Specification | FamilySpecification:
        """What ``load`` gives for a file. Raises InputError, naming the field, as it does."""
        from coopgap.theory.readers.spec import specification_of

        document = {key: value for key, value in self.document.items() if value != ""}
        return specification_of(document, "")

    def __repr__(self) -> str:
        game = self.document["game"]
        actions = " × ".join(str(len(own)) for own in game["actions"].values())
        parts = [f"{', '.join(game['players'])} with {actions} actions"]
        for kind, names in (
            ("states", game.get("states", {}).get("names", ())),
            ("parameters", self.document.get("parameters", {}).get("names", ())),
            ("languages", [language["name"] for language in self.document.get("language", ())]),
            ("claims", [claim["id"] for claim in self.document.get("claim", ())]),
        ):
            parts += [f"{kind} {', '.join(names)}"] if names else []
        return f"<Game of {'; '.join(parts)}>"

    def _repr_html_(self) -> str:
        return self.specification._repr_html_()


def _lists(table: object) -> Any:
    """A table as nested lists of Python's own values, so that no float hides behind a number."""
    if hasattr(table, "to_numpy"):
        table = table.to_numpy()
    if hasattr(table, "tolist"):
        table = table.tolist()
    return [_lists(entry) for entry in table] if isinstance(table, list | tuple) else table


def _entries(table: object, place: str) -> Any:
    """Nested lists of what a spec may hold."""
    if isinstance(table, list):
        return [_entries(entry, f"{place}[{k}]") for k, entry in enumerate(table)]
    return _entry(table, place)


def _exact(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields, numbers as exact ones."""
    return {
        key: _entry(value, key)
        if isinstance(value, Real | Decimal) and not isinstance(value, bool)
        else value
        for key, value in fields.items()
    }


def _entry(value: object, place: str) -> Exact:
    with inside(place):
        if isinstance(value, bool):
            raise InputError(f"{value} is no number", fix="write 1 or 0")
        if isinstance(value, Fraction | Decimal):
            return str(value)
        if isinstance(value, int | str):
            return value
        if is_symbolic(value):
            return written(value)
        if isinstance(value, Integral):
            return int(value)
        if isinstance(value, Real):
            raise InputError(
                f"{value!s} is a float, which is not exact",
                fix=f'write it as text, "{value!s}", or as a Fraction',
            )
        raise InputError(
            f"{value!r} is no exact number",
            fix='write a whole number, a Fraction, text such as "1/3", or an expression of SymPy',
        )


def _require_one_each(values: object, count: int, noun: str, place: str) -> None:
    """Raises InputError unless the values are a list with one for each of so many."""
    if not isinstance(values, list | tuple) or len(values) != count:
        raise InputError(
            f"this does not list one entry for each of {count} {noun}s",
            fix=f"give one for each {noun}",
            field=place,
        )


def _labelled(lists: Iterable[tuple[str, object]], place: str) -> dict[str, list[object]]:
    """Lists of labels by player. Raises InputError for what is no list."""
    labelled = {}
    for player, labels in lists:
        if not isinstance(labels, Iterable):
            raise InputError(
                f"{labels!r} is no list of actions", fix="list them", field=f"{place}.{player}"
            )
        labelled[player] = list(map(_label, labels))
    return labelled


def _label(value: object) -> object:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else str(value)


def _labels(table: object) -> list[list[object]] | None:
    """The labels of a data frame's rows and columns."""
    if not (hasattr(table, "index") and hasattr(table, "columns")):
        return None
    return [list(table.index), list(table.columns)]


def _counted(table: object, players: int, states: bool) -> list[list[str]]:
    sizes = []
    while isinstance(table, list) and table:
        sizes.append(len(table))
        table = table[0]
    shape = sizes[1:] if states else sizes
    if len(shape) != players:
        raise InputError(
            f"the lists are nested {len(sizes)} deep for {players} players",
            fix="nest one level for each player" + (", inside one for the states" * states),
            field="tables[0]",
        )
    return [[str(k + 1) for k in range(size)] for size in shape]


def _flat(table: object) -> Iterator[object]:
    if not isinstance(table, list):
        yield table
        return
    for entry in table:
        yield from _flat(entry)


def _symbols(values: Iterable[object]) -> list[str]:
    return sorted({name for value in values if is_symbolic(value) for name in symbols_in(value)})


def specification(subject: object) -> Anything:
    """The specification of a ``Game``, a path, a slug, or of one that is given as such."""
    from pathlib import Path

    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.commons.fishery import FisherySpecification
    from coopgap.theory.commons.specification import CommonsSpecification
    from coopgap.theory.readers.load import load

    kinds = (
        Specification,
        FamilySpecification,
        GroupSpecification,
        CommonsSpecification,
        FisherySpecification,
    )
    if isinstance(subject, Game):
        return subject.specification
    if isinstance(subject, str | Path):
        return load(subject)
    if not isinstance(subject, kinds):
        raise InputError(
            f"{subject!r} is no game",
            fix="give a Game, the path of a spec file, or a slug of the gallery",
        )
    return subject
