"""The parser of expressions and predicates: what it means, and all that it refuses."""

import contextlib
import operator
import re
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coopgap.theory.errors import InputError
from coopgap.theory.evaluation import compiled, evaluate, label_value, substituted
from coopgap.theory.expressions import (
    Arithmetic,
    Comparison,
    Label,
    Listing,
    Name,
    Negative,
    Number,
    Power,
    names_in,
    parts,
    spelled,
)
from coopgap.theory.parsing import MAX_LENGTH, parse_comparisons, parse_expression, parse_predicate


def value(text, **names):
    return evaluate(parse_predicate(text), names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("0.1", Fraction(1, 10)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("1e400 / 1e400", 1),
        ("-3**2", -9),
        ("(-3)**2", 9),
        ("+x - -x", 6),
        ("2**-2", Fraction(1, 4)),
        ("x**-1", Fraction(1, 3)),
        ("x**2.0", 9),
        ("0**0", 1),
        ("(1\n + 2)\r\n", 3),
        ("x / 2 * 2", 3),
        ("1 - 2 - 3", -4),
        ("1 + 2 * 3", 7),
        ("x  # a comment", 3),
    ],
)
def test_arithmetic_is_exact(text, expected):
    result = evaluate(parse_expression(text), {"x": Fraction(3)})
    assert result == expected
    assert type(result) is Fraction


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A label that is an exact number counts as that number, quoted or not.
        ("x == 1", True),
        ("x == '1.0'", True),
        ("'1/2' == 0.5", True),
        ("x + x", 2),
        ("x + '1'", 2),
        ("y == 'A'", True),
        ("y == 'a'", False),
        # Different kinds differ, and a truth value is no number.
        ("y == 1", False),
        ("y != 1", True),
        ("(x == 1) == 1", False),
        ("(x == 1) == (y == 'A')", True),
        ("0 < x <= 1 != 2", True),
        ("0 < x < 1 < 2", False),
        ("x >= 1 and x > 0", True),
        ("x in [1, 2]", True),
        ("x in ('2', y)", False),
        ("x not in [2]", True),
        ("1 == x in [1]", True),
        ("y in []", False),
        ("not x == 1", False),
        ("x == 1 and y == 'A' and state == 's'", True),
        ("x == 2 or y == 'A'", True),
        # The rest stays undecided once the answer is known.
        ("x == 2 and 1 / 0 == 1", False),
        ("x == 1 or y < 1", True),
        ("2 < x < y", False),
        ("action('Player 1') == 'A'", True),
        ('action("x") == 1', True),
        ("y", "A"),
        ("x", 1),
    ],
)
def test_predicates_mean_what_the_interface_says(text, expected):
    names = {"x": "1", "y": "A", "state": "s", "Player 1": "A"}
    result = evaluate(parse_predicate(text), names)
    assert result == expected
    assert type(result) is (Fraction if type(expected) is int else type(expected))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is not an expression; an expression is made of numbers, names"),
        ("1 +", "is not an expression"),
        ("1\0", "is not an expression"),
        ("\udcff", "is not an expression"),
        ("1if", "is not an expression"),
        ("'\\d'", "is not an expression"),
        ("x = 1", "is not an expression"),
        ("9**9**9", "the exponent '9**9' is not a small whole number; write a whole number"),
        ("x**65", "the exponent '65' is not"),
        ("x**0.5", "the exponent '0.5' is not"),
        ("x**y", "the exponent 'y' is not"),
        ("__import__('os')", "\"__import__('os')\" cannot stand in an expression"),
        ("().__class__", "cannot stand in an expression"),
        ("x[0]", "cannot stand in an expression"),
        ("[x for x in y]", "cannot stand in an expression"),
        ("lambda: 1", "cannot stand in an expression"),
        ("f'{x}'", "cannot stand in an expression"),
        ("x if y else z", "cannot stand in an expression"),
        ("x // 2", "cannot stand in an expression"),
        ("~x", "cannot stand in an expression"),
        ("'A'", "cannot stand in an expression"),
        ("x == 1", "cannot stand in an expression"),
        ("not x", "cannot stand in an expression"),
        ("True", "cannot stand in an expression"),
        ("1j", "cannot stand in an expression"),
        ("0x10", "'0x10' is not an exact number"),
        (".5", "'.5' is not an exact number"),
        ("9" * 401, "has 401 characters"),
        ("9" * 4096, "has 4096 characters"),
        ("1e999", "exponent"),
        ("-" * 4000 + "1", "is nested too deeply; nest at most 200 operations"),
        ("1" + "+1" * 300, "is nested too deeply"),
        ("(" * 300 + "1" + ")" * 300, "is not an expression"),
        ("1" * (MAX_LENGTH + 1), "has 4,097 characters; an expression has at most 4,096"),
    ],
)
def test_what_is_no_expression_is_refused(text, message):
    with pytest.raises(InputError) as error:
        parse_expression(text)
    assert message in error.value.problem + "; " + error.value.fix


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("__import__('os')", "calls something; only action('NAME')"),
        ("x.y()", "calls something"),
        ("action(x)", "calls something"),
        ("action('x', 'y')", "calls something"),
        ("action('state')", "calls something"),
        ("x in 'AB'", "\"'AB'\" after `in` is not a list"),
        ("x in [1] in [2]", "compares a list"),
        ("[1] == x", "'[1]' cannot stand in a predicate"),
        ("x is 1", "'x is 1' cannot stand in a predicate"),
        ("x in [*y]", "'*y' cannot stand in a predicate"),
        ("None", "'None' cannot stand in a predicate"),
        ("b'A'", "cannot stand in a predicate"),
        ("(y := 1)", "cannot stand in a predicate"),
    ],
)
def test_what_is_no_predicate_is_refused(text, message):
    with pytest.raises(InputError) as error:
        parse_predicate(text)
    assert message in error.value.problem + "; " + error.value.fix


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z", "there is no name 'z'; choose from row, col, n (labels are quoted: 'z')"),
        ("rwo == 1", "there is no name 'rwo'; did you mean 'row'? (labels"),
        ("action('Player 1')", "there is no name 'Player 1'"),
        ("1 == 2 and z", "there is no name 'z'"),
        ("row < 1", "'A' is not a number, so it cannot be ordered by <"),
        ("2 > 1 > row", "'A' is not a number, so it cannot be ordered by >"),
        ("1 + row", "'A' is not a number, so it cannot be used with +"),
        ("(n == 1) * 2", "True is not a number, so it cannot be used with *"),
        ("-row", "'A' is not a number, so it cannot be negated"),
        ("row**2", "'A' is not a number, so it cannot be raised to a power"),
        ("row and n == 1", "'A' is neither true nor false"),
        ("not n", "1 is neither true nor false; join comparisons, as in x == 1"),
        ("1 / (n - 1)", "1 is divided by zero"),
        ("(n - 1)**-1", "1 is divided by zero"),
        ("(9**64)**64", "the value would be too large; numbers have at most 4,096 binary digits"),
        ("1e400 * 1e400 * 1e400 * 1e400", "the value would be too large"),
        ("1 / 1e400 / 1e400 / 1e400 / 1e400", "the value would be too large"),
        ("0 - 1e400 * 1e400 * 1e400 * 1e400", "the value would be too large"),
    ],
)
def test_what_has_no_value_is_refused(text, message):
    with pytest.raises(InputError) as error:
        value(text, row="A", col="B", n="1")
    assert str(error.value).startswith(message)


def test_without_names_the_error_asks_for_a_number():
    with pytest.raises(InputError, match="no name 'R'; write a number"):
        evaluate(parse_expression("R - 1"), {})


# Trees with something put in, and as text

TREES = st.recursive(
    st.one_of(
        st.builds(Number, st.fractions(-3, 3, max_denominator=4)),
        st.sampled_from([Name("x"), Name("y")]),
    ),
    lambda inner: st.one_of(
        st.builds(Negative, inner),
        st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(Power, inner, st.integers(-2, 3)),
    ),
    max_leaves=8,
)
VALUES = st.fixed_dictionaries({name: st.fractions(-3, 3, max_denominator=4) for name in "xy"})


def outcome(tree, values):
    """The tree's value, or None where it has none."""
    with contextlib.suppress(InputError):
        return evaluate(tree, values)
    return None


@given(TREES, VALUES)
def test_a_tree_and_its_text_mean_the_same(tree, values):
    assert outcome(parse_expression(spelled(tree)), values) == outcome(tree, values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x-(y-1)", "x - (y - 1)"),
        ("x-y-1", "x - y - 1"),
        ("(x+y)*2/(x*y)", "(x + y)*2/(x*y)"),
        ("-(x+y)**2", "-(x + y)**2"),
        ("(-x)**2*-y", "(-x)**2*-y"),
        ("(x**2)**-1", "(x**2)**-1"),
        ("-(x*y)", "-(x*y)"),
        ("2-1-x*1/3", "2 - 1 - x*1/3"),
    ],
)
def test_text_has_the_parentheses_that_it_needs(text, expected):
    assert spelled(parse_expression(text)) == expected


def test_numbers_as_text_keep_together():
    third, minus = Number(Fraction(-1, 3)), Number(Fraction(-2))
    assert spelled(Arithmetic("*", Name("x"), third)) == "x*(-1/3)"
    assert spelled(Power(third, 2)) == "(-1/3)**2"
    assert spelled(Arithmetic("-", Power(minus, 2), minus)) == "(-2)**2 - -2"


def test_only_arithmetic_is_spelled():
    with pytest.raises(TypeError, match="not arithmetic"):
        spelled(Label("A"))


@given(TREES, VALUES)
def test_what_is_put_in_counts_as_evaluated(tree, values):
    try:
        partly = substituted(tree, {"x": Number(values["x"])})
    except InputError:
        assert outcome(tree, values) is None
        return
    assert set(names_in(partly)) <= {"y"}
    assert isinstance(partly, Number) or names_in(partly)
    assert outcome(partly, values) == outcome(tree, values)


def test_any_tree_can_be_put_in():
    tree = substituted(parse_expression("2*3*x - (1 + 1)**2"), {"x": parse_expression("y/2")})
    assert spelled(tree) == "6*(y/2) - 4"
    with pytest.raises(InputError, match=r"^y \+ 1 is divided by zero; divide"):
        substituted(parse_expression("(y + 1)/(2 - x)"), {"x": Number(Fraction(2))})


def test_a_chain_is_its_links():
    links = parse_comparisons(" (T>R >= 2*P !=\n0) ")
    assert [text for _, text in links] == ["T > R", "R >= 2*P", "2*P != 0"]
    assert links[0][0] == parse_predicate("T > R")
    assert links[1][0] == parse_predicate("R >= 2*P")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "T + R",
            "'T + R' does not compare numbers; a comparison is made of expressions compared by >",
        ),
        ("T > R and R > P", "'T > R and R > P' does not compare numbers"),
        ("not T > R", "'not T > R' does not compare numbers"),
        ("T in [1, 2]", "'T in [1, 2]' does not compare numbers"),
        ("T is R", "'T is R' does not compare numbers"),
        ("T > 'A'", "\"'A'\" cannot stand in a comparison"),
        ("(T > R) == (R > P)", "'T > R' cannot stand in a comparison"),
        ("T >", "'T >' is not a comparison"),
        ("f(T) > 0", "'f(T)' cannot stand in a comparison"),
    ],
)
def test_what_is_no_comparison_is_refused(text, message):
    with pytest.raises(InputError) as error:
        parse_comparisons(text)
    assert str(error.value).startswith(message)


def test_the_tree_is_plain_and_general():
    tree = parse_predicate("x + 2 * y == 'A' or y not in [3**2]")
    first, second = parts(tree)
    assert first == Comparison(
        (
            Arithmetic("+", Name("x"), Arithmetic("*", Number(Fraction(2)), Name("y"))),
            Label("A"),
        ),
        ("==",),
    )
    listing = Listing((Power(Number(Fraction(3)), 2),))
    assert second == Comparison((Name("y"), listing), ("not in",))
    assert parts(Number(Fraction(1))) == ()
    assert names_in(parse_predicate("y == x and not (-y)**2 > action('z z')")) == ("y", "x", "z z")


def test_names_keep_their_letters():
    # Python reads the ligature as the letters f and i.
    assert names_in(parse_expression("ﬁ")) == ("ﬁ",)
    assert evaluate(parse_predicate("ﬁ == 'é'"), {"ﬁ": "é", "fi": "e"}) is True


def test_labels_that_spell_numbers():
    assert label_value("1/2") == Fraction(1, 2)
    assert label_value("2.0") == 2
    assert type(label_value("2.0")) is int
    assert label_value("1/0") == "1/0"
    assert label_value("A") == "A"


def test_a_compiled_tree_takes_values_in_order():
    run = compiled(parse_predicate("a - b"), ("b", "a"))
    assert run((1, 3)) == 2


OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def operations(children):
    """Sums, differences, products, quotients and powers of pairs (text, value)."""

    def joined(left, symbol, right):
        (x, x_value), (y, y_value) = left, right
        if symbol == "/" and y_value == 0:
            return left
        return f"({x}) {symbol} ({y})", OPERATORS[symbol](x_value, y_value)

    def powers(base, exponent):
        text, number = base
        # Towers of powers would leave what numbers are allowed to be.
        small = 0 < abs(number.numerator) < 1 << 99 and number.denominator < 1 << 99
        return (f"({text})**{exponent}", number**exponent) if small else base

    return st.one_of(
        st.builds(joined, children, st.sampled_from(sorted(OPERATORS)), children),
        st.builds(powers, children, st.integers(-2, 2)),
    )


DECIMALS = st.decimals(-99, 99, places=2).map(lambda d: (str(d), Fraction(d)))


@given(st.recursive(DECIMALS, operations, max_leaves=8))
def test_arithmetic_agrees_with_fractions(case):
    text, expected = case
    assert evaluate(parse_expression(text), {}) == expected


FRAGMENTS = re.findall(
    r"\S+",
    "1 2.5 1e9 x y 'A' ( ) [ ] , + - * / ** == != < <= > >= and or not in is lambda : . \\ action( "
    "' # \0 if else for await f' {x} 0x1 1_0 9 True := @ % ~ ;",
)


@given(st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join)))
@example("1" + "*9" * 2000)
@example("not " * 1000 + "x")
def test_any_text_is_a_tree_or_an_input_error(text):
    for parse in (parse_expression, parse_predicate):
        with contextlib.suppress(InputError):
            evaluate(parse(text), {"x": Fraction(3), "y": "A"})
