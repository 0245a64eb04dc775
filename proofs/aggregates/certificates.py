"""Certificates about games of groups, as the trusted core reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from coopgap.proofs.certificates.certificate import canonical, digest
from coopgap.proofs.trusted.documents import AGGREGATES
from coopgap.theory.aggregates import GroupGame, GroupLanguage
from coopgap.theory.contracts import Directives, Transfers
from coopgap.theory.exact import common_denominator
from coopgap.theory.json_values import Fields, Plain

Levels = tuple[Fraction, ...]


@dataclass(frozen=True)
class Setting:
    """A language with its class of contracts, or none, as a certificate states it.

    liability: the largest fine, in utils, where it can bind.
    """

    kind: str
    budget: str
    cells: tuple[int, ...]
    classes: tuple[tuple[int, ...], ...]
    total: bool = False
    liability: Fraction | None = None

    @property
    def plain(self) -> bool:
        """Whether all actions are verifiable."""
        return all(len(set(own)) == len(own) for own in self.classes)


def alone(game: GroupGame) -> Setting:
    """Play without a contract."""
    return Setting(
        "none",
        "",
        (0,) * len(game.states),
        tuple((0,) * len(group.actions) for group in game.groups),
    )


def setting(game: GroupGame, language: GroupLanguage) -> Setting:
    """The setting of a language; where one agent would have to balance alone, no contract."""
    if isinstance(language.contracts, Directives):
        return Setting("directive", "", language.cells, language.classes)
    assert isinstance(language.contracts, Transfers)
    budget = str(language.contracts.budget)
    if budget == "balanced" and game.agents == 1:
        return alone(game)
    # With free money everybody can be given as much before as a fine may take.
    bound = None if budget == "free" else language.contracts.liability
    return Setting("transfers", budget, language.cells, language.classes, language.total, bound)


def encoded(
    game: GroupGame,
    where: Setting,
    levels: Levels | None,
    claim: Fields,
    profiles: Sequence[Sequence[Sequence[int]]] | None = None,
) -> str:
    """The canonical text of a certificate; levels None: the claim is about all λ."""
    data = {**described(game, where, levels), "game": plain_game(game)}
    return canonical(
        {
            "schema": AGGREGATES,
            "claim": claim,
            "data": data,
            "data_sha256": digest(canonical(data)),
            "proof": {"profiles": profiles},
        }
    )


def described(game: GroupGame, where: Setting, levels: Levels | None) -> dict[str, Plain]:
    """The data of a certificate without payoffs, which suffice to state a claim in words."""
    scale = common_denominator(levels or ())
    return {
        "game": {name: value for name, value in plain_game(game).items() if name != "payoffs"},
        "kind": where.kind,
        "budget": where.budget,
        "cells": where.cells,
        "classes": where.classes,
        "total": where.total,
        "levels": None if levels is None else [int(level * scale) for level in levels],
        "scale": scale,
        **({} if where.liability is None else {"liability": where.liability.as_integer_ratio()}),
    }


@cache
def plain_game(game: GroupGame) -> dict[str, Plain]:
    """The game in the form of certificates."""
    mass = common_denominator(game.prior)
    return {
        "groups": [
            {
                "name": group.name,
                "size": group.size,
                "actions": group.actions,
                "marks": marks,
            }
            for group, marks in zip(game.groups, game.marks, strict=True)
        ],
        "states": game.states,
        "prior": [int(p * mass) for p in game.prior],
        "denominator": game.denominator,
        "payoffs": [[rows.tolist() for rows in own] for own in game.payoffs],
    }
