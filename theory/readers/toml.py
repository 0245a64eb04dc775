"""TOML as all readers take it: floats as their text, and one message for what is none."""

from __future__ import annotations

import re
import tomllib

from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Plain
from coopgap.theory.readers.values import Float

# The time tomllib takes for a key grows with the square of the number of its parts.
_LONG_KEY = re.compile(
    r"""(?:(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){30}""", re.ASCII
)


def toml_table(text: str) -> dict[str, Plain]:
    """The table of a TOML text; raises InputError if the text is not TOML."""
    long_key = _LONG_KEY.search(text)
    if long_key:
        line = text.count("\n", 0, long_key.start()) + 1
        raise InputError(f"line {line} has a key of very many parts", fix="use fewer dots")
    try:
        return tomllib.loads(text, parse_float=Float)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"this is not TOML: {error}",
            fix='mend that line; names with dots or spaces must be quoted, as in "Player 1"',
        ) from None
    except RecursionError:
        raise InputError("lists or tables are nested too deeply", fix="nest fewer") from None
    except ValueError:
        raise InputError("a number has too many digits", fix="shorten it") from None
