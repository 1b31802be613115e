"""What keywords and built-in names mean; the texts are ``grammar/words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pdedsl.syntax.package_data import grammar_file


@dataclass(frozen=True)
class Word:
    """A word of the language.

    Args:
        name: the word.
        kind: ``keywords``, ``functions`` (of numbers), ``calculus`` or ``sets``.
        form: how it is written, such as ``lap(u)``.
        means: what it says.
        order: of the derivatives that it takes; None where it takes none, or any.
    """

    name: str
    kind: str
    form: str
    means: str
    order: int | None = None


@cache
def words() -> Mapping[str, Word]:
    """All keywords and built-in names."""
    sections = tomllib.loads(grammar_file("words.toml"))
    return {
        name: Word(name, kind, **entry)
        for kind, entries in sections.items()
        for name, entry in entries.items()
    }
