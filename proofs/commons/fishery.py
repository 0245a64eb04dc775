"""The report on a fishery in closed form: the theorem ``fish-war`` at its numbers.

The theorem's conclusions, with numbers for its parameters, are what certificates show. They say
that a share is what each agent takes in equilibrium by an argument that stands on paper
(docs/fish-war.md), which the report says (``rests_on``).
"""

from __future__ import annotations

import json
import math
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from coopgap.proofs.commons.document import claim_documents
from coopgap.proofs.commons.parts import claim_part
from coopgap.proofs.deciding.reports import CertificatePart, ClaimPart, as_document, tool
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.theorems.prove import decide
from coopgap.proofs.theorems.registry import text_of
from coopgap.proofs.theorems.reports import TheoremReport
from coopgap.proofs.theorems.theorem_files import theorem
from coopgap.theory.commons.fishery import Fishery, FisherySpecification
from coopgap.theory.commons.specification import CommonsQuestion
from coopgap.theory.exact import INFINITY, Extended
from coopgap.theory.json_values import Fields, Plain
from coopgap.theory.notebooks import Documented, Tabulated, TextTable
from coopgap.theory.readers.theorem import theorem_from_text

THEOREM = "fish-war"

SOON = 1e-6
"""The seconds of what is asked when the time is over."""

BEYOND = "s > g"
"""The theorem's conclusion that too much is taken."""


@dataclass(frozen=True)
class SharePart:
    """The share of the stock that each agent takes at one λ; sha256 names its certificate."""

    level: Fraction
    share: Fraction | Unknown
    sha256: str | None

    def values(self, best: Fraction) -> dict[str, object]:
        """What is told of it, as values."""
        return {
            "lambda": self.level,
            "share": self.share,
            "excess": self.share if isinstance(self.share, Unknown) else self.share - best,
            "certificates": {} if self.sha256 is None else {"share": self.sha256},
        }


@dataclass(frozen=True, repr=False)
class FisheryReport(Tabulated, Documented):
    """Everything that a specification with a fishery asks, decided."""

    specification: FisherySpecification
    selfish: SharePart
    prosocial: tuple[SharePart, ...]
    threshold: Extended | Unknown
    threshold_certificate: str | None
    claims: tuple[ClaimPart, ...]
    rests_on: str
    texts: Mapping[str, str]

    @property
    def statuses(self) -> set[str]:
        """What became of the claims; besides, that they rest on more than the core."""
        return {claim.status for claim in self.claims} | ({"trusted"} if self.claims else set())

    def tables(self) -> tuple[TextTable, ...]:
        """What each agent takes at every λ, and by how much that exceeds the first best."""
        best = self.specification.fishery.best
        rows = [("first best", str(best), "0")]
        for part in self.prosocial or (self.selfish,):
            content = as_document(part.values(best))
            rows.append((f"λ = {part.level}", str(content["share"]), str(content["excess"])))
        title = self.specification.title or "A fishery"
        return (TextTable(title, ("", "share", "excess"), tuple(rows)),)

    def document(self) -> dict[str, Plain]:
        """``coopgap.fishery/1``: plain JSON values."""
        return {**as_document(self.values()), "claims": claim_documents(self.claims)}

    def values(self) -> dict[str, Any]:
        """What the document says, as values."""
        specification, sha = self.specification, self.threshold_certificate
        best = specification.fishery.best
        return {
            "schema": "coopgap.fishery/1",
            "tool": tool(),
            "source": specification.source,
            "title": specification.title,
            "planner": {"share": best, "left": specification.fishery.escapement_rate},
            "selfish": self.selfish.values(best),
            "prosocial": [part.values(best) for part in self.prosocial],
            "prosocial_threshold": self.threshold,
            "certificates": {} if sha is None else {"prosocial_threshold": sha},
            "rests_on": self.rests_on,
            "claims": self.claims,
        }


def check_fishery(
    specification: FisherySpecification,
    progress: Callable[[str], None] | None = None,
    timeout: float | None = None,
    deadline: float = math.inf,
) -> FisheryReport:
    """Decides the shares at all levels of λ, the threshold, and the claims.

    timeout: seconds for each quantity; deadline: when, in seconds of the monotonic clock, all end.
    """
    tell = progress or (lambda _: None)
    fishery, texts = specification.fishery, dict[str, str]()

    def seconds() -> float | None:
        allowance = min(math.inf if timeout is None else timeout, deadline - time.monotonic())
        return None if allowance == math.inf else max(allowance, SOON)

    shares = {}
    for level in dict.fromkeys((Fraction(0), *specification.levels)):
        tell(f"λ = {level}")
        answer = _at_level(fishery, level, seconds())
        texts |= answer.texts
        shares[level] = SharePart(level, *_value_or_reason(fishery.share(level), answer))
    tell("threshold")
    answer = _beyond(fishery, seconds())
    texts |= answer.texts
    threshold, sha = _value_or_reason(INFINITY, answer)
    return FisheryReport(
        specification,
        shares[Fraction(0)],
        tuple(shares[level] for level in specification.levels),
        threshold,
        sha,
        tuple(_decided(question, answer) for question in specification.questions),
        answer.rests_on,
        texts,
    )


def _value_or_reason(value: object, report: TheoremReport) -> tuple[Any, str | None]:
    """The value with its certificate, or why there is none."""
    if report.status == "proved" and report.certificate is not None:
        return value, report.certificate.sha256
    return Unknown(report.reason or f"its certificate was {report.status}"), None


@cache
def _theorem() -> Fields:
    """What the theorem's file says of it."""
    stated: Mapping[str, object] = tomllib.loads(text_of(THEOREM))["theorem"]
    return stated


def _at_level(fishery: Fishery, level: Fraction, seconds: float | None) -> TheoremReport:
    """The theorem at one λ: only what one agent, or the planner, takes instead is left open."""
    n, d = fishery.agents, fishery.escapement_rate
    values = {
        "l": level,
        "s": fishery.share(level),
        "k": (1 + n * level) / (1 - d),
        "w": n / (1 - d),
    }
    conclusions = _theorem()["conclusion"]
    return _proved(fishery, ("y", "q"), ("y > 0", "q > 0"), values, conclusions, seconds)


def _beyond(fishery: Fishery, seconds: float | None) -> TheoremReport:
    """That agents of every λ take too much."""
    share = "s*(n*(1 + l) - (n - 1)*d) == (1 + l)*(1 - d)"
    return _proved(fishery, ("l", "s"), ("l >= 0", share), {}, [BEYOND], seconds)


def _proved(
    fishery: Fishery,
    names: Iterable[str],
    assumptions: Iterable[str],
    values: Mapping[str, Fraction],
    conclusions: list[str],
    seconds: float | None,
) -> TheoremReport:
    shared = {"n": fishery.agents, "d": fishery.escapement_rate, "g": fishery.best}
    let = ", ".join(f'{name} = "{value}"' for name, value in {**shared, **values}.items())
    argument = _theorem()["argument"]
    text = (
        f"[parameters]\nnames = {json.dumps(list(names))}\n"
        f"assume = {json.dumps(list(assumptions))}\nlet = {{ {let} }}\n"
        f"[theorem]\nargument = {json.dumps(argument)}\nconclusion = {json.dumps(conclusions)}\n"
    )
    return decide(theorem(THEOREM, theorem_from_text(text, THEOREM)), timeout=seconds)


def _decided(question: CommonsQuestion, beyond: TheoremReport) -> ClaimPart:
    """A claim that some finite λ is enough; none ever is."""
    statement = (
        f"at λ = {question.level} the agents' shares are those of the first best"
        if question.id == "closes"
        else f"at some λ of at most {question.value} the shares are those of the first best"
    )
    reason, sha = _value_or_reason(None, beyond)
    if sha is None or beyond.certificate is None:
        return claim_part(question, "unknown", statement, reason.reason)
    certificate = CertificatePart(beyond.certificate.kind, True, sha)
    return claim_part(question, "refuted", statement, certificate=certificate)
