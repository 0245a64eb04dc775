"""Certificates that V is one number at every λ of an interval: found, checked, tampered with."""

import copy
import json
import random
from fractions import Fraction as F
from typing import Any

import brute_force
import pytest
from games import load_game
from random_environments import BASE_SEED, random_environment, random_language

from coopgap.proofs.certificates.certificate import canonical, digest, verified
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.decide import Certified, no_contract
from coopgap.proofs.frontier.intervals import Interval, Step
from coopgap.proofs.frontier.values import Best, Undecided, best_selections, certify
from coopgap.proofs.questions.obligations import Setting, Unanswered
from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.exact import Infinite

Json = dict[str, Any]
Path = tuple[Any, ...]
WITNESS: Path = ("proof", "cases", "witness")
BOUND: Path = (*WITNESS, "bound")
REACHED: Path = (*WITNESS, "reached")


def spans(name: str, language: str | None = None) -> list[Json]:
    """The certificates of a gallery game without a contract or with a language, by λ."""
    game = load_game(name)
    setting = no_contract(game.environment)
    for named in game.languages:
        if named.name == language:
            setting = Setting(game.environment, named.language, named.contracts)
    return [text_of(setting, step) for step in best_selections(setting)]


def certified(setting: Setting, step: Any) -> Certified:
    answer = certify(setting, step)
    assert isinstance(answer, Certified), answer
    return answer


def text_of(setting: Setting, step: Any) -> Json:
    certificate: Json = json.loads(certified(setting, step).text)
    return certificate


def reason(certificate: Json) -> str:
    """Why the checker rejects it; empty if it does not."""
    return verified(canonical(certificate)).reason


def altered(certificate: Json, changes: dict[Path, Any]) -> Json:
    """With other values at these paths; None takes one away."""
    changed = copy.deepcopy(certificate)
    for path, value in changes.items():
        inner = changed
        for key in path[:-1]:
            inner = inner[key]
        if value is None:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
    return changed


N3 = spans("n3")  # 8 on [0, 1], 7 on (1, 3/2), 9 from 3/2
BLIND = spans("n8", "effort-blind")  # 19/12 below 2, 5/3 from 2
ENDLESS = spans("n2")  # none
PERMISSIVE = spans("n4", "blind-permissive")  # 5 below 1/4, 6 from 1/4


@pytest.mark.parametrize("number", range(60))
def test_every_step_is_certified(number: int):
    rng = random.Random(f"spans {BASE_SEED} {number}")
    game = random_environment(rng, rng.choice([(2, 2), (2, 3), (2, 2, 2)]), rng.choice([1, 1, 2]))
    language = random_language(rng, game)
    contracts = Transfers(rng.choice(list(Budget)), rng.choice([None, F(0), F(1), F(5, 2)]))
    for setting in (no_contract(game), Setting(game, language, contracts)):
        for step in best_selections(setting):
            answer = certified(setting, step)
            assert answer.accepted, (number, str(step.at), answer.reason)


@pytest.mark.parametrize("number", range(12))
def test_every_step_of_a_directive_is_certified(number: int):
    rng = random.Random(f"directive spans {BASE_SEED} {number}")
    game = random_environment(rng, (2, 2), 2)
    language = load_game("n4").languages[-3].language
    setting = Setting(game, language, Directives(permissive=number % 2 == 0))
    assert all(certified(setting, step).accepted for step in best_selections(setting))


@pytest.mark.parametrize("number", range(40))
def test_what_is_accepted_is_so(number: int):
    """Claims of random numbers on random intervals: the checker accepts none that is false."""
    rng = random.Random(f"false spans {BASE_SEED} {number}")
    game = random_environment(rng, (2, 2), 1)
    language = random_language(rng, game)
    setting = Setting(game, language, Transfers(rng.choice(list(Budget)), rng.choice([None, F(1)])))
    steps = best_selections(setting)
    for step in steps:
        honest = text_of(setting, step)
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
            expected = brute_force.value(game, language, setting.contracts, (level,) * 2)
            assert str(expected) == forged["claim"]["value"], (number, level)


def fixed(levels: Any) -> dict[Path, Any]:
    """Data that fix λ, with their hash."""
    data = {**N3[0]["data"], "prosociality": levels}
    return {("data",): data, ("data_sha256",): digest(canonical(data))}


TAMPERED: dict[str, tuple[Json, dict[Path, Any], str]] = {
    "denied": (N3[0], {("claim", "holds"): False}, "shown, not denied"),
    "other data": (N3[0], {("data", "prosociality"): 0}, "hash of the data"),
    "a fixed λ": (N3[0], fixed({"levels": [0, 0], "scale": 1}), "the data fix λ"),
    "a larger value": (N3[0], {("claim", "value"): "9"}, "another welfare"),
    "a smaller value": (N3[0], {("claim", "value"): "7"}, "another welfare"),
    "nothing there": (N3[0], {("claim", "value"): "-inf"}, "the fields bound"),
    "something there": (ENDLESS[0], {("claim", "value"): "0"}, "the fields bound, reached"),
    "something there, without more": (
        ENDLESS[0],
        {("claim", "value"): "0", REACHED: {"selection": [0], "transfers": []}},
        "V is another number",
    ),
    "an end too far": (N3[0], {("claim", "to"): "9/8"}, "an agent gains by a deviation"),
    "a start too early": (N3[1], {("claim", "from"): "7/8"}, "does not add up"),
    "an end that is not in it": (N3[1], {("claim", "to_included"): True}, "does not add up"),
    "a start that is not in it": (N3[1], {("claim", "from_included"): True}, "does not add up"),
    "no end": (N3[1], {("claim", "to"): "inf"}, "does not add up"),
    "an end at infinity": (N3[2], {("claim", "to_included"): True}, "∞ is no λ"),
    "a negative λ": (N3[0], {("claim", "from"): "-1"}, "λ is negative"),
    "an empty interval": (
        N3[0],
        {("claim", "to"): "0", ("claim", "to_included"): False},
        "another welfare",
    ),
    "an interval from high to low": (N3[0], {("claim", "from"): "2"}, "another welfare"),
    "an end neither in nor out": (N3[0], {("claim", "from_included"): 1}, "true or false"),
    "no bound": (N3[0], {BOUND: None}, "another welfare"),
    "no bound for nothing": (ENDLESS[0], {BOUND: None}, "V is another number"),
    "nothing reached": (N3[0], {REACHED: None}, "the fields bound, reached"),
    "a contract without a language": (
        N3[0],
        {(*REACHED, "transfers"): [{"denominator": 1, "amounts": []}] * 2},
        "wrong length",
    ),
    "one contract": (BLIND[1], {(*REACHED, "transfers", 1): None}, "wrong length"),
    "another selection": (N3[1], {(*REACHED, "selection"): [3]}, "gains by a deviation"),
    "one obstruction less": (N3[1], {(*BOUND, "obstructions", 1): None}, "in another range"),
    "one profile less": (
        N3[1],
        {(*BOUND, "blocks", 0, "tree", 1): None},
        "a profile could lead to more",
    ),
    "a contract that does not last": (BLIND[1], {("claim", "from"): "1"}, "gains by a deviation"),
    "a directive beyond a turn": (PERMISSIVE[0], {("claim", "to"): "1/2"}, "does not add up"),
    "a directive at its turn": (
        PERMISSIVE[0],
        {("claim", "to_included"): True},
        "does not add up",
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_noticed(name: str):
    honest, changes, why = TAMPERED[name]
    assert reason(honest) == ""
    forged = altered(honest, changes)
    assert reason(forged) != ""
    assert why in reason(forged)


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
            rejected += not certified(setting, endless).accepted
        except Undecided:
            rejected += 1
    assert rejected > 5


def test_long_levels_cost_more():
    """Whoever writes λ with thousands of digits has fewer steps left."""
    long = altered(N3[0], {("claim", "to"): f"{10**2000 - 1}/{10**2000}"})
    assert reason(long) == ""


def test_a_missing_contract_is_said(monkeypatch: pytest.MonkeyPatch):
    setting = no_contract(load_game("n3").environment)
    (first, *_) = best_selections(setting)
    monkeypatch.setattr(decide, "ask", lambda _: Unanswered("tired"))
    with pytest.raises(Undecided, match="tired"):
        certify(setting, first)


def test_an_end_beyond_the_span_has_no_contract():
    setting = no_contract(load_game("n3").environment)
    first = best_selections(setting)[0]
    best = Best(first.value.welfare, first.value.selection, first.value.obstructions)
    with pytest.raises(Undecided, match="missing at λ = 5"):
        certify(setting, Step(Interval(F(0), F(5)), best))
    assert not isinstance(first.at.high, Infinite)
