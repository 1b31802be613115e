"""The nodes of a tensor quadrature for a basis with a degree for each axis.

Rules with as many nodes along every axis (`points`) suit functions that are alike in all axes.
Where the axes have degrees of their own, an axis has nodes in proportion to what its functions
need: waves up to K have products up to 2K, for which 2K + 1 equispaced nodes are exact, and
polynomials of degree K have products of degree 2K, for which K + 1 Gauss nodes are. Coefficients
and nonlinear terms want more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pdedsl.compiler.lowering.groups import Network
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.tensor import line_rule
from pdedsl.ir import Problem
from pdedsl.models import BasisModel

from .place_points import Lines, circles, default_count

_GROWTH = 1.3  # nodes of a degree, where there are at most two inputs
_MORE = {True: 3, False: 4}  # nodes, for waves and for polynomials


def nodes_for(modes: int, circle: bool, inputs: int) -> int:
    """Nodes along an axis that keep the products of its functions apart.

    Args:
        modes: K.
        circle: whether the functions are waves.
        inputs: number of axes.
    """
    growth = 2.0 if circle else _GROWTH if inputs < 3 else 1.0
    return math.ceil(growth * modes) + _MORE[circle]


def tensor_nodes(
    problem: Problem, networks: Sequence[Network], points: Mapping[str, int]
) -> dict[str, Lines] | None:
    """The rule of each input, by kind of law; None where the models do not have one.

    Args:
        problem: the problem; with several domains there is no rule for all laws of a kind.
        networks: bases with the same degrees for each axis, or others.
        points: number of points; those of equations count, and conditions have the same rules.
    """
    models = [n.model for n in networks]
    own = {m.options.modes for m in models if isinstance(m, BasisModel) and not m.local}
    modes = next(iter(own), 0)
    same = len(own) == 1 and all(isinstance(m, BasisModel) for m in models)
    orders = {f.arguments for f in problem.fields}
    order = next(iter(orders))
    whole = len(orders) == 1 and len(order) == len(problem.inputs) and len(problem.domains) < 2
    if not (same and whole and isinstance(modes, tuple)):
        return None
    laws = [law for law in problem.laws if law.kind == "eq"]
    counts = [points.get(law.label, points.get("eq", default_count(problem, law))) for law in laws]
    round_axes = circles(problem)
    degrees = [modes[order.index(s)] for s in problem.inputs]
    needs = [nodes_for(k, c, len(modes)) for k, c in zip(degrees, round_axes, strict=True)]
    scale = (max(counts, default=math.prod(needs)) / math.prod(needs)) ** (1 / len(needs))
    lines = {}
    bounds = hull_bounds(problem).values()
    for i, ((low, high), need) in enumerate(zip(bounds, needs, strict=True)):
        unit, weights = line_rule(max(1, round(scale * need)), round_axes[i])
        lines[i] = low + (high - low) * unit, weights
    return dict.fromkeys(("eq", "bc", "ic", "fit"), lines)
