"""Mends typed into files by ``pdedsl check --fix``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pdedsl.cli.console import say
from pdedsl.cli.failure import Failure
from pdedsl.diagnostics import Diagnostic, Source, UserError

if TYPE_CHECKING:
    from pdedsl.sema.repairs import Repair

_MOST_CHANGES = 100
_TYPED = ("write", "did you mean", "remove", "start a new line")
"""Beginnings of mends that say all; others leave something to be chosen, such as a value."""


def fix(name: str) -> None:
    """Type every mend of an error that leaves no choice into a file, and say which.

    Raises:
        Failure: the file cannot be written; it is unchanged.
    """
    from pdedsl.syntax import load_source

    try:
        source = load_source(name)
    except UserError:
        return  # the check itself tells
    text = source.text
    for _ in range(_MOST_CHANGES):
        if (repair := _next(Source(name, text), Path(name).parent)) is None:
            break
        line, _ = Source(name, text).position(repair.edits[0].span.start)
        say(f"{name}:{line}: mended: {repair.title}")
        text = repair.applied(text)
    if text != source.text:
        _write(name, text)


def _next(source: Source, base: Path) -> Repair | None:
    """The change for the first error whose mend is one change and no other."""
    from pdedsl.sema import understand
    from pdedsl.sema.repairs import repairs

    for found in understand(source, base).report.errors:
        made = list(repairs(found, source, base)) if _is_typed(found) else []
        if len(made) == 1:
            return made[0]
    return None


def _is_typed(found: Diagnostic) -> bool:
    return found.mend is not None and found.mend.startswith(_TYPED)


def _write(name: str, text: str) -> None:
    from pdedsl.runs import write_text

    try:
        write_text(Path(name), text)
    except OSError as error:
        raise Failure(f"cannot write {name}: {error.strerror}; it is unchanged") from error
