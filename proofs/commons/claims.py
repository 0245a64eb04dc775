"""Claims about a commons, decided from what the report has certified."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from coopgap.proofs.certificates.certificate import encode_conjunction
from coopgap.proofs.commons.parts import Findings, PlayPart, QuotaPart, claim_part
from coopgap.proofs.deciding.reports import CertificatePart, ClaimPart
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.trusted.certificates import verified
from coopgap.proofs.trusted.documents import digest
from coopgap.theory.commons.specification import CommonsQuestion
from coopgap.theory.exact import Infinite

THEOREMS = {"gap-positive": "T2", "gap-zero": "T2", "threshold-at-most": "T6"}
"""The theorems of which claims are instances, where the spec asks for none."""

GAPS = ("gap-positive", "gap-zero", "gap-at-least", "gap-at-most")


def decided(report: Findings, play: Callable[[Fraction], PlayPart]) -> tuple[ClaimPart, ...]:
    """The claims of the specification; without any, the instances that the report shows.

    play: symmetric play at a λ. New certificates are added to the report's texts.
    """
    stated = report.specification.questions
    questions = _by_language(stated, report) if stated else _instances(report)
    return tuple(
        _decided(report, question, play, None if stated else THEOREMS[question.id])
        for question in questions
    )


def _by_language(
    questions: Sequence[CommonsQuestion], report: Findings
) -> Iterator[CommonsQuestion]:
    """The claims; one about gaps that names no language is asserted for each."""
    for question in questions:
        if question.id in GAPS and question.language is None:
            for part in report.languages:
                yield CommonsQuestion(question.id, part.name, question.value, question.level)
        else:
            yield question


def _instances(report: Findings) -> Iterator[CommonsQuestion]:
    for part in report.languages:
        if isinstance(part.gap, tuple) and part.gap[0] > 0:
            yield CommonsQuestion("gap-positive", part.name)
        elif isinstance(part.gap, tuple) and part.gap[1] == 0:
            yield CommonsQuestion("gap-zero", part.name)
    first = report.thresholds[0].value
    if isinstance(first, Fraction):
        yield CommonsQuestion("threshold-at-most", value=first)


def _decided(
    report: Findings,
    question: CommonsQuestion,
    play: Callable[[Fraction], PlayPart],
    theorem: str | None,
) -> ClaimPart:
    if question.id in GAPS:
        (part,) = (part for part in report.languages if part.name == question.language)
        holds, sha, reason = _gap(question, part)
    elif question.id == "threshold-at-most":
        holds, sha, reason = _threshold(report, question)
    else:
        holds, sha, reason = _closes(report, question, play)
    status = "unknown" if holds is None else "proved" if holds else "refuted"
    kind = "conjunction" if question.id == "closes" else "stages"
    sentence = statement(question)
    certificate = None if holds is None or sha is None else CertificatePart(kind, True, sha)
    return claim_part(
        question, status, sentence, reason if holds is None else None, certificate, theorem
    )


Verdict = tuple[bool | None, str | None, str]
"""Whether it holds (None: unknown), the certificate, and why it is unknown."""


def _gap(question: CommonsQuestion, part: QuotaPart) -> Verdict:
    if not isinstance(part.gap, tuple):
        return None, None, getattr(part.gap, "reason", "the gap is not known")
    low, high = part.gap
    value = question.value or Fraction(0)
    above = question.id in ("gap-positive", "gap-at-least")
    strict = question.id in ("gap-positive", "gap-at-most")
    sha = part.certificates["gap"]
    # The gap is above the value: surely, surely not, or open.
    if low > value or (low == value and not (strict or question.id == "gap-zero")):
        return above, sha, ""
    if high < value or (high == value and (strict or question.id == "gap-zero")):
        return not above, sha, ""
    return None, None, f"the gap is known to lie between {low} and {high} only"


def _threshold(report: Findings, question: CommonsQuestion) -> Verdict:
    part = report.thresholds[0]
    if isinstance(part.value, Unknown):
        return None, None, part.value.reason
    assert isinstance(part.value, Fraction | Infinite)
    assert question.value is not None
    return part.value <= question.value, part.certificate, ""


def _closes(
    report: Findings, question: CommonsQuestion, play: Callable[[Fraction], PlayPart]
) -> Verdict:
    assert question.level is not None
    best = report.planner
    if isinstance(best, Unknown) or report.planner_certificate is None:
        return None, None, "the first best has no certificate"
    least, most = best if isinstance(best, tuple) else (best, best)
    if question.language is not None:
        (part,) = (part for part in report.languages if part.name == question.language)
        caps = [cap for cap in part.caps if cap.level == question.level]
        if not caps:
            return None, None, "list this λ in [prosociality], so that caps are sought at it"
        value, shas = caps[0].value, caps[0].certificates
        if not isinstance(value, tuple) or value[0] < most:
            return None, None, "none of the caps that were tried reaches the first best"
        return True, _joined(report, shas["value"]), ""
    outcome = play(question.level)
    if isinstance(outcome.over_all, tuple) and outcome.over_all[1] < least:
        return False, _joined(report, outcome.certificates["over_all"]), ""
    if not isinstance(outcome.value, Fraction):
        return None, None, getattr(outcome.value, "reason", "the equilibrium is not known")
    if outcome.value < least and outcome.several:
        reason = "the best stagewise selection does not reach the first best; other selections may"
        return None, None, reason
    if least <= outcome.value < most:
        return None, None, "the first best is known between bounds only"
    return outcome.value >= most, _joined(report, outcome.certificates["value"]), ""


def _joined(report: Findings, sha: str) -> str:
    """The hash of a certificate of the first best and of play together."""
    assert report.planner_certificate is not None
    texts = report.texts
    parts = [("first best", texts[report.planner_certificate]), ("play", texts[sha])]
    text = encode_conjunction("closes", parts)
    assert verified(text).accepted, "both parts were accepted"
    assert isinstance(texts, dict)
    texts[digest(text)] = text
    return digest(text)


SENTENCES = {
    "gap-positive": "{rule} loses something of the first best",
    "gap-zero": "{rule} reaches the first best",
    "gap-at-least": "{rule} loses at least {value} units of the first best",
    "gap-at-most": "{rule} loses at most {value} units of the first best",
    "threshold-at-most": "at λ = {value} no agent leaves equal whole shares of some first best, "
    "on its path, if all share alike off it",
    "closes": "at λ = {level} the first best is reached in a symmetric pure Markov equilibrium"
    "{under}",
}
"""What claims say."""


def statement(question: CommonsQuestion) -> str:
    """The claim as a sentence."""
    name = json.dumps(question.language, ensure_ascii=False)
    return SENTENCES[question.id].format(
        rule=f"the best quota rule of the language {name}",
        under="" if question.language is None else f" under some caps of the language {name}",
        value=question.value,
        level=question.level,
    )
