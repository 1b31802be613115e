"""The clause ``sigma = 0.01`` of a fit: one standard deviation of the noise of its data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from pdedsl.diagnostics import Rejected, reject
from pdedsl.ir import NotNumericError, OnData, Place, Table, values_at_rows
from pdedsl.ir.text import expression_text
from pdedsl.sema.draft import Draft
from pdedsl.sema.values import components, is_vector
from pdedsl.syntax import ast, format_expression


def noise_of(
    draft: Draft, node: ast.Law, residuals: Sequence[sp.Expr], place: Place
) -> tuple[sp.Expr, ...]:
    """σ of each component of a law; empty where none is given.

    Raises:
        Rejected: E507 where the law is no fit, or σ is not known, not positive, or of another
            number of components.
    """
    if node.noise is None:
        return ()
    if node.kind != "fit":
        raise no_noise(node)
    assert isinstance(place, OnData)
    value = draft.elaborator.quantity(node.noise)
    found = components(value)
    if is_vector(value) and len(found) != len(residuals):
        count = "one equation" if len(residuals) == 1 else f"{len(residuals)} equations"
        message = f"sigma has {len(found)} numbers, and the fit {count}"
        mend = f"write sigma = {expression_text(found[0])} for all"
        raise reject("E507", message, node.noise.span, mend)
    table = draft.scope.role("a data table")[place.table].table
    for own in found:
        _check(draft, node, table, own)
    return tuple(found) if is_vector(value) else tuple(found) * len(residuals)


def no_noise(node: ast.Law) -> Rejected:
    """E507 for a law that is no fit, and holds without any noise."""
    assert node.noise is not None
    text = format_expression(node.noise)
    message = f"sigma is the noise of data in a fit, and this law is {_kind(node.kind)}"
    mend = f"leave sigma = {text} out; for a number of that name write param sigma = {text} above"
    return reject("E507", message, node.noise.span, mend)


def _kind(kind: str) -> str:
    return {"eq": "an equation", "bc": "a boundary condition", "ic": "an initial condition"}[kind]


def _check(draft: Draft, node: ast.Law, table: Table, sigma: sp.Expr) -> None:
    """Refuse a noise that is not known at each row, or is not positive there."""
    assert node.noise is not None
    span = node.noise.span
    numbers = draft.scope.numbers()
    sought = [str(s) for s in sigma.free_symbols if s in numbers]
    sought += [field.name for field in draft.fields_in([sigma])]
    if sought:
        message = f"sigma must be known, and {min(sought)} is to be found"
        raise reject("E507", message, span, f"write a number, or {_column(table)}")
    try:
        values = values_at_rows(table, sigma, draft.substitute)
    except NotNumericError as error:
        message = f"sigma has no value in the rows of {table.name}, which have no {error}"
        raise reject("E507", message, span, f"write a number, or {_column(table)}") from None
    bad = np.flatnonzero(~((values > 0) & (values < np.inf)))
    if not len(bad):
        return
    row, value = int(bad[0]), float(values[bad[0]])
    if sigma.atoms(AppliedUndef) or len(np.unique(values)) > 1:
        number = table.row_number(row)
        message = f"sigma must be positive, and is {value:.6g} in row {number} of {table.name}"
        name = next((str(a.func) for a in sigma.atoms(AppliedUndef)), "its values")
        mend = f"mend {name} there, or leave such rows out of {table.path}"
        raise reject("E507", message, span, mend)
    message = f"sigma must be positive, and is {value:.6g}"
    mend = "leave sigma out: its size is estimated then"
    if -np.inf < value < 0:
        mend = f"write sigma = {-value:.6g}"
    raise reject("E507", message, span, mend)


def _column(table: Table) -> str:
    """The column that is most likely meant, or how one is named."""
    likely = ("sigma", "err", "error", "std", "noise", "uncertainty")
    known = [c for c in table.columns if c not in table.coordinates]
    found = [c for c in known if any(word in c.lower() for word in likely)]
    return f"a column, such as {table.name}.{found[0] if found else 'err'}"
