"""``pdedsl check``: is the file a problem, and a sensible one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pdedsl.cli import fixing
from pdedsl.cli.console import count, emit, emit_json, show_diagnostics
from pdedsl.cli.options import examples, json_option, set_option
from pdedsl.diagnostics import Report, Source, UserError, as_data

if TYPE_CHECKING:
    from pdedsl.ir import Problem


@click.command(
    "check",
    epilog=examples(
        "pdedsl check specs/helmholtz.pde",
        "pdedsl check --strict --set k=4 specs/*.pde",
        "pdedsl check --fix draft.pde",
    ),
)
@click.argument("files", nargs=-1, required=True)
@set_option
@click.option("--strict", is_flag=True, help="Let lints fail the check too.")
@click.option("--fix", is_flag=True, help="First type the mends of errors that leave no choice.")
@json_option()
def command(
    files: tuple[str, ...],
    params: tuple[tuple[str, float], ...],
    strict: bool,
    fix: bool,
    as_json: bool,
) -> int:
    """Check specs and say what is wrong, where, and what to write instead."""
    for name in files if fix else ():
        fixing.fix(name)
    results = [_check(name, dict(params), strict, as_json) for name in files]
    if as_json:
        emit_json({"ok": all(r["ok"] for r in results), "files": results})
    return 0 if all(r["ok"] for r in results) else 1


def _check(name: str, params: dict[str, float], strict: bool, as_json: bool) -> dict[str, Any]:
    problem, report, source = _examine(name, params)
    show_diagnostics(report, source)
    notes = _notes(problem) if problem else ()
    if not as_json:
        for note in notes:
            emit(f"{name}: note: {note}")
        emit(f"{name}: {_verdict(problem, report)}")
    return {
        "file": name,
        "ok": problem is not None and not report.errors and not (strict and report.lints),
        "problem": problem.title if problem else None,
        "laws": _laws(problem) if problem else None,
        "unknowns": _unknowns(problem) if problem else None,
        "notes": list(notes),
        "diagnostics": [as_data(diagnostic, source) for diagnostic in report],
    }


def _examine(name: str, params: dict[str, float]) -> tuple[Problem | None, Report, Source]:
    from pdedsl.api import check

    try:
        return check(name, params)
    except UserError as error:
        report = Report()
        report.extend(error.diagnostics)
        return None, report, error.source


def _notes(problem: Problem) -> tuple[str, ...]:
    """What `solve` does beyond the text; nothing of it is a fault."""
    from pdedsl.choice.shapes.corner_notes import corner_notes
    from pdedsl.sema.lints.interpolation import table_notes

    return (*_units(problem), *table_notes(problem), *corner_notes(problem))


def _units(problem: Problem) -> tuple[str, ...]:
    """The units of a file that has some, those that follow among them."""
    named = ", ".join(f"{name} in {unit}" for name, unit in problem.units if unit != "1")
    return (f"results are in the SI: {named}",) if named else ()


def _verdict(problem: Problem | None, report: Report) -> str:
    tail = f", {count(len(report.lints), 'lint')}" if report.lints else ""
    if problem is None or report.errors:
        return count(len(report.errors), "error") + tail
    laws, unknowns = count(_laws(problem), "law"), count(_unknowns(problem), "unknown")
    return f"ok ({laws}, {unknowns}){tail}"


def _laws(problem: Problem) -> int:
    return len(problem.laws) + len(problem.periodicities)


def _unknowns(problem: Problem) -> int:
    return len(problem.fields) + len(problem.numbers)
