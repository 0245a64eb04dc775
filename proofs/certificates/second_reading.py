"""Spec files read a second time, as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from coopgap.proofs.certificates.ratios import ONE, Polynomial, Ratio, number, product_of
from coopgap.proofs.certificates.second_evaluation import (
    NUMBER,
    Word,
    computed,
    label_of,
    predicate_at,
    valued,
)
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import Name, names_in
from coopgap.theory.json_values import Fields, Plain
from coopgap.theory.parsing import (
    parse_comparisons,
    parse_expression,
    parse_formula,
    parse_predicate,
)


class Spec:
    """A spec file as plain values."""

    def __init__(self, document: Fields, values: Mapping[str, Fraction]) -> None:
        declared = document.get("parameters", {})
        for name in values:
            if name not in declared.get("names", ()):
                raise InputError(f"there is no parameter {name!r}", fix="leave it out")
        self.parameters = [name for name in declared.get("names", ()) if name not in values]
        self.names = {name: Ratio({(name,): Fraction(1)}, ONE) for name in self.parameters}
        self.names |= {name: number(value) for name, value in values.items()}
        self._define(dict(declared.get("let", {})))
        self.assumptions = [
            condition for text in declared.get("assume", ()) for condition in self._conditions(text)
        ]
        self.document = document
        self.information: list[list[int]] = []
        if "game" in document:
            self._game(document["game"])

    def _define(self, lets: dict[str, Plain]) -> None:
        """Adds the lets, each after those that it uses."""
        while lets:
            ready = [
                name
                for name, value in lets.items()
                if isinstance(value, int)
                or lets.keys().isdisjoint(names_in(parse_expression(value)))
            ]
            if not ready:
                raise InputError("the lets are defined in a circle", fix="coopgap check says why")
            self.names |= {name: self.value(lets.pop(name)) for name in ready}

    def value(self, written: Plain) -> Ratio:
        """A number, or an expression in the parameters."""
        if isinstance(written, bool) or not isinstance(written, int | str):
            raise InputError(f"{written!r} is no number", fix="coopgap check says why")
        if isinstance(written, int):
            return number(written)
        if NUMBER.fullmatch(written):
            return number(Fraction(written.strip()))
        return computed(parse_expression(written), self.names)

    def _conditions(self, text: str) -> Iterator[tuple[Polynomial, str]]:
        for link, _ in parse_comparisons(text):
            left, right = (computed(side, self.names) for side in link.operands)
            (relation,) = link.operators
            if relation in ("<", "<="):
                left, right, relation = right, left, relation.replace("<", ">")
            gap = left - right
            polynomial = gap.above
            if relation == "!=":
                polynomial, relation = product_of(polynomial, polynomial), ">"
            elif relation != "==":
                polynomial = product_of(polynomial, gap.below)
            yield from normal_form(polynomial, relation)

    def _game(self, game: Fields) -> None:
        self.players: list[str] = game["players"]
        self.actions = [labels_of(game["actions"][player]) for player in self.players]
        states = game.get("states", {"names": ["s"]})
        self.states = [str(name) for name in states["names"]]
        self.prior = [self.value(p) for p in states.get("prior", [1])]
        self.profiles = list(product(*map(range, map(len, self.actions))))
        tables = game["payoffs"]
        nested = bool(tables) and all(isinstance(table, dict) for table in tables.values())
        if set(map(type, tables.values())) == {str} or (len(self.states) == 1 and not nested):
            tables = dict.fromkeys(self.states, tables)
        known: dict[Plain, Ratio] = {}
        by_state = [self._tables(state, tables[state], known) for state in self.states]
        self.payoffs = [[payoffs[i] for payoffs in by_state] for i in range(len(self.players))]
        information = self.document.get("information", {})
        self.information = [
            numbered(_groups(self.states, information.get(player, ()))) for player in self.players
        ]
        coop = game.get("cooperative")
        self.cooperative = coop and [
            [own.index(str(label)) for label in coop[player]]
            for player, own in zip(self.players, self.actions, strict=True)
        ]

    def _tables(self, state: str, tables: Fields, known: dict[Plain, Ratio]) -> list[list[Ratio]]:
        """The payoffs of each player in a state, by profile."""
        columns = {
            p: self._formula(p, state, tables[p])
            if isinstance(tables[p], str)
            else self._table(tables[p], known)
            for p in self.players
            if tables[p] != "symmetric"
        }
        if len(columns) < len(self.players):
            (column,) = columns.values()
            size = len(self.actions[0])
            transposed = [column[j * size + i] for i, j in self.profiles]
            columns |= {p: transposed for p in self.players if p not in columns}
        return [columns[player] for player in self.players]

    def _formula(self, player: str, state: str, text: str) -> list[Ratio]:
        """The payoffs of a player in a state, by profile, from a formula of actions."""
        tree, agent = parse_formula(text), self.players.index(player)
        values = self.document["game"].get("values", {}).get(state, {})
        fixed: dict[str, Ratio | Word] = {**self.names, "state": valued(state)}
        fixed |= {name: self.value(value) for name, value in values.items()}
        used = set(names_in(tree))
        known: dict[tuple[str, ...], Ratio] = {}
        column = []
        for profile in product(*self.actions):
            play: dict[str, Ratio | Word] = dict(
                zip(self.players, map(valued, profile), strict=True)
            )
            play["own"] = valued(profile[agent])
            if "total" in used:
                actions = (computed(Name(p), play) for p in self.players)
                play["total"] = sum(actions, number(0))
            of_play = {name: value for name, value in play.items() if name in used}
            key = tuple(str(value) for value in of_play.values())
            if key not in known:
                known[key] = computed(tree, {**fixed, **of_play})
            column.append(known[key])
        return column

    def _table(self, table: Plain, known: dict[Plain, Ratio]) -> list[Ratio]:
        level = [table]
        for own in self.actions:
            if any(not isinstance(row, list) or len(row) != len(own) for row in level):
                raise InputError("the payoffs do not fill the game", fix="coopgap check says why")
            level = [entry for row in level for entry in row]
        for entry in level:
            if (type(entry), entry) not in known:
                known[type(entry), entry] = self.value(entry)
        return [known[type(entry), entry] for entry in level]

    @property
    def languages(self) -> Iterator[tuple[str, Plain, dict[str, Plain]]]:
        """Each language: its name, what it records, and its class of contracts."""
        common = self.document.get("contracts", {})
        for language in self.document.get("language", [{"name": "complete"}]):
            own = language.get("contracts", {})
            if "kind" in own:
                paid = ["budget", "liability", "participation"]
                usable = ["permissive"] if own["kind"] == "directive" else paid
                shared = {key: common[key] for key in usable if key in common}
            else:
                shared = common
            yield str(language["name"]), self._records(language), _class(self, {**shared, **own})

    def _records(self, written: Fields) -> list[Plain]:
        """The record of each play."""
        if "records" in written:
            columns = [self._column(text) for text in written["records"]]
            return numbered(zip(*columns, strict=True) if columns else [()] * self.plays)
        cells = _groups(self.states, written.get("states", ()))
        groups = written.get("actions", {})
        pairs = zip(self.players, self.actions, strict=True)
        classes = [_groups(own, groups.get(player, ())) for player, own in pairs]
        return numbered(
            (cell, *(own[a] for own, a in zip(classes, profile, strict=True)))
            for cell in cells
            for profile in self.profiles
        )

    @property
    def plays(self) -> int:
        """How many there are: profiles in states."""
        return len(self.states) * len(self.profiles)

    def _column(self, text: str) -> list[Plain]:
        """The value of an expression at each play."""
        tree = parse_predicate(text)
        axes = {"state": self.states, **dict(zip(self.players, self.actions, strict=True))}
        used = set(names_in(tree))
        known: dict[Plain, Plain] = {}
        column = []
        for state, profile in product(self.states, product(*self.actions)):
            play = dict(zip(axes, (state, *profile), strict=True))
            key = tuple(play[name] if name in used else None for name in axes)
            if key not in known:
                labels = {name: label_of(value) for name, value in play.items()}
                known[key] = predicate_at(tree, labels)
            column.append(known[key])
        return column

    @property
    def levels(self) -> Iterator[tuple[str, list[Ratio]]]:
        """The levels of prosociality in the spec, and λ = 0."""
        yield "selfish players", [number(0)] * len(self.players)
        claims = [claim["lambda"] for claim in self.document.get("claim", ()) if "lambda" in claim]
        for entry in [*self.document.get("prosociality", {}).get("lambda", ()), *claims]:
            if isinstance(entry, dict):
                level = [self.value(entry[player]) for player in self.players]
            else:
                level = [self.value(entry)] * len(self.players)
            yield f"λ = {', '.join(dict.fromkeys(map(str, level)))}", level


def normal_form(polynomial: Polynomial, relation: str) -> Iterator[tuple[Polynomial, str]]:
    """A condition on coprime integers; none if it is always true."""
    if set(polynomial) <= {()}:
        value = polynomial.get((), Fraction(0))
        if {">": value > 0, ">=": value >= 0, "==": value == 0}[relation]:
            return
    scale = Fraction(
        math.lcm(*(c.denominator for c in polynomial.values())),
        math.gcd(*(c.numerator for c in polynomial.values())) or 1,
    )
    if relation == "==" and polynomial[min(polynomial)] < 0:
        scale = -scale
    whole = {m: c * scale for m, c in polynomial.items()}
    content = math.gcd(*(int(c) for c in whole.values())) or 1
    yield {m: c / content for m, c in whole.items()}, relation


def _groups(names: Sequence[str], groups: Iterable[Iterable[Plain]]) -> list[Plain]:
    """For each name the number of its group, or itself."""
    group = {str(name): number for number, members in enumerate(groups) for name in members}
    if not group.keys() <= set(names):
        raise InputError("a language groups an unknown name", fix="coopgap check says why")
    return [group.get(name, name) for name in names]


def numbered(values: Iterable[Plain]) -> list[int]:
    """A number for each value, the same for equal values, in order of first appearance."""
    known: dict[Plain, int] = {}
    return [known.setdefault(value, len(known)) for value in values]


def _class(spec: Spec, written: Fields) -> dict[str, Plain]:
    kind, liability = written.get("kind", "transfers"), written.get("liability", "none")
    options = written.get("participation")
    return {
        "kind": kind,
        "budget": written.get("budget", "balanced") if kind == "transfers" else "",
        "liability": None if liability == "none" else spec.value(liability),
        "permissive": written.get("permissive", False),
        "participation": options and [spec.value(options[player]) for player in spec.players],
    }


def labels_of(actions: Plain) -> list[str]:
    """The labels of actions, which may be a range of whole numbers."""
    if isinstance(actions, str):
        first, last = map(int, actions.split(".."))
        return [str(action) for action in range(first, last + 1)]
    return [str(action) for action in actions]
