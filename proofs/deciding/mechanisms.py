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
    found = findings.mechanisms(language, levels)
    if isinstance(found, MechanismBounds):
        return _bounded_part(findings, society, found, language)
    if isinstance(found, Unknown):
        return found
    best = findings.pooled().welfare
    shown = _certificates(findings, society, found, best)
    known = isinstance(found.value, Fraction)
    parts = [_level(findings, language, at, shown) for at in findings.specification.levels]
    restored: Quantity = Absent("contracts without messages do not ask who takes part")
    if society.contracts.participation is None:
        restored = without if isinstance(without, Unknown) else _difference(found.value, without)
    return MechanismPart(
        value=found.value,
        bound=found.bound,
        gap=best - found.value if isinstance(found.value, Fraction) else INFINITY,
        attained=NOTHING_REACHED if found.attained is None else found.attained,
        method="state-by-state" if found.by_state else "programme",
        lotteries=_lotteries(society, found.points[0]) if known else NOTHING_REACHED,
        prosocial=tuple(parts),
        losses=_losses(findings, language, society, found.value, shown),
        restored=restored,
        certificates=shown,
    )


def _bounded_part(
    findings: Findings, society: Society, found: MechanismBounds, language: str
) -> MechanismPart:
    """What is known of mechanisms where time did not suffice."""
    shown: dict[str, str] = {}
    value, gap = _between(findings, society, found, shown, "")
    parts = [_level(findings, language, at, shown) for at in findings.specification.levels]
    points = found.points
    return MechanismPart(
        value=value,
        bound=found.bound,
        gap=gap,
        attained=Absent(found.reason),
        method="programme",
        lotteries=_lotteries(society, points[0]) if points else Absent(found.reason),
        prosocial=tuple(parts),
        losses=Unknown(found.reason),
        restored=Unknown(found.reason),
        certificates=shown,
    )


def _between(
    findings: Findings, society: Society, found: MechanismBounds, into: dict[str, str], suffix: str
) -> tuple[Bounds, Bounds]:
    """V and the gap of mechanisms between bounds, each certified."""
    best = findings.pooled().welfare
    least: Fraction = Fraction(0)
    most: Extended = INFINITY
    for id_, welfare, witness in (
        (LEAST, found.bound, {} if found.bound == best else witnesses.bound(found.bounding)),
        (MOST, found.worth, witnesses.reached(found.points) if found.points else {}),
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
            found = findings.relaxed(language, relaxed, cause)
            if not isinstance(found, Unknown):
                _keep(findings, relaxed, found, f"value without {cause}", into)
                reached = found.value
            yield cause, found

    return losses(best, value, steps())


def _keep(
    findings: Findings, society: Society, found: Mechanisms, name: str, into: dict[str, str]
) -> None:
    """Notes the certificate of a value, if the checker accepted it."""
    claim, witness = next(mechanism_claims(found, findings.pooled().welfare))
    certified = findings.certify_mechanism(society, claim, witness)
    findings.note(into, name, certified)


def _level(findings: Findings, language: str, levels: Levels, into: dict[str, str]) -> LevelPart:
    """The value and the gap at one level of λ, with the certificate of the value."""
    society, found = findings.society(language, levels), findings.mechanisms(language, levels)
    at = common(findings.environment.players, levels)
    if isinstance(society, Society) and isinstance(found, MechanismBounds):
        suffix = f" at lambda {', '.join(map(str, levels))}"
        return LevelPart(at, *_between(findings, society, found, into, suffix))
    if isinstance(society, Unknown) or isinstance(found, Unknown):
        why = Unknown(getattr(found, "reason", ""))
        return LevelPart(at, why, why)
    best = findings.pooled().welfare
    _keep(findings, society, found, f"value at lambda {', '.join(map(str, levels))}", into)
    gap = best - found.value if isinstance(found.value, Fraction) else INFINITY
    return LevelPart(at, found.value, gap)


def _difference(value: Extended, without: Quantity) -> Quantity:
    """What mechanisms reach beyond contracts; unknown where these are known between bounds."""
    if not isinstance(value, Fraction):
        return NOTHING_REACHED
    if without == MINUS_INFINITY:
        return INFINITY
    if not isinstance(without, Fraction):
        return Unknown("what contracts reach is known between bounds only")
    return value - without


def mechanism_claims(found: Mechanisms, best: Fraction) -> Iterator[tuple[Claim, Witness]]:
    """What the finding shows of the value, of the bound, and of whether the value is attained.

    best: W* of agents who pool what they see, which needs no proof as a bound.
    """
    value = str(found.value)
    limits = {} if found.value == best else witnesses.bound(found.limiting)
    reached = witnesses.reached(found.points) if found.points else {}
    yield {"id": "mechanism-value", "holds": True, "value": value}, limits | reached
    if isinstance(found.bound, Fraction):
        least = {"id": "mechanism-gap-at-least", "holds": True, "value": str(best - found.bound)}
        yield least, {} if found.bound == best else witnesses.bound(found.bounding)
    attains = {"id": "mechanism-attains", "holds": bool(found.attained), "value": value}
    if found.attained:
        yield attains, reached
    elif found.unattained:
        yield attains, witnesses.bound(found.unattained)


_NAMES = {
    "mechanism-value": "value",
    LEAST: "bound",
    MOST: "reached",
    "mechanism-attains": "attained",
}


def _certificates(
    findings: Findings, society: Society, found: Mechanisms, best: Fraction
) -> dict[str, str]:
    """The hashes of the accepted certificates, by what they are of."""
    shown: dict[str, str] = {}
    for claim, witness in mechanism_claims(found, best):
        certified = findings.certify_mechanism(society, claim, witness)
        findings.note(shown, _NAMES[str(claim["id"])], certified)
    return shown


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
