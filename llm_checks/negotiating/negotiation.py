"""One round of negotiation: an agent proposes a contract, the others accept it or not, all decide.

The contract is negotiated before the state is known. It binds if it is writable in the language, of
its class, and accepted by all others; in every other case there is none. Only what was said counts:
a reply that cannot be read is no proposal and no acceptance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from coopgap.llm_checks.negotiating.proposals import Proposal, Terms, read_proposal
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.replies import Reply
from coopgap.llm_checks.playing.scenarios import (
    MAX_LINES,
    PROMPTS,
    Layout,
    Negotiation,
    Play,
    Question,
    blank_question,
    filled,
    of_options,
    with_decisions,
)
from coopgap.llm_checks.playing.talking import with_messages
from coopgap.llm_checks.playing.telling import (
    FORMS,
    payments,
    profiles_of_others,
    situation,
    worded,
)
from coopgap.llm_checks.predicting.scenes import Scene
from coopgap.theory.contracts import TransferContract
from coopgap.theory.errors import InputError

ACCEPT, REJECT = 0, 1
"""The options of an acceptance."""

ANSWERS = ("accept", "reject")


def continued(play: Play, answers: Mapping[str, Answer]) -> Play:
    """The play with all questions that its answers lead to; other plays have theirs already."""
    opening = play.negotiation
    if play.settled:
        return play
    if opening is None:
        return with_messages(play, answers)
    questions = [_request(play, opening)]
    answer = answers.get(questions[0].id)
    if answer is None:
        return replace(play, questions=tuple(questions))
    proposal = proposal_of(opening, answer)
    if proposal.contract is None:
        ending = replace(opening, proposal=proposal, accepted=False)
        return _decided(play, questions, ending)
    agents = range(len(play.players))
    questions += [
        _acceptance(play, opening, proposal.contract, i) for i in agents if i != opening.proposer
    ]
    middle = replace(opening, proposal=proposal, accepted=accepted(questions[1:], answers))
    if middle.accepted is None:
        return replace(play, questions=tuple(questions), negotiation=middle)
    return _decided(play, questions, middle)


def accepted(questions: Sequence[Question], answers: Mapping[str, Answer]) -> bool | None:
    """Whether all accept; None as long as one has not replied."""
    replies = [answers.get(question.id) for question in questions]
    votes = [reply.tolerant == ACCEPT for reply in replies if reply is not None]
    return all(votes) if len(votes) == len(replies) else None


def proposal_of(opening: Negotiation, answer: Answer) -> Proposal:
    """The contract that the proposer's answer proposes."""
    if opening.menu is None:
        proposal = read_proposal(answer.text, opening.terms)
        refused = Proposal("refused", reason=proposal.reason)
        return refused if answer.status == "refused" else proposal
    if answer.tolerant is None:
        status = "refused" if answer.status == "refused" else "unparseable"
        return Proposal(status, reason="no option is named")
    chosen = opening.menu[answer.tolerant]
    strict = answer.strict is not None
    return Proposal("none" if chosen is None else "writable", chosen, strict=strict)


def written(text: str, offered: Terms) -> Reply:
    """A proposal in writing, as a reply to a question with a single option."""
    proposal = read_proposal(text, offered)
    if not proposal.parsed:
        return Reply(proposal.status, None, None)
    return Reply("answered", 0 if proposal.strict else None, 0)


def _decided(play: Play, questions: Sequence[Question], ending: Negotiation) -> Play:
    closed = replace(play, questions=tuple(questions), negotiation=ending, binding=ending.agreed)
    return with_decisions(closed)


def _request(play: Play, opening: Negotiation) -> Question:
    """The request for a proposal: in writing, or from a menu."""
    scene, menu = play.scene, opening.menu
    if menu is not None:
        bare = blank_question(play, opening.proposer, "menu", len(menu))
        words = ["no contract" if own is None else payments(scene, own) for own in menu]
        return _of_options(play, bare, words, _parts(play, opening, bare))
    bare = blank_question(play, opening.proposer, "proposal", 1)
    records = opening.terms.described(worded(scene, scene.environment))
    form = ", ".join(f"{player} {'-+'[i % 2]}X" for i, player in enumerate(play.players))
    prompt = filled(
        "proposal",
        **_parts(play, opening, bare),
        records="\n".join(records if bare.layout.others == "forward" else reversed(records)),
        rule=opening.terms.rule(),
        form=f"{next(iter(opening.terms.records))}: {form}",
    )
    return replace(bare, prompt=prompt)


def _acceptance(
    play: Play, opening: Negotiation, contract: TransferContract, agent: int
) -> Question:
    bare = blank_question(play, agent, "acceptance", len(ANSWERS))
    parts = _parts(play, opening, bare) | {"contract": payments(play.scene, contract)}
    return _of_options(play, bare, ANSWERS, parts)


def _of_options(
    play: Play, bare: Question, words: Sequence[str], parts: Mapping[str, str]
) -> Question:
    file = PROMPTS[bare.kind]
    return of_options(bare, file, dict(enumerate(words)), parts, play.design.reasoning)


def _parts(play: Play, opening: Negotiation, bare: Question) -> dict[str, str]:
    scene, agent = play.scene, bare.agent
    return {
        "story": scene.stories[agent] if scene.stories else "",
        "situation": situation(scene, agent),
        "payoffs": _points(scene, agent, bare.layout),
        "proposer": "you" if agent == opening.proposer else play.players[opening.proposer],
    }


def _points(scene: Scene, agent: int, layout: Layout) -> str:
    """The payoffs of all states, as told before the state is known."""
    environment = scene.environment
    count = math.prod(environment.shape) * len(environment.support)
    if count > MAX_LINES:
        raise InputError(
            f"{count} plays are too many to negotiate about",
            fix=f"negotiate about games of at most {MAX_LINES} profiles in all states",
        )
    form = FORMS[layout.form]
    own = {word: action for action, word in enumerate(scene.words[agent])}
    profiles = profiles_of_others([range(size) for size in environment.shape], agent, layout.others)
    lines = []
    if len(environment.support) > 1:
        chances = ", ".join(
            f"{environment.states[s]} with probability {environment.prior[s]}"
            for s in environment.support
        )
        lines.append(f"A state will be drawn, and all players will see it: {chances}.")
    for state in environment.support:
        if len(environment.support) > 1:
            lines.append(f"In state {environment.states[state]}:")
        lines += form(worded(scene, environment), state, agent, own, profiles)
    return "\n".join(lines)
