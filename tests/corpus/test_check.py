"""``check`` on the gallery against values that were derived without it, and its report's form."""

from __future__ import annotations

import inspect
import json
import re
from fractions import Fraction
from itertools import permutations, product
from pathlib import Path
from typing import Any

import pytest
from checked import checked
from games import load_game

from coopgap.proofs.certificates.certificate import KINDS, digest, kind_of, kind_of_text, verified
from coopgap.proofs.deciding.check import check, questions
from coopgap.proofs.deciding.reports import Unknown
from coopgap.proofs.questions.registry import CLAIMS
from coopgap.proofs.trusted.certificates import FORMULA, INCONSISTENT
from coopgap.proofs.trusted.claims import CLAIMS as RULES
from coopgap.theory.contracts import Budget, Directives, Transfers
from coopgap.theory.environments import Environment, environment
from coopgap.theory.languages import Language, ProductLanguage, complete, record_of
from coopgap.theory.readers.claim_fields import CLAIM_FIELDS
from coopgap.theory.readers.load import load
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import NamedLanguage, Question, Specification

DOCS = Path(__file__).parents[2] / "docs"
EXPECTED = Path(__file__).parents[1] / "expected"
SLUGS = sorted(file.stem for file in EXPECTED.glob("*.json"))


def test_registry_reader_and_checker_know_the_same_claims() -> None:
    assert set(CLAIMS) == set(CLAIM_FIELDS)
    assert set(CLAIMS) <= set(RULES)
    page = (DOCS / "claims.md").read_text(encoding="utf-8")
    assert {name for name in RULES if f"`{name}`" in page} == set(RULES)
    page = (DOCS / "certificates.md").read_text(encoding="utf-8")
    named = {*RULES, FORMULA, INCONSISTENT}
    assert {name for name in named if not mentioned(name, page)} == set()


def mentioned(name: str, page: str) -> bool:
    """Whether a page names the claim; the axioms as the first to the last."""
    return f"`{name}`" in page or (name.startswith("axiom-") and "`axiom-i` …" in page)


def test_every_kind_of_certificate_is_documented() -> None:
    page = (DOCS / "claims.md").read_text(encoding="utf-8")
    claims, kinds_section = page.split("## Kinds of certificate")
    documented = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \|$", kinds_section, re.MULTILINE)
    kinds = set(KINDS.values())
    for function in (kind_of, kind_of_text):
        kinds |= set(re.findall(r'return "([a-z-]+)"|"([a-z-]+)" if', inspect.getsource(function)))
    named = {part for kind in kinds for part in (kind if isinstance(kind, tuple) else (kind,))}
    assert sorted(documented) == sorted(named - {""} | {"multipliers"})
    last = re.findall(r"^\| `[\w-]+` \|.*\| ([^|]+) \|$", claims, re.MULTILINE)
    assert len(last) == len(CLAIMS)
    used = {kind for cell in last for kind in re.findall(r"[a-z-]+", cell.replace("(refuted)", ""))}
    assert used - {"or"} <= set(documented)


@pytest.mark.parametrize("slug", SLUGS)
def test_gallery_matches_expected_values(slug: str) -> None:
    expected = json.loads((EXPECTED / f"{slug}.json").read_text(encoding="utf-8"))
    document = json.loads(json.dumps(checked(slug).document()))
    for name in ("first_best", "prosocial_threshold", "agent_thresholds", "prosocial"):
        assert document[name] == expected[name], name
    assert document["selfish"]["welfare"] == expected["selfish"]["welfare"]
    assert document["selfish"]["nash"] == expected["selfish"]["nash"]
    assert document["selfish"]["worst"] == expected["selfish"]["worst"]
    for ours, theirs in zip(document["languages"], expected["languages"], strict=True):
        if ours["contracts"]["kind"] == "directive":
            theirs["correlated_gap"] = None
        elif isinstance(ours["correlated_gap"], dict):
            low, high = (Fraction(ours["correlated_gap"][end]) for end in ("low", "high"))
            assert 0 <= low < high <= Fraction(ours["gap"])
            assert theirs.pop("correlated_gap") is None
        assert {name: ours[name] for name in theirs} == theirs
    claims = [{name: c[name] for name in ("id", "language", "status")} for c in document["claims"]]
    assert claims == expected["claims"]


@pytest.mark.parametrize("slug", ["n4", "moral-hazard-pd", "supply-contract", "public-goods"])
def test_every_certificate_is_whole_and_accepted_alone(slug: str) -> None:
    report = checked(slug)
    named = [sha for language in report.languages for sha in language.certificates.values()]
    named += [claim.certificate.sha256 for claim in report.claims if claim.certificate]
    assert set(named) | set(report.certificates.values()) == set(report.texts)
    for sha, text in report.texts.items():
        assert digest(text) == sha
        verdict = verified(text)
        assert verdict.accepted, verdict.reason
        assert verdict.claim is not None


def test_without_claims_the_applicable_theorems_are_proved() -> None:
    specification = load_game("moral-hazard-pd")
    report = check(Specification(specification.environment, specification.languages))
    assert {claim.theorem for claim in report.claims} >= {"T3", "T4", "T5", "T6", "T7", "T8", "T9"}
    assert {claim.status for claim in report.claims} == {"proved"}


@pytest.mark.parametrize(
    ("parameters", "temptation"),
    [("", "5"), ('[parameters]\nnames = ["x"]\nassume = ["x > 5"]', "x")],
    ids=["game", "family"],
)
def test_no_theorems_where_what_is_claimed_concerns_no_language(
    parameters: str, temptation: str
) -> None:
    text = f"""
        {parameters}
        [game]
        players = ["a", "b"]
        actions = {{ a = ["C", "D"], b = ["C", "D"] }}
        [game.payoffs]
        a = [["3", "0"], ["{temptation}", "1"]]
        b = "symmetric"
        [[language]]
        name = "first"
        records = ["a"]
        [[claim]]
        id = "incontractible"
    """
    assert check(spec_from_text(text, "test")).claims == ()


def test_directive_instances_of_t2() -> None:
    specification = load_game("supply-contract")
    report = check(Specification(specification.environment, specification.languages))
    assert ("incontractible", "T2") in {(claim.id, claim.theorem) for claim in report.claims}
    assert {claim.status for claim in report.claims} == {"proved"}


def test_a_claim_without_language_is_asserted_for_each() -> None:
    specification = load_game("n4")
    without_language = Specification(
        specification.environment, specification.languages, questions=(Question("gap-zero"),)
    )
    report = check(without_language)
    names = [named.name for named in specification.languages]
    assert [claim.language for claim in report.claims] == names


def test_all_ties_are_listed_and_too_many_are_unknown() -> None:
    indifferent = environment(["a", "b"], [["x", "y"]] * 2, [[[0] * 4] * 5, [[0] * 4] * 5],
                              states=list("vwxyz"))  # fmt: skip
    report = check(Specification(indifferent, ()))
    assert isinstance(report.agent_thresholds, Unknown)
    assert report.document()["agent_thresholds"]["unknown"].startswith("1,024 first-best")


def test_nothing_implementable() -> None:
    """Matching pennies that nobody can verify: no contract leaves a pure equilibrium."""
    pennies = load_game("matching-pennies").environment
    silent = ProductLanguage((0,), ((0, 0), (0, 0)))
    report = check(
        Specification(
            pennies,
            (
                NamedLanguage("t", silent, Transfers()),
                NamedLanguage("d", silent, Directives(permissive=True)),
            ),
            questions=(Question("gap-positive"), Question("gap-at-most", value=Fraction(9))),
        )
    )
    for language in report.document()["languages"]:
        assert (language["value"], language["gap"], language["selection"]) == ("-inf", "inf", None)
        assert "gap" in language["certificates"]
    assert [claim.status for claim in report.claims] == ["proved"] * 2 + ["refuted"] * 2


def test_states_without_probability_do_not_matter() -> None:
    text = """
    [game]
    players = ["a", "b"]
    actions = {a = ["x", "y"], b = ["x", "y"]}
    states = {names = ["real", "never"], prior = ["1", "0"]}
    [game.payoffs.real]
    a = [[1, 0], [0, 0]]
    b = "symmetric"
    [game.payoffs.never]
    a = [[0, 9], [9, 0]]
    b = "symmetric"
    [[language]]
    name = "blind"
    states = [["real", "never"]]
    """
    document = check(spec_from_text(text, "test")).document()
    assert document["languages"][0]["incontractible_cells"] == []
    assert list(document["first_best"]["profiles"]) == ["real"]
    assert document["languages"][0]["gap"] == "0"


def test_full_implementation_by_contract() -> None:
    """Fines can make the first best of a stag hunt dominant when actions are verifiable; where
    nothing is, it stays one equilibrium of two."""
    hunt = load_game("stag-hunt").environment
    zero = (Fraction(0), Fraction(0))
    pennies = load_game("matching-pennies").environment
    ask = (Question("full-implementation", "l", prosociality=zero),)
    verifiable = NamedLanguage("l", complete(hunt), Transfers(Budget.BALANCED))
    assert _status(Specification(hunt, (verifiable,), questions=ask)) == "proved"
    unverifiable = NamedLanguage("l", ProductLanguage((0,), ((0, 0), (0, 0))), Transfers())
    assert _status(Specification(hunt, (unverifiable,), questions=ask)) == "unknown"
    hazard = load_game("moral-hazard-pd")
    blind = next(language for language in hazard.languages if language.name == "effort-blind")
    named = NamedLanguage("l", blind.language, blind.contracts)
    assert _status(Specification(hazard.environment, (named,), questions=ask)) == "refuted"
    directive = NamedLanguage("l", complete(pennies), Directives())
    assert _status(Specification(pennies, (directive,), questions=ask)) == "unknown"


def test_full_implementation_by_supports() -> None:
    """Every mixed equilibrium of this game is first best, though a correlated one is not: only the
    enumeration of supports decides it."""
    payoffs = [[[0, 3, 0, 1, 2, 2, 2, 0, 3]], [[3, 0, 1, 0, 3, 3, 0, 1, 0]]]
    game = environment(["a", "b"], [list("xyz")] * 2, payoffs)
    ask = (Question("full-implementation", prosociality=(Fraction(0), Fraction(0))),)
    claim = check(Specification(game, (), questions=ask)).claims[0]
    assert claim.certificate is not None
    assert (claim.status, claim.certificate.kind) == ("proved", "supports")


@pytest.mark.parametrize("slug", ["n1", "n5", "holmstrom-team", "public-goods"])
def test_limits_hold_at_listed_probabilities(slug: str) -> None:
    """The plays and transfers of a limit certificate, evaluated literally at several ε."""
    specification = load_game(slug)
    report = check(specification)
    limits = 0
    for named, part in zip(specification.languages, report.languages, strict=True):
        text = report.texts.get(part.certificates.get("correlated_gap", ""))
        if text is None:
            continue
        reached = json.loads(text)["proof"]["cases"]["witness"].get("reached", {})
        if "0+" in json.dumps(reached):
            limits += 1
            for epsilon in (Fraction(1), Fraction(1, 10), Fraction(1, 1000)):
                _assert_correlated(specification.environment, named.language, reached, epsilon)
    assert limits


def _at(number: Any, epsilon: Fraction) -> Fraction:
    """A number of a witness at an ε."""
    if isinstance(number, int):
        return Fraction(number)
    parts = (c * epsilon ** (0 if m == "1" else m.count("0+")) for m, c in number.items())
    return sum(parts, Fraction(0))


def _assert_correlated(
    game: Environment, language: Language, reached: dict[str, Any], epsilon: Fraction
) -> None:
    profiles = list(product(*map(range, game.shape)))
    paid = dict.fromkeys(range(language.record_count), (Fraction(0),) * len(game.players))
    (transfers,) = reached["transfers"]
    unit = _at(transfers["denominator"], epsilon)
    for record, amounts in transfers["amounts"]:
        paid[record] = tuple(_at(amount, epsilon) / unit for amount in amounts)
    for index, state in enumerate(game.support):
        mixed = {a: _at(weight, epsilon) for a, weight in reached["distributions"][index]}
        assert min(mixed.values()) > 0
        for agent, size in enumerate(game.shape):

            def earned(a: tuple[int, ...], i: int = agent, w: int = state) -> Fraction:
                own = Fraction(int(game.payoffs[(i, w, *a)]), game.denominator)
                return own + paid[record_of(language, w, a)][i]

            for action, alternative in permutations(range(size), 2):
                gain = Fraction(0)
                for flat, a in enumerate(profiles):
                    if a[agent] == action:
                        b = (*a[:agent], alternative, *a[agent + 1 :])
                        gain += mixed.get(flat, Fraction(0)) * (earned(b) - earned(a))
                assert gain <= 0


def _status(specification: Specification) -> str:
    return check(specification).claims[0].status


def test_a_time_out_is_unknown_with_its_reason() -> None:
    report = check(load("n4"), timeout=0.001)
    assert {claim.status for claim in report.claims} == {"unknown"}
    assert all("stopped after 0.001 s" in str(claim.reason) for claim in report.claims)
    document = report.document()
    assert "unknown" in document["languages"][0]["value"]
    assert "unknown" in document["prosocial_threshold"]


def test_with_time_enough_the_worker_finds_the_same() -> None:
    alone, worked = (check(load("n5"), timeout=limit).document() for limit in (None, 120.0))
    for document in (alone, worked):
        for claim in document["claims"]:
            del claim["seconds"]
    assert alone == worked


def test_export_questions_have_distinct_names() -> None:
    names = [name for name, _ in questions(load_game("moral-hazard-pd"))]
    assert len(set(names)) == len(names) > 3
