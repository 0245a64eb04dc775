"""What became of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.certificates.certificate import digest


@dataclass(frozen=True)
class Settled:
    """What became of a claim. status: proved, refuted, trusted or unknown (``reason``); text: the
    certificate that the checker accepted, and its kind; counterexample: a point at which the claim
    fails; solvers: who is trusted; suggestion: an assumption under which the claim holds."""

    status: str
    kind: str = ""
    text: str = ""
    counterexample: tuple[Fraction, ...] | None = None
    reason: str | None = None
    solvers: tuple[str, ...] = ()
    suggestion: Condition | None = None

    @property
    def sha256(self) -> str:
        """The hash that names the certificate's file."""
        return digest(self.text)
