"""Two checkers, one page: the second was written from docs/certificates.md alone. They agree on
honest and on altered certificates; and each bug that is planted in the trusted core makes them
disagree, so both are looked at where it matters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from random import Random

import pytest
import second_checker
from certificates import alterations, claim_of, examples, false_ones, honest, interleaved
from kept import keeping
from soundness import Corpus

from coopgap.proofs.certificates.certificate import canonical, digest
from coopgap.proofs.selftest import corpora
from coopgap.proofs.trusted.certificates import Verified, verified

Planted = Callable[[str, str, str], Callable[[str], Verified]]

NUMBERS = re.compile(r"\d+")

OPEN = ("is not shown", "not known")
"""What each says where it asks for a sign that a case does not tell. In a few cases of families the
other multiplies by a denominator less, and asks for another sign: that is no disagreement."""


@cache
def second(text: str) -> str:
    """What the second checker says of a certificate, once in a run."""
    return judged().get(digest(text)) or second_checker.verdict(text)


@keeping
def judged() -> dict[str, str]:
    """Its verdicts on altered and on forged certificates, by their hash."""
    return {digest(text): second_checker.verdict(text) for text in (*altered(), *forged())}


def agrees(first: Callable[[str], Verified], text: str) -> bool:
    """Whether both say the same, or one of them misses a sign."""
    core, answer = first(text), second(text)
    verdict = "accepted" if core.accepted else "rejected" if core.readable else "unreadable"
    if verdict == answer.partition(":")[0]:
        return True
    return core.accepted != (answer == "accepted") and (OPEN[0] in core.reason or OPEN[1] in answer)


@keeping
def altered() -> tuple[str, ...]:
    """Altered certificates, the same ones in each run."""
    rng = Random(0)
    return tuple(text for honest in examples() for text in alterations(honest, rng, 12))


@keeping
def forged() -> tuple[str, ...]:
    """Certificates of the campaign of forgeries."""
    corpus = Corpus(corpora.certificates())
    return tuple(canonical(corpus.case(5, k)[1]) for k in range(3_000))


@cache
def of_each_kind_first() -> list[str]:
    """All of them, those about different claims and of different answers side by side: a bug that
    is planted where an answer is made is met soon."""

    def kind(text: str) -> str:
        return f"{claim_of(text)} {NUMBERS.sub('', verified(text).reason)}"

    return interleaved(sorted((*altered(), *forged(), *honest().values()), key=len), kind)


def test_they_reject_what_is_false() -> None:
    for text in false_ones():
        assert not verified(text).accepted
        assert second(text) != "accepted"


def test_they_agree_on_forged_certificates() -> None:
    disagreed = [text for text in forged() if not agrees(verified, text)]
    assert not disagreed, disagreed[0]


def test_they_agree_on_honest_certificates() -> None:
    for text in honest().values():
        assert second(text) == "accepted"


def test_they_agree_on_the_unit_of_steps_about_draws() -> None:
    """Those of payoffs over another denominator, with a draw that no mechanism gives."""
    scaled = list(filter(None, map(in_tenths, corpora.of_drawn_games())))
    assert scaled
    for text in scaled:
        assert verified(text).accepted
        assert second_checker.verdict(text) == "accepted"


def in_tenths(text: str) -> str | None:
    """A denied attainment by steps about draws, with all utils over ten; None of others."""
    document = json.loads(text)
    claim, data = document["claim"], document["data"]
    if claim["id"] != "mechanism-attains" or claim["holds"] or '"aim":[[' not in text:
        return None
    claim["value"] = str(Fraction(claim["value"]) / 10)
    data["game"]["denominator"] *= 10
    options, liability = data["mechanism"]["options"], data["contracts"]["liability"]
    data["mechanism"]["options"] = options and [str(Fraction(option) / 10) for option in options]
    data["contracts"]["liability"] = liability and str(Fraction(liability) / 10)
    return canonical({**document, "data_sha256": digest(canonical(data))})


def test_they_agree_on_altered_certificates() -> None:
    disagreed = [text for text in altered() if not agrees(verified, text)]
    assert not disagreed, disagreed[0]


PLANTED = (
    ("documents.py", "not low <= value < high", "not low <= value"),
    ("documents.py", "set(value) != set(names)", "not set(value) >= set(names)"),
    ("documents.py", "if len(document) != len(pairs)", "if False"),
    ("documents.py", "type(value) is not int", "not isinstance(value, int)"),
    ("documents.py", "0 < len(names) == len(set(names))", "0 < len(names)"),
    ("polynomials.py", 'Condition(opposite, ">=" if', 'Condition(opposite, ">" if'),
    (
        "polynomials.py",
        'factor.relation == ">" for factor in factors',
        'factor.relation != "==" for factor in factors',
    ),
    ("polynomials.py", "not bases and all(", "all("),
    ("polynomials.py", "strict and not total.terms", "not total.terms"),
    ("polynomials.py", "strict and not total.terms", "strict"),
    ("polynomials.py", 'equation.relation == "=="', "True"),
    ("polynomials.py", "if possible <= wanted", "if possible & wanted"),
    ("polynomials.py", "_FLIPPED if negative", "_SIGNS if negative"),
    ("polynomials.py", "+ sign * coefficient", "+ coefficient"),
    (
        "polynomials.py",
        "value is best or self.holds(best - value",
        "True or self.holds(best - value",
    ),
    ("polynomials.py", "str(exact) == value", "True"),
    ("polynomials.py", "list(monomial) != sorted(monomial)", "False"),
    ("problems.py", "name.isidentifier()", "True"),
    ("problems.py", 'known.holds(p, ">=") for p', "True for p"),
    ("problems.py", 'if known.holds(p, ">")', "if True"),
    ("problems.py", "cells[state] * self._code_count", "cells[state]"),
    ("problems.py", "worth - self.welfare(state, after)", "self.welfare(state, after) - worth"),
    ("problems.py", "else own - level * lost", "else own + level * lost"),
    ("problems.py", "last or (not self.last and first)", "True"),
    ("problems.py", '"λ is negative"', '"λ is negative") if False else (None'),
    ("contracts.py", "len({a for a, _ in play})", "len(pairs)"),
    ("contracts.py", 'case.known.holds(-sum(row), budget), "transfers', 'True, "transfers'),
    ("contracts.py", "require(bounded,", "require(True,"),
    ("contracts.py", "require(not gaining,", "require(True,"),
    ("contracts.py", "slack = sum(fines_needed(case, own) for own", "slack = sum(0 for own"),
    ("contracts.py", '"balanced": own', '"balanced": [*own, 0]'),
    ("contracts.py", 'require(known, "fines break', 'require(True, "fines break'),
    ("contracts.py", "require(bounded or", "require(True or"),
    ("contracts.py", "part.items() <= longer.items()", "True"),
    ("problems.py", 'require(known, "an obstruction does', 'require(True, "an obstruction does'),
    ("contracts.py", "room = best - total -", "room = best -"),
    ("contracts.py", "worth[depth][profile] - ahead", "worth[depth][profile]"),
    ("contracts.py", "sorted(searched) == case.support", "set(searched) <= set(case.support)"),
    ("contracts.py", "slack * above * unit_of(case, end)", "0"),
    ("contracts.py", "if not contracts.permissive and len(allowed)", "if len(allowed)"),
    ("contracts.py", "sum(own[0][0] for own in alive) <= most", "True"),
    ("contracts.py", "needs.get((agent, start, start), 0) <= 0", "True"),
    ("contracts.py", "get(key, room) <= room]", "get(key, room - 1) < room]"),
    (
        "contracts.py",
        "(high, (agent, second, first), -amount)",
        "(high, (agent, second, first), amount)",
    ),
    ("contracts.py", "path, (agent, key[2], key[1], -top)", "path, (agent, key[1], key[2], top)"),
    ("contracts.py", "_slack(case, arcs) * above * scale", "0 * above * scale"),
    ("contracts.py", 'case.known.holds(room, ">"), "rows', 'True, "rows'),
    ("contracts.py", 'require(first != second, "a record', 'require(True, "a record'),
    ("contracts.py", "require(counts(state, *move[:2])", "require(True"),
    ("claims.py", '">" if relation == ">" and not strict else ">="', '">="'),
    ("claims.py", '">" if relation == "<" else ">="', '">="'),
    ("claims.py", '"bound" in case.witness) +', "False) +"),
    ("claims.py", "require(bound is None and (target", "require((target"),
    ("claims.py", "require(same,", "require(True,"),
    ("claims.py", '">=" if strict else ">")', '">=")'),
    ("claims.py", "below * (a == target)", "below * 0"),
    ("claims.py", 'holds(lost, "==") and holds(gain', "holds(gain"),
    ("claims.py", 'holds(lost, ">") and holds(-room, ">=")', 'holds(lost, ">")'),
    ("claims.py", ", best) & best", ", best) | best"),
    ("claims.py", 'holds(sum(first[0]) - sum(bad), ">")', "True"),
    ("claims.py", "every = all if", "every = any if"),
    ("claims.py", "[own[:1] for own in", "[own[-1:] for own in"),
    ("claims.py", "len(row & best) == 1", "True"),
    ("claims.py", "not _forbidden(case, state).isdisjoint(played)", "True"),
    ("claims.py", '">" if profile in forbidden else ">="', '">="'),
    ("claims.py", 'require(not reached, "a forbidden', 'require(True, "a forbidden'),
    ("claims.py", "require(gains,", "require(True,"),
    ("claims.py", "require(allowed,", "require(True,"),
    ("claims.py", "require(truth == case.holds", "require(True"),
    ("claims.py", "case.id.startswith(MECHANISMS) == (kind", "True or (kind"),
    ("claims.py", "alone=True", "alone=False"),
    ("claims.py", "if case.plays.problem.mechanism else", "if _private(case) else"),
    (
        "claims.py",
        'require(bound is None, "the multipliers leave',
        'require(True, "the multipliers leave',
    ),
    ("mechanisms.py", 'require(shown, "a payment', 'require(True, "a payment'),
    ("mechanisms.py", "require(obeys,", "require(True,"),
    ("mechanisms.py", 'known.holds(expected - lying, ">=")', "True"),
    ("mechanisms.py", 'known.holds(expected * below - fair, ">=")', "True"),
    ("mechanisms.py", 'society.case.known.holds(missing, "==")', "True"),
    ("mechanisms.py", "paid, chance * scale", "paid, scale"),
    ("mechanisms.py", "paid, chance * scale", "paid, 0"),
    ("contracts.py", "+ above * scale", ""),
    ("mechanisms.py", "require(same,", "require(True,"),
    ("mechanisms.py", "(cell != report or recommended != action)", "True"),
    ("mechanisms.py", "require(bool(step.aimed)", "require(True"),
    ("mechanisms.py", 'require(case.known.holds(-step.total()[0], ">=")', "require(True"),
    ("mechanisms.py", 'case.known.holds(-total, ">")', 'case.known.holds(-total, ">=")'),
    ("contracts.py", "known = all(case.known.holds(share, relation)", "known = all((True)"),
    ("mechanisms.py", '">=" if bound else "=="', '">="'),
    ("mechanisms.py", "unused |= step.aimed", "pass"),
    ("mechanisms.py", "if (reports, profile) not in self.unused:", "if True:"),
    ("contracts.py", "return sum(shares)", "return 0"),
    ("contracts.py", '"burnt": [*own, 0]', '"burnt": own'),
    ("mechanisms.py", "+ self.constant * below, scale", ", scale"),
    ("mechanisms.py", "self.constant * below - product", "self.constant * below"),
    ("interim.py", "require(not gaining,", "require(True,"),
    ("interim.py", "rows.get(key, 0) + case.plays.game.prior[state] * gain", "gain"),
    (
        "interim.py",
        "    rows.append((weight * case.plays.game.prior[state],",
        "    rows.append((weight,",
    ),
    ("interim.py", "+ weight * gain", "+ gain"),
    ("interim.py", "require(0 < len(draws) == len(different)", "require(True"),
    ("interim.py", "(types[type_][0], type_[0], action) for", "(0, 0, 0) for"),
    ("contracts.py", "classes[agent][action]) in allowed", "classes[agent][action]) and allowed"),
    ("interim.py", "require(moved and key not in weights", "require(True"),
    ("claims.py", "interim.listed(case, lists) == interim.equilibria(case)", "True"),
    ("claims.py", "same and len(interim.equilibria(case)) == 1", "same"),
    ("claims.py", "interim.first_best(case) if _private(case) else {}", "{}"),
    ("problems.py", 'require(inside, "a directive', 'require(True, "a directive'),
    (
        "interim.py",
        "case.excluded(obstruction(case, value)) for",
        "obstruction(case, value)[0] for",
    ),
    ("interim.py", "part.items() <= path.items()", "True"),
    ("interim.py", '">" if strict else ">="', '">="'),
    ("interim.py", "if (i, own[state]) in path}", "if False}"),
    ("interim.py", "all(plays.action(profile, i) == action for", "all(True for"),
    ("interim.py", "cell = tuple(own[state] for own in", "cell = tuple(0 for own in"),
    ("claims.py", "case.id in PRIVATE or not _private(case)", "True"),
    ("claims.py", "interim.pooled(case)", "optimum(case)"),
    ("problems.py", 'kind == "mechanism" or not refusing', "True"),
    ("certificates.py", "require(used == expected", "require(used <= expected"),
    ("certificates.py", "require(inside,", "require(True,"),
    ("certificates.py", 'is holds, "the formula', 'is not None, "the formula'),
    ("certificates.py", "sha256 == digest(canonical(data))", "True"),
    ("certificates.py", 'require(holds, "the counterexample', 'require(True, "the counterexample'),
    ("certificates.py", "!= _exact(claim, instead, point)", "is not None"),
    ("certificates.py", '== len(shown), "two goals', '> 0, "two goals'),
    ("claims.py", 'require(bool(plays), "no equi', 'require(True, "no equi'),
    ("claims.py", "contracts.require_equilibrium(case, {state: play}, case.ends[0], c", "bool(c"),
)
"""Bugs: a file, what stands in it, and what stands there instead."""


@pytest.mark.parametrize(("file", "old", "new"), PLANTED, ids=lambda value: str(value)[:40])
def test_a_planted_bug_makes_them_disagree(planted: Planted, file: str, old: str, new: str) -> None:
    buggy = planted(file, old, new)
    misled = any(buggy(text).accepted for text in false_ones())
    assert misled or any(not agrees(buggy, text) for text in of_each_kind_first())
