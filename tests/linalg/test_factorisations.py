"""Every factorisation solves the same damped least-squares problems, and tells the rank."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pdedsl.linalg.factorisation import Rank
from pdedsl.linalg.frontal_qr import FrontalQr
from pdedsl.linalg.kernel import Kernel
from pdedsl.linalg.least_squares import Qr, factor
from pdedsl.linalg.normal_equations import NormalEquations
from pdedsl.linalg.sparse_rows import SparseRows
from pdedsl.linalg.svd import svd, svd_of_gram


def sparse(matrix):
    columns = torch.arange(matrix.shape[1]).expand(matrix.shape)
    return SparseRows(matrix, columns, matrix.shape[1])


class _FromGram:
    """Takes b, where `svd_of_gram` takes Aᵀb."""

    def __init__(self, matrix):
        self._matrix, self._factors = matrix, svd_of_gram(matrix.T @ matrix)
        self.rank = self._factors.rank

    def solve(self, right, damping=0.0):
        return self._factors.solve(self._matrix.T @ right, damping)


KINDS = {
    "qr": Qr,
    "fronts": lambda a: FrontalQr(sparse(a)),
    "svd": svd,
    "gram": _FromGram,
    "normal": NormalEquations.of,
    "kernel": lambda a: Kernel(a.mv, a.T.mv, a @ a.T),
}
SHAPES = [(12, 5), (5, 5), (4, 9)]


def _random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("damping", [1e-3, 0.7, 50.0])
def test_damped_problems(kind, shape, damping):
    matrix, right = _random(*shape), _random(shape[0], seed=1)
    taller = torch.cat((matrix, damping**0.5 * torch.eye(shape[1], dtype=torch.float64)))
    longer = torch.cat((right, torch.zeros(shape[1], dtype=torch.float64)))
    expected = np.linalg.lstsq(taller.numpy(), longer.numpy(), rcond=None)[0]
    factors = KINDS[kind](matrix)
    for sign in (1, -1):  # the second right-hand side with the same factors
        found = factors.solve(sign * right, damping)
        assert found.numpy() == pytest.approx(sign * expected, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("kind", ["qr", "fronts", "svd", "gram", "normal"])
def test_without_damping(kind):
    matrix, right = _random(12, 5), _random(12, seed=1)
    expected = np.linalg.lstsq(matrix.numpy(), right.numpy(), rcond=None)[0]
    factors = KINDS[kind](matrix)
    assert factors.solve(right).numpy() == pytest.approx(expected, rel=1e-10)
    assert factors.rank is Rank.FULL


@pytest.mark.parametrize("kind", ["qr", "fronts", "svd", "gram"])
def test_dependent_columns_are_told_and_the_residual_is_the_least(kind):
    matrix, right = _random(12, 5), _random(12, seed=1)
    matrix[:, 4] = 2 * matrix[:, 0] - matrix[:, 3]
    expected = np.linalg.lstsq(matrix.numpy(), right.numpy(), rcond=1e-10)[0]
    factors = KINDS[kind](matrix)
    found = factors.solve(right)
    least = np.linalg.norm(matrix.numpy() @ expected - right.numpy())
    assert factors.rank is Rank.DEFICIENT
    assert float((matrix @ found - right).norm()) == pytest.approx(least, rel=1e-9)


@pytest.mark.parametrize("rows", [9, 12, 400])
def test_of_dependent_columns_the_solution_of_least_norm_is_found(rows):
    """Of the scaled columns, as by singular values of the whole matrix."""
    matrix, right = _random(rows, 9), _random(rows, seed=1)
    matrix[:, 4] = 2 * matrix[:, 0] - matrix[:, 3]
    matrix[:, 7] = 1e3 * matrix[:, 1]
    factors, norms = Qr(matrix), matrix.norm(dim=0)
    scaled = np.linalg.lstsq((matrix / norms).numpy(), right.numpy(), rcond=1e-10)[0]
    assert factors.rank is Rank.DEFICIENT
    assert (factors.solve(right) * norms).numpy() == pytest.approx(scaled, rel=1e-9, abs=1e-12)


def test_more_columns_than_rows_is_deficient():
    assert {KINDS[kind](_random(4, 9)).rank for kind in ("qr", "fronts", "svd")} == {Rank.DEFICIENT}


@pytest.mark.parametrize("kind", ["qr", "fronts", "kernel"])
def test_what_is_not_finite_is_told(kind):
    matrix = _random(12, 5)
    matrix[3, 2] = math.nan
    assert KINDS[kind](matrix).rank is Rank.NOT_FINITE


def test_rows_of_few_entries_are_factorised_front_by_front():
    assert isinstance(factor(sparse(_random(12, 5))), FrontalQr)
    assert isinstance(factor(_random(12, 5)), Qr)


def test_a_cut_off_makes_dependent_rows_of_few_entries_dense():
    matrix = _random(12, 5)
    matrix[:, 4] = matrix[:, 0] + 1e-6 * matrix[:, 1]
    factors = factor(sparse(matrix), 1e-4)
    expected = Qr(matrix, 1e-4).solve(_random(12, seed=1))
    assert torch.equal(factors.solve(_random(12, seed=1)), expected)


def test_products_of_rows_of_few_entries():
    """With two entries at one place, which add up."""
    values = torch.tensor([[1.0, -2.0], [3.0, 4.0]], dtype=torch.float64)
    rows = SparseRows(values, torch.tensor([[0, 0], [2, 1]]), 3)
    v = torch.tensor([1.0, 10.0, 100.0], dtype=torch.float64)
    assert (rows @ v).tolist() == [-1.0, 340.0] == (rows.dense() @ v).tolist()
    assert (rows.abs() @ v).tolist() == [3.0, 340.0]


def _dampable(matrix):
    return [svd(matrix), *([NormalEquations.of(matrix)] if len(matrix) >= matrix.shape[1] else [])]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sampled_from(SHAPES), st.floats(1e-4, 1e3), st.integers(0, 99))
def test_the_decrease_is_that_of_the_square_of_the_residual(shape, damping, seed):
    matrix, right = _random(*shape, seed=seed), _random(shape[0], seed=seed + 100)
    for factors in _dampable(matrix):
        after = matrix @ factors.solve(right, damping) - right
        expected = float(right @ right - after @ after)
        assert factors.decrease(right, damping) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_small_singular_values_survive():
    """Singular values of 1 and 1e-11: the square of the second is lost in AᵀA."""
    matrix = torch.zeros(6, 2, dtype=torch.float64)
    matrix[0, 0], matrix[1, 1] = 1.0, 1e-11
    x = svd(matrix).solve(torch.ones(6, dtype=torch.float64), 1e-30)
    assert torch.allclose(x, torch.tensor([1.0, 1e11], dtype=torch.float64), rtol=1e-7)


def test_largest_singular_value():
    matrix = _random(40, 6)
    exact = float(torch.linalg.svdvals(matrix)[0] ** 2)
    assert svd(matrix).largest == pytest.approx(exact, rel=1e-12)
    assert NormalEquations.of(matrix).largest == pytest.approx(exact, rel=0.05)


def test_reachable_is_the_decrease_of_a_least_squares_solve():
    matrix, right = _random(12, 5), _random(12, seed=1)
    best = torch.linalg.lstsq(matrix, right.unsqueeze(1)).solution.squeeze(1)
    expected = float(right @ right - (matrix @ best - right).square().sum())
    assert svd(matrix).reachable(right) == pytest.approx(expected, rel=1e-12)
