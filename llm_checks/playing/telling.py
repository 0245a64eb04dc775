"""A game in words: its points as a table or in sentences, contracts, states and players."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

from coopgap.llm_checks.predicting.regimes import AnyContract, Condition, allowed_actions
from coopgap.llm_checks.predicting.scenes import Scene
from coopgap.theory.contracts import TransferContract
from coopgap.theory.environments import Environment
from coopgap.theory.languages import ProductLanguage, describe_record

Profiles = Sequence[tuple[int, ...]]
"""What the other agents may do together: their actions, in the order of players."""


def number(value: Fraction) -> str:
    """An exact number as people read it: a decimal where it ends soon, else a fraction."""
    for digits in range(4):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            return f"{Decimal(f'{scaled.numerator}e-{digits}'):f}"
    return str(value)


def profiles_of_others(
    allowed: Sequence[Sequence[int]], agent: int, order: str
) -> list[tuple[int, ...]]:
    """The profiles of the others, in an order: forward or reversed."""
    profiles = list(product(*(actions for i, actions in enumerate(allowed) if i != agent)))
    return profiles[::-1] if order == "reversed" else profiles


def table(
    worded: Environment, state: int, agent: int, own: Mapping[str, int], profiles: Profiles
) -> list[str]:
    """A Markdown table: a row for each profile of the others, a column for each own option.

    worded: the game with the words for actions. own: the agent's action by what names it.
    """
    others = [i for i in range(len(worded.players)) if i != agent]
    names = [worded.players[i] for i in others]
    points = _points(worded, state, agent)
    owners = ", ".join(["yours", *(f"{name}'s" for name in names)])
    lines = [
        f"Points ({owners}) by option:",
        _row([", ".join(names) or "option", *own]),
        _row(["---"] * (len(own) + 1)),
    ]
    for profile in profiles:
        words = [worded.actions[i][action] for i, action in zip(others, profile, strict=True)]
        cells = [", ".join(points(action, profile)) for action in own.values()]
        lines.append(_row([", ".join(words) or "points", *cells]))
    return lines


def sentences(
    worded: Environment, state: int, agent: int, own: Mapping[str, int], profiles: Profiles
) -> list[str]:
    """The payoffs in sentences, one for each profile of the others."""
    others = [i for i in range(len(worded.players)) if i != agent]
    names = [worded.players[i] for i in others]
    points = _points(worded, state, agent)
    lines = []
    for profile in profiles:
        doing = " and ".join(
            f"{worded.players[i]} takes {worded.actions[i][action]}"
            for i, action in zip(others, profile, strict=True)
        )
        parts = []
        for label, action in own.items():
            mine, *rest = points(action, profile)
            gets = "".join(f", {name} {gain}" for name, gain in zip(names, rest, strict=True))
            parts.append(f"with {label} you get {mine}{gets}")
        start = f"If {doing}, then: " if doing else "In points: "
        lines.append(f"{start}{'; '.join(parts)}.")
    return lines


FORMS = {"table": table, "words": sentences}


def _points(
    worded: Environment, state: int, agent: int
) -> Callable[[int, Sequence[int]], list[str]]:
    def of(action: int, profile: Sequence[int]) -> list[str]:
        """Everybody's points, the agent's own first."""
        place = (state, *profile[:agent], action, *profile[agent:])
        gains = [number(Fraction(int(own[place]), worded.denominator)) for own in worded.payoffs]
        return [gains[agent], *gains[:agent], *gains[agent + 1 :]]

    return of


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def agreement(scene: Scene, contract: TransferContract | None) -> str:
    """The outcome of a negotiation, in words."""
    if contract is None:
        return "The players did not agree on a contract: there is none."
    terms = payments(scene, contract)
    return (
        f"The players agreed on this contract, and it is enforced. {terms} Its payments are "
        "included in the points above."
    )


def situation(scene: Scene, agent: int, state: int | None = None) -> str:
    """The agents and the state that all of them see, in words; None: it is not known yet."""
    environment = scene.environment
    others = [name for i, name in enumerate(environment.players) if i != agent]
    sight = ""
    if state is not None and len(environment.states) > 1:
        sight = f" Everybody sees that the state is {environment.states[state]}."
    with_whom = f" The others: {', '.join(others)}." if others else ""
    return f"You are {environment.players[agent]}.{with_whom}{sight}"


def payments(scene: Scene, contract: TransferContract) -> str:
    """A contract's clauses: what is verified, and what is paid."""
    environment = worded(scene, scene.environment)
    lines = []
    for record, amounts in sorted(contract.transfers.items()):
        if not any(amounts):
            continue
        changes = [
            f"{player} {'pays' if amount < 0 else 'receives'} {number(abs(amount))}"
            for player, amount in zip(environment.players, amounts, strict=True)
            if amount
        ]
        words = describe_record(contract.language, environment, record)
        lines.append(f"If the court sees ({words}): {', '.join(changes)}.")
    return (" ".join(lines) or "Nobody pays anything.") + _blindness(contract)


def clauses(scene: Scene, condition: Condition, contract: AnyContract, state: int) -> str:
    """The contract in words: what is verified, what is paid or allowed, and whether it binds."""
    environment, note = worded(scene, scene.environment), ""
    if isinstance(contract, TransferContract):
        body, note = payments(scene, contract), " Its payments are included in the points above."
    else:
        lines = []
        for agent, allowed in enumerate(allowed_actions(environment, contract, state)):
            labels = [environment.actions[agent][action] for action in allowed]
            lines.append(f"{environment.players[agent]} may take only: {' or '.join(labels)}.")
        body = " ".join(lines) + _blindness(contract)
    if condition.regime.kind == "enforced":
        return f"This contract is enforced. {body}{note}"
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
