"""The residuals that are compared: an equation, a network, and points drawn by pdedsl.

All inputs lie in [−1, 1], where the network's own map of the inputs is the identity, so that
the same weights give the same function everywhere.
"""

from __future__ import annotations

import inspect
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import torch

import pdedsl
from pdedsl.compiler.residual.system import ResidualSystem

NU = 0.01
MU = 0.022

Equation = Literal["laplacian", "burgers", "kdv", "biharmonic", "derivative"]
DTYPES = ("float64", "float32")


class UnavailableError(Exception):
    """A candidate cannot take part; the message says why in a few words."""


@dataclass(frozen=True)
class Case:
    """One residual at a number of points.

    Args:
        name: for the tables.
        equation: ``laplacian``: Σ_i ∂_i²u; ``burgers``: u_t + u u_x − ν u_xx; ``kdv``:
            u_t + u u_x + μ² u_xxx; ``biharmonic``: Δ²u in the plane; ``derivative``: ∂_x^order u.
        inputs: d.
        points: number of points.
        model: ``mlp`` or ``modified_mlp``.
        width: neurons in a hidden layer.
        depth: number of hidden layers.
        order: of the equation ``derivative``.
    """

    name: str
    equation: Equation
    inputs: int = 2
    points: int = 10_000
    model: str = "mlp"
    width: int = 64
    depth: int = 4
    order: int = 2

    @property
    def text(self) -> str:
        """The problem for pdedsl."""
        line = "domain Omega: x in [-1, 1]\n"
        evolution = f"{line}time t in [-1, 1]\nunknown u(x, t)\neq: "
        plane = "domain Omega: (x, y) in [-1, 1]^2\nunknown u(x, y)\neq: "
        cube = f"domain Omega: x in [-1, 1]^{self.inputs}\nunknown u(x)\neq: "
        match self.equation:
            case "laplacian":
                head = f"{line}unknown u(x)\neq: " if self.inputs == 1 else cube
                return f"{head}lap(u) = 0\n"
            case "burgers":
                return f"{evolution}u_t + u*u_x - {NU}*u_xx = 0\n"
            case "kdv":
                return f"{evolution}u_t + u*u_x + {MU}^2*u_xxx = 0\n"
            case "biharmonic":
                return f"{plane}lap(lap(u)) = 0\n"
            case "derivative":
                return f"{line}unknown u(x)\neq: u_{'x' * self.order} = 0\n"

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Inputs and outputs of every affine layer, in the order of the parameters."""
        first, between = (self.inputs, self.width), (self.width, self.width)
        gates = 2 if self.model == "modified_mlp" else 0
        return [first] * (gates + 1) + [between] * (self.depth - 1) + [(self.width, 1)]

    def at(self, points: int) -> Case:
        """The same residual at another number of points."""
        return replace(self, points=points)

    def as_data(self) -> dict[str, Any]:
        """All fields, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Start:
    """What all candidates start from: parameters (P,) and points (n, d), in double precision."""

    theta: np.ndarray
    points: np.ndarray

    def pairs(self, case: Case) -> list[tuple[np.ndarray, np.ndarray]]:
        """W of shape (out, in) and b of every layer."""
        found, place = [], 0
        for width, out in case.layers:
            weight = self.theta[place : place + width * out].reshape(out, width)
            found.append((weight, self.theta[place + width * out : place + (width + 1) * out]))
            place += (width + 1) * out
        if place != len(self.theta):
            raise ValueError(f"{case.name}: expected {place} parameters, got {len(self.theta)}")
        return found


def system_of(case: Case, dtype: str = "float64", compiled: bool = False) -> ResidualSystem:
    """The residual of a case as pdedsl compiles it.

    Raises:
        UnavailableError: compiled derivatives are not offered.
    """
    options: dict[str, Any] = {}
    if compiled:
        if "derivatives" not in inspect.signature(pdedsl.compile).parameters:
            raise UnavailableError("no such option")
        options["derivatives"] = {"compile": True}
    model = {"kind": case.model, "width": case.width, "depth": case.depth}
    return pdedsl.compile(
        pdedsl.parse(case.text), model=model, points={"eq": case.points}, dtype=dtype, **options
    )


def start_of(case: Case) -> Start:
    """Parameters, with biases that are not zero, and the points of pdedsl."""
    system = system_of(case)
    noise = torch.Generator().manual_seed(1)
    theta = system.theta0 + 0.1 * torch.randn(
        system.parameters, dtype=torch.float64, generator=noise
    )
    return Start(theta.numpy(), system.blocks[0].points.numpy().copy())


CHUNK = 4096


def chunk_of(points: int) -> int:
    """The greatest divisor of the number of points that is at most `CHUNK`.

    Raises:
        UnavailableError: it is so small that chunks of that size would be slow.
    """
    size = next(c for c in range(min(points, CHUNK), 0, -1) if points % c == 0)
    if size < min(points, CHUNK // 8):
        raise UnavailableError("no even chunks")
    return size
