"""The claims of a specification of groups, decided."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from coopgap.proofs.aggregates.certificates import Levels, Setting, alone, described, setting
from coopgap.proofs.aggregates.equilibria import plays
from coopgap.proofs.aggregates.findings import Assignment, Findings, loss_of
from coopgap.proofs.aggregates.timed import level_of
from coopgap.proofs.certificates.group_statements import group_statement
from coopgap.proofs.deciding.reports import CertificatePart, ClaimPart
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.aggregates import Counts, GroupGame, GroupQuestion, GroupSpecification
from coopgap.theory.json_values import Fields, Plain

Decided = tuple[str, str | None, str | None]
"""The status of a claim, the hash of its certificate, and the reason if it is unknown."""

MANY_PLAYS = 2_000
"""How many equilibria of an aggregate are listed."""


def asked(specification: GroupSpecification) -> Iterator[tuple[GroupQuestion, str | None]]:
    """The claims with their languages; one that names none is asserted for each."""
    names = [each.name for each in specification.languages]
    for question in specification.questions:
        alone_ = ("closes", "nash", "unique-nash")
        everywhere = names if question.id not in alone_ else [None]
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
    decide = _DECIDED.get(question.id, _gap_decided)
    status, sha, reason = decide(found, where, levels, fields)
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
) -> tuple[Setting, Levels | None, dict[str, Plain]]:
    """The setting, λ and the fields of the certificate's claim that a question is about."""
    game, value = specification.game, question.value
    where = alone(game)
    if language is not None:
        where = setting(game, next(e for e in specification.languages if e.name == language))
    if question.id == "threshold-at-most":
        assert value is not None
        return where, (value,) * len(game.groups), {"id": "closes"}
    if question.id == "incontractible":
        return where, None, {"id": question.id}
    if question.id in ("nash", "unique-nash"):
        return where, found.selfish, {"id": question.id, "plays": question.plays}
    fields = {"id": question.id} if value is None else {"id": question.id, "value": str(value)}
    return where, question.prosociality or found.selfish, fields


def _gap_decided(found: Findings, where: Setting, levels: Levels | None, fields: Fields) -> Decided:
    """The status of a claim about the gap, the hash of its certificate, and the reason if unknown.

    From bounds a claim is decided where they suffice.
    """
    assert levels is not None
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
    return _certified(found, coarser, levels, fields, holds, profiles)


def _incontractible(
    found: Findings, where: Setting, levels: Levels | None, fields: Fields
) -> Decided:
    """Whether some cell has no aggregate that is first best in all its states."""
    game = found.game
    if not where.plain:
        return "unknown", None, "cells are those of languages that verify all actions"
    common: dict[int, set[int]] = {}
    for state in game.support:
        welfare, cell = game.welfare[state].tolist(), where.cells[state]
        best = {place for place, own in enumerate(welfare) if own == max(welfare)}
        common[cell] = common.get(cell, best) & best
    return _certified(found, where, levels, fields, not all(common.values()))


def _equilibria(found: Findings, where: Setting, levels: Levels | None, fields: Fields) -> Decided:
    """Whether the pure equilibria are the plays listed, or one for each state."""
    assert levels is not None
    equilibria, listed = found.equilibria(where, levels), fields["plays"]
    everything: list[list[Counts]] = []
    for state in found.game.support:
        of_state: list[Counts] = []
        for place in equilibria.all(state):
            more = plays(found.game, equilibria.choices(state, place), place, MANY_PLAYS)
            if more is None:
                return "unknown", None, "there are too many equilibria to list"
            of_state += more
        everything.append(sorted(of_state))
    holds = listed is None or [list(each) for each in listed] == everything
    if fields["id"] == "unique-nash":
        holds = holds and all(len(each) == 1 and _alike(each[0]) for each in everything)
    return _certified(found, where, levels, fields, holds)


def _alike(counts: Counts) -> bool:
    """Whether all agents of each group do the same, so that the play is one profile."""
    return all(sum(1 for number in own if number) == 1 for own in counts)


def _certified(
    found: Findings,
    where: Setting,
    levels: Levels | None,
    fields: Fields,
    holds: bool,
    profiles: Sequence[Assignment] | None = None,
) -> Decided:
    sha = found.certified(where, levels, {**fields, "holds": holds}, profiles)
    if isinstance(sha, Unanswered):
        return "unknown", None, sha.reason
    return "proved" if holds else "refuted", sha, None


_DECIDED: Mapping[str, Callable[[Findings, Setting, Levels | None, Fields], Decided]] = {
    "incontractible": _incontractible,
    "nash": _equilibria,
    "unique-nash": _equilibria,
}
"""How claims are decided that are not about the gap."""


def _statement(game: GroupGame, where: Setting, levels: Levels | None, fields: Fields) -> str:
    return group_statement({**fields, "holds": True}, described(game, where, levels))
