"""What became of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.certificates.certificate import digest
from coopgap.proofs.deciding.decide import Certified
from coopgap.proofs.deciding.reports import CertificatePart, VerdictPart
from coopgap.proofs.deciding.values import Where
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.exact import Extended
from coopgap.theory.json_values import Fields


@dataclass(frozen=True)
class Settled:
    """What became of a claim.

    status: proved, refuted, trusted or unknown (``reason``); text: the certificate that the checker
    accepted, and its kind; claim: what it shows, of a goal for all parameters; counterexample: a
    point at which the claim fails; solvers: who is trusted; suggestion: an assumption under which
    the claim holds.
    """

    status: str
    kind: str = ""
    text: str = ""
    counterexample: tuple[Fraction, ...] | None = None
    reason: str | None = None
    solvers: tuple[str, ...] = ()
    suggestion: Condition | None = None
    claim: Fields | None = None

    @property
    def sha256(self) -> str:
        """The hash that names the certificate's file."""
        return digest(self.text)

    def part(self, names: tuple[str, ...]) -> VerdictPart:
        """What a report says; names: of the parameters."""
        point, added = self.counterexample, self.suggestion
        return VerdictPart(
            status=self.status,
            certificate=CertificatePart(self.kind, True, self.sha256) if self.text else None,
            reason=self.reason,
            counterexample=None if point is None else dict(zip(names, point, strict=True)),
            suggestion=None if added is None else Where((added,), names),
        )


def settled(holds: bool, certified: Certified | Unanswered) -> Settled:
    """The verdict by a certificate."""
    if isinstance(certified, Unanswered):
        return Settled("unknown", reason=certified.reason)
    if not certified.accepted:
        return Settled("unknown", reason=f"the checker rejected: {certified.reason}")
    return Settled("proved" if holds else "refuted", certified.kind, certified.text)


def about_gap(name: str, gap: Extended, bound: Fraction) -> tuple[bool, bool]:
    """Whether a gap is as large as a claim about it says (or denies), and whether that holds."""
    large = gap >= bound if name.endswith("gap-at-least") else gap > bound
    return large, large == name.endswith(("gap-positive", "gap-at-least"))
