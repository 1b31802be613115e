"""Marches stop at pulses and halve elements at spikes, however narrow: closed forms."""

from __future__ import annotations

import math

import pytest

import pdedsl

DECAY = "time t in [0, 1]\nunknown u(t)\neq: d(u, t) = -u + {f}\nic: u = 1 at t = 0\n"
HEAT = """domain O: x in [0, 1]
time t in [0, 0.02]
unknown u(x, t)
eq: u_t = u_xx
bc: u = 0 on boundary
ic: u = 1000*exp(-((x - 0.4567)/0.001)^2) at t = 0
"""


@pytest.mark.parametrize(
    ("f", "centre", "mass"),
    [
        ("exp(-((t - 0.437)/1e-7)^2)/1e-7", 0.437, math.sqrt(math.pi)),
        ("exp(-((t - 0.9999)/1e-6)^2)/1e-6", 0.9999, math.sqrt(math.pi)),
        ("exp(-abs(t - 0.3)/1e-6)/1e-6", 0.3, 2.0),
        ("(tanh((t - 0.2)/1e-6) - tanh((t - 0.2001)/1e-6))*1e4", 0.20005, 2.0),
        ("if(t > 0.6, if(t < 0.60001, 1e5, 0), 0)", 0.600005, 1.0),
    ],
)
def test_a_pulse_of_unit_mass_moves_an_ode(f: str, centre: float, mass: float) -> None:
    solution = pdedsl.solve(pdedsl.parse(DECAY.format(f=f)), budget=3)
    expected = math.exp(-1) + mass * math.exp(-(1 - centre))
    assert float(solution(t=1.0)) == pytest.approx(expected, abs=2e-5)


def test_two_pulses_in_time_are_both_met() -> None:
    f = "exp(-((t - 0.2)/1e-5)^2)/1e-5 - 2*exp(-((t - 0.7)/1e-6)^2)/1e-6"
    solution = pdedsl.solve(pdedsl.parse(DECAY.format(f=f)), budget=3)
    expected = math.exp(-1) + math.sqrt(math.pi) * (math.exp(-0.8) - 2 * math.exp(-0.3))
    assert float(solution(t=1.0)) == pytest.approx(expected, abs=2e-5)


def test_a_spike_of_an_initial_state_spreads() -> None:
    solution = pdedsl.solve(pdedsl.parse(HEAT), budget=4)
    t, width = 0.01, 0.001
    expected = 1000 * width / math.sqrt(width**2 + 4 * t)
    assert float(solution(x=0.4567, t=t)) == pytest.approx(expected, rel=1e-3)
