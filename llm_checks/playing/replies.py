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
_OPEN, _CLOSE = r"[\s\"'`*_(\[{<$]*(?:\\boxed\{)?", r"[\s\"'`*_)\]}>$]*"
_NOUN = r"(?:final |chosen )?(?:answer|choice|decision|option|reply|action)"
_SAYS = (
    rf"(?:(?:my |the )?{_NOUN}(?: is| would be| will be)?\s*[:=]?|"
    r"\bi(?: would| will| shall|['’]d|['’]ll|['’]m going to)?(?: therefore| thus| then)?"
    r" (?:choose|pick|select|take|play|reply|answer|go with|opt for)\s*:?)"
    rf"{_OPEN}(?:the )?(?:option\s+)?"
)
_ENDS = r"(?=[\s]*(?:$|[.,;:!?)\n]|(?:because|since|as|for|over|rather|instead|so)\b))"


@dataclass(frozen=True)
class Reply:
    """How a reply was read.

    status: answered (tolerantly), refused, ambiguous (options are named, and it does not say which
    is chosen) or unparseable (none is). strict, tolerant: the place of the option that the reply
    names, or None. start: where in the text the code of the answer is, None if it is named by its
    words.
    """

    status: str
    strict: int | None
    tolerant: int | None
    start: int | None = None


def is_refusal(text: str) -> bool:
    """Whether a reply declines to answer."""
    return bool(_REFUSAL.search(text))


def parsed(text: str, codes: Sequence[str], words: Sequence[str], reasoned: bool = False) -> Reply:
    """Reads a reply to a question with these codes and words of its options, by place.

    Strict: the reply is a code and nothing else; where it is ``reasoned``, its last line is
    "Answer: " and a code. Tolerant: the reply, or its last line, is a code
    or the words of an option, perhaps in quotes or brackets or after "answer:" and the like; or the
    reply says "I choose", "my answer is" and the like of one option only. A number or a word in
    passing is no answer.
    """
    bare = text.strip()
    if bare in codes:
        return Reply("answered", codes.index(bare), codes.index(bare), text.index(bare))
    last_line = bare.splitlines()[-1].strip() if bare else ""
    for line in dict.fromkeys((bare, last_line)):
        place, start = _choice(line, codes, words)
        if place is not None:
            at = None if start is None else text.rindex(line) + start
            exact = reasoned and line == f"Answer: {codes[place]}"
            return Reply("answered", place if exact else None, place, at)
    if is_refusal(bare):
        return Reply("refused", None, None)
    choices = _choices(text, codes, words)
    if len({place for place, _ in choices}) == 1:
        return Reply("answered", None, *choices[-1])
    mentioned = choices or any(_mentions(bare, name) for name in (*codes, *words) if name != "A")
    return Reply("ambiguous" if mentioned else "unparseable", None, None)


def _patterns(codes: Sequence[str], words: Sequence[str]) -> list[tuple[int, str, str]]:
    """Ways to name an option, by place: a pattern, and its code (empty where words name it).

    Longer words come first: "work hard" is no "work".
    """
    ways = []
    for place, (code, word) in enumerate(zip(codes, words, strict=True)):
        labelled = rf"{re.escape(code)}{_CLOSE}[:.)-]{_OPEN}{re.escape(word)}"
        ways.append((place, labelled, code))
        ways += [(place, re.escape(code), code), (place, re.escape(word), "")]
    return sorted(ways, key=lambda way: -len(way[1]))


def _choice(line: str, codes: Sequence[str], words: Sequence[str]) -> tuple[int | None, int | None]:
    """The option that a line names, nothing else being in it, and where its code is."""
    for place, way, code in _patterns(codes, words):
        pattern = rf"{_OPEN}(?:{_SAYS})?{_OPEN}(?P<it>{way}){_CLOSE}[.!]?{_CLOSE}"
        match = re.fullmatch(pattern, line, re.IGNORECASE)
        if match is not None:
            return place, match.start("it") if code else None
    return None, None


def _choices(text: str, codes: Sequence[str], words: Sequence[str]) -> list[tuple[int, int | None]]:
    """The options that a reply says it chooses, and where their codes are."""
    choices = []
    for phrase in re.finditer(_SAYS, text, re.IGNORECASE):
        for place, way, code in _patterns(codes, words):
            pattern = rf"{_OPEN}(?P<it>{way})(?!\w){_CLOSE}{_ENDS}"
            match = re.compile(pattern, re.IGNORECASE).match(text, phrase.end())
            # A code is written as it was given: "I choose a …" begins a sentence.
            if match is not None and (not code or match["it"].startswith(code)):
                choices.append((place, match.start("it") if code else None))
                break
    return choices


def _mentions(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))
