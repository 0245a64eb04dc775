"""Whether the data of a certificate are those of a spec file, by a second reading of the file.

It shares with the first reading (``coopgap.theory.readers``) only the parsers of TOML and of
expressions: numbers, games, records and contracts are made again, as plain fractions, and compared
with the data by cross-multiplication.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from coopgap.proofs.certificates.commons_words import spec_data
from coopgap.proofs.certificates.ratios import (
    ONE,
    Ratio,
    number,
    polynomial_of,
    polynomial_text,
    ratio_of,
)
from coopgap.proofs.certificates.second_reading import Spec, normal_form, numbered
from coopgap.theory.errors import InputError
from coopgap.theory.json_values import Fields

MANY = 6
"""The largest number of differences listed."""


@dataclass(frozen=True)
class Match:
    """Whether the data are those of the spec, with what they match in it or how they differ."""

    matches: bool
    text: str


def match(text: str, origin: str, data: Fields, values: Mapping[str, Fraction]) -> Match:
    """Compares a certificate's data with a spec's text.

    data: in the form that the core has accepted. values: those of parameters at which the spec is
    read. Raises InputError for a text that is no spec.
    """
    if "agents" in data:
        return matched(text, origin, lambda document: _compared_commons(document, data))
    return matched(text, origin, lambda document: _compared(document, values, data))


def matched(text: str, origin: str, compare: Callable[[Fields], str | list[str]]) -> Match:
    """Compares something with a spec's text, and says what it matches or how it differs.

    Raises InputError for a text that is no spec.
    """
    try:
        result = compare(tomllib.loads(text, parse_float=_no_float))
    except InputError as error:
        raise error.located(source=origin) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}", fix="name a spec", source=origin) from None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        raise InputError("this is no spec", fix="coopgap check says why", source=origin) from None
    if isinstance(result, str):
        return Match(True, f"its data are those of {origin} ({result})")
    differences = "; ".join(result[:MANY])
    more = f"; and {len(result) - MANY} more" if len(result) > MANY else ""
    return Match(False, f"its data are not those of {origin}: {differences}{more}")


def _compared_commons(document: Fields, data: Fields) -> str | list[str]:
    """What the data match, or how they differ."""
    if "commons" not in document:
        return ["the spec has no commons"]
    spec = spec_data(document["commons"])
    names = [name for name in spec if spec[name] != data[name]]
    return [f"{name} differs" for name in names] or "its commons"


def _no_float(text: str) -> object:
    raise InputError(f"{text} is a float, which is not exact", fix="write it in quotes")


def _compared(document: Fields, values: Mapping[str, Fraction], data: Fields) -> str | list[str]:
    """The part of the spec that the data match, or the differences."""
    if "groups" in document.get("game", {}):
        return ["the spec lists groups, not players"]
    if "fishery" in document and data["game"] is None:
        raise InputError("certificates about a fishery match no spec", fix="leave --spec out")
    spec = Spec(document, values)
    differences = list(_parameters(spec, data))
    if data["game"] is None:
        return differences or "its parameters and assumptions, without a game"
    if "game" not in document:
        return [*differences, "the spec has no game"]
    differences += _names(spec, data["game"])
    if differences:
        return differences
    differences += _numbers(spec, data["game"])
    differences += _sights(spec, data)
    about, level = _language(spec, data), _level(spec, data)
    none = "no language of the spec has these records and this class of contracts"
    return part_or_differences(differences, about, level, none)


def part_or_differences(
    differences: list[str], about: str | None, level: str | None, none: str
) -> str | list[str]:
    """The part of the spec in words, or the differences; none: that no language is alike."""
    if about is None:
        differences.append(none)
    if level is None:
        differences.append("λ is none that the spec speaks of")
    return differences or ", ".join(filter(None, (about, level)))


def _parameters(spec: Spec, data: Fields) -> Iterator[str]:
    if sorted(spec.parameters) != sorted(data["parameters"]):
        own, wanted = (", ".join(p) or "none" for p in (data["parameters"], spec.parameters))
        yield f"the certificate has the parameters {own}, the spec {wanted} (--set gives values)"
        return
    stated = [
        condition
        for p, relation in data["assumptions"]
        for condition in normal_form(polynomial_of(p), relation)
    ]
    for polynomial, relation in stated:
        if (polynomial, relation) not in spec.assumptions:
            yield f"only the certificate assumes {polynomial_text(polynomial)} {relation} 0"
    for polynomial, relation in spec.assumptions:
        if (polynomial, relation) not in stated:
            yield f"only the spec assumes {polynomial_text(polynomial)} {relation} 0"


def _names(spec: Spec, game: Fields) -> Iterator[str]:
    pairs = {"players": spec.players, "actions": spec.actions, "states": spec.states}
    for part, own in pairs.items():
        if game[part] != own:
            yield f"the {part} of the certificate are {game[part]}, those of the spec {own}"
    if game["cooperative"] != spec.cooperative:
        yield "other actions are cooperative"


def _sights(spec: Spec, data: Fields) -> Iterator[str]:
    """What players see of the state: all of it, unless the data are about mechanisms."""
    information = data.get("mechanism", {}).get("information")
    if information is None:
        information = [range(len(spec.states))] * len(spec.players)
    for player, own, cells in zip(spec.players, spec.information, information, strict=True):
        if own != numbered(cells):
            yield f"{player!r} sees something else of the states"


def _numbers(spec: Spec, game: Fields) -> Iterator[str]:
    below = polynomial_of(game["denominator"])
    weights = [Ratio(polynomial_of(weight), ONE) for weight in game["prior"]]
    zero = number(0)
    total, whole = sum(weights, zero), sum(spec.prior, zero)
    if len(spec.prior) != len(weights):
        yield "the spec has another number of probabilities"
        return
    for state, weight, likely in zip(spec.states, weights, spec.prior, strict=True):
        if not (weight * whole).same(likely * total):
            yield f"the probability of {state!r} is another: {likely} in the spec"
    for i, player in enumerate(spec.players):
        for s, state in enumerate(spec.states):
            for a, labels in enumerate(product(*spec.actions)):
                payoff = Ratio(polynomial_of(game["payoffs"][i][s][a]), below)
                if not payoff.same(spec.payoffs[i][s][a]):
                    yield (
                        f"the payoff of {player!r} in state {state!r} at ({', '.join(labels)}) is "
                        f"{payoff} in the certificate, {spec.payoffs[i][s][a]} in the spec"
                    )


def _language(spec: Spec, data: Fields) -> str | None:
    contracts, records = data["contracts"], data["records"]
    if records is None and contracts["kind"] in ("none", "interim"):
        return "play without a contract"
    stated = list(range(spec.plays)) if records is None else _stated_records(spec, records)
    alike = [(name, own) for name, record, own in spec.languages if record == stated]
    named = [name for name, own in alike if _same_class(data, own)]
    if named:
        return f"language {' or '.join(named)}"
    if contracts["kind"] == "mechanism":
        return _relaxed(spec, data, stated)
    if contracts["kind"] == "directive" and not contracts["permissive"] and _by_state(records):
        # Complete directives are decided for the language of states of each language (T2).
        languages = " or ".join(name for name, _ in alike)
        return f"complete directives in the language {languages}" if alike else None
    return None


def _relaxed(spec: Spec, data: Fields, stated: Sequence[int]) -> str | None:
    """A language without its bound on fines, or more of its rules: what its gap is due to."""
    count = len(spec.profiles)
    for name, record, own in spec.languages:
        relaxed = {**own, "liability": None}
        if record == stated and _same_class(data, relaxed):
            return f"language {name} without a bound on fines"
        relaxed["participation"] = None
        if record == stated and _same_class(data, relaxed):
            return f"language {name} where nobody may refuse"
        verified = numbered((entry, k % count) for k, entry in enumerate(record))
        if verified == stated and _same_class(data, relaxed):
            return f"language {name} with every action verified"
    return None


def _by_state(records: Fields | None) -> bool:
    """Whether all actions are verifiable."""
    if records is None or records["classes"] is None:
        return False
    return all(len(set(own)) == len(own) for own in records["classes"])


def _stated_records(spec: Spec, records: Fields) -> list[int]:
    """The records of plays in the certificate, numbered again."""
    if records["table"] is not None:
        return numbered(record for row in records["table"] for record in row)
    return numbered(
        (cell, *(own[a] for own, a in zip(records["classes"], profile, strict=True)))
        for cell in records["cells"]
        for profile in spec.profiles
    )


def _same_class(all_: Fields, own: Fields) -> bool:
    """Whether the contracts, or the mechanisms with such transfers, are the same."""
    data = all_["contracts"]
    if data["kind"] in ("mechanism", "interim"):
        stated, options = all_["mechanism"]["options"], own["participation"]
        if data["kind"] == "interim":
            options = None
        data = {**data, "kind": "transfers"}
        if stated is None or options is None:
            if stated is not options:
                return False
        elif not all(ratio_of(o).same(p) for o, p in zip(stated, options, strict=True)):
            return False
    if any(data[key] != own[key] for key in ("kind", "budget", "permissive")):
        return False
    bound = data["liability"]
    if bound is None or own["liability"] is None:
        return bound is own["liability"] is None
    return ratio_of(bound).same(own["liability"])


def _level(spec: Spec, data: Fields) -> str | None:
    own = data["prosociality"]
    if own is None:
        return ""
    scale = polynomial_of(own["scale"])
    stated = [Ratio(polynomial_of(level), scale) for level in own["levels"]]
    for name, level in spec.levels:
        if all(own.same(expected) for own, expected in zip(stated, level, strict=True)):
            return name
    return None
