"""The formal adjoint, against integration by parts done by quadrature."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from pdedsl.calculus import adjoint, compose
from pdedsl.ir import TooLargeError

from .operators import A, T, X, bumps, inner, operator, random_operator, same

SHAPES = [
    (1, 1, 1, 4), (1, 2, 2, 4), (1, 2, 1, 3), (2, 1, 1, 4), (2, 2, 2, 3), (2, 1, 3, 2),
    (2, 3, 2, 2), (3, 1, 1, 4), (3, 2, 2, 2), (3, 1, 2, 3),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("dimension", "rows", "columns", "order"), SHAPES)
def test_lagrange_identity(dimension, rows, columns, order, seed):
    """⟨L u, v⟩ = ⟨u, L* v⟩ for functions that vanish near the boundary."""
    rng = np.random.default_rng([dimension, rows, columns, order, seed])
    L = random_operator(rng, dimension, rows, columns, order)
    axes = X[:dimension]
    u, v = bumps(rng, axes, columns), bumps(rng, axes, rows)
    left, size = inner(L.apply(u), v, axes)
    right, other = inner(u, adjoint(L).apply(v), axes)
    assert abs(left - right) <= 1e-10 * max(size, other)
    assert size > 0


@pytest.mark.parametrize("seed", range(6))
def test_adjoint_twice_is_the_operator(seed):
    rng = np.random.default_rng(seed)
    L = random_operator(rng, 1 + seed % 3, 1 + seed % 2, 2, 3)
    assert same(adjoint(adjoint(L)), L)


@pytest.mark.parametrize("seed", range(6))
def test_adjoint_of_a_product(seed):
    """(L M)* = M* L*."""
    rng = np.random.default_rng(seed)
    dimension, inside = 1 + seed % 2, 1 + seed % 3
    L = random_operator(rng, dimension, 2, inside, 2)
    M = random_operator(rng, dimension, inside, 1, 2)
    assert same(adjoint(compose(L, M)), compose(adjoint(M), adjoint(L)))


@pytest.mark.parametrize("seed", range(4))
def test_composition_is_one_after_the_other(seed):
    rng = np.random.default_rng(seed)
    L, M = random_operator(rng, 2, 2, 2, 3), random_operator(rng, 2, 2, 1, 2)
    u = [sp.sin(X[0] * X[1] + 1) * sp.exp(X[1])]
    point = {X[0]: 0.31, X[1]: -0.57, A: 0.7}
    for found, expected in zip(compose(L, M).apply(u), L.apply(M.apply(u)), strict=True):
        value = float(expected.doit().subs(point))
        assert float(found.doit().subs(point)) == pytest.approx(value, rel=1e-11)


def test_composition_is_associative():
    rng = np.random.default_rng(5)
    L, M, N = (random_operator(rng, 2, 1, 1, 2) for _ in range(3))
    assert same(compose(compose(L, M), N), compose(L, compose(M, N)))


def test_operators_that_do_not_fit():
    L = operator(X[:1], [{(1,): 1}, {(0,): 1}])
    with pytest.raises(ValueError, match="on 2 functions cannot follow one that gives 1"):
        compose(L, L)
    with pytest.raises(ValueError, match="different coordinates"):
        compose(operator(X[:1], [{(1,): 1}]), operator((T,), [{(1,): 1}]))


def test_names_that_are_taken_are_left():
    w = sp.Symbol("w", real=True)
    heat = operator(X[:1], [{(2,): w}], unknowns=["u"])
    assert adjoint(heat).unknowns == ("z",)
    assert adjoint(adjoint(operator(X[:1], [{(2,): 1}]))).unknowns == ("z",)
    assert adjoint(operator(X[:1], [{(2,): 1}], [{(1,): 1}])).unknowns == ("w[1]", "w[2]")


def test_an_adjoint_too_large_is_refused():
    coefficient = sp.Mul(*(sp.sin(k * X[0] + sp.exp(k * X[1])) for k in range(1, 12)))
    with pytest.raises(TooLargeError):
        adjoint(operator(X[:2], [{(4, 4): coefficient}]))
