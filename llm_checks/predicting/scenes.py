"""The games of a study: one spec, or the rows of a table-game dataset with their stories."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from coopgap.llm_checks.predicting.predicted import default_conditions, pooled, predict
from coopgap.llm_checks.predicting.predictions import Predictions
from coopgap.llm_checks.predicting.regimes import Condition, read_disposition, read_regime
from coopgap.theory.contracts import Transfers
from coopgap.theory.environments import Environment
from coopgap.theory.errors import InputError, inside
from coopgap.theory.exact import parse_number
from coopgap.theory.languages import complete, product
from coopgap.theory.readers.files import MAX_BYTES
from coopgap.theory.readers.load import load_listed, with_settings
from coopgap.theory.readers.table_games import SkippedRow, TableGame, TableGames, read_table_games
from coopgap.theory.specification import (
    FamilySpecification,
    NamedLanguage,
    Specification,
    require_complete_information,
)

BASE_LABELS, SPLIT_LABELS = ("C", "D"), ("CH", "CL", "DH", "DL")
"""What the actions of table games are called in predictions; each story has words of its own."""

_OUTCOME = re.compile(
    r"^.*\bIf I \W?(?P<own>[^\"“”]+)\W? and the other player \W?(?P<other>[^\"“”]+)\W?, "
    r"I receive (?P<mine>-?[\d./]+) points?, and the other player receives "
    r"(?P<theirs>-?[\d./]+) points?\.?\s*$",
    re.MULTILINE,
)


@dataclass(frozen=True, eq=False)
class Scene:
    """A game with words for it. Compared by identity.

    words: by agent the words for its actions, in the order of the environment. stories: one text
    per agent, or none.
    """

    name: str
    specification: Specification
    words: tuple[tuple[str, ...], ...]
    stories: tuple[str, ...] = ()

    @property
    def environment(self) -> Environment:
        """The game."""
        return self.specification.environment


@dataclass(frozen=True)
class Study:
    """Scenes with predictions in the same conditions; ``skipped`` names rows that are unusable.

    values: what the parameters of a family are set to.
    """

    source: str
    scenes: tuple[Scene, ...]
    conditions: tuple[Condition, ...]
    predictions: Predictions
    skipped: tuple[SkippedRow, ...] = ()
    values: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What it is called in logs."""
        return self.at_values(Path(self.source).name)

    def at_values(self, source: str) -> str:
        """The source, and the values at which it is played."""
        at = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        return f"{source} at {at}" if at else source

    @property
    def players(self) -> tuple[str, ...]:
        """The agents' names, which all scenes share."""
        return self.scenes[0].environment.players


def study(
    path_or_slug: str,
    regimes: Sequence[str] = (),
    dispositions: Sequence[str] = (),
    limit: int | None = None,
    max_bytes: int = MAX_BYTES,
    values: Mapping[str, Fraction] | None = None,
) -> Study:
    """Reads the games of a study and predicts play in the conditions.

    path_or_slug: a spec, a slug of the gallery or a CSV of table games, of which at most ``limit``
    games are used. regimes, dispositions: all if none are named. values: of the parameters of a
    family.

    Raises InputError for a family that still has parameters, values of what has none, a story that
    lacks a payoff, conditions that do not exist, and a limit for what is no CSV.
    """
    chosen_values = values or {}
    skipped: tuple[SkippedRow, ...] = ()
    if path_or_slug.lower().endswith(".csv"):
        if chosen_values:
            raise InputError(
                "a dataset has no parameters to set",
                fix="leave --set out",
                source=path_or_slug,
            )
        chosen, skipped = _rows(read_table_games(Path(path_or_slug), max_bytes).distinct(), limit)
        sizes = {game.size for game in chosen}
        if len(sizes) > 1:
            raise InputError(
                "the games differ in size",
                fix="give 2×2 and 4×4 games files of their own",
                source=path_or_slug,
            )
        with inside(source=path_or_slug):
            scenes = tuple(table_scene(game) for game in chosen)
    else:
        if limit is not None:
            raise InputError(
                f"{path_or_slug} is one game; --games is for a CSV of games",
                fix="leave it out",
                field="--games",
            )
        specification = with_settings(load_listed(path_or_slug, max_bytes), chosen_values)
        if isinstance(specification, FamilySpecification):
            names = specification.family.parameters
            raise InputError(
                f"the spec still has parameters: {', '.join(names)}",
                fix=f"play needs numbers: set each, as in --set {names[0]}=1",
                source=path_or_slug,
            )
        require_complete_information(specification, "play")
        scenes = (Scene(Path(path_or_slug).stem, specification, specification.environment.actions),)
    conditions = _conditions(scenes, regimes, dispositions)
    parts = [predict(scene.specification, conditions) for scene in scenes]
    predictions = parts[0] if len(scenes) == 1 else pooled([s.specification for s in scenes], parts)
    return Study(path_or_slug, scenes, conditions, predictions, skipped, chosen_values)


def _rows(
    games: TableGames, limit: int | None
) -> tuple[tuple[TableGame, ...], tuple[SkippedRow, ...]]:
    """The first ``limit`` games with usable stories, and the unusable rows among them."""
    chosen: list[TableGame] = []
    skipped: list[SkippedRow] = []
    for row in games.rows:
        if isinstance(row, SkippedRow):
            skipped.append(row)
        elif sum(bool(story.strip()) for story in row.stories) == 1:
            empty = ("story_row", "story_col")[bool(row.stories[0].strip())]
            reason = f"{empty}: one of the two stories is missing; give both or none"
            skipped.append(SkippedRow(row.row, row.id, reason))
        else:
            chosen.append(row)
        if len(chosen) == limit:
            break
    if not chosen:
        example = (
            f": row {skipped[0].row} ({skipped[0].id}): {skipped[0].reason}" if skipped else ""
        )
        raise InputError(
            f"no row can be used{example}",
            fix="mend the rows that coopgap audit names" if skipped else "add a row for each game",
            source=games.source,
        )
    return tuple(chosen), tuple(skipped)


def table_scene(game: TableGame) -> Scene:
    """A row of a dataset as a scene.

    Payoffs that its stories list are checked, and left to the prompt; it has two stories or none.
    Raises InputError, naming the row, where a story lists some payoffs but not all, or others than
    the table.
    """
    labels = SPLIT_LABELS if game.size == 4 else BASE_LABELS
    raw = game.environment()
    environment = replace(raw, actions=(labels, labels))
    languages = [NamedLanguage("complete", complete(environment), Transfers())]
    if game.size == 4:
        groups = [labels[:2], labels[2:]]
        blind = product(environment, actions={"row": groups, "col": groups})
        languages = [NamedLanguage("effort-blind", blind, Transfers())]
    specification = Specification(
        environment, tuple(languages), title=game.formal_game, source=game.id
    )
    stories = tuple(
        _without_payoffs(game, raw, agent, story)
        for agent, story in enumerate(game.stories)
        if story.strip()
    )
    return Scene(f"{game.row}-{game.id}", specification, game.labels, stories)


def _without_payoffs(game: TableGame, raw: Environment, agent: int, story: str) -> str:
    """The story without its list of payoffs, which is checked against the table."""
    place = f"row {game.row} ({game.id}).{('story_row', 'story_col')[agent]}"
    listed = {
        (match["own"].strip(), match["other"].strip()): (match["mine"], match["theirs"])
        for match in _OUTCOME.finditer(story)
    }
    if not listed:
        return story.strip()
    own, other = raw.actions[agent], raw.actions[1 - agent]
    for i, mine in enumerate(own):
        for j, theirs in enumerate(other):
            profile = (i, j) if agent == 0 else (j, i)
            if (mine, theirs) not in listed:
                raise InputError(
                    f"the story lacks the payoff of {mine!r} against {theirs!r}",
                    fix="add it, or leave the whole list of payoffs out",
                    field=place,
                )
            for payee, text in zip((agent, 1 - agent), listed[mine, theirs], strict=True):
                stored = Fraction(int(raw.payoffs[(payee, 0, *profile)]), raw.denominator)
                with inside(place):
                    listed_payoff = parse_number(text.removesuffix("."))
                if listed_payoff != stored:
                    raise InputError(
                        f"the story says {text} where the table says {stored}",
                        fix="make them agree",
                        field=place,
                    )
    return re.sub(r"\n{2,}", "\n", _OUTCOME.sub("", story)).strip()


def _conditions(
    scenes: Sequence[Scene], regimes: Sequence[str], dispositions: Sequence[str]
) -> tuple[Condition, ...]:
    specification = scenes[0].specification
    offered = default_conditions(specification)
    kinds = [read_regime(text, specification.languages) for text in regimes]
    chosen = [read_disposition(text, specification.environment.players) for text in dispositions]
    return tuple(
        Condition(regime, disposition)
        for regime in dict.fromkeys(kinds or (condition.regime for condition in offered))
        for disposition in dict.fromkeys(chosen or (condition.disposition for condition in offered))
    )
