"""Initial value problems that blow up, that are chaotic, and that are neither."""

from __future__ import annotations

import pytest

from pdedsl import api
from pdedsl.estimates.trajectories import trajectory

LORENZ = (
    "eq: x_t = 10*(y - x), y_t = x*(28 - z) - y, z_t = x*y - 8/3*z\n"
    "ic: x = -8, y = 7, z = 27 at t = 0\n"
)


def problem(equations: str, end: float = 2.0, unknowns: str = "y(t)"):
    return api.parse(f"time t in [0, {end:g}]\nunknown {unknowns}\n{equations}")


@pytest.mark.parametrize("equations, time", [
    ("eq: y_t = y^2\nic: y = 1 at t = 0", 1.0),
    ("eq: 2*y_t = y^3\nic: y = 1 at t = 0", 1.0),
    ("eq: y_t = 1 + y^2\nic: y = 0 at t = 0", 1.5708),
    ("eq: y_tt = 6*y^2\nic: y = 1, y_t = 2 at t = 0", 1.0),
    ("eq: y_t = 1e6*y^2\nic: y = 1e-6 at t = 0", 1.0),
    ("eq: y_t = exp(y)\nic: y = 0 at t = 0", 1.0),
    ("eq: y_t = -1/y\nic: y = 1 at t = 0", 0.5),
])  # fmt: skip
def test_the_time_of_a_blow_up(equations: str, time: float) -> None:
    """1/(1 − t), (1 − t)^{−1/2}, tan t, (1 − t)^{−2}; −log(1 − t), and a root that ends at 0."""
    found = trajectory(problem(equations))
    assert found is not None and found.blow_up == pytest.approx(time, abs=3e-3)


@pytest.mark.parametrize("equations", [
    "eq: y_t = 60*y\nic: y = 1 at t = 0",
    "eq: y_t = -y\nic: y = 1 at t = 0",
    "eq: y_t = y - y^3\nic: y = 0.1 at t = 0",
])  # fmt: skip
def test_growth_alone_is_no_blow_up(equations: str) -> None:
    found = trajectory(problem(equations))
    assert found is not None and found.blow_up is None


def test_a_slow_blow_up_and_what_grows_as_fast_without() -> None:
    """y' = y^{1.1} ends at 10; y' = t y and y' = y log y pass all sizes, and never end."""
    found = trajectory(problem("eq: y_t = y*abs(y)^0.1\nic: y = 1 at t = 0", 20))
    assert found is not None and found.blow_up == pytest.approx(10, rel=2e-3)
    for equation in ("y_t = t*y", "y_t = y*log(1 + y)"):
        found = trajectory(problem(f"eq: {equation}\nic: y = 1 at t = 0", 20))
        assert found is None or found.blow_up is None


def test_the_exponent_of_lorenz() -> None:
    """0.9056 on the attractor (Sprott 2003), over a time that is far from infinite."""
    found = trajectory(problem(LORENZ, 30, "x(t), y(t), z(t)"))
    assert found is not None and found.rate == pytest.approx(0.9, abs=0.25)


def test_an_oscillator_is_not_chaotic() -> None:
    found = trajectory(problem("eq: y_tt = -sin(y)\nic: y = 1, y_t = 0 at t = 0", 20))
    assert found is not None and found.rate is not None and abs(found.rate) < 0.3


def test_boundary_value_problems_have_no_trajectory() -> None:
    assert trajectory(problem("eq: y_tt = -y\nic: y = 0 at t = 0\nbc: y = 1 at t = 2")) is None
    assert trajectory(api.parse("domain O: x in [0, 1]\nunknown u(x)\neq: u_x = u\n")) is None
