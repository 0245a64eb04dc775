"""Planted bugs are found: each mutation of the trusted base's source changes some verdict.

A mutation replaces text that occurs exactly once in its module, so that the list stays in step with
it. The mutated checker judges the honest certificates of ``recheck`` and ``test_cases`` and the
forgeries of ``test_checker`` and ``test_cases``; it must accept a forgery, reject an honest one, or
break.
"""

import inspect
import signal
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.abc import InspectLoader
from importlib.util import module_from_spec, spec_from_loader
from types import CodeType, ModuleType
from typing import Any

import pytest
from recheck import HONEST, text
from test_cases import FALSE, FAMILIES
from test_checker import FORGED

MUTATIONS: dict[str, tuple[str, str]] = {
    # --- the data
    "states without probability count": (
        "enumerate(self.game.prior) if p > 0]",
        "enumerate(self.game.prior) if p >= 0]",
    ),
    "the prior is ignored": (
        "self.weight[s] * self.welfare(s, a) for s, a in selection",
        "self.welfare(s, a) for s, a in selection",
    ),
    "prosociality has the wrong sign": (
        "self.scale * gain - self.levels[agent] * lost",
        "self.scale * gain + self.levels[agent] * lost",
    ),
    "all agents are as prosocial as the first": (
        "self.scale * gain - self.levels[agent] * lost",
        "self.scale * gain - self.levels[0] * lost",
    ),
    "λ may be fixed by the data and by the claim": (
        """shown, not denied")
    _require(instance.problem.prosociality is None, "the data fix λ, and the claim gives another")
    stated = fields""",
        """shown, not denied")
    stated = fields""",
    ),
    "thresholds at the λ of the data": (
        """instance = case.instance
    _require(instance.problem.prosociality is None, "the data fix λ, and the claim gives another")
    best""",
        """instance = case.instance
    best""",
    ),
    "a deviation leaves the opposite record": (
        "record + (classes[action] - classes[current]) * step",
        "record - (classes[action] - classes[current]) * step",
    ),
    "records collide": (
        "(of_agent, math.prod(counts[i + 1 :])) for i, of_agent",
        "(of_agent, 1) for i, of_agent",
    ),
    "a weak equilibrium is none": (
        "self.pull(i, gain, lost) <= 0",
        "self.pull(i, gain, lost) < 0",
    ),
    # --- contracts
    "balanced transfers may burn": (
        'contracts.budget == "balanced" and sum(paid) != 0',
        'contracts.budget == "balanced" and sum(paid) > 0',
    ),
    "burnt transfers may bring a little in": (
        'contracts.budget == "burnt" and sum(paid) > 0',
        'contracts.budget == "burnt" and sum(paid) > 1',
    ),
    "fines are not in utils": (
        "min(paid) < -contracts.liability * scale",
        "min(paid) < -contracts.liability * scale**2",
    ),
    "a record may be listed twice": ("if record in amounts[0]:", "if False:"),
    "a class without transfers may pay": (
        'raise Rejected("this class of contracts pays nothing")',
        "pass",
    ),
    "transfers work backwards": (
        "kept = paid.get(here, 0) - paid.get(record, 0)",
        "kept = paid.get(record, 0) - paid.get(here, 0)",
    ),
    "indifference is a temptation": (
        "if kept * unit < instance.pull(agent, gain, lost) * scale:",
        "if kept * unit <= instance.pull(agent, gain, lost) * scale:",
    ),
    "transfers and payoffs in different units": (
        "if kept * unit < instance.pull(agent, gain, lost) * scale:",
        "if kept < instance.pull(agent, gain, lost) * scale:",
    ),
    # --- directives
    "complete and permissive directives change places": (
        "range(1, len(known) + 1) if permissive else range(1, 2)",
        "range(1, 2) if permissive else range(1, len(known) + 1)",
    ),
    "directives in which nobody plays": (
        "if not values:\n            return None",
        "if not values:\n            continue",
    ),
    # --- obstructions
    "weights of gains are dropped": (
        "gains += weight * instance.pull(agent, gain, lost)",
        "gains += instance.pull(agent, gain, lost)",
    ),
    "deviations from elsewhere are ignored": ("if moves or not arcs:", "if not arcs:"),
    "arrivals are not counted": ("[agent] -= weight", "[agent] -= 0"),
    "transfers need not cancel from above": ("if top < max(of_record):", "if False:"),
    "transfers need not cancel from below": (
        "if slack and contracts.liability is None:",
        "if False:",
    ),
    "liability is free of charge": (
        "return slack * (contracts.liability or Fraction(0)) * unit",
        "return Fraction(0)",
    ),
    "liability is in other units": (
        "return slack * (contracts.liability or Fraction(0)) * unit",
        "return slack * (contracts.liability or Fraction(0))",
    ),
    "a path is a cycle": (
        "cycle == len(arcs) > 1 and at == arcs[0][1]",
        "cycle == len(arcs) > 1",
    ),
    "0 ≥ 0 is a contradiction": (
        '_require(gain > 0, "the obstruction does not',
        '_require(gain >= 0, "the obstruction does not',
    ),
    "0 ≥ 0 is a contradiction in covers": (
        'case.witness["cover"], lambda gain, _: gain > 0)',
        'case.witness["cover"], lambda gain, _: gain >= 0)',
    ),
    "an obstruction to something else": (
        '_require(part.items() <= wanted.items(), "the',
        '_require(True, "the',
    ),
    "part of an obstruction excludes": (
        "if any(all(chosen[j] == a for j, a in others) for others in conflicts):",
        "if conflicts:",
    ),
    "the search expects the worst": (
        "ahead = [sum(best_of[k:]) for k",
        "ahead = [0 * sum(best_of[k:]) for k",
    ),
    # --- gaps, values, thresholds
    "no gap is a positive gap": ("room > 0 if strict else room >= 0", "room >= 0"),
    "the gap's sign": ("room = room if above else -room", "room = -room if above else room"),
    "a value need not be reached": (
        '_require(floor(case) == highest, "the contract',
        '_require(True, "the contract',
    ),
    "-inf while something is implementable": (
        'absent = roof(case) is None and "contract" not in case.witness',
        "absent = True",
    ),
    "the threshold need not be attained": (
        '_require(floor(attaining) == optimum, "the first',
        '_require(floor(attaining) is not None, "the first',
    ),
    "the threshold's own obstruction is too weak": (
        "return gain >= level * lost",
        "return gain > level * lost",
    ),
    "a finite λ outweighs everything": ("return lost <= 0 < gain", "return 0 < gain"),
    "the threshold may be too high": (
        "_require(below is None or below < optimum,",
        "_require(below is None or below <= optimum,",
    ),
    # --- enumerations
    "some state's first best will do": (
        "common.get(records.cells[state], best) & best",
        "common.get(records.cells[state], best) | best",
    ),
    "several equilibria are unique": (
        "unique = all(len(of_state) == 1 for",
        "unique = all(len(of_state) >= 1 for",
    ),
    "benefit may be nil": ("any(all(f > v for f, v", "any(all(f >= v for f, v"),
    "benefit at any λ": ("_require(not any(instance.levels), ", "_require(True, "),
    # --- all equilibria
    "forbidden profiles are only not favoured": (
        "all(v > 0 if a in forbidden else v >= 0 for a, v",
        "all(v >= 0 for a, v",
    ),
    "multipliers count twice": (
        "key not in seen and key in gains",
        "key in gains",
    ),
    "nearly correlated": (
        '_require(gain <= 0, "the distribution',
        '_require(gain <= 2, "the distribution',
    ),
    "correlated play is mixed play": (
        '_require(joint == apart, "the',
        '_require(True or joint == apart, "the',
    ),
    "harmless equilibria refute": (
        "_require(not ruled_out.isdisjoint(weights),",
        "_require(True,",
    ),
    "domination somewhere": (
        "_require(all(gain > 0 for _, gain in moves),",
        "_require(any(gain > 0 for _, gain in moves),",
    ),
    "domination of some actions": ('_require(not due, "a defecting', '_require(True, "a defecting'),
    "thresholds of some selections": (
        '_require(not due, "a first-best',
        '_require(True, "a first-best',
    ),
    "thresholds need not bind": (
        "any(lost > 0 and level * lost <= gain for gain, lost in moves)",
        "any(lost > 0 for gain, lost in moves)",
    ),
    "thresholds need not suffice": (
        "found = all(level * lost >= gain for gain, lost in moves) and (",
        "found = any(level * lost >= gain for gain, lost in moves) and (",
    ),
    "played where it was not asked": (
        "for each in played:\n        room",
        "for each in (profile,):\n        room",
    ),
    "played with room": (
        '_require(room >= 0, "the multipliers',
        '_require(room >= -1, "the multipliers',
    ),
    "obstructions to transfers are minded half": (
        '_require(strength <= fines * bound, "an',
        '_require(strength <= fines * bound + 1, "an',
    ),
    "the first best of another state": (
        "return set(found(state)) == profiles",
        "return set(found(0)) == profiles",
    ),
    "cells among others": (
        "same = {integer(cell, 0, states) for cell in cells} ==",
        "same = {integer(cell, 0, states) for cell in cells} <=",
    ),
    "some transfers at other weights": (
        "row[there, agent] = row.get((there, agent), 0) - weights[profile]",
        "row[there, agent] = row.get((there, agent), 0) - 1",
    ),
    "shifts may lose": ("and not supports[1 - agent] & loss", "and True"),
    "shifts take what is not there": ("supports[agent] & taken == taken", "True"),
    "first-best profiles may be neighbours": ("_require(len(row & best) == 1,", "_require(True,"),
    # --- correlated equilibria
    "a record may show the deviation": ("hidden = all(", "hidden = any("),
    "the bound need not be below": ("_require(bound < optimum,", "_require(bound <= optimum,"),
    "multipliers are not divided": (
        "instance.welfare(state, a) * unit - cut",
        "instance.welfare(state, a) - cut",
    ),
    "large stakes go unseen": ("orders[0] += here * stake", "orders[0] += 0"),
    "stakes do not deter": (
        "orders[1] += here * settled + shift * stake",
        "orders[1] += here * settled",
    ),
    "fines grow without bound": (
        "_require(instance.problem.contracts.liability is None,",
        "_require(True,",
    ),
    "a bound is strict": (
        "_require(case.instance.optimum() - bound >= case.number(),",
        "_require(case.instance.optimum() - bound > case.number(),",
    ),
    "a bound on the gap from above is none": ("_require(gap <= case.number(),", "_require(True,"),
}


ELSEWHERE: dict[str, tuple[str, str, str]] = {
    # --- cases
    "what contradicts may be denied": (
        "cases",
        "if claim or not self.holds or certificate.kind",
        "if claim or certificate.kind",
    ),
    "a claim without pieces": ("cases", "    if not listed:", "    if False:"),
    "a piece without a case": ("cases", "if used != set(range(len(check.pieces))):", "if False:"),
    "pieces may meet": ("cases", "    _require_apart(check)\n", ""),
    "pieces meet beside their conditions": ("cases", "*one.when, *other.when))", "*one.when))"),
    "a case outside its piece": (
        "cases",
        "if not all(oracle.holds(condition) for condition in piece.when):",
        "if False:",
    ),
    "a point outside its case": (
        "cases",
        "if not all(condition.holds(point, check.spend) for condition in path):",
        "if False:",
    ),
    "the other branch": (
        "cases",
        "stack.append((branch, (*path, negation)))",
        "stack.append((branch, (*path, condition)))",
    ),
    "branches are forgotten": (
        "cases",
        "stack.append((branch, (*path, negation)))",
        "pass",
    ),
    "facts are believed": (
        "cases",
        "check.refuted(refutation, (*path, negation))",
        "pass",
    ),
    "facts are refuted, not their contraries": (
        "cases",
        "check.refuted(refutation, (*path, negation))",
        "check.refuted(refutation, (*path, fact))",
    ),
    "refutations are believed": (
        "cases",
        "if not refutes(refutation, conditions, self.spend):",
        "if False:",
    ),
    "a formula may be false": (
        "cases",
        'if truth(data["conclusion"], problem.index, oracle.holds) is not holds:',
        "if False:",
    ),
    "or is and": ("cases", 'decisive = parts[0] == "or"', 'decisive = parts[0] == "and"'),
    "not is nothing": (
        "cases",
        "return not truth(parts[1], index, holds)",
        "return truth(parts[1], index, holds)",
    ),
    "a prior of another sum": ("cases", "start=prior[0]) != 1:", "start=prior[0]) == 0:"),
    "negative λ": (
        "cases",
        "if own is not None and not all(level >= 0 for level in own):",
        "if False:",
    ),
    "a counterexample to the assumptions": (
        "cases",
        "if not all(each.holds(point, check.spend) for each in check.problem.assumptions):",
        "if False:",
    ),
    "a counterexample that agrees": (
        "cases",
        "    holds = not check.holds\n",
        "    holds = check.holds\n",
    ),
    "a formula that is as stated": ("cases", "is check.holds:\n", "is None:\n"),
    "instead of the same number": ("cases", "or _exact(value) == _exact(instead):", "or False:"),
    "instead of anything": ("cases", "if check.id not in NUMBERS or holds or", "if holds or"),
    "negative priors at a point": ("cases", "any(p < 0 for p in prior) or sum(int", "sum(int"),
    "witnesses with more parts": (
        "cases",
        "    concrete_kind(case.instance.problem, case.witness)",
        "    pass",
    ),
    "names that are products": ("cases", 'name == "1" or "*" in name', 'name == "1"'),
    "names that are numbers": ("cases", 'name == "1" or "*" in name', '"*" in name'),
    "fields may be restated": ("cases", "if own.keys() & claim.keys():", "if False:"),
    # --- quantities
    "signs add up": (
        "quantities",
        'frozenset("<=>")) & signs',
        'frozenset("<=>")) | signs',
    ),
    "at least is more": ("quantities", '">=": {">", "="}', '">=": {">"}'),
    "a negative is as good": (
        "quantities",
        "    return -primitive, True",
        "    return -primitive, False",
    ),
    "what is unknown is false": (
        "quantities",
        "return None if possible & wanted else False",
        "return False",
    ),
    "what may be is": ("quantities", "if possible <= wanted:", "if possible & wanted:"),
    "divisors may be negative": (
        "quantities",
        "return Quantity(self.oracle, -top, -bottom)",
        "return Quantity(self.oracle, top, bottom)",
    ),
    "divisors may be 0": (
        "quantities",
        'if not positive and not self.oracle.holds(Condition(-other.numerator, ">")):',
        "if False:",
    ),
    "denominators do not matter": (
        "quantities",
        "left = self._times(self.numerator, other.denominator)",
        "left = self.numerator",
    ),
    "the point says which is largest": (
        "quantities",
        "if k != best and not value <= listed[best]:",
        "if False:",
    ),
    "weights may be negative": ("quantities", "if not found > 0:", "if False:"),
    # --- conditions
    "the contrary of more is less": ("conditions", '">=" if self.relation == ">" else ">"', '">"'),
    "an equation fails on one side": (
        "conditions",
        'return Condition(self.polynomial, ">"), Condition(-self.polynomial, ">")',
        'return (Condition(self.polynomial, ">"),)',
    ),
    "coefficients of any sign": ("conditions", "if coefficient <= 0:", "if False:"),
    "nothing need be strict": (
        "conditions",
        "return strict and total == ZERO",
        "return total == ZERO",
    ),
    "anything adds up": ("conditions", "return strict and total == ZERO", "return strict"),
    "some factor is strict": ("conditions", "strict or all(factor", "strict or any(factor"),
    "multiples of anything": (
        "conditions",
        'if conditions[index].relation != "==":',
        "if False:",
    ),
    "multiples are forgotten": (
        "conditions",
        "product = multiplied(multiplier, conditions[index].polynomial, spend)",
        "product = ZERO",
    ),
    # --- polynomials
    "one order of factors": ("polynomials", "monomial != tuple(sorted(monomial)) or ", ""),
    "signs are lost": ("polynomials", "Polynomial({m: -c for", "Polynomial({m: abs(c) for"),
    # --- elimination
    "budgets without rule": (
        "elimination",
        'if budget == "free" or (budget == "burnt" and not liable):',
        'if budget != "balanced" or not liable:',
    ),
    "liability without rows": (
        "elimination",
        "    if liable:\n        rows",
        "    if False:\n        rows",
    ),
    "sums of no more than one row": ("elimination", "steps + 1, limit, spend)", "0, limit, spend)"),
    "no two rows face each other": (
        "elimination",
        "if hex(other.support & outside) in alone",
        "if False",
    ),
    "burnt money is brought in": (
        "elimination",
        'sign = 1 if budget == "balanced" else -1',
        "sign = 1",
    ),
    "fines are counted twice": (
        "elimination",
        "sum(y for r, y in ray.items() if r >= fines)",
        "2 * sum(y for r, y in ray.items() if r >= fines)",
    ),
}
"""The same in the rest of the trusted base: the module, its text, and the bug."""

TRUSTED = (
    "certificates",
    "polynomials",
    "conditions",
    "elimination",
    "checker",
    "quantities",
    "cases",
)
"""In the order of their imports."""

BUGS = {
    **{name: ("checker", old, new) for name, (old, new) in MUTATIONS.items()},
    **ELSEWHERE,
}


class InMemory(InspectLoader):
    """Loads a module from a text."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, _: str) -> str:
        return self.source

    def get_code(self, _: str) -> CodeType:
        return compiled(self.source)


@cache
def compiled(source: str) -> CodeType:
    """All but one module of a base are those of the last one."""
    return compile(source, "<mutated>", "exec")


def source(module: str) -> str:
    return inspect.getsource(sys.modules[f"proofs.{module}"])


SOURCES = {module: source(module) for module in TRUSTED}

Base = dict[str, ModuleType]


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[str, str]], Base]]:
    """Runs the sources of the trusted base as modules of its names, which import each other; what
    they then do in vain is stopped after a minute."""

    def run(sources: dict[str, str]) -> Base:
        base = {}
        for name in TRUSTED:
            spec = spec_from_loader(f"proofs.{name}", InMemory(sources[name]))
            assert spec is not None
            assert spec.loader is not None
            base[name] = module_from_spec(spec)
            monkeypatch.setitem(sys.modules, spec.name, base[name])
            spec.loader.exec_module(base[name])
        return base

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield run
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def exposed(base: Base) -> Iterator[str]:
    """The certificates about which a checker is wrong."""
    games, families = base["checker"].verify, base["cases"].verify_family
    for name, document in FAMILIES.items():
        if not accepts(families, text(document)):
            yield f"honest family: {name}"
    for name, (_, document) in FALSE.items():
        if accepts(families, text(document)) in (True, None):
            yield f"forged family: {name}"
    for name, document in HONEST.items():
        if not accepts(games, text(document)):
            yield f"honest: {name}"
    for name, (_, document) in FORGED.items():
        if accepts(games, text(document)) in (True, None):
            yield f"forged: {name}"


def accepts(verify: Callable[[str], Any], certificate: str) -> bool | None:
    """The verdict; None for a traceback."""
    try:
        return bool(verify(certificate)[0].accepted)
    except Exception:
        return None


def test_the_checker_itself_is_right_about_all(executed: Callable[[dict[str, str]], Base]):
    assert list(exposed(executed(SOURCES))) == []


@pytest.mark.parametrize("bug", BUGS)
def test_planted_bugs_are_found(bug: str, executed: Callable[[dict[str, str]], Base]):
    module, old, new = BUGS[bug]
    text = SOURCES[module]
    assert text.count(old) == 1, f"mend the mutation: {text.count(old)} places for {old!r}"
    mutated = SOURCES | {module: text.replace(old, new)}
    assert next(exposed(executed(mutated)), None), f"nothing exposes: {bug}"
