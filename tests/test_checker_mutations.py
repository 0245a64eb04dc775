"""Planted bugs are found: each mutation of the checker's source changes some verdict.

A mutation replaces text that occurs exactly once in proofs/checker.py, so that the list stays in
step with it. The mutated checker judges the honest certificates of ``recheck`` and the forgeries
of ``test_checker``; it must accept a forgery, reject an honest one, or break.
"""

import inspect
import signal
import sys
from collections.abc import Callable, Iterator
from importlib.abc import InspectLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

import pytest
from recheck import HONEST, text
from test_checker import FORGED

from proofs import checker

SOURCE = inspect.getsource(checker)

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
        '_require(instance.problem.prosociality is None, "the data',
        '_require(True, "the data',
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
        "ahead[k] = ahead[k + 1] + options[k][0][0]",
        "ahead[k] = ahead[k + 1] + options[k][-1][0]",
    ),
    # --- gaps, values, thresholds
    "no gap is a positive gap": ("(room == 0 and not strict)", "room == 0"),
    "the gap's sign": ("room = room if above else -room", "room = -room if above else room"),
    "a value need not be reached": (
        '_require(_floor(case) == roof, "the contract',
        '_require(True, "the contract',
    ),
    "-inf while something is implementable": (
        '_require(roof is None and "contract" not in case.witness,',
        "_require(True,",
    ),
    "the threshold need not be attained": (
        '_require(_floor(attaining) == optimum, "the first',
        '_require(_floor(attaining) is not None, "the first',
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
    "domination of some actions": ("_require(not due,", "_require(True,"),
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


class InMemory(InspectLoader):
    """Loads a module from a text."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, _: str) -> str:
        return self.source


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Runs a source as a module; what it then does in vain is stopped after a minute."""

    def run(source: str) -> ModuleType:
        spec = spec_from_loader("proofs.mutated_checker", InMemory(source))
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)  # dataclasses look there
        spec.loader.exec_module(module)
        return module

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield run
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def exposed(module: ModuleType) -> Iterator[str]:
    """The certificates about which a checker is wrong."""
    for name, document in HONEST.items():
        if not accepts(module, text(document)):
            yield f"honest: {name}"
    for name, (_, document) in FORGED.items():
        if accepts(module, text(document)) in (True, None):
            yield f"forged: {name}"


def accepts(module: ModuleType, certificate: str) -> bool | None:
    """The verdict; None for a traceback."""
    try:
        return bool(module.verify(certificate)[0].accepted)
    except Exception:
        return None


def test_the_checker_itself_is_right_about_all(executed: Callable[[str], ModuleType]):
    assert list(exposed(executed(SOURCE))) == []


@pytest.mark.parametrize("bug", MUTATIONS)
def test_planted_bugs_are_found(bug: str, executed: Callable[[str], ModuleType]):
    old, new = MUTATIONS[bug]
    assert SOURCE.count(old) == 1, f"mend the mutation: {SOURCE.count(old)} places for {old!r}"
    assert next(exposed(executed(SOURCE.replace(old, new))), None), f"nothing exposes: {bug}"
