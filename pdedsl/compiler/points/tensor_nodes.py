"""The nodes of a tensor quadrature for a basis with a degree for each axis.

Rules with as many nodes along every axis (`points`) suit functions that are alike in all axes.
Where the axes have degrees of their own, an axis has nodes in proportion to what its functions
need (`nodes_for`). An axis with breaks has on each of its elements at least two more than
functions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pdedsl.compiler.lowering.groups import Network
from pdedsl.geometry import hull_bounds
from pdedsl.geometry.tensor import composite_rule, line_rule
from pdedsl.ir import Problem
from pdedsl.models import BasisModel

from .counts import default_count, nodes_for
from .drawing import Lines
from .free_inputs import periodic_inputs


def tensor_nodes(
    problem: Problem, networks: Sequence[Network], points: Mapping[str, int]
) -> dict[str, Lines] | None:
    """The rule of each input, by kind of law; the points of equations count for all.

    None where the models are not bases with the same degrees for each axis, on shapes, and on
    several domains, where no rule serves all laws of a kind.
    """
    models = [n.model for n in networks]
    own = [m.options for m in models if isinstance(m, BasisModel)]
    options = own[0] if own else None
    modes = options.modes if options else 0
    alike = {(o.modes, o.breaks, o.smoothness) for o in own}  # other options may hold arrays
    same = len(alike) == 1 and len(own) == len(models)
    orders = {f.arguments for f in problem.fields}
    order = next(iter(orders))
    whole = len(orders) == 1 and len(order) == len(problem.inputs) and len(problem.domains) < 2
    boxes = all(domain.is_box for domain in problem.domains)
    if not (same and whole and boxes and options and isinstance(modes, tuple)):
        return None
    places = [order.index(s) for s in problem.inputs]
    edges = [
        (low, *inner, high) if (inner := options.breaks_of(place)) else ()
        for place, (low, high) in zip(places, hull_bounds(problem).values(), strict=True)
    ]
    laws = [law for law in problem.laws if law.kind == "eq"]
    counts = [points.get(law.label, points.get("eq", default_count(problem, law))) for law in laws]
    periodic = periodic_inputs(problem)
    degrees = [modes[place] for place in places]
    needs = [
        (len(ends) - 1) * (k - options.smoothness + 2) if ends else nodes_for(k, p, len(modes))
        for k, p, ends in zip(degrees, periodic, edges, strict=True)
    ]
    scale = (max(counts, default=math.prod(needs)) / math.prod(needs)) ** (1 / len(needs))
    lines = {}
    bounds = hull_bounds(problem).values()
    for i, ((low, high), need) in enumerate(zip(bounds, needs, strict=True)):
        if ends := edges[i]:
            lines[i] = composite_rule(ends, round(max(scale, 1.0) * need / (len(ends) - 1)))
            continue
        unit, weights = line_rule(max(1, round(scale * need)), periodic[i])
        lines[i] = low + (high - low) * unit, weights
    return dict.fromkeys(("eq", "bc", "ic", "fit"), lines)
