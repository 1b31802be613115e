"""Matrices from the symbol are those of quadrature, which knows values of the basis alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pdedsl
from pdedsl.conditioning.assembly import assemble
from pdedsl.conditioning.discretisation import discretise
from pdedsl.ir import Problem
from tests.conftest import ROOT

from .setups import ADVECTION, MIXED, POISSON, STOKES, without_symbol

RANGE = """problem "range"
param a in [1, 3]
domain Omega: x in [0, 1]
unknown u(x)
eq: u_x + 2*u = a
bc: u = 0  on x = 0
"""
PART = """problem "a field of space in a law of space and time"
domain Omega: (x, y) in [0, 1] * [0, 3]
time t in [0, 2]
unknown u(x, y, t), w(x, y)
eq motion: u_tt = lap(u) + w
eq still: w_xx - 3*w = 0
bc: u - w = 0  on x = 1
ic: u_t = 0, u = w  at t = 0
ic middle: u + 2*w_y = 0  at (x, t) = (0.3, 1.5)
"""
HELMHOLTZ = """problem "helmholtz"
param k = 2
domain Omega: (x, y) in [-1, 1] * [0, 3]
unknown u(x, y)
eq: lap(u) + k^2*u = 0
bc: u = 0  on boundary
"""
PERIODS = """problem "periods"
domain Omega: (x, y) in [0, 2] * [-1, 1]
time t in [0, 0.5]
unknown u(x, y, t)
eq: u_t + 2*u_x - u_yyy + d(u_yy, x, 2) = 0
ic: u = 1  at t = 0
bc: u periodic in x, y
"""
CASES = {
    "poisson": (POISSON, 7),
    "advection": (ADVECTION, 3),
    "helmholtz": (HELMHOLTZ, 3),
    "stokes": (STOKES, 2),
    "mixed conditions": (MIXED, 2),
    "range": (RANGE, 3),
    "part": (PART, 2),
    "periods": (PERIODS, 2),
}


def compare(problem: Problem, modes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    space = discretise(problem, "fourier", modes)
    by_symbol = assemble(problem, space)
    without_symbol(monkeypatch)
    by_quadrature = assemble(problem, space)
    assert not by_symbol.skipped
    assert all(t.by_symbol for t in by_symbol.terms)
    assert not any(t.by_symbol for t in by_quadrature.terms)
    for a, b in zip(by_symbol.terms, by_quadrature.terms, strict=True):
        assert (a.label, a.measure, a.equations) == (b.label, b.measure, b.equations)
        left, right = a.factor.T @ a.factor, b.factor.T @ b.factor
        np.testing.assert_allclose(left, right, atol=1e-11 * np.abs(right).max(), rtol=0)


@pytest.mark.parametrize("name", CASES)
def test_agreement(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, modes = CASES[name]
    compare(pdedsl.parse(text), modes, monkeypatch)


@pytest.mark.parametrize("name", ["heat", "wave", "elasticity", "biharmonic", "poisson_sin"])
def test_agreement_on_the_gallery(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(pdedsl.load(Path(ROOT) / "specs" / f"{name}.pde"), 2, monkeypatch)


def test_many_modes(monkeypatch: pytest.MonkeyPatch) -> None:
    compare(pdedsl.parse(POISSON), 60, monkeypatch)


def test_an_extension_is_no_lattice_of_the_box() -> None:
    problem = pdedsl.parse(POISSON)
    gram = assemble(problem, discretise(problem, "fourier", 4, extension=2.0))
    assert not gram.terms[0].by_symbol
    assert gram.terms[0].exact
    assert "Gauss-Legendre" in gram.terms[0].method
    x = np.linspace(-np.pi, np.pi, 40_001)
    # cos(x/2) has the value 1 at the centre and the amplitude of the period 4π.
    second = np.cos(x / 2) / 4 / np.sqrt(2 * np.pi)
    expected = np.trapezoid(second**2, x)
    assert gram.terms[0].factor[:, 1] @ gram.terms[0].factor[:, 1] == pytest.approx(expected)
