"""First parameters of a window of time, from the window before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from pdedsl.compiler.evaluation.jacobian import Assembly
from pdedsl.geometry import domain_bounds
from pdedsl.geometry.tensor import composite_rule
from pdedsl.linalg.least_squares import least_squares
from pdedsl.models import Axis, BasisModel
from pdedsl.models.bases import BasisOptions, build_basis

from .window_system import WindowState

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

_DIFFERENCE = 0.05  # of a window, for the slope in time at its end


def extrapolate(before: WindowState, system: ResidualSystem) -> Tensor | None:
    """The state at the end of the window before, continued along its slope in time.

    Args:
        before: the window before.
        system: the window. Its models are bases with all products of functions of at most one
            space coordinate and of polynomials in time, or they have the parts of those before.

    Returns:
        Parameters of the window: of networks those of the window before; None where neither holds.
    """
    if (bases := _bases_by_axis(system)) is not None:
        return _project(before, system, bases)
    ours, theirs = (
        [network.model.parts for network in s.networks] for s in (system, before.system)
    )
    return before.theta if ours == theirs else None


def hold_initial_values(system: ResidualSystem) -> Tensor | None:
    """Parameters that satisfy the initial conditions and do not change in time.

    Args:
        system: the first window.

    Returns:
        Its parameters; None where its models are not bases as in `extrapolate`.
    """
    if (bases := _bases_by_axis(system)) is None:
        return None
    theta = torch.zeros_like(system.theta0)
    degrees = torch.cat([
        torch.arange(basis.size) % (basis.options.modes_of(-1) + 1) for basis in bases
    ]).to(theta.device)  # fmt: skip
    constant = degrees == 0
    conditions = [block for block in system.blocks if block.kind == "ic"]
    residual, jacobian = theta.new_zeros(system.rows), [theta.new_empty(0, int(constant.sum()))]
    for block in conditions:
        height = block.rows.stop - block.rows.start
        assembly = Assembly(height, len(theta), theta, row=block.rows.start)
        for _, part in system.layer_factors(theta, residual, (block,)):
            for factor in part:
                assembly.add(factor)
        jacobian.append(assembly.done()[:, constant])
    right = torch.cat([residual[:0], *(residual[block.rows] for block in conditions)])
    theta[constant] = least_squares(torch.cat(jacobian), -right)
    return theta


def _bases_by_axis(system: ResidualSystem) -> list[BasisModel] | None:
    """The models, if all are bases with a degree for each axis."""
    models = [network.model for network in system.networks]
    bases = [m for m in models if isinstance(m, BasisModel) and m.options.by_axis]
    return bases if len(bases) == len(models) else None


def _project(before: WindowState, system: ResidualSystem, bases: list[BasisModel]) -> Tensor:
    """û(x, t) = u(x, t_k) + (t − t_k) u_t(x, t_k) in the functions of the window."""
    lower, upper = _times(system)
    length, earlier = upper - lower, lower - _DIFFERENCE * (lower - _times(before.system)[0])
    out, start = torch.zeros_like(system.theta0), 0
    # Orthonormal polynomials on the window: 1 = √h p₀ and ξ = √(h/3) p₁.
    factors = math.sqrt(length), math.sqrt(length / 3)
    for network, basis in zip(system.networks, bases, strict=True):
        options, domain = basis.options, network.group.domain
        bounds = list(domain_bounds(system.problem, domain).values())
        columns, points = _space_functions(
            options, bounds[:-1], network.group.periods, before.theta
        )
        here, past = (before.system.fields(before.theta, _at(points, t)) for t in (lower, earlier))
        times = options.modes_of(len(bounds) - 1) + 1
        for name in network.group.components:
            slope = (here[name] - past[name]) / (lower - earlier) * (length / 2)
            stop = start + columns.shape[1] * times
            for mode, values in enumerate((here[name] + slope, slope)[:times]):
                out[start + mode : stop : times] = least_squares(columns, values) * factors[mode]
            start = stop
    return out


def _times(system: ResidualSystem) -> tuple[float, float]:
    """Begin and end of a window."""
    problem = system.problem
    assert problem.time is not None
    return problem.number(problem.time.lower), problem.number(problem.time.upper)


def _space_functions(
    options: BasisOptions,
    bounds: list[tuple[float, float]],
    periods: tuple[float | None, ...],
    like: Tensor,
) -> tuple[Tensor, Tensor]:
    """Values of the space functions, shape (n, functions), and their points, shape (n, 1 or 0)."""
    if not bounds:
        return like.new_ones(1, 1), like.new_empty(1, 0)
    inner = options.breaks_of(0)
    edges = (bounds[0][0], *inner, bounds[0][1])
    own = BasisOptions(
        family="mixed", modes=(options.modes_of(0),), breaks=(inner,), smoothness=options.smoothness
    )
    nodes, _ = composite_rule(edges, options.modes_of(0) + 1)
    points = torch.as_tensor(np.asarray(nodes), dtype=like.dtype, device=like.device)[:, None]
    basis = build_basis(own, (Axis(*bounds[0], periods[0]),))
    return basis.derivatives(points, [(0,)])[0], points


def _at(points: Tensor, time: float) -> Tensor:
    return torch.cat((points, points.new_full((len(points), 1), time)), dim=1)
