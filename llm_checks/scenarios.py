"""What an agent is told: a game, a contract and a disposition, in words.

Everything that could sway a model for no reason of the game is counterbalanced: the codes that name
options, the order of options, the order of the other agents' actions in the list of payoffs, and
whether payoffs are a table or sentences. Each agent of a play is shown a presentation of its own,
drawn independently, so that presentations cannot correlate what agents do.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from itertools import product
from string import Template

from llm_checks.regimes import AnyContract, Condition, allowed_actions, best_contract, material
from llm_checks.scenes import Scene, Study
from theory.contracts import TransferContract
from theory.environments import Environment
from theory.errors import InputError
from theory.languages import ProductLanguage, describe_record

PROMPTS = {"system": "system-1", "decision": "decision-1"}
"""The version of each prompt in use: a file of llm_checks/prompts."""

CODES = ("ABCDEFGH", "12345678", "PQRSTUVW")
"""Neutral variants of the codes that name options."""

MAX_LINES = 64
"""The largest number of profiles that are listed in a prompt."""

FORMS = ("table", "words")


@dataclass(frozen=True)
class Presentation:
    """codes: by place, what names the option there. order: by place, the action. others: the order
    of the others' profiles, forward or reversed. form: table or words."""

    codes: tuple[str, ...]
    order: tuple[int, ...]
    others: str
    form: str

    def action(self, code: str) -> int:
        """The action that a code names."""
        return self.order[self.codes.index(code)]


@dataclass(frozen=True)
class Question:
    """One decision of one agent; ``words`` are those of its options, by place."""

    id: str
    agent: int
    system: str
    prompt: str
    presentation: Presentation
    words: tuple[str, ...]


@dataclass(frozen=True)
class Play:
    """One play of a scene in a condition: a state drawn from the prior, a question for each agent
    that has a choice. forced: the action of each agent that has none."""

    id: str
    scene: str
    condition: Condition
    state: int
    questions: tuple[Question, ...]
    forced: Mapping[int, int]


def plays(study: Study, repetitions: int, seed: int) -> tuple[Play, ...]:
    """All plays of a study, the conditions of a repetition before the next one. Deterministic."""
    contracts = _contracts(study)
    made = []
    for repetition in range(repetitions):
        for scene in study.scenes:
            for condition in study.conditions:
                language = condition.regime.language
                contract = None if language is None else contracts[scene.name, language]
                if language is not None and contract is None:
                    continue
                made.append(_play(scene, condition, contract, repetition, seed))
    return tuple(made)


def presentations(count: int, seed: str) -> list[Presentation]:
    """All presentations of so many options, shuffled by the seed, but so that every prefix shows
    each action at each place about equally often."""
    generator = random.Random(seed)
    orders = [tuple((start + i) % count for i in range(count)) for start in range(count)]
    orders += [tuple(reversed(order)) for order in orders if count > 2]
    generator.shuffle(orders)
    rest = list(product(CODES, ("forward", "reversed"), FORMS))
    generator.shuffle(rest)
    total = math.lcm(len(orders), len(rest))
    shown = []
    for number in range(len(orders) * len(rest)):
        order = orders[number % len(orders)]
        codes, others, form = rest[(number + number // total) % len(rest)]
        shown.append(Presentation(tuple(codes[:count]), order, others, form))
    return shown


def number(value: Fraction) -> str:
    """An exact number as people read it: a decimal where it ends soon, else a fraction."""
    for digits in range(4):
        if (value * 10**digits).denominator == 1:
            return f"{float(value):.{digits}f}"
    return str(value)


@lru_cache
def template(name: str) -> Template:
    """A prompt by the name of its file."""
    return Template((files("llm_checks") / "prompts" / f"{name}.txt").read_text(encoding="utf-8"))


def _contracts(study: Study) -> dict[tuple[str, str], AnyContract | None]:
    languages = {each.regime.language for each in study.conditions} - {None}
    return {
        (scene.name, language): best_contract(scene.specification, language)
        for scene in study.scenes
        for language in sorted(each for each in languages if each is not None)
    }


def _play(
    scene: Scene, condition: Condition, contract: AnyContract | None, repetition: int, seed: int
) -> Play:
    environment = scene.environment
    where = f"{scene.name}/{condition}"
    place = f"{where}/{repetition}"
    state = random.Random(f"{seed}|{place}").choices(
        range(len(environment.states)), [float(p) for p in environment.prior]
    )[0]
    enforced = contract if condition.regime.kind == "enforced" else None
    allowed = allowed_actions(environment, enforced, state)
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
        shown = presentations(len(choices), f"{seed}|{where}|{agent}|{state}")
        one = shown[repetition % len(shown)]
        presentation = Presentation(
            one.codes, tuple(choices[i] for i in one.order), one.others, one.form
        )
        questions.append(
            Question(
                id=f"{place}/{environment.players[agent]}",
                agent=agent,
                system=template(PROMPTS["system"]).substitute(wants=_wants(condition)).strip(),
                prompt=_prompt(scene, condition, contract, state, agent, allowed, presentation),
                presentation=presentation,
                words=tuple(scene.words[agent][action] for action in presentation.order),
            )
        )
    return Play(place, scene.name, condition, state, tuple(questions), forced)


def _wants(condition: Condition) -> str:
    level = condition.disposition.level
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
    return texts[condition.disposition.kind]


def _prompt(
    scene: Scene,
    condition: Condition,
    contract: AnyContract | None,
    state: int,
    agent: int,
    allowed: Sequence[Sequence[int]],
    presentation: Presentation,
) -> str:
    environment = scene.environment
    enforced = contract if condition.regime.kind == "enforced" else None
    codes = presentation.codes
    words = [scene.words[agent][action] for action in presentation.order]
    text = template(PROMPTS["decision"]).substitute(
        story=scene.stories[agent] if scene.stories else "",
        situation=situation(scene, state, agent),
        options="\n".join(f"{code}: {word}" for code, word in zip(codes, words, strict=True)),
        payoffs=_payoffs(
            material(environment, enforced), scene, state, agent, allowed, presentation
        ),
        contract="" if contract is None else _clauses(scene, condition, contract, state),
        codes=", ".join(codes),
    )
    return "\n".join(line for line in text.splitlines() if line.strip())


def situation(scene: Scene, state: int, agent: int) -> str:
    """Who is who, and which state everybody sees."""
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
    presentation: Presentation,
) -> str:
    players = paid.players
    others = [i for i in range(len(players)) if i != agent]
    lists = [list(allowed[i]) for i in others]
    theirs = list(product(*lists))
    if len(theirs) * len(presentation.order) > MAX_LINES:
        raise InputError(
            f"{len(theirs) * len(presentation.order)} profiles are too many to tell",
            fix=f"play games of at most {MAX_LINES} profiles",
        )
    if presentation.others == "reversed":
        theirs.reverse()
    table = presentation.form == "table"
    names = ", ".join(players[i] for i in others)
    lines = []
    if table:
        lines.append(
            f"Points, as: your option, {names}: yours, {names}'s"
            if others
            else "Points of each option:"
        )
    for code, action in zip(presentation.codes, presentation.order, strict=True):
        for profile in theirs:
            whole = [0] * len(players)
            whole[agent] = action
            for i, other in zip(others, profile, strict=True):
                whole[i] = other
            points = [
                number(Fraction(int(own[(state, *whole)]), paid.denominator))
                for own in paid.payoffs
            ]
            if table:
                cells = [code, *(scene.words[i][whole[i]] for i in others)]
                gains = [points[agent], *(points[i] for i in others)]
                lines.append(f"{', '.join(cells)}: {', '.join(gains)}")
            else:
                doing = " and ".join(
                    f"{players[i]} takes {scene.words[i][whole[i]]}" for i in others
                )
                gets = " and ".join(f"{players[i]} {points[i]}" for i in others)
                lines.append(
                    f"If you reply {code}{f' and {doing}' if doing else ''}, you get "
                    f"{points[agent]} points{f', {gets}' if gets else ''}."
                )
    return "\n".join(lines)


def _clauses(scene: Scene, condition: Condition, contract: AnyContract, state: int) -> str:
    """The contract in words: what is verified, what is paid or allowed, and whether it binds."""
    worded = _worded(scene)
    lines = []
    if isinstance(contract, TransferContract):
        for record, amounts in sorted(contract.transfers.items()):
            if not any(amounts):
                continue
            paid = [
                f"{player} {'pays' if amount < 0 else 'receives'} {number(abs(amount))}"
                for player, amount in zip(worded.players, amounts, strict=True)
                if amount
            ]
            seen = describe_record(contract.language, worded, record)
            lines.append(f"If the court sees ({seen}): {', '.join(paid)}.")
    else:
        for agent, player in enumerate(worded.players):
            left = [
                worded.actions[agent][action]
                for action in allowed_actions(worded, contract, state)[agent]
            ]
            lines.append(f"{player} may take only: {' or '.join(left)}.")
    body = " ".join(lines) or "Nobody pays anything."
    if isinstance(contract.language, ProductLanguage) and not contract.language.is_state_language:
        body += " The court cannot tell apart actions that are joined by 'or'."
    if condition.regime.kind == "enforced":
        counted = (
            " Its payments are included in the points above."
            if isinstance(contract, TransferContract)
            else ""
        )
        return f"This contract is enforced. {body}{counted}"
    return f"This contract was announced, but nobody enforces it. {body}"


def _worded(scene: Scene) -> Environment:
    raw = scene.environment
    return Environment(
        raw.players,
        scene.words,
        raw.states,
        raw.prior,
        raw.payoffs,
        raw.denominator,
        raw.cooperative,
    )
