"""Whether the data of a certificate are those of a spec file, by a second reading of the file.

It shares with the first reading (``coopgap.theory.readers``) only the parsers of TOML and of
expressions: numbers, games, records and contracts are made again, as plain fractions, and compared
with the data by cross-multiplication.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from coopgap.proofs.certificates.commons_words import spec_data
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import (
    Arithmetic,
    Comparison,
    Connective,
    Extreme,
    Indicator,
    Label,
    Listing,
    Name,
    Negative,
    Not,
    Number,
    Power,
    Tree,
    names_in,
    parse_comparisons,
    parse_expression,
    parse_formula,
    parse_predicate,
)

Plain = Any
"""A part of a document."""

Polynomial = Mapping[tuple[str, ...], Fraction]
"""By the names of its parameters, in alphabetical order, the coefficient of each monomial."""

MANY = 6
"""The largest number of differences listed."""

_NUMBER = re.compile(r"\s*[+-]?[0-9]+(/[0-9]+|(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?)\s*")


@dataclass(frozen=True)
class Match:
    """Whether the data are those of the spec, with what they match in it or how they differ."""

    matches: bool
    text: str


def match(
    text: str, origin: str, data: Mapping[str, Plain], values: Mapping[str, Fraction]
) -> Match:
    """Compares a certificate's data with a spec's text.

    data: in the form that the core has accepted. values: those of parameters at which the spec is
    taken. Raises InputError for a text that is no spec.
    """
    if "agents" in data:
        return matched(text, origin, lambda _: _compared_commons(spec_data(text), data))
    return matched(text, origin, lambda document: _compared(_Spec(document, values), data))


def matched(
    text: str, origin: str, compare: Callable[[Mapping[str, Plain]], str | list[str]]
) -> Match:
    """Compares something with a spec's text, and says what it matches or how it differs.

    Raises InputError for a text that is no spec.
    """
    try:
        found = compare(tomllib.loads(text, parse_float=_no_float))
    except InputError as error:
        raise error.located(source=origin) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", fix="name a spec", source=origin) from None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        raise InputError("this is no spec", fix="coopgap check says why", source=origin) from None
    if isinstance(found, str):
        return Match(True, f"its data are those of {origin} ({found})")
    told = "; ".join(found[:MANY])
    more = f"; and {len(found) - MANY} more" if len(found) > MANY else ""
    return Match(False, f"its data are not those of {origin}: {told}{more}")


def _compared_commons(spec: Mapping[str, Plain], data: Mapping[str, Plain]) -> str | list[str]:
    """What the data match, or how they differ."""
    other = [name for name in spec if spec[name] != data[name]]
    return [f"{name} differs" for name in other] or "its commons"


def _no_float(text: str) -> Any:
    raise InputError(f"{text} is a TOML float, which is not exact", fix="write it in quotes")


# --- numbers ---


@dataclass(frozen=True)
class Ratio:
    """A fraction of polynomials in the parameters."""

    above: Polynomial
    below: Polynomial

    def __add__(self, other: Ratio) -> Ratio:
        if self.below == other.below:
            return Ratio(_sum(self.above, other.above), self.below)
        above = _sum(_product(self.above, other.below), _product(other.above, self.below))
        return Ratio(above, _product(self.below, other.below))

    def __neg__(self) -> Ratio:
        return Ratio({m: -c for m, c in self.above.items()}, self.below)

    def __mul__(self, other: Ratio) -> Ratio:
        return Ratio(_product(self.above, other.above), _product(self.below, other.below))

    def over(self, other: Ratio) -> Ratio:
        """The quotient."""
        if not other.above:
            raise InputError("something is divided by zero", fix="mend the spec")
        above, below = _product(self.above, other.below), _product(self.below, other.above)
        if set(below) == {()}:
            return Ratio({m: c / below[()] for m, c in above.items()}, _ONE)
        return Ratio(above, below)

    def same(self, other: Ratio) -> bool:
        """Whether both are the same fraction."""
        if self.below == other.below:
            return self.above == other.above
        return _product(self.above, other.below) == _product(other.above, self.below)

    def __str__(self) -> str:
        above, below = _text(self.above), _text(self.below)
        return above if below == "1" else f"({above})/({below})"


_ONE: Polynomial = {(): Fraction(1)}


def number(value: Fraction | int) -> Ratio:
    """An exact number."""
    return Ratio({(): Fraction(value)} if value else {}, _ONE)


def _sum(one: Polynomial, other: Polynomial) -> Polynomial:
    total = dict(one)
    for monomial, coefficient in other.items():
        total[monomial] = total.get(monomial, Fraction(0)) + coefficient
    return {m: c for m, c in total.items() if c}


def _product(one: Polynomial, other: Polynomial) -> Polynomial:
    if other == _ONE or not one:
        return one
    total: dict[tuple[str, ...], Fraction] = {}
    for left, a in one.items():
        for right, b in other.items():
            monomial = tuple(sorted(left + right))
            total[monomial] = total.get(monomial, Fraction(0)) + a * b
    return {m: c for m, c in total.items() if c}


def _text(polynomial: Polynomial) -> str:
    pairs = ((("" if c == 1 else f"{c}*"), c, m) for m, c in sorted(polynomial.items()))
    terms = (f"{times}{'*'.join(m)}" if m else str(c) for times, c, m in pairs)
    return " + ".join(terms) or "0"


def _plain(value: Plain) -> Polynomial:
    """A number in the form of certificates."""
    if isinstance(value, int):
        return {(): Fraction(value)} if value else {}
    return {
        () if name == "1" else tuple(sorted(name.split("*"))): Fraction(c)
        for name, c in value.items()
    }


def _fraction(value: Plain) -> Ratio:
    if isinstance(value, str):
        return number(Fraction(value))
    return Ratio(*map(_plain, value))


def computed(tree: Tree, names: Mapping[str, Ratio | _Word]) -> Ratio:
    """The value of an arithmetic expression or of a formula."""
    match tree:
        case Number(value):
            return number(value)
        case Name(name):
            found = names.get(name)
            if not isinstance(found, Ratio):
                raise InputError(f"there is no parameter {name!r}", fix="coopgap check says why")
            return found
        case Negative(operand):
            return -computed(operand, names)
        case Power(base, exponent):
            one = computed(base, names)
            whole = math.prod([one] * abs(exponent), start=number(1))
            return whole if exponent >= 0 else number(1).over(whole)
        case Arithmetic(symbol, left, right):
            one, other = computed(left, names), computed(right, names)
            match symbol:
                case "+":
                    return one + other
                case "-":
                    return one + -other
                case "*":
                    return one * other
            return one.over(other)
        case Indicator(operand):
            play = {name: _constant(each) for name, each in names.items()}
            return number(int(_truth(_told(operand, play))))
        case Extreme(which, operands):
            values = [_exact(_constant(computed(each, names))) for each in operands]
            return number(min(values) if which == "min" else max(values))
    raise InputError("this is no arithmetic expression", fix="coopgap check says why")


@dataclass(frozen=True)
class _Word:
    """A label that is no number, as the value of a name in a formula."""

    text: str


def _constant(value: Ratio | _Word) -> Plain:
    """The exact number or the label; an expression in parameters as it is."""
    if isinstance(value, _Word):
        return value.text
    if set(value.above) <= {()} and value.below == _ONE:
        return value.above.get((), Fraction(0))
    return value


# --- the spec, read a second time ---


class _Spec:
    """A spec file as plain values."""

    def __init__(self, document: Mapping[str, Plain], values: Mapping[str, Fraction]) -> None:
        declared = document.get("parameters", {})
        for name in values:
            if name not in declared.get("names", ()):
                raise InputError(f"there is no parameter {name!r}", fix="leave it out")
        self.parameters = [name for name in declared.get("names", ()) if name not in values]
        self.names = {name: Ratio({(name,): Fraction(1)}, _ONE) for name in self.parameters}
        self.names |= {name: number(value) for name, value in values.items()}
        self._define(dict(declared.get("let", {})))
        self.assumptions = [
            each for text in declared.get("assume", ()) for each in self._conditions(text)
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
                if isinstance(value, int) or lets.keys().isdisjoint(names_in(_tree(value)))
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
        if _NUMBER.fullmatch(written):
            return number(Fraction(written.strip()))
        return computed(_tree(written), self.names)

    def _conditions(self, text: str) -> Iterator[tuple[Polynomial, str]]:
        for link, _ in parse_comparisons(text):
            left, right = (computed(side, self.names) for side in link.operands)
            (relation,) = link.operators
            if relation in ("<", "<="):
                left, right, relation = right, left, relation.replace("<", ">")
            gap = left + -right
            polynomial = gap.above
            if relation == "!=":
                polynomial, relation = _product(polynomial, polynomial), ">"
            elif relation != "==":
                polynomial = _product(polynomial, gap.below)
            yield from _normal(polynomial, relation)

    def _game(self, game: Mapping[str, Plain]) -> None:
        self.players: list[str] = game["players"]
        self.actions = [labels_of(game["actions"][player]) for player in self.players]
        states = game.get("states", {"names": ["s"]})
        self.states = [str(name) for name in states["names"]]
        self.prior = [self.value(p) for p in states.get("prior", [1])]
        self.profiles = list(product(*map(range, map(len, self.actions))))
        tables = game["payoffs"]
        nested = bool(tables) and all(isinstance(each, dict) for each in tables.values())
        if set(map(type, tables.values())) == {str} or (len(self.states) == 1 and not nested):
            tables = dict.fromkeys(self.states, tables)
        known: dict[Plain, Ratio] = {}
        by_state = [self._tables(state, tables[state], known) for state in self.states]
        self.payoffs = [[each[i] for each in by_state] for i in range(len(self.players))]
        told = self.document.get("information", {})
        self.information = [
            _numbered(_groups(self.states, told.get(player, ()))) for player in self.players
        ]
        coop = game.get("cooperative")
        self.cooperative = coop and [
            [own.index(str(label)) for label in coop[player]]
            for player, own in zip(self.players, self.actions, strict=True)
        ]

    def _tables(
        self, state: str, tables: Mapping[str, Plain], known: dict[Plain, Ratio]
    ) -> list[list[Ratio]]:
        """The payoffs of each player in a state, by profile."""
        written = {
            p: self._formula(p, state, tables[p])
            if isinstance(tables[p], str)
            else self._table(tables[p], known)
            for p in self.players
            if tables[p] != "symmetric"
        }
        if len(written) < len(self.players):
            (other,) = written.values()
            size = len(self.actions[0])
            transposed = [other[j * size + i] for i, j in self.profiles]
            written |= {p: transposed for p in self.players if p not in written}
        return [written[player] for player in self.players]

    def _formula(self, player: str, state: str, text: str) -> list[Ratio]:
        """The payoffs of a player in a state, by profile, from a formula of actions."""
        tree, agent = parse_formula(text), self.players.index(player)
        given = self.document["game"].get("values", {}).get(state, {})
        fixed: dict[str, Ratio | _Word] = {**self.names, "state": valued(state)}
        fixed |= {name: self.value(each) for name, each in given.items()}
        used = set(names_in(tree))
        known: dict[tuple[str, ...], Ratio] = {}
        column = []
        for profile in product(*self.actions):
            play: dict[str, Ratio | _Word] = dict(
                zip(self.players, map(valued, profile), strict=True)
            )
            play["own"] = valued(profile[agent])
            if "total" in used:
                each_one = (computed(Name(each), play) for each in self.players)
                play["total"] = sum(each_one, number(0))
            of_play = {name: each for name, each in play.items() if name in used}
            key = tuple(str(each) for each in of_play.values())
            if key not in known:
                known[key] = computed(tree, {**fixed, **of_play})
            column.append(known[key])
        return column

    def _table(self, table: Plain, known: dict[Plain, Ratio]) -> list[Ratio]:
        level = [table]
        for own in self.actions:
            if any(not isinstance(each, list) or len(each) != len(own) for each in level):
                raise InputError("the payoffs do not fill the game", fix="coopgap check says why")
            level = [entry for each in level for entry in each]
        for entry in level:
            if (type(entry), entry) not in known:
                known[type(entry), entry] = self.value(entry)
        return [known[type(entry), entry] for entry in level]

    @property
    def languages(self) -> Iterator[tuple[str, Plain, dict[str, Plain]]]:
        """Each language: its name, what it records, and its class of contracts."""
        common = self.document.get("contracts", {})
        for written in self.document.get("language", [{"name": "complete"}]):
            own = written.get("contracts", {})
            if "kind" in own:
                paid = ["budget", "liability", "participation"]
                usable = ["permissive"] if own["kind"] == "directive" else paid
                common_here = {key: common[key] for key in usable if key in common}
            else:
                common_here = common
            yield str(written["name"]), self._records(written), _class(self, {**common_here, **own})

    def _records(self, written: Mapping[str, Plain]) -> list[Plain]:
        """The record of each play."""
        if "records" in written:
            columns = [self._column(text) for text in written["records"]]
            return _numbered(zip(*columns, strict=True) if columns else [()] * self.plays)
        cells = _groups(self.states, written.get("states", ()))
        groups = written.get("actions", {})
        pairs = zip(self.players, self.actions, strict=True)
        classes = [_groups(own, groups.get(player, ())) for player, own in pairs]
        return _numbered(
            (cell, *(of[a] for of, a in zip(classes, profile, strict=True)))
            for cell in cells
            for profile in self.profiles
        )

    @property
    def plays(self) -> int:
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
                known[key] = _told(tree, {name: _label(each) for name, each in play.items()})
            column.append(known[key])
        return column

    @property
    def levels(self) -> Iterator[tuple[str, list[Ratio]]]:
        """The levels of prosociality in the spec, and λ = 0."""
        yield "selfish players", [number(0)] * len(self.players)
        claims = [each["lambda"] for each in self.document.get("claim", ()) if "lambda" in each]
        for written in [*self.document.get("prosociality", {}).get("lambda", ()), *claims]:
            if isinstance(written, dict):
                level = [self.value(written[player]) for player in self.players]
            else:
                level = [self.value(written)] * len(self.players)
            yield f"λ = {', '.join(dict.fromkeys(map(str, level)))}", level


def _tree(text: str) -> Tree:
    return parse_expression(text)


def _normal(polynomial: Polynomial, relation: str) -> Iterator[tuple[Polynomial, str]]:
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
    group = {str(name): number for number, each in enumerate(groups) for name in each}
    if not group.keys() <= set(names):
        raise InputError("a language groups an unknown name", fix="coopgap check says why")
    return [group.get(name, name) for name in names]


def _numbered(values: Iterable[Plain]) -> list[int]:
    """A number for each value, the same for equal values, in order of first appearance."""
    known: dict[Plain, int] = {}
    return [known.setdefault(value, len(known)) for value in values]


def _class(spec: _Spec, written: Mapping[str, Plain]) -> dict[str, Plain]:
    kind, liability = written.get("kind", "transfers"), written.get("liability", "none")
    options = written.get("participation")
    return {
        "kind": kind,
        "budget": written.get("budget", "balanced") if kind == "transfers" else "",
        "liability": None if liability == "none" else spec.value(liability),
        "permissive": written.get("permissive", False),
        "participation": options and [spec.value(options[player]) for player in spec.players],
    }


# --- predicates of record languages ---


def labels_of(actions: Plain) -> list[str]:
    """The labels of actions, which may be a range of whole numbers."""
    if isinstance(actions, str):
        first, last = map(int, actions.split(".."))
        return [str(each) for each in range(first, last + 1)]
    return [str(each) for each in actions]


def valued(label: str) -> Ratio | _Word:
    """A label in a formula."""
    value = _label(label)
    return _Word(value) if isinstance(value, str) else number(value)


def _label(text: str) -> Fraction | str:
    """A label; the number that it spells, if any."""
    return Fraction(text.strip()) if _NUMBER.fullmatch(text) else text


def _told(tree: Tree, play: Mapping[str, Fraction | str]) -> Plain:
    """The value of a predicate at a play: a number, a label or a truth value."""
    match tree:
        case Number(value):
            return value
        case Label(text):
            return _label(text)
        case Name(name):
            return play[name]
        case Not(operand):
            return not _truth(_told(operand, play))
        case Connective(symbol, operands):
            decisive = symbol == "or"
            return any(_truth(_told(e, play)) is decisive for e in operands) is decisive
        case Comparison(operands, symbols):
            values = [
                [_told(item, play) for item in e.items]
                if isinstance(e, Listing)
                else _told(e, play)
                for e in operands
            ]
            return all(_holds(*each) for each in zip(values, symbols, values[1:], strict=False))
    return _arithmetic(tree, play)


def _arithmetic(tree: Tree, play: Mapping[str, Fraction | str]) -> Fraction:
    match tree:
        case Negative(operand):
            return -_exact(_told(operand, play))
        case Power(base, exponent):
            return Fraction(_exact(_told(base, play)) ** exponent)
        case Arithmetic(symbol, left, right):
            one, other = _exact(_told(left, play)), _exact(_told(right, play))
            match symbol:
                case "+":
                    return one + other
                case "-":
                    return one - other
                case "*":
                    return one * other
            return one / other
        case Indicator(operand):
            return Fraction(_truth(_told(operand, play)))
        case Extreme(which, operands):
            values = [_exact(_told(each, play)) for each in operands]
            return min(values) if which == "min" else max(values)
    raise InputError("this cannot be recorded", fix="coopgap check says why")


def _holds(left: Plain, symbol: str, right: Plain) -> bool:
    if symbol in ("in", "not in"):
        return any(_equal(left, each) for each in right) is (symbol == "in")
    if symbol in ("==", "!="):
        return _equal(left, right) is (symbol == "==")
    one, other = _exact(left), _exact(right)
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[symbol]


def _equal(one: Plain, other: Plain) -> bool:
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _exact(value: Plain) -> Fraction:
    if not isinstance(value, Fraction):
        raise InputError(f"{value!r} is no number", fix="coopgap check says why")
    return value


def _truth(value: Plain) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{value!r} is neither true nor false", fix="coopgap check says why")
    return value


# --- comparing ---


def _compared(spec: _Spec, data: Mapping[str, Plain]) -> str | list[str]:
    """The part of the spec that the data match, or the differences."""
    found = list(_parameters(spec, data))
    if data["game"] is None:
        return found or "its parameters and assumptions, without a game"
    if "game" not in spec.document:
        return [*found, "the spec has no game"]
    found += _names(spec, data["game"])
    if found:
        return found
    found += _numbers(spec, data["game"])
    found += _sights(spec, data)
    about, level = _language(spec, data), _level(spec, data)
    if about is None:
        found.append("no language of the spec has these records and this class of contracts")
    if level is None:
        found.append("λ is none that the spec speaks of")
    return found or ", ".join(filter(None, (about, level)))


def _parameters(spec: _Spec, data: Mapping[str, Plain]) -> Iterator[str]:
    if sorted(spec.parameters) != sorted(data["parameters"]):
        own, other = (", ".join(names) or "none" for names in (data["parameters"], spec.parameters))
        yield f"the certificate has the parameters {own}, the spec {other} (--set gives values)"
        return
    stated = [each for p, relation in data["assumptions"] for each in _normal(_plain(p), relation)]
    for polynomial, relation in stated:
        if (polynomial, relation) not in spec.assumptions:
            yield f"only the certificate assumes {_text(polynomial)} {relation} 0"
    for polynomial, relation in spec.assumptions:
        if (polynomial, relation) not in stated:
            yield f"only the spec assumes {_text(polynomial)} {relation} 0"


def _names(spec: _Spec, game: Mapping[str, Plain]) -> Iterator[str]:
    pairs = {"players": spec.players, "actions": spec.actions, "states": spec.states}
    for what, own in pairs.items():
        if game[what] != own:
            yield f"the {what} of the certificate are {game[what]}, those of the spec {own}"
    if game["cooperative"] != spec.cooperative:
        yield "other actions are cooperative"


def _sights(spec: _Spec, data: Mapping[str, Plain]) -> Iterator[str]:
    """What players see of the state: all of it, unless the data are about mechanisms."""
    seen = data.get("mechanism", {}).get("information")
    if seen is None:
        seen = [range(len(spec.states))] * len(spec.players)
    for player, own, cells in zip(spec.players, spec.information, seen, strict=True):
        if own != _numbered(cells):
            yield f"{player!r} sees something else of the states"


def _numbers(spec: _Spec, game: Mapping[str, Plain]) -> Iterator[str]:
    below = _plain(game["denominator"])
    weights = [Ratio(_plain(weight), _ONE) for weight in game["prior"]]
    zero = number(0)
    total, whole = sum(weights, zero), sum(spec.prior, zero)
    if len(spec.prior) != len(weights):
        yield "the spec has another number of probabilities"
        return
    for state, weight, likely in zip(spec.states, weights, spec.prior, strict=True):
        if not (weight * whole).same(likely * total):
            yield f"the probability of {state!r} is another: {likely} in the spec"
    for i, player in enumerate(spec.players):
        for s, state in enumerate(spec.states):
            for a, labels in enumerate(product(*spec.actions)):
                paid = Ratio(_plain(game["payoffs"][i][s][a]), below)
                if not paid.same(spec.payoffs[i][s][a]):
                    yield (
                        f"the payoff of {player!r} in state {state!r} at ({', '.join(labels)}) is "
                        f"{paid} in the certificate, {spec.payoffs[i][s][a]} in the spec"
                    )


def _language(spec: _Spec, data: Mapping[str, Plain]) -> str | None:
    contracts, records = data["contracts"], data["records"]
    if records is None and contracts["kind"] in ("none", "interim"):
        return "play without a contract"
    left = list(range(spec.plays)) if records is None else _left(spec, records)
    alike = [(name, own) for name, record, own in spec.languages if record == left]
    named = [name for name, own in alike if _same_class(data, own)]
    if named:
        return f"language {' or '.join(named)}"
    if contracts["kind"] == "mechanism":
        return _relaxed(spec, data, left)
    if contracts["kind"] == "directive" and not contracts["permissive"] and _by_state(records):
        # Complete directives are decided for the language of states of each language (T2).
        told = " or ".join(name for name, _ in alike)
        return f"complete directives in the language {told}" if alike else None
    return None


def _relaxed(spec: _Spec, data: Mapping[str, Plain], left: Sequence[int]) -> str | None:
    """A language without its bound on fines, or more of its rules: what its gap is due to."""
    count = len(spec.profiles)
    for name, record, own in spec.languages:
        dropped = {**own, "liability": None}
        if record == left and _same_class(data, dropped):
            return f"language {name} without a bound on fines"
        dropped["participation"] = None
        if record == left and _same_class(data, dropped):
            return f"language {name} where nobody may refuse"
        seen = _numbered((each, k % count) for k, each in enumerate(record))
        if seen == left and _same_class(data, dropped):
            return f"language {name} with every action verified"
    return None


def _by_state(records: Mapping[str, Plain] | None) -> bool:
    """Whether all actions are verifiable."""
    if records is None or records["classes"] is None:
        return False
    return all(len(set(own)) == len(own) for own in records["classes"])


def _left(spec: _Spec, records: Mapping[str, Plain]) -> list[int]:
    """The records of plays in the certificate, numbered again."""
    if records["table"] is not None:
        return _numbered(record for row in records["table"] for record in row)
    return _numbered(
        (cell, *(of[a] for of, a in zip(records["classes"], profile, strict=True)))
        for cell in records["cells"]
        for profile in spec.profiles
    )


def _same_class(all_: Mapping[str, Plain], own: Mapping[str, Plain]) -> bool:
    """Whether the contracts, or the mechanisms with such transfers, are the same."""
    data = all_["contracts"]
    if data["kind"] in ("mechanism", "interim"):
        stated, options = all_["mechanism"]["options"], own["participation"]
        if data["kind"] == "interim":
            options = None
        data = {**data, "kind": "transfers"}
        if stated is None or options is None:
            if stated is not options:
                return False
        elif not all(_fraction(o).same(p) for o, p in zip(stated, options, strict=True)):
            return False
    if any(data[key] != own[key] for key in ("kind", "budget", "permissive")):
        return False
    bound = data["liability"]
    if bound is None or own["liability"] is None:
        return bound is own["liability"] is None
    return _fraction(bound).same(own["liability"])


def _level(spec: _Spec, data: Mapping[str, Plain]) -> str | None:
    own = data["prosociality"]
    if own is None:
        return ""
    scale = _plain(own["scale"])
    stated = [Ratio(_plain(level), scale) for level in own["levels"]]
    for told, level in spec.levels:
        if all(one.same(other) for one, other in zip(stated, level, strict=True)):
            return told
    return None
