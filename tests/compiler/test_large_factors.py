"""Powers whose factors are beyond double precision, though they are not themselves."""

from __future__ import annotations

import numpy as np
import pytest

import pdedsl

TEXT = "domain O: x in [0, 1]\nunknown u(x)\neq: u = {f}\n"


@pytest.mark.parametrize(
    ("f", "exact"),
    [
        ("(4*x*(1 - x))^900", lambda x: (4 * x * (1 - x)) ** 900),
        ("-(4*x*(1 - x))^900*(2 + x)", lambda x: -((4 * x * (1 - x)) ** 900) * (2 + x)),
        ("(5*x + 5)^(-700)*10^500", lambda x: 10.0**-200 * (0.5 * x + 0.5) ** -700),
        ("(x/5)^600*5^600", lambda x: x**600),
    ],
)
def test_the_factor_goes_inside(f: str, exact) -> None:
    points = {"eq": 200}
    system = pdedsl.compile(pdedsl.parse(TEXT.format(f=f)), {"kind": "basis", "modes": 2}, points)
    theta = system.theta0 * 0
    x = system.points_by_law["eq"].numpy()[:, 0]
    want = -np.asarray([exact(value) for value in x])
    found = np.sqrt(len(x)) * system.residual(theta).numpy()
    finite = np.abs(want) < 1e300
    assert found[finite] == pytest.approx(want[finite], rel=1e-11)
