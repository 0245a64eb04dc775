"""The claims of a report: those that a file asks, or the instances of theorems that apply."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from coopgap.proofs.certificates.certificate import described
from coopgap.proofs.certificates.statements import asserted, asserted_by
from coopgap.proofs.deciding.reports import (
    BenefitPart,
    ClaimPart,
    LanguagePart,
    MechanismPart,
)
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.values import (
    Absent,
    Expression,
    Known,
    Quantity,
    Unknown,
    Written,
    common,
)
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.theory.contracts import Transfers
from coopgap.theory.errors import inside
from coopgap.theory.expressions import Number, Tree
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import FamilyQuestion, NamedLanguage, Question

if TYPE_CHECKING:
    from coopgap.proofs.deciding.games import GameFinder
    from coopgap.proofs.deciding.private import PrivateFinder
    from coopgap.proofs.families.finder import FamilyFinder

    Finder = GameFinder | FamilyFinder | PrivateFinder

AnyQuestion = Question | FamilyQuestion

Q = TypeVar("Q", bound=AnyQuestion)


def each_language(question: Q, languages: Sequence[NamedLanguage]) -> Iterator[Q]:
    """The claim, or one for each listed language where one about languages names none.

    ``incontractible`` is asked of the languages that have cells.
    """
    if question.language is not None or not CLAIMS[question.id].per_language:
        yield question
        return
    for named in languages:
        if question.id != "incontractible" or isinstance(named.language, ProductLanguage):
            yield replace(question, language=named.name)


def questions_of(finder: Finder) -> list[AnyQuestion]:
    """The claims as asked."""
    languages = finder.specification.languages
    listed: Sequence[AnyQuestion] = finder.specification.questions
    return [question for claim in listed for question in each_language(claim, languages)]


def applicable(
    finder: Finder,
    parts: Sequence[LanguagePart],
    alone: Quantity,
    domination: Quantity,
    benefit: BenefitPart,
) -> Iterator[tuple[AnyQuestion, str]]:
    """The instances of T2–T9 whose hypotheses hold (for all parameters), with the theorem."""
    ask = _family_question if finder.family else _question
    for named, part in zip(finder.specification.languages, parts, strict=True):
        if isinstance(part.mechanism, MechanismPart):
            zero = part.mechanism.gap == 0
            if zero or not finder.family:
                yield ask(f"mechanism-gap-{'zero' if zero else 'positive'}", named.name), "T10"
        name, transfers = named.name, isinstance(named.contracts, Transfers)
        if finder.incontractible(named, part.incontractible_cells):
            yield ask("incontractible", name), "T2"
        if part.suffices is True:
            yield ask("gap-zero", name), "T3" if transfers else "T2"
        elif part.suffices is False:
            yield ask("gap-positive", name), "T4" if transfers else "T2"
        if transfers and finder.correlated_positive(named):
            yield ask("correlated-gap-positive", name), "T5"
        if isinstance(part.prosocial_threshold, Fraction | Expression):
            yield ask("threshold-at-most", name, part.prosocial_threshold), "T7"
    if isinstance(alone, Fraction | Expression):
        yield ask("threshold-at-most", None, alone), "T6"
    if not isinstance(benefit.side_payments, Absent | Unknown):
        yield ask("beneficial-with-side-payments"), "T8"
    if isinstance(domination, Fraction):
        levels = (Fraction(math.floor(domination) + 1),) * len(finder.names.players)
        yield Question("all-cooperative", prosociality=levels), "T9"


def _question(
    name: str, language: str | None = None, value: Fraction | Expression | None = None
) -> Question:
    assert not isinstance(value, Expression)
    return Question(name, language, value)


def _family_question(
    name: str, language: str | None = None, value: Fraction | Expression | None = None
) -> FamilyQuestion:
    tree: Tree | None = value.tree if isinstance(value, Expression) else None
    return FamilyQuestion(name, language, Number(value) if isinstance(value, Fraction) else tree)


def claim_part(finder: Finder, question: AnyQuestion, theorem: str | None) -> ClaimPart:
    """A claim, decided."""
    start = time.perf_counter()
    finder.progress(question.id)
    with inside(f"claim {question.id!r}"):
        verdict = finder.settled(question)
    return claim_of(finder, question, verdict, time.perf_counter() - start, theorem)


def claim_of(
    finder: Finder,
    question: AnyQuestion,
    verdict: Settled,
    seconds: float = 0.0,
    theorem: str | None = None,
) -> ClaimPart:
    """A claim, and what became of it."""
    levels = question.prosociality
    return ClaimPart(
        id=question.id,
        language=question.language,
        seconds=round(seconds, 4),
        value=None if question.value is None else _number(question.value),
        lambda_=None if levels is None else common(finder.names.players, [*map(_number, levels)]),
        theorem=theorem,
        statement=_statement(finder, question, verdict.text),
        family=finder.family,
        **vars(verdict.part(finder.parameters["names"])),
    )


def _number(value: Fraction | Tree) -> Known:
    return value if isinstance(value, Fraction) else Written(value)


def _statement(finder: Finder, question: AnyQuestion, text: str) -> str:
    """What was asked, in words: from the certificate, if there is one."""
    if text:
        return asserted_by(text, question.language)
    claim, problem = finder.claim(question)
    return asserted(claim, described(problem), question.language)
