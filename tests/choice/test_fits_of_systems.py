"""Numbers in nonlinear systems and waves from noisy data, beside nonlinear regression by SciPy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

import pdedsl
from tests.small import ENZYME

PREDATORS = """time t in [0, 20]
unknown p(t), q(t)
unknown a > 0 guess 1, b > 0 guess 1, c > 0 guess 1, d > 0 guess 1
data probe(t, p, q) from "probe.csv"
eq: p_t = a*p - b*p*q,  q_t = c*p*q - d*q
ic: p = 10, q = 5  at t = 0
fit: p = probe.p, q = probe.q  on probe
"""
WAVE = """domain O: x in [0, 1]
time t in [0, 1]
unknown u(x, t)
unknown c > 0 guess 1
data probe(x, t, value) from "probe.csv"
eq: u_tt = c^2*u_xx
bc: u = 0  on boundary
ic: u = sin(pi*x), u_t = 0  at t = 0
fit: u = probe.value  on probe
"""
HEAT = """domain O: (x, y) in [0, 1]^2
time t in [0, 0.5]
unknown u(x, y, t)
unknown k > 0 guess 1
data probe(x, y, t, value) from "probe.csv"
eq: u_t = k*lap(u)
bc: u = 0  on boundary
ic: u = sin(pi*x)*sin(pi*y)  at t = 0
fit: u = probe.value  on probe
"""


def predators(t: np.ndarray, a: float, b: float, c: float, d: float) -> np.ndarray:
    return march(lambda t, y: [a * y[0] - b * y[0] * y[1], c * y[0] * y[1] - d * y[1]], [10, 5], t)


def enzyme(t: np.ndarray, v: float, k: float) -> np.ndarray:
    return march(lambda t, y: [-v * y[0] / (k + y[0])], [2], t)


def march(law: Callable[..., list[float]], start: list[float], t: np.ndarray) -> np.ndarray:
    found = solve_ivp(law, (0, t[-1]), start, t_eval=t, rtol=1e-10, atol=1e-11)
    return np.asarray(found.y)


@pytest.mark.parametrize(("text", "names", "truth", "model", "noise"), [
    (PREDATORS, "abcd", (1.1, 0.4, 0.1, 0.4), predators, 0.3),
    (ENZYME, "VK", (1.5, 0.4), enzyme, 0.01),
], ids=["predators", "enzyme"])  # fmt: skip
def test_numbers_of_a_system_are_those_of_regression(
    tmp_path: Path,
    text: str,
    names: str,
    truth: tuple[float, ...],
    model: Callable[..., np.ndarray],
    noise: float,
) -> None:
    generator = np.random.default_rng(11)
    t = np.linspace(0, 20 if model is predators else 3, 41)[1:]
    values = model(t, *truth)
    values = values + noise * generator.standard_normal(values.shape)
    fields = ("p", "q") if model is predators else ("S",)
    write(tmp_path, ("t", *fields), t, *values)
    (tmp_path / "fit.pde").write_text(text, encoding="utf-8")
    solution = pdedsl.solve(tmp_path / "fit.pde", budget=60)
    assert solution.finding is None
    expected = least_squares(lambda p: (model(t, *p) - values).ravel(), truth, xtol=1e-13)
    covariance = np.linalg.inv(expected.jac.T @ expected.jac)
    variance = 2 * expected.cost / (values.size - len(truth))
    for i, name in enumerate(names):
        deviation = np.sqrt(variance * covariance[i, i])
        assert abs(solution.numbers[name] - expected.x[i]) < 0.02 * deviation
        assert solution.number_deviations[name] == pytest.approx(deviation, rel=0.01)


def test_the_speed_of_a_wave_is_that_of_regression(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    x, t = generator.uniform(0, 1, (2, 60))
    values = np.sin(np.pi * x) * np.cos(np.pi * 1.3 * t) + 0.01 * generator.standard_normal(60)
    write(tmp_path, ("x", "t", "value"), x, t, values)
    (tmp_path / "fit.pde").write_text(WAVE, encoding="utf-8")
    solution = pdedsl.solve(tmp_path / "fit.pde", budget=60)
    assert solution.finding is None
    slope = np.sin(np.pi * x) * np.sin(np.pi * 1.3 * t) * np.pi * t
    assert abs(solution.numbers["c"] - 1.3) < 4 * 0.01 / np.linalg.norm(slope)


def test_a_diffusivity_in_two_space_coordinates_is_that_of_regression(tmp_path: Path) -> None:
    generator = np.random.default_rng(7)
    x, y, t = generator.uniform(0, 1, (3, 45)) * np.array([[1], [1], [0.5]])

    def model(k: float) -> np.ndarray:
        return np.sin(np.pi * x) * np.sin(np.pi * y) * np.exp(-2 * np.pi**2 * k * t)

    values = model(0.07) + 0.01 * generator.standard_normal(45)
    write(tmp_path, ("x", "y", "t", "value"), x, y, t, values)
    (tmp_path / "fit.pde").write_text(HEAT, encoding="utf-8")
    solution = pdedsl.solve(tmp_path / "fit.pde", budget=60)
    assert solution.finding is None
    expected = least_squares(lambda p: model(p[0]) - values, 0.07, xtol=1e-13)
    deviation = np.sqrt(2 * expected.cost / 44 / np.sum(expected.jac**2))
    assert abs(solution.numbers["k"] - expected.x[0]) < 0.02 * deviation
    assert solution.number_deviations["k"] == pytest.approx(deviation, rel=0.01)


def write(folder: Path, names: tuple[str, ...], *columns: np.ndarray) -> None:
    table = "\n".join(",".join(map(repr, row)) for row in np.stack(columns, axis=1).tolist())
    (folder / "probe.csv").write_text(f"{','.join(names)}\n{table}\n", encoding="utf-8")
