"""Where short waves grow, rounding grows with them, and the stated size of the error says so."""

import pytest

import pdedsl

BACKWARD = """problem "heat run backward"
domain Omega: x in [0, 1]
time t in [0, {end}]
unknown u(x, t)
eq: u_t = -u_xx
bc: u = 0 on x = 0, x = 1
ic: u = sin(pi*x) at t = 0
exact u = exp(pi^2*t)*sin(pi*x)
"""
CAUCHY = """problem "Laplace's equation from one side"
domain Omega: (x, y) in [0, 1] * [0, {end}]
unknown u(x, y)
eq: u_xx + u_yy = 0
bc: u = 0 on x = 0, x = 1
bc: u = sin(pi*x) on y = 0
bc: u_y = 0 on y = 0
exact u = sin(pi*x)*cosh(pi*y)
"""


@pytest.mark.parametrize(
    ("text", "end"), [(BACKWARD, 0.2), (BACKWARD, 0.5), (CAUCHY, 3)], ids=["0.2", "0.5", "cauchy"]
)
def test_the_error_of_amplified_rounding_is_within_what_is_stated(text: str, end: float) -> None:
    """Up to 2e-10, where few functions alone would say 3e-14."""
    solution = pdedsl.solve(pdedsl.parse(text.format(end=end)), budget=30, seed=0)
    estimate = solution.estimate
    assert estimate is not None and solution.errors is not None
    truth = solution.errors["u"]["rel_l2"]
    if estimate.fields:
        assert truth <= estimate.fields["u"].upper
        assert estimate.fields["u"].relative <= 100 * truth
    else:
        assert "short waves" in estimate.reason
