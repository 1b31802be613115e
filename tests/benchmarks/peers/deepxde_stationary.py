"""Stationary problems for DeepXDE: Poisson, Laplace and Helmholtz equations."""

from __future__ import annotations

from functools import partial
from math import pi
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .deepxde_setup import Peer, Setup, everywhere, second


def poisson_2d(dde: Any) -> Peer:
    """Network and points of its example on the L-shaped domain."""
    square = dde.geometry.Rectangle([0, 0], [1, 1])

    def law(x: Tensor, u: Tensor) -> Tensor:
        source = 2 * pi**2 * torch.sin(pi * x[:, :1]) * torch.sin(pi * x[:, 1:])
        return -second(dde, u, x, 0) - second(dde, u, x, 1) - source

    edge = dde.icbc.DirichletBC(square, lambda x: 0, everywhere)
    return Peer(dde.data.PDE(square, law, edge, num_domain=1200, num_boundary=120), [50] * 4)


def helmholtz(dde: Any, a1: int, a2: int) -> Peer:
    """As its example: ten points a wavelength, sines, a factor that vanishes on the boundary."""
    square = dde.geometry.Rectangle([-1, -1], [1, 1])
    lines = 10 * max(a1, a2)
    size = 1 - (a1**2 + a2**2) * pi**2

    def law(x: Tensor, u: Tensor) -> Tensor:
        source = size * torch.sin(a1 * pi * x[:, :1]) * torch.sin(a2 * pi * x[:, 1:])
        return second(dde, u, x, 0) + second(dde, u, x, 1) + u - source

    data = dde.data.PDE(square, law, [], num_domain=lines**2, num_boundary=4 * lines)

    def vanishing(x: Tensor, y: Tensor) -> Tensor:
        return (1 - x[:, :1] ** 2) * (1 - x[:, 1:] ** 2) * y

    return Peer(data, [50] * 4, activation="sin", transform=vanishing)


def laplace_5d(dde: Any) -> Peer:
    """It has no example; a third of the points of the spec's source, for more iterations."""
    cube = dde.geometry.Hypercube([0] * 5, [1] * 5)

    def law(x: Tensor, u: Tensor) -> Tensor:
        laplacian = torch.cat([second(dde, u, x, i) for i in range(5)], 1).sum(1, keepdim=True)
        return laplacian + pi**2 * torch.sin(pi * x).sum(1, keepdim=True)

    faces = dde.icbc.DirichletBC(cube, lambda x: np.sin(pi * x).sum(1, keepdims=True), everywhere)
    data = dde.data.PDE(
        cube, law, faces, num_domain=1000, num_boundary=200, train_distribution="pseudo"
    )
    return Peer(data, [50] * 4, inputs=5)


def poisson_10d(dde: Any) -> Peer:
    """It has no example; a third of the points of the spec's source, for more iterations."""
    cube = dde.geometry.Hypercube([0] * 10, [1] * 10)

    def law(x: Tensor, u: Tensor) -> Tensor:
        return -torch.cat([second(dde, u, x, i) for i in range(10)], 1).sum(1, keepdim=True)

    def exact(x: Any) -> Any:
        return (x[:, ::2] * x[:, 1::2]).sum(1, keepdims=True)

    faces = dde.icbc.DirichletBC(cube, exact, everywhere)
    data = dde.data.PDE(
        cube, law, faces, num_domain=1000, num_boundary=400, train_distribution="pseudo"
    )
    return Peer(data, [50] * 4, inputs=10)


PROBLEMS: dict[str, Setup] = {
    "poisson_2d": poisson_2d,
    "helmholtz": partial(helmholtz, a1=1, a2=4),
    "helmholtz_6_6": partial(helmholtz, a1=6, a2=6),
    "laplace_5d": laplace_5d,
    "poisson_10d": poisson_10d,
}
