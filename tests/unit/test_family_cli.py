"""The command on families: what it says, what it refuses, and the certificates that it writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coopgap.main import run
from coopgap.proofs.certificates.certificate import canonical, digest

GAME = """
[game]
players = ["row", "col"]
actions = { row = ["C", "D"], col = ["C", "D"] }
"""

DONATION = (
    """
title = "Donation"
[parameters]
names = ["b", "c"]
assume = ["b > c > 0"]
"""
    + GAME
    + """
[game.payoffs]
row = [["b - c", "-c"], ["b", 0]]
col = "symmetric"

[[language]]
name = "together"
records = ["row == col"]

[[claim]]
id = "closes"
lambda = "1"

[[claim]]
id = "gap-positive"
language = "together"
"""
)

TWO_STATES = """
[game]
players = ["row", "col"]
actions = { row = ["C", "D"], col = ["C", "D"] }
states = { names = ["w1", "w2"], prior = [PRIOR] }
[game.payoffs.w1]
row = [["p", 0], [1, 0]]
col = "symmetric"
[game.payoffs.w2]
row = [[0, 0], [1, 2]]
col = "symmetric"
"""


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run([str(argument) for argument in arguments])
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return call


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def refused(result: tuple[int, str, str]) -> str:
    """The one message of a command that could not be carried out."""
    status, out, err = result
    assert (status, out) == (2, ""), err
    assert err.count("\n") == 1
    assert err.startswith("coopgap: ")
    assert "bug" not in err
    return err


def family_text(parameters: str, assume: str, game: str) -> str:
    return f"[parameters]\nnames = {parameters}\nassume = {assume}\n{game}"


# --- statuses and stories ---


def test_a_refuted_claim_comes_with_a_point_and_a_mended_assumption(
    command: Command, tmp_path: Path
) -> None:
    spec = written(tmp_path / "donation.toml", DONATION)
    status, out, err = command("check", spec)
    assert (status, err) == (1, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "It fails at b = 3 and c = 2. It holds if also b >= 2*c." in " ".join(out.split())
    status, out, _ = command("check", spec, "--json")
    closes, gap = json.loads(out)["claims"]
    assert (closes["status"], gap["status"]) == ("refuted", "proved")
    assert closes["counterexample"] == {"b": "3", "c": "2"}


def test_the_mended_assumption_mends_it(command: Command, tmp_path: Path) -> None:
    mended = DONATION.replace('["b > c > 0"]', '["b > c > 0", "b >= 2*c"]')
    status, out, _ = command("check", written(tmp_path / "mended.toml", mended), "--json")
    assert status == 0
    assert {claim["status"] for claim in json.loads(out)["claims"]} == {"proved"}


def test_some_parameters_may_be_set(command: Command, tmp_path: Path) -> None:
    spec = written(tmp_path / "donation.toml", DONATION)
    status, out, _ = command("check", spec, "--set", "b=4", "--json")
    document = json.loads(out)
    assert status == 1
    assert document["parameters"]["names"] == ["c"]
    status, out, _ = command("check", spec, "--set", "b=4", "--set", "c=1", "--json")
    assert status == 0
    assert json.loads(out)["parameters"]["names"] == []


def test_contradictory_assumptions(command: Command, tmp_path: Path) -> None:
    """Nothing is proved of no games at all."""
    spec = written(tmp_path / "none.toml", DONATION.replace('c > 0"]', 'c > 0", "c > b"]'))
    out_dir = tmp_path / "out"
    status, out, err = command("check", spec, "--json", "--certificates", out_dir)
    assert (status, err) == (3, ""), err
    document = json.loads(out)
    assert {claim["status"] for claim in document["claims"]} == {"unknown"}
    assert all("contradict" in claim["reason"] for claim in document["claims"])
    assert document["parameters"]["consistent"] is False
    certificate = out_dir / f"{document['parameters']['certificate']}.json"
    assert command("verify", certificate)[0] == 0
    status, out, _ = command("check", spec)
    assert status == 3
    assert "No parameters satisfy these assumptions" in out
    assert "proved" not in out
    plain = written(tmp_path / "plain.toml", spec.read_text().partition("[[claim]]")[0])
    assert command("check", plain, "--json")[0] == 0


# --- bad input ---


@pytest.mark.parametrize(
    ("parameters", "assume", "entry", "words"),
    [
        ('["b"]', "[]", "1/b", ["row", "(C, C)", "b", "may be 0", "b = 0"]),
        ('["b"]', '["b >= 1"]', "1/(b - 2)", ["(C, C)", "b - 2", "b = 2"]),
        ('["b", "c"]', '["b > 0", "c < 0"]', "1/(b + c)", ["b + c", "may be 0", "b = ", "c = -"]),
        ('["b"]', '["1/b > 0"]', "b", ["the assumption '1/b > 0'", "may be 0"]),
    ],
)
def test_divisions_that_may_vanish(
    parameters: str,
    assume: str,
    entry: str,
    words: list[str],
    command: Command,
    tmp_path: Path,
) -> None:
    game = GAME + f'[game.payoffs]\nrow = [["{entry}", 0], [1, 0]]\ncol = "symmetric"\n'
    spec = written(tmp_path / "x.toml", family_text(parameters, assume, game))
    message = refused(command("check", spec, "--json"))
    assert str(spec) in message or "x.toml" in message
    for word in words:
        assert word in message
    assert "add an assumption" in message


def test_a_division_that_cannot_vanish(command: Command, tmp_path: Path) -> None:
    game = GAME + '[game.payoffs]\nrow = [["1/b", 0], [1, 0]]\ncol = "symmetric"\n'
    status, out, _ = command(
        "check", written(tmp_path / "x.toml", family_text('["b"]', '["b > 0"]', game))
    )
    assert status == 0
    assert "1/b" in out


@pytest.mark.parametrize(
    ("prior", "assume", "words"),
    [
        ('"p", "1 - p"', '["p < 1"]', ["state 'w1'", "negative", "p = "]),
        ('"p", "1 - p"', '["p > 0"]', ["state 'w2'", "negative", "p = "]),
        ('"p", "p"', '["0 < p < 1"]', ["sum to 1", "p = "]),
        ('"p", "1/2"', '["0 < p < 1"]', ["sum to 1", "p = "]),
    ],
)
def test_priors_that_are_none(
    prior: str, assume: str, words: list[str], command: Command, tmp_path: Path
) -> None:
    text = family_text('["p"]', assume, TWO_STATES.replace("PRIOR", prior))
    message = refused(command("check", written(tmp_path / "x.toml", text)))
    assert "prior" in message
    for word in words:
        assert word in message


def test_a_prior_under_an_equation(command: Command, tmp_path: Path) -> None:
    text = family_text('["p", "q"]', '["p > 0", "q > 0", "p + q == 1"]', TWO_STATES)
    status, _, err = command(
        "check", written(tmp_path / "x.toml", text.replace("PRIOR", '"p", "q"'))
    )
    assert (status, err) == (0, "")


def test_unknown_parameters(command: Command, tmp_path: Path) -> None:
    spec = written(tmp_path / "donation.toml", DONATION)
    message = refused(command("check", spec, "--set", "cost=3"))
    assert "--set" in message
    assert "'cost'" in message
    assert "assumption" in refused(command("check", spec, "--set", "b=1", "--set", "c=2"))
    assert "no parameters" in refused(command("check", "n4", "--set", "c=3"))


def test_degrees_and_terms_have_limits(command: Command, tmp_path: Path) -> None:
    power = "*".join(["b**9"] * 9)
    sums = "*".join([f"(b + c + {k})**9" for k in range(1, 9)])
    for entry in (power, sums):
        game = GAME + f'[game.payoffs]\nrow = [["{entry}", "c"], [1, 0]]\ncol = "symmetric"\n'
        spec = written(tmp_path / "x.toml", family_text('["b", "c"]', "[]", game))
        message = refused(command("check", spec, "--json"))
        assert "too large" in message
        assert "simpler" in message


def test_negative_levels_at_some_parameters(command: Command, tmp_path: Path) -> None:
    """λ is at least 0 for all parameters, or nothing is proved about it."""
    text = DONATION.replace('lambda = "1"', 'lambda = "b - 2"')
    status, out, err = command("check", written(tmp_path / "x.toml", text), "--json")
    if status == 2:
        assert "λ" in err
        return
    assert json.loads(out)["claims"][0]["status"] != "proved"


# --- certificates ---


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("family")
    spec = written(folder / "donation.toml", DONATION)
    with pytest.raises(SystemExit):
        run(["check", str(spec), "--certificates", str(folder / "out"), "--json"])
    return folder / "out"


def test_certificates_are_accepted(certificates: Path, command: Command) -> None:
    files = sorted(certificates.iterdir())
    kinds = set()
    for file in files:
        assert digest(file.read_text(encoding="utf-8")) == file.stem
        status, out, _ = command("verify", file, "--json")
        assert status == 0, out
        kinds.add(json.loads(out)["kind"])
    assert kinds == {"cases", "counterexample"}


def changed(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every number of a certificate's witness or claim changed, one at a time."""
    if isinstance(value, dict):
        for key, part in value.items():
            for place, variant in changed(part, (*path, key)):
                yield place, {**value, key: variant}
    elif isinstance(value, list):
        for k, part in enumerate(value):
            for place, variant in changed(part, (*path, k)):
                yield place, [*value[:k], variant, *value[k + 1 :]]
    elif type(value) is int:
        yield path, value + 1
    elif isinstance(value, str) and value.lstrip("-").isdigit():
        yield path, str(int(value) + 1)


def test_certificates_of_other_data_are_rejected(
    certificates: Path, command: Command, tmp_path: Path
) -> None:
    """Data may not be exchanged under a certificate: its hash is part of it."""
    for file in certificates.iterdir():
        document = json.loads(file.read_text(encoding="utf-8"))
        document["data"]["assumptions"] = []
        forged = written(tmp_path / "forged.json", canonical(document))
        assert command("verify", forged)[0] == 1
        document["data_sha256"] = digest(canonical(document["data"]))
        forged = written(tmp_path / "forged.json", canonical(document))
        status, out, _ = command("verify", forged, "--json")
        # Without b > c > 0 hardly anything is left; a counterexample needs no assumptions.
        always = ("equilibria", "first-best", "beneficial-with-side-payments")
        name = document["claim"]["id"]
        if "at" not in document["claim"] and name not in always:
            assert status == 1, (name, out)


def test_tampered_refutations_and_claims_are_rejected(
    certificates: Path, command: Command, tmp_path: Path
) -> None:
    tried = 0
    for file in certificates.iterdir():
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["claim"]["id"] not in ("gap", "threshold", "value"):
            continue
        for _, claim in list(changed(document["claim"]))[:12]:
            forged = written(tmp_path / "forged.json", canonical({**document, "claim": claim}))
            status, out, _ = command("verify", forged, "--json")
            assert status == 1, (claim, out)
            tried += 1
    assert tried > 10


def test_a_counterexample_elsewhere_is_rejected(
    certificates: Path, command: Command, tmp_path: Path
) -> None:
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in certificates.iterdir()]
    (document,) = [document for document in documents if "at" in document["claim"]]
    for point in (["1", "2"], ["3", "1"], ["2", "1"]):
        document["claim"]["at"] = dict(zip(document["claim"]["at"], point, strict=True))
        forged = written(tmp_path / "forged.json", canonical(document))
        assert command("verify", forged)[0] == 1, point
