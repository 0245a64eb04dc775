"""``report`` and ``reports``: what ``coopgap check --json`` prints of one spec, and of several."""

from __future__ import annotations

from typing import Literal

from pydantic import RootModel

from coopgap.documents.base import AtLeastTwo, Part
from coopgap.documents.commons import Commons
from coopgap.documents.concrete_report import ConcreteReport
from coopgap.documents.family_report import FamilyReport
from coopgap.documents.group_report import GroupReport


class Report(
    RootModel[ConcreteReport | FamilyReport | GroupReport | Commons], frozen=True, title="Report"
):
    """What `coopgap check --json` prints of one spec: a game, a family, groups or a commons."""


class Reports(Part, title="Reports"):
    """What `coopgap check --json` prints of several specs."""

    schema_: Literal["coopgap.reports/1"]
    """The name and version of this document."""
    reports: AtLeastTwo[Report]
    """A report for each spec, in the order of the arguments."""
