"""Where the numbers of a document come from: places in a report and its certificates.

A document's numbers are only ever read from a ``Place``, so each one carries its origin and can be
looked up again. A report is read as the values that it holds, by the names that its JSON has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from fractions import Fraction
from functools import reduce
from operator import add, mul, sub, truediv
from typing import Any

from coopgap.proofs.deciding.values import (
    Absent,
    Bounds,
    Expression,
    Extremum,
    Pieces,
    Unknown,
    Written,
)
from coopgap.proofs.exposition.formulas import (
    WORDS,
    Formula,
    expression,
    joined,
    listed,
    number,
    polynomial,
    quoted,
    row,
)


@dataclass(frozen=True)
class Place:
    """A value of a report or a certificate, and the JSON pointer to it."""

    value: Any
    pointer: str = ""
    above: Place | None = field(default=None, repr=False, compare=False)

    def __getitem__(self, key: str | int) -> Place:
        return Place(_inside(self.value, key), f"{self.pointer}/{_escaped(key)}", self.root)

    @property
    def root(self) -> Place:
        """The whole document."""
        return self if self.above is None else self.above

    def __iter__(self) -> Iterator[Place]:
        return (self[index] for index in range(len(self.value)))

    def __len__(self) -> int:
        return len(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def items(self) -> Iterator[tuple[str, Place]]:
        """The fields of an object by name."""
        return ((key, self[key]) for key in self.value)

    @property
    def text(self) -> str:
        """The value as text."""
        return str(self.value)

    @property
    def unknown(self) -> str | None:
        """Why the quantity is unknown, if it is."""
        return self.value.reason if isinstance(self.value, Unknown) else None

    @property
    def known(self) -> bool:
        """Whether the value has a meaning here and was decided."""
        return self.value is not None and self.unknown is None

    @property
    def between(self) -> bool:
        """Whether the quantity is known between bounds."""
        return isinstance(self.value, Bounds)

    @property
    def pieces(self) -> list[tuple[Place, Place]] | None:
        """The conditions and values of what depends on the region; None for what does not."""
        if not isinstance(self.value, Pieces):
            return None
        listed = (self[index] for index in range(len(self.value.pieces)))
        return [(piece["when"], piece["value"]) for piece in listed]

    @property
    def number(self) -> Fraction:
        """The value as a number; certificates have it as text."""
        return self.value if isinstance(self.value, Fraction) else Fraction(self.text)

    @property
    def formula(self) -> Formula:
        """The value as mathematics: a number, or an expression of a family."""
        match self.value:
            case Expression() | Written():
                return quoted(expression(self.value.tree, self.pointer), self.text)
            case Extremum(head, terms):
                arguments = listed([Place(e, self.pointer).formula for e in terms])
                return quoted(row(WORDS[head], arguments), self.text)
        infinite = self.text in ("inf", "-inf")
        return number(self.text if infinite else str(Fraction(self.text)), self.pointer)

    @property
    def condition(self) -> Formula:
        """The value as comparisons."""
        trees = [self.value.tree] if isinstance(self.value, Written) else self.value.trees
        parts = [expression(tree, self.pointer) for tree in trees]
        return quoted(parts[0] if len(parts) == 1 else joined(parts, "and"), self.text)

    @property
    def polynomial(self) -> Formula:
        """The value as a number of a certificate: an integer or a polynomial."""
        terms = self.value if isinstance(self.value, dict) else {"1": self.value}
        return polynomial(terms, self.pointer)

    @property
    def witness(self) -> Place:
        """The witness of a certificate of one case."""
        return self["proof"]["cases"]["witness"]


def certificate_of(root: Place, part: Place, name: str) -> Place | None:
    """The certificate of a part's quantity, if it is given."""
    sha = part["certificates"].value.get(name)
    return root["certificates"][sha] if sha in root["certificates"].value else None


def computed(sign: str, *places: Place) -> Formula:
    """A number computed from two or more others; its origin says how."""
    return derived(sign, *places).formula


def derived(sign: str, *places: Place) -> Place:
    """The place of a number computed from others, from which more can be computed."""
    origin = f"{sign}({' '.join(place.pointer for place in places)})"
    return Place(str(_combined(sign, [place.number for place in places])), origin)


def summed(origin: str, part: Place) -> Formula:
    """A number or polynomial computed from others of a certificate, ``part``."""
    total = looked_up(part.root, origin)
    return polynomial(total if isinstance(total, dict) else {"1": total}, origin)


def _inside(value: Any, key: str | int) -> Any:
    """What a report's part, a map or a list has at a key; None for what has no meaning."""
    if isinstance(value, Pieces):
        value = value.pieces
    if isinstance(key, str) and is_dataclass(value):
        member = getattr(value, "lambda_" if key == "lambda" else key)
    else:
        member = value[key]
    return None if isinstance(member, Absent) else member


def sources(report: object, texts: Mapping[str, str], game: Any) -> Place:
    """The root: ``report``, ``certificates`` by hash, and ``game``, the payoffs as asked about."""
    return Place(
        {
            "report": report,
            "certificates": {sha: json.loads(text) for sha, text in texts.items()},
            "game": game,
        }
    )


def looked_up(root: Place, origin: str) -> Any:
    """What stands at an origin: at a pointer, or computed anew; ``=3`` is the number itself."""
    if origin.startswith("="):
        return origin[1:]
    if not origin.startswith("/"):
        operands = [looked_up(root, operand) for operand in _operands(origin[2:-1])]
        if any(isinstance(operand, dict) for operand in operands):
            return _polynomial(origin[0], operands)
        return str(_combined(origin[0], [Fraction(operand) for operand in operands]))
    value = root.value
    for part in origin.split("/")[1:]:
        key = part
        for mark, plain in (("~4", ")"), ("~3", "("), ("~2", " "), ("~1", "/"), ("~0", "~")):
            key = key.replace(mark, plain)
        value = _inside(value, int(key) if isinstance(value, Sequence | Pieces) else key)
    return value


def _polynomial(sign: str, parts: list[Any]) -> dict[str, str]:
    """Polynomials and numbers added or subtracted, or the first one multiplied by numbers."""
    if sign in "*:":
        factor = _combined("*", [Fraction(part) for part in parts[1:]])
        factor = 1 / factor if sign == ":" else factor
        return {m: str(Fraction(c) * factor) for m, c in parts[0].items()}
    total: dict[str, Fraction] = {}
    for place, part in enumerate(parts):
        for monomial, coefficient in (part if isinstance(part, dict) else {"1": part}).items():
            signed = -Fraction(coefficient) if place and sign == "-" else Fraction(coefficient)
            total[monomial] = total.get(monomial, Fraction(0)) + signed
    return {m: str(c) for m, c in total.items() if c}


_OPERATIONS = {"+": add, "-": sub, "*": mul, ":": truediv}


def _combined(sign: str, values: list[Fraction]) -> Fraction:
    return reduce(_OPERATIONS[sign], values)


def _operands(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == " " and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _escaped(key: str | int) -> str:
    text = str(key).replace("~", "~0").replace("/", "~1").replace(" ", "~2")
    return text.replace("(", "~3").replace(")", "~4")
