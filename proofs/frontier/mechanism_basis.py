"""The best mechanism around one bound on fines, as polynomials in the bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from coopgap.proofs.algebra.parametric_lp import Basis, Programme, basis_at
from coopgap.proofs.algebra.polynomials import ZERO, Polynomial, plain, scaled
from coopgap.proofs.algebra.rational import reduced
from coopgap.proofs.certificates.certificate import plain_ratio, scaled_whole
from coopgap.proofs.deciding import decide
from coopgap.proofs.questions.mechanisms import Society
from coopgap.proofs.questions.obligations import Unanswered
from coopgap.proofs.trusted.polynomials import lifted
from coopgap.theory.contracts import Budget
from coopgap.theory.exact import common_denominator
from coopgap.theory.preferences import prosocial_payoffs

SECONDS = 30.0
"""How long one linear programme may take."""


class MechanismBases:
    """The best mechanism of a society as a function of the bound on fines, basis by basis."""

    def __init__(self, society: Society) -> None:
        self.society = society
        game = society.environment
        self.mass = common_denominator(game.prior)
        _, self.unit = prosocial_payoffs(game, society.levels)
        self.agents = range(len(game.players))

    def programme(self) -> Unanswered | None:
        """Reads the rows; what grows with the bound is the difference of two bounds."""
        read = [decide.mechanism_rows(self._within(Fraction(bound))) for bound in (0, 1)]
        none, one = read
        if isinstance(none, Unanswered):
            return none
        assert not isinstance(one, Unanswered)
        rows, aim = none
        self.keys = rows.keys
        named = (column for terms in (*rows.terms, aim) for column in terms)
        self.columns = list(dict.fromkeys(named))
        index = {column: k for k, column in enumerate(self.columns)}
        fixed, growing = {}, {}
        for r, (terms, more) in enumerate(zip(rows.terms, one[0].terms, strict=True)):
            for column, value in terms.items():
                place = r, index[column]
                if value:
                    fixed[place] = value
                if more[column] != value:
                    growing[place] = more[column] - value
        self.aim = [aim.get(column, 0) for column in self.columns]
        self.rows = Programme(
            [-each for each in self.aim],
            fixed,
            growing,
            rows.bounds,
            rows.equality,
            [column[0] not in ("pay", "best") for column in self.columns],
        )
        return None

    def _within(self, bound: Fraction) -> Society:
        return replace(self.society, contracts=replace(self.society.contracts, liability=bound))

    def at(
        self, bound: Fraction, names: tuple[str, ...]
    ) -> tuple[Any, dict[str, Any]] | Unanswered:
        """The value as a claim has it, and its witness, around a bound."""
        found = basis_at(self.rows, bound, SECONDS)
        if found is None:
            return Unanswered("no basis of the linear programme was found exactly")
        limits = {"steps": [self._step(found, names)]}
        if found.primal is None:
            return "-inf", {"bound": limits}
        worth = sum((scaled(x, self.aim[c]) for c, x in found.primal.items()), start=ZERO)
        unit = scaled(found.primal_unit, self.mass * self.unit)
        above, below = reduced((worth, unit))
        if below.at((bound,)) < 0:
            above, below = -above, -below
        witness = {"bound": limits, "reached": {"points": [self._point(found, bound, names)]}}
        return plain_ratio((above, below), names), witness

    def _step(self, found: Basis, names: tuple[str, ...]) -> dict[str, Any]:
        incentives: dict[Any, Polynomial] = {}
        joins: dict[tuple[int, int], Polynomial] = {}
        for r, multiplier in found.dual.items():
            key = self.keys[r]
            if key is not None and key[0] == "joins":
                joins[key[1:3]] = scaled(multiplier, key[3])
            elif key is not None:
                incentives[key] = multiplier
        unit, *numbers = scaled_whole([found.dual_unit, *incentives.values(), *joins.values()])
        listed = [plain(each, names) for each in numbers]
        told = sorted(zip((*incentives, *joins), listed, strict=True), key=lambda each: each[0])
        return {
            "aim": "nothing" if found.primal is None else "welfare",
            "denominator": plain(unit, names),
            "incentives": [[*key, number] for key, number in told if key in incentives],
            "participation": [[*key, number] for key, number in told if key in joins],
            "floor": 0,
        }

    def _point(self, found: Basis, bound: Fraction, names: tuple[str, ...]) -> dict[str, Any]:
        """The mechanism; what has no probability at the bound is left out, with its payments."""
        assert found.primal is not None
        numbers = scaled_whole([found.primal_unit, *found.primal.values()])
        total, values = numbers[0], dict(zip(found.primal, numbers[1:], strict=True))
        reports: dict[Any, dict[int, tuple[Polynomial, dict[int, list[Polynomial]]]]] = {}
        for c, value in values.items():
            if self.columns[c][0] == "draw" and value.at((bound,)):
                said, profile = self.columns[c][1]
                reports.setdefault(said, {})[profile] = value, {}
        for c, value in values.items():
            if self.columns[c][0] == "pay":
                _, agent, ((said, profile), record) = self.columns[c]
                if profile in reports[said]:
                    _, paid = reports[said][profile]
                    paid.setdefault(record, [ZERO for _ in self.agents])[agent] = value
        return {
            "total": plain(total, names),
            "denominator": self.unit,
            "reports": [
                [
                    list(said),
                    [self._draw(profile, *draw, names) for profile, draw in sorted(d.items())],
                ]
                for said, d in sorted(reports.items())
            ],
        }

    def _draw(
        self,
        profile: int,
        chance: Polynomial,
        paid: Mapping[int, list[Polynomial]],
        names: tuple[str, ...],
    ) -> list[Any]:
        rows = []
        for record, row in sorted(paid.items()):
            if self.society.contracts.budget is Budget.BALANCED:
                row[-1] = -sum(row[:-1], start=ZERO)
            rows.append([record, [plain(lifted(each), names) for each in row]])
        return [profile, plain(chance, names), rows]
