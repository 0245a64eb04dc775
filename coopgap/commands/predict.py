"""``coopgap predict``: predictions of play, registered and read again."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from coopgap.commands import options
from coopgap.commands.options import argument, flag, option
from coopgap.outcomes import HOLDS, UNDECIDED, Outcome
from coopgap.theory.errors import InputError, inside
from coopgap.theory.json_values import Plain
from coopgap.theory.readers.files import MAX_BYTES, read_text

if TYPE_CHECKING:
    from coopgap.llm_checks.predicting.predictions import Equilibria, Predictions
    from coopgap.llm_checks.predicting.scenes import Study
    from coopgap.theory.commons.specification import CommonsSpecification


def predict(
    spec: Annotated[str, argument("SPEC", "A spec, a slug of the gallery, or a CSV.")],
    json: options.Json = False,
    regimes: options.Regimes = None,
    dispositions: options.Dispositions = None,
    values: options.Values = None,
    games: options.Games = None,
    register: Annotated[
        Path | None, option("FILE", "Write the predictions with their hash.", "nowhere")
    ] = None,
    margin: options.Margin = None,
    repetitions: options.Repetitions = 1,
    sequential: Annotated[bool, flag("--sequential", "For a run that may stop early.")] = False,
    reasoning: options.Reasoning = False,
    talk: options.Talk = False,
    wordings: options.Wordings = 1,
    max_bytes: options.MaxBytes = None,
) -> Outcome:
    """Say what the theory predicts of play, before anybody plays."""
    from coopgap.llm_checks.predicting.predictions import MARGIN, Design
    from coopgap.llm_checks.predicting.scenes import study
    from coopgap.terminal.predictions import story
    from coopgap.theory.readers.load import settings

    commons = options.commons_of(spec, max_bytes)
    if commons is not None:
        if regimes or dispositions or values or games or register is not None:
            raise InputError(
                "predictions for a commons have no such options",
                fix="leave --regime, --disposition, --set, --games and --register out",
                source=spec,
            )
        with inside(source=spec):
            return _of_commons(commons, json)
    share = options.margin_of(margin)
    found = study(
        spec,
        regimes or (),
        dispositions or (),
        games,
        max_bytes or MAX_BYTES,
        settings(values or ()),
    )
    design = Design(
        MARGIN if share is None else share, repetitions, sequential, reasoning, talk, wordings
    )
    found = replace(found, predictions=replace(found.predictions, design=design))
    if register is not None:
        _register(found.predictions, register)

    status = UNDECIDED if found.predictions.unknown or found.skipped else HOLDS
    return Outcome(status, _document(found), lambda: [story(found)], json)


def _of_commons(specification: CommonsSpecification, json: bool) -> Outcome:
    """What is predicted for a commons."""
    from coopgap.llm_checks.commons.predicted import predicted
    from coopgap.terminal.commons_play import prediction_story

    found = predicted(specification)
    unknown = any(each.best is None or each.worst is None for each in found.kinds)
    status = UNDECIDED if unknown else HOLDS
    return Outcome(status, found.document(), lambda: [prediction_story(found)], json)


def _document(found: Study) -> dict[str, Plain]:
    """The JSON document of ``predict``."""
    from coopgap.llm_checks.predicting.predictions import plain

    registered = found.predictions.registration()
    return {
        "schema": "coopgap.predict/1",
        "source": found.at_values(found.source),
        "games": [each.name for each in found.scenes],
        "sha256": registered["sha256"],
        "study": registered["study"],
        "design": plain(found.predictions.design),
        "predictions": registered["predictions"],
        "orderings": registered["orderings"],
        "equilibria": [_equilibria(found, each) for each in found.predictions.equilibria],
        "vacuous": list(found.predictions.vacuous),
        "unknown": list(found.predictions.unknown),
        "skipped": [asdict(each) for each in found.skipped],
    }


def _equilibria(found: Study, one: Equilibria) -> dict[str, Plain]:
    from coopgap.llm_checks.predicting.predictions import plain

    environment = found.scenes[0].environment
    mixed: object = {"unknown": one.mixed}
    if not isinstance(one.mixed, str):
        mixed = {environment.states[state]: plain(pairs) for state, pairs in one.mixed.items()}
    return {
        "regime": str(one.condition.regime),
        "disposition": str(one.condition.disposition),
        "pure": {
            environment.states[state]: [list(environment.labels(each)) for each in profiles]
            for state, profiles in one.pure.items()
        },
        "mixed": mixed,
        "independent": plain(one.independent),
        "correlated": plain(one.correlated),
    }


def _register(found: Predictions, path: Path) -> None:
    """Writes the predictions with their hash."""
    from coopgap.files import require_file, write_all

    require_file(path, "--register")
    write_all(path.parent, {path.name: registration_text(found)}, "--register")


def registration_text(found: Predictions) -> str:
    """The predictions with their hash, as JSON."""
    import json as jsons

    return jsons.dumps(found.registration(), indent=2, ensure_ascii=False) + "\n"


def read_registration(path: Path) -> Predictions:
    """Reads a registration that ``--register`` wrote. Raises InputError, naming the file."""
    import json as jsons

    from coopgap.llm_checks.predicting.predictions import from_registration

    with inside(source=str(path)):
        text, fix = read_text(path), "name what predict --register wrote"
        try:
            data = jsons.loads(text)
        except (ValueError, RecursionError):
            raise InputError("this is no JSON", fix=fix) from None
        if not isinstance(data, dict):
            raise InputError("this is no registration of predictions", fix=fix)
        return from_registration(data)
