"""Hypothesis strategies: games of many kinds, and languages, contracts and claims about them.

Everything drawn satisfies its definition by construction, nothing is drawn and thrown away. The
strategies of games and languages reach everything of their kind that the given numbers allow, and
all shrink towards few agents, few actions, few states, small integers and coarse languages. Each
raises InputError at once, not when first drawn from, if it could not draw anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any, TypedDict, TypeVar, Unpack

import flint
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from coopgap.proofs.algebra.conditions import Condition, holding_at
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.fuzzing.situations import Bounds as SituationBounds
from coopgap.proofs.fuzzing.situations import Situation
from coopgap.proofs.fuzzing.writing import record_texts, spec_text
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.theory.contracts import (
    Budget,
    ContractClass,
    DirectiveContract,
    Directives,
    NoContract,
    TransferContract,
    Transfers,
    with_transfers,
)
from coopgap.theory.dilemmas import AXIOMS, axioms, moral_hazard_game
from coopgap.theory.environments import Environment, Profile, environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import IntArray, integer_array, parse_number
from coopgap.theory.families import Family
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    RecordLanguage,
    blind,
    complete,
    from_values,
    join,
    record_table,
    state_blind,
)
from coopgap.theory.nearest import suggestion
from coopgap.theory.readers.claim_fields import CLAIM_FIELDS
from coopgap.theory.readers.load import load
from coopgap.theory.readers.records import record_language
from coopgap.theory.specification import (
    FamilySpecification,
    NamedLanguage,
    Question,
    Specification,
    require_level,
)

Bounds = int | tuple[int, int]
"""How many: exactly so many, or (least, most)."""

Numbers = Iterable[int | Fraction]
"""Which exact numbers may be drawn, such as ``range(-3, 4)`` or ``rationals(-1, 1, 4)``."""

_T = TypeVar("_T")

Contract = TransferContract | DirectiveContract


def rationals(least: int, most: int, denominator: int) -> tuple[Fraction, ...]:
    """The numbers from ``least`` to ``most`` with denominators up to the one given."""
    return tuple(
        Fraction(above, below)
        for below in range(1, denominator + 1)
        for above in range(least * below, most * below + 1)
        if math.gcd(above, below) == 1
    )


SMALL: Numbers = range(-3, 4)
"""The whole numbers from −3 to 3."""

RATIONAL: Numbers = rationals(0, 3, 3)
"""The numbers from 0 to 3 with denominators up to 3."""

MAX_PAYOFFS = 1024
"""The most payoffs of a game that is drawn: Hypothesis gives up on larger draws."""

MAX_NUMBERS = 1 << 10
"""The most numbers to draw from."""

FORMS = ("blind", "state-blind", "states", "product", "records", "complete")
"""The forms of languages (theory.md §1), coarse ones first; ``states`` are partitions of the
states, ``product`` those and classes of actions, ``records`` arbitrary record maps."""

KINDS = ("transfers", "directives", "none")
"""The kinds of contract classes."""

TABLE_GAMES = {"PD": "table-games-pd", "SH": "table-games-sh"}
"""The gallery's families of table games: P1–P5 and S1–S4 of theory.md §3."""

SECONDS = 10.0
"""The time that one nonlinear question about a family's assumptions may take."""

STEPS = 4
"""The most steps of a walk through a family's parameters."""

PARTS = 8
"""Into so many parts is divided how far a step could go."""

Point = tuple[Fraction, ...]
"""One value per parameter."""


# Games


class Size(TypedDict, total=False):
    """How large games are.

    agents, actions (of each agent), states: how many, as ``Bounds``. payoffs: which numbers these
    may be, in utils. zero_probabilities: whether states may have probability 0, though never all.
    """

    agents: Bounds
    actions: Bounds
    states: Bounds
    payoffs: Numbers
    zero_probabilities: bool


def environments(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Games without any structure: every payoff drawn on its own.

    ``size``: as in ``Size``; 1 to 3 agents, 1 to 3 actions and 1 or 2 states with payoffs from −3
    to 3 unless said otherwise. Raises InputError for an empty range, for games of more than
    MAX_PAYOFFS payoffs, and for payoffs that are no exact numbers.
    """
    return _games(_sized(size), _arbitrary)


def symmetric_games(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Symmetric games (von Neumann and Morgenstern 1944; theory.md §3).

    All agents have the same actions, and a payoff depends on the own action and on how many others
    take each action. ``size`` and InputError: as ``environments``.
    """
    return _games(_sized(size), _symmetric, alike=True)


def potential_games(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Games with an exact potential P in every state: u_i(b, a_-i) − u_i(a) = P(b, a_-i) − P(a).

    Each is P plus, for each agent, what only the others' actions decide (Monderer and Shapley 1996,
    with Facchini et al. 1997). ``size`` and InputError: as ``environments``.
    """
    return _games(_sized(size), _potential)


def zero_sum_games(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Games whose payoffs add up to 0 at every profile, in every state.

    ``size`` and InputError: as ``environments``, but with two agents unless said otherwise.
    """
    return _games(_sized(size, agents=(2, 2)), _zero_sum)


def supermodular_games(**size: Unpack[Size]) -> SearchStrategy[Environment]:
    """Games with strategic complements (Topkis 1979; Milgrom and Roberts 1990).

    An agent's gain from its next action, in the order of the list, never falls when others take
    later ones. ``size`` and InputError: as ``environments``.
    """
    return _games(_sized(size), _supermodular)


def social_dilemmas(
    axioms: Collection[str] = ("axiom-i", "axiom-ii", "axiom-iii", "axiom-iv-strict"),
    **size: Unpack[Size],
) -> SearchStrategy[Environment]:
    """Games with cooperating actions that satisfy the axioms of theory.md §3, and maybe others.

    axioms: ids from ``coopgap.theory.dilemmas.AXIOMS``. A game is a drawn one plus the least whole
    multiple of a public good with which the axioms hold, so payoffs may exceed those drawn.
    ``size`` and InputError: as ``environments``, but with at least 2 agents and 2 actions; also for
    no axiom and for an unknown one.
    """
    chosen = _chosen(axioms, AXIOMS, "axioms")
    bounds = _sized(size, {"agents": 2, "actions": 2}, agents=(2, 3), actions=(2, 3))
    return _dilemmas(_games(bounds, _arbitrary), chosen)


def table_games(dilemma: str = "PD") -> SearchStrategy[Environment]:
    """The paper's 4×4 games of R, S, T, P (theory.md §3).

    dilemma: ``"PD"``, under P1–P5, or ``"SH"``, under S1–S4. Raises InputError for another word.
    """
    (known,) = _chosen([dilemma], tuple(TABLE_GAMES), "dilemma")
    found = load(TABLE_GAMES[known])
    assert isinstance(found, FamilySpecification)
    return points(found.family).map(lambda p: moral_hazard_game(p["R"], p["S"], p["T"], p["P"]))


@dataclass(frozen=True)
class _Sized:
    """``Size`` with all defaults filled in."""

    payoffs: tuple[Fraction, ...]
    agents: tuple[int, int] = (1, 3)
    actions: tuple[int, int] = (1, 3)
    states: tuple[int, int] = (1, 2)
    zero_probabilities: bool = False


def _sized(size: Size, least: dict[str, int] | None = None, **defaults: tuple[int, int]) -> _Sized:
    given = {**defaults, **size}
    for name in ("agents", "actions", "states"):
        if name in given:
            given[name] = _bounds(given[name], name, (least or {}).get(name, 1))
    given["payoffs"] = _simplest_first(given.get("payoffs", SMALL), "payoffs")
    found = _Sized(**given)  # type: ignore[arg-type]
    (_, agents), (_, actions), (_, states) = found.agents, found.actions, found.states
    # Compared before it is computed: the power may be astronomical.
    if agents > MAX_PAYOFFS or agents * states * actions**agents > MAX_PAYOFFS:
        raise InputError(
            f"{agents} agents with {actions} actions in {states} states are more than the "
            f"{MAX_PAYOFFS:,} payoffs that can be drawn",
            fix="lower the upper bound of agents, actions or states",
            field="agents, actions, states",
        )
    return found


def _bounds(value: object, name: str, least: int) -> tuple[int, int]:
    pair = (value, value) if type(value) is int else value
    if not (isinstance(pair, tuple) and [type(each) for each in pair] == [int, int]):
        raise InputError(
            f"{value!r} is no range", fix="give a whole number or (least, most)", field=name
        )
    low, high = pair
    if low > high:
        raise InputError(
            f"{value!r} is an empty range", fix="give (least, most) with least ≤ most", field=name
        )
    if low < least:
        raise InputError(f"{value!r} allows {low}", fix=f"allow no less than {least}", field=name)
    return low, high


def _simplest_first(numbers: object, name: str) -> tuple[Fraction, ...]:
    """The numbers in the order in which draws prefer them: whole and small ones first.

    Raises InputError for none, for too many, and for what is no exact number.
    """
    if not isinstance(numbers, Iterable) or isinstance(numbers, str):
        raise InputError(
            f"{numbers!r} lists no numbers", fix="list some, as range(-3, 4) does", field=name
        )
    with inside(name):
        known = {parse_number(number) for number in islice(numbers, MAX_NUMBERS + 1)}
    if not 0 < len(known) <= MAX_NUMBERS:
        raise InputError(
            f"{numbers!r} lists {'too many numbers' if known else 'no number'}",
            fix=f"list 1 to {MAX_NUMBERS:,}, as range(-3, 4) does",
            field=name,
        )
    return tuple(sorted(known, key=lambda x: (x.denominator, abs(x), x < 0)))


def _chosen(names: Collection[str], known: Sequence[str], field: str) -> tuple[str, ...]:
    """The names in the order of the known ones; raises InputError for none and an unknown one."""
    if isinstance(names, str) or not names:
        raise InputError(
            f"{names!r} names nothing", fix=f"list some of {', '.join(known)}", field=field
        )
    for name in names:
        if name not in known:
            raise InputError(f"there is no {name!r}", fix=suggestion(str(name), known), field=field)
    return tuple(name for name in known if name in names)


Fresh = Callable[[], IntArray]
"""Draws numbers of shape (states, actions…)."""

Rule = Callable[[int, Fresh], IntArray]
"""The payoffs of shape (agents, states, actions…) that a kind of games makes of fresh numbers, for
so many agents."""


@st.composite
def _games(draw: DrawFn, size: _Sized, rule: Rule, alike: bool = False) -> Environment:
    # Drawn is the largest table, then what of it is used: so a part can go while the rest stays,
    # and a failing game shrinks to its relevant agents, actions and states.
    (_, agents), (_, actions), (_, states) = size.agents, size.actions, size.states
    players, contingencies = draw(_used(size.agents)), draw(_used(size.states))
    some = _used(size.actions)
    choices = [draw(some)] * agents if alike else [draw(some) for _ in range(agents)]
    shape = [len(choices[agent]) for agent in players]
    prior = _prior(draw(_weights(states, size.zero_probabilities)), contingencies)
    part = np.ix_(contingencies, *(choices[k] if k in players else (0,) for k in range(agents)))
    count = states * actions**agents

    def fresh() -> IntArray:
        table = np.empty(count, dtype=object)
        table[:] = [size.payoffs[k] for k in draw(_digits(count, len(size.payoffs)))]
        whole = table.reshape(states, *[actions] * agents)
        return np.asarray(whole[part].reshape(len(contingencies), *shape))

    return environment(
        players=_names("p", len(players)),
        actions=[_names("a", count) for count in shape],
        payoffs=rule(len(players), fresh).reshape(len(players), len(prior), -1).tolist(),
        states=_names("w", len(prior)) if len(prior) > 1 else ["s"],
        prior=prior,
    )


@st.composite
def _used(draw: DrawFn, bounds: tuple[int, int]) -> tuple[int, ...]:
    """The indices in use of the most that there may be; small indices are dropped first."""
    least, most = bounds
    used = list(range(most))
    if least < most:
        # Small numbers and large ones are drawn alike; a flag of 0 always goes.
        goes = draw(st.sampled_from([0, 2, 4]))
        for place in range(most):
            if draw(st.integers(0, 5)) <= goes and len(used) > least:
                used.remove(place)
    return tuple(used)


def _digits(count: int, base: int) -> SearchStrategy[list[int]]:
    """So many numbers from 0 to base − 1.

    Hypothesis draws them as one text, which makes drawing several times and shrinking many times
    faster than one choice for every number.
    """
    first = 0x100  # from here on MAX_NUMBERS characters have two bytes and shrink in their order
    digit = st.characters(min_codepoint=first, max_codepoint=first + base - 1)
    return st.text(digit, min_size=count, max_size=count).map(
        lambda drawn: [ord(each) - first for each in drawn]
    )


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{k}" for k in range(1, count + 1)]


@st.composite
def _weights(draw: DrawFn, states: int, zero: bool) -> list[int]:
    """Weights of the states' probabilities; they shrink to 1."""
    return [(1, 2, 3, 4, 0)[k] for k in draw(_digits(states, 5 if zero else 4))]


def _prior(weights: Sequence[int], states: Sequence[int]) -> list[Fraction]:
    weights = [weights[state] for state in states]
    if not any(weights):
        weights = [1, *weights[1:]]
    return [Fraction(weight, sum(weights)) for weight in weights]


def _arbitrary(agents: int, fresh: Fresh) -> IntArray:
    return np.stack([fresh() for _ in range(agents)])


def _symmetric(agents: int, fresh: Fresh) -> IntArray:
    numbers = fresh()
    payoffs = np.empty((agents, *numbers.shape), dtype=object)
    for agent, *profile in np.ndindex(agents, *numbers.shape[1:]):
        own, others = profile[agent], sorted(profile[:agent] + profile[agent + 1 :])
        payoffs[(agent, slice(None), *profile)] = numbers[(slice(None), own, *others)]
    return payoffs


def _potential(agents: int, fresh: Fresh) -> IntArray:
    potential = fresh()
    return np.stack([potential + fresh().take([0], agent + 1) for agent in range(agents)])


def _zero_sum(agents: int, fresh: Fresh) -> IntArray:
    payoffs = _arbitrary(agents, fresh)
    payoffs[-1] = 0 - payoffs[:-1].sum(axis=0)
    return payoffs


def _supermodular(agents: int, fresh: Fresh) -> IntArray:
    return np.stack([_with_complements(fresh(), agent + 1) for agent in range(agents)])


def _with_complements(numbers: IntArray, own: int) -> IntArray:
    """Payoffs with strategic complements for the agent whose actions are the axis ``own``.

    numbers: of shape (states, actions…), the payoffs of the first action and the gains of further
    ones, which are raised until they never fall in the others' actions.
    """
    first, steps = np.split(numbers, [1], axis=own)
    for axis in range(1, numbers.ndim):
        if axis != own:
            steps = np.maximum.accumulate(steps, axis=axis)
    return np.cumsum(np.concatenate([first, steps], axis=own), axis=own)


# Social dilemmas


@st.composite
def _dilemmas(
    draw: DrawFn, games: SearchStrategy[Environment], wanted: Collection[str]
) -> Environment:
    game = draw(games)
    return _pushed(replace(game, cooperative=draw(_sides(game.shape))), wanted)


def _sides(shape: Sequence[int]) -> SearchStrategy[tuple[tuple[int, ...], ...]]:
    """For each agent some, not all, of its actions, the first one being that of axiom ii."""
    return st.tuples(
        *(
            st.lists(st.integers(0, k - 1), min_size=1, max_size=k - 1, unique=True).map(tuple)
            for k in shape
        )
    )


def _pushed(game: Environment, wanted: Collection[str]) -> Environment:
    """The game plus the least whole multiple of a dilemma with which the axioms hold.

    The margin of each axiom grows with the multiple, so there is one.
    """
    dilemma = _public_good(game, wanted) * game.denominator

    def plus(times: int) -> Environment:
        payoffs = game.payoffs.astype(object) + times * dilemma[:, np.newaxis]
        flat = integer_array(payoffs.ravel().tolist(), payoffs.shape)
        return replace(game, payoffs=flat)

    def holds(times: int) -> bool:
        found = axioms(plus(times))
        return all(found[name] for name in wanted)

    return plus(_least(holds))


def _public_good(game: Environment, wanted: Collection[str]) -> IntArray:
    """Payoffs of a public good in which the axioms hold, of shape (agents, actions…).

    A cooperating agent gives everyone ``benefit`` at a cost to itself, and pays ``flaw`` if its
    action is not the one of axiom ii. The axioms hold from two agents on where
    2·benefit − cost > flaw and cost > benefit.
    """
    assert game.cooperative is not None
    common = bool({"axiom-i", "axiom-ii", "axiom-iii"} & set(wanted))
    tempting = bool({"axiom-iv-strict", "axiom-iv-partial"} & set(wanted))
    flaw = int("axiom-ii" in wanted and max(map(len, game.cooperative)) > 1)
    benefit, cost = {
        (True, True): (2 + 2 * flaw, 3 + 3 * flaw),
        (True, False): (1, 0),
        (False, True): (0, 1),
    }[common, tempting]
    total: IntArray = np.zeros(game.shape, dtype=object)
    paid = []
    for agent, cooperating in enumerate(game.cooperative):
        gives = [int(a in cooperating) for a in range(game.shape[agent])]
        pays = [cost * g + flaw * (a in cooperating[1:]) for a, g in enumerate(gives)]
        axis = [-1 if k == agent else 1 for k in range(len(game.shape))]
        total = total + benefit * np.array(gives, dtype=object).reshape(axis)
        paid.append(np.array(pays, dtype=object).reshape(axis))
    return np.stack([total - own for own in paid])


def _least(holds: Callable[[int], bool]) -> int:
    """The least natural number with a property that all larger ones have too."""
    low, high = 0, 0
    while not holds(high):
        low, high = high + 1, 2 * high + 1
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


# Languages


def languages(environment: Environment, forms: Collection[str] = FORMS) -> SearchStrategy[Language]:
    """Languages of the given ``FORMS``; all of them together reach every language.

    They shrink to coarse ones. Raises InputError for no form and for an unknown one.
    """
    chosen = _chosen(forms, FORMS, "forms")
    cells = _partitions(len(environment.states))
    classes = st.tuples(*map(_partitions, environment.shape))
    actions = st.just(complete(environment).classes)
    made: dict[str, SearchStrategy[Language]] = {
        "blind": st.just(blind(environment)),
        "state-blind": st.just(state_blind(environment)),
        "states": st.builds(ProductLanguage, cells, actions),
        "product": st.builds(ProductLanguage, cells, classes),
        "records": _partitions(len(environment.states) * math.prod(environment.shape)).map(
            lambda numbers: _recorded(numbers, environment)
        ),
        "complete": st.just(complete(environment)),
    }
    return st.one_of([made[form] for form in chosen])


def refinements(language: Language, environment: Environment) -> SearchStrategy[Language]:
    """Languages that tell apart all that ``language`` does; they shrink to itself."""

    def joined(other: Language) -> Language:
        found = join(language, other, environment)
        if isinstance(found, RecordLanguage):
            return _recorded(record_table(found, environment).ravel().tolist(), environment)
        return found

    return languages(environment).map(joined)


def _recorded(numbers: Sequence[int], environment: Environment) -> RecordLanguage:
    """The record language in which two plays are alike when their numbers are.

    Its records are named as a spec file describes them, if one can.
    """
    shape = (len(environment.states), *environment.shape)
    table = from_values(numbers, [f"record {k}" for k in numbers], shape)
    try:
        return record_language(environment, record_texts(table.table, environment))
    except InputError:  # too much for a predicate of a spec file
        return table


@st.composite
def _partitions(draw: DrawFn, size: int) -> tuple[int, ...]:
    """Partitions: the group of every element, numbered in order of first appearance."""
    numbers: dict[int, int] = {}
    # Among many groups most would be alone: a few is the more telling number.
    groups = draw(st.integers(1, min(size, 4)) | st.integers(1, size))
    drawn = draw(_digits(size, groups))
    return tuple(numbers.setdefault(each, len(numbers)) for each in drawn)


# Contracts


def contract_classes(
    language: Language | None = None, kinds: Collection[str] = KINDS
) -> SearchStrategy[ContractClass]:
    """Contract classes of the given ``KINDS`` for a language: no directives in a record language.

    They shrink to balanced transfers without a liability bound, which is at most 3 utils. Raises
    InputError for no kind, for an unknown one, and if nothing is left for the language.
    """
    chosen = _chosen(kinds, KINDS, "kinds")
    if isinstance(language, RecordLanguage):
        chosen = tuple(kind for kind in chosen if kind != "directives")
        if not chosen:
            raise _no_directives("kinds")
    plain: dict[str, list[ContractClass]] = {
        "transfers": [Transfers(budget) for budget in Budget],
        "directives": [Directives(), Directives(permissive=True)],
        "none": [NoContract()],
    }
    found = st.sampled_from([each for kind in chosen for each in plain[kind]])
    if "transfers" not in chosen:
        return found
    bounds = _simplest_first(RATIONAL, "liability")
    return found | st.builds(Transfers, st.sampled_from(Budget), st.sampled_from(bounds))


def contracts(
    environment: Environment,
    language: Language,
    contract_class: ContractClass,
    amounts: Numbers = SMALL,
) -> SearchStrategy[Contract]:
    """Contracts of the class that can be written in the language.

    They shrink to one that does nothing if the class has one.

    amounts: which numbers transfers may be, in utils. They are cut where the budget forbids them,
    and scaled down until no fine exceeds the liability bound. Raises InputError for directives in a
    record language, and for amounts that are no exact numbers.
    """
    match contract_class:
        case Directives(permissive):
            return directives(language, permissive)
        case NoContract():
            return st.just(TransferContract(language))
    assert isinstance(contract_class, Transfers)
    amount = st.sampled_from(_simplest_first(amounts, "amounts"))
    agents = len(environment.players)
    row = st.lists(amount, min_size=agents, max_size=agents)
    records = st.dictionaries(
        st.integers(0, language.record_count - 1),
        row.map(lambda drawn: _payable(drawn, contract_class)),
    )
    return st.builds(TransferContract, st.just(language), records)


def directives(language: Language, permissive: bool = False) -> SearchStrategy[DirectiveContract]:
    """Directives that can be written in a state or product language.

    For each cell they allow exactly one class of actions of every agent or, permissive ones, any
    union of classes. They shrink to the first class, permissive ones to all. Raises InputError for
    a record language.
    """
    if not isinstance(language, ProductLanguage):
        raise _no_directives("language")

    def allowed(count: int) -> SearchStrategy[frozenset[int]]:
        everything = frozenset(range(count))
        if not permissive:
            return st.sampled_from(range(count)).map(lambda one: frozenset({one}))
        return st.sets(st.sampled_from(range(count)), max_size=count - 1).map(
            lambda forbidden: everything - forbidden
        )

    cell = st.tuples(*map(allowed, language.class_counts))
    cells = _mapping(range(max(language.cells) + 1), cell)
    return st.builds(DirectiveContract, st.just(language), cells)


def _no_directives(field: str) -> InputError:
    return InputError(
        "a language given by records has no directives",
        fix="use transfers, or a language of groups of states and actions",
        field=field,
    )


def _payable(drawn: Iterable[Fraction], rules: Transfers) -> tuple[Fraction, ...]:
    """Transfers that obey the rules: those drawn if they do."""
    paid = list(drawn)
    surplus = sum(paid)
    if rules.budget is Budget.BALANCED or (rules.budget is Budget.BURNT and surplus > 0):
        paid[-1] -= surplus
    fine = -min(paid)
    if rules.liability is not None and fine > rules.liability:
        paid = [amount * rules.liability / fine for amount in paid]
    return tuple(paid)


# Prosociality, selections, specifications


def prosocial_profiles(
    agents: int, levels: Numbers = RATIONAL
) -> SearchStrategy[tuple[Fraction, ...]]:
    """One λ_i ≥ 0 for each of so many agents: a common one or each its own; they shrink to 0.

    levels: which numbers these may be. Raises InputError for fewer than one agent, and for levels
    that are negative or no exact numbers.
    """
    count, _ = _bounds(agents, "agents", 1)
    known = _simplest_first(levels, "levels")
    with inside("levels"):
        for each in known:
            require_level(each)
    level = st.sampled_from(known)
    return st.one_of(level.map(lambda one: (one,) * count), st.tuples(*[level] * count))


def situations(bounds: SituationBounds) -> SearchStrategy[Situation]:
    """The situations within a conjecture's bounds, as campaigns draw them.

    They shrink as their parts do. Raises InputError if the games are too large to draw.
    """
    games = environments(
        agents=bounds.agents,
        actions=bounds.actions,
        states=bounds.states,
        payoffs=range(-bounds.payoff, bounds.payoff + 1),
    )
    return _situations(games, bounds)


_FORMS_OF = {"state": "states", "product": "product", "record": "records"}
"""The forms of languages by the names that bounds give them."""


@st.composite
def _situations(
    draw: DrawFn, games: SearchStrategy[Environment], bounds: SituationBounds
) -> Situation:
    game = draw(games)
    rules = draw(st.sampled_from(bounds.writable))
    directive = isinstance(rules, Directives)
    forms = [_FORMS_OF[form] for form in bounds.forms if form != "record" or not directive]
    language = draw(languages(game, forms))
    # The join stays within the forms, which are closed under it.
    finer = join(language, draw(languages(game, forms)), game)
    agents = len(game.players)
    level = st.sampled_from(_simplest_first(RATIONAL, "levels"))
    profile = level.map(lambda one: (one,) * agents)
    if not bounds.common:
        profile |= st.tuples(*[level] * agents)
    levels, steps = draw(profile), draw(profile)
    more = tuple(one + step for one, step in zip(levels, steps, strict=True))
    payments = None
    if bounds.contract:
        payments = draw(_payments(game, language, rules))
    return Situation(game, language, finer, rules, levels, more, payments)


def _payments(
    game: Environment, language: Language, rules: ContractClass
) -> SearchStrategy[IntArray]:
    """A contract of whole numbers, as what each agent receives at each play."""
    nothing = np.zeros_like(game.payoffs)
    if not isinstance(rules, Transfers):
        return st.just(nothing)

    def received(contract: Contract) -> IntArray:
        assert isinstance(contract, TransferContract)
        faced = with_transfers(game, contract)
        whole = faced.denominator == game.denominator
        return np.asarray(faced.payoffs - game.payoffs) if whole else nothing

    return contracts(game, language, rules).map(received)


def selections(environment: Environment) -> SearchStrategy[dict[int, Profile]]:
    """Selections σ: a profile for each state of positive probability; shrink to first actions."""
    return _mapping(environment.support, _profiles(environment))


def specifications(
    games: SearchStrategy[Environment] | None = None,
    *,
    languages: Bounds = (1, 2),
    levels: Bounds = (0, 2),
    claims: Bounds = (0, 3),
) -> SearchStrategy[Specification]:
    """Specifications of games, with languages, levels of λ and claims that suit the game.

    games: a strategy of environments; games of every kind unless given. languages, levels, claims:
    how many. Raises InputError for an
    empty range and an empty strategy.
    """
    counts = (
        _bounds(languages, "languages", 1),
        _bounds(levels, "levels", 0),
        _bounds(claims, "claims", 0),
    )
    if games is None:
        games = st.one_of(
            environments(),
            symmetric_games(),
            potential_games(),
            zero_sum_games(),
            supermodular_games(),
            social_dilemmas(),
        )
    if not isinstance(games, SearchStrategy) or games.is_empty:
        raise InputError(
            f"{games!r} draws no game", fix="give one such as environments()", field="games"
        )
    return _specifications(games, *counts)


def spec_texts(
    games: SearchStrategy[Environment] | None = None,
    *,
    languages: Bounds = (1, 2),
    levels: Bounds = (0, 2),
    claims: Bounds = (0, 3),
) -> SearchStrategy[str]:
    """Spec files as TOML texts, which ``load`` accepts; arguments as in ``specifications``."""
    drawn = specifications(games, languages=languages, levels=levels, claims=claims)
    return drawn.map(spec_text)


def _profiles(environment: Environment) -> SearchStrategy[Profile]:
    return st.tuples(*(st.integers(0, count - 1) for count in environment.shape))


@st.composite
def _specifications(
    draw: DrawFn,
    games: SearchStrategy[Environment],
    languages_of: tuple[int, int],
    levels_of: tuple[int, int],
    claims_of: tuple[int, int],
) -> Specification:
    game = draw(games)
    if game.cooperative is None and min(game.shape) > 1:
        game = replace(game, cooperative=draw(st.none() | _sides(game.shape)))
    named = []
    for number in range(draw(st.integers(*languages_of))):
        language = draw(languages(game))
        classes = contract_classes(language, ("transfers", "directives"))
        named.append(NamedLanguage(f"L{number + 1}", language, draw(classes)))
    level = prosocial_profiles(len(game.players))
    return Specification(
        environment=game,
        languages=tuple(named),
        levels=tuple(draw(_lists(level, levels_of))),
        questions=tuple(draw(_lists(_questions(game, named), claims_of))),
        title=draw(_WORDS),
        source=draw(_WORDS),
    )


_WORDS = st.text(st.characters(codec="utf-8"), max_size=8)


def _mapping(keys: Sequence[int], value: SearchStrategy[_T]) -> SearchStrategy[dict[int, _T]]:
    return st.tuples(*[value] * len(keys)).map(lambda drawn: dict(zip(keys, drawn, strict=True)))


def _lists(each: SearchStrategy[_T], count: tuple[int, int]) -> SearchStrategy[list[_T]]:
    return st.lists(each, min_size=count[0], max_size=count[1])


@st.composite
def _questions(draw: DrawFn, game: Environment, named: Sequence[NamedLanguage]) -> Question:
    ids = [
        name
        for name, takes in CLAIM_FIELDS.items()
        if game.cooperative is not None or not takes.cooperative
    ]
    asked = draw(st.sampled_from(ids))
    # Only these have cells that could be incontractible.
    able = [
        n.name
        for n in named
        if asked != "incontractible" or isinstance(n.language, ProductLanguage)
    ]
    values: dict[str, SearchStrategy[Any]] = {
        "language": st.sampled_from(able) if able else st.none(),
        "value": st.sampled_from(_simplest_first(RATIONAL, "value")),
        "lambda": prosocial_profiles(len(game.players)),
        "profiles": _equilibria(game),
    }
    takes = CLAIM_FIELDS[asked]
    fields = {name: draw(values[name]) for name in sorted(takes.required)}
    fields |= {name: draw(st.none() | values[name]) for name in sorted(takes.optional)}
    if "lambda" in fields:
        fields["prosociality"] = fields.pop("lambda")
    return Question(asked, **fields)


def _equilibria(game: Environment) -> SearchStrategy[dict[int, tuple[Profile, ...]]]:
    some = st.sets(_profiles(game), max_size=3).map(lambda found: tuple(sorted(found)))
    return _mapping(game.support, some)


# Points of families


def points(family: Family) -> SearchStrategy[dict[str, Fraction]]:
    """Points that satisfy the family's assumptions: a value for each parameter.

    They shrink to a simple point, found by z3. Others are reached from a point inside by a few
    steps along random rational directions, each as far as the linear assumptions allow
    (hit-and-run, Smith 1984); a step that breaks a nonlinear one is halved until it does not, or
    not taken. So what nonlinear equations describe is seen at few points. Raises InputError for
    assumptions that contradict each other or that no point is found for, where the prior may be no
    distribution, and where something may be divided by 0.
    """
    region = _region(family)
    return _walks(region).map(lambda point: dict(zip(family.parameters, point, strict=True)))


@dataclass(frozen=True)
class _Region:
    """Where conditions hold.

    simple, within: points of it, the latter off the edges as far as found. directions: a basis of
    those along which the linear equations go on to hold.
    """

    conditions: tuple[Condition, ...]
    simple: Point
    within: Point
    directions: tuple[tuple[int, ...], ...]

    def reach(self, point: Point, direction: Point) -> tuple[Fraction | None, bool]:
        """How many times the direction can be taken until a linear condition ends; None for ever.

        And whether the end belongs to the region.
        """
        ends: list[tuple[Fraction, bool]] = []
        for each in self.conditions:
            if each.polynomial.degree <= 1:
                value = each.polynomial.at(point)
                falls = value - each.polynomial.at(_moved(point, direction, Fraction(1)))
                if falls > 0:
                    ends.append((value / falls, each.relation == ">="))
        return min(ends, default=(None, False))

    def step(self, point: Point, direction: Point, length: Fraction) -> Point:
        """The point after a step, halved where it leaves the region, or the same point."""
        for _ in range(PARTS):
            moved = _moved(point, direction, length)
            if _holds(self.conditions, moved):
                return moved
            length /= 2
        return point


@st.composite
def _walks(draw: DrawFn, region: _Region) -> Point:
    steps = draw(st.integers(0, STEPS if region.directions else 0))
    point = region.within if steps else region.simple
    for left in reversed(range(steps)):
        weights = [draw(st.integers(-2, 2)) for _ in region.directions]
        direction = tuple(
            Fraction(sum(weight * part for weight, part in zip(weights, parts, strict=True)))
            for parts in zip(*region.directions, strict=True)
        )
        far, closed = region.reach(point, direction)
        if far is None:
            length = Fraction(draw(st.integers(1, 2 * PARTS)), draw(st.integers(1, 3)))
        else:
            # Only a last step ends at an edge: from there most directions lead nowhere.
            part = draw(st.integers(0, PARTS + (closed and left == 0)))
            low, high = (min(k, PARTS) * far / PARTS for k in (part - 1, part))
            if part == 0:
                low, high = Fraction(0), far
            length = _simplest(low, high) if low < high else high
        point = region.step(point, direction, length)
    return point


def _moved(point: Point, direction: Point, length: Fraction) -> Point:
    return tuple(x + length * d for x, d in zip(point, direction, strict=True))


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """The number of least denominator strictly between 0 ≤ low < high (Stern 1858, Brocot 1861)."""
    whole = math.floor(low)
    if whole + 1 < high:
        return Fraction(whole + 1)
    if low == whole:
        return whole + Fraction(1, math.floor(1 / (high - whole)) + 1)
    return whole + 1 / _simplest(1 / (high - whole), 1 / (low - whole))


def _region(family: Family) -> _Region:
    from coopgap.proofs.families.problem import base_problem
    from coopgap.proofs.parameters.prover import Prover

    with Worker(SECONDS) as worker:
        prover = Prover(len(family.parameters), worker)
        known = base_problem(family, prover).assumptions
        simple = _point(prover.simplest(known))
        inner, equations = [simple], [each for each in known if each.relation == "=="]
        for each in known:
            if each.relation == ">=":
                found = prover.point((*known, Condition(each.polynomial, ">")))
                if found is None or isinstance(found, Unanswered):
                    equations.append(each)
                else:
                    inner.append(tuple(found))
    # A mean is strict wherever one of its points is, if all conditions are linear.
    centre = tuple(sum(values) / len(inner) for values in zip(*inner, strict=True))
    within = max((p for p in (centre, *inner) if _holds(known, p)), key=lambda p: _strict(known, p))
    return _Region(known, simple, within, _directions(equations, len(family.parameters)))


def _point(found: Sequence[Fraction] | Unanswered | None) -> Point:
    """The point of an answer. Raises InputError if it has none."""
    if found is None:
        raise InputError(
            "no point satisfies the assumptions", fix="mend the assumptions", field="family"
        )
    if isinstance(found, Unanswered):
        raise InputError(
            f"no point of the assumptions was found: {found.reason}",
            fix="assume something simpler",
            field="family",
        )
    return tuple(found)


def _holds(conditions: Iterable[Condition], point: Point) -> bool:
    return all(map(holding_at(point), conditions))


def _strict(conditions: Iterable[Condition], point: Point) -> int:
    """How many conditions hold with room to spare."""
    return sum(each.polynomial.at(point) > 0 for each in conditions)


def _directions(equations: Iterable[Condition], parameters: int) -> tuple[tuple[int, ...], ...]:
    """A basis of the directions along which the linear ones of the equations go on to hold."""
    rows = [
        [int(each.normal().polynomial.terms.get((k,), 0)) for k in range(parameters)]
        for each in equations
        if each.polynomial.degree == 1
    ]
    if not rows:
        rows = [[0] * parameters]
    basis, count = flint.fmpz_mat(rows).nullspace()
    columns = basis.transpose().tolist()[: int(count)]
    return tuple(tuple(int(entry) for entry in column) for column in columns)
