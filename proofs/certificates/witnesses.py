"""The results of engines as parts of a certificate's proof (docs/certificates.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from coopgap.proofs.questions.obligations import (
    Contract,
    ContractCases,
    Levels,
    Obstruction,
    Selection,
    Setting,
    flat_profile,
    incentives,
    shape,
)
from coopgap.proofs.trusted.documents import Budget
from coopgap.proofs.trusted.problems import EPSILON, Plays, Problem
from coopgap.theory.contracts import Directives, Transfers
from coopgap.theory.environments import Environment, Profile
from coopgap.theory.exact import Extended, common_denominator, widened
from coopgap.theory.json_values import Fields, Json, Plain
from coopgap.theory.languages import ProductLanguage

NODE_LIMIT = 200_000
"""The largest number of profiles in a tree."""

Distribution = Mapping[int, Fraction]
"""Probabilities by flat index of the profile."""

Amounts = Mapping[int, Sequence[Fraction]]
"""Payments to each agent in utils, by record."""


class TooLarge(Exception):
    """The proof would be too large; the message gives the reason."""


# --- existence ------------------------------------------------------------------------------------


def reached(setting: Setting, selection: Selection, *contracts: Contract) -> dict[str, Json]:
    """A selection with a contract for each end of the claim's λ."""
    environment = setting.environment
    played = [flat_profile(environment, selection[state]) for state in environment.support]
    paying = isinstance(setting.contracts, Transfers)
    return {
        "selection": played,
        "transfers": [transfers(contract.amounts()) for contract in contracts] if paying else [],
    }


def transfers(amounts: Amounts) -> dict[str, Json]:
    """Transfers over their common denominator."""
    scale = common_denominator([amount for row in amounts.values() for amount in row])
    return {
        "denominator": scale,
        "amounts": [[y, [int(t * scale) for t in row]] for y, row in sorted(amounts.items())],
    }


def distributions(
    environment: Environment, plays: Mapping[int, Distribution], amounts: Amounts
) -> dict[str, Json]:
    """Distributions with transfers under which they are correlated equilibria."""
    return {
        "distributions": [weights(plays[state]) for state in environment.support],
        "transfers": [transfers(amounts)],
    }


def weights(play: Distribution) -> list[list[int]]:
    """A distribution as integer weights."""
    scale = common_denominator(play.values())
    return [[a, int(share * scale)] for a, share in sorted(play.items()) if share]


def approach(
    environment: Environment,
    plays: Mapping[int, Distribution],
    trembles: Mapping[int, Distribution],
    fixed: Amounts,
    growing: Amounts,
) -> dict[str, Json]:
    """Plays x + ε y under the transfers fixed + growing (1 + ε) / ε, where ε goes to 0.

    As shares of the play ε is ε / (1 + ε).
    """
    rows: list[Json] = []
    for state in environment.support:
        x, y = plays[state], trembles[state]
        scale = common_denominator([*x.values(), *y.values()])
        listed = sorted({*x, *y})
        parts = [(a, int(x.get(a, 0) * scale), int(y.get(a, 0) * scale)) for a in listed]
        rows.append([[a, _in_tremble(whole, more)] for a, whole, more in parts])
    zero = (Fraction(0),) * len(environment.players)
    scale = common_denominator(
        [e for part in (fixed, growing) for row in part.values() for e in row]
    )
    amounts: list[Json] = []
    for record in sorted({*fixed, *growing}):
        pairs = zip(fixed.get(record, zero), growing.get(record, zero), strict=True)
        # Over ε: growing + ε (fixed + growing).
        row = [_in_tremble(int(g * scale), int((f + g) * scale)) for f, g in pairs]
        amounts.append([record, row])
    denominator = {EPSILON: scale}
    return {
        "distributions": rows,
        "transfers": [{"denominator": denominator, "amounts": amounts}],
    }


def _in_tremble(constant: int, linear: int) -> Json:
    if not linear:
        return constant
    return {name: c for name, c in (("1", constant), (EPSILON, linear)) if c}


# --- impossibility --------------------------------------------------------------------------------


def obstruction(setting: Setting, hindrance: Obstruction) -> dict[str, Json]:
    """An obstruction."""
    return {
        "selection": [
            [state, flat_profile(setting.environment, profile)]
            for state, profile in sorted(hindrance.part.items())
        ],
        "deviations": [list(deviation) for deviation in hindrance.deviations],
    }


def obstruction_kind(problem: Problem, value: Fields) -> str:
    """The kind of an obstruction of a certificate, for display."""
    if problem.contracts.kind != "transfers":
        return "profitable-deviation"
    plays, part = Plays(problem, Budget()), dict(value["selection"])
    arcs = []
    for state, agent, action, weight in value["deviations"]:
        profile = part[state]
        after = plays.moved(profile, agent, action)
        arcs.append((agent, plays.record(state, profile), plays.record(state, after), weight))
    return shape(arcs, len(plays.agents))


@dataclass(frozen=True)
class Between:
    """The λ of a claim: one per agent (``levels``), or all common λ from ``low`` to ``high``."""

    levels: Levels | None = None
    low: Fraction = Fraction(0)
    high: Extended = Fraction(0)
    open_low: bool = False
    open_high: bool = False

    def tempts(self, agent: int, gain: int, lost: int) -> bool:
        """Whether a deviation pays at each of these λ: gain − λ · lost > 0."""
        if self.levels is not None:
            return gain - self.levels[agent] * lost > 0
        start = gain - self.low * lost
        end = gain - self.high * lost if isinstance(self.high, Fraction) else Fraction(-lost)
        return (
            min(start, end) >= 0
            and (start > 0 or (self.open_low and end > 0))
            and (end > 0 or (self.open_high and start > 0))
        )


def bound(
    setting: Setting,
    obstructions: Sequence[Obstruction],
    blocks: Sequence[Sequence[int]],
    at: Between,
    *,
    strict: bool = False,
) -> dict[str, Json]:
    """Why no selection is better than the best one that contains no obstruction.

    strict: if so, the tree shows that every selection that is first best contains one. Under
    directives the obstructions are computed here.

    Raises TooLarge for a tree of over NODE_LIMIT profiles.
    """
    directed = isinstance(setting.contracts, Directives)
    search = _Search(
        setting, _directed(setting, at) if directed else _listed(setting, obstructions)
    )
    parts = [search.block(block, strict=strict) for block in blocks]
    used = [known for known in obstructions if known in search.used] or search.used
    for part in parts:
        _numbered(part["tree"], used)
    return {"obstructions": [obstruction(setting, entry) for entry in used], "blocks": parts}


def contract_cases(cases: Sequence[ContractCases]) -> dict[str, Json]:
    """Why no selection is worth more, by cases of contracts."""
    return {
        "contracts": [
            {
                "states": list(block.states),
                "most": block.most,
                "denominator": block.denominator,
                "cases": block.tree,
            }
            for block in cases
        ]
    }


def _numbered(tree: list[Plain], used: Sequence[Obstruction]) -> None:
    """Replaces the obstructions in a tree by their numbers."""
    for branch in tree:
        if isinstance(branch[1], Obstruction):
            branch[1] = used.index(branch[1])
        else:
            _numbered(branch[1], used)


Path = Mapping[int, int]
"""Profiles by state, in order of addition."""

Find = Callable[[Path], Obstruction | None]


def _listed(setting: Setting, obstructions: Sequence[Obstruction]) -> Find:
    """A function that returns an obstruction, from this list, that a path completes."""
    completed: dict[tuple[int, int], list[tuple[dict[int, int], Obstruction]]] = {}
    for known in obstructions:
        part = {s: flat_profile(setting.environment, a) for s, a in known.part.items()}
        for play in part.items():
            completed.setdefault(play, []).append((part, known))

    def find(path: Path) -> Obstruction | None:
        *_, last = path.items()
        options = completed.get(last, ())
        return next((known for part, known in options if part.items() <= path.items()), None)

    return find


def _directed(setting: Setting, at: Between) -> Find:
    """A function that returns why no directive allows the plays of a path in the states of a cell.

    The reason is two classes of an agent where one is to be allowed, or a deviation to an allowed
    class that pays.
    """
    environment, language, contracts = setting.environment, setting.language, setting.contracts
    assert isinstance(language, ProductLanguage)
    assert isinstance(contracts, Directives)
    profiles = list(product(*(range(size) for size in environment.shape)))
    known: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def tempting(state: int, place: int) -> list[tuple[int, int]]:
        if (state, place) not in known:
            rows = incentives(setting, {state: profiles[place]})
            moves = zip(
                *(getattr(rows, n).tolist() for n in ("agent", "action", "gain", "lost")),
                strict=True,
            )
            known[state, place] = [(i, b) for i, b, gain, lost in moves if at.tempts(i, gain, lost)]
        return known[state, place]

    def pair(state: int, allowed: int, path: Path) -> Obstruction | None:
        """An obstruction of the play in ``state`` by directives for that in ``allowed``."""
        profile, directed = profiles[path[state]], profiles[path[allowed]]
        part: dict[int, Profile] = {state: profile, allowed: directed}
        classes = [kinds[a] for kinds, a in zip(language.classes, directed, strict=True)]
        own = [kinds[a] for kinds, a in zip(language.classes, profile, strict=True)]
        if not contracts.permissive and classes != own:
            return Obstruction("mismatch", part, ())
        for agent, action in tempting(state, path[state]):
            if language.classes[agent][action] == classes[agent]:
                return Obstruction("profitable-deviation", part, ((state, agent, action, 1),))
        return None

    def find(path: Path) -> Obstruction | None:
        *_, (last, _) = path.items()
        for state in path:
            if language.cells[state] == language.cells[last]:
                for played, allowed in ((last, state), (state, last)):
                    hindrance = pair(played, allowed, path)
                    if hindrance is not None:
                        return hindrance
        return None

    return find


class _Search:
    """Builds the trees of blocks; ``used`` lists the obstructions in them."""

    def __init__(self, setting: Setting, find: Find) -> None:
        environment = setting.environment
        mass = common_denominator(environment.prior)
        weighted = widened(environment.welfare, mass)
        self.worth = {
            state: (weighted[state] * int(environment.prior[state] * mass)).ravel().tolist()
            for state in environment.support
        }
        self.find = find
        self.used: list[Obstruction] = []
        self.nodes = 0

    def block(self, states: Sequence[int], *, strict: bool) -> dict[str, Plain]:
        """The tree of a block."""
        tops = [max(range(len(self.worth[s])), key=self.worth[s].__getitem__) for s in states]
        best: list[int] | None = tops
        first = sum(map(self._value, states, tops))
        if not strict or self._best(states, first - 1) is not None:
            strict, best = False, self._best(states, None)
        tree = self._tree(states, best, strict)
        return {"states": list(states), "best": best, "strict": strict, "tree": tree}

    def _value(self, state: int, profile: int) -> int:
        return int(self.worth[state][profile])

    def _best(self, states: Sequence[int], least: int | None) -> list[int] | None:
        """The best selection (of more than the least welfare) that contains no obstruction."""
        orders = [
            sorted(range(len(worth)), key=worth.__getitem__, reverse=True)
            for worth in (self.worth[state] for state in states)
        ]
        ahead = self._ahead(states)
        best: tuple[int | None, list[int] | None] = least, None
        path: dict[int, int] = {}

        def descend(depth: int, total: int) -> None:
            nonlocal best
            state = states[depth]
            for profile in orders[depth]:
                value = total + self._value(state, profile)
                if best[0] is not None and value + ahead[depth + 1] <= best[0]:
                    return
                self._count()
                path[state] = profile
                if self.find(path) is None:
                    if depth + 1 == len(states):
                        best = value, list(path.values())
                    else:
                        descend(depth + 1, value)
                del path[state]

        descend(0, 0)
        return best[1]

    def _ahead(self, states: Sequence[int]) -> list[int]:
        tops = [max(self.worth[state]) for state in states]
        return [sum(tops[k:]) for k in range(len(states) + 1)]

    def _tree(self, states: Sequence[int], best: Sequence[int] | None, strict: bool) -> list[Plain]:
        most = None if best is None else sum(map(self._value, states, best))
        ahead = self._ahead(states)
        path: dict[int, int] = {}

        def node(depth: int, total: int) -> list[Plain]:
            state, branches = states[depth], []
            for profile, worth in enumerate(self.worth[state]):
                reach = total + worth + ahead[depth + 1]
                if most is not None and (reach < most if strict else reach <= most):
                    continue
                self._count()
                path[state] = profile
                hindrance = self.find(path)
                if hindrance is not None and hindrance not in self.used:
                    self.used.append(hindrance)
                branches.append([profile, hindrance or node(depth + 1, total + worth)])
                del path[state]
            return branches

        return node(0, 0)

    def _count(self) -> None:
        self.nodes += 1
        if self.nodes > NODE_LIMIT:
            raise TooLarge(f"a proof would list over {NODE_LIMIT:,} profiles")


# --- multipliers and trees of supports ------------------------------------------------------------

Multipliers = Mapping[tuple[int, int, int], Fraction]
"""By deviation: agent, recommended action, new action."""


def multipliers(listed: Sequence[Multipliers]) -> tuple[int, list[list[list[int]]]]:
    """Multipliers for each state over their common denominator."""
    scale = common_denominator([y for row in listed for y in row.values()])
    return scale, [
        [[*move, int(y * scale)] for move, y in sorted(row.items()) if y] for row in listed
    ]


@dataclass(frozen=True)
class SupportShift:
    """A shift of an agent's weights between its actions.

    sources: the actions from which it takes weight. loss, gain: the actions of the other agent
    against which it loses, or gains.
    """

    agent: int
    weights: tuple[int, ...]
    sources: frozenset[int]
    loss: frozenset[int]
    gain: frozenset[int]


def support_tree(
    sizes: Sequence[int], forbidden: Sequence[Profile], shifts: Sequence[SupportShift]
) -> Plain:
    """A tree over the supports of two agents' mixed strategies that refutes all forbidden profiles.

    A branch ends where no forbidden profile may be played, or in a shift. Every pair of supports
    that reaches a forbidden profile must be refuted by a shift.
    """

    def node(played: tuple[frozenset[int], ...], idle: tuple[frozenset[int], ...]) -> Plain:
        open_pairs = [p for p in forbidden if all(p[i] not in idle[i] for i in (0, 1))]
        if not open_pairs:
            return None
        for shift in shifts:
            i, j = shift.agent, 1 - shift.agent
            if shift.sources <= played[i] and shift.loss <= idle[j] and shift.gain & played[j]:
                return {"agent": i, "weights": list(shift.weights)}
        choices = [(i, open_pairs[0][i]) for i in (0, 1)]
        choices += [(i, a) for i in (0, 1) for a in range(sizes[i])]
        agent, action = next((i, a) for i, a in choices if a not in played[i] | idle[i])
        return [
            agent,
            action,
            node(_with(played, agent, action), idle),
            node(played, _with(idle, agent, action)),
        ]

    empty: frozenset[int] = frozenset()
    return node((empty, empty), (empty, empty))


def _with(sets: tuple[frozenset[int], ...], agent: int, action: int) -> tuple[frozenset[int], ...]:
    return tuple(own | {action} if i == agent else own for i, own in enumerate(sets))
