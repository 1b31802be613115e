"""First parameters of a window of time, from the window before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from pdedsl.compiler.residual.jacobian import Assembly
from pdedsl.geometry import input_bounds
from pdedsl.geometry.tensor import composite_rule
from pdedsl.models import Axis, BasisModel
from pdedsl.models.bases import BasisOptions, build_basis
from pdedsl.optimizers.gauss_newton.lstsq import least_squares

if TYPE_CHECKING:
    from pdedsl.compiler.residual.system import ResidualSystem

_DIFFERENCE = 0.05  # of a window, for the slope in time at its end


def continued(before: ResidualSystem, theta: Tensor, system: ResidualSystem) -> Tensor | None:
    """The state at the end of the window before, continued along its slope in time.

    Args:
        before: the window before.
        theta: its parameters.
        system: the window; its models are bases with all products of functions of at most one
            space coordinate and of polynomials in time, or they are as many as before.

    Returns:
        Parameters of the window: of networks those of the window before; None where neither holds.
    """
    models = [network.model for network in system.networks]
    bases = [model for model in models if isinstance(model, BasisModel)]
    if len(bases) == len(models) and all(base.options.by_axis for base in bases):
        return _projected(before, theta, system)
    alike = [n.model.parts for n in before.networks] == [n.model.parts for n in system.networks]
    return theta if alike else None


def started(system: ResidualSystem) -> Tensor | None:
    """What satisfies the initial conditions and does not change in time.

    Args:
        system: the first window.

    Returns:
        Its parameters; None where its models are not those of `continued`.
    """
    models = [network.model for network in system.networks]
    if not all(isinstance(model, BasisModel) and model.options.by_axis for model in models):
        return None
    theta = torch.zeros_like(system.theta0)
    constant = torch.cat([
        torch.arange(model.size) % (model.options.modes_of(-1) + 1) == 0  # type: ignore[attr-defined]
        for model in models
    ]).to(theta.device)  # fmt: skip
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


def _projected(before: ResidualSystem, theta: Tensor, system: ResidualSystem) -> Tensor:
    bounds = list(input_bounds(system.problem).values())
    lower, upper = bounds[-1]
    length = upper - lower
    earlier = lower - _DIFFERENCE * (lower - list(input_bounds(before.problem).values())[-1][0])
    out, start = torch.zeros_like(system.theta0), 0
    # Orthonormal polynomials on the window: 1 = √h p₀ and ξ = √(h/3) p₁.
    factors = math.sqrt(length), math.sqrt(length / 3)
    for network in system.networks:
        assert isinstance(network.model, BasisModel)
        options = network.model.options
        columns, points = _in_space(options, bounds[:-1], network.group.periods, theta)
        here, past = (before.fields(theta, _at(points, t)) for t in (lower, earlier))
        times = options.modes_of(len(bounds) - 1) + 1
        for name in network.group.components:
            slope = (here[name] - past[name]) / (lower - earlier) * (length / 2)
            stop = start + columns.shape[1] * times
            for mode, values in enumerate((here[name] + slope, slope)[:times]):
                out[start + mode : stop : times] = least_squares(columns, values) * factors[mode]
            start = stop
    return out


def _in_space(
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
