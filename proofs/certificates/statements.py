"""What claims of certificates say, in English: every sentence beside a verdict is made here.

A sentence is made from a claim and its data, in the form of certificates (docs/certificates.md).
Payoffs are not read, so that a question without a certificate can be stated too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from coopgap.proofs.certificates.commons_words import commons_statement
from coopgap.proofs.certificates.descriptions import THE_LANGUAGE, Description, alternatives, label
from coopgap.theory.json_values import Fields, Plain

AT_LAMBDA = ("closes", "all-cooperative", "full-implementation")
"""The ids of claims with a λ of their own in a spec."""

NOT = "it is not so that "

WITHOUT = "without a contract"


Sentence = str | tuple[str, str]
"""A claim, which is denied as a whole; or the claim and its negation."""


def statement(claim: Fields, data: Fields, language: str = "") -> str:
    """The claim about the data as a sentence, with all its quantifiers.

    language: the reader's name for the language of the data.
    """
    if str(claim["id"]).startswith("commons-"):
        return commons_statement(claim)
    about = Description(data, language)
    own = dict(claim)
    name, holds, point = own.pop("id"), own.pop("holds"), own.pop("at", None)
    if name == "inconsistent":
        return f"there are no {about.parameters()}: the assumptions contradict each other"
    if point is not None:
        at = ", ".join(f"{name} = {point[name]}" for name in about.names)
        text = f"{'' if holds else NOT}{_sentence(about, name, own, True)}"
        return f"at {at}: {text}" if at else text
    pieces = own.get("pieces", [{"when": [], **own}])
    text = "; ".join(f"{_when(about, p)}{_sentence(about, name, p, holds)}" for p in pieces)
    return f"for all {about.parameters()}: {text}" if about.names else text


def asserted(claim: Fields, data: Fields, language: str | None) -> str:
    """The sentence of a question, from the claim that answers it or from the claim's negation."""
    question = {**claim, "holds": True}
    question.pop("at", None)
    return statement(question, data, language or "")


def asserted_by(text: str, language: str | None) -> str:
    """The sentence of a question, from the text of the certificate that proves or refutes it."""
    document = json.loads(text)
    return asserted(document["claim"], document["data"], language)


def general(name: str) -> str:
    """What claims of this id say, without a game, a language and contracts."""
    game = {"players": [], "actions": [], "states": ["", " "], "prior": [1, 1], "cooperative": None}
    contracts = {"kind": "", "budget": "", "liability": None, "permissive": False}
    level = "`lambda`" if name in AT_LAMBDA else ""
    data = {"parameters": [], "game": game, "contracts": contracts, "prosociality": level}
    return _sentence(Description(data, THE_LANGUAGE), name, {"value": "`value`"}, True)


def _when(about: Description, piece: Fields) -> str:
    known = [about.condition(condition) for condition in piece["when"]]
    return f"where {' and '.join(known)}, " if known else ""


def _sentence(about: Description, name: str, own: Fields, holds: bool) -> str:
    """The claim with these fields or, if it does not hold, its negation."""
    sentence = SENTENCES[name](about, own)
    if isinstance(sentence, str):
        return sentence if holds else f"{NOT}{sentence}"
    return sentence[not holds]


# --- welfare ---


def _optimum(about: Description, own: Fields) -> str:
    number = about.number(own["value"])
    if about.private:
        return f"the expected welfare of {_top(about)}{about.information}, is {number}"
    return f"the first-best expected welfare is {number}"


def _first_best(about: Description, holds: bool, at: str | None = None) -> str:
    at = about.at if at is None else at
    play = f"a pure equilibrium{at} to play a first-best profile{about.everywhere}"
    if about.private:
        play = f"an equilibrium{at} to play strategies of the pooled first best{about.information}"
    if about.alone:
        return f"{WITHOUT} it is {'' if holds else 'not '}{play}"
    return f"{'some' if holds else 'no'} contract{about.contract} makes it {play}"


def _closes(about: Description, _own: Fields) -> Sentence:
    return _first_best(about, True), _first_best(about, False)


def _all_lose(about: Description, size: str) -> str:
    under = WITHOUT if about.alone else f"whatever the contract{about.contract},"
    play = f"{_plays(about)}{about.at}{about.everywhere}"
    return (
        f"{under} {play} have expected welfare {size}below that of {_top(about)}{about.information}"
    )


def _one_loses(about: Description, size: str) -> str:
    under = WITHOUT if about.alone else f"under some contract{about.contract}"
    play = f"{_plays(about)}{about.at}{about.everywhere}"
    welfare = f"of expected welfare {size}below that of {_top(about)}{about.information}"
    return f"{under} there are {play} {welfare}"


def _plays(about: Description) -> str:
    """What equilibria are of: profiles in each state, or strategies."""
    return "equilibria in pure strategies" if about.private else "pure equilibria"


def _top(about: Description) -> str:
    return "the pooled first best" if about.private else "the first best"


def _equals(about: Description, own: Fields, quantity: str = "", at: str | None = None) -> str:
    """The claim about V, or about the gap that it leaves."""
    under = WITHOUT if about.alone else f"under any contract{about.contract}"
    play = f"{_plays(about)}{about.at if at is None else at}{about.everywhere}"
    if own["value"] in ("inf", "-inf"):
        return f"there are no {play} {under}{about.information}"
    value = f"{about.number(own['value'])}{about.information}"
    return f"{quantity}the greatest expected welfare of {play} {under} is {value}"


def _infimum(about: Description, size: str) -> str:
    play = f"contracts{about.contract} and their correlated equilibria{about.at}"
    if about.private:
        play = f"{play} in strategies"
        gap = "the welfare gap to the pooled first best"
        return f"the infimum, over {play}, of {gap} is {size}".rstrip() + about.information
    return f"the infimum, over {play}, of the welfare gap is {size}".rstrip()


def _mechanisms(about: Description) -> str:
    return f"mechanisms{about.contract} and their equilibria{about.at}"


def _no_better(about: Description, size: str) -> str:
    of = f"the infimum, over {_mechanisms(about)}, of the welfare gap is {size}".rstrip()
    return of + about.sight()


def _exactly_lost(about: Description, own: Fields) -> Sentence:
    if own["value"] == "inf":
        return _supremum(about, {"value": "-inf"})
    return _no_better(about, about.number(own["value"]))


def _supremum(about: Description, own: Fields) -> Sentence:
    if own["value"] == "-inf":
        none = f"no mechanism{about.contract} has an equilibrium{about.at} in which all take part"
        return none + about.sight()
    most = f"the supremum, over {_mechanisms(about)}, of expected welfare"
    return f"{most} is {about.number(own['value'])}{about.sight()}"


def _attains(about: Description, own: Fields) -> Sentence:
    least = f"of expected welfare at least {about.number(own['value'])}{about.sight()}"
    some = f"mechanism{about.contract} has an equilibrium{about.at} {least}"
    return f"some {some}", f"no {some}"


def _between(about: Description, own: Fields) -> Sentence:
    low, high = ("≤" if own[f"{end}_included"] else "<" for end in ("from", "to"))
    last = "" if own["to"] == "inf" else f" {high} {about.number(own['to'])}"
    first = f"at each common λ with {about.number(own['from'])} {low} λ{last}, "
    return first + _equals(about, own, at="")


def _threshold(about: Description, own: Fields) -> Sentence:
    if own["value"] == "inf":
        return _first_best(about, False, " at any common λ")
    play = _first_best(about, True, "")
    return f"the least common λ at which {play} is {about.number(own['value'])}"


def _threshold_at_most(about: Description, own: Fields) -> Sentence:
    at = f" at the common λ = {about.number(own['value'])}"
    return _first_best(about, True, at), _first_best(about, False, at)


def _implementable(about: Description, own: Fields) -> Sentence:
    play = f"a pure equilibrium{about.at} to play {about.selection(own['selection'])}"
    if about.alone:
        return f"{WITHOUT} it is {play}", f"{WITHOUT} it is not {play}"
    some = f"contract{about.contract} makes it {play}"
    return f"some {some}", f"no {some}"


def _play_at_most(about: Description, own: Fields) -> Sentence:
    within, state = own["within"], label(about.states[own["state"]])
    only = "" if within is None else f" that plays only {about.profiles(within)} there"
    return (
        f"under any contract{about.contract} every correlated equilibrium{about.at} in state "
        f"{state}{only} plays {about.profile(own['profile'])} with a probability of at most "
        f"{about.number(own['value'])}"
    )


def _sized(
    assertion: Callable[[Description, str], str],
    size: str,
    denial: Callable[[Description, str], str],
    opposite: str,
) -> Callable[[Description, Fields], Sentence]:
    """A claim that a gap stands in a relation to a value, and its negation."""

    def sentence(about: Description, own: Fields) -> Sentence:
        value = about.number(own["value"])
        return assertion(about, f"{size} {value} "), denial(about, f"{opposite} {value} ")

    return sentence


# --- play ---


def _in_state(profiles: str, of: str = "") -> Callable[[Description, Fields], Sentence]:
    def sentence(about: Description, own: Fields) -> Sentence:
        state = f"state {label(about.states[own['state']])}"
        if own["profiles"] is None:
            return f"{state} has probability 0", f"{state} has a positive probability"
        at = about.at if of else ""
        listed = about.profiles(own["profiles"])
        return (
            f"{state} has a positive probability, and its {profiles}{at}{of} are exactly: {listed}"
        )

    return sentence


def _mixed(about: Description, own: Fields) -> Sentence:
    def mix(player: str, actions: Sequence[str], weights: Plain) -> str:
        if len(weights) == 1:
            return f"{label(player)} {label(actions[weights[0][0]])}"
        shares = (f"{about.number([weight, 1])} {label(actions[a])}" for a, weight in weights)
        return f"{label(player)} {' : '.join(shares)}"

    listed = "; ".join(
        ", ".join(map(mix, about.players, about.data["game"]["actions"], mixes))
        for mixes in own["plays"]
    )
    state = label(about.states[own["state"]])
    equilibria = f"equilibria{about.at} in state {state}"
    return f"{WITHOUT} these mixes, given as proportions, are {equilibria}: {listed}"


def _nash(about: Description, own: Fields) -> Sentence:
    lists = own.get("profiles")
    if about.private and lists is not None:
        play = f"the equilibria in pure strategies{about.at}{about.information}"
        return f"{WITHOUT} {play}, are exactly: {about.strategies(lists)}"
    listed = "`profiles`" if lists is None else about.by_state(map(about.profiles, lists))
    return f"{WITHOUT} the pure equilibria{about.at}{about.everywhere} are exactly: {listed}"


def _unique_nash(about: Description, own: Fields) -> Sentence:
    unique = f"{WITHOUT} there is exactly one pure equilibrium{about.at}{about.everywhere}"
    if about.private:
        play = f"equilibrium{about.at} in pure strategies{about.information}"
        unique = f"{WITHOUT} there is exactly one {play}"
        if "profiles" in own:
            return f"{unique}: {about.strategies(own['profiles'])}"
        return unique, f"{WITHOUT} there is no {play}, or more than one"
    if "profiles" in own:
        return f"{unique}: {about.by_state(map(about.profiles, own['profiles']))}"
    return (
        unique,
        f"{WITHOUT}{about.somewhere} there is no pure equilibrium{about.at} or more than one",
    )


def _agent_thresholds(about: Description, own: Fields) -> Sentence:
    parts = []
    for selection, levels in own["thresholds"]:
        pairs = zip(about.players, levels, strict=True)
        listed = ", ".join(f"{label(player)} {about.number(level)}" for player, level in pairs)
        parts.append(f"{about.selection(selection)}: {listed}")
    threshold = "the least λ of each player at which it gains by no deviation from the first best"
    return f"{WITHOUT} {threshold} is, for {'; for '.join(parts)}"


def _cells(about: Description, own: Fields) -> Sentence:
    cells = about.data["records"]["cells"]
    listed = [
        alternatives(state for state, own in zip(about.states, cells, strict=True) if own == cell)
        for cell in own["cells"]
    ]
    play = f"no profile that {_best_everywhere(about)} in all their states of positive probability"
    return (
        f"the cells of {_language(about)} with {play} are exactly: {' | '.join(listed) or 'none'}"
    )


def _incontractible(about: Description, _own: Fields) -> Sentence:
    profile = f"profile that {_best_everywhere(about)} in all its states of positive probability"
    cell = f"cell of {_language(about)} has"
    return f"some {cell} no {profile}", f"each {cell} a {profile}"


def _best_everywhere(about: Description) -> str:
    return f"is the pooled first best{about.information}," if about.private else "is first best"


def _language(about: Description) -> str:
    return about.language or THE_LANGUAGE


def _beneficial(payments: str) -> Callable[[Description, Fields], Sentence]:
    outcome = (
        f"selection of selfish pure equilibria ({WITHOUT}) of smaller expected welfare than the "
        "first best,"
    )
    more = "first-best selection gives each player a higher expected payoff"
    if payments:
        some, no = (f"there are {k}{payments} after which some" for k in ("", "no "))
        sentences = f"for each {outcome} {some} {more}", f"for some {outcome} {no} {more}"
    else:
        sentences = f"for each {outcome} some {more}", f"for some {outcome} no {more}"
    return lambda _about, _own: sentences


def _axiom(every: str, some: str) -> Callable[[Description, Fields], Sentence]:
    def sentence(about: Description, _own: Fields) -> Sentence:
        known = _acts(about)
        return tuple(  # type: ignore[return-value]
            f"{where.strip()} {text}".strip() + known
            for where, text in ((about.everywhere, every), (about.somewhere, some))
        )

    return sentence


def _acts(about: Description) -> str:
    acts = about.cooperating()
    return f" (cooperating: {acts})" if acts else ""


def _plays_only(equilibrium: str, play: str) -> Callable[[Description, Fields], Sentence]:
    def sentence(about: Description, _own: Fields) -> Sentence:
        plays = f"{play}{_acts(about) if 'cooperate' in play else ''}"
        under, always = WITHOUT, WITHOUT
        if not about.alone and equilibrium == "mixed equilibrium":
            under, always = (f"under {k} contract{about.contract}" for k in ("some", "every"))
        return (
            f"{under} every {equilibrium}{about.at}{about.everywhere} plays only {plays}",
            f"{always} some {equilibrium}{about.at}{about.somewhere} plays not only {plays}",
        )

    return sentence


# --- parameters ---


def _formula(about: Description, own: Fields) -> Sentence:
    def text(part: Plain, inside: bool = False) -> str:
        if part[0] == "not":
            return f"not ({text(part[1])})"
        if part[0] not in ("and", "or"):
            return about.condition(part)
        joined = f" {part[0]} ".join(text(operand, True) for operand in part[1:])
        if not joined:
            return "true" if part[0] == "and" else "false"
        return f"({joined})" if inside and len(part) > 2 else joined

    return text(own["conclusion"])


SENTENCES: Mapping[str, Callable[[Description, Fields], Sentence]] = {
    "gap-positive": lambda s, _own: (_all_lose(s, ""), _first_best(s, True)),
    "gap-zero": _closes,
    "closes": _closes,
    "gap-at-least": _sized(_all_lose, "at least", _one_loses, "less than"),
    "gap-at-most": _sized(_one_loses, "at most", _all_lose, "more than"),
    "gap": lambda s, own: _equals(s, own, "the welfare gap between the first best and "),
    "correlated-gap-positive": lambda s, _own: (_infimum(s, "positive"), _infimum(s, "0")),
    "correlated-gap-at-least": _sized(_infimum, "at least", _infimum, "less than"),
    "correlated-gap-at-most": _sized(_infimum, "at most", _infimum, "more than"),
    "correlated-gap": lambda s, own: _infimum(s, s.number(own["value"])),
    "mechanism-gap": _exactly_lost,
    "mechanism-gap-positive": lambda s, _own: (_no_better(s, "positive"), _no_better(s, "0")),
    "mechanism-gap-zero": lambda s, _own: (_no_better(s, "0"), _no_better(s, "positive")),
    "mechanism-gap-at-least": _sized(_no_better, "at least", _no_better, "less than"),
    "mechanism-gap-at-most": _sized(_no_better, "at most", _no_better, "more than"),
    "mechanism-value": _supremum,
    "mechanism-attains": _attains,
    "value": _equals,
    "value-between": _between,
    "threshold": _threshold,
    "threshold-at-most": _threshold_at_most,
    "implementable": _implementable,
    "play-at-most": _play_at_most,
    "optimum": _optimum,
    "first-best": _in_state("first-best profiles"),
    "equilibria": _in_state("pure equilibria", f" {WITHOUT}"),
    "mixed-equilibria": _mixed,
    "nash": _nash,
    "unique-nash": _unique_nash,
    "agent-thresholds": _agent_thresholds,
    "incontractible": _incontractible,
    "incontractible-cells": _cells,
    "beneficial": _beneficial(""),
    "beneficial-with-side-payments": _beneficial(
        "constant balanced payments, which may depend on it,"
    ),
    "axiom-i": _axiom(
        "welfare is higher with each cooperating action of a player than with each defecting one, "
        "whatever the others do",
        "welfare is no higher with some cooperating action of a player than with some defecting "
        "one, against some play of the others",
    ),
    "axiom-ii": _axiom(
        "the only profile of greatest welfare is that of each player's first cooperating action",
        "the profile of each player's first cooperating action is not the only one of greatest "
        "welfare",
    ),
    "axiom-iii": _axiom(
        "each player's payoff is higher in each profile of cooperating actions than in each of "
        "defecting ones",
        "some player's payoff is no higher in some profile of cooperating actions than in some one "
        "of defecting ones",
    ),
    "axiom-iv-strict": _axiom(
        "each player's payoff is higher with each defecting action than with each cooperating one, "
        "whatever the others do",
        "some player's payoff is no higher with some defecting action than with some cooperating "
        "one, against some play of the others",
    ),
    "axiom-iv-partial": _axiom(
        "each player's payoff is higher with some defecting action than with some cooperating one, "
        "against some play of the others",
        "some player's payoff is no higher with any defecting action than with any cooperating "
        "one, whatever the others do",
    ),
    "all-cooperative": _plays_only("correlated equilibrium", "profiles in which all cooperate"),
    "full-implementation": _plays_only("mixed equilibrium", "first-best profiles"),
    "formula": _formula,
}
"""The sentence of each id, from a claim's fields."""
