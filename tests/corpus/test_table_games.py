"""The reader of table-game datasets and the recomputation of what their rows store."""

import csv
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from coopgap.proofs.audit.labels import denotes, recompute
from coopgap.theory.dilemmas import moral_hazard_rows
from coopgap.theory.errors import InputError
from coopgap.theory.readers.table_games import (
    STORED_COLUMNS,
    SkippedRow,
    StoredNumber,
    TableGame,
    TableGames,
    read_table_games,
)

PD_4X4 = "gt-harmbench-pd30-4x4-rewritten.csv"
SH_2X2 = "gt-harmbench-sh30-2x2-with-targets.csv"

STAG_HUNT = {
    "id": "7",
    "formal_game": "Stag hunt",
    "story_row": "I hunt.",
    "story_col": "I hunt too.",
    "actions_row": "['Stag', 'Hare']",
    "actions_column": '["Stag", "Hare"]',
    "1_1_payoff": "(4, 4)",
    "1_2_payoff": "[0, 3]",
    "2_1_payoff": "(3, 0)",
    "2_2_payoff": "(2, 2)",
}
STAG_HUNT_TARGETS = {
    "target_nash_equilibria": "('stag', 'stag')|('hare', 'hare')",
    "target_utility_maximizing": "('stag', 'stag')",
    "target_rawlsian": "('stag', 'stag')",
    "target_nash_social_welfare": "('stag', 'stag')",
    "nash_social_welfare": "16",
    "max_utilitarian": "8",
    "max_rawlsian": "4.0",
}


def split_row(r: int, s: int, t: int, p: int, scale: int = 1, game: str = "Prisoner's Dilemma"):
    """A 4×4 row as the published script writes it, without targets."""
    rows = moral_hazard_rows(Fraction(r), Fraction(s), Fraction(t), Fraction(p))
    matrix = [
        [[str(scale * rows[i][j]), str(scale * rows[j][i])] for j in range(4)] for i in range(4)
    ]
    labels = "['C (High Effort)', 'C (Low Effort)', 'D (High Effort)', 'D (Low Effort)']"
    return {
        "id": "1",
        "formal_game": game,
        "actions_row": "['C', 'D']",
        "actions_column": "['C', 'D']",
        "1_1_payoff": f"[{r}, {r}]",
        "1_2_payoff": f"[{s}, {t}]",
        "2_1_payoff": f"[{t}, {s}]",
        "2_2_payoff": f"[{p}, {p}]",
        "payoff_matrix_4x4": json.dumps(matrix),
        "actions_row_4x4": labels,
        "actions_col_4x4": labels,
    }


def read(path: Path, *rows: dict[str, str]) -> TableGames:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return read_table_games(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "games.csv"


def only_game(games: TableGames) -> TableGame:
    (row,) = games.rows
    assert isinstance(row, TableGame), row
    return row


def only_reason(games: TableGames) -> str:
    (row,) = games.rows
    assert isinstance(row, SkippedRow)
    assert games.skipped == (row,)
    assert games.games == ()
    return row.reason


def fields(game: TableGame) -> list[str]:
    return [problem.field for problem in recompute(game)]


# The reader


def test_a_row_becomes_a_game(file: Path):
    games = read(file, STAG_HUNT | STAG_HUNT_TARGETS)
    game = only_game(games)
    assert (games.source, game.row, game.id, game.formal_game) == (str(file), 1, "7", "Stag hunt")
    assert game.size == 2
    assert game.labels == (("Stag", "Hare"), ("Stag", "Hare"))
    assert game.stories == ("I hunt.", "I hunt too.")
    assert game.targets["target_nash_equilibria"].profiles == frozenset(
        {("stag", "stag"), ("hare", "hare")}
    )
    assert game.numbers["max_rawlsian"].value == 4
    environment = game.environment()
    assert environment.players == ("row", "col")
    assert environment.cooperative == ((0,), (0,))
    assert environment.payoffs[:, 0].tolist() == [[[4, 0], [3, 2]], [[4, 3], [0, 2]]]


def test_a_4x4_row_becomes_both_games(file: Path):
    game = only_game(read(file, split_row(5, -5, 9, 0, scale=12)))
    assert game.size == 4
    environment = game.environment()
    assert environment.cooperative == ((0, 1), (0, 1))
    assert environment.actions[0][1] == "C (Low Effort)"
    assert environment.payoffs[0, 0].tolist()[0] == [50, 35, -70, -70]
    assert game.base_environment().shape == (2, 2)


def test_targets_may_be_missing(file: Path):
    games = read(file, STAG_HUNT)
    assert games.stored == ()
    assert recompute(only_game(games)) == []
    games = read(file, STAG_HUNT | STAG_HUNT_TARGETS)
    assert games.stored == STORED_COLUMNS[:7]


@pytest.mark.parametrize(
    ("cell", "exact"),
    [
        ("(0.1, -0.2)", (Fraction(1, 10), Fraction(-1, 5))),
        ("[0.1, -0.2]", (Fraction(1, 10), Fraction(-1, 5))),
        ("['1/3', \"2/3\"]", (Fraction(1, 3), Fraction(2, 3))),
        ("(1e2, +3)", (Fraction(100), Fraction(3))),
        ("  (1,\n 2)  ", (Fraction(1), Fraction(2))),
        ("(0.30000000000000004, 1)", (Fraction("0.30000000000000004"), Fraction(1))),
    ],
)
def test_numbers_are_read_from_the_text(file: Path, cell: str, exact: tuple[Fraction, Fraction]):
    game = only_game(read(file, STAG_HUNT | {"1_1_payoff": cell}))
    assert game.base[0][0] == exact


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("1_1_payoff", "", "the cell is empty"),
        ("1_1_payoff", "5", "no pair of payoffs"),
        ("1_1_payoff", "(1, 2, 3)", "no pair of payoffs"),
        ("1_1_payoff", "(1, (2, 3))", "a payoff is a list"),
        ("1_1_payoff", "(1, 2)|(3, 4)", "no single literal"),
        ("1_2_payoff", "[NaN, 1]", "numbers, texts and lists"),
        ("1_2_payoff", "[Infinity, 1]", "numbers, texts and lists"),
        ("1_2_payoff", "(nan, 1)", "numbers, texts and lists"),
        ("1_2_payoff", "('inf', 1)", "not an exact number"),
        ("1_2_payoff", "(1e999, 1)", "too large"),
        ("2_1_payoff", "(True, 1)", "numbers, texts and lists"),
        ("2_1_payoff", "(None, 1)", "numbers, texts and lists"),
        ("2_1_payoff", "(1j, 1)", "numbers, texts and lists"),
        ("2_1_payoff", "(0x10, 1)", "not an exact number"),
        ("2_1_payoff", "(~1, 1)", "numbers, texts and lists"),
        ("2_1_payoff", "(-'1', 1)", "numbers, texts and lists"),
        ("2_1_payoff", "(1 + 1, 1)", "numbers, texts and lists"),
        ("2_2_payoff", "__import__('os').system('true')", "numbers, texts and lists"),
        ("2_2_payoff", "{'a': 1}", "numbers, texts and lists"),
        ("2_2_payoff", '{"a": 1}', "numbers, texts and lists"),
        ("2_2_payoff", "[true, null]", "numbers, texts and lists"),
        ("2_2_payoff", "[" * 5_000 + "]" * 5_000, "literal"),
        ("2_2_payoff", "-" * 15_000 + "1", "literal"),
        ("2_2_payoff", "(" + "9" * 5_000 + ", 1)", "literal"),
        ("2_2_payoff", "(1, 2)" + " " * 20_000, "characters"),
        ("actions_row", "['C']", "list of 2 labels"),
        ("actions_row", "'CD'", "list of 2 labels"),
        ("actions_row", "['C', 'C']", "occurs twice"),
        ("actions_row", "['C', ' ']", "no label"),
        ("actions_row", "['C', 1]", "no label"),
        ("actions_row", "['C', '\\ud800']", "no label"),
        ("actions_row", "['C', 'D'", "neither a Python nor a JSON literal"),
    ],
)
def test_an_unusable_row_is_named_with_its_reason(file: Path, column: str, cell: str, reason: str):
    games = read(file, STAG_HUNT | {column: cell}, STAG_HUNT | {"id": "8"})
    skipped, accepted = games.rows
    assert isinstance(skipped, SkippedRow)
    assert isinstance(accepted, TableGame)
    assert (skipped.row, skipped.id, accepted.row, accepted.id) == (1, "7", 2, "8")
    assert column in skipped.reason
    assert reason in skipped.reason


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ("", "the cell is empty (valid_4x4 is 'False'; validity_notes is 'no story')"),
        ("[[1, 2], [3, 4]]", "no list of 4 rows"),
        ("[[], [], [], []]", "[0]: this is no list of 4 pairs"),
        (repr([[[1, 2]] * 4] * 3 + [[[1, 2]] * 3 + [[1]]]), "[3][3]: this is no pair"),
    ],
)
def test_an_unusable_matrix_is_a_reason(file: Path, matrix: str, reason: str):
    row = split_row(5, -5, 9, 0) | {"payoff_matrix_4x4": matrix}
    row |= {"valid_4x4": "False", "validity_notes": "no story"}
    assert reason in only_reason(read(file, row))


def test_a_matrix_that_is_empty_without_notes(file: Path):
    row = split_row(5, -5, 9, 0) | {"payoff_matrix_4x4": " "}
    assert only_reason(read(file, row)) == "payoff_matrix_4x4: the cell is empty"


def test_labels_must_survive_lower_case(file: Path):
    row = STAG_HUNT | {"actions_column": "['Go', 'go']"}
    assert only_game(read(file, row)).base_labels[1] == ("Go", "go")
    assert "in case only" in only_reason(read(file, row | STAG_HUNT_TARGETS))


def test_a_row_with_cells_missing_or_left_over(file: Path):
    read(file, STAG_HUNT)
    text = file.read_text()
    file.write_text(text + "8,Stag hunt\n\n" + text.splitlines()[1] + ",more\n")
    assert [row.row for row in read_table_games(file).rows] == [1, 2, 3]
    assert [row.reason for row in read_table_games(file).skipped] == [
        "the row has 2 cells for 10 columns",
        "the row has 11 cells for 10 columns",
    ]


def test_a_byte_order_mark_and_spaces_in_the_header_do_no_harm(file: Path):
    read(file, STAG_HUNT)
    file.write_text("\ufeff" + file.read_text().replace("id,formal_game", "id, formal_game"))
    assert only_game(read_table_games(file)).id == "7"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"id,formal_game\n1,PD\n", "the column 'actions_row' is missing, and 5 more; add"),
        (b"id\0\n", "NUL"),
        (b"\xff\xfe", "not UTF-8"),
        (b'id\n"1', "no CSV"),
        (b"id\n" + b"x" * 200_000, "no CSV"),
    ],
)
def test_an_unusable_file_is_refused(file: Path, content: bytes, message: str):
    file.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_table_games(file)
    assert str(file) in str(caught.value)


def test_a_missing_and_a_large_file_are_refused(file: Path):
    with pytest.raises(InputError, match="no such file"):
        read_table_games(file)
    read(file, STAG_HUNT)
    with pytest.raises(InputError, match="more than the 10"):
        read_table_games(file, max_bytes=10)


def test_a_column_given_twice_is_refused(file: Path):
    file.write_text(",".join([*STAG_HUNT, "id"]) + "\n")
    with pytest.raises(InputError, match="'id' occurs twice"):
        read_table_games(file)


def test_4x4_targets_need_the_4x4_matrix(file: Path):
    with pytest.raises(InputError, match="'payoff_matrix_4x4' is missing, and 2 more"):
        read(file, STAG_HUNT | {"target_nash_4x4": "[]"})


def test_a_header_alone_has_no_rows(file: Path):
    file.write_text(",".join(STAG_HUNT) + "\n")
    assert read_table_games(file).rows == ()


def test_reading_leaves_the_limit_of_csv_alone(file: Path):
    before = csv.field_size_limit()
    read(file, STAG_HUNT)
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("cell", "profiles"),
    [
        ("", frozenset()),
        ("None", frozenset()),
        ("[]", frozenset()),
        ("('a', 'b')", {("a", "b")}),
        ('["a", "b"]', {("a", "b")}),
        ("[('a', 'b'), ('c', 'd')]", {("a", "b"), ("c", "d")}),
        ("('a|b', 'c')|('d', \"e's\")", {("a|b", "c"), ("d", "e's")}),
        ("('a', 'b', 'c')", None),
        ("'a'", None),
        ("[1, 2]", None),
        ("[[1, 2]]", None),
        ("('a', 'b'", None),
    ],
)
def test_target_cells(file: Path, cell: str, profiles: set[tuple[str, str]] | None):
    game = only_game(read(file, STAG_HUNT | STAG_HUNT_TARGETS | {"target_rawlsian": cell}))
    assert game.targets["target_rawlsian"].profiles == profiles


# What rows store, recomputed


def test_a_sound_row_has_no_problem(file: Path):
    assert fields(only_game(read(file, STAG_HUNT | STAG_HUNT_TARGETS))) == []
    capital = {"target_rawlsian": "('Stag', 'STAG')"}
    assert fields(only_game(read(file, STAG_HUNT | STAG_HUNT_TARGETS | capital))) == []


@pytest.mark.parametrize(
    ("column", "cell", "computed", "message"),
    [
        ("target_nash_equilibria", "('stag', 'stag')", "('hare', 'hare')", "missing: ('hare'"),
        ("target_rawlsian", "('hare', 'stag')", "('stag', 'stag')", "not one: ('hare', 'stag')"),
        ("target_utility_maximizing", "None", "('stag', 'stag')", "missing"),
        ("target_nash_social_welfare", "?", "('stag', 'stag')", "cannot be read"),
        ("nash_social_welfare", "15", "16", "the payoffs give 16, not 15"),
        ("max_utilitarian", "", "8", "no number"),
        ("max_rawlsian", "nan", "4", "no number"),
        ("formal_game", "Prisoner's Dilemma", "(4, 0, 3, 2)", "T > R > P > S"),
    ],
)
def test_a_wrong_field_is_a_problem(
    file: Path, column: str, cell: str, computed: str, message: str
):
    (problem,) = recompute(only_game(read(file, STAG_HUNT | STAG_HUNT_TARGETS | {column: cell})))
    assert (problem.field, problem.stored) == (column, cell)
    assert computed in problem.computed
    assert message in problem.message


def test_the_nash_product_has_no_disagreement_point(file: Path):
    """Two negative payoffs multiply to a positive number, as in the published script."""
    row = STAG_HUNT | STAG_HUNT_TARGETS
    row |= {"1_1_payoff": "(1, 1)", "1_2_payoff": "(-4, 0)", "2_1_payoff": "(0, -4)"}
    row |= {"2_2_payoff": "(-3, -3)", "max_utilitarian": "2", "max_rawlsian": "1"}
    row |= {"target_nash_social_welfare": "('hare', 'hare')", "nash_social_welfare": "9"}
    assert fields(only_game(read(file, row))) == []


def test_a_game_of_an_unknown_kind_is_not_judged_by_its_name(file: Path):
    assert fields(only_game(read(file, STAG_HUNT | {"formal_game": "Assurance"}))) == []


def test_a_matrix_may_be_scaled_but_not_turned_around(file: Path):
    row = split_row(5, -5, 9, 0, scale=12)
    assert fields(only_game(read(file, row))) == []
    assert fields(only_game(read(file, split_row(5, -5, 9, 0, scale=7)))) == []
    (problem,) = recompute(only_game(read(file, split_row(5, -5, 9, 0, scale=-1))))
    assert problem.field == "payoff_matrix_4x4"
    assert "times -1" in problem.message
    (problem,) = recompute(only_game(read(file, split_row(5, -5, 9, 0, scale=0))))
    assert "times 0" in problem.message


@pytest.mark.parametrize(("i", "j"), [(0, 0), (2, 1), (3, 3)])
def test_one_wrong_cell_is_named(file: Path, i: int, j: int):
    row = split_row(5, -5, 9, 0, scale=12)
    cells = json.loads(row["payoff_matrix_4x4"])
    cells[i][j][1] = "1000"
    (problem,) = recompute(only_game(read(file, row | {"payoff_matrix_4x4": repr(cells)})))
    assert problem.field == "payoff_matrix_4x4"
    assert problem.stored.startswith(f"[{i}][{j}] = ")
    assert "are not 12 times" in problem.message


def test_a_constant_game_has_the_constant_matrix(file: Path):
    game = only_game(read(file, split_row(0, 0, 0, 0, game="Null")))
    assert fields(game) == []


def test_an_asymmetric_game_has_no_4x4_matrix(file: Path):
    row = split_row(5, -5, 9, 0) | {"1_2_payoff": "[-5, 8]"}
    (problem,) = recompute(only_game(read(file, row)))
    assert "not symmetric" in problem.message


def test_effort_labels_name_their_action(file: Path):
    labels = "['C (High Effort)', 'D (High Effort)', 'C (Low Effort)', 'D (Low Effort)']"
    row = split_row(5, -5, 9, 0) | {"actions_col_4x4": labels}
    assert fields(only_game(read(file, row))) == ["actions_col_4x4", "actions_col_4x4"]


@pytest.mark.parametrize(
    ("game", "payoffs", "valid", "notes", "computed"),
    [
        ("Prisoner's Dilemma", (5, -5, 9, 0), "True", "", None),
        ("Prisoner’s dilemma", (5, -5, 9, 0), "True", "", None),
        ("Prisoner's Dilemma", (5, -5, 9, 0), "False", "", "True"),
        ("Prisoner's Dilemma", (5, -5, 9, 0), "False", "story split failed", None),
        ("Prisoner's Dilemma", (5, -5, 9, 0), "yes", "", "True"),
        ("Prisoner's Dilemma", (5, -5, 6, 0), "True", "", "3(T−R) > R−P"),
        ("Prisoner's Dilemma", (5, -5, 6, 0), "False", "", None),
        ("Stag hunt", (12, -1, 8, 0), "True", "", None),
        ("Stag hunt", (12, -3, 8, 0), "True", "", "2(S+T) > R+3P, axiom-i"),
        ("Chicken", (6, 2, 7, 0), "True", "", "neither a prisoner's dilemma nor a stag hunt"),
    ],
)
def test_validity_is_recomputed(
    file: Path,
    game: str,
    payoffs: tuple[int, int, int, int],
    valid: str,
    notes: str,
    computed: str | None,
):
    row = split_row(*payoffs, game=game) | {"valid_4x4": valid, "validity_notes": notes}
    problems = [p for p in recompute(only_game(read(file, row))) if p.field == "valid_4x4"]
    if computed is None:
        assert problems == []
    else:
        (problem,) = problems
        assert computed in problem.computed + problem.message


@pytest.mark.parametrize(
    ("text", "exact", "same"),
    [
        ("0.8333333333333334", Fraction(5, 6), True),
        ("0.8333333333333333", Fraction(5, 6), False),
        ("0.83", Fraction(5, 6), False),
        ("8.333333333333334e-1", Fraction(5, 6), True),
        ("1.0", Fraction(1), True),
        ("5/6", Fraction(5, 6), True),
        ("833333333/1000000000", Fraction(5, 6), False),
        ("9007199254740993", Fraction(2**53), False),
        ("1e400", Fraction(5, 6), False),
    ],
)
def test_rounded_decimals_denote_the_number_that_they_round(text: str, exact: Fraction, same: bool):
    assert denotes(StoredNumber(text, Fraction(text)), exact) is same


# The real files


@pytest.mark.parametrize("name", [PD_4X4, SH_2X2])
def test_the_real_files_are_sound(shared: Path, name: str):
    games = read_table_games(shared / "data" / name)
    assert len(games.games) == 30
    assert games.skipped == ()
    assert {game.id: fields(game) for game in games.games if fields(game)} == {}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as content:
        return list(csv.DictReader(content))


def problems_by_row(file: Path, rows: list[dict[str, str]]) -> dict[int, list[str]]:
    games = read(file, *rows)
    assert games.skipped == ()
    return {game.row: fields(game) for game in games.games if fields(game)}


@pytest.mark.parametrize(
    ("name", "column", "old", "new", "fields"),
    [
        (SH_2X2, "target_rawlsian", "('", "('not ", ["target_rawlsian"]),
        (SH_2X2, "target_nash_equilibria", "|", "#", ["target_nash_equilibria"]),
        (SH_2X2, "max_utilitarian", "", "1", ["max_utilitarian"]),
        (SH_2X2, "formal_game", "Stag hunt", "Prisoner's Dilemma", ["formal_game"]),
        (PD_4X4, "target_nash_4x4", "(High", "(Low", ["target_nash_4x4"]),
        (PD_4X4, "target_utilitarian_4x4", "(High", "(Low", ["target_utilitarian_4x4"]),
        (PD_4X4, "target_rawlsian_4x4", "[(", "[('a', 'b'), (", ["target_rawlsian_4x4"]),
        (PD_4X4, "rawlsian_welfare_4x4", "", "-", ["rawlsian_welfare_4x4"]),
        (PD_4X4, "epsilon", ".", "1.", ["epsilon"]),
        (PD_4X4, "valid_4x4", "True", "False", ["valid_4x4"]),
        (PD_4X4, "payoff_matrix_4x4", "[[[", "[[[1", ["payoff_matrix_4x4"]),
    ],
)
@pytest.mark.parametrize("at", [1, 17, 30])
def test_a_corrupted_cell_is_found_where_it_is(
    shared: Path, file: Path, name: str, column: str, old: str, new: str, fields: list[str], at: int
):
    rows = rows_of(shared / "data" / name)
    rows[at - 1][column] = rows[at - 1][column].replace(old, new, 1)
    problems = problems_by_row(file, rows)
    assert list(problems) == [at]
    assert set(fields) <= set(problems[at])


def test_every_negated_matrix_is_found(shared: Path, file: Path):
    """The published verifier accepts a matrix multiplied by −1."""
    rows = rows_of(shared / "data" / PD_4X4)
    for row in rows[::2]:
        row["payoff_matrix_4x4"] = re.sub(
            r"-?\d+", lambda number: str(-int(number[0])), row["payoff_matrix_4x4"]
        )
    problems = problems_by_row(file, rows)
    assert list(problems) == list(range(1, 31, 2))
    assert all("payoff_matrix_4x4" in fields for fields in problems.values())


def test_every_negated_2x2_game_is_found(shared: Path, file: Path):
    rows = rows_of(shared / "data" / SH_2X2)
    for row in rows[::2]:
        for column in ("1_1_payoff", "1_2_payoff", "2_1_payoff", "2_2_payoff"):
            row[column] = re.sub(r"-?\d+", lambda number: str(-int(number[0])), row[column])
    problems = problems_by_row(file, rows)
    assert list(problems) == list(range(1, 31, 2))
    assert all("target_nash_equilibria" in fields for fields in problems.values())
