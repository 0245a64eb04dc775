"""The worked example in brief: what is stated, the contract, and what forbids a better one."""

from __future__ import annotations

from collections.abc import Iterator

from coopgap.proofs.exposition import mechanisms, plays
from coopgap.proofs.exposition.documents import Block, Code, Section, Statement, prose, section
from coopgap.proofs.exposition.prose import weighed
from coopgap.proofs.exposition.prosociality import from_weight
from coopgap.proofs.exposition.reached import Length, proofs, stated
from coopgap.proofs.exposition.sources import Place
from coopgap.theory.specification import FamilySpecification, Specification

BRIEF = Length(1, 2, 0, False)


def sections(
    specification: Specification | FamilySpecification, root: Place, command: str
) -> Iterator[Section]:
    """The game, and for each language its statement with the contract and an obstruction.

    Where agents do not see the state: what mechanisms reach, with its proof.
    """
    yield from plays.the_game(specification, root)
    if isinstance(specification, Specification) and specification.information is not None:
        blocks = mechanisms.reached(specification, root)
        yield from section("What mechanisms reach", blocks)
    elif root["report"]["parameters"].value.get("consistent", True):
        yield from section("What contracts reach", _reached(specification, root))
    yield from section("Evidence", _evidence(root["report"], command))


def _reached(specification: Specification | FamilySpecification, root: Place) -> Iterator[Block]:
    report = root["report"]
    yield weighed()
    yield from from_weight(None, report["prosocial_threshold"])
    for named, part in zip(specification.languages, report["languages"], strict=True):
        body = [*stated(part)]
        if part["value"].unknown is not None or part["value"].between:
            yield from body
            continue
        if part["prosocial_threshold"].text != "0":
            body += from_weight(part, part["prosocial_threshold"])
        kind = "theorem" if report["family"] else "proposition"
        proof = proofs(specification, named, part, root, BRIEF)
        yield Statement(kind, tuple(body), tuple(proof))


def _evidence(report: Place, command: str) -> Iterator[Block]:
    yield prose(
        "An independent checker accepted a certificate of every number here; the "
        "appendix lists them, with the proofs in full and all else that was decided. "
        "Made by {}, version {}.",
        Code(command),
        Code(report["tool"]["version"].text),
    )
