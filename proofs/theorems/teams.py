"""Teams of a given number of agents: Holmström's, and the public good (theory.md N5, T6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

AGENTS = ("ann", "ben", "cy", "dee", "eve", "flo", "gus", "hal", "ivy", "jo")


def texts() -> dict[str, str]:
    """Holmström's team of 2 to 4 agents, and the public good of 2 to 10: theorem files by id."""
    files = {f"holmstrom-{n}": team(n) for n in range(2, 5)}
    return files | {f"public-good-{n}": public_good(n) for n in range(2, 11)}


def team(agents: int) -> str:
    """The theorem file of a team whose agents share an output equally.

    The output y0, …, yn is concave in the number of efforts, of cost c each. An effort is worth its
    cost to the team; the last one is not worth it to an agent alone.
    """
    outputs = [f"y{k}" for k in range(agents + 1)]
    steps = [f"y{k + 1} - y{k}" for k in range(agents)]
    concave = [f"{more} >= {less}" for more, less in pairwise(steps)]
    assume = [*concave, "c > 0", f"{steps[-1]} > c", f"{steps[-1]} < {agents}*c"]
    total = " + ".join(AGENTS[:agents])
    output = " + ".join(f"(total == {k})*y{k}" for k in range(agents + 1))
    return f"""\
title = "A team of {agents} whose output is concave: no balanced contract on output is efficient"
source = "Holmström 1982; theory.md N5"
{_parameters([*outputs, "c"], assume)}
{game(agents, 1, f"({output})/{agents} - c*own")}
[[language]]
name = "balanced"
records = ["{total}"]
[[language]]
name = "free"
records = ["{total}"]
contracts = {{ budget = "free" }}
[[claim]]
id = "gap-positive"
language = "balanced"
[[claim]]
id = "gap-zero"
language = "free"
[[quantity]]
of = "first-best"
equals = "y{agents} - {agents}*c"
[[quantity]]
of = "gap"
language = "balanced"
equals = "{steps[-1]} - c"
"""


def public_good(agents: int) -> str:
    """The theorem file of a public good.

    Each agent keeps an endowment e or gives it, and all share m times the gifts, 1 < m < n.
    """
    zeros = ", ".join(['"0"'] * agents)
    return f"""\
title = "The prosocial threshold of a public good of {agents} is ({agents} - m)/({agents} (m - 1))"
source = "theory.md T6 and T9"
{_parameters(["m", "e"], ["m > 1", f"m < {agents}", "e > 0"])}
{game(agents, 1, f"e*(1 - own) + m*e*total/{agents}")}
[[claim]]
id = "unique-nash"
profiles = [[{zeros}]]
[[quantity]]
of = "first-best"
equals = "{agents}*m*e"
[[quantity]]
of = "threshold"
equals = "({agents} - m)/({agents}*(m - 1))"
"""


def _parameters(names: Sequence[str], assume: Sequence[str]) -> str:
    return f"[parameters]\nnames = [{_quoted(names)}]\nassume = [{_quoted(assume)}]"


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def game(agents: int, most: int, payoff: str) -> str:
    """The tables of a theorem file for a game of actions 0 to ``most`` and one payoff formula."""
    players = AGENTS[:agents]
    actions = ", ".join(f'{player} = "0..{most}"' for player in players)
    return "\n".join(
        [
            "[game]",
            f"players = [{_quoted(players)}]",
            f"actions = {{ {actions} }}",
            "[game.payoffs]",
            *(f'{player} = "{payoff}"' for player in players),
        ]
    )
