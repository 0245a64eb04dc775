"""The kinds of inputs that the project reads, and what must be so of what is accepted."""

from __future__ import annotations

import importlib.resources
import json
import pickle
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from coopgap.proofs.certificates.certificate import canonical
from coopgap.proofs.selftest import formats
from coopgap.proofs.selftest.mutations import Tree, json_text, toml_text, tree_of
from coopgap.theory.errors import InputError


@dataclass(frozen=True)
class Kind:
    """A kind of input.

    corpus: valid ones. judge: reads a file and returns the outcome; raises ``Wrong`` where it
    accepts what it must not. oracle: what an accepted input is compared with.
    """

    name: str
    suffix: str
    corpus: Callable[[], tuple[bytes, ...]]
    judge: Callable[[Path], str]
    oracle: str
    decode: Callable[[str], Tree] | None = None
    encode: Callable[[Tree], str] = str
    mended: Callable[[bytes], bytes] = bytes


class Wrong(Exception):
    """An input was accepted that should not have been; the message says why."""


REFUSED, ACCEPTED, UNDECIDED = "refused", "accepted", "undecided"
"""What becomes of an input that is no find: ``undecided`` is accepted, and by nothing judged."""

OTHERS = (b"[commons]", b"groups =", b"[fishery]")
"""What only specs of a commons, of groups, of a fishery say."""


def _gallery(families: bool) -> tuple[bytes, ...]:
    games = [text for text in _specs() if not any(mark in text for mark in OTHERS)]
    return tuple(text for text in games if (b"[parameters]" in text) is families)


def _specs() -> tuple[bytes, ...]:
    return _files("coopgap.theory", "gallery")


def _marked(mark: bytes) -> tuple[bytes, ...]:
    return tuple(text for text in _specs() if mark in text)


def _twice(path: Path) -> str:
    from coopgap.theory.readers.load import load

    if pickle.dumps(load(path)) != pickle.dumps(load(path)):
        raise Wrong("a spec is read differently the second time")
    return ACCEPTED


def _toml(text: str) -> Tree:
    return tree_of(tomllib.loads(text))


def _spec(path: Path) -> str:
    from coopgap.theory.readers.load import load_listed
    from coopgap.theory.specification import FamilySpecification

    specification = load_listed(path)
    if isinstance(specification, FamilySpecification):
        return _family(specification)
    return _rewritten(specification)


def _rewritten(specification: Any) -> str:
    """The outcome of writing a specification and reading it again, which must not change it."""
    from coopgap.proofs.fuzzing.writing import spec_text
    from coopgap.theory.readers.spec import spec_from_text

    try:
        text = spec_text(specification)
    except InputError:
        return UNDECIDED
    try:
        again = spec_from_text(text, "written again")
    except InputError as error:
        words = " ".join(str(error).split()[-6:])[:80]
        raise Wrong(f"its own writing is refused: {words}") from None
    if _plain(again) != _plain(specification):
        raise Wrong("its own writing says something else")
    return ACCEPTED


def _plain(specification: Any) -> Any:
    """A form that equal specifications share; it renumbers records and drops their names."""
    from coopgap.theory.languages import RecordLanguage

    game = specification.environment
    payoffs = [Fraction(int(u), game.denominator) for u in game.payoffs.ravel().tolist()]
    languages = [
        (
            named.name,
            [[*map(tuple, named.language.table.reshape(len(game.states), -1).tolist())]]
            if isinstance(named.language, RecordLanguage)
            else named.language,
            named.contracts,
        )
        for named in specification.languages
    ]
    return (
        *(game.players, game.actions, game.states, game.prior, game.cooperative, payoffs),
        *(languages, specification.levels, specification.questions),
        *(specification.title, specification.source),
    )


def _family(specification: Any) -> str:
    """The outcome of evaluating a family at points.

    It must be the same game when the family is narrowed to the point step by step, and when the
    game is written and read again.
    """
    names = specification.family.parameters
    rng = Random(0)
    outcome = UNDECIDED
    pickle.loads(pickle.dumps(specification))
    for _ in range(10):
        values = {name: Fraction(rng.randint(-4, 8), rng.choice((1, 2, 3))) for name in names}
        try:
            game = specification.at(values)
        except InputError:
            continue
        if len(names) > 1:
            first, *remaining = names
            try:
                narrowed = specification.narrowed({first: values[first]})
            except InputError:
                continue
            parts = narrowed.at({name: values[name] for name in remaining})
            if _plain(parts) != _plain(game):
                raise Wrong("a family narrowed to a point is not the game at that point")
        outcome = _rewritten(game)
    return outcome


def _table_games() -> tuple[bytes, ...]:
    header = "id,formal_game,story_row,story_col,actions_row,actions_column,1_1_payoff,1_2_payoff"
    header += ",2_1_payoff,2_2_payoff"
    targets = ",target_nash_equilibria,target_utility_maximizing,target_rawlsian"
    targets += ",target_nash_social_welfare,nash_social_welfare,max_utilitarian,max_rawlsian"
    labels = "\"['Stag', 'Hare']\",\"['Stag', 'Hare']\""
    stag = f'7,Stag hunt,"I hunt, too.",x,{labels},"(4, 4)","[0, 3]","(3, 0)","(2, 2)"'
    stored = ",\"('stag', 'stag')|('hare', 'hare')\",\"('stag', 'stag')\",\"('stag', 'stag')\""
    stored += ",\"('stag', 'stag')\",16,8,4.0"
    dilemma = f'2,Prisoner\'s Dilemma,x,y,{labels},"(3, 3)","[0, 5]","(5, 0)","(1, 1)"'
    labels4 = "\"['CH', 'CL', 'DH', 'DL']\""
    rows = "[[[5, 5], [4, 6], [0, 3], [0, 3]], [[6, 4], [1, 1], [0, 3], [0, 3]], "
    rows += "[[3, 0], [3, 0], [2, 2], [2, 2]], [[3, 0], [3, 0], [2, 2], [1, 1]]]"
    wide = f'{header},payoff_matrix_4x4,actions_row_4x4,actions_col_4x4\n{dilemma},"{rows}",'
    return (
        f"{header}\n{stag}\n{dilemma}\n".encode(),
        f"{header}{targets}\n{stag}{stored}\n".encode(),
        f"{wide}{labels4},{labels4}\n".encode(),
    )


def _rows(text: str) -> Tree:
    import csv
    import io

    return [list(row) for row in csv.reader(io.StringIO(text, newline=""))]


def _csv(tree: Tree) -> str:
    rows = tree if isinstance(tree, list) else [tree]
    cells = [row if isinstance(row, list) else [row] for row in rows]
    quoted = [[f'"{_cell(cell)}"' for cell in row] for row in cells]
    return "".join(f"{','.join(row)}\r\n" for row in quoted)


def _cell(value: Tree) -> str:
    text = value if isinstance(value, str) else json_text(value)
    return text.replace('"', '""')


def _dataset(path: Path) -> str:
    from coopgap.proofs.audit.rows import audit
    from coopgap.theory.readers.table_games import read_table_games

    games = read_table_games(path)
    if len(games.games) + len(games.skipped) != len(games.rows):
        raise Wrong("a row is neither a game nor skipped")
    if any(not row.reason for row in games.skipped):
        raise Wrong("a row is skipped without a reason")
    document = audit(path).document()
    if document["checked"] + len(document["skipped"]) != document["rows"]:
        raise Wrong("the audit loses a row")
    json.dumps(document)
    return ACCEPTED if games.games else UNDECIDED


def _columns(path: Path) -> str:
    from coopgap.theory.readers.columns import read_columns
    from coopgap.theory.readers.table_games import COLUMNS

    columns, header = read_columns(path, COLUMNS), ["a", "b", "c", "d"]
    names, cells = columns.header(header), columns.cells(1, dict.fromkeys(header, "1"))
    if set(names) != set(cells) or not set(columns.sources) <= set(names):
        raise Wrong("a row by the map has other columns than its header")
    return ACCEPTED


def _certificates(families: bool) -> tuple[bytes, ...]:
    from coopgap.proofs.selftest import corpora

    return tuple(text.encode() for text in corpora.certificates(families))


def _conjunctions() -> tuple[bytes, ...]:
    from coopgap.proofs.selftest import corpora

    return tuple(text.encode() for text in corpora.conjunctions())


def _sealed(data: bytes) -> bytes:
    """A certificate with the hash of its present data, if it can be read."""
    from coopgap.proofs.selftest.corpora import sealed

    try:
        return canonical(sealed(json.loads(data))).encode()
    except (ValueError, RecursionError):
        return data


def _certificate(path: Path) -> str:
    from coopgap.proofs.certificates.certificate import verified
    from coopgap.proofs.selftest.oracle.judging import FALSE, ILL_FORMED, judgement
    from coopgap.theory.readers.files import read_text

    text = read_text(path, 64 << 20)
    verdict = verified(text)
    if not verdict.accepted:
        if not verdict.reason:
            raise Wrong("a certificate is rejected without a reason")
        return REFUSED
    document = json.loads(text)
    truth = judgement(document)
    if truth in (FALSE, ILL_FORMED):
        name = document.get("claim", {}).get("id", "one of several")
        raise Wrong(f"a claim is accepted that is {truth}: {name}")
    return UNDECIDED if truth == UNDECIDED else ACCEPTED


def _files(package: str, folder: str) -> tuple[bytes, ...]:
    files = importlib.resources.files(package).joinpath(folder).iterdir()
    listed = sorted(files, key=lambda entry: entry.name)
    return tuple(file.read_bytes() for file in listed if file.name.endswith(".toml"))


def _conjecture(path: Path) -> str:
    from coopgap.proofs.fuzzing.conjectures import FAILS, HOLDS, UNKNOWN, VACUOUS, read_conjecture
    from coopgap.proofs.fuzzing.measures import Measures
    from coopgap.proofs.fuzzing.situations import generator, situation

    conjecture = read_conjecture(path)
    case = situation(generator(0, "inputs", 0), conjecture.bounds)
    if len(case.environment.payoffs.ravel()) > 200:
        return UNDECIDED
    if conjecture.verdict(Measures(case)) not in (HOLDS, FAILS, VACUOUS, UNKNOWN):
        raise Wrong("a conjecture says something else of a situation")
    return ACCEPTED


def _theorem(path: Path) -> str:
    from coopgap.theory.readers.theorem import read_theorem

    theorem, again = read_theorem(path), read_theorem(path)
    if (theorem.parameters, theorem.conclusions) != (again.parameters, again.conclusions):
        raise Wrong("a theorem is read differently the second time")
    return ACCEPTED


def _texts() -> tuple[bytes, ...]:
    lines = [
        {"set": ["R=3", "S=-3/2"], "records": ["row == 'A'", "state in ['w1'] and col != 'B'"]},
        {"set": ["p = 1/3"], "records": ["row == col", "not (row == 'B') or state == 'w2'"]},
        {"set": ["x=0.25"], "records": ["(row == 'A') == (col == 'A')"]},
    ]
    return tuple(json.dumps(line).encode() for line in lines)


def _option_text(path: Path) -> str:
    """Option text: ``--set`` and predicates, over the built-in game N4."""
    from coopgap.proofs.fuzzing.writing import record_texts
    from coopgap.theory.exact import parse_number
    from coopgap.theory.languages import record_table
    from coopgap.theory.readers.files import read_text
    from coopgap.theory.readers.load import load, settings
    from coopgap.theory.readers.records import record_language

    try:
        document = json.loads(read_text(path))
    except (ValueError, RecursionError):
        return REFUSED
    if not isinstance(document, dict):
        return REFUSED
    outcome = REFUSED
    game: Any = load("n4")
    for field in ("set", "records"):
        texts = document.get(field)
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            continue
        try:
            if field == "set":
                for number in settings(texts).values():
                    if parse_number(str(number)) != number:
                        raise Wrong("a number is read differently the second time")
            else:
                table = record_table(record_language(game.environment, texts), game.environment)
                predicates = record_texts(table, game.environment)
                again = record_language(game.environment, predicates)
                if (record_table(again, game.environment) != table).any():
                    raise Wrong("predicates written again tell other plays apart")
        except InputError:
            continue
        outcome = ACCEPTED
    return outcome


def _json_tree(text: str) -> Tree:
    return tree_of(json.loads(text))


def _kinds() -> Iterator[Kind]:
    again = "what is read is written and read again as it was"
    spec = Kind("spec", ".toml", lambda: _gallery(False), _spec, again, _toml, toml_text)
    yield spec
    yield replace(
        spec,
        name="family",
        corpus=lambda: _gallery(True),
        oracle="the game at a point is the game of the family narrowed to it, and is read again",
    )
    yield replace(spec, name="formulas", corpus=formats.formulas)
    yield replace(spec, name="information", corpus=partial(_marked, b"[information]"))
    for name, mark in zip(("commons", "groups", "fishery"), OTHERS, strict=True):
        yield replace(
            spec,
            name=name,
            corpus=partial(_marked, mark),
            judge=_twice,
            oracle="it is read twice alike",
        )
    yield Kind("nfg", ".nfg", formats.nfg, _spec, again)
    yield Kind("efg", ".efg", formats.efg, _spec, again)
    yield Kind("gam", ".gam", formats.gam, _spec, again)
    yield Kind("json", ".json", formats.json, _spec, again, _json_tree, json_text)
    yield Kind("yaml", ".yaml", formats.yaml, _spec, again)
    yield Kind(
        "table-games",
        ".csv",
        _table_games,
        _dataset,
        "every row is a game or skipped for a reason, and audited",
        _rows,
        _csv,
    )
    yield Kind(
        "columns",
        ".toml",
        formats.columns,
        _columns,
        "a row by the map has the columns of its header",
        _toml,
        toml_text,
    )
    certificate = Kind(
        "certificate",
        ".json",
        lambda: _certificates(False),
        _certificate,
        "an accepted claim is true of the data alone, by its definition",
        _json_tree,
        json_text,
        _sealed,
    )
    yield certificate
    yield replace(
        certificate,
        name="family-certificate",
        corpus=lambda: _certificates(True),
        oracle="an accepted claim is true at points of the assumptions, by its definition",
    )
    yield replace(
        certificate,
        name="conjunction",
        corpus=_conjunctions,
        oracle="every part that is accepted is true at points of the assumptions",
    )
    yield Kind(
        "conjecture",
        ".toml",
        lambda: _files("coopgap.proofs.fuzzing", "registry"),
        _conjecture,
        "it says of a situation that it holds, fails, is vacuous or unknown",
        _toml,
        toml_text,
    )
    yield Kind(
        "theorem",
        ".toml",
        lambda: _files("coopgap.proofs.theorems", "paper"),
        _theorem,
        "it is read twice alike",
        _toml,
        toml_text,
    )
    yield Kind(
        "option",
        ".json",
        _texts,
        _option_text,
        "numbers and predicates are written and read again as they were",
        _json_tree,
        json_text,
    )


KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _kinds()}
"""The kinds of inputs by name."""
