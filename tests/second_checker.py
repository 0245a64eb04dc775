"""A second checker of proof certificates.

It is written from docs/certificates.md alone and shares nothing with proofs/trusted: whoever
changes it should read that page and not the first checker.  `verdict(text)` returns "accepted",
"rejected: <reason>" or "unreadable: <reason>" and never raises.

The design is naive on purpose.  A polynomial is a dictionary from monomials (sorted tuples of
indices of names) to rationals; a `Ratio` is a polynomial over a product of polynomials that are
known to be positive.  All that a rule asks for is computed from its definition as a `Ratio`, and
the sign of its numerator is looked up, after normalisation, among the facts of the case (`Signs`).
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from math import gcd, prod
from typing import Any

SCHEMA = "coopgap.certificate/2"
CONJUNCTION = "coopgap.conjunction/2"
MAX_BYTES = 8 * 2**20
MAX_DIGITS = 4000
MAX_TERMS = 20_000
MAX_DEGREE = 64
MAX_STEPS = 10_000_000
NEG, ZERO, POS = 1, 2, 4  # bits of a set of signs that are still possible
EXCLUDED = {">": NEG | ZERO, ">=": NEG, "==": NEG | POS, "<=": POS, "<": POS | ZERO, "!=": ZERO}
CONTRARY = {">": "<=", ">=": "<", "<=": ">", "<": ">=", "==": "!="}


class Reject(Exception):
    """The certificate is not as the page describes."""


class Unreadable(Exception):
    """No JSON object, or of no known schema."""


class Budget:
    """Counts steps, so that every check ends."""

    remaining = MAX_STEPS

    @classmethod
    def spend(cls, steps: int = 1) -> None:
        cls.remaining -= steps
        if cls.remaining < 0:
            raise Reject("too many steps")


def need(condition: bool, reason: str) -> None:
    """Reject unless the condition is true."""
    if not condition:
        raise Reject(reason)


# ---------------------------------------------------------------- polynomials

Monomial = tuple[int, ...]


def words(value: Any) -> int:
    """How long a rational is, beyond what one step is counted for."""
    return value.numerator.bit_length() // 64 + value.denominator.bit_length() // 64


class Poly:
    """A polynomial: from monomials (sorted indices, repeated) to rationals other than 0."""

    def __init__(self, terms: dict[Monomial, Any]):
        self.terms = {m: c for m, c in terms.items() if c}
        need(len(self.terms) <= MAX_TERMS, "a polynomial has too many terms")
        need(all(len(m) <= MAX_DEGREE for m in self.terms), "a polynomial of too high a degree")
        self.words = sum(words(c) for c in self.terms.values())

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __add__(self, other: Poly) -> Poly:
        Budget.spend(1 + len(self.terms) + len(other.terms) + self.words + other.words)
        terms = dict(self.terms)
        for m, c in other.terms.items():
            if self.words and other.words and m in terms:
                Budget.spend(words(terms[m]) * words(c) // 64)
            terms[m] = terms.get(m, 0) + c
        return Poly(terms)

    def scaled(self, factor: Any) -> Poly:
        """The polynomial times a rational."""
        long = words(factor)
        Budget.spend(1 + len(self.terms) * (1 + long) + self.words + self.words * long // 64)
        return Poly({m: c * factor for m, c in self.terms.items()})

    def __sub__(self, other: Poly) -> Poly:
        return self + other.scaled(-1)

    def __mul__(self, other: Poly) -> Poly:
        own_terms, factor_terms = len(self.terms), len(other.terms)
        Budget.spend(
            1 + own_terms * factor_terms + self.words * factor_terms + other.words * own_terms
        )
        Budget.spend(self.words * other.words // 64)
        terms: dict[Monomial, Any] = {}
        for m, c in self.terms.items():
            for n, d in other.terms.items():
                key = tuple(sorted(m + n))
                terms[key] = terms.get(key, 0) + c * d
        return Poly(terms)

    def constant(self) -> Any | None:
        """The value, if this is a constant; else None."""
        if not self.terms:
            return 0
        return self.terms[()] if set(self.terms) == {()} else None

    def at(self, values: dict[int, Fraction]) -> Poly:
        """With values put for some of the names."""
        terms: dict[Monomial, Any] = {}
        for m, c in self.terms.items():
            for i in m:
                Budget.spend(1)
                if i in values:
                    long = words(values[i])
                    Budget.spend(words(c) + long + words(c) * long // 64)
                    c = c * values[i]
            rest = tuple(i for i in m if i not in values)
            before = terms.get(rest, 0)
            Budget.spend(1 + words(before) + words(c) + words(before) * words(c) // 64)
            terms[rest] = before + c
        return Poly(terms)


def const(value: Any) -> Poly:
    """A constant polynomial."""
    return Poly({(): value})


def summed(values: Iterable[Poly]) -> Poly:
    """The sum of polynomials."""
    return sum(values, start=const(0))


Factor = tuple[Any, Poly]  # what it is the denominator of, and the denominator: not constant


class Ratio:
    """A polynomial over a product of polynomials that are known to be positive.

    Equal denominators of different things (of payoffs and of transfers, say) are different factors.
    """

    def __init__(self, num: Poly, den: dict[Factor, int] | None = None):
        self.num = num
        self.den = den or {}

    def above(self, den: dict[Factor, int]) -> Poly:
        """The numerator over a common denominator."""
        num = self.num
        for factor, power in den.items():
            for _ in range(power - self.den.get(factor, 0)):
                num = num * factor[1]
        return num

    def __add__(self, other: Ratio) -> Ratio:
        den = common([self, other])
        return Ratio(self.above(den) + other.above(den), den)

    def __neg__(self) -> Ratio:
        return Ratio(self.num.scaled(-1), self.den)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + (-other)

    def __mul__(self, other: Ratio) -> Ratio:
        den = {f: self.den.get(f, 0) + other.den.get(f, 0) for f in {**self.den, **other.den}}
        return Ratio(self.num * other.num, den)

    def over(self, positive: Poly, of: Any) -> Ratio:
        """Divided by a polynomial that is known to be positive, the denominator of something."""
        value = positive.constant()
        if value is not None and value > 0:
            return Ratio(self.num.scaled(Fraction(1) / value), self.den)
        return self * Ratio(const(1), {(of, positive): 1})

    def times(self, positive: Poly, of: Any) -> Ratio:
        """Multiplied by the denominator of something, by which it may be divided."""
        den = dict(self.den)
        if den.pop((of, positive), 0) == 1:
            return Ratio(self.num, den)
        return Ratio(self.num * positive, self.den)


def common(ratios: Iterable[Ratio]) -> dict[Factor, int]:
    """The least common denominator."""
    den: dict[Factor, int] = {}
    for ratio in ratios:
        for factor, power in ratio.den.items():
            den[factor] = max(power, den.get(factor, 0))
    return den


def total(ratios: Iterable[Ratio]) -> Ratio:
    """The sum."""
    return sum(ratios, start=Ratio(const(0)))


NUMBER_0, NUMBER_1 = Ratio(const(0)), Ratio(const(1))

# ---------------------------------------------------------------- reading


def is_int(value: Any) -> bool:
    """An integer that is no boolean."""
    return type(value) is int


def index(value: Any, below: int, label: str) -> int:
    """An index from 0, below a number."""
    need(is_int(value) and 0 <= value < below, f"{label}: no index below {below}")
    return value


def a_list(value: Any, label: str, length: int | None = None) -> list[Any]:
    """A list, of a length if one is given."""
    need(isinstance(value, list), f"{label}: no list")
    need(length is None or len(value) == length, f"{label}: not of {length} entries")
    return value


def fields(value: Any, label: str, names: str) -> list[Any]:
    """The values of the fields of an object with exactly these fields."""
    need(isinstance(value, dict), f"{label}: no object")
    need(set(value) == set(names.split()), f"{label}: fields {sorted(value)} instead of {names}")
    return [value[name] for name in names.split()]


def texts(value: Any, label: str) -> list[str]:
    """A list of distinct texts, not empty."""
    need(
        a_list(value, label) != [] and all(isinstance(t, str) for t in value), f"{label}: not texts"
    )
    need(len(set(value)) == len(value), f"{label}: not distinct")
    return value


def indices(value: Any, below: int, label: str, length: int | None = None) -> list[int]:
    """A list of indices, of a length if one is given."""
    return [index(v, below, label) for v in a_list(value, label, length)]


def ascending(value: Any, below: int, label: str) -> list[int]:
    """A strictly ascending list of indices."""
    need(indices(value, below, label) == sorted(set(value)), f"{label}: not ascending")
    return value


def rational(value: Any, label: str) -> Fraction:
    """A fraction as a text in lowest terms."""
    need(isinstance(value, str), f"{label}: no text")
    match = re.fullmatch(r"(0|-?[1-9][0-9]*)(?:/([1-9][0-9]*))?", value, re.ASCII)
    if match is None or len(value) > 2 * MAX_DIGITS + 2:
        raise Reject(f"{label}: no fraction")
    digits = [len((part or "").lstrip("-")) for part in match.groups()]
    need(max(digits) <= MAX_DIGITS, f"{label}: too many digits")
    top, bottom = int(match[1]), int(match[2] or 1)
    need(
        match[2] is None or (bottom > 1 and gcd(top, bottom) == 1), f"{label}: not in lowest terms"
    )
    return Fraction(top, bottom)


def number(value: Any, names: dict[str, int]) -> Poly:
    """A number: an integer, or an object, not constant, from monomials to integers other than 0."""
    if is_int(value):
        return const(value)
    need(isinstance(value, dict) and not set(value) <= {"1"}, "no number, or a constant one")
    terms: dict[Monomial, int] = {}
    for text, coefficient in value.items():
        need(is_int(coefficient) and coefficient != 0, "a coefficient is 0 or no integer")
        parts = [] if text == "1" else text.split("*")
        need(all(part in names for part in parts), f"no monomial: {text[:40]}")
        monomial = tuple(names[part] for part in parts)
        need(list(monomial) == sorted(monomial), f"not in the order of parameters: {text[:40]}")
        terms[monomial] = coefficient
    return Poly(terms)


Condition = tuple[Poly, str]


def condition(value: Any, names: dict[str, int]) -> Condition:
    """A pair of a number and a relation."""
    a_list(value, "condition", 2)
    need(isinstance(value[1], str) and value[1] in (">", ">=", "=="), "no relation")
    return number(value[0], names), value[1]


def conditions(value: Any, names: dict[str, int]) -> list[Condition]:
    """A list of conditions."""
    return [condition(v, names) for v in a_list(value, "conditions")]


def failures(c: Condition) -> list[Condition]:
    """The ways in which a condition fails."""
    p, relation = c
    minus = p.scaled(-1)
    if relation == ">=":
        return [(minus, ">")]
    return [(minus, ">=")] if relation == ">" else [(p, ">"), (minus, ">")]


def refutation(value: Any, facts: Sequence[Condition], names: dict[str, int]) -> None:
    """Check that a refutation shows that the conditions contradict each other."""
    products, multipliers = fields(value, "refutation", "products multipliers")
    result, strict = const(0), False
    for entry in a_list(products, "products"):
        coefficient, factors, bases = a_list(entry, "product", 3)
        need(is_int(coefficient) and coefficient > 0, "a coefficient is no positive integer")
        term = const(coefficient)
        for i in indices(factors, len(facts), "product"):
            term = term * facts[i][0]
        for base in a_list(bases, "bases"):
            square = number(base, names)
            term = term * square * square
        strict = strict or (not bases and all(facts[i][1] == ">" for i in factors))
        result = result + term
    for entry in a_list(multipliers, "multipliers"):
        i, factor = a_list(entry, "multiplier", 2)
        need(facts[index(i, len(facts), "multiplier")][1] == "==", "a multiplier of no equation")
        result = result + number(factor, names) * facts[i][0]
    need(strict, "a refutation without a strict product")
    need(not result.terms, "a refutation that is not 0")


# ---------------------------------------------------------------- signs


class Signs:
    """What is known of signs in one case: sets of possible signs of normalised polynomials."""

    def __init__(self, facts: Iterable[Condition], epsilon: int):
        self.epsilon = epsilon
        self.table: dict[Poly, int] = {}
        for p, relation in facts:
            if p.constant() is None:
                key, flipped = self._key(p)
                mask = {">": POS, ">=": POS | ZERO, "==": ZERO}[relation]
                self.table[key] = self.table.get(key, 7) & (self._flip(mask) if flipped else mask)

    @staticmethod
    def _flip(mask: int) -> int:
        return (mask & ZERO) | (NEG if mask & POS else 0) | (POS if mask & NEG else 0)

    @staticmethod
    def _key(p: Poly) -> tuple[Poly, bool]:
        lead = p.terms[max(p.terms)]
        return p.scaled(Fraction(1) / lead), lead < 0

    def _plain(self, p: Poly) -> int:
        """The possible signs of a polynomial without the epsilon."""
        value = p.constant()
        if value is not None:
            return POS if value > 0 else NEG if value < 0 else ZERO
        key, flipped = self._key(p)
        mask = self.table.get(key, 7)
        return self._flip(mask) if flipped else mask

    def mask(self, value: Ratio | Poly) -> int:
        """The possible signs of a number: those of all coefficients of powers of the epsilon."""
        Budget.spend()
        p = value.num if isinstance(value, Ratio) else value
        if not any(self.epsilon in m for m in p.terms):
            return self._plain(p)
        parts: dict[int, dict[Monomial, Any]] = {}
        for m, c in p.terms.items():
            rest = tuple(i for i in m if i != self.epsilon)
            parts.setdefault(len(m) - len(rest), {})[rest] = c
        masks = [self._plain(Poly(part)) for part in parts.values()]
        for sign, opposite in ((POS, NEG), (NEG, POS)):
            if all(mask & opposite == 0 for mask in masks):
                if sign in masks:
                    return sign
                return ZERO if set(masks) == {ZERO} else sign | ZERO
        return 7

    def known(self, value: Ratio | Poly, relation: str) -> bool:
        """Is the relation of the number to 0 known?"""
        return self.mask(value) & EXCLUDED[relation] == 0

    def decide(self, value: Ratio | Poly, relation: str) -> bool:
        """Is the relation so? Reject if it is not known."""
        if self.known(value, relation):
            return True
        need(self.known(value, CONTRARY[relation]), "a sign is not known")
        return False

    def ask(self, value: Ratio | Poly, relation: str, label: str) -> None:
        """Reject unless the relation of the number to 0 is known."""
        need(self.known(value, relation), f"{label}: not known to be {relation} 0")


# ---------------------------------------------------------------- data

OWN_LAMBDA = {"value-between", "threshold", "threshold-at-most", "agent-thresholds"}
NO_GAME = {"formula", "inconsistent"}
AXIOMS = {"axiom-i", "axiom-ii", "axiom-iii", "axiom-iv-strict", "axiom-iv-partial"}
ANY_LAMBDA = {"optimum", "first-best", "incontractible", "incontractible-cells"} | AXIOMS
BUDGETS = ("balanced", "burnt", "free")
MECHANISM_CLAIMS = {
    "mechanism-gap",
    "mechanism-gap-positive",
    "mechanism-gap-zero",
    "mechanism-gap-at-least",
    "mechanism-gap-at-most",
    "mechanism-value",
    "mechanism-attains",
}
PRIVATE_CLAIMS = {
    "optimum",
    "gap-positive",
    "gap-zero",
    "closes",
    "gap-at-least",
    "gap-at-most",
    "gap",
    "value",
    "threshold",
    "threshold-at-most",
    "correlated-gap-positive",
    "correlated-gap-at-least",
    "correlated-gap-at-most",
    "correlated-gap",
    "nash",
    "unique-nash",
    "incontractible",
    "incontractible-cells",
}


class Problem:
    """The data of a certificate: their form is checked here, signs in each case."""

    def __init__(self, data: Any, claim_id: str):
        section = " mechanism" if isinstance(data, dict) and "mechanism" in data else ""
        parameters, assumptions, game, records, contracts, prosociality, *mechanism = fields(
            data, "data", "parameters assumptions game records contracts prosociality" + section
        )
        for name in a_list(parameters, "parameters"):
            need(isinstance(name, str) and name.isidentifier(), "a parameter is no identifier")
        need(len(set(parameters)) == len(parameters), "parameters are not distinct")
        self.names: dict[str, int] = {name: i for i, name in enumerate(parameters)}
        self.epsilon = len(parameters)
        self.assumptions = conditions(assumptions, self.names)
        self.has_game = claim_id not in NO_GAME
        self.kind, self.private = "none", False
        if not self.has_game:
            rest = (game, records, contracts, prosociality, *mechanism)
            need(rest == (None,) * 4, "a game without need")
            return
        self._game(game)
        self._records(records)
        self._contracts(contracts)
        if self.kind != "directive":
            need(bool(section) == (self.kind in ("mechanism", "interim")), "what agents see")
        self.private = bool(section) and self.kind != "mechanism"
        need(
            (self.kind == "mechanism") == (claim_id in MECHANISM_CLAIMS),
            "another claim than of mechanisms",
        )
        need(not self.private or claim_id in PRIVATE_CLAIMS, "no claim about strategies")
        self.options: Any = None
        if section:
            information, self.options = fields(mechanism[0], "mechanism", "information options")
            self.sight = [
                indices(row, self.states, "information", self.states)
                for row in a_list(information, "information", self.players)
            ]
            need(self.kind == "mechanism" or self.options is None, "options without a mechanism")
            if self.kind == "directive":
                for row, (a, b) in itertools.product(
                    self.sight, itertools.combinations(range(self.states), 2)
                ):
                    need(
                        row[a] != row[b] or self.cells[a] == self.cells[b],
                        "a directive by what a player does not see",
                    )
            if self.options is not None:
                for option in a_list(self.options, "options", self.players):
                    fraction_form(option, self.names)
        if claim_id in OWN_LAMBDA:
            need(prosociality is None, "prosociality is not null")
        elif prosociality is not None or claim_id not in ANY_LAMBDA:
            levels, scale = fields(prosociality, "prosociality", "levels scale")
            self.levels = [number(v, self.names) for v in a_list(levels, "levels", self.players)]
            self.scale = number(scale, self.names)

    def _game(self, game: Any) -> None:
        names, actions, states, prior, denominator, payoffs, cooperative = fields(
            game, "game", "players actions states prior denominator payoffs cooperative"
        )
        self.players = len(texts(names, "players"))
        self.sizes = [len(texts(a, "actions")) for a in a_list(actions, "actions", self.players)]
        self.states = len(texts(states, "states"))
        self.profiles = prod(self.sizes)
        need(self.profiles <= MAX_BYTES, "too many profiles")
        self.prior = [number(v, self.names) for v in a_list(prior, "prior", self.states)]
        self.denominator = number(denominator, self.names)
        self.payoffs = [
            [
                [number(v, self.names) for v in a_list(row, "payoffs", self.profiles)]
                for row in a_list(table, "payoffs", self.states)
            ]
            for table in a_list(payoffs, "payoffs", self.players)
        ]
        self.cooperative = cooperative
        if cooperative is not None:
            for player, chosen in enumerate(a_list(cooperative, "cooperative", self.players)):
                indices(chosen, self.sizes[player], "cooperative")
                need(len(set(chosen)) == len(chosen), "cooperative actions are not distinct")
        self.welfare = [
            [summed(row) for row in zip(*(table[s] for table in self.payoffs))]
            for s in range(self.states)
        ]
        self.actions = [tuple(v) for v in itertools.product(*(range(size) for size in self.sizes))]
        self.number_of = {v: p for p, v in enumerate(self.actions)}

    def _records(self, records: Any) -> None:
        self.cells: Any = None
        self.classes: Any = None
        plays = self.states * self.profiles
        self.record_count = plays
        if records is None:
            self.record = [
                [s * self.profiles + p for p in range(self.profiles)] for s in range(self.states)
            ]
            return
        cells, classes, table = fields(records, "records", "cells classes table")
        if table is not None:
            need(cells is None and classes is None, "records by a table and by cells")
            self.record = a_list(table, "table", self.states)
            for row in self.record:
                indices(row, plays, "record", self.profiles)
            return
        self.cells = indices(cells, self.states, "cells", self.states)
        self.classes = a_list(classes, "classes", self.players)
        for player, row in enumerate(self.classes):
            indices(row, self.sizes[player], "classes", self.sizes[player])
        bases = [max(row) + 1 for row in self.classes]
        self.record = []
        for s in range(self.states):
            self.record.append([])
            for acts in self.actions:
                code = self.cells[s]
                for player, a in enumerate(acts):
                    code = code * bases[player] + self.classes[player][a]
                self.record[s].append(code)

    def _contracts(self, contracts: Any) -> None:
        self.kind, self.budget, liability, self.permissive = fields(
            contracts, "contracts", "kind budget liability permissive"
        )
        need(isinstance(self.permissive, bool), "permissive is no boolean")
        self.liability = liability
        if self.kind in ("transfers", "mechanism") or (
            self.kind == "interim" and self.budget != ""
        ):
            need(self.budget in BUDGETS, "no budget")
            if liability is not None:
                fraction_form(liability, self.names)
        else:
            need(self.kind in ("none", "directive", "interim"), "no kind of contracts")
            need(self.budget == "" and liability is None, "a budget or liability without transfers")
        need(self.kind == "directive" or not self.permissive, "permissive without directives")
        need(self.kind != "directive" or self.cells is not None, "directives need cells")

    def change(self, profile: int, player: int, action: int) -> int:
        """The profile after a deviation."""
        acts = self.actions[profile]
        return self.number_of[acts[:player] + (action,) + acts[player + 1 :]]


def fraction_form(value: Any, names: dict[str, int], infinite: tuple[str, ...] = ()) -> None:
    """Check that something has the form of a fraction, or is one of some infinite ones."""
    if isinstance(value, str):
        if value not in infinite:
            rational(value, "fraction")
    else:
        for v in a_list(value, "fraction", 2):
            number(v, names)


# ---------------------------------------------------------------- one case

Extended = Ratio | str  # a number, "inf" or "-inf"
Transfers = Callable[[int, int], Ratio]  # from records and players
Moves = list[tuple[int, int, int, Poly]]  # multipliers: player, from, to, weight
Play = list[dict[int, Ratio]]  # by state of positive probability: weights of profiles


class End:
    """One λ for each player (or infinity): what deviations pay there, and the liability bound."""

    def __init__(self, case: Case, levels: list[Ratio] | None):
        self.case = case
        self.levels = levels
        self.liability = None
        if case.data.kind != "directive" and case.data.liability is not None:
            bound = case.fraction(case.data.liability, "liability")
            self.liability = NUMBER_0 if levels is None else bound
        self._cache: dict[tuple[int, int, int, int], Ratio] = {}

    def pays(
        self, state: int, profile: int, player: int, action: int, paid: Transfers | None = None
    ) -> Ratio:
        """What a deviation pays in utils: gain − λ × lost (at infinity −lost), and transfers."""
        key, data = (state, profile, player, action), self.case.data
        after = data.change(profile, player, action)
        if key not in self._cache:
            payoff, welfare = data.payoffs[player][state], data.welfare[state]
            lost = self.case.utils(welfare[profile] - welfare[after])
            if self.levels is None:
                self._cache[key] = -lost
            else:
                gain = self.case.utils(payoff[after] - payoff[profile])
                self._cache[key] = gain - self.levels[player] * lost
        if paid is None:
            return self._cache[key]
        record = data.record[state]
        return self._cache[key] + paid(record[after], player) - paid(record[profile], player)


class Case:
    """All that is computed where certain facts are known (or at a point)."""

    def __init__(self, data: Problem, facts: Sequence[Condition], point: list[Fraction], at: bool):
        self.data = data
        self.point = dict(enumerate(point))
        self.values = self.point if at else {}
        self.signs = Signs(facts, data.epsilon)
        self.witness_names = {**data.names, "0+": data.epsilon}
        if at:
            self._substitute()
        if data.has_game:
            self._check_data()

    def _substitute(self) -> None:
        """Put the values of the parameters into the data."""
        data = self.data
        if not data.has_game:
            return

        def put(values: Iterable[Poly]) -> list[Poly]:
            return [p.at(self.values) for p in values]

        data.prior, (data.denominator,) = put(data.prior), put([data.denominator])
        data.payoffs = [[put(row) for row in table] for table in data.payoffs]
        data.welfare = [put(row) for row in data.welfare]
        if hasattr(data, "levels"):
            data.levels, (data.scale,) = put(data.levels), put([data.scale])

    def _check_data(self) -> None:
        data, signs = self.data, self.signs
        for weight in data.prior:
            need(signs.known(weight, ">") or signs.known(weight, "=="), "a prior is not known")
        self.live = [s for s in range(data.states) if self.alive(s)]
        need(self.live != [], "no state is known to have positive probability")
        signs.ask(data.denominator, ">", "denominator")
        self.mass = summed(data.prior[s] for s in self.live)
        if data.liability is not None:
            signs.ask(self.fraction(data.liability, "liability"), ">=", "liability")
        if hasattr(data, "levels"):
            for level in data.levels:
                signs.ask(level, ">=", "level")
            signs.ask(data.scale, ">", "scale")
        self._best: dict[int, int] = {}

    def alive(self, state: int) -> bool:
        """Has the state positive probability?"""
        return self.signs.known(self.data.prior[state], ">")

    # numbers

    def number(self, value: Any) -> Poly:
        """A number of a witness."""
        return number(value, self.witness_names).at(self.values)

    def positive(self, value: Any, label: str) -> Poly:
        """A number of a witness that must be known to be positive."""
        p = self.number(value)
        self.signs.ask(p, ">", label)
        return p

    def fraction(self, value: Any, of: str = "value") -> Ratio:
        """A fraction; what is below must be known to be positive."""
        if isinstance(value, str):
            return Ratio(const(rational(value, "fraction")))
        above, below = (
            number(v, self.data.names).at(self.values) for v in a_list(value, "fraction", 2)
        )
        self.signs.ask(below, ">", "what is below a line")
        return Ratio(above).over(below, of)

    def extended(self, value: Any, *infinite: str) -> Extended:
        """A fraction, or one of some infinite ones."""
        return value if isinstance(value, str) and value in infinite else self.fraction(value)

    def utils(self, p: Poly) -> Ratio:
        """A payoff in utils."""
        return Ratio(p).over(self.data.denominator, "payoffs")

    def largest(self, values: list[Ratio]) -> int:
        """The index of the largest number at the point, known to be a largest one."""
        den = common(values)
        numbers = [value.above(den) for value in values]
        at = {**self.point, self.data.epsilon: Fraction(0)}
        heights = [p.at(at).constant() for p in numbers]
        best = heights.index(max(heights))
        for p in numbers:
            self.signs.ask(numbers[best] - p, ">=", "the largest")
        return best

    # ends

    def at_levels(self) -> End:
        """The λ of the data."""
        return End(
            self, [Ratio(level).over(self.data.scale, "scale") for level in self.data.levels]
        )

    def at_common(self, value: Extended) -> End:
        """A common λ, or infinity."""
        return End(self, None if isinstance(value, str) else [value] * self.data.players)

    # welfare

    def best(self, state: int) -> int:
        """A profile of greatest welfare in a state."""
        if state not in self._best:
            self._best[state] = self.largest([Ratio(w) for w in self.data.welfare[state]])
        return self._best[state]

    def is_best(self, state: int, profile: int) -> bool:
        """Is the profile first best in the state?"""
        row = self.data.welfare[state]
        return profile == self.best(state) or not self.signs.decide(
            row[self.best(state)] - row[profile], ">"
        )

    def mean(self, by_state: dict[int, Ratio]) -> Ratio:
        """The mean in utils, of payoffs over the denominator by state of positive probability."""
        value = total(Ratio(self.data.prior[s]) * value for s, value in by_state.items())
        return value.over(self.mass, "prior").over(self.data.denominator, "payoffs")

    def optimum(self) -> Ratio:
        """W*."""
        return self.mean({s: Ratio(self.data.welfare[s][self.best(s)]) for s in self.live})

    def welfare_of(self, play: Play) -> Ratio:
        """The welfare of a play at ε = 0."""
        values: dict[int, Ratio] = {}
        zero = {self.data.epsilon: Fraction(0)}
        for s, weights in zip(self.live, play):
            plain = {p: w.num.at(zero) for p, w in weights.items()}
            mass = summed(plain.values())
            self.signs.ask(mass, ">", "what is played at ε = 0")
            value = summed(w * self.data.welfare[s][p] for p, w in plain.items())
            values[s] = Ratio(value).over(mass, s)
        return self.mean(values)

    def pure(self, state: int, profile: int, end: End) -> bool:
        """Is the profile a pure equilibrium without a contract?"""
        decide = self.signs.decide
        return all(decide(end.pays(state, profile, i, b), "<=") for i, b in self.moves(profile))

    def moves(self, profile: int) -> Iterator[tuple[int, int]]:
        """All deviations from a profile: players and actions."""
        acts = self.data.actions[profile]
        return (
            (i, b)
            for i in range(self.data.players)
            for b in range(self.data.sizes[i])
            if b != acts[i]
        )

    # plays

    def selection(self, value: Any) -> list[int]:
        """A profile by state."""
        return indices(value, self.data.profiles, "selection", len(self.live))

    def weights(self, value: Any, below: int) -> dict[int, Ratio]:
        """Weights of profiles, or of a player's actions."""
        result: dict[int, Ratio] = {}
        for entry in a_list(value, "weights"):
            i, weight = a_list(entry, "weights", 2)
            need(index(i, below, "weights") not in result, "a weight twice")
            result[i] = Ratio(self.positive(weight, "weight"))
        need(result != {}, "no weights")
        return result

    def transfers(self, value: Any, end: End) -> Transfers:
        """An entry of transfers, checked against budget and liability, as a function."""
        denominator, amounts = fields(value, "transfers", "denominator amounts")
        below = self.positive(denominator, "denominator")
        table: dict[int, list[Ratio]] = {}
        for entry in a_list(amounts, "amounts"):
            record, row = a_list(entry, "amounts", 2)
            index(record, self.data.record_count, "record")
            need(record not in table, "a record twice")
            paid = [
                Ratio(self.number(v)).over(below, "transfers")
                for v in a_list(row, "amounts", self.data.players)
            ]
            if self.data.budget != "free":
                self.signs.ask(
                    total(paid), "==" if self.data.budget == "balanced" else "<=", "budget"
                )
            if end.liability is not None:
                for amount in paid:
                    self.signs.ask(amount + end.liability, ">=", "liability")
            table[record] = paid
        nothing = NUMBER_0.over(below, "transfers")
        return lambda record, player: table[record][player] if record in table else nothing

    def allowed(self, part: dict[int, Iterable[int]]) -> dict[tuple[int, int], set[int]]:
        """The classes that a play (profiles by state) allows, by cell and player."""
        cells, classes = self.data.cells, self.data.classes
        result: dict[tuple[int, int], set[int]] = {}
        for s, profiles in part.items():
            for p, (i, row) in itertools.product(profiles, enumerate(classes)):
                result.setdefault((cells[s], i), set()).add(row[self.data.actions[p][i]])
        return result

    def play(self, value: Any, ends: list[End], correlated: bool) -> Play:
        """A play with transfers: check that it is an equilibrium at all ends; its weights."""
        data = self.data
        mixed = isinstance(value, dict) and "distributions" in value
        need(correlated or not mixed, "distributions are not asked for")
        played, transfers = fields(
            value, "play", f"{'distributions' if mixed else 'selection'} transfers"
        )
        if mixed:
            rows = a_list(played, "distributions", len(self.live))
            play = [self.weights(v, data.profiles) for v in rows]
        else:
            play = [{p: NUMBER_1} for p in self.selection(played)]
        a_list(transfers, "transfers", len(ends) if data.kind == "transfers" else 0)
        allowed = None
        if data.kind == "directive":
            allowed = self.allowed(dict(zip(self.live, play)))
            need(
                data.permissive or all(len(v) == 1 for v in allowed.values()),
                "two classes in a cell",
            )
        for end, entry in itertools.zip_longest(ends, transfers):
            paid = self.transfers(entry, end) if data.kind == "transfers" else None
            for s, weights in zip(self.live, play):
                self.obeyed(s, weights, end, paid, allowed)
        return play

    def obeyed(
        self,
        s: int,
        weights: dict[int, Ratio],
        end: End,
        paid: Transfers | None,
        allowed: dict[tuple[int, int], set[int]] | None,
    ) -> None:
        """No deviation from an action that is played pays in a state."""
        data = self.data
        for i in range(data.players):
            for a, b in itertools.permutations(range(data.sizes[i]), 2):
                if allowed is not None and data.classes[i][b] not in allowed[data.cells[s], i]:
                    continue
                parts = [
                    weight * end.pays(s, p, i, b, paid)
                    for p, weight in weights.items()
                    if data.actions[p][i] == a
                ]
                if parts:
                    self.signs.ask(total(parts), "<=", "what a deviation pays")

    # obstructions

    def obstruction(
        self,
        selection: Any,
        deviations: Any,
        ends: list[End],
        included: tuple[bool, bool] = (True, True),
    ) -> dict[int, int]:
        """Check that an obstruction has positive strength; its part of a selection."""
        part: dict[int, int] = {}
        for entry in a_list(selection, "selection"):
            s, p = a_list(entry, "selection", 2)
            index(s, self.data.states, "selection")
            index(p, self.data.profiles, "selection")
            need(s in self.live and s not in part, "a state twice or of no probability")
            part[s] = p
        moves: dict[tuple[int, int, int], int] = {}
        for entry in a_list(deviations, "deviations"):
            s, i, b, weight = a_list(entry, "deviation", 4)
            need(is_int(s) and s in part, "a deviation in another state")
            index(i, self.data.players, "deviation")
            index(b, self.data.sizes[i], "deviation")
            need(b != self.data.actions[part[s]][i], "a deviation to the same action")
            need((s, i, b) not in moves, "a move twice")
            need(is_int(weight) and weight > 0, "no weight")
            moves[s, i, b] = weight
        self.positive_between([self._strength(part, moves, end) for end in ends], included)
        return part

    def positive_between(self, strengths: list[Ratio], included: tuple[bool, bool]) -> None:
        """Check that a strength is positive at all λ between the ends."""
        signs = self.signs
        if len(strengths) == 1:
            signs.ask(strengths[0], ">", "strength")
        else:
            for strength in strengths:
                signs.ask(strength, ">=", "strength")
            for i in range(2):  # positive there, or not included and positive at the other end
                need(
                    signs.decide(strengths[i], ">")
                    or (not included[i] and signs.decide(strengths[1 - i], ">")),
                    "strength at an end",
                )

    def _strength(
        self, part: dict[int, int], moves: dict[tuple[int, int, int], int], end: End
    ) -> Ratio:
        data = self.data
        if data.kind == "directive":
            allowed = self.allowed({s: [p] for s, p in part.items()})
            if not data.permissive and any(len(v) > 1 for v in allowed.values()):
                need(not moves, "deviations beside two classes")
                return NUMBER_1
            need(len(moves) == 1, "not one deviation")
            ((s, i, b),) = moves
            need(data.classes[i][b] in allowed[data.cells[s], i], "a deviation that is not allowed")
            return end.pays(s, part[s], i, b)
        result = total(
            Ratio(const(weight)) * end.pays(s, part[s], i, b) for (s, i, b), weight in moves.items()
        )
        if data.kind == "none":
            return result
        leaving: dict[int, list[int]] = {}
        for (s, i, b), weight in moves.items():
            before, after = data.record[s][part[s]], data.record[s][data.change(part[s], i, b)]
            for record, sign in ((before, 1), (after, -1)):
                leaving.setdefault(record, [0] * data.players)[i] += sign * weight
        slack = 0
        for d in leaving.values():
            m = {"balanced": max(d), "burnt": max(0, *d), "free": 0}[data.budget]
            need(m >= max(d), "fines beyond a free budget")
            slack += sum(m - x for x in d)
        if end.liability is None:
            need(slack == 0, "slack without a liability bound")
            return result
        return result - Ratio(const(slack)) * end.liability

    def bound(
        self, value: Any, ends: list[End], included: tuple[bool, bool] = (True, True)
    ) -> tuple[Extended, bool]:
        """A bound by obstructions, and is it strict? Or one by cases of contracts."""
        if isinstance(value, dict) and "contracts" in value:
            return self.bound_by_contracts(value, ends), False
        obstructions, blocks = fields(value, "bound", "obstructions blocks")
        parts = [
            self.obstruction(*fields(o, "obstruction", "selection deviations"), ends, included)
            for o in a_list(obstructions, "obstructions")
        ]
        covered: list[int] = []
        chosen: dict[int, Ratio] = {}
        infinite = any_strict = False
        for block in a_list(blocks, "blocks"):
            states, best, strict, tree = fields(block, "block", "states best strict tree")
            need(isinstance(strict, bool), "strict is no boolean")
            need(indices(states, self.data.states, "block") != [], "a block without states")
            covered += states
            need(all(s in self.live for s in states), "a block with a state of no probability")
            if best is not None:
                indices(best, self.data.profiles, "best", len(states))
                chosen |= {s: Ratio(self.data.welfare[s][p]) for s, p in zip(states, best)}
            infinite = infinite or best is None
            any_strict = any_strict or strict
            self._tree(tree, states, best, strict, parts, {})
        need(sorted(covered) == self.live, "blocks are no partition of the states")
        return ("-inf" if infinite else self.mean(chosen)), any_strict

    def bound_by_contracts(self, value: Any, ends: list[End]) -> Extended:
        """A bound by cases of what contracts pay."""
        (blocks,) = fields(value, "bound", "contracts")
        need(self.data.kind == "transfers", "cases of contracts without transfers")
        need(len(ends) == 1 and ends[0].levels is not None, "cases of contracts at several λ")
        need(not self.data.names, "cases of contracts with parameters")
        covered: list[int] = []
        most_of_all, infinite = 0, False
        for block in a_list(blocks, "contracts"):
            states, most, below, tree = fields(block, "block", "states most denominator cases")
            need(indices(states, self.data.states, "block") != [], "a block without states")
            need(all(s in self.live for s in states), "a block with a state of no probability")
            need(is_int(below) and below > 0, "a denominator is no positive integer")
            need(most is None or is_int(most), "most is no integer")
            covered += states
            infinite = infinite or most is None
            most_of_all += most or 0
            needs = {
                (s, p): self._needs(s, p, ends[0])
                for s in states
                for p in range(self.data.profiles)
            }
            remaining = {
                s: [p for p in range(self.data.profiles) if needs[s, p] is not None] for s in states
            }
            todo: list[tuple[Any, dict[int, list[int]], list[tuple[int, int, int, int]]]] = [
                (tree, remaining, [])
            ]
            while todo:
                node, remaining, way = todo.pop()
                Budget.spend(1 + len(way) + sum(map(len, remaining.values())))
                if node is None:
                    if all(remaining.values()):
                        need(most is not None, "something may be implementable")
                        best = [
                            max(self._weighted(s, p) for p in own) for s, own in remaining.items()
                        ]
                        need(sum(best) <= most, "a leaf of more")
                elif isinstance(node, dict):
                    self._contradicted(node, way, below, ends[0])
                else:
                    i, y, z, amount, low, high = a_list(node, "node", 6)
                    index(i, self.data.players, "node")
                    for record in (y, z):
                        index(record, self.data.states * self.data.profiles, "node")
                    need(y != z and is_int(amount), "a node that says nothing")
                    for case, key, limit in ((low, (i, y, z), amount), (high, (i, z, y), -amount)):
                        top = Fraction(limit, below)
                        fitting = {
                            s: [p for p in own if self._fits(needs[s, p], key, top)]
                            for s, own in remaining.items()
                        }
                        todo.append((case, fitting, [*way, (i, key[2], key[1], -limit)]))
        need(sorted(covered) == self.live, "blocks are no partition of the states")
        if infinite:
            return "-inf"
        whole = Ratio(const(most_of_all)).over(self.mass, "prior")
        return whole.over(self.data.denominator, "payoffs")

    @staticmethod
    def _fits(
        needs: dict[tuple[int, int, int], Fraction] | None,
        key: tuple[int, int, int],
        limit: Fraction,
    ) -> bool:
        return needs is not None and (key not in needs or needs[key] <= limit)

    def _weighted(self, state: int, profile: int) -> Any:
        return (self.data.prior[state] * self.data.welfare[state][profile]).constant()

    def _needs(
        self, state: int, profile: int, end: End
    ) -> dict[tuple[int, int, int], Fraction] | None:
        """What a profile needs of each player between its record and others; None if it is out."""
        row, needs = self.data.record[state], dict[tuple[int, int, int], Fraction]()
        for i, b in self.moves(profile):
            pays = Fraction(end.pays(state, profile, i, b).num.constant())
            y, z = row[profile], row[self.data.change(profile, i, b)]
            if y == z:
                if pays > 0:
                    return None
            else:
                needs[i, y, z] = max(pays, needs.get((i, y, z), pays))
        return needs

    def _contradicted(
        self, node: Any, way: list[tuple[int, int, int, int]], below: int, end: End
    ) -> None:
        """Rows of the way to a leaf add up to a contradiction."""
        (listed,) = fields(node, "leaf", "refuted")
        leaving: dict[int, list[int]] = {}
        strength = Fraction(0)
        for entry in a_list(listed, "refuted"):
            k, weight = a_list(entry, "row", 2)
            i, y, z, amount = way[index(k, len(way), "row")]
            need(is_int(weight) and weight > 0, "a weight is no positive integer")
            strength += Fraction(weight * amount, below)
            for record, sign in ((y, weight), (z, -weight)):
                leaving.setdefault(record, [0] * self.data.players)[i] += sign
        slack = 0
        for d in leaving.values():
            m = {"balanced": max(d), "burnt": max(0, *d), "free": 0}[self.data.budget]
            need(m >= max(d), "fines beyond a free budget")
            slack += sum(m - x for x in d)
        if end.liability is None:
            need(slack == 0, "slack without a liability bound")
        else:
            strength -= slack * Fraction(end.liability.num.constant())
        need(strength > 0, "rows that do not contradict each other")

    def _tree(
        self,
        tree: Any,
        states: list[int],
        best: list[int] | None,
        strict: bool,
        parts: list[dict[int, int]],
        way: dict[int, int],
    ) -> None:
        """Each selection has an obstruction or no more welfare than `best`."""
        state = states[len(way)]
        listed: set[int] = set()
        for entry in a_list(tree, "tree"):
            p, branch = a_list(entry, "tree", 2)
            index(p, self.data.profiles, "tree")
            need(p not in listed, "a profile twice in a tree")
            listed.add(p)
            longer = {**way, state: p}
            if is_int(branch):
                part = parts[index(branch, len(parts), "obstruction")]
                need(
                    all(longer.get(s) == q for s, q in part.items()),
                    "an obstruction of something else",
                )
            else:
                need(len(longer) < len(states), "a tree of no state")
                self._tree(branch, states, best, strict, parts, longer)
        for p in range(self.data.profiles):
            if p not in listed:
                need(best is not None, "a profile is not looked at")
                path = {**way, state: p}
                value = const(0)
                for s, chosen in zip(states, best):
                    row = self.data.welfare[s]
                    rival = row[path[s]] if s in path else row[self.best(s)]
                    value = value + self.data.prior[s] * (row[chosen] - rival)
                self.signs.ask(value, ">" if strict else ">=", "a profile that is not looked at")

    # multipliers

    def multipliers(self, value: Any) -> Moves:
        """Multipliers of one state."""
        data = self.data
        result: Moves = []
        for entry in a_list(value, "multipliers"):
            i, a, b, weight = a_list(entry, "multiplier", 4)
            index(i, data.players, "multiplier")
            index(a, data.sizes[i], "multiplier")
            index(b, data.sizes[i], "multiplier")
            need(a != b, "a multiplier of no change")
            need(all((i, a, b) != move[:3] for move in result), "a move twice")
            result.append((i, a, b, self.positive(weight, "multiplier")))
        return result

    def weighted(
        self,
        moves: Moves,
        state: int,
        profile: int,
        end: End,
        paid: Transfers | None = None,
    ) -> Ratio:
        """The weighted sum of what the deviations of these moves from a profile pay."""
        return total(
            Ratio(weight) * end.pays(state, profile, i, b, paid)
            for i, a, b, weight in moves
            if self.data.actions[profile][i] == a
        )

    def fines(self, moves: Moves, state: int, profile: int, end: End) -> Ratio:
        """What fines under all contracts can take from the weighted sum at a profile."""
        data, row = self.data, self.data.record[state]
        if data.kind == "none":
            return NUMBER_0
        leaving: dict[int, list[Poly]] = {}
        for i, a, b, weight in moves:
            if data.actions[profile][i] == a:
                for record, sign in ((row[profile], 1), (row[data.change(profile, i, b)], -1)):
                    d = leaving.setdefault(record, [const(0)] * data.players)
                    d[i] = d[i] + weight.scaled(Fraction(sign))
        slack = const(0)
        for d in leaving.values():
            listed = {"balanced": d, "burnt": [*d, const(0)], "free": [const(0)]}[data.budget]
            m = listed[self.largest([Ratio(change) for change in listed])]
            for change in d:
                self.signs.ask(Ratio(m - change), ">=", "m − d")
                slack = slack + m - change
        if end.liability is None:
            self.signs.ask(Ratio(slack), "==", "slack without a liability bound")
            return NUMBER_0
        return Ratio(slack) * end.liability

    def bound_by_multipliers(self, value: Any, end: End) -> tuple[Extended, bool]:
        """A bound of correlated claims."""
        denominator, by_state = fields(value, "bound", "denominator multipliers")
        below = self.positive(denominator, "denominator")
        result: dict[int, Ratio] = {}
        for s, entry in zip(self.live, a_list(by_state, "multipliers", len(self.live))):
            moves = self.multipliers(entry)
            values = [
                self.utils(self.data.welfare[s][p])
                - (self.weighted(moves, s, p, end) - self.fines(moves, s, p, end)).over(
                    below, "multipliers"
                )
                for p in range(self.data.profiles)
            ]
            result[s] = values[self.largest(values)]
        mean = total(Ratio(self.data.prior[s]) * v for s, v in result.items())
        return mean.over(self.mass, "prior"), False


# ---------------------------------------------------------------- strategies


class Private:
    """Players who do not all see the state, and say nothing."""

    def __init__(self, case: Case):
        self.case, self.data, self.signs = case, case.data, case.signs
        self.types = sorted(
            {(i, row[s]) for i, row in enumerate(self.data.sight) for s in case.live}
        )

    def states(self, player: int, cell: int) -> list[int]:
        """The states of positive probability in a cell."""
        return [s for s in self.case.live if self.data.sight[player][s] == cell]

    def whole(self, value: Any) -> dict[tuple[int, int], int]:
        """An action for each type."""
        rows = a_list(value, "strategies", len(self.types))
        for (i, _), action in zip(self.types, rows):
            index(action, self.data.sizes[i], "strategies")
        return dict(zip(self.types, rows))

    def profile_in(self, part: dict[tuple[int, int], int], s: int) -> int:
        """The profile that is played in a state."""
        acts = []
        for i, row in enumerate(self.data.sight):
            need((i, row[s]) in part, "a type without an action")
            acts.append(part[i, row[s]])
        return self.data.number_of[tuple(acts)]

    def together(self) -> Iterator[tuple[list[int], list[Ratio]]]:
        """States that players cannot tell apart together, and the worth of each profile there."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for s in self.case.live:
            groups.setdefault(tuple(row[s] for row in self.data.sight), []).append(s)
        for states in groups.values():
            yield (
                states,
                [
                    total(Ratio(self.data.prior[s] * self.data.welfare[s][p]) for s in states)
                    for p in range(self.data.profiles)
                ],
            )

    def pooled_profiles(self) -> dict[int, set[int]]:
        """By state the first best of players who pool what they see."""
        best = {}
        for states, worth in self.together():
            top = worth[self.case.largest(worth)]
            own = {p for p, value in enumerate(worth) if not self.signs.decide(top - value, ">")}
            best |= dict.fromkeys(states, own)
        return best

    def pooled(self) -> Ratio:
        """W* of players who pool what they see."""
        result = [worth[self.case.largest(worth)] for _, worth in self.together()]
        return total(result).over(self.case.mass, "prior").over(self.data.denominator, "payoffs")

    def welfare(self, chosen: dict[tuple[int, int], int]) -> Ratio:
        """What strategies reach."""
        return self.case.mean(
            {s: Ratio(self.data.welfare[s][self.profile_in(chosen, s)]) for s in self.case.live}
        )

    def strategy_of(self, chosen: dict[tuple[int, int], int], player: int) -> tuple[int, ...]:
        """A player's strategy."""
        return tuple(chosen[type_] for type_ in self.types if type_[0] == player)

    def strategy_profiles(self) -> Iterator[dict[tuple[int, int], int]]:
        """All profiles of strategies, in ascending order."""
        sizes = [range(self.data.sizes[i]) for i, _ in self.types]
        for chosen in itertools.product(*sizes):
            Budget.spend(len(chosen))
            yield dict(zip(self.types, chosen))

    def pays(
        self,
        chosen: dict[tuple[int, int], int],
        type_: tuple[int, int],
        b: int,
        end: End,
        paid: Transfers | None = None,
    ) -> Ratio:
        """What a type's change to another action pays, in sum over its states."""
        return total(
            Ratio(self.data.prior[s]) * end.pays(s, self.profile_in(chosen, s), type_[0], b, paid)
            for s in self.states(*type_)
        )

    def permitted(self, part: dict[tuple[int, int], int]) -> dict[tuple[int, int], set[int]] | None:
        """The classes that a part uses, by player and verifiable cell; None without directives."""
        if self.data.kind != "directive":
            return None
        used: dict[tuple[int, int], set[int]] = {}
        for (i, cell), a in part.items():
            place = i, self.data.cells[self.states(i, cell)[0]]
            used.setdefault(place, set()).add(self.data.classes[i][a])
        return used

    def torn(self, used: dict[tuple[int, int], set[int]] | None) -> bool:
        """Would a complete directive have to allow two classes?"""
        return (
            used is not None and not self.data.permissive and any(len(v) > 1 for v in used.values())
        )

    def counts(
        self, used: dict[tuple[int, int], set[int]] | None, type_: tuple[int, int], b: int
    ) -> bool:
        """May a type take an action?"""
        if used is None:
            return True
        place = type_[0], self.data.cells[self.states(*type_)[0]]
        return self.data.classes[type_[0]][b] in used.get(place, set())

    def play(self, value: Any, ends: list[End], correlated: bool) -> Ratio:
        """The welfare of strategies, or of a draw of some, that are an equilibrium at all ends."""
        mixed = isinstance(value, dict) and "distribution" in value
        need(correlated or not mixed, "a draw is not asked for")
        played, transfers = fields(
            value, "play", f"{'distribution' if mixed else 'strategies'} transfers"
        )
        draws: list[tuple[dict[tuple[int, int], int], Ratio]] = []
        for entry in a_list(played, "distribution") if mixed else [[played, 1]]:
            chosen, weight = a_list(entry, "draw", 2)
            whole = self.whole(chosen)
            need(all(whole != strategies for strategies, _ in draws), "strategies twice")
            draws.append((whole, Ratio(self.case.positive(weight, "weight"))))
        need(draws != [], "no draw")
        paying = self.data.budget != ""
        a_list(transfers, "transfers", len(ends) if paying else 0)
        for end, entry in itertools.zip_longest(ends, transfers):
            paid = self.case.transfers(entry, end) if paying else None
            for type_ in self.types:
                for strategy in {self.strategy_of(chosen, type_[0]) for chosen, _ in draws}:
                    own = [
                        draw for draw in draws if self.strategy_of(draw[0], type_[0]) == strategy
                    ]
                    self.obeyed(type_, own, end, paid)
        zero = {self.data.epsilon: Fraction(0)}
        weights = [Ratio(weight.num.at(zero)) for _, weight in draws]
        mass = summed(weight.num for weight in weights)
        self.signs.ask(mass, ">", "what is played at ε = 0")
        worth = total(weight * self.welfare(chosen) for weight, (chosen, _) in zip(weights, draws))
        return worth.over(mass, "draw")

    def obeyed(
        self,
        type_: tuple[int, int],
        draws: list[tuple[dict[tuple[int, int], int], Ratio]],
        end: End,
        paid: Transfers | None,
    ) -> None:
        """No other action pays for a type in draws that tell its player the same."""
        used = self.permitted(draws[0][0])
        need(not self.torn(used), "two classes in a cell")
        for b in range(self.data.sizes[type_[0]]):
            if b != draws[0][0][type_] and self.counts(used, type_, b):
                gain = total(w * self.pays(chosen, type_, b, end, paid) for chosen, w in draws)
                self.signs.ask(gain, "<=", "what another strategy pays")

    def equilibria(self, end: End) -> list[dict[tuple[int, int], int]]:
        """The strategies that are an equilibrium without a contract."""
        need(self.data.kind == "interim", "equilibria under a directive")
        return [
            chosen
            for chosen in self.strategy_profiles()
            if all(
                self.signs.decide(self.pays(chosen, type_, b, end), "<=")
                for type_ in self.types
                for b in range(self.data.sizes[type_[0]])
                if b != chosen[type_]
            )
        ]

    def bound_by_multipliers(self, value: Any, end: End) -> Ratio:
        """A bound of correlated claims."""
        denominator, entries = fields(value, "bound", "denominator multipliers")
        below = self.case.positive(denominator, "denominator")
        moves: dict[tuple[tuple[int, int], tuple[int, ...], int], Poly] = {}
        for entry in a_list(entries, "multipliers"):
            i, strategy, cell, b, weight = a_list(entry, "multiplier", 5)
            index(i, self.data.players, "player")
            need(is_int(cell) and (i, cell) in self.types, "no type")
            own = [type_ for type_ in self.types if type_[0] == i]
            indices(strategy, self.data.sizes[i], "strategy", len(own))
            index(b, self.data.sizes[i], "action")
            key = (i, cell), tuple(strategy), b
            need(strategy[own.index((i, cell))] != b and key not in moves, "no change, or twice")
            moves[key] = self.case.positive(weight, "multiplier")
        values = []
        for chosen in self.strategy_profiles():
            mine = {
                (type_, b): weight
                for (type_, strategy, b), weight in moves.items()
                if self.strategy_of(chosen, type_[0]) == strategy
            }
            cut = self.weighed(chosen, mine, end)
            values.append(
                self.welfare(chosen) - cut.over(below, "multipliers").over(self.case.mass, "prior")
            )
        return values[self.case.largest(values)]

    def weighed(
        self,
        part: dict[tuple[int, int], int],
        weights: dict[tuple[tuple[int, int], int], Poly],
        end: End,
    ) -> Ratio:
        """What weighted deviations pay, less what is made good."""
        gains, leaving = [], dict[int, list[Ratio]]()
        for ((i, cell), b), weight in weights.items():
            for s in self.states(i, cell):
                p, probability = self.profile_in(part, s), Ratio(weight * self.data.prior[s])
                gains.append(probability * end.pays(s, p, i, b))
                row, after = self.data.record[s], self.data.change(p, i, b)
                for record, sign in ((row[p], probability), (row[after], -probability)):
                    own = leaving.setdefault(record, [NUMBER_0] * self.data.players)
                    own[i] = own[i] + sign
        result = total(gains)
        if self.data.budget == "":
            return result
        slack = NUMBER_0
        for d in leaving.values():
            among = {"balanced": d, "burnt": [NUMBER_0, *d], "free": [NUMBER_0]}[self.data.budget]
            m = among[self.case.largest(among)]
            for change in d:
                self.signs.ask(m - change, ">=", "fines beyond a free budget")
            slack = slack + total(m - change for change in d)
        if end.liability is None:
            self.signs.ask(slack, "==", "slack without a liability bound")
            return result
        return result - slack * end.liability

    def obstruction(
        self, value: Any, ends: list[End], included: tuple[bool, bool]
    ) -> dict[tuple[int, int], int]:
        """The part of strategies that an obstruction excludes."""
        strategies, deviations = fields(value, "obstruction", "strategies deviations")
        part: dict[tuple[int, int], int] = {}
        for entry in a_list(strategies, "strategies"):
            i, cell, action = a_list(entry, "strategies", 3)
            index(i, self.data.players, "player")
            index(cell, self.data.states, "cell")
            need((i, cell) in self.types and (i, cell) not in part, "no type, or twice")
            part[i, cell] = index(action, self.data.sizes[i], "action")
        weights: dict[tuple[int, int, int], Poly] = {}
        for entry in a_list(deviations, "deviations"):
            i, cell, action, weight = a_list(entry, "deviation", 4)
            for index_ in (i, cell, action):
                need(is_int(index_) and index_ >= 0, "no number")
            need((i, cell) in part and action < self.data.sizes[i], "no type or action")
            need(action != part[i, cell], "the same action")
            need((i, cell, action) not in weights, "a deviation twice")
            weights[i, cell, action] = self.case.positive(weight, "weight")
        used = self.permitted(part)
        if self.torn(used):
            need(not weights, "deviations beside two classes")
            return part
        for i, cell, action in weights:
            need(self.counts(used, (i, cell), action), "a deviation that is not allowed")
        moves = {((i, cell), b): weight for (i, cell, b), weight in weights.items()}
        strengths = [self.weighed(part, moves, end) for end in ends]
        self.case.positive_between(strengths, included)
        return part

    def bound(
        self, value: Any, ends: list[End], included: tuple[bool, bool]
    ) -> tuple[Extended, bool]:
        """A bound by obstructions, and is it strict?"""
        obstructions, best, strict, tree = fields(value, "bound", "obstructions best strict tree")
        need(isinstance(strict, bool), "strict is no boolean")
        parts = [
            self.obstruction(entry, ends, included)
            for entry in a_list(obstructions, "obstructions")
        ]
        known = None if best is None else self.welfare(self.whole(best))
        self.branch(tree, {}, parts, known, strict)
        return ("-inf" if known is None else known), strict

    def branch(
        self,
        node: Any,
        path: dict[tuple[int, int], int],
        parts: list[dict[tuple[int, int], int]],
        known: Ratio | None,
        strict: bool,
    ) -> None:
        Budget.spend(1 + len(path))
        if node is None:
            need(known is not None, "nothing is the best")
            assert known is not None
            self.signs.ask(known - self.most(path), ">" if strict else ">=", "a better one")
        elif isinstance(node, list):
            need(len(path) < len(self.types), "too deep")
            type_ = self.types[len(path)]
            for action, below in enumerate(a_list(node, "tree", self.data.sizes[type_[0]])):
                self.branch(below, {**path, type_: action}, parts, known, strict)
        else:
            index(node, len(parts), "tree")
            need(all(path.get(k) == v for k, v in parts[node].items()), "not on the way")

    def most(self, path: dict[tuple[int, int], int]) -> Ratio:
        """The mean of the largest welfare in each state that agrees with a path."""
        tops = {}
        for s in self.case.live:
            Budget.spend(self.data.profiles)
            rows = [
                Ratio(self.data.welfare[s][p])
                for p, acts in enumerate(self.data.actions)
                if all(
                    path.get((i, row[s]), acts[i]) == acts[i]
                    for i, row in enumerate(self.data.sight)
                )
            ]
            tops[s] = rows[self.case.largest(rows)]
        return self.case.mean(tops)


# ---------------------------------------------------------------- mechanisms

Reports = tuple[int, ...]


class Society:
    """Agents who report the cell that they see, are told an action, and act."""

    def __init__(self, case: Case, end: End):
        self.case, self.data, self.end, self.signs = case, case.data, end, case.signs
        data = case.data
        self.cells = [sorted({data.sight[i][s] for s in case.live}) for i in range(data.players)]
        self.options: list[Ratio] | None = None
        if data.options is not None:
            self.options = [case.fraction(o, ("option", i)) for i, o in enumerate(data.options)]

    def number(self, value: Any, relation: str = "") -> Poly:
        """A number of the witness without ε, of a known sign."""
        p = number(value, self.data.names).at(self.case.values)
        if relation:
            self.signs.ask(p, relation, "a number of the witness")
        return p

    def honest(self, state: int) -> Reports:
        """What all report in a state."""
        return tuple(row[state] for row in self.data.sight)

    def states(self, player: int, cell: int) -> list[int]:
        """The states that a player sees as a cell."""
        return [s for s in self.case.live if self.data.sight[player][s] == cell]

    def utility(self, player: int, state: int, profile: int) -> Ratio:
        """u + λW in utils."""
        assert self.end.levels is not None
        own = self.case.utils(self.data.payoffs[player][state][profile])
        return own + self.end.levels[player] * self.case.utils(self.data.welfare[state][profile])

    def outside(self, player: int) -> Ratio:
        """What a player has if somebody refuses."""
        assert self.end.levels is not None
        assert self.options is not None
        return self.options[player] + self.end.levels[player] * total(self.options)

    def pooled(self) -> Ratio:
        """W* of players who pool what they see."""
        groups: dict[Reports, list[int]] = {}
        for s in self.case.live:
            groups.setdefault(self.honest(s), []).append(s)
        tops = []
        for states in groups.values():
            sums = [
                Ratio(summed(self.data.prior[s] * self.data.welfare[s][p] for s in states))
                for p in range(self.data.profiles)
            ]
            tops.append(sums[self.case.largest(sums)])
        return total(tops).over(self.case.mass, "prior").over(self.data.denominator, "payoffs")

    # what mechanisms reach

    def reach(self, value: Any, alone: bool) -> Ratio:
        """The welfare that points reach, or mechanisms near the first of them."""
        (points,) = fields(value, "reached", "points")
        weighted = [self.point(p) for p in a_list(points, "points", 1 if alone else None)]
        need(len(weighted) > 0, "no point")
        used = {
            (m, p)
            for draws, _ in weighted
            for m, row in draws.items()
            for p, (w, _) in row.items()
            if self.signs.decide(w, ">")
        }
        for number_, (draws, whole) in enumerate(weighted):
            for m, row in draws.items():
                need(all(not t or (m, p) in used for p, (_, t) in row.items()), "paid unseen")
            for i in range(self.data.players):
                for cell in self.cells[i]:
                    self.obey(draws, whole, i, cell, number_)
        draws, whole = weighted[0]
        worth = total(
            Ratio(self.data.prior[s] * self.data.welfare[s][p]) * w
            for s in self.case.live
            for p, (w, _) in draws[self.honest(s)].items()
        )
        mean = worth.over(self.case.mass, "prior").over(self.data.denominator, "payoffs")
        return mean.over(whole, ("total", 0))

    def point(self, value: Any) -> tuple[Any, Poly]:
        """Weights, and payments by record, by reports and profile; the sum of the weights."""
        sum_, below, reports = fields(value, "point", "total denominator reports")
        whole, scale = self.number(sum_, ">"), self.number(below, ">")
        draws: dict[Reports, dict[int, tuple[Ratio, dict[int, list[Ratio]]]]] = {}
        for entry in a_list(reports, "reports"):
            cells, listed = a_list(entry, "reports", 2)
            m = tuple(indices(cells, self.data.states, "reports", self.data.players))
            need(m not in draws, "reports twice")
            draws[m] = {}
            for draw in a_list(listed, "draws"):
                profile, weight, paid = a_list(draw, "draw", 3)
                p = index(profile, self.data.profiles, "profile")
                need(p not in draws[m], "a profile twice")
                w = Ratio(self.number(weight, ">="))
                table: dict[int, list[Ratio]] = {}
                for pair in a_list(paid, "payments"):
                    record, amounts = a_list(pair, "payment", 2)
                    y = index(record, self.data.record_count, "record")
                    need(y not in table, "a record twice")
                    table[y] = [
                        Ratio(self.number(a)).over(scale, "payments")
                        for a in a_list(amounts, "amounts", self.data.players)
                    ]
                    if self.data.budget != "free":
                        relation = "==" if self.data.budget == "balanced" else "<="
                        self.signs.ask(total(table[y]), relation, "budget")
                    fine = NUMBER_0 if self.end.liability is None else self.end.liability * w
                    if self.data.liability is not None:
                        for amount in table[y]:
                            self.signs.ask(amount + fine, ">=", "liability")
                draws[m][p] = w, table
            missing = Ratio(whole) - total(w for w, _ in draws[m].values())
            self.signs.ask(missing, "==", "weights")
        return draws, whole

    def after(self, draws: Any, i: int, cell: int, report: int) -> dict[tuple[int, int], Ratio]:
        """What a report, then an action where one is told, are worth to a player of a type."""
        worth: dict[tuple[int, int], list[Ratio]] = {}
        for s in self.states(i, cell):
            reports = list(self.honest(s))
            reports[i] = report
            m, prior = tuple(reports), Ratio(self.data.prior[s])
            need(m in draws, "reports without an answer")
            for p, (w, paid) in draws[m].items():
                for b in range(self.data.sizes[i]):
                    changed = self.data.change(p, i, b)
                    u = w * self.utility(i, s, changed)
                    if self.data.record[s][changed] in paid:
                        u = u + paid[self.data.record[s][changed]][i]
                    worth.setdefault((self.data.actions[p][i], b), []).append(prior * u)
        return {key: total(values) for key, values in worth.items()}

    def obey(self, draws: Any, whole: Poly, i: int, cell: int, number_: int) -> None:
        """Honesty, obedience and taking part are best."""
        true = self.after(draws, i, cell, cell)
        for (advice, _), u in true.items():
            self.signs.ask(true[advice, advice] - u, ">=", "obedience")
        loyal = total(u for (advice, b), u in true.items() if advice == b)
        for report in self.cells[i]:
            if report != cell:
                false = self.after(draws, i, cell, report)
                rows: dict[int, list[Ratio]] = {}
                for (advice, _), u in false.items():
                    rows.setdefault(advice, []).append(u)
                best = total(row[self.case.largest(row)] for row in rows.values())
                self.signs.ask(loyal - best, ">=", "honesty")
        if self.options is not None:
            mass = Ratio(summed(self.data.prior[s] for s in self.states(i, cell)))
            self.signs.ask(loyal - mass * Ratio(whole) * self.outside(i), ">=", "taking part")

    # what they do not

    def limit(self, value: Any, floor: Ratio | None) -> Extended:
        """An upper bound on welfare; −∞ if there is no mechanism."""
        (steps,) = fields(value, "bound", "steps")
        need(len(a_list(steps, "steps")) > 0, "no steps")
        never: set[tuple[Reports, int]] = set()
        for place, step in enumerate(steps):
            aim, sum_, aimed = self.step(step, never, floor)
            if place < len(steps) - 1:
                need(len(aimed) > 0, "an earlier step without draws")
                self.signs.ask(sum_, "<=", "a draw")
                never |= aimed
            elif aim != "welfare":
                need(aim == "nothing", "the last step")
                self.signs.ask(sum_, "<", "nothing")
                return "-inf"
        return sum_.over(self.case.mass, "prior")

    def step(self, value: Any, never: Any, floor: Ratio | None) -> tuple[Any, Ratio, Any]:
        """What is aimed at, the greatest sum, and the draws that are aimed at."""
        aim, below, incentives, taking, least = fields(
            value, "step", "aim denominator incentives participation floor"
        )
        scale, data = self.number(below, ">"), self.data
        aimed: set[tuple[Reports, int]] = set()
        if not isinstance(aim, str):
            for entry in a_list(aim, "aim"):
                reports, p = a_list(entry, "draw", 2)
                m = tuple(indices(reports, data.states, "reports", data.players))
                aimed.add((m, index(p, data.profiles, "profile")))
        unit = self.case.utils(const(1)).over(data.scale, "scale")
        draws: dict[tuple[Reports, int], list[Ratio]] = {d: [unit] for d in aimed}
        pays: dict[tuple[Reports, int, int], list[list[Ratio]]] = {}
        f = Ratio(self.number(least, ">=")).over(scale, "multipliers")
        if floor is None:
            self.signs.ask(f, "==", "a floor")
        sum_ = [NUMBER_0] if floor is None else [-(f * floor * Ratio(self.case.mass))]
        factor = f + Ratio(const(1)) if aim == "welfare" else f
        for s in self.case.live:
            for p in range(data.profiles):
                worth = Ratio(data.prior[s]) * self.case.utils(data.welfare[s][p])
                draws.setdefault((self.honest(s), p), []).append(factor * worth)

        def add(m: Reports, p: int, i: int, weight: Ratio, s: int, played: int) -> None:
            draws.setdefault((m, p), []).append(weight * self.utility(i, s, played))
            place = (m, p, data.record[s][played])
            pays.setdefault(place, [[] for _ in range(data.players)])[i].append(weight)

        mixed: dict[tuple[int, int, int], list[list[Ratio]]] = {}
        seen: set[tuple[int, ...]] = set()
        for entry in a_list(incentives, "incentives"):
            i, cell, report, advice, action, multiplier = a_list(entry, "incentive", 6)
            index(i, data.players, "player")
            need(cell in self.cells[i] and report in self.cells[i], "no type")
            need(is_int(cell) and is_int(report), "no cell")
            move = (i, cell, report, index(advice, data.sizes[i], "told"))
            move += (index(action, data.sizes[i], "taken"),)
            need(
                move not in seen and (cell != report or advice != action), "twice, or no deviation"
            )
            seen.add(move)
            y = Ratio(self.number(multiplier, ">")).over(scale, "multipliers")
            if cell != report:
                maps = mixed.setdefault((i, cell, report), [[] for _ in range(data.sizes[i])])
                maps[advice].append(y)
            for s in self.states(i, cell):
                reports = list(self.honest(s))
                reports[i] = report
                for p in range(data.profiles):
                    if data.actions[p][i] == advice:
                        w = y * Ratio(data.prior[s])
                        add(self.honest(s), p, i, w, s, p)
                        add(tuple(reports), p, i, -w, s, data.change(p, i, action))
        for rows in mixed.values():
            for row in rows:
                self.signs.ask(total(row) - total(rows[0]), "==", "a mixture of maps")
        for entry in a_list(taking, "participation"):
            i, cell, multiplier = a_list(entry, "participation", 3)
            index(i, data.players, "player")
            need(is_int(cell) and cell in self.cells[i] and (i, cell) not in seen, "no type")
            need(self.options is not None, "nobody may refuse")
            seen.add((i, cell))
            y = Ratio(self.number(multiplier, ">")).over(scale, "multipliers")
            for s in self.states(i, cell):
                w = y * Ratio(data.prior[s])
                sum_.append(-(w * self.outside(i)))
                for p in range(data.profiles):
                    add(self.honest(s), p, i, w, s, p)
        for (m, p, _), rows in pays.items():
            if (m, p) not in never:
                draws[m, p].append(self.cancelled([total(row) for row in rows]))
        for m in {m for m, _ in draws}:
            sums = [
                total(draws.get((m, p), [])) for p in range(data.profiles) if (m, p) not in never
            ]
            sum_.append(sums[self.case.largest(sums)])
        return aim, total(sum_), aimed

    def cancelled(self, row: list[Ratio]) -> Ratio:
        """What fines at one record are worth, times the probability of the draw."""
        tops = {"balanced": row, "burnt": [NUMBER_0, *row], "free": [NUMBER_0]}[self.data.budget]
        top = tops[self.case.largest(tops)]
        for payment in row:
            self.signs.ask(top - payment, "==" if self.end.liability is None else ">=", "payments")
        if self.end.liability is None:
            return NUMBER_0
        return total(top - payment for payment in row) * self.end.liability


# ---------------------------------------------------------------- claims

MECHANISM_GAPS = {
    "mechanism-gap": "==",
    "mechanism-gap-positive": ">",
    "mechanism-gap-zero": "<=",
    "mechanism-gap-at-least": ">=",
    "mechanism-gap-at-most": "<=",
    "mechanism-value": "==",
}
GAPS = {"gap-positive": ">", "gap-zero": "<=", "closes": "<="}
for _name, _relation in (("-at-least", ">="), ("-at-most", "<="), ("", "==")):
    GAPS["gap" + _name] = GAPS["correlated-gap" + _name] = _relation
GAPS |= {"value": "==", "correlated-gap-positive": ">", **MECHANISM_GAPS}
SHOWN = {"gap", "correlated-gap", "value", "value-between", "threshold"}
SHOWN |= {
    "agent-thresholds",
    "play-at-most",
    "mechanism-value",
    "mechanism-gap",
    "mixed-equilibria",
}
INSTEAD = {"optimum", "value", "gap", "threshold", "correlated-gap"}
INSTEAD |= {"mechanism-value", "mechanism-gap"}
WITHOUT_FIELDS = (
    "gap-positive gap-zero closes correlated-gap-positive incontractible beneficial inconsistent "
    "mechanism-gap-positive mechanism-gap-zero "
    "beneficial-with-side-payments axiom-i axiom-ii axiom-iii axiom-iv-strict axiom-iv-partial "
    "all-cooperative full-implementation"
)
FIELDS: dict[str, str] = {
    **dict.fromkeys([*GAPS, "threshold", "threshold-at-most", "optimum"], "value"),
    **dict.fromkeys(WITHOUT_FIELDS.split(), ""),
    "mechanism-attains": "value",
    "value-between": "value from to from_included to_included",
    "implementable": "selection",
    "play-at-most": "state profile within value",
    "first-best": "state profiles",
    "equilibria": "state profiles",
    "mixed-equilibria": "state plays",
    "nash": "profiles",
    "unique-nash": "profiles",
    "agent-thresholds": "thresholds",
    "incontractible-cells": "cells",
    "formula": "conclusion",
}


INFINITE = {
    "gap": ("inf",),
    "mechanism-gap": ("inf",),
    "threshold": ("inf",),
    "value": ("-inf",),
    "mechanism-value": ("-inf",),
    "value-between": ("-inf",),
}  # what `value` may be


def check_fields(claim_id: str, values: dict[str, Any], data: Problem) -> None:
    """Check the form of the fields of a claim (or of a piece), whatever the case."""
    if claim_id != "unique-nash" or values:
        fields(values, "claim", FIELDS[claim_id])
    for name in ("value", "from", "to"):
        if name in values:
            infinite = {"from": (), "to": ("inf",)}.get(name, INFINITE.get(claim_id, ()))
            fraction_form(values[name], data.names, infinite)
    for name in ("from_included", "to_included"):
        need(isinstance(values.get(name, True), bool), f"{name} is no boolean")
    if "state" in values:
        index(values["state"], data.states, "state")
        if values.get("profiles") is not None:
            ascending(values["profiles"], data.profiles, "profiles")
    if claim_id == "mixed-equilibria":
        need(data.kind == "none", "mixed equilibria under a contract")
        need(a_list(values["plays"], "plays") != [], "no play")
        for play in values["plays"]:
            a_list(play, "plays", data.players)
    if claim_id == "play-at-most":
        index(values["profile"], data.profiles, "profile")
        if values["within"] is not None:
            ascending(values["within"], data.profiles, "within")
    if claim_id in ("nash", "unique-nash") and values and not data.private:
        for row in a_list(values["profiles"], "profiles"):
            ascending(row, data.profiles, "profiles")
    if "selection" in values:
        indices(values["selection"], data.profiles, "selection")
    if "cells" in values:
        ascending(values["cells"], data.states, "cells")
    if "conclusion" in values:
        formula(values["conclusion"], data.names)
    if "thresholds" in values:
        for entry in a_list(values["thresholds"], "thresholds"):
            selection, row = a_list(entry, "thresholds", 2)
            indices(selection, data.profiles, "selection")
            for v in a_list(row, "thresholds", data.players):
                fraction_form(v, data.names, ("inf",))
    if claim_id.startswith("correlated") or claim_id == "play-at-most":
        need(data.kind == "transfers" or data.private, "correlated claims are about transfers")
        need(data.budget != "", "correlated claims are about transfers")
    if claim_id == "full-implementation":
        need(data.kind != "directive", "full implementation by directives")
    if claim_id == "all-cooperative":
        need(data.kind == "none", "cooperation under a contract")
    if claim_id.startswith("incontractible"):
        need(data.cells is not None, "incontractible cells need cells")
    if claim_id in AXIOMS or claim_id == "all-cooperative":
        need(data.cooperative is not None, "nothing is said of cooperation")
        for good, size in zip(data.cooperative, data.sizes):
            need(0 < len(good) < size, "a player has actions of one side only")


def formula(value: Any, names: dict[str, int]) -> tuple[str, list[Any]] | Condition:
    """A formula: "and", "or" or "not" with formulas, or a condition."""
    if a_list(value, "formula") and value[0] in ("and", "or", "not"):
        need(value[0] != "not" or len(value) == 2, "not of several")
        return value[0], [formula(v, names) for v in value[1:]]
    return condition(value, names)


class Claim:
    """Shows one claim (or one piece of it) in one case, by a witness."""

    def __init__(self, case: Case, claim_id: str, holds: bool, values: dict[str, Any]):
        self.case, self.id, self.holds, self.values = case, claim_id, holds, values
        self.data, self.signs = case.data, case.signs

    def show(self, witness: Any) -> None:
        """Reject unless the witness shows the claim."""
        need(isinstance(witness, dict), "the witness is no object")
        need(self.holds or self.id not in SHOWN, "such a number is not denied")
        if self.id in GAPS:
            relation = GAPS[self.id] if self.holds else CONTRARY[GAPS[self.id]]
            self._gap(witness, relation, self.values.get("value", "0"), [self.case.at_levels()])
            return
        method = getattr(self, "_show_" + self.id.replace("-", "_"), None)
        if method is not None:
            method(witness)
            return
        fields(witness, "witness", "")
        need(self._decide() == self.holds, "it is not so")

    # gaps, values, thresholds

    def _gap(
        self,
        witness: dict[str, Any],
        relation: str,
        value: Any,
        ends: list[End],
        included: tuple[bool, bool] = (True, True),
    ) -> None:
        """A relation of a gap, or of V, to a value."""
        case, about_v = self.case, self.id.startswith("value") or self.id == "mechanism-value"
        society = Society(case, ends[0]) if self.id in MECHANISM_GAPS else None
        private = Private(case) if self.data.private else None
        if private is not None:
            best = private.pooled()
        else:
            best = case.optimum() if society is None else society.pooled()
        correlated = self.id.startswith("correlated")
        goal = case.extended(value, "-inf" if about_v else "inf")
        nothing = isinstance(goal, str)  # T is −∞
        target: Any = goal if about_v or nothing else best - goal
        needs_bound, needs_play = relation in (">", ">=", "=="), relation in ("<", "<=", "==")
        needs_play = needs_play and not (nothing and relation == "==")
        names = "bound " * (needs_bound and "bound" in witness) + "reached" * needs_play
        fields(witness, "witness", names)
        if needs_bound:
            bound: Extended
            if "bound" not in witness:
                bound, strict = best, False
            elif private is not None and correlated:
                bound, strict = private.bound_by_multipliers(witness["bound"], ends[0]), False
            elif private is not None:
                bound, strict = private.bound(witness["bound"], ends, included)
            elif society is not None:
                bound, strict = society.limit(witness["bound"], None), False
            elif correlated:
                bound, strict = case.bound_by_multipliers(witness["bound"], ends[0])
            else:
                bound, strict = case.bound(witness["bound"], ends, included)
            if nothing:
                need(isinstance(bound, str) and relation != ">", "something may be implementable")
            elif not isinstance(bound, str):
                self.signs.ask(
                    target - bound,
                    ">" if relation == ">" and not strict else ">=",
                    "target − bound",
                )
        if needs_play:
            if private is not None:
                welfare = private.play(witness["reached"], ends, correlated)
            elif society is None:
                welfare = case.welfare_of(case.play(witness["reached"], ends, correlated))
            else:
                welfare = society.reach(witness["reached"], alone=False)
            if not nothing:
                self.signs.ask(
                    welfare - target, ">" if relation == "<" else ">=", "welfare − target"
                )

    def _show_mechanism_attains(self, witness: dict[str, Any]) -> None:
        society = Society(self.case, self.case.at_levels())
        least = self.case.fraction(self.values["value"])
        fields(witness, "witness", "reached" if self.holds else "bound")
        if self.holds:
            welfare = society.reach(witness["reached"], alone=True)
            self.signs.ask(welfare - least, ">=", "welfare")
        else:
            need(isinstance(society.limit(witness["bound"], least), str), "room for a mechanism")

    def _show_value_between(self, witness: dict[str, Any]) -> None:
        case, signs = self.case, self.signs
        low, high = case.fraction(self.values["from"]), case.extended(self.values["to"], "inf")
        included = self.values["from_included"], self.values["to_included"]
        signs.ask(low, ">=", "from")
        if isinstance(high, str):
            need(not included[1], "infinity is included")
        else:
            signs.ask(high - low, ">=" if all(included) else ">", "to − from")
        self._gap(
            witness,
            "==",
            self.values["value"],
            [case.at_common(low), case.at_common(high)],
            included,
        )

    def _show_threshold_at_most(self, witness: dict[str, Any]) -> None:
        value = self.case.fraction(self.values["value"])
        self.signs.ask(value, ">=", "λ")
        self._gap(witness, "<=" if self.holds else ">", "0", [self.case.at_common(value)])

    def _show_threshold(self, witness: dict[str, Any]) -> None:
        case, signs = self.case, self.signs
        value = case.extended(self.values["value"], "inf")
        infinite = isinstance(value, str)
        if not infinite:
            signs.ask(value, ">=", "threshold")
        names = "" if infinite else "reached "
        if infinite or not signs.known(value, "=="):
            names += "below"
        fields(witness, "witness", names)
        if not infinite:
            self._gap({"reached": witness["reached"]}, "<=", "0", [case.at_common(value)])
        if "below" in names:
            ends = [case.at_common(NUMBER_0), case.at_common(value)]
            self._gap({"bound": witness["below"]}, ">", "0", ends, (True, False))

    def _show_implementable(self, witness: dict[str, Any]) -> None:
        case, end = self.case, self.case.at_levels()
        selection = case.selection(self.values["selection"])
        if self.holds:
            fields(witness, "witness", "selection transfers")
            need(case.selection(witness["selection"]) == selection, "another selection")
            case.play(witness, [end], False)
        else:
            part = case.obstruction(*fields(witness, "witness", "selection deviations"), [end])
            whole = dict(zip(case.live, selection))
            need(all(whole[s] == p for s, p in part.items()), "an obstruction of something else")

    def _show_play_at_most(self, witness: dict[str, Any]) -> None:
        case, data, state = self.case, self.data, self.values["state"]
        need(case.alive(state), "a state of no probability")
        denominator, multipliers = fields(witness, "witness", "denominator multipliers")
        below = case.positive(denominator, "denominator")
        moves, end = case.multipliers(multipliers), case.at_levels()
        value = case.fraction(self.values["value"])
        within = self.values["within"]
        for p in range(data.profiles) if within is None else within:
            paid = case.weighted(moves, state, p, end) - case.fines(moves, state, p, end)
            paid = paid.times(data.denominator, "payoffs").times(data.scale, "scale")
            share = NUMBER_1 if p == self.values["profile"] else NUMBER_0
            self.signs.ask(value - share + paid.over(below, "multipliers"), ">=", "play")

    # mixed equilibria

    def _excluded(self, state: int, profile: int) -> bool:
        if self.id == "full-implementation":
            return not self.case.is_best(state, profile)
        return any(
            a not in good for a, good in zip(self.data.actions[profile], self.data.cooperative)
        )

    def _show_all_cooperative(self, witness: dict[str, Any]) -> None:
        self._mixed(witness, transfers=False)

    def _show_mixed_equilibria(self, witness: dict[str, Any]) -> None:
        """Each player mixes by its weights, alone, and none of its actions in use is beaten."""
        case, data, state = self.case, self.data, self.values["state"]
        fields(witness, "witness", "")
        need(case.alive(state), "a state of no probability")
        need("0+" not in str(self.values["plays"]), "ε in a claim")
        for play in self.values["plays"]:
            mixes = [case.weights(row, size) for row, size in zip(play, data.sizes)]
            together: dict[int, Ratio] = {}
            for acts in itertools.product(*mixes):
                weight = NUMBER_1
                for i, a in enumerate(acts):
                    weight = weight * mixes[i][a]
                together[data.number_of[acts]] = weight
            case.obeyed(state, together, case.at_levels(), None, None)

    def _show_full_implementation(self, witness: dict[str, Any]) -> None:
        case, data = self.case, self.data
        transfers = data.kind == "transfers"
        if not self.holds and transfers:
            self._gap(witness, ">", "0", [case.at_levels()])
            for s in case.live:
                good = [p for p in range(data.profiles) if case.is_best(s, p)]
                for p, q in itertools.combinations(good, 2):
                    need(
                        sum(a != b for a, b in zip(data.actions[p], data.actions[q])) > 1,
                        "two first-best profiles differ in one action",
                    )
        elif self.holds and not transfers and "supports" in witness:
            (trees,) = fields(witness, "witness", "supports")
            need(data.players == 2, "supports are for two players")
            for s, tree in zip(case.live, a_list(trees, "supports", len(case.live))):
                self._support(s, tree, set(), set())
        else:
            self._mixed(witness, transfers)

    def _mixed(self, witness: dict[str, Any], transfers: bool) -> None:
        case, end = self.case, self.case.at_levels()
        if not self.holds:
            self._counterexample(witness, end)
            return
        fields(witness, "witness", "multipliers transfers" if transfers else "multipliers")
        paid = case.transfers(witness["transfers"], end) if transfers else None
        by_state = a_list(witness["multipliers"], "multipliers", len(case.live))
        for s, entry in zip(case.live, by_state):
            moves = case.multipliers(entry)
            for p in range(self.data.profiles):
                pays = case.weighted(moves, s, p, end, paid)
                self.signs.ask(pays, ">" if self._excluded(s, p) else ">=", "what deviations pay")

    def _counterexample(self, witness: dict[str, Any], end: End) -> None:
        """A mixed (or correlated) equilibrium of one state that plays an excluded profile."""
        case, data = self.case, self.data
        mixed = self.id == "full-implementation"
        state, played = fields(witness, "witness", f"state {'mixes' if mixed else 'distribution'}")
        need(case.alive(index(state, data.states, "state")), "a state of no probability")
        if mixed:
            rows = a_list(played, "mixes", data.players)
            mixes = [case.weights(row, size) for row, size in zip(rows, data.sizes)]
            weights: dict[int, Ratio] = {}
            for acts in itertools.product(*mixes):
                weight = NUMBER_1
                for mix, a in zip(mixes, acts):
                    weight = weight * mix[a]
                weights[data.number_of[acts]] = weight
        else:
            weights = case.weights(played, data.profiles)
        need(any(self._excluded(state, p) for p in weights), "nothing excluded is played")
        case.obeyed(state, weights, end, None, None)

    def _support(
        self, s: int, tree: Any, played: set[tuple[int, int]], unplayed: set[tuple[int, int]]
    ) -> None:
        """A tree of supports of mixed equilibria of two players."""
        case, data = self.case, self.data
        Budget.spend()
        if tree is None:
            for p in range(data.profiles):
                if all(act not in unplayed for act in enumerate(data.actions[p])):
                    need(not self._excluded(s, p), "an excluded profile may be played")
        elif isinstance(tree, list):
            i, a, yes, no = a_list(tree, "supports", 4)
            act = index(i, 2, "player"), index(a, data.sizes[i], "action")
            self._support(s, yes, played | {act}, unplayed)
            self._support(s, no, played, unplayed | {act})
        else:
            agent, values = fields(tree, "shift", "agent weights")
            i = index(agent, 2, "agent")
            weights = [case.number(v) for v in a_list(values, "weights", data.sizes[i])]
            self.signs.ask(summed(weights), "==", "sum of a shift")
            for a, weight in enumerate(weights):
                if (i, a) not in played:
                    self.signs.ask(weight, ">=", "a shift from an action that may be unplayed")
            levels: Any = case.at_levels().levels
            strict = False
            for b in range(data.sizes[1 - i]):
                if (1 - i, b) in unplayed:
                    continue
                value = NUMBER_0
                for a, weight in enumerate(weights):
                    p = data.number_of[(a, b) if i == 0 else (b, a)]
                    payoff, welfare = data.payoffs[i][s][p], data.welfare[s][p]
                    utility = case.utils(payoff) + levels[i] * case.utils(welfare)
                    value = value + Ratio(weight) * utility
                self.signs.ask(value, ">=", "a shift")
                strict = strict or ((1 - i, b) in played and self.signs.known(value, ">"))
            need(strict, "a shift that gains nothing")

    # claims that are decided by trying everything

    def _decide(self) -> bool:
        """Is the claim so?"""
        case, data, signs, values = self.case, self.data, self.signs, self.values
        if self.id == "formula":
            return self._true(formula(values["conclusion"], data.names))
        if self.id == "optimum":
            best = Private(case).pooled() if self.data.private else case.optimum()
            return signs.decide(best - case.fraction(values["value"]), "==")
        if self.id in ("first-best", "equilibria"):
            s = values["state"]
            if not case.alive(s):
                return values["profiles"] is None
            if values["profiles"] is None:
                return False
            if self.id == "first-best":
                return self._exactly(values["profiles"], functools.partial(case.is_best, s))
            test = functools.partial(case.pure, s, end=case.at_levels())
            return self._exactly(values["profiles"], test)
        if self.id in ("nash", "unique-nash"):
            return self._nash()
        if self.id == "agent-thresholds":
            return self._agent_thresholds()
        if self.id in ("incontractible", "incontractible-cells"):
            bad = [c for c in range(data.states) if not self._contractible(c)]
            return bad != [] if self.id == "incontractible" else bad == values["cells"]
        if self.id in ("beneficial", "beneficial-with-side-payments"):
            for level in data.levels:
                signs.ask(level, "==", "λ")
            return self.id != "beneficial" or self._beneficial()
        return all(self._axiom(s) for s in case.live)

    def _true(self, value: tuple[str, list[Any]] | Condition) -> bool:
        """Is a formula true?"""
        Budget.spend()
        head, rest = value
        if isinstance(head, Poly):
            return self.signs.decide(head.at(self.case.values), rest)
        if head == "not":
            return not self._true(rest[0])
        return (all if head == "and" else any)(self._true(part) for part in rest)

    def _contractible(self, cell: int) -> bool:
        """Is a profile first best in all states of a cell?"""
        states = [s for s in self.case.live if self.data.cells[s] == cell]
        if self.data.private:
            best = Private(self.case).pooled_profiles()
            return not states or set.intersection(*(best[s] for s in states)) != set()
        return any(all(self.case.is_best(s, p) for s in states) for p in range(self.data.profiles))

    def _exactly(self, profiles: list[int], test: Callable[[int], bool]) -> bool:
        return all(test(p) == (p in profiles) for p in range(self.data.profiles))

    def _nash(self) -> bool:
        case, end, count = self.case, self.case.at_levels(), self.data.profiles
        if self.data.private:
            private = Private(case)
            equilibria = private.equilibria(end)
            same = True
            if self.values:
                rows = a_list(self.values["profiles"], "profiles")
                same = [private.whole(row) for row in rows] == equilibria
            return same and (self.id == "nash" or len(equilibria) == 1)
        if not self.values:
            return all(sum(case.pure(s, p, end) for p in range(count)) == 1 for s in case.live)
        rows = a_list(self.values["profiles"], "profiles", len(case.live))
        if self.id == "unique-nash" and any(len(row) != 1 for row in rows):
            return False  # the listed are not the equilibria, or they are and there is not one
        return all(
            self._exactly(row, functools.partial(case.pure, s, end=end))
            for s, row in zip(case.live, rows)
        )

    def _first_best_selections(self) -> Iterator[tuple[int, ...]]:
        case = self.case
        return itertools.product(
            *([p for p in range(self.data.profiles) if case.is_best(s, p)] for s in case.live)
        )

    def _agent_thresholds(self) -> bool:
        rows = iter(self.values["thresholds"])
        for selection in self._first_best_selections():
            row = next(rows, None)
            if row is None or row[0] != list(selection):
                return False
            for i in range(self.data.players):
                need(self._is_threshold(selection, i, row[1][i]), "an agent's threshold")
        return next(rows, None) is None

    def _is_threshold(self, selection: tuple[int, ...], player: int, value: Any) -> bool:
        """Is a value the least λ_i at which none of the player's deviations pays?"""
        case, data, signs, decide = self.case, self.data, self.signs, self.signs.decide
        moves = []
        for s, p in zip(case.live, selection):
            for i, b in case.moves(p):
                if i == player:
                    after = data.change(p, i, b)
                    gain = data.payoffs[i][s][after] - data.payoffs[i][s][p]
                    lost = data.welfare[s][p] - data.welfare[s][after]
                    moves.append((case.utils(gain), case.utils(lost)))
        least = case.extended(value, "inf")
        if isinstance(least, str):
            return any(decide(gain, ">") and decide(lost, "<=") for gain, lost in moves)
        signs.ask(least, ">=", "an agent's threshold")
        for gain, lost in moves:
            signs.ask(gain - least * lost, "<=", "what a deviation pays at the threshold")
        return decide(least, "==") or any(
            decide(lost, ">") and decide(gain - least * lost, "==") for gain, lost in moves
        )

    def _beneficial(self) -> bool:
        case, data, decide = self.case, self.data, self.signs.decide
        end = case.at_common(NUMBER_0)
        stable = [[p for p in range(data.profiles) if case.pure(s, p, end)] for s in case.live]
        goals = list(itertools.islice(self._first_best_selections(), 100_000))
        need(len(goals) < 100_000, "too many selections")

        def mean(selection: tuple[int, ...], rows: list[list[Poly]]) -> Ratio:
            return case.mean({s: Ratio(rows[s][p]) for s, p in zip(case.live, selection)})

        def improves(goal: tuple[int, ...], selection: tuple[int, ...]) -> bool:
            tables = data.payoffs
            return all(decide(mean(goal, t) - mean(selection, t), ">") for t in tables)

        return all(
            not decide(case.optimum() - mean(selection, data.welfare), ">")
            or any(improves(goal, selection) for goal in goals)
            for selection in itertools.product(*stable)
        )

    def _axiom(self, s: int) -> bool:
        data, good = self.data, self.data.cooperative
        bad = [[a for a in range(size) if a not in good[i]] for i, size in enumerate(data.sizes)]
        welfare, payoffs, players = data.welfare[s], data.payoffs, range(data.players)

        def higher(row: list[Poly], p: int, q: int) -> bool:
            return self.signs.decide(row[p] - row[q], ">")

        def pairs(i: int) -> Iterator[tuple[int, int]]:
            """Profiles with a cooperating action, and the same with a defecting one."""
            for p in range(data.profiles):
                if data.actions[p][i] == 0:  # that is for each play of the others
                    for c, d in itertools.product(good[i], bad[i]):
                        yield data.change(p, i, c), data.change(p, i, d)

        if self.id == "axiom-i":
            return all(higher(welfare, p, q) for i in players for p, q in pairs(i))
        if self.id == "axiom-ii":
            only = data.number_of[tuple(row[0] for row in good)]
            return all(higher(welfare, only, p) for p in range(data.profiles) if p != only)
        if self.id == "axiom-iii":
            tops, bottoms = (
                [data.number_of[v] for v in itertools.product(*w)] for w in (good, bad)
            )
            return all(higher(payoffs[i][s], p, q) for i in players for p in tops for q in bottoms)
        over = all if self.id == "axiom-iv-strict" else any
        return all(over(higher(payoffs[i][s], q, p) for p, q in pairs(i)) for i in players)


# ---------------------------------------------------------------- proofs


class Certificate:
    """One certificate: reads the claim and the data, and checks the proof."""

    def __init__(self, value: Any):
        _, claim, data, digest, proof = fields(
            value, "certificate", "schema claim data data_sha256 proof"
        )
        need(isinstance(claim, dict) and {"id", "holds"} <= set(claim), "no claim")
        self.id, self.holds = claim["id"], claim["holds"]
        need(isinstance(self.id, str) and self.id in FIELDS, "no known claim")
        need(isinstance(self.holds, bool), "holds is no boolean")
        need(
            self.id != "inconsistent" or (self.holds and "at" not in claim),
            "inconsistent, but denied or at a point",
        )
        need(digest == hashlib.sha256(canonical(data).encode()).hexdigest(), "another data_sha256")
        self.data = Problem(data, self.id)
        self.names = self.data.names
        rest = {k: v for k, v in claim.items() if k not in ("id", "holds")}
        self.pieces: list[tuple[list[Condition], dict[str, Any]]] | None = None
        self.used: set[int] = set()
        if "pieces" in rest:
            need(
                set(rest) == {"pieces"} and a_list(rest["pieces"], "pieces") != [],
                "fields beside pieces",
            )
            self.pieces = []
            for piece in rest["pieces"]:
                need(isinstance(piece, dict) and "when" in piece, "a piece without conditions")
                self.pieces.append(
                    (
                        conditions(piece["when"], self.names),
                        {k: v for k, v in piece.items() if k != "when"},
                    )
                )
        elif "at" in rest:
            at = rest.pop("at")
        self.values = [v for _, v in self.pieces] if self.pieces is not None else [rest]
        for values in self.values:
            check_fields(self.id, values, self.data)
        if "at" in claim:
            self._at_point(at, proof)
        else:
            self._for_all(proof)

    def _at_point(self, at: Any, proof: Any) -> None:
        values = fields(at, "at", " ".join(self.names))
        point = [rational(v, "at") for v in values]
        for p, relation in self.data.assumptions:
            value = p.at(dict(enumerate(point))).constant()
            need(
                {">": value > 0, ">=": value >= 0, "==": value == 0}[relation],
                "the point is outside",
            )
        instead, witness = fields(proof, "proof", "instead witness")
        case, fields_of_claim = Case(self.data, [], point, at=True), dict(self.values[0])
        if instead is None:
            Claim(case, self.id, self.holds, fields_of_claim).show(witness)
            return
        need(self.id in INSTEAD and not self.holds, "instead of nothing")
        fraction_form(instead, self.names, INFINITE.get(self.id, ()))
        claimed, actual = (
            case.extended(v, "inf", "-inf") for v in (fields_of_claim["value"], instead)
        )
        if isinstance(claimed, str) or isinstance(actual, str):
            need(claimed != actual, "instead the same value")
        else:
            need(not case.signs.decide(claimed - actual, "=="), "instead the same value")
        Claim(case, self.id, True, {"value": instead}).show(witness)

    def _for_all(self, proof: Any) -> None:
        cases, apart = fields(proof, "proof", "cases apart")
        a_list(apart, "apart")
        self._cases(cases, [])
        pairs = []
        if self.id != "inconsistent":
            need(self.used == set(range(len(self.values))), "a piece without a decided case")
        if self.pieces is not None:
            pairs = list(itertools.combinations([when for when, _ in self.pieces], 2))
        need(len(apart) == len(pairs), "not one refutation for each pair of pieces")
        for value, (first, second) in zip(apart, pairs):
            refutation(value, self.data.assumptions + first + second, self.names)

    def _cases(self, cases: Any, way: list[Condition]) -> None:
        need(isinstance(cases, dict), "cases are no object")
        facts = self.data.assumptions + way
        if "if" in cases:
            split, yes, no = fields(cases, "distinction", "if then else")
            c = condition(split, self.names)
            self._cases(yes, way + [c])
            ways = failures(c)
            for failure, case in zip(ways, a_list(no, "else", len(ways))):
                self._cases(case, way + [failure])
        elif "refuted" in cases:
            refutation(*fields(cases, "impossible", "refuted"), facts, self.names)
        else:
            known, piece, point, witness = fields(cases, "decided", "known piece point witness")
            need(self.id != "inconsistent", "a case is not refuted")
            more = []
            for entry in a_list(known, "known"):
                c = condition(a_list(entry, "known", 2)[0], self.names)
                ways = failures(c)
                for failure, value in zip(ways, a_list(entry[1], "known", len(ways))):
                    refutation(value, facts + [failure], self.names)
                more.append(c)
            need(bool(self.names) or not known, "something is known without parameters")
            values = [rational(v, "point") for v in a_list(point, "point", len(self.names))]
            index(piece, len(self.values), "piece")
            need(bool(self.names) or piece == 0, "a piece without parameters")
            self.used.add(piece)
            case = Case(self.data, facts + more, values, at=False)
            for p, relation in self.pieces[piece][0] if self.pieces is not None else []:
                case.signs.ask(p, relation, "when")
            Claim(case, self.id, self.holds, self.values[piece]).show(witness)


# ---------------------------------------------------------------- files


def canonical(value: Any) -> str:
    """The canonical JSON of a value."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def load(text: str) -> Any:
    """Read JSON; what JSON allows and the page forbids is rejected, once the schema is known."""
    faults: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) != len(items):
            faults.append("an object has a key twice")
        return result

    def integer(digits: str) -> int:
        if len(digits.lstrip("-")) > MAX_DIGITS:
            faults.append("a number of too many digits")
            return 0
        return int(digits)

    def floating(_: str) -> float:
        faults.append("a floating-point number")
        return 0.5

    def constant(name: str) -> Any:
        raise Unreadable(f"not JSON: {name}")

    try:
        value = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_int=integer,
            parse_float=floating,
            parse_constant=constant,
        )
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from None
    if faults:
        raise Reject(faults[0])
    if not isinstance(value, dict) or value.get("schema") not in (SCHEMA, CONJUNCTION):
        raise Unreadable("of no known schema")
    return value


def check(text: str) -> None:
    """Check a file; raises Reject or Unreadable if it is not to be accepted."""
    Budget.remaining = MAX_STEPS
    need(len(text.encode("utf-8", "surrogatepass")) <= MAX_BYTES, "the file is too long")
    value = load(text)
    if value["schema"] == SCHEMA:
        Certificate(value)
        return
    _, theorem, goals = fields(value, "conjunction", "schema theorem goals")
    need(isinstance(theorem, str), "a theorem without a name")
    need(a_list(goals, "goals") != [], "no goals")
    labels: set[str] = set()
    statements: set[str] = set()
    for entry in goals:
        label, certificate = fields(entry, "goal", "goal certificate")
        need(isinstance(label, str) and label not in labels, "a label is no text, or there twice")
        labels.add(label)
        need(
            isinstance(certificate, dict) and certificate.get("schema") == SCHEMA,
            "a goal without certificate",
        )
        Certificate(certificate)
        statement = canonical([certificate["claim"], certificate["data_sha256"]])
        need(statement not in statements, "two goals show the same")
        statements.add(statement)


def verdict(text: str) -> str:
    """The verdict on the text of a file: accepted, rejected (with a reason) or unreadable."""
    try:
        check(text)
    except Reject as error:
        return f"rejected: {error}"
    except Unreadable as error:
        return f"unreadable: {error}"
    except RecursionError:
        return "rejected: nested too deeply"
    except UnicodeEncodeError:
        return "rejected: a text that is not Unicode"
    except Exception as error:  # noqa: BLE001  a defect of this checker, or a form not thought of
        return f"rejected: defect: {type(error).__name__}: {error}"
    return "accepted"
