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
    from coopgap.llm_checks.predicting.scenes import study as study_of
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
    study = study_of(
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
    study = replace(study, predictions=replace(study.predictions, design=design))
    if register is not None:
        _register(study.predictions, register)

    status = UNDECIDED if study.predictions.unknown or study.skipped else HOLDS
    return Outcome(status, _document(study), lambda: [story(study)], json)


def _of_commons(specification: CommonsSpecification, json: bool) -> Outcome:
    """What is predicted for a commons."""
    from coopgap.llm_checks.commons.predicted import predicted
    from coopgap.terminal.commons_play import prediction_story

    prediction = predicted(specification)
    unknown = any(kind.best is None or kind.worst is None for kind in prediction.kinds)
    status = UNDECIDED if unknown else HOLDS
    return Outcome(status, prediction.document(), lambda: [prediction_story(prediction)], json)


def _document(study: Study) -> dict[str, Plain]:
    """The JSON document of ``predict``."""
    from coopgap.llm_checks.predicting.predictions import plain

    registered = study.predictions.registration()
    return {
        "schema": "coopgap.predict/1",
        "source": study.at_values(study.source),
        "games": [scene.name for scene in study.scenes],
        "sha256": registered["sha256"],
        "study": registered["study"],
        "design": plain(study.predictions.design),
        "predictions": registered["predictions"],
        "orderings": registered["orderings"],
        "equilibria": [_equilibria(study, play) for play in study.predictions.equilibria],
        "vacuous": list(study.predictions.vacuous),
        "unknown": list(study.predictions.unknown),
        "skipped": [asdict(row) for row in study.skipped],
    }


def _equilibria(study: Study, play: Equilibria) -> dict[str, Plain]:
    from coopgap.llm_checks.predicting.predictions import plain

    environment = study.scenes[0].environment
    mixed: object = {"unknown": play.mixed}
    if not isinstance(play.mixed, str):
        mixed = {environment.states[state]: plain(pairs) for state, pairs in play.mixed.items()}
    return {
        "regime": str(play.condition.regime),
        "disposition": str(play.condition.disposition),
        "pure": {
            environment.states[state]: [list(environment.labels(profile)) for profile in profiles]
            for state, profiles in play.pure.items()
        },
        "mixed": mixed,
        "independent": plain(play.independent),
        "correlated": plain(play.correlated),
    }


def _register(predictions: Predictions, path: Path) -> None:
    """Writes the predictions with their hash."""
    from coopgap.files import require_file, write_all

    require_file(path, "--register")
    write_all(path.parent, {path.name: registration_text(predictions)}, "--register")


def registration_text(predictions: Predictions) -> str:
    """The predictions with their hash, as JSON."""
    import json as jsons

    return jsons.dumps(predictions.registration(), indent=2, ensure_ascii=False) + "\n"


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
