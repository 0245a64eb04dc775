"""Certificates as Coq files that check them again, in ``proofs/coq``.

Only data are written over: numbers, lists and names. What they mean, which rows follow from them
and whether the proof shows the claim is Coq's to say (the lemmas ``accepted_shows`` of RULES and
FAMILIES). Covered are certificates without parameters about the claims in RULES, and of families.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from coopgap.proofs.export import coq_plays
from coopgap.proofs.export.coq_data import PARTS
from coopgap.proofs.export.coq_families import family
from coopgap.proofs.export.coq_formulas import formula
from coopgap.proofs.export.coq_mechanisms import CLAIMS as MECHANISMS
from coopgap.proofs.export.coq_mechanisms import mechanisms
from coopgap.proofs.export.coq_private import strategies
from coopgap.proofs.export.coq_selections import CLAIMS, THRESHOLDS, at_levels, thresholds
from coopgap.proofs.export.coq_tried import ENUMERATED
from coopgap.proofs.export.coq_words import Uncovered
from coopgap.proofs.trusted.certificates import CONJUNCTION, SCHEMA
from coopgap.proofs.trusted.documents import (
    canonical,
    digest,
    fields,
    listing,
    parsed,
    require,
    text_of,
    truth_of,
)

__all__ = ["FAMILIES", "RULES", "CoqFile", "Uncovered", "coq_file", "coq_text"]

Writer = Callable[[Mapping[str, Any], Mapping[str, Any], Any], tuple[str, str, str]]
"""Problem, claim and witness in Coq, of the claim, the data and the witness (or the proof)."""

RULES: Mapping[str, tuple[frozenset[str], Writer]] = {
    "Certificates": (CLAIMS, at_levels),
    "Thresholds": (THRESHOLDS, thresholds),
    "Correlated": (coq_plays.CLAIMS, coq_plays.correlated),
    "Mechanisms": (MECHANISMS, mechanisms),
    "Mixed": (coq_plays.MIXED, coq_plays.mixed),
    "Cooperative": (coq_plays.COOPERATIVE, coq_plays.cooperative),
}
"""By module of ``proofs/coq`` with a lemma ``accepted_shows``: its claims, how they are written."""

FAMILIES: Mapping[str, Writer] = {
    "Cases": family,
    "Formulas": formula,
    "Privately": strategies,
}
"""By module of ``proofs/coq`` for claims about parameters, of a game or alone: how they are written
from the claim, the data and the proof."""

HEAD = """\
From Coq Require Import List ZArith QArith.
From coopgap Require Import Welfare Games.
From coopgap Require {modules}.
Import ListNotations.
Open Scope nat_scope.
"""

BODY = """\
Import coopgap.{module}.
Definition problem : Problem :=
  {problem}.
Definition claim : Claim := {claim}.
Definition witness : Witness :=
  {witness}.
Definition answer : bool := Eval vm_compute in accepts problem claim witness.
Print answer.
"""

THEOREM = """\
Theorem proved : shown problem claim.
Proof. apply (accepted_shows problem claim witness). vm_cast_no_check (eq_refl true). Qed.
Print Assumptions proved.
"""


class CoqFile(NamedTuple):
    """A certificate in the words of the module of ``proofs/coq`` that has its rule."""

    module: str
    problem: str
    claim: str
    witness: str

    def body(self) -> str:
        """The definitions, which print ``answer = true`` or ``answer = false``."""
        return BODY.format(**self._asdict())

    def text(self) -> str:
        """The whole file, in which the theorem ``proved`` follows if the answer is true."""
        return HEAD.format(modules=self.module) + self.body() + THEOREM


def coq_text(text: str) -> str:
    """A Coq file that checks a certificate again, or each of a conjunction; raises as ``coq_file``.

    What it says of the goals of a conjunction it says in a module for each.
    """
    document = parsed(text)
    if document.get("schema") != CONJUNCTION:
        return _file(document).text()
    goals = _goals(document)
    modules = " ".join(sorted({goal.module for goal in goals}))
    parts = (
        f"Module Goal_{k}.\n{goal.body()}{THEOREM}End Goal_{k}.\n" for k, goal in enumerate(goals)
    )
    return HEAD.format(modules=modules) + "".join(parts)


def _goals(document: Any) -> list[CoqFile]:
    """The goals of a conjunction, no two of which may be named or say the same."""
    _, theorem, listed = fields(document, "a conjunction", "schema", "theorem", "goals")
    text_of(theorem)
    goals = [fields(goal, "a goal", "goal", "certificate") for goal in listing(listed)]
    labels = {text_of(label) for label, _ in goals}
    claims = {
        canonical([certificate["claim"], certificate["data_sha256"]]) for _, certificate in goals
    }
    single = 0 < len(goals) == len(labels) == len(claims)
    require(single, "there are no goals, or two are the same")
    return [_file(certificate) for _, certificate in goals]


def coq_file(text: str) -> CoqFile:
    """A certificate in the words of Coq.

    Raises Uncovered for kinds that are not covered, Rejected for what is no certificate.
    """
    return _file(parsed(text))


def _file(document: Any) -> CoqFile:
    names = ("schema", "claim", "data", "data_sha256", "proof")
    if document.get("schema") != SCHEMA:
        raise Uncovered("it is not the certificate of one claim")
    _, claim, data, sha256, proof = fields(document, "a certificate", *names)
    require(sha256 == digest(canonical(data)), "data_sha256 is not the hash of the data")
    require(isinstance(claim, dict) and isinstance(data, dict), "expected objects")
    name = text_of(claim.get("id"))
    rule = _family_rule(name, claim, data)
    if rule is not None:
        return CoqFile(rule, *FAMILIES[rule](claim, data, proof))
    truth_of(claim.get("holds"))
    module = next((candidate for candidate, (claims, _) in RULES.items() if name in claims), None)
    if module is None:
        raise Uncovered(f"there is no rule for the claim {name}")
    apart, cases = fields(proof, "the proof", "apart", "cases")
    facts, piece, point, witness = fields(cases, "a case", "known", "piece", "point", "witness")
    plain = [apart, facts, point, piece, data.get("assumptions")]
    require(plain == [[], [], [], 0, []] and piece is not False, "there are no parameters")
    require(isinstance(witness, dict), "expected an object")
    _require_kind(data)
    return CoqFile(module, *RULES[module][1](claim, data, witness))


def _family_rule(name: str, claim: Mapping[str, Any], data: Mapping[str, Any]) -> str | None:
    """The module of FAMILIES for a certificate, which may be of a game without parameters."""
    if data["game"] is None:
        return "Formulas"
    if data["contracts"]["kind"] == "interim":
        return "Privately"
    plain = data.get("parameters") == [] and "at" not in claim and "pieces" not in claim
    return None if plain and name not in ENUMERATED else "Cases"


def _require_kind(data: Mapping[str, Any]) -> None:
    """Raises Rejected for data of other fields, Uncovered where not all agents see the state."""
    kind = data["contracts"]["kind"]
    if kind == "directive" and "mechanism" in data:
        raise Uncovered("its agents do not all see the state")
    fields(data, "the problem", *PARTS, *["mechanism"] * (kind == "mechanism"))
