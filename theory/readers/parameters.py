"""The names in a spec with parameters: which are allowed, and the expressions that use them."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.evaluation import substituted
from coopgap.theory.expressions import Name, Number, Tree, names_in, parts
from coopgap.theory.families import Assumption, remaining
from coopgap.theory.nearest import suggestion
from coopgap.theory.parsing import MAX_DEPTH, parse_comparisons
from coopgap.theory.readers.values import DECLARED, exact, key, number_or_tree, quoted

MAX_NODES = 100_000
"""The largest number of operations, names and numbers of all expressions, with lets substituted."""

RESERVED = ("state", "action")
"""Words of the records language, which cannot be names of players or parameters."""

FORMULA_WORDS = ("own", "total", "min", "max")
"""Words of payoff formulas, which cannot be names of parameters or of values of states."""

_RESULTS = ("Max", "Min", "Rational", "inf", "infinity", "nan")
"""Words in the expressions of reports, and words for values that are no numbers."""

_LONG_CIRCLE = 8


@dataclass(frozen=True, eq=False, slots=True)
class Expression:
    """An expression of a spec.

    tree: its meaning, in parameters only. names: the parameters and lets in its text. nodes, depth:
    the size of the tree; the trees of lets are shared, so it may be too large to traverse.
    """

    tree: Tree
    names: tuple[str, ...] = ()
    nodes: int = 1
    depth: int = 1


@dataclass(frozen=True, eq=False)
class Scope:
    """The names that the expressions of a spec may use; none without [parameters].

    lets: the expression of each let. known: all names, those of lets included. fix: what to write
    in place of a name that is not declared.
    """

    parameters: tuple[str, ...] = ()
    lets: Mapping[str, Expression] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    fix: str = DECLARED

    def read(self, value: object) -> Expression:
        """The number or the expression that a value in the spec states.

        Raises InputError for a value that is neither, an unknown name, a division by a constant
        zero, and an expression that is too large.
        """
        if not self.parameters:
            return _constant(exact(value, self.fix))
        parsed = number_or_tree(value)
        if isinstance(parsed, Fraction | int):
            return _constant(parsed)
        return self.expression(parsed, quoted(value))

    def expression(self, tree: Tree, text: str) -> Expression:
        """The expression of a tree with its text; raises InputError as ``read`` does."""
        names = names_in(tree)
        _require_known(names, self.known, text)
        nodes, depth = _size(tree, self.lets)
        require_small(nodes, depth)
        lets = {name: self.lets[name].tree for name in names if name in self.lets}
        tree = substituted(tree, lets)
        if isinstance(tree, Number):
            return Expression(tree, names)
        return Expression(tree, names, nodes, depth)

    def assumptions(
        self, texts: Sequence[str], field: str = "parameters.assume"
    ) -> tuple[Assumption, ...]:
        """The comparisons that a field of the spec assumes, one for each link of a chain.

        Raises InputError for text that is no comparison of expressions, and as ``read`` does. A
        comparison without parameters is dropped if it holds and refused otherwise.
        """
        links: list[Assumption] = []
        nodes = 0
        for position, text in enumerate(texts):
            with inside(f"{field}[{position}]"):
                for link, part in parse_comparisons(text):
                    left, right = (self.expression(side, quoted(part)) for side in link.operands)
                    links.append(Assumption(left.tree, link.operators[0], right.tree, part))
                    nodes += left.nodes + right.nodes
                    require_small(nodes)
        return remaining(links, {})


def scope_of(names: Sequence[str], lets: Mapping[str, object]) -> Scope:
    """The scope that [parameters] declares.

    Raises InputError for a name that is not allowed, for lets that use unknown names or depend on
    each other in a circle, and for lets that are too large.
    """
    parameters = dict.fromkeys(names)
    read_entries("parameters.names", names, lambda name: require_usable(name, "parameter"))
    trees: dict[str, Tree] = {}
    for name, value in lets.items():
        with inside(_let(name)):
            require_usable(name, "let")
            if name in parameters:
                raise InputError(f"{name!r} is a parameter", fix="rename the let")
            parsed = number_or_tree(value)
            trees[name] = Number(Fraction(parsed)) if isinstance(parsed, Fraction | int) else parsed
    known = frozenset({**parameters, **trees})
    for name, tree in trees.items():
        with inside(_let(name)):
            _require_known(names_in(tree), known, quoted(lets[name]))
    lets_in_order: dict[str, Expression] = {}
    scope = Scope(tuple(names), lets_in_order, known)
    for name in _in_order(trees):
        with inside(_let(name)):
            lets_in_order[name] = scope.expression(trees[name], quoted(lets[name]))
    return scope


def require_unlike(scope: Scope, game_names: Mapping[str, str]) -> None:
    """Raises InputError for a parameter or let whose name is taken in the game.

    ``taken`` maps each name of the game to what it stands for.
    """
    places = {name: f"parameters.names[{i}]" for i, name in enumerate(scope.parameters)}
    for name, place in [*places.items(), *((name, _let(name)) for name in scope.lets)]:
        if name in game_names:
            kind = "parameter" if name in places else "let"
            raise InputError(
                f"{name!r} is the name of {game_names[name]}", fix=f"rename the {kind}", field=place
            )


def require_used(
    scope: Scope, quantities: Iterable[Expression], assumptions: Sequence[str]
) -> None:
    """Raises InputError for unused names of [parameters], and for expressions too large together.

    A parameter is used by ``quantities``, directly or through lets; a let also by the texts of
    ``assumptions``.
    """
    distinct = set(quantities)
    with inside("parameters"):
        require_small(sum(quantity.nodes for quantity in distinct if quantity.names))
    used = _reached(scope, (name for quantity in distinct for name in quantity.names))
    links = (link for text in assumptions for link, _ in parse_comparisons(text))
    assumed = _reached(scope, (name for link in links for name in names_in(link)))
    # In order of use: of names used by an unused let only, the let is the one to report.
    for name in reversed(list(scope.lets)):
        if name not in used and name not in assumed:
            raise InputError(f"nothing uses {name!r}", fix="leave it out", field=_let(name))
    for position, name in enumerate(scope.parameters):
        if name not in used:
            raise InputError(
                f"nothing depends on the parameter {name!r}",
                fix="use it in a payoff, the prior, a bound on fines, an outside option, a λ or "
                "the value of a claim, or leave it out",
                field=f"parameters.names[{position}]",
            )


def _reached(scope: Scope, names: Iterable[str]) -> set[str]:
    """The names, and all names that their lets use."""
    reached: set[str] = set()
    rest = list(names)
    while rest:
        name = rest.pop()
        if name not in reached:
            reached.add(name)
            rest += scope.lets[name].names if name in scope.lets else ()
    return reached


def sized(tree: Tree, names: tuple[str, ...]) -> Expression:
    """The expression of a tree in parameters alone; ``names`` are those in its text."""
    return Expression(tree, names, *_size(tree, {}))


def _constant(number: Fraction | int) -> Expression:
    return Expression(Number(Fraction(number)))


def _let(name: str) -> str:
    return f"parameters.let.{key(name)}"


def require_usable(name: str, kind: str) -> None:
    """Raises InputError for a name that expressions cannot use; ``what`` says what it names."""
    # Python's parser would read a name in the letters that it has when normalised.
    if not name.isidentifier() or name != unicodedata.normalize("NFKC", name):
        raise InputError(
            f"no {kind} can be called {name!r}",
            fix="use letters, digits and underscores, beginning with a letter",
        )
    owners = {
        "Python": keyword.kwlist,
        "the records language": RESERVED,
        "payoff formulas": FORMULA_WORDS,
        "reports": _RESULTS,
    }
    for owner in (owner for owner, words in owners.items() if name in words):
        raise InputError(
            f"no {kind} can be called {name!r}, a word of {owner}", fix=f"rename the {kind}"
        )


def _require_known(names: Iterable[str], known: Set[str], text: str) -> None:
    for name in names:
        if name not in known:
            raise InputError(
                f"{text} uses the name {name!r}, which is neither a parameter nor a let",
                fix=suggestion(name, sorted(known)),
            )


def require_small(nodes: int, depth: int = 1) -> None:
    """Raises InputError for expressions nested too deeply, or of too many nodes together."""
    if depth > MAX_DEPTH:
        raise InputError(
            "with its lets written out the expression is nested too deeply",
            fix=f"nest at most {MAX_DEPTH} operations",
        )
    if nodes > MAX_NODES:
        raise InputError(
            f"with the lets written out there are {nodes:,} operations, names and numbers",
            fix=f"at most {MAX_NODES:,} are supported",
        )


def _size(tree: Tree, lets: Mapping[str, Expression]) -> tuple[int, int]:
    """The number of nodes and the depth of a tree with the lets substituted."""
    if isinstance(tree, Name) and tree.name in lets:
        return lets[tree.name].nodes, lets[tree.name].depth
    sizes = [_size(part, lets) for part in parts(tree)]
    nodes, depths = [nodes for nodes, _ in sizes], [depth for _, depth in sizes]
    return 1 + sum(nodes), 1 + max(depths, default=0)


def _in_order(trees: Mapping[str, Tree]) -> list[str]:
    """The lets, each one after those that it uses."""
    uses = {name: [let for let in names_in(tree) if let in trees] for name, tree in trees.items()}
    try:
        return list(TopologicalSorter(uses).static_order())
    except CycleError as error:
        # graphlib lists each let after those that it uses; the message reverses that.
        circle = error.args[1][::-1]
        listed = circle if len(circle) <= _LONG_CIRCLE else [*circle[:_LONG_CIRCLE], "…"]
        raise InputError(
            f"the lets are defined in a circle: {' uses '.join(listed)}",
            fix="define one of them without the others",
            field=_let(circle[0]),
        ) from None
