"""``coopgap play``: predictions put to language models, published summaries judged."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from coopgap.commands import options
from coopgap.commands.options import argument, flag, option
from coopgap.durations import require_duration
from coopgap.outcomes import HOLDS, Outcome
from coopgap.theory.errors import InputError
from coopgap.theory.readers.files import MAX_BYTES

OF_PROVIDERS = (
    *("base_url", "logprobs", "max_retries", "max_tokens", "model_args", "model_seed"),
    *("reasoning_effort", "temperature", "top_p"),
)
"""Options that neither the embedded model nor simulated agents have a use for."""

OF_ASKING = (*OF_PROVIDERS, "concurrency", "max_cost", "max_samples", "prices", "timeout")
"""Options that recorded answers have no use for."""


def play(
    context: typer.Context,
    spec: Annotated[
        str | None, argument("[SPEC]", "A spec, a slug, or a CSV with stories.")
    ] = None,
    replay: Annotated[Path | None, option("FILE", "Judge a published summary.", "none")] = None,
    dataset: Annotated[
        Path | None, option("CSV", "The games that the summary is about.", "none")
    ] = None,
    json: options.Json = False,
    regimes: options.Regimes = None,
    dispositions: options.Dispositions = None,
    values: options.Values = None,
    games: options.Games = None,
    models: Annotated[
        list[str] | None,
        option(
            "PROVIDER/NAME",
            "Any model of Inspect's; or simulated/logit:LAMBDA,BETA, "
            "simulated/best-response, simulated/first:RATE: no model. Several are compared; "
            "PLAYER=MODEL,PLAYER=MODEL: one in each role.",
            "embedded/smollm2",
            name="--model",
        ),
    ] = None,
    repetitions: options.Repetitions = 1,
    margin: options.Margin = None,
    reasoning: options.Reasoning = False,
    talk: options.Talk = False,
    wordings: options.Wordings = 1,
    seed: Annotated[int, option("K", "Where presentations come from.")] = 0,
    out: Annotated[
        Path | None, option("DIR", "Logs and the report; a run goes on there.", "coopgap-play")
    ] = None,
    logs: Annotated[
        list[Path] | None,
        option(
            "PATH",
            "Judge these answers, ask nothing; a log or a folder, perhaps several.",
            "none",
            name="--log",
        ),
    ] = None,
    registered: Annotated[
        Path | None, option("FILE", "What predict --register wrote.", "none")
    ] = None,
    max_samples: Annotated[
        int | None, option("N", "Ask at most N decisions now.", "no limit", min=1)
    ] = None,
    max_cost: Annotated[
        float | None, option("DOLLARS", "Stop when this is spent.", "no limit", min=0)
    ] = None,
    prices: Annotated[
        str | None, option("IN,OUT", "Dollars per million tokens.", "unknown")
    ] = None,
    sequential: Annotated[
        bool, flag("--sequential", "Stop as soon as every prediction is decided.")
    ] = False,
    concurrency: Annotated[int, option("N", "Plays at the same time.", min=1)] = 4,
    max_tokens: Annotated[int, option("N", "The longest reply.", min=1)] = 1024,
    temperature: Annotated[
        float | None, option("T", "Of sampling.", "the provider's", min=0)
    ] = None,
    top_p: Annotated[
        float | None, option("P", "Of sampling.", "the provider's", min=0, max=1)
    ] = None,
    model_seed: Annotated[
        int | None, option("K", "The seed the provider is given.", "none")
    ] = None,
    reasoning_effort: Annotated[
        str | None,
        option("LEVEL", "none, minimal, low, medium, high, xhigh or max.", "the provider's"),
    ] = None,
    logprobs: Annotated[
        bool, flag("--logprobs", "Ask for the probabilities of the options.")
    ] = False,
    timeout: Annotated[float, option("SECONDS", "For one answer, retries included.")] = 300.0,
    max_retries: Annotated[int | None, option("N", "Of one plan.", "no limit", min=0)] = None,
    model_args: Annotated[
        list[str] | None,
        option("NAME=VALUE", "For the provider's client.", "none", "--model-arg"),
    ] = None,
    base_url: Annotated[str | None, option("URL", "Where the provider is.", "its own")] = None,
    max_bytes: options.MaxBytes = None,
) -> Outcome:
    """Put predictions to language models; or judge a published summary."""
    limit = max_bytes or MAX_BYTES
    require_duration(timeout)
    for name, number in (("--max-cost", max_cost), ("--temperature", temperature)):
        if number is not None and math.isinf(number):
            raise InputError(f"{number} is no number", fix="write its digits", field=name)
    explicit = _explicit(context)
    if replay is not None:
        allowed = ("spec", "replay", "dataset", "out", "json", "margin", "max_bytes")
        _require_none(explicit.keys() - set(allowed), explicit, "with --replay nothing is played")
        if spec is not None and dataset is None:
            return _judged_commons(replay, spec, out, json, limit, options.margin_of(margin))
        if dataset is None or spec is not None:
            raise InputError(
                "a summary is judged with its dataset alone",
                fix="give --replay SUMMARY.csv --dataset GAMES.csv and no spec; for runs of a "
                "commons, its spec and no dataset",
                field="--dataset",
            )
        return _judged(replay, dataset, out, json, limit, options.margin_of(margin))
    if dataset is not None:
        raise InputError(
            "a dataset goes with a summary", fix="name the CSV as SPEC", field="--dataset"
        )
    if spec is None:
        raise InputError("there is nothing to play", fix="name a spec, or give --replay")
    names = models or ["embedded/smollm2"]
    if logs:
        _require_none(OF_ASKING, explicit, "with --log nothing is asked")
    else:
        _require_provider(names, explicit, context.params)
    from coopgap.commands.playing import Plan, played
    from coopgap.llm_checks.predicting.regimes import require_playable
    from coopgap.llm_checks.predicting.scenes import study as study_of
    from coopgap.theory.readers.load import settings as values_of

    design = {
        "margin": options.margin_of(margin),
        "repetitions": repetitions,
        "sequential": sequential,
        "reasoning": reasoning,
        "talk": talk,
        "wordings": wordings,
    }
    settings = {
        "seed": seed,
        "max_samples": max_samples,
        "max_cost": max_cost,
        "prices": _prices(prices),
        "concurrency": concurrency,
        "model_args": _arguments(model_args or ()),
        "base_url": base_url,
    }
    generation = {
        "max_tokens": max_tokens,
        "temperature": temperature,
        "top_p": top_p,
        "seed": model_seed,
        "reasoning_effort": _effort(reasoning_effort),
        "logprobs": logprobs,
        "timeout": timeout,
        "max_retries": max_retries,
    }
    plan = Plan(
        models=names,
        design={name: value for name, value in design.items() if value is not None},
        settings=settings,
        generation=generation,
        explicit=explicit,
    )
    commons = options.commons_of(spec, max_bytes)
    if commons is not None:
        from coopgap.commands import commons_playing

        folder = out or Path("coopgap-play")
        kinds = (regimes or (), dispositions or ())
        return commons_playing.played(commons, *kinds, folder, logs or (), json, plan)
    point = values_of(values or ())
    study = study_of(spec, regimes or (), dispositions or (), games, limit, point)
    require_playable(study.conditions)
    return played(study, out or Path("coopgap-play"), logs or (), registered, json, plan)


def _require_none(names: Collection[str], explicit: Mapping[str, str], reason: str) -> None:
    """Raises InputError, with the reason, if one of the options is given."""
    for name, spelling in explicit.items():
        if name in names:
            raise InputError(reason, fix="leave it out", field=spelling)


def _require_provider(
    models: Sequence[str], explicit: Mapping[str, str], values: Mapping[str, Any]
) -> None:
    """Raises InputError for options of a provider's model where none plays."""
    from coopgap.llm_checks.playing.models import names_in, writes

    names = [name for model in models for name in names_in(model)]
    if any(map(writes, names)):
        return
    for name in (known for known in OF_PROVIDERS if known in explicit):
        raise InputError(
            f"{values[name]!r} is for a provider, and none is asked for {' and '.join(names)}",
            fix="leave it out, or name another --model",
            field=explicit[name],
        )


def _effort(text: str | None) -> str | None:
    known = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
    if text is not None and text not in known:
        raise InputError(
            f"{text!r} is no effort", fix=f"use {', '.join(known)}", field="--reasoning-effort"
        )
    return text


def _arguments(texts: Sequence[str]) -> dict[str, Any]:
    """Arguments by name; a value that is JSON is what it says, another is text."""
    import json as jsons

    arguments: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InputError(
                f"{text!r} names no value", fix="write NAME=VALUE", field="--model-arg"
            )
        try:
            arguments[name] = jsons.loads(value)
        except (ValueError, RecursionError):
            arguments[name] = value
    return arguments


def _explicit(context: typer.Context) -> dict[str, str]:
    """The given options by name, as written on the command line."""
    return {
        param.name: param.opts[0]
        for param in context.command.params
        if param.name and getattr(context.get_parameter_source(param.name), "name", "") != "DEFAULT"
    }


def _prices(text: str | None) -> tuple[float, float] | None:
    """Dollars per million tokens from ``IN,OUT``. Raises InputError."""
    if text is None:
        return None
    try:
        input_price, output_price = (float(part) for part in text.split(","))
    except ValueError:
        input_price = output_price = -1.0
    if not (0 <= input_price < float("inf") and 0 <= output_price < float("inf")):
        raise InputError(
            f"{text!r} is no pair of prices", fix="write IN,OUT, as in 2.5,10", field="--prices"
        )
    return input_price, output_price


def _judged(
    summary: Path,
    dataset: Path,
    out: Path | None,
    json: bool,
    max_bytes: int,
    margin: Fraction | None,
) -> Outcome:
    """Judges a summary, and writes the report where a directory is named."""
    from coopgap.files import require_writable, write_all
    from coopgap.llm_checks.replaying.replay import replayed
    from coopgap.llm_checks.replaying.report import files
    from coopgap.terminal.replays import story

    require_writable(out=out)
    replay = replayed(summary, dataset, max_bytes=max_bytes, margin=margin)
    if out is not None:
        write_all(out, files(replay), "--out")

    return Outcome(HOLDS, replay.document(), lambda: [story(replay, out)], json)


def _judged_commons(
    summary: Path,
    spec: str,
    out: Path | None,
    json: bool,
    max_bytes: int,
    margin: Fraction | None,
) -> Outcome:
    """Judges a summary of runs of a commons, and writes the report where a directory is named."""
    from coopgap.files import require_writable, write_all
    from coopgap.llm_checks.commons.judged import judged_runs
    from coopgap.llm_checks.commons.page import files
    from coopgap.terminal.commons_play import runs_story
    from coopgap.theory.commons.specification import CommonsSpecification
    from coopgap.theory.readers.load import load

    specification = load(spec, max_bytes)
    if not isinstance(specification, CommonsSpecification):
        raise InputError(
            "a summary of games is judged with its dataset",
            fix="give --dataset GAMES.csv and no spec; a spec is for runs of a commons",
            field="--replay",
        )
    require_writable(out=out)
    keywords = {} if margin is None else {"margin": margin}
    replay = judged_runs(summary, specification, max_bytes=max_bytes, **keywords)
    if out is not None:
        write_all(out, files(replay), "--out")
    return Outcome(HOLDS, replay.document(), lambda: [runs_story(replay, out)], json)
