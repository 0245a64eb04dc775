"""The worked example in brief: what is stated, the contract, and what forbids a better one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from coopgap.proofs.exposition import concrete, families, mechanisms, private, reached
from coopgap.proofs.exposition.documents import (
    Block,
    Code,
    Inline,
    Section,
    Statement,
    said,
    section,
)
from coopgap.proofs.exposition.formulas import THRESHOLD, row
from coopgap.proofs.exposition.prose import weighed
from coopgap.proofs.exposition.sources import Place
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Specification

OBSTRUCTIONS, CASES = 1, 2
"""How many obstructions of a game and cases of a family are written out."""


def sections(
    specification: Specification | FamilySpecification, root: Place, command: str
) -> Iterator[Section]:
    """The game, and for each language its statement with the contract and an obstruction.

    Where agents do not see the state: what mechanisms reach, with its proof.
    """
    if isinstance(specification, FamilySpecification):
        yield from _family(specification, root)
    elif specification.information is not None:
        the_game, *_ = private.sections(specification, root)
        yield the_game
        yield from section("What mechanisms reach", mechanisms.reached(specification, root))
    else:
        yield from concrete.the_game(specification, root)
        yield from section("What contracts reach", _reached(specification, root))
    yield from section("Evidence", _evidence(root["report"], command))


def _reached(specification: Specification, root: Place) -> Iterator[Block]:
    report = root["report"]
    weight = _from(" Without a contract a first best is", report["prosocial_threshold"])
    yield said(*weighed().parts, *weight)
    for named, part in zip(specification.languages, report["languages"], strict=True):
        if part["value"].between:
            yield reached.between(part)
        elif part["value"].unknown is None:
            yield _proposition(specification, named, part, root)
        else:
            yield said(f"The value of {named.name} is unknown: {part['value'].unknown}.")


def _from(start: str, found: Place) -> list[Inline]:
    """From which weight on a first best is an equilibrium."""
    if found.unknown is not None:
        return [f"{start} an equilibrium from a weight on that is unknown: {found.unknown}."]
    if found.between:
        shown = reached.within(THRESHOLD, found)
        return [f"{start} an equilibrium from a weight on of which certificates show ", shown, "."]
    if found.text == "inf":
        return [f"{start} an equilibrium at no weight."]
    return [f"{start} an equilibrium exactly from ", row(THRESHOLD, "=", found.formula), " on."]


def _proposition(
    specification: Specification, named: NamedLanguage, part: Place, root: Place
) -> Block:
    environment = specification.environment
    body = reached.stated(part)
    if part["prosocial_threshold"].text != "0":
        weight = _from(" Under some contract a first best is", part["prosocial_threshold"])
        body = said(*body.parts, *weight)
    sha = part["certificates"].value.get("gap")
    certificate = None if sha is None else root["certificates"][sha]
    attained = [] if part["value"].text == "-inf" else [*reached.contract(part)]
    proof = [
        *attained,
        *reached.cover(environment, named, part, certificate, root, OBSTRUCTIONS),
    ]
    return Statement("proposition", (body,), tuple(proof))


def _family(specification: FamilySpecification, root: Place) -> Iterator[Section]:
    yield from families.the_family(specification, root)
    if root["report"]["parameters"]["consistent"].value:
        yield from section("What contracts reach", _theorems(specification, root))


def _theorems(specification: FamilySpecification, root: Place) -> Iterator[Block]:
    report = root["report"]
    yield said(
        *weighed().parts,
        " Without a contract a first best is an equilibrium exactly from this weight on:",
    )
    yield from _least(report["prosocial_threshold"])
    for named, part in zip(specification.languages, report["languages"], strict=True):
        body = [
            *families.stated(named, part),
            said("A first best is implementable exactly from this weight on:"),
            *_least(part["prosocial_threshold"]),
        ]
        sha = part["certificates"].value.get("gap")
        proof: list[Block] = []
        if sha is not None:
            shown = families.proven(specification, named, part, sha, root)
            proof += replace(shown, cases=CASES, facts=0).gap()
        yield Statement("theorem", tuple(body), tuple(proof))


def _least(found: Place) -> Iterator[Block]:
    if found.unknown is not None:
        yield said(f"one that is unknown, since {found.unknown}.")
    else:
        yield from families.cases(THRESHOLD, found)


def _evidence(report: Place, command: str) -> Iterator[Block]:
    yield said(
        "An independent checker accepted a certificate of every number here; the appendix lists "
        "them, with the proofs in full and all else that was decided. Made by ",
        Code(command),
        ", version ",
        Code(report["tool"]["version"].text),
        ".",
    )
