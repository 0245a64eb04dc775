"""Strategies of contract languages and of their refinements."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from coopgap.proofs.fuzzing.strategies.drawing import digits, known_names
from coopgap.proofs.fuzzing.writing import record_texts
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    RecordLanguage,
    blind,
    complete,
    from_values,
    join,
    record_table,
    renumbered,
    state_blind,
)
from coopgap.theory.readers.records import record_language

FORMS = ("blind", "state-blind", "states", "product", "records", "complete")
"""The forms of languages (theory.md §1), coarse ones first; ``states`` are partitions of the
states, ``product`` those and classes of actions, ``records`` arbitrary record maps."""


def languages(environment: Environment, forms: Collection[str] = FORMS) -> SearchStrategy[Language]:
    """Languages of the given ``FORMS``; all of them together reach every language.

    They shrink to coarse ones. Raises InputError for no form and for an unknown one.
    """
    chosen = known_names(forms, FORMS, "forms")
    cells = _partitions(len(environment.states))
    classes = st.tuples(*map(_partitions, environment.shape))
    actions = st.just(complete(environment).classes)
    strategies: dict[str, SearchStrategy[Language]] = {
        "blind": st.just(blind(environment)),
        "state-blind": st.just(state_blind(environment)),
        "states": st.builds(ProductLanguage, cells, actions),
        "product": st.builds(ProductLanguage, cells, classes),
        "records": _partitions(len(environment.states) * math.prod(environment.shape)).map(
            lambda numbers: _recorded(numbers, environment)
        ),
        "complete": st.just(complete(environment)),
    }
    return st.one_of([strategies[form] for form in chosen])


def refinements(language: Language, environment: Environment) -> SearchStrategy[Language]:
    """Languages that tell apart all that ``language`` does; they shrink to itself."""

    def joined(second: Language) -> Language:
        joint = join(language, second, environment)
        if isinstance(joint, RecordLanguage):
            return _recorded(record_table(joint, environment).ravel().tolist(), environment)
        return joint

    return languages(environment).map(joined)


def _recorded(numbers: Sequence[int], environment: Environment) -> RecordLanguage:
    """The record language in which two plays are alike when their numbers are.

    Its records are named as a spec file describes them, if one can.
    """
    shape = (len(environment.states), *environment.shape)
    table = from_values(numbers, [f"record {k}" for k in numbers], shape)
    try:
        return record_language(environment, record_texts(table.table, environment))
    except InputError:  # too much for a predicate of a spec file
        return table


@st.composite
def _partitions(draw: DrawFn, size: int) -> tuple[int, ...]:
    """Partitions: the group of every element, numbered in order of first appearance."""
    # Among many groups most would be alone: a few is the more telling number.
    groups = draw(st.integers(1, min(size, 4)) | st.integers(1, size))

    return renumbered(draw(digits(size, groups)))
