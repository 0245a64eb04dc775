"""The part of a report on what mechanisms reach (theory.md T10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

from coopgap.proofs.certificates import mechanism_witnesses as witnesses
from coopgap.proofs.deciding.findings import Findings
from coopgap.proofs.deciding.losses import NOTHING_REACHED, losses, relaxations
from coopgap.proofs.deciding.reports import (
    LevelPart,
    LossPart,
    LotteryPart,
    MechanismPart,
    RecordPart,
)
from coopgap.proofs.deciding.values import Absent, Bounds, Quantity, Unknown, common
from coopgap.proofs.questions.mechanisms import Drawn, MechanismBounds, Mechanisms, Point, Society
from coopgap.proofs.questions.obligations import Levels
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended
from coopgap.theory.json_values import JsonObject
from coopgap.theory.languages import describe_record

Claim = Mapping[str, object]
"""The claim of a certificate."""

Witness = JsonObject
"""What shows it."""

LEAST, MOST = "mechanism-gap-at-least", "mechanism-gap-at-most"


def mechanism_part(
    findings: Findings, language: str, levels: Levels, without: Quantity
) -> MechanismPart | Unknown | Absent:
    """What the mechanisms of a language reach, with certificates.

    without: what contracts reach that know no messages.
    """
    society = findings.society(language, levels)
    if isinstance(society, Unknown):
        return Absent(society.reason)
    answer = findings.mechanisms(language, levels)
    if isinstance(answer, MechanismBounds):
        return _bounded_part(findings, society, answer, language)
    if isinstance(answer, Unknown):
        return answer
    best = findings.pooled().welfare
    certificates = _certificates(findings, society, answer, best)
    known = isinstance(answer.value, Fraction)
    parts = [_level(findings, language, at, certificates) for at in findings.specification.levels]
    restored: Quantity = Absent("contracts without messages do not ask who takes part")
    if society.contracts.participation is None:
        restored = without if isinstance(without, Unknown) else _difference(answer.value, without)
    return MechanismPart(
        value=answer.value,
        bound=answer.bound,
        gap=best - answer.value if isinstance(answer.value, Fraction) else INFINITY,
        attained=NOTHING_REACHED if answer.attained is None else answer.attained,
        method="state-by-state" if answer.by_state else "programme",
        lotteries=_lotteries(society, answer.points[0]) if known else NOTHING_REACHED,
        prosocial=tuple(parts),
        losses=_losses(findings, language, society, answer.value, certificates),
        restored=restored,
        certificates=certificates,
    )


def _bounded_part(
    findings: Findings, society: Society, answer: MechanismBounds, language: str
) -> MechanismPart:
    """What is known of mechanisms where time did not suffice."""
    certificates: dict[str, str] = {}
    value, gap = _between(findings, society, answer, certificates, "")
    parts = [_level(findings, language, at, certificates) for at in findings.specification.levels]
    points = answer.points
    return MechanismPart(
        value=value,
        bound=answer.bound,
        gap=gap,
        attained=Absent(answer.reason),
        method="programme",
        lotteries=_lotteries(society, points[0]) if points else Absent(answer.reason),
        prosocial=tuple(parts),
        losses=Unknown(answer.reason),
        restored=Unknown(answer.reason),
        certificates=certificates,
    )


def _between(
    findings: Findings, society: Society, answer: MechanismBounds, into: dict[str, str], suffix: str
) -> tuple[Bounds, Bounds]:
    """V and the gap of mechanisms between bounds, each certified."""
    best = findings.pooled().welfare
    least: Fraction = Fraction(0)
    most: Extended = INFINITY
    for id_, welfare, witness in (
        (LEAST, answer.bound, {} if answer.bound == best else witnesses.bound(answer.bounding)),
        (MOST, answer.worth, witnesses.reached(answer.points) if answer.points else {}),
    ):
        if isinstance(welfare, Fraction):
            claim = {"id": id_, "holds": True, "value": str(best - welfare)}
            certified = findings.certify_mechanism(society, claim, witness)
            if findings.note(into, _NAMES[id_] + suffix, certified):
                if id_ == LEAST:
                    least = best - welfare
                else:
                    most = best - welfare
    low = best - most if isinstance(most, Fraction) else MINUS_INFINITY
    return Bounds(low, best - least), Bounds(least, most)


def _losses(
    findings: Findings, language: str, society: Society, value: Extended, into: dict[str, str]
) -> tuple[LossPart, ...] | Unknown | Absent:
    """What the gap is due to, with the certificates of what is reached once rules are dropped."""
    best = findings.pooled().welfare
    if not isinstance(value, Fraction):
        return NOTHING_REACHED

    def steps() -> Iterator[tuple[str, Mechanisms | Unknown]]:
        reached: Extended = value
        for cause, relaxed in relaxations(society):
            if reached == best:
                return
            answer = findings.relaxed(language, relaxed, cause)
            if not isinstance(answer, Unknown):
                _keep(findings, relaxed, answer, f"value without {cause}", into)
                reached = answer.value
            yield cause, answer

    return losses(best, value, steps())


def _keep(
    findings: Findings, society: Society, answer: Mechanisms, name: str, into: dict[str, str]
) -> None:
    """Notes the certificate of a value, if the checker accepted it."""
    claim, witness = next(mechanism_claims(answer, findings.pooled().welfare))
    certified = findings.certify_mechanism(society, claim, witness)
    findings.note(into, name, certified)


def _level(findings: Findings, language: str, levels: Levels, into: dict[str, str]) -> LevelPart:
    """The value and the gap at one level of λ, with the certificate of the value."""
    society, answer = findings.society(language, levels), findings.mechanisms(language, levels)
    at = common(findings.environment.players, levels)
    if isinstance(society, Society) and isinstance(answer, MechanismBounds):
        suffix = f" at lambda {', '.join(map(str, levels))}"
        return LevelPart(at, *_between(findings, society, answer, into, suffix))
    if isinstance(society, Unknown) or isinstance(answer, Unknown):
        unknown = Unknown(getattr(answer, "reason", ""))
        return LevelPart(at, unknown, unknown)
    best = findings.pooled().welfare
    _keep(findings, society, answer, f"value at lambda {', '.join(map(str, levels))}", into)
    gap = best - answer.value if isinstance(answer.value, Fraction) else INFINITY
    return LevelPart(at, answer.value, gap)


def _difference(value: Extended, without: Quantity) -> Quantity:
    """What mechanisms reach beyond contracts; unknown where these are known between bounds."""
    if not isinstance(value, Fraction):
        return NOTHING_REACHED
    if without == MINUS_INFINITY:
        return INFINITY
    if not isinstance(without, Fraction):
        return Unknown("what contracts reach is known between bounds only")
    return value - without


def mechanism_claims(answer: Mechanisms, best: Fraction) -> Iterator[tuple[Claim, Witness]]:
    """What the finding shows of the value, of the bound, and of whether the value is attained.

    best: W* of agents who pool what they see, which needs no proof as a bound.
    """
    value = str(answer.value)
    limits = {} if answer.value == best else witnesses.bound(answer.limiting)
    reached = witnesses.reached(answer.points) if answer.points else {}
    yield {"id": "mechanism-value", "holds": True, "value": value}, limits | reached
    if isinstance(answer.bound, Fraction):
        least = {"id": "mechanism-gap-at-least", "holds": True, "value": str(best - answer.bound)}
        yield least, {} if answer.bound == best else witnesses.bound(answer.bounding)
    attains = {"id": "mechanism-attains", "holds": bool(answer.attained), "value": value}
    if answer.attained:
        yield attains, reached
    elif answer.unattained:
        yield attains, witnesses.bound(answer.unattained)


_NAMES = {
    "mechanism-value": "value",
    LEAST: "bound",
    MOST: "reached",
    "mechanism-attains": "attained",
}


def _certificates(
    findings: Findings, society: Society, answer: Mechanisms, best: Fraction
) -> dict[str, str]:
    """The hashes of the accepted certificates, by what they are of."""
    certificates: dict[str, str] = {}
    for claim, witness in mechanism_claims(answer, best):
        certified = findings.certify_mechanism(society, claim, witness)
        findings.note(certificates, _NAMES[str(claim["id"])], certified)
    return certificates


def _lotteries(society: Society, point: Point) -> tuple[LotteryPart, ...]:
    """The mechanism, for reports that are true in some state."""
    game = society.environment
    truths = dict.fromkeys(society.truth(state) for state in game.support)
    names = [
        {
            cell: "|".join(game.states[state] for state in states)
            for cell, states in society.types[agent].items()
        }
        for agent in range(len(game.players))
    ]
    paid: dict[Drawn, list[RecordPart]] = {}
    for (drawn, record), row in sorted(point.payments.items()):
        chance = point.draws.get(drawn)
        if chance:
            transfers = {p: t / chance for p, t in zip(game.players, row, strict=True)}
            words = describe_record(society.language, game, record)
            paid.setdefault(drawn, []).append(RecordPart(words, transfers))
    actions = list(map(game.labels, product(*map(range, game.shape))))
    return tuple(
        LotteryPart(
            reports={
                player: names[agent][drawn[0][agent]] for agent, player in enumerate(game.players)
            },
            profile=actions[drawn[1]],
            probability=chance,
            transfers=tuple(paid.get(drawn, ())),
        )
        for drawn, chance in sorted(point.draws.items())
        if drawn[0] in truths
    )
