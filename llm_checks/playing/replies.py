"""Replies of models read as actions; an unclear reply is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_REFUSAL = re.compile(
    r"\b(i (can(no|['’])t|won['’]t|will not|refuse|decline|am unable|am not able)"
    r"|i['’]m (sorry|unable|not able)|as an ai\b|unable to (choose|help|decide|comply))",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(not|never|instead of|rather than|avoid|except|neither|unless|if)\b|n['’]t\b", re.IGNORECASE
)
_WRAPPED = re.compile(r"^[\s\"'`*_(\[{<]*(.*?)[\s\"'`*_)\]}>.!:,]*$", re.DOTALL)


@dataclass(frozen=True)
class Reply:
    """status: answered (tolerantly), refused or unparseable.

    strict, tolerant: the place of the option that the reply names, or None.
    """

    status: str
    strict: int | None
    tolerant: int | None


def is_refusal(text: str) -> bool:
    """Whether a reply declines to answer."""
    return bool(_REFUSAL.search(text))


def parsed(text: str, codes: Sequence[str], words: Sequence[str]) -> Reply:
    """Reads a reply to a question with these codes and words of its options, by place.

    Strict: the reply is a code and nothing else. Tolerant: it is a code or the words of an option
    in quotes or brackets or after "answer:" and the like; or it names exactly one option and denies
    none. A reply that names two is unparseable.
    """
    bare = text.strip()
    strict = codes.index(bare) if bare in codes else None
    tolerant = strict if strict is not None else _tolerant(bare, codes, words)
    if tolerant is not None:
        return Reply("answered", strict, tolerant)
    return Reply("refused" if is_refusal(bare) else "unparseable", None, None)


def _tolerant(text: str, codes: Sequence[str], words: Sequence[str]) -> int | None:
    match = _WRAPPED.match(text)
    inner = match[1] if match else text
    inner = re.sub(
        r"^(my |the |final )*(answer|choice|option|reply|decision|action)( is)?\s*[:=]?\s*",
        "",
        inner,
        flags=re.IGNORECASE,
    )
    match = _WRAPPED.match(inner)
    inner = match[1] if match else inner
    for place, (code, word) in enumerate(zip(codes, words, strict=True)):
        spellings = {code.lower(), word.lower(), *(f"{code}{s} {word}".lower() for s in ":.)-")}
        if inner.lower() in spellings:
            return place
    if is_refusal(text) or _NEGATION.search(text):
        return None
    named = {place for place, code in enumerate(codes) if _mentions_code(text, code)}
    named |= _worded(text, words)
    return named.pop() if len(named) == 1 else None


def _mentions_code(text: str, code: str) -> bool:
    if code == "A":
        # The article: only a code where something marks it as one.
        return bool(
            re.search(r"(option|choose|choice|answer|pick|reply|is)\W+A\b(?! [a-z])", text)
            or re.search(
                r"[\"'`*(\[]A[\"'`*)\]]|\bA[.:)]|\bA\s*$|\bA (or|and)\b|\b(or|and) A\b", text
            )
        )
    return bool(re.search(rf"(?<![\w.,/-]){re.escape(code)}(?![\w/-]|[.,]\d)", text))


def _worded(text: str, words: Sequence[str]) -> set[int]:
    """The options whose words occur, longer words first: "work hard" is no "work"."""
    left, found = text.lower(), set()
    for place in sorted(range(len(words)), key=lambda i: -len(words[i])):
        pattern = rf"(?<!\w){re.escape(words[place].lower())}(?!\w)"
        if len(words[place]) > 1 and re.search(pattern, left):
            found.add(place)
            left = re.sub(pattern, " ", left)
    return found
