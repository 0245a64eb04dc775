"""Mutated inputs: none ends in a traceback, hangs, or is accepted for what it is not."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from random_environments import BASE_SEED
from typer.testing import CliRunner

from coopgap.main import application, run
from coopgap.proofs.certificates import certificate as certificates
from coopgap.proofs.certificates.certificate import canonical, digest
from coopgap.proofs.deciding.worker import TimedOut
from coopgap.proofs.selftest import input_kinds, inputs
from coopgap.proofs.selftest.input_kinds import KINDS, Kind, Wrong
from coopgap.proofs.selftest.inputs import campaign, case, examine, shortened
from coopgap.proofs.selftest.mutations import garbled, json_text, mutated, toml_text, tree_of
from coopgap.proofs.selftest.oracle import judging
from coopgap.proofs.trusted.certificates import Verified
from coopgap.theory.errors import InputError

CASES, MANY = 40, 1_000
SLOW = {"certificate": 16}
"""Of some kinds the gate tries fewer."""
SEED = 4
FEW = 60
"""Of larger corpora the gate looks at about so many inputs."""


@pytest.mark.parametrize("name", KINDS)
def test_nothing_goes_wrong(name: str):
    cases = SLOW.get(name, CASES)
    (tally,) = campaign([name], cases, seed=SEED)
    assert [find.document() for find in tally.finds] == []
    assert tally.refused + tally.accepted + tally.undecided == tally.cases == cases
    assert tally.refused > cases // 4
    assert tally.accepted > 0


@pytest.mark.deep
@pytest.mark.parametrize("name", KINDS)
def test_nothing_goes_wrong_in_many_cases(name: str):
    (tally,) = campaign([name], MANY, seed=BASE_SEED)
    assert [find.document() for find in tally.finds] == []


def require_accepted(name: str, corpus: Sequence[bytes]) -> None:
    outcomes = {examine(name, data)[0] for data in corpus}
    assert input_kinds.ACCEPTED in outcomes
    assert outcomes <= {input_kinds.ACCEPTED, input_kinds.UNDECIDED}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_not_mutated_is_accepted(name: str):
    corpus = KINDS[name].corpus()
    require_accepted(name, corpus[:: 1 + len(corpus) // FEW])


@pytest.mark.deep
@pytest.mark.parametrize("name", KINDS)
def test_nothing_that_is_not_mutated_is_refused(name: str):
    require_accepted(name, KINDS[name].corpus())


def test_a_case_depends_on_seed_kind_and_number_alone():
    spec, family = KINDS["spec"], KINDS["family"]
    cases = [case(spec, 3, number) for number in range(5)]
    assert [case(spec, 3, number) for number in reversed(range(5))] == cases[::-1]
    assert len({*cases, case(spec, 4, 0), case(family, 3, 0)}) == 7


# --- planted faults -------------------------------------------------------------------------------


def planted(monkeypatch: pytest.MonkeyPatch, judge: Any) -> None:
    kind = Kind("planted", ".txt", lambda: (b"one\ntwo!\nthree\n",), judge, "none")
    monkeypatch.setitem(input_kinds.KINDS, "planted", kind)
    inputs._corpus.cache_clear()


def test_a_crash_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch):
    def judge(path: Path) -> str:
        data = path.read_bytes()
        if b"!" in data:
            return json.loads("{")  # type: ignore[no-any-return]
        raise InputError("no mark", fix="add one")

    planted(monkeypatch, judge)
    monkeypatch.setattr(inputs, "_crash", lambda error: f"crash: {type(error).__name__}")
    (tally,) = campaign(["planted"], 20, limit=None)
    (find,) = tally.finds
    assert (find.fault, find.data) == ("crash: JSONDecodeError", b"!")
    assert "Traceback" in find.detail
    assert find.document()["input"] == "!"


def test_a_wrong_acceptance_is_found(monkeypatch: pytest.MonkeyPatch):
    def judge(path: Path) -> str:
        raise Wrong("it is not so") if len(path.read_bytes()) > 3 else InputError("short")

    planted(monkeypatch, judge)
    (tally,) = campaign(["planted"], 10, limit=None)
    (find,) = tally.finds
    assert find.fault == "wrong: it is not so"
    assert len(find.data) == 4


def test_a_crash_is_named_by_its_place(monkeypatch: pytest.MonkeyPatch):
    def judge(_: Path) -> str:
        return digest(canonical(object()))

    planted(monkeypatch, judge)
    outcome, detail = examine("planted", b"")
    assert outcome == "crash: TypeError in documents.py:canonical"
    assert detail.startswith("Traceback")


def test_what_is_refused_says_why(monkeypatch: pytest.MonkeyPatch):
    def judge(_: Path) -> str:
        raise InputError("", fix="guess")

    planted(monkeypatch, judge)
    assert examine("planted", b"") == ("refused without a reason", "")


def test_memory_is_for_the_worker(monkeypatch: pytest.MonkeyPatch):
    def judge(_: Path) -> str:
        raise MemoryError

    planted(monkeypatch, judge)
    with pytest.raises(MemoryError):
        examine("planted", b"")


def test_specs_that_change_are_finds(monkeypatch: pytest.MonkeyPatch):
    from coopgap.proofs.fuzzing import writing

    spec = KINDS["spec"].corpus()[0]
    with monkeypatch.context() as patch:
        patch.setattr(writing, "spec_text", lambda _: "[game]")
        assert examine("spec", spec)[0].startswith("wrong: its own writing is refused")
    monkeypatch.setattr(input_kinds, "_plain", lambda _: object())
    assert examine("spec", spec)[0] == "wrong: its own writing says something else"
    outcomes = {examine("family", data)[0] for data in KINDS["family"].corpus()[:5]}
    assert "wrong: a family narrowed to a point is not the game at that point" in outcomes


def test_lost_rows_are_finds(monkeypatch: pytest.MonkeyPatch):
    from coopgap.proofs.audit import rows as audit
    from coopgap.theory.readers import table_games

    data = KINDS["table-games"].corpus()[0]

    def outcome(games: int, skipped: list[Any]) -> str:
        table = SimpleNamespace(games=[0] * games, skipped=skipped, rows=[0])
        monkeypatch.setattr(table_games, "read_table_games", lambda _: table)
        return examine("table-games", data)[0]

    assert outcome(2, []) == "wrong: a row is neither a game nor skipped"
    assert outcome(0, [SimpleNamespace(reason="")]) == "wrong: a row is skipped without a reason"
    lost = SimpleNamespace(document=lambda: {"checked": 0, "skipped": [], "rows": 1})
    monkeypatch.setattr(audit, "audit", lambda _: lost)
    assert outcome(1, []) == "wrong: the audit loses a row"


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"set": 1, "records": [1]}'])
def test_options_that_are_none(data: bytes):
    assert examine("option", data) == (input_kinds.REFUSED, "")


def test_a_hang_is_found():
    class Slow:
        def call(self, *_: Any) -> Any:
            raise TimedOut("stopped after 1 s")

    slow: Any = Slow()
    assert inputs.judged(KINDS["nfg"], b"", slow) == ("hangs: stopped after 1 s", "")


def test_unknown_kinds_are_refused():
    with pytest.raises(InputError, match="there is no kind 'x'"):
        campaign(["x"])


def test_parts_are_left_out():
    assert shortened(b"abcdefgh!ijklmnop", lambda data: b"!" in data) == b"!"
    assert shortened(b"", lambda _: False) == b""


# --- mutations ------------------------------------------------------------------------------------


def test_trees_survive_their_text():
    document = {"a": [1, "x", {"b": True, "c": [None, 10**40]}], "d": 1.5}
    assert json.loads(json_text(tree_of(document))) == document
    plain = {"a": [1, "é\x7f\n", {"b": True}], "d e": 1.5}
    assert tomllib.loads(toml_text(tree_of(plain))) == plain


def test_mutations_leave_what_they_are_given():
    tree = tree_of({"a": [1, "2", {"b": True}], "c": {"d": "1/3"}})
    before = json_text(tree)
    texts = {json_text(mutated(tree, tree, Random(seed))) for seed in range(300)}
    assert json_text(tree) == before
    assert len(texts) > 100
    assert mutated([], [], Random(0)) != "unchanged"


def test_garbling_is_total():
    for seed in range(200):
        for data in (b"", b"x", b"a\nb\n"):
            assert isinstance(garbled(data, data, Random(seed)), bytes)


# --- certificates ---------------------------------------------------------------------------------


def test_false_acceptance_is_a_find(monkeypatch: pytest.MonkeyPatch):
    data = next(text for text in KINDS["certificate"].corpus() if b'"gap-positive"' in text)
    denied = {**json.loads(data), "claim": {"id": "gap-positive", "holds": False}}
    accepted = Verified(True)
    monkeypatch.setattr(certificates, "verified", lambda _: accepted)
    outcome, _ = examine("certificate", canonical(denied).encode())
    assert outcome == "wrong: a claim is accepted that is false: gap-positive"
    monkeypatch.setattr(judging, "judgement", lambda _: judging.UNDECIDED)
    assert examine("certificate", data) == (input_kinds.UNDECIDED, "")
    monkeypatch.setattr(certificates, "verified", lambda _: Verified(False))
    outcome, _ = examine("certificate", b"{}")
    assert outcome == "wrong: a certificate is rejected without a reason"


# --- the command ----------------------------------------------------------------------------------


def test_the_command_counts(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        run(["fuzz", "--inputs", "nfg", "--cases", "30", "--seed", "2", "--json"])
    assert ended.value.code == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "coopgap.fuzz-inputs/1"
    (kind,) = document["kinds"]
    assert (kind["kind"], kind["cases"], kind["finds"]) == ("nfg", 30, [])


def test_the_command_keeps_finds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    find = inputs.Find("nfg", 7, "crash: here", b"\xff!")
    tally = inputs.Tally("nfg", "none", 8, 7, 0, 0, 0.5, (find,))
    monkeypatch.setattr(inputs, "campaign", lambda *_, **__: [tally])
    with pytest.raises(SystemExit) as ended:
        run(["fuzz", "--inputs", "--seconds", "1", "--keep", str(tmp_path)])
    assert ended.value.code == 1
    assert (tmp_path / "nfg-7.nfg").read_bytes() == b"\xff!"
    assert "nfg 7: crash: here" in capsys.readouterr().out


def test_the_command_refuses(capsys: pytest.CaptureFixture[str]):
    for arguments in (["nope"], ["nfg", "--seconds", "-1"]):
        with pytest.raises(SystemExit) as ended:
            run(["fuzz", "--inputs", *arguments])
        assert ended.value.code == 2
        assert capsys.readouterr().out == ""
    assert CliRunner().invoke(application(), ["fuzz", "--help"]).exit_code == 0
