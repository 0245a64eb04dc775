"""Gambit's .efg files: extensive games, read as strategic ones.

A file is ``EFG 2 R "title"``, the players' names, an optional comment, and the nodes of the tree,
each before those below it: of chance ``c "name" SET "set" { "move" probability … } OUTCOME``, of a
player ``p "name" PLAYER SET "set" { "move" … } OUTCOME``, ends ``t "name" OUTCOME``. The moves of
an information set and the payoffs of an outcome stand where it is first met, and may be repeated.
Payoffs of outcomes along a path add up.

A strategy says what to do in each information set that it does not itself exclude (the reduced
strategic form), its label being the moves in the order of the sets, ``*`` for those excluded.
Chance moves at the beginning that all players observe are states; over others payoffs are expected.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import IntArray
from coopgap.theory.readers.files import MAX_BYTES, read_text
from coopgap.theory.readers.strategic import strategic_game
from coopgap.theory.readers.tables import require_table
from coopgap.theory.readers.tokens import Tokens, distinct_names
from coopgap.theory.readers.values import quoted
from coopgap.theory.specification import Specification

MAX_STRATEGIES = 1 << 12
"""The most reduced strategies of a player."""

MAX_NODES = 1 << 17
"""The most nodes of a tree."""

MAX_DEPTH = 1 << 8
"""The most moves on the way to a node."""

MAX_ADDITIONS = 1 << 24
"""The most payoffs that ends of the tree add to, together."""

_FORM = 'a .efg file reads: EFG 2 R "title" { "players" } and the nodes, c, p and t'

Set = tuple[int, int]
"""An information set: its player (0 is chance), and its number."""


@dataclass(frozen=True)
class _End:
    """An end of the tree: the moves on the way to it, its probability, and each player's payoff."""

    path: tuple[tuple[Set, int], ...]
    chance: Fraction
    payoffs: tuple[Fraction | int, ...]


@dataclass
class _Tree:
    """A tree as it is read."""

    players: int
    moves: dict[Set, tuple[str, ...]] = field(default_factory=dict)
    probabilities: dict[Set, tuple[Fraction, ...]] = field(default_factory=dict)
    outcomes: dict[str, tuple[Fraction | int, ...]] = field(default_factory=dict)
    ends: list[_End] = field(default_factory=list)
    nodes: list[tuple[tuple[Set, int], ...]] = field(default_factory=list)
    at: list[Set] = field(default_factory=list)


def read_efg(path: Path, max_bytes: int = MAX_BYTES) -> Specification:
    """The game in a .efg file, with the complete language and balanced transfers.

    Raises InputError as ``read_nfg`` does, and for a tree with too many strategies.
    """
    return efg_from_text(read_text(path, max_bytes), str(path))


def efg_from_text(text: str, origin: str) -> Specification:
    """The game in a text of .efg format; errors name ``origin`` as its file."""
    tokens = Tokens(text, _FORM)
    with tokens.located(origin):
        tokens.take("EFG")
        tokens.take("2")
        tokens.take("R", "D")
        title = tokens.take_text("a title")
        players = distinct_names(tokens.take_texts("a player's name"))
        if tokens.next.startswith('"'):
            tokens.take_text("a comment")
        tree = _Tree(len(players))
        _read_nodes(tokens, tree)
    with inside(source=origin):
        return _strategic(tree, players, title, origin)


# --- reading --------------------------------------------------------------------------------------


def _read_nodes(tokens: Tokens, tree: _Tree) -> None:
    """Reads all nodes; those whose moves are still to be followed wait with what led to them."""
    nothing: tuple[Fraction | int, ...] = (0,) * tree.players
    waiting: list[tuple[tuple[tuple[Set, int], ...], Fraction, tuple[Fraction | int, ...]]]
    waiting = [((), Fraction(1), nothing)]
    while waiting:
        path, chance, earned = waiting.pop()
        if len(tree.nodes) + len(tree.ends) >= MAX_NODES:
            raise InputError("the tree is too large", fix=f"at most {MAX_NODES:,} nodes are read")
        if len(path) > MAX_DEPTH:
            raise InputError("the tree is too deep", fix=f"at most {MAX_DEPTH} moves are followed")
        kind = tokens.next
        tokens.take("c", "p", "t")
        tokens.take_text("a node's name")
        info = None if kind == "t" else _read_set(tokens, tree, kind)
        earned = tuple(map(sum, zip(earned, _read_outcome(tokens, tree), strict=True)))
        if info is None:
            tree.ends.append(_End(path, chance, earned))
            continue
        tree.nodes.append(path)
        tree.at.append(info)
        shares = tree.probabilities.get(info, (Fraction(1),) * len(tree.moves[info]))
        for move in reversed(range(len(shares))):
            waiting.append(((*path, (info, move)), chance * shares[move], earned))
    if tokens.remaining:
        raise tokens.refusal("the end of the file")


def _read_set(tokens: Tokens, tree: _Tree, kind: str) -> Set:
    """Reads an information set, with its moves if they stand there."""
    player = 0
    if kind == "p":
        player = tokens.take_count("a player")
        if player > tree.players:
            raise InputError(f"there is no player {player}", fix=f"use 1 to {tree.players}")
    info = player, tokens.take_count("an information set")
    if tokens.next.startswith('"'):
        tokens.take_text("an information set's name")
    if tokens.next == "{":
        _read_moves(tokens, tree, info)
    elif info not in tree.moves:
        raise tokens.refusal("the moves of the information set")
    return info


def _read_moves(tokens: Tokens, tree: _Tree, info: Set) -> None:
    moves, shares = [], []
    tokens.take("{")
    while tokens.next != "}":
        moves.append(tokens.take_text("a move"))
        if info[0] == 0:
            shares.append(Fraction(tokens.take_number()))
    tokens.take("}")
    if not moves:
        raise InputError(f"information set {info[1]} has no moves", fix="list at least one")
    known = tree.moves.setdefault(info, distinct_names(moves))
    if len(known) != len(moves):
        raise InputError(
            f"information set {info[1]} has {len(moves)} moves here and {len(known)} elsewhere",
            fix="give all its nodes the same moves",
        )
    if info[0] == 0:
        if sum(shares) != 1 or min(shares) < 0:
            raise InputError(
                f"the probabilities {', '.join(map(str, shares))} are no distribution",
                fix="they must not be negative and add up to 1, exactly",
            )
        if tree.probabilities.setdefault(info, tuple(shares)) != tuple(shares):
            raise InputError(
                f"chance moves otherwise elsewhere in information set {info[1]}",
                fix="give all its nodes the same probabilities, or sets of their own",
            )


def _read_outcome(tokens: Tokens, tree: _Tree) -> tuple[Fraction | int, ...]:
    """Reads the outcome of a node; 0 pays nothing."""
    number = tokens.next
    if not re.fullmatch(r"[0-9]{1,9}", number):
        raise tokens.refusal("an outcome")
    tokens.take(number)
    if tokens.next.startswith('"'):
        tokens.take_text("an outcome's name")
    if tokens.next == "{":
        tokens.take("{")
        payoffs = []
        while tokens.next != "}":
            payoffs.append(tokens.take_number())
            if tokens.next == ",":
                tokens.take(",")
        tokens.take("}")
        if len(payoffs) != tree.players:
            raise InputError(
                f"the outcome pays {len(payoffs)} players instead of {tree.players}", fix=_FORM
            )
        if tree.outcomes.setdefault(number, tuple(payoffs)) != tuple(payoffs):
            raise InputError(
                f"outcome {number} pays otherwise elsewhere",
                fix="give the outcomes numbers of their own",
            )
    elif number != "0" and number not in tree.outcomes:
        raise InputError(f"outcome {quoted(number)} has no payoffs", fix=_FORM)
    return tree.outcomes.get(number, (0,) * tree.players)


# --- the reduced strategic form -------------------------------------------------------------------

_Path = tuple[tuple[Set, int], ...]


def _strategic(tree: _Tree, players: Sequence[str], title: str, origin: str) -> Specification:
    states = _states(tree)
    plans = [[_plans(tree, p + 1, state) for p in range(tree.players)] for state in states]
    if any(_labels(of_state) != _labels(plans[0]) for of_state in plans):
        states = [frozenset(itertools.chain.from_iterable(states))]
        plans = [[_plans(tree, p + 1, states[0]) for p in range(tree.players)]]
    counts = [len(of_player) for of_player in plans[0]]
    require_table(tree.players, len(states), counts)
    tables = [_payoffs(tree, *pair) for pair in zip(states, plans, strict=True)]
    names = [" or ".join(sorted(_path_name(tree, path) for path in state)) for state in states]
    flat = (x for i in range(tree.players) for table in tables for x in table[i].ravel("F"))
    return strategic_game(
        players,
        [distinct_names(labels) for labels in _labels(plans[0])],
        list(flat),
        states=distinct_names(names) if len(names) > 1 else ("s",),
        prior=[sum((_probability(tree, path) for path in state), Fraction(0)) for state in states],
        title=title,
        origin=origin,
    )


def _opening(path: _Path) -> _Path:
    """The chance moves at the beginning of a path."""
    return tuple(itertools.takewhile(lambda step: step[0][0] == 0, path))


def _states(tree: _Tree) -> list[frozenset[_Path]]:
    """The opening chance moves, those together that somebody who moves later cannot tell apart."""
    openings = dict.fromkeys(_opening(end.path) for end in tree.ends)
    of: dict[_Path, set[_Path]] = {opening: {opening} for opening in openings}
    first: dict[Set, _Path] = {}
    for info, path in zip(tree.at, tree.nodes, strict=True):
        opening = _opening(path)
        if info[0] and opening in of:
            merged = of[first.setdefault(info, opening)] | of[opening]
            for member in merged:
                of[member] = merged
    return list(dict.fromkeys(frozenset(of[opening]) for opening in openings))


def _probability(tree: _Tree, path: _Path) -> Fraction:
    return math.prod((tree.probabilities[s][m] for s, m in path), start=Fraction(1))


def _path_name(tree: _Tree, path: _Path) -> str:
    return "/".join(tree.moves[info][move] for info, move in path)


_Plan = tuple[str, dict[Set, int]]
"""A reduced strategy: its label, and the move in each information set that it may reach."""


def _labels(plans: Sequence[Sequence[_Plan]]) -> list[list[str]]:
    return [[label for label, _ in of_player] for of_player in plans]


def _plans(tree: _Tree, player: int, state: frozenset[_Path]) -> list[_Plan]:
    """The reduced strategies of a player, where the opening chance moves are among these."""
    reached: dict[Set, list[_Path]] = {}
    for info, path in zip(tree.at, tree.nodes, strict=True):
        if info[0] == player and _opening(path) in state:
            own = tuple(step for step in path if step[0][0] == player)
            reached.setdefault(info, []).append(own)
    sets = sorted(reached)
    plans = []
    for plan in _completed(tree, reached, sets):
        labels = [tree.moves[info][plan[info]] if info in plan else "*" for info in sets]
        plans.append((", ".join(labels) or "none", plan))
        if len(plans) > MAX_STRATEGIES:
            raise InputError(
                f"player {player} has more than {MAX_STRATEGIES:,} reduced strategies",
                fix="solve a smaller game, or write its strategic form as .nfg",
            )
    return plans


def _completed(
    tree: _Tree, reached: dict[Set, list[_Path]], sets: Sequence[Set]
) -> Iterator[dict[Set, int]]:
    """All plans: as long as a plan reaches a set that it does not decide, the first one is."""
    waiting: list[dict[Set, int]] = [{}]
    while waiting:
        plan = waiting.pop()
        for info in sets:
            if info not in plan and any(
                all(plan.get(s) == move for s, move in own) for own in reached[info]
            ):
                moves = reversed(range(len(tree.moves[info])))
                waiting += [{**plan, info: move} for move in moves]
                break
        else:
            yield plan


def _payoffs(
    tree: _Tree, state: frozenset[_Path], plans: Sequence[Sequence[_Plan]]
) -> list[IntArray]:
    """Each player's expected payoffs in a state, of shape (strategies…)."""
    shape = [len(of_player) for of_player in plans]
    tables: list[IntArray] = [np.full(shape, Fraction(0), dtype=object) for _ in plans]
    likely = sum((_probability(tree, path) for path in state), Fraction(0))
    additions = 0
    for end in tree.ends:
        if _opening(end.path) not in state or not end.chance:
            continue
        chosen = [
            [k for k, (_, plan) in enumerate(of_player) if _leads(plan, end.path, player + 1)]
            for player, of_player in enumerate(plans)
        ]
        additions += math.prod(map(len, chosen))
        if additions > MAX_ADDITIONS:
            raise InputError("the strategic form takes too long to compute", fix="shorten the tree")
        for table, payoff in zip(tables, end.payoffs, strict=True):
            table[np.ix_(*chosen)] += end.chance / likely * payoff
    return tables


def _leads(plan: dict[Set, int], path: _Path, player: int) -> bool:
    return all(plan.get(info) == move for info, move in path if info[0] == player)
