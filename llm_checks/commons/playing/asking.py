"""What agents are asked in a commons, in words; and how their plays go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from coopgap.llm_checks.commons.playing.agents import simulated_answer
from coopgap.llm_checks.commons.playing.plays import BROKEN, CommonsPlay, harvested
from coopgap.llm_checks.commons.playing.quotas import NONE, ProposedQuota, read_quota, visible
from coopgap.llm_checks.commons.playing.study import CommonsStudy, plays
from coopgap.llm_checks.negotiating.negotiation import ANSWERS, accepted
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.asking import Conduct
from coopgap.llm_checks.playing.models import EMBEDDED, names_in, provider
from coopgap.llm_checks.playing.replies import Reply, parsed
from coopgap.llm_checks.playing.scenarios import (
    MORE,
    Layout,
    Question,
    draw_layout,
    of_options,
    prompted,
    reply_line,
    template,
    wants,
)
from coopgap.llm_checks.playing.telling import number
from coopgap.theory.commons.regimes import Regimes, Turn, regimes_of, signal_names
from coopgap.theory.exact import parse_number

PROMPTS = {
    "system": "commons-system-1",
    "harvest": "harvest-1",
    "quota": "quota-1",
    "acceptance": "quota-acceptance-1",
}
"""The version of each prompt in use: a file of llm_checks/prompts."""

MENU = 6
"""Among how many demands those choose who cannot write."""

NUMBER = "Reply with the number and nothing else."


def prompts_of(reasoning: bool) -> dict[str, str]:
    """The version of each prompt that plays use."""
    return PROMPTS | ({"reasoned": MORE["reasoned"]} if reasoning else {})


def after(play: CommonsPlay, answers: Mapping[str, Answer]) -> CommonsPlay:
    """The play as far as the answers go, with the questions that they lead to."""
    if play.proposer is not None and play.proposal is None and not play.settled:
        play = _negotiated(play, answers)
        if play.proposal is None:
            return play
    while not play.settled:
        demands = _demands(play, answers)
        if isinstance(demands, CommonsPlay):
            return demands
        play = harvested(*demands)
    return play


def _demands(
    play: CommonsPlay, answers: Mapping[str, Answer]
) -> CommonsPlay | tuple[CommonsPlay, Sequence[int]]:
    """This month's demands, with the play that asked for them; or the play that waits for them."""
    allowed = play.demands()
    if len(allowed) == 1:
        return play, allowed * play.commons.agents
    names = {question.id for question in play.questions}
    questions, replies = list(play.questions), list[int | None]()
    for agent, player in enumerate(play.players):
        stem = f"{play.id}/month {play.month}/{player}"
        for name in (stem, f"{stem}/again"):
            if name not in names:
                questions.append(_harvest(play, agent, name, allowed))
            answer = answers.get(name)
            if answer is None or answer.tolerant is not None:
                break
        else:
            return replace(play, questions=tuple(questions), stock=None, broken=BROKEN)
        replies.append(None if answer is None else answer.tolerant)
    play = replace(play, questions=tuple(questions))
    demands = [reply for reply in replies if reply is not None]
    return (play, demands) if len(demands) == len(replies) else play


def _harvest(play: CommonsPlay, agent: int, name: str, allowed: Sequence[int]) -> Question:
    parts = _rules(play, agent) | {
        "quota": _quota(play),
        "past": "\n".join(_past(play, agent)),
        "month": str(play.month),
        "seen": _signal(play),
    }
    system, file = _system(play, agent), PROMPTS["harvest"]
    words = {demand: _units(demand) for demand in allowed}
    if play.menu:
        step = (len(allowed) - 1) / (min(MENU, len(allowed)) - 1)
        offered = [allowed[round(step * i)] for i in range(min(MENU, len(allowed)))]
        layout = draw_layout(len(offered), f"{play.seed}|{name}", play.repetition).of(offered)
        return of_options(Question(name, agent, system, layout), file, words, parts, play.reasoning)
    layout = Layout(tuple(map(str, allowed)), tuple(allowed), "forward", "words")
    prompt = prompted(
        file,
        **parts,
        options=f"You can ask for {_listed(allowed)}.",
        reply=reply_line(("the number",), True) if play.reasoning else NUMBER,
    )
    by_place = tuple(words.values())
    return Question(name, agent, system, layout, "decision", prompt, by_place, play.reasoning)


def _negotiated(play: CommonsPlay, answers: Mapping[str, Answer]) -> CommonsPlay:
    """The play once its quota is negotiated, or with the questions about it."""
    assert play.proposer is not None
    assert play.language is not None
    proposer, language = play.players[play.proposer], play.language
    if not play.questions:
        sight = ", ".join(visible(play.commons, language))
        prompt = prompted(
            PROMPTS["quota"],
            **_rules(play, play.proposer),
            proposer="you",
            tells=f"only this: {sight}" if sight else "neither month nor stock",
            growths=", growth" if signal_names(play.commons) else "",
            none=NONE,
        )
        layout = Layout((), (0,), "forward", "words")
        system, name = _system(play, play.proposer), f"{play.id}/{proposer}/proposal"
        question = Question(name, play.proposer, system, layout, "proposal", prompt)
        play = replace(play, questions=(question,))
    if (answer := answers.get(play.questions[0].id)) is None:
        return play
    proposal = ProposedQuota("refused", reason="the proposer declined")
    if answer.status != "refused":
        proposal = read_quota(answer.text, play.commons, language)
    if proposal.status != "writable":
        return replace(play, proposal=proposal)
    if len(play.questions) == 1:
        lines = "\n".join(line.written(play.commons) for line in proposal.lines)
        respondents = (agent for agent in range(play.commons.agents) if agent != play.proposer)
        questions = [_acceptance(play, agent, proposer, lines) for agent in respondents]
        play = replace(play, questions=(*play.questions, *questions))
    agreed = accepted(play.questions[1:], answers)
    if agreed is None:
        return play
    quota = proposal.caps(play.commons) if agreed else None
    return replace(play, proposal=proposal, quota=quota)


def _acceptance(play: CommonsPlay, agent: int, proposer: str, lines: str) -> Question:
    name = f"{play.id}/{play.players[agent]}/acceptance"
    layout = draw_layout(len(ANSWERS), f"{play.seed}|{name}", play.repetition)
    bare = Question(name, agent, _system(play, agent), layout, "acceptance")
    parts = _rules(play, agent) | {"proposer": proposer, "lines": lines}
    words = dict(enumerate(ANSWERS))
    return of_options(bare, PROMPTS["acceptance"], words, parts, play.reasoning)


def _system(play: CommonsPlay, agent: int) -> str:
    months, agents = play.commons.horizon, play.commons.agents
    text = template(PROMPTS["system"])
    goal = wants(play.dispositions[agent])
    return text.substitute(months=months, number=agents, wants=goal).strip()


def _rules(play: CommonsPlay, agent: int) -> dict[str, str]:
    """The rules of a commons, and who is asked, by parts of a prompt."""
    commons, players = play.commons, play.players
    rule = (
        "units go one at a time to a player drawn from those who still want one."
        if commons.rationing == "one-at-a-time"
        else "all get the same part of what they ask for."
    )
    collapse = loss = ""
    if commons.collapse:
        few = "nothing is" if commons.collapse == 1 else f"fewer than {commons.collapse} units are"
        collapse = f" If {few} left, the stock is gone for good, and nobody gets anything any more."
    if (shock := commons.shock) is not None:
        loss = (
            f" After month {shock.after} it loses {_units(shock.loss)} more, but not so that fewer "
            f"than {shock.floor} are left."
        )
    return {
        "rationing": f"If they ask for more than there is, {rule}",
        "collapse": collapse,
        "growth": _growth(play),
        "capacity": _units(commons.capacity),
        "shock": loss,
        "months": str(commons.horizon),
        "stock": str(commons.stock if play.stock is None else play.stock),
        "player": players[agent],
        "others": ", ".join(name for i, name in enumerate(players) if i != agent) or "nobody",
    }


def _growth(play: CommonsPlay) -> str:
    growth, regimes = play.commons.growth, regimes_of(play.commons)
    if regimes is not None:
        return _regimes(regimes)
    if len(growth.factors) == 1:
        return f"it is multiplied by {number(growth.factors[0])}."
    chances = ", ".join(
        f"{name + ': ' if growth.seen else ''}by {number(factor)} with probability {number(p)}"
        for name, factor, p in zip(growth.names, growth.factors, growth.prior, strict=True)
    )
    timing = "which all see before they ask" if growth.seen else "which nobody sees before"
    return f"it is multiplied by a number that is drawn each month, {timing} ({chances})."


def _regimes(regimes: Regimes) -> str:
    """When growth turns, and what it is then."""
    (first, second), (fast, slow) = regimes.names, regimes.factors
    since = f"the last {regimes.window} months" if regimes.window > 1 else "the month"
    shift, recover = regimes.shift, regimes.recover
    return (
        f"it is multiplied by {number(fast)} while it is {first}, by {number(slow)} while it is "
        f"{second}, and all see which it is before they ask. The first month begins {first}. If "
        f"the mean total that was taken in {since}, this one included, is "
        f"{number(shift.threshold)} units or more, {first} turns {second} before the stock grows, "
        f"with probability {_chance(shift)}. If it is below {number(recover.threshold)}, {second} "
        f"turns {first} with probability {_chance(recover)}."
    )


def _chance(turn: Turn) -> str:
    slope = f" and {number(turn.slope)} more for each unit beyond" if turn.slope else ""
    return number(turn.probability) + slope + (f", {number(turn.most)} at most" if slope else "")


def _signal(play: CommonsPlay) -> str:
    names = signal_names(play.commons)
    return f" Everybody sees that this month's growth is {names[play.signal]}." if names else ""


def _quota(play: CommonsPlay) -> str:
    """What is said of the quota, if there is one."""
    kind, stock = play.condition.regime.kind, play.stock
    if kind == "negotiated" and play.quota is None:
        return "The players did not agree on a quota: there is none."
    if play.quota is None or stock is None:
        return ""
    most = _units(play.commons.grid[play.quota(play.month, play.signal, stock)])
    if kind == "announced":
        return (
            f"A quota was announced: this month no player should take more than {most}. Nobody "
            "enforces it."
        )
    if kind == "negotiated" and play.proposal is not None:
        lines = "; ".join(line.written(play.commons) for line in play.proposal.lines)
        return (
            f"The players agreed on this quota, of which the first part that fits a month counts, "
            f"and a court enforces it: {lines}. So this month no player gets more than {most}."
        )
    return (
        f"A court enforces a quota: this month no player gets more than {most}. It is set for each "
        "month by a rule that is known to the court."
    )


def _past(play: CommonsPlay, agent: int) -> list[str]:
    """What happened in the months before."""
    lines = []
    for month in play.months:
        catches = [
            f"{'you' if i == agent else name} {number(_short(month.caught[i]))}"
            for i, name in enumerate(play.players)
        ]
        lines.append(
            f"Month {month.number}: the stock was {month.stock}; units taken: {', '.join(catches)}"
            f"; {month.remainder} were left."
        )
    return lines


def _short(value: Fraction) -> Fraction:
    """A catch with at most two digits behind the point, as agents are told it."""
    return Fraction(round(value * 100), 100)


def _listed(demands: Sequence[int]) -> str:
    span = list(range(demands[0], demands[-1] + 1))
    if list(demands) == span:
        return f"any whole number of units from {demands[0]} to {demands[-1]}"
    return f"one of these numbers of units: {', '.join(map(str, demands))}"


def _units(count: int) -> str:
    return f"{count} unit{'' if count == 1 else 's'}"


def _read(play: CommonsPlay, question: Question, text: str) -> Reply:
    if question.kind == "proposal":
        assert play.language is not None
        status = read_quota(text, play.commons, play.language).status
        return Reply("unparseable" if status == "unparseable" else "answered", None, 0)
    return parsed(text, question.layout.codes, question.words, question.reasoned)


def _facts(play: CommonsPlay, answers: Mapping[str, Answer]) -> dict[str, Any]:
    """What came about so far, for a log."""
    del answers
    months = [
        {"stock": own.stock, "caught": list(map(float, own.caught)), "left": own.remainder}
        for own in play.months
    ]
    return {"condition": str(play.condition), "months": months, "broken": play.broken}


def _of_whole(value: Callable[[CommonsPlay], float]) -> Callable[..., float | None]:
    """A score of plays that came to their end."""
    return lambda play, _: value(play) if play.settled and not play.broken else None


def writes_numbers(model: str) -> bool:
    """Whether agents write numbers, rather than choose among a few."""
    return all(provider(name) != provider(EMBEDDED) for name in names_in(model))


def _registered(study: CommonsStudy) -> dict[str, Any]:
    return {
        "study": study.study,
        "predictions": study.sha256,
        "margin": str(study.margin),
        "prompts": prompts_of(study.reasoning),
    }


def _plays(
    study: CommonsStudy, repetitions: int, seed: int, model: str, first: int
) -> tuple[CommonsPlay, ...]:
    """All at once: a run of a commons does not end early."""
    del repetitions, first
    return plays(study, seed, writes_numbers(model))


def _logged(study: CommonsStudy, header: Mapping[str, Any]) -> CommonsStudy:
    """The study with the margin, the number of plays and the way to ask that a log names."""
    repetitions, margin = header.get("repetitions"), header.get("margin")
    if isinstance(repetitions, int) and repetitions > 0:
        study = replace(study, repetitions=repetitions)
    if isinstance(margin, str):
        study = replace(study, margin=parse_number(margin))
    return replace(study, reasoning="reasoned" in (header.get("prompts") or {}))


COMMONS = Conduct(
    after,
    _read,
    simulated_answer,
    _facts,
    _registered,
    _plays,
    _logged,
    scores={
        "catch": _of_whole(lambda play: float(sum(play.caught))),
        "survival": _of_whole(lambda play: len(play.months) / play.commons.horizon),
    },
)
