"""Gambit's .nfg files: strategic games, in the payoff and in the outcome variant of version 1.

A file is ``NFG 1 R "title"``, the players' names, their strategies (counts, or names), an optional
comment, and either the payoffs of all players at every profile or a list of outcomes and the
number of the outcome at every profile, 0 being the one that pays nothing. Player 1's strategy
varies fastest. Names that are empty or repeated get a number, as Gambit itself gives them.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import numpy as np

from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.exact import integer_array, parse_number, scaled
from coopgap.theory.languages import complete
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.tables import require_table
from coopgap.theory.readers.values import shown
from coopgap.theory.specification import NamedLanguage, Specification

# A quotation mark after a backslash is part of the text. The single one at the end is unclosed.
_TOKEN = re.compile(r'"[^"]*+(?:(?<=\\)"[^"]*+)*+(?<!\\)"|[{},]|[^\s{},"]+|"')
_SHORT = re.compile(r"[+-]?[0-9]{1,18}")
_BARE_POINT = re.compile(r"(?<![0-9])\.")
_END = ""
_T = TypeVar("_T")


def read_nfg(path: Path, max_bytes: int = MAX_BYTES) -> Specification:
    """The game in a .nfg file, with the complete language and balanced transfers.

    Raises InputError, naming the file, the line and the fix, for a file that cannot be read, one
    of more than ``max_bytes`` bytes, and one that is no strategic game.
    """
    return nfg_from_text(read_text(path, max_bytes), str(path))


def nfg_from_text(text: str, origin: str) -> Specification:
    """The game in a text of .nfg format; errors name ``origin`` as its file."""
    tokens = _Tokens(text)
    try:
        title, environment = _game(tokens)
    except InputError as error:
        raise error.located(source=origin, field=f"line {tokens.line}") from None
    language = NamedLanguage("complete", complete(environment), Transfers())
    return Specification(environment, (language,), title=title, origin=origin)


_FIX = 'a .nfg file reads: NFG 1 R "title" { "players" } { strategies } payoffs'


class _Tokens:
    """The tokens of a file, read one by one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._all: list[str] = _TOKEN.findall(text)
        self._read = 0

    @property
    def next(self) -> str:
        """The next token, or _END."""
        return self._all[self._read] if self.left else _END

    @property
    def left(self) -> int:
        """The number of tokens not yet read."""
        return len(self._all) - self._read

    @property
    def line(self) -> int:
        """The line of the next token, counted from 1."""
        start = len(self._text)
        for position, match in enumerate(_TOKEN.finditer(self._text)):
            if position == self._read:
                start = match.start()
                break
        return self._text.count("\n", 0, start) + 1

    def refusal(self, expected: str) -> InputError:
        """The error for a next token other than the expected one."""
        found = "the end of the file" if self.next == _END else shown(self.next)
        return InputError(f"expected {expected}, found {found}", fix=_FIX)

    def take(self, *expected: str) -> None:
        """Reads a token that must be one of those expected."""
        if self.next not in expected:
            raise self.refusal(" or ".join(expected))
        self._read += 1

    def take_text(self, what: str) -> str:
        """Reads a quoted text."""
        token = self.next
        if len(token) < 2 or token[0] != '"':
            raise self.refusal(f"{what} in quotes")
        self._read += 1
        return token[1:-1].replace('\\"', '"')

    def take_count(self) -> int:
        """Reads the number of a player's strategies."""
        if not re.fullmatch(r"[1-9][0-9]{0,8}", self.next):
            raise self.refusal("a number of strategies")
        self._read += 1
        return int(self._all[self._read - 1])

    def take_number(self) -> Fraction | int:
        """Reads a number; Gambit may leave out the 0 before a decimal point."""
        token = self.next
        if _SHORT.fullmatch(token):
            number: Fraction | int = int(token)
        else:
            number = parse_number(_BARE_POINT.sub("0.", token))
        self._read += 1
        return number

    def take_all(self, count: int, what: str, meaning: Callable[[], _T]) -> list[_T]:
        """Reads the ``count`` tokens that make up the rest of the file.

        ``meaning`` reads the next token; it is called once per spelling, since tables repeat few.
        """
        known: dict[str, _T] = {}
        values: list[_T] = []
        while self.left and len(values) < count:
            token = self.next
            if token in known:
                self._read += 1
            else:
                known[token] = meaning()
            values.append(known[token])
        if len(values) < count:
            raise InputError(f"there are {len(values):,} {what} instead of {count:,}", fix=_FIX)
        if self.left:
            raise self.refusal("the end of the file")
        return values


def _game(tokens: _Tokens) -> tuple[str, Environment]:
    tokens.take("NFG")
    tokens.take("1")
    tokens.take("R", "D")
    title = tokens.take_text("a title")
    players = _told_apart(_texts(tokens, "a player's name"))
    actions = _strategies(tokens, len(players))
    if tokens.next.startswith('"'):
        tokens.take_text("a comment")
    counts = [len(labels) for labels in actions]
    read = _outcome_payoffs if tokens.next == "{" else _payoffs
    payoffs, denominator = scaled(read(tokens, len(players), math.prod(counts)))
    # From (…, player 2's strategy, player 1's strategy, player) to (player, strategies…).
    table = integer_array(payoffs, (*reversed(counts), len(players))).transpose()
    environment = Environment(
        players=players,
        actions=actions,
        states=("s",),
        prior=(Fraction(1),),
        payoffs=np.ascontiguousarray(table[:, np.newaxis]),
        denominator=denominator,
    )
    return title, environment


def _texts(tokens: _Tokens, what: str) -> list[str]:
    tokens.take("{")
    texts = [tokens.take_text(what)]
    while tokens.next != "}":
        texts.append(tokens.take_text(what))
    tokens.take("}")
    return texts


def _strategies(tokens: _Tokens, players: int) -> tuple[tuple[str, ...], ...]:
    """The strategies' names of each player."""
    tokens.take("{")
    if tokens.next == "{":
        named = [_texts(tokens, "a strategy's name") for _ in range(players)]
        counts = [len(names) for names in named]
    else:
        counts = [tokens.take_count() for _ in range(players)]
        named = []
    tokens.take("}")
    require_table(players, 1, counts)
    if tokens.left < math.prod(counts):
        raise InputError(f"the payoffs of {math.prod(counts):,} profiles are missing", fix=_FIX)
    named = named or [[str(number + 1) for number in range(count)] for count in counts]
    return tuple(_told_apart(names) for names in named)


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
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


def _payoffs(tokens: _Tokens, players: int, profiles: int) -> list[Fraction | int]:
    """The payoffs of all players at every profile, one player after another."""
    return tokens.take_all(profiles * players, "payoffs", tokens.take_number)


def _outcome_payoffs(tokens: _Tokens, players: int, profiles: int) -> list[Fraction | int]:
    """As ``_payoffs``, from a list of outcomes and the outcome at every profile."""
    outcomes: list[list[Fraction | int]] = [[0] * players]
    tokens.take("{")
    while tokens.next == "{":
        tokens.take("{")
        tokens.take_text("an outcome's name")
        outcomes.append([])
        for _ in range(players):
            outcomes[-1].append(tokens.take_number())
            if tokens.next == ",":
                tokens.take(",")
        tokens.take("}")
    tokens.take("}")
    of_spelling = {str(number): outcome for number, outcome in enumerate(outcomes)}

    def outcome() -> list[Fraction | int]:
        if tokens.next not in of_spelling:
            raise tokens.refusal(f"an outcome from 0 to {len(outcomes) - 1}")
        chosen = of_spelling[tokens.next]
        tokens.take(tokens.next)
        return chosen

    chosen = tokens.take_all(profiles, "outcomes", outcome)
    return list(itertools.chain.from_iterable(chosen))
