"""The claims of a specification of groups, decided."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from coopgap.proofs.aggregates.certificates import Levels, Setting, alone, described, setting
from coopgap.proofs.aggregates.findings import Findings, loss_of
from coopgap.proofs.aggregates.timed import level_of
from coopgap.proofs.certificates.group_statements import group_statement
from coopgap.proofs.deciding.reports import CertificatePart, ClaimPart
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.aggregates import GroupGame, GroupQuestion, GroupSpecification


def asked(specification: GroupSpecification) -> Iterator[tuple[GroupQuestion, str | None]]:
    """The claims with their languages; one that names none is asserted for each."""
    names = [each.name for each in specification.languages]
    for question in specification.questions:
        everywhere = names if question.id != "closes" else [None]
        for name in everywhere if question.language is None else [question.language]:
            yield question, name


def decided(
    specification: GroupSpecification,
    found: Findings,
    question: GroupQuestion,
    language: str | None,
) -> ClaimPart:
    """A claim, decided as far as the value of its setting is known."""
    start = time.perf_counter()
    where, levels, fields = _meant(specification, found, question, language)
    status, sha, reason = _decided(found, where, levels, fields)
    part = undecided(specification, found, question, language, Unanswered(reason or ""))
    if sha is None:
        return part
    return replace(
        part,
        status=status,
        certificate=CertificatePart("aggregates", True, sha),
        seconds=time.perf_counter() - start,
        reason=None,
    )


def undecided(
    specification: GroupSpecification,
    found: Findings,
    question: GroupQuestion,
    language: str | None,
    why: Unanswered,
) -> ClaimPart:
    """A claim that is not decided."""
    where, levels, fields = _meant(specification, found, question, language)
    return ClaimPart(
        id=question.id,
        language=language,
        status="unknown",
        certificate=None,
        seconds=0.0,
        value=question.value,
        lambda_=None
        if question.prosociality is None
        else level_of(specification.game, question.prosociality),
        reason=why.reason,
        statement=_statement(specification.game, where, levels, fields),
    )


def _meant(
    specification: GroupSpecification,
    found: Findings,
    question: GroupQuestion,
    language: str | None,
) -> tuple[Setting, Levels, dict[str, str]]:
    """The setting, λ and the fields of the certificate's claim that a question is about."""
    game, value = specification.game, question.value
    where = alone(game)
    if language is not None:
        where = setting(game, next(e for e in specification.languages if e.name == language))
    if question.id == "threshold-at-most":
        assert value is not None
        return where, (value,) * len(game.groups), {"id": "closes"}
    fields = {"id": question.id} if value is None else {"id": question.id, "value": str(value)}
    return where, question.prosociality or found.selfish, fields


def _decided(
    found: Findings, where: Setting, levels: Levels, fields: Mapping[str, str]
) -> tuple[str, str | None, str | None]:
    """The status of a claim about the gap, the hash of its certificate, and the reason if unknown.

    From bounds a claim is decided where they suffice.
    """
    reached = found.reached(where, levels)
    if isinstance(reached, Unanswered):
        return "unknown", None, reached.reason
    small, large = (loss_of(found.optimum(), end) for end in (reached.high, reached.low))
    bound = Fraction(fields.get("value", 0))
    strict = fields["id"] != "gap-at-least"
    least, most = (gap > bound or (gap == bound and not strict) for gap in (small, large))
    if least != most:
        return "unknown", None, f"the gap is known to lie between {small} and {large} only"
    holds = least == (fields["id"] in ("gap-positive", "gap-at-least"))
    coarser, profiles = where, None
    if not least:
        profiles = reached.profiles
        if reached.alone:
            coarser = alone(found.game)
        elif where.total and where.budget == "balanced" and profiles is None:
            coarser = replace(where, total=False)
    sha = found.certified(coarser, levels, {**fields, "holds": holds}, profiles)
    if isinstance(sha, Unanswered):
        return "unknown", None, sha.reason
    return "proved" if holds else "refuted", sha, None


def _statement(game: GroupGame, where: Setting, levels: Levels, fields: Mapping[str, str]) -> str:
    return group_statement({**fields, "holds": True}, described(game, where, levels))
