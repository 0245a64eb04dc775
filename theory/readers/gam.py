"""Strategic games in the .gam format of GAMUT and QuantEcon.

A file has the number of players, their numbers of strategies, then each player's payoffs at every
profile, player 1's strategy varying fastest. Lines that begin with # are comments.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.strategic import strategic_game
from coopgap.theory.readers.tables import require_table
from coopgap.theory.readers.tokens import Tokens
from coopgap.theory.specification import Specification

_FORM = "a .gam file reads: players, strategies of each, then each player's payoffs"


def read_gam(path: Path, max_bytes: int = MAX_BYTES) -> Specification:
    """The game in a .gam file; raises InputError as ``read_nfg`` does."""
    return gam_from_text(read_text(path, max_bytes), str(path))


def gam_from_text(text: str, origin: str) -> Specification:
    """The game in a text of .gam format; errors name ``origin`` as its file."""
    tokens = Tokens(re.sub(r"^[ \t]*#.*", "", text, flags=re.MULTILINE), _FORM)
    with tokens.located(origin):
        counts = [tokens.take_count() for _ in range(tokens.take_count("players"))]
        require_table(len(counts), 1, counts)
        payoffs = tokens.take_all(math.prod(counts) * len(counts), "payoffs", tokens.take_number)
        players = [str(number + 1) for number in range(len(counts))]
        actions = [[str(number + 1) for number in range(count)] for count in counts]
        return strategic_game(players, actions, payoffs, origin=origin)
