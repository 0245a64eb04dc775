"""Record languages from expressions: the record of a play is the tuple of their values."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.evaluation import Value, compiled, label_value
from coopgap.theory.exact import IntArray
from coopgap.theory.expressions import Comparison, Label, Listing, Name, Tree, names_in, parts
from coopgap.theory.languages import RecordLanguage
from coopgap.theory.nearest import suggestion
from coopgap.theory.parsing import parse_predicate

STATE = "state"
"""The name of the state in expressions; that of an action is its player's name."""


def record_language(environment: Environment, texts: Sequence[str]) -> RecordLanguage:
    """The language that verifies the value of every expression and nothing else.

    Raises InputError, with the index of the expression as field, for one that does not parse, uses
    an unknown name, or has no value at some play.
    """
    shape = (len(environment.states), *environment.shape)
    table: IntArray = np.zeros(shape, dtype=np.int64)
    columns = []
    for position, text in enumerate(texts):
        with inside(f"[{position}]"):
            numbers, values = _column(environment, text)
        columns.append((text, numbers, values))
        _, table = np.unique(table * len(values) + numbers, return_inverse=True)
        table = table.reshape(shape)
    _, first, inverse = np.unique(table, return_index=True, return_inverse=True)
    order = np.argsort(first)
    names = []
    for play in zip(*np.unravel_index(first[order], shape), strict=True):
        phrases = (f"{text}: {_text(values[numbers[play]])}" for text, numbers, values in columns)
        names.append(", ".join(phrases) or "nothing")
    return RecordLanguage(np.argsort(order)[inverse].reshape(shape), tuple(names))


def _column(environment: Environment, text: str) -> tuple[IntArray, list[Value]]:
    """An expression's distinct values, and the number of its value at every play."""
    tree = parse_predicate(text)
    axes = {
        STATE: environment.states,
        **dict(zip(environment.players, environment.actions, strict=True)),
    }
    require_known_labels(tree, axes)
    used = set(names_in(tree))
    names = [name for name in axes if name in used]
    # Of the plays that agree on all names used, one is evaluated.
    run = compiled(tree, names if used <= axes.keys() else list(axes))
    known: dict[Value, int] = {}
    numbers = [
        known.setdefault(run(play), len(known))
        for play in itertools.product(*(map(label_value, axes[name]) for name in names))
    ]
    sizes = [len(labels) if name in used else 1 for name, labels in axes.items()]
    everywhere = tuple(len(labels) for labels in axes.values())
    column = np.array(numbers, dtype=np.int64).reshape(sizes)
    return np.broadcast_to(column, everywhere), list(known)


def require_known_labels(tree: Tree, axes: Mapping[str, Sequence[str]]) -> None:
    """Raises InputError where a name is compared with a label that it never takes: a misspelling.

    Without the refusal such a comparison would be false at every play.
    """
    if isinstance(tree, Comparison):
        for left, right in itertools.pairwise(tree.operands):
            for name, literal in ((left, right), (right, left)):
                if isinstance(name, Name) and name.name in axes:
                    _require_label_of(name.name, axes[name.name], literal)
    for part in parts(tree):
        require_known_labels(part, axes)


def _require_label_of(name: str, labels: Sequence[str], literal: Tree) -> None:
    for label in literal.items if isinstance(literal, Listing) else (literal,):
        if isinstance(label, Label) and label_value(label.text) not in map(label_value, labels):
            raise InputError(
                f"{name!r} is never {label.text!r}", fix=suggestion(label.text, labels)
            )


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
