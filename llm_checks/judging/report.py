"""The report of a run: one self-contained HTML page, and the same in Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from html import escape

import numpy as np

from coopgap.llm_checks.judging.evidence import VERDICTS, least_confirming
from coopgap.llm_checks.judging.findings import Findings, Judged
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


def conclusion(run: Run, found: Findings) -> str:
    """What the run says of the primary predictions, in one paragraph of words."""
    shown = [each for each in found.judged if each.observations]
    if not found.changed:
        shown = [each for each in shown if each.primary]
    begun = f"{found.complete} complete plays of {run.header.get('source')}."
    if not shown:
        return f"{begun} Nothing that was predicted was measured."
    return " ".join([begun, *by_verdict([(e.judgement.verdict, _measured(e)) for e in shown])])


def _measured(each: Judged) -> str:
    seen = each.judgement
    return f"{said(each)} (measured: {seen.estimate:.2f}, from {seen.low:.2f} to {seen.high:.2f})"


def said(each: Judged) -> str:
    """A prediction in a few words, with its condition if it is about one."""
    one = each.prediction
    where = f"in {one.regime}/{one.disposition} " if isinstance(one, Prediction) else ""
    return where + one.statement.partition(";")[0]


def played(found: Findings) -> Part:
    """By condition: how often the first best was played, mean welfare, and the joint choices."""
    rows = []
    for each in found.conditions:
        if each.welfare is not None:
            earned = ", ".join(f"{who} {float(gain):.3g}" for who, gain in each.points.items())
            rows.append(
                [
                    each.condition,
                    str(each.plays),
                    f"{each.first_best} ({each.first_best / each.plays:.0%})",
                    f"{float(each.welfare):.3g}",
                    earned,
                    "; ".join(f"{what}: {times}" for what, times in each.joint.items()),
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
                number(Fraction(int(each[(state, *profile)]), environment.denominator))
                for each in environment.payoffs
            ]
            mark = "first best" if profile in best else ""
            state_ = [environment.states[state]] if several else []
            rows.append([*state_, ", ".join(environment.labels(profile)), ", ".join(own), mark])
    header = [*(["state"] if several else []), "actions", ", ".join(environment.players), ""]
    others = f" (one of {len(run.study.scenes)} games)" if len(run.study.scenes) > 1 else ""
    few = len(profiles) <= MAX_PROFILES
    return Part(f"Payoffs of {scene.name}{others}", header, rows if few else [])


def prompt(run: Run) -> Part:
    """One question about an action as it was asked, in full; empty if none was."""
    asked = [question for play in run.plays for question in play.questions]
    ranked = sorted(asked, key=lambda each: each.kind != "decision")
    text = "".join(f"[system] {each.system}\n\n[user] {each.prompt}" for each in ranked[:1])
    return Part("One question in full", text=text)


def messages(run: Run) -> Part:
    """The first messages that agents wrote to each other."""
    rows = [
        [str(play.condition), player, message]
        for play in run.plays
        for player, message in zip(
            play.scene.environment.players, play.messages or (), strict=False
        )
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


def report(run: Run, found: Findings) -> Report:
    """All that a run shows, as a document."""
    return Report(
        title(run),
        [conclusion(run, found), summary(found)],
        [
            _rates(found),
            _verdicts("Predictions and verdicts", found, primary=True),
            _verdicts("Exploratory, each judged for itself", found, primary=False),
            played(found),
            _revealed(found),
            payoffs(run),
            *_negotiated(found.bargains),
            messages(run),
            _choices(found),
            *_biases(found),
            _decisions(run, found),
            Part(
                "Registered, without data here",
                ["prediction", "statement", "why"],
                [
                    [each.prediction.id, each.prediction.statement, each.judgement.method]
                    for each in found.judged
                    if not each.observations
                ],
            ),
            Part(
                "Rows that were skipped",
                ["row", "id", "why"],
                [[str(each.row), each.id, each.reason] for each in run.study.skipped],
            ),
            Part("Provenance", ["what", "value"], _flat(run.header)),
            prompt(run),
        ],
        notes(run, found),
    )


def _rates(found: Findings) -> Part:
    shown = [
        each
        for each in _with_data(found)
        if isinstance(each.prediction, Prediction) and is_rate(each.prediction.quantity)
    ]
    drawn = f'<p class="soft keys">{_keys()}</p><div class="framed">{figure(shown)}</div>'
    caption = "Dots: the measured rate; lines: its 95 % interval."
    return Part("Predicted and measured rates", caption=caption, figure=drawn if shown else "")


def _verdicts(heading: str, found: Findings, primary: bool) -> Part:
    rows = [
        [
            each.prediction.id,
            each.prediction.statement,
            each.prediction.claim,
            measured(each),
            str(each.observations),
            each.judgement.verdict,
            each.judgement.method
            + (", of probabilities" if each.measured_by == "probabilities" else "")
            + (f"; about {each.judgement.needed} needed" if each.judgement.needed else ""),
        ]
        for each in _with_data(found)
        if each.primary == primary
    ]
    header = ["prediction", "statement", "claim", "measured [95 %]", "plays", "verdict", "method"]
    return Part(heading, header, rows)


def _revealed(found: Findings) -> Part:
    rows = [[condition, each.told()] for condition, each in found.revealed.items()]
    return Part("The λ that choices reveal", ["condition", "λ̂ [95 %]"], rows)


def _choices(found: Findings) -> Part:
    rows = [
        [condition, player, ", ".join(f"{action} {n}" for action, n in counts.items())]
        for condition, by in found.choices.items()
        for player, counts in by.items()
    ]
    return Part("Choices", ["condition", "player", "actions"], rows)


def _biases(found: Findings) -> list[Part]:
    made = []
    for heading, seen, unbiased, chosen in (
        ("Label and order bias", found.biases, "unbiased", "chosen"),
        ("Wordings", found.wordings, "all wordings", "chose an action of a first best"),
    ):
        rows = [
            [
                each.what,
                f"{each.chosen} of {each.decisions}",
                f"{each.share:.2f} [{each.low:.2f}, {each.high:.2f}]",
                f"{float(each.expected):.2f}" if seen == found.wordings else str(each.expected),
                "bias" if each.found else "none shown",
            ]
            for each in seen
        ]
        made.append(Part(heading, ["what", chosen, "share [95 %]", unbiased, "found"], rows))
    return made


def _decisions(run: Run, found: Findings) -> Part:
    rows = [
        ["designed", str(run.design_size)],
        *([name, str(count)] for name, count in found.statuses.items()),
        *([["stopped", run.stopped]] if run.stopped else []),
        ["strictly parsed", str(found.strict)],
        ["complete plays", str(found.complete)],
        ["plays dropped for a missing decision", str(found.dropped)],
        ["tokens in, out", f"{found.input_tokens:,}, {found.output_tokens:,}"],
        ["cost", f"${found.cost:.4f}"],
    ]
    return Part("Decisions", ["what", "count"], rows)


def _negotiated(bargains: Sequence[Bargains]) -> list[Part]:
    """The outcomes of negotiations."""
    counts = [
        [
            each.condition,
            *map(str, (each.plays, each.parsed, each.readings.get("writable", 0), each.accepted)),
            "; ".join(
                f"{each.readings[name]} {word}"
                for name, word in _NO_CONTRACT.items()
                if name in each.readings
            ),
        ]
        for each in bargains
    ]
    several = len({one.game for each in bargains for one in each.contracts}) > 1
    contracts = [
        [
            each.condition,
            (f"{one.game}: " if several else "") + one.contract,
            *map(str, (one.proposed, one.accepted)),
            *(
                "none in pure equilibrium" if value is None else str(value)
                for value in (one.value, one.bound, each.alone[one.game])
            ),
        ]
        for each in bargains
        for one in each.contracts
    ]
    why = [[each.condition, *map(str, one)] for each in bargains for one in each.reasons.items()]
    worth = ["condition", "contract", "proposed", "accepted", "worth", "V(λ, L)", "worth of none"]
    outcomes = ["condition", "proposals", "read", "writable", "accepted", "no contract"]
    return [
        Part("Negotiations", outcomes, counts),
        Part("Contracts that were proposed", worth, contracts),
        Part("Proposals that are no contracts", ["condition", "why", "count"], why),
    ]


_NO_CONTRACT = {
    "none": "proposed none",
    "unwritable": "unwritable",
    "unparseable": "unparseable",
    "refused": "refused",
}


def notes(run: Run, found: Findings) -> list[str]:
    """What a reader must know first."""
    told = [found.changed] if found.changed else []
    if is_simulated(str(run.header.get("model"))):
        told.append(SIMULATED_NOTE)
    told += _powerless(found)
    if run.sequential:
        end = f"It stopped {run.stopped}." if run.stopped else "It was played to its end."
        told.append(f"{SEQUENTIAL_NOTE} {end}")
    if any(each.negotiation is not None for each in run.plays):
        told.append(NEGOTIATION_NOTE)
        if not writes(str(run.header.get("model"))):
            told.append(MENU_NOTE)
    if run.study.skipped:
        rows, games = len(run.study.skipped), len(run.study.scenes)
        others = "one other game" if games == 1 else f"{games} other games"
        told.append(
            f"{rows} row{'s' if rows > 1 else ''} of {run.header.get('source')} could not be used: "
            f"all means are over the {others}."
        )
    if run.incomplete:
        told.append(f"This run is incomplete: {run.incomplete}. What was answered is judged.")
    if EMBEDDED in names_in(str(run.header.get("model"))):
        told.append(EMBEDDED_NOTE)
    return told


def _with_data(found: Findings) -> list[Judged]:
    return [each for each in found.judged if each.observations]


def _powerless(found: Findings) -> list[str]:
    """That too few plays were registered to confirm a rate, if so."""
    plays, needed = found.design.repetitions, 0
    for each in _with_data(found):
        one = each.prediction
        if isinstance(one, Prediction) and each.primary and one.quantity == "first-best":
            least = least_confirming(*allowed(one, found.design.margin))
            needed = max(needed, least or 0)
    if plays >= needed:
        return []
    return [
        f"{plays} plays of a game in a condition cannot confirm every rate that is predicted here, "
        f"however they come out: at a margin of {found.design.margin} that takes {needed}. They "
        "can contradict."
    ]


def summary(found: Findings) -> str:
    """The verdicts on primary predictions counted, and how many others there are."""
    primary = [each for each in found.judged if each.primary]
    verdicts: list[str] = [each.judgement.verdict for each in primary if each.observations]
    counts = ", ".join(f"{verdicts.count(name)} {name}" for name in VERDICTS)
    known, without = len(verdicts), len(primary) - len(verdicts)
    head = f"{known} of {known + without}" if without else f"{known}"
    tail = f"; {without} without data" if without else ""
    noun = "prediction" if known + without == 1 else "predictions"
    others = len([each for each in _with_data(found) if not each.primary])
    more = f" {others} more are exploratory." if others else ""
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
    for each in judged:
        one, seen = each.prediction, each.judgement
        assert isinstance(one, Prediction)
        low = 0.0 if one.low is None else float(one.low)
        high = 1.0 if one.high is None else float(one.high)
        grid = "".join(
            f'<line x1="{x(tick)}" x2="{x(tick)}" y1="0" y2="20" stroke="var(--line)"/>'
            for tick in (0, 0.25, 0.5, 0.75, 1)
        )
        name = f"{one.regime}/{one.disposition}: {words_for(one.quantity)}"
        parts.append(
            f'<p class="what">{escape(name)}</p>'
            f'<svg class="bar" height="20" role="img" aria-label="{escape(name)}">{grid}'
            f'<rect x="{3 + 94 * low - 0.4:.2f}%" y="1" width="{94 * (high - low) + 0.8:.2f}%" '
            'height="18" rx="2" fill="var(--band)"/>'
            f'<g stroke="currentColor" class="{seen.verdict}">'
            f'<line x1="{x(seen.low)}" x2="{x(seen.high)}" y1="10" y2="10" stroke-width="2"/>'
            f'<circle cx="{x(seen.estimate)}" cy="10" r="4" fill="currentColor"/></g></svg>'
        )
    return "".join([*parts, axis])


def title(run: Run) -> str:
    """Who plays what."""
    who = str(run.header.get("model"))
    if is_simulated(who):
        who = " against ".join(named_agents(each).name for each in names_in(who))
    return f"{who} plays {run.header.get('source')}"


def measured(each: Judged) -> str:
    """The estimate and its interval."""
    seen = each.judgement
    return f"{_number(seen.estimate)} [{_number(seen.low)}, {_number(seen.high)}]"


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
