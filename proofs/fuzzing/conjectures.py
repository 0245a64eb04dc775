"""Conjectures: statements about every situation, as files or Python functions.

A conjecture names the situations that it is about, hypotheses on them and a conclusion, in terms of
``measures.QUANTITIES``.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from coopgap.proofs.fuzzing.measures import OF_PRIVATE_INFORMATION, QUANTITIES, Measures, Undecided
from coopgap.proofs.fuzzing.situations import Bounds
from coopgap.theory.contracts import Budget, ContractClass, Directives, Transfers
from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.evaluation import compiled
from coopgap.theory.exact import parse_number
from coopgap.theory.expressions import Tree, names_in
from coopgap.theory.json_values import Fields
from coopgap.theory.nearest import require_known, suggestion
from coopgap.theory.parsing import parse_predicate
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.spec import document_of
from coopgap.theory.readers.values import quoted, truth_of

HOLDS, FAILS, VACUOUS, UNKNOWN = "holds", "fails", "vacuous", "unknown"
"""What a case says of a conjecture."""

Test = Callable[[Measures], bool]

ANY = Bounds()


@dataclass(frozen=True)
class Conjecture:
    """A statement about every situation within bounds.

    suppose, then: hypotheses and conclusions, with their texts. expected: what a campaign finds of
    a registered one, ``refuted`` or ``survived`` (a test compares).
    """

    id: str
    statement: str
    bounds: Bounds
    suppose: tuple[tuple[str, Test], ...]
    then: tuple[tuple[str, Test], ...]
    source: str = ""
    expected: str = ""
    text: str = field(default="", repr=False, compare=False)

    def verdict(self, measures: Measures) -> str:
        """The verdict of a situation on the conjecture."""
        return self.judged(measures)[0]

    def judged(self, measures: Measures) -> tuple[str, int]:
        """The verdict of a situation, and the number of hypotheses that it meets.

        Hypotheses are tested in order, up to the first that the situation does not meet.
        """
        met = 0
        try:
            for _, test in self.suppose:
                if not test(measures):
                    return VACUOUS, met
                met += 1
            return HOLDS if all(test(measures) for _, test in self.then) else FAILS, met
        except Undecided:
            return UNKNOWN, met


def conjecture(
    statement: str, *, bounds: Bounds = ANY, suppose: Test | None = None
) -> Callable[[Test], Conjecture]:
    """A decorator that makes a conjecture of a predicate on measures.

    The function is the user's own code, run only where Python runs it.
    """

    def decorated(function: Test) -> Conjecture:
        name = getattr(function, "__name__", "conjecture")
        supposed = () if suppose is None else (("suppose", suppose),)
        return Conjecture(name, statement, bounds, supposed, ((name, function),))

    return decorated


# --- files ----------------------------------------------------------------------------------------

_KEYS = (
    "statement",
    "suppose",
    "then",
    "agents",
    "actions",
    "states",
    "languages",
    "contracts",
    "common",
    "information",
    "participation",
    "payoff",
    "expected",
)

_CONTRACTS: Mapping[str, ContractClass] = {
    "balanced": Transfers(Budget.BALANCED),
    "burnt": Transfers(Budget.BURNT),
    "free": Transfers(Budget.FREE),
    "complete directives": Directives(),
    "permissive directives": Directives(permissive=True),
}

FORMS = ("state", "product", "record")


def read_conjecture(path: Path, max_bytes: int = MAX_BYTES) -> Conjecture:
    """The conjecture in a TOML file. Raises InputError for a malformed one."""
    return conjecture_from_text(read_text(path, max_bytes), path.stem, str(path))


def conjecture_from_text(text: str, name: str, origin: str) -> Conjecture:
    """The conjecture in a TOML text; errors name ``origin`` as its file."""
    with inside(source=origin):
        document = document_of(text)
        for key in document:
            if key not in ("conjecture", "title", "source"):
                raise InputError(
                    f"there is no table {key!r}",
                    fix="write [conjecture]; `coopgap check` reads games",
                    field=key,
                )
        table = document.get("conjecture")
        if not isinstance(table, dict):
            raise InputError("the file has no [conjecture]", fix="add it", field="conjecture")
        with inside("conjecture"):
            return _from_table(table, name, str(document.get("source", "")), text)


def _from_table(table: Fields, name: str, source: str, text: str) -> Conjecture:
    for key in table:
        require_known(key, _KEYS, "key")
    then = _tests(table.get("then", []), "then")
    if not then:
        raise InputError("nothing is conjectured", fix='write then = ["gap >= 0"]', field="then")
    suppose = _tests(table.get("suppose", []), "suppose")
    uses = {
        quantity
        for key in ("suppose", "then")
        for t in _texts(table, key)
        for quantity in _names(t)
    }
    bounds = Bounds(
        _range(table, "agents", (2, 2), 5),
        _range(table, "actions", (2, 2), 6),
        _range(table, "states", (1, 2), 4),
        _chosen(table, "languages", FORMS, FORMS),
        _contracts(table),
        truth_of(table.get("common", False), "common"),
        _payoff(table),
        any(name.startswith("contract_") for name in uses),
        truth_of(table.get("information", False), "information"),
        truth_of(table.get("participation", False), "participation"),
    )
    _require_meaning(bounds, uses)
    if not bounds.writable:
        raise InputError(
            "languages of records have no directives, so there is no contract to draw",
            fix='add "state" or "product" to languages, or name transfers',
            field="contracts",
        )
    if uses & {"incontractible", "directive_gap"} and "record" in bounds.forms:
        raise InputError(
            "only languages of states and classes have cells and directives",
            fix='write languages = ["state"]',
            field="languages",
        )
    return Conjecture(
        name,
        str(table.get("statement", name)),
        bounds,
        suppose,
        then,
        source,
        str(table.get("expected", "")),
        text,
    )


def _require_meaning(bounds: Bounds, uses: Set[str]) -> None:
    """Raises InputError for quantities that say nothing of what is drawn."""
    foreign = sorted(uses - OF_PRIVATE_INFORMATION)
    if bounds.information and foreign:
        raise InputError(
            f"{foreign[0]} is about agents who see the state",
            fix=f"speak of {', '.join(sorted(OF_PRIVATE_INFORMATION))} only",
            field="information",
        )
    directed = any(isinstance(contract, Directives) for contract in bounds.contracts or ())
    if bounds.participation and (directed or bounds.contracts is None):
        raise InputError(
            "agents may refuse mechanisms with transfers only",
            fix='name such classes: contracts = ["balanced"]',
            field="participation",
        )


def _texts(table: Fields, key: str) -> list[str]:
    value = table.get(key, [])
    return [value] if isinstance(value, str) else list(value)


def _names(text: str) -> tuple[str, ...]:
    return names_in(parse_predicate(text))


def _tests(value: object, key: str) -> tuple[tuple[str, Test], ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InputError("this is no list of comparisons", fix='write ["gap > 0"]', field=key)
    return read_entries(key, texts, lambda text: (text, _test(parse_predicate(text))))


def _test(tree: Tree) -> Test:
    names = names_in(tree)
    for name in names:
        if name not in QUANTITIES or name.startswith("_"):
            choices = [quantity for quantity in QUANTITIES if not quantity.startswith("_")]
            raise InputError(f"there is no quantity {name!r}", fix=suggestion(name, choices))
    run = compiled(tree, names)

    def test(measures: Measures) -> bool:
        value = run([measures[name] for name in names])
        if not isinstance(value, bool):
            raise InputError(f"{value} is neither true nor false", fix="write a comparison")
        return value

    return test


def _range(table: Fields, key: str, default: tuple[int, int], largest: int) -> tuple[int, int]:
    value = table.get(key, list(default))
    value = [value, value] if isinstance(value, int) else value
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(type(number) is int and 1 <= number <= largest for number in value)
        or value[0] > value[1]
    ):
        raise InputError(
            f"{quoted(value)} is no range", fix=f"write [1, {largest}] or a narrower one", field=key
        )
    return value[0], value[1]


def _payoff(table: Fields) -> int:
    value = table.get("payoff", 4)
    if type(value) is not int or not 1 <= value <= 100:
        raise InputError(
            f"{quoted(value)} is no largest payoff",
            fix="write a whole number from 1 to 100",
            field="payoff",
        )
    return value


def _chosen(
    table: Fields, key: str, choices: Sequence[str], default: Sequence[str]
) -> tuple[str, ...]:
    value = table.get(key, list(default))
    if not isinstance(value, list) or not value:
        raise InputError(f"{quoted(value)} is no list", fix=f"choose from {choices}", field=key)
    for choice in value:
        if choice not in choices:
            raise InputError(
                f"there is no {choice!r}", fix=suggestion(str(choice), list(choices)), field=key
            )
    return tuple(value)


def _contracts(table: Fields) -> tuple[ContractClass, ...] | None:
    if "contracts" not in table:
        return None
    names = [*_CONTRACTS, "balanced up to B", "burnt up to B"]
    listed = table["contracts"] if isinstance(table["contracts"], list) else [table["contracts"]]
    classes: list[ContractClass] = []
    for name in map(str, listed):
        kind, _, bound = name.partition(" up to ")
        if bound and kind in ("balanced", "burnt", "free"):
            with inside("contracts"):
                classes.append(Transfers(Budget(kind), parse_number(bound)))
        elif name in _CONTRACTS:
            classes.append(_CONTRACTS[name])
        else:
            raise InputError(
                f"there is no class {quoted(name)}",
                fix=f"choose from {', '.join(names)}",
                field="contracts",
            )
    if not classes:
        raise InputError("the list is empty", fix="name a class", field="contracts")
    return tuple(classes)


def registered() -> dict[str, Conjecture]:
    """The registered conjectures by their ids: T1–T9, N1–N8 and others."""
    files = importlib.resources.files("coopgap.proofs.fuzzing").joinpath("registry").iterdir()
    listed = {}
    for file in sorted(files, key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            name = file.name.removesuffix(".toml")
            listed[name] = conjecture_from_text(file.read_text(encoding="utf-8"), name, name)
    return listed


def find(names: Sequence[str], max_bytes: int = MAX_BYTES) -> list[Conjecture]:
    """The conjectures of these ids or files; all registered ones if none are named.

    Raises InputError for an id that is not registered, and as ``read_conjecture`` does.
    """
    conjectures = registered()
    chosen = []
    for name in names or conjectures:
        if "/" in name or name.lower().endswith(".toml"):
            chosen.append(read_conjecture(Path(name), max_bytes))
        elif name.lower() in conjectures:
            chosen.append(conjectures[name.lower()])
        else:
            raise InputError(
                f"there is no conjecture {name!r}",
                fix=f"{suggestion(name, conjectures)} (a file's name has a slash or ends in .toml)",
            )
    return chosen
