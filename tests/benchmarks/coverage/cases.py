"""Problems with an unknown number, and data of them with noise; truths by other means than ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_bvp, solve_ivp

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Case:
    """A spec whose file ``probe.csv`` has other noise in each draw.

    Args:
        name: of the problem.
        text: the spec.
        truth: the numbers.
        draw: data from a generator.
    """

    name: str
    text: str
    truth: Mapping[str, float]
    draw: Callable[[np.random.Generator], Columns]


_ROD = """domain Omega: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
unknown kappa > 0 guess 1
data probe(x, t, value) from "probe.csv"
eq: u_t = kappa*u_xx
ic: u = sin(pi*x)  at t = 0
bc: u = 0  on boundary
fit: u = probe.value  on probe
"""


def _rod(generator: np.random.Generator) -> Columns:
    x, t = generator.uniform(0, 1, (2, 100))
    values = np.exp(-0.1 * np.pi**2 * t) * np.sin(np.pi * x)
    return {"x": x, "t": t, "value": values + 0.01 * generator.standard_normal(100)}


_RATES = """time t in [0, 4]
unknown y(t), z(t)
unknown a > 0 guess 1, b > 0 guess 1
data probe(t, y, z) from "probe.csv"
eq: y_t = -a*y*z,  z_t = a*y*z - b*z
ic: y = 1, z = 0.1  at t = 0
fit: y = probe.y, z = probe.z  on probe
"""


def _rates(generator: np.random.Generator) -> Columns:
    t = np.linspace(0.1, 4, 30)
    rates = lambda _, s: [-3 * s[0] * s[1], 3 * s[0] * s[1] - s[1]]  # noqa: E731
    y, z = solve_ivp(rates, (0, 4), [1, 0.1], t_eval=t, rtol=1e-10, atol=1e-12).y
    noise = 0.01 * generator.standard_normal((2, 30))
    return {"t": t, "y": y + noise[0], "z": z + noise[1]}


_LORENZ = """time t in [0, 3]
unknown x(t), y(t), z(t)
unknown sigma guess 1, rho guess 1, beta guess 1
data probe(t, x, y, z) from "probe.csv"
eq: x_t = sigma*(y - x),  y_t = x*(rho - z) - y,  z_t = x*y - beta*z
ic: x = -8, y = 7, z = 27  at t = 0
fit: x = probe.x, y = probe.y, z = probe.z  on probe
"""


def _lorenz(generator: np.random.Generator) -> Columns:
    t = np.linspace(0.05, 3, 60)

    def slope(_: float, s: NDArray[np.float64]) -> list[float]:
        return [10 * (s[1] - s[0]), s[0] * (15 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]]

    found = solve_ivp(slope, (0, 3), [-8, 7, 27], t_eval=t, rtol=1e-11, atol=1e-12).y
    x, y, z = found + 0.1 * generator.standard_normal(found.shape)
    return {"t": t, "x": x, "y": y, "z": z}


_SOURCE = """domain Omega: x in [0, 1]
unknown u(x)
unknown s > 0 < 1 guess 0.6, q > 0 guess 1
data probe(x, value) from "probe.csv"
eq: -u_xx + q*u = exp(-50*(x - s)^2)
bc: u = 0  on boundary
fit: u = probe.value  on probe
"""


def _source(generator: np.random.Generator) -> Columns:
    x = np.linspace(0.02, 0.98, 40)
    grid = np.linspace(0, 1, 400)
    found = solve_bvp(
        lambda x, s: [s[1], 4 * s[0] - np.exp(-50 * (x - 0.37) ** 2)],
        lambda a, b: [a[0], b[0]], grid, np.zeros((2, 400)), tol=1e-9, max_nodes=100_000,
    ).sol(x)[0]  # fmt: skip
    return {"x": x, "value": found + 0.01 * found.max() * generator.standard_normal(40)}


CASES = (
    Case("diffusivity of a rod", _ROD, {"kappa": 0.1}, _rod),
    Case("two rates", _RATES, {"a": 3.0, "b": 1.0}, _rates),
    Case("Lorenz", _LORENZ, {"sigma": 10.0, "rho": 15.0, "beta": 8 / 3}, _lorenz),
    Case("place of a source", _SOURCE, {"s": 0.37, "q": 4.0}, _source),
)
