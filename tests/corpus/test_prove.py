"""Theorems for all parameters: the registry, users' files, and the command."""

from __future__ import annotations

import json
import math
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from checked import proved

from coopgap import check, load, prove
from coopgap.proofs.certificates.certificate import verified
from coopgap.proofs.deciding.disagreement import Disagreement
from coopgap.proofs.engines import points
from coopgap.proofs.export.refutations import scripts
from coopgap.proofs.theorems.prove import decide
from coopgap.proofs.theorems.registry import find, registered
from coopgap.proofs.theorems.reports import TheoremReport
from coopgap.proofs.theorems.theorem import Theorem
from coopgap.proofs.theorems.theorem_files import theorem
from coopgap.theory.errors import InputError
from coopgap.theory.readers.theorem import TheoremSpecification, theorem_from_text

REGISTERED = registered()
CERTIFIED = [
    name
    for name, statement in REGISTERED.items()
    if isinstance(statement, Theorem) and name != "fish-war"  # is trusted: test_fish_war
]


def decided(text: str) -> TheoremReport:
    return decide(theorem("test", theorem_from_text(text, "test.toml")))


def file(conclusion: str = "", assume: str = "", names: str = '"x", "y"', more: str = "") -> str:
    conclusions = f"conclusion = [{conclusion}]" if conclusion else ""
    return f"""
title = "a test"
[theorem]
{conclusions}
{more}
[parameters]
names = [{names}]
assume = [{assume}]
"""


# ------------------------------------------------------------ the registry


LONG = (
    "linear-commons-7",
    "public-good-9",
    "public-good-10",
    "quadratic-commons-5-8",
    "quadratic-commons-5-10",
    "quadratic-commons-6-6",
    "t11-2x3x2",
)
"""Larger sizes of what the gate decides smaller."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.deep] if name in LONG else []) for name in CERTIFIED],
)
def test_registered_theorems_are_decided_as_expected(name: str) -> None:
    report = proved(name)
    assert report.status == REGISTERED[name].expected, report
    assert report.certificate is not None
    (text,) = report.texts.values()
    assert verified(text).accepted


def test_section_3_of_the_theory_is_registered() -> None:
    for game in ("pd", "sh"):
        for part in ("axioms", "gap", "correlated-gap", "threshold-with-contract", "rawlsian"):
            assert f"{game}-{part}" in REGISTERED
        for play in ("correlated", "independent"):
            assert f"{game}-play-{play}" in REGISTERED
            assert f"{game}-play-{play}-cooperating" in REGISTERED


def test_what_the_conditions_of_the_dilemma_are_for() -> None:
    report = decide(REGISTERED["pd-axioms"])
    by_assumption = {condition.assumption: condition for condition in report.conditions}
    statuses = [condition.status for condition in report.conditions]
    assert statuses == ["redundant"] * 3 + ["needed"] * 4
    for condition in report.conditions[3:]:
        assert condition.counterexample is not None
        point = {name: Fraction(value) for name, value in condition.counterexample.items()}
        game = load_game(REGISTERED["pd-axioms"].id)
        remaining = [a for a in game.family.assumptions if a.text != condition.assumption]
        assert holds(remaining, point)
        failed = [a for a in game.family.assumptions if a.text == condition.assumption]
        assert not holds(failed, point)
        concrete = check(without_assumptions(game).at(point))
        failing = condition.reason.split()[0]  # type: ignore[union-attr]
        assert {claim.status for claim in concrete.claims if claim.id == failing} == {"refuted"}
    assert len(by_assumption) == 7


def load_game(name: str) -> Any:
    text = Path(f"proofs/theorems/paper/{name}.toml").read_text(encoding="utf-8")
    return theorem_from_text(text, name).family


def without_assumptions(specification: Any) -> Any:
    from dataclasses import replace

    return replace(specification, family=replace(specification.family, assumptions=()))


def holds(assumptions: Any, point: dict[str, Fraction]) -> bool:
    from coopgap.theory.evaluation import evaluate

    return all(evaluate(assumption.tree, point) for assumption in assumptions)


def test_the_plain_threshold_of_2_is_refuted_with_a_small_counterexample() -> None:
    report = decide(REGISTERED["pd-threshold-2-refuted"])
    assert report.status == "refuted"
    assert report.suggestion == "5*R >= 2*S + 3*T"
    assert report.counterexample is not None
    assert all(
        abs(Fraction(value)) <= 10 and Fraction(value).denominator == 1
        for value in report.counterexample.values()
    )
    point = {name: Fraction(value) for name, value in report.counterexample.items()}
    concrete = check(load_game("pd-threshold-2-refuted").at(point))
    r, s, t, _ = point.values()
    assert concrete.prosocial_threshold == (t - r) / (2 * r - s - t) > 2


# ------------------------------------------------------------ users' theorems


def test_formulas_are_proved_refuted_and_trusted() -> None:
    assert decided(file('"x + y > 1"', '"x > 1", "y > 0"')).status == "proved"
    assert decided(file('"x*y > 0"', '"x > 1", "y > 0"')).status == "proved"
    assert decided(file('"x > y or y >= x", "not (x > y and y > x)"')).status == "proved"
    refuted = decided(file('"x + y > 2"', '"x > 1", "y > 0"'))
    assert refuted.status == "refuted"
    assert refuted.suggestion is not None
    trusted = decided(file('"x*y <= 1/4"', '"x + y == 1"'))
    assert trusted.status == "trusted"
    assert "z3" in trusted.solvers
    assert trusted.certificate is None


def test_counterexamples_are_simple_and_satisfy_the_assumptions() -> None:
    report = decided(file('"3*x > 2*y"', '"x > 1/7", "y > x"'))
    point = {name: Fraction(value) for name, value in (report.counterexample or {}).items()}
    assert point["x"] > Fraction(1, 7)
    assert point["y"] > point["x"]
    assert 3 * point["x"] <= 2 * point["y"]
    assert max(abs(value.numerator) for value in point.values()) <= 3


def test_random_linear_implications_agree_with_z3() -> None:
    import z3

    rng = random.Random(20261124)
    seen = set()
    names = ("x", "y", "z")

    def side() -> str:
        return " + ".join(f"{rng.randint(-3, 3)}*{name}" for name in names)

    for _ in range(60):
        assumed = [f"{side()} {rng.choice(['>', '>='])} {rng.randint(-2, 2)}" for _ in range(3)]
        conclusion = f"{side()} {rng.choice(['>', '>='])} {rng.randint(-6, 1)}"
        try:
            text = file(f'"{conclusion}"', ", ".join(f'"{a}"' for a in assumed), '"x", "y", "z"')
            report = decided(text)
        except InputError:
            continue
        variables = {name: z3.Real(name) for name in names}
        solver = z3.Solver()
        solver.add(*(eval(a, {}, variables) for a in assumed))  # noqa: S307
        consistent = solver.check() == z3.sat
        solver.add(z3.Not(eval(conclusion, {}, variables)))  # noqa: S307
        valid = solver.check() == z3.unsat
        expected = "unknown" if not consistent else "proved" if valid else "refuted"
        assert report.status == expected, (assumed, conclusion)
        seen.add(expected)
    assert {"proved", "refuted"} <= seen


def test_contradicting_assumptions_prove_nothing() -> None:
    report = decided(file('"x > 5"', '"x > y", "y > x"'))
    assert report.status == "unknown"
    assert "contradict" in (report.reason or "")
    (text,) = report.texts.values()
    verdict = verified(text)
    assert verdict.accepted
    assert verdict.claim is not None
    assert verdict.claim["claim"]["id"] == "inconsistent"


GAME = """
[game]
players = ["row", "col"]
actions = { row = ["C", "D"], col = ["C", "D"] }
[game.payoffs]
row = [["x", 0], ["y", 1]]
col = "symmetric"
"""


def test_claims_quantities_and_denials_about_a_game() -> None:
    base = file(assume='"y > x", "x > 1"') + GAME
    assert decided(base + '[[claim]]\nid = "unique-nash"\nprofiles = [["D", "D"]]').status == (
        "proved"
    )
    assert decided(base + '[[claim]]\nid = "gap-positive"\nholds = false').status == "proved"
    wrong = decided(base + '[[quantity]]\nof = "first-best"\nequals = "2*x"')
    assert wrong.status == "refuted"
    assert wrong.counterexample is not None
    corrected = file(assume='"y > x", "2*x > y", "x > 1"') + GAME
    assert decided(corrected + '[[quantity]]\nof = "first-best"\nequals = "2*x"').status == "proved"
    threshold = decided(corrected + '[[quantity]]\nof = "threshold"\nequals = "(y-x)/(2*x-y)"')
    assert threshold.status == "proved"


def test_a_claim_may_hold_exactly_where_comparisons_do() -> None:
    dilemma = file(assume='"x > 1", "y > 0"') + GAME + '[[claim]]\nid = "closes"\nlambda = "0"\n'
    exactly = decided(dilemma + 'where = ["x >= y"]')
    assert exactly.status == "proved"
    inside, outside, cases = exactly.sentences
    assert [sentence.goal for sentence in exactly.sentences] == [
        "closes where x >= y",
        "closes where x < y",
        "these are all cases",
    ]
    assert "it is not a pure equilibrium" in outside.sentence
    assert "it is not a pure equilibrium" not in inside.sentence
    assert cases.sentence.endswith("x >= y or y > x")
    denied = decided(dilemma + 'where = ["y > x", "2*y > 2*x"]\nholds = false')
    assert denied.status == "proved"
    assert len(denied.sentences) == 3, "the second comparison follows from the first"
    for wrong in ('["x >= y + 1"]', '["x + 1 >= y"]'):
        report = decided(f"{dilemma}where = {wrong}")
        assert report.status == "refuted"
        assert report.counterexample is not None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("title = 'x'\n[theorem]\nconclusion = ['1 > 0']", "parameters"),
        (file(), "concludes nothing"),
        (file('"x + y"'), "no comparison"),
        (file('"x > z"'), "'z'"),
        (file('"x > 1/(x-x)"'), "zero"),
        (file('"1/x > 0"', '"x >= 0"'), "may be 0"),
        (file('"x > 0"', more='unknown = "1"'), "unknown"),
        (file('"x > 0"', more='hint = ["x > 1", "x > 2 and y > 1"]'), "theorem.hint[1]"),
        (file('"x > 0"', more='hint = "not x > 1"'), "more than a comparison"),
        (file('"x > 0"', more="conditions = 1"), "neither true nor false"),
        (file('"x > 0"') + '[[quantity]]\nof = "gap"\nequals = "1"', "one of a game"),
        (file() + GAME + '[[quantity]]\nof = "speed"\nequals = "x"', "no quantity"),
        (file() + GAME + '[[quantity]]\nof = "gap"\nequals = "x"', "language"),
        (file() + GAME + '[[quantity]]\nof = "gap"\nlanguage = "complete"', "equals"),
        (file() + GAME + '[[claim]]\nid = "beneficial"\nholds = 1', "neither true nor false"),
        (file() + GAME + '[[claim]]\nid = "closes"\nwhere = "x > y"', "claim[0].where"),
        (file() + GAME + '[[claim]]\nid = "gap-zero"\nwhere = ["x + y"]', "where[0]"),
        (file('"x > 0"') + "[contracts]\nkind = 'directive'", "game"),
        (file('"x > 0"', '"x"'), "comparison"),
    ],
)
def test_bad_files_are_refused_with_one_message(text: str, named: str) -> None:
    with pytest.raises(InputError, match=r".") as error:
        decided(text)
    assert named in str(error.value)
    assert "test" in str(error.value)


def test_no_such_theorem() -> None:
    with pytest.raises(InputError, match="pd-gap"):
        find(["pd-gaps"])


# ------------------------------------------------------------ trust


def test_solvers_that_disagree_stop_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "_by_cvc5", lambda *_, **__: "sat")
    worker = "coopgap.proofs.theorems.prove.Worker.call"
    monkeypatch.setattr(worker, lambda _, function, *arguments: function(*arguments))
    with pytest.raises(Disagreement) as error:
        decided(file('"x*y <= 1/4"', '"x + y == 1"'))
    assert "(check-sat)" in error.value.query


def test_time_that_is_up_is_unknown() -> None:
    report = decide(REGISTERED["pd-play-independent"], timeout=0.01)
    assert report.status == "unknown"
    assert report.certificate is None


# ------------------------------------------------------------ export


@pytest.mark.parametrize(
    "name", ["pd-axioms", "sh-equilibria", "pd-threshold-2-refuted", "holmstrom-3", "n1"]
)
def test_both_solvers_agree_with_what_is_exported(name: str) -> None:
    cvc5 = pytest.importorskip("cvc5", reason="cvc5 (extra) is not installed")
    import z3

    report = decide(REGISTERED[name])
    for text in report.texts.values():
        for script in scripts(text).values():
            due = script.count("(check-sat)")
            status = "sat" if report.status == "refuted" else "unsat"
            solver = cvc5.Solver()
            parser = cvc5.InputParser(solver)
            parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "script.smt2")
            answers = []
            while not (command := parser.nextCommand()).isNull():
                answer = command.invoke(solver, parser.getSymbolManager()).strip()
                answers += [answer] if answer else []
            assert answers == [status] * due
            assert [str(answer) for answer in z3_answers(z3, script)] == [status] * due


def z3_answers(z3: Any, script: str) -> list[Any]:
    """The answers to every (check-sat), as z3's own reader has them."""
    context = z3.Context()
    return z3.Z3_eval_smtlib2_string(context.ref(), script).split()  # type: ignore[no-any-return]


# ------------------------------------------------------------ the command


def test_the_command_proves_writes_and_verifies(tmp_path: Path, run_coopgap: Any) -> None:
    done = run_coopgap(
        "prove", "pd-gap", "pd-axioms", "--json", "--certificates", str(tmp_path / "certificates")
    )
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["schema"] == "coopgap.prove/1"
    assert [entry["status"] for entry in document["theorems"]] == ["proved", "proved"]
    for entry in document["theorems"]:
        path = tmp_path / "certificates" / f"{entry['certificate']['sha256']}.json"
        assert run_coopgap("verify", str(path)).returncode == 0
        assert math.isfinite(entry["seconds"])
    conjunction = json.loads(path.read_text(encoding="utf-8"))
    assert conjunction["schema"] == "coopgap.conjunction/2"
    conjunction["goals"][1]["certificate"]["claim"]["holds"] = False
    path.write_text(json.dumps(conjunction), encoding="utf-8")
    assert run_coopgap("verify", str(path)).returncode == 1


def test_statuses_of_the_command(tmp_path: Path, run_coopgap: Any) -> None:
    assert run_coopgap("prove", "pd-threshold-2-refuted").returncode == 1
    assert run_coopgap("prove", "pd-gaps").returncode == 2
    path = tmp_path / "mine.toml"
    path.write_text(file('"x*y <= 1/4"', '"x + y == 1"'), encoding="utf-8")
    assert run_coopgap("prove", str(path)).returncode == 0
    assert run_coopgap("prove", "--strict", str(path)).returncode == 3
    listed = run_coopgap("prove", "--list")
    assert listed.returncode == 0
    assert "pd-gap" in listed.stdout


def test_the_python_api(tmp_path: Path) -> None:
    assert prove("pd-gap").status == "proved"
    path = tmp_path / "mine.toml"
    path.write_text(file('"x > y or x <= y"'), encoding="utf-8")
    assert prove(path).status == "proved"
    assert isinstance(theorem_from_text(path.read_text(), "x"), TheoremSpecification)
    with pytest.raises(InputError):
        load("no-such-entry")
