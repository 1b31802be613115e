"""From a file to a problem: the one place where reading and analysis meet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .diagnostics import Report, Source, UserError

if TYPE_CHECKING:
    from .ir import Problem


def examine(
    source: Source, base: Path, params: Mapping[str, float] | None = None
) -> tuple[Problem | None, Report]:
    """Read and analyse a text; the problem is None when there are errors.

    Args:
        source: the text.
        base: folder that paths of data files are relative to.
        params: parameter values that replace those of the text.
    """
    from .sema import analyse as sema_analyse
    from .syntax import read

    return sema_analyse(read(source), source, base, dict(params or {}))


def analyse(source: Source, base: Path, params: Mapping[str, float] | None = None) -> Problem:
    """The problem of a text.

    Raises:
        UserError: with all diagnostics, when there are errors among them.
    """
    problem, report = examine(source, base, params)
    if problem is None or report.errors:
        raise UserError(tuple(report), source)
    return problem
