"""The fast engines against brute force and against z3, on hundreds of random small environments.

The seeds of a run start at COOPGAP_SEED (``random_environments.BASE_SEED``); each test's id says
which seeds it covers, a failure says which one it was: ``random_case(seed)`` gives it again. The
checker must accept every answer's certificate, and accept it again after the way through text.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from random import Random
from typing import Any

import brute_force as bf
import pytest
import z3
from random_environments import BASE_SEED, Case, random_case

from coopgap.proofs.certificates import witnesses
from coopgap.proofs.certificates.certificate import canonical, verified
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.decide import Certified
from coopgap.proofs.export.smtlib import PROSOCIALITY, to_smtlib
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Excluded,
    Implementability,
    Levels,
    Reached,
    SelectionThreshold,
    Setting,
    Threshold,
    Unanswered,
    Value,
    flat_profile,
)
from coopgap.theory.contracts import Directives, NoContract, Transfers
from coopgap.theory.dilemmas import AXIOMS, domination_threshold
from coopgap.theory.errors import InputError
from coopgap.theory.exact import INFINITY
from coopgap.theory.languages import Language, ProductLanguage, complete
from coopgap.theory.welfare import first_best

CHUNK = 100
CHUNKS, MORE = 4, 20
"""Chunks of seeds in the gate, and those of deep that come after them."""

Check = Callable[[Case], None]


@contextmanager
def blamed(case: Case) -> Iterator[None]:
    """Adds the case to whatever goes wrong."""
    try:
        yield
    except BaseException as error:
        error.add_note(str(case))
        raise


def seeds(chunks: int) -> Any:
    """Chunks of seeds as parameters; those beyond the first few are deep."""
    starts = [BASE_SEED + k * CHUNK for k in range(chunks + MORE)]
    marks: list[list[pytest.MarkDecorator]] = [[]] * chunks + [[pytest.mark.deep]] * MORE
    return pytest.mark.parametrize(
        "start",
        [
            pytest.param(start, id=f"seeds {start}-{start + CHUNK - 1}", marks=own)
            for start, own in zip(starts, marks, strict=True)
        ],
    )


def run(start: int, *checks: Check) -> None:
    for seed in range(start, start + CHUNK):
        case = random_case(seed)
        with blamed(case):
            for check in checks:
                check(case)


def language_of(setting: Setting) -> Language:
    return complete(setting.environment) if setting.language is None else setting.language


def judged(
    setting: Setting, levels: Levels | None, claim: Mapping[str, Any], witness: Mapping[str, Any]
) -> Certified:
    """A certificate and the checker's verdict, which must be the same of the text alone."""
    certified = decide.certify(setting, levels, claim, lambda: witness)
    assert isinstance(certified, Certified), certified
    assert canonical(json.loads(certified.text)) == certified.text
    assert verified(certified.text).accepted == certified.accepted, certified.text
    return certified


def require(
    setting: Setting, levels: Levels | None, claim: Mapping[str, Any], witness: Mapping[str, Any]
) -> None:
    certified = judged(setting, levels, claim, witness)
    assert certified.accepted, f"{certified.reason}: {certified.text}"


def answered(answer: Any, kind: type) -> Any:
    assert isinstance(answer, kind), answer
    return answer


# ------------------------------------------------------------ what is asked


def value_agrees(case: Case) -> None:
    """V(λ, L), with its certificate; and whether a target is met, at the value or about it."""
    setting, levels = case.setting, case.levels
    expected = bf.value(setting.environment, language_of(setting), setting.contracts, levels)
    answer = answered(decide.ask(Value(setting, levels)), BestSelection)
    assert answer.welfare == expected
    witness = decide.value_witness(setting, levels, answer)
    require(setting, levels, {"id": "value", "holds": True, "value": str(expected)}, witness)
    optimum = first_best(setting.environment).welfare
    targets = [optimum, optimum - 1]
    if isinstance(expected, Fraction):
        targets += [expected, expected + Fraction(1, 7)]
    target = Random(case.seed).choice(targets)
    reached = answered(decide.ask(Value(setting, levels, target)), BestSelection)
    assert (reached.best is not None) == (expected >= target), target
    met = reached.best is not None
    claim = {"id": "gap-at-most", "holds": met, "value": str(optimum - target)}
    strict = target == optimum
    part = (
        decide.reached_part(setting, reached)
        if met
        else decide.bound_part(setting, levels, reached, strict=strict)
    )
    require(setting, levels, claim, part)


def threshold_agrees(case: Case) -> None:
    """The least common λ, with its certificate."""
    setting = case.setting
    expected = bf.threshold(setting.environment, language_of(setting), setting.contracts)
    answer = answered(decide.ask(Threshold(setting)), Reached)
    assert answer.level == expected
    witness = decide.threshold_witness(setting, answer)
    require(setting, None, {"id": "threshold", "holds": True, "value": str(expected)}, witness)


def implementability_agrees(case: Case) -> None:
    """Whether the selection, which is any, is implementable."""
    expected = bf.implementable(
        case.setting.environment,
        language_of(case.setting),
        case.setting.contracts,
        case.selection,
        case.levels,
    )
    question = Implementability(case.setting, case.levels, case.selection)
    answer = answered(decide.ask(question), Reached if expected else Excluded)
    if expected or not isinstance(case.setting.contracts, Directives):
        require_implementability(question, answer)


def require_implementability(question: Implementability, answer: Reached | Excluded) -> None:
    setting, selection = question.setting, question.selection
    plays = [flat_profile(setting.environment, a) for a in selection.values()]
    claim = {"id": "implementable", "selection": plays, "holds": isinstance(answer, Reached)}
    if isinstance(answer, Reached):
        witness = witnesses.reached(setting, answer.selection, answer.contract)
        require(setting, question.levels, claim, witness)
        return
    assert answer.obstructions
    for obstruction in answer.obstructions:
        require(setting, question.levels, claim, witnesses.obstruction(setting, obstruction))


def one_selections_threshold_agrees(case: Case) -> None:
    """The least λ of one first-best selection, any of them, for half of the cases."""
    setting = case.setting
    if case.seed % 2 == 0:
        return
    rng = Random(case.seed)
    best = first_best(setting.environment).profiles
    selection = {state: rng.choice(profiles) for state, profiles in best.items()}
    level = answered(decide.ask(SelectionThreshold(setting, selection)), Reached).level
    agents = len(setting.environment.players)
    some = rng.choice([Fraction(0), Fraction(1, 3), Fraction(50)])
    for at in [some] + [level] * (level != INFINITY):
        implementable = bf.implementable(
            setting.environment, language_of(setting), setting.contracts, selection, (at,) * agents
        )
        assert implementable == (at >= level), at


def z3_agrees(case: Case) -> None:
    """What z3 says of the text of a question about the value or the threshold."""
    setting = case.setting
    if case.seed % 4 == 2:
        value = Value(setting, case.levels)
        welfare = answered(decide.ask(value), BestSelection).welfare
        if isinstance(welfare, Fraction):
            assert by_z3(to_smtlib(replace(value, target=welfare))) == z3.sat
            unattainable = replace(value, target=welfare + Fraction(1, 10**40))
            assert by_z3(to_smtlib(unattainable)) == z3.unsat
        else:
            assert by_z3(to_smtlib(value)) == z3.unsat
    if case.seed % 4 == 3:
        least = Threshold(setting)
        level = answered(decide.ask(least), Reached).level
        assert by_z3(to_smtlib(least)) == (z3.unsat if level == INFINITY else z3.sat)
        if isinstance(level, Fraction):
            number = f"(/ {level.numerator} {level.denominator})"
            smaller = f"(assert (< |{PROSOCIALITY}| {number}))\n(check-sat)"
            assert by_z3(to_smtlib(least).replace("(check-sat)", smaller)) == z3.unsat


def by_z3(text: str) -> z3.CheckSatResult:
    solver = z3.Solver(ctx=z3.Context())
    solver.from_string(text)
    return solver.check()


def correlated_agrees(case: Case) -> None:
    """The bound of T5, and what attains or approaches it."""
    setting = case.setting
    if not isinstance(setting.contracts, Transfers):
        return
    game, language = setting.environment, language_of(setting)
    pure = answered(decide.ask(Value(setting, setting.selfish)), BestSelection)
    finding = decide.correlated(setting, pure)
    assert not isinstance(finding, Unanswered), finding
    gap = first_best(game).welfare - finding.bound
    least = bf.correlated_bound(game, language)
    if gap != least or not finding.reached:
        assert gap == bf.cancelling_bound(game, language, setting.contracts) >= least
    if gap > 0:
        claim = {"id": "correlated-gap-positive", "holds": True}
        require(setting, setting.selfish, claim, finding.dual)
        claim = {"id": "correlated-gap-at-least", "holds": True, "value": str(gap)}
        require(setting, setting.selfish, claim, finding.dual)
    elif finding.reached:
        claim = {"id": "correlated-gap-positive", "holds": False}
        require(setting, setting.selfish, claim, finding.reached)
    if finding.reached:
        claim = {"id": "correlated-gap", "holds": True, "value": str(gap)}
        require(setting, setting.selfish, claim, {**finding.dual, **finding.reached})
    exact = bf.correlated_gap(game, language, setting.contracts)
    assert exact is None or exact == gap
    play = decide.correlated_play(setting, pure, finding.bound)
    assert not isinstance(play, Unanswered), play
    assert pure.welfare <= play.welfare <= finding.bound
    most = str(first_best(game).welfare - play.welfare)
    claim = {"id": "correlated-gap-at-most", "holds": True, "value": most}
    require(setting, setting.selfish, claim, play.witness)


def all_equilibria_agree(case: Case) -> None:
    """Claims about every equilibrium without a contract; brute force settles some of them only."""
    game, alone = case.setting.environment, decide.no_contract(case.setting.environment)
    if game.cooperative is not None:
        finding = decide.all_cooperative(game, case.levels)
        assert not isinstance(finding, Unanswered), finding
        assert finding.holds == bf.all_cooperative(game, case.levels)
        claim = {"id": "all-cooperative", "holds": finding.holds}
        require(alone, case.levels, claim, finding.witness)
        assert domination_threshold(game) == bf.domination_bound(game)
    implemented = decide.full_implementation(game, case.levels)
    expected = bf.fully_implemented(game, case.levels)
    if isinstance(implemented, Unanswered):
        assert len(game.players) != 2, implemented
        assert expected is None, implemented
        return
    assert expected in (None, implemented.holds)
    claim = {"id": "full-implementation", "holds": implemented.holds}
    require(alone, case.levels, claim, implemented.witness)


def contracts_fully_implement(case: Case) -> None:
    """Full implementation by a contract: what is found is shown."""
    setting, levels = case.setting, case.levels
    if not isinstance(setting.contracts, Transfers):
        return
    implemented = decide.full_implementation_by_contract(setting, levels)
    if isinstance(implemented, Unanswered):
        assert implemented.reason
        return
    claim = {"id": "full-implementation", "holds": implemented.holds}
    certified = judged(setting, levels, claim, implemented.witness)
    if not certified.accepted:
        # Only the checker looks at which first-best profiles could be mixed.
        assert not implemented.holds
        assert "room for mixing" in certified.reason, certified
        return
    value = bf.value(setting.environment, language_of(setting), setting.contracts, levels)
    assert (value == bf.first_best(setting.environment)[0]) or not implemented.holds


def enumerations_agree(case: Case) -> None:
    """What the checker decides by itself: of a claim and its negation it accepts the true one."""
    setting, game = case.setting, case.setting.environment
    truths: dict[str, bool] = {
        "beneficial": bf.beneficial(game),
        "beneficial-with-side-payments": bf.beneficial_with_side_payments(game),
        "unique-nash": all(len(equilibria) == 1 for equilibria in bf.pure_nash(game).values()),
    }
    language = setting.language
    if isinstance(language, ProductLanguage):
        truths["incontractible"] = bool(bf.incontractible_cells(game, language))
    if game.cooperative is not None:
        truths |= {axiom: bf.axioms(game)[axiom] for axiom in AXIOMS}
    for name, truth in truths.items():
        for holds in (True, False):
            claim = {"id": name, "holds": holds}
            certified = judged(setting, setting.selfish, claim, {})
            assert certified.accepted == (holds == truth), claim
    nash = [[flat_profile(game, a) for a in of] for of in bf.pure_nash(game, case.levels).values()]
    require(setting, case.levels, {"id": "nash", "holds": True, "profiles": nash}, {})
    wrong = [*nash[:-1], [*nash[-1][1:], *([] if nash[-1] else [0])]]
    require(setting, case.levels, {"id": "nash", "holds": False, "profiles": wrong}, {})
    benefit = decide.benefit(game)
    assert not isinstance(benefit, Unanswered)
    worse = bf.worse_selfish_outcomes(game)
    assert (benefit.vacuous, benefit.plain) == (not worse, truths["beneficial"])
    assert benefit.vacuous or benefit.one_payment == bf.beneficial_with_one_payment(game)


# ------------------------------------------------------------ tests


@seeds(CHUNKS)
def test_values_and_thresholds(start: int):
    run(start, value_agrees, threshold_agrees)


@seeds(CHUNKS)
def test_one_selection_and_z3(start: int):
    """Every case in turn puts one of four questions to z3, which searches all contracts at once."""
    run(start, implementability_agrees, one_selections_threshold_agrees, z3_agrees)


@seeds(2)
def test_equilibria_of_every_kind(start: int):
    run(start, correlated_agrees, all_equilibria_agree, contracts_fully_implement)


@seeds(CHUNKS)
def test_enumerations(start: int):
    run(start, enumerations_agree)


def test_the_cases_are_as_odd_as_they_are_meant_to_be():
    """The generator covers what it says: a differential test of dull cases shows nothing."""
    cases = [random_case(seed) for seed in range(BASE_SEED, BASE_SEED + 800)]
    games = [case.setting.environment for case in cases]

    def share(mark: Iterable[bool]) -> float:
        return sum(mark) / len(cases)

    assert share(game.payoffs.dtype == object for game in games) > 0.05
    assert share(game.denominator > 1 for game in games) > 0.05
    assert share(0 in game.prior for game in games) > 0.05
    assert share(1 in game.shape for game in games) > 0.05
    assert share(len(game.players) != 2 for game in games) > 0.05
    assert share(len(game.support) > 1 for game in games) > 0.1
    assert share(len(set(case.levels)) > 1 for case in cases) > 0.05
    for kind in (Transfers, Directives, NoContract):
        assert share(isinstance(case.setting.contracts, kind) for case in cases) > 0.05
    best = [first_best(game).profiles.values() for game in games]
    assert share(any(len(profiles) > 1 for profiles in of) for of in best) > 0.05
    assert str(cases[0]).startswith(f"seed {BASE_SEED}: ")


def test_a_case_is_its_seed():
    assert str(random_case(7)) == str(random_case(7))
    assert len({str(random_case(seed)) for seed in range(50)}) > 45


def test_a_failure_names_its_case():
    def wrong(_: Case) -> None:
        raise InputError("wrong")

    with pytest.raises(InputError) as caught:
        run(BASE_SEED, wrong)
    assert str(random_case(BASE_SEED)) in next(islice(caught.value.__notes__, 1))
