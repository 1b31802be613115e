"""Solutions in closed form, at points in the interior drawn with a seed."""

from __future__ import annotations

import numpy as np

from .truth import Array, Truth, relative

_COUNT = 20_000


def _box(*sides: tuple[float, float]) -> Array:
    lower, upper = np.array(sides, float).T
    return np.random.default_rng(0).uniform(lower, upper, (_COUNT, len(sides)))


def _truth(points: Array, **values: Array) -> Truth:
    return Truth(points, np.full(len(points), 1 / len(points)), values)


def wave_1d() -> Truth:
    """Two standing modes."""
    points = _box((0, 1), (0, 1))
    x, t = np.pi * points.T
    return _truth(points, u=np.sin(x) * np.cos(2 * t) + np.sin(4 * x) * np.cos(8 * t) / 2)


def heat_multiscale() -> Truth:
    """A mode that decays."""
    points = _box((0, 1), (0, 1), (0, 5))
    x, y, t = points.T
    return _truth(points, u=np.sin(20 * np.pi * x) * np.sin(np.pi * y) * np.exp(-1.0016 * t))


def wave_long() -> Truth:
    """Two shapes that swing together."""
    points = _box((0, 1), (0, 1), (0, 100))
    x, y, t = np.pi * points.T
    shape = np.sin(3 * x) * np.sinh(2 * y) + np.sinh(x) * np.sin(y)
    return _truth(points, u=shape * np.cos(t))


def poisson_5d() -> Truth:
    """A sum of sines."""
    points = _box(*[(0, 1)] * 5)
    return _truth(points, u=np.sin(np.pi / 2 * points).sum(axis=1))


def heat_5d() -> Truth:
    """exp(|x|²/2 + t) in the ball, in which points are uniform."""
    random = np.random.default_rng(0)
    ways = random.standard_normal((_COUNT, 5))
    ways *= (random.uniform(0, 1, (_COUNT, 1)) ** 0.2) / np.linalg.norm(ways, axis=1)[:, None]
    points = np.column_stack([ways, random.uniform(0, 1, _COUNT)])
    return _truth(points, u=np.exp((ways**2).sum(axis=1) / 2 + points[:, -1]))


def poisson_inverse() -> Truth:
    """The solution and the conductivity."""
    points = _box((0, 1), (0, 1))
    x, y = points.T
    k = 1 / (1 + x**2 + y**2 + (x - 1) ** 2 + (y - 1) ** 2)
    return _truth(points, u=np.sin(np.pi * x) * np.sin(np.pi * y), a=k)


def heat_inverse() -> Truth:
    """The solution and the conductivity, which does not depend on the time."""
    points = _box((-1, 1), (-1, 1), (0, 1))
    x, y, t = points.T
    product = np.sin(np.pi * x) * np.sin(np.pi * y)
    return _truth(points, u=np.exp(-t) * product, a=2 + product)


def burgers_1d() -> Truth:
    """The formula of Cole and Hopf, as in Basdevant et al. 1986, by the trapezoidal rule.

    u = -∫ sin(πy) w dy/∫ w dy with w = exp(-(x - y)²/(4νt) - cos(πy)/(2πν)). The exponents differ
    by at most 100 + z², z = (x - y)/(4νt)^{1/2}: what is beyond z = 14 is below rounding.
    """
    nu = 0.01 / np.pi
    x, t = np.meshgrid(np.linspace(-1, 1, 130)[1:-1], np.linspace(0.02, 1, 50), indexing="ij")
    points = np.column_stack([x.ravel(), t.ravel()])
    fine, coarse = (_cole(points, nu, nodes) for nodes in (2400, 1600))
    weights = np.full(len(points), 1 / len(points))
    return Truth(points, weights, {"u": fine}, relative(coarse, fine))


def _cole(points: Array, nu: float, nodes: int) -> Array:
    z = np.linspace(-14, 14, nodes)
    y = points[:, :1] - 2 * np.sqrt(nu * points[:, 1:]) * z
    exponent = -(z**2) - np.cos(np.pi * y) / (2 * np.pi * nu)
    parts = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    return np.asarray(-(np.sin(np.pi * y) * parts).sum(axis=1) / parts.sum(axis=1))
