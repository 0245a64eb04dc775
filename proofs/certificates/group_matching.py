"""Whether the data of a certificate about groups are those of a spec, by a second reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from coopgap.proofs.certificates.matching import Match, matched, part_or_differences
from coopgap.proofs.certificates.ratios import number
from coopgap.proofs.certificates.second_evaluation import computed, valued
from coopgap.proofs.certificates.second_reading import labels_of
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import names_in
from coopgap.theory.json_values import Fields, Plain
from coopgap.theory.parsing import parse_formula

LARGE = 3_000_000
"""How many plays are compared at most."""

Sums = tuple[int, ...]
Totals = tuple[Fraction, ...]


def match_groups(text: str, origin: str, data: Fields) -> Match:
    """Compares a certificate's data with a spec's text, as ``matching.match`` does."""
    return matched(text, origin, lambda document: _compared(document, data))


def _compared(document: Fields, data: Fields) -> str | list[str]:
    """The part of the spec that the data match, or the differences."""
    game, own = document.get("game", {}), data["game"]
    if "groups" not in game:
        return ["the spec has no groups"]
    differences = list(_names(game, own))
    if differences:
        return differences
    differences = list(_payoffs(game, own))
    about, level = _language(document, data), _level(document, data)
    none = "no language of the spec tells these things apart with these contracts"
    return part_or_differences(differences, about, level, none)


def _names(game: Fields, own: Fields) -> Iterator[str]:
    stated = [
        (name, group["size"], labels_of(group["actions"])) for name, group in game["groups"].items()
    ]
    read = [(group["name"], group["size"], list(group["actions"])) for group in own["groups"]]
    if stated != read:
        yield "the groups of the certificate are others"
    states = game.get("states", {"names": ["s"], "prior": [1]})
    names = [str(name) for name in states["names"]]
    if names != list(own["states"]):
        yield "the states of the certificate are others"
        return
    prior = [Fraction(str(p)) for p in states.get("prior", [1])]
    if [Fraction(p, sum(own["prior"])) for p in own["prior"]] != prior:
        yield "the probabilities of the certificate are others"


def _payoffs(game: Fields, own: Fields) -> Iterator[str]:
    names = [group["name"] for group in own["groups"]]
    numbers = [[Fraction(label) for label in group["actions"]] for group in own["groups"]]
    reached = _reached(own["groups"], numbers)
    states = own["states"]
    tables = game["payoffs"]
    nested = all(isinstance(table, dict) for table in tables.values())
    for s, state in enumerate(states):
        values = game.get("values", {}).get(state, {})
        fixed = {**{name: _exact(value) for name, value in values.items()}, "state": valued(state)}
        for g, name in enumerate(names):
            text = str((tables[state] if nested else tables)[name])
            tree = parse_formula(text)
            used = set(names_in(tree))
            base, *slopes = own["payoffs"][g][s]
            known: dict[Plain, Fraction] = {}
            for place, totals in enumerate(reached):
                for a, value in enumerate(numbers[g]):
                    key = (value if "own" in used else None, totals if used else None)
                    if key not in known:
                        play = {f"total_{n}": number(x) for n, x in zip(names, totals, strict=True)}
                        play |= {"own": number(value), "total": number(sum(totals))}
                        known[key] = computed(tree, {**fixed, **play}).above.get((), Fraction(0))
                    marks = own["groups"][g]["marks"][a]
                    payoff = base[place] + sum(
                        m * c[place] for m, c in zip(marks, slopes, strict=True)
                    )
                    if Fraction(payoff, own["denominator"]) != known[key]:
                        yield f"the payoff of {name!r} for {value} in {state!r} is another"
                        return


def _exact(written: Plain) -> Plain:
    return number(Fraction(str(written)))


def _reached(groups: Sequence[Fields], numbers: Sequence[Plain]) -> list[Totals]:
    """The totals of each group at each aggregate, in the order of aggregates."""
    whole: list[dict[Sums, Fraction]] = []
    steps = 0
    for group, own in zip(groups, numbers, strict=True):
        moves = list(zip(map(tuple, group["marks"]), own, strict=True))
        totals: dict[Sums, Fraction] = {(0,) * len(moves[0][0]): Fraction(0)}
        for _ in range(group["size"]):
            steps += len(totals) * len(moves)
            if steps > LARGE:
                raise InputError("the game is too large to compare", fix="use fewer agents")
            more: dict[Sums, Fraction] = {}
            for sums, total in totals.items():
                for marks, value in moves:
                    after = tuple(x + y for x, y in zip(sums, marks, strict=True))
                    if more.setdefault(after, total + value) != total + value:
                        raise InputError("marks do not determine totals", fix="name another spec")
            totals = more
        whole.append(totals)
    rows = [sorted(totals.items()) for totals in whole]
    return [tuple(total for _, total in aggregate) for aggregate in product(*rows)]


def _language(document: Fields, data: Fields) -> str | None:
    if data["kind"] == "none":
        return "play without a contract"
    own = data["game"]
    common = document.get("contracts", {})
    for language in document.get("language", [{"name": "complete"}]):
        contracts = {**common, **language.get("contracts", {})}
        kind = contracts.get("kind", "transfers")
        money = contracts.get("budget", "balanced") if kind == "transfers" else ""
        actions = language.get("actions", {})
        parts = [_parts(own["states"], language.get("states", ()))]
        parts += [_parts(g["actions"], actions.get(g["name"], ())) for g in own["groups"]]
        stated = [_parted(own["states"], data["cells"])]
        pairs = zip(own["groups"], data["classes"], strict=True)
        stated += [_parted(group["actions"], classes) for group, classes in pairs]
        # What is reached without the total is reached with it, so the total may be left out.
        total = language.get("total", False) or not data["total"]
        same = (kind, money, parts) == (data["kind"], data["budget"], stated)
        if same and total and _bound(contracts, money) == data.get("liability"):
            return f"language {language['name']}"
    return None


def _bound(contracts: Fields, money: str) -> list[int] | None:
    """The largest fine as a certificate states it; with free money none ever binds."""
    written = contracts.get("liability", "none")
    if written == "none" or money in ("", "free"):
        return None
    return list(Fraction(str(written)).as_integer_ratio())


def _parts(names: Sequence[str], groups: Sequence[Sequence[Plain]]) -> set[frozenset[str]]:
    parts = {frozenset(map(str, group)) for group in groups}
    rest = set(names) - {name for part in parts for name in part}
    return parts | {frozenset([name]) for name in rest}


def _parted(names: Sequence[str], classes: Sequence[int]) -> set[frozenset[str]]:
    pairs = list(zip(names, classes, strict=True))
    return {frozenset(name for name, own in pairs if own == kind) for kind in classes}


def _level(document: Fields, data: Fields) -> str | None:
    if data["levels"] is None:
        return "all λ"
    names = [group["name"] for group in data["game"]["groups"]]
    stated = [Fraction(level, data["scale"]) for level in data["levels"]]
    claims = [
        claim["value"] for claim in document.get("claim", ()) if claim["id"] == "threshold-at-most"
    ]
    claims += [claim["lambda"] for claim in document.get("claim", ()) if "lambda" in claim]
    for entry in [0, *document.get("prosociality", {}).get("lambda", ()), *claims]:
        levels = [entry[name] if isinstance(entry, dict) else entry for name in names]
        if [_exact(level).above.get((), Fraction(0)) for level in levels] == stated:
            return f"λ = {', '.join(dict.fromkeys(map(str, stated)))}"
    return None
