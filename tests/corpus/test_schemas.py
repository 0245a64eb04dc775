"""The types of the documents and their schemas accept what is printed, and not much else."""

import contextlib
import csv
import io
import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from checked import shared_reports
from corpus.test_replay import dataset, summary
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import extend
from pydantic import ValidationError
from unit.test_cli import PRISONERS
from unit.test_predictions import LISTED, table

from coopgap.documents import DOCUMENTS, shared
from coopgap.documents import schema as new_schema
from coopgap.documents.base import Part
from coopgap.main import run
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.theory.readers.load import games
from coopgap.theory.specification import Specification

GAMES = [slug for slug, game in games().items() if isinstance(game, Specification)]

schema = cache(new_schema)

CLAIMS_OF_ALL_KINDS = """
[[language]]
name = "all"
[[language]]
name = "nothing"
records = []
[[language]]
name = "decree"
contracts = { kind = "directive" }
[prosociality]
lambda = ["1/2", { row = "0", col = "2" }]
[[claim]]
id = "gap-positive"
language = "all"
[[claim]]
id = "gap-at-most"
language = "nothing"
value = "4"
[[claim]]
id = "closes"
lambda = { row = "1", col = "2" }
"""

GROUPS = """
[game]
states = { names = ["s", "t"], prior = ["1/2", "1/2"] }
[game.groups]
even = { size = 1, actions = [0, 1] }
odd = { size = 1, actions = [0, 1] }
crowd = { size = 30, actions = "0..3" }
[game.payoffs.s]
even = "(total_even == total_odd)"
odd = "1 - (total_even == total_odd)"
crowd = "0"
[game.payoffs.t]
even = "own"
odd = "own"
crowd = "0"
[[language]]
name = "total"
actions = { even = [[0, 1]], odd = [[0, 1]], crowd = [[0, 1, 2, 3]] }
total = true
[[language]]
name = "order"
states = [["s", "t"]]
actions = { even = [[0, 1]] }
contracts = { kind = "directive" }
[prosociality]
lambda = [{ even = 1, odd = 0, crowd = 0 }]
tolerance = ["1/2"]
[[claim]]
id = "gap-zero"
"""

FAMILY = """
[parameters]
names = ["b", "c"]
assume = [{}]
[game]
players = ["row", "col"]
actions = {{ row = ["C", "D"], col = ["C", "D"] }}
cooperative = {{ row = ["C"], col = ["C"] }}
[game.payoffs]
row = [["b - c", "-c"], ["b", "0"]]
col = "symmetric"
[[language]]
name = "nothing"
records = []
[prosociality]
lambda = ["1", {{ row = "c/b", col = "0" }}]
[[claim]]
id = "gap-positive"
language = "nothing"
[[claim]]
id = "closes"
lambda = "c/b"
"""
"""A donation game: the benefit may be smaller than the cost."""

NOTHING_IS_STABLE = """
[game]
players = ["row", "col"]
actions = { row = ["H", "T"], col = ["H", "T"] }
[game.payoffs]
row = [[1, 0], [0, 1]]
col = [[0, 1], [1, 0]]
[[language]]
name = "nothing"
records = []
"""

WEATHER = """
[parameters]
names = ["a"]
[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["X"] }
states = { names = ["w1", "w2"], prior = ["1/2", "1/2"] }
[game.payoffs.w1]
row = [["a"], [0]]
col = [[0], [0]]
[game.payoffs.w2]
row = [[1], [0]]
col = [[0], [0]]
[[language]]
name = "blind"
states = [["w1", "w2"]]
"""
"""Where a < 0 the states need different actions, which nobody can verify."""

CONTRADICTION = """
[theorem]
statement = "Nothing is both"
conclusion = ["x > 0"]
[parameters]
names = ["x"]
assume = ["x > 0", "x < 0"]
"""

OFF_BRANCH = {
    "games": [
        {"payoffs": [[[2, 2], [-4, -1]], [[4, -5], [-3, 5]]], "counts": [[0, 0], [0, 12]]},
        {"payoffs": [[[0, -5], [-4, -4]], [[5, -4], [4, -2]]], "counts": [[0, 0], [2, 10]]},
    ]
}
"""Choices that equilibria off the principal branch explain better."""

COUNTS = {"games": [{"payoffs": [[[3, 3], [0, 4]], [[4, 0], [1, 1]]], "counts": [[9, 4], [5, 2]]}]}

AUDITED = """\
id,formal_game,actions_row,actions_column,1_1_payoff,1_2_payoff,2_1_payoff,2_2_payoff,\
target_rawlsian
a,Prisoner's Dilemma,"['C', 'D']","['C', 'D']","(3, 3)","(0, 4)","(4, 0)","(1, 1)","c|c"
b,Stag hunt,"['C', 'D']","['C', 'D']","(3, 3)","(0, 2)","(2, 0)","(1, 1)","d|d"
c,Stag hunt,"['C', 'D']","['C', 'D']","(3, 3)","(0, x)","(2, 0)","(1, 1)","c|c"
"""


RUNS_OF_A_COMMONS = """\
model,prosocial,condition,R,R_lo,R_hi,q,q_lo,q_hi,full_horizon,below_horizon,n_parent_runs,total_runs
m,0,no-contract,24,22,26,0.25,0.25,0.25,0,5,1,5
m,3,no-contract,50,48,52,1,1,1,5,0,1,5
m,0,code-law,60,60,60,1,1,1,5,0,1,5
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that the command reads."""
    path = tmp_path_factory.mktemp("schemas")
    texts = {
        "claims.toml": PRISONERS + CLAIMS_OF_ALL_KINDS,
        "family.toml": FAMILY.format('"b > 0", "c > 0"'),
        "none.toml": FAMILY.format('"b > 0", "b < 0"'),
        "groups.toml": GROUPS,
        "unstable.toml": NOTHING_IS_STABLE,
        "weather.toml": WEATHER,
        "contradiction.toml": CONTRADICTION,
        "counts.json": json.dumps(COUNTS),
        "off.json": json.dumps(OFF_BRANCH),
        "conditions.json": json.dumps(
            {
                "games": [
                    *({**game, "condition": "off"} for game in OFF_BRANCH["games"]),
                    *({**game, "condition": "counts"} for game in COUNTS["games"]),
                    {},
                ]
            }
        ),
        "forged.json": json.dumps({"schema": "coopgap.certificate/2"}),
        "audited.csv": AUDITED,
        "runs.csv": RUNS_OF_A_COMMONS,
    }
    for name, text in texts.items():
        (path / name).write_text(text, encoding="utf-8")
    with (path / "choices.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [("id", "row", "col"), *[("a", "C", "D")] * 3, ("b", "D", "D"), ("b", "D", "E")]
        )
    (path / "told").mkdir()
    (path / "split").mkdir()
    table(path / "told", f"I run a shop.\n{LISTED}I decide.")
    dataset(path / "split")
    summary(
        path / "split",
        "m,4x4,no_communication,selfish,0.50 ± 0.10,0.20 ± 0.10",
        "m,4x4,code_law,selfish,0.50 ± 0.10,0.90 ± 0.10",
        "m,4x4,code_law,altruistic,0.50 ± 0.10,",
        "m,4x4,shouting,selfish,0.50 ± 0.10,0.20 ± 0.10",
    )
    printed("check", "n4", "--certificates", str(path / "certificates"))
    printed("prove", "sh-equilibria", "--certificates", str(path / "certificates"))
    return path


@cache
def printed(*arguments: str) -> dict[str, Any]:
    """The document that a command prints, run once; it must be JSON, which has no NaN."""
    out = io.StringIO()
    words = [*arguments, "--json"]
    with (
        shared_reports(words),
        contextlib.redirect_stdout(out),
        pytest.raises(SystemExit) as ended,
    ):
        run(words)
    assert ended.value.code in (0, 1, 3), arguments
    return dict(json.loads(out.getvalue(), parse_constant=pytest.fail))


OUTPUTS: dict[str, list[str]] = {
    "report": [
        *(f"check {slug}" for slug in GAMES),
        "check FOLDER/claims.toml",
        "check FOLDER/unstable.toml",
        "check FOLDER/family.toml",
        "check FOLDER/family.toml --set b=3 --set c=1",
        "check FOLDER/family.toml --timeout 0.001",
        "check audits-family",
        "check capped-fines",
        "check delegation",
    ],
    "commons": ["check sheep", "check pollution"],
    "fishery": ["check fish-war"],
    "commons-play": [
        "play pollution --model simulated/selfish --repetitions 2 --out FOLDER/river "
        "--disposition selfish --disposition base --regime none --regime negotiated:complete"
    ],
    "commons-predictions": ["predict sheep", "predict pollution"],
    "commons-replay": ["play sheep --replay FOLDER/runs.csv"],
    "concrete-report": [
        "check n4",
        "check bilateral-trade",
        "check n4 --timeout 0.001",
        "check FOLDER/claims.toml",
    ],
    "family-report": [
        "check FOLDER/family.toml",
        "check FOLDER/none.toml",
        "check FOLDER/weather.toml",
        "check audits-family",
        "check FOLDER/family.toml --mechanism",
        "check delegation",
    ],
    "group-report": ["check cournot", "check pasture", "check FOLDER/groups.toml"],
    "reports": ["check prisoners-dilemma stag-hunt"],
    "audit": ["audit FOLDER/audited.csv", "audit FOLDER/split/games.csv"],
    "audits": ["audit FOLDER/audited.csv FOLDER/split/games.csv"],
    "prove": [
        "prove sh-equilibria pd-threshold-2-refuted pd-gap",
        "prove n6 --timeout 0.001",
        "prove FOLDER/contradiction.toml",
        "prove pd-play-independent",
    ],
    "theorems": ["prove --list"],
    "frontier": [
        "frontier n4",
        "frontier n8 --predicate 'col == \"CH\"' --predicate 'row == \"CH\"' --lambda 1/2",
        "frontier n8 --predicate 'col == \"CH\"' --timeout 0.001",
        "frontier FOLDER/unstable.toml",
    ],
    "liability": [
        "frontier mediated-team --liability 0..10",
        "frontier bilateral-trade --liability 0..1 --language delivery",
    ],
    "fuzz": ["fuzz n7 t1 --cases 60 --seed 1", "fuzz n5 --engine z3 --cases 2"],
    "conjectures": ["fuzz --list"],
    "fuzz-inputs": ["fuzz --inputs spec option --cases 3"],
    "fuzz-peers": ["fuzz --peers --cases 1"],
    "predict": [
        "predict prisoners-dilemma",
        "predict FOLDER/told/games.csv",
        "predict public-goods --regime none --disposition selfish",
        "predict chicken --regime none --disposition selfish --disposition row=base,col=altruistic "
        "--disposition row=selfish,col=altruistic --reasoning",
    ],
    "play": [
        "play prisoners-dilemma --model simulated/best-response --out FOLDER/play",
        "play prisoners-dilemma --model simulated/logit:1,2 --sequential --out FOLDER/sequential "
        "--regime negotiated:complete --repetitions 4",
    ],
    "plays": [
        "play prisoners-dilemma --model simulated/best-response --model simulated/first:1 "
        "--disposition selfish --disposition row=selfish,col=prosocial:2 --wordings 2 --talk "
        "--regime none --out FOLDER/several",
        "play prisoners-dilemma --model simulated/best-response --model simulated/first:1 "
        "--disposition selfish --regime negotiated:complete --repetitions 2 --out FOLDER/bargains",
    ],
    "fit": [
        "fit FOLDER/counts.json",
        "fit FOLDER/off.json",
        "fit FOLDER/choices.csv --dataset FOLDER/audited.csv --threshold 0.5",
    ],
    "fits": ["fit FOLDER/conditions.json --threshold 0.5"],
    "replay": ["play --replay FOLDER/split/summary.csv --dataset FOLDER/split/games.csv"],
    "figure": ["figure partition n4 --out FOLDER/n4.svg"],
    "example": ["example n4 --to markdown --out FOLDER"],
    "gallery": ["gallery"],
    "reproduction": ["reproduce"],
    "verify": [
        "verify FOLDER/certificates/SHA",
        "verify --spec n4 FOLDER/certificates/SHA",
        "verify FOLDER/forged.json",
    ],
    "verifications": [
        "verify FOLDER/certificates",
        "verify FOLDER/forged.json FOLDER/certificates --spec n4",
    ],
    "schemas": ["schema"],
}

NEVER_PRINTED = {"Find", "InCoq"}
"""What only a bug in coopgap would show, and what is printed only where Coq is installed."""

LARGER = {"PooledBest"}
"""What is another object that is allowed there, once one of its fields is missing."""

OPEN = {"ShownClaim"}
"""What has further keys: the fields of a claim depend on its id."""

Samples = dict[str, dict[str, Any]]


def documents(name: str, folder: Path) -> Iterator[dict[str, Any]]:
    """What all the commands for a schema print."""
    for line in OUTPUTS[name]:
        words = [word.replace("FOLDER", str(folder)) for word in shlex.split(line)]
        if words[-1].endswith("SHA"):
            for path in sorted(Path(words.pop()).parent.glob("*.json")):
                yield printed(*words, str(path))
        else:
            yield printed(*words)


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def is_valid(name: str, document: Any) -> bool:
    """Whether a document is of its type."""
    try:
        DOCUMENTS[name].model_validate(document)
    except ValidationError:
        return False
    return True


def recording(name: str, samples: Samples) -> Draft202012Validator:
    """A validator that keeps one value of each definition that has fixed keys."""
    whole = schema(name)
    plain = Draft202012Validator.VALIDATORS["$ref"]

    def ref(checker: Any, reference: str, value: Any, part: Any) -> Iterator[Any]:
        errors = list(plain(checker, reference, value, part))
        definition = reference.rpartition("/")[2]
        if not errors and "properties" in whole["$defs"][definition]:
            samples.setdefault(definition, value)
        yield from errors

    return extend(Draft202012Validator, {"$ref": ref})(whole)


@cache
def accept(name: str, folder: Path) -> list[tuple[dict[str, Any], Samples]]:
    """The documents, each with the values of definitions that are first seen there."""
    accepted: list[tuple[dict[str, Any], Samples]] = []
    known: Samples = {}
    # The small ones first: what is looked at in them is soon checked again.
    for document in sorted(documents(name, folder), key=lambda document: len(json.dumps(document))):
        samples: Samples = {} if "properties" not in schema(name) else {"": document}
        error = best_match(recording(name, samples).iter_errors(document))
        assert error is None, (document["schema"], error.json_path, error.message)
        fresh = {
            definition: value for definition, value in samples.items() if definition not in known
        }
        known |= fresh
        accepted.append((document, fresh))
    return accepted


def own_definitions(name: str) -> set[str]:
    """The objects that the module of a document defines and the document holds."""
    types = vars(sys.modules[DOCUMENTS[name].__module__])
    return {
        definition
        for definition, part in schema(name).get("$defs", {}).items()
        if "properties" in part
        and getattr(types.get(definition), "__module__", "") == DOCUMENTS[name].__module__
    }


def test_every_document_has_a_schema():
    assert set(DOCUMENTS) == set(OUTPUTS)
    command = Path(__file__).parents[2] / "coopgap"
    printed_by = {
        schema_id
        for path in command.rglob("*.py")
        if path.parent.name != "documents"
        for schema_id in re.findall(r'"(coopgap\.[a-z-]+/\d+)"', path.read_text(encoding="utf-8"))
    }
    described = {
        schema(name).get("properties", {}).get("schema", {}).get("const") for name in DOCUMENTS
    }
    assert printed_by
    assert printed_by <= described


# Of the scope of modules: both tests of a name stand together, and its commands run once.
@pytest.mark.parametrize("name", sorted(OUTPUTS), scope="module")
def test_schemas_and_types_accept_what_is_printed(name: str, folder: Path):
    accepted = accept(name, folder)
    for document, _ in accepted:
        DOCUMENTS[name].model_validate(document)
    sampled = {definition for _, fresh in accepted for definition in fresh}
    assert own_definitions(name) - sampled <= NEVER_PRINTED


@pytest.mark.parametrize("name", sorted(OUTPUTS), scope="module")
def test_types_reject_fields_that_are_misspelt_missing_or_added(name: str, folder: Path):
    tried = 0
    looked_at = {
        "",
        *own_definitions(name),
        *vars(shared),
        *(kind.__name__ for kind in DOCUMENTS.values()),
    }
    for document, fresh in accept(name, folder):
        for definition in looked_at & set(fresh) - OPEN - LARGER:
            value = fresh[definition]
            for change in changes(value):
                original = dict(value)
                change(value)
                accepted = is_valid(name, document)
                changed = dict(value)
                value.clear()
                value.update(original)
                assert not accepted, (definition, changed)
                tried += 1
    assert tried


def changes(value: dict[str, Any]) -> Iterator[Callable[[dict[str, Any]], object]]:
    """The changes of an object: a key is added, left out or misspelt."""
    yield lambda part: part.update(surplus=None)
    for key in list(value):
        yield from changes_of(key)


def changes_of(key: str) -> Iterator[Callable[[dict[str, Any]], object]]:
    yield lambda part: part.pop(key)
    yield lambda part: part.update({f"{key}s": part.pop(key)})


@pytest.mark.parametrize(
    ("name", "line", "change"),
    [
        ("report", "check n4", lambda doc: doc["languages"][0].update(gap=0.5)),
        ("report", "check n4", lambda doc: doc["languages"][0].update(gap="0.5")),
        ("report", "check n4", lambda doc: doc["first_best"].update(welfare="inf")),
        ("report", "check n4", lambda doc: doc["claims"][0].update(status="true")),
        ("report", "check n4", lambda doc: doc["claims"][0].update(certificate=None)),
        ("report", "check n4", lambda doc: doc["claims"][0].update(status="unknown")),
        ("report", "check n4", lambda doc: doc["claims"][0].update(id="gap-negative")),
        ("report", "check n4", lambda doc: doc["claims"][0].update(seconds="0.1")),
        ("report", "check n4", lambda doc: doc["parameters"].update(names=["b"])),
        ("report", "check delegation", lambda doc: doc["parameters"].update(consistent=False)),
        ("report", "check delegation", lambda doc: doc["parameters"].update(consistent=None)),
        ("report", "check delegation", lambda doc: doc.update(prosocial_threshold=[])),
        ("report", "check delegation", lambda doc: doc["claims"][0].update(counterexample={})),
        (
            "report",
            "check delegation",
            lambda doc: doc["claims"][0].update(counterexample={"b": "1"}),
        ),
        ("report", "check n4", lambda doc: doc.update(schema="coopgap.report/2")),
        ("reports", "check n4 n5", lambda doc: doc["reports"].pop()),
        ("gallery", "gallery", lambda doc: doc["entries"][0].update(title=1)),
        ("audit", "audit FOLDER/audited.csv", lambda doc: doc["games"][0].update(problems=[])),
        ("audit", "audit FOLDER/audited.csv", lambda doc: doc["games"][0].update(size=3)),
        (
            "fuzz",
            "fuzz n7 t1 --cases 60 --seed 1",
            lambda doc: doc["conjectures"][0].update(counterexample=None),
        ),
        (
            "fuzz",
            "fuzz n7 t1 --cases 60 --seed 1",
            lambda doc: doc["conjectures"][1].update(counterexample=""),
        ),
        ("verify", "verify FOLDER/forged.json", lambda doc: doc.update(accepted=True)),
        ("prove", "prove n6 --timeout 0.001", lambda doc: doc["theorems"][0].update(reason=None)),
    ],
)
def test_wrong_values_are_rejected(
    name: str, line: str, change: Callable[[Any], object], folder: Path
):
    """By the type and by its schema, which state the same constraints each in its own way."""
    document = json.loads(json.dumps(printed(*line.replace("FOLDER", str(folder)).split())))
    assert is_valid(name, document)
    change(document)
    assert not is_valid(name, document)
    assert not validator(name).is_valid(document)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """All objects within a JSON value."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            yield from parts(part)


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_schemas_are_valid_strict_and_explained(name: str):
    whole = schema(name)
    Draft202012Validator.check_schema(whole)
    assert whole == new_schema(name)
    assert list(whole)[:4] == ["$schema", "$id", "title", "description"]
    for definition, part in [(name, whole), *whole.get("$defs", {}).items()]:
        properties = part.get("properties", {})
        if properties and definition not in OPEN:
            assert part["additionalProperties"] is False
            assert part["required"] == list(properties)
        for key, described in [("", part), *properties.items()]:
            text = described["description"]
            assert re.fullmatch(r"[^.]([^.]|\.\w)+\.", text), (definition, key, text)


def test_references_stay_in_the_schema():
    for name in DOCUMENTS:
        definitions = schema(name).get("$defs", {})
        references = {part["$ref"] for part in parts(schema(name)) if "$ref" in part}
        assert references == {f"#/$defs/{definition}" for definition in definitions}


def test_definitions_have_one_name_each():
    """So that each has its own heading on one page."""
    types = {kind.__name__ for kind in DOCUMENTS.values()}
    definitions: dict[str, Any] = {}
    for name in DOCUMENTS:
        for definition, part in schema(name).get("$defs", {}).items():
            assert definitions.setdefault(definition, part) == part
    headings = [*DOCUMENTS, *(set(definitions) - types)]
    assert len({heading.lower() for heading in headings}) == len(headings)


def test_claims_named_in_descriptions_are_registered():
    text = " ".join(json.dumps(schema(name)) for name in DOCUMENTS)
    named = {
        claim for listed in re.findall(r"\(claims? (.+?)\)", text) for claim in listed.split(", ")
    }
    assert named
    assert {claim.strip("`") for claim in named} <= set(CLAIMS)


@pytest.mark.usefixtures("folder")
def test_types_are_frozen():
    listed = DOCUMENTS["gallery"].model_validate(printed("gallery"))
    assert isinstance(listed, Part)
    with pytest.raises(ValidationError, match="frozen"):
        listed.entries = []  # type: ignore[attr-defined]
