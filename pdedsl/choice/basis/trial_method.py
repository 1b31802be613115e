"""The method that a size of a basis stands for: functions, points and optimizer."""

from __future__ import annotations

from collections.abc import Mapping

from pdedsl.choice.shapes.shape_method import functions_on_shape, on_shapes, shape_method
from pdedsl.choice.tuning import SEARCH
from pdedsl.compiler.points.counts import tensor_count
from pdedsl.conditioning.discretisation import component_axes, function_count
from pdedsl.ir import Problem
from pdedsl.models.bases import BasisOptions, basis_size
from pdedsl.models.bases.basis import IndexSet
from pdedsl.optimizers.gauss_newton.lstsq import LstsqOptions
from pdedsl.settings.method import Method, Sampling

Modes = int | tuple[int, ...]
"""K of a total degree, or one degree for each axis."""

_TENSOR_INPUTS = 3  # beyond, a product of nodes has more points than functions by far


def basis_method(
    problem: Problem, modes: Modes, weights: Mapping[str, float], tolerance: float = 0.0
) -> Method:
    """The basis with its points and optimizer.

    Up to three inputs the points are the nodes of a tensor quadrature fine enough to keep the
    products of the functions apart; beyond, a Sobol sequence with several points a function.

    Args:
        problem: on shapes, see `choice.shapes`.
        modes: K of a total degree, or one degree for each axis.
        weights: of the loss.
        tolerance: the loss at which the run ends.
    """
    if on_shapes(problem):
        return shape_method(problem, _degree(modes), weights, tolerance)
    tensor = len(problem.inputs) <= _TENSOR_INPUTS
    return Method(
        model=_options(modes),
        optimizer=LstsqOptions(tolerance=tolerance),
        weights=dict(weights),
        sampling=Sampling(kind="gauss" if tensor else "sobol", points=_points(problem, modes)),
    )


def functions_of(problem: Problem, modes: Modes) -> int:
    """Number of functions of all components together; arguments as `basis_method`."""
    if on_shapes(problem):
        return functions_on_shape(problem, _degree(modes))
    return function_count(_options(modes), component_axes(problem))


def _degree(modes: Modes) -> int:
    return modes if isinstance(modes, int) else max(modes)


def _options(modes: Modes) -> BasisOptions:
    index: IndexSet = "total" if isinstance(modes, int) else "box"
    return BasisOptions(family="mixed", modes=modes, index=index)


def _points(problem: Problem, modes: Modes) -> dict[str, int]:
    """Points by kind of law, enough for the law of that kind that needs the most."""
    if len(problem.inputs) > _TENSOR_INPUTS:
        largest = max(basis_size(_options(modes), axes) for axes in component_axes(problem))
        return {law.kind: SEARCH.points_per_function * largest for law in problem.laws}
    counts: dict[str, int] = {}
    for law in problem.laws:
        counts[law.kind] = max(counts.get(law.kind, 1), tensor_count(problem, law, modes))
    return counts
