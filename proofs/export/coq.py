"""Certificates as Coq files that check them again, in ``proofs/coq``.

Only data are written over: numbers, lists and names. What they mean, which rows follow from them
and whether the proof shows the claim is Coq's to say (``Certificates.v``, ``accepted_shows``).
Covered are the certificates of games without parameters where contracts are none or transfers, λ
is given and equilibria are pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from coopgap.proofs.trusted.certificates import SCHEMA
from coopgap.proofs.trusted.documents import (
    Rejected,
    canonical,
    digest,
    fields,
    integer,
    listing,
    names_of,
    parsed,
    require,
    text_of,
    truth_of,
)

LARGEST = 20_000
"""The greatest index that is written: Coq counts in unary."""

NOTHING = {"denominator": 1, "amounts": []}
"""The transfers of no contract."""

HEAD = """\
From Coq Require Import List ZArith QArith.
From coopgap Require Import Welfare Games Certificates.
Import ListNotations.
Open Scope nat_scope.
"""

TAIL = """\
Definition answer : bool := Eval vm_compute in accepts problem claim witness.
Print answer.
Theorem proved : shown problem claim.
Proof. apply (accepted_shows problem claim witness). vm_cast_no_check (eq_refl true). Qed.
Print Assumptions proved.
"""

NAMES = {"gap-positive": "gap_positive", "gap-zero": "gap_zero", "closes": "closes"}
"""Claims without a number."""

NUMBERS = {"gap-at-least": "gap_at_least", "gap-at-most": "gap_at_most"}
"""Claims with a finite number."""

INFINITE = {"gap": "inf", "value": "-inf"}
"""Claims with a number that may be infinite."""


class Uncovered(Exception):
    """The checker in Coq has no rule for such certificates."""


def coq_text(text: str) -> str:
    """A Coq file that checks a certificate again.

    It prints ``answer = true`` or ``answer = false``; if true, the theorem ``proved`` follows.
    Raises Uncovered for kinds that are not covered, Rejected for what is no certificate.
    """
    document = parsed(text)
    names = ("schema", "claim", "data", "data_sha256", "proof")
    if document.get("schema") != SCHEMA:
        raise Uncovered("it is not the certificate of one claim")
    _, claim, data, sha256, proof = fields(document, "a certificate", *names)
    require(sha256 == digest(canonical(data)), "data_sha256 is not the hash of the data")
    require(isinstance(claim, dict) and isinstance(data, dict), "expected objects")
    if data.get("parameters") != [] or "at" in claim or "pieces" in claim:
        raise Uncovered("it is about parameters")
    apart, cases = fields(proof, "the proof", "apart", "cases")
    known, piece, point, witness = fields(cases, "a case", "known", "piece", "point", "witness")
    plain = [apart, known, point, piece, data.get("assumptions")]
    require(plain == [[], [], [], 0, []] and piece is not False, "there are no parameters")
    definitions = [
        f"Definition problem : Problem :=\n  {_problem(data)}.",
        f"Definition claim : Claim := {_claim(claim)}.",
        f"Definition witness : Witness :=\n  {_witness(claim, witness, data)}.",
    ]
    return "\n".join([HEAD, *definitions, TAIL])


# --- the words of Coq -----------------------------------------------------------------------------


def _record(**values: str) -> str:
    return "{| " + "; ".join(f"{name} := {value}" for name, value in values.items()) + " |}"


def _list(values: Iterable[Any], written: Callable[[Any], str]) -> str:
    return "[" + "; ".join(map(written, values)) + "]"


def _each(written: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: _list(listing(value), written)


def _index(value: Any) -> str:
    return str(integer(value, 0, LARGEST))


def _integer(value: Any) -> str:
    if isinstance(value, dict):
        raise Uncovered("its numbers depend on an ε")
    if type(value) is not int:
        raise Rejected("expected an integer")
    return f"({value})%Z"


def _positive(value: Any) -> str:
    _integer(value)
    require(value > 0, "a denominator is not positive")
    return f"{value}%positive"


def _fraction(value: Any) -> str:
    if isinstance(value, str):
        parts = re.fullmatch(r"(-?\d+)(?:/(\d+))?", value, re.ASCII)
        if parts is None:
            raise Rejected("expected a fraction")
        above, below = int(parts[1]), int(parts[2] or 1)
    else:
        above, below = listing(value, 2)
    return f"(Qmake {_integer(above)} {_positive(below)})"


def _option(value: Any, written: Callable[[Any], str]) -> str:
    return "None" if value is None else f"(Some {written(value)})"


# --- data, claim, witness -------------------------------------------------------------------------


def _problem(data: Mapping[str, Any]) -> str:
    names = ("parameters", "assumptions", "game", "records", "contracts", "prosociality")
    _, _, game, records, contracts, prosociality = fields(data, "the problem", *names)
    if game is None or prosociality is None:
        raise Uncovered("its claim speaks of no game, or of λ")
    levels, scale = fields(prosociality, "prosociality", "levels", "scale")
    return _record(
        data=_data(game, records),
        kind=_kind(contracts),
        levels=_each(_integer)(levels),
        scale_of_levels=_positive(scale),
    )


def _data(game: Any, records: Any) -> str:
    names = ("players", "actions", "states", "prior", "denominator", "payoffs", "cooperative")
    players, actions, states, prior, unit, payoffs, cooperative = fields(game, "game", *names)
    sizes = [len(names_of(labels)) for labels in listing(actions, len(names_of(players)))]
    listing(prior, len(names_of(states)))
    if cooperative is not None:
        for own, size in zip(listing(cooperative, len(sizes)), sizes, strict=True):
            chosen = [integer(each, 0, size) for each in listing(own)]
            require(len(set(chosen)) == len(chosen), "an action is listed twice")
    return _record(
        sizes=_list(sizes, _index),
        weights=_each(_integer)(prior),
        unit=_positive(unit),
        payoffs=_each(_each(_each(_integer)))(payoffs),
        records="own" if records is None else _records(records),
    )


def _records(value: Any) -> str:
    cells, classes, table = fields(value, "records", "cells", "classes", "table")
    if table is not None:
        require(cells is None and classes is None, "records are given twice")
        return f"by_table {_each(_each(_index))(table)}"
    return f"by_classes {_each(_index)(cells)} {_each(_each(_index))(classes)}"


def _kind(value: Any) -> str:
    kind, budget, liability, permissive = fields(
        value, "contracts", "kind", "budget", "liability", "permissive"
    )
    if kind == "directive":
        raise Uncovered("its contracts are directives")
    require(truth_of(permissive) is False, "there is no such class of contracts")
    if kind == "none":
        require(budget == "" and liability is None, "there is no such class of contracts")
        return "no_contract"
    require(kind == "transfers", "there is no such class of contracts")
    return f"transfers {text_of(budget, 'balanced', 'burnt', 'free')} " + _option(
        liability, _fraction
    )


def _claim(claim: Mapping[str, Any]) -> str:
    own = dict(claim)
    name, holds = text_of(own.pop("id", None)), truth_of(own.pop("holds", None))
    return _record(name=_name(name, own), holds=str(holds).lower())


def _name(name: str, own: Mapping[str, Any]) -> str:
    if name in NAMES:
        fields(own, "the claim")
        return NAMES[name]
    if name == "implementable":
        return f"implementable {_each(_index)(*fields(own, 'the claim', 'selection'))}"
    if name not in {**NUMBERS, **INFINITE}:
        raise Uncovered(f"there is no rule for the claim {name}")
    (value,) = fields(own, "the claim", "value")
    if name in NUMBERS:
        return f"{NUMBERS[name]} {_fraction(value)}"
    return f"{name} {_option(None if value == INFINITE[name] else value, _fraction)}"


def _witness(claim: Mapping[str, Any], value: Any, data: Mapping[str, Any]) -> str:
    paying = data["contracts"]["kind"] == "transfers"
    own = dict(value)
    if claim["id"] == "implementable":
        own = {"reached" if claim["holds"] else "excluded": value}
    require(set(own) <= {"reached", "bound", "excluded"}, "the witness has other fields")
    return _record(
        reached=_option(own.get("reached"), lambda play: _reached(play, paying)),
        bound=_option(own.get("bound"), _bound),
        excluded=_option(own.get("excluded"), _part),
    )


def _reached(value: Any, paying: bool) -> str:
    selection, listed = fields(value, "a play", "selection", "transfers")
    (entry,) = listing(listed, 1) if paying else [*listing(listed, 0), NOTHING]
    unit, amounts = fields(entry, "transfers", "denominator", "amounts")
    return _record(
        played=_each(_index)(selection),
        denominator=_positive(unit),
        amounts=_list(listing(amounts), lambda each: _amount(*listing(each, 2))),
    )


def _amount(record: Any, row: Any) -> str:
    return f"({_index(record)}, {_each(_integer)(row)})"


def _bound(value: Any) -> str:
    obstructions, blocks = fields(value, "a bound", "obstructions", "blocks")
    return _record(obstructions=_each(_part)(obstructions), blocks=_each(_block)(blocks))


def _part(value: Any) -> str:
    selection, deviations = fields(value, "an obstruction", "selection", "deviations")
    return _record(
        chosen=_list(listing(selection), lambda each: _tuple(listing(each, 2))),
        deviations=_list(listing(deviations), _deviation),
    )


def _tuple(values: Iterable[Any]) -> str:
    return "(" + ", ".join(map(_index, values)) + ")"


def _deviation(value: Any) -> str:
    *move, weight = listing(value, 4)
    return f"({', '.join(map(_index, move))}, {_integer(weight)})"


def _block(value: Any) -> str:
    states, best, strict, tree = fields(value, "a block", "states", "best", "strict", "tree")
    return _record(
        among=_each(_index)(states),
        reference=_option(best, _each(_index)),
        below=str(truth_of(strict)).lower(),
        sorted=f"Node {_branches(tree)}",
    )


def _branches(value: Any) -> str:
    return _list(listing(value), lambda each: _branch(*listing(each, 2)))


def _branch(profile: Any, after: Any) -> str:
    deeper = f"Node {_branches(after)}" if isinstance(after, list) else f"Cut {_index(after)}"
    return f"({_index(profile)}, {deeper})"
