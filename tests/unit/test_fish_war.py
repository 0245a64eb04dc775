"""The fish war's shares, against plans that are drawn (Levhari and Mirman 1980; theory.md N9)."""

from __future__ import annotations

from fractions import Fraction
from math import log
from random import Random
from typing import Any

import pytest

from coopgap.proofs.deciding.check import check
from coopgap.proofs.theorems.registry import prove, registered
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.commons.fishery import FisherySpecification
from coopgap.theory.errors import InputError
from coopgap.theory.readers.spec import any_spec_from_text

PERIODS = 400


def worth(n: int, a: float, b: float, level: float, own: list[float], others: float) -> float:
    """V_i of an agent that takes the shares ``own`` in turn, then goes on with the last one."""
    stock, total = 1.0, 0.0
    for t in range(PERIODS):
        share = own[min(t, len(own) - 1)]
        mine, theirs = log(share * stock), (n - 1) * log(others * stock)
        total += b**t * (mine + level * (mine + theirs))
        stock = ((1 - share - (n - 1) * others) * stock) ** a
    return total


@pytest.mark.parametrize("n", [2, 3, 6])
@pytest.mark.parametrize("level", [0.0, 0.5, 3.0])
def test_no_drawn_plan_does_better(n: int, level: float):
    rng = Random(f"{n} {level}")
    for _ in range(20):
        a, b = rng.uniform(0.1, 0.9), rng.uniform(0.1, 0.9)
        d = a * b
        share = (1 + level) * (1 - d) / (n * (1 + level) - (n - 1) * d)
        best = worth(n, a, b, level, [share], share)
        for _ in range(10):
            most = 1 - (n - 1) * share
            plan = [rng.uniform(0.01, 0.99) * most for _ in range(rng.randint(1, 5))] + [share]
            assert worth(n, a, b, level, plan, share) <= best + 1e-9
        # Half as much again, or less, is worse: the test can fail.
        assert worth(n, a, b, level, [share * 0.7, share], share) < best - 1e-9


def test_the_theorem_names_what_stands_on_paper():
    report = prove("fish-war")
    assert report.status == "proved"
    assert report.statuses == {"proved", "trusted"}
    assert "log x <= x - 1" in report.rests_on
    assert len(report.sentences) == 7
    assumptions = {condition.assumption: condition.status for condition in report.conditions}
    assert assumptions["n*s < 1"] == "redundant"
    assert registered()["fish-war"].source.endswith("Levhari and Mirman 1980")


SPEC = """
[fishery]
agents = {agents}
power = "{power}"
discount = "{discount}"
[prosociality]
lambda = ["0", "3"]
[[claim]]
id = "closes"
lambda = "1000"
[[claim]]
id = "threshold-at-most"
value = "7"
"""


@pytest.mark.parametrize("n", [2, 5])
@pytest.mark.parametrize("power", ["1/2", "9/10"])
def test_a_fishery_with_numbers(n: int, power: str) -> None:
    specification = any_spec_from_text(
        SPEC.format(agents=n, power=power, discount="4/5"), "fishery.toml"
    )
    assert isinstance(specification, FisherySpecification)
    report = check(specification)
    document = report.document()
    d = Fraction(power) * Fraction(4, 5)
    for part in document["prosocial"]:
        level, share = Fraction(part["lambda"]), Fraction(part["share"])
        # What each wants to take: a marginal unit now, or left for all.
        later = d * (1 + n * level) / (1 - d)
        assert (1 + level) / share == later / (1 - n * share)
        assert Fraction(part["excess"]) == share - (1 - d) / n > 0
        assert verified(report.texts[part["certificates"]["share"]]).accepted
    assert document["prosocial_threshold"] == "inf"
    assert [(claim["id"], claim["status"]) for claim in document["claims"]] == [
        ("closes", "refuted"),
        ("threshold-at-most", "refuted"),
    ]
    assert report.statuses == {"refuted", "trusted"}
    assert all(claim["certificate"]["sha256"] in report.texts for claim in document["claims"])


@pytest.mark.parametrize("limit", [{"timeout": 1e-9}, {"within": 1e-9}])
def test_what_takes_too_long_is_unknown(limit: Any) -> None:
    specification = any_spec_from_text(SPEC.format(agents=2, power="1/2", discount="4/5"), "f.toml")
    report = check(specification, **limit)
    assert "unknown" in report.document()["prosocial_threshold"]
    assert report.statuses == {"unknown", "trusted"}


@pytest.mark.parametrize(
    ("agents", "power", "discount", "message"),
    [
        ("1", "1/2", "1/2", "fishery.agents: 1 is too few agents, or too many; write 2 to 100"),
        ("2", "1", "1/2", 'fishery.power: 1 is not between 0 and 1; write "1/2", say'),
        ("2", "1/2", "-1", 'fishery.discount: -1 is not between 0 and 1; write "1/2", say'),
    ],
)
def test_numbers_out_of_range(agents: str, power: str, discount: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        any_spec_from_text(SPEC.format(agents=agents, power=power, discount=discount), "f.toml")
    assert str(error.value) == f"f.toml: {message}"


def test_claims_of_games_are_refused() -> None:
    text = SPEC.format(agents=2, power="1/2", discount="1/2").replace("closes", "gap-zero")
    with pytest.raises(InputError, match="is about other games; a fishery has closes and"):
        any_spec_from_text(text, "f.toml")
