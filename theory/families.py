"""Families: environments whose payoffs and prior are expressions in named parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from coopgap.theory.environments import Environment, require_probability, require_storable
from coopgap.theory.errors import InputError, inside
from coopgap.theory.evaluation import Evaluator, Value, compiled, substituted
from coopgap.theory.exact import IntArray, integer_array, narrow, parse_number, scaled
from coopgap.theory.expressions import Comparison, Number, Tree, names_in, spelled
from coopgap.theory.nearest import require_known

_T = TypeVar("_T")

Point = tuple[Fraction | int, ...]
"""One value per parameter, in the order of the parameters."""


@dataclass(frozen=True)
class Assumption:
    """A comparison that the parameters satisfy: ``left relation right``, each side arithmetic.

    A chain such as ``T > R > P`` is several. text: as written, ``"T > R"``.
    """

    left: Tree
    relation: str
    right: Tree
    text: str

    @property
    def tree(self) -> Comparison:
        """The assumption as a predicate."""
        return Comparison((self.left, self.right), (self.relation,))


@dataclass(frozen=True, eq=False)
class Family:
    """Environments of the same names, one for each point that satisfies the assumptions.

    parameters: their names. prior: one expression per state. payoffs: in utils,
    ``payoffs[agent][state]`` lists all profiles, the last agent's action varying fastest. The rest
    is as in ``Environment``.

    Raises InputError for names that repeat, wrong shapes, and a prior that is a distribution for no
    parameters.
    """

    parameters: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    states: tuple[str, ...]
    prior: tuple[Tree, ...]
    payoffs: tuple[tuple[tuple[Tree, ...], ...], ...]
    cooperative: tuple[tuple[int, ...], ...] | None = None

    def __post_init__(self) -> None:
        profiles = math.prod(self.skeleton.shape)
        sizes = [[len(of_state) for of_state in of_agent] for of_agent in self.payoffs]
        if sizes != [[profiles] * len(self.states)] * len(self.players):
            raise InputError("the payoffs do not fill the game", field="payoffs")
        if len(self.prior) != len(self.states):
            raise InputError(
                f"{len(self.prior)} probabilities for {len(self.states)} states", field="prior"
            )
        known = []
        for state, tree in zip(self.states, self.prior, strict=True):
            if isinstance(tree, Number):
                require_probability(state, tree.value)
                known.append(tree.value)
        if len(known) == len(self.states):
            replace(self.skeleton, prior=tuple(known))

    @cached_property
    def skeleton(self) -> Environment:
        """The environment of the same names with payoffs 0 and a uniform prior.

        Languages are read for it, before the parameters have values.
        """
        shape = tuple(len(labels) for labels in self.actions)
        require_storable(len(self.players), len(self.states), shape)
        return Environment(
            players=self.players,
            actions=self.actions,
            states=self.states,
            prior=(Fraction(1, max(len(self.states), 1)),) * len(self.states),
            payoffs=np.zeros((len(self.players), len(self.states), *shape), dtype=np.int64),
            cooperative=self.cooperative,
        )

    @property
    def support(self) -> tuple[int, ...]:
        """The indices of the states whose probability is not 0 for all parameters."""
        zero = Number(Fraction(0))
        return tuple(index for index, tree in enumerate(self.prior) if tree != zero)

    def point(self, values: Mapping[str, Fraction | int]) -> Point:
        """The values in the order of the parameters.

        Raises InputError for an unknown parameter, one without a value, and values that violate an
        assumption.
        """
        known = self._known(values)
        for name in self.parameters:
            if name not in known:
                raise InputError(
                    f"the parameter {name!r} has no value", fix="give it one", field=name
                )
        point = tuple(narrow(known[name]) for name in self.parameters)
        for assumption, run in zip(self.assumptions, self._assumed, strict=True):
            with _computing(f"the assumption {assumption.text!r}", _ASSUME):
                holds = run(point)
            _require(assumption, holds, known)
        return point

    def at(self, values: Mapping[str, Fraction | int]) -> Environment:
        """The environment at a point, which gives a value to every parameter.

        Raises InputError as ``point`` does, for a division by zero, for numbers that are too large,
        and for a prior that is no distribution at that point.
        """
        point = self.point(values)
        prior = []
        for state, run in zip(self.states, self._likely, strict=True):
            with _computing(f"the probability of state {state!r}", "prior"):
                prior.append(_number(run(point)))
        with inside("prior"):
            scaled(prior)
        runs = self._paid
        payoffs = self._distinct_payoffs(lambda number: _number(runs[number](point)))
        with inside("payoffs"):
            whole, denominator = scaled(payoffs)
        return replace(
            self.skeleton,
            prior=tuple(map(Fraction, prior)),
            payoffs=integer_array(whole, (len(whole),))[self._table.entries],
            denominator=denominator,
        )

    def narrowed(self, values: Mapping[str, Fraction | int]) -> Family:
        """The family in which some parameters have the given values.

        Assumptions that say nothing of the other parameters are checked and dropped. Raises
        InputError for an unknown parameter, a violated assumption, a division by zero, and a prior
        that is no distribution.
        """
        known = self._known(values)
        numbers = {name: Number(value) for name, value in known.items()}
        prior = []
        for state, tree in zip(self.states, self.prior, strict=True):
            with _computing(f"the probability of state {state!r}", "prior"):
                prior.append(substituted(tree, numbers))
        trees = self._table.trees
        payoffs = self._distinct_payoffs(lambda number: substituted(trees[number], numbers))
        rows = self._table.entries.reshape(len(self.players), len(self.states), -1).tolist()
        return replace(
            self,
            parameters=tuple(name for name in self.parameters if name not in known),
            assumptions=remaining(self.assumptions, known),
            prior=tuple(prior),
            payoffs=tuple(
                tuple(tuple(payoffs[number] for number in of_state) for of_state in of_agent)
                for of_agent in rows
            ),
        )

    def _known(self, values: Mapping[str, Fraction | int]) -> dict[str, Fraction]:
        known = {}
        for name, value in values.items():
            require_known(name, self.parameters, "parameter", name)
            with inside(name):
                known[name] = parse_number(value)
        return known

    def _distinct_payoffs(self, compute: Callable[[int], _T]) -> list[_T]:
        """The results of ``compute`` for each distinct payoff, by its number."""
        computed: list[_T] = []
        try:
            for number in range(len(self._table.trees)):
                computed.append(compute(number))
        except InputError as error:
            first = int(np.argmax(self._table.entries == len(computed)))
            agent, state, *actions = np.unravel_index(first, self._table.entries.shape)
            labels = ", ".join(self.skeleton.labels([int(action) for action in actions]))
            raise _in_context(
                error,
                f"the payoff of {self.players[agent]!r} in state {self.states[state]!r} "
                f"for the profile ({labels})",
                "payoffs",
            ) from None
        return computed

    # Everything below is computed once: a family may be evaluated at many points.

    @cached_property
    def _table(self) -> _Table:
        numbers: dict[Tree, int] = {}
        cells = chain.from_iterable(chain.from_iterable(self.payoffs))
        entries = [numbers.setdefault(tree, len(numbers)) for tree in cells]
        shape = self.skeleton.payoffs.shape
        return _Table(tuple(numbers), np.array(entries, dtype=np.int64).reshape(shape))

    @cached_property
    def _paid(self) -> tuple[Evaluator, ...]:
        return tuple(compiled(tree, self.parameters) for tree in self._table.trees)

    @cached_property
    def _likely(self) -> tuple[Evaluator, ...]:
        return tuple(compiled(tree, self.parameters) for tree in self.prior)

    @cached_property
    def _assumed(self) -> tuple[Evaluator, ...]:
        return tuple(compiled(assumption.tree, self.parameters) for assumption in self.assumptions)

    def __getstate__(self) -> dict[str, Any]:
        return stored(self)


def remaining(
    assumptions: Iterable[Assumption], values: Mapping[str, Fraction]
) -> tuple[Assumption, ...]:
    """The assumptions with the values substituted, without those that have no other parameter.

    Raises InputError for one that has no other parameter and does not hold.
    """
    numbers = {name: Number(value) for name, value in values.items()}
    narrowed = []
    for link in assumptions:
        with _computing(f"the assumption {link.text!r}", _ASSUME):
            left, right = (substituted(link.left, numbers), substituted(link.right, numbers))
        narrower = replace(link, left=left, right=right)
        if isinstance(left, Number) and isinstance(right, Number):
            _require(link, compiled(narrower.tree, ())(()), values)
        elif narrower == link:
            narrowed.append(link)
        else:
            text = f"{spelled(left)} {link.relation} {spelled(right)}"
            narrowed.append(replace(narrower, text=text))
    return tuple(narrowed)


def stored(value: Any) -> dict[str, Any]:
    """The state of a frozen value for pickling: its fields, without cached results."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


_ASSUME = "parameters.assume"


@dataclass(frozen=True, eq=False)
class _Table:
    """The distinct expressions of a payoff table, and the number of the one at each entry."""

    trees: tuple[Tree, ...]
    entries: IntArray


def _number(value: Value) -> Fraction | int:
    assert not isinstance(value, str), "an arithmetic expression has a number for its value"
    return value


def _require(assumption: Assumption, holds: object, values: Mapping[str, Fraction]) -> None:
    if holds is not True:
        point = ", ".join(f"{name} = {values[name]}" for name in names_in(assumption.tree))
        raise InputError(
            f"the assumption {assumption.text!r} does not hold" + (f" at {point}" if point else ""),
            fix="choose values that satisfy it" if point else "mend it or leave it out",
            field=_ASSUME,
        )


@contextmanager
def _computing(subject: str, field: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise _in_context(error, subject, field) from None


def _in_context(error: InputError, subject: str, field: str) -> InputError:
    return InputError(f"{error.problem} in {subject}", fix=error.fix, field=field)
