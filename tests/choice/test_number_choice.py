"""Unknown numbers without data: eigenvalues next to a guess, and others that conditions fix."""

from __future__ import annotations

import math

import numpy as np
import pytest

import pdedsl
from pdedsl.choice.eigen.number_choice import cannot_pair

OSCILLATOR = """domain  Omega: x in [-8, 8]
unknown psi(x)
unknown E > 0 guess 1.3
eq: -psi_xx/2 + x^2/2*psi = E*psi
bc: psi = 0  on boundary
eq norm: integral(psi^2, Omega) = 1
"""
MEMBRANE = """domain  Omega: (x, y) in [0, 2] * [0, 1]
unknown u(x, y)
unknown lam guess 30
eq: -lap(u) = lam*u
bc: u = 0  on boundary
eq norm: integral(u^2, Omega) = 1
"""
BEAM = """domain  Omega: x in [0, 1]
unknown w(x)
unknown lam > 0 guess 400
eq: d(w, x, 4) = lam*w
bc: w = 0, w_x = 0  on boundary
eq norm: integral(w^2, Omega) = 1
"""
NANOMETRES = """param hbar = 1.054571817e-34, m = 9.1093837e-31, L = 5e-9
domain  Omega: x in [0, L]
unknown psi(x)
unknown E > 0 guess 2e-21
eq: -hbar^2/(2*m)*psi_xx = E*psi
bc: psi = 0  on boundary
eq norm: integral(psi^2, Omega) = 1
"""
WELL = """domain  Omega: x in [0, 1]
unknown psi(x)
unknown E > 0 guess 4
eq: -d(psi, x, 2)/2 = E*psi
bc: psi = 0  on boundary
eq norm: integral(psi^2, Omega) = 1
"""
SOURCE = """domain  Omega: x in [0, 1]
unknown T(x)
unknown q guess 1
eq: T_xx = -q*(1 + x)
bc: T = 0  on boundary
eq mean: integral(T, Omega) = 3
"""
QUARTIC = """domain  Omega: x in [-5, 5]
unknown u(x)
unknown E > 0 guess 0.8
eq: -u_xx + x^4*u = E*u
bc: u = 0  on boundary
eq norm: integral(u^2, Omega) = 1
"""
DISK = """domain  Omega: (x, y) in disk(center = (0, 0), radius = 1)
unknown u(x, y)
unknown lam > 0 guess 5
eq: -lap(u) = lam*u
bc: u = 0  on boundary
eq norm: integral(u^2, Omega) = 1
"""
COLUMN = """param E = 2.1e11, I = 4e-8, L = 2.5
domain  Omega: x in [0, L]
unknown w(x)
unknown P > 0 guess 4e4
eq: E*I*d(w, x, 4) + P*w_xx = 0
bc: w = 0, w_x = 0  on boundary
eq norm: integral(w^2, Omega) = 1
"""
CASES = {
    "column": (COLUMN, "P", 4 * math.pi**2 * 2.1e11 * 4e-8 / 2.5**2),
    "round drum": (DISK, "lam", 2.404825557695773**2),
    "oscillator": (OSCILLATOR, "E", 1.5),
    "membrane": (MEMBRANE, "lam", math.pi**2 * (9 / 4 + 1)),
    "beam": (BEAM, "lam", 4.730040744862704**4),
    "nanometres": (NANOMETRES, "E", (math.pi * 1.054571817e-34 / 5e-9) ** 2 / 2 / 9.1093837e-31),
    "well": (WELL, "E", math.pi**2 / 2),
    "second of the well": (WELL.replace("guess 4", "guess 25"), "E", 2 * math.pi**2),
    "source": (SOURCE, "q", 24.0),
}


@pytest.mark.parametrize("name", CASES)
def test_numbers_next_to_their_guess(name: str) -> None:
    text, number, truth = CASES[name]
    solution = pdedsl.solve(pdedsl.parse(text), budget=20)
    assert solution.finding is None
    assert solution.numbers[number] == pytest.approx(truth, rel=1e-7)


def test_functions_have_the_norm_and_a_positive_mean() -> None:
    solution = pdedsl.solve(pdedsl.parse(WELL), budget=20)
    x = np.linspace(0, 1, 21)
    assert np.abs(solution(x=x) - math.sqrt(2) * np.sin(math.pi * x)).max() < 1e-8


def test_which_problems_have_no_such_basis() -> None:
    plain = pdedsl.parse("domain O: x in [0, 1]\nunknown u(x)\neq: u_xx = 1\nbc: u = 0 on boundary")
    assert cannot_pair(plain) == "no number is unknown"
    assert cannot_pair(pdedsl.parse(MEMBRANE)) is None


def test_the_eigenvalue_that_was_found_is_told_among_its_neighbours() -> None:
    solution = pdedsl.solve(pdedsl.parse(QUARTIC), budget=20)
    assert solution.finding is None
    # Known to many digits (Bender and Orszag, Advanced Mathematical Methods, 1978, 10.5).
    assert solution.numbers["E"] == pytest.approx(1.0603620904841829, rel=1e-10)
    assert "the next ones are 3.79967, 7.4557, 11.6447" in solution.provenance.why
