"""Problems of one input on elements that follow what is given: closed forms and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

import pdedsl

LINE = "domain O: x in [0, 1]\nunknown u(x)\neq: -u_xx = {f}\nbc: u = 0 on boundary\n"


def green(x: float, mass: float, centre: float) -> float:
    """-u'' = mass at a point."""
    return mass * (x * (1 - centre) if x < centre else centre * (1 - x))


def solve(text: str) -> pdedsl.Solution:
    return pdedsl.solve(pdedsl.parse(text), budget=60)  # which a busy machine may need


@pytest.mark.parametrize(
    ("f", "centre", "mass"),
    [
        ("exp(-((x - 0.3137)/1e-4)^2)/1e-4", 0.3137, math.sqrt(math.pi)),
        ("exp(-((x - 0.17)/1e-6)^2)/1e-6", 0.17, math.sqrt(math.pi)),
        ("1/cosh((x - 0.6)/1e-4)^2/1e-4", 0.6, 2.0),
        ("exp(-abs(x - 0.25)/1e-5)/1e-5", 0.25, 2.0),
        ("if(x > 0.4, if(x < 0.4001, 1e4, 0), 0)", 0.40005, 1.0),
    ],
)
def test_a_thin_source(f: str, centre: float, mass: float) -> None:
    solution = solve(LINE.format(f=f))
    at = np.array([0.1, 0.5, 0.9])
    expected = [green(x, mass, centre) for x in at]
    assert solution(x=at) == pytest.approx(expected, abs=1.5e-5)
    assert solution.failure is None


def test_a_coefficient_that_dips() -> None:
    text = LINE.format(f=1).replace("-u_xx", "-d(k*u_x, x)")
    text = text.replace("unknown", "let k = 1 - 0.999*exp(-((x - 0.4321)/1e-3)^2)\nunknown")

    def k(x: float) -> float:
        return float(1 - 0.999 * np.exp(-(((x - 0.4321) / 1e-3) ** 2)))

    def integral(power: int, end: float) -> float:
        where = [0.4321 + s for s in (-5e-3, -1e-3, -1e-4, 0, 1e-4, 1e-3, 5e-3)]
        inside = [p for p in where if p < end]
        return quad(lambda x: x**power / k(x), 0, end, points=inside, limit=400)[0]

    flux = integral(1, 1) / integral(0, 1)
    expected = flux * integral(0, 0.7) - integral(1, 0.7)
    assert float(solve(text)(x=0.7)) == pytest.approx(expected, rel=1e-5)


def test_a_nonlinear_equation_with_a_thin_source() -> None:
    text = LINE.format(f="exp(-((x - 0.3)/1e-4)^2)/1e-4").replace("-u_xx", "-u_xx + u^3")
    solution = solve(text)
    residual = solution.residual("eq", np.linspace(0.01, 0.99, 37)[:, None])
    assert np.abs(residual).max() < 1e-5
    slope = solution.derivative("u_x")
    jump = float(slope(x=0.299) - slope(x=0.301))
    lost = float(solution(x=0.3)) ** 3 * 0.002
    assert jump + lost == pytest.approx(math.sqrt(math.pi), rel=1e-4)


def test_gauss_points_of_a_basis_with_breaks_are_on_its_elements() -> None:
    """With as many along the whole axis as are asked for there were fewer rows than functions."""
    breaks = [0.3, 0.30001, 0.30002, 0.30003]
    method = {
        "model": {"kind": "basis", "family": "mixed", "modes": [7], "breaks": [breaks],
                  "smoothness": 1},
        "optimizer": {"kind": "lstsq"},
        "sampling": {"kind": "gauss"},
    }  # fmt: skip
    system = pdedsl.compile(pdedsl.parse(LINE.format(f=1)), model=method["model"], sampling="gauss")
    points = np.asarray(system.points_by_law["eq"])[:, 0]
    edges = [0.0, *breaks, 1.0]
    counts, _ = np.histogram(points, edges)
    assert counts.min() >= 8


BEAM = """param L = {length}, EI = {stiffness}, k = {bed}, F = {force}
param w0 = {width}*L, p = {place}*L
domain O: x in [0, L]
unknown w(x)
eq: EI*d(w, x, 4) + k*w = F*exp(-((x - p)/w0)^2)/(w0*sqrt(pi))
bc: w = 0, w_xx = 0  on boundary
"""


@pytest.mark.parametrize(
    ("length", "stiffness", "bed", "force"), [(1.0, 1.0, 5e4, 1.0), (10.0, 2e6, 1e7, 1e3)]
)
@pytest.mark.parametrize(("width", "place"), [(1e-3, 0.5), (2e-3, 0.31), (5e-3, 0.9)])
def test_a_beam_under_a_narrow_load(
    length: float, stiffness: float, bed: float, force: float, width: float, place: float
) -> None:
    text = BEAM.format(
        length=length, stiffness=stiffness, bed=bed, force=force, width=width, place=place
    )
    solution = pdedsl.solve(pdedsl.parse(text), budget=20)
    assert solution.usable, solution.failure

    def series(x: float) -> float:
        waves = [n * math.pi for n in range(1, 6000)]
        return sum(
            2 * force / length * math.sin(q * place) * math.exp(-((q * width / 2) ** 2))
            / (stiffness * (q / length) ** 4 + bed) * math.sin(q * x)
            for q in waves
        )  # fmt: skip

    size = series(place)
    for x in (place, 0.2, 0.65):
        assert float(solution(x=x * length)) == pytest.approx(series(x), abs=1e-4 * size)
