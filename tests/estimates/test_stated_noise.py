"""Fits that state the noise of their data: weights, deviations, and whether the misfit is noise.

The oracle is `scipy.optimize.curve_fit` on the closed form, with ``absolute_sigma``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.stats import chi2

import pdedsl
from pdedsl.compiler.lowering.held_rows import fitted_rows, held_rows

DECAY = """time t in [0, 2]
unknown y(t)
unknown k > 0 guess 1
{data}
eq: y_t = -k*y
ic: y = 1  at t = 0
"""
TABLE = 'data {name}(t, value, err) from "{name}.csv"'


def write(folder: Path, name: str, t: np.ndarray, values: np.ndarray, err: np.ndarray) -> None:
    rows = [f"{a!r},{b!r},{c!r}" for a, b, c in np.stack([t, values, err], axis=1).tolist()]
    (folder / f"{name}.csv").write_text("\n".join(["t,value,err", *rows]) + "\n")


def solved(folder: Path, *fits: tuple[str, str], text: str = DECAY) -> pdedsl.Solution:
    """The solution of fits, each a name of a table and its noise."""
    data = "\n".join(TABLE.format(name=name) for name, _ in fits)
    laws = "\n".join(f"fit {n}_: y = {n}.value  on {n}{noise}" for n, noise in fits)
    path = folder / "fit.pde"
    path.write_text(f"{text.format(data=data)}{laws}\n", encoding="utf-8")
    return pdedsl.solve(path, budget=30)


def model(t: np.ndarray, k: float) -> np.ndarray:
    return np.exp(-k * t)


def test_a_column_of_noise_weighs_each_row(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    t = np.linspace(0.1, 2, 30)
    err = np.where(t < 1, 0.1, 0.002)
    values = model(t, 0.7) + err * generator.standard_normal(30)
    write(tmp_path, "a", t, values, err)
    solution = solved(tmp_path, ("a", "  sigma = a.err"))
    (best,), ((variance,),) = curve_fit(model, t, values, 1, err, absolute_sigma=True)
    assert solution.finding is None
    assert abs(solution.numbers["k"] - best) < 0.01 * np.sqrt(variance)
    assert solution.number_deviations["k"] == pytest.approx(np.sqrt(variance), rel=1e-3)
    (own,) = solution.summary()["chi_squares"]
    expected = np.sum(((values - model(t, best)) / err) ** 2)
    assert own["value"] == pytest.approx(expected, rel=1e-4)
    assert own["degrees_of_freedom"] == pytest.approx(29, abs=1e-3)
    assert own["p_value"] == pytest.approx(chi2.sf(expected, 29), rel=1e-3)


@pytest.mark.parametrize("rows", [(12, 25), (20, 200)])
def test_two_probes_count_by_their_noise(tmp_path: Path, rows: tuple[int, int]) -> None:
    """One of them is wrong by more than its noise, so that weights move the number.

    Of 200 rows a tenth is held out.
    """
    generator = np.random.default_rng(2)
    t, values, err = [], [], []
    for name, count, noise, rate in (("a", rows[0], 0.01, 0.7), ("b", rows[1], 0.05, 0.6)):
        own = np.sort(generator.uniform(0.1, 2, count))
        measured = model(own, rate) + noise * generator.standard_normal(count)
        write(tmp_path, name, own, measured, np.full(count, noise))
        kept = fitted_rows(count, count, 0)
        t.append(own[kept]), values.append(measured[kept]), err.append(np.full(len(kept), noise))
    solution = solved(tmp_path, ("a", "  sigma = 0.01"), ("b", "  sigma = b.err"))
    found = curve_fit(
        model, np.concatenate(t), np.concatenate(values), 1, np.concatenate(err),
        absolute_sigma=True,
    )  # fmt: skip
    deviation = float(np.sqrt(found[1][0, 0]))
    assert abs(solution.numbers["k"] - found[0][0]) < 0.01 * deviation
    assert solution.number_deviations["k"] == pytest.approx(deviation, rel=1e-3)
    squares = {own.label: own for own in solution.uncertainty.chi_squares}
    for label, at, seen, noise in zip(("a_", "b_"), t, values, err, strict=True):
        expected = np.sum(((seen - model(at, found[0][0])) / noise) ** 2)
        assert squares[label].value == pytest.approx(expected, rel=1e-3)
        left = float(np.sqrt(np.mean((seen - model(at, found[0][0])) ** 2)))
        assert solution.outcome.laws[label] == pytest.approx(left, rel=1e-3)
    assert solution.fresh_loss == pytest.approx(solution.outcome.loss, rel=0.5)
    free = sum(own.degrees_of_freedom for own in squares.values())
    assert free == pytest.approx(sum(map(len, t)) - 1, abs=1e-3)


def test_fields_of_other_units_count_by_their_noise(tmp_path: Path) -> None:
    """A number in two fields, of which one is a thousand times the other."""
    text = """time t in [0, 2]
unknown y(t), z(t)
unknown k > 0 guess 1
data a(t, y, z) from "a.csv"
eq: y_t = -k*y
eq: z_t = -2*k*z
ic: y = 1  at t = 0
ic: z = 1000  at t = 0
fit: y = a.y, z = a.z  on a  sigma = (0.001, 50)
"""
    generator = np.random.default_rng(4)
    t = np.linspace(0.1, 2, 20)

    def both(_: np.ndarray, k: float) -> np.ndarray:
        return np.concatenate([np.exp(-k * t), 1000 * np.exp(-2 * k * t)])

    err = np.repeat([0.001, 50], 20)
    values = both(t, 0.7) + err * generator.standard_normal(40)
    table = np.stack([t, *np.split(values, 2)], axis=1).tolist()
    rows = [",".join(map(repr, row)) for row in table]
    (tmp_path / "a.csv").write_text("\n".join(["t,y,z", *rows]) + "\n")
    (tmp_path / "fit.pde").write_text(text, encoding="utf-8")
    solution = pdedsl.solve(tmp_path / "fit.pde", budget=30)
    (best,), ((variance,),) = curve_fit(both, np.zeros(40), values, 1, err, absolute_sigma=True)
    assert solution.finding is None
    assert abs(solution.numbers["k"] - best) < 0.01 * np.sqrt(variance)
    assert solution.number_deviations["k"] == pytest.approx(np.sqrt(variance), rel=1e-3)
    (own,) = solution.uncertainty.chi_squares
    assert own.rows == 40 and own.degrees_of_freedom == pytest.approx(39, abs=1e-3)


def test_as_many_data_as_numbers_have_a_deviation_where_noise_is_stated(tmp_path: Path) -> None:
    t = np.array([1.0])
    write(tmp_path, "a", t, model(t, 0.7), np.array([0.02]))
    solution = solved(tmp_path, ("a", "  sigma = 0.02"))
    assert solution.number_deviations["k"] == pytest.approx(0.02 / np.exp(-0.7), rel=1e-4)
    (own,) = solution.uncertainty.chi_squares
    assert own.p_value is None and not own.is_beyond


@pytest.mark.parametrize("seed", range(20))
def test_a_right_model_is_not_told(tmp_path: Path, seed: int) -> None:
    generator = np.random.default_rng(seed)
    t = np.linspace(0.1, 2, 25)
    values = model(t, 0.7) + 0.03 * generator.standard_normal(25)
    write(tmp_path, "a", t, values, np.full(25, 0.03))
    solution = solved(tmp_path, ("a", "  sigma = 0.03"))
    assert solution.finding is None, solution.failure
    assert solution.summary()["notes"] == []


def test_a_wrong_model_is_told(tmp_path: Path) -> None:
    """A decay to 0.3, of which the law knows nothing."""
    generator = np.random.default_rng(0)
    t = np.linspace(0.1, 2, 20)
    values = 0.3 + 0.7 * model(t, 2) + 0.005 * generator.standard_normal(20)
    write(tmp_path, "a", t, values, np.full(20, 0.005))
    solution = solved(tmp_path, ("a", "  sigma = 0.005"))
    assert solution.status == "data missed"
    assert solution.failure is not None and "times the stated noise (chi² = " in solution.failure
    assert "check the laws or sigma" in solution.failure


def test_noise_that_is_stated_too_large_is_noted(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    t = np.linspace(0.1, 2, 30)
    write(tmp_path, "a", t, model(t, 0.7) + 0.01 * generator.standard_normal(30), np.full(30, 0.1))
    solution = solved(tmp_path, ("a", "  sigma = 0.1"))
    assert solution.finding is None
    (note,) = solution.summary()["notes"]
    assert note.startswith("sigma of a_ is too large: the data are met ")


def test_data_below_their_stated_noise_are_no_miss(tmp_path: Path) -> None:
    """Noise as large as the signal: without sigma more than half of the variance is missed."""
    generator = np.random.default_rng(3)
    t = np.linspace(0.1, 2, 40)
    write(tmp_path, "a", t, model(t, 0.7) + 0.6 * generator.standard_normal(40), np.full(40, 0.6))
    assert solved(tmp_path, ("a", "")).status == "data missed"
    assert solved(tmp_path, ("a", "  sigma = 0.6")).finding is None


def test_what_is_fitted_of_a_large_table_is_said(tmp_path: Path) -> None:
    generator = np.random.default_rng(5)
    t = np.linspace(0.001, 2, 6000)
    values = model(t, 0.7) + 0.05 * generator.standard_normal(6000)
    write(tmp_path, "a", t, values, np.full(6000, 0.05))
    solution = solved(tmp_path, ("a", "  sigma = 0.05"))
    assert solution.finding is None
    (own,) = solution.uncertainty.chi_squares
    assert own.rows == 5000 and own.degrees_of_freedom == pytest.approx(4999, abs=0.01)
    assert solution.summary()["notes"] == ["a_ is fitted to 5000 rows of a at random, of 5400"]
    slope = np.linalg.norm(t * model(t, 0.7)) * np.sqrt(5000 / 6000)
    assert solution.number_deviations["k"] == pytest.approx(0.05 / slope, rel=0.02)


@pytest.mark.parametrize("part", [0.3, 0.01])
def test_noise_in_proportion_to_the_values(tmp_path: Path, part: float) -> None:
    """Rows in units of it are all alike but for noise, which is no reason to explain nothing."""
    generator = np.random.default_rng(6)
    t = np.linspace(0.1, 2, 30)
    err = part * model(t, 0.7)
    values = model(t, 0.7) + err * generator.standard_normal(30)
    write(tmp_path, "a", t, values, err)
    solution = solved(tmp_path, ("a", f"  sigma = {part}*exp(-0.7*t)"))
    (best,), ((variance,),) = curve_fit(model, t, values, 1, err, absolute_sigma=True)
    assert solution.finding is None and "decades" in solution.provenance.why
    assert abs(solution.numbers["k"] - best) < 0.01 * np.sqrt(variance)
    assert solution.number_deviations["k"] == pytest.approx(np.sqrt(variance), rel=1e-3)


def test_rows_of_much_noise_that_are_held_out_are_no_overfitting(tmp_path: Path) -> None:
    generator = np.random.default_rng(7)
    t = np.linspace(0.01, 2, 200)
    err = np.full(200, 0.01)
    err[held_rows(200)] = 0.5
    values = model(t, 0.7) + err * generator.standard_normal(200)
    write(tmp_path, "a", t, values, err)
    solution = solved(tmp_path, ("a", "  sigma = a.err"))
    assert solution.finding is None, solution.failure
    assert not solution.overfitted


def test_functions_that_follow_the_noise_are_told_in_units_of_it(tmp_path: Path) -> None:
    """80 rows for 61 functions; the noise is a parameter."""
    text = """domain O: x in [0, 1]
param noise = 0.1
unknown u(x), f(x)
data a(x, value) from "a.csv"
eq: u_xx = f
fit: u = a.value  on a  sigma = noise*(1 + x)
"""
    x = np.linspace(0, 1, 80)
    values = np.sin(3 * x) + 0.1 * (1 + x) * np.random.default_rng(0).standard_normal(80)
    rows = [f"{a!r},{b!r}" for a, b in np.stack([x, values], axis=1).tolist()]
    (tmp_path / "a.csv").write_text("\n".join(["x,value", *rows]) + "\n")
    (tmp_path / "fit.pde").write_text(text, encoding="utf-8")
    found = {}
    for modes in (8, 60):
        model = [("model.kind", "basis"), ("model.family", "legendre"), ("model.modes", str(modes))]
        found[modes] = pdedsl.solve(tmp_path / "fit.pde", method="lm", settings=model, budget=20)
    assert not found[8].overfitted and found[8].finding is None, found[8].failure
    assert found[60].overfitted and "in units of their noise" in (found[60].failure or "")
