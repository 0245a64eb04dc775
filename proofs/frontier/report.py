"""The command ``frontier``: V, gap and λ* over a lattice of languages and all λ, with prices.

Certificates prove the values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from coopgap.proofs.deciding.decide import Certified
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.reports import Unknown, as_document, contract_class, tool
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.frontier.intervals import Interval, Step, combined, merged, spread, value_at
from coopgap.proofs.frontier.lattice import Lattice, lattice
from coopgap.proofs.frontier.values import Best, Undecided, best_selections, certify, welfare_of
from coopgap.proofs.questions.obligations import Reached, Setting, Unanswered
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended, parse_number
from coopgap.theory.json_values import Plain
from coopgap.theory.notebooks import Documented, Tabulated, TextTable
from coopgap.theory.specification import Specification, require_level

Quantity = Extended | Unknown
"""A number, or why there is none."""


@dataclass(frozen=True)
class Worth:
    """What a contract adds at a λ: V(λ, L) − V(λ, ∅) in utils.

    ``cross``: its difference from the value at λ = 0; ``change``: from the step before. Contracting
    and prosociality are complements where the difference is positive, substitutes where it is
    negative; ``relation``: the word, relative to λ = 0. None where a value is −∞.
    """

    worth: Fraction | None
    cross: Fraction | None
    relation: str | None
    change: Fraction | None


@dataclass(frozen=True)
class LanguageFrontier:
    """The results for one language.

    refines: the languages right below it in the lattice.
    threshold: λ*(L), a pure number. values: V(λ, L) in utils. worth: what contracts add.
    threshold_certificate, value_certificates: hashes of the certificates that the checker accepted,
    those of V by intervals of λ. unknown: the reason if there are no values.
    """

    name: str
    predicates: tuple[str, ...]
    contracts: Any
    same_as: str | None
    refines: tuple[str, ...]
    threshold: Quantity
    values: tuple[Step[Extended], ...]
    worth: tuple[Step[Worth], ...]
    threshold_certificate: str | None
    value_certificates: tuple[Step[str | None], ...]
    unknown: Unknown | None = None

    @property
    def proved(self) -> bool:
        """Whether the checker accepted V at every λ."""
        return not self.unknown and all(step.value for step in self.value_certificates)

    def value(self, level: Fraction) -> Quantity:
        """V(λ, L) in utils."""
        return self.unknown or value_at(self.values, level)

    def gap(self, level: Fraction, optimum: Fraction) -> Quantity:
        """Δ(λ, L) in utils."""
        return self.unknown or shortfall(value_at(self.values, level), optimum)


@dataclass(frozen=True)
class Price:
    """The decrease of λ* due to a predicate.

    alone: added to the base alone. last: added after all other predicates. least, most: over all
    languages without it. None where both thresholds are infinite.
    """

    predicate: str
    alone: Quantity | None
    last: Quantity | None
    least: Quantity | None
    most: Quantity | None


@dataclass(frozen=True)
class Excluded:
    """A language whose λ* is larger; its certificate proves that the gap is positive below."""

    name: str
    threshold: Extended
    certificate: str | None


@dataclass(frozen=True)
class Cheapest:
    """The languages of fewest predicates that close the gap at every λ of ``at``.

    excluded: all languages of fewer predicates. undecided: languages of fewer predicates and
    unknown λ*, which may close it too.
    """

    at: Interval
    predicates: int | None
    languages: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Frontier(Tabulated, Documented):
    """The report of ``frontier``.

    levels: the λ at which gaps are listed. texts: SHA-256 → text of every certificate that the
    checker accepted.
    """

    tool: dict[str, Plain]
    source: str
    title: str
    first_best: Fraction
    base: str | None
    predicates: tuple[str, ...]
    levels: tuple[Fraction, ...]
    without: LanguageFrontier
    languages: tuple[LanguageFrontier, ...]
    prices: tuple[Price, ...]
    cheapest: tuple[Cheapest, ...]
    texts: dict[str, str]

    @property
    def undecided(self) -> bool:
        """Whether V or λ* of some row is unknown."""
        every = (self.without, *self.languages)
        return any(row.unknown or isinstance(row.threshold, Unknown) for row in every)

    def tables(self) -> tuple[TextTable, ...]:
        """Threshold of each language, and its gap at the levels."""
        return (
            TextTable(
                self.title or "Frontier",
                ("language", "λ*", *(f"Δ at λ = {level}" for level in self.levels)),
                tuple(
                    (
                        language.name,
                        _cell(language.threshold),
                        *(_cell(language.gap(level, self.first_best)) for level in self.levels),
                    )
                    for language in (self.without, *self.languages)
                ),
            ),
        )

    def document(self) -> dict[str, Plain]:
        """The JSON document ``coopgap.frontier/1``."""
        values = {
            "schema": "coopgap.frontier/1",
            "tool": self.tool,
            "source": self.source,
            "title": self.title,
            "first_best": self.first_best,
            "base": self.base,
            "predicates": self.predicates,
            "levels": self.levels,
            "no_contract": self._language(self.without),
            "languages": [self._language(language) for language in self.languages],
            "prices": self.prices,
            "cheapest": [spread(part) for part in self.cheapest],
        }
        return dict(as_document(values))

    def _language(self, language: LanguageFrontier) -> dict[str, object]:
        plain = ("name", "predicates", "contracts", "same_as", "refines", "threshold", "proved")
        return {
            **{name: getattr(language, name) for name in plain},
            "gap_at": [
                {
                    "lambda": level,
                    "value": language.value(level),
                    "gap": language.gap(level, self.first_best),
                    "certificate": None
                    if language.unknown
                    else value_at(language.value_certificates, level),
                }
                for level in self.levels
            ],
            "steps": [
                {
                    **spread(step),
                    "gap": shortfall(step.value, self.first_best),
                    "certificates": [
                        {**part.at.ends, "certificate": part.value}
                        for part in language.value_certificates
                        if not (part.at & step.at).empty
                    ],
                }
                for step in language.values
            ],
            "worth": [{**step.at.ends, **vars(step.value)} for step in language.worth],
            "certificates": {"threshold": language.threshold_certificate},
        }


def level_of(value: object) -> Fraction:
    """A λ at which gaps are listed; raises InputError for what is no exact number of at least 0."""
    level = parse_number(value)
    require_level(level)
    return level


def frontier(
    specification: Specification,
    *,
    predicates: Sequence[str] = (),
    base: str | None = None,
    levels: Sequence[Fraction] = (),
    timeout: float | None = None,
    progress: Callable[[str], None] | None = None,
) -> Frontier:
    """Decides V(λ, L), the gap and λ*(L) for every language and every common λ (theory.md T7).

    levels: the λ at which gaps are listed; by default every λ at which some language's value
    changes, and one between each two. V is certified for every λ, in intervals. timeout: seconds
    for the values, the threshold and each certificate of a language; a result that takes longer is
    unknown. Raises InputError as ``lattice`` does.
    """
    chosen = lattice(specification, predicates, base)
    named = tuple(member.named for member in chosen.members)
    extended = replace(specification, languages=named)
    with Worker(timeout) as worker:
        findings = Findings(extended, worker, progress or (lambda _: None))
        return _Build(findings, chosen, tuple(sorted(set(levels)))).report()


class _Build:
    """Assembles the report, deciding each language once."""

    def __init__(self, findings: Findings, chosen: Lattice, levels: tuple[Fraction, ...]) -> None:
        self.findings = findings
        self.chosen = chosen
        self.levels = levels
        self.optimum = findings.first_best().welfare

    def report(self) -> Frontier:
        members = self.chosen.members
        without = self.language(None, ())
        known = {k: self.language(k, without.values) for k in self.chosen.distinct}
        languages = tuple(
            known[member.like]
            if member.like == k
            else replace(
                known[member.like],
                name=member.name,
                predicates=tuple(self.chosen.predicates[p] for p in member.predicates),
                same_as=known[member.like].name,
                refines=(),
            )
            for k, member in enumerate(members)
        )
        specification = self.findings.specification
        return Frontier(
            tool=tool(),
            source=specification.source,
            title=specification.title,
            first_best=self.optimum,
            base=self.chosen.base,
            predicates=self.chosen.predicates,
            levels=self.levels or breakpoints([without, *languages]),
            without=without,
            languages=languages,
            prices=prices(self.chosen, [language.threshold for language in languages]),
            cheapest=cheapest(languages) if self.chosen.predicates else (),
            texts=self.findings.texts,
        )

    def language(self, place: int | None, base: tuple[Step[Extended], ...]) -> LanguageFrontier:
        member = None if place is None else self.chosen.members[place]
        name = None if member is None else member.name
        threshold, certificate = self.threshold(name)
        values, certificates, unknown = self.values(name, threshold)
        below = () if place is None else self.chosen.below[place]
        return LanguageFrontier(
            name=name or "no contract",
            predicates=()
            if member is None
            else tuple(self.chosen.predicates[k] for k in member.predicates),
            contracts=None
            if member is None
            else contract_class(member.named.contracts, self.findings.environment.players),
            same_as=None,
            refines=tuple(self.chosen.members[k].name for k in below),
            threshold=threshold,
            values=values,
            worth=worth_of(values, base) if values and base else (),
            threshold_certificate=certificate,
            value_certificates=certificates,
            unknown=unknown,
        )

    def threshold(self, name: str | None) -> tuple[Quantity, str | None]:
        answer = self.findings.threshold(name)
        if not isinstance(answer, Reached):
            return Unknown(answer.reason), None
        certified = self.findings.certify_threshold(self.findings.setting(name), answer)
        return answer.level, _hash(certified)

    def values(
        self, name: str | None, threshold: Quantity
    ) -> tuple[tuple[Step[Extended], ...], tuple[Step[str | None], ...], Unknown | None]:
        """V of a language, its accepted certificates, and the reason if there are no values."""
        setting = self.findings.setting(name)
        label = f"values of {name or 'play alone'} at every λ"
        try:
            steps = self.findings.run(label, best_selections, setting)
            if isinstance(steps, Unanswered):
                return (), (), Unknown(steps.reason)
            values = welfare_of(steps)
            if not isinstance(threshold, Unknown):
                require_agreement(values, self.optimum, threshold)
            certificates = tuple(Step(step.at, self.certified(setting, step)) for step in steps)
            return values, certificates, None
        except Undecided as reason:
            return (), (), Unknown(str(reason))

    def certified(self, setting: Setting, step: Step[Best]) -> str | None:
        """The hash of the accepted certificate that V is constant on a step, or None."""
        label = f"certificate for λ in {step.at}"
        return _hash(self.findings.keep(self.findings.run(label, certify, setting, step)))


def _hash(outcome: Certified | Unanswered) -> str | None:
    return outcome.sha256 if isinstance(outcome, Certified) and outcome.accepted else None


def shortfall(value: Extended, optimum: Fraction) -> Extended:
    """W* − V in utils."""
    return optimum - value if isinstance(value, Fraction) else INFINITY


def breakpoints(languages: Sequence[LanguageFrontier]) -> tuple[Fraction, ...]:
    """Every λ at which some value changes, one λ between each two, and one beyond the last."""
    ends = sorted({Fraction(0)} | {step.at.low for row in languages for step in row.values})
    following: list[Extended] = [*ends[1:], INFINITY]
    gaps = [Interval(a, b).within() for a, b in zip(ends, following, strict=True)]
    return tuple(sorted({*ends, *gaps}))


def require_agreement(
    values: Sequence[Step[Extended]], optimum: Fraction, threshold: Extended
) -> None:
    """Raises Undecided unless V is W* exactly at all λ ≥ λ*; the two are computed separately."""
    first = next((step.at for step in values if step.value == optimum), None)
    if (INFINITY if first is None else first.low) != threshold or (
        first is not None and (first.open_low or first.high != INFINITY)
    ):
        raise Undecided(f"λ* is {threshold}, but V reaches W* on {first}")


def worth_of(
    values: Sequence[Step[Extended]], base: Sequence[Step[Extended]]
) -> tuple[Step[Worth], ...]:
    """V(λ, L) − V(λ, ∅) and its difference from λ = 0, step by step."""
    steps = [Step(step.at, _difference(*step.value)) for step in combined(values, base)]
    joined = merged(steps)
    worths = []
    for step, before in zip(joined, [None, *(step.value for step in joined)], strict=False):
        cross, change = (_difference(step.value, x) for x in (steps[0].value, before))
        worths.append(Step(step.at, Worth(step.value, cross, relation(cross), change)))
    return tuple(worths)


def relation(difference: Fraction | None) -> str | None:
    """The word for the sign of a cross difference."""
    if difference is None:
        return None
    if difference == 0:
        return "neither"
    return "complements" if difference > 0 else "substitutes"


def _difference(minuend: Extended | None, subtrahend: Extended | None) -> Fraction | None:
    if isinstance(minuend, Fraction) and isinstance(subtrahend, Fraction):
        return minuend - subtrahend
    return None


def prices(chosen: Lattice, thresholds: Sequence[Quantity]) -> tuple[Price, ...]:
    """The price of each predicate; unknown where a λ* that it depends on is unknown."""
    at = {member.predicates: thresholds[k] for k, member in enumerate(chosen.members)}
    every = tuple(range(len(chosen.predicates)))
    listed = []
    for place, text in enumerate(chosen.predicates):
        saved = {
            rest: _saved(level, at[tuple(sorted((*rest, place)))])
            for rest, level in at.items()
            if place not in rest
        }
        last = saved[tuple(k for k in every if k != place)]
        least, most = (_extreme(pick, list(saved.values())) for pick in (min, max))
        listed.append(Price(text, saved[()], last, least, most))
    return tuple(listed)


def _extreme(
    pick: Callable[[list[Extended]], Extended], saved: Sequence[Quantity | None]
) -> Quantity | None:
    unknown = next((change for change in saved if isinstance(change, Unknown)), None)
    known = [change for change in saved if change is not None and not isinstance(change, Unknown)]
    return unknown or (pick(known) if known else None)


def _saved(before: Quantity, after: Quantity) -> Quantity | None:
    if isinstance(before, Unknown):
        return before
    if isinstance(after, Unknown):
        return after
    if isinstance(before, Fraction) and isinstance(after, Fraction):
        return before - after
    return None if before == after else INFINITY if after < before else MINUS_INFINITY


def cheapest(languages: Sequence[LanguageFrontier]) -> tuple[Cheapest, ...]:
    """The languages of fewest predicates that close the gap, for every λ.

    They change only at thresholds.
    """
    known = [(row, row.threshold) for row in languages if not isinstance(row.threshold, Unknown)]
    unknown = [row for row in languages if isinstance(row.threshold, Unknown)]
    ends = sorted({Fraction(0)} | {level for _, level in known if isinstance(level, Fraction)})
    tops: list[Extended] = [*ends[1:], INFINITY]
    steps: list[Cheapest] = []
    for low, high in zip(ends, tops, strict=True):
        closing = [row for row, level in known if level <= low]
        fewest = min((len(row.predicates) for row in closing), default=None)
        limit = math.inf if fewest is None else fewest
        entry = Cheapest(
            Interval(low, high, open_high=True),
            fewest,
            tuple(row.name for row in closing if len(row.predicates) == fewest),
            tuple(
                Excluded(row.name, level, row.threshold_certificate)
                for row, level in known
                if len(row.predicates) < limit
            ),
            tuple(row.name for row in unknown if len(row.predicates) < limit),
        )
        if steps and replace(entry, at=steps[-1].at) == steps[-1]:
            entry = replace(entry, at=Interval(steps.pop().at.low, high, open_high=True))
        steps.append(entry)
    return tuple(steps)


def _cell(value: Quantity) -> str:
    return "unknown" if isinstance(value, Unknown) else str(value)
