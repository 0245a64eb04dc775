"""The claims of a report: those that a file asks, or the instances of theorems that apply."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from coopgap.proofs.certificates.certificate import described
from coopgap.proofs.certificates.statements import asserted, asserted_by
from coopgap.proofs.deciding.finder import Finder, L, Q
from coopgap.proofs.deciding.reports import (
    BenefitPart,
    CertificatePart,
    ClaimPart,
    LanguagePart,
    VerdictPart,
)
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.values import (
    Absent,
    Expression,
    Known,
    Quantity,
    Where,
    Written,
    common,
)
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.theory.contracts import Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import Tree
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import NamedLanguage


def each_language(question: Q, languages: Sequence[NamedLanguage]) -> Iterator[Q]:
    """The claim, or one for each listed language (for ``incontractible``, each that has cells)
    where one about languages names none."""
    if question.language is not None or not CLAIMS[question.id].per_language:
        yield question
        return
    for named in languages:
        if question.id != "incontractible" or isinstance(named.language, ProductLanguage):
            yield replace(question, language=named.name)


def asked(finder: Finder[L, Q]) -> list[Q]:
    """The claims as asked."""
    languages = finder.specification.languages
    return [each for asked in finder.questions for each in each_language(asked, languages)]


def applicable(
    finder: Finder[L, Q],
    parts: Sequence[LanguagePart],
    alone: Quantity,
    domination: Quantity,
    benefit: BenefitPart,
) -> Iterator[tuple[Q, str]]:
    """The instances of T2–T9 whose hypotheses hold (for all parameters), with the theorem."""
    for named, part in zip(finder.specification.languages, parts, strict=True):
        transfers = isinstance(named.contracts, Transfers)
        if finder.incontractible(named):
            yield finder.question("incontractible", named.name), "T2"
        if part.suffices is True:
            yield finder.question("gap-zero", named.name), "T3" if transfers else "T2"
        elif part.suffices is False:
            yield finder.question("gap-positive", named.name), "T4" if transfers else "T2"
        if transfers and finder.correlated_positive(named):
            yield finder.question("correlated-gap-positive", named.name), "T5"
        if isinstance(part.prosocial_threshold, Fraction | Expression):
            least = part.prosocial_threshold
            yield finder.question("threshold-at-most", named.name, least), "T7"
    if isinstance(alone, Fraction | Expression):
        yield finder.question("threshold-at-most", None, alone), "T6"
    if not isinstance(benefit.side_payments, Absent):
        yield finder.question("beneficial-with-side-payments"), "T8"
    if isinstance(domination, Fraction):
        level = Fraction(math.floor(domination) + 1)
        yield finder.question("all-cooperative", level=level), "T9"


def claim_part(finder: Finder[L, Q], question: Q, theorem: str | None) -> ClaimPart:
    """A claim, decided."""
    start = time.perf_counter()
    finder.progress(question.id)
    try:
        found = finder.settled(question)
    except InputError as error:
        raise error.located(field=f"claim {question.id!r}") from None
    return claim_of(finder, question, found, time.perf_counter() - start, theorem)


def claim_of(
    finder: Finder[L, Q],
    question: Q,
    found: Settled,
    seconds: float = 0.0,
    theorem: str | None = None,
) -> ClaimPart:
    """A claim, and what became of it."""
    levels = question.prosociality
    verdict = verdict_part(finder, found)
    return ClaimPart(
        id=question.id,
        language=question.language,
        seconds=round(seconds, 4),
        value=None if question.value is None else _number(question.value),
        lambda_=None if levels is None else common(finder.names.players, [*map(_number, levels)]),
        theorem=theorem,
        statement=_statement(finder, question, found.text),
        family=finder.family,
        **vars(verdict),
    )


def verdict_part(finder: Finder[L, Q], found: Settled) -> VerdictPart:
    """What became of a claim."""
    names = finder.parameters["names"]
    assert isinstance(names, tuple)
    return VerdictPart(
        status=found.status,
        certificate=CertificatePart(found.kind, True, found.sha256) if found.text else None,
        reason=found.reason,
        counterexample=None
        if found.counterexample is None
        else dict(zip(names, map(Fraction, found.counterexample), strict=True)),
        suggestion=None if found.suggestion is None else Where((found.suggestion,), names),
    )


def _number(value: Fraction | Tree) -> Known:
    return value if isinstance(value, Fraction) else Written(value)


def _statement(finder: Finder[L, Q], question: Q, text: str) -> str:
    """What was asked, in words: from the certificate, if there is one."""
    if text:
        return asserted_by(text, question.language)
    claim, problem = finder.claim(question)
    return asserted(claim, described(problem), question.language)
