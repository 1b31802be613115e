"""Likelihood profiles of numbers, beside those of SciPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, least_squares

import pdedsl
from tests.small import ENZYME


def enzyme(t: np.ndarray, v: float, k: float) -> np.ndarray:
    def slope(_: float, y: np.ndarray) -> np.ndarray:
        return -v * y / (k + y)

    return np.asarray(solve_ivp(slope, (0, 3), [2], t_eval=t, rtol=1e-11, atol=1e-12).y[0])


@pytest.mark.parametrize(("name", "noise"), [("K", 0.04), ("V", 0.04), ("K", 0.01)])
def test_an_enzyme_with_few_data_has_the_skew_interval_of_its_likelihood(
    tmp_path: Path, name: str, noise: float
) -> None:
    t = np.linspace(0.3, 2.7, 9)
    values = enzyme(t, 1.5, 0.4) + noise * np.random.default_rng(2).standard_normal(9)
    table = np.stack([t, values], axis=1)
    np.savetxt(tmp_path / "probe.csv", table, "%.17g", ",", header="t,S", comments="")
    (tmp_path / "fit.pde").write_text(ENZYME, encoding="utf-8")
    solution = pdedsl.solve(tmp_path / "fit.pde", budget=30)
    found = solution.profile(name)
    best = least_squares(lambda p: enzyme(t, *p) - values, (1.5, 0.4), xtol=1e-14, ftol=1e-14)
    at, variance = "VK".index(name), 2 * best.cost / 7

    def rise(value: float) -> float:
        def left(other: np.ndarray) -> np.ndarray:
            pair = (value, other[0]) if at == 0 else (other[0], value)
            return enzyme(t, *pair) - values

        held = least_squares(left, [best.x[1 - at]], bounds=(1e-3, np.inf), xtol=1e-14, ftol=1e-14)
        return 2 * (held.cost - best.cost) / variance - 3.841459

    middle, deviation = best.x[at], found.deviation
    least = max(middle - 6 * deviation, 0.02)
    ends = brentq(rise, least, middle), brentq(rise, middle, middle + 8 * deviation)
    width = ends[1] - ends[0]
    assert found.lower == pytest.approx(ends[0], abs=0.01 * width)
    assert found.upper == pytest.approx(ends[1], abs=0.01 * width)
    assert list(found.values) == sorted(found.values) and min(found.rises) == 0


def test_a_number_that_is_none_is_told(tmp_path: Path) -> None:
    solution = pdedsl.solve(
        pdedsl.parse("time t in [0, 1]\nunknown y(t)\neq: y_t = 1\nic: y = 0  at t = 0")
    )
    with pytest.raises(ValueError, match="q is no unknown number"):
        solution.profile("q")
