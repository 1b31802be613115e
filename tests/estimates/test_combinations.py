"""What a fit fixes of numbers that it does not fix one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares

import pdedsl
from pdedsl.cli.result import rows
from pdedsl.estimates.uncertainty.combinations import fixed_combination, kept_combination

STEADY = """domain O: x in [0, 1]
unknown u(x)
unknown k guess 2, r guess 1
data probe(x, value) from "probe.csv"
eq: k*u_xx + r*u = {source}
bc: u = 0  on boundary
fit: u = probe.value  on probe
"""
HEAT = """domain O: x in [0, 1]
time t in [0, 0.3]
unknown u(x, t)
unknown k guess 2, r guess 1
data probe(x, t, value) from "probe.csv"
eq: u_t = k*u_xx + r*u
bc: u = 0  on boundary
ic: u = sin(pi*x)  at t = 0
fit: u = probe.value  on probe
"""
ENZYME = """time t in [0, 3]
unknown S(t)
unknown V > 0 guess 10, K > 0 guess 10
data probe(t, S) from "probe.csv"
eq: S_t = -V*S/(K + S)
ic: S = 1  at t = 0
fit: S = probe.S  on probe
"""


def spec(folder: Path, text: str, **columns: np.ndarray) -> Path:
    table = np.stack(list(columns.values()), axis=1)
    heads = ",".join(columns)
    np.savetxt(folder / "probe.csv", table, "%.17g", ",", header=heads, comments="")
    (folder / "fit.pde").write_text(text, encoding="utf-8")
    return folder / "fit.pde"


@pytest.mark.parametrize(("k", "r", "waves", "text"), [
    (1, 3, 1, "9.87*k - r"), (0.2, -5, 2, "39.48*k - r"), (-3, 40, 1, "9.87*k - r"),
    (-3.6, -4.3, 3, "88.83*k - r"),
])  # fmt: skip
def test_one_sine_fixes_a_sum_of_two_coefficients(
    tmp_path: Path, k: float, r: float, waves: int, text: str
) -> None:
    """It was told as k = -0.000103 ± 0.000005: the bottom of a dent of 1e-8 of the loss."""
    x = np.linspace(0.02, 0.98, 40)
    values = np.sin(waves * np.pi * x) + 0.003 * np.random.default_rng(0).standard_normal(40)
    source = f"({r} - {k}*{waves**2}*pi^2)*sin({waves}*pi*x)"
    path = spec(tmp_path, STEADY.format(source=source), x=x, value=values)
    solution = pdedsl.solve(path, budget=20)
    assert solution.status == "not unique" and not solution.number_deviations
    found = solution.uncertainty.undetermined
    assert found is not None and found.kept is not None
    assert found.kept.text == text and f"the same {text}, which is" in str(solution.failure)
    wave = np.sin(waves * np.pi * x)
    truth = k * (waves * np.pi) ** 2 - r
    deviation = 0.003 * abs(truth) / np.linalg.norm(wave)
    assert found.kept.deviation == pytest.approx(deviation, rel=0.35)
    assert abs(found.kept.value - truth) < 4 * deviation


def test_a_decaying_sine_fixes_a_sum(tmp_path: Path) -> None:
    """It was told as k = 198600 ± 65000 where the truth is 1."""
    generator = np.random.default_rng(0)
    x, t = generator.uniform(0, 1, (2, 40)) * np.array([[1], [0.3]])
    values = np.sin(np.pi * x) * np.exp((3 - np.pi**2) * t)
    noisy = values + 0.003 * generator.standard_normal(40)
    solution = pdedsl.solve(spec(tmp_path, HEAT, x=x, t=t, value=noisy), budget=30)
    assert solution.status == "not unique"
    found = solution.uncertainty.undetermined
    assert found is not None and found.kept is not None and found.kept.text == "9.87*k - r"
    assert found.kept.deviation == pytest.approx(0.003 / np.linalg.norm(t * values), rel=0.35)
    assert abs(found.kept.value - (np.pi**2 - 3)) < 4 * found.kept.deviation


def test_a_second_sine_fixes_each_less_than_their_sum(tmp_path: Path) -> None:
    x = np.linspace(0.02, 0.98, 40)
    values = np.sin(np.pi * x) + 0.02 * np.sin(2 * np.pi * x)
    noisy = values + 0.003 * np.random.default_rng(0).standard_normal(40)
    source = "(3 - pi^2)*sin(pi*x) + 0.02*(3 - 4*pi^2)*sin(2*pi*x)"
    path = spec(tmp_path, STEADY.format(source=source), x=x, value=noisy)
    data = pdedsl.solve(path, budget=20).summary()
    best = data["unknown_combination"]
    assert "6.87" in dict(rows(data))["9.87*k - r"]
    assert (best["numbers"], best["text"]) == (["k", "r"], "9.87*k - r")
    assert best["deviation"] < 0.02 * data["unknown_deviations"]["r"]
    assert abs(best["value"] - (np.pi**2 - 3)) < 4 * best["deviation"]


def enzyme(t: np.ndarray, quotient: float, k: float) -> np.ndarray:
    from scipy.special import lambertw

    return np.asarray(k * lambertw(np.exp(1 / k - quotient * t) / k).real)


def test_an_enzyme_far_from_saturation_fixes_a_quotient(tmp_path: Path) -> None:
    t = np.linspace(0.1, 3, 30)
    values = enzyme(t, 1.2, 50) + 0.01 * np.random.default_rng(3).standard_normal(30)
    solution = pdedsl.solve(spec(tmp_path, ENZYME, t=t, S=values), budget=30)
    best = solution.uncertainty.combination
    assert best is not None and best.text == "V/K"
    k = solution.numbers["K"]
    expected = least_squares(lambda p: enzyme(t, *p) - values, (best.value, k), x_scale=(1, k))
    slopes = least_squares(
        lambda p: enzyme(t, *p) - values, (best.value, k), x_scale=(1, k), max_nfev=1
    ).jac
    variance = 2 * expected.cost / 28
    deviation = np.sqrt(variance * np.linalg.inv(slopes.T @ slopes)[0, 0])
    assert best.deviation == pytest.approx(deviation, rel=0.05)


@pytest.mark.parametrize(("slopes", "text"), [
    ((3.0, 5.0), "a*b"), ((1 / 3, -5 / 9), "a/b"), ((1.0, 1.0), "a + b"), ((1.0, -1.0), "a - b"),
    ((7.25, -1.0), "7.25*a - b"), ((-1.0, -0.25), "4*a + b"),
])  # fmt: skip
def test_the_words_for_a_combination(slopes: tuple[float, float], text: str) -> None:
    own = np.array(slopes)
    across = np.array([-own[1], own[0]])
    root = np.stack([30 * across / np.linalg.norm(across), 1e-3 * own / (own @ own)], axis=1)
    found = fixed_combination({"a": 5.0, "b": 3.0}, root)
    assert found is not None and found.text == text
    assert found.deviation == pytest.approx(1e-3 * (4 if "4*" in text else 1), rel=0.1)
    kept = kept_combination(
        {"a": 5.0, "b": 3.0}, dict(zip("ab", across, strict=True)), root[:, 1:], 1e-7
    )
    assert kept is not None and kept.text == text


def test_numbers_that_are_fixed_one_by_one_have_no_combination() -> None:
    assert fixed_combination({"a": 5.0, "b": 3.0}, np.array([[0.1, 0.0], [0.05, 0.05]])) is None
    assert fixed_combination({"a": 5.0}, np.array([[0.1]])) is None


def test_of_three_numbers_those_that_take_part_are_named() -> None:
    root = np.array([[3.0, 0, 0], [0, 0.1, 0], [6.0, 0, 1e-4]])
    found = fixed_combination({"a": 1.0, "b": 2.0, "c": 4.0}, root)
    assert found is not None and found.text == "2*a - c" and found.numbers == ("a", "c")
    assert found.deviation == pytest.approx(1e-4) and found.value == pytest.approx(-2)
