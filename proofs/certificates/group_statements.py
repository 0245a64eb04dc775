"""What certificates about games of groups show, in words: from the claim and the data alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coopgap.theory.json_values import Fields, Plain


def group_statement(claim: Fields, data: Fields) -> str:
    """The claim about the data as a sentence, with all its quantifiers."""
    sentence = _sentence(claim, data)
    return sentence if claim["holds"] else f"it is not so that {sentence}"


def group_circumstances(data: Fields) -> dict[str, str]:
    """What the claim depends on: the groups, the states, the contracts, λ."""
    game = data["game"]
    groups = ", ".join(
        f"{group['size']} × {group['name']} with {len(group['actions'])} actions"
        for group in game["groups"]
    )
    topics = {"groups": groups}
    if len(game["states"]) > 1:
        mass = sum(game["prior"])
        pairs = zip(game["states"], game["prior"], strict=True)
        topics["states"] = ", ".join(f"{name} {Fraction(p, mass)}" for name, p in pairs)
    topics["contracts"] = _contract(data) or "none"
    if data["levels"] is not None:
        topics["λ"] = _level(data)
    return topics


def _sentence(claim: Fields, data: Fields) -> str:
    name, value = claim["id"], claim.get("value")
    if name == "optimum":
        return f"the greatest expected welfare of all plays is {value}"
    if name == "equilibria":
        state = data["game"]["states"][claim["state"]]
        listed = "; ".join(_aggregate(row, data) for row in claim["aggregates"]) or "none"
        return (
            f"without a contract the pure equilibria at λ = {_level(data)} in state {state} have "
            f"exactly these sums of marks: {listed}"
        )
    if name == "incontractible":
        return (
            "some states that are not told apart have no play that is first best in all of them "
            f"({_contract(data)})"
        )
    if name in ("nash", "unique-nash"):
        count = (
            "there is exactly one pure equilibrium"
            if name == "unique-nash"
            else ("the pure equilibria are exactly these")
        )
        start = f"without a contract, in each state of positive probability {count}"
        listed = "" if claim["plays"] is None else f": {_plays(claim['plays'], data['game'])}"
        return f"{start} at λ = {_level(data)}{listed}"
    under = (
        f"under some contract ({_contract(data)})"
        if data["kind"] != "none"
        else ("without a contract")
    )
    play = "pure equilibria in each state of positive probability"
    if name == "threshold":
        lost = claim["loss"]
        welfare = "first-best welfare" if lost == "0" else f"welfare at most {lost} below W*"
        if value == "inf":
            return f"at no common λ there are, {under}, {play} of {welfare}"
        return f"the least common λ at which there are, {under}, {play} of {welfare} is {value}"
    at = f" at λ = {_level(data)}"
    size = {
        "gap-positive": "positive",
        "gap-zero": "0",
        "closes": "0",
        "gap-at-least": f"at least {value}",
        "gap-at-most": f"at most {value}",
        "gap": value,
    }
    if value in ("inf", "-inf"):
        return f"{under} there are no {play}{at}"
    best = f"the greatest expected welfare of {play}{at} {under}"
    return f"{best} is {value}" if name == "value" else f"W* less {best} is {size[name]}"


def _plays(listed: Sequence[Sequence[Plain]], game: Fields) -> str:
    """The plays of each state: how many agents of a group take which action."""
    likely = [name for name, p in zip(game["states"], game["prior"], strict=True) if p]
    texts = []
    for state, plays in zip(likely, listed, strict=True):
        profiles = [
            ", ".join(
                f"{number} {group['name']} × {label}"
                for group, own in zip(game["groups"], play, strict=True)
                for label, number in zip(group["actions"], own, strict=True)
                if number
            )
            for play in plays
        ]
        text = " or ".join(f"({profile})" for profile in profiles) or "none"
        texts.append(f"{text} in {state}" if len(likely) > 1 else text)
    return "; ".join(texts)


def _contract(data: Fields) -> str:
    if data["kind"] == "none":
        return ""
    game = data["game"]
    kind = f"{data['budget']} transfers" if data["kind"] == "transfers" else "complete directives"
    if "liability" in data:
        kind += f" with fines of at most {Fraction(*data['liability'])}"
    cells: dict[int, list[str]] = {}
    for state, cell in zip(game["states"], data["cells"], strict=True):
        cells.setdefault(cell, []).append(state)
    parts = [kind]
    together = [", ".join(group) for group in cells.values() if len(group) > 1]
    if together:
        parts.append(f"that cannot tell apart the states {' | '.join(together)}")
    classes = [
        f"{group['name']}: {len(set(own))} of {len(own)} actions told apart"
        for group, own in zip(game["groups"], data["classes"], strict=True)
    ]
    parts.append("; ".join(classes))
    if data["total"]:
        parts.append("the total verified")
    return ", ".join(parts)


def _level(data: Fields) -> str:
    levels = [Fraction(level, data["scale"]) for level in data["levels"] or ()]
    if len(set(levels)) == 1:
        return str(levels[0])
    names = [group["name"] for group in data["game"]["groups"]]
    return ", ".join(f"{name} {level}" for name, level in zip(names, levels, strict=True))


def _aggregate(sums: Sequence[int], data: Fields) -> str:
    names = [g["name"] for g in data["game"]["groups"] for _ in g["marks"][0]]
    return ", ".join(f"{name} {x}" for name, x in zip(names, sums, strict=True))
