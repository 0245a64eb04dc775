"""Whatever the file, verifying it ends within 30 seconds of CPU and a gigabyte: the worst files we
think of, for each field and each rule.

The gate gives them a sixteenth of the steps, or a quarter where a sixteenth is used up too soon,
and a quarter of the time and half of the memory; ``make deep`` gives them all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations_with_replacement, islice
from pathlib import Path
from typing import Any

import certificates
import pytest
from certificates import certificate, one_case

from coopgap.proofs.trusted.documents import MAX_BYTES, canonical, digest

SECONDS, BYTES = 30, 1 << 30

Json = Any


def game(actions: list[int], states: int, payoffs: Json) -> Json:
    names = [[str(a) for a in range(n)] for n in actions]
    return certificates.game(*payoffs, actions=names, prior=[1] * states)


def zeros(players: int, profiles: int, states: int = 1, value: Json = 0) -> Json:
    return [[[value] * profiles] * states] * players


UNFIXED = {"prosociality": None}


def claim(name: str, **fields: Json) -> Json:
    return {"id": name, "holds": True, **fields}


def first_best_selections() -> str:
    """Far more first-best selections than the file could list."""
    about = game([2, 2], 400, zeros(2, 4, 400))
    return certificate(claim("agent-thresholds", thresholds=[]), about, one_case({}), **UNFIXED)


def listed_thresholds() -> str:
    """As many first-best selections as a file can list, of many agents."""
    about = game([2] + [1] * 39, 14, zeros(40, 2, 14))
    levels = ["0"] * 40
    rows = [[[n >> (13 - k) & 1 for k in range(14)], levels] for n in range(1 << 14)]
    return certificate(claim("agent-thresholds", thresholds=rows), about, one_case({}), **UNFIXED)


def expected_payoffs() -> str:
    """Every selection gives other payoffs."""
    own = [[2**s if a else 0 for a in range(2)] for s in range(40)]
    negated = [[-v for v in row] for row in own]
    about = game([2, 1], 40, [own, negated])
    return certificate(claim("beneficial"), about, one_case({}))


def many_payoffs() -> str:
    """Pure equilibria of the largest table."""
    side = 1100
    about = game([side, side], 1, zeros(2, side * side))
    listed = claim("equilibria", state=0, profiles=[])
    return certificate(listed, about, one_case({}))


def many_actions() -> str:
    """Deviations are many more than payoffs."""
    about = game([500_000], 1, zeros(1, 500_000))
    about["actions"] = [[str(a) for a in range(500_000)]]
    listed = claim("nash", profiles=[[]])
    return certificate(listed, about, one_case({}), prosociality={"levels": [0], "scale": 1})


def many_players() -> str:
    about = game([1] * 300_000, 1, zeros(300_000, 1))
    return certificate(claim("optimum", value="0"), about, one_case({}), **UNFIXED)


def many_states() -> str:
    """Every state is in one block of a bound, and its tree is deep."""
    states = 3_000
    tree: list[Any] = []
    for _ in range(400):
        tree = [[0, tree]]
    about = game([2, 2], states, zeros(2, 4, states))
    block = {"states": list(range(states)), "best": [0] * states, "strict": False, "tree": tree}
    witness = {"bound": {"obstructions": [], "blocks": [block]}}
    return certificate(claim("gap-at-least", value="0"), about, one_case(witness))


def empty_polynomials() -> str:
    """As many polynomials as fit into a file."""
    profiles = 2400 * 1100
    about = game([2400, 1100], 1, zeros(2, profiles, value={}))
    more = {"parameters": ["x"]}
    return certificate(claim("optimum", value="0"), about, one_case({}, ["0"]), **UNFIXED, **more)


def long_numbers() -> str:
    """Arithmetic with the longest numbers."""
    side = 28
    row = [int("9" * 3_999) - k for k in range(side * side)]
    about = game([side, side], 1, [[row], [row]])
    listed = claim("equilibria", state=0, profiles=[])
    levels = {"levels": [10**3_990, 10**3_989], "scale": 10**3_991}
    return certificate(listed, about, one_case({}), prosociality=levels)


def large_products() -> str:
    """A refutation multiplies large polynomials."""
    names = [f"x{k}" for k in range(40)]
    large = {f"{a}*{b}": 1 for i, a in enumerate(names) for b in names[i:]}
    products = [[1, [0] * 30, [large]] for _ in range(20)]
    node = {"refuted": {"products": products, "multipliers": []}}
    proof = {"apart": [], "cases": node}
    more = {"parameters": names, "assumptions": [[large, ">"]]}
    return certificate(claim("inconsistent"), None, proof, **more)


def many_products() -> str:
    """A refutation of as many products as fit into a file."""
    node = {"refuted": {"products": [[1, [], []]] * 700_000, "multipliers": []}}
    more = {"parameters": ["x"], "assumptions": [[{"x": 1}, ">"]]}
    return certificate(claim("inconsistent"), None, {"apart": [], "cases": node}, **more)


def many_zeros() -> str:
    """A refutation multiplies the longest polynomial by 0 as often as fits into a file."""
    names = [f"x{k:02}" for k in range(28)]
    monomials = islice(combinations_with_replacement(names, 4), 19_000)
    long = {"*".join(factors): 1 for factors in monomials}
    node = {"refuted": {"products": [], "multipliers": [[0, 0]] * 600_000}}
    more = {"parameters": names, "assumptions": [[long, "=="]]}
    return certificate(claim("inconsistent"), None, {"apart": [], "cases": node}, **more)


def many_cases() -> str:
    """Each case reads large payoffs anew."""
    names = [f"x{k}" for k in range(30)]
    large = {name: k + 1 for k, name in enumerate(names)}
    about = game([40, 40], 1, zeros(2, 1600, value=large))
    leaf = {"known": [], "piece": 0, "point": ["1"] * 30, "witness": {}}
    node: Json = leaf
    for k in range(150):
        node = {"if": [{"x0": 1, "1": -k - 1}, ">="], "then": leaf, "else": [node]}
    proof = {"apart": [], "cases": node}
    listed = claim("first-best", state=0, profiles=list(range(1600)))
    return certificate(listed, about, proof, parameters=names, **UNFIXED)


def long_path() -> str:
    """A path of cases as long as fits, with all its conditions known in each."""
    node: Json = {"refuted": {"products": [], "multipliers": []}}
    for k in range(150):
        node = {"if": [{"x": 1, "1": k + 1}, ">"], "then": node, "else": [node if k == 0 else {}]}
    return certificate(claim("inconsistent"), None, {"apart": [], "cases": node}, parameters=["x"])


def high_point() -> str:
    """A long point in a polynomial of high degree."""
    about = game([2], 1, [[[{"*".join(["x"] * 64): 1}, {"x": 1}]]])
    node = one_case({}, ["9" * 3_999])
    return certificate(claim("optimum", value="0"), about, node, parameters=["x"], **UNFIXED)


def many_obstructions() -> str:
    obstruction = {"selection": [[0, 0]], "deviations": [[0, 0, 1, 1]]}
    about = game([40, 40], 1, zeros(2, 1600))
    block = {"states": [0], "best": None, "strict": False, "tree": []}
    witness = {"bound": {"obstructions": [obstruction] * 100_000, "blocks": [block]}}
    return certificate(claim("gap", value="inf"), about, one_case(witness))


def many_weights() -> str:
    """A distribution over all profiles of a large game."""
    side = 330
    about = game([side, side], 1, zeros(2, side * side))
    listed = [[a, 1] for a in range(side * side)]
    witness = {
        "reached": {"distributions": [listed], "transfers": [{"denominator": 1, "amounts": []}]}
    }
    contracts = {"kind": "transfers", "budget": "free", "liability": None, "permissive": False}
    stated = claim("correlated-gap-at-most", value="0")
    return certificate(stated, about, one_case(witness), contracts=contracts)


MECHANISM = {"kind": "mechanism", "budget": "balanced", "liability": None, "permissive": False}


def mechanism(agents: int, states: int, options: Json = None) -> dict[str, Json]:
    """Data about mechanisms of agents who see the state."""
    sight = {"information": [list(range(states))] * agents, "options": options}
    selfish = {"levels": [0] * agents, "scale": 1}
    return {"contracts": MECHANISM, "mechanism": sight, "prosociality": selfish}


def many_reports() -> str:
    """Every report of many agents is answered, in many points."""
    agents, states = 600, 2
    about = game([1] * agents, states, zeros(agents, 1, states))
    reports = [[[s] * agents, [[0, 1, []]]] for s in range(states)]
    for s in range(states):
        for i in range(agents):
            reports.append([[1 - s if i == k else s for k in range(agents)], [[0, 1, []]]])
    point = {"total": 1, "denominator": 1, "reports": reports}
    witness = {"reached": {"points": [point] * 4}}
    return certificate(
        claim("mechanism-gap-zero"), about, one_case(witness), **mechanism(agents, states)
    )


def many_refusals() -> str:
    """Many agents with outside options, who all take part."""
    agents = 2_500
    about = game([1] * agents, 1, zeros(agents, 1))
    listed = [[i, 0, 1] for i in range(agents)]
    step = {"aim": "nothing", "denominator": 1, "incentives": [], "participation": listed}
    witness = {"bound": {"steps": [{**step, "floor": 0}]}}
    options = [f"1/{i + 2}" for i in range(agents)]
    stated = claim("mechanism-value", value="-inf")
    return certificate(stated, about, one_case(witness), **mechanism(agents, 1, options))


def many_steps() -> str:
    """As many steps as a file can list."""
    about = game([2], 1, [[[1, 0]]])
    moves = [[0, 0, 0, 1, 0, 1]]
    step = {"aim": [[[0], 1]], "denominator": 1, "incentives": moves, "participation": []}
    witness = {"bound": {"steps": [{**step, "floor": 0}] * 130_000}}
    stated = claim("mechanism-gap-at-least", value="0")
    return certificate(stated, about, one_case(witness), **mechanism(1, 1))


def many_lies() -> str:
    """Every lie of two agents in a large game."""
    side, states = 30, 8
    about = game([side, side], states, zeros(2, side * side, states))
    moves = [
        [i, c, m, a, b, 1]
        for i in range(2)
        for c in range(states)
        for m in range(states)
        if m != c
        for a in range(side)
        for b in range(side)
    ]
    step = {"aim": "welfare", "denominator": 1, "incentives": moves, "participation": []}
    witness = {"bound": {"steps": [{**step, "floor": 0}]}}
    stated = claim("mechanism-gap-at-least", value="0")
    return certificate(stated, about, one_case(witness), **mechanism(2, states))


def deep_supports() -> str:
    node: Json = None
    for k in range(150):
        node = [0, k, None, node]
    about = game([150, 150], 1, zeros(2, 150 * 150))
    return certificate(claim("full-implementation"), about, one_case({"supports": [node]}))


def same_goals() -> str:
    """One costly goal many times."""
    names = [f"x{k}" for k in range(12)]
    large = {f"{a}*{b}": 1 for i, a in enumerate(names) for b in names[i:]}
    node = {"refuted": {"products": [[1, [0] * 4, []]], "multipliers": []}}
    more = {"parameters": names, "assumptions": [[large, ">"]]}
    text = certificate(claim("inconsistent"), None, {"apart": [], "cases": node}, **more)
    goals = [{"goal": str(k), "certificate": json.loads(text)} for k in range(3_000)]
    return canonical({"schema": "coopgap.conjunction/2", "theorem": "t", "goals": goals})


def nested() -> str:
    return '{"schema":' + "[" * 9_000_000


def objects() -> str:
    return '{"schema":[' + "{}," * 5_400_000 + "{}]}"


def texts() -> str:
    return '{"schema":[' + '"a",' * 4_000_000 + '"a"]}'


def too_long() -> str:
    return '{"schema":"' + "a" * (MAX_BYTES + 1) + '"}'


# --- groups ---------------------------------------------------------------------------------------


def groups(claim_: Json, sizes: list[int], actions: int, kind: str = "none", **more: Json) -> str:
    """Groups of these sizes, each with so many actions; in every state all payoffs are 0."""
    states, entry = more.pop("states", 1), more.pop("entry", 0)
    sums = 1
    for size in sizes:
        sums *= size * (actions - 1) + 1
    about = {
        "groups": [
            {
                "name": str(k),
                "size": size,
                "actions": [str(a) for a in range(actions)],
                "marks": [[a] for a in range(actions)],
            }
            for k, size in enumerate(sizes)
        ],
        "states": [str(s) for s in range(states)],
        "prior": [1] * states,
        "denominator": 1,
        "payoffs": [[[[entry] * sums] * 2] * states] * len(sizes),
    }
    data = {
        "game": about,
        "kind": kind,
        "budget": more.pop("budget", "" if kind != "transfers" else "free"),
        "cells": list(range(states)),
        "classes": [[0] * actions] * len(sizes),
        "total": more.pop("total", False),
        "levels": more.pop("levels", [0] * len(sizes)),
        "scale": 1,
    }
    return of_schema("coopgap.aggregate-certificate/1", claim_, data, proof={"profiles": None})


def of_schema(schema: str, claim_: Json, data: Json, **fields: Json) -> str:
    sealed = {"data": data, "data_sha256": digest(canonical(data))}
    return canonical({"schema": schema, "claim": claim_, **sealed, **fields})


def many_aggregates() -> str:
    """As many sums as are read, and a deviation from each action at each of them."""
    listed = claim("equilibria", state=0, aggregates=[])
    return groups(listed, [1000], 1001)


def many_deviations() -> str:
    """One agent with as many actions as fit into a file."""
    return groups(claim("gap-zero"), [1], 300_000)


def many_groups() -> str:
    """Sums of many groups, each of which is parted from the others."""
    return groups(claim("gap-zero"), [2, 2, 2, 2, 2, 2, 2, 2], 3)


def many_levels() -> str:
    """A threshold with as many λ as there are deviations, each tried at every aggregate."""
    return groups(claim("threshold", value="inf", loss="9"), [40], 60, levels=None, entry=7)


def many_plays() -> str:
    """Balanced money and a verified total: plays are tried one by one."""
    more = {"budget": "balanced", "total": True}
    return groups(claim("gap-zero"), [60], 60, "transfers", **more)


def long_payoffs() -> str:
    """Sums of the longest payoffs."""
    entry = int("9" * 3_999)
    return groups(claim("gap-zero"), [30], 30, levels=[10**3_990], entry=entry)


# --- commons --------------------------------------------------------------------------------------


def lake(claim_: Json, witness: Json, **changed: Json) -> str:
    """A commons as large as is read, unless it is changed."""
    data = {
        "agents": 100,
        "stock": 1000,
        "capacity": 1000,
        "harvest": list(range(1000)),
        "growth": [[999_999 - k, 999_900 + k, 999_983] for k in range(20)],
        "seen": True,
        "collapse": 1,
        "horizon": 120,
        "rationing": "one-at-a-time",
        "shock": [60, 5, 1],
        **changed,
    }
    return of_schema("coopgap.commons-certificate/1", claim_, data, witness=witness)


def large_lake() -> str:
    """The planner of the largest commons, every stock in every month."""
    witness = {"values": [[0] * 1001] * 120}
    return lake({"id": "commons-first-best", "value": "0"}, witness)


def many_quotas() -> str:
    """A bound by cases of quotas, as deep as a file allows."""
    tree: Json = None
    for k in range(100):
        tree = {"cell": 0, "at": k, "low": None, "high": tree}
    language = {"growth": False, "month": [0] * 120, "stock": [0] * 1001}
    stated = {"id": "commons-gap", "low": "1", "high": "2", "language": language}
    witness = {"values": [[0] * 1001] * 120, "rule": [[1, 0, 0, 5]], "tree": tree}
    return lake(stated, witness)


REGIMES = {
    "agents": 10,
    "stock": 100,
    "capacity": 1000,
    "harvest": [0, 100],
    "growth": {
        "factors": ["101/100", "9"],
        "window": 120,
        "turns": [["1/10", "1/2", "0", "1"], ["0", "0", "0", "0"]],
    },
    "seen": True,
    "collapse": 100,
    "horizon": 120,
    "rationing": "one-at-a-time",
    "shock": None,
}


def turning(**changed: Json) -> str:
    """A commons whose growth has regimes."""
    data = {**REGIMES, **changed}
    cells = {"month": [0] * data["horizon"], "stock": [0] * (data["capacity"] + 1)}
    language = {**cells, "regime": True, "past": False}
    stated = {"id": "commons-gap", "low": "0", "high": "1", "language": language}
    witness = {"merged": False, "plan": [], "rule": [], "tree": None}
    document = {"schema": "coopgap.commons-certificate/1", "claim": stated, "data": data}
    return canonical({**document, "data_sha256": digest(canonical(data)), "witness": witness})


def remembered_harvests() -> str:
    """Situations that are told apart by the totals of a hundred months."""
    return turning()


def long_turns() -> str:
    """Few situations, whose values have denominators that grow from month to month."""
    odds = "1/" + "7" * 1000
    turns = [["0", odds, "0", "1"], ["5", odds, "0", "1"]]
    growth = {"factors": ["1", "2"], "window": 1, "turns": turns}
    small = {"agents": 1, "stock": 3, "capacity": 3, "harvest": [0, 1], "collapse": 0}
    return turning(growth=growth, **small)


def bounded_lake() -> str:
    """Bounds over all equilibria of a long commons whose growth is drawn unseen."""
    growth = [[999_983, 1, 1], [999_979, 11, 10]]
    data = {**REGIMES, "agents": 1, "stock": 1000, "harvest": [0, 1], "growth": growth}
    data |= {"collapse": 0, "seen": False}
    ends = {"payoffs": [["0", "1000"]], "months": ["0", "120"], "total": ["0", "1000"]}
    stated = {"id": "commons-bounds", "kinds": [[1, "0"]], "exists": False, **ends}
    document = {"schema": "coopgap.commons-certificate/1", "claim": stated, "data": data}
    return canonical({**document, "data_sha256": digest(canonical(data)), "witness": {}})


ALONE = {"parameters": ["x"], "prosociality": {"levels": [0], "scale": 1}}


def repeated_obstructions() -> str:
    """Each obstruction looks at all deviations, which are known from the first one on."""
    about = game([3000], 1, [[[0] + [1] * 2999]])
    obstruction = {"selection": [[0, 0]], "deviations": [[0, 0, 1, 1]]}
    bound = {"obstructions": [obstruction] * 100_000, "blocks": []}
    return certificate(claim("gap-positive"), about, one_case({"bound": bound}, ["0"]), **ALONE)


def deviations_of_types() -> str:
    """An obstruction of types whose deviations are all listed."""
    states, actions = 100, 2000
    about = game([actions], states, [[[0] + [1] * (actions - 1)] * states])
    part = [[0, cell, 0] for cell in range(states)]
    moves = [[0, cell, a, 1] for cell in range(states) for a in range(1, actions)]
    obstruction = {"strategies": part, "deviations": moves}
    bound = {"obstructions": [obstruction], "best": None, "strict": False, "tree": None}
    kinds = {"kind": "interim", "budget": "", "liability": None, "permissive": False}
    sight = {"information": [list(range(states))], "options": None}
    proof = one_case({"bound": bound}, ["0"])
    sections: Json = {"contracts": kinds, "mechanism": sight}
    return certificate(claim("gap-positive"), about, proof, **sections, **ALONE)


def many_kinds() -> str:
    """An equilibrium of a hundred kinds of agents who are rationed one unit at a time."""
    kinds = [[1, str(k)] for k in range(100)]
    stated = {
        "id": "commons-equilibrium",
        "kinds": kinds,
        "language": None,
        "pick": "only",
        "payoffs": ["1"] * 100,
        "months": "120",
    }
    row = [*[None] * 1000, [999] * 100]
    witness = {"demands": [[row]], "caps": None}
    return lake(stated, witness, horizon=1, seen=False)


def rationed_kinds() -> str:
    """The same with few kinds of many agents."""
    stated = {
        "id": "commons-equilibrium",
        "kinds": [[50, "0"], [49, "1"], [1, "inf"]],
        "language": None,
        "pick": "best",
        "payoffs": ["1"] * 3,
        "months": "1",
    }
    row = [*[None] * 1000, [900, 800, 999]]
    return lake(stated, {"demands": [[row]], "caps": None}, horizon=1, seen=False)


def many_thresholds() -> str:
    stated = {"id": "commons-threshold", "value": "1/3", "stocks": "all"}
    more = {"over_demand": True, "shares": "fractional"}
    return lake({**stated, **more}, {"values": [[0] * 1001] * 120})


# --- cases of contracts ---------------------------------------------------------------------------


def cases_of_contracts(tree: Json, states: int = 60, side: int = 8, unit: int = 1) -> str:
    """A bound by cases of contracts of one block of states."""
    worth = [[[k * 7 % 5 * unit for k in range(side * side)]] * states] * 2
    about = game([side, side], states, worth)
    block = {"states": list(range(states)), "most": 10**9 * unit, "denominator": 1, "cases": tree}
    classes = [[0] * side, list(range(side))]
    return certificate(
        claim("gap-at-least", value="0"),
        about,
        one_case({"bound": {"contracts": [block]}}),
        records={"cells": [0] * states, "classes": classes, "table": None},
        contracts=certificates.transfers("balanced"),
    )


def deep_cases() -> str:
    """Contracts parted again and again by one payment."""
    tree: Json = None
    for k in range(190):
        tree = [0, 0, 1, k, tree, None]
    return cases_of_contracts(tree)


def parted(depth: int) -> Json:
    """Both halves of a case parted again, so often."""
    if depth == 0:
        return None
    return [0, depth % 7, 7, depth, parted(depth - 1), parted(depth - 1)]


def wide_cases() -> str:
    """As many cases as fit, each of which looks at every play of every state."""
    return cases_of_contracts(parted(16))


def refuted_cases() -> str:
    """Refutations of many rows."""
    node: Json = {"refuted": [[k, 1] for k in range(180)]}
    for k in reversed(range(180)):
        node = [0, 0, 1 + k % 7, k, node, None]
    return cases_of_contracts(node)


def long_cases() -> str:
    """The same with the longest numbers."""
    node: Json = None
    for k in range(60):
        node = [0, 0, 1 + k % 7, 10**3_990 + k, node, None]
    return cases_of_contracts(node, states=10, side=6, unit=10**3_980)


def _strategies(name: str, about: Json, witness: Json, sight: Json, **fields: Json) -> str:
    own = {"kind": "interim", "budget": "balanced", "liability": "1", "permissive": False}
    level = {"levels": [0] * len(about["players"]), "scale": 1}
    data = {"contracts": own, "mechanism": {"information": sight, "options": None}}
    return certificate(claim(name, **fields), about, one_case(witness), prosociality=level, **data)


def some_strategies() -> str:
    """The same with fewer plays: a quarter of the steps is enough to get to the tree."""
    return many_strategies(500)


def many_strategies(actions: int = 1_000) -> str:
    """A tree that asks for the best of many plays again and again."""
    states = 20
    about = game([actions, actions // 10], states, zeros(2, actions * actions // 10, states))
    sight = [list(range(states)), [0] * states]
    tree: list[Any] = [[None] * actions for _ in range(actions)]
    best = [0] * (states + 1)
    bound = {"obstructions": [], "best": best, "strict": False, "tree": tree}
    return _strategies("gap-at-least", about, {"bound": bound}, sight, value="0")


def many_moves() -> str:
    """As many obstructions as a file can list, of a type with many states."""
    states = 3_000
    about = game([2, 1], states, [[[0, 9]] * states, [[0, 0]] * states])
    part = [[0, 0, 0], [1, 0, 0]]
    obstruction = {"strategies": part, "deviations": [[0, 0, 1, 1]]}
    bound = {"obstructions": [obstruction] * 100_000, "best": [0, 0], "strict": False, "tree": None}
    return _strategies("gap-at-least", about, {"bound": bound}, [[0] * states] * 2, value="0")


def many_types() -> str:
    """Transfers at every record, and a type for every state."""
    states = 20_000
    about = game([2, 2], states, zeros(2, 4, states))
    sight = [list(range(states))] * 2
    amounts = [[k, [1, -1]] for k in range(4 * states)]
    paid = [{"denominator": 1, "amounts": amounts}]
    reached = {"strategies": [0] * (2 * states), "transfers": paid}
    return _strategies("gap-at-most", about, {"reached": reached}, sight, value="0")


# --- the same again in every case, in every number ------------------------------------------------

LEAF = {"known": [], "piece": 0, "point": ["0"], "witness": {}}
SELFISH: dict[str, Json] = {"prosociality": {"levels": [0], "scale": 1}}
LONG = 10**3_998


def distinctions(leaf: Json, depth: int) -> Json:
    """As many cases as 2 to the power of the depth, proved by a leaf each."""
    node = leaf
    for _ in range(depth):
        node = {"if": [1, ">"], "then": node, "else": [node]}
    return {"apart": [], "cases": node}


def repeated_formula() -> str:
    """A long formula, in each of many cases."""
    stated = claim("formula", conclusion=["and", *[[1, ">"]] * 40_000])
    return certificate(stated, None, distinctions(LEAF, 9), parameters=["x"])


def repeated_piece() -> str:
    """A piece with many conditions, in each of many cases."""
    piece = {"when": [[1, ">"]] * 100_000, "conclusion": [1, ">"]}
    stated = claim("formula", pieces=[piece])
    return certificate(stated, None, distinctions(LEAF, 10), parameters=["x"])


def repeated_assumptions() -> str:
    """Many refutations of many assumptions."""
    refutation = {"products": [[1, [200_000], []], [1, [], []]], "multipliers": []}
    leaf = {**LEAF, "known": [[[1, ">"], [refutation]]] * 20_000}
    more = {"parameters": ["x"], "assumptions": [[1, ">"]] * 200_000}
    return certificate(claim("formula", conclusion=[1, ">"]), None, distinctions(leaf, 0), **more)


def repeated_states() -> str:
    """Many states, in each of many cases."""
    about = game([1], 100_000, zeros(1, 1, 100_000))
    stated = claim("beneficial-with-side-payments")
    return certificate(stated, about, distinctions(LEAF, 12), parameters=["x"], **SELFISH)


def repeated_parameters() -> str:
    """Many parameters, and a witness of many numbers."""
    names = [f"x{k}" for k in range(50_000)]
    point = {"total": 1, "denominator": 1, "reports": [[[0], [[0, 1, []]]]]}
    proof = one_case({"reached": {"points": [point] * 20_000}}, ["0"] * len(names))
    stated, more = claim("mechanism-gap-zero"), mechanism(1, 1)
    return certificate(stated, game([1], 1, zeros(1, 1)), proof, parameters=names, **more)


def long_refutation() -> str:
    """A product of the longest numbers, as many as fit into a file."""
    node = {"refuted": {"products": [[1, [0] * 1_000_000, []]], "multipliers": []}}
    more = {"parameters": [], "assumptions": [[LONG, ">"]]}
    return certificate(claim("inconsistent"), None, {"apart": [], "cases": node}, **more)


def long_weights() -> str:
    """In many states weights of the longest numbers, whose product is taken."""
    states = 3_000
    played = [[[0, LONG + k]] for k in range(states)]
    paid = [{"denominator": 1, "amounts": []}]
    witness = {"reached": {"distributions": played, "transfers": paid}}
    contracts = {"kind": "transfers", "budget": "free", "liability": None, "permissive": False}
    about, stated = (
        game([1], states, zeros(1, 1, states)),
        claim("correlated-gap-at-most", value="0"),
    )
    return certificate(stated, about, one_case(witness), contracts=contracts, **SELFISH)


def long_options() -> str:
    """Outside options of the longest denominators, of many agents."""
    agents = 380
    point = {"total": 1, "denominator": 1, "reports": [[[0] * agents, [[0, 1, []]]]]}
    options = [f"-1/{LONG + 2 * k + 1}" for k in range(agents)]
    about, proof = (
        game([1] * agents, 1, zeros(agents, 1)),
        one_case({"reached": {"points": [point]}}),
    )
    return certificate(claim("mechanism-gap-zero"), about, proof, **mechanism(agents, 1, options))


def long_moves() -> str:
    """Deviations in which payoffs, λ, weights and transfers are the longest numbers."""
    actions, played = 3_000, 20
    own = [LONG if a < played else -LONG - a for a in range(actions)]
    about = {**game([actions], 1, [[own]]), "denominator": LONG + 1}
    paid = {"denominator": LONG + 13, "amounts": [[a, [LONG + a]] for a in range(played)]}
    witness = {
        "reached": {"distributions": [[[a, LONG + a] for a in range(played)]], "transfers": [paid]}
    }
    contracts = {"kind": "transfers", "budget": "free", "liability": None, "permissive": False}
    levels = {"levels": [LONG + 3], "scale": LONG + 7}
    stated, more = claim("correlated-gap-at-most", value="0"), {"prosociality": levels}
    return certificate(stated, about, one_case(witness), contracts=contracts, **more)


def many_sides() -> str:
    """As many cooperative as defecting actions."""
    about = game([300_000], 1, zeros(1, 300_000))
    about["cooperative"] = [list(range(150_000, 300_000))]
    return certificate({**claim("axiom-i"), "holds": False}, about, one_case({}), **SELFISH)


def many_shifts() -> str:
    """Shifts of many actions, against as many of the other player."""
    side = 400
    own = [10 * (a < side) for a in range(side * side)]
    about = game([side, side], 1, [[own], [[-u for u in own]]])
    shift, node = {"agent": 0, "weights": [1, -1] + [0] * (side - 2)}, None
    for k in range(300):
        node = [1, k, shift, node]
    return certificate(
        claim("full-implementation"), about, one_case({"supports": [[0, 1, node, None]]})
    )


def unmarked_columns() -> str:
    """Actions with a thousand marks, of which only one is ever above 0."""
    actions, marks = 40, 10_000
    zero = {"denominator": 1, "states": ["s"], "prior": [1]}
    listed = [[a, *[0] * (marks - 1)] for a in range(actions)]
    own = {"name": "a", "size": 1, "actions": list(map(str, range(actions))), "marks": listed}
    about = {**zero, "groups": [own], "payoffs": [[[[0] * actions] * (marks + 1)]]}
    data: dict[str, Json] = {"game": about, "kind": "none", "budget": "", "cells": [0]}
    data |= {"classes": [[0] * actions], "total": False, "levels": None, "scale": 1}
    stated = claim("threshold", value="0", loss="0")
    return of_schema("coopgap.aggregate-certificate/1", stated, data, proof={"profiles": None})


def many_choices() -> str:
    """Plays of one agent among many actions, each tried action by action."""
    plays = [[[int(a == k) for a in range(500)]] for k in reversed(range(500))]
    return groups(claim("nash", plays=[plays]), [1], 500)


def many_growths() -> str:
    """As many kinds of growth as fit into a file, from every stock that is left."""
    rows = [[[None] * 1001]] * 2
    more = {"growth": [[1, 1, 2]] * 1_000_000, "seen": False, "horizon": 2, "agents": 2}
    rule = {"kinds": [[2, "0"]], "pick": "some", "language": None, "payoffs": ["0"], "months": "0"}
    stated = {"id": "commons-equilibrium", **rule}
    return lake(stated, {"demands": rows, "caps": None}, **more)


WORST: tuple[Callable[[], str], ...] = (
    first_best_selections,
    listed_thresholds,
    expected_payoffs,
    many_payoffs,
    many_actions,
    many_players,
    many_states,
    empty_polynomials,
    long_numbers,
    large_products,
    many_products,
    many_zeros,
    many_cases,
    long_path,
    high_point,
    many_obstructions,
    many_weights,
    many_reports,
    many_refusals,
    many_steps,
    many_lies,
    many_strategies,
    some_strategies,
    many_moves,
    many_types,
    deep_supports,
    same_goals,
    nested,
    objects,
    texts,
    too_long,
    many_aggregates,
    many_deviations,
    many_groups,
    many_levels,
    many_plays,
    long_payoffs,
    large_lake,
    many_quotas,
    many_kinds,
    rationed_kinds,
    many_thresholds,
    long_turns,
    remembered_harvests,
    bounded_lake,
    repeated_obstructions,
    deviations_of_types,
    deep_cases,
    wide_cases,
    refuted_cases,
    long_cases,
    repeated_formula,
    repeated_piece,
    repeated_assumptions,
    repeated_states,
    repeated_parameters,
    long_refutation,
    long_weights,
    long_options,
    long_moves,
    many_sides,
    many_shifts,
    unmarked_columns,
    many_choices,
    many_growths,
)

LATE = (
    many_weights,
    many_lies,
    some_strategies,
    many_moves,
    many_actions,
    bounded_lake,
    remembered_harvests,
    many_shifts,
)
"""Where the costs that a rule did not count would begin late, or grow slowly."""

MEASURE = """
import resource, sys
from coopgap.proofs.trusted import documents
from coopgap.proofs.trusted.certificates import verified
documents.STEPS //= int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))  # nothing counted would go on for ever
text = open(sys.argv[1], encoding="utf-8").read()
start = resource.getrusage(resource.RUSAGE_SELF)
verdict = verified(text)
end = resource.getrusage(resource.RUSAGE_SELF)
seconds = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
size = end.ru_maxrss * 1024
try:
    # What getrusage says begins with what the process that started this one had.
    lines = open("/proc/self/status", encoding="utf-8")
    size = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
except OSError:
    pass
print(verdict.accepted, seconds, size, verdict.reason)
"""


def measured(text: str, folder: Path, part: int = 1) -> tuple[bool, float, int, str]:
    """In a process of its own: accepted, seconds of CPU, bytes, the reason.

    part: by what the steps are divided.
    """
    path = folder / "worst.json"
    path.write_text(text, encoding="utf-8")
    line = [sys.executable, "-c", MEASURE, str(path), str(part)]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    accepted, seconds, size, reason = done.stdout.split(" ", 3)
    return accepted == "True", float(seconds), int(size), reason.strip()


@pytest.mark.parametrize("write", WORST, ids=lambda write: write.__name__)
def test_a_step_costs_no_more_than_it_may(write: Callable[[], str], tmp_path: Path) -> None:
    _, seconds, size, reason = measured(write(), tmp_path, 4 if write in LATE else 16)
    assert seconds < SECONDS / 4, reason
    assert size < BYTES / 2, reason


@pytest.mark.deep
@pytest.mark.parametrize("write", WORST, ids=lambda write: write.__name__)
def test_the_worst_file_is_verified_within_limits(write: Callable[[], str], tmp_path: Path) -> None:
    _, seconds, size, reason = measured(write(), tmp_path)
    assert seconds < SECONDS, reason
    assert size < BYTES, reason
