"""``pdedsl runs``: the runs in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pdedsl.cli.console import emit, emit_json, number
from pdedsl.cli.failure import Failure
from pdedsl.cli.options import examples, json_option

if TYPE_CHECKING:
    from pdedsl.runs.entries import Entry


@click.command("runs", epilog=examples("pdedsl runs", "pdedsl runs results", "pdedsl runs --json"))
@click.argument("folder", default="runs")
@json_option("one JSON list")
def command(folder: str, as_json: bool) -> int:
    """List the runs in a folder (runs), the last one first.

    A run whose process was killed is interrupted: pdedsl resume RUN goes on with it. Errors and
    their estimates are the largest of the fields, relative, in L2.
    """
    from pdedsl.runs.entries import runs_below

    try:
        found = runs_below(Path(folder))
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(f"no runs in {folder}: {reason}; name a folder with runs", 2) from error
    if as_json:
        emit_json([entry.as_data() for entry in found])
    elif not found:
        emit(f"no runs in {folder}")
    else:
        _show(found)
    return 0


def _show(found: list[Entry]) -> None:
    from pdedsl.cli.result import show_table

    heads = ("run", "problem", "method", "status", "error", "estimate", "seconds", "date (UTC)")
    show_table(heads, [_row(entry) for entry in found])
    open_ones = [entry.run for entry in found if entry.status == "interrupted"]
    if open_ones:
        emit(f"go on with: pdedsl resume {open_ones[0]}")


def _row(entry: Entry) -> tuple[str, ...]:
    seconds = "–" if entry.seconds is None else f"{entry.seconds:.1f}"
    return (
        entry.run, entry.problem, entry.method, entry.status, number(entry.error),
        number(entry.estimate), seconds, entry.date[:16].replace("T", " "),
    )  # fmt: skip
