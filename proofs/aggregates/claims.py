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
from coopgap.theory.aggregates import Counts, GroupQuestion, GroupSpecification
from coopgap.theory.json_values import Plain

Decided = tuple[str, str | None, str | None]
"""The status of a claim, the hash of its certificate, and the reason if it is unknown."""

MANY_PLAYS = 2_000
"""How many equilibria of an aggregate are listed."""


def questions_by_language(
    specification: GroupSpecification,
) -> Iterator[tuple[GroupQuestion, str | None]]:
    """The claims with their languages; one that names none is asserted for each."""
    names = [language.name for language in specification.languages]
    for question in specification.questions:
        alone_ = ("closes", "nash", "unique-nash")
        everywhere = names if question.id not in alone_ else [None]
        for name in everywhere if question.language is None else [question.language]:
            yield question, name


def decided(
    specification: GroupSpecification,
    findings: Findings,
    question: GroupQuestion,
    language: str | None,
) -> ClaimPart:
    """A claim, decided as far as the value of its setting is known."""
    start, claim = time.perf_counter(), GroupClaim(specification, findings, question, language)
    status, sha, reason = _DECIDED.get(question.id, GroupClaim.gap)(claim)
    if sha is None:
        return claim.part("unknown", reason or "")
    part = claim.part(status, None)
    certificate = CertificatePart("aggregates", True, sha)
    return replace(part, certificate=certificate, seconds=time.perf_counter() - start)


def undecided(
    specification: GroupSpecification,
    findings: Findings,
    question: GroupQuestion,
    language: str | None,
    why: Unanswered,
) -> ClaimPart:
    """A claim that is not decided."""
    return GroupClaim(specification, findings, question, language).part("unknown", why.reason)


class GroupClaim:
    """A claim: the setting and λ that it is about, and the fields that certificates carry."""

    def __init__(
        self,
        specification: GroupSpecification,
        findings: Findings,
        question: GroupQuestion,
        language: str | None,
    ) -> None:
        self.findings, self.question, self.language = findings, question, language
        self.game, value = specification.game, question.value
        self.where = alone(self.game)
        if language is not None:
            by_name = {spoken.name: spoken for spoken in specification.languages}
            self.where = setting(self.game, by_name[language])
        self.levels: Levels | None = question.prosociality or findings.selfish
        self.fields: dict[str, Plain] = {"id": question.id}
        if question.id == "threshold-at-most":
            assert value is not None
            self.levels, self.fields = (value,) * len(self.game.groups), {"id": "closes"}
        elif question.id == "incontractible":
            self.levels = None
        elif question.id in ("nash", "unique-nash"):
            self.levels, self.fields["plays"] = findings.selfish, question.plays
        elif value is not None:
            self.fields["value"] = str(value)

    def part(self, status: str, reason: str | None) -> ClaimPart:
        """The claim in the report."""
        question, levels = self.question, self.question.prosociality
        data = described(self.game, self.where, self.levels)
        return ClaimPart(
            id=question.id,
            language=self.language,
            status=status,
            certificate=None,
            seconds=0.0,
            value=question.value,
            lambda_=None if levels is None else level_of(self.game, levels),
            reason=reason,
            statement=group_statement({**self.fields, "holds": True}, data),
        )

    def gap(self) -> Decided:
        """Decides a claim about the gap; from bounds where they suffice."""
        assert self.levels is not None
        where, name = self.where, self.question.id
        reached = self.findings.reached(where, self.levels)
        if isinstance(reached, Unanswered):
            return "unknown", None, reached.reason
        small, large = (
            loss_of(self.findings.optimum(), end) for end in (reached.high, reached.low)
        )
        bound = Fraction(self.fields.get("value", 0))
        strict = name != "gap-at-least"
        least, most = (gap > bound or (gap == bound and not strict) for gap in (small, large))
        if least != most:
            return "unknown", None, f"the gap is known to lie between {small} and {large} only"
        profiles = None
        if not least:
            profiles = reached.profiles
            if reached.alone:
                where = alone(self.game)
            elif where.total and where.budget == "balanced" and profiles is None:
                where = replace(where, total=False)
        return self._certified(least == (name in ("gap-positive", "gap-at-least")), where, profiles)

    def incontractible(self) -> Decided:
        """Decides whether some cell has no aggregate that is first best in all its states."""
        if not self.where.plain:
            return "unknown", None, "cells are those of languages that verify all actions"
        common: dict[int, set[int]] = {}
        for state in self.game.support:
            welfare, cell = self.game.welfare[state].tolist(), self.where.cells[state]
            best = {place for place, own in enumerate(welfare) if own == max(welfare)}
            common[cell] = common.get(cell, best) & best
        return self._certified(not all(common.values()), self.where)

    def equilibria(self) -> Decided:
        """Decides whether the pure equilibria are the plays listed, or one for each state."""
        assert self.levels is not None
        equilibria, listed = self.findings.equilibria(self.where, self.levels), self.fields["plays"]
        everything: list[list[Counts]] = []
        for state in self.game.support:
            of_state: list[Counts] = []
            for place in equilibria.all(state):
                more = plays(self.game, equilibria.choices(state, place), place, MANY_PLAYS)
                if more is None:
                    return "unknown", None, "there are too many equilibria to list"
                of_state += more
            everything.append(sorted(of_state))
        holds = listed is None or [list(row) for row in listed] == everything
        if self.question.id == "unique-nash":
            holds = holds and all(len(row) == 1 and _alike(row[0]) for row in everything)
        return self._certified(holds, self.where)

    def _certified(
        self, holds: bool, where: Setting, profiles: Sequence[Assignment] | None = None
    ) -> Decided:
        claim = {**self.fields, "holds": holds}
        sha = self.findings.certified(where, self.levels, claim, profiles)
        if isinstance(sha, Unanswered):
            return "unknown", None, sha.reason
        return "proved" if holds else "refuted", sha, None


def _alike(counts: Counts) -> bool:
    """Whether all agents of each group do the same, so that the play is one profile."""
    return all(sum(1 for number in own if number) == 1 for own in counts)


_DECIDED: Mapping[str, Callable[[GroupClaim], Decided]] = {
    "incontractible": GroupClaim.incontractible,
    "nash": GroupClaim.equilibria,
    "unique-nash": GroupClaim.equilibria,
}
"""How claims are decided that are not about the gap."""
