"""Small random families of games as spec texts, from plain seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from coopgap.theory.errors import InputError
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification

PARAMETERS = ("x", "y", "z")

CONTRACTS = (
    'budget = "balanced"',
    'budget = "balanced"',
    'budget = "free"',
    'budget = "burnt"',
    'budget = "balanced", liability = "1/2"',
    'budget = "burnt", liability = "1"',
    'budget = "free", liability = "1"',
    'kind = "directive"',
    'kind = "directive", permissive = true',
)

GROUPS = (
    "",
    'states = [["w1", "w2"]]',
    'actions = { row = [["A", "B"]] }',
    'states = [["w1", "w2"]]\nactions = { col = [["A", "B"]] }',
    'actions = { row = [["A", "B"]], col = [["A", "B"]] }',
)

RECORDS = (
    "records = []",
    "records = [\"row == 'A' and col == 'A'\"]",
    'records = ["row == col"]',
    "records = [\"row == 'A'\", \"state == 'w1'\"]",
)


@dataclass(frozen=True)
class RandomFamily:
    """A seed and the text of its spec."""

    seed: int
    text: str

    @property
    def specification(self) -> FamilySpecification:
        specification = spec_from_text(self.text, f"seed {self.seed}")
        assert isinstance(specification, FamilySpecification)
        return specification

    def __str__(self) -> str:
        return f"seed {self.seed}:\n{self.text}"


def family(seed: int) -> RandomFamily:
    """The same seed gives the same family."""
    rng = Random(seed)
    while True:
        text = _text(rng)
        try:
            spec_from_text(text, "")
        except InputError:  # a parameter that does not matter
            continue
        return RandomFamily(seed, text)


def _text(rng: Random) -> str:
    names = PARAMETERS[: rng.choice([1, 1, 1, 2])]
    states = rng.choice([1, 1, 2])
    chance = len(names) == 1 and states == 2
    parameters = [*names, *(["q"] if chance else [])]
    assume = ["0 <= q <= 1"] if chance else []
    if rng.random() < 0.5:
        assume.append(f"{rng.choice(names)} > {rng.choice(['0', '-1', '1/2'])}")
    if len(names) > 1 and rng.random() < 0.5:
        assume.append(f"{names[0]} {rng.choice(['>', '>=', '<'])} {names[1]}")
    lines = [f"[parameters]\nnames = {_listed(parameters)}\nassume = {_listed(assume)}", "[game]"]
    lines.append('players = ["row", "col"]\nactions = { row = ["A", "B"], col = ["A", "B"] }')
    if states == 2:
        prior = ["q", "1 - q"] if chance else ["1/3", "2/3"]
        lines.append(f'states = {{ names = ["w1", "w2"], prior = {_listed(prior)} }}')
    lines.append('cooperative = { row = ["A"], col = ["A"] }')
    for state in range(states):
        lines.append(f"[game.payoffs.w{state + 1}]" if states == 2 else "[game.payoffs]")
        symmetric = rng.random() < 0.4
        cells = [[_linear(rng, names) for _ in range(2)] for _ in range(2)]
        lines.append(f"row = [{', '.join(map(_listed, cells))}]")
        cells = [[_linear(rng, names) for _ in range(2)] for _ in range(2)]
        lines.append(
            'col = "symmetric"' if symmetric else f"col = [{', '.join(map(_listed, cells))}]"
        )
    listed = rng.sample(CONTRACTS, 2)
    for number, contracts in enumerate(listed):
        groups = [group for group in GROUPS if states == 2 or "states" not in group]
        records = [record for record in RECORDS if states == 2 or "state ==" not in record]
        kinds = groups if "directive" in contracts else groups + records
        lines.append(
            f'[[language]]\nname = "L{number}"\n{rng.choice(kinds)}\ncontracts = {{ {contracts} }}'
        )
    some = _linear(rng, names)
    lines.append('[prosociality]\nlambda = ["0", { row = "1", col = "1/2" }]')
    claims = [
        'id = "gap-zero"\nlanguage = "L0"',
        'id = "gap-positive"\nlanguage = "L1"',
        f'id = "gap-at-most"\nlanguage = "L0"\nvalue = "{some}"',
        f'id = "gap-at-least"\nlanguage = "L1"\nvalue = "{some}"',
        'id = "threshold-at-most"\nlanguage = "L0"\nvalue = "1"',
        'id = "closes"\nlambda = "1"',
        'id = "closes"\nlanguage = "L1"\nlambda = "1/2"',
        'id = "unique-nash"',
        'id = "beneficial"',
        'id = "beneficial-with-side-payments"',
        'id = "axiom-i"',
        'id = "axiom-ii"',
        'id = "axiom-iv-partial"',
    ]
    lines += [f"[[claim]]\n{claim}" for claim in rng.sample(claims, 3)]
    return "\n".join(lines) + "\n"


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(f'{chr(34)}{text}{chr(34)}' for text in texts)}]"


def _linear(rng: Random, names: Sequence[str]) -> str:
    """A number, or a sum of one and a parameter, or of two parameters."""
    number = str(rng.choice([0, 0, 1, 1, 2, 3, -1]))
    kind = rng.random()
    if kind < 0.55:
        return number
    name = rng.choice(names)
    if kind < 0.75:
        return name if number == "0" else f"{name} + {number}"
    if kind < 0.9:
        return f"{number} - {name}"
    return f"2*{name} - {rng.choice(names)}"
