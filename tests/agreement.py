"""Certificates judged twice: by the trusted core, and by the checker proved correct in Coq."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from coopgap.proofs.export.coq import CoqFile, Uncovered, coq_file
from coopgap.proofs.export.coqc import SECONDS, answers
from coopgap.proofs.trusted.certificates import verified
from coopgap.proofs.trusted.documents import Rejected, Unreadable

MALFORMED, UNCOVERED = "(malformed)", "(uncovered)"
"""In place of a module: the exporter refuses to write it over, or there is no rule."""


class Judgement(NamedTuple):
    """What both say of a certificate.

    module: that of ``proofs/coq`` with its rule, or MALFORMED, which Coq need not be asked about,
    or UNCOVERED, of which Coq says nothing. in_coq: its answer there, None if uncovered.
    """

    module: str
    accepted: bool
    in_coq: bool | None

    @property
    def outcome(self) -> Literal["accepted", "refused", "disagreed"]:
        """What both say, if they do not contradict each other."""
        if self.in_coq not in (None, self.accepted):
            return "disagreed"
        return "accepted" if self.accepted else "refused"


def coq_form(text: str) -> CoqFile | str:
    """A certificate in the words of Coq, or MALFORMED or UNCOVERED."""
    try:
        return coq_file(text)
    except Uncovered:
        return UNCOVERED
    except (Rejected, Unreadable, TypeError, KeyError, ValueError, AttributeError):
        return MALFORMED


def judged_twice(texts: Sequence[str], seconds: float = SECONDS) -> Mapping[str, Judgement]:
    """By text what both say, from one run of Coq; raises Unavailable as ``answers``."""
    files = {text: coq_form(text) for text in texts}
    covered = [text for text, file in files.items() if isinstance(file, CoqFile)]
    verdicts = dict(zip(covered, answers(covered, seconds) if covered else (), strict=True))
    return dict(_judgements(files, verdicts))


def _judgements(
    files: Mapping[str, CoqFile | str], verdicts: Mapping[str, bool]
) -> Iterator[tuple[str, Judgement]]:
    for text, file in files.items():
        module = file.module if isinstance(file, CoqFile) else file
        in_coq = False if file == MALFORMED else verdicts.get(text)
        yield text, Judgement(module, verified(text).accepted, in_coq)
