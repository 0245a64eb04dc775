"""Certificates that V is one number at every λ of an interval: found, checked, tampered with."""

import copy
import json
import math
import random
from fractions import Fraction as F
from typing import Any

import brute_force
import pytest
from proofs.checker import verify
from random_environments import BASE_SEED, random_environment, random_language

from coopgap import load
from proofs.certificates import canonical
from proofs.decide import no_contract
from proofs.frontier import values as values_module
from proofs.frontier.intervals import Interval, Step
from proofs.frontier.values import Best, Undecided, best_selections, certify
from proofs.obligations import Setting, Unanswered
from theory.contracts import Budget, Directives, Transfers

Json = dict[str, Any]
Path = tuple[Any, ...]
WITHOUT: Path = ("witness", "contracts")
OBSTRUCTIONS: Path = ("witness", "cover", "obstructions")


def spans(name: str, language: str | None = None) -> list[Json]:
    """The certificates of a gallery game without a contract or with a language, by λ."""
    game = load(name)
    setting = no_contract(game.environment)
    for each in game.languages:
        if each.name == language:
            setting = Setting(game.environment, each.language, each.contracts)
    return [json.loads(certify(setting, step).text) for step in best_selections(setting)]


def reason(certificate: Json) -> str:
    """Why the checker rejects it; empty if it does not."""
    return verify(canonical(certificate))[0].reason


def altered(certificate: Json, changes: dict[Path, Any]) -> Json:
    """With other values at these paths; None takes one away."""
    found = copy.deepcopy(certificate)
    for path, value in changes.items():
        inner = found
        for key in path[:-1]:
            inner = inner[key]
        if value is None:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
    return found


N3 = spans("n3")  # 8 on [0, 1], 7 on (1, 3/2), 9 from 3/2
BLIND = spans("n8", "effort-blind")  # 19/12 below 2, 5/3 from 2
ENDLESS = spans("n2")  # none
PERMISSIVE = spans("n4", "blind-permissive")  # 5 below 1/4, 6 from 1/4
CLAIM = ("claim",)


@pytest.mark.parametrize("number", range(60))
def test_every_step_is_certified(number: int):
    rng = random.Random(f"spans {BASE_SEED} {number}")
    game = random_environment(rng, rng.choice([(2, 2), (2, 3), (2, 2, 2)]), rng.choice([1, 1, 2]))
    language = random_language(rng, game)
    contracts = Transfers(rng.choice(list(Budget)), rng.choice([None, F(0), F(1), F(5, 2)]))
    for setting in (no_contract(game), Setting(game, language, contracts)):
        for step in best_selections(setting):
            found = certify(setting, step)
            assert found.accepted, (number, str(step.at), found.reason)


@pytest.mark.parametrize("number", range(12))
def test_directives_need_no_witness(number: int):
    rng = random.Random(f"directive spans {BASE_SEED} {number}")
    game = random_environment(rng, (2, 2), 2)
    language = load("n4").languages[-3].language
    setting = Setting(game, language, Directives(permissive=number % 2 == 0))
    assert all(certify(setting, step).accepted for step in best_selections(setting))


@pytest.mark.parametrize("number", range(40))
def test_what_is_accepted_is_so(number: int):
    """Claims of random numbers on random intervals: the checker accepts none that is false."""
    rng = random.Random(f"false spans {BASE_SEED} {number}")
    game = random_environment(rng, (2, 2), 1)
    language = random_language(rng, game)
    setting = Setting(game, language, Transfers(rng.choice(list(Budget)), rng.choice([None, F(1)])))
    steps = best_selections(setting)
    for step in steps:
        honest = json.loads(certify(setting, step).text)
        ends = sorted({F(rng.randrange(9), rng.randrange(1, 5)) for _ in range(2)} | {step.at.low})
        low, high = rng.choice(ends), rng.choice([*map(str, ends), "inf"])
        closed = {"from_included": rng.random() < 0.5, "to_included": rng.random() < 0.5}
        forged = altered(
            honest,
            {("claim", k): v for k, v in {"from": str(low), "to": high, **closed}.items()},
        )
        if reason(forged):
            continue
        top = low + 5 if high == "inf" else F(high)
        inside = [(low + top) / 2, *[low] * closed["from_included"], *[top] * closed["to_included"]]
        for level in inside:
            want = brute_force.value(game, language, setting.contracts, (level,) * 2)
            assert str(want) == forged["claim"]["value"], (number, level)


TAMPERED = {
    "denied": (N3[0], {("claim", "holds"): False}, "shown, not denied"),
    "a fixed λ": (N3[0], {("data", "prosociality"): ["0", "0"]}, "data"),
    "a larger value": (N3[0], {("claim", "value"): "9"}, "another somewhere"),
    "nothing there": (N3[0], {("claim", "value"): "-inf"}, "another somewhere"),
    "something there": (ENDLESS[0], {("claim", "value"): "0"}, "another somewhere"),
    "an end too far": (N3[0], {("claim", "to"): "9/8"}, "gains by action"),
    "a start too early": (N3[1], {("claim", "from"): "7/8"}, "does not add up"),
    "an end that is not in it": (N3[1], {("claim", "to_included"): True}, "does not add up"),
    "a start that is not in it": (N3[1], {("claim", "from_included"): True}, "does not add up"),
    "no end": (N3[1], {("claim", "to"): "inf"}, "does not add up"),
    "an end at infinity": (N3[2], {("claim", "to_included"): True}, "no interval"),
    "a negative λ": (N3[0], {("claim", "from"): "-1"}, "no interval"),
    "an empty interval": (N3[0], {("claim", "to"): "0", ("claim", "to_included"): False}, "no λ"),
    "an interval from high to low": (N3[0], {("claim", "from"): "2"}, "no λ"),
    "an end neither in nor out": (N3[0], {("claim", "from_included"): 1}, "included or not"),
    "no cover": (N3[0], {("witness", "cover"): None}, "unknown parts"),
    "contracts for nothing": (N3[0], {WITHOUT: None}, "another somewhere"),
    "one contract": (N3[0], {(*WITHOUT, 1): None}, ""),
    "two selections": (N3[1], {(*WITHOUT, 0, "selection"): [3]}, ""),
    "one obstruction less": (N3[1], {(*OBSTRUCTIONS, 0): None}, "another somewhere"),
    "a contract that does not last": (
        BLIND[1],
        {("claim", "from"): "1"},
        "",
    ),
    "a directive with a witness": (
        PERMISSIVE[0],
        {("witness", "cover"): {"blocks": [[0]], "obstructions": []}},
        "",
    ),
    "a directive beyond a turn": (PERMISSIVE[0], {("claim", "to"): "1/2"}, "another somewhere"),
    "a directive at its turn": (
        PERMISSIVE[0],
        {("claim", "to_included"): True},
        "another somewhere",
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_noticed(name: str):
    honest, changes, why = TAMPERED[name]
    assert reason(honest) == ""
    forged = altered(honest, changes)
    if ("witness", "cover") in changes or WITHOUT in changes:
        forged["kind"] = "dominated-selection"
    assert reason(forged) != ""
    assert why in reason(forged)


def test_two_contracts_for_two_selections():
    (span,) = spans("n2", "complete")
    other = copy.deepcopy(span)
    game = load("battle-of-the-sexes")
    setting = no_contract(game.environment)
    step = best_selections(setting)[0]
    honest = json.loads(certify(setting, step).text)
    played = honest["witness"]["contracts"][0]["selection"]
    assert reason(altered(honest, {(*WITHOUT, 1, "selection"): [3 - played[0]]})) == (
        "the contracts implement two selections"
    )
    assert reason(other) == ""


def test_the_limit_needs_its_own_contract():
    """Fines of at most 1 do not grow with λ: a play that only contracts sustain at λ = 0 and that
    destroys welfare is not sustained at every λ."""
    rng = random.Random("limits")
    rejected = 0
    for _ in range(200):
        game = random_environment(rng, (2, 2), 1)
        language = random_language(rng, game)
        setting = Setting(game, language, Transfers(Budget.FREE, F(1)))
        step = best_selections(setting)[0]
        if not isinstance(step.at.high, F) or step.value.selection is None:
            continue
        endless = Step(Interval(step.at.low, open_low=step.at.open_low), step.value)
        try:
            rejected += not certify(setting, endless).accepted
        except Undecided:
            rejected += 1
    assert rejected > 5


def test_long_levels_cost_more():
    """Whoever writes λ with thousands of digits has fewer steps left."""
    long = altered(N3[0], {("claim", "to"): f"{10**2000 - 1}/{10**2000}"})
    assert reason(long) == ""


def test_a_missing_contract_is_said(monkeypatch: pytest.MonkeyPatch):
    setting = no_contract(load("n3").environment)
    (first, *_) = best_selections(setting)
    monkeypatch.setattr(values_module.decide, "ask", lambda _: Unanswered("tired"))
    with pytest.raises(Undecided, match="tired"):
        certify(setting, first)


def test_an_end_beyond_the_span_has_no_contract():
    setting = no_contract(load("n3").environment)
    first = best_selections(setting)[0]
    best = Best(first.value.welfare, first.value.selection, first.value.obstructions)
    with pytest.raises(Undecided, match="missing at λ = 5"):
        certify(setting, Step(Interval(F(0), F(5)), best))
    assert math.isfinite(float(first.at.high))
