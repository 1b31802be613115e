"""Printing: results on standard output, everything else on standard error."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Iterable
from typing import Any

import click

from pdedsl.diagnostics import Diagnostic, Source, UserError, as_data, render

_HEAD = re.compile(r"\b(error|lint)\[[EL]\d+\]")
_COLORS = {"error": "red", "lint": "yellow"}


def say(text: str) -> None:
    """A line on standard error."""
    click.echo(text, err=True)


def emit(text: str) -> None:
    """A line on standard output."""
    click.echo(text)


def emit_json(value: Any) -> None:
    """One JSON value on standard output; NaN and infinities become null."""
    from pdedsl.runs import dumps

    click.echo(dumps(value))


def show_diagnostics(diagnostics: Iterable[Diagnostic], source: Source) -> None:
    """Diagnostics with their carets on standard error, in colour on a terminal."""
    color = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    for diagnostic in diagnostics:
        text = render(diagnostic, source)
        say(_HEAD.sub(_paint, text, count=1) if color else text)


def _paint(match: re.Match[str]) -> str:
    return click.style(match[0], fg=_COLORS[match[1]], bold=True)


def rejection(error: UserError) -> dict[str, Any]:
    """The JSON object of a spec or method that is at fault."""
    found = [as_data(diagnostic, error.source) for diagnostic in error.diagnostics]
    return {"status": "rejected", "reason": str(error.args[0]), "diagnostics": found}


def number(value: float | None) -> str:
    """``3.21e-05``, or a dash where there is no number."""
    return "–" if value is None or not math.isfinite(value) else f"{value:.2e}"


def count(number: int, what: str) -> str:
    """``1 law``, ``2 laws``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
