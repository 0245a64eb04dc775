"""``check``: decide everything that a specification asks, and report it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any, overload

from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.decide import Certified
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.reports import (
    AgentThresholds,
    BenefitPart,
    CertificatePart,
    ClaimPart,
    FirstBestPart,
    Labels,
    LanguagePart,
    LevelPart,
    ObstructionPart,
    ProsocialPart,
    Quantity,
    RecordPart,
    Report,
    SelfishPart,
    Unknown,
    contract_class,
    tool,
)
from coopgap.proofs.deciding.verdicts import applicable, asked, stated, verdict
from coopgap.proofs.deciding.words import describe
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Levels,
    Obstruction,
    Reached,
    Setting,
    Threshold,
    Unanswered,
    Value,
)
from coopgap.theory.contracts import Directives, Transfers
from coopgap.theory.environments import Environment, Profile
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY, IntArray
from coopgap.theory.languages import ProductLanguage, describe_record
from coopgap.theory.preferences import prosocial_payoffs
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Question, Specification
from coopgap.theory.welfare import first_best, incontractible_cells, profiles_where

if TYPE_CHECKING:
    from coopgap.proofs.families.report import FamilyReport

SELECTION_LIMIT = 256
"""The number of first-best selections up to which each one's thresholds are listed."""


@overload
def check(
    specification: Specification,
    *,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report: ...


@overload
def check(
    specification: FamilySpecification,
    *,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> FamilyReport: ...


def check(
    specification: Specification | FamilySpecification,
    *,
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report | FamilyReport:
    """Decides a specification's claims (or, if it has none, the instances of T1–T9 that apply) and
    all quantities of the report; those of a family for all its parameters.

    timeout: seconds for each claim or quantity; what takes longer is unknown. progress: is told
    what is being decided. Raises InputError for a claim that the game cannot bear, and for a family
    in which something may be divided by 0 or the prior may be no distribution."""
    if isinstance(specification, FamilySpecification):
        from coopgap.proofs.families.report import check_family

        return check_family(specification, timeout=timeout, progress=progress)
    with Worker(timeout) as worker:
        return _report(Findings(specification, worker, progress or (lambda _: None)))


def questions(specification: Specification) -> list[tuple[str, Value | Threshold]]:
    """The obligations that a specification raises, by name, for export."""
    environment = specification.environment
    target = first_best(environment).welfare
    selfish = (Fraction(0),) * len(environment.players)
    named: list[tuple[str, Value | Threshold]] = [
        ("no-contract-threshold", Threshold(decide.no_contract(environment)))
    ]
    for each in specification.languages:
        setting = Setting(environment, each.language, each.contracts)
        named.append((f"{each.name}-closes", Value(setting, selfish, target)))
        named.append((f"{each.name}-threshold", Threshold(setting)))
        for number, levels in enumerate(specification.levels):
            named.append((f"{each.name}-closes-{number}", Value(setting, levels, target)))
    return named


def _report(findings: Findings) -> Report:
    specification, environment = findings.specification, findings.environment
    best = findings.first_best()
    alone = findings.threshold(None)
    certificates: dict[str, str] = {}
    if isinstance(alone, Reached):
        _keep(
            certificates,
            "prosocial_threshold",
            findings.certify_threshold(findings.setting(None), alone),
        )
    return Report(
        tool=tool(),
        source=specification.source,
        title=specification.title,
        first_best=FirstBestPart(best.welfare, _by_state(environment, best.profiles)),
        selfish=_selfish(findings),
        languages=tuple(_language(findings, each) for each in specification.languages),
        prosocial_threshold=_level(alone),
        agent_thresholds=_agent_thresholds(findings),
        domination_threshold=_domination_threshold(findings),
        prosocial=tuple(_prosocial(environment, levels) for levels in specification.levels),
        benefit=_benefit(findings),
        claims=_claims(findings),
        certificates=certificates,
        texts=findings.texts,
    )


def _by_state(
    environment: Environment, profiles: Mapping[int, Sequence[Profile]]
) -> dict[str, tuple[Labels, ...]]:
    return {
        environment.states[state]: tuple(map(environment.labels, found))
        for state, found in profiles.items()
    }


def _selected(environment: Environment, selection: Mapping[int, Profile]) -> dict[str, Labels]:
    return {
        environment.states[state]: environment.labels(profile)
        for state, profile in selection.items()
    }


def _pure(environment: Environment, payoffs: IntArray) -> dict[str, tuple[Labels, ...]]:
    stable = pure_nash(payoffs)
    return _by_state(environment, {s: profiles_where(stable[s]) for s in environment.support})


def _lambda(environment: Environment, levels: Levels) -> Fraction | Mapping[str, Fraction]:
    if len(set(levels)) == 1:
        return levels[0]
    return dict(zip(environment.players, levels, strict=True))


def _selfish(findings: Findings) -> SelfishPart:
    environment = findings.environment
    found = findings.run("mixed equilibria", decide.extreme_equilibria, environment)
    return SelfishPart(
        decide.best_nash_welfare(environment, environment.payoffs),
        _pure(environment, environment.payoffs),
        Unknown(found.reason)
        if isinstance(found, Unanswered)
        else {
            environment.states[state]: tuple(_strategies(environment, pair) for pair in pairs)
            for state, pairs in found.items()
        },
    )


def _strategies(
    environment: Environment, mixes: Sequence[Sequence[Fraction]]
) -> dict[str, dict[str, Fraction]]:
    """For each player the probabilities of the actions that it uses."""
    return {
        player: {label: share for label, share in zip(labels, mix, strict=True) if share > 0}
        for player, labels, mix in zip(environment.players, environment.actions, mixes, strict=True)
    }


def _prosocial(environment: Environment, levels: Levels) -> ProsocialPart:
    payoffs, _ = prosocial_payoffs(environment, levels)
    return ProsocialPart(
        _lambda(environment, levels),
        decide.best_nash_welfare(environment, payoffs),
        _pure(environment, payoffs),
    )


def _agent_thresholds(findings: Findings) -> tuple[AgentThresholds, ...] | Unknown:
    environment, best = findings.environment, findings.first_best()
    count = math.prod(len(found) for found in best.profiles.values())
    if count > SELECTION_LIMIT:
        return Unknown(f"{count:,} first-best selections; up to {SELECTION_LIMIT} are listed")
    parts = []
    for chosen in product(*best.profiles.values()):
        selection = dict(zip(best.profiles, chosen, strict=True))
        levels = decide.agent_thresholds(environment, selection)
        named = dict(zip(environment.players, levels, strict=True))
        parts.append(AgentThresholds(_selected(environment, selection), named))
    return tuple(parts)


def _domination_threshold(findings: Findings) -> Quantity | None:
    if findings.environment.cooperative is None:
        return None
    found = findings.domination_threshold()
    return Unknown(found.reason) if isinstance(found, Unanswered) else found


def _benefit(findings: Findings) -> BenefitPart:
    found = findings.benefit()
    if isinstance(found, Unanswered) or found.vacuous:
        return BenefitPart(None, None, None)
    return BenefitPart(found.plain, True, found.one_payment)


def _language(findings: Findings, named: NamedLanguage) -> LanguagePart:
    environment = findings.environment
    setting = findings.setting(named.name)
    found = findings.value(named.name, findings.selfish)
    certificates: dict[str, str] = {}
    selection, contract, directive, obstruction = None, None, None, None
    if isinstance(found, BestSelection):
        _keep(certificates, "gap", findings.certify_value(setting, findings.selfish, found))
        obstruction = _obstruction(findings, setting, found)
        if found.best is not None:
            selection = _selected(environment, found.best.selection)
            if isinstance(named.contracts, Transfers):
                contract = _contract(setting, found.best)
            else:
                directive = _directive(setting, found.best)
    threshold = findings.threshold(named.name)
    if isinstance(threshold, Reached):
        certified = findings.certify_threshold(setting, threshold)
        _keep(certificates, "prosocial_threshold", certified)
    bound, attained = _correlated(findings, named, certificates)
    directive_gap, cells = _directives(findings, named)
    value, gap = _value(findings, found)
    return LanguagePart(
        name=named.name,
        contracts=contract_class(named.contracts),
        value=value,
        gap=gap,
        correlated_gap=bound if attained else None,
        correlated_bound=bound,
        directive_gap=directive_gap,
        incontractible_cells=cells,
        selection=selection,
        contract=contract,
        directive=directive,
        obstruction=obstruction,
        prosocial_threshold=_level(threshold),
        prosocial=tuple(
            _at_level(findings, named, levels, certificates)
            for levels in findings.specification.levels
        ),
        certificates=certificates,
    )


def _at_level(
    findings: Findings, named: NamedLanguage, levels: Levels, certificates: dict[str, str]
) -> LevelPart:
    found = findings.value(named.name, levels)
    if isinstance(found, BestSelection):
        name = f"gap at lambda {', '.join(map(str, levels))}"
        certified = findings.certify_value(findings.setting(named.name), levels, found)
        _keep(certificates, name, certified)
    value, gap = _value(findings, found)
    return LevelPart(_lambda(findings.environment, levels), value, gap)


def _keep(into: dict[str, str], name: str, certified: Certified | Unanswered) -> None:
    if isinstance(certified, Certified) and certified.accepted:
        into[name] = certified.sha256


def _value(findings: Findings, found: BestSelection | Unanswered) -> tuple[Quantity, Quantity]:
    if isinstance(found, Unanswered):
        return Unknown(found.reason), Unknown(found.reason)
    if isinstance(found.welfare, Fraction):
        return found.welfare, findings.first_best().welfare - found.welfare
    return found.welfare, INFINITY


def _level(found: Reached | Unanswered) -> Quantity:
    return Unknown(found.reason) if isinstance(found, Unanswered) else found.level


def _correlated(
    findings: Findings, named: NamedLanguage, certificates: dict[str, str]
) -> tuple[Fraction | None, bool]:
    """The gap that every correlated equilibrium leaves, if certified, and whether some contract is
    certified to leave no more."""
    if not isinstance(named.contracts, Transfers):
        return None, False
    found = findings.correlated(named.name)
    if isinstance(found, Unanswered):
        return None, False
    setting, levels = findings.setting(named.name), findings.selfish
    gap = findings.first_best().welfare - found.bound
    if found.reached:
        claim = {"id": "correlated-gap", "holds": True, "value": str(gap)}
        both = findings.certify(setting, levels, claim, dict, {**found.dual, **found.reached})
        _keep(certificates, "correlated_gap", both)
    elif found.dual:
        claim = {"id": "correlated-gap-at-least", "holds": True, "value": str(gap)}
        dual = findings.certify(setting, levels, claim, dict, found.dual)
        _keep(certificates, "correlated_bound", dual)
    known = gap == 0 or bool({"correlated_gap", "correlated_bound"} & set(certificates))
    return (gap if known else None), "correlated_gap" in certificates


def _directives(
    findings: Findings, named: NamedLanguage
) -> tuple[Fraction | None, tuple[Labels, ...] | None]:
    """Δ_D under complete directives and the incontractible cells, of a state language (T2)."""
    environment, language = findings.environment, named.language
    if not isinstance(language, ProductLanguage) or not language.is_state_language:
        return None, None
    question = Value(Setting(environment, language, Directives()), findings.selfish)
    found = findings.run(f"directives of {named.name}", decide.ask, question)
    cells = tuple(
        tuple(environment.states[state] for state in cell)
        for cell in incontractible_cells(environment, language)
    )
    if not isinstance(found, BestSelection) or not isinstance(found.welfare, Fraction):
        return None, cells
    return findings.first_best().welfare - found.welfare, cells


def _contract(setting: Setting, reached: Reached) -> tuple[RecordPart, ...]:
    assert setting.language is not None
    players = setting.environment.players
    return tuple(
        RecordPart(
            describe_record(setting.language, setting.environment, record),
            dict(zip(players, paid, strict=True)),
        )
        for record, paid in sorted(reached.contract.amounts().items())
    )


def _directive(setting: Setting, reached: Reached) -> tuple[Mapping[str, Any], ...]:
    """For each cell the actions that the directive allows: the classes that its play uses."""
    environment, language = setting.environment, setting.language
    assert isinstance(language, ProductLanguage)
    cells: dict[int, list[int]] = {}
    for state in reached.selection:
        cells.setdefault(language.cells[state], []).append(state)
    parts = []
    for states in cells.values():
        allowed = {}
        for agent, player in enumerate(environment.players):
            of_agent = language.classes[agent]
            used = {of_agent[reached.selection[state][agent]] for state in states}
            labels = zip(environment.actions[agent], of_agent, strict=True)
            allowed[player] = tuple(label for label, number in labels if number in used)
        names = tuple(environment.states[state] for state in states)
        parts.append({"states": names, "allowed": allowed})
    return tuple(parts)


def _obstruction(
    findings: Findings, setting: Setting, found: BestSelection
) -> ObstructionPart | None:
    """The first obstruction to a first-best selection, or else to any better one."""
    best = findings.first_best()
    if not found.obstructions or found.welfare == best.welfare:
        return None

    def about_first_best(each: Obstruction) -> bool:
        return all(profile in best.profiles[state] for state, profile in each.part.items())

    chosen = next(filter(about_first_best, found.obstructions), found.obstructions[0])
    return describe(setting, findings.selfish, chosen, len(found.obstructions))


def _claims(findings: Findings) -> tuple[ClaimPart, ...]:
    if findings.specification.questions:
        return tuple(_claim(findings, question, None) for question in asked(findings))
    return tuple(_claim(findings, question, theorem) for question, theorem in applicable(findings))


def _claim(findings: Findings, question: Question, theorem: str | None) -> ClaimPart:
    start = time.perf_counter()
    try:
        found = verdict(findings, question)
    except InputError as error:
        raise error.located(field=f"claim {question.id!r}") from None
    certified = found.certified
    at = question.prosociality
    level = None if at is None else _lambda(findings.environment, at)
    return ClaimPart(
        id=question.id,
        language=question.language,
        status=found.status,
        certificate=None
        if certified is None
        else CertificatePart(certified.kind, certified.accepted, certified.sha256),
        seconds=round(time.perf_counter() - start, 4),
        value=question.value,
        lambda_=level,
        theorem=theorem,
        reason=found.reason,
        statement=stated(findings, question, found),
    )
