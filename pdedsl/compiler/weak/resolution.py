"""How many functions a basis has along each input: fewer tests would leave coefficients free."""

from __future__ import annotations

from collections.abc import Sequence

from pdedsl.compiler.lowering.groups import groups_of
from pdedsl.geometry import domain_bounds
from pdedsl.ir import Problem
from pdedsl.models import Axis
from pdedsl.models.bases import BasisOptions, axis_size


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
