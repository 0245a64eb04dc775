"""The data of a certificate in words: names, numbers, profiles, records, contracts and λ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from coopgap.proofs.algebra.rational import condition_text, polynomial_text
from coopgap.proofs.certificates.commons_words import commons_circumstances
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.polynomials import condition_of, lifted, number
from coopgap.theory.json_values import Fields, Plain

_MONEY = {
    "balanced": "balanced transfers",
    "burnt": "transfers that may burn money",
    "free": "transfers with outside money",
}

CLASSES: Mapping[tuple[str, object], str] = {
    **{
        (kind, own): _MONEY[own] for kind in ("transfers", "mechanism", "interim") for own in _MONEY
    },
    ("directive", False): "complete directives",
    ("directive", True): "permissive directives",
}

THE_LANGUAGE = "the language"


def label(name: str) -> str:
    """A name as it is if it is one word, else in quotation marks.

    So no name can be read as part of a sentence.
    """
    return name if re.fullmatch(r"[\w-]+", name) else json.dumps(name, ensure_ascii=False)


def alternatives(names: Iterable[str]) -> str:
    """``a or b``."""
    return " or ".join(map(label, names))


def circumstances(data: Fields) -> dict[str, str]:
    """All that a claim depends on except its own fields and the payoffs, by topic."""
    if "agents" in data:
        return commons_circumstances(data)
    about = Description(data)
    parts = {"parameters": about.parameters()} if about.names else {}
    game = data["game"]
    if game is None:
        return parts
    pairs = zip(about.players, about.actions, strict=True)
    weights = zip(about.states, game["prior"], strict=True)
    parts |= {
        "players": ", ".join(f"{label(player)} ({alternatives(own)})" for player, own in pairs),
        "states": ", ".join(f"{label(s)} of weight {about.number([p, 1])}" for s, p in weights),
        "contracts": about.contracts() or "none",
        "records": about.records(),
        "λ": about.level() or "what the claim itself says",
    }
    if "mechanism" in data:
        parts["information"] = about.sight().removeprefix(", where ") or "all see the state"
    return parts if game["cooperative"] is None else {**parts, "cooperating": about.cooperating()}


class Description:
    """Words for the parts of a certificate's data.

    language: the reader's name for the language. Payoffs are not read, so data without them can be
    described too.
    """

    def __init__(self, data: Fields, language: str = "") -> None:
        self.data, self.names = data, data["parameters"]
        self.index = {name: k for k, name in enumerate(self.names)}
        if data["game"] is None:
            return
        game = data["game"]
        self.players, self.actions, self.states = game["players"], game["actions"], game["states"]
        # A weight in parameters may be 0 in some cases; an integer 0 is so in all.
        self.support = [s for s, p in enumerate(game["prior"]) if p != 0]
        several = len(self.states) > 1
        idle = [name for s, name in enumerate(self.states) if s not in self.support]
        but = f" (all but {', '.join(map(label, idle))})" if idle else ""
        self.everywhere = f" in each state of positive probability{but}" if several else ""
        self.somewhere = f" in some state of positive probability{but}" if several else ""
        self.language = language if language in ("", THE_LANGUAGE) else label(language)
        kinds = self.contracts()
        own = data["contracts"]
        self.private = "mechanism" in data and own["kind"] != "mechanism"
        self.alone = own["kind"] in ("none", "interim") and own["budget"] == ""
        self.information = self.sight() if self.private else ""
        if self.private:
            self.everywhere = self.somewhere = ""
        self.contract = (f" in {self.language}" if language else "") + (
            f" ({kinds})" if kinds else ""
        )
        level = self.level()
        self.at = {"": "", "0": " of selfish players"}.get(level, f" at λ = {level}")

    def condition(self, value: Plain) -> str:
        """A condition on the parameters."""
        return condition_text(condition_of(value, self.index, Budget()), self.names)

    def parameters(self) -> str:
        """The parameters and the assumptions on them."""
        known = [self.condition(condition) for condition in self.data["assumptions"]]
        return ", ".join(self.names) + (f" with {' and '.join(known)}" if known else "")

    def number(self, value: Plain) -> str:
        """A fraction, in the form of certificates, as an expression."""
        if isinstance(value, str):
            return {"inf": "∞", "-inf": "-∞"}.get(value, value)
        if all(type(part) is int for part in value):
            return str(Fraction(*value))
        parts = [lifted(number(part, self.index, Budget())) for part in value]
        above, below = (polynomial_text(part, self.names) for part in parts)
        if below == "1":
            return above
        above = f"({above})" if len(parts[0].terms) > 1 else above
        return f"{above}/{below}" if re.fullmatch(r"\w+", below) else f"{above}/({below})"

    def profile(self, flat: int) -> str:
        """A profile by its index."""
        labels = []
        for own in reversed(self.actions):
            flat, action = divmod(flat, len(own))
            labels.append(label(own[action]))
        return f"({', '.join(reversed(labels))})"

    def profiles(self, listed: Sequence[int]) -> str:
        """Profiles by their indices."""
        return ", ".join(map(self.profile, listed)) or "none"

    def strategies(self, listed: Sequence[Sequence[int]]) -> str:
        """Profiles of strategies: an action for each cell of each player, in order."""
        types = [
            (agent, alternatives(self.states[s] for s in self.support if own[s] == cell))
            for agent, own in enumerate(self.data["mechanism"]["information"])
            for cell in sorted({own[s] for s in self.support})
        ]
        return (
            "; ".join(
                ", ".join(
                    f"{label(self.players[i])} {label(self.actions[i][action])} at {states}"
                    for (i, states), action in zip(types, chosen, strict=False)
                )
                for chosen in listed
            )
            or "none"
        )

    def by_state(self, texts: Iterable[str]) -> str:
        """The texts for the states of positive probability, in a list."""
        return "; ".join(f"{place.strip()} {text}".strip() for place, text in self._placed(texts))

    def _placed(self, listed: Iterable[Plain]) -> Iterable[tuple[str, Plain]]:
        """Each entry with the state that it is about."""
        entries = list(listed)
        if len(self.states) == 1:
            return [("", entry) for entry in entries]
        places = [f" in {label(self.states[s])}" for s in self.support]
        if len(places) != len(entries):
            # Which states have a probability depends on the parameters: they are only counted.
            places = [f" in no. {k + 1} of these states" for k in range(len(entries))]
        return zip(places, entries, strict=True)

    def selection(self, profiles: Iterable[int]) -> str:
        """A profile for each state of positive probability."""
        return " and ".join(
            f"{profile}{place}" for place, profile in self._placed(map(self.profile, profiles))
        )

    def contracts(self) -> str:
        """The class of contracts."""
        own = self.data["contracts"]
        rule = own["permissive"] if own["kind"] == "directive" else own["budget"]
        text = CLASSES.get((own["kind"], rule), "")
        if own["liability"] is not None:
            text += f", of at most {self.number(own['liability'])} from each player at a record"
        options = (self.data.get("mechanism") or {}).get("options")
        if options is not None:
            pairs = zip(self.players, options, strict=True)
            listed = ", ".join(f"{label(player)} {self.number(option)}" for player, option in pairs)
            text += f", joined freely (outside options: {listed})"
        return text

    def sight(self) -> str:
        """What players see of the state, as a clause; empty if they see all of it."""
        mechanism = self.data.get("mechanism") or {"information": []}
        parts = []
        for player, cells in zip(self.players, mechanism["information"], strict=False):
            groups: dict[int, list[str]] = {}
            for state, cell in zip(self.states, cells, strict=True):
                groups.setdefault(cell, []).append(state)
            if len(groups) < len(self.states):
                sets = " | ".join(map(alternatives, groups.values()))
                parts.append(f"{label(player)} sees only {sets}")
        return f", where {' and '.join(parts)}" if parts else ""

    def records(self) -> str:
        """What contracts can tell apart, briefly."""
        records = self.data["records"]
        if records is None:
            return "each play leaves a record of its own"
        if records["table"] is not None:
            plays = [record for row in records["table"] for record in row]
            return f"a table of {len(set(plays))} records for {len(plays)} plays"
        axes = [("state", self.states, records["cells"])]
        axes += zip(map(label, self.players), self.actions, records["classes"], strict=True)
        parts = []
        for name, labels, cells in axes:
            groups: dict[int, list[str]] = {}
            for member, cell in zip(labels, cells, strict=True):
                groups.setdefault(cell, []).append(member)
            parts.append(f"{name}: {' | '.join(map(alternatives, groups.values()))}")
        return "; ".join(parts)

    def level(self) -> str:
        """The prosociality that the data fix, or an empty text."""
        own = self.data["prosociality"]
        if own is None or isinstance(own, str):
            return own or ""
        texts = [self.number([n, own["scale"]]) if n else "0" for n in own["levels"]]
        if len(set(texts)) == 1:
            return texts[0]
        return ", ".join(f"{label(p)} {text}" for p, text in zip(self.players, texts, strict=True))

    def cooperating(self) -> str:
        """The cooperating actions of each player; empty if the data give none."""
        rows = zip(self.players, self.actions, self.data["game"]["cooperative"] or (), strict=False)
        return ", ".join(
            f"{label(player)} by {alternatives(own[a] for a in acts)}" for player, own, acts in rows
        )
