"""Commons of a given number of agents: linear ones, and quadratic ones, as Cournot's oligopoly is.

For all parameters, with the prosocial threshold in closed form (theory.md §4 and N9).
"""

from __future__ import annotations

from coopgap.proofs.theorems.teams import game

LINEAR = range(2, 8)
"""The numbers of agents of linear commons."""

QUADRATIC = (
    *((2, total) for total in range(3, 9)),
    *((n, total) for n in (3, 4, 5) for total in range(n, 2 * n + 1)),
    (6, 6),
)
"""The numbers of agents of quadratic commons, and their best totals in units of the grid."""


def texts() -> dict[str, str]:
    """Linear commons of 2 to 7 agents, and quadratic ones on grids of several finenesses.

    Theorem files by id.
    """
    files = {f"linear-commons-{n}": linear(n) for n in LINEAR}
    return files | {f"quadratic-commons-{n}-{total}": quadratic(n, total) for n, total in QUADRATIC}


def linear(agents: int) -> str:
    """The theorem file of a commons in which what is left grows by the factor g, 1 < g < n.

    Each takes 0, 1 or 2 units; what is left of v belongs to all.
    """
    worst = ", ".join(['"2"'] * agents)
    return f"""\
title = "The prosocial threshold of a linear commons of {agents}: ({agents} - g)/({agents} (g - 1))"
source = "theory.md §4"
[parameters]
names = ["g", "v"]
assume = ["1 < g < {agents}"]
{game(agents, 2, f"own + g*(v - total)/{agents}")}
[[claim]]
id = "unique-nash"
profiles = [[{worst}]]
[[quantity]]
of = "first-best"
equals = "g*v"
[[quantity]]
of = "threshold"
equals = "({agents} - g)/({agents}*(g - 1))"
"""


def quadratic(agents: int, total: int) -> str:
    """The theorem file of a commons in which a unit of effort is worth a − b × total effort.

    So is a unit sold by Cournot's firms. b is the grid: it makes this total the best one. Of the
    ways to share it the most equal one asks for the least λ, because of whoever has least.
    """
    share = total // agents
    # What a unit more of one agent pays it, and what it costs welfare.
    gain, lost = f"a - {total + share + 1}*b", f"{2 * total + 1}*b - a"
    return f"""\
title = "The prosocial threshold of a quadratic commons of {agents}, best at {total} units"
source = "theory.md N9; Cournot 1838"
[parameters]
names = ["a", "b"]
assume = ["{2 * total - 1}*b < a", "a < {2 * total + 1}*b"]
{game(agents, share + 2, "own*(a - b*total)")}
[[quantity]]
of = "first-best"
equals = "{total}*(a - {total}*b)"
[[quantity]]
of = "threshold"
equals = "({gain})/({lost})"
"""
