"""Contracts that agents propose: read without guessing, checked exactly, and valued.

A proposal is one line for each record at which somebody pays or receives,
``R1: row +1, col -1``, or ``NO CONTRACT``. Other records pay nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from coopgap.llm_checks.playing.replies import is_refusal
from coopgap.llm_checks.predicting.regimes import Condition, Disposition, best_contract, faced
from coopgap.proofs.deciding import decide
from coopgap.proofs.questions.obligations import BestSelection, Setting, Value
from coopgap.theory.contracts import Budget, TransferContract, Transfers, breach
from coopgap.theory.environments import Environment
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.errors import InputError
from coopgap.theory.exact import parse_number
from coopgap.theory.languages import Language, describe_record
from coopgap.theory.specification import Specification

MAX_RECORDS = 32
"""The largest number of records that are negotiated about."""

NO_CONTRACT = "NO CONTRACT"

_LINE = re.compile(r"(R\d+)\s*[:=]\s*(.+)")
_RECORD = re.compile(r"\bR\d+\b")
_MARKS = re.compile(r"^[\s>*_`•-]+|[\s*_`]+$")


@dataclass(frozen=True)
class Terms:
    """What may be agreed: contracts of a class in a language about an environment."""

    environment: Environment
    language: Language
    rules: Transfers

    @cached_property
    def records(self) -> dict[str, int]:
        """By code (``R1`` …) the records that can occur. Raises InputError if they are too many."""
        game = self.environment
        plays = np.indices((len(game.states), *game.shape)).reshape(1 + len(game.players), -1)
        plays = plays[:, np.isin(plays[0], game.support)]
        records = sorted(set(self.language.records(plays[0], plays[1:].T).tolist()))
        if len(records) > MAX_RECORDS:
            raise InputError(
                f"{len(records)} records are too many to negotiate about",
                fix=f"use a language of at most {MAX_RECORDS} records",
                field="--regime",
            )
        return {f"R{number}": record for number, record in enumerate(records, start=1)}

    def described(self, worded: Environment) -> list[str]:
        """A line for each record: its code, and what the court sees."""
        return [
            f"{code}: {describe_record(self.language, worded, record)}"
            for code, record in self.records.items()
        ]

    def rule(self) -> str:
        """The rules of the class in a sentence."""
        budget = {
            Budget.BALANCED: "At each record the payments must sum to 0.",
            Budget.BURNT: "At each record the payments must sum to 0 or less.",
            Budget.FREE: "Payments need not sum to 0.",
        }[self.rules.budget]
        bound = self.rules.liability
        return budget if bound is None else f"{budget} Nobody may pay more than {bound}."


@dataclass(frozen=True)
class Proposal:
    """A reply to a request for a contract.

    status: ``writable``, ``none`` (no contract is proposed), ``unwritable``, ``unparseable`` or
    ``refused``. contract: only if writable. reason: why it is not. strict: the reply is nothing
    but a proposal.
    """

    status: str
    contract: TransferContract | None = None
    reason: str = ""
    strict: bool = False

    @property
    def parsed(self) -> bool:
        """Whether the reply is a proposal at all."""
        return self.status in ("writable", "none", "unwritable")


def terms(specification: Specification, language: str) -> Terms:
    """The terms of a listed language of transfers."""
    named = specification.named(language)
    assert isinstance(named.contracts, Transfers)
    return Terms(specification.environment, named.language, named.contracts)


def read_proposal(text: str, offered: Terms) -> Proposal:
    """The proposal in a reply.

    Strict: nothing but lines of the form. Tolerant: Markdown's marks, and other lines so long as
    they name no record; a line that begins as a proposal must be one to its end.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    strict = True
    amounts: dict[str, dict[str, Fraction]] = {}
    silent = False
    for line in lines:
        bare = _MARKS.sub("", line)
        strict = strict and bare == line
        match = _LINE.fullmatch(bare)
        if bare.upper().rstrip(".!") == NO_CONTRACT:
            silent = True
        elif match is not None:
            payments = _payments(match[2], offered.environment.players)
            if payments is None or match[1] in amounts:
                return Proposal("unparseable", reason=f"cannot be read: {line[:80]}")
            amounts[match[1]] = payments
        elif _RECORD.search(bare) or NO_CONTRACT in bare.upper():
            return Proposal("unparseable", reason=f"cannot be read: {line[:80]}")
        else:
            strict = False
    if silent and not amounts:
        return Proposal("none", strict=strict)
    if silent or not amounts:
        if not amounts and is_refusal(text):
            return Proposal("refused", reason="the model declines")
        return Proposal("unparseable", reason="no line proposes a contract, or some do and one not")
    return _checked(amounts, offered, strict)


def _payments(text: str, players: Sequence[str]) -> dict[str, Fraction] | None:
    """``row +1, col -1`` by player; None if it is anything else."""
    remainder, payments = text.strip().rstrip(".;"), dict[str, Fraction]()
    names = "|".join(re.escape(name) for name in sorted(players, key=len, reverse=True))
    part = re.compile(
        rf"({names})\s*[:=]?\s*([+−-]?\s*\d+(?:\.\d+|/\d+)?)\s*(?:points?)?\s*(?:[,;]\s*|$)"
    )
    while remainder:
        match = part.match(remainder)
        if match is None or match[1] in payments:
            return None
        try:
            payments[match[1]] = parse_number(match[2].replace("−", "-").replace(" ", ""))
        except InputError:
            return None
        remainder = remainder[match.end() :]
    return payments or None


def _checked(amounts: dict[str, dict[str, Fraction]], offered: Terms, strict: bool) -> Proposal:
    unknown = [code for code in amounts if code not in offered.records]
    if unknown:
        reason = f"the court sees no record {unknown[0]}"
        return Proposal("unwritable", reason=reason, strict=strict)
    contract = TransferContract(
        offered.language,
        {
            offered.records[code]: tuple(
                payments.get(player, Fraction(0)) for player in offered.environment.players
            )
            for code, payments in amounts.items()
        },
    )
    violation = breach(contract, offered.rules)
    if violation is not None:
        code = next(code for code, record in offered.records.items() if record == violation[0])
        return Proposal("unwritable", reason=f"at {code} {violation[1]}", strict=strict)
    return Proposal("writable", contract, strict=strict)


def menu(specification: Specification, language: str) -> tuple[TransferContract | None, ...]:
    """The contracts offered to a model that cannot write one.

    No contract; half the transfers of the best contract of the language, which are in every class
    that the best one is in; the best contract. Only no contract if the best pays nothing.
    """
    best = best_contract(specification, language)
    if not isinstance(best, TransferContract) or not best.transfers:
        return (None,)
    half = {record: tuple(x / 2 for x in amounts) for record, amounts in best.transfers.items()}
    return None, replace(best, transfers=half), best


def worth(
    environment: Environment, contract: TransferContract | None, disposition: Disposition
) -> Fraction | None:
    """The best expected welfare of pure equilibria under a contract, in utils.

    None if a state has none.
    """
    total = Fraction(0)
    for state in environment.support:
        game = faced(environment, contract, disposition, state)
        stable = pure_nash(game.payoffs[:, None])[0]
        if not stable.any():
            return None
        best = int(game.restricted(environment.welfare[state])[stable].max())
        total += environment.prior[state] * Fraction(best, environment.denominator)
    return total


def best_worth(specification: Specification, condition: Condition) -> Fraction | None:
    """V(λ, L) in utils, the value of the best writable contract.

    None if it is unknown, if nothing is implementable, and for λ → ∞.
    """
    levels = condition.disposition.levels(specification.environment.players)
    if condition.regime.language is None or levels is None:
        return None
    offered = terms(specification, condition.regime.language)
    setting = Setting(offered.environment, offered.language, offered.rules)
    answer = decide.ask(Value(setting, levels))
    if not isinstance(answer, BestSelection) or answer.best is None:
        return None
    return answer.welfare if isinstance(answer.welfare, Fraction) else None
