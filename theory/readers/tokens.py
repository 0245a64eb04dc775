"""The words of game files, read one by one, and the names in them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import TypeVar

from coopgap.theory.errors import InputError
from coopgap.theory.exact import parse_number
from coopgap.theory.readers.values import quoted

# A quotation mark after a backslash is part of the text. The single one at the end is unclosed.
_TOKEN = re.compile(r'"[^"]*+(?:(?<=\\)"[^"]*+)*+(?<!\\)"|[{},]|[^\s{},"]+|"')
_SHORT = re.compile(r"[+-]?[0-9]{1,18}")
_POINT = re.compile(r"([+-]?)([0-9]*)\.([0-9]*)((?:[eE][+-]?[0-9]+)?)")
_END = ""
_T = TypeVar("_T")


class Tokens:
    """The tokens of a file, read one by one."""

    def __init__(self, text: str, form: str) -> None:
        """``form``: how a file of this format reads, for errors."""
        self._text = text
        self._form = form
        self._all: list[str] = _TOKEN.findall(text)
        self._position = 0

    @property
    def next(self) -> str:
        """The next token, or _END."""
        return self._all[self._position] if self.remaining else _END

    @property
    def remaining(self) -> int:
        """The number of tokens not yet read."""
        return len(self._all) - self._position

    @property
    def line(self) -> int:
        """The line of the next token, counted from 1."""
        start = len(self._text)
        for position, match in enumerate(_TOKEN.finditer(self._text)):
            if position == self._position:
                start = match.start()
                break
        return self._text.count("\n", 0, start) + 1

    @contextmanager
    def located(self, origin: str) -> Iterator[None]:
        """Adds the file ``origin`` and the line to every InputError that the block raises."""
        try:
            yield
        except InputError as error:
            raise error.located(source=origin, field=f"line {self.line}") from None

    def refusal(self, expected: str) -> InputError:
        """The error for a next token other than the expected one."""
        token = "the end of the file" if self.next == _END else quoted(self.next)
        return InputError(f"expected {expected}, found {token}", fix=self._form)

    def take(self, *expected: str) -> None:
        """Reads a token that must be one of those expected."""
        if self.next not in expected:
            raise self.refusal(" or ".join(expected))
        self._position += 1

    def take_text(self, noun: str) -> str:
        """Reads a quoted text."""
        token = self.next
        if len(token) < 2 or token[0] != '"':
            raise self.refusal(f"{noun} in quotes")
        self._position += 1
        return token[1:-1].replace('\\"', '"')

    def take_texts(self, noun: str) -> list[str]:
        """Reads quoted texts in braces, at least one."""
        self.take("{")
        texts = [self.take_text(noun)]
        while self.next != "}":
            texts.append(self.take_text(noun))
        self.take("}")
        return texts

    def take_count(self, noun: str = "strategies") -> int:
        """Reads how many of something there are, at least one."""
        if not re.fullmatch(r"[1-9][0-9]{0,8}", self.next):
            raise self.refusal(f"a number of {noun}")
        self._position += 1
        return int(self._all[self._position - 1])

    def take_number(self) -> Fraction | int:
        """Reads a number; a 0 before or after a decimal point may be left out."""
        token = self.next
        if _SHORT.fullmatch(token):
            number: Fraction | int = int(token)
        elif (parts := _POINT.fullmatch(token)) and (parts[2] or parts[3]):
            number = parse_number(f"{parts[1]}{parts[2] or 0}.{parts[3] or 0}{parts[4]}")
        else:
            number = parse_number(token)
        self._position += 1
        return number

    def take_all(self, count: int, noun: str, meaning: Callable[[], _T]) -> list[_T]:
        """Reads the ``count`` tokens that make up the rest of the file.

        ``meaning`` reads the next token; it is called once per spelling, since tables repeat few.
        """
        known: dict[str, _T] = {}
        values: list[_T] = []
        start = self._position
        for token in self._all[start : start + count]:
            if token not in known:
                self._position = start + len(values)
                known[token] = meaning()
            values.append(known[token])
        self._position = start + len(values)
        if len(values) < count:
            raise InputError(
                f"there are {len(values):,} {noun} instead of {count:,}", fix=self._form
            )
        if self.remaining:
            raise self.refusal("the end of the file")
        return values


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names with a number, ``name_1``, after each that is empty or repeated."""
    counts = Counter(names)
    used = set(names)
    numbers = {name: itertools.count(1) for name in counts}
    distinct = []
    for name in names:
        label = name
        while name == "" or counts[name] > 1:
            label = f"{name}_{next(numbers[name])}"
            if label not in used:
                break
        used.add(label)
        distinct.append(label)
    return tuple(distinct)
