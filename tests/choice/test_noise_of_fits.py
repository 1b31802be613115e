"""Several fits of unknown and different noise, beside weighted regression with the true noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares

import pdedsl

TEXT = """time t in [0, 3]
unknown y(t), z(t)
unknown a > 0 guess 1, b > 0 guess 1
data first(t, value) from "first.csv"
data second(t, value) from "second.csv"
eq: y_t = -a*y,  z_t = a*y - b*z
ic: y = {size}, z = 0  at t = 0
fit rough: y = first.value   on first
fit fine:  z = second.value  on second
"""


def fields(t: np.ndarray, a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.exp(-a * t), np.exp(-b * t)
    return first, a / (a - b) * (second - first)


@pytest.mark.parametrize(("rough", "fine", "size", "rows"), [
    (0.2, 0.002, 1, (40, 30)), (0.002, 0.2, 1, (30, 30)), (0.3, 0.03, 50, (25, 45)),
])  # fmt: skip
def test_each_fit_weighs_by_its_own_noise(
    tmp_path: Path, rough: float, fine: float, size: float, rows: tuple[int, int]
) -> None:
    generator, truth = np.random.default_rng(4), (2.0, 0.7)
    t, s = (np.linspace(0.05, 3, n) for n in rows)
    noise = rough * size, fine * size
    y = size * fields(t, *truth)[0] + noise[0] * generator.standard_normal(rows[0])
    z = size * fields(s, *truth)[1] + noise[1] * generator.standard_normal(rows[1])
    for name, table in (("first", (t, y)), ("second", (s, z))):
        path = tmp_path / f"{name}.csv"
        np.savetxt(path, np.stack(table, 1), "%.17g", ",", header="t,value", comments="")
    (tmp_path / "fit.pde").write_text(TEXT.format(size=size), encoding="utf-8")
    solution = pdedsl.solve(tmp_path / "fit.pde", budget=30)
    assert solution.finding is None

    def left(p: np.ndarray) -> np.ndarray:
        return np.concatenate([
            (size * fields(t, *p)[0] - y) / noise[0], (size * fields(s, *p)[1] - z) / noise[1]
        ])  # fmt: skip

    expected = least_squares(left, truth, xtol=1e-13)
    deviations = np.sqrt(np.diag(np.linalg.inv(expected.jac.T @ expected.jac)))
    for name, value, deviation in zip("ab", expected.x, deviations, strict=True):
        assert solution.number_deviations[name] == pytest.approx(deviation, rel=0.3)
        assert abs(solution.numbers[name] - value) < 0.5 * deviation
