"""An inequality as a complementarity: u >= g, -u_xx >= 0, and one of the two is an equation."""

from __future__ import annotations

import pdedsl

OBSTACLE = """
problem "A string over an obstacle"
param   a = 1 - 1/sqrt(2)
domain  Omega: x in [-1, 1]
unknown u(x)
let g = 0.5 - x^2
eq: min(u - g, -u_xx) = 0
bc: u = 0  on boundary
exact u = g if abs(x) < a else 2*a*(1 - abs(x))
"""


def test_a_string_over_an_obstacle() -> None:
    _, report, _ = pdedsl.check(OBSTACLE)
    assert not list(report)
    # u_xx jumps where the string leaves the obstacle: 4e-3 in the time that there is, and from a
    # fourth of it on.
    assert pdedsl.solve(OBSTACLE, budget=8, accept=0.02).errors["u"]["rel_l2"] < 0.02
