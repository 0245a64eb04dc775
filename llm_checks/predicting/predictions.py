"""Predictions as values, and registrations of them: documents with a hash, fixed before data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

from coopgap.llm_checks.predicting.quantities import is_rate, words_for
from coopgap.llm_checks.predicting.regimes import Condition
from coopgap.proofs.certificates.certificate import canonical, digest
from coopgap.theory.equilibria import Equilibrium
from coopgap.theory.errors import InputError
from coopgap.theory.languages import record_table
from coopgap.theory.specification import Specification

NEVER = "never"
"""How a prediction fails that no data could contradict."""

RATES = Fraction(0), Fraction(1)

MARGIN = Fraction(1, 20)
"""How far from a predicted number data may lie that still count as equivalent to it."""

EXACT = "exact binomial interval (Clopper and Pearson 1934), Holm over the family"
BETTING = "betting interval (Waudby-Smith and Ramdas 2024), Holm over the family"


@dataclass(frozen=True)
class Prediction:
    """The quantity lies in [low, high] in one condition; None: no bound on that side.

    quantity: ``first-best`` (its probability), ``class:NAME`` (the rate of a verifiable class
    profile), ``welfare`` or ``points:PLAYER`` (what a player earns, both in utils) or ``lambda`` (a
    pure number). primary: whether it belongs to the family that is judged together; the others are
    exploratory.
    """

    id: str
    claim: str
    statement: str
    quantity: str
    low: Fraction | None
    high: Fraction | None
    test: str
    fails_if: str
    regime: str
    disposition: str
    primary: bool = False


@dataclass(frozen=True)
class OrderingPrediction:
    """The quantity is higher in the condition ``higher`` than in ``lower``."""

    id: str
    claim: str
    statement: str
    quantity: str
    higher: str
    lower: str
    test: str
    fails_if: str
    primary: bool = True


@dataclass(frozen=True)
class Design:
    """How predictions are to be tested; fixed with them.

    margin: a prediction of one number counts as that number give or take this share of the
    quantity's range (of a rate: so many hundredths). repetitions: plays of each game in each
    condition, at most so many in a sequential run. reasoning: whether agents may reason before they
    answer. talk: whether each sends the others a message before. wordings: in how many wordings the
    question about an action is asked.
    """

    margin: Fraction = MARGIN
    repetitions: int = 1
    sequential: bool = False
    reasoning: bool = False
    talk: bool = False
    wordings: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.margin < 1:
            raise InputError(
                f"{self.margin} is no margin", fix="give a number in [0, 1)", field="--margin"
            )

    def document(self) -> dict[str, Any]:
        """As plain JSON; a part of the protocol that is not used is left out."""
        defaults = {"reasoning": False, "talk": False, "wordings": 1}
        return {name: value for name, value in plain(self).items() if defaults.get(name) != value}


@dataclass(frozen=True)
class Equilibria:
    """The equilibria of a condition, and exact bounds on quantities.

    pure: by state, as action indices of the whole game. mixed: the extreme ones by state, or why
    they are unknown. independent, correlated: (low, high) by quantity, welfare and points in utils.
    Where mixed equilibria are unknown, ``independent`` has the first best and welfare alone.
    """

    condition: Condition
    pure: Mapping[int, tuple[tuple[int, ...], ...]]
    mixed: Mapping[int, tuple[Equilibrium, ...]] | str
    independent: Mapping[str, tuple[Fraction, Fraction]]
    correlated: Mapping[str, tuple[Fraction, Fraction]]

    def bounds(self, quantity: str) -> tuple[Fraction, Fraction] | None:
        """The narrowest bounds that are known."""
        return self.independent.get(quantity) or self.correlated.get(quantity)


@dataclass(frozen=True)
class Predictions:
    """The predictions for a study.

    vacuous: ids of intervals that no data could leave, which are not registered. unknown: what
    could not be predicted, and why.
    """

    study: str
    intervals: tuple[Prediction, ...]
    orderings: tuple[OrderingPrediction, ...]
    equilibria: tuple[Equilibria, ...] = ()
    vacuous: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    design: Design = Design()

    def registration(self) -> dict[str, Any]:
        """The predictions as a document with its hash, fixed before data are seen."""
        body = {
            "study": self.study,
            "design": self.design.document(),
            "predictions": plain(self.intervals),
            "orderings": plain(self.orderings),
        }
        return body | {"sha256": digest(canonical(body))}

    @property
    def sha256(self) -> str:
        """The hash of the registration, which a run records."""
        return str(self.registration()["sha256"])


def interval(
    name: str,
    claim: str,
    quantity: str,
    bounds: tuple[Fraction | None, Fraction | None],
    condition: Condition | Prediction,
    possible: tuple[Fraction, Fraction] | None = None,
    ending: str = "",
) -> Prediction:
    """A prediction in words.

    condition: the one it is about, or another prediction about it. possible: the quantity's range,
    None if it is not known and for rates. ending: what the statement ends with.
    """
    low, high = bounds
    return Prediction(
        id=name,
        claim=claim,
        statement=_statement(quantity, low, high) + ending,
        quantity=quantity,
        low=low,
        high=high,
        test=EXACT if is_rate(quantity) else BETTING,
        fails_if=_fails_if(low, high, RATES if is_rate(quantity) else possible),
        regime=str(condition.regime),
        disposition=str(condition.disposition),
    )


def study_hash(specifications: Sequence[Specification]) -> str:
    """The SHA-256 of the games and languages that predictions are about."""
    return digest(canonical([_hashed(specification) for specification in specifications]))


def _hashed(specification: Specification) -> list[Any]:
    game = specification.environment
    table = plain(game.prior), game.denominator, game.payoffs.tolist()
    languages = [
        [named.name, repr(named.contracts), record_table(named.language, game).tolist()]
        for named in specification.languages
    ]
    return [[game.players, game.actions, game.states, *table], languages]


_RANK = {"lambda": 0, "first-best": 1, "welfare": 2}


def sifted(intervals: Sequence[Prediction]) -> tuple[tuple[Prediction, ...], tuple[str, ...]]:
    """The predictions that data could leave, and the ids of the others.

    One is primary for each claim about a condition: about the first best where that is bounded,
    else about welfare, else about a class: they are views of one equilibrium. The bound V(λ, L) and
    the threshold λ* are claims of their own.
    """
    open_ = [prediction for prediction in intervals if prediction.fails_if != NEVER]
    best: dict[tuple[str | bool, ...], str] = {}
    for prediction in sorted(open_, key=lambda own: _RANK.get(own.quantity, len(_RANK))):
        kind = prediction.quantity == "lambda", prediction.id.endswith("/pure")
        best.setdefault((prediction.regime, prediction.disposition, *kind), prediction.id)
    primary = set(best.values())
    return (
        tuple(replace(prediction, primary=prediction.id in primary) for prediction in open_),
        tuple(prediction.id for prediction in intervals if prediction.fails_if == NEVER),
    )


def from_registration(document: Mapping[str, Any]) -> Predictions:
    """Reads what ``registration`` wrote. Raises InputError where the hash does not fit."""
    try:
        body = {name: document[name] for name in ("study", "design", "predictions", "orderings")}
        design = document["design"]
        predictions = Predictions(
            study=str(document["study"]),
            intervals=tuple(
                Prediction(**(entry | {side: _bound(entry[side]) for side in ("low", "high")}))
                for entry in document["predictions"]
            ),
            orderings=tuple(OrderingPrediction(**entry) for entry in document["orderings"]),
            design=Design(**(design | {"margin": Fraction(design["margin"])})),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(
            "this is no registration of predictions", fix="write one with predict --register"
        ) from None
    if document.get("sha256") != digest(canonical(body)):
        raise InputError(
            "the registered predictions were changed after they were registered",
            fix="register them anew, before data are seen",
            field="sha256",
        )
    return predictions


def _statement(quantity: str, low: Fraction | None, high: Fraction | None) -> str:
    subject = words_for(quantity)
    if low == high:
        return f"{subject} is {low}"
    if low is None or high is None:
        return f"{subject} is {f'at most {high}' if low is None else f'at least {low}'}"
    return f"{subject} is in [{low}, {high}]"


def _fails_if(
    low: Fraction | None, high: Fraction | None, possible: tuple[Fraction, Fraction] | None
) -> str:
    """The data that would contradict a prediction, given the possible range of the quantity."""
    sides = []
    if low is not None and (possible is None or low > possible[0]):
        sides.append(f"lower than {low}")
    if high is not None and (possible is None or high < possible[1]):
        sides.append(f"higher than {high}")
    return " or ".join(sides) or NEVER


def plain(value: Any) -> Any:
    """As plain JSON: values by field, exact numbers as text."""
    if isinstance(value, Fraction):
        return str(value)
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(entry) for name, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list | tuple) else value


def _bound(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
