"""The claims of a spec."""

from __future__ import annotations

from collections.abc import Sequence

from coopgap.theory.environments import Environment, Profile
from coopgap.theory.errors import InputError, inside
from coopgap.theory.information import Information
from coopgap.theory.readers import shape
from coopgap.theory.readers.by_name import number_of, numbered, require_language, trees_by_name
from coopgap.theory.readers.claim_fields import CLAIM_FIELDS, require_fields
from coopgap.theory.readers.strategies import listed_strategies
from coopgap.theory.readers.values import key
from coopgap.theory.specification import FamilyQuestion


def question_of(
    claim: shape.Claim,
    environment: Environment,
    languages: Sequence[str],
    support: Sequence[int],
    known: Information | None,
) -> FamilyQuestion:
    """A claim."""
    _require_fields(claim, environment)
    require_language(claim.language, languages)
    prosociality = profiles = strategies = None
    if claim.prosociality is not None:
        with inside("lambda"):
            prosociality = trees_by_name(claim.prosociality, environment.players)
    if claim.profiles is not None:
        with inside("profiles"):
            if known is None:
                profiles = _profiles(claim.profiles, environment, support)
            else:
                types = known.types(support)
                strategies = listed_strategies(claim.profiles, environment, types)
    value = None if claim.value is None else claim.value.tree
    return FamilyQuestion(claim.id, claim.language, value, prosociality, profiles, strategies)


def _require_fields(claim: shape.Claim, environment: Environment) -> None:
    require_fields(claim.id, claim.present_keys)
    if CLAIM_FIELDS[claim.id].cooperative and environment.cooperative is None:
        raise InputError(
            f"the claim {claim.id!r} is about cooperative actions, and the game names none",
            fix="add cooperative = { … } to [game]",
        )


def _profiles(
    listing: shape.Listed, environment: Environment, support: Sequence[int]
) -> dict[int, tuple[Profile, ...]]:
    states = environment.states
    if shape.COMMON in listing:
        if len(states) > 1:
            raise InputError(
                "one list for several states", fix=f"write {{ {key(states[0])} = [[…]], … }}"
            )
        listing = {states[0]: listing[shape.COMMON]}
    known = numbered(states)
    chosen: dict[int, tuple[Profile, ...]] = {}
    for state, listed in listing.items():
        index = number_of(state, known, "state")
        profiles = []
        for position, labels in enumerate(listed):
            with inside(f"{key(state)}[{position}]"):
                if isinstance(labels, dict):
                    raise InputError(
                        "every player sees the state, and the profile is written by what they see",
                        fix="write one action of each player in a list, or add [information]",
                    )
                if len(labels) != len(environment.players):
                    raise InputError(
                        f"the profile {labels} has {len(labels)} actions",
                        fix="write one action of each player",
                    )
                profile = environment.profile(labels)
                if profile in profiles:
                    raise InputError(f"the profile {labels} is listed twice", fix="list it once")
            profiles.append(profile)
        chosen[index] = tuple(sorted(profiles))
    for index in support:
        if index not in chosen:
            raise InputError(
                f"nothing is said of the state {states[index]!r}",
                fix=f"add {key(states[index])} = […], an empty list if there is no equilibrium",
            )
    return dict(sorted(chosen.items()))
