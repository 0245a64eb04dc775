"""A folder of Coq files that checks certificates again, by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping

from coopgap.proofs.export.coq import Uncovered, coq_text
from coopgap.proofs.export.coqc import CHECKER, sources
from coopgap.proofs.trusted.documents import Rejected

UNCOVERED = "uncovered.txt"
"""The file that names the certificates without a rule, with the reason."""


def coq_folder(certificates: Mapping[str, str]) -> dict[str, str]:
    """Texts by file name for certificates by hash: proofs, the checker, and what is not covered.

    ``_CoqProject`` names the proofs after what they need, for ``coq_makefile``.
    """
    proofs, uncovered = dict[str, str](), list[str]()
    for sha, text in sorted(certificates.items()):
        try:
            proofs[f"certificate_{sha}.v"] = coq_text(text)
        except (Uncovered, Rejected) as reason:
            uncovered.append(f"{sha} {_claimed(text)}: {reason}\n")
    checker = {f"{name}.v": text for name, text in sources(*CHECKER).items()}
    project = "".join(f"{line}\n" for line in ("-R . coopgap", *checker, *proofs))
    return {**checker, **proofs, "_CoqProject": project, UNCOVERED: "".join(uncovered)}


def _claimed(text: str) -> str:
    claim = json.loads(text).get("claim")
    return claim["id"] if isinstance(claim, dict) else "several claims"
