"""The language that a figure is about."""

from __future__ import annotations

from coopgap.theory.nearest import require_known
from coopgap.theory.specification import FamilySpecification, NamedLanguage, Specification


def language_named(
    specification: Specification | FamilySpecification, name: str | None
) -> NamedLanguage:
    """The language of this name, or the first one. Raises InputError for an unknown name."""
    languages = {language.name: language for language in specification.languages}
    if name is None:
        return specification.languages[0]
    require_known(name, languages, "language", "--language")
    return languages[name]
