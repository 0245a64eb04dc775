"""Conditions on parameters as SMT-LIB 2.6 text (QF_LRA or QF_NRA), one assertion each."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coopgap.proofs.algebra.conditions import Condition
from coopgap.proofs.algebra.polynomials import Polynomial
from coopgap.proofs.export.terms import joined, label_text, number_term

_WORDS = frozenset(
    (
        *("_", "abs", "and", "as", "assert", "distinct", "exists", "false", "forall", "ite"),
        *("lambda", "let", "match", "not", "or", "par", "true", "xor"),
        *("BINARY", "DECIMAL", "HEXADECIMAL", "NUMERAL", "STRING", "Bool", "Real"),
    )
)
"""Identifiers with a meaning in SMT-LIB or in a solver."""


def conditions_to_smtlib(
    conditions: Sequence[Condition], names: Sequence[str], status: str = "unknown"
) -> str:
    """A system of conditions as a script with one ``(check-sat)``.

    It is sat iff some real values of the parameters satisfy all conditions. names: identifiers, one
    per parameter. The logic is QF_LRA for linear conditions, otherwise QF_NRA.
    """
    return "\n".join(
        [
            "(set-info :smt-lib-version 2.6)",
            f"(set-info :status {status})",
            *_declared(conditions, names),
            *_asserted(conditions, names),
            "(check-sat)",
            "",
        ]
    )


def systems_to_smtlib(
    common: Sequence[Condition],
    systems: Sequence[tuple[str, Sequence[Condition]]],
    names: Sequence[str],
    status: str,
) -> str:
    """Several systems under common conditions as one script, a ``(check-sat)`` for each system.

    All have the same status; the text of a system becomes a comment on its purpose.
    """
    declared = [*common, *(condition for _, system in systems for condition in system)]
    lines = [
        "(set-info :smt-lib-version 2.6)",
        *_declared(declared, names),
        *_asserted(common, names),
    ]
    for purpose, system in systems:
        lines += [
            f"; {purpose}",
            "(push 1)",
            f"(set-info :status {status})",
            *_asserted(system, names),
            "(check-sat)",
            "(pop 1)",
        ]
    return "\n".join([*lines, ""])


def _declared(conditions: Sequence[Condition], names: Sequence[str]) -> list[str]:
    linear = all(condition.polynomial.degree <= 1 for condition in conditions)
    declared = [f"(declare-const {_symbol(name)} Real)" for name in names]
    return [f"(set-logic {'QF_LRA' if linear else 'QF_NRA'})", *declared]


def _asserted(conditions: Sequence[Condition], names: Sequence[str]) -> list[str]:
    symbols = [_symbol(name) for name in names]
    return [
        f"(assert ({'=' if condition.relation == '==' else condition.relation} "
        f"{_sum(condition.polynomial, symbols)} 0))"
        for condition in conditions
    ]


def _symbol(name: str) -> str:
    """An identifier as a symbol: unchanged unless solvers reserve it."""
    if name in _WORDS:
        # |and| is and, but no identifier holds a space.
        return f"|{name} |"
    return name if name.isascii() and name.isidentifier() else f"|{label_text(name)}|"


def _sum(polynomial: Polynomial, symbols: Sequence[str]) -> str:
    terms = []
    for monomial, coefficient in sorted(polynomial.terms.items()):
        factors = [symbols[k] for k in monomial]
        if coefficient != 1 or not factors:
            factors.insert(0, number_term(Fraction(coefficient)))
        terms.append(joined("*", factors, "1"))
    return joined("+", terms, "0")
