"""Specs of a commons: what is read and refused, the oracles of theory.md §4, and their report."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from checked import checked
from commons_trees import Tree

from coopgap import check, load
from coopgap.documents.commons import Commons as Document
from coopgap.proofs.certificates.verification import document
from coopgap.proofs.commons import regime_play
from coopgap.proofs.commons.caps import sustained
from coopgap.proofs.commons.drawn_finder import drawn_finder
from coopgap.proofs.commons.equilibria import DrawnPlay, symmetric
from coopgap.proofs.commons.planner import planned
from coopgap.proofs.commons.populations import population
from coopgap.proofs.commons.quotas import best_rule
from coopgap.proofs.commons.regime_finder import regime_finder
from coopgap.proofs.commons.regime_planner import best_plan
from coopgap.proofs.commons.regime_play import RegimePlay
from coopgap.proofs.commons.report import CommonsReport, Timed
from coopgap.proofs.commons.report import reported as rest
from coopgap.proofs.commons.thresholds import MEASURES, threshold
from coopgap.proofs.commons.valued import Accepted
from coopgap.proofs.deciding.values import Unknown
from coopgap.proofs.deciding.worker import Worker
from coopgap.proofs.trusted.certificates import verified
from coopgap.theory.commons.rationing import catch
from coopgap.theory.commons.regimes import Regimes, Turn, situations
from coopgap.theory.commons.specification import CommonsSpecification, everything
from coopgap.theory.errors import InputError
from coopgap.theory.readers.load import load_listed
from coopgap.theory.readers.spec import any_spec_from_text

LAKE = """
[commons]
agents = 3
stock = 9
capacity = 10
harvest = "0..10"
growth = { names = ["low", "high"], factors = ["1", "2"], prior = ["1/2", "1/2"], seen = true }
collapse = 2
horizon = 3
[[language]]
name = "cells"
stock = [[0, 4], [5, 10]]
month = "none"
[prosociality]
lambda = ["0", "2"]
"""


TURNING = """
[commons]
agents = 2
stock = 4
capacity = 5
harvest = "0..5"
horizon = 3
collapse = 1
[commons.growth]
regimes = { well = "2", ill = "1/2" }
window = 2
shift = { from = "3/2", probability = "3/10", slope = "1/50", most = "9/10" }
recover = { below = 1, probability = "3/20" }
[[language]]
name = "cells"
stock = [[0, 2], [3, 5]]
month = "none"
regime = "none"
[prosociality]
lambda = ["0", "2"]
"""


def read(text: str) -> CommonsSpecification:
    spec = any_spec_from_text(text, "lake.toml")
    assert isinstance(spec, CommonsSpecification)
    return spec


def lake(slug: str) -> CommonsSpecification:
    spec = load(slug)
    assert isinstance(spec, CommonsSpecification)
    return spec


# --- reading ---


def test_a_spec_is_read():
    spec = read(LAKE)
    assert spec.commons.grid == tuple(range(11))
    assert [(signal.name, signal.probability) for signal in spec.commons.signals] == [
        ("low", Fraction(1, 2)),
        ("high", Fraction(1, 2)),
    ]
    (cells,) = spec.languages
    assert cells.stock == (0,) * 5 + (1,) * 6
    assert cells.month == (0, 0, 0)
    assert cells.growth
    assert spec.levels == (Fraction(0), Fraction(2))


def test_what_is_in_no_interval_is_a_cell_of_its_own():
    (cells,) = read(LAKE.replace("[[0, 4], [5, 10]]", "[[3, 10]]")).languages
    assert cells.stock == (1, 2, 3, *(0,) * 8)


def test_a_list_of_demands_and_one_factor():
    text = LAKE.replace('"0..10"', "[10, 0, 5]")
    table = text[text.index("{") : text.index("}") + 1]
    spec = read(text.replace(table, '"3/2"'))
    assert spec.commons.grid == (0, 5, 10)
    assert spec.commons.growth.factors == (Fraction(3, 2),)
    assert spec.commons.totals(7) == (0, 5, 7)


def test_regimes_are_read():
    spec = read(TURNING)
    growth = spec.commons.growth
    assert isinstance(growth, Regimes)
    assert (growth.names, growth.factors) == (("well", "ill"), (Fraction(2), Fraction(1, 2)))
    assert growth.shift == Turn(Fraction(3, 2), Fraction(3, 10), Fraction(1, 50), Fraction(9, 10))
    assert growth.recover == Turn(Fraction(1), Fraction(3, 20), Fraction(0), Fraction(1))
    (cells,) = spec.languages
    assert (cells.regime, cells.past) == (False, True)


def test_the_paper_s_regimes_turn_as_its_rule_says():
    growth = lake("fishing-regimes").commons.growth
    assert isinstance(growth, Regimes)
    chances = [
        growth.chance(0, stocks) for stocks in ((49,), (50,), (49, 51), (50, 50, 53), (100,))
    ]
    assert chances == [0, Fraction(3, 10), Fraction(3, 10), Fraction(8, 25), 1]
    assert [growth.chance(1, stocks) for stocks in ((30,), (29, 30), (0, 0, 89), (31, 31, 31))] == [
        0,
        Fraction(3, 20),
        Fraction(3, 20),
        0,
    ]


BAD_REGIMES = [
    ('regimes = { well = "2", ill = "1/2" }', 'regimes = { well = "2" }', "there is 1 regime"),
    ('ill = "1/2"', 'ill = "-1/2"', "the growth -1/2 is negative"),
    ("window = 2", "window = 0", "there is no window of 0 months"),
    ("window = 2", "window = 4", "there is no window of 4 months"),
    ('"3/10"', '"13/10"', "13/10 is no probability"),
    ('most = "9/10"', 'most = "-1"', "-1 is no probability"),
    ('slope = "1/50"', 'slope = "-1/50"', "-1/50 is negative"),
    ("below = 1", "below = -1", "-1 is negative"),
    ("below = 1,", "", "'below' is missing"),
    ('from = "3/2"', 'form = "3/2"', "unknown key 'form'; did you mean 'from'"),
    ("window = 2", "seen = true", "unknown key 'seen'"),
    ('regime = "none"', 'growth = "all"', "draws of growth, of which there are none"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD_REGIMES)
def test_bad_regimes_are_refused(old: str, new: str, message: str):
    assert old in TURNING
    with pytest.raises(InputError) as refused:
        read(TURNING.replace(old, new))
    assert message in str(refused.value)
    assert refused.value.fix


REFUSED = [
    ('factors = ["1", "2"]', 'factors = ["-1", "2"]', "the growth -1 is negative"),
    ("capacity = 10", "capacity = 8", "the stock 9 is above the capacity 8"),
    ('"0..10"', '"1..10"', "0 is missing"),
    ('"0..10"', '"some"', "'some' is no grid of harvests"),
    ('"0..10"', '"0..5000"', "there are over 1000 units"),
    ("horizon = 3", "horizon = 0", "there is no month"),
    ("horizon = 3", "horizon = 999", "there are 999 months"),
    ("agents = 3", "agents = 0", "there is no agent"),
    ("agents = 3", "agents = 101", "there are 101 agents"),
    ("agents = 3", 'agents = "5/2"', "'5/2' is no whole number"),
    ("agents = 3", "agents = -1", "-1 is negative"),
    ("stock = 9\ncapacity = 10", "stock = 9\ncapacity = 2000", "there are over 1000 units"),
    ('prior = ["1/2", "1/2"]', 'prior = ["1/2", "1/3"]', "the probabilities sum to 5/6"),
    ('prior = ["1/2", "1/2"]', 'prior = ["3/2", "-1/2"]', "a probability is negative"),
    ('prior = ["1/2", "1/2"]', 'prior = ["1"]', "there is 1 probability for 2 factors"),
    (', prior = ["1/2", "1/2"]', "", "'prior' is missing"),
    ('names = ["low", "high"]', 'names = ["low"]', "there is 1 name for 2 factors"),
    (
        'names = ["low", "high"], factors = ["1", "2"]',
        "factors = [1, 1]",
        "two factors are the same",
    ),
    ('factors = ["1", "2"]', "factors = []", "the list is empty"),
    ("[[0, 4], [5, 10]]", "[[0, 5], [5, 10]]", "5 is in two intervals"),
    ("[[0, 4], [5, 10]]", "[[0, 4], [5, 11]]", "[5, 11] is no interval between 0 and 10"),
    ("[[0, 4], [5, 10]]", '"some"', "'some' says not what a quota may react to"),
    ('month = "none"', 'regime = "all"', "regimes of growth, of which there are none"),
    ('month = "none"', 'past = "all"', "past harvests, on which nothing depends"),
    ('month = "none"', 'weather = "none"', "unknown key 'weather'"),
    ("seen = true", "sene = true", "unknown key 'sene'; did you mean 'seen'"),
    ("collapse = 2", "collapse = 2\nprosocial = 4", "4 of 3 agents are prosocial"),
    ('lambda = ["0", "2"]', 'lambda = ["-1"]', "-1 is negative"),
    ('lambda = ["0", "2"]', "lambda = [{ ann = 1 }]", "the agents of a commons are alike"),
    ("[commons]", "[game]\n[commons]", "there are a game and a commons"),
    ("seen = true", 'seen = false }\nrationing = "fair"\n#', "'fair' is no choice"),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSED)
def test_bad_input_is_refused(old: str, new: str, message: str):
    assert old in LAKE
    with pytest.raises(InputError) as refused:
        read(LAKE.replace(old, new))
    assert message in str(refused.value)
    assert str(refused.value).startswith("lake.toml: ")
    assert refused.value.fix


def test_a_language_names_only_what_a_court_sees():
    unseen = LAKE.replace("seen = true", "seen = false").replace(
        "month =", 'growth = "all"\nmonth ='
    )
    with pytest.raises(InputError, match="growth that nobody sees before the harvest"):
        read(unseen)
    twice = LAKE + '[[language]]\nname = "cells"\n'
    with pytest.raises(InputError, match="'cells' is the name of an earlier language"):
        read(twice)


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ('id = "nash"', "the claim 'nash' is about games"),
        ('id = "gap-at-least"', "needs 'value'"),
        ('id = "gap-zero"\nvalue = 1', "takes no 'value'"),
        (
            'id = "gap-zero"\nlanguage = "sells"',
            "there is no language 'sells'; did you mean 'cells'",
        ),
        ('id = "threshold-at-most"\nvalue = 1\nlanguage = "cells"', "is without a quota"),
    ],
)
def test_bad_claims_are_refused(claim: str, message: str):
    with pytest.raises(InputError) as refused:
        read(f"{LAKE}[[claim]]\n{claim}\n")
    assert message in str(refused.value)
    assert refused.value.field.startswith("claim[0]")


def test_what_works_on_games_alone_says_so():
    with pytest.raises(InputError, match="this is a commons, not a game"):
        load_listed("fishing")


# --- the oracles of theory.md, §4 ---


def value(slug: str, growth: bool = True) -> Fraction:
    commons = lake(slug).commons
    return planned(commons, replace(everything(commons), growth=growth)).value


def test_the_first_best_of_the_papers_lakes():
    assert value("fishing") == 650
    assert value("fishing-iid") == 540
    assert value("fishing-iid-seen") == Fraction(1223, 2)


def test_the_loss_of_a_quota_that_cannot_name_growth():
    lost = value("fishing-iid-seen") - value("fishing-iid-seen", growth=False)
    assert lost == Fraction(143, 2)


@pytest.mark.parametrize("slug", ["fishing", "fishing-iid"])
def test_selfish_agents_take_all_at_once(slug: str):
    play = symmetric(lake(slug).commons, Fraction(0))
    assert (getattr(play, "value", None), getattr(play, "several", None)) == (100, False)
    assert isinstance(play, DrawnPlay)
    assert play.demands[0][0][100] == (100,)


def thresholds(slug: str, rationing: Any) -> list[Any]:
    commons = replace(lake(slug).commons, rationing=rationing)
    plan = planned(commons, everything(commons))
    return [threshold(plan, measure) for measure in MEASURES]


def test_thresholds_of_the_papers_lakes():
    path, over = Fraction(3, 5), Fraction(29, 35)
    assert thresholds("fishing", "proportional") == [path, over, path, path]
    assert thresholds("fishing-iid", "proportional") == [
        path,
        Fraction(183, 185),
        path,
        Fraction(7, 5),
    ]


def test_growth_that_is_seen_has_no_first_best_of_whole_shares():
    levels = thresholds("fishing-iid-seen", "proportional")
    assert levels == [None, None, Fraction(7, 5), Fraction(3)]


def test_one_selfish_agent_empties_the_lake():
    commons = lake("fishing").commons
    plays = [population(commons, k) for k in (0, 4, 5)]
    assert [getattr(play, "value", None) for play in plays] == [100, 100, 650]


def test_nobody_draws_more_than_there_is():
    for rule in ("one-at-a-time", "proportional"):
        shares = [catch(rule, 7, own, others) for own, others in SHARES]
        assert sum(shares) == 7


SHARES = [(2, ((1, 3), (1, 5))), (3, ((1, 2), (1, 5))), (5, ((1, 2), (1, 3)))]


def test_more_prosociality_can_catch_less():
    commons = lake("fishing-iid-seen").commons
    plays = [symmetric(commons, level) for level in map(Fraction, ("1", "7/5", "3"))]
    assert [getattr(play, "value", None) for play in plays] == [
        505,
        Fraction(1165, 2),
        Fraction(1835, 4),
    ]


def test_one_number_for_all_months():
    spec = lake("fishing")
    best = best_rule(spec.commons, spec.language("one number"))
    assert best.low == best.high == 600
    assert best.rule == {(0, 0, 0): 50}


def test_a_search_that_ends_early_has_bounds():
    commons = lake("fishing-iid").commons
    language = replace(everything(commons), month=(0,) * 12)
    best = best_rule(commons, language, nodes=6)
    assert best.low < best.high


def test_caps_sustain_the_first_best_among_selfish_agents():
    spec = lake("fishing")
    equilibrium = sustained(
        spec.commons,
        spec.language("complete"),
        Fraction(0),
        best_rule(spec.commons, spec.languages[0]),
    )
    assert equilibrium is not None
    assert equilibrium[0].value == 650


def test_the_first_best_of_the_paper_s_regimes_lies_between_bounds():
    finder = regime_finder(lake("fishing-regimes").commons, accepted := Accepted())
    assert finder.situations.merged
    assert [finder.plan.value, finder.most] == [646, 650]
    assert list(finder.policy) == [{100: 49}]
    selfish = finder.play(Fraction(0), accepted)
    assert [selfish.value, selfish.over_all] == [100, (100, 100)]


def test_a_small_pond_with_regimes_agrees_with_its_game_tree():
    commons = replace(lake("pond-regimes").commons, horizon=3)
    tree, reachable = Tree(commons), situations(commons, 10**6)
    plan, most = best_plan(reachable)
    assert plan.value == most == tree.best
    play, true = regime_play.symmetric(reachable, Fraction(1)), tree.play(2, Fraction(1), "best")
    assert isinstance(play, RegimePlay)
    assert true is not None
    assert play.start == (true[0], true[2])


# --- the report ---


def reported(text: str) -> CommonsReport:
    report = check(read(text))
    assert isinstance(report, CommonsReport)
    return report


def test_every_certificate_of_a_report_is_accepted_and_about_its_spec():
    report = reported(LAKE)
    assert len(report.texts) > 10
    for text in report.texts.values():
        assert verified(text).accepted
        verification = document(text, "it", (LAKE, "lake.toml"))
        assert verification["matches"]
        assert verification["sentence"]
        changed = LAKE.replace("collapse = 2", "collapse = 3")
        mismatch = document(text, "it", (changed, "lake.toml"))
        assert "collapse differs" in mismatch["shown"][0]["spec"]


def test_so_are_those_of_regimes():
    report = reported(TURNING)
    assert len(report.texts) > 8
    for text in report.texts.values():
        verification = document(text, "it", (TURNING, "lake.toml"))
        assert verification["matches"]
        assert verification["sentence"]
        mismatch = document(text, "it", (TURNING.replace("3/20", "1/4"), "lake.toml"))
        assert "growth differs" in mismatch["shown"][0]["spec"]


@pytest.mark.parametrize("slug", ["sheep", "pollution", "pond-regimes"])
def test_the_report_is_of_its_type(slug: str):
    document = json.loads(json.dumps(checked(slug).document()))
    Document.model_validate(document)
    assert {claim["status"] for claim in document["claims"]} <= {"proved", "refuted"}


def test_a_growth_that_nobody_sees_costs_no_quota_anything():
    text = LAKE.replace("seen = true", "seen = false") + "[[language]]\nname = 'all'\n"
    claims = reported(text).document()["claims"]
    assert ("gap-zero", "all") in {(claim["id"], claim["language"]) for claim in claims}


def test_caps_close_the_gap_where_prosocial_agents_keep_to_them():
    text = LAKE.replace("agents = 3", "agents = 2").replace("= 9", "= 12").replace("10", "12")
    text = text.replace('["1", "2"]', '["3/2", "3"]').replace("horizon = 3", "horizon = 2")
    text = text.replace("stock = [[0, 4], [5, 12]]\nmonth", "growth")
    text += "[[claim]]\nid = 'closes'\nlanguage = 'cells'\nlambda = 2\n"
    (claim,) = reported(text).claims
    assert claim.certificate is not None
    assert (claim.status, claim.certificate.kind) == ("proved", "conjunction")


def test_claims_are_decided():
    claims = """
[[language]]
name = "all"
[[claim]]
id = "gap-positive"
[[claim]]
id = "gap-at-most"
language = "cells"
value = 100
[[claim]]
id = "closes"
lambda = 0
[[claim]]
id = "closes"
lambda = 2
language = "all"
[[claim]]
id = "closes"
lambda = 7
language = "all"
[[claim]]
id = "threshold-at-most"
value = 0
"""
    verdicts = [(claim.status, claim.reason) for claim in reported(LAKE + claims).claims]
    assert [status for status, _ in verdicts] == [
        "proved",
        "refuted",
        "proved",
        "refuted",
        "unknown",
        "unknown",
        "unknown",
    ]
    assert "none of the caps that were tried" in str(verdicts[4][1])
    assert "list this λ in [prosociality]" in str(verdicts[5][1])
    assert "no first best has equal shares" in str(verdicts[6][1])


def test_where_there_is_no_equilibrium_the_report_says_where():
    report = checked("pollution")
    assert isinstance(report, CommonsReport)
    last = report.prosocial[-1].value
    assert isinstance(last, Unknown)
    assert "there is no symmetric pure equilibrium in month" in last.reason


@pytest.mark.parametrize("slug", ["sheep", "pond-regimes"])
def test_what_there_is_no_time_for_is_unknown(slug: str):
    spec = lake(slug)
    with pytest.raises(InputError, match="there is no first best in the time given"):
        check(spec, within=1e-9)
    commons, accepted = spec.commons, Accepted()
    make = drawn_finder if slug == "sheep" else regime_finder
    timed = Timed(Worker(1e-9), lambda _: None)
    report = rest(spec, make(commons, accepted), timed)
    assert isinstance(report.selfish.over_all, Unknown)
    assert {claim.status for claim in report.claims} == {"unknown"}
    Document.model_validate(json.loads(json.dumps(report.document())))


def test_in_time_the_report_is_the_same():
    within, free = check(read(TURNING), timeout=60.0), check(read(TURNING))
    assert isinstance(within, CommonsReport)
    assert isinstance(free, CommonsReport)
    assert within.document() == free.document()
    assert within.texts == free.texts
