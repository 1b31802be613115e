"""Problems whose sources and solutions are tables, against closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import pdedsl

STEADY = """
problem "A source on a grid"
domain  Omega: x in [0, 1]
time    t in [0, 1]
data    source(x = "Pos [m]", t, u = "q [W/m3]") from "source.npz" linear
unknown u(x, t)
eq: -u_xx = source.u
bc: u = 0  on boundary
reference u(x, t) = "usol" from "source.npz"
"""


def test_a_source_on_a_grid(tmp_path: Path) -> None:
    # Linear interpolation between its corners holds the source x (1 + t) of (x - x^3)(1 + t)/6.
    x, t = np.linspace(0, 1, 3), np.linspace(0, 1, 2)
    columns = {"Pos [m]": x, "x": x, "t": t, "q [W/m3]": x[:, None] * (1 + t)}
    np.savez(tmp_path / "source.npz", **columns, usol=(x - x**3)[:, None] * (1 + t) / 6)
    (tmp_path / "a.pde").write_text(STEADY)
    solution = pdedsl.solve(tmp_path / "a.pde", budget=10)
    assert solution.errors["u"]["rel_l2"] < 1e-12
    assert abs(solution(x=0.3, t=0.7) - (0.3 - 0.027) * 1.7 / 6) < 1e-13
