"""The objects of the theory: exact numbers, environments, languages, contracts, preferences."""

from __future__ import annotations

import pickle
import random
from fractions import Fraction
from itertools import product

import brute_force
import numpy as np
import pytest

from coopgap.theory.contracts import (
    Budget,
    DirectiveContract,
    TransferContract,
    Transfers,
    with_transfers,
)
from coopgap.theory.dilemmas import axioms, moral_hazard_game, symmetric_game
from coopgap.theory.environments import MAX_PAYOFFS, Environment, environment, require_storable
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.errors import InputError
from coopgap.theory.exact import (
    INFINITY,
    MINUS_INFINITY,
    Extended,
    integer_array,
    magnitude,
    parse_number,
    widened,
)
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    blind,
    cells_of,
    complete,
    describe_record,
    from_values,
    join,
    record_of,
    record_table,
    refines,
    state_blind,
)
from coopgap.theory.languages import product as product_language
from coopgap.theory.preferences import (
    prosocial_payoffs,
)
from coopgap.theory.welfare import (
    expected_payoffs,
    first_best,
    incontractible_cells,
    maximisers,
    nash_product,
    rawlsian,
    utilitarian,
)

HALF = Fraction(1, 2)


@pytest.fixture
def game() -> Environment:
    """Two agents with two and three actions, two states."""
    payoffs = [[[k + s for k in range(6)] for s in range(2)] for _ in range(2)]
    return environment(["a", "b"], [["x", "y"], ["u", "v", "w"]], payoffs, ["s", "t"])


# --- exact numbers ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (3, Fraction(3)),
        ("1/3", Fraction(1, 3)),
        (" -0.25 ", Fraction(-1, 4)),
        ("+1.5e2", Fraction(150)),
        ("2e-3", Fraction(1, 500)),
        (Fraction(7, 2), Fraction(7, 2)),
    ],
)
def test_numbers_are_read_exactly(text: object, value: Fraction) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.5, "floating-point"),
        (True, "Boolean"),
        (None, "not a number"),
        ("1/0", "divides by zero"),
        ("nan", "not an exact number"),
        ("inf", "not an exact number"),
        ("1e999", "exponent"),
        ("1" * 500, "characters"),
        ("__import__('os')", "not an exact number"),
        ("1 / 2", "not an exact number"),
    ],
)
def test_other_numbers_are_refused(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_number(value)


def test_infinities_compare_with_every_fraction() -> None:
    numbers: list[Extended]
    numbers = [MINUS_INFINITY, Fraction(-5), Fraction(0), Fraction(10**30), INFINITY]
    for (i, left), (j, right) in product(enumerate(numbers), repeat=2):
        assert (left < right, left > right) == (i < j, i > j)
        assert (left <= right, left >= right) == (i <= j, i >= j)
        assert (left == right) == (i == j)
    assert [str(number) for number in numbers[::4]] == ["-inf", "inf"]
    assert pickle.loads(pickle.dumps(INFINITY)) is INFINITY
    assert pickle.loads(pickle.dumps(MINUS_INFINITY)) is MINUS_INFINITY


def test_arrays_widen_before_they_overflow() -> None:
    assert integer_array([1, 2], (2,)).dtype == np.int64
    assert integer_array([10**30], (1,)).dtype == object
    small = integer_array([2**61, 1], (2,))
    assert widened(small, 1).dtype == np.int64
    assert widened(small, 2).dtype == object
    assert magnitude(integer_array([-7, 3], (2,))) == 7
    assert magnitude(np.zeros(0, dtype=np.int64)) == 0


def test_huge_payoffs_stay_exact() -> None:
    big = 10**30
    game = environment(["a", "b"], [["x", "y"]] * 2, [[[big, 0, 0, big + 1]], [[big, 0, 0, big]]])
    assert first_best(game).welfare == 2 * big + 1
    payoffs, denominator = prosocial_payoffs(game, (Fraction(1, 3), Fraction(2)))
    assert Fraction(int(payoffs[0, 0, 0, 0]), denominator) == big + Fraction(2 * big, 3)


# --- environments ---


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"players": ["a", "a"]}, "player 'a' is listed twice"),
        ({"players": []}, "no player"),
        ({"actions": [["x", "x"], ["u", "v", "w"]]}, "action 'x' is listed twice"),
        ({"actions": [["x", "y"]]}, "one list of actions per player"),
        ({"states": ["s", "s"]}, "state 's' is listed twice"),
        ({"prior": [HALF]}, "1 probabilities for 2 states"),
        ({"prior": [HALF, HALF / 2]}, "sums to 3/4"),
        ({"prior": [Fraction(-1), Fraction(2)]}, "negative"),
    ],
)
def test_unusable_environments_are_refused(
    game: Environment, change: dict[str, object], message: str
) -> None:
    fields = {
        "players": game.players,
        "actions": game.actions,
        "states": game.states,
        "prior": game.prior,
        "payoffs": game.payoffs,
    }
    arguments = {k: tuple(map(_frozen, v)) if isinstance(v, list) else v for k, v in change.items()}
    with pytest.raises(InputError, match=message):
        Environment(**(fields | arguments))  # type: ignore[arg-type]


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def test_shapes_and_denominators_are_checked(game: Environment) -> None:
    labels = (game.players, game.actions, game.states, game.prior)
    with pytest.raises(InputError, match="have shape"):
        Environment(*labels, game.payoffs[:, :1])
    with pytest.raises(InputError, match="denominator"):
        Environment(*labels, game.payoffs, 0)
    with pytest.raises(InputError, match="do not fill"):
        environment(["a"], [["x", "y"]], [[[1]]])


def test_values_are_frozen(game: Environment) -> None:
    with pytest.raises(ValueError, match="read-only"):
        game.payoffs[0] = 1


def test_large_tables_are_refused_unbuilt() -> None:
    require_storable(2, 1, (10, 10))
    with pytest.raises(InputError, match="entries"):
        require_storable(2, 1, (MAX_PAYOFFS, 10**9))


def test_labels_and_indices(game: Environment) -> None:
    assert game.labels((1, 2)) == ("y", "w")
    assert game.profile(("y", "w")) == (1, 2)
    with pytest.raises(InputError, match="choose from u, v, w"):
        game.action("b", "z")
    with pytest.raises(InputError, match="3 actions for 2 players"):
        game.profile(("x", "u", "u"))


def test_payoffs_are_scaled_to_integers() -> None:
    game = environment(["a"], [["x", "y"]], [[[Fraction(1, 2), Fraction(1, 3)]]])
    assert (game.denominator, game.payoffs.ravel().tolist()) == (6, [3, 2])


# --- languages ---


def test_constructors_and_their_order(game: Environment) -> None:
    finest, coarsest, actions = complete(game), blind(game), state_blind(game)
    assert finest.record_count == 12
    assert coarsest.record_count == 1
    assert actions.is_state_language
    assert not coarsest.is_state_language
    for fine, coarse in ((finest, actions), (actions, coarsest), (finest, finest)):
        assert refines(fine, coarse, game)
    assert not refines(coarsest, actions, game)
    assert not refines(actions, finest, game)


def test_named_groups(game: Environment) -> None:
    language = product_language(game, [["t", "s"]], {"b": [["u", "w"]]})
    assert language == ProductLanguage((0, 0), ((0, 1), (0, 1, 0)))
    assert describe_record(language, game, record_of(language, 1, (1, 2))) == (
        "state: s or t, a: y, b: u or w"
    )
    assert cells_of(language, game) == [[0, 1]]
    for arguments, message in (
        (([["s", "z"]],), "no state 'z'"),
        (([["s"], ["s"]],), "'s' is listed twice"),
        ((None, {"c": []}), "no player 'c'"),
        ((None, {"a": [["q"]]}), "no action 'q'"),
    ):
        with pytest.raises(InputError, match=message):
            product_language(game, *arguments)


def test_the_lattice_on_random_languages(game: Environment) -> None:
    """The join is a bound, and the tightest one, for every pair of forms."""
    rng = random.Random(5)
    shape = (2, 2, 3)

    def drawn() -> Language:
        if rng.random() < 0.5:
            part = lambda n: tuple(_numbered([rng.randrange(n) for _ in range(n)]))  # noqa: E731
            return ProductLanguage(part(2), (part(2), part(3)))
        values = [rng.randrange(5) for _ in range(12)]
        return from_values(values, [str(v) for v in values], shape)

    for _ in range(150):
        left, right, third = drawn(), drawn(), drawn()
        up = join(left, right, game)
        for language in (left, right):
            assert refines(up, language, game)
        if all(refines(third, language, game) for language in (left, right)):
            assert refines(third, up, game)


def _numbered(values: list[int]) -> list[int]:
    numbers: dict[int, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values]


def test_record_tables_are_canonical(game: Environment) -> None:
    table = record_table(state_blind(game), game)
    assert table[0].ravel().tolist() == table[1].ravel().tolist() == list(range(6))
    values = from_values(["p", "q"] * 6, ["is p", "is q"] * 6, (2, 2, 3))
    assert describe_record(values, game, 1) == "is q"
    assert values.record_count == 2
    assert refines(complete(game), values, game)
    assert not refines(values, complete(game), game)


# --- contracts ---


def test_transfers_are_added_to_payoffs(game: Environment) -> None:
    language = product_language(game, [["s", "t"]], {"b": [["u", "v", "w"]]})
    record = record_of(language, 0, (1, 0))
    paid = with_transfers(game, TransferContract(language, {record: (HALF, -HALF)}))
    for state, a, b in product(range(2), range(2), range(3)):
        for agent, sign in ((0, 1), (1, -1)):
            before = Fraction(int(game.payoffs[agent, state, a, b]), game.denominator)
            after = Fraction(int(paid.payoffs[agent, state, a, b]), paid.denominator)
            assert after - before == (sign * HALF if a == 1 else 0)


def test_a_negative_liability_bound_is_refused() -> None:
    with pytest.raises(InputError, match="negative"):
        Transfers(Budget.FREE, Fraction(-1))


def test_directives_permit_classes(game: Environment) -> None:
    language = product_language(game, [["s", "t"]], {"b": [["u", "w"]]})
    directive = DirectiveContract(language, {0: (frozenset({1}), frozenset({0}))})
    assert directive.permits(1, 1, 2)
    assert not directive.permits(0, 1, 1)
    assert not directive.permits(0, 0, 0)


# --- preferences, welfare, dilemmas ---


def test_prosocial_payoffs_are_the_definition(game: Environment) -> None:
    levels = (Fraction(1, 3), Fraction(0))
    payoffs, denominator = prosocial_payoffs(game, levels)
    for agent, level in enumerate(levels):
        own = Fraction(int(game.payoffs[agent, 1, 1, 2]))
        assert Fraction(int(payoffs[agent, 1, 1, 2]), denominator) == own + level * int(
            game.welfare[1, 1, 2]
        )
    assert prosocial_payoffs(game, (Fraction(0),) * 2)[0] is game.payoffs
    for wrong in ((HALF,), (HALF, -HALF)):
        with pytest.raises(InputError):
            prosocial_payoffs(game, wrong)


def test_welfare_functions() -> None:
    game = environment(["a", "b"], [["x", "y"]] * 2, [[[3, -1, 4, 2]], [[3, 4, -1, -2]]])
    assert utilitarian(game)[0].tolist() == [[6, 3], [3, 0]]
    assert rawlsian(game)[0].tolist() == [[3, -1], [-1, -2]]
    assert nash_product(game)[0].tolist() == [[9, -4], [-4, -4]]
    assert maximisers(rawlsian(game)[0]) == ((0, 0),)
    assert expected_payoffs(game, {0: (0, 1)}) == (Fraction(-1), Fraction(4))


def test_incontractible_cells_count_ties() -> None:
    """In w1 both diagonal profiles are first best, in w2 only the second: it serves both."""
    game = environment(
        ["a", "b"],
        [["x", "y"]] * 2,
        [[[2, 0, 0, 2], [0, 0, 0, 2]], [[2, 0, 0, 2], [0, 0, 0, 2]]],
        ["w1", "w2"],
    )
    assert incontractible_cells(game, state_blind(game)) == []
    assert incontractible_cells(game, complete(game)) == []


def test_pure_equilibria_agree_with_brute_force() -> None:
    rng = random.Random(11)
    for _ in range(100):
        shape = rng.choice([(2, 2), (1, 3), (2, 2, 2), (3, 2)])
        count = int(np.prod(shape))
        payoffs = [[[rng.randint(0, 2) for _ in range(count)]] for _ in shape]
        game = environment(
            [f"p{i}" for i in range(len(shape))],
            [[f"a{k}" for k in range(size)] for size in shape],
            payoffs,
        )
        equilibria = [tuple(a) for a in np.argwhere(pure_nash(game.payoffs)[0]).tolist()]
        assert equilibria == sorted(brute_force.pure_nash(game)[0])


def test_axioms_agree_with_brute_force_and_all_can_fail() -> None:
    rng = random.Random(3)
    seen: dict[str, set[bool]] = {}
    games = [moral_hazard_game(*map(Fraction, (12, -5, 18, 0)))]
    for size in [2, 3] * 150:
        rows = [[Fraction(rng.randint(0, 4)) for _ in range(size)] for _ in range(size)]
        actions = [f"a{k}" for k in range(size)]
        games.append(symmetric_game(rows, actions, range(rng.randint(1, size - 1))))
    for game in games:
        answers = dict(axioms(game))
        assert answers == brute_force.axioms(game)
        for name, holds in answers.items():
            seen.setdefault(name, set()).add(holds)
    assert all(values == {True, False} for values in seen.values())


def test_axioms_need_both_sides() -> None:
    rows = [[Fraction(0)] * 2] * 2
    for cooperative in ((), (0, 1)):
        with pytest.raises(InputError, match="both cooperating and defecting"):
            axioms(symmetric_game(rows, ["x", "y"], cooperative))
    plain = environment(["a"], [["x", "y"]], [[[1, 2]]])
    with pytest.raises(InputError, match="does not say which actions cooperate"):
        axioms(plain)
