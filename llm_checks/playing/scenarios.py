"""Prompts: a game, a contract and a disposition in words.

Everything that could sway a model for no reason of the game is drawn anew for every question: the
codes that name options, the order of options, the order of the other agents' actions in the list of
payoffs, and whether payoffs are a table or sentences. Draws are independent, so that layouts
cannot correlate what agents do.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from itertools import product
from string import Template

from coopgap.llm_checks.negotiating.proposals import Proposal, Terms, menu, terms
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.telling import (
    FORMS,
    agreement,
    clauses,
    number,
    profiles_of_others,
    situation,
    worded,
    words_of,
)
from coopgap.llm_checks.predicting.predictions import Design
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
from coopgap.theory.errors import InputError

PROMPTS = {
    "system": "system-1",
    "negotiator": "negotiator-1",
    "decision": "decision-2",
    "proposal": "proposal-2",
    "menu": "menu-2",
    "acceptance": "acceptance-2",
}
"""The version of each prompt in use: a file of llm_checks/prompts."""

WORDINGS = ("decision", "decision-b", "decision-c")
"""The wordings of the question about an action."""

MORE = {
    "decision-b": "decision-b-1",
    "decision-c": "decision-c-1",
    "reasoned": "reasoned-1",
    "talker": "talker-1",
    "message": "message-1",
}
"""The prompts that only some designs use."""

VERSIONS = PROMPTS | MORE

REPLY = "Reply with exactly one of: "

WRITTEN = ("proposal", "message")
"""The kinds of questions whose replies choose none of several options."""

CODES = ("ABCDEFGH", "12345678", "PQRSTUVW")
"""Neutral variants of the codes that name options."""

MAX_LINES = 64
"""The largest number of profiles that are listed in a prompt."""


Menu = tuple[TransferContract | None, ...]


@dataclass(frozen=True)
class Layout:
    """codes: by place, what names the option there.

    order: by place, the action. others: the order of the others' profiles, forward or reversed.
    form: table or words. wording: which of the wordings.
    """

    codes: tuple[str, ...]
    order: tuple[int, ...]
    others: str
    form: str
    wording: int = 0

    def of(self, actions: Sequence[int]) -> Layout:
        """The layout of these actions, in the place of their indices."""
        return replace(self, order=tuple(actions[index] for index in self.order))


@dataclass(frozen=True)
class Question:
    """One question to one agent; ``words`` are those of its options, by place.

    kind: ``decision``, ``proposal`` (of a contract, in writing: no options), ``menu`` (of
    contracts), ``acceptance`` or ``message`` (to the others). reasoned: whether the reply may give
    reasons first.
    """

    id: str
    agent: int
    system: str
    layout: Layout
    kind: str = "decision"
    prompt: str = ""
    words: tuple[str, ...] = ()
    reasoned: bool = False


@dataclass(frozen=True)
class Negotiation:
    """The negotiation of a play's contract, so far.

    proposer: an agent. menu: contracts to choose from (None: no contract), or None where the
    proposer writes one. accepted: None as long as an agent has not been asked.
    """

    terms: Terms
    proposer: int
    menu: Menu | None
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
    contract: the one that agents are told of, binding or not. messages: what each agent wrote to
    the others, None as long as it is not known. design: how it is played.
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
    contract: AnyContract | None = None
    messages: tuple[str, ...] | None = None
    design: Design = field(default_factory=Design)

    @property
    def players(self) -> Sequence[str]:
        """The agents' names."""
        return self.scene.environment.players

    @property
    def decisions(self) -> tuple[Question, ...]:
        """The questions about actions."""
        return tuple(question for question in self.questions if question.kind == "decision")

    def profile(self, answers: Mapping[str, Answer]) -> tuple[int, ...] | None:
        """Every agent's action; None as long as one is missing."""
        if not self.settled:
            return None
        chosen: dict[int, int | None] = dict(self.forced)
        for question in self.decisions:
            answer = answers.get(question.id)
            chosen[question.agent] = None if answer is None else answer.tolerant
        actions = [chosen[agent] for agent in sorted(chosen)]
        known = tuple(action for action in actions if action is not None)
        return known if len(known) == len(actions) else None

    @property
    def settled(self) -> bool:
        """Whether all its questions are known."""
        if self.negotiation is not None:
            return self.negotiation.accepted is not None
        return self.messages is not None or not self.design.talk

    @property
    def expected(self) -> int:
        """How many questions it has, or will have if every agent has a choice."""
        return len(self.questions) if self.settled else 2 * len(self.players)


def plays(
    study: Study, repetitions: int, seed: int, writes: bool = True, first: int = 0
) -> tuple[Play, ...]:
    """The plays of a study from repetition ``first`` on, ordered by repetition.

    They depend on the arguments alone. writes: whether negotiating agents write contracts, rather
    than choose from a menu.
    """
    design = study.predictions.design
    if design.talk and any(condition.regime.kind == "negotiated" for condition in study.conditions):
        raise InputError(
            "messages are sent where nothing is negotiated",
            fix="leave --talk out, or choose other regimes",
            field="--talk",
        )
    all_plays = []
    for repetition, scene, condition in product(
        range(first, repetitions), study.scenes, study.conditions
    ):
        bare = _bare(scene, condition, repetition, seed, design)
        language = condition.regime.language
        if condition.regime.kind == "negotiated" and language is not None:
            all_plays.append(replace(bare, negotiation=_opening(bare, language, writes)))
            continue
        contract = None if language is None else _contract(scene, language)
        if language is None or contract is not None:
            binding = contract if condition.regime.kind == "enforced" else None
            play = replace(bare, binding=binding, contract=contract)
            all_plays.append(play if design.talk else with_decisions(play))
    return tuple(all_plays)


def draw_layout(
    count: int, seed: str, repetition: int, words: Iterable[str] = (), wordings: int = 1
) -> Layout:
    """The layout of ``count`` options in a repetition, drawn by the seed.

    Everything is drawn independently of everything else, of what other repetitions and other agents
    are shown too: so whoever looks at places or codes alone takes each action equally often, and
    two who do so take each pair of actions equally often. Codes that occur in the words of the game
    are left out, as long as others remain.
    """
    generator = random.Random(f"{seed}|{repetition}")
    tokens = {part for word in words for part in re.findall(r"\w+", word.upper())}
    free = [codes for codes in CODES if tokens.isdisjoint(codes[:count])]
    order, codes = list(range(count)), list(generator.choice(free or CODES)[:count])
    generator.shuffle(order)
    generator.shuffle(codes)
    others, form = generator.choice(("forward", "reversed")), generator.choice(list(FORMS))
    wording = generator.randrange(wordings) if wordings > 1 else 0
    return Layout(tuple(codes), tuple(order), others, form, wording)


def prompts_of(design: Design) -> dict[str, str]:
    """The version of each prompt that a design uses."""
    names = list(WORDINGS[1 : design.wordings])
    names += ["reasoned"] * design.reasoning + ["talker", "message"] * design.talk
    return PROMPTS | {name: MORE[name] for name in names}


def reply_line(codes: Sequence[str], reasoned: bool) -> str:
    """How an agent is asked to reply."""
    listed = ", ".join(codes)
    return template(MORE["reasoned"]).substitute(codes=listed) if reasoned else REPLY + listed


@lru_cache
def template(name: str) -> Template:
    """A prompt by the name of its file."""
    return Template(
        (files("coopgap.llm_checks") / "prompts" / f"{name}.txt").read_text(encoding="utf-8")
    )


@lru_cache(maxsize=256)
def _contract(scene: Scene, language: str) -> AnyContract | None:
    return best_contract(scene.specification, language)


@lru_cache(maxsize=256)
def _offer(scene: Scene, language: str, writes: bool) -> tuple[Terms, Menu | None]:
    """The terms of negotiation and, for agents who cannot write contracts, the menu."""
    game = scene.specification
    return terms(game, language), None if writes else menu(game, language)


def _bare(scene: Scene, condition: Condition, repetition: int, seed: int, design: Design) -> Play:
    environment = scene.environment
    place = f"{scene.name}/{condition}/{repetition}"
    generator = random.Random(f"{seed}|{place}")
    weights = [float(p) for p in environment.prior]
    state = generator.choices(range(len(weights)), weights)[0]
    return Play(place, scene, condition, repetition, seed, state, design=design)


def _opening(play: Play, language: str, writes: bool) -> Negotiation:
    """A negotiation before its first answer."""
    offered, choices = _offer(play.scene, language, writes)
    seed = f"{play.seed}|{play.scene.name}/{play.condition}"
    return Negotiation(offered, proposer(seed, len(play.players), play.repetition), choices)


def proposer(seed: str, agents: int, repetition: int) -> int:
    """Who proposes: each agent once in as many repetitions as there are agents, in random order."""
    order, (round_, turn) = list(range(agents)), divmod(repetition, agents)
    random.Random(f"{seed}|proposer|{round_}").shuffle(order)
    return order[turn]


def with_decisions(play: Play) -> Play:
    """The play with its questions about actions added."""
    scene, environment = play.scene, play.scene.environment
    allowed = allowed_actions(environment, play.binding, play.state)
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
        bare = blank_question(play, agent, "decision", len(choices))
        layout = bare.layout.of(choices)
        own = dict(zip(layout.codes, layout.order, strict=True))
        file = VERSIONS[WORDINGS[layout.wording]]
        parts = prompt_parts(play, agent, allowed, own, layout)
        words = dict(enumerate(scene.words[agent]))
        bare = replace(bare, layout=layout)
        questions.append(of_options(bare, file, words, parts, play.design.reasoning))
    return replace(play, questions=(*play.questions, *questions), forced=forced)


def blank_question(play: Play, agent: int, kind: str, count: int) -> Question:
    """A question to an agent, with a layout of so many options and no prompt yet.

    Its layout does not depend on the state.
    """
    topic = {"decision": [], "menu": ["proposal"]}.get(kind, [kind])
    seed = "|".join([f"{play.seed}|{play.scene.name}/{play.condition}|{agent}", *topic])
    wordings = play.design.wordings if kind == "decision" else 1
    layout = draw_layout(count, seed, play.repetition, words_of(play.scene), wordings)
    name = "/".join([play.id, play.players[agent], *topic])
    return Question(name, agent, system_prompt(play, agent), layout, kind)


def of_options(
    bare: Question, file: str, words: Mapping[int, str], parts: Mapping[str, str], reasoned: bool
) -> Question:
    """The question with its prompt, which lists options; words: of every option."""
    layout = bare.layout
    by_place = tuple(words[option] for option in layout.order)
    listed, reply = options(layout.codes, by_place), reply_line(layout.codes, reasoned)
    prompt = prompted(file, **parts, options=listed, reply=reply)
    return replace(bare, prompt=prompt, words=by_place, reasoned=reasoned)


def system_prompt(play: Play, agent: int) -> str:
    """The system prompt, which tells an agent its disposition, and nothing of others'."""
    name = "negotiator" if play.condition.regime.kind == "negotiated" else "system"
    name = "talker" if play.design.talk else name
    player = play.players[agent]
    text = template(VERSIONS[name])
    return text.substitute(wants=wants(play.condition.disposition.of(player))).strip()


def wants(disposition: Disposition) -> str:
    """What an agent is told to want, as a sentence that follows others, or nothing."""
    level = disposition.level
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
    return texts[disposition.kind]


def prompt_parts(
    play: Play,
    agent: int,
    allowed: Sequence[Sequence[int]],
    own: Mapping[str, int],
    layout: Layout,
) -> dict[str, str]:
    """What an agent is told of a play, by parts of a prompt. own: its actions by their names."""
    scene, state = play.scene, play.state
    contract = ""
    if play.negotiation is not None:
        contract = agreement(scene, play.negotiation.agreed)
    elif play.contract is not None:
        contract = clauses(scene, play.condition, play.contract, state)
    for player, message in zip(play.players, play.messages or (), strict=False):
        writer = "You" if player == play.players[agent] else player
        contract += f"\n{writer} wrote before: “{message}”"
    profiles = profiles_of_others(allowed, agent, layout.others)
    if len(profiles) * len(layout.order) > MAX_LINES:
        raise InputError(
            f"{len(profiles) * len(layout.order)} profiles are too many to tell",
            fix=f"play games of at most {MAX_LINES} profiles",
        )
    environment = worded(scene, material(scene.environment, play.binding))
    return {
        "story": scene.stories[agent] if scene.stories else "",
        "situation": situation(scene, agent, state),
        "payoffs": "\n".join(FORMS[layout.form](environment, state, agent, own, profiles)),
        "contract": contract,
    }


def filled(name: str, **parts: str) -> str:
    """A prompt in use, by its name, with its parts."""
    return prompted(VERSIONS[name], **parts)


def prompted(file: str, **parts: str) -> str:
    """A prompt, by the name of its file, with its parts; lines that stay empty are left out."""
    text = template(file).substitute(parts)
    return "\n".join(line for line in text.splitlines() if line.strip())


def options(codes: Sequence[str], words: Sequence[str]) -> str:
    """Options, a line each, by their codes."""
    return "\n".join(f"{code}: {word}" for code, word in zip(codes, words, strict=True))
