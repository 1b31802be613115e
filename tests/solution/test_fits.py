"""Fits to noisy data: errors of the numbers that are found, and rows that are held out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pdedsl
from pdedsl.cli.rows.deviation_rows import with_deviation
from pdedsl.compiler.lowering.held_rows import FEWEST, fitted_rows, held_rows
from pdedsl.solution.relative.held_out_data import HeldOutData

DECAY = """problem "decay"
time t in [0, 2]
unknown y(t)
unknown k > 0 guess 1
data probe(t, value) from "probe.csv"
eq: y_t = -k*y
ic: y = 1 at t = 0
fit: y = probe.value on probe
"""
SOURCE = """problem "a source that is not known"
domain Omega: x in [0, 1]
unknown u(x), f(x)
data probe(x, value) from "probe.csv"
eq: u_xx = f
fit: u = probe.value on probe
"""


def polynomials(modes: int) -> dict[str, Any]:
    model = [("kind", "basis"), ("family", "legendre"), ("modes", str(modes))]
    return {"method": "lm", "settings": [(f"model.{k}", v) for k, v in model], "budget": 20}


def spec(folder: Path, text: str, places: np.ndarray, values: np.ndarray) -> Path:
    name = "t" if "time t" in text else "x"
    rows = "\n".join(f"{p:.12g},{v:.12g}" for p, v in zip(places, values, strict=True))
    (folder / "probe.csv").write_text(f"{name},value\n{rows}\n", encoding="utf-8")
    path = folder / "fit.pde"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", range(3))
def test_the_deviation_of_a_number_is_that_of_nonlinear_regression(
    tmp_path: Path, seed: int
) -> None:
    """For y = e^{−kt} with noise σ: sd(k) = σ/√Σ (t e^{−kt})², over the rows that are fitted."""
    k, noise = 0.7, 0.02
    t = np.linspace(0.02, 2, 100)
    generator = np.random.default_rng(seed)
    path = spec(tmp_path, DECAY, t, np.exp(-k * t) + noise * generator.standard_normal(100))
    solution = pdedsl.solve(path, **polynomials(8))
    own = t[fitted_rows(100, 100, 0)]
    expected = noise / np.sqrt(np.sum((own * np.exp(-k * own)) ** 2))
    found = solution.number_deviations["k"]
    assert found == pytest.approx(expected, rel=0.25)  # s² of 90 rows is known to 15 %
    assert abs(solution.numbers["k"] - k) < 4 * found
    assert not solution.overfitted
    assert solution.summary()["unknown_deviations"]["k"] == found


def test_functions_that_follow_the_noise_are_told(tmp_path: Path) -> None:
    x = np.linspace(0, 1, 80)
    noise = 0.1 * np.random.default_rng(0).standard_normal(80)
    path = spec(tmp_path, SOURCE, x, np.sin(3 * x) + noise)
    solution = pdedsl.solve(path, **polynomials(60))
    assert solution.overfitted and solution.summary()["overfitted"]
    assert solution.failure is not None and "overfitted" in solution.failure
    few = pdedsl.solve(path, **polynomials(8))
    assert not few.overfitted


def test_exact_data_are_not_overfitted(tmp_path: Path) -> None:
    x = np.linspace(0, 1, 80)
    path = spec(tmp_path, SOURCE, x, np.sin(3 * x))
    solution = pdedsl.solve(path, **polynomials(20))
    assert solution.usable


def test_rows_are_held_out_of_many_and_none_of_few() -> None:
    assert len(held_rows(FEWEST - 1)) == 0 and len(held_rows(FEWEST)) == 5
    own, held = fitted_rows(400, 400, 0), held_rows(400)
    assert len(held) == 40 and sorted([*own, *held]) == list(range(400))
    some = fitted_rows(400, 100, 3)
    assert len(some) == 100 and not set(some) & set(held)


@pytest.mark.parametrize("rms, rows, overfitted", [
    (1.4, 1000, False), (1.6, 1000, True), (1.6, 5, False), (3.0, 5, True),
])  # fmt: skip
def test_what_chance_gives_is_not_overfitting(rms: float, rows: int, overfitted: bool) -> None:
    assert HeldOutData("fit", rows, rms, 9 * rows, 1.0, 10.0).overfitted is overfitted


@pytest.mark.parametrize("value, deviation, text", [
    (0.0123456, 0.000412, "0.0123 ± 0.0004"),
    (3.14159, 0.012, "3.142 ± 0.012"),
    (1234.5, 30.0, "1234 ± 30"),
    (2.0, 0.0, "2"),
])  # fmt: skip
def test_a_number_with_its_deviation(value: float, deviation: float, text: str) -> None:
    assert with_deviation(value, deviation) == text
