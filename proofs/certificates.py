"""Certificates: frozen plain values with one canonical JSON form.

A certificate carries its claim, all data that the claim depends on (with their hash) and a witness.
This module imports nothing but the standard library, so that the checker can be trusted alone.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

SCHEMA = "coopgap.certificate/1"

MAX_BITS = 20_000
"""The largest common denominator of a prior, or of λ, in bits."""

_RATIONAL = re.compile(r"-?\d{1,4000}(/\d{1,4000})?", re.ASCII)


class Malformed(ValueError):
    """Text or data that is no certificate; the message says where it stops being one."""


@dataclass(frozen=True)
class Game:
    """The environment as plain integers.

    ``payoffs[agent][state]`` lists all profiles, the last agent's action varying fastest; over
    ``denominator`` they are utils. Any integer sequence will do, a memoryview included.
    """

    players: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    states: tuple[str, ...]
    prior: tuple[Fraction, ...]
    denominator: int
    payoffs: tuple[tuple[Sequence[int], ...], ...]
    cooperative: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True)
class RecordMap:
    """What a contract can tell apart: by cells of states and classes of each agent's actions, or by
    a table of the record of every profile in every state."""

    cells: tuple[int, ...] | None = None
    classes: tuple[tuple[int, ...], ...] | None = None
    table: tuple[Sequence[int], ...] | None = None


@dataclass(frozen=True)
class Contracts:
    """The contract class. kind: ``none``, ``transfers`` or ``directive``."""

    kind: str = "none"
    budget: str = ""
    liability: Fraction | None = None
    permissive: bool = False


@dataclass(frozen=True)
class Problem:
    """All data that a claim depends on. prosociality: one λ per agent, or None where the claim
    itself speaks of λ."""

    game: Game
    records: RecordMap | None = None
    contracts: Contracts = Contracts()
    prosociality: tuple[Fraction, ...] | None = None


@dataclass(frozen=True)
class Certificate:
    """A claim, the problem it is about, and the witness that shows it.

    claim: ``id``, ``holds`` (false for a certificate of the negation) and the id's own fields.
    """

    kind: str
    claim: Mapping[str, Any]
    problem: Problem
    witness: Mapping[str, Any]


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, numbers exact (fractions as text)."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )


def digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def encode(certificate: Certificate) -> str:
    """The certificate's canonical text; its file is named by the ``digest`` of this text."""
    data = _problem_data(certificate.problem)
    return canonical(
        {
            "schema": SCHEMA,
            "kind": certificate.kind,
            "claim": certificate.claim,
            "data": data,
            "data_sha256": digest(canonical(data)),
            "witness": certificate.witness,
        }
    )


def decode(text: str) -> Certificate:
    """The certificate that a text holds; raises Malformed, and nothing else, if it holds none."""
    top = frame(text, SCHEMA)
    return Certificate(text_of(top["kind"]), top["claim"], _problem(top["data"]), top["witness"])


def parsed(text: str) -> Any:
    """The JSON document that a text holds, without floats or repeated keys; raises Malformed."""
    try:
        document = json.loads(
            text,
            parse_float=_refuse_float,
            parse_constant=_refuse_float,
            object_pairs_hook=_object,
        )
        canonical(document).encode()
    except Malformed:
        raise
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {str(error)[:200]}") from None
    return document


def frame(text: str, schema: str) -> dict[str, Any]:
    """The fields of a certificate of this schema whose hash is right; raises Malformed."""
    document = parsed(text)
    top = fields(
        document, "certificate", "schema", "kind", "claim", "data", "data_sha256", "witness"
    )
    if top["schema"] != schema:
        raise Malformed(f"the schema is not {schema}")
    if top["data_sha256"] != digest(canonical(top["data"])):
        raise Malformed("data_sha256 is not the hash of the data")
    if not isinstance(top["claim"], dict) or not isinstance(top["witness"], dict):
        raise Malformed("claim and witness must be objects")
    return top


def fields(value: Any, where: str, *names: str) -> dict[str, Any]:
    """The value as an object with exactly these fields."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise Malformed(f"{where} must be an object with the fields {', '.join(sorted(names))}")
    return value


def listing(value: Any, length: int | None = None) -> Sequence[Any]:
    """The value as a list (of a given length)."""
    if not isinstance(value, (list, tuple)) or (length is not None and len(value) != length):
        raise Malformed("expected a list" if length is None else "a list has the wrong length")
    return value


def integer(value: Any, low: int | None = None, high: int | None = None) -> int:
    """The value as an integer with low ≤ value < high."""
    if type(value) is not int:
        raise Malformed("expected an integer")
    if (low is not None and value < low) or (high is not None and value >= high):
        raise Malformed(f"the integer {str(value)[:40]} is out of range")
    return value


def rational(value: Any) -> Fraction:
    """The value as an exact number in canonical text (``"-3/2"``)."""
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str) or not _RATIONAL.fullmatch(value):
        raise Malformed('expected an exact number as text, such as "-3/2"')
    if re.search(r"/0+$", value):
        raise Malformed("a denominator is 0")
    number = Fraction(value)
    if str(number) != value:
        raise Malformed(f"the number {value[:40]} is not in lowest terms")
    return number


def common_denominator(values: Sequence[Fraction]) -> int:
    """The least positive integer that makes every value integral, if it has at most MAX_BITS."""
    common = 1
    for value in values:
        common = math.lcm(common, value.denominator)
        if common.bit_length() > MAX_BITS:
            raise Malformed(f"the common denominator has over {MAX_BITS:,} bits")
    return common


def text_of(value: Any) -> str:
    """The value as text."""
    if not isinstance(value, str):
        raise Malformed("expected text")
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, memoryview):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise Malformed("a key is given twice")
    return document


def _refuse_float(text: str) -> Any:
    raise Malformed(f"{text[:40]} is a floating-point number")


def _problem_data(problem: Problem) -> dict[str, Any]:
    game, records, contracts = problem.game, problem.records, problem.contracts
    return {
        "game": dict(vars(game)),
        "records": None if records is None else dict(vars(records)),
        "contracts": dict(vars(contracts)),
        "prosociality": problem.prosociality,
    }


def _problem(value: Any) -> Problem:
    data = fields(value, "data", "game", "records", "contracts", "prosociality")
    game = _game(data["game"])
    agents = len(game.players)
    levels = data["prosociality"]
    if levels is not None:
        levels = tuple(rational(level) for level in listing(levels, agents))
        if any(level < 0 for level in levels):
            raise Malformed("prosociality is negative")
    return Problem(
        game,
        None
        if data["records"] is None
        else decoded_records(data["records"], game.states, game.actions),
        decoded_contracts(data["contracts"]),
        levels,
    )


def _game(value: Any) -> Game:
    names = ("players", "actions", "states", "prior", "denominator", "payoffs", "cooperative")
    data = fields(value, "game", *names)
    players = decoded_names(data["players"])
    actions = tuple(decoded_names(of_agent) for of_agent in listing(data["actions"], len(players)))
    states = decoded_names(data["states"])
    prior = tuple(rational(p) for p in listing(data["prior"], len(states)))
    mass = common_denominator(prior)
    if any(p < 0 for p in prior) or sum(int(p * mass) for p in prior) != mass:
        raise Malformed("the prior is no distribution")
    profiles = math.prod(len(of_agent) for of_agent in actions)
    payoffs = tuple(
        tuple(_integers(row, profiles) for row in listing(of_agent, len(states)))
        for of_agent in listing(data["payoffs"], len(players))
    )
    cooperative = decoded_cooperative(data["cooperative"], actions)
    denominator = integer(data["denominator"], 1)
    return Game(players, actions, states, prior, denominator, payoffs, cooperative)


def decoded_cooperative(
    value: Any, actions: Sequence[Sequence[str]]
) -> tuple[tuple[int, ...], ...] | None:
    """The indices of each agent's cooperating actions, or None."""
    if value is None:
        return None
    cooperative = tuple(
        tuple(integer(a, 0, len(labels)) for a in listing(of_agent))
        for of_agent, labels in zip(listing(value, len(actions)), actions, strict=True)
    )
    if any(len(set(of_agent)) != len(of_agent) for of_agent in cooperative):
        raise Malformed("a cooperating action is listed twice")
    return cooperative


def decoded_records(
    value: Any, states: Sequence[str], actions: Sequence[Sequence[str]]
) -> RecordMap:
    """The records of a game with these states and actions; numbered from 0, so none has a number
    above those of the states, actions or plays that it parts."""
    data = fields(value, "records", "cells", "classes", "table")
    profiles = math.prod(len(labels) for labels in actions)
    if data["table"] is not None:
        if data["cells"] is not None or data["classes"] is not None:
            raise Malformed("records are given twice")
        rows = listing(data["table"], len(states))
        plays = len(states) * profiles
        return RecordMap(table=tuple(_integers(row, profiles, plays) for row in rows))
    return RecordMap(
        cells=tuple(_integers(data["cells"], len(states), len(states))),
        classes=tuple(
            tuple(_integers(of_agent, len(labels), len(labels)))
            for of_agent, labels in zip(
                listing(data["classes"], len(actions)), actions, strict=True
            )
        ),
    )


def decoded_contracts(value: Any) -> Contracts:
    """A class of contracts."""
    data = fields(value, "contracts", "kind", "budget", "liability", "permissive")
    liability = None if data["liability"] is None else rational(data["liability"])
    if type(data["permissive"]) is not bool:
        raise Malformed("permissive must be true or false")
    contracts = Contracts(
        text_of(data["kind"]), text_of(data["budget"]), liability, data["permissive"]
    )
    plain = contracts.liability is None and not contracts.permissive
    sensible = {
        "none": contracts.budget == "" and plain,
        "transfers": contracts.budget in ("balanced", "burnt", "free")
        and not contracts.permissive
        and (liability is None or liability >= 0),
        "directive": contracts.budget == "" and liability is None,
    }
    if not sensible.get(contracts.kind, False):
        raise Malformed("there is no such class of contracts")
    return contracts


def decoded_names(value: Any) -> tuple[str, ...]:
    """Distinct names, at least one."""
    names = tuple(text_of(name) for name in listing(value))
    if not names or len(set(names)) != len(names):
        raise Malformed("names must be distinct, and at least one")
    return names


def _integers(value: Any, length: int, below: int | None = None) -> Sequence[int]:
    """A list of integers, or (below) of numbers from 0 up to there."""
    row = listing(value, length)
    if not all(type(entry) is int for entry in row):
        raise Malformed("expected a list of integers")
    if below is not None and not all(0 <= entry < below for entry in row):
        raise Malformed("an integer of a list is out of range")
    return row
