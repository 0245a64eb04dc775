"""The stored fields of a table-game row, recomputed from its payoffs in exact arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from coopgap.theory.dilemmas import axioms, moral_hazard_rows
from coopgap.theory.environments import Environment, Profile
from coopgap.theory.equilibria import pure_nash
from coopgap.theory.exact import IntArray
from coopgap.theory.readers.table_games import Bimatrix, StoredNumber, TableGame
from coopgap.theory.welfare import maximisers, nash_product, profiles_where, rawlsian, utilitarian


@dataclass(frozen=True)
class Problem:
    """One stored field that its payoffs contradict: the stored value, and the true one."""

    field: str
    stored: str
    computed: str
    message: str


_PROFILES: dict[str, Callable[[Environment], tuple[Profile, ...]]] = {
    "target_nash_equilibria": lambda game: profiles_where(pure_nash(game.payoffs)[0]),
    "target_utility_maximizing": lambda game: maximisers(utilitarian(game)[0]),
    "target_rawlsian": lambda game: maximisers(rawlsian(game)[0]),
    "target_nash_social_welfare": lambda game: maximisers(nash_product(game)[0]),
}
_PROFILES |= {
    "target_nash_4x4": _PROFILES["target_nash_equilibria"],
    "target_utilitarian_4x4": _PROFILES["target_utility_maximizing"],
    "target_rawlsian_4x4": _PROFILES["target_rawlsian"],
}

_NUMBERS: dict[str, Callable[[Environment], Fraction]] = {
    "nash_social_welfare": lambda game: _greatest(nash_product(game), game.denominator**2),
    "max_utilitarian": lambda game: _greatest(utilitarian(game), game.denominator),
    "max_rawlsian": lambda game: _greatest(rawlsian(game), game.denominator),
}
_NUMBERS |= {
    "utilitarian_welfare_4x4": _NUMBERS["max_utilitarian"],
    "rawlsian_welfare_4x4": _NUMBERS["max_rawlsian"],
}

_ORDERS = {"prisoner's dilemma": "T > R > P > S", "stag hunt": "R > T ≥ P > S"}


def recompute(game: TableGame) -> list[Problem]:
    """Every stored field that does not follow from the row's payoffs."""
    return [
        *_formal_game(game),
        *_profile_fields(game),
        *_number_fields(game),
        *_split_labels(game),
        *_split_matrix(game),
        *_epsilon(game),
        *_validity(game),
    ]


def denotes(stored: StoredNumber, exact: Fraction) -> bool:
    """Whether a stored number is the exact one or a decimal rounding of it.

    It is a rounding if its text and the exact number have the same nearest double.
    """
    if stored.value is None:
        return False
    if stored.value == exact:
        return True
    if not set(stored.text.lower()) & {".", "e"}:
        return False
    try:
        return float(stored.value) == float(exact)
    except OverflowError:
        return False


def _formal_game(game: TableGame) -> Iterator[Problem]:
    order = _ORDERS.get(game.formal_game.lower().replace("’", "'"))
    if order is None:
        return
    for agent, (r, s, t, p) in zip(("row", "col"), _payoffs_rstp(game.base), strict=True):
        holds = t > r > p > s if order.startswith("T") else r > t >= p > s
        if not holds:
            yield Problem(
                "formal_game",
                game.formal_game,
                f"(R, S, T, P) = ({r}, {s}, {t}, {p})",
                f"the {agent} agent's payoffs are not in the order {order}",
            )
            return


def _profile_fields(game: TableGame) -> Iterator[Problem]:
    for field, stored in game.targets.items():
        split = field.endswith("_4x4")
        # 2×2 files store their targets in lower case.
        spelt: Callable[[str], str] = str if split else str.lower
        row, col = game.labels if split else game.base_labels
        due = [
            (spelt(row[i]), spelt(col[j])) for i, j in _PROFILES[field](_environment(game, split))
        ]
        if stored.profiles is None:
            yield Problem(field, stored.text, _text(due), "the cell cannot be read as profiles")
            continue
        named = {(spelt(first), spelt(second)) for first, second in stored.profiles}
        missing = [profile for profile in due if profile not in named]
        extra = sorted(named - set(due))
        parts = [f"missing: {_text(missing)}"] if missing else []
        parts += [f"not one: {_text(extra)}"] if extra else []
        if parts:
            yield Problem(field, stored.text, _text(due), "; ".join(parts))


def _number_fields(game: TableGame) -> Iterator[Problem]:
    for field, stored in game.numbers.items():
        if field == "epsilon":
            continue
        exact = _NUMBERS[field](_environment(game, field.endswith("_4x4")))
        if not denotes(stored, exact):
            yield _wrong_number(field, stored, exact)


def _split_labels(game: TableGame) -> Iterator[Problem]:
    if game.split_labels is None:
        return
    columns = ("actions_row_4x4", "actions_col_4x4")
    for field, base, split in zip(columns, game.base_labels, game.split_labels, strict=True):
        for index, label in enumerate(split):
            if not label.startswith(base[index // 2]):
                yield Problem(
                    field,
                    label,
                    f"{base[index // 2]} …",
                    f"label {index + 1} does not name an effort level of {base[index // 2]!r}",
                )


def _split_matrix(game: TableGame) -> Iterator[Problem]:
    if game.split is None:
        return
    row, col = _payoffs_rstp(game.base)
    if row != col:
        yield Problem(
            "payoff_matrix_4x4",
            "(a matrix)",
            "(none)",
            "the 2×2 game is not symmetric, so theory.md §3 does not define a 4×4 game",
        )
        return
    rows = moral_hazard_rows(*row)
    due = {
        (i, j, agent): rows[i][j] if agent == 0 else rows[j][i]
        for i, j, agent in product(range(4), range(4), range(2))
    }
    stored = {(i, j, agent): game.split[i][j][agent] for i, j, agent in due}
    scale = _scale(stored, due)
    wrong = sorted(
        {(i, j) for i, j, agent in due if stored[i, j, agent] != scale * due[i, j, agent]}
    )
    if scale <= 0:
        yield Problem(
            "payoff_matrix_4x4",
            f"{scale} × the matrix of theory.md §3",
            "a positive multiple of it",
            f"the stored matrix is the one of theory.md §3 times {scale}",
        )
    elif wrong:
        i, j = wrong[0]
        yield Problem(
            "payoff_matrix_4x4",
            f"[{i}][{j}] = [{stored[i, j, 0]}, {stored[i, j, 1]}]",
            f"[{i}][{j}] = [{scale * due[i, j, 0]}, {scale * due[i, j, 1]}]",
            f"cells that are not {scale} times theory.md §3, as most are: "
            + ", ".join(f"[{i}][{j}]" for i, j in wrong),
        )


def _epsilon(game: TableGame) -> Iterator[Problem]:
    stored = game.numbers.get("epsilon")
    if stored is None:
        return
    (reward, _, _, punishment), _ = _payoffs_rstp(game.base)
    if not denotes(stored, (reward - punishment) / 6):
        yield _wrong_number("epsilon", stored, (reward - punishment) / 6)


def _validity(game: TableGame) -> Iterator[Problem]:
    stored = game.notes.get("valid_4x4")
    if stored is None or game.split is None:
        return
    broken = _broken_conditions(game)
    # A row can also be stored as invalid for reasons that payoffs do not show, such as its story.
    if stored.lower() == "true" and broken:
        yield Problem("valid_4x4", stored, "False", f"violated: {', '.join(broken)}")
    elif stored.lower() == "false" and not broken and not game.notes.get("validity_notes"):
        yield Problem("valid_4x4", stored, "True", "every condition of theory.md §3 holds")
    elif stored.lower() not in ("true", "false"):
        yield Problem("valid_4x4", stored, str(not broken), "this is neither True nor False")


def _broken_conditions(game: TableGame) -> list[str]:
    """The conditions and axioms of theory.md §3 that the game violates, by name."""
    (r, s, t, p), _ = _payoffs_rstp(game.base)
    common = {"2(S+T) > R+3P": 2 * (s + t) > r + 3 * p, "3(S+T) < 5R+P": 3 * (s + t) < 5 * r + p}
    fourth = "axiom-iv-strict"
    match game.formal_game.lower().replace("’", "'"):
        case "prisoner's dilemma":
            conditions = {
                "T > R > P > S": t > r > p > s,
                "3(T−R) > R−P": 3 * (t - r) > r - p,
                "3(P−S) > R−P": 3 * (p - s) > r - p,
            } | common
        case "stag hunt":
            conditions = {"R > T > P > S": r > t > p > s, "2R > S+T": 2 * r > s + t} | common
            fourth = "axiom-iv-partial"
        case _:
            return ["the game is neither a prisoner's dilemma nor a stag hunt"]
    holding = axioms(game.environment())
    required = ("axiom-i", "axiom-ii", "axiom-iii", fourth)
    return [name for name, holds in conditions.items() if not holds] + [
        name for name in required if not holding[name]
    ]


def _payoffs_rstp(base: Bimatrix) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """(R, S, T, P) of the row and of the column agent."""
    (cc, cd), (dc, dd) = base
    return (cc[0], cd[0], dc[0], dd[0]), (cc[1], dc[1], cd[1], dd[1])


def _scale(
    stored: dict[tuple[int, int, int], Fraction], due: dict[tuple[int, int, int], Fraction]
) -> Fraction:
    """The factor by which most stored cells differ from their true values."""
    ratios = Counter(stored[cell] / due[cell] for cell in due if due[cell] != 0)
    return ratios.most_common(1)[0][0] if ratios else Fraction(1)


def _environment(game: TableGame, split: bool) -> Environment:
    return game.environment() if split else game.base_environment()


def _text(profiles: Iterable[tuple[str, str]]) -> str:
    return "|".join(str(profile) for profile in profiles) or "None"


def _wrong_number(field: str, stored: StoredNumber, exact: Fraction) -> Problem:
    message = (
        "the cell is no number"
        if stored.value is None
        else f"the payoffs give {exact}, not {stored.text.strip()}"
    )
    return Problem(field, stored.text, str(exact), message)


def _greatest(values: IntArray, denominator: int) -> Fraction:
    return Fraction(int(values.max()), denominator)
