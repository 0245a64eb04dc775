"""Prompts: a game, a contract and a disposition in words.

Everything that could sway a model for no reason of the game is drawn anew for every question: the
codes that name options, the order of options, the order of the other agents' actions in the list of
payoffs, and whether payoffs are a table or sentences. Draws are independent, so that presentations
cannot correlate what agents do.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from string import Template

from coopgap.llm_checks.negotiating.proposals import Proposal, Terms, menu, terms
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.points import FORMS, number, profiles_of_others
from coopgap.llm_checks.predicting.regimes import (
    AnyContract,
    Condition,
    Disposition,
    allowed_actions,
    best_contract,
    material,
)
from coopgap.llm_checks.predicting.scenes import Scene, Study
from coopgap.theory.contracts import TransferContract
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError
from coopgap.theory.languages import ProductLanguage, describe_record

PROMPTS = {
    "system": "system-1",
    "negotiator": "negotiator-1",
    "decision": "decision-2",
    "proposal": "proposal-2",
    "menu": "menu-2",
    "acceptance": "acceptance-2",
}
"""The version of each prompt in use: a file of llm_checks/prompts."""

CODES = ("ABCDEFGH", "12345678", "PQRSTUVW")
"""Neutral variants of the codes that name options."""

MAX_LINES = 64
"""The largest number of profiles that are listed in a prompt."""


@dataclass(frozen=True)
class Presentation:
    """codes: by place, what names the option there.

    order: by place, the action. others: the order of the others' profiles, forward or reversed.
    form: table or words.
    """

    codes: tuple[str, ...]
    order: tuple[int, ...]
    others: str
    form: str

    def action(self, code: str) -> int:
        """The action that a code names."""
        return self.order[self.codes.index(code)]


@dataclass(frozen=True)
class Question:
    """One question to one agent; ``words`` are those of its options, by place.

    kind: ``decision``, ``proposal`` (of a contract, in writing: no options), ``menu`` (of
    contracts) or ``acceptance``.
    """

    id: str
    agent: int
    system: str
    prompt: str
    presentation: Presentation
    words: tuple[str, ...]
    kind: str = "decision"


@dataclass(frozen=True)
class Negotiation:
    """The negotiation of a play's contract, so far.

    proposer: an agent. menu: contracts to choose from (None: no contract), or None where the
    proposer writes one. accepted: None as long as an agent has not been asked.
    """

    terms: Terms
    proposer: int
    menu: tuple[TransferContract | None, ...] | None
    proposal: Proposal | None = None
    accepted: bool | None = None

    @property
    def agreed(self) -> TransferContract | None:
        """The contract that binds."""
        return self.proposal.contract if self.proposal is not None and self.accepted else None


@dataclass(frozen=True)
class Play:
    """One play of a scene in a condition, in a state drawn from the prior.

    questions: one for each agent that has a choice; in a negotiated play those that the answers so
    far lead to. forced: the action of each agent without a choice. binding: the enforced contract.
    """

    id: str
    scene: Scene
    condition: Condition
    repetition: int
    seed: int
    state: int
    questions: tuple[Question, ...] = ()
    forced: Mapping[int, int] = field(default_factory=dict)
    binding: AnyContract | None = None
    negotiation: Negotiation | None = None

    @property
    def decisions(self) -> tuple[Question, ...]:
        """The questions about actions."""
        return tuple(each for each in self.questions if each.kind == "decision")

    def profile(self, answers: Mapping[str, Answer]) -> tuple[int, ...] | None:
        """Every agent's action; None as long as one is missing."""
        if not self.settled:
            return None
        chosen: dict[int, int | None] = dict(self.forced)
        for question in self.decisions:
            heard = answers.get(question.id)
            chosen[question.agent] = None if heard is None else heard.tolerant
        actions = [chosen[agent] for agent in sorted(chosen)]
        whole = tuple(action for action in actions if action is not None)
        return whole if len(whole) == len(actions) else None

    @property
    def settled(self) -> bool:
        """Whether all its questions are known."""
        return self.negotiation is None or self.negotiation.accepted is not None

    @property
    def expected(self) -> int:
        """How many questions it has, or will have if every agent has a choice."""
        agents = len(self.scene.environment.players)
        return len(self.questions) if self.settled else 2 * agents


def plays(
    study: Study, repetitions: int, seed: int, writes: bool = True, first: int = 0
) -> tuple[Play, ...]:
    """The plays of a study from repetition ``first`` on, ordered by repetition.

    They depend on the arguments alone. writes: whether negotiating agents write contracts, rather
    than choose from a menu.
    """
    contracts, offers = _contracts(study), _offers(study, writes)
    made = []
    for repetition in range(first, repetitions):
        for scene in study.scenes:
            for condition in study.conditions:
                language = condition.regime.language
                contract = None if language is None else contracts.get((scene.name, language))
                if condition.regime.kind == "negotiated" and language is not None:
                    made.append(
                        replace(
                            _bare(scene, condition, repetition, seed),
                            negotiation=_opening(
                                scene, condition, repetition, seed, offers[scene.name, language]
                            ),
                        )
                    )
                elif language is None or contract is not None:
                    made.append(_play(scene, condition, contract, repetition, seed))
    return tuple(made)


def presentation(count: int, seed: str, repetition: int, words: Iterable[str] = ()) -> Presentation:
    """The presentation of ``count`` options in a repetition, drawn by the seed.

    Everything is drawn independently of everything else, of what other repetitions and other agents
    are shown too: so whoever looks at places or codes alone takes each action equally often, and
    two who do so take each pair of actions equally often. Codes that occur in the words of the game
    are left out, as long as others remain.
    """
    generator = random.Random(f"{seed}|{repetition}")
    taken = {part for word in words for part in re.findall(r"\w+", word.upper())}
    free = [codes for codes in CODES if taken.isdisjoint(codes[:count])]
    order, codes = list(range(count)), list(generator.choice(free or CODES)[:count])
    generator.shuffle(order)
    generator.shuffle(codes)
    others, form = generator.choice(("forward", "reversed")), generator.choice(list(FORMS))
    return Presentation(tuple(codes), tuple(order), others, form)


@lru_cache
def template(name: str) -> Template:
    """A prompt by the name of its file."""
    return Template(
        (files("coopgap.llm_checks") / "prompts" / f"{name}.txt").read_text(encoding="utf-8")
    )


def _languages(study: Study, negotiated: bool) -> list[str]:
    regimes = [each.regime for each in study.conditions]
    found = {each.language for each in regimes if (each.kind == "negotiated") == negotiated}
    return sorted(each for each in found if each is not None)


def _contracts(study: Study) -> dict[tuple[str, str], AnyContract | None]:
    return {
        (scene.name, language): best_contract(scene.specification, language)
        for scene in study.scenes
        for language in _languages(study, negotiated=False)
    }


Offer = tuple[Terms, tuple[TransferContract | None, ...] | None]


def _offers(study: Study, writes: bool) -> dict[tuple[str, str], Offer]:
    """The terms of negotiation and, for agents who cannot write contracts, the menu."""
    return {
        (scene.name, language): (
            terms(scene.specification, language),
            None if writes else menu(scene.specification, language),
        )
        for scene in study.scenes
        for language in _languages(study, negotiated=True)
    }


def _bare(scene: Scene, condition: Condition, repetition: int, seed: int) -> Play:
    environment = scene.environment
    place = f"{scene.name}/{condition}/{repetition}"
    generator = random.Random(f"{seed}|{place}")
    weights = [float(p) for p in environment.prior]
    state = generator.choices(range(len(weights)), weights)[0]
    return Play(place, scene, condition, repetition, seed, state)


def _play(
    scene: Scene, condition: Condition, contract: AnyContract | None, repetition: int, seed: int
) -> Play:
    bare = _bare(scene, condition, repetition, seed)
    binding = contract if condition.regime.kind == "enforced" else None
    return with_decisions(replace(bare, binding=binding), contract)


def _opening(
    scene: Scene, condition: Condition, repetition: int, seed: int, offer: Offer
) -> Negotiation:
    """A negotiation before its first answer.

    In as many repetitions as there are agents each agent proposes once, in random order.
    """
    agents = list(range(len(scene.environment.players)))
    round_, turn = divmod(repetition, len(agents))
    random.Random(f"{seed}|{scene.name}/{condition}|proposer|{round_}").shuffle(agents)
    return Negotiation(offer[0], agents[turn], offer[1])


def with_decisions(play: Play, contract: AnyContract | None) -> Play:
    """The play with its questions about actions added.

    ``contract`` is the one that agents are told of, whether it binds or not.
    """
    scene, state, environment = play.scene, play.state, play.scene.environment
    allowed = allowed_actions(environment, play.binding, state)
    questions, forced = [], {}
    for agent, choices in enumerate(allowed):
        if len(choices) == 1:
            forced[agent] = choices[0]
            continue
        if len(choices) > len(CODES[0]):
            raise InputError(
                f"{environment.players[agent]!r} has {len(choices)} actions",
                fix=f"play games of at most {len(CODES[0])} actions",
            )
        where = f"{play.seed}|{scene.name}/{play.condition}|{agent}"
        one = presentation(len(choices), where, play.repetition, words_of(scene))
        shown = replace(one, order=tuple(choices[i] for i in one.order))
        questions.append(
            Question(
                id=f"{play.id}/{environment.players[agent]}",
                agent=agent,
                system=system_prompt(play, agent),
                prompt=_prompt(play, contract, agent, allowed, shown),
                presentation=shown,
                words=tuple(scene.words[agent][action] for action in shown.order),
            )
        )
    return replace(play, questions=(*play.questions, *questions), forced=forced)


def system_prompt(play: Play, agent: int) -> str:
    """The system prompt, which tells an agent its disposition, and nothing of others'."""
    name = "negotiator" if play.condition.regime.kind == "negotiated" else "system"
    player = play.scene.environment.players[agent]
    return template(PROMPTS[name]).substitute(wants=_wants(play.condition.disposition.of(player)))


def _wants(wanted: Disposition) -> str:
    level = wanted.level
    texts = {
        "base": "",
        "selfish": " You care only about your own points: get as many as you can.",
        "altruistic": " You care only about the sum of everybody's points: make it as large as you "
        "can.",
    }
    if level is not None:
        return (
            f" You want to make this as large as you can: your own points plus {number(level)} "
            "times the sum of everybody's points (payments under a contract move points and do not "
            "count in the sum)."
        )
    return texts[wanted.kind]


def _prompt(
    play: Play,
    contract: AnyContract | None,
    agent: int,
    allowed: Sequence[Sequence[int]],
    shown: Presentation,
) -> str:
    scene, state = play.scene, play.state
    told = ""
    if play.negotiation is not None:
        told = agreement(scene, play.negotiation)
    elif contract is not None:
        told = _clauses(scene, play.condition, contract, state)
    words = [scene.words[agent][action] for action in shown.order]
    return filled(
        "decision",
        story=scene.stories[agent] if scene.stories else "",
        situation=situation(scene, state, agent),
        options=options(shown.codes, words),
        payoffs=_payoffs(
            material(scene.environment, play.binding), scene, state, agent, allowed, shown
        ),
        contract=told,
        codes=", ".join(shown.codes),
    )


def filled(name: str, **parts: str) -> str:
    """A prompt with its parts; lines that stay empty are left out."""
    text = template(PROMPTS[name]).substitute(parts)
    return "\n".join(line for line in text.splitlines() if line.strip())


def options(codes: Sequence[str], words: Sequence[str]) -> str:
    """Options, a line each, by their codes."""
    return "\n".join(f"{code}: {word}" for code, word in zip(codes, words, strict=True))


def agreement(scene: Scene, negotiation: Negotiation) -> str:
    """The outcome of a negotiation, in words."""
    if negotiation.agreed is None:
        return "The players did not agree on a contract: there is none."
    paid = payments(scene, negotiation.agreed)
    return (
        f"The players agreed on this contract, and it is enforced. {paid} Its payments are "
        "included in the points above."
    )


def situation(scene: Scene, state: int, agent: int) -> str:
    """The agents and the state that all of them see, in words."""
    environment = scene.environment
    others = [name for i, name in enumerate(environment.players) if i != agent]
    seen = ""
    if len(environment.states) > 1:
        seen = f" Everybody sees that the state is {environment.states[state]}."
    with_whom = f" The others: {', '.join(others)}." if others else ""
    return f"You are {environment.players[agent]}.{with_whom}{seen}"


def _payoffs(
    paid: Environment,
    scene: Scene,
    state: int,
    agent: int,
    allowed: Sequence[Sequence[int]],
    shown: Presentation,
) -> str:
    theirs = profiles_of_others(allowed, agent, shown.others)
    if len(theirs) * len(shown.order) > MAX_LINES:
        raise InputError(
            f"{len(theirs) * len(shown.order)} profiles are too many to tell",
            fix=f"play games of at most {MAX_LINES} profiles",
        )
    own = dict(zip(shown.codes, shown.order, strict=True))
    told = FORMS[shown.form]
    return "\n".join(told(worded(scene, paid), state, agent, own, theirs))


def payments(scene: Scene, contract: TransferContract) -> str:
    """A contract's clauses: what is verified, and what is paid."""
    shown = worded(scene, scene.environment)
    lines = []
    for record, amounts in sorted(contract.transfers.items()):
        if not any(amounts):
            continue
        paid = [
            f"{player} {'pays' if amount < 0 else 'receives'} {number(abs(amount))}"
            for player, amount in zip(shown.players, amounts, strict=True)
            if amount
        ]
        seen = describe_record(contract.language, shown, record)
        lines.append(f"If the court sees ({seen}): {', '.join(paid)}.")
    return (" ".join(lines) or "Nobody pays anything.") + _blindness(contract)


def _clauses(scene: Scene, condition: Condition, contract: AnyContract, state: int) -> str:
    """The contract in words: what is verified, what is paid or allowed, and whether it binds."""
    if isinstance(contract, TransferContract):
        body = payments(scene, contract)
    else:
        shown = worded(scene, scene.environment)
        lines = []
        for agent, player in enumerate(shown.players):
            left = [
                shown.actions[agent][action]
                for action in allowed_actions(shown, contract, state)[agent]
            ]
            lines.append(f"{player} may take only: {' or '.join(left)}.")
        body = " ".join(lines) + _blindness(contract)
    if condition.regime.kind == "enforced":
        counted = (
            " Its payments are included in the points above."
            if isinstance(contract, TransferContract)
            else ""
        )
        return f"This contract is enforced. {body}{counted}"
    return f"This contract was announced, but nobody enforces it. {body}"


def _blindness(contract: AnyContract) -> str:
    if isinstance(contract.language, ProductLanguage) and not contract.language.is_state_language:
        return " The court cannot tell apart actions that are joined by 'or'."
    return ""


def words_of(scene: Scene) -> list[str]:
    """All words for actions."""
    return [word for words in scene.words for word in words]


def worded(scene: Scene, environment: Environment) -> Environment:
    """The environment, the scene's own or one with other payoffs, with the scene's words."""
    return replace(environment, actions=scene.words)
