"""The report of a run: one self-contained HTML page, and the same in Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from html import escape

import numpy as np

from coopgap.llm_checks.judging.evidence import VERDICTS, least_confirming
from coopgap.llm_checks.judging.findings import Bias, Findings, Judged
from coopgap.llm_checks.judging.judge import allowed
from coopgap.llm_checks.judging.pages import Part, Report, by_verdict
from coopgap.llm_checks.negotiating.bargains import Bargains
from coopgap.llm_checks.playing.models import EMBEDDED, is_simulated, names_in, writes
from coopgap.llm_checks.playing.run import Run
from coopgap.llm_checks.playing.simulation import named_agents
from coopgap.llm_checks.playing.telling import number
from coopgap.llm_checks.predicting.predictions import Prediction
from coopgap.llm_checks.predicting.quantities import is_rate, words_for
from coopgap.theory.welfare import first_best

MAX_PROFILES = 16
"""The largest number of profiles in a state whose payoffs are shown."""

MAX_MESSAGES = 20
"""How many messages are shown."""


def conclusion(run: Run, findings: Findings) -> str:
    """What the run says of the primary predictions, in one paragraph of words."""
    begun = f"{findings.complete} complete plays of {run.header.get('source')}."
    statements = [(result.judgement.verdict, _measured(result)) for result in findings.leading]
    if not statements:
        return f"{begun} Nothing that was predicted was measured."
    return " ".join([begun, *by_verdict(statements)])


def _measured(result: Judged) -> str:
    estimate, low, high = (f"{end:.2f}" for end in result.judgement.ends)
    return f"{in_brief(result)} (measured: {estimate}, from {low} to {high})"


def in_brief(result: Judged) -> str:
    """A prediction in a few words, with its condition if it is about one."""
    prediction = result.prediction
    brief = prediction.statement.partition(";")[0]
    if not isinstance(prediction, Prediction):
        return brief
    return f"in {prediction.regime}/{prediction.disposition} {brief}"


def played(findings: Findings) -> Part:
    """By condition: how often the first best was played, mean welfare, and the joint choices."""
    rows = []
    for outcome in findings.conditions:
        if outcome.welfare is not None:
            points = [f"{player} {float(gain):.3g}" for player, gain in outcome.points.items()]
            rows.append(
                [
                    outcome.condition,
                    str(outcome.plays),
                    f"{outcome.first_best} ({outcome.first_best / outcome.plays:.0%})",
                    f"{float(outcome.welfare):.3g}",
                    ", ".join(points),
                    "; ".join(f"{profile}: {count}" for profile, count in outcome.joint.items()),
                ]
            )
    header = ["condition", "plays", "first best", "mean welfare", "mean points", "joint choices"]
    return Part("What was played", header, rows)


def payoffs(run: Run) -> Part:
    """The payoffs of the first game, without a contract: in utils, by state and profile."""
    scene = run.study.scenes[0]
    environment = scene.environment
    several = len(environment.support) > 1
    profiles = list(np.ndindex(environment.shape))
    rows: list[list[str]] = []
    for state in environment.support:
        best = first_best(environment).profiles[state]
        for profile in profiles:
            own = [
                number(Fraction(int(of_agent[(state, *profile)]), environment.denominator))
                for of_agent in environment.payoffs
            ]
            mark = "first best" if profile in best else ""
            state_ = [environment.states[state]] if several else []
            rows.append([*state_, ", ".join(environment.labels(profile)), ", ".join(own), mark])
    header = [*(["state"] if several else []), "actions", ", ".join(environment.players), ""]
    suffix = f" (one of {len(run.study.scenes)} games)" if len(run.study.scenes) > 1 else ""
    listed = len(profiles) <= MAX_PROFILES
    return Part(f"Payoffs of {scene.name}{suffix}", header, rows if listed else [])


def prompt(run: Run) -> Part:
    """One question about an action as it was asked, in full; empty if none was."""
    questions = [question for play in run.plays for question in play.questions]
    ranked = sorted(questions, key=lambda question: question.kind != "decision")
    text = "".join(f"[system] {own.system}\n\n[user] {own.prompt}" for own in ranked[:1])
    return Part("One question in full", text=text)


def messages(run: Run) -> Part:
    """The first messages that agents wrote to each other."""
    rows = [
        [str(play.condition), player, message]
        for play in run.plays
        for player, message in zip(play.players, play.messages or (), strict=False)
    ]
    more = f", the first of {len(rows)}" if len(rows) > MAX_MESSAGES else ""
    return Part(f"Messages{more}", ["condition", "player", "message"], rows[:MAX_MESSAGES])


EMBEDDED_NOTE = (
    "The embedded model has 135 million parameters. A model of this size shows label and order "
    "bias rather than strategic reasoning: this run shows that the machinery works, and nothing of "
    "how capable models would play."
)
SIMULATED_NOTE = (
    "No language model was asked. These are simulated agents, whose truth is known; the "
    "disposition that a condition names means nothing to them."
)
SEQUENTIAL_NOTE = (
    "This run could stop as soon as every prediction was decided: its intervals hold at all sample "
    "sizes at once, so that stopping does not bias the verdicts."
)
NEGOTIATION_NOTE = (
    "In negotiated conditions one player proposes a contract before the state is known; it binds "
    "if it can be written in the language and all others accept it. A contract's worth is the best "
    "welfare of its pure equilibria at the condition's λ, exactly; V(λ, L) is the most that any "
    "writable contract has."
)
MENU_NOTE = (
    "These players write no contracts: the proposer chooses between none and the best contract of "
    "the language, so that what is proposed shows nothing of how well they would write one."
)


def report(run: Run, findings: Findings) -> Report:
    """All that a run shows, as a document."""
    return Report(
        title(run),
        [conclusion(run, findings), summary(findings)],
        [
            _rates(findings),
            _verdicts("Predictions and verdicts", findings, primary=True),
            _verdicts("Exploratory, each judged for itself", findings, primary=False),
            played(findings),
            _revealed(findings),
            payoffs(run),
            *_negotiated(findings.bargains),
            messages(run),
            _choices(findings),
            *_biases(findings),
            _decisions(run, findings),
            Part(
                "Registered, without data here",
                ["prediction", "statement", "why"],
                [
                    [result.prediction.id, result.prediction.statement, result.judgement.method]
                    for result in findings.judged
                    if not result.observations
                ],
            ),
            Part(
                "Rows that were skipped",
                ["row", "id", "why"],
                [[str(row.row), row.id, row.reason] for row in run.study.skipped],
            ),
            Part("Provenance", ["what", "value"], _flat(run.header)),
            prompt(run),
        ],
        notes(run, findings),
    )


def _rates(findings: Findings) -> Part:
    results = [
        result
        for result in findings.measured
        if isinstance(result.prediction, Prediction) and is_rate(result.prediction.quantity)
    ]
    body = f'<p class="soft keys">{_keys()}</p><div class="framed">{figure(results)}</div>'
    caption = "Dots: the measured rate; lines: its 95 % interval."
    return Part("Predicted and measured rates", caption=caption, figure=body if results else "")


def _verdicts(heading: str, findings: Findings, primary: bool) -> Part:
    rows = [
        [
            result.prediction.id,
            result.prediction.statement,
            result.prediction.claim,
            interval_text(result),
            str(result.observations),
            result.judgement.verdict,
            result.judgement.method
            + (", of probabilities" if result.measured_by == "probabilities" else "")
            + (f"; about {result.judgement.needed} needed" if result.judgement.needed else ""),
        ]
        for result in findings.measured
        if result.primary == primary
    ]
    header = ["prediction", "statement", "claim", "measured [95 %]", "plays", "verdict", "method"]
    return Part(heading, header, rows)


def _revealed(findings: Findings) -> Part:
    rows = [[condition, revealed.in_words()] for condition, revealed in findings.revealed.items()]
    return Part("The λ that choices reveal", ["condition", "λ̂ [95 %]"], rows)


def _choices(findings: Findings) -> Part:
    rows = [
        [condition, player, ", ".join(f"{action} {n}" for action, n in counts.items())]
        for condition, by_player in findings.choices.items()
        for player, counts in by_player.items()
    ]
    return Part("Choices", ["condition", "player", "actions"], rows)


def _biases(findings: Findings) -> list[Part]:
    chose = "chose an action of a first best"
    return [
        _shares("Label and order bias", "chosen", findings.biases, "unbiased", str),
        _shares("Wordings", chose, findings.wordings, "all wordings", lambda p: f"{float(p):.2f}"),
    ]


def _shares(
    heading: str,
    chosen: str,
    biases: Sequence[Bias],
    unbiased: str,
    written: Callable[[Fraction], str],
) -> Part:
    rows = [
        [
            bias.what,
            f"{bias.chosen} of {bias.decisions}",
            f"{bias.share:.2f} [{bias.low:.2f}, {bias.high:.2f}]",
            written(bias.expected),
            "bias" if bias.significant else "none shown",
        ]
        for bias in biases
    ]
    return Part(heading, ["what", chosen, "share [95 %]", unbiased, "found"], rows)


def _decisions(run: Run, findings: Findings) -> Part:
    rows = [
        ["designed", str(run.design_size)],
        *([name, str(count)] for name, count in findings.statuses.items()),
        *([["stopped", run.stopped]] if run.stopped else []),
        ["strictly parsed", str(findings.strict)],
        ["complete plays", str(findings.complete)],
        ["plays dropped for a missing decision", str(findings.dropped)],
        ["tokens in, out", f"{findings.input_tokens:,}, {findings.output_tokens:,}"],
        ["cost", f"${findings.cost:.4f}"],
    ]
    return Part("Decisions", ["what", "count"], rows)


def _negotiated(bargains: Sequence[Bargains]) -> list[Part]:
    """The outcomes of negotiations."""
    counts = [
        [
            bargain.condition,
            str(bargain.plays),
            str(bargain.parsed),
            str(bargain.readings.get("writable", 0)),
            str(bargain.accepted),
            "; ".join(
                f"{bargain.readings[name]} {word}"
                for name, word in _NO_CONTRACT.items()
                if name in bargain.readings
            ),
        ]
        for bargain in bargains
    ]
    several = len({contract.game for bargain in bargains for contract in bargain.contracts}) > 1
    contracts = [
        [
            bargain.condition,
            (f"{contract.game}: " if several else "") + contract.contract,
            *map(str, (contract.proposed, contract.accepted)),
            *(
                "none in pure equilibrium" if value is None else str(value)
                for value in (contract.value, contract.bound, bargain.alone[contract.game])
            ),
        ]
        for bargain in bargains
        for contract in bargain.contracts
    ]
    reasons = [
        [own.condition, reason, str(n)] for own in bargains for reason, n in own.reasons.items()
    ]
    worth = ["condition", "contract", "proposed", "accepted", "worth", "V(λ, L)", "worth of none"]
    outcomes = ["condition", "proposals", "read", "writable", "accepted", "no contract"]
    return [
        Part("Negotiations", outcomes, counts),
        Part("Contracts that were proposed", worth, contracts),
        Part("Proposals that are no contracts", ["condition", "why", "count"], reasons),
    ]


_NO_CONTRACT = {
    "none": "proposed none",
    "unwritable": "unwritable",
    "unparseable": "unparseable",
    "refused": "refused",
}


def notes(run: Run, findings: Findings) -> list[str]:
    """What a reader must know first."""
    remarks = [findings.changed] if findings.changed else []
    if is_simulated(str(run.header.get("model"))):
        remarks.append(SIMULATED_NOTE)
    remarks += _powerless(findings)
    if run.sequential:
        end = f"It stopped {run.stopped}." if run.stopped else "It was played to its end."
        remarks.append(f"{SEQUENTIAL_NOTE} {end}")
    if any(play.negotiation is not None for play in run.plays):
        remarks.append(NEGOTIATION_NOTE)
        if not writes(str(run.header.get("model"))):
            remarks.append(MENU_NOTE)
    if run.study.skipped:
        rows, games = len(run.study.skipped), len(run.study.scenes)
        remainder = "one other game" if games == 1 else f"{games} other games"
        remarks.append(
            f"{rows} row{'s' if rows > 1 else ''} of {run.header.get('source')} could not be used: "
            f"all means are over the {remainder}."
        )
    if run.incomplete:
        remarks.append(f"This run is incomplete: {run.incomplete}. What was answered is judged.")
    if EMBEDDED in names_in(str(run.header.get("model"))):
        remarks.append(EMBEDDED_NOTE)
    return remarks


def _powerless(findings: Findings) -> list[str]:
    """That too few plays were registered to confirm a rate, if so."""
    plays, needed = findings.design.repetitions, 0
    for result in findings.measured:
        prediction = result.prediction
        if not isinstance(prediction, Prediction) or not result.primary:
            continue
        if prediction.quantity == "first-best":
            least = least_confirming(*allowed(prediction, findings.design.margin))
            needed = max(needed, least or 0)
    if plays >= needed:
        return []
    return [
        f"{plays} plays of a game in a condition cannot confirm every rate that is predicted here, "
        f"however they come out: at a margin of {findings.design.margin} that takes {needed}. They "
        "can contradict."
    ]


def summary(findings: Findings) -> str:
    """The verdicts on primary predictions counted, and how many others there are."""
    primary = [result for result in findings.judged if result.primary]
    verdicts: list[str] = [result.judgement.verdict for result in primary if result.observations]
    counts = ", ".join(f"{verdicts.count(name)} {name}" for name in VERDICTS)
    known, without = len(verdicts), len(primary) - len(verdicts)
    head = f"{known} of {known + without}" if without else f"{known}"
    tail = f"; {without} without data" if without else ""
    noun = "prediction" if known + without == 1 else "predictions"
    exploratory = len([result for result in findings.measured if not result.primary])
    more = f" {exploratory} more are exploratory." if exploratory else ""
    if not primary:
        return f"No primary prediction is judged.{more}"
    return f"{head} primary {noun} judged: {counts}{tail}.{more}"


def _keys() -> str:
    """What the figure's marks mean."""
    marks = {'<i class="key"></i>': "predicted interval"}
    marks |= {f'<b class="{verdict}">―●―</b>': verdict for verdict in VERDICTS}
    return " ".join(f"<span>{mark} {meaning}</span>" for mark, meaning in marks.items())


def figure(judged: Sequence[Judged]) -> str:
    """Predicted intervals of rates against measured ones: as wide as the page, whatever that is."""

    def x(rate: float) -> str:
        return f"{3 + 94 * rate:.2f}%"

    ticks = "".join(
        f'<text x="{x(tick)}" y="12" text-anchor="middle">{tick:g}</text>'
        for tick in (0, 0.25, 0.5, 0.75, 1)
    )
    axis = f'<svg class="bar" height="16" aria-hidden="true">{ticks}</svg>'
    parts = [axis]
    for result in judged:
        prediction, (estimate, left, right) = result.prediction, result.judgement.ends
        assert isinstance(prediction, Prediction)
        low = 0.0 if prediction.low is None else float(prediction.low)
        high = 1.0 if prediction.high is None else float(prediction.high)
        grid = "".join(
            f'<line x1="{x(tick)}" x2="{x(tick)}" y1="0" y2="20" stroke="var(--line)"/>'
            for tick in (0, 0.25, 0.5, 0.75, 1)
        )
        name = f"{prediction.regime}/{prediction.disposition}: {words_for(prediction.quantity)}"
        parts.append(
            f'<p class="what">{escape(name)}</p>'
            f'<svg class="bar" height="20" role="img" aria-label="{escape(name)}">{grid}'
            f'<rect x="{3 + 94 * low - 0.4:.2f}%" y="1" width="{94 * (high - low) + 0.8:.2f}%" '
            'height="18" rx="2" fill="var(--band)"/>'
            f'<g stroke="currentColor" class="{result.judgement.verdict}">'
            f'<line x1="{x(left)}" x2="{x(right)}" y1="10" y2="10" stroke-width="2"/>'
            f'<circle cx="{x(estimate)}" cy="10" r="4" fill="currentColor"/></g></svg>'
        )
    return "".join([*parts, axis])


def title(run: Run) -> str:
    """Who plays what."""
    name = str(run.header.get("model"))
    if is_simulated(name):
        name = " against ".join(named_agents(model).name for model in names_in(name))
    return f"{name} plays {run.header.get('source')}"


def interval_text(result: Judged) -> str:
    """The estimate and its interval."""
    estimate, low, high = map(_number, result.judgement.ends)
    return f"{estimate} [{low}, {high}]"


def _number(value: float) -> str:
    if math.isnan(value):
        return "?"
    return f"{value:.3g}" if math.isfinite(value) else ("∞" if value > 0 else "-∞")


def _flat(header: object, name: str = "") -> list[list[str]]:
    if isinstance(header, dict):
        return [
            row for key, value in header.items() for row in _flat(value, f"{name} {key}".strip())
        ]
    return [[name, str(header)]]
