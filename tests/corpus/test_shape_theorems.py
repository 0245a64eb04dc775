"""The theorems about bounded shapes: they settle as expected, break where an assumption is taken
away, and are about all that they say they are about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from math import prod
from random import Random
from typing import Any

import pytest
from brute_force import implementable
from conditions import condition_holds
from random_environments import BASE_SEED, random_language

from coopgap.proofs.algebra.elimination import transfer_obstructions
from coopgap.proofs.certificates.certificate import kind_of_text, verified
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.parameters.goals import Goal, Settled, formula, settle
from coopgap.proofs.parameters.prover import Prover
from coopgap.proofs.theorems import obstructions
from coopgap.proofs.theorems.obstructions import simple_cycles
from coopgap.proofs.theorems.shapes import SHAPES
from coopgap.proofs.theorems.situations import (
    Situation,
    product_languages,
    product_refinements,
    product_situations,
    record_refinements,
    record_situations,
)
from coopgap.proofs.theorems.symbols import (
    Shape,
    Symbols,
    at_least,
    digits,
    goal,
    partitions,
    payoff,
    replaced,
)
from coopgap.proofs.theorems.theorem import Means
from coopgap.proofs.theorems.transfers import BOUND, RULES, liability, payoff_names, strengths
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment, environment
from coopgap.theory.languages import Language, record_of

THEOREMS = {theorem.id: theorem for theorem in SHAPES}
SAMPLE, MANY = 6, 60
"""The goals of a theorem that are settled in the gate, and in deep; ``prove`` settles them all."""

SMALL = Shape(2, 2, 2)


@pytest.fixture(scope="module")
def means() -> Iterator[Means]:
    provers: dict[tuple[str, ...], Prover] = {}
    with Worker(20) as worker:

        def prover(names: tuple[str, ...]) -> Prover:
            return provers.setdefault(names, Prover(len(names), worker))

        yield Means(worker, prover)


def settled(each: Goal, means: Means) -> Settled:
    return settle(each, means.prover(each.problem.parameters))


def goals_of(name: str, means: Means) -> list[tuple[str, Goal]]:
    found = []
    for label, each in THEOREMS[name].goals(means):
        assert isinstance(each, Goal), label
        found.append((label, each))
    return found


# ---------------------------------------------------------------------------------- evaluation


def value_of(polynomial: Mapping[str, int] | int, point: Mapping[str, Fraction]) -> Fraction:
    """A polynomial as certificates carry it, at a point, by nothing but its text."""
    terms = {"1": polynomial} if isinstance(polynomial, int) else polynomial
    return sum(
        (
            Fraction(coefficient) * prod(point[name] for name in monomial.split("*") if name != "1")
            for monomial, coefficient in terms.items()
        ),
        Fraction(0),
    )


def is_true(formula: Sequence[Any], point: Mapping[str, Fraction]) -> bool:
    match formula[0]:
        case "and":
            return all(is_true(part, point) for part in formula[1:])
        case "or":
            return any(is_true(part, point) for part in formula[1:])
        case "not":
            return not is_true(formula[1], point)
    value, relation = value_of(formula[0], point), formula[1]
    return value > 0 if relation == ">" else value == 0 if relation == "==" else value >= 0


def require_counterexample(each: Goal, found: Settled) -> dict[str, Fraction]:
    """The goal is refuted at a point that satisfies the assumptions and not the conclusion."""
    assert found.status == "refuted", found.reason
    assert found.counterexample is not None
    point = dict(zip(each.problem.parameters, found.counterexample, strict=True))
    assert all(
        condition_holds(condition, found.counterexample) for condition in each.problem.assumptions
    )
    assert not is_true(each.claim["conclusion"], point)
    accepted = verified(found.text)
    assert accepted.accepted, accepted.reason
    assert kind_of_text(found.text) == "counterexample"
    return point


# ---------------------------------------------------------------------------------- settling


def test_ids_are_distinct_and_name_their_claims():
    assert len(THEOREMS) == len(SHAPES)
    claims = {name.split("-")[0] for name in THEOREMS}
    assert claims == {"t1", "t2", "t3", "t4", "t5", "t6", "t8", "t9"}
    for name, theorem in THEOREMS.items():
        assert theorem.source == f"theory.md {name.split('-')[0].upper()}"
        assert theorem.expected in ("proved", "refuted")
        assert theorem.statement.endswith((".", ")"))


@pytest.mark.parametrize("name", THEOREMS)
def test_theorems_settle_as_expected(name: str, means: Means):
    found = goals_of(name, means)
    labels = [label for label, _ in found]
    assert len(set(labels)) == len(labels) > 0
    require_settled(name, found, SAMPLE, means)


@pytest.mark.deep
@pytest.mark.parametrize("name", THEOREMS)
def test_theorems_settle_goal_by_goal(name: str, means: Means):
    require_settled(name, goals_of(name, means), MANY, means)


def require_settled(name: str, found: list[Any], most: int, means: Means) -> None:
    if len(found) > most:
        print(f"{most} of {len(found)} goals, seed {BASE_SEED}")
        found = Random(BASE_SEED).sample(found, most)
    for label, each in found:
        answer = settled(each, means)
        assert answer.status == THEOREMS[name].expected, (label, answer.reason)
        if answer.status == "refuted":
            require_counterexample(each, answer)
        else:
            assert verified(answer.text).accepted


# ---------------------------------------------------------------------------------- mutations

NEEDED = {
    ("t1-2x2x2", "a>a|b b>b|a, coarser: b→a; free money, no liability bound"): 4,
    ("t2-2x4", "best 01: nothing is lost"): 6,
    ("t2-2x4", "cells 01"): 2,
    ("t3-2x2x2", "a>b|c d>c|b; balanced money, no liability bound: contracts leave"): 8,
    ("t3-2x2x2", "a>b|c d>c|b: (b) every flow"): 8,
    ("t4-2x2x2", "a>a|b b>b|a"): 11,
    ("t5-2x2x2", "cells 00, classes 00·01"): 3,
    ("t6-2x2x2", "where none is lost"): 1,
    ("t6-2x2x2", "agent 1 from 00 to 10 in state 1"): 4,
    ("t8-2x2x2", "one outcome"): 1,
    ("t8-two-outcomes-2", "what is left"): 5,
    ("t9-2x2x2", "strictly dominated"): 6,
    ("t9-2x2x2", "never played"): 5,
}
"""How many of a goal's assumptions cannot be missed: the theorem, and how the label begins."""


def chosen(name: str, label: str, means: Means) -> Goal:
    (found,) = [each for told, each in goals_of(name, means) if told.startswith(label)]
    return found


@pytest.mark.parametrize(("place", "count"), NEEDED.items(), ids=lambda each: str(each)[:60])
def test_without_an_assumption_the_counterexample_violates_just_that(
    place: tuple[str, str], count: int, means: Means
):
    each = chosen(*place, means)
    refuted = 0
    for k, dropped in enumerate(each.problem.assumptions):
        others = tuple(kept for j, kept in enumerate(each.problem.assumptions) if j != k)
        weaker = replace(each, problem=replace(each.problem, assumptions=others))
        answer = settled(weaker, means)
        assert answer.status in ("proved", "refuted"), answer.reason
        if answer.status == "refuted":
            point = require_counterexample(weaker, answer)
            assert not condition_holds(dropped, tuple(point.values()))
            refuted += 1
    assert refuted == count


def flipped(conclusion: Sequence[Any]) -> list[Any]:
    """The conclusion with the sign of its first inequality that is about a parameter changed."""
    done = False

    def turned(part: Sequence[Any]) -> list[Any]:
        nonlocal done
        if isinstance(part[0], str):
            return [part[0], *(turned(each) for each in part[1:])]
        value, relation = part
        if done or relation == "==" or isinstance(value, int):
            return [value, relation]
        done = True
        return [{monomial: -c for monomial, c in value.items()}, relation]

    found = turned(conclusion)
    assert done
    return found


INEQUALITIES = [place for place in NEEDED if place != ("t9-2x2x2", "never played")]


@pytest.mark.parametrize("place", INEQUALITIES, ids=str)
def test_with_a_sign_changed_there_is_a_counterexample(place: tuple[str, str], means: Means):
    each = chosen(*place, means)
    wrong = formula(each.problem, flipped(each.claim["conclusion"]))
    require_counterexample(wrong, settled(wrong, means))


@pytest.mark.parametrize("fault", ["one is lost", "one is too strong", "fines count twice"])
def test_wrong_obstructions_of_the_engines_are_found(
    fault: str, means: Means, monkeypatch: pytest.MonkeyPatch
):
    """T3 compares what checker and engines use with what it derives itself."""

    def faulty(*arguments: Any) -> list[Any]:
        found = transfer_obstructions(*arguments)
        if not found:
            return found
        (weights, fines), *others = found
        if fault == "one is lost":
            return others
        if fault == "one is too strong":
            return [(dict.fromkeys(weights, 2), fines), ({min(weights): 1}, fines), *others]
        return [(weights, 2 * fines), *others]

    monkeypatch.setattr(obstructions, "transfer_obstructions", faulty)
    situation = Situation(SMALL, ((0, 1, 2), (3, 2, 1)))
    statuses = set()
    for label, each in obstructions.implementation([situation]):
        assert isinstance(each, Goal)
        answer = settled(each, means)
        statuses.add(answer.status)
        if answer.status == "refuted":
            assert "what is used" in label
            require_counterexample(each, answer)
    assert statuses == {"proved", "refuted"}


def test_every_obstruction_is_needed(means: Means):
    """None follows from the others: implementation would be promised too early without it."""
    missed = 0
    for situation, rule in product(product_situations(SMALL), RULES):
        symbols = Symbols((*payoff_names(situation), BOUND))
        given, needed = liability(rule, symbols), strengths(situation, rule, symbols)
        about_payoffs = [each for each in needed if each.polynomial.degree and each not in given]
        for dropped in about_payoffs:
            if dropped.polynomial == (symbols[BOUND] * 2):
                continue  # n B ≥ 0 says nothing about payoffs
            others = [*given, *(each for each in needed if each != dropped)]
            weaker = goal(symbols, others, dropped)
            require_counterexample(weaker, settled(weaker, means))
            missed += 1
    assert missed > 150


def test_coarser_languages_implement_less(means: Means):
    """The converse of T1 fails for some of its refinements, and never without a counterexample."""
    found = {"proved": 0, "refuted": 0}
    for situation in product_refinements(SMALL):
        symbols = Symbols((*payoff_names(situation), BOUND))
        rule = RULES[0]
        fine = strengths(situation, rule, symbols)
        converse = goal(symbols, fine, *strengths(situation.coarser, rule, symbols))
        answer = settled(converse, means)
        found[answer.status] += 1
        if answer.status == "refuted":
            require_counterexample(converse, answer)
    assert found["refuted"] > found["proved"] > 0


# ---------------------------------------------------------------------------------- situations

Setting = tuple[tuple[tuple[int, ...], ...], tuple[frozenset[frozenset[Any]], ...]]
"""A selection, and for each of one or two languages which of the plays that matter are alike."""


def plays_that_matter(shape: Shape, selection: Sequence[tuple[int, ...]]) -> list[Any]:
    return [
        (s, a)
        for s, a in shape.plays
        if sum(x != y for x, y in zip(a, selection[s], strict=True)) <= 1
    ]


def alike(plays: Sequence[Any], record: Any) -> frozenset[frozenset[Any]]:
    parts: dict[Any, set[Any]] = {}
    for play in plays:
        parts.setdefault(record(play), set()).add(play)
    return frozenset(map(frozenset, parts.values()))


def renamings(shape: Shape) -> list[Any]:
    """What generates all relabellings, as maps of plays: exchanges of two agents, of two states,
    and of two actions of one agent in one state."""

    def exchanged(k: int, one: int, other: int) -> int:
        return {one: other, other: one}.get(k, k)

    found: list[Any] = []
    for i, j in combinations(range(shape.agents), 2):
        order = [exchanged(k, i, j) for k in range(shape.agents)]
        found.append(lambda play, o=order: (play[0], tuple(play[1][k] for k in o)))
    for s, r in combinations(range(shape.states), 2):
        found.append(lambda play, s=s, r=r: (exchanged(play[0], s, r), play[1]))
    for s, i in product(range(shape.states), range(shape.agents)):
        for one, other in combinations(range(shape.actions), 2):

            def change(play: Any, s: int = s, i: int = i, x: int = one, y: int = other) -> Any:
                state, profile = play
                if state != s:
                    return play
                return state, replaced(profile, i, exchanged(profile[i], x, y))

            found.append(change)
    return found


def orbits(settings: set[Setting], shape: Shape) -> int:
    """How many of the settings are left up to relabelling, by walking through all relabellings."""
    changes, left, count = renamings(shape), set(settings), 0
    while left:
        count += 1
        seen = {left.pop()}
        stack = list(seen)
        while stack:
            selection, languages = stack.pop()
            for change in changes:
                moved = dict(change((s, a)) for s, a in enumerate(selection))
                other = (
                    tuple(moved[s] for s in range(shape.states)),
                    tuple(
                        frozenset(frozenset(map(change, part)) for part in language)
                        for language in languages
                    ),
                )
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        left -= seen
    return count


def product_settings(shape: Shape, pairs: bool) -> set[Setting]:
    def record(language: Any, play: Any) -> Any:
        cells, *classes = language
        return (cells[play[0]], *(c[a] for c, a in zip(classes, play[1], strict=True)))

    languages = product_languages(shape)
    assert len(languages) == len(partitions(shape.states)) * (
        len(partitions(shape.actions)) ** shape.agents
    )
    found = set()
    for several in product(languages, repeat=1 + pairs):
        told = [alike(shape.plays, lambda p, each=each: record(each, p)) for each in several]
        if pairs and not is_finer(*told):
            continue
        for selection in product(shape.profiles, repeat=shape.states):
            plays = plays_that_matter(shape, selection)
            parts = (alike(plays, lambda p, each=each: record(each, p)) for each in several)
            found.add((selection, tuple(parts)))
    return found


def is_finer(fine: frozenset[frozenset[Any]], coarse: frozenset[frozenset[Any]]) -> bool:
    return fine != coarse and all(any(part <= whole for whole in coarse) for part in fine)


def record_settings(shape: Shape, pairs: bool) -> set[Setting]:
    """In every state (0, …, 0); what is not looked at is a relabelling of it."""
    selection = ((0,) * shape.agents,) * shape.states
    plays = plays_that_matter(shape, selection)
    maps = [
        alike(plays, lambda p, numbers=numbers: numbers[plays.index(p)])
        for numbers in product(range(len(plays)), repeat=len(plays))
    ]
    languages = set(maps)
    if not pairs:
        return {(selection, (each,)) for each in languages}
    return {
        (selection, (fine, coarse))
        for fine, coarse in product(languages, repeat=2)
        if is_finer(fine, coarse)
    }


@pytest.mark.parametrize("shape", [Shape(2, 2, 1), SMALL, Shape(2, 3, 1), Shape(3, 2, 1)], ids=str)
def test_situations_are_all_settings_up_to_relabelling(shape: Shape):
    assert len(product_situations(shape)) == orbits(product_settings(shape, False), shape)
    assert len(product_refinements(shape)) == orbits(product_settings(shape, True), shape)


@pytest.mark.parametrize("shape", [Shape(2, 2, 1), Shape(3, 2, 1), Shape(2, 3, 1)], ids=str)
def test_record_situations_are_all_record_maps_up_to_relabelling(shape: Shape):
    assert len(record_situations(shape)) == orbits(record_settings(shape, False), shape)
    assert len(record_refinements(shape)) == orbits(record_settings(shape, True), shape)


def test_the_numbers_of_situations():
    counts = {
        str(shape): (len(product_situations(shape)), len(product_refinements(shape)))
        for shape in (SMALL, Shape(2, 2, 3), Shape(3, 2, 2))
    }
    assert counts == {"2x2x2": (9, 22), "2x2x3": (16, 66), "3x2x2": (13, 48)}
    assert len(record_situations(SMALL)) == 74
    assert len(record_refinements(SMALL)) == 685


def test_simple_cycles_are_found_once_each():
    # Two arcs between 0 and 1, one back, a loop at 2, and a triangle.
    arcs = [(0, 0, 1), (1, 0, 1), (2, 1, 0), (3, 2, 2), (4, 1, 2), (5, 2, 0)]
    found = sorted(map(sorted, simple_cycles(arcs)))
    assert found == [[0, 2], [0, 4, 5], [1, 2], [1, 4, 5], [3]]


def relabelled(
    game: Environment, language: Language, selection: Sequence[tuple[int, ...]]
) -> tuple[Situation, dict[str, Fraction]]:
    """The situation of a selection, and what its payoffs are: in each state each agent's action and
    its action 0 exchange their names."""
    shape = Shape(len(game.players), game.shape[0], len(game.states))

    def old(state: int, profile: Sequence[int]) -> tuple[int, ...]:
        return tuple(
            {0: own, own: 0}.get(a, a) for a, own in zip(profile, selection[state], strict=True)
        )

    start = (0,) * shape.agents
    around = [start] + [
        replaced(start, i, b) for i in range(shape.agents) for b in range(1, shape.actions)
    ]
    names: dict[int, int] = {}
    rows = []
    for s in range(shape.states):
        records = (record_of(language, s, old(s, a)) for a in around)
        rows.append(tuple(names.setdefault(y, len(names)) for y in records))
    values = {
        payoff(i, (s, a)): Fraction(int(game.payoffs[(i, s, *old(s, a))]), game.denominator)
        for i in range(shape.agents)
        for s, a in shape.plays
    }
    return Situation(shape, tuple(rows)), values


def test_strengths_decide_as_brute_force_does():
    """On random environments in which all states are likely: a selection is implementable iff the
    conditions of its situation hold of the relabelled payoffs."""
    seen = {True: 0, False: 0}
    for seed in range(BASE_SEED, BASE_SEED + 60):
        rng = Random(seed)
        agents, actions, states = rng.choice([(2, 2, 2), (2, 3, 2), (3, 2, 2), (2, 2, 3)])
        profiles = actions**agents
        game = environment(
            players=[f"p{i}" for i in range(agents)],
            actions=[[f"a{k}" for k in range(actions)]] * agents,
            payoffs=[
                [[rng.randint(-2, 2) for _ in range(profiles)] for _ in range(states)]
                for _ in range(agents)
            ],
            states=[f"w{s}" for s in range(states)],
            prior=[Fraction(1, states)] * states,
        )
        language = random_language(rng, game)
        selection = [tuple(rng.randrange(actions) for _ in range(agents)) for _ in range(states)]
        situation, values = relabelled(game, language, selection)
        symbols = Symbols((*payoff_names(situation), BOUND))
        for rule in RULES:
            bound = Fraction(rng.randint(0, 3), 2)
            point = [{**values, BOUND: bound}[name] for name in symbols.names]
            found = all(
                condition_holds(each, point) for each in strengths(situation, rule, symbols)
            )
            contracts = Transfers(Budget(rule.budget), bound if rule.liable else None)
            expected = implementable(game, language, contracts, dict(enumerate(selection)))
            assert found is expected, (seed, str(rule))
            seen[found] += 1
    assert min(seen.values()) > 50


# ---------------------------------------------------------------------------------- examples


def test_the_counterexample_to_complete_directives_in_product_languages(means: Means):
    """theory.md T1: unverifiable actions 2, verifiable actions 1; re-computed from the game."""
    ((_, each),) = goals_of("t1-complete-classes", means)
    point = require_counterexample(each, settled(each, means))

    def got(profile: tuple[int, ...], state: int) -> Fraction:
        return sum((point[f"u{i}_{digits(profile)}_{state}"] for i in (1, 2)), Fraction(0))

    both = point["p1"] * got((0, 0), 1) + point["p2"] * got((1, 1), 2)
    assert all(point["p1"] * got(a, 1) + point["p2"] * got(a, 2) < both for a in SMALL.profiles)


def test_directives_of_the_finer_language_are_found_without_distinctions(means: Means):
    """The option that is the coarser directive itself is looked at first, so that one case is
    enough; with the options reversed the goal holds as well."""
    for label, each in goals_of("t1-permissive-2x2x2", means)[:10]:
        outer = each.claim["conclusion"]
        turned = ["and", *([part[0], *reversed(part[1:])] for part in outer[1:])]
        assert settled(formula(each.problem, turned), means).status == "proved", label


def test_only_classes_with_a_liability_bound_assume_one():
    symbols = Symbols((BOUND,))
    assert liability(RULES[0], symbols) == []
    assert liability(RULES[1], symbols) == [at_least(symbols[BOUND])]
