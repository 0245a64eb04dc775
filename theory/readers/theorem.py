"""Theorem files: statements to be proved for all parameters, as TOML.

A theorem file is a spec file with [parameters], in which [game] is optional, with further
conclusions: predicates over the parameters, quantities equal to an expression, and denied claims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from coopgap.theory.errors import InputError, inside, read_entries
from coopgap.theory.expressions import Comparison, Connective, Not, Tree
from coopgap.theory.families import Assumption
from coopgap.theory.json_values import Fields, Plain
from coopgap.theory.nearest import require_known
from coopgap.theory.parsing import parse_predicate
from coopgap.theory.readers import shape
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.parameters import Expression, Scope, scope_of
from coopgap.theory.readers.spec import document_of, specification_of
from coopgap.theory.readers.values import quoted, truth_of
from coopgap.theory.specification import FamilySpecification

OF_LANGUAGES = ("gap", "correlated-gap", "mechanism-value", "mechanism-gap")

QUANTITIES = ("first-best", "value", "threshold", *OF_LANGUAGES)
"""The quantities in ``[[quantity]] of``: all but the first may be those of a named language, and
those in ``OF_LANGUAGES`` must be."""


@dataclass(frozen=True)
class Equality:
    """A quantity that is claimed to equal an expression; ``text`` as written."""

    of: str
    language: str | None
    equals: Tree
    text: str


@dataclass(frozen=True)
class TheoremSpecification:
    """A theorem file.

    conclusions: predicates over the parameters, with their texts. hints: predicates by which cases
    are distinguished first. family: the spec, if there is a game. denied: the positions of the
    questions claimed to fail for all parameters. where: for the positions of questions claimed to
    hold (or fail) exactly in a part of the assumptions, the comparisons that make it up.
    conditions: whether each assumption is to be examined. argument: the steps from the conclusions
    to the statement that stand on paper.
    """

    statement: str
    parameters: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    conclusions: tuple[tuple[str, Tree], ...] = ()
    hints: tuple[tuple[str, Tree], ...] = ()
    family: FamilySpecification | None = None
    denied: frozenset[int] = frozenset()
    where: Mapping[int, tuple[Assumption, ...]] = field(default_factory=dict)
    equalities: tuple[Equality, ...] = ()
    conditions: bool = False
    argument: str = ""
    source: str = ""
    origin: str = field(default="", compare=False)


def read_theorem(path: Path, max_bytes: int = MAX_BYTES) -> TheoremSpecification:
    """The theorem in a TOML file; raises InputError as ``spec_from_text`` does."""
    return theorem_from_text(read_text(path, max_bytes), str(path))


def theorem_from_text(text: str, origin: str) -> TheoremSpecification:
    """The theorem in a TOML text; errors name ``origin`` as its file."""
    with inside(source=origin):
        return _theorem(document_of(text), origin)


_KEYS = ("statement", "conclusion", "hint", "conditions", "argument")


def _theorem(document: dict[str, Plain], origin: str) -> TheoremSpecification:
    declared = shape.read_parameters(document)
    if declared is None:
        raise InputError(
            "a theorem is about all values of its parameters, and none are declared",
            fix="add [parameters], or use coopgap check",
            field="parameters",
        )
    scope = scope_of(declared.names, declared.let)
    header = _table(document.pop("theorem", {}), "theorem", _KEYS)
    quantities = _list(document.pop("quantity", []), "quantity")
    denied, parts = _denied(document), _parts(document)
    with inside("theorem.conclusion"):
        conclusions = _predicates(header.get("conclusion", []), scope)
    with inside("theorem.hint"):
        hints = _predicates(header.get("hint", []), scope)
        _require_comparisons(hints)
    family: FamilySpecification | None = None
    if "game" in document:
        texts = [text for text, _ in (*conclusions, *hints)] + [*chain(*parts.values())]
        specification = specification_of(document, origin, uses=_used(texts, quantities, scope))
        assert isinstance(specification, FamilySpecification)
        family = specification
        assumptions = family.family.assumptions
    else:
        assumptions = _without_game(document, scope, declared.assume)
    where = {
        position: scope.assumptions(texts, f"claim[{position}].where")
        for position, texts in parts.items()
    }
    equalities = tuple(
        _equality(value, position, scope, family) for position, value in enumerate(quantities)
    )
    if not (conclusions or equalities or (family is not None and family.questions)):
        raise InputError(
            "the theorem concludes nothing",
            fix="add a conclusion to [theorem], a [[claim]] or a [[quantity]]",
            field="theorem",
        )
    title, source = (document.get(name, "") for name in ("title", "source"))
    statement, argument = header.get("statement", title), header.get("argument", "")
    for name, value in (
        ("title", title),
        ("source", source),
        ("theorem.statement", statement),
        ("theorem.argument", argument),
    ):
        if not isinstance(value, str):
            raise InputError(f"{quoted(value)} is no text", fix="write text", field=name)
    conditions = truth_of(header.get("conditions", False), "theorem.conditions")
    return TheoremSpecification(
        statement,
        tuple(declared.names),
        assumptions,
        conclusions,
        hints,
        family,
        denied,
        where,
        equalities,
        conditions,
        argument,
        source,
        origin,
    )


def _table(value: object, name: str, keys: Sequence[str]) -> dict[str, Plain]:
    if not isinstance(value, dict):
        raise InputError(f"[{name}] is no table", fix=f"write [{name}]", field=name)
    for entry in value:
        require_known(entry, keys, "key", name)
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{name} is no list of tables", fix=f"write [[{name}]]", field=name)
    return value


def _removed(document: dict[str, Plain], key: str) -> dict[int, Plain]:
    """What the claims say under a key of theorems, by their positions; the key is removed."""
    claims = _list(document.get("claim", []), "claim")
    tables = ((k, claim) for k, claim in enumerate(claims) if isinstance(claim, dict))
    values = {k: claim[key] for k, claim in tables if key in claim}
    for position in values:
        claims[position] = {name: value for name, value in claims[position].items() if name != key}
    return values


def _denied(document: dict[str, Plain]) -> frozenset[int]:
    """The positions of the claims with ``holds = false``."""
    return frozenset(
        position
        for position, holds in _removed(document, "holds").items()
        if not truth_of(holds, f"claim[{position}].holds")
    )


def _parts(document: dict[str, Plain]) -> dict[int, list[str]]:
    """The comparisons of ``where`` by the positions of their claims."""
    values = _removed(document, "where")
    for position, texts in values.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise InputError(
                "this is no list of comparisons",
                fix='write where = ["2*R > S + T"]',
                field=f"claim[{position}].where",
            )
    return values


def _predicates(value: object, scope: Scope) -> tuple[tuple[str, Tree], ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InputError("this is no list of comparisons", fix='write ["2*R > S + T"]')
    return read_entries(
        "", texts, lambda text: (text, _in_scope(parse_predicate(text), text, scope))
    )


def _require_comparisons(hints: Sequence[tuple[str, Tree]]) -> None:
    """Raises InputError for a hint that joins comparisons, or denies one."""
    for position, (text, tree) in enumerate(hints):
        if not isinstance(tree, Comparison):
            raise InputError(
                f"{quoted(text)} is more than a comparison",
                fix="list comparisons one by one, without and, or, not",
                field=f"[{position}]",
            )


def _in_scope(tree: Tree, text: str, scope: Scope) -> Tree:
    """The predicate with the lets substituted; raises InputError for text that is no comparison."""
    match tree:
        case Comparison(operands, operators) if not {"in", "not in"} & set(operators):
            return Comparison(
                tuple(scope.expression(operand, quoted(text)).tree for operand in operands),
                operators,
            )
        case Connective(symbol, operands):
            return Connective(symbol, tuple(_in_scope(part, text, scope) for part in operands))
        case Not(operand):
            return Not(_in_scope(operand, text, scope))
    raise InputError(
        f"{quoted(text)} is no comparison of expressions",
        fix="join comparisons such as 2*R > S + T by and, or, not",
    )


def _used(predicates: Sequence[str], quantities: Sequence[Any], scope: Scope) -> list[Expression]:
    """The expressions outside the spec itself that use parameters, as written."""
    sides = [(side, text) for text in predicates for side in _sides(parse_predicate(text))]
    return [scope.expression(side, quoted(text)) for side, text in sides] + [
        scope.read(quantity["equals"])
        for quantity in quantities
        if isinstance(quantity, dict) and "equals" in quantity
    ]


def _sides(tree: Tree) -> list[Tree]:
    match tree:
        case Comparison(operands, _):
            return list(operands)
        case Connective(_, operands):
            return [side for operand in operands for side in _sides(operand)]
        case Not(operand):
            return _sides(operand)
    return []


def _without_game(document: Fields, scope: Scope, assume: Sequence[str]) -> tuple[Assumption, ...]:
    for name in document:
        if name not in ("title", "source", "parameters"):
            raise InputError(
                f"without a [game] a theorem has no {name!r}", fix="add the game", field=name
            )
    return scope.assumptions(assume)


def _equality(
    value: object, position: int, scope: Scope, family: FamilySpecification | None
) -> Equality:
    with inside(f"quantity[{position}]"):
        table = _table(value, "quantity", ("of", "language", "equals"))
        of, language = table.get("of"), table.get("language")
        if family is None:
            raise InputError("a quantity is one of a game", fix="add the game")
        if of not in QUANTITIES:
            raise InputError(
                f"there is no quantity {quoted(of)}",
                fix=f"choose from {', '.join(QUANTITIES)}",
                field="of",
            )
        names = [language.name for language in family.languages]
        required = of in OF_LANGUAGES
        if (language is None and required) or (language is not None and language not in names):
            raise InputError(
                f"there is no language {quoted(language)}" if language else "'language' is missing",
                fix=f"choose from {', '.join(names)}",
                field="language",
            )
        if "equals" not in table:
            raise InputError("'equals' is missing", fix="write the expression that it equals")
        with inside("equals"):
            expression = scope.read(table["equals"])
        return Equality(of, language, expression.tree, str(table["equals"]))
