"""Theorems in Coq as ``prove`` reports them: they are there, they say what the words were written
for, and the status tells whether Coq was run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from coopgap.proofs.deciding.worker import TimedOut
from coopgap.proofs.export import coqc
from coopgap.proofs.export.coq_theorems import Compilation, Refused
from coopgap.proofs.theorems import general
from coopgap.proofs.theorems.prove import decide
from coopgap.proofs.theorems.registry import find, prove, registered
from coopgap.proofs.theorems.theorem import Theorem
from coopgap.theory.errors import InputError

ENTRIES = general._entries()
COQ = pytest.mark.skipif(shutil.which("coqc") is None, reason="there is no coqc here")


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sources in Coq, which is used instead of them."""
    copy = tmp_path / "coq"
    shutil.copytree(coqc.SOURCES, copy)
    monkeypatch.setattr(coqc, "SOURCES", copy)
    return copy


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), encoding="utf-8")


def without_coq(name: str) -> Any:
    """The report of a theorem where no Coq is found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "")
        return decide(find([name])[0])


def test_every_theorem_in_coq_has_one_place_and_the_words_are_up_to_date():
    theorems = [name for entry in ENTRIES.values() for name in entry["theorems"]]
    assert sorted(theorems) == sorted(general._theorems(coqc.SOURCES))
    for claim, entry in ENTRIES.items():
        meaning = general.meaning(tuple(entry["theorems"]))
        assert meaning == entry["meaning"], (
            f"{claim}: compare words and theorems; now it is {meaning}"
        )


def test_claims_have_the_theorems_that_carry_their_id():
    for claim, entry in ENTRIES.items():
        if re.fullmatch(r"[tn]\d+", claim):
            assert all(name.startswith(f"{claim.upper()}_") for name in entry["theorems"]), claim


def test_what_is_covered_is_registered_and_says_so():
    theorems = registered()
    for entry in ENTRIES.values():
        for pattern in entry.get("covers", ()):
            cases = [theorem for name, theorem in theorems.items() if fnmatchcase(name, pattern)]
            assert cases, pattern
            for theorem in cases:
                assert isinstance(theorem, Theorem)
                assert {part.theorem for part in theorem.general} == set(entry["theorems"])
                assert all(
                    f"Theorem {part.theorem}" in Path(part.file).read_text(encoding="utf-8")
                    for part in theorem.general
                )


def test_ids_that_have_certificates_keep_them():
    theorems = registered()
    assert all(isinstance(theorems[name], Theorem) for name in ("n1", "n2", "n6", "pd-gap"))
    (n1,) = find(["n1"])
    assert isinstance(n1, Theorem)
    assert [part.theorem for part in n1.general] == ["N1_random_audits", "N1_unattained"]


@pytest.mark.parametrize(
    "former",
    [
        *("t1-3x2x2", "t1-records-2x2x1", "t1-permissive-2x3x1", "t1-complete-2x2x2"),
        *("t1-complete-classes", "t2-4x9", "t3-records-2x2x2", "t4-2x2x3", "t5-2x3x2"),
        *("t6-2x2x2", "t6-ties", "t8-3x2x2", "t8-two-outcomes-4", "t9-2x2x2"),
    ],
)
def test_ids_of_bounded_shapes_lead_to_the_general_theorem(
    former: str, monkeypatch: pytest.MonkeyPatch
):
    (theorem,) = find([former])
    assert isinstance(theorem, general.GeneralTheorem)
    assert theorem.id == former[:2]
    monkeypatch.setenv("PATH", "")
    with pytest.warns(DeprecationWarning, match=f"{theorem.id} covers it"):
        report = prove(former)
    assert report.id == theorem.id


@pytest.mark.parametrize("name", ["t7-2x2x2", "t6-", "t6-tie", "t10-2x2x2", "t3-burnt", "n4-2x2"])
def test_no_other_ids_do(name: str):
    with pytest.raises(InputError, match="there is no theorem"):
        find([name])


def test_the_command_says_so_in_one_line(
    run_coopgap: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")
    result = run_coopgap("prove", "t6-ties", "t9")
    assert result.stderr == (
        "coopgap: t6-ties is deprecated and goes with 0.4.0: t6 covers it, for every finite size\n"
    )


def test_a_file_of_the_same_name_is_not_covered(tmp_path: Path):
    file = tmp_path / "n1.toml"
    text = 'title = "x"\n[theorem]\nconclusion = ["x > 0"]\n'
    text += '[parameters]\nnames = ["x"]\nassume = ["x > 1"]\n'
    file.write_text(text, encoding="utf-8")
    assert decide(find([str(file)])[0]).general == ()


def test_without_coq_a_theorem_is_trusted_and_the_reason_said():
    report = without_coq("t8")
    assert report.status == "trusted"
    assert report.solvers == ("coq",)
    assert "Coq was not run: there is no coqc" in report.reason
    assert (report.certificate.kind, report.certificate.checked) == ("coq", False)
    trusted, _ = report.sentences
    assert trusted.status == "trusted"
    assert trusted.sentence.endswith("forall i, v i < expected_payoff i s + pay i")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "Statements.v",
            "v i < expected_payoff i s + pay i.",
            "v i <= expected_payoff i s + pay i.",
        ),
        ("Definitions.v", "forall b, W b w <= W a w.", "forall b, W b w < W a w."),
        (
            "Sums.v",
            "| nil => 0\n  | x :: rest => f x + total",
            "| nil => 1\n  | x :: rest => f x + total",
        ),
        ("OrderedField.v", "le_refl : forall x, le x x;", "le_refl : forall x, le x zero;"),
    ],
)
def test_a_theorem_that_says_something_else_is_unknown(
    file: str, old: str, new: str, sources: Path
):
    replace(sources / file, old, new)
    report = without_coq("t8")
    assert report.status == "unknown"
    assert "not the one its words were written for" in report.reason
    assert report.certificate is None


def test_proofs_comments_and_other_statements_may_change(sources: Path):
    replace(sources / "T6_T9.v", "intros K E s _. apply strict_maxima.", "auto.")
    replace(sources / "Statements.v", "welfare s + d <= optimum E.\n\n(** In", "False.\n\n(** Or")
    replace(sources / "Sums.v", "A finite set:", "A set:")
    assert without_coq("t8").status == "trusted"
    assert without_coq("t4").status == "unknown"


def test_a_theorem_that_is_not_there_is_unknown(sources: Path):
    replace(sources / "T6_T9.v", "Theorem T8_side_payments", "Theorem T8_payments")
    report = without_coq("t8")
    assert report.status == "unknown"
    assert report.reason == "proofs/coq has no theorem T8_side_payments"


@COQ
def test_with_coq_it_is_proved_in_this_run(run_coopgap: Callable[..., Any]):
    result = run_coopgap("prove", "t8", "--json")
    assert result.returncode == 0
    (report,) = json.loads(result.stdout)["theorems"]
    assert report["status"] == "proved"
    assert report["certificate"]["kind"] == "coq"
    assert report["certificate"]["checked"] is True
    assert report["general"] == [
        {"theorem": f"T8_{kind}", "file": "proofs/coq/T6_T9.v"}
        for kind in ("side_payments", "one_payment")
    ]
    assert decide(find(["t8"])[0], timeout=0.01).status == "unknown"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources with a theorem, one that rests on an axiom, and one that does not compile."""
    monkeypatch.setattr(coqc, "SOURCES", tmp_path)
    (tmp_path / "Good.v").write_text("Theorem good : True.\nProof. exact I. Qed.\n")
    (tmp_path / "Assumed.v").write_text(
        "Axiom a : False.\nTheorem bad : False.\nProof. exact a. Qed.\n"
    )
    (tmp_path / "Wrong.v").write_text(
        "From coopgap Require Import Good.\nTheorem wrong : False.\nProof. exact good. Qed.\n"
    )


@COQ
@pytest.mark.usefixtures("small")
def test_what_coq_does_not_accept_is_refused():
    messages = list[str]()
    with Compilation() as coq:
        coq.require_closed({"good": "Good"}, None, messages.append)
        with pytest.raises(Refused, match="something is assumed"):
            coq.require_closed({"good": "Good", "bad": "Assumed"}, None, messages.append)
        with pytest.raises(Refused, match="does not compile"):
            coq.require_closed({"wrong": "Wrong"}, None, messages.append)
        with pytest.raises(TimedOut):
            coq.require_closed({"good": "Good"}, 1e-6, messages.append)
    assert messages == [f"Coq compiles {name}.v" for name in ("Good", "Assumed", "Wrong")]
