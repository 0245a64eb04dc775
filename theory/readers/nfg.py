"""Gambit's .nfg files: strategic games, in the payoff and in the outcome variant of version 1.

A file is ``NFG 1 R "title"``, the players' names, their strategies (counts, or names), an optional
comment, and either the payoffs of all players at every profile or a list of outcomes and the
number of the outcome at every profile, 0 being the one that pays nothing. Player 1's strategy
varies fastest. Names that are empty or repeated get a number, as Gambit itself gives them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.strategic import strategic_game
from coopgap.theory.readers.tables import require_table
from coopgap.theory.readers.tokens import Tokens, distinct_names
from coopgap.theory.specification import Specification

_Names = tuple[str, ...]


def read_nfg(path: Path, max_bytes: int = MAX_BYTES) -> Specification:
    """The game in a .nfg file, with the complete language and balanced transfers.

    Raises InputError, naming the file, the line and the fix, for a file that cannot be read, one
    of more than ``max_bytes`` bytes, and one that is no strategic game.
    """
    return nfg_from_text(read_text(path, max_bytes), str(path))


def nfg_from_text(text: str, origin: str) -> Specification:
    """The game in a text of .nfg format; errors name ``origin`` as its file."""
    tokens = Tokens(text, _FORM)
    with tokens.located(origin):
        title, players, actions, payoffs = _game(tokens)
        by_player = [payoff for k in range(len(players)) for payoff in payoffs[k :: len(players)]]
        return strategic_game(players, actions, by_player, title=title, origin=origin)


_FORM = 'a .nfg file reads: NFG 1 R "title" { "players" } { strategies } payoffs'


def _game(tokens: Tokens) -> tuple[str, _Names, Sequence[_Names], list[Fraction | int]]:
    """The title, the players, their actions, and the payoffs of all players at every profile."""
    tokens.take("NFG")
    tokens.take("1")
    tokens.take("R", "D")
    title = tokens.take_text("a title")
    players = distinct_names(tokens.take_texts("a player's name"))
    actions = _strategies(tokens, len(players))
    if tokens.next.startswith('"'):
        tokens.take_text("a comment")
    read = _outcome_payoffs if tokens.next == "{" else _payoffs
    return title, players, actions, read(tokens, len(players), math.prod(map(len, actions)))


def _strategies(tokens: Tokens, players: int) -> tuple[_Names, ...]:
    """The strategies' names of each player."""
    tokens.take("{")
    if tokens.next == "{":
        named = [tokens.take_texts("a strategy's name") for _ in range(players)]
        counts = [len(names) for names in named]
    else:
        counts = [tokens.take_count() for _ in range(players)]
        named = []
    tokens.take("}")
    require_table(players, 1, counts)
    if tokens.remaining < math.prod(counts):
        raise InputError(f"the payoffs of {math.prod(counts):,} profiles are missing", fix=_FORM)
    named = named or [[str(number + 1) for number in range(count)] for count in counts]
    return tuple(distinct_names(names) for names in named)


def _payoffs(tokens: Tokens, players: int, profiles: int) -> list[Fraction | int]:
    """The payoffs of all players at every profile, one player after another."""
    return tokens.take_all(profiles * players, "payoffs", tokens.take_number)


def _outcome_payoffs(tokens: Tokens, players: int, profiles: int) -> list[Fraction | int]:
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
