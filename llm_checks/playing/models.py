"""Who plays: one model for all agents, or one for each role; which of them can be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

from coopgap.llm_checks.playing.simulation import named_agents
from coopgap.llm_checks.predicting.predictions import Design
from coopgap.llm_checks.predicting.regimes import Condition, by_role
from coopgap.theory.errors import InputError, inside

EMBEDDED = "embedded/smollm2"
SIMULATED = "simulated"
"""The provider of agents with no model behind them."""

MAX_REASON = 300
"""The longest error of a provider, in characters, that is told whole."""

_ROLE = re.compile(r"[^/]+?=")
_NEXT = re.compile(r",\s*(?=[^,/]+=[^,/]+/)")


@dataclass(frozen=True)
class Cast:
    """Who plays which role: by player a model's name, or a model of Inspect's.

    model_args, base_url: for the providers' clients.
    """

    of: Mapping[str, Any]
    model_args: Mapping[str, Any] = field(default_factory=dict)
    base_url: str | None = None

    @property
    def name(self) -> str:
        """The model's name, or every role's."""
        names = {player: str(model) for player, model in self.of.items()}
        if len(set(names.values())) == 1:
            return next(iter(names.values()))
        return ",".join(f"{player}={name}" for player, name in names.items())

    def usable(self) -> dict[str, Any]:
        """The models of Inspect's, by player.

        Raises InputError for one that cannot be used, as without its key.
        """
        usable = {str(model): self._usable(model) for model in self.of.values()}
        return {player: usable[str(model)] for player, model in self.of.items()}

    def _usable(self, model: Any) -> Any:
        from inspect_ai.model import get_model

        if not isinstance(model, str):
            return model
        try:
            if provider(model) == "mockllm":
                return _mock(model)
            return get_model(model, base_url=self.base_url, **self.model_args)
        except InputError:
            raise
        except Exception as error:
            raise InputError(
                f"the model {model!r} cannot be used: {one_line(error)}",
                fix="name it PROVIDER/MODEL, and install its provider's client",
                field="--model",
            ) from None


def cast_of(model: Any, players: Sequence[str], **client: Any) -> Cast:
    """Reads ``PROVIDER/NAME``, or ``PLAYER=PROVIDER/NAME,PLAYER=…`` for a model in each role.

    Raises InputError for roles that are not the players.
    """
    with inside("--model"):
        if isinstance(model, str) and _ROLE.match(model):
            models = by_role(model, players)
            return Cast({player: models[player] for player in players}, **client)
    return Cast(dict.fromkeys(players, model), **client)


def names_in(model: str) -> list[str]:
    """The names of the models that play, each once."""
    if not _ROLE.match(model):
        return [model]
    return list(dict.fromkeys(part.partition("=")[2] for part in _NEXT.split(model)))


def differ(condition: Condition, model: str) -> bool:
    """Whether agents differ, so that they have no λ in common."""
    return bool(condition.disposition.roles) or len(names_in(model)) > 1


def one_line(error: BaseException) -> str:
    """An error in one line, without the request that it was about."""
    text = re.sub(r"(^|\n)\s*Request:\n.*?(\n\n|$)", " ", str(error), flags=re.DOTALL)
    text = " ".join(re.sub(r"\[/?[a-z ]*\]", "", text).split())
    return shorten(text, MAX_REASON, placeholder=" …") or type(error).__name__


def provider(model: str) -> str:
    """The part of a model's name before the slash."""
    return model.partition("/")[0]


def is_simulated(model: str) -> bool:
    """Whether no model is asked at all."""
    return all(provider(name) == SIMULATED for name in names_in(model))


def writes(model: str) -> bool:
    """Whether models can write, rather than only choose among options."""
    return all(provider(name) not in ("embedded", SIMULATED) for name in names_in(model))


def require_usable(
    cast: Cast,
    design: Design,
    max_cost: float | None,
    priced: bool,
    simulated: Callable[[str], object] = named_agents,
) -> None:
    """Raises InputError for what a model cannot do.

    simulated: reads a name of simulated agents, and raises InputError for one that there is not.
    """
    names = [model for model in dict.fromkeys(cast.of.values()) if isinstance(model, str)]
    for name in names:
        owner, slash, _ = name.partition("/")
        if not slash:
            raise InputError(f"{name!r} names no provider", fix=f"e.g. {EMBEDDED}", field="--model")
        if owner == SIMULATED:
            simulated(name)
        if max_cost is not None and not priced and writes(name):
            raise InputError(
                "a limit of cost needs prices",
                fix="give --prices IN,OUT in dollars per million tokens",
                field="--max-cost",
            )
        if owner == "embedded" and (design.reasoning or design.talk):
            raise InputError(
                f"{name!r} writes nothing, it only chooses among options",
                fix="leave --reasoning and --talk out, or name another model",
                field="--model",
            )
    if len({provider(name) == SIMULATED for name in names}) > 1:
        raise InputError(
            "simulated agents play among themselves",
            fix="name simulated agents, or models, in all roles",
            field="--model",
        )


def _mock(name: str) -> Any:
    """Inspect's model of one reply; without a usage it would download a tokenizer to count one."""
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    def output(*_: object) -> ModelOutput:
        reply = ModelOutput.from_content(name, f"Default output from {name}")
        reply.usage = ModelUsage()
        return reply

    return get_model(name, custom_outputs=output)
