"""Mutations of inputs: of their content as a tree, and of their bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

Tree = Any
"""Text, a number, a truth value, None, a list, or ``Entries``."""


class Entries(list[tuple[str, Tree]]):
    """An object as pairs, so that a key can occur twice."""


Place = tuple[Any, int]
"""A list or ``Entries``, and a position in it."""

BOMBS: Sequence[Tree] = (
    "10**10**10",
    "9**9**9**9",
    "2**100000",
    "1e999999999",
    "1" * 5_000,
    "1/" + "3" * 5_000,
    "(" * 2_000 + "1" + ")" * 2_000,
    "-" * 3_000 + "1",
    "not " * 3_000 + "True",
    "+".join(["1"] * 3_000),
    "a" * 100_000,
)
NUMBERS: Sequence[Tree] = (
    0,
    1,
    -1,
    2,
    10**40,
    -(10**40),
    10**4_400,
    2**63,
    -(2**63),
    1.5,
    1e308,
    float("inf"),
    float("-inf"),
    float("nan"),
    "1/0",
    "-0",
    "0/7",
    "1/3",
    "-3/2",
    "2/4",
    "١٢",
    "½",
    "0x10",
    "1_000",
    "1e3",
    "inf",
    "nan",
    " 1 ",
    "+1",
)
NAMES: Sequence[Tree] = (
    "",
    " ",
    "and",
    "in",
    "not",
    "True",
    "None",
    "lambda",
    "state",
    "action",
    "floor",
    "min",
    "__class__",
    "__import__('os').system('true')",
    "A",
    "Α",  # noqa: RUF001 (a Greek capital alpha)
    "а",  # noqa: RUF001 (a Cyrillic a)
    "e\u0301",
    "\u202egnp",
    "\x00",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\ufeff",
    "a\nb",
    "a\r\nb",
    "'",
    '"',
    "\\",
    "[[x]]",
    "../../x",
    "=1+1",
    "\U0001f600",
    "n" * 300,
)
ODD: Sequence[Tree] = (True, False, [], [[]], [None], Entries(), None)


# --- what a text says -----------------------------------------------------------------------------


def tree_of(value: Any) -> Tree:
    """A decoded document with its objects as ``Entries``."""
    if isinstance(value, dict):
        return Entries((key, tree_of(part)) for key, part in value.items())
    return [tree_of(part) for part in value] if isinstance(value, list) else value


def json_text(tree: Tree) -> str:
    """The tree as JSON; keys may occur twice."""
    if isinstance(tree, Entries):
        return f"{{{','.join(f'{json.dumps(k)}:{json_text(v)}' for k, v in tree)}}}"
    if isinstance(tree, list):
        return f"[{','.join(map(json_text, tree))}]"
    return _digits(tree) or json.dumps(tree, ensure_ascii=False)


def toml_text(tree: Tree) -> str:
    """The tree as TOML, one line for each key of the document."""
    if not isinstance(tree, Entries):
        return _inline(tree)
    return "".join(f"{json.dumps(key)} = {_inline(value)}\n" for key, value in tree)


def _inline(tree: Tree) -> str:
    if isinstance(tree, Entries):
        return f"{{{', '.join(f'{json.dumps(k)} = {_inline(v)}' for k, v in tree)}}}"
    if isinstance(tree, list):
        return f"[{', '.join(map(_inline, tree))}]"
    if isinstance(tree, float):
        return repr(tree)
    return _digits(tree) or json.dumps(tree).replace("\x7f", "\\u007F").replace("null", "''")


def _digits(tree: Tree) -> str:
    """An integer of any length, which ``str`` would refuse beyond a limit."""
    if type(tree) is not int or abs(tree) < 10**4_000:
        return ""
    digits = f"{tree % 10**4_000:04000d}"
    return f"{tree // 10**4_000}{digits}"


def places(tree: Tree) -> Iterator[Place]:
    """Every place inside a tree."""
    if isinstance(tree, list):
        for index in range(len(tree)):
            yield tree, index
            yield from places(_at((tree, index)))


def _at(place: Place) -> Tree:
    inside, index = place
    return inside[index][1] if isinstance(inside, Entries) else inside[index]


def _put(place: Place, value: Tree) -> None:
    inside, index = place
    inside[index] = (inside[index][0], value) if isinstance(inside, Entries) else value


def copied(tree: Tree) -> Tree:
    """A copy that shares nothing."""
    if isinstance(tree, Entries):
        return Entries((key, copied(value)) for key, value in tree)
    return [copied(part) for part in tree] if isinstance(tree, list) else tree


def mutated(tree: Tree, foreign: Tree, rng: Random) -> Tree:
    """A copy of the tree with one change; ``foreign`` is where foreign parts come from."""
    tree = copied(tree)
    options = list(places(tree))
    if not options:
        return rng.choice(ODD)
    rng.choice(_CHANGES)(rng, options, list(places(foreign)))
    return tree


def _dropped(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    inside, index = rng.choice(options)
    del inside[index]


def _repeated(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    inside, index = rng.choice(options)
    inside.insert(rng.randint(0, len(inside)), copied_entry(inside[index]))


def copied_entry(entry: Any) -> Any:
    """A copy of an entry of a list or of ``Entries``."""
    return (entry[0], copied(entry[1])) if isinstance(entry, tuple) else copied(entry)


def _swapped(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    first_place = rng.choice(options)
    alike = [place for place in options if type(_at(place)) is type(_at(first_place))]
    second_place = rng.choice(alike)
    first, second = copied(_at(first_place)), copied(_at(second_place))
    _put(second_place, first)
    _put(first_place, second)


def _renamed(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    keyed = [place for place in options if isinstance(place[0], Entries)]
    if keyed:
        inside, index = rng.choice(keyed)
        names = [place[0][place[1]][0] for place in keyed]
        name = rng.choice(names) if rng.random() < 0.5 else str(rng.choice(NAMES))
        inside[index] = (name, inside[index][1])


def _retyped(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    place = rng.choice(options)
    value = _at(place)
    texts = [json_text(value)[:100], [value], Entries([("x", value)]), [value, value]]
    _put(place, rng.choice([*texts, *ODD]))


def _odd(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    _put(rng.choice(options), copied(rng.choice(rng.choice((NUMBERS, NAMES, BOMBS)))))


def _nearby(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    numbers = [place for place in options if _is_number(_at(place))]
    if numbers:
        place = rng.choice(numbers)
        value = _at(place)
        if isinstance(value, str):
            _put(place, rng.choice((f"-{value}", f"{value}1", f"{value}/2", "0", "1", "1/2")))
        else:
            _put(place, rng.choice((value + 1, value - 1, -value, 2 * value, 0, 1)))


def _is_number(value: Tree) -> bool:
    if isinstance(value, str):
        return value.lstrip("-")[:1].isdecimal()
    return type(value) is int


def _turned(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    truths = [place for place in options if type(_at(place)) is bool]
    lists = [place for place in options if isinstance(_at(place), list)]
    if truths and rng.random() < 0.5:
        place = rng.choice(truths)
        _put(place, not _at(place))
    elif lists:
        rng.shuffle(_at(rng.choice(lists)))


def _deepened(rng: Random, options: list[Place], _foreign: list[Place]) -> None:
    place = rng.choice(options)
    value = _at(place)
    for _ in range(rng.choice((1, 3, 20, 60))):
        value = [value]
    _put(place, value)


def _grafted(rng: Random, options: list[Place], foreign: list[Place]) -> None:
    """Replaces a part by a foreign one that has the same key, or the same type."""
    place = rng.choice(options)
    key = _key(place)
    alike = [spot for spot in foreign if key is not None and _key(spot) == key]
    alike = alike or [spot for spot in foreign if type(_at(spot)) is type(_at(place))]
    if alike:
        _put(place, copied(_at(rng.choice(alike))))


def _key(place: Place) -> str | None:
    inside, index = place
    return inside[index][0] if isinstance(inside, Entries) else None


_CHANGES: Sequence[Callable[[Random, list[Place], list[Place]], None]] = (
    _dropped,
    _repeated,
    _swapped,
    _renamed,
    _retyped,
    _odd,
    _nearby,
    _nearby,
    _turned,
    _deepened,
    _grafted,
    _grafted,
)


# --- bytes ----------------------------------------------------------------------------------------


TOKENS: Sequence[bytes] = (
    b"\xef\xbb\xbf",
    b"\x00",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\r\n",
    b"\r",
    b"\n",
    b"\t",
    b'"',
    b"'",
    b'"""',
    b"'''",
    b"\\",
    b"\\ud800",
    b"#",
    b"[",
    b"]",
    b"{",
    b"}",
    b"[[" * 200,
    b"[" * 5_000,
    b'{"a":' * 5_000,
    b",",
    b"=",
    b"-",
    b"/0",
    b"**",
    b"**10**10**10",
    b"e99999999",
    b"9" * 5_000,
    b"inf",
    b"nan",
    b"true",
    b"null",
    b"1979-05-27",
    b"\xe2\x80\xae",
    b"\xc2\xa0",
)


def garbled(data: bytes, foreign: bytes, rng: Random) -> bytes:
    """The bytes with one change; ``foreign`` is what they may be spliced with."""
    return rng.choice(_GARBLINGS)(rng, data, foreign)


def _span(rng: Random, data: bytes) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, min(len(data), start + rng.choice((1, 2, 5, 20, 200)))


def _truncated(rng: Random, data: bytes, _foreign: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


def _flipped(rng: Random, data: bytes, _foreign: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8)) if data else 0):
        changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _inserted(rng: Random, data: bytes, _foreign: bytes) -> bytes:
    start, _ = _span(rng, data)
    token = rng.choice(TOKENS) if rng.random() < 0.8 else rng.randbytes(rng.choice((1, 4, 30)))
    return data[:start] + token + data[start:]


def _overwritten(rng: Random, data: bytes, _foreign: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + rng.choice(TOKENS) + data[end:]


def _cut(rng: Random, data: bytes, _foreign: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def _again(rng: Random, data: bytes, _foreign: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    line = rng.randrange(len(lines))
    times = rng.choice((1, 1, 2, 100))
    at = rng.randint(0, len(lines))
    return b"".join([*lines[:at], *[lines[line]] * times, *lines[at:]])


def _spliced(rng: Random, data: bytes, foreign: bytes) -> bytes:
    return data[: rng.randint(0, len(data))] + foreign[rng.randint(0, len(foreign)) :]


def _line_ends(rng: Random, data: bytes, _foreign: bytes) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b" \n", b"")))


def _marked(rng: Random, data: bytes, _foreign: bytes) -> bytes:
    return rng.choice(
        (b"\xef\xbb\xbf" + data, b"\xff\xfe" + data, data + b"\x00", data + b"\x1a", data * 2)
    )


_GARBLINGS: Sequence[Callable[[Random, bytes, bytes], bytes]] = (
    _truncated,
    _flipped,
    _flipped,
    _inserted,
    _inserted,
    _overwritten,
    _cut,
    _again,
    _spliced,
    _line_ends,
    _marked,
)
