"""Forged certificates: changes to a valid one, and all opposites of its claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from itertools import islice, product
from random import Random

from coopgap.proofs.selftest.corpora import sealed
from coopgap.theory.json_values import Plain

Path = tuple[str | int, ...]

UNKNOWN = "zz"
"""A key that no certificate may have."""

# --- documents, of which changed copies share what is not changed ---------------------------------


def paths(value: Plain, path: Path = ()) -> Iterator[Path]:
    """The paths to all values in a document, itself included."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from paths(part, (*path, key))
    elif isinstance(value, list):
        for key, part in enumerate(value):
            yield from paths(part, (*path, key))


def at(value: Plain, path: Path) -> Plain:
    """The value at a path."""
    for key in path:
        value = value[key]
    return value


def replaced(value: Plain, path: Path, change: Callable[[Plain], Plain]) -> Plain:
    """A copy in which the value at a path is changed."""
    if not path:
        return change(value)
    copy: Plain = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], change)
    return copy


def removed(value: Plain, path: Path) -> Plain:
    """A copy without the value at a path."""

    def without(parent: Plain) -> Plain:
        copy: Plain = dict(parent) if isinstance(parent, dict) else list(parent)
        del copy[path[-1]]
        return copy

    return replaced(value, path[:-1], without)


@dataclass(frozen=True)
class Base:
    """A valid certificate, prepared for changes."""

    text: str
    document: Plain

    @cached_property
    def size(self) -> str:
        """The size of the game and the parameters; parts of certificates alike in it fit."""
        data = self.document.get("data") or self.document["goals"][0]["certificate"]["data"]
        if self.document["schema"] in OTHER_IDS:
            return str(self.document["schema"])
        game = data["game"] or {"actions": [], "states": []}
        return str([[len(own) for own in game["actions"]], len(game["states"]), data["parameters"]])

    @cached_property
    def places(self) -> list[list[Path]]:
        """All places but the root, by the part of the certificate that they are in."""
        parts: dict[str, list[Path]] = {}
        for path in paths(self.document):
            if path:
                inside = path[3:] if path[:1] == ("goals",) else path
                part = str(inside[:1] if inside[:1] != ("data",) else inside[:2])
                rare = part in ("()", "('schema',)", "('data_sha256',)", "('theorem',)")
                parts.setdefault("" if rare else part, []).append(path)
        weights = {"": 1, "('proof',)": 10, "('claim',)": 5}
        return [own for part, own in parts.items() for _ in range(weights.get(part, 2))]

    @cached_property
    def keyed(self) -> Mapping[str, list[Plain]]:
        """All values by their keys."""
        values: dict[str, list[Plain]] = {}
        for path in paths(self.document):
            if path and isinstance(path[-1], str):
                values.setdefault(path[-1], []).append(at(self.document, path))
        return values


# --- changes --------------------------------------------------------------------------------------

Change = Callable[[Random, Plain, Path, Base], Plain]
"""A document, with a place in it, changed; another certificate gives foreign parts."""

TEXTS: Mapping[str, Sequence[Plain]] = {
    "kind": ("none", "transfers", "directive", "mechanism", "interim"),
    "budget": ("", "balanced", "burnt", "free"),
    "schema": (
        "coopgap.certificate/1",
        "coopgap.certificate/2",
        "coopgap.conjunction/2",
        "coopgap.family-certificate/1",
    ),
    "to": ("inf", "0", "1"),
    "liability": (None, "0", "1", "1/2"),
    "within": (None, [], [0], [0, 1]),
    "table": (None,),
    "cooperative": (None, [[0], [0]], [[1], [1]]),
    "pick": ("some", "only", "best", "worst"),
    "rationing": ("one-at-a-time", "proportional"),
}
RELATIONS = (">", ">=", "==")
ODD: Sequence[Plain] = (None, True, False, 0, 1, -1, 1.0, "", "0", "1", "inf", [], [0], {}, [[]])


def _removed(_rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    return removed(document, path)


def _emptied(_rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    return replaced(document, path, lambda value: type(value)() if value is not None else {})


def _odd(rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    return replaced(document, path, lambda _: rng.choice(ODD))


def _nulled(_rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    return replaced(document, path, lambda _: None)


def _unknown(rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    while path and not isinstance(at(document, path), dict):
        path = path[:-1]
    return replaced(document, path, lambda value: {**value, UNKNOWN: rng.choice(ODD)})


def _retyped(rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    def typed(value: Plain) -> Plain:
        if type(value) is int:
            return rng.choice((str(value), float(value), bool(value), [value], {"1": value}))
        if isinstance(value, str):
            return rng.choice(
                ([value, 1], [value], value + " ", int(value) if _is_integer(value) else 0)
            )
        return rng.choice(([value], {"1": value}, str(value)[:50]))

    return replaced(document, path, typed)


def _is_integer(text: str) -> bool:
    return text.isascii() and text.lstrip("-").isdigit()


def _moved(rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    return replaced(document, path, lambda value: moved(rng, value))


def moved(rng: Random, value: Plain) -> Plain:
    """A number, relation, truth value or list, changed a little."""
    if type(value) is bool:
        return not value
    if type(value) is int:
        return rng.choice((value + 1, value - 1, -value, 2 * value, 0, 1, value + 10))
    if isinstance(value, str):
        if value in RELATIONS:
            return rng.choice(RELATIONS)
        return moved_text(rng, value)
    if (
        isinstance(value, dict)
        and value
        and all(type(coefficient) is int for coefficient in value.values())
    ):
        return {k: -v if rng.random() < 0.5 else v + 1 or 1 for k, v in value.items()}
    if isinstance(value, list) and len(value) == 2 and value[1] in RELATIONS:
        return rng.choice((negated(value), [value[0], rng.choice(RELATIONS)]))
    if isinstance(value, list) and value:
        permuted = rng.sample(value, len(value)), value[::-1]
        return rng.choice((*permuted, value[1:], value[:-1], [*value, rng.choice(value)]))
    return value


def moved_text(rng: Random, value: str) -> str:
    """The text of a fraction near that of a text."""
    try:
        number = Fraction(value)
    except (ValueError, ZeroDivisionError):
        return rng.choice(("inf", "-inf", "0", "1", value))
    step = Fraction(rng.choice((-1, 1)), rng.choice((1, 2, 3, 100)))
    return str(rng.choice((number + step, number + step, -number, 2 * number, "inf", "-inf")))


def negated(condition: Plain) -> Plain:
    """A condition about the number with the other sign."""
    number, relation = condition
    turned = {k: -v for k, v in number.items()} if isinstance(number, dict) else number
    strict = {">": ">=", ">=": ">"}.get(relation, relation)
    return [-turned if type(turned) is int else turned, strict]


def _permuted(rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    while path and not isinstance(at(document, path), list):
        path = path[:-1]

    def mixed(value: Plain) -> Plain:
        return rng.sample(value, len(value)) if isinstance(value, list) else value

    return replaced(document, path, mixed)


def _text(rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    """Another admissible text, in a place with few of them."""
    places = [place for place in paths(document) if place and place[-1] in TEXTS]
    if not places:
        return document
    path = rng.choice(places)
    return replaced(document, path, lambda _: rng.choice(TEXTS[str(path[-1])]))


def _renamed(rng: Random, document: Plain, _path: Path, _donor: Base) -> Plain:
    """Another claim id."""
    places = [place for place in paths(document) if place[-2:] == ("claim", "id")]
    if not places:
        return document
    ids = OTHER_IDS.get(document.get("schema"), IDS)
    return replaced(document, rng.choice(places), lambda _: rng.choice(ids))


def _grafted(rng: Random, document: Plain, path: Path, donor: Base) -> Plain:
    """A part of the other certificate in place of one with the same key."""
    while path and not isinstance(path[-1], str):
        path = path[:-1]
    if not path:
        return document
    options = donor.keyed.get(str(path[-1]))
    return replaced(document, path, lambda _: rng.choice(options)) if options else document


def _exchanged(rng: Random, document: Plain, path: Path, _donor: Base) -> Plain:
    """Two values with the same key, or of the same list, exchanged."""
    alike = [
        place
        for place in paths(document)
        if place
        and (place[-1] == path[-1] if isinstance(path[-1], str) else place[:-1] == path[:-1])
    ]
    second = rng.choice(alike)
    if second[: len(path)] == path or path[: len(second)] == second:
        return document
    first_value, second_value = at(document, path), at(document, second)
    return replaced(replaced(document, path, lambda _: second_value), second, lambda _: first_value)


def _large(rng: Random, document: Plain, _path: Path, donor: Base) -> Plain:
    """A large part of another certificate: of its claim, its data or its proof."""
    names = {path[-1] for path in paths(document) if path and isinstance(path[-1], str)}
    shared = sorted(names & set(LARGE) & set(donor.keyed))
    if not shared:
        return document
    name = rng.choice(shared)
    place = rng.choice(
        [candidate for candidate in paths(document) if candidate and candidate[-1] == name]
    )
    return replaced(document, place, lambda _: rng.choice(donor.keyed[name]))


def _opposite(rng: Random, document: Plain, _path: Path, _donor: Base) -> Plain:
    """A claim that contradicts the certificate's."""
    if "claim" not in document:
        return document
    options = list(islice(contrary_claims(document["claim"]), 100))
    return {**document, "claim": rng.choice(options)} if options else document


LARGE = (
    *("claim", "data", "game", "records", "contracts", "prosociality", "assumptions", "payoffs"),
    *("proof", "cases", "apart", "pieces", "at", "witness", "reached", "bound", "below", "known"),
    *("obstructions", "blocks", "tree", "selection", "transfers", "multipliers", "deviations"),
    *("distributions", "refuted", "then", "else", "if", "when", "amounts", "prior", "classes"),
    *("cells", "table", "liability", "value", "parameters", "cooperative", "instead", "point"),
)
"""Parts of certificates."""

BREAKING: Sequence[Change] = (_removed, _emptied, _odd, _nulled, _unknown, _retyped)
CHANGES: Sequence[Change] = (
    *(_text, _renamed, _permuted, _moved, _moved, _moved, _moved, _moved, _moved),
    *(_grafted, _grafted, _exchanged, _exchanged, _large, _large, _opposite, _opposite),
)


def forged(base: Base, donor: Base, rng: Random) -> Plain:
    """The document after one to three changes, mostly with the hash of its new data."""
    document = base.document
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        document = _changed(document, base, donor, rng)
    return sealed(document) if rng.random() < 0.98 else document


def _changed(document: Plain, base: Base, donor: Base, rng: Random) -> Plain:
    """The document after one change, or unchanged if a few tries have no effect."""
    for _ in range(8):
        path = rng.choice(rng.choice(base.places))
        # What is broken in the data is refused for its form; elsewhere a rule may overlook it.
        breaks = rng.random() < (0.03 if "data" in path[:4] else 0.25)
        change = rng.choice(BREAKING if breaks else CHANGES)
        try:
            at(document, path)
            changed = change(rng, document, path, donor)
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError):
            continue  # an earlier change took the place away
        if changed is not document and changed != document:
            return changed
    return document


# --- opposites ------------------------------------------------------------------------------------

FIELDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("gap-positive", "gap-zero", "closes", "correlated-gap-positive"), ()),
    **dict.fromkeys(("gap-at-least", "gap-at-most", "gap", "value", "optimum"), ("value",)),
    **dict.fromkeys(("correlated-gap-at-least", "correlated-gap-at-most"), ("value",)),
    **dict.fromkeys(("correlated-gap", "threshold", "threshold-at-most"), ("value",)),
    **dict.fromkeys(("mechanism-gap-positive", "mechanism-gap-zero"), ()),
    **dict.fromkeys(("mechanism-gap-at-least", "mechanism-gap-at-most"), ("value",)),
    **dict.fromkeys(("mechanism-value", "mechanism-gap", "mechanism-attains"), ("value",)),
    "value-between": ("value", "from", "to", "from_included", "to_included"),
    "implementable": ("selection",),
    "play-at-most": ("state", "profile", "within", "value"),
    **dict.fromkeys(("first-best", "equilibria"), ("state", "profiles")),
    "mixed-equilibria": ("state", "plays"),
    **dict.fromkeys(("nash", "unique-nash"), ("profiles",)),
    "agent-thresholds": ("thresholds",),
    "incontractible-cells": ("cells",),
    **dict.fromkeys(("incontractible", "beneficial", "beneficial-with-side-payments"), ()),
    **dict.fromkeys(("axiom-i", "axiom-ii", "axiom-iii", "axiom-iv-strict"), ()),
    **dict.fromkeys(("axiom-iv-partial", "all-cooperative", "full-implementation"), ()),
    "formula": ("conclusion",),
    "inconsistent": (),
}
"""The fields of claims beside ``id`` and ``holds``."""

IDS = tuple(FIELDS)

OTHER_IDS: Mapping[str, Sequence[str]] = {
    "coopgap.aggregate-certificate/1": (
        *("optimum", "value", "gap", "gap-positive", "gap-zero", "closes"),
        *("gap-at-least", "gap-at-most", "equilibria", "threshold"),
        *("nash", "unique-nash", "incontractible"),
    ),
    "coopgap.commons-certificate/1": (
        *("commons-first-best", "commons-gap", "commons-equilibrium", "commons-threshold"),
        *("commons-bounds", "commons-first-best-between"),
    ),
}
"""The claims about groups and about a commons, by the schema of their certificates."""


def opposites(document: Plain) -> Iterator[Plain]:
    """Certificates of the contrary claims about a valid certificate's data.

    Every claim comes with the proof itself and with its parts in other combinations.
    """
    if "goals" in document:
        for place, goal in enumerate(document["goals"]):
            for contrary in opposites(goal["certificate"]):
                yield replaced(document, ("goals", place), partial(_with_certificate, contrary))
        return
    proofs = list(recombined(document["proof"]))
    for claim, proof in product(contrary_claims(document["claim"]), proofs):
        yield {**document, "claim": claim, "proof": proof}


def _with_certificate(certificate: Plain, goal: Plain) -> Plain:
    return {**goal, "certificate": certificate}


def contrary_claims(claim: Plain) -> Iterator[Plain]:
    """Other claims about the same data.

    They are the negation, and claims with another id, value or list, with other pieces, at another
    point, or with an unknown key.
    """
    yield {**claim, "holds": not claim["holds"]}
    yield {**claim, UNKNOWN: 0}
    own = {name: value for name, value in claim.items() if name not in ("id", "holds")}
    for name, holds in product(_relatives(claim), (True, False)):
        for fields in _fitted(name, own):
            yield {"id": name, "holds": holds, **fields}
    yield from _other_fields(claim)
    if "pieces" in claim:
        yield from _other_pieces(claim)
    if "at" in claim:
        yield {name: value for name, value in claim.items() if name != "at"}
        for step in (-1, 1):
            point = {k: str(Fraction(v) + step) for k, v in claim["at"].items()}
            yield {**claim, "at": point}
    elif "pieces" not in claim:
        yield {**claim, "at": {}}


def _relatives(claim: Plain) -> Iterator[str]:
    """Other ids with the same fields; for claims on gaps and values, all of these."""
    about_gaps = "gap" in claim["id"] or claim["id"] in ("closes", "value")
    for name, fields in FIELDS.items():
        gap = "gap" in name or name in ("closes", "value")
        if name != claim["id"] and (fields == FIELDS.get(claim["id"]) or (gap and about_gaps)):
            yield name


def _fitted(name: str, own: Plain) -> Iterator[Plain]:
    """The fields that a claim of another id needs."""
    if "pieces" in own:
        yield own
    elif FIELDS[name] == ("value",):
        fixed = {k: v for k, v in own.items() if k == "at"}
        values = [own["value"]] if "value" in own else ["0", "1"]
        yield from ({**fixed, "value": value} for value in values)
    else:
        yield {k: v for k, v in own.items() if k in FIELDS[name] or k == "at"}


def _other_fields(claim: Plain) -> Iterator[Plain]:
    for name, value in claim.items():
        if name not in ("id", "holds", "at", "pieces"):
            yield from ({**claim, name: neighbour} for neighbour in _neighbours(value))


def _neighbours(value: Plain) -> Iterator[Plain]:
    """Values near one."""
    if type(value) is bool:
        yield not value
    elif type(value) is int:
        yield from (value + 1, max(0, value - 1))
    elif isinstance(value, str):
        number = Fraction(0) if value in ("inf", "-inf") else Fraction(value)
        moves = (number + 1, number - 1, number + Fraction(1, 7), -number)
        yield from map(str, moves)
        yield from ("inf", "-inf")
    elif isinstance(value, list) and value:
        yield value[1:]
        if isinstance(value[-1], list | int | dict):
            yield from ([*value[:-1], neighbour] for neighbour in islice(_neighbours(value[-1]), 3))
    elif isinstance(value, dict):
        yield {name: -number for name, number in value.items() if type(number) is int}
    elif value is None:
        yield [0]


def _other_pieces(claim: Plain) -> Iterator[Plain]:
    """Claims with values or conditions exchanged, conditions weakened or left out, or one piece."""
    pieces = claim["pieces"]
    turned = [*pieces[1:], pieces[0]]
    rotated = [{**b, "when": a["when"]} for a, b in zip(pieces, turned, strict=True)]
    yield {**claim, "pieces": rotated}
    for k, piece in enumerate(pieces):
        rest = {name: value for name, value in piece.items() if name != "when"}
        yield {"id": claim["id"], "holds": claim["holds"], **rest}
        yield {**claim, "pieces": [piece]}
        yield {**claim, "pieces": [*pieces[:k], *pieces[k + 1 :]]}
        yield {**claim, "pieces": [*pieces[:k], {**piece, UNKNOWN: 0}, *pieces[k + 1 :]]}
        for name, value in rest.items():
            for neighbour in islice(_neighbours(value), 3):
                yield {
                    **claim,
                    "pieces": [*pieces[:k], {**piece, name: neighbour}, *pieces[k + 1 :]],
                }
        for j, condition in enumerate(piece["when"]):
            replacements = [negated(condition), [condition[0], ">="], [condition[0], ">"]]
            for replacement in replacements:
                when = [*piece["when"][:j], replacement, *piece["when"][j + 1 :]]
                yield {**claim, "pieces": [*pieces[:k], {**piece, "when": when}, *pieces[k + 1 :]]}


def recombined(proof: Plain) -> Iterator[Plain]:
    """A proof, and the proof with other witnesses.

    The witnesses have one part alone, all parts of all witnesses, none, or an unknown one. Proofs
    at a point are also turned into proofs by cases, and conversely.
    """
    yield proof
    yield {**proof, UNKNOWN: 0}
    parts: dict[str, Plain] = {}
    for path in paths(proof):
        if path[-1:] == ("witness",) and isinstance(at(proof, path), dict):
            parts |= at(proof, path)
    choices: list[Plain] = [{name: part} for name, part in parts.items()]
    choices += [parts, {}, {**parts, UNKNOWN: 0}]
    if "reached" in parts or "bound" in parts:
        common = parts.get("reached", parts.get("bound"))
        choices += [{"reached": common, "bound": common}, {"below": common}, common]
    for witness in choices:
        yield with_witness(proof, witness)
    if "cases" in proof:
        for instead in (None, "0", "1"):
            yield {"instead": instead, "witness": parts}
    else:
        leaf = {"known": [], "piece": 0, "point": [], "witness": parts}
        yield {"apart": [], "cases": leaf}
        yield from ({**proof, "instead": instead} for instead in (None, "0", "1", "inf"))


def with_witness(proof: Plain, witness: Plain) -> Plain:
    """A proof with this witness in all cases."""
    if isinstance(proof, dict):
        return {
            name: witness if name == "witness" else with_witness(part, witness)
            for name, part in proof.items()
        }
    return [with_witness(part, witness) for part in proof] if isinstance(proof, list) else proof
