"""Published summaries: bounds, statistics of ``mean ± sd``, verdicts, the report, bad files."""

import csv
import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from unit.test_cli import Command, command  # noqa: F401

from coopgap.llm_checks.judging.evidence import Judgement
from coopgap.llm_checks.judging.pages import markdown
from coopgap.llm_checks.replaying.figure import orderings, rates
from coopgap.llm_checks.replaying.replay import REGIMES, Ordering, Replay, Row, replayed
from coopgap.llm_checks.replaying.report import bounds_text, counted, files, report, tables
from coopgap.llm_checks.replaying.summaries import Cell, interval, parsed_cell, read_summary
from coopgap.proofs.deciding.table_bounds import INDEPENDENT, independent, replacing, table_rates
from coopgap.proofs.questions.play import TableRates
from coopgap.theory.dilemmas import moral_hazard_game, symmetric_game
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError

SELFISH, ALTRUISTIC = F(0), None
KEYS = "model_display,setting,contract_mode,prompt_mode"
HEADER = f"{KEYS},nash_accuracy,utilitarian_accuracy"
BASE = (
    "id,formal_game,actions_row,actions_column,1_1_payoff,1_2_payoff,2_1_payoff,2_2_payoff,"
    "payoff_matrix_4x4,actions_row_4x4,actions_col_4x4\n"
)
LABELS = "\"['C', 'D']\",\"['C', 'D']\""
SPLIT_LABELS = ",\"['CH', 'CL', 'DH', 'DL']\"" * 2
DILEMMAS = ((5, -5, 9, 0), (7, 1, 9, 3), (5, -2, 8, 1))


def game(*payoffs: int) -> Environment:
    return moral_hazard_game(*map(F, payoffs))


def dataset(path: Path, games: Sequence[Sequence[int]] = DILEMMAS, split: bool = True) -> Path:
    """A dataset of games (R, S, T, P), in twelfths where split."""
    file, lines = path / "games.csv", []
    for number, (r, s, t, p) in enumerate(games):
        pairs = ((r, r), (s, t), (t, s), (p, p))
        base = ",".join(f'"{pair}"' for pair in pairs)
        line = f"g{number},Prisoner's Dilemma,{LABELS},{base}"
        if split:
            table = game(r, s, t, p)
            matrix = [
                [
                    [int(12 * table.payoffs[k, 0, i, j] / table.denominator) for k in (0, 1)]
                    for j in range(4)
                ]
                for i in range(4)
            ]
            line += f',"{matrix}"{SPLIT_LABELS}'
        lines.append(line)
    header = BASE if split else BASE.partition(",payoff_matrix")[0] + "\n"
    file.write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    return file


def summary(path: Path, *lines: str, header: str = HEADER) -> Path:
    file = path / "summary.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def judged(path: Path, *lines: str, header: str = HEADER) -> Replay:
    return replayed(summary(path, *lines, header=header), dataset(path))


def only(replay: Replay, quantity: str = "first-best") -> Row:
    (row,) = [row for row in replay.rows if row.quantity == quantity]
    return row


def judgement(of: Row | Ordering) -> Judgement:
    assert of.judgement is not None
    return of.judgement


# Bounds


@pytest.mark.parametrize("payoffs", DILEMMAS)
def test_bounds_of_the_first_best_under_every_contract(payoffs):
    """theory.md, §3: 4/9 in independent play; 3/5 if base actions may be replaced after effort was
    chosen."""
    table = game(*payoffs)
    assert (independent(table, SELFISH), replacing(table, SELFISH)) == (F(4, 9), F(3, 5))


def test_gains_by_effort_are_multiples_of_one_number():
    """So the bounds are the same in every game, whatever R, S, T and P < R are."""
    generator = np.random.default_rng(1)
    seen = set()
    for r, s, t, p in generator.integers(-20, 20, (50, 4)).tolist():
        if r > p:
            table = game(r, s, t, p)
            own = table.payoffs[0, 0].astype(object)
            gains = (own[[1, 0, 3, 2]] - own) * F(6, table.denominator * (r - p))
            seen.add(tuple(gains.ravel().tolist()))
    assert len(seen) == 1


def test_no_independent_play_exceeds_its_bound():
    """Random mixes: those in which no effort in use is worse than the other, unseen by the
    contract, play the first best with probability at most 4/9; and some come near."""
    own = game(5, -5, 9, 0).payoffs[0, 0].astype(float)
    generator = np.random.default_rng(0)
    most = 0.0
    for scale in (1.0, 0.05):
        start = np.array([2 / 3, 0, 1 / 3, 0])
        for _ in range(2500):
            x, y = (
                np.abs(start + scale * generator.normal(size=4)) * generator.integers(0, 2, 4)
                for _ in range(2)
            )
            if x.sum() == 0 or y.sum() == 0:
                continue
            x, y = x / x.sum(), y / y.sum()
            obeyed = all(
                (own @ other)[action] >= (own @ other)[action ^ 1] - 1e-12
                for mine, other in ((x, y), (y, x))
                for action in np.flatnonzero(mine)
            )
            if obeyed:
                most = max(most, x[0] * y[0])
    assert 0.4 < most <= 4 / 9 + 1e-9


def test_replacing_actions_allows_at_most_three_fifths():
    """The distribution of 3/5 satisfies the pooled constraints with equality, and no
    mixture of it with the first best does."""
    table = game(5, -5, 9, 0)
    own, other = table.payoffs[:, 0].astype(object)
    play = np.zeros((4, 4), dtype=object)
    play[0, 0], play[0, 2], play[2, 0] = F(3, 5), F(1, 5), F(1, 5)

    def gains(x):
        flip = [1, 0, 3, 2]
        for effort in (0, 1):
            actions = [effort, 2 + effort]
            yield (x * (own[flip] - own))[actions].sum()
            yield (x * (other[:, flip] - other))[:, actions].sum()

    assert list(gains(play)) == [0, 0, 0, 0]
    more = play * F(99, 100)
    more[0, 0] += F(1, 100)
    assert max(gains(more)) > 0


def test_replacing_actions_lets_independent_agents_exceed_four_ninths():
    """Two defections are replaced by two cooperations; each agent announces to defect one time in
    three, with high effort, and pays the other for it: a Nash equilibrium, with balanced money, in
    which the first best has 5/9."""
    table = game(5, -5, 9, 0)
    own = table.payoffs[0, 0].astype(object)
    # Announcements are CH, CL, DH, DL; the efforts of two that defect go to CH and CL.
    played = [[(i % 2, j % 2) if min(i, j) > 1 else (i, j) for j in range(4)] for i in range(4)]
    material = np.array([[own[play] for play in line] for line in played], dtype=object)
    mix = np.array([F(2, 3), F(0), F(1, 3), F(0)], dtype=object)
    values = material @ mix
    # What an agent pays for announcing to defect, and gets when the other does.
    price = values[2] - values[0]
    assert values[0] == max(values[:2])
    assert values[2] - price == max(values[2:]) - price == values[0]
    best = sum(
        (mix[i] * mix[j] for i in range(4) for j in range(4) if played[i][j] == (0, 0)), F(0)
    )
    assert best == F(5, 9)


def test_what_is_predicted_without_a_contract():
    large, small = (
        [game(*payoffs) for payoffs in DILEMMAS],
        [symmetric_game([[F(r), F(s)], [F(t), F(p)]], "CD", (0,)) for r, s, t, p in DILEMMAS],
    )
    for games in (large, small):
        selfish, altruistic = (bounded(games, False, level) for level in (SELFISH, ALTRUISTIC))
        assert ends(selfish, "first-best") == ends(altruistic, "pure-equilibrium") == (0, 0)
        assert ends(selfish, "pure-equilibrium") == ends(altruistic, "first-best") == (1, 1)
        assert ends(bounded(games, True, ALTRUISTIC), "first-best") == (1, 1)
    # At λ = 2 some games have several equilibria.
    some = ends(bounded(small, False, F(1, 2)), "first-best")
    assert 0 <= some[0] < some[1] <= 1
    every = bounded(small, True, SELFISH)
    assert every["first-best"][0].vacuous
    several = bounded(large, True, SELFISH)
    narrow, wide = several["first-best"]
    assert (narrow.high, wide.high, narrow.basis) == (F(4, 9), F(3, 5), INDEPENDENT)
    # From λ* = 2 on the first best may be certain; below, prosociality leaves it more often.
    for level, certain in ((F(1, 2), False), (F(2), True)):
        several = bounded(large, True, level)
        narrow, wide = several["first-best"]
        assert F(4, 9) < narrow.high <= wide.high
        assert (narrow.high == 1) == certain


def bounded(games: Sequence[Environment], enforced: bool, level: F | None):
    return table_rates(TableRates(tuple(games), enforced, level))


def ends(bounds, quantity):
    return bounds[quantity][0].low, bounds[quantity][0].high


def test_several_first_bests_have_the_sum_of_their_bounds():
    even = symmetric_game([[F(1)] * 4] * 4, ("CH", "CL", "DH", "DL"), (0, 1))
    assert independent(even, SELFISH) == 1


# Cells and their intervals


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("0.95 ± 0.11", Cell(F("0.95"), F("0.11"), F(1, 200), F(1, 200))),
        ("0.950 +/- 0.1", Cell(F("0.95"), F("0.1"), F(1, 2000), F(1, 20))),
        (" 0.5 (0.25) ", Cell(F("0.5"), F("0.25"), F(1, 20), F(1, 200))),
        ("1 ± 0", Cell(F(1), F(0), F(0), F(0))),
        ("-26.8 ± 31.7", Cell(F("-26.8"), F("31.7"), F(1, 20), F(1, 20))),
    ],
)
def test_cells(text, cell):
    assert parsed_cell(text) == cell


def test_intervals():
    middle = parsed_cell("0.500 ± 0.200")
    low, high = interval(middle, 30, 0.05)
    assert low + high == pytest.approx(1)
    # 2.045 is Student's quantile with 29 degrees of freedom; both numbers are rounded.
    assert high == pytest.approx(0.5005 + 2.0452 * 0.2005 / math.sqrt(30), abs=1e-4)
    assert interval(middle, 1, 0.05) == (0, 1)
    # All scenarios alike: the exact interval of one trial per scenario.
    assert interval(parsed_cell("0.000 ± 0.000"), 30, 0.05)[1] == pytest.approx(0.1157, abs=1e-4)
    # A scenario that deviates does not make the interval narrower.
    assert interval(parsed_cell("0.007 ± 0.037"), 30, 0.05)[1] > 0.115


@pytest.mark.parametrize(
    ("chances", "least"),
    [([0.02], 0.95), ([0.5], 0.93), ([0.1, 0.9], 0.95), ([0.0, 0.0, 0.0, 0.3], 0.93)],
)
def test_intervals_cover_the_truth(chances, least):
    """30 scenarios of 5 plays, whose chances differ, as published: nominal 0.95, less the error of
    400 draws."""
    generator = np.random.default_rng(7)
    truth = np.resize(chances, 30)
    means = generator.binomial(5, truth, size=(400, 30)) / 5
    hits = 0
    for mean in means:
        cell = parsed_cell(f"{mean.mean():.3f} ± {mean.std(ddof=1):.3f}")
        low, high = interval(cell, 30, 0.05)
        hits += low <= truth.mean() <= high
    assert hits / 400 >= least


# Verdicts


def test_verdicts(tmp_path):
    rows = judged(
        tmp_path,
        "A,4x4,code_law,selfish,0.1 ± 0.1,0.100 ± 0.050",
        "B,4x4,code_law,selfish,0.1 ± 0.1,0.900 ± 0.050",
        "C,4x4,code_law,selfish,0.1 ± 0.1,0.450 ± 0.300",
        header=HEADER,
    )
    by_bound = {(row.model, str(row.high)): row for row in rows.rows if row.judgement}
    assert rows.scenarios == 3
    # Three scenarios say little; a column may say that there were more.
    assert judgement(by_bound["C", "4/9"]).verdict == "inconclusive"
    more = judged(
        tmp_path,
        "A,4x4,code_law,selfish,0.100 ± 0.050,50",
        "B,4x4,code_law,selfish,0.900 ± 0.050,50",
        "C,4x4,code_law,selfish,0.450 ± 0.300,50",
        "D,4x4,code_law,selfish,,50",
        header=f"{KEYS},utilitarian_accuracy,n_scenarios",
    )
    by_bound = {
        (row.model, str(row.high)): row for row in more.rows if row.quantity == "first-best"
    }
    verdicts = {key: row.judgement and row.judgement.verdict for key, row in by_bound.items()}
    assert [verdicts[model, "4/9"] for model in "ABCD"] == [
        "consistent",
        "contradicted",
        "inconclusive",
        None,
    ]
    assert verdicts["C", "3/5"] == "consistent"
    assert by_bound["C", "4/9"].margin == pytest.approx(
        judgement(by_bound["C", "4/9"]).high - 4 / 9
    )
    assert by_bound["D", "4/9"].reason == "the summary has no utilitarian_accuracy here"
    assert "how many scenarios there were" not in " ".join(more.missing)
    assert "a pure equilibrium of selfish agents" in " ".join(more.missing)
    assert {row.quantity for row in more.rows} == {"first-best"}


def test_what_is_exactly_predicted_can_be_contradicted_but_not_shown(tmp_path):
    header = f"{KEYS},utilitarian_accuracy,n_scenarios"
    met = only(judged(tmp_path, "A,2x2,no_comm,selfish,0.000 ± 0.000,30", header=header))
    assert (met.low, met.high) == (F(0), F(0))
    assert judgement(met).verdict == "inconclusive"
    assert judgement(met).needed == 72
    more = only(judged(tmp_path, "A,2x2,no_comm,selfish,0.000 ± 0.000,72", header=header))
    assert judgement(more).verdict == "consistent"
    assert met.margin == pytest.approx(judgement(met).high)
    missed = only(judged(tmp_path, "A,2x2,no_comm,selfish,0.500 ± 0.100,30", header=header))
    assert judgement(missed).verdict == "contradicted"
    text = counted(judged(tmp_path, "A,2x2,no_comm,selfish,0.000 ± 0.000,30", header=header))
    assert text == (
        "1 predictions judged: 0 consistent, 0 contradicted, 1 inconclusive. Of the inconclusive, "
        "1 say exactly 0 or 1, give or take 1/20: the intervals reach 0.12 to 0.12 beyond."
    )


def test_contradictions_are_corrected_for_the_family(tmp_path):
    """One contradiction among many predictions is left only if it is clear."""
    header = f"{KEYS},utilitarian_accuracy,n_scenarios"
    line = "2x2,no_comm,selfish,0.200 ± 0.350,30"
    alone = judged(tmp_path, f"A,{line}", header=header)
    assert judgement(only(alone)).verdict == "contradicted"
    others = [f"{name},2x2,no_comm,selfish,0.000 ± 0.000,30" for name in "BCDEFGHIJKLM"]
    family = judged(tmp_path, f"A,{line}", *others, header=header)
    assert judgement(family.rows[0]).verdict == "inconclusive"
    assert judgement(family.rows[0]).p_value > 0.05


def test_orderings(tmp_path):
    """Those of theory.md §5, of one model each; what bounds do not order is said."""
    header = f"{KEYS},utilitarian_accuracy,n_scenarios"
    texts = {
        "2x2,no_comm,selfish": "0.000 ± 0.000",
        "2x2,no_comm,cooperative": "1.000 ± 0.000",
        "2x2,code_law,selfish": "0.950 ± 0.100",
        "2x2,code_law,cooperative": "1.000 ± 0.000",
        "4x4,no_comm,selfish": "0.900 ± 0.100",
        "4x4,no_comm,cooperative": "0.000 ± 0.000",
        "4x4,code_law,selfish": "0.400 ± 0.200",
        "4x4,code_law,cooperative": "",
        "4x4,code_law,prosocial:2": "0.900 ± 0.100",
        "4x4,no_comm,base": "0.900 ± 0.100",
    }
    lines = [f"M,{key},{cell},30" for key, cell in texts.items()]
    lines.append("Other,4x4,code_law,selfish,0.4 ± 0.2,30")
    orderings = {
        (ordering.claim, ordering.higher): ordering
        for ordering in judged(tmp_path, *lines, header=header).orderings
    }
    assert {ordering.model for ordering in orderings.values()} == {"M"}
    verdicts = {
        key: ordering.judgement.verdict
        for key, ordering in orderings.items()
        if ordering.judgement is not None
    }
    assert verdicts == {
        ("realisability", "2x2/no_comm/cooperative"): "consistent",
        ("realisability", "4x4/no_comm/cooperative"): "contradicted",
        ("specificity", "2x2/code_law/selfish"): "consistent",
        ("irreducibility", "2x2/code_law/selfish"): "consistent",
        ("persistence", "4x4/code_law/prosocial:2"): "consistent",
    }
    certain = {key for key, ordering in orderings.items() if ordering.certain}
    assert ("realisability", "2x2/no_comm/cooperative") in certain
    assert ("specificity", "2x2/code_law/selfish") not in certain
    reasons = {
        key: ordering.reason for key, ordering in orderings.items() if ordering.judgement is None
    }
    assert {key: text.split(":")[0] for key, text in reasons.items()} == {
        ("persistence", "2x2/code_law/cooperative"): "selfish agents can reach the first best "
        "there too",
        ("persistence", "4x4/code_law/cooperative"): "the summary has no utilitarian_accuracy "
        "there",
        ("specificity", "4x4/code_law/selfish"): "not all is verifiable here",
    }


def test_orderings_hold_however_the_rates_are_correlated(tmp_path):
    """Bonferroni: from the single intervals at half the level."""
    header = f"{KEYS},utilitarian_accuracy,n_scenarios"
    replay = judged(
        tmp_path,
        "M,2x2,no_comm,selfish,0.400 ± 0.200,30",
        "M,2x2,no_comm,cooperative,0.600 ± 0.200,30",
        header=header,
    )
    (ordering,) = replay.orderings
    left, right = (interval(parsed_cell(f"0.{k}00 ± 0.200"), 30, 0.025) for k in (6, 4))
    assert judgement(ordering).low == pytest.approx(left[0] - right[1])
    assert judgement(ordering).high == pytest.approx(left[1] - right[0])


@pytest.mark.parametrize("apart", [0.0, 0.3])
def test_orderings_of_opposed_rates(tmp_path, apart):
    """Where the two rates move against each other, scenario by scenario, as far as they can: equal
    ones are called ordered in at most 5 % of draws, and those 0.3 apart mostly are."""
    generator, lines = np.random.default_rng(3), []
    for number in range(100):
        draws = generator.random((30, 5))
        high, low = (draws < 0.35 + apart).mean(1), (draws > 0.65).mean(1)
        for prompt, means in (("cooperative", high), ("selfish", low)):
            cell = f"{means.mean():.3f} ± {means.std(ddof=1):.3f}"
            lines.append(f"M{number},2x2,no_comm,{prompt},{cell},30")
    header = f"{KEYS},utilitarian_accuracy,n_scenarios"
    orderings = judged(tmp_path, *lines, header=header).orderings
    called = [judgement(ordering).verdict == "consistent" for ordering in orderings]
    assert len(called) == 100
    if apart:
        assert np.mean(called) > 0.8
    else:
        assert np.mean(called) <= 0.05


def test_what_is_not_known_is_not_predicted(tmp_path):
    replay = judged(
        tmp_path,
        "A,2x2,telepathy,selfish,0.5 ± 0.1,0.5 ± 0.1",
        "A,2x2,no_comm,angry,0.5 ± 0.1,0.5 ± 0.1",
        "A,3x3,no_comm,selfish,0.5 ± 0.1,0.5 ± 0.1",
        "A,2x2,no_comm,base,0.5 ± 0.1,0.5 ± 0.1",
    )
    reasons = [row.reason for row in replay.rows if row.quantity == "first-best"]
    assert reasons == [
        "what the contract mode 'telepathy' does is not known",
        "what agents want under the prompt mode 'angry' is not known",
        "the dataset stores no games of this setting",
        "agents who are told nothing have no known λ",
    ]
    assert replay.judgements == ()
    assert all(row.measured and row.low is None for row in replay.rows)
    assert "0 predictions judged" in counted(replay)
    small = replayed(
        summary(tmp_path, "A,4x4,no_comm,selfish,0.5 ± 0.1,0.5 ± 0.1"),
        dataset(tmp_path, split=False),
    )
    assert small.rows[0].reason == "the dataset stores no games of this setting"


def test_a_summary_of_other_games_is_doubted(tmp_path):
    header = f"{KEYS},utilitarian_accuracy,avg_utilitarian_payoff,colour"
    line = "2x2,no_comm,cooperative,1.000 ± 0.000"
    # (10 + 14 + 10) / 3
    right = judged(tmp_path, f"A,{line},11.3 ± 2.3,blue", header=header)
    assert right.doubts == ()
    assert right.unjudged["colour"] == "no prediction is about it"
    wrong = judged(tmp_path, f"A,{line},0.0 ± 0.0,blue", f"B,{line},?,blue", header=header)
    assert len(wrong.doubts) == 1
    assert re.match(r"row 1 \(A, 2x2/no_comm/cooperative\).* 11.33 .* says 0", wrong.doubts[0])
    # Where a contract is enforced fines may have been deducted.
    fined = judged(tmp_path, "A,2x2,code_law,cooperative,1 ± 0,9.0 ± 0.0,blue", header=header)
    assert fined.doubts == ()


def test_missing_is_what_no_column_holds(tmp_path):
    plain = judged(tmp_path, "A,2x2,no_comm,selfish,1 ± 0,0 ± 0")
    full = judged(
        tmp_path,
        "A,2x2,no_comm,selfish,1 ± 0,0 ± 0,s1,30,5,x,0.1,y,0.9,3",
        header=f"{HEADER},scenario,n_scenarios,n_repetitions,counts,high_effort_rate,"
        "contract_text,contract_formation_rate,refused",
    )
    assert len(plain.missing) == 8
    assert full.missing == ()


# The report


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return judged(
        tmp_path_factory.mktemp("small"),
        "A|1,2x2,no_comm,selfish,1.000 ± 0.000,0.000 ± 0.000,30",
        "A|1,2x2,no_comm,cooperative,0.000 ± 0.000,1.000 ± 0.000,30",
        "A|1,2x2,no_comm,base,0.500 ± 0.200,0.500 ± 0.200,30",
        "A|1,4x4,code_law,selfish,0.000 ± 0.000,0.100 ± 0.010,30",
        "B<2>,4x4,code_law,selfish,0.000 ± 0.000,0.900 ± 0.010,30",
        "B<2>,4x4,no_comm,selfish,0.900 ± 0.010,,30",
        header=f"{HEADER},n_scenarios",
    )


def test_the_report(small):
    texts = files(small)
    assert set(texts) == {
        "report.html",
        "report.md",
        "first-best.svg",
        "pure-equilibrium.svg",
        "orderings.svg",
    }
    page = texts["report.html"]
    assert page.count("<svg") == 3
    assert "B&lt;2&gt;" in page
    assert "<script" not in page
    text = texts["report.md"]
    assert "| A\\|1 | 4x4 | code_law | selfish | ≤ 4/9 | 0.100 [0.0" in text
    assert "![Orderings" in text
    assert "## What the summary does not contain" in text
    assert "## What does not fit together" not in text
    assert all(len(part.header) == len(row) for part in tables(small) for row in part.rows)
    assert "![" not in markdown(report(small, {}))


def test_figures_are_of_what_there_is(tmp_path):
    header = f"{KEYS},utilitarian_accuracy"
    texts = files(judged(tmp_path, "A,2x2,no_comm,base,0.5 ± 0.1", header=header))
    assert set(texts) == {"report.html", "report.md", "first-best.svg"}


def marks(figure: Figure) -> list[str]:
    return [
        str(line.get_marker())
        for axes in figure.axes
        for line in axes.lines
        if line.get_marker() not in ("None", None)
    ]


def test_figures_show_each_verdict_by_its_mark(small):
    """One panel for each setting and contract, one mark for each measurement; told apart without
    colour."""
    figure = rates(small, "first-best")
    assert [axes.get_title() for axes in figure.axes] == [
        "2x2, no_comm",
        "2x2, code_law",
        "4x4, no_comm",
        "4x4, code_law",
    ]
    assert marks(figure).count("X") == 1
    # Measured but not judged, as nothing is predicted of the base prompt.
    assert marks(figure).count(".") == 1
    assert len(marks(figure)) == 5
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names == [
        "selfish",
        "A|1",
        "B<2>",
        "cooperative",
        "A|1",
        "B<2>",
        "base",
        "A|1",
        "B<2>",
    ]
    (axes,) = orderings(small).axes
    assert [text.get_text() for text in axes.texts] == [
        "realisability: 2x2/no_comm/cooperative > 2x2/no_comm/selfish"
    ]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 0, "= 0"),
        (0, F(4, 9), "≤ 4/9"),
        (F(1, 2), 1, "≥ 1/2"),
        (F(1, 3), F(1, 2), "[1/3, 1/2]"),
        (F(65314751, 95256000), 1, "≥ 0.6857"),
    ],
)
def test_bounds_in_words(low, high, words):
    row = Row("M", "2x2", "no_comm", "selfish", "first-best")
    assert bounds_text(row) == ""
    assert bounds_text(replace(row, low=F(low), high=F(high))) == words


# The command


def test_the_command(command, tmp_path):  # noqa: F811
    run: Command = command
    file = summary(
        tmp_path,
        "A,2x2,no_comm,selfish,1.000 ± 0.000,0.000 ± 0.000,30",
        "A,2x2,no_comm,cooperative,0.000 ± 0.000,1.000 ± 0.000,30",
        "A,4x4,code_law,selfish,0.000 ± 0.000,0.900 ± 0.010,30",
        "A,2x2,no_comm,base,0.5 ± 0.1,0.5 ± 0.1,30",
        header=f"{HEADER},n_scenarios",
    )
    line = ["play", "--replay", file, "--dataset", dataset(tmp_path)]
    result = run(*line, "--out", tmp_path / "out")
    assert result.status == 0
    assert "contradicted: A 0.900" in result.out
    assert "What the summary does not contain" in result.out
    assert "report.html" in result.out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "first-best.svg",
        "orderings.svg",
        "pure-equilibrium.svg",
        "report.html",
        "report.md",
    ]
    result = run(*line, "--json")
    assert result.status == 0
    document = result.json
    assert document["schema"] == "coopgap.replay/1"
    assert document["rows"][0]["high"] == "0"
    assert document["rows"][0]["judgement"]["verdict"] == "inconclusive"
    assert document["orderings"][0]["claim"] == "realisability"
    # Without --out nothing is written.
    assert not Path("coopgap-play").exists()
    nothing = summary(tmp_path, "A,2x2,no_comm,base,,")
    text = run(*line[:2], nothing, *line[3:]).out
    assert "0 predictions judged" in text
    assert "Report:" not in text


SOUND = "A,2x2,no_comm,selfish,1.000 ± 0.000,0.000 ± 0.000"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("a\0b", "NUL"),
        (HEADER, "the summary has no row"),
        ("model_display,setting\nA,2x2", "header: the column 'contract_mode' is missing; add"),
        (f"{KEYS}\nA,2x2,no_comm,selfish", "header: there is no column of rates; give utili"),
        (f"{HEADER},setting\n{SOUND},4x4", "header: the column 'setting' occurs twice"),
        (f"{HEADER}\n{SOUND},extra", "row 1: the row has 7 cells for 6 columns; give one cell"),
        (f"{HEADER}\n{SOUND}\nA,2x2", "row 2: the row has 2 cells"),
        (f"{HEADER}\n{SOUND}\n{SOUND}", "row 2: A in 2x2/no_comm/selfish was in row 1 already"),
        (f"{HEADER}\nA,,no_comm,selfish,1 ± 0,0 ± 0", "row 1.setting: the cell is empty"),
        (
            f"{HEADER}\n{SOUND}\nB,2x2,no_comm,selfish,1 ± 0,0.5",
            "row 2.utilitarian_accuracy: '0.5'",
        ),
        (f"{HEADER}\nA,2x2,no_comm,selfish,no ± 0.1,0.5 ± 0.1", "row 1.nash_accuracy: 'no' is not"),
        (f"{HEADER}\nA,2x2,no_comm,selfish,nan ± 0.1,0.5 ± 0.1", "row 1.nash_accuracy: 'nan'"),
        (f"{HEADER}\nA,2x2,no_comm,selfish,2 ± 0.1,0.5 ± 0.1", "between 0 and 1"),
        (f"{HEADER}\nA,2x2,no_comm,selfish,95 ± 4,0.5 ± 0.1", "row 1.nash_accuracy: '95 ± 4' is"),
        (f"{HEADER}\nA,2x2,no_comm,selfish,1 ± -0.1,0.5 ± 0.1", "negative sd"),
        (f"{HEADER}\nA,2x2,no_comm,selfish,0.99 ± 0.5,0.5 ± 0.1", "so large an sd; give the stand"),
        (f'{HEADER}\nA,"2x2,no_comm', "is no CSV"),
        (f"{HEADER},n_scenarios\n{SOUND},1/2", "row 1.n_scenarios: 1/2 is no number of scenarios"),
        (f"{HEADER},n_scenarios\n{SOUND},many", "row 1.n_scenarios: 'many' is not an exact number"),
    ],
)
def test_bad_summaries(command, tmp_path, text, message):  # noqa: F811
    run: Command = command
    file = tmp_path / "summary.csv"
    file.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    result = run("play", "--replay", file, "--dataset", dataset(tmp_path), "--out", out)
    assert result.status == 2
    assert result.out == ""
    assert result.err.startswith(f"coopgap: {file}: ")
    assert message in result.err
    assert result.err.count("\n") == 1
    assert not out.exists()


def test_bad_datasets(command, tmp_path):  # noqa: F811
    run: Command = command
    assert "--dataset: a dataset goes with a summary" in run("play", "--dataset", tmp_path).err
    line = ["play", "--replay", summary(tmp_path, SOUND), "--dataset"]
    games = dataset(tmp_path)
    text = games.read_text(encoding="utf-8")
    games.write_text(text.replace('"(7, 7)"', '"(7, seven)"'), encoding="utf-8")
    result = run(*line, games)
    assert result.status == 2
    assert f"{games}: row 2 (g1) is no game: 1_1_payoff" in result.err
    assert "mend the row" in result.err
    games.write_text(text.replace("g2,", "g1,"), encoding="utf-8")
    assert "id: 'g1' is the id of row 2 too; give each row its own" in run(*line, games).err
    for option in (["--model", "mockllm/model"], ["--repetitions", "2"], ["--sequential"]):
        result = run(*line, games, *option)
        assert (result.status, result.out) == (2, "")
        assert f"{option[0]}: with --replay nothing is played; leave it out" in result.err
    games.write_text(BASE, encoding="utf-8")
    assert "no row is a game" in run(*line, games).err
    assert "no such file" in run(*line, tmp_path / "none.csv").err
    sound = dataset(tmp_path)
    assert (
        "none.csv: there is no such file"
        in run("play", "--replay", "none.csv", "--dataset", sound).err
    )


# The published summary


PAGES = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def published(shared):
    data = shared / "data"
    return replayed(
        data / "contracting_pd_combined_summary.csv", data / "gt-harmbench-pd30-4x4-rewritten.csv"
    )


def test_the_published_summary(published):
    assert published.scenarios == 30
    assert published.doubts == ()
    assert len({(row.model, row.condition) for row in published.rows}) == 90
    bounded = {
        (row.quantity, str(row.high))
        for row in published.rows
        if row.condition == "4x4/code_law/selfish"
    }
    assert bounded == {("first-best", "4/9"), ("first-best", "3/5"), ("pure-equilibrium", "1")}
    # Base prompts under an enforced contract do what selfish agents could not.
    base = [row for row in published.rows if row.condition == "4x4/code_law/base"]
    lows = [row.measured[1] for row in base if row.quantity == "first-best"]
    assert len(lows) == 5
    assert min(lows) > 3 / 5
    contradicted = {
        (row.model, row.condition, row.quantity)
        for row in published.rows
        if row.judgement and row.judgement.verdict == "contradicted"
    }
    assert contradicted == {
        ("GPT-5.4 Mini", "2x2/code_nl/selfish", "first-best"),
        ("GPT-5.4 Mini", "2x2/code_nl/selfish", "pure-equilibrium"),
        ("GPT-5.4 Mini", "4x4/code_nl/selfish", "first-best"),
        ("GPT-5.4 Mini", "4x4/code_nl/selfish", "pure-equilibrium"),
        ("GPT-4o", "4x4/code_nl/selfish", "pure-equilibrium"),
        ("GPT-4o", "4x4/no_comm/selfish", "pure-equilibrium"),
        ("Gemma 4 31B", "4x4/code_law/selfish", "first-best"),
    }


def test_what_the_summary_does_not_say_of_itself(shared):
    """An sd over single plays would be √(m(1−m)); and cooperation_rate counts plays in which
    anybody cooperates: in 2×2 games all but those that nash_accuracy counts."""
    file = shared / "data" / "contracting_pd_combined_summary.csv"
    for row in read_summary(file).rows:
        for cell in row.rates.values():
            assert cell is not None
            mean = float(cell.mean)
            if 0.01 < mean < 0.99:
                assert float(cell.spread) < math.sqrt(mean * (1 - mean))
    with file.open(encoding="utf-8") as lines:
        records = [record for record in csv.DictReader(lines) if record["setting"] == "2x2"]
    anybody, share = [], []
    for record in records:
        cooperating, nash, best = (
            float(parsed_cell(record[name]).mean)
            for name in ("cooperation_rate", "nash_accuracy", "utilitarian_accuracy")
        )
        anybody.append(abs(cooperating - (1 - nash)) <= 0.0506)
        share.append(abs(cooperating - (best + 1 - nash) / 2) <= 0.0506)
    assert all(anybody)
    assert not all(share)


def test_the_pages_show_what_the_command_prints(published):
    """Every row of a table in docs/replay.md, and every number in the findings."""
    text = markdown(report(published, {}))
    page = (PAGES / "replay.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| (GPT|Gemma|Grok)", line)]
    rows += [line for line in page.splitlines() if re.match(r"\| (real|spec|irre|pers)", line)]
    assert len(rows) > 30
    lines = {re.sub(r" \| [^|]* \|$", " |", line) for line in text.splitlines()}
    assert [line for line in rows if line not in text and line not in lines] == []
    assert counted(published) in " ".join(page.split())
    findings = " ".join((PAGES / "findings.md").read_text(encoding="utf-8").split())
    (sentence,) = re.findall(r"published summary says of the predictions.*?-k published`", findings)
    judged = [row.judgement for row in published.rows if row.judgement]
    known_numbers = {f"{judgement.estimate:.3f}" for judgement in judged}
    assert set(re.findall(r"0\.\d{3}", sentence)) <= known_numbers
    counts = [str(len(published.judgements))]
    counts += re.findall(r"(\d+) (?:consistent|contradicted|inconclusive|say)", counted(published))
    assert re.findall(r"\b\d{1,3}\b(?=,| are| contr| incon| of these)", sentence)[:5] == counts
    figure = (PAGES / "figures" / "replay.svg").read_text(encoding="utf-8")
    assert figure == files(published)["first-best.svg"]


def test_contract_modes_are_regimes():
    assert set(REGIMES.values()) == {"none", "announced", "enforced"}


def test_errors_name_row_and_column(tmp_path):
    with pytest.raises(InputError) as raised:
        read_summary(summary(tmp_path, "A,2x2,no_comm,selfish,1 ± 0,oops"))
    assert raised.value.field == "row 1.utilitarian_accuracy"
    assert json.dumps(raised.value.fix)
