"""The driver: statements in the order of the file, then the laws together, then the lints.

Declarations and laws come first, each given up on its own where it is wrong. Labels and
periodic sides need all laws. Lints need the whole problem, and run only where it could be
formed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sympy.core.parameters import distribute

from pdedsl.diagnostics import Diagnostic, Rejected, Report, Source, Span, UserError, did_you_mean
from pdedsl.ir import Problem, Written, derivatives_as_written, mode_name, with_modes
from pdedsl.syntax import Reading, ast, read

from . import declarations, known, laws, outputs
from .draft import Draft
from .files.data import data
from .files.includes import with_includes
from .interfaces import interface
from .lints import run_lints
from .scope import Poisoned
from .units.compare import compared
from .units.unstated import unstated


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
    return _analyse(with_includes(read(source), source, base), source, base, overrides)


def understand(
    source: Source, base: Path, overrides: Mapping[str, float] | None = None
) -> Understanding:
    """Read a text without looking for lints, which take longer; arguments as of `examine`."""
    return _understood(with_includes(read(source), source, base), source, base, overrides)


@dataclass(frozen=True)
class Understanding:
    """A text as far as it can be understood.

    Args:
        reading: its statements.
        draft: its names and laws.
        problem: None where there are errors.
    """

    reading: Reading
    draft: Draft
    problem: Problem | None

    @property
    def report(self) -> Report:
        """The diagnostics without the lints."""
        return self.draft.report

    def lints(self) -> Iterator[Diagnostic]:
        """The lints of a problem without errors, one after another."""
        if self.problem is not None:
            yield from run_lints(self.problem, self.draft)


def _understood(
    reading: Reading, source: Source, base: Path, overrides: Mapping[str, float] | None
) -> Understanding:
    draft = _drafted(reading, base, overrides)
    if draft.scope.has_units and not draft.report.errors:
        draft.unit_texts = _compare_units(draft, reading)
    problem = None if draft.report.errors else _problem(draft, source, base, reading)
    return Understanding(reading, draft, problem)


def _compare_units(draft: Draft, reading: Reading) -> tuple[tuple[str, str], ...]:
    """Names and their units, after the units of all laws are compared; faults are reported."""
    with distribute(False):  # (x - 400)/100 keeps its 400, of which the message speaks
        with_units = _drafted(reading, draft.base, draft.overrides, keeps_units=True)
    if with_units.report.errors:
        draft.report.extend(with_units.report.errors)
        return ()
    comparison = compared(with_units, reading)
    draft.report.extend(comparison.report)
    draft.report.extend(unstated(comparison))
    draft.report.extend(unstated(comparison))
    return tuple(comparison.texts())


def _analyse(
    reading: Reading, source: Source, base: Path, overrides: Mapping[str, float] | None
) -> tuple[Problem | None, Report]:
    found = _understood(reading, source, base, overrides)
    report = found.report
    report.extend(found.lints())
    if found.problem is None or report.errors:
        return None, report
    problem = replace(found.problem, lints=report.lints)
    count = next((count for count, _ in found.draft.modes.values()), 1)
    return with_modes(problem, count), report


def _drafted(
    reading: Reading, base: Path, overrides: Mapping[str, float] | None, keeps_units: bool = False
) -> Draft:
    """All statements understood, as far as that goes."""
    report = Report()
    report.extend(reading.report)
    draft = Draft(base, dict(overrides or {}), report, keeps_units=keeps_units)
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
        case ast.Version() | ast.Include():
            return ()
        case ast.Law():
            return laws.divided(statement)
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
    ast.Interface: interface,
    ast.Data: data,
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
    parameters = [p.symbol.name for p in draft.scope.parameters()]
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
    _check_modes(draft)


def _check_modes(draft: Draft) -> None:
    """E206 where modes are asked for of what has none, E202 where their names are taken."""
    for name, (count, span) in draft.modes.items():
        message = None
        if draft.time is not None or any(law.kind == "fit" for law in draft.laws):
            message = "modes belong to an eigenvalue of a steady problem without data"
        elif len(draft.scope.role("an unknown number")) > 1:
            message = "modes are asked for where one number is unknown"
        if message is not None:
            draft.report.add(Diagnostic("E206", message, span, "leave modes out"))
            return
        for own in (name, *(field.name for field in draft.fields)):
            taken = (mode_name(own, mode) for mode in range(2, count + 1))
            for other in set(taken) & set(draft.scope.entries):
                message = f"{other} is the name of a mode of {own}"
                mend = f"rename it, to {other.replace('_', '')} for example"
                draft.report.add(Diagnostic("E202", message, draft.scope.entries[other].span, mend))


@dataclass(frozen=True)
class _Rereading:
    """Forms the problem of a text anew, with other parameter values."""

    reading: Reading
    source: Source
    base: Path

    def __call__(self, overrides: Mapping[str, float]) -> Problem:
        problem, report = _analyse(self.reading, self.source, self.base, overrides)
        if problem is None:
            raise UserError(report.errors, self.source)
        return problem


class _AsWritten:
    """Reads the laws again with derivatives as they are written, once; see `Problem.written`."""

    def __init__(self, reading: Reading, draft: Draft) -> None:
        self._reading, self._base, self._overrides = reading, draft.base, draft.overrides
        self._own = {law.label: law.residuals for law in draft.laws}
        self._found: Written | None = None

    def __call__(self) -> Written:
        if self._found is None:
            with derivatives_as_written():
                again = _drafted(self._reading, self._base, self._overrides)
            own = self._own
            self._found = {
                (law.label, own[law.label]): law.residuals for law in again.laws if law.label in own
            }
        return self._found


def _problem(draft: Draft, source: Source, base: Path, reading: Reading) -> Problem:
    role = draft.scope.role
    return Problem(
        title=draft.title or Path(source.name).stem,
        source=source,
        parameters=tuple(draft.scope.parameters()),
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
        units=draft.unit_texts,
        overrides=tuple(sorted(draft.overrides.items())),
        rebuild=_Rereading(reading, source, base),
        written=_AsWritten(reading, draft),
    )
