"""Exact numbers: reading, printing, infinity, and integer arrays that never overflow."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from numbers import Rational, Real
from typing import TYPE_CHECKING, TypeAlias

from coopgap.theory.errors import InputError

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

IntArray: TypeAlias = "NDArray[Any]"
"""An array of dtype int64, or of Python integers (dtype object) where int64 could overflow."""

MAX_DIGITS = 400
"""The longest number accepted as text, and the largest decimal exponent."""

MAX_BITS = 4096
"""The largest numerator or denominator that a computation may reach, in bits."""

_NUMBER = re.compile(r"([+-]?)(\d+)(?:/(\d+)|(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?)", re.ASCII)
_SAFE = 1 << 62


def narrow(number: Fraction | int) -> Fraction | int:
    """A whole number as an int, which is several times faster to compute with than a fraction."""
    return number.numerator if number.denominator == 1 else number


class Infinite:
    """Plus or minus infinity, comparable with every ``Fraction``; two constants exist."""

    def __init__(self, sign: int) -> None:
        self._sign = sign

    def __lt__(self, other: object) -> bool:
        return self is not other and self._sign < 0

    def __gt__(self, other: object) -> bool:
        return self is not other and self._sign > 0

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return not self < other

    def __reduce__(self) -> str:
        return "INFINITY" if self._sign > 0 else "MINUS_INFINITY"

    def __repr__(self) -> str:
        return "inf" if self._sign > 0 else "-inf"


INFINITY = Infinite(1)
MINUS_INFINITY = Infinite(-1)

Extended = Fraction | Infinite


def parse_number(value: object) -> Fraction:
    """An exact number from an integer or from text such as ``"3"``, ``"-1/3"``, ``"0.25"``.

    Integers and fractions may be NumPy's or SymPy's. Raises InputError for floats, Booleans and
    anything that is not one number.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool):
        raise InputError(f"{value!r} is a Boolean, not a number", fix="write 0 or 1")
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, Real):
        raise InputError(
            f"{value!s} is a floating-point number, which is not exact",
            fix=f'write it as text, "{value!s}", or as a fraction such as "1/3"',
        )
    if not isinstance(value, str):
        raise InputError(f"{value!r} is not a number", fix='write an integer or text such as "1/3"')
    text = value.strip()
    if len(text) > MAX_DIGITS:
        raise InputError(
            f"the number {text[:20]}… has {len(text)} characters",
            fix=f"numbers have at most {MAX_DIGITS} characters",
        )
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise InputError(
            f"{value!r} is not an exact number",
            fix='write an integer, a fraction "1/3" or a decimal "0.25"',
        )
    sign, whole, denominator, decimals, exponent = match.groups()
    if denominator is not None and int(denominator) == 0:
        raise InputError(f"{value!r} divides by zero", fix="give a denominator other than 0")
    if exponent is not None and abs(int(exponent)) > MAX_DIGITS:
        raise InputError(
            f"the exponent of {value!r} is too large", fix=f"keep it within ±{MAX_DIGITS}"
        )
    number = Fraction(int(whole + (decimals or "")), int(denominator or 1))
    number *= Fraction(10) ** (int(exponent or 0) - len(decimals or ""))
    return -number if sign == "-" else number


def common_denominator(values: Iterable[Fraction | int]) -> int:
    """The least positive integer that makes every value integral."""
    return math.lcm(1, *(value.denominator for value in values))


def coprime(values: Iterable[Fraction]) -> list[int]:
    """The positive multiple of the values that consists of coprime integers."""
    listed = list(values)
    scale = common_denominator(listed)
    whole = [int(value * scale) for value in listed]
    divisor = math.gcd(*whole) or 1
    return [value // divisor for value in whole]


def scaled(values: Sequence[Fraction | int]) -> tuple[list[int], int]:
    """The values as integers over one common denominator, and that denominator.

    Raises InputError when the denominator, or an integer over it, has more than MAX_BITS bits.
    """
    denominator = 1
    for part in {value.denominator for value in values}:
        denominator = math.lcm(denominator, part)
        _require_short((denominator,))
    whole = [value.numerator * (denominator // value.denominator) for value in values]
    _require_short((max(whole, default=0), min(whole, default=0)))
    return whole, denominator


def _require_short(numbers: Iterable[int]) -> None:
    if max(number.bit_length() for number in numbers) > MAX_BITS:
        raise InputError(
            "over their common denominator the numbers are too large",
            fix=f"keep them within {MAX_BITS:,} binary digits",
        )


def integer_array(values: Sequence[int], shape: tuple[int, ...]) -> IntArray:
    """The integers in an array of ``shape``: int64 if all fit, else Python integers."""
    # Lazily: certificates are checked without arrays.
    import numpy as np

    fits = all(-_SAFE < value < _SAFE for value in values)
    array = np.array(values, dtype=np.int64 if fits else object)
    return array.reshape(shape)


def distinct(array: IntArray) -> IntArray:
    """The numbers of an array in ascending order, each once.

    As ``np.unique``, which imports the masked arrays of NumPy.
    """
    import numpy as np

    return np.array(sorted(set(array.ravel().tolist())), dtype=np.int64)


def magnitude(array: IntArray) -> int:
    """The largest absolute value in the array, 0 if it is empty."""
    if array.size == 0:
        return 0
    return max(abs(int(array.max())), abs(int(array.min())))


def widened(array: IntArray, factor: int) -> IntArray:
    """The array in a dtype in which sums of ``factor`` of its entries cannot overflow."""
    if array.dtype == object or max(magnitude(array), 1) * max(factor, 1) < _SAFE:
        return array
    return array.astype(object)
