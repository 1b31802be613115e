"""Determinants of matrices of polynomials against sympy's, and counts of orders by brute force."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.calculus.operator import LinearOperator
from pdedsl.calculus.types.determinant import (
    TooManyTermsError,
    determinant,
    largest_order,
    sampled_entries,
    symbols_at_points,
)

X, Y = sp.symbols("x y", real=True)
ZETA = sp.symbols("a b", real=True)
coefficients = st.sampled_from([sp.Integer(1), sp.Integer(-2), sp.Rational(1, 3), X, X * Y, 1 - Y])
indices = st.tuples(st.integers(0, 2), st.integers(0, 1))
entries = st.dictionaries(indices, coefficients, max_size=2)


def matrices(size: int) -> st.SearchStrategy[LinearOperator]:
    rows = st.lists(st.lists(entries, min_size=size, max_size=size), min_size=size, max_size=size)
    names = [f"u{j}" for j in range(size)]
    return rows.map(lambda found: LinearOperator.of((X, Y), names, found))


def _polynomial(entry: tuple) -> sp.Expr:
    a, b = ZETA
    return sp.Add(*(value * a**i * b**j for (i, j), value in entry))


@settings(max_examples=60, deadline=None)
@given(operator=st.integers(1, 4).flatmap(matrices))
def test_against_sympy(operator: LinearOperator) -> None:
    points = {X: np.array([0.3, -1.7]), Y: np.array([0.9, 0.4])}
    found = symbols_at_points(determinant(sampled_entries(operator, points)), 2)
    matrix = sp.Matrix([[_polynomial(entry) for entry in row] for row in operator.rows])
    for i, symbol in enumerate(found):
        at = {s: sp.Rational(str(v[i])) for s, v in points.items()}
        expected = dict(sp.Poly(matrix.subs(at).det(method="berkowitz"), *ZETA).terms())
        expected = {alpha: float(c) for alpha, c in expected.items() if c != 0}
        assert symbol == pytest.approx(expected, rel=1e-12, abs=1e-14)


@settings(max_examples=60, deadline=None)
@given(operator=st.integers(1, 4).flatmap(matrices))
def test_largest_order_by_all_permutations(operator: LinearOperator) -> None:
    orders = [[max((sum(a) for a, _ in e), default=None) for e in row] for row in operator.rows]
    sums = [
        sum(orders[i][j] for i, j in enumerate(p))
        for p in permutations(range(len(orders)))
        if all(orders[i][j] is not None for i, j in enumerate(p))
    ]
    assert largest_order(operator) == max(sums, default=None)


def test_exact_cancellation_and_infinite_values() -> None:
    root = sp.sqrt(2)
    rows = [[{(1, 0): root}, {(0, 1): X}], [{(1, 0): sp.S.One}, {(0, 1): X / root}]]
    operator = LinearOperator.of((X, Y), ("u", "v"), rows)
    points = {X: np.array([0.1, 0.7]), Y: np.zeros(2)}
    assert symbols_at_points(determinant(sampled_entries(operator, points)), 2) == [{}, {}]
    pole = LinearOperator.of((X, Y), ("u",), [[{(1, 0): 1 / X, (0, 1): sp.Integer(1)}]])
    found = determinant(sampled_entries(pole, {X: np.array([0.0, 0.5])}))
    assert symbols_at_points(found, 2) == [None, {(1, 0): 2.0, (0, 1): 1.0}]


def test_too_many_terms() -> None:
    many = {(i, j): (1.0, 1.0) for i in range(60) for j in range(60)}
    with pytest.raises(TooManyTermsError, match="more than 3000 terms"):
        determinant([[many]])
