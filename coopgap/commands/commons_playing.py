"""Playing a commons: its run or the logs of one, and the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from coopgap.outcomes import HOLDS, UNDECIDED, Outcome
from coopgap.theory.errors import InputError

if TYPE_CHECKING:
    from coopgap.commands.playing import Plan
    from coopgap.theory.commons.specification import CommonsSpecification

REFUSED = ("values", "games", "registered", "sequential", "talk", "wordings")
"""The options that are about games only."""


def played(
    specification: CommonsSpecification,
    regimes: Sequence[str],
    dispositions: Sequence[str],
    out: Path,
    logs: Sequence[Path],
    json: bool,
    plan: Plan,
) -> Outcome:
    """Plays a commons with a model, or reads a recorded run, judges it and writes the report."""
    import json as jsons

    from coopgap.commands.playing import Registration, options_of
    from coopgap.files import prepare_directory, write_all
    from coopgap.llm_checks.commons.playing.report import files
    from coopgap.llm_checks.commons.playing.results import judge
    from coopgap.llm_checks.commons.playing.run import recorded, run
    from coopgap.llm_checks.commons.playing.study import commons_study
    from coopgap.terminal.commons_play import played_story

    for name in REFUSED:
        if name in plan.explicit:
            raise InputError(
                "a commons is played without it", fix="leave it out", field=plan.explicit[name]
            )
    if len(plan.models) > 1:
        raise InputError(
            "a commons is played by one model, or by one in each role",
            fix="name one, and play the others into folders of their own",
            field="--model",
        )
    design = {
        name: plan.design[name]
        for name in ("margin", "repetitions", "reasoning")
        if name in plan.design
    }
    study = commons_study(specification, regimes, dispositions, **design)
    options = options_of(plan.models[0], plan.design["repetitions"], plan)
    if logs:
        finished = recorded(study, options, *logs)
        prepare_directory(out, "--out")
    else:
        text = jsons.dumps({"sha256": study.sha256, **study.document()}, indent=2)
        registration = Registration(out, text + "\n")
        try:
            finished = run(study, replace(options, begin=partial(registration.write, out)), out)
        except InputError:
            registration.withdraw()
            raise
    seed = finished.header["seed"]
    findings = judge(finished, seed if isinstance(seed, int) else 0)
    write_all(out, files(findings), "--out")
    status = UNDECIDED if finished.failed else HOLDS
    return Outcome(status, findings.document(), lambda: [played_story(findings, out)], json)
