"""The canonical text of a family's certificate; ``proofs.cases`` reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from proofs.cases import SCHEMA, FamilyCertificate, FamilyGame, FamilyProblem, Ratio
from proofs.certificates import canonical, digest
from proofs.conditions import plain_condition
from proofs.polynomials import plain
from proofs.verifying import CONJUNCTION


def encode_family(certificate: FamilyCertificate) -> str:
    """The certificate's text; its file is named by the SHA-256 of this text."""
    data = _problem(certificate.problem)
    return canonical(
        {
            "schema": SCHEMA,
            "kind": certificate.kind,
            "claim": certificate.claim,
            "data": data,
            "data_sha256": digest(canonical(data)),
            "witness": certificate.witness,
        }
    )


def encode_conjunction(name: str, parts: Sequence[tuple[str, str]]) -> str:
    """Certificates, each under the label of its goal, as one text."""
    return canonical(
        {
            "schema": CONJUNCTION,
            "theorem": name,
            "goals": [{"goal": label, "certificate": json.loads(text)} for label, text in parts],
        }
    )


def plain_ratio(ratio: Ratio, names: Sequence[str]) -> list[Any]:
    """A fraction of polynomials as certificates carry it."""
    return [plain(part, names) for part in ratio]


def _problem(problem: FamilyProblem) -> dict[str, Any]:
    names, records, levels = problem.parameters, problem.records, problem.prosociality
    return {
        "parameters": names,
        "assumptions": [plain_condition(each, names) for each in problem.assumptions],
        "game": None if problem.game is None else _game(problem.game, names),
        "records": None if records is None else dict(vars(records)),
        "contracts": dict(vars(problem.contracts)),
        "prosociality": None if levels is None else [plain_ratio(each, names) for each in levels],
    }


def _game(game: FamilyGame, names: Sequence[str]) -> dict[str, Any]:
    return {
        "players": game.players,
        "actions": game.actions,
        "states": game.states,
        "prior": [plain_ratio(p, names) for p in game.prior],
        "payoffs": [
            [[plain_ratio(payoff, names) for payoff in row] for row in of_agent]
            for of_agent in game.payoffs
        ],
        "cooperative": game.cooperative,
    }
