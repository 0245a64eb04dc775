"""Contracts that agents propose: read, checked, accepted or not, enforced, valued."""

import importlib.util
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F
from typing import cast

import pytest

from coopgap.llm_checks.fitting.fit import fit
from coopgap.llm_checks.judging.findings import document_of
from coopgap.llm_checks.judging.judge import judge
from coopgap.llm_checks.judging.pages import html, markdown
from coopgap.llm_checks.judging.report import report
from coopgap.llm_checks.judging.revealed import choices_of, estimates
from coopgap.llm_checks.negotiating.negotiation import continued
from coopgap.llm_checks.negotiating.proposals import MAX_RECORDS, menu, read_proposal, terms, worth
from coopgap.llm_checks.playing.asking import Options
from coopgap.llm_checks.playing.run import recorded, run
from coopgap.llm_checks.playing.scenarios import plays
from coopgap.llm_checks.predicting.predictions import from_registration
from coopgap.llm_checks.predicting.regimes import Disposition
from coopgap.llm_checks.predicting.scenes import study
from coopgap.theory.contracts import Budget, TransferContract, Transfers, breach
from coopgap.theory.errors import InputError
from coopgap.theory.languages import blind

SELFISH = Disposition("selfish")
FINE = "R2: row +2, col -2\nR3: row -2, col +2"
needs_inspect = pytest.mark.skipif(
    importlib.util.find_spec("inspect_ai") is None, reason="inspect-ai is not installed"
)


@pytest.fixture(scope="module")
def dilemma():
    return study("prisoners-dilemma", ["negotiated:complete"], ["selfish"])


@pytest.fixture(scope="module")
def offered(dilemma):
    return terms(dilemma.scenes[0].specification, "complete")


def test_a_proposal_is_read_and_valued(offered):
    assert list(offered.records) == ["R1", "R2", "R3", "R4"]
    proposal = read_proposal(FINE, offered)
    assert (proposal.status, proposal.strict) == ("writable", True)
    assert worth(offered.environment, proposal.contract, SELFISH) == 6
    assert worth(offered.environment, None, SELFISH) == 2
    assert read_proposal("NO CONTRACT", offered).status == "none"
    marked = read_proposal("Here it is:\n- **R2: row +2; col −4/2**", offered)
    assert (marked.status, marked.strict) == ("writable", False)
    assert marked.contract is not None
    assert list(marked.contract.transfers.values()) == [(F(2), F(-2))]


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("R9: row +1, col -1", "unwritable", "no record R9"),
        ("R2: row +2, col -1", "unwritable", "at R2 payments sum to 1, not to 0"),
        ("R2: row +2", "unwritable", "sum to 2"),
        ("R2: row +2, col -2\nR2: row +1, col -1", "unparseable", "cannot be read"),
        ("R2: row +2, row -2", "unparseable", "cannot be read"),
        ("R2: row +2, col -2 unless it rains", "unparseable", "cannot be read"),
        ("R2: row +1/0, col -2", "unparseable", "cannot be read"),
        ("R2: fila +2, columna -2", "unparseable", "cannot be read"),
        ("R2: __import__('os')", "unparseable", "cannot be read"),
        ("I would pay at R2.", "unparseable", "cannot be read"),
        ("Ich schlage einen fairen Vertrag vor.", "unparseable", "no line"),
        ("NO CONTRACT\nR2: row +2, col -2", "unparseable", "no line"),
        ("No contract, or perhaps one?", "unparseable", "cannot be read"),
        ("", "unparseable", "no line"),
        ("I can't help with that.", "refused", "declines"),
    ],
)
def test_what_is_no_contract_says_why(offered, text, status, reason):
    proposal = read_proposal(text, offered)
    assert proposal.status == status
    assert reason in proposal.reason
    assert proposal.contract is None


def test_rules_of_classes_are_checked_exactly():
    def first(amounts, *rules):
        contract = TransferContract(None, {0: (F(0), F(0)), 3: amounts})  # type: ignore[arg-type]
        return breach(contract, Transfers(*rules))

    third = F(1, 3)
    assert first((third, -third)) is None
    assert first((third, -third + F(1, 10**30)))[0] == 3
    assert first((-third, F(0)), Budget.BURNT) is None
    assert "outside money" in first((third, F(0)), Budget.BURNT)[1]
    assert first((third, F(9)), Budget.FREE) is None
    assert "liability of 1/4" in first((third, -third), Budget.BALANCED, F(1, 4))[1]


def test_terms_are_told(offered):
    text = replace(offered, rules=Transfers(Budget.BURNT, F(3))).rule()
    assert text == (
        "At each record the payments must sum to 0 or less. Nobody may pay more than 3."
    )
    assert "need not" in replace(offered, rules=Transfers(Budget.FREE)).rule()
    assert MAX_RECORDS >= 16


def test_too_many_records_are_refused(offered, monkeypatch):
    monkeypatch.setattr("coopgap.llm_checks.negotiating.proposals.MAX_RECORDS", 3)
    with pytest.raises(InputError, match="too many to negotiate"):
        _ = replace(offered).records
    assert list(replace(offered, language=blind(offered.environment)).records) == ["R1"]


def test_directives_are_not_negotiated():
    with pytest.raises(InputError, match="only payments are negotiated"):
        study("n4", ["negotiated:blind-directive"], ["selfish"])


def test_what_is_asked_follows_from_what_was_said(dilemma):
    opening = plays(dilemma, 8, 0)
    for pair in zip(opening[::2], opening[1::2], strict=True):
        assert {play.negotiation and play.negotiation.proposer for play in pair} == {0, 1}
    first = continued(opening[0], {})
    (question,) = first.questions
    assert question.kind == "proposal"
    assert first.expected == 4
    assert "R2: row: C, col: D" in question.prompt
    assert "payments must sum to 0" in question.prompt
    assert "you may propose" in question.prompt
    assert "one player may propose a contract; else you cannot talk" in question.system
    assert first.profile({}) is None


def test_states_are_not_known_to_who_negotiates():
    experiment = study("n4", ["negotiated:blind-free"], ["selfish"])
    prompt = continued(plays(experiment, 1, 0)[0], {}).questions[0].prompt
    assert "A state will be drawn, and all players will see it: w1 with probability 1/2" in prompt
    assert "In state w2:" in prompt
    assert "Everybody sees" not in prompt


def test_large_games_are_not_negotiated_about(dilemma, monkeypatch):
    monkeypatch.setattr("coopgap.llm_checks.negotiating.negotiation.MAX_LINES", 3)
    with pytest.raises(InputError, match="too many to negotiate"):
        continued(plays(dilemma, 1, 0)[0], {})


def test_predictions_hold_whatever_is_agreed(monkeypatch):
    experiment = study(
        "moral-hazard-pd", ["negotiated:effort-blind"], ["selfish", "base"]
    ).predictions
    by_id = {
        prediction.id.removeprefix("negotiated:effort-blind/selfish/"): prediction
        for prediction in experiment.intervals
    }
    # theory.md §3: 4/9 for independent agents. Mixing independently they reach no more than V = 19.
    assert (by_id["first-best"].low, by_id["first-best"].high) == (F(0), F(4, 9))
    assert by_id["welfare"].high == 19
    assert "welfare/pure" not in by_id
    assert "whatever contract is agreed" in by_id["welfare"].statement
    assert from_registration(experiment.registration()).intervals == experiment.intervals
    # Where all actions are verifiable, pure equilibrium alone bounds anything.
    another = study("n4", ["negotiated:blind-balanced"], ["selfish"]).predictions
    assert [
        (prediction.quantity, prediction.low, prediction.high) for prediction in another.intervals
    ] == [("welfare", None, F(5))]
    monkeypatch.setattr("coopgap.proofs.deciding.expected_play.MAX_PROFILES", 1)
    assert (
        "too large"
        in study("n4", ["negotiated:blind-balanced"], ["selfish"]).predictions.unknown[0]
    )


def test_no_contract_of_a_menu_is_better_than_the_bound():
    experiment = study("moral-hazard-pd", ["negotiated:effort-blind"], ["selfish"])
    specification = experiment.scenes[0].specification
    none, half, best = menu(specification, "effort-blind")
    assert none is None
    assert best is not None
    assert half is not None
    values = [
        cast("F", worth(specification.environment, contract, SELFISH))
        for contract in (none, best, half)
    ]
    assert values[1] == 19 == max(values)
    (rules,) = [
        language.contracts
        for language in specification.languages
        if language.name == "effort-blind"
    ]
    assert isinstance(rules, Transfers)
    assert breach(best, rules) is None is breach(half, rules)


def scripted(proposal: str, acceptance: str, action: str) -> Options:
    """A model that says these."""
    from inspect_ai.model import ModelOutput, ModelUsage, get_model

    def output(messages, *_) -> ModelOutput:
        prompt = messages[-1].text
        text = proposal
        if "exactly one of" in prompt:
            word = acceptance if "proposes this contract" in prompt else action
            match = re.search(rf"^(\w): {word}$", prompt, re.MULTILINE)
            text = match[1] if match else word
        output = ModelOutput.from_content("mockllm/model", text)
        output.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
        return output

    return Options(get_model("mockllm/model", custom_outputs=output, memoize=False), repetitions=2)


@needs_inspect
@pytest.mark.parametrize(
    ("proposal", "acceptance", "reading", "accepted"),
    [
        (FINE, "accept", "writable", 2),
        (FINE, "reject", "writable", 0),
        (FINE, "perhaps", "writable", 0),
        ("NO CONTRACT", "accept", "none", 0),
        ("R2: row +2, col -1", "accept", "unwritable", 0),
        ("Un contrato justo para todos.", "accept", "unparseable", 0),
        ("I refuse.", "accept", "refused", 0),
    ],
)
def test_a_contract_binds_if_it_is_writable_and_accepted(
    tmp_path, dilemma, proposal, acceptance, reading, accepted
):
    done = run(dilemma, scripted(proposal, acceptance, "C"), tmp_path)
    assert not done.incomplete
    findings = judge(done, dilemma.predictions)
    (bargain,) = findings.bargains
    assert (bargain.plays, bargain.readings, bargain.accepted) == (2, {reading: 2}, accepted)
    assert findings.complete == 2
    decision = done.plays[0].decisions[0].prompt
    if accepted:
        # The fine is in the payoffs, not only in words.
        assert "The players agreed on this contract" in decision
        assert done.plays[0].binding is not None
        assert [(contract.value, contract.bound) for contract in bargain.contracts] == [
            (F(6), F(6))
        ]
    else:
        assert "did not agree" in decision
        assert done.plays[0].binding is None
    document = document_of(done, findings)["negotiations"][0]
    assert document["without_contract"] == {"prisoners-dilemma": "2"}
    assert document["parsed"] == (2 if reading in ("writable", "none", "unwritable") else 0)
    if reading == "unwritable":
        assert document["reasons"] == {"at R2 payments sum to 1, not to 0": 2}
    for page in (html(report(done, findings)), markdown(report(done, findings))):
        assert "Negotiations" in page
    # The same from both kinds of log, and nothing is asked twice.
    again = recorded(dilemma, Options("mockllm/model"), tmp_path / "answers.jsonl")[0]
    (log,) = (tmp_path / "logs").glob("*.eval")
    assert (
        recorded(dilemma, Options("mockllm/model"), log)[0].answers == again.answers == done.answers
    )
    assert [play.binding is None for play in again.plays] == [accepted == 0] * 2
    options: Callable[..., Options] = scripted
    assert run(dilemma, options("?", "?", "?"), tmp_path).answers == done.answers


@needs_inspect
def test_a_negotiation_goes_on_where_it_ended(tmp_path, dilemma):
    options = scripted(FINE, "accept", "C")
    first = run(dilemma, replace(options, max_samples=2), tmp_path)
    assert "--max-samples 2" in first.incomplete
    assert len(first.answers) == 2
    findings = judge(first, dilemma.predictions)
    assert findings.complete == 0
    second = run(dilemma, options, tmp_path)
    assert not second.incomplete
    assert len(second.answers) == second.design_size == 8


def test_simulated_agents_negotiate_from_a_menu(tmp_path):
    experiment = study("moral-hazard-pd", ["negotiated:effort-blind"], ["selfish"])
    done = run(experiment, Options("simulated/best-response", repetitions=2), tmp_path)
    (bargain,) = judge(done, experiment.predictions).bargains
    assert bargain.accepted == 2
    assert bargain.contracts[0].value == bargain.contracts[0].bound == 19
    page = markdown(report(done, judge(done, experiment.predictions)))
    assert "# simulated: best response" in page
    assert "write no contracts" in page


def test_plays_under_different_contracts_are_fitted_as_different_games(tmp_path):
    """A contract that is agreed on changes the payoffs that reveal λ."""
    experiment = study("prisoners-dilemma", ["negotiated:complete"], ["base"])
    done = run(experiment, Options("simulated/logit:3/5,2", repetitions=60), tmp_path)
    half = [replace(play, binding=None) if i % 2 else play for i, play in enumerate(done.plays)]
    (revealed,) = estimates(replace(done, plays=tuple(half))).values()
    assert revealed.lambda_ == fit(choices_of(replace(done, plays=tuple(half)))).lambda_
