"""Weights of laws on shapes."""

from __future__ import annotations

import pytest

from pdedsl import api
from pdedsl.choice.shapes.row_weights import completed, row_weights

TEXT = """
param k = {k}, a = {a}
domain Omega: (x, y) in disk(center = (0, 0), radius = a)
unknown u(x, y)
eq: -k*lap(u) = 1
bc fixed: u = 0  on boundary where y >= 0
bc flux: k*dn(u) = 1  on boundary where y < 0
"""


@pytest.mark.parametrize(("k", "a"), [(1, 1), (1e3, 1e-6), (1e-5, 1e6)])
def test_values_and_fluxes_have_the_size_of_the_equation(k: float, a: float) -> None:
    weights = row_weights(api.parse(TEXT.format(k=k, a=a)), 10)
    assert weights["eq"] == 1
    assert weights["fixed"] == pytest.approx((k * 10**2 / a**2) ** 2, rel=0.01)
    assert weights["flux"] == pytest.approx((10 / a) ** 2, rel=0.01)


def test_given_weights_stay() -> None:
    problem = api.parse(TEXT.format(k=1, a=1))
    assert completed(problem, 10, {"bc": 3.0}) == {"eq": 1.0, "bc": 3.0}
    assert completed(problem, 10, {"flux": 3.0})["flux"] == 3.0
