"""Symbols, against the operator applied to plane waves."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from pdedsl.calculus import adjoint, compose, frequency, hermitian_square, symbol
from pdedsl.calculus.symbol import frequency_of

from .operators import VALUES, A, X, operator, random_operator


def at(matrix, values):
    """A matrix of numbers."""
    return np.array(matrix.subs(values).evalf(), dtype=complex)


def generic(rng, L):
    """Values for coordinates, frequencies and parameters."""
    names = (*L.coordinates, *symbol(L).frequencies)
    return VALUES | {s: float(v) for s, v in zip(names, rng.uniform(0.2, 1.7, 6), strict=False)}


@pytest.mark.parametrize("seed", range(8))
def test_the_operator_on_plane_waves(seed):
    """L exp(i ξ·x) = σ(x, ξ) exp(i ξ·x), column by column."""
    rng = np.random.default_rng(seed)
    L = random_operator(rng, 1 + seed % 3, 2, 2, 4)
    found = symbol(L)
    phase = sum(f * s for f, s in zip(found.frequencies, L.coordinates, strict=True))
    wave = sp.exp(sp.I * phase)
    values = generic(rng, L)
    for j in range(2):
        images = L.apply([wave if k == j else sp.S.Zero for k in range(2)])
        expected = at(sp.Matrix(images) / wave, values)[:, 0]
        np.testing.assert_allclose(at(found.matrix, values)[:, j], expected, rtol=1e-11)


@pytest.mark.parametrize("seed", range(8))
def test_constant_coefficients(seed):
    """σ of L*, of L M and of L*L: σ^H, the product, and σ^H σ."""
    rng = np.random.default_rng(seed)
    dimension = 1 + seed % 3
    L = random_operator(rng, dimension, 2, 3, 3, constant=True)
    M = random_operator(rng, dimension, 3, 2, 2, constant=True)
    values = generic(rng, L)
    l, m = (at(symbol(K).matrix, values) for K in (L, M))  # noqa: E741
    for found, expected in (
        (symbol(adjoint(L)).matrix, l.conj().T),
        (symbol(compose(L, M)).matrix, l @ m),
        (symbol(hermitian_square(L)).matrix, l.conj().T @ l),
        (symbol(L).squared, l.conj().T @ l),
    ):
        value = at(found, values)
        np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-11 * abs(expected).max())


@pytest.mark.parametrize("seed", range(4))
def test_square_with_variable_coefficients(seed):
    """σ^H σ point by point; for one unknown real and multiplied out."""
    rng = np.random.default_rng(seed)
    L = random_operator(rng, 2, 2, 1, 3)
    values, found = generic(rng, L), symbol(L)
    value = at(found.matrix, values)
    np.testing.assert_allclose(at(found.squared, values), value.conj().T @ value, rtol=1e-11)
    assert not found.squared[0, 0].has(sp.I)


def test_principal_part():
    heat = operator(X[:2], [{(2, 0): -A, (0, 1): 1, (0, 0): 3}])
    found = symbol(heat)
    first, second = found.frequencies
    assert found.matrix[0, 0] == A * first**2 + sp.I * second + 3
    assert found.principal[0, 0] == A * first**2
    assert sp.expand(found.squared[0, 0] - (A * first**2 + 3) ** 2 - second**2) == 0
    transport = operator(X[:2], [{(1, 0): A, (0, 1): 1, (0, 0): 3}])
    assert symbol(transport).principal[0, 0] == sp.expand(sp.I * (A * first + second))


def test_names_of_frequencies():
    coordinates = [sp.Symbol(name, real=True) for name in ("x", "x[2]", "xi", "xi[1]")]
    names = [frequency(s).name for s in coordinates]
    assert names == ["xi[x]", "xi[x[2]]", "xi[xi]", "xi[xi[1]]"]
    assert [frequency_of(frequency(s)) for s in coordinates] == ["x", "x[2]", "xi", "xi[1]"]
    assert [frequency_of(s) for s in coordinates] == [None] * 4
