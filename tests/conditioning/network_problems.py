"""Small problems whose models, spectra and kernels are looked at."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch

import pdedsl
from pdedsl.compiler import ResidualSystem
from pdedsl.conditioning.networks.tangent import Metric, features
from pdedsl.ir import Problem

LINE = """problem "line"
domain  Omega: x in [0, 1]
unknown u(x)
eq: -u_xx = sin(3*x)
bc: u = 0  on boundary
"""
CIRCLE = """problem "circle"
domain  Omega: x in [-pi, pi]
unknown u(x)
eq: -u_xx = sin(x)
bc: u = 0  on boundary
"""
HEAT = """problem "heat"
domain  Omega: x in [0, 1]
time    t in [0, 2]
unknown u(x, t), v(x, t)
eq one: u_t = u_xx + u*v
eq two: v_t = v_xx - u^2
bc:     u = 0, v = 1   on boundary
ic:     u = sin(pi*x), v = 1  at t = 0
"""
PLANE = """problem "plane"
domain  Omega: (x, y) in [0, 1]^2
unknown u(x, y)
eq: u_x + 2*u_y = x
bc: u = 0  on x = 0
"""


@cache
def parsed(text: str) -> Problem:
    """The problem of a text."""
    return pdedsl.parse(text)


def system(text: str, model: Any = None, **options: Any) -> ResidualSystem:
    """A system sampled by Gauss nodes, with a small network unless told."""
    small = {"width": 6, "depth": 2}
    settings = {"points": {"eq": 40, "bc": 12, "ic": 12}, "sampling": "gauss"} | options
    return pdedsl.compile(parsed(text), model or small, **settings)


def state(made: ResidualSystem, seed: int = 1) -> torch.Tensor:
    """Parameters away from zero."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(made.parameters, dtype=torch.float64, generator=generator)
    return made.theta0 + 0.1 * noise


def nodes(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss–Legendre nodes (n, 1) and weights of [0, 1]."""
    x, w = np.polynomial.legendre.leggauss(n)
    return (x[:, None] + 1) / 2, w / 2


def l2_metric(
    made: ResidualSystem,
    theta: torch.Tensor,
    points: np.ndarray,
    weights: np.ndarray,
    cutoff: float | None = None,
) -> Metric:
    """The product ∫ u v by a quadrature, for one component."""
    return Metric.of(np.sqrt(weights)[:, None] * features(made, theta, points)[0], cutoff)
