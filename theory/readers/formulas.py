"""Payoffs written as formulas of actions, written out as tables.

In a formula a player's name stands for its action, ``own`` for the action of the player whose
payoff it is, ``total`` for the sum of all actions, ``state`` (in comparisons only) for the state;
names of ``[game.values.STATE]`` have a value for each state, parameters and lets their meaning.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgap.theory import expressions as nodes
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.evaluation import Value, compiled, label_value, payoff_of, substituted
from coopgap.theory.exact import IntArray
from coopgap.theory.expressions import Tree, names_in, parts
from coopgap.theory.nearest import require_known, suggestion
from coopgap.theory.parsing import parse_formula
from coopgap.theory.readers.parameters import Expression, Scope, require_small, sized
from coopgap.theory.readers.records import STATE, require_known_labels
from coopgap.theory.readers.values import key, quoted

OWN = "own"
TOTAL = "total"

SYMMETRIC = "symmetric"
"""In place of a table: the transpose of the other player's."""

MAX_WRITTEN_OUT = 1 << 22
"""The largest table (agents × states × profiles) that is made from formulas."""

Constants = Sequence[Mapping[str, Expression]]
"""For each state its values, by name."""


@dataclass(frozen=True, eq=False)
class Formulas:
    """What the formulas of a spec may use: the game's names, values of states, and parameters."""

    skeleton: Environment
    constants: Constants
    scope: Scope

    def table(self, text: str, agent: int, state: int) -> list[Expression]:
        """The formula's value at all profiles, the last player's action varying fastest.

        Raises InputError for text that is no formula, an unknown name, a payoff that is no number
        at some profile, and a table that is too large.
        """
        self._require_usable()
        tree = parse_formula(text)
        self._require_names(tree, text)
        require_state_compared(tree)
        require_known_labels(tree, self._axes(agent))
        values = self.constants[state]
        used = names_in(tree)
        fixed = {name: let.tree for name, let in self.scope.lets.items() if name in used}
        fixed |= {name: values[name].tree for name in used if name in values}
        fixed[STATE] = _literal(label_value(self.skeleton.states[state]))
        names = [name for name in used if name in self.scope.known]
        names += [parameter for name in used if name in values for parameter in values[name].names]
        whole = substituted(tree, fixed)
        assignments, places = self._assignments(names_in(whole), agent)
        return self._expressions(whole, tuple(dict.fromkeys(names)), assignments, places)

    def _require_usable(self) -> None:
        shape = self.skeleton.payoffs.shape
        size = self.skeleton.payoffs.size
        if size > MAX_WRITTEN_OUT:
            raise InputError(
                f"written out, the formulas give {size:,} payoffs (agents × states × profiles = "
                f"{' × '.join(map(str, shape))})",
                fix=f"at most {MAX_WRITTEN_OUT:,} are supported; identical agents in [game] groups "
                "need no table",
            )
        for player in self.skeleton.players:
            if player in (OWN, TOTAL):
                raise InputError(
                    f"a player is called {player!r}, a word of formulas", fix="rename the player"
                )

    def _axes(self, agent: int) -> dict[str, Sequence[str]]:
        game = self.skeleton
        players = dict(zip(game.players, game.actions, strict=True))
        return {STATE: game.states, **players, OWN: game.actions[agent]}

    def _require_names(self, tree: Tree, text: str) -> None:
        values = dict.fromkeys(name for of_state in self.constants for name in of_state)
        known = [*self.skeleton.players, OWN, TOTAL, STATE, *values, *sorted(self.scope.known)]
        for name in names_in(tree):
            if name not in known:
                alone = [SYMMETRIC] if tree == nodes.Name(name) else []
                raise InputError(
                    f"{quoted(text)} uses the name {name!r}, "
                    "which is no player, value or parameter",
                    fix=suggestion(name, [*alone, *known]),
                )
            for state, of_state in zip(self.skeleton.states, self.constants, strict=True):
                if name in values and name not in of_state:
                    raise InputError(
                        f"{name!r} has no value in state {state!r}",
                        fix=f"add it to [game.values.{key(state)}]",
                    )

    def _assignments(
        self, names: Sequence[str], agent: int
    ) -> tuple[list[dict[str, Value]], Sequence[int]]:
        """The distinct values that names of actions take together, and their number by profile."""
        game = self.skeleton
        columns = {}
        for name in names:
            if name in game.players:
                columns[name] = self._column([game.players.index(name)])
            elif name == OWN:
                columns[name] = self._column([agent])
            elif name == TOTAL:
                columns[name] = self._column(range(len(game.players)))
        number = np.zeros(game.shape, dtype=np.int64)
        rows: list[dict[str, Value]] = [{}]
        for name, (codes, values) in columns.items():
            pairs, inverse = np.unique(number * len(values) + codes, return_inverse=True)
            number = inverse.reshape(game.shape)
            rows = [
                {**rows[pair // len(values)], name: values[pair % len(values)]}
                for pair in pairs.tolist()
            ]
        return rows, number.reshape(-1).tolist()

    def _column(self, agents: Sequence[int]) -> tuple[IntArray, Sequence[Value]]:
        """The sum of some agents' actions by profile, as numbers of its distinct values."""
        game, (first, *others) = self.skeleton, agents
        codes: IntArray = np.arange(len(game.actions[first]))
        values: Sequence[Value] = list(map(label_value, game.actions[first]))
        if others:
            sums = self._numbers(first)
            for agent in others:
                own = self._numbers(agent)
                wider = list(dict.fromkeys(x + y for x, y in itertools.product(sums, own)))
                place = {number: position for position, number in enumerate(wider)}
                codes = np.array([[place[x + y] for y in own] for x in sums])[codes]
                sums = wider
            values = sums
        axes = [len(own) if i in agents else 1 for i, own in enumerate(game.actions)]
        return np.broadcast_to(codes.reshape(axes), game.shape), values

    def _numbers(self, agent: int) -> list[Fraction | int]:
        labels = self.skeleton.actions[agent]
        numbers: list[Fraction | int] = []
        for label in labels:
            value = label_value(label)
            if isinstance(value, str):
                raise InputError(
                    f"there is no {TOTAL}: the action {label!r} of {self.skeleton.players[agent]!r}"
                    " is no number",
                    fix="give all actions numbers for labels, or name the players",
                )
            numbers.append(value)
        return numbers

    def _expressions(
        self,
        tree: Tree,
        names: tuple[str, ...],
        assignments: Sequence[Mapping[str, Value]],
        places: Sequence[int],
    ) -> list[Expression]:
        compute = _computing(tree, assignments[0] if assignments else {}, bool(names))
        known: dict[Tree, Expression] = {}
        expressions, size = [], 0
        for values in assignments:
            try:
                result = compute(values)
            except InputError as error:
                at = ", ".join(f"{name} = {value}" for name, value in values.items())
                problem = f"{error.problem} where {at}" if at else error.problem
                raise InputError(problem, fix=error.fix) from None
            if result not in known:
                known[result] = sized(result, names)
                size += known[result].nodes if names else 0
                require_small(size)
            expressions.append(known[result])
        return [expressions[place] for place in places]


def constants_of(
    values: Mapping[str, Mapping[str, Expression]], states: Sequence[str]
) -> list[Mapping[str, Expression]]:
    """The values of each state; raises InputError for a state that does not exist."""
    for state in values:
        require_known(state, states, "state", "game.values")
    return [values.get(state, {}) for state in states]


def require_values_used(
    constants: Mapping[str, Mapping[str, Expression]], formulas: Sequence[Tree]
) -> None:
    """Raises InputError for a value of a state that no formula uses."""
    used = {name for formula in formulas for name in names_in(formula)}
    for state, values in constants.items():
        for name in values:
            if name not in used:
                with inside(f"game.values.{key(state)}"):
                    raise InputError(
                        f"no payoff formula uses {name!r}", fix="use it or leave it out"
                    )


def _computing(
    tree: Tree, example: Mapping[str, Value], parametric: bool
) -> Callable[[Mapping[str, Value]], Tree]:
    """The formula as a function of the values of names of actions."""
    if parametric:

        def specialised(values: Mapping[str, Value]) -> Tree:
            result = substituted(tree, {name: _literal(value) for name, value in values.items()})
            _require_arithmetic(result)
            return result

        return specialised
    run = compiled(tree, list(example))

    def computed(values: Mapping[str, Value]) -> Tree:
        return nodes.Number(Fraction(payoff_of(run(list(values.values())))))

    return computed


def _literal(value: Value) -> Tree:
    return nodes.Label(value) if isinstance(value, str) else nodes.Number(Fraction(value))


def _require_arithmetic(tree: Tree) -> None:
    """Raises InputError for a case distinction that depends on a parameter."""
    if isinstance(tree, nodes.Extreme | nodes.Indicator):
        subject = "a comparison" if isinstance(tree, nodes.Indicator) else f"{tree.which}(…)"
        raise InputError(
            f"{subject} depends on a parameter",
            fix="write one spec for each case, with an assumption that says which case it is and a "
            "formula for it alone",
        )
    if isinstance(tree, nodes.Label):
        raise InputError(f"{tree.text!r} is no number", fix="compare it with == or !=")
    for part in parts(tree):
        _require_arithmetic(part)


def require_state_compared(tree: Tree, compared: bool = False) -> None:
    """Raises InputError where the state stands for a number; compared: inside a comparison."""
    if tree == nodes.Name(STATE) and not compared:
        raise InputError("state is no number", fix="compare it, as in 2*(state == 'rain')")
    inner = isinstance(tree, nodes.Comparison | nodes.Listing)
    for part in parts(tree):
        require_state_compared(part, inner)
