"""Problems in other units are the same problems: lengths, times and sizes times powers of ten."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

import pdedsl
from pdedsl.geometry.arrays import Array

# L, T and U are a length, a time and the size of the field; S is a stress.
SPECS = {
    "heat": """domain O: x in [0, L]
time t in [0, T]
unknown u(x, t)
let w = U*(1 + exp(-t/T)*sin(2*x/L))
eq: u_t = 0.1*L^2/T*u_xx + d(w, t) - 0.1*L^2/T*d(w, x, 2)
bc: u = w                  on x = 0
bc: u_x + u/L = d(w, x) + w/L  on x = L
ic: u = w                  at t = 0
""",
    "poisson": """domain O: (x, y) in [0, 2*L] * [0, L]
unknown u(x, y)
let w = U*exp(x/L)*sin(2*y/L)
eq: lap(u) = lap(w)
bc: u = w                          on y = 0, y = L
bc: dn(u) + u/L = dn(w) + w/L      on x = 0, x = 2*L
""",
    "wave": """domain O: x in [0, L]
time t in [0, T]
unknown u(x, t)
eq: u_tt = 2*(L/T)^2*u_xx
bc: u = 0  on boundary
ic: u = U*sin(pi*x/L)*cos(pi*x/L), u_t = U/T*sin(pi*x/L)  at t = 0
""",
    "heat by the joule": """domain O: x in [0, L]
time t in [0, T]
unknown u(x, t)
eq: S/U*u_t = S*L^2/(U*T)*d((0.1 + 0.05*u/U)*u_x, x)
bc: S*u_x = S*U/L*(1 - u/U)  on x = 0
bc: u = U                    on x = L
ic: u = U*(1 + (x/L)^3*(1 - x/L)^3)  at t = 0
""",
    "reaction": """time t in [0, T]
unknown u(t), v(t)
eq: u_t = 5/T*u*(1 - u/U) - 3/T*u*v/U
eq: v_t = 2/T*(u - v)
ic: u = 0.05*U, v = 0  at t = 0
""",
    "elasticity": """domain O: (x, y) in [0, L]^2
unknown u(x, y) in R^2
let w = (U*cos(2*x/L)*sin(y/L), U*sin(x/L)*(y/L)^4)
operator N[v] = 2*S*grad(div(v)) + S*lap(v)
eq: N[u] = N[w]
bc: u = w  on x = 0, y = 0, y = L
bc: u[2] = w[2], 2*S*div(u) + S*d(u[1], x) = 2*S*div(w) + S*d(w[1], x)  on x = L
""",
}
POINTS = np.random.default_rng(0).uniform(0.05, 0.95, (40, 2))
INPUTS = {"heat": "xt", "heat by the joule": "xt", "wave": "xt", "reaction": "t"}  # others: x, y


def solved(name: str, length: float, time: float, size: float, stress: float) -> Array:
    """Components at the points, over the size."""
    values = {"L": length, "T": time, "U": size, "S": stress}
    own = [f"{n} = {v!r}" for n, v in values.items() if re.search(rf"\b{n}\b", SPECS[name])]
    units = f"param {', '.join(own)}\n"
    solution = pdedsl.solve(pdedsl.parse(units + SPECS[name]), budget=10)
    assert solution.finding is None
    unit = {"x": length, "y": length, "t": time}
    at = {k: POINTS[:, i] * unit[k] for i, k in enumerate(INPUTS.get(name, "xy"))}
    found = solution(**at)
    parts = found.values() if isinstance(found, dict) else [found]
    return np.stack([np.asarray(part) for part in parts]) / size


@cache
def plain(name: str) -> Array:
    return solved(name, 1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", SPECS)
def test_units_change_nothing(name: str, seed: int) -> None:
    powers = np.random.default_rng(seed).integers(-6, 7, 4)
    twin = solved(name, *(10.0 ** int(p) for p in powers))
    assert np.abs(twin - plain(name)).max() < 1e-8 * np.abs(plain(name)).max()
