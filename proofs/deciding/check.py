"""``check``: decide everything that a specification asks, and report it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, TypedDict, Unpack, overload

from coopgap.proofs.certificates.certificate import digest
from coopgap.proofs.deciding import decide, reports
from coopgap.proofs.deciding.claims import (
    AnyQuestion,
    applicable,
    claim_of,
    claim_part,
    questions_of,
)
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.games import GameFinder
from coopgap.proofs.deciding.settled import Settled
from coopgap.proofs.deciding.values import Absent, Level, Quantity, Unknown, Value, common
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.questions.obligations import Setting, Threshold
from coopgap.proofs.questions.obligations import Value as Valued
from coopgap.theory.contracts import Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Specification
from coopgap.theory.welfare import first_best

if TYPE_CHECKING:
    from coopgap.proofs.aggregates.parts import GroupReport
    from coopgap.proofs.commons.fishery import FisheryReport
    from coopgap.proofs.commons.report import CommonsReport
    from coopgap.proofs.deciding.claims import Finder
    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.commons.fishery import FisherySpecification
    from coopgap.theory.commons.specification import CommonsSpecification
    from coopgap.theory.readers.load import Anything

DIRECTIVES = Absent("correlated equilibria are decided for transfers only")
NO_CELLS = Absent("the language is no state language")


class Limits(TypedDict, total=False):
    """How much is decided, in which time; see ``check``."""

    timeout: float | None
    within: float | None
    progress: Callable[[str], None] | None
    mechanisms: bool


@overload
def check(
    specification: Specification | FamilySpecification, **limits: Unpack[Limits]
) -> reports.Report: ...


@overload
def check(specification: GroupSpecification, **limits: Unpack[Limits]) -> GroupReport: ...


@overload
def check(specification: CommonsSpecification, **limits: Unpack[Limits]) -> CommonsReport: ...


@overload
def check(specification: FisherySpecification, **limits: Unpack[Limits]) -> FisheryReport: ...


def check(
    specification: Anything,
    *,
    timeout: float | None = None,
    within: float | None = None,
    progress: Callable[[str], None] | None = None,
    mechanisms: bool = False,
) -> reports.Report | GroupReport | CommonsReport | FisheryReport:
    """Decides a specification's claims and all quantities of its report.

    Without claims it decides the instances of T1–T9 that apply; a family, for all its parameters.

    timeout: seconds for each claim or quantity; what takes longer is unknown. within: seconds for
    all of them; what is not decided then is unknown. progress: called with what is being decided.
    mechanisms: whether to report what mechanisms reach where no claim asks for it. Raises
    InputError for a claim that the game cannot bear; for a family in which something may be divided
    by 0 or the prior may be no distribution, and if time does not suffice to see that; for
    mechanisms in a game of groups.
    A game of groups, a commons and a fishery have reports of their own kinds; a quantity is a part
    of these, such as all of a language.
    """
    deadline = math.inf if within is None else time.monotonic() + within
    tell = progress or (lambda _: None)
    if not isinstance(specification, Specification | FamilySpecification):
        if mechanisms:
            from coopgap.theory.aggregates import GroupSpecification

            groups = isinstance(specification, GroupSpecification)
            raise InputError(
                "mechanisms are decided for listed players of a [game] only",
                fix="list the players one by one" if groups else "leave --mechanism out",
            )
        return _of_another_kind(specification, tell, timeout, deadline)
    if isinstance(specification, FamilySpecification):
        # Lazily: most games have no parameters.
        from coopgap.proofs.families.finder import FamilyFinder, finder
        from coopgap.proofs.families.private import PrivateFamilyFinder

        kind = FamilyFinder if specification.information is None else PrivateFamilyFinder
        try:
            with finder(specification, timeout, deadline, tell, mechanisms, kind) as family:
                contradiction = family.inconsistency()
                return assembled(family) if contradiction is None else _empty(family, contradiction)
        except TimedOut:
            raise InputError(
                f"{within:g} s do not suffice to read the family",
                fix="give a longer time",
                field="within",
            ) from None
    with Worker(timeout, deadline=deadline) as worker:
        findings = Findings(specification, worker, tell)
        if specification.information is not None:
            from coopgap.proofs.deciding.private import PrivateFinder

            return assembled(PrivateFinder(findings))
        return assembled(GameFinder(findings, mechanisms))


def _of_another_kind(
    specification: GroupSpecification | CommonsSpecification | FisherySpecification,
    tell: Callable[[str], None],
    timeout: float | None,
    deadline: float,
) -> GroupReport | CommonsReport | FisheryReport:
    """The report on what is no game with its players listed."""
    # Lazily: most specs are of games.
    from coopgap.theory.aggregates import GroupSpecification
    from coopgap.theory.commons.specification import CommonsSpecification

    if isinstance(specification, GroupSpecification):
        from coopgap.proofs.aggregates.report import group_report

        return group_report(specification, tell, timeout, deadline)
    if isinstance(specification, CommonsSpecification):
        from coopgap.proofs.commons.report import check_commons

        return check_commons(specification, tell, timeout, deadline)
    from coopgap.proofs.commons.fishery import check_fishery

    return check_fishery(specification, tell, timeout, deadline)


def questions(specification: Specification) -> list[tuple[str, Valued | Threshold]]:
    """The obligations that a specification raises, by name, for export."""
    environment = specification.environment
    target = first_best(environment).welfare
    selfish = (Fraction(0),) * len(environment.players)
    obligations: list[tuple[str, Valued | Threshold]] = [
        ("no-contract-threshold", Threshold(decide.no_contract(environment)))
    ]
    for named in specification.languages:
        setting = Setting(environment, named.language, named.contracts)
        obligations.append((f"{named.name}-closes", Valued(setting, selfish, target)))
        obligations.append((f"{named.name}-threshold", Threshold(setting)))
        for number, levels in enumerate(specification.levels):
            obligations.append((f"{named.name}-closes-{number}", Valued(setting, levels, target)))
    return obligations


def assembled(finder: Finder) -> reports.Report:
    """The report of what a finder finds."""
    certificates: dict[str, str] = {}
    specification = finder.specification
    best = finder.first_best(certificates)
    selfish, mixed = finder.play(None), finder.mixed()
    languages = tuple(_language(finder, named) for named in specification.languages)
    alone = finder.threshold(None, certificates)
    thresholds, domination = finder.agent_thresholds(), finder.domination_threshold()
    levels = tuple(
        reports.ProsocialPart(_level(finder, place), *finder.play(place))
        for place in range(len(specification.levels))
    )
    benefit = finder.benefit()
    listed: Iterable[tuple[AnyQuestion, str | None]] = [(q, None) for q in questions_of(finder)]
    return reports.Report(
        tool=reports.tool(),
        source=specification.source,
        title=specification.title,
        parameters=finder.parameters,
        first_best=best,
        selfish=reports.SelfishPart(
            selfish.welfare,
            selfish.nash,
            mixed.listed,
            selfish.worst,
            mixed.missing,
            mixed.certificates,
        ),
        languages=languages,
        prosocial_threshold=alone,
        agent_thresholds=thresholds,
        domination_threshold=domination,
        prosocial=levels,
        benefit=benefit,
        claims=tuple(
            claim_part(finder, question, theorem)
            for question, theorem in (
                listed
                if specification.questions
                else applicable(finder, languages, alone, domination, benefit)
            )
        ),
        certificates=certificates,
        texts=finder.texts,
        family=finder.family,
    )


def _empty(finder: Finder, contradiction: str) -> reports.Report:
    """The report where the assumptions contradict each other, as this certificate shows."""
    reason, sha = "the assumptions contradict each other, so nothing is said", digest(contradiction)
    unknown, undecided = Unknown(reason), Settled("unknown", reason=reason)
    return reports.Report(
        tool=reports.tool(),
        source=finder.specification.source,
        title=finder.specification.title,
        parameters={**finder.parameters, "consistent": False, "certificate": sha},
        first_best=reports.FirstBestPart(unknown, unknown),
        selfish=reports.SelfishPart(unknown, unknown, unknown),
        languages=(),
        prosocial_threshold=unknown,
        agent_thresholds=unknown,
        domination_threshold=unknown,
        prosocial=(),
        benefit=unknown,
        claims=tuple(claim_of(finder, question, undecided) for question in questions_of(finder)),
        certificates={"inconsistent": sha},
        texts={sha: contradiction},
        family=finder.family,
    )


def _level(finder: Finder, place: int) -> Level:
    return common(finder.names.players, finder.numbers(place))


def _language(finder: Finder, named: NamedLanguage) -> reports.LanguagePart:
    finder.progress(f"language {named.name}")
    certificates: dict[str, str] = {}
    value, gap = finder.value(named, None, certificates)
    correlated: tuple[Quantity, Quantity] = (DIRECTIVES, DIRECTIVES)
    if isinstance(named.contracts, Transfers):
        correlated = finder.correlated(named, certificates)
    suffices = finder.suffices(named)
    directives: tuple[Quantity, Value[reports.Profiles]] = (NO_CELLS, NO_CELLS)
    if isinstance(named.language, ProductLanguage) and named.language.is_state_language:
        directives = finder.directives(named)
    selection, contract, directive = finder.reached(named)
    worst, worst_gap = finder.worst(named)
    return reports.LanguagePart(
        name=named.name,
        contracts=reports.contract_class(named.contracts, finder.names.players, named.terms),
        value=value,
        gap=gap,
        suffices=suffices,
        correlated_gap=correlated[0],
        correlated_bound=correlated[1],
        directive_gap=directives[0],
        incontractible_cells=directives[1],
        selection=selection,
        contract=contract,
        directive=directive,
        basis=finder.basis(named),
        mechanism=finder.mechanism(named),
        obstruction=finder.obstruction(named),
        prosocial_threshold=finder.threshold(named.name, certificates),
        prosocial=tuple(
            reports.LevelPart(_level(finder, place), *finder.value(named, place, certificates))
            for place in range(len(finder.specification.levels))
        ),
        certificates=certificates,
        worst=worst,
        worst_gap=worst_gap,
    )
