"""What a basis asks of a weak form: enough test functions, and no more than its derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pdedsl.compiler.lowering.groups import groups_of
from pdedsl.geometry import domain_bounds
from pdedsl.ir import Problem
from pdedsl.models import Axis, MisfitError
from pdedsl.models.bases import BasisOptions, axis_size
from pdedsl.transforms.weak.orders import order_of
from pdedsl.transforms.weak.weak_form import WeakRow


def breaks_of(problem: Problem, model: object) -> dict[str, Sequence[float]]:
    """Input to the break points of a basis along it, which are edges of elements."""
    if not isinstance(model, BasisOptions) or not any(model.breaks):
        return {}
    return {name: model.breaks_of(i) for i, name in enumerate(problem.dimension_names)}


def functions_along(problem: Problem, model: object) -> dict[str, int]:
    """Input to the most functions that a basis has along it; empty for other models."""
    if not isinstance(model, BasisOptions) or model.family.startswith("random"):
        return {}
    found: dict[str, int] = {}
    for group in groups_of(problem):
        bounds = domain_bounds(problem, group.domain)
        for i, (symbol, period) in enumerate(zip(group.arguments, group.periods, strict=True)):
            size = axis_size(model, Axis(*bounds[symbol], period), i)
            found[symbol.name] = max(found.get(symbol.name, 0), size)
    return found


def check_smoothness(problem: Problem, rows: Iterable[WeakRow], model: object) -> None:
    """Refuse derivatives that splines do not have.

    Those of C^s have derivatives of order s + 1 in integrals, and of order s at breaks, where
    slopes of test functions jump.

    Raises:
        MisfitError: a weak form holds others.
    """
    if not isinstance(model, BasisOptions):
        return
    s = model.smoothness
    for i, axis in enumerate(problem.inputs if any(model.breaks) else ()):
        for row in rows if model.breaks_of(i) else ():
            inside = max(order_of(e, axis) for e in row.form.interior.values())
            edges = [
                order_of(e, axis)
                for (j, beta), e in row.form.boundary.items()
                if j == i and beta[i]
            ]
            if inside > s + 1:
                raise MisfitError(
                    f"form: {row.label} holds derivatives of order {inside} in {axis} of splines "
                    f"that are C^{s}; move more of them by form.parts, or write "
                    f"model.smoothness = {inside - 1}"
                )
            if max(edges, default=0) > s:
                raise MisfitError(
                    f"form: {row.label} has derivatives of order {max(edges)} in {axis} at breaks "
                    f"of splines that are C^{s}; write model.smoothness = {max(edges)}"
                )
