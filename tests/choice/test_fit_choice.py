"""Unknown numbers that data or conditions fix, from guesses that are decades away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pdedsl
from pdedsl.choice.fitting.fit_choice import cannot_fit
from pdedsl.ir import Problem

DECAY = """time t in [0, {end:.12g}]
unknown y(t)
unknown k > 0 guess {guess}
data probe(t, value) from "probe.csv"
eq: y_t = -k*y
ic: y = 1  at t = 0
fit: y = probe.value  on probe
"""
SPRING = """time t in [0, 1]
unknown y(t)
unknown c guess 1
eq: y_t = c*y
ic: y = 1     at t = 0
ic: y = 0.1   at t = 1
"""
LOAD = """domain O: x in [0, 3]
unknown w(x)
unknown E > 0 guess 1e7
eq: E*8e-6*d(w, x, 4) = 5000
bc: w = 0, w_xx = 0  on boundary
eq probe: w = 0.003  at x = 1.5
"""


def decay(folder: Path, rate: float, guess: float, noise: float = 0.0) -> Problem:
    end = float(f"{3 / rate:.12g}")
    times = np.linspace(0, end, 40)
    values = np.exp(-rate * times) + noise * np.random.default_rng(0).standard_normal(40)
    rows = "\n".join(f"{t!r},{v!r}" for t, v in zip(times.tolist(), values.tolist(), strict=True))
    (folder / "probe.csv").write_text(f"t,value\n{rows}\n", encoding="utf-8")
    path = folder / "decay.pde"
    path.write_text(DECAY.format(end=end, guess=guess), encoding="utf-8")
    return pdedsl.load(path)


@pytest.mark.parametrize(("rate", "guess"), [(7.8e8, 1e8), (3e-5, 1.0)])
def test_a_rate_is_found_decades_from_its_guess(tmp_path: Path, rate: float, guess: float) -> None:
    solution = pdedsl.solve(decay(tmp_path, rate, guess), budget=30)
    assert solution.finding is None
    assert solution.numbers["k"] == pytest.approx(rate, rel=1e-8)


def test_with_noise_it_is_that_of_nonlinear_regression(tmp_path: Path) -> None:
    rate, noise = 3e-5, 0.01
    solution = pdedsl.solve(decay(tmp_path, rate, 1.0, noise), budget=30)
    times = np.linspace(0, 3 / rate, 40)
    deviation = noise / np.sqrt(np.sum((times * np.exp(-rate * times)) ** 2))
    assert abs(solution.numbers["k"] - rate) < 4 * deviation


@pytest.mark.parametrize(
    ("text", "name", "truth"),
    [(SPRING, "c", np.log(0.1)), (LOAD, "E", 5 * 5000 * 81 / (384 * 8e-6 * 0.003))],
    ids=["of the other sign", "a modulus"],
)
def test_conditions_fix_a_number_without_data(text: str, name: str, truth: float) -> None:
    # Fourth derivatives of degree 36 leave 3e-7 of the modulus.
    solution = pdedsl.solve(pdedsl.parse(text), budget=30)
    assert solution.finding is None
    assert solution.numbers[name] == pytest.approx(truth, rel=2e-6)


def test_which_problems_have_no_such_basis() -> None:
    plain = pdedsl.parse("domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = 1\nbc: u = 0 on boundary")
    assert cannot_fit(plain) == "no number is unknown"
