"""English: lists, plurals and numbers in words, as parts of a paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coopgap.proofs.exposition.documents import Inline, Paragraph, prose
from coopgap.proofs.exposition.formulas import (
    FORMULAS,
    Formula,
    Label,
    Numeral,
    Symbol,
    leaves,
    profile,
    row,
)
from coopgap.proofs.exposition.sources import Place

MANY = 8
"""How many entries of a list are spelled out."""

_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def counted(number: int, noun: str, plural: str = "") -> str:
    """``one player``, ``two players``, ``16 profiles``."""
    return f"{in_words(number)} {noun if number == 1 else plural or noun + 's'}"


def in_words(number: int) -> str:
    """``one``, ``two``; large numbers in digits."""
    return _WORDS[number] if number < len(_WORDS) else f"{number:,}"


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def series(members: Iterable[Any], link: str = "and") -> list[Inline]:
    """``a``, ``a and b``, ``a, b and c``; of many items the first, and how many more.

    An item is a part of a paragraph, or a list of such.
    """
    listed: list[list[Inline]] = [
        list(member) if isinstance(member, (list, tuple)) else [member] for member in members
    ]
    if len(listed) > MANY:
        listed = [*listed[: MANY - 1], [f"{counted(len(listed) - MANY + 1, 'more', 'more')}"]]
    parts: list[Inline] = []
    for place, member in enumerate(listed):
        if place:
            parts.append(f" {link} " if place == len(listed) - 1 else ", ")
        parts += member
    return parts


def play(labels: Place | Sequence[str]) -> Formula:
    """A profile, ``(CH, CL)``; of one agent just its action."""
    texts = list(labels.value if isinstance(labels, Place) else labels)
    return profile(texts) if len(texts) > 1 else Label(texts[0])


def plays(options: Place, none: str, link: str = "or") -> list[Inline]:
    """``(A, A) or (B, B)``."""
    return series([play(option) for option in options], link) if options else [none]


def by_state(texts: Sequence[tuple[str, list[Inline]]]) -> list[Inline]:
    """What holds in each state; states that say the same are joined, a single one is not named."""
    if len(texts) == 1:
        return texts[0][1]
    by_text: dict[object, tuple[list[Inline], list[str]]] = {}
    for state, text in texts:
        by_text.setdefault(_tokens(text), (text, []))[1].append(state)
    groups = list(by_text.values())
    if len(groups) == 1:
        return [*groups[0][0], " in every state"]
    parts: list[Inline] = []
    for place, (text, states) in enumerate(groups[:MANY]):
        link = "" if not place else " and " if len(groups) == 2 else "; "
        parts += [link, *text, " in state " if len(states) == 1 else " in states "]
        parts += series(states)
    if len(groups) > MANY:
        parts.append(f"; and so on for {counted(len(groups) - MANY, 'more group', 'more groups')}")
    return parts


def selection(place: Place) -> list[Inline]:
    """What a selection has played in each state."""
    return by_state([(state, [play(labels)]) for state, labels in place.items()])


def _tokens(parts: Sequence[Inline]) -> tuple[object, ...]:
    """What is read of the parts, wherever their numbers come from."""
    tokens: list[object] = []
    for part in parts:
        if isinstance(part, FORMULAS):
            tokens += [leaf.text if isinstance(leaf, Numeral) else leaf for leaf in leaves(part)]
        else:
            tokens.append(part)
    return tuple(tokens)


def contract_class(part: Place) -> list[Inline]:
    """The class of contracts in a few words."""
    if part["kind"].value == "directive":
        return ["permissive directives" if part["permissive"].value else "complete directives"]
    words: list[Inline] = [f"{part['budget'].text} transfers"]
    if part["liability"].value not in (None, "none"):
        words += [" with fines of at most ", part["liability"].formula]
    return words


def in_language(part: Place) -> list[Inline]:
    """The class of contracts, and the language."""
    return [*contract_class(part["contracts"]), " in the language ", Label(part["name"].text)]


def weighed() -> Paragraph:
    """What a prosocial agent maximises."""
    weight = Symbol("prosociality")
    return prose(
        "An agent with weight {} on welfare maximises {}.",
        weight,
        row(Symbol("payoff"), "+", Symbol("transfer"), "+", weight, Symbol("welfare")),
    )


def level(place: Place) -> list[Inline]:
    """One weight for all agents, or one for each."""
    if isinstance(place.value, Mapping):
        return series([[Label(p), " ", own.formula] for p, own in place.items()])
    return [place.formula]
