"""Figures: every kind of every gallery game, the same bytes each time, legible in one column."""

import random
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from checked import checked
from games import load_game
from matplotlib.text import Text

from coopgap.main import run
from coopgap.proofs.deciding import decide
from coopgap.proofs.deciding.values import Absent
from coopgap.proofs.exposition.figures import graph, grids, kinds, regions, welfare
from coopgap.proofs.exposition.figures.frontier import draw
from coopgap.proofs.exposition.figures.kinds import KINDS, figure
from coopgap.proofs.exposition.figures.style import (
    TITLE,
    WIDTH,
    letters,
    rendered,
    untitled,
    wrapped_lines,
)
from coopgap.proofs.frontier.report import frontier
from coopgap.proofs.frontier.values import Undecided
from coopgap.proofs.questions.obligations import Setting, Unanswered
from coopgap.theory.environments import environment
from coopgap.theory.errors import InputError
from coopgap.theory.languages import complete
from coopgap.theory.readers.load import games, load_listed
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Specification

DOCS = Path(__file__).parents[2] / "docs"
GAMES = [slug for slug, game in games().items() if isinstance(game, Specification)]
SIX = [f"{who} == '{a}'" for who in ("row", "col") for a in ("CH", "CL", "DH")]


def require_legible(picture) -> None:
    """One column wide, 7 points at least, no text beyond the edges."""
    assert picture.get_size_inches()[0] == WIDTH
    renderer = picture.canvas.get_renderer() if hasattr(picture.canvas, "get_renderer") else None
    for text in picture.findobj(Text):
        if text.get_text() and text.get_visible():
            assert text.get_fontsize() >= 7
            if renderer is not None:
                box = text.get_window_extent(renderer)
                assert box.x0 >= -1, text.get_text()
                assert box.x1 <= picture.bbox.x1 + 1, text.get_text()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["n4", "moral-hazard-pd", "supply-contract", "n1", "n3"])
def test_every_kind(kind: str, name: str):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    picture = figure(kind, load_game(name))
    FigureCanvasAgg(picture).draw()
    require_legible(picture)


def test_the_figures_of_the_docs_are_drawn_again():
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    calls = re.findall(r"^\$ coopgap (figure .*) --out (\w+\.svg)", page, re.MULTILINE)
    of_games = [(call, name) for call, name in calls if call.split()[1] in KINDS]
    assert len(of_games) == len(KINDS)
    for call, name in of_games:
        _, kind, slug, *option = call.split()
        language = option[1] if option else None
        stored = (DOCS / "figures" / name).read_bytes()
        assert rendered(figure(kind, load_game(slug), language), "svg") == stored, name

    stored = (DOCS / "figures" / "regions.svg").read_bytes()
    assert rendered(drawn_regions("unnamed-weather"), "svg") == stored


def drawn_regions(slug: str, language: str | None = None):
    family = load_listed(slug)
    assert isinstance(family, FamilySpecification)
    return regions.draw(family, language)


PLANES = [
    slug
    for slug, game in games().items()
    if isinstance(game, FamilySpecification) and len(game.family.parameters) == 2
]


@pytest.mark.parametrize("slug", PLANES)
def test_regions_are_where_the_report_says(slug: str):
    """At random points of the family the region that holds has the exact gap of the report."""
    family = load_listed(slug)
    assert isinstance(family, FamilySpecification)
    report, rng = checked(slug), random.Random(1)
    for number, part in enumerate(report.languages):
        areas = regions.regions(part.gap, "x")
        points = 0
        while points < 20:
            values = {p: Fraction(rng.randint(1, 60), 20) for p in family.family.parameters}
            try:
                family.family.point(values)
            except InputError:
                continue
            points += 1
            exact = report.at(values)["languages"][number]["gap"]
            point = {name: np.array([float(v)]) for name, v in values.items()}
            held = [area for area in areas if area.holds(point)[0] and not area.lines]
            assert held
            for area in held:
                assert not isinstance(area.value, Absent)
                assert regions._at(regions._tree(area.value), point)[0] == pytest.approx(
                    float(exact), abs=1e-9
                )


def test_regions_are_legible_and_cut_nothing_bounded():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    picture = drawn_regions("public-goods-family")
    FigureCanvasAgg(picture).draw()
    require_legible(picture)
    assert picture.axes[0].get_xlim()[1] == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize(
    ("slug", "language", "message"),
    [
        ("table-games-pd", None, "two parameters, not 4; give others a value"),
        ("capped-fines", None, "two parameters, not 1"),
        ("hawk-dove", "war", "there is no language 'war'"),
    ],
)
def test_regions_that_cannot_be_drawn(slug: str, language: str | None, message: str):
    with pytest.raises(InputError, match=message):
        drawn_regions(slug, language)
    with pytest.raises(InputError, match="drawn of a family"):
        figure("regions", load_game("n4"))


def test_the_key_names_the_arrows_that_are_drawn():
    picture = figure("graph", load_game("n5"), "output-balanced")
    key = next(t.get_text() for t in picture.texts if t.get_text().startswith("Gains"))
    (axes,) = picture.axes
    colours = {patch.get_edgecolor() for patch in axes.patches}
    for name, colour in graph.AGENTS:
        assert (f"{name}: " in key) == (mpl.colors.to_rgba(colour) in colours), name
    replies = figure("replies", load_game("n4"))
    assert [a.get_ylabel() for a in replies.axes] == ["row", "row"]
    assert [a.get_xlabel() for a in replies.axes] == ["col", "col"]


@pytest.mark.parametrize("name", GAMES)
def test_every_game_has_a_figure_of_welfare(name: str):
    assert rendered(figure("welfare", load_game(name)), "svg").startswith(b"<?xml")


@pytest.mark.parametrize("form", ["svg", "pdf", "png"])
def test_the_same_bytes_in_another_process(form: str, tmp_path: Path):
    local = rendered(figure("graph", load_game("n4"), "blind-balanced"), form)
    path = tmp_path / f"figure.{form}"
    call = ["figure", "graph", "n4", "--language", "blind-balanced", "--out", str(path)]
    subprocess.run([sys.executable, "-m", "coopgap", *call], check=True, capture_output=True)
    assert path.read_bytes() == local


def test_the_users_settings_change_nothing():
    plain = rendered(figure("replies", load_game("n4")), "svg")
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "black", "svg.hashsalt": "x"}):
        assert rendered(figure("replies", load_game("n4")), "svg") == plain


def test_sixty_four_languages():
    report = frontier(load_game("n8"), predicates=SIX)
    assert len(report.languages) == 64
    picture = draw(report)
    assert picture.get_size_inches()[0] == WIDTH
    assert rendered(picture, "svg") == rendered(draw(report), "svg")


def test_names_are_text():
    game = environment(["$a_b", "x{y}"], [["$1$", "%"], ["<b>", "&"]], [[[3, 0, 4, 1]]] * 2)
    named = NamedLanguage("$\\frac$", complete(game), load_game("n3").languages[0].contracts)
    specification = Specification(game, (named,))
    for kind in KINDS:
        assert rendered(figure(kind, specification), "svg")


def test_three_players_and_one():
    three = load_game("public-goods")
    assert figure("partition", three)
    if len(three.environment.players) != 2:
        with pytest.raises(InputError, match="two players"):
            figure("replies", three)
    single = environment(["one"], [["a", "b"]], [[[1, 2]]])
    named = NamedLanguage("all", complete(single), load_game("n3").languages[0].contracts)
    for kind in ("welfare", "graph", "partition", "frontier"):
        assert rendered(figure(kind, Specification(single, (named,))), "svg")


def test_what_cannot_be_drawn():
    with pytest.raises(InputError, match="only transfers"):
        figure("graph", load_game("n4"), "blind-directive")
    with pytest.raises(InputError, match="did you mean 'graph'"):
        figure("graf", load_game("n4"))
    with pytest.raises(InputError, match="effort-blind"):
        figure("graph", load_game("n8"), "effort")
    wide = environment(["one"], [[str(k) for k in range(200)]], [[list(range(200))]])
    with pytest.raises(InputError, match="at most"):
        grids.partition(wide, complete(wide), "all")


def test_what_stays_undecided(monkeypatch: pytest.MonkeyPatch):
    named = load_game("n4").languages[0]
    setting = Setting(load_game("n4").environment, named.language, named.contracts)
    monkeypatch.setattr(decide, "ask", lambda _: Unanswered("no"))
    with pytest.raises(InputError, match="undecided"):
        graph.draw(setting, "blind")

    def undecided(*_: object) -> None:
        raise Undecided("too long")

    monkeypatch.setattr(welfare, "best_selections", undecided)
    with pytest.raises(InputError, match="too long"):
        kinds.figure("welfare", load_game("n4"))


def test_many_records_leave_the_obstruction():
    game = environment(
        ["p", "q"],
        [[str(k) for k in range(12)]] * 2,
        [[[(7 * a + 3 * b + who) % 11 for a in range(12) for b in range(12)]] for who in range(2)],
    )
    named = load_game("n3").languages[0]
    assert graph.draw(Setting(game, complete(game), named.contracts), "all")
    assert grids.partition(game, complete(game), "all")


def test_lines_and_letters():
    assert letters(28)[-3:] == ["z", "a1", "b1"]
    assert wrapped_lines("one two three", 7) == ["one two", "    three"]
    assert all(len(line) <= 12 for line in wrapped_lines("a " * 30 + "b" * 8, 12))


@pytest.mark.parametrize("kind", ["frontier", "welfare", "replies", "graph", "partition"])
def test_titles_can_be_left_out(kind: str) -> None:
    picture = figure(kind, load_game("n4"), None if kind == "welfare" else "blind-balanced")
    before = rendered(picture, "svg")
    titles = [text for text in picture.findobj(Text) if text.get_label() == TITLE]
    assert titles
    assert rendered(untitled(picture), "svg") != before
    assert not any(title.get_visible() for title in titles)


def test_a_character_without_a_glyph_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    spec = tmp_path / "other.toml"
    spec.write_text(
        '[game]\nplayers = ["a", "b"]\nactions = { a = ["\U00013000", "D"], b = ["C", "D"] }\n'
        '[game.payoffs]\na = [[3, 0], [4, 1]]\nb = "symmetric"\n',
        encoding="utf-8",
    )
    with pytest.raises(SystemExit) as ended:
        run(["figure", "replies", str(spec), "--no-title", "--out", str(tmp_path / "x.png")])
    assert ended.value.code == 0
    out, err = capsys.readouterr()
    assert out.split()[0] == "drawn:"
    assert err.startswith("coopgap: no font that matplotlib knows has \U00013000: install one")
    assert err.count("\n") == 1
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]
