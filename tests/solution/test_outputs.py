"""Values of outputs against closed forms."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import pdedsl
from pdedsl.geometry import FloatBox
from pdedsl.solution.outputs.extremes import largest

POISSON = """
    param mu = 2
    domain Omega: (x, y) in [0, 1]^2
    unknown u(x, y)
    let us = sin(pi*x)*sin(pi*y)
    eq: -mu*lap(u) = 2*mu*pi^2*us
    bc: u = 0 on boundary
    exact u = us
"""
HEAT = """
    domain Omega: x in [0, 1]
    time t in [0, 0.1]
    unknown u(x, t)
    eq: u_t = u_xx
    bc: u = 0 on boundary
    ic: u = sin(pi*x) at t = 0
"""
BARS = """
    domain A: x in [0, 1]
    domain B: x in [1, 3]
    interface G = A intersect B
    unknown u(x) in A, w(x) in B
    eq: u_xx = 0 in A
    eq: w_xx = 0 in B
    bc: u = 0 on x = 0
    bc: w = 2 on x = 3
    bc: u = w on G
    bc: 2*dn(u) = dn(w) on G
"""
# u' = 2 w' / 4 with u' = a, w' = 2 a: a + 2 · 2 a = 2.
SLOPE = 0.4


FUNCTIONS = {
    "model": {"kind": "basis", "family": "legendre", "modes": 12}, "optimizer": {"kind": "lstsq"},
}  # fmt: skip


def outputs(
    text: str, settings=None, **values: str
) -> dict[str, pdedsl.solution.outputs.OutputValue]:
    lines = "".join(f"\noutput {name} = {value}" for name, value in values.items())
    return pdedsl.solve(pdedsl.parse(text + lines), settings=settings or {}, budget=4).outputs


def test_a_plane_problem():
    found = outputs(
        POISSON,
        FUNCTIONS | {"model": {"kind": "basis", "family": "legendre", "modes": 16}},
        flux="integral(dn(u), boundary)",
        drag="integral(mu*dn(u), x = 1)",
        two="integral(u_x^2, x = 0, x = 1)",
        mean="integral(u, Omega)/integral(1, Omega)",
        energy="integral(dot(grad(u), grad(u)), Omega)",
        peak="max(u)",
        low="min(-u, Omega)",
        steep="max(-u_x, x = 1)",
        here="u(0.25, 0.5)",
        slope="u_x(0, 0.5)",
        nested="integral((u - max(u)/2)^2, Omega)",
        together="drag/peak + mu",
    )
    exact = {
        "flux": -8, "drag": -4, "two": math.pi**2, "mean": 4 / math.pi**2,
        "energy": math.pi**2 / 2, "peak": 1, "low": -1, "steep": math.pi,
        "here": math.sqrt(0.5), "slope": math.pi, "nested": 1 / 4 - 4 / math.pi**2 + 1 / 4,
        "together": -2,
    }  # fmt: skip
    for name, value in exact.items():
        assert found[name].value == pytest.approx(value, abs=1e-10), name
        assert found[name].exact == pytest.approx(value, abs=1e-12), name
        assert found[name].quadrature < 1e-9
    assert found["peak"].at == pytest.approx({"x": 0.5, "y": 0.5}, abs=1e-6)
    assert found["steep"].at == pytest.approx({"x": 1.0, "y": 0.5}, abs=1e-6)
    assert found["mean"].at is None


def test_a_problem_in_time():
    found = outputs(
        HEAT, peak="max(u)", last="max(u(t=0.1))", left="integral(dn(u(t=0.1)), x = 0)",
        heat="integral(u(t=0.05), Omega)", lost="integral(u_x(x=0), t)", here="u(0.5, 0.1)",
        change="integral(u(t=0.1) - u(t=0), Omega)",
    )  # fmt: skip
    decay = math.exp(-(math.pi**2) * 0.1)
    assert found["peak"].value == pytest.approx(1, abs=1e-8)
    assert found["peak"].at == pytest.approx({"x": 0.5, "t": 0.0}, abs=1e-3)
    assert found["last"].value == pytest.approx(decay, abs=1e-8)
    assert found["last"].at == pytest.approx({"x": 0.5}, abs=1e-3)
    assert found["left"].value == pytest.approx(-math.pi * decay, abs=1e-7)
    assert found["heat"].value == pytest.approx(2 / math.pi * math.sqrt(decay), abs=1e-8)
    assert found["lost"].value == pytest.approx((1 - decay) / math.pi, abs=1e-7)
    assert found["here"].value == pytest.approx(decay, abs=1e-8)
    assert found["change"].value == pytest.approx(2 / math.pi * (decay - 1), abs=1e-8)
    assert all(entry.exact is None for entry in found.values())


def test_narrow_sources_are_seen():
    text = """
        param s = 1e-5
        domain Omega: (x, y) in [0, 1]^2
        unknown u(x, y)
        let f = exp(-((x - 0.3137)^2 + (y - 0.777)^2)/s^2)/(pi*s^2)
        let g = exp(-(x - 0.3137)^2/s^2)/s
        eq: lap(u) = 0
        bc: u = x on boundary
    """
    values = {"one": "integral(f, Omega)", "peak": "max(s^2*f*u)", "edge": "integral(g, y = 1)"}
    found = outputs(text, **values, slim="integral(g*u, Omega)")
    assert found["one"].value == pytest.approx(1, abs=1e-7)
    assert found["peak"].value == pytest.approx(0.3137 / math.pi)
    assert found["edge"].value == pytest.approx(math.sqrt(math.pi))
    assert found["slim"].value == pytest.approx(0.3137 * math.sqrt(math.pi))
    assert all(own.quadrature < 1e-6 for own in found.values())


@pytest.mark.parametrize("modes", [4, 7])
def test_estimated_errors_of_outputs(modes, tmp_path):
    """Functions that do not resolve the solution: the estimate is J(u + e) − J(u)."""
    text = """
        domain Omega: (x, y) in [0, 1]^2
        unknown u(x, y)
        let us = sin(pi*x)*exp(x)*sin(pi*y)
        eq: -lap(u) = -(d(us, x, 2) + d(us, y, 2))
        bc: u = 0 on boundary
        exact u = us
        output right = integral(dn(u), x = 1), peak = max(u), here = u(0.25, 0.5)
        output energy = integral(dot(grad(u), grad(u)), Omega)/peak
    """
    model = {"kind": "basis", "family": "legendre", "modes": modes}
    settings = {"model": model, "optimizer": {"kind": "lstsq"}}
    solution = pdedsl.solve(pdedsl.parse(text), settings=settings, budget=10)
    for name, own in solution.outputs.items():
        assert abs(own.value - own.exact) > 1e-7
        estimate = solution.output_estimates[name]
        assert estimate == pytest.approx(own.exact - own.value, rel=0.2), name
    solution.save(tmp_path / "run")
    again = pdedsl.Solution.load(tmp_path / "run")
    assert again.output_estimates == solution.output_estimates


def test_an_ordinary_differential_equation():
    text = "time t in [0, 2]\nunknown y(t)\neq: y_t = -y\nic: y = 1 at t = 0"
    found = outputs(text, last="y(2)", area="integral(y, t)", top="max(y)", half="min(y - 1/2)")
    assert found["last"].value == pytest.approx(math.exp(-2))
    assert found["area"].value == pytest.approx(1 - math.exp(-2))
    assert (found["top"].value, found["top"].at) == (pytest.approx(1), pytest.approx({"t": 0}))
    assert found["half"].value == pytest.approx(math.exp(-2) - 0.5)


def test_two_domains_and_their_interface():
    found = outputs(
        BARS, through="integral(2*dn(u), G)", same="integral(dn(w), G)", jump="max(u - w, G)",
        ends="integral(dn(w), boundary(B) minus G)", mean="integral(w, B)/integral(1, B)",
        top="max(w)", low="min(u)",
    )  # fmt: skip
    assert found["through"].value == pytest.approx(2 * SLOPE)
    assert found["same"].value == pytest.approx(2 * SLOPE)
    assert found["jump"].value == pytest.approx(0, abs=1e-12)
    assert found["ends"].value == pytest.approx(2 * SLOPE)
    assert found["mean"].value == pytest.approx(SLOPE + 2 * SLOPE)
    assert (found["top"].value, found["top"].at) == (pytest.approx(2), pytest.approx({"x": 3.0}))
    assert found["low"].value == pytest.approx(0, abs=1e-12)


def test_vectors_and_unknown_numbers():
    text = """
        domain Omega: x in [0, 1]
        unknown v(x) in R^2, q guess 1
        eq: d(v[1], x) = q
        eq: d(v[2], x) = 2*x
        bc: v = (0, 0) on x = 0
        bc: v[1] = 3 on x = 1
    """
    values = {"length": "max(norm(v))", "work": "q*integral(v[2], Omega)"}
    found = outputs(text, **values)
    assert found["length"].value == pytest.approx(math.sqrt(10))
    assert found["work"].value == pytest.approx(1.0)


def test_a_problem_that_was_solved_in_parts():
    text = POISSON + "output peak = max(u), flux = integral(dn(u), boundary)"
    settings = FUNCTIONS | {"domain": {"split": {"x": [0.4]}}}
    found = pdedsl.solve(pdedsl.parse(text), settings=settings, budget=10).outputs
    assert found["peak"].value == pytest.approx(1, abs=1e-6)
    assert found["flux"].value == pytest.approx(-8, abs=1e-5)


def test_what_has_no_value_is_said(tmp_path):
    text = POISSON + "output bad = log(min(u) - 1), worse = integral(log(u - 2), Omega)"
    solution = pdedsl.solve(pdedsl.parse(text), budget=5)
    assert all(math.isnan(entry.value) for entry in solution.outputs.values())


def test_outputs_are_saved_and_read_again(tmp_path):
    solution = pdedsl.solve(pdedsl.parse(POISSON + "output peak = max(u)"), budget=5)
    solution.save(tmp_path / "run")
    data = json.loads((tmp_path / "run" / "run.json").read_text())
    assert data["outputs"]["peak"]["value"] == solution.outputs["peak"].value
    assert data["outputs"]["peak"].keys() == {"value", "at", "exact", "error", "estimate"}
    assert pdedsl.Solution.load(tmp_path / "run").outputs == solution.outputs


@pytest.mark.parametrize("dimension", [1, 2, 3, 4, 6])
def test_largest_values(dimension):
    box = FloatBox((-1.0,) * dimension, (2.0,) * dimension)
    centre = np.linspace(0.3137, 0.7, dimension)
    value, place = largest(lambda x: 3 - ((x - centre) ** 2).sum(axis=1), box)
    assert value == pytest.approx(3, abs=1e-8)
    assert place == pytest.approx(centre, abs=1e-5)


def test_the_largest_of_several_peaks_and_of_kinks():
    line = FloatBox((0.0,), (1.0,))
    value, place = largest(lambda x: np.sin(40 * x[:, 0]) + 1e-3 * x[:, 0], line)
    assert place[0] == pytest.approx(math.pi / 80 + 6 * math.pi / 20, abs=1e-4)
    value, place = largest(lambda x: -np.abs(x[:, 0] - 1 / 3), line)
    assert (value, place[0]) == (pytest.approx(0, abs=1e-9), pytest.approx(1 / 3))
    assert largest(lambda x: x[:, 0], line)[0] == 1.0
    assert math.isnan(largest(lambda x: np.full(len(x), np.nan), line)[0])
