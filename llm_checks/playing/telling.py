"""Contracts, states and players in the words of a scene."""

from __future__ import annotations

from dataclasses import replace

from coopgap.llm_checks.playing.points import number
from coopgap.llm_checks.predicting.regimes import AnyContract, Condition, allowed_actions
from coopgap.llm_checks.predicting.scenes import Scene
from coopgap.theory.contracts import TransferContract
from coopgap.theory.environments import Environment
from coopgap.theory.languages import ProductLanguage, describe_record


def agreement(scene: Scene, agreed: TransferContract | None) -> str:
    """The outcome of a negotiation, in words."""
    if agreed is None:
        return "The players did not agree on a contract: there is none."
    paid = payments(scene, agreed)
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


def clauses(scene: Scene, condition: Condition, contract: AnyContract, state: int) -> str:
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
