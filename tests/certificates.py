"""Certificates for tests: honest ones of every claim, how to alter them, and how to write one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

import numpy as np
from checked import checked, proved
from games import load_game
from kept import keeping

from coopgap.proofs.certificates.certificate import concrete as about_game
from coopgap.proofs.certificates.certificate import encode
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.check import check
from coopgap.proofs.frontier.report import frontier
from coopgap.proofs.questions.obligations import BestSelection, Setting, Value, problem
from coopgap.proofs.trusted.documents import canonical, digest
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.readers.spec import spec_from_text

Json = Any

SPECS = (
    "capped-fines",
    "donation-game",
    "hawk-dove",
    "moral-hazard-pd",
    "n1",
    "n2",
    "n3",
    "n4",
    "n5",
    "n8",
    "delegation",
    "public-goods",
    "matching-pennies",
    "supply-contract",
    "unnamed-weather",
    "bilateral-trade",
    "delegation-private",
    "mediated-team",
    "out-of-reach",
)
FRONTIERS = ("n3", "n5", "supply-contract")
THEOREMS = (
    "n1",
    "pd-p1-follows",
    "pd-threshold-2-refuted",
    "sh-play-correlated",
    "holmstrom-2",
    "t8-all-outcomes",
)

EXTRA = """
title = "What the gallery does not show"
[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["A", "B"] }
cooperative = { row = ["A"], col = ["A"] }
[game.payoffs]
row = [[3, 0], [4, 1]]
col = [[3, 4], [0, 1]]
[[language]]
name = "blind"
actions = { row = [["A", "B"]], col = [["A", "B"]] }
contracts = { kind = "directive", permissive = true }
[[claim]]
id = "full-implementation"
lambda = "2"
[[claim]]
id = "all-cooperative"
lambda = "1/4"
[[claim]]
id = "beneficial"
[[claim]]
id = "axiom-iv-partial"
[[claim]]
id = "unique-nash"
profiles = [["B", "B"]]
[[claim]]
id = "gap-at-least"
language = "blind"
value = "-1"
"""


REFUSED = """
title = "Nobody joins"
[game]
players = ["one", "two"]
actions = { one = ["A"], two = ["A", "B"] }
states = { names = ["w1", "w2"], prior = ["1/3", "2/3"] }
[game.payoffs.w1]
one = [[1, 0]]
two = [[0, 1]]
[game.payoffs.w2]
one = [[1, 0]]
two = [[1, 0]]
[information]
one = [["w1", "w2"]]
[contracts]
liability = "1/2"
participation = { one = 2, two = 2 }
[[claim]]
id = "mechanism-gap-positive"
[[claim]]
id = "mechanism-gap-zero"
"""


@keeping
def honest() -> dict[str, str]:
    """Texts of certificates by their hashes."""
    texts: dict[str, str] = {}
    for slug in SPECS:
        texts |= checked(slug).texts
    texts |= check(spec_from_text(EXTRA, "extra")).texts
    texts |= check(spec_from_text(REFUSED, "refused")).texts
    for slug in FRONTIERS:
        texts |= frontier(load_game(slug)).texts
    for name in THEOREMS:
        texts |= proved(name).texts
    texts |= {digest(text): text for text in _by_contracts()}
    return {sha: text for sha, text in texts.items() if len(text) < 60_000}


def _by_contracts() -> Iterator[str]:
    """Values that cases of contracts show: two workers, five states, fines of at most 3 or any."""
    rng = Random("by contracts")
    payoffs = np.array([rng.randint(-9, 9) for _ in range(2 * 5 * 9)]).reshape(2, 5, 3, 3)
    names = tuple(f"w{k}" for k in range(5))
    game = Environment(("p", "q"), (("a", "b", "c"),) * 2, names, (Fraction(1, 5),) * 5, payoffs)
    language = ProductLanguage((0, 0, 0, 0, 1), ((0, 0, 1), (0, 1, 1)))
    for liability in (None, Fraction(3)):
        for budget in (Budget.BALANCED, Budget.BURNT):
            setting = Setting(game, language, Transfers(budget, liability))
            best = decide.by_contracts(Value(setting, setting.selfish))
            assert isinstance(best, BestSelection)
            bound = decide.bound_part(setting, setting.selfish, best)
            claim = {"id": "value", "holds": True, "value": str(best.welfare)}
            witness = {**decide.reached_part(setting, best), **bound}
            yield encode(about_game(claim, problem(setting, setting.selfish), witness))


def rule_of(document: Json) -> tuple[Any, ...]:
    """What a certificate is an example of: its claim, and the form of its proof."""
    if "goals" in document:
        return ("conjunction",)
    about, claim, proof = document["data"], document["claim"], document["proof"]
    leaf = proof.get("cases", {})
    witness = leaf.get("witness", proof.get("witness", {}))
    parts = {part: sorted(value) for part, value in witness.items() if isinstance(value, dict)}
    contracts = about["contracts"] or {"kind": "", "liability": None}
    form = (
        claim["id"],
        claim["holds"],
        "at" in claim,
        "pieces" in claim,
        proof.get("instead") is None,
    )
    return (
        *form,
        contracts["kind"],
        contracts["liability"] is None,
        canonical(parts),
        "if" in leaf,
    )


@cache
def examples() -> tuple[str, ...]:
    """The shortest honest certificate of every kind."""
    shortest: dict[tuple[Any, ...], str] = {}
    for text in sorted(honest().values(), key=len):
        shortest.setdefault(rule_of(json.loads(text)), text)
    return tuple(shortest.values())


def sealed(document: Json) -> str:
    """The text of a document, with the hashes of the data that it holds now."""
    for goal in document.get("goals", ()) if isinstance(document.get("goals"), list) else ():
        if isinstance(goal, dict) and isinstance(goal.get("certificate"), dict):
            sealed(goal["certificate"])
    if "data" in document and "data_sha256" in document:
        document["data_sha256"] = digest(canonical(document["data"]))
    return canonical(document)


Path = tuple[Any, ...]


def places(value: Json, path: Path = ()) -> Iterator[Path]:
    """Every place inside a document."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


def at(document: Json, path: Path) -> Json:
    for key in path:
        document = document[key]
    return document


def altered(text: str, path: Path, value: Json) -> str:
    """The certificate with another value at a place (or a new key)."""
    document = json.loads(text)
    at(document, path[:-1])[path[-1]] = value
    return sealed(document)


def without(text: str, path: Path) -> str:
    """The certificate without what is at a place."""
    document = json.loads(text)
    del at(document, path[:-1])[path[-1]]
    return sealed(document)


def alterations(text: str, rng: Random, count: int) -> Iterator[str]:
    """Some altered certificates."""
    document = json.loads(text)
    paths = [path for path in places(document) if path[0] != "data_sha256"]
    for path in rng.sample(paths, min(count, len(paths))):
        value = at(document, path)
        for replacement in _replacements(value):
            yield altered(text, path, replacement)
        yield without(text, path)
        if isinstance(value, dict):
            yield altered(text, (*path, "more"), 0)


def _replacements(value: Json) -> Sequence[Json]:
    if type(value) is bool:
        return (not value, None, int(value))
    if type(value) is int:
        return (value + 1, value - 1, -value, bool(value), None, str(value))
    if isinstance(value, str):
        return ("0", "1", "-1/2", "inf", "", None, ">", ">=", "==")
    if isinstance(value, list):
        return ([], value[::-1], value[1:], [*value, *value[:1]], None)
    return ({}, [], None)


# --- writing one ----------------------------------------------------------------------------------

NONE = {"kind": "none", "budget": "", "liability": None, "permissive": False}
SELFISH = {"levels": [0, 0], "scale": 1}


def transfers(budget: str, liability: Json = None) -> Json:
    return {"kind": "transfers", "budget": budget, "liability": liability, "permissive": False}


def game(
    *payoffs: Json,
    actions: Sequence[Sequence[str]] = ("AB", "AB"),
    prior: Json = (1,),
    **more: Json,
) -> Json:
    """A game; payoffs for each player by state and profile."""
    return {
        "players": [f"p{i}" for i in range(len(actions))],
        "actions": [list(own) for own in actions],
        "states": [f"w{s}" for s in range(len(prior))],
        "prior": list(prior),
        "denominator": 1,
        "payoffs": list(payoffs),
        "cooperative": None,
        **more,
    }


def one_case(witness: Json, point: Json = ()) -> Json:
    leaf = {"known": [], "piece": 0, "point": list(point), "witness": witness}
    return {"apart": [], "cases": leaf}


def certificate(claim: Json, about: Json, proof: Json, **more: Json) -> str:
    """The text of a certificate about a game (or, None, about parameters)."""
    data = {
        "parameters": [],
        "assumptions": [],
        "game": about,
        "records": None,
        "contracts": None if about is None else NONE,
        "prosociality": None if about is None else SELFISH,
        **more,
    }
    document = {"schema": "coopgap.certificate/2", "claim": claim, "data": data}
    return sealed({**document, "data_sha256": "", "proof": proof})


def concrete(name: str, about: Json, witness: Json, holds: Json = True, **more: Json) -> str:
    """A certificate of one case; ``fields``: those of the claim."""
    claim = {"id": name, "holds": holds, **more.pop("fields", {})}
    return certificate(claim, about, one_case(witness), **more)


# --- false ones, each of which one bug would let through ------------------------------------------

PD = ([[3, 0, 4, 1]], [[3, 4, 0, 1]])
"""A prisoner's dilemma: W is 6, 4, 4, 2, and λ* is 1/2."""


def _refuted(assumption: Json, *products: Json, multipliers: Json = ()) -> str:
    refutation = {"products": list(products), "multipliers": list(multipliers)}
    proof = {"apart": [], "cases": {"refuted": refutation}}
    claim = {"id": "inconsistent", "holds": True}
    return certificate(claim, None, proof, parameters=["x"], assumptions=[assumption])


def _thresholds(first: str) -> str:
    fields = {"thresholds": [[[0], [first, "1/2"]]]}
    return concrete("agent-thresholds", game(*PD), {}, fields=fields, prosociality=None)


def _supports(tree: Json) -> str:
    return concrete("full-implementation", game(*PD), {"supports": [tree]})


def _alone(*rows: Sequence[int], prior: Sequence[int] = (1, 1)) -> Json:
    """A game of one player with actions A and B; its payoffs by state."""
    return game(list(map(list, rows)), actions=("AB",), prior=prior)


def _strategies(name: str, about: Json, witness: Json, value: str = "", **more: Json) -> str:
    """A certificate about strategies of players who say nothing, and see no state unless told."""
    own = {"kind": "interim", "budget": "", "liability": None, "permissive": False}
    blind = [[0] * len(about["states"])] * len(about["players"])
    sight = {"information": more.pop("information", blind), "options": more.pop("options", None)}
    level = {"levels": [0] * len(about["players"]), "scale": 1}
    data = {"contracts": own, "mechanism": sight, "prosociality": level}
    fields = more.pop("fields", {"value": value} if value else {})
    return concrete(name, about, witness, fields=fields, **data)


def _false_strategies() -> Iterator[str]:
    """Each would be accepted if one rule about strategies had a bug."""
    # A is worth 2 and B 6 of 3; both would be worth 8 to one who sees.
    blind = _alone((2, 0), (0, 3), prior=(1, 2))
    plain: Json = {"obstructions": [], "strict": False}
    for action in (0, 1):
        reached = {"strategies": [action], "transfers": []}
        yield _strategies("gap-at-most", blind, {"reached": reached}, ("4/3", "-1/3")[action])
    everything = {**plain, "best": [1], "tree": [None, None]}
    yield _strategies("gap-at-least", blind, {"bound": everything}, "2/3")
    yield _strategies("optimum", blind, {}, "8/3")
    # Of each state alone nothing is claimed.
    yield _listed("first-best", blind, state=0, profiles=[0])
    witness: Json = {"reached": {"strategies": [1], "transfers": []}}
    yield _strategies("gap-zero", blind, witness, options=["0"])
    # What counts is the sum over the cell, not its last state.
    last = _alone((0, 9), (1, 0))
    yield _strategies("gap-at-most", last, {"reached": {"strategies": [0], "transfers": []}}, "4")
    # A is worth 5 and B 3 of 6, though B gains 3 where A gains 1.
    rare = _alone((0, 3), (1, 0), prior=(1, 5))
    for part, tree in (((0, 1), [0, None]), ((1, 0), [0, None])):
        own, deviation = part
        obstruction = {"strategies": [[0, 0, own]], "deviations": [[0, 0, deviation, 1]]}
        bound = {"obstructions": [obstruction], "best": [1], "strict": False, "tree": tree}
        yield _strategies("gap-at-least", rare, {"bound": bound}, "1/3")
    strict = {"obstructions": [], "best": [0], "strict": True, "tree": [None, None]}
    yield _strategies("gap-positive", rare, {"bound": strict})
    # The first player is indifferent, and sees what is best for the other.
    informed = game([[0, 0], [0, 0]], [[0, 9], [1, 0]], actions=("AB", "A"), prior=(1, 1))
    same = {"reached": {"strategies": [1, 1, 0, 0], "transfers": []}}
    yield _strategies("gap-zero", informed, same, information=[[0, 1], [0, 1]])
    yield from _false_orders_and_draws()


def _false_orders_and_draws() -> Iterator[str]:
    """The same for directives, drawn strategies, equilibria and cells."""
    blind = _alone((2, 0), (0, 3), prior=(1, 2))
    for listed in ([[0]], [[0], [1]], [], [[True]]):
        yield _listed("nash", blind, profiles=listed)
    yield _listed("unique-nash", blind, profiles=[[0]])
    yield _strategies("unique-nash", game([[0, 0], [0, 0]], actions=("AB",), prior=(1, 1)), {})
    yield _strategies("gap-zero", _alone((0, 1), (1, 0)), {}, information=[[0, 1]])
    # Who sees the state would play A and then B: no order says so, and no player follows by cells.
    seeing = _alone((2, 0), (0, 3))
    free: Json = {"strategies": [0, 1], "transfers": []}
    yield _ordered("gap-zero", seeing, {"reached": free}, information=[[0, 1]])
    yield _ordered("incontractible", seeing, {}, holds=False, information=[[0, 1]])
    yield _ordered("gap-zero", blind, {"reached": {**free, "strategies": [1]}}, cells=[0, 1])
    # Ordered to play A, nobody is tempted by B: a permissive order may leave B out.
    tempted = game([[0, 1]], [[5, 0]], actions=("AB", "A"), prior=(1,))
    obstruction = {"strategies": [[0, 0, 0], [1, 0, 0]], "deviations": [[0, 0, 1, 1]]}
    tree: Json = [[0], None]
    bound = {"obstructions": [obstruction], "best": [1, 0], "strict": False, "tree": tree}
    yield _ordered("gap-at-least", tempted, {"bound": bound}, value="4")
    bare = {**obstruction, "deviations": []}
    yield _ordered("gap-at-least", tempted, {"bound": {**bound, "obstructions": [bare]}}, value="4")
    yield _ordered("incontractible", blind, {})
    yield _ordered("unique-nash", blind, {})
    yield _strategies("correlated-gap-positive", blind, {})
    # Matching pennies has no pure equilibrium, and drawn alone a profile is one.
    pennies = game([[1, -1, -1, 1]], [[-1, 1, 1, -1]], actions=("AB", "AB"))
    twice: Json = [[[1, 0], 1], [[1, 0], 1]]
    draws: Sequence[tuple[Json, Json, str]] = (
        (pennies, [[[0, 0], 1]], "0"),
        (pennies, [[[0, 0], 1], [[1, 1], 1]], "0"),
        (tempted, [], "4"),
        (tempted, twice, "4"),
        (tempted, [[[1, 0], {"0+": 1}]], "4"),
        # Told A, the first player gains 2 by B twice as often as it loses 3.
        (game([[0, 0, 2, -3]], [[9, 9, 0, 0]]), [[[0, 0], 2], [[0, 1], 1]], "0"),
    )
    for about, draw, value in draws:
        reached = {"distribution": draw, "transfers": [{"denominator": 1, "amounts": []}]}
        yield _drawn("correlated-gap-at-most", about, {"reached": reached}, value)
    enough = [0, [0], 0, 1, 4]
    for move in ([0, [1], 0, 0, 1], [0, [0], 0, 0, 1], [0, [0], 0, 1, 0], [1, [0], 0, 0, 1]):
        yield _drawn("correlated-gap-at-least", tempted, {"bound": _weights([move])}, "4")
        yield _drawn("correlated-gap-at-least", tempted, {"bound": _weights([enough, move])}, "9/2")
    for move in ([0, [0], 0, 0, 1], enough, [0, [0], 1, 1, 1]):
        yield _drawn("correlated-gap-at-least", tempted, {"bound": _weights([enough, move])}, "4")


def _weights(moves: Sequence[Json]) -> Json:
    return {"denominator": 1, "multipliers": list(moves)}


def _listed(name: str, about: Json, **fields: Json) -> str:
    """A certificate about the listed equilibria of players who see nothing."""
    return _strategies(name, about, {}, fields=fields)


def _ordered(
    name: str, about: Json, witness: Json, value: str = "", holds: bool = True, **more: Json
) -> str:
    """A certificate about complete directives by one cell among players who see nothing."""
    states, players = len(about["states"]), len(about["players"])
    information = more.get("information", [[0] * states] * players)
    sizes = [len(own) for own in about["actions"]]
    records = {
        "cells": more.get("cells", [0] * states),
        "classes": [list(range(size)) for size in sizes],
        "table": None,
    }
    return concrete(
        name,
        about,
        witness,
        holds,
        fields={"value": value} if value else {},
        contracts={"kind": "directive", "budget": "", "liability": None, "permissive": False},
        records=records,
        mechanism={"information": information, "options": None},
        prosociality={"levels": [0] * players, "scale": 1},
    )


def _drawn(name: str, about: Json, witness: Json, value: str) -> str:
    """A certificate about drawn strategies where no court sees anything."""
    players = len(about["players"])
    classes = [[0] * len(own) for own in about["actions"]]
    return concrete(
        name,
        about,
        witness,
        fields={"value": value},
        contracts={**transfers("balanced"), "kind": "interim"},
        records={"cells": [0] * len(about["states"]), "classes": classes, "table": None},
        mechanism={"information": [[0] * len(about["states"])] * players, "options": None},
        prosociality={"levels": [0] * players, "scale": 1},
    )


def false_ones() -> Iterator[str]:
    """Certificates that no checker may accept."""
    yield from _false_strategies()
    yield concrete("gap-at-least", game(*PD), {}, fields={"value": "0"}).replace(
        '"holds":true', '"holds":true,"holds":true'
    )
    yield concrete("gap-at-least", game(*PD), {}, fields={"value": "-2/4"})
    yield concrete("gap-at-least", game(*PD), {}, fields={"value": "0"}, parameters=["0"])
    yield _refuted([{"x*x": -1}, ">="], [1, [0], []], [1, [], [{"x": 1}]])
    yield _refuted([{"x": 1}, ">="], [1, [], []], multipliers=[[0, 0]])
    yield _refuted([{"x": 1, "1": 1}, ">="], [1, [], []], [1, [0], []], multipliers=[[0, -1]])
    opposites = [[{"y*x": sign}, ">"] for sign in (1, -1)]
    refutation = {"products": [[1, [0], []], [1, [1], []]], "multipliers": []}
    proof = {"apart": [], "cases": {"refuted": refutation}}
    claim = {"id": "inconsistent", "holds": True}
    yield certificate(claim, None, proof, parameters=["x", "y"], assumptions=opposites)
    free = {"contracts": transfers("free")}
    twice = {"distributions": [[[3, 1], [3, 1]]], "transfers": [{"denominator": 1, "amounts": []}]}
    yield concrete(
        "correlated-gap-at-most", game(*PD), {"reached": twice}, fields={"value": "4"}, **free
    )
    block = {"states": [0], "best": [0], "strict": False, "tree": []}
    bound: Json = {"bound": {"obstructions": [], "blocks": [block]}}
    yield concrete("gap", game(*PD), bound, fields={"value": "inf"})
    yield from (_thresholds(level) for level in ("inf", "1", "0"))
    shift = {"agent": 0, "weights": [0, 0]}
    yield _supports(None)
    yield _supports(shift)
    yield _supports([1, 1, shift, None])
    yield _supports({"agent": 0, "weights": [-1, 1]})
    yield _supports([1, 0, {"agent": 0, "weights": [-1, 1]}, None])
    blind = {"cells": [0], "classes": [[0, 0], [0, 0]], "table": None}
    shirk = {"selection": [[0, 0]], "deviations": [[0, 0, 1, 1]]}
    also = {"selection": [[0, 1]], "deviations": [[0, 0, 1, 1]]}
    tie = game([[3, 3, 4, 4]], [[3, 3, 0, 0]])
    block = {"states": [0], "best": [0], "strict": True, "tree": [[0, 0], [1, 1]]}
    bound = {"bound": {"obstructions": [shirk, also], "blocks": [block]}}
    yield concrete("full-implementation", tie, bound, False, records=blind, **free)
    leaf = {"known": [], "piece": 0, "point": ["1"], "witness": {}}
    pieces = [{"when": [[{"x": 1}, ">"]], "value": "6"}, {"when": [[{"x": -1}, ">"]], "value": "7"}]
    apart = [{"products": [[1, [1], []], [1, [2], []]], "multipliers": []}]
    claim = {"id": "optimum", "holds": True, "pieces": pieces}
    data = {"parameters": ["x"], "assumptions": [[{"x": 1}, ">"]]}
    yield certificate(claim, game(*PD), {"apart": apart, "cases": leaf}, **data)
    claim = {"id": "optimum", "holds": False, "at": {"x": "1"}, "value": "6"}
    yield certificate(claim, game(*PD), {"instead": "6", "witness": {}}, **data)
    document = json.loads(concrete("gap-at-least", game(*PD), {}, fields={"value": "0"}))
    goals = [{"goal": label, "certificate": document} for label in ("a", "b")]
    yield sealed({"schema": "coopgap.conjunction/2", "theorem": "t", "goals": goals})
    yield from _false_refutations()
    yield from _false_contracts()
    yield from _false_bounds()
    yield from _false_play()
    yield from _false_cases()
    yield from _false_mechanisms()


def _false_refutations() -> Iterator[str]:
    product = [{"y*x": 1}, ">"]
    claim: Json = {"id": "formula", "holds": True, "conclusion": product}
    about = {"parameters": ["x", "y"], "assumptions": [product]}
    yield certificate(claim, None, one_case({}, ["1", "1"]), **about)
    refutation = {"products": [[1, [1], []]], "multipliers": [[0, {"x": -1}]]}
    assumptions = [[{"x": 1}, ">="], [{"x*x": 1}, ">"]]
    claim = {"id": "inconsistent", "holds": True}
    proof: Json = {"apart": [], "cases": {"refuted": refutation}}
    yield certificate(claim, None, proof, parameters=["x"], assumptions=assumptions)
    leaf = {"known": [], "piece": 0, "point": ["1"], "witness": {}}
    claim, proof = {"id": "optimum", "holds": True, "value": "4"}, {"apart": [], "cases": leaf}
    larger = game([[{"x": 1}, 0, 4, 1]], [[0, 4, 0, 1]])
    yield certificate(claim, larger, proof, parameters=["x"])
    yield certificate({**claim, "value": "6"}, game(*PD), proof, parameters=["a b"])
    pieces = [{"when": [[{"x": -1}, ">"]], "value": "6"}]
    claim = {"id": "optimum", "holds": True, "pieces": pieces}
    data = {"parameters": ["x"], "assumptions": [[{"x": 1}, ">"]]}
    yield certificate(claim, game(*PD), proof, **data)
    half = game([[3, 0, 4, 1]] * 2, [[3, 4, 0, 1]] * 2, prior=[2, -1])
    yield concrete("first-best", half, {}, fields={"state": 0, "profiles": [0]})


def _false_contracts() -> Iterator[str]:
    play: Json = {"selection": [0], "transfers": [{"amounts": [], "denominator": 1}]}
    yield concrete("gap-zero", game(*PD), {"reached": play}, contracts=transfers("free"))
    play["transfers"][0]["amounts"] = [[0, [1, 1]]]
    yield concrete("gap-zero", game(*PD), {"reached": play}, contracts=transfers("burnt"))
    play["transfers"][0]["amounts"] = [[1, [0, -1]], [2, [-1, 0]]]
    capped = {**transfers("burnt"), "liability": "1/2"}
    yield concrete("gap-zero", game(*PD), {"reached": play}, contracts=capped)
    play = {"selection": [3], "transfers": []}
    negative = {"levels": [0, -1], "scale": 1}
    fields = {"value": "4"}
    yield concrete(
        "gap-at-most", game(*PD), {"reached": play}, fields=fields, prosociality=negative
    )


def _false_bounds() -> Iterator[str]:
    tempted = game([[0, 0, 1, 1]], [[2, 2, 0, 0]])
    leaves = [{"selection": [[0, a]], "deviations": [[0, 0, 1, 1]]} for a in (0, 1)]
    block: Json = {"states": [0], "best": [2], "strict": False, "tree": [[0, 0], [1, 1]]}
    play: Json = {"selection": [2], "transfers": []}
    witness: Json = {"reached": play, "bound": {"obstructions": leaves, "blocks": [block]}}
    fields: Json = {"value": "1", "from": "0", "to": "1"}
    fields |= {"from_included": True, "to_included": True}
    yield concrete("value-between", tempted, witness, fields=fields, prosociality=None)
    twice = [[1, 0, 0, 0], [0, 0, 0, 1]]
    records = {"cells": [0, 0], "classes": [[0, 1], [0, 1]], "table": None}
    directive = {"kind": "directive", "budget": "", "liability": None, "permissive": False}
    block = {"states": [0, 1], "best": [0, 3], "strict": True, "tree": [[0, []]]}
    obstruction = {"deviations": [], "selection": [[0, 0], [1, 3]]}
    bound: Json = {"obstructions": [obstruction], "blocks": [block]}
    more = {"records": records, "contracts": directive}
    yield concrete("gap-positive", game(twice, twice, prior=[1, 1]), {"bound": bound}, **more)
    court = {"cells": [0], "classes": [[0, 1], [0, 1]], "table": None}
    barred = {"selection": [[0, 0]], "deviations": [[0, 0, 1, 1]]}
    block = {"states": [0], "best": [0], "strict": True, "tree": [[0, 0]]}
    bound = {"obstructions": [barred], "blocks": [block]}
    order = {"records": court, "contracts": directive}
    yield concrete("gap-positive", game(*PD), {"bound": bound}, **order)
    multipliers = {"denominator": 1, "multipliers": [[[0, 0, 1, 2], [1, 0, 1, 2]]]}
    free = {"records": court, "contracts": transfers("free")}
    yield concrete("correlated-gap-positive", game(*PD), {"bound": multipliers}, **free)
    block = {"states": [0, 1], "best": [1, 0], "strict": False, "tree": []}
    bound = {"obstructions": [], "blocks": [block]}
    about = game([[1, 1, 0, 0], [0, 0, 0, 2]], [[0] * 4] * 2, prior=[1, 1])
    yield concrete("gap-at-least", about, {"bound": bound}, fields={"value": "1"})
    both = {"prosociality": {"levels": [1, 1], "scale": 1}}
    yield concrete("closes", game(*PD), {}, False, **both)
    play = {"selection": [0], "transfers": []}
    fields = {"value": "0"}
    yield concrete("gap-at-least", game(*PD), {"reached": play}, False, fields=fields, **both)
    block = {"states": [0], "best": [0], "strict": False, "tree": []}
    witness = {"reached": play, "below": {"obstructions": [], "blocks": [block]}}
    yield concrete("threshold", game(*PD), witness, fields={"value": "1"}, prosociality=None)


def _false_cases() -> Iterator[str]:
    """One contract serves both states, in which one agent must be paid 1 more at record 0 exactly:
    the gap is 0, and not 5."""
    payoffs = [[[0, 1], [-1, 0]], [[10, -1], [1, 10]]]
    about = game(*payoffs, actions=("AB", "C"), prior=[1, 1])
    records = {"cells": [0, 0], "classes": [[0, 1], [0]], "table": None}
    refuted = {"refuted": [[0, 1], [1, 1]]}
    for tree, below, value, liability in (
        ([0, 0, 1, 1, None, None], 1, "5", None),
        ([0, 0, 1, -3, None, None], 1, "5", None),
        ([0, 0, 1, 5, [0, 0, 1, -5, None, refuted], None], 1, "5", None),
        ([0, 0, 1, 1, None, {"refuted": [[0, 1]]}], 2, "5", "10"),
        ([0, 0, 0, 0, None, None], 1, "0", None),
    ):
        most = 10 if value == "5" else 20
        block = {"states": [0, 1], "most": most, "denominator": below, "cases": tree}
        yield concrete(
            "gap-at-least",
            about,
            {"bound": {"contracts": [block]}},
            fields={"value": value},
            records=records,
            contracts=transfers("balanced", liability),
        )


def _false_play() -> Iterator[str]:
    fields = {"state": 0, "profile": 0, "within": None, "value": "0"}
    witness = {"denominator": 1, "multipliers": []}
    free = transfers("free")
    yield concrete("play-at-most", game(*PD), witness, fields=fields, contracts=free)
    fined = {"bound": {"denominator": 1, "multipliers": [[[0, 0, 1, 1], [1, 0, 1, 1]]]}}
    large = transfers("balanced", "100")
    for name, value in (
        ("correlated-gap-at-least", {"value": "2"}),
        ("correlated-gap-positive", {}),
    ):
        yield concrete(name, game(*PD), fined, fields=value, contracts=large)
    both = {"prosociality": {"levels": [1, 1], "scale": 1}}
    cooperative = {**game(*PD), "cooperative": [[0], [0]]}
    yield concrete("all-cooperative", cooperative, {"multipliers": [[]]}, **both)
    for plays in ([], [[[[0, 1]], [[0, 1]]]]):
        listed: Json = {"state": 0, "plays": plays}
        yield concrete("mixed-equilibria", game(*PD), {}, fields=listed)
    shift = {"agent": 0, "weights": [-1, 1]}
    yield _supports([1, 0, shift, [1, 1, shift, None]])


# --- mechanisms: one player who sees one of two states, and does not care -----------------------

LIKES = game([[1, 0], [1, 0]], actions=("AB",), prior=(1, 1))
"""Action A is worth 1 and B nothing: W* is 1."""

TORN = game([[1, 0, 0, 1], [0, 0, 0, 0]], [[0, 0, 0, 0], [1, 0, 0, 1]], prior=(1, 1))
"""Two players who like to coordinate, each in one state."""


def _mechanism(name: str, about: Json, witness: Json, holds: Json = True, **more: Json) -> str:
    players, states = len(about["players"]), len(about["states"])
    mechanism = {
        "information": [list(range(states))] * players,
        "options": more.pop("options", None),
    }
    budget, liability = more.pop("budget", "balanced"), more.pop("liability", None)
    kind = {"kind": "mechanism", "budget": budget, "liability": liability, "permissive": False}
    levels = {"levels": [0] * players, "scale": 1}
    return concrete(
        name,
        about,
        witness,
        holds,
        contracts=kind,
        mechanism={**mechanism, **more.pop("mechanism", {})},
        prosociality=levels,
        **more,
    )


def _point(*reports: Json, total: int = 1) -> Json:
    return {"total": total, "denominator": 1, "reports": list(reports)}


def _step(aim: Json, incentives: Json = (), participation: Json = ()) -> Json:
    step = {"aim": aim, "denominator": 1, "incentives": list(incentives)}
    return {**step, "participation": list(participation), "floor": 0}


def _false_mechanisms() -> Iterator[str]:
    """Each lets one bug through."""
    zero = "mechanism-gap-zero"

    def reached(*points: Json) -> Json:
        return {"reached": {"points": list(points)}}

    def bound(*steps: Json) -> Json:
        return {"bound": {"steps": list(steps)}}

    # Effort is recommended, and nobody sees it.
    same = {"cells": [0], "classes": [[0, 0], [0, 0]], "table": None}
    hidden = _point([[0, 0], [[0, 1, []]]])
    yield _mechanism(zero, game(*PD), reached(hidden), records=same)
    # The truth costs 1 in the second state, and a lie nothing.
    lying = game([[1, 0], [1, 0]], [[0, 0], [0, 0]], actions=("AB", "C"), prior=(1, 1))
    a, b = [[0, 1, []]], [[0, 1, [[2, [-1, 1]]]]]
    split = _point([[0, 0], a], [[1, 1], b], [[0, 1], a], [[1, 0], b])
    yield _mechanism(zero, lying, reached(split))
    # Too much is drawn, too little, or what is paid breaks the rules.
    heavy = _point([[0], [[0, 2, []]]], [[1], [[0, 2, []]]])
    yield _mechanism(zero, LIKES, reached(heavy))
    for pay, more in (
        ([[0, [1]], [1, [1]]], {}),
        ([[0, [1]], [1, [1]]], {"budget": "burnt"}),
        ([[0, [-2]], [1, [-2]]], {"budget": "free", "liability": "1"}),
    ):
        paid = _point([[0], [[0, 1, pay]]], [[1], [[0, 1, pay]]])
        yield _mechanism(zero, LIKES, reached(paid), **more)
    # Nobody would join for 1 who may have 2.
    plain = _point([[0], [[0, 1, []]]], [[1], [[0, 1, []]]])
    yield _mechanism(zero, LIKES, reached(plain), options=["2"])
    # Payments after what is never recommended.
    beside = [[0, 1, []], [1, 0, [[0, [0]]]]]
    unseen = _point([[0], beside], [[1], beside])
    yield _mechanism(zero, LIKES, reached(unseen))
    # Two points, which a mechanism that reaches something must not have.
    yield _mechanism("mechanism-attains", LIKES, reached(plain, plain), fields={"value": "1"})
    # Bounds: too low, by draws that are not excluded, and by payments that do not cancel.
    welfare = bound(_step("welfare"))
    yield _mechanism("mechanism-attains", LIKES, welfare, False, fields={"value": "1"})
    nothing = bound(_step("nothing"))
    yield _mechanism("mechanism-value", LIKES, nothing, fields={"value": "-inf"})
    draws = [[[0], 0], [[1], 0]]
    never = bound(_step(draws), _step("welfare"))
    yield _mechanism("mechanism-gap-positive", LIKES, never)
    yield _mechanism(
        "mechanism-gap-at-least", LIKES, bound(_step([]), _step("welfare")), fields={"value": "0"}
    )
    need = game([[1, 1], [1, 1]], [[0, 1], [1, 0]], actions=("AB", "C"), prior=(1, 1))
    sight = {"information": [[0, 1], [0, 0]]}
    lies = bound(_step("welfare", [[0, 0, 1, 0, 0, 1]]))
    yield _mechanism("mechanism-gap-positive", need, lies, liability="0", mechanism=sight)
    unseen_need = bound(_step("welfare"))
    blind = {"information": [[0, 0], [0, 0]]}
    half = game([[1, 0], [0, 1]], [[0, 0], [0, 0]], actions=("AB", "C"), prior=(1, 1))
    fields = {"value": "1/2"}
    yield _mechanism("mechanism-gap-at-least", half, unseen_need, fields=fields, mechanism=blind)
    tempted = game([[0, 0, 1, 1]], [[2, 2, 0, 0]])
    deterred = bound(_step("welfare", [[0, 0, 0, 0, 1, 1]]))
    yield _mechanism("mechanism-gap-positive", tempted, deterred, liability="1/2")
    shirk = bound(_step("welfare", [[0, 0, 0, 0, 1, 1], [1, 0, 0, 0, 1, 1]]))
    team = {"cells": None, "classes": None, "table": [[0, 1, 1, 1]]}
    yield _mechanism("mechanism-gap-positive", game(*PD), shirk, budget="burnt", records=team)
    idle = bound(_step("welfare", [[0, 0, 0, 0, 0, 1]]))
    yield _mechanism("mechanism-gap-at-least", LIKES, idle, fields={"value": "0"})
    taxed = bound(_step("nothing", [], [[0, 0, 1], [1, 0, 1]]))
    yield _mechanism(
        "mechanism-value",
        TORN,
        taxed,
        fields={"value": "-inf"},
        options=["1/2"] * 2,
        mechanism={"information": [[0, 1], [0, 1]]},
    )
    alone = bound(_step("nothing", [], [[0, 0, 1]]))
    yield _mechanism("mechanism-value", TORN, alone, fields={"value": "-inf"}, options=["2", "0"])
    # What players see matters for claims about mechanisms, and only for these.
    yield concrete(
        "mechanism-gap-zero", LIKES, reached(plain), prosociality={"levels": [0], "scale": 1}
    )
    yield _mechanism("optimum", LIKES, {}, fields={"value": "1"})


def interleaved(texts: Iterable[str], kind: Callable[[str], str]) -> list[str]:
    """The texts, those of different kinds side by side: each kind is met soon."""
    places: Counter[str] = Counter()
    ranks = {}
    for text in texts:
        own = kind(text)
        ranks[text] = places[own]
        places[own] += 1
    return sorted(ranks, key=ranks.__getitem__)


def claim_of(text: str) -> str:
    """The claim of a certificate, as far as it tells kinds of claims apart."""
    return text[text.find('"claim"') :][:60]
