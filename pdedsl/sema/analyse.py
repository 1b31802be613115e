"""The driver: statements in the order of the file, then the laws together, then the lints.

Declarations and laws come first, each given up on its own where it is wrong. Labels and
periodic sides need all laws. Lints need the whole problem, and run only where it could be
formed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pdedsl.diagnostics import Diagnostic, Rejected, Report, Source, Span, UserError, did_you_mean
from pdedsl.ir import Problem, Written, derivatives_as_written
from pdedsl.syntax import Reading, ast, read

from . import declarations, known, laws, outputs
from .draft import Draft
from .lints import run_lints
from .scope import Poisoned


def problem_of(source: Source, base: Path, overrides: Mapping[str, float] | None = None) -> Problem:
    """The problem of a text; arguments as of `examine`.

    Raises:
        UserError: with all diagnostics, when there are errors among them.
    """
    problem, report = examine(source, base, overrides)
    if problem is None:
        raise UserError(tuple(report), source)
    return problem


def examine(
    source: Source, base: Path, overrides: Mapping[str, float] | None = None
) -> tuple[Problem | None, Report]:
    """Read and analyse a text.

    Args:
        source: the text.
        base: folder that paths of data files are relative to.
        overrides: parameter name to a value that replaces the one in the text.

    Returns:
        The problem, or None where there are errors; and all diagnostics.
    """
    return _analyse(read(source), source, base, overrides)


def _analyse(
    reading: Reading, source: Source, base: Path, overrides: Mapping[str, float] | None
) -> tuple[Problem | None, Report]:
    draft = _drafted(reading, base, overrides)
    report = draft.report
    if report.errors:
        return None, report
    problem = _problem(draft, source, base, reading)
    report.extend(run_lints(problem, draft))
    return (None if report.errors else replace(problem, lints=report.lints)), report


def _drafted(reading: Reading, base: Path, overrides: Mapping[str, float] | None) -> Draft:
    """All statements understood, as far as that goes."""
    report = Report()
    report.extend(reading.report)
    draft = Draft(base, dict(overrides or {}), report)
    draft.scope.poison_all(reading.broken)
    draft.scope.later = _declared_names(reading.spec)
    for statement in reading.spec.statements:
        for item in _items(statement):
            _attempt(draft, statement, item)
    _check_whole(draft, reading)
    laws.finish(draft)
    return draft


def _declared_names(spec: ast.Spec) -> dict[str, Span]:
    """Names that the statements declare, with the place of the first declaration."""
    found: dict[str, Span] = {}
    for statement in spec.statements:
        for item in _items(statement):
            for name in _names(statement, item):
                found.setdefault(name.id, name.span)
    return found


def _items(statement: ast.Statement) -> tuple[Any, ...]:
    """The parts of a statement that are understood, or given up, one by one."""
    match statement:
        case (
            ast.Param(items=items)
            | ast.Let(definitions=items)
            | ast.Unknown(fields=items)
            | ast.Exact(bindings=items)
            | ast.Output(bindings=items)
        ):
            return items
        case ast.Version():
            return ()
    return (statement,)


def _names(statement: ast.Statement, item: Any) -> tuple[ast.Name, ...]:
    """Names that a part of a statement declares."""
    if isinstance(statement, (ast.Title, ast.Exact, ast.Law, ast.Reference)):
        return ()
    return (item.name, *(item.coordinates if isinstance(item, ast.Domain) else ()))


def _title(draft: Draft, statement: ast.Title) -> None:
    if draft.title is not None:
        message = "the problem has a title already"
        draft.report.add(Diagnostic("E406", message, statement.span, "remove one of them"))
    draft.title = statement.text


_PASSES: dict[type[ast.Statement], Callable[[Draft, Any], None]] = {
    ast.Title: _title,
    ast.Param: declarations.parameter,
    ast.Let: declarations.let,
    ast.Unknown: declarations.unknown,
    ast.Domain: declarations.domain,
    ast.Operator: declarations.operator,
    ast.Region: declarations.region,
    ast.Time: declarations.time,
    ast.Interface: declarations.interface,
    ast.Data: declarations.data,
    ast.Law: laws.law,
    ast.Exact: known.exact,
    ast.Reference: known.reference,
    ast.Output: outputs.output,
}


def _attempt(draft: Draft, statement: ast.Statement, item: Any) -> None:
    """Call the pass; a rejection is recorded, and the names stay silent from then on."""
    try:
        _PASSES[type(statement)](draft, item)
        return
    except Rejected as rejected:
        draft.report.add(rejected.diagnostic)
    except Poisoned:
        pass
    for name in _names(statement, item):
        # Another domain may have declared the coordinates.
        if name is item.name or name.id not in draft.scope.entries:
            draft.scope.poison(name)


def _check_whole(draft: Draft, reading: Reading) -> None:
    """What only the whole file can tell: no unknown, no law, an override of nothing."""
    parameters = draft.scope.role("a parameter")
    ranges = draft.scope.role("a parameter with a range")
    for name, number in draft.overrides.items():
        if name in ranges:
            mend = f"solve for the whole range, or write param {name} = {number:g}"
            draft.report.add(Diagnostic("E803", f"{name} is a range, not a number", None, mend))
        elif name not in parameters and not draft.scope.is_poisoned(name):
            message = f"{name} is not a parameter of this problem"
            listed = ", ".join(parameters) or "none"
            mend = did_you_mean(name, parameters) or f"its parameters are: {listed}"
            draft.report.add(Diagnostic("E803", message, None, mend))
    if reading.report.errors or draft.report.errors:
        return
    if not draft.scope.fields():
        names = ", ".join(s.name for s in draft.inputs) or "x"
        mend = f"declare it: unknown u({names})"
        draft.report.add(Diagnostic("E405", "nothing is unknown", None, mend))
    elif not draft.laws:
        draft.report.add(Diagnostic("E506", "there is no law", None, "add one: eq: lap(u) = 0"))


def _problem(draft: Draft, source: Source, base: Path, reading: Reading) -> Problem:
    role = draft.scope.role

    def rebuild(overrides: Mapping[str, float]) -> Problem:
        problem, report = _analyse(reading, source, base, overrides)
        if problem is None:
            raise UserError(report.errors, source)
        return problem

    @cache
    def written() -> Written:
        with derivatives_as_written():
            again = _drafted(reading, base, draft.overrides)
        own = {law.label: law.residuals for law in draft.laws}
        return {
            (law.label, own[law.label]): law.residuals for law in again.laws if law.label in own
        }

    return Problem(
        title=draft.title or Path(source.name).stem,
        source=source,
        parameters=tuple(role("a parameter").values()),
        ranges=tuple(role("a parameter with a range").values()),
        domains=tuple(role("a domain").values()),
        regions=tuple(role("a region").items()),
        interfaces=tuple(role("an interface").values()),
        time=draft.time,
        fields=tuple(draft.fields),
        numbers=tuple(role("an unknown number").values()),
        laws=tuple(draft.laws),
        periodicities=tuple(draft.periodicities),
        tables=tuple(entry.table for entry in role("a data table").values()),
        exact=tuple((left, right) for left, right, _ in draft.exact),
        references=tuple(draft.references),
        outputs=tuple(draft.outputs),
        overrides=tuple(sorted(draft.overrides.items())),
        rebuild=rebuild,
        written=written,
    )
