"""Rectangles at whose corners the equation contradicts its conditions, against series."""

from __future__ import annotations

import math

import pytest

import pdedsl


def loaded(x: float, y: float, a: float, b: float, k: float) -> float:
    """-Δu + k u = 1 on [0, a]×[0, b] with u = 0 on the boundary, by waves along x."""
    total = 0.0
    for n in range(1, 20_001, 2):
        q = n * math.pi / a
        s = math.sqrt(q**2 + k)
        down = math.exp(-s * y) + math.exp(-s * (b - y))
        layer = 1 - down / (1 + math.exp(-s * b))
        total += 4 / (n * math.pi) * math.sin(q * x) * layer / s**2
    return total


@pytest.mark.parametrize(
    ("a", "b", "k"), [(1.0, 1.0, 0.0), (2.0, 0.7, 0.0), (1.0, 1.0, 20.0), (3e-3, 1e-2, 0.0)]
)
def test_a_plate_under_a_constant_load(a: float, b: float, k: float) -> None:
    text = f"""domain O: (x, y) in [0, {a}]*[0, {b}]
unknown u(x, y)
eq: -lap(u) + {k}*u = 1
bc: u = 0  on boundary
"""
    solution = pdedsl.solve(pdedsl.parse(text), budget=30)
    assert solution.usable, solution.failure
    assert solution.estimate is not None and not solution.estimate.reason
    assert solution.estimate.fields["u"].relative < 1e-8
    size = loaded(a / 2, b / 2, a, b, k)
    for x, y in ((a / 2, b / 2), (a / 10, b / 5), (0.9 * a, 0.4 * b)):
        assert float(solution(x=x, y=y)) == pytest.approx(loaded(x, y, a, b, k), abs=1e-7 * size)


def test_the_square_of_saint_venant() -> None:
    text = (
        "domain O: (x, y) in [0, 1]^2\nunknown u(x, y)\neq: -lap(u) = 1\nbc: u = 0  on boundary\n"
    )
    text += "output torsion = integral(u, O)\n"
    solution = pdedsl.solve(pdedsl.parse(text))
    # Timoshenko and Goodier, Theory of Elasticity, 1970, section 109: 0.1406 is four times of it.
    assert float(solution(x=0.5, y=0.5)) == pytest.approx(0.07367135328, abs=1e-11)
    assert 4 * solution.outputs["torsion"].value == pytest.approx(0.140577014955, abs=1e-11)


def test_a_flux_beside_a_value() -> None:
    text = """domain O: (x, y) in [0, 1]^2
unknown u(x, y)
eq: lap(u) = 0
bc: u = 0  on x = 0, y = 0
bc: dn(u) = 1  on y = 1
bc: dn(u) = 0  on x = 1
"""
    solution = pdedsl.solve(pdedsl.parse(text), budget=30)
    assert solution.usable, solution.failure

    def series(x: float, y: float) -> float:
        waves = [(n + 0.5) * math.pi for n in range(400)]
        rise = (math.exp(q * (y - 1)) * (1 - math.exp(-2 * q * y)) for q in waves)
        return sum(
            2 / q**2 * math.sin(q * x) * r / (1 + math.exp(-2 * q))
            for q, r in zip(waves, rise, strict=True)
        )

    for x, y in ((0.5, 0.5), (0.1, 0.8), (0.9, 0.3)):
        assert float(solution(x=x, y=y)) == pytest.approx(series(x, y), abs=1e-9)
