"""Evolution of one field on an interval for DeepXDE."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .deepxde_setup import Peer, Setup, everywhere, periodic, second, slope_at_start, strip

# Points of its examples for Burgers' equation and the heat equation.
_POINTS = {"num_domain": 2540, "num_boundary": 80, "num_initial": 160}


def heat_quarter(dde: Any) -> Peer:
    """Network and points of its example."""
    space_time = strip(dde, 0, 1)

    def law(x: Tensor, u: Tensor) -> Tensor:
        return dde.grad.jacobian(u, x, i=0, j=1) - second(dde, u, x, 0) / 4

    conditions = [
        dde.icbc.DirichletBC(space_time, lambda x: 0, everywhere),
        dde.icbc.IC(space_time, lambda x: np.sin(pi * x[:, :1]), everywhere),
    ]
    return Peer(dde.data.TimePDE(space_time, law, conditions, **_POINTS), [20] * 3)


def klein_gordon(dde: Any) -> Peer:
    """Network of its example; a tenth of its points, as the domain is a twentieth of its own."""
    space_time = strip(dde, 0, 1)

    def exact(x: Any, cos: Any) -> Any:
        return x[:, :1] * cos(5 * pi * x[:, 1:]) + (x[:, :1] * x[:, 1:]) ** 3

    def law(x: Tensor, u: Tensor) -> Tensor:
        z, t = x[:, :1], x[:, 1:]
        u_tt = -25 * pi**2 * z * torch.cos(5 * pi * t) + 6 * z**3 * t
        source = u_tt - 6 * z * t**3 + exact(x, torch.cos) ** 3
        return second(dde, u, x, 1) - second(dde, u, x, 0) + u**3 - source

    conditions = [
        dde.icbc.DirichletBC(space_time, lambda x: exact(x, np.cos), everywhere),
        dde.icbc.IC(space_time, lambda x: x[:, :1], everywhere),
        slope_at_start(dde, space_time),
    ]
    data = dde.data.TimePDE(
        space_time, law, conditions, num_domain=3000, num_boundary=150, num_initial=150
    )
    return Peer(data, [40] * 2)


def advection(dde: Any) -> Peer:
    """It has no example; the network of the source of the spec."""
    space_time = strip(dde, 0, 2 * pi)

    def law(x: Tensor, u: Tensor) -> Tensor:
        return dde.grad.jacobian(u, x, i=0, j=1) + 30 * dde.grad.jacobian(u, x, i=0, j=0)

    start = dde.icbc.IC(space_time, lambda x: np.sin(x[:, :1]), everywhere)
    conditions = [*periodic(dde, space_time, 1), start]
    return Peer(dde.data.TimePDE(space_time, law, conditions, **_POINTS), [50] * 4)


def burgers(dde: Any) -> Peer:
    """Network and points of its example."""
    space_time = strip(dde, -1, 1)

    def law(x: Tensor, u: Tensor) -> Tensor:
        u_x, u_t = (dde.grad.jacobian(u, x, i=0, j=j) for j in (0, 1))
        return u_t + u * u_x - 0.01 / pi * second(dde, u, x, 0)

    conditions = [
        dde.icbc.DirichletBC(space_time, lambda x: 0, everywhere),
        dde.icbc.IC(space_time, lambda x: -np.sin(pi * x[:, :1]), everywhere),
    ]
    return Peer(dde.data.TimePDE(space_time, law, conditions, **_POINTS), [20] * 3)


def allen_cahn(dde: Any) -> Peer:
    """Network and points of its example with fixed ends; the initial state weighs 100."""
    space_time = strip(dde, -1, 1)

    def law(x: Tensor, u: Tensor) -> Tensor:
        return dde.grad.jacobian(u, x, i=0, j=1) - 1e-4 * second(dde, u, x, 0) + 5 * u**3 - 5 * u

    def start(x: Any) -> Any:
        return x[:, :1] ** 2 * np.cos(pi * x[:, :1])

    conditions = [*periodic(dde, space_time, 2), dde.icbc.IC(space_time, start, everywhere)]
    data = dde.data.TimePDE(
        space_time, law, conditions, num_domain=8000, num_boundary=400, num_initial=800
    )
    return Peer(data, [20] * 3, weights=[1, 1, 1, 100])


def reaction(dde: Any) -> Peer:
    """It has no example; the network of the source of the spec."""
    space_time = strip(dde, 0, 2 * pi)

    def law(x: Tensor, u: Tensor) -> Tensor:
        return dde.grad.jacobian(u, x, i=0, j=1) - 5 * u * (1 - u)

    def start(x: Any) -> Any:
        return np.exp(-((x[:, :1] - pi) ** 2) / (2 * (pi / 4) ** 2))

    conditions = [dde.icbc.IC(space_time, start, everywhere)]
    return Peer(dde.data.TimePDE(space_time, law, conditions, **_POINTS), [50] * 4)


def wave(dde: Any) -> Peer:
    """As its example, without the Fourier features, which the torch backend lacks."""
    space_time = strip(dde, 0, 1)

    def law(x: Tensor, u: Tensor) -> Tensor:
        return second(dde, u, x, 1) - 4 * second(dde, u, x, 0)

    def start(x: Any) -> Any:
        return np.sin(pi * x[:, :1]) + np.sin(5 * pi * x[:, :1]) / 2

    conditions = [
        dde.icbc.DirichletBC(space_time, lambda x: 0, everywhere),
        dde.icbc.IC(space_time, start, everywhere),
        slope_at_start(dde, space_time),
    ]
    data = dde.data.TimePDE(
        space_time, law, conditions, num_domain=360, num_boundary=360, num_initial=360
    )
    return Peer(data, [100] * 3)


def kdv(dde: Any) -> Peer:
    """It has no example."""
    space_time = strip(dde, -1, 1)

    def law(x: Tensor, u: Tensor) -> Tensor:
        u_x, u_t = (dde.grad.jacobian(u, x, i=0, j=j) for j in (0, 1))
        u_xxx = dde.grad.jacobian(second(dde, u, x, 0), x, i=0, j=0)
        return u_t + u * u_x + 0.022**2 * u_xxx

    start = dde.icbc.IC(space_time, lambda x: np.cos(pi * x[:, :1]), everywhere)
    conditions = [*periodic(dde, space_time, 3), start]
    return Peer(dde.data.TimePDE(space_time, law, conditions, **_POINTS), [50] * 4)


PROBLEMS: dict[str, Setup] = {
    "heat_quarter": heat_quarter,
    "klein_gordon": klein_gordon,
    "advection": advection,
    "burgers": burgers,
    "allen_cahn": allen_cahn,
    "reaction": reaction,
    "wave": wave,
    "kdv": kdv,
}
