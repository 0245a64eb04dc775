"""Simulated agents of a commons, whose rules are known: the statistics are tested on them.

They read no prompt and are asked to want nothing. Where a quota is negotiated they propose the best
one that was found, and accept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from coopgap.llm_checks.commons.playing.conditions import CommonsCondition
from coopgap.llm_checks.commons.playing.plays import CommonsPlay
from coopgap.llm_checks.commons.playing.quotas import best_caps, lines_of, require_caps
from coopgap.llm_checks.negotiating.negotiation import ACCEPT
from coopgap.llm_checks.playing.answers import Answer
from coopgap.llm_checks.playing.scenarios import Question
from coopgap.llm_checks.playing.simulation import answer_at
from coopgap.proofs.commons import regime_play
from coopgap.proofs.commons.equilibria import Caps, DrawnPlay, Missing, symmetric
from coopgap.proofs.commons.planner import Plan, planned
from coopgap.proofs.commons.populations import population
from coopgap.proofs.commons.regime_finder import EXACT
from coopgap.proofs.commons.regime_planner import StatePlan, best_plan
from coopgap.theory.commons.regimes import State, regimes_of, situations
from coopgap.theory.commons.resource import Commons
from coopgap.theory.commons.specification import QuotaLanguage, everything
from coopgap.theory.errors import InputError
from coopgap.theory.exact import parse_number

KINDS = ("equilibrium", "selfish", "planner", "proportional")


def named_rule(model: str) -> tuple[str, Fraction]:
    """Reads ``simulated/equilibrium``, ``/selfish``, ``/planner`` or ``/proportional:SHARE``.

    share: of the stock, for all agents together. Raises InputError, its field being ``--model``.
    """
    kind, colon, share = model.partition("/")[2].partition(":")
    try:
        value = parse_number(share) if colon else Fraction(0)
    except InputError:
        value = Fraction(-1)
    if kind in KINDS and (kind == "proportional") == bool(colon) and 0 <= value <= 1:
        return kind, value
    raise InputError(
        f"there are no simulated agents {model!r} of a commons",
        fix="write simulated/equilibrium, simulated/selfish, simulated/planner or "
        "simulated/proportional:SHARE, with a number from 0 to 1",
        field="--model",
    )


def require_rule(model: str, commons: Commons, conditions: Sequence[CommonsCondition]) -> None:
    """Raises InputError for agents without an equilibrium to play in one of the conditions."""
    kind, _ = named_rule(model)
    for condition in conditions:
        if kind in ("equilibrium", "selfish"):
            _kinds(commons, _prosocial(kind, condition))
        if condition.regime.kind == "negotiated":
            # It knows no quota to propose where none can be worked out.
            require_caps(commons)


def simulated_answer(model: str, play: CommonsPlay, question: Question, seed: int) -> Answer:
    """A simulated agent's answer: what its rule says, cut to what it can ask for."""
    del seed  # Their rules draw nothing.
    kind, share = named_rule(model)
    if question.kind == "proposal":
        assert play.language is not None
        text = _proposal(play.commons, play.language)
        return Answer(question.id, text, "answered", 0, 0)
    if question.kind == "acceptance":
        option = ACCEPT
    else:
        option = _demand(kind, share, play, question.agent)
        option = max(demand for demand in question.layout.order if demand <= max(option, 0))
    return answer_at(question, question.layout.order.index(option))


def _demand(kind: str, share: Fraction, play: CommonsPlay, agent: int) -> int:
    commons, stock = play.commons, play.stock
    assert stock is not None
    if kind == "proportional":
        return int(share * stock / commons.agents)
    if kind == "planner":
        total = _planned(play)
        if total == stock:
            return stock
        equal, remainder = divmod(total, commons.agents)
        # Who takes the units that cannot be shared changes from month to month.
        return equal + ((agent + play.month) % commons.agents < remainder)
    prosocial = _prosocial(kind, play.condition)
    if play.quota is not None and play.condition.regime.kind != "announced":
        # The caps bind through what can be asked for. If selfish agents reach the first best under
        # them, those who want the greatest total gain nothing by another demand either.
        capped = _capped(commons, play.quota) if regimes_of(commons) is None else None
        if isinstance(capped, DrawnPlay) and (
            prosocial == 0 or capped.value == _plan(commons).value
        ):
            return capped.demands[play.month - 1][play.signal][stock][0]
    alone = kind == "selfish" or play.dispositions[agent].kind == "selfish"
    return _kinds(commons, prosocial)(play)[alone]


def _planned(play: CommonsPlay) -> int:
    """The total that the first best, or the best plan that is known, takes this month."""
    assert play.stock is not None
    month = play.month - 1
    if regimes_of(play.commons) is None:
        return _plan(play.commons).totals[month][play.signal][play.stock]
    # Off its own path it takes nothing.
    state = State(play.regime, play.stock, play.past)
    return _regime_plan(play.commons).totals[month].get(state, 0)


def _prosocial(kind: str, condition: CommonsCondition) -> int:
    """Among how many altruistic agents they play."""
    prosocial = 0 if kind == "selfish" else condition.prosocial
    if prosocial is None:
        raise InputError(
            f"no equilibrium is known for {condition}",
            fix="play simulated/selfish, simulated/planner or simulated/proportional:SHARE",
            field="--model",
        )
    return prosocial


@lru_cache(maxsize=8)
def _proposal(commons: Commons, language: QuotaLanguage) -> str:
    lines = lines_of(commons, best_caps(commons, language))
    return "\n".join(line.written(commons) for line in lines)


@lru_cache(maxsize=8)
def _plan(commons: Commons) -> Plan:
    return planned(commons, everything(commons))


@lru_cache(maxsize=8)
def _capped(commons: Commons, caps: Caps) -> DrawnPlay | Missing:
    return symmetric(commons, Fraction(0), "best", caps)


@lru_cache(maxsize=8)
def _regime_plan(commons: Commons) -> StatePlan:
    return best_plan(situations(commons, EXACT))[0]


@lru_cache(maxsize=32)
def _kinds(commons: Commons, prosocial: int) -> Callable[[CommonsPlay], Sequence[int]]:
    """What each prosocial and each selfish agent asks for in equilibrium, as a play has come."""
    solved = None if regimes_of(commons) is None else situations(commons, EXACT)
    solution: Any = None
    if solved is None:
        solution = population(commons, prosocial, "best")
    elif not solved.merged:
        solution = regime_play.population(solved, prosocial, "best")
    if solution is None or isinstance(solution, Missing):
        raise InputError(
            "there are too many situations to solve each for an equilibrium"
            if solution is None
            else f"there is none {solution}",
            fix="play simulated/planner or simulated/proportional:SHARE",
            field="--model",
        )

    def demands(play: CommonsPlay) -> Sequence[int]:
        assert play.stock is not None
        month = solution.demands[play.month - 1]
        state = State(play.regime, play.stock, play.past)
        by_agent = month[play.signal][play.stock] if solved is None else month[state]
        # Of a kind of which there is none nothing may be listed.
        return by_agent[0], by_agent[-1]

    return demands
