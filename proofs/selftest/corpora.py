"""Valid certificates for mutations: of the gallery, of theorems and of drawn games.

They cover every claim and every form of its proof.
"""

from __future__ import annotations

import importlib.resources
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from typing import Any, cast

from coopgap.proofs.certificates import witnesses
from coopgap.proofs.certificates.certificate import canonical, digest, encode_conjunction, verified
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.mechanisms import mechanism_claims
from coopgap.proofs.deciding.private_claims import (
    Statement,
    correlated_parts,
    threshold_statement,
    value_statements,
)
from coopgap.proofs.fuzzing.situations import Bounds, Situation, generator, situation
from coopgap.proofs.questions.mechanisms import Society
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Implementability,
    Levels,
    Reached,
    Setting,
    Unanswered,
    flat_profile,
)
from coopgap.proofs.questions.obligations import Value as Valued
from coopgap.proofs.questions.private import PrivateSetting
from coopgap.theory.contracts import Budget, Directives, NoContract, Transfers
from coopgap.theory.information import Information, pooled_best, unfollowed
from coopgap.theory.json_values import Fields, Plain
from coopgap.theory.languages import ProductLanguage
from coopgap.theory.welfare import first_best

MAX_BYTES = 20_000
"""Larger certificates are left out: campaigns are to be fast."""

THEOREMS = (
    *("holmstrom-2", "holmstrom-3", "public-good-2", "public-good-3", "pd-play-correlated"),
    *("pd-play-correlated-cooperating", "sh-play-correlated", "pd-play-independent", "n1"),
)
"""Theorems that code states and that are quickly proved; those of the paper's files are, too."""

TOO_LARGE = ("delegation-private", "hold-up", "public-project")
"""Entries of the gallery for whose mechanisms the oracle takes too long."""

DRAWN = 400
"""How many games are drawn."""

DRAWS = 8
"""How many recommendations, after all reports, a game may have whose mechanisms are looked at."""

ALIKE = 5
"""How many certificates of one kind are kept of the drawn games."""


@cache
def certificates(families: bool | None = None) -> tuple[str, ...]:
    """Single certificates, those in conjunctions included.

    families: with parameters, or without (None: both).
    """
    texts = dict.fromkeys([*gallery(), *_parts(theorems()), *of_drawn_games(), *by_hand()])
    texts |= dict.fromkeys(weaker for text in list(texts) for weaker in weakened(text))
    return tuple(
        text
        for text in texts
        if len(text) < MAX_BYTES
        and families in (None, bool(json.loads(text)["data"]["parameters"]))
    )


@cache
def conjunctions() -> tuple[str, ...]:
    """Theorems of several goals, and certificates that are joined."""
    joined = [text for text in theorems() if "goals" in json.loads(text)]
    short = [text for text in certificates() if len(text) < 2_000][::7]
    for k in range(0, len(short) - 1, 2):
        parts = [(f"goal {j}", text) for j, text in enumerate(short[k : k + 2])]
        joined.append(encode_conjunction("joined", parts))
    return tuple(text for text in joined if len(text) < MAX_BYTES)


@cache
def gallery() -> tuple[str, ...]:
    """All certificates of the games of the gallery but for some entries."""
    from coopgap.theory.readers.load import games

    chosen = [slug for slug in sorted(games()) if slug not in TOO_LARGE]
    texts = (text for slug in chosen for text in of_entry(slug))
    # Those of groups have data of another form, and are altered elsewhere.
    return tuple(t for t in dict.fromkeys(texts) if "groups" not in json.loads(t)["data"]["game"])


def of_entry(slug: str) -> Iterable[str]:
    """The certificates of an entry of the gallery."""
    from coopgap.proofs.deciding.check import check
    from coopgap.theory.readers.load import load

    return check(load(slug)).texts.values()


@cache
def theorems() -> tuple[str, ...]:
    """The certificates of theorems with short proofs."""
    files = importlib.resources.files("coopgap.proofs.theorems").joinpath("paper").iterdir()
    names = sorted(file.name[:-5] for file in files if file.name.endswith(".toml"))
    return tuple(text for name in (*names, *THEOREMS) for text in of_theorem(name))


def of_theorem(name: str) -> Iterable[str]:
    """The certificates of a theorem, by its id."""
    from coopgap.proofs.theorems.registry import prove

    return prove(name).texts.values()


def _parts(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        document = json.loads(text)
        goals = [goal["certificate"] for goal in document.get("goals", ())]
        yield from map(canonical, goals or [document])


# --- drawn games ----------------------------------------------------------------------------------

_SHAPES = (
    Bounds(),
    Bounds(actions=(2, 3), states=(1, 1)),
    Bounds(contracts=(Directives(False), Directives(True)), forms=("state", "product")),
    Bounds(contracts=tuple(Transfers(budget) for budget in Budget)),
    Bounds(agents=(3, 3), states=(1, 1)),
    Bounds(actions=(3, 3), states=(1, 1)),
)

Claimed = tuple[Setting, Levels | None, Fields, Fields]
"""What a claim is about, at which λ, the claim, and its witness."""


@cache
def of_drawn_games() -> tuple[str, ...]:
    """Certificates of drawn games, a few of each kind."""
    texts: dict[str, None] = {}
    counts = Counter[str]()
    for number in range(DRAWN):
        bounds = _SHAPES[number % len(_SHAPES)]
        game = situation(generator(0, "", number), bounds)
        for setting, levels, claim, witness in _claims(game):
            kind = str((claim["id"], claim["holds"], sorted(witness), setting.contracts))
            proof = None
            if counts[kind] < ALIKE:
                proof = decide.certify(setting, levels, claim, dict, witness)
            if isinstance(proof, decide.Certified) and proof.accepted and len(proof.text) < 3_000:
                counts[kind] += 1
                texts[proof.text] = None
        for kind, text in (*mechanisms(game), *strategies(game)):
            if counts[kind] < ALIKE and len(text) < 3_000:
                counts[kind] += 1
                texts[text] = None
    return tuple(texts)


def mechanisms(game: Situation) -> Iterator[tuple[str, str]]:
    """Certificates about mechanisms by kind: the last agent does not see the state."""
    about, contracts = game.environment, game.contracts
    small = len(about.players) == 2 and max(about.shape) == 2
    if not isinstance(contracts, Transfers) or not small:
        return
    states = tuple(range(len(about.states)))
    sight = Information((*[states] * (len(about.players) - 1), (0,) * len(states)))
    for option in (None, Fraction(0), Fraction(100)):
        options = None if option is None else (option,) * len(about.players)
        offered = replace(contracts, participation=options)
        society = Society(about, sight, game.language, offered, game.levels)
        if len(society.reports) * math.prod(about.shape) > DRAWS:
            return
        answer = decide.mechanisms(society, seconds=5.0)
        if isinstance(answer, Unanswered):
            continue
        for claim, witness in mechanism_claims(answer, pooled_best(about, sight).welfare):
            limited = contracts.liability is not None
            parts = claim["holds"], sorted(witness), contracts.budget, limited, option
            kind = str((claim["id"], *parts))
            yield kind, decide.certify_mechanism(society, claim, witness).text


def strategies(game: Situation) -> Iterator[tuple[str, str]]:
    """Certificates about strategies by kind: the last agent does not see the state."""
    about, contracts = game.environment, game.contracts
    small = len(about.players) == 2 and max(about.shape) == 2 and len(about.states) > 1
    if isinstance(contracts, NoContract) or not small:
        return
    states = tuple(range(len(about.states)))
    sight = Information((states, (0,) * len(states)))
    best = pooled_best(about, sight).welfare
    told_apart = isinstance(game.language, ProductLanguage) and unfollowed(game.language, sight)
    for rules in (contracts, None):
        if isinstance(rules, Directives) and told_apart:
            continue
        language = None if rules is None else game.language
        setting = PrivateSetting(about, sight, language, rules)
        yield from _of_play(setting, game.levels)
        value = decide.private_value(setting, game.levels, 5.0)
        least = decide.private_threshold(setting, best, 5.0)
        statements: list[tuple[Levels | None, Statement]] = []
        if not isinstance(value, Unanswered):
            statements += [
                (game.levels, statement) for statement in value_statements(setting, value, best)
            ]
        if not isinstance(least, Unanswered):
            statements.append((None, threshold_statement(setting, least)))
        for levels, statement in statements:
            proof = decide.certify(setting, levels, statement.claim, statement.witness)
            if isinstance(proof, decide.Certified) and proof.accepted:
                kind = statement.claim["id"], "strategies", statement.claim["holds"], rules
                yield str(kind), proof.text


def _of_play(setting: PrivateSetting, levels: Levels) -> Iterator[tuple[str, str]]:
    """Certificates of equilibria in strategies, of correlated play and of cells, by kind."""
    about: list[tuple[dict[str, Any], Any]] = []
    if setting.contracts is None:
        listed = decide.private_equilibria(setting, levels, 5.0)
        if not isinstance(listed, Unanswered):
            claim = {"id": "nash", "holds": True, "profiles": [list(play) for play in listed]}
            about += [(claim, dict), ({"id": "unique-nash", "holds": len(listed) == 1}, dict)]
    elif isinstance(setting.contracts, Transfers):
        levels = (Fraction(0),) * len(levels)
        finding = decide.private_correlated(setting, 5.0)
        if not isinstance(finding, Unanswered):
            reached = finding.amounts is not None
            best = pooled_best(setting.environment, setting.information).welfare
            for name, below in (("correlated-gap", True), ("correlated-gap-at-least", False)):
                if reached or not below:
                    gap = best - finding.bound
                    claim = {"id": name, "holds": True, "value": str(gap)}
                    about.append(
                        (claim, partial(correlated_parts, setting, finding, gap > 0, below))
                    )
    if isinstance(setting.language, ProductLanguage):
        about += [({"id": "incontractible", "holds": holds}, dict) for holds in (True, False)]
    for claim, witness in about:
        proof = decide.certify(setting, levels, claim, witness)
        if isinstance(proof, decide.Certified) and proof.accepted:
            kind = claim["id"], "strategies", claim["holds"], setting.contracts
            yield str(kind), proof.text


def _claims(game: Situation) -> Iterator[Claimed]:
    setting = Setting(game.environment, game.language, game.contracts)
    alone = decide.no_contract(game.environment)
    yield from _implementable(setting, game.levels)
    yield from _implementable(alone, game.levels)
    yield from _between(setting)
    yield from _between(alone)
    yield from _correlated(setting)
    yield from _by_contracts(setting, game.levels)
    answers = [(alone, decide.full_implementation(game.environment, game.levels))]
    if isinstance(setting.contracts, Transfers):
        answers.append((setting, decide.full_implementation_by_contract(setting, game.levels)))
    for about, answer in answers:
        if not isinstance(answer, Unanswered):
            claim = {"id": "full-implementation", "holds": answer.holds}
            yield about, game.levels, claim, answer.witness


def _implementable(setting: Setting, levels: Levels) -> Iterator[Claimed]:
    best = first_best(setting.environment).profiles
    selection = {state: some[0] for state, some in best.items()}
    parts = implementability(Implementability(setting, levels, selection))
    if parts is not None:
        yield setting, levels, *parts


def implementability(question: Implementability) -> tuple[Fields, Fields] | None:
    """The claim that a selection is implementable, or that it is not, and its witness.

    None where the engines name no reason why it is not.
    """
    setting, answer = question.setting, cast(Any, decide.ask(question))
    holds = isinstance(answer, Reached)
    chosen = [flat_profile(setting.environment, a) for a in question.selection.values()]
    claim = {"id": "implementable", "holds": holds, "selection": chosen}
    if holds:
        return claim, witnesses.reached(setting, answer.selection, answer.contract)
    obstructions = getattr(answer, "obstructions", ())
    return (claim, witnesses.obstruction(setting, obstructions[0])) if obstructions else None


def _between(setting: Setting) -> Iterator[Claimed]:
    """V between two λ."""
    from coopgap.proofs.frontier import values

    if isinstance(setting.contracts, NoContract | Transfers | Directives):
        for step in values.best_selections(setting):
            proof = values.certify(setting, step)
            if isinstance(proof, decide.Certified):
                document = json.loads(proof.text)
                yield setting, None, document["claim"], document["proof"]["cases"]["witness"]


def _by_contracts(setting: Setting, levels: Levels) -> Iterator[Claimed]:
    """V, and bounds of the gap, by cases of contracts."""
    answer = decide.by_contracts(Valued(setting, levels))
    if not isinstance(answer, BestSelection):
        return
    bound = decide.bound_part(setting, levels, answer)
    claim = {"id": "value", "holds": True, "value": str(answer.welfare)}
    yield setting, levels, claim, {**decide.reached_part(setting, answer), **bound}
    if isinstance(answer.welfare, Fraction):
        gap = first_best(setting.environment).welfare - answer.welfare
        yield setting, levels, {"id": "gap-at-least", "holds": True, "value": str(gap)}, bound


def _correlated(setting: Setting) -> Iterator[Claimed]:
    if not isinstance(setting.contracts, Transfers):
        return
    finding = decide.correlated(setting, None)
    if isinstance(finding, Unanswered):
        return
    gap = str(first_best(setting.environment).welfare - finding.bound)
    claim = {"id": "correlated-gap", "holds": True, "value": gap}
    if finding.reached:
        yield setting, setting.selfish, claim, {**finding.dual, **finding.reached}
    else:
        claim["id"] = "correlated-gap-at-least"
        yield setting, setting.selfish, claim, finding.dual


# --- what is said less, and by hand ---------------------------------------------------------------

_WEAKER = {
    "correlated-gap": (("correlated-gap-at-least", "bound"), ("correlated-gap-at-most", "reached")),
    "gap": (("gap-at-least", "bound"), ("gap-at-most", "reached")),
}


def weakened(text: str) -> Iterator[str]:
    """Certificates of weaker claims, from one that a quantity is a number.

    They say that it is at least and at most the number; of a value between two λ, that it holds
    strictly between them.
    """
    document = json.loads(text)
    claim, proof = document["claim"], document["proof"]
    for name, part in _WEAKER.get(claim["id"], ()):
        if claim["holds"] and "at" not in claim:
            weaker = {**document, "claim": {**claim, "id": name}}
            weaker["proof"] = _only(proof, part)
            yield from _if_accepted(weaker)
    if claim["id"] == "value-between":
        inside = {**claim, "from_included": False, "to_included": False}
        yield from _if_accepted({**document, "claim": inside})


def _only(value: Plain, part: str) -> Plain:
    """The proof with one part of its witnesses only."""
    if isinstance(value, dict):
        return {
            name: {k: v for k, v in inner.items() if k == part}
            if name == "witness"
            else _only(inner, part)
            for name, inner in value.items()
        }
    return [_only(entry, part) for entry in value] if isinstance(value, list) else value


def _if_accepted(document: Plain) -> Iterator[str]:
    text = canonical(document)
    if verified(text).accepted:
        yield text


_ALONE = {"game": None, "records": None, "contracts": None, "prosociality": None}


def by_hand() -> Iterator[str]:
    """Certificates about parameters alone: contradictions and formulas."""
    above: Plain = [[{"x": 1}, ">"], [{"x": -1, "1": -1}, ">="]]
    yield _by_cases(
        {"id": "inconsistent", "holds": True},
        {"parameters": ["x"], "assumptions": above, **_ALONE},
        {"refuted": {"products": [[1, [0], []], [1, [1], []], [1, [], []]], "multipliers": []}},
    )
    split: Plain = [[{"x*x": 1, "1": 1}, "=="]]
    yield _by_cases(
        {"id": "inconsistent", "holds": True},
        {"parameters": ["x"], "assumptions": split, **_ALONE},
        {"refuted": {"products": [[1, [], [{"x": 1}]], [1, [], []]], "multipliers": [[0, -1]]}},
    )
    yield _by_cases(
        {
            "id": "formula",
            "holds": True,
            "conclusion": ["or", [{"x": 1}, ">"], ["not", [{"x": 1}, ">"]]],
        },
        {"parameters": ["x"], "assumptions": [], **_ALONE},
        {
            "if": [{"x": 1}, ">"],
            "then": {"known": [], "piece": 0, "point": ["1"], "witness": {}},
            "else": [{"known": [], "piece": 0, "point": ["-1"], "witness": {}}],
        },
    )


def _by_cases(claim: Plain, data: Plain, cases: Plain) -> str:
    document = {
        "schema": "coopgap.certificate/2",
        "claim": claim,
        "data": data,
        "proof": {"apart": [], "cases": cases},
    }
    return canonical(sealed(document))


def sealed(document: Plain) -> Plain:
    """The document with the hash of its present data."""
    if not isinstance(document, dict):
        return document
    if isinstance(document.get("goals"), list):
        goals = [
            {**goal, "certificate": sealed(goal.get("certificate"))}
            if isinstance(goal, dict)
            else goal
            for goal in document["goals"]
        ]
        return {**document, "goals": goals}
    if "data" not in document:
        return document
    return {**document, "data_sha256": digest(canonical(document["data"]))}
