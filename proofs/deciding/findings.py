"""What one run has found: answers, correlated bounds, certificates, each found once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from coopgap.proofs.algebra.conditions import Point
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.decide import (
    BenefitFinding,
    Certified,
    CorrelatedFinding,
    CorrelatedPlay,
)
from coopgap.proofs.deciding.reports import Parameters
from coopgap.proofs.deciding.thresholds import bracketed
from coopgap.proofs.deciding.worker import TimedOut, Worker
from coopgap.proofs.questions.mixed import MixedEquilibria
from coopgap.proofs.questions.obligations import (
    BestSelection,
    Bracket,
    Levels,
    Reached,
    Setting,
    Threshold,
    Unanswered,
    Value,
)
from coopgap.proofs.trusted.problems import Problem
from coopgap.theory.contracts import ContractClass, Directives, Transfers
from coopgap.theory.dilemmas import domination_threshold
from coopgap.theory.environments import Environment
from coopgap.theory.exact import INFINITY, Extended
from coopgap.theory.information import (
    Information,
    PooledBest,
    complete_information,
    pooled_best,
)
from coopgap.theory.json_values import JsonObject
from coopgap.theory.specification import Specification
from coopgap.theory.welfare import FirstBest, first_best

if TYPE_CHECKING:
    from coopgap.proofs.questions.mechanisms import Lifted, Mechanisms, Society
    from coopgap.proofs.questions.private import (
        BestStrategies,
        CorrelatedStrategies,
        LeastLevel,
        PrivateSetting,
        Strategies,
    )

Result = TypeVar("Result")
Ts = TypeVarTuple("Ts")

MECHANISM_SECONDS = 60.0
"""How long each programme for the best mechanism may take."""

FOR_TRANSFERS = "mechanisms are decided for transfers only"


@dataclass
class Findings:
    """Finds what is asked of a specification, in the worker, and keeps it for the rest of the run.

    texts: SHA-256 → text of every certificate that the checker accepted.
    """

    specification: Specification
    worker: Worker
    progress: Callable[[str], None]
    texts: dict[str, str] = field(default_factory=dict)
    _known: dict[object, Any] = field(default_factory=dict)

    @property
    def environment(self) -> Environment:
        """The environment in question."""
        return self.specification.environment

    @property
    def selfish(self) -> Levels:
        """λ = 0 for every agent."""
        return (Fraction(0),) * len(self.environment.players)

    def setting(self, language: str | None) -> Setting:
        """A listed language with its contracts, or play alone."""
        if language is None:
            return decide.no_contract(self.environment)
        named = self.specification.named(language)
        return Setting(self.environment, named.language, named.contracts)

    def run(
        self, task: str, function: Callable[[*Ts], Result], *arguments: *Ts
    ) -> Result | Unanswered:
        """The function's result, or the reason why there is none in time."""
        self.progress(task)
        try:
            return self.worker.call(function, *arguments)
        except TimedOut as reason:
            return Unanswered(str(reason))

    def first_best(self) -> FirstBest:
        """W* and the profiles that attain it."""
        if "first best" not in self._known:
            self._known["first best"] = first_best(self.environment)
        return self._known["first best"]  # type: ignore[no-any-return]

    def value(self, language: str | None, levels: Levels) -> BestSelection | Unanswered:
        """The best implementable selection at these levels."""
        task = f"value of {language or 'play alone'}"
        answer = self._once(
            (language, levels), task, decide.ask, Value(self.setting(language), levels)
        )
        assert isinstance(answer, BestSelection | Unanswered)
        return answer

    def gap(self, best: BestSelection) -> Extended:
        """What the best selection loses, in utils."""
        if isinstance(best.welfare, Fraction):
            return self.first_best().welfare - best.welfare
        return INFINITY

    def threshold(self, language: str | None) -> Reached | Unanswered:
        """The least common λ, or bounds on it."""
        key = "threshold bounds", language
        if key not in self._known:
            answer, setting = self._exact_threshold(language), self.setting(language)
            if isinstance(answer, Unanswered) and not isinstance(setting.contracts, Directives):
                answer = bracketed(setting, answer, self.run)
            self._known[key] = answer
        return self._known[key]  # type: ignore[no-any-return]

    def _exact_threshold(self, language: str | None) -> Reached | Unanswered:
        task = f"threshold of {language or 'play alone'}"
        answer = self._once((language,), task, decide.ask, Threshold(self.setting(language)))
        assert isinstance(answer, Reached | Unanswered)
        return answer

    def correlated(self, language: str) -> CorrelatedFinding | Unanswered:
        """The correlated bound of a language with transfers."""
        pure = self.value(language, self.selfish)
        best = pure if isinstance(pure, BestSelection) else None
        task, setting = f"correlated bound of {language}", self.setting(language)
        return self._once((language,), task, decide.correlated, setting, best)

    def correlated_play(self, language: str, enough: Fraction) -> CorrelatedPlay | Unanswered:
        """Good correlated play under transfers; more welfare than enough is not sought."""
        pure = self.value(language, self.selfish)
        best = pure if isinstance(pure, BestSelection | Bracket) else None
        task, setting = f"correlated play of {language}", self.setting(language)
        return self._once((language,), task, decide.correlated_play, setting, best, enough)

    def mixed(self) -> dict[int, MixedEquilibria]:
        """What is found of the mixed equilibria of selfish agents, before the worker is stopped.

        If it is stopped all the same, the pure ones are listed.
        """
        known, game = decide.known_equilibria, self.environment
        seconds = min(decide.MIXED_SECONDS, 0.5 * self.worker.seconds)
        answer = self.run("mixed equilibria", known, game, seconds)
        if isinstance(answer, Unanswered):
            listed = known(game, seconds=-1.0)
            return {s: replace(own, reason=answer.reason) for s, own in listed.items()}
        return answer

    @property
    def information(self) -> Information:
        """What agents see."""
        return self.specification.information or complete_information(self.environment)

    def pooled(self) -> PooledBest:
        """The first best of agents who pool what they see."""
        key = "pooled first best", ()
        if key not in self._known:
            self._known[key] = pooled_best(self.environment, self.information)
        return self._known[key]  # type: ignore[no-any-return]

    def society(self, language: str, levels: Levels) -> Society | Unanswered:
        """What the mechanisms of a listed language are about; of directives there are none."""
        setting = self.setting(language)
        if setting.language is None or not isinstance(setting.contracts, Transfers):
            return Unanswered(FOR_TRANSFERS)
        from coopgap.proofs.questions.mechanisms import Society

        return Society(
            self.environment, self.information, setting.language, setting.contracts, levels
        )

    def mechanisms(self, language: str, levels: Levels) -> Mechanisms | Unanswered:
        """What the mechanisms of a language reach at these levels."""
        society = self.society(language, levels)
        if isinstance(society, Unanswered):
            return society
        task = f"mechanisms of {language}"
        return self._once((language, levels), task, decide.mechanisms, society, MECHANISM_SECONDS)

    def lifted_mechanism(
        self, language: str, levels: Levels, about: Problem, point: Point
    ) -> Lifted | Unanswered:
        """The best mechanism of a family around the point at which this game is in it."""
        society = self.society(language, levels)
        if isinstance(society, Unanswered):
            return society
        arguments = society, about, point, MECHANISM_SECONDS
        task = f"mechanisms of {language}"
        return self.run(task, decide.lifted_mechanism, *arguments)

    def relaxed(self, language: str, society: Society, without: str) -> Mechanisms | Unanswered:
        """What the mechanisms of a language reach once rules are dropped."""
        task = f"mechanisms of {language} without {without}"
        return self._once((society.levels,), task, decide.mechanisms, society, MECHANISM_SECONDS)

    def private_setting(
        self, language: str | None, contracts: ContractClass | None = None
    ) -> PrivateSetting:
        """A listed language with its contracts or others, or play alone, with what agents see."""
        from coopgap.proofs.questions.private import private_setting

        setting = self.setting(language)
        if contracts is not None:
            setting = replace(setting, contracts=contracts)
        return private_setting(setting, self.information)

    def private_value(self, language: str | None, levels: Levels) -> BestStrategies | Unanswered:
        """The best strategies that contracts of a language make an equilibrium."""
        setting, task = self.private_setting(language), f"value of {language or 'play alone'}"
        return self._once(
            (language, levels), task, decide.private_value, setting, levels, MECHANISM_SECONDS
        )

    def private_equilibria(self, levels: Levels) -> tuple[Strategies, ...] | Unanswered:
        """All strategies that are an equilibrium without a contract."""
        setting, task = self.private_setting(None), "equilibria in strategies"
        return self._once(
            (levels,), task, decide.private_equilibria, setting, levels, MECHANISM_SECONDS
        )

    def private_directives(self, language: str) -> BestStrategies | Unanswered:
        """The best strategies that complete directives in a language allow."""
        setting = self.private_setting(language, Directives())
        task = f"directives of {language}"
        return self._once((), task, decide.private_value, setting, self.selfish, MECHANISM_SECONDS)

    def private_correlated(self, language: str) -> CorrelatedStrategies | Unanswered:
        """What correlated play reaches at most under the transfers of a language."""
        setting, task = self.private_setting(language), f"correlated bound of {language}"
        return self._once((), task, decide.private_correlated, setting, MECHANISM_SECONDS)

    def private_threshold(self, language: str | None) -> LeastLevel | Unanswered:
        """The least common λ at which strategies reach the pooled first best."""
        setting = self.private_setting(language)
        task, best = f"threshold of {language or 'play alone'}", self.pooled().welfare
        return self._once(
            (language,), task, decide.private_threshold, setting, best, MECHANISM_SECONDS
        )

    def certify_mechanism(
        self, society: Society, claim: Mapping[str, object], witness: JsonObject
    ) -> Certified | Unanswered:
        """The checked certificate of a claim about mechanisms; kept if the core accepts it."""
        task = f"certificate of {claim['id']}"
        return self.keep(self.run(task, decide.certify_mechanism, society, claim, witness))

    def benefit(self) -> BenefitFinding | Unanswered:
        """Who gains from the first best."""
        return self._once((), "who benefits", decide.benefit, self.environment)

    def domination_threshold(self) -> Fraction | Unanswered | None:
        """λ̄ of T9."""
        return self._once((), "domination", domination_threshold, self.environment)

    def certify(
        self,
        setting: Setting | PrivateSetting,
        levels: Levels | None,
        claim: Mapping[str, object],
        build: Callable[[*Ts], JsonObject],
        *arguments: *Ts,
    ) -> Certified | Unanswered:
        """The checked certificate of a claim; kept if the trusted core accepts it."""
        task = f"certificate of {claim['id']}"
        certified = self.run(task, decide.certify, setting, levels, claim, build, *arguments)
        return self.keep(certified)

    def keep(self, certified: Certified | Unanswered) -> Certified | Unanswered:
        """The same; the text of a certificate is kept if the checker accepted it."""
        if isinstance(certified, Certified) and certified.accepted:
            self.texts[certified.sha256] = certified.text
        return certified

    @staticmethod
    def note(into: dict[str, str], name: str, certified: Certified | Unanswered) -> bool:
        """Notes a certificate's hash by name if the checker accepted it; says whether it did."""
        if isinstance(certified, Certified) and certified.accepted:
            into[name] = certified.sha256
            return True
        return False

    def noted(
        self, into: dict[str, str], name: str, certified: Certified | Unanswered
    ) -> Unanswered | None:
        """Notes a certificate as ``note``; why its quantity is unknown if it is contradicted."""
        self.note(into, name, certified)
        if isinstance(certified, Certified) and certified.is_contradicted:
            return Unanswered(f"the checker rejected its certificate: {certified.reason}")
        return None

    def certify_value(
        self, setting: Setting, levels: Levels, best: BestSelection
    ) -> Certified | Unanswered:
        """The certificate of V."""
        claim = {"id": "value", "holds": True, "value": str(best.welfare)}
        return self.certify(setting, levels, claim, decide.value_witness, setting, levels, best)

    def certify_threshold(self, setting: Setting, reached: Reached) -> Certified | Unanswered:
        """The certificate of λ*."""
        claim = {"id": "threshold", "holds": True, "value": str(reached.level)}
        return self.certify(setting, None, claim, decide.threshold_witness, setting, reached)

    def _once(
        self,
        key: tuple[Hashable, ...],
        task: str,
        function: Callable[[*Ts], Result | Unanswered],
        *arguments: *Ts,
    ) -> Result | Unanswered:
        """What ``run`` finds, once for each task and key."""
        if (task, *key) not in self._known:
            self._known[task, *key] = self.run(task, function, *arguments)
        return self._known[task, *key]  # type: ignore[no-any-return]


class OneGame:
    """What the finders of a game have in common, whatever its players see.

    mechanisms: whether what mechanisms reach is asked for, beside the claims about them.
    """

    family = False

    def __init__(self, findings: Findings, mechanisms: bool = False) -> None:
        self.findings, self.mechanisms = findings, mechanisms
        self.names = findings.environment
        self.progress = findings.progress
        self.specification = findings.specification
        self.texts = findings.texts
        self.parameters: Parameters = {"names": (), "assume": ()}
        self.selfish = findings.selfish

    def numbers(self, place: int | None) -> Levels:
        """The λ of each player, at a listed level or of selfish agents."""
        return self.selfish if place is None else self.specification.levels[place]
