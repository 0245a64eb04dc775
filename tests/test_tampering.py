"""Nothing that is done to a certificate makes the checker accept what it does not show.

Every field of a certificate of every kind is altered in every way that its place suggests. What the
checker still accepts must survive the naive second opinion of ``recheck``: the claim is true of the
data as they stand now, and the witness shows it. Whatever happens, the checker answers with a
reason, soon, and never with a traceback.
"""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from math import lcm, prod
from random import Random
from typing import Any

import pytest
import recheck
from recheck import HONEST, Json, altered, sealed, text
from test_cases import FAMILIES

from proofs.cases import FamilyCertificate, verify_family
from proofs.certificates import Certificate
from proofs.checker import Verdict, verify

SECONDS = 120
"""No answer may take longer; all but the largest inputs take milliseconds."""

HUGE = 10**40

Path = tuple[str | int, ...]


@contextmanager
def soon() -> Iterator[None]:
    """Fails where the time limit runs out."""

    def stop(*_: object) -> None:
        pytest.fail(f"no answer within {SECONDS} s")  # no Exception, so that nobody catches it

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def answer(certificate: str) -> Verdict:
    """The checker's verdict; a traceback, even a hidden one, or no reason for a rejection fails."""
    verdict, read = verify(certificate)
    assert verdict.accepted or verdict.reason, certificate[:1000]
    accident = re.search(r"(?<!Recursion)(?<!Memory)(?<!Overflow)Error\b", verdict.reason)
    assert accident is None, f"{verdict.reason}: {certificate[:1000]}"
    assert isinstance(read, Certificate) or not verdict.accepted
    return verdict


# ------------------------------------------------------------ single changes


def places(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Every place inside a document, the document itself last."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from places(part, (*path, index))
    yield path, value


def substitutes(value: Json) -> list[Json]:
    """What to put in a value's place: its neighbours, its opposite, and other types."""
    match value:
        case bool():
            return [not value, None, int(value), str(value).lower(), [value]]
        case int():
            near = [value + 1, value - 1, -value, 0, HUGE]
            return [*near, str(value), value + 0.5, float(value), None, [], value == 1]
        case str():
            return [*_other_numbers(value), value + "x", None, 0, True, [value]]
        case None:
            return [0, 1, "0", "", [], {}, False, True, [None]]
        case list():
            kept: list[Json] = [[], value[::-1], [*value, None], [*value, []], [value], None, {}, 0]
            for k in range(len(value)):
                kept.append(value[:k] + value[k + 1 :])
                kept.append(value[: k + 1] + value[k:])
                kept.append(value[:k] + value[k + 1 : k + 2] + [value[k]] + value[k + 2 :])
            return kept
        case dict():
            shorter = [{k: v for k, v in value.items() if k != key} for key in value]
            renamed = [{**rest, "x": value[key]} for key, rest in zip(value, shorter, strict=True)]
            return [*shorter, *renamed, {**value, "x": None}, {}, [], None, [value]]
    raise TypeError(value)


def _other_numbers(value: str) -> list[str]:
    """Text beside a number, exact but not in the canonical form at the end."""
    try:
        number = Fraction(value)
    except ValueError:
        return ["", "inf"]
    near = [number + 1, number - 1, -number, Fraction(0), Fraction(HUGE)]
    odd = [f"{value}/1", f"+{value}", f" {value}", f"{value}.0", "1/0", "nan", "1e1", "inf", "-inf"]
    return [*map(str, near), *odd, f"{2 * number.numerator}/{2 * number.denominator}"]


def tampered(document: Json) -> Iterator[tuple[Path, Json, Json]]:
    """All single changes of a document, each with its place and what stands there now."""
    for path, value in places(document):
        for other in substitutes(value):
            if json.dumps(other) != json.dumps(value):
                yield path, other, altered(document, path, other) if path else other


@cache
def true(statement: str) -> bool:
    """Brute force's word on a claim about data; many witnesses are put to the same."""
    return recheck.true(json.loads(statement))


def confirmed(document: Json) -> bool:
    statement = {**document, "witness": {}, "kind": "", "data_sha256": ""}
    return true(text(statement)) and recheck.proves(document)


def require_confirmation(name: str, path: Path, other: Json, document: Json) -> bool:
    """Whether the checker accepts; if so, brute force must agree."""
    certificate = text(document)
    verdict = answer(certificate)
    if verdict.accepted:
        where = f"{name}: {list(path)} := {json.dumps(other)[:200]}"
        assert confirmed(document), f"accepted, and brute force disagrees: {where}\n{certificate}"
    return verdict.accepted


@pytest.mark.parametrize("name", HONEST)
def test_the_honest_certificate_is_accepted_and_confirmed(name: str):
    assert answer(text(HONEST[name])) == Verdict(True)
    assert confirmed(HONEST[name])


def test_every_kind_is_attacked():
    kinds = {document["kind"] for document in HONEST.values()}
    assert kinds == {
        "contract",
        "aliasing",
        "cycle",
        "common-divergence-flow",
        "farkas",
        "profitable-deviation",
        "dominated-selection",
        "optimal-selection",
        "threshold",
        "domination",
        "equilibrium",
        "exclusion",
        "support-exclusion",
        "correlated-limit",
        "correlated-supremum",
        "correlated-primal",
        "correlated-dual",
        "correlated-optimum",
        "enumeration",
    }


@pytest.mark.parametrize("name", HONEST)
def test_every_single_change(name: str):
    rejected = 0
    with soon():
        for path, other, document in tampered(HONEST[name]):
            accepted = require_confirmation(name, path, other, document)
            rejected += not accepted
            # Kind, schema and hash have one right value, and the hash guards the data.
            guarded = not path or path[0] in ("kind", "schema", "data", "data_sha256")
            assert not (accepted and guarded), path
    assert rejected > 100


@pytest.mark.parametrize("name", HONEST)
def test_every_single_change_of_the_data_with_its_hash_made_good(name: str):
    """Past the hash: what is accepted is a true claim about the altered data, truly shown."""
    rejected = 0
    with soon():
        for path, other, document in tampered(HONEST[name]):
            if path[:1] == ("data",):
                rejected += not require_confirmation(name, path, other, sealed(document))
    assert rejected > 50


@pytest.mark.parametrize("name", HONEST)
def test_random_pairs_of_changes(name: str):
    """Two changes at once, such as a payoff and the claim about it, or a sum and its part."""
    rng = Random(name)
    document = HONEST[name]
    choices = [(path, value) for path, value in places(document) if path and path[0] != "schema"]
    with soon():
        for _ in range(60):
            changed = document
            for path, value in rng.sample(choices, 2):
                try:
                    changed = altered(changed, path, rng.choice(substitutes(value)))
                except (LookupError, TypeError):
                    continue  # the first change took the place of the second
            require_confirmation(name, (), "two changes", sealed(changed))


def kinds_of_obstructions() -> Iterator[tuple[str, Path]]:
    for name, document in HONEST.items():
        for path, value in places(document["witness"], ("witness",)):
            if isinstance(value, dict) and "deviations" in value:
                yield name, (*path, "kind")


@pytest.mark.parametrize(("name", "path"), list(kinds_of_obstructions()))
def test_an_obstruction_cannot_call_itself_something_else(name: str, path: Path):
    """Wherever it is named: the certificate's kind follows an only obstruction's."""
    for kind in ("aliasing", "cycle", "common-divergence-flow", "farkas", "profitable-deviation"):
        document = altered(HONEST[name], path, kind)
        if path[:2] == ("witness", "obstruction"):
            document = altered(document, ("kind",), kind)
        require_confirmation(name, path, kind, document)


@pytest.mark.parametrize("name", HONEST)
def test_a_witness_proves_no_other_claim(name: str):
    """Every witness under every other certificate's claim, its own data or the other's."""
    for other in HONEST.values():
        mixed = [{**HONEST[name], "claim": other["claim"]}, {**other, **_shown_by(HONEST[name])}]
        for document in mixed:
            require_confirmation(name, ("claim",), other["claim"], document)


def _shown_by(document: Json) -> Json:
    return {"kind": document["kind"], "witness": document["witness"]}


# ------------------------------------------------------------ malformed input


def rejected(certificate: str) -> str:
    """The reason of a rejection that must come, soon."""
    with soon():
        verdict = answer(certificate)
    assert not verdict.accepted, certificate[:1000]
    assert len(verdict.reason) < 1000
    return verdict.reason


@pytest.mark.parametrize("name", HONEST)
def test_truncated_text(name: str):
    certificate = text(HONEST[name])
    for length in [*range(0, len(certificate), 50), len(certificate) - 1]:
        rejected(certificate[:length])
        rejected(certificate[length + 1 :])


def test_random_text():
    rng = Random(1)
    honest = [text(document) for document in HONEST.values()]
    for _ in range(2_000):
        rejected(rng.randbytes(rng.randrange(200)).decode("utf-8", "surrogateescape"))
        rejected(rng.randbytes(rng.randrange(200)).decode("latin-1"))
        certificate = rng.choice(honest)
        at = rng.randrange(len(certificate))
        noise = rng.choice(["\0", '"', "\\", "}", "]", ",", "é", "\ud800", "\x7f", "9" * 50])
        answer(certificate[:at] + noise + certificate[at + 1 :])


@pytest.mark.parametrize(
    "certificate",
    ["", " ", "null", "0", '"text"', "[]", "{}", "true", "\ufeff{}", "{}{}", "{'a': 1}", "\0"],
)
def test_text_that_is_no_certificate(certificate: str):
    rejected(certificate)


def planted(name: str, path: Path, raw: str, *, resealed: bool = False) -> str:
    """The text of a certificate with raw text at a place, which need be no JSON."""
    document = altered(HONEST[name], path, "PLANTED")
    if resealed:
        document = sealed(altered(HONEST[name], path, json.loads(raw)))
        document = altered(document, path, "PLANTED")
    return text(document).replace('"PLANTED"', raw)


SOME_PLACES: list[tuple[str, Path]] = [
    ("value-of-a-table", ("claim", "value")),
    ("value-of-a-table", ("claim", "holds")),
    ("value-of-a-table", ("kind",)),
    ("value-of-a-table", ("data",)),
    ("value-of-a-table", ("data", "game", "players", 0)),
    ("value-of-a-table", ("data", "game", "prior", 0)),
    ("value-of-a-table", ("data", "game", "denominator")),
    ("value-of-a-table", ("data", "game", "payoffs", 0, 0, 1)),
    ("value-of-a-table", ("data", "records", "table", 0, 1)),
    ("value-of-a-table", ("data", "prosociality", 1)),
    ("value-of-a-table", ("witness",)),
    ("value-of-a-table", ("witness", "contract")),
    ("value-of-a-table", ("witness", "contract", "denominator")),
    ("value-of-a-table", ("witness", "contract", "transfers", 0, 1, 0)),
    ("value-of-a-table", ("witness", "cover", "blocks", 0, 0)),
    ("value-of-a-table", ("witness", "cover", "blocks", 0)),
    ("value-of-a-table", ("witness", "cover", "obstructions", 0, "deviations", 0, 3)),
    ("value-of-a-table", ("witness", "cover", "obstructions", 0, "selection", 0, 0)),
    ("exclusion", ("witness", "exclusion", 0, 0)),
    ("correlated-optimum", ("witness", "dual", 0, "multipliers", 0, 0)),
    ("mixed-equilibrium", ("witness", "equilibrium", "weights", 0, 0)),
    ("enumeration", ("claim", "profiles", 0)),
]
ODD = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus Infinity": "-Infinity",
    "a float": "1.0",
    "a huge float": "1e400",
    "an exponent": "1e2",
    "10^5 digits": "9" * 10**5,
    "10^5 digits as text": '"' + "9" * 10**5 + '"',
    "4300 digits": "9" * 4300,
    "a fraction of 8000 digits": '"' + "9" * 4000 + "/" + "7" * 4000 + '"',
    "a zero denominator": '"1/0"',
    "digits of another script": '"\N{ARABIC-INDIC DIGIT ONE}"',
    "another script's zero below": '"1/\N{ARABIC-INDIC DIGIT ZERO}"',
    "half a character": r'"\ud800"',
    "100,000 brackets": "[" * 10**5 + "]" * 10**5,
    "100,000 open brackets": "[" * 10**5,
    "100,000 braces": '{"a":' * 10**5 + "0" + "}" * 10**5,
}
LARGE = {
    "10 MB of text": '"' + "x" * 10**7 + '"',
    "10 MB of digits": '"1' + "0" * 10**7 + '"',
    "500,000 zeros": "[" + "0," * 500_000 + "0]",
}


def plant(name: str, path: Path, raw: str) -> None:
    rejected(planted(name, path, raw))
    if path[0] == "data":
        try:
            certificate = planted(name, path, raw, resealed=True)
        except (ValueError, RecursionError):
            return  # no JSON at all, or text without a hash
        with soon():
            # Any text is a name; no other place bears any of these values.
            assert answer(certificate).accepted == ("players" in path and raw[0] == '"'), path


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("name", "path"), SOME_PLACES, ids=lambda part: str(part))
def test_odd_values(name: str, path: Path, odd: str):
    plant(name, path, ODD[odd])


@pytest.mark.parametrize("large", LARGE)
@pytest.mark.parametrize(("name", "path"), SOME_PLACES[::4], ids=lambda part: str(part))
def test_large_values(name: str, path: Path, large: str):
    plant(name, path, LARGE[large])


def test_nesting_of_every_depth_near_the_limit():
    """Where parsing still works, hashing and checking must not overflow the stack."""
    for path in [("data",), ("witness",), ("claim",), ("data", "game", "players")]:
        for depth in [*range(1, 100, 10), *range(850, 1_100)]:
            rejected(planted("enumeration", path, "[" * depth + "]" * depth))


def test_keys_given_twice():
    """Readers differ on which of the two counts, so neither does."""
    document = text(HONEST["enumeration"])
    for key in ('"claim": {', '"holds": ', '"game": {', '"profiles": [', '"data": {'):
        assert key in document
        rest = document[document.index(key) + len(key) - 1 :]
        value = json.JSONDecoder().raw_decode(rest.strip())[0] if key[-1] != " " else True
        rejected(document.replace(key, f"{key.split(':')[0]}: {json.dumps(value)}, {key}", 1))


@pytest.mark.parametrize("agents", [13, 14_400, 15_000])
def test_games_that_claim_to_be_enormous(agents: int):
    """2^agents profiles, of which one is listed: the number itself may be too long to print."""
    game = {
        **HONEST["enumeration"]["data"]["game"],
        "players": [str(i) for i in range(agents)],
        "actions": [["A", "B"]] * agents,
        "payoffs": [[[0]]] * agents,
        "cooperative": None,
    }
    reason = rejected(text(sealed(altered(HONEST["enumeration"], ("data", "game"), game))))
    assert "list" in reason


def test_the_search_for_the_best_selection_is_bounded(monkeypatch: pytest.MonkeyPatch):
    """No first half of the states may be at its best beside a second half at its best: branch and
    bound would try 2^20 ways to mend that, and is given up."""
    monkeypatch.setattr("proofs.checker.STEP_LIMIT", 200_000)
    half = 20
    one, other = HONEST["cycle"]["data"]["game"]["payoffs"]
    game = {
        **HONEST["cycle"]["data"]["game"],
        "states": [str(s) for s in range(2 * half)],
        "prior": [f"1/{2 * half}"] * (2 * half),
        "payoffs": [[own[0]] * half + [own[1]] * half for own in (one, other)],
    }
    pairs = [
        {
            "kind": "cycle",
            "selection": [[s, 0], [r, 1]],
            "deviations": [[s, 0, 1, 1], [r, 0, 0, 1]],
        }
        for s in range(half)
        for r in range(half, 2 * half)
    ]
    cells = {"cells": [0] * (2 * half), "classes": [[0, 1], [0]], "table": None}
    document = altered(HONEST["dominated-selection"], ("data", "game"), game)
    document = altered(document, ("data", "records"), cells)
    for states, known in ((4, []), (2 * half, pairs)):
        blocks = [list(range(states)), *([s] for s in range(states, 2 * half))]
        witness = {"cover": {"blocks": blocks, "obstructions": known}}
        assert ("step limit" in rejected(text(sealed({**document, "witness": witness})))) == bool(
            known
        )


def test_numbers_that_collide_in_dictionaries():
    """The hash of an integer is its remainder by 2^61 − 1: all payoff vectors would share one."""
    states, modulus = 15, 2**61 - 1
    game = {
        **HONEST["beneficial"]["data"]["game"],
        "actions": [["A", "B"], ["X"]],
        "states": [str(s) for s in range(states)],
        "prior": [f"1/{states}"] * states,
        "payoffs": [[[0, sign * 2**s * modulus] for s in range(states)] for sign in (1, -1)],
        "cooperative": None,
    }
    with soon():
        assert answer(text(sealed(altered(HONEST["beneficial"], ("data", "game"), game)))).accepted


def test_supports_that_collide_in_dictionaries(monkeypatch: pytest.MonkeyPatch):
    """Elimination knows rows by bits, of which there may be thousands."""
    monkeypatch.setattr("proofs.checker.STEP_LIMIT", 1_000_000)
    states = 100
    game = {
        **HONEST["contract-that-exists"]["data"]["game"],
        "actions": [[str(a) for a in range(states)], ["X"]],
        "states": [str(s) for s in range(states)],
        "prior": [f"1/{states}"] * states,
        "payoffs": [[[0] * states] * states] * 2,
    }
    cells = {"cells": [0] * states, "classes": [list(range(states)), [0]], "table": None}
    document = altered(HONEST["contract-that-exists"], ("data", "game"), game)
    document = altered(document, ("data", "records"), cells)
    document = altered(document, ("witness", "contract", "selection"), list(range(states)))
    assert "step limit" in rejected(text(sealed(document)))


def test_many_agents_without_a_choice():
    """The weights' sum to the power of the number of agents is not to be written out."""
    agents = 1_000
    game = {
        **HONEST["mixed-equilibrium"]["data"]["game"],
        "players": [str(i) for i in range(agents)],
        "actions": [["A"]] * agents,
        "payoffs": [[[0]]] * agents,
    }
    document = altered(HONEST["mixed-equilibrium"], ("data", "game"), game)
    document = altered(document, ("data", "prosociality"), ["0"] * agents)
    document = altered(document, ("witness", "equilibrium", "weights"), [[0, 10**4000]])
    rejected(text(sealed(document)))


def test_priors_with_many_large_denominators():
    """Exact sums grow with every term: 2 MB of fractions must not take hours."""
    states = 500
    game = {
        **HONEST["enumeration"]["data"]["game"],
        "states": [str(s) for s in range(states)],
        "prior": [f"1/{10**3999 + 2 * s + 1}" for s in range(states)],
        "payoffs": [[[0] * 4] * states] * 2,
    }
    rejected(text(sealed(altered(HONEST["enumeration"], ("data", "game"), game))))


def test_a_verdict_is_about_the_text_alone():
    """The same text, the same verdict: nothing is remembered from one call to the next."""
    texts = [text(document) for document in HONEST.values()]
    first: list[Any] = [answer(certificate) for certificate in texts]
    assert [answer(certificate) for certificate in reversed(texts)] == first[::-1]


# ------------------------------------------------------------ families


POINTS = 40
"""At how many random points an altered claim about a family is tried."""

TAMPERED = (
    "formula",
    "formula-refuted",
    "inconsistent",
    "optimum-in-pieces",
    "first-best-of-a-state",
    "value",
    "gap-by-existing-transfers",
    "gap-at-least",
    "threshold",
    "number-refuted",
    "bound-refuted",
    "correlated-gap",
    "play-at-most",
    "mixed",
)


def family_holds(document: Json) -> bool:
    """Whether what a family's certificate claims is true at random points, by brute force on the
    concrete game there; of a counterexample, at its own."""
    data, claim = document["data"], document["claim"]
    if document["kind"] == "counterexample":
        point = dict(
            zip(
                data["parameters"],
                map(Fraction, document["witness"]["counterexample"]["point"]),
                strict=True,
            )
        )
        denied = {**claim, "for_all": True}
        return _satisfies(point, data["assumptions"]) and not _holds_at(data, denied, point)
    pieces = claim.get("pieces", [{"when": []}])
    shared = {name: value for name, value in claim.items() if name != "pieces"}
    met = 0
    for point in _points(document):
        if not _satisfies(point, data["assumptions"]):
            continue
        met += 1
        if claim["id"] == "inconsistent":
            return False
        here = [piece for piece in pieces if _satisfies(point, piece["when"])]
        if len(here) != 1:
            return False
        own = {name: value for name, value in here[0].items() if name != "when"}
        if not _holds_at(data, {**shared, **own}, point):
            return False
    return bool(claim["holds"]) if claim["id"] == "inconsistent" else met > 0


def _points(document: Json) -> Iterator[dict[str, Fraction]]:
    """Random points, and those of the cases: where few satisfy the assumptions, they do."""
    names, rng = document["data"]["parameters"], Random(7)
    for path, value in places(document["witness"]):
        if path[-1:] == ("point",):
            yield dict(zip(names, map(Fraction, value), strict=True))
    for _ in range(POINTS):
        yield {name: Fraction(rng.randint(-4, 14), rng.choice([1, 2, 3])) for name in names}


def _value(polynomial: Json, point: dict[str, Fraction]) -> Fraction:
    values = {**point, "1": Fraction(1)}
    return sum(
        (
            Fraction(coefficient) * prod(values[name] for name in monomial.split("*"))
            for monomial, coefficient in polynomial.items()
        ),
        Fraction(0),
    )


def _satisfies(point: dict[str, Fraction], conditions: Json) -> bool:
    return all(_truth(each, point) for each in conditions)


def _truth(formula: Json, point: dict[str, Fraction]) -> bool:
    match formula:
        case ["and", *parts]:
            return all(_truth(each, point) for each in parts)
        case ["or", *parts]:
            return any(_truth(each, point) for each in parts)
        case ["not", part]:
            return not _truth(part, point)
        case [polynomial, relation]:
            value = _value(polynomial, point)
            return {">": value > 0, ">=": value >= 0, "==": value == 0}[relation]
    raise ValueError(formula)


def _holds_at(data: Json, claim: Json, point: dict[str, Fraction]) -> bool:
    if claim["id"] == "formula":
        return _truth(claim["conclusion"], point) == claim["holds"]
    game = data["game"]
    try:
        payoffs = [[[_number(u, point) for u in row] for row in own] for own in game["payoffs"]]
        prior = [str(_number(p, point)) for p in game["prior"]]
        levels = data["prosociality"] and [str(_number(v, point)) for v in data["prosociality"]]
        stated = {name: _stated(value, point) for name, value in claim.items() if name != "for_all"}
    except ZeroDivisionError:
        return False
    scale = lcm(*(u.denominator for own in payoffs for row in own for u in row))
    whole = [[[int(u * scale) for u in row] for row in own] for own in payoffs]
    concrete = {
        "kind": "",
        "claim": stated,
        "data": {
            **{name: data[name] for name in ("records", "contracts")},
            "game": {**game, "payoffs": whole, "prior": prior, "denominator": scale},
            "prosociality": levels,
        },
        "witness": {},
    }
    return recheck.true(concrete)


def _stated(value: Json, point: dict[str, Fraction]) -> Json:
    """A field with the numbers that its fractions are at a point."""
    if not isinstance(value, list):
        return value
    if len(value) == 2 and isinstance(value[0], dict):
        return str(_number(value, point))
    return [_stated(part, point) for part in value]


def _number(ratio: Json, point: dict[str, Fraction]) -> Fraction:
    above, below = ratio
    return _value(above, point) / _value(below, point)


@cache
def _family_confirmed(claimed: str) -> bool:
    try:
        return family_holds(json.loads(claimed))
    except (LookupError, TypeError, ValueError, AttributeError):
        return False


def family_confirmed(document: Json) -> bool:
    """``family_holds``, once for all witnesses; the points alone matter of them."""
    points = [value for path, value in places(document["witness"]) if path[-1:] == ("point",)]
    if document["kind"] == "cases":
        document = {**document, "witness": [{"point": point} for point in points[:3]]}
    return _family_confirmed(json.dumps({**document, "data_sha256": ""}, sort_keys=True))


@pytest.mark.parametrize("name", FAMILIES)
def test_honest_families_are_confirmed(name: str):
    assert family_confirmed(FAMILIES[name])


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("formula", ("claim", "conclusion"), ["not", ["and"]]),
        ("formula-refuted", ("witness", "counterexample", "point"), ["1"]),
        ("inconsistent", ("claim", "holds"), False),
        ("optimum-in-pieces", ("claim", "pieces", 1, "value"), "2"),
        ("optimum-in-pieces", ("claim", "pieces", 1, "when"), []),
        ("value", ("claim", "value"), "3"),
        ("threshold", ("claim", "value"), "1"),
        ("number-refuted", ("claim", "value"), "1/2"),
        ("nash", ("claim", "profiles"), [[0]]),
        ("nash", ("data", "assumptions"), []),
    ],
)
def test_false_families_are_not_confirmed(name: str, path: Path, value: Json):
    assert not family_confirmed(altered(FAMILIES[name], path, value))


@pytest.mark.parametrize("name", TAMPERED)
def test_every_single_change_of_a_family(name: str):
    """A few of the substitutes at every place, the hash made good."""
    rng = Random(name)
    rejected = 0
    with soon():
        for path, value in places(FAMILIES[name]):
            others = substitutes(value)
            for other in rng.sample(others, min(4, len(others))):
                document = altered(FAMILIES[name], path, other) if path else other
                if isinstance(document, dict) and "data" in document and path != ("data_sha256",):
                    document = sealed(document)
                verdict, read = verify_family(text(document))
                assert verdict.accepted or verdict.reason
                assert len(verdict.reason) < 1000
                if not verdict.accepted:
                    rejected += 1
                    continue
                assert isinstance(read, FamilyCertificate)
                assert family_confirmed(document), (path, other, text(document))
    assert rejected > 100


@pytest.mark.parametrize("name", TAMPERED)
def test_random_pairs_of_changes_of_a_family(name: str):
    rng = Random(name)
    honest = FAMILIES[name]
    choices = [(path, value) for path, value in places(honest) if path and path[0] != "schema"]
    with soon():
        for _ in range(100):
            changed = honest
            for path, value in rng.sample(choices, 2):
                try:
                    changed = altered(changed, path, rng.choice(substitutes(value)))
                except (LookupError, TypeError):
                    continue  # the first change took the place of the second
            verdict, _ = verify_family(text(sealed(changed)))
            assert not verdict.accepted or family_confirmed(changed), text(changed)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_witness_proves_no_other_claim(name: str):
    for other in FAMILIES.values():
        for document in (
            {**FAMILIES[name], "claim": other["claim"]},
            {**other, **_shown_by(FAMILIES[name])},
        ):
            verdict, _ = verify_family(text(document))
            assert not verdict.accepted or family_confirmed(document), text(document)
