"""One suite that every engine passes, on one corpus with expected answers.

The corpus is the gallery, with the values of tests/expected, and cases made by hand. An engine is
asked exactly the types of questions that it declares in ``answers``. It may leave a question
unanswered, with a reason; what it answers must be right, and shown by certificates.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any

import brute_force as bf
import pytest
from games import load_game

from coopgap.proofs.certificates import witnesses
from coopgap.proofs.deciding import decide
from coopgap.proofs.engines.contract_cases import ContractEngine
from coopgap.proofs.questions.obligations import (
    BestSelection,
    DominantSelection,
    Engine,
    Excluded,
    Implementability,
    Levels,
    Obstruction,
    Question,
    Reached,
    SelectionSpan,
    SelectionThreshold,
    Setting,
    Span,
    Threshold,
    Unanswered,
    Value,
    flat_profile,
)
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.environments import Environment, Profile, environment
from coopgap.theory.exact import INFINITY, MINUS_INFINITY, Extended, Infinite
from coopgap.theory.languages import complete, from_values, record_of, state_blind
from coopgap.theory.welfare import first_best

EXPECTED = Path(__file__).parents[1] / "expected"
SELECTIONS = 6
"""The number of first-best selections of each entry that are asked about one by one."""


@dataclass(frozen=True)
class Entry:
    """A setting; V(λ, L) for some λ; the least λ that implements a first best."""

    name: str
    setting: Setting
    values: Mapping[Levels, Extended]
    threshold: Extended
    selection_thresholds: Mapping[tuple[Profile, ...], Extended] = field(default_factory=dict)

    def first_best_selections(self) -> list[dict[int, Profile]]:
        best = first_best(self.setting.environment).profiles
        chosen = islice(product(*best.values()), SELECTIONS)
        return [dict(zip(best, profiles, strict=True)) for profiles in chosen]


def number(text: str | None) -> Extended:
    """A number of a report; null and "-inf" mean that nothing is implementable."""
    if text is None or text == "-inf":
        return MINUS_INFINITY
    return INFINITY if text == "inf" else Fraction(text)


def levels_of(game: Environment, stated: str | Mapping[str, str]) -> Levels:
    if isinstance(stated, str):
        return (Fraction(stated),) * len(game.players)
    return tuple(Fraction(stated[player]) for player in game.players)


@cache
def entries_of(slug: str) -> tuple[Entry, ...]:
    """A gallery entry in each of its languages, and without a contract."""
    specification = load_game(slug)
    game = specification.environment
    report = json.loads((EXPECTED / f"{slug}.json").read_text(encoding="utf-8"))
    selfish = levels_of(game, "0")
    entries = []
    for named, stated in zip(specification.languages, report["languages"], strict=True):
        assert named.name == stated["name"]
        values = {selfish: number(stated["value"])}
        for level in stated["prosocial"]:
            values[levels_of(game, level["lambda"])] = number(level["value"])
        setting = Setting(game, named.language, named.contracts)
        threshold = number(stated["prosocial_threshold"])
        entries.append(Entry(f"{slug}, {named.name}", setting, values, threshold))
    alone = {selfish: number(report["selfish"]["welfare"])}
    for level in report["prosocial"]:
        alone[levels_of(game, level["lambda"])] = number(level["welfare"])
    selection_thresholds = {
        tuple(game.profile(labels) for labels in stated["selection"].values()): max(
            number(level) for level in stated["lambda"].values()
        )
        for stated in report["agent_thresholds"]
    }
    threshold = number(report["prosocial_threshold"])
    setting = decide.no_contract(game)
    return (
        *entries,
        Entry(f"{slug}, no contract", setting, alone, threshold, selection_thresholds),
    )


def one_state(*payoffs: list[int], actions: tuple[str, ...] = ("CD", "CD")) -> Environment:
    return environment([f"p{i}" for i in range(len(actions))], actions, [[own] for own in payoffs])


DILEMMA = one_state([3, 0, 5, 1], [3, 5, 0, 1])
MOUNTAINS = one_state(*[[u * 10**30 for u in own] for own in ([3, 0, 5, 1], [3, 5, 0, 1])])
NO_CHOICE = one_state([3], [-1], actions=("A", "A"))
ALONE = one_state([0, 5, 5], actions=("ABC",))
# The last agent alone decides between (1, 1, 1) and (2, 2, 0).
TRIO = one_state([1, 2], [1, 2], [1, 0], actions=("X", "X", "AB"))
# The dilemma, and a state without probability in which all would love to defect.
UNLIKELY = environment(
    ["p0", "p1"],
    ["CD", "CD"],
    [[[3, 0, 5, 1], [0, 9, 9, 99]], [[3, 5, 0, 1], [0, 9, 9, 99]]],
    ["w0", "w1"],
    [Fraction(1), Fraction(0)],
)
# p0 likes B in w0 and A in w1; first best is the opposite. Its two fines chase each other.
MONOTONE = environment(
    ["p0", "p1"],
    ["AB", "X"],
    [[[0, 1], [1, 0]], [[2, 0], [0, 2]]],
    ["w0", "w1"],
    [Fraction(1, 3), Fraction(2, 3)],
)
BY_ACTION = from_values([0, 1, 0, 1], ["A", "B", "A", "B"], (2, 2, 1))
ZERO = Fraction(0)
TWO = (ZERO, ZERO)


def by_hand() -> Iterator[Entry]:
    alone = NoContract()
    for budget in Budget:
        some = Transfers(budget)
        setting = Setting(NO_CHOICE, complete(NO_CHOICE), some)
        yield Entry(f"no choice, {budget}", setting, {TWO: Fraction(2)}, ZERO)
        setting = Setting(MOUNTAINS, complete(MOUNTAINS), some)
        yield Entry(f"mountains, {budget}", setting, {TWO: Fraction(6 * 10**30)}, ZERO)
        # One agent's cycle: no budget helps.
        setting = Setting(MONOTONE, BY_ACTION, some)
        values: dict[Levels, Extended] = {TWO: Fraction(5, 3), (Fraction(1), ZERO): Fraction(2)}
        yield Entry(f"monotone, {budget}", setting, values, Fraction(1))
        # Without fines money can still reward, unless somebody has to pay for it.
        nothing = Setting(DILEMMA, complete(DILEMMA), Transfers(budget, ZERO))
        free = budget is Budget.FREE
        worth, level = (Fraction(6), ZERO) if free else (Fraction(2), Fraction(2))
        yield Entry(f"no fines, {budget}", nothing, {TWO: worth}, level)
    setting = Setting(MOUNTAINS, None, alone)
    mixed: dict[Levels, Extended] = {TWO: Fraction(2 * 10**30)}
    mixed[Fraction(2), Fraction(3)] = Fraction(6 * 10**30)
    yield Entry("mountains, no contract", setting, mixed, Fraction(2))
    yield Entry("alone", Setting(ALONE, None, alone), {(ZERO,): Fraction(5)}, ZERO)
    setting = Setting(UNLIKELY, None, alone)
    yield Entry("unlikely, no contract", setting, {TWO: Fraction(2)}, Fraction(2))
    setting = Setting(UNLIKELY, state_blind(UNLIKELY), Directives())
    yield Entry("unlikely, directive", setting, {TWO: Fraction(6)}, ZERO)
    zeros = (ZERO,) * 3
    yield Entry("trio, no contract", Setting(TRIO, None, alone), {zeros: Fraction(3)}, Fraction(1))
    setting = Setting(TRIO, complete(TRIO), Transfers())
    yield Entry("trio, balanced", setting, {zeros: Fraction(4)}, ZERO)


GALLERY = sorted(file.stem for file in EXPECTED.glob("*.json"))
SOURCES = [*GALLERY, "by hand"]


def corpus(source: str) -> tuple[Entry, ...]:
    return tuple(by_hand()) if source == "by hand" else entries_of(source)


def questions(entry: Entry) -> Iterator[tuple[Question, Any]]:
    """Questions about an entry, and what the answer must agree with."""
    setting = entry.setting
    # No engine says of a directive for which λ it serves: the frontier tries its turning points.
    directed = isinstance(setting.contracts, Directives)
    optimum = first_best(setting.environment).welfare
    yield Threshold(setting), entry.threshold
    for selection in entry.first_best_selections():
        of_selection = entry.selection_thresholds.get(tuple(selection.values()))
        yield SelectionThreshold(setting, selection), of_selection
        if not directed:
            yield SelectionSpan(setting, selection), of_selection
    support, agents = setting.environment.support, len(setting.environment.players)
    corners = ((0,) * agents, tuple(size - 1 for size in setting.environment.shape))
    for profile in () if directed else corners:
        yield SelectionSpan(setting, dict.fromkeys(support, profile)), None
    for levels, value in entry.values.items():
        yield Value(setting, levels), value
        yield Value(setting, levels, optimum), value
        yield Value(setting, levels, optimum - 1), value
        for selection in entry.first_best_selections():
            yield Implementability(setting, levels, selection), value == optimum
            yield DominantSelection(setting, levels, selection), value == optimum


def require(
    setting: Setting, levels: Levels | None, claim: dict[str, Any], witness: dict[str, Any]
) -> None:
    certified = decide.certify(setting, levels, {"holds": True, **claim}, lambda: witness)
    assert isinstance(certified, decide.Certified)
    assert certified.accepted, f"{certified.reason}: {certified.text}"


def require_obstruction(
    question: Implementability | SelectionThreshold | SelectionSpan,
    levels: Levels,
    obstruction: Obstruction,
) -> None:
    setting, selection = question.setting, question.selection
    plays = [flat_profile(setting.environment, profile) for profile in selection.values()]
    claim = {"id": "implementable", "holds": False, "selection": plays}
    require(setting, levels, claim, witnesses.obstruction(setting, obstruction))


def check_value(question: Value, answer: BestSelection, value: Extended) -> None:
    setting, levels, target = question.setting, question.levels, question.target
    optimum = first_best(setting.environment).welfare
    if target is None:
        assert answer.welfare == value
    else:
        assert (answer.best is not None) == (value >= target)
    if answer.best is not None:
        # With a target, the first selection that meets it will do.
        assert answer.welfare >= (value if target is None else target)
        assert not isinstance(answer.welfare, Infinite)
        claim: dict[str, Any] = {"id": "gap-at-most", "value": str(optimum - answer.welfare)}
        require(setting, levels, claim, decide.reached_part(setting, answer))
    if target is None:
        witness = decide.value_witness(setting, levels, answer)
        require(setting, levels, {"id": "value", "value": str(value)}, witness)
    elif answer.best is None:
        claim = {"id": "gap-at-most", "value": str(optimum - target), "holds": False}
        witness = decide.bound_part(setting, levels, answer, strict=target == optimum)
        require(setting, levels, claim, witness)


def check_threshold(question: Threshold, answer: Reached, level: Extended) -> None:
    assert answer.level == level
    setting = question.setting
    if level != INFINITY:
        witness = decide.reached_part(setting, answer)
        require(setting, None, {"id": "threshold-at-most", "value": str(level)}, witness)
    witness = decide.threshold_witness(setting, answer)
    require(setting, None, {"id": "threshold", "value": str(level)}, witness)


def check_selection_threshold(question: SelectionThreshold, answer: Reached) -> None:
    """The contract at the threshold implements the selection; the obstructions exclude it at any
    smaller λ (here at half of it)."""
    setting, level = question.setting, answer.level
    agents = len(setting.environment.players)
    if isinstance(setting.contracts, Directives):
        return
    if isinstance(level, Fraction):
        assert answer.selection == question.selection
        plays = [flat_profile(setting.environment, a) for a in question.selection.values()]
        claim = {"id": "implementable", "selection": plays}
        witness = witnesses.reached(setting, answer.selection, answer.contract)
        require(setting, (level,) * agents, claim, witness)
    for obstruction in answer.below:
        low = level / 2 if isinstance(level, Fraction) else Fraction(10**6)
        require_obstruction(question, (low,) * agents, obstruction)


def check_span(question: SelectionSpan, answer: Span) -> None:
    """Implementable at both ends, and excluded beyond them by the obstructions."""
    setting, low, high = question.setting, answer.low, answer.high
    agents = len(setting.environment.players)
    if isinstance(low, Fraction) and low <= high:
        points = {low + 1} if isinstance(high, Infinite) else {(low + high) / 2, high}
        for level in {low} | points:
            implemented = decide.ask(
                Implementability(setting, (level,) * agents, question.selection)
            )
            assert isinstance(implemented, Reached), level
    if low > 0:
        assert answer.below is not None
        below = [low / 2, low * 99 / 100] if isinstance(low, Fraction) else [ZERO, Fraction(10**6)]
        for level in below:
            require_obstruction(question, (level,) * agents, answer.below)
    if high != INFINITY:
        assert not isinstance(high, Infinite)
        assert answer.above is not None
        for level in (high + Fraction(1, 100), 2 * high + 5):
            require_obstruction(question, (level,) * agents, answer.above)


def check_implementability(question: Implementability, answer: Reached | Excluded) -> None:
    setting, selection = question.setting, question.selection
    if isinstance(setting.contracts, Directives):
        return
    if isinstance(answer, Reached):
        assert answer.selection == selection
        plays = [flat_profile(setting.environment, profile) for profile in selection.values()]
        witness = witnesses.reached(setting, answer.selection, answer.contract)
        require(setting, question.levels, {"id": "implementable", "selection": plays}, witness)
        return
    assert answer.obstructions
    for obstruction in answer.obstructions:
        require_obstruction(question, question.levels, obstruction)


def check_dominant(question: DominantSelection, answer: Reached) -> None:
    """By definition: whatever the others do, each agent's own part is strictly best."""
    setting, amounts = question.setting, answer.contract.amounts()
    game = bf.game_of(setting.environment)
    utility = bf.prosocial_utility(game, question.levels)
    assert setting.language is not None

    def worth(i: int, w: int, a: Profile) -> Fraction:
        paid = amounts.get(record_of(setting.language, w, a))  # type: ignore[arg-type]
        return utility[i, w, a] + (paid[i] if paid else 0)

    for w, chosen in question.selection.items():
        for i, a in product(game.agents, game.profiles):
            if a[i] != chosen[i]:
                assert worth(i, w, bf.replaced(a, i, chosen[i])) > worth(i, w, a)


def check_domination(environment: Environment, levels: Levels) -> None:
    """Every defecting action is dominated by definition, or some is not."""
    game = bf.game_of(environment)
    utility = bf.prosocial_utility(game, levels)
    sides = environment.cooperative
    assert sides is not None

    def dominated(w: int, i: int, d: int) -> bool:
        return any(
            all(
                utility[i, w, bf.replaced(a, i, c)] > utility[i, w, bf.replaced(a, i, d)]
                for a in game.profiles
            )
            for c in sides[i]
        )

    defecting = [
        (w, i, d)
        for w in game.states
        for i in game.agents
        for d in game.actions[i]
        if d not in sides[i]
    ]
    moves = decide.dominated(environment, levels)
    assert (moves is not None) == all(dominated(*move) for move in defecting)
    if moves is not None:
        claim = {"id": "all-cooperative"}
        witness = decide.domination_witness(environment, moves)
        require(decide.no_contract(environment), levels, claim, witness)


def conform(engine: Engine, question: Question, expected: Any) -> bool:
    """Whether the engine answers; if so, rightly."""
    answer = engine.solve(question)
    if isinstance(answer, Unanswered):
        assert answer.reason.strip()
        return False
    match question:
        case Value():
            assert isinstance(answer, BestSelection)
            check_value(question, answer, expected)
        case Threshold():
            assert isinstance(answer, Reached)
            check_threshold(question, answer, expected)
        case SelectionThreshold():
            assert isinstance(answer, Reached)
            assert expected is None or answer.level == expected
            check_selection_threshold(question, answer)
        case SelectionSpan():
            assert isinstance(answer, Span)
            if expected is not None:
                assert (answer.low, answer.high) == (expected, INFINITY)
            check_span(question, answer)
        case Implementability():
            assert isinstance(answer, (Reached, Excluded))
            assert expected or isinstance(answer, Excluded)
            check_implementability(question, answer)
        case DominantSelection():
            assert isinstance(answer, Reached)
            assert expected
            check_dominant(question, answer)
    return True


def conform_together(engine: Engine, entry: Entry) -> None:
    """What answers about single selections say together: the best of them is the entry's value."""
    selections = entry.first_best_selections()
    if len(selections) == SELECTIONS:
        return  # and perhaps more
    optimum = first_best(entry.setting.environment).welfare
    if SelectionThreshold in engine.answers:
        thresholds = [
            engine.solve(SelectionThreshold(entry.setting, selection)) for selection in selections
        ]
        reached = [answer.level for answer in thresholds if isinstance(answer, Reached)]
        assert len(reached) < len(selections) or min(reached) == entry.threshold
    for levels, value in entry.values.items() if Implementability in engine.answers else ():
        answers = [engine.solve(Implementability(entry.setting, levels, s)) for s in selections]
        if not any(isinstance(answer, Unanswered) for answer in answers):
            assert any(isinstance(answer, Reached) for answer in answers) == (value == optimum)


ENGINES = [
    # Where there are few selections too, which others would try one by one.
    replace(engine, most=0) if isinstance(engine, ContractEngine) else engine
    for engine in decide.engines()
]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_the_engine_conforms(engine: Engine, source: str):
    for entry in corpus(source):
        for question, expected in questions(entry):
            if type(question) in engine.answers:
                try:
                    conform(engine, question, expected)
                except BaseException as error:
                    error.add_note(f"{engine.name}, {entry.name}: {question}")
                    raise
        conform_together(engine, entry)


@pytest.mark.parametrize("source", SOURCES)
def test_domination_is_that_of_the_definition(source: str):
    for entry in corpus(source):
        if entry.setting.environment.cooperative is not None:
            for levels in entry.values:
                check_domination(entry.setting.environment, levels)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_the_engine_answers_something_of_every_type_that_it_declares(engine: Engine):
    assert engine.answers
    for kind in engine.answers:
        pairs = (
            (question, expected)
            for source in ("n4", "prisoners-dilemma", "by hand")
            for entry in corpus(source)
            for question, expected in questions(entry)
            if type(question) is kind
        )
        assert any(conform(engine, question, expected) for question, expected in pairs), kind


def test_engines_have_names_of_their_own():
    assert len({engine.name for engine in ENGINES}) == len(ENGINES)


@pytest.mark.parametrize("source", SOURCES)
def test_together_the_engines_answer_everything(source: str):
    """Every quantity of the corpus is decided; only dominance may be left open."""
    for entry in corpus(source):
        for question, _ in questions(entry):
            if not isinstance(question, DominantSelection):
                assert not isinstance(decide.ask(question), Unanswered), (entry.name, question)
