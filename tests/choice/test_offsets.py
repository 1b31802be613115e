"""A constant that is much larger than what varies beside it hides nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

import pdedsl
from pdedsl.choice.allowance import Allowance, TrialCosts
from pdedsl.choice.basis.trial import try_basis
from pdedsl.compiler.lowering.lower import lower

SPOT = """problem "plate with a warm spot"
param   T0 = 300, a = 1, w = 0.25
domain  Omega: (x, y) in [0, 2*a] * [0, a]
unknown T(x, y)
let     Ts = T0 + 0.02*exp(-2*((x - a)^2 + (y - a/2)^2)/(w*a)^2)
eq: lap(T) = lap(Ts)
bc: T = Ts  on boundary
exact T = Ts
"""


@pytest.mark.parametrize("offset", [0.0, 300.0, 1e5])
def test_what_constants_leave(offset: float) -> None:
    """Residuals of the source are all that is left: the loss at the right constant."""
    found, alone = (
        try_basis(
            lower(pdedsl.parse(SPOT).with_params(T0=own)), 3, True, {}, TrialCosts(Allowance(None))
        )
        for own in (offset, 0.0)
    )
    assert found is not None and alone is not None
    first = found.loss / found.residual**2, alone.loss / alone.residual**2
    assert found.varying == pytest.approx(math.sqrt(first[1] / first[0]), rel=1e-2)


@pytest.mark.parametrize(("offset", "a"), [(300.0, 1.0), (-2e4, 0.01), (1.0, 50.0)])
def test_a_spot_beside_an_offset(offset: float, a: float) -> None:
    text = SPOT.replace("T0 = 300, a = 1", f"T0 = {offset}, a = {a}")
    solution = pdedsl.solve(pdedsl.parse(text), budget=20)
    assert solution.finding is None
    x, y = np.meshgrid(np.linspace(0, 2 * a, 41), np.linspace(0, a, 21), indexing="ij")
    spot = 0.02 * np.exp(-2 * ((x - a) ** 2 + (y - a / 2) ** 2) / (0.25 * a) ** 2)
    assert np.abs(solution(x=x, y=y) - offset - spot).max() < 1e-4 * 0.02
