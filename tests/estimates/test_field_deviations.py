"""Bands around the fields of a fit, beside the closed form y = e^{-kt}, sd(y) = t e^{-kt} sd(k)."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection

import pdedsl

DECAY = """time t in [0, 2]
unknown y(t)
unknown k > 0 guess 1
data a(t, value) from "a.csv"
eq: y_t = -k*y
ic: y = 1  at t = 0
fit: y = a.value  on a  sigma = 0.02
"""
HEAT = """domain O: x in [0, 1]
time t in [0, 0.5]
unknown u(x, t)
unknown k > 0 guess 1
data a(x, t, value) from "a.csv"
eq: u_t = k*u_xx
bc: u = 0  on boundary
ic: u = sin(pi*x)  at t = 0
fit: u = a.value  on a  sigma = 0.01
"""
TWO = """time t in [0, 2]
unknown v(t) in R^2
unknown k > 0 guess 1
data a(t, value) from "a.csv"
eq: v_t = (-k*v[1], k*v[1])
ic: v = (1, 0)  at t = 0
fit: v[1] = a.value  on a  sigma = 0.02
"""


def spec(folder: Path, text: str, head: str, *columns: np.ndarray) -> Path:
    rows = [",".join(map(repr, row)) for row in np.stack(columns, axis=1).tolist()]
    (folder / "a.csv").write_text("\n".join([head, *rows]) + "\n")
    (folder / "fit.pde").write_text(text, encoding="utf-8")
    return folder / "fit.pde"


def decay(folder: Path, text: str = DECAY) -> pdedsl.Solution:
    t = np.linspace(0.1, 2, 20)
    values = np.exp(-0.7 * t) + 0.02 * np.random.default_rng(0).standard_normal(20)
    return pdedsl.solve(spec(folder, text, "t,value", t, values), budget=20)


def test_a_field_has_its_deviation_at_points_and_a_band(tmp_path: Path) -> None:
    solution = decay(tmp_path)
    k, deviation = solution.numbers["k"], solution.number_deviations["k"]
    t = np.array([[0.0, 0.5], [1.0, 2.0]])
    expected = t * np.exp(-k * t) * deviation
    assert np.allclose(solution.deviation(t=t), expected, rtol=1e-3, atol=1e-7)
    figure = solution.plot()["solution_y"]
    (band,) = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    (bars,) = [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    lengths = [np.ptp(np.asarray(bar)[:, 1]) for bar in bars.get_segments()]
    assert len(lengths) == 20 and np.allclose(lengths, 2 * 0.02)
    corners = band.get_paths()[0].vertices
    middle = np.exp(-k * corners[:, 0])
    two = 2 * corners[:, 0] * middle * deviation
    away = np.abs(corners[:, 1] - middle)
    assert np.allclose(away, two, rtol=1e-3, atol=1e-6)
    assert "2\\sigma" in " ".join(figure.axes[0].get_legend_handles_labels()[1])


def test_a_copy_has_the_same_deviations(tmp_path: Path) -> None:
    solution = decay(tmp_path)
    again = copy.deepcopy(solution)
    assert np.allclose(again.deviation(t=1.0), solution.deviation(t=1.0), rtol=1e-6)


def test_a_section_in_space_has_a_band(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    x, t = generator.uniform(0.05, 0.95, 40), generator.uniform(0, 0.5, 40)

    def truth(k: float, x: np.ndarray, t: np.ndarray) -> np.ndarray:
        return np.asarray(np.sin(np.pi * x) * np.exp(-k * np.pi**2 * t))

    values = truth(0.3, x, t) + 0.01 * generator.standard_normal(40)
    solution = pdedsl.solve(spec(tmp_path, HEAT, "x,t,value", x, t, values), budget=30)
    k, deviation = solution.numbers["k"], solution.number_deviations["k"]
    slope = np.linalg.norm(np.pi**2 * t * truth(k, x, t))
    assert deviation == pytest.approx(0.01 / slope, rel=1e-3)
    at = np.linspace(0, 1, 7)
    expected = np.pi**2 * 0.2 * truth(k, at, np.full(7, 0.2)) * deviation
    assert np.allclose(solution.deviation(x=at, t=0.2), expected, rtol=1e-3, atol=1e-7)
    (figure,) = solution.plot(at={"t": 0.2}).values()
    assert any(isinstance(c, PolyCollection) for c in figure.axes[0].collections)


def test_a_vector_has_a_deviation_of_each_component(tmp_path: Path) -> None:
    solution = decay(tmp_path, TWO)
    found = np.asarray(solution.deviation(t=np.array([0.5, 1.0])))
    assert found.shape == (2, 2)
    assert np.allclose(found[0], found[1], rtol=1e-3)


SOURCE = """domain O: x in [0, 1]
unknown u(x), f(x)
data a(x, value) from "a.csv"
eq: u_xx = f
fit: u = a.value  on a  sigma = 0.05
"""


def test_a_field_that_data_alone_tell_has_the_deviation_of_regression(tmp_path: Path) -> None:
    """Polynomials φ of degree 8: sd² = σ² φ(x)ᵀ (ΦᵀΦ)⁻¹ φ(x)."""
    x = np.linspace(0, 1, 40)
    values = np.sin(3 * x) + 0.05 * np.random.default_rng(0).standard_normal(40)
    path = spec(tmp_path, SOURCE, "x,value", x, values)
    settings = [("model.kind", "basis"), ("model.family", "legendre"), ("model.modes", "8")]
    solution = pdedsl.solve(path, method="lm", settings=settings, budget=20)
    at = np.linspace(0, 1, 9)
    design, wanted = (np.polynomial.legendre.legvander(2 * p - 1, 8) for p in (x, at))
    expected = 0.05 * np.linalg.norm(np.linalg.pinv(design).T @ wanted.T, axis=0)
    found = solution.deviation(x=at)
    assert isinstance(found, dict) and np.allclose(found["u"], expected, rtol=1e-4)
    (own,) = solution.uncertainty.chi_squares
    best = design @ np.linalg.lstsq(design, values, rcond=None)[0]
    assert own.value == pytest.approx(np.sum((values - best) ** 2) / 0.05**2, rel=1e-4)
    assert own.degrees_of_freedom == pytest.approx(31, abs=1e-4)


def test_without_a_fit_there_is_none() -> None:
    text = "domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = 1\nbc: u = 0 on boundary\n"
    solution = pdedsl.solve(text, budget=5)
    with pytest.raises(ValueError, match="no deviation is known: the problem has no fit"):
        solution.deviation(x=0.5)
