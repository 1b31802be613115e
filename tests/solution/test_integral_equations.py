"""Integral and integro-differential equations against their closed forms."""

from __future__ import annotations

import pytest

import pdedsl

TIME = "time t in [0, 2]\nunknown u(t)\n"
CASES = {
    "volterra": TIME + "eq: u = t + integral((t - s)*u(s), s in [0, t])\nexact u = sinh(t)\n",
    "memory": TIME
    + "eq: u_t = 1 - integral(u(s), s in [0, t])\nic: u = 0 at t = 0\nexact u = sin(t)\n",
    "fredholm": "domain Omega: x in [0, 1]\nunknown u(x)\n"
    "eq: u = x*exp(x) - x + x*integral(u(s), s in [0, 1])\nexact u = x*exp(x)\n",
    "nonlinear": TIME + "eq: u = 1 + integral(u(s)^2/(1 + s)^3, s in [0, t])\n",
}


@pytest.mark.parametrize("name", ["volterra", "memory", "fredholm"])
def test_closed_forms(name: str) -> None:
    text = f'problem "{name}"\n{CASES[name]}'
    _, report, _ = pdedsl.check(text)
    assert not list(report)
    assert pdedsl.solve(text, budget=15).errors["u"]["rel_l2"] < 1e-12


def test_a_nonlinear_one() -> None:
    # u' = u^2 (1 + t)^-3 with u(0) = 1: 1/u = 1 - (1 - (1 + t)^-2)/2.
    solution = pdedsl.solve(f'problem "nonlinear"\n{CASES["nonlinear"]}', budget=15)
    for t in (0.3, 1.0, 2.0):
        assert abs(1 / solution(t=t) - (1 + (1 + t) ** -2) / 2) < 1e-9
