"""Incompressible flows in the plane for DeepXDE."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np
from torch import Tensor

from .deepxde_setup import Peer, Setup, everywhere, second

_OUTPUTS = ("v[1]", "v[2]", "p")


def _laws(dde: Any, x: Tensor, y: Tensor, viscosity: float, steady: bool) -> list[Tensor]:
    """v_t + (v·∇)v + ∇p − ν∆v for both components, and ∇·v; x is (x, y) or (x, y, t)."""
    slopes = [[dde.grad.jacobian(y, x, i=i, j=j) for j in range(x.shape[1])] for i in range(3)]
    momentum = []
    for i in (0, 1):
        advection = y[:, :1] * slopes[i][0] + y[:, 1:2] * slopes[i][1]
        laplacian = second(dde, y, x, 0, i) + second(dde, y, x, 1, i)
        inertia = advection if steady else slopes[i][2] + advection
        momentum.append(inertia + slopes[2][i] - viscosity * laplacian)
    return [*momentum, slopes[0][0] + slopes[1][1]]


def kovasznay(dde: Any) -> Peer:
    """Network and points of its example; the pressure is fixed at the spec's point."""
    box = dde.geometry.Rectangle([-0.5, -0.5], [1, 1.5])
    s = 20 - sqrt(400 + 4 * pi**2)

    def first(x: Any) -> Any:
        return 1 - np.exp(s * x[:, :1]) * np.cos(2 * pi * x[:, 1:])

    def other(x: Any) -> Any:
        return s / (2 * pi) * np.exp(s * x[:, :1]) * np.sin(2 * pi * x[:, 1:])

    conditions = [
        dde.icbc.DirichletBC(box, first, everywhere, component=0),
        dde.icbc.DirichletBC(box, other, everywhere, component=1),
        dde.icbc.PointSetBC(np.zeros((1, 2)), np.zeros((1, 1)), component=2),
    ]

    def laws(x: Tensor, y: Tensor) -> list[Tensor]:
        return _laws(dde, x, y, 1 / 40, steady=True)

    data = dde.data.PDE(box, laws, conditions, num_domain=2601, num_boundary=400)
    return Peer(data, [50] * 4, outputs=_OUTPUTS)


def taylor_green(dde: Any) -> Peer:
    """Network and weights of its Beltrami flow, on fewer points for a dimension less.

    The mean pressure is not a condition that it has; p = 0 along the line (π/4, π/4, t), where
    that of the solution is zero, fixes the same constant at every time.
    """
    square = dde.geometry.Rectangle([0, 0], [2 * pi, 2 * pi])
    space_time = dde.geometry.GeometryXTime(square, dde.geometry.TimeDomain(0, 1))

    def sides(axis: int) -> Any:
        ends = (0, 2 * pi)
        return lambda x, on: on and any(dde.utils.isclose(x[axis], end) for end in ends)

    times = np.linspace(0, 1, 50)[:, None]
    line = np.hstack([np.full((50, 2), pi / 4), times])
    conditions = [
        dde.icbc.IC(
            space_time, lambda x: -np.cos(x[:, :1]) * np.sin(x[:, 1:2]), everywhere, component=0
        ),
        dde.icbc.IC(
            space_time, lambda x: np.sin(x[:, :1]) * np.cos(x[:, 1:2]), everywhere, component=1
        ),
        *(
            dde.icbc.PeriodicBC(space_time, axis, sides(axis), order, component)
            for axis in (0, 1)
            for component in (0, 1, 2)
            for order in (0, 1)
            if order == 0 or component < 2  # the pressure has first derivatives only
        ),
        dde.icbc.PointSetBC(line, np.zeros((50, 1)), component=2),
    ]

    def laws(x: Tensor, y: Tensor) -> list[Tensor]:
        return _laws(dde, x, y, 0.1, steady=False)

    data = dde.data.TimePDE(
        space_time, laws, conditions, num_domain=2000, num_boundary=100, num_initial=200
    )
    weights = [1.0] * 3 + [100.0] * len(conditions)
    return Peer(data, [50] * 4, inputs=3, outputs=_OUTPUTS, weights=weights)


PROBLEMS: dict[str, Setup] = {"kovasznay": kovasznay, "taylor_green": taylor_green}
