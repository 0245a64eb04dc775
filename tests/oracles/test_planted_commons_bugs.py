"""Bugs planted in the trusted core's rules about commons make two checkers disagree."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from certificates import claim_of, interleaved
from commons_certificates import agrees, altered, by_hand, honest, rationed

from coopgap.proofs import trusted
from coopgap.proofs.trusted.certificates import Verified

Planted = Callable[[str, str, str], Callable[[str], Verified]]

PLANTED = (
    ("commons.py", "rest * factor.numerator // factor.denominator", "rest * factor.numerator"),
    ("commons.py", "min(stock, max(self.shock[2], stock - self.shock[1]))", "stock"),
    ("commons.py", "Fraction(own * stock, demanded)", "Fraction(own)"),
    ("commons.py", "min(own, stock - catch)", "(stock - catch)"),
    ("commons.py", "share * wanting * comb(units, rest)", "share * comb(units, rest)"),
    ("commons.py", "grid[:1] == (0,) and", "grid[:1] and"),
    ("certificates.py", "sha256 == digest(canonical(data))", "True"),
    ("stages.py", "if rest >= self.commons.collapse", "if rest > self.commons.collapse"),
    ("stages.py", "require(stated == reached,", "require(True,"),
    ("stages.py", "worth == number_of(value)", "True"),
    ("stages.py", "require(lost <= number_of(high)", "require(True"),
    ("stages.py", "worth(limits) <= most", "True"),
    ("stages.py", "== set(quotas)", "<= set(quotas)"),
    ("stages.py", "(at + 1, last)", "(at + 2, last)"),
    ("playing.py", "sum(self.counts) == self.commons.agents", "True"),
    ("playing.py", "level is None or level >= 0", "True"),
    ("playing.py", "if self.reply(kind, room, cap) > worth:", "if False:"),
    (
        "playing.py",
        "self.play.catch(stock, most, groups), Fraction(room)) > worth",
        "worth, worth) > worth",
    ),
    ("playing.py", "return set(demands) == {most} and not pays", "return not pays"),
    ("playing.py", "require(expected == claimed", "require(True"),
    ("playing.py", "else equilibria == [demands]", "else True"),
    ("playing.py", "sign = -1 if", "sign = 1 if"),
    ("stages.py", "require(listed == reached", "require(True"),
    ("playing.py", 'require(language is None or pick == "some"', "require(True"),
    ("playing.py", 'require(needed == ("inf"', 'require(True or needed == ("inf"'),
    ("playing.py", "best - total), key=_order", "best), key=_order"),
    (
        "situations.py",
        "memory = totals[max(0, len(totals) - self.regimes.window + 1) :]",
        "memory = []",
    ),
    ("stages.py", "if self.past else cell", "if False else cell"),
    ("situations.py", "if p > 0", "if True"),
    ("situations.py", "fold if self.merged else sum", "sum"),
    ("situations.py", "by_cell(listed, self.quotas)", "by_cell(listed, range(2000))"),
    ("stages.py", "return apart and self.growth and self.past", "return apart"),
    ("stages.py", "return apart and self.growth", "return self.growth"),
    ("situations.py", "require(number_of(low) <= reached", "require(True"),
    ("situations.py", "require(most <= number_of(high)", "require(True"),
    ("situations.py", "require(lost <= number_of(high)", "require(True"),
    ("situations.py", "if number_of(low) > 0:", "if False:"),
    ("situations.py", "require(tree is None", "require(True"),
    ("commons.py", "beyond < 0 or (regime and beyond == 0)", "beyond < 0"),
    ("commons.py", "beyond = -beyond if regime else beyond", "pass"),
    ("commons.py", "min(most, probability", "max(most, probability"),
    ("commons.py", "require(seen or regimes is None", "require(True"),
    ("commons.py", "require(min(regimes.factors) >= 0", "require(True"),
    ("commons.py", "require(min(threshold, slope) >= 0", "require(True"),
    ("commons.py", "require(0 <= probability <= 1 and 0 <= most <= 1", "require(True"),
    ("situations.py", 'require(not self.merged, "an equilibrium', 'require(True, "an equilibrium'),
    ("playing.py", "require(stage.stable(", "require(True or stage.stable("),
    ("playing.py", "+ view.weight * payoff", "+ payoff"),
    ("playing.py", "part.get(key, Fraction(0)) + view", "view"),
    ("playing.py", "by_cell(listed, grid, length)", "by_cell(listed, range(CELLS), length)"),
    ("bounds.py", "self.most = Month(play, high[:-1], low[:-1])", "self.most = self.least"),
    (
        "bounds.py",
        "least, min), source.views(month, most, max)",
        "least, max), source.views(month, most, min)",
    ),
    ("bounds.py", "(min(total[0]), max(total[1]))]", "(min(total[0]), min(total[1]))]"),
    ("bounds.py", "box.append((min(lows), max(highs)))", "box.append((max(lows), max(highs)))"),
    ("bounds.py", "(n - 1) * min(most, stock) >= stock", "n * min(most, stock) >= stock"),
    ("bounds.py", "require(box is None and exact", "require(box is None"),
    ("bounds.py", "require(box is None and exact", "require(exact"),
    ("bounds.py", "first <= low and high <= last", "True"),
    ("playing.py", "min(options, key=_order)", "max(options, key=_order)"),
)
"""Bugs: a file, what stands in it, and what stands there instead."""


@cache
def texts() -> tuple[str, ...]:
    """All certificates, those of different claims side by side: each claim is tried soon."""
    shortest = sorted({*by_hand(), *honest(), *altered()}, key=lambda text: (len(text), text))
    return tuple(interleaved(shortest, claim_of))


def test_every_bug_can_be_planted() -> None:
    folder = Path(trusted.__file__).parent
    for file, old, _ in PLANTED:
        assert old in (folder / file).read_text(encoding="utf-8")


SOME = [
    pytest.param(*bug, marks=[pytest.mark.deep] * (place % 3 > 0))
    for place, bug in enumerate(PLANTED)
]
"""The gate plants every third."""


@pytest.mark.parametrize(("file", "old", "new"), SOME, ids=lambda value: str(value)[:40])
def test_a_planted_bug_makes_them_disagree(planted: Planted, file: str, old: str, new: str) -> None:
    buggy = planted(file, old, new)
    wrong = not rationed(sys.modules["buggy"])
    assert wrong or any(not agrees(buggy, text) for text in texts())
