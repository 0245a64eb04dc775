"""A second opinion on certificates: their claims decided again, from their data alone, by engines
and definitions, whatever the witness says and the checker thinks of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from proofs import cases, decide
from proofs.cases import FamilyCertificate, problem_at, truth, value_at
from proofs.certificates import Certificate, Problem
from proofs.checker import Rejected
from proofs.obligations import (
    BestSelection,
    Excluded,
    Implementability,
    Levels,
    Reached,
    Setting,
    Threshold,
    Unanswered,
    Value,
)
from theory.contracts import Budget, ContractClass, Directives, NoContract, Transfers
from theory.dilemmas import AXIOMS, axioms
from theory.environments import Environment, Profile, environment
from theory.equilibria import pure_nash
from theory.errors import InputError
from theory.exact import INFINITY, Extended, Infinite
from theory.languages import Language, ProductLanguage, from_values
from theory.preferences import prosocial_payoffs
from theory.welfare import first_best, incontractible_cells, profiles_where

POINTS = 200
"""How many parameter points are tried, to find a few that satisfy the assumptions of a family."""

ENOUGH = 3
"""How many points at which a claim about a family is decided."""

MAX_PLAYS = 5_000
"""The number of states times profiles above which a claim is not decided again."""


def opinion(certificate: Certificate) -> bool | None:
    """Whether the claim is true of the data; None where the engines do not settle it."""
    claim = dict(certificate.claim)
    stated = claim.pop("id"), claim.pop("holds")
    found = _true(stated[0], claim, certificate.problem)
    return None if found is None else found is stated[1]


def family_opinion(certificate: FamilyCertificate) -> bool | None:
    """Whether the claim is true at the points of the assumptions that are tried; for one that it
    does not hold for all parameters, whether it fails at the point of the witness. None where the
    engines settle it at none."""
    problem, claim = certificate.problem, dict(certificate.claim)
    name, holds = claim.pop("id"), claim.pop("holds", True)
    if name == cases.INCONSISTENT:
        return not _points(problem)
    everywhere = claim.pop("for_all", True)
    pieces = [{**claim, **piece} for piece in claim.pop("pieces", [{}])]
    if not everywhere:
        point = tuple(Fraction(x) for x in certificate.witness["counterexample"]["point"])
        if not all(each.holds(point) for each in problem.assumptions):
            return False
        said = _at(problem, name, holds, pieces, point)
        return None if said is None else not said
    found = [_at(problem, name, holds, pieces, point) for point in _points(problem)]
    if False in found:
        return False
    return True if True in found else None


def _points(problem: cases.FamilyProblem) -> list[tuple[Fraction, ...]]:
    rng = random.Random(0)
    found = []
    for _ in range(POINTS):
        point = tuple(
            Fraction(rng.randint(-6, 12), rng.choice((1, 1, 2, 3, 12))) for _ in problem.parameters
        )
        if all(each.holds(point) for each in problem.assumptions):
            found.append(point)
        if len(found) == ENOUGH:
            break
    return found


def _at(
    problem: cases.FamilyProblem,
    name: str,
    holds: bool,
    pieces: Sequence[Mapping[str, Any]],
    point: tuple[Fraction, ...],
) -> bool | None:
    for piece in pieces:
        fields = {key: value for key, value in piece.items() if key not in ("when", "pieces")}
        when = ["and", *piece.get("when", ())]
        if not truth(when, problem.index, lambda each: each.holds(point)):
            continue
        if name == cases.FORMULA:
            said = truth(fields["conclusion"], problem.index, lambda each: each.holds(point))
            return said is holds
        try:
            concrete = problem_at(problem, point)
            stated = {key: value_at(each, problem.index, point) for key, each in fields.items()}
        except Rejected:
            return None
        found = _true(name, stated, concrete)
        return None if found is None else found is holds
    # The pieces must be all pieces.
    return False


def _true(name: str, claim: Mapping[str, Any], problem: Problem) -> bool | None:
    game = problem.game
    if len(game.states) * prod(map(len, game.actions)) > MAX_PLAYS:
        return None
    try:
        setting = _setting(problem)
        levels = setting.selfish if problem.prosociality is None else problem.prosociality
        return _decided(name, claim, setting, levels)
    except InputError:
        # The game is one that no reader would give: what the checker says of it stands alone.
        return None


def _setting(problem: Problem) -> Setting:
    plain = problem.game
    scale = plain.denominator
    game = environment(
        plain.players,
        plain.actions,
        [[[Fraction(u, scale) for u in state] for state in own] for own in plain.payoffs],
        plain.states,
        plain.prior,
        plain.cooperative,
    )
    records = problem.records
    language: Language | None = None
    if records is not None and records.table is not None:
        values = [record for row in records.table for record in row]
        shape = (len(game.states), *game.shape)
        language = from_values(values, list(map(str, values)), shape)
    elif records is not None and records.cells is not None and records.classes is not None:
        language = ProductLanguage(_numbered(records.cells), tuple(map(_numbered, records.classes)))
    return Setting(game, language, _contracts(problem))


def _numbered(values: Sequence[int]) -> tuple[int, ...]:
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(value, len(numbers)) for value in values)


def _contracts(problem: Problem) -> ContractClass:
    plain = problem.contracts
    if plain.kind == "transfers":
        return Transfers(Budget(plain.budget), plain.liability)
    return Directives(plain.permissive) if plain.kind == "directive" else NoContract()


def _decided(name: str, claim: Mapping[str, Any], setting: Setting, levels: Levels) -> bool | None:
    game = setting.environment
    best = first_best(game)
    value = claim.get("value")
    if name in AXIOMS:
        return axioms(game)[name]
    match name:
        case "optimum":
            return str(best.welfare) == value
        case "first-best":
            return _lists(game, claim, dict(best.profiles))
        case "equilibria":
            return _lists(game, claim, _equilibria(game, levels))
        case "nash" | "unique-nash":
            found = _equilibria(game, levels)
            listed = claim.get("profiles")
            same = listed is None or [set(each) for each in listed] == [
                {_flat(game, a) for a in each} for each in found.values()
            ]
            return same and (name == "nash" or all(len(each) == 1 for each in found.values()))
        case "incontractible":
            assert isinstance(setting.language, ProductLanguage)
            return bool(incontractible_cells(game, setting.language))
        case "incontractible-cells":
            assert isinstance(setting.language, ProductLanguage)
            cells = incontractible_cells(game, setting.language)
            return len(cells) == len(claim["cells"])
        case "beneficial" | "beneficial-with-side-payments":
            benefit = decide.benefit(game)
            if isinstance(benefit, Unanswered):
                return None
            return benefit.plain if name == "beneficial" else benefit.one_payment
        case "all-cooperative":
            return _settled(decide.all_cooperative(game, levels))
        case "full-implementation":
            if isinstance(setting.contracts, NoContract):
                return _settled(decide.full_implementation(game, levels))
            return _settled(decide.full_implementation_by_contract(setting, levels))
        case "implementable":
            states = zip(game.support, claim["selection"], strict=True)
            chosen = {state: _profile(game, profile) for state, profile in states}
            answer = decide.ask(Implementability(setting, levels, chosen))
            return isinstance(answer, Reached) if isinstance(answer, Reached | Excluded) else None
        case "threshold" | "threshold-at-most":
            answer = decide.ask(Threshold(setting))
            if not isinstance(answer, Reached):
                return None
            if name == "threshold":
                return str(answer.level) == value
            return answer.level <= Fraction(value or 0)
        case "value" | "gap" | "closes" | "gap-zero" | "gap-positive":
            return _of_gap(name, value, setting, levels, best.welfare)
        case "gap-at-least" | "gap-at-most":
            return _of_gap(name, value, setting, levels, best.welfare)
        case "correlated-gap-positive" | "correlated-bound" | "correlated-gap":
            return _of_correlated_gap(name, value, setting, best.welfare)
        case "correlated-gap-at-most":
            return _of_correlated_gap(name, value, setting, best.welfare)
    return None


def _settled(found: decide.EquilibriumFinding | Unanswered) -> bool | None:
    return None if isinstance(found, Unanswered) else found.holds


def _of_gap(
    name: str, value: Any, setting: Setting, levels: Levels, optimum: Fraction
) -> bool | None:
    answer = decide.ask(Value(setting, levels))
    if not isinstance(answer, BestSelection):
        return None
    welfare: Extended = answer.welfare
    if name == "value":
        return bool(str(welfare) == value)
    gap: Extended = INFINITY if isinstance(welfare, Infinite) else optimum - welfare
    if name == "gap":
        return bool(str(gap) == value)
    if name in ("closes", "gap-zero"):
        return bool(gap == 0)
    if name == "gap-positive":
        return bool(gap > 0)
    bound = Fraction(value)
    return bool(gap >= bound if name == "gap-at-least" else gap <= bound)


def _of_correlated_gap(name: str, value: Any, setting: Setting, optimum: Fraction) -> bool | None:
    """By the bound of T5, which what is not settled by it lies above."""
    if setting.language is None or not isinstance(setting.contracts, Transfers):
        return None
    found = decide.correlated(setting, None)
    if isinstance(found, Unanswered):
        return None
    least = optimum - found.bound
    reached = bool(found.primal)
    if name == "correlated-gap-positive":
        return True if least > 0 else (False if reached else None)
    number = Fraction(value)
    if name == "correlated-bound":
        return least >= number
    if name == "correlated-gap":
        return least == number if reached else (False if number < least else None)
    return False if number < least else (True if reached else None)


def _equilibria(game: Environment, levels: Levels) -> dict[int, tuple[Profile, ...]]:
    stable = pure_nash(prosocial_payoffs(game, levels)[0])
    return {state: profiles_where(stable[state]) for state in game.support}


def _lists(
    game: Environment, claim: Mapping[str, Any], found: Mapping[int, Sequence[Profile]]
) -> bool:
    state, listed = claim["state"], claim["profiles"]
    if state not in found or listed is None:
        return state not in found and listed is None
    return set(listed) == {_flat(game, profile) for profile in found[state]}


def _flat(game: Environment, profile: Profile) -> int:
    return int(np.ravel_multi_index(profile, game.shape))


def _profile(game: Environment, index: int) -> Profile:
    return tuple(int(k) for k in np.unravel_index(index, game.shape))
