"""One round of negotiation: an agent proposes a contract, the others accept it or not, all decide.

The contract is negotiated before the state is known. It binds if it is writable in the language, of
its class, and accepted by all others; in every other case there is none. Only what was said counts:
a reply that cannot be read is no proposal and no acceptance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from llm_checks.answers import Answer
from llm_checks.proposals import Proposal, Terms, read_proposal
from llm_checks.replies import Reply
from llm_checks.scenarios import (
    MAX_LINES,
    Negotiation,
    Play,
    Presentation,
    Question,
    filled,
    number,
    options,
    payments,
    presentations,
    system_prompt,
    with_decisions,
    worded,
)
from llm_checks.scenes import Scene
from theory.contracts import TransferContract
from theory.errors import InputError

ACCEPT, REJECT = 0, 1
"""The options of an acceptance."""

ANSWERS = ("accept", "reject")


def settled(play: Play, answers: Mapping[str, Answer]) -> Play:
    """The play with all questions that its answers lead to; other plays have theirs already."""
    opening = play.negotiation
    if opening is None or opening.accepted is not None:
        return play
    asked = [_first(play, opening)]
    heard = answers.get(asked[0].id)
    if heard is None:
        return replace(play, questions=tuple(asked))
    proposal = proposed(opening, heard)
    if proposal.contract is None:
        ending = replace(opening, proposal=proposal, accepted=False)
        return _decided(play, asked, ending)
    agents = range(len(play.scene.environment.players))
    asked += [
        _acceptance(play, opening, proposal.contract, i) for i in agents if i != opening.proposer
    ]
    replies = [answers.get(each.id) for each in asked[1:]]
    if None in replies:
        middle = replace(opening, proposal=proposal)
        return replace(play, questions=tuple(asked), negotiation=middle)
    accepted = all(each is not None and each.tolerant == ACCEPT for each in replies)
    return _decided(play, asked, replace(opening, proposal=proposal, accepted=accepted))


def proposed(opening: Negotiation, heard: Answer) -> Proposal:
    """What the proposer's answer proposes."""
    if opening.menu is None:
        found = read_proposal(heard.text, opening.terms)
        return Proposal("refused", reason=found.reason) if heard.status == "refused" else found
    if heard.tolerant is None:
        return Proposal(heard.status, reason="no option is named")
    chosen = opening.menu[heard.tolerant]
    strict = heard.strict is not None
    return Proposal("none" if chosen is None else "writable", chosen, strict=strict)


def written(text: str, offered: Terms) -> Reply:
    """A proposal in writing, as a reply to a question with a single option."""
    found = read_proposal(text, offered)
    if not found.parsed:
        return Reply(found.status, None, None)
    return Reply("answered", 0 if found.strict else None, 0)


def _decided(play: Play, asked: Sequence[Question], ending: Negotiation) -> Play:
    closed = replace(play, questions=tuple(asked), negotiation=ending, binding=ending.agreed)
    return with_decisions(closed, ending.agreed)


def _first(play: Play, opening: Negotiation) -> Question:
    """The request for a proposal: in writing, or from a menu."""
    choices = 1 if opening.menu is None else len(opening.menu)
    shown, name = _shown(play, opening.proposer, choices, "proposal")
    parts = _parts(play, opening, opening.proposer, shown)
    if opening.menu is None:
        records = opening.terms.described(worded(play.scene))
        players = play.scene.environment.players
        form = ", ".join(f"{player} {'-+'[i % 2]}X" for i, player in enumerate(players))
        prompt = filled(
            "proposal",
            **parts,
            records="\n".join(records if shown.others == "forward" else reversed(records)),
            rule=opening.terms.rule(),
            form=f"{next(iter(opening.terms.records))}: {form}",
        )
        return Question(
            name, opening.proposer, system_prompt(play.condition), prompt, shown, (), "proposal"
        )
    words = ["no contract" if each is None else payments(play.scene, each) for each in opening.menu]
    return _of_options(play, "menu", name, opening.proposer, shown, words, parts)


def _acceptance(
    play: Play, opening: Negotiation, contract: TransferContract, agent: int
) -> Question:
    shown, name = _shown(play, agent, len(ANSWERS), "acceptance")
    parts = _parts(play, opening, agent, shown) | {"contract": payments(play.scene, contract)}
    return _of_options(play, "acceptance", name, agent, shown, ANSWERS, parts)


def _of_options(
    play: Play,
    kind: str,
    name: str,
    agent: int,
    shown: Presentation,
    words: Sequence[str],
    parts: Mapping[str, str],
) -> Question:
    by_place = tuple(words[i] for i in shown.order)
    prompt = filled(
        kind, **parts, options=options(shown.codes, by_place), codes=", ".join(shown.codes)
    )
    return Question(name, agent, system_prompt(play.condition), prompt, shown, by_place, kind)


def _shown(play: Play, agent: int, choices: int, what: str) -> tuple[Presentation, str]:
    """How a question of the negotiation is presented, and its id; the state plays no part."""
    where = f"{play.scene.name}/{play.condition}"
    shown = presentations(choices, f"{play.seed}|{where}|{agent}|{what}")
    player = play.scene.environment.players[agent]
    return shown[play.repetition % len(shown)], f"{play.id}/{player}/{what}"


def _parts(play: Play, opening: Negotiation, agent: int, shown: Presentation) -> dict[str, str]:
    scene, players = play.scene, play.scene.environment.players
    others = [name for i, name in enumerate(players) if i != agent]
    return {
        "story": scene.stories[agent] if scene.stories else "",
        "situation": f"You are {players[agent]}. The others: {', '.join(others)}.",
        "payoffs": _points(scene, agent, shown),
        "proposer": "you" if agent == opening.proposer else players[opening.proposer],
    }


def _points(scene: Scene, agent: int, shown: Presentation) -> str:
    """The whole game, before anybody knows the state."""
    environment = scene.environment
    players = environment.players
    profiles = list(product(*(range(count) for count in environment.shape)))
    if len(profiles) * len(environment.support) > MAX_LINES:
        raise InputError(
            f"{len(profiles) * len(environment.support)} plays are too many to negotiate about",
            fix=f"negotiate about games of at most {MAX_LINES} profiles in all states",
        )
    if shown.others == "reversed":
        profiles.reverse()
    order = [agent, *(i for i in range(len(players)) if i != agent)]
    named = ["you", *(players[i] for i in order[1:])]
    table = shown.form == "table"
    lines = []
    if len(environment.support) > 1:
        drawn = ", ".join(
            f"{environment.states[s]} with probability {environment.prior[s]}"
            for s in environment.support
        )
        lines.append(f"A state will be drawn, and all players will see it: {drawn}.")
    for state in environment.support:
        if len(environment.support) > 1:
            lines.append(f"In state {environment.states[state]}:")
        if table:
            columns = ", ".join(named)
            lines.append(f"Points, as: what {columns} do: what {columns} get")
        for profile in profiles:
            does = [scene.words[i][profile[i]] for i in order]
            gets = [
                number(
                    Fraction(
                        int(environment.payoffs[(i, state, *profile)]), environment.denominator
                    )
                )
                for i in order
            ]
            if table:
                lines.append(f"{', '.join(does)}: {', '.join(gets)}")
            else:
                taking = " and ".join(
                    f"{who} take{'' if i == 0 else 's'} {what}"
                    for i, (who, what) in enumerate(zip(named, does, strict=True))
                )
                getting = ", ".join(
                    f"{who} get{'' if i == 0 else 's'} {what}"
                    for i, (who, what) in enumerate(zip(named, gets, strict=True))
                )
                lines.append(f"If {taking}, {getting} points.")
    return "\n".join(lines)
