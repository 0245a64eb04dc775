"""Families: what a spec with parameters means, at a point and narrowed, and all that it refuses."""

import contextlib
import pickle
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgap.main import run
from coopgap.theory.contracts import Budget, Transfers
from coopgap.theory.errors import InputError
from coopgap.theory.expressions import Name, Number, spelled
from coopgap.theory.families import Assumption, Family
from coopgap.theory.languages import ProductLanguage, RecordLanguage
from coopgap.theory.parsing import parse_expression
from coopgap.theory.readers.load import settings, with_values
from coopgap.theory.readers.parameters import MAX_NODES
from coopgap.theory.readers.spec import spec_from_text
from coopgap.theory.specification import FamilySpecification, Specification

PD = """
title = "Prisoners"
source = "theory.md"

[parameters]
names = ["T", "R", "P", "S", "q"]
assume = ["T > R > P", "0 <= q <= 1", "e > 0"]
let = { e = "(R - P)/d", d = "2*3", half = "1/2" }

[game]
players = ["row", "col"]
actions = { row = ["C", "D"], col = ["C", "D"] }
states = { names = ["w1", "w2"], prior = ["q", "1 - q"] }
cooperative = { row = ["C"], col = ["C"] }

[game.payoffs.w1]
row = [["R", "S"], ["T", "P"]]
col = "symmetric"

[game.payoffs.w2]
row = [["R + e", "S/(q + half)"], [3, "0.5"]]
col = [["e", "e"], ["-e**2", 0]]

[[language]]
name = "blind"
states = [["w1", "w2"]]
contracts = { budget = "free", liability = "1/2" }

[[language]]
name = "alike"
records = ["row == col"]

[prosociality]
lambda = ["0", "e", { row = "R/P", col = "1/3" }]

[[claim]]
id = "gap-at-least"
language = "blind"
value = "(T - R)/4"

[[claim]]
id = "closes"
lambda = { row = "e", col = 2 }

[[claim]]
id = "nash"
profiles = { w1 = [["D", "D"]], w2 = [] }
"""

SMALL = """
[parameters]
names = ["R", "S"]
[game]
players = ["row", "col"]
actions = { row = ["A", "B"], col = ["A", "B"] }
[game.payoffs]
row = [["R", "S"], [1, 0]]
col = "symmetric"
"""

POINT = {"T": 5, "R": 3, "P": 1, "S": 0, "q": Fraction(1, 4)}


def read(text):
    return spec_from_text(text, "x.toml")


def refusal(text):
    """The one message with which a text is refused."""
    with pytest.raises(InputError) as error:
        read(text)
    message = str(error.value)
    assert message.startswith("x.toml: ")
    assert error.value.fix
    assert "\n" not in message
    return message.removeprefix("x.toml: ")


def same(first, second):
    """Whether two specifications of one environment say the same."""
    games = [
        replace(spec.environment, payoffs=np.zeros_like(spec.environment.payoffs))
        for spec in (first, second)
    ]
    names = [(g.players, g.actions, g.states, g.prior, g.cooperative, g.denominator) for g in games]
    tables = [spec.environment.payoffs for spec in (first, second)]
    metadata = [
        (spec.levels, spec.questions, spec.title, spec.source, spec.origin)
        for spec in (first, second)
    ]
    classes = [
        [(language.name, language.contracts) for language in spec.languages]
        for spec in (first, second)
    ]
    return (
        names[0] == names[1]
        and metadata[0] == metadata[1]
        and classes[0] == classes[1]
        and tables[0].dtype == tables[1].dtype
        and tables[0].tolist() == tables[1].tolist()
    )


# What a file means


def test_a_file_with_parameters_is_a_family():
    spec = read(PD)
    family = spec.family
    assert isinstance(spec, FamilySpecification)
    assert (spec.title, spec.source, spec.origin) == ("Prisoners", "theory.md", "x.toml")
    assert family.parameters == ("T", "R", "P", "S", "q")
    assert [assumption.text for assumption in family.assumptions] == [
        *("T > R", "R > P", "0 <= q", "q <= 1", "e > 0"),
    ]
    assert family.assumptions[0] == Assumption(Name("T"), ">", Name("R"), "T > R")
    assert spelled(family.assumptions[-1].left) == "(R - P)/6"
    assert [spelled(tree) for tree in family.prior] == ["q", "1 - q"]
    assert [[[spelled(t) for t in of_state] for of_state in row] for row in family.payoffs] == [
        [["R", "S", "T", "P"], ["R + (R - P)/6", "S/(q + 1/2)", "3", "1/2"]],
        [["R", "T", "S", "P"], ["(R - P)/6", "(R - P)/6", "-((R - P)/6)**2", "0"]],
    ]
    assert family.cooperative == ((0,), (0,))
    assert family.skeleton.prior == (Fraction(1, 2), Fraction(1, 2))
    assert not family.skeleton.payoffs.any()
    blind, alike = spec.languages
    assert blind.language == ProductLanguage((0, 0), ((0, 1), (0, 1)))
    assert blind.contracts == Transfers(Budget.FREE, Fraction(1, 2))
    assert isinstance(alike.language, RecordLanguage)
    assert alike.language.names == ("row == col: true", "row == col: false")
    assert [[spelled(tree) for tree in level] for level in spec.levels] == [
        ["0", "0"],
        ["(R - P)/6", "(R - P)/6"],
        ["R/P", "1/3"],
    ]
    gap, closes, nash = spec.questions
    assert gap.value is not None
    assert closes.prosociality is not None
    assert (gap.id, gap.language, spelled(gap.value)) == ("gap-at-least", "blind", "(T - R)/4")
    assert [spelled(tree) for tree in closes.prosociality] == ["(R - P)/6", "2"]
    assert nash.profiles == {0: ((1, 1),), 1: ()}


def test_at_a_point_it_is_the_spec_with_the_numbers_written_in():
    spec = read(PD).at(POINT)
    assert isinstance(spec, Specification)
    game = spec.environment
    assert game.prior == (Fraction(1, 4), Fraction(3, 4))
    payoffs = game.payoffs.astype(object) * Fraction(1, game.denominator)
    third = Fraction(1, 3)
    assert payoffs[0].tolist() == [[[3, 0], [5, 1]], [[3 + third, 0], [3, Fraction(1, 2)]]]
    assert payoffs[1].tolist() == [[[3, 5], [0, 1]], [[third, third], [Fraction(-1, 9), 0]]]
    assert spec.levels == (
        (Fraction(0), Fraction(0)),
        (third, third),
        (Fraction(3), third),
    )
    assert spec.questions[0].value == Fraction(1, 2)
    assert spec.questions[1].prosociality == (third, Fraction(2))
    assert dict(spec.questions[2].profiles or {}) == {0: ((1, 1),), 1: ()}


def test_narrowed_some_parameters_are_numbers():
    narrow = read(PD).narrowed({"R": 3, "q": Fraction(1, 4)})
    family = narrow.family
    assert family.parameters == ("T", "P", "S")
    # What has become of an assumption is written anew; what holds for all is dropped.
    assert [assumption.text for assumption in family.assumptions] == [
        "T > 3",
        "3 > P",
        "(3 - P)/6 > 0",
    ]
    assert [tree.value for tree in family.prior] == [Fraction(1, 4), Fraction(3, 4)]
    assert spelled(family.payoffs[0][1][1]) == "S/(3/4)"
    assert spelled(narrow.levels[2][0]) == "3/P"
    assert spelled(narrow.questions[0].value) == "(T - 3)/4"
    assert same(narrow.at({"T": 5, "P": 1, "S": 0}), read(PD).at(POINT))
    nothing = read(PD).narrowed(POINT)
    assert nothing.family.parameters == nothing.family.assumptions == ()
    assert same(nothing.at({}), read(PD).at(POINT))


def test_untouched_assumptions_keep_their_text():
    family = read(SMALL.replace('"S"]', '"S"]\nassume = ["R>1*1", "S  < 2"]', 1)).family
    assert [assumption.text for assumption in family.assumptions] == ["R > 1*1", "S < 2"]
    assert [assumption.text for assumption in family.narrowed({"S": 1}).assumptions] == ["R > 1*1"]


def test_assumptions_without_parameters_are_checked_and_dropped():
    text = SMALL.replace('"S"]', '"S"]\nassume = ["k > 2", "R == R"]\nlet = { k = 3 }', 1)
    assert [assumption.text for assumption in read(text).family.assumptions] == ["R == R"]
    assert refusal(text.replace("k > 2", "R > 0 > k")) == (
        "parameters.assume: the assumption '0 > k' does not hold; mend it or leave it out"
    )


def test_states_that_are_never_likely_need_no_profiles():
    text = PD.replace('["q", "1 - q"]', '[1, "1 - 1"]').replace(", w2 = [] }", " }")
    spec = read(text)
    assert spec.family.support == (0,)
    assert spec.questions[2].profiles == {0: ((1, 1),)}
    assert "nothing is said of the state 'w2'" in refusal(PD.replace(", w2 = [] }", " }"))


def test_a_family_keeps_nothing_but_its_fields():
    spec = read(PD)
    concrete = spec.at(POINT)
    assert same(pickle.loads(pickle.dumps(spec)).at(POINT), concrete)


def test_huge_numbers_leave_int64():
    game = read(SMALL).family.at({"R": 10**30, "S": 1})
    assert game.payoffs.dtype == object
    assert game.payoffs[0, 0, 0, 0] == 10**30


def test_the_names_of_a_game_without_states_are_free():
    assert read(SMALL.replace('"S"', '"s"')).family.states == ("s",)


# Wherever the parameters are: at a point the family is the concrete spec


EXPRESSIONS = st.recursive(
    st.sampled_from(["R", "S", "k", "m", "2", "1/3", "0.5"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("-{}".format, inner),
        st.builds("({})**{}".format, inner, st.integers(-1, 2)),
    ),
    max_leaves=4,
)
NUMBERS = st.fractions(-3, 3, max_denominator=4)


@given(
    st.lists(EXPRESSIONS, min_size=12, max_size=12),
    st.fixed_dictionaries({"R": NUMBERS, "S": NUMBERS}),
)
def test_at_a_point_a_family_is_the_concrete_spec(texts, values):
    declared = '[parameters]\nnames = ["R", "S"]\nlet = { m = "k - S", k = "R/2" }\n'

    def written(put):
        row, col, p, level, value = (
            [[put(text) for text in texts[0:2]], [put(text) for text in texts[2:4]]],
            [[put(text) for text in texts[4:6]], [put(text) for text in texts[6:8]]],
            put(texts[8]),
            put(texts[9]),
            put(texts[10]),
        )
        return f"""
        [game]
        players = ["row", "col"]
        actions = {{ row = ["A", "B"], col = ["A", "B"] }}
        states = {{ names = ["w1", "w2"], prior = ["{p}", "{put(f"1 - {texts[8]}")}"] }}
        [game.payoffs.w1]
        row = {row}
        col = "symmetric"
        [game.payoffs.w2]
        row = [[{put("R")!r}, {put("S")!r}], [{put("m")!r}, 0]]
        col = {col}
        [prosociality]
        lambda = ["{level}", {{ row = "{level}", col = 1 }}]
        [[claim]]
        id = "gap-at-most"
        value = "{value}"
        """

    def numbers(text):
        # Names only: operators and digits have none of these letters.
        let = {"k": "(R/2)", "m": "((R/2) - S)"}
        text = "".join(let.get(letter, letter) for letter in text)
        return "".join(f"({values[letter]})" if letter in values else letter for letter in text)

    try:
        concrete = read(written(numbers))
    except InputError:
        with pytest.raises(InputError):
            read(declared + written(str)).at(values)
        return
    family = read(declared + written(str))
    assert same(family.at(values), concrete)
    for narrow in ({"R": values["R"]}, {"S": values["S"]}, values, {}):
        remaining = {name: value for name, value in values.items() if name not in narrow}
        assert same(family.narrowed(narrow).at(remaining), concrete)


# Points that are none


def refused_at(values, text=PD):
    """The one message with which a point is refused."""
    with pytest.raises(InputError) as error:
        read(text).at(values)
    assert error.value.fix
    # Setting the parameters in two steps is refused as well, and at the same place.
    with pytest.raises(InputError) as narrowed:
        read(text).narrowed(values).at({})
    assert narrowed.value.field == error.value.field
    return str(error.value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({**POINT, "Q": 1}, "Q: there is no parameter 'Q'; "),
        ({**POINT, "T": 0.5}, "T: 0.5 is a floating-point number, which is not exact; write it"),
        (
            {**POINT, "T": 3},
            "parameters.assume: the assumption 'T > R' does not hold at T = 3, R = 3",
        ),
        ({**POINT, "q": -1}, "parameters.assume: the assumption '0 <= q' does not hold at q = -1"),
        (
            {**POINT, "P": 0},
            "prosociality.lambda[2]: 3 is divided by zero; divide by something that is never 0",
        ),
        ({**POINT, "P": -1}, "prosociality.lambda[2]: -3 is negative; λ is at least 0"),
    ],
)
def test_points_that_are_refused(values, message):
    assert refused_at(values).startswith(message)


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        (
            PD.replace(', "0 <= q <= 1"', ""),
            {**POINT, "q": Fraction(-1, 2)},
            "payoffs: 0 is divided by zero in the payoff of 'row' in state 'w2' for the profile "
            "(C, D); divide by something that is never 0",
        ),
        (
            PD.replace(', "0 <= q <= 1"', ""),
            {**POINT, "q": 2},
            "prior: the probability -1 of state 'w2' is negative; probabilities are at least 0",
        ),
        (
            PD.replace('"1 - q"]', '"q"]'),
            POINT,
            "prior: the prior sums to 1/2, not 1; make the probabilities sum to exactly 1",
        ),
        (
            PD.replace('"1 - q"]', '"1/(4*q - 1)"]'),
            POINT,
            "prior: 1 is divided by zero in the probability of state 'w2'; divide",
        ),
        (
            PD.replace("e > 0", "1/(R - 3) > 0"),
            POINT,
            "parameters.assume: 1 is divided by zero in the assumption '1/(R - 3) > 0'; divide",
        ),
        (
            PD.replace('"-e**2"', '"(T**64)**64"'),
            {**POINT, "T": 2**999},
            "payoffs: the value would be too large in the payoff of 'col' in state 'w2' for the "
            "profile (D, C); numbers",
        ),
        (PD.replace('row = "e"', 'row = "e - 1"'), POINT, "claim[1].lambda: -2/3 is negative"),
        (
            PD.replace("(T - R)/4", "1/(T - 5)"),
            POINT,
            "claim[0].value: 1 is divided by zero; divide",
        ),
        (
            SMALL,
            {"R": Fraction(1, 3**2000), "S": Fraction(1, 5**1000)},
            "payoffs: over their common denominator the numbers are too large",
        ),
    ],
)
def test_points_where_a_family_has_no_environment(text, values, message):
    assert refused_at(values, text).startswith(message)


def test_a_parameter_without_a_value_is_refused():
    with pytest.raises(InputError, match=r"^R: the parameter 'R' has no value; give it one$"):
        read(PD).at({"T": 5})


# What is refused


def small(names='["R", "S"]', assume="[]", let="{}", **changes):
    """SMALL with other declarations, and with texts replaced."""
    declared = f"names = {names}\nassume = {assume}\nlet = {let}"
    text = SMALL.replace('names = ["R", "S"]', declared)
    for old, new in changes.get("put", {}).items():
        assert old in text
        text = text.replace(old, new)
    return text


HUGE = [3**800, 5**550, 7**450, 11**380]
USED = {'"S"], [1': '"S + e"], [1'}

BAD = {
    "unknown name in a payoff": (
        small(put={'"S"], [1': '"S + R1"], [1'}),
        "game.payoffs.row[0][1]: 'S + R1' uses the name 'R1', which is neither a parameter nor a "
        "let; did you mean 'R'?",
    ),
    "unknown name in the prior": (
        PD.replace('"1 - q"', '"1 - p"'),
        "game.states.prior[1]: '1 - p' uses the name 'p', which is neither",
    ),
    "unknown name in a level": (
        PD.replace('"R/P"', '"R/p"'),
        "prosociality.lambda[2].row: 'R/p' uses the name 'p', which is neither",
    ),
    "unknown name in a value": (
        PD.replace('"(T - R)/4"', '"halve"'),
        "claim[0].value: 'halve' uses the name 'halve', which is neither a parameter nor a let; "
        "did you mean 'half'?",
    ),
    "unknown name in an assumption": (
        small(assume='["R > S", "R > T"]'),
        "parameters.assume[1]: 'R > T' uses the name 'T', which is neither a parameter nor a let; "
        "choose from R, S",
    ),
    "unknown name in a let": (
        small(let='{ e = "R - U" }', put=USED),
        "parameters.let.e: 'R - U' uses the name 'U', which is neither",
    ),
    "player as a number": (
        small(put={'"S"], [1': '"row"], [1'}),
        "game.payoffs.row[0][1]: 'row' uses the name 'row', which is neither",
    ),
    "parameter of the game without a table": (
        small(put={'[parameters]\nnames = ["R", "S"]\nassume = []\nlet = {}\n': ""}),
        "game.payoffs.row[0][0]: 'R' uses the name 'R'; write a number; payoffs, the prior, λ, "
        "bounds on fines, outside options and the values of claims may use the names that "
        "[parameters] declares",
    ),
    "liability": (
        small() + "[contracts]\nliability = 'Q'",
        "contracts.liability: 'Q' uses the name 'Q', which is neither a parameter nor a let",
    ),
    "parameter in records": (
        small() + "[[language]]\nname = 'l'\nrecords = ['R']",
        "language[0].records[0]: there is no name 'R'; choose from state, row, col",
    ),
    # Declared in vain
    "unused parameter": (
        small('["R", "S", "U"]'),
        "parameters.names[2]: nothing depends on the parameter 'U'; use it in a payoff, the prior, "
        "a bound on fines, an outside option, a λ or the value of a claim, or leave it out",
    ),
    "parameter that is only assumed": (
        small('["R", "U", "S"]', '["U > R"]'),
        "parameters.names[1]: nothing depends on the parameter 'U'",
    ),
    "parameter of an assumed let": (
        small('["R", "U", "S"]', '["e > R"]', '{ e = "U" }'),
        "parameters.names[1]: nothing depends on the parameter 'U'",
    ),
    "unused let": (small(let='{ e = "R" }'), "parameters.let.e: nothing uses 'e'; leave it out"),
    "let of an unused let": (
        small(let='{ f = "e", e = "R" }'),
        "parameters.let.f: nothing uses 'f'; leave it out",
    ),
    # Assumptions
    "assumption that is no comparison": (
        small(assume='["R + S"]'),
        "parameters.assume[0]: 'R + S' does not compare numbers; a comparison is made of "
        "expressions compared by > >= < <= == !=, as in T > R",
    ),
    "assumption with in": (
        small(assume='["R in [1]"]'),
        "parameters.assume[0]: 'R in [1]' does not compare",
    ),
    "assumption with and": (
        small(assume='["R > 1 and S > 1"]'),
        "parameters.assume[0]: 'R > 1 and S > 1' does not compare numbers",
    ),
    "assumption with a label": (
        small(assume="[\"R == 'A'\"]"),
        "parameters.assume[0]: \"'A'\" cannot stand in a comparison",
    ),
    "assumption with a call": (
        small(assume="[\"__import__('os') == R\"]"),
        "parameters.assume[0]: \"__import__('os')\" cannot stand in a comparison",
    ),
    "assumption that is a number": (small(assume="[1]"), "parameters.assume[0]: 1 is not text"),
    "assumption without a list": (small(assume="'R > S'"), "parameters.assume: 'R > S' is not a l"),
    "assumption that is false": (
        small(assume="['1 > 2']"),
        "parameters.assume: the assumption '1 > 2' does not hold; mend it or leave it out",
    ),
    # Lets
    "let in a circle": (
        small(let='{ e = "f + 1", f = "g", g = "2*e" }', put=USED),
        "the lets are defined in a circle: ",
    ),
    "let of itself": (
        small(let='{ e = "e" }', put=USED),
        "parameters.let.e: the lets are defined in a circle: e uses e; define one of them without",
    ),
    "let in a large circle": (
        small(let="{ " + ", ".join(f"e{i} = 'e{(i + 1) % 5000}'" for i in range(5000)) + " }"),
        " uses …; define one of them without the others",
    ),
    "let that is a float": (
        small(let="{ e = 0.5 }", put=USED),
        "parameters.let.e: 0.5 is a float, which is not exact; write it in quotes",
    ),
    "let that is a table": (
        small(let="{ e.f = 1 }", put=USED),
        "parameters.let.e: {'f': 1} is not a number",
    ),
    "let that is no expression": (
        small(let="{ e = 'R >' }", put=USED),
        "parameters.let.e: 'R >' is not an expression",
    ),
    "let that is a comparison": (
        small(let="{ e = 'R > S' }", put=USED),
        "parameters.let.e: 'R > S' cannot stand in an expression",
    ),
    "let with the name of a parameter": (
        small(let="{ R = 1 }"),
        "parameters.let.R: 'R' is a parameter; rename the let",
    ),
    "let for the wrong table": (small(let="[]"), "parameters.let: [] is not a table"),
    # Names
    "no names": (
        small("[]"),
        "parameters.names: the list is empty; name a parameter, or leave [parameters] out",
    ),
    "names missing": (
        SMALL.replace('names = ["R", "S"]', ""),
        "parameters: 'names' is missing; add it",
    ),
    "unknown key": (
        SMALL.replace("names = ", "nams = "),
        "parameters: unknown key 'nams'; did you mean 'names'?",
    ),
    "name listed twice": (
        small('["R", "S", "R"]'),
        "parameters.names: 'R' is listed twice; give each its own name",
    ),
    "name of a player": (
        small('["R", "S", "row"]'),
        "parameters.names[2]: 'row' is the name of a player; rename the parameter",
    ),
    "name of an action": (
        small('["R", "S", "B"]'),
        "parameters.names[2]: 'B' is the name of an action; rename the parameter",
    ),
    "name of a state": (
        PD.replace('"q"]\nassume', '"q", "w1"]\nassume'),
        "parameters.names[5]: 'w1' is the name of a state; rename the parameter",
    ),
    "let of a player": (
        small(let="{ col = 1 }"),
        "parameters.let.col: 'col' is the name of a player; rename the let",
    ),
    "name that is state": (
        small('["R", "state"]'),
        "parameters.names[1]: no parameter can be called 'state', a word of the records language; "
        "rename the parameter",
    ),
    "let that is action": (
        small(let="{ action = 1 }"),
        "parameters.let.action: no let can be called 'action', a word of the records language",
    ),
    "name that is a keyword": (
        small('["lambda"]'),
        "parameters.names[0]: no parameter can be called 'lambda', a word of Python; rename",
    ),
    "name that results use": (
        small('["Max"]'),
        "parameters.names[0]: no parameter can be called 'Max', a word of reports; rename",
    ),
    "name that is none": (
        small('["R", "2x"]'),
        "parameters.names[1]: no parameter can be called '2x'; use letters, digits and underscores",
    ),
    "name that is empty": (small('[""]'), "parameters.names[0]: no parameter can be called ''"),
    "name with a ligature": (small('["ﬁ"]'), "parameters.names[0]: no parameter can be called 'ﬁ'"),
    "let that is no name": (
        small(let='{ "a b" = 1 }'),
        "parameters.let.\"a b\": no let can be called 'a b'; use letters",
    ),
    # Numbers
    "division by zero": (
        small(put={'"S"], [1': '"S/0"], [1'}),
        "game.payoffs.row[0][1]: S is divided by zero; divide by something that is never 0",
    ),
    "division by a let that is zero": (
        small(let='{ e = "1 - 1" }', put={'"S"], [1': '"S/(2*e)"], [1'}),
        "game.payoffs.row[0][1]: S is divided by zero",
    ),
    "division by zero in a let": (
        small(let='{ e = "1/0" }', put=USED),
        "parameters.let.e: 1 is divided by zero",
    ),
    "division by zero in an assumption": (
        small(assume='["R > S/(1 - 1)"]'),
        "parameters.assume[0]: S is divided by zero",
    ),
    "negative level": (
        PD.replace('"1/3"', '"-half"'),
        "prosociality.lambda[2].col: -1/2 is negative; λ is at least 0",
    ),
    "negative level of a claim": (
        PD.replace('row = "e"', 'row = "half - 1"'),
        "claim[1].lambda.row: -1/2 is negative; λ is at least 0",
    ),
    "negative probability": (
        PD.replace('["q", "1 - q"]', '["q", "-half"]'),
        "game.states.prior: the probability -1/2 of state 'w2' is negative",
    ),
    "prior that is none": (
        PD.replace('["q", "1 - q"]', '["1/3", "half"]')
        .replace('"S", "q"', '"S"')
        .replace(', "0 <= q <= 1"', "")
        .replace("q + half", "S + half"),
        "game.states.prior: the prior sums to 5/6, not 1",
    ),
    "prior of the wrong length": (
        PD.replace('["q", "1 - q"]', '["q"]'),
        "game.states.prior: there is 1 probability for 2 states",
    ),
    "payoffs that explode": (
        SMALL.replace(
            '[["R", "S"], [1, 0]]',
            f"[{['1/' + str(p) for p in HUGE[:2]]}, {['1/' + str(p) for p in HUGE[2:]]}]",
        )
        + "[prosociality]\nlambda = ['R + S']",
        "game.payoffs: over their common denominator the numbers are too large",
    ),
    "claims on cooperation": (
        small() + "[[claim]]\nid = 'axiom-i'",
        "claim[0]: the claim 'axiom-i' is about cooperative actions, and the game names none",
    ),
    "short row": (small(put={"[1, 0]": "[1]"}), "game.payoffs.row[1]: the list has length 1"),
    "strange language": (
        small() + "[[claim]]\nid = 'gap-zero'\nlanguage = 'l'",
        "claim[0].language: there is no language 'l'",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_one_message_names_place_value_and_fix(case):
    text, message = BAD[case]
    assert message in refusal(text)


def test_a_circle_of_lets_is_named():
    message = refusal(small(let='{ e = "f + 1", f = "g", g = "2*e" }', put=USED))
    start = message.removeprefix("parameters.let.")[0]
    circle = {
        "e": "e uses f uses g uses e",
        "f": "f uses g uses e uses f",
        "g": "g uses e uses f uses g",
    }
    assert circle[start] in message


# Lets that explode are refused before they are written out


@pytest.mark.parametrize("count", [40, 150, 5000])
def test_lets_that_double(count):
    doubling = ", ".join(f"e{i} = 'e{i - 1} + e{i - 1}'" for i in range(1, count))
    text = small(let=f"{{ e0 = 'R', {doubling} }}", put={'"S"], [1': f'"S + e{count - 1}"], [1'})
    assert "parameters.let.e16: with the lets written out there are 131,071" in refusal(text)


def test_lets_that_multiply_in_one_expression():
    doubling = ", ".join(f"e{i} = 'e{i - 1} * e{i - 1}'" for i in range(1, 16))
    text = small(let=f"{{ e0 = 'R', {doubling} }}", put={'"S"], [1': '"S*e15*e15"], [1'})
    assert "game.payoffs.row[0][1]: with the lets written out there are 131,073" in refusal(text)


def test_lets_that_multiply_over_expressions():
    doubling = ", ".join(f"e{i} = 'e{i - 1} * e{i - 1}'" for i in range(1, 16))
    text = small(let=f"{{ e0 = 'R', {doubling} }}", put={"[1, 0]": '["e15", "S + e15"]'})
    assert refusal(text).startswith("parameters: with the lets written out there are 131,074 ")
    assert f"at most {MAX_NODES:,} are supported" in refusal(text)
    text = small(let=f"{{ e0 = 'R', {doubling} }}", assume='["e15 > S", "e15 < S"]')
    assert "parameters.assume[1]: with the lets written out there are 131,07" in refusal(text)


def test_lets_that_nest():
    chain = ", ".join(f"e{i} = '-e{i - 1}'" for i in range(1, 5000))
    text = small(let=f"{{ e0 = 'R', {chain} }}", put={'"S"], [1': '"S + e4999"], [1'})
    assert "parameters.let.e200: with its lets written out the expression is nested" in refusal(
        text
    )


def test_lets_that_only_compute_are_small():
    doubling = ", ".join(f"e{i} = 'e{i - 1} + e{i - 1}'" for i in range(1, 100))
    text = small(let=f"{{ e0 = 1, {doubling} }}", put={'"S"], [1': '"S + e99"], [1'})
    assert read(text).family.at({"R": 0, "S": 0}).payoffs[0, 0, 0, 1] == 2**99


# A family made by hand


def test_a_family_fills_its_game():
    R = Name("R")
    whole = Number(Fraction(1))

    def family(prior=(whole,), payoffs=(((R, R),),), **changes):
        return Family(("R",), (), ("one",), (("A", "B"),), ("s",), prior, payoffs, **changes)

    assert family().at({"R": 2}).payoffs.tolist() == [[[2, 2]]]
    with pytest.raises(InputError, match="payoffs: the payoffs do not fill the game"):
        family(payoffs=(((R,),),))
    with pytest.raises(InputError, match="prior: 2 probabilities for 1 states"):
        family(prior=(whole, whole))
    with pytest.raises(InputError, match="there is no name 'S'"):
        family(payoffs=(((R, Name("S")),),)).at({"R": 1})
    with pytest.raises(
        InputError, match=r"^prior: 1 is divided by zero in the probability of state"
    ):
        family(prior=(parse_expression("1/(R - 1)"),)).at({"R": 1})


# Any document is a family or an input error: see test_spec for all the rest

WRITTEN = st.one_of(
    st.sampled_from(["R", "S", "e", "e + R", "R/0", "f", "R > S", "row", "1/2", "", "inf", "x y"]),
    st.integers(-2, 2),
    st.booleans(),
    st.floats(),
)


@given(
    st.lists(WRITTEN, max_size=3),
    st.lists(WRITTEN, max_size=3),
    st.dictionaries(st.sampled_from(["e", "f", "R", "row", "x y"]), WRITTEN, max_size=3),
    WRITTEN,
)
def test_whatever_is_declared(names, assume, let, payoff):
    def toml(value):
        return repr(value).lower() if isinstance(value, bool) else repr(value)

    lets = ", ".join(f"'{name}' = {toml(value)}" for name, value in let.items())
    declared = f"names = {toml(names)}\nassume = {toml(assume)}\nlet = {{ {lets} }}"
    text = SMALL.replace('names = ["R", "S"]', declared).replace('"S"], [1', f"{toml(payoff)}], [1")
    with contextlib.suppress(InputError):
        spec = read(text)
        spec.at(dict.fromkeys(spec.family.parameters, Fraction(1, 3)))


# The command


def test_settings_are_names_and_numbers():
    assert settings(["R=3", " S = -1/3 ", "q=0.25"]) == {
        "R": 3,
        "S": Fraction(-1, 3),
        "q": Fraction(1, 4),
    }


def test_with_values_gives_an_environment_or_a_narrower_family():
    spec = read(SMALL)
    assert isinstance(with_values(spec, {"R": Fraction(3), "S": Fraction(0)}), Specification)
    narrower = with_values(spec, {"R": Fraction(3)})
    assert isinstance(narrower, FamilySpecification)
    assert narrower.family.parameters == ("S",)


@pytest.fixture
def command(capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            run([str(argument) for argument in arguments])
        return ended.value.code, *capsys.readouterr()

    return call


def test_all_parameters_may_be_set(command, tmp_path):
    path, plain = tmp_path / "family.toml", tmp_path / "plain.toml"
    path.write_text(SMALL.replace("[game]", 'assume = ["R > S"]\n[game]', 1), encoding="utf-8")
    plain.write_text(
        SMALL.replace('[parameters]\nnames = ["R", "S"]\n', "").replace('"R", "S"', "3, 0"),
        encoding="utf-8",
    )
    status, out, err = command("check", path, "--set", "R=3", "--set", "S = 0", "--json")
    assert (status, err) == (0, "")
    expected = command("check", plain, "--json")[1].splitlines()
    timed = {'"seconds"', '"source"'}
    lines = [line for line in out.splitlines() if not any(word in line for word in timed)]
    assert lines == [line for line in expected if not any(word in line for word in timed)]
    status, out, err = command("check", path, "--set", "R=3", "--set", "S=0")
    assert status == 0
    assert "claims proved" in out


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["T=3"], "x.toml: --set: T: there is no parameter 'T'; choose from R, S"),
        (["R=3", "S=0", "T=3"], "x.toml: --set: T: there is no parameter 'T'"),
        (["R=3", "R=3"], "--set: 'R' is set twice; set it once"),
        (["R"], "--set: 'R' gives no parameter a value; write NAME=NUMBER, as in R=3"),
        (["=3"], "--set: '=3' gives no parameter a value"),
        (["R="], "--set: '' is not an exact number; write"),
        (["R=1e"], "--set: '1e' is not an exact number"),
        (["R=S"], "--set: 'S' is not an exact number"),
        (
            ["R=3", "S=4"],
            "x.toml: --set: parameters.assume: the assumption 'R > S' does not hold at",
        ),
    ],
)
def test_settings_that_are_refused(values, message, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = SMALL.replace("[game]", 'assume = ["R > S"]\n[game]', 1)
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    options = [word for value in values for word in ("--set", value)]
    status, out, err = command("check", "x.toml", *options)
    assert (status, out) == (2, "")
    assert err.startswith(f"coopgap: {message}")
    assert err.count("\n") == 1


def test_nothing_is_set_without_parameters(command):
    status, out, err = command("check", "stag-hunt", "--set", "R=3")
    assert (status, out) == (2, "")
    assert err == "coopgap: stag-hunt: --set: the spec has no parameters to set; leave --set out\n"


def test_what_a_family_rests_on_is_exported(command, tmp_path):
    path = tmp_path / "family.toml"
    path.write_text(SMALL, encoding="utf-8")
    folder = tmp_path / "questions"
    status, _, _ = command("check", path, "--set", "R=3", "--smtlib", folder)
    assert status == 0
    scripts = [script.read_text(encoding="utf-8") for script in folder.glob("*.smt2")]
    assert scripts
    assert all("(set-logic QF_" in script for script in scripts)
