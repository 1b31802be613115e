"""Coordinates with their values at the places of laws: ``on x = 2 "m"``, ``at (x, t) = (0, 1)``."""

from __future__ import annotations

from collections.abc import Iterator

from pdedsl.diagnostics import Diagnostic
from pdedsl.sema.draft import Draft
from pdedsl.syntax import Reading, ast, format_expression

Fixed = tuple[ast.Name, ast.Expr]


def fixed_values(reading: Reading) -> Iterator[Fixed]:
    """Each coordinate that the place of a law fixes, with its value."""
    for law in (s for s in reading.spec.statements if isinstance(s, ast.Law)):
        if isinstance(law.place, ast.On):
            for locus in law.place.loci:
                if isinstance(locus.target, ast.Name) and locus.value is not None:
                    yield locus.target, locus.value
        elif isinstance(law.place, ast.At):
            for equation in law.place.equations:
                yield from _pairs(equation)


def _pairs(equation: ast.Equation) -> Iterator[Fixed]:
    match equation.left, equation.right:
        case ast.Name() as own, value:
            yield own, value
        case ast.Tuple(names), ast.Tuple(values):
            for name, value in zip(names, values, strict=False):
                if isinstance(name, ast.Name):
                    yield name, value


def plain_values(draft: Draft, reading: Reading) -> Iterator[Diagnostic]:
    """E310 of numbers without a unit for a coordinate in a unit that is none of the SI.

    Sides of boxes are left out: a number that is none in the SI is told as no side.
    """
    for law in (s for s in reading.spec.statements if isinstance(s, ast.Law)):
        if not isinstance(law.place, ast.At):
            continue
        for name, value in (p for e in law.place.equations for p in _pairs(e)):
            unit = draft.scope.units.get(name.id)
            plain = draft.elaborator.scalar(value)
            if unit is not None and unit.factor != 1 and plain and not plain.free_symbols:
                text = format_expression(value)
                message = f"{text} has no unit, and {name.id} is given in {unit.text}"
                mend = f'say its unit, such as {text} "{unit.text}"'
                yield Diagnostic("E310", message, value.span, mend)
