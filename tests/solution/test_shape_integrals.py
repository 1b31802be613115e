"""Integrals over shapes against closed forms, Green's identity and each other."""

from __future__ import annotations

import math

import pytest

import pdedsl
from pdedsl.solution.outputs.outputs import OutputValue, _Evaluation
from pdedsl.solution.outputs.pointwise import ExactFields

DISK = "disk(center = (0, 0), radius = 1)"
SHAPES = [
    DISK,
    "annulus(center = (0, 0), radii = (0.1, 1))",
    "[-1, 1]^2 minus disk(center = (0.1, 0), radius = 0.4)",
    "[-1, 1]^2 minus [0, 1]*[0, 1]",
    "sector(center = (0, 0), radius = 1, angles = (0.3, 5)) union [0.5, 1.4]^2",
    "polygon((0, 0), (1, 0), (1, 1), (0.5, 0.2), (0, 1))",
    "rotate(ellipse(center = (0, 0), radii = (2, 1)), 0.4) minus [0, 0.5]^2",
]


def values(
    domain: str, u: str, outputs: dict[str, str], inputs: str = "(x, y)"
) -> dict[str, OutputValue]:
    """Outputs of a known solution."""
    lines = "".join(f"output {name} = {text}\n" for name, text in outputs.items())
    problem = pdedsl.parse(f"""
        region D = {DISK}
        domain Omega: {inputs} in {domain}
        unknown u
        eq: lap(u) = lap({u})
        bc: u = {u} on boundary
        exact u = {u}
        {lines}
    """)
    return _Evaluation(problem, ExactFields(problem), {}).outputs()


@pytest.mark.parametrize("domain", SHAPES)
def test_green(domain: str):
    found = values(domain, "exp(x + y/2)*cos(y)", {
        "inner": "integral(u*lap(u) + dot(grad(u), grad(u)), Omega)",
        "outer": "integral(u*dn(u), boundary)",
    })  # fmt: skip
    inner, outer = found["inner"], found["outer"]
    assert inner.value == pytest.approx(outer.value, rel=1e-11)
    assert max(inner.quadrature, outer.quadrature) < 1e-9


def test_measures():
    parts = {"area": "integral(1, Omega)", "rim": "integral(1, boundary)"}
    found = values(SHAPES[1], "x", parts | {"outer": "integral(1, boundary(D))"})
    assert found["area"].value == pytest.approx(0.99 * math.pi, rel=1e-13)
    assert found["rim"].value == pytest.approx(2.2 * math.pi, rel=1e-13)
    assert found["outer"].value == pytest.approx(2 * math.pi, rel=1e-13)


def test_a_singular_corner():
    # u = r^(2/3) around the corner of angle 3π/2: its flux is infinite there.
    found = values(SHAPES[3], "(x^2 + y^2)^(1/3)", {
        "inside": "integral((x^2 + y^2)^(-1/3), Omega)",
        "rim": "integral((x^2 + y^2)^(-1/6), x = 0)",
    })  # fmt: skip
    # ∫ r^(-2/3) over a square [0, 1]^2 in polar coordinates, by parts of angle π/4.
    quarter = 2 * 0.75 * _of_secant()
    assert found["inside"].value == pytest.approx(3 * quarter, rel=1e-9)
    assert found["rim"].value == pytest.approx(1.5, rel=1e-9)


def _of_secant() -> float:
    from scipy.integrate import quad

    return float(quad(lambda t: math.cos(t) ** (-4 / 3), 0, math.pi / 4, epsabs=1e-14)[0])


def test_in_space():
    ball = "ball(center = (0, 0, 0), radius = 1) minus [-0.3, 0.2]^3"
    found = values(ball, "exp(x)*cos(y) + z^4", {
        "inner": "integral(lap(u), Omega)",
        "outer": "integral(dn(u), boundary)",
        "rim": "integral(1, boundary)",
    }, "(x, y, z)")  # fmt: skip
    assert found["rim"].value == pytest.approx(4 * math.pi + 6 * 0.25, rel=1e-12)
    gap = abs(found["inner"].value - found["outer"].value)
    assert gap < 1e-8
    assert gap <= found["inner"].quadrature + found["outer"].quadrature + 1e-12


def test_a_cut_surface_tells_its_error():
    found = values("ball(center = (0, 0, 0), radius = 1) minus [0, 1]^3", "x",
                   {"rim": "integral(1, boundary)"}, "(x, y, z)")["rim"]  # fmt: skip
    exact = 4 * math.pi * 7 / 8 + 3 * math.pi / 4
    assert 0 < abs(found.value - exact) <= found.quadrature < 1e-2


def test_fluxes_of_a_solution():
    problem = pdedsl.parse(f"""
        domain Omega: (x, y) in {DISK}
        unknown u
        eq: -lap(u) = 1
        bc: u = 0 on boundary
        output flux = -integral(dn(u), boundary)
        output mean = integral(u, Omega)
    """)
    outputs = pdedsl.solve(problem, budget=10).outputs
    assert outputs["flux"].value == pytest.approx(math.pi, abs=1e-10)
    assert outputs["mean"].value == pytest.approx(math.pi / 8, abs=1e-10)


def test_over_an_interface():
    problem = pdedsl.parse("""
        region D = disk(center = (0, 0), radius = 0.5)
        domain A: (x, y) in D
        domain B: (x, y) in [-1, 1]^2 minus D
        interface G = A intersect B
        unknown u(x, y) in A, w(x, y) in B
        eq: lap(u) = 4 in A
        eq: lap(w) = 4 in B
        bc: w = x^2 + y^2 on boundary(B) minus G
        bc: u = w on G
        bc: dn(u) = dn(w) on G
        exact u = x^2 + y^2, w = x^2 + y^2
        output through = integral(dn(u), G)
        output outside = integral(dn(w), boundary(B) minus G)
        output most = max(x + w, G)
    """)
    found = _Evaluation(problem, ExactFields(problem), {}).outputs()
    assert found["through"].value == pytest.approx(math.pi, rel=1e-12)
    assert found["outside"].value == pytest.approx(16, rel=1e-12)
    assert found["most"].value == pytest.approx(0.75, rel=1e-9)
