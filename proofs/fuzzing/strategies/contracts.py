"""Strategies of contract classes, of contracts within them, and of prosociality."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from coopgap.proofs.fuzzing.strategies.drawing import (
    RATIONAL,
    SMALL,
    Numbers,
    known_names,
    mappings,
    range_of,
    simplest_first,
)
from coopgap.theory.contracts import (
    Budget,
    ContractClass,
    DirectiveContract,
    Directives,
    NoContract,
    TransferContract,
    Transfers,
)
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.languages import (
    Language,
    ProductLanguage,
    RecordLanguage,
)
from coopgap.theory.specification import (
    require_level,
)

Contract = TransferContract | DirectiveContract


KINDS = ("transfers", "directives", "none")
"""The kinds of contract classes."""


def contract_classes(
    language: Language | None = None, kinds: Collection[str] = KINDS
) -> SearchStrategy[ContractClass]:
    """Contract classes of the given ``KINDS`` for a language: no directives in a record language.

    They shrink to balanced transfers without a liability bound, which is at most 3 utils. Raises
    InputError for no kind, for an unknown one, and if nothing is left for the language.
    """
    chosen = known_names(kinds, KINDS, "kinds")
    if isinstance(language, RecordLanguage):
        chosen = tuple(kind for kind in chosen if kind != "directives")
        if not chosen:
            raise _no_directives("kinds")
    plain: dict[str, list[ContractClass]] = {
        "transfers": [Transfers(budget) for budget in Budget],
        "directives": [Directives(), Directives(permissive=True)],
        "none": [NoContract()],
    }
    classes = st.sampled_from([contract_class for kind in chosen for contract_class in plain[kind]])
    if "transfers" not in chosen:
        return classes
    bounds = simplest_first(RATIONAL, "liability")
    return classes | st.builds(Transfers, st.sampled_from(Budget), st.sampled_from(bounds))


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
    amount = st.sampled_from(simplest_first(amounts, "amounts"))
    agents = len(environment.players)
    row = st.lists(amount, min_size=agents, max_size=agents)
    records = st.dictionaries(
        st.integers(0, language.record_count - 1),
        row.map(lambda payments: _payable(payments, contract_class)),
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
            return st.sampled_from(range(count)).map(lambda number: frozenset({number}))
        return st.sets(st.sampled_from(range(count)), max_size=count - 1).map(
            lambda forbidden: everything - forbidden
        )

    cell = st.tuples(*map(allowed, language.class_counts))
    cells = mappings(range(max(language.cells) + 1), cell)
    return st.builds(DirectiveContract, st.just(language), cells)


def _no_directives(field: str) -> InputError:
    return InputError(
        "a language given by records has no directives",
        fix="use transfers, or a language of groups of states and actions",
        field=field,
    )


def _payable(amounts: Iterable[Fraction], rules: Transfers) -> tuple[Fraction, ...]:
    """Transfers that obey the rules: those drawn if they do."""
    paid = list(amounts)
    surplus = sum(paid)
    if rules.budget is Budget.BALANCED or (rules.budget is Budget.BURNT and surplus > 0):
        paid[-1] -= surplus
    fine = -min(paid)
    if rules.liability is not None and fine > rules.liability:
        paid = [amount * rules.liability / fine for amount in paid]
    return tuple(paid)


def prosocial_profiles(
    agents: int, levels: Numbers = RATIONAL
) -> SearchStrategy[tuple[Fraction, ...]]:
    """One λ_i ≥ 0 for each of so many agents: a common one or each its own; they shrink to 0.

    levels: which numbers these may be. Raises InputError for fewer than one agent, and for levels
    that are negative or no exact numbers.
    """
    count, _ = range_of(agents, "agents", 1)
    numbers = simplest_first(levels, "levels")
    with inside("levels"):
        for number in numbers:
            require_level(number)
    level = st.sampled_from(numbers)
    return st.one_of(level.map(lambda number: (number,) * count), st.tuples(*[level] * count))
